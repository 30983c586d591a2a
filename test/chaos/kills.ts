import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { QueueRuntime } from '@yinfeng/platform';
import { ChannelEndpointsService, ROBOTS } from '@yinfeng/reminders';
import { publishCalendar, reminderZone } from '../jobs/reminders-zone.js';
import { testDatabase } from '../support/database.js';
import { openMailbox } from '../support/mailbox.js';
import { openRobots } from '../support/robots.js';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.js';
import { MovedClock } from './moved-clock.js';

export interface ChaosOptions {
  kills: number;
  /** null: the queue in PostgreSQL. */
  redis: { url: string; wipe(): Promise<void> } | null;
  say?: (line: string) => void;
}
export interface ChaosReport {
  kills: number;
  wipes: number;
  clockMoves: number;
  /** Messages whose worker ended before the answer: the kills that hit. */
  cutOff: number;
  inbox: { planned: number; lost: number; doubled: number };
  /** Lost: no letter and no doubt on record. Copies: the same letter again under its Message-ID; doubled: under another, or without a doubt on record. */
  mails: { due: number; lost: number; copies: number; doubtful: number; doubled: number };
  digests: { due: number; lost: number; doubled: number };
  groups: { due: number; lost: number; doubtful: number; doubled: number };
  leftOver: number;
  /** What is no promise kept; empty when all is well. */
  broken: string[];
  /** The messages that are not as they should be, with every attempt. */
  evidence: object[];
}

/** Causes a round that leave at once, and that wait for the digest; each for three people, the urgent ones for three groups too. */
const URGENT = 2;
const CALM = 20;
const START = Date.parse('2026-10-09T10:00:00+08:00');
const MINUTE = 60_000;
const some = (most: number) => Math.floor(Math.random() * most);

/**
 * Two whole workers bring a flood of reminders into inboxes, mails and groups, round after round. In each round one of
 * them is killed (SIGKILL), half of the time at a random moment and else just when something is being handed over; every
 * fifth round the queue is wiped, and the clock is moved, mostly on, sometimes back. At the end two healthy workers see to what is left, and
 * what arrived is counted.
 */
export async function chaos({ kills, redis, say = () => undefined }: ChaosOptions): Promise<ChaosReport> {
  const clock = new MovedClock(START - Date.now());
  const t = await testDatabase();
  const [box, robots, dataDir] = await Promise.all([openMailbox(), openRobots(() => clock.now().getTime()), mkdtemp(join(tmpdir(), 'yinfeng-chaos-data-'))]);
  const workers: (WorkerProcess | null)[] = [null, null];
  let clockMoves = 0;
  const move = (to: number) => {
    clock.offset = to;
    clockMoves++;
    // The second worker's clock goes a little ahead, as clocks do.
    workers.forEach((w, i) => w?.child.send(to + i * 1_500));
  };
  const start = async (i: number) => {
    workers[i] = await startWorkerProcess({ CHAOS_DATABASE: t.url, CHAOS_REDIS: redis?.url ?? '', CHAOS_SMTP: box.url, CHAOS_ROBOTS: robots.origin, CHAOS_DATA: dataDir, CHAOS_OFFSET: String(clock.offset + i * 1_500) }, 'dist/test/chaos/worker.js');
  };
  const rows = async <Row extends object>(sql: string, params: unknown[] = []): Promise<Row[]> => (await t.owner.query<Row>(sql, params)).rows;

  try {
    await publishCalendar(t.owner);
    const zone = await reminderZone(t.owner);
    await rows(`insert into zone_policy (zone_id, name, value) values ($1, 'reminderChannels', '{"urgentKinds": ["FOLLOW_UP"]}')`, [zone.id]);
    const people = [zone.recruiter, zone.groupLeader, zone.manager];
    for (const [i, who] of people.entries()) await rows(`insert into staff_channel (staff_id, zone_id, channel, enabled, address, verified_at) values ($1, $2, 'MAIL', true, $3, now())`, [who.staffId, zone.id, `p${i}@ccxq.gov.cn`]);
    t.clock.pin(clock.now());
    const endpoints = new ChannelEndpointsService(t.db, { mail: null, robotOrigins: [robots.origin] });
    for (const kind of ROBOTS) await endpoints.add(zone.as.SYSTEM_ADMIN, { kind, name: kind, address: robots.addressOf(kind), kinds: ['FOLLOW_UP'] });
    const projectId = await zone.project({ name: '光电产业园' });
    const plan = (kind: string, mark: string, count: number) => rows(
      `insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, created_at)
       select $1, $2, $3 || n, $4, p, shanghai_day($6), $6::timestamptz + n * interval '20 milliseconds', jsonb_build_object('nextStep', $3 || n, 'content', $3 || n), $6 from generate_series(1, $7::int) n, unnest($5::uuid[]) p`,
      [zone.id, kind, mark, projectId, people.map((p) => p.staffId), clock.now(), count]);
    // The other side takes its time, so that many a worker dies in between; whoever waits for that is told.
    let handing: () => void = () => undefined;
    const slowly = async <T>(answer: T): Promise<T> => {
      handing();
      await pause(some(60));
      return answer;
    };
    box.manner = () => slowly('TAKE');
    robots.manner = () => slowly('RULES');
    await Promise.all([start(0), start(1)]);

    let wipes = 0;
    for (let round = 1; round <= kills; round++) {
      await Promise.all([plan('FOLLOW_UP', `U${round}x`, URGENT), plan('COMMITMENT', `D${round}x`, CALM)]);
      const victim = some(2);
      const strike = new Promise<void>((resolve) => {
        const atLast = setTimeout(resolve, round % 2 === 0 ? some(1_500) : 4_000);
        let left = 1 + some(6);
        handing = () => {
          if (round % 2 === 0 || --left > 0) return;
          clearTimeout(atLast);
          resolve();
        };
      });
      await strike;
      handing = () => undefined;
      await workers[victim]!.kill();
      workers[victim] = null;
      if (round % 5 === 3) {
        await (redis ? redis.wipe() : wipeTables(t.url));
        wipes++;
      }
      // Mostly on, by as much as leases last; now and then back, and then far on.
      move(clock.offset + (round % 7 === 5 ? -20 * MINUTE : round % 7 === 6 ? 25 * MINUTE : 10_000 + some(50_000)));
      await start(victim);
      if (round % 10 === 0) say(`${round} kills`);
    }

    // What the schedule does every minute, as often as the clock passes one.
    const nudge = () => rows(`insert into outbox (job, data) values ('reminders.sweep', '{}'), ('channels.sweep', '{}')`);
    const open = async () => (await rows<{ n: number }>(`select (select count(*) from reminder where state = 'PLANNED')::int + (select count(*) from delivery where state in ('WAITING', 'SENDING') or next_at is not null)::int as n`))[0]!.n;
    move(Math.max(clock.offset + 30 * MINUTE, Date.parse('2026-10-09T17:06:00+08:00') - Date.now()));
    let leftOver = await open();
    const underWay = async () => (await rows(`select from delivery where state = 'SENDING'`)).length > 0;
    for (let turn = 0; leftOver > 0 && turn < 200; turn++) {
      await nudge();
      await pause(300);
      // Whoever lives has time to hear the answer, also on a busy machine; what a dead worker began stays, and the clock goes on.
      for (let waits = 0; waits < 10 && (await underWay()); waits++) await pause(300);
      leftOver = await open();
      move(clock.offset + 200_000);
    }

    const [inbox] = await rows<{ planned: number; lost: number; doubled: number }>(`
      select count(*)::int as planned, count(*) filter (where r.state <> 'DELIVERED' or d.sent = 0)::int as lost, count(*) filter (where d.sent > 1)::int as doubled
      from reminder r, lateral (select count(*) filter (where x.state = 'SENT') as sent from reminder_delivery x where x.reminder_id = r.id) d`);
    const messages = await rows<{ id: string; channel: string; state: string; key: string; doubts: number }>(`
      select d.id, d.channel, d.state, coalesce(c.address, d.channel) || ' ' || split_part(d.slot, ':', 2) as key, (select count(*)::int from delivery_attempt a where a.delivery_id = d.id and (a.outcome = 'DOUBT' or a.answer like '%; later: %')) as doubts from delivery d left join staff_channel c on c.staff_id = d.staff_id`);
    const copiesOf = (id: string) => box.mails.filter((m) => m.messageId.startsWith(`<${id}@`)).length;
    const letters = (pattern: RegExp) => {
      const told = new Map<string, Set<string>>();
      for (const m of box.mails) for (const step of m.text.match(pattern) ?? []) told.set(`${m.to[0]} ${step}`, (told.get(`${m.to[0]} ${step}`) ?? new Set()).add(m.messageId));
      return told;
    };
    const [urgent, calm] = [letters(/U\d+x\d+/g), letters(/D\d+x\d+/g)];
    const shown = new Map<string, number>();
    for (const m of robots.shown) for (const step of m.text.match(/U\d+x\d+/g) ?? []) shown.set(`${m.robot} ${step}`, (shown.get(`${m.robot} ${step}`) ?? 0) + 1);
    const twice = (told: Map<string, Set<string>>) => [...told].filter(([, ids]) => ids.size > 1).map(([key]) => key);
    const silent = messages.filter((m) => m.channel === 'MAIL' && copiesOf(m.id) > 1 + m.doubts);
    const doubted = new Set(messages.filter((m) => m.state === 'DOUBT').map((m) => m.key));
    const steps = Array.from({ length: kills }, (_, r) => Array.from({ length: URGENT }, (__, n) => `U${r + 1}x${n + 1}`)).flat();
    const inMails = steps.flatMap((step) => people.map((_, i) => `p${i}@ccxq.gov.cn ${step}`));
    const inGroups = steps.flatMap((step) => ROBOTS.map((robot) => `${robot} ${step}`));
    const digests = kills * CALM * people.length;
    const report: ChaosReport = {
      kills, wipes, clockMoves, inbox: inbox!, leftOver,
      cutOff: (await rows<{ n: number }>(`select count(*)::int as n from delivery_attempt where answer = 'the worker ended before the answer'`))[0]!.n,
      mails: { due: inMails.length, lost: inMails.filter((key) => !urgent.has(key) && !doubted.has(key)).length, copies: box.mails.length - new Set(box.mails.map((m) => m.messageId)).size, doubtful: inMails.filter((key) => doubted.has(key)).length, doubled: twice(urgent).length + silent.length },
      digests: { due: digests, lost: digests - calm.size, doubled: twice(calm).length },
      groups: { due: inGroups.length, lost: inGroups.filter((key) => !shown.has(key) && !doubted.has(key)).length, doubtful: inGroups.filter((key) => doubted.has(key)).length, doubled: [...shown.values()].filter((n) => n > 1).length },
      broken: [], evidence: [],
    };
    for (const place of ['inbox', 'mails', 'digests', 'groups'] as const) {
      if (report[place].lost > 0) report.broken.push(`${place}: ${report[place].lost} lost`);
      if (report[place].doubled > 0) report.broken.push(`${place}: ${report[place].doubled} doubled`);
    }
    if (report.broken.length > 0) {
      const odd = [...twice(urgent), ...silent.map((m) => m.key), ...inMails.filter((key) => !urgent.has(key)), ...inGroups.filter((key) => shown.get(key) !== 1)];
      report.evidence = await rows(`
        select d.id, coalesce(c.address, d.channel) as place, d.slot, d.state, d.attempts, (select json_agg(a order by a.n) from (select n, at, ended_at, outcome, answer from delivery_attempt where delivery_id = d.id) a) as attempts_made
        from delivery d left join staff_channel c on c.staff_id = d.staff_id where coalesce(c.address, d.channel) || ' ' || split_part(d.slot, ':', 2) = any($1)`, [odd]);
    }
    if (leftOver > 0) report.broken.push(`${leftOver} left over`);
    return report;
  } finally {
    for (const w of workers) await w?.kill();
    await Promise.all([box.close(), robots.close()]);
    await t.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** The queue's own tables, as if somebody had emptied them. */
async function wipeTables(databaseUrl: string): Promise<void> {
  const queue = new QueueRuntime({ databaseUrl, redisUrl: null });
  await queue.wipe().catch(() => undefined);
  await queue.close();
}
