import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Parties: what is known of an enterprise and its group, investor profiles, shares of a project; contacts with their
 * basis and retention, masking, reveals under a daily quota; the books of contacts and visits without plain personal
 * values.
 */
export class Parties1763800000016 implements MigrationInterface {
  name = 'Parties1763800000016';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('Parties have no way back: restore a backup instead.');
  }
}

const sql = /* sql */ `
------------------------------------------------------------------ enterprises
alter table enterprise
  add column website text,
  add column registered_amount numeric(24,2) check (registered_amount >= 0),
  add column registered_currency currency not null default 'CNY',
  add column address text,
  add constraint enterprise_not_own_parent check (parent_id <> id);
-- Those that people put on record by hand; imports fill the table by the hundred thousand and stay out of it.
create index enterprise_made_by on enterprise (created_by) where import_id is null;

-- GB 32100-2015: VALID, CHECK_DIGIT (the 18th character is not the one that belongs to the others), FORMAT, ABSENT.
create function uscc_check(code text) returns text language plpgsql immutable parallel safe as $$
declare alphabet text := '0123456789ABCDEFGHJKLMNPQRTUWXY'; weights int[] := '{1,3,9,27,19,26,16,17,20,29,25,13,8,24,10,30,28}'; total int := 0;
begin
  if code is null then return 'ABSENT'; end if;
  if code !~ '^[0-9A-HJ-NP-RTUWXY]{18}$' then return 'FORMAT'; end if;
  for i in 1..17 loop total := total + (strpos(alphabet, substr(code, i, 1)) - 1) * weights[i]; end loop;
  return case when substr(alphabet, (31 - total % 31) % 31 + 1, 1) = right(code, 1) then 'VALID' else 'CHECK_DIGIT' end;
end $$;

create table enterprise_name_history (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  enterprise_id uuid not null references enterprise (id) on delete cascade,
  name text not null check (name <> ''),
  folded_name text not null,
  until_at timestamptz not null default app_now(),
  changed_by uuid references staff (id)
);
create index enterprise_name_history_of on enterprise_name_history (enterprise_id, until_at desc);
create index enterprise_former_name on enterprise_name_history (zone_id, folded_name);
comment on table enterprise_name_history is 'Names that an enterprise had before: a ledger that still writes one of them means this enterprise';
-- A new name leaves the old one behind and shows at once on the projects that carry it.
create function enterprise_renamed() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if old.folded_name <> new.folded_name then
    insert into enterprise_name_history (zone_id, enterprise_id, name, folded_name, changed_by) values (old.zone_id, old.id, old.name, old.folded_name, app_staff());
  end if;
  update project set enterprise_name = new.name, updated_at = app_now() where zone_id = new.zone_id and enterprise_id = new.id and enterprise_name is distinct from new.name;
  return null;
end $$;
create trigger enterprise_renamed after update of name on enterprise for each row when (old.name is distinct from new.name) execute function enterprise_renamed();

-- The group is a tree of at most ten levels. One change of the tree of a zone at a time, so that two changes cannot close
-- a circle between them; each look sees what was committed before it.
create function enterprise_tree() returns trigger language plpgsql security definer set search_path = public as $$
declare above uuid := new.parent_id; levels int := 1; below int;
begin
  perform pg_advisory_xact_lock(hashtextextended('enterprise_tree' || new.zone_id, 1));
  while above is not null loop
    if above = new.id then raise exception 'enterprise % would be above itself', new.id using errcode = 'check_violation', constraint = 'enterprise_tree_circle'; end if;
    levels := levels + 1;
    if levels > 11 then exit; end if;
    select e.parent_id into above from enterprise e where e.id = above and e.zone_id = new.zone_id;
    if not found then raise exception 'the parent of % is not of its zone', new.id using errcode = 'foreign_key_violation', constraint = 'enterprise_tree_zone'; end if;
  end loop;
  with recursive b as (select new.id as id, 0 as depth union all select e.id, b.depth + 1 from enterprise e join b on e.parent_id = b.id where b.depth < 11)
  select max(depth) into below from b;
  if levels + below > 10 then raise exception 'the group of % would have more than ten levels', new.id using errcode = 'check_violation', constraint = 'enterprise_tree_depth'; end if;
  return new;
end $$;
create trigger enterprise_tree before update of parent_id on enterprise for each row when (new.parent_id is not null and new.parent_id is distinct from old.parent_id) execute function enterprise_tree();

create table enterprise_fact (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  enterprise_id uuid not null references enterprise (id) on delete cascade,
  key text not null check (key <> ''),
  value text not null,
  source text not null check (source <> ''),
  as_of date not null,
  recorded_at timestamptz not null default app_now(),
  recorded_by uuid references staff (id),
  unique (enterprise_id, key, source, as_of)
);
comment on table enterprise_fact is 'What an outside source (工商登记, 企查查, 天眼查, 年报) says of an enterprise on a day; the latest day of a key counts';

create table investor_profile (
  enterprise_id uuid primary key references enterprise (id) on delete cascade,
  zone_id uuid not null,
  ticket_min numeric(24,2) check (ticket_min >= 0),
  ticket_max numeric(24,2) check (ticket_max >= 0),
  ticket_currency currency not null default 'CNY',
  sectors text[] not null default '{}',
  restrictions text,
  horizon_months_min int check (horizon_months_min between 0 and 1200),
  horizon_months_max int check (horizon_months_max between 0 and 1200),
  note text,
  version int not null default 1,
  updated_at timestamptz not null default app_now(),
  updated_by uuid references staff (id),
  constraint investor_profile_ticket check (ticket_min <= ticket_max),
  constraint investor_profile_horizon check (horizon_months_min <= horizon_months_max)
);

alter table project_enterprise drop constraint project_enterprise_role_check,
  add constraint project_enterprise_role_check check (role in ('INVESTOR','SIGNING_PARTY','REGISTERED_COMPANY','PARENT','INTERMEDIARY')),
  add column share_percent numeric(5,2) check (share_percent > 0 and share_percent <= 100);

------------------------------------------------------------------ contacts
alter table contact
  add column wechat text,
  add column emails text[] not null default '{}',
  add column department text,
  add column language text,
  add column note text,
  add column basis text,
  add column collected_on date,
  add column retain_until date,
  add column do_not_contact_at timestamptz,
  add column do_not_contact_reason text,
  add column archived_at timestamptz;
comment on column contact.retain_until is 'A day of its own; without one, so many months (policy personalData) after the last activity of its project';
create index contact_made_by on contact (created_by) where import_id is null;
create index contact_newest on contact (zone_id, id desc);

create table contact_reveal (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  contact_id uuid not null references contact (id) on delete cascade,
  staff_id uuid not null references staff (id),
  reason text not null check (reason <> ''),
  revealed_on date not null,
  revealed_at timestamptz not null default app_now()
);
create index contact_reveal_of on contact_reveal (contact_id, revealed_at desc);
create trigger contact_reveal_books before update on contact_reveal for each row execute function refuse_change();
-- One row a person and day: whoever raises it past the quota finds no row to raise.
create table contact_reveal_day (zone_id uuid not null, staff_id uuid not null references staff (id), day date not null, used int not null check (used > 0), primary key (staff_id, day));


-- 139****6789; of shorter numbers and of what is no number less is left.
create function mask_phone(phone text) returns text language sql immutable parallel safe as $$
  select case when length(phone) >= 10 then left(phone, 3) || repeat('*', length(phone) - 7) || right(phone, 4)
              when length(phone) >= 7 then left(phone, 1) || repeat('*', length(phone) - 4) || right(phone, 3)
              else repeat('*', greatest(length(phone), 4)) end
$$;
create function mask_phones(phones text[]) returns text[] language sql immutable parallel safe as
  $$ select coalesce(array_agg(mask_phone(p) order by n), '{}') from unnest(phones) with ordinality u (p, n) $$;
create function mask_account(account text) returns text language sql immutable parallel safe as $$
  select case when position('@' in account) > 1 then left(account, 1) || '***' || substr(account, position('@' in account))
              when length(account) > 5 then left(account, 2) || repeat('*', length(account) - 4) || right(account, 2) else left(account, 1) || '***' end
$$;
-- Numbers within words: a mobile or land line keeps its first three and last four digits, an e-mail address its first letter; amounts stay.
create function mask_text(words text) returns text language sql immutable parallel safe as $$
  select regexp_replace(regexp_replace(regexp_replace(words,
    '(?<![0-9０-９A-Za-z])((?:[+＋]?86[- ]?)?[1１][3-9３-９][0-9０-９])[- ]?[0-9０-９]{4}[- ]?([0-9０-９]{4})(?![0-9０-９A-Za-z]|\\.[0-9]|[元万亿])', '\\1****\\2', 'g'),
    '(?<![0-9０-９A-Za-z])([0０][0-9０-９]{2,3})[-－ ]?[0-9０-９]{3,4}([0-9０-９]{4})(?![0-9０-９A-Za-z]|\\.[0-9]|[元万亿])', '\\1****\\2', 'g'),
    '([A-Za-z0-9])[A-Za-z0-9._%+-]*@([A-Za-z0-9-]+\\.)', '\\1***@\\2', 'g')
$$;
-- The test comes first and is cheap: words without a number that could be one are given as they are.
create function holds_number(words text) returns boolean language sql immutable parallel safe as
  $$ select words ~ '[0-9０-９]{4}|@' $$;

-- Who sees the whole values of these projects' people at once (policy contactMasking): the owner of one of them (of a record
-- without a project: who made it), a companion, the head of its unit. An agent only what is the agent's own. The system itself
-- (jobs, the operator's command line) is nobody of the zone.
create function parties_open(projects uuid[], maker uuid) returns boolean language plpgsql stable as $$
declare me uuid := app_staff(); job text; whole jsonb; led uuid[];
begin
  if me is null then return app_zone() is not null; end if;
  select s.role into job from staff s where s.id = me;
  whole := coalesce((select z.value -> 'seeWhole' from zone_policy z where z.zone_id = app_zone() and z.name = 'contactMasking' and z.valid_from <= shanghai_day(app_now()) order by z.valid_from desc limit 1),
    '["OWNER","COMPANION","HEAD"]');
  if whole ? 'OWNER' and (exists (select from project p where p.id = any(projects) and p.owner_id = me) or (cardinality(projects) = 0 and maker = me)) then return true; end if;
  if job = 'AGENT' then return false; end if;
  if whole ? 'COMPANION' and exists (select from project_member m where m.staff_id = me and m.project_id = any(projects)) then return true; end if;
  if whole ? 'LEADER' and job = 'LEADER' then return true; end if;
  if whole ? 'HEAD' and job in ('GROUP_LEADER', 'MANAGER') then
    led := array(select m.department_id from staff_department m where m.staff_id = me and (m.leads or job = 'MANAGER') union select s.department_id from staff s where s.id = me and job = 'MANAGER' and s.department_id is not null);
    return exists (select from project p join department d on d.id = p.department_id where p.id = any(projects) and d.path && led);
  end if;
  return false;
end $$;
create function contact_open(c contact) returns boolean language plpgsql stable as $$
begin
  return parties_open(case when c.project_id is not null then array[c.project_id] else array(select pe.project_id from project_enterprise pe where pe.enterprise_id = c.enterprise_id) end, c.created_by);
end $$;
-- Words of a project as this person may read them: numbers and addresses in them are masked like those of its contacts.
create function shown_words(words text, project uuid, maker uuid) returns text language plpgsql stable as $$
begin
  if words is null or not holds_number(words) or parties_open(case when project is null then '{}' else array[project] end, maker) then return words; end if;
  return mask_text(words);
end $$;
-- Until when a contact is kept: its own day, else so many months after the last activity of its project.
create function contact_retained(c contact, months int) returns date language sql stable as $$
  select coalesce(c.retain_until, (greatest(shanghai_day(c.created_at), case when c.project_id is not null then (select p.last_activity_on from project p where p.id = c.project_id)
    else (select max(p.last_activity_on) from project_enterprise pe join project p on p.id = pe.project_id where pe.enterprise_id = c.enterprise_id) end) + make_interval(months => months))::date)
$$;

------------------------------------------------------------------ the books without personal values
-- What audit keeps instead of a phone, an account or an address: a digest under a key of this installation. Equal values
-- have equal digests, so the books still prove what changed; nothing can be read back from them without the key.
create table audit_key (only_row boolean primary key default true check (only_row), key bytea not null);
insert into audit_key (key) values (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
create function audit_veil(value text, key bytea) returns text language sql immutable as
  $$ select '#' || left(encode(sha256(key || sha256(key || convert_to(value, 'UTF8'))), 'hex'), 20) $$;
create function audit_veil_name(name text, key bytea) returns text language sql immutable as
  $$ select left(name, 1) || '**' || audit_veil(name, key) $$;
create function audit_veiled(entity text, j jsonb) returns jsonb language plpgsql stable security definer set search_path = public as $$
declare secret bytea; field text; out jsonb := j;
begin
  if j is null then return null; end if;
  select key into secret from audit_key;
  if entity = 'contact' then
    foreach field in array array['phones', 'wechat', 'emails'] loop
      if coalesce(j ->> field, '') not in ('', '[]', '{}') then out := jsonb_set(out, array[field], to_jsonb(audit_veil(j ->> field, secret))); end if;
    end loop;
    if coalesce(j ->> 'name', '') <> '' then out := jsonb_set(out, '{name}', to_jsonb(audit_veil_name(j ->> 'name', secret))); end if;
    return out;
  end if;
  -- A visit: the people met by their surname, numbers in what was said by their ends. An update has its values as text.
  if coalesce(j ->> 'met', '[]') <> '[]' then
    out := jsonb_set(out, '{met}', to_jsonb(coalesce((select string_agg(audit_veil_name(m ->> 'name', secret), '；') from jsonb_array_elements((j ->> 'met')::jsonb) m where m ->> 'name' <> ''), '')));
  end if;
  foreach field in array array['content', 'result', 'next_step'] loop
    if holds_number(j ->> field) then out := jsonb_set(out, array[field], to_jsonb(mask_text(j ->> field))); end if;
  end loop;
  return out;
end $$;
create function audit_insert_veiled() returns trigger language plpgsql security definer set search_path = public as $$
declare
  zone uuid := app_zone(); who uuid := app_staff(); request text := app_request(); why text := app_cause(); moment timestamptz := clock_timestamp(); columns jsonb; list text; secret bytea;
begin
  if zone is not null and (select count(*) from (select from changed_new limit 501) t) > 500 then
    select key into secret from audit_key;
    select jsonb_agg(a.attname order by a.attnum), string_agg(case when a.attname in ('phones', 'emails') then format('case when %1$I <> ''{}'' then audit_veil(%1$I::text, $1) end as %1$I', a.attname)
        when a.attname = 'wechat' then 'audit_veil(wechat, $1) as wechat' when a.attname = 'name' then 'audit_veil_name(name, $1) as name' else quote_ident(a.attname) end, ', ' order by a.attnum)
      into columns, list from pg_attribute a where a.attrelid = tg_relid and a.attnum > 0 and not a.attisdropped;
    execute format($q$
      insert into audit_entry (zone_id, at, actor_id, request_id, cause, entity, operation, after)
      select $2, $3, $4, $5, $6, $7, 'INSERT', a
      from (select jsonb_build_object('columns', $8, 'rows', string_agg(t.r, E'\\n')) as a from (select v::text as r, row_number() over () / 250 as part from (select %s from changed_new) v) t group by part) x$q$, list)
    using secret, zone, moment, who, request, why, tg_table_name, columns;
  else
    insert into audit_entry (zone_id, at, actor_id, request_id, cause, entity, entity_id, operation, after)
    select (j ->> 'zone_id')::uuid, moment, who, request, why, tg_table_name, j ->> 'id', 'INSERT', audit_veiled(tg_table_name, jsonb_strip_nulls(j) - 'zone_id')
    from (select to_jsonb(n) as j from changed_new n) t;
  end if;
  return null;
end $$;
create function audit_row_veiled() returns trigger language plpgsql security definer set search_path = public as $$
declare a hstore; b hstore; j jsonb;
begin
  if tg_op = 'INSERT' then
    j := to_jsonb(new);
    insert into audit_entry (zone_id, at, actor_id, request_id, cause, entity, entity_id, operation, after)
    values (new.zone_id, clock_timestamp(), app_staff(), app_request(), app_cause(), tg_table_name, new.id::text, 'INSERT', audit_veiled(tg_table_name, jsonb_strip_nulls(j) - 'zone_id'));
  else
    a := hstore(old); b := hstore(new);
    if b - a <> ''::hstore then
      insert into audit_entry (zone_id, at, actor_id, request_id, cause, entity, entity_id, operation, before, after)
      values (new.zone_id, clock_timestamp(), app_staff(), app_request(), app_cause(), tg_table_name, new.id::text, 'UPDATE', audit_veiled(tg_table_name, hstore_to_jsonb(a - b)), audit_veiled(tg_table_name, hstore_to_jsonb(b - a)));
    end if;
  end if;
  return null;
end $$;
create function audit_delete_veiled() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into audit_entry (zone_id, at, actor_id, request_id, cause, entity, entity_id, operation, before)
  select (j ->> 'zone_id')::uuid, clock_timestamp(), app_staff(), app_request(), app_cause(), tg_table_name, j ->> 'id', 'DELETE', audit_veiled(tg_table_name, jsonb_strip_nulls(j) - 'zone_id')
  from (select to_jsonb(o) as j from changed_old o) t;
  return null;
end $$;
do $$ declare tbl text; begin
  foreach tbl in array array['contact', 'visit'] loop
    execute format('drop trigger audit_insert on %1$I; drop trigger audit_update on %1$I; drop trigger audit_delete on %1$I', tbl);
    execute format('create trigger audit_update after update on %I for each row execute function audit_row_veiled()', tbl);
    execute format('create trigger audit_delete after delete on %I referencing old table as changed_old for each statement execute function audit_delete_veiled()', tbl);
  end loop;
end $$;
create trigger audit_insert after insert on contact referencing new table as changed_new for each statement execute function audit_insert_veiled();
create trigger audit_insert after insert on visit for each row execute function audit_row_veiled();

select wall_zone(t) from unnest(array['enterprise_name_history','enterprise_fact','investor_profile','contact_reveal','contact_reveal_day']::regclass[]) t;
select keep_books(t, true) from unnest(array['enterprise_fact','investor_profile','contact_reveal']::regclass[]) t;
grant select on enterprise_name_history to yinfeng_app;
grant select, insert, update on investor_profile, contact_reveal_day to yinfeng_app;
grant select, insert on enterprise_fact, contact_reveal to yinfeng_app;
revoke execute on function audit_veiled(text, jsonb) from public;
`;
