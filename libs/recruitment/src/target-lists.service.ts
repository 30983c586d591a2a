import { Injectable } from '@nestjs/common';
import { type Actor, Database, demand, factsJson, newId, once, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { bind, demandVersion } from './projects.access.js';
import { targetFacts, targetListFacts, targetListVisibility, type TargetPriority, type TargetPurpose, type TargetState } from './target.facts.js';

export interface TargetListFields {
  name?: string | null;
  purpose?: TargetPurpose | null;
  /** The industry chain that is to be built, mended, strengthened or drawn out. */
  chain?: string | null;
  note?: string | null;
  /** null: of the whole zone. */
  departmentId?: string | null;
}
export interface TargetListCreate extends TargetListFields {
  idempotencyKey?: string | null;
  name: string;
}
/** Absent means unchanged, null clears. */
export interface TargetListEdit extends TargetListFields {
  idempotencyKey?: string | null;
  listId: string | null;
  expectedVersion: number;
}
export interface TargetListArchive {
  idempotencyKey?: string | null;
  listId: string | null;
  expectedVersion: number;
  /** false: takes it out of the archive again. */
  archive: boolean;
}
export interface TargetListFilter {
  /** Absent: those in use. */
  archived?: boolean | null;
  purposes?: TargetPurpose[] | null;
  /** Part of the name or of the chain. */
  text?: string | null;
}
export interface TargetFilter {
  states?: TargetState[] | null;
  priorities?: TargetPriority[] | null;
  assigneeIds?: string[] | null;
  unassigned?: boolean | null;
  /** Part of the name or of the segment. */
  text?: string | null;
}
export interface TargetListRow {
  id: string;
  version: number;
  name: string;
  archived_at: Date | null;
}
export type TargetNode = { id: string; projectKey: string | null };

/** @throws Refusal TARGET_LIST_ARCHIVED. */
export function demandInUse(list: TargetListRow): void {
  if (list.archived_at) throw new Refusal('TARGET_LIST_ARCHIVED', ['listId'], { name: list.name }, list.id);
}

/** Lists of enterprises that a team means to win (目标企业, 建链补链强链延链; domain.md A1 row 8). */
@Injectable()
export class TargetListsService {
  constructor(private readonly db: Database) {}

  /** @throws Refusal REQUIRED, INVALID (name taken), UNKNOWN_REFERENCE. */
  async create(actor: Actor, input: TargetListCreate): Promise<{ listId: string }> {
    demand(actor, 'target.edit');
    return this.db.tx(actor, (tx) => once(tx, 'targetListCreate', input, async () => {
      const name = wellNamed(input.name);
      const departmentId = input.departmentId === undefined ? (actor.departmentIds[0] ?? null) : input.departmentId;
      await this.demandDepartment(tx, departmentId);
      const listId = newId();
      await kept(name, () => tx.run(
        'insert into target_list (id, zone_id, name, purpose, chain, note, department_id, created_at, created_by) values ($1, app_zone(), $2, $3, $4, $5, $6, app_now(), app_staff())',
        [listId, name, input.purpose ?? 'TARGET', input.chain?.trim() || null, input.note?.trim() || null, departmentId]));
      return { listId };
    }), { cause: 'targetListCreate' });
  }

  /** @throws Refusal NOT_FOUND, CONFLICT, TARGET_LIST_ARCHIVED, REQUIRED, INVALID (name taken), UNKNOWN_REFERENCE. */
  async edit(actor: Actor, input: TargetListEdit): Promise<{ listId: string }> {
    demand(actor, 'target.edit');
    return this.db.tx(actor, (tx) => once(tx, 'targetListEdit', input, async () => {
      const list = await this.lock(tx, input.listId);
      demandVersion(list, input.expectedVersion);
      demandInUse(list);
      const params: unknown[] = [list.id];
      const set = ['version = version + 1'];
      const assign = (column: string, value: unknown) => { if (value !== undefined) set.push(`${column} = ${bind(params, value)}`); };
      const name = input.name === undefined ? undefined : wellNamed(input.name ?? '');
      assign('name', name);
      assign('purpose', input.purpose ?? undefined);
      assign('chain', input.chain === undefined ? undefined : input.chain?.trim() || null);
      assign('note', input.note === undefined ? undefined : input.note?.trim() || null);
      if (input.departmentId !== undefined) await this.demandDepartment(tx, input.departmentId);
      assign('department_id', input.departmentId);
      await kept(name ?? list.name, () => tx.run(`update target_list set ${set.join(', ')} where id = $1`, params));
      return { listId: list.id };
    }), { cause: 'targetListEdit' });
  }

  /** Puts a list aside, or takes it back. Its targets stay as they are. */
  async archive(actor: Actor, input: TargetListArchive): Promise<{ listId: string }> {
    demand(actor, 'target.edit');
    return this.db.tx(actor, (tx) => once(tx, 'targetListArchive', input, async () => {
      const list = await this.lock(tx, input.listId);
      demandVersion(list, input.expectedVersion);
      await kept(list.name, () => tx.run(`update target_list set version = version + 1, archived_at = case when $2 then coalesce(archived_at, app_now()) end, archived_by = case when $2 then app_staff() end where id = $1`, [list.id, input.archive]));
      return { listId: list.id };
    }), { cause: 'targetListArchive' });
  }

  /** The gateway to one list: locked if the actor may see it. @throws Refusal NOT_FOUND. */
  async lock(tx: Tx, listId: string | null): Promise<TargetListRow> {
    if (listId) {
      const params: unknown[] = [listId];
      const row = await tx.row<TargetListRow>(`select tl.id, tl.version, tl.name, tl.archived_at from target_list tl where tl.id = $1 and ${targetListVisibility(tx.actor, 'tl', params)} for no key update`, params);
      if (row) return row;
    }
    throw new Refusal('NOT_FOUND');
  }

  /** Lists that the actor may see, newest first. */
  async page(actor: Actor, filter: TargetListFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'enterprise.read');
    const request = pageRequest(input, 1);
    const params: unknown[] = [];
    const where = listsWhere(actor, filter, params);
    if (request.keys) where.push(`tl.id ${request.backward ? '>' : '<'} ${bind(params, request.keys[0])}::uuid`);
    const sql = `select ${factsJson(targetListFacts, { id: true, ...shape })} as node, tl.id from target_list tl where ${where.join(' and ')} order by tl.id ${request.backward ? 'asc' : 'desc'} limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.id] })), request);
  }

  async count(actor: Actor, filter: TargetListFilter): Promise<number> {
    const params: unknown[] = [];
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from target_list tl where ${listsWhere(actor, filter, params).join(' and ')}`, params);
    return row!.n;
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('enterprise.read')) return null;
    const params: unknown[] = [id];
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(targetListFacts, { id: true, ...shape })} as node from target_list tl where tl.id = $1 and ${targetListVisibility(actor, 'tl', params)}`, params);
    return row?.node ?? null;
  }

  /** The targets of several lists at once, by priority, oldest first. The caller has seen the lists. */
  async targetsOf(actor: Actor, listIds: readonly string[], filter: TargetFilter, input: PageInput, shape: Shape): Promise<Map<string, Page<TargetNode> & { total: number }>> {
    const request = pageRequest(input, 2);
    const params: unknown[] = [listIds];
    const visible = targetListVisibility(actor, 'tl', params);
    const where = ['te.list_id = tl.id', ...targetsWhere(filter, params)].join(' and ');
    const after = request.keys ? ` and (te.priority, te.id) > (${bind(params, request.keys[0])}, ${bind(params, request.keys[1])}::uuid)` : '';
    const rows = await this.db.read<{ list: string; total: number; node: TargetNode | null; k: string; id: string }>(actor,
      `select tl.id as list, (select count(*)::int from target_enterprise te where ${where}) as total, t.* from target_list tl left join lateral (
         select ${factsJson(targetFacts, { id: true, projectKey: true, ...shape })} as node, te.priority as k, te.id from target_enterprise te where ${where}${after} order by te.priority, te.id limit ${bind(params, request.limit + 1)}) t on true
       where tl.id = any($1::uuid[]) and ${visible}`, params);
    const of = new Map<string, { total: number; rows: { node: TargetNode; keys: unknown[] }[] }>();
    for (const r of rows) {
      const entry = of.get(r.list) ?? { total: r.total, rows: [] };
      if (r.node) entry.rows.push({ node: r.node, keys: [r.k, r.id] });
      of.set(r.list, entry);
    }
    return new Map([...of].map(([id, e]) => [id, { ...pageOf(e.rows, request), total: e.total }]));
  }

  /** Targets by their ids, or those that became one of the given projects; only of lists that the actor may see. */
  async targets(actor: Actor, by: 'id' | 'project_id', keys: readonly string[], shape: Shape): Promise<TargetNode[]> {
    if (!actor.permissions.has('enterprise.read')) return [];
    const params: unknown[] = [keys];
    const rows = await this.db.read<{ node: TargetNode }>(actor,
      `select ${factsJson(targetFacts, { id: true, projectKey: true, ...shape })} as node from target_enterprise te join target_list tv on tv.id = te.list_id where te.${by} = any($1::uuid[]) and ${targetListVisibility(actor, 'tv', params)} order by te.id`, params);
    return rows.map((r) => r.node);
  }

  private async demandDepartment(tx: Tx, departmentId: string | null): Promise<void> {
    if (departmentId && !(await tx.row('select 1 as ok from department where id = $1', [departmentId]))) throw new Refusal('UNKNOWN_REFERENCE', ['departmentId'], { field: '部门', value: departmentId });
  }
}

function wellNamed(name: string): string {
  if (!name.trim()) throw new Refusal('REQUIRED', ['name'], { field: '清单名称' });
  return name.trim();
}

/** Two lists in use never have one name. */
async function kept(name: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if ((error as { constraint?: string }).constraint !== 'target_list_name') throw error;
    throw new Refusal('INVALID', ['name'], { field: '清单名称', value: name, expected: '尚未使用的名称 / a name not yet in use' });
  }
}

function listsWhere(actor: Actor, f: TargetListFilter, params: unknown[]): string[] {
  const where = [targetListVisibility(actor, 'tl', params), f.archived ? 'tl.archived_at is not null' : 'tl.archived_at is null'];
  if (f.purposes) where.push(`tl.purpose = any(${bind(params, f.purposes)}::text[])`);
  if (f.text?.trim()) where.push(`(strpos(tl.name, ${bind(params, f.text.trim())}) > 0 or strpos(tl.chain, $${params.length}) > 0)`);
  return where;
}

function targetsWhere(f: TargetFilter, params: unknown[]): string[] {
  const where: string[] = [];
  if (f.states) where.push(`te.state = any(${bind(params, f.states)}::text[])`);
  if (f.priorities) where.push(`te.priority = any(${bind(params, f.priorities)}::text[])`);
  if (f.assigneeIds) where.push(`te.assignee_id = any(${bind(params, f.assigneeIds)}::uuid[])`);
  if (f.unassigned) where.push('te.assignee_id is null');
  if (f.text?.trim()) where.push(`(strpos(te.name, ${bind(params, f.text.trim())}) > 0 or strpos(te.segment, $${params.length}) > 0)`);
  return where;
}
