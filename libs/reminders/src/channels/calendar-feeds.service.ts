import { createHash, randomBytes } from 'node:crypto';
import { type Actor, Clock, Database, demand, idFact, type Locale, newId, once, Refusal, type Role, type Shape, factsJson, type Facts, staffActor } from '@yinfeng/platform';
import { Injectable } from '@nestjs/common';
import { type ReminderDetail, type ReminderKind, reminderTitle } from '../reminder-text.rules.js';
import type { ProjectWall } from '../reminders.service.js';
import { MUTED, PROVISIONAL } from '../reminders.sql.js';
import { type CalendarDay, calendarText } from './ical.rules.js';

/** Feeds of one person: one for each device, if they like. */
const MOST_FEEDS = 5;
const NAME_LONGEST = 60;
/** Events in one feed, and how long what is over stays in it, days. */
const MOST_DAYS = 500;
const PAST_DAYS = 30;
const SECRET = /^[A-Za-z0-9_-]{43}$/;

export interface FeedCreate {
  idempotencyKey?: string | null;
  /** What to call it, such as the device that reads it. */
  name: string;
}
export interface FeedRevoke {
  idempotencyKey?: string | null;
  feedId: string | null;
}
/** What can be read of a feed; alias f. */
const feedFacts: Facts = { id: idFact('CalendarFeed', 'f.id'), name: 'f.name', createdAt: 'f.created_at', lastReadAt: 'f.last_read_at' };

interface Reader { feed_id: string; staff_id: string; zone_id: string; name: string; role: Role; locale: Locale; department_ids: string[]; led_ids: string[] }

/** Secret addresses under which a person's calendar program reads what is due. Whoever knows one reads what that person may see, and nothing after it was revoked. */
@Injectable()
export class CalendarFeedsService {
  constructor(private readonly db: Database, private readonly clock: Clock) {}

  /** The actor's own that are not revoked. */
  async list(actor: Actor, shape: Shape): Promise<{ id: string }[]> {
    demand(actor, 'reminder.read');
    const rows = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(feedFacts, { id: true, ...shape })} as node from calendar_feed f where f.staff_id = $1 and f.revoked_at is null order by f.created_at, f.id`, [actor.staffId]);
    return rows.map((r) => r.node);
  }

  /** One of the actor's own that is not revoked, or null. */
  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('reminder.read')) return null;
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(feedFacts, { id: true, ...shape })} as node from calendar_feed f where f.id = $1 and f.staff_id = $2 and f.revoked_at is null`, [id, actor.staffId]);
    return row?.node ?? null;
  }

  /**
   * A new feed. Its path is told this once, for the secret is not kept; a repeated request has the feed and no path.
   * @throws Refusal REQUIRED, TOO_LONG, FEEDS_MOST.
   */
  async create(actor: Actor, input: FeedCreate): Promise<{ feedId: string; path: string | null }> {
    demand(actor, 'reminder.act');
    const name = input.name.trim();
    if (!name) throw new Refusal('REQUIRED', ['name'], { field: '日历名称' });
    if (name.length > NAME_LONGEST) throw new Refusal('TOO_LONG', ['name'], { field: '日历名称', max: NAME_LONGEST });
    let path: string | null = null;
    const { feedId } = await this.db.tx(actor, (tx) => once(tx, 'calendarFeedCreate', input, async () => {
      await tx.run(`select pg_advisory_xact_lock(hashtextextended('calendar_feed' || app_staff(), 0))`);
      const { n } = (await tx.row<{ n: number }>('select count(*)::int as n from calendar_feed where staff_id = app_staff() and revoked_at is null'))!;
      if (n >= MOST_FEEDS) throw new Refusal('FEEDS_MOST', [], { max: MOST_FEEDS });
      const id = newId();
      const secret = randomBytes(32).toString('base64url');
      await tx.run('insert into calendar_feed (id, zone_id, staff_id, name, secret_hash) values ($1, app_zone(), app_staff(), $2, $3)', [id, name, hashOf(secret)]);
      path = `/calendar/${secret}.ics`;
      return { feedId: id };
    }), { cause: 'calendarFeedCreate' });
    return { feedId, path };
  }

  /** Nobody reads it any more from now on. @throws Refusal NOT_FOUND (also for somebody else's, and for one that is revoked). */
  async revoke(actor: Actor, input: FeedRevoke): Promise<{ feedId: string }> {
    demand(actor, 'reminder.act');
    return this.db.tx(actor, (tx) => once(tx, 'calendarFeedRevoke', input, async () => {
      const done = input.feedId ? await tx.run('update calendar_feed set revoked_at = app_now() where id = $1 and staff_id = app_staff() and revoked_at is null', [input.feedId]) : 0;
      if (done === 0) throw new Refusal('NOT_FOUND');
      return { feedId: input.feedId! };
    }), { cause: 'calendarFeedRevoke' });
  }

  /** The calendar behind a secret, or null when there is none: unknown, revoked, its person gone or no longer reminded of anything. */
  async read(secret: string, wall: ProjectWall, requestId: string): Promise<string | null> {
    if (!SECRET.test(secret)) return null;
    const [reader] = await this.db.shared<Reader>('select * from calendar_actor($1)', [hashOf(secret)], 'calendar_actor');
    if (!reader) return null;
    const actor = staffActor({
      via: 'token', zoneId: reader.zone_id, staffId: reader.staff_id, name: reader.name, role: reader.role, departmentIds: reader.department_ids, ledDepartmentIds: reader.led_ids, locale: reader.locale, requestId,
      // A calendar program reads reminders and nothing else.
      scopes: ['reminder.read'],
    });
    if (!actor.permissions.has('reminder.read')) return null;
    const zh = actor.locale !== 'en';
    return calendarText(zh ? `引凤 · ${actor.name}` : `Yinfeng · ${actor.name}`, [...await this.reminders(actor, wall), ...await this.deadlines(actor, wall)]);
  }

  private async reminders(actor: Actor, wall: ProjectWall): Promise<CalendarDay[]> {
    const params: unknown[] = [actor.staffId, this.clock.today(), PAST_DAYS, MOST_DAYS];
    const rows = await this.db.read<{ id: string; kind: ReminderKind; state: string; detail: ReminderDetail; due_on: string; provisional: boolean; version: number; project: string | null; changed_at: Date }>(actor,
      `select r.id, r.kind, r.state, r.detail, r.due_on, ${PROVISIONAL} as provisional, r.version, (select name from project where id = r.project_id) as project, greatest(r.created_at, r.delivered_at, r.done_at) as changed_at
       from reminder r where r.recipient_id = $1 and r.due_on >= $2::date - $3::int and not exists (select from deadline k where k.id = r.deadline_id and k.staff_id = $1) and not ${MUTED} and ${seen('r', wall, actor, params)} order by r.due_on, r.id limit $4`, params);
    const titles = await this.masked(actor, rows.map((r) => (r.state === 'DONE' ? (actor.locale === 'en' ? '✓ ' : '✓ 已办：') : '') + reminderTitle({ kind: r.kind, detail: r.detail, project: r.project, dueOn: r.due_on, provisional: r.provisional }, actor.locale)));
    return rows.map((r, i) => ({ uid: `reminder-${r.id}@yinfeng`, day: r.due_on, title: titles[i]!, changedAt: r.changed_at, sequence: r.version - 1, cancelled: r.state === 'CANCELLED' }));
  }

  /** What is due by the person's own hand, on its day alone: duties, permits, milestones. */
  private async deadlines(actor: Actor, wall: ProjectWall): Promise<CalendarDay[]> {
    const params: unknown[] = [actor.staffId, this.clock.today(), PAST_DAYS, MOST_DAYS];
    const rows = await this.db.read<{ id: string; title: string | null; due_on: string; done: boolean; project: string; changed_at: Date }>(actor,
      `select r.subject_id || '-' || lower(r.kind || r.part) as id, r.title, r.due_on, r.done_on is not null as done, (select name from project where id = r.project_id) as project, shanghai_midnight(coalesce(r.done_on, r.since_on, r.due_on)) as changed_at
       from deadline r where r.staff_id = $1 and r.due_on >= $2::date - $3::int and ${seen('r', wall, actor, params)} order by r.due_on, r.id limit $4`, params);
    const zh = actor.locale !== 'en';
    const titles = await this.masked(actor, rows.map((r) => (r.done ? (zh ? '✓ 已办：' : '✓ ') : '') + (zh ? `“${r.project}”到期：${r.title ?? '办理事项'}` : `${r.project}, due: ${r.title ?? 'to be done'}`)));
    return rows.map((r, i) => ({ uid: `deadline-${r.id}@yinfeng`, day: r.due_on, title: titles[i]!, changedAt: r.changed_at, sequence: r.done ? 1 : 0, cancelled: false }));
  }

  /** Phones and accounts that stand in what people wrote stay in the house. */
  private async masked(actor: Actor, titles: string[]): Promise<string[]> {
    const rows = await this.db.read<{ title: string }>(actor, 'select mask_text(t.title) as title from unnest($1::text[]) with ordinality t (title, i) order by t.i', [titles]);
    return rows.map((r) => r.title);
  }
}

const hashOf = (secret: string) => createHash('sha256').update(secret).digest();

/** What lies on a project is seen by whoever sees the project. */
function seen(alias: string, wall: ProjectWall, actor: Actor, params: unknown[]): string {
  return `(${alias}.project_id is null or exists (select from project pw where pw.id = ${alias}.project_id and pw.gone_at is null and ${wall(actor, 'pw', params)}))`;
}
