import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { installDefaults } from '@yinfeng/directory';
import { type Actor, systemActor } from '@yinfeng/platform';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let t: TestDatabase;
let api: TestApi;
let zone: TestZone;
let lead: { id: string; version: number };
let recruiter: Actor;
let manager: Actor;
let service: Actor;

beforeAll(async () => {
  t = await testDatabase();
  api = await testApi(t);
  zone = await makeZone(t.owner);
  await t.db.tx(systemActor(zone.id, 'test'), (tx) => installDefaults(tx, zone.id));
  recruiter = zone.as.RECRUITER;
  manager = zone.as.MANAGER;
  service = zone.as.SERVICE;
});
afterAll(async () => {
  await api.stop();
  await t.stop();
});

const REPORT = `mutation($input: LeadReportInput!) { act: leadReport(input: $input) { project { id version stage code totalInvestment { amount currency raw approximate } owner { name } } receipt { number reportedAt digest } duplicates { level reasons reportedBy askPerson project { name } } userErrors { code path message } } }`;
const JUDGE = `mutation($input: LeadJudgeInput!) { act: leadJudge(input: $input) { project { id version stage } userErrors { code path } } }`;
const VISIT = `mutation($input: VisitLogInput!) { act: visitLog(input: $input) { visit { id project { visitCount nextFollowUpAt version } } userErrors { code path } } }`;
const REQUEST = `mutation($input: StageRequestInput!) { act: stageRequest(input: $input) { outcome project { id version stage } request { id state } userErrors { code path } } }`;
const APPROVE = `mutation($input: StageApproveInput!) { act: stageApprove(input: $input) { project { id version stage } userErrors { code } } }`;
const SIGN = `mutation($input: SigningRecordInput!) { act: signingRecord(input: $input) { signing { id evidence { item fileName } } project { id version } userErrors { code path } } }`;
const EVIDENCE = `mutation($input: EvidenceAddInput!) { act: evidenceAdd(input: $input) { project { id version } userErrors { code } } }`;
const EDIT = `mutation($input: ProjectEditInput!) { act: projectEdit(input: $input) { project { id version site } userErrors { code path } } }`;
const STATE = `query($id: ID!) { project(id: $id) { version stage nextStages { stage } gate(stage: STARTED) { item met } handoff { state attempt } milestones { kind countingOn } timeline(first: 50) { nodes { kind actorName text } } } }`;
const act = async (who: Actor, mutation: string, input: object) => (await api.gql(who, mutation, { input })).data.act;
const codes = (answer: { userErrors: { code: string; path: string[] | null }[] }) => answer.userErrors.map((e) => [e.code, e.path?.join('.') ?? null]);
const errorCode = async (who: Actor, mutation: string, input: object) => (await api.gql(who, mutation, { input })).errors[0].extensions.code;
const version = async () => (await api.gql(recruiter, 'query($id: ID!) { project(id: $id) { version } }', { id: lead.id })).data.project.version as number;

async function upload(who: Actor, name: string): Promise<string> {
  const form = new FormData();
  form.set('file', new Blob([`%PDF-1.4\n${name}\n%%EOF\n`], { type: 'application/pdf' }), `${name}.pdf`);
  const answer = await api.request(who, '/files', { method: 'POST', body: form });
  return ((await answer.json()) as { id: string }).id;
}

/** Asks for a stage as the recruiter and approves as the manager. */
async function enter(toStage: string): Promise<void> {
  const asked = await act(recruiter, REQUEST, { projectId: lead.id, expectedVersion: await version(), toStage, eventOn: '2026-06-12' });
  expect(asked).toMatchObject({ outcome: 'WAITING', userErrors: [] });
  expect(await act(manager, APPROVE, { requestId: asked.request.id, expectedVersion: await version() })).toMatchObject({ project: { stage: toStage }, userErrors: [] });
}

describe('one project, from the first report to the start of construction', () => {
  const report = {
    idempotencyKey: 'story-1', name: '航天信息产业园项目', content: '建设卫星载荷生产线', enterprise: { name: '长春某航天信息有限公司' }, contact: { name: '周总', phones: ['138-0000-1234'] },
    totalInvestment: { raw: '约3.5亿元' }, fixedInvestment: { raw: '2亿元' }, industryCode: 'C374', source: '展会', nextFollowUpOn: '2026-06-22',
  };

  it('reports a lead with a receipt, once per key', async () => {
    const answer = await act(recruiter, REPORT, report);
    expect(answer).toMatchObject({ project: { stage: 'LEAD', totalInvestment: { amount: '350000000', currency: 'CNY', raw: '约3.5亿元', approximate: true } }, duplicates: [], userErrors: [] });
    expect(answer.receipt.number).toBe(`SB-${zone.code}-2026-0001`);
    expect(answer.receipt.digest).toMatch(/^[0-9a-f]{64}$/);
    lead = answer.project;
    const again = await act(recruiter, REPORT, report);
    expect(again.project.id).toBe(lead.id);
    expect(again.receipt).toEqual(answer.receipt);
    expect(await errorCode(recruiter, REPORT, { ...report, name: '另一个项目' })).toBe('CONFLICT');
    expect((await t.owner.query('select count(*)::int as n from project')).rows[0].n).toBe(1);
  });

  it('blocks the same firm reported by another unit, telling whom to ask and nothing of the deal', async () => {
    const answer = await act(zone.stranger, REPORT, { name: '航天信息产业园 项目', enterprise: { name: '长春某航天信息有限公司' } });
    expect(codes(answer)).toEqual([['DUPLICATE_BLOCKED', 'name']]);
    expect(answer.project).toBeNull();
    expect(answer.duplicates).toEqual([expect.objectContaining({ level: 'L1', reportedBy: '招商一局一组', project: null })]);
    const two = await Promise.all([1, 2].map((n) => act(n === 1 ? recruiter : zone.stranger, REPORT, { name: '同时上报的项目', enterprise: { name: '北京同时科技有限公司' } })));
    expect(two.map((a) => a.userErrors.length).sort()).toEqual([0, 1]);
  });

  it('refuses unreadable and suspect amounts, changing nothing', async () => {
    const input = { name: '金额不清的项目', enterprise: { name: '某某公司' } };
    expect(codes(await act(recruiter, REPORT, { ...input, totalInvestment: { raw: '3.5' } }))).toEqual([['AMOUNT_UNREADABLE', 'totalInvestment']]);
    expect(codes(await act(recruiter, REPORT, { ...input, totalInvestment: { raw: '6000亿元' } }))).toEqual([['AMOUNT_UNIT_SUSPECT', 'totalInvestment']]);
    expect((await t.owner.query(`select count(*)::int as n from project where name = $1`, [input.name])).rows[0].n).toBe(0);
  });

  it('is judged into reserve by who may, on the version that was seen', async () => {
    const input = { projectId: lead.id, expectedVersion: 1, accept: true };
    expect(await errorCode(recruiter, JUDGE, input)).toBe('FORBIDDEN');
    expect(await act(manager, JUDGE, { ...input, expectedVersion: 9 })).toMatchObject({ project: { id: lead.id, version: 1, stage: 'LEAD' }, userErrors: [{ code: 'CONFLICT' }] });
    expect(await act(manager, JUDGE, input)).toMatchObject({ project: { stage: 'RESERVE', version: 2 }, userErrors: [] });
  });

  it('logs a visit with the next follow-up; a phone that sends twice is counted once', async () => {
    const id = '0197f000-0000-7000-8000-00000000abcd';
    const input = { id, projectId: lead.id, direction: 'OUTBOUND', visitedOn: '2026-06-12', content: '考察生产线', nextStep: '看地块', nextFollowUpOn: '2026-06-24' };
    const twice = await Promise.all([act(recruiter, VISIT, input), act(recruiter, VISIT, input)]);
    for (const answer of twice) expect(answer).toMatchObject({ visit: { id: `Visit:${id}`, project: { visitCount: 1, nextFollowUpAt: '2026-06-24' } }, userErrors: [] });
    expect(codes(await act(recruiter, VISIT, { ...input, id: undefined, visitedOn: '2026-06-16' }))).toEqual([['DATE_IN_FUTURE', 'visitedOn']]);
    expect(await errorCode(zone.stranger, VISIT, { ...input, id: undefined })).toBe('NOT_FOUND');
    expect((await t.owner.query(`select due_on::text from reminder where kind = 'FOLLOW_UP' and state = 'PLANNED' and recipient_id = $1`, [recruiter.staffId])).rows).toEqual([{ due_on: '2026-06-24' }]);
  });

  it('does not jump a stage, and names each item that the gate misses', async () => {
    expect(codes(await act(recruiter, REQUEST, { projectId: lead.id, expectedVersion: 2, toStage: 'SIGNED' }))).toEqual([['STAGE_JUMP', 'toStage']]);
    expect(await act(recruiter, REQUEST, { projectId: lead.id, expectedVersion: 2, toStage: 'NEGOTIATING' })).toMatchObject({ outcome: 'MOVED', project: { stage: 'NEGOTIATING' }, userErrors: [] });
    expect(codes(await act(recruiter, REQUEST, { projectId: lead.id, expectedVersion: await version(), toStage: 'SIGNED' }))).toEqual([
      ['GATE_ITEM_MISSING', 'signing'], ['GATE_ITEM_MISSING', 'agreement'], ['GATE_ITEM_MISSING', 'signingParty'],
    ]);
  });

  it('records the signing with its scan; another person approves, and only one of two who do', async () => {
    const file = await upload(recruiter, '投资协议');
    const signing = { projectId: lead.id, kind: 'CONTRACT', signedOn: '2026-06-12', partyName: '长春某航天信息有限公司', agreementFileIds: [file] };
    expect(await errorCode(zone.colleague, SIGN, { ...signing, agreementFileIds: [] })).toBe('NOT_FOUND');
    expect(await act(recruiter, SIGN, signing)).toMatchObject({ signing: { evidence: [{ item: 'agreement', fileName: '投资协议.pdf' }] }, userErrors: [] });
    const ownRequest = await act(manager, REQUEST, { projectId: lead.id, expectedVersion: await version(), toStage: 'SIGNED' });
    expect(codes(await act(manager, APPROVE, { requestId: ownRequest.request.id, expectedVersion: await version() }).then((a) => ({ userErrors: a.userErrors.map((e: { code: string }) => ({ ...e, path: null })) })))).toEqual([['SECOND_PERSON', null]]);
    const leader = await zone.hire('GROUP_LEADER', 'group');
    const input = { requestId: ownRequest.request.id, expectedVersion: await version() };
    const both = await Promise.all([act(leader, APPROVE, input), act(zone.as.LEADER, APPROVE, input)]);
    expect(both.map((a) => a.userErrors[0]?.code ?? 'DONE').sort()).toEqual(['ALREADY_DECIDED', 'DONE']);
  });

  it('is handed off, returned with a reason, handed off again and accepted', async () => {
    const submit = { projectId: lead.id, toDepartmentId: `Department:${zone.departments.service}` };
    const SUBMIT = 'mutation($input: HandoffSubmitInput!) { act: handoffSubmit(input: $input) { handoff { id version attempt } userErrors { code } } }';
    const RETURN = 'mutation($input: HandoffReturnInput!) { act: handoffReturn(input: $input) { handoff { id state returnReason } userErrors { code } } }';
    const ACCEPT = 'mutation($input: HandoffAcceptInput!) { act: handoffAccept(input: $input) { handoff { state attempt } userErrors { code } } }';
    const first = (await act(recruiter, SUBMIT, submit)).handoff;
    expect(codes(await act(service, RETURN, { handoffId: first.id, expectedVersion: first.version, reason: ' ' }).then((a) => ({ userErrors: a.userErrors.map((e: { code: string }) => ({ ...e, path: null })) })))).toEqual([['REASON_REQUIRED', null]]);
    expect(await act(service, RETURN, { handoffId: first.id, expectedVersion: first.version, reason: '缺用地资料' })).toMatchObject({ handoff: { state: 'RETURNED', returnReason: '缺用地资料' }, userErrors: [] });
    const second = (await act(recruiter, SUBMIT, submit)).handoff;
    expect(await act(service, ACCEPT, { handoffId: second.id, expectedVersion: second.version })).toMatchObject({ handoff: { state: 'ACCEPTED', attempt: 2 }, userErrors: [] });
  });

  it('lands and starts once licence, site and proof are there; its timeline tells the story', async () => {
    await act(service, EVIDENCE, { projectId: lead.id, item: 'businessLicence', fileId: await upload(service, '营业执照') });
    expect(await act(service, EDIT, { projectId: lead.id, expectedVersion: await version(), site: '北湖区一号地块' })).toMatchObject({ project: { site: '北湖区一号地块' }, userErrors: [] });
    await enter('LANDED');
    await act(service, EVIDENCE, { projectId: lead.id, item: 'startProof', fileId: await upload(service, '开工报告') });
    await enter('STARTED');
    const { data } = await api.gql(recruiter, STATE, { id: lead.id });
    expect(data.project).toMatchObject({ stage: 'STARTED', nextStages: [{ stage: 'PRODUCING' }], handoff: { state: 'ACCEPTED', attempt: 2 } });
    expect(data.project.gate.filter((i: { met: boolean }) => i.met).map((i: { item: string }) => i.item)).toEqual(['handoffAccepted', 'startProof']);
    expect(data.project.milestones.map((m: { kind: string }) => m.kind)).toEqual(['REPORTED', 'RESERVED', 'NEGOTIATED', 'SIGNED', 'LANDED', 'STARTED']);
    const kinds = data.project.timeline.nodes.map((n: { kind: string }) => n.kind);
    expect(kinds).toEqual(expect.arrayContaining(['REPORTED', 'VISIT', 'SIGNING', 'REQUESTED', 'DECIDED', 'HANDED_OFF', 'HANDOFF_RETURNED', 'HANDOFF_ACCEPTED', 'EVIDENCE', 'STAGE']));
    expect(data.project.timeline.nodes.find((n: { kind: string }) => n.kind === 'HANDOFF_RETURNED').text).toBe('缺用地资料');
    const figures = (await api.gql(manager, '{ pipeline { stages { stage count } } pipelineFlow(from: "2026-06-01", to: "2026-06-30") { signed { count totalInvestment projects { nodes { id } } } started { count } } }')).data;
    expect(figures.pipeline.stages.find((s: { stage: string }) => s.stage === 'STARTED').count).toBe(1);
    expect(figures.pipelineFlow).toMatchObject({ signed: { count: 1, totalInvestment: '350000000', projects: { nodes: [{ id: lead.id }] } }, started: { count: 1 } });
  });

  it('leaves books that verify: every write in the audit, one movement for each move', async () => {
    await t.owner.query('select audit_seal()');
    expect((await t.owner.query('select * from audit_verify()')).rows).toEqual([]);
    const { rows } = await t.owner.query(`select stage, sum(delta)::int as n from pipeline_movement where project_id = $1 group by 1 order by 1`, [lead.id.split(':')[1]]);
    expect(rows).toEqual([{ stage: 'LEAD', n: 0 }, { stage: 'RESERVE', n: 0 }, { stage: 'NEGOTIATING', n: 0 }, { stage: 'SIGNED', n: 0 }, { stage: 'LANDED', n: 0 }, { stage: 'STARTED', n: 1 }]);
  });
});
