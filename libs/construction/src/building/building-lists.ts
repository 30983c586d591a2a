import { type Actor, type Database, factsJson, type Facts, type Page, type PageInput, pageOf, pageRequest, preparedName, type Shape } from '@yinfeng/platform';
import { projectVisibility } from '@yinfeng/recruitment';

/** A list of records that hang on projects: whoever sees the project sees them. */
export interface RecordList {
  table: string;
  alias: string;
  facts: Facts;
  /** The key that orders it, and its type; the id breaks ties. */
  key: string;
  type: string;
}
type Conditions = (params: unknown[]) => string[];

function whereOf(actor: Actor, list: RecordList, conditions: Conditions, params: unknown[]): string[] {
  const visible = projectVisibility(actor, 'pv', params);
  return [visible === 'true' ? 'true' : `exists (select from project pv where pv.id = ${list.alias}.project_id and ${visible})`, ...conditions(params)];
}

/** A page of such a list, by its key from the first on, in the wanted shape. */
export async function listPage(db: Database, actor: Actor, list: RecordList, conditions: Conditions, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
  const request = pageRequest(input, 2);
  const params: unknown[] = [];
  const where = whereOf(actor, list, conditions, params);
  const { alias, key } = list;
  if (request.keys) where.push(`(${key}, ${alias}.id) ${request.backward ? '<' : '>'} ($${params.push(request.keys[0])}::${list.type}, $${params.push(request.keys[1])}::uuid)`);
  const way = request.backward ? 'desc' : 'asc';
  const sql = `select ${factsJson(list.facts, { id: true, ...shape })} as node, (${key})::text as k, ${alias}.id from ${list.table} ${alias} where ${where.join(' and ')} order by ${key} ${way}, ${alias}.id ${way} limit $${params.push(request.limit + 1)}`;
  const rows = await db.read<{ node: { id: string }; k: string; id: string }>(actor, sql, params, preparedName(sql));
  return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
}

/** How many records the whole list has for this actor. */
export async function listCount(db: Database, actor: Actor, list: RecordList, conditions: Conditions): Promise<number> {
  const params: unknown[] = [];
  const [row] = await db.read<{ n: number }>(actor, `select count(*)::int as n from ${list.table} ${list.alias} where ${whereOf(actor, list, conditions, params).join(' and ')}`, params);
  return row!.n;
}

/** One record in the wanted shape, or null when there is none that the actor may see. */
export async function listOne(db: Database, actor: Actor, list: RecordList, id: string | null, shape: Shape): Promise<{ id: string } | null> {
  return id ? ((await listThese(db, actor, list, [id], shape))[0] ?? null) : null;
}

/** Several records in the wanted shape, in the order of the list. */
export async function listThese(db: Database, actor: Actor, list: RecordList, ids: readonly string[], shape: Shape): Promise<{ id: string }[]> {
  if (!ids.length || !actor.permissions.has('construction.read')) return [];
  const params: unknown[] = [];
  const where = whereOf(actor, list, (p) => [`${list.alias}.id = any($${p.push(ids)}::uuid[])`], params);
  const rows = await db.read<{ node: { id: string } }>(actor, `select ${factsJson(list.facts, { id: true, ...shape })} as node from ${list.table} ${list.alias} where ${where.join(' and ')} order by ${list.key}, ${list.alias}.id`, params);
  return rows.map((r) => r.node);
}
