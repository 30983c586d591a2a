import { idFact, type Facts } from '@yinfeng/platform';

/** States in which a reminder still asks for something. */
export const OPEN = `('PLANNED', 'DELIVERED')`;

/** Its day was counted through a year without a published calendar, where Monday to Friday are taken as working days. */
export const PROVISIONAL = `(r.state in ${OPEN} and (r.provisional or not exists (select from calendar_year y where y.published and y.year = extract(year from shanghai_day(r.due_at))::int)))`;

/** What can be read of a reminder; alias r. `title` is not here: the service makes it from kind and detail. Libs to the right add the project. */
export const reminderFacts: Facts = {
  id: idFact('Reminder', 'r.id'), version: 'r.version', kind: 'r.kind', state: 'r.state', dueOn: 'r.due_on', dueAt: 'r.due_at', deliveredAt: 'r.delivered_at', doneAt: 'r.done_at',
  provisional: PROVISIONAL, snoozedFrom: 'r.snoozed_from', createdAt: 'r.created_at', overdue: `(r.state in ${OPEN} and r.due_at <= app_now())`,
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

/** $1 project, $2 kinds or null, $3 recipient or null, $4 beginning of the cause or null. */
export const CANCEL = `
  update reminder set state = 'CANCELLED', version = version + 1
  where project_id = $1 and state in ${OPEN} and ($2::text[] is null or kind = any($2)) and ($3::uuid is null or recipient_id = $3) and ($4::text is null or starts_with(cause, $4))`;
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
    update reminder set state = 'CANCELLED', version = version + 1 where project_id = $1 and recipient_id = $2 and state in ${OPEN} and ($4::text[] is null or kind = any($4)) returning *)
  insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, rule, deadline_id, provisional, created_at)
  select zone_id, kind, cause, project_id, $3::uuid, due_on, due_at, detail, rule, deadline_id, provisional, app_now() from old
  on conflict (zone_id, cause, recipient_id) do update set state = 'PLANNED', due_on = excluded.due_on, due_at = excluded.due_at, done_at = null, done_by = null, version = reminder.version + 1
    where reminder.state in ('DONE', 'CANCELLED') and reminder.delivered_at is null`;

/** The gateway to one reminder: its recipient alone. */
export const LOCK_OWN = `select id, version, state, due_on, due_at, delivered_at from reminder where id = $1 and recipient_id = app_staff() for update`;
