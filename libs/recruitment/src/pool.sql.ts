import { industryFacts } from '@yinfeng/directory';
import { idFact, type Facts } from '@yinfeng/platform';

/**
 * Who may decide for a department ($1): those below ROLES $2 (reach UNIT) in or above it, those of roles $3 (reach GROUP)
 * who lead it or one above it; where there is nobody, the zone's roles $4. Never those of $5.
 */
export const APPROVERS = `
  with above as (select unnest(path) as id from department where id = $1),
  head as (
    select s.id from staff s where s.role = any($2::text[]) and s.disabled_at is null and s.department_id in (select id from above)
    union select m.staff_id from staff_department m join staff s on s.id = m.staff_id
    where s.disabled_at is null and m.department_id in (select id from above) and (s.role = any($2::text[]) or s.role = any($3::text[]) and m.leads)
  ),
  fit as (select id from head where id <> all(array_remove($5::uuid[], null)))
  select id from fit
  union select id from staff where role = any($4::text[]) and disabled_at is null and id <> all(array_remove($5::uuid[], null)) and not exists (select from fit)`;

/**
 * Projects that the clock may release: $1 today, $2 policy `pool` as JSON. `since` is the last day on which anything
 * happened; for a referred project, where the zone has a limit of its own for those, the last day of real progress
 * (visit, stage move, report), whichever limit ends first. `limit_on` is unknown beyond the published calendar.
 */
export const silent = (condition = 'true') => `
  with k as materialized (
    select p.id, p.owner_id, p.department_id, p.stage, p.class, p.last_activity_on, c.since, c.months, c.ends_on
    from project p
    left join first_report f on f.project_id = p.id and ($2::jsonb ->> 'referredMonths') is not null
      and (f.referrer is not null or exists (select from lead_referrer lr where lr.project_id = p.id))
    cross join lateral (
      select v.since, v.months, (v.since + make_interval(months => v.months))::date as ends_on from (values
        (p.last_activity_on, coalesce(($2::jsonb #>> array['releaseMonths', 'classes', p.class])::int, ($2::jsonb #>> '{releaseMonths,other}')::int)),
        (case when f.project_id is not null then greatest(p.last_visit_on, shanghai_day(p.state_at), shanghai_day(f.reported_at)) end, ($2::jsonb ->> 'referredMonths')::int)) v (since, months)
      where v.since is not null and v.months is not null order by 3 limit 1) c
    where p.status = 'ACTIVE' and p.stage = any(array(select jsonb_array_elements_text($2::jsonb -> 'stages'))::stage[])
      and c.ends_on <= $1::date + 20 + 2 * ($2::jsonb ->> 'warnWorkingDays')::int and ${condition}),
  day as materialized (select ends_on, add_working_days(ends_on, 0) as limit_on from (select distinct ends_on from k) x)
  select k.*, day.limit_on from k join day on day.ends_on = k.ends_on`;

/** The working days between the announcement of a release and the release. */
const NOTICE = `($2::jsonb ->> 'warnWorkingDays')::int`;

/** The silent projects of this look, as a table of the transaction with statistics: without them the planner walks a zone's thousands in nested loops. */
export const MAKE_SILENCE = `create temp table silence on commit drop as ${silent()}`;

/** What can be released: announced its working days before, nothing waiting, not turned down lately. $1 today, $2 policy `pool`. */
const due = (from: string) => `
  select s.id, s.since from ${from} s join pool_warning w on w.project_id = s.id and w.silent_since = s.since
  where s.limit_on <= $1 and add_working_days(w.warned_on, ${NOTICE}) <= $1
    and not exists (select from status_request q where q.project_id = s.id and (q.state = 'WAITING'
      or q.act = 'RELEASE' and q.state = 'REJECTED' and coalesce(silence_due(shanghai_day(q.decided_at), ($2::jsonb ->> 'askAgainMonths')::int) > $1, true)))
  order by s.since, s.id`;
export const DUE = due('silence');
/** The same of some projects ($3), now. */
export const STILL_DUE = due(`(${silent('p.id = any($3::uuid[])')})`);

/** Whether a project is still silent since that day: $3 project, $4 day. */
export const STILL_SILENT = `select 1 as ok from (${silent('p.id = $3')}) s where s.since = $4::date`;

/** Announces what comes near its release, once for each silence; where the calendar does not reach it waits. $1 today, $2 policy `pool`. */
export const ANNOUNCE = `
  with day as materialized (
    select limit_on, coalesce(working_days_before(limit_on, ${NOTICE}), limit_on) as warn_on from (select distinct limit_on from silence where limit_on is not null) x
    where (select add_working_days($1, ${NOTICE})) is not null)
  insert into pool_warning (zone_id, project_id, silent_since, warned_on)
  select app_zone(), s.id, s.since, $1::date from silence s join day on day.limit_on = s.limit_on
  where day.warn_on <= $1 and not exists (select from pool_warning w where w.project_id = s.id and w.silent_since = s.since)
  on conflict (project_id, silent_since) do nothing`;
export const WAITING_FOR_CALENDAR = `select count(*)::int as n from silence where limit_on is null or (select add_working_days($1, ${NOTICE})) is null`;
/** Tells owner and nearest heads what was announced today: $1 today, $2 policy `pool`; `heads` is the fragment of the reminders with placeholders $3 and $4. */
export const tellAnnounced = (heads: string) => `
  with ${heads},
  nearest as (select department_id, max(depth) as depth from head group by 1),
  near as (select s.*, greatest(s.limit_on, (select add_working_days($1, ${NOTICE}))) as release_on from silence s join pool_warning w on w.project_id = s.id and w.silent_since = s.since and w.warned_on = $1),
  told as (
    select n.*, n.owner_id as recipient_id from near n join staff s on s.id = n.owner_id and s.disabled_at is null
    union
    select n.*, h.staff_id from near n join head h on h.department_id = n.department_id join nearest x on x.department_id = h.department_id and h.depth = x.depth
  )
  insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, created_at)
  select app_zone(), 'IDLE', 'POOL:' || t.id || ':' || t.since, t.id, t.recipient_id, $1, at.due_at,
    jsonb_build_object('level', 'RELEASE', 'limit', t.months, 'unit', 'MONTHS', 'lastActivityOn', t.last_activity_on, 'releaseOn', t.release_on, 'stage', t.stage), app_now()
  from told t cross join (select reminder_due_at($1) as due_at) at where at.due_at is not null
  on conflict (zone_id, cause, recipient_id) do nothing`;

/** Stays of projects that an import or a repair took out of the pool meanwhile. */
export const CLOSE_STRAY_ENTRIES = `
  update pool_entry e set left_how = 'OVERTAKEN', left_at = app_now() from project p where e.left_at is null and p.id = e.project_id and p.status <> 'POOLED'`;
/** Releases that the system asked for and that the project has answered since. */
export const OVERTAKE_ANSWERED = `
  with answered as (
    update status_request q set state = 'OVERTAKEN', decided_at = app_now(), version = version + 1
    where q.state = 'WAITING' and q.act = 'RELEASE' and q.requested_by is null
      and not exists (select from silence s where s.id = q.project_id and s.since = q.silent_since)
    returning q.id)
  update reminder r set state = 'CANCELLED', version = r.version + 1 from answered a where r.cause = 'APPROVAL:' || a.id and r.state in ('PLANNED', 'DELIVERED')`;

/** Protections that may end soon, to be looked at exactly: $1 today, $2 months, $3 days to look ahead. */
export const PROTECTIONS_NEAR = `
  select p.id from project p join first_report f on f.project_id = p.id
  where p.status = 'ACTIVE' and p.stage in ('LEAD', 'RESERVE', 'NEGOTIATING') and p.owner_id is not null and (
    exists (select from (values (shanghai_day(f.reported_at)), (p.last_visit_on), (shanghai_day(p.state_at))) v (day) where (v.day + make_interval(months => $2::int))::date between $1::date and $1::date + $3::int)
    or exists (select from status_request q where q.project_id = p.id and q.act = 'EXTEND' and q.state = 'APPROVED' and q.protection_until between $1::date and $1::date + $3::int))`;
/** $1 today, $2 [{id, until}], $3 working days before the end. */
export const WARN_PROTECTIONS = `
  insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, created_at)
  select app_zone(), 'IDLE', 'PROTECTION:' || p.id || ':' || u.until, p.id, p.owner_id, $1::date, reminder_due_at($1::date), jsonb_build_object('level', 'PROTECTION', 'until', u.until), app_now()
  from json_to_recordset($2) u (id uuid, until date) join project p on p.id = u.id join staff s on s.id = p.owner_id and s.disabled_at is null
  where working_days_before(u.until, $3::int) <= $1::date and reminder_due_at($1::date) is not null
  on conflict (zone_id, cause, recipient_id) do nothing`;

/** The days on which the clock of projects ($1) will show: $2 policy `pool`, $3 policy `idle`; visibility is the caller's. */
export const CLOCKS = `
  select p.id, least(case when s.days is not null then p.idle_due_on end, c.first_on) as yellow_on,
    least(add_working_days(p.last_activity_on, ceil(s.days * ($3::jsonb ->> 'secondStepFactor')::numeric)::int), c.second_on) as red_on,
    w.warned_on, greatest(k.limit_on, add_working_days(w.warned_on, ${NOTICE})) as release_on,
    case when s.days is not null and p.idle_due_on is null then extract(year from p.last_activity_on)::int + case when exists (select from calendar_year y where y.published and y.year = extract(year from p.last_activity_on)) then 1 else 0 end
         when c.first_months is not null and c.first_on is null then extract(year from p.last_activity_on + make_interval(months => c.first_months))::int
         when c.second_months is not null and c.second_on is null then extract(year from p.last_activity_on + make_interval(months => c.second_months))::int
         when k.months is not null and k.limit_on is null then extract(year from k.ends_on)::int end as waits_for_year
  from project p
  cross join lateral (select (stage_rule(app_zone(), p.stage, p.last_activity_on)).idle_working_days as days) s
  cross join lateral (select x.first_months, x.second_months, silence_due(p.last_activity_on, x.first_months) as first_on, silence_due(p.last_activity_on, x.second_months) as second_on from (
    select case when $3::jsonb -> 'classStages' ? p.stage::text then ($3::jsonb #>> array['classes', p.class, 'yellowMonths'])::int end as first_months,
           case when $3::jsonb -> 'classStages' ? p.stage::text then ($3::jsonb #>> array['classes', p.class, 'redMonths'])::int end as second_months) x) c
  left join lateral (
    select x.months, (p.last_activity_on + make_interval(months => x.months))::date as ends_on, silence_due(p.last_activity_on, x.months) as limit_on
    from (select coalesce(($2::jsonb #>> array['releaseMonths', 'classes', p.class])::int, ($2::jsonb #>> '{releaseMonths,other}')::int) as months) x
    where $2::jsonb -> 'stages' ? p.stage::text) k on true
  left join pool_warning w on w.project_id = p.id and w.silent_since = p.last_activity_on
  where p.status = 'ACTIVE' and p.id = any($1::uuid[])`;

export const INSERT_ENTRY = `
  insert into pool_entry (id, zone_id, project_id, stage, how, reason_code, reason, from_owner_id, from_department_id, silent_since, released_by, released_at)
  values ($1, app_zone(), $2, $3, $4, $5, $6, $7, $8, $9, app_staff(), app_now())`;
export const INSERT_RULING = `
  insert into credit_ruling (zone_id, project_id, cause, rule, ruled_on, protected_until, kept, begins_on, ruled_by, ruled_at) values (app_zone(), $1, $2, $3, $4, $5, $6, $7, app_staff(), app_now())`;
/** $1 project, $2 why in words. Owner and unit are remembered in the pool. */
export const TO_POOL = `
  update project set status = 'POOLED', status_reason = $2, state_at = app_now(), owner_id = null, department_id = null, triage_due_on = null, idle_due_on = null, light = 'GREEN',
    version = version + 1, updated_at = app_now() where id = $1`;
/** Whoever has the project next begins anew: a stage move that waits ends with the project's leaving. $1 project, $2 why. */
export const END_STAGE_REQUESTS = `
  update stage_request set state = 'REJECTED', decided_at = app_now(), decision_note = $2, version = version + 1 where project_id = $1 and state = 'WAITING'`;
/** The stay and its project, both locked: $1 stay. */
export const LOCK_ENTRY = `
  select e.id, e.project_id, e.left_at, e.from_owner_id, e.released_at, p.name, p.stage, p.class, p.status from pool_entry e join project p on p.id = e.project_id where e.id = $1 for no key update of e, p`;

/** What those who have not taken a project may know of it; alias e (pool_entry) and p. Hidden facts are null and cannot be asked by. */
export function poolFacts(shows: ReadonlySet<string>, me: string, coolDownDays: number): Facts {
  const shown = (what: string, sql: string) => (shows.has(what) ? sql : 'null');
  return {
    id: idFact('PoolEntry', 'e.id'), projectId: idFact('Project', 'p.id'), code: 'p.code', name: shown('NAME', 'p.name'), stage: 'p.stage', class: shown('CLASS', 'p.class'),
    sourceProvince: shown('REGION', 'p.source_province'), sizeClass: shown('SIZE', 'p.size_class'), releasedAt: 'e.released_at', how: 'e.how', reasonCode: 'e.reason_code',
    formerUnit: shown('FORMER_UNIT', '(select name from department d where d.id = e.from_department_id)'),
    industry: { of: industryFacts, sql: (json) => (shows.has('INDUSTRY') ? `(select ${json} from industry i where i.code = p.industry_code)` : 'null') },
    timesPooled: '(select count(*)::int from pool_entry x where x.project_id = p.id)',
    coolingUntil: `(select shanghai_day(max(x.released_at)) + ${Math.trunc(coolDownDays)} from pool_entry x where x.project_id = p.id and x.from_owner_id = ${me} and shanghai_day(x.released_at) + ${Math.trunc(coolDownDays)} > shanghai_day(app_now()))`,
  };
}
