import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Reminders that nobody acts on go up the organisation, step by step; the chain ends and goes on with its reminder. */
export class ReminderEscalation1763900000064 implements MigrationInterface {
  name = 'ReminderEscalation1763900000064';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('Escalations are records of what was done: restore a backup instead.');
  }
}

const sql = String.raw/* sql */ `
-- A table of its own beside escalation: that one hangs on the streak of a project's light, is due by a day of its own and
-- ends with the light; this one hangs on a reminder, which may be about no project, ends with it and goes on when it is
-- opened again.
create table reminder_escalation (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  reminder_id uuid not null references reminder (id) on delete cascade,
  matter text not null check (matter <> ''),
  kind text not null,
  rule text not null,
  project_id uuid references project (id) on delete cascade,
  department_id uuid references department (id),
  step int not null check (step between 1 and 3),
  level text not null check (level in ('GROUP_LEADER','UNIT_HEAD','ZONE_LEADER')),
  subject text not null check (subject <> ''),
  from_staff_id uuid not null references staff (id),
  to_staff_id uuid not null references staff (id),
  since_on date not null,
  opened_on date not null,
  opened_at timestamptz not null default app_now(),
  state text not null default 'OPEN' check (state in ('OPEN','ANSWERED','CLOSED')),
  answer text,
  answer_how text check (answer_how in ('NOTED','NEW_DAY','TAKEN_OVER')),
  answer_until date,
  answered_by uuid references staff (id),
  answered_at timestamptz,
  closed_how text check (closed_how in ('DONE','CANCELLED','RESTS','TAKEN_OVER')),
  closed_at timestamptz,
  version int not null default 1,
  constraint reminder_escalation_up check (to_staff_id <> from_staff_id),
  constraint reminder_escalation_answered check ((answered_at is null) = (coalesce(answer, '') = '') and (answered_at is null) = (answer_how is null) and (state <> 'ANSWERED' or answered_at is not null)),
  constraint reminder_escalation_until check ((answer_how is not distinct from 'NEW_DAY') = (answer_until is not null)),
  constraint reminder_escalation_closed check ((state = 'CLOSED') = (closed_at is not null) and (state = 'CLOSED') = (closed_how is not null)),
  -- Whoever let it lie does not answer for the person above.
  constraint reminder_escalation_second_person check (answered_by is null or answered_by <> from_staff_id)
);
comment on table reminder_escalation is 'A step up of a reminder that nobody acted on: who let it lie, who was named, since when, and what that person said. Once for each matter and step';
comment on column reminder_escalation.matter is 'What is escalated once, however many reminders tell of it: the record and its day, else the cause of the reminder';
comment on column reminder_escalation.subject is 'The reminder''s own words when the step was taken';
comment on column reminder_escalation.department_id is 'Unit of whoever let it lie: who sees the step if it is about no project, and where it counts';
comment on column reminder_escalation.since_on is 'From which day the working days are counted';
create unique index reminder_escalation_once on reminder_escalation (zone_id, matter, step);
create index reminder_escalation_of_reminder on reminder_escalation (reminder_id);
create index reminder_escalation_of_project on reminder_escalation (project_id) where state <> 'CLOSED';
create index reminder_escalation_newest on reminder_escalation (zone_id, opened_on, id);
create index reminder_escalation_to on reminder_escalation (to_staff_id, state);
-- The weekly list reads the ladder of lights beside it by instant.
create index escalation_opened on escalation (zone_id, opened_at);

alter table reminder add column escalated int not null default 0;
comment on column reminder.escalated is 'How many steps up were taken because of it; the chain follows its state';

-- The chain ends with its reminder and goes on where it stood when that is opened again.
create function reminder_escalation_follow() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if new.state in ('DONE', 'CANCELLED') then
    update reminder_escalation e set state = 'CLOSED', closed_how = new.state, closed_at = app_now(), version = e.version + 1 where e.reminder_id = new.id and e.state <> 'CLOSED';
  else
    update reminder_escalation e set state = case when e.answered_at is null then 'OPEN' else 'ANSWERED' end, closed_how = null, closed_at = null, version = e.version + 1
    where e.reminder_id = new.id and e.state = 'CLOSED' and e.closed_how in ('DONE', 'CANCELLED');
  end if;
  return null;
end $$;
create trigger reminder_escalation_follow after update of state on reminder for each row
  when (old.escalated > 0 and (old.state in ('DONE', 'CANCELLED')) <> (new.state in ('DONE', 'CANCELLED'))) execute function reminder_escalation_follow();

-- Whoever is named is told by a reminder of the step; what it asks ends and comes back with the step.
create function reminder_escalation_told() returns trigger language plpgsql security definer set search_path = public as $$
begin
  update reminder r set version = r.version + 1,
    state = case new.state when 'OPEN' then case when r.delivered_at >= r.due_at then 'DELIVERED' else 'PLANNED' end when 'ANSWERED' then 'DONE' else 'CANCELLED' end,
    done_at = case when new.state = 'ANSWERED' then new.answered_at end, done_by = case when new.state = 'ANSWERED' then new.answered_by end
  where r.zone_id = new.zone_id and r.cause = 'REMINDER_ESCALATION:' || new.id and case when new.state = 'OPEN' then r.state in ('DONE', 'CANCELLED') else r.state in ('PLANNED', 'DELIVERED') end;
  return null;
end $$;
create trigger reminder_escalation_told after update of state on reminder_escalation for each row when (old.state <> new.state) execute function reminder_escalation_told();

-- Whether a person sees whatever a department has: by leading it, by its unit, or by seeing the zone.
create function sees_department(person uuid, of_department uuid) returns boolean language plpgsql stable as $$
declare what text; own uuid; below uuid[];
begin
  select s.role, s.department_id into what, own from staff s where s.id = person;
  if what = 'LEADER' then return true; end if;
  if what is null or what not in ('MANAGER', 'GROUP_LEADER') or of_department is null then return false; end if;
  below := case when what = 'MANAGER' and own is not null then array[own] else '{}' end || array(select m.department_id from staff_department m where m.staff_id = person and (what = 'MANAGER' or m.leads));
  return coalesce((select d.path && below from department d where d.id = of_department), false);
end $$;
-- The first of these people who sees the project, by the same rules as the first wall (projectVisibility); a test holds
-- both together. Without a project: the first.
create function first_who_sees(people uuid[], of_project uuid) returns uuid language plpgsql stable as $$
declare one uuid; who staff; mine uuid[]; owner uuid; here uuid;
begin
  if of_project is null then return people[1]; end if;
  select x.owner_id, x.department_id into owner, here from project x where x.id = of_project and x.gone_at is null;
  if not found then return null; end if;
  foreach one in array coalesce(people, '{}') loop
    select * into who from staff s where s.id = one;
    if sees_department(one, here) then return one; end if;
    if who.role not in ('RECRUITER', 'AGENT', 'GROUP_LEADER', 'MANAGER', 'SERVICE') then continue; end if;
    if owner = one or exists (select from project_member m where m.project_id = of_project and m.staff_id = one) then return one; end if;
    if who.role <> 'SERVICE' then continue; end if;
    mine := array(select m.department_id from staff_department m where m.staff_id = one union all select who.department_id where who.department_id is not null);
    if exists (
      select from (select h.to_department_id as id from handoff h where h.project_id = of_project and h.state not in ('WITHDRAWN', 'REASSIGNED') union all select c.department_id from project_department c where c.project_id = of_project) x
      join department d on d.id = x.id where d.path && mine or exists (select from department m where m.id = any(mine) and x.id = any(m.path))) then return one; end if;
  end loop;
  return null;
end $$;
comment on function first_who_sees is 'Of these people in their order the first who may see the project';

select wall_zone('reminder_escalation');
select keep_books('reminder_escalation'::regclass);
grant select, insert, update on reminder_escalation to yinfeng_app;
revoke execute on function reminder_escalation_follow(), reminder_escalation_told() from public;
`;
