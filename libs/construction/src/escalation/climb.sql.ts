/**
 * Statements of the hourly look at reminders that nobody acts on, for one zone behind its wall; set by set, however many
 * stand open. $1 is today in Shanghai where a statement takes it.
 */

/** $1 ladders as JSON (LadderStep[]). */
export const MAKE_LADDER = `
  create temp table esc_ladder on commit drop as
  select x.rule, x.n, x."afterDays" as after_days, x.rank, x.level from jsonb_to_recordset($1::jsonb) x (rule text, n int, "afterDays" int, rank int, level text)`;
/**
 * Who stands above a department: 1 leaders of its group (a department inside one of its own kind is one too), 2 heads of
 * the unit, 3 leaders of the zone; \`depth\` is how near. People who left hold no post. $1 roles that head a unit.
 */
export const MAKE_POSTS = `
  create temp table esc_post on commit drop as
  with part as (select d.id, d.kind = 'GROUP' or coalesce(d.kind = u.kind, false) as part from department d left join department u on u.id = d.parent_id),
  holder as (
    select m.staff_id, m.department_id, m.leads from staff_department m join staff s on s.id = m.staff_id where s.disabled_at is null and (m.leads or s.role = any($1::text[]))
    union all select s.id, s.department_id, false from staff s where s.role = any($1::text[]) and s.disabled_at is null and s.department_id is not null)
  select d.id as department_id, case when part.part then 1 else 2 end as rank, up.depth::int as depth, h.staff_id, not bool_or(h.leads) as second
  from department d cross join lateral unnest(d.path) with ordinality up (id, depth) join part on part.id = up.id join holder h on h.department_id = up.id
  group by 1, 2, 3, 4
  union all
  select d.id, 3, 0, s.id, false from (select id from department union all select null) d cross join staff s where s.role = 'LEADER' and s.disabled_at is null`;

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const DAY = `case when r.detail ->> 'dueOn' ~ '^\\d{4}-\\d\\d-\\d\\d$' then (r.detail ->> 'dueOn')::date end`;
/**
 * What is escalated once, however many reminders tell of it: of a deadline the record and its day, whether a rule or the act
 * itself reminds; of a silence its last day of activity; else the cause, of each person where it is about no project.
 */
const MATTER = `case
  when dl.id is not null then dl.kind || ':' || dl.subject_id || ':' || dl.due_on
  when r.kind in ('HANDOFF', 'COMMITMENT') and r.detail ->> 'dueOn' is not null and r.cause ~ '^[A-Z_]+:${UUID}' then substring(r.cause from '^[A-Z_]+:${UUID}') || ':' || (r.detail ->> 'dueOn')
  when r.kind = 'IDLE' then regexp_replace(r.cause, ':RED$', '')
  when r.project_id is null then r.cause || ':' || r.recipient_id else r.cause end`;
/**
 * What was delivered and still asks for something, of rules that have a ladder; put off counts as delivered. \`since_on\`: the
 * day it came, or the day it speaks of where that is later; snoozing moves it by so many working days at most. Of several
 * people who were told the one nearest to the work. What rests, or was done by one of those told, is not among
 * them, nor a sum of many.
 * $1 policy reminderEscalation.
 */
export const MAKE_OPEN = `
  create temp table esc_open on commit drop as
  with lain as materialized (
    select r.id, ${MATTER} as matter, r.kind, coalesce(r.rule, r.kind) as rule, r.project_id, r.recipient_id, r.due_on, r.snoozed_from is not null as snoozed, dl.kind as deadline_kind, dl.subject_id,
      coalesce(s.department_id, p.department_id) as department_id, p.department_id as project_department_id, r.recipient_id = p.owner_id as owns, coalesce(dl.due_on, ${DAY}) as speaks_of,
      shanghai_day(case when r.snoozed_from is null then r.delivered_at else least(r.delivered_at, (select min(x.sent_at) from reminder_delivery x where x.reminder_id = r.id and x.state = 'SENT')) end) as came_on
    from reminder r join staff s on s.id = r.recipient_id left join project p on p.id = r.project_id left join deadline dl on dl.id = r.deadline_id
    where r.delivered_at is not null and r.state in ('PLANNED', 'DELIVERED') and r.kind <> 'ESCALATION' and r.detail ->> 'level' is distinct from 'DIGEST' and coalesce(r.rule, r.kind) in (select rule from esc_ladder)
      and (r.project_id is null or p.status = 'ACTIVE' or p.id is not null and r.detail ->> 'atRest' is not null)
      and (r.project_id is null or not exists (select from reminder d where d.zone_id = app_zone() and d.cause = r.cause and d.state = 'DONE'))),
  put_off as materialized (select came_on, (working_due(came_on, ($1::jsonb ->> 'snoozePostponesAtMost')::int)).due as until from (select distinct came_on from lain where snoozed) x),
  dated as (
    select l.*, greatest(l.came_on, l.speaks_of, case when l.snoozed then least(l.due_on, o.until) end) as day
    from lain l left join put_off o on o.came_on = l.came_on and l.snoozed)
  select distinct on (d.matter) d.*, min(d.day) over (partition by d.matter, d.recipient_id) as since_on
  from dated d left join (select department_id, staff_id, max(rank) as rank from esc_post group by 1, 2) h on h.department_id = d.department_id and h.staff_id = d.recipient_id
  order by d.matter, d.owns desc nulls last, coalesce(h.rank, 0), d.due_on desc, d.recipient_id, d.id`;

/** Chains whose reminder asks no more, rests, or was done by another of those told; what its reminder itself ends, a trigger has ended at once. */
export const CLOSE_ENDED = `
  update reminder_escalation e set state = 'CLOSED', closed_at = app_now(), version = e.version + 1,
    closed_how = case when k.rests then 'RESTS' when k.done then 'DONE' else 'CANCELLED' end
  from (
    select e.id, r.project_id is not null and (p.id is null or p.status <> 'ACTIVE' and r.detail ->> 'atRest' is null) as rests, r.state not in ('PLANNED', 'DELIVERED') as ended,
      r.project_id is not null and exists (select from reminder d where d.zone_id = app_zone() and d.cause = r.cause and d.state = 'DONE') as done
    from reminder_escalation e join reminder r on r.id = e.reminder_id left join project p on p.id = r.project_id where e.state <> 'CLOSED') k
  where e.id = k.id and (k.rests or k.done or k.ended)`;
/** What rests no longer, or was opened again by whoever had done it, goes on where it stood. */
export const GO_ON = `
  update reminder_escalation e set state = case when e.answered_at is null then 'OPEN' else 'ANSWERED' end, closed_how = null, closed_at = null, version = e.version + 1
  from reminder r left join project p on p.id = r.project_id
  where e.state = 'CLOSED' and e.closed_how in ('RESTS', 'DONE', 'CANCELLED') and r.id = e.reminder_id and r.state in ('PLANNED', 'DELIVERED')
    and (r.project_id is null or p.status = 'ACTIVE' or p.id is not null and r.detail ->> 'atRest' is not null)
    and (r.project_id is null or not exists (select from reminder d where d.zone_id = app_zone() and d.cause = r.cause and d.state = 'DONE'))`;

/** Another reminder of the same matter has taken the place of the one that went up: the chain goes on with it, while it is the same person's. */
export const CARRY_OVER = `
  with carried as (
    update reminder_escalation e set reminder_id = o.id, state = case when e.answered_at is null then 'OPEN' else 'ANSWERED' end, closed_how = null, closed_at = null, version = e.version + 1
    from esc_open o where o.matter = e.matter and o.recipient_id = e.from_staff_id and o.id <> e.reminder_id and e.state = 'CLOSED' and e.closed_how = 'CANCELLED' returning e.reminder_id, e.step)
  update reminder r set escalated = c.step from (select reminder_id, max(step) as step from carried group by 1) c where r.id = c.reminder_id`;

/**
 * Steps that are due today: the next one of each chain, one at a time, so that whoever is named has the days between two
 * steps to act; an answer or a new day counts them anew. Somebody who was named for the matter already, or whom a light
 * named for the same record, is passed by without a word. $1 today, $2 policy reminderEscalation.
 */
export const MAKE_DUE = `
  create temp table esc_due on commit drop as
  with chain as materialized (
    select e.matter, max(e.step) as step, max(greatest(e.opened_on, e.answer_until, shanghai_day(e.answered_at))) as moved_on, array_agg(e.to_staff_id) as named
    from reminder_escalation e where e.matter in (select matter from esc_open) group by 1),
  standing as (
    select o.*, coalesce(c.step, 0) as taken, c.named, greatest(o.since_on, c.moved_on) as counts_from, l.after_days as last_after
    from esc_open o left join chain c on c.matter = o.matter left join esc_ladder l on l.rule = o.rule and l.n = c.step),
  past as materialized (select day, working_days_after(day, $1) as days from (select counts_from as day from standing union select since_on from standing) x),
  due as (
    select s.*, l.n, l.level, l.rank, since.days as undone
    from standing s join past on past.day = s.counts_from join past since on since.day = s.since_on join esc_ladder l on l.rule = s.rule and l.n > s.taken
    where past.days >= case when s.taken = 0 then l.after_days else greatest(l.after_days - coalesce(s.last_after, 0), 1) end
      and (s.taken > 0 or past.days <= (select min(f.after_days) from esc_ladder f where f.rule = s.rule) + ($2::jsonb ->> 'beginsWithinWorkingDays')::int)),
  -- Strictly above the highest post that the recipient has on the way up.
  own as materialized (select distinct on (p.department_id, p.staff_id) p.department_id, p.staff_id, p.rank, p.depth from esc_post p order by p.department_id, p.staff_id, p.rank desc, p.depth),
  above as materialized (
    select q.department_id, q.recipient_id, q.rank, array_agg(p.staff_id order by p.rank, p.depth desc, p.second, p.staff_id) as people
    from (select distinct department_id, recipient_id, rank from due) q join esc_post p on p.department_id is not distinct from q.department_id and p.rank >= q.rank and p.staff_id <> q.recipient_id
    left join own o on o.department_id is not distinct from q.department_id and o.staff_id = q.recipient_id
    where o.rank is null or p.rank > o.rank or p.rank = o.rank and p.depth < o.depth
    group by 1, 2, 3),
  lit as materialized (
    select e.project_id, l.facts ->> 'kind' as kind, l.facts ->> 'subject' as subject, array_agg(e.to_staff_id) as named
    from escalation e join project_light l on l.streak_id = e.streak_id and l.until_on is null where e.state <> 'CLOSED' and e.to_staff_id is not null and l.facts ->> 'subject' is not null group by 1, 2, 3),
  -- Asked once for a person and a department; one by one only of those who do not see what the department has.
  plain as materialized (select first, project_department_id, sees_department(first, project_department_id) as sees from (
    select distinct (a.people)[1] as first, d.project_department_id from due d join above a on a.department_id is not distinct from d.department_id and a.recipient_id = d.recipient_id and a.rank = d.rank where d.project_id is not null) x),
  named as (
    select d.*, case when d.project_id is null or s.sees then (a.people)[1] else first_who_sees(a.people, d.project_id) end as to_staff_id, t.named as told_by_light
    from due d join above a on a.department_id is not distinct from d.department_id and a.recipient_id = d.recipient_id and a.rank = d.rank
    left join plain s on s.first = (a.people)[1] and s.project_department_id is not distinct from d.project_department_id
    left join lit t on t.project_id = d.project_id and t.kind = d.deadline_kind and t.subject = d.subject_id::text)
  select distinct on (matter) * from named
  where to_staff_id is not null and to_staff_id <> all(coalesce(named, '{}')) and to_staff_id <> all(coalesce(told_by_light, '{}'))
  order by matter, n`;
/** What the words of each are made of. */
export const DUE_WORDS = `select d.id, r.kind, r.detail, r.due_on::text as due_on, p.name as project from esc_due d join reminder r on r.id = d.id left join project p on p.id = r.project_id`;
/** $1 today, $2 reminders, $3 their words. Two looks at once: the second finds the step taken. */
export const OPEN_DUE = `
  with words as materialized (select w.id, w.subject from unnest($2::uuid[], $3::text[]) w (id, subject)),
  opened as (
    insert into reminder_escalation (zone_id, reminder_id, matter, kind, rule, project_id, department_id, step, level, subject, from_staff_id, to_staff_id, since_on, opened_on)
    select app_zone(), d.id, d.matter, d.kind, d.rule, d.project_id, d.department_id, d.n, d.level, w.subject, d.recipient_id, d.to_staff_id, d.since_on, $1
    from esc_due d join words w on w.id = d.id
    on conflict (zone_id, matter, step) do nothing returning reminder_id, step)
  update reminder r set escalated = o.step from opened o where r.id = o.reminder_id`;
/** Whoever is named is told, at once or at nine of the next working day. $1 today, $2 policy reminderEscalation. */
export const TELL_NAMED = `
  with days as materialized (select since_on, working_days_after(since_on, $1) as n from (select distinct since_on from reminder_escalation where state = 'OPEN') x)
  insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, created_at)
  select e.zone_id, 'ESCALATION', 'REMINDER_ESCALATION:' || e.id, e.project_id, e.to_staff_id, $1::date, at.due_at,
    jsonb_build_object('act', 'REMINDER', 'levelZh', $2::jsonb #>> array['levels', e.level, 'zh'], 'levelEn', $2::jsonb #>> array['levels', e.level, 'en'], 'matter', left(e.subject, 120), 'from', f.name, 'days', days.n), app_now()
  from reminder_escalation e join staff f on f.id = e.from_staff_id join staff t on t.id = e.to_staff_id and t.disabled_at is null join days on days.since_on = e.since_on
  cross join (select reminder_due_at($1::date) as due_at) at
  where e.state = 'OPEN' and not exists (select from reminder r where r.zone_id = app_zone() and r.cause = 'REMINDER_ESCALATION:' || e.id and r.recipient_id = e.to_staff_id)
  on conflict (zone_id, cause, recipient_id) do nothing`;
export const STATISTICS = { ladder: 'analyze esc_ladder', posts: 'analyze esc_post', open: 'analyze esc_open', due: 'analyze esc_due' };
