/** Statements on one project that several acts share. */

/** A new activity: the idle clock starts again and the light turns green. For `update project set …`; day is Shanghai's today. */
export const ACTIVITY = (day: string, stage = 'stage') => `last_activity_on = ${day}, idle_due_on = idle_due(zone_id, ${stage}, ${day}), light = 'GREEN', updated_at = app_now()`;

/** Project code and first-report number of a zone and year, gap-free within a transaction that commits: $1 year. */
export const NEXT_NUMBER = `
  insert into project_code_counter (zone_id, year, last) values (app_zone(), $1, 1)
  on conflict (zone_id, year) do update set last = project_code_counter.last + 1
  returning last, (select code from zone where id = app_zone()) as zone`;

/** A new lead; $31 working days until it has to be judged. */
export const INSERT_PROJECT = `
  insert into project (id, zone_id, code, name, folded_name, core_name, stage, state_at, content, industry_code, source_region, capital_source, department_id, owner_id, park_id, site, channel,
    land_need, environment_need, output_estimate, total_amount, total_currency, total_raw, total_approximate, fixed_cny, enterprise_id, enterprise_name, next_follow_up_on, next_step, last_activity_on,
    class, energy_need, tax_estimate, timing, triage_due_on, created_at, created_by)
  values ($1, app_zone(), $2, $3, $4, $5, 'LEAD', app_now(), $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, shanghai_day(app_now()),
    $27, $28, $29, $30, add_working_days(shanghai_day(app_now()), $31), app_now(), app_staff())`;

export const INSERT_MILESTONE = `
  insert into milestone (zone_id, project_id, kind, event_on, entered_at, approved_at, counting_rule, note, actor_id)
  values (app_zone(), $1, $2, $3, app_now(), $4, coalesce((stage_rule(app_zone(), $5::stage, shanghai_day(app_now()))).counting, 'APPROVAL'), $6, app_staff())
  on conflict (project_id, kind) where voided_at is null do nothing`;

/**
 * What a gate asks and whether the project has it: $1 project, $2 stage. The latest version of each item that is valid
 * today counts. FIELD and RECORD items are known by name, EVIDENCE by any file added under the item's name; an unknown
 * FIELD is looked up among the further fields of the ledger.
 */
export const GATE = `
  with item as (
    select distinct on (g.item) g.* from gate_item g
    where g.zone_id = app_zone() and g.to_stage = $2 and g.valid_from <= shanghai_day(app_now()) order by g.item, g.valid_from desc
  )
  select i.item, i.kind, i.label_zh, i.label_en,
    case i.kind
      when 'EVIDENCE' then exists (select from evidence x where x.project_id = p.id and x.item = i.item)
      else case i.item
        when 'content' then coalesce(p.content, '') <> ''
        when 'totalAmount' then p.total_amount is not null
        when 'fixedAmount' then p.fixed_cny is not null
        when 'industry' then p.industry_code is not null
        when 'investor' then p.enterprise_id is not null
        when 'owner' then p.owner_id is not null
        when 'department' then p.department_id is not null
        when 'park' then p.park_id is not null
        when 'site' then coalesce(p.site, '') <> ''
        when 'contact' then exists (select from contact c where c.project_id = p.id or c.enterprise_id = p.enterprise_id)
        when 'nextStep' then p.next_follow_up_on is not null or coalesce(p.next_step, '') <> ''
        when 'visit' then p.visit_count > 0
        when 'signing' then exists (select from signing g where g.project_id = p.id)
        when 'signingParty' then exists (select from signing g where g.project_id = p.id and coalesce(g.party_name, '') <> '')
        when 'registeredCompany' then exists (select from project_enterprise pe where pe.project_id = p.id and pe.role = 'REGISTERED_COMPANY')
        when 'handoffAccepted' then exists (select from handoff h where h.project_id = p.id and h.state = 'ACCEPTED')
        else coalesce(p.extra ->> i.item, '') <> ''
      end
    end as met
  from item i cross join project p where p.id = $1 and i.required order by i.position, i.item`;
