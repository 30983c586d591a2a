import { departmentFacts, staffFacts } from '@yinfeng/directory';
import { extendFacts, type Facts, idFact } from '@yinfeng/platform';
import { projectFacts } from '@yinfeng/recruitment';

const staff = (column: string) => ({ of: staffFacts, sql: (json: string) => `(select ${json} from staff s where s.id = ${column})` });
const TODAY = 'shanghai_day(app_now())';

/** Not done, of alias b. */
const UNDONE = `b.state not in ('GRANTED','NOT_NEEDED')`;
const WAITS = `exists (select from permit b where b.project_id = pm.project_id and b.code = any (pm.after) and ${UNDONE})`;
/** As people see it; alias pm. */
export const PERMIT_STATE = `case when pm.state = 'NOT_STARTED' and not ${WAITS} then 'READY' else pm.state end`;
/** Being handled past its day, or what was promised has not followed by its own. */
export const PERMIT_OVERDUE = `coalesce(pm.granted_on is null and pm.refused_on is null and pm.due_on < ${TODAY}, false)`;
export const PROMISE_OVERDUE = `coalesce(pm.state <> 'REFUSED' and pm.promise_kept_on is null and pm.promise_due_on < ${TODAY}, false)`;
/** Granted within what is allowed: minutes where they are told, else days; null where nothing is allowed for. */
export const ON_TIME = `case when pm.minutes is not null and pm.allowed_minutes is not null then pm.minutes <= pm.allowed_minutes else pm.granted_on <= pm.due_on end`;

const STOOD = `coalesce((select sum(working_days_between(lower(r) - 1, upper(r) - 1)) from unnest(pm.stopped) r), 0)::int`;
const unpublished = (day: string) => `coalesce(${day} is not null and not exists (select from calendar_year y where y.year = extract(year from ${day})::int and y.published), false)`;

const besideFacts: Facts = { id: idFact('Permit', 'b.id'), code: 'b.code', label: 'b.label_zh', labelEn: 'b.label_en', done: `not (${UNDONE})` };
const beside = (condition: string) => ({ of: besideFacts, sql: (json: string) => `coalesce((select json_agg(${json} order by b.position, b.code) from permit b where b.project_id = pm.project_id and ${condition}), '[]')` });

/** What can be read of a permit; alias pm. */
export const permitFacts: Facts = {
  id: idFact('Permit', 'pm.id'), version: 'pm.version', code: 'pm.code', label: 'pm.label_zh', labelEn: 'pm.label_en', state: PERMIT_STATE, round: 'pm.round',
  department: { of: departmentFacts, sql: (json) => `(select ${json} from department d where d.id = pm.department_id)` }, assignee: staff('pm.staff_id'),
  measured: 'pm.measured', allowedDays: 'pm.within_days', allowedMinutes: 'pm.allowed_minutes', express: 'pm.express', joint: 'pm.joint',
  appliedOn: 'pm.applied_on', grantedOn: 'pm.granted_on', refusedOn: 'pm.refused_on', number: 'pm.number', validUntil: 'pm.valid_until', minutes: 'pm.minutes', note: 'pm.note', reason: 'pm.reason',
  usedDays: `coalesce(pm.used_days, case when pm.applied_on is not null then working_days_between(pm.applied_on, coalesce(pm.stopped_on, ${TODAY})) - ${STOOD} end)`,
  stoppedDays: `${STOOD} + case when pm.stopped_on is not null then working_days_between(pm.stopped_on, ${TODAY}) else 0 end`,
  stoppedOn: 'pm.stopped_on', dueOn: 'pm.due_on', dueProvisional: unpublished('pm.due_on'), overdue: PERMIT_OVERDUE, onTime: `case when pm.granted_on is not null then ${ON_TIME} end`,
  mayPromise: 'pm.may_promise', promise: 'pm.promise', promiseDueOn: 'pm.promise_due_on', promiseKeptOn: 'pm.promise_kept_on', promiseOverdue: PROMISE_OVERDUE,
  dependsOn: beside('b.code = any (pm.after)'), waitsFor: beside(`b.code = any (pm.after) and ${UNDONE}`), tolerated: beside('b.code = any (pm.tolerated)'),
  evidence: 'to_json(pm.evidence)', missingEvidence: `(select coalesce(json_agg(e.label order by e.n), '[]') from unnest(pm.evidence) with ordinality e (label, n) where not exists (select from permit_file f where f.permit_id = pm.id and f.label = e.label))`,
  files: {
    of: { fileId: idFact('StoredFile', 'f.file_id'), label: 'f.label', name: '(select name from stored_file o where o.id = f.file_id)', addedBy: staff('f.added_by'), addedAt: 'f.added_at' },
    sql: (json) => `coalesce((select json_agg(${json} order by f.added_at, f.file_id) from permit_file f where f.permit_id = pm.id), '[]')`,
  },
  events: {
    of: { act: 'e.act', fromState: 'e.from_state', toState: 'e.to_state', onDay: 'e.on_day', reason: 'e.reason', by: staff('e.staff_id'), at: 'e.at' },
    sql: (json) => `coalesce((select json_agg(${json} order by e.id desc) from (select * from permit_event e where e.permit_id = pm.id order by e.id desc limit 200) e), '[]')`,
  },
  project: { of: projectFacts, sql: (json) => `(select ${json} from project p where p.id = pm.project_id)` },
};

extendFacts(projectFacts, {
  permits: { of: permitFacts, sql: (json) => `coalesce((select json_agg(${json} order by pm.position, pm.code) from permit pm where pm.project_id = p.id), '[]')` },
  permitPlan: {
    of: {
      finishOn: 'z.finish_on', provisional: 'z.provisional',
      steps: {
        of: { startsOn: 's.starts_on', finishesOn: 's.finishes_on', provisional: 's.provisional', critical: 's.critical', permit: { of: permitFacts, sql: (json) => `(select ${json} from permit pm where pm.id = s.permit_id)` } },
        sql: (json) => `(select json_agg(${json} order by s.finishes_on, s.starts_on, s.n) from jsonb_to_recordset(z.steps) s (permit_id uuid, starts_on date, finishes_on date, provisional boolean, critical boolean, n int))`,
      },
    },
    sql: (json) => `(select ${json} from (select max(t.finishes_on) as finish_on, bool_or(t.provisional) as provisional, jsonb_agg(to_jsonb(t)) as steps
      from (select t.*, row_number() over () as n from permit_plan(p.id, ${TODAY}) t) t) z where z.steps is not null)`,
  },
});

/** Whether the actor sits in a department ($n departments of the actor), below it or above it. */
const seatedAt = (department: string, mine: string) => `exists (select from department ds where ds.id = ${department} and (ds.path && ${mine}::uuid[] or ds.id = any (array(select unnest(dv.path) from department dv where dv.id = any (${mine}::uuid[])))))`;
/** Whose project it is since its handoff: people of the department that accepted it, and its taskforce. $1 project, $2 the actor's departments. */
export const IN_TEAM = `
  select exists (select from project_member m where m.project_id = $1 and m.staff_id = app_staff()) or exists (select from handoff h where h.project_id = $1 and h.state = 'ACCEPTED' and ${seatedAt('h.to_department_id', '$2')}) as team,
    (select h.to_department_id from handoff h where h.project_id = $1 and h.state = 'ACCEPTED' order by h.attempt desc limit 1) as "departmentId"`;
/** One permit after its project is locked: $1 id, $2 the actor's departments. */
export const LOCK_PERMIT = `
  select pm.id, pm.version, pm.project_id, pm.code, pm.label_zh, pm.label_en, ${PERMIT_STATE} as state, pm.after, pm.round, pm.department_id, pm.staff_id, pm.express, pm.joint, pm.measured, pm.may_promise, pm.gate_item,
    pm.applied_on, pm.stopped_on, (upper(pm.stopped) - 1)::text as resumed_on, pm.granted_on, pm.promise, pm.promise_kept_on, pm.tolerated,
    (select name from department d where d.id = pm.department_id) as department, pm.department_id is not null and ${seatedAt('pm.department_id', '$2')} as mine
  from permit pm where pm.id = $1 for no key update of pm`;

/** $1 project, $2 the wanted steps as JSON, $3 day, $4 the department of those that name none of the zone. Steps whose code is there already are passed over. */
export const OPEN_PERMITS = `
  insert into permit (id, zone_id, project_id, code, position, label_zh, label_en, after, measured, allowed_days, express_days, allowed_minutes, may_promise, evidence, gate_item, department_id, act, act_on, created_by, created_at)
  select new_id(), app_zone(), $1, s.code, s.position, s.zh, s.en, s.after, s.measured, s."workingDays", s."expressWorkingDays", s.minutes, s.promise, s.evidence, s."gateItem",
    coalesce((select d.id from department d where d.name = s.department or s.department = any (d.aliases) order by d.name = s.department desc, d.id limit 1), $4::uuid), 'OPENED', $3, app_staff(), app_now()
  from jsonb_to_recordset($2::jsonb) s (code text, position int, zh text, en text, after text[], measured text, "workingDays" int, "expressWorkingDays" int, minutes int, promise boolean, evidence text[], "gateItem" text, department text)
  order by s.position on conflict (project_id, code) do nothing`;
