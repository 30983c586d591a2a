import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Actor, enqueue, type Handlers, JOB_POLICY, newId, OutboxRelay, QueueRuntime, systemActor } from '@yinfeng/platform';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';
import { readPrometheus } from '../support/prometheus.js';

const backends: [string, string | null][] = [['PostgreSQL', null]];
if (process.env.REDIS_URL) backends.push(['Redis', process.env.REDIS_URL]);

/** Waits until the condition holds: jobs come by themselves. */
async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 15_000; Date.now() < end; await pause(20)) if (await holds()) return;
  throw new Error(`never happened: ${what}`);
}

const BOARD = '{ jobBoard { store reachable lanes { lane waiting active delayed failed oldestWaitingAt } recurring { job everySeconds cron nextRunAt late lastRunAt lastSeconds lastOkAt failing lastError } failedCount failed { id job mine error discardedAt } discarded { id job error discardedAt } outbox { waiting oldestSeconds later open } } }';

describe.each(backends)('the job board, jobs in %s', (_name, redisUrl) => {
  let t: TestDatabase;
  let api: TestApi;
  let zone: TestZone;
  let other: TestZone;
  let queue: QueueRuntime;
  let worker: QueueRuntime | undefined;
  let relay: OutboxRelay | undefined;
  let ran: { job: string; data: unknown }[];
  let fails: (job: string) => string | null;
  const prefix = `yft-${randomBytes(4).toString('hex')}`;
  const logged: string[] = [];

  beforeAll(async () => {
    t = await testDatabase();
    queue = new QueueRuntime({ databaseUrl: t.url, redisUrl, prefix });
    api = await testApi(t, { queue, figuresFreshMs: 0, logLevel: 'debug', logTo: { write: (line) => void logged.push(line) } });
  });
  afterAll(async () => {
    if (redisUrl !== null) await queue.wipe();
    await api.stop();
    await t.stop();
  });
  beforeEach(async () => {
    await t.clean();
    if (redisUrl !== null) await queue.wipe();
    zone = await makeZone(t.owner);
    other = await makeZone(t.owner);
    [ran, fails] = [[], () => null];
  });
  afterEach(async () => {
    await relay?.stop();
    await worker?.close(2_000);
    relay = worker = undefined;
  });

  const start = () => {
    worker = new QueueRuntime({ databaseUrl: t.url, redisUrl, prefix });
    worker.work(Object.fromEntries(Object.keys(JOB_POLICY).map((job) => [job, async (data: unknown) => {
      ran.push({ job, data });
      const failure = fails(job);
      if (failure !== null) throw new Error(failure);
    }])) as unknown as Handlers);
    relay = new OutboxRelay(worker, { databaseUrl: t.url, pollMs: 20 });
    relay.start();
  };
  /** A job that has failed for good: a handler that refuses it three times would take seconds of back-off. */
  const failedJob = async (of: TestZone, failure = 'no') => (await t.owner.query(`insert into outbox (job, data, dispatched_at, completed_at, failure) values ('imports.apply', $1, clock_timestamp(), clock_timestamp(), $2) returning id`, [{ zoneId: of.id, importId: newId() }, failure])).rows[0].id as string;
  const admin = () => zone.as.SYSTEM_ADMIN;
  const board = async (who: Actor = admin()) => (await api.gql(who, BOARD)).data.jobBoard;
  const act = async (name: 'Retry' | 'Discard' | 'Run', input: object, who: Actor = admin()) => api.gql(who, `mutation($input: Job${name}Input!) { act: job${name}(input: $input) { job userErrors { code path } } }`, { input });
  const events = async (event: string) => (await t.owner.query('select entity_id, actor_id, after from audit_entry where entity = $1', [event])).rows;

  it('is for system administrators alone', async () => {
    expect((await board()).reachable).toBe(true);
    for (const who of [zone.as.MANAGER, zone.as.LEADER, zone.as.SECURITY_ADMIN, zone.as.AUDITOR]) expect((await api.gql(who, BOARD)).errors[0].extensions.code).toBe('FORBIDDEN');
    const id = await failedJob(zone);
    for (const [name, input] of [['Retry', { jobId: `Job:${id}` }], ['Discard', { jobId: `Job:${id}`, reason: 'x' }], ['Run', { job: 'audit.seal' }]] as const) expect((await act(name, input, zone.as.MANAGER)).errors[0].extensions.code).toBe('FORBIDDEN');
    expect((await board()).failedCount).toBe(1);
  });

  it('shows lanes with what waits, recurring jobs with their last and next run, and the way to the queue', async () => {
    await queue.schedule([{ job: 'audit.seal', everyMs: 60_000 }, { job: 'housekeeping.daily', cron: '30 3 * * *' }]);
    await t.db.tx(systemActor(zone.id, 'r'), (tx) => enqueue(tx, 'imports.apply', { zoneId: zone.id, importId: newId() }));
    await t.db.tx(systemActor(zone.id, 'r'), (tx) => enqueue(tx, 'imports.apply', { zoneId: zone.id, importId: newId() }, { runAt: new Date(Date.now() + 3_600_000) }));
    const before = await board();
    expect(before.outbox).toEqual({ waiting: 1, oldestSeconds: expect.any(Number), later: 1, open: 0 });
    expect(before.recurring).toEqual([
      expect.objectContaining({ job: 'audit.seal', everySeconds: 60, cron: null, late: false, lastRunAt: null, failing: false }),
      expect.objectContaining({ job: 'housekeeping.daily', everySeconds: null, cron: '30 3 * * *', nextRunAt: expect.stringMatching(/T19:30:00/), lastRunAt: null }),
    ]);
    relay = new OutboxRelay(queue, { databaseUrl: t.url });
    await relay.pass();
    const waiting = await board();
    expect(waiting.outbox).toEqual({ waiting: 0, oldestSeconds: null, later: 1, open: 1 });
    const long = waiting.lanes.find((l: { lane: string }) => l.lane === 'long');
    expect(long).toMatchObject({ waiting: 1, active: 0, failed: 0 });
    expect(Math.abs(Date.now() - Date.parse(long.oldestWaitingAt))).toBeLessThan(60_000);
    await relay.stop();
    fails = (job) => (job === 'audit.seal' ? 'relation "audit_chain" of 王总 13812345678 is locked' : null);
    start();
    await until('the import ran', async () => (await board()).outbox.open === 0);
    // Its first turn is due at once.
    await until('the seal failed', async () => (await board()).recurring[0].failing);
    const [seal] = (await board()).recurring;
    expect(seal).toMatchObject({ lastOkAt: null, lastError: 'relation "audit_chain" of 王总 … is locked' });
    expect(seal.lastSeconds).toBeGreaterThan(0);
    expect(ran.filter((r) => r.job === 'imports.apply')).toHaveLength(1);
  });

  it('brings a failed job to success by a retry, once for a key, and on record', async () => {
    fails = (job) => (job === 'channels.send' ? 'down at smtps://u:geheim@mail.gov.cn/x' : null);
    start();
    const id = await t.db.tx(systemActor(zone.id, 'r'), (tx) => enqueue(tx, 'reminders.deliver', { zoneId: zone.id, deliveryIds: [] }));
    await until('it ran', () => ran.length === 1);
    // The queue has given up on it, as after its last attempt.
    const failed = await failedJob(zone, 'down at smtps://u:geheim@mail.gov.cn/x');
    await queue.add([{ id: failed, job: 'imports.apply', data: {} }]);
    await until('the queue leaves a job alone that the outbox has closed', async () => (await board()).lanes[1].waiting === 0 && (await board()).lanes[1].active === 0);
    expect((await board()).failed).toEqual([{ id: `Job:${failed}`, job: 'imports.apply', mine: true, error: 'down at smtps://mail.gov.cn/…', discardedAt: null }]);
    expect((await act('Retry', { jobId: `Job:${id}` })).data.act).toEqual({ job: null, userErrors: [{ code: 'JOB_STATE', path: null }] });
    expect((await t.owner.query('select completed_at is not null as done from outbox where id = $1', [id])).rows).toEqual([{ done: true }]);
    const input = { jobId: `Job:${failed}`, idempotencyKey: 'k' };
    const answers = await Promise.all([act('Retry', input), act('Retry', input)]);
    expect(answers.map((a) => a.data.act)).toEqual([{ job: 'imports.apply', userErrors: [] }, { job: 'imports.apply', userErrors: [] }]);
    expect(await events('job_retry')).toEqual([{ entity_id: failed, actor_id: admin().staffId, after: { job: 'imports.apply' } }]);
    expect((await act('Retry', { jobId: `Job:${failed}` })).data.act.userErrors).toEqual([{ code: 'JOB_STATE', path: null }]);
  });

  it('runs a job again that used up its attempts in the queue', async () => {
    let broken = true;
    fails = () => (broken ? 'not yet' : null);
    start();
    // One attempt, so that it fails for good at once.
    const id = newId();
    await t.owner.query(`insert into outbox (id, job, data) values ($1, 'audit.seal', '{}')`, [id]);
    await until('it failed for good', async () => (await board()).failedCount === 1);
    await until('the queue has it among its failures', async () => (await board()).lanes[0].failed === 1);
    broken = false;
    // Two who press at once: one of them does it.
    const answers = await Promise.all([act('Retry', { jobId: `Job:${id}` }), act('Retry', { jobId: `Job:${id}` })]);
    expect(answers.map((a) => a.data.act.userErrors.length).sort()).toEqual([0, 1]);
    await until('it succeeded', async () => (await t.owner.query('select 1 from outbox where id = $1 and completed_at is not null and failure is null', [id])).rowCount === 1);
    expect(ran).toHaveLength(2);
    expect(await board()).toMatchObject({ failedCount: 0, failed: [] });
    expect((await board()).lanes[0].failed).toBe(0);
  });

  it('lays a failed job aside for a reason, on record, and takes it up again', async () => {
    const id = await failedJob(zone);
    expect((await act('Discard', { jobId: `Job:${id}`, reason: ' ' })).data.act.userErrors).toEqual([{ code: 'REQUIRED', path: ['reason'] }]);
    expect((await act('Discard', { jobId: `Job:${id}`, reason: '文件已作废' })).data.act.userErrors).toEqual([]);
    expect(await events('job_discard')).toEqual([{ entity_id: id, actor_id: admin().staffId, after: { job: 'imports.apply', reason: '文件已作废' } }]);
    expect(await board()).toMatchObject({ failedCount: 0, failed: [], discarded: [{ id: `Job:${id}`, discardedAt: expect.any(String) }] });
    expect((await act('Discard', { jobId: `Job:${id}`, reason: '再次' })).data.act.userErrors).toEqual([{ code: 'JOB_STATE', path: null }]);
    expect((await act('Retry', { jobId: `Job:${id}` })).data.act.userErrors).toEqual([]);
    expect((await t.owner.query('select completed_at, failure, discarded_at, dispatched_at from outbox where id = $1', [id])).rows).toEqual([{ completed_at: null, failure: null, discarded_at: null, dispatched_at: null }]);
  });

  it('tells no more of another zone\'s job than that it failed, and acts on none', async () => {
    const id = await failedJob(other, 'of the other zone');
    expect((await board()).failed).toEqual([{ id: `Job:${id}`, job: 'imports.apply', mine: false, error: null, discardedAt: null }]);
    for (const name of ['Retry', 'Discard'] as const) expect((await act(name, { jobId: `Job:${id}`, ...(name === 'Discard' ? { reason: 'x' } : {}) })).errors[0].extensions.code).toBe('NOT_FOUND');
    const page = await (await api.request(admin(), '/jobs')).text();
    expect(page).not.toContain(other.id);
    expect(page).not.toContain('of the other zone');
    expect((await act('Retry', { jobId: `Job:${id}` }, other.as.SYSTEM_ADMIN)).data.act.userErrors).toEqual([]);
  });

  it('lets a recurring job run once more, and no other', async () => {
    await queue.schedule([{ job: 'housekeeping.daily', cron: '30 3 * * *' }]);
    expect((await act('Run', { job: 'imports.apply' })).data.act.userErrors).toEqual([{ code: 'UNKNOWN_CHOICE', path: ['job'] }]);
    start();
    expect((await act('Run', { job: 'housekeeping.daily', idempotencyKey: 'once' })).data.act).toEqual({ job: 'housekeeping.daily', userErrors: [] });
    expect((await act('Run', { job: 'housekeeping.daily', idempotencyKey: 'once' })).data.act).toEqual({ job: 'housekeeping.daily', userErrors: [] });
    await until('it ran', async () => (await board()).recurring[0].lastOkAt !== null);
    expect(ran).toEqual([{ job: 'housekeeping.daily', data: {} }]);
    expect(await events('job_run')).toEqual([expect.objectContaining({ actor_id: admin().staffId, after: { job: 'housekeeping.daily' } })]);
  });

  describe('as a page', () => {
    const SAME = () => ({ origin: api.url, 'sec-fetch-site': 'same-origin' });
    const cookie = async (who: Actor) => ({ cookie: `yinfeng=${await api.token(who)}` });
    const get = async (headers: Record<string, string>, path = '/jobs') => {
      const response = await api.request(null, path, { headers, redirect: 'manual' });
      return { status: response.status, headers: response.headers, text: await response.text() };
    };
    const post = async (headers: Record<string, string>, fields: Record<string, string>, path = '/jobs?lang=zh') => {
      const response = await api.request(null, path, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: new URLSearchParams(fields).toString(), redirect: 'manual' });
      return { status: response.status, to: response.headers.get('location'), cookie: response.headers.get('set-cookie'), text: await response.text() };
    };

    it('needs an administrator, by cookie or token, and offers the door to whoever is nobody', async () => {
      expect((await get({})).status).toBe(401);
      expect((await get({})).text).toContain('name="password"');
      expect((await get(await cookie(zone.as.MANAGER))).status).toBe(403);
      expect((await get({ authorization: `Bearer ${await api.token(zone.as.MANAGER)}` })).status).toBe(403);
      expect((await get({ authorization: 'Bearer wrong' })).status).toBe(401);
      for (const headers of [await cookie(admin()), { authorization: `Bearer ${await api.token(admin())}` }]) expect((await get(headers)).status).toBe(200);
    });

    it('is of our own files alone, under a policy that admits no script, and kept by nobody', async () => {
      const { headers, text } = await get(await cookie(admin()));
      expect(headers.get('content-security-policy')).toBe(`default-src 'none';style-src 'self';img-src data:;form-action 'self';base-uri 'none';frame-ancestors 'none'`);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(text).not.toMatch(/https?:\/\/|<script|style="|\son\w+="/);
      expect([...text.matchAll(/<link[^>]* href="([^"]+)"/g)].map(([, href]) => href)).toEqual(['/jobs.css', 'data:,']);
      expect((await api.request(null, '/jobs.css')).headers.get('content-type')).toBe('text/css; charset=utf-8');
    });

    it('speaks both languages, and says so when there is nothing', async () => {
      const zh = await get(await cookie(admin()), '/jobs?lang=zh');
      expect(zh.text).toContain('<html lang="zh-CN">');
      for (const words of ['没有失败的任务', '没有发送失败或待核实的消息', '后台进程（worker）可能尚未启动', '快速通道']) expect(zh.text).toContain(words);
      const en = await get({ ...(await cookie(admin())), 'accept-language': 'en-GB' });
      expect(en.text).toContain('<html lang="en">');
      for (const words of ['No job has failed', 'No message is dead or in doubt', 'Quick lane']) expect(en.text).toContain(words);
      expect(en.text.replace('>中文<', '')).not.toMatch(/[\u4e00-\u9fff]/);
    });

    it('retries and discards by its forms, from our own pages alone, each form once', async () => {
      const [one, two] = [await failedJob(zone, '<b>坏</b>'), await failedJob(zone)];
      const session = await cookie(admin());
      const page = (await get(session)).text;
      expect(page).toContain('&lt;b&gt;坏&lt;/b&gt;');
      const key = /name="key" value="([^"]+)"/.exec(page)![1]!;
      const retry = { act: 'retry', id: one, key };
      for (const headers of [{}, { origin: 'https://evil.cn' }, { origin: 'null' }, { origin: api.url, 'sec-fetch-site': 'cross-site' }, { origin: api.url, 'sec-fetch-site': 'same-site' }]) expect((await post({ ...session, ...headers } as Record<string, string>, retry)).status).toBe(403);
      expect((await board()).failedCount).toBe(2);
      expect(await post(SAME(), retry)).toMatchObject({ status: 401 });
      expect(await post({ ...SAME(), ...(await cookie(zone.as.MANAGER)) }, retry)).toMatchObject({ status: 403 });
      for (let i = 0; i < 2; i++) expect(await post({ ...session, ...SAME() }, retry)).toMatchObject({ status: 303, to: '/jobs?lang=zh&told=retried' });
      expect(await events('job_retry')).toHaveLength(1);
      expect(await post({ ...session, ...SAME() }, { ...retry, key: 'another' })).toMatchObject({ status: 422, text: expect.stringContaining('已不在失败列表中') });
      expect(await post({ ...session, ...SAME() }, { act: 'discard', id: two, key, reason: '' })).toMatchObject({ status: 422 });
      expect(await post({ ...session, ...SAME() }, { act: 'discard', id: two, key, reason: '作废' })).toMatchObject({ status: 303, to: '/jobs?lang=zh&told=discarded' });
      expect((await get(session, '/jobs?told=discarded')).text).toContain('已丢弃；30 天内');
      // A program with a token is nobody's browser.
      expect(await post({ authorization: `Bearer ${await api.token(admin())}` }, { act: 'retry', id: two, key: 'p' })).toMatchObject({ status: 303 });
      expect(await post({ ...session, ...SAME() }, { act: 'drop tables' })).toMatchObject({ status: 400 });
      expect(await post({ ...session, ...SAME() }, { act: 'retry', id: 'x', key })).toMatchObject({ status: 404 });
    });

    it('signs in and out by itself', async () => {
      const { hash } = await import('@node-rs/argon2');
      await t.owner.query('insert into credential (staff_id, zone_id, password_hash) values ($1, $2, $3)', [admin().staffId, zone.id, await hash('geheim-geheim', { memoryCost: 8, timeCost: 1 })]);
      const email = (await t.owner.query('select email from staff where id = $1', [admin().staffId])).rows[0].email;
      expect(await post({}, { act: 'sign-in', email, password: 'geheim-geheim' })).toMatchObject({ status: 403 });
      expect(await post(SAME(), { act: 'sign-in', email, password: 'wrong' })).toMatchObject({ status: 401, cookie: null, text: expect.stringContaining('密码不正确') });
      const inside = await post(SAME(), { act: 'sign-in', email, password: 'geheim-geheim' });
      expect(inside).toMatchObject({ status: 303, to: '/jobs?lang=zh', cookie: expect.stringMatching(/^yinfeng=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax;/) });
      const session = { cookie: inside.cookie!.split(';')[0]! };
      expect((await get(session)).status).toBe(200);
      expect(await post({ ...session, ...SAME() }, { act: 'sign-out' })).toMatchObject({ status: 303, cookie: expect.stringMatching(/^yinfeng=;/) });
      expect((await get(session)).status).toBe(401);
    });

    it('repeats a dead message and closes one in doubt', async () => {
      const robot = (await t.owner.query(`insert into channel_endpoint (zone_id, kind, name, address_sealed, hint, created_by) values ($1, 'WECOM', '一局群', 'x', 'x', $2) returning id`, [zone.id, admin().staffId])).rows[0].id as string;
      const add = async (state: string, slot: string) => (await t.owner.query(`insert into delivery (zone_id, channel, endpoint_id, slot, state, attempts, ended_at, last_answer) values ($1, 'WECOM', $2, $3, $4, 1, case when $4 = 'DEAD' then now() end, 'errcode 93000') returning id`, [zone.id, robot, slot, state])).rows[0].id as string;
      const [dead, doubt] = [await add('DEAD', 'a'), await add('DOUBT', 'b')];
      const session = await cookie(admin());
      const { text } = await get(session);
      expect(text).toContain('1 条消息发送失败，1 条待核实');
      expect(text).toContain('一局群');
      expect(await post({ ...session, ...SAME() }, { act: 'repeat', id: `Delivery:${dead}`, version: '1', key: 'k' })).toMatchObject({ status: 303, to: '/jobs?lang=zh&told=repeated' });
      expect(await post({ ...session, ...SAME() }, { act: 'settle', id: `Delivery:${doubt}`, version: '1', key: 'k', reason: '群里已见' })).toMatchObject({ status: 303, to: '/jobs?lang=zh&told=settled' });
      expect((await t.owner.query('select state from delivery order by slot')).rows).toEqual([{ state: 'WAITING' }, { state: 'SENT' }]);
    });

    it('leaves no secret in the log', async () => {
      await get(await cookie(admin()));
      expect(logged.join('')).not.toContain(await api.token(admin()));
    });
  });

  describe('in /metrics', () => {
    const read = async () => readPrometheus(await (await api.request(null, '/metrics')).text());

    it('figures of queue, outbox, reminders, messages and runs, under names alone', async () => {
      await queue.schedule([{ job: 'audit.seal', everyMs: 60_000 }]);
      await failedJob(zone);
      await t.owner.query(`insert into outbox (job, data, created_at) values ('imports.apply', $1, now() - interval '5 minutes')`, [{ zoneId: zone.id, importId: newId() }]);
      await t.owner.query(`insert into job_run (job, runs, failures, seconds, last_at, last_seconds) values ('audit.seal', 7, 2, 3.5, now() - interval '90 seconds', 0.5), ('of.a.newer.release', 1, 0, 1, now(), 1)`);
      await t.owner.query(`insert into delivery (zone_id, channel, staff_id, slot, state, next_at) values ($1, 'MAIL', $2, 'a', 'WAITING', $3), ($1, 'MAIL', $2, 'b', 'DOUBT', null)`, [zone.id, admin().staffId, new Date(t.clock.now().getTime() - 120_000)]);
      await t.owner.query(`insert into reminder (zone_id, kind, cause, recipient_id, due_on, due_at) values ($1, 'APPROVAL', 'x', $2, '2026-06-15', $3)`, [zone.id, zone.as.MANAGER.staffId, new Date(t.clock.now().getTime() - 60_000)]);
      const { samples, types } = await read();
      const value = (name: string, labels: Record<string, string> = {}) => samples.find((s) => s.name === `yinfeng_${name}` && Object.entries(labels).every(([k, v]) => s.labels[k] === v))?.value;
      expect([value('queue_up'), value('figures_up'), value('jobs_failed'), value('outbox_waiting')]).toEqual([1, 1, 1, 1]);
      expect(value('outbox_oldest_seconds')).toBeGreaterThanOrEqual(300);
      expect(value('jobs', { lane: 'quick', state: 'waiting' })).toBeDefined();
      expect([value('job_runs_total', { job: 'audit.seal' }), value('job_failures_total', { job: 'audit.seal' }), value('job_seconds_total', { job: 'audit.seal' }), value('job_last_run_seconds', { job: 'audit.seal' })]).toEqual([7, 2, 3.5, 0.5]);
      expect(value('job_last_run_age_seconds', { job: 'audit.seal' })).toBeGreaterThanOrEqual(90);
      expect([value('deliveries', { channel: 'MAIL', state: 'WAITING' }), value('deliveries', { channel: 'MAIL', state: 'DOUBT' }), value('deliveries_overdue'), value('deliveries_overdue_seconds')]).toEqual([1, 1, 1, 120]);
      expect([value('reminders_due'), value('reminders_late_seconds')]).toEqual([1, 60]);
      expect(types.get('yinfeng_job_runs_total')).toBe('counter');
      const ours = samples.filter((s) => s.name.startsWith('yinfeng_'));
      for (const s of ours) for (const [label, told] of Object.entries(s.labels)) {
        expect(['lane', 'state', 'channel', 'job', 'kind', 'operation', 'outcome', 'le']).toContain(label);
        expect(told).not.toMatch(/[0-9a-f]{8}-|@|[\u4e00-\u9fff]/);
      }
      expect(ours.filter((s) => 'job' in s.labels).map((s) => s.labels.job).filter((job) => job !== 'other' && !(job! in JOB_POLICY))).toEqual([]);
      expect(ours.length).toBeLessThan(400);
    });

    it('tells the same counters when it is asked again, and shares one reading among many', async () => {
      await t.owner.query(`insert into job_run (job, runs, failures, seconds, last_at, last_seconds) values ('audit.seal', 7, 2, 3.5, now(), 0.5)`);
      const all = await Promise.all(Array.from({ length: 5 }, () => read()));
      expect(all.map(({ samples }) => samples.find((s) => s.name === 'yinfeng_job_runs_total')!.value)).toEqual([7, 7, 7, 7, 7]);
    });
  });
});

describe('a queue that does not answer', () => {
  it('is said on the page and in the figures; nothing is retried meanwhile', async () => {
    const t = await testDatabase();
    // Nobody listens there.
    const api = await testApi(t, { queue: new QueueRuntime({ databaseUrl: t.url, redisUrl: 'redis://127.0.0.1:1' }), figuresFreshMs: 0 });
    try {
      const zone = await makeZone(t.owner);
      const id = (await t.owner.query(`insert into outbox (job, data, completed_at, failure) values ('imports.apply', $1, now(), 'no') returning id`, [{ zoneId: zone.id }])).rows[0].id as string;
      const page = await api.request(zone.as.SYSTEM_ADMIN, '/jobs');
      expect(page.status).toBe(503);
      expect(await page.text()).toContain('任务队列不可达');
      expect((await api.gql(zone.as.SYSTEM_ADMIN, BOARD)).data.jobBoard).toMatchObject({ reachable: false, store: 'REDIS', lanes: [], recurring: [], failedCount: 1 });
      const retry = await api.gql(zone.as.SYSTEM_ADMIN, 'mutation($input: JobRetryInput!) { act: jobRetry(input: $input) { job userErrors { code } } }', { input: { jobId: `Job:${id}` } });
      expect(retry.data.act).toEqual({ job: null, userErrors: [{ code: 'QUEUE_UNREACHABLE' }] });
      expect((await t.owner.query('select failure from outbox where id = $1', [id])).rows).toEqual([{ failure: 'no' }]);
      const { samples } = readPrometheus(await (await api.request(null, '/metrics')).text());
      expect(samples.find((s) => s.name === 'yinfeng_queue_up')!.value).toBe(0);
      expect(samples.filter((s) => s.name === 'yinfeng_jobs')).toEqual([]);
    } finally {
      await api.stop();
      await t.stop();
    }
  });
});
