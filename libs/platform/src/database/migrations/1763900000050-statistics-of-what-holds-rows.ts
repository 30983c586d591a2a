import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A table that was analysed while empty is planned as empty, however fast it fills: only what holds rows is analysed, construction included. */
export class StatisticsOfWhatHoldsRows1763900000050 implements MigrationInterface {
  name = 'StatisticsOfWhatHoldsRows1763900000050';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    // The function of before stays: it gives the same answers, later.
  }
}

const sql = String.raw/* sql */ `
create or replace function fresh_statistics() returns text[] language plpgsql security definer set search_path = public as $$
declare tbl text; done text[] := '{}';
begin
  for tbl in
    select c.relname from pg_class c
    where c.oid = any (array['project','enterprise','contact','project_enterprise','project_amount','milestone','first_report','visit','signing','reminder','ledger_row','pipeline_movement',
        'deadline','handoff','commitment','works_milestone','works_pause','start_plan','permit','service_call','investment_plan','investment_actual','capital_arrival']::regclass[])
      and pg_relation_size(c.oid) > 0 and (c.reltuples < 1 or pg_stat_get_mod_since_analyze(c.oid) > 500 + 0.2 * c.reltuples)
  loop
    -- Who analyses it already spares us the wait.
    execute format('analyze (skip_locked) %I', tbl);
    done := done || tbl;
  end loop;
  return done;
end $$;
`;
