/**
 * What gates ask of projects and whether they have it: $1 projects, $2 stage or null for the next one by $3 ({"RESERVE":
 * "NEGOTIATING", …}), $4 Shanghai day whose rules count, $5 kinds of agreement that make a project signed. The latest
 * version of each item that is valid on the day counts. FIELD and RECORD items are known by name, EVIDENCE by any file
 * added under the item's name; an unknown FIELD is looked up among the further fields of the ledger. NULL: rules of the
 * zone decide (decisions, commitmentsReviewed, admission), from what SUBJECTS gives. A voided agreement proves nothing,
 * and the scan of one that does not count is no agreement.
 */
export const GATES = `
  with wanted as materialized (
    select p.id, coalesce($2::stage, ($3::jsonb ->> p.stage::text)::stage) as to_stage from project p where p.id = any($1::uuid[])
  ), item as (
    select distinct on (g.to_stage, g.item) g.* from gate_item g
    where g.zone_id = app_zone() and g.to_stage in (select to_stage from wanted) and g.valid_from <= $4::date order by g.to_stage, g.item, g.valid_from desc
  )
  select p.id as project, i.item, i.kind, i.label_zh as zh, i.label_en as en, i.any_of as "anyOf", i.condition, i.remedy_zh as "remedyZh", i.remedy_en as "remedyEn",
    case i.kind
      when 'EVIDENCE' then exists (select from evidence x left join signing g on g.id = x.signing_id where x.project_id = p.id and x.item = i.item and g.voided_at is null
        and (i.item <> 'agreement' or g.id is null or g.kind = any($5::text[])))
      else case i.item
        when 'content' then coalesce(p.content, '') <> ''
        when 'totalAmount' then p.total_amount is not null
        when 'fixedAmount' then p.fixed_cny is not null
        when 'contractForeign' then exists (select from project_amount a where a.project_id = p.id and a.kind = 'CONTRACT_FOREIGN' and not a.placeholder)
        when 'industry' then p.industry_code is not null
        when 'investor' then p.enterprise_id is not null
        when 'owner' then p.owner_id is not null
        when 'department' then p.department_id is not null
        when 'park' then p.park_id is not null
        when 'site' then coalesce(p.site, '') <> ''
        when 'landNeed' then coalesce(p.land_need, '') <> ''
        when 'environmentNeed' then coalesce(p.environment_need, '') <> ''
        when 'outputEstimate' then coalesce(p.output_estimate, '') <> ''
        when 'contact' then exists (select from contact c where c.project_id = p.id or c.enterprise_id = p.enterprise_id)
        when 'nextStep' then p.next_follow_up_on is not null or coalesce(p.next_step, '') <> ''
        when 'visit' then p.visit_count > 0
        when 'signing' then exists (select from signing g where g.project_id = p.id and g.voided_at is null and g.kind = any($5::text[]))
        when 'signingParty' then exists (select from signing g where g.project_id = p.id and g.voided_at is null and coalesce(g.party_name, '') <> '')
        when 'registeredCompany' then exists (select from project_enterprise pe where pe.project_id = p.id and pe.role = 'REGISTERED_COMPANY')
        when 'handoffAccepted' then exists (select from handoff h where h.project_id = p.id and h.state = 'ACCEPTED')
        when 'decisions' then null
        when 'commitmentsReviewed' then null
        when 'admission' then null
        else coalesce(p.extra ->> i.item, '') <> ''
      end
    end as met
  from wanted w join project p on p.id = w.id join item i on i.to_stage = w.to_stage where i.required order by p.id, i.position, i.item`;

/** What rules by type and size look at (RuleSubject), of alias p. */
export const RULE_SUBJECT = `p.capital_source as "capitalSource", reference_cny(p.total_amount, p.total_currency)::text as "totalCny", p.industry_code as "industryCode", p.class, coalesce(p.land_need, '') <> '' as "landNeed"`;

/** Decisions of a project that were not revoked, in order of their entry; of alias p. */
export const STANDING_DECISIONS = `(select json_agg(json_build_object('id', d.id, 'chain', d.chain, 'step', d.step, 'meetingOn', d.meeting_on, 'result', d.result) order by d.recorded_at, d.id) from project_decision d where d.project_id = p.id and d.revoked_at is null)`;

/** What rules by type and size look at, and what the zone's own rules decide from: $1 projects, $2 stage or null, $3 next stages, $4 day, $5 kinds of commitments under review. */
export const SUBJECTS = `
  select p.id, p.stage, w.to_stage as "toStage", ${RULE_SUBJECT}, coalesce((stage_rule(app_zone(), w.to_stage, $4::date)).needs_approval, false) as "needsApproval",
    ${STANDING_DECISIONS} as decisions,
    coalesce((select s.passed from admission_sheet s where s.project_id = p.id order by s.round desc limit 1), false) as admitted,
    not exists (select from commitment c where c.project_id = p.id and c.side = 'ZONE' and c.state <> 'WAIVED' and c.review_state <> 'PASSED' and (c.review_state <> 'NOT_NEEDED' or c.kind = any($5::text[]))) as reviewed
  from project p cross join lateral (select coalesce($2::stage, ($3::jsonb ->> p.stage::text)::stage) as to_stage) w where p.id = any($1::uuid[])`;
