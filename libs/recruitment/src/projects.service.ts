import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Actor, Database, demand, factsJson, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, type Shape } from '@yinfeng/platform';
import { LIGHT, projectFacts } from './project.facts.js';
import { bind, projectVisibility, type ProjectStatus, type Stage } from './projects.access.js';

/** Which projects; every given condition must hold. Departments include those below them. */
export interface ProjectFilter {
  stages?: Stage[] | null;
  statuses?: ProjectStatus[] | null;
  departmentIds?: string[] | null;
  ownerIds?: string[] | null;
  parkIds?: string[] | null;
  /** GB/T 4754 codes; a code includes all below it. */
  industries?: string[] | null;
  sourceRegions?: string[] | null;
  capitalSources?: string[] | null;
  sizeClasses?: string[] | null;
  lights?: string[] | null;
  /** Part of the name or of the enterprise's name, or the beginning of the code. */
  text?: string | null;
  followUpBefore?: string | null;
  importId?: string | null;
  /** Accepted by these departments or any below them, and with them now. */
  serviceDepartmentIds?: string[] | null;
}
/** A condition of another lib on `p.id`: SQL that adds its own parameters (the rows of a pipeline figure). */
export type ProjectCondition = (params: unknown[]) => string;

export const PROJECT_ORDERS = ['NEWEST', 'OLDEST', 'FOLLOW_UP', 'TRIAGE', 'LAST_VISIT', 'TOTAL_INVESTMENT'] as const;
export type ProjectOrder = (typeof PROJECT_ORDERS)[number];

/** Sort key (text in cursors), its type and direction; the id breaks ties. Blank keys sort last. */
const ORDERS: Record<ProjectOrder, { key: string | null; type: string; down: boolean }> = {
  NEWEST: { key: null, type: 'uuid', down: true },
  OLDEST: { key: null, type: 'uuid', down: false },
  FOLLOW_UP: { key: `coalesce(p.next_follow_up_on, '9999-12-31')`, type: 'date', down: false },
  TRIAGE: { key: `coalesce(p.triage_due_on, '9999-12-31')`, type: 'date', down: false },
  LAST_VISIT: { key: `coalesce(p.last_visit_on, '0001-01-01')`, type: 'date', down: true },
  TOTAL_INVESTMENT: { key: `coalesce(p.total_amount, -1)`, type: 'numeric', down: true },
};

/** How long a zone's department tree is believed. */
const TREE_MS = 2_000;

@Injectable()
export class ProjectsService {
  private readonly trees = new Map<string, { readAt: number; paths: { id: string; path: string[] }[] }>();

  constructor(private readonly db: Database) {}

  /** A page of the projects that the actor may see, each with the facts of the shape: one statement whatever is shown. */
  async page(actor: Actor, filter: ProjectFilter, order: ProjectOrder, input: PageInput, shape: Shape, condition?: ProjectCondition): Promise<Page<{ id: string }>> {
    const query = this.pageQuery(actor, await this.withSubtree(actor, filter), order, input, factsJson(projectFacts, { id: true, ...shape }), condition);
    const rows = await this.db.read<{ node: { id: string }; k: string; id: string }>(actor, query.sql, query.params, query.name);
    return pageOf(rows.map((r) => ({ node: r.node, keys: query.keyed ? [r.k, r.id] : [r.id] })), query.request);
  }

  /** The same page with each record as the JSON text that `json` (SQL over alias p) makes: for answers written as they are. */
  async pageOfText(actor: Actor, filter: ProjectFilter, order: ProjectOrder, input: PageInput, json: string): Promise<Page<string>> {
    const query = this.pageQuery(actor, await this.withSubtree(actor, filter), order, input, `(${json})::text`);
    const rows = await this.db.read<{ node: string; k: string; id: string }>(actor, query.sql, query.params, query.name);
    return pageOf(rows.map((r) => ({ node: r.node, keys: query.keyed ? [r.k, r.id] : [r.id] })), query.request);
  }

  /** The statement of page(), with any JSON as its node. */
  pageQuery(actor: Actor, filter: ProjectFilter, order: ProjectOrder, input: PageInput, json: string, condition?: ProjectCondition) {
    demand(actor, 'project.read');
    const { key, type, down } = ORDERS[order];
    const request = pageRequest(input, key ? 2 : 1);
    const params: unknown[] = [];
    const where = this.where(actor, filter, params, condition);
    const after = down !== request.backward ? '<' : '>';
    if (request.keys) where.push(key ? `(${key}, p.id) ${after} (${bind(params, request.keys[0])}::${type}, ${bind(params, request.keys[1])}::uuid)` : `p.id ${after} ${bind(params, request.keys[0])}::uuid`);
    const direction = down !== request.backward ? 'desc' : 'asc';
    const sql = `select ${json} as node, p.id, ${key ?? 'null'} as k from project p where ${where.join(' and ')} order by ${key ? `${key} ${direction}, ` : ''}p.id ${direction} limit ${bind(params, request.limit + 1)}`;
    return { sql, params, request, keyed: key !== null, name: preparedName(sql) };
  }

  /** How many projects the whole list has for this actor. */
  async count(actor: Actor, filter: ProjectFilter, condition?: ProjectCondition): Promise<number> {
    demand(actor, 'project.read');
    const params: unknown[] = [];
    const sql = `select count(*)::int as n from project p where ${this.where(actor, await this.withSubtree(actor, filter), params, condition).join(' and ')}`;
    const [row] = await this.db.read<{ n: number }>(actor, sql, params, preparedName(sql));
    return row!.n;
  }

  /** How many projects of the whole list fall under each value of an expression over p. */
  async tally(actor: Actor, filter: ProjectFilter, expression: string, condition?: ProjectCondition): Promise<{ k: number; n: number }[]> {
    demand(actor, 'project.read');
    const params: unknown[] = [];
    return this.db.read(actor, `select ${expression} as k, count(*)::int as n from project p where ${this.where(actor, await this.withSubtree(actor, filter), params, condition).join(' and ')} group by 1`, params);
  }

  /** One project in the wanted shape, or null when there is none that the actor may see. */
  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('project.read')) return null;
    const params: unknown[] = [id];
    const sql = `select ${factsJson(projectFacts, { id: true, ...shape })} as node from project p where p.id = $1 and ${projectVisibility(actor, 'p', params)}`;
    const [row] = await this.db.read<{ node: { id: string } }>(actor, sql, params, preparedName(sql));
    if (row) return row.node;
    // Only after a miss: a merged project answers under its old id with the one that it went into.
    const [merged] = await this.db.read<{ id: string | null }>(actor, `select merged_record('project', $1) as id`, [id]);
    return merged?.id ? this.byId(actor, merged.id, shape) : null;
  }

  /** Several projects in the wanted shape, by id; those out of sight are left out. */
  async byIds(actor: Actor, ids: readonly string[], shape: Shape): Promise<Map<string, { id: string }>> {
    if (!actor.permissions.has('project.read')) return new Map();
    const params: unknown[] = [ids];
    const sql = `select p.id, ${factsJson(projectFacts, { id: true, ...shape })} as node from project p where p.id = any($1::uuid[]) and ${projectVisibility(actor, 'p', params)}`;
    return new Map((await this.db.read<{ id: string; node: { id: string } }>(actor, sql, params, preparedName(sql))).map((r) => [r.id, r.node]));
  }

  /**
   * The filter with each department's subtree spelt out, so that a department without groups is compared plainly and the
   * index on it gives the order (a third of the statement's cost). The tree is read every two seconds at most.
   */
  private async withSubtree(actor: Actor, filter: ProjectFilter): Promise<ProjectFilter> {
    if (!filter.departmentIds) return filter;
    let tree = this.trees.get(actor.zoneId);
    if (!tree || Date.now() - tree.readAt > TREE_MS) {
      tree = { readAt: Date.now(), paths: await this.db.read(actor, 'select id, path from department', [], 'department_paths') };
      if (this.trees.size > 500) this.trees.clear();
      this.trees.set(actor.zoneId, tree);
    }
    const wanted = new Set(filter.departmentIds);
    return { ...filter, departmentIds: tree.paths.filter((d) => d.path.some((id) => wanted.has(id))).map((d) => d.id) };
  }

  private where(actor: Actor, f: ProjectFilter, params: unknown[], condition?: ProjectCondition): string[] {
    const where = [projectVisibility(actor, 'p', params)];
    const among = (column: string, values: readonly string[] | null | undefined, type: string) => {
      // One value is compared plainly, so that the index on it also gives the order.
      if (values?.length === 1) where.push(`${column} = ${bind(params, values[0])}::${type}`);
      else if (values) where.push(`${column} = any(${bind(params, values)}::${type}[])`);
    };
    among('p.stage', f.stages, 'stage');
    among('p.status', f.statuses, 'project_status');
    among('p.owner_id', f.ownerIds, 'uuid');
    among('p.park_id', f.parkIds, 'uuid');
    among('p.source_province', f.sourceRegions, 'text');
    among('p.capital_source', f.capitalSources, 'text');
    among('p.size_class', f.sizeClasses, 'text');
    among(LIGHT, f.lights, 'light');
    among('p.department_id', f.departmentIds, 'uuid');
    if (f.industries?.length) where.push(`(${f.industries.map((c) => `starts_with(p.industry_code, ${bind(params, c)})`).join(' or ')})`);
    if (f.followUpBefore) where.push(`p.next_follow_up_on <= ${bind(params, f.followUpBefore)}`);
    if (f.importId) where.push(`p.import_id = ${bind(params, f.importId)}`);
    if (f.serviceDepartmentIds) where.push(`exists (select from handoff hs join department ds on ds.id = hs.to_department_id where hs.project_id = p.id and hs.state = 'ACCEPTED' and ds.path && ${bind(params, f.serviceDepartmentIds)}::uuid[])`);
    if (f.text?.trim()) {
      const text = f.text.trim();
      if (text.length > 100) throw new Refusal('TOO_LONG', ['filter', 'text'], { field: 'text', max: 100 });
      where.push(`(strpos(p.name, ${bind(params, text)}) > 0 or strpos(p.enterprise_name, $${params.length}) > 0 or starts_with(p.code, upper($${params.length})))`);
    }
    if (condition) where.push(condition(params));
    return where;
  }
}

/** The digest that proves a first report: number, project, reporter and instant (RFC 3339), as hex SHA-256. */
export function receiptDigest(number: string, projectId: string, reporterId: string | null, reportedAt: Date): Buffer {
  return createHash('sha256').update([number, projectId, reporterId ?? '', reportedAt.toISOString()].join('\n')).digest();
}
