import { Injectable } from '@nestjs/common';
import { PolicyService, type PolicyValue } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, factsJson, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, type Shape } from '@yinfeng/platform';
import { bind, projectVisibility } from '@yinfeng/recruitment';
import { CALL_MEASURES, type CallMeasure, type CallState, satisfaction } from './call.rules.js';
import { CALL_AGE, callFacts, LATE_CALL } from './calls.sql.js';

export interface CallFilter {
  states?: CallState[] | null;
  types?: string[] | null;
  /** Led by these departments or any below them. */
  leadDepartmentIds?: string[] | null;
  projectId?: string | null;
  /** Open and past the day that counts. */
  overdue?: boolean | null;
  /** Age in working days, both ends included. */
  ageFrom?: number | null;
  ageTo?: number | null;
  /** Raised by the caller, in the caller's charge, or waiting for the caller's departments. */
  mine?: boolean | null;
  byEnterprise?: boolean | null;
  /** Exactly the rows of a figure (Shanghai days, both included). */
  figure?: { measure: CallMeasure; from: string; to: string } | null;
  /** The departments themselves, without those below them: a row of a figure. */
  exactly?: boolean;
}
export type CallDimension = 'TYPE' | 'DEPARTMENT';
/** A number, and the filter that lists exactly what it counts. */
export interface CallFigure { count: number; filter: CallFilter }
export interface CallCounts { key: string | null; label: string; raised: CallFigure; solved: CallFigure; solvedOnTime: CallFigure; rated: CallFigure; satisfied: CallFigure; satisfaction: string | null }

/** Calls as people read them: lists, one, and what they come to. List and figure are one condition. */
@Injectable()
export class CallReads {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService) {}

  /** Calls of projects that the actor may see, newest first. @throws Refusal DATE_ORDER. */
  async page(actor: Actor, filter: CallFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'construction.read');
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const where = await this.where(actor, filter, params);
    if (request.keys) where.push(`(c.raised_at, c.id) ${request.backward ? '>' : '<'} (${bind(params, request.keys[0])}::timestamptz, ${bind(params, request.keys[1])}::uuid)`);
    const way = request.backward ? 'asc' : 'desc';
    const sql = `select ${factsJson(callFacts, { id: true, ...shape })} as node, c.raised_at::text as k, c.id from service_call c where ${where.join(' and ')} order by c.raised_at ${way}, c.id ${way} limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async count(actor: Actor, filter: CallFilter): Promise<number> {
    const params: unknown[] = [];
    const where = await this.where(actor, filter, params);
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from service_call c where ${where.join(' and ')}`, params);
    return row!.n;
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('construction.read')) return null;
    const params: unknown[] = [];
    const where = await this.where(actor, {}, params);
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(callFacts, { id: true, ...shape })} as node from service_call c where c.id = ${bind(params, id)} and ${where.join(' and ')}`, params);
    return row?.node ?? null;
  }

  /** What can be called for, as the zone has it today. */
  async types(actor: Actor): Promise<PolicyValue<'serviceCalls'>['types']> {
    demand(actor, 'construction.read');
    return (await this.policy(actor)).types;
  }

  /**
   * Raised, solved, on time, rated, satisfied from one day to another, both included, over the calls that the actor may see.
   * Raised counts by the day it was raised, withdrawn ones too; solved by the day of the solution that stands (one that was
   * opened again counts when it is solved again); on time: by the day set in its last round; rated by the day of the rating;
   * satisfied: the rating reaches the zone's mark (`satisfiedFrom`). 满意率 is satisfied of rated. @throws Refusal DATE_ORDER.
   */
  async figures(actor: Actor, from: string, to: string, by: CallDimension | null): Promise<{ from: string; to: string; total: CallCounts; rows: CallCounts[] }> {
    demand(actor, 'construction.read');
    const params: unknown[] = [];
    const where = await this.where(actor, {}, params);
    const measured = await Promise.all(CALL_MEASURES.map(async (m) => `(count(*) filter (where ${await this.measure(actor, { measure: m, from, to }, params)}))::int as ${m.toLowerCase()}`));
    const key = by === 'TYPE' ? 'c.type' : by === 'DEPARTMENT' ? 'c.lead_department_id::text' : 'null::text';
    const label = by === 'DEPARTMENT' ? '(select name from department where id::text = g.key)' : `(select ${actor.locale === 'en' ? 'n.type_en' : 'n.type_zh'} from service_call n where n.type = g.key order by n.raised_at desc limit 1)`;
    const rows = await this.db.read<Record<Lowercase<CallMeasure>, number> & { key: string | null; total: boolean; label: string | null }>(actor,
      `select g.*, ${by ? label : 'null'} as label from (select ${key} as key, grouping(${key}) = 1 as total, ${measured.join(', ')} from service_call c where ${where.join(' and ')} group by grouping sets ((), (${key}))) g
       where g.total or greatest(${CALL_MEASURES.map((m) => m.toLowerCase()).join(', ')}) > 0 order by raised desc, key limit 501`, params);
    const counts = (r: (typeof rows)[number]): CallCounts => {
      const own: CallFilter = r.total || !by ? {} : by === 'TYPE' ? { types: [r.key!] } : { leadDepartmentIds: [r.key!] };
      const figure = (measure: CallMeasure): CallFigure => ({ count: r[measure.toLowerCase() as Lowercase<CallMeasure>], filter: { ...own, exactly: true, figure: { measure, from, to } } });
      return { key: r.total || r.key === null ? null : by === 'DEPARTMENT' ? `Department:${r.key}` : r.key, label: r.total ? (actor.locale === 'en' ? 'Total' : '合计') : (r.label ?? r.key ?? ''),
        raised: figure('RAISED'), solved: figure('SOLVED'), solvedOnTime: figure('SOLVED_ON_TIME'), rated: figure('RATED'), satisfied: figure('SATISFIED'), satisfaction: satisfaction(r.satisfied, r.rated) };
    };
    return { from, to, total: counts(rows.find((r) => r.total)!), rows: by ? rows.filter((r) => !r.total).map(counts) : [] };
  }

  private async where(actor: Actor, f: CallFilter, params: unknown[]): Promise<string[]> {
    const visible = projectVisibility(actor, 'pv', params);
    // What belongs to a project that is gone is out of sight with it, whatever the reach.
    const where = [`exists (select from project pv where pv.id = c.project_id and ${visible})`];
    if (f.states) where.push(`c.state = any(${bind(params, f.states)}::text[])`);
    if (f.types) where.push(`c.type = any(${bind(params, f.types)}::text[])`);
    // A row of a figure is one department; a filter of people takes those below along.
    if (f.leadDepartmentIds) where.push(f.exactly ? `c.lead_department_id = any(${bind(params, f.leadDepartmentIds)}::uuid[])` : `c.lead_department_id = any(array(select dv.id from department dv where dv.path && ${bind(params, f.leadDepartmentIds)}::uuid[]))`);
    if (f.projectId) where.push(`c.project_id = ${bind(params, f.projectId)}`);
    if (f.overdue != null) where.push(f.overdue ? LATE_CALL : `not ${LATE_CALL}`);
    if (f.ageFrom != null) where.push(`${CALL_AGE} >= ${bind(params, f.ageFrom)}`);
    if (f.ageTo != null) where.push(`${CALL_AGE} <= ${bind(params, f.ageTo)}`);
    if (f.byEnterprise != null) where.push(`c.by_link = ${bind(params, f.byEnterprise)}`);
    if (f.mine) {
      const mine = bind(params, actor.departmentIds);
      where.push(`(c.raised_by = app_staff() or c.in_charge_id = app_staff() or c.reported_in_at is null and c.state in ('RAISED','REOPENED') and c.lead_department_id = any(array(select unnest(dv.path) from department dv where dv.id = any(${mine}::uuid[])))
        or exists (select from service_call_helper h where h.call_id = c.id and h.reported_in_at is null and c.state in ('RAISED','REPORTED_IN','HANDLING','REOPENED') and h.department_id = any(array(select unnest(dv.path) from department dv where dv.id = any(${mine}::uuid[])))))`);
    }
    if (f.figure) where.push(await this.measure(actor, f.figure, params));
    return where;
  }

  /** What a figure counts, as a condition on c. */
  private async measure(actor: Actor, f: NonNullable<CallFilter['figure']>, params: unknown[]): Promise<string> {
    if (f.to < f.from) throw new Refusal('DATE_ORDER', ['to'], { field: 'to', value: f.to, other: 'from', otherValue: f.from });
    const within = (column: string) => `${column} >= shanghai_midnight(${bind(params, f.from)}::date) and ${column} < shanghai_midnight(${bind(params, f.to)}::date + 1)`;
    switch (f.measure) {
      case 'RAISED': return `(${within('c.raised_at')})`;
      case 'SOLVED': return `(c.state in ('RESOLVED','CLOSED') and ${within('c.resolved_at')})`;
      case 'SOLVED_ON_TIME': return `(c.state in ('RESOLVED','CLOSED') and ${within('c.resolved_at')} and shanghai_day(c.resolved_at) <= c.resolve_due_on)`;
      case 'RATED': return `(c.score is not null and ${within('c.rated_at')})`;
      case 'SATISFIED': return `(c.score >= ${bind(params, (await this.policy(actor)).satisfiedFrom)} and ${within('c.rated_at')})`;
    }
  }

  private policy(actor: Actor): Promise<PolicyValue<'serviceCalls'>> {
    return this.db.tx(actor, (tx) => this.policies.value(tx, 'serviceCalls', this.clock.today()));
  }
}
