/** Statements of the daily look at what has gone quiet. All run for one zone behind its wall; $1 is today in Shanghai. */

/**
 * Each statement of a sweep reads a zone's tables once and joins them whole. After a ledger came in the planner has no
 * statistics, takes one row for granted and would walk a hundred thousand projects in loops over as many reminders: for
 * this transaction it may not, and has the memory to join them.
 */
export const SET_BASED = `select set_config('enable_nestloop', 'off', true), set_config('work_mem', '64MB', true)`;

/**
 * Heads of each department: those who see it by reach (permissions.ts), UNIT from a department above or at it that they
 * belong to, GROUP from one that they lead. `depth` is how near they stand: larger is nearer. The placeholders of the
 * roles of reach UNIT and of reach GROUP are the caller's.
 */
export const heads = (units: string, groups: string) => `
  post as (
    select s.id as staff_id, s.department_id from staff s where s.role = any(${units}::text[]) and s.disabled_at is null and s.department_id is not null
    union
    select m.staff_id, m.department_id from staff_department m join staff s on s.id = m.staff_id
    where s.disabled_at is null and (s.role = any(${units}::text[]) or s.role = any(${groups}::text[]) and m.leads)
  ),
  head as (
    select d.id as department_id, post.staff_id, max(up.depth) as depth
    from department d cross join lateral unnest(d.path) with ordinality as up (id, depth) join post on post.department_id = up.id
    group by 1, 2
  )`;
/** $2 roles of reach UNIT, $3 of reach GROUP. */
const HEADS = heads('$2', '$3');

/**
 * The clocks of each stage, class and last day of activity that occur among quiet projects, computed once, not per
 * project: the stage's limit in working days and the class's in months, whichever comes sooner. A day beyond the
 * published calendar is unknown and waits. $2 zone policy `idle` as JSON. Tables of the transaction, with statistics:
 * without them the planner takes a few rows for granted and walks a zone's thousands in nested loops.
 */
export const MAKE_BEAT = `
  create temp table beat on commit drop as
  with rule as (select key as class, (value ->> 'yellowMonths')::int as first_months, (value ->> 'redMonths')::int as second_months from jsonb_each($2::jsonb -> 'classes')),
  clock as (
    select t.*, s.days, ceil(s.days * ($2::jsonb ->> 'secondStepFactor')::numeric)::int as second_days, r.first_months, r.second_months,
      case when s.days is not null then t.idle_due_on end as stage_first_on, add_working_days(t.last_activity_on, ceil(s.days * ($2::jsonb ->> 'secondStepFactor')::numeric)::int) as stage_second_on,
      silence_due(t.last_activity_on, r.first_months) as class_first_on, silence_due(t.last_activity_on, r.second_months) as class_second_on
    from (select distinct stage, class, last_activity_on, idle_due_on from project
          where status = 'ACTIVE' and (idle_due_on <= $1 or last_activity_on <= $1::date - 28 and class in (select class from rule))) t
    cross join lateral (select (stage_rule(app_zone(), t.stage, t.last_activity_on)).idle_working_days as days) s
    left join rule r on r.class = t.class and $2::jsonb -> 'classStages' ? t.stage::text
  )
  select stage, coalesce(class, '') as class, last_activity_on, coalesce(idle_due_on, 'infinity') as idle_due_on, days, second_days, first_months, second_months,
    least(stage_first_on, class_first_on) as first_on, least(stage_second_on, class_second_on) as second_on,
    stage_first_on is null or class_first_on < stage_first_on as first_by_class, stage_second_on is null or class_second_on < stage_second_on as second_by_class
  from clock where least(stage_first_on, class_first_on) <= $1`;
/** What is quiet today, and by which limit. `red`: the second step. $1 today. */
export const MAKE_QUIET = `
  create temp table quiet on commit drop as
  select p.id, p.owner_id, p.department_id, p.stage, p.last_activity_on, d.first_on, d.second_on, k.red,
    case when k.red then case when d.second_by_class then d.second_months else d.second_days end else case when d.first_by_class then d.first_months else d.days end end as limit_of,
    case when k.red then d.second_by_class else d.first_by_class end as in_months
  from project p
  join beat d on d.stage = p.stage and d.class = coalesce(p.class, '') and d.last_activity_on = p.last_activity_on and d.idle_due_on = coalesce(p.idle_due_on, 'infinity')
  cross join lateral (select coalesce(d.second_on <= $1, false) as red) k
  where p.status = 'ACTIVE'`;

/** Clocks that ran into a year without a calendar start once the year is published. */
export const WIND_IDLE_CLOCKS = `
  update project p set idle_due_on = k.due
  from (select stage, last_activity_on, idle_due(app_zone(), stage, last_activity_on) as due
        from (select distinct stage, last_activity_on from project
              where status = 'ACTIVE' and idle_due_on is null and stage in (select stage from stage_policy where idle_working_days is not null)) t) k
  where p.status = 'ACTIVE' and p.idle_due_on is null and p.stage = k.stage and p.last_activity_on = k.last_activity_on and k.due is not null`;
/** The same for leads that were reported here, by the numbers of the day of their report; imported ones have no triage clock. */
export const WIND_LEAD_CLOCKS = `
  update lead_triage t set respond_due_on = k.respond, assess_due_on = k.assess, answer_due_on = k.answer
  from (select project_id, add_working_days(reported_on, respond_days) as respond, add_working_days(reported_on, assess_days) as assess, add_working_days(reported_on, answer_days) as answer
        from lead_triage where answer_due_on is null or assess_due_on is null or respond_due_on is null) k
  where t.project_id = k.project_id and (k.respond, k.assess, k.answer) is distinct from (t.respond_due_on, t.assess_due_on, t.answer_due_on)`;
export const WIND_TRIAGE_CLOCKS = `
  update project p set triage_due_on = k.due
  from (select id, add_working_days(shanghai_day(created_at), coalesce((select assess_days from lead_triage where project_id = project.id), (select (value ->> 'assessWorkingDays')::int from zone_policy
          where name = 'triage' and valid_from <= shanghai_day(project.created_at) order by valid_from desc limit 1), 3)) as due
        from project where stage = 'LEAD' and status = 'ACTIVE' and triage_due_on is null and import_id is null) k
  where p.id = k.id and k.due is not null`;

/**
 * The light of the first step from the limit on, that of the second step later; green comes back by activity alone.
 * $1 policy `idle`. One row: how many came to each step.
 */
export const SET_LIGHTS = `
  with turned as (
    update project p set light = k.light
    from (select id, red, ($1::jsonb ->> case when red then 'secondStep' else 'firstStep' end)::light as light from quiet) k
    where p.id = k.id and p.light <> k.light returning k.red)
  select count(*) filter (where not red)::int as yellow, count(*) filter (where red)::int as red from turned`;

/**
 * Open reminders that have nothing more to say: the silence they tell of is over, whatever was done on the project since,
 * or its second step takes the place of the first. Before what is planned, which need not be read again.
 */
export const DROP_PASSED = `
  update reminder r set state = 'CANCELLED', version = r.version + 1
  from project p left join quiet q on q.id = p.id and q.red
  where r.kind = 'IDLE' and r.state in ('PLANNED', 'DELIVERED') and p.id = r.project_id
    and (p.last_activity_on::text <> r.detail ->> 'lastActivityOn' or q.id is not null and r.detail ->> 'level' = 'YELLOW')`;

/**
 * First step: owner and nearest heads. Second: owner and every head above. Once for each silence, step and person: whoever
 * was told is left out before a row is made, so that a day on which nothing changes costs one reading. $1 and $2 roles of
 * the heads, $3 policy `idle`.
 */
export const PLAN_IDLE = `
  with ${heads('$1', '$2')},
  nearest as (select department_id, max(depth) as depth from head group by 1),
  silence as (select *, 'IDLE:' || id || ':' || last_activity_on || case when red then ':RED' else '' end as cause, case when red then second_on else first_on end as due_on from quiet),
  told as (
    select q.*, q.owner_id as recipient_id from silence q join staff s on s.id = q.owner_id and s.disabled_at is null
    union all
    select q.*, h.staff_id from silence q join head h on h.department_id = q.department_id join nearest n on n.department_id = h.department_id
    where (q.red or h.depth = n.depth) and h.staff_id is distinct from q.owner_id
  ),
  day as materialized (select due_on, reminder_due_at(due_on) as due_at from (select distinct due_on from silence) x)
  insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, created_at)
  select app_zone(), 'IDLE', t.cause, t.id, t.recipient_id, t.due_on, d.due_at,
    jsonb_build_object('level', case when red then 'RED' else 'YELLOW' end, 'limit', limit_of, 'unit', case when in_months then 'MONTHS' else 'WORKING_DAYS' end, 'lastActivityOn', last_activity_on, 'stage', stage,
      'lightZh', $3::jsonb #>> array['lights', light, 'zh'], 'lightEn', $3::jsonb #>> array['lights', light, 'en']), app_now()
  from (select *, $3::jsonb ->> case when red then 'secondStep' else 'firstStep' end as light from told) t
  join day d on d.due_on = t.due_on
  where d.due_at is not null and not exists (select from reminder r where r.cause = t.cause and r.recipient_id = t.recipient_id)
  on conflict (zone_id, cause, recipient_id) do nothing`;

/**
 * Heads of units have one reminder a working day in place of one a project: how many of theirs are quiet, how many of them
 * newly so; where nothing is new, on the first working day of the week. The newest takes the place of those before it.
 * $1 today, $2 roles of reach UNIT, $3 none, $4 policy `idle`.
 */
export const PLAN_DIGESTS = `
  with ${HEADS},
  told as materialized (select recipient_id, max(due_on) as last_on from reminder where kind = 'IDLE' and starts_with(cause, 'IDLE_DIGEST:') group by 1),
  mine as (
    select h.staff_id, count(*) filter (where not q.red)::int as first, count(*) filter (where q.red)::int as second,
      count(*) filter (where case when q.red then q.second_on else q.first_on end > coalesce(t.last_on, '-infinity'))::int as fresh
    from quiet q join (select distinct department_id, staff_id from head) h on h.department_id = q.department_id left join told t on t.recipient_id = h.staff_id
    where t.last_on is null or t.last_on < $1 group by 1),
  due as (
    select m.*, reminder_due_at($1) as at from mine m
    where add_working_days($1, 0) = $1::date and (m.fresh > 0 or add_working_days(date_trunc('week', $1::date)::date, 0) = $1::date)),
  past as (
    update reminder r set state = 'CANCELLED', version = r.version + 1 from due d
    where r.recipient_id = d.staff_id and r.kind = 'IDLE' and starts_with(r.cause, 'IDLE_DIGEST:') and r.due_on < $1 and r.state in ('PLANNED', 'DELIVERED'))
  insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, created_at)
  select app_zone(), 'IDLE', 'IDLE_DIGEST:' || $1::date, null, d.staff_id, $1::date, d.at,
    jsonb_build_object('level', 'DIGEST', 'first', d.first, 'second', d.second, 'fresh', d.fresh,
      'firstZh', $4::jsonb #>> array['lights', $4::jsonb ->> 'firstStep', 'zh'], 'firstEn', $4::jsonb #>> array['lights', $4::jsonb ->> 'firstStep', 'en'],
      'secondZh', $4::jsonb #>> array['lights', $4::jsonb ->> 'secondStep', 'zh'], 'secondEn', $4::jsonb #>> array['lights', $4::jsonb ->> 'secondStep', 'en']), app_now()
  from due d on conflict (zone_id, cause, recipient_id) do nothing`;

/**
 * Follow-up days that come, or came within a week, and of which nobody was told: they arrived with a ledger, the owner
 * changed, or the project rested meanwhile. Whoever set the day by hand has the reminder already, under the same cause.
 */
export const PLAN_FOLLOW_UPS = `
  insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, created_at)
  select app_zone(), 'FOLLOW_UP', 'FOLLOW_UP:' || p.id || ':' || p.next_follow_up_on, p.id, s.id, p.next_follow_up_on, reminder_due_at(p.next_follow_up_on), jsonb_build_object('nextStep', p.next_step), app_now()
  from project p join staff s on s.id = p.owner_id and s.disabled_at is null
  where p.status = 'ACTIVE' and p.next_follow_up_on between $1::date - 7 and $1::date and reminder_due_at(p.next_follow_up_on) is not null
  on conflict (zone_id, cause, recipient_id) do update set state = 'PLANNED', due_on = excluded.due_on, due_at = excluded.due_at, version = reminder.version + 1
    where reminder.state = 'CANCELLED' and reminder.delivered_at is null`;

/**
 * Leads whose clocks run out: to be taken on and to be judged, told to all who may judge in their department; to be
 * answered, told to who is in charge, else to them. A clock of which nobody was told within a month is let be.
 */
export const PLAN_TRIAGE = `
  with ${HEADS},
  due as (
    select p.id, p.department_id, p.triage_due_on as due_on, '' as clock, null::uuid as owner_id from project p where p.stage = 'LEAD' and p.status = 'ACTIVE' and p.triage_due_on <= $1
    union all
    select p.id, p.department_id, t.respond_due_on, 'RESPOND', null from lead_triage t join project p on p.id = t.project_id
    where t.assigned_at is null and t.assessed_at is null and t.respond_due_on between $1::date - 31 and $1 and p.stage = 'LEAD' and p.status = 'ACTIVE'
    union all
    select p.id, p.department_id, t.answer_due_on, 'ANSWER', (select s.id from staff s where s.id = p.owner_id and s.disabled_at is null) from lead_triage t join project p on p.id = t.project_id
    where t.answered_at is null and t.answer_due_on between $1::date - 31 and $1 and p.status = 'ACTIVE'
  ),
  told as (
    select due.*, owner_id as staff_id from due where owner_id is not null
    union all
    select due.*, h.staff_id from due join head h on h.department_id = due.department_id where due.owner_id is null
  )
  insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, created_at)
  select app_zone(), 'TRIAGE', 'TRIAGE:' || case clock when '' then '' else clock || ':' end || id || ':' || due_on, id, staff_id, due_on, reminder_due_at(due_on),
    case clock when '' then '{}' else jsonb_build_object('clock', clock) end, app_now()
  from told
  on conflict (zone_id, cause, recipient_id) do nothing`;
