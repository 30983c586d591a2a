import { Injectable } from '@nestjs/common';
import { POLICIES, staffFacts } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, factsJson, type Facts, newId, type Page, type PageInput, pageOf, pageRequest, preparedName, type Shape, systemActor } from '@yinfeng/platform';
import { bind, projectFacts, projectVisibility } from '@yinfeng/recruitment';
import { STATE_AFTERCARE } from '../aftercare/aftercare.sql.js';
import { CHECK, DUTIES, dutyFacts, MISSING_ROLES, STATE_DUTIES } from './duties.sql.js';
import { mondayOf, daysLater, type TaskforceRole } from './taskforce.rules.js';
import { secretaryLoads, taskforceFacts } from './taskforces.sql.js';

export interface DutyGapFilter {
  /** Departments in charge of the project, with those below them. */
  departmentIds?: string[] | null;
  /** Who has it to do. */
  staffIds?: string[] | null;
  roles?: TaskforceRole[] | null;
  /** Codes of duties. */
  duties?: string[] | null;
}
/** What a taskforce lacks, and what is to be thought of; never a refusal. */
export interface TaskforceCheck {
  missingRoles: TaskforceRole[];
  warnings: { code: 'SECRETARY_LOAD'; staffId: string; name: string; count: number; most: number }[];
}
/** Days of the zone's own sweeps take minutes, not the seconds of a request. */
const SWEEP_TIMEOUT_MS = 300_000;

export const usualTaskforce = JSON.stringify(POLICIES.taskforce.usual);

/** What is asked of taskforces and what the visit log shows of it (domain.md C4), counted from the log whenever it is asked. */
@Injectable()
export class DutiesService {
  constructor(private readonly db: Database, private readonly clock: Clock) {}

  /** Duties of several taskforces in the week of a Shanghai day (null: this one), by the zone's rule of the end of that week or of today. */
  async ofTaskforces(actor: Actor, ids: readonly string[], week: string | null, shape: Shape): Promise<Map<string, object[]>> {
    const { monday, rule } = this.span(week);
    const params: unknown[] = [usualTaskforce, rule, monday, ids];
    const sql = `with ${DUTIES('$1', '$2', '$3', actor.locale)}
      select t.id, json_agg(${factsJson(dutyFacts, shape)} order by d.position) as duties from taskforce t join project p on p.id = t.project_id cross join duty d ${CHECK}
      where t.id = any($4::uuid[]) and ${projectVisibility(actor, 'p', params)} group by 1`;
    return new Map((await this.db.read<{ id: string; duties: object[] }>(actor, sql, params, preparedName(sql))).map((r) => [r.id, r.duties]));
  }

  /** Which roles are empty, and whose load is beyond what the zone wants. */
  async checks(actor: Actor, ids: readonly string[]): Promise<Map<string, TaskforceCheck>> {
    const { monday, rule } = this.span(null);
    const params: unknown[] = [usualTaskforce, rule, monday, ids];
    const sql = `with ${DUTIES('$1', '$2', '$3', actor.locale)}
      select t.id, case when t.dissolved_on is null then ${MISSING_ROLES} else '{}' end as "missingRoles",
        coalesce((select json_agg(json_build_object('code', 'SECRETARY_LOAD', 'staffId', w.id, 'name', w.name, 'count', w.projects, 'most', (select (v ->> 'secretaryMostProjects')::int from rule)) order by w.projects desc, w.id)
          from (${secretaryLoads('m.staff_id = any(x.ids)')}) w
          where t.dissolved_on is null and w.projects > (select (v ->> 'secretaryMostProjects')::int from rule)), '[]') as warnings
      from taskforce t join project p on p.id = t.project_id cross join lateral (select array(select o.staff_id from taskforce_member o where o.taskforce_id = t.id and o.role = 'SECRETARY' and o.until_on is null) as ids) x
      where t.id = any($4::uuid[]) and ${projectVisibility(actor, 'p', params)}`;
    const rows = await this.db.read<TaskforceCheck & { id: string }>(actor, sql, params, preparedName(sql));
    return new Map(rows.map(({ id, missingRoles, warnings }) => [id, { missingRoles, warnings }]));
  }

  /** What was not done in a week, of projects under way that the actor may see: one row for each taskforce and duty, newest taskforce first. */
  async gaps(actor: Actor, week: string | null, filter: DutyGapFilter, input: PageInput, shape: Shape): Promise<Page<object>> {
    demand(actor, 'construction.read');
    const request = pageRequest(input, 2);
    const q = this.gapsQuery(actor, week, filter);
    if (request.keys) q.where.push(`(t.id, d.code) < (${bind(q.params, request.keys[0])}::uuid, ${bind(q.params, request.keys[1])})`);
    const facts: Facts = { ...dutyFacts, project: { of: projectFacts, sql: (json) => json }, taskforce: { of: taskforceFacts, sql: (json) => json } };
    const sql = `${q.with} select ${factsJson(facts, shape)} as node, t.id, d.code ${q.from} where ${q.where.join(' and ')} order by t.id desc, d.code desc limit ${bind(q.params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: object; id: string; code: string }>(actor, sql, q.params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.id, r.code] })), request);
  }

  async countGaps(actor: Actor, week: string | null, filter: DutyGapFilter): Promise<number> {
    const q = this.gapsQuery(actor, week, filter);
    const [row] = await this.db.read<{ n: number }>(actor, `${q.with} select count(*)::int as n ${q.from} where ${q.where.join(' and ')}`, q.params);
    return row!.n;
  }

  /** Who serves how many projects as secretary, most first; over the whole zone, for that is what decides whom to name. */
  async secretaryLoad(actor: Actor, input: PageInput, shape: Shape): Promise<Page<object>> {
    demand(actor, 'construction.read');
    const request = pageRequest(input, 2);
    const { monday, rule } = this.span(null);
    const params: unknown[] = [usualTaskforce, rule, monday];
    const after = request.keys ? `where (w.projects, w.id) < (${bind(params, request.keys[0])}::int, ${bind(params, request.keys[1])}::uuid)` : '';
    const facts: Facts = { projects: 'w.projects', most: `(select (v ->> 'secretaryMostProjects')::int from rule)`, over: `(w.projects > (select (v ->> 'secretaryMostProjects')::int from rule))`, staff: { of: staffFacts, sql: (json) => `(select ${json} from staff s where s.id = w.id)` } };
    const sql = `with ${DUTIES('$1', '$2', '$3', actor.locale)} select ${factsJson(facts, shape)} as node, w.projects, w.id from (${secretaryLoads('true')}) w ${after} order by w.projects desc, w.id desc limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: object; projects: number; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.projects, r.id] })), request);
  }

  async countSecretaries(actor: Actor): Promise<number> {
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from (${secretaryLoads('true')}) w`);
    return row!.n;
  }

  /** States in every zone what taskforces owe this week and which landed firms are to be visited; safe to run twice, late or at once. Returns how many deadlines changed. */
  async sweep(): Promise<number> {
    let changed = 0;
    for (const { id } of await this.db.shared<{ id: string }>('select id from zone_ids() as id')) {
      changed += await this.db.tx(systemActor(id, newId()), async (tx) => {
        await tx.run(`select pg_advisory_xact_lock(hashtextextended('taskforces.sweep' || app_zone(), 0))`);
        const today = this.clock.today();
        const duties = (await tx.row<{ n: number }>(STATE_DUTIES, [usualTaskforce, today, mondayOf(today)]))!.n;
        return duties + (await tx.row<{ n: number }>(STATE_AFTERCARE, [JSON.stringify(POLICIES.aftercare.usual), today]))!.n;
      }, { cause: 'taskforces.sweep', statementTimeoutMs: SWEEP_TIMEOUT_MS });
    }
    return changed;
  }

  private gapsQuery(actor: Actor, week: string | null, f: DutyGapFilter) {
    const { monday, rule } = this.span(week);
    const params: unknown[] = [usualTaskforce, rule, monday];
    const where = [`p.status = 'ACTIVE'`, 't.formed_on <= d.to_on', '(t.dissolved_on is null or t.dissolved_on >= d.from_on)', 'k.missing > 0', projectVisibility(actor, 'p', params)];
    if (f.departmentIds) where.push(`p.department_id = any(array(select dv.id from department dv where dv.path && ${bind(params, f.departmentIds)}::uuid[]))`);
    if (f.roles) where.push(`d.role = any(${bind(params, f.roles)}::text[])`);
    if (f.duties) where.push(`d.code = any(${bind(params, f.duties)}::text[])`);
    if (f.staffIds) where.push(`exists (select from taskforce_member m where m.taskforce_id = t.id and m.role = d.role and m.staff_id = any(${bind(params, f.staffIds)}::uuid[]) and m.since_on <= d.to_on and (m.until_on is null or m.until_on >= d.from_on))`);
    return { with: `with ${DUTIES('$1', '$2', '$3', actor.locale)}`, from: `from taskforce t join project p on p.id = t.project_id cross join duty d ${CHECK}`, params, where };
  }

  /** The Monday of a day's week, and the day whose rule counts: the end of that week, but not beyond today. */
  private span(day: string | null): { monday: string; rule: string } {
    const today = this.clock.today();
    const monday = mondayOf(day ?? today);
    const sunday = daysLater(monday, 6);
    return { monday, rule: sunday < today ? sunday : today };
  }
}
