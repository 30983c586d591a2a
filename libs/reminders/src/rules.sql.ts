import { OPEN } from './reminders.sql.js';

/** Statements of the hourly look at what is due by the zone's rules. All run for one zone behind its wall, after SET_BASED; $1 is today in Shanghai. */

/** Reminders that come within so many days are planned; what lies further on may still move. */
export const LOOK_AHEAD_DAYS = 7;

/** Of which deadlines: a condition on alias d, and how many days ahead. */
interface Scope { of: string; days: number }

/**
 * When each rule speaks of each day on which something is due, computed once for the day, not once for the record. What
 * has come already comes today, or when work begins again, and of several offsets the latest alone. $2 rules as JSON.
 */
const times = ({ of, days }: Scope) => `
  create temp table rule_time on commit drop as
  with rule as (
    select x.ord, x.r ->> 'code' as code, x.r ->> 'source' as source, x.r -> 'parts' as parts, x.r -> 'who' as who, (x.r ->> 'untilWorkingDays')::int as until_days, array(select n::int from jsonb_array_elements_text(x.r -> 'offsets') n) as offsets
    from jsonb_array_elements($2::jsonb) with ordinality x (r, ord)),
  due as (
    select rule.*, d.due_on from (select distinct d.kind, d.due_on from deadline d where d.done_on is null and ${of}) d join rule on rule.source = d.kind
    -- Twice as many days hold the working days and their holidays.
    where d.due_on between $1::date - (2 * rule.until_days + 30) and $1::date + (2 * greatest(0, -(select min(n) from unnest(rule.offsets) n)) + 30 + ${days})),
  today as materialized (select (working_due($1::date, 0)).*),
  told as materialized (select x.due_on, x.n, w.due as on_day, w.provisional from (
      select due_on, n from due cross join lateral unnest(offsets) n union select due_on, until_days from due) x cross join lateral working_offset(x.due_on, x.n) w),
  choice as (
    select due.ord, due.code, due.source, due.parts, due.who, due.due_on, t.n, t.on_day, greatest(t.on_day, today.due) as tell_on,
      t.provisional or t.on_day < today.due and today.provisional or not exists (select from calendar_year y where y.published and y.year = extract(year from due.due_on)::int) as provisional
    from due cross join today cross join lateral unnest(due.offsets) o (n) join told t on t.due_on = due.due_on and t.n = o.n join told last on last.due_on = due.due_on and last.n = due.until_days
    where last.on_day >= $1::date and t.on_day <= $1::date + ${days})
  select distinct on (ord, due_on, tell_on) *, reminder_due_at(tell_on) as due_at from choice order by ord, due_on, tell_on, n desc`;

/**
 * Whom each rule tells of what. Of one deadline a person hears once a day, by the first rule that names them, and not when
 * on or after the day of the offset they were told of it already: by a rule, or by an act or a policy of its own.
 */
const people = ({ of }: Scope) => `
  create temp table wanted on commit drop as
  with here as (select id, role from staff where disabled_at is null),
  taker as (select distinct on (h.project_id) h.project_id, h.to_department_id, here.id as staff_id from handoff h left join here on here.id = h.decided_by where h.state = 'ACCEPTED' order by h.project_id, h.decided_at desc),
  base as materialized (
    select d.id, d.kind, d.part, d.subject_id, d.title, d.department_id, d.project_id, p.department_id as home_id, t.ord, t.code, t.who, t.n, t.due_on, t.on_day, t.tell_on, t.due_at, t.provisional,
      k.to_department_id as taken_by, k.staff_id as taker_id, o.id as owner_id, s.id as named_id
    from deadline d join rule_time t on t.source = d.kind and t.due_on = d.due_on and (t.parts = '[]' or t.parts ? d.part) join project p on p.id = d.project_id and p.status = 'ACTIVE'
      left join taker k on k.project_id = d.project_id left join here o on o.id = p.owner_id left join here s on s.id = d.staff_id
    where d.done_on is null and ${of}),
  charge as (select b.*, coalesce(taker_id, case when taken_by is null then owner_id end) as charge_id, coalesce(taken_by, home_id) as charge_unit from base b),
  -- A person, or the heads of a unit where nobody is there.
  asked as materialized (
    select id, ord, n, coalesce(named_id, case when department_id is null then charge_id when department_id = taken_by then taker_id end) as staff_id, coalesce(department_id, charge_unit) as unit from charge where who ? 'ASSIGNEE'
    union all select id, ord, n, charge_id, charge_unit from charge where who ? 'PERSON_IN_CHARGE'
    union all select id, ord, n, owner_id, null from charge where who ? 'OWNER'
    union all select id, ord, n, null, coalesce(department_id, home_id) from charge where who ? 'DEPARTMENT_HEADS'),
  head as materialized (select u.unit, h.staff_id from (select distinct unit from asked where staff_id is null and unit is not null) u cross join lateral department_heads(u.unit) h (staff_id)),
  told as (
    select id, ord, n, staff_id from asked where staff_id is not null
    union all select a.id, a.ord, a.n, h.staff_id from asked a join head h on h.unit = a.unit where a.staff_id is null
    union all select b.id, b.ord, b.n, m.staff_id from base b join taskforce f on f.project_id = b.project_id and f.dissolved_on is null
      join taskforce_member m on m.taskforce_id = f.id and m.until_on is null and b.who ? ('TASKFORCE_' || m.role) join here on here.id = m.staff_id
    union all select b.id, b.ord, b.n, s.id from base b join here s on s.role = 'LEADER' where b.who ? 'ZONE_LEADER')
  -- Who heard of it already is left out first: a rule that has spoken does not silence the next.
  select distinct on (b.id, t.staff_id, b.tell_on) b.id, t.staff_id, b.tell_on, b.due_at, b.provisional, b.code, b.kind, b.part, b.title, b.project_id, b.n, b.due_on, 'RULE:' || b.code || ':' || b.id || ':' || b.due_on || ':' || b.n as cause
  from told t join base b on b.id = t.id and b.ord = t.ord and b.n = t.n
  where not exists (select from reminder o where o.deadline_id = b.id and o.recipient_id = t.staff_id and o.delivered_at is not null and o.detail ->> 'dueOn' = b.due_on::text and shanghai_day(o.delivered_at) >= b.on_day)
    and not exists (select from reminder o where o.project_id = b.project_id and o.recipient_id = t.staff_id and o.rule is null and o.kind in ('HANDOFF', 'COMMITMENT', 'SERVICE_CALL') and o.state <> 'CANCELLED'
      and shanghai_day(o.due_at) between b.on_day and b.tell_on and position(b.subject_id::text in o.cause) > 0)
  order by b.id, t.staff_id, b.tell_on, b.ord`;

const ZONE: Scope = { of: 'true', days: LOOK_AHEAD_DAYS };
export const MAKE_TIMES = times(ZONE);
export const MAKE_WANTED = people(ZONE);
/** The same for one project, a year ahead: $1 today, $2 rules, $3 project; and $1 project. */
const ONE = (project: string): Scope => ({ of: `d.project_id = ${project}`, days: 366 });
export const TIMES_OF_PROJECT = times(ONE('$3'));
export const PEOPLE_OF_PROJECT = people(ONE('$1'));

/** What is done, moved or gone and was planned while it was: the records' triggers have settled everything else. */
export const SETTLE_PASSED = `
  update reminder r set state = case when x.met then 'DONE' else 'CANCELLED' end, done_at = case when x.met then app_now() end, detail = case when x.met then r.detail || '{"byAct": 1}' else r.detail end, version = r.version + 1
  from (select o.id, coalesce(d.done_on is not null and d.due_on::text = o.detail ->> 'dueOn', false) as met from reminder o left join deadline d on d.id = o.deadline_id
    where o.deadline_id is not null and o.state in ${OPEN} and (d.id is null or d.done_on is not null or d.due_on::text <> o.detail ->> 'dueOn')) x
  where r.id = x.id`;

/** Planned and not wanted any more: the project rests, the rule was changed or switched off, somebody else is in charge. Who put one off, was told before or was given it keeps it. */
export const DROP_UNWANTED = `
  update reminder r set state = 'CANCELLED', version = r.version + 1
  where r.state = 'PLANNED' and r.deadline_id is not null and r.delivered_at is null and r.snoozed_from is null and not r.detail ? 'givenBy'
    and not exists (select from wanted w where w.id = r.deadline_id and w.staff_id = r.recipient_id and w.cause = r.cause)`;

/** One for each cause and person. What was taken back before anybody was told stands again; what is planned moves with its day. */
export const PLAN_WANTED = `
  insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, rule, deadline_id, provisional, created_at)
  select app_zone(), 'DEADLINE', w.cause, w.project_id, w.staff_id, w.tell_on, w.due_at, jsonb_build_object('source', w.kind, 'part', nullif(w.part, ''), 'title', left(w.title, 80), 'dueOn', w.due_on, 'offset', w.n), w.code, w.id, w.provisional, app_now()
  from wanted w left join reminder r on r.cause = w.cause and r.recipient_id = w.staff_id
  where r.id is null or r.delivered_at is null and (r.state = 'CANCELLED' or r.state = 'PLANNED' and r.snoozed_from is null and (r.due_at, r.provisional) is distinct from (w.due_at, w.provisional))
  on conflict (zone_id, cause, recipient_id) do update
    set state = 'PLANNED', due_on = excluded.due_on, due_at = excluded.due_at, detail = excluded.detail, provisional = excluded.provisional, version = reminder.version + 1
    where reminder.delivered_at is null and reminder.state in ('PLANNED', 'CANCELLED')`;

/**
 * Planned days are counted anew once their year is published or corrected: reminders that come at nine of their working
 * day, of whatever kind. A person's own keep the day that was chosen.
 */
export const MOVE_PLANNED = `
  with day as materialized (select x.due_on, reminder_due_at(x.due_on) as due_at from (
    select distinct due_on from reminder where state = 'PLANNED' and deadline_id is null and kind <> 'PERSONAL' and due_at > app_now()) x)
  update reminder r set due_at = day.due_at, version = r.version + 1
  from day where r.state = 'PLANNED' and r.deadline_id is null and r.kind <> 'PERSONAL' and r.due_at > app_now() and r.due_on = day.due_on and r.due_at <> day.due_at
    and (r.due_at at time zone 'Asia/Shanghai')::time = '09:00'`;
