/**
 * Kills workers while they send, and counts what arrived. By hand, after npm run build:
 *
 *   node dist/test/chaos/channel-kills.js [kills, 50 when absent]
 *
 * Each round has something urgent for a mailbox and a group; a worker of its own takes up what waits and is killed (SIGKILL)
 * at a random moment. At the end a healthy worker looks after what is left. Exit code 1 when a promise was broken.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startEmbedded } from '@yinfeng/platform';
import { ChannelEndpointsService } from '@yinfeng/reminders';
import { postOffice } from '../jobs/channels-zone.js';
import { publishCalendar, reminderZone } from '../jobs/reminders-zone.js';
import { testDatabase } from '../support/database.js';
import { openMailbox } from '../support/mailbox.js';
import { openRobots } from '../support/robots.js';
import { prepareTemplate } from '../support/template.js';

const KILLS = Number(process.argv[2] ?? 50);
const folder = await mkdtemp(join(tmpdir(), 'yinfeng-chaos-'));
const server = await startEmbedded({ folder, durable: false });
Object.assign(process.env, { YFT_ADMIN_URL: server.url, YFT_TEMPLATE: await prepareTemplate(server.url, process.cwd()), YFT_RUN: String(process.pid) });
const t = await testDatabase();
let now = Date.parse('2026-10-09T09:00:00+08:00');
const forward = (seconds: number) => t.clock.pin(new Date((now += seconds * 1000)));
forward(10);
const [box, robots] = await Promise.all([openMailbox(), openRobots(() => now)]);
await publishCalendar(t.owner);
const zone = await reminderZone(t.owner);
const channels = { mail: { url: box.url, from: 'yinfeng@ccxq.gov.cn' }, robotOrigins: [robots.origin] };
const post = postOffice(t, () => zone, channels);
await post.rows(`insert into zone_policy (zone_id, name, value) values ($1, 'reminderChannels', '{"urgentKinds": ["FOLLOW_UP"]}')`, [zone.id]);
await post.mailFor(zone.recruiter, 'li@ccxq.gov.cn');
await new ChannelEndpointsService(t.db, channels).add(zone.as.SYSTEM_ADMIN, { kind: 'WECOM', name: '群', address: robots.addressOf('WECOM') });
// The other side takes its time, so that many a worker dies in between.
box.manner = () => pause(Math.random() * 60, 'TAKE' as const);
robots.manner = () => pause(Math.random() * 60, 'RULES' as const);
const projectId = await zone.project({ name: '光电产业园' });
let killed = 0;

for (let round = 1; round <= KILLS; round++) {
  await post.plan(zone.recruiter, { projectId, cause: `C${round}`, detail: { nextStep: `第${round}步` } });
  await post.bringIn();
  await post.sending.sweep();
  const ids = (await post.rows<{ data: { deliveryIds: string[] } }>(`delete from outbox where job = 'channels.send' returning data`)).flatMap((r) => r.data.deliveryIds);
  const child = fork('dist/test/jobs/dying-sender.js', [t.url, box.url, robots.origin, t.clock.now().toISOString(), zone.id, ...ids], { execArgv: [] });
  const gone = once(child, 'exit');
  await once(child, 'message');
  await pause(Math.random() * 250);
  if (child.kill('SIGKILL') && child.exitCode === null) killed++;
  await gone;
  forward(40);
}
for (let turn = 0; turn < 60; turn++) {
  forward(130);
  await post.sendDue();
}

const states = await post.rows<{ channel: string; state: string; n: number }>('select channel, state, count(*)::int as n from delivery group by 1, 2 order by 1, 2');
const outcomes = await post.rows('select d.channel, coalesce(a.outcome, \'unknown\') as outcome, count(*)::int as n from delivery_attempt a join delivery d on d.id = a.delivery_id group by 1, 2 order by 1, 2');
const mails = new Set(box.mails.map((m) => m.messageId));
const copies = box.mails.length - mails.size;
const doubts = (await post.rows<{ n: number }>(`select count(*)::int as n from delivery_attempt a join delivery d on d.id = a.delivery_id where d.channel = 'MAIL' and a.outcome = 'DOUBT'`))[0]!.n;
const groupTwice = robots.shown.length - new Set(robots.shown.map((m) => m.text)).size;
const broken = [
  mails.size !== KILLS && `${KILLS - mails.size} mails never arrived`,
  copies > doubts && `${copies} mails came again, and only ${doubts} doubts are on record`,
  new Set(box.mails.map((m) => JSON.stringify(m))).size !== mails.size && 'two mails under one id differ',
  groupTwice > 0 && `${groupTwice} messages were shown twice in the group`,
  states.some((s) => !['SENT', 'DOUBT'].includes(s.state)) && 'messages are left over',
].filter(Boolean);
console.log(JSON.stringify({ rounds: KILLS, killed, mails: { distinct: mails.size, copiesUnderTheSameId: copies, doubtsOnRecord: doubts }, group: { shown: robots.shown.length, twice: groupTwice }, states, outcomes, broken }, null, 1));
await Promise.all([box.close(), robots.close()]);
await t.stop();
await server.stop();
await rm(folder, { recursive: true, force: true });
process.exit(broken.length ? 1 : 0);
