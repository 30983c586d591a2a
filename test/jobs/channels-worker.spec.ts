import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type RunningWorker, startWorker } from '../../apps/worker/src/main.js';
import { ChannelEndpointsService } from '@yinfeng/reminders';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { type Mailbox, openMailbox } from '../support/mailbox.js';
import { openRobots, type Robots } from '../support/robots.js';
import { publishCalendar, reminderZone } from './reminders-zone.js';

let t: TestDatabase;
let box: Mailbox;
let robots: Robots;
let dataDir: string;
const workers: RunningWorker[] = [];

beforeAll(async () => {
  t = await testDatabase();
  t.clock.pin(null);
  [box, robots, dataDir] = await Promise.all([openMailbox(), openRobots(Date.now), mkdtemp(join(tmpdir(), 'yinfeng-test-data-'))]);
});
afterAll(async () => {
  await Promise.all(workers.map((w) => w.close()));
  await Promise.all([box.close(), robots.close()]);
  await t.stop();
  await rm(dataDir, { recursive: true, force: true });
});

it('two whole workers bring every urgent reminder to its person once, and to the group once', async () => {
  await publishCalendar(t.owner);
  const zone = await reminderZone(t.owner);
  const channels = { mail: { url: box.url, from: 'yinfeng@ccxq.gov.cn' }, robotOrigins: [robots.origin] };
  await t.owner.query(`insert into zone_policy (zone_id, name, value) values ($1, 'reminderChannels', '{"urgentKinds": ["FOLLOW_UP"]}')`, [zone.id]);
  const people = [zone.recruiter, zone.groupLeader, zone.manager];
  for (const [i, who] of people.entries()) await t.owner.query(`insert into staff_channel (staff_id, zone_id, channel, enabled, address, verified_at) values ($1, $2, 'MAIL', true, $3, now())`, [who.staffId, zone.id, `p${i}@ccxq.gov.cn`]);
  await new ChannelEndpointsService(t.db, channels).add(zone.as.SYSTEM_ADMIN, { kind: 'FEISHU', name: '群', address: robots.addressOf('FEISHU') });
  const project = await zone.project({ name: '光电产业园', departmentId: zone.departments.group });
  // To the microsecond, as the database keeps it.
  const due = (await t.owner.query<{ due: string }>(`select (now() - interval '1 minute')::text as due`)).rows[0]!.due;
  for (const who of people) {
    await t.owner.query(`insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, created_at) select $1, 'FOLLOW_UP', 'c' || n, $2, $3, shanghai_day($4::timestamptz), $4, jsonb_build_object('nextStep', '第' || n || '步'), $4 from generate_series(1, 6) n`,
      [zone.id, project, who.staffId, due]);
  }
  const options = { databaseUrl: t.url, redisUrl: process.env.REDIS_URL ?? null, dataDir, filesS3: null, logLevel: 'silent' as const, jobConcurrency: 4, poolSize: 4, channels };
  workers.push(...(await Promise.all([startWorker(options), startWorker(options)])));
  // What the schedule does every minute and every ten seconds, at once.
  const nudge = () => t.owner.query(`insert into outbox (job, data) values ('reminders.sweep', '{}'), ('channels.sweep', '{}')`);
  const left = async () => (await t.owner.query(`select 1 from delivery where state <> 'SENT' union all select 1 where (select count(*) from delivery) < 24`)).rowCount;
  for (await nudge(); (await left()) !== 0; await pause(200)) await nudge();

  expect(box.mails).toHaveLength(18);
  expect(new Set(box.mails.map((m) => `${m.to[0]} ${m.subject}`)).size).toBe(18);
  expect(robots.shown).toHaveLength(6);
  expect(new Set(robots.shown.map((m) => m.text.replace(/（.*/, ''))).size).toBe(6);
  expect(robots.answers.every((code) => code === 0)).toBe(true);
  expect((await t.owner.query('select outcome, count(*)::int as n from delivery_attempt group by 1')).rows).toEqual([{ outcome: 'SENT', n: 24 }]);
});
