import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, newId, once, Refusal, type Tx } from '@yinfeng/platform';
import { reminderStateWord, type ReminderState } from './reminder-text.rules.js';
import { OPEN } from './reminders.sql.js';
import type { ProjectWall } from './reminders.service.js';

export const REPEATS = ['NONE', 'DAILY', 'WEEKLY', 'MONTHLY'] as const;
export type Repeat = (typeof REPEATS)[number];

/** When somebody wants to be reminded; absent in an edit means unchanged, null clears. */
export interface PersonalWhen {
  /** Shanghai day. */
  day?: string;
  /** HH:MM in Shanghai; 09:00 when absent at first. */
  time?: string | null;
  repeat?: Repeat | null;
  untilOn?: string | null;
  times?: number | null;
}
export interface ReminderCreate extends PersonalWhen {
  idempotencyKey?: string | null;
  text: string;
  day: string;
  /** null: an id that is none; absent: about no project. */
  projectId?: string | null;
}
export interface ReminderEdit extends PersonalWhen {
  idempotencyKey?: string | null;
  reminderId: string | null;
  expectedVersion: number;
  text?: string;
}
export interface ReminderCancel {
  idempotencyKey?: string | null;
  reminderId: string | null;
  expectedVersion: number;
}

const LONGEST = 500;
/** Open at a time, of one person. */
const MOST = 500;
const FARTHEST_DAYS = 3660;
const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;

interface Series { id: string; version: number; content: string; starts_on: string; at: string; every: Repeat; until_on: string | null; times: number | null; ended_at: Date | null }
const SERIES = `id, version, content, starts_on::text, to_char(at, 'HH24:MI') as at, every, until_on::text, times, ended_at`;
/** One time of a series, with its own day: `due_on` is another once it was put off. */
interface Time { id: string; version: number; state: ReminderState; series_id: string | null; own_on: string; n: number }
const LOCK_TIME = `select id, version, state, series_id, right(cause, 10) as own_on, coalesce((detail ->> 'n')::int, 1) as n from reminder where id = $1 and recipient_id = app_staff() for update`;
/** The first day of its schedule; NULL when nothing of it falls before its end. */
const FIRST = `select case when s.every = 'NONE' then s.starts_on::text else personal_next(s, s.starts_on - 1)::text end as day from personal_reminder s where s.id = $1`;

/** 个人提醒: what somebody asks to be reminded of, at any time, once or again and again. The next time is planned by the database when one is delivered or done. */
@Injectable()
export class PersonalRemindersService {
  constructor(private readonly db: Database, private readonly clock: Clock) {}

  /**
   * Plans a reminder for the actor; the first time of it. Once: on the very day, also a rest day; again and again: on working days.
   * @throws Refusal REQUIRED, TOO_LONG, INVALID (time, day too far, end), DATE_PAST, REMINDER_TIME_PAST, REMINDER_NO_DAY, REMINDERS_MOST, NOT_FOUND (project).
   */
  async create(actor: Actor, input: ReminderCreate, wall: ProjectWall): Promise<{ reminderId: string }> {
    demand(actor, 'reminder.act');
    const content = kept(input.text);
    return this.db.tx(actor, (tx) => once(tx, 'reminderCreate', input, async () => {
      if (input.projectId !== undefined) {
        const params: unknown[] = [input.projectId];
        if (!input.projectId || !(await tx.row(`select 1 as ok from project pw where pw.id = $1 and pw.gone_at is null and ${wall(actor, 'pw', params)}`, params))) throw new Refusal('NOT_FOUND');
      }
      const series: Series = { id: newId(), version: 1, content, starts_on: input.day, at: input.time ?? '09:00', every: input.repeat ?? 'NONE', until_on: input.untilOn ?? null, times: input.times ?? null, ended_at: null };
      this.demandSchedule(series, true);
      await tx.run(`select pg_advisory_xact_lock(hashtextextended('personal_reminder' || app_staff(), 0))`);
      const { n } = (await tx.row<{ n: number }>(`select count(distinct r.series_id)::int as n from reminder r where r.recipient_id = app_staff() and r.state in ${OPEN} and r.kind = 'PERSONAL'`))!;
      if (n >= MOST) throw new Refusal('REMINDERS_MOST', [], { max: MOST });
      await tx.run(`insert into personal_reminder (id, zone_id, staff_id, project_id, content, starts_on, at, every, until_on, times) values ($1, app_zone(), app_staff(), $2, $3, $4, $5::text::time, $6, $7, $8)`,
        [series.id, input.projectId ?? null, series.content, series.starts_on, series.at, series.every, series.until_on, series.times]);
      const day = await this.first(tx, series);
      return { reminderId: (await tx.row<{ id: string }>('select personal_plan(s, $2::date, 1) as id from personal_reminder s where s.id = $1', [series.id, day]))!.id };
    }), { cause: 'reminderCreate' });
  }

  /**
   * Changes one's own reminder from this time on: the words everywhere where it is open; another schedule moves this time
   * if it is to come or a day is given, and the next otherwise.
   * @throws Refusal as create(); NOT_FOUND (also somebody else's), CONFLICT, REMINDER_STATE, REMINDER_NOT_PERSONAL.
   */
  async edit(actor: Actor, input: ReminderEdit): Promise<{ reminderId: string }> {
    demand(actor, 'reminder.act');
    return this.db.tx(actor, (tx) => once(tx, 'reminderEdit', input, async () => {
      const { time, was } = await lock(tx, input);
      if (time.state !== 'PLANNED' && time.state !== 'DELIVERED') throw new Refusal('REMINDER_STATE', [], { state: reminderStateWord(time.state, actor.locale) }, time.id);
      const now: Series = {
        ...was, content: input.text === undefined ? was.content : kept(input.text), starts_on: input.day ?? was.starts_on, at: input.time ?? was.at, every: input.repeat ?? was.every,
        until_on: input.untilOn === undefined ? was.until_on : input.untilOn, times: input.times === undefined ? was.times : input.times,
      };
      const dayGiven = input.day !== undefined;
      if (now.every === 'NONE') Object.assign(now, { until_on: input.untilOn ?? null, times: input.times ?? null, starts_on: input.day ?? time.own_on });
      const moved = dayGiven || now.at !== was.at || now.every !== was.every || now.until_on !== was.until_on || now.times !== was.times;
      this.demandSchedule(now, dayGiven);
      await tx.run(`update personal_reminder set content = $2, starts_on = $3, at = $4::text::time, every = $5, until_on = $6, times = $7, version = version + $8::int where id = $1`,
        [was.id, now.content, now.starts_on, now.at, now.every, now.until_on, now.times, moved ? 1 : 0]);
      await tx.run(`update reminder set detail = detail || jsonb_build_object('text', $2::text), version = version + 1 where series_id = $1 and state in ${OPEN}`, [was.id, now.content]);
      // What has come stays where it is, unless it is the only time and is put elsewhere.
      if (moved) await this.move(tx, time, now, dayGiven, time.state === 'DELIVERED' && !dayGiven && !(was.every === 'NONE' && now.every === 'NONE'));
      return { reminderId: time.id };
    }), { cause: 'reminderEdit' });
  }

  /** No more of it: this time and all to come. Taken back by reopening it. @throws Refusal NOT_FOUND, CONFLICT, REMINDER_STATE, REMINDER_NOT_PERSONAL. */
  async cancel(actor: Actor, input: ReminderCancel): Promise<{ reminderId: string }> {
    demand(actor, 'reminder.act');
    return this.db.tx(actor, (tx) => once(tx, 'reminderCancel', input, async () => {
      const { time, was } = await lock(tx, input);
      if (time.state !== 'PLANNED' && time.state !== 'DELIVERED') throw new Refusal('REMINDER_STATE', [], { state: reminderStateWord(time.state, actor.locale) }, time.id);
      await tx.run('update personal_reminder set ended_at = app_now() where id = $1', [was.id]);
      await tx.run(`update reminder set state = 'CANCELLED', version = version + 1 where series_id = $1 and state in ${OPEN}`, [was.id]);
      return { reminderId: time.id };
    }), { cause: 'reminderCancel' });
  }

  /** A cancelled one goes on: this time where it stood, and what is to come. Joins the act of reopening, which has locked it. */
  async goOn(tx: Tx, seriesId: string, reminderId: string): Promise<void> {
    await tx.run('update personal_reminder set ended_at = null where id = $1', [seriesId]);
    await tx.run(`update reminder set state = case when delivered_at >= due_at then 'DELIVERED' else 'PLANNED' end, version = version + 1 where id = $1`, [reminderId]);
    // What is behind by now is told at once if it never was; the next follows by itself.
    await tx.run(`select personal_plan(s, x.day, coalesce((r.detail ->> 'n')::int, 1) + 1) from personal_reminder s join reminder r on r.id = $2 cross join lateral (select personal_next(s, right(r.cause, 10)::date) as day) x
      where s.id = $1 and r.state = 'DELIVERED' and x.day is not null and coalesce((r.detail ->> 'n')::int, 1) < coalesce(s.times, 1000)`, [seriesId, reminderId]);
  }

  private async move(tx: Tx, time: Time, series: Series, dayGiven: boolean, stays: boolean): Promise<void> {
    await tx.run(`update reminder set state = 'CANCELLED', version = version + 1 where series_id = $1 and state = 'PLANNED' and id <> $2`, [series.id, time.id]);
    const day = dayGiven ? await this.first(tx, series)
      : series.every === 'NONE' ? (stays ? null : time.own_on)
        : (await tx.row<{ day: string | null }>('select personal_next(s, $2::date - $3::int)::text as day from personal_reminder s where s.id = $1', [series.id, time.own_on, stays ? 0 : 1]))!.day;
    if (stays) {
      if (day && time.n < (series.times ?? 1000)) await tx.run('select personal_plan(s, $2::date, $3) from personal_reminder s where s.id = $1', [series.id, day, time.n + 1]);
      return;
    }
    if (!day) throw new Refusal('REMINDER_NO_DAY', ['untilOn'], {}, time.id);
    if (series.every === 'NONE') this.demandAhead(day, series.at);
    await tx.run(
      `update reminder r set state = 'PLANNED', due_on = $2::date, due_at = shanghai_midnight($2::date) + s.at::interval, cause = 'PERSONAL:' || s.id || ':' || s.version || ':' || $2::date::text, snoozed_from = null, snoozed_on = null,
         detail = r.detail || jsonb_build_object('n', 1)
       from personal_reminder s where r.id = $1 and s.id = r.series_id`, [time.id, day]);
  }

  private async first(tx: Tx, series: Series): Promise<string> {
    const { day } = (await tx.row<{ day: string | null }>(FIRST, [series.id]))!;
    if (!day) throw new Refusal('REMINDER_NO_DAY', ['untilOn']);
    return day;
  }

  /** `ahead`: its first day has to be today or later. */
  private demandSchedule(s: Series, ahead: boolean): void {
    if (!CLOCK.test(s.at)) throw new Refusal('INVALID', ['time'], { field: '提醒时间', value: s.at.slice(0, 20), expected: 'HH:MM' });
    if (s.every === 'NONE' && (s.until_on || s.times)) throw new Refusal('INVALID', [s.until_on ? 'untilOn' : 'times'], { field: '重复截止', value: s.until_on ?? s.times!, expected: '先选择重复方式 / a repeat first' });
    if (s.until_on && s.times) throw new Refusal('INVALID', ['times'], { field: '重复截止', value: s.times, expected: 'untilOn 或 times 只填一项 / untilOn or times, not both' });
    if (s.times !== null && (s.times < 1 || s.times > 999)) throw new Refusal('INVALID', ['times'], { field: '重复次数', value: s.times, expected: '1–999' });
    if (s.until_on && s.until_on < s.starts_on) throw new Refusal('DATE_ORDER', ['untilOn'], { field: '重复截止日期', value: s.until_on, other: '提醒日期', otherValue: s.starts_on });
    if (!ahead) return;
    if (s.every === 'NONE') this.demandAhead(s.starts_on, s.at);
    else if (s.starts_on < this.clock.today()) throw new Refusal('DATE_PAST', ['day'], { field: '提醒日期', value: s.starts_on, today: this.clock.today() });
    if (Date.parse(s.starts_on) - Date.parse(this.clock.today()) > FARTHEST_DAYS * 86_400_000) throw new Refusal('INVALID', ['day'], { field: '提醒日期', value: s.starts_on, expected: '≤ 10 年 / within ten years' });
  }

  private demandAhead(day: string, at: string): void {
    const today = this.clock.today();
    if (day < today) throw new Refusal('DATE_PAST', ['day'], { field: '提醒日期', value: day, today });
    if (day === today && Date.parse(`${day}T${at}:00+08:00`) <= this.clock.now().getTime()) throw new Refusal('REMINDER_TIME_PAST', ['time'], { value: at });
  }
}

function kept(text: string): string {
  const content = text.trim();
  if (!content) throw new Refusal('REQUIRED', ['text'], { field: '提醒内容' });
  if ([...content].length > LONGEST) throw new Refusal('TOO_LONG', ['text'], { field: '提醒内容', max: LONGEST });
  return content;
}

/** The time, then its series; both of the actor's own. @throws Refusal NOT_FOUND, CONFLICT, REMINDER_NOT_PERSONAL. */
async function lock(tx: Tx, input: ReminderCancel): Promise<{ time: Time; was: Series }> {
  const time = input.reminderId ? await tx.row<Time>(LOCK_TIME, [input.reminderId]) : undefined;
  if (!time) throw new Refusal('NOT_FOUND');
  if (time.version !== input.expectedVersion) throw new Refusal('CONFLICT', ['expectedVersion'], { version: time.version }, time.id);
  const was = time.series_id ? await tx.row<Series>(`select ${SERIES} from personal_reminder where id = $1 and staff_id = app_staff() for update`, [time.series_id]) : undefined;
  if (!was) throw new Refusal('REMINDER_NOT_PERSONAL', [], {}, time.id);
  return { time, was };
}
