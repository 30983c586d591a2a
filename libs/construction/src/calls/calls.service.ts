import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, once, type Permission, Refusal, type Tx, workingDue } from '@yinfeng/platform';
import { demandVersion, lockProject, type ProjectRow } from '@yinfeng/recruitment';
import type { AcceptedHandoff, HandoffListener } from '../handoffs/handoff-accepted.js';
import { CallBook, type CallRow, type CallSaid, reasonOf, required } from './call-book.js';
import { type CallAct, clocksOf } from './call.rules.js';

export interface CallRaise extends CallSaid {
  idempotencyKey?: string | null;
  projectId: string | null;
  /** Who at the enterprise has the problem. */
  contactId?: string | null;
  callerName?: string | null;
  callerPhone?: string | null;
  /** Absent: by the type's rule. */
  leadDepartmentId?: string | null;
  helperIds?: string[] | null;
  fileIds?: string[] | null;
}
/** An act on a call that the caller has seen. */
export interface CallActInput {
  idempotencyKey?: string | null;
  serviceCallId: string | null;
  expectedVersion: number;
}
export interface CallReportIn extends CallActInput {
  /** Who takes it in charge; absent: whoever reports in. */
  inChargeId?: string | null;
  note?: string | null;
}
export interface CallProgress extends CallActInput {
  content: string;
  /** Shown to the enterprise by its link. */
  public?: boolean | null;
  fileIds?: string[] | null;
}
export interface CallResolve extends CallActInput {
  /** What was done: the enterprise reads it. */
  whatWasDone: string;
  fileIds?: string[] | null;
}
export interface CallTransfer extends CallActInput {
  leadDepartmentId: string | null;
  helperIds?: string[] | null;
  reason?: string | null;
}
export interface CallReason extends CallActInput {
  reason?: string | null;
}
export interface CallRating extends CallActInput {
  score: number;
  words?: string | null;
}
type Done = { callId: string };

/** 吹哨报到: raised, reported in to, handled, solved with what was done, rated or opened again (domain.md A1 row 47, finding 9). */
@Injectable()
export class CallsService implements HandoffListener {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly book: CallBook) {}

  /**
   * Blows the whistle for a project that the actor sees. The departments that its type calls see the project from then on.
   * @throws Refusal NOT_FOUND, UNKNOWN_CHOICE (type), REQUIRED, TOO_LONG, UNKNOWN_REFERENCE (contact, department, files), CALL_NO_DEPARTMENT, CALL_NOBODY.
   */
  async raise(actor: Actor, input: CallRaise): Promise<Done> {
    demand(actor, 'call.raise');
    return this.db.tx(actor, (tx) => once(tx, 'serviceCallRaise', input, async () => {
      const project = await lockProject(tx, input.projectId);
      await this.demandDepartments(tx, project.id, input.leadDepartmentId, input.helperIds);
      const caller = { byLink: false, contactId: input.contactId ?? null, name: input.callerName?.trim() || null, phone: input.callerPhone?.trim() || null };
      const { callId, entryId } = await this.book.open(tx, project, input, caller, { leadId: input.leadDepartmentId, helperIds: input.helperIds ?? [] });
      await this.book.attach(tx, entryId, input.fileIds);
      return { callId };
    }), { cause: 'serviceCallRaise' });
  }

  /**
   * 报到: somebody of the leading department takes the call; of two at once the second sees a newer version. Somebody of a
   * helping department reports in for that department alone.
   * @throws Refusal NOT_FOUND, CONFLICT, CALL_STATE, CALL_DEPARTMENT, UNKNOWN_REFERENCE (a person who is not of the department).
   */
  reportIn(actor: Actor, input: CallReportIn): Promise<Done> {
    return this.act(actor, 'call.handle', 'serviceCallReportIn', input, null, async (tx, call) => {
      const note = input.note?.trim() || null;
      if (!call.leads && call.helps) {
        this.book.demandState(tx, call, call.reported_in_at ? 'progress' : 'reportIn');
        const first = await tx.run('update service_call_helper set reported_in_at = app_now(), reported_in_by = app_staff() where call_id = $1 and department_id = $2 and reported_in_at is null', [call.id, call.helps]);
        if (first === 0) throw new Refusal('ALREADY_DECIDED', ['serviceCallId'], { by: call.lead_name, state: 'REPORTED_IN' }, call.id);
        await this.book.enter(tx, call, 'REPORTED_IN', { content: note, departmentId: call.helps, public: false });
        await tx.run('update service_call set version = version + 1 where id = $1', [call.id]);
        return this.book.answered(tx, call, `REPORT_IN:${call.helps}`);
      }
      this.book.demandState(tx, call, 'reportIn');
      this.demandLead(call);
      const inCharge = input.inChargeId ?? actor.staffId;
      if (input.inChargeId && !(await this.sitsIn(tx, input.inChargeId, call.lead_department_id))) throw new Refusal('UNKNOWN_REFERENCE', ['inChargeId'], { field: '经办人', value: input.inChargeId });
      await this.book.enter(tx, call, 'REPORTED_IN', { content: note, departmentId: call.lead_department_id, dueOn: call.report_in_due_on, toldId: input.inChargeId ? inCharge : null });
      await tx.run(`update service_call set state = 'REPORTED_IN', reported_in_at = app_now(), in_charge_id = $2, escalation_level = 0, version = version + 1 where id = $1`, [call.id, inCharge]);
      await this.book.answered(tx, call, `REPORT_IN:${call.lead_department_id}`);
      await this.book.answered(tx, call, 'ESCALATED:REPORT_IN');
      const { remindDaysAhead } = await this.book.policy(tx);
      const on = [dayBefore(call.resolve_due_on, remindDaysAhead), this.clock.today()].sort().at(-1)!;
      await this.book.tell(tx, call, `RESOLVE:${call.version}`, 'RESOLVE', on, call.resolve_due_on, inCharge ? [inCharge] : []);
    });
  }

  /** What is being done. @throws Refusal NOT_FOUND, CONFLICT, CALL_STATE, CALL_DEPARTMENT, REQUIRED, TOO_LONG, UNKNOWN_REFERENCE. */
  progress(actor: Actor, input: CallProgress): Promise<Done> {
    return this.act(actor, 'call.handle', 'serviceCallProgress', input, 'progress', async (tx, call) => {
      if (!call.helps) this.demandLead(call);
      const content = required(input.content, 'content', '办理情况', 2000);
      await this.book.attach(tx, await this.book.enter(tx, call, 'PROGRESS', { content, public: input.public ?? false, departmentId: call.leads ? call.lead_department_id : call.helps }), input.fileIds);
      await tx.run(`update service_call set state = 'HANDLING', version = version + 1 where id = $1`, [call.id]);
    });
  }

  /** To another department, which has to report in anew. @throws Refusal NOT_FOUND, CONFLICT, CALL_STATE, CALL_DEPARTMENT, CALL_SAME_DEPARTMENT, CALL_NOBODY, REASON_REQUIRED. */
  transfer(actor: Actor, input: CallTransfer): Promise<Done> {
    return this.act(actor, 'call.handle', 'serviceCallTransfer', input, 'transfer', async (tx, call) => {
      // Also heads above, who see a call that nobody answers.
      if (actor.reach !== 'UNIT' && actor.reach !== 'ZONE') this.demandLead(call);
      const reason = reasonOf(input.reason, 'reason');
      if (!input.leadDepartmentId) throw new Refusal('NOT_FOUND', ['leadDepartmentId']);
      await this.demandDepartments(tx, call.project_id, input.leadDepartmentId, input.helperIds);
      if (input.leadDepartmentId === call.lead_department_id) throw new Refusal('CALL_SAME_DEPARTMENT', ['leadDepartmentId'], { department: call.lead_name }, call.id);
      await this.moveTo(tx, call, input.leadDepartmentId, reason, input.helperIds ?? []);
    });
  }

  /** Solved, with an entry of what was done; whoever raised it rates it. @throws Refusal NOT_FOUND, CONFLICT, CALL_STATE, CALL_DEPARTMENT, CALL_WHAT_DONE, TOO_LONG, UNKNOWN_REFERENCE. */
  resolve(actor: Actor, input: CallResolve): Promise<Done> {
    return this.act(actor, 'call.handle', 'serviceCallResolve', input, 'resolve', async (tx, call) => {
      this.demandLead(call);
      if (!input.whatWasDone.trim()) throw new Refusal('CALL_WHAT_DONE', ['whatWasDone'], {}, call.id);
      const content = required(input.whatWasDone, 'whatWasDone', '办理结果', 2000);
      await this.book.attach(tx, await this.book.enter(tx, call, 'RESOLVED', { content, departmentId: call.lead_department_id, dueOn: call.resolve_due_on }), input.fileIds);
      await tx.run(`update service_call set state = 'RESOLVED', resolved_at = app_now(), resolved_by = app_staff(), version = version + 1 where id = $1`, [call.id]);
      await this.book.answered(tx, call);
      if (call.raised_by && call.raised_by !== actor.staffId) await this.book.tell(tx, call, 'RATE', 'RATE', this.clock.today(), this.clock.today(), [call.raised_by]);
    });
  }

  /** Not solved after all, or closed or withdrawn too soon: the next round, with new clocks. @throws Refusal NOT_FOUND, CONFLICT, CALL_STATE, CALL_REOPEN_LATE, REASON_REQUIRED. */
  reopen(actor: Actor, input: CallReason): Promise<Done> {
    return this.act(actor, 'call.raise', 'serviceCallReopen', input, 'reopen', (tx, call) => this.book.reopen(tx, call, input.reason, false));
  }

  /** Up the ladder by hand, to the next people. @throws Refusal NOT_FOUND, CONFLICT, CALL_STATE, CALL_TOP, REASON_REQUIRED. */
  escalate(actor: Actor, input: CallReason): Promise<Done> {
    return this.act(actor, 'call.raise', 'serviceCallEscalate', input, 'escalate', async (tx, call) => {
      const reason = reasonOf(input.reason, 'reason');
      const { escalation } = await this.book.policy(tx);
      const step = escalation[call.escalation_level];
      if (!step) throw new Refusal('CALL_TOP', ['serviceCallId'], {}, call.id);
      await this.book.climb(tx, call, call.escalation_level + 1, step.to, call.reported_in_at ? call.resolve_due_on : call.report_in_due_on, reason);
    });
  }

  /** By whoever raised it, never by whoever solved it; an enterprise rates by its link. @throws Refusal NOT_FOUND, CONFLICT, CALL_STATE, CALL_RATER, CALL_RATED, INVALID. */
  rate(actor: Actor, input: CallRating): Promise<Done> {
    return this.act(actor, 'call.raise', 'serviceCallRate', input, 'rate', async (tx, call) => {
      if (call.raised_by !== actor.staffId || call.resolved_by === actor.staffId) throw new Refusal('CALL_RATER', ['serviceCallId'], {}, call.id);
      await this.book.rate(tx, call, input.score, input.words?.trim() || null, false);
    });
  }

  /** Closes a solved call that nobody rated in the time for it; the daily job does the same. @throws Refusal NOT_FOUND, CONFLICT, CALL_STATE, CALL_AWAITS_ANSWER. */
  close(actor: Actor, input: CallActInput): Promise<Done> {
    return this.act(actor, 'call.handle', 'serviceCallClose', input, 'close', async (tx, call) => {
      const until = await this.book.waitsUntil(tx, call, await this.book.policy(tx));
      if (this.clock.today() <= until) throw new Refusal('CALL_AWAITS_ANSWER', ['serviceCallId'], { until }, call.id);
      await this.book.close(tx, call);
    });
  }

  /** Taken back by whoever raised it, with a reason; it stays on record and can be opened again. @throws Refusal NOT_FOUND, CONFLICT, CALL_STATE, CALL_NOT_RAISER, REASON_REQUIRED. */
  withdraw(actor: Actor, input: CallReason): Promise<Done> {
    return this.act(actor, 'call.raise', 'serviceCallWithdraw', input, 'withdraw', async (tx, call) => {
      if (call.raised_by !== actor.staffId) throw new Refusal('CALL_NOT_RAISER', ['serviceCallId'], {}, call.id);
      await this.book.enter(tx, call, 'WITHDRAWN', { content: reasonOf(input.reason, 'reason') });
      await tx.run(`update service_call set state = 'WITHDRAWN', version = version + 1 where id = $1`, [call.id]);
      await this.book.answered(tx, call);
    });
  }

  /** A project that goes to construction takes its open calls along: what the negotiating side led, the receiver leads from now on. */
  async handoffAccepted(tx: Tx, project: ProjectRow, handoff: AcceptedHandoff): Promise<void> {
    const open = await tx.rows<{ id: string }>(
      `select c.id from service_call c join department l on l.id = c.lead_department_id join department t on t.id = $2 left join department f on f.id = $3
       where c.project_id = $1 and c.state in ('RAISED','REPORTED_IN','HANDLING','REOPENED') and l.id <> t.id and (l.kind in ('BUREAU','GROUP') or l.id = f.id or f.id = any(l.path)) order by c.id`,
      [project.id, handoff.toDepartmentId, handoff.fromDepartmentId]);
    for (const { id } of open) {
      const { call } = await this.book.lock(tx, id);
      await this.moveTo(tx, call, handoff.toDepartmentId, tx.actor.locale === 'en' ? 'The project was handed over.' : '项目已移交，诉求随项目转由接收部门牵头。', []);
    }
  }

  private async moveTo(tx: Tx, call: CallRow, departmentId: string, reason: string, helperIds: readonly string[]): Promise<void> {
    const policy = await this.book.policy(tx);
    const clocks = clocksOf(policy, policy.types.find((t) => t.code === call.type) ?? { resolveWorkingDays: policy.types.at(-1)!.resolveWorkingDays }, call.urgency);
    const today = this.clock.today();
    const reportIn = policy.transferRestartsReportIn ? (await workingDue(tx, today, clocks.reportIn)).due : call.report_in_due_on;
    const resolve = policy.transferRestartsResolve ? (await workingDue(tx, today, clocks.resolve)).due : call.resolve_due_on;
    await this.book.answered(tx, call);
    await this.book.enter(tx, call, 'TRANSFERRED', { content: reason, departmentId });
    await tx.run(`update service_call set state = case state when 'REOPENED' then 'REOPENED' else 'RAISED' end, lead_department_id = $2, in_charge_id = null, reported_in_at = null, report_in_due_on = $3, resolve_due_on = $4, version = version + 1 where id = $1`, [call.id, departmentId, reportIn, resolve]);
    await this.book.route(tx, call, departmentId, helperIds);
    await this.book.enter(tx, call, 'ROUTED', { departmentId, dueOn: reportIn });
    await this.book.callOut(tx, { ...call, version: call.version + 1 }, [departmentId, ...helperIds], 'REPORT_IN', reportIn);
  }

  private act(actor: Actor, permission: Permission, name: string, input: CallActInput, act: CallAct | null, work: (tx: Tx, call: CallRow) => Promise<void>): Promise<Done> {
    demand(actor, permission);
    return this.db.tx(actor, (tx) => once(tx, name, input, async () => {
      const { call } = await this.book.lock(tx, input.serviceCallId);
      demandVersion(call, input.expectedVersion);
      if (act) this.book.demandState(tx, call, act);
      await work(tx, call);
      return { callId: call.id };
    }), { cause: name });
  }

  /** @throws Refusal CALL_DEPARTMENT. */
  private demandLead(call: CallRow): void {
    if (!call.leads) throw new Refusal('CALL_DEPARTMENT', ['serviceCallId'], { department: call.lead_name }, call.id);
  }

  /** @throws Refusal UNKNOWN_REFERENCE, CALL_NOBODY: a call that nobody sees is answered by nobody. */
  private async demandDepartments(tx: Tx, projectId: string, leadId: string | null | undefined, helperIds: readonly string[] | null | undefined): Promise<void> {
    const named = [...(leadId ? [['leadDepartmentId', leadId]] : []), ...(helperIds ?? []).map((h) => ['helperIds', h])] as [string, string][];
    if (named.length === 0) return;
    const answering = await this.book.answering(tx, projectId, named.map(([, id]) => id));
    for (const [path, id] of named) {
      const department = await tx.row<{ name: string }>('select name from department where id = $1', [id]);
      if (!department) throw new Refusal('UNKNOWN_REFERENCE', [path], { field: '部门', value: id });
      if (!answering.has(id)) throw new Refusal('CALL_NOBODY', [path], { department: department.name });
    }
  }

  private async sitsIn(tx: Tx, staffId: string, departmentId: string): Promise<boolean> {
    return (await tx.row(`select 1 as ok from staff s where s.id = $1 and s.disabled_at is null and exists (select from department d where $2::uuid = any(d.path) and (d.id = s.department_id or exists (select from staff_department m where m.staff_id = s.id and m.department_id = d.id)))`, [staffId, departmentId])) !== undefined;
  }
}

/** So many calendar days before a Shanghai day. */
function dayBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);
}
