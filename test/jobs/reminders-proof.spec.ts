import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { jobHandlers, type WorkerServices } from '../../apps/worker/src/handlers.js';
import { Database, OutboxRelay, QueueRuntime } from '@yinfeng/platform';
import { projectVisibility } from '@yinfeng/recruitment';
import { DeliveryService, Routing, SendingService } from '@yinfeng/reminders';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { type Mailbox, openMailbox } from '../support/mailbox.js';
import { openRedis } from '../support/redis.js';
import { postOffice } from './channels-zone.js';
import { publishCalendar, reminderZone, type ReminderZone } from './reminders-zone.js';

/** Exactly one reminder for each cause, recipient and window, whatever happens to workers, queue, clock and policy meanwhile. */
let t: TestDatabase;
let second: Database;
let zone: ReminderZone;
let box: Mailbox;
let projectId: string;
let post: ReturnType<typeof postOffice>;
interface Worker { inbox: DeliveryService; sending: SendingService }
let workers: [Worker, Worker];

beforeAll(async () => {
  t = await testDatabase();
  second = await new Database({ url: t.url, poolSize: 4, statementTimeoutMs: 30_000 }, t.clock).connect();
  box = await openMailbox();
  const channels = { mail: { url: box.url, from: 'yinfeng@ccxq.gov.cn' }, robotOrigins: [] };
  post = postOffice(t, () => zone, channels);
  const worker = (db: Database): Worker => ({ inbox: new DeliveryService(db, new Routing(db, t.clock, channels)), sending: new SendingService(db, t.clock, channels, projectVisibility) });
  workers = [worker(t.db), worker(second)];
});
afterAll(async () => {
  await box.close();
  await second.onApplicationShutdown();
  await t.stop();
});
beforeEach(async () => {
  await t.clean();
  await publishCalendar(t.owner);
  zone = await reminderZone(t.owner);
  projectId = await zone.project({ name: '光电产业园' });
  box.mails.length = 0;
  for (const [i, who] of people().entries()) await post.mailFor(who, `p${i}@ccxq.gov.cn`);
  post.at('2026-10-09T09:00:00');
});

const people = () => [zone.recruiter, zone.groupLeader, zone.manager];
const planAll = (causes: readonly string[]) => Promise.all(causes.flatMap((cause) => people().map((who) => post.plan(who, { projectId, cause, detail: { nextStep: cause } }))));
const jobsOf = (job: string) => post.rows<{ data: { zoneId: string; deliveryIds: string[] } }>('delete from outbox where job = $1 returning data', [job]);
/** Both workers look, and both are given every job. */
const both = async (act: (w: Worker) => Promise<unknown>) => void (await Promise.all(workers.map(act)));
const bringIn = async () => {
  await both((w) => w.inbox.sweep());
  const jobs = await jobsOf('reminders.deliver');
  await both((w) => Promise.all(jobs.map(({ data }) => w.inbox.deliver(data.zoneId, data.deliveryIds))));
};
const sendOut = async () => {
  await both((w) => w.sending.sweep());
  const jobs = await jobsOf('channels.send');
  await both((w) => Promise.all(jobs.map(({ data }) => w.sending.send(data.zoneId, data.deliveryIds))));
};
const at = async (instant: string) => {
  post.at(instant);
  await bringIn();
  await sendOut();
};
/** What each person has in the mail: how many letters, and how often each cause stands in them. */
const letters = () => people().map((_, i) => {
  const own = box.mails.filter((m) => m.to[0] === `p${i}@ccxq.gov.cn`);
  return { letters: own.length, causes: own.flatMap((m) => m.text.match(/C\d+/g) ?? []).sort() };
});
const each = (n: number, causes: string[]) => people().map(() => ({ letters: n, causes: [...causes].sort() }));
const inboxes = () => post.rows<{ n: number; told: number }>(`select count(*)::int as n, (select count(*)::int from reminder_delivery where state = 'SENT') as told from reminder where state = 'DELIVERED'`);

it('one for each cause and recipient, one mail for each recipient and window, under two planners and two workers at once', async () => {
  const morning = ['C1', 'C2', 'C3', 'C4', 'C5'];
  await Promise.all([planAll(morning), planAll(morning), planAll([...morning].reverse())]);
  expect(await post.rows('select count(*)::int as n from reminder')).toEqual([{ n: 15 }]);
  await at('2026-10-09T09:00:30');
  await at('2026-10-09T09:04:59');
  expect(letters()).toEqual(each(0, []));
  await at('2026-10-09T09:05:00');
  expect(letters()).toEqual(each(1, morning));
  await Promise.all([planAll(['C6', 'C1']), planAll(['C6'])]);
  await at('2026-10-09T10:00:00');
  await at('2026-10-09T17:05:00');
  await at('2026-10-09T17:06:00');
  expect(letters()).toEqual(each(2, [...morning, 'C6']));
  expect(await inboxes()).toEqual([{ n: 18, told: 18 }]);
});

describe('a moved clock', () => {
  it('that goes back after the inbox and after the mail brings nothing again; what is planned meanwhile comes in its own time', async () => {
    await planAll(['C1']);
    await at('2026-10-09T09:00:30');
    await at('2026-10-09T07:00:00');
    await at('2026-10-09T09:05:00');
    expect(letters()).toEqual(each(1, ['C1']));
    await at('2026-10-08T12:00:00');
    await planAll(['C1', 'C2']);
    await at('2026-10-09T08:59:59');
    expect(await inboxes()).toEqual([{ n: 3, told: 3 }]);
    await at('2026-10-09T09:05:30');
    // The window of nine has left already.
    expect(letters()).toEqual(each(1, ['C1']));
    await at('2026-10-09T17:05:00');
    await at('2026-10-12T09:05:00');
    expect(letters()).toEqual(each(2, ['C1', 'C2']));
    expect(await inboxes()).toEqual([{ n: 6, told: 6 }]);
  });

  it('between claim and delivery, between taking and sending: still once', async () => {
    await planAll(['C1']);
    post.at('2026-10-09T09:00:30');
    await both((w) => w.inbox.sweep());
    const lost = await jobsOf('reminders.deliver');
    post.at('2026-10-09T06:00:00');
    await both((w) => w.inbox.sweep());
    expect(await jobsOf('reminders.deliver')).toEqual([]);
    post.at('2026-10-09T09:02:00');
    await both((w) => w.inbox.sweep());
    const again = await jobsOf('reminders.deliver');
    await both((w) => Promise.all([...lost, ...again].map(({ data }) => w.inbox.deliver(data.zoneId, data.deliveryIds))));
    post.at('2026-10-09T09:05:00');
    await both((w) => w.sending.sweep());
    const taken = await jobsOf('channels.send');
    post.at('2026-10-09T09:10:00');
    await both((w) => w.sending.sweep());
    const takenAgain = await jobsOf('channels.send');
    expect(takenAgain.length).toBeGreaterThan(0);
    post.at('2026-10-09T08:00:00');
    await both((w) => Promise.all([...taken, ...takenAgain].map(({ data }) => w.sending.send(data.zoneId, data.deliveryIds))));
    await at('2026-10-09T17:05:00');
    expect(letters()).toEqual(each(1, ['C1']));
    expect(await inboxes()).toEqual([{ n: 3, told: 3 }]);
    expect(await post.rows('select outcome, count(*)::int as n from delivery_attempt group by 1')).toEqual([{ outcome: 'SENT', n: 3 }]);
  });
});

describe('a policy that changes between planning and the day', () => {
  const policy = (value: object) => post.rows(`insert into zone_policy (zone_id, name, value) values ($1, 'reminderChannels', $2) on conflict (zone_id, name, valid_from) do update set value = excluded.value`, [zone.id, JSON.stringify(value)]);

  it('of what is urgent: decided when it comes in, one way or the other', async () => {
    await policy({ urgentKinds: ['FOLLOW_UP'] });
    await planAll(['C1']);
    await policy({ urgentKinds: ['HANDOFF'] });
    await at('2026-10-09T09:00:30');
    expect(letters()).toEqual(each(0, []));
    await policy({ urgentKinds: ['FOLLOW_UP'] });
    await planAll(['C2']);
    await at('2026-10-09T09:01:00');
    expect(letters()).toEqual(each(1, ['C2']));
    await at('2026-10-09T09:05:00');
    await at('2026-10-09T17:05:00');
    expect(letters()).toEqual(each(2, ['C1', 'C2']));
  });

  it('of the windows: what was collected leaves as it was, what comes later at the new hours, nothing in both', async () => {
    await planAll(['C1']);
    await at('2026-10-09T09:00:30');
    await policy({ digestTimes: ['11:00'] });
    await planAll(['C2']);
    await at('2026-10-09T09:04:00');
    await at('2026-10-09T09:05:00');
    expect(letters()).toEqual(each(1, ['C1']));
    await at('2026-10-09T11:05:00');
    await at('2026-10-09T17:05:00');
    await at('2026-10-12T11:05:00');
    expect(letters()).toEqual(each(2, ['C1', 'C2']));
    expect(await post.rows('select reminder_id from delivery_item group by reminder_id, target_id having count(*) > 1')).toEqual([]);
  });
});

describe.each(['PostgreSQL', 'Redis'])('a queue that is wiped (%s)', (store) => {
  it('with every job in it: all comes, once, though the jobs come twice', async () => {
    const redis = store === 'Redis' ? await openRedis({ own: true }) : null;
    if (store === 'Redis' && redis === null) return;
    const queue = () => new QueueRuntime({ databaseUrl: t.url, redisUrl: redis?.url ?? null, prefix: `yft-${randomBytes(4).toString('hex')}` });
    const wiped = queue();
    const relay = new OutboxRelay(wiped, { databaseUrl: t.url });
    const open: { close(): Promise<void> }[] = [{ close: () => relay.stop() }, wiped];
    try {
      await planAll(['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7', 'C8']);
      post.at('2026-10-09T09:00:30');
      await both((w) => w.inbox.sweep());
      const claimed = await relay.pass();
      expect(claimed).toBeGreaterThan(0);
      const waiting = async () => Object.values(await wiped.counts('quick')).reduce((n, x) => n + x, 0);
      expect(await waiting()).toBe(claimed);
      await (redis ? redis.wipe() : wiped.wipe());
      expect(await waiting()).toBe(0);
      // Offered again from the outbox, and claimed again after a minute: both jobs come.
      expect(await relay.refill(0)).toBe(claimed);
      post.at('2026-10-09T09:01:31');
      await both((w) => w.inbox.sweep());
      expect(await relay.pass()).toBeGreaterThan(0);
      for (const w of workers) wiped.work(jobHandlers({ delivery: w.inbox, sending: w.sending, watch: { hurry: () => undefined } } as Partial<WorkerServices> as WorkerServices));
      relay.start();
      const done = async () => (await post.rows('select from outbox where completed_at is null')).length === 0;
      while (!(await done())) await pause(20);
      post.at('2026-10-09T09:05:00');
      await both((w) => w.sending.sweep());
      while (!(await done())) await pause(20);
      expect(letters()).toEqual(each(1, ['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7', 'C8']));
      expect(await inboxes()).toEqual([{ n: 24, told: 24 }]);
      expect(await post.rows('select outcome, count(*)::int as n from delivery_attempt group by 1')).toEqual([{ outcome: 'SENT', n: 3 }]);
    } finally {
      for (const o of open) await o.close();
      await redis?.close();
    }
  });
});
