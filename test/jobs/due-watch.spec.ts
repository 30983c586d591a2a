import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { jobHandlers, type WorkerServices } from '../../apps/worker/src/handlers.js';
import { OutboxRelay, QueueRuntime } from '@yinfeng/platform';
import { DueWatch } from '@yinfeng/reminders';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { type Mailbox, openMailbox } from '../support/mailbox.js';
import { postOffice } from './channels-zone.js';
import { publishCalendar, reminderZone, type ReminderZone } from './reminders-zone.js';

let t: TestDatabase;
let zone: ReminderZone;
let box: Mailbox;
let projectId: string;
let post: ReturnType<typeof postOffice>;
let asked: string[];
let watch: DueWatch;

beforeAll(async () => {
  t = await testDatabase();
  box = await openMailbox();
  post = postOffice(t, () => zone, { mail: { url: box.url, from: 'yinfeng@ccxq.gov.cn' }, robotOrigins: [] });
});
afterAll(async () => {
  await box.close();
  await t.stop();
});
beforeEach(async () => {
  await t.clean();
  await publishCalendar(t.owner);
  zone = await reminderZone(t.owner);
  box.mails.length = 0;
  projectId = await zone.project({ name: '光电产业园' });
  await post.rows(`insert into zone_policy (zone_id, name, value) values ($1, 'reminderChannels', '{"urgentKinds": ["FOLLOW_UP"]}')`, [zone.id]);
  asked = [];
  const noting = <Row extends object>(sql: string, params?: unknown[], name?: string) => {
    asked.push(name!);
    return t.db.shared<Row>(sql, params, name);
  };
  watch = new DueWatch({ shared: noting, pinnedNow: () => t.db.pinnedNow() }, {
    reminders: () => (asked.push('reminders'), post.inbox.sweep()), messages: () => (asked.push('messages'), post.sending.sweep()),
  }, { onJobs: () => asked.push('jobs') });
  post.at('2026-10-09T09:00:00');
});
const look = async () => {
  asked.length = 0;
  const found = await watch.look();
  return found ? asked.slice(1) : asked;
};
const deliver = async () => {
  for (const job of await post.rows<{ data: { zoneId: string; deliveryIds: string[] } }>(`delete from outbox where job = 'reminders.deliver' returning data`)) await post.inbox.deliver(job.data.zoneId, job.data.deliveryIds);
};

describe('a look', () => {
  it('is one statement while nothing is due, to the second, whatever lies behind and ahead', async () => {
    await post.plan(zone.recruiter, { projectId, dueOn: '2026-10-12' });
    expect(await look()).toEqual(['due_now']);
    post.at('2026-10-12T08:59:59');
    expect(await look()).toEqual(['due_now']);
    post.at('2026-10-12T09:00:00');
    expect(await look()).toEqual(['reminders', 'jobs']);
    // Claimed: the job has it.
    expect(await look()).toEqual(['due_now']);
    await deliver();
    expect(await look()).toEqual(['due_now']);
  });

  it('takes what is urgent on to its channel as soon as it has come in, and a try after a failure when its time has come', async () => {
    await post.mailFor(zone.recruiter, 'li@ccxq.gov.cn');
    await post.plan(zone.recruiter, { projectId });
    expect(await look()).toEqual(['reminders', 'jobs']);
    await deliver();
    expect(await look()).toEqual(['messages', 'jobs']);
    expect(await look()).toEqual(['due_now']);
    box.manner = () => 451;
    expect(await post.rows(`select data from outbox`)).toHaveLength(1);
    for (const { data } of await post.rows(`delete from outbox returning data`)) await post.sending.send(data.zoneId, data.deliveryIds);
    box.manner = () => 'TAKE';
    post.at('2026-10-09T09:00:59');
    expect(await look()).toEqual(['due_now']);
    post.at('2026-10-09T09:01:00');
    expect(await look()).toEqual(['messages', 'jobs']);
  });

  it('finds what is planned for a moment that has passed, and what was put off or planned anew', async () => {
    post.at('2026-10-09T16:00:00');
    await post.plan(zone.recruiter, { projectId, cause: 'a' });
    expect(await look()).toEqual(['reminders', 'jobs']);
    await post.rows(`update reminder set state = 'CANCELLED'`);
    await deliver();
    await post.plan(zone.recruiter, { projectId, cause: 'a' });
    expect(await look()).toEqual(['reminders', 'jobs']);
  });

  it('sees nothing due while the clock stands back, and the same again when it has caught up', async () => {
    await post.plan(zone.recruiter, { projectId });
    post.at('2026-10-09T08:00:00');
    expect(await look()).toEqual(['due_now']);
    post.at('2026-10-09T09:00:01');
    expect(await look()).toEqual(['reminders', 'jobs']);
  });

  it('reads the beginning of its indexes alone, however much was told, waits or is under way', async () => {
    const many = (cause: string, state: string, due: string) => post.rows(
      `insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, state) select $1, 'FOLLOW_UP', $4 || n, $2, $3, '2026-10-09', $6, $5 from generate_series(1, 3000) n`, [zone.id, projectId, zone.recruiter.staffId, cause, state, due]);
    await many('told', 'DELIVERED', '2026-10-08T09:00:00+08:00');
    await many('ahead', 'PLANNED', '2026-11-09T09:00:00+08:00');
    await many('claimed', 'PLANNED', '2026-10-09T09:00:00+08:00');
    await post.rows(`insert into reminder_delivery (zone_id, reminder_id, channel, due_at) select zone_id, id, 'INBOX', due_at from reminder where starts_with(cause, 'claimed')`);
    await post.rows(`insert into delivery (zone_id, channel, staff_id, slot, state, next_at, ended_at) select $1, 'MAIL', $2, 'old' || n, 'SENT', null, now() from generate_series(1, 3000) n`, [zone.id, zone.recruiter.staffId]);
    const client = await t.owner.connect();
    try {
      await client.query('begin');
      const tuples = async () => (await client.query<{ whole: number; single: number }>(`select coalesce(sum(seq_tup_read), 0)::int as whole, coalesce(sum(idx_tup_fetch), 0)::int as single from pg_stat_xact_user_tables where relname in ('reminder', 'reminder_delivery', 'delivery')`)).rows[0]!;
      const before = await tuples();
      const { rows: [due] } = await client.query(`select * from due_now('2026-10-09T09:00:00+08:00')`);
      const after = await tuples();
      expect(due).toEqual({ reminders: false, messages: false });
      expect(after.whole - before.whole).toBe(0);
      expect(after.single - before.single).toBeLessThanOrEqual(400);
    } finally {
      await client.query('rollback');
      client.release();
    }
    // One more behind all that is under way: found as soon as that has been told.
    await post.plan(zone.recruiter, { projectId, cause: 'last' });
    await post.rows(`update reminder set state = 'DELIVERED' where starts_with(cause, 'claimed')`);
    expect(await look()).toEqual(['reminders', 'jobs']);
    expect(await post.inbox.sweep()).toEqual({ claimed: 0, reclaimed: 0 });
  });

  it('gives the application two answers and no rows of any zone', async () => {
    expect(await t.db.shared('select * from due_now(null)')).toEqual([{ reminders: false, messages: false }]);
    expect((await t.owner.query(`select pg_get_function_result('due_now(timestamptz)'::regprocedure) as told, has_function_privilege('public', 'due_now(timestamptz)', 'execute') as everybody`)).rows).toEqual([{ told: 'record', everybody: false }]);
  });
});

const stores: [string, string | null][] = [['PostgreSQL', null]];
if (process.env.REDIS_URL) stores.push(['Redis', process.env.REDIS_URL]);

it.each(stores)('two workers without any recurring job bring what is due alone to its person and to the mail server, once (%s)', async (_store, redisUrl) => {
  await post.mailFor(zone.recruiter, 'li@ccxq.gov.cn');
  const prefix = `yft-${randomBytes(4).toString('hex')}`;
  const workers = Array.from({ length: 2 }, () => {
    const queue = new QueueRuntime({ databaseUrl: t.url, redisUrl, prefix });
    const relay = new OutboxRelay(queue, { databaseUrl: t.url });
    const look = new DueWatch(t.db, { reminders: () => post.inbox.sweep(), messages: () => post.sending.sweep() }, { onJobs: () => relay.wake() });
    queue.work(jobHandlers({ delivery: post.inbox, sending: post.sending, watch: look } as Partial<WorkerServices> as WorkerServices));
    relay.start();
    look.start();
    return { queue, stop: async () => { await look.stop(); await relay.stop(); await queue.close(2_000); } };
  });
  try {
    for (let n = 1; n <= 3; n++) {
      await post.plan(zone.recruiter, { projectId, detail: { nextStep: `第${n}步` } });
      while (box.mails.length < n) await pause(20);
    }
    while ((await post.rows(`select from delivery where state <> 'SENT'`)).length > 0) await pause(20);
    expect(new Set(box.mails.map((m) => m.messageId)).size).toBe(3);
    expect(await post.rows(`select state, count(*)::int as n from reminder_delivery group by 1`)).toEqual([{ state: 'SENT', n: 3 }]);
    expect(await post.rows(`select outcome, count(*)::int as n from delivery_attempt group by 1`)).toEqual([{ outcome: 'SENT', n: 3 }]);
  } finally {
    await workers[0]!.queue.wipe();
    await Promise.all(workers.map((w) => w.stop()));
  }
});
