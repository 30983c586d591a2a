/**
 * Units, people, parks and firms that the rows of an import ($1) name: those the zone knows are taken, the others are
 * made and noted in import_change, so that undo can take them back.
 */

/** Rows whose values enter the books. */
const ENTERING = `plan.action in ('CREATE', 'UPDATE', 'MERGE')`;

export const NAMED_UNITS = `
  create temp table unit on commit drop as
  select name, null::uuid as id from (
    select d.department as name from plan join draft_project d on d.import_id = $1 and d.ord = plan.ord where ${ENTERING}
    union select v.department from plan join draft_visit v on v.import_id = $1 and v.ord = plan.ord where ${ENTERING}) t
  where name is not null`;
/** Offices of a few people are groups; everything else is a bureau. */
export const MAKE_UNITS = `
  with made as (
    insert into department (zone_id, name, kind)
    select app_zone(), u.name, case when u.name ~ '(组|专班|片区|小组|分队)' then 'GROUP' when u.name ~ '(联络处|办事处|驻.+办)' then 'OFFICE' else 'BUREAU' end
    from unit u where not exists (select from department x where x.name = u.name or u.name = any (x.aliases)) order by u.name returning id, name)
  insert into import_change (import_id, zone_id, entity, entity_id, after) select $1, app_zone(), 'department', id, jsonb_build_object('name', name) from made`;
export const FIND_UNITS = `
  update unit u set id = (select x.id from department x where x.name = u.name or u.name = any (x.aliases) order by (x.name = u.name) desc, x.id limit 1)`;

export const NAMED_PEOPLE = `
  create temp table person on commit drop as
  select distinct on (name) name, unit, null::uuid as id from (
    select d.owner as name, d.department as unit, d.ord from plan join draft_project d on d.import_id = $1 and d.ord = plan.ord where ${ENTERING}
    union all select d.reporter, d.department, d.ord + 10000000 from plan join draft_project d on d.import_id = $1 and d.ord = plan.ord where ${ENTERING}) t
  where name is not null order by name, ord`;
/** People of a ledger have no sign-in until an administrator gives them one. */
export const MAKE_PEOPLE = `
  with made as (
    insert into staff (zone_id, name, role, department_id)
    select app_zone(), p.name, 'RECRUITER', u.id from person p left join unit u on u.name = p.unit
    where not exists (select from staff x where x.name = p.name) order by p.name returning id, name)
  insert into import_change (import_id, zone_id, entity, entity_id, after) select $1, app_zone(), 'staff', id, jsonb_build_object('name', name) from made`;
export const FIND_PEOPLE = `
  update person p set id = (select x.id from staff x left join unit u on u.name = p.unit where x.name = p.name
    order by (x.disabled_at is null) desc, (x.department_id is not distinct from u.id) desc, x.id limit 1)`;

export const NAMED_PARKS = `
  create temp table ground on commit drop as
  select distinct d.park as name, null::uuid as id from plan join draft_project d on d.import_id = $1 and d.ord = plan.ord where ${ENTERING} and d.park is not null`;
export const MAKE_PARKS = `
  with made as (
    insert into park (zone_id, name) select app_zone(), g.name from ground g where not exists (select from park x where x.name = g.name or g.name = any (x.aliases)) order by g.name returning id, name)
  insert into import_change (import_id, zone_id, entity, entity_id, after) select $1, app_zone(), 'park', id, jsonb_build_object('name', name) from made`;
export const FIND_PARKS = `
  update ground g set id = (select x.id from park x where x.name = g.name or g.name = any (x.aliases) order by (x.name = g.name) desc, x.id limit 1)`;

/**
 * One firm per code; without a code, per folded name, which is that of a firm with a code where the file names one.
 * `firm` has a line for each name and code of the file, `firm_id` one for each firm.
 */
export const NAMED_FIRMS = `
  create temp table firm on commit drop as
  select c.folded_name, c.uscc, coalesce('U' || c.uscc, 'U' || min(min(c.uscc)) over (partition by c.folded_name), 'N' || c.folded_name) as key, min(c.ord) as ord
  from plan join draft_company c on c.import_id = $1 and c.ord = plan.ord where ${ENTERING} group by c.folded_name, c.uscc`;
export const FIRM_IDS = `
  create temp table firm_id on commit drop as
  select f.key, min(f.uscc) as uscc, (array_agg(f.folded_name order by f.ord))[1] as folded_name, null::uuid as id, new_id() as new_id from firm f group by f.key`;
export const FIND_FIRMS_BY_CODE = `
  update firm_id f set id = e.id from enterprise e where e.zone_id = app_zone() and e.uscc = f.uscc`;
/** A firm on record without a code is the one of this name; a row without a code means the oldest of this name. */
export const FIND_FIRMS_BY_NAME = `
  update firm_id f set id = e.id
  from (select distinct on (f2.key) f2.key, x.id from firm_id f2 join enterprise x on x.zone_id = app_zone() and x.folded_name = f2.folded_name and (x.uscc is null or f2.uscc is null)
        where f2.id is null order by f2.key, (x.uscc is null) desc, x.id) e
  where e.key = f.key and f.id is null`;
/** A name or code of a firm that was merged means the one that it went into. */
export const FIND_MERGED_FIRMS = `
  update firm_id f set id = e.id
  from (select distinct on (f2.key) f2.key, g.survivor from firm_id f2 join gone_enterprises() g on g.survivor is not null and (g.uscc = f2.uscc or (g.folded_name = f2.folded_name and (g.uscc is null or f2.uscc is null)))
        where f2.id is null order by f2.key, (g.uscc is not distinct from f2.uscc) desc, g.survivor) t join enterprise e on e.id = t.survivor
  where t.key = f.key and f.id is null`;
/** A ledger that still writes a former name means the firm that bears another one today. */
export const FIND_FIRMS_BY_FORMER_NAME = `
  update firm_id f set id = e.id
  from (select distinct on (f2.key) f2.key, x.id from firm_id f2 join enterprise_name_history h on h.zone_id = app_zone() and h.folded_name = f2.folded_name
          join enterprise x on x.id = h.enterprise_id and (x.uscc is null or f2.uscc is null)
        where f2.id is null order by f2.key, h.until_at desc, h.id desc) e
  where e.key = f.key and f.id is null`;
export const MAKE_FIRMS = `
  insert into enterprise (id, zone_id, name, folded_name, core_name, uscc, source_region, classes, profile, import_id, created_at, created_by)
  select f.new_id, app_zone(), n.name, n.folded_name, n.core_name, f.uscc, n.source_region, coalesce(n.classes, '{}'), n.profile, $1, app_now(), app_staff()
  from firm_id f join (
    select k.key, (array_agg(c.name order by c.ord, c.position))[1] as name, (array_agg(c.folded_name order by c.ord, c.position))[1] as folded_name, (array_agg(c.core_name order by c.ord, c.position))[1] as core_name,
      (array_agg(c.source_region order by c.ord, c.position) filter (where c.source_region is not null))[1] as source_region,
      (array_agg(c.profile order by c.ord, c.position) filter (where c.profile is not null))[1] as profile,
      (select array_agg(w) from jsonb_array_elements_text((array_agg(to_jsonb(c.classes) order by c.ord, c.position) filter (where c.classes <> '{}'))[1]) w) as classes
    from plan join draft_company c on c.import_id = $1 and c.ord = plan.ord join firm k on k.folded_name = c.folded_name and coalesce(k.uscc, '') = coalesce(c.uscc, '')
    where ${ENTERING} group by k.key) n on n.key = f.key
  where f.id is null`;
export const TAKE_FIRMS = 'update firm_id set id = new_id where id is null';

/** What is known of a firm only now fills the gaps of its record; before and after are kept. */
export const FIRM_GAPS = `
  create temp table firm_gap on commit drop as
  select e.id, to_jsonb(e) as before, min(f.uscc) as uscc, (array_agg(c.source_region order by c.ord) filter (where c.source_region is not null))[1] as source_region,
    (array_agg(c.profile order by c.ord) filter (where c.profile is not null))[1] as profile, (array_agg(to_jsonb(c.classes) order by c.ord) filter (where c.classes <> '{}'))[1] as classes
  from plan join draft_company c on c.import_id = $1 and c.ord = plan.ord join firm k on k.folded_name = c.folded_name and coalesce(k.uscc, '') = coalesce(c.uscc, '')
  join firm_id f on f.key = k.key join enterprise e on e.id = f.id
  where plan.action in ('CREATE', 'UPDATE', 'MERGE') and e.import_id is distinct from $1
    and ((e.profile is null and c.profile is not null) or (e.source_region is null and c.source_region is not null) or (e.classes = '{}' and c.classes <> '{}') or (e.uscc is null and f.uscc is not null))
  group by e.id`;
export const FILL_FIRMS = `
  update enterprise e set uscc = coalesce(e.uscc, g.uscc), source_region = coalesce(e.source_region, g.source_region), profile = coalesce(e.profile, g.profile),
    classes = case when e.classes = '{}' and g.classes is not null then array(select jsonb_array_elements_text(g.classes)) else e.classes end, version = e.version + 1
  from firm_gap g where g.id = e.id`;
export const NOTE_FIRMS = `
  insert into import_change (import_id, zone_id, entity, entity_id, before, after) select $1, app_zone(), 'enterprise', g.id, g.before, to_jsonb(e) from firm_gap g join enterprise e on e.id = g.id`;

/** Firms that the file contradicts itself or the books about. */
export const FIRM_CONFLICTS = `
  select 'SAME_USCC_OTHER_NAME' as class, f.uscc, array_agg(distinct f.folded_name) as names, min(f.ord) as ord from firm f where f.uscc is not null group by f.uscc having count(distinct f.folded_name) > 1
  union all
  select 'SAME_NAME_OTHER_USCC', string_agg(distinct f.uscc, ' / '), array[f.folded_name], min(f.ord) from firm f where f.uscc is not null group by f.folded_name having count(distinct f.uscc) > 1
  order by class, ord`;
