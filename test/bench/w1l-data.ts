import pg from 'pg';
import { BENCH } from './data.js';

/** Ten deadlines for each project of the zone, a third of them done, spread over two years around today; a taskforce for each. */
export async function buildDeadlines(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('set local session_replication_role = replica');
    await client.query(`
      insert into deadline (zone_id, project_id, kind, subject_id, title, since_on, due_on, done_on)
      select p.zone_id, p.id, (array['PERMIT','MILESTONE','CALL','PLAN','COMMITMENT'])[1 + k % 5], md5('d' || p.code || '-' || k)::uuid, '事项' || k, d.due - 30, d.due, case when k % 3 = 0 then d.due - 2 end
      from project p, generate_series(1, 10) k, lateral (select current_date - 365 + (hashtext(p.code || k) & 1023) * 730 / 1024 as due) d where p.zone_id = $1`, [BENCH.zone]);
    // A taskforce for each project; an agent serves in one of a thousand, of whom sixty have an account.
    await client.query(`
      insert into taskforce (id, zone_id, project_id, formed_on) select md5('t' || p.code)::uuid, p.zone_id, p.id, current_date - 200 from project p where p.zone_id = $1`, [BENCH.zone]);
    await client.query(`
      insert into taskforce_member (zone_id, taskforce_id, staff_id, role, since_on)
      select p.zone_id, md5('t' || p.code)::uuid, ('00000000-0000-7000-8000-000000f0' || lpad((row_number() over (order by p.id) % 1000)::text, 4, '0'))::uuid, 'AGENT', current_date - 200 from project p where p.zone_id = $1`, [BENCH.zone]);
    await client.query('commit');
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
}
