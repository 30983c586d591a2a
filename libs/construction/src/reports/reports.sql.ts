import { departmentFacts, staffFacts } from '@yinfeng/directory';
import { type Actor, idFact, type Facts } from '@yinfeng/platform';
import { bind } from '@yinfeng/recruitment';
import { EXPLAINED, MOVED, MOVES, UNDER_WAY } from './progress.sql.js';
import { isFault, type ReportCheck } from './report.rules.js';

/** Departments of an array and all below them. */
const below = (departments: string): string => `array(select dv.id from department dv where dv.path && ${departments}::uuid[])`;

/** Whose reports an actor sees, as a condition on a column of departments: one's own unit, for heads all below theirs, for the zone all. */
export function unitVisibility(actor: Actor, column: string, params: unknown[]): string {
  if (actor.reach === 'ZONE') return 'true';
  if (actor.reach === 'NONE' || actor.staffId === null) return 'false';
  const own = `${column} = any(${bind(params, actor.departmentIds)}::uuid[])`;
  if (actor.reach === 'OWN' || actor.reach === 'HANDED') return own;
  return `(${own} or ${column} = any(${below(bind(params, actor.reach === 'GROUP' ? actor.ledDepartmentIds : actor.departmentIds))}))`;
}

/** What a check looks at: a filing's columns, or values put in their place. */
export interface Question {
  unit: string;
  month: string;
  fromOn: string;
  dueOn: string;
  /** Array of text. */
  stages: string;
}
/** The columns of a filing, alias f. */
export const OF_FILING: Question = { unit: 'f.department_id', month: 'f.month', fromOn: 'f.from_on', dueOn: 'f.due_on', stages: `array(select jsonb_array_elements_text(f.rule -> 'stages'))` };

const LAST = (month: string): string => `(${month} + interval '1 month' - interval '1 day')::date`;

/** Which projects p a check finds, whatever their unit. `moved`: whether p moved in the month, and since the last hand-in. */
function wanted(check: ReportCheck, q: Question, moved: { inMonth: () => string; since: () => string }): string {
  // Asked for where it is used alone: a value may be a parameter.
  const open = () => `p.status = 'ACTIVE' and p.stage::text = any(${q.stages})`;
  switch (check) {
    case 'NO_PROGRESS_REASONS':
      return `${UNDER_WAY(LAST(q.month), q.stages)} and not ${moved.inMonth()} and not ${EXPLAINED(q.month)}`;
    case 'NEXT_STEPS':
      // What, who, when (domain.md A1 row 39).
      return `${open()} and (coalesce(trim(p.next_step), '') = '' or p.next_follow_up_on is null or p.owner_id is null)`;
    case 'VISITS_LOGGED':
      return `${open()} and p.next_follow_up_on < least(${q.dueOn}, shanghai_day(app_now())) and not exists (select from visit gv where gv.project_id = p.id and gv.visited_on >= p.next_follow_up_on)`;
    case 'CHANGED_PROJECTS':
      return `p.status = 'ACTIVE' and ${moved.since()}`;
  }
}
/** Which projects p of the unit a check finds. What is frozen is asked elsewhere. */
export const found = (check: ReportCheck, q: Question, moved = MOVED): string => `p.department_id = any(${below(`array[${q.unit}]`)}) and ${wanted(check, q, { inMonth: () => moved(q.month, LAST(q.month)), since: () => moved(`${q.fromOn} + 1`, q.dueOn) })}`;
/** The same of a report that was handed in or excused: the projects kept with that act. */
export const kept = (check: ReportCheck, act: string): string => `p.id in (select g.project_id from report_gap g where g.act_id = ${act} and g.kind = '${check}')`;

const staff = (column: string) => ({ of: staffFacts, sql: (json: string) => `(select ${json} from staff s where s.id = ${column})` });
const file = (column: string) => ({ of: { id: idFact('StoredFile', 'sf.id'), name: 'sf.name', mediaType: 'sf.media_type' }, sql: (json: string) => `(select ${json} from stored_file sf where sf.id = ${column})` });

const CHECKS: readonly ReportCheck[] = ['NO_PROGRESS_REASONS', 'NEXT_STEPS', 'VISITS_LOGGED', 'CHANGED_PROJECTS'];
/**
 * What the checks find of all open filings of a page (relation `page`), for `missing` of filingFacts. Filings ask few
 * questions: the same month, the same days. Each question goes once over the projects of all their units, and is summed for
 * each unit by its departments. `seen`: which projects p the reader sees.
 */
export const COUNTED = (seen: string): string => {
  const moves = (from: string, to: string) => MOVES(null, (day) => `${day} between ${from} and ${to}`);
  const asks = (check: ReportCheck) => `rule -> 'checks' ? '${check}'`;
  const q: Question = { ...OF_FILING, stages: 'f.stages' };
  const mine = `p.department_id = any(array(select department_id from unit)) and ${seen}`;
  const moved = { inMonth: () => '(im.project_id is not null)', since: () => 'true' };
  const sum = (check: ReportCheck, same: string) => `(select coalesce(sum(k.n), 0)::int from unit u join k_${check.toLowerCase()} k on k.department_id = u.department_id where u.id = f.id and ${same}) as ${check.toLowerCase()}`;
  const ask = (check: ReportCheck, columns: string, from: string) => `
  k_${check.toLowerCase()} as materialized (select ${columns}, p.department_id, count(*) as n from ${from} where ${mine} and ${wanted(check, q, moved)} group by ${columns}, p.department_id)`;
  const distinct = (check: ReportCheck, columns: string) => `(select distinct ${columns} from open where ${asks(check)}) f`;
  return `
  open as materialized (select *, array(select jsonb_array_elements_text(rule -> 'stages')) as stages from page where state = 'DUE'),
  unit as materialized (select f.id, ud.id as department_id from open f join department ud on f.department_id = any(ud.path)),
  in_month as materialized (select distinct x.month, t.project_id from (select distinct month from open where ${asks('NO_PROGRESS_REASONS')}) x cross join lateral (${moves('x.month', LAST('x.month'))}) t),
  in_span as materialized (select distinct f.from_on, f.due_on, t.project_id from ${distinct('CHANGED_PROJECTS', 'from_on, due_on')} cross join lateral (${moves('f.from_on + 1', 'f.due_on')}) t),
  ${ask('NO_PROGRESS_REASONS', 'f.month, f.stages', `${distinct('NO_PROGRESS_REASONS', 'month, stages')} cross join project p left join in_month im on im.month = f.month and im.project_id = p.id`)},
  ${ask('NEXT_STEPS', 'f.stages', `${distinct('NEXT_STEPS', 'stages')} cross join project p`)},
  ${ask('VISITS_LOGGED', 'f.due_on, f.stages', `${distinct('VISITS_LOGGED', 'due_on, stages')} cross join project p`)},
  ${ask('CHANGED_PROJECTS', 'f.from_on, f.due_on', 'in_span f join project p on p.id = f.project_id')},
  counted as materialized (select f.id, ${sum('NO_PROGRESS_REASONS', 'k.month = f.month and k.stages = f.stages')}, ${sum('NEXT_STEPS', 'k.stages = f.stages')}, ${sum('VISITS_LOGGED', 'k.due_on = f.due_on and k.stages = f.stages')}, ${sum('CHANGED_PROJECTS', 'k.from_on = f.from_on and k.due_on = f.due_on')} from open f)`;
};
/** What a check finds of filing f, and how many of the projects that this reader sees. */
const missing = (seen: string) => CHECKS.map((check, i) => `select ${i} as position, '${check}' as "check", ${isFault(check)} as fault,
  case when f.state = 'DUE' then coalesce((select c.${check.toLowerCase()} from counted c where c.id = f.id), 0) else (select count(*)::int from project p where ${kept(check, 'f.last_act_id')} and ${seen}) end as count where f.rule -> 'checks' ? '${check}'`).join(' union all ');

/** What can be read of a filing; alias f. `missing` stands on COUNTED. `seen`: which projects p the reader sees. */
export const filingFacts = (seen: string): Facts => ({
  id: idFact('ReportFiling', 'f.id'), version: 'f.version', code: 'f.code', label: `json_build_object('zh', f.label_zh, 'en', f.label_en)`, periodOn: 'f.period_on', month: 'f.month', fromOn: 'f.from_on', dueOn: 'f.due_on', dueAt: 'f.due_at',
  provisional: 'f.provisional', openedAt: 'f.opened_at', state: 'f.state', overdue: `(f.state = 'DUE' and f.due_at < app_now())`, filedAt: 'f.filed_at', note: 'f.note', excusedAt: 'f.excused_at', reason: 'f.reason',
  department: { of: departmentFacts, sql: (json) => `(select ${json} from department d where d.id = f.department_id)` },
  filedBy: staff('f.filed_by'), excusedBy: staff('f.excused_by'), file: file('f.file_id'),
  missing: { of: { check: 'm."check"', fault: 'm.fault', count: 'm.count' }, sql: (json) => `(select coalesce(json_agg(${json} order by m.position), '[]') from (${missing(seen)}) m)` },
  told: {
    of: { staff: staff('t.recipient_id'), at: 't.delivered_at', late: 't.late' },
    sql: (json) => `(select coalesce(json_agg(${json} order by t.delivered_at, t.id), '[]') from (
      select r.id, r.recipient_id, r.delivered_at, c.late from (select 'AHEAD:' || n as part, false as late from jsonb_array_elements_text(f.rule -> 'remindWorkingDaysBefore') n union all select 'LATE:' || (l ->> 'who'), true from jsonb_array_elements(f.rule -> 'late') l) c
      join reminder r on r.zone_id = f.zone_id and r.cause = 'REPORT:' || f.id || ':' || c.part where r.delivered_at is not null) t)`,
  },
  acts: {
    of: { act: 'a.act', at: 'a.at', by: staff('a.by'), words: 'a.words', late: 'a.late', file: file('a.file_id') },
    sql: (json) => `(select coalesce(json_agg(${json} order by a.at desc, a.id desc), '[]') from report_act a where a.filing_id = f.id)`,
  },
});

/** Where days go that are days off. $1 days. */
export const ROLLED = `select u.day::text as day, w.due::text as due, w.provisional from unnest($1::date[]) u (day) cross join lateral working_due(u.day, 0) w`;

/**
 * $1 periods as JSON: those to be open and those still to come, each with its units. Opens what is to be open; what has
 * passed only of units that handed the same report in before, so that a zone is asked for nothing of the time before it
 * began. What is still to come follows the rule; what the rule no longer asks for, and nobody has touched, goes.
 * One row: how many were opened, changed and dropped.
 */
const PERIODS = `
  period as materialized (select x.* from jsonb_to_recordset($1::jsonb) x (code text, zh text, en text, period_on date, month date, from_on date, due_on date, due_at timestamptz, provisional boolean, rule jsonb, units uuid[], "open" boolean)),
  wanted as materialized (select p.*, u.id as department_id from period p cross join lateral unnest(p.units) u (id))`;
export const OPEN_REPORTS = `
  with ${PERIODS},
  put as (
    insert into report_filing (id, zone_id, department_id, code, label_zh, label_en, period_on, month, from_on, due_on, due_at, provisional, rule, opened_at)
    select new_id(), app_zone(), w.department_id, w.code, w.zh, w.en, w.period_on, w.month, w.from_on, w.due_on, w.due_at, w.provisional, w.rule, app_now() from wanted w
    where w."open" and (w.due_at > app_now() or exists (select from report_filing o where o.department_id = w.department_id and o.code = w.code and o.opened_at < w.due_at))
    on conflict (department_id, code, period_on) do nothing returning 1)
  select count(*)::int as opened from put`;
export const FOLLOW_RULE = `
  with ${PERIODS}
  update report_filing f set label_zh = w.zh, label_en = w.en, month = w.month, from_on = w.from_on, due_on = w.due_on, due_at = w.due_at, provisional = w.provisional, rule = w.rule, version = f.version + 1
  from wanted w where w.department_id = f.department_id and w.code = f.code and w.period_on = f.period_on and f.state = 'DUE' and f.due_at > app_now()
    and (f.label_zh, f.label_en, f.month, f.from_on, f.due_at, f.provisional, f.rule) is distinct from (w.zh, w.en, w.month, w.from_on, w.due_at, w.provisional, w.rule)`;
export const DROP_UNASKED = `
  with ${PERIODS}
  delete from report_filing f where f.state = 'DUE' and f.last_act_id is null and f.due_at > app_now()
    and not exists (select from wanted w where w.department_id = f.department_id and w.code = f.code and w.period_on = f.period_on)`;
/** Of a filing that is gone, handed in or excused nobody is reminded any more, nor on a day that its rule no longer names. */
export const DROP_REMINDERS = `
  update reminder r set state = 'CANCELLED', version = r.version + 1
  where r.kind = 'REPORT' and r.state in ('PLANNED', 'DELIVERED') and not exists (select from report_filing f where f.id = (r.detail ->> 'filingId')::uuid and f.state = 'DUE'
    and (r.state = 'DELIVERED' or split_part(r.cause, ':', 4) in (select jsonb_array_elements_text(f.rule -> 'remindWorkingDaysBefore') union all select x ->> 'who' from jsonb_array_elements(f.rule -> 'late') x)))`;

/**
 * Tells of what is open: whoever of the unit hands in, on the days of the rule; when it is late the heads, step by step.
 * A unit without anybody who hands in: its nearest head. A day that came before the report was opened is left out. Later
 * days than today are planned ahead for the hand-in alone: who is told of lateness is settled on the day. Locks the filings.
 */
export const PLAN_REPORTS = (heads: string): string => `
  with ${heads},
  reached as (select department_id, staff_id, depth, max(depth) over (partition by department_id) as nearest from head),
  seat as (
    select s.id, s.role, s.department_id from staff s where s.disabled_at is null and s.department_id is not null
    union select s.id, s.role, m.department_id from staff_department m join staff s on s.id = m.staff_id where s.disabled_at is null),
  due as materialized (select f.*, d.path, d.name as unit from report_filing f join department d on d.id = f.department_id where f.state = 'DUE' and f.due_on > shanghai_day(app_now()) - 92 for no key update of f),
  filer as (
    select f.id, s.id as staff_id from due f join seat s on s.department_id = f.department_id and f.rule -> 'filers' ? s.role
    union
    select f.id, h.staff_id from due f join reached h on h.department_id = f.department_id and h.depth = h.nearest
    where not exists (select from seat s where s.department_id = f.department_id and f.rule -> 'filers' ? s.role)),
  told as (
    select f.id, f.unit, f.label_zh, f.label_en, f.due_at, f.due_on, f.provisional, 'AHEAD:' || n as part, case n when '0' then f.due_on else working_before(f.due_on, n::int) end as day, w.staff_id
    from due f cross join lateral jsonb_array_elements_text(f.rule -> 'remindWorkingDaysBefore') n join filer w on w.id = f.id where f.due_at > app_now()
    union all
    select f.id, f.unit, f.label_zh, f.label_en, f.due_at, f.due_on, f.provisional, 'LATE:' || l.who, case l.after when 0 then f.due_on else (working_due(f.due_on, l.after)).due end, w.staff_id
    from due f cross join lateral (select x ->> 'who' as who, (x ->> 'afterWorkingDays')::int as after from jsonb_array_elements(f.rule -> 'late') x) l
    cross join lateral (
      select h.staff_id from reached h where l.who = 'HEAD' and h.department_id = f.department_id and h.depth = h.nearest
      union
      select h.staff_id from reached h where l.who = 'HEAD_ABOVE' and h.department_id = f.department_id
        and h.depth = (select max(a.depth) from reached a where a.department_id = f.department_id and a.depth < cardinality(f.path))
      union
      select s.id from staff s where l.who = 'ZONE_LEADER' and s.role = 'LEADER' and s.disabled_at is null) w
    where f.due_at < app_now()),
  plan as (
    select distinct on (t.id, t.part, t.staff_id) t.*, f.opened_at, coalesce(reminder_due_at(t.day), shanghai_midnight((working_due(t.day, 0)).due) + interval '9 hours') as due_at_
    from told t join report_filing f on f.id = t.id
    where case when t.part like 'AHEAD:%' then t.day >= shanghai_day(f.opened_at) else t.day <= shanghai_day(app_now()) end
    order by t.id, t.part, t.staff_id)
  insert into reminder (zone_id, kind, cause, recipient_id, due_on, due_at, provisional, detail, created_at)
  select app_zone(), 'REPORT', 'REPORT:' || p.id || ':' || p.part, p.staff_id, p.day, p.due_at_, p.provisional,
    jsonb_build_object('act', case when p.part like 'LATE:%' then 'LATE' when p.part = 'AHEAD:0' then 'DAY' else 'AHEAD' end, 'filingId', p.id, 'unit', p.unit, 'labelZh', p.label_zh, 'labelEn', p.label_en,
      'dueAt', to_char(p.due_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI'), 'provisional', case when p.provisional then 1 end), app_now()
  from plan p
  on conflict (zone_id, cause, recipient_id) do update set state = 'PLANNED', due_on = excluded.due_on, due_at = excluded.due_at, provisional = excluded.provisional, detail = excluded.detail, version = reminder.version + 1
    where reminder.delivered_at is null and (reminder.state = 'CANCELLED' or reminder.state = 'PLANNED' and reminder.snoozed_from is null and (reminder.due_at, reminder.detail) is distinct from (excluded.due_at, excluded.detail))`;
/** What was handed in or excused asks nobody any more. $1 causes. */
export const SETTLE_REPORT = `
  update reminder set state = case when delivered_at is null then 'CANCELLED' else 'DONE' end, done_at = case when delivered_at is not null then app_now() end, done_by = case when delivered_at is not null then app_staff() end, version = version + 1
  where zone_id = app_zone() and cause = any($1::text[]) and state in ('PLANNED', 'DELIVERED')`;
