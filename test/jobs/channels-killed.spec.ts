import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ChannelEndpointsService } from '@yinfeng/reminders';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { type Mailbox, type Manner, openMailbox } from '../support/mailbox.js';
import { openRobots, type RobotManner, type Robots } from '../support/robots.js';
import { postOffice } from './channels-zone.js';
import { publishCalendar, reminderZone, type ReminderZone } from './reminders-zone.js';

let t: TestDatabase;
let zone: ReminderZone;
let box: Mailbox;
let robots: Robots;
let post: ReturnType<typeof postOffice>;

beforeAll(async () => {
  t = await testDatabase();
  [box, robots] = await Promise.all([openMailbox(), openRobots(() => t.clock.now().getTime())]);
  post = postOffice(t, () => zone, { mail: { url: box.url, from: 'yinfeng@ccxq.gov.cn' }, robotOrigins: [robots.origin] });
});
afterAll(async () => {
  await Promise.all([box.close(), robots.close()]);
  await t.stop();
});
beforeEach(async () => {
  await t.clean();
  await publishCalendar(t.owner);
  zone = await reminderZone(t.owner);
  box.mails.length = 0;
  box.manner = () => 'TAKE';
  robots.reset();
  post.at('2026-10-09T09:00:10');
  await post.rows(`insert into zone_policy (zone_id, name, value) values ($1, 'reminderChannels', '{"urgentKinds": ["FOLLOW_UP"]}')`, [zone.id]);
  await post.plan(zone.recruiter, { projectId: await zone.project({ name: '光电产业园' }) });
});

/** A worker of its own takes the waiting job up. */
async function worker(): Promise<ChildProcess> {
  await post.sending.sweep();
  const [job] = await post.rows<{ data: { zoneId: string; deliveryIds: string[] } }>(`delete from outbox where job = 'channels.send' returning data`);
  return fork('dist/test/jobs/dying-sender.js', [t.url, box.url, robots.origin, t.clock.now().toISOString(), job!.data.zoneId, ...job!.data.deliveryIds], { execArgv: [] });
}
const kill = async (child: ChildProcess) => {
  child.kill('SIGKILL');
  if (child.signalCode === null && child.exitCode === null) await once(child, 'exit');
};
/** Holds the message back from being marked; resolves when the worker, which has its answer, waits for it. */
async function holdTheMark(): Promise<{ reached: Promise<void>; letGo: () => Promise<void> }> {
  const client = await t.owner.connect();
  await client.query('begin');
  await client.query('select from delivery for update');
  const waits = async () => (await t.owner.query(`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)).rowCount! > 0;
  return {
    reached: (async () => { while (!(await waits())) await pause(5); })(),
    letGo: async () => {
      await client.query('rollback');
      client.release();
    },
  };
}
/** After the lease another worker looks after what is left. */
async function othersTakeOver(): Promise<object> {
  expect((await post.log()).map((d) => d.state)).toEqual(['SENDING']);
  expect(await post.sending.sweep()).toEqual({ taken: 0, abandoned: 0 });
  post.at('2026-10-09T09:05:11');
  expect(await post.sending.sweep()).toEqual({ taken: 0, abandoned: 1 });
  expect((await post.log()).map((d) => [d.state, d.last_answer])).toEqual([['DOUBT', 'the worker ended before the answer']]);
  post.at('2026-10-09T09:06:11');
  return post.sendDue();
}

describe('a worker killed while a mail was under way', () => {
  beforeEach(async () => {
    await post.mailFor(zone.recruiter, 'li@ccxq.gov.cn');
    await post.bringIn();
  });
  const everythingOnce = async (copies: number) => {
    expect(box.mails).toHaveLength(copies);
    expect(new Set(box.mails.map((m) => JSON.stringify(m))).size).toBe(1);
    expect((await post.log()).map((d) => [d.state, d.attempts])).toEqual([['SENT', 2]]);
    expect((await post.attempts()).map((a) => a.outcome)).toEqual(['DOUBT', 'SENT']);
    post.at('2026-10-10T12:00:00');
    expect(await post.sendDue()).toEqual({});
  };

  it('before the server had it: it comes once', async () => {
    const child = await worker();
    const { connections } = box;
    box.onGreeting = () => kill(child);
    await once(child, 'exit');
    box.onGreeting = async () => undefined;
    expect(box.connections).toBe(connections + 1);
    expect(await othersTakeOver()).toEqual({ sent: 1 });
    await everythingOnce(1);
  });

  it('after the server had it, before it said so: it comes again, the same to the letter under the same id', async () => {
    const child = await worker();
    box.manner = async (): Promise<Manner> => {
      await kill(child);
      return 'TAKE';
    };
    await once(child, 'exit');
    box.manner = () => 'TAKE';
    expect(await othersTakeOver()).toEqual({ sent: 1 });
    await everythingOnce(2);
  });

  it('after the server said so, before it was marked: likewise', async () => {
    const child = await worker();
    let mark: Awaited<ReturnType<typeof holdTheMark>> | undefined;
    box.manner = async (): Promise<Manner> => {
      mark = await holdTheMark();
      return 'TAKE';
    };
    while (!mark) await pause(5);
    await mark.reached;
    await kill(child);
    await mark.letGo();
    box.manner = () => 'TAKE';
    expect(await othersTakeOver()).toEqual({ sent: 1 });
    await everythingOnce(2);
  });
});

describe('a worker killed while a robot\'s message was under way', () => {
  beforeEach(async () => {
    await new ChannelEndpointsService(t.db, { mail: null, robotOrigins: [robots.origin] }).add(zone.as.SYSTEM_ADMIN, { kind: 'WECOM', name: '群', address: robots.addressOf('WECOM') });
    await post.bringIn();
  });
  const neverTwice = async () => {
    expect(await othersTakeOver()).toEqual({});
    post.at('2026-10-10T12:00:00');
    expect(await post.sendDue()).toEqual({});
    expect(robots.requests).toBe(1);
    expect((await post.log()).map((d) => [d.state, d.next_at])).toEqual([['DOUBT', null]]);
  };

  it('after the vendor had it, before it answered: never a second time by itself, and the doubt is there to be seen', async () => {
    const child = await worker();
    robots.manner = async (): Promise<RobotManner> => {
      await kill(child);
      return 'RULES';
    };
    await once(child, 'exit');
    await neverTwice();
  });

  it('after the vendor answered, before it was marked: likewise', async () => {
    const child = await worker();
    let mark: Awaited<ReturnType<typeof holdTheMark>> | undefined;
    robots.manner = async (): Promise<RobotManner> => {
      mark = await holdTheMark();
      return 'RULES';
    };
    while (!mark) await pause(5);
    await mark.reached;
    await kill(child);
    await mark.letGo();
    await neverTwice();
    expect(robots.shown).toHaveLength(1);
  });
});
