import { Injectable } from '@nestjs/common';
import { type Actor, Database, demand, factsJson, newId, type Page, pageOf, pageRequest, type PageInput, type Shape, type Tx } from '@yinfeng/platform';
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

@Injectable()
export class EnterprisesService {
  constructor(private readonly db: Database) {}

  /**
   * The enterprise of this code or name, made when the zone does not know it: one record per code; without a code, per
   * folded name. A known enterprise that had no code gets it.
   */
  async resolve(tx: Tx, input: EnterpriseInput): Promise<{ id: string; name: string }> {
    const name = input.name.trim();
    const folded = foldName(name);
    const code = input.uscc ? normaliseUscc(input.uscc) : null;
    const uscc = code !== null && judgeUscc(code) !== 'format' ? code : null;
    const known = await tx.row<{ id: string; name: string; uscc: string | null }>(
      `select id, name, uscc from enterprise where ($2::text is not null and uscc = $2) or (folded_name = $1 and (uscc is null or $2::text is null))
       order by (uscc is not distinct from $2) desc, id limit 1`, [folded, uscc], 'enterprise_resolve');
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
    return row?.node ?? null;
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
