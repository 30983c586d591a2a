import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Actor } from '@yinfeng/platform';
import { projectVisibility } from '@yinfeng/recruitment';
import { DeliveryService, ReminderFeed, type ReminderPlan, RemindersService } from '@yinfeng/reminders';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { publishCalendar, reminderZone, type ReminderZone } from './reminders-zone.js';

let t: TestDatabase;
let zone: ReminderZone;
let reminders: RemindersService;
let delivery: DeliveryService;
let projectId: string;

beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t.stop());
beforeEach(async () => {
  await t.clean();
  await publishCalendar(t.owner);
  zone = await reminderZone(t.owner);
  reminders = new RemindersService(t.db, t.clock);
  delivery = new DeliveryService(t.db);
  projectId = await zone.project();
  at('2026-10-09T10:00:00+08:00');
});

const at = (instant: string) => t.clock.pin(new Date(instant));
const plan = (values: Partial<ReminderPlan> = {}, actor: Actor = zone.recruiter) =>
  t.db.tx(actor, (tx) => reminders.plan(tx, { kind: 'FOLLOW_UP', cause: `FOLLOW_UP:${projectId}:2026-10-09`, projectId, recipientId: zone.recruiter.staffId!, dueOn: '2026-10-09', ...values }));
const rows = async (sql: string, params: unknown[] = []) => (await t.owner.query(sql, params)).rows;
const only = async () => (await rows('select id, state, version, due_on, due_at, delivered_at from reminder'))[0] as { id: string; state: string; version: number; due_on: string; due_at: Date; delivered_at: Date | null };
/** What the worker would do with the jobs that wait. */
const jobs = async () => (await rows(`delete from outbox where job = 'reminders.deliver' returning data`)).map((r) => r.data as { zoneId: string; deliveryIds: string[] });
const runJobs = async () => {
  const results = [];
  for (const job of await jobs()) results.push(await delivery.deliver(job.zoneId, job.deliveryIds));
  return results;
};
const inbox = async (actor = zone.recruiter) => (await reminders.page(actor, { states: ['DELIVERED'] }, {}, { title: true, version: true, kind: true }, projectVisibility)).nodes;

describe('when a reminder comes', () => {
  const dueAt = async (dueOn: string) => {
    await plan({ dueOn, cause: `FOLLOW_UP:${projectId}:${dueOn}` });
    return (await rows('select due_at from reminder where due_on = $1', [dueOn]))[0]!.due_at as Date;
  };

  it('is at nine in Shanghai on a working day', async () => {
    expect(await dueAt('2026-09-30')).toEqual(new Date('2026-09-30T09:00:00+08:00'));
    expect(await dueAt('2026-10-08')).toEqual(new Date('2026-10-08T09:00:00+08:00'));
  });

  it('waits over the holiday and over weekends, and comes on a made-up working Saturday', async () => {
    expect(await dueAt('2026-10-01')).toEqual(new Date('2026-10-08T09:00:00+08:00'));
    expect(await dueAt('2026-10-07')).toEqual(new Date('2026-10-08T09:00:00+08:00'));
    expect(await dueAt('2026-10-10')).toEqual(new Date('2026-10-10T09:00:00+08:00'));
    expect(await dueAt('2026-10-11')).toEqual(new Date('2026-10-12T09:00:00+08:00'));
  });

  it('is provisional in a year whose calendar is not published: Monday to Friday count, and it says so', async () => {
    expect(await dueAt('2027-01-02')).toEqual(new Date('2027-01-04T09:00:00+08:00'));
    const { nodes } = await reminders.page(zone.recruiter, {}, {}, { title: true, provisional: true }, projectVisibility);
    expect(nodes).toEqual([expect.objectContaining({ provisional: true, title: expect.stringContaining('（暂定：2027 年放假安排尚未公布）') })]);
  });
});

describe('planning', () => {
  it('writes one row for each cause and person, however often it is asked', async () => {
    await plan();
    await plan({ dueOn: '2026-10-12' });
    expect(await rows('select due_on::text from reminder')).toEqual([{ due_on: '2026-10-09' }]);
    await plan({ recipientId: zone.manager.staffId! });
    expect(await rows('select 1 from reminder')).toHaveLength(2);
  });

  it('lets a cause stand again that was taken back before anybody was told, and never one that was told', async () => {
    await plan();
    await t.db.tx(zone.recruiter, (tx) => reminders.completeByAct(tx, { projectId, kind: 'FOLLOW_UP' }));
    expect((await only()).state).toBe('DONE');
    await plan();
    expect((await only()).state).toBe('PLANNED');
    await delivery.sweep();
    await runJobs();
    await t.db.tx(zone.recruiter, (tx) => reminders.cancel(tx, { projectId }));
    await plan();
    expect((await only()).state).toBe('CANCELLED');
  });

  it('goes with the transaction of its cause', async () => {
    await expect(t.db.tx(zone.recruiter, async (tx) => {
      await reminders.plan(tx, { kind: 'FOLLOW_UP', cause: 'x', projectId, recipientId: zone.recruiter.staffId!, dueOn: '2026-10-09' });
      throw new Error('the visit failed');
    })).rejects.toThrow('the visit failed');
    expect(await rows('select 1 from reminder')).toHaveLength(0);
  });

  it('hands what is open over to another person, once', async () => {
    await plan();
    await plan({ recipientId: zone.groupLeader.staffId! });
    await t.db.tx(zone.manager, (tx) => reminders.handOver(tx, { projectId, fromId: zone.recruiter.staffId!, toId: zone.groupLeader.staffId! }));
    expect(await rows(`select state from reminder where recipient_id = $1`, [zone.recruiter.staffId])).toEqual([{ state: 'CANCELLED' }]);
    expect(await rows(`select state from reminder where recipient_id = $1`, [zone.groupLeader.staffId])).toEqual([{ state: 'PLANNED' }]);
  });
});

describe('sweep and deliver', () => {
  it('bring a due reminder into the inbox once', async () => {
    await plan();
    expect(await delivery.sweep()).toEqual({ claimed: 1, reclaimed: 0 });
    expect(await inbox()).toHaveLength(0);
    expect(await runJobs()).toEqual([{ sent: 1, dropped: 0 }]);
    expect(await inbox()).toHaveLength(1);
    expect(await only()).toMatchObject({ state: 'DELIVERED', version: 1, delivered_at: new Date('2026-10-09T10:00:00+08:00') });
  });

  it('leave alone what is not due yet, to the second', async () => {
    await plan();
    at('2026-10-09T08:59:59+08:00');
    expect(await delivery.sweep()).toEqual({ claimed: 0, reclaimed: 0 });
    at('2026-10-09T09:00:00+08:00');
    expect(await delivery.sweep()).toEqual({ claimed: 1, reclaimed: 0 });
  });

  it('do nothing the second time, nor when two workers come at once', async () => {
    await plan();
    for (const recipientId of [zone.groupLeader, zone.manager, zone.as.LEADER].map((a) => a.staffId!)) await plan({ recipientId });
    const sweeps = await Promise.all([delivery.sweep(), delivery.sweep(), delivery.sweep()]);
    expect(sweeps.reduce((n, s) => n + s.claimed, 0)).toBe(4);
    const waiting = await jobs();
    const twice = [...waiting, ...waiting, ...waiting.map((j) => ({ ...j, deliveryIds: [...j.deliveryIds].reverse() }))];
    const done = await Promise.all(twice.map((j) => delivery.deliver(j.zoneId, j.deliveryIds)));
    expect(done.reduce((n, d) => n + d.sent, 0)).toBe(4);
    expect(await delivery.sweep()).toEqual({ claimed: 0, reclaimed: 0 });
    expect(await rows('select state, count(*)::int as n from reminder_delivery group by 1')).toEqual([{ state: 'SENT', n: 4 }]);
  });

  it('drop what was done, cancelled or put off between claim and send', async () => {
    await plan();
    await plan({ cause: 'b' });
    await plan({ cause: 'c' });
    await delivery.sweep();
    const [a, b, c] = (await rows('select id from reminder order by id')).map((r) => r.id as string);
    await reminders.complete(zone.recruiter, { reminderId: a!, expectedVersion: 1 });
    await reminders.snooze(zone.recruiter, { reminderId: b!, expectedVersion: 1, preset: 'NEXT_WORKING_DAY' });
    await t.owner.query(`update reminder set state = 'CANCELLED' where id = $1`, [c]);
    expect(await runJobs()).toEqual([{ sent: 0, dropped: 3 }]);
    expect(await inbox()).toHaveLength(0);
    expect((await rows('select state from reminder order by id')).map((r) => r.state)).toEqual(['DONE', 'PLANNED', 'CANCELLED']);
  });

  it('bring a reminder that was put off again on its new day, which may be a made-up Saturday', async () => {
    await plan();
    await delivery.sweep();
    await runJobs();
    await reminders.snooze(zone.recruiter, { reminderId: (await only()).id, expectedVersion: 1, preset: 'NEXT_WORKING_DAY' });
    expect(await only()).toMatchObject({ state: 'PLANNED', due_at: new Date('2026-10-10T09:00:00+08:00') });
    expect(await delivery.sweep()).toEqual({ claimed: 0, reclaimed: 0 });
    at('2026-10-10T09:00:30+08:00');
    expect(await delivery.sweep()).toEqual({ claimed: 1, reclaimed: 0 });
    expect(await runJobs()).toEqual([{ sent: 1, dropped: 0 }]);
    expect(await inbox()).toHaveLength(1);
  });

  it('ask nothing of anybody for a project that rests, until the cause is planned anew', async () => {
    await plan();
    await delivery.sweep();
    await t.owner.query(`update project set status = 'SUSPENDED', state_at = now() where id = $1`, [projectId]);
    expect(await runJobs()).toEqual([{ sent: 0, dropped: 1 }]);
    expect((await only()).state).toBe('CANCELLED');
    await t.owner.query(`update project set status = 'ACTIVE', state_at = now() where id = $1`, [projectId]);
    await plan();
    expect(await delivery.sweep()).toEqual({ claimed: 1, reclaimed: 0 });
    expect(await runJobs()).toEqual([{ sent: 1, dropped: 0 }]);
  });

  it('say nothing of a silence that ended between claim and send', async () => {
    await plan({ kind: 'IDLE', cause: 'idle', detail: { level: 'YELLOW', limit: 5, lastActivityOn: '2026-10-09' } });
    await plan({ kind: 'IDLE', cause: 'idle before', detail: { level: 'YELLOW', limit: 5, lastActivityOn: '2026-09-30' } });
    await delivery.sweep();
    expect(await runJobs()).toEqual([{ sent: 1, dropped: 1 }]);
    expect((await rows('select cause, state from reminder order by cause'))).toEqual([{ cause: 'idle', state: 'DELIVERED' }, { cause: 'idle before', state: 'CANCELLED' }]);
  });

  it('find again after a minute what a dead worker or a wiped queue left behind', async () => {
    await plan();
    await delivery.sweep();
    await jobs();
    at('2026-10-09T10:00:59+08:00');
    expect(await delivery.sweep()).toEqual({ claimed: 0, reclaimed: 0 });
    at('2026-10-09T10:01:01+08:00');
    expect(await delivery.sweep()).toEqual({ claimed: 0, reclaimed: 1 });
    expect(await delivery.sweep()).toEqual({ claimed: 0, reclaimed: 0 });
    expect(await runJobs()).toEqual([{ sent: 1, dropped: 0 }]);
    at('2026-10-09T10:05:00+08:00');
    expect(await delivery.sweep()).toEqual({ claimed: 0, reclaimed: 0 });
    expect(await rows('select state from reminder_delivery')).toEqual([{ state: 'SENT' }]);
  });

  it('serve several zones at once, each behind its own wall', async () => {
    const other = await reminderZone(t.owner);
    const foreign = await other.project();
    await plan();
    await t.db.tx(other.recruiter, (tx) => reminders.plan(tx, { kind: 'FOLLOW_UP', cause: 'y', projectId: foreign, recipientId: other.recruiter.staffId!, dueOn: '2026-10-08' }));
    expect(await delivery.sweep()).toEqual({ claimed: 2, reclaimed: 0 });
    const waiting = await jobs();
    expect(waiting.map((j) => j.zoneId).sort()).toEqual([zone.id, other.id].sort());
    // A job that names the wrong zone finds nothing.
    expect(await delivery.deliver(zone.id, waiting.find((j) => j.zoneId === other.id)!.deliveryIds)).toEqual({ sent: 0, dropped: 0 });
    for (const job of waiting) expect(await delivery.deliver(job.zoneId, job.deliveryIds)).toEqual({ sent: 1, dropped: 0 });
    expect(await inbox()).toHaveLength(1);
    expect(await inbox(other.recruiter)).toHaveLength(1);
  });

  it('carry more than a batch in several jobs and lose none', async () => {
    await t.owner.query(
      `insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at)
       select $1, 'FOLLOW_UP', 'many:' || n, $2, $3, '2026-10-09', reminder_due_at('2026-10-09') from generate_series(1, 1203) n`, [zone.id, projectId, zone.recruiter.staffId]);
    expect(await delivery.sweep()).toEqual({ claimed: 1203, reclaimed: 0 });
    const waiting = await jobs();
    expect(waiting.map((j) => j.deliveryIds.length).sort((a, b) => a - b)).toEqual([203, 500, 500]);
    const done = await Promise.all(waiting.map((j) => delivery.deliver(j.zoneId, j.deliveryIds)));
    expect(done.reduce((n, d) => n + d.sent, 0)).toBe(1203);
  });
});

describe('live subscribers', () => {
  it('hear of what comes into their own inbox, once, and of nothing else', async () => {
    const feed = new ReminderFeed(delivery, t.clock);
    const mine = feed.of(zone.recruiter.staffId!);
    const theirs = feed.of(zone.groupLeader.staffId!);
    await plan();
    await plan({ recipientId: zone.manager.staffId! });
    await delivery.sweep();
    await runJobs();
    const first = mine.next();
    await feed.look();
    await feed.look();
    const [{ id }] = await rows('select id from reminder where recipient_id = $1', [zone.recruiter.staffId]) as [{ id: string }];
    expect(await first).toEqual({ value: id, done: false });
    const second = mine.next();
    await mine.return!();
    expect(await second).toEqual({ value: undefined, done: true });
    const none = theirs.next();
    await theirs.return!();
    expect(await none).toEqual({ value: undefined, done: true });
    feed.onApplicationShutdown();
  });
});
