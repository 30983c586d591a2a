import { Injectable } from '@nestjs/common';
import { type Actor, Database, demand, type Facts, factsJson, type Page, type PageInput, pageOf, pageRequest, preparedName, type Shape } from '@yinfeng/platform';
import { departmentFacts, industryFacts, parkFacts, regionFacts, staffFacts } from './directory.facts.js';

/** The lists that a person chooses from. */
export const DIRECTORY_LISTS = {
  departments: { facts: departmentFacts, from: 'department d', key: 'd.name', id: 'd.id', text: 'd.name' },
  staff: { facts: staffFacts, from: 'staff s', key: 's.name', id: 's.id', text: 's.name' },
  parks: { facts: parkFacts, from: 'park k', key: 'k.name', id: 'k.id', text: 'k.name' },
  regions: { facts: regionFacts, from: 'region r', key: 'r.code', id: 'r.code', text: 'r.code || r.name' },
  industries: { facts: industryFacts, from: 'industry i', key: 'i.code', id: 'i.code', text: 'i.code || i.name' },
} as const satisfies Record<string, { facts: Facts; from: string; key: string; id: string; text: string }>;
export type DirectoryList = keyof typeof DIRECTORY_LISTS;

@Injectable()
export class DirectoryReads {
  constructor(private readonly db: Database) {}

  /** A page of people, units, parks, regions or industries whose name holds the text; by name (regions and industries by code). Everybody of the zone may look. */
  async page(actor: Actor, list: DirectoryList, text: string | null, input: PageInput, shape: Shape): Promise<Page<object>> {
    demand(actor, 'directory.read');
    const { facts, from, key, id } = DIRECTORY_LISTS[list];
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const where = this.where(list, text, params);
    if (request.keys) where.push(`(${key}, ${id}::text) ${request.backward ? '<' : '>'} ($${params.push(request.keys[0])}, $${params.push(request.keys[1])})`);
    const way = request.backward ? 'desc' : 'asc';
    const sql = `select ${factsJson(facts, shape)} as node, ${key} as k, ${id}::text as id from ${from} where ${where.join(' and ')} order by ${key} ${way}, ${id}::text ${way} limit $${params.push(request.limit + 1)}`;
    const rows = await this.db.read<{ node: object; k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async count(actor: Actor, list: DirectoryList, text: string | null): Promise<number> {
    const params: unknown[] = [];
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from ${DIRECTORY_LISTS[list].from} where ${this.where(list, text, params).join(' and ')}`, params);
    return row!.n;
  }

  async staff(actor: Actor, id: string, shape: Shape): Promise<object | null> {
    const [row] = await this.db.read<{ node: object }>(actor, `select ${factsJson(staffFacts, { id: true, ...shape })} as node from staff s where s.id = $1`, [id]);
    return row?.node ?? null;
  }

  /** Units that the actor answers for: all of the zone, one's own or led ones with all below them, or none. */
  async reachOf(actor: Actor): Promise<string[]> {
    if (actor.reach === 'NONE' || actor.reach === 'OWN') return [];
    const roots = actor.reach === 'ZONE' ? null : actor.reach === 'GROUP' ? actor.ledDepartmentIds : actor.departmentIds;
    const rows = await this.db.read<{ id: string }>(actor, 'select id from department where $1::uuid[] is null or path && $1 order by name, id', [roots], 'directory_reach');
    return rows.map((r) => r.id);
  }

  private where(list: DirectoryList, text: string | null, params: unknown[]): string[] {
    return text?.trim() ? [`strpos(${DIRECTORY_LISTS[list].text}, $${params.push(text.trim())}) > 0`] : ['true'];
  }
}
