import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Names as the one search box looks for them. Writers only note which records have a new name (search_stale, a statement
 * at a time); a job spells them (pinyin, simplified characters) and keeps search_doc. Until it has, a search looks at the
 * noted records themselves. And what is known of a stored picture, with the look-up that the sweep of stored files needs.
 */
export class SearchAndFiles1763800000014 implements MigrationInterface {
  name = 'SearchAndFiles1763800000014';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger search_inserted on enterprise; drop trigger search_inserted on project; drop trigger search_inserted on contact;
      drop trigger search_renamed on enterprise; drop trigger search_renamed on project; drop trigger search_renamed on contact;
      drop trigger search_gone on enterprise; drop trigger search_gone on project;
      drop function search_inserted, search_renamed, search_gone, search_condition, search_probe, search_among, search_codes, search_phones, search_zones, search_settle;
      drop table search_doc, search_band, search_stale;
      drop function files_needed;
      alter table stored_file drop column thumbnail, drop column width, drop column height;
      alter table enterprise add column pinyin text not null default '', add column initials text not null default '';
      create index enterprise_name_trgm on enterprise using gin (name gin_trgm_ops)`);
  }
}

const sql = /* sql */ `
-- Kinds of records: 1 enterprise, 2 project, 3 contact.
create table search_stale (
  seq bigint generated always as identity,
  zone_id uuid not null,
  kind smallint not null check (kind between 1 and 3),
  id uuid not null,
  primary key (zone_id, seq)
);
comment on table search_stale is 'Records whose name is new or changed and not yet in search_doc';

-- Documents of one zone, kind and length, at most 8192 together. The tokens of a document are the hashes of its pieces of
-- text mixed with its band, so that one index finds "卫星 among the shortest names" without looking at all that have 卫星:
-- common words stop after the first bands, rare ones ask for all bands at once.
create table search_band (
  id int generated always as identity primary key,
  zone_id uuid not null,
  kind smallint not null,
  length smallint not null,
  docs int not null default 0 check (docs between 0 and 8192),
  mix int not null generated always as (((id::bigint * 2654435761) % 4294967296 - 2147483648)::int) stored
);
create index search_band_order on search_band (zone_id, length, id desc);

create table search_doc (
  zone_id uuid not null,
  kind smallint not null check (kind between 1 and 3),
  id uuid not null,
  band int not null,
  length smallint not null,
  folded text not null,
  syllables text not null,
  initials text not null,
  starts smallint[] not null default '{}',
  code text collate "C",
  number text collate "C",
  created_by uuid,
  tokens int[] not null,
  primary key (id, kind)
);
comment on column search_doc.folded is 'The name in simplified characters, half width, lower case, without spaces and signs';
comment on column search_doc.syllables is 'Pinyin of each character between spaces; other characters as they are';
comment on column search_doc.starts is 'Where words begin, apart from the first';
comment on column search_doc.number is 'Last number of a project code, without leading zeros';
create index search_doc_tokens on search_doc using gin (tokens) with (gin_pending_list_limit = 65536);
create index search_doc_code on search_doc (zone_id, code) where code is not null;
create index search_doc_number on search_doc (zone_id, number) where number is not null;
create index search_doc_created on search_doc (zone_id, created_by) where created_by is not null;
-- Bands tell what is frequent; statistics of each token would only make planning slow.
alter table search_doc alter column tokens set statistics 0;

select wall_zone(t) from unnest(array['search_stale', 'search_band', 'search_doc']::regclass[]) t;
grant select, insert, delete on search_stale to yinfeng_app;
grant select, insert, update on search_band to yinfeng_app;
grant select, insert, delete on search_doc to yinfeng_app;

create function search_inserted() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into search_stale (zone_id, kind, id) select zone_id, tg_argv[0]::smallint, id from search_new;
  return null;
end $$;
create function search_renamed() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into search_stale (zone_id, kind, id) values (new.zone_id, tg_argv[0]::smallint, new.id);
  return null;
end $$;
create function search_gone() returns trigger language plpgsql security definer set search_path = public as $$
begin
  delete from search_doc d using search_old o where d.id = o.id and d.kind = tg_argv[0]::smallint;
  return null;
end $$;
create trigger search_inserted after insert on enterprise referencing new table as search_new for each statement execute function search_inserted(1);
create trigger search_inserted after insert on project referencing new table as search_new for each statement execute function search_inserted(2);
create trigger search_inserted after insert on contact referencing new table as search_new for each statement execute function search_inserted(3);
-- Only statements that name these columns look at all; what a visit changes does not.
create trigger search_renamed after update of name, uscc on enterprise for each row when (old.name is distinct from new.name or old.uscc is distinct from new.uscc) execute function search_renamed(1);
create trigger search_renamed after update of name, code on project for each row when (old.name is distinct from new.name or old.code is distinct from new.code) execute function search_renamed(2);
create trigger search_renamed after update of name on contact for each row when (old.name is distinct from new.name) execute function search_renamed(3);
-- Contacts go one by one with their project; what is left of them leads nowhere and is not shown.
create trigger search_gone after delete on enterprise referencing old table as search_old for each statement execute function search_gone(1);
create trigger search_gone after delete on project referencing old table as search_old for each statement execute function search_gone(2);

-- Ways to read a query as a condition on search_doc d: any of [{"folded": [text], "initials": [text], "syllables": [text], "tokens": [int]}],
-- all parts of each. With bands also the tokens, so that the index serves.
create function search_condition(readings jsonb, mixes int[]) returns text language sql immutable as $$
  select coalesce(string_agg('(' || concat_ws(' and ',
      (select string_agg(format('d.tokens && %L::int[]', array(select g.v::int # m from unnest(mixes) m)::text), ' and ') from jsonb_array_elements_text(r -> 'tokens') g (v) where mixes is not null),
      (select string_agg(format('strpos(d.folded, %L) > 0', v), ' and ') from jsonb_array_elements_text(r -> 'folded') f (v)),
      (select string_agg(format('strpos(d.initials, %L) > 0', v), ' and ') from jsonb_array_elements_text(r -> 'initials') f (v)),
      (select string_agg(format('strpos(d.syllables, %L) > 0', v), ' and ') from jsonb_array_elements_text(r -> 'syllables') f (v)),
      'true') || ')', ' or '), 'false')
  from jsonb_array_elements(readings) r
$$;

-- Documents of the zone that may match, shorter names first and newer first among these, at most so many. Several bands
-- are asked at once; where too many of them have it, fewer, down to one, whose documents are then put in order.
create function search_probe(kinds smallint[], readings jsonb, shortest int, enough int) returns table (kind smallint, id uuid, folded text, syllables text, starts smallint[], code text)
language plpgsql stable security definer set search_path = public set enable_seqscan = off set jit = off as $$
declare mixes int[]; first int := 1; many int := 4; hits tid[]; found_now int; wanted int := enough;
begin
  select coalesce(array_agg(b.mix order by b.length, b.id desc), '{}') into mixes from search_band b where b.zone_id = app_zone() and b.kind = any (kinds) and b.length >= shortest;
  while first <= cardinality(mixes) and wanted > 0 loop
    if many = 1 then
      return query execute format('select d.kind, d.id, d.folded, d.syllables, d.starts, d.code from search_doc d where d.zone_id = %L and (%s) order by d.length, d.id desc limit %s',
        app_zone(), search_condition(readings, mixes[first : first]), wanted);
      get diagnostics found_now = row_count;
      wanted := wanted - found_now;
      first := first + 1;
      many := greatest(1, least(64, wanted / greatest(found_now, 4)));
    else
      execute format('select array(select d.ctid from search_doc d where d.zone_id = %L and (%s) limit %s)', app_zone(), search_condition(readings, mixes[first : first + many - 1]), wanted + 1) into hits;
      if cardinality(hits) > wanted then
        many := greatest(1, many / 8);
      else
        return query select d.kind, d.id, d.folded, d.syllables, d.starts, d.code from search_doc d where d.ctid = any (hits) order by d.length, d.id desc;
        wanted := wanted - cardinality(hits);
        first := first + many;
        many := least(many * 4, 256);
      end if;
    end if;
  end loop;
end $$;

-- The same among a few records: these projects and enterprises, what the caller put on record, and their contacts. One row of
-- kind 0 says that these are more than a few.
create function search_among(projects uuid[], enterprises uuid[], few int, kinds smallint[], readings jsonb, enough int) returns table (kind smallint, id uuid, folded text, syllables text, starts smallint[], code text)
language plpgsql stable security definer set search_path = public set jit = off as $$
declare own uuid[]; people uuid[];
begin
  own := array(select d.id from search_doc d where d.zone_id = app_zone() and d.created_by = app_staff() limit few + 1);
  if cardinality(projects) > few or cardinality(enterprises) > few or cardinality(own) > few then
    return query select 0::smallint, null::uuid, null, null, null::smallint[], null;
    return;
  end if;
  enterprises := enterprises || own;
  if 3 = any (kinds) then
    people := array(select c.id from contact c where c.project_id = any (projects) and c.zone_id = app_zone() union select c.id from contact c where c.enterprise_id = any (enterprises) and c.zone_id = app_zone());
  end if;
  return query execute format('select d.kind, d.id, d.folded, d.syllables, d.starts, d.code from search_doc d where d.id = any ($1) and d.zone_id = %L and d.kind = any ($2) and (%s) order by d.length, d.id desc limit %s',
    app_zone(), search_condition(readings, null), enough) using projects || enterprises || people, kinds;
end $$;

-- By the beginning of a project code or credit code, or the number of a project code. Parameters in capitals; either may be null.
create function search_codes(beginning text, number_part text, enough int) returns table (kind smallint, id uuid, folded text, syllables text, starts smallint[], code text)
language sql stable security definer set search_path = public as $$
  (select d.kind, d.id, d.folded, d.syllables, d.starts, d.code from search_doc d where d.zone_id = app_zone() and d.code >= beginning and d.code < beginning || U&'\\FFFF' order by d.code limit enough)
  union
  (select d.kind, d.id, d.folded, d.syllables, d.starts, d.code from search_doc d where d.zone_id = app_zone() and d.number = number_part order by d.id desc limit enough)
$$;

-- Contacts with this phone, or one that ends so: at least four digits.
create function search_phones(digits text, enough int) returns table (id uuid) language sql stable security definer set search_path = public as $$
  select c.id from contact c where c.zone_id = app_zone() and c.phones <> '{}' and phone_tails(c.phones) @> array[digits] order by c.id desc limit enough
$$;

-- Zones with names to spell.
create function search_zones() returns setof uuid language sql stable security definer set search_path = public as $$ select distinct zone_id from search_stale $$;
-- Sorts what was written last into the index: searches would read it one by one.
create function search_settle() returns void language sql security definer set search_path = public as $$ select gin_clean_pending_list('search_doc_tokens') $$;

revoke execute on function search_probe, search_among, search_codes, search_phones, search_zones, search_settle from public;
grant execute on function search_probe, search_among, search_codes, search_phones, search_zones, search_settle to yinfeng_app;

-- Never filled, never asked: search_doc has what they were meant for.
drop index enterprise_name_trgm;
alter table enterprise drop column pinyin, drop column initials;

insert into search_stale (zone_id, kind, id)
  select zone_id, 1, id from enterprise union all select zone_id, 2, id from project union all select zone_id, 3, id from contact;

------------------------------------------------------------------ stored files
alter table stored_file add column thumbnail bytea, add column width int, add column height int,
  add check ((width is null) = (height is null) and (width is null) = (thumbnail is null) and width > 0 and height > 0);
comment on column stored_file.sha256 is 'Content as it is stored; of a picture after it was drawn anew';
comment on column stored_file.thumbnail is 'SHA-256 of the small picture (WebP, 320 px)';
create index stored_file_thumbnail on stored_file (thumbnail) where thumbnail is not null;
-- Which of these contents some zone still needs: for the sweep, which removes the others.
create function files_needed(contents text[]) returns setof text language sql stable security definer set search_path = public as $$
  select c from unnest(contents) c where exists (select from stored_file f where f.sha256 = decode(c, 'hex')) or exists (select from stored_file f where f.thumbnail = decode(c, 'hex'))
$$;
revoke execute on function files_needed from public;
grant execute on function files_needed to yinfeng_app;
`;
