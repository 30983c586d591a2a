import { Injectable } from '@nestjs/common';
import { type Actor, Database, decimalFact, demand, factsJson, newId, type Page, pageOf, pageRequest, type PageInput, type Shape, type Tx } from '@yinfeng/platform';
import { coreName, foldName } from './company-name.rules.js';
import { enterpriseFacts } from './enterprise.facts.js';
import { judgeUscc, normaliseUscc } from './uscc.rules.js';

/** An enterprise as somebody names it. */
export interface EnterpriseInput {
  name: string;
  /** 统一社会信用代码; a failing check digit is kept and warned of, never refused (domain.md D3). */
  uscc?: string | null;
  sourceRegion?: string | null;
}
export interface EnterpriseFilter {
  /** Part of the name, or the beginning of the code. */
  text?: string | null;
}
/** The first wall as a later lib builds it: conditions on an alias of `enterprise` and of `project`, which add their own parameters. */
export interface PartyWall {
  enterprise(alias: string, params: unknown[]): string;
  project(alias: string, params: unknown[]): string;
}
/** The group that an enterprise belongs to, as far as the actor may see it. */
export interface EnterpriseGroup {
  root: object | null;
  members: object[];
  /** Active projects of any member, each counted once; 元 and 美元 as exact text. */
  projectsCount: number;
  totalInvestment: string;
  foreignInvestment: string;
}

/** Members of a group, or children, that are shown at most. */
export const MOST_MEMBERS = 200;

@Injectable()
export class EnterprisesService {
  constructor(private readonly db: Database) {}

  /**
   * The enterprise of this code or name, made when the zone does not know it: one record per code; without a code, per
   * folded name, present or former. A known enterprise that had no code gets it.
   */
  async resolve(tx: Tx, input: EnterpriseInput): Promise<{ id: string; name: string }> {
    const name = input.name.trim();
    const folded = foldName(name);
    const code = input.uscc ? normaliseUscc(input.uscc) : null;
    const uscc = code !== null && judgeUscc(code) !== 'format' ? code : null;
    const known = await tx.row<{ id: string; name: string; uscc: string | null }>(
      `select id, name, uscc from enterprise where ($2::text is not null and uscc = $2) or (folded_name = $1 and (uscc is null or $2::text is null))
       order by (uscc is not distinct from $2) desc, id limit 1`, [folded, uscc], 'enterprise_resolve')
      ?? await tx.row<{ id: string; name: string; uscc: string | null }>(FORMER, [folded, uscc], 'enterprise_former');
    if (known) {
      if (uscc && !known.uscc) await tx.run('update enterprise set uscc = $2, version = version + 1 where id = $1', [known.id, uscc]);
      return { id: known.id, name: known.name };
    }
    // A name or code of a firm that was merged means the one that it went into.
    const merged = await tx.row<{ id: string; name: string }>('select id, name from enterprise where id = merged_enterprise($1, $2)', [folded, uscc], 'enterprise_merged');
    if (merged) return merged;
    const id = newId();
    // Two reports of a new firm at once: the unique code decides, the loser takes the winner's record.
    const made = await tx.row<{ id: string; name: string }>(
      `insert into enterprise (id, zone_id, name, folded_name, core_name, uscc, source_region, created_by) values ($1, app_zone(), $2, $3, $4, $5, $6, app_staff())
       on conflict (zone_id, uscc) where uscc is not null do update set version = enterprise.version returning id, name`,
      [id, name, folded, coreName(name), uscc, input.sourceRegion ?? null], 'enterprise_insert');
    return made!;
  }

  /** Enterprises of the zone that the actor's projects or visits name; newest first. */
  async page(actor: Actor, filter: EnterpriseFilter, input: PageInput, shape: Shape, visible: (params: unknown[]) => string): Promise<Page<object>> {
    demand(actor, 'enterprise.read');
    const request = pageRequest(input, 1);
    const params: unknown[] = [];
    const where = this.where(filter, params, visible);
    if (request.keys) where.push(`e.id ${request.backward ? '>' : '<'} $${params.push(request.keys[0])}::uuid`);
    const rows = await this.db.read<{ node: object; k: string }>(actor,
      `select ${factsJson(enterpriseFacts, shape)} as node, e.id as k from enterprise e where ${where.join(' and ')} order by e.id ${request.backward ? 'asc' : 'desc'} limit ${request.limit + 1}`, params);
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k] })), request);
  }

  async count(actor: Actor, filter: EnterpriseFilter, visible: (params: unknown[]) => string): Promise<number> {
    const params: unknown[] = [];
    const where = this.where(filter, params, visible);
    const [row] = await this.db.read<{ n: string }>(actor, `select count(*) as n from enterprise e where ${where.join(' and ')}`, params);
    return Number(row!.n);
  }

  async byId(actor: Actor, id: string, shape: Shape, visible: (params: unknown[]) => string): Promise<object | null> {
    const params: unknown[] = [id];
    const [row] = await this.db.read<{ node: object }>(actor, `select ${factsJson(enterpriseFacts, { id: true, ...shape })} as node from enterprise e where e.id = $1 and ${visible(params)}`, params);
    if (row) return row.node;
    // Only after a miss: a merged enterprise answers under its old id with the one that it went into.
    const [merged] = await this.db.read<{ id: string | null }>(actor, `select merged_record('enterprise', $1) as id`, [id]);
    return merged?.id ? this.byId(actor, merged.id, shape, visible) : null;
  }

  /** The enterprises directly above, by the id of the one below; those that the actor may not see are left out. */
  async parents(actor: Actor, ids: readonly string[], shape: Shape, wall: PartyWall): Promise<Map<string, object>> {
    const params: unknown[] = [ids];
    const rows = await this.db.read<{ of: string; node: object }>(actor,
      `select c.id as of, ${factsJson(enterpriseFacts, shape)} as node from enterprise c join enterprise e on e.id = c.parent_id where c.id = any($1::uuid[]) and ${wall.enterprise('e', params)}`, params);
    return new Map(rows.map((r) => [r.of, r.node]));
  }

  /** The enterprises directly below, by name; at most 200 each. */
  async children(actor: Actor, ids: readonly string[], shape: Shape, wall: PartyWall): Promise<Map<string, object[]>> {
    const params: unknown[] = [ids];
    const rows = await this.db.read<{ of: string; nodes: object[] }>(actor,
      `select x.id as of, coalesce((select json_agg(n.node order by n.name, n.id) from (select e.name, e.id, ${factsJson(enterpriseFacts, shape)} as node from enterprise e where e.parent_id = x.id and ${wall.enterprise('e', params)} order by e.name, e.id limit ${MOST_MEMBERS}) n), '[]') as nodes
       from unnest($1::uuid[]) x (id)`, params);
    return new Map(rows.map((r) => [r.of, r.nodes]));
  }

  /** Root, members and projects of the group of each enterprise: one statement. What the actor may not see is neither shown nor counted. */
  async groups(actor: Actor, ids: readonly string[], shapes: { root: Shape; members: Shape }, wall: PartyWall): Promise<Map<string, EnterpriseGroup>> {
    const params: unknown[] = [ids];
    const seen = wall.enterprise('e', params);
    const rows = await this.db.read<{ of: string; node: EnterpriseGroup }>(actor,
      `with recursive up as (
         select e.id as of, e.id, e.parent_id, 0 as n from enterprise e where e.id = any($1::uuid[])
         union all select u.of, e.id, e.parent_id, u.n + 1 from up u join enterprise e on e.id = u.parent_id where u.n < 10
       ), top as (select distinct on (of) of, id from up order by of, n desc
       ), tree as (select of, id, 0 as n from top union all select t.of, e.id, t.n + 1 from tree t join enterprise e on e.parent_id = t.id where t.n < 10)
       select top.of, json_build_object(
         'root', (select ${factsJson(enterpriseFacts, shapes.root)} from enterprise e where e.id = top.id and ${seen}),
         'members', coalesce((select json_agg(m.node order by m.n, m.name, m.id) from (select t.n, e.name, e.id, ${factsJson(enterpriseFacts, shapes.members)} as node from tree t join enterprise e on e.id = t.id where t.of = top.of and ${seen} order by t.n, e.name, e.id limit ${MOST_MEMBERS}) m), '[]'),
         'projectsCount', g.n, 'totalInvestment', ${decimalFact('g.cny')}, 'foreignInvestment', ${decimalFact('g.usd')}) as node
       from top cross join lateral (
         select count(*)::int as n, coalesce(sum(p.total_amount) filter (where p.total_currency = 'CNY'), 0) as cny, coalesce(sum(p.total_amount) filter (where p.total_currency = 'USD'), 0) as usd
         from project p where p.id in (select pe.project_id from tree t join project_enterprise pe on pe.enterprise_id = t.id where t.of = top.of) and p.status = 'ACTIVE' and ${wall.project('p', params)}) g`, params);
    return new Map(rows.map((r) => [r.of, r.node]));
  }

  private where(filter: EnterpriseFilter, params: unknown[], visible: (params: unknown[]) => string): string[] {
    const where = [visible(params)];
    if (filter.text?.trim()) {
      const text = filter.text.trim();
      where.push(`(strpos(e.name, $${params.push(text)}) > 0 or e.uscc like $${params.push(`${text.toUpperCase().replace(/[%_\\]/g, '')}%`)})`);
    }
    return where;
  }
}

/** Who bore this name before, latest first; codes may not contradict. $1 folded name, $2 code or null. */
const FORMER = `
  select e.id, e.name, e.uscc from enterprise_name_history h join enterprise e on e.id = h.enterprise_id
  where h.zone_id = app_zone() and h.folded_name = $1 and (e.uscc is null or $2::text is null or e.uscc = $2) order by h.until_at desc, h.id desc limit 1`;
