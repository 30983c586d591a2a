import { departmentFacts, staffFacts } from '@yinfeng/directory';
import { type Actor, type Facts, idFact } from '@yinfeng/platform';
import { bind, projectFacts, projectVisibility } from '@yinfeng/recruitment';

const staff = (column: string) => ({ of: staffFacts, sql: (json: string) => `(select ${json} from staff s where s.id = ${column})` });
const TODAY = 'shanghai_day(app_now())';

/** What can be read of a step up; alias re. */
export const reminderEscalationFacts: Facts = {
  id: idFact('ReminderEscalation', 're.id'), version: 're.version', kind: 're.kind', rule: 're.rule', step: 're.step', level: 're.level', matter: 're.subject',
  from: staff('re.from_staff_id'), to: staff('re.to_staff_id'),
  department: { of: departmentFacts, sql: (json) => `(select ${json} from department d where d.id = re.department_id)` },
  project: { of: projectFacts, sql: (json) => `(select ${json} from project p where p.id = re.project_id)` },
  sinceOn: 're.since_on', openedOn: 're.opened_on', openedAt: 're.opened_at', workingDays: `working_days_after(re.since_on, coalesce(shanghai_day(re.closed_at), ${TODAY}))`,
  state: 're.state', answer: 're.answer', answerHow: 're.answer_how', answerUntil: 're.answer_until', answeredBy: staff('re.answered_by'), answeredAt: 're.answered_at', closedHow: 're.closed_how', closedAt: 're.closed_at',
};

/**
 * Whose steps an actor sees: those about projects that the actor may see; of what is about none, or a person's own
 * business, those that name the actor, those of the actor's unit, and the zone's for who sees the zone.
 */
export function visibleSteps(actor: Actor, alias: string, params: unknown[]): string {
  if (actor.reach === 'NONE' || actor.staffId === null) return 'false';
  const project = projectVisibility(actor, 'pv', params);
  const seen = project === 'true' ? 'true' : `exists (select from project pv where pv.id = ${alias}.project_id and ${project})`;
  const me = bind(params, actor.staffId);
  const led = actor.reach === 'UNIT' ? actor.departmentIds : actor.reach === 'GROUP' ? actor.ledDepartmentIds : [];
  const unit = actor.reach === 'ZONE' ? 'true' : `${alias}.department_id = any(array(select dv.id from department dv where dv.path && ${bind(params, led)}::uuid[]))`;
  return `case when ${alias}.project_id is not null and ${alias}.kind <> 'PERSONAL' then exists (select from project pz where pz.id = ${alias}.project_id) and ${seen} else ${alias}.from_staff_id = ${me} or ${alias}.to_staff_id = ${me} or ${unit} end`;
}

export interface WeekQuestion {
  /** A day of the week. */
  from: string;
  to: string;
  /** Of this unit and all below it. */
  departmentId?: string | null;
  levels?: string[] | null;
  sources?: string[] | null;
  answered?: boolean | null;
  projectId?: string | null;
  /** Let lie by who asks. */
  mine?: boolean | null;
  /** Exactly this unit, level and source: the rows of a figure. */
  exact?: { departmentId: string | null; level: string; source: string } | null;
}

/**
 * Both ladders as one table, alias w: what lights and persons opened and what reminders that nobody acted on did, of one
 * week, as far as the actor sees it.
 */
export function weekRows(actor: Actor, q: WeekQuestion, params: unknown[]): string {
  if (actor.reach === 'NONE' || actor.staffId === null) return `(select null::uuid as id where false) w`;
  const [from, to] = [bind(params, q.from), bind(params, q.to)];
  const project = projectVisibility(actor, 'p', params);
  const rows = `(
    select 'Escalation:' || es.id as node, es.id, case when es.streak_id is null then 'PERSON' else 'LIGHT' end as source, es.level, jsonb_build_object('zh', es.level_zh, 'en', es.level_en) as label, es.matter, es.project_id,
      coalesce((select l.department_id from project_light l where l.id = es.light_id), p.department_id) as department_id, coalesce(es.opened_by, p.owner_id) as from_id, es.to_staff_id as to_id,
      coalesce((select coalesce(l.from_on, l.since_on) from project_light l where l.id = es.light_id), es.opened_on) as since_on, es.opened_on, es.opened_at, es.state, es.answer, es.answered_by, es.answered_at, es.closed_at
    from escalation es join project p on p.id = es.project_id where es.opened_on between ${from}::date and ${to}::date and ${project}
    union all
    select 'ReminderEscalation:' || re.id, re.id, 'REMINDER', re.level, jsonb_build_object('code', re.level), re.subject, re.project_id, re.department_id, re.from_staff_id, re.to_staff_id,
      re.since_on, re.opened_on, re.opened_at, re.state, re.answer, re.answered_by, re.answered_at, re.closed_at
    from reminder_escalation re where re.opened_on between ${from}::date and ${to}::date and ${visibleSteps(actor, 're', params)}) w`;
  const where: string[] = [];
  if (q.departmentId) where.push(`w.department_id in (select d.id from department d where d.path && array[${bind(params, q.departmentId)}]::uuid[])`);
  if (q.levels) where.push(`w.level = any(${bind(params, q.levels)}::text[])`);
  if (q.sources) where.push(`w.source = any(${bind(params, q.sources)}::text[])`);
  if (q.answered != null) where.push(`(w.answered_at is not null) = ${bind(params, q.answered)}`);
  if (q.projectId) where.push(`w.project_id = ${bind(params, q.projectId)}`);
  if (q.mine) where.push(`w.from_id = ${bind(params, actor.staffId)}`);
  if (q.exact) where.push(`w.department_id is not distinct from ${bind(params, q.exact.departmentId)}::uuid and w.level = ${bind(params, q.exact.level)} and w.source = ${bind(params, q.exact.source)}`);
  return where.length ? `(select * from ${rows} where ${where.join(' and ')}) w` : rows;
}

/** What can be read of a row of the week; alias w. */
export const weeklyEscalationFacts: Facts = {
  escalationId: 'w.node', source: 'w.source', level: 'w.level', label: 'w.label', matter: 'w.matter', from: staff('w.from_id'), to: staff('w.to_id'),
  department: { of: departmentFacts, sql: (json) => `(select ${json} from department d where d.id = w.department_id)` },
  project: { of: projectFacts, sql: (json) => `(select ${json} from project p where p.id = w.project_id)` },
  sinceOn: 'w.since_on', openedOn: 'w.opened_on', openedAt: 'w.opened_at', workingDays: `working_days_after(w.since_on, coalesce(shanghai_day(w.closed_at), ${TODAY}))`,
  state: 'w.state', answered: '(w.answered_at is not null)', answer: 'w.answer', answeredBy: staff('w.answered_by'), answeredAt: 'w.answered_at', closedAt: 'w.closed_at',
};
