import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, factsJson, newId, once, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { Decimal } from 'decimal.js';
import { projectFacts } from './project.facts.js';
import { ACTIVITY } from './project.sql.js';
import { demandVersion, lockProject, type ProjectRow, projectVisibility } from './projects.access.js';

export const LINK_KINDS = ['PHASE_OF', 'EXPANSION_OF'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

export interface ProjectLink {
  idempotencyKey?: string | null;
  projectId: string | null;
  expectedVersion: number;
  /** The original project. */
  parentId: string | null;
  kind: LinkKind;
  /** The expansion's total was told with the original's in it: that is taken off, for only the increment counts. */
  cumulative?: boolean | null;
}
export interface ProjectUnlink {
  idempotencyKey?: string | null;
  projectId: string | null;
  expectedVersion: number;
  reason: string;
}
/** What a project is part of, and what is part of it, as far as the actor may see. */
export interface Links {
  parent: { kind: LinkKind; project: { id: string } } | null;
  phases: { kind: LinkKind; project: { id: string } }[];
}

/**
 * 一期/二期, 增资扩产 (domain.md A1 row 34, B3, C2): a phase inside the original contract is linked and no longer counted by
 * itself, in stock from the moment of the link on and in flows altogether; an expansion counts with its increment alone.
 */
@Injectable()
export class ProjectLinksService {
  constructor(private readonly db: Database, private readonly clock: Clock) {}

  /** @throws Refusal NOT_FOUND (either project), CONFLICT, LINK_EXISTS, LINK_CYCLE, INVALID (a cumulative total that does not exceed the original's). */
  async link(actor: Actor, input: ProjectLink): Promise<{ projectId: string }> {
    demand(actor, 'project.edit');
    return this.db.tx(actor, (tx) => once(tx, 'projectLink', input, async () => {
      // One at a time in a zone: two links at once cannot close a circle.
      await tx.run(`select pg_advisory_xact_lock(hashtextextended('project.link' || app_zone(), 3))`);
      const [project, parent] = await this.lockBoth(tx, input.projectId, input.parentId);
      demandVersion(project, input.expectedVersion);
      const known = await tx.row<{ code: string }>('select q.code from project_link k join project q on q.id = k.parent_id where k.project_id = $1 and k.ended_at is null', [project.id]);
      if (known) throw new Refusal('LINK_EXISTS', ['projectId'], { code: known.code }, project.id);
      const circle = await tx.row(
        `with recursive up as (select $2::uuid as id union select k.parent_id from up join project_link k on k.project_id = up.id and k.ended_at is null) select 1 as ok from up where id = $1`, [project.id, parent.id]);
      if (circle) throw new Refusal('LINK_CYCLE', ['parentId'], { code: parent.code }, project.id);
      const params: unknown[] = [project.id, this.clock.today()];
      const set = ['version = version + 1', ACTIVITY('$2::date')];
      if (input.kind === 'EXPANSION_OF' && input.cumulative) set.push(`total_amount = $${params.push(increment(project, parent))}`);
      await tx.run(`insert into project_link (id, zone_id, project_id, parent_id, kind, linked_by, linked_at) values ($1, app_zone(), $2, $3, $4, app_staff(), app_now())`, [newId(), project.id, parent.id, input.kind]);
      if (input.kind === 'PHASE_OF') await tx.run('update project set uncounted_at = app_now() where id = $1', [project.id]);
      await tx.run(`update project set ${set.join(', ')} where id = $1`, params);
      return { projectId: project.id };
    }), { cause: 'projectLink' });
  }

  /** A lead just reported is an expansion (增资扩产) of the project that it grew from; it counts with its increment. That project is locked and seen. */
  async grow(tx: Tx, projectId: string, parentId: string): Promise<void> {
    await tx.run(`insert into project_link (id, zone_id, project_id, parent_id, kind, linked_by, linked_at) values ($1, app_zone(), $2, $3, 'EXPANSION_OF', app_staff(), app_now())`, [newId(), projectId, parentId]);
  }

  /** Ends a link, with a reason; the project counts by itself again from now on. @throws Refusal NOT_FOUND, CONFLICT, REASON_REQUIRED, LINK_MISSING. */
  async unlink(actor: Actor, input: ProjectUnlink): Promise<{ projectId: string }> {
    demand(actor, 'project.edit');
    const reason = input.reason.trim();
    if (!reason) throw new Refusal('REASON_REQUIRED', ['reason']);
    return this.db.tx(actor, (tx) => once(tx, 'projectUnlink', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandVersion(project, input.expectedVersion);
      const ended = await tx.run('update project_link set ended_at = app_now(), ended_by = app_staff(), end_reason = $2 where project_id = $1 and ended_at is null', [project.id, reason]);
      if (!ended) throw new Refusal('LINK_MISSING', ['projectId'], {}, project.id);
      await tx.run('update project set uncounted_at = null where id = $1 and uncounted_at is not null', [project.id]);
      await tx.run(`update project set version = version + 1, ${ACTIVITY('$2::date')} where id = $1`, [project.id, this.clock.today()]);
      return { projectId: project.id };
    }), { cause: 'projectUnlink' });
  }

  /** The links of several projects, with the other projects in the wanted shape; those that the actor may not see are left out. */
  async ofProjects(actor: Actor, projectIds: readonly string[], shape: Shape): Promise<Map<string, Links>> {
    const params: unknown[] = [projectIds];
    const rows = await this.db.read<{ id: string; up: boolean; kind: LinkKind; project: { id: string } }>(actor,
      `select x.id, l.up, l.kind, ${factsJson(projectFacts, { id: true, ...shape })} as project from unnest($1::uuid[]) x (id)
       cross join lateral (
         select true as up, k.kind, k.parent_id as other, k.linked_at from project_link k where k.project_id = x.id and k.ended_at is null
         union all select false, k.kind, k.project_id, k.linked_at from project_link k where k.parent_id = x.id and k.ended_at is null) l
       join project p on p.id = l.other where ${projectVisibility(actor, 'p', params)} order by l.linked_at, p.id`, params);
    const links = new Map<string, Links>(projectIds.map((id) => [id, { parent: null, phases: [] }]));
    for (const { id, up, kind, project } of rows) {
      const of = links.get(id)!;
      if (up) of.parent = { kind, project };
      else of.phases.push({ kind, project });
    }
    return links;
  }

  /** Both projects, locked in the order of their ids. */
  private async lockBoth(tx: Tx, projectId: string | null, parentId: string | null): Promise<[ProjectRow, ProjectRow]> {
    if (projectId !== null && parentId !== null && parentId < projectId) {
      const parent = await lockProject(tx, parentId);
      return [await lockProject(tx, projectId), parent];
    }
    const project = await lockProject(tx, projectId);
    return [project, await lockProject(tx, parentId)];
  }
}

/** What an expansion adds when its total was told with the original's in it. */
function increment(project: ProjectRow, parent: ProjectRow): string {
  const fits = project.total_amount !== null && parent.total_amount !== null && project.total_currency === parent.total_currency && new Decimal(project.total_amount).gt(parent.total_amount);
  if (!fits) throw new Refusal('INVALID', ['cumulative'], { field: '总投资', value: project.total_amount ?? '—', expected: `同币种且大于原项目总投资 / same currency and above that of the original (${parent.total_amount ?? '—'})` }, project.id);
  return new Decimal(project.total_amount!).minus(parent.total_amount!).toFixed();
}
