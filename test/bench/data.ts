import { createHash } from 'node:crypto';
import pg from 'pg';

export const BENCH = {
  zone: '00000000-0000-7000-8000-00000000000a',
  /** A leader's session: sees the zone. */
  token: 'bench-token',
  /** One of sixteen managers': sees the departments below the bureau, and logs visits. */
  managerToken: (n: number) => `bench-manager-token-${n}`,
  department: (n: number) => `00000000-0000-7000-8000-0000000d${String(n).padStart(4, '0')}`,
  staff: (n: number) => `00000000-0000-7000-8000-000000f0${String(n).padStart(4, '0')}`,
};
const digest = (token: string) => createHash('sha256').update(token).digest();
const DEPARTMENTS = 12;
const PEOPLE = 60;

/**
 * A zone with n projects (and as many enterprises, three visits each on average), written set by set. Triggers are off
 * while the past is built; the books are opened from the projects afterwards so that figures hold.
 */
export async function buildZone(ownerUrl: string, projects: number): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  const z = `'${BENCH.zone}'::uuid`;
  try {
    await client.query('begin');
    await client.query('set local session_replication_role = replica');
    await client.query(`insert into zone (id, code, name) values (${z}, 'BENCH', '测试区')`);
    await client.query(`insert into department (id, zone_id, name, path, kind) values ('${BENCH.department(99)}', ${z}, '招商局', array['${BENCH.department(99)}'::uuid], 'BUREAU')`);
    await client.query(`insert into department (id, zone_id, parent_id, name, path) select ('00000000-0000-7000-8000-0000000d' || lpad(n::text, 4, '0'))::uuid, ${z}, '${BENCH.department(99)}'::uuid, '部门' || n, array['${BENCH.department(99)}'::uuid, ('00000000-0000-7000-8000-0000000d' || lpad(n::text, 4, '0'))::uuid] from generate_series(0, ${DEPARTMENTS - 1}) n`);
    await client.query(`insert into staff (id, zone_id, name, role, department_id, email) select ('00000000-0000-7000-8000-000000f0' || lpad(n::text, 4, '0'))::uuid, ${z}, '人员' || n, case n when 0 then 'LEADER' else case when n <= 16 then 'MANAGER' else 'RECRUITER' end end, case when n between 1 and 16 then '${BENCH.department(99)}'::uuid else ('00000000-0000-7000-8000-0000000d' || lpad((n % ${DEPARTMENTS})::text, 4, '0'))::uuid end, 'bench' || n || '@bench' from generate_series(0, ${PEOPLE - 1}) n`);
    await client.query(`insert into session (token_hash, zone_id, staff_id, expires_at) values ($1, ${z}, $2, now() + interval '1 day')`, [digest(BENCH.token), BENCH.staff(0)]);
    for (let n = 1; n <= 16; n++) await client.query(`insert into session (token_hash, zone_id, staff_id, expires_at) values ($1, ${z}, $2, now() + interval '1 day')`, [digest(BENCH.managerToken(n)), BENCH.staff(n)]);
    await client.query(`insert into enterprise (id, zone_id, name, folded_name, core_name) select md5('e' || n)::uuid, ${z}, '长春某某科技' || n || '有限公司', '长春某某科技' || n || '有限公司', '某某' || n from generate_series(1, ${projects}) n`);
    await client.query(`
      insert into project (id, zone_id, code, name, folded_name, core_name, stage, state_at, industry_code, source_region, capital_source, department_id, owner_id, total_amount, fixed_cny, enterprise_id, enterprise_name, last_visit_on, visit_count, last_visit_id, last_activity_on)
      select ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, ${z}, 'BENCH-' || n, '某某产业化项目' || n, '某某产业化项目' || n, '某某' || n,
        (array['LEAD','RESERVE','RESERVE','RESERVE','NEGOTIATING','NEGOTIATING','SIGNED','LANDED','STARTED','PRODUCING'])[1 + n % 10]::stage, timestamptz '2023-01-01' + (n % 1000) * interval '1 day',
        null, '吉林-长春市', 'DOMESTIC', ('00000000-0000-7000-8000-0000000d' || lpad((n / 10 % ${DEPARTMENTS})::text, 4, '0'))::uuid, ('00000000-0000-7000-8000-000000f0' || lpad((n / 10 % ${PEOPLE})::text, 4, '0'))::uuid,
        (n % 997 + 1) * 1000000, (n % 797 + 1) * 1000000, md5('e' || n)::uuid, '长春某某科技' || n || '有限公司', date '2026-01-01' + (n % 300), n % 7, md5('v' || n || '-1')::uuid, date '2026-01-01'
      from generate_series(1, ${projects}) n`);
    await client.query(`insert into project_enterprise (zone_id, project_id, enterprise_id) select ${z}, id, enterprise_id from project where zone_id = ${z}`);
    await client.query(`
      insert into visit (id, zone_id, project_id, enterprise_id, direction, visited_on, staff_id, content)
      select md5('v' || n || '-' || k)::uuid, ${z}, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, md5('e' || n)::uuid, 'OUTBOUND', date '2026-01-01' + (n % 300) - (k - 1) * 7, ('00000000-0000-7000-8000-000000f0' || lpad((n / 10 % ${PEOPLE})::text, 4, '0'))::uuid, '洽谈项目落地细节'
      from generate_series(1, ${projects}) n, generate_series(1, 6) k where k <= n % 7 or k = 1 and n % 7 > 0`);
    await client.query('commit');
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
}
