import type { MigrationInterface, QueryRunner } from 'typeorm';

/** 专班: who serves a project from when to when, what is asked of them week by week, and whom landed firms have not seen for months. */
export class Taskforce1763900000012 implements MigrationInterface {
  name = 'Taskforce1763900000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('Who served which project when has no way back: restore a backup instead.');
  }
}

const sql = /* sql */ `
------------------------------------------------------------------ the visit log knows two more ways
-- 调度 and 现场走访 are what a taskforce does on its project: neither brings an investor in nor goes out for one, so that
-- 外出招商 and 来访接待 are counted as before.
do $$
declare held text := (select conname from pg_constraint where conrelid = 'visit'::regclass and contype = 'c' and pg_get_constraintdef(oid) ~ 'OUTBOUND');
begin
  execute format('alter table visit drop constraint %I', held);
end $$;
alter table visit add constraint visit_direction_check check (direction in ('OUTBOUND','INBOUND','EVENT','CALL','SITE','DISPATCH'));

------------------------------------------------------------------ taskforces
create table taskforce (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  formed_on date not null,
  formed_by uuid references staff (id),
  formed_at timestamptz not null default app_now(),
  note text,
  dissolved_on date,
  dissolved_by uuid references staff (id),
  dissolved_at timestamptz,
  dissolve_reason text,
  version int not null default 1,
  constraint taskforce_dissolved check ((dissolved_on is null) = (dissolved_at is null) and (dissolved_on is null) = (coalesce(trim(dissolve_reason), '') = '')),
  constraint taskforce_days check (dissolved_on >= formed_on)
);
comment on table taskforce is '专班 / 包保: the named people of a project; one at a time, dissolved ones stay on record';
create unique index taskforce_open on taskforce (project_id) where dissolved_on is null;
create index taskforce_of_project on taskforce (project_id, id);
create index taskforce_newest on taskforce (zone_id, id desc);

create table taskforce_member (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  taskforce_id uuid not null references taskforce (id) on delete cascade,
  staff_id uuid not null references staff (id),
  role text not null check (role in ('LEADER','AGENT','SECRETARY','CONTACT','MEMBER')),
  since_on date not null,
  until_on date,
  added_by uuid references staff (id),
  added_at timestamptz not null default app_now(),
  ended_by uuid references staff (id),
  ended_at timestamptz,
  end_reason text,
  constraint taskforce_member_ended check ((until_on is null) = (ended_at is null)),
  constraint taskforce_member_days check (until_on >= since_on)
);
comment on column taskforce_member.role is 'LEADER 包保领导, AGENT 具办人, SECRETARY 服务秘书, CONTACT 项目联系人, MEMBER 成员';
comment on column taskforce_member.until_on is 'Last day, itself included; null: serves still';
create unique index taskforce_member_leader on taskforce_member (taskforce_id) where role = 'LEADER' and until_on is null;
create unique index taskforce_member_once on taskforce_member (taskforce_id, staff_id, role) where until_on is null;
create index taskforce_member_of on taskforce_member (staff_id, taskforce_id) where until_on is null;
create index taskforce_member_by_role on taskforce_member (taskforce_id, role);

create table taskforce_department (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  taskforce_id uuid not null references taskforce (id) on delete cascade,
  department_id uuid not null references department (id),
  since_on date not null,
  until_on date,
  added_by uuid references staff (id),
  added_at timestamptz not null default app_now(),
  ended_by uuid references staff (id),
  ended_at timestamptz,
  constraint taskforce_department_ended check ((until_on is null) = (ended_at is null)),
  constraint taskforce_department_days check (until_on >= since_on)
);
create unique index taskforce_department_once on taskforce_department (taskforce_id, department_id) where until_on is null;

-- Who served when is written once: it only ends, and ends once.
create function taskforce_part_ends() returns trigger language plpgsql as $$
begin
  if old.until_on is not null or (to_jsonb(new) - '{until_on,ended_by,ended_at,end_reason}'::text[]) is distinct from (to_jsonb(old) - '{until_on,ended_by,ended_at,end_reason}'::text[]) then
    if not person_at_work() then raise exception 'who served in a taskforce stays on record; a part of it only ends' using errcode = 'restrict_violation'; end if;
  end if;
  return new;
end $$;
create trigger taskforce_part_ends before update on taskforce_member for each row execute function taskforce_part_ends();
create trigger taskforce_part_ends before update on taskforce_department for each row execute function taskforce_part_ends();

-- Whoever serves sees the project; whoever leaves no longer does, unless something else lets them.
create function taskforce_sight() returns trigger language plpgsql security definer set search_path = public as $$
declare project uuid := (select t.project_id from taskforce t where t.id = new.taskforce_id);
begin
  if tg_table_name = 'taskforce_member' then
    if tg_op = 'INSERT' then
      insert into project_member (zone_id, project_id, staff_id, role) values (new.zone_id, project, new.staff_id, 'TASKFORCE') on conflict do nothing;
    elsif new.until_on is not null and not exists (select from taskforce_member m where m.taskforce_id = new.taskforce_id and m.staff_id = new.staff_id and m.until_on is null) then
      delete from project_member m where m.project_id = project and m.staff_id = new.staff_id and m.role = 'TASKFORCE';
    end if;
  elsif tg_op = 'INSERT' then
    insert into project_department (zone_id, project_id, department_id) values (new.zone_id, project, new.department_id) on conflict do nothing;
  elsif new.until_on is not null and not exists (select from deadline d where d.project_id = project and d.department_id = new.department_id) then
    -- A department with something of this project due, or done, was called for more than its taskforce.
    delete from project_department d where d.project_id = project and d.department_id = new.department_id;
  end if;
  return null;
end $$;
create trigger taskforce_sight after insert or update of until_on on taskforce_member for each row execute function taskforce_sight();
create trigger taskforce_sight after insert or update of until_on on taskforce_department for each row execute function taskforce_sight();

-- Of a dissolved taskforce nothing is asked any more.
create function taskforce_rests() returns trigger language plpgsql security definer set search_path = public as $$
begin
  delete from deadline d where d.subject_id = new.id and d.kind = 'DUTY';
  return null;
end $$;
create trigger taskforce_rests after update of dissolved_on on taskforce for each row when (new.dissolved_on is not null) execute function taskforce_rests();

------------------------------------------------------------------ days and deadlines
-- Working days of a span, both ends included; in a year that is not published Monday to Friday.
create function working_days_in(first date, last date) returns setof date language sql stable parallel safe as $$
  select d.day from (select generate_series(first, last, interval '1 day')::date as day) d
  left join calendar_year y on y.year = extract(year from d.day)::int and y.published
  left join working_day w on w.day = d.day
  where case when y.year is not null then w.day is not null else extract(isodow from d.day) < 6 end
$$;

-- What falls due by the mere passing of time no trigger tells of: a daily look states the whole truth of its kind in the
-- zone, and what differs is written. what: [{"project","subject","part","title","since","due","staff","done"}].
create function deadlines_state(k text, what jsonb) returns int language plpgsql security definer set search_path = public as $$
declare zone uuid := app_zone(); n int; gone int;
begin
  if zone is null or k not in ('DUTY', 'AFTERCARE') then raise exception 'deadlines of kind % are kept by their records', k using errcode = 'restrict_violation'; end if;
  create temp table told on commit drop as
    select x.project, x.subject, x.part, left(x.title, 200) as title, x.since, x.due, x.staff, x.done, not exists (select from calendar_year y where y.year = extract(year from x.due)::int and y.published) as provisional
    from jsonb_to_recordset(what) x (project uuid, subject uuid, part text, title text, since date, due date, staff uuid, done date)
    join project p on p.id = x.project and p.zone_id = zone and p.gone_at is null;
  analyze told;
  delete from deadline d where d.zone_id = zone and d.kind = k and not exists (select from told t where t.subject = d.subject_id and t.part = d.part);
  get diagnostics gone = row_count;
  insert into deadline as d (zone_id, project_id, kind, subject_id, part, title, since_on, due_on, provisional, staff_id, done_on)
  select zone, t.project, k, t.subject, t.part, t.title, t.since, t.due, t.provisional, t.staff, t.done
  from told t left join deadline o on o.subject_id = t.subject and o.kind = k and o.part = t.part
  where o.id is null or (o.project_id, o.title, o.since_on, o.due_on, o.provisional, o.staff_id, o.done_on) is distinct from (t.project, t.title, t.since, t.due, t.provisional, t.staff, t.done)
  on conflict (subject_id, kind, part) do update set project_id = excluded.project_id, title = excluded.title, since_on = excluded.since_on, due_on = excluded.due_on,
    provisional = excluded.provisional, staff_id = excluded.staff_id, done_on = excluded.done_on;
  get diagnostics n = row_count;
  drop table told;
  return n + gone;
end $$;

------------------------------------------------------------------ walls, books, grants
select wall_zone(t) from unnest(array['taskforce','taskforce_member','taskforce_department']::regclass[]) t;
select keep_books(t) from unnest(array['taskforce','taskforce_member','taskforce_department']::regclass[]) t;
grant select, insert on taskforce, taskforce_member, taskforce_department to yinfeng_app;
grant update (project_id, dissolved_on, dissolved_by, dissolved_at, dissolve_reason, version) on taskforce to yinfeng_app;
grant update (until_on, ended_by, ended_at, end_reason) on taskforce_member to yinfeng_app;
grant update (until_on, ended_by, ended_at) on taskforce_department to yinfeng_app;
revoke execute on function taskforce_part_ends(), taskforce_sight(), taskforce_rests() from public;
revoke execute on function deadlines_state(text, jsonb) from public;
grant execute on function deadlines_state(text, jsonb) to yinfeng_app;
`;
