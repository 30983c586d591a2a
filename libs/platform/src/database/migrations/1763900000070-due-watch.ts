import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a worker asks every second: is anything due that nobody has taken? */
export class DueWatch1763900000070 implements MigrationInterface {
  name = 'DueWatch1763900000070';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function due_now(timestamptz)');
  }
}

const sql = String.raw/* sql */ `
-- Over all zones, two yes or no. Reads the beginning of two indexes and no more, however much is under way: what waits behind
-- 200 reminders that are claimed already is found when those are delivered, or by the sweep of the minute.
-- In order, with a limit: a plan made while the tables were small must not read them whole later.
create function due_now(pinned timestamptz, out reminders boolean, out messages boolean) language plpgsql stable security definer set search_path = public as $$
declare at timestamptz := coalesce(pinned, clock_timestamp());
begin
  reminders := exists (
    select from (select r.id, r.due_at from reminder r where r.state = 'PLANNED' and r.due_at <= at order by r.due_at, r.id limit 200) first
    where coalesce((select d.state from reminder_delivery d where d.reminder_id = first.id and d.channel = 'INBOX' and d.due_at = first.due_at), 'DROPPED') = 'DROPPED');
  messages := coalesce((select d.next_at <= at from delivery d where d.next_at is not null order by d.next_at limit 1), false);
end $$;
comment on function due_now is 'Whether reminders are due that nobody has claimed, and messages whose time has come';
revoke execute on function due_now(timestamptz) from public;
grant execute on function due_now(timestamptz) to yinfeng_app;
`;
