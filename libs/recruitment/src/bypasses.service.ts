import { Injectable } from '@nestjs/common';
import { staffFacts } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, extendFacts, type Facts, factsJson, idFact, newId, once, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, type Shape } from '@yinfeng/platform';
import { GatesService } from './gates.service.js';
import { milestoneFacts, projectFacts } from './project.facts.js';
import { bind, demandVersion, lockProject, projectVisibility, type Stage } from './projects.access.js';
import { MILESTONE_OF_STAGE, STAGES } from './stages.stage.js';
import { StagesService } from './stages.service.js';

export interface StageBypass {
  idempotencyKey?: string | null;
  projectId: string | null;
  expectedVersion: number;
  toStage: Stage;
  /** Why the gate does not hold this project up. */
  reason: string;
  eventOn?: string | null;
}
export interface BypassFilter {
  projectId?: string | null;
  stages?: Stage[] | null;
  /** Shanghai days, both included. */
  from?: string | null;
  to?: string | null;
}

/** What can be read of a bypass; alias y. */
export const bypassFacts: Facts = {
  id: idFact('GateBypass', 'y.id'), fromStage: 'y.from_stage', toStage: 'y.to_stage', reason: 'y.reason', missing: 'y.missing', bypassedAt: 'y.bypassed_at',
  bypassedBy: { of: staffFacts, sql: (json) => `(select ${json} from staff s where s.id = y.bypassed_by)` },
  project: { of: projectFacts, sql: (json) => `(select ${json} from project p where p.id = y.project_id)` },
};
extendFacts(milestoneFacts, { bypassed: 'exists (select from gate_bypass y where y.milestone_id = m.id)' });

/** A gate passed by decree: on record for good, with what was missing (domain.md A1 row 26; I1 change_to_any_stage). */
@Injectable()
export class BypassesService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly gates: GatesService, private readonly stages: StagesService) {}

  /**
   * Moves a project one stage on although its gate misses something. Never a project of one's own: in charge of it, its
   * reporter, or recorder of its agreement.
   * @throws Refusal REASON_REQUIRED, OWN_PROJECT, BYPASS_NOT_NEEDED, STAGE_JUMP, APPROVAL_WAITING, CONFLICT, DATE_IN_FUTURE.
   */
  async bypass(actor: Actor, input: StageBypass): Promise<{ projectId: string; bypassId: string }> {
    demand(actor, 'stage.bypass');
    const reason = input.reason.trim();
    if (!reason) throw new Refusal('REASON_REQUIRED', ['reason']);
    return this.db.tx(actor, (tx) => once(tx, 'stageBypass', input, async () => {
      const project = await lockProject(tx, input.projectId);
      const recorded = await tx.row('select 1 as ok from signing where project_id = $1 and recorded_by = app_staff() and voided_at is null', [project.id]);
      if (recorded || actor.staffId === project.owner_id || actor.staffId === project.created_by) throw new Refusal('OWN_PROJECT', ['projectId'], {}, project.id);
      demandVersion(project, input.expectedVersion);
      await this.stages.demandMovable(tx, project, STAGES.slice(STAGES.indexOf(project.stage) + 1).slice(0, 1), input);
      const missing = await this.gates.missing(tx, project, input.toStage);
      if (!missing.length) throw new Refusal('BYPASS_NOT_NEEDED', ['toStage'], {}, project.id);
      await this.stages.move(tx, project, input.toStage, { eventOn: input.eventOn ?? null, note: reason });
      const bypassId = newId();
      await tx.run(
        `insert into gate_bypass (id, zone_id, project_id, milestone_id, from_stage, to_stage, reason, missing, bypassed_by, bypassed_at)
         values ($1, app_zone(), $2, (select id from milestone where project_id = $2 and kind = $3 and voided_at is null), $4, $5, $6, $7, app_staff(), app_now())`,
        [bypassId, project.id, MILESTONE_OF_STAGE[input.toStage], project.stage, input.toStage, reason, JSON.stringify(missing.map(({ item, kind, zh, en }) => ({ item, kind, zh, en })))]);
      return { projectId: project.id, bypassId };
    }), { cause: 'stageBypass' });
  }

  /** Bypasses of projects that the actor may see, latest first. */
  async page(actor: Actor, filter: BypassFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'project.read');
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const where = this.where(actor, filter, params);
    if (request.keys) where.push(`(y.bypassed_at, y.id) ${request.backward ? '>' : '<'} (${bind(params, request.keys[0])}::timestamptz, ${bind(params, request.keys[1])}::uuid)`);
    const way = request.backward ? 'asc' : 'desc';
    const sql = `select ${factsJson(bypassFacts, { id: true, ...shape })} as node, y.bypassed_at::text as k, y.id from gate_bypass y where ${where.join(' and ')} order by y.bypassed_at ${way}, y.id ${way} limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async count(actor: Actor, filter: BypassFilter): Promise<number> {
    const params: unknown[] = [];
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from gate_bypass y where ${this.where(actor, filter, params).join(' and ')}`, params);
    return row!.n;
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('project.read')) return null;
    const params: unknown[] = [];
    const where = this.where(actor, {}, params);
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(bypassFacts, { id: true, ...shape })} as node from gate_bypass y where y.id = ${bind(params, id)} and ${where.join(' and ')}`, params);
    return row?.node ?? null;
  }

  private where(actor: Actor, f: BypassFilter, params: unknown[]): string[] {
    const visible = projectVisibility(actor, 'pv', params);
    const where = [visible === 'true' ? 'true' : `exists (select from project pv where pv.id = y.project_id and ${visible})`];
    if (f.projectId) where.push(`y.project_id = ${bind(params, f.projectId)}`);
    if (f.stages) where.push(`y.to_stage = any(${bind(params, f.stages)}::stage[])`);
    if (f.from) where.push(`y.bypassed_at >= shanghai_midnight(${bind(params, f.from)}::date)`);
    if (f.to) where.push(`y.bypassed_at < shanghai_midnight(${bind(params, f.to)}::date + 1)`);
    return where;
  }
}
