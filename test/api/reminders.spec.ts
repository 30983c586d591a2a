import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Actor, Database, newId } from '@yinfeng/platform';
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

/** A reminder as the sweep leaves it; returns its global id. */
async function reminder(values: { to?: Actor; dueOn?: string; state?: string; kind?: string; detail?: object; projectId?: string } = {}): Promise<string> {
  const v = { to: zone.recruiter, dueOn: '2026-10-09', state: 'DELIVERED', kind: 'FOLLOW_UP', detail: {}, projectId, ...values };
  const { rows } = await t.owner.query<{ id: string }>(
    `insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, state, delivered_at)
     values ($1, $2, $3, $4, $5, $6, reminder_due_at($6), $7, $8, case when $8 = 'DELIVERED' then reminder_due_at($6) end) returning id`,
    [v.to.zoneId, v.kind, newId(), v.projectId, v.to.staffId, v.dueOn, JSON.stringify(v.detail), v.state]);
  return `Reminder:${rows[0]!.id}`;
}
const LIST = 'query($filter: ReminderFilter, $first: Int, $after: String) { reminders(filter: $filter, first: $first, after: $after) { nodes { id kind state title dueOn dueAt overdue version project { id code name stage } } totalCount pageInfo { hasNextPage endCursor } } }';
const PAYLOAD = '{ reminder { id state version dueOn dueAt doneAt provisional } userErrors { code path message } }';
const COMPLETE = `mutation($input: ReminderCompleteInput!) { act: reminderComplete(input: $input) ${PAYLOAD} }`;
const SNOOZE = `mutation($input: ReminderSnoozeInput!) { act: reminderSnooze(input: $input) ${PAYLOAD} }`;
const REOPEN = `mutation($input: ReminderReopenInput!) { act: reminderReopen(input: $input) ${PAYLOAD} }`;
const list = async (who: Actor, variables: object = {}) => (await api.gql(who, LIST, variables)).data.reminders;
const act = (who: Actor, mutation: string, input: object) => api.gql(who, mutation, { input });

describe('reminders', () => {
  it('are the caller\'s own, open ones, what is overdue first, with the project and one line to read', async () => {
    const later = await reminder({ dueOn: '2026-10-20', state: 'PLANNED', detail: { nextStep: '送选址方案' } });
    const overdue = await reminder({ dueOn: '2026-10-08' });
    await reminder({ state: 'DONE' });
    await reminder({ state: 'CANCELLED' });
    await reminder({ to: zone.manager });
    const found = await list(zone.recruiter);
    expect(found.totalCount).toBe(2);
    expect(found.nodes).toEqual([
      expect.objectContaining({ id: overdue, title: '跟进“光电产业园”', overdue: true, state: 'DELIVERED', dueAt: expect.stringMatching(/^2026-10-08T01:00:00/), project: expect.objectContaining({ id: `Project:${projectId}`, name: '光电产业园', stage: 'NEGOTIATING' }) }),
      expect.objectContaining({ id: later, title: '跟进“光电产业园”：送选址方案', overdue: false, state: 'PLANNED' }),
    ]);
  });

  it('speak the reader\'s language', async () => {
    await t.owner.query(`update staff set locale = 'en' where id = $1`, [zone.recruiter.staffId]);
    await reminder({ kind: 'APPROVAL', detail: { toStage: 'SIGNED' } });
    expect((await list(zone.recruiter)).nodes[0].title).toBe('光电产业园 asks to enter Signed and waits for approval');
  });

  it('are found by state, kind, day and project', async () => {
    const done = await reminder({ state: 'DONE' });
    const idle = await reminder({ kind: 'IDLE', dueOn: '2026-10-12' });
    const elsewhere = await reminder({ projectId: await zone.project(), dueOn: '2026-10-13' });
    const ids = async (filter: object) => (await list(zone.recruiter, { filter })).nodes.map((n: { id: string }) => n.id);
    expect(await ids({ state: ['DONE'] })).toEqual([done]);
    expect(await ids({ kind: ['IDLE'] })).toEqual([idle]);
    expect(await ids({ dueBefore: '2026-10-13' })).toEqual([idle]);
    expect(await ids({ projectId: `Project:${projectId}` })).toEqual([idle]);
    expect(await ids({ projectId: 'Project:nothing' })).toEqual([]);
    expect(await ids({})).toEqual([idle, elsewhere]);
  });

  it('come page by page, none twice and none left out', async () => {
    for (let i = 0; i < 5; i++) await reminder({ dueOn: i % 2 ? '2026-10-09' : '2026-10-12' });
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } = await list(zone.recruiter, { first: 2, after });
      seen.push(...page.nodes.map((n) => n.id));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after);
    expect(new Set(seen).size).toBe(5);
    expect(seen).toHaveLength(5);
  });

  it('cost one statement, two or twenty of them, with their projects', async () => {
    const read = jest.spyOn(api.running.app.get(Database), 'read');
    const statements = async () => {
      read.mockClear();
      const found = await api.gql(zone.recruiter, '{ reminders(first: 50) { nodes { title project { name owner { name } department { name } } } } }');
      return [found.data.reminders.nodes.length, read.mock.calls.length];
    };
    for (let i = 0; i < 2; i++) await reminder();
    expect(await statements()).toEqual([2, 1]);
    for (let i = 0; i < 18; i++) await reminder();
    expect(await statements()).toEqual([20, 1]);
    read.mockRestore();
  });

  it('go out of sight with a project that the reader may no longer see', async () => {
    const id = await reminder();
    await t.owner.query('update project set owner_id = $2 where id = $1', [projectId, zone.groupLeader.staffId]);
    expect((await list(zone.recruiter)).nodes).toEqual([]);
    expect((await list(zone.recruiter)).totalCount).toBe(0);
    expect((await api.gql(zone.recruiter, 'query($id: ID!) { node(id: $id) { id } }', { id })).errors[0].extensions.code).toBe('NOT_FOUND');
  });

  it('go over to whoever takes the project over', async () => {
    await reminder({ dueOn: '2026-10-20', state: 'PLANNED', detail: { nextStep: '送选址方案' } });
    const edit = await api.gql(zone.manager, 'mutation($input: ProjectEditInput!) { projectEdit(input: $input) { userErrors { code } } }', { input: { projectId: `Project:${projectId}`, expectedVersion: 1, assigneeId: `Staff:${zone.colleague.staffId}` } });
    expect(edit.data.projectEdit.userErrors).toEqual([]);
    expect((await list(zone.recruiter)).totalCount).toBe(0);
    expect((await list(zone.colleague)).nodes).toEqual([expect.objectContaining({ title: '跟进“光电产业园”：送选址方案', dueOn: '2026-10-20', state: 'PLANNED' })]);
  });

  it('can be fetched by their recipient through node, by nobody else', async () => {
    const id = await reminder();
    const NODE = 'query($id: ID!) { node(id: $id) { id ... on Reminder { title } } }';
    expect((await api.gql(zone.recruiter, NODE, { id })).data.node).toEqual({ id, title: '跟进“光电产业园”' });
    expect((await api.gql(zone.manager, NODE, { id })).errors[0].extensions.code).toBe('NOT_FOUND');
  });

  it('are nothing for administrators and strangers to the house', async () => {
    expect((await api.gql(zone.as.AUDITOR, '{ reminders { totalCount } }')).errors[0].extensions.code).toBe('FORBIDDEN');
    expect((await api.gql(null, '{ reminders { totalCount } }')).errors[0].extensions.code).toBe('UNAUTHENTICATED');
  });
});

describe('reminderComplete', () => {
  it('is done once', async () => {
    const reminderId = await reminder();
    expect((await act(zone.recruiter, COMPLETE, { reminderId, expectedVersion: 1 })).data.act).toEqual({ reminder: expect.objectContaining({ id: reminderId, state: 'DONE', version: 2, doneAt: expect.stringMatching(/^2026-10-09T02:00/) }), userErrors: [] });
    expect((await list(zone.recruiter)).totalCount).toBe(0);
    const again = (await act(zone.recruiter, COMPLETE, { reminderId, expectedVersion: 2 })).data.act;
    expect(again.userErrors).toEqual([{ code: 'REMINDER_STATE', path: null, message: '该提醒已完成。' }]);
  });

  it('answers a stale version with CONFLICT and the reminder as it is now', async () => {
    const reminderId = await reminder();
    const stale = (await act(zone.recruiter, COMPLETE, { reminderId, expectedVersion: 7 })).data.act;
    expect(stale.userErrors).toEqual([expect.objectContaining({ code: 'CONFLICT', path: ['expectedVersion'] })]);
    expect(stale.reminder).toMatchObject({ id: reminderId, state: 'DELIVERED', version: 1 });
  });

  it('is won by one of two that come at once', async () => {
    const reminderId = await reminder();
    const both = await Promise.all([act(zone.recruiter, COMPLETE, { reminderId, expectedVersion: 1 }), act(zone.recruiter, SNOOZE, { reminderId, expectedVersion: 1, preset: 'NEXT_WEEK' })]);
    expect(both.map((b) => b.data.act.userErrors.length).sort()).toEqual([0, 1]);
    expect(both.flatMap((b) => b.data.act.userErrors).map((e: { code: string }) => e.code)).toEqual(['CONFLICT']);
  });

  it('gives the first answer for the same key, and refuses the key for another input', async () => {
    const reminderId = await reminder();
    const input = { reminderId, expectedVersion: 1, idempotencyKey: 'k1' };
    const first = await act(zone.recruiter, COMPLETE, input);
    expect((await act(zone.recruiter, COMPLETE, input)).data).toEqual(first.data);
    const other = await act(zone.recruiter, COMPLETE, { ...input, expectedVersion: 2 });
    expect(other.errors[0].extensions.code).toBe('CONFLICT');
  });

  it('tells nothing of somebody else\'s, a foreign zone\'s, a missing or a malformed id', async () => {
    const foreign = await reminderZone(t.owner);
    const ids = [await reminder({ to: zone.manager }), await reminder({ to: foreign.recruiter, projectId: await foreign.project() }), `Reminder:${newId()}`, 'Reminder:1', `Project:${projectId}`];
    const answers = [];
    for (const reminderId of ids) answers.push(await act(zone.recruiter, COMPLETE, { reminderId, expectedVersion: 1 }));
    const plain = answers.map((a) => JSON.stringify({ ...a, extensions: undefined, errors: a.errors.map((e: any) => ({ ...e, extensions: { code: e.extensions.code } })) }));
    expect(new Set(plain).size).toBe(1);
    expect(answers[0]!.errors[0].extensions.code).toBe('NOT_FOUND');
    const { rows } = await t.owner.query(`select 1 from reminder where state <> 'DELIVERED'`);
    expect(rows).toHaveLength(0);
  });

  it('is not for who may only read', async () => {
    expect((await act(zone.as.SECURITY_ADMIN, COMPLETE, { reminderId: await reminder(), expectedVersion: 1 })).errors[0].extensions.code).toBe('FORBIDDEN');
  });
});

describe('reminderSnooze', () => {
  const snooze = async (input: object, now = '2026-10-09T10:00:00+08:00') => {
    api.clock.pin(new Date(now));
    return (await act(zone.recruiter, SNOOZE, { reminderId: await reminder(), expectedVersion: 1, ...input })).data.act;
  };

  it('puts it off to nine o\'clock of the next working day, over a holiday and onto a made-up Saturday', async () => {
    expect((await snooze({ preset: 'NEXT_WORKING_DAY' })).reminder).toMatchObject({ state: 'PLANNED', version: 2, dueOn: '2026-10-10', dueAt: expect.stringMatching(/^2026-10-10T01:00:00/) });
    expect((await snooze({ preset: 'NEXT_WORKING_DAY' }, '2026-09-30T17:00:00+08:00')).reminder).toMatchObject({ dueOn: '2026-10-08' });
    expect((await snooze({ preset: 'NEXT_WEEK' }, '2026-09-29T17:00:00+08:00')).reminder).toMatchObject({ dueOn: '2026-10-08' });
    expect((await snooze({ preset: 'NEXT_WEEK' })).reminder).toMatchObject({ dueOn: '2026-10-12' });
  });

  it('takes a day, and rolls a rest day on', async () => {
    expect((await snooze({ until: '2026-10-15' })).reminder).toMatchObject({ dueOn: '2026-10-15' });
    expect((await snooze({ until: '2026-10-17' })).reminder).toMatchObject({ dueOn: '2026-10-19' });
  });

  it('goes on into a year without a calendar, by weekdays, and says so', async () => {
    expect((await snooze({ until: '2027-01-02' })).reminder).toMatchObject({ dueOn: '2027-01-04', provisional: true });
    expect((await snooze({ preset: 'NEXT_WORKING_DAY' }, '2026-12-31T10:00:00+08:00')).reminder).toMatchObject({ dueOn: '2027-01-01', provisional: true });
    expect((await snooze({ until: '2026-10-15' })).reminder).toMatchObject({ provisional: false });
  });

  it('refuses today, the past, no day at all and two of them', async () => {
    const code = async (input: object, now?: string) => (await snooze(input, now)).userErrors.map((e: { code: string; path: string[] }) => [e.code, e.path]);
    expect(await code({ until: '2026-10-09' })).toEqual([['DATE_NOT_AFTER_TODAY', ['until']]]);
    expect(await code({ until: '2026-10-01' })).toEqual([['DATE_NOT_AFTER_TODAY', ['until']]]);
    expect(await code({})).toEqual([['REQUIRED', ['until']]]);
    expect(await code({ until: '2026-10-15', preset: 'NEXT_WEEK' })).toEqual([['INVALID', ['until']]]);
    expect((await list(zone.recruiter)).nodes.every((n: { state: string }) => n.state === 'DELIVERED')).toBe(true);
  });

  it('does not bring back what is done', async () => {
    expect((await act(zone.recruiter, SNOOZE, { reminderId: await reminder({ state: 'DONE' }), expectedVersion: 1, preset: 'NEXT_WEEK' })).data.act.userErrors[0].code).toBe('REMINDER_STATE');
  });
});

describe('reminderReopen', () => {
  it('opens what was done by mistake, where it stood', async () => {
    const reminderId = await reminder();
    await act(zone.recruiter, COMPLETE, { reminderId, expectedVersion: 1 });
    expect((await act(zone.recruiter, REOPEN, { reminderId, expectedVersion: 2 })).data.act).toMatchObject({ reminder: { state: 'DELIVERED', version: 3, doneAt: null }, userErrors: [] });
    expect((await act(zone.recruiter, REOPEN, { reminderId, expectedVersion: 3 })).data.act.userErrors[0]).toMatchObject({ code: 'REMINDER_STATE', message: '该提醒已送达。' });
  });
});
