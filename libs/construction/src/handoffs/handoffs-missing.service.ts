import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, factsJson, newId, type Page, type PageInput, pageOf, pageRequest, preparedName, type Shape, systemActor } from '@yinfeng/platform';
import { bind, projectVisibility } from '@yinfeng/recruitment';
import { SET_BASED } from '@yinfeng/reminders';
import type { MissingReason } from './handoff.rules.js';
import { DROP_LAPSED, KEEP_MISSING, MAKE_LATE, MISSING, missingFacts, PLAN_MISSING, RECEIVING_HEAD, receivingIn, WHY } from './handoffs-missing.sql.js';

export interface MissingFilter {
  why?: MissingReason[] | null;
  projectId?: string | null;
  /** Negotiated by these departments or any below them. */
  departmentIds?: string[] | null;
  /** To be received by these departments or any below them. */
  receiverIds?: string[] | null;
}

/** Nothing falls between two chairs: what is signed and not handed over in time is on the list of both sides, and told to both. */
@Injectable()
export class HandoffsMissingService {
  constructor(private readonly db: Database, private readonly clock: Clock) {}

  /** Projects that nobody has handed over in time, longest first: those that the actor sees, and those that a department headed by the actor is to receive. */
  async page(actor: Actor, filter: MissingFilter, input: PageInput, shape: Shape): Promise<Page<object>> {
    demand(actor, 'handoff.read');
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const { seen, where } = this.where(actor, filter, params);
    if (request.keys) where.push(`(d.due_on, d.id) ${request.backward ? '<' : '>'} (${bind(params, request.keys[0])}::date, ${bind(params, request.keys[1])}::uuid)`);
    const way = request.backward ? 'desc' : 'asc';
    const sql = `select ${factsJson(missingFacts(seen), { name: true, ...shape })} as node, d.due_on::text as k, d.id from ${MISSING} and ${where.join(' and ')} order by d.due_on ${way}, d.id ${way} limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: object; k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async count(actor: Actor, filter: MissingFilter): Promise<number> {
    const params: unknown[] = [];
    const { where } = this.where(actor, filter, params);
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from ${MISSING} and ${where.join(' and ')}`, params);
    return row!.n;
  }

  /** Keeps what is due by today's rules and tells the heads of both sides, in every zone; safe to run twice, late or at once. Returns how many were told. */
  async remind(): Promise<number> {
    let told = 0;
    for (const { id } of await this.db.shared<{ id: string }>('select id from zone_ids() as id')) {
      told += await this.db.tx(systemActor(id, newId()), async (tx) => {
        await tx.run(`select pg_advisory_xact_lock(hashtextextended('handoffs.missing' || app_zone(), 0))`);
        await tx.run(SET_BASED);
        await tx.run(KEEP_MISSING);
        await tx.run(MAKE_LATE);
        await tx.run('analyze missed');
        await tx.run(DROP_LAPSED);
        return tx.run(PLAN_MISSING, [this.clock.today()]);
      }, { cause: 'handoffs.missing', statementTimeoutMs: 300_000 });
    }
    return told;
  }

  private where(actor: Actor, f: MissingFilter, params: unknown[]): { seen: string; where: string[] } {
    const seen = projectVisibility(actor, 'p', params);
    const where = [actor.reach === 'HANDED' && actor.staffId !== null ? `(${seen} or ${RECEIVING_HEAD(bind(params, actor.staffId))})` : seen];
    if (f.why) where.push(`${WHY} = any(${bind(params, f.why)}::text[])`);
    if (f.projectId) where.push(`p.id = ${bind(params, f.projectId)}`);
    if (f.departmentIds) where.push(`p.department_id = any(array(select dv.id from department dv where dv.path && ${bind(params, f.departmentIds)}::uuid[]))`);
    if (f.receiverIds) where.push(receivingIn(bind(params, f.receiverIds)));
    return { seen, where };
  }
}
