import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, factsJson, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, type Shape } from '@yinfeng/platform';
import { bind, projectVisibility } from '@yinfeng/recruitment';
import type { PermitState } from './permit.rules.js';
import { ON_TIME, PERMIT_STATE, permitFacts } from './permits.sql.js';

export interface PermitFilter {
  projectId?: string | null;
  states?: PermitState[] | null;
  codes?: string[] | null;
  /** Handled by these departments or any below them. */
  departmentIds?: string[] | null;
  staffIds?: string[] | null;
  /** Past its day, or with a promise past its own. */
  overdue?: boolean | null;
  express?: boolean | null;
  promised?: boolean | null;
  /** Being handled, due on or before this Shanghai day. */
  dueBefore?: string | null;
  /** Granted in this period, both days included. */
  grantedFrom?: string | null;
  grantedTo?: string | null;
}
export const PERMIT_DIMENSIONS = ['CODE', 'DEPARTMENT'] as const;
export type PermitDimension = (typeof PERMIT_DIMENSIONS)[number];

/** Of permits granted in a period. Shares in per cent to one decimal, averages to one decimal; null where nothing is to be counted. */
export interface PermitCounts {
  granted: number;
  projects: number;
  averageDays: string | null;
  medianDays: string | null;
  /** Those for which a time is allowed, and of them those within it. */
  timed: number;
  onTime: number;
  onTimeRate: string | null;
  express: number;
  expressRate: string | null;
  promised: number;
  /** Those whose minutes are told. */
  clocked: number;
  averageMinutes: string | null;
}
export interface PermitFigures {
  from: string;
  to: string;
  total: PermitCounts;
  rows: (PermitCounts & { key: string | null; label: string })[];
}

const rate = (part: string, whole: string) => `trim_scale(round(100.0 * ${part} / nullif(${whole}, 0), 1))::text`;
const ALLOWED = `pm.within_days is not null or pm.minutes is not null and pm.allowed_minutes is not null`;
const COUNTS = `count(*)::int as granted, count(distinct pm.project_id)::int as projects, trim_scale(round(avg(pm.used_days), 1))::text as "averageDays",
  trim_scale(round((percentile_cont(0.5) within group (order by pm.used_days))::numeric, 1))::text as "medianDays",
  (count(*) filter (where ${ALLOWED}))::int as timed, (count(*) filter (where (${ALLOWED}) and ${ON_TIME}))::int as "onTime", ${rate(`count(*) filter (where (${ALLOWED}) and ${ON_TIME})`, `count(*) filter (where ${ALLOWED})`)} as "onTimeRate",
  (count(*) filter (where pm.express))::int as express, ${rate('count(*) filter (where pm.express)', 'count(*)')} as "expressRate", (count(*) filter (where pm.promise is not null))::int as promised,
  count(pm.minutes)::int as clocked, trim_scale(round(avg(pm.minutes), 1))::text as "averageMinutes"`;
const NOTHING: PermitCounts = { granted: 0, projects: 0, averageDays: null, medianDays: null, timed: 0, onTime: 0, onTimeRate: null, express: 0, expressRate: null, promised: 0, clocked: 0, averageMinutes: null };

/** Permits of projects that the actor may see: lists, one, and figures that are always those of the list behind them. */
@Injectable()
export class PermitReadsService {
  constructor(private readonly db: Database, private readonly clock: Clock) {}

  /** Newest first. */
  async page(actor: Actor, filter: PermitFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'construction.read');
    const request = pageRequest(input, 1);
    const params: unknown[] = [];
    const where = this.conditions(actor, filter, params);
    if (request.keys) where.push(`pm.id ${request.backward ? '>' : '<'} ${bind(params, request.keys[0])}::uuid`);
    const sql = `select ${factsJson(permitFacts, { id: true, ...shape })} as node, pm.id from permit pm where ${where.join(' and ')} order by pm.id ${request.backward ? 'asc' : 'desc'} limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.id] })), request);
  }

  async count(actor: Actor, filter: PermitFilter): Promise<number> {
    const params: unknown[] = [];
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from permit pm where ${this.conditions(actor, filter, params).join(' and ')}`, params);
    return row!.n;
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('construction.read')) return null;
    const params: unknown[] = [];
    const where = this.conditions(actor, {}, params);
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(permitFacts, { id: true, ...shape })} as node from permit pm where pm.id = ${bind(params, id)} and ${where.join(' and ')}`, params);
    return row?.node ?? null;
  }

  /** What was granted in a period: time used, on time, express, minutes of registration. Exactly the permits of the list with the same conditions. @throws Refusal DATE_ORDER. */
  async figures(actor: Actor, filter: PermitFilter, from: string, to: string, by: PermitDimension | null): Promise<PermitFigures> {
    demand(actor, 'construction.read');
    if (to < from) throw new Refusal('DATE_ORDER', ['to'], { field: 'to', value: to, other: 'from', otherValue: from });
    const params: unknown[] = [];
    const where = this.conditions(actor, filter, params);
    where.push(`pm.granted_on between ${bind(params, from)} and ${bind(params, to)}`);
    const key = by === 'CODE' ? 'pm.code' : by === 'DEPARTMENT' ? 'pm.department_id::text' : 'null::text';
    const en = actor.locale === 'en';
    const rows = await this.db.read<PermitCounts & { key: string | null; total: boolean; name: string | null }>(actor,
      `select g.*, ${by === 'DEPARTMENT' ? '(select name from department where id::text = g.key)' : 'g.label'} as name from (
         select ${key} as key, grouping(${key}) = 1 as total, max(pm.${en ? 'label_en' : 'label_zh'}) as label, min(pm.position) as first, ${COUNTS}
         from permit pm where ${where.join(' and ')} group by grouping sets ((), (${key})) order by first, key limit 501) g`, params);
    const counts = (r: PermitCounts): PermitCounts => Object.fromEntries(Object.keys(NOTHING).map((k) => [k, r[k as keyof PermitCounts]])) as unknown as PermitCounts;
    const total = rows.find((r) => r.total);
    return {
      from, to, total: total ? counts(total) : NOTHING,
      rows: by ? rows.filter((r) => !r.total).slice(0, 500).map((r) => ({ ...counts(r), key: r.key === null ? null : by === 'DEPARTMENT' ? `Department:${r.key}` : r.key, label: r.name ?? (en ? 'Nobody' : '未指定') })) : [],
    };
  }

  /** Who sees a project sees its permits. */
  private conditions(actor: Actor, f: PermitFilter, params: unknown[]): string[] {
    const visible = projectVisibility(actor, 'pv', params);
    // A project that was merged away or deleted is hidden by the wall, and its permits with it.
    const where = [`exists (select from project pv where pv.id = pm.project_id and ${visible})`];
    if (f.projectId) where.push(`pm.project_id = ${bind(params, f.projectId)}`);
    if (f.states) where.push(`${PERMIT_STATE} = any(${bind(params, f.states)}::text[])`);
    if (f.codes) where.push(`pm.code = any(${bind(params, f.codes)}::text[])`);
    if (f.departmentIds) where.push(`pm.department_id = any(array(select dv.id from department dv where dv.path && ${bind(params, f.departmentIds)}::uuid[]))`);
    if (f.staffIds) where.push(`pm.staff_id = any(${bind(params, f.staffIds)}::uuid[])`);
    // The few that are late are told by their deadlines, which have an index by day.
    if (f.overdue != null) where.push(`pm.id ${f.overdue ? '= any' : '<> all'} (array(select dl.subject_id from deadline dl where dl.kind = 'PERMIT' and dl.done_on is null and dl.due_on < ${bind(params, this.clock.today())}))`);
    if (f.express != null) where.push(`pm.express = ${bind(params, f.express)}`);
    if (f.promised != null) where.push(`pm.promise is ${f.promised ? 'not ' : ''}null`);
    if (f.dueBefore) where.push(`pm.due_on <= ${bind(params, f.dueBefore)} and pm.granted_on is null and pm.refused_on is null`);
    if (f.grantedFrom) where.push(`pm.granted_on >= ${bind(params, f.grantedFrom)}`);
    if (f.grantedTo) where.push(`pm.granted_on <= ${bind(params, f.grantedTo)}`);
    return where;
  }
}
