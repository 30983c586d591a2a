import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Building a project: milestones planned, put off and reached, works that stop and go on, and the year's plan of starts. */
export class Building1763900000018 implements MigrationInterface {
  name = 'Building1763900000018';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('Records of building have no way back: restore a backup instead.');
  }
}

const sql = String.raw/* sql */ `
create extension if not exists btree_gist;

------------------------------------------------------------------ milestones
create table works_milestone (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  code text not null check (code ~ '^[A-Z][A-Z0-9_]{1,39}$'),
  name_zh text not null,
  name_en text not null,
  position int not null default 100,
  reached_with text check (reached_with in ('STARTED','COMPLETED','PRODUCING')),
  planned_on date,
  precision text not null default 'DAY' check (precision in ('DAY','MONTH','QUARTER','YEAR')),
  revised_on date,
  reached_on date,
  reached_by uuid references staff (id),
  reached_at timestamptz,
  note text,
  milestone_id uuid,
  import_id uuid,
  recorded_by uuid references staff (id),
  recorded_at timestamptz not null default app_now(),
  voided_at timestamptz,
  voided_by uuid references staff (id),
  void_reason text,
  version int not null default 1,
  constraint works_milestone_says check (planned_on is not null or reached_on is not null or voided_at is not null),
  constraint works_milestone_revised check (revised_on is null or planned_on is not null),
  constraint works_milestone_void_reason check ((voided_at is null) = (coalesce(void_reason, '') = ''))
);
comment on table works_milestone is 'What building goes through (zone_policy works): planned, put off, reached. A day put off keeps the first plan; each revision is in works_revision';
comment on column works_milestone.reached_with is 'The kind of milestone that is the same fact';
comment on column works_milestone.milestone_id is 'The milestone whose approval reached it; null: reached by an act of its own, or not yet';
comment on column works_milestone.precision is 'Of the planned day: a plan that names a month is due on its last day';
create unique index works_milestone_once on works_milestone (project_id, code) where voided_at is null;
create index works_milestone_of_project on works_milestone (project_id);
create index works_milestone_due on works_milestone (zone_id, (coalesce(revised_on, planned_on, reached_on)), id) where voided_at is null;
create index works_milestone_with on works_milestone (milestone_id) where milestone_id is not null;

create table works_revision (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  works_id uuid not null references works_milestone (id) on delete cascade,
  from_on date not null,
  to_on date not null,
  reason text not null check (trim(reason) <> ''),
  revised_by uuid references staff (id),
  revised_at timestamptz not null default app_now(),
  import_id uuid
);
comment on table works_revision is 'Every day that a milestone was put off (or brought forward) to, and why; append-only';
create index works_revision_of on works_revision (works_id, revised_at);
create index works_revision_of_project on works_revision (project_id);

create table works_file (
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  works_id uuid not null references works_milestone (id) on delete cascade,
  file_id uuid not null references stored_file (id),
  added_by uuid references staff (id),
  added_at timestamptz not null default app_now(),
  primary key (works_id, file_id)
);
comment on table works_file is 'Photos and papers of a milestone; each is evidence of the project too, by which whoever sees the project may read it';
create index works_file_of_project on works_file (project_id);
create index works_file_of_file on works_file (file_id);

------------------------------------------------------------------ 停工, 复工
create table works_pause (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  suspended_on date,
  reason text,
  expected_on date,
  resumed_on date,
  precision text not null default 'DAY' check (precision in ('DAY','MONTH','QUARTER','YEAR')),
  note text,
  import_id uuid,
  recorded_by uuid references staff (id),
  recorded_at timestamptz not null default app_now(),
  resumed_by uuid references staff (id),
  resumed_at timestamptz,
  voided_at timestamptz,
  voided_by uuid references staff (id),
  void_reason text,
  version int not null default 1,
  constraint works_pause_says check (suspended_on is not null or resumed_on is not null),
  constraint works_pause_order check (resumed_on >= suspended_on and expected_on >= suspended_on),
  constraint works_pause_reason check (suspended_on is null or coalesce(trim(reason), '') <> ''),
  constraint works_pause_void_reason check ((voided_at is null) = (coalesce(void_reason, '') = '')),
  -- Works that rest cannot be stopped again; a day of resumption inside another rest contradicts it.
  constraint works_pause_overlap exclude using gist (project_id with =, daterange(coalesce(suspended_on, resumed_on), resumed_on, '[]') with &&) where (voided_at is null)
);
comment on table works_pause is 'Works that stopped and went on, as often as it happened. A ledger knows only the day on which they went on';
comment on column works_pause.suspended_on is 'null: known is only that works went on';
create index works_pause_of_project on works_pause (project_id, resumed_on);
create index works_pause_resumed on works_pause (zone_id, resumed_on) include (project_id) where voided_at is null;

------------------------------------------------------------------ 开复工计划
create table start_plan (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  year int not null check (year between 2000 and 2100),
  kind text check (kind in ('NEW_START','RESUME')),
  month int check (month between 1 and 12),
  batch text,
  import_id uuid,
  listed_by uuid references staff (id),
  listed_at timestamptz not null default app_now(),
  removed_at timestamptz,
  removed_by uuid references staff (id),
  remove_reason text,
  version int not null default 1,
  constraint start_plan_remove_reason check ((removed_at is null) = (coalesce(remove_reason, '') = ''))
);
comment on table start_plan is '开复工计划: which projects are to start or resume in a year';
comment on column start_plan.kind is 'null: the list does not say';
create unique index start_plan_once on start_plan (project_id, year) where removed_at is null;
create index start_plan_of_project on start_plan (project_id);
create index start_plan_of_year on start_plan (zone_id, year) include (project_id) where removed_at is null;

------------------------------------------------------------------ one fact with the milestones of the books
-- Which milestone of building is which milestone of the books, by the zone's rule of the day.
create function works_codes(zone uuid) returns table (kind text, code text, zh text, en text, place int) language sql stable security definer set search_path = public as $$
  select m ->> 'reachedWith', m ->> 'code', m ->> 'zh', m ->> 'en', n::int
  from jsonb_array_elements(coalesce(
    (select v.value -> 'milestones' from zone_policy v where v.zone_id = zone and v.name = 'works' and v.valid_from <= shanghai_day(app_now()) and v.value ? 'milestones' order by v.valid_from desc limit 1),
    '[{"code":"GROUND_BREAKING","zh":"开工","en":"Ground-breaking","reachedWith":"STARTED"},{},{"code":"COMPLETION","zh":"竣工","en":"Completion","reachedWith":"COMPLETED"},{},{},{"code":"PRODUCTION","zh":"投产","en":"Production","reachedWith":"PRODUCING"}]')) with ordinality x (m, n)
  where m ->> 'reachedWith' is not null
$$;
create function works_reach(added milestone[]) returns void language sql security definer set search_path = public as $$
  insert into works_milestone as w (zone_id, project_id, code, name_zh, name_en, position, reached_with, reached_on, reached_by, reached_at, milestone_id, import_id, recorded_by, recorded_at)
  select m.zone_id, m.project_id, c.code, c.zh, c.en, c.place, c.kind, coalesce(m.event_on, m.counting_on), m.actor_id, m.entered_at, m.id, m.import_id, m.actor_id, m.entered_at
  from unnest(added) m join (select z.id, k.* from (select distinct n.zone_id as id from unnest(added) n) z cross join lateral works_codes(z.id) k) c on c.id = m.zone_id and c.kind = m.kind
  where m.voided_at is null
  on conflict (project_id, code) where voided_at is null do update set reached_on = excluded.reached_on, reached_by = excluded.reached_by, reached_at = excluded.reached_at, milestone_id = excluded.milestone_id
    where w.reached_on is null
$$;
create function works_unreach(gone uuid[], why text) returns void language plpgsql security definer set search_path = public as $$
begin
  delete from works_milestone w where w.milestone_id = any (gone) and w.planned_on is null and why is null;
  update works_milestone w set voided_at = app_now(), voided_by = app_staff(), void_reason = why, version = w.version + 1 where w.milestone_id = any (gone) and w.planned_on is null and w.voided_at is null;
  update works_milestone w set reached_on = null, reached_by = null, reached_at = null, milestone_id = null
    where w.milestone_id = any (gone) and w.planned_on is not null;
end $$;
create function works_follow_added() returns trigger language plpgsql security definer set search_path = public as $$
declare told milestone[] := (select array_agg(n) from added n where n.kind in ('STARTED','COMPLETED','PRODUCING') and n.voided_at is null);
begin
  if told is not null then perform works_reach(told); end if;
  return null;
end $$;
create function works_follow_gone() returns trigger language plpgsql security definer set search_path = public as $$
declare told uuid[] := (select array_agg(o.id) from removed o where o.kind in ('STARTED','COMPLETED','PRODUCING'));
begin
  if told is not null then perform works_unreach(told, null); end if;
  return null;
end $$;
create function works_follow() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if new.voided_at is not null then
    if old.voided_at is null then perform works_unreach(array[new.id], coalesce(nullif(new.void_reason, ''), '—')); end if;
  elsif old.voided_at is not null then perform works_reach(array[new]);
  else update works_milestone w set reached_on = coalesce(new.event_on, new.counting_on) where w.milestone_id = new.id and w.voided_at is null;
  end if;
  return null;
end $$;
create trigger works_follow_added after insert on milestone referencing new table as added for each statement execute function works_follow_added();
create trigger works_follow_gone after delete on milestone referencing old table as removed for each statement execute function works_follow_gone();
create trigger works_follow after update of event_on, voided_at on milestone for each row
  when (new.kind in ('STARTED','COMPLETED','PRODUCING') and (new.voided_at is distinct from old.voided_at or new.event_on is distinct from old.event_on)) execute function works_follow();

------------------------------------------------------------------ what is due
-- As deadline_keep does, for many at once: a ledger brings thousands of planned days.
create function works_due_added() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into deadline (zone_id, project_id, kind, subject_id, title, since_on, due_on, provisional, done_on)
  select n.zone_id, n.project_id, 'MILESTONE', n.id, n.name_zh, shanghai_day(n.recorded_at), d.due, not exists (select from calendar_year y where y.year = extract(year from d.due)::int and y.published), n.reached_on
  from added n cross join lateral (select coalesce(n.revised_on, n.planned_on) as due) d where d.due is not null and n.voided_at is null
  on conflict (subject_id, kind, part) do nothing;
  return null;
end $$;
create function works_due_gone() returns trigger language plpgsql security definer set search_path = public as $$
begin
  delete from deadline d using removed o where d.subject_id = o.id and d.kind = 'MILESTONE';
  return null;
end $$;
create function works_due() returns trigger language plpgsql security definer set search_path = public as $$
begin
  -- Also when a project goes with all that hangs on it: then nothing is inserted anew.
  if (new.project_id, new.planned_on, new.revised_on, new.voided_at) is not distinct from (old.project_id, old.planned_on, old.revised_on, old.voided_at) then
    update deadline d set done_on = new.reached_on where d.subject_id = new.id and d.kind = 'MILESTONE';
    return null;
  end if;
  perform deadline_keep(new.zone_id, new.project_id, 'MILESTONE', new.id, '', new.name_zh, shanghai_day(new.recorded_at), case when new.voided_at is null then coalesce(new.revised_on, new.planned_on) end, null, null, new.reached_on);
  return null;
end $$;
create trigger works_due_added after insert on works_milestone referencing new table as added for each statement execute function works_due_added();
create trigger works_due_gone after delete on works_milestone referencing old table as removed for each statement execute function works_due_gone();
create trigger works_due after update on works_milestone for each row
  when ((new.project_id, new.planned_on, new.revised_on, new.reached_on, new.voided_at) is distinct from (old.project_id, old.planned_on, old.revised_on, old.reached_on, old.voided_at)) execute function works_due();

------------------------------------------------------------------ ledgers
create unlogged table draft_works (
  import_id uuid not null, ord int not null, zone_id uuid not null, part text not null check (part in ('MILESTONE','RESUMPTION','PLAN')),
  code text, planned_on date, reached_on date, precision text not null, dated boolean not null, year int, kind text
);
create index draft_works_row on draft_works (import_id, ord);
-- What an import told of building and nothing else; what it changed is restored by the caller.
create function works_import_remove(import uuid) returns void language plpgsql security definer set search_path = public as $$
declare zone uuid := app_zone();
begin
  if not exists (select from ledger_import i where i.id = import and i.zone_id = zone and i.state = 'UNDOING') then
    raise exception 'import % is not being undone in this zone', import using errcode = 'restrict_violation';
  end if;
  delete from works_revision r where r.zone_id = zone and r.import_id = import;
  delete from works_milestone w where w.zone_id = zone and w.import_id = import;
  delete from works_pause w where w.zone_id = zone and w.import_id = import;
  delete from start_plan s where s.zone_id = zone and s.import_id = import;
end $$;

------------------------------------------------------------------ walls, books, grants
select wall_zone(t) from unnest(array['works_milestone','works_revision','works_file','works_pause','start_plan','draft_works']::regclass[]) t;
select keep_books(t) from unnest(array['works_milestone','works_revision','works_file','works_pause','start_plan']::regclass[]) t;
grant select, insert, update on works_milestone, works_pause, start_plan to yinfeng_app;
grant select, insert, update (project_id) on works_revision, works_file to yinfeng_app;
grant select, insert, update, delete on draft_works to yinfeng_app;
create trigger works_revision_kept before update of from_on, to_on, reason, revised_by, revised_at on works_revision for each row execute function refuse_change();
revoke execute on function works_codes(uuid), works_reach(milestone[]), works_unreach(uuid[], text), works_follow_added(), works_follow_gone(), works_follow(), works_due_added(), works_due_gone(), works_due(), works_import_remove(uuid) from public;
grant execute on function works_import_remove(uuid) to yinfeng_app;

------------------------------------------------------------------ what ledgers have told before
create function pg_temp.days(told text, out first_ date, out last_ date, out precision_ text) language plpgsql immutable as $$
declare m text[];
begin
  m := regexp_match(told, '^(\d{4})-(\d\d)-(\d\d)');
  if m is not null then first_ := make_date(m[1]::int, m[2]::int, m[3]::int); last_ := first_; precision_ := 'DAY'; return; end if;
  m := regexp_match(told, '^(\d{4})-(\d\d)$');
  if m is not null then first_ := make_date(m[1]::int, m[2]::int, 1); last_ := first_ + interval '1 month' - interval '1 day'; precision_ := 'MONTH'; return; end if;
  m := regexp_match(told, '^(\d{4})-Q([1-4])$');
  if m is not null then first_ := make_date(m[1]::int, m[2]::int * 3 - 2, 1); last_ := first_ + interval '3 months' - interval '1 day'; precision_ := 'QUARTER'; return; end if;
  m := regexp_match(told, '^(\d{4})$');
  if m is not null then first_ := make_date(m[1]::int, 1, 1); last_ := make_date(m[1]::int, 12, 31); precision_ := 'YEAR'; end if;
exception when datetime_field_overflow then null;
end $$;
insert into works_milestone (zone_id, project_id, code, name_zh, name_en, position, reached_with, reached_on, reached_by, reached_at, milestone_id, import_id, recorded_by, recorded_at)
select m.zone_id, m.project_id, c.code, c.zh, c.en, c.place, c.kind, coalesce(m.event_on, m.counting_on), m.actor_id, m.entered_at, m.id, m.import_id, m.actor_id, m.entered_at
from milestone m join (select z.id, k.* from zone z cross join lateral works_codes(z.id) k) c on c.id = m.zone_id and c.kind = m.kind where m.voided_at is null;
insert into works_milestone as w (zone_id, project_id, code, name_zh, name_en, position, reached_with, planned_on, precision, reached_on, import_id, recorded_at)
select p.zone_id, p.id, t.code, t.zh, t.en, t.place, t.kind, d.last_, d.precision_, case when t.code = 'COMPLETION' and p.stage = 'PRODUCING' then (select coalesce(m.event_on, m.counting_on) from milestone m where m.project_id = p.id and m.kind = 'PRODUCING' and m.voided_at is null) end,
  p.import_id, coalesce(i.applied_at, p.created_at)
from project p join (values ('date.plan_start', 'GROUND_BREAKING', '开工', 'Ground-breaking', 1, 'STARTED'), ('date.plan_finish', 'COMPLETION', '竣工', 'Completion', 3, 'COMPLETED')) t (field, code, zh, en, place, kind) on p.extra ? t.field
cross join lateral pg_temp.days(p.extra ->> t.field) d left join ledger_import i on i.id = p.import_id where d.last_ is not null
on conflict (project_id, code) where voided_at is null do update set planned_on = excluded.planned_on, precision = excluded.precision;
insert into works_pause (zone_id, project_id, resumed_on, precision, import_id, recorded_at)
select distinct on (t.project_id, t.resumed_on) * from (
  select p.zone_id, p.id as project_id, d.first_ as resumed_on, d.precision_, p.import_id, coalesce(i.applied_at, p.created_at)
  from project p cross join lateral jsonb_each_text(p.extra) x (field, told) cross join lateral pg_temp.days(x.told) d left join ledger_import i on i.id = p.import_id
  where x.field like 'date.resumed%' and d.first_ <= shanghai_day(now())
  union all
  select m.zone_id, m.project_id, m.event_on, m.precision, m.import_id, m.entered_at from milestone m where m.kind = 'RESUMED' and m.voided_at is null and m.event_on is not null) t
order by t.project_id, t.resumed_on
on conflict do nothing;
insert into start_plan (zone_id, project_id, year, kind, import_id, listed_at)
select p.zone_id, p.id, t.year, case when exists (select from works_pause w where w.project_id = p.id and extract(year from w.resumed_on) = t.year) then 'RESUME' else 'NEW_START' end, p.import_id, coalesce(i.applied_at, p.created_at)
from project p join ledger_import i on i.id = p.import_id cross join lateral (select extract(year from i.as_of)::int - 1 as year) t
where p.extra ->> 'flag.planned_prev' = 'true' and i.as_of is not null
on conflict do nothing;
`;
