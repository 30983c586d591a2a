import { Injectable } from '@nestjs/common';
import { type FaultKind, PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, factsJson, newId, type Page, type PageInput, pageOf, pageRequest, Refusal, type Shape, systemActor, type Tx } from '@yinfeng/platform';
import { FAULT_WORDS, SET_BASED } from '@yinfeng/reminders';
import { bind, projectVisibility } from '../projects.access.js';
import { faultFacts, type FaultRule, faultsOf, makeFaulty, PLAN_FAULTY, SETTLE_FAULTY } from './faults.sql.js';

/** Which faults; every given condition must hold. */
export interface FaultFilter {
  kinds?: readonly FaultKind[] | null;
  /** Projects of this department or any below it. */
  departmentId?: string | null;
  /** Projects in the charge of who asks. */
  mine?: boolean | null;
  projectId?: string | null;
}
export interface FaultCount {
  kind: FaultKind;
  label: { zh: string; en: string };
  count: number;
}

const MOST = 100;
/** A zone's thousands of projects are one statement; give it minutes, not the seconds of a request. */
const SWEEP_TIMEOUT_MS = 300_000;

/**
 * What is missing or contradictory in the data of active projects (policy `dataFaults`, domain.md A1 row 39): read from
 * the records whenever somebody asks, so that a fault is gone as soon as it is mended; once a week whoever is in charge is told.
 */
@Injectable()
export class DataFaultsService {
  private readonly policies: PolicyService;

  constructor(private readonly db: Database, private readonly clock: Clock) {
    this.policies = new PolicyService(db, clock);
  }

  /** Faults of the projects that the actor may see, newest project first. @throws Refusal INVALID (page). */
  async page(actor: Actor, filter: FaultFilter, input: PageInput, shape: Shape): Promise<Page<object>> {
    demand(actor, 'project.read');
    const request = pageRequest(input, 2);
    if (request.limit > MOST) throw new Refusal('INVALID', ['first'], { field: 'first', value: request.limit, expected: `1–${MOST}` });
    return this.db.tx(actor, async (tx) => {
      const params: unknown[] = [];
      const from = await this.from(tx, filter, params);
      const [id, place] = request.keys ?? [];
      const after = request.keys ? ` and p.id <= ${bind(params, id)}::uuid and (p.id < ${bind(params, id)}::uuid or f.place > ${bind(params, place)}::int)` : '';
      const rows = await tx.rows<{ node: object; id: string; place: number }>(`select ${factsJson(faultFacts, { kind: true, ...shape })} as node, p.id, f.place from ${from}${after} order by p.id desc, f.place limit ${bind(params, request.fetch)}`, params);
      return pageOf(rows.map((r) => ({ node: r.node, keys: [r.id, r.place] })), request);
    });
  }

  async count(actor: Actor, filter: FaultFilter): Promise<number> {
    return (await this.counts(actor, filter)).reduce((sum, c) => sum + c.count, 0);
  }

  /** How many faults of each kind there are: together exactly the rows of `page`. */
  async counts(actor: Actor, filter: FaultFilter): Promise<FaultCount[]> {
    demand(actor, 'project.read');
    const rows = await this.db.tx(actor, async (tx) => {
      const params: unknown[] = [];
      return tx.rows<{ kind: FaultKind; count: number }>(`select f.kind, count(*)::int as count from ${await this.from(tx, filter, params)} group by f.kind, f.place order by f.place`, params);
    });
    return rows.map(({ kind, count }) => ({ kind, label: { zh: FAULT_WORDS[kind][0], en: FAULT_WORDS[kind][1] }, count }));
  }

  /** All zones, one transaction each; safe to run twice, late or at once. Gives the number of reminders planned. */
  async remind(): Promise<number> {
    let planned = 0;
    for (const { id } of await this.db.shared<{ id: string }>('select id from zone_ids() as id')) planned += await this.remindZone(id);
    return planned;
  }

  async remindZone(zoneId: string): Promise<number> {
    return this.db.tx(systemActor(zoneId, newId()), async (tx) => {
      // The second of two waits here and then finds the week told.
      await tx.run(`select pg_advisory_xact_lock(hashtextextended('faults.remind' || app_zone(), 0))`);
      const rule = await this.rule(tx);
      const monday = (await tx.row<{ day: string }>(`select date_trunc('week', $1::date)::date::text as day`, [rule.today]))!.day;
      const cause = `DATA_FAULT:${monday}`;
      const params: unknown[] = [];
      const faulty = makeFaulty(rule, params);
      await tx.run(SET_BASED);
      await tx.run(faulty, params);
      await tx.run('analyze faulty');
      await tx.run(SETTLE_FAULTY, [cause]);
      const { rules } = await this.policies.value(tx, 'reminderRules', rule.today);
      return rules.every((r) => r.code !== 'DATA_FAULT' || r.enabled) ? tx.run(PLAN_FAULTY, [cause, monday]) : 0;
    }, { cause: 'faults.remind', statementTimeoutMs: SWEEP_TIMEOUT_MS });
  }

  private async rule(tx: Tx): Promise<FaultRule> {
    const today = this.clock.today();
    return { today, kinds: (await this.policies.value(tx, 'dataFaults', today)).kinds, checks: await this.policies.value(tx, 'amountChecks', today) };
  }

  /** Active projects that the actor may see, each with its faults. */
  private async from(tx: Tx, f: FaultFilter, params: unknown[]): Promise<string> {
    const faults = faultsOf(await this.rule(tx), params, f.kinds);
    const where = [`p.status = 'ACTIVE'`, projectVisibility(tx.actor, 'p', params)];
    if (f.projectId !== undefined && f.projectId !== null) where.push(`p.id = ${bind(params, f.projectId)}`);
    if (f.departmentId !== undefined && f.departmentId !== null) where.push(`p.department_id = any(array(select dv.id from department dv where dv.path && array[${bind(params, f.departmentId)}]::uuid[]))`);
    if (f.mine) where.push(`p.owner_id = ${bind(params, tx.actor.staffId)}`);
    return `project p cross join ${faults} where ${where.join(' and ')}`;
  }
}

