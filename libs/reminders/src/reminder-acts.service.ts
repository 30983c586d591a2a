import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, type Locale, newId, once, Refusal, type Role, staffActor, type Tx } from '@yinfeng/platform';
import { PersonalRemindersService } from './personal.service.js';
import { whyNotHanded } from './reminder-acts.rules.js';
import { type ReminderDetail, type ReminderKind, type ReminderState, reminderStateWord } from './reminder-text.rules.js';
import { OPEN, PUT_BACK, PUT_OFF } from './reminders.sql.js';
import { demandSnooze, type ProjectWall, type ReminderComplete, RemindersService, snoozeDay, type SnoozeUntil } from './reminders.service.js';

export interface ReminderItem {
  reminderId: string | null;
  expectedVersion: number;
}
export interface RemindersAct {
  idempotencyKey?: string | null;
  /** At most REMINDERS_AT_ONCE. */
  items: readonly ReminderItem[];
}
export interface RemindersSnooze extends RemindersAct, SnoozeUntil {}
export interface ReminderReassign extends ReminderComplete {
  toStaffId: string | null;
  reason?: string | null;
}
/** What became of each reminder asked for, in the order asked. */
export interface RemindersOutcome {
  changed: number;
  items: { reminderId: string | null; refusal: { code: 'NOT_FOUND' | 'CONFLICT' | 'REMINDER_STATE'; params: Record<string, string | number> } | null }[];
}
export const REMINDERS_AT_ONCE = 100;
const LONGEST_REASON = 500;

interface Own {
  id: string; version: number; kind: ReminderKind; cause: string; state: ReminderState; project_id: string | null; recipient_id: string; due_on: string; due: boolean; detail: ReminderDetail; series_id: string | null; handed_to: string | null; snoozed: boolean;
}
const OWN = `id, version, kind, cause, state, project_id, recipient_id, due_on::text, due_at <= app_now() as due, detail, series_id, handed_to, snoozed_from is not null as snoozed`;
const isOpen = (r: Own) => r.state === 'PLANNED' || r.state === 'DELIVERED';

/** Whoever is to have it, as an actor: what they may see decides. $1 person. */
const COLLEAGUE = `
  select s.id, s.name, s.role, s.locale, array(select s.department_id where s.department_id is not null union select m.department_id from staff_department m where m.staff_id = s.id) as department_ids,
    array(select m.department_id from staff_department m where m.staff_id = s.id and m.leads) as led_ids
  from staff s where s.id = $1 and s.disabled_at is null`;
interface Colleague { id: string; name: string; role: Role; locale: Locale; department_ids: string[]; led_ids: string[] }

/** The same cause for another person; $1 the reminder, $2 person, $3 detail. What is due already comes at once. No row: that person has it open. */
const GIVE = `
  insert into reminder as x (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, rule, deadline_id, provisional, created_at)
  select r.zone_id, r.kind, r.cause, r.project_id, $2::uuid, r.due_on, greatest(r.due_at, app_now()), $3::jsonb, r.rule, r.deadline_id, r.provisional, app_now() from reminder r where r.id = $1
  on conflict (zone_id, cause, recipient_id) do update set state = 'PLANNED', due_on = excluded.due_on, due_at = excluded.due_at, detail = excluded.detail, handed_to = null, done_at = null, done_by = null, snoozed_from = null, snoozed_on = null, version = x.version + 1
    where x.state not in ${OPEN}
  returning id`;

/** What people do about their reminders beside doing them: many at once, taking back, handing over. */
@Injectable()
export class ReminderActsService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly reminders: RemindersService, private readonly personal: PersonalRemindersService) {}

  /** Done, each that still stands as it was seen; the others are named. @throws Refusal REQUIRED, TOO_LONG. */
  async completeAll(actor: Actor, input: RemindersAct): Promise<RemindersOutcome> {
    return this.all(actor, 'remindersComplete', input, isOpen, (tx, ids) => tx.run(`update reminder set state = 'DONE', done_at = app_now(), done_by = app_staff(), version = version + 1 where id = any($1::uuid[])`, [ids]));
  }

  /** Put off to one day. @throws Refusal REQUIRED, TOO_LONG, INVALID (day and preset), DATE_NOT_AFTER_TODAY. */
  async snoozeAll(actor: Actor, input: RemindersSnooze): Promise<RemindersOutcome> {
    const today = demandSnooze(this.clock, input);
    return this.all(actor, 'remindersSnooze', input, isOpen, async (tx, ids) => tx.run(PUT_OFF, [ids, await snoozeDay(tx, today, input)]));
  }

  /** Takes back what was done or put off by mistake, as completeAll and snoozeAll left it. @throws Refusal REQUIRED, TOO_LONG. */
  async reopenAll(actor: Actor, input: RemindersAct): Promise<RemindersOutcome> {
    return this.all(actor, 'remindersReopen', input, (r) => r.state === 'DONE' || (r.state === 'PLANNED' && r.snoozed), (tx, ids) => tx.run(PUT_BACK, [ids]));
  }

  /**
   * Takes the last act back: what was done is open again where it stood, what was put off returns, a personal one that was
   * cancelled goes on, what was handed over comes back while its new person has not done it.
   * @throws Refusal NOT_FOUND, CONFLICT, REMINDER_STATE.
   */
  async reopen(actor: Actor, input: ReminderComplete & { reason?: string | null }, wall: ProjectWall): Promise<{ reminderId: string }> {
    demand(actor, 'reminder.act');
    return this.db.tx(actor, (tx) => once(tx, 'reminderReopen', input, async () => {
      const { own, other } = await this.lock(tx, input, wall);
      if (own.handed_to) await this.takeBack(tx, own, other, kept(input.reason));
      else if (own.state === 'CANCELLED' && own.series_id && (await tx.row('select 1 as ok from personal_reminder where id = $1 and ended_at is not null for update', [own.series_id]))) await this.personal.goOn(tx, own.series_id, own.id);
      else if (own.state === 'DONE' || (own.state === 'PLANNED' && own.snoozed)) await tx.run(PUT_BACK, [[own.id]]);
      else throw stateOf(own, actor);
      return { reminderId: own.id };
    }), { cause: 'reminderReopen' });
  }

  /**
   * 转交: closes it here and opens it with a colleague who sees the project; both find who gave it to whom, when and why.
   * Giving back is the same to whom it came from.
   * @throws Refusal NOT_FOUND, CONFLICT, REMINDER_STATE, REMINDER_OFFICE, UNKNOWN_REFERENCE (person), INVALID (oneself), REMINDER_UNSEEN, TOO_LONG.
   */
  async reassign(actor: Actor, input: ReminderReassign, wall: ProjectWall): Promise<{ reminderId: string }> {
    demand(actor, 'reminder.act');
    const reason = kept(input.reason);
    return this.db.tx(actor, (tx) => once(tx, 'reminderReassign', input, async () => {
      const { own } = await this.lock(tx, input, wall);
      if (!isOpen(own)) throw stateOf(own, actor);
      const why = whyNotHanded(own.kind, actor.locale);
      if (why) throw new Refusal('REMINDER_OFFICE', ['reminderId'], { why }, own.id);
      if (input.toStaffId === actor.staffId) throw new Refusal('INVALID', ['toStaffId'], { field: '转交对象', value: actor.name, expected: '另一位同事 / a colleague' }, own.id);
      const to = await this.colleague(tx, own, input.toStaffId, wall);
      await tx.run(`update reminder set state = 'CANCELLED', handed_to = $2, version = version + 1 where id = $1`, [own.id, to.id]);
      const { givenBy: _by, givenReason: _reason, ...plain } = own.detail;
      const given = await tx.row<{ id: string }>(GIVE, [own.id, to.id, JSON.stringify({ ...plain, givenBy: actor.name, givenReason: reason })]);
      const toReminder = given ?? (await tx.row<{ id: string }>('select id from reminder where zone_id = app_zone() and cause = $1 and recipient_id = $2', [own.cause, to.id]))!;
      await this.note(tx, own, toReminder.id, to.id, 'GIVEN', reason, given !== undefined, given !== undefined && !own.due);
      return { reminderId: own.id };
    }), { cause: 'reminderReassign' });
  }

  private async takeBack(tx: Tx, own: Own, others: readonly Own[], reason: string | null): Promise<void> {
    const theirs = others.find((r) => r.recipient_id === own.handed_to);
    if (!theirs || !isOpen(theirs)) throw stateOf(theirs ?? own, tx.actor, own.id);
    // What they had anyway stays with them.
    const { opened } = (await tx.row<{ opened: boolean }>('select opened from reminder_transfer where from_reminder_id = $1 and to_reminder_id = $2 order by at desc, id desc limit 1', [own.id, theirs.id]))!;
    if (opened) await tx.run(`update reminder set state = 'CANCELLED', handed_to = $2, version = version + 1 where id = $1`, [theirs.id, own.recipient_id]);
    await tx.run(`update reminder set state = case when delivered_at >= due_at then 'DELIVERED' else 'PLANNED' end, handed_to = null, version = version + 1 where id = $1`, [own.id]);
    await this.note(tx, theirs, own.id, own.recipient_id, 'TAKEN_BACK', reason, true, opened);
  }

  /** The entry of a handing over; `tell`: the colleague is told of it today, for the reminder itself comes later or goes. */
  private async note(tx: Tx, from: Own, toReminderId: string, toId: string, act: 'GIVEN' | 'TAKEN_BACK', reason: string | null, opened: boolean, tell: boolean): Promise<void> {
    const id = newId();
    await tx.run('insert into reminder_transfer (id, zone_id, project_id, cause, from_reminder_id, to_reminder_id, from_id, to_id, given_by, reason, opened) values ($1, app_zone(), $2, $3, $4, $5, $6, $7, app_staff(), $8, $9)',
      [id, from.project_id, from.cause, from.id, toReminderId, from.recipient_id, toId, reason, opened]);
    if (!tell) return;
    const { givenBy: _by, givenReason: _reason, ...plain } = from.detail;
    await this.reminders.planForAll(tx, {
      kind: 'TRANSFER', cause: `TRANSFER:${id}`, projectId: from.project_id, dueOn: this.clock.today(),
      detail: { ...plain, atRest: 1, transferKind: from.kind, transferBy: tx.actor.name, transferAct: act, transferDueOn: from.due_on, transferReason: reason },
    }, [act === 'GIVEN' ? toId : from.recipient_id]);
  }

  /** @throws Refusal UNKNOWN_REFERENCE, REMINDER_UNSEEN. */
  private async colleague(tx: Tx, own: Own, staffId: string | null, wall: ProjectWall): Promise<Colleague> {
    const to = staffId ? await tx.row<Colleague>(COLLEAGUE, [staffId]) : undefined;
    if (!to) throw new Refusal('UNKNOWN_REFERENCE', ['toStaffId'], { field: '转交对象', value: staffId ?? '' }, own.id);
    const actor = staffActor({ via: 'token', zoneId: tx.actor.zoneId, staffId: to.id, name: to.name, role: to.role, departmentIds: to.department_ids, ledDepartmentIds: to.led_ids, locale: to.locale, requestId: tx.actor.requestId });
    const params: unknown[] = [own.project_id];
    const sees = actor.permissions.has('reminder.act') && (!own.project_id || (await tx.row(`select 1 as ok from project pw where pw.id = $1 and pw.gone_at is null and ${wall(actor, 'pw', params)}`, params)));
    if (!sees) throw new Refusal('REMINDER_UNSEEN', ['toStaffId'], { name: to.name }, own.id);
    return to;
  }

  /**
   * The actor's own with those of others for the same cause: the project first, as everybody who writes to it does, then
   * the cause, then its rows in one order. @throws Refusal NOT_FOUND, CONFLICT.
   */
  private async lock(tx: Tx, input: ReminderComplete, wall: ProjectWall): Promise<{ own: Own; other: Own[] }> {
    const at = input.reminderId ? await tx.row<{ cause: string; project_id: string | null }>('select cause, project_id from reminder where id = $1 and recipient_id = app_staff()', [input.reminderId]) : undefined;
    if (!at) throw new Refusal('NOT_FOUND');
    if (at.project_id) {
      const params: unknown[] = [at.project_id];
      if (!(await tx.row(`select 1 as ok from project pw where pw.id = $1 and pw.gone_at is null and ${wall(tx.actor, 'pw', params)} for no key update`, params))) throw new Refusal('NOT_FOUND');
    }
    await tx.run(`select pg_advisory_xact_lock(hashtextextended('reminder' || app_zone() || $1, 0))`, [at.cause]);
    const rows = await tx.rows<Own>(`select ${OWN} from reminder where zone_id = app_zone() and cause = $1 order by id for update`, [at.cause]);
    const own = rows.find((r) => r.id === input.reminderId)!;
    if (own.version !== input.expectedVersion) throw new Refusal('CONFLICT', ['expectedVersion'], { version: own.version }, own.id);
    return { own, other: rows.filter((r) => r !== own) };
  }

  private async all(actor: Actor, operation: string, input: RemindersAct, fits: (r: Own) => boolean, change: (tx: Tx, ids: string[]) => Promise<number>): Promise<RemindersOutcome> {
    demand(actor, 'reminder.act');
    if (input.items.length === 0) throw new Refusal('REQUIRED', ['items'], { field: '提醒' });
    if (input.items.length > REMINDERS_AT_ONCE) throw new Refusal('TOO_LONG', ['items'], { field: '提醒', max: REMINDERS_AT_ONCE });
    return this.db.tx(actor, (tx) => once(tx, operation, input, async () => {
      const rows = await tx.rows<Own>(`select ${OWN} from reminder where id = any($1::uuid[]) and recipient_id = app_staff() order by id for update`, [input.items.map((i) => i.reminderId).filter((id) => id !== null)]);
      const own = new Map(rows.map((r) => [r.id, r]));
      const items = input.items.map((item): RemindersOutcome['items'][number] => {
        const row = item.reminderId ? own.get(item.reminderId) : undefined;
        if (!row) return { reminderId: item.reminderId, refusal: { code: 'NOT_FOUND', params: {} } };
        if (row.version !== item.expectedVersion) return { reminderId: row.id, refusal: { code: 'CONFLICT', params: { version: row.version } } };
        return { reminderId: row.id, refusal: fits(row) ? null : { code: 'REMINDER_STATE', params: { state: reminderStateWord(row.state, actor.locale) } } };
      });
      const ids = [...new Set(items.filter((i) => !i.refusal).map((i) => i.reminderId!))].sort();
      if (ids.length) await change(tx, ids);
      return { changed: ids.length, items };
    }), { cause: operation });
  }
}

/** `asked`: the record to show, where it is another's state that stands in the way. */
const stateOf = (r: Own, actor: Actor, asked = r.id) => new Refusal('REMINDER_STATE', [], { state: reminderStateWord(r.state, actor.locale) }, asked);

function kept(reason: string | null | undefined): string | null {
  const text = reason?.trim();
  if (!text) return null;
  if ([...text].length > LONGEST_REASON) throw new Refusal('TOO_LONG', ['reason'], { field: '转交说明', max: LONGEST_REASON });
  return text;
}
