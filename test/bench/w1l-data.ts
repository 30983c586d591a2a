import pg from 'pg';
import { BENCH } from './data.js';

/** Ten deadlines for each project of the zone, a third of them done, spread over two years around today. */
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
    await client.query('commit');
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
}
