import { PolicyService } from '@yinfeng/directory';
import { type Actor, type ChannelOptions, Clock, Database, enqueue, type Locale, newId, type Role, staffActor, systemActor, type Tx } from '@yinfeng/platform';
import { type ReminderDetail, type ReminderKind, reminderTitle } from '../reminder-text.rules.js';
import type { ProjectWall } from '../reminders.service.js';
import { type Channel, type Robot, type Sent } from './channel.js';
import { MailSender, type MailOrder, type MailSession } from './mail-sender.js';
import { mailOffPath } from './mail-off.service.js';
import { codeMail, mailOf, robotText, testText, type ToldLine } from './message.rules.js';
import { RobotSender, type RobotOrder } from './robot-sender.js';
import { VENDORS } from './robots.rules.js';
import { type Seal, sealOf } from './seal.js';
import * as sql from './sending.sql.js';
import { outsideQuiet } from './times.rules.js';

/** Messages taken over all zones at a time, and those that one job carries. */
const BATCH = 200;
const JOB = 20;
/** A mail that stays in doubt is not repeated for ever. */
const MOST_DOUBTS = 3;
export const CODE_MINUTES = 30;
const NO_ZONE = '00000000-0000-0000-0000-000000000000';

export interface SendReport {
  sent: number;
  /** To be tried again, or not yet its turn. */
  later: number;
  /** Nothing left to tell. */
  dropped: number;
  dead: number;
  doubt: number;
}

interface Claimed {
  id: string; channel: Channel; purpose: 'REMINDERS' | 'CODE' | 'TEST'; state: 'WAITING' | 'DOUBT'; urgent: boolean; staff_id: string | null; endpoint_id: string | null; attempts: number; at_place: boolean; first_at: Date;
  robot_name: string | null; address_sealed: Buffer | null; secret_sealed: Buffer | null; keyword: string | null; robot_on: boolean;
  locale: Locale | null; gone: boolean; address: string | null; mail_on: boolean; code_sealed: Buffer | null; code_good: boolean;
}
interface Recipient { id: string; name: string; role: Role; locale: Locale; department_ids: string[]; led_ids: string[] }
interface Standing { id: string; cause: string; kind: ReminderKind; detail: ReminderDetail; due_on: string; due_at: Date; provisional: boolean; project: string | null }

/** A message that was marked as under way and now has to be handed over: what goes where, and as which attempt. */
type Order = { deliveryId: string; attempt: number } & ({ mail: MailOrder } | { robot: RobotOrder });

/**
 * Sends messages by mail and robots, each once. Marked as under way before it is handed over, and with what was answered
 * after it: a worker that dies in between leaves a doubt. A mail in doubt goes again under the same Message-ID, which
 * mail servers and readers' programs know for the same; a robot knows nothing like it, so its message waits for a person.
 */
export class SendingService {
  private readonly policies: PolicyService;
  private readonly seal: () => Promise<Seal>;
  private readonly robots: RobotSender;
  private readonly mail: MailSender | null;
  private readonly link: string | null;

  /** `wall`: which projects a person may see; what is out of sight by now is not told. */
  constructor(private readonly db: Database, private readonly clock: Clock, options: ChannelOptions, private readonly wall: ProjectWall, patienceMs?: number) {
    this.policies = new PolicyService(db, clock);
    this.seal = sealOf(db);
    this.robots = new RobotSender(options.robotOrigins, patienceMs);
    this.link = options.publicUrl ?? null;
    this.mail = options.mail ? new MailSender(options.mail, patienceMs) : null;
  }

  /** Takes what is due over all zones into jobs, and calls doubtful what a dead worker left under way. Safe to run at once with others. */
  async sweep(): Promise<{ taken: number; abandoned: number }> {
    let abandoned = 0;
    const lost = await this.db.tx(systemActor(NO_ZONE, newId()), (tx) => tx.rows<{ zone_id: string; delivery_id: string }>('select zone_id, delivery_id from deliveries_abandoned($1)', [BATCH], 'deliveries_abandoned'));
    for (const { zone_id, delivery_id } of lost) abandoned += (await this.abandon(zone_id, delivery_id)) ? 1 : 0;
    for (let taken = 0; ; ) {
      const n = await this.db.tx(systemActor(NO_ZONE, newId()), async (tx) => {
        const due = await tx.rows<{ zone_id: string; delivery_id: string }>('select zone_id, delivery_id from deliveries_due($1)', [BATCH], 'deliveries_due');
        const zones = new Map<string, string[]>();
        for (const d of due) zones.set(d.zone_id, [...(zones.get(d.zone_id) ?? []), d.delivery_id]);
        for (const [zoneId, ids] of zones) for (let i = 0; i < ids.length; i += JOB) await enqueue(tx, 'channels.send', { zoneId, deliveryIds: ids.slice(i, i + JOB) });
        return due.length;
      }, { cause: 'channels.sweep' });
      taken += n;
      if (n < BATCH) return { taken, abandoned };
    }
  }

  /** Sends messages of one zone, one after the other. One that is not claimed (any more) is left alone. */
  async send(zoneId: string, deliveryIds: readonly string[]): Promise<SendReport> {
    const report: SendReport = { sent: 0, later: 0, dropped: 0, dead: 0, doubt: 0 };
    const seal = await this.seal();
    const mails = this.mail?.session() ?? null;
    try {
      for (const id of deliveryIds) {
        const order = await this.inZone(zoneId, (tx) => this.begin(tx, id, seal));
        if (order === null) continue;
        if (typeof order === 'string') report[order]++;
        else {
          const sent = await this.handOver(order, mails);
          report[await this.inZone(zoneId, (tx) => this.conclude(tx, id, order.attempt, sent))]++;
        }
      }
    } finally {
      mails?.close();
    }
    return report;
  }

  private inZone<T>(zoneId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.db.tx(systemActor(zoneId, newId()), work, { cause: 'channels.send' });
  }

  private handOver(order: Order, mails: MailSession | null): Promise<Sent> {
    if ('robot' in order) return this.robots.send(order.robot);
    // A message that waits while the operator takes the mail server away.
    return mails ? mails.send(order.mail) : Promise.resolve({ outcome: 'RETRY', answer: 'SMTP_URL is not set' });
  }

  /** Looks again at what it tells and to whom, and marks it as under way. null: not claimed. */
  private async begin(tx: Tx, id: string, seal: Seal): Promise<Order | 'later' | 'dropped' | 'dead' | null> {
    const d = await tx.row<Claimed>(sql.LOCK_CLAIMED, [id], 'delivery_claimed_row');
    if (!d) return null;
    const end = async (state: 'DROPPED' | 'DEAD', answer: string) => {
      await tx.run(sql.END, [id, state, answer]);
      return state === 'DEAD' ? 'dead' as const : 'dropped' as const;
    };
    if (d.endpoint_id ? !d.robot_on : d.gone || (d.purpose === 'REMINDERS' && !d.mail_on) || !d.address) return end('DROPPED', 'switched off');
    const told = await this.lines(tx, d);
    if (told.length === 0 && d.purpose === 'REMINDERS') return end('DROPPED', 'nothing left to tell');
    const attempt = d.attempts + 1;
    let order: Order;
    if (d.endpoint_id) {
      const robot = d.channel as Robot;
      const address = seal.open(d.address_sealed!, d.endpoint_id);
      const secret = d.secret_sealed ? seal.open(d.secret_sealed, d.endpoint_id) : null;
      if (address === null || (d.secret_sealed && secret === null)) return end('DEAD', 'sealed under another key: enter address and secret again');
      if ((await tx.run(sql.TAKE_TURN, [d.endpoint_id, VENDORS[robot].paceMs], 'channel_turn')) === 0) {
        const { next_at: runAt } = (await tx.row<{ next_at: Date }>(sql.POSTPONE, [id, d.endpoint_id, VENDORS[robot].paceMs, d.at_place]))!;
        // A job of its own: nobody waits for the next look of the sweep.
        await enqueue(tx, 'channels.send', { zoneId: tx.actor.zoneId, deliveryIds: [id] }, { runAt });
        return 'later';
      }
      const text = d.purpose === 'TEST' ? testText(d.robot_name!, 'zh', d.keyword) : robotText(robot, told, 'zh', d.keyword, this.link);
      order = { deliveryId: id, attempt, robot: { robot, address, secret, text, now: this.clock.now() } };
    } else {
      const locale = d.locale ?? 'zh';
      const code = d.purpose === 'CODE' && d.code_sealed && d.code_good ? seal.open(d.code_sealed, d.staff_id!) : null;
      if (d.purpose === 'CODE' && code === null) return end('DROPPED', 'the code is no longer good');
      const offUrl = this.link && new URL(mailOffPath(seal, tx.actor.zoneId, d.staff_id!, d.address!), this.link).href;
      const mail = code === null ? mailOf(told, locale, this.link, offUrl) : codeMail(code, CODE_MINUTES, locale);
      order = { deliveryId: id, attempt, mail: { ...mail, to: d.address!, messageId: `<${id}@${this.mail?.domain ?? 'localhost'}>`, date: d.first_at } };
    }
    await tx.run(sql.BEGIN_SENDING, [id], 'delivery_begin');
    await tx.run(sql.NOTE_ATTEMPT, [id, attempt], 'delivery_attempt');
    return order;
  }

  /** What still stands of a message, as its recipients may read it outside the house; the rest is dropped from it. Causes once, with whom they are for. */
  private async lines(tx: Tx, d: Claimed): Promise<ToldLine[]> {
    if (d.purpose !== 'REMINDERS') return [];
    const again = d.state === 'DOUBT';
    const found: (Standing & { who: string; locale: Locale })[] = [];
    for (const person of await tx.rows<Recipient>(sql.RECIPIENTS, [d.id])) {
      const params: unknown[] = [d.id, person.id, again];
      const rows = await tx.rows<Standing>(sql.standing(again ? 'true' : this.wall(actorOf(person, tx.actor), 'pw', params)), params);
      found.push(...rows.map((r) => ({ ...r, who: person.name, locale: person.locale })));
    }
    if (!again) await tx.run(sql.KEEP_ITEMS, [d.id, found.map((f) => f.id)]);
    found.sort((a, b) => a.due_at.getTime() - b.due_at.getTime() || (a.cause < b.cause ? -1 : a.cause > b.cause ? 1 : 0) || (a.id < b.id ? -1 : 1));
    const causes = new Map<string, { title: string; people: string[] }>();
    for (const f of found) {
      const known = causes.get(f.cause);
      if (known) known.people.push(f.who);
      else causes.set(f.cause, { title: reminderTitle({ kind: f.kind, detail: f.detail, project: f.project, dueOn: f.due_on, provisional: f.provisional }, d.endpoint_id ? 'zh' : f.locale), people: [f.who] });
    }
    // Phones and accounts that stand in what people wrote stay in the house.
    const titles = await tx.rows<{ title: string }>('select mask_text(t.title) as title from unnest($1::text[]) with ordinality t (title, i) order by t.i', [[...causes.values()].map((c) => c.title)]);
    return [...causes.values()].map((c, i) => ({ title: titles[i]!.title, people: d.endpoint_id ? c.people : undefined }));
  }

  /** Writes down what became of an attempt. One that comes after the message was called doubtful is noted; a later attempt is not touched by it. */
  private async conclude(tx: Tx, id: string, attempt: number, sent: Sent): Promise<keyof SendReport> {
    const d = (await tx.row<{ channel: Channel; state: string; attempts: number; failures: number; urgent: boolean; purpose: string; endpoint_id: string | null; doubted: boolean; doubts: number; quiet_from: string | null; quiet_to: string | null }>(sql.LOCK_SENT, [id], 'delivery_sent_row'))!;
    const answer = sent.answer.replace(/\p{Cc}+/gu, ' ').slice(0, 500);
    await tx.run(sql.END_ATTEMPT, [id, attempt, sent.outcome, answer]);
    const ours = d.attempts === attempt && (d.state === 'SENDING' || d.state === 'DOUBT');
    if (d.endpoint_id && sent.afterMs !== undefined) await tx.run(sql.BE_STILL, [d.endpoint_id, new Date(this.clock.now().getTime() + sent.afterMs)]);
    if (!ours) return sent.outcome === 'SENT' ? 'sent' : 'later';
    if (sent.outcome === 'SENT') {
      await tx.run(sql.END, [id, 'SENT', answer], 'delivery_end');
      return 'sent';
    }
    if (sent.outcome === 'REFUSED') {
      await tx.run(sql.END, [id, 'DEAD', answer], 'delivery_end');
      return 'dead';
    }
    const policy = await this.policies.value(tx, 'reminderChannels', this.clock.today());
    const now = this.clock.now();
    const after = (ms: number) => {
      const at = new Date(now.getTime() + ms);
      return d.urgent || d.purpose !== 'REMINDERS' ? at : outsideQuiet({ ...policy, quietFrom: d.quiet_from ?? policy.quietFrom, quietTo: d.quiet_to ?? policy.quietTo }, at);
    };
    if (sent.outcome === 'DOUBT') {
      const again = d.channel === 'MAIL' && policy.repeatDoubtfulMail && d.doubts + 1 < MOST_DOUBTS;
      await tx.run(sql.GO_ON, [id, 'DOUBT', again ? after(policy.retryMinutes[0]! * 60_000) : null, 0, answer]);
      return 'doubt';
    }
    const pause = policy.retryMinutes[d.failures];
    if (pause === undefined) {
      await tx.run(sql.END, [id, 'DEAD', answer], 'delivery_end');
      return 'dead';
    }
    // What was once in doubt stays what it was, to the letter: it may lie in the reader's inbox already.
    await tx.run(sql.GO_ON, [id, d.doubted ? 'DOUBT' : 'WAITING', after(Math.max(pause * 60_000, sent.afterMs ?? 0)), 1, answer]);
    return 'later';
  }

  private async abandon(zoneId: string, id: string): Promise<boolean> {
    return this.inZone(zoneId, async (tx) => {
      const lost = await tx.row<{ attempts: number }>(`select attempts from delivery where id = $1 and state = 'SENDING' and sending_at < app_now() - interval '5 minutes' for update`, [id]);
      if (lost) await this.conclude(tx, id, lost.attempts, { outcome: 'DOUBT', answer: 'the worker ended before the answer' });
      return lost !== undefined;
    });
  }
}

function actorOf(person: Recipient, system: Actor): Actor {
  return staffActor({ via: 'token', zoneId: system.zoneId, staffId: person.id, name: person.name, role: person.role, departmentIds: person.department_ids, ledDepartmentIds: person.led_ids, locale: person.locale, requestId: system.requestId });
}
