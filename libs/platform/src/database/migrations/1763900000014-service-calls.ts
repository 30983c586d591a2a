import type { MigrationInterface, QueryRunner } from 'typeorm';

/** 吹哨报到: calls of a project, their story, who comes, the one-time links of enterprises, the public problem list. */
export class ServiceCalls1763900000014 implements MigrationInterface {
  name = 'ServiceCalls1763900000014';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('Calls of enterprises and what was done about them have no way back: restore a backup instead.');
  }
}

const sql = String.raw/* sql */ `
create table service_call (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  year int not null,
  seq int not null check (seq >= 1),
  number text not null,
  type text not null check (type ~ '^[A-Z][A-Z_]{0,39}$'),
  type_zh text not null,
  type_en text not null,
  title text not null check (trim(title) <> ''),
  content text not null check (trim(content) <> ''),
  urgency text not null default 'NORMAL' check (urgency in ('NORMAL','URGENT')),
  wish_on date,
  state text not null default 'RAISED' check (state in ('RAISED','REPORTED_IN','HANDLING','RESOLVED','CLOSED','REOPENED','WITHDRAWN')),
  round int not null default 1 check (round >= 1),
  round_on date not null,
  escalation_level int not null default 0 check (escalation_level >= 0),
  lead_department_id uuid not null references department (id),
  in_charge_id uuid references staff (id),
  by_link boolean not null default false,
  raised_by uuid references staff (id),
  raised_at timestamptz not null default app_now(),
  enterprise_id uuid references enterprise (id),
  contact_id uuid references contact (id),
  caller_name text,
  caller_phone text,
  report_in_due_on date not null,
  reported_in_at timestamptz,
  resolve_due_on date not null,
  resolved_at timestamptz,
  resolved_by uuid references staff (id),
  score int check (score between 1 and 10),
  rating_words text,
  rated_at timestamptz,
  rated_by uuid references staff (id),
  closed_at timestamptz,
  version int not null default 1,
  unique (zone_id, year, seq),
  constraint service_call_raiser check (by_link <> (raised_by is not null)),
  constraint service_call_reported_in check (state not in ('REPORTED_IN','HANDLING','RESOLVED','CLOSED') or reported_in_at is not null),
  constraint service_call_resolved check ((state in ('RESOLVED','CLOSED')) = (resolved_at is not null)),
  constraint service_call_closed check ((state = 'CLOSED') = (closed_at is not null)),
  constraint service_call_rated check ((score is null) = (rated_at is null) and (score is null or state = 'CLOSED')),
  -- Nobody rates what he solved himself.
  constraint service_call_second_person check (rated_by is null or rated_by is distinct from resolved_by)
);
comment on table service_call is '吹哨: a problem of a project; its story is service_call_entry. Clocks in working days by the type''s rule (policy serviceCalls)';
comment on column service_call.round is 'Opened again: the next round, with clocks and a report-in of its own';
comment on column service_call.by_link is 'Raised by the enterprise itself by a one-time link; nobody of the zone raised it';
comment on column service_call.type_zh is 'What the type was called when the call was raised';
create index service_call_newest on service_call (zone_id, raised_at desc, id desc);
create index service_call_of_project on service_call (project_id, raised_at desc);
create index service_call_resolved_at on service_call (zone_id, resolved_at) where resolved_at is not null;
create index service_call_open on service_call (zone_id, lead_department_id) where state not in ('CLOSED','WITHDRAWN');
create index service_call_of_enterprise on service_call (enterprise_id) where enterprise_id is not null;
create index service_call_of_contact on service_call (contact_id) where contact_id is not null;

create table service_call_helper (
  zone_id uuid not null,
  call_id uuid not null references service_call (id) on delete cascade,
  department_id uuid not null references department (id),
  reported_in_at timestamptz,
  reported_in_by uuid references staff (id),
  primary key (call_id, department_id)
);
comment on table service_call_helper is 'Departments called along with the one that leads; each reports in for itself';
create index service_call_helper_of on service_call_helper (department_id);

create table service_call_entry (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  call_id uuid not null references service_call (id) on delete cascade,
  round int not null,
  kind text not null check (kind in ('RAISED','ROUTED','REPORTED_IN','PROGRESS','TRANSFERRED','RESOLVED','RATED','REOPENED','ESCALATED','CLOSED','WITHDRAWN','PUBLISHED','UNPUBLISHED')),
  content text,
  public boolean not null,
  by_link boolean not null default false,
  staff_id uuid references staff (id),
  department_id uuid references department (id),
  told_id uuid references staff (id),
  level int,
  score int,
  due_on date,
  at timestamptz not null default app_now(),
  constraint service_call_entry_words check (kind not in ('PROGRESS','TRANSFERRED','RESOLVED','REOPENED','WITHDRAWN','PUBLISHED','UNPUBLISHED') or trim(coalesce(content, '')) <> ''),
  constraint service_call_entry_answer check (kind <> 'RESOLVED' or public and staff_id is not null)
);
comment on table service_call_entry is 'The story of a call, append-only: what was done, by whom, when';
comment on column service_call_entry.public is 'Shown to the enterprise by its link';
comment on column service_call_entry.due_on is 'The day that counted when this was done: to report in or to solve';
comment on column service_call_entry.told_id is 'Of an escalation: whom it went to, the first of them';
create index service_call_entry_of on service_call_entry (call_id, at, id);
create index service_call_entry_of_project on service_call_entry (project_id);
create function service_call_entry_once() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    -- With its call alone, when a whole import is taken out.
    if not exists (select from service_call c where c.id = old.call_id) then return old; end if;
  elsif to_jsonb(new) - 'project_id' = to_jsonb(old) - 'project_id' or person_at_work() then
    return new;
  end if;
  raise exception '% on service_call_entry is refused: the story of a call is append-only', tg_op using errcode = 'restrict_violation';
end $$;
create trigger service_call_entry_once before update or delete on service_call_entry for each row execute function service_call_entry_once();

create table service_call_file (
  zone_id uuid not null,
  entry_id uuid not null references service_call_entry (id) on delete cascade,
  file_id uuid not null references stored_file (id),
  primary key (entry_id, file_id)
);
create index service_call_file_of on service_call_file (file_id);

-- A call moves along its edges alone, and nothing is solved or closed without an entry of what was done.
create function service_call_moves() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.state <> 'RAISED' or new.round <> 1 then raise exception 'a call begins as RAISED' using errcode = 'check_violation', constraint = 'service_call_begins', table = 'service_call'; end if;
    return new;
  end if;
  if (old.state || '>' || new.state) <> all (array['RAISED>REPORTED_IN','RAISED>WITHDRAWN','REPORTED_IN>HANDLING','REPORTED_IN>RESOLVED','REPORTED_IN>RAISED','REPORTED_IN>WITHDRAWN',
      'HANDLING>RESOLVED','HANDLING>RAISED','HANDLING>WITHDRAWN','RESOLVED>CLOSED','RESOLVED>REOPENED','CLOSED>REOPENED','WITHDRAWN>REOPENED','REOPENED>REPORTED_IN','REOPENED>RAISED','REOPENED>WITHDRAWN']) then
    raise exception 'a call does not go from % to %', old.state, new.state using errcode = 'check_violation', constraint = 'service_call_edge', table = 'service_call';
  end if;
  if new.round - old.round <> (case when new.state = 'REOPENED' then 1 else 0 end) then
    raise exception 'a round begins when a call is opened again' using errcode = 'check_violation', constraint = 'service_call_round', table = 'service_call';
  end if;
  if new.state in ('RESOLVED','CLOSED') and not exists (select from service_call_entry e where e.call_id = new.id and e.round = new.round and e.kind = 'RESOLVED') then
    raise exception 'nothing is closed without an entry of what was done' using errcode = 'check_violation', constraint = 'service_call_what_was_done', table = 'service_call';
  end if;
  return new;
end $$;
create trigger service_call_begins before insert on service_call for each row execute function service_call_moves();
create trigger service_call_moves before update on service_call for each row when (old.state is distinct from new.state or old.round <> new.round) execute function service_call_moves();

create function service_call_deadline() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if tg_op = 'DELETE' then
    perform deadline_keep(old.zone_id, old.project_id, 'CALL', old.id, part, null, null, null, null, null, null) from unnest(array['REPORT_IN','RESOLVE']) part;
    return null;
  end if;
  -- The table of deadlines is read by many: numbers of people stay with the call.
  perform deadline_keep(new.zone_id, new.project_id, 'CALL', new.id, 'REPORT_IN', mask_text(new.title), new.round_on, case when new.state <> 'WITHDRAWN' then new.report_in_due_on end, new.lead_department_id, null, shanghai_day(new.reported_in_at));
  perform deadline_keep(new.zone_id, new.project_id, 'CALL', new.id, 'RESOLVE', mask_text(new.title), new.round_on, case when new.state <> 'WITHDRAWN' then new.resolve_due_on end, new.lead_department_id, new.in_charge_id, shanghai_day(new.resolved_at));
  return null;
end $$;
create trigger service_call_deadline after insert or delete or update of project_id, state, title, round_on, report_in_due_on, reported_in_at, resolve_due_on, resolved_at, lead_department_id, in_charge_id
  on service_call for each row execute function service_call_deadline();

-- Working days after one day until another; beyond the published calendar Monday to Friday count.
create function service_call_age(since date, until date) returns int language plpgsql stable parallel safe as $$
begin
  return (select count(*)::int from working_day w where w.day > since and w.day <= until)
    + case when exists (select from calendar_year y where y.published and y.year = extract(year from until)::int) and exists (select from calendar_year y where y.published and y.year = extract(year from since)::int) then 0 else
      (select count(*)::int from generate_series(since + 1, until, interval '1 day') d where extract(isodow from d) < 6 and not exists (select from calendar_year y where y.published and y.year = extract(year from d)::int)) end;
end $$;
-- In which band of age: its upper end by the zone's rule; null: beyond the last.
create function service_call_band(age int, bands int[]) returns text language sql immutable parallel safe as $$
  select coalesce((select case when b = lower_ then b::text else lower_ || '–' || b end from (select b, coalesce(lag(b) over (order by b) + 1, 0) as lower_ from unnest(bands) b) x where age <= b order by b limit 1), '>' || (select max(b) from unnest(bands) b))
$$;

------------------------------------------------------------------ one-time links
create table service_call_link (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  kind text not null check (kind in ('RAISE','FOLLOW')),
  contact_id uuid references contact (id),
  call_id uuid references service_call (id) on delete cascade,
  secret_hash bytea not null unique check (length(secret_hash) = 32),
  created_by uuid references staff (id),
  created_at timestamptz not null default app_now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  used_form bytea,
  revoked_at timestamptz,
  revoked_by uuid references staff (id),
  version int not null default 1,
  constraint service_call_link_one_call check (case kind when 'RAISE' then (call_id is null) = (used_at is null) else call_id is not null and used_at is null end)
);
comment on table service_call_link is 'Addresses by which an enterprise raises one call, or follows the one it raised. Of the secret only its SHA-256 is kept';
comment on column service_call_link.used_form is 'Digest of the form that used it: the same form sent twice gets the same answer';
create index service_call_link_of_project on service_call_link (project_id, created_at desc);
create index service_call_link_of_contact on service_call_link (contact_id) where contact_id is not null;
create index service_call_link_of_call on service_call_link (call_id) where call_id is not null;
create function service_call_link_once() returns trigger language plpgsql as $$
begin
  if (old.used_at is not null and (new.used_at, new.call_id, new.used_form) is distinct from (old.used_at, old.call_id, old.used_form)) or (old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at)
    or new.secret_hash <> old.secret_hash or new.expires_at <> old.expires_at or new.kind <> old.kind then
    raise exception 'a link is used or revoked once' using errcode = 'restrict_violation', table = 'service_call_link';
  end if;
  return new;
end $$;
create trigger service_call_link_once before update on service_call_link for each row execute function service_call_link_once();
-- The one door that must look before the zone is known: takes a secret's digest, gives one row, also of a link that is used.
create function service_call_link_find(hash bytea, at timestamptz) returns table (id uuid, zone_id uuid, project_id uuid, kind text, call_id uuid, contact_id uuid, used_form bytea, used_at timestamptz)
  language sql stable security definer set search_path = public as $$
  select l.id, l.zone_id, l.project_id, l.kind, l.call_id, l.contact_id, l.used_form, l.used_at from service_call_link l join project p on p.id = l.project_id and p.gone_at is null
  where l.secret_hash = hash and l.expires_at > at and l.revoked_at is null
$$;

------------------------------------------------------------------ the public problem list
create table service_call_publication (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  call_id uuid not null references service_call (id) on delete cascade,
  title text not null check (trim(title) <> ''),
  content text not null check (trim(content) <> ''),
  reason text not null check (trim(reason) <> ''),
  published_by uuid not null references staff (id),
  published_at timestamptz not null default app_now(),
  withdrawn_by uuid references staff (id),
  withdrawn_at timestamptz,
  withdraw_reason text,
  constraint service_call_publication_reason check ((withdrawn_at is null) = (coalesce(withdraw_reason, '') = ''))
);
comment on table service_call_publication is '挂牌: calls that a leader listed for all of the zone, in words that name no one';
create unique index service_call_publication_open on service_call_publication (call_id) where withdrawn_at is null;
create index service_call_publication_newest on service_call_publication (zone_id, published_at desc, id desc);
create index service_call_publication_of_project on service_call_publication (project_id);

------------------------------------------------------------------ books, walls, rights
-- The books keep no phone of a caller whole.
do $patch$ declare body text := pg_get_functiondef('audit_veiled(text, jsonb)'::regprocedure);
begin
  if body !~ $q$array\['content', 'result', 'next_step'$q$ then raise exception 'audit_veiled is not as expected'; end if;
  execute replace(body, $q$array['content', 'result', 'next_step'$q$, $q$array['content', 'result', 'next_step', 'title', 'caller_phone'$q$);
end $patch$;
do $$ declare tbl text; begin
  foreach tbl in array array['service_call', 'service_call_entry', 'service_call_publication'] loop
    execute format('create trigger audit_insert after insert on %I for each row execute function audit_row_veiled()', tbl);
    execute format('create trigger audit_update after update on %I for each row execute function audit_row_veiled()', tbl);
    execute format('create trigger audit_delete after delete on %I referencing old table as changed_old for each statement execute function audit_delete_veiled()', tbl);
  end loop;
end $$;
select wall_zone(t) from unnest(array['service_call','service_call_helper','service_call_entry','service_call_file','service_call_link','service_call_publication']::regclass[]) t;
select keep_books('service_call_helper'::regclass);
select keep_books('service_call_file'::regclass);
select keep_books('service_call_link'::regclass, true);
grant select, insert, update on service_call, service_call_link, service_call_publication to yinfeng_app;
grant select, insert, update (reported_in_at, reported_in_by) on service_call_helper to yinfeng_app;
grant delete on service_call_helper to yinfeng_app;
grant select, insert, update (project_id) on service_call_entry to yinfeng_app;
grant select, insert on service_call_file to yinfeng_app;
revoke execute on function service_call_deadline(), service_call_link_find(bytea, timestamptz) from public;
grant execute on function service_call_link_find(bytea, timestamptz) to yinfeng_app;
`;
