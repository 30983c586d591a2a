import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Logging a visit in one statement, and the books it keeps at their least price: audit entries are digested when they are
 * sealed, a project's audit looks first at what a visit changes, working days are counted with two look-ups.
 */
export class VisitLog1763800000019 implements MigrationInterface {
  name = 'VisitLog1763800000019';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [audit, calendar, keys, refusals, reminders, visits]) await runner.query(part);
  }

  async down(): Promise<void> {
    throw new Error('Digests of the audit have moved into its chain: restore a backup instead.');
  }
}

const audit = /* sql */ `
------------------------------------------------------------------ audit: digested when sealed
-- The writing transaction writes the entry alone. The sealing job digests what it finds and keeps the digest with the link,
-- so that whoever changes an entry afterwards contradicts the chain. Before it is sealed (a minute at most) an entry could
-- be replaced by whoever can switch triggers off; a digest beside it could be replaced as easily.
alter table audit_chain add column digest bytea;
alter table audit_chain disable trigger audit_chain_books;
update audit_chain c set digest = e.digest from audit_entry e where e.id = c.audit_id;
alter table audit_chain enable trigger audit_chain_books;
alter table audit_chain alter column digest set not null;
comment on column audit_chain.digest is 'Digest of the entry as it was found when sealed; hash(n) = sha256(hash(n-1) || digest(n))';
drop trigger audit_entry_digest on audit_entry;
drop function audit_entry_digest();
alter table audit_entry drop column digest;
-- Entries are read by transaction (to be sealed) and by record; an index by id alone serves nobody. What may be written as
-- an operation is for the triggers to know: nobody else writes, and PostgreSQL would read the check anew for every row.
alter table audit_chain drop constraint audit_chain_audit_id_fkey;
alter table audit_entry drop constraint audit_entry_operation_check, drop constraint audit_entry_pkey, add primary key (txid, id);
drop index audit_entry_unsealed;
-- A record's history is found by its id alone: ids are UUIDs.
drop index audit_entry_of_record;
create index audit_entry_of_record on audit_entry (entity_id, id) where entity_id is not null;

create or replace function audit_seal(batch int default 20000) returns bigint language plpgsql security definer set search_path = public as $$
declare
  state audit_seal_state;
  horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
  h bytea; n bigint; e record; last_tx xid8; done bigint := 0;
begin
  select * into state from audit_seal_state for update;
  h := state.hash; n := state.seq;
  -- Whole transactions below the horizon: everything they wrote is visible and nothing can still appear among them.
  select txid into last_tx from (select txid from audit_entry where txid > state.txid and txid < horizon order by txid limit batch) t order by txid desc limit 1;
  if last_tx is null then return 0; end if;
  for e in select a.id, audit_digest(a) as digest from audit_entry a where a.txid > state.txid and a.txid <= last_tx order by a.txid, a.id loop
    n := n + 1; h := sha256(h || e.digest);
    insert into audit_chain (seq, audit_id, digest, hash) values (n, e.id, e.digest, h);
    done := done + 1;
  end loop;
  update audit_seal_state set txid = last_tx, seq = n, hash = h;
  return done;
end $$;

-- First broken row, or no row when the chain holds: content against digest, digest against chain, no gap in either.
create or replace function audit_verify() returns table (audit_id bigint, reason text) language plpgsql stable security definer set search_path = public as $$
declare h bytea := sha256('yinfeng'); n bigint := 0; r record;
begin
  for r in select c.seq, c.audit_id as id, c.digest, c.hash, e as entry, e.id as entry_id from audit_chain c left join audit_entry e on e.id = c.audit_id order by c.seq loop
    n := n + 1;
    if r.seq <> n then return query select r.id, 'a link of the chain is missing before this row'; return; end if;
    if r.entry_id is null then return query select r.id, 'the entry was removed'; return; end if;
    if audit_digest(r.entry) <> r.digest then return query select r.id, 'the entry was changed'; return; end if;
    h := sha256(h || r.digest);
    if h <> r.hash then return query select r.id, 'the chain does not follow from the row before'; return; end if;
  end loop;
  if n <> (select seq from audit_seal_state) then return query select null::bigint, 'the end of the chain is missing'; return; end if;
  -- What was slipped in later below the watermark.
  return query select e.id, 'the entry is outside the chain' from audit_entry e, audit_seal_state s
  where e.txid <= s.txid and not exists (select from audit_chain c where c.audit_id = e.id)
  order by e.id limit 1;
end $$;

create or replace function audit_insert() returns trigger language plpgsql security definer set search_path = public as $$
declare
  zone uuid := app_zone(); who uuid := app_staff(); request text := app_request(); why text := app_cause(); moment timestamptz := clock_timestamp(); columns jsonb;
begin
  if zone is not null and (select count(*) from (select from changed_new limit 501) t) > 500 then
    select jsonb_agg(a.attname order by a.attnum) into columns from pg_attribute a where a.attrelid = tg_relid and a.attnum > 0 and not a.attisdropped;
    insert into audit_entry (zone_id, at, actor_id, request_id, cause, entity, operation, after)
    select zone, moment, who, request, why, tg_table_name, 'INSERT', jsonb_build_object('columns', columns, 'rows', string_agg(t.r, E'\\n'))
    from (select n::text as r, row_number() over () / 250 as part from changed_new n) t group by t.part;
  else
    insert into audit_entry (zone_id, at, actor_id, request_id, cause, entity, entity_id, operation, after)
    select (j ->> 'zone_id')::uuid, moment, who, request, why, tg_table_name, coalesce(j ->> 'id', j ->> 'project_id', j ->> 'staff_id'), 'INSERT', jsonb_strip_nulls(j) - 'zone_id'
    from (select to_jsonb(n) as j from changed_new n) t;
  end if;
  return null;
end $$;

-- One row of a table that is written one by one: one statement, because every expression costs anew in each transaction.
create or replace function audit_insert_row() returns trigger language plpgsql security definer as $$
begin
  insert into public.audit_entry (zone_id, at, actor_id, request_id, cause, entity, entity_id, operation, after)
  select (j ->> 'zone_id')::uuid, clock_timestamp(), public.app_staff(), public.app_request(), public.app_cause(), tg_table_name, coalesce(j ->> 'id', j ->> 'project_id', j ->> 'staff_id'), 'INSERT', j - 'zone_id'
  from (select jsonb_strip_nulls(to_jsonb(new)) as j offset 0) t;
  return null;
end $$;

-- A project is a wide row and most often only what an activity changes is another: then those columns alone are compared.
-- Whether they are all that changed is asked of the rows' own bytes (*=), so that no other column can slip by. The entry is
-- the same either way.
create function audit_update_project() returns trigger language plpgsql security definer as $$
declare
  a public.hstore := public.hstore(array['visit_count', old.visit_count::text, 'last_visit_id', old.last_visit_id::text, 'last_visit_on', old.last_visit_on::text, 'next_follow_up_on', old.next_follow_up_on::text,
      'next_step', old.next_step, 'last_activity_on', old.last_activity_on::text, 'idle_due_on', old.idle_due_on::text, 'light', old.light::text, 'updated_at', old.updated_at::text]);
  b public.hstore := public.hstore(array['visit_count', new.visit_count::text, 'last_visit_id', new.last_visit_id::text, 'last_visit_on', new.last_visit_on::text, 'next_follow_up_on', new.next_follow_up_on::text,
      'next_step', new.next_step, 'last_activity_on', new.last_activity_on::text, 'idle_due_on', new.idle_due_on::text, 'light', new.light::text, 'updated_at', new.updated_at::text]);
begin
  if not ((old operator(public.#=) b) operator(pg_catalog.*=) new) then
    a := public.hstore(old);
    b := public.hstore(new);
  end if;
  if a operator(public.=) b then return null; end if;
  insert into public.audit_entry (zone_id, at, actor_id, request_id, cause, entity, entity_id, operation, before, after)
  values (new.zone_id, clock_timestamp(), public.app_staff(), public.app_request(), public.app_cause(), 'project', new.id::text, 'UPDATE',
    public.hstore_to_jsonb(a operator(public.-) b), public.hstore_to_jsonb(b operator(public.-) a));
  return null;
end $$;
drop trigger audit_update on project;
create trigger audit_update after update on project for each row execute function audit_update_project();
-- Only statements that name a column which the books look at can move a project (generated columns follow theirs).
drop trigger project_moved on project;
create trigger project_moved after update of stage, status, state_at, prior_states, department_id, owner_id, park_id, industry_code, source_region, capital_source, total_amount, total_currency, fixed_cny, uncounted_at on project
  for each row execute function project_moved();
`;

const calendar = /* sql */ `
------------------------------------------------------------------ working days with two look-ups
-- The n-th working day after a day (n = 0: the day itself or, on a rest day, the next working day). NULL when it leaves the published years.
create or replace function add_working_days(start date, n int) returns date language plpgsql stable parallel safe as $$
declare d date; s int; y int := extract(year from start);
begin
  -- Both look-ups walk the index by day; min() and max() of seq would read every later or earlier day.
  if n = 0 then
    select w.day into d from working_day w where w.day >= start order by w.day limit 1;
  else
    select w.seq into s from working_day w where w.day <= start order by w.day desc limit 1;
    select w.day into d from working_day w where w.seq = coalesce(s, 0) + n;
  end if;
  -- Within one year there is nothing between: a year that has a working day is published. Else the years from start to
  -- the answer must all be.
  if d is null or extract(year from d) = y then return d; end if;
  if exists (select from calendar_year where year = y and published)
    and (select count(*) from calendar_year where published and year between y and extract(year from d)) = extract(year from d) - y + 1 then return d; end if;
  return null;
end $$;
create or replace function idle_due(zone uuid, st stage, last_activity date) returns date language plpgsql stable parallel safe as $$
declare days int;
begin
  select p.idle_working_days into days from stage_policy p where p.zone_id = zone and p.stage = st and p.valid_from <= last_activity order by p.valid_from desc limit 1;
  if days is null then return null; end if;
  return add_working_days(last_activity, days);
end $$;
`;

const keys = /* sql */ `
------------------------------------------------------------------ what a busy row does not look up
-- Who logged a visit and for which unit comes from the session that the same statement has read; who is reminded is the
-- owner of the project row that it holds. Foreign keys would look that up again and lock rows of staff and department that
-- every writer of the unit shares. That nobody removes a person or unit in use is held where it is rare: at the removal.
alter table visit drop constraint visit_staff_id_fkey, drop constraint visit_created_by_fkey, drop constraint visit_department_id_fkey;
alter table reminder drop constraint reminder_recipient_id_fkey, drop constraint reminder_done_by_fkey;
create function refuse_removal_in_use() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if tg_table_name = 'department' then
    if not exists (select from visit v where v.zone_id = old.zone_id and v.department_id = old.id) then return old; end if;
  elsif not exists (select from visit v where v.zone_id = old.zone_id and (v.staff_id = old.id or v.created_by = old.id)) and not exists (select from reminder r where r.recipient_id = old.id or r.zone_id = old.zone_id and r.done_by = old.id) then
    return old;
  end if;
  raise exception '% % is in use', tg_table_name, old.id using errcode = 'foreign_key_violation';
end $$;
create trigger staff_in_use before delete on staff for each row execute function refuse_removal_in_use();
create trigger department_in_use before delete on department for each row execute function refuse_removal_in_use();
-- Read once a day, to clear.
drop index idempotency_key_age;
`;

const refusals = /* sql */ `
-- A refusal out of the database: code, path and values as the program words them (Database.tx). It takes back its transaction.
create function refuse(code text, path text[] default '{}', params jsonb default '{}') returns void language plpgsql as $$
begin
  raise exception using errcode = 'YF001', message = code, detail = json_build_object('path', path, 'params', params)::text;
end $$;

-- Who stands behind a token, as before, but with the unit a person belongs to first among the departments and the others
-- in order, so that the answer can be compared (visit_log).
create or replace function auth_actor(hash bytea) returns table (via text, staff_id uuid, zone_id uuid, name text, role text, locale text, department_ids uuid[], led_ids uuid[], scopes text[], expires_at timestamptz)
  language plpgsql volatile security definer set search_path = public as $$
#variable_conflict use_column
declare s session; t api_token; who uuid;
begin
  select * into s from session where token_hash = hash;
  if found then
    if s.expires_at <= now() or s.last_seen_at <= now() - s.idle_minutes * interval '1 minute' then return; end if;
    if s.last_seen_at < now() - interval '1 minute' then update session set last_seen_at = now() where token_hash = hash; end if;
    who := s.staff_id;
  else
    select * into t from api_token where token_hash = hash;
    if not found or t.revoked_at is not null or t.expires_at <= now() then return; end if;
    if t.last_used_at is null or t.last_used_at < now() - interval '1 minute' then update api_token set last_used_at = now() where id = t.id; end if;
    who := t.staff_id;
  end if;
  return query select case when t.id is null then 'session' else 'token' end, p.id, p.zone_id, p.name, p.role, p.locale,
    array_remove(array[p.department_id], null) || array(select m.department_id from staff_department m where m.staff_id = p.id and m.department_id is distinct from p.department_id order by 1),
    array(select m.department_id from staff_department m where m.staff_id = p.id and m.leads order by 1), t.scopes, coalesce(s.expires_at, t.expires_at)
  from staff p where p.id = who and p.disabled_at is null;
end $$;
`;

const reminders = /* sql */ `
-- The full index finds the open reminders of a project as well: a project has few.
drop index reminder_of_project;
`;

const visits = /* sql */ `
------------------------------------------------------------------ visits
-- The part of the first wall (projectVisibility, libs/recruitment/src/projects.access.ts) beyond owner, zone and unit; a
-- test holds all of it together.
create function project_seen(p_id uuid, reach text, me uuid, departments uuid[]) returns boolean language plpgsql stable as $$
begin
  if exists (select from project_member m where m.staff_id = me and m.project_id = p_id) then return true; end if;
  return reach = 'HANDED' and exists (select from handoff h join department t on t.id = h.to_department_id where h.project_id = p_id
    and (t.path && departments or exists (select from department d where d.id = any(departments) and t.id = any(d.path))));
end $$;

-- Logs a visit, whole: looks again at who calls, claims the key, changes the project that the caller may see and that is
-- active, writes the visit, does the open follow-up and plans the next. One statement, one round trip, one commit; the
-- triggers keep the books as ever. Runs as the owner, therefore names the zone in each statement.
--   token: digest of the caller's token, when the caller was read with an earlier request; NULL when just read.
--   more:  what few visits have, by the name of its column; a further column of visits is added to the insert below.
-- Everything that stops it is an error, so that nothing stays: YF001 a refusal (see refuse), YF002 the caller is no longer
-- who it was or has not been seen for a minute, 23505 the key or the visit's id is taken. After the last two the program
-- goes step by step.
create function visit_log(token bytea, zone uuid, who uuid, who_role text, who_locale text, departments uuid[], led uuid[], reach text, request text, pinned text, k text, k_hash bytea, k_result jsonb,
  v_id uuid, project uuid, enterprise uuid, way text, day date, words text, outcome text, step text, follow_up date, people uuid[], more jsonb, today date)
  returns void language plpgsql volatile security definer set search_path = public as $$
declare owner_ uuid; due date; n int;
begin
  if token is not null and not exists (
    select from session s join staff p on p.id = s.staff_id
    where s.token_hash = token and s.expires_at > now() and s.last_seen_at > now() - interval '1 minute' and s.idle_minutes > 1
      and p.id = who and p.zone_id = zone and p.disabled_at is null and p.role = who_role and p.locale = who_locale
      and departments = array_remove(array[p.department_id], null) || array(select m.department_id from staff_department m where m.staff_id = p.id and m.department_id is distinct from p.department_id order by 1)
      and led = array(select m.department_id from staff_department m where m.staff_id = p.id and m.leads order by 1))
  then raise exception using errcode = 'YF002', message = 'the caller has changed'; end if;
  perform set_config('app.zone_id', zone::text, true), set_config('app.staff_id', who::text, true), set_config('app.request_id', request, true), set_config('app.cause', 'visitLog', true), set_config('app.now', pinned, true);
  if k is not null then
    insert into idempotency_key (zone_id, staff_id, key, operation, input_hash, result) values (zone, who, k, 'visitLog', k_hash, k_result);
  end if;
  if project is not null then
    -- The latest visit decides last visit, next step and next follow-up; any visit starts the idle clock again.
    update project p set visit_count = p.visit_count + 1,
      last_visit_id = case when p.last_visit_on > day then p.last_visit_id else v_id end, last_visit_on = greatest(p.last_visit_on, day),
      next_follow_up_on = case when p.last_visit_on > day then p.next_follow_up_on else follow_up end,
      next_step = case when p.last_visit_on > day then p.next_step else step end,
      last_activity_on = today, idle_due_on = idle_due(p.zone_id, p.stage, today), light = 'GREEN', updated_at = app_now()
    where p.id = project and p.zone_id = zone and p.status = 'ACTIVE'
      and (reach = 'ZONE' or reach <> 'NONE' and (p.owner_id = who
        or exists (select from department d where d.id = p.department_id and d.path && case reach when 'UNIT' then departments when 'GROUP' then led else '{}' end)
        or project_seen(p.id, reach, who, departments)))
    returning coalesce(p.owner_id, who) into owner_;
    if not found then
      perform refuse('STATUS_NOT_ACTIVE', '{}', jsonb_build_object('status', p.status)) from project p
      where p.id = project and p.zone_id = zone and p.status <> 'ACTIVE'
        and (reach = 'ZONE' or reach <> 'NONE' and (p.owner_id = who
          or exists (select from department d where d.id = p.department_id and d.path && case reach when 'UNIT' then departments when 'GROUP' then led else '{}' end)
          or project_seen(p.id, reach, who, departments)));
      perform refuse('NOT_FOUND');
    end if;
  end if;
  if people <> '{}' and (select count(*) from staff s where s.zone_id = zone and s.id = any(people)) <> cardinality(people) then
    perform refuse('UNKNOWN_REFERENCE', '{companionIds}', jsonb_build_object('field', '陪同人员', 'value', array_to_string(people, ',')));
  end if;
  if more ? 'delegation_id' and not exists (select from delegation g where g.zone_id = zone and g.id = (more ->> 'delegation_id')::uuid and g.state = 'OPEN'
      and (reach = 'ZONE' or g.created_by = who or exists (select from delegation_member m where m.delegation_id = g.id and m.staff_id = who)
        or exists (select from department d where d.id = g.host_department_id and d.path && case reach when 'UNIT' then departments when 'GROUP' then led else '{}' end))) then
    perform refuse('UNKNOWN_REFERENCE', '{delegationId}', jsonb_build_object('field', '出访团组或活动', 'value', more ->> 'delegation_id'));
  end if;
  insert into visit (id, zone_id, project_id, enterprise_id, direction, visited_on, staff_id, department_id, content, result, next_step, next_follow_up_on, created_at, created_by,
    companions, companion_ids, met, leader_name, leader_level, headcount, city, place, delegation_id, batches, new_batches, new_persons, result_kind)
  values (v_id, zone, project, enterprise, way, day, who, departments[1], words, outcome, step, follow_up, app_now(), who,
    case when people = '{}' then '{}' else array(select s.name from staff s where s.zone_id = zone and s.id = any(people) order by s.name) end, people, coalesce(more -> 'met', '[]'),
    more ->> 'leader_name', more ->> 'leader_level', (more ->> 'headcount')::int, more ->> 'city', more ->> 'place',
    (more ->> 'delegation_id')::uuid, (more ->> 'batches')::int, (more ->> 'new_batches')::int, (more ->> 'new_persons')::int, more ->> 'result_kind');
  if more ? 'file_ids' then
    -- Photos and papers: only what the caller uploaded.
    insert into visit_file (zone_id, visit_id, file_id, added_by, added_at)
    select zone, v_id, f.id, who, app_now() from stored_file f where f.zone_id = zone and f.created_by = who and f.id in (select x::uuid from jsonb_array_elements_text(more -> 'file_ids') x);
    get diagnostics n = row_count;
    if n <> jsonb_array_length(more -> 'file_ids') then perform refuse('UNKNOWN_REFERENCE', '{fileIds}', jsonb_build_object('field', '照片或文件', 'value', more ->> 'file_ids')); end if;
  end if;
  if project is not null then
    if people <> '{}' then
      insert into project_member (zone_id, project_id, staff_id) select zone, project, x.id from unnest(people) x (id) on conflict do nothing;
    end if;
    update reminder r set state = 'DONE', done_at = app_now(), done_by = who, version = r.version + 1
    where r.zone_id = zone and r.project_id = project and r.state in ('PLANNED', 'DELIVERED') and r.kind = 'FOLLOW_UP';
    if follow_up is not null and owner_ is not null then
      insert into reminder as r (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, created_at)
      select zone, 'FOLLOW_UP', 'FOLLOW_UP:' || project || ':' || follow_up, project, owner_, follow_up, w.at, jsonb_build_object('nextStep', step), app_now()
      from (select reminder_due_at(follow_up) as at) w where w.at is not null
      on conflict (zone_id, cause, recipient_id) do update
        set state = 'PLANNED', due_on = excluded.due_on, due_at = excluded.due_at, detail = excluded.detail, done_at = null, done_by = null, version = r.version + 1
        where r.state in ('DONE', 'CANCELLED') and r.delivered_at is null;
    end if;
  end if;
end $$;
`;
