import { departmentFacts, staffFacts } from '@yinfeng/directory';
import { extendFacts, idFact, type Facts } from '@yinfeng/platform';
import { projectFacts } from '@yinfeng/recruitment';

const staff = (column: string) => ({ of: staffFacts, sql: (json: string) => `(select ${json} from staff s where s.id = ${column})` });
const department = (column: string) => ({ of: departmentFacts, sql: (json: string) => `(select ${json} from department d where d.id = ${column})` });

/** What can be read of a handoff; alias h. */
export const handoffFacts: Facts = {
  id: idFact('Handoff', 'h.id'), version: 'h.version', attempt: 'h.attempt', state: 'h.state', note: 'h.note', submittedAt: 'h.submitted_at', dueOn: 'h.due_on', decidedAt: 'h.decided_at', returnReason: 'h.return_reason',
  overdue: `(h.state = 'SUBMITTED' and h.due_on < shanghai_day(app_now()))`,
  checklist: { of: { item: `c.v ->> 'item'`, done: `coalesce((c.v ->> 'done')::boolean, false)`, note: `c.v ->> 'note'` }, sql: (json) => `coalesce((select json_agg(${json} order by c.n) from jsonb_array_elements(h.checklist) with ordinality as c (v, n)), '[]')` },
  fromDepartment: department('h.from_department_id'), toDepartment: department('h.to_department_id'), submittedBy: staff('h.submitted_by'), decidedBy: staff('h.decided_by'),
  project: { of: projectFacts, sql: (json) => `(select ${json} from project p where p.id = h.project_id)` },
};

// A project shows its latest attempt; earlier ones are in its list of handoffs and on its timeline.
extendFacts(projectFacts, { handoff: { of: handoffFacts, sql: (json) => `(select ${json} from handoff h where h.project_id = p.id order by h.attempt desc limit 1)` } });

/** The gateway to one handoff, after its project is locked: $1 id. `mine`: the actor sits in the receiving department or below it ($2 the actor's departments). */
export const LOCK_HANDOFF = `
  select h.id, h.version, h.project_id, h.attempt, h.state, h.submitted_by, h.from_department_id, h.to_department_id, (select name from staff where id = h.decided_by) as decided_by_name,
    exists (select from department d where d.id = any($2::uuid[]) and h.to_department_id = any(d.path)) as mine
  from handoff h where h.id = $1 for update of h`;

export const INSERT_HANDOFF = `
  insert into handoff (id, zone_id, project_id, attempt, from_department_id, to_department_id, checklist, note, submitted_by, submitted_at, due_on)
  values ($1, app_zone(), $2, $3, $4, $5, $6, $7, app_staff(), app_now(), $8)`;

/** Who can decide in a department ($1) or below it: enabled people of roles $2, not the one who acts. */
export const RECEIVERS = `
  with below as (select id from department where path && array[$1::uuid])
  select s.id from staff s where s.role = any($2::text[]) and s.disabled_at is null and s.id is distinct from app_staff()
    and (s.department_id in (select id from below) or exists (select from staff_department m where m.staff_id = s.id and m.department_id in (select id from below)))`;
