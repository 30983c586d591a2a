import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a large import has changed is known to the planner at once, not when the server's housekeeping comes round. */
export class FreshStatistics1763900000002 implements MigrationInterface {
  name = 'FreshStatistics1763900000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function fresh_statistics()');
  }
}

const sql = String.raw/* sql */ `
create function fresh_statistics() returns text[] language plpgsql security definer set search_path = public as $$
declare tbl text; done text[] := '{}';
begin
  for tbl in
    select c.relname from pg_class c
    where c.oid = any (array['project','enterprise','contact','project_enterprise','project_amount','milestone','first_report','visit','signing','reminder','ledger_row','pipeline_movement']::regclass[])
      and (c.reltuples < 1 or pg_stat_get_mod_since_analyze(c.oid) > 500 + 0.2 * c.reltuples)
  loop
    -- Who analyses it already spares us the wait.
    execute format('analyze (skip_locked) %I', tbl);
    done := done || tbl;
  end loop;
  return done;
end $$;
comment on function fresh_statistics is 'Analyses the tables of the books that have none or stale statistics; returns which. An import of thousands of rows into a new installation is followed by statements that are a hundred times slower without';
revoke execute on function fresh_statistics() from public;
grant execute on function fresh_statistics() to yinfeng_app;
`;
