import { Inject, Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, factsJson, newId, once, type Page, type PageInput, pageOf, pageRequest, PERMISSIONS_OF_ROLE, preparedName, Refusal, ROLES, type Shape, type Tx } from '@yinfeng/platform';
import { ACTIVITY, bind, demandActive, demandVersion, lockProject, type ProjectRow, projectVisibility, STAGE_LABELS } from '@yinfeng/recruitment';
import { RemindersService } from '@yinfeng/reminders';
import { HANDOFF_ACCEPTED, type HandoffListener } from './handoff-accepted.js';
import { canHandOff, type ChecklistFault, checklistFault, type ChecklistItem, CHECKLIST_MOST, handoffPolicy, type HandoffState, ITEM_LONGEST, NOTE_LONGEST } from './handoff.rules.js';
import { handoffFacts, INSERT_HANDOFF, LOCK_HANDOFF, RECEIVERS } from './handoffs.sql.js';

/** A project handed from negotiation to construction, with what the receiver has to know. */
export interface HandoffSubmit {
  idempotencyKey?: string | null;
  projectId: string | null;
  /** A department of kind SERVICE. */
  toDepartmentId: string | null;
  /** Absent: the zone's list, nothing ticked. */
  checklist?: { item: string; done?: boolean | null; note?: string | null }[] | null;
  note?: string | null;
}
export interface HandoffAccept {
  idempotencyKey?: string | null;
  handoffId: string | null;
  expectedVersion: number;
}
export interface HandoffReturn extends HandoffAccept {
  /** What the submitter has to put right. */
  reason?: string | null;
}
export interface HandoffFilter {
  states?: HandoffState[] | null;
  projectId?: string | null;
  /** Handed to these departments or any below them. */
  toDepartmentIds?: string[] | null;
  /** Due before this Shanghai day. */
  dueBefore?: string | null;
}

interface HandoffRow { id: string; version: number; project_id: string; attempt: number; state: HandoffState; submitted_by: string; from_department_id: string | null; to_department_id: string; decided_by_name: string | null; mine: boolean }

const receivers = ROLES.filter((role) => PERMISSIONS_OF_ROLE[role].includes('handoff.decide'));

/** 移交: submitted, accepted or returned with a reason inside a deadline; every attempt stays on record. */
@Injectable()
export class HandoffsService {
  constructor(
    private readonly db: Database, private readonly clock: Clock, private readonly reminders: RemindersService,
    @Inject(HANDOFF_ACCEPTED) private readonly listeners: HandoffListener[],
  ) {}

  /**
   * Hands a signed, active project to a service department. The receiver's clock (zone_policy `handoff`, 3 working days by
   * default) starts; after a return the next attempt starts it anew.
   * @throws Refusal NOT_FOUND, STATUS_NOT_ACTIVE, HANDOFF_NOT_READY, HANDOFF_OPEN, ALREADY_DECIDED, HANDOFF_RECEIVER,
   * REQUIRED, TOO_LONG, INVALID (checklist), CALENDAR_YEAR_UNCOVERED.
   */
  async submit(actor: Actor, input: HandoffSubmit): Promise<{ handoffId: string; projectId: string }> {
    demand(actor, 'handoff.submit');
    const stated = input.checklist?.map((c): ChecklistItem => ({ item: c.item.trim(), done: c.done ?? false, note: c.note?.trim() || null }));
    const fault = stated ? checklistFault(stated) : null;
    if (fault) throw faultRefusal(fault);
    const note = input.note?.trim() || null;
    if (note && note.length > NOTE_LONGEST) throw new Refusal('TOO_LONG', ['note'], { field: '移交说明', max: NOTE_LONGEST });
    return this.db.tx(actor, (tx) => once(tx, 'handoffSubmit', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandActive(project);
      if (!canHandOff(project)) throw new Refusal('HANDOFF_NOT_READY', ['projectId'], { stage: STAGE_LABELS[project.stage][actor.locale === 'en' ? 1 : 0] });
      // The project's lock is held: nobody else can submit meanwhile.
      const last = await tx.row<{ attempt: number; state: HandoffState; decided_by: string | null }>(
        'select attempt, state, (select name from staff where id = h.decided_by) as decided_by from handoff h where project_id = $1 order by attempt desc limit 1', [project.id]);
      if (last?.state === 'SUBMITTED') throw new Refusal('HANDOFF_OPEN', ['projectId']);
      if (last?.state === 'ACCEPTED') throw new Refusal('ALREADY_DECIDED', ['projectId'], { by: last.decided_by ?? '—', state: last.state });
      const to = input.toDepartmentId ? await tx.row<{ name: string; kind: string }>('select name, kind from department where id = $1', [input.toDepartmentId]) : undefined;
      if (!to) throw new Refusal('NOT_FOUND', ['toDepartmentId']);
      if (to.kind !== 'SERVICE') throw new Refusal('HANDOFF_RECEIVER', ['toDepartmentId'], { department: to.name });
      const policy = await this.policy(tx);
      const dueOn = await this.due(tx, policy.receiveWorkingDays);
      const handoffId = newId();
      const checklist = stated ?? policy.checklist.map((item): ChecklistItem => ({ item, done: false, note: null }));
      await tx.run(INSERT_HANDOFF, [handoffId, project.id, (last?.attempt ?? 0) + 1, project.department_id, input.toDepartmentId, JSON.stringify(checklist), note, dueOn]);
      await this.active(tx, project);
      await this.reminders.completeByAct(tx, { projectId: project.id, kind: 'HANDOFF' });
      const people = (await tx.rows<{ id: string }>(RECEIVERS, [input.toDepartmentId, receivers])).map((p) => p.id);
      const subject = { kind: 'HANDOFF' as const, projectId: project.id };
      await this.reminders.planForAll(tx, { ...subject, cause: `HANDOFF:${handoffId}`, dueOn: this.clock.today(), detail: { act: 'RECEIVE', dueOn } }, people);
      await this.reminders.planForAll(tx, { ...subject, cause: `HANDOFF:${handoffId}:DUE`, dueOn, detail: { act: 'DUE', dueOn } }, people);
      return { handoffId, projectId: project.id };
    }), { cause: 'handoffSubmit' });
  }

  /**
   * The receiver takes the project over: joins its taskforce, and the project may start.
   * @throws Refusal NOT_FOUND, FORBIDDEN (another department's), SECOND_PERSON, CONFLICT, ALREADY_DECIDED, STATUS_NOT_ACTIVE.
   */
  async accept(actor: Actor, input: HandoffAccept): Promise<{ handoffId: string; projectId: string }> {
    demand(actor, 'handoff.decide');
    return this.db.tx(actor, (tx) => once(tx, 'handoffAccept', input, async () => {
      const { handoff, project } = await this.lockForDecision(tx, input);
      await tx.run(`update handoff set state = 'ACCEPTED', decided_by = app_staff(), decided_at = app_now(), version = version + 1 where id = $1`, [handoff.id]);
      await tx.run(`insert into project_member (zone_id, project_id, staff_id, role) values (app_zone(), $1, app_staff(), 'TASKFORCE') on conflict do nothing`, [project.id]);
      await this.active(tx, project);
      await this.reminders.completeByAct(tx, { projectId: project.id, kind: 'HANDOFF' });
      const accepted = { id: handoff.id, attempt: handoff.attempt, fromDepartmentId: handoff.from_department_id, toDepartmentId: handoff.to_department_id, submittedBy: handoff.submitted_by, acceptedBy: actor.staffId! };
      for (const listener of this.listeners) await listener.handoffAccepted(tx, project, accepted);
      return { handoffId: handoff.id, projectId: project.id };
    }), { cause: 'handoffAccept' });
  }

  /**
   * Back to the submitter with a reason and a reminder; the next attempt starts the clock again.
   * @throws Refusal REASON_REQUIRED, TOO_LONG and those of accept.
   */
  async return(actor: Actor, input: HandoffReturn): Promise<{ handoffId: string; projectId: string }> {
    demand(actor, 'handoff.decide');
    const reason = input.reason?.trim() ?? '';
    return this.db.tx(actor, (tx) => once(tx, 'handoffReturn', input, async () => {
      const { handoff, project } = await this.lockForDecision(tx, input);
      if (!reason) throw new Refusal('REASON_REQUIRED', ['reason'], {}, handoff.id);
      if (reason.length > NOTE_LONGEST) throw new Refusal('TOO_LONG', ['reason'], { field: '退回原因', max: NOTE_LONGEST }, handoff.id);
      await tx.run(`update handoff set state = 'RETURNED', decided_by = app_staff(), decided_at = app_now(), return_reason = $2, version = version + 1 where id = $1`, [handoff.id, reason]);
      await this.active(tx, project);
      await this.reminders.completeByAct(tx, { projectId: project.id, kind: 'HANDOFF' });
      await this.reminders.plan(tx, { kind: 'HANDOFF', cause: `HANDOFF:${handoff.id}:RETURNED`, projectId: project.id, recipientId: handoff.submitted_by, dueOn: this.clock.today(), detail: { act: 'RETURNED', reason: reason.slice(0, 200) } });
      return { handoffId: handoff.id, projectId: project.id };
    }), { cause: 'handoffReturn' });
  }

  /** Handoffs of projects that the actor may see, newest first. */
  async page(actor: Actor, filter: HandoffFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'handoff.read');
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const where = conditions(actor, filter, params);
    if (request.keys) where.push(`(h.submitted_at, h.id) ${request.backward ? '>' : '<'} (${bind(params, request.keys[0])}::timestamptz, ${bind(params, request.keys[1])}::uuid)`);
    const way = request.backward ? 'asc' : 'desc';
    const sql = `select ${factsJson(handoffFacts, { id: true, ...shape })} as node, h.submitted_at::text as k, h.id from handoff h where ${where.join(' and ')} order by h.submitted_at ${way}, h.id ${way} limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async count(actor: Actor, filter: HandoffFilter): Promise<number> {
    const params: unknown[] = [];
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from handoff h where ${conditions(actor, filter, params).join(' and ')}`, params);
    return row!.n;
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('handoff.read')) return null;
    const params: unknown[] = [];
    const where = conditions(actor, {}, params);
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(handoffFacts, { id: true, ...shape })} as node from handoff h where h.id = ${bind(params, id)} and ${where.join(' and ')}`, params);
    return row?.node ?? null;
  }

  /** Project first, then handoff, as submit does: two that decide at once meet at the project and one waits. */
  private async lockForDecision(tx: Tx, input: HandoffAccept): Promise<{ handoff: HandoffRow; project: ProjectRow }> {
    const found = input.handoffId ? await tx.row<{ project_id: string }>('select project_id from handoff where id = $1', [input.handoffId]) : undefined;
    const project = await lockProject(tx, found?.project_id ?? null);
    const handoff = (await tx.row<HandoffRow>(LOCK_HANDOFF, [input.handoffId, tx.actor.departmentIds]))!;
    if (handoff.submitted_by === tx.actor.staffId) throw new Refusal('SECOND_PERSON', ['handoffId'], {}, handoff.id);
    if (!handoff.mine) throw new Refusal('FORBIDDEN');
    demandVersion(handoff, input.expectedVersion);
    if (handoff.state !== 'SUBMITTED') throw new Refusal('ALREADY_DECIDED', ['handoffId'], { by: handoff.decided_by_name ?? '—', state: handoff.state }, handoff.id);
    demandActive(project);
    return { handoff, project };
  }

  private async policy(tx: Tx): Promise<ReturnType<typeof handoffPolicy>> {
    const row = await tx.row<{ value: unknown }>(`select value from zone_policy where name = 'handoff' and valid_from <= $1 order by valid_from desc limit 1`, [this.clock.today()]);
    return handoffPolicy(row?.value);
  }

  /** The n-th working day from today. @throws Refusal CALENDAR_YEAR_UNCOVERED when it lies beyond the published calendar. */
  private async due(tx: Tx, workingDays: number): Promise<string> {
    const today = this.clock.today();
    const row = await tx.row<{ due: string | null; covered: boolean }>('select add_working_days($1, $2) as due, exists (select from calendar_year where year = extract(year from $1::date) and published) as covered', [today, workingDays]);
    if (row?.due) return row.due;
    throw new Refusal('CALENDAR_YEAR_UNCOVERED', ['dueOn'], { field: '接收时限', value: today, year: Number(today.slice(0, 4)) + (row?.covered ? 1 : 0) });
  }

  /** Something happened on the project: its version, idle clock and light follow, and what warned of silence is taken back. */
  private async active(tx: Tx, project: ProjectRow): Promise<void> {
    await tx.run(`update project set version = version + 1, ${ACTIVITY('$2::date')} where id = $1`, [project.id, this.clock.today()]);
    await this.reminders.cancel(tx, { projectId: project.id, kind: 'IDLE' });
  }
}

/** Who sees a project sees its handoffs. */
function conditions(actor: Actor, f: HandoffFilter, params: unknown[]): string[] {
  const visible = projectVisibility(actor, 'pv', params);
  const where = [visible === 'true' ? 'true' : `exists (select from project pv where pv.id = h.project_id and ${visible})`];
  if (f.states) where.push(`h.state = any(${bind(params, f.states)}::text[])`);
  if (f.projectId) where.push(`h.project_id = ${bind(params, f.projectId)}`);
  if (f.toDepartmentIds) where.push(`h.to_department_id = any(array(select dv.id from department dv where dv.path && ${bind(params, f.toDepartmentIds)}::uuid[]))`);
  if (f.dueBefore) where.push(`h.due_on < ${bind(params, f.dueBefore)}`);
  return where;
}

function faultRefusal(fault: ChecklistFault): Refusal {
  if (fault.code === 'REQUIRED') return new Refusal('REQUIRED', fault.path, { field: '清单事项' });
  if (fault.code === 'TOO_LONG') return new Refusal('TOO_LONG', fault.path, { field: '清单事项', max: fault.path.at(-1) === 'note' ? NOTE_LONGEST : ITEM_LONGEST });
  return new Refusal('INVALID', fault.path, { field: '清单事项', value: fault.value, expected: fault.code === 'TOO_MANY' ? `≤ ${CHECKLIST_MOST}` : '不可重复 / no item twice' });
}
