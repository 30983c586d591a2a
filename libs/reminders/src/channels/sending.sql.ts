import { MUTED, PROVISIONAL } from '../reminders.sql.js';

/** $1 message. Locked for this transaction when it is claimed; whoever comes second finds none. */
export const LOCK_CLAIMED = `
  select d.id, d.channel, d.purpose, d.state, d.urgent, d.staff_id, d.endpoint_id, d.attempts, d.next_at <= app_now() as at_place, coalesce(d.first_sent_at, app_now()) as first_at,
    e.name as robot_name, e.address_sealed, e.secret_sealed, e.keyword, coalesce(e.removed_at is null and (e.enabled or d.purpose = 'TEST'), false) as robot_on,
    s.locale, s.disabled_at is not null as gone, c.address, coalesce(c.enabled, false) as mail_on, c.code_sealed, coalesce(c.code_expires_at > app_now(), false) as code_good
  from delivery d left join channel_endpoint e on e.id = d.endpoint_id left join staff s on s.id = d.staff_id left join staff_channel c on c.staff_id = d.staff_id and c.channel = d.channel
  where d.id = $1 and d.claimed_at is not null and d.state in ('WAITING', 'DOUBT') and d.next_at is not null for update of d`;

/** $1 endpoint, $2 ms between two messages. No row: the robot may not be written to yet. */
export const TAKE_TURN = `
  insert into channel_pace as p (endpoint_id, zone_id, free_at) values ($1, app_zone(), app_now() + $2 * interval '1 millisecond')
  on conflict (endpoint_id) do update set free_at = excluded.free_at where p.free_at <= app_now() returning free_at`;

/** Whom a message tells: $1 message. The recipients as actors, to look through their own wall. */
export const RECIPIENTS = `
  select s.id, s.name, s.role, s.locale, array(select s.department_id where s.department_id is not null union select m.department_id from staff_department m where m.staff_id = s.id) as department_ids,
    array(select m.department_id from staff_department m where m.staff_id = s.id and m.leads) as led_ids
  from staff s where s.disabled_at is null and s.id in (select r.recipient_id from delivery_item i join reminder r on r.id = i.reminder_id where i.delivery_id = $1 and not i.dropped)`;

/** What of a message still stands for one recipient ($2); $3: it goes again as it was, whatever was done meanwhile. `visible`: the wall on pw. */
export const standing = (visible: string) => `
  select r.id, r.cause, r.kind, r.detail, r.due_on, r.due_at, ${PROVISIONAL} as provisional, (select name from project where id = r.project_id) as project
  from delivery_item i join reminder r on r.id = i.reminder_id
  where i.delivery_id = $1 and not i.dropped and r.recipient_id = $2 and ($3 or (r.state = 'DELIVERED' and r.due_at = i.due_at and not ${MUTED}))
    and (r.project_id is null or exists (select from project pw where pw.id = r.project_id and pw.gone_at is null and ${visible}))`;

export const KEEP_ITEMS = `update delivery_item set dropped = true where delivery_id = $1 and not dropped and reminder_id <> all($2::uuid[])`;
export const BEGIN_SENDING = `update delivery set state = 'SENDING', claimed_at = null, next_at = null, attempts = attempts + 1, sending_at = app_now(), first_sent_at = coalesce(first_sent_at, app_now()), version = version + 1 where id = $1`;
export const NOTE_ATTEMPT = `insert into delivery_attempt (delivery_id, zone_id, n) values ($1, app_zone(), $2)`;
/** Who has to wait gets a place behind those who wait already; who came at its place and was a moment early waits that moment. $1 message, $2 endpoint, $3 ms between two, $4 came at its place. */
export const POSTPONE = `
  with place as (update channel_pace set last_place = case when $4 then last_place else greatest(free_at, last_place + $3 * interval '1 millisecond') end where endpoint_id = $2 returning case when $4 then free_at else last_place end as at)
  update delivery set next_at = place.at, claimed_at = app_now() from place where id = $1 returning next_at`;
export const END = `update delivery set state = $2, claimed_at = null, next_at = null, ended_at = app_now(), last_answer = $3, version = version + 1 where id = $1`;

export const LOCK_SENT = `
  select d.channel, d.state, d.attempts, d.failures, d.urgent, d.purpose, d.endpoint_id, exists (select from delivery_attempt a where a.delivery_id = d.id and a.outcome = 'DOUBT') as doubted,
    (select count(*)::int from delivery_attempt a where a.delivery_id = d.id and a.outcome = 'DOUBT') as doubts, c.quiet_from, c.quiet_to
  from delivery d left join staff_channel c on c.staff_id = d.staff_id and c.channel = d.channel where d.id = $1 for update of d`;
/** An answer that comes after the message was called doubtful does not wipe out that it was. */
export const END_ATTEMPT = `update delivery_attempt set ended_at = app_now(), outcome = $3, answer = left(case when outcome = 'DOUBT' then answer || '; later: ' else '' end || $4, 500) where delivery_id = $1 and n = $2`;
export const GO_ON = `update delivery set state = $2, next_at = $3, claimed_at = null, failures = failures + $4, last_answer = $5, ended_at = null, version = version + 1 where id = $1`;
export const BE_STILL = `update channel_pace set free_at = greatest(free_at, $2) where endpoint_id = $1`;
