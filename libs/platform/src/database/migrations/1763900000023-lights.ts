import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Entry into statistics, lights by rule with their history, and the ladder of escalation. */
export class Lights1763900000023 implements MigrationInterface {
  name = 'Lights1763900000023';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('Lights and escalations are records of what was done: restore a backup instead.');
  }
}

const sql = String.raw/* sql */ `
------------------------------------------------------------------ entry into statistics
create table statistics_entry (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  kind text not null check (kind in ('DESIGNATED_SIZE','STATISTICS','LIBRARY')),
  entered_on date not null,
  name text not null check (name <> ''),
  code text,
  total numeric(24,2) check (total >= 0),
  total_raw text,
  file_id uuid references stored_file (id),
  note text,
  recorded_by uuid references staff (id),
  recorded_at timestamptz not null default app_now(),
  confirmed_by uuid references staff (id),
  confirmed_at timestamptz,
  voided_by uuid references staff (id),
  voided_at timestamptz,
  void_reason text,
  version int not null default 1,
  constraint statistics_entry_second_person check (confirmed_by is null or confirmed_by is distinct from recorded_by),
  constraint statistics_entry_void_reason check ((voided_at is null) = (coalesce(void_reason, '') = ''))
);
comment on table statistics_entry is '入规、入统、入库: when and under which name a project entered statistics; counts once another person has confirmed it';
comment on column statistics_entry.total is '统计口径总投资 in 元: what statistics take as total investment, which need not be the project''s';
create unique index statistics_entry_once on statistics_entry (project_id, kind) where voided_at is null;
create index statistics_entry_of_project on statistics_entry (project_id);
create index statistics_entry_day on statistics_entry (zone_id, entered_on desc, id desc);

-- The milestone 入规入统 stays in step: the earliest confirmed entry. One that a ledger brought is the ledger's.
create function statistics_follow() returns trigger language plpgsql security definer set search_path = public as $$
declare one uuid; earliest statistics_entry;
begin
  for one in select distinct x from unnest(array[new.project_id, case when tg_op = 'UPDATE' then old.project_id end]) x where x is not null loop
    select e.* into earliest from statistics_entry e where e.project_id = one and e.confirmed_at is not null and e.voided_at is null order by e.entered_on, e.id limit 1;
    if earliest.id is null then
      update milestone m set voided_at = app_now(), void_reason = coalesce(nullif(new.void_reason, ''), '—') where m.project_id = one and m.kind = 'STATISTICS_ENTRY' and m.voided_at is null and m.import_id is null;
    else
      update milestone m set event_on = earliest.entered_on where m.project_id = one and m.kind = 'STATISTICS_ENTRY' and m.voided_at is null and m.import_id is null and m.event_on is distinct from earliest.entered_on;
      insert into milestone (zone_id, project_id, kind, event_on, entered_at, approved_at, counting_rule, actor_id)
      values (earliest.zone_id, one, 'STATISTICS_ENTRY', earliest.entered_on, earliest.recorded_at, earliest.confirmed_at,
        coalesce((stage_rule(earliest.zone_id, 'PRODUCING', shanghai_day(app_now()))).counting, 'APPROVAL'), earliest.confirmed_by)
      on conflict (project_id, kind) where voided_at is null do nothing;
    end if;
  end loop;
  return null;
end $$;
create trigger statistics_follow after insert or update of project_id, entered_on, confirmed_at, voided_at on statistics_entry for each row execute function statistics_follow();

-- A project that has started is to enter statistics within months of the zone's policy. Of a start that came with an old
-- ledger, long past when it was put on record, nothing is asked any more.
create function statistics_due_keep(projects uuid[]) returns void language plpgsql security definer set search_path = public as $$
begin
  with rule as (
    select z.id as zone, coalesce((v.value ->> 'dueMonths')::int, 1) as due, coalesce((v.value ->> 'startedWithinMonths')::int, 12) as within
    from (select distinct p.zone_id as id from project p where p.id = any (projects) and p.gone_at is null) z
    left join lateral (select k.value from zone_policy k where k.zone_id = z.id and k.name = 'statistics' and k.valid_from <= shanghai_day(app_now()) order by k.valid_from desc limit 1) v on true),
  told as (
    select p.zone_id, p.id, s.started, (s.started + make_interval(months => rule.due))::date as due,
      (select min(coalesce(e.event_on, e.counting_on)) from milestone e where e.project_id = p.id and e.kind = 'STATISTICS_ENTRY' and e.voided_at is null) as entered
    from project p join rule on rule.zone = p.zone_id
    cross join lateral (select coalesce(m.event_on, m.counting_on) as started from milestone m where m.project_id = p.id and m.kind = 'STARTED' and m.voided_at is null
      and coalesce(m.event_on, m.counting_on) >= shanghai_day(m.entered_at) - make_interval(months => rule.within)) s
    where p.id = any (projects) and p.gone_at is null),
  gone as (delete from deadline d where d.kind = 'STATISTICS_ENTRY' and d.subject_id = any (projects) and not exists (select from told t where t.id = d.subject_id))
  insert into deadline as d (zone_id, project_id, kind, subject_id, since_on, due_on, provisional, done_on)
  select t.zone_id, t.id, 'STATISTICS_ENTRY', t.id, t.started, t.due, not exists (select from calendar_year y where y.year = extract(year from t.due)::int and y.published), t.entered from told t
  on conflict (subject_id, kind, part) do update set since_on = excluded.since_on, due_on = excluded.due_on, provisional = excluded.provisional, done_on = excluded.done_on;
end $$;
create function statistics_due_added() returns trigger language plpgsql security definer set search_path = public as $$
declare told uuid[] := (select array_agg(distinct n.project_id) from added n where n.kind in ('STARTED', 'STATISTICS_ENTRY'));
begin
  if told is not null then perform statistics_due_keep(told); end if;
  return null;
end $$;
create function statistics_due_gone() returns trigger language plpgsql security definer set search_path = public as $$
declare told uuid[] := (select array_agg(distinct o.project_id) from removed o where o.kind in ('STARTED', 'STATISTICS_ENTRY'));
begin
  if told is not null then perform statistics_due_keep(told); end if;
  return null;
end $$;
create function statistics_due() returns trigger language plpgsql security definer set search_path = public as $$
begin
  perform statistics_due_keep(array[new.project_id, old.project_id]);
  return null;
end $$;
create trigger statistics_due_added after insert on milestone referencing new table as added for each statement execute function statistics_due_added();
create trigger statistics_due_gone after delete on milestone referencing old table as removed for each statement execute function statistics_due_gone();
create trigger statistics_due after update of project_id, event_on, voided_at on milestone for each row
  when (new.kind in ('STARTED', 'STATISTICS_ENTRY') and (new.project_id, new.event_on, new.voided_at) is distinct from (old.project_id, old.event_on, old.voided_at)) execute function statistics_due();
select statistics_due_keep((select array_agg(m.project_id) from milestone m where m.kind = 'STARTED' and m.voided_at is null));

------------------------------------------------------------------ lights
alter table project add column works_light light not null default 'GREEN';
comment on column project.works_light is 'The worst light that a rule of the zone shows (policy lights); what a visit changes is light alone. Written by the lights sweep; in no index, as light is';

-- How many whole months lie between two days, the last of them over: from 31 January on the first is over on 1 March.
create function months_past(start date, until date) returns int language plpgsql immutable parallel safe as $$
declare n int := (extract(year from until) * 12 + extract(month from until) - extract(year from start) * 12 - extract(month from start))::int;
begin
  while n > 0 and (start + make_interval(months => n))::date >= until loop n := n - 1; end loop;
  return greatest(n, 0);
end $$;

create table project_light (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  rule text not null check (rule ~ '^[A-Z][A-Z0-9_]{1,39}$'),
  light light not null,
  award boolean not null,
  measure text not null,
  value numeric not null,
  from_on date,
  since_on date not null,
  until_on date,
  streak_id uuid not null,
  department_id uuid references department (id),
  facts jsonb not null default '{}',
  words jsonb not null default '{}',
  next jsonb
);
comment on table project_light is 'Which light a rule shows of a project, and has shown: one row a turn, open until the light changes. Written by the lights sweep alone';
comment on column project_light.award is 'A colour that rewards: it darkens no project and is never escalated';
comment on column project_light.value is 'What was measured when the light came on, in the unit of the measure';
comment on column project_light.from_on is 'From which day it is measured: the day that was due, the month planned, the start';
comment on column project_light.streak_id is 'The first turn since it was last out: what was escalated belongs to the streak';
comment on column project_light.department_id is 'Who has to do something about it';
create unique index project_light_on on project_light (project_id, rule) where until_on is null;
create index project_light_of_project on project_light (project_id, rule, since_on);
create index project_light_streak on project_light (streak_id);
create index project_light_board on project_light (zone_id, rule, light) where until_on is null;

------------------------------------------------------------------ escalation
create table escalation (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  light_id uuid references project_light (id) on delete set null,
  streak_id uuid,
  rule text,
  light light,
  position int,
  level text not null check (level ~ '^[A-Z][A-Z0-9_]{1,39}$'),
  level_zh text not null,
  level_en text not null,
  matter text not null,
  opened_on date not null,
  opened_at timestamptz not null default app_now(),
  opened_by uuid references staff (id),
  to_staff_id uuid references staff (id),
  due_on date not null,
  state text not null default 'OPEN' check (state in ('OPEN','ANSWERED','CLOSED')),
  answer text,
  answer_file_id uuid references stored_file (id),
  answered_by uuid references staff (id),
  answered_at timestamptz,
  closed_how text check (closed_how in ('LIGHT_OUT','PERSON')),
  closed_by uuid references staff (id),
  closed_at timestamptz,
  close_reason text,
  version int not null default 1,
  constraint escalation_by check (opened_by is not null or streak_id is not null),
  constraint escalation_answered check ((answered_at is null) = (coalesce(answer, '') = '') and (state <> 'ANSWERED' or answered_at is not null)),
  constraint escalation_closed check ((state = 'CLOSED') = (closed_at is not null) and (state = 'CLOSED') = (closed_how is not null)),
  constraint escalation_close_reason check (closed_how is distinct from 'PERSON' or coalesce(close_reason, '') <> '' and closed_by is not null),
  -- Whom it is addressed to does not close it unanswered.
  constraint escalation_second_person check (closed_by is null or answered_at is not null or closed_by is distinct from to_staff_id)
);
comment on table escalation is 'A step of the zone''s ladder (notice, talk, supervision): who has to act by when, and what was done. Opened once for each streak of a light and step, or by a person';
create unique index escalation_once on escalation (streak_id, position) where streak_id is not null;
create index escalation_of_project on escalation (project_id, opened_on);
create index escalation_newest on escalation (zone_id, opened_on desc, id desc);
create index escalation_to on escalation (to_staff_id, state);

-- For many at once: the first sweep of a zone opens thousands.
create function escalation_due_added() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into deadline (zone_id, project_id, kind, subject_id, title, since_on, due_on, provisional, staff_id)
  select n.zone_id, n.project_id, 'ESCALATION', n.id, left(n.level_zh || '：' || n.matter, 200), n.opened_on, n.due_on, not exists (select from calendar_year y where y.year = extract(year from n.due_on)::int and y.published), n.to_staff_id
  from added n on conflict (subject_id, kind, part) do nothing;
  return null;
end $$;
create function escalation_due() returns trigger language plpgsql security definer set search_path = public as $$
begin
  perform deadline_keep(new.zone_id, new.project_id, 'ESCALATION', new.id, '', new.level_zh || '：' || new.matter, new.opened_on, new.due_on, null, new.to_staff_id, shanghai_day(coalesce(new.answered_at, new.closed_at)));
  return null;
end $$;
create function escalation_due_gone() returns trigger language plpgsql security definer set search_path = public as $$
begin
  delete from deadline d using removed o where d.subject_id = o.id and d.kind = 'ESCALATION';
  return null;
end $$;
create trigger escalation_due_added after insert on escalation referencing new table as added for each statement execute function escalation_due_added();
create trigger escalation_due after update of project_id, state, to_staff_id, due_on on escalation for each row execute function escalation_due();
create trigger escalation_due_gone after delete on escalation referencing old table as removed for each statement execute function escalation_due_gone();

------------------------------------------------------------------ walls, books, grants
select wall_zone(t) from unnest(array['statistics_entry','project_light','escalation']::regclass[]) t;
select keep_books('statistics_entry'::regclass, true);
select keep_books('escalation'::regclass);
grant select, insert, update on statistics_entry, project_light, escalation to yinfeng_app;
revoke execute on function statistics_follow(), statistics_due_keep(uuid[]), statistics_due_added(), statistics_due_gone(), statistics_due(), escalation_due_added(), escalation_due(), escalation_due_gone() from public;
`;
