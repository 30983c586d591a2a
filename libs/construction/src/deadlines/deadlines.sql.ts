import { departmentFacts, staffFacts } from '@yinfeng/directory';
import { type Actor, type Facts, idFact } from '@yinfeng/platform';
import { projectFacts, projectVisibility } from '@yinfeng/recruitment';
import { DEADLINE_KINDS } from './deadline.rules.js';

/** Who has to do it: the department that is named, else the project's; the person that is named, else, where no department is, whoever is in charge. Aliases dl and p. */
export const DEPARTMENT = 'coalesce(dl.department_id, p.department_id)';
export const PERSON = 'coalesce(dl.staff_id, case when dl.department_id is null then p.owner_id end)';
/** Asked once a statement, not once a row. */
const TODAY = '(select shanghai_day(app_now()))';
/** Past its day; alias dl. */
const OVERDUE = `dl.done_on is null and dl.due_on < ${TODAY}`;
/** Numbers of working days taken from each other; where today or the day lies in no published year the function counts, day by day. */
const LATE = `coalesce((select w.seq from working_day w where w.day <= (select shanghai_day(app_now())) and exists (select from calendar_year y where y.published and y.year = extract(year from (select shanghai_day(app_now())))) order by w.day desc limit 1)
  - (select w.seq from working_day w where w.day <= dl.due_on and w.day > dl.due_on - 15 order by w.day desc limit 1), working_days_after(dl.due_on, ${TODAY}))`;
/**
 * The deadlines that an actor may see, each with its project: of one that rests nothing is due. Who sees few projects
 * starts from those; walking the zone's days until fifty of theirs are found would read all of them.
 */
export function visibleDeadlines(actor: Actor, params: unknown[]): string {
  const visible = `p.status = 'ACTIVE' and ${projectVisibility(actor, 'p', params)}`;
  return actor.reach === 'OWN' || actor.reach === 'HANDED' ? `(select p.* from project p where ${visible} offset 0) p join deadline dl on dl.project_id = p.id` : `deadline dl join project p on p.id = dl.project_id and ${visible}`;
}
/** What people have to do, named or by being in charge; $n people. */
export const OF_PEOPLE = (people: string) => `dl.id = any(array(select x.id from deadline x where x.staff_id = any(${people})
  union all select x.id from project q join deadline x on x.project_id = q.id where q.owner_id = any(${people}) and x.staff_id is null and x.department_id is null))`;

const subject = `case dl.kind ${Object.entries(DEADLINE_KINDS).map(([kind, type]) => `when '${kind}' then '${type}:' || case when '${type}' = 'Project' then dl.project_id else dl.subject_id end`).join(' ')} end`;

/** What can be read of a deadline; alias dl, its project beside it as p. */
export const deadlineFacts: Facts = {
  id: idFact('Deadline', 'dl.id'), kind: 'dl.kind', part: `nullif(dl.part, '')`, title: 'dl.title', sinceOn: 'dl.since_on', dueOn: 'dl.due_on', provisional: 'dl.provisional', doneOn: 'dl.done_on', subjectId: subject,
  overdue: `(${OVERDUE})`,
  workingDaysOverdue: `case when ${OVERDUE} then ${LATE} end`,
  project: { of: projectFacts, sql: (json) => json },
  department: { of: departmentFacts, sql: (json) => `(select ${json} from department d where d.id = ${DEPARTMENT})` },
  staff: { of: staffFacts, sql: (json) => `(select ${json} from staff s where s.id = ${PERSON})` },
};
