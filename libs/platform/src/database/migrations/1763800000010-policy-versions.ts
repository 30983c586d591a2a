import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rules of a zone: versions that two administrators cannot overwrite unseen, and days gone by that nobody can change. */
export class PolicyVersions1763800000010 implements MigrationInterface {
  name = 'PolicyVersions1763800000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['stage_policy', 'gate_item', 'zone_policy']) await runner.query(`drop trigger policy_days_gone on ${table}; alter table ${table} drop column version`);
    await runner.query('drop function policy_days_gone()');
  }
}

const sql = /* sql */ `
alter table stage_policy add column version int not null default 1;
alter table gate_item add column version int not null default 1;
alter table zone_policy add column version int not null default 1;
comment on column zone_policy.version is 'Raised by each change of the row; the versions of all rows of a rule add up to the version of the rule';

-- Figures of the past stand on the rules of their days: the application writes rules for today and later alone. The first
-- rows of a zone (2000-01-01) are the exception, and only while the rule has none.
create function policy_days_gone() returns trigger language plpgsql as $$
declare today date := shanghai_day(app_now());
begin
  if current_user <> 'yinfeng_app' then return coalesce(new, old); end if;
  if tg_op <> 'INSERT' and old.valid_from < today or tg_op <> 'DELETE' and new.valid_from < today and (tg_op = 'UPDATE' or new.valid_from <> '2000-01-01') then
    raise exception 'rules of days gone by are not changed (%)', tg_table_name using errcode = 'restrict_violation';
  end if;
  return coalesce(new, old);
end $$;
create trigger policy_days_gone before insert or update or delete on stage_policy for each row execute function policy_days_gone();
create trigger policy_days_gone before insert or update or delete on gate_item for each row execute function policy_days_gone();
create trigger policy_days_gone before insert or update or delete on zone_policy for each row execute function policy_days_gone();
`;
