/**
 * Which record on the books each row means, for the drafts of one import ($1), all rows at once. Each statement fills
 * or narrows the temporary table `plan`; the order matters.
 */

/** Every row of a list of projects; what the file itself repeats is held or merged. */
export const PLAN_ROWS = `
  create temp table plan on commit drop as
  select d.ord, false as is_visit, d.id as draft_id, null::uuid as project_id, null::uuid as visit_id, d.duplicate_of,
    case when d.duplicate_of is null then 'CREATE' when d.duplicate_level = 'merge' then 'MERGE' else 'HOLD' end as action, d.duplicate_class as reason,
    null::text as decision, null::jsonb as candidates, null::jsonb as changes, null::uuid as chosen
  from draft_project d where d.import_id = $1`;
export const PLAN_KEY = 'alter table plan add primary key (ord)';
export const PLAN_STATISTICS = 'analyze plan';

/** The same code is the same project, whatever else differs. */
export const MATCH_CODE = `
  update plan set project_id = p.id, action = 'UPDATE'
  from draft_project d join project p on p.zone_id = d.zone_id and p.code = d.code
  where d.import_id = $1 and plan.ord = d.ord and plan.action = 'CREATE'`;

/** The code of a project that was merged means the one that it went into. */
export const MATCH_MERGED_CODE = `
  update plan set project_id = g.survivor, action = 'UPDATE'
  from draft_project d join gone_projects() g on g.code = d.code and g.survivor is not null join project p on p.id = g.survivor
  where d.import_id = $1 and plan.ord = d.ord and plan.action = 'CREATE'`;

/** Names that mean the same project: with and without 项目, and with 建设项目 left out altogether. */
export const NAMESAKES = (folded: string, stem: string) =>
  `array[${folded}, ${stem}, ${stem} || '项目', case when ${stem} = ${folded} then ${stem} || '建设项目' end, case when ${folded} like '%建设项目' then left(${folded}, -4) end]`;

/**
 * The same name, or one that only drops 项目, with an investor in common or none to tell them apart. Codes may not
 * contradict: a project with an official code of its own is another question, held for a person.
 */
const LIKENESS = `case when p.folded_name = d.folded_name then 0 when p.folded_name in (d.stem, d.stem || '项目') then 1 else 2 end + case when i.shared then 0 else 3 end`;
/** The names are made before the join: behind the wall no index serves a comparison with an expression that is not leakproof, and each row would be held against every project. */
export const MATCH_NAME = `
  create temp table same_name on commit drop as
  with d as materialized (
    select d.*, n.name as namesake from plan join draft_project d on d.import_id = $1 and d.ord = plan.ord
    cross join lateral (select distinct n.name from unnest(${NAMESAKES('d.folded_name', 'd.stem')}) n (name) where n.name is not null) n
    where plan.action = 'CREATE')
  select ord, project_id, rank, count(*) over (partition by ord, rank) as rivals, other_code, exact from (
    select d.ord, p.id as project_id, p.folded_name = d.folded_name as exact,
      d.code is not null and not (p.import_id is null or coalesce((p.extra ->> 'code.generated')::boolean, false)) as other_code,
      ${LIKENESS} as rank, min(${LIKENESS}) over (partition by d.ord) as best
    from d join project p on p.zone_id = d.zone_id and p.folded_name = d.namesake
    cross join lateral (
      select coalesce(bool_or(e.folded_name = any (d.investors) or e.uscc = any (d.usccs) or exists (select from enterprise_name_history h where h.enterprise_id = e.id and h.folded_name = any (d.investors))), false) as shared, count(*) = 0 as none
      from project_enterprise pe join enterprise e on e.id = pe.enterprise_id where pe.project_id = p.id) i
    where (i.shared or i.none or cardinality(d.investors) = 0)
      -- A project that somebody has told apart is found by the row that made it, and by no other of its name.
      and not exists (select from ledger_row x where x.project_id = p.id and x.decision = 'DIFFERENT')
  ) t where rank = best`;
export const TAKE_NAME = `
  update plan set project_id = s.project_id, action = 'UPDATE' from same_name s
  where s.ord = plan.ord and s.rivals = 1 and not s.other_code`;
/** The name of a project that was merged means the one that it went into, with an investor in common or none to tell them apart. */
export const TAKE_MERGED_NAME = `
  update plan set project_id = t.survivor, action = 'UPDATE'
  from (select d.ord, min(g.survivor::text)::uuid as survivor
        from plan k join draft_project d on d.import_id = $1 and d.ord = k.ord join gone_projects() g on g.survivor is not null and g.folded_name = any (${NAMESAKES('d.folded_name', 'd.stem')})
        join project p on p.id = g.survivor
        cross join lateral (
          select coalesce(bool_or(e.folded_name = any (d.investors) or e.uscc = any (d.usccs)), false) as shared, count(*) = 0 as none
          from project_enterprise pe join enterprise e on e.id = pe.enterprise_id where pe.project_id = p.id) i
        where k.action = 'CREATE' and (i.shared or i.none or cardinality(d.investors) = 0) and (d.code is null or p.import_id is null or coalesce((p.extra ->> 'code.generated')::boolean, false) or p.code = d.code)
        group by d.ord having count(distinct g.survivor) = 1) t
  where t.ord = plan.ord`;
export const HOLD_NAME = `
  update plan set action = 'HOLD', reason = h.reason, candidates = h.candidates
  from (select ord, jsonb_agg(project_id order by project_id) as candidates,
          case when bool_and(rank < 3) then case when bool_and(exact) then 'SAME_NAME_SAME_INVESTOR' else 'SIMILAR_NAME_SAME_INVESTOR' end else 'SAME_NAME_NO_INVESTOR' end as reason
        from same_name where rivals > 1 or other_code group by ord) h
  where h.ord = plan.ord and plan.action = 'CREATE'`;

/** Two rows that mean one project: the first stands for it, the others wait. */
export const HOLD_RIVALS = `
  update plan set action = 'HOLD', reason = 'SAME_PROJECT_OTHER_NAME', candidates = jsonb_build_array(plan.project_id), project_id = null, duplicate_of = first.ord
  from (select project_id, min(ord) as ord from plan where action = 'UPDATE' group by project_id having count(*) > 1) first
  where plan.action = 'UPDATE' and plan.project_id = first.project_id and plan.ord <> first.ord`;

/** Rows still new, beside projects of the same investor: the rules of likeness decide, row by row. */
export const LIKE_NAMES = `
  select d.ord, d.name, p.id as project_id, p.name as project_name, p.code as project_code
  from plan join draft_project d on d.import_id = $1 and d.ord = plan.ord
  join enterprise e on e.zone_id = d.zone_id and e.folded_name = any (d.investors)
  join project_enterprise pe on pe.enterprise_id = e.id join project p on p.id = pe.project_id
  where plan.action = 'CREATE'
  union
  select d.ord, d.name, p.id, p.name, p.code
  from plan join draft_project d on d.import_id = $1 and d.ord = plan.ord
  join enterprise e on e.zone_id = d.zone_id and e.uscc = any (d.usccs)
  join project_enterprise pe on pe.enterprise_id = e.id join project p on p.id = pe.project_id
  where plan.action = 'CREATE'`;
export const HOLD_LIKE = `
  update plan set action = 'HOLD', reason = 'SIMILAR_NAME_SAME_INVESTOR', candidates = jsonb_build_array(l.project_id)
  from unnest($1::int[], $2::uuid[]) l (ord, project_id) where l.ord = plan.ord and plan.action = 'CREATE'`;

/**
 * A changed total is asked about, unless the list belongs to a series that the project has come by before: two
 * lists that disagree are a contradiction, the next issue of one list is news (ledgers README §7).
 */
export const HOLD_TOTALS = `
  update plan set action = 'HOLD', reason = 'AMOUNT_CONFLICT', candidates = jsonb_build_array(plan.project_id),
    changes = jsonb_build_object('amount.total', jsonb_build_array(jsonb_build_object('amount', p.total_amount, 'currency', p.total_currency), jsonb_build_object('amount', d.total_amount, 'currency', d.total_currency)))
  from draft_project d, project p, ledger_import i
  where d.import_id = $1 and i.id = $1 and plan.ord = d.ord and p.id = plan.project_id and plan.action = 'UPDATE' and d.total_amount is not null and p.total_amount is not null
    and (p.total_amount, p.total_currency) is distinct from (d.total_amount::numeric(24,2), d.total_currency)
    and not exists (select from ledger_row r join ledger_import e on e.id = r.import_id where r.project_id = p.id and r.action <> 'HOLD' and e.id <> i.id and e.state = 'APPLIED' and e.fingerprints && $2::text[])`;

/** What was decided about such a row before: by its own import first, else by the last one that met it. */
export const RECALL_DECISIONS = `
  update plan set decision = k.decision, chosen = k.project_id
  from (
    select distinct on (r.ord) r.ord, o.decision,
      case when o.decision <> 'DIFFERENT' then r.project_id
           else (select m.project_id from ledger_row m join ledger_import j on j.id = m.import_id and j.state = 'APPLIED' join project p on p.id = m.project_id
                 where m.zone_id = r.zone_id and m.identity = r.identity and m.decision = 'DIFFERENT' and m.import_id <> r.import_id order by m.import_id desc limit 1) end as project_id
    from plan join ledger_row r on r.import_id = $1 and r.ord = plan.ord
    join ledger_row o on o.zone_id = r.zone_id and o.identity = r.identity and o.decision is not null
    left join ledger_import i on i.id = o.import_id
    where plan.action = 'HOLD' and (o.import_id = r.import_id or (i.state = 'APPLIED' and o.reason is not distinct from plan.reason
      and (plan.reason <> 'AMOUNT_CONFLICT' or o.changes is not distinct from plan.changes)))
    order by r.ord, (o.import_id = r.import_id) desc, o.import_id desc
  ) k
  where k.ord = plan.ord`;

/** DIFFERENT: a record of its own, or the one that this very row made earlier. */
export const OBEY_DIFFERENT = `
  update plan set action = case when plan.chosen is null then 'CREATE' else 'UPDATE' end, project_id = plan.chosen where action = 'HOLD' and decision = 'DIFFERENT' and reason is distinct from 'AMOUNT_CONFLICT'`;
/** TAKE: the same record, with the values of this row. */
export const OBEY_TAKE = `
  update plan set action = 'UPDATE', project_id = coalesce(t.project_id, case when jsonb_array_length(plan.candidates) = 1 then (plan.candidates ->> 0)::uuid end)
  from plan k left join plan t on t.ord = k.duplicate_of
  where k.ord = plan.ord and plan.action = 'HOLD' and plan.decision = 'TAKE'
    and coalesce(t.project_id, case when jsonb_array_length(plan.candidates) = 1 then (plan.candidates ->> 0)::uuid end) is not null`;

/** Held and merged rows know the project that they repeat, once it is known. */
export const POINT_REPEATS = `
  update plan set project_id = coalesce(t.project_id, plan.project_id)
  from plan t where t.ord = plan.duplicate_of and plan.action in ('MERGE', 'HOLD') and plan.project_id is null and t.project_id is not null`;
export const POINT_HELD = `
  update plan set project_id = case when plan.candidates ? plan.chosen::text then plan.chosen else (plan.candidates ->> 0)::uuid end
  where action = 'HOLD' and decision = 'SAME' and project_id is null and (plan.candidates ? plan.chosen::text or jsonb_array_length(candidates) = 1)`;
