import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { Clock, Database, newId, systemActor, type Tx } from '@yinfeng/platform';
import { groupHeads, heads, SET_BASED, unitHeads } from '@yinfeng/reminders';
import { MAKE_ASKED, MAKE_MOVED, PLAN_ASKED, SETTLE_ASKED } from './progress.sql.js';
import { dayAfter, type FilingRule, lastWholeMonth, monthEnd, monthOf, periodsOf, type Unit, unitsOf } from './report.rules.js';
import { DROP_REMINDERS, DROP_UNASKED, FOLLOW_RULE, OPEN_REPORTS, PLAN_REPORTS, ROLLED } from './reports.sql.js';

export interface ReportsSweepResult {
  /** Filings opened, those that followed a changed rule, those that it no longer asks for. */
  opened: number;
  changed: number;
  dropped: number;
  /** Reminders planned of reports, and of months without progress. */
  reports: number;
  noProgress: number;
}

/** How far back a worker that was away makes good, and how far one has to look for the next day of a monthly report. */
const DAYS_BACK = 35;
const DAYS_AHEAD = 45;
/** Before that, so that the first period of the look knows where it begins. */
const LEAD = 45;
const SWEEP_TIMEOUT_MS = 300_000;

/**
 * Opens what each unit has to hand in next, by the rule of the day (policy `reportsDue`, domain.md C6), reminds of it and
 * tells who is late; near the end of a month asks whoever is in charge for the reasons of what did not move (C4, P3).
 */
@Injectable()
export class ReportsSweepService {
  private readonly policies: PolicyService;

  constructor(private readonly db: Database, private readonly clock: Clock) {
    this.policies = new PolicyService(db, clock);
  }

  /** All zones, one transaction each; safe to run twice, late or at once. */
  async sweep(): Promise<ReportsSweepResult> {
    const total: ReportsSweepResult = { opened: 0, changed: 0, dropped: 0, reports: 0, noProgress: 0 };
    for (const { id } of await this.db.shared<{ id: string }>('select id from zone_ids() as id')) {
      const zone = await this.sweepZone(id);
      for (const key of Object.keys(total) as (keyof ReportsSweepResult)[]) total[key] += zone[key];
    }
    return total;
  }

  async sweepZone(zoneId: string): Promise<ReportsSweepResult> {
    return this.db.tx(systemActor(zoneId, newId()), async (tx) => {
      // The second of two waits here and then finds nothing to do.
      await tx.run(`select pg_advisory_xact_lock(hashtextextended('reports.open' || app_zone(), 0))`);
      const periods = await this.periods(tx);
      const { opened } = (await tx.row<{ opened: number }>(OPEN_REPORTS, [periods]))!;
      const changed = await tx.run(FOLLOW_RULE, [periods]);
      const dropped = await tx.run(DROP_UNASKED, [periods]);
      await tx.run(SET_BASED);
      await tx.run(DROP_REMINDERS);
      // A zone may have neither of the two ring (policy reminderRules); the lists are there all the same.
      const { rules } = await this.policies.value(tx, 'reminderRules', this.clock.today());
      const rings = (code: string) => rules.every((r) => r.code !== code || r.enabled);
      const noProgress = await this.askReasons(tx, rings('NO_PROGRESS'));
      // Last: it holds what is open until nobody can be told any more of what is just being handed in.
      const reports = rings('REPORT') ? await tx.run(PLAN_REPORTS(heads('$1', '$2')), [unitHeads, groupHeads]) : 0;
      return { opened, changed, dropped, reports, noProgress };
    }, { cause: 'reports.open', statementTimeoutMs: SWEEP_TIMEOUT_MS });
  }

  /** The periods of the zone's reports around today, with their units, as JSON for the statements. */
  private async periods(tx: Tx): Promise<string> {
    const today = this.clock.today();
    const days: string[] = [];
    for (let day = dayAfter(today, -DAYS_BACK - LEAD); day <= dayAfter(today, DAYS_AHEAD); day = dayAfter(day)) days.push(day);
    const turns = await this.turns(tx, 'reportsDue', days, async (day) => (await this.policies.value(tx, 'reportsDue', day)).reports);
    const rolled = new Map((await tx.rows<{ day: string; due: string; provisional: boolean }>(ROLLED, [days])).map((r) => [r.day, r]));
    const departments = await tx.rows<Unit>('select id, kind, path from department order by path, id');
    const stages = await this.turns(tx, 'noProgressReasons', days, async (day) => (await this.policies.value(tx, 'noProgressReasons', day)).stages as string[]);
    const now = this.clock.now().getTime();
    const from = dayAfter(today, -DAYS_BACK);
    const next = new Set<string>();
    return JSON.stringify(periodsOf(days, turns, rolled).filter((p) => p.dueOn >= from).map((p) => {
      const ahead = Date.parse(p.dueAt) > now;
      // Of what is to come the next one alone is open.
      const open = !ahead || !next.has(p.code);
      if (ahead) next.add(p.code);
      const { filers, checks, unmet, late, remindWorkingDaysBefore } = p.rule;
      const rule: FilingRule = { filers, checks, unmet, late, remindWorkingDaysBefore, stages: stages(monthEnd(p.month)) };
      return { code: p.code, zh: p.rule.zh, en: p.rule.en, period_on: p.periodOn, month: p.month, from_on: p.fromOn, due_on: p.dueOn, due_at: p.dueAt, provisional: p.provisional, rule, units: unitsOf(p.rule, departments), open };
    }));
  }

  /** A rule as it counts on each of these days, read once for each of its turns. */
  private async turns<T>(tx: Tx, name: 'reportsDue' | 'noProgressReasons', days: readonly string[], read: (day: string) => Promise<T>): Promise<(day: string) => T> {
    const first = days[0]!;
    const changes = (await tx.rows<{ day: string }>('select valid_from::text as day from zone_policy where zone_id = app_zone() and name = $1 and valid_from > $2 and valid_from <= $3 order by 1', [name, first, days.at(-1)!])).map((r) => r.day);
    const values: [string, T][] = [];
    for (const day of [first, ...changes]) values.push([day, await read(day)]);
    return (day) => values.filter(([from], i) => i === 0 || from <= day).at(-1)![1];
  }

  /** This month near its end, and the last one while somebody still has it in the inbox. */
  private async askReasons(tx: Tx, rings: boolean): Promise<number> {
    const today = this.clock.today();
    let planned = 0;
    for (const month of [monthOf(today), lastWholeMonth(today)]) {
      const { stages, remindOnLastWorkingDay } = await this.policies.value(tx, 'noProgressReasons', today < monthEnd(month) ? today : monthEnd(month));
      const { day } = (await tx.row<{ day: string }>('select working_before($1, $2)::text as day', [dayAfter(monthEnd(month)), remindOnLastWorkingDay]))!;
      const cause = `NO_PROGRESS:${month.slice(0, 7)}`;
      const current = month === monthOf(today);
      if (current ? today < day : !(await tx.row(`select 1 as ok from reminder where zone_id = app_zone() and cause = $1 and state in ('PLANNED', 'DELIVERED') limit 1`, [cause]))) continue;
      await tx.run('drop table if exists moved, asked');
      await tx.run(MAKE_MOVED, [month, monthEnd(month)]);
      await tx.run('analyze moved');
      await tx.run(MAKE_ASKED(heads('$4', '$5')), [month, stages, monthEnd(month), unitHeads, groupHeads]);
      await tx.run(SETTLE_ASKED, [cause]);
      // Of a month that is over nobody is told anew.
      if (current && rings) planned += await tx.run(PLAN_ASKED, [cause, day, month.slice(0, 7)]);
    }
    return planned;
  }
}
