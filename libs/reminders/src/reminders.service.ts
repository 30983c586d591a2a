import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, factsJson, once, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { type ReminderDetail, type ReminderKind, type ReminderState, reminderStateWord, reminderTitle } from './reminder-text.rules.js';
import { CANCEL, COMPLETE_BY_ACT, HAND_OVER, LOCK_OWN, MUTED, OPEN, PLAN, PUT_OFF, reminderFacts, SETTLE, TITLE_FACTS } from './reminders.sql.js';

/** "Tell this person about this subject on this day, once per cause." */
export interface ReminderPlan {
  kind: ReminderKind;
  /** What is reminded of, once: kind, subject and the day or attempt that makes it new, e.g. `FOLLOW_UP:<project>:2026-10-09`. */
  cause: string;
  projectId: string | null;
  recipientId: string;
  /** Shanghai day; the reminder comes at 09:00 of the working day on or after it; beyond the published calendar Monday to Friday count until the year is published. */
  dueOn: string;
  detail?: ReminderDetail;
}
export interface ReminderSelection {
  projectId: string;
  kind?: ReminderKind | readonly ReminderKind[];
  recipientId?: string;
  /** Beginning of the cause, where a kind has several (the clocks of a lead). */
  cause?: string;
}
export interface ReminderComplete {
  idempotencyKey?: string | null;
  reminderId: string | null;
  expectedVersion: number;
}
export const SNOOZE_PRESETS = ['NEXT_WORKING_DAY', 'NEXT_WEEK', 'ONE_WEEK'] as const;
export type SnoozePreset = (typeof SNOOZE_PRESETS)[number];
export interface SnoozeUntil {
  /** Shanghai day after today; a rest day rolls on to the next working day. Either this or a preset. */
  until?: string | null;
  preset?: SnoozePreset | null;
}
export interface ReminderSnooze extends ReminderComplete, SnoozeUntil {}
export interface ReminderFilter {
  /** Absent: what is still open, planned or delivered. */
  states?: ReminderState[] | null;
  kinds?: ReminderKind[] | null;
  /** Due before this Shanghai day. */
  dueBefore?: string | null;
  projectId?: string | null;
  /** Absent: what its person has not silenced; true: the silenced alone; null: both. */
  muted?: boolean | null;
}
/** The first wall of the project a reminder is about; libs to the right know it (recruitment: projectVisibility). */
export type ProjectWall = (actor: Actor, alias: string, params: unknown[]) => string;
export type ReminderNode = { id: string } & Record<string, unknown>;

interface OwnReminder { id: string; version: number; state: ReminderState; due_on: string; due_at: Date; delivered_at: Date | null }

/** The record of what people are told, and what they do about it. Sending is DeliveryService's. */
@Injectable()
export class RemindersService {
  constructor(private readonly db: Database, private readonly clock: Clock) {}

  /**
   * Plans one reminder in the caller's transaction; a cause that the recipient already has is left alone. A day beyond
   * the published working calendar is provisional: it is counted anew when its year is published (`reminders.plan`).
   */
  async plan(tx: Tx, plan: ReminderPlan): Promise<void> {
    await this.planForAll(tx, plan, [plan.recipientId]);
  }

  /** The same reminder for several people, in one statement. Returns how many were newly planned. */
  async planForAll(tx: Tx, plan: Omit<ReminderPlan, 'recipientId'>, recipientIds: readonly string[]): Promise<number> {
    if (recipientIds.length === 0) return 0;
    return (await tx.row<{ written: number }>(PLAN, [plan.kind, plan.cause, plan.projectId, recipientIds, plan.dueOn, JSON.stringify(plan.detail ?? {})], 'reminder_plan'))!.written;
  }

  /** What one cause asked for was decided or has lapsed: its reminders, of whomever, ask no more. */
  async settle(tx: Tx, cause: string, state: 'DONE' | 'CANCELLED'): Promise<number> {
    return tx.run(SETTLE, [cause, state]);
  }

  /** What no longer matters (stage moved, project withdrawn) is taken back, also from inboxes. Returns how many. */
  async cancel(tx: Tx, which: ReminderSelection): Promise<number> {
    return tx.run(CANCEL, [which.projectId, kindsOf(which.kind), which.recipientId ?? null, which.cause ?? null], 'reminder_cancel');
  }

  /** The act itself was done (a visit logged, a request decided): its open reminders are done too. Returns how many. */
  async completeByAct(tx: Tx, which: ReminderSelection & { kind: ReminderKind | readonly ReminderKind[] }): Promise<number> {
    return tx.run(COMPLETE_BY_ACT, [which.projectId, kindsOf(which.kind), which.recipientId ?? null, which.cause ?? null], 'reminder_complete_by_act');
  }

  /** Another person takes the project over, and with it what is still open. Without a kind: all of it. */
  async handOver(tx: Tx, which: { projectId: string; fromId: string; toId: string; kind?: ReminderKind | readonly ReminderKind[] }): Promise<void> {
    await tx.run(HAND_OVER, [which.projectId, which.fromId, which.toId, kindsOf(which.kind)]);
  }

  /** The recipient has done it. @throws Refusal NOT_FOUND (also for somebody else's), CONFLICT, REMINDER_STATE. */
  async complete(actor: Actor, input: ReminderComplete): Promise<{ reminderId: string }> {
    demand(actor, 'reminder.act');
    return this.db.tx(actor, (tx) => once(tx, 'reminderComplete', input, async () => {
      const own = await this.lockOpen(tx, input);
      await tx.run(`update reminder set state = 'DONE', done_at = app_now(), done_by = app_staff(), version = version + 1 where id = $1`, [own.id], 'reminder_done');
      return { reminderId: own.id };
    }), { cause: 'reminderComplete' });
  }

  /**
   * Not now: comes again at 09:00 of the chosen day, once; provisionally in a year whose calendar is not published.
   * @throws Refusal REQUIRED or INVALID (day and preset), DATE_NOT_AFTER_TODAY, NOT_FOUND, CONFLICT, REMINDER_STATE.
   */
  async snooze(actor: Actor, input: ReminderSnooze): Promise<{ reminderId: string }> {
    demand(actor, 'reminder.act');
    const today = demandSnooze(this.clock, input);
    return this.db.tx(actor, (tx) => once(tx, 'reminderSnooze', input, async () => {
      const own = await this.lockOpen(tx, input);
      await tx.run(PUT_OFF, [[own.id], await snoozeDay(tx, today, input)]);
      return { reminderId: own.id };
    }), { cause: 'reminderSnooze' });
  }

  /** The actor's own reminders, earliest due first, so that what is overdue leads. One statement in the shape asked for. */
  async page(actor: Actor, filter: ReminderFilter, input: PageInput, shape: Shape, wall: ProjectWall): Promise<Page<ReminderNode>> {
    demand(actor, 'reminder.read');
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const bind = binder(params);
    const where = conditions(actor, filter, params, wall);
    if (request.keys) where.push(`(r.due_at, r.id) ${request.backward ? '<' : '>'} (${bind(request.keys[0])}::timestamptz, ${bind(request.keys[1])}::uuid)`);
    const way = request.backward ? 'desc' : 'asc';
    const sql = `select ${node(shape)}, r.due_at::text as k, r.id from reminder r where ${where.join(' and ')} order by r.due_at ${way}, r.id ${way} limit ${bind(request.limit + 1)}`;
    const rows = await this.db.read<Read & { k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: titled(r, actor), keys: [r.k, r.id] })), request);
  }

  async count(actor: Actor, filter: ReminderFilter, wall: ProjectWall): Promise<number> {
    const params: unknown[] = [];
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from reminder r where ${conditions(actor, filter, params, wall).join(' and ')}`, params);
    return row!.n;
  }

  /** One of the actor's own reminders, or null. */
  async byId(actor: Actor, id: string | null, shape: Shape, wall: ProjectWall): Promise<ReminderNode | null> {
    if (!id || !actor.permissions.has('reminder.read')) return null;
    const params: unknown[] = [];
    const where = conditions(actor, { states: [], muted: null }, params, wall);
    params.push(id);
    const [row] = await this.db.read<Read>(actor, `select ${node(shape)} from reminder r where r.id = $${params.length} and ${where.join(' and ')}`, params);
    return row ? titled(row, actor) : null;
  }

  /** Several of the actor's own, by id; those out of sight are left out. */
  async byIds(actor: Actor, ids: readonly string[], shape: Shape, wall: ProjectWall): Promise<Map<string, ReminderNode>> {
    const params: unknown[] = [];
    const where = conditions(actor, { states: [], muted: null }, params, wall);
    const rows = await this.db.read<Read & { id: string }>(actor, `select ${node(shape)}, r.id from reminder r where r.id = any($${params.push(ids)}::uuid[]) and ${where.join(' and ')}`, params);
    return new Map(rows.map((r) => [r.id, titled(r, actor)]));
  }

  /** @throws Refusal NOT_FOUND, CONFLICT. */
  private async lockOwn(tx: Tx, input: ReminderComplete): Promise<OwnReminder> {
    const own = input.reminderId ? await tx.row<OwnReminder>(LOCK_OWN, [input.reminderId], 'reminder_lock_own') : undefined;
    if (!own) throw new Refusal('NOT_FOUND');
    if (own.version !== input.expectedVersion) throw new Refusal('CONFLICT', ['expectedVersion'], { version: own.version }, own.id);
    return own;
  }

  private async lockOpen(tx: Tx, input: ReminderComplete): Promise<OwnReminder> {
    const own = await this.lockOwn(tx, input);
    if (own.state !== 'PLANNED' && own.state !== 'DELIVERED') throw stateRefusal(own, tx.actor);
    return own;
  }
}

/** Checks a day or a preset; gives today. @throws Refusal REQUIRED or INVALID (day and preset), DATE_NOT_AFTER_TODAY. */
export function demandSnooze(clock: Clock, input: SnoozeUntil): string {
  const today = clock.today();
  if (!input.until && !input.preset) throw new Refusal('REQUIRED', ['until'], { field: '稍后提醒日期' });
  if (input.until && input.preset) throw new Refusal('INVALID', ['until'], { field: '稍后提醒日期', value: input.until, expected: 'until 或 preset 只填一项 / until or preset, not both' });
  if (input.until && input.until <= today) throw new Refusal('DATE_NOT_AFTER_TODAY', ['until'], { field: '稍后提醒日期', value: input.until, today });
  return today;
}

/** The working day until which a reminder is put off; provisional in a year whose calendar is not published. */
export async function snoozeDay(tx: Tx, today: string, input: SnoozeUntil): Promise<string> {
  return (await tx.row<{ day: string }>(
    `select due as day from working_due(case $2 when 'NEXT_WEEK' then date_trunc('week', $1::date)::date + 7 when 'ONE_WEEK' then $1::date + 7 when 'NEXT_WORKING_DAY' then $1::date else $3::date end, case $2 when 'NEXT_WORKING_DAY' then 1 else 0 end)`,
    [today, input.preset ?? null, input.until ?? null]))!.day;
}

const stateRefusal = (own: OwnReminder, actor: Actor) => new Refusal('REMINDER_STATE', [], { state: reminderStateWord(own.state, actor.locale) }, own.id);

const kindsOf = (kind: ReminderKind | readonly ReminderKind[] | undefined): readonly ReminderKind[] | null => (kind === undefined ? null : typeof kind === 'string' ? [kind] : kind);

const binder = (params: unknown[]) => (value: unknown): string => `$${params.push(value)}`;

/** Recipient alone; and a project that the recipient may no longer see takes its reminders out of sight with it. */
function conditions(actor: Actor, f: ReminderFilter, params: unknown[], wall: ProjectWall): string[] {
  const bind = binder(params);
  const where = [`r.recipient_id = ${bind(actor.staffId)}`];
  if (!f.states) where.push(`r.state in ${OPEN}`);
  else if (f.states.length) where.push(`r.state = any(${bind(f.states)}::text[])`);
  if (f.kinds) where.push(`r.kind = any(${bind(f.kinds)}::text[])`);
  if (f.dueBefore) where.push(`r.due_at < shanghai_midnight(${bind(f.dueBefore)}::date)`);
  if (f.projectId) where.push(`r.project_id = ${bind(f.projectId)}`);
  if (f.muted !== null) where.push(f.muted ? MUTED : `not ${MUTED}`);
  const visible = wall(actor, 'pw', params);
  if (visible !== 'true') where.push(`(r.project_id is null or exists (select from project pw where pw.id = r.project_id and ${visible}))`);
  return where;
}

type TitleParts = { kind: ReminderKind; detail: ReminderDetail; project: string | null; dueOn: string; provisional: boolean };
interface Read { node: ReminderNode; parts: TitleParts | null }

function node(shape: Shape): string {
  const parts = Object.hasOwn(shape, 'title') ? factsJson(TITLE_FACTS, { kind: true, detail: true, dueOn: true, project: true, provisional: true }) : 'null::json';
  return `${factsJson(reminderFacts, { id: true, ...shape })} as node, ${parts} as parts`;
}

function titled(row: Read, actor: Actor): ReminderNode {
  if (row.parts) row.node.title = reminderTitle(row.parts, actor.locale);
  return row.node;
}
