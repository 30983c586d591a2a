import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Actor, newId } from '@yinfeng/platform';
import { DeliveryService, IdleService, Routing, SendingService } from '@yinfeng/reminders';
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
  at('2026-10-09T10:00:00+08:00');
});

const at = (instant: string) => {
  api.clock.pin(new Date(instant));
  t.clock.pin(new Date(instant));
};
/** A reminder as the sweep leaves it; returns its global id. */
async function reminder(values: { to?: Actor; dueOn?: string; state?: string; kind?: string; detail?: object; projectId?: string | null; cause?: string } = {}): Promise<string> {
  const v = { to: zone.recruiter, dueOn: '2026-10-09', state: 'DELIVERED', kind: 'FOLLOW_UP', detail: { nextStep: '送方案' }, projectId, cause: newId(), ...values };
  const { rows } = await t.owner.query<{ id: string }>(
    `insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, state, delivered_at)
     values ($1, $2, $3, $4, $5, $6, reminder_due_at($6), $7, $8, case when $8 = 'DELIVERED' then reminder_due_at($6) end) returning id`,
    [v.to.zoneId, v.kind, v.cause, v.projectId, v.to.staffId, v.dueOn, JSON.stringify(v.detail), v.state]);
  return `Reminder:${rows[0]!.id}`;
}
const colleague = async () => {
  await t.owner.query('insert into project_member (zone_id, project_id, staff_id) values ($1, $2, $3) on conflict do nothing', [zone.recruiter.zoneId, projectId, zone.colleague.staffId]);
  return zone.colleague;
};
const FIELDS = '{ reminder { id version state title handedTo { name } transfers { from { name } to { name } givenBy { name } reason takenBack } } userErrors { code path message } }';
const act = async (who: Actor, name: string, input: object) => api.gql(who, `mutation($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { act: ${name}(input: $input) ${FIELDS} }`, { input });
const inbox = async (who: Actor, filter: object = {}) => (await api.gql(who, 'query($filter: ReminderFilter) { reminders(filter: $filter, first: 50) { nodes { id version kind state title dueOn dueAt muted snoozedFrom } totalCount } }', { filter })).data.reminders.nodes;
async function deliver(routing?: Routing): Promise<DeliveryService> {
  const delivery = new DeliveryService(t.db, routing);
  await delivery.sweep();
  const claimed = (await t.owner.query<{ id: string; zone_id: string }>(`select id, zone_id from reminder_delivery where state = 'CLAIMED'`)).rows;
  if (claimed.length) await delivery.deliver(claimed[0]!.zone_id, claimed.map((c) => c.id));
  return delivery;
}

describe('reminderReassign', () => {
  it('closes it here, brings it to a colleague who sees the project, and both find who, to whom and why', async () => {
    const to = await colleague();
    const id = await reminder();
    const given = (await act(zone.recruiter, 'reminderReassign', { reminderId: id, expectedVersion: 1, toStaffId: `Staff:${to.staffId}`, reason: '出差' })).data.act;
    const entry = { from: { name: zone.recruiter.name }, to: { name: to.name }, givenBy: { name: zone.recruiter.name }, reason: '出差', takenBack: false };
    expect(given).toEqual({ reminder: expect.objectContaining({ id, state: 'CANCELLED', version: 2, handedTo: { name: to.name }, transfers: [entry] }), userErrors: [] });
    await deliver();
    expect(await inbox(zone.recruiter)).toEqual([]);
    expect(await inbox(to)).toEqual([expect.objectContaining({ kind: 'FOLLOW_UP', state: 'DELIVERED', title: `跟进“光电产业园”：送方案（${zone.recruiter.name}转交：出差）`, dueOn: '2026-10-09' })]);
  });

  it('tells the colleague at once of what comes later, and is given back as it was given', async () => {
    const to = await colleague();
    const id = await reminder({ dueOn: '2026-10-20', state: 'PLANNED' });
    await act(zone.recruiter, 'reminderReassign', { reminderId: id, expectedVersion: 1, toStaffId: `Staff:${to.staffId}` });
    await deliver();
    const [notice, later] = await inbox(to);
    expect(notice).toMatchObject({ kind: 'TRANSFER', state: 'DELIVERED', title: `${zone.recruiter.name}把 2026-10-20 的提醒转交给您：跟进“光电产业园”：送方案` });
    expect(later).toMatchObject({ kind: 'FOLLOW_UP', state: 'PLANNED', dueOn: '2026-10-20' });
    expect((await act(to, 'reminderReassign', { reminderId: later.id, expectedVersion: later.version, toStaffId: `Staff:${zone.recruiter.staffId}`, reason: '不熟悉' })).data.act.userErrors).toEqual([]);
    expect(await inbox(zone.recruiter)).toEqual([expect.objectContaining({ id, state: 'PLANNED', dueOn: '2026-10-20', title: `跟进“光电产业园”：送方案（${to.name}转交：不熟悉）` }), expect.objectContaining({ kind: 'TRANSFER' })].sort((a: any) => (a.sample?.kind === 'TRANSFER' ? -1 : 1)));
    expect((await act(zone.recruiter, 'reminderComplete', { reminderId: id, expectedVersion: 3 })).data.act.reminder.transfers).toHaveLength(2);
  });

  it('is taken back while the colleague has not done it, as an entry of its own', async () => {
    const to = await colleague();
    const id = await reminder();
    const give = (version: number) => act(zone.recruiter, 'reminderReassign', { reminderId: id, expectedVersion: version, toStaffId: `Staff:${to.staffId}` });
    await give(1);
    const back = (await act(zone.recruiter, 'reminderReopen', { reminderId: id, expectedVersion: 2, reason: '自己去' })).data.act;
    expect(back).toMatchObject({ reminder: { state: 'DELIVERED', handedTo: null, transfers: [{ takenBack: false }, { takenBack: true, from: { name: to.name }, reason: '自己去' }] }, userErrors: [] });
    expect(await inbox(to)).toEqual([expect.objectContaining({ kind: 'TRANSFER', title: `${zone.recruiter.name}收回了转交给您的提醒：跟进“光电产业园”：送方案（自己去）` })]);
    await give(3);
    const theirs = (await inbox(to)).find((n: { kind: string }) => n.kind === 'FOLLOW_UP');
    await act(to, 'reminderComplete', { reminderId: theirs.id, expectedVersion: theirs.version });
    expect((await act(zone.recruiter, 'reminderReopen', { reminderId: id, expectedVersion: 4 })).data.act.userErrors).toEqual([expect.objectContaining({ code: 'REMINDER_STATE', message: '该提醒已完成。' })]);
  });

  it('leaves with the colleague what they had anyway', async () => {
    const to = await colleague();
    const id = await reminder({ kind: 'IDLE', cause: 'IDLE:x', detail: {} });
    const theirs = await reminder({ kind: 'IDLE', cause: 'IDLE:x', detail: {}, to });
    await act(zone.recruiter, 'reminderReassign', { reminderId: id, expectedVersion: 1, toStaffId: `Staff:${to.staffId}` });
    await act(zone.recruiter, 'reminderReopen', { reminderId: id, expectedVersion: 2 });
    expect((await inbox(to)).map((n: { id: string }) => n.id)).toEqual([theirs]);
    expect(await inbox(zone.recruiter)).toHaveLength(1);
  });

  it('refuses what belongs to an office, oneself, strangers and who does not see the project', async () => {
    const refused = async (values: object, toStaffId: string) => (await act(zone.recruiter, 'reminderReassign', { reminderId: await reminder(values), expectedVersion: 1, toStaffId })).data.act.userErrors.map((e: { code: string; path: string[] | null }) => [e.code, ...(e.path ?? [])]);
    const to = `Staff:${(await colleague()).staffId}`;
    for (const kind of ['APPROVAL', 'TRIAGE', 'HANDOFF', 'SERVICE_CALL', 'ESCALATION', 'DATA_FAULT', 'TASKFORCE', 'DISPUTE']) expect(await refused({ kind, detail: {} }, to)).toEqual([['REMINDER_OFFICE', 'reminderId']]);
    expect(await refused({}, `Staff:${zone.recruiter.staffId}`)).toEqual([['INVALID', 'toStaffId']]);
    expect(await refused({}, `Staff:${newId()}`)).toEqual([['UNKNOWN_REFERENCE', 'toStaffId']]);
    const foreign = await reminderZone(t.owner);
    expect(await refused({}, `Staff:${foreign.recruiter.staffId}`)).toEqual([['UNKNOWN_REFERENCE', 'toStaffId']]);
    expect(await refused({}, `Staff:${zone.otherService.staffId}`)).toEqual([['REMINDER_UNSEEN', 'toStaffId']]);
    expect(await refused({ state: 'DONE' }, to)).toEqual([['REMINDER_STATE']]);
    const others = await act(zone.colleague, 'reminderReassign', { reminderId: await reminder(), expectedVersion: 1, toStaffId: to });
    expect(others.errors[0].extensions.code).toBe('NOT_FOUND');
  });

  it('is won by one of two, also against doing it', async () => {
    const to = await colleague();
    for (const [name, input] of [['reminderReassign', { toStaffId: `Staff:${zone.groupLeader.staffId}` }], ['reminderComplete', {}]] as const) {
      const id = await reminder();
      const both = await Promise.all([act(zone.recruiter, 'reminderReassign', { reminderId: id, expectedVersion: 1, toStaffId: `Staff:${to.staffId}` }), act(zone.recruiter, name, { reminderId: id, expectedVersion: 1, ...input })]);
      expect(both.flatMap((b) => b.data.act.userErrors).map((e: { code: string }) => e.code)).toEqual(['CONFLICT']);
    }
  });

  it('is not undone by a sweep that plans the cause anew', async () => {
    const to = await colleague();
    await t.owner.query(`update project set next_follow_up_on = '2026-10-09', next_step = '送方案' where id = $1`, [projectId]);
    const id = await reminder({ cause: `FOLLOW_UP:${projectId}:2026-10-09`, state: 'PLANNED' });
    await act(zone.recruiter, 'reminderReassign', { reminderId: id, expectedVersion: 1, toStaffId: `Staff:${to.staffId}` });
    await new IdleService(t.db, t.clock).sweep();
    expect(await inbox(zone.recruiter, { kind: ['FOLLOW_UP'] })).toEqual([]);
    expect(await inbox(to, { kind: ['FOLLOW_UP'] })).toHaveLength(1);
  });
});

describe('silence', () => {
  const MUTE = '{ mute { id version kind untilOn project { id name } } userErrors { code path message } }';
  const mute = async (input: object, who: Actor = zone.recruiter) => api.gql(who, `mutation($input: ReminderMuteInput!) { act: reminderMute(input: $input) ${MUTE} }`, { input });
  const unmute = async (input: object, who: Actor = zone.recruiter) => api.gql(who, `mutation($input: ReminderUnmuteInput!) { act: reminderUnmute(input: $input) ${MUTE} }`, { input });
  const mutes = async (who: Actor = zone.recruiter) => (await api.gql(who, '{ reminderMutes { nodes { id kind untilOn project { name } } totalCount } }')).data.reminderMutes;

  it('of a project: planned and listed under muted, not in the inbox, not live, not by mail; heard again when it ends', async () => {
    const done = (await mute({ projectId: `Project:${projectId}` })).data.act;
    expect(done).toEqual({ mute: { id: expect.any(String), version: 1, kind: null, untilOn: null, project: { id: `Project:${projectId}`, name: '光电产业园' } }, userErrors: [] });
    const id = await reminder({ state: 'PLANNED' });
    await t.owner.query(`insert into staff_channel (staff_id, zone_id, channel, enabled, address, verified_at) values ($1, $2, 'MAIL', true, 'a@example.com', now())`, [zone.recruiter.staffId, zone.recruiter.zoneId]);
    const routing = new Routing(t.db, t.clock, { mail: { url: 'smtp://127.0.0.1:1', from: 'yinfeng@example.com' }, robotOrigins: [] });
    const delivery = await deliver(routing);
    expect((await t.owner.query('select 1 from delivery_item')).rowCount).toBe(0);
    expect(await delivery.deliveredSince(new Date('2026-10-09T00:00:00+08:00'), [zone.recruiter.staffId!])).toEqual([]);
    expect(await inbox(zone.recruiter)).toEqual([]);
    expect(await inbox(zone.recruiter, { muted: true })).toEqual([expect.objectContaining({ id, state: 'DELIVERED', muted: true })]);
    expect((await unmute({ muteId: done.mute.id, expectedVersion: 1 })).data.act).toEqual({ mute: null, userErrors: [] });
    expect(await inbox(zone.recruiter)).toEqual([expect.objectContaining({ id, muted: false })]);
    expect((await mutes()).totalCount).toBe(0);
    // What follows is heard by mail too; and what is silenced before the digest leaves is not told in it.
    await reminder({ state: 'PLANNED' });
    await deliver(routing);
    const [message] = (await t.owner.query<{ delivery_id: string; zone_id: string }>('select delivery_id, zone_id from delivery_item')).rows;
    await mute({ projectId: `Project:${projectId}` });
    await t.owner.query('update delivery set claimed_at = now()');
    const sending = new SendingService(t.db, t.clock, { mail: null, robotOrigins: [] }, () => 'true');
    expect(await sending.send(message!.zone_id, [message!.delivery_id])).toMatchObject({ sent: 0, dropped: 1 });
  });

  it('of a kind, until a day; of others nobody hears less', async () => {
    await reminder({ kind: 'IDLE', detail: {} });
    await reminder({ kind: 'IDLE', detail: {}, to: zone.manager });
    await reminder();
    await mute({ kind: 'IDLE', untilOn: '2026-10-12' });
    expect((await inbox(zone.recruiter)).map((n: { kind: string }) => n.kind)).toEqual(['FOLLOW_UP']);
    expect(await inbox(zone.manager)).toHaveLength(1);
    at('2026-10-13T10:00:00+08:00');
    expect(await inbox(zone.recruiter)).toHaveLength(2);
    expect((await mutes()).nodes).toEqual([]);
    await mute({ kind: 'IDLE' });
    expect(await inbox(zone.recruiter)).toHaveLength(1);
  });

  it('never of approvals, escalations and one\'s own; nor of a project out of sight', async () => {
    await mute({ projectId: `Project:${projectId}` });
    for (const kind of ['APPROVAL', 'ESCALATION', 'PERSONAL']) await reminder({ kind, detail: { text: '事' } });
    expect(await inbox(zone.recruiter)).toHaveLength(3);
    const code = async (input: object) => (await mute(input)).data.act.userErrors.map((e: { code: string }) => e.code);
    expect(await code({ kind: 'APPROVAL' })).toEqual(['REMINDER_NEVER_MUTED']);
    expect(await code({ kind: 'ESCALATION' })).toEqual(['REMINDER_NEVER_MUTED']);
    expect(await code({})).toEqual(['REQUIRED']);
    expect(await code({ kind: 'IDLE', untilOn: '2026-10-08' })).toEqual(['DATE_PAST']);
    expect((await mute({ projectId: `Project:${await zone.project({ ownerId: zone.groupLeader.staffId })}` })).errors[0].extensions.code).toBe('NOT_FOUND');
    const [mine] = (await mutes()).nodes;
    expect((await unmute({ muteId: mine.id, expectedVersion: 1 }, zone.manager)).errors[0].extensions.code).toBe('NOT_FOUND');
    expect((await mute({ kind: 'IDLE' }, zone.as.AUDITOR)).errors[0].extensions.code).toBe('FORBIDDEN');
  });

  it('is one, also when asked for twice at once', async () => {
    await Promise.all([mute({ projectId: `Project:${projectId}` }), mute({ projectId: `Project:${projectId}`, untilOn: '2026-10-30' })]);
    expect((await mutes()).totalCount).toBe(1);
  });
});

describe('several at once', () => {
  const FIELDS_OF_MANY = '{ changed items { reminderId reminder { state version dueOn } error { code path } } userErrors { code path } }';
  const many = async (name: string, input: object, who: Actor = zone.recruiter) => api.gql(who, `mutation($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { act: ${name}(input: $input) ${FIELDS_OF_MANY} }`, { input });

  it('are done, each that stands as it was seen, and taken back', async () => {
    const ids = [await reminder(), await reminder(), await reminder({ state: 'DONE' }), await reminder({ to: zone.manager })];
    const items = ids.map((reminderId, i) => ({ reminderId, expectedVersion: i === 1 ? 7 : 1 }));
    const done = (await many('remindersComplete', { items, idempotencyKey: 'k' })).data.act;
    expect(done).toMatchObject({ changed: 1, userErrors: [], items: [
      { reminderId: ids[0], reminder: { state: 'DONE', version: 2 }, error: null }, { reminder: { state: 'DELIVERED' }, error: { code: 'CONFLICT', path: ['items', '1'] } },
      { error: { code: 'REMINDER_STATE' } }, { reminderId: ids[3], reminder: null, error: { code: 'NOT_FOUND' } },
    ] });
    expect((await many('remindersComplete', { items, idempotencyKey: 'k' })).data.act).toEqual(done);
    expect((await many('remindersReopen', { items: [{ reminderId: ids[0], expectedVersion: 2 }] })).data.act).toMatchObject({ changed: 1, items: [{ reminder: { state: 'DELIVERED', version: 3 } }] });
  });

  it('are put off by a working day, by a week, to a day, and come back where they stood', async () => {
    const id = await reminder();
    const items = (expectedVersion: number) => [{ reminderId: id, expectedVersion }];
    expect((await many('remindersSnooze', { items: items(1), preset: 'NEXT_WORKING_DAY' })).data.act.items[0].reminder).toMatchObject({ state: 'PLANNED', dueOn: '2026-10-10' });
    expect((await many('remindersReopen', { items: items(2) })).data.act.items[0].reminder).toMatchObject({ state: 'DELIVERED', dueOn: '2026-10-09' });
    expect((await many('remindersSnooze', { items: items(3), preset: 'ONE_WEEK' })).data.act.items[0].reminder).toMatchObject({ dueOn: '2026-10-16' });
    expect((await act(zone.recruiter, 'reminderReopen', { reminderId: id, expectedVersion: 4 })).data.act.reminder).toMatchObject({ state: 'DELIVERED', version: 5 });
    expect((await many('remindersSnooze', { items: items(5), until: '2026-10-17' })).data.act.items[0].reminder).toMatchObject({ dueOn: '2026-10-19' });
    expect((await many('remindersSnooze', { items: items(6) })).data.act).toMatchObject({ changed: null, userErrors: [{ code: 'REQUIRED', path: ['until'] }] });
  });

  it('are at least one and at most a hundred, and not for who only reads', async () => {
    expect((await many('remindersComplete', { items: [] })).data.act.userErrors[0].code).toBe('REQUIRED');
    const items = Array.from({ length: 101 }, () => ({ reminderId: `Reminder:${newId()}`, expectedVersion: 1 }));
    expect((await many('remindersComplete', { items })).data.act.userErrors).toHaveLength(1);
    expect((await many('remindersComplete', { items: items.slice(0, 1) }, zone.as.AUDITOR)).errors[0].extensions.code).toBe('FORBIDDEN');
  });

  it('meet each other in one order', async () => {
    const ids = [await reminder(), await reminder(), await reminder()];
    const items = ids.map((reminderId) => ({ reminderId, expectedVersion: 1 }));
    const both = await Promise.all([many('remindersComplete', { items }), many('remindersSnooze', { items: [...items].reverse(), preset: 'ONE_WEEK' })]);
    expect(both.map((b) => b.data.act.changed).sort()).toEqual([0, 3]);
  });
});
