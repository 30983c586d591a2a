import { Injectable } from '@nestjs/common';
import { POLICIES } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, factsJson, type Facts, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, type Shape } from '@yinfeng/platform';
import { bind, type ProjectCondition, projectFacts, ProjectsService, projectVisibility, type Stage, visitFacts } from '@yinfeng/recruitment';
import { CARE, CARED, LANDED_ON } from './aftercare.sql.js';

export interface AftercareFilter {
  /** Departments in charge of the project, with those below them. */
  departmentIds?: string[] | null;
  stages?: Stage[] | null;
  /** Past the day by which it was to be visited, or not. */
  overdue?: boolean | null;
  /** To be visited on or before this Shanghai day. */
  dueBefore?: string | null;
}
/** Both days included. */
export interface AftercarePeriod {
  from: string;
  to: string;
  departmentIds?: string[] | null;
}
export interface AftercareFigures {
  /** Landed projects that the rule asks to visit, now. */
  landed: number;
  overdue: number;
  /** Visits of the period to projects that had landed by then, and to how many of them. */
  visits: number;
  visited: number;
  /** Leads first reported in the period that grew from a project that had landed by then. */
  expansions: number;
}

const usual = JSON.stringify(POLICIES.aftercare.usual);
/** An expansion lead of the period: alias p the lead, q what it grew from. */
const GROWN = (from: string, to: string) => `exists (select from project_link k join project q on q.id = k.parent_id cross join lateral (select ${LANDED_ON.replaceAll('p.id', 'q.id')} as landed_on) x
  join first_report r on r.project_id = coalesce(p.first_report_of, p.id) where k.project_id = p.id and k.kind = 'EXPANSION_OF' and k.ended_at is null and shanghai_day(r.reported_at) between ${from}::date and ${to}::date and x.landed_on <= shanghai_day(r.reported_at))`;

/** 存量服务 (domain.md A1 row 55): landed firms are visited again and again, and what they mean to add comes back as leads. */
@Injectable()
export class AftercareService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly projects: ProjectsService) {}

  /** Landed projects that the actor may see, with the day by which each is to be visited; the nearest day first. Asked of the log as it is now. */
  async plan(actor: Actor, filter: AftercareFilter, input: PageInput, shape: Shape): Promise<Page<object>> {
    demand(actor, 'construction.read');
    const request = pageRequest(input, 2);
    const q = this.planQuery(actor, filter);
    if (request.keys) q.where.push(`(s.due_on, p.id) > (${bind(q.params, request.keys[0])}::date, ${bind(q.params, request.keys[1])}::uuid)`);
    const facts: Facts = {
      project: { of: projectFacts, sql: (json) => json }, landedOn: 'x.landed_on', dueOn: 's.due_on', overdue: '(s.due_on < $2::date)',
      lastVisit: { of: visitFacts, sql: (json) => `(select ${json} from visit v where v.id = l.visit_id)` },
    };
    const sql = `${q.with} select ${factsJson(facts, shape)} as node, s.due_on as k, p.id ${CARED} where ${q.where.join(' and ')} order by s.due_on, p.id limit ${bind(q.params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: object; k: string; id: string }>(actor, sql, q.params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async countPlan(actor: Actor, filter: AftercareFilter): Promise<number> {
    const q = this.planQuery(actor, filter);
    const [row] = await this.db.read<{ n: number }>(actor, `${q.with} select count(*)::int as n ${CARED} where ${q.where.join(' and ')}`, q.params);
    return row!.n;
  }

  /** Visits of a period to projects that had landed by then, latest first: the rows of the figure. @throws Refusal DATE_ORDER. */
  async visits(actor: Actor, period: AftercarePeriod, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'visit.read');
    const request = pageRequest(input, 2);
    const q = this.visitsQuery(actor, period);
    if (request.keys) q.where.push(`(v.visited_on, v.id) < (${bind(q.params, request.keys[0])}::date, ${bind(q.params, request.keys[1])}::uuid)`);
    const sql = `${q.with} select ${factsJson(visitFacts, { id: true, ...shape })} as node, v.visited_on as k, v.id ${q.from} where ${q.where.join(' and ')} order by v.visited_on desc, v.id desc limit ${bind(q.params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; k: string; id: string }>(actor, sql, q.params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async countVisits(actor: Actor, period: AftercarePeriod): Promise<{ visits: number; visited: number }> {
    const q = this.visitsQuery(actor, period);
    const [row] = await this.db.read<{ visits: number; visited: number }>(actor, `${q.with} select count(*)::int as visits, count(distinct p.id)::int as visited ${q.from} where ${q.where.join(' and ')}`, q.params);
    return row!;
  }

  /** Leads of a period that grew from landed projects, newest first: the rows of the figure. @throws Refusal DATE_ORDER. */
  async expansions(actor: Actor, period: AftercarePeriod, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'construction.read');
    return this.projects.page(actor, { departmentIds: period.departmentIds }, 'NEWEST', input, shape, this.grown(period));
  }

  async countExpansions(actor: Actor, period: AftercarePeriod): Promise<number> {
    return this.projects.count(actor, { departmentIds: period.departmentIds }, this.grown(period));
  }

  /** @throws Refusal DATE_ORDER. */
  async figures(actor: Actor, period: AftercarePeriod): Promise<AftercareFigures> {
    demand(actor, 'construction.read');
    const [landed, overdue, visits, expansions] = await Promise.all([
      this.countPlan(actor, { departmentIds: period.departmentIds }), this.countPlan(actor, { departmentIds: period.departmentIds, overdue: true }), this.countVisits(actor, period), this.countExpansions(actor, period)]);
    return { landed, overdue, ...visits, expansions };
  }

  private grown(period: AftercarePeriod): ProjectCondition {
    demandOrder(period);
    return (params) => GROWN(bind(params, period.from), bind(params, period.to));
  }

  private planQuery(actor: Actor, f: AftercareFilter) {
    const params: unknown[] = [usual, this.clock.today()];
    const where = [projectVisibility(actor, 'p', params), '$2::date is not null'];
    if (f.departmentIds) where.push(ofDepartments(params, f.departmentIds));
    if (f.stages) where.push(`p.stage = any(${bind(params, f.stages)}::stage[])`);
    if (f.overdue != null) where.push(`(s.due_on < $2::date) = ${bind(params, f.overdue)}`);
    if (f.dueBefore) where.push(`s.due_on <= ${bind(params, f.dueBefore)}::date`);
    return { with: `with ${CARE('$1', '$2')}`, params, where };
  }

  /** Whatever the project is by now: what counts is that it had landed on the day of the visit. */
  private visitsQuery(actor: Actor, period: AftercarePeriod) {
    demandOrder(period);
    const today = this.clock.today();
    const params: unknown[] = [usual, period.to < today ? period.to : today, period.from, period.to];
    const where = [projectVisibility(actor, 'p', params), 'v.visited_on between $3::date and $4::date', 'v.direction = any(care.ways)', `${LANDED_ON} <= v.visited_on`];
    if (period.departmentIds) where.push(ofDepartments(params, period.departmentIds));
    return { with: `with ${CARE('$1', '$2')}`, from: 'from care cross join visit v join project p on p.id = v.project_id', params, where };
  }
}

const ofDepartments = (params: unknown[], ids: string[]) => `p.department_id = any(array(select dv.id from department dv where dv.path && ${bind(params, ids)}::uuid[]))`;

function demandOrder({ from, to }: AftercarePeriod): void {
  if (to < from) throw new Refusal('DATE_ORDER', ['to'], { field: 'to', value: to, other: 'from', otherValue: from });
}
