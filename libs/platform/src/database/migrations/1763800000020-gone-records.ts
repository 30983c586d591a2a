import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Records that are gone but kept (merged, deleted), the acts that can be taken back, and what each of them changed. */
export class GoneRecords1763800000020 implements MigrationInterface {
  name = 'GoneRecords1763800000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('What was merged or deleted would come back to life: restore a backup instead.');
  }
}

const sql = /* sql */ `
------------------------------------------------------------------ acts that can be taken back
create table undo_act (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  kind text not null check (kind in ('MERGE','DELETION','BULK','STAGE')),
  entity text not null check (entity in ('project','enterprise','contact','visit','signing')),
  subject_id uuid,
  other_id uuid,
  project_id uuid,
  title text not null,
  reason text,
  detail jsonb not null default '{}',
  done_by uuid references staff (id),
  done_at timestamptz not null default app_now(),
  until_on date not null,
  undone_at timestamptz,
  undone_by uuid references staff (id),
  undo_reason text,
  left_behind jsonb not null default '[]',
  books_before jsonb,
  books_after jsonb,
  constraint undo_act_subject check (kind = 'BULK' or subject_id is not null),
  constraint undo_act_pair check ((kind = 'MERGE') = (other_id is not null) and (other_id is null or other_id <> subject_id))
);
comment on table undo_act is 'A merge, deletion, bulk change or stage move taken back: who, why, until which Shanghai day it can be reversed, and its reversal. Never erased';
comment on column undo_act.subject_id is 'MERGE: the record that stays; DELETION: the record that went; STAGE: the project';
comment on column undo_act.other_id is 'MERGE: the record that went into it';
comment on column undo_act.books_before is 'What the pipeline held of the staying project before and after a merge, so that undo restores it to the cent';
create index undo_act_newest on undo_act (zone_id, id desc);
create index undo_act_of_project on undo_act (project_id) where project_id is not null;
create table undo_item (
  act_id uuid not null references undo_act (id),
  seq bigint generated always as identity,
  zone_id uuid not null,
  entity text not null,
  entity_key jsonb not null,
  before jsonb not null,
  after jsonb not null,
  digest bytea,
  primary key (act_id, seq)
);
comment on table undo_item is 'What an act changed in one row: its key afterwards, the changed columns before and after. With a digest it is put back only if nothing of the row has changed since, without one if these columns still hold';

select wall_zone(t) from unnest(array['undo_act','undo_item']::regclass[]) t;
select keep_books('undo_act', true);
grant select, insert (id, zone_id, kind, entity, subject_id, other_id, project_id, title, reason, detail, done_by, done_at, until_on, undone_at, undone_by, undo_reason) on undo_act to yinfeng_app;
grant update (undone_at, undone_by, undo_reason, left_behind, detail) on undo_act to yinfeng_app;
grant select, insert on undo_item to yinfeng_app;

------------------------------------------------------------------ gone but kept
-- The wall itself hides what is gone, so that no query can forget it; only the functions below let a record go or come back.
create function wall_gone(tbl regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s add column gone_at timestamptz, add column gone_reason text check (gone_reason in (''MERGED'',''DELETED'')), add column gone_act uuid references undo_act (id), add column merged_into uuid,
    add constraint %I check ((gone_at is null) = (gone_act is null) and (gone_at is null) = (gone_reason is null) and (merged_into is not null) = (gone_reason is not distinct from ''MERGED''))', tbl, tbl::text || '_gone_whole');
  execute format('alter policy zone_wall on %s using (zone_id = (select app_zone()) and gone_at is null) with check (zone_id = (select app_zone()) and gone_at is null)', tbl);
end $$;
select wall_gone(t) from unnest(array['project','enterprise','contact','visit','signing']::regclass[]) t;
-- Small: they hold what is gone alone.
create index project_gone on project (zone_id) where gone_at is not null;
create index project_merged_into on project (merged_into) where merged_into is not null;
create index visit_gone on visit (gone_act) where gone_at is not null;
create index contact_gone on contact (gone_act) where gone_at is not null;
create index enterprise_gone on enterprise (zone_id) where gone_at is not null;

-- A project that goes is reversed in the books entry by entry, as one that is taken out: a duplicate was counted twice, and
-- no past figure may list a record that nobody can open. What was held is kept, and comes back with the project.
alter table project add column gone_books jsonb, add column first_report_of uuid;
comment on column project.gone_books is 'What the books held of the project when it went';
comment on column project.first_report_of is 'After a merge: the project whose first report is the earliest of all and counts; NULL: its own';
alter table stage_request add column reversed_at timestamptz, add column reversed_by uuid references staff (id), add column reverse_reason text,
  add constraint stage_request_reversed check ((reversed_at is null) or (state = 'APPROVED' and reverse_reason <> ''));

create function pipeline_held(wanted uuid) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(to_jsonb(g) order by g.at, g.delta, g.stage), '[]')
  from (select m.stage, m.department_id, m.owner_id, m.park_id, m.industry, m.source_province, m.capital_source, m.size_class, abs(m.cny) as cny, abs(m.usd) as usd,
          abs(m.other_cny) as other_cny, abs(m.fixed_cny) as fixed_cny, m.at, sum(m.delta)::smallint as delta
        from pipeline_movement m where m.project_id = wanted group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 having sum(m.delta) <> 0) g
$$;
-- Books the difference between what is held and what shall be held.
create function pipeline_put(zone uuid, project uuid, target jsonb) returns void language plpgsql set search_path = public as $$
begin
  insert into pipeline_movement (zone_id, project_id, stage, department_id, owner_id, park_id, industry, source_province, capital_source, size_class, delta, cny, usd, other_cny, fixed_cny, at, actor_id, request_id, cause)
  select zone, project, b.stage, b.department_id, b.owner_id, b.park_id, b.industry, b.source_province, b.capital_source, b.size_class,
    sum(b.sign * b.delta), sum(b.sign * b.delta) * b.cny, sum(b.sign * b.delta) * b.usd, sum(b.sign * b.delta) * b.other_cny, sum(b.sign * b.delta) * b.fixed_cny, b.at, app_staff(), app_request(), app_cause()
  from (select 1 as sign, t.* from jsonb_populate_recordset(null::pipeline_movement, target) t
        union all select -1, h.* from jsonb_populate_recordset(null::pipeline_movement, pipeline_held(project)) h) b
  group by b.stage, b.department_id, b.owner_id, b.park_id, b.industry, b.source_province, b.capital_source, b.size_class, b.cny, b.usd, b.other_cny, b.fixed_cny, b.at
  having sum(b.sign * b.delta) <> 0
  order by b.at, sum(b.sign * b.delta);
end $$;
create function project_gone() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if new.gone_at is not null then
    new.gone_books := pipeline_held(new.id);
    perform pipeline_put(new.zone_id, new.id, '[]');
  else
    perform pipeline_put(new.zone_id, new.id, coalesce(old.gone_books, '[]'));
    new.gone_books := null;
  end if;
  return new;
end $$;
create trigger project_gone before update of gone_at on project for each row when ((old.gone_at is null) <> (new.gone_at is null)) execute function project_gone();

-- The act that this transaction works on: of the own zone, and not yet taken back.
create function undo_act_open(act uuid) returns undo_act language plpgsql stable security definer set search_path = public as $$
declare a undo_act;
begin
  select * into a from undo_act x where x.id = act and x.zone_id = app_zone() and x.undone_at is null;
  if not found then raise exception 'act % is not open in this zone', act using errcode = 'restrict_violation'; end if;
  return a;
end $$;
create function record_go(act uuid) returns void language plpgsql security definer set search_path = public as $$
declare a undo_act := undo_act_open(act); n int;
begin
  if a.kind not in ('MERGE', 'DELETION') then raise exception 'act % lets nothing go', act using errcode = 'restrict_violation'; end if;
  execute format('update %I set gone_at = app_now(), gone_reason = $1, gone_act = $2, merged_into = $3, version = version + 1 where id = $4 and zone_id = $5 and gone_at is null
    and ($3 is null or exists (select from %1$I s where s.id = $3 and s.zone_id = $5 and s.gone_at is null))', a.entity)
    using case a.kind when 'MERGE' then 'MERGED' else 'DELETED' end, a.id, case a.kind when 'MERGE' then a.subject_id end, coalesce(a.other_id, a.subject_id), a.zone_id;
  get diagnostics n = row_count;
  if n <> 1 then raise exception 'the record of act % is not there', act using errcode = 'restrict_violation'; end if;
  -- A deleted project takes along what would otherwise be listed without it.
  if a.kind = 'DELETION' and a.entity = 'project' then
    update visit set gone_at = app_now(), gone_reason = 'DELETED', gone_act = a.id where project_id = a.subject_id and zone_id = a.zone_id and gone_at is null;
    update contact set gone_at = app_now(), gone_reason = 'DELETED', gone_act = a.id where project_id = a.subject_id and zone_id = a.zone_id and gone_at is null;
  end if;
end $$;
create function record_return(act uuid) returns void language plpgsql security definer set search_path = public as $$
declare a undo_act := undo_act_open(act); n int;
begin
  execute format('update %I set gone_at = null, gone_reason = null, gone_act = null, merged_into = null, version = version + 1 where id = $1 and zone_id = $2 and gone_act = $3', a.entity)
    using coalesce(a.other_id, a.subject_id), a.zone_id, a.id;
  get diagnostics n = row_count;
  if n <> 1 then raise exception 'the record of act % did not go by it', act using errcode = 'restrict_violation'; end if;
  if a.kind = 'DELETION' and a.entity = 'project' then
    update visit set gone_at = null, gone_reason = null, gone_act = null where gone_act = a.id and gone_at is not null and project_id = a.subject_id;
    update contact set gone_at = null, gone_reason = null, gone_act = null where gone_act = a.id and gone_at is not null and project_id = a.subject_id;
  end if;
end $$;

-- Where a record went that was merged, through any chain; NULL when it was not. Asked only after a miss.
create function merged_record(entity text, wanted uuid) returns uuid language plpgsql stable security definer set search_path = public as $$
declare here uuid := wanted; next uuid;
begin
  if entity not in ('project', 'enterprise', 'contact') then return null; end if;
  loop
    execute format('select merged_into from %I where id = $1 and zone_id = app_zone()', entity) into next using here;
    exit when next is null;
    here := next;
  end loop;
  return nullif(here, wanted);
end $$;
-- The projects that have gone into one, directly or by a chain.
create function merged_family(survivor uuid) returns setof uuid language sql stable security definer set search_path = public as $$
  with recursive family as (
    select p.id from project p where p.merged_into = survivor and p.zone_id = app_zone()
    union select p.id from family f join project p on p.merged_into = f.id)
  select id from family
$$;
-- Codes and names of projects that are gone, for lists that still use them; survivor is NULL when the project was deleted.
create function gone_projects() returns table (id uuid, code text, folded_name text, survivor uuid) language sql stable security definer set search_path = public as $$
  select p.id, p.code, p.folded_name, merged_record('project', p.id) from project p where p.zone_id = app_zone() and p.gone_at is not null
$$;
create function gone_enterprises() returns table (folded_name text, uscc text, survivor uuid) language sql stable security definer set search_path = public as $$
  select e.folded_name, e.uscc, merged_record('enterprise', e.id) from enterprise e where e.zone_id = app_zone() and e.gone_at is not null
$$;

-- The firm that a merged one of this name or code went into.
create function merged_enterprise(folded text, code text) returns uuid language sql stable security definer set search_path = public as $$
  select merged_record('enterprise', e.id) from enterprise e
  where e.zone_id = app_zone() and e.gone_reason = 'MERGED' and ((code is not null and e.uscc = code) or (e.folded_name = folded and (code is null or e.uscc is null)))
  order by (e.uscc is not distinct from code) desc, e.id limit 1
$$;

------------------------------------------------------------------ changing rows so that it can be taken back
create function undo_digest(r jsonb) returns bytea language sql immutable as $$ select sha256(convert_to((r - 'version' - 'updated_at')::text, 'UTF8')) $$;
create function row_key(tbl text) returns text[] language sql stable as $$
  select array_agg(a.attname::text order by a.attname) from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
  where i.indrelid = ('public.' || quote_ident(tbl))::regclass and i.indisprimary
$$;
create function row_read(tbl text, key jsonb) returns jsonb language plpgsql as $$
declare cols text := (select string_agg(quote_ident(k), ', ' order by k) from jsonb_object_keys(key) k); found_row jsonb;
begin
  execute format('select to_jsonb(t) from %I t where t.zone_id = app_zone() and (%s) = (select %s from jsonb_populate_record(null::%I, $1)) for update', tbl, cols, cols, tbl) into found_row using key;
  return found_row;
end $$;
-- Sets the given columns and raises the version where there is one; the row as it is then.
create function row_put(tbl text, key jsonb, patch jsonb) returns jsonb language plpgsql as $$
declare
  keys text := (select string_agg(quote_ident(k), ', ' order by k) from jsonb_object_keys(key) k);
  cols text := (select string_agg(quote_ident(k), ', ' order by k) from jsonb_object_keys(patch) k);
  versioned boolean := exists (select from pg_attribute a where a.attrelid = ('public.' || quote_ident(tbl))::regclass and a.attname = 'version' and not a.attisdropped);
  done jsonb;
begin
  execute format('update %I t set (%s) = (select %s from jsonb_populate_record(t, $2)) %s where t.zone_id = app_zone() and (%s) = (select %s from jsonb_populate_record(null::%I, $1)) returning to_jsonb(t)',
    tbl, cols, cols, case when versioned then ', version = version + 1' end, keys, keys, tbl) into done using key, patch;
  return done;
end $$;
-- Changes a row on the way of an act, with the rights of the caller. Each group of columns is put back by itself, if all of
-- it still holds; without groups the row is put back as a whole or not at all.
create function undo_change(act uuid, tbl text, key jsonb, patch jsonb, groups jsonb default null) returns void language plpgsql set search_path = public as $$
declare was jsonb := row_read(tbl, key); now_ jsonb := row_put(tbl, key, patch);
begin
  if now_ is null then raise exception 'there is no such row of %', tbl using errcode = 'restrict_violation'; end if;
  insert into undo_item (act_id, zone_id, entity, entity_key, before, after, digest)
  select act, app_zone(), tbl, (select jsonb_object_agg(k, now_ -> k) from jsonb_object_keys(key) k),
    (select jsonb_object_agg(k, was -> k) from jsonb_array_elements_text(g.columns) k), (select jsonb_object_agg(k, now_ -> k) from jsonb_array_elements_text(g.columns) k),
    case when groups is null then undo_digest(now_) end
  from jsonb_array_elements(coalesce(groups, jsonb_build_array((select jsonb_agg(k) from jsonb_object_keys(patch) k)))) g (columns);
end $$;

-- Whether a column refers to records of this kind: by a foreign key, or by its name where busy tables have none.
create function merge_column(entity text, tbl text, col text) returns boolean language sql stable set search_path = public as $$
  select tbl <> all (array['undo_act','undo_item','audit_entry','first_report','pipeline_movement']) and exists (
    select from pg_attribute a join pg_class c on c.oid = a.attrelid and c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname = tbl
    where a.attname = col and not a.attisdropped and a.atttypid = 'uuid'::regtype
      and exists (select from pg_attribute z where z.attrelid = c.oid and z.attname = 'zone_id')
      and (col ~ ('(^|_)' || entity || '_id$') or exists (select from pg_constraint f where f.contype = 'f' and f.conrelid = c.oid and f.confrelid = ('public.' || quote_ident(entity))::regclass and f.conkey = array[a.attnum])))
$$;
-- How many rows of a table name a record in this column.
create function merge_count(entity text, tbl text, col text, wanted uuid) returns int language plpgsql stable security definer set search_path = public as $$
declare n int;
begin
  if not merge_column(entity, tbl, col) then raise exception '%.% refers to no %', tbl, col, entity using errcode = 'restrict_violation'; end if;
  execute format('select count(*)::int from %I t where t.%I = $1 and t.zone_id = app_zone()', tbl, col) into n using wanted;
  return n;
end $$;
-- Moves what names the record that goes to the one that stays, row by row. A row of which the staying record has its like
-- (a unique key says so) remains with the one that goes, kept and hidden. also: further columns that follow.
create function merge_move(act uuid, tbl text, col text, also jsonb default '{}') returns int language plpgsql security definer set search_path = public as $$
declare
  a undo_act := undo_act_open(act); keys text[] := row_key(tbl); patch jsonb; now_ jsonb; moved int := 0; r record;
begin
  if a.kind <> 'MERGE' or not merge_column(a.entity, tbl, col) then raise exception '%.% does not move with %', tbl, col, a.entity using errcode = 'restrict_violation'; end if;
  patch := jsonb_build_object(col, a.subject_id) || also;
  for r in execute format('select (select jsonb_object_agg(k, to_jsonb(t) -> k) from unnest($3) k) as key, to_jsonb(t) as was from %I t where t.%I = $1 and t.zone_id = $2 and %s for update', tbl, col,
      -- A record never becomes its own parent.
      case when tbl = a.entity then 't.id <> $4' else '$4 is not null' end) using a.other_id, a.zone_id, keys, a.subject_id
  loop
    begin
      now_ := row_put(tbl, r.key, patch);
      insert into undo_item (act_id, zone_id, entity, entity_key, before, after, digest)
      select a.id, a.zone_id, tbl, (select jsonb_object_agg(k, now_ -> k) from unnest(keys) k), (select jsonb_object_agg(k, r.was -> k) from jsonb_object_keys(patch) k), patch, undo_digest(now_);
      moved := moved + 1;
    exception when unique_violation or exclusion_violation then null;
    end;
  end loop;
  return moved;
end $$;
-- The books of the staying project before its first and after its last change by the merge.
create function merge_books(act uuid) returns void language plpgsql security definer set search_path = public as $$
declare a undo_act := undo_act_open(act);
begin
  if a.entity <> 'project' or a.kind <> 'MERGE' then return; end if;
  if a.books_before is null then update undo_act set books_before = pipeline_held(a.subject_id) where id = a.id;
  else update undo_act set books_after = pipeline_held(a.subject_id) where id = a.id; end if;
end $$;
-- Whether the books of the staying project are still as the merge left them; then undo gives them back to the cent.
create function merge_books_untouched(act uuid) returns boolean language plpgsql stable security definer set search_path = public as $$
declare a undo_act := undo_act_open(act);
begin
  return a.books_after is not null and a.books_after = pipeline_held(a.subject_id);
end $$;
-- Puts back what an act changed, last change first. only: these records of a bulk change. What has changed since stays and
-- is told: {entity, key, columns}.
create function undo_put(act uuid, only_these uuid[] default null) returns jsonb language plpgsql security definer set search_path = public as $$
declare
  a undo_act := undo_act_open(act); exact boolean := merge_books_untouched(act);
  i undo_item; now_ jsonb; patch jsonb; stays jsonb := '[]'; p project; stands int;
begin
  for i in select * from undo_item x where x.act_id = a.id and (only_these is null or (x.entity_key ->> 'id')::uuid = any (only_these)) order by x.seq desc loop
    now_ := row_read(i.entity, i.entity_key);
    patch := i.before;
    if now_ is null or (i.digest is not null and undo_digest(now_) <> i.digest) or (i.digest is null and exists (select from jsonb_each(i.after) e where now_ -> e.key is distinct from e.value)) then
      stays := stays || jsonb_build_array(jsonb_build_object('entity', i.entity, 'key', i.entity_key, 'columns', (select jsonb_agg(k) from jsonb_object_keys(i.after) k)));
      continue;
    end if;
    -- The earlier of both beginnings: the later state must not stay in between.
    if i.entity = 'project' and patch ? 'state_at' and not exact then
      patch := patch || jsonb_build_object('state_at', least((patch ->> 'state_at')::timestamptz, (now_ ->> 'state_at')::timestamptz));
    end if;
    begin
      perform row_put(i.entity, i.entity_key, patch);
    exception when unique_violation or exclusion_violation or foreign_key_violation or check_violation then
      stays := stays || jsonb_build_array(jsonb_build_object('entity', i.entity, 'key', i.entity_key, 'columns', (select jsonb_agg(k) from jsonb_object_keys(i.after) k)));
    end;
  end loop;
  if exact then
    select * into p from project x where x.id = a.subject_id;
    perform pipeline_put(p.zone_id, p.id, a.books_before);
    select coalesce(sum((e ->> 'delta')::int), 0) into stands from jsonb_array_elements(pipeline_held(p.id)) e;
    if stands <> (p.status = 'ACTIVE')::int then raise exception 'the books of project % do not end where it stands', p.id using errcode = 'restrict_violation'; end if;
  end if;
  return stays;
end $$;

-- What an import made and a merge or a deletion has taken out of sight: the import cannot be undone before that is.
create function gone_of_import(import uuid) returns table (id uuid, name text) language sql stable security definer set search_path = public as $$
  select p.id, p.name from project p where p.zone_id = app_zone() and p.import_id = import and p.gone_at is not null
  union all select v.project_id, left(v.content, 40) from visit v where v.zone_id = app_zone() and v.import_id = import and v.gone_at is not null
  union all select null, e.name from enterprise e where e.zone_id = app_zone() and e.import_id = import and e.gone_at is not null
$$;

------------------------------------------------------------------ functions past the wall
-- What runs as the owner names what the wall would have said.
do $$ declare source text := (select pg_get_functiondef(p.oid) from pg_proc p where p.proname = 'visit_log' and p.pronamespace = 'public'::regnamespace); mended text;
begin
  mended := replace(source, 'where p.id = project and p.zone_id = zone and', 'where p.id = project and p.zone_id = zone and p.gone_at is null and');
  if length(mended) - length(source) <> 2 * length(' p.gone_at is null and') then raise exception 'visit_log is not as it was'; end if;
  execute mended;
end $$;

revoke execute on function pipeline_put(uuid, uuid, jsonb), undo_act_open(uuid), record_go(uuid), record_return(uuid), merged_record(text, uuid), merged_family(uuid), gone_projects(), gone_enterprises(), merged_enterprise(text, text),
  merge_count(text, text, text, uuid), merge_move(uuid, text, text, jsonb), merge_books(uuid), undo_put(uuid, uuid[]), merge_books_untouched(uuid), gone_of_import(uuid) from public;
grant execute on function undo_act_open(uuid), record_go(uuid), record_return(uuid), merged_record(text, uuid), merged_family(uuid), gone_projects(), gone_enterprises(), merged_enterprise(text, text),
  merge_count(text, text, text, uuid), merge_move(uuid, text, text, jsonb), merge_books(uuid), undo_put(uuid, uuid[]), merge_books_untouched(uuid), gone_of_import(uuid) to yinfeng_app;
`;
