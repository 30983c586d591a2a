import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Reminders follow the deadlines they speak of in the act itself, and go on beyond the published calendar by weekdays. */
export class ReminderDeadlines1763900000061 implements MigrationInterface {
  name = 'ReminderDeadlines1763900000061';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger deadline_told on deadline;
      drop trigger deadline_untold on deadline;
      drop function deadline_told(), deadline_untold(), working_offset(date, int);
      create or replace function reminder_due_at(day date) returns timestamptz language plpgsql stable parallel safe as $$
      begin
        return shanghai_midnight(add_working_days(day, 0)) + interval '9 hours';
      end $$;`);
  }
}

const sql = String.raw/* sql */ `
-- Nine in the morning of the working day on or after a day; beyond the published calendar by weekdays.
create or replace function reminder_due_at(day date) returns timestamptz language plpgsql stable parallel safe as $$
declare d date := add_working_days(day, 0);
begin
  if d is null and day is not null then d := (working_due(day, 0)).due; end if;
  return shanghai_midnight(d) + interval '9 hours';
end $$;

-- So many working days from the day to which something due rolls: before it (n < 0), itself (0), after it.
create function working_offset(day date, n int, out due date, out provisional boolean) language plpgsql stable parallel safe as $$
declare later record; earlier date; left_ int := -n;
begin
  select w.due, w.provisional into due, provisional from working_due(day, 0) w;
  if n > 0 then
    select w.due, w.provisional into later from working_due(due, n) w;
    due := later.due;
    provisional := provisional or later.provisional;
  elsif n < 0 then
    earlier := add_working_days(due, n);
    if earlier is not null then due := earlier; return; end if;
    provisional := true;
    while left_ > 0 loop
      due := due - 1;
      if coalesce((select exists (select from working_day w where w.day = due) from calendar_year y where y.year = extract(year from due)::int and y.published), extract(isodow from due) < 6) then left_ := left_ - 1; end if;
    end loop;
  end if;
end $$;
comment on function working_offset is 'Working days before or after the working day to which a day rolls; provisional: a year whose holidays are not published was counted by weekdays';

comment on column reminder.provisional is 'Its day was counted through a year whose working calendar is not published; the hourly job counts it again';

-- Done by the act itself, and open again when the act is taken back; a day that moved or is gone asks nothing any more.
create function deadline_told() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if new.due_on <> old.due_on then
    update reminder r set state = 'CANCELLED', version = r.version + 1 where r.deadline_id = new.id and r.state in ('PLANNED','DELIVERED') and r.detail ->> 'dueOn' <> new.due_on::text;
  end if;
  if new.done_on is not null then
    update reminder r set state = 'DONE', done_at = app_now(), done_by = app_staff(), detail = r.detail || '{"byAct": 1}', version = r.version + 1 where r.deadline_id = new.id and r.state in ('PLANNED','DELIVERED');
  elsif old.done_on is not null then
    update reminder r set state = case when r.delivered_at >= r.due_at then 'DELIVERED' else 'PLANNED' end, done_at = null, done_by = null, detail = r.detail - 'byAct', version = r.version + 1
    where r.zone_id = new.zone_id and r.project_id = new.project_id and r.deadline_id = new.id and r.state = 'DONE' and r.detail ? 'byAct' and r.detail ->> 'dueOn' = new.due_on::text;
  end if;
  return null;
end $$;
create trigger deadline_told after update on deadline for each row when (old.due_on <> new.due_on or (old.done_on is null) <> (new.done_on is null)) execute function deadline_told();
create function deadline_untold() returns trigger language plpgsql security definer set search_path = public as $$
begin
  update reminder r set state = 'CANCELLED', version = r.version + 1 from gone g where r.deadline_id = g.id and r.state in ('PLANNED','DELIVERED');
  return null;
end $$;
create trigger deadline_untold after delete on deadline referencing old table as gone for each statement execute function deadline_untold();
revoke execute on function deadline_told(), deadline_untold() from public;
`;
