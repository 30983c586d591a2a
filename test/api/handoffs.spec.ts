import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Actor, newId } from '@yinfeng/platform';
import { publishCalendar, reminderZone, type ReminderZone } from '../jobs/reminders-zone.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let t: TestDatabase;
let api: TestApi;
let zone: ReminderZone;
let project: string;
let centre: string;

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
  project = await zone.project({ name: '光电产业园', stage: 'SIGNED' });
  centre = `Department:${zone.departments.service}`;
  api.clock.pin(new Date('2026-10-09T10:00:00+08:00'));
});

const HANDOFF = 'id version attempt state dueOn note returnReason decidedAt submittedAt overdue fromDepartment { id name } toDepartment { id name } submittedBy { name } decidedBy { name } checklist { item done note } project { id name stage handoff { id attempt } }';
const PAYLOAD = `{ handoff { ${HANDOFF} } userErrors { code path message } }`;
const SUBMIT = `mutation($input: HandoffSubmitInput!) { act: handoffSubmit(input: $input) ${PAYLOAD} }`;
const ACCEPT = `mutation($input: HandoffAcceptInput!) { act: handoffAccept(input: $input) ${PAYLOAD} }`;
const RETURN = `mutation($input: HandoffReturnInput!) { act: handoffReturn(input: $input) ${PAYLOAD} }`;
const act = (who: Actor, mutation: string, input: object) => api.gql(who, mutation, { input });
const submit = async (input: object = {}, who: Actor = zone.recruiter) => (await act(who, SUBMIT, { projectId: `Project:${project}`, toDepartmentId: centre, ...input })).data.act;
const refusal = async (input: object = {}, who?: Actor) => (await submit(input, who)).userErrors.map((e: { code: string; path: string[] | null }) => [e.code, e.path]);
const errorCode = async (who: Actor, mutation: string, input: object) => (await act(who, mutation, input)).errors[0].extensions.code;
const told = async (who: Actor) => (await t.owner.query(`select state, due_on::text, detail ->> 'act' as act from reminder where recipient_id = $1 and kind = 'HANDOFF' order by created_at, cause`, [who.staffId])).rows;
const column = async (sql: string) => (await t.owner.query(sql, [project])).rows[0];

describe('handoffSubmit', () => {
  it('hands a signed project over: the usual list, three working days over a made-up Saturday, receivers told', async () => {
    const done = await submit({ note: '已签投资协议' });
    expect(done.userErrors).toEqual([]);
    expect(done.handoff).toMatchObject({
      attempt: 1, state: 'SUBMITTED', version: 1, dueOn: '2026-10-13', note: '已签投资协议', overdue: false, decidedBy: null, submittedBy: { name: 'RECRUITER@group' },
      fromDepartment: { id: `Department:${zone.departments.group}` }, toDepartment: { id: centre, name: '项目服务中心' }, project: { id: `Project:${project}`, handoff: { attempt: 1 } },
    });
    expect(done.handoff.checklist.map((c: { item: string; done: boolean }) => [c.item, c.done])).toEqual(['协议', '承诺事项', '联系人', '遗留问题', '用地', '能耗', '环评', '需办许可'].map((item) => [item, false]));
    const expected = [{ state: 'PLANNED', due_on: '2026-10-09', act: 'RECEIVE' }, { state: 'PLANNED', due_on: '2026-10-13', act: 'DUE' }];
    expect(await told(zone.service)).toEqual(expected);
    expect(await told(zone.serviceBelow)).toEqual(expected);
    expect(await told(zone.otherService)).toEqual([]);
  });

  it('counts the receiver\'s days over the holiday, and takes days and list from the zone\'s policy', async () => {
    api.clock.pin(new Date('2026-09-30T16:00:00+08:00'));
    await t.owner.query(`insert into zone_policy (zone_id, name, value) values ($1, 'handoff', '{"receiveWorkingDays": 1, "checklist": ["协议", "图纸"]}')`, [zone.id]);
    const { handoff } = await submit();
    expect(handoff).toMatchObject({ dueOn: '2026-10-08', checklist: [{ item: '协议' }, { item: '图纸' }] });
  });

  it('keeps the list that the submitter ticked, and names what is wrong with one', async () => {
    const usual = (name: string) => ({ item: name, done: false, note: null });
    expect((await submit({ checklist: [{ item: ' 协议 ', done: true, note: '见附件' }, { item: '用地' }, { item: '图纸' }] })).handoff.checklist).toEqual([{ item: '协议', done: true, note: '见附件' }, usual('用地'), usual('图纸'), usual('承诺事项'), usual('联系人'), usual('遗留问题')]);
    project = await zone.project({ stage: 'SIGNED' });
    expect(await refusal({ checklist: [{ item: '协议' }, { item: '协议' }] })).toEqual([['INVALID', ['checklist', '1', 'item']]]);
    expect(await refusal({ checklist: [{ item: ' ' }] })).toEqual([['REQUIRED', ['checklist', '0', 'item']]]);
    expect(await refusal({ checklist: [{ item: 'x'.repeat(101) }] })).toEqual([['TOO_LONG', expect.arrayContaining(['checklist', 'item'])]]);
    expect((await t.owner.query('select 1 from handoff')).rowCount).toBe(1);
  });

  it('refuses before signing, at rest and to another kind of department', async () => {
    expect(await refusal({ projectId: `Project:${await zone.project({ stage: 'NEGOTIATING' })}` })).toEqual([['HANDOFF_NOT_READY', ['projectId']]]);
    expect(await refusal({ projectId: `Project:${await zone.project({ stage: 'SIGNED', status: 'SUSPENDED' })}` })).toEqual([['STATUS_NOT_ACTIVE', null]]);
    expect(await refusal({ toDepartmentId: `Department:${zone.departments.bureau}` })).toEqual([['HANDOFF_RECEIVER', ['toDepartmentId']]]);
    expect((await t.owner.query('select 1 from handoff')).rowCount).toBe(0);
    expect((await t.owner.query('select 1 from reminder')).rowCount).toBe(0);
  });

  it('runs its clock into a year that is not published by weekdays, and says so', async () => {
    api.clock.pin(new Date('2026-12-30T10:00:00+08:00'));
    const PROVISIONAL = 'mutation($input: HandoffSubmitInput!) { act: handoffSubmit(input: $input) { handoff { dueOn provisional } userErrors { code } } }';
    expect((await act(zone.recruiter, PROVISIONAL, { projectId: `Project:${project}`, toDepartmentId: centre })).data.act).toEqual({ handoff: { dueOn: '2027-01-04', provisional: true }, userErrors: [] });
    expect((await told(zone.service)).map((r) => r.act)).toEqual(['RECEIVE', 'DUE']);
  });

  it('is not for who may not submit, nor for who does not see the project, and tells no foreign id from a missing one', async () => {
    const input = { projectId: `Project:${project}`, toDepartmentId: centre };
    expect(await errorCode(zone.service, SUBMIT, input)).toBe('FORBIDDEN');
    expect(await errorCode(zone.colleague, SUBMIT, input)).toBe('NOT_FOUND');
    const foreign = await reminderZone(t.owner);
    expect(await errorCode(zone.recruiter, SUBMIT, { ...input, projectId: `Project:${await foreign.project({ stage: 'SIGNED' })}` })).toBe('NOT_FOUND');
    expect(await errorCode(zone.recruiter, SUBMIT, { ...input, toDepartmentId: `Department:${foreign.departments.service}` })).toBe('NOT_FOUND');
    expect(await errorCode(zone.recruiter, SUBMIT, { ...input, toDepartmentId: `Department:${newId()}` })).toBe('NOT_FOUND');
  });

  it('leaves one open at a time, also when two come at once, and answers the same key alike', async () => {
    const input = { projectId: `Project:${project}`, toDepartmentId: centre, idempotencyKey: 'h1' };
    const both = await Promise.all([act(zone.recruiter, SUBMIT, input), act(zone.manager, SUBMIT, { ...input, idempotencyKey: 'h2' })]);
    expect(both.map((b) => b.data.act.userErrors.map((e: { code: string }) => e.code)).sort()).toEqual([[], ['HANDOFF_OPEN']]);
    project = await zone.project({ stage: 'SIGNED' });
    const again = { ...input, projectId: `Project:${project}`, idempotencyKey: 'h3' };
    const first = await act(zone.recruiter, SUBMIT, again);
    const second = await act(zone.recruiter, SUBMIT, again);
    expect(second.data).toEqual(first.data);
    expect((await act(zone.recruiter, SUBMIT, { ...again, note: 'x' })).errors[0].extensions.code).toBe('CONFLICT');
    expect((await t.owner.query('select 1 from handoff')).rowCount).toBe(2);
  });
});

describe('who sees a handoff', () => {
  const LIST = 'query($filter: HandoffFilter) { handoffs(filter: $filter) { totalCount nodes { id state project { name } } } }';
  const seen = async (who: Actor, filter?: object) => (await api.gql(who, LIST, { filter })).data.handoffs.totalCount as number;
  const sees = async (who: Actor) => (await api.gql(who, 'query($id: ID!) { project(id: $id) { id } }', { id: `Project:${project}` })).data?.project != null;

  it('is who sees the project; the receiving centre and what is below it from submission on', async () => {
    expect([await sees(zone.service), await sees(zone.serviceBelow)]).toEqual([false, false]);
    await submit();
    expect([await sees(zone.service), await sees(zone.serviceBelow), await sees(zone.otherService)]).toEqual([true, true, false]);
    expect([await seen(zone.recruiter), await seen(zone.manager), await seen(zone.service), await seen(zone.otherService), await seen(zone.stranger)]).toEqual([1, 1, 1, 0, 0]);
    expect((await api.gql(zone.as.AGENT, LIST)).errors[0].extensions.code).toBe('FORBIDDEN');
  });

  it('finds them by state, project, department and day', async () => {
    await submit();
    expect(await seen(zone.manager, { state: ['SUBMITTED'] })).toBe(1);
    expect(await seen(zone.manager, { state: ['ACCEPTED'] })).toBe(0);
    expect(await seen(zone.manager, { toDepartmentIds: [centre] })).toBe(1);
    expect(await seen(zone.manager, { toDepartmentIds: [`Department:${zone.otherServiceId}`] })).toBe(0);
    expect(await seen(zone.manager, { projectId: `Project:${project}`, dueBefore: '2026-10-14' })).toBe(1);
    expect(await seen(zone.manager, { dueBefore: '2026-10-13' })).toBe(0);
  });

  it('can fetch it through node', async () => {
    const { handoff } = await submit();
    const NODE = 'query($id: ID!) { node(id: $id) { id ... on Handoff { state } } }';
    expect((await api.gql(zone.service, NODE, { id: handoff.id })).data.node).toEqual({ id: handoff.id, state: 'SUBMITTED' });
    expect((await api.gql(zone.otherService, NODE, { id: handoff.id })).errors[0].extensions.code).toBe('NOT_FOUND');
  });
});

describe('handoffAccept', () => {
  it('makes the receiver a member of the taskforce, opens the gate and settles the reminders', async () => {
    const { handoff } = await submit();
    const before = await column('select version from project where id = $1');
    const done = (await act(zone.serviceBelow, ACCEPT, { handoffId: handoff.id, expectedVersion: 1 })).data.act;
    expect(done).toMatchObject({ handoff: { state: 'ACCEPTED', version: 2, decidedBy: { name: '服务组员' }, decidedAt: expect.any(String) }, userErrors: [] });
    expect(await column('select staff_id, role from project_member where project_id = $1')).toEqual({ staff_id: zone.serviceBelow.staffId, role: 'TASKFORCE' });
    expect(await column('select version, last_activity_on::text, light from project where id = $1')).toEqual({ version: before.version + 1, last_activity_on: '2026-10-09', light: 'GREEN' });
    expect((await told(zone.service)).map((r) => r.state)).toEqual(['DONE', 'DONE']);
    await t.owner.query(`insert into gate_item (zone_id, to_stage, item, kind, label_zh, label_en) values ($1, 'STARTED', 'handoffAccepted', 'RECORD', '移交已接收', 'Handoff accepted')`, [zone.id]);
    const gate = await api.gql(zone.service, 'query($id: ID!) { project(id: $id) { gate(stage: STARTED) { item met } } }', { id: `Project:${project}` });
    expect(gate.data.project.gate).toEqual([{ item: 'handoffAccepted', met: true }]);
    expect(await refusal()).toEqual([['ALREADY_DECIDED', ['projectId']]]);
  });

  it('takes another person of the receiving department', async () => {
    const { handoff } = await submit();
    const input = { handoffId: handoff.id, expectedVersion: 1 };
    expect(await errorCode(zone.recruiter, ACCEPT, input)).toBe('FORBIDDEN');
    expect(await errorCode(zone.otherService, ACCEPT, input)).toBe('NOT_FOUND');
    await t.owner.query(`insert into project_member (zone_id, project_id, staff_id) values ($1, $2, $3)`, [zone.id, project, zone.otherService.staffId]);
    expect(await errorCode(zone.otherService, ACCEPT, input)).toBe('FORBIDDEN');
    // The submitter has moved to the service centre meanwhile: still not the second person.
    await t.owner.query(`update staff set role = 'SERVICE', department_id = $2 where id = $1`, [zone.recruiter.staffId, zone.departments.service]);
    expect((await act(zone.recruiter, ACCEPT, input)).data.act).toMatchObject({ handoff: { state: 'SUBMITTED' }, userErrors: [{ code: 'SECOND_PERSON' }] });
  });

  it('tells nothing of a foreign, missing or malformed id', async () => {
    const { handoff } = await submit();
    const foreign = await reminderZone(t.owner);
    for (const handoffId of [handoff.id, `Handoff:${newId()}`, 'Handoff:1', `Project:${project}`]) expect(await errorCode(foreign.service, ACCEPT, { handoffId, expectedVersion: 1 })).toBe('NOT_FOUND');
  });

  it('and return are won by one of two at once; the other sees the handoff as it is', async () => {
    const { handoff } = await submit();
    const both = await Promise.all([act(zone.service, ACCEPT, { handoffId: handoff.id, expectedVersion: 1 }), act(zone.serviceBelow, RETURN, { handoffId: handoff.id, expectedVersion: 1, reason: '缺土地合同' })]);
    const winner = both.find((b) => b.data.act.userErrors.length === 0)!;
    const loser = both.find((b) => b.data.act.userErrors.length === 1)!;
    expect(loser.data.act.userErrors[0].code).toBe('CONFLICT');
    expect(loser.data.act.handoff).toMatchObject({ state: winner.data.act.handoff.state, version: 2 });
    expect((await act(zone.service, ACCEPT, { handoffId: handoff.id, expectedVersion: 2 })).data.act.userErrors[0].code).toBe('ALREADY_DECIDED');
  });

  it('answers the same key with the first result', async () => {
    const { handoff } = await submit();
    const input = { handoffId: handoff.id, expectedVersion: 1, idempotencyKey: 'a1' };
    const first = await act(zone.service, ACCEPT, input);
    expect((await act(zone.service, ACCEPT, input)).data).toEqual(first.data);
  });

  it('waits while the project rests', async () => {
    const { handoff } = await submit();
    await t.owner.query(`update project set status = 'SUSPENDED', state_at = now() where id = $1`, [project]);
    expect((await act(zone.service, ACCEPT, { handoffId: handoff.id, expectedVersion: 1 })).data.act.userErrors[0].code).toBe('STATUS_NOT_ACTIVE');
  });
});

describe('handoffReturn', () => {
  it('needs a reason, goes back to the submitter, and the next attempt starts the clock again; both stay on record', async () => {
    const { handoff } = await submit();
    for (const reason of [undefined, '', '  ']) {
      expect((await act(zone.service, RETURN, { handoffId: handoff.id, expectedVersion: 1, reason })).data.act).toMatchObject({ handoff: { state: 'SUBMITTED' }, userErrors: [{ code: 'REASON_REQUIRED', path: ['reason'] }] });
    }
    api.clock.pin(new Date('2026-10-12T10:00:00+08:00'));
    const back = (await act(zone.service, RETURN, { handoffId: handoff.id, expectedVersion: 1, reason: ' 缺少土地合同 ' })).data.act;
    expect(back).toMatchObject({ handoff: { state: 'RETURNED', returnReason: '缺少土地合同', decidedBy: { name: 'SERVICE@service' } }, userErrors: [] });
    expect((await told(zone.service)).map((r) => r.state)).toEqual(['DONE', 'DONE']);
    expect(await told(zone.recruiter)).toEqual([{ state: 'PLANNED', due_on: '2026-10-12', act: 'RETURNED' }]);
    const inbox = await api.gql(zone.recruiter, '{ reminders { nodes { title } } }');
    expect(inbox.data.reminders.nodes).toEqual([{ title: '“光电产业园”的移交被退回：缺少土地合同；请于 2026-10-15 前重新提交' }]);

    api.clock.pin(new Date('2026-10-14T10:00:00+08:00'));
    expect((await submit()).handoff).toMatchObject({ attempt: 2, state: 'SUBMITTED', dueOn: '2026-10-19', project: { handoff: { attempt: 2 } } });
    expect((await told(zone.recruiter)).map((r) => r.state)).toEqual(['DONE']);
    const all = await api.gql(zone.manager, '{ handoffs { nodes { attempt state returnReason } } }');
    expect(all.data.handoffs.nodes).toEqual([{ attempt: 2, state: 'SUBMITTED', returnReason: null }, { attempt: 1, state: 'RETURNED', returnReason: '缺少土地合同' }]);
    const story = await api.gql(zone.manager, 'query($id: ID!) { project(id: $id) { timeline(first: 10) { nodes { kind text } } } }', { id: `Project:${project}` });
    expect(story.data.project.timeline.nodes.map((n: { kind: string }) => n.kind).filter((k: string) => k.startsWith('HAND'))).toEqual(['HANDED_OFF', 'HANDOFF_RETURNED', 'HANDED_OFF']);
  });
});
