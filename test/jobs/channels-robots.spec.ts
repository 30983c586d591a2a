import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ChannelEndpointsService, DeliveriesService, type Robot } from '@yinfeng/reminders';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { openRobots, type Robots } from '../support/robots.js';
import { postOffice } from './channels-zone.js';
import { publishCalendar, reminderZone, type ReminderZone } from './reminders-zone.js';

let t: TestDatabase;
let zone: ReminderZone;
let robots: Robots;
let projectId: string;
let post: ReturnType<typeof postOffice>;
let endpoints: ChannelEndpointsService;

beforeAll(async () => {
  t = await testDatabase();
  robots = await openRobots(() => t.clock.now().getTime());
  const options = { mail: null, robotOrigins: [robots.origin] };
  post = postOffice(t, () => zone, options, 500);
  endpoints = new ChannelEndpointsService(t.db, options);
});
afterAll(async () => {
  await robots.close();
  await t.stop();
});
beforeEach(async () => {
  await t.clean();
  await publishCalendar(t.owner);
  zone = await reminderZone(t.owner);
  projectId = await zone.project({ name: '光电产业园' });
  robots.reset();
  post.at('2026-10-09T09:00:10');
});

const robot = async (kind: Robot, values: Partial<Parameters<ChannelEndpointsService['add']>[1]> = {}) =>
  (await endpoints.add(zone.as.SYSTEM_ADMIN, { kind, name: `${kind}群`, address: robots.addressOf(kind), ...values })).endpointId;
const policy = (value: object) => post.rows(`insert into zone_policy (zone_id, name, value) values ($1, 'reminderChannels', $2)`, [zone.id, JSON.stringify(value)]);
const urgent = () => policy({ urgentKinds: ['FOLLOW_UP'], retryMinutes: [1, 5] });
const texts = () => robots.shown.map((m) => m.text);

describe('a group', () => {
  it.each(['WECOM', 'DINGTALK', 'FEISHU'] as const)('of %s is told once a window what its people have to do, each cause once with their names', async (kind) => {
    await robot(kind, { departmentIds: [zone.departments.bureau] });
    const cause = { projectId, cause: 'same', detail: { nextStep: '约见周总 13812345678' } };
    await post.plan(zone.recruiter, cause);
    await post.plan(zone.groupLeader, cause);
    await post.plan(zone.recruiter, { projectId: await zone.project({ name: '生物医药' }) });
    // Of another bureau: another group's business.
    await post.plan(zone.stranger, { projectId });
    await post.bringIn();
    expect(await post.sendDue()).toEqual({});
    post.at('2026-10-09T09:05:00');
    expect(await post.sendDue()).toEqual({ sent: 1 });
    const [text] = texts();
    expect(robots.shown).toHaveLength(1);
    expect(text).toContain('【引凤】2 项待办提醒\n');
    expect(text).toMatch(/跟进“光电产业园”：约见周总 138\*\*\*\*5678（(RECRUITER＠group、GROUP_LEADER＠group|GROUP_LEADER＠group、RECRUITER＠group)）/);
    expect(text).toContain('跟进“生物医药”（RECRUITER＠group）');
    expect(text).not.toContain('stranger');
    expect(await post.sendDue()).toEqual({});
  });

  it('hears what it was set to hear, signed and with its keyword', async () => {
    [robots.secret, robots.keyword] = ['SEC000', '招商'];
    await robot('DINGTALK', { secret: 'SEC000', keyword: '招商', kinds: ['HANDOFF'] });
    await robot('FEISHU', { secret: 'SEC000', keyword: '招商' });
    await post.plan(zone.recruiter, { projectId });
    await post.bringIn();
    post.at('2026-10-09T09:05:00');
    expect(await post.sendDue()).toEqual({ sent: 1 });
    expect(robots.shown.map((m) => m.robot)).toEqual(['FEISHU']);
    expect(texts()[0]).toBe('招商\n【引凤提醒】跟进“光电产业园”（RECRUITER＠group）');
  });

  it('is told an urgent cause at once and once, whomever it concerns next', async () => {
    await urgent();
    await robot('WECOM');
    await post.plan(zone.recruiter, { projectId, cause: 'a' });
    await post.bringIn();
    expect(await post.sendDue()).toEqual({ sent: 1 });
    await post.plan(zone.groupLeader, { projectId, cause: 'a' });
    await post.bringIn();
    post.at('2026-10-09T12:00:00');
    expect(await post.sendDue()).toEqual({});
    expect(robots.shown).toHaveLength(1);
  });

  it('is told nothing that its people may no longer see, and nothing by a robot that was switched off or removed', async () => {
    const id = await robot('WECOM');
    const gone = await robot('FEISHU');
    await post.plan(zone.recruiter, { projectId });
    await post.bringIn();
    await endpoints.remove(zone.as.SYSTEM_ADMIN, { endpointId: gone, expectedVersion: 1 });
    await t.owner.query('update project set owner_id = $2 where id = $1', [projectId, zone.stranger.staffId]);
    post.at('2026-10-09T09:05:00');
    expect(await post.sendDue()).toEqual({ dropped: 2 });
    await endpoints.edit(zone.as.SYSTEM_ADMIN, { endpointId: id, expectedVersion: 1, enabled: false });
    await post.plan(zone.stranger, { projectId });
    await post.bringIn();
    expect((await post.log()).map((d) => d.state)).toEqual(['DROPPED', 'DROPPED']);
    expect(robots.requests).toBe(0);
  });
});

describe('the pace', () => {
  it('of a robot is kept by all workers together: what is urgent goes one after the other, and the vendor never says too fast', async () => {
    await urgent();
    await robot('WECOM');
    for (let i = 0; i < 25; i++) await post.plan(zone.recruiter, { projectId, cause: `c${String(i).padStart(2, '0')}` });
    await post.bringIn();
    const workers = [post.office(), post.office()];
    await workers[0]!.sweep();
    for (let turn = 0; robots.shown.length < 25 && turn < 100; turn++) {
      t.clock.pin(new Date(Date.UTC(2026, 9, 9, 1, 1, 0, turn * 1_600)));
      const jobs = (await post.rows(`delete from outbox where job = 'channels.send' and coalesce(run_at, '-infinity') <= $1 returning data`, [t.clock.now()])).map((r) => r.data as { zoneId: string; deliveryIds: string[] });
      await Promise.all(workers.flatMap((w) => jobs.map((j) => w.send(j.zoneId, j.deliveryIds))));
    }
    expect(robots.shown).toHaveLength(25);
    expect(robots.answers.every((code) => code === 0)).toBe(true);
    const gaps = robots.shown.slice(1).map((m, i) => m.at - robots.shown[i]!.at);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(3_100);
    expect(await post.rows(`select count(*)::int as n from delivery where state = 'SENT' and attempts = 1`)).toEqual([{ n: 25 }]);
  });

  it('is slowed down when the vendor says too fast: the whole robot is still for as long as it wants', async () => {
    await urgent();
    await robot('DINGTALK');
    for (let i = 0; i < 20; i++) robots.shown.push({ robot: 'DINGTALK', text: 'of another program', at: t.clock.now().getTime() });
    await post.plan(zone.recruiter, { projectId, cause: 'a' });
    await post.bringIn();
    expect(await post.sendDue()).toEqual({ later: 1 });
    expect(await post.log()).toEqual([expect.objectContaining({ state: 'WAITING', failures: 1, next_at: new Date('2026-10-09T09:10:10+08:00'), last_answer: expect.stringContaining('errcode 130101') })]);
    post.at('2026-10-09T09:05:00');
    await post.plan(zone.recruiter, { projectId, cause: 'b' });
    await post.bringIn();
    expect(await post.sendDue()).toEqual({ later: 1 });
    expect(robots.requests).toBe(1);
    post.at('2026-10-09T09:10:10');
    expect(await post.sendDue()).toMatchObject({ sent: 1 });
    post.at('2026-10-09T09:10:14');
    expect(await post.sendDue()).toMatchObject({ sent: 1 });
  });
});

describe('a vendor that', () => {
  beforeEach(async () => {
    await urgent();
    await post.plan(zone.recruiter, { projectId, cause: 'a' });
  });
  const log1 = async () => (await post.log())[0]!;

  it.each([
    ['WECOM', { address: 'key' }, /93000/],
    ['DINGTALK', { secret: 'wrong' }, /310000/],
    ['FEISHU', { secret: 'wrong' }, /19021/],
    ['FEISHU', { keyword: 'other' }, /19024/],
  ] as const)('refuses (%s, %j) ends the message; put right, it can be repeated', async (kind, fault, answer) => {
    [robots.secret, robots.keyword] = ['secret' in fault ? 'SEC000' : null, 'keyword' in fault ? '招商' : null];
    const id = await robot(kind, { ...('address' in fault ? { address: robots.addressOf(kind).replace('693a', 'ffff') } : fault) });
    await post.bringIn();
    expect(await post.sendDue()).toEqual({ dead: 1 });
    expect(await log1()).toMatchObject({ state: 'DEAD', attempts: 1, last_answer: expect.stringMatching(answer) });
    await endpoints.edit(zone.as.SYSTEM_ADMIN, { endpointId: id, expectedVersion: 1, address: robots.addressOf(kind), ...('secret' in fault && { secret: 'SEC000' }), ...('keyword' in fault && { keyword: '招商' }) });
    const [d] = await post.rows('select id, version from delivery');
    await new DeliveriesService(t.db).repeat(zone.as.SYSTEM_ADMIN, { deliveryId: d.id, expectedVersion: d.version });
    post.at('2026-10-09T09:01:00');
    expect(await post.sendDue()).toEqual({ sent: 1 });
    expect(robots.shown).toHaveLength(1);
  });

  it.each([500, 503, 429])('says that it did nothing (HTTP %i) is asked again', async (status) => {
    await robot('WECOM');
    await post.bringIn();
    robots.manner = () => ({ status });
    expect(await post.sendDue()).toEqual({ later: 1 });
    robots.manner = () => 'RULES';
    post.at('2026-10-09T09:01:10');
    expect(await post.sendDue()).toEqual({ sent: 1 });
    expect((await post.attempts()).map((a) => a.outcome)).toEqual(['RETRY', 'SENT']);
  });

  it.each([
    ['WECOM', '{"errcode":45009,"errmsg":"api freq out of limit"}', 60],
    ['DINGTALK', '{"errcode":130101,"errmsg":"send too fast"}', 600],
    ['DINGTALK', '{"errcode":410100,"errmsg":"发送速度太快而限流"}', 600],
    ['FEISHU', '{"code":11232,"msg":"frequency limited psm"}', 60],
  ] as const)('says too fast (%s %s) is left in peace for %i seconds, and then has every message once', async (kind, body, still) => {
    await robot(kind);
    await post.bringIn();
    robots.manner = () => ({ status: 200, body });
    expect(await post.sendDue()).toEqual({ later: 1 });
    robots.manner = () => 'RULES';
    await post.plan(zone.recruiter, { projectId, cause: 'b' });
    await post.bringIn();
    const second = (after: number) => t.clock.pin(new Date(Date.parse('2026-10-09T09:00:10+08:00') + after * 1000));
    second(still - 1);
    expect(await post.sendDue()).not.toHaveProperty('sent');
    expect(robots.requests).toBe(1);
    for (let turn = 0; turn < 60 && robots.shown.length < 2; turn++) {
      second(still + turn * 60);
      await post.sendDue();
    }
    expect(texts().length).toBe(2);
    expect((await post.log()).map((d) => d.state)).toEqual(['SENT', 'SENT']);
    expect((await post.attempts()).map((a) => a.outcome).sort()).toEqual(['RETRY', 'SENT', 'SENT']);
  });

  it.each([['HANG_UP', 'HANG_UP'], ['SILENT', 'SILENT'], ['an answer without end', { status: 200, body: `{"errcode":0,"errmsg":"${'x'.repeat(70_000)}"}` }], ['a lost answer', { status: 502 }], ['an answer that is none', { status: 200, body: '<html>' }]] as const)('has read a message and does not confirm it (%s) leaves a doubt: never a second message unless a person says so', async (_, manner) => {
    await robot('WECOM');
    await post.bringIn();
    robots.manner = () => manner;
    expect(await post.sendDue()).toEqual({ doubt: 1 });
    robots.manner = () => 'RULES';
    expect(await log1()).toMatchObject({ state: 'DOUBT', next_at: null, attempts: 1 });
    for (const later of ['2026-10-09T09:30:00', '2026-10-10T09:05:00']) {
      post.at(later);
      expect(await post.sendDue()).toEqual({});
    }
    expect(robots.requests).toBe(1);
    const [d] = await post.rows('select id, version from delivery');
    await new DeliveriesService(t.db).repeat(zone.as.SYSTEM_ADMIN, { deliveryId: d.id, expectedVersion: d.version });
    expect(await post.sendDue()).toEqual({ sent: 1 });
    expect(robots.requests).toBe(2);
  });

  it('cannot be reached is asked again', async () => {
    await robot('WECOM');
    await post.bringIn();
    const port = Number(new URL(robots.origin).port);
    // The same robot in an office whose network leads nowhere: the origin is trusted, nobody listens.
    await t.owner.query('select 1');
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((ready) => closed.once('listening', ready));
    const free = (closed.address() as AddressInfo).port;
    await new Promise((done) => closed.close(done));
    const away = postOffice(t, () => zone, { mail: null, robotOrigins: [robots.origin, `http://127.0.0.1:${free}`] }, 500);
    const elsewhere = new ChannelEndpointsService(t.db, { mail: null, robotOrigins: [`http://127.0.0.1:${free}`] });
    const [{ id }] = await post.rows('select id from channel_endpoint') as [{ id: string }];
    await elsewhere.edit(zone.as.SYSTEM_ADMIN, { endpointId: id, expectedVersion: 1, address: robots.addressOf('WECOM').replace(String(port), String(free)) });
    expect(await away.sendDue()).toEqual({ later: 1 });
    expect((await post.attempts()).map((a) => [a.outcome, a.answer])).toEqual([['RETRY', 'ECONNREFUSED']]);
  });

  it('sends elsewhere is not followed', async () => {
    await robot('WECOM');
    await post.bringIn();
    robots.manner = () => ({ status: 302, location: robots.addressOf('DINGTALK') });
    expect(await post.sendDue()).toEqual({ dead: 1 });
    expect(robots.requests).toBe(1);
  });

  it('is no longer among the origins that the operator trusts is not written to', async () => {
    await robot('WECOM');
    await post.bringIn();
    const strict = postOffice(t, () => zone, { mail: null, robotOrigins: [] }, 500);
    expect(await strict.sendDue()).toEqual({ dead: 1 });
    expect((await post.attempts())[0]).toMatchObject({ outcome: 'REFUSED', answer: 'address not allowed' });
    expect(robots.requests).toBe(0);
  });
});

it('a secret that was sealed under another key is not guessed: the message is dead and says what to do', async () => {
  await urgent();
  const id = await robot('WECOM');
  await post.plan(zone.recruiter, { projectId });
  await post.bringIn();
  await t.owner.query(`update channel_endpoint set address_sealed = overlay(address_sealed placing '\\x00000000' from 30) where id = $1`, [id]);
  expect(await post.sendDue()).toEqual({ dead: 1 });
  expect((await post.log())[0]!.last_answer).toContain('enter address and secret again');
});
