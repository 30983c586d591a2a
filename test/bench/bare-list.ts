import { createServer } from 'node:http';
import pg from 'pg';
import { BENCH } from './data.js';

/**
 * The limit of W1: node:http and pg, one prepared statement that builds the JSON from the normal tables (counts its
 * visits, looks up the last one). Run as a script: prints `listening <url>`.
 */
const SQL = `
  select json_build_object('data', json_build_object('projects', json_build_object('nodes', coalesce(json_agg(t.j), '[]'))))::text as body from (
    select json_build_object('id', 'Project:' || p.id, 'code', p.code, 'name', p.name, 'stage', p.stage, 'status', p.status, 'light', p.light,
      'totalInvestment', json_build_object('amount', p.total_amount::text, 'currency', p.total_currency),
      'enterprise', (select json_build_object('id', 'Enterprise:' || e.id, 'name', e.name) from enterprise e where e.id = p.enterprise_id),
      'owner', (select json_build_object('id', 'Staff:' || s.id, 'name', s.name) from staff s where s.id = p.owner_id),
      'lastVisit', (select json_build_object('id', 'Visit:' || v.id, 'visitedOn', v.visited_on) from visit v where v.project_id = p.id order by v.visited_on desc, v.id desc limit 1),
      'visitCount', (select count(*) from visit v where v.project_id = p.id), 'nextFollowUpAt', p.next_follow_up_on) as j
    from project p where p.zone_id = $1 and p.department_id = $2 and p.stage = $3 and p.status = 'ACTIVE' order by p.id desc limit 50) t`;
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: Number(process.env.POOL ?? 4) });
let turn = 0;
const server = createServer((_request, response) => {
  pool.query<{ body: string }>({ name: 'list', text: SQL, values: [BENCH.zone, BENCH.department(turn++ % 12), 'NEGOTIATING'] }).then(
    ({ rows }) => response.writeHead(200, { 'content-type': 'application/json' }).end(rows[0]!.body),
    (error: Error) => response.writeHead(500).end(error.message),
  );
});
server.listen(0, '127.0.0.1', () => console.log(`listening http://127.0.0.1:${(server.address() as { port: number }).port}`));
process.on('SIGTERM', () => process.exit(0));
