import { Injectable } from '@nestjs/common';
import { PolicyService, type StagePolicy } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, newId, once, PERMISSIONS_OF_ROLE, Refusal, type Role, ROLES, type Tx } from '@yinfeng/platform';
import { RemindersService } from '@yinfeng/reminders';
import { DuplicatesService } from './duplicates.service.js';
import type { MissingItem } from './gate.rules.js';
import { GatesService } from './gates.service.js';
import { ACTIVITY, INSERT_MILESTONE } from './project.sql.js';
import { demandActive, demandVersion, lockProject, type ProjectRow, type Stage } from './projects.access.js';
import { MILESTONE_OF_STAGE, nextStages, STAGE_LABELS } from './stages.stage.js';

export interface StageRequest {
  idempotencyKey?: string | null;
  projectId: string | null;
  expectedVersion: number;
  toStage: Stage;
  /** The day of the event (agreement, ground-breaking); not after today. */
  eventOn?: string | null;
  note?: string | null;
  /** The L1 and L2 duplicates on record are other projects; remembered for each pair. */
  confirmNotDuplicate?: boolean | null;
}
/** Stages that are counted first: a project enters them once its duplicates are decided (domain.md A1 row 11). */
const DECIDED_BEFORE: readonly Stage[] = ['NEGOTIATING', 'SIGNED'];
export interface StageDecision {
  idempotencyKey?: string | null;
  requestId: string | null;
  /** Version of the project that the decision was made on. */
  expectedVersion: number;
  approve: boolean;
  note?: string | null;
}
/** What a stage move tells of itself. `milestoneId` is null when the milestone was reached before. */
export interface Move {
  eventOn: string | null;
  note: string | null;
}
export const PROPOSAL_OUTCOMES = ['MOVED', 'WAITING', 'GATE_MISSES', 'ALREADY_WAITING', 'NOT_NEXT', 'NOT_PERMITTED'] as const;
/** What became of a stage that something on site speaks for. */
export interface StageProposal {
  toStage: Stage;
  outcome: (typeof PROPOSAL_OUTCOMES)[number];
  /** What the gate misses; GATE_MISSES only. */
  missing: MissingItem[];
  requestId: string | null;
}
interface WaitingRequest {
  id: string; state: string; to_stage: Stage; event_on: string | null; note: string | null; requested_by: string; decided: string | null;
}

const APPROVERS = ROLES.filter((role) => PERMISSIONS_OF_ROLE[role].includes('stage.approve'));

@Injectable()
export class StagesService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly reminders: RemindersService, private readonly gates: GatesService, private readonly policies: PolicyService, private readonly duplicates: DuplicatesService) {}

  /**
   * Asks for a stage move. Moved at once where the zone's policy needs no approval, else it waits for another person.
   * @throws Refusals GATE_ITEM_MISSING, one for each missing item; Refusal STAGE_JUMP, APPROVAL_WAITING, CONFLICT, DATE_IN_FUTURE;
   * DuplicateRefusal DUPLICATE_UNDECIDED before NEGOTIATING and SIGNED.
   */
  async request(actor: Actor, input: StageRequest): Promise<{ projectId: string; outcome: 'MOVED' | 'WAITING'; requestId: string | null }> {
    demand(actor, 'stage.request');
    return this.db.tx(actor, (tx) => once(tx, 'stageRequest', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandVersion(project, input.expectedVersion);
      await this.demandMovable(tx, project, nextStages(project.stage), input);
      await this.gates.demand(tx, project, input.toStage);
      if (DECIDED_BEFORE.includes(input.toStage)) await this.duplicates.demandDistinct(tx, project.id, input.confirmNotDuplicate === true);
      return this.ask(tx, project, input.toStage, { eventOn: input.eventOn ?? null, note: input.note ?? null });
    }), { cause: 'stageRequest' });
  }

  /**
   * What happened on a locked project speaks for a stage (ground was broken): asks for it as request() does, through the same
   * gate, where that is the next step, nothing waits and the actor may ask. Otherwise tells why nothing was asked. Joins the
   * caller's transaction.
   */
  async propose(tx: Tx, project: ProjectRow, toStage: Stage, event: Move): Promise<StageProposal> {
    const told = (outcome: StageProposal['outcome'], missing: MissingItem[] = []): StageProposal => ({ toStage, outcome, missing, requestId: null });
    if (project.status !== 'ACTIVE' || !nextStages(project.stage).includes(toStage) || DECIDED_BEFORE.includes(toStage)) return told('NOT_NEXT');
    if (!tx.actor.permissions.has('stage.request')) return told('NOT_PERMITTED');
    if (await tx.row(`select 1 as ok from stage_request where project_id = $1 and state = 'WAITING'`, [project.id])) return told('ALREADY_WAITING');
    const missing = await this.gates.missing(tx, project, toStage);
    if (missing.length) return told('GATE_MISSES', missing);
    const { outcome, requestId } = await this.ask(tx, project, toStage, event);
    return { toStage, outcome, missing: [], requestId };
  }

  /** Moves a project whose gate is open, or lets the request wait for another person. */
  private async ask(tx: Tx, project: ProjectRow, toStage: Stage, event: Move): Promise<{ projectId: string; outcome: 'MOVED' | 'WAITING'; requestId: string | null }> {
    const rule = await this.rule(tx, toStage);
    if (!rule.needsApproval) {
      await this.move(tx, project, toStage, event);
      return { projectId: project.id, outcome: 'MOVED', requestId: null };
    }
    const requestId = newId();
    await tx.run(`insert into stage_request (id, zone_id, project_id, from_stage, to_stage, event_on, note, requested_by, requested_at) values ($1, app_zone(), $2, $3, $4, $5, $6, app_staff(), app_now())`,
      [requestId, project.id, project.stage, toStage, event.eventOn, event.note]);
    for (const recipientId of await this.approvers(tx, project, rule)) {
      await this.reminders.plan(tx, { kind: 'APPROVAL', cause: `APPROVAL:${requestId}`, projectId: project.id, recipientId, dueOn: this.clock.today(), detail: { toStage, requestId } });
    }
    return { projectId: project.id, outcome: 'WAITING', requestId };
  }

  /**
   * Decides a waiting request: never by the one who asked, by default nor by who is in charge of the project or recorded
   * its agreement (the database refuses that too). The gate is looked at again, for evidence may have gone.
   * @throws Refusal ALREADY_DECIDED, SECOND_PERSON, OWN_PROJECT, APPROVER_ROLE, CONFLICT, REASON_REQUIRED; Refusals GATE_ITEM_MISSING.
   */
  async decide(actor: Actor, input: StageDecision): Promise<{ projectId: string }> {
    demand(actor, 'stage.approve');
    return this.db.tx(actor, (tx) => once(tx, 'stageApprove', input, async () => {
      const found = input.requestId ? await tx.row<{ project_id: string }>('select project_id from stage_request where id = $1', [input.requestId]) : undefined;
      const project = await lockProject(tx, found?.project_id ?? null);
      const request = (await tx.row<WaitingRequest>(
        `select q.id, q.state, q.to_stage, q.event_on, q.note, q.requested_by, (select name from staff where id = q.decided_by) as decided from stage_request q where q.id = $1 for update`, [input.requestId]))!;
      if (request.state !== 'WAITING') throw new Refusal('ALREADY_DECIDED', ['requestId'], { by: request.decided ?? '—', state: request.state }, project.id);
      if (request.requested_by === actor.staffId) throw new Refusal('SECOND_PERSON', ['requestId'], {}, project.id);
      const rule = await this.rule(tx, request.to_stage);
      if (input.approve) await this.demandApprover(tx, project, request, rule);
      demandVersion(project, input.expectedVersion);
      demandActive(project);
      if (!input.approve && !input.note?.trim()) throw new Refusal('REASON_REQUIRED', ['note'], {}, project.id);
      if (input.approve) await this.gates.demand(tx, project, request.to_stage);
      await tx.run(`update stage_request set state = $2, decided_by = app_staff(), decided_at = app_now(), decision_note = $3, version = version + 1 where id = $1`, [request.id, input.approve ? 'APPROVED' : 'REJECTED', input.note ?? null]);
      if (input.approve) await this.move(tx, project, request.to_stage, { eventOn: request.event_on, note: request.note });
      else await tx.run(`update project set version = version + 1, updated_at = app_now() where id = $1`, [project.id]);
      // This request's alone: a change of status may wait beside it.
      await this.reminders.completeByAct(tx, { projectId: project.id, kind: 'APPROVAL', cause: `APPROVAL:${request.id}` });
      return { projectId: project.id };
    }), { cause: 'stageApprove' });
  }

  /** @throws Refusals naming each missing item. */
  async demandGate(tx: Tx, project: ProjectRow, stage: Stage): Promise<void> {
    await this.gates.demand(tx, project, stage);
  }

  /** @throws Refusal STATUS_NOT_ACTIVE, STAGE_JUMP, DATE_IN_FUTURE, APPROVAL_WAITING. */
  async demandMovable(tx: Tx, project: ProjectRow, allowed: readonly Stage[], input: { toStage: Stage; eventOn?: string | null }): Promise<void> {
    demandActive(project);
    const label = (s: Stage) => STAGE_LABELS[s][tx.actor.locale === 'en' ? 1 : 0];
    if (!allowed.includes(input.toStage)) throw new Refusal('STAGE_JUMP', ['toStage'], { from: label(project.stage), to: label(input.toStage), allowed: allowed.map(label).join('、') || '—' });
    const today = this.clock.today();
    if (input.eventOn && input.eventOn > today) throw new Refusal('DATE_IN_FUTURE', ['eventOn'], { field: '发生日期', value: input.eventOn, today });
    const waiting = await tx.row<{ to_stage: Stage }>(`select to_stage from stage_request where project_id = $1 and state = 'WAITING'`, [project.id]);
    if (waiting) throw new Refusal('APPROVAL_WAITING', ['toStage'], { stage: label(waiting.to_stage) });
  }

  /**
   * Moves a locked project now: stage, milestone, idle clock. Joins the caller's transaction and trusts its checks. Without
   * a day of its own a signing happened on the day of the first agreement that counts (domain.md C2: one project counts once).
   */
  async move(tx: Tx, project: ProjectRow, to: Stage, event: Move): Promise<void> {
    const today = this.clock.today();
    const eventOn = event.eventOn ?? (to === 'SIGNED' ? await this.firstSigningOn(tx, project) : null) ?? today;
    await tx.run(`update project set stage = $2, state_at = app_now(), version = version + 1, triage_due_on = null, ${ACTIVITY('$3::date', '$2::stage')} where id = $1`, [project.id, to, today], 'move_project');
    await tx.run(INSERT_MILESTONE, [project.id, MILESTONE_OF_STAGE[to], eventOn, this.clock.now(), to, event.note], 'insert_milestone');
    await this.reminders.cancel(tx, { projectId: project.id, kind: 'IDLE' });
  }

  private async firstSigningOn(tx: Tx, project: ProjectRow): Promise<string | null> {
    const { countingKinds } = await this.policies.value(tx, 'signings', this.clock.today());
    return (await tx.row<{ on: string | null }>('select min(signed_on) as on from signing where project_id = $1 and voided_at is null and kind = any($2::text[])', [project.id, countingKinds]))!.on;
  }

  private async rule(tx: Tx, stage: Stage): Promise<StagePolicy> {
    const row = await tx.row<Pick<StagePolicy, 'needsApproval' | 'approverRoles' | 'separation'>>(
      `select coalesce(r.needs_approval, false) as "needsApproval", coalesce(r.approver_roles, '{}') as "approverRoles", coalesce(r.separation, 'PROJECT') as separation from stage_rule(app_zone(), $1, $2) r`, [stage, this.clock.today()], 'stage_rule');
    return row as StagePolicy;
  }

  private async demandApprover(tx: Tx, project: ProjectRow, request: WaitingRequest, rule: StagePolicy): Promise<void> {
    const { actor } = tx;
    if (rule.approverRoles.length && !rule.approverRoles.includes(actor.role)) throw new Refusal('APPROVER_ROLE', ['requestId'], { roles: rule.approverRoles.join('、') }, project.id);
    if (rule.separation === 'ASKER') return;
    const recorded = request.to_stage === 'SIGNED' && (await tx.row('select 1 as ok from signing where project_id = $1 and recorded_by = app_staff() and voided_at is null', [project.id]));
    if (project.owner_id === actor.staffId || recorded) throw new Refusal('OWN_PROJECT', ['requestId'], {}, project.id);
  }

  /** Who may decide for this project: heads of its department and of those above it, else the zone's leaders; of the roles that the rule names. Never the asker. */
  private async approvers(tx: Tx, project: ProjectRow, rule: StagePolicy): Promise<string[]> {
    const roles: readonly Role[] = rule.approverRoles.length ? rule.approverRoles : APPROVERS;
    const rows = await tx.rows<{ id: string }>(
      `with above as (select unnest(path) as id from department where id = $1),
       barred as (select app_staff() as id union select $3::uuid where $4 = 'PROJECT'),
       heads as (
         select s.id from staff s where s.role = 'MANAGER' and s.role = any($2::text[]) and s.disabled_at is null and s.department_id in (select id from above)
         union select m.staff_id from staff_department m join staff s on s.id = m.staff_id where m.leads and s.disabled_at is null and s.role in ('GROUP_LEADER', 'MANAGER') and s.role = any($2::text[]) and m.department_id in (select id from above)
       ), able as (select id from heads where id not in (select id from barred where id is not null))
       select id from able
       union select id from staff where role = 'LEADER' and role = any($2::text[]) and disabled_at is null and id not in (select id from barred where id is not null) and not exists (select from able)`, [project.department_id, roles, project.owner_id, rule.separation]);
    return rows.map((r) => r.id);
  }
}
