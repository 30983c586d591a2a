import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, newId, once, Refusal, Refusals, type Tx } from '@yinfeng/platform';
import { RemindersService } from '@yinfeng/reminders';
import { ACTIVITY, GATE, INSERT_MILESTONE } from './project.sql.js';
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
}
export interface StageDecision {
  idempotencyKey?: string | null;
  requestId: string | null;
  /** Version of the project that the decision was made on. */
  expectedVersion: number;
  approve: boolean;
  note?: string | null;
}
export interface GateItemState {
  item: string;
  kind: 'FIELD' | 'EVIDENCE' | 'RECORD';
  label_zh: string;
  label_en: string;
  met: boolean;
}

@Injectable()
export class StagesService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly reminders: RemindersService) {}

  /**
   * Asks for a stage move. Moved at once where the zone's policy needs no approval, else it waits for another person.
   * @throws Refusals GATE_ITEM_MISSING, one for each missing item; Refusal STAGE_JUMP, APPROVAL_WAITING, CONFLICT, DATE_IN_FUTURE.
   */
  async request(actor: Actor, input: StageRequest): Promise<{ projectId: string; outcome: 'MOVED' | 'WAITING'; requestId: string | null }> {
    demand(actor, 'stage.request');
    return this.db.tx(actor, (tx) => once(tx, 'stageRequest', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandVersion(project, input.expectedVersion);
      demandActive(project);
      const allowed = nextStages(project.stage);
      const label = (s: Stage) => STAGE_LABELS[s][actor.locale === 'en' ? 1 : 0];
      if (!allowed.includes(input.toStage)) throw new Refusal('STAGE_JUMP', ['toStage'], { from: label(project.stage), to: label(input.toStage), allowed: allowed.map(label).join('、') || '—' });
      const today = this.clock.today();
      if (input.eventOn && input.eventOn > today) throw new Refusal('DATE_IN_FUTURE', ['eventOn'], { field: '发生日期', value: input.eventOn, today });
      if (await tx.row(`select 1 as ok from stage_request where project_id = $1 and state = 'WAITING'`, [project.id])) throw new Refusal('APPROVAL_WAITING', ['toStage'], { stage: label(input.toStage) });
      await this.demandGate(tx, project, input.toStage);
      const rule = await tx.row<{ needs: boolean | null }>('select (stage_rule(app_zone(), $1, $2)).needs_approval as needs', [input.toStage, today]);
      if (!rule?.needs) {
        await this.move(tx, project, input.toStage, { eventOn: input.eventOn ?? null, note: input.note ?? null });
        return { projectId: project.id, outcome: 'MOVED' as const, requestId: null };
      }
      const requestId = newId();
      await tx.run(`insert into stage_request (id, zone_id, project_id, from_stage, to_stage, event_on, note, requested_by, requested_at) values ($1, app_zone(), $2, $3, $4, $5, $6, app_staff(), app_now())`,
        [requestId, project.id, project.stage, input.toStage, input.eventOn ?? null, input.note ?? null]);
      for (const recipientId of await this.approvers(tx, project)) {
        await this.reminders.plan(tx, { kind: 'APPROVAL', cause: `APPROVAL:${requestId}`, projectId: project.id, recipientId, dueOn: today, detail: { toStage: input.toStage, requestId } });
      }
      return { projectId: project.id, outcome: 'WAITING' as const, requestId };
    }), { cause: 'stageRequest' });
  }

  /** Decides a waiting request: never by the one who asked. The gate is looked at again, for evidence may have gone. */
  async decide(actor: Actor, input: StageDecision): Promise<{ projectId: string }> {
    demand(actor, 'stage.approve');
    return this.db.tx(actor, (tx) => once(tx, 'stageApprove', input, async () => {
      const found = input.requestId ? await tx.row<{ project_id: string }>('select project_id from stage_request where id = $1', [input.requestId]) : undefined;
      const project = await lockProject(tx, found?.project_id ?? null);
      const request = (await tx.row<{ id: string; state: string; to_stage: Stage; event_on: string | null; note: string | null; requested_by: string; decided: string | null }>(
        `select q.id, q.state, q.to_stage, q.event_on, q.note, q.requested_by, (select name from staff where id = q.decided_by) as decided from stage_request q where q.id = $1 for update`, [input.requestId]))!;
      if (request.state !== 'WAITING') throw new Refusal('ALREADY_DECIDED', ['requestId'], { by: request.decided ?? '—', state: request.state }, project.id);
      if (request.requested_by === actor.staffId) throw new Refusal('SECOND_PERSON', ['requestId'], {}, project.id);
      demandVersion(project, input.expectedVersion);
      demandActive(project);
      if (!input.approve && !input.note?.trim()) throw new Refusal('REASON_REQUIRED', ['note'], {}, project.id);
      if (input.approve) await this.demandGate(tx, project, request.to_stage);
      await tx.run(`update stage_request set state = $2, decided_by = app_staff(), decided_at = app_now(), decision_note = $3, version = version + 1 where id = $1`, [request.id, input.approve ? 'APPROVED' : 'REJECTED', input.note ?? null]);
      if (input.approve) await this.move(tx, project, request.to_stage, { eventOn: request.event_on, note: request.note });
      else await tx.run(`update project set version = version + 1, updated_at = app_now() where id = $1`, [project.id]);
      await this.reminders.completeByAct(tx, { projectId: project.id, kind: 'APPROVAL' });
      return { projectId: project.id };
    }), { cause: 'stageApprove' });
  }

  /** The items of a stage's gate and whether the project has them. */
  async gate(tx: Tx, projectId: string, stage: Stage): Promise<GateItemState[]> {
    return tx.rows<GateItemState>(GATE, [projectId, stage], 'gate');
  }

  /** @throws Refusals naming each missing item. */
  async demandGate(tx: Tx, project: ProjectRow, stage: Stage): Promise<void> {
    const en = tx.actor.locale === 'en';
    const missing = (await this.gate(tx, project.id, stage)).filter((i) => !i.met);
    if (missing.length) {
      throw new Refusals(missing.map((i) => new Refusal('GATE_ITEM_MISSING', [i.item], { stage: STAGE_LABELS[stage][en ? 1 : 0], item: en ? i.label_en : i.label_zh }, project.id)));
    }
  }

  /** Moves a locked project now: stage, milestone, idle clock. Joins the caller's transaction and trusts its checks. */
  async move(tx: Tx, project: ProjectRow, to: Stage, event: { eventOn: string | null; note: string | null }): Promise<void> {
    const today = this.clock.today();
    await tx.run(`update project set stage = $2, state_at = app_now(), version = version + 1, triage_due_on = null, ${ACTIVITY('$3::date', '$2::stage')} where id = $1`, [project.id, to, today], 'move_project');
    await tx.run(INSERT_MILESTONE, [project.id, MILESTONE_OF_STAGE[to], event.eventOn ?? today, this.clock.now(), to, event.note], 'insert_milestone');
    await this.reminders.cancel(tx, { projectId: project.id, kind: 'IDLE' });
  }

  /** Who may decide for this project: heads of its department and of those above it, else the zone's leaders. Never the asker. */
  private async approvers(tx: Tx, project: ProjectRow): Promise<string[]> {
    const rows = await tx.rows<{ id: string }>(
      `with above as (select unnest(path) as id from department where id = $1),
       heads as (
         select s.id from staff s where s.role = 'MANAGER' and s.disabled_at is null and s.department_id in (select id from above)
         union select m.staff_id from staff_department m join staff s on s.id = m.staff_id where m.leads and s.disabled_at is null and s.role in ('GROUP_LEADER', 'MANAGER') and m.department_id in (select id from above)
       )
       select id from heads where id is distinct from app_staff()
       union select id from staff where role = 'LEADER' and disabled_at is null and id is distinct from app_staff() and not exists (select from heads where id is distinct from app_staff())`, [project.department_id]);
    return rows.map((r) => r.id);
  }
}
