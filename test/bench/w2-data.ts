import pg from 'pg';

export const W2_ZONE = '00000000-0000-7000-8000-0000000000b2';
/** Days of history. */
export const W2_DAYS = 900;

/**
 * A zone with n projects, each with every stage that it passed in the last 900 days: 12 departments of 5 persons, 24
 * industries, 8 parks, 31 provinces. The books are opened by their own trigger, set by set.
 */
export async function buildBooks(url: string, projects: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`insert into zone (id, code, name) values ('${W2_ZONE}', 'W2', 'W2')`);
    await client.query(`insert into industry (code, name) select 'Z' || lpad(i::text, 2, '0'), 'Z' || i from generate_series(1, 24) i on conflict do nothing`);
    await client.query(`insert into department (zone_id, name) select '${W2_ZONE}', 'D' || i from generate_series(0, 11) i`);
    await client.query(`insert into staff (zone_id, name, role, department_id) select d.zone_id, d.name || '-' || i, 'RECRUITER', d.id from department d, generate_series(0, 4) i where d.zone_id = '${W2_ZONE}'`);
    await client.query(`insert into park (zone_id, name) select '${W2_ZONE}', 'P' || i from generate_series(0, 7) i`);
    // What is measured here are the books of the pipeline; a million audit rows of the past would only take time.
    await client.query('alter table project disable trigger audit_insert');
    await client.query('select setseed(0.42)');
    for (let from = 1; from <= projects; from += 100_000) {
      await client.query(`
        insert into project (zone_id, code, name, folded_name, core_name, stage, state_at, prior_states, capital_source, industry_code, source_region, department_id, owner_id, park_id, total_amount, total_currency, fixed_cny)
        select '${W2_ZONE}', 'W' || i, 'P ' || i, 'p ' || i, 'p ' || i, (enum_range(null::stage))[k + 1], start + step * k,
          (select coalesce(jsonb_agg(jsonb_build_object('stage', (enum_range(null::stage))[j + 1], 'status', 'ACTIVE', 'at', start + step * j) order by j), '[]') from generate_series(0, k - 1) j),
          case when i % 20 = 0 then 'FOREIGN' else 'DOMESTIC' end, 'Z' || lpad((1 + (i / 12) * 7 % 24)::text, 2, '0'), '省' || (i % 31), d.id, s.id, p.id,
          round((1000000 * exp(random() * 8))::numeric, 2), case when i % 20 = 0 then 'USD' else 'CNY' end::currency, 1000000
        from (select i, (array[0,0,1,1,1,2,2,2,3,3,4,5,6])[1 + (i * 31) % 13] as k, now() - interval '1 day' * (40 + random() * ${W2_DAYS - 40}) as start, interval '1 hour' * (1 + random() * 140) as step
              from generate_series(${from}, ${Math.min(projects, from + 99_999)}) i) g
        join department d on d.zone_id = '${W2_ZONE}' and d.name = 'D' || i % 12
        join staff s on s.zone_id = '${W2_ZONE}' and s.name = d.name || '-' || (i / 12 % 5)
        join park p on p.zone_id = '${W2_ZONE}' and p.name = 'P' || i % 8`);
    }
    await client.query('alter table project enable trigger audit_insert');
    await client.query('select pipeline_fold()');
    await client.query('vacuum analyze');
    // The limit: a table that already holds the answer for now, as counters kept by hand would.
    await client.query(`create table w2_counter as select stage, department_id, industry_division, count(*) as count, sum(case when total_currency = 'CNY' then total_amount else 0 end) as cny from project where zone_id = '${W2_ZONE}' and status = 'ACTIVE' group by 1, 2, 3`);
    await client.query('vacuum analyze w2_counter');
  } finally {
    await client.end();
  }
}
