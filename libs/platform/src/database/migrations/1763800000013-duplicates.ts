import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Duplicates at a million records: an index of the letters of core names, candidates by bounded look-ups in it, the parcel
 * as a further key; what was decided about a pair, what a scan of the whole zone found, and by which rules names are folded.
 */
export class Duplicates1763800000013 implements MigrationInterface {
  name = 'Duplicates1763800000013';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('Decisions about duplicates are not thrown away: restore a backup instead.');
  }
}

const sql = /* sql */ `
create extension if not exists btree_gin;

-- 地块编号 is written in as many ways as offices have: width, case, blanks and dashes do not matter.
create function parcel_key(parcel text) returns text language sql immutable strict parallel safe as $$
  select nullif(upper(regexp_replace(normalize(parcel, NFKC), '[[:space:]_()（）·.,，、‐-―－—-]+', '', 'g')), '')
$$;
alter table project add column parcel text, add column parcel_key text generated always as (parcel_key(parcel)) stored;
comment on column project.parcel is '地块编号 as written; parcel_key compares';
create index project_parcel on project (zone_id, parcel_key) where parcel_key is not null;
-- The zone stands in the index, so that what other zones hold costs nothing. The list of entries not yet sorted in is kept
-- short: every look-up reads it whole.
create index project_core_letters on project using gin (zone_id, core_name gin_trgm_ops) with (gin_pending_list_limit = 256);

/*
 * Projects of the zone that may be the same as one with these keys: same code, folded name, core name or parcel; of these
 * enterprises, their parents, children or siblings; with one of these phones (digits); with parts of the core name.
 * Each look-up takes a bounded number of rows, so that no common word reads the table: a name that shares a rare part is
 * always found, of a thousand names that share only 激光雷达 those with the longest part in common come first.
 * The pattern operators are not leakproof and would use no index behind the wall; hence as the owner, naming the zone. It
 * gives ids alone, to be joined to the walled table.
 */
create function duplicate_candidates(folded text, core text, project_code text, parties uuid[], phones text[], parcel text, itself uuid, most int, phone_firms int, floor_ real)
  returns table (project_id uuid, by_phone boolean) language plpgsql stable security definer rows 50
  set search_path = public set enable_seqscan = off set enable_indexscan = off as $$
declare
  z uuid := app_zone();
  exact uuid[] := '{}'; near uuid[] := '{}'; called uuid[] := '{}'; kin uuid[]; subjects uuid[]; got uuid[];
  likes real[] := '{}'; got_like real[]; worn_from int[] := '{}'; worn_to int[] := '{}';
  n int := length(core); size int; i int; piece text; phone text;
begin
  if z is null then return; end if;
  exact := array(select p.id from project p where p.zone_id = z and p.code = project_code)
    || array(select p.id from project p where p.zone_id = z and p.folded_name = folded limit most)
    || array(select p.id from project p where p.zone_id = z and p.core_name = core limit most)
    || array(select p.id from project p where p.zone_id = z and p.parcel_key = parcel_key(duplicate_candidates.parcel) limit most);
  if cardinality(parties) > 0 then
    kin := array(select e.id from enterprise e where e.zone_id = z and e.id = any(parties)
      union select e.parent_id from enterprise e where e.zone_id = z and e.id = any(parties) and e.parent_id is not null);
    kin := kin || array(select e.id from enterprise e where e.zone_id = z and e.parent_id = any(kin) limit 200);
    exact := exact || array(select pe.project_id from project_enterprise pe where pe.zone_id = z and pe.enterprise_id = any(parties) limit most)
      || array(select pe.project_id from project_enterprise pe where pe.zone_id = z and pe.enterprise_id = any(kin) limit most);
  end if;
  foreach phone in array coalesce(phones, '{}') loop
    if length(phone) < 7 then continue; end if;
    -- A number that many firms share belongs to an agent and says nothing.
    subjects := array(select distinct coalesce(t.enterprise_id, t.project_id) from (
      select c.enterprise_id, c.project_id from contact c where c.zone_id = z and phone_tails(c.phones) @> array[phone] and c.phones <> '{}' limit 500) t);
    if cardinality(subjects) between 1 and phone_firms then
      called := called || array(select pe.project_id from project_enterprise pe where pe.zone_id = z and pe.enterprise_id = any(subjects) limit most)
        || array(select p.id from project p where p.zone_id = z and p.id = any(subjects));
    end if;
  end loop;

  if n >= 3 then
    -- Longer parts first: whoever has them is more alike. What lies within a part that more rows have than are taken is at
    -- least as common and not asked for again: that leaves the rare parts, which cost next to nothing.
    for size in select distinct greatest(3, ceil(n * share))::int as s from unnest(array[1, 0.8, 0.6, 0]) share order by s desc loop
      i := 1;
      while i <= n - size + 1 loop
        if not exists (select from unnest(worn_from, worn_to) w (a, b) where w.a <= i and i + size - 1 <= w.b) then
          piece := '%' || regexp_replace(substr(core, i, size), '([\\\\%_])', '\\\\\\1', 'g') || '%';
          select array_agg(t.id), array_agg(similarity(t.core_name, core)) into got, got_like
          from (select p.id, p.core_name from project p where p.zone_id = z and p.core_name like piece limit most) t;
          near := near || got; likes := likes || got_like;
          if cardinality(got) >= most then worn_from := worn_from || i; worn_to := worn_to || (i + size - 1); end if;
        end if;
        i := i + greatest(1, (n - size) / 12);
      end loop;
    end loop;
    -- Two letters are a whole name where three are another.
    if n = 3 then exact := exact || array(select p.id from project p where p.zone_id = z and p.core_name = any(array[left(core, 2), right(core, 2)]) limit most); end if;
  elsif n = 2 then
    piece := regexp_replace(core, '([\\\\%_])', '\\\\\\1', 'g');
    select array_agg(t.id), array_agg(similarity(t.core_name, core)) into near, likes from (
      (select p.id, p.core_name from project p where p.zone_id = z and p.core_name like piece || '%' limit 300)
      union all (select p.id, p.core_name from project p where p.zone_id = z and p.core_name like '%' || piece limit 300)) t;
  end if;

  return query
    select t.id, bool_or(t.called) from (
      select x.id, false as called from unnest(exact) x (id)
      union all select x.id, true from unnest(called) x (id)
      union all (select x.id, false from unnest(near, likes) x (id, likeness) where x.likeness >= floor_ group by x.id, x.likeness order by x.likeness desc, x.id desc limit most)) t
    where t.id is distinct from itself group by t.id;
end $$;

-- Pairs of enterprises that may be one firm, for these of the zone: same folded name, a parent or a phone in common.
create function duplicate_enterprises(of uuid[], most int, phone_firms int) returns table (enterprise_id uuid, other_id uuid, by_phone boolean)
  language plpgsql stable security definer rows 1000 set search_path = public as $$
declare z uuid := app_zone();
begin
  if z is null then return; end if;
  return query
    with mine as materialized (select e.id, e.folded_name, e.parent_id from enterprise e where e.zone_id = z and e.id = any(of)),
    number as materialized (
      select m.id, d.digits from mine m join contact c on c.enterprise_id = m.id cross join unnest(c.phones) x (phone) cross join lateral (select phone_digits(x.phone) as digits) d where d.digits is not null)
    select t.id, t.other, bool_or(t.called) from (
      select m.id, o.id as other, false as called from mine m cross join lateral (select e.id from enterprise e where e.zone_id = z and e.folded_name = m.folded_name and e.id <> m.id limit most) o
      union all
      select m.id, o.id, false from mine m cross join lateral (select e.id from enterprise e where e.parent_id = m.parent_id and e.zone_id = z and e.id <> m.id limit most) o
      union all
      select f.id, o, true from number f
      cross join lateral (select array(select distinct c.enterprise_id from (
        select k.enterprise_id from contact k where k.zone_id = z and phone_tails(k.phones) @> array[f.digits] and k.phones <> '{}' limit 500) c where c.enterprise_id is not null) as firms) s
      cross join unnest(s.firms) o where cardinality(s.firms) <= phone_firms and o <> f.id) t
    group by t.id, t.other;
end $$;
-- The digits of a phone as it is compared: whole, at least seven of them, none hidden (138****1234).
create function phone_digits(phone text) returns text language sql immutable parallel safe as $$
  select case when phone not like '%*%' and length(d) >= 7 then d end
  from (select regexp_replace(regexp_replace(phone, '[^0-9]', '', 'g'), '^86(?=1[0-9]{10}$)', '') as d) t
$$;

------------------------------------------------------------------ what was decided
-- A pair is kept once, the smaller id first. Also written when a person reports, edits or moves on past a hit and confirms
-- that it is another project.
create table duplicate_decision (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  first_project_id uuid references project (id) on delete cascade,
  second_project_id uuid references project (id) on delete cascade,
  first_enterprise_id uuid references enterprise (id) on delete cascade,
  second_enterprise_id uuid references enterprise (id) on delete cascade,
  verdict text not null check (verdict in ('SAME','DIFFERENT')),
  note text,
  decided_by uuid references staff (id),
  decided_at timestamptz not null default app_now(),
  version int not null default 1,
  constraint duplicate_decision_pair check (
    (first_project_id < second_project_id and first_enterprise_id is null and second_enterprise_id is null)
    or (first_enterprise_id < second_enterprise_id and first_project_id is null and second_project_id is null)),
  constraint duplicate_decision_whole check (num_nonnulls(first_project_id, second_project_id, first_enterprise_id, second_enterprise_id) = 2)
);
create unique index duplicate_decision_of_projects on duplicate_decision (first_project_id, second_project_id) where first_project_id is not null;
create unique index duplicate_decision_of_enterprises on duplicate_decision (first_enterprise_id, second_enterprise_id) where first_enterprise_id is not null;
create index duplicate_decision_second on duplicate_decision (second_project_id) where second_project_id is not null;
create index duplicate_decision_second_enterprise on duplicate_decision (second_enterprise_id) where second_enterprise_id is not null;

------------------------------------------------------------------ scan of what exists
create table duplicate_scan (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  state text not null default 'WAITING' check (state in ('WAITING','RUNNING','DONE','FAILED')),
  phase text not null default 'PROJECTS' check (phase in ('PROJECTS','ENTERPRISES','CLOSING')),
  cursor_id uuid,
  done int not null default 0,
  total int not null default 0,
  found int not null default 0,
  closed int not null default 0,
  failure text,
  requested_by uuid references staff (id),
  requested_at timestamptz not null default app_now(),
  finished_at timestamptz,
  constraint duplicate_scan_ended check ((state in ('DONE','FAILED')) = (finished_at is not null))
);
-- One at a time: who asks while one runs is shown that one.
create unique index duplicate_scan_open on duplicate_scan (zone_id) where state in ('WAITING','RUNNING');
create index duplicate_scan_newest on duplicate_scan (zone_id, id desc);
create table duplicate_finding (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  first_project_id uuid references project (id) on delete cascade,
  second_project_id uuid references project (id) on delete cascade,
  first_enterprise_id uuid references enterprise (id) on delete cascade,
  second_enterprise_id uuid references enterprise (id) on delete cascade,
  level text not null check (level in ('L1','L2','L3','L4')),
  confidence numeric(3,2) not null check (confidence between 0 and 1),
  reasons text[] not null,
  blind_level text check (blind_level in ('L1','L2','L3','L4')),
  blind_confidence numeric(3,2),
  blind_reasons text[],
  scan_id uuid not null references duplicate_scan (id),
  first_seen_at timestamptz not null default app_now(),
  last_seen_at timestamptz not null default app_now(),
  closed_at timestamptz,
  constraint duplicate_finding_pair check (
    (first_project_id < second_project_id and first_enterprise_id is null and second_enterprise_id is null)
    or (first_enterprise_id < second_enterprise_id and first_project_id is null and second_project_id is null)),
  constraint duplicate_finding_whole check (num_nonnulls(first_project_id, second_project_id, first_enterprise_id, second_enterprise_id) = 2)
);
comment on column duplicate_finding.blind_level is 'As it is told to who sees only one of the two: compared without amount and industry; NULL: not told';
comment on column duplicate_finding.closed_at is 'When a scan found that the pair is alike no longer; NULL: still standing';
create unique index duplicate_finding_of_projects on duplicate_finding (first_project_id, second_project_id) where first_project_id is not null;
create unique index duplicate_finding_of_enterprises on duplicate_finding (first_enterprise_id, second_enterprise_id) where first_enterprise_id is not null;
create index duplicate_finding_second on duplicate_finding (second_project_id) where second_project_id is not null;
create index duplicate_finding_second_enterprise on duplicate_finding (second_enterprise_id) where second_enterprise_id is not null;
create index duplicate_finding_worst on duplicate_finding (zone_id, level, (1 - confidence), id);

------------------------------------------------------------------ how names are folded
create table name_fold (zone_id uuid primary key references zone (id), version int not null, folded_at timestamptz not null default app_now());
comment on table name_fold is 'By which version of the folding rules the names of a zone stand in folded_name and core_name';
create function zones_to_refold(wanted int) returns setof uuid language sql stable security definer set search_path = public as $$
  select z.id from zone z where not exists (select from name_fold f where f.zone_id = z.id and f.version >= wanted) order by z.id
$$;

select wall_zone(t) from unnest(array['duplicate_decision','duplicate_scan','duplicate_finding','name_fold']::regclass[]) t;
select keep_books(t, true) from unnest(array['duplicate_decision','duplicate_scan']::regclass[]) t;
grant select, insert, update on duplicate_decision, duplicate_scan, duplicate_finding, name_fold to yinfeng_app;
revoke execute on function duplicate_candidates(text, text, text, uuid[], text[], text, uuid, int, int, real), duplicate_enterprises(uuid[], int, int), zones_to_refold(int) from public;
grant execute on function duplicate_candidates(text, text, text, uuid[], text[], text, uuid, int, int, real), duplicate_enterprises(uuid[], int, int), zones_to_refold(int) to yinfeng_app;
`;
