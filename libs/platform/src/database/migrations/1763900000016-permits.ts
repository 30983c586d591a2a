import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Permits of a project: what waits for what, a clock in working days that stands while more is asked for, promises of what follows, evidence, and the story of each. */
export class Permits1763900000016 implements MigrationInterface {
  name = 'Permits1763900000016';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger permit_recount on calendar_year;
      delete from deadline where kind = 'PERMIT';
      drop table permit_event, permit_file, permit;
      drop function permit_plan(uuid, date), permit_recount(), permit_follow(), permit_clock(), permit_moves(), permit_circle(), permit_waits(uuid, text[], date), working_days_between(date, date);`);
  }
}

const sql = String.raw/* sql */ `
------------------------------------------------------------------ working days between two days
-- How many working days lie after the one day up to and including the other; Monday to Friday in years that are not published,
-- as working_due counts.
create function working_days_between(since date, until date) returns int language plpgsql stable strict parallel safe as $$
declare n int;
begin
  if until <= since then return 0; end if;
  n := (select count(*) from working_day w where w.day > since and w.day <= until);
  if exists (select from generate_series(extract(year from since)::int, extract(year from until)::int) y where not exists (select from calendar_year c where c.year = y and c.published)) then
    n := n + (select count(*) from generate_series(since + 1, until, interval '1 day') d
      where extract(isodow from d) < 6 and not exists (select from calendar_year c where c.year = extract(year from d)::int and c.published));
  end if;
  return n;
end $$;

------------------------------------------------------------------ permits
create table permit (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  code text not null check (code ~ '^[A-Z][A-Z0-9_]{1,39}$'),
  position int not null,
  label_zh text not null check (trim(label_zh) <> ''),
  label_en text not null check (trim(label_en) <> ''),
  after text[] not null default '{}',
  measured text not null default 'DAYS' check (measured in ('DAYS','MINUTES')),
  allowed_days int check (allowed_days between 1 and 365),
  express_days int check (express_days between 1 and 365),
  allowed_minutes int check (allowed_minutes > 0),
  may_promise boolean not null default false,
  evidence text[] not null default '{}',
  gate_item text,
  department_id uuid references department (id),
  staff_id uuid references staff (id),
  express boolean not null default false,
  joint boolean not null default false,
  state text not null default 'NOT_STARTED' check (state in ('NOT_STARTED','APPLIED','SUPPLEMENT','GRANTED','REFUSED','NOT_NEEDED')),
  round int not null default 0 check (round >= 0),
  applied_on date,
  stopped_on date,
  stopped datemultirange not null default '{}',
  granted_on date,
  refused_on date,
  number text,
  valid_until date,
  minutes int check (minutes between 1 and 100000),
  tolerated text[] not null default '{}',
  promise text check (trim(promise) <> ''),
  promise_due_on date,
  promise_kept_on date,
  within_days int generated always as (case when express then coalesce(express_days, allowed_days) else allowed_days end) stored,
  due_on date,
  used_days int,
  note text,
  act text not null default 'OPENED' check (act in ('OPENED','EDITED','SKIPPED','APPLIED','STOPPED','RESUMED','GRANTED','REFUSED','PROMISE_KEPT','TAKEN_BACK')),
  act_on date,
  reason text,
  version int not null default 1,
  created_by uuid references staff (id),
  created_at timestamptz not null default now(),
  unique (project_id, code),
  constraint permit_applied check ((applied_on is null) = (state in ('NOT_STARTED','NOT_NEEDED'))),
  constraint permit_stopped check ((state = 'SUPPLEMENT') = (stopped_on is not null)),
  constraint permit_granted check ((state = 'GRANTED') = (granted_on is not null)),
  constraint permit_refused check ((state = 'REFUSED') = (refused_on is not null)),
  constraint permit_days check (coalesce(granted_on, refused_on, stopped_on) >= applied_on and lower(stopped) > applied_on and upper(stopped) - 1 <= coalesce(granted_on, refused_on, stopped_on, 'infinity') and valid_until >= granted_on),
  constraint permit_reason check (act not in ('STOPPED','REFUSED','SKIPPED','TAKEN_BACK') or coalesce(trim(reason), '') <> ''),
  constraint permit_promise check ((promise is null) = (promise_due_on is null) and (promise is not null or promise_kept_on is null) and (promise is null or may_promise and applied_on is not null)),
  constraint permit_tolerance check (tolerated = '{}' or express or promise is not null),
  constraint permit_minutes check (minutes is null or measured = 'MINUTES')
);
comment on table permit is 'A permit or step that a project needs: 立项备案, 环评, 施工许可. Where it stands, who handles it, and its clock in working days';
comment on column permit.after is 'Codes of permits of the same project that are done before it; a code that the project does not have asks for nothing';
comment on column permit.allowed_days is 'Working days from application to grant, as they were when it was opened';
comment on column permit.stopped is 'Days on which the clock stood because more was asked for; an open stop is stopped_on: the days after it do not count';
comment on column permit.tolerated is '容缺受理: what was not done when the application was taken all the same';
comment on column permit.promise is '告知承诺: what follows after the grant; null: nothing was promised';
comment on column permit.due_on is 'Shanghai day: application plus the days allowed, moved by those on which the clock stood; kept by a trigger';
comment on column permit.used_days is 'Working days that it took, without those on which the clock stood; null until it is decided';
create index permit_newest on permit (zone_id, id desc);
create index permit_granted_in on permit (zone_id, granted_on) where granted_on is not null;
create index permit_due on permit (zone_id, due_on) where due_on is not null and granted_on is null and refused_on is null;
create index permit_of_department on permit (department_id) where department_id is not null;

create table permit_file (
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  permit_id uuid not null references permit (id) on delete cascade,
  file_id uuid not null references stored_file (id),
  label text,
  added_by uuid references staff (id),
  added_at timestamptz not null default now(),
  primary key (permit_id, file_id)
);
create index permit_file_of_file on permit_file (file_id);
create index permit_file_of_project on permit_file (project_id);

create table permit_event (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  permit_id uuid not null references permit (id) on delete cascade,
  act text not null,
  from_state text,
  to_state text not null,
  on_day date,
  reason text,
  staff_id uuid references staff (id),
  at timestamptz not null default now()
);
comment on table permit_event is 'The story of each permit, written by the permit itself; entries are added, never changed';
create index permit_event_of_permit on permit_event (permit_id, id);
create index permit_event_of_project on permit_event (project_id, at);

-- Which of these permits of a project were not done by the end of a day (no day: are not done).
create function permit_waits(project uuid, codes text[], day date) returns text[] language plpgsql stable as $$
begin
  if codes = '{}' then return codes; end if;
  return array(select b.code from permit b where b.project_id = project and b.code = any (codes) and b.state <> 'NOT_NEEDED' and (b.state <> 'GRANTED' or b.granted_on > day) order by b.position, b.code);
end $$;

-- The clock: a stop moves the last day by its working days, unless time had run out before it. Nothing is due while it
-- stands, again unless it was late before. In time means: used days within those allowed, and no later than due.
create function permit_clock() returns trigger language plpgsql security definer set search_path = public as $$
declare within int := case when new.express then coalesce(new.express_days, new.allowed_days) else new.allowed_days end; stood int := 0; moved int := 0; days int; r daterange;
begin
  if new.applied_on is null then new.due_on := null; new.used_days := null; return new; end if;
  for r in select x from unnest(new.stopped) x order by x loop
    days := working_days_between(lower(r) - 1, upper(r) - 1);
    if working_days_between(new.applied_on, lower(r) - 1) - stood <= within then moved := moved + days; end if;
    stood := stood + days;
  end loop;
  new.due_on := case when working_days_between(new.applied_on, new.stopped_on) - stood <= within then null else (working_due(new.applied_on, within + moved)).due end;
  new.used_days := working_days_between(new.applied_on, coalesce(new.granted_on, new.refused_on)) - stood;
  return new;
end $$;
create trigger permit_clock before insert or update of state, applied_on, stopped_on, stopped, granted_on, refused_on, allowed_days, express_days, express on permit for each row execute function permit_clock();

-- States go along their edges; nothing is applied for, or granted, before what it waits for is done, unless that was tolerated on record.
create function permit_moves() returns trigger language plpgsql security definer set search_path = public as $$
declare standing text;
begin
  if tg_op = 'INSERT' then
    if new.state <> 'NOT_STARTED' then raise exception 'a permit begins as not started' using errcode = 'check_violation', constraint = 'permit_edges', table = 'permit'; end if;
    return new;
  end if;
  if not (new.state = any (case old.state
      when 'NOT_STARTED' then array['APPLIED','NOT_NEEDED'] when 'NOT_NEEDED' then array['NOT_STARTED'] when 'APPLIED' then array['SUPPLEMENT','GRANTED','REFUSED','NOT_STARTED']
      when 'SUPPLEMENT' then array['APPLIED','REFUSED'] else array['APPLIED'] end)) then
    raise exception 'a permit does not go from % to %', old.state, new.state using errcode = 'check_violation', constraint = 'permit_edges', table = 'permit';
  end if;
  if new.state = 'APPLIED' and (old.state = 'NOT_STARTED' or new.round > old.round) and not permit_waits(new.project_id, new.after, new.applied_on) <@ new.tolerated
    or new.state = 'GRANTED' and new.promise is null and permit_waits(new.project_id, new.after, new.granted_on) <> '{}' then
    raise exception 'what the permit waits for is not done' using errcode = 'check_violation', constraint = 'permit_order', table = 'permit';
  end if;
  if old.state in ('GRANTED','NOT_NEEDED') then
    standing := (select b.code from permit b where b.project_id = new.project_id and old.code = any (b.after) and b.state in ('APPLIED','SUPPLEMENT','GRANTED') and not old.code = any (b.tolerated) limit 1);
    if standing is not null then raise exception 'permit % stands on this one', standing using errcode = 'check_violation', constraint = 'permit_stands', table = 'permit'; end if;
  end if;
  return new;
end $$;
create trigger permit_begins before insert on permit for each row execute function permit_moves();
create trigger permit_moves before update of state on permit for each row when (old.state is distinct from new.state) execute function permit_moves();

-- Of several rows at once the last one closes the circle: looked at when all stand.
create function permit_circle() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if exists (with recursive before as (select unnest(new.after) as code union select unnest(b.after) from before x join permit b on b.project_id = new.project_id and b.code = x.code) select from before where code = new.code) then
    raise exception 'permits wait for each other in a circle at %', new.code using errcode = 'check_violation', constraint = 'permit_circle', table = 'permit';
  end if;
  return null;
end $$;
create trigger permit_circle after insert or update of after, code on permit for each row when (new.after <> '{}') execute function permit_circle();

-- What follows from a permit as it is now: its story, what is due of it, whose people are called to the project.
create function permit_follow() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if tg_op = 'DELETE' then
    perform deadline_keep(old.zone_id, old.project_id, 'PERMIT', old.id, '', null, null, null, null, null, null);
    perform deadline_keep(old.zone_id, old.project_id, 'PERMIT', old.id, 'PROMISE', null, null, null, null, null, null);
    return null;
  end if;
  if tg_op = 'INSERT' or old.project_id = new.project_id and (old.version <> new.version or old.state <> new.state) then
    insert into permit_event (zone_id, project_id, permit_id, act, from_state, to_state, on_day, reason, staff_id, at)
    values (new.zone_id, new.project_id, new.id, new.act, case when tg_op = 'UPDATE' then old.state end, new.state, new.act_on, new.reason, app_staff(), app_now());
  end if;
  if tg_op = 'UPDATE' and old.project_id <> new.project_id then
    update permit_event set project_id = new.project_id where permit_id = new.id;
    update permit_file set project_id = new.project_id where permit_id = new.id;
  end if;
  if tg_op = 'INSERT' or (old.project_id, old.due_on, old.applied_on, old.granted_on, old.refused_on, old.department_id, old.staff_id, old.label_zh, old.promise, old.promise_due_on, old.promise_kept_on)
      is distinct from (new.project_id, new.due_on, new.applied_on, new.granted_on, new.refused_on, new.department_id, new.staff_id, new.label_zh, new.promise, new.promise_due_on, new.promise_kept_on) then
    perform deadline_keep(new.zone_id, new.project_id, 'PERMIT', new.id, '', new.label_zh, new.applied_on, new.due_on, new.department_id, new.staff_id, coalesce(new.granted_on, new.refused_on));
    -- What was promised with an application that was refused is of no matter any more.
    perform deadline_keep(new.zone_id, new.project_id, 'PERMIT', new.id, 'PROMISE', new.label_zh || '：' || new.promise, new.applied_on, case when new.state <> 'REFUSED' then new.promise_due_on end, new.department_id, new.staff_id, new.promise_kept_on);
  end if;
  if new.department_id is not null and (tg_op = 'INSERT' or (old.department_id, old.project_id) is distinct from (new.department_id, new.project_id)) then
    insert into project_department (zone_id, project_id, department_id) values (new.zone_id, new.project_id, new.department_id) on conflict do nothing;
  end if;
  return null;
end $$;
create trigger permit_follow after insert or update or delete on permit for each row execute function permit_follow();

-- A year that is published (again) moves what was counted in it. Deferred: its days come after it in the same transaction.
create function permit_recount() returns trigger language plpgsql security definer set search_path = public as $$
begin
  update permit m set applied_on = m.applied_on where m.applied_on <= make_date(new.year, 12, 31) and greatest(m.due_on, m.granted_on, m.refused_on) >= make_date(new.year, 1, 1);
  return null;
end $$;
create constraint trigger permit_recount after insert or update on calendar_year deferrable initially deferred for each row execute function permit_recount();

-- When each open permit of a project can begin and finish at the earliest, counted from a day; critical: on the path that
-- decides the last day. What never gets its turn (a circle that a merge brought) is left out.
create function permit_plan(project uuid, today date) returns table (permit_id uuid, starts_on date, finishes_on date, provisional boolean, critical boolean) language plpgsql stable as $$
declare
  m permit[] := array(select p from permit p where p.project_id = project and p.state <> 'NOT_NEEDED' order by p.position, p.code);
  n int := coalesce(array_length(m, 1), 0);
  begins date[] := array_fill(null::date, array[greatest(n, 1)]); ends date[] := begins; vague boolean[] := array_fill(false, array[greatest(n, 1)]); main boolean[] := vague;
  before date; ready boolean; more boolean := n > 0; at_ int; next_ int; w record;
begin
  while more loop
    more := false;
    for i in 1 .. n loop
      continue when ends[i] is not null;
      ready := true; before := null;
      for j in 1 .. n loop
        if m[j].code = any (m[i].after) and i <> j then
          if ends[j] is null then ready := false; exit; end if;
          before := greatest(before, ends[j]); vague[i] := vague[i] or vague[j];
        end if;
      end loop;
      continue when not ready;
      begins[i] := m[i].applied_on;
      if m[i].state = 'GRANTED' then ends[i] := m[i].granted_on; vague[i] := false;
      else
        if m[i].state = 'APPLIED' then
          ends[i] := greatest(m[i].due_on, today);
          vague[i] := vague[i] or exists (select from generate_series(extract(year from today)::int, extract(year from ends[i])::int) y where not exists (select from calendar_year c where c.year = y and c.published));
        else
          begins[i] := case when m[i].state = 'SUPPLEMENT' then m[i].applied_on else greatest(today, before) end;
          select * into w from working_due(case when m[i].state = 'SUPPLEMENT' then today else begins[i] end, case when m[i].state <> 'SUPPLEMENT' then coalesce(m[i].within_days, 0)
            else greatest(0, coalesce(m[i].within_days, 0) - working_days_between(m[i].applied_on, m[i].stopped_on) + coalesce((select sum(working_days_between(lower(r) - 1, upper(r) - 1)) from unnest(m[i].stopped) r), 0)) end::int);
          ends[i] := w.due; vague[i] := vague[i] or w.provisional;
        end if;
        -- Taken although something was missing: granted when that is done, unless on a promise.
        if m[i].promise is null then ends[i] := greatest(ends[i], before); end if;
      end if;
      more := true;
    end loop;
  end loop;
  at_ := (select i from generate_series(1, n) i where m[i].state <> 'GRANTED' and ends[i] is not null order by ends[i] desc, i limit 1);
  while at_ is not null and not main[at_] loop
    main[at_] := true;
    next_ := (select j from generate_series(1, n) j where m[j].state <> 'GRANTED' and m[j].code = any (m[at_].after) and ends[j] is not null and (m[at_].state not in ('APPLIED','SUPPLEMENT') or ends[j] = ends[at_]) order by ends[j] desc, j limit 1);
    at_ := next_;
  end loop;
  return query select m[i].id, begins[i], ends[i], vague[i], main[i] from generate_series(1, n) i where ends[i] is not null;
end $$;

select wall_zone(t) from unnest(array['permit','permit_file','permit_event']::regclass[]) t;
select keep_books('permit'::regclass, true);
select keep_books('permit_file'::regclass);
select keep_books('permit_event'::regclass);
grant select, insert, update on permit to yinfeng_app;
grant select, insert on permit_file to yinfeng_app;
grant select on permit_event to yinfeng_app;
revoke execute on function permit_clock(), permit_moves(), permit_circle(), permit_follow(), permit_recount() from public;
`;
