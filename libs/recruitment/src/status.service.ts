import { Injectable } from '@nestjs/common';
import { PolicyService, type PolicyValue } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, newId, once, type Permission, PERMISSIONS_OF_ROLE, REACH_OF_ROLE, Refusal, ROLES, type Tx } from '@yinfeng/platform';
import { RemindersService } from '@yinfeng/reminders';
import { APPROVERS, END_STAGE_REQUESTS, INSERT_RULING, STILL_SILENT } from './pool.sql.js';
import { PoolService } from './pool.service.js';
import { ACTIVITY } from './project.sql.js';
import { demandVersion, lockProject, type ProjectRow, type ProjectStatus, type Stage } from './projects.access.js';
import { addMonths, creditKept } from './protection.rules.js';
import { ProtectionsService } from './protections.service.js';
import { STAGE_LABELS, STAGES } from './stages.stage.js';
import { ACT_LABELS, actBetween, STATUS_LABELS, type StatusAct, statusAfter, type StatusRequestState } from './status.rules.js';

/** Why, from the zone's list (policy `statusReasons`) and in words; OTHER needs words. */
export interface StatusActInput {
  idempotencyKey?: string | null;
  projectId: string | null;
  expectedVersion: number;
  reasonCode: string;
  reason?: string | null;
  /** LOSE alone: to which place, to whom, on which Shanghai day (not after today). */
  lostToRegion?: string | null;
  lostToCompetitor?: string | null;
  lostOn?: string | null;
}
/** The older way: name the status that is wanted, with words for a reason. */
export interface StatusChange {
  idempotencyKey?: string | null;
  projectId: string | null;
  expectedVersion: number;
  status: ProjectStatus;
  reason: string;
}
export interface StatusDecision {
  idempotencyKey?: string | null;
  requestId: string | null;
  /** Version of the project that the decision was made on. */
  expectedVersion: number;
  approve: boolean;
  note?: string | null;
}
export interface StatusOutcome {
  projectId: string;
  outcome: 'DONE' | 'WAITING';
  requestId: string;
}

interface Request { id: string; act: StatusAct; state: StatusRequestState; from_status: ProjectStatus; reason_code: string; reason: string | null; silent_since: string | null; requested_by: string | null; requested_on: string; decided: string | null }

const deciders = ROLES.filter((role) => PERMISSIONS_OF_ROLE[role].includes('status.approve'));
const unitHeads = deciders.filter((role) => REACH_OF_ROLE[role] === 'UNIT');
const groupHeads = deciders.filter((role) => REACH_OF_ROLE[role] === 'GROUP');
const zoneHeads = deciders.filter((role) => REACH_OF_ROLE[role] === 'ZONE');
const NEEDS: Record<StatusAct, Permission> = { SUSPEND: 'status.request', RESUME: 'status.request', WITHDRAW: 'status.request', LOSE: 'status.request', REOPEN: 'status.request', EXTEND: 'status.request', RELEASE: 'pool.release' };
const OPERATION: Record<StatusAct, string> = { SUSPEND: 'projectSuspend', RESUME: 'projectResume', WITHDRAW: 'projectWithdraw', LOSE: 'projectLose', REOPEN: 'projectReopen', EXTEND: 'protectionExtend', RELEASE: 'poolRelease' };

/**
 * Status apart from stage (domain.md A1 row 30, B2): suspended, resumed, withdrawn, lost, reopened, released into the
 * pool, its protection extended. Each is a row of status_request; where the zone's policy wants a second person it waits.
 */
@Injectable()
export class StatusService {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly policies: PolicyService,
    private readonly protections: ProtectionsService,
    private readonly pool: PoolService,
    private readonly reminders: RemindersService,
  ) {}

  /**
   * Asks for a change, or makes it at once where no second person is needed.
   * @throws Refusal NOT_FOUND, CONFLICT, STATUS_ACT_NOT_ALLOWED, STATUS_REQUEST_WAITING, UNKNOWN_REFERENCE (reasonCode),
   * REASON_REQUIRED, DATE_IN_FUTURE, STAGE_OUTSIDE, PROTECTION_LAPSED, PROTECTION_EXTENSIONS_USED.
   */
  async act(actor: Actor, act: StatusAct, input: StatusActInput): Promise<StatusOutcome> {
    demand(actor, NEEDS[act]);
    const today = this.clock.today();
    if (input.lostOn && input.lostOn > today) throw new Refusal('DATE_IN_FUTURE', ['lostOn'], { field: '流失日期', value: input.lostOn, today });
    return this.db.tx(actor, (tx) => once(tx, OPERATION[act], input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandVersion(project, input.expectedVersion);
      return this.put(tx, project, act, input);
    }), { cause: OPERATION[act] });
  }

  /** @throws Refusal as act(); STATUS_ACT_NOT_ALLOWED also where nothing leads from the one status to the other. */
  async change(actor: Actor, input: StatusChange): Promise<StatusOutcome> {
    demand(actor, 'lead.judge');
    if (!input.reason.trim()) throw new Refusal('REASON_REQUIRED', ['reason']);
    return this.db.tx(actor, (tx) => once(tx, 'projectStatusChange', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandVersion(project, input.expectedVersion);
      const act = actBetween(project.status, input.status);
      if (!act) throw new Refusal('STATUS_ACT_NOT_ALLOWED', ['toStatus'], { status: label(actor, STATUS_LABELS[project.status]), act: `→ ${label(actor, STATUS_LABELS[input.status])}` }, project.id);
      return this.put(tx, project, act, { reasonCode: 'OTHER', reason: input.reason });
    }), { cause: 'projectStatusChange' });
  }

  /**
   * The clock asks for a release (APPROVAL) on the project's behalf. Joins the sweep's transaction; the project is locked
   * and found silent there.
   */
  async askRelease(tx: Tx, project: ProjectRow, silentSince: string): Promise<void> {
    const requestId = newId();
    await tx.run(`insert into status_request (id, zone_id, project_id, act, from_status, to_status, state, reason_code, silent_since, requested_at) values ($1, app_zone(), $2, 'RELEASE', $3, 'POOLED', 'WAITING', 'NO_PROGRESS', $4, app_now())`,
      [requestId, project.id, project.status, silentSince], 'status_ask_release');
    await this.tell(tx, project, requestId, 'RELEASE');
  }

  /**
   * A second person decides. A rejection leaves the project untouched.
   * @throws Refusal NOT_FOUND, ALREADY_DECIDED, SECOND_PERSON, CONFLICT, REASON_REQUIRED, STATUS_OVERTAKEN, PROTECTION_LAPSED.
   */
  async decide(actor: Actor, input: StatusDecision): Promise<StatusOutcome> {
    demand(actor, 'status.approve');
    return this.db.tx(actor, (tx) => once(tx, 'statusApprove', input, async () => {
      const found = input.requestId ? await tx.row<{ project_id: string }>('select project_id from status_request where id = $1', [input.requestId]) : undefined;
      const project = await lockProject(tx, found?.project_id ?? null);
      const request = (await tx.row<Request>(
        `select q.id, q.act, q.state, q.from_status, q.reason_code, q.reason, q.silent_since, q.requested_by, shanghai_day(q.requested_at) as requested_on, (select name from staff where id = q.decided_by) as decided
         from status_request q where q.id = $1 for update`, [input.requestId]))!;
      if (request.state !== 'WAITING') throw new Refusal('ALREADY_DECIDED', ['requestId'], { by: request.decided ?? '—', state: request.state }, project.id);
      // Where the clock asked, the project's own person is the party and not the judge.
      if ((request.requested_by ?? project.owner_id) === actor.staffId) throw new Refusal('SECOND_PERSON', ['requestId'], {}, project.id);
      demandVersion(project, input.expectedVersion);
      if (!input.approve && !input.note?.trim()) throw new Refusal('REASON_REQUIRED', ['note'], {}, project.id);
      if (input.approve) await this.demandStanding(tx, project, request);
      const until = input.approve && request.act === 'EXTEND' ? await this.extendedUntil(tx, project, request.requested_on) : null;
      await tx.run(`update status_request set state = $2, decided_by = app_staff(), decided_at = app_now(), decision_note = $3, protection_until = $4, version = version + 1 where id = $1`,
        [request.id, input.approve ? 'APPROVED' : 'REJECTED', input.note?.trim() || null, until]);
      await this.reminders.settle(tx, `APPROVAL:${request.id}`, 'DONE');
      if (input.approve) await this.apply(tx, project, request.act, { code: request.reason_code, text: request.reason }, 'APPROVED', request.silent_since);
      return { projectId: project.id, outcome: 'DONE' as const, requestId: request.id };
    }), { cause: 'statusApprove' });
  }

  /** The reasons that may be given for an act (all of them when absent), in the zone's order. */
  async reasons(actor: Actor, act: StatusAct | null): Promise<{ code: string; label: string; acts: StatusAct[] }[]> {
    const { reasons } = await this.db.tx(actor, (tx) => this.policies.value(tx, 'statusReasons', this.clock.today()));
    return reasons.filter((r) => !act || r.acts.includes(act)).map((r) => ({ code: r.code, label: r[actor.locale], acts: r.acts }));
  }

  private async put(tx: Tx, project: ProjectRow, act: StatusAct, input: Omit<StatusActInput, 'projectId' | 'expectedVersion'>): Promise<StatusOutcome> {
    const { actor } = tx;
    const to = statusAfter(act, project.status);
    if (!to) throw new Refusal('STATUS_ACT_NOT_ALLOWED', ['projectId'], { status: label(actor, STATUS_LABELS[project.status]), act: label(actor, ACT_LABELS[act]) }, project.id);
    const waiting = await tx.row<{ act: StatusAct }>(`select act from status_request where project_id = $1 and state = 'WAITING'`, [project.id]);
    if (waiting) throw new Refusal('STATUS_REQUEST_WAITING', ['projectId'], { act: label(actor, ACT_LABELS[waiting.act]) }, project.id);
    const why = await this.demandReason(tx, act, input);
    const second = await this.needsSecond(tx, project, act);
    const requestId = newId();
    await tx.run(
      `insert into status_request (id, zone_id, project_id, act, from_status, to_status, state, reason_code, reason, lost_to_region, lost_to_competitor, happened_on, requested_by, requested_at, decided_at)
       values ($1, app_zone(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, app_staff(), app_now(), case when $6 = 'APPLIED' then app_now() end)`,
      [requestId, project.id, act, project.status, to, second ? 'WAITING' : 'APPLIED', why.code, why.text, input.lostToRegion?.trim() || null, input.lostToCompetitor?.trim() || null, act === 'LOSE' ? (input.lostOn ?? this.clock.today()) : null]);
    if (second) await this.tell(tx, project, requestId, act);
    else await this.apply(tx, project, act, why, 'MANUAL', null);
    return { projectId: project.id, outcome: second ? 'WAITING' : 'DONE', requestId };
  }

  private async demandReason(tx: Tx, act: StatusAct, input: { reasonCode: string; reason?: string | null }): Promise<{ code: string; text: string | null }> {
    const reasons = (await this.policies.value(tx, 'statusReasons', this.clock.today())).reasons.filter((r) => r.acts.includes(act));
    if (!reasons.some((r) => r.code === input.reasonCode)) throw new Refusal('UNKNOWN_REFERENCE', ['reasonCode'], { field: '原因', value: `${input.reasonCode.slice(0, 40)}（${reasons.map((r) => `${r.code} ${r[tx.actor.locale]}`).join('、')}）` });
    const text = input.reason?.trim() || null;
    if (input.reasonCode === 'OTHER' && !text) throw new Refusal('REASON_REQUIRED', ['reason']);
    return { code: input.reasonCode, text };
  }

  /** Whether the act waits for a second person; refuses what the stage or the protection does not allow. */
  private async needsSecond(tx: Tx, project: ProjectRow, act: StatusAct): Promise<boolean> {
    const stage = (s: Stage) => label(tx.actor, STAGE_LABELS[s]);
    if (act === 'RELEASE') {
      const rule = await this.pool.rule(tx);
      if (!(rule.stages as Stage[]).includes(project.stage)) throw new Refusal('STAGE_OUTSIDE', ['projectId'], { stage: stage(project.stage), what: label(tx.actor, ACT_LABELS.RELEASE), stages: rule.stages.map(stage).join('、') || '—' }, project.id);
      return rule.release === 'APPROVAL' && !tx.actor.permissions.has('status.approve');
    }
    if (act === 'EXTEND') {
      const rule = await this.protections.rule(tx);
      const now = (await this.protections.standing(tx, [project.id])).get(project.id)!;
      if (now.until === null) throw new Refusal('STAGE_OUTSIDE', ['projectId'], { stage: stage(project.stage), what: label(tx.actor, ACT_LABELS.EXTEND), stages: (['LEAD', 'RESERVE', 'NEGOTIATING'] as const).map(stage).join('、') }, project.id);
      if (now.state === 'LAPSED') throw new Refusal('PROTECTION_LAPSED', ['projectId'], { until: now.until }, project.id);
      if (now.extensionsLeft === 0) throw new Refusal('PROTECTION_EXTENSIONS_USED', ['projectId'], { extended: now.extended, max: rule.extensions }, project.id);
      return true;
    }
    const from = (await this.policies.value(tx, 'statusApproval', this.clock.today()))[act];
    return from !== null && STAGES.indexOf(project.stage) >= STAGES.indexOf(from);
  }

  /** What was asked for still fits the project. @throws Refusal STATUS_OVERTAKEN. */
  private async demandStanding(tx: Tx, project: ProjectRow, request: Request): Promise<void> {
    const overtaken = (what: string) => new Refusal('STATUS_OVERTAKEN', ['requestId'], { what }, project.id);
    if (project.status !== request.from_status) throw overtaken(`${label(tx.actor, STATUS_LABELS[request.from_status])} → ${label(tx.actor, STATUS_LABELS[project.status])}`);
    if (request.silent_since === null) return;
    const params = [this.clock.today(), JSON.stringify(await this.pool.rule(tx)), project.id, request.silent_since];
    if (!(await tx.row(STILL_SILENT, params))) throw overtaken(tx.actor.locale === 'en' ? 'there was progress' : '已有新进展');
  }

  /** The day that an extension reaches, as the protection stood when it was asked for. */
  private async extendedUntil(tx: Tx, project: ProjectRow, askedOn: string): Promise<string> {
    const rule: PolicyValue<'protection'> = await this.protections.rule(tx);
    const then = (await this.protections.standing(tx, [project.id], askedOn)).get(project.id)!;
    if (then.state !== 'PROTECTED') throw new Refusal('PROTECTION_LAPSED', ['requestId'], { until: then.until ?? '—' }, project.id);
    return addMonths(then.until!, rule.extendMonths);
  }

  private async apply(tx: Tx, project: ProjectRow, act: StatusAct, why: { code: string; text: string | null }, how: 'MANUAL' | 'APPROVED', silentSince: string | null): Promise<void> {
    const today = this.clock.today();
    const words = await this.words(tx, why);
    switch (act) {
      case 'EXTEND':
        return;
      case 'RELEASE':
        return this.pool.release(tx, project, { how, reasonCode: why.code, reason: why.text, words, silentSince });
      case 'REOPEN':
        await this.ruleOnReopening(tx, project, today);
        return this.activate(tx, project, today);
      case 'RESUME':
        return this.activate(tx, project, today);
      default:
        await tx.run(
          `update project set status = $2, status_reason = $3, state_at = app_now(), version = version + 1, last_activity_on = $4::date, idle_due_on = null, triage_due_on = null, light = 'GREEN', updated_at = app_now() where id = $1`,
          [project.id, statusAfter(act, project.status), words, today]);
        if (act !== 'SUSPEND') await tx.run(END_STAGE_REQUESTS, [project.id, `项目已${act === 'LOSE' ? '流失' : '退库'}`]);
        await this.reminders.cancel(tx, { projectId: project.id });
    }
  }

  private async activate(tx: Tx, project: ProjectRow, today: string): Promise<void> {
    const { assessWorkingDays } = await this.policies.value(tx, 'triage', today);
    await tx.run(
      `update project set status = 'ACTIVE', status_reason = null, state_at = app_now(), version = version + 1, triage_due_on = case when stage = 'LEAD' then add_working_days($2::date, $3::int) end, ${ACTIVITY('$2::date')} where id = $1`,
      [project.id, today, assessWorkingDays]);
  }

  /** B2: a reopened project keeps its first report's credit only inside the protection; else it is marked and a new protection begins. */
  private async ruleOnReopening(tx: Tx, project: ProjectRow, today: string): Promise<void> {
    const { until } = (await this.protections.standing(tx, [project.id])).get(project.id)!;
    const kept = creditKept('WITHIN_PROTECTION', until, today);
    await tx.run(INSERT_RULING, [project.id, 'REOPEN', 'WITHIN_PROTECTION', today, until, kept, kept ? null : today]);
  }

  private async words(tx: Tx, why: { code: string; text: string | null }): Promise<string> {
    if (why.code === 'OTHER') return why.text ?? '';
    const known = (await this.policies.value(tx, 'statusReasons', this.clock.today())).reasons.find((r) => r.code === why.code);
    return [known?.zh ?? why.code, why.text].filter(Boolean).join('：');
  }

  /** Reminders to who may decide: heads of the project's unit, else the zone's leaders; never the asker, nor the owner where the clock asks. */
  private async tell(tx: Tx, project: ProjectRow, requestId: string, act: StatusAct): Promise<void> {
    const people = await tx.rows<{ id: string }>(APPROVERS, [project.department_id, unitHeads, groupHeads, zoneHeads, [tx.actor.staffId ?? project.owner_id]], 'status_approvers');
    await this.reminders.planForAll(tx, { kind: 'APPROVAL', cause: `APPROVAL:${requestId}`, projectId: project.id, dueOn: this.clock.today(), detail: { act, requestId, atRest: 1 } }, people.map((p) => p.id));
  }
}

const label = (actor: Actor, words: readonly [zh: string, en: string]): string => words[actor.locale === 'en' ? 1 : 0];
