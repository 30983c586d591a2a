import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, factsJson, newId, once, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { bind, demandVersion, lockProject, type ProjectCondition, type ProjectRow, projectVisibility } from '@yinfeng/recruitment';
import { EXPLAINED, MOVED, MOVED_OF_ALL, noteFacts, SILENT } from './progress.sql.js';
import { monthEnd, monthOf } from './report.rules.js';

export interface NoProgressExplain {
  idempotencyKey?: string | null;
  projectId: string | null;
  /** Any Shanghai day of the month. */
  month: string;
  /** A reason of the zone's list. */
  reason: string;
  words: string;
}
export interface NoProgressCorrect {
  idempotencyKey?: string | null;
  noteId: string | null;
  expectedVersion: number;
  reason?: string | null;
  words?: string | null;
}
export interface NoProgressWithdraw {
  idempotencyKey?: string | null;
  noteId: string | null;
  expectedVersion: number;
  /** Why it is taken back. */
  why: string;
}
interface NoteRow { id: string; version: number; project_id: string; month: string; reason: string; content: string; stands: boolean }

const LONGEST = 1000;

/** 当月无进展: what did not move in a calendar month, and why (domain.md A1 row 39, C4: 若项目一月内无进度更新，请说明并备注原因). */
@Injectable()
export class NoProgressService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService) {}

  /** The reasons that the zone knows today. */
  async reasons(actor: Actor): Promise<{ code: string; zh: string; en: string }[]> {
    demand(actor, 'project.read');
    return this.db.tx(actor, async (tx) => (await this.policies.value(tx, 'noProgressReasons', this.clock.today())).reasons);
  }

  /** Which projects under way did not move in the month of a day, for lists of projects. `explained`: with or without a reason that stands; null: both. For a page of rows, and for their number. @throws Refusal DATE_IN_FUTURE. */
  async silent(actor: Actor, day: string, explained: boolean | null): Promise<{ rows: ProjectCondition; number: ProjectCondition }> {
    demand(actor, 'project.read');
    const month = this.begun(day);
    const stages = await this.db.tx(actor, (tx) => this.stages(tx, month));
    const condition = (moved: typeof MOVED): ProjectCondition => (params) => {
      const first = `${bind(params, month)}::date`;
      const reason = explained === null ? '' : ` and ${explained ? '' : 'not '}${EXPLAINED(first)}`;
      return `${SILENT(first, `${bind(params, monthEnd(month))}::date`, `${bind(params, stages)}::text[]`, moved)}${reason}`;
    };
    return { rows: condition(MOVED), number: condition(MOVED_OF_ALL) };
  }

  /**
   * Says why a project did not move in a month.
   * @throws Refusal NOT_FOUND, DATE_IN_FUTURE, UNKNOWN_CHOICE (reason), REQUIRED, TOO_LONG, NO_PROGRESS_NOT_ASKED, NO_PROGRESS_MOVED, CONFLICT (a reason stands).
   */
  async explain(actor: Actor, input: NoProgressExplain): Promise<{ noteId: string }> {
    demand(actor, 'project.edit');
    const month = this.begun(input.month);
    const words = saidWords(input.words);
    return this.db.tx(actor, (tx) => once(tx, 'noProgressExplain', input, async () => {
      const project = await lockProject(tx, input.projectId);
      const stages = await this.stages(tx, month);
      const found = (await tx.row<{ asked: boolean; moved: boolean; standing: string | null; version: number }>(
        `select p.status = 'ACTIVE' and p.stage::text = any($4::text[]) and shanghai_day(p.created_at) <= $3::date as asked, ${MOVED('$2::date', '$3::date')} as moved, n.id as standing, n.version
         from project p left join no_progress_note n on n.project_id = p.id and n.month = $2 and n.replaced_at is null and n.withdrawn_at is null where p.id = $1`, [project.id, month, monthEnd(month), stages]))!;
      if (!found.asked) throw new Refusal('NO_PROGRESS_NOT_ASKED', ['projectId'], { project: project.name });
      if (found.moved) throw new Refusal('NO_PROGRESS_MOVED', ['month'], { project: project.name, month: month.slice(0, 7) });
      if (found.standing) throw new Refusal('CONFLICT', ['month'], { version: found.version }, found.standing);
      const noteId = await this.say(tx, project, month, input.reason, words);
      await this.settle(tx, project, month, stages);
      return { noteId };
    }), { cause: 'noProgressExplain' });
  }

  /** Says it anew: the former words stay on record. @throws Refusal NOT_FOUND, CONFLICT, NO_PROGRESS_NOTE_ENDED, UNKNOWN_CHOICE, REQUIRED, TOO_LONG. */
  async correct(actor: Actor, input: NoProgressCorrect): Promise<{ noteId: string }> {
    demand(actor, 'project.edit');
    const words = input.words == null ? null : saidWords(input.words);
    return this.db.tx(actor, (tx) => once(tx, 'noProgressCorrect', input, async () => {
      const { project, row } = await this.lock(tx, input);
      await tx.run('update no_progress_note set replaced_at = app_now(), version = version + 1 where id = $1', [row.id]);
      return { noteId: await this.say(tx, project, row.month, input.reason ?? row.reason, words ?? row.content) };
    }), { cause: 'noProgressCorrect' });
  }

  /** Takes a reason back; the month asks again. @throws Refusal NOT_FOUND, CONFLICT, NO_PROGRESS_NOTE_ENDED, REASON_REQUIRED, TOO_LONG. */
  async withdraw(actor: Actor, input: NoProgressWithdraw): Promise<{ noteId: string }> {
    demand(actor, 'project.edit');
    const why = input.why.trim();
    if (!why) throw new Refusal('REASON_REQUIRED', ['why']);
    if (why.length > LONGEST) throw new Refusal('TOO_LONG', ['why'], { field: '撤回原因', max: LONGEST });
    return this.db.tx(actor, (tx) => once(tx, 'noProgressWithdraw', input, async () => {
      const { project, row } = await this.lock(tx, input);
      await tx.run('update no_progress_note set withdrawn_by = app_staff(), withdrawn_at = app_now(), withdraw_reason = $2, version = version + 1 where id = $1', [row.id, why]);
      // Whoever was done with the month is asked again.
      await tx.run(`update reminder set state = 'DELIVERED', done_at = null, done_by = null, version = version + 1 where zone_id = app_zone() and cause = $1 and recipient_id = $2 and state = 'DONE'`, [causeOf(row.month), project.owner_id]);
      return { noteId: row.id };
    }), { cause: 'noProgressWithdraw' });
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('project.read')) return null;
    const params: unknown[] = [id];
    const visible = projectVisibility(actor, 'pv', params);
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(noteFacts, { id: true, ...shape })} as node from no_progress_note nn where nn.id = $1 and exists (select from project pv where pv.id = nn.project_id and ${visible})`, params);
    return row?.node ?? null;
  }

  private begun(day: string): string {
    const month = monthOf(day);
    const today = this.clock.today();
    if (month > today) throw new Refusal('DATE_IN_FUTURE', ['month'], { field: '月份', value: month.slice(0, 7), today });
    return month;
  }

  /** The rule that counts at the end of the month, or today in one that goes on. */
  private async stages(tx: Tx, month: string): Promise<string[]> {
    const today = this.clock.today();
    return (await this.policies.value(tx, 'noProgressReasons', today < monthEnd(month) ? today : monthEnd(month))).stages;
  }

  private async say(tx: Tx, project: ProjectRow, month: string, code: string, words: string): Promise<string> {
    const { reasons } = await this.policies.value(tx, 'noProgressReasons', this.clock.today());
    const reason = reasons.find((r) => r.code === code);
    if (!reason) throw new Refusal('UNKNOWN_CHOICE', ['reason'], { field: '原因', value: code.slice(0, 40), choices: reasons.map((r) => `${r.code} ${r.zh}`).join('、') });
    const noteId = newId();
    await tx.run('insert into no_progress_note (id, zone_id, project_id, month, reason, reason_zh, reason_en, content, said_by, said_at) values ($1, app_zone(), $2, $3, $4, $5, $6, $7, app_staff(), app_now())', [noteId, project.id, month, reason.code, reason.zh, reason.en, words]);
    return noteId;
  }

  /** Whoever is in charge and has nothing left to explain in the month is done with its reminder. */
  private async settle(tx: Tx, project: ProjectRow, month: string, stages: readonly string[]): Promise<void> {
    await tx.run(
      `update reminder set state = case when delivered_at is null then 'CANCELLED' else 'DONE' end, done_at = case when delivered_at is not null then app_now() end, done_by = case when delivered_at is not null then app_staff() end, version = version + 1
       where zone_id = app_zone() and cause = $1 and recipient_id = $2 and state in ('PLANNED', 'DELIVERED')
         and not exists (select from project p where p.owner_id = $2 and ${SILENT('$3::date', '$4::date', '$5::text[]')} and not ${EXPLAINED('$3::date')})`,
      [causeOf(month), project.owner_id, month, monthEnd(month), stages]);
  }

  private async lock(tx: Tx, input: { noteId: string | null; expectedVersion: number }): Promise<{ project: ProjectRow; row: NoteRow }> {
    const found = input.noteId ? await tx.row<{ project_id: string }>('select project_id from no_progress_note where id = $1', [input.noteId]) : undefined;
    const project = await lockProject(tx, found?.project_id ?? null);
    const row = (await tx.row<NoteRow>('select id, version, project_id, month, reason, content, replaced_at is null and withdrawn_at is null as stands from no_progress_note where id = $1 for update', [input.noteId]))!;
    demandVersion(row, input.expectedVersion);
    if (!row.stands) throw new Refusal('NO_PROGRESS_NOTE_ENDED', ['noteId'], {}, row.id);
    return { project, row };
  }
}

const causeOf = (month: string): string => `NO_PROGRESS:${month.slice(0, 7)}`;

function saidWords(said: string): string {
  const words = said.trim();
  if (!words) throw new Refusal('REQUIRED', ['words'], { field: '说明' });
  if (words.length > LONGEST) throw new Refusal('TOO_LONG', ['words'], { field: '说明', max: LONGEST });
  return words;
}
