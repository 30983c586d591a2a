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
    class, energy_need, tax_estimate, timing, triage_due_on, parcel, created_at, created_by)
  values ($1, app_zone(), $2, $3, $4, $5, 'LEAD', app_now(), $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, shanghai_day(app_now()),
    $27, $28, $29, $30, add_working_days(shanghai_day(app_now()), $31), $32, app_now(), app_staff())`;

export const INSERT_MILESTONE = `
  insert into milestone (zone_id, project_id, kind, event_on, entered_at, approved_at, counting_rule, note, actor_id)
  values (app_zone(), $1, $2, $3, app_now(), $4, coalesce((stage_rule(app_zone(), $5::stage, shanghai_day(app_now()))).counting, 'APPROVAL'), $6, app_staff())
  on conflict (project_id, kind) where voided_at is null do nothing`;
