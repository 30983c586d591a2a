import { Injectable } from '@nestjs/common';
import { PolicyService, type PolicyValue } from '@yinfeng/directory';
import { Clock, newId, PERMISSIONS_OF_ROLE, REACH_OF_ROLE, Refusal, ROLES, shanghaiDay, type Tx, workingDue } from '@yinfeng/platform';
import { lockProject, type ProjectRow } from '@yinfeng/recruitment';
import { RemindersService } from '@yinfeng/reminders';
import { ANSWERING, CALLED, DEPARTMENTS_NAMED, HEADS_OF, INSERT_CALL, INSERT_ENTRY, LEAD_BY_DEFAULT, LEADERS, LOCK_CALL, NEXT_SEQ } from './calls.sql.js';
import { type CallAct, type CallEntryKind, type CallState, callStateWord, type CallUrgency, clocksOf, type LadderTarget, mayDo } from './call.rules.js';

export type CallPolicy = PolicyValue<'serviceCalls'>;

/** What is called for, by whomever. */
export interface CallSaid {
  type: string;
  title: string;
  content: string;
  urgency?: CallUrgency | null;
  /** 期望解决时间: what the enterprise wishes; the clock is the zone's. */
  wishOn?: string | null;
}
/** Who calls: nobody of the zone when it comes by a link. */
export interface Caller {
  byLink: boolean;
  contactId: string | null;
  name: string | null;
  phone: string | null;
}
export interface CallRow {
  id: string; version: number; project_id: string; number: string; type: string; urgency: CallUrgency; shown_title: string; state: CallState; round: number; escalation_level: number; by_link: boolean; raised_by: string | null;
  raised_at: Date; round_on: string; lead_department_id: string; lead_name: string; in_charge_id: string | null; report_in_due_on: string; reported_in_at: Date | null; resolve_due_on: string; resolved_at: Date | null; resolved_by: string | null;
  score: number | null; rated_at: Date | null; leads: boolean; helps: string | null;
}
interface EntryMore { content?: string | null; public?: boolean; byLink?: boolean; departmentId?: string | null; toldId?: string | null; level?: number | null; score?: number | null; dueOn?: string | null; round?: number }

/** Who may report in to a call. */
const handlers = ROLES.filter((role) => PERMISSIONS_OF_ROLE[role].includes('call.handle'));
/** To whom a call shows its project. */
const officers = handlers.filter((role) => REACH_OF_ROLE[role] === 'HANDED');
/** Which sign of the story the enterprise sees by its link, unless it is said otherwise. */
const SHOWN: readonly CallEntryKind[] = ['RAISED', 'ROUTED', 'REPORTED_IN', 'RESOLVED', 'RATED', 'REOPENED', 'CLOSED', 'WITHDRAWN'];

/** What every act on a call is made of: locking, routing, clocks, entries, who is told. All of it joins the caller's transaction. */
@Injectable()
export class CallBook {
  constructor(private readonly clock: Clock, private readonly policies: PolicyService, private readonly reminders: RemindersService) {}

  policy(tx: Tx): Promise<CallPolicy> {
    return this.policies.value(tx, 'serviceCalls', this.clock.today());
  }

  /** The gateway to one call: its project, locked and seen, then its own row. @throws Refusal NOT_FOUND, CALL_STATE. */
  async lock(tx: Tx, callId: string | null, act?: CallAct): Promise<{ project: ProjectRow; call: CallRow }> {
    const found = callId ? await tx.row<{ project_id: string }>('select project_id from service_call where id = $1', [callId]) : undefined;
    const project = await lockProject(tx, found?.project_id ?? null);
    const call = (await tx.row<CallRow>(LOCK_CALL, [callId, tx.actor.departmentIds, tx.actor.ledDepartmentIds]))!;
    if (act) this.demandState(tx, call, act);
    return { project, call };
  }

  /** @throws Refusal CALL_STATE. */
  demandState(tx: Tx, call: CallRow, act: CallAct): void {
    if (!mayDo(act, call.state)) throw new Refusal('CALL_STATE', ['serviceCallId'], { number: call.number, now: callStateWord(call.state, tx.actor.locale) }, call.id);
  }

  /**
   * Opens a call on a locked project: number, routing by its type, both clocks, who is told.
   * @throws Refusal UNKNOWN_CHOICE (type), REQUIRED, CALL_NO_DEPARTMENT, UNKNOWN_REFERENCE (contact).
   */
  async open(tx: Tx, project: ProjectRow, said: CallSaid, caller: Caller, routing: { leadId?: string | null; helperIds?: readonly string[] } = {}): Promise<{ callId: string; entryId: string }> {
    const policy = await this.policy(tx);
    const today = this.clock.today();
    const type = policy.types.find((t) => t.code === said.type);
    if (!type) throw new Refusal('UNKNOWN_CHOICE', ['type'], { field: '诉求类别', value: said.type.slice(0, 40), choices: policy.types.map((t) => t.code).join(', ') });
    const title = required(said.title, 'title', '诉求标题', 100);
    const content = required(said.content, 'content', '诉求内容', 2000);
    const enterpriseId = caller.contactId ? await this.enterpriseOf(tx, project, caller.contactId) : project.enterprise_id;
    const named = routing.leadId ? [] : await tx.rows<{ id: string; i: string }>(DEPARTMENTS_NAMED, [[type.department, ...type.helping]]);
    const answering = await this.answering(tx, project.id, named.map((n) => n.id));
    const leadId = routing.leadId ?? named.find((n) => Number(n.i) === 1 && answering.has(n.id))?.id ?? (await tx.row<{ id: string | null }>(LEAD_BY_DEFAULT, [project.id]))!.id;
    if (!leadId) throw new Refusal('CALL_NO_DEPARTMENT', ['leadDepartmentId']);
    const helpers = [...new Set([...(routing.helperIds ?? []), ...named.filter((n) => Number(n.i) > 1 && answering.has(n.id)).map((n) => n.id)])].filter((id) => id !== leadId);
    const urgency = said.urgency ?? 'NORMAL';
    const clocks = clocksOf(policy, type, urgency);
    const reportIn = (await workingDue(tx, today, clocks.reportIn)).due;
    const resolve = (await workingDue(tx, today, clocks.resolve)).due;
    const year = Number(today.slice(0, 4));
    // One number after another in a zone: whoever raises at the same time waits here.
    await tx.run(`select pg_advisory_xact_lock(hashtextextended('service_call' || app_zone(), 3))`);
    const { seq, zone } = (await tx.row<{ seq: number; zone: string }>(NEXT_SEQ, [year]))!;
    const callId = newId();
    const number = `CS-${zone}-${year}-${String(seq).padStart(4, '0')}`;
    await tx.run(INSERT_CALL, [callId, project.id, year, seq, number, type.code, type.zh, type.en, title, content, urgency, said.wishOn ?? null, today, leadId, caller.byLink, enterpriseId, caller.contactId, caller.name, caller.phone, reportIn, resolve]);
    const call = { id: callId, project_id: project.id, round: 1, version: 1 };
    const entryId = await this.enter(tx, call, 'RAISED', { content, byLink: caller.byLink });
    await this.route(tx, call, leadId, helpers);
    await this.enter(tx, call, 'ROUTED', { departmentId: leadId, dueOn: reportIn });
    await this.callOut(tx, { ...call, number, shown_title: await masked(tx, title) }, [leadId, ...helpers], 'REPORT_IN', reportIn);
    return { callId, entryId };
  }

  /** One entry of the story. Returns its id. */
  async enter(tx: Tx, call: Pick<CallRow, 'id' | 'project_id' | 'round'>, kind: CallEntryKind, more: EntryMore = {}): Promise<string> {
    const id = newId();
    await tx.run(INSERT_ENTRY, [id, call.project_id, call.id, more.round ?? call.round, kind, more.content ?? null, more.public ?? SHOWN.includes(kind), more.byLink ?? false, more.departmentId ?? null, more.toldId ?? null, more.level ?? null, more.score ?? null, more.dueOn ?? null]);
    return id;
  }

  /** Puts files of the actor (of a link: those that came with it) to an entry. @throws Refusal UNKNOWN_REFERENCE. */
  async attach(tx: Tx, entryId: string, fileIds: readonly string[] | null | undefined): Promise<void> {
    for (const fileId of new Set(fileIds ?? [])) {
      if (!(await tx.row('select 1 as ok from stored_file where id = $1 and created_by is not distinct from app_staff()', [fileId]))) throw new Refusal('UNKNOWN_REFERENCE', ['fileIds'], { field: '文件', value: fileId });
      await tx.run('insert into service_call_file (zone_id, entry_id, file_id) values (app_zone(), $1, $2)', [entryId, fileId]);
    }
  }

  /** Whoever is called sees the project, and no other. */
  async route(tx: Tx, call: Pick<CallRow, 'id' | 'project_id'>, leadId: string, helpers: readonly string[]): Promise<void> {
    await tx.run('insert into project_department (zone_id, project_id, department_id) select app_zone(), $1, x from unnest($2::uuid[]) x on conflict do nothing', [call.project_id, [leadId, ...helpers]]);
    await tx.run('insert into service_call_helper (zone_id, call_id, department_id) select app_zone(), $1, x from unnest($2::uuid[]) x on conflict do nothing', [call.id, helpers]);
    await tx.run('delete from service_call_helper where call_id = $1 and department_id = $2', [call.id, leadId]);
  }

  /** Those of these departments in which somebody would see the project and take the call. */
  async answering(tx: Tx, projectId: string, departmentIds: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set((await tx.rows<{ id: string }>(ANSWERING, [departmentIds, projectId, officers])).map((d) => d.id));
  }

  /** Tells the people of these departments that they are called; again when a call comes back to one of them. */
  async callOut(tx: Tx, call: Pick<CallRow, 'id' | 'project_id' | 'round' | 'number' | 'shown_title' | 'version'>, departments: readonly string[], act: 'REPORT_IN' | 'REOPENED', dueOn: string): Promise<void> {
    for (const departmentId of departments) {
      const people = (await tx.rows<{ id: string }>(CALLED, [departmentId, handlers])).map((p) => p.id);
      await this.tell(tx, call, `REPORT_IN:${departmentId}:${call.version}`, act, this.clock.today(), dueOn, people);
    }
  }

  /** One reminder for each, once for its cause. */
  async tell(tx: Tx, call: Pick<CallRow, 'id' | 'project_id' | 'round' | 'number' | 'shown_title'>, what: string, act: string, on: string, dueOn: string, people: readonly string[]): Promise<void> {
    await this.reminders.planForAll(tx, { kind: 'SERVICE_CALL', cause: `${causeOf(call)}:${call.round}:${what}`, projectId: call.project_id, dueOn: on, detail: { act, number: call.number, title: call.shown_title.slice(0, 60), dueOn } }, people);
  }

  /** What was asked is done: all of it, or what begins with these words in this round. */
  async answered(tx: Tx, call: Pick<CallRow, 'id' | 'project_id' | 'round'>, what?: string): Promise<void> {
    await this.reminders.completeByAct(tx, { projectId: call.project_id, kind: 'SERVICE_CALL', cause: what === undefined ? `${causeOf(call)}:` : `${causeOf(call)}:${call.round}:${what}` });
  }

  /** To whom a step of the ladder leads. */
  async above(tx: Tx, call: Pick<CallRow, 'lead_department_id'>, to: LadderTarget): Promise<string[]> {
    const rows = to === 'DEPARTMENT_HEAD' ? await tx.rows<{ id: string }>(HEADS_OF, [call.lead_department_id]) : await tx.rows<{ id: string }>(LEADERS);
    if (rows.length === 0 && to === 'DEPARTMENT_HEAD') return (await tx.rows<{ id: string }>(LEADERS)).map((r) => r.id);
    return rows.map((r) => r.id);
  }

  /** One step up the ladder: an entry, and the next people told. $reason: by hand. */
  async climb(tx: Tx, call: CallRow, level: number, to: LadderTarget, dueOn: string, reason: string | null): Promise<void> {
    const people = await this.above(tx, call, to);
    await this.enter(tx, call, 'ESCALATED', { content: reason, level, toldId: people[0] ?? null, dueOn });
    await tx.run('update service_call set escalation_level = $2, version = version + 1 where id = $1', [call.id, level]);
    await this.tell(tx, call, `ESCALATED:${call.reported_in_at ? 'RESOLVE' : 'REPORT_IN'}:${level}`, to === 'PUBLIC' ? 'PUBLISH' : 'ESCALATED', this.clock.today(), dueOn, people.filter((id) => id !== tx.actor.staffId));
  }

  /** Not solved, or withdrawn too soon: the next round, with clocks and a report-in of its own. @throws Refusal CALL_REOPEN_LATE, REASON_REQUIRED, TOO_LONG. */
  async reopen(tx: Tx, call: CallRow, said: string | null | undefined, byLink: boolean, fileIds: readonly string[] = []): Promise<void> {
    const reason = reasonOf(said, 'reason');
    const policy = await this.policy(tx);
    const today = this.clock.today();
    if (call.resolved_at) {
      const { due } = await workingDue(tx, shanghaiDay(call.resolved_at), policy.reopenWithinWorkingDays);
      if (today > due) throw new Refusal('CALL_REOPEN_LATE', ['serviceCallId'], { days: policy.reopenWithinWorkingDays, until: due }, call.id);
    }
    const clocks = clocksOf(policy, policy.types.find((t) => t.code === call.type) ?? { resolveWorkingDays: policy.types.at(-1)!.resolveWorkingDays }, call.urgency);
    const reportIn = (await workingDue(tx, today, clocks.reportIn)).due;
    await this.answered(tx, call);
    await tx.run(
      `update service_call set state = 'REOPENED', round = round + 1, round_on = $2, escalation_level = 0, report_in_due_on = $3, resolve_due_on = $4, reported_in_at = null, resolved_at = null, resolved_by = null,
         score = null, rating_words = null, rated_at = null, rated_by = null, closed_at = null, version = version + 1 where id = $1`,
      [call.id, today, reportIn, (await workingDue(tx, today, clocks.resolve)).due]);
    const next = { ...call, round: call.round + 1 };
    await this.attach(tx, await this.enter(tx, next, 'REOPENED', { content: reason, byLink, dueOn: reportIn }), fileIds);
    await this.callOut(tx, next, [call.lead_department_id], 'REOPENED', reportIn);
  }

  /** Rates what was done and closes the call, unless it is closed already. @throws Refusal CALL_RATED, INVALID (score), TOO_LONG. */
  async rate(tx: Tx, call: CallRow, score: number, words: string | null, byLink: boolean): Promise<void> {
    const { scale } = await this.policy(tx);
    if (call.rated_at) throw new Refusal('CALL_RATED', ['serviceCallId'], { day: shanghaiDay(call.rated_at) }, call.id);
    if (!Number.isInteger(score) || score < 1 || score > scale) throw new Refusal('INVALID', ['score'], { field: '评分', value: String(score).slice(0, 20), expected: `1–${scale}` }, call.id);
    if (words && words.length > 500) throw new Refusal('TOO_LONG', ['words'], { field: '评价', max: 500 }, call.id);
    await this.enter(tx, call, 'RATED', { content: words, score, byLink });
    if (call.state === 'RESOLVED') await this.enter(tx, call, 'CLOSED', { byLink });
    await tx.run(`update service_call set state = 'CLOSED', closed_at = coalesce(closed_at, app_now()), score = $2, rating_words = $3, rated_at = app_now(), rated_by = app_staff(), version = version + 1 where id = $1`, [call.id, score, words]);
    await this.answered(tx, call);
  }

  /** Nobody answered: closed as it stands. */
  async close(tx: Tx, call: CallRow): Promise<void> {
    await this.enter(tx, call, 'CLOSED');
    await tx.run(`update service_call set state = 'CLOSED', closed_at = app_now(), version = version + 1 where id = $1`, [call.id]);
    await this.answered(tx, call);
  }

  /** Until when a solved call waits to be rated. */
  async waitsUntil(tx: Tx, call: CallRow, policy: CallPolicy): Promise<string> {
    return (await workingDue(tx, shanghaiDay(call.resolved_at!), policy.closeAfterWorkingDays)).due;
  }

  /** The firm of whoever calls; a contact of the project or of one of its firms. @throws Refusal UNKNOWN_REFERENCE. */
  private async enterpriseOf(tx: Tx, project: ProjectRow, contactId: string): Promise<string | null> {
    const contact = await this.contactOf(tx, project, contactId);
    return contact.enterprise_id ?? project.enterprise_id;
  }

  async contactOf(tx: Tx, project: ProjectRow, contactId: string): Promise<{ enterprise_id: string | null }> {
    const contact = await tx.row<{ enterprise_id: string | null }>(
      `select enterprise_id from contact where id = $1 and archived_at is null and (project_id = $2 or enterprise_id = $3 or enterprise_id in (select enterprise_id from project_enterprise where project_id = $2))`, [contactId, project.id, project.enterprise_id]);
    if (!contact) throw new Refusal('UNKNOWN_REFERENCE', ['contactId'], { field: '联系人', value: contactId });
    return contact;
  }
}

const causeOf = (call: { id: string }) => `SERVICE_CALL:${call.id}`;
const masked = async (tx: Tx, words: string) => (await tx.row<{ t: string }>('select mask_text($1) as t', [words]))!.t;

/** @throws Refusal REQUIRED, TOO_LONG. */
export function required(said: string, path: string, field: string, max: number): string {
  const words = said.trim();
  if (!words) throw new Refusal('REQUIRED', [path], { field });
  if (words.length > max) throw new Refusal('TOO_LONG', [path], { field, max });
  return words;
}

/** @throws Refusal REASON_REQUIRED, TOO_LONG. */
export function reasonOf(said: string | null | undefined, path: string): string {
  const reason = said?.trim() ?? '';
  if (!reason) throw new Refusal('REASON_REQUIRED', [path]);
  if (reason.length > 2000) throw new Refusal('TOO_LONG', [path], { field: '原因', max: 2000 });
  return reason;
}
