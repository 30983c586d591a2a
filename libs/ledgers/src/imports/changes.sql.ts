import { PLAN_MISSING } from './works.sql.js';

/**
 * What a row would change in the project that it means. Only what the sheet has and what differs; a blank never
 * erases, a stage never moves back.
 */

/** Field of the ledger, column of the project, value of the draft. */
const PLAIN: readonly [field: string, column: string, value: string][] = [
  ['project.class', 'class', 'd.class'], ['content', 'content', 'd.content'], ['industry.gb4754.code', 'industry_code', 'n.code'], ['industry.sector3', 'sector', 'd.sector'],
  ['industry.local_chain', 'local_chain', 'd.local_chain'], ['source_region', 'source_region', 'd.source_region'], ['site', 'site', 'd.site'], ['land.need', 'land_need', 'd.land_need'],
  ['channel', 'channel', 'd.channel'], ['output.year', 'output_estimate', 'd.output_estimate'],
];

/** Whether the row moves its project on: to a later stage, or out of the running ones. */
export const MOVES_STAGE = `(d.stage_given and p.status = 'ACTIVE' and ((d.status = 'ACTIVE' and d.stage > p.stage) or d.status <> 'ACTIVE'))`;
/** A sheet that names no department for its rows only fills a gap. */
export const TAKES_DEPARTMENT = `(d.department is not null and (p.department_id is null or (d.department_given and not exists (select from department x where x.id = p.department_id and (x.name = d.department or d.department = any (x.aliases))))))`;
export const TAKES_OWNER = `(d.owner is not null and not exists (select from staff x where x.id = p.owner_id and x.name = d.owner))`;
export const TAKES_PARK = `(d.park is not null and not exists (select from park x where x.id = p.park_id and (x.name = d.park or d.park = any (x.aliases))))`;
export const TAKES_CODE = `(d.code is not null and d.code <> p.code and (p.import_id is null or coalesce((p.extra ->> 'code.generated')::boolean, false)) and not exists (select from project x where x.zone_id = p.zone_id and x.code = d.code)
  and d.code <> all (array(select g.code from gone_projects() g)))`;
export const TAKES_CAPITAL = `(d.capital_source <> 'UNKNOWN' and d.capital_source <> p.capital_source)`;
export const TAKES_TOTAL = `(d.total_amount is not null and (p.total_amount, p.total_currency) is distinct from (d.total_amount::numeric(24,2), d.total_currency) and plan.reason is distinct from 'AMOUNT_CONFLICT')`;
export const TAKES_FIXED = `(d.fixed_cny is not null and p.fixed_cny is distinct from d.fixed_cny::numeric(24,2))`;
/** Of the further fields, those that are new or differ. Our own weekly sheet gives a project without a type by its class: that is no news. */
export const NEW_EXTRA = `coalesce((select jsonb_object_agg(x.key, x.value) from jsonb_each(d.extra) x where p.extra -> x.key is distinct from x.value
  and not (x.key = 'industry.type' and not p.extra ? 'industry.type' and x.value #>> '{}' = coalesce(p.class, p.sector))), '{}'::jsonb)`;

/** Amounts that the project has not, or has otherwise. `a` is the draft, `h` what is on record. */
export const AMOUNT_DIFFERS = `(h.id is null or (h.amount, h.currency, h.upper_bound, h.bound, h.placeholder) is distinct from (a.amount::numeric(24,2), a.currency, a.upper_bound::numeric(24,2), a.bound, a.placeholder))`;
/** Milestones that the project has not, or on another day. `m` is the draft, `h` what is on record. */
export const MILESTONE_DIFFERS = `((h.id is null and (m.dated or ${MOVES_STAGE})) or (h.id is not null and m.dated and
  ((m.event_on is not null and h.event_on is distinct from m.event_on) or (m.approved_at is not null and shanghai_day(h.approved_at) is distinct from shanghai_day(m.approved_at)))))`;
/** Enterprises that the project does not name in this role. `c` is the draft. */
export const COMPANY_MISSING = `not exists (select from project_enterprise pe join enterprise e on e.id = pe.enterprise_id where pe.project_id = p.id and pe.role = c.role and (e.folded_name = c.folded_name or e.uscc = c.uscc
  or exists (select from enterprise_name_history h where h.enterprise_id = e.id and h.folded_name = c.folded_name)))`;
/** Whether a contact has the phones of a row; what a sheet masks (139****6789) is known where it is the mask of one on record. */
export const PHONES_KNOWN = `(c.phones <@ k.phones or c.phones <@ (k.phones || mask_phones(k.phones)))`;
/** People that the project does not know, or not by these phones. `c` is the draft. */
export const CONTACT_MISSING = `not exists (select from contact k where k.project_id = p.id and (k.name = c.name or c.name is null) and ${PHONES_KNOWN})`;
/** What is known of the first investor only now. `c` is the draft. */
export const OF_ENTERPRISE = `(e.uscc = c.uscc or (e.folded_name = c.folded_name and (c.uscc is null or e.uscc is null)))`;
export const ENTERPRISE_GAP = `exists (select from enterprise e where ${OF_ENTERPRISE} and e.zone_id = c.zone_id
  and ((e.profile is null and c.profile is not null) or (e.source_region is null and c.source_region is not null) or (e.classes = '{}' and c.classes <> '{}') or (e.uscc is null and c.uscc is not null)))`;

const pair = (field: string, condition: string, from: string, to: string) => `case when ${condition} then jsonb_build_object('${field}', jsonb_build_array(${from}, ${to})) else '{}'::jsonb end`;

/** Parameter $1 import. Fills `changes`; a row without any is UNCHANGED. */
export const FIND_CHANGES = `
  update plan set changes = f.changes, action = case when f.changes = '{}' then 'UNCHANGED' else 'UPDATE' end
  from (
    select plan.ord, ${[
      ...PLAIN.map(([field, column, value]) => pair(field, `${value} is not null and p.${column} is distinct from ${value}`, `p.${column}`, value)),
      pair('code.district', TAKES_CODE, 'p.code', 'd.code'),
      pair('status', MOVES_STAGE, `p.stage::text || case when p.status = 'ACTIVE' then '' else '/' || p.status end`, `d.stage::text || case when d.status = 'ACTIVE' then '' else '/' || d.status end`),
      pair('capital.nature', TAKES_CAPITAL, 'p.capital_source', 'd.capital_source'),
      pair('owner.unit', TAKES_DEPARTMENT, '(select name from department x where x.id = p.department_id)', 'd.department'),
      pair('owner', TAKES_OWNER, '(select name from staff x where x.id = p.owner_id)', 'd.owner'),
      pair('site.zone', TAKES_PARK, '(select name from park x where x.id = p.park_id)', 'd.park'),
      pair('amount.total', TAKES_TOTAL, `p.total_amount`, `d.total_amount`),
      pair('amount.fixed', TAKES_FIXED, 'p.fixed_cny', 'd.fixed_cny'),
      `coalesce((select jsonb_object_agg(x.key, jsonb_build_array(p.extra -> x.key, x.value)) from jsonb_each(${NEW_EXTRA}) x), '{}'::jsonb)`,
      `coalesce((select jsonb_object_agg('amount.' || lower(a.kind) || coalesce('.' || a.year, ''), jsonb_build_array(h.amount, a.amount)) from draft_amount a
         left join project_amount h on h.project_id = p.id and h.kind = a.kind and h.year is not distinct from a.year where a.import_id = $1 and a.ord = d.ord and a.kind not in ('TOTAL', 'FIXED') and ${AMOUNT_DIFFERS}), '{}'::jsonb)`,
      `coalesce((select jsonb_object_agg('milestone.' || lower(m.kind), jsonb_build_array(coalesce(h.approved_at::text, h.event_on::text), coalesce(m.approved_at::text, m.event_on::text))) from draft_milestone m
         left join milestone h on h.project_id = p.id and h.kind = m.kind and h.voided_at is null where m.import_id = $1 and m.ord = d.ord and ${MILESTONE_DIFFERS}), '{}'::jsonb)`,
      `coalesce((select jsonb_object_agg(case c.role when 'INVESTOR' then 'investor' when 'SIGNING_PARTY' then 'investor.signing_party' else 'investor.registered_company' end, jsonb_build_array(null, c.name)) from draft_company c
         where c.import_id = $1 and c.ord = d.ord and (${COMPANY_MISSING})), '{}'::jsonb)`,
      `coalesce((select jsonb_build_object('investor.profile', jsonb_build_array(null, max(c.name))) from draft_company c where c.import_id = $1 and c.ord = d.ord and ${ENTERPRISE_GAP} having count(*) > 0), '{}'::jsonb)`,
      `coalesce((select jsonb_object_agg('contact.' || coalesce(c.name, '电话'), jsonb_build_array(null, to_jsonb(c.phones))) from draft_contact c where c.import_id = $1 and c.ord = d.ord and ${CONTACT_MISSING}), '{}'::jsonb)`,
      PLAN_MISSING,
    ].join('\n      || ')} as changes
    from plan join draft_project d on d.import_id = $1 and d.ord = plan.ord join project p on p.id = plan.project_id left join industry n on n.code = d.industry_code
    where plan.action in ('UPDATE', 'UNCHANGED')
  ) f
  where f.ord = plan.ord`;
