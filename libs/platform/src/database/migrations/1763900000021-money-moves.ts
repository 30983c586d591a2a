import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An arrival waits for a second person: the department that took the project over, else the project's, not whoever is in
 * charge and may have recorded it. A plan gives a reason when its amount changes, not when a merge moves it.
 */
export class MoneyMoves1763900000021 implements MigrationInterface {
  name = 'MoneyMoves1763900000021';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    // What is asked for and named stays; nothing is lost by it.
  }
}

const sql = String.raw/* sql */ `
create or replace function capital_arrival_told() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if tg_op = 'DELETE' then perform deadline_keep(old.zone_id, old.project_id, 'ARRIVAL', old.id, '', null, null, null, null, null, null); return null; end if;
  perform deadline_keep(new.zone_id, new.project_id, 'ARRIVAL', new.id, '', new.currency || ' ' || trim_scale(new.amount), shanghai_day(new.recorded_at), case when new.voided_at is null then new.confirm_due_on end,
    coalesce((select h.to_department_id from handoff h where h.project_id = new.project_id and h.state = 'ACCEPTED' order by h.decided_at desc limit 1), (select p.department_id from project p where p.id = new.project_id and p.gone_at is null)),
    null, shanghai_day(new.decided_at));
  return null;
end $$;
alter table investment_plan drop constraint investment_plan_reason;
create or replace function investment_plan_keep() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if coalesce(new.reason, '') = '' then
    raise exception 'a plan on record changes with a reason' using errcode = 'check_violation', constraint = 'investment_plan_reason', table = 'investment_plan';
  end if;
  insert into investment_history (zone_id, plan_id, version, amount, raw, reason, given_by, given_at) values (old.zone_id, old.id, old.version, old.amount, old.raw, old.reason, old.set_by, old.set_at);
  return null;
end $$;
update capital_arrival set confirm_due_on = confirm_due_on where state = 'RECORDED' and voided_at is null;
`;
