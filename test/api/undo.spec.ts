import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { installDefaults } from '@yinfeng/directory';
import { type Actor, systemActor } from '@yinfeng/platform';
import { publishCalendar, reminderZone, type ReminderZone } from '../jobs/reminders-zone.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let t: TestDatabase;
let api: TestApi;
let zone: ReminderZone;

beforeAll(async () => {
  t = await testDatabase({ poolSize: 6 });
  api = await testApi(t, { poolSize: 6 });
});
afterAll(async () => {
  await api.stop();
  await t.stop();
});
const pin = (at: string) => { t.clock.pin(new Date(at)); api.clock.pin(new Date(at)); };
beforeEach(async () => {
  await t.clean();
  api.clock.pin(t.clock.pinned());
  await publishCalendar(t.owner);
  zone = await reminderZone(t.owner);
});

const ERRORS = 'userErrors { code message path }';
const ACT = `act { id kind open until title leftBehind { entity recordId columns } } ${ERRORS}`;
const STAGE_UNDO = `mutation($input: StageUndoInput!) { act: stageUndo(input: $input) { project { id stage version milestones { kind } timeline(first: 20) { nodes { kind title text } } } ${ERRORS} } }`;
const REQUEST = `mutation($input: StageRequestInput!) { act: stageRequest(input: $input) { outcome project { version } request { id } ${ERRORS} } }`;
const APPROVE = `mutation($input: StageApproveInput!) { act: stageApprove(input: $input) { project { version stage } ${ERRORS} } }`;
const BULK = `mutation($input: ProjectBulkEditInput!) { act: projectBulkEdit(input: $input) { changed items { projectId error { code message path } } ${ACT} } }`;
const HAND_OVER = `mutation($input: ProjectHandOverInput!) { act: projectHandOver(input: $input) { changed items { projectId } ${ACT} } }`;
const BULK_UNDO = `mutation($input: UndoInput!) { act: bulkUndo(input: $input) { ${ACT} } }`;
const DELETION_UNDO = `mutation($input: UndoInput!) { act: deletionUndo(input: $input) { ${ACT} } }`;
const DELETE = `mutation($input: ProjectDeleteInput!) { act: projectDelete(input: $input) { ${ACT} } }`;
const VISIT = `mutation($input: VisitLogInput!) { act: visitLog(input: $input) { visit { id version } ${ERRORS} } }`;
const VISIT_DELETE = `mutation($input: VisitDeleteInput!) { act: visitDelete(input: $input) { ${ACT} } }`;
const SIGN = `mutation($input: SigningRecordInput!) { act: signingRecord(input: $input) { signing { id version } ${ERRORS} } }`;
const SIGNING_DELETE = `mutation($input: SigningDeleteInput!) { act: signingDelete(input: $input) { ${ACT} } }`;
const UNDOABLES = `{ undoables(first: 50) { totalCount nodes { id kind entity title until doneBy } } }`;
const STOCK = `query($asOf: DateTime) { pipeline(asOf: $asOf) { stages { stage count } } }`;

const P = (id: string) => `Project:${id}`;
const act = async (who: Actor, mutation: string, input: object) => {
  const answer = await api.gql(who, mutation, { input });
  return answer.data?.act ?? { errors: answer.errors.map((e: { extensions: { code: string } }) => e.extensions.code) };
};
const codes = (answer: { userErrors: { code: string; path: string[] | null }[] }) => answer.userErrors.map((e) => [e.code, e.path?.join('.') ?? null]);
const row = async (id: string, columns: string, table = 'project') => (await t.owner.query(`select ${columns} from ${table} where id = $1`, [id])).rows[0];
const version = async (id: string) => (await row(id, 'version')).version as number;
const stock = async (asOf?: string) => Object.fromEntries((await api.gql(zone.as.LEADER, STOCK, { asOf })).data.pipeline.stages.filter((s: { count: number }) => s.count).map((s: { stage: string; count: number }) => [s.stage, s.count]));

describe('stage moves', () => {
  let project: string;
  let start: string;
  beforeEach(async () => {
    project = await zone.project({ stage: 'RESERVE', lastActivityOn: '2026-06-01' });
    start = (await row(project, 'state_at')).state_at.toISOString();
    await t.owner.query(`update stage_policy set needs_approval = true where zone_id = $1 and stage = 'NEGOTIATING'`, [zone.id]);
    pin('2026-06-16T10:00:00+08:00');
    const asked = await act(zone.recruiter, REQUEST, { projectId: P(project), expectedVersion: 1, toStage: 'NEGOTIATING' });
    expect(asked.userErrors).toEqual([]);
    const decided = await act(zone.groupLeader, APPROVE, { requestId: asked.request.id, expectedVersion: await version(project) });
    expect(decided.project.stage).toBe('NEGOTIATING');
    pin('2026-06-18T10:00:00+08:00');
  });
  const undo = async (who: Actor, more: object = {}) => act(who, STAGE_UNDO, { projectId: P(project), expectedVersion: await version(project), reason: '材料有误', ...more });

  it('are taken back by whoever approved, as if they had not been made', async () => {
    expect(await stock('2026-06-17T00:00:00+08:00')).toEqual({ NEGOTIATING: 1 });
    const answer = await undo(zone.groupLeader);
    expect(answer).toMatchObject({ userErrors: [], project: { stage: 'RESERVE', milestones: [] } });
    expect(answer.project.timeline.nodes).toContainEqual({ kind: 'TAKEN_BACK', title: '撤回：洽谈 → 储备', text: '材料有误' });
    expect(await stock()).toEqual({ RESERVE: 1 });
    expect(await stock('2026-06-17T00:00:00+08:00')).toEqual({ RESERVE: 1 });
    expect((await row(project, 'state_at')).state_at.toISOString()).toBe(start);
    // Nothing is erased: the milestone is voided with the reason, the request shows who reversed it.
    expect((await t.owner.query(`select void_reason from milestone where project_id = $1`, [project])).rows).toEqual([{ void_reason: '撤回：材料有误' }]);
    const request = (await t.owner.query('select id from stage_request where project_id = $1', [project])).rows[0].id;
    expect((await api.gql(zone.manager, `{ node(id: "StageRequest:${request}") { ... on StageRequest { state reversedBy { name } reverseReason } } }`)).data.node).toEqual({ state: 'APPROVED', reversedBy: { name: zone.groupLeader.name }, reverseReason: '材料有误' });
    // And the way is open again.
    expect((await act(zone.recruiter, REQUEST, { projectId: P(project), expectedVersion: await version(project), toStage: 'NEGOTIATING' })).outcome).toBe('WAITING');
  });

  it('are taken back by a manager, not by others, not by the asker, once of two', async () => {
    expect(await undo(zone.recruiter)).toEqual({ errors: ['FORBIDDEN'] });
    const otherLeader = await zone.hire('GROUP_LEADER', 'group');
    expect(await undo(otherLeader)).toEqual({ errors: ['FORBIDDEN'] });
    await t.owner.query('update stage_request set requested_by = $2 where project_id = $1', [project, zone.manager.staffId]);
    expect(codes(await undo(zone.manager))).toEqual([['SECOND_PERSON', 'projectId']]);
    await t.owner.query('update stage_request set requested_by = $2 where project_id = $1', [project, zone.recruiter.staffId]);
    // Both saw the same version: read apart, the second might read what the first has left.
    const seen = { expectedVersion: await version(project) };
    const both = await Promise.all([undo(zone.manager, seen), undo(zone.groupLeader, seen)]);
    expect(both.map((b) => b.userErrors.length).sort()).toEqual([0, 1]);
    expect(both.flatMap(codes)).toEqual([['CONFLICT', 'expectedVersion']]);
  });

  it('stay when something has been built on them, when the time has passed, without a reason, and at the start', async () => {
    expect(codes(await undo(zone.manager, { reason: ' ' }))).toEqual([['REASON_REQUIRED', 'reason']]);
    await t.owner.query(`insert into handoff (zone_id, project_id, to_department_id, submitted_by, submitted_at) values ($1, $2, $3, $4, '2026-06-17')`, [zone.id, project, zone.departments.service, zone.recruiter.staffId]);
    expect(codes(await undo(zone.manager))).toEqual([['UNDO_BLOCKED', 'projectId']]);
    pin('2026-06-24T10:00:00+08:00');
    expect(codes(await undo(zone.manager))).toEqual([['UNDO_EXPIRED', 'projectId']]);
    const lead = await zone.project({ stage: 'LEAD' });
    expect(codes(await act(zone.manager, STAGE_UNDO, { projectId: P(lead), expectedVersion: 1, reason: 'x' }))).toEqual([['UNDO_BLOCKED', 'projectId']]);
  });

  it('are listed for those who may, until their day', async () => {
    const mine = async (who: Actor) => (await api.gql(who, UNDOABLES)).data.undoables;
    expect(await mine(zone.groupLeader)).toMatchObject({ totalCount: 1, nodes: [{ id: P(project), kind: 'STAGE', until: '2026-06-23' }] });
    expect((await mine(zone.manager)).totalCount).toBe(1);
    expect((await mine(zone.recruiter)).totalCount).toBe(0);
    pin('2026-06-24T10:00:00+08:00');
    expect((await mine(zone.groupLeader)).totalCount).toBe(0);
  });
});

describe('bulk changes', () => {
  let projects: string[];
  beforeEach(async () => {
    projects = [];
    for (let i = 0; i < 4; i++) projects.push(await zone.project({ name: `批量${i}` }));
  });
  const colleague = () => `Staff:${zone.colleague.staffId}`;

  it('change what can be changed in one act, name the others, and are taken back where they still hold', async () => {
    const unseen = await zone.project({ ownerId: zone.stranger.staffId, departmentId: zone.departments.otherBureau });
    const lost = await zone.project({ status: 'LOST' });
    await t.owner.query(`insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at) values ($1, 'FOLLOW_UP', 'x', $2, $3, '2026-06-20', '2026-06-22T01:00:00Z')`, [zone.id, projects[0], zone.recruiter.staffId]);
    const before = await stock();
    const answer = await act(zone.manager, BULK, { projectIds: [...projects, unseen, lost].map(P), assigneeId: colleague(), class: 'A', nextFollowUpOn: '2026-06-25', reason: '调整分工' });
    expect(answer).toMatchObject({ changed: 4, userErrors: [], act: { kind: 'BULK', open: true, until: '2026-07-15' } });
    expect(answer.items.map((i: { error: { code: string; path: string[] } | null }) => i.error && [i.error.code, i.error.path.join('.')])).toEqual([null, null, null, null, ['NOT_FOUND', 'projectIds.4'], ['STATUS_NOT_ACTIVE', 'projectIds.5']]);
    expect(await row(projects[0]!, 'owner_id, class, next_follow_up_on, version')).toEqual({ owner_id: zone.colleague.staffId, class: 'A', next_follow_up_on: '2026-06-25', version: 2 });
    expect(await row(unseen, 'class')).toEqual({ class: null });
    // Reminders follow the person and the day.
    const planned = async (staff: string | null) => (await t.owner.query(`select count(*)::int as n from reminder where recipient_id = $1 and state = 'PLANNED' and kind = 'FOLLOW_UP' and due_on = '2026-06-25'`, [staff])).rows[0].n;
    expect(await planned(zone.colleague.staffId)).toBe(4);
    expect(await stock()).toEqual(before);

    await t.owner.query(`update project set class = 'B' where id = $1`, [projects[1]]);
    const undone = await act(zone.manager, BULK_UNDO, { actId: answer.act.id });
    expect(undone).toMatchObject({ userErrors: [], act: { open: false, leftBehind: [{ entity: 'project', recordId: projects[1], columns: ['class'] }] } });
    expect(await row(projects[1]!, 'owner_id, class, next_follow_up_on')).toEqual({ owner_id: zone.recruiter.staffId, class: 'B', next_follow_up_on: null });
    expect(await row(projects[0]!, 'owner_id, class')).toEqual({ owner_id: zone.recruiter.staffId, class: null });
    expect(await planned(zone.colleague.staffId)).toBe(0);
    expect(codes(await act(zone.manager, BULK_UNDO, { actId: answer.act.id }))).toEqual([['UNDO_DONE', 'actId']]);
  });

  it('refuse what is wrong with the change itself, and wrong people', async () => {
    const ids = projects.map(P);
    expect(codes(await act(zone.manager, BULK, { projectIds: ids }))).toEqual([['REQUIRED', 'changes']]);
    expect(codes(await act(zone.manager, BULK, { projectIds: [], class: 'A' }))).toEqual([['REQUIRED', 'projectIds']]);
    expect(codes(await act(zone.manager, BULK, { projectIds: ids, industryCode: 'Z99' }))).toEqual([['UNKNOWN_REFERENCE', 'industryCode']]);
    expect((await act(zone.manager, BULK, { projectIds: Array.from({ length: 501 }, () => ids[0]), class: 'A' })).userErrors[0].path).toEqual(['projectIds']);
    expect(await act(zone.recruiter, BULK, { projectIds: ids, class: 'A' })).toEqual({ errors: ['FORBIDDEN'] });
    expect((await t.owner.query('select count(*)::int as n from undo_act')).rows[0].n).toBe(0);
  });

  it('are audited project by project, and tell who did them', async () => {
    const answer = await act(zone.manager, BULK, { projectIds: projects.map(P), class: 'C' });
    expect((await t.owner.query(`select count(*)::int as n from audit_entry where entity = 'project' and operation = 'UPDATE' and after ? 'class'`)).rows[0].n).toBe(4);
    expect((await api.gql(zone.manager, `{ node(id: "${answer.act.id}") { ... on UndoAct { changedCount doneBy { name } } } }`)).data.node).toEqual({ changedCount: 4, doneBy: { name: zone.manager.name } });
  });

  it('hand all projects of a person who leaves to another', async () => {
    const answer = await act(zone.manager, HAND_OVER, { fromId: `Staff:${zone.recruiter.staffId}`, toId: colleague(), departmentId: `Department:${zone.departments.otherGroup}`, reason: '离岗' });
    expect(answer).toMatchObject({ changed: 4, userErrors: [] });
    expect(await row(projects[3]!, 'owner_id, department_id')).toEqual({ owner_id: zone.colleague.staffId, department_id: zone.departments.otherGroup });
    expect(codes(await act(zone.manager, HAND_OVER, { fromId: colleague(), toId: colleague() }))).toEqual([['INVALID', 'toId']]);
    expect((await act(zone.manager, BULK_UNDO, { actId: answer.act.id })).act.leftBehind).toEqual([]);
    expect(await row(projects[3]!, 'owner_id, department_id')).toEqual({ owner_id: zone.recruiter.staffId, department_id: zone.departments.group });
  });

  it('one of two undoings wins', async () => {
    const { act: done } = await act(zone.manager, BULK, { projectIds: projects.map(P), class: 'A' });
    const both = await Promise.all([1, 2].map(() => act(zone.manager, BULK_UNDO, { actId: done.id })));
    expect(both.flatMap(codes)).toEqual([['UNDO_DONE', 'actId']]);
  });
});

describe('deletions', () => {
  it('take a lead out of every figure and list, keep its first report, and bring it back', async () => {
    await t.db.tx(systemActor(zone.id, 'test'), (tx) => installDefaults(tx, zone.id));
    const reported = await api.gql(zone.recruiter, `mutation($input: LeadReportInput!) { leadReport(input: $input) { project { id version } } }`, { input: { name: '误报的项目', contact: { name: '周总', phones: ['13900001234'] } } });
    const { id, version: v } = reported.data.leadReport.project;
    const figures = async () => (await api.gql(zone.as.LEADER, `{ projects { totalCount } pipeline { stages { count } } pipelineFlow(from: "2020-01-01", to: "2030-01-01") { reported { count } } search(text: "误报") { id } }`)).data;
    const before = await figures();
    expect(before.projects.totalCount).toBe(1);
    expect(await act(zone.recruiter, DELETE, { projectId: id, expectedVersion: v, reason: '误报' })).toEqual({ errors: ['FORBIDDEN'] });
    expect(codes(await act(zone.manager, DELETE, { projectId: id, expectedVersion: v, reason: '' }))).toEqual([['REASON_REQUIRED', 'reason']]);
    const { act: done, userErrors } = await act(zone.manager, DELETE, { projectId: id, expectedVersion: v, reason: '误报' });
    expect(userErrors).toEqual([]);
    expect(await figures()).toEqual({ projects: { totalCount: 0 }, pipeline: { stages: before.pipeline.stages.map(() => ({ count: 0 })) }, pipelineFlow: { reported: { count: 0 } }, search: [] });
    expect((await api.gql(zone.manager, `{ project(id: "${id}") { id } }`)).errors[0].extensions.code).toBe('NOT_FOUND');
    expect((await t.owner.query('select count(*)::int as n from first_report')).rows[0].n).toBe(1);
    expect((await api.gql(zone.manager, UNDOABLES)).data.undoables).toMatchObject({ totalCount: 1, nodes: [{ id: done.id, kind: 'DELETION', entity: 'PROJECT' }] });
    expect(await act(zone.recruiter, DELETION_UNDO, { actId: done.id })).toEqual({ errors: ['NOT_FOUND'] });
    expect((await act(zone.manager, DELETION_UNDO, { actId: done.id })).userErrors).toEqual([]);
    expect(await figures()).toEqual(before);
    expect((await t.owner.query(`select count(*)::int as n from contact where gone_at is null`)).rows[0].n).toBe(1);
  });

  it('name every obstacle of a project', async () => {
    const project = await zone.project({ stage: 'SIGNED' });
    await t.owner.query(`insert into signing (zone_id, project_id, kind, signed_on, recorded_by) values ($1, $2, 'CONTRACT', '2026-06-01', $3)`, [zone.id, project, zone.recruiter.staffId]);
    await t.owner.query(`insert into visit (zone_id, project_id, visited_on, direction, content, created_by) values ($1, $2, '2026-06-12', 'CALL', 'x', $3)`, [zone.id, project, zone.recruiter.staffId]);
    const answer = await act(zone.manager, DELETE, { projectId: P(project), expectedVersion: 1, reason: '误报' });
    expect(answer.userErrors.map((e: { message: string }) => e.message)).toEqual(['不能删除：项目已过储备阶段，请改为退库。', '不能删除：项目已有签约。', '不能删除：他人登记过走访。']);
  });

  it('of a visit bring the counts of its project along, for its author within days, for a manager later', async () => {
    const project = await zone.project();
    const log = async (day: string) => (await act(zone.recruiter, VISIT, { projectId: P(project), visitedOn: day, direction: 'CALL', content: '通话' })).visit as { id: string; version: number };
    const first = await log('2026-06-10');
    const second = await log('2026-06-12');
    const counts = () => row(project, 'visit_count, last_visit_on');
    expect(await act(zone.colleague, VISIT_DELETE, { visitId: second.id, expectedVersion: 1, reason: '误录' })).toEqual({ errors: ['NOT_FOUND'] });
    expect(codes(await act(zone.recruiter, VISIT_DELETE, { visitId: second.id, expectedVersion: 7, reason: '误录' }))).toEqual([['CONFLICT', 'expectedVersion']]);
    const { act: done } = await act(zone.recruiter, VISIT_DELETE, { visitId: second.id, expectedVersion: 1, reason: '误录' });
    expect(await counts()).toEqual({ visit_count: 1, last_visit_on: '2026-06-10' });
    expect((await api.gql(zone.recruiter, `{ visits { totalCount } project(id: "${P(project)}") { lastVisit { id } timeline(first: 9) { nodes { kind text } } } }`)).data).toEqual({ visits: { totalCount: 1 }, project: { lastVisit: { id: first.id }, timeline: { nodes: expect.arrayContaining([{ kind: 'DELETED', text: '误录' }]) } } });
    expect((await act(zone.recruiter, DELETION_UNDO, { actId: done.id })).userErrors).toEqual([]);
    expect(await counts()).toEqual({ visit_count: 2, last_visit_on: '2026-06-12' });
    pin('2026-07-01T10:00:00+08:00');
    expect(codes(await act(zone.recruiter, VISIT_DELETE, { visitId: first.id, expectedVersion: 1, reason: '误录' }))).toEqual([['UNDO_EXPIRED', 'visitId']]);
    expect((await act(zone.manager, VISIT_DELETE, { visitId: first.id, expectedVersion: 1, reason: '误录' })).userErrors).toEqual([]);
    expect(await counts()).toEqual({ visit_count: 1, last_visit_on: '2026-06-12' });
  });

  it('of a visit show its words as the visit did: numbers masked for whom they are', async () => {
    const project = await zone.project();
    const { visit } = await act(zone.recruiter, VISIT, { projectId: P(project), visitedOn: '2026-06-12', direction: 'CALL', content: '周总 13912346789 来电' });
    const { act: done } = await act(zone.recruiter, VISIT_DELETE, { visitId: visit.id, expectedVersion: 1, reason: '误录' });
    const told = async (who: Actor) => JSON.stringify((await api.gql(who, `{ undoables(first: 9) { nodes { title } } node(id: "${done.id}") { ... on UndoAct { title } } project(id: "${P(project)}") { timeline(first: 9) { nodes { kind title } } } }`)).data);
    expect((await told(zone.recruiter)).match(/13912346789/g)).toHaveLength(3);
    expect(await told(zone.as.LEADER)).not.toContain('13912346789');
    expect(await told(zone.as.LEADER)).toContain('139****6789');
  });

  it('of a signing stop where a stage stands on it', async () => {
    const project = await zone.project({ stage: 'NEGOTIATING' });
    const { signing } = await act(zone.recruiter, SIGN, { projectId: P(project), kind: 'FRAMEWORK', signedOn: '2026-06-12', partyName: '甲方' });
    const drop = () => act(zone.recruiter, SIGNING_DELETE, { signingId: signing.id, expectedVersion: 1, reason: '误录' });
    await t.owner.query(`update project set stage = 'SIGNED', state_at = now() where id = $1`, [project]);
    expect(codes(await drop())).toEqual([['DELETE_BLOCKED', 'signingId']]);
    await t.owner.query(`update project set stage = 'NEGOTIATING', state_at = now() where id = $1`, [project]);
    const { act: done } = await drop();
    expect((await api.gql(zone.recruiter, '{ signings { totalCount } }')).data.signings.totalCount).toBe(0);
    expect((await act(zone.recruiter, DELETION_UNDO, { actId: done.id })).userErrors).toEqual([]);
    expect((await api.gql(zone.recruiter, '{ signings { totalCount } }')).data.signings.totalCount).toBe(1);
  });
});
