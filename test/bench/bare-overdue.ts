import { createServer } from 'node:http';
import pg from 'pg';
import { BENCH } from './data.js';

/**
 * The limit of W1L: node:http and pg, one prepared statement that builds the JSON of fifty overdue deadlines of the zone, of
 * one department, or the day of a taskforce's agent, from the normal tables. Run as a script: prints `listening <url>`.
 */
const sql = (unit: string) => `
  select json_build_object('data', json_build_object('deadlines', json_build_object('nodes', coalesce(json_agg(t.j), '[]'))))::text as body from (
    select json_build_object('id', 'Deadline:' || d.id, 'kind', d.kind, 'title', d.title, 'subjectId', d.subject_id, 'dueOn', d.due_on,
      'workingDaysOverdue', (select w.seq from working_day w where w.day <= current_date order by w.day desc limit 1) - (select w.seq from working_day w where w.day <= d.due_on order by w.day desc limit 1),
      'department', (select json_build_object('id', 'Department:' || u.id, 'name', u.name) from department u where u.id = coalesce(d.department_id, p.department_id)),
      'staff', (select json_build_object('id', 'Staff:' || s.id, 'name', s.name) from staff s where s.id = coalesce(d.staff_id, p.owner_id)),
      'project', json_build_object('id', 'Project:' || p.id, 'name', p.name, 'stage', p.stage, 'light', p.light,
        'department', (select json_build_object('id', 'Department:' || u.id, 'name', u.name) from department u where u.id = p.department_id),
        'owner', (select json_build_object('id', 'Staff:' || s.id, 'name', s.name) from staff s where s.id = p.owner_id))) as j
    from deadline d join project p on p.id = d.project_id and p.status = 'ACTIVE'
    where d.zone_id = $1 and d.done_on is null and d.due_on < current_date ${unit} order by d.due_on, d.id limit 50) t`;
/** The day of one person's taskforces, without duties: what is overdue or due, the next milestones, open calls. */
const due = (more: string, most: number) => `coalesce((select json_agg(json_build_object('kind', y.kind, 'title', y.title, 'dueOn', y.due_on) order by y.due_on, y.id) from (
  select d.* from deadline d where d.project_id = p.id and d.done_on is null and d.kind <> 'DUTY' and ${more} order by d.due_on, d.id limit ${most}) y), '[]')`;
const day = `
  select json_build_object('data', json_build_object('taskforceDay', json_build_object('nodes', coalesce(json_agg(t.j order by t.soonest, t.id), '[]'))))::text as body from (
    select p.id, f.soonest, json_build_object('project', json_build_object('id', 'Project:' || p.id, 'name', p.name, 'stage', p.stage, 'light', p.light, 'enterpriseName', p.enterprise_name), 'overdue', f.overdue, 'openCalls', f.calls,
      'roles', (select json_agg(m.role order by m.role) from taskforce_member m where m.taskforce_id = t.id and m.staff_id = $1 and m.until_on is null),
      'due', ${due('d.due_on <= current_date', 20)}, 'nextMilestones', ${due(`d.kind = 'MILESTONE'`, 3)}) as j
    from (select distinct taskforce_id from taskforce_member where staff_id = $1 and until_on is null) m join taskforce t on t.id = m.taskforce_id and t.dissolved_on is null join project p on p.id = t.project_id and p.status = 'ACTIVE'
    cross join lateral (select min(d.due_on) as soonest, count(*) filter (where d.due_on < current_date) as overdue, count(*) filter (where d.kind = 'CALL') as calls from deadline d where d.project_id = p.id and d.done_on is null and d.kind <> 'DUTY') f
    order by f.soonest, p.id limit 50) t`;
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: Number(process.env.POOL ?? 4) });
let turn = 0;
const server = createServer((request, response) => {
  const unit = request.url === '/unit';
  pool.query<{ body: string }>(request.url === '/day' ? { name: 'day', text: day, values: [BENCH.staff(1 + (turn++ % 16))] } : { name: unit ? 'unit' : 'zone', text: sql(unit ? 'and coalesce(d.department_id, p.department_id) = $2' : ''), values: unit ? [BENCH.zone, BENCH.department(turn++ % 12)] : [BENCH.zone] }).then(
    ({ rows }) => response.writeHead(200, { 'content-type': 'application/json' }).end(rows[0]!.body),
    (error: Error) => response.writeHead(500).end(error.message),
  );
});
server.listen(0, '127.0.0.1', () => console.log(`listening http://127.0.0.1:${(server.address() as { port: number }).port}`));
process.on('SIGTERM', () => process.exit(0));
