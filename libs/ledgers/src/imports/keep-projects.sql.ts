/** The projects that an import ($1) brings into the books, with all that belongs to them, set by set. */

const NEW = `plan join draft_project d on d.import_id = $1 and d.ord = plan.ord`;

/** Rows without a code, and those whose code another record has, get a number of the zone. */
export const NUMBERED = `
  create temp table numbered on commit drop as
  select ord, row_number() over (order by ord) as n
  from (select d.ord, d.code, coalesce(p.id, g.id) as held, row_number() over (partition by d.code order by d.ord) as turn
        from ${NEW} left join project p on p.zone_id = d.zone_id and p.code = d.code left join gone_projects() g on g.code = d.code where plan.action = 'CREATE') t
  where code is null or held is not null or turn > 1`;
/** The counters as they are before and after numbers are taken, for undo. Parameter: import. */
export const COUNTERS = `create temp table counted on commit drop as select year, last from project_code_counter`;
export const NOTE_COUNTERS = `
  insert into import_change (import_id, zone_id, entity, entity_id, before, after)
  select $1, app_zone(), 'project_code_counter', $1, case when c.year is not null then jsonb_build_object('year', c.year, 'last', c.last) end, jsonb_build_object('year', k.year, 'last', k.last)
  from project_code_counter k left join counted c on c.year = k.year where c.last is distinct from k.last`;
/** Parameters: year, how many. */
export const TAKE_NUMBERS = `
  insert into project_code_counter (zone_id, year, last) values (app_zone(), $1, $2)
  on conflict (zone_id, year) do update set last = project_code_counter.last + $2
  returning last - $2 as base, (select code from zone where id = app_zone()) as zone`;
/** Codes of the ledger that look like the zone's own numbers: the zone goes on counting after them. */
export const PASS_NUMBERS = `
  insert into project_code_counter (zone_id, year, last)
  select app_zone(), m[1]::int, max(m[2]::int) from draft_project d join plan using (ord) cross join lateral regexp_match(d.code, '^' || (select code from zone where id = app_zone()) || '-(\\d{4})-(\\d{1,8})$') m
  where d.import_id = $1 and plan.action = 'CREATE' and m is not null group by 2
  on conflict (zone_id, year) do update set last = greatest(project_code_counter.last, excluded.last)`;

/** The firm that a project shows: its first investor, else whoever is named. */
export const FIRST_FIRMS = `
  create temp table first_firm on commit drop as
  select distinct on (c.ord) c.ord, k.id, c.name, c.uscc from plan join draft_company c on c.import_id = $1 and c.ord = plan.ord
  join firm x on x.folded_name = c.folded_name and coalesce(x.uscc, '') = coalesce(c.uscc, '') join firm_id k on k.key = x.key
  where not plan.is_visit order by c.ord, c.role <> 'INVESTOR', c.position`;

/** Parameters: import, prefix of numbers, number before the first. */
export const MAKE_PROJECTS = `
  insert into project (id, zone_id, code, name, folded_name, core_name, stage, status, status_reason, state_at, prior_states, class, capital_source, content, industry_code, sector, local_chain,
    source_region, department_id, owner_id, park_id, site, land_need, output_estimate, channel, total_amount, total_currency, total_raw, total_approximate, fixed_cny, enterprise_id, enterprise_name,
    next_step, last_activity_on, idle_due_on, extra, import_id, created_at, created_by, updated_at)
  select d.id, d.zone_id, case when n.ord is null then d.code else $2 || lpad((n.n + $3)::text, 4, '0') end, d.name, d.folded_name, d.core_name, d.stage, d.status, d.status_reason, d.state_at, d.prior_states,
    d.class, d.capital_source, d.content, i.code, d.sector, d.local_chain, d.source_region, u.id, o.id, g.id, d.site, d.land_need, d.output_estimate, d.channel,
    d.total_amount, d.total_currency, d.total_raw, d.total_approximate, d.fixed_cny, f.id, f.name, d.next_step, d.as_of, case when d.status = 'ACTIVE' then l.due end,
    d.extra || case when n.ord is null then '{}'::jsonb else '{"code.generated": true}'::jsonb end || case when i.code is null and d.industry_code is not null then jsonb_build_object('industry.gb4754.code', d.industry_code) else '{}'::jsonb end,
    $1, app_now(), app_staff(), app_now()
  from ${NEW}
  left join numbered n on n.ord = d.ord left join industry i on i.code = d.industry_code left join unit u on u.name = d.department left join person o on o.name = d.owner left join ground g on g.name = d.park
  left join first_firm f on f.ord = d.ord
  left join (select s.stage, s.as_of, idle_due(app_zone(), s.stage, s.as_of) as due from (select distinct x.stage, x.as_of from draft_project x where x.import_id = $1) s) l on l.stage = d.stage and l.as_of = d.as_of
  where plan.action = 'CREATE' order by d.ord`;
/** From here on a created row has its project like a matched one. */
export const POINT_CREATED = `update plan set project_id = draft_id where action = 'CREATE' and not is_visit`;

/** The receipt is the digest of number, project, reporter and instant, as of any first report. */
export const MAKE_FIRST_REPORTS = `
  insert into first_report (project_id, zone_id, number, reported_at, reporter_id, reporter_name, department_id, source, referrer, receipt, created_at)
  select p.id, p.zone_id, 'SB-' || p.code, d.reported_at, r.id, coalesce(d.reporter, d.owner), p.department_id, '台账导入', d.referrer,
    sha256(convert_to(concat_ws(E'\\n', 'SB-' || p.code, p.id, coalesce(r.id::text, ''), to_char(d.reported_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')), 'UTF8')), app_now()
  from ${NEW} join project p on p.id = d.id left join person r on r.name = coalesce(d.reporter, d.owner)
  where plan.action = 'CREATE' order by d.ord`;

/** How milestones of each kind count in this zone today; kinds without a stage follow that of STARTED or PRODUCING. */
const RULES = `(select k.kind, coalesce((stage_rule(app_zone(), k.stage::stage, shanghai_day(app_now()))).counting, 'APPROVAL') as rule
  from (values ('REPORTED', 'LEAD'), ('RESERVED', 'RESERVE'), ('NEGOTIATED', 'NEGOTIATING'), ('SIGNED', 'SIGNED'), ('LANDED', 'LANDED'), ('STARTED', 'STARTED'), ('RESUMED', 'STARTED'),
    ('COMPLETED', 'PRODUCING'), ('PRODUCING', 'PRODUCING'), ('STATISTICS_ENTRY', 'PRODUCING')) k (kind, stage)) rules`;
/** A sheet's own date is what its office would have entered: without an approval it also counts from there. */
export const MAKE_MILESTONES = `
  insert into milestone (zone_id, project_id, kind, event_on, entered_at, approved_at, counting_rule, precision, actor_id, import_id)
  select m.zone_id, plan.project_id, m.kind, m.event_on, app_now(), m.approved_at, rules.rule, m.precision, app_staff(), $1
  from plan join draft_milestone m on m.import_id = $1 and m.ord = plan.ord join ${RULES} on rules.kind = m.kind
  where plan.action = 'CREATE' order by m.ord`;

export const MAKE_PROJECT_FIRMS = `
  insert into project_enterprise (zone_id, project_id, enterprise_id, role, position)
  select distinct on (plan.project_id, k.id, c.role) c.zone_id, plan.project_id, k.id, c.role, c.position
  from plan join draft_company c on c.import_id = $1 and c.ord = plan.ord join firm x on x.folded_name = c.folded_name and coalesce(x.uscc, '') = coalesce(c.uscc, '') join firm_id k on k.key = x.key
  where plan.action = 'CREATE' and not plan.is_visit order by plan.project_id, k.id, c.role, c.position`;

export const MAKE_AMOUNTS = `
  insert into project_amount (zone_id, project_id, kind, year, amount, upper_bound, currency, raw, approximate, bound, placeholder, as_of, source)
  select a.zone_id, plan.project_id, a.kind, a.year, a.amount, a.upper_bound, a.currency, a.raw, a.approximate, a.bound, a.placeholder, d.as_of, a.source
  from ${NEW} join draft_amount a on a.import_id = $1 and a.ord = plan.ord where plan.action = 'CREATE' order by a.ord
  on conflict (project_id, kind, year) do nothing`;

export const MAKE_CONTACTS = `
  insert into contact (zone_id, enterprise_id, project_id, name, title, phones, full_name, source, import_id, created_at, created_by)
  select c.zone_id, p.enterprise_id, p.id, c.name, c.title, c.phones, c.full_name, '台账导入', $1, app_now(), app_staff()
  from plan join draft_contact c on c.import_id = $1 and c.ord = plan.ord join project p on p.id = plan.project_id where plan.action = 'CREATE' order by c.ord, c.position`;

/** Projects of a list of signings, and any with a day of signing, have the signing itself on record. */
export const MAKE_SIGNINGS = `
  insert into signing (zone_id, project_id, kind, signed_on, title, party_name, party_uscc, total_amount, currency, total_raw, fixed_cny, import_id, recorded_by, recorded_at)
  select d.zone_id, plan.project_id, case when t.word ~ '框架' then 'FRAMEWORK' when t.word ~ '意向' then 'INTENT' when t.word ~ '补充' then 'SUPPLEMENT' when t.word is null or t.word ~ '投资|正式|合同' then 'CONTRACT' else 'OTHER' end,
    m.event_on, t.word, f.name, f.uscc, d.total_amount, d.total_currency, d.total_raw, d.fixed_cny, $1, app_staff(), app_now()
  from ${NEW} join draft_milestone m on m.import_id = $1 and m.ord = d.ord and m.kind = 'SIGNED' and m.dated and m.event_on is not null
  cross join lateral (select d.extra ->> 'sign.agreement_type' as word) t
  left join (select distinct on (c.ord) c.ord, c.name, c.uscc from draft_company c where c.import_id = $1 order by c.ord, c.role <> 'SIGNING_PARTY', c.position) f on f.ord = d.ord
  where plan.action in ('CREATE', 'UPDATE', 'MERGE') and not exists (select from signing g where g.project_id = plan.project_id and g.signed_on = m.event_on)
  order by d.ord`;
