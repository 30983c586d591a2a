import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is due by when, of whatever kind, in one table; whose people are called to a project; days beyond the published calendar. */
export class Deadlines1763900000001 implements MigrationInterface {
  name = 'Deadlines1763900000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger handoff_deadline on handoff;
      drop trigger commitment_deadline on commitment;
      drop function handoff_deadline(), commitment_deadline(), deadline_keep(uuid, uuid, text, uuid, text, text, date, date, uuid, uuid, date), working_due(date, int);
      drop table deadline, project_department;`);
  }
}

const sql = String.raw/* sql */ `
------------------------------------------------------------------ days beyond the published calendar
-- The n-th working day after a day, always: by the published calendar as far as it goes, and beyond it by weekdays alone,
-- which is provisional until the State Council has published the year.
create function working_due(start date, n int, out due date, out provisional boolean) language plpgsql stable parallel safe as $$
declare left_ int := n; d date := start;
begin
  due := add_working_days(start, n);
  provisional := due is null;
  if not provisional then return; end if;
  -- Day by day: a published day by the calendar, any other by its weekday. At most a few years of days.
  if n = 0 then
    while not coalesce((select exists (select from working_day w where w.day = d) from calendar_year y where y.year = extract(year from d)::int and y.published), extract(isodow from d) < 6) loop d := d + 1; end loop;
  end if;
  while left_ > 0 loop
    d := d + 1;
    if coalesce((select exists (select from working_day w where w.day = d) from calendar_year y where y.year = extract(year from d)::int and y.published), extract(isodow from d) < 6) then left_ := left_ - 1; end if;
  end loop;
  due := d;
end $$;
comment on function working_due is 'Working day n after start; provisional: it lies in a year whose holidays are not published, where Monday to Friday are taken as working days';

------------------------------------------------------------------ whose people are called to a project
create table project_department (
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  department_id uuid not null references department (id),
  since timestamptz not null default app_now(),
  primary key (project_id, department_id)
);
comment on table project_department is 'Departments called to a project by a service call, a permit or its taskforce: their construction staff see this project and no other';
create index project_department_of on project_department (department_id, project_id);

------------------------------------------------------------------ deadlines
create table deadline (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  kind text not null check (kind ~ '^[A-Z][A-Z_]{1,39}$'),
  subject_id uuid not null,
  part text not null default '' check (part ~ '^[A-Z_]{0,40}$'),
  title text,
  since_on date,
  due_on date not null,
  provisional boolean not null default false,
  department_id uuid references department (id),
  staff_id uuid references staff (id),
  done_on date,
  unique (subject_id, kind, part)
);
comment on table deadline is 'Whatever is due by a day, told of by the records themselves (triggers): handoffs, promises, permits, milestones, calls, plans. Read by the overdue list, a person''s day, lights and reminders; nothing writes it by hand';
comment on column deadline.subject_id is 'The record that is due: its id in the table of its kind';
comment on column deadline.part is 'Which clock of a record that has several';
comment on column deadline.due_on is 'Shanghai day; met when done_on is on or before it, overdue from the day after it';
comment on column deadline.provisional is 'The day lies in a year whose working calendar is not published yet';
comment on column deadline.department_id is 'Which department has to do it; null: that of the project';
comment on column deadline.staff_id is 'Who has to do it; null: anybody of the department, or whoever is in charge of the project';
comment on column deadline.done_on is 'Shanghai day on which it was met; null: still due';
create index deadline_open on deadline (zone_id, due_on, id) where done_on is null;
create index deadline_open_department on deadline (department_id, due_on, id) where done_on is null;
create index deadline_open_staff on deadline (staff_id, due_on, id) where done_on is null;
create index deadline_of_project on deadline (project_id, kind, due_on);

-- Called by the trigger of the record: what is due of it, or nothing any more (no day).
create function deadline_keep(zone uuid, project uuid, k text, subject uuid, p text, what text, since date, due date, department uuid, person uuid, done date) returns void
  language plpgsql security definer set search_path = public as $$
begin
  if due is null then
    delete from deadline d where d.subject_id = subject and d.kind = k and d.part = p;
    return;
  end if;
  insert into deadline as d (zone_id, project_id, kind, subject_id, part, title, since_on, due_on, provisional, department_id, staff_id, done_on)
  values (zone, project, k, subject, p, left(what, 200), since, due, not exists (select from calendar_year y where y.year = extract(year from due)::int and y.published), department, person, done)
  on conflict (subject_id, kind, part) do update set project_id = excluded.project_id, title = excluded.title, since_on = excluded.since_on, due_on = excluded.due_on,
    provisional = excluded.provisional, department_id = excluded.department_id, staff_id = excluded.staff_id, done_on = excluded.done_on;
end $$;

create function handoff_deadline() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if tg_op = 'DELETE' then perform deadline_keep(old.zone_id, old.project_id, 'HANDOFF', old.id, '', null, null, null, null, null, null); return null; end if;
  -- A return ends this attempt: what is due then is the next one.
  perform deadline_keep(new.zone_id, new.project_id, 'HANDOFF', new.id, '', null, shanghai_day(new.submitted_at), new.due_on, new.to_department_id, null, shanghai_day(new.decided_at));
  return null;
end $$;
create trigger handoff_deadline after insert or delete or update of project_id, state, due_on, to_department_id on handoff for each row execute function handoff_deadline();

create function commitment_deadline() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if tg_op = 'DELETE' then perform deadline_keep(old.zone_id, old.project_id, 'COMMITMENT', old.id, '', null, null, null, null, null, null); return null; end if;
  perform deadline_keep(new.zone_id, new.project_id, 'COMMITMENT', new.id, '', new.content, shanghai_day(new.created_at), case when new.state <> 'WAIVED' then new.due_on end,
    null, null, case when new.state in ('KEPT','BROKEN') then coalesce(new.settled_on, shanghai_day(new.settled_at)) end);
  return null;
end $$;
create trigger commitment_deadline after insert or delete or update of project_id, state, due_on, content, settled_on on commitment for each row execute function commitment_deadline();

-- What was there before.
select deadline_keep(h.zone_id, h.project_id, 'HANDOFF', h.id, '', null, shanghai_day(h.submitted_at), h.due_on, h.to_department_id, null, shanghai_day(h.decided_at)) from handoff h;
select deadline_keep(c.zone_id, c.project_id, 'COMMITMENT', c.id, '', c.content, shanghai_day(c.created_at), case when c.state <> 'WAIVED' then c.due_on end, null, null, case when c.state in ('KEPT','BROKEN') then coalesce(c.settled_on, shanghai_day(c.settled_at)) end)
  from commitment c;

select wall_zone(t) from unnest(array['project_department','deadline']::regclass[]) t;
select keep_books('project_department'::regclass);
grant select, insert, update (project_id) on project_department to yinfeng_app;
grant delete on project_department to yinfeng_app;
grant select on deadline to yinfeng_app;
revoke execute on function deadline_keep(uuid, uuid, text, uuid, text, text, date, date, uuid, uuid, date), handoff_deadline(), commitment_deadline() from public;
`;
