import { departmentFacts, staffFacts } from '@yinfeng/directory';
import { extendFacts, type Facts, idFact } from '@yinfeng/platform';
import { projectFacts } from '@yinfeng/recruitment';

const staff = (column: string) => ({ of: staffFacts, sql: (json: string) => `(select ${json} from staff s where s.id = ${column})` });
/** The order in which roles are read out. */
export const ROLE_ORDER = `array_position('{LEADER,AGENT,SECRETARY,CONTACT,MEMBER}'::text[], tm.role)`;

/** What can be read of somebody's time in a taskforce; alias tm. */
export const memberFacts: Facts = {
  id: idFact('TaskforceMember', 'tm.id'), role: 'tm.role', sinceOn: 'tm.since_on', untilOn: 'tm.until_on', addedAt: 'tm.added_at', endedAt: 'tm.ended_at', endReason: 'tm.end_reason',
  staff: staff('tm.staff_id'), addedBy: staff('tm.added_by'), endedBy: staff('tm.ended_by'),
};
const members = (which: string) => ({ of: memberFacts, sql: (json: string) => `coalesce((select json_agg(${json} order by ${ROLE_ORDER}, tm.since_on, tm.id) from taskforce_member tm where tm.taskforce_id = t.id and ${which}), '[]')` });

/** What can be read of a taskforce; alias t. */
export const taskforceFacts: Facts = {
  id: idFact('Taskforce', 't.id'), version: 't.version', formedOn: 't.formed_on', note: 't.note', dissolvedOn: 't.dissolved_on', dissolveReason: 't.dissolve_reason',
  formedBy: staff('t.formed_by'), dissolvedBy: staff('t.dissolved_by'),
  members: members(`tm.until_on is not distinct from t.dissolved_on`), history: members('true'),
  departments: {
    of: departmentFacts,
    sql: (json) => `coalesce((select json_agg(${json} order by d.name, d.id) from taskforce_department td join department d on d.id = td.department_id where td.taskforce_id = t.id and td.until_on is not distinct from t.dissolved_on), '[]')`,
  },
  project: { of: projectFacts, sql: (json) => `(select ${json} from project p where p.id = t.project_id)` },
};
extendFacts(projectFacts, { taskforce: { of: taskforceFacts, sql: (json) => `(select ${json} from taskforce t where t.project_id = p.id and t.dissolved_on is null)` } });

/** How many projects each secretary serves, of taskforces that stand and projects under way; `who` narrows m.staff_id. Over the whole zone. */
export const secretaryLoads = (who: string) => `
  select m.staff_id as id, s.name, count(distinct p.id)::int as projects
  from taskforce_member m join staff s on s.id = m.staff_id join taskforce t on t.id = m.taskforce_id and t.dissolved_on is null join project p on p.id = t.project_id and p.status = 'ACTIVE'
  where m.role = 'SECRETARY' and m.until_on is null and ${who} group by 1, 2`;
