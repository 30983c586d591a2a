import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Actor, newId } from '@yinfeng/platform';
import { DeliveryService } from '@yinfeng/reminders';
import { publishCalendar, reminderZone, type ReminderZone } from '../jobs/reminders-zone.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let t: TestDatabase;
let api: TestApi;
let zone: ReminderZone;
let project: string;

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
  on('2026-10-09');
  project = await zone.project({ name: '光电产业园', reportedOn: '2026-09-01' });
});

/** 10:00 in Shanghai of a day, for the API and the test's own connections. */
function on(day: string): void {
  const at = new Date(`${day}T10:00:00+08:00`);
  api.clock.pin(at);
  t.clock.pin(at);
}
const policy = (name: string, value: object) => t.owner.query('insert into zone_policy (zone_id, name, value) values ($1, $2, $3)', [zone.id, name, JSON.stringify(value)]);
const PAYLOAD = '{ project { id version status statusReason stage light owner { name } waitingStatusRequest { id act } firstReport { number credited creditReason } protection { state startedOn until extended extensionsLeft holderName } } outcome request { id act state requestedBy { name } decidedBy { name } decisionNote protectionUntil lostToRegion lostToCompetitor lostOn } userErrors { code path message } }';
const MUTATIONS = {
  projectSuspend: 'ProjectSuspendInput', projectResume: 'ProjectResumeInput', projectWithdraw: 'ProjectWithdrawInput', projectLose: 'ProjectLoseInput', projectReopen: 'ProjectReopenInput', protectionExtend: 'ProtectionExtendInput',
} as const;
const raw = (who: Actor, mutation: keyof typeof MUTATIONS, input: object = {}) =>
  api.gql(who, `mutation($input: ${MUTATIONS[mutation]}!) { act: ${mutation}(input: $input) ${PAYLOAD} }`, { input: { projectId: `Project:${project}`, expectedVersion: 1, reasonCode: 'OTHER', reason: '说明', ...input } });
const act = async (who: Actor, mutation: keyof typeof MUTATIONS, input: object = {}) => (await raw(who, mutation, input)).data.act;
const approve = (who: Actor, input: object) => api.gql(who, `mutation($input: StatusApproveInput!) { act: statusApprove(input: $input) ${PAYLOAD} }`, { input: { expectedVersion: 1, ...input } });
const errors = (answer: { userErrors: { code: string; path: string[] | null }[] }) => answer.userErrors.map((e) => [e.code, e.path]);
const row = async () => (await t.owner.query('select status, status_reason, version, owner_id, idle_due_on::text as idle, last_activity_on::text as last, triage_due_on::text as triage from project where id = $1', [project])).rows[0];
/** Whether the books count the project at its stage now. */
const stands = async () => Number((await t.owner.query('select coalesce(sum(delta), 0) as n from pipeline_movement where project_id = $1', [project])).rows[0]!.n);
const told = async (who: Actor) => (await t.owner.query(`select kind, state, detail ->> 'act' as act from reminder where recipient_id = $1 order by created_at, cause`, [who.staffId])).rows;
const timeline = async (who: Actor) => (await api.gql(who, 'query($id: ID!) { project(id: $id) { timeline(first: 50) { nodes { kind title text actorName } } } }', { id: `Project:${project}` })).data.project.timeline.nodes.filter((n: { kind: string }) => /STATUS|POOL|CLAIM/.test(n.kind));

describe('suspend and resume', () => {
  it('take the project out of the figures and back, at its stage, with a reason from the list', async () => {
    expect(await stands()).toBe(1);
    const done = await act(zone.recruiter, 'projectSuspend', { reasonCode: 'WAITING_INVESTOR', reason: '等待董事会' });
    expect(done).toMatchObject({ outcome: 'DONE', project: { status: 'SUSPENDED', stage: 'NEGOTIATING', statusReason: '投资方暂缓：等待董事会', version: 2, waitingStatusRequest: null }, request: { act: 'SUSPEND', state: 'APPLIED', decidedBy: null }, userErrors: [] });
    expect(await stands()).toBe(0);
    expect((await row()).idle).toBeNull();
    on('2026-10-12');
    const back = await act(zone.recruiter, 'projectResume', { expectedVersion: 2, reasonCode: 'INVESTOR_BACK', reason: null });
    expect(back).toMatchObject({ outcome: 'DONE', project: { status: 'ACTIVE', statusReason: null, light: 'GREEN' }, userErrors: [] });
    expect(await stands()).toBe(1);
    // Five working days after Monday the 12th.
    expect(await row()).toMatchObject({ last: '2026-10-12', idle: '2026-10-19' });
    expect((await timeline(zone.recruiter)).map((n: { title: string; text: string }) => [n.title, n.text])).toEqual([['恢复', 'INVESTOR_BACK'], ['暂停', 'WAITING_INVESTOR：等待董事会']]);
  });

  it('refuse what leads nowhere, a stale version, an unknown reason, and OTHER without words', async () => {
    expect(errors(await act(zone.recruiter, 'projectResume'))).toEqual([['STATUS_ACT_NOT_ALLOWED', ['projectId']]]);
    expect(errors(await act(zone.recruiter, 'projectReopen'))).toEqual([['STATUS_ACT_NOT_ALLOWED', ['projectId']]]);
    expect(await act(zone.recruiter, 'projectSuspend', { expectedVersion: 7 })).toMatchObject({ project: { version: 1 }, userErrors: [{ code: 'CONFLICT', path: ['expectedVersion'] }] });
    const unknown = await act(zone.recruiter, 'projectSuspend', { reasonCode: 'COST' });
    expect(errors(unknown)).toEqual([['UNKNOWN_REFERENCE', ['reasonCode']]]);
    expect(unknown.userErrors[0].message).toContain('WAITING_INVESTOR 投资方暂缓');
    expect(errors(await act(zone.recruiter, 'projectSuspend', { reason: ' ' }))).toEqual([['REASON_REQUIRED', ['reason']]]);
    expect(await row()).toMatchObject({ status: 'ACTIVE', version: 1 });
    expect((await t.owner.query('select 1 from status_request')).rowCount).toBe(0);
  });

  it('are for those who see the project and may ask', async () => {
    expect((await raw(zone.service, 'projectSuspend')).errors[0].extensions.code).toBe('FORBIDDEN');
    expect((await raw(zone.as.LEADER, 'projectSuspend')).errors[0].extensions.code).toBe('FORBIDDEN');
    expect((await raw(zone.colleague, 'projectSuspend')).errors[0].extensions.code).toBe('NOT_FOUND');
    const foreign = await reminderZone(t.owner);
    expect((await raw(zone.recruiter, 'projectSuspend', { projectId: `Project:${await foreign.project()}` })).errors[0].extensions.code).toBe('NOT_FOUND');
  });

  it('answer the same key alike and do nothing twice', async () => {
    const first = await raw(zone.recruiter, 'projectSuspend', { idempotencyKey: 's1' });
    expect((await raw(zone.recruiter, 'projectSuspend', { idempotencyKey: 's1' })).data).toEqual(first.data);
    expect((await raw(zone.recruiter, 'projectSuspend', { idempotencyKey: 's1', reason: '别的' })).errors[0].extensions.code).toBe('CONFLICT');
    expect((await t.owner.query('select 1 from status_request')).rowCount).toBe(1);
  });
});

describe('withdraw and lose', () => {
  it('wait for a second person from negotiation on; heads are told, the project stays as it is', async () => {
    const asked = await act(zone.recruiter, 'projectWithdraw', { reasonCode: 'INVESTOR_GAVE_UP', reason: null });
    expect(asked).toMatchObject({ outcome: 'WAITING', project: { status: 'ACTIVE', version: 1, waitingStatusRequest: { act: 'WITHDRAW' } }, request: { state: 'WAITING', requestedBy: { name: 'RECRUITER@group' } }, userErrors: [] });
    for (const head of [zone.groupLeader, zone.manager]) expect(await told(head)).toEqual([{ kind: 'APPROVAL', state: 'PLANNED', act: 'WITHDRAW' }]);
    for (const other of [zone.recruiter, zone.as.LEADER]) expect(await told(other)).toEqual([]);
    expect(errors(await act(zone.recruiter, 'projectSuspend'))).toEqual([['STATUS_REQUEST_WAITING', ['projectId']]]);
    const decided = (await approve(zone.groupLeader, { requestId: asked.request.id })).data.act;
    expect(decided).toMatchObject({ outcome: 'DONE', project: { status: 'WITHDRAWN', statusReason: '投资方放弃投资', waitingStatusRequest: null }, request: { state: 'APPROVED', decidedBy: { name: 'GROUP_LEADER@group' } }, userErrors: [] });
    expect(await stands()).toBe(0);
    expect(await told(zone.manager)).toEqual([{ kind: 'APPROVAL', state: 'DONE', act: 'WITHDRAW' }]);
    expect((await timeline(zone.recruiter)).map((n: { title: string; actorName: string }) => [n.title, n.actorName])).toEqual([['状态审批：通过', 'GROUP_LEADER@group'], ['申请退库', 'RECRUITER@group']].sort());
  });

  it('rejected: all stays as it was, with the note on record', async () => {
    const { request } = await act(zone.recruiter, 'projectWithdraw', { reasonCode: 'NO_PROGRESS' });
    const before = await row();
    expect(errors((await approve(zone.manager, { requestId: request.id, approve: false, note: ' ' })).data.act)).toEqual([['REASON_REQUIRED', ['note']]]);
    const done = (await approve(zone.manager, { requestId: request.id, approve: false, note: '再跟进一个月' })).data.act;
    expect(done).toMatchObject({ project: { status: 'ACTIVE', waitingStatusRequest: null }, request: { state: 'REJECTED', decisionNote: '再跟进一个月' }, userErrors: [] });
    expect(await row()).toEqual(before);
    expect(await stands()).toBe(1);
    expect(errors((await approve(zone.manager, { requestId: request.id })).data.act)).toEqual([['ALREADY_DECIDED', ['requestId']]]);
    // It may be asked for again.
    expect(await act(zone.recruiter, 'projectWithdraw', { reasonCode: 'NO_PROGRESS' })).toMatchObject({ outcome: 'WAITING' });
  });

  it('are never decided by the asker, in the database too', async () => {
    const { request } = await act(zone.manager, 'projectWithdraw', { reasonCode: 'NO_PROGRESS' });
    expect(await told(zone.manager)).toEqual([]);
    expect(errors((await approve(zone.manager, { requestId: request.id })).data.act)).toEqual([['SECOND_PERSON', ['requestId']]]);
    expect((await approve(zone.recruiter, { requestId: request.id })).errors[0].extensions.code).toBe('FORBIDDEN');
    await expect(t.owner.query(`update status_request set state = 'APPROVED', decided_by = requested_by, decided_at = now()`)).rejects.toThrow(/status_request_second_person/);
    await expect(t.owner.query(`update status_request set state = 'APPROVED', decided_at = now()`)).rejects.toThrow(/status_request_decided/);
    const foreign = await reminderZone(t.owner);
    for (const requestId of [request.id, `StatusRequest:${newId()}`]) expect((await approve(foreign.manager, { requestId })).errors[0].extensions.code).toBe('NOT_FOUND');
    expect((await row()).status).toBe('ACTIVE');
  });

  it('two that decide at once: one wins', async () => {
    const { request } = await act(zone.recruiter, 'projectWithdraw', { reasonCode: 'NO_PROGRESS' });
    const both = await Promise.all([approve(zone.manager, { requestId: request.id }), approve(zone.groupLeader, { requestId: request.id, approve: false, note: '不同意' })]);
    expect(both.map((b) => b.data.act.userErrors.map((e: { code: string }) => e.code)).sort()).toEqual([[], ['ALREADY_DECIDED']]);
    expect((await t.owner.query(`select 1 from status_request where state = 'WAITING'`)).rowCount).toBe(0);
  });

  it('two that ask at once: one request waits', async () => {
    const both = await Promise.all([act(zone.recruiter, 'projectWithdraw', { reasonCode: 'NO_PROGRESS' }), act(zone.manager, 'projectLose', { reasonCode: 'COST' })]);
    expect(both.map((b) => b.userErrors.map((e: { code: string }) => e.code)).sort()).toEqual([[], ['STATUS_REQUEST_WAITING']]);
  });

  it('before negotiation take effect at once; where the zone says otherwise they wait', async () => {
    project = await zone.project({ stage: 'RESERVE' });
    expect(await act(zone.recruiter, 'projectWithdraw', { reasonCode: 'REPEATED' })).toMatchObject({ outcome: 'DONE', project: { status: 'WITHDRAWN' } });
    await policy('statusApproval', { SUSPEND: 'LEAD', RESUME: null, WITHDRAW: 'SIGNED', LOSE: null, REOPEN: null });
    project = await zone.project();
    expect(await act(zone.recruiter, 'projectSuspend')).toMatchObject({ outcome: 'WAITING' });
    project = await zone.project();
    expect(await act(zone.recruiter, 'projectWithdraw', { reasonCode: 'REPEATED' })).toMatchObject({ outcome: 'DONE' });
  });

  it('lost: to which place, to whom, when; not in the future', async () => {
    expect(errors(await act(zone.recruiter, 'projectLose', { reasonCode: 'COST', lostOn: '2026-10-10' }))).toEqual([['DATE_IN_FUTURE', ['lostOn']]]);
    const { request } = await act(zone.recruiter, 'projectLose', { reasonCode: 'SUPPLY_CHAIN', reason: '下游客户在合肥', lostToRegion: '安徽省合肥市', lostToCompetitor: '合肥高新区', lostOn: '2026-09-30' });
    expect(request).toMatchObject({ act: 'LOSE', lostToRegion: '安徽省合肥市', lostToCompetitor: '合肥高新区', lostOn: '2026-09-30' });
    await approve(zone.manager, { requestId: request.id });
    expect(await row()).toMatchObject({ status: 'LOST', status_reason: '产业配套不足：下游客户在合肥' });
    const list = await api.gql(zone.manager, '{ statusRequests(filter: { acts: [LOSE], states: [APPROVED] }) { totalCount nodes { act lostToRegion project { name } } } }');
    expect(list.data.statusRequests).toEqual({ totalCount: 1, nodes: [{ act: 'LOSE', lostToRegion: '安徽省合肥市', project: { name: '光电产业园' } }] });
    expect((await api.gql(zone.colleague, '{ statusRequests { totalCount } }')).data.statusRequests.totalCount).toBe(0);
  });

  it('end a stage move that waits, and are not mixed up with it', async () => {
    const stageRequest = async () => (await t.owner.query<{ id: string }>(`insert into stage_request (zone_id, project_id, from_stage, to_stage, requested_by) values ($1, $2, 'NEGOTIATING', 'SIGNED', $3) returning id`, [zone.id, project, zone.recruiter.staffId])).rows[0]!.id;
    const first = await stageRequest();
    const { request } = await act(zone.recruiter, 'projectWithdraw', { reasonCode: 'NO_PROGRESS' });
    const decide = await api.gql(zone.groupLeader, 'mutation($input: StageApproveInput!) { act: stageApprove(input: $input) { project { version } userErrors { code } } }', { input: { requestId: `StageRequest:${first}`, expectedVersion: 1, approve: false, note: '先退库' } });
    expect(decide.data.act.userErrors).toEqual([]);
    // Deciding the stage move leaves the other approval in the inboxes.
    expect(await told(zone.manager)).toEqual([{ kind: 'APPROVAL', state: 'PLANNED', act: 'WITHDRAW' }]);
    const second = await stageRequest();
    expect((await approve(zone.manager, { requestId: request.id, expectedVersion: decide.data.act.project.version })).data.act.userErrors).toEqual([]);
    expect((await t.owner.query('select state, decided_by, decision_note from stage_request where id = $1', [second])).rows).toEqual([{ state: 'REJECTED', decided_by: null, decision_note: '项目已退库' }]);
  });

  it('an approval whose project has moved on otherwise is refused as overtaken', async () => {
    const { request } = await act(zone.recruiter, 'projectWithdraw', { reasonCode: 'NO_PROGRESS' });
    await t.owner.query(`update project set status = 'SUSPENDED', state_at = '2026-10-09T10:00:00+08:00' where id = $1`, [project]);
    expect(errors((await approve(zone.manager, { requestId: request.id })).data.act)).toEqual([['STATUS_OVERTAKEN', ['requestId']]]);
  });

  it('goes through the older mutation alike: waiting where a second person is needed', async () => {
    const change = (who: Actor, input: object) => api.gql(who, 'mutation($input: ProjectStatusChangeInput!) { act: projectStatusChange(input: $input) { project { status version waitingStatusRequest { id act } } userErrors { code path } } }', { input: { projectId: `Project:${project}`, expectedVersion: 1, reason: '停谈', ...input } });
    expect((await change(zone.recruiter, { toStatus: 'SUSPENDED' })).errors[0].extensions.code).toBe('FORBIDDEN');
    expect((await change(zone.groupLeader, { toStatus: 'SUSPENDED' })).data.act).toMatchObject({ project: { status: 'SUSPENDED', version: 2 }, userErrors: [] });
    expect((await change(zone.groupLeader, { toStatus: 'SUSPENDED', expectedVersion: 2 })).data.act.userErrors).toEqual([{ code: 'STATUS_ACT_NOT_ALLOWED', path: ['toStatus'] }]);
    const { project: waiting } = (await change(zone.groupLeader, { toStatus: 'WITHDRAWN', expectedVersion: 2 })).data.act;
    expect(waiting).toMatchObject({ status: 'SUSPENDED', waitingStatusRequest: { act: 'WITHDRAW' } });
    expect((await approve(zone.manager, { requestId: waiting.waitingStatusRequest.id, expectedVersion: 2 })).data.act).toMatchObject({ project: { status: 'WITHDRAWN', statusReason: '停谈' } });
  });

  it('lists the zone\'s reasons for an act, in the reader\'s language', async () => {
    const reasons = async (who: Actor) => (await api.gql(who, '{ statusReasons(act: RELEASE) { code label } }')).data.statusReasons;
    expect(await reasons(zone.recruiter)).toEqual([{ code: 'NO_PROGRESS', label: '长期无进展' }, { code: 'NO_CAPACITY', label: '人手不足或人员调整' }, { code: 'OTHER', label: '其他（须说明）' }]);
  });
});

describe('reopen', () => {
  const withdrawn = async (reportedOn: string, stage = 'NEGOTIATING') => {
    project = await zone.project({ stage, lastActivityOn: reportedOn, reportedOn, reporterName: '原首报人' });
    await t.owner.query(`update project set status = 'WITHDRAWN', state_at = shanghai_midnight($2::date + 1) where id = $1`, [project, reportedOn]);
  };
  const reopen = async () => {
    const { request } = await act(zone.recruiter, 'projectReopen', { reasonCode: 'INVESTOR_BACK' });
    return (await approve(zone.manager, { requestId: request.id })).data.act;
  };

  it('inside the protection keeps the first report\'s credit; the approver is told although the project rests', async () => {
    await withdrawn('2026-04-09');
    const { request } = await act(zone.recruiter, 'projectReopen', { reasonCode: 'INVESTOR_BACK' });
    const delivery = new DeliveryService(t.db);
    await delivery.sweep();
    const { rows } = await t.owner.query<{ id: string }>('select id from reminder_delivery');
    expect(await delivery.deliver(zone.id, rows.map((r) => r.id))).toEqual({ sent: 2, dropped: 0 });
    const inbox = await api.gql(zone.manager, '{ reminders { nodes { kind title } } }');
    expect(inbox.data.reminders.nodes).toEqual([{ kind: 'APPROVAL', title: expect.stringMatching(/^“项目\d+”申请重新启用，等待审批$/) }]);
    const done = (await approve(zone.manager, { requestId: request.id })).data.act;
    expect(done.project).toMatchObject({ status: 'ACTIVE', firstReport: { credited: true, creditReason: 'WITHIN_PROTECTION' }, protection: { state: 'PROTECTED', startedOn: '2026-04-09', until: '2026-10-09', holderName: '原首报人' } });
    expect(await stands()).toBe(1);
  });

  it('after the protection marks it and lets a new one begin', async () => {
    await withdrawn('2026-04-08');
    expect((await reopen()).project).toMatchObject({ status: 'ACTIVE', firstReport: { credited: false, creditReason: 'PROTECTION_LAPSED' }, protection: { state: 'PROTECTED', startedOn: '2026-10-09', until: '2027-04-09', holderName: 'RECRUITER@group' } });
    // The first report itself is as it was.
    expect((await t.owner.query('select shanghai_day(reported_at)::text as day from first_report where project_id = $1', [project])).rows).toEqual([{ day: '2026-04-08' }]);
  });

  it('of a lead needs no second person, and starts its triage clock anew', async () => {
    await withdrawn('2026-10-08', 'LEAD');
    expect(await act(zone.recruiter, 'projectReopen', { reasonCode: 'CORRECTION' })).toMatchObject({ outcome: 'DONE', project: { status: 'ACTIVE' } });
    expect((await row()).triage).toBe('2026-10-13');
  });
});

describe('protectionExtend', () => {
  it('is always decided by a second person, adds its months, and only as often as the zone allows', async () => {
    const { request, outcome } = await act(zone.manager, 'protectionExtend', { reasonCode: 'NEGOTIATING_ON' });
    expect(outcome).toBe('WAITING');
    const done = (await approve(zone.groupLeader, { requestId: request.id })).data.act;
    expect(done).toMatchObject({ request: { state: 'APPROVED', protectionUntil: '2027-06-01' }, project: { status: 'ACTIVE', version: 1, protection: { state: 'PROTECTED', until: '2027-06-01', extended: 1, extensionsLeft: 0 } } });
    expect(errors(await act(zone.recruiter, 'protectionExtend', { reasonCode: 'NEGOTIATING_ON' }))).toEqual([['PROTECTION_EXTENSIONS_USED', ['projectId']]]);
  });

  it('is not for what has lapsed or was signed', async () => {
    project = await zone.project({ stage: 'SIGNED' });
    expect(errors(await act(zone.recruiter, 'protectionExtend', { reasonCode: 'NEGOTIATING_ON' }))).toEqual([['STAGE_OUTSIDE', ['projectId']]]);
    await policy('protection', { months: 1, progress: [], extendMonths: 1, extensions: 1, warnDaysBefore: 3 });
    project = await zone.project({ reportedOn: '2026-09-08' });
    expect(await act(zone.recruiter, 'protectionExtend', { reasonCode: 'NEGOTIATING_ON' })).toMatchObject({ project: { protection: { state: 'LAPSED', until: '2026-10-08' } }, userErrors: [{ code: 'PROTECTION_LAPSED', path: ['projectId'] }] });
  });

  it('a signing that was voided is no progress', async () => {
    await t.owner.query(`insert into signing (zone_id, project_id, kind, signed_on, recorded_by) values ($1, $2, 'FRAMEWORK', '2026-10-08', $3)`, [zone.id, project, zone.recruiter.staffId]);
    const until = async () => (await api.gql(zone.recruiter, 'query($id: ID!) { project(id: $id) { protection { until } } }', { id: `Project:${project}` })).data.project.protection.until;
    expect(await until()).toBe('2027-04-08');
    await t.owner.query(`update signing set voided_at = now(), voided_by = $2, void_reason = '未生效' where project_id = $1`, [project, zone.recruiter.staffId]);
    expect(await until()).toBe('2027-03-01');
  });

  it('what waits for a decision ends when the lead is turned down', async () => {
    project = await zone.project({ stage: 'LEAD', reportedOn: '2026-09-01' });
    expect((await act(zone.recruiter, 'protectionExtend', { reasonCode: 'NEGOTIATING_ON' })).outcome).toBe('WAITING');
    await api.gql(zone.groupLeader, 'mutation($input: LeadJudgeInput!) { leadJudge(input: $input) { userErrors { code } } }', { input: { projectId: `Project:${project}`, expectedVersion: 1, accept: false, reason: '不在主导产业' } });
    expect((await t.owner.query('select state from status_request where project_id = $1', [project])).rows).toEqual([{ state: 'OVERTAKEN' }]);
    expect((await act(zone.recruiter, 'projectReopen', { expectedVersion: 2 })).userErrors).toEqual([]);
  });

  it('progress keeps a protection alive: a visit lets it run anew', async () => {
    const visit = await api.gql(zone.recruiter, 'mutation($input: VisitLogInput!) { visitLog(input: $input) { userErrors { code } } }', { input: { projectId: `Project:${project}`, visitedOn: '2026-10-09', direction: 'OUTBOUND', content: '拜访' } });
    expect(visit.data.visitLog.userErrors).toEqual([]);
    expect((await api.gql(zone.recruiter, 'query($id: ID!) { project(id: $id) { protection { until } } }', { id: `Project:${project}` })).data.project.protection.until).toBe('2027-04-09');
  });
});
