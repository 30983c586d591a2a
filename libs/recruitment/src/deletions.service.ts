import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, newId, once, Refusal, Refusals, type Tx } from '@yinfeng/platform';
import { RemindersService } from '@yinfeng/reminders';
import { change } from './merge-steps.js';
import { RECOUNT_VISITS } from './merge.sql.js';
import { demandVersion, lockProject, type Stage } from './projects.access.js';
import { alone, lastDay } from './undo.sql.js';
import { TRACE, type VisitTrace, visitTakenBack } from './visit-follow-ups.js';

export interface ProjectDeletion {
  idempotencyKey?: string | null;
  projectId: string | null;
  expectedVersion: number;
  reason: string;
}
export interface RecordDeletion {
  idempotencyKey?: string | null;
  recordId: string | null;
  expectedVersion: number;
  reason: string;
}
interface OwnRecord { id: string; version: number; project_id: string | null; mine: boolean; made_on: string; title: string }

/** 删除: the record is out of sight and out of every figure, stays on record, and comes back by UndoService until its day. First reports never go. */
@Injectable()
export class DeletionsService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService, private readonly reminders: RemindersService) {}

  /**
   * Deletes a project that is no more than a lead or in reserve and on which nobody else has built.
   * @throws Refusal NOT_FOUND, CONFLICT, REASON_REQUIRED; Refusals DELETE_BLOCKED, one for each obstacle.
   */
  async project(actor: Actor, input: ProjectDeletion): Promise<{ actId: string }> {
    demand(actor, 'project.delete');
    const reason = demandReason(input.reason);
    return this.db.tx(actor, (tx) => once(tx, 'projectDelete', input, async () => {
      await alone(tx, 'DELETE_BLOCKED');
      const project = await lockProject(tx, input.projectId);
      if (project.id !== input.projectId) throw new Refusal('NOT_FOUND');
      demandVersion(project, input.expectedVersion);
      const found = (await tx.row<Record<string, boolean>>(
        `select exists (select from signing g where g.project_id = $1) as signing, exists (select from handoff h where h.project_id = $1) as handoff,
           exists (select from visit v where v.project_id = $1 and v.created_by is distinct from app_staff()) as visit, exists (select from stage_request q where q.project_id = $1 and q.state = 'WAITING') as request,
           exists (select from first_report_dispute d where (d.project_id = $1 or d.rival_project_id = $1) and d.state = 'OPEN') as dispute, exists (select from merged_family($1)) as merged`, [project.id]))!;
      const en = actor.locale === 'en';
      const obstacles: [boolean, string, string][] = [
        [!(['LEAD', 'RESERVE'] as Stage[]).includes(project.stage), '项目已过储备阶段，请改为退库', 'the project is past reserve; withdraw it instead'],
        [found['signing']!, '项目已有签约', 'it has a signing'], [found['handoff']!, '项目已有移交', 'it has a handoff'], [found['visit']!, '他人登记过走访', 'somebody else has logged a visit'],
        [found['request']!, '有待审批的阶段申请', 'a stage request waits'], [found['dispute']!, '有未裁定的首报争议，请先裁定', 'a dispute about its first report is open; decide it first'], [found['merged']!, '另有项目并入其中', 'another project was merged into it'],
      ];
      const met = obstacles.filter(([is]) => is);
      if (met.length) throw new Refusals(met.map(([, zh, english]) => new Refusal('DELETE_BLOCKED', ['projectId'], { what: en ? english : zh }, project.id)));
      const actId = await this.begin(tx, 'project', project.id, null, `${project.code} ${project.name}`, reason);
      for (const { id } of await tx.rows<{ id: string }>(`select id from reminder where project_id = $1 and state in ('PLANNED', 'DELIVERED') order by id`, [project.id])) await change(tx, actId, 'reminder', id, { state: 'CANCELLED' });
      await tx.run('select record_go($1)', [actId]);
      return { actId };
    }), { cause: 'projectDelete' });
  }

  /** Deletes a visit, and takes back what it did to the follow-up: one's own within the policy's days (undo.ownRecordDays), any visible one with project.delete. */
  async visit(actor: Actor, input: RecordDeletion): Promise<{ actId: string; projectId: string | null }> {
    demand(actor, 'visit.log');
    let trace: VisitTrace | undefined;
    let before: { last_visit_id: string | null; next_follow_up_on: string | null } | undefined;
    return this.record(actor, 'visit', input, async (tx, found) => {
      if (!found.project_id) return;
      await tx.run(RECOUNT_VISITS, [[found.project_id]]);
      await visitTakenBack(tx, this.reminders, found.project_id, trace!, before!);
      await tx.run('update project set version = version + 1, updated_at = app_now() where id = $1', [found.project_id]);
    }, async (tx, found) => {
      trace = await tx.row<VisitTrace>(TRACE, [found.id]);
      before = await tx.row('select last_visit_id, next_follow_up_on::text from project where id = $1', [found.project_id]);
    });
  }

  /** Deletes a signing, as a visit; not the last one of a project that has entered SIGNED or a later stage by it. */
  async signing(actor: Actor, input: RecordDeletion): Promise<{ actId: string; projectId: string | null }> {
    demand(actor, 'signing.record');
    return this.record(actor, 'signing', input, async (tx, found) => {
      const rest = await tx.row<{ last: boolean }>(`select p.stage >= 'SIGNED' and not exists (select from signing g where g.project_id = p.id and g.voided_at is null) as last from project p where p.id = $1`, [found.project_id]);
      if (rest?.last) throw new Refusal('DELETE_BLOCKED', ['signingId'], { what: actor.locale === 'en' ? 'the project has reached its stage by this signing; take the stage move back first' : '项目凭此签约进入了当前阶段，请先撤回阶段' });
      await tx.run('update project set version = version + 1, updated_at = app_now() where id = $1', [found.project_id]);
    });
  }

  private async record(actor: Actor, entity: 'visit' | 'signing', input: RecordDeletion, after: (tx: Tx, found: OwnRecord) => Promise<void>, before?: (tx: Tx, found: OwnRecord) => Promise<void>): Promise<{ actId: string; projectId: string | null }> {
    const reason = demandReason(input.reason);
    return this.db.tx(actor, (tx) => once(tx, `${entity}Delete`, input, async () => {
      const place = input.recordId ? await tx.row<{ project_id: string | null }>(`select project_id from ${entity} where id = $1`, [input.recordId]) : undefined;
      if (!place) throw new Refusal('NOT_FOUND');
      // The project first, as everybody who writes to it does.
      const project = place.project_id ? await lockProject(tx, place.project_id) : null;
      const who = entity === 'visit' ? 'created_by' : 'recorded_by';
      const made = entity === 'visit' ? 'created_at' : 'recorded_at';
      const title = entity === 'visit' ? `visited_on || ' ' || left(content, 60)` : `signed_on || ' ' || coalesce(title, party_name, kind)`;
      const found = await tx.row<OwnRecord>(`select id, version, project_id, ${who} is not distinct from app_staff() as mine, shanghai_day(${made})::text as made_on, ${title} as title from ${entity} where id = $1 for update`, [input.recordId]);
      if (!found || (!project && !found.mine)) throw new Refusal('NOT_FOUND');
      demandVersion(found, input.expectedVersion);
      const { ownRecordDays } = await this.policies.value(tx, 'undo', this.clock.today());
      const until = lastDay(found.made_on, ownRecordDays);
      if (!actor.permissions.has('project.delete')) {
        if (!found.mine) throw new Refusal('FORBIDDEN');
        if (this.clock.today() > until) throw new Refusal('UNDO_EXPIRED', [`${entity}Id`], { until }, found.id);
      }
      const actId = await this.begin(tx, entity, found.id, found.project_id, found.title, reason);
      await before?.(tx, found);
      await tx.run('select record_go($1)', [actId]);
      await after(tx, found);
      return { actId, projectId: found.project_id };
    }), { cause: `${entity}Delete` });
  }

  private async begin(tx: Tx, entity: string, id: string, projectId: string | null, title: string, reason: string): Promise<string> {
    const today = this.clock.today();
    const { deletionDays } = await this.policies.value(tx, 'undo', today);
    const actId = newId();
    await tx.run(`insert into undo_act (id, zone_id, kind, entity, subject_id, project_id, title, reason, done_by, done_at, until_on) values ($1, app_zone(), 'DELETION', $2, $3, $4, $5, $6, app_staff(), app_now(), $7)`,
      [actId, entity, id, projectId, title, reason, lastDay(today, deletionDays)]);
    return actId;
  }
}

function demandReason(reason: string): string {
  if (!reason.trim()) throw new Refusal('REASON_REQUIRED', ['reason']);
  return reason.trim();
}
