import { departmentFacts, staffFacts } from '@yinfeng/directory';
import { extendFacts, type Facts, idFact } from '@yinfeng/platform';
import { projectFacts } from '@yinfeng/recruitment';
import { DEADLINE_KINDS } from '../deadlines/deadline.rules.js';

const staff = (column: string) => ({ of: staffFacts, sql: (json: string) => `(select ${json} from staff s where s.id = ${column})` });
const department = (column: string) => ({ of: departmentFacts, sql: (json: string) => `(select ${json} from department d where d.id = ${column})` });
const project = (column: string) => ({ of: projectFacts, sql: (json: string) => `(select ${json} from project p where p.id = ${column})` });
/** Both languages; the edge takes the caller's. */
const words = (path: string) => `json_build_object('zh', ${path} ->> 'zh', 'en', ${path} ->> 'en')`;
const subjectTypes = Object.entries(DEADLINE_KINDS).map(([kind, type]) => `when '${kind}' then '${type}:' || case when '${type}' = 'Project' then pl.project_id::text else pl.facts ->> 'subject' end`).join(' ');

/** What is measured goes on while the light shows; a schedule is as it was when the month was looked at. */
const NOW = `case when pl.until_on is not null or pl.from_on is null then pl.value when pl.measure = 'STATISTICS_MISSING' then months_past(pl.from_on, shanghai_day(app_now()))
  when pl.measure = 'START_OVERDUE' then extract(year from shanghai_day(app_now())) * 12 + extract(month from shanghai_day(app_now())) - extract(year from pl.from_on) * 12 - extract(month from pl.from_on)
  when pl.measure in ('SCHEDULE_BEHIND', 'SCHEDULE_AHEAD', 'DUTY_MISSED', 'REMINDER_ESCALATED') then pl.value else working_days_after(pl.from_on, shanghai_day(app_now())) end`;

const VALUE = `trim_scale((${NOW})::numeric)::text`;

/** What can be read of a light by rule; alias pl. */
export const lightFacts: Facts = {
  id: idFact('ProjectLight', 'pl.id'), rule: 'pl.rule', light: 'pl.light', award: 'pl.award', measure: 'pl.measure', value: VALUE, measured: `json_build_object('measure', pl.measure, 'value', ${VALUE})`, fromOn: 'pl.from_on', sinceOn: 'pl.since_on', untilOn: 'pl.until_on',
  label: words('pl.words'), meaning: words(`(pl.words -> 'meaning')`), title: `pl.facts ->> 'title'`, count: `(pl.facts ->> 'count')::int`, subjectId: `case pl.facts ->> 'kind' ${subjectTypes} end`,
  department: department('pl.department_id'),
  next: { of: { level: `pl.next ->> 'level'`, label: words('pl.next'), on: `pl.next ->> 'on'`, who: staff(`(pl.next ->> 'staff')::uuid`) }, sql: (json) => `case when pl.next is not null then ${json} end` },
  project: project('pl.project_id'),
};

/** What can be read of an escalation; alias es. */
export const escalationFacts: Facts = {
  id: idFact('Escalation', 'es.id'), version: 'es.version', rule: 'es.rule', light: 'es.light', level: 'es.level', label: `json_build_object('zh', es.level_zh, 'en', es.level_en)`, matter: 'es.matter',
  openedOn: 'es.opened_on', openedAt: 'es.opened_at', openedBy: staff('es.opened_by'), to: staff('es.to_staff_id'), dueOn: 'es.due_on', overdue: `(es.state = 'OPEN' and es.due_on < shanghai_day(app_now()))`, state: 'es.state',
  answer: 'es.answer', answerFileId: idFact('StoredFile', 'es.answer_file_id'), answeredBy: staff('es.answered_by'), answeredAt: 'es.answered_at',
  closedHow: 'es.closed_how', closedBy: staff('es.closed_by'), closedAt: 'es.closed_at', closeReason: 'es.close_reason',
  next: {
    of: { level: `pl.next ->> 'level'`, label: words('pl.next'), on: `pl.next ->> 'on'`, who: staff(`(pl.next ->> 'staff')::uuid`) },
    sql: (json) => `(select ${json} from project_light pl where pl.streak_id = es.streak_id and pl.until_on is null and pl.next is not null and es.state <> 'CLOSED')`,
  },
  project: project('es.project_id'),
};

extendFacts(projectFacts, {
  lights: { of: lightFacts, sql: (json) => `coalesce((select json_agg(${json} order by pl.award, pl.light desc, pl.since_on, pl.rule) from project_light pl where pl.project_id = p.id and pl.until_on is null and p.status = 'ACTIVE'), '[]')` },
  escalations: { of: escalationFacts, sql: (json) => `coalesce((select json_agg(${json} order by es.opened_on desc, es.id desc) from escalation es where es.project_id = p.id), '[]')` },
});
