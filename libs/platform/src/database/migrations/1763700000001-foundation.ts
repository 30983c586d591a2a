import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The ground: the application role and its walls, small functions, the books (audit), the tenants and their people.
 * Every table that bears zone_id gets row-level security through wall_zone(); the application role owns nothing and
 * cannot bypass it.
 */
export class Foundation1763700000001 implements MigrationInterface {
  name = 'Foundation1763700000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('The first migration has no way back: restore a backup instead.');
  }
}

const sql = /* sql */ `
do $$ begin
  create role yinfeng_app nologin nobypassrls;
exception when duplicate_object or unique_violation then null; end $$;
do $$ begin
  execute format('grant yinfeng_app to %I', current_user);
exception when others then null; end $$;
grant usage on schema public to yinfeng_app;

create extension if not exists pg_trgm;
create extension if not exists hstore;

create type stage as enum ('LEAD','RESERVE','NEGOTIATING','SIGNED','LANDED','STARTED','PRODUCING');
create type project_status as enum ('ACTIVE','SUSPENDED','POOLED','WITHDRAWN','LOST');
create type currency as enum ('CNY','USD','EUR','HKD','JPY');
create type light as enum ('GREEN','YELLOW','RED');

-- Behind row-level security an index on an enum column serves only if the comparison cannot leak; comparing two numbers
-- cannot, but PostgreSQL does not say so. Saying it takes a superuser; elsewhere lists by stage read more rows.
do $$ begin
  alter function enum_eq(anyenum, anyenum) leakproof;
exception when insufficient_privilege then null; end $$;

-- Who and where, for this transaction only; unset means nobody and nowhere.
create function app_zone() returns uuid language sql stable parallel safe as
  $$ select nullif(current_setting('app.zone_id', true), '')::uuid $$;
create function app_staff() returns uuid language sql stable parallel safe as
  $$ select nullif(current_setting('app.staff_id', true), '')::uuid $$;
create function app_request() returns text language sql stable parallel safe as
  $$ select nullif(current_setting('app.request_id', true), '') $$;
create function app_cause() returns text language sql stable parallel safe as
  $$ select nullif(current_setting('app.cause', true), '') $$;
-- The moment of the transaction; a test may set its own clock.
create function app_now() returns timestamptz language sql stable parallel safe as
  $$ select coalesce(nullif(current_setting('app.now', true), '')::timestamptz, now()) $$;
create function shanghai_day(at timestamptz) returns date language sql immutable parallel safe as
  $$ select (at at time zone 'Asia/Shanghai')::date $$;
create function shanghai_midnight(day date) returns timestamptz language sql immutable parallel safe as
  $$ select day::timestamp at time zone 'Asia/Shanghai' $$;
-- UUIDv7 (RFC 9562 §5.7) also on servers before PostgreSQL 18.
create function new_id() returns uuid language sql volatile as $$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$;

-- The second wall between tenants: a query that forgets its zone returns nothing.
create function wall_zone(tbl regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', tbl);
  execute format('create policy zone_wall on %s to yinfeng_app using (zone_id = (select app_zone())) with check (zone_id = (select app_zone()))', tbl);
end $$;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% on % is refused: the books are append-only', tg_op, tg_table_name using errcode = 'restrict_violation';
end $$;

------------------------------------------------------------------ audit
create table audit_entry (
  id bigint generated always as identity primary key,
  zone_id uuid,
  at timestamptz not null default clock_timestamp(),
  actor_id uuid,
  request_id text,
  cause text,
  entity text not null,
  entity_id text,
  operation text not null check (operation in ('INSERT','UPDATE','DELETE','EVENT')),
  before jsonb,
  after jsonb,
  txid xid8 not null default pg_current_xact_id(),
  digest bytea not null
);
create index audit_entry_of_record on audit_entry (zone_id, entity, entity_id, id);
create index audit_entry_unsealed on audit_entry (txid, id);
comment on table audit_entry is 'Append-only: who changed what, old and new. Written by triggers alone; audit_chain seals it by hash.';

create function audit_digest(e audit_entry) returns bytea language sql immutable as $$
  select sha256(convert_to(concat_ws(E'\\x1f', e.zone_id, extract(epoch from e.at), e.actor_id, e.request_id, e.cause, e.entity, e.entity_id,
    e.operation, e.before, e.after), 'UTF8'))
$$;
create function audit_entry_digest() returns trigger language plpgsql as $$
begin
  new.digest := audit_digest(new);
  return new;
end $$;
create trigger audit_entry_digest before insert on audit_entry for each row when (new.digest is null) execute function audit_entry_digest();
alter table audit_entry alter column after set storage external;
create trigger audit_entry_books before update or delete on audit_entry for each row execute function refuse_change();
create trigger audit_entry_books_truncate before truncate on audit_entry for each statement execute function refuse_change();

-- The chain is written by a job in commit order, so that writers never wait for each other: hash(n) = sha256(hash(n-1) || digest(n)).
create table audit_chain (
  seq bigint primary key,
  audit_id bigint not null unique references audit_entry (id),
  hash bytea not null,
  sealed_at timestamptz not null default clock_timestamp()
);
create table audit_seal_state (only_row boolean primary key default true check (only_row), txid xid8 not null, seq bigint not null, hash bytea not null);
insert into audit_seal_state values (true, '0', 0, sha256('yinfeng'));
create trigger audit_chain_books before update or delete on audit_chain for each row execute function refuse_change();

create function audit_seal(batch int default 20000) returns bigint language plpgsql security definer set search_path = public as $$
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
  for e in select id, digest from audit_entry where txid > state.txid and txid <= last_tx order by txid, id loop
    n := n + 1; h := sha256(h || e.digest);
    insert into audit_chain (seq, audit_id, hash) values (n, e.id, h);
    done := done + 1;
  end loop;
  update audit_seal_state set txid = last_tx, seq = n, hash = h;
  return done;
end $$;

-- First broken row, or no row when the chain holds: content against digest, digest against chain, no gap in either.
create function audit_verify() returns table (audit_id bigint, reason text) language plpgsql stable security definer set search_path = public as $$
declare h bytea := sha256('yinfeng'); n bigint := 0; r record;
begin
  for r in select c.seq, c.audit_id as id, c.hash, e as entry, e.id as entry_id from audit_chain c left join audit_entry e on e.id = c.audit_id order by c.seq loop
    n := n + 1;
    if r.seq <> n then return query select r.id, 'a link of the chain is missing before this row'; return; end if;
    if r.entry_id is null then return query select r.id, 'the entry was removed'; return; end if;
    if audit_digest(r.entry) <> (r.entry).digest then return query select r.id, 'the entry was changed'; return; end if;
    h := sha256(h || (r.entry).digest);
    if h <> r.hash then return query select r.id, 'the chain does not follow from the row before'; return; end if;
  end loop;
  if n <> (select seq from audit_seal_state) then return query select null::bigint, 'the end of the chain is missing'; return; end if;
  -- What was slipped in later below the watermark, or changed before it was sealed.
  return query select e.id, case when e.txid <= s.txid then 'the entry is outside the chain' else 'the entry was changed' end
  from audit_entry e, audit_seal_state s
  where case when e.txid <= s.txid then not exists (select from audit_chain c where c.audit_id = e.id) else audit_digest(e) <> e.digest end
  order by e.id limit 1;
end $$;

-- Generic audit of a table. Inserts (but of tables written one by one) and deletes are written a statement at a time, so that bulk costs one INSERT … SELECT;
-- an update a row at a time by hstore, which finds the changed columns of a wide row five times faster than jsonb. Values of
-- an update are kept as PostgreSQL writes them (text).
-- Many rows of one zone at once (imports) are written 250 to an entry, as PostgreSQL writes rows, with the names of their
-- columns; the digest is made in the same pass. A bulk load costs a tenth of what one JSON entry a row would.
create function audit_insert() returns trigger language plpgsql security definer set search_path = public as $$
declare
  zone uuid := app_zone(); who uuid := app_staff(); request text := app_request(); why text := app_cause(); moment timestamptz := clock_timestamp(); columns jsonb;
begin
  if zone is not null and (select count(*) from (select from changed_new limit 501) t) > 500 then
    select jsonb_agg(a.attname order by a.attnum) into columns from pg_attribute a where a.attrelid = tg_relid and a.attnum > 0 and not a.attisdropped;
    insert into audit_entry (zone_id, at, actor_id, request_id, cause, entity, operation, after, digest)
    select zone, moment, who, request, why, tg_table_name, 'INSERT', a,
      sha256(convert_to(concat_ws(E'\\x1f', zone, extract(epoch from moment), who, request, why, tg_table_name, null::text, 'INSERT', null::jsonb, a), 'UTF8'))
    from (select jsonb_build_object('columns', columns, 'rows', string_agg(t.r, E'\\n')) as a
          from (select n::text as r, row_number() over () / 250 as part from changed_new n) t group by part) x;
  else
    insert into audit_entry (zone_id, at, actor_id, request_id, cause, entity, entity_id, operation, after)
    select (j ->> 'zone_id')::uuid, moment, who, request, why, tg_table_name, coalesce(j ->> 'id', j ->> 'project_id', j ->> 'staff_id'), 'INSERT', jsonb_strip_nulls(j) - 'zone_id'
    from (select to_jsonb(n) as j from changed_new n) t;
  end if;
  return null;
end $$;
create function audit_insert_row() returns trigger language plpgsql security definer as $$
declare j jsonb := to_jsonb(new);
begin
  insert into public.audit_entry (zone_id, at, actor_id, request_id, cause, entity, entity_id, operation, after)
  values ((j ->> 'zone_id')::uuid, clock_timestamp(), public.app_staff(), public.app_request(), public.app_cause(), tg_table_name, coalesce(j ->> 'id', j ->> 'project_id', j ->> 'staff_id'), 'INSERT', jsonb_strip_nulls(j) - 'zone_id');
  return null;
end $$;
create function audit_update() returns trigger language plpgsql security definer as $$
declare
  a public.hstore := public.hstore(old);
  b public.hstore := public.hstore(new);
  changed public.hstore := b operator(public.-) a;
begin
  if changed operator(public.<>) ''::public.hstore then
    insert into public.audit_entry (zone_id, at, actor_id, request_id, cause, entity, entity_id, operation, before, after)
    values ((b operator(public.->) 'zone_id')::uuid, clock_timestamp(), public.app_staff(), public.app_request(), public.app_cause(), tg_table_name, coalesce(b operator(public.->) 'id', b operator(public.->) 'project_id', b operator(public.->) 'staff_id'), 'UPDATE', public.hstore_to_jsonb(a operator(public.-) b), public.hstore_to_jsonb(changed));
  end if;
  return null;
end $$;
create function audit_delete() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into audit_entry (zone_id, at, actor_id, request_id, cause, entity, entity_id, operation, before)
  select (j ->> 'zone_id')::uuid, clock_timestamp(), app_staff(), app_request(), app_cause(), tg_table_name, coalesce(j ->> 'id', j ->> 'project_id', j ->> 'staff_id'), 'DELETE', jsonb_strip_nulls(j) - 'zone_id'
  from (select to_jsonb(o) as j from changed_old o) t;
  return null;
end $$;
-- one_by_one: rows of this table come singly (visits, requests); a trigger a row then costs half of one a statement.
create function keep_books(tbl regclass, one_by_one boolean default false) returns void language plpgsql as $$
begin
  if one_by_one then
    execute format('create trigger audit_insert after insert on %s for each row execute function audit_insert_row()', tbl);
  else
    execute format('create trigger audit_insert after insert on %s referencing new table as changed_new for each statement execute function audit_insert()', tbl);
  end if;
  execute format('create trigger audit_update after update on %s for each row execute function audit_update()', tbl);
  execute format('create trigger audit_delete after delete on %s referencing old table as changed_old for each statement execute function audit_delete()', tbl);
end $$;

-- What leaves no row behind: sign-in, refusal, export, reading of personal data.
create function audit_event(zone uuid, actor uuid, event text, subject text, detail jsonb) returns void language sql security definer set search_path = public as $$
  insert into audit_entry (zone_id, at, actor_id, request_id, cause, entity, entity_id, operation, after)
  values (zone, clock_timestamp(), actor, app_request(), app_cause(), event, subject, 'EVENT', detail)
$$;

------------------------------------------------------------------ shared tables without a zone
create table region (code text primary key, name text not null, parent text, level text not null check (level in ('PROVINCE','CITY','COUNTY','DEVELOPMENT_ZONE')));
comment on table region is 'GB/T 2260 areas and national development zones';
create table industry (code text primary key, name text not null, parent text references industry (code), name_en text);
comment on table industry is 'GB/T 4754-2011 national economic industries, section letter to four digits';

create table reference_data (only_row boolean primary key default true check (only_row), digest text not null);
comment on table reference_data is 'Digest of the shipped regions, industries and calendars that were loaded last';

create table calendar_year (year int primary key check (year between 2000 and 2100), published boolean not null default true, source text not null, imported_at timestamptz not null default now());
create table calendar_day (day date primary key, working boolean not null, name text not null);
comment on table calendar_day is 'Only the days that differ from Monday-to-Friday: statutory holidays and make-up working days (调休)';
create table working_day (day date primary key, seq int not null unique);
comment on table working_day is 'Every working day of the published years, numbered: adding n working days is a look-up, in SQL and bulk alike';
create function calendar_rebuild() returns void language sql as $$
  delete from working_day;
  insert into working_day (day, seq)
  select d::date, row_number() over (order by d)
  from calendar_year y, lateral generate_series(make_date(y.year, 1, 1), make_date(y.year, 12, 31), interval '1 day') d
  left join calendar_day c on c.day = d::date
  where y.published and coalesce(c.working, extract(isodow from d) < 6);
$$;
-- The n-th working day after a day (n = 0: the day itself or, on a rest day, the next working day). NULL when it leaves the published years.
create function add_working_days(start date, n int) returns date language plpgsql stable parallel safe as $$
-- plpgsql keeps the plan for the session; an SQL function would be planned at each statement that calls it.
begin
  return (
  select w.day from working_day w
  -- Both look-ups walk the index by day; min() and max() of seq would read every later or earlier day.
  where w.seq = case when n = 0 then (select seq from working_day where day >= start order by day limit 1)
                     else coalesce((select seq from working_day where day <= start order by day desc limit 1), 0) + n end
    and exists (select from calendar_year where year = extract(year from start)::int and published)
    -- No uncovered year lies between: the published years from start to the answer are contiguous.
    and (select count(*) from calendar_year where published and year between extract(year from start) and extract(year from w.day)) = extract(year from w.day) - extract(year from start) + 1
  );
end $$;

-- An administrator publishes a year: its special days take the place of what was there. The days were checked before.
create function calendar_import(wanted int, origin text, days jsonb) returns void language plpgsql security definer set search_path = public as $$
begin
  lock table calendar_year in share row exclusive mode;
  insert into calendar_year (year, source) values (wanted, origin)
  on conflict (year) do update set published = true, source = excluded.source, imported_at = excluded.imported_at;
  delete from calendar_day where day between make_date(wanted, 1, 1) and make_date(wanted, 12, 31);
  insert into calendar_day (day, working, name) select d.day, d.working, d.name from jsonb_to_recordset(days) d (day date, working boolean, name text) where extract(year from d.day) = wanted;
  perform calendar_rebuild();
end $$;
revoke execute on function calendar_import(int, text, jsonb), calendar_rebuild() from public;
grant execute on function calendar_import(int, text, jsonb) to yinfeng_app;

------------------------------------------------------------------ tenants and people
create table zone (
  id uuid primary key default new_id(),
  code text not null unique check (code ~ '^[A-Z0-9][A-Z0-9-]{0,31}$'),
  name text not null check (name <> ''),
  name_en text,
  region_code text references region (code),
  created_at timestamptz not null default now()
);
alter table zone enable row level security;
create policy zone_wall on zone to yinfeng_app using (id = (select app_zone()));

create table department (
  id uuid primary key default new_id(),
  zone_id uuid not null references zone (id),
  parent_id uuid references department (id),
  name text not null check (name <> ''),
  aliases text[] not null default '{}',
  kind text not null default 'BUREAU' check (kind in ('ZONE','BUREAU','GROUP','OFFICE','SERVICE','AGENCY')),
  path uuid[] not null default '{}',
  version int not null default 1,
  created_at timestamptz not null default now(),
  unique (zone_id, name)
);
create index department_path on department using gin (path);
create function department_path() returns trigger language plpgsql as $$
begin
  new.path := coalesce((select path from department where id = new.parent_id), '{}') || new.id;
  return new;
end $$;
create trigger department_path before insert or update of parent_id on department for each row execute function department_path();

create table staff (
  id uuid primary key default new_id(),
  zone_id uuid not null references zone (id),
  name text not null check (name <> ''),
  email text,
  role text not null check (role in ('RECRUITER','GROUP_LEADER','MANAGER','LEADER','SERVICE','AGENT','SYSTEM_ADMIN','SECURITY_ADMIN','AUDITOR')),
  department_id uuid references department (id),
  title text,
  locale text not null default 'zh' check (locale in ('zh','en')),
  disabled_at timestamptz,
  version int not null default 1,
  created_at timestamptz not null default now()
);
create unique index staff_email on staff (lower(email)) where email is not null;
create index staff_of_zone on staff (zone_id, name);
create table staff_department (
  zone_id uuid not null references zone (id),
  staff_id uuid not null references staff (id),
  department_id uuid not null references department (id),
  leads boolean not null default false,
  primary key (staff_id, department_id)
);

create table credential (
  staff_id uuid primary key references staff (id),
  zone_id uuid not null references zone (id),
  password_hash text not null,
  changed_at timestamptz not null default now()
);
create table session (
  token_hash bytea primary key,
  zone_id uuid not null references zone (id),
  staff_id uuid not null references staff (id),
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  idle_minutes int not null default 720 check (idle_minutes > 0),
  expires_at timestamptz not null,
  address text,
  user_agent text
);
create index session_of_staff on session (staff_id);
create table api_token (
  id uuid primary key default new_id(),
  zone_id uuid not null references zone (id),
  staff_id uuid not null references staff (id),
  name text not null,
  prefix text not null,
  token_hash bytea not null unique,
  scopes text[] not null default '{}',
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);

-- Tries to sign in by account and address (a digest of both), counted before the password is looked at and forgotten by a success.
create table sign_in_failure (key bytea primary key, failures int not null, last_at timestamptz not null default now());
create index sign_in_failure_age on sign_in_failure (last_at);

create table park (
  id uuid primary key default new_id(),
  zone_id uuid not null references zone (id),
  name text not null check (name <> ''),
  aliases text[] not null default '{}',
  created_at timestamptz not null default now(),
  unique (zone_id, name)
);

-- Zone policy: data, versioned by day. The row with the latest valid_from not after the day counts.
create table stage_policy (
  zone_id uuid not null references zone (id),
  stage stage not null,
  valid_from date not null default '2000-01-01',
  label_zh text not null,
  label_en text not null,
  bucket text check (bucket in ('reserve','negotiating','signed')),
  counting text not null default 'APPROVAL' check (counting in ('EVENT','ENTRY','APPROVAL')),
  idle_working_days int check (idle_working_days between 1 and 365),
  needs_approval boolean not null default false,
  handoff_to text,
  primary key (zone_id, stage, valid_from)
);
create table gate_item (
  zone_id uuid not null references zone (id),
  to_stage stage not null,
  item text not null,
  valid_from date not null default '2000-01-01',
  kind text not null check (kind in ('FIELD','EVIDENCE','RECORD')),
  label_zh text not null,
  label_en text not null,
  required boolean not null default true,
  position int not null default 0,
  primary key (zone_id, to_stage, item, valid_from)
);
create table zone_policy (
  zone_id uuid not null references zone (id),
  name text not null,
  valid_from date not null default '2000-01-01',
  value jsonb not null,
  primary key (zone_id, name, valid_from)
);

------------------------------------------------------------------ idempotency, outbox, files
create table idempotency_key (
  zone_id uuid not null,
  staff_id uuid not null,
  key text not null check (length(key) between 1 and 255),
  operation text not null,
  input_hash bytea not null,
  result jsonb,
  created_at timestamptz not null default now(),
  primary key (zone_id, staff_id, key)
);
create index idempotency_key_age on idempotency_key (created_at);

create table outbox (
  id uuid primary key default new_id(),
  job text not null,
  data jsonb not null,
  run_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  dispatched_at timestamptz,
  completed_at timestamptz,
  failure text
);
comment on table outbox is 'Jobs, written with their cause. The relay hands them to the queue; what was handed over and not completed goes there again when the queue has lost it.';
create index outbox_waiting on outbox (created_at, id) where dispatched_at is null;
create index outbox_open on outbox (dispatched_at) where dispatched_at is not null and completed_at is null;
create index outbox_done on outbox (completed_at) where completed_at is not null;

create table stored_file (
  id uuid primary key default new_id(),
  zone_id uuid not null references zone (id),
  sha256 bytea not null,
  name text not null,
  media_type text not null,
  size bigint not null check (size >= 0),
  created_by uuid references staff (id),
  created_at timestamptz not null default now()
);
create index stored_file_content on stored_file (sha256);

select wall_zone(t) from unnest(array['department','staff','staff_department','credential','session','api_token','park','stage_policy','gate_item','zone_policy','idempotency_key','stored_file']::regclass[]) t;
alter table audit_entry enable row level security;
create policy zone_wall on audit_entry for select to yinfeng_app using (zone_id = (select app_zone()));
select keep_books(t) from unnest(array['zone','department','staff','staff_department','park','stage_policy','gate_item','zone_policy','stored_file']::regclass[]) t;

grant select on region, industry, calendar_year, calendar_day, working_day, zone, audit_entry to yinfeng_app;
grant select, insert, update on department, staff, staff_department, credential, session, api_token, park, stage_policy, gate_item, zone_policy, idempotency_key, stored_file to yinfeng_app;
grant delete on session, staff_department to yinfeng_app;
grant insert on outbox to yinfeng_app;
revoke execute on function audit_seal(int) from public;
grant execute on function audit_event(uuid, uuid, text, text, jsonb), audit_verify() to yinfeng_app;

-- The three doors that must look before the zone is known. They take a secret (or the address typed at sign-in) and give one row.
create function auth_credential(address text) returns table (staff_id uuid, zone_id uuid, password_hash text, disabled boolean)
  language sql stable security definer set search_path = public as $$
  select s.id, s.zone_id, c.password_hash, s.disabled_at is not null
  from staff s join credential c on c.staff_id = s.id where lower(s.email) = lower(address)
$$;
-- Who stands behind a token now: one look-up for each request, so that a disabled person or a changed role counts at once.
-- In plpgsql because its plans are kept on every server version. Being seen is written once a minute, not with each request.
create function auth_actor(hash bytea) returns table (via text, staff_id uuid, zone_id uuid, name text, role text, locale text, department_ids uuid[], led_ids uuid[], scopes text[], expires_at timestamptz)
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
    array(select p.department_id where p.department_id is not null union select m.department_id from staff_department m where m.staff_id = p.id),
    array(select m.department_id from staff_department m where m.staff_id = p.id and m.leads), t.scopes, coalesce(s.expires_at, t.expires_at)
  from staff p where p.id = who and p.disabled_at is null;
end $$;
-- Counts one more try of this account from this address. NULL: go on; else the seconds until it may be tried again. Counted
-- before the password is looked at, so that tries at the same moment, in whatever process, are no way around the limit.
create function auth_attempt(k bytea, most int, minutes int) returns int language plpgsql security definer set search_path = public as $$
declare span interval := minutes * interval '1 minute';
begin
  delete from sign_in_failure where key in (select key from sign_in_failure where last_at < now() - span and key <> k limit 10 for update skip locked);
  insert into sign_in_failure as f (key, failures) values (k, 1)
  on conflict (key) do update set failures = case when f.last_at < now() - span then 1 else f.failures + 1 end, last_at = now()
    where f.failures < most or f.last_at < now() - span;
  if found then return null; end if;
  return coalesce((select greatest(1, ceil(extract(epoch from f.last_at + span - clock_timestamp())))::int from sign_in_failure f where f.key = k), 1);
end $$;
create function auth_succeeded(k bytea) returns void language sql security definer set search_path = public as
  $$ delete from sign_in_failure where key = k $$;
-- The operator opens a tenant; NULL when the code is taken.
create function zone_open(new_id uuid, new_code text, new_name text, region text) returns uuid language sql security definer set search_path = public as
  $$ insert into zone (id, code, name, region_code) values (new_id, new_code, new_name, region) on conflict (code) do nothing returning id $$;
create function zone_find(wanted text) returns table (id uuid, code text, name text) language sql stable security definer set search_path = public as
  $$ select id, code, name from zone where wanted is null or code = wanted order by code $$;
revoke execute on function auth_credential(text), auth_actor(bytea), auth_attempt(bytea, int, int), auth_succeeded(bytea), zone_open(uuid, text, text, text), zone_find(text) from public;
grant execute on function auth_credential(text), auth_actor(bytea), auth_attempt(bytea, int, int), auth_succeeded(bytea), zone_open(uuid, text, text, text), zone_find(text) to yinfeng_app;
`;
