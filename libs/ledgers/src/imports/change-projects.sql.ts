import {
  AMOUNT_DIFFERS, COMPANY_MISSING, CONTACT_MISSING, MILESTONE_DIFFERS, MOVES_STAGE, NEW_EXTRA, PHONES_KNOWN, TAKES_CAPITAL, TAKES_CODE, TAKES_DEPARTMENT, TAKES_FIXED, TAKES_OWNER, TAKES_PARK, TAKES_TOTAL,
} from './changes.sql.js';

/**
 * What rows change in projects on the books. One row per project and round ($2): the row that means it, then the rows
 * of other lists of the file that repeat it. Every record is noted before it changes; undo goes backwards over these.
 */
export const ROUNDS = `
  create temp table turn on commit drop as
  select ord, project_id, action, reason, (case when action = 'UPDATE' then 0 else row_number() over (partition by project_id, action order by ord) end)::int as round
  from plan where action in ('UPDATE', 'MERGE') and project_id is not null and not is_visit`;
export const LAST_ROUND = 'select coalesce(max(round), -1) as last from turn';

const ROWS = `turn plan join draft_project d on d.import_id = $1 and d.ord = plan.ord join project p on p.id = plan.project_id`;
const NOW = `plan.round = $2`;

export const NOTE_PROJECTS = `
  insert into import_change (import_id, zone_id, entity, entity_id, before) select $1, p.zone_id, 'project', p.id, to_jsonb(p) from ${ROWS} where ${NOW} and p.import_id is distinct from $1 order by plan.ord`;

/** States between the present one and that of the row, as the row dates them. */
const STEPS = `(select coalesce(jsonb_agg(s order by i), '[]'::jsonb) from jsonb_array_elements(d.prior_states) with ordinality x (s, i) where (s ->> 'at')::timestamptz > p.state_at and (s ->> 'stage')::stage > p.stage)`;
const PRIOR = `case when not ${MOVES_STAGE} then p.prior_states
    when d.state_at <= p.state_at then (select coalesce(jsonb_agg(s order by i), '[]'::jsonb) from jsonb_array_elements(p.prior_states) with ordinality x (s, i) where (s ->> 'at')::timestamptz < d.state_at)
    when ${STEPS} = '[]' then p.prior_states
    else p.prior_states || jsonb_build_array(jsonb_build_object('stage', p.stage, 'status', p.status, 'at', p.state_at)) || ${STEPS} end`;

export const CHANGE_PROJECTS = `
  update project t set
    code = n.code, class = coalesce(n.class, t.class), content = coalesce(n.content, t.content), industry_code = coalesce(n.industry_code, t.industry_code), sector = coalesce(n.sector, t.sector),
    local_chain = coalesce(n.local_chain, t.local_chain), source_region = coalesce(n.source_region, t.source_region), site = coalesce(n.site, t.site), land_need = coalesce(n.land_need, t.land_need),
    channel = coalesce(n.channel, t.channel), output_estimate = coalesce(n.output_estimate, t.output_estimate), capital_source = n.capital_source,
    department_id = n.department_id, owner_id = n.owner_id, park_id = n.park_id,
    total_amount = case when n.takes_total then n.total_amount else t.total_amount end, total_currency = case when n.takes_total then n.total_currency else t.total_currency end,
    total_raw = case when n.takes_total then n.total_raw else t.total_raw end, total_approximate = case when n.takes_total then n.total_approximate else t.total_approximate end,
    fixed_cny = n.fixed_cny, stage = n.stage, status = n.status, status_reason = n.status_reason, state_at = n.state_at, prior_states = n.prior_states,
    last_activity_on = greatest(t.last_activity_on, n.as_of),
    idle_due_on = case when n.status <> 'ACTIVE' then null when n.moves or n.as_of > t.last_activity_on then idle_due(t.zone_id, n.stage, greatest(t.last_activity_on, n.as_of)) else t.idle_due_on end,
    extra = t.extra || n.extra, updated_at = app_now(),
    -- What this very import made is still as it made it.
    version = t.version + case when t.import_id is not distinct from $1 then 0 else 1 end
  from (
    select p.id, case when ${TAKES_CODE} then d.code else p.code end as code, d.class, d.content, i.code as industry_code, d.sector, d.local_chain, d.source_region, d.site, d.land_need, d.channel, d.output_estimate,
      case when ${TAKES_CAPITAL} then d.capital_source else p.capital_source end as capital_source,
      case when ${TAKES_DEPARTMENT} then u.id else p.department_id end as department_id, case when ${TAKES_OWNER} then o.id else p.owner_id end as owner_id, case when ${TAKES_PARK} then g.id else p.park_id end as park_id,
      ${TAKES_TOTAL} as takes_total, d.total_amount, d.total_currency, d.total_raw, d.total_approximate,
      case when ${TAKES_FIXED} then d.fixed_cny else p.fixed_cny end as fixed_cny,
      ${MOVES_STAGE} as moves, case when ${MOVES_STAGE} and d.status = 'ACTIVE' then d.stage else p.stage end as stage, case when ${MOVES_STAGE} then d.status else p.status end as status,
      case when ${MOVES_STAGE} then d.status_reason else p.status_reason end as status_reason, case when ${MOVES_STAGE} then d.state_at else p.state_at end as state_at, ${PRIOR} as prior_states,
      d.as_of, case when ${TAKES_CODE} then ${NEW_EXTRA} || '{"code.generated": false}' else ${NEW_EXTRA} end as extra
    from ${ROWS}
    left join industry i on i.code = d.industry_code left join unit u on u.name = d.department left join person o on o.name = d.owner left join ground g on g.name = d.park
    where ${NOW}
  ) n where n.id = t.id`;

export const NOTE_AMOUNTS = `
  insert into import_change (import_id, zone_id, entity, entity_id, before) select $1, h.zone_id, 'project_amount', h.id, to_jsonb(h)
  from ${ROWS} join draft_amount a on a.import_id = $1 and a.ord = d.ord join project_amount h on h.project_id = p.id and h.kind = a.kind and h.year is not distinct from a.year
  where ${NOW} and ${AMOUNT_DIFFERS}`;
export const CHANGE_AMOUNTS = `
  with made as (
    insert into project_amount as h (zone_id, project_id, kind, year, amount, upper_bound, currency, raw, approximate, bound, placeholder, as_of, source)
    select a.zone_id, p.id, a.kind, a.year, a.amount, a.upper_bound, a.currency, a.raw, a.approximate, a.bound, a.placeholder, d.as_of, a.source
    from ${ROWS} join draft_amount a on a.import_id = $1 and a.ord = d.ord left join project_amount h on h.project_id = p.id and h.kind = a.kind and h.year is not distinct from a.year
    where ${NOW} and ${AMOUNT_DIFFERS} and not (a.kind = 'TOTAL' and plan.reason is not distinct from 'AMOUNT_CONFLICT')
    on conflict (project_id, kind, year) do update set amount = excluded.amount, upper_bound = excluded.upper_bound, currency = excluded.currency, raw = excluded.raw, approximate = excluded.approximate,
      bound = excluded.bound, placeholder = excluded.placeholder, as_of = excluded.as_of, source = excluded.source
    returning id, zone_id)
  insert into import_change (import_id, zone_id, entity, entity_id) select $1, m.zone_id, 'project_amount', m.id from made m
  where not exists (select from import_change c where c.import_id = $1 and c.entity = 'project_amount' and c.entity_id = m.id)`;

const MILESTONES = `${ROWS} join draft_milestone m on m.import_id = $1 and m.ord = d.ord left join milestone h on h.project_id = p.id and h.kind = m.kind and h.voided_at is null`;
/** Asked before the project moves on: an undated milestone is reached only by a row that moves it. */
export const MILESTONES_DUE = `
  create temp table due on commit drop as select m.*, p.id as project_id, h.id as held from ${MILESTONES} where ${NOW} and ${MILESTONE_DIFFERS}`;
export const NOTE_MILESTONES = `
  insert into import_change (import_id, zone_id, entity, entity_id, before) select $1, h.zone_id, 'milestone', h.id, to_jsonb(h) from due join milestone h on h.id = due.held`;
export const CHANGE_MILESTONES = `
  update milestone h set event_on = coalesce(due.event_on, h.event_on), approved_at = coalesce(due.approved_at, h.approved_at), precision = due.precision from due where due.held = h.id`;
export const ADD_MILESTONES = `
  insert into milestone (zone_id, project_id, kind, event_on, entered_at, approved_at, counting_rule, precision, actor_id, import_id)
  select due.zone_id, due.project_id, due.kind, due.event_on, app_now(), due.approved_at,
    coalesce((stage_rule(app_zone(), (case due.kind when 'REPORTED' then 'LEAD' when 'RESERVED' then 'RESERVE' when 'NEGOTIATED' then 'NEGOTIATING' when 'SIGNED' then 'SIGNED' when 'LANDED' then 'LANDED'
      when 'STARTED' then 'STARTED' when 'RESUMED' then 'STARTED' else 'PRODUCING' end)::stage, shanghai_day(app_now()))).counting, 'APPROVAL'), due.precision, app_staff(), $1
  from due where due.held is null on conflict (project_id, kind) where voided_at is null do nothing`;
export const END_MILESTONES = 'drop table due';

export const ADD_FIRMS = `
  with made as (
    insert into project_enterprise (zone_id, project_id, enterprise_id, role, position)
    select distinct on (p.id, k.id, c.role) p.zone_id, p.id, k.id, c.role, c.position
    from ${ROWS} join draft_company c on c.import_id = $1 and c.ord = d.ord join firm x on x.folded_name = c.folded_name and coalesce(x.uscc, '') = coalesce(c.uscc, '') join firm_id k on k.key = x.key
    where ${NOW} and ${COMPANY_MISSING} order by p.id, k.id, c.role, c.position
    on conflict do nothing returning zone_id, project_id, enterprise_id, role)
  insert into import_change (import_id, zone_id, entity, entity_id, after) select $1, zone_id, 'project_enterprise', project_id, jsonb_build_object('enterprise_id', enterprise_id, 'role', role) from made`;
/** A project that had no enterprise shows the first of the row. */
export const NAME_FIRMS = `
  update project t set enterprise_id = n.id, enterprise_name = n.name
  from (select distinct on (p.id) p.id as project, e.id, e.name from ${ROWS} join project_enterprise pe on pe.project_id = p.id join enterprise e on e.id = pe.enterprise_id
        where ${NOW} and p.enterprise_id is null order by p.id, pe.role <> 'INVESTOR', pe.position) n where n.project = t.id`;

export const NOTE_CONTACTS = `
  insert into import_change (import_id, zone_id, entity, entity_id, before) select distinct on (k.id) $1, k.zone_id, 'contact', k.id, to_jsonb(k)
  from ${ROWS} join draft_contact c on c.import_id = $1 and c.ord = d.ord join contact k on k.project_id = p.id and k.name = c.name where ${NOW} and not ${PHONES_KNOWN} and k.import_id is distinct from $1 order by k.id`;
export const CHANGE_CONTACTS = `
  update contact k set phones = k.phones || array(select x from unnest(c.phones) x where x <> all (k.phones || mask_phones(k.phones))), title = coalesce(k.title, c.title), version = k.version + 1
  from ${ROWS} join draft_contact c on c.import_id = $1 and c.ord = d.ord where ${NOW} and k.project_id = p.id and k.name = c.name and not ${PHONES_KNOWN}`;
export const ADD_CONTACTS = `
  insert into contact (zone_id, enterprise_id, project_id, name, title, phones, full_name, source, import_id, created_at, created_by)
  select c.zone_id, p.enterprise_id, p.id, c.name, c.title, c.phones, c.full_name, '台账导入', $1, app_now(), app_staff()
  from ${ROWS} join draft_contact c on c.import_id = $1 and c.ord = d.ord where ${NOW} and ${CONTACT_MISSING} order by c.ord, c.position`;

/** The version at which the import left each project: later work shows by a higher one. */
export const NOTE_VERSIONS = `
  update import_change c set after = jsonb_build_object('version', p.version, 'visits', p.visit_count) from project p where c.import_id = $1 and c.entity = 'project' and p.id = c.entity_id`;
