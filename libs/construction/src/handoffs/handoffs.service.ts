import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, factsJson, newId, once, type Page, type PageInput, pageOf, pageRequest, PERMISSIONS_OF_ROLE, preparedName, Refusal, ROLES, type Shape, type Tx, workingDue } from '@yinfeng/platform';
import { ACTIVITY, bind, demandActive, demandVersion, lockProject, type ProjectRow, projectVisibility, STAGE_LABELS } from '@yinfeng/recruitment';
import { RemindersService } from '@yinfeng/reminders';
import { HandoffPackagesService } from './handoff-packages.service.js';
import { canHandOff, type ChecklistFault, checklistFault, CHECKLIST_MOST, FILES_MOST, type HandoffState, ITEM_LONGEST, NOTE_LONGEST, type StatedItem } from './handoff.rules.js';
import { COPY_ITEMS, handoffFacts, INSERT_HANDOFF, LOCK_HANDOFF, RECEIVERS, SETTLE_MISSING } from './handoffs.sql.js';

/** A project handed from negotiation to construction, with what the receiver has to know. */
export interface HandoffSubmit {
  idempotencyKey?: string | null;
  projectId: string | null;
  /** A department of kind SERVICE. */
  toDepartmentId: string | null;
  /** Absent: the zone's list, nothing ticked. */
  checklist?: StatedItem[] | null;
  note?: string | null;
}
/** Which handoff, on the version that was seen. */
export interface HandoffAct {
  idempotencyKey?: string | null;
  handoffId: string | null;
  expectedVersion: number;
}
export interface HandoffWithdraw extends HandoffAct {
  reason?: string | null;
}
export interface HandoffReassign extends HandoffAct {
  /** Another department of kind SERVICE. */
  toDepartmentId: string | null;
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
export interface HandoffDone { handoffId: string; projectId: string }

export interface HandoffRow { id: string; version: number; project_id: string; attempt: number; state: HandoffState; submitted_by: string; from_department_id: string | null; to_department_id: string; note: string | null; decided_by_name: string | null; mine: boolean }

const receivers = ROLES.filter((role) => PERMISSIONS_OF_ROLE[role].includes('handoff.decide'));

/** 移交: a package submitted to a service department, taken back or passed on; every attempt stays on record. Decisions are HandoffDecisionsService's. */
@Injectable()
export class HandoffsService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly reminders: RemindersService, private readonly packages: HandoffPackagesService) {}

  /**
   * Hands a signed, active project to a service department. The receiver's clock (policy `handoff`, 3 working days by
   * default) starts; after a return the next attempt starts it anew, and what was accepted is not asked again.
   * @throws Refusal NOT_FOUND, STATUS_NOT_ACTIVE, HANDOFF_NOT_READY, HANDOFF_OPEN, ALREADY_DECIDED, HANDOFF_RECEIVER,
   * REQUIRED, TOO_LONG, INVALID (checklist), UNKNOWN_REFERENCE (a file).
   */
  async submit(actor: Actor, input: HandoffSubmit): Promise<HandoffDone> {
    demand(actor, 'handoff.submit');
    const stated = input.checklist ?? null;
    const fault = stated ? checklistFault(stated) : null;
    if (fault) throw faultRefusal(fault);
    const note = input.note?.trim() || null;
    if (note && note.length > NOTE_LONGEST) throw new Refusal('TOO_LONG', ['note'], { field: '移交说明', max: NOTE_LONGEST });
    return this.db.tx(actor, (tx) => once(tx, 'handoffSubmit', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandActive(project);
      const policy = await this.packages.policy(tx);
      if (!canHandOff(project, policy.startsAt)) throw new Refusal('HANDOFF_NOT_READY', ['projectId'], { stage: STAGE_LABELS[project.stage][actor.locale === 'en' ? 1 : 0] });
      // The project's lock is held: nobody else can submit meanwhile.
      const last = await tx.row<{ attempt: number; state: HandoffState; decided_by: string | null }>(
        'select attempt, state, (select name from staff where id = h.decided_by) as decided_by from handoff h where project_id = $1 order by attempt desc limit 1', [project.id]);
      if (last?.state === 'SUBMITTED') throw new Refusal('HANDOFF_OPEN', ['projectId']);
      if (last?.state === 'ACCEPTED') throw new Refusal('ALREADY_DECIDED', ['projectId'], { by: last.decided_by ?? '—', state: last.state });
      await this.demandReceiver(tx, input.toDepartmentId);
      const { due } = await workingDue(tx, this.clock.today(), policy.receiveWorkingDays);
      const handoffId = newId();
      const items = await this.packages.prepare(tx, project, policy, input.toDepartmentId, stated);
      await tx.run(INSERT_HANDOFF, [handoffId, project.id, (last?.attempt ?? 0) + 1, project.department_id, input.toDepartmentId, note, actor.staffId, due]);
      await this.packages.write(tx, project, handoffId, items, stated ?? []);
      await this.active(tx, project);
      await this.settle(tx, project);
      await this.tellReceivers(tx, project.id, handoffId, input.toDepartmentId!, due);
      return { handoffId, projectId: project.id };
    }), { cause: 'handoffSubmit' });
  }

  /**
   * Taken back before it was decided, by who submitted it, who is in charge of the project or a head of the unit that hands over.
   * @throws Refusal NOT_FOUND, FORBIDDEN, CONFLICT, ALREADY_DECIDED, TOO_LONG.
   */
  async withdraw(actor: Actor, input: HandoffWithdraw): Promise<HandoffDone> {
    demand(actor, 'handoff.submit');
    const reason = input.reason?.trim() || null;
    return this.db.tx(actor, (tx) => once(tx, 'handoffWithdraw', input, async () => {
      const { handoff, project } = await this.lock(tx, input);
      const may = handoff.submitted_by === actor.staffId || project.owner_id === actor.staffId || (await tx.row('select 1 as ok from department_heads($1) h where h = app_staff()', [handoff.from_department_id])) !== undefined;
      if (!may) throw new Refusal('FORBIDDEN', [], { permission: 'handoff.submit' });
      if (reason && reason.length > NOTE_LONGEST) throw new Refusal('TOO_LONG', ['reason'], { field: '撤回原因', max: NOTE_LONGEST }, handoff.id);
      this.demandOpen(handoff, input);
      await tx.run(`update handoff set state = 'WITHDRAWN', decided_by = app_staff(), decided_at = app_now(), return_reason = $2, version = version + 1 where id = $1`, [handoff.id, reason]);
      await this.active(tx, project);
      await this.reminders.cancel(tx, { projectId: project.id, kind: 'HANDOFF', cause: `HANDOFF:${handoff.id}` });
      return { handoffId: handoff.id, projectId: project.id };
    }), { cause: 'handoffWithdraw' });
  }

  /**
   * Passed on by a head of the receiving department to the one that it is meant for: this attempt ends, the next begins there
   * with the same things, nothing decided, and a clock of its own. Returns the new attempt.
   * @throws Refusal NOT_FOUND, FORBIDDEN (no head of it), SECOND_PERSON, CONFLICT, ALREADY_DECIDED, STATUS_NOT_ACTIVE, REASON_REQUIRED, TOO_LONG, HANDOFF_RECEIVER, INVALID (the same department).
   */
  async reassign(actor: Actor, input: HandoffReassign): Promise<HandoffDone> {
    demand(actor, 'handoff.decide');
    const reason = input.reason?.trim() ?? '';
    return this.db.tx(actor, (tx) => once(tx, 'handoffReassign', input, async () => {
      const { handoff, project } = await this.lock(tx, input);
      if (handoff.submitted_by === actor.staffId) throw new Refusal('SECOND_PERSON', ['handoffId'], {}, handoff.id);
      if (!(await tx.row('select 1 as ok from department_heads($1) h where h = app_staff()', [handoff.to_department_id]))) throw new Refusal('FORBIDDEN', [], { permission: 'handoff.decide' });
      this.demandOpen(handoff, input);
      demandActive(project);
      if (!reason) throw new Refusal('REASON_REQUIRED', ['reason'], {}, handoff.id);
      if (reason.length > NOTE_LONGEST) throw new Refusal('TOO_LONG', ['reason'], { field: '转派原因', max: NOTE_LONGEST }, handoff.id);
      const to = await this.demandReceiver(tx, input.toDepartmentId);
      if (input.toDepartmentId === handoff.to_department_id) throw new Refusal('INVALID', ['toDepartmentId'], { field: '接收部门', value: to, expected: '另一服务部门 / another service department' }, handoff.id);
      const { due } = await workingDue(tx, this.clock.today(), (await this.packages.policy(tx)).receiveWorkingDays);
      const handoffId = newId();
      await tx.run(`update handoff set state = 'REASSIGNED', decided_by = app_staff(), decided_at = app_now(), return_reason = $2, version = version + 1 where id = $1`, [handoff.id, reason]);
      await tx.run(INSERT_HANDOFF, [handoffId, project.id, handoff.attempt + 1, handoff.from_department_id, input.toDepartmentId, handoff.note, handoff.submitted_by, due]);
      await tx.run(COPY_ITEMS, [handoff.id, handoffId]);
      await this.active(tx, project);
      await this.settle(tx, project);
      await this.tellReceivers(tx, project.id, handoffId, input.toDepartmentId!, due);
      await this.reminders.planForAll(tx, { kind: 'HANDOFF', cause: `HANDOFF:${handoff.id}:REASSIGNED`, projectId: project.id, dueOn: this.clock.today(), detail: { act: 'REASSIGNED', department: to, reason: reason.slice(0, 200) } }, [handoff.submitted_by]);
      return { handoffId, projectId: project.id };
    }), { cause: 'handoffReassign' });
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

  /** Project first, then handoff, as submit does: two that act at once meet at the project and one waits. @throws Refusal NOT_FOUND. */
  async lock(tx: Tx, input: Pick<HandoffAct, 'handoffId'>): Promise<{ handoff: HandoffRow; project: ProjectRow }> {
    const found = input.handoffId ? await tx.row<{ project_id: string }>('select project_id from handoff where id = $1', [input.handoffId]) : undefined;
    const project = await lockProject(tx, found?.project_id ?? null);
    return { handoff: (await tx.row<HandoffRow>(LOCK_HANDOFF, [input.handoffId, tx.actor.departmentIds]))!, project };
  }

  /** @throws Refusal CONFLICT, ALREADY_DECIDED. */
  demandOpen(handoff: HandoffRow, input: Pick<HandoffAct, 'expectedVersion'>): void {
    demandVersion(handoff, input.expectedVersion);
    if (handoff.state !== 'SUBMITTED') throw new Refusal('ALREADY_DECIDED', ['handoffId'], { by: handoff.decided_by_name ?? '—', state: handoff.state }, handoff.id);
  }

  /** Something happened on the project: its version, idle clock and light follow, and what warned of silence is taken back. */
  async active(tx: Tx, project: ProjectRow): Promise<void> {
    await tx.run(`update project set version = version + 1, ${ACTIVITY('$2::date')} where id = $1`, [project.id, this.clock.today()]);
    await this.reminders.cancel(tx, { projectId: project.id, kind: 'IDLE' });
  }

  /** What was told of this project's handoffs is done. */
  async settle(tx: Tx, project: ProjectRow): Promise<void> {
    await this.reminders.completeByAct(tx, { projectId: project.id, kind: 'HANDOFF' });
    await tx.run(SETTLE_MISSING, [project.id]);
  }

  private async tellReceivers(tx: Tx, projectId: string, handoffId: string, departmentId: string, dueOn: string): Promise<void> {
    const people = (await tx.rows<{ id: string }>(RECEIVERS, [departmentId, receivers])).map((p) => p.id);
    await this.reminders.planForAll(tx, { kind: 'HANDOFF', projectId, cause: `HANDOFF:${handoffId}`, dueOn: this.clock.today(), detail: { act: 'RECEIVE', dueOn } }, people);
    await this.reminders.planForAll(tx, { kind: 'HANDOFF', projectId, cause: `HANDOFF:${handoffId}:DUE`, dueOn, detail: { act: 'DUE', dueOn } }, people);
  }

  /** @throws Refusal NOT_FOUND, HANDOFF_RECEIVER: not a service department. */
  private async demandReceiver(tx: Tx, departmentId: string | null): Promise<string> {
    const to = departmentId ? await tx.row<{ name: string; kind: string }>('select name, kind from department where id = $1', [departmentId]) : undefined;
    if (!to) throw new Refusal('NOT_FOUND', ['toDepartmentId']);
    if (to.kind !== 'SERVICE') throw new Refusal('HANDOFF_RECEIVER', ['toDepartmentId'], { department: to.name });
    return to.name;
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
  const expected = { TOO_MANY: `≤ ${fault.path.at(-1) === 'fileIds' ? FILES_MOST : CHECKLIST_MOST}`, TWICE: '不可重复 / no item twice', CODE: 'a–z A–Z 0–9, 1–40' };
  return new Refusal('INVALID', fault.path, { field: '清单事项', value: fault.value, expected: expected[fault.code] });
}
