import { departmentFacts, staffFacts } from '@yinfeng/directory';
import { type Facts, idFact } from '@yinfeng/platform';
import { projectFacts } from '@yinfeng/recruitment';
import { handoffFacts } from './handoffs.sql.js';

/** The last attempt of a project, alias l, of alias p. */
const LAST = `left join lateral (select h.id, h.state, h.attempt, h.submitted_by, h.from_department_id, h.to_department_id, h.decided_at from handoff h where h.project_id = p.id order by h.attempt desc limit 1) l on true`;
/** What a project waits for; alias l. What was withdrawn counts as never submitted. */
export const WHY = `case when l.state = 'RETURNED' then 'RETURNED' when l.state = 'SUBMITTED' then 'WAITING' else 'NOT_SUBMITTED' end`;
/** Departments on the receiving side: that of the attempt, else whom the zone names. */
const RECEIVING = `case when l.state in ('RETURNED', 'SUBMITTED') then array[l.to_department_id] else (select handoff_receivers(app_zone(), shanghai_day(app_now()))) end`;

/** Projects between two chairs: signed, active, their day has passed, nobody has accepted them. Aliases d (deadline), p, l. */
export const MISSING = `deadline d join project p on p.id = d.subject_id ${LAST} where d.kind = 'HANDOFF_MISSING' and d.done_on is null and d.due_on < shanghai_day(app_now()) and p.status = 'ACTIVE'`;
/** The other chair: who heads a receiving department ($1 staff) sees that something is to come, and not what. */
export const RECEIVING_HEAD = (me: string) => `${RECEIVING} && (select array(select hd.id from department hd where hd.kind = 'SERVICE' and exists (select from department_heads(hd.id) x where x = ${me})))`;
export const receivingIn = (departments: string) => `${RECEIVING} && array(select dv.id from department dv where dv.path && ${departments}::uuid[])`;

const staff = (column: string) => ({ of: staffFacts, sql: (json: string) => `(select ${json} from staff s where s.id = ${column})` });
const department = (column: string) => ({ of: departmentFacts, sql: (json: string) => `(select ${json} from department d where d.id = ${column})` });

/** What can be read of a project between two chairs; `seen` is the first wall of the actor on alias p. */
export const missingFacts = (seen: string): Facts => ({
  code: 'p.code', name: 'p.name', stage: 'p.stage', signedOn: 'd.since_on', dueOn: 'd.due_on', provisional: 'd.provisional', why: WHY, daysWaited: '(shanghai_day(app_now()) - d.since_on)', workingDaysLate: 'working_days_after(d.due_on, shanghai_day(app_now()))',
  project: { of: projectFacts, sql: (json) => `case when ${seen} then ${json} end` },
  handoff: { of: handoffFacts, sql: (json) => `case when ${seen} then (select ${json} from handoff h where h.id = l.id) end` },
  department: department('p.department_id'), owner: staff('p.owner_id'),
  receivers: { of: departmentFacts, sql: (json) => `coalesce((select json_agg(${json} order by d.name) from department d where d.id = any(${RECEIVING})), '[]')` },
  nextDepartment: department(`case ${WHY} when 'WAITING' then l.to_department_id when 'RETURNED' then coalesce(l.from_department_id, p.department_id) else p.department_id end`),
  nextStaff: staff(`case ${WHY} when 'RETURNED' then l.submitted_by when 'NOT_SUBMITTED' then p.owner_id end`),
  heads: {
    of: { id: idFact('Staff', 's.id'), name: 's.name' },
    sql: (json) => `coalesce((select json_agg(${json} order by s.name, s.id) from staff s where s.id in (select department_heads(u) from unnest(array[p.department_id] || (${RECEIVING})) u)), '[]')`,
  },
});

/** What a zone's rule of today makes due; the records have told of everything else themselves. Gives how many changed. */
export const KEEP_MISSING = `
  select handoff_missing_keep(array(
    select p.id from project p where p.stage = any('{SIGNED,LANDED,STARTED,PRODUCING}'::stage[]) and p.status = 'ACTIVE'
    union select d.subject_id from deadline d where d.kind = 'HANDOFF_MISSING' and d.done_on is null)) as changed`;

/** Those that are late, with what each waits for, as a table of the transaction with statistics. */
export const MAKE_LATE = `
  create temp table missed on commit drop as
  select p.id, p.code, p.name, p.department_id, d.since_on, d.due_on, ${WHY} as why, ${RECEIVING} as receiving, greatest(d.due_on, shanghai_day(l.decided_at)) as step_on,
    'HANDOFF:MISSING:' || p.id || ':' || ${WHY} || ':' || coalesce(l.attempt, 0) as cause
  from ${MISSING}`;

/**
 * Tells the heads of both sides, once for each project and step, on the working day on or after $1 (today). Who heads the
 * receiving side does not see a project that was never submitted: that notice stands without it. What became due more than a
 * month ago (a ledger that came in) stands on the list, and nobody is told.
 */
export const PLAN_MISSING = `
  with late as (select * from missed where step_on >= $1::date - 31),
  side as (select l.id, l.department_id as unit, true as seen from late l union all select l.id, u, l.why <> 'NOT_SUBMITTED' from late l cross join lateral unnest(l.receiving) u),
  head as materialized (select u.unit, h.id from (select distinct unit from side) u cross join lateral department_heads(u.unit) h (id)),
  told as (select l.id, h.id as recipient_id, bool_or(s.seen) as seen from late l join side s on s.id = l.id join head h on h.unit is not distinct from s.unit group by 1, 2)
  insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, created_at)
  select app_zone(), 'HANDOFF', l.cause, case when t.seen then l.id end, t.recipient_id, $1::date, reminder_due_at($1::date),
    jsonb_build_object('act', 'MISSING', 'why', l.why, 'name', l.name, 'code', l.code, 'signedOn', l.since_on, 'dueOn', l.due_on), app_now()
  from told t join late l on l.id = t.id
  where reminder_due_at($1::date) is not null and not exists (select from reminder r where r.cause = l.cause and r.recipient_id = t.recipient_id)
  on conflict (zone_id, cause, recipient_id) do nothing`;

/** What was told and is not so any more. */
export const DROP_LAPSED = `
  update reminder r set state = 'CANCELLED', version = r.version + 1
  where r.kind = 'HANDOFF' and r.state in ('PLANNED', 'DELIVERED') and starts_with(r.cause, 'HANDOFF:MISSING:') and not exists (select from missed m where m.cause = r.cause)`;
