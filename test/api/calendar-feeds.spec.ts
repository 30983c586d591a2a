import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Actor, newId } from '@yinfeng/platform';
import ICAL from 'ical.js';
import { publishCalendar, reminderZone, type ReminderZone } from '../jobs/reminders-zone.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let t: TestDatabase;
let api: TestApi;
let zone: ReminderZone;
let projectId: string;

beforeAll(async () => {
  t = await testDatabase();
  api = await testApi(t);
});
afterAll(async () => {
  await api.stop();
  await t.stop();
});
beforeEach(async () => {
  await t.clean();
  await publishCalendar(t.owner);
  zone = await reminderZone(t.owner);
  projectId = await zone.project({ name: '光电产业园' });
  api.clock.pin(new Date('2026-10-09T10:00:00+08:00'));
});

const create = async (input: object = {}, who: Actor = zone.recruiter) => (await api.gql(who, 'mutation($input: CalendarFeedCreateInput!) { act: calendarFeedCreate(input: $input) { path feed { id name lastReadAt } userErrors { code path } } }', { input: { name: '手机', ...input } })).data.act;
const revoke = (feedId: string, who: Actor = zone.recruiter) => api.gql(who, 'mutation($input: CalendarFeedRevokeInput!) { act: calendarFeedRevoke(input: $input) { feed { id } userErrors { code } } }', { input: { feedId } });
const feeds = async (who: Actor = zone.recruiter) => (await api.gql(who, '{ calendarFeeds { id name lastReadAt } }')).data.calendarFeeds;
/** As a calendar program asks: without cookie or token. */
const get = (path: string, headers: Record<string, string> = {}) => fetch(api.url + path, { headers });
const events = (text: string) => new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map((c) => {
  const e = new ICAL.Event(c);
  return { uid: e.uid, title: e.summary, day: e.startDate.toString(), wholeDay: e.startDate.isDate, sequence: e.sequence, status: c.getFirstPropertyValue('status') };
});
const reminder = async (values: { cause?: string; to?: Actor; dueOn?: string; state?: string; detail?: object; project?: string; version?: number } = {}) =>
  (await t.owner.query<{ id: string }>(`insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, state, version, created_at) values ($1, 'FOLLOW_UP', $2, $3, $4, $5, reminder_due_at($5), $6, $7, $8, '2026-10-01T00:00:00Z') returning id`,
    [zone.id, values.cause ?? newId(), values.project ?? projectId, (values.to ?? zone.recruiter).staffId, values.dueOn ?? '2026-10-12', JSON.stringify(values.detail ?? {}), values.state ?? 'PLANNED', values.version ?? 1])).rows[0]!.id;

describe('a calendar feed', () => {
  it('shows its person what is due, as whole days, masked, what was done and taken back as such', async () => {
    const open = await reminder({ detail: { nextStep: '约见周总 13812345678' } });
    await reminder({ dueOn: '2026-10-13', state: 'DONE', version: 2 });
    await reminder({ dueOn: '2026-10-14', state: 'CANCELLED', version: 3 });
    await reminder({ dueOn: '2026-09-01' });
    await reminder({ to: zone.groupLeader });
    const { path, feed } = await create();
    expect(path).toMatch(/^\/calendar\/[A-Za-z0-9_-]{43}\.ics$/);
    const response = await get(path);
    expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([200, 'text/calendar; charset=utf-8', 'private, no-cache']);
    const text = await response.text();
    expect(events(text)).toEqual([
      { uid: `reminder-${open}@yinfeng`, title: '跟进“光电产业园”：约见周总 138****5678', day: '2026-10-12', wholeDay: true, sequence: 0, status: 'CONFIRMED' },
      expect.objectContaining({ title: '✓ 已办：跟进“光电产业园”', day: '2026-10-13', sequence: 1, status: 'CONFIRMED' }),
      expect.objectContaining({ day: '2026-10-14', sequence: 2, status: 'CANCELLED' }),
    ]);
    expect(text).toContain(`X-WR-CALNAME:引凤 · ${zone.recruiter.name}`);
    expect(await feeds()).toEqual([{ id: feed.id, name: '手机', lastReadAt: expect.any(String) }]);
  });

  it('shows what is due by its person\'s own hand', async () => {
    await t.owner.query(`insert into deadline (zone_id, project_id, kind, subject_id, title, since_on, due_on, staff_id) values ($1, $2, 'DUTY', $3, '每周走访', '2026-10-05', '2026-10-12', $4), ($1, $2, 'PERMIT', $5, '施工许可', null, '2026-10-12', $6)`,
      [zone.id, projectId, newId(), zone.recruiter.staffId, newId(), zone.groupLeader.staffId]);
    expect(events(await (await get((await create()).path)).text())).toEqual([expect.objectContaining({ title: '“光电产业园”到期：每周走访', day: '2026-10-12', uid: expect.stringMatching(/^deadline-.*-duty@yinfeng$/) })]);
  });

  it('leaves out what its person may no longer see', async () => {
    await reminder();
    const { path } = await create();
    await t.owner.query('update project set owner_id = $2 where id = $1', [projectId, zone.stranger.staffId]);
    const text = await (await get(path)).text();
    expect(events(text)).toEqual([]);
    expect(text).not.toContain('光电');
  });

  it('says 304 as long as nothing has changed, also to the head alone', async () => {
    await reminder();
    const { path } = await create();
    const etag = (await get(path)).headers.get('etag')!;
    expect([(await get(path, { 'if-none-match': etag })).status, (await get(path, { 'if-none-match': `W/${etag}, "other"` })).status, (await get(path, { 'if-none-match': '"other"' })).status]).toEqual([304, 304, 200]);
    expect((await fetch(api.url + path, { method: 'HEAD' })).headers.get('etag')).toBe(etag);
    api.clock.pin(new Date('2026-10-09T18:00:00+08:00'));
    expect((await get(path, { 'if-none-match': etag })).status).toBe(304);
    await reminder({ dueOn: '2026-10-20' });
    const changed = await get(path, { 'if-none-match': etag });
    expect([changed.status, events(await changed.text()).length]).toEqual([200, 2]);
  });

  it('leads nowhere once it is revoked, its person is gone or changed duties; like any path that never was', async () => {
    const [a, b] = [await create(), await create({ name: '电脑' })];
    const missing = await get('/calendar/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics');
    const nowhere = `${missing.status} ${await missing.text()}`;
    expect(nowhere).toMatch(/^404 .*NOT_FOUND/);
    const said = async (path: string) => {
      const response = await get(path);
      return `${response.status} ${await response.text()}`;
    };
    expect((await revoke(a.feed.id)).data.act.userErrors).toEqual([]);
    expect(await said(a.path)).toBe(nowhere);
    expect(await said(a.path.replace('.ics', ''))).toBe(nowhere);
    for (const path of ['/calendar/x.ics', '/calendar/.ics', `/calendar/${'x'.repeat(500)}.ics`, '/calendar/%00.ics', `/calendar/${encodeURIComponent("' or 1=1--")}.ics`]) expect(await said(path)).toMatch(/^4\d\d /);
    expect((await get(b.path)).status).toBe(200);
    await t.owner.query(`update staff set role = 'AUDITOR' where id = $1`, [zone.recruiter.staffId]);
    expect(await said(b.path)).toBe(nowhere);
    await t.owner.query(`update staff set role = 'RECRUITER', disabled_at = now() where id = $1`, [zone.recruiter.staffId]);
    expect(await said(b.path)).toBe(nowhere);
  });

  it('is no way in: its secret signs nobody in, and is kept nowhere', async () => {
    const { path } = await create({ idempotencyKey: 'k' });
    const secret = path.slice('/calendar/'.length, -4);
    expect((await api.gql(secret, '{ me { id } }')).errors[0].extensions.code).toBe('UNAUTHENTICATED');
    for (const table of ['calendar_feed', 'idempotency_key', 'audit_entry']) expect(JSON.stringify((await t.owner.query(`select x::text from ${table} x`)).rows)).not.toContain(secret);
    // Asked for again under the same key: the same feed, and the path is not told a second time.
    expect(await create({ idempotencyKey: 'k' })).toMatchObject({ path: null, feed: { name: '手机' } });
    expect(await feeds()).toHaveLength(1);
  });

  it('is one\'s own: five at most, nobody else revokes it, administrators have none', async () => {
    const { feed } = await create();
    expect((await revoke(feed.id, zone.groupLeader)).errors[0].extensions.code).toBe('NOT_FOUND');
    expect(await feeds(zone.groupLeader)).toEqual([]);
    const race = await Promise.all(Array.from({ length: 6 }, () => create()));
    expect(race.filter((r) => r.userErrors[0]?.code === 'FEEDS_MOST')).toHaveLength(2);
    expect(await feeds()).toHaveLength(5);
    expect((await create({ name: ' ' })).userErrors).toEqual([{ code: 'REQUIRED', path: ['name'] }]);
    expect((await Promise.all([revoke(feed.id), revoke(feed.id)])).filter((r) => r.errors?.[0].extensions.code === 'NOT_FOUND')).toHaveLength(1);
    expect((await api.gql(zone.as.SYSTEM_ADMIN, '{ calendarFeeds { id } }')).errors[0].extensions.code).toBe('FORBIDDEN');
  });
});
