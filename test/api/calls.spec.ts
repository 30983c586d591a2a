import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CallSweepService } from '@yinfeng/construction';
import { type Actor, newId } from '@yinfeng/platform';
import fc from 'fast-check';
import { publishCalendar, reminderZone, type ReminderZone } from '../jobs/reminders-zone.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let t: TestDatabase;
let api: TestApi;
let zone: ReminderZone;
let project: string;
let centre: string;
/** Somebody at the head of the service centre. */
let head: Actor;

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
  head = await zone.hire('SERVICE', 'service', { name: '中心主任', leads: true });
  // Friday; the next working day is Saturday the 10th.
  at('2026-10-09');
});

const at = (day: string, time = '10:00') => {
  api.clock.pin(new Date(`${day}T${time}:00+08:00`));
  t.clock.pin(new Date(`${day}T${time}:00+08:00`));
};
const FIELDS = `id version number type title content urgency wishOn state round escalationLevel overdue listed byEnterprise callerName callerPhone score ratingWords reportInDueOn resolveDueOn leadDepartment { id name } inCharge { name } raisedBy { name } resolvedBy { name }
  helpers { department { name } reportedInBy { name } } age { workingDays band } entries { kind round content public level score dueOn staff { name } department { name } told { name } files { name } } project { name }`;
type Act = 'Raise' | 'ReportIn' | 'Progress' | 'Transfer' | 'Resolve' | 'Reopen' | 'Escalate' | 'Rate' | 'Close' | 'Withdraw' | 'Publish' | 'Unpublish';
const mutation = (name: Act) => `mutation($input: ServiceCall${name}Input!) { act: serviceCall${name}(input: $input) { serviceCall { ${FIELDS} } userErrors { code message path } } }`;
type Call = { id: string; version: number; state: string } & Record<string, any>;
const send = (who: Actor, name: Act, input: object) => api.gql(who, mutation(name), { input });
const done = async (who: Actor, name: Act, input: object): Promise<Call> => {
  const answer = await send(who, name, input);
  expect(answer.errors ?? []).toEqual([]);
  expect(answer.data.act.userErrors).toEqual([]);
  return answer.data.act.serviceCall;
};
const on = (call: Call, more: object = {}) => ({ serviceCallId: call.id, expectedVersion: call.version, ...more });
const codes = async (who: Actor, name: Act, input: object) => (await send(who, name, input)).data.act.userErrors.map((e: { code: string }) => e.code);
const errorCode = async (who: Actor, name: Act, input: object) => (await send(who, name, input)).errors?.[0]?.extensions.code;
const said = { type: 'UTILITIES', title: '临时用电容量不足', content: '请增容，联系王工 13912345678' };
const raise = (more: object = {}, who: Actor = zone.recruiter) => done(who, 'Raise', { projectId: `Project:${project}`, ...said, ...more });
/** To the service centre, without a handoff. */
const routed = (more: object = {}) => raise({ leadDepartmentId: centre, ...more });
const solved = async () => {
  const call = await done(zone.service, 'ReportIn', on(await routed()));
  return done(zone.service, 'Resolve', on(call, { whatWasDone: '已增容至 800 kVA' }));
};
const told = async (who: Actor, state = 'PLANNED') => (await t.owner.query(`select detail ->> 'act' as act, due_on::text as on from reminder where recipient_id = $1 and kind = 'SERVICE_CALL' and state = $2 order by due_on, cause`, [who.staffId, state])).rows.map((r) => `${r.act} ${r.on}`);
const sees = async (who: Actor) => (await api.gql(who, 'query($id: ID!) { project(id: $id) { id } }', { id: `Project:${project}` })).data?.project != null;
const deadlines = async () => (await t.owner.query(`select part, due_on::text as due, done_on::text as done, staff_id, department_id from deadline where kind = 'CALL' order by part`)).rows;
const sweep = () => CallSweepService.over(t.db, t.clock).sweep();

describe('the life of a call', () => {
  it('goes from the whistle to the rating, with every act in its story and every clock in the deadlines', async () => {
    let call = await routed({ urgency: 'NORMAL', wishOn: '2026-10-12' });
    expect(call).toMatchObject({ number: `CS-${zone.code}-2026-0001`, state: 'RAISED', round: 1, type: 'UTILITIES', reportInDueOn: '2026-10-10', resolveDueOn: '2026-10-15', wishOn: '2026-10-12', overdue: false, leadDepartment: { id: centre }, raisedBy: { name: 'RECRUITER@group' }, inCharge: null, age: { workingDays: 0, band: '0–1' } });
    expect(call.entries.map((e: { kind: string; dueOn: string | null }) => [e.kind, e.dueOn])).toEqual([['RAISED', null], ['ROUTED', '2026-10-10']]);
    expect(await told(zone.service)).toEqual(['REPORT_IN 2026-10-09']);
    expect(await told(zone.otherService)).toEqual([]);
    expect((await deadlines()).map((d) => [d.part, d.due, d.done, d.department_id])).toEqual([['REPORT_IN', '2026-10-10', null, zone.departments.service], ['RESOLVE', '2026-10-15', null, zone.departments.service]]);

    call = await done(zone.service, 'ReportIn', on(call, { note: '明天上午到现场' }));
    expect(call).toMatchObject({ state: 'REPORTED_IN', inCharge: { name: 'SERVICE@service' } });
    expect(await told(zone.serviceBelow)).toEqual([]);
    expect(await told(zone.service)).toEqual(['RESOLVE 2026-10-14']);
    call = await done(zone.service, 'Progress', on(call, { content: '已报供电公司' }));
    expect(call.state).toBe('HANDLING');
    at('2026-10-13');
    call = await done(zone.service, 'Resolve', on(call, { whatWasDone: '已增容至 800 kVA' }));
    expect(call).toMatchObject({ state: 'RESOLVED', resolvedBy: { name: 'SERVICE@service' }, age: { workingDays: 3, band: '2–3' } });
    expect((await deadlines()).map((d) => [d.part, d.done, d.staff_id])).toEqual([['REPORT_IN', '2026-10-09', null], ['RESOLVE', '2026-10-13', zone.service.staffId]]);
    expect(await told(zone.recruiter)).toEqual(['RATE 2026-10-13']);
    call = await done(zone.recruiter, 'Rate', on(call, { score: 5, words: '很快' }));
    expect(call).toMatchObject({ state: 'CLOSED', score: 5, ratingWords: '很快' });
    expect(call.entries.map((e: { kind: string }) => e.kind)).toEqual(['RAISED', 'ROUTED', 'REPORTED_IN', 'PROGRESS', 'RESOLVED', 'RATED', 'CLOSED']);
    expect(await told(zone.recruiter)).toEqual([]);
    const story = await api.gql(zone.manager, 'query($id: ID!) { project(id: $id) { serviceCalls { number state } timeline(first: 20) { nodes { kind subject } } } }', { id: `Project:${project}` });
    expect(story.data.project.serviceCalls).toEqual([{ number: call.number, state: 'CLOSED' }]);
    expect(story.data.project.timeline.nodes.filter((n: { subject: string }) => n.subject === call.number).map((n: { kind: string }) => n.kind)).toEqual(['CALL_SOLVED', 'CALL_RAISED']);
  });

  it('shows its people the project from the whistle on, and no other', async () => {
    const other = await zone.project({ name: '另一项目', stage: 'SIGNED' });
    expect([await sees(zone.service), await sees(zone.serviceBelow)]).toEqual([false, false]);
    await routed();
    expect([await sees(zone.service), await sees(zone.serviceBelow), await sees(zone.otherService)]).toEqual([true, true, false]);
    expect((await api.gql(zone.service, 'query($id: ID!) { project(id: $id) { id } }', { id: `Project:${other}` })).errors[0].extensions.code).toBe('NOT_FOUND');
  });

  it('is led by default by the service department that has the project, else by the project\'s own, and by whom the zone\'s rule names', async () => {
    expect((await raise()).leadDepartment.name).toBe('招商一局一组');
    await t.owner.query(`insert into handoff (zone_id, project_id, to_department_id, submitted_by) values ($1, $2, $3, $4)`, [zone.id, project, zone.otherServiceId, zone.recruiter.staffId]);
    expect((await raise()).leadDepartment.name).toBe('第二服务中心');
    const rule = { types: [{ code: 'FIRE', zh: '消防', en: 'Fire', resolveWorkingDays: 2, department: '项目服务中心', helping: ['第二服务中心', '没有的部门', '办公室'] }], urgentResolveShare: 0.5 };
    await t.owner.query(`insert into zone_policy (zone_id, name, value) values ($1, 'serviceCalls', $2)`, [zone.id, JSON.stringify(rule)]);
    expect(await raise({ type: 'FIRE', urgency: 'URGENT' })).toMatchObject({ leadDepartment: { name: '项目服务中心' }, helpers: [{ department: { name: '第二服务中心' }, reportedInBy: null }], reportInDueOn: '2026-10-09', resolveDueOn: '2026-10-10' });
    expect(await codes(zone.recruiter, 'Raise', { projectId: `Project:${project}`, ...said })).toEqual(['UNKNOWN_CHOICE']);
    expect((await api.gql(zone.service, '{ serviceCallTypes { code resolveWorkingDays department } }')).data.serviceCallTypes).toEqual([{ code: 'FIRE', resolveWorkingDays: 2, department: '项目服务中心' }]);
  });

  it('counts its clocks over the holiday and beyond the published calendar', async () => {
    at('2026-09-30');
    expect(await routed()).toMatchObject({ reportInDueOn: '2026-10-08', resolveDueOn: '2026-10-13' });
    at('2026-12-30');
    expect(await routed()).toMatchObject({ reportInDueOn: '2026-12-31', resolveDueOn: '2027-01-06' });
  });

  it('lets helpers report in for themselves', async () => {
    const other = `Department:${zone.otherServiceId}`;
    let call = await routed({ helperIds: [other] });
    expect(await told(zone.otherService)).toEqual(['REPORT_IN 2026-10-09']);
    call = await done(zone.service, 'ReportIn', on(call));
    expect(await told(zone.otherService)).toEqual(['REPORT_IN 2026-10-09']);
    call = await done(zone.otherService, 'ReportIn', on(call));
    expect(call).toMatchObject({ state: 'REPORTED_IN', inCharge: { name: 'SERVICE@service' }, helpers: [{ department: { name: '第二服务中心' }, reportedInBy: { name: '二中心专员' } }] });
    expect(await told(zone.otherService)).toEqual([]);
    expect(await codes(zone.otherService, 'ReportIn', on(call))).toEqual(['ALREADY_DECIDED']);
    call = await done(zone.otherService, 'Progress', on(call, { content: '已派车' }));
    expect(await codes(zone.otherService, 'Resolve', on(call, { whatWasDone: '好了' }))).toEqual(['CALL_DEPARTMENT']);
  });

  it('is transferred with a reason; the next department reports in anew, the day of the solution stays', async () => {
    let call = await done(zone.service, 'ReportIn', on(await routed()));
    at('2026-10-12');
    expect(await codes(zone.service, 'Transfer', on(call, { leadDepartmentId: centre, reason: 'x' }))).toEqual(['CALL_SAME_DEPARTMENT']);
    expect(await codes(zone.service, 'Transfer', on(call, { leadDepartmentId: `Department:${zone.otherServiceId}` }))).toEqual(['REASON_REQUIRED']);
    call = await done(zone.service, 'Transfer', on(call, { leadDepartmentId: `Department:${zone.otherServiceId}`, reason: '属二中心片区' }));
    expect(call).toMatchObject({ state: 'RAISED', inCharge: null, leadDepartment: { name: '第二服务中心' }, reportInDueOn: '2026-10-13', resolveDueOn: '2026-10-15' });
    expect(await told(zone.otherService)).toEqual(['REPORT_IN 2026-10-12']);
    expect(await told(zone.service)).toEqual([]);
    expect(await codes(zone.service, 'ReportIn', on(call))).toEqual(['CALL_DEPARTMENT']);
    await done(zone.otherService, 'ReportIn', on(call));
  });

  it('opens again with a reason: another round, new clocks, the story kept', async () => {
    at('2026-10-09');
    let call = await solved();
    at('2026-10-14');
    expect(await codes(zone.recruiter, 'Reopen', on(call))).toEqual(['REASON_REQUIRED']);
    call = await done(zone.recruiter, 'Reopen', on(call, { reason: '仍跳闸' }));
    expect(call).toMatchObject({ state: 'REOPENED', round: 2, reportInDueOn: '2026-10-15', resolveDueOn: '2026-10-21', resolvedBy: null });
    expect(await codes(zone.service, 'Resolve', on(call, { whatWasDone: 'x' }))).toEqual(['CALL_STATE']);
    call = await done(zone.service, 'ReportIn', on(call));
    call = await done(zone.service, 'Resolve', on(call, { whatWasDone: '更换变压器' }));
    call = await done(zone.recruiter, 'Rate', on(call, { score: 3 }));
    at('2026-11-30');
    expect(await codes(zone.recruiter, 'Reopen', on(call, { reason: '又坏了' }))).toEqual(['CALL_REOPEN_LATE']);
    expect(call.entries.map((e: { kind: string; round: number }) => `${e.kind}${e.round}`)).toEqual(['RAISED1', 'ROUTED1', 'REPORTED_IN1', 'RESOLVED1', 'REOPENED2', 'REPORTED_IN2', 'RESOLVED2', 'RATED2', 'CLOSED2']);
  });

  it('is withdrawn by whoever raised it alone, and can be opened again', async () => {
    let call = await routed();
    expect(await codes(zone.manager, 'Withdraw', on(call, { reason: '不用了' }))).toEqual(['CALL_NOT_RAISER']);
    call = await done(zone.recruiter, 'Withdraw', on(call, { reason: '已自行解决' }));
    expect(call.state).toBe('WITHDRAWN');
    expect(await deadlines()).toEqual([]);
    expect(await told(zone.service)).toEqual([]);
    call = await done(zone.recruiter, 'Reopen', on(call, { reason: '又出现' }));
    expect(call).toMatchObject({ state: 'REOPENED', round: 2 });
    expect((await deadlines()).length).toBe(2);
  });

  it('is closed without a rating only after the time for one', async () => {
    const call = await solved();
    expect(await codes(zone.service, 'Close', on(call))).toEqual(['CALL_AWAITS_ANSWER']);
    at('2026-10-15');
    expect(await codes(zone.service, 'Close', on(call))).toEqual(['CALL_AWAITS_ANSWER']);
    at('2026-10-16');
    expect((await done(zone.service, 'Close', on(call))).state).toBe('CLOSED');
  });

  it('goes with an accepted handoff from the negotiating side to the receiver', async () => {
    const call = await raise();
    expect(call.leadDepartment.name).toBe('招商一局一组');
    const handoff = (await api.gql(zone.recruiter, 'mutation($input: HandoffSubmitInput!) { act: handoffSubmit(input: $input) { handoff { id version } userErrors { code } } }', { input: { projectId: `Project:${project}`, toDepartmentId: centre } })).data.act.handoff;
    expect((await api.gql(zone.service, 'mutation($input: HandoffAcceptInput!) { act: handoffAccept(input: $input) { userErrors { code } } }', { input: { handoffId: handoff.id, expectedVersion: handoff.version } })).data.act.userErrors).toEqual([]);
    const now = (await api.gql(zone.service, `query($id: ID!) { node(id: $id) { ... on ServiceCall { ${FIELDS} } } }`, { id: call.id })).data.node;
    expect(now).toMatchObject({ state: 'RAISED', leadDepartment: { name: '项目服务中心' } });
    expect(now.entries.map((e: { kind: string }) => e.kind)).toEqual(['RAISED', 'ROUTED', 'TRANSFERRED', 'ROUTED']);
  });
});

describe('who may do what', () => {
  it('needs the permission, the project, and the department', async () => {
    expect(await errorCode(zone.as.AGENT, 'Raise', { projectId: `Project:${project}`, ...said })).toBe('FORBIDDEN');
    expect(await errorCode(zone.colleague, 'Raise', { projectId: `Project:${project}`, ...said })).toBe('NOT_FOUND');
    const call = await routed();
    expect(await errorCode(zone.recruiter, 'ReportIn', on(call))).toBe('FORBIDDEN');
    expect(await errorCode(zone.otherService, 'ReportIn', on(call))).toBe('NOT_FOUND');
    // A head of the project's side sees the call, and it is not hers to handle.
    expect(await codes(zone.manager, 'ReportIn', on(call))).toEqual(['CALL_DEPARTMENT']);
    expect(await codes(zone.service, 'ReportIn', on(call, { inChargeId: `Staff:${zone.otherService.staffId}` }))).toEqual(['UNKNOWN_REFERENCE']);
    expect(await done(zone.service, 'ReportIn', on(call, { inChargeId: `Staff:${zone.serviceBelow.staffId}` }))).toMatchObject({ inCharge: { name: '服务组员' } });
  });

  it('tells nothing of a foreign, missing or malformed id', async () => {
    const call = await routed();
    const foreign = await reminderZone(t.owner);
    for (const id of [call.id, `ServiceCall:${newId()}`, 'ServiceCall:1', `Project:${project}`]) {
      expect(await errorCode(foreign.service, 'ReportIn', { serviceCallId: id, expectedVersion: 1 })).toBe('NOT_FOUND');
      expect((await api.gql(foreign.manager, 'query($id: ID!) { node(id: $id) { id } }', { id })).errors[0].extensions.code).toBe('NOT_FOUND');
    }
    expect((await api.gql(foreign.as.LEADER, '{ serviceCalls { totalCount } problemList { totalCount } }')).data).toEqual({ serviceCalls: { totalCount: 0 }, problemList: { totalCount: 0 } });
  });

  it('lets one of two report in at once; the other sees the call as it is', async () => {
    const call = await routed();
    const both = await Promise.all([send(zone.service, 'ReportIn', on(call)), send(zone.serviceBelow, 'ReportIn', on(call))]);
    const losers = both.filter((b) => b.data.act.userErrors.length > 0);
    expect(losers.map((b) => b.data.act.userErrors[0].code)).toEqual(['CONFLICT']);
    expect(losers[0]!.data.act.serviceCall).toMatchObject({ state: 'REPORTED_IN', version: 2 });
  });

  it('answers the same key with the first result', async () => {
    const input = { projectId: `Project:${project}`, ...said, idempotencyKey: 'k1' };
    const first = await send(zone.recruiter, 'Raise', input);
    expect((await send(zone.recruiter, 'Raise', input)).data).toEqual(first.data);
    expect((await send(zone.recruiter, 'Raise', { ...input, title: '别的' })).errors[0].extensions.code).toBe('CONFLICT');
    expect((await t.owner.query('select 1 from service_call')).rowCount).toBe(1);
  });

  it('is rated by whoever raised it, once, within the scale, never by whoever solved it', async () => {
    let call = await solved();
    expect(await codes(zone.manager, 'Rate', on(call, { score: 5 }))).toEqual(['CALL_RATER']);
    expect(await codes(zone.recruiter, 'Rate', on(call, { score: 6 }))).toEqual(['INVALID']);
    call = await done(zone.recruiter, 'Rate', on(call, { score: 4 }));
    expect(await codes(zone.recruiter, 'Rate', on(call, { score: 5 }))).toEqual(['CALL_RATED']);
    let own = await done(zone.service, 'ReportIn', on(await raise({ leadDepartmentId: centre }, zone.service)));
    own = await done(zone.service, 'Resolve', on(own, { whatWasDone: '自己办了' }));
    expect(await codes(zone.service, 'Rate', on(own, { score: 5 }))).toEqual(['CALL_RATER']);
  });

  it('shows numbers of people to those whom the rule lets see them, and the caller\'s to whoever is in charge', async () => {
    const call = await routed({ callerName: '王工', callerPhone: '13912345678' });
    const phone = async (who: Actor) => (await api.gql(who, 'query($id: ID!) { node(id: $id) { ... on ServiceCall { callerPhone content } } }', { id: call.id })).data.node;
    expect(call).toMatchObject({ callerPhone: '13912345678', content: said.content });
    expect(await phone(zone.service)).toEqual({ callerPhone: '139****5678', content: '请增容，联系王工 139****5678' });
    await done(zone.service, 'ReportIn', on(call));
    expect((await phone(zone.service)).callerPhone).toBe('13912345678');
    // Nor do the books, the deadlines and the reminders keep it.
    for (const table of ['audit_entry', 'deadline', 'reminder']) expect((await t.owner.query(`select 1 from ${table} x where to_jsonb(x)::text like '%13912345678%'`)).rowCount).toBe(0);
  });
});

describe('other acts on the project', () => {
  it('calls nobody who would not see it', async () => {
    expect(await codes(zone.recruiter, 'Raise', { projectId: `Project:${project}`, ...said, leadDepartmentId: `Department:${zone.departments.otherBureau}` })).toEqual(['CALL_NOBODY']);
    const call = await routed();
    expect(await codes(zone.service, 'Transfer', on(call, { leadDepartmentId: `Department:${zone.departments.office}`, reason: '转' }))).toEqual(['CALL_NOBODY']);
    // Back to the project's own line it may go: its heads see it.
    await done(zone.service, 'Transfer', on(call, { leadDepartmentId: `Department:${zone.departments.bureau}`, reason: '属招商局' }));
    expect(await told(zone.manager)).toEqual(['REPORT_IN 2026-10-09']);
  });

  it('moves its calls, their story and its links in a merge, and gives them back when that is undone', async () => {
    const call = await done(zone.service, 'ReportIn', on(await routed()));
    await done(zone.as.LEADER, 'Publish', on(call, { reason: '督办' }));
    await api.gql(zone.recruiter, 'mutation($input: ServiceCallLinkCreateInput!) { serviceCallLinkCreate(input: $input) { path } }', { input: { projectId: `Project:${project}` } });
    const stays = await zone.project({ name: '光电园', stage: 'SIGNED' });
    const where = async () => (await t.owner.query(`select distinct project_id from (select project_id from service_call union all select project_id from service_call_entry union all select project_id from service_call_link union all select project_id from service_call_publication union all select project_id from deadline where kind = 'CALL') x`)).rows.map((r) => r.project_id);
    const versions = async () => Object.fromEntries((await t.owner.query('select id, version from project')).rows.map((r) => [r.id, r.version]));
    const v = await versions();
    const act = async (name: string, fields: string, input: object) => (await api.gql(zone.manager, `mutation($input: ${name === 'mergeUndo' ? 'UndoInput' : 'ProjectMergeInput'}!) { act: ${name}(input: $input) { ${fields} userErrors { code message } } }`, { input })).data.act;
    const merged = await act('projectMerge', 'act { id }', { survivorId: `Project:${stays}`, otherId: `Project:${project}`, expectedVersion: v[stays], otherExpectedVersion: v[project], reason: '同一项目' });
    expect(merged.userErrors).toEqual([]);
    expect(await where()).toEqual([stays]);
    expect((await act('mergeUndo', 'act { undoneAt }', { actId: merged.act.id, reason: '不是同一项目' })).userErrors).toEqual([]);
    expect(await where()).toEqual([project]);
  });

  it('holds an import back from being undone', async () => {
    const { rows: [file] } = await t.owner.query(`insert into ledger_import (zone_id, file_name, sha256, state, created_by, applied_at) values ($1, 'x.xlsx', sha256('w'), 'APPLIED', $2, now()) returning id`, [zone.id, zone.manager.staffId]);
    await t.owner.query('update project set import_id = $2 where id = $1', [project, file.id]);
    await raise();
    const undone = await api.gql(zone.manager, 'mutation($input: ImportUndoInput!) { importUndo(input: $input) { userErrors { code message } } }', { input: { importId: `LedgerImport:${file.id}`, expectedVersion: 1 } });
    expect(JSON.stringify(undone)).toContain('吹哨诉求');
  });

  it('forgets a person who is erased, in the call, its story, the public list and what is due', async () => {
    const { rows: [contact] } = await t.owner.query(`insert into contact (zone_id, project_id, name, full_name, phones, created_by) values ($1, $2, '周建国', true, '{13912346789}', $3) returning id`, [zone.id, project, zone.recruiter.staffId]);
    const words = '周建国来电 139 1234 6789';
    const call = await routed({ contactId: `Contact:${contact.id}`, callerName: '周建国', callerPhone: '13912346789', title: words, content: words });
    await done(zone.as.LEADER, 'Publish', on(call, { reason: words, title: words, content: words }));
    const erased = await api.gql(zone.as.SECURITY_ADMIN, 'mutation($input: PersonEraseInput!) { personErase(input: $input) { userErrors { code } } }', { input: { contactId: `Contact:${contact.id}`, reason: '要求' } });
    expect(erased.data.personErase.userErrors).toEqual([]);
    for (const table of ['service_call', 'service_call_entry', 'service_call_publication', 'deadline', 'reminder']) {
      const { rows } = await t.owner.query(`select to_jsonb(x)::text as x from ${table} x`);
      expect([table, rows.length > 0, rows.some((r) => /周建国|139\s?1234\s?6789/.test(r.x))]).toEqual([table, true, false]);
    }
  });
});

describe('the database', () => {
  it('closes nothing without an entry of what was done, and moves along the edges alone', async () => {
    const call = await done(zone.service, 'ReportIn', on(await routed()));
    const id = call.id.split(':')[1];
    const set = (words: string) => t.owner.query(`update service_call set ${words} where id = $1`, [id]);
    await expect(set(`state = 'RESOLVED', resolved_at = now()`)).rejects.toMatchObject({ constraint: 'service_call_what_was_done' });
    await expect(set(`state = 'CLOSED', resolved_at = now(), closed_at = now()`)).rejects.toMatchObject({ constraint: 'service_call_edge' });
    await expect(set(`state = 'RAISED', round = 2`)).rejects.toMatchObject({ constraint: 'service_call_round' });
    await expect(t.owner.query(`insert into service_call_entry (zone_id, project_id, call_id, round, kind, content, public, staff_id) values ($1, $2, $3, 1, 'RESOLVED', '  ', true, $4)`, [zone.id, project, id, zone.service.staffId])).rejects.toMatchObject({ constraint: 'service_call_entry_words' });
    await done(zone.service, 'Resolve', on(call, { whatWasDone: '已办' }));
    await expect(set(`state = 'CLOSED', closed_at = now(), score = 5, rated_at = now(), rated_by = resolved_by`)).rejects.toMatchObject({ constraint: 'service_call_second_person' });
    expect(await codes(zone.service, 'Resolve', on(call, { whatWasDone: ' ' }))).toEqual(['CONFLICT']);
  });

  it('keeps the story append-only', async () => {
    await routed();
    await expect(t.owner.query(`update service_call_entry set content = 'x'`)).rejects.toThrow(/append-only/);
    await expect(t.owner.query('delete from service_call_entry')).rejects.toThrow(/append-only/);
    await expect(t.db.tx(zone.service, (tx) => tx.run('delete from service_call_entry'))).rejects.toThrow(/permission denied/);
  });

  it('asks for what was done before anything else', async () => {
    const call = await done(zone.service, 'ReportIn', on(await routed()));
    expect(await codes(zone.service, 'Resolve', on(call, { whatWasDone: '  ' }))).toEqual(['CALL_WHAT_DONE']);
  });
});

describe('the ladder', () => {
  it('takes what nobody answers up, step by step, once a day however often the job runs', async () => {
    const call = await routed();
    const level = async () => (await t.owner.query('select escalation_level from service_call')).rows[0].escalation_level;
    at('2026-10-10');
    expect(await sweep()).toEqual({ steps: 0, closed: 0 });
    at('2026-10-12');
    expect(await sweep()).toEqual({ steps: 1, closed: 0 });
    expect(await sweep()).toEqual({ steps: 0, closed: 0 });
    expect(await told(head)).toEqual(['REPORT_IN 2026-10-09', 'ESCALATED 2026-10-12']);
    // Five days on, after a worker that was away: both further steps, each with its people.
    at('2026-10-16');
    expect(await Promise.all([sweep(), sweep()])).toEqual(expect.arrayContaining([{ steps: 2, closed: 0 }, { steps: 0, closed: 0 }]));
    expect(await level()).toBe(3);
    expect(await told(zone.as.LEADER)).toEqual(['ESCALATED 2026-10-16', 'PUBLISH 2026-10-16']);
    const now = (await api.gql(zone.recruiter, 'query($id: ID!) { node(id: $id) { ... on ServiceCall { version overdue entries { kind level told { name } } } } }', { id: call.id })).data.node;
    expect(now.overdue).toBe(true);
    expect(now.entries.filter((e: { kind: string }) => e.kind === 'ESCALATED')).toEqual([{ kind: 'ESCALATED', level: 1, told: { name: '中心主任' } }, { kind: 'ESCALATED', level: 2, told: { name: 'LEADER@zone' } }, { kind: 'ESCALATED', level: 3, told: { name: 'LEADER@zone' } }]);
    await done(zone.service, 'ReportIn', { serviceCallId: call.id, expectedVersion: now.version });
    expect(await told(zone.as.LEADER)).toEqual([]);
    // Reported in, the clock of the solution counts: one working day late.
    expect(await sweep()).toEqual({ steps: 1, closed: 0 });
    expect(await level()).toBe(1);
  });

  it('is climbed by hand with a reason, to its top', async () => {
    let call = await routed();
    expect(await codes(zone.recruiter, 'Escalate', on(call))).toEqual(['REASON_REQUIRED']);
    for (const level of [1, 2, 3]) {
      call = await done(zone.recruiter, 'Escalate', on(call, { reason: '停产在即' }));
      expect(call.escalationLevel).toBe(level);
    }
    expect(await codes(zone.recruiter, 'Escalate', on(call, { reason: '再升' }))).toEqual(['CALL_TOP']);
    expect(await told(head)).toContain('ESCALATED 2026-10-09');
  });

  it('closes what nobody rated in the time for it', async () => {
    await solved();
    at('2026-10-15');
    expect(await sweep()).toEqual({ steps: 0, closed: 0 });
    at('2026-10-16');
    expect(await sweep()).toEqual({ steps: 0, closed: 1 });
    expect(await sweep()).toEqual({ steps: 0, closed: 0 });
    expect((await t.owner.query('select state from service_call')).rows).toEqual([{ state: 'CLOSED' }]);
  });
});

describe('lists and figures', () => {
  const count = async (who: Actor, filter: object = {}) => (await api.gql(who, 'query($filter: ServiceCallFilter) { serviceCalls(filter: $filter) { totalCount nodes { id } } }', { filter })).data.serviceCalls.totalCount as number;

  it('find calls by what people ask for', async () => {
    const first = await routed();
    at('2026-10-14');
    await raise({ type: 'LAND' });
    await done(zone.service, 'ReportIn', on(first));
    expect([await count(zone.recruiter), await count(zone.service), await count(zone.stranger)]).toEqual([2, 2, 0]);
    expect(await count(zone.recruiter, { state: ['RAISED'] })).toBe(1);
    expect(await count(zone.recruiter, { types: ['LAND'] })).toBe(1);
    expect(await count(zone.recruiter, { leadDepartmentIds: [centre] })).toBe(1);
    expect(await count(zone.service, { mine: true })).toBe(1);
    expect(await count(zone.serviceBelow, { mine: true })).toBe(0);
    expect(await count(zone.recruiter, { ageFrom: 4 })).toBe(1);
    expect(await count(zone.recruiter, { ageTo: 1 })).toBe(1);
    expect(await count(zone.recruiter, { byEnterprise: true })).toBe(0);
    at('2026-10-16');
    expect(await count(zone.recruiter, { overdue: true })).toBe(2);
    expect(await count(zone.recruiter, { projectId: `Project:${project}`, overdue: false })).toBe(0);
  });

  it('come to figures whose numbers are their lists', async () => {
    let good = await solved();
    good = await done(zone.recruiter, 'Rate', on(good, { score: 5 }));
    let late = await done(zone.service, 'ReportIn', on(await routed()));
    await raise({ type: 'LAND' });
    at('2026-10-20');
    late = await done(zone.service, 'Resolve', on(late, { whatWasDone: '迟办' }));
    await done(zone.recruiter, 'Rate', on(late, { score: 2 }));
    const NUMBERS = ['raised', 'solved', 'solvedOnTime', 'rated', 'satisfied'] as const;
    const COUNTS = `key label satisfaction ${NUMBERS.map((n) => `${n} { count calls(first: 10) { totalCount nodes { id } } }`).join(' ')}`;
    const figures = async (from: string, to: string) => (await api.gql(zone.recruiter, `query($from: Date!, $to: Date!) { serviceCallFigures(from: $from, to: $to, by: TYPE) { total { ${COUNTS} } rows { ${COUNTS} } } }`, { from, to })).data.serviceCallFigures;
    const october = await figures('2026-10-01', '2026-10-31');
    expect(NUMBERS.map((n) => october.total[n].count)).toEqual([3, 2, 1, 2, 1]);
    expect(october.total.satisfaction).toBe('50');
    expect(october.rows.map((r: { label: string; raised: { count: number } }) => [r.label, r.raised.count])).toEqual([['水电气', 2], ['土地', 1]]);
    for (const counts of [october.total, ...october.rows]) for (const n of NUMBERS) expect(counts[n].calls.nodes).toHaveLength(counts[n].count);
    const later = await figures('2026-10-10', '2026-10-31');
    expect(NUMBERS.map((n) => later.total[n].count)).toEqual([0, 1, 0, 1, 0]);
    expect((await figures('2026-11-01', '2026-11-30')).total.satisfaction).toBeNull();
    expect((await api.gql(zone.recruiter, '{ serviceCallFigures(from: "2026-10-02", to: "2026-10-01") { from } }')).errors[0].extensions.code).toBe('BAD_USER_INPUT');
    const listed = await api.gql(zone.recruiter, '{ serviceCalls(filter: { figure: { measure: SATISFIED, from: "2026-10-01", to: "2026-10-31" } }) { nodes { id } } }');
    expect(listed.data.serviceCalls.nodes).toEqual([{ id: good.id }]);
  });
});

describe('the public problem list', () => {
  it('is for leaders to fill and for the whole zone to read, without names and without the project', async () => {
    await t.owner.query(`update project set enterprise_name = '华芯光电有限公司' where id = $1`, [project]);
    let call = await routed({ content: '华芯光电有限公司（光电产业园）变压器跳闸，电话 13912345678', callerName: '王建国' });
    expect(await errorCode(zone.recruiter, 'Publish', on(call, { reason: '督办' }))).toBe('FORBIDDEN');
    expect(await codes(zone.as.LEADER, 'Publish', on(call))).toEqual(['REASON_REQUIRED']);
    call = await done(zone.as.LEADER, 'Publish', on(call, { reason: '逾期未决' }));
    expect(call.listed).toBe(true);
    expect(await codes(zone.as.LEADER, 'Publish', on(call, { reason: '再挂' }))).toEqual(['CALL_LISTED']);
    const LIST = 'query($solved: Boolean) { problemList(solved: $solved) { totalCount nodes { id number title content state leadDepartment { name } publishedBy { name } age { workingDays } } } }';
    const list = async (who: Actor, solved?: boolean) => (await api.gql(who, LIST, { solved })).data.problemList;
    expect((await list(zone.stranger)).nodes).toEqual([{ id: expect.stringMatching(/^PublicProblem:/), number: call.number, title: '临时用电容量不足', content: '华**（光**）变压器跳闸，电话 139****5678', state: 'RAISED', leadDepartment: { name: '项目服务中心' }, publishedBy: { name: 'LEADER@zone' }, age: { workingDays: 0 } }]);
    expect(await sees(zone.stranger)).toBe(false);
    const [problem] = (await list(zone.stranger)).nodes;
    expect((await api.gql(zone.stranger, 'query($id: ID!) { node(id: $id) { ... on PublicProblem { number } } }', { id: problem.id })).data.node.number).toBe(call.number);
    expect((await api.gql(zone.as.AGENT, LIST)).errors[0].extensions.code).toBe('FORBIDDEN');
    call = await done(zone.service, 'ReportIn', on(call));
    call = await done(zone.service, 'Resolve', on(call, { whatWasDone: '已修' }));
    expect([(await list(zone.stranger)).totalCount, (await list(zone.stranger, true)).totalCount]).toEqual([0, 1]);
    call = await done(zone.as.LEADER, 'Unpublish', on(call, { reason: '已解决' }));
    expect((await list(zone.stranger, true)).totalCount).toBe(0);
    expect(await codes(zone.as.LEADER, 'Unpublish', on(call, { reason: 'x' }))).toEqual(['CALL_NOT_LISTED']);
  });
});

it('never leaves the model, whatever is done in whatever order', async () => {
  const EDGES: Record<string, Partial<Record<Act, string>>> = {
    RAISED: { ReportIn: 'REPORTED_IN', Withdraw: 'WITHDRAWN', Transfer: 'RAISED' }, REOPENED: { ReportIn: 'REPORTED_IN', Withdraw: 'WITHDRAWN', Transfer: 'REOPENED' },
    REPORTED_IN: { Progress: 'HANDLING', Resolve: 'RESOLVED', Withdraw: 'WITHDRAWN', Transfer: 'RAISED' }, HANDLING: { Progress: 'HANDLING', Resolve: 'RESOLVED', Withdraw: 'WITHDRAWN', Transfer: 'RAISED' },
    RESOLVED: { Rate: 'CLOSED', Reopen: 'REOPENED' }, CLOSED: { Reopen: 'REOPENED' }, WITHDRAWN: { Reopen: 'REOPENED' },
  };
  const acts = ['ReportIn', 'Progress', 'Resolve', 'Rate', 'Reopen', 'Withdraw', 'Transfer'] as const;
  await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom(...acts), { minLength: 1, maxLength: 12 }), async (plan) => {
    let call = await routed();
    let leads = 0;
    let results = 0;
    for (const name of plan) {
      const handler = leads === 0 ? zone.service : zone.otherService;
      const who = ['Rate', 'Reopen', 'Withdraw'].includes(name) ? zone.recruiter : handler;
      const other = `Department:${leads === 0 ? zone.otherServiceId : zone.departments.service}`;
      const more = { ReportIn: {}, Progress: { content: '在办' }, Resolve: { whatWasDone: '办了' }, Rate: { score: 4 }, Reopen: { reason: '未解决' }, Withdraw: { reason: '不用了' }, Transfer: { leadDepartmentId: other, reason: '转' } }[name];
      const answer = (await send(who, name, on(call, more))).data.act;
      const next = EDGES[call.state]![name];
      if (next === undefined) {
        expect(answer.userErrors).toHaveLength(1);
        expect(answer.serviceCall ?? call).toMatchObject({ state: call.state, version: call.version });
        continue;
      }
      expect(answer).toMatchObject({ userErrors: [], serviceCall: { state: next } });
      if (name === 'Transfer') leads = 1 - leads;
      if (name === 'Resolve') results++;
      call = answer.serviceCall;
    }
    expect(call.entries.filter((e: { kind: string }) => e.kind === 'RESOLVED')).toHaveLength(results);
    const open = ['RAISED', 'REOPENED', 'REPORTED_IN', 'HANDLING'].includes(call.state);
    const due = (await t.owner.query(`select part from deadline where subject_id = $1 and done_on is null`, [call.id.split(':')[1]])).rows;
    expect(due.some((d) => d.part === 'RESOLVE')).toBe(open);
  }), { numRuns: 25, seed: 47 });
});
