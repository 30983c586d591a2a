import { NAMESAKES } from './match.sql.js';

/** Rows of visit logs: what they mean (`plan`), and how they enter the books. Parameter $1: the import. */

export const PLAN_VISITS = `
  insert into plan (ord, is_visit, draft_id, duplicate_of, action, reason)
  select v.ord, true, v.id, v.duplicate_of, case when v.duplicate_of is null then 'CREATE' else 'HOLD' end, v.duplicate_class from draft_visit v where v.import_id = $1`;

/** The same visit from an earlier import that stands. */
export const KNOWN_VISITS = `
  update plan set visit_id = k.visit_id, project_id = k.project_id, action = 'UNCHANGED'
  from (select distinct on (d.ord) d.ord, v.id as visit_id, v.project_id from draft_visit d
        join ledger_row o on o.zone_id = d.zone_id and o.identity = d.identity and o.visit_id is not null join visit v on v.id = o.visit_id
        where d.import_id = $1 order by d.ord, o.import_id desc) k
  where k.ord = plan.ord and plan.action = 'CREATE'`;

/**
 * Links by the project that the row names (brackets, spaces and a dropped 项目 do not matter), else by its
 * enterprise, whose legal form may be left out. Several projects of one enterprise and none named: a person must say.
 */
export const LINK_VISITS = `
  create temp table link on commit drop as
  with d as materialized (
    select v.*, v.enterprise_stem || chr(1114109) as stem_end from draft_visit v join plan on plan.ord = v.ord where v.import_id = $1 and plan.action = 'CREATE'
  ), namesake as materialized (
    -- As in MATCH_NAME: an index serves a column, not an expression.
    select distinct d.ord, d.zone_id, d.project_folded, d.project_stem, n.name from d cross join unnest(${NAMESAKES('d.project_folded', 'd.project_stem')}) n (name) where n.name is not null
  ), firm_hit as (
    select d.ord, e.id as enterprise_id, e.folded_name = d.enterprise_folded as exact from d join enterprise e on e.zone_id = d.zone_id and e.folded_name = d.enterprise_folded
    union all
    select d.ord, e.id, false from d join enterprise e on e.zone_id = d.zone_id and e.folded_name >= d.enterprise_stem and e.folded_name < d.stem_end and e.folded_name <> d.enterprise_folded
      and substr(e.folded_name, length(d.enterprise_stem) + 1) ~ '^(股份|有限|责任|集团|总|分|公司|普通|合伙|企业|事务所|研究院)*$'
  ), firm_best as (
    select h.ord, h.enterprise_id from firm_hit h where h.exact or not exists (select from firm_hit x where x.ord = h.ord and x.exact)
  ), named as (
    select d.ord, p.id as project_id, exists (select from firm_best f join project_enterprise pe on pe.enterprise_id = f.enterprise_id where f.ord = d.ord and pe.project_id = p.id) as same_firm, case when p.folded_name = d.project_folded then 0 when p.folded_name in (d.project_stem, d.project_stem || '项目') then 1 else 2 end as distance
    from namesake d join project p on p.zone_id = d.zone_id and p.folded_name = d.name
  ), named_best as (
    select ord, project_id from (select *, rank() over (partition by ord order by same_firm desc, distance) as place from named) n where place = 1
  ), by_firm as (
    select distinct f.ord, pe.project_id from firm_best f join project_enterprise pe on pe.enterprise_id = f.enterprise_id where not exists (select from named n where n.ord = f.ord)
  )
  select d.ord, (select min(f.enterprise_id::text)::uuid from firm_best f where f.ord = d.ord having count(distinct f.enterprise_id) = 1) as enterprise_id,
    coalesce((select array_agg(project_id order by project_id) from named_best n where n.ord = d.ord), (select array_agg(project_id order by project_id) from by_firm b where b.ord = d.ord), '{}') as projects
  from d`;
export const TAKE_LINKS = `
  update plan set project_id = case when cardinality(l.projects) = 1 then l.projects[1] end, candidates = case when cardinality(l.projects) > 1 then to_jsonb(l.projects) end,
    reason = case when cardinality(l.projects) > 1 then 'LINK_AMBIGUOUS' end
  from link l where l.ord = plan.ord`;
/** The project that a person has named for such a row. */
export const OBEY_LINKS = `
  update plan set project_id = r.project_id, decision = r.decision
  from ledger_row r where r.import_id = $1 and r.ord = plan.ord and plan.reason = 'LINK_AMBIGUOUS' and r.decision = 'SAME' and plan.candidates ? r.project_id::text`;

const DIFFERS = ['content', 'result', 'next_step'].map((c) => `(d.${c} is not null and v.${c} is distinct from d.${c})`).concat('(d.next_on is not null and v.next_follow_up_on is distinct from d.next_on)').join(' or ');
export const VISIT_CHANGES = `
  update plan set action = 'UPDATE', changes = jsonb_strip_nulls(jsonb_build_object(
    'content', case when v.content is distinct from d.content then jsonb_build_array(v.content, d.content) end, 'result', case when d.result is not null and v.result is distinct from d.result then jsonb_build_array(v.result, d.result) end,
    'next_step', case when d.next_step is not null and v.next_step is distinct from d.next_step then jsonb_build_array(v.next_step, d.next_step) end,
    'date.next', case when d.next_on is not null and v.next_follow_up_on is distinct from d.next_on then jsonb_build_array(v.next_follow_up_on, d.next_on) end))
  from draft_visit d, visit v where d.import_id = $1 and d.ord = plan.ord and v.id = plan.visit_id and plan.action = 'UNCHANGED' and (${DIFFERS})`;

export const MAKE_VISITS = `
  insert into visit (id, zone_id, project_id, enterprise_id, direction, visited_on, department_id, leader_name, leader_level, headcount, city, place, met, companions, content, result, next_step,
    next_follow_up_on, extra, import_id, created_at, created_by)
  select d.id, d.zone_id, plan.project_id, coalesce(l.enterprise_id, f.id, p.enterprise_id), d.direction, d.visited_on, u.id, d.leader_name, d.leader_level, d.headcount, d.city, d.place, d.met, d.companions, d.content,
    d.result, d.next_step, d.next_on, d.extra, $1, app_now(), app_staff()
  from plan join draft_visit d on d.import_id = $1 and d.ord = plan.ord left join link l on l.ord = d.ord left join unit u on u.name = d.department left join project p on p.id = plan.project_id
  left join firm x on x.folded_name = d.enterprise_folded left join firm_id f on f.key = x.key
  where plan.action = 'CREATE' order by d.ord`;
export const POINT_VISITS = `update plan set visit_id = draft_id from draft_visit d where d.import_id = $1 and d.ord = plan.ord and plan.action = 'CREATE'`;
/** Firms that a link has found need no record of their own. */
export const LINKED_FIRMS = `delete from draft_company c using link l where c.import_id = $1 and c.ord = l.ord and l.enterprise_id is not null`;

export const NOTE_VISITS = `
  insert into import_change (import_id, zone_id, entity, entity_id, before) select $1, v.zone_id, 'visit', v.id, to_jsonb(v) from plan join draft_visit d on d.import_id = $1 and d.ord = plan.ord join visit v on v.id = plan.visit_id where plan.action = 'UPDATE'`;
export const CHANGE_VISITS = `
  update visit v set content = d.content, result = coalesce(d.result, v.result), next_step = coalesce(d.next_step, v.next_step), next_follow_up_on = coalesce(d.next_on, v.next_follow_up_on), version = v.version + 1
  from plan join draft_visit d on d.import_id = $1 and d.ord = plan.ord where v.id = plan.visit_id and plan.action = 'UPDATE'`;

/** Projects that were visited, with what their visits now tell. */
export const VISITED = `
  create temp table visited on commit drop as
  select t.project_id as id, c.n, l.id as last_id, l.visited_on, l.next_follow_up_on, l.next_step
  from (select distinct plan.project_id from plan join draft_visit d on d.import_id = $1 and d.ord = plan.ord where plan.action in ('CREATE', 'UPDATE') and plan.project_id is not null) t
  cross join lateral (select count(*)::int as n from visit v where v.project_id = t.project_id) c
  cross join lateral (select v.* from visit v where v.project_id = t.project_id order by v.visited_on desc, v.id desc limit 1) l`;
export const NOTE_VISITED = `
  insert into import_change (import_id, zone_id, entity, entity_id, before) select $1, p.zone_id, 'project', p.id, to_jsonb(p) from visited v join project p on p.id = v.id where p.import_id is distinct from $1`;
export const FOLLOW_VISITS = `
  update project p set visit_count = v.n, last_visit_id = v.last_id, last_visit_on = v.visited_on,
    next_follow_up_on = case when p.last_visit_on is null or p.last_visit_on <= v.visited_on then v.next_follow_up_on else p.next_follow_up_on end,
    next_step = case when p.last_visit_on is null or p.last_visit_on <= v.visited_on then coalesce(v.next_step, p.next_step) else p.next_step end,
    last_activity_on = greatest(p.last_activity_on, v.visited_on),
    idle_due_on = case when p.status = 'ACTIVE' and v.visited_on > p.last_activity_on then idle_due(p.zone_id, p.stage, v.visited_on) else p.idle_due_on end, updated_at = app_now()
  from visited v where v.id = p.id`;
