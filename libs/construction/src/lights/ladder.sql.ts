import type { Scope } from './sweep.sql.js';

/** Who holds a post, for a project p, the rung g and the heads d of whoever has to act: whoever is not there leaves it to the next above. */
const LEADER = `(select s.id from staff s where s.zone_id = app_zone() and s.role = 'LEADER' and s.disabled_at is null order by s.id limit 1)`;
const first = (heads: string) => `(select x.id from unnest(${heads}) with ordinality x (id, n) where x.id is distinct from p.owner_id order by x.n limit 1)`;
const enabled = (id: string) => `(select s.id from staff s where s.id = ${id} and s.disabled_at is null)`;
const PERSON = `coalesce(
  case g.who when 'OWNER' then ${enabled('p.owner_id')} when 'STAFF' then ${enabled('g.staff_id')} end,
  case when g.who in ('OWNER', 'OWNER_HEAD', 'STAFF') then ${first('d.near')} end,
  case when g.who <> 'ZONE_LEADER' then ${first('d.whole')} end,
  leader.id)`;
/** A rule names which levels it climbs; none: all. Reminders that went up have a ladder of their own, which lit it. */
const CLIMBS = `r.measure <> 'REMINDER_ESCALATED' and (r.levels = '[]' or r.levels ? g.level)`;

/** The light is out: what was asked because of it is settled. */
export const CLOSE_OUT = (scope: Scope) => `
  update escalation e set state = 'CLOSED', closed_how = 'LIGHT_OUT', closed_at = app_now(), version = e.version + 1
  where e.state <> 'CLOSED' and e.streak_id is not null and ${scope('e.project_id')}
    and not exists (select from project_light l where l.streak_id = e.streak_id and l.until_on is null)
  returning e.id, e.project_id`;

/**
 * Steps of the ladder that are due and were not taken in this streak; of several at once only the highest: who is late for
 * three months is not first reminded of one. Days of the ladder are working days, beyond the calendar weekdays.
 */
export const OPEN_DUE = (scope: Scope) => `
  with lit as (select l.*, r.levels, r.words ->> 'zh' as rule_zh from project_light l join lit_rule r on r.code = l.rule where l.until_on is null and not l.award and ${scope('l.project_id')}),
  came as (select project_id, rule, count(distinct streak_id) as times from project_light where not award and since_on > $1::date - 365 and ${scope('project_light.project_id')} group by 1, 2),
  shown as (select l.id, g.n, min(t.since_on) as since_on from lit l join lit_rung g on g.light <= l.light join project_light t on t.streak_id = l.streak_id and t.light >= g.light group by 1, 2),
  past as materialized (select since_on, working_days_after(since_on, $1) as days from (select distinct since_on from shown) x),
  taken as (select streak_id, max(position) as position from escalation where streak_id is not null and ${scope('escalation.project_id')} group by 1),
  due as (
    select distinct on (l.id) l.*, g.n, g.level, g.zh, g.en, g.who, g.staff_id, g.answer_days
    from lit l join lit_rule r on r.code = l.rule join shown s on s.id = l.id join lit_rung g on g.n = s.n join past on past.since_on = s.since_on
    join came c on c.project_id = l.project_id and c.rule = l.rule left join taken k on k.streak_id = l.streak_id
    where ${CLIMBS} and g.n > coalesce(k.position, 0) and (g.times is null and g.after_days is null or g.times <= c.times or g.after_days <= past.days)
    order by l.id, g.n desc),
  answer as materialized (select answer_days, (working_due($1, answer_days)).due as due_on from (select distinct answer_days from due) x),
  leader as materialized (select ${LEADER} as id)
  insert into escalation (zone_id, project_id, light_id, streak_id, rule, light, position, level, level_zh, level_en, matter, opened_on, to_staff_id, due_on)
  select app_zone(), g.project_id, g.id, g.streak_id, g.rule, g.light, g.n, g.level, g.zh, g.en, concat_ws('，', g.rule_zh, g.words #>> '{meaning,zh}', g.facts ->> 'title'), $1, ${PERSON}, a.due_on
  from due g join project p on p.id = g.project_id join answer a on a.answer_days = g.answer_days left join lit_head d on d.department_id = g.department_id cross join leader
  on conflict (streak_id, position) where streak_id is not null do nothing`;

/** Who is next, if it goes on: the step above the one taken, the person, and the day where one is known. */
export const NAME_NEXT = (scope: Scope) => `
  with lit as (select l.*, r.levels, r.steps from project_light l join lit_rule r on r.code = l.rule where l.until_on is null and not l.award and ${scope('l.project_id')}),
  taken as (select streak_id, max(position) as position from escalation where streak_id is not null and ${scope('escalation.project_id')} group by 1),
  leader as materialized (select ${LEADER} as id),
  above as (
    select distinct on (l.id) l.id, l.project_id, l.department_id, l.measure, l.from_on, l.since_on, l.light as shown, l.steps, g.*
    from lit l join lit_rule r on r.code = l.rule left join taken k on k.streak_id = l.streak_id join lit_rung g on g.n > coalesce(k.position, 0) where ${CLIMBS} order by l.id, g.n),
  dated as materialized (
    select x.*, (working_due(start, least(days, 500))).due as on_day from (
      select distinct start, days from above a cross join lateral (select a.since_on as start, a.after_days as days where a.light <= a.shown and a.after_days is not null
        union all select a.from_on, ceil((s ->> 'from')::numeric)::int from jsonb_array_elements(a.steps) s where a.light > a.shown and (s ->> 'light')::light >= a.light and a.measure not like 'SCHEDULE%' and a.measure not in ('START_OVERDUE', 'STATISTICS_MISSING', 'DUTY_MISSED')) z
      where start is not null) x),
  named as (
    select g.id, jsonb_strip_nulls(jsonb_build_object('level', g.level, 'zh', g.zh, 'en', g.en, 'staff', ${PERSON}, 'on', coalesce(
      (select t.on_day from dated t where g.light <= g.shown and t.start = g.since_on and t.days = g.after_days),
      (select min(case when g.measure in ('START_OVERDUE', 'STATISTICS_MISSING') then (g.from_on + make_interval(months => ceil((s ->> 'from')::numeric)::int))::date + (g.measure = 'STATISTICS_MISSING')::int
          else (select t.on_day from dated t where t.start = g.from_on and t.days = ceil((s ->> 'from')::numeric)::int) end)
       from jsonb_array_elements(g.steps) s where g.light > g.shown and (s ->> 'light')::light >= g.light)))) as next
    from above g join project p on p.id = g.project_id left join lit_head d on d.department_id = g.department_id cross join leader)
  update project_light l set next = n.next from lit x left join named n on n.id = x.id where l.id = x.id and l.next is distinct from n.next`;

/** Whoever is named is told, on the day it is opened and on the day it is due. */
export const TELL = (scope: Scope) => `
  with day as materialized (select d, reminder_due_at(d) as at from (select distinct unnest(array[e.opened_on, e.due_on]) as d from escalation e where e.state = 'OPEN' and ${scope('e.project_id')}) x)
  insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, created_at)
  select e.zone_id, 'ESCALATION', 'ESCALATION:' || e.id || k.tail, e.project_id, e.to_staff_id, k.d, day.at,
    jsonb_build_object('act', k.act, 'levelZh', e.level_zh, 'levelEn', e.level_en, 'matter', left(e.matter, 120), 'dueOn', e.due_on), app_now()
  from escalation e join staff s on s.id = e.to_staff_id and s.disabled_at is null
  cross join lateral (values ('', 'ISSUED', e.opened_on), (':DUE', 'DUE', e.due_on)) k (tail, act, d) join day on day.d = k.d
  where e.state = 'OPEN' and ${scope('e.project_id')} and day.at is not null
    and not exists (select from reminder r where r.cause = 'ESCALATION:' || e.id || k.tail and r.recipient_id = e.to_staff_id)
  on conflict (zone_id, cause, recipient_id) do nothing`;
/** $1 escalations: what told of them asks no more. */
export const UNTELL = `
  update reminder r set state = 'CANCELLED', version = r.version + 1
  from unnest($1::uuid[]) e (id) where r.kind = 'ESCALATION' and r.state in ('PLANNED', 'DELIVERED') and r.cause in ('ESCALATION:' || e.id, 'ESCALATION:' || e.id || ':DUE') and r.zone_id = app_zone()`;
