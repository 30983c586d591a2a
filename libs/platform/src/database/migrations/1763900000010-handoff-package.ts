import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The handoff package: items that the receiver decides one by one, a clock for the next attempt, attempts that end by
 * withdrawal or go to another department; projects that nobody hands over; who heads a department; who answers for a promise.
 */
export class HandoffPackage1763900000010 implements MigrationInterface {
  name = 'HandoffPackage1763900000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('Items that a receiver has decided have no way back into a list of words: restore a backup instead.');
  }
}

const sql = String.raw/* sql */ `
------------------------------------------------------------------ heads
-- The nearest people above a department who answer for it: who leads it, and people of the roles given (reach UNIT) who
-- belong to it; else those of the department above. A service centre answers for itself: while nobody leads it, whoever
-- serves there. Where there is nobody at all, the leaders of the zone.
create function department_heads(of_department uuid, units text[] default '{MANAGER}') returns setof uuid language plpgsql stable as $$
declare here department;
begin
  select * into here from department d where d.id = of_department;
  return query
    with up as (select u.id, u.depth from unnest(here.path) with ordinality u (id, depth) join department x on x.id = u.id where here.kind <> 'SERVICE' or x.kind = 'SERVICE'),
    post as (
      select s.id, up.depth from up join staff s on s.department_id = up.id where s.role = any(units) and s.disabled_at is null
      union
      select s.id, up.depth from up join staff_department m on m.department_id = up.id join staff s on s.id = m.staff_id where (m.leads or s.role = any(units)) and s.disabled_at is null)
    select post.id from post where post.depth = (select max(depth) from post);
  if found then return; end if;
  if here.kind = 'SERVICE' then
    return query select s.id from staff s where s.role = 'SERVICE' and s.disabled_at is null and exists (
      select from department d where here.id = any(d.path) and (d.id = s.department_id or exists (select from staff_department m where m.staff_id = s.id and m.department_id = d.id)));
    if found then return; end if;
  end if;
  return query select s.id from staff s where s.role = 'LEADER' and s.disabled_at is null and s.zone_id = coalesce(here.zone_id, app_zone());
end $$;
comment on function department_heads is 'Who is told of what a department lets lie';

------------------------------------------------------------------ attempts
alter table handoff
  drop constraint handoff_state_check,
  drop constraint handoff_second_person,
  add constraint handoff_state_check check (state in ('SUBMITTED','RETURNED','ACCEPTED','WITHDRAWN','REASSIGNED')),
  add constraint handoff_second_person check (state = 'WITHDRAWN' or decided_by is null or decided_by <> submitted_by),
  add constraint handoff_reassign_reason check (state <> 'REASSIGNED' or coalesce(return_reason, '') <> ''),
  add column resubmit_due_on date;
comment on column handoff.state is 'WITHDRAWN: taken back before it was decided; REASSIGNED: passed on to another department, whose attempt is the next one';
comment on column handoff.resubmit_due_on is 'Shanghai day by which the submitter has to put right what was returned';

------------------------------------------------------------------ items
create table handoff_item (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  handoff_id uuid not null references handoff (id) on delete cascade,
  position int not null check (position >= 1),
  code text not null check (code ~ '^[a-z][A-Za-z0-9]{0,39}$'),
  label_zh text not null check (label_zh <> ''),
  label_en text not null check (label_en <> ''),
  required boolean not null default false,
  source text not null default 'FREE' check (source in ('AGREEMENT','COMMITMENTS','CONTACTS','PROBLEMS','LAND','ENERGY','ENVIRONMENT','PERMITS','FREE')),
  done boolean not null default false,
  note text,
  content text,
  refs uuid[] not null default '{}',
  state text not null default 'PENDING' check (state in ('PENDING','ACCEPTED','RETURNED')),
  decided_by uuid references staff (id),
  decided_at timestamptz,
  return_reason text,
  previous_id uuid references handoff_item (id) on delete set null,
  unique (handoff_id, position),
  unique (handoff_id, code),
  constraint handoff_item_decided check ((state = 'PENDING') = (decided_at is null)),
  constraint handoff_item_reason check ((state = 'RETURNED') = (coalesce(return_reason, '') <> ''))
);
comment on table handoff_item is 'One thing of a handoff package: what the submitter says of it, what the records propose, what the receiver decides';
comment on column handoff_item.content is 'What the project''s own fields said of it when it was submitted';
comment on column handoff_item.refs is 'Records that it stands for when it was submitted: agreements, commitments, contacts or problems, by source. Linked, never copied';
comment on column handoff_item.previous_id is 'The same thing in the attempt before';
create index handoff_item_previous on handoff_item (previous_id) where previous_id is not null;

-- What was submitted as a list of words becomes items; an accepted handoff had accepted them all.
insert into handoff_item (id, zone_id, handoff_id, position, code, label_zh, label_en, source, done, note, state, decided_by, decided_at)
select new_id(), h.zone_id, h.id, c.n, coalesce(k.code, 'own' || c.n), c.v ->> 'item', coalesce(k.en, c.v ->> 'item'), coalesce(k.source, 'FREE'), coalesce((c.v ->> 'done')::boolean, false), c.v ->> 'note',
  case h.state when 'ACCEPTED' then 'ACCEPTED' else 'PENDING' end, case h.state when 'ACCEPTED' then h.decided_by end, case h.state when 'ACCEPTED' then h.decided_at end
from handoff h cross join lateral (select v, row_number() over (order by n)::int as n from jsonb_array_elements(h.checklist) with ordinality as x (v, n) where coalesce(v ->> 'item', '') <> '') c
left join (values ('协议','agreement','Agreement','AGREEMENT'), ('承诺事项','commitments','Commitments','COMMITMENTS'), ('联系人','contacts','Contacts','CONTACTS'), ('遗留问题','problems','Open problems','PROBLEMS'),
  ('用地','land','Land','LAND'), ('能耗','energy','Energy','ENERGY'), ('环评','environment','Environment','ENVIRONMENT'), ('需办许可','permits','Permits needed','PERMITS')) k (zh, code, en, source) on k.zh = c.v ->> 'item'
  and not exists (select from jsonb_array_elements(h.checklist) with ordinality y (v, n) where y.v ->> 'item' = c.v ->> 'item' and y.n < c.n);
alter table handoff drop column checklist;

alter table evidence add column handoff_item_id uuid references handoff_item (id) on delete set null;
comment on column evidence.handoff_item_id is 'The thing of a handoff package that the file shows';
create index evidence_handoff_item on evidence (handoff_item_id) where handoff_item_id is not null;

-- Who submitted does not accept; what is decided stays as it was decided.
create function handoff_item_guard() returns trigger language plpgsql security definer set search_path = public as $$
declare h handoff;
begin
  select * into h from handoff x where x.id = new.handoff_id;
  if tg_op = 'UPDATE' and h.state <> 'SUBMITTED' then
    raise exception 'this attempt has ended' using errcode = 'check_violation', constraint = 'handoff_item_closed', table = 'handoff_item';
  end if;
  if new.decided_by = h.submitted_by then
    raise exception 'who submitted a handoff does not decide its items' using errcode = 'check_violation', constraint = 'handoff_item_second_person', table = 'handoff_item';
  end if;
  return new;
end $$;
create trigger handoff_item_guard before insert or update of state, decided_by, required on handoff_item for each row execute function handoff_item_guard();
create function handoff_whole() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if exists (select from handoff_item i where i.handoff_id = new.id and i.required and i.state <> 'ACCEPTED') then
    raise exception 'a handoff is accepted with everything that its zone requires' using errcode = 'check_violation', constraint = 'handoff_items_accepted', table = 'handoff';
  end if;
  return new;
end $$;
create trigger handoff_whole before update of state on handoff for each row when (new.state = 'ACCEPTED' and old.state <> 'ACCEPTED') execute function handoff_whole();

-- A department that no longer has an attempt is no longer handed the project; narrower than lockProject never, alike always.
create or replace function project_seen(p_id uuid, reach text, me uuid, departments uuid[]) returns boolean language plpgsql stable as $$
begin
  if exists (select from project_member m where m.staff_id = me and m.project_id = p_id) then return true; end if;
  return reach = 'HANDED' and exists (select from handoff h join department t on t.id = h.to_department_id where h.project_id = p_id and h.state not in ('WITHDRAWN','REASSIGNED')
    and (t.path && departments or exists (select from department d where d.id = any(departments) and t.id = any(d.path))));
end $$;

------------------------------------------------------------------ who answers for a promise
alter table commitment add column department_id uuid references department (id);
comment on column commitment.department_id is 'Department in charge since the handoff was accepted; null: whoever is in charge of the project';
create or replace function commitment_deadline() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if tg_op = 'DELETE' then perform deadline_keep(old.zone_id, old.project_id, 'COMMITMENT', old.id, '', null, null, null, null, null, null); return null; end if;
  perform deadline_keep(new.zone_id, new.project_id, 'COMMITMENT', new.id, '', new.content, shanghai_day(new.created_at), case when new.state <> 'WAIVED' then new.due_on end,
    new.department_id, null, case when new.state in ('KEPT','BROKEN') then coalesce(new.settled_on, shanghai_day(new.settled_at)) end);
  return null;
end $$;
drop trigger commitment_deadline on commitment;
create trigger commitment_deadline after insert or delete or update of project_id, state, due_on, content, settled_on, department_id on commitment for each row execute function commitment_deadline();

------------------------------------------------------------------ between two chairs
-- The departments that a project goes to while nobody has submitted it: the zone's receiver, else every service centre.
create function handoff_receivers(zone uuid, on_day date) returns uuid[] language plpgsql stable as $$
declare named uuid := (select (z.value ->> 'receiver')::uuid from zone_policy z where z.zone_id = zone and z.name = 'handoff' and z.valid_from <= on_day order by z.valid_from desc limit 1);
begin
  if named is not null then return array[named]; end if;
  return array(select d.id from department d where d.zone_id = zone and d.kind = 'SERVICE' and not exists (select from department u where u.id = d.parent_id and u.kind = 'SERVICE') order by d.id);
end $$;

-- Whatever is signed has to be handed over within some working days (zone_policy handoff; 10 and SIGNED are the usual ones).
-- What came with a ledger starts its clock on the day on which it came. Set-based: a sweep keeps a zone's thousands.
create function handoff_missing_keep(projects uuid[]) returns int language plpgsql security definer set search_path = public as $$
declare changed int;
begin
  with wanted as materialized (select p.* from project p where p.id = any(projects) and p.gone_at is null),
  rule as materialized (
    select z.zone_id, coalesce((v.value ->> 'handOverWithinWorkingDays')::int, 10) as days, coalesce(v.value ->> 'startsAt', 'SIGNED') as starts_at,
      case when v.value ? 'missingStages' then array(select jsonb_array_elements_text(v.value -> 'missingStages')) else '{SIGNED,LANDED,STARTED}' end as stages
    from (select distinct zone_id from wanted) z
    left join lateral (select r.value from zone_policy r where r.zone_id = z.zone_id and r.name = 'handoff' and r.valid_from <= shanghai_day(app_now()) order by r.valid_from desc limit 1) v on true),
  -- A move is written before or after its milestone: either tells that the project is signed.
  signed as materialized (
    select w.id, w.zone_id, r.days, coalesce(m.since, (select min(g.signed_on) from signing g where g.project_id = w.id and g.voided_at is null), shanghai_day(w.state_at)) as since
    from wanted w join rule r on r.zone_id = w.zone_id
    left join lateral (select case when x.import_id is null then x.counting_on else greatest(x.counting_on, shanghai_day(x.entered_at)) end as since
      from milestone x where x.project_id = w.id and x.kind = r.starts_at and x.voided_at is null) m on true
    where w.status = 'ACTIVE' and w.uncounted_at is null and (m.since is not null or w.stage::text = any(r.stages)) and (w.stage < 'SIGNED' or w.stage::text = any(r.stages))),
  day as materialized (select x.since, x.days, k.due, k.provisional from (select distinct since, days from signed) x cross join lateral working_due(x.since, x.days) k),
  fresh as materialized (
    select s.id, s.zone_id, s.since, d.due, d.provisional, (select shanghai_day(min(h.decided_at)) from handoff h where h.project_id = s.id and h.state = 'ACCEPTED') as accepted_on
    from signed s join day d on d.since = s.since and d.days = s.days),
  -- What is gone keeps its row: it comes back with the project.
  dropped as (delete from deadline d where d.kind = 'HANDOFF_MISSING' and d.done_on is null and d.subject_id in (select id from wanted) and not exists (select from fresh f where f.id = d.subject_id)),
  kept as (
    insert into deadline as d (zone_id, project_id, kind, subject_id, since_on, due_on, provisional, done_on)
    select zone_id, id, 'HANDOFF_MISSING', id, since, due, provisional, accepted_on from fresh
    on conflict (subject_id, kind, part) do update set since_on = excluded.since_on, due_on = excluded.due_on, provisional = excluded.provisional, done_on = excluded.done_on
      where (d.since_on, d.due_on, d.provisional, d.done_on) is distinct from (excluded.since_on, excluded.due_on, excluded.provisional, excluded.done_on)
    returning 1)
  select count(*)::int into changed from kept;
  return changed;
end $$;

create function handoff_missing_reached() returns trigger language plpgsql security definer set search_path = public as $$
declare ids uuid[] := (select array_agg(distinct project_id) from reached where kind in ('SIGNED','LANDED','STARTED','PRODUCING'));
begin
  if ids is not null then perform handoff_missing_keep(ids); end if;
  return null;
end $$;
create trigger handoff_missing_reached after insert on milestone referencing new table as reached for each statement execute function handoff_missing_reached();
create function handoff_missing_changed() returns trigger language plpgsql security definer set search_path = public as $$
begin
  perform handoff_missing_keep(array[old.project_id, new.project_id]);
  return null;
end $$;
create function handoff_missing_moved() returns trigger language plpgsql security definer set search_path = public as $$
begin
  perform handoff_missing_keep(array[new.id]);
  return null;
end $$;
create trigger handoff_missing_moved after update of stage, status, gone_at on project for each row
  when ((old.stage <> new.stage or old.status <> new.status or old.gone_at is not null and new.gone_at is null) and (old.stage >= 'SIGNED' or new.stage >= 'SIGNED')) execute function handoff_missing_moved();
create trigger handoff_missing_changed after update of project_id, event_on, approved_at, counting_rule, voided_at on milestone for each row when (new.kind in ('SIGNED','LANDED','STARTED','PRODUCING')) execute function handoff_missing_changed();

create or replace function handoff_deadline() returns trigger language plpgsql security definer set search_path = public as $$
declare r record;
begin
  if tg_op = 'DELETE' then
    delete from deadline d where d.kind = 'HANDOFF' and d.subject_id = old.id;
    perform handoff_missing_keep(array[old.project_id]);
    return null;
  end if;
  perform deadline_keep(new.zone_id, new.project_id, 'HANDOFF', new.id, '', null, shanghai_day(new.submitted_at), case when new.state <> 'WITHDRAWN' then new.due_on end, new.to_department_id, null, shanghai_day(new.decided_at));
  -- What was returned is due again from whoever handed it over, until the next attempt is there.
  for r in select h.id, h.resubmit_due_on, h.state, h.decided_at, h.from_department_id, h.submitted_by, (select shanghai_day(min(n.submitted_at)) from handoff n where n.project_id = h.project_id and n.attempt > h.attempt) as again
    from handoff h where h.project_id = new.project_id and (h.id = new.id or tg_op = 'INSERT' and h.resubmit_due_on is not null)
  loop
    perform deadline_keep(new.zone_id, new.project_id, 'HANDOFF', r.id, 'RESUBMIT', null, shanghai_day(r.decided_at), case when r.state = 'RETURNED' then r.resubmit_due_on end, r.from_department_id, r.submitted_by, r.again);
  end loop;
  perform handoff_missing_keep(case when tg_op = 'UPDATE' and old.project_id <> new.project_id then array[old.project_id, new.project_id] else array[new.project_id] end);
  return null;
end $$;
drop trigger handoff_deadline on handoff;
create trigger handoff_deadline after insert or delete or update of project_id, state, due_on, to_department_id, resubmit_due_on on handoff for each row execute function handoff_deadline();

-- What is signed already.
select handoff_missing_keep(array(select p.id from project p where p.gone_at is null and p.stage in ('SIGNED','LANDED','STARTED')));

select wall_zone('handoff_item'::regclass);
select keep_books('handoff_item'::regclass);
grant select, insert, update on handoff_item to yinfeng_app;
revoke execute on function handoff_missing_keep(uuid[]), handoff_item_guard(), handoff_whole(), handoff_missing_reached(), handoff_missing_changed(), handoff_missing_moved(), commitment_deadline(), handoff_deadline() from public;
grant execute on function handoff_missing_keep(uuid[]) to yinfeng_app;
`;
