import { staffFacts } from '@yinfeng/directory';
import type { Facts, Locale } from '@yinfeng/platform';
import { visitFacts } from '@yinfeng/recruitment';
import { ROLE_ORDER } from './taskforces.sql.js';

/**
 * What the zone asks of taskforces, as CTEs: `rule` (policy `taskforce` on the day asked for), `workday`, and `duty`, one row
 * for each duty and span. Placeholders: usual values of the policy (JSON), the Shanghai day that the rule is of, the Monday
 * of the week; the language of labels; `back`: how many earlier weeks (and months, for what is asked by the month) come along.
 */
export const DUTIES = (usual: string, day: string, monday: string, locale: Locale, back = '0') => `
  rule as materialized (select ${usual}::jsonb || coalesce((select z.value from zone_policy z where z.zone_id = app_zone() and z.name = 'taskforce' and z.valid_from <= ${day}::date order by z.valid_from desc limit 1), '{}') as v),
  span as materialized (
    select b as back, false as monthly, ${monday}::date - 7 * b as from_on, ${monday}::date - 7 * b + 6 as to_on from generate_series(0, ${back}) b
    union all
    -- What is asked by the month is looked at over the month of the week's Sunday.
    select b, true, m.first, (m.first + interval '1 month')::date - 1 from generate_series(0, ${back}) b cross join lateral (select (date_trunc('month', ${monday}::date + 6) - make_interval(months => b))::date as first) m),
  workday as materialized (select day from working_days_in((select min(from_on) from span), (select max(to_on) from span)) day),
  duty as materialized (
    select x.n as position, x.d ->> 'code' as code, x.d ->> '${locale}' as label, x.d ->> 'role' as role, x.d ->> 'what' as what, (x.d ->> 'times')::int as times, x.d ->> 'per' as per,
      array(select jsonb_array_elements_text(r.v -> 'counts' -> (x.d ->> 'what'))) as ways, s.back, s.from_on, s.to_on, w.days, cardinality(w.days) as workdays, coalesce(w.days[cardinality(w.days)], s.to_on) as due_on
    from rule r cross join lateral jsonb_array_elements(r.v -> 'duties') with ordinality x (d, n) join span s on s.monthly = (x.d ->> 'per' = 'MONTH')
    cross join lateral (select array(select w.day from workday w where w.day between s.from_on and s.to_on order by 1) as days) w)`;

/** Visits v that count for duty d of taskforce t: of its kinds, in its span, by somebody who had it to do that day: who logged it, came along, or led. */
const COUNTED = `visit v where v.project_id = t.project_id and v.visited_on between d.from_on and d.to_on and v.direction = any(d.ways)
  and exists (select from taskforce_member m join staff s on s.id = m.staff_id where m.taskforce_id = t.id and m.role = d.role and m.since_on <= v.visited_on and (m.until_on is null or m.until_on >= v.visited_on)
    and (v.staff_id = m.staff_id or m.staff_id = any(v.companion_ids) or v.leader_name = s.name))`;

/**
 * One duty d of one taskforce t, looked up in the log: alias h (from when to when somebody had it to do), k (asked, done,
 * done_on). taskforce.rules.ts says the same in the program, and a test holds both together.
 */
export const CHECK = `
  cross join lateral (select min(greatest(m.since_on, d.from_on)) as first_on, max(least(coalesce(m.until_on, d.to_on), d.to_on)) as last_on
    from taskforce_member m where m.taskforce_id = t.id and m.role = d.role and m.since_on <= d.to_on and (m.until_on is null or m.until_on >= d.from_on)) h
  cross join lateral (select case when d.per = 'DAY' then d.times * n.days when d.per = 'WEEK' then least(d.times, (d.times * n.days + 4) / 5) when d.workdays > 0 then least(d.times, (d.times * n.days + d.workdays - 1) / d.workdays) else 0 end as asked
    from (select case when h.first_on = d.from_on and h.last_on = d.to_on then d.workdays else (select count(*)::int from unnest(d.days) w (day) where w.day between h.first_on and h.last_on) end as days) n) a
  cross join lateral (select coalesce(sum(case when d.per <> 'DAY' then g.n when g.visited_on = any(d.days) then least(g.n, d.times) else 0 end), 0)::int as done, max(g.visited_on) as done_on
    from (select v.visited_on, count(*)::int as n from ${COUNTED} group by 1) g where a.asked > 0) c
  cross join lateral (select a.asked, c.done, c.done_on, greatest(a.asked - c.done, 0) as missing) k`;

/** Most visits that one check lists; `done` counts all. */
const VISITS_LISTED = 50;

/** What can be read of a duty checked; aliases t, d, h, k. */
export const dutyFacts: Facts = {
  code: 'd.code', label: 'd.label', role: 'd.role', what: 'd.what', times: 'd.times', per: 'd.per', fromOn: 'd.from_on', toOn: 'd.to_on', dueOn: 'd.due_on', asked: 'k.asked', done: 'k.done', missing: 'k.missing',
  members: { of: staffFacts, sql: (json) => `coalesce((select json_agg(${json} order by tm.since_on, tm.id) from taskforce_member tm join staff s on s.id = tm.staff_id where tm.taskforce_id = t.id and tm.role = d.role and tm.since_on <= d.to_on and (tm.until_on is null or tm.until_on >= d.from_on)), '[]')` },
  visits: { of: visitFacts, sql: (json) => `coalesce((select json_agg(x.j) from (select ${json} as j from ${COUNTED} order by v.visited_on, v.id limit ${VISITS_LISTED}) x), '[]')` },
};

/** Roles of taskforce t (project p) that somebody should have and nobody has: those of the rule, and a secretary from so much fixed investment on. */
export const MISSING_ROLES = `array(select tm.role from jsonb_to_recordset((select v -> 'roles' from rule)) tm (role text, required boolean) where (tm.required or tm.role = 'SECRETARY' and p.fixed_cny >= ((select v ->> 'secretaryFromFixedWan' from rule)::numeric * 10000))
  and not exists (select from taskforce_member m where m.taskforce_id = t.id and m.role = tm.role and m.until_on is null) order by ${ROLE_ORDER})`;

/**
 * The whole truth about what taskforces owe, for the list of what is due: a duty that the current span has seen done is
 * met; else it is due since the first of the spans in a row, back to the limit, in which nobody did it. $1 usual values,
 * $2 today, $3 Monday of today's week.
 */
export const STATE_DUTIES = `
  with ${DUTIES('$1', '$2', '$3', 'zh', `(select (v ->> 'lookBackWeeks')::int from rule)`)},
  checked as materialized (
    select t.id, t.project_id, d.code, d.label, d.role, d.back, d.from_on, d.due_on, k.asked, k.missing, k.done_on
    from taskforce t join project p on p.id = t.project_id and p.status = 'ACTIVE' cross join duty d ${CHECK} where t.dissolved_on is null and k.asked > 0),
  kept as (select id, code, coalesce(min(back) filter (where missing = 0), 1000) as back from checked group by 1, 2),
  owed as (
    -- Met in the current span (0), or missed in each since the last that was.
    select distinct on (c.id, c.code) c.* from checked c join kept k on k.id = c.id and k.code = c.code
    where case when k.back = 0 then c.back = 0 else c.back < k.back end
    order by c.id, c.code, c.back desc)
  select deadlines_state('DUTY', coalesce(jsonb_agg(jsonb_build_object('project', o.project_id, 'subject', o.id, 'part', o.code, 'title', o.label, 'since', o.from_on, 'due', o.due_on,
    'staff', (select (array_agg(m.staff_id))[1] from taskforce_member m where m.taskforce_id = o.id and m.role = o.role and m.until_on is null having count(*) = 1),
    'done', case when o.missing = 0 then o.done_on end)), '[]')) as n from owed o`;
