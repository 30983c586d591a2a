import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, once, Refusal, type StoredFile, StoredFiles, type Tx, WorkingCalendar } from '@yinfeng/platform';
import { levelWords } from '@yinfeng/recruitment';
import { type WeeklyBook, writeWeekly } from './weekly-book.js';
import { periodAt, periodOfWeek, usualDays, type WeeklyPeriod } from './weekly-period.rules.js';
import { countProjects, countVisits, footersOf, fullDayWords, reporterLine, sentenceOf, titleOf, type VisitCounts, visitSentence, type WeeklyCounts, type WeeklyProject, type WeeklyRule, type WeeklyVisit } from './weekly-words.rules.js';
import { weeklyProjects, weeklyVisits } from './weekly.sql.js';

/** Rows of projects, and of visits, that one book holds at most: it is built for people to read. */
export const WEEKLY_MOST_ROWS = 20_000;

export interface WeeklyRequest {
  /** Any Shanghai day of the week wanted; absent: the week that is to be handed in next. */
  week?: string | null;
  /** Absent: all of the zone that the caller may see. */
  departmentId?: string | null;
  /** Every project of the stages, not only what is new or changed. */
  all?: boolean | null;
}
export interface WeeklyGroup extends WeeklyCounts {
  departmentId: string | null;
  name: string;
  title: string;
  sentence: string;
}
/** The numbers and sentences of a sheet without its rows. */
export interface WeeklySheet {
  period: WeeklyPeriod;
  rows: number;
  groups: WeeklyGroup[];
  visits: VisitCounts & { sentence: string };
}

interface Gathered extends WeeklySheet {
  rule: WeeklyRule;
  zone: string;
  projects: WeeklyProject[][];
  visitRows: WeeklyVisit[];
}

/** The superior's weekly sheet (V1 of domain.md D1), put together from the log: what was entered between two hand-ins. */
@Injectable()
export class WeeklySheets {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly files: StoredFiles,
    private readonly policies: PolicyService,
    private readonly calendar: WorkingCalendar,
  ) {}

  /** @throws Refusal FORBIDDEN, NOT_FOUND (the department), CALENDAR_YEAR_UNCOVERED, SHEET_TOO_LONG. */
  async figures(actor: Actor, request: WeeklyRequest): Promise<WeeklySheet> {
    const { period, rows, groups, visits } = await this.gather(actor, request);
    return { period, rows, groups, visits };
  }

  /** The book; taking it is on record. @throws as figures(). */
  async book(actor: Actor, request: WeeklyRequest): Promise<{ name: string; content: Readable; sheet: WeeklySheet }> {
    const g = await this.gather(actor, request);
    const { period } = g;
    await this.db.tx(actor, (tx) => tx.run(`select audit_event($1, $2, 'weekly_sheet_export', $3, $4)`, [actor.zoneId, actor.staffId, request.departmentId ?? null, JSON.stringify({ handInOn: period.handInOn, all: request.all ?? false, rows: g.rows })]));
    const day = period.handInOn < this.clock.today() ? period.handInOn : this.clock.today();
    const book: WeeklyBook = {
      rule: g.rule,
      groups: g.groups.map((group, i) => ({ ...group, reporter: reporterLine(group.name, actor.staffId ? actor.name : '', day), footers: footersOf(g.rule), projects: g.projects[i]! })),
      visits: { zone: g.zone, period: `${instantWords(period.from)}至${instantWords(period.to)}`, sentence: g.visits.sentence, rows: g.visitRows },
    };
    return { name: `${titleOf(g.rule, g.zone, period.handInOn)}（${period.handInOn}）.xlsx`, content: writeWeekly(book), sheet: { period, rows: g.rows, groups: g.groups, visits: g.visits } };
  }

  /** The book as a stored file, made once for a key. */
  async keep(actor: Actor, input: WeeklyRequest & { idempotencyKey?: string | null }): Promise<StoredFile> {
    demand(actor, 'project.read');
    // What the product writes for a person is no upload of theirs: who may read the projects may have them as a sheet.
    const writer: Actor = { ...actor, permissions: new Set([...actor.permissions, 'file.upload']) };
    return this.db.tx(actor, (tx) => once(tx, 'weeklySheetExport', input, async () => this.files.add(writer, await this.book(actor, input))));
  }

  private async gather(actor: Actor, request: WeeklyRequest): Promise<Gathered> {
    demand(actor, 'project.read');
    demand(actor, 'visit.read');
    const { rule, leading, period, zone, unit } = await this.db.tx(actor, async (tx) => ({ ...(await this.period(tx, request.week ?? null)), ...(await this.unit(tx, request.departmentId ?? null)) }));
    const scope = { ...period, departmentId: request.departmentId ?? null, limit: WEEKLY_MOST_ROWS + 1 };
    const { sql, params } = weeklyProjects(actor, { ...scope, stages: rule.stages, all: request.all ?? false, silentMonths: rule.silentMonths });
    const rows = await this.db.read<WeeklyProject>(actor, sql, params);
    const visits = weeklyVisits(actor, scope);
    const visitRows = (await this.db.read<{ node: WeeklyVisit }>(actor, visits.sql, visits.params)).map((r) => r.node);
    for (const [sheet, found] of [['采集表', rows], ['走访汇总', visitRows]] as const) {
      if (found.length > WEEKLY_MOST_ROWS) throw new Refusal('SHEET_TOO_LONG', ['departmentId'], { sheet, max: WEEKLY_MOST_ROWS });
    }
    const byGroup = new Map<string | null, WeeklyProject[]>();
    for (const r of rows) byGroup.set(r.groupId, [...(byGroup.get(r.groupId) ?? []), r]);
    // Nothing to report is a report, too: one sheet of the unit that was asked for.
    const projects = byGroup.size ? [...byGroup.values()] : [[]];
    const title = titleOf(rule, zone, period.handInOn);
    const groups = projects.map((of): WeeklyGroup => {
      const counts = countProjects(of, rule);
      return { departmentId: of.length ? of[0]!.groupId : (request.departmentId ?? null), name: of.length ? (of[0]!.groupName ?? '未分组') : (unit ?? zone), title, ...counts, sentence: sentenceOf(counts, rule) };
    });
    const counts = countVisits(visitRows, leading);
    return { rule, period, zone, rows: rows.length, groups, projects, visitRows, visits: { ...counts, sentence: visitSentence(counts) } };
  }

  /** The rules that count are those of the day that is asked for. */
  private async period(tx: Tx, week: string | null): Promise<{ rule: WeeklyRule; leading: Set<string>; period: WeeklyPeriod }> {
    const day = week ?? this.clock.today();
    const rule = await this.policies.value(tx, 'weeklySheet', day);
    const leading = new Set(levelWords((await this.policies.value(tx, 'visits', day)).leaderLevels, true).map((l) => l.word));
    const next = new Map<string, string | null>();
    for (const usual of usualDays(day, rule)) next.set(usual, await this.calendar.addWorkingDays(usual, 0));
    const look = (usual: string) => next.get(usual) ?? null;
    return { rule, leading, period: week ? periodOfWeek(week, rule, look) : periodAt(this.clock.now(), rule, look) };
  }

  private async unit(tx: Tx, departmentId: string | null): Promise<{ zone: string; unit: string | null }> {
    const found = await tx.row<{ zone: string; unit: string | null }>('select z.name as zone, (select d.name from department d where d.id = $1) as unit from zone z where z.id = app_zone()', [departmentId]);
    if (departmentId && !found?.unit) throw new Refusal('NOT_FOUND');
    return { zone: found?.zone ?? '', unit: found?.unit ?? null };
  }
}

const SHANGHAI = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
/** 2026年5月8日10:00, in Shanghai. */
function instantWords(at: Date): string {
  const [day, time] = SHANGHAI.format(at).split(', ');
  return `${fullDayWords(day!)}${time}`;
}
