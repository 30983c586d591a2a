import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { enqueue, OutboxRelay, QueueRuntime, systemActor, type Handlers, type JobName, type JobRun, type QueueOptions } from '@yinfeng/platform';
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

const ZONE = '00000000-0000-7000-8000-000000000001';
const backends: [string, string | null][] = [['PostgreSQL', null]];
if (process.env.REDIS_URL) backends.push(['Redis', process.env.REDIS_URL]);

/** Waits until the condition holds: jobs come by themselves. */
async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 15_000; Date.now() < end; await pause(20)) if (await holds()) return;
  throw new Error(`never happened: ${what}`);
}

describe.each(backends)('jobs in %s', (_name, redisUrl) => {
  let test: TestDatabase;
  let zone: TestZone;
  let ran: { job: JobName; data: unknown; run: JobRun }[];
  let open: QueueRuntime[];
  let relays: OutboxRelay[];
  let prefix: string;
  let fail: (job: JobName, run: JobRun) => void;

  beforeAll(async () => { test = await testDatabase(); });
  afterAll(() => test.stop());
  beforeEach(async () => {
    await test.clean();
    zone = await makeZone(test.owner);
    [ran, open, relays, fail] = [[], [], [], () => undefined];
    prefix = `yft-${randomBytes(4).toString('hex')}`;
  });
  afterEach(async () => {
    await Promise.all(relays.map((relay) => relay.stop()));
    if (redisUrl !== null) await runtime().wipe();
    await Promise.all(open.map((queue) => queue.close(2_000)));
  });

  function runtime(options: Partial<QueueOptions> = {}): QueueRuntime {
    const queue = new QueueRuntime({ databaseUrl: test.url, redisUrl, prefix, ...options });
    open.push(queue);
    return queue;
  }
  const relayOf = (queue: { add: QueueRuntime['add'] }) => {
    const relay = new OutboxRelay(queue, { databaseUrl: test.url, pollMs: 20 });
    relays.push(relay);
    return relay;
  };
  const handlers = (): Handlers => {
    const note = (job: JobName) => async (data: unknown, run: JobRun) => {
      ran.push({ job, data, run });
      fail(job, run);
    };
    return {
      'reminders.sweep': note('reminders.sweep'), 'reminders.deliver': note('reminders.deliver'), 'channels.sweep': note('channels.sweep'), 'channels.send': note('channels.send'), 'pipeline.fold': note('pipeline.fold'), 'audit.seal': note('audit.seal'),
      'imports.apply': note('imports.apply'), 'idle.sweep': note('idle.sweep'), 'pool.sweep': note('pool.sweep'), 'search.index': note('search.index'), 'duplicates.scan': note('duplicates.scan'), 'names.refold': note('names.refold'), 'commitments.remind': note('commitments.remind'), 'reminders.plan': note('reminders.plan'), 'lights.sweep': note('lights.sweep'), 'reports.open': note('reports.open'), 'faults.remind': note('faults.remind'), 'handoffs.missing': note('handoffs.missing'), 'taskforces.sweep': note('taskforces.sweep'), 'calls.escalate': note('calls.escalate'), 'housekeeping.daily': note('housekeeping.daily'),
      'reminders.escalate': note('reminders.escalate'),
    };
  };
  const importJob = (importId: string, runAt?: Date) => test.db.tx(systemActor(zone.id, 'r'), (tx) => enqueue(tx, 'imports.apply', { zoneId: zone.id, importId }, { runAt }));
  const importsRun = () => ran.filter((r) => r.job === 'imports.apply').map((r) => (r.data as { importId: string }).importId).sort();
  const completed = async () => (await test.owner.query('select 1 from outbox where completed_at is not null')).rowCount;

  it('run once after the commit, told what they were given, in either lane', async () => {
    const queue = runtime();
    queue.work(handlers());
    relayOf(queue).start();
    const id = await importJob('a');
    await test.db.tx(systemActor(zone.id, 'r'), (tx) => enqueue(tx, 'reminders.deliver', { zoneId: zone.id, deliveryIds: ['d1', 'd2'] }));
    await until('both completed', async () => (await completed()) === 2);
    expect(ran).toHaveLength(2);
    expect(ran).toContainEqual({ job: 'imports.apply', data: { zoneId: zone.id, importId: 'a' }, run: { id, attempt: 1 } });
    expect(ran).toContainEqual({ job: 'reminders.deliver', data: { zoneId: zone.id, deliveryIds: ['d1', 'd2'] }, run: expect.objectContaining({ attempt: 1 }) });
  });

  it('never run when their transaction was rolled back', async () => {
    const queue = runtime();
    queue.work(handlers());
    const relay = relayOf(queue);
    await expect(test.db.tx(systemActor(zone.id, 'r'), async (tx) => {
      await enqueue(tx, 'imports.apply', { zoneId: zone.id, importId: 'gone' });
      throw new Error('changed my mind');
    })).rejects.toThrow('changed my mind');
    await importJob('stays');
    expect(await relay.pass()).toBe(1);
    await until('the other one completed', async () => (await completed()) === 1);
    expect(importsRun()).toEqual(['stays']);
  });

  it('wait in the outbox until their time', async () => {
    const queue = runtime();
    const relay = relayOf(queue);
    await importJob('later', new Date(Date.now() + 3_600_000));
    expect(await relay.pass()).toBe(0);
    await test.owner.query("update outbox set run_at = now() - interval '1 second'");
    expect(await relay.pass()).toBe(1);
  });

  it('are added once when the relay dies between adding and marking', async () => {
    const queue = runtime();
    queue.work(handlers());
    const dying = relayOf({ add: async (jobs) => { await queue.add(jobs); throw new Error('killed'); } });
    for (const id of ['a', 'b', 'c']) await importJob(id);
    await expect(dying.pass()).rejects.toThrow('killed');
    await until('all three ran', () => importsRun().length === 3);
    expect(await relayOf(queue).pass()).toBe(3);
    expect(await relayOf(queue).pass()).toBe(0);
    await importJob('d');
    await relayOf(queue).pass();
    await until('the fourth ran after them', () => importsRun().length >= 4);
    expect(importsRun()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are carried once by several relays', async () => {
    const queue = runtime();
    queue.work(handlers());
    const several = [relayOf(queue), relayOf(queue), relayOf(queue)];
    const ids = Array.from({ length: 60 }, (_, i) => `i${String(i).padStart(2, '0')}`);
    await Promise.all([...several.map(async (relay) => relay.start()), ...ids.map((id) => importJob(id))]);
    await until('all completed', async () => (await completed()) === 60);
    expect(importsRun()).toEqual(ids);
  });

  it('come back from the outbox when the queue was wiped, except those completed', async () => {
    const queue = runtime();
    const relay = relayOf(queue);
    const worker = runtime();
    await importJob('done');
    await relay.pass();
    worker.work(handlers());
    await until('the first completed', async () => (await completed()) === 1);
    await worker.close();
    open.splice(open.indexOf(worker), 1);

    for (const id of ['lost1', 'lost2']) await importJob(id);
    expect(await relay.pass()).toBe(2);
    await queue.wipe();
    expect((await queue.counts('long')).waiting).toBe(0);
    expect(await relay.refill(0)).toBe(2);
    expect(await relay.refill(0)).toBe(2);
    runtime().work(handlers());
    await until('the lost ones completed', async () => (await completed()) === 3);
    expect(importsRun()).toEqual(['done', 'lost1', 'lost2']);
  });

  it('are tried again after a failure, and one that fails for good is noted in the outbox', async () => {
    const queue = runtime();
    fail = (job, run) => { if (job === 'reminders.deliver' && run.attempt === 1) throw new Error('gateway away'); };
    queue.work({ ...handlers(), 'audit.seal': async () => { throw new Error('never works'); } });
    relayOf(queue).start();
    await test.db.tx(systemActor(zone.id, 'r'), async (tx) => {
      await enqueue(tx, 'reminders.deliver', { zoneId: zone.id, deliveryIds: [] });
      await enqueue(tx, 'audit.seal', {});
    });
    await until('both ended', async () => (await completed()) === 2);
    expect(ran.map((r) => r.run.attempt)).toEqual([1, 2]);
    const { rows } = await test.owner.query('select job, failure from outbox order by job');
    expect(rows).toEqual([{ job: 'audit.seal', failure: 'never works' }, { job: 'reminders.deliver', failure: null }]);
  });

  it('are taken over from a worker that died over them', async () => {
    const worker = fork('dist/test/jobs/dying-worker.js', [test.url, redisUrl ?? '', prefix], { execArgv: [] });
    await importJob('orphan');
    await relayOf(runtime()).pass();
    await once(worker, 'message');
    worker.kill('SIGKILL');
    runtime({ lockMs: 300 }).work(handlers());
    await until('another worker completed it', async () => (await completed()) === 1);
    expect(importsRun()).toEqual(['orphan']);
  });

  it('recur once however many processes register them, and follow the list', async () => {
    const starters = Array.from({ length: 20 }, () => runtime());
    await Promise.all(starters.map((queue) => queue.schedule([{ job: 'audit.seal', everyMs: 3_600_000 }, { job: 'idle.sweep', cron: '30 6 * * *' }])));
    const [queue] = starters;
    expect(await queue!.scheduled()).toEqual(['audit.seal', 'idle.sweep']);
    const waiting = await Promise.all([queue!.counts('quick'), queue!.counts('long')]);
    expect(waiting.map((c) => c.delayed! + c.waiting!)).toEqual([1, 1]);
    await Promise.all(starters.slice(0, 3).map((q) => q.schedule([{ job: 'audit.seal', everyMs: 100 }])));
    expect(await queue!.scheduled()).toEqual(['audit.seal']);
    queue!.work(handlers());
    await until('it came three times', () => ran.filter((r) => r.job === 'audit.seal').length >= 3);
  });

  it('come back into the schedule of a wiped queue', async () => {
    const queue = runtime();
    await queue.schedule([{ job: 'pipeline.fold', everyMs: 60_000 }]);
    await queue.wipe();
    expect(await queue.scheduled()).toEqual([]);
    await queue.schedule([{ job: 'pipeline.fold', everyMs: 60_000 }]);
    expect(await queue.scheduled()).toEqual(['pipeline.fold']);
  });

  it('of a newer release stay in the outbox', async () => {
    await test.owner.query("insert into outbox (job, data) values ('moon.landing', '{}')");
    expect(await relayOf(runtime()).pass()).toBe(0);
  });

  it('leave the outbox a day after completion, failed ones later', async () => {
    const relay = relayOf(runtime());
    await test.owner.query(`insert into outbox (job, data, dispatched_at, completed_at, failure) values
      ('audit.seal', '{}', now(), now() - interval '25 hours', null), ('audit.seal', '{}', now(), now() - interval '25 hours', 'why'),
      ('audit.seal', '{}', now(), now() - interval '31 days', 'why'), ('audit.seal', '{}', now(), now(), null), ('audit.seal', '{}', null, null, null)`);
    expect(await relay.tidy()).toBe(2);
    expect(await relay.tidy()).toBe(0);
  });

  it('are refused to the application role except for writing', async () => {
    const actor = systemActor(ZONE, 'r');
    await expect(test.db.tx(actor, (tx) => tx.rows('select * from outbox'))).rejects.toThrow(/permission denied/);
    await expect(test.db.tx(actor, (tx) => tx.run('delete from outbox'))).rejects.toThrow(/permission denied/);
  });
});
