import { createServer } from 'node:http';
import pg from 'pg';
import { BENCH } from './data.js';

/**
 * The limit of W1L: node:http and pg, one prepared statement that builds the JSON of fifty overdue deadlines of the zone, or
 * of one department, from the normal tables. Run as a script: prints `listening <url>`.
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
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: Number(process.env.POOL ?? 4) });
let turn = 0;
const server = createServer((request, response) => {
  const unit = request.url === '/unit';
  pool.query<{ body: string }>({ name: unit ? 'unit' : 'zone', text: sql(unit ? 'and coalesce(d.department_id, p.department_id) = $2' : ''), values: unit ? [BENCH.zone, BENCH.department(turn++ % 12)] : [BENCH.zone] }).then(
    ({ rows }) => response.writeHead(200, { 'content-type': 'application/json' }).end(rows[0]!.body),
    (error: Error) => response.writeHead(500).end(error.message),
  );
});
server.listen(0, '127.0.0.1', () => console.log(`listening http://127.0.0.1:${(server.address() as { port: number }).port}`));
process.on('SIGTERM', () => process.exit(0));
