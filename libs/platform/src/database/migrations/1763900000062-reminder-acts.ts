import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people do about reminders: their own at any time, handing over, keeping silent, taking back. */
export class ReminderActs1763900000062 implements MigrationInterface {
  name = 'ReminderActs1763900000062';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger reminder_handed on reminder;
      drop trigger personal_go_on on reminder;
      drop function reminder_handed(), personal_go_on(), personal_plan(personal_reminder, date, int), personal_next(personal_reminder, date);
      drop table reminder_mute, reminder_transfer;
      alter table reminder drop column series_id, drop column snoozed_on, drop column handed_to;
      drop table personal_reminder;
      create or replace function reminders_delivered(since timestamptz, people uuid[]) returns table (reminder_id uuid, recipient_id uuid, delivered_at timestamptz)
        language sql stable security definer set search_path = public as $$
        select r.id, r.recipient_id, r.delivered_at from reminder r where r.state = 'DELIVERED' and r.delivered_at >= since and r.recipient_id = any(people) order by r.delivered_at, r.id limit 1000
      $$;`);
  }
}

const sql = String.raw/* sql */ `
------------------------------------------------------------------ one's own, at any time
create table personal_reminder (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  version int not null default 1,
  staff_id uuid not null references staff (id),
  project_id uuid references project (id) on delete cascade,
  content text not null check (length(content) between 1 and 500),
  starts_on date not null,
  at time not null,
  every text not null check (every in ('NONE','DAILY','WEEKLY','MONTHLY')),
  until_on date,
  times int check (times between 1 and 999),
  created_at timestamptz not null default app_now(),
  ended_at timestamptz,
  constraint personal_reminder_end check (every <> 'NONE' or (until_on is null and times is null)),
  constraint personal_reminder_one_end check (until_on is null or times is null)
);
comment on table personal_reminder is 'What somebody wants to be reminded of; each time is a reminder of its own, the next is planned when one is delivered or done';
comment on column personal_reminder.at is 'Time of day in Shanghai';
comment on column personal_reminder.every is 'NONE: once, on the very day that was chosen, be it a rest day. Else each time rolls on to a working day';
comment on column personal_reminder.times is 'How often at most';
comment on column personal_reminder.ended_at is 'Cancelled by its person; null again when that is taken back';
create index personal_reminder_of_staff on personal_reminder (staff_id) where ended_at is null;
create index personal_reminder_of_project on personal_reminder (project_id);

alter table reminder
  add column series_id uuid references personal_reminder (id) on delete cascade,
  add column snoozed_on date,
  add column handed_to uuid references staff (id),
  add constraint reminder_handed check (handed_to is null or state = 'CANCELLED');
comment on column reminder.series_id is 'The personal reminder of which this is one time; a colleague to whom it was handed has it without';
comment on column reminder.snoozed_on is 'due_on before it was last put off, beside snoozed_from: what taking that back returns to';
comment on column reminder.handed_to is 'Closed because its person handed it over to this colleague';
create index reminder_of_series on reminder (series_id) where series_id is not null;

-- The next day of a series after a day: of what is behind by now, nothing is made up for. NULL: it is over.
create function personal_next(s personal_reminder, after date) returns date language plpgsql stable set search_path = public as $$
declare
  today constant date := shanghai_day(app_now());
  -- Not before today, nor today at an hour that has passed.
  earliest constant date := greatest(after + 1, case when shanghai_midnight(today) + s.at::interval > app_now() then today else today + 1 end);
  k int; d date;
begin
  if s.every = 'NONE' then return null; end if;
  if s.every = 'DAILY' then
    d := (working_due(greatest(earliest, s.starts_on), 0)).due;
  else
    -- Counted from the first day, so that a 31st comes back after February. Holidays move a day by less than two weeks.
    k := greatest(0, case s.every when 'WEEKLY' then (earliest - s.starts_on) / 7 - 2
      else (extract(year from earliest)::int - extract(year from s.starts_on)::int) * 12 + extract(month from earliest)::int - extract(month from s.starts_on)::int - 1 end);
    loop
      d := (working_due(case s.every when 'WEEKLY' then s.starts_on + 7 * k else (s.starts_on + k * interval '1 month')::date end, 0)).due;
      exit when d >= earliest;
      k := k + 1;
    end loop;
  end if;
  return case when s.until_on is null or d <= s.until_on then d end;
end $$;
-- One time of a series, once: whoever comes second finds it there.
create function personal_plan(s personal_reminder, day date, n int) returns uuid language plpgsql set search_path = public as $$
declare planned uuid;
begin
  insert into reminder as r (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, series_id, created_at)
  values (s.zone_id, 'PERSONAL', 'PERSONAL:' || s.id || ':' || s.version || ':' || day, s.project_id, s.staff_id, day, shanghai_midnight(day) + s.at::interval,
    jsonb_build_object('text', s.content, 'n', n, 'atRest', 1), s.id, app_now())
  on conflict (zone_id, cause, recipient_id) do update set state = 'PLANNED', due_on = excluded.due_on, due_at = excluded.due_at, detail = excluded.detail, version = r.version + 1
    where r.state = 'CANCELLED' and r.delivered_at is null
  returning id into planned;
  return planned;
end $$;
create function personal_go_on() returns trigger language plpgsql set search_path = public as $$
declare s personal_reminder; next date; n int := coalesce((new.detail ->> 'n')::int, 1) + 1;
begin
  select * into s from personal_reminder x where x.id = new.series_id;
  if not found or s.ended_at is not null or n > s.times or split_part(new.cause, ':', 3) <> s.version::text then return null; end if;
  next := personal_next(s, right(new.cause, 10)::date);
  if next is not null then perform personal_plan(s, next, n); end if;
  return null;
end $$;
create trigger personal_go_on after update of state on reminder for each row
  when (new.series_id is not null and old.state in ('PLANNED','DELIVERED') and (new.state in ('DELIVERED','DONE') and new.state <> old.state or new.handed_to is not null)) execute function personal_go_on();

------------------------------------------------------------------ handing over
create table reminder_transfer (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid references project (id) on delete cascade,
  cause text not null,
  from_reminder_id uuid not null references reminder (id) on delete cascade,
  to_reminder_id uuid not null references reminder (id) on delete cascade,
  from_id uuid not null references staff (id),
  to_id uuid not null references staff (id),
  given_by uuid not null references staff (id),
  reason text check (length(reason) between 1 and 500),
  opened boolean not null,
  at timestamptz not null default app_now(),
  constraint reminder_transfer_people check (from_id <> to_id)
);
comment on table reminder_transfer is 'Who handed which reminder to whom, when and why; taking it back is an entry of its own, by whom it goes to (given_by = to_id)';
comment on column reminder_transfer.opened is 'It opened a reminder there; false: that person had it open already';
create index reminder_transfer_of_cause on reminder_transfer (zone_id, cause, at);
create index reminder_transfer_of_project on reminder_transfer (project_id);
create index reminder_transfer_from on reminder_transfer (from_reminder_id);
create index reminder_transfer_to on reminder_transfer (to_reminder_id);

-- What was handed over is not brought back by a sweep that plans its cause anew; a person's act brings it back.
create function reminder_handed() returns trigger language plpgsql set search_path = public as $$
begin
  if app_staff() is null then return null; end if;
  new.handed_to := null;
  return new;
end $$;
create trigger reminder_handed before update of state on reminder for each row
  when (old.handed_to is not null and new.handed_to is not null and new.state <> 'CANCELLED') execute function reminder_handed();

------------------------------------------------------------------ keeping silent
create table reminder_mute (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  version int not null default 1,
  staff_id uuid not null references staff (id),
  project_id uuid references project (id) on delete cascade,
  -- Decisions, steps up and what somebody asked for are never silent.
  kind text check (kind ~ '^[A-Z][A-Z_]{1,30}$' and kind not in ('APPROVAL','ESCALATION','PERSONAL','TRANSFER')),
  until_on date,
  created_at timestamptz not null default app_now(),
  ended_at timestamptz,
  constraint reminder_mute_what check (project_id is not null or kind is not null)
);
comment on table reminder_mute is 'What a person wants to hear nothing of: a project, a kind, or a kind of one project; its reminders are planned and listed, and neither ring nor leave by mail and robots';
comment on column reminder_mute.until_on is 'Last Shanghai day; null: until it is ended';
create unique index reminder_mute_once on reminder_mute (staff_id, project_id, kind) nulls not distinct where ended_at is null;
create index reminder_mute_of_project on reminder_mute (project_id);

-- As in migration 2, without what its person has silenced.
create or replace function reminders_delivered(since timestamptz, people uuid[]) returns table (reminder_id uuid, recipient_id uuid, delivered_at timestamptz)
  language sql stable security definer set search_path = public as $$
  select r.id, r.recipient_id, r.delivered_at from reminder r where r.state = 'DELIVERED' and r.delivered_at >= since and r.recipient_id = any(people)
    and not (r.kind not in ('APPROVAL','ESCALATION','PERSONAL','TRANSFER') and exists (select from reminder_mute m where m.staff_id = r.recipient_id and m.ended_at is null and (m.until_on is null or m.until_on >= shanghai_day(app_now()))
      and (m.project_id is null or m.project_id = r.project_id) and (m.kind is null or m.kind = r.kind)))
  order by r.delivered_at, r.id limit 1000
$$;

select wall_zone(t) from unnest(array['personal_reminder','reminder_transfer','reminder_mute']::regclass[]) t;
select keep_books(t) from unnest(array['personal_reminder','reminder_transfer','reminder_mute']::regclass[]) t;
grant select, insert, update on personal_reminder, reminder_mute to yinfeng_app;
grant select, insert, update (project_id, from_reminder_id, to_reminder_id) on reminder_transfer to yinfeng_app;
revoke execute on function personal_go_on(), reminder_handed() from public;
`;
