import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, factsJson, type Facts, type Page, type PageInput, pageOf, pageRequest, preparedName, type Shape } from '@yinfeng/platform';
import { bind, projectFacts, projectVisibility } from '@yinfeng/recruitment';
import { deadlineFacts } from '../deadlines/deadlines.sql.js';
import { CHECK, DUTIES, dutyFacts } from './duties.sql.js';
import { usualTaskforce } from './duties.service.js';
import { mondayOf } from './taskforce.rules.js';
import { taskforceFacts } from './taskforces.sql.js';

/** Most deadlines and milestones that one project of the day lists; `overdue` counts all. */
const DUE_LISTED = 20;
const MILESTONES_LISTED = 3;

const open = `deadline dl where dl.project_id = p.id and dl.done_on is null and dl.kind <> 'DUTY'`;
const list = (json: string, more: string, most: number) => `coalesce((select json_agg(y.j order by y.due_on, y.id) from (select ${json} as j, dl.due_on, dl.id from ${open} and ${more} order by dl.due_on, dl.id limit ${most}) y), '[]')`;

/** What can be read of a project of the day; aliases p, t, f and the parameters of TaskforceDayService.pageQuery. */
export const taskforceDayFacts: Facts = {
  project: { of: projectFacts, sql: (json) => json }, taskforce: { of: taskforceFacts, sql: (json) => json }, overdue: 'f.overdue', openCalls: 'f.calls',
  roles: `(select json_agg(m.role order by m.role) from taskforce_member m where m.taskforce_id = t.id and m.staff_id = $4 and m.until_on is null)`,
  due: { of: deadlineFacts, sql: (json) => list(json, 'dl.due_on <= $2::date', DUE_LISTED) },
  nextMilestones: { of: deadlineFacts, sql: (json) => list(json, `dl.kind = 'MILESTONE'`, MILESTONES_LISTED) },
  duties: {
    of: { ...dutyFacts, mine: `exists (select from taskforce_member m where m.taskforce_id = t.id and m.role = d.role and m.staff_id = $4 and m.until_on is null)` },
    sql: (json) => `coalesce((select json_agg(${json} order by d.position) from duty d ${CHECK} where k.missing > 0), '[]')`,
  },
};

/** 专班的一天: what somebody who serves in taskforces has before them, in one statement. */
@Injectable()
export class TaskforceDayService {
  constructor(private readonly db: Database, private readonly clock: Clock) {}

  /** Projects under way of the actor's taskforces, whatever is due first first. `day`: null for today. */
  async page(actor: Actor, day: string | null, input: PageInput, shape: Shape): Promise<Page<object>> {
    return this.pageOf(actor, day, input, factsJson(taskforceDayFacts, shape));
  }

  /** The same with each record as the JSON text that `json` makes, of taskforceDayFacts: for answers written as they are. */
  async pageOfText(actor: Actor, day: string | null, input: PageInput, json: string): Promise<Page<string>> {
    return this.pageOf(actor, day, input, `${json}::text`);
  }

  /** The statement of page(): $1 usual rule, $2 day, $3 its Monday, $4 who asks. */
  pageQuery(actor: Actor, day: string | null, input: PageInput, node: string) {
    demand(actor, 'construction.read');
    const request = pageRequest(input, 2);
    const on = day ?? this.clock.today();
    const params: unknown[] = [usualTaskforce, on, mondayOf(on), actor.staffId];
    const where = [`p.status = 'ACTIVE'`, 't.dissolved_on is null', projectVisibility(actor, 'p', params)];
    if (request.keys) where.push(`(f.soonest, p.id) ${request.backward ? '<' : '>'} (${bind(params, request.keys[0])}::date, ${bind(params, request.keys[1])}::uuid)`);
    const way = request.backward ? 'desc' : 'asc';
    const sql = `with ${DUTIES('$1', '$2', '$3', actor.locale)}
      select ${node} as node, f.soonest::text as k, p.id
      from (select distinct m.taskforce_id from taskforce_member m where m.staff_id = $4 and m.until_on is null) mine join taskforce t on t.id = mine.taskforce_id join project p on p.id = t.project_id
      cross join lateral (select coalesce(min(dl.due_on), 'infinity') as soonest, count(*) filter (where dl.due_on < $2::date)::int as overdue, count(distinct dl.subject_id) filter (where dl.kind = 'CALL')::int as calls from ${open}) f
      where ${where.join(' and ')} order by f.soonest ${way}, p.id ${way} limit ${request.fetch}`;
    return { sql, params, request };
  }

  async count(actor: Actor): Promise<number> {
    const params: unknown[] = [actor.staffId];
    const [row] = await this.db.read<{ n: number }>(actor, `select count(distinct p.id)::int as n from taskforce_member m join taskforce t on t.id = m.taskforce_id and t.dissolved_on is null join project p on p.id = t.project_id and p.status = 'ACTIVE'
      where m.staff_id = $1 and m.until_on is null and ${projectVisibility(actor, 'p', params)}`, params);
    return row!.n;
  }

  private async pageOf<Node>(actor: Actor, day: string | null, input: PageInput, node: string): Promise<Page<Node>> {
    const { sql, params, request } = this.pageQuery(actor, day, input, node);
    const rows = await this.db.read<{ node: Node; k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }
}
