import { MEASURE_OF_DEADLINE } from './lights.rules.js';

/**
 * The look at what the zone's rules show, set by set: over the zone once an hour, over one project at once after an act.
 * $1 is today in Shanghai everywhere; a statement of one project has its id as the last parameter (`one`).
 */
export interface Scope {
  /** Condition on a project's id. */
  (column: string): string;
}
export const wholeZone: Scope = () => 'true';

const values = (pairs: readonly (readonly [string, string])[]) => pairs.map(([a, b]) => `('${a}', '${b}')`).join(', ');

/** Tables of the transaction, with statistics before they are joined. Emptied, not made anew: a project may be looked at twice in one transaction. */
export const TABLES = `
  create temp table if not exists lit_rule (n int, code text, award boolean, measure text, stages jsonb, condition jsonb, steps jsonb, levels jsonb, words jsonb) on commit drop;
  create temp table if not exists lit_rung (n int, level text, zh text, en text, light light, times int, after_days int, who text, staff_id uuid, answer_days int) on commit drop;
  create temp table if not exists lit_found (project_id uuid, measure text, value numeric, from_on date, department_id uuid, facts jsonb) on commit drop;
  create temp table if not exists lit_shown (project_id uuid, rule text, award boolean, light light, measure text, value numeric, from_on date, department_id uuid, facts jsonb, words jsonb) on commit drop;
  create temp table if not exists lit_head (department_id uuid primary key, near uuid[], whole uuid[]) on commit drop;
  create temp table if not exists lit_ended (project_id uuid, rule text, streak_id uuid) on commit drop;
  truncate lit_rule, lit_rung, lit_found, lit_shown, lit_head, lit_ended`;
export const STATISTICS = 'analyze lit_rule, lit_rung, lit_found, lit_shown, lit_head, lit_ended';

/** $1 zone policy lights as JSON. */
export const FILL_RULES = `
  insert into lit_rule select n, v ->> 'code', (v ->> 'award')::boolean, v ->> 'measure', v -> 'stages', v -> 'condition', v -> 'steps', v -> 'levels', jsonb_build_object('zh', v ->> 'zh', 'en', v ->> 'en')
  from jsonb_array_elements($1::jsonb -> 'rules') with ordinality r (v, n)`;
export const FILL_LADDER = `
  insert into lit_rung select n, v ->> 'level', v ->> 'zh', v ->> 'en', (v ->> 'light')::light, (v ->> 'times')::int, (v ->> 'afterWorkingDays')::int, v ->> 'who', (v ->> 'staffId')::uuid, (v ->> 'answerWorkingDays')::int
  from jsonb_array_elements($1::jsonb -> 'ladder') with ordinality r (v, n)`;
/** Heads of each department, the nearest first: who leads it or one above; \`whole\` without leaders of groups. $1 roles that head a unit. */
export const FILL_HEADS = `
  insert into lit_head
  select d.id, array_agg(x.staff_id order by up.depth desc, x.staff_id), coalesce(array_agg(x.staff_id order by up.depth desc, x.staff_id) filter (where u.kind <> 'GROUP'), '{}')
  from department d cross join lateral unnest(d.path) with ordinality as up (id, depth) join department u on u.id = up.id
  join (select m.staff_id, m.department_id from staff_department m join staff s on s.id = m.staff_id where m.leads and s.disabled_at is null
        union select s.id, s.department_id from staff s where s.role = any($1::text[]) and s.disabled_at is null) x on x.department_id = up.id
  group by d.id`;

/** What is overdue by the deadlines of each kind: how long the worst, and how many. */
export const FIND_OVERDUE = (scope: Scope) => `
  with late as materialized (
    select distinct on (dl.project_id, k.measure) dl.project_id, k.measure, dl.due_on, dl.since_on, dl.department_id, dl.kind, dl.title, dl.subject_id, count(*) over (partition by dl.project_id, k.measure) as n
    from deadline dl join (values ${values(Object.entries(MEASURE_OF_DEADLINE))}) k (kind, measure) on k.kind = dl.kind
    where dl.done_on is null and dl.due_on < $1::date and ${scope('dl.project_id')}
    order by dl.project_id, k.measure, dl.due_on, dl.id),
  past as materialized (select due_on, working_days_after(due_on, $1) as days from (select distinct due_on from late) x)
  insert into lit_found
  select l.project_id, l.measure, case l.measure when 'DUTY_MISSED' then l.n when 'STATISTICS_MISSING' then months_past(l.since_on, $1) else past.days end,
    case l.measure when 'STATISTICS_MISSING' then l.since_on else l.due_on end, l.department_id,
    jsonb_strip_nulls(jsonb_build_object('kind', l.kind, 'title', l.title, 'dueOn', l.due_on, 'subject', l.subject_id, 'count', l.n))
  from late l join past on past.due_on = l.due_on`;

/** The highest step up that stands open because nobody acted on a reminder. */
export const FIND_ESCALATED = (scope: Scope) => `
  insert into lit_found
  select distinct on (e.project_id) e.project_id, 'REMINDER_ESCALATED', e.step, e.opened_on, e.department_id, jsonb_build_object('title', left(e.subject, 200), 'count', count(*) over (partition by e.project_id))
  from reminder_escalation e where e.state = 'OPEN' and e.project_id is not null and ${scope('e.project_id')}
  order by e.project_id, e.step desc, e.opened_on, e.id`;

/** Which rules show which light. Who has to act: who the deadline names, else who took the project over, else its department. */
export const FILL_SHOWN = `
  insert into lit_shown
  select f.project_id, r.code, r.award, (s.step ->> 'light')::light, f.measure, f.value, f.from_on, coalesce(f.department_id, h.to_department_id, p.department_id), f.facts, r.words || jsonb_build_object('meaning', s.step -> 'meaning')
  from lit_found f join lit_rule r on r.measure = f.measure join project p on p.id = f.project_id and p.status = 'ACTIVE'
  left join (select distinct on (project_id) project_id, to_department_id from handoff where state = 'ACCEPTED' order by project_id, attempt desc) h on h.project_id = f.project_id
  cross join lateral (select x as step from jsonb_array_elements(r.steps) x where (x ->> 'from')::numeric <= f.value order by (x ->> 'from')::numeric desc limit 1) s
  where (s.step ->> 'light' <> 'GREEN' or r.award)
    and (r.stages = '[]' or r.stages ? p.stage::text)
    and (r.condition -> 'capitalSources' is null or r.condition -> 'capitalSources' ? p.capital_source)
    and (r.condition -> 'fromWan' is null or coalesce(reference_cny(p.total_amount, p.total_currency) >= (r.condition ->> 'fromWan')::numeric * 10000, false))
    and (r.condition -> 'belowWan' is null or coalesce(reference_cny(p.total_amount, p.total_currency) < (r.condition ->> 'belowWan')::numeric * 10000, false))
    and (r.condition -> 'industries' is null or exists (select from jsonb_array_elements_text(r.condition -> 'industries') c where starts_with(p.industry_code, c)))
    and (r.condition -> 'classes' is null or coalesce(r.condition -> 'classes' ? p.class, false))
    and (r.condition -> 'land' is null or (r.condition ->> 'land')::boolean = (coalesce(trim(p.land_need), '') <> ''))`;

/** Turns that are over: out, or another colour. A rule that the zone has no more goes out too. */
export const END_TURNS = (scope: Scope) => `
  with ended as (
    update project_light l set until_on = $1, next = null
    where l.until_on is null and ${scope('l.project_id')} and not exists (select from lit_shown s where s.project_id = l.project_id and s.rule = l.rule and s.light = l.light and s.award = l.award)
    returning l.project_id, l.rule, l.streak_id)
  insert into lit_ended select * from ended`;
/** One that only changed colour goes on in its streak. Two looks at once: the second finds the turn there. */
export const BEGIN_TURNS = `
  with fresh as materialized (
    -- Ids before any join: beside a lateral one the planner may remember it and give it twice.
    select new_id() as id, s.* from lit_shown s where not exists (select from project_light l where l.project_id = s.project_id and l.rule = s.rule and l.until_on is null))
  insert into project_light (id, zone_id, project_id, rule, light, award, measure, value, from_on, since_on, streak_id, department_id, facts, words)
  select s.id, app_zone(), s.project_id, s.rule, s.light, s.award, s.measure, s.value, s.from_on, $1, coalesce(e.streak_id, s.id), s.department_id, s.facts, s.words
  from fresh s left join lit_ended e on e.project_id = s.project_id and e.rule = s.rule
  on conflict (project_id, rule) where until_on is null do nothing`;
/** What a light tells of may become another thing while it shows: the next permit is late. */
export const TELL_TURNS = `
  update project_light l set facts = s.facts, from_on = s.from_on, department_id = s.department_id, words = s.words, value = case when s.measure like 'SCHEDULE%' then s.value else l.value end
  from lit_shown s where s.project_id = l.project_id and s.rule = l.rule and l.until_on is null
    and (l.facts, l.from_on, l.department_id, l.words) is distinct from (s.facts, s.from_on, s.department_id, s.words)`;
/** The worst of them on the project; what rewards darkens nothing. One row: how many projects changed. */
export const SET_PROJECTS = (scope: Scope) => `
  update project p set works_light = k.light
  from (select q.id, coalesce(w.light, 'GREEN') as light from project q
        left join (select l.project_id, max(l.light) as light from project_light l where l.until_on is null and not l.award and ${scope('l.project_id')} group by 1) w on w.project_id = q.id
        where ${scope('q.id')}) k
  where p.id = k.id and p.works_light <> k.light`;
