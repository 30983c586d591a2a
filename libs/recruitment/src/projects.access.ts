import type { PartyWall } from '@yinfeng/enterprises';
import { Refusal, type Actor, type Tx } from '@yinfeng/platform';

/** Adds a parameter and gives its place: `$3`. */
export function bind(params: unknown[], value: unknown): string {
  params.push(value);
  return `$${params.length}`;
}

/** Departments and all below them, as an array that an index can use. */
const subtree = (departments: string) => `array(select dv.id from department dv where dv.path && ${departments}::uuid[])`;

/**
 * The first wall: which projects this actor may see, as a condition on the alias of `project`. The second is row-level
 * security by zone. Reach (product.md, domain.md A1 row 79): own and companion; the groups one leads; the unit below
 * one's departments; handed to one's unit; the zone; nothing.
 */
export function projectVisibility(actor: Actor, alias: string, params: unknown[]): string {
  if (actor.reach === 'ZONE') return 'true';
  if (actor.reach === 'NONE' || actor.staffId === null) return 'false';
  const me = bind(params, actor.staffId);
  const own = `${alias}.owner_id = ${me} or ${alias}.id = any(array(select mv.project_id from project_member mv where mv.staff_id = ${me}))`;
  if (actor.reach === 'OWN') return `(${own})`;
  if (actor.reach === 'HANDED') {
    const mine = bind(params, actor.departmentIds);
    // Handed to one's departments, to any below them, or to those above: a group of the service centre may receive what came to the centre.
    const above = `array(select unnest(dv.path) from department dv where dv.id = any(${mine}::uuid[]))`;
    return `(${own} or ${alias}.id = any(array(select hv.project_id from handoff hv where hv.state not in ('WITHDRAWN', 'REASSIGNED') and hv.to_department_id = any(${subtree(mine)} || ${above})
      union all select cv.project_id from project_department cv where cv.department_id = any(${subtree(mine)} || ${above}))))`;
  }
  const led = subtree(bind(params, actor.reach === 'GROUP' ? actor.ledDepartmentIds : actor.departmentIds));
  // What went from one's units into the pool stays in their heads' sight until somebody takes it.
  const mine = `${alias}.owner_id = ${me} or ${alias}.id = any(array(select mv.project_id from project_member mv where mv.staff_id = ${me} union all select ev.project_id from pool_entry ev where ev.left_at is null and ev.from_department_id = any(${led})))`;
  return `(${alias}.department_id = any(${led}) or ${mine})`;
}

/** The columns of a locked project that rules look at; amounts in 元 as text, days as YYYY-MM-DD. */
export interface ProjectRow {
  id: string;
  version: number;
  code: string;
  name: string;
  stage: Stage;
  status: ProjectStatus;
  department_id: string | null;
  owner_id: string | null;
  created_by: string | null;
  enterprise_id: string | null;
  enterprise_name: string | null;
  content: string | null;
  industry_code: string | null;
  total_amount: string | null;
  total_currency: string;
  fixed_cny: string | null;
  next_follow_up_on: string | null;
  next_step: string | null;
  last_visit_on: string | null;
  visit_count: number;
  state_at: Date;
}
export type Stage = 'LEAD' | 'RESERVE' | 'NEGOTIATING' | 'SIGNED' | 'LANDED' | 'STARTED' | 'PRODUCING';
export type ProjectStatus = 'ACTIVE' | 'SUSPENDED' | 'POOLED' | 'WITHDRAWN' | 'LOST';

const COLUMNS = `p.id, p.version, p.code, p.name, p.stage, p.status, p.department_id, p.owner_id, p.created_by, p.enterprise_id, p.enterprise_name, p.content,
  p.industry_code, p.total_amount, p.total_currency, p.fixed_cny, p.next_follow_up_on, p.next_step, p.last_visit_on, p.visit_count, p.state_at`;

/**
 * The gateway to one project: locks it for this transaction if the actor may see it.
 * @throws Refusal NOT_FOUND for an unknown id, a foreign zone's and one that the actor may not see alike.
 */
export async function lockProject(tx: Tx, projectId: string | null): Promise<ProjectRow> {
  if (projectId) {
    const params: unknown[] = [projectId];
    const sql = `select ${COLUMNS} from project p where p.id = $1 and ${projectVisibility(tx.actor, 'p', params)} for no key update`;
    const row = await tx.row<ProjectRow>(sql, params, `lock_project_${tx.actor.reach}`);
    if (row) return row;
    // Only after a miss: what was merged answers under its old id with the record that it went into.
    const survivor = await mergedInto(tx, 'project', projectId);
    if (survivor) return lockProject(tx, survivor);
  }
  throw new Refusal('NOT_FOUND');
}

/** The same for many at once, in the order of their ids, so that two who lock some of the same wait and never block each other. What is gone or unseen is left out. */
export async function lockProjects(tx: Tx, projectIds: readonly string[]): Promise<Map<string, ProjectRow>> {
  const params: unknown[] = [projectIds];
  const rows = await tx.rows<ProjectRow>(`select ${COLUMNS} from project p where p.id = any($1::uuid[]) and ${projectVisibility(tx.actor, 'p', params)} order by p.id for no key update`, params, `lock_projects_${tx.actor.reach}`);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Where a merged record went, through any chain of merges; null when there is no such merge in this zone. */
export async function mergedInto(tx: Tx, entity: 'project' | 'enterprise' | 'contact', id: string): Promise<string | null> {
  return (await tx.row<{ id: string | null }>('select merged_record($1, $2) as id', [entity, id], 'merged_record'))!.id;
}

/** @throws Refusal CONFLICT with the record's id when somebody was faster. */
export function demandVersion(row: { id: string; version: number }, expected: number): void {
  if (row.version !== expected) throw new Refusal('CONFLICT', ['expectedVersion'], { version: row.version }, row.id);
}

/** @throws Refusal STATUS_NOT_ACTIVE: a suspended, pooled, withdrawn or lost project rests. */
export function demandActive(project: ProjectRow): void {
  if (project.status !== 'ACTIVE') throw new Refusal('STATUS_NOT_ACTIVE', [], { status: project.status });
}

/** Which enterprises this actor may see: those of the visible projects, and those the actor put on record. */
export function enterpriseVisibility(actor: Actor, alias: string, params: unknown[]): string {
  const visible = projectVisibility(actor, 'pv', params);
  if (visible === 'true' || visible === 'false') return visible;
  return `(${alias}.created_by = ${bind(params, actor.staffId)} or exists (select from project_enterprise pe join project pv on pv.id = pe.project_id where pe.enterprise_id = ${alias}.id and ${visible}))`;
}

/** Which contacts this actor may see: those of visible projects and enterprises. */
export function contactVisibility(actor: Actor, alias: string, params: unknown[]): string {
  const visible = projectVisibility(actor, 'pk', params);
  if (visible === 'true' || visible === 'false') return visible;
  return `(exists (select from project pk where pk.id = ${alias}.project_id and ${visible}) or exists (select from enterprise ek where ek.id = ${alias}.enterprise_id and ${enterpriseVisibility(actor, 'ek', params)}))`;
}

/** The wall of one actor, as the lib of enterprises asks for it. */
export function partyWall(actor: Actor): PartyWall {
  return { enterprise: (alias, params) => enterpriseVisibility(actor, alias, params), project: (alias, params) => projectVisibility(actor, alias, params) };
}
