import { staffFacts } from '@yinfeng/directory';
import { idFact, type Facts } from '@yinfeng/platform';

/** States in which a reminder still asks for something. */
export const OPEN = `('PLANNED', 'DELIVERED')`;

/** Its day was counted through a year without a published calendar, where Monday to Friday are taken as working days. A person's own keep the day that was chosen. */
export const PROVISIONAL = `(r.state in ${OPEN} and r.kind <> 'PERSONAL' and (r.provisional or not exists (select from calendar_year y where y.published and y.year = extract(year from shanghai_day(r.due_at))::int)))`;
/** Kinds that are never silent; the database repeats them (migration 1763900000062). */
export const NEVER_MUTED = ['APPROVAL', 'ESCALATION', 'PERSONAL', 'TRANSFER'] as const;
/** Whether its person has silenced it, today; alias r. What is done or past is nobody's noise. */
export const MUTED = `(r.state in ${OPEN} and r.kind not in (${NEVER_MUTED.map((k) => `'${k}'`).join(', ')}) and exists (select from reminder_mute m where m.staff_id = r.recipient_id and m.ended_at is null
  and (m.until_on is null or m.until_on >= shanghai_day(app_now())) and (m.project_id is null or m.project_id = r.project_id) and (m.kind is null or m.kind = r.kind)))`;

const staff = (column: string) => ({ of: staffFacts, sql: (json: string) => `(select ${json} from staff s where s.id = ${column})` });

/** What can be read of a personal reminder; alias o. */
export const personalFacts: Facts = { text: 'o.content', startsOn: 'o.starts_on', time: `to_char(o.at, 'HH24:MI')`, repeat: 'o.every', untilOn: 'o.until_on', times: 'o.times', endedAt: 'o.ended_at' };
/** What can be read of a handing over; alias t. */
export const transferFacts: Facts = { from: staff('t.from_id'), to: staff('t.to_id'), givenBy: staff('t.given_by'), reason: 't.reason', at: 't.at', takenBack: '(t.given_by = t.to_id)' };

/** What can be read of a reminder; alias r. `title` is not here: the service makes it from kind and detail. Libs to the right add the project. */
export const reminderFacts: Facts = {
  id: idFact('Reminder', 'r.id'), version: 'r.version', kind: 'r.kind', state: 'r.state', dueOn: 'r.due_on', dueAt: 'r.due_at', deliveredAt: 'r.delivered_at', doneAt: 'r.done_at',
  provisional: PROVISIONAL, snoozedFrom: 'r.snoozed_from', createdAt: 'r.created_at', overdue: `(r.state in ${OPEN} and r.due_at <= app_now())`,
  muted: MUTED, handedTo: staff('r.handed_to'),
  personal: { of: personalFacts, sql: (json) => `(select ${json} from personal_reminder o where o.id = r.series_id)` },
  // The latest fifty: who has had a reminder that often needs no longer list.
  transfers: { of: transferFacts, sql: (json) => `coalesce((select json_agg(${json} order by t.at, t.id) from (select * from reminder_transfer x where x.zone_id = r.zone_id and x.cause = r.cause order by x.at desc, x.id desc limit 50) t), '[]')` },
};

/** What the title is made of; never shown as such. */
export const TITLE_FACTS: Facts = {
  kind: 'r.kind', detail: 'r.detail', dueOn: 'r.due_on', project: '(select name from project where id = r.project_id)', provisional: PROVISIONAL,
};

/**
 * One reminder for each recipient: $1 kind, $2 cause, $3 project, $4 recipients, $5 due day, $6 detail. A cause that was
 * taken back before anybody was told stands again; one that was delivered is never told twice. One row: how many rows were
 * written.
 */
export const PLAN = `
  with due as (select reminder_due_at($5::date) as at),
  put as (
    insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, created_at)
    select app_zone(), $1, $2, $3::uuid, x.id, $5::date, due.at, $6::jsonb, app_now() from due, unnest($4::uuid[]) x (id)
    on conflict (zone_id, cause, recipient_id) do update
      set state = 'PLANNED', due_on = excluded.due_on, due_at = excluded.due_at, detail = excluded.detail, done_at = null, done_by = null, version = reminder.version + 1
      where reminder.state in ('DONE', 'CANCELLED') and reminder.delivered_at is null
    returning 1)
  select count(*)::int as written from put`;

/** $1 project, $2 kinds or null (then not what somebody asked to be reminded of), $3 recipient or null, $4 beginning of the cause or null. */
export const CANCEL = `
  update reminder set state = 'CANCELLED', version = version + 1
  where project_id = $1 and state in ${OPEN} and (kind = any($2) or $2::text[] is null and kind <> 'PERSONAL') and ($3::uuid is null or recipient_id = $3) and ($4::text is null or starts_with(cause, $4))`;
export const COMPLETE_BY_ACT = `
  update reminder set state = 'DONE', done_at = app_now(), done_by = app_staff(), version = version + 1
  where project_id = $1 and state in ${OPEN} and kind = any($2::text[]) and ($3::uuid is null or recipient_id = $3) and ($4::text is null or starts_with(cause, $4))`;
/** $1 cause, $2 DONE or CANCELLED. */
export const SETTLE = `
  update reminder set state = $2, done_at = case when $2 = 'DONE' then app_now() end, done_by = case when $2 = 'DONE' then app_staff() end, version = version + 1
  where zone_id = app_zone() and cause = $1 and state in ${OPEN}`;
/** Open reminders of a project go from one person ($2) to another ($3); those the other already has are not doubled. */
export const HAND_OVER = `
  with old as (
    update reminder set state = 'CANCELLED', version = version + 1 where project_id = $1 and recipient_id = $2 and state in ${OPEN} and (kind = any($4) or $4::text[] is null and kind <> 'PERSONAL') returning *)
  insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, rule, deadline_id, provisional, created_at)
  select zone_id, kind, cause, project_id, $3::uuid, due_on, due_at, detail, rule, deadline_id, provisional, app_now() from old
  on conflict (zone_id, cause, recipient_id) do update set state = 'PLANNED', due_on = excluded.due_on, due_at = excluded.due_at, done_at = null, done_by = null, version = reminder.version + 1
    where reminder.state in ('DONE', 'CANCELLED') and reminder.delivered_at is null`;

/** $1 reminders, $2 day. */
export const PUT_OFF = `update reminder set state = 'PLANNED', due_on = $2, due_at = reminder_due_at($2), snoozed_from = due_at, snoozed_on = due_on, version = version + 1 where id = any($1::uuid[])`;
/** $1 reminders: done or put off by mistake; open again where they stood. */
export const PUT_BACK = `
  update reminder set state = case when delivered_at >= case state when 'DONE' then due_at else snoozed_from end then 'DELIVERED' else 'PLANNED' end, done_at = null, done_by = null, version = version + 1,
    due_on = case state when 'DONE' then due_on else coalesce(snoozed_on, shanghai_day(snoozed_from)) end, due_at = case state when 'DONE' then due_at else snoozed_from end,
    snoozed_from = case when state = 'DONE' then snoozed_from end, snoozed_on = case when state = 'DONE' then snoozed_on end
  where id = any($1::uuid[])`;

/** The gateway to one reminder: its recipient alone. */
export const LOCK_OWN = `select id, version, state, due_on, due_at, delivered_at from reminder where id = $1 and recipient_id = app_staff() for update`;
