import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { POLICIES } from '@yinfeng/directory';
import type { Actor } from '@yinfeng/platform';
import { codes, type DealDesk, dealDesk, type ProjectValues } from './deal-desk.js';

let desk: DealDesk;
let service: Actor;
beforeAll(async () => {
  desk = await dealDesk();
  service = desk.zone.as.SERVICE;
});
afterAll(() => desk.stop());

const MILESTONE = 'id version code nameZh nameEn plannedOn revisedOn dueOn reachedOn overdue daysLate byStage fromLedger note voidReason revisions { fromOn toOn reason revisedBy { id } } files { id name mediaType } reachedBy { id } project { id stage }';
const REACH = `milestone { ${MILESTONE} } proposal { toStage outcome missing { item label how } }`;
const PAUSE = 'pause { id version suspendedOn reason expectedOn resumedOn note open overdue voidReason project { id } }';
const local = (id: string) => id.split(':')[1];
const owner = (sql: string, ...params: unknown[]) => desk.t.owner.query(sql, params);

/** A project in the hands of the service centre: handed over, accepted. */
async function handed(values: Partial<ProjectValues> = {}): Promise<string> {
  const id = await desk.project({ stage: 'LANDED', ...values });
  await owner(`insert into handoff (zone_id, project_id, to_department_id, submitted_by, submitted_at, state, decided_by, decided_at) values ($1, $2, $3, $4, '2026-06-02T00:00:00Z', 'ACCEPTED', $5, '2026-06-03T00:00:00Z')`, desk.zone.id, local(id), desk.zone.departments.service, desk.recruiter.staffId, service.staffId);
  return id;
}
const plan = (id: string, items: object[], who = service) => desk.act(who, 'worksPlan', { projectId: id, items }, 'project { works { milestones { id version code plannedOn dueOn } } }');
const planned = async (id: string, code = 'MAIN_STRUCTURE', plannedOn = '2026-09-30') => (await plan(id, [{ code, plannedOn }])).project.works.milestones.find((m: { code: string }) => m.code === code);
const reach = (id: string, input: object, who = service) => desk.act(who, 'worksReach', { projectId: id, expectedVersion: 0, reachedOn: '2026-06-10', code: 'MAIN_STRUCTURE', ...input }, REACH);
const photo = async (who = service): Promise<string> => {
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(png)], { type: 'image/png' }), '现场照片.png');
  return ((await (await desk.api.request(who, '/files', { method: 'POST', body: form })).json()) as { id: string }).id;
};
const due = async (id: string) => (await owner(`select due_on::text, done_on::text, title from deadline where subject_id = $1 and kind = 'MILESTONE'`, local(id))).rows;

describe('milestones', () => {
  it('are expected by the zone\'s list and the project\'s industry', async () => {
    const EXPECTED = 'query($id: ID!) { worksExpected(projectId: $id) { code label stage evidence evidenceRequired recorded } }';
    const expected = async (id: string, who: Actor = desk.leader) => (await desk.api.gql(who, EXPECTED, { id })).data.worksExpected;
    const machines = await handed();
    expect((await expected(machines)).map((m: { code: string; label: string; stage: string | null }) => [m.code, m.label, m.stage])).toEqual([
      ['GROUND_BREAKING', '开工', 'STARTED'], ['MAIN_STRUCTURE', '主体完工', null], ['COMPLETION', '竣工', null], ['EQUIPMENT', '设备安装', null], ['PRODUCTION', '投产', 'PRODUCING'], ['FULL_CAPACITY', '达产', null],
    ]);
    await planned(machines);
    expect((await expected(machines)).filter((m: { recorded: boolean }) => m.recorded).map((m: { code: string }) => m.code)).toEqual(['MAIN_STRUCTURE']);
    const medicine = await handed({ industry: 'C2720' });
    expect((await expected(medicine)).map((m: { code: string }) => m.code)).toContain('ACCEPTANCE');
    expect((await desk.api.gql(desk.zone.stranger, EXPECTED, { id: medicine })).errors[0].extensions.code).toBe('NOT_FOUND');
  });

  it('are planned once each, all or none, and put off with a reason that stays on record', async () => {
    const id = await handed();
    const done = await plan(id, [{ code: 'COMPLETION', plannedOn: '2026-12-31' }, { code: 'GROUND_BREAKING', plannedOn: '2026-07-01' }]);
    expect([codes(done), done.project.works.milestones.map((m: { code: string; dueOn: string }) => [m.code, m.dueOn])]).toEqual([[], [['GROUND_BREAKING', '2026-07-01'], ['COMPLETION', '2026-12-31']]]);
    expect(codes(await plan(id, [{ code: 'EQUIPMENT', plannedOn: '2026-11-01' }, { code: 'COMPLETION', plannedOn: '2026-11-01' }]))).toEqual([['WORKS_PLANNED', 'items.1']]);
    expect(codes(await plan(id, [{ code: 'MOON_LANDING', plannedOn: '2026-11-01' }]))).toEqual([['UNKNOWN_CHOICE', 'items.0.code']]);
    expect(codes(await plan(id, []))).toEqual([['REQUIRED', 'items']]);
    const completion = done.project.works.milestones[1];
    const revise = (input: object) => desk.act(service, 'worksRevise', { milestoneId: completion.id, expectedVersion: 1, revisedOn: '2027-03-31', ...input }, `milestone { ${MILESTONE} }`);
    expect(codes(await revise({}))).toEqual([['REASON_REQUIRED', 'reason']]);
    expect(codes(await revise({ revisedOn: '2026-12-31', reason: '雨季' }))).toEqual([['INVALID', 'revisedOn']]);
    const off = await revise({ reason: '雨季停工' });
    expect(off.milestone).toMatchObject({ version: 2, plannedOn: '2026-12-31', revisedOn: '2027-03-31', dueOn: '2027-03-31', revisions: [{ fromOn: '2026-12-31', toOn: '2027-03-31', reason: '雨季停工', revisedBy: { id: `Staff:${service.staffId}` } }] });
    expect(await due(completion.id)).toEqual([{ due_on: '2027-03-31', done_on: null, title: '竣工' }]);
    const stale = await revise({ reason: '再次' });
    expect([codes(stale), stale.milestone.version]).toEqual([[['CONFLICT', 'expectedVersion']], 2]);
    await expect(owner(`update works_revision set reason = 'x' where works_id = $1`, local(completion.id))).rejects.toThrow(/append-only/);
  });

  it('are overdue from the day after, and reached late by so many days', async () => {
    const id = await handed();
    const main = await planned(id, 'MAIN_STRUCTURE', '2026-06-05');
    const late = await planned(id, 'EQUIPMENT', '2026-06-15');
    const LIST = 'query($filter: WorksMilestoneFilter) { worksMilestones(filter: $filter) { totalCount nodes { code overdue daysLate dueOn } } }';
    const list = async (filter: object, who: Actor = desk.leader) => (await desk.api.gql(who, LIST, { filter: { projectId: id, ...filter } })).data.worksMilestones;
    expect(await list({ overdue: true })).toEqual({ totalCount: 1, nodes: [{ code: 'MAIN_STRUCTURE', overdue: true, daysLate: 10, dueOn: '2026-06-05' }] });
    expect((await list({ open: true, dueFrom: '2026-06-15', dueTo: '2026-07-15' })).nodes.map((n: { code: string }) => n.code)).toEqual(['EQUIPMENT']);
    const done = await reach(id, { expectedVersion: main.version, reachedOn: '2026-06-08', note: '封顶' });
    expect([codes(done), done.proposal, done.milestone]).toEqual([[], null, expect.objectContaining({ reachedOn: '2026-06-08', daysLate: 3, overdue: false, note: '封顶', version: 2 })]);
    expect(await due(main.id)).toEqual([{ due_on: '2026-06-05', done_on: '2026-06-08', title: '主体完工' }]);
    expect((await list({ overdue: true })).totalCount).toBe(0);
    expect((await list({ reachedFrom: '2026-06-08', reachedTo: '2026-06-08' })).totalCount).toBe(1);
    expect((await list({ departmentIds: [`Department:${desk.zone.departments.bureau}`] })).totalCount).toBe(2);
    expect((await list({ departmentIds: [`Department:${desk.zone.departments.otherBureau}`] })).totalCount).toBe(0);
    expect([(await list({}, desk.recruiter)).totalCount, (await list({}, desk.zone.stranger)).totalCount]).toEqual([2, 0]);
    expect(codes(await reach(id, { expectedVersion: 2 }))).toEqual([['WORKS_REACHED', 'code']]);
    expect(codes(await reach(id, { code: 'EQUIPMENT', expectedVersion: late.version, reachedOn: '2026-06-16' }))).toEqual([['DATE_IN_FUTURE', 'reachedOn']]);
  });

  it('speak for a stage through its own gate: what is missing is told, and with photos of the site it is asked for', async () => {
    const id = await handed();
    const bare = await reach(id, { code: 'GROUND_BREAKING' });
    expect([codes(bare), bare.proposal.outcome, bare.proposal.toStage, bare.proposal.missing.map((m: { item: string }) => m.item)]).toEqual([[], 'GATE_MISSES', 'STARTED', ['startProof']]);
    expect(bare.milestone.project.stage).toBe('LANDED');
    const voided = await desk.act(service, 'worksVoid', { milestoneId: bare.milestone.id, expectedVersion: 1, reason: '补照片' }, `milestone { ${MILESTONE} }`);
    expect([codes(voided), voided.milestone.voidReason]).toEqual([[], '补照片']);
    const file = await photo();
    const done = await reach(id, { code: 'GROUND_BREAKING', fileIds: [file] });
    expect([done.proposal, done.milestone.files]).toEqual([{ toStage: 'STARTED', outcome: 'WAITING', missing: [] }, [{ id: file, name: '现场照片.webp', mediaType: 'image/webp' }]]);
    // Whoever sees the project sees its photos; nobody else.
    const status = async (who: Actor) => (await desk.api.request(who, `/files/${file}`)).status;
    expect([await status(desk.recruiter), await status(desk.leader), await status(desk.zone.stranger), await status(desk.other.as.LEADER)]).toEqual([200, 200, 404, 404]);
    expect(codes(await desk.act(service, 'worksVoid', { milestoneId: done.milestone.id, expectedVersion: 1, reason: '误录' }))).toEqual([['APPROVAL_WAITING', 'milestoneId']]);
    const { waitingRequest } = await desk.see(desk.leader, id, 'waitingRequest { id toStage eventOn requestedBy { id } }');
    expect(waitingRequest).toMatchObject({ toStage: 'STARTED', eventOn: '2026-06-10', requestedBy: { id: `Staff:${service.staffId}` } });
    expect(codes(await desk.act(desk.groupLeader, 'stageApprove', { requestId: waitingRequest.id, expectedVersion: await desk.version(id), approve: true }))).toEqual([]);
    expect(await desk.see(desk.leader, id, 'stage milestones { kind eventOn } works { milestones { code reachedOn } }')).toMatchObject({ stage: 'STARTED', works: { milestones: [{ code: 'GROUND_BREAKING', reachedOn: '2026-06-10' }] } });
    expect(codes(await desk.act(service, 'worksVoid', { milestoneId: done.milestone.id, expectedVersion: 1, reason: '误录' }))).toEqual([['WORKS_BY_STAGE', 'milestoneId']]);
  });

  it('are reached by an approved stage, and not reached any more once that is taken back; the plan goes on', async () => {
    const id = await handed();
    const first = await planned(id, 'GROUND_BREAKING', '2026-07-01');
    await desk.act(service, 'evidenceAdd', { projectId: id, item: 'constructionPermit', fileId: await desk.upload(service, '施工许可证') });
    const asked = await desk.act(service, 'stageRequest', { projectId: id, expectedVersion: await desk.version(id), toStage: 'STARTED', eventOn: '2026-06-12' }, 'request { id }');
    expect(codes(await desk.act(desk.groupLeader, 'stageApprove', { requestId: asked.request.id, expectedVersion: await desk.version(id), approve: true }))).toEqual([]);
    const works = () => desk.see(desk.leader, id, 'works { milestones { id code plannedOn reachedOn byStage } }');
    expect((await works()).works.milestones).toEqual([{ id: first.id, code: 'GROUND_BREAKING', plannedOn: '2026-07-01', reachedOn: '2026-06-12', byStage: true }]);
    expect(await due(first.id)).toEqual([{ due_on: '2026-07-01', done_on: '2026-06-12', title: '开工' }]);
    expect(codes(await desk.act(desk.manager, 'stageUndo', { projectId: id, expectedVersion: await desk.version(id), reason: '误批' }))).toEqual([]);
    expect((await works()).works.milestones).toEqual([{ id: first.id, code: 'GROUND_BREAKING', plannedOn: '2026-07-01', reachedOn: null, byStage: false }]);
    expect(await due(first.id)).toEqual([{ due_on: '2026-07-01', done_on: null, title: '开工' }]);
  });

  it('go on as planned when what was reached is voided; nothing is erased', async () => {
    const id = await handed();
    const main = await planned(id);
    const done = await reach(id, { expectedVersion: 1 });
    const voided = await desk.act(service, 'worksVoid', { milestoneId: main.id, expectedVersion: done.milestone.version, reason: '误录' }, `milestone { ${MILESTONE} }`);
    expect(voided.milestone).toMatchObject({ version: 1, plannedOn: '2026-09-30', reachedOn: null });
    expect(voided.milestone.id).not.toBe(main.id);
    const { data } = await desk.api.gql(desk.leader, 'query($id: ID!) { worksMilestones(filter: { projectId: $id, withVoided: true }) { nodes { reachedOn voidReason } } }', { id });
    expect(data.worksMilestones.nodes).toEqual(expect.arrayContaining([{ reachedOn: '2026-06-10', voidReason: '误录' }, { reachedOn: null, voidReason: null }]));
    expect([await due(main.id), (await due(voided.milestone.id)).length]).toEqual([[], 1]);
    expect(codes(await desk.act(service, 'worksVoid', { milestoneId: main.id, expectedVersion: 3, reason: '再次' }))).toEqual([['WORKS_VOIDED', 'milestoneId']]);
    const audited = (await owner(`select operation from audit_entry where entity = 'works_milestone' and entity_id = $1 order by id`, local(main.id))).rows.map((r) => r.operation);
    expect(audited).toEqual(['INSERT', 'UPDATE', 'UPDATE']);
  });

  it('need a photo where the zone says so, and only files of one\'s own', async () => {
    const id = await handed();
    await desk.policy('works', { milestones: POLICIES.works.usual.milestones.map((m) => ({ ...m, evidenceRequired: m.code === 'EQUIPMENT' })) });
    expect(codes(await reach(id, { code: 'EQUIPMENT' }))).toEqual([['WORKS_EVIDENCE_REQUIRED', 'fileIds']]);
    expect(codes(await reach(id, { code: 'EQUIPMENT', fileIds: [await desk.upload(desk.manager, '别人的')] }))).toEqual([['UNKNOWN_REFERENCE', 'fileIds.0']]);
    expect(codes(await reach(id, { code: 'EQUIPMENT', fileIds: [await photo()] }))).toEqual([]);
  });

  it('let one of two at once through, answer the same key alike, and are only for whom they are open', async () => {
    const id = await handed();
    const other = await desk.zone.hire('SERVICE', 'service');
    const both = await Promise.all([reach(id, {}), reach(id, { reachedOn: '2026-06-11' }, other)]);
    expect(both.map((b) => codes(b).map((c) => c[0])).sort()).toEqual([[], ['CONFLICT']]);
    const key = { code: 'EQUIPMENT', idempotencyKey: 'e-1' };
    expect((await reach(id, key)).milestone).toEqual((await reach(id, key)).milestone);
    const input = { projectId: id, code: 'PRODUCTION', expectedVersion: 0, reachedOn: '2026-06-10' };
    expect([await desk.refused(desk.recruiter, 'worksReach', input), await desk.refused(desk.leader, 'worksReach', input)]).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    expect(await desk.refused(service, 'worksReach', { ...input, projectId: await desk.project() })).toBe('NOT_FOUND');
    const resting = await handed();
    await owner(`update project set status = 'SUSPENDED' where id = $1`, local(resting));
    expect(codes(await reach(resting, {}))).toEqual([['STATUS_NOT_ACTIVE', null]]);
    const NODE = 'query($id: ID!) { node(id: $id) { id ... on WorksMilestone { code } } }';
    const mine = both.find((b) => b.milestone && codes(b).length === 0)!.milestone.id;
    expect((await desk.api.gql(desk.recruiter, NODE, { id: mine })).data.node.code).toBe('MAIN_STRUCTURE');
    for (const who of [desk.zone.stranger, desk.zone.as.AGENT, desk.other.as.LEADER]) expect((await desk.api.gql(who, NODE, { id: mine })).errors[0].extensions.code).toBe('NOT_FOUND');
    await owner(`update project set owner_id = $2 where id = $1`, local(id), desk.zone.as.AGENT.staffId);
    expect(await desk.see(desk.zone.as.AGENT, id, 'works { suspended }')).toEqual({ works: null });
  });
});

describe('the milestones of the books', () => {
  it('know the usual codes of the rule, and those of a zone with a rule of its own', async () => {
    const codesOf = async (zone: string) => (await owner('select kind, code, zh, en, place from works_codes($1)', zone)).rows;
    const usual = POLICIES.works.usual.milestones.flatMap((m, i) => (m.reachedWith ? [{ kind: m.reachedWith, code: m.code, zh: m.zh, en: m.en, place: i + 1 }] : []));
    expect(await codesOf('00000000-0000-7000-8000-000000000000')).toEqual(usual);
    await owner(`update zone_policy set value = jsonb_set(value, '{milestones}', '[{"code":"DIG","zh":"动土","en":"Digging","reachedWith":"STARTED"}]') where zone_id = $1 and name = 'works'`, desk.other.id);
    expect(await codesOf(desk.other.id)).toEqual([{ kind: 'STARTED', code: 'DIG', zh: '动土', en: 'Digging', place: 1 }]);
  });
});

describe('works that stop and go on', () => {
  const suspend = (id: string, input: object = {}, who = service) => desk.act(who, 'worksSuspend', { projectId: id, suspendedOn: '2026-04-01', reason: '资金未到位', ...input }, PAUSE);
  const resume = (pause: { id: string; version: number }, input: object = {}) => desk.act(service, 'worksResume', { pauseId: pause.id, expectedVersion: pause.version, resumedOn: '2026-05-01', ...input }, PAUSE);

  it('are on record as often as it happens, and never overlap', async () => {
    const id = await handed({ stage: 'STARTED' });
    const first = await suspend(id, { expectedOn: '2026-05-15' });
    expect([codes(first), first.pause]).toEqual([[], expect.objectContaining({ suspendedOn: '2026-04-01', expectedOn: '2026-05-15', resumedOn: null, open: true, overdue: true })]);
    expect(await desk.see(desk.leader, id, 'works { suspended }')).toEqual({ works: { suspended: true } });
    expect(codes(await suspend(id, { suspendedOn: '2026-06-01' }))).toEqual([['WORKS_PAUSED', 'suspendedOn']]);
    expect(codes(await desk.act(service, 'worksResumptionRecord', { projectId: id, resumedOn: '2026-06-01' }))).toEqual([['WORKS_PAUSED', 'resumedOn']]);
    expect(codes(await resume(first.pause, { resumedOn: '2026-03-01' }))).toEqual([['DATE_ORDER', 'resumedOn']]);
    expect(codes(await resume(first.pause, { resumedOn: '2026-06-16' }))).toEqual([['DATE_IN_FUTURE', 'resumedOn']]);
    const on = await resume(first.pause, { note: '资金到位' });
    expect(on.pause).toMatchObject({ resumedOn: '2026-05-01', note: '资金到位', open: false, version: 2 });
    expect(codes(await resume(on.pause))).toEqual([['WORKS_RESUMED', 'pauseId']]);
    expect(codes(await desk.act(service, 'worksResumptionRecord', { projectId: id, resumedOn: '2026-02-20', note: '春季复工' }))).toEqual([]);
    expect(codes(await suspend(id, { suspendedOn: '2026-06-01', reason: '雨季' }))).toEqual([]);
    const { works } = await desk.see(desk.leader, id, 'works { pauses { suspendedOn resumedOn } }');
    expect(works.pauses).toEqual([{ suspendedOn: null, resumedOn: '2026-02-20' }, { suspendedOn: '2026-04-01', resumedOn: '2026-05-01' }, { suspendedOn: '2026-06-01', resumedOn: null }]);
    // Past the API the database refuses too.
    await expect(owner(`insert into works_pause (zone_id, project_id, suspended_on, resumed_on, reason) values ($1, $2, '2026-04-20', '2026-05-20', 'x')`, desk.zone.id, local(id))).rejects.toThrow(/works_pause_overlap/);
    await expect(owner(`insert into works_pause (zone_id, project_id, suspended_on, resumed_on, reason) values ($1, $2, '2026-01-20', '2026-01-10', 'x')`, desk.zone.id, local(id))).rejects.toThrow(/works_pause/);
    expect((await desk.api.gql(desk.leader, 'query($id: ID!) { worksPauses(filter: { projectId: $id, open: true }) { totalCount } }', { id })).data.worksPauses.totalCount).toBe(1);
  });

  it('need works that have begun, a reason and a day that has come', async () => {
    const id = await handed();
    expect(codes(await suspend(id))).toEqual([['WORKS_NOT_STARTED', 'projectId']]);
    await reach(id, { code: 'GROUND_BREAKING', reachedOn: '2026-03-01' });
    expect(codes(await suspend(id, { reason: ' ' }))).toEqual([['REASON_REQUIRED', 'reason']]);
    expect(codes(await suspend(id, { suspendedOn: '2026-06-16' }))).toEqual([['DATE_IN_FUTURE', 'suspendedOn']]);
    expect(codes(await suspend(id, { expectedOn: '2026-03-01' }))).toEqual([['DATE_ORDER', 'expectedOn']]);
    expect(await desk.refused(desk.recruiter, 'worksSuspend', { projectId: id, suspendedOn: '2026-04-01', reason: 'x' })).toBe('FORBIDDEN');
    const both = await Promise.all([suspend(id), suspend(id, { suspendedOn: '2026-04-02' }, await desk.zone.hire('SERVICE', 'service'))]);
    expect(both.map((b) => codes(b).map((c) => c[0])).sort()).toEqual([[], ['WORKS_PAUSED']]);
  });

  it('are voided with a reason, and free the days again', async () => {
    const id = await handed({ stage: 'STARTED' });
    const { pause } = await suspend(id);
    const wrong = await desk.act(service, 'worksPauseVoid', { pauseId: pause.id, expectedVersion: 1, reason: '误录' }, PAUSE);
    expect(wrong.pause).toMatchObject({ voidReason: '误录', open: false });
    expect(codes(await desk.act(service, 'worksPauseVoid', { pauseId: pause.id, expectedVersion: 2, reason: '误录' }))).toEqual([['WORKS_VOIDED', 'pauseId']]);
    expect(codes(await suspend(id))).toEqual([]);
  });
});

describe('the plan of starts', () => {
  const add = (projectIds: string[], input: object = {}, who = service) => desk.act(who, 'startPlanAdd', { projectIds, year: 2026, ...input }, 'startPlans { id version year kind month project { id } listedBy { id } }');

  it('lists projects of a year once each, all or none, and gives them up with a reason', async () => {
    const [a, b] = [await handed(), await handed()];
    const done = await add([a, b], { kind: 'NEW_START', month: 9 });
    expect([codes(done), done.startPlans.map((s: { project: { id: string } }) => s.project.id).sort()]).toEqual([[], [a, b].sort()]);
    expect(done.startPlans[0]).toMatchObject({ year: 2026, kind: 'NEW_START', month: 9, listedBy: { id: `Staff:${service.staffId}` } });
    const third = await handed();
    expect(codes(await add([third, a]))).toEqual([['START_PLAN_LISTED', 'projectIds']]);
    expect(codes(await add([third], { year: 1999 }))).toEqual([['INVALID', 'year']]);
    expect(codes(await add([a], { year: 2027, kind: 'RESUME' }))).toEqual([]);
    const LIST = 'query($filter: StartPlanFilter) { startPlans(filter: $filter) { totalCount nodes { id removeReason } } }';
    const count = async (filter: object, who: Actor = desk.leader) => (await desk.api.gql(who, LIST, { filter })).data.startPlans.totalCount;
    expect([await count({ years: [2026] }), await count({ years: [2026, 2027] }), await count({ kinds: ['RESUME'] }), await count({ years: [2026] }, desk.zone.stranger)]).toEqual([2, 3, 1, 0]);
    const place = done.startPlans.find((s: { project: { id: string } }) => s.project.id === a);
    const remove = (input: object) => desk.act(service, 'startPlanRemove', { startPlanId: place.id, expectedVersion: 1, ...input }, 'startPlans { removeReason }');
    expect(codes(await remove({}))).toEqual([['REASON_REQUIRED', 'reason']]);
    expect((await remove({ reason: '土地未落实' })).startPlans).toEqual([{ removeReason: '土地未落实' }]);
    expect(codes(await remove({ reason: '再次', expectedVersion: 2 }))).toEqual([['START_PLAN_REMOVED', 'startPlanId']]);
    expect([await count({ years: [2026] }), await count({ years: [2026], withRemoved: true })]).toEqual([1, 2]);
    expect(await desk.refused(desk.manager, 'startPlanAdd', { projectIds: [a], year: 2026 })).toBe('FORBIDDEN');
    expect(await desk.refused(service, 'startPlanAdd', { projectIds: [await desk.project()], year: 2026 })).toBe('NOT_FOUND');
    const both = await Promise.all([add([third]), add([third], {}, await desk.zone.hire('SERVICE', 'service'))]);
    expect(both.map((x) => codes(x).map((c) => c[0])).sort()).toEqual([[], ['START_PLAN_LISTED']]);
  });
});
