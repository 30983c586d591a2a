import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { loadReferenceData } from '@yinfeng/directory';
import { type Handlers, migrate, migrateJobs, QueueRuntime } from '@yinfeng/platform';
import { openRedis } from '../support/redis.js';
import { startWorkerProcess } from '../support/worker-process.js';
import { openSink } from './smtp-sink.js';
import { cpuOf, cpuOfServer, median, type Row } from './measure.js';
import { buildW4, giveMail, planAtOnce, W4_PEOPLE, W4_ZONE } from './w4-data.js';

interface Asked { quick: boolean; url: string; postmaster: number; dataDir: string; say: (line: string) => void }
interface Flood { perSecond: number; workerMs: number; databaseMs: number; lost: number; doubled: number }

/**
 * W4: 100,000 reminders due at one instant, brought into 200 inboxes by one worker process, against as many empty jobs of
 * the queue itself (32 at a time); urgent ones through a mail server that takes everything; and what is due alone: from its
 * instant until it lies in the inbox, and until the mail server has it. `url` names a server on which databases may be made.
 */
export async function benchW4({ quick, url, postmaster, dataDir, say }: Asked): Promise<Row[]> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  const redis = await openRedis();
  if (redis === null) say('W4: no redis-server here: PostgreSQL alone');
  const rows: Row[] = [];
  try {
    for (const [name, redisUrl] of [...(redis ? [['Redis', redis.url] as const] : []), ['PostgreSQL', null] as const]) {
      const databaseUrl = await freshDatabase(admin, url, 'yinfeng_bench_w4');
      const client = new pg.Client({ connectionString: databaseUrl });
      await client.connect();
      try {
        await buildW4(client);
        const size = quick ? 10_000 : 100_000;
        const floods: Flood[] = [];
        const empty: number[] = [];
        for (let round = 0; round < (quick ? 1 : 3); round++) {
          empty.push(await emptyJobs(redisUrl, databaseUrl, redisUrl || !quick ? (quick ? 20_000 : redisUrl ? 100_000 : 20_000) : 5_000));
          floods.push(await flood(client, { databaseUrl, redisUrl, dataDir, postmaster }, `R${round}`, size));
          say(`W4 ${name}: ${Math.round(floods.at(-1)!.perSecond)}/s; empty jobs ${Math.round(empty.at(-1)!)}/s`);
        }
        const mid = (of: (f: Flood) => number) => median(floods.map(of));
        const sum = (of: (f: Flood) => number) => floods.reduce((n, f) => n + of(f), 0);
        rows.push({ what: `${name}: empty jobs, 32 at a time`, 'a second': Math.round(median(empty)), lost: '', doubled: '', 'worker ms': '', 'database ms': '', 'p50 ms': '', 'p95 ms': '' });
        rows.push({ what: `${name}: Yinfeng, ${size} due at once`, 'a second': Math.round(mid((f) => f.perSecond)), lost: sum((f) => f.lost), doubled: sum((f) => f.doubled), 'worker ms': mid((f) => f.workerMs), 'database ms': mid((f) => f.databaseMs), 'p50 ms': '', 'p95 ms': '' });
        rows.push(...(await byMail(client, { databaseUrl, redisUrl, dataDir, postmaster }, name, quick)));
      } finally {
        await client.end();
        await admin.query('drop database if exists yinfeng_bench_w4 with (force)');
      }
    }
  } finally {
    await redis?.close();
    await admin.end();
  }
  return rows;
}

async function freshDatabase(admin: pg.Client, url: string, name: string): Promise<string> {
  await admin.query(`drop database if exists ${name} with (force)`);
  await admin.query(`create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  await migrate(own.href);
  await migrateJobs(own.href);
  await loadReferenceData(own.href);
  return own.href;
}

/** What the queue does with jobs that do nothing. */
async function emptyJobs(redisUrl: string | null, databaseUrl: string, count: number): Promise<number> {
  const queue = new QueueRuntime({ databaseUrl, redisUrl, concurrency: 32, prefix: `bench-${process.pid}` });
  await queue.wipe();
  for (let from = 0; from < count; from += 500) await queue.add(Array.from({ length: 500 }, (_, i) => ({ id: `empty-${from + i}`, job: 'reminders.sweep', data: {} })));
  let done = 0;
  const started = performance.now();
  await new Promise<void>((resolve) => {
    queue.work({ 'reminders.sweep': async () => void (++done === count && resolve()) } as unknown as Handlers);
  });
  const seconds = (performance.now() - started) / 1000;
  await queue.close();
  const cleaner = new QueueRuntime({ databaseUrl, redisUrl, prefix: `bench-${process.pid}` });
  await cleaner.wipe();
  await cleaner.close();
  return count / seconds;
}

interface Place { databaseUrl: string; redisUrl: string | null; dataDir: string; postmaster: number; smtp?: string }
const worker = ({ databaseUrl, redisUrl, dataDir, smtp }: Place) =>
  startWorkerProcess({ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl ?? '', YINFENG_DATA: dataDir, NODE_ENV: 'production', ...(smtp ? { SMTP_URL: smtp, MAIL_FROM: 'yinfeng@ccxq.gov.cn' } : {}) });

/** All at one instant, which comes while the worker stands idle. */
async function flood(client: pg.Client, place: Place, round: string, count: number): Promise<Flood> {
  // Time enough to write them and to have the worker up, on a busy machine too.
  const due = new Date(Date.now() + 15_000 + count / 2);
  await planAtOnce(client, round, count, due);
  await client.query('vacuum analyze reminder');
  const running = await worker(place);
  try {
    if (Date.now() > due.getTime()) throw new Error('the machine is too slow to have the worker ready when they are due');
    await pause(due.getTime() - Date.now());
    const before = [cpuOf(running.pid), cpuOfServer(place.postmaster)] as const;
    while ((await client.query(`select from reminder where state = 'PLANNED' order by due_at, id limit 1`)).rowCount) await pause(50);
    const seconds = (Date.now() - due.getTime()) / 1000;
    const after = [cpuOf(running.pid), cpuOfServer(place.postmaster)] as const;
    const { rows: [told] } = await client.query<{ lost: number; doubled: number }>(`
      select $2::int - count(distinct r.id) filter (where r.state = 'DELIVERED' and d.state = 'SENT')::int as lost, (count(*) - count(distinct r.id))::int as doubled
      from reminder r left join reminder_delivery d on d.reminder_id = r.id where starts_with(r.cause, $1 || ':')`, [round, count]);
    return { perSecond: count / seconds, workerMs: (1000 * (after[0] - before[0])) / count, databaseMs: (1000 * (after[1] - before[1])) / count, ...told! };
  } finally {
    await running.close();
  }
}

/** Urgent ones through the mail server at once, then one by one at moments of their own. */
async function byMail(client: pg.Client, at: Place, name: string, quick: boolean): Promise<Row[]> {
  const ids: string[] = [];
  const arrivals: number[] = [];
  const box = await openSink((raw) => {
    ids.push(/^Message-ID: (.*)$/im.exec(raw)![1]!);
    arrivals.push(Date.now());
  });
  const place = { ...at, smtp: box.url };
  await giveMail(client, W4_PEOPLE);
  const count = quick ? 500 : 3_000;
  const running = await worker(place);
  try {
    const due = new Date(Date.now() + 3_000);
    await planAtOnce(client, 'MAIL', count, due);
    const before = [cpuOf(running.pid), cpuOfServer(place.postmaster)] as const;
    while ((await client.query(`select from delivery where next_at is null and state <> 'SENDING' having count(*) = $1`, [count])).rowCount === 0) await pause(200);
    const seconds = (Date.now() - due.getTime()) / 1000;
    const after = [cpuOf(running.pid), cpuOfServer(place.postmaster)] as const;
    const different = new Set(ids).size;
    const mails: Row = { what: `${name}: Yinfeng, ${count} urgent mails at once`, 'a second': Math.round(count / seconds), lost: count - different, doubled: ids.length - different, 'worker ms': (1000 * (after[0] - before[0])) / count, 'database ms': (1000 * (after[1] - before[1])) / count, 'p50 ms': '', 'p95 ms': '' };
    const earlier = arrivals.length;
    const inbox: number[] = [];
    const mail: number[] = [];
    for (let n = 0; n < (quick ? 12 : 40); n++) {
      // A moment of its own, anywhere in the second of the watch.
      const instant = new Date(Date.now() + 400 + Math.random() * 1_000);
      await client.query(`insert into reminder (zone_id, kind, cause, recipient_id, due_on, due_at, detail) values ('${W4_ZONE}', 'FOLLOW_UP', $1, '00000000-0000-7000-8000-000000f40000', shanghai_day($2), $2, jsonb_build_object('nextStep', '第' || $1 || '步'))`, [`A${n}`, instant]);
      await pause(instant.getTime() - Date.now());
      while ((await client.query(`select from reminder where zone_id = '${W4_ZONE}' and cause = $1 and state = 'DELIVERED'`, [`A${n}`])).rowCount === 0) await pause(5);
      inbox.push(Date.now() - instant.getTime());
      // Alone: whatever comes is this one.
      while (arrivals.length <= earlier + n) await pause(5);
      mail.push(arrivals.at(-1)! - instant.getTime());
    }
    const alone = (what: string, times: number[]): Row => ({ what: `${name}: Yinfeng, due alone, ${what}`, 'a second': '', lost: 0, doubled: '', 'worker ms': '', 'database ms': '', 'p50 ms': Math.round(median(times)), 'p95 ms': Math.round([...times].sort((a, b) => a - b)[Math.ceil(times.length * 0.95) - 1]!) });
    const looks: number[] = [];
    for (let n = 0; n < 500; n++) {
      const began = performance.now();
      await client.query({ name: 'due_now', text: 'select reminders, messages from due_now(null)' });
      looks.push(performance.now() - began);
    }
    return [mails, alone('in the inbox', inbox), alone('at the mail server', mail), { ...alone('', looks), what: `${name}: one look of an idle worker (60 a minute)`, lost: '', 'p50 ms': median(looks) }];
  } finally {
    await running.close();
    await box.close();
  }
}
