import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Actor, newId } from '@yinfeng/platform';
import { DeliveryService } from '@yinfeng/reminders';
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
  at('2026-09-21T10:00:00+08:00');
});

const at = (instant: string) => {
  api.clock.pin(new Date(instant));
  t.clock.pin(new Date(instant));
};
const FIELDS = '{ reminder { id version state kind title dueOn dueAt overdue personal { text startsOn time repeat untilOn times endedAt } project { id } } userErrors { code path message } }';
const mutate = (name: string) => async (input: object, who: Actor = zone.recruiter) =>
  (await api.gql(who, `mutation($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { act: ${name}(input: $input) ${FIELDS} }`, { input }));
const create = mutate('reminderCreate');
const edit = mutate('reminderEdit');
const cancel = mutate('reminderCancel');
const complete = mutate('reminderComplete');
const reopen = mutate('reminderReopen');
const made = async (input: object) => (await create(input)).data.act.reminder;
const list = async (who: Actor = zone.recruiter) => (await api.gql(who, '{ reminders(first: 50) { nodes { id version state title dueOn dueAt } } }')).data.reminders.nodes;
const days = async () => (await list()).map((n: { dueOn: string; state: string }) => `${n.state} ${n.dueOn}`);
/** Two sweeps and two deliveries of everything, at once. */
async function deliver(): Promise<void> {
  const delivery = new DeliveryService(t.db);
  await Promise.all([delivery.sweep(), delivery.sweep()]);
  const claimed = (await t.owner.query<{ id: string; zone_id: string }>(`select id, zone_id from reminder_delivery where state = 'CLAIMED' order by id`)).rows;
  const ids = claimed.map((c) => c.id);
  if (ids.length) await Promise.all([delivery.deliver(claimed[0]!.zone_id, ids), delivery.deliver(claimed[0]!.zone_id, ids)]);
}

describe('reminderCreate', () => {
  it('reminds once at nine of the very day, also a rest day, or at the chosen minute, in one\'s own words', async () => {
    expect(await made({ text: ' 给王总带样品 ', day: '2026-10-03', projectId: `Project:${projectId}` })).toEqual({
      id: expect.any(String), version: 1, state: 'PLANNED', kind: 'PERSONAL', title: '给王总带样品（“光电产业园”）', dueOn: '2026-10-03', dueAt: '2026-10-03T01:00:00+00:00', overdue: false,
      personal: { text: '给王总带样品', startsOn: '2026-10-03', time: '09:00', repeat: 'NONE', untilOn: null, times: null, endedAt: null }, project: { id: `Project:${projectId}` },
    });
    expect(await made({ text: '买票', day: '2026-09-21', time: '10:01' })).toMatchObject({ title: '买票', dueAt: '2026-09-21T02:01:00+00:00', project: null });
    at('2026-09-21T10:01:00+08:00');
    await deliver();
    expect(await days()).toEqual(['DELIVERED 2026-09-21', 'PLANNED 2026-10-03']);
  });

  it('refuses the past, a passed minute, empty and endless words, an end without a repeat, two ends, an end before any working day', async () => {
    const codes = async (input: object) => (await create({ text: '事', day: '2026-09-22', ...input })).data.act.userErrors.map((e: { code: string; path: string[] }) => [e.code, ...e.path]);
    expect(await codes({ day: '2026-09-20' })).toEqual([['DATE_PAST', 'day']]);
    expect(await codes({ day: '2026-09-21', time: '09:59' })).toEqual([['REMINDER_TIME_PAST', 'time']]);
    expect(await codes({ day: '2026-09-21' })).toEqual([['REMINDER_TIME_PAST', 'time']]);
    expect(await codes({ text: '  ' })).toEqual([['REQUIRED', 'text']]);
    expect(await codes({ text: '长'.repeat(501) })).toEqual([['TOO_LONG', 'text']]);
    expect(await codes({ untilOn: '2026-10-30' })).toEqual([['INVALID', 'untilOn']]);
    expect(await codes({ repeat: 'DAILY', untilOn: '2026-10-30', times: 3 })).toEqual([['INVALID', 'times']]);
    expect(await codes({ repeat: 'WEEKLY', day: '2026-10-01', untilOn: '2026-10-05' })).toEqual([['REMINDER_NO_DAY', 'untilOn']]);
    expect(await codes({ day: '2040-01-01' })).toEqual([['INVALID', 'day']]);
    expect(await list()).toEqual([]);
  });

  it('takes no project that the caller does not see, and is not for who only reads', async () => {
    for (const id of [newId(), await zone.project({ ownerId: zone.groupLeader.staffId })]) expect((await create({ text: '事', day: '2026-09-22', projectId: `Project:${id}` })).errors[0].extensions.code).toBe('NOT_FOUND');
    expect((await create({ text: '事', day: '2026-09-22' }, zone.as.AUDITOR)).errors[0].extensions.code).toBe('FORBIDDEN');
  });

  it('gives the first answer for the same key', async () => {
    const input = { text: '事', day: '2026-09-22', idempotencyKey: 'k' };
    const first = await made(input);
    expect((await made(input)).id).toBe(first.id);
    expect(await list()).toHaveLength(1);
  });
});

describe('one that comes again', () => {
  it('every working day: over the holiday, once each, also under two workers', async () => {
    await made({ text: '日清', day: '2026-09-29', repeat: 'DAILY', time: '08:30', times: 4 });
    for (const day of ['2026-09-29', '2026-09-30', '2026-10-08', '2026-10-09', '2026-10-10']) {
      at(`${day}T08:31:00+08:00`);
      await deliver();
    }
    expect(await days()).toEqual(['DELIVERED 2026-09-29', 'DELIVERED 2026-09-30', 'DELIVERED 2026-10-08', 'DELIVERED 2026-10-09']);
  });

  it('every week: a rest day rolls on, two that meet are one, until its day', async () => {
    await made({ text: '周会', day: '2026-09-24', repeat: 'WEEKLY', untilOn: '2026-10-20' });
    for (const day of ['2026-09-24', '2026-10-08', '2026-10-15', '2026-10-22']) {
      at(`${day}T09:00:00+08:00`);
      await deliver();
    }
    // Thursday 1 October rolls to Thursday the 8th, which is a time of its own: once.
    expect(await days()).toEqual(['DELIVERED 2026-09-24', 'DELIVERED 2026-10-08', 'DELIVERED 2026-10-15']);
  });

  it('every month: from the last day back to the last day; what is behind is not made up for', async () => {
    at('2026-08-30T10:00:00+08:00');
    await made({ text: '月报', day: '2026-08-31', repeat: 'MONTHLY' });
    at('2026-08-31T09:00:00+08:00');
    await deliver();
    expect((await days()).at(-1)).toBe('PLANNED 2026-09-30');
    // The worker was away until December.
    at('2026-12-01T09:00:00+08:00');
    await deliver();
    expect(await days()).toEqual(['DELIVERED 2026-08-31', 'DELIVERED 2026-09-30', 'PLANNED 2026-12-31']);
  });

  it('is planned anew when one is done early, once, also by two who do it at once', async () => {
    const first = await made({ text: '日清', day: '2026-09-22', repeat: 'DAILY' });
    const both = await Promise.all([complete({ reminderId: first.id, expectedVersion: 1 }), complete({ reminderId: first.id, expectedVersion: 1 })]);
    expect(both.map((b) => b.data.act.userErrors.length).sort()).toEqual([0, 1]);
    expect(await days()).toEqual(['PLANNED 2026-09-23']);
    await reopen({ reminderId: first.id, expectedVersion: 2 });
    expect(await days()).toEqual(['PLANNED 2026-09-22', 'PLANNED 2026-09-23']);
  });

  it('comes in a year without a published calendar, by weekdays', async () => {
    expect(await made({ text: '年初', day: '2027-01-02', repeat: 'WEEKLY' })).toMatchObject({ dueOn: '2027-01-04' });
    expect(await made({ text: '元旦', day: '2027-01-01' })).toMatchObject({ dueOn: '2027-01-01' });
  });
});

describe('reminderEdit', () => {
  it('changes words, day, minute and repeat from this time on', async () => {
    const first = await made({ text: '周会', day: '2026-09-22', repeat: 'WEEKLY' });
    expect((await edit({ reminderId: first.id, expectedVersion: 1, text: '碰头会' })).data.act.reminder).toMatchObject({ version: 2, title: '碰头会', dueOn: '2026-09-22' });
    expect((await edit({ reminderId: first.id, expectedVersion: 2, day: '2026-09-23', time: '14:00', repeat: 'DAILY', times: 2 })).data.act.reminder).toMatchObject({ state: 'PLANNED', dueAt: '2026-09-23T06:00:00+00:00', personal: { repeat: 'DAILY', times: 2 } });
    at('2026-09-23T14:00:00+08:00');
    await deliver();
    at('2026-09-24T14:00:00+08:00');
    await deliver();
    at('2026-09-28T14:00:00+08:00');
    await deliver();
    expect(await days()).toEqual(['DELIVERED 2026-09-23', 'DELIVERED 2026-09-24']);
  });

  it('leaves what has come where it is and moves the next; ends a repeat; brings a single one back on another day', async () => {
    const first = await made({ text: '周会', day: '2026-09-22', repeat: 'WEEKLY' });
    at('2026-09-22T09:00:00+08:00');
    await deliver();
    const moved = (await edit({ reminderId: first.id, expectedVersion: 1, repeat: 'DAILY' })).data.act;
    expect(moved).toMatchObject({ reminder: { state: 'DELIVERED', dueOn: '2026-09-22' }, userErrors: [] });
    expect(await days()).toEqual(['DELIVERED 2026-09-22', 'PLANNED 2026-09-23']);
    expect((await edit({ reminderId: first.id, expectedVersion: moved.reminder.version, repeat: 'NONE' })).data.act.userErrors).toEqual([]);
    expect(await days()).toEqual(['DELIVERED 2026-09-22']);
    const [now] = await list();
    expect((await edit({ reminderId: first.id, expectedVersion: now.version, day: '2026-09-24' })).data.act.reminder).toMatchObject({ state: 'PLANNED', dueOn: '2026-09-24' });
    at('2026-09-24T09:00:00+08:00');
    await deliver();
    expect(await days()).toEqual(['DELIVERED 2026-09-24']);
  });

  it('is for one\'s own alone, by the version seen, and refuses others\' kinds', async () => {
    const mine = await made({ text: '事', day: '2026-09-22' });
    expect((await edit({ reminderId: mine.id, expectedVersion: 1, text: '别的' }, zone.manager)).errors[0].extensions.code).toBe('NOT_FOUND');
    expect((await edit({ reminderId: mine.id, expectedVersion: 9, text: '别的' })).data.act).toMatchObject({ reminder: { version: 1 }, userErrors: [{ code: 'CONFLICT' }] });
    const { rows } = await t.owner.query<{ id: string }>(`insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at) values ($1, 'FOLLOW_UP', 'x', $2, $3, '2026-09-22', reminder_due_at('2026-09-22')) returning id`, [zone.recruiter.zoneId, projectId, zone.recruiter.staffId]);
    expect((await edit({ reminderId: `Reminder:${rows[0]!.id}`, expectedVersion: 1, text: '别的' })).data.act.userErrors[0].code).toBe('REMINDER_NOT_PERSONAL');
  });
});

describe('reminderCancel', () => {
  it('ends it with all that is to come, and goes on when that is taken back', async () => {
    const first = await made({ text: '日清', day: '2026-09-22', repeat: 'DAILY' });
    at('2026-09-22T09:00:00+08:00');
    await deliver();
    const gone = (await cancel({ reminderId: first.id, expectedVersion: 1 })).data.act;
    expect(gone).toMatchObject({ reminder: { state: 'CANCELLED', version: 2, personal: { endedAt: expect.any(String) } }, userErrors: [] });
    expect(await list()).toEqual([]);
    at('2026-09-23T09:00:00+08:00');
    await deliver();
    expect(await list()).toEqual([]);
    expect((await reopen({ reminderId: first.id, expectedVersion: 2 })).data.act).toMatchObject({ reminder: { state: 'DELIVERED', personal: { endedAt: null } }, userErrors: [] });
    expect(await days()).toEqual(['DELIVERED 2026-09-22', 'PLANNED 2026-09-24']);
  });

  it('meets a second one that comes at once', async () => {
    const first = await made({ text: '日清', day: '2026-09-22', repeat: 'DAILY' });
    const both = await Promise.all([cancel({ reminderId: first.id, expectedVersion: 1 }), edit({ reminderId: first.id, expectedVersion: 1, text: '别的' })]);
    expect(both.map((b) => b.data.act.userErrors.length).sort()).toEqual([0, 1]);
  });

  it('stays with its person when the project rests or goes to somebody else', async () => {
    await made({ text: '年底再问', day: '2026-09-22', projectId: `Project:${projectId}` });
    await t.owner.query(`update project set status = 'SUSPENDED' where id = $1`, [projectId]);
    at('2026-09-22T09:00:00+08:00');
    await deliver();
    expect(await days()).toEqual(['DELIVERED 2026-09-22']);
  });
});
