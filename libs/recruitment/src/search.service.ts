import { Injectable } from '@nestjs/common';
import { type Actor, Database, demand, Refusal } from '@yinfeng/platform';
import { bind, enterpriseVisibility, projectVisibility } from './projects.access.js';

/** A record found by the one search box. */
export interface SearchHit {
  /** Global id. */
  id: string;
  type: 'Project' | 'Enterprise';
  title: string;
  /** Code and stage of a project, credit code of an enterprise. */
  detail: string | null;
}

/** LIKE pattern for text anywhere; the wildcard characters of the text itself are literal. */
const anywhere = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

@Injectable()
export class SearchService {
  constructor(private readonly db: Database) {}

  /** Projects and enterprises that the actor may see: part of a name, beginning of a code or credit code. At most 50 hits. */
  async search(actor: Actor, text: string, first: number): Promise<SearchHit[]> {
    demand(actor, 'search.run');
    const wanted = text.trim();
    if (!wanted) return [];
    if (wanted.length > 100) throw new Refusal('TOO_LONG', ['text'], { field: 'text', max: 100 });
    if (!Number.isInteger(first) || first < 1 || first > 50) throw new Refusal('INVALID', ['first'], { field: 'first', value: first, expected: '1–50' });
    const params: unknown[] = [anywhere(wanted), wanted.toUpperCase(), first];
    const projects = projectVisibility(actor, 'p', params);
    const enterprises = actor.permissions.has('enterprise.read') ? enterpriseVisibility(actor, 'e', params) : 'false';
    return this.db.read<SearchHit>(actor,
      `(select 'Project:' || p.id as id, 'Project' as type, p.name as title, p.code || ' · ' || p.stage as detail from project p
        where (p.name like $1 or p.enterprise_name like $1 or starts_with(p.code, $2)) and ${projects} order by (p.code = ${bind(params, wanted.toUpperCase())}) desc, length(p.name), p.id desc limit $3)
       union all
       (select 'Enterprise:' || e.id, 'Enterprise', e.name, e.uscc from enterprise e where (e.name like $1 or starts_with(e.uscc, $2)) and ${enterprises} order by length(e.name), e.id desc limit $3)
       limit $3`, params);
  }
}
