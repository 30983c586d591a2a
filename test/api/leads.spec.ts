import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { installDefaults } from '@yinfeng/directory';
import { type Actor, Database, systemActor } from '@yinfeng/platform';
import { IdleService } from '@yinfeng/reminders';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let t: TestDatabase;
let api: TestApi;
let zone: TestZone;
let recruiter: Actor;
let manager: Actor;
let leader: Actor;

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
  zone = await makeZone(t.owner);
  await t.db.tx(systemActor(zone.id, 'test'), (tx) => installDefaults(tx, zone.id));
  recruiter = zone.as.RECRUITER;
  manager = zone.as.MANAGER;
  leader = zone.as.GROUP_LEADER;
  at('2026-06-15T10:00:00+08:00');
});

/** 15 June 2026 is a Monday; Friday the 19th is the Dragon Boat holiday. */
const at = (instant: string) => { t.clock.pin(new Date(instant)); api.clock.pin(new Date(instant)); };
const CLOCK = '{ dueOn doneAt by state note }';
const LEAD = `id version code owner { id name } triage { respond ${CLOCK} assess ${CLOCK} answer ${CLOCK} report ${CLOCK} answerMethod answeredOn answerNote } completeness { score valid missing { item label } }`;
const ERRORS = 'userErrors { code path message }';
const REPORT = `mutation($input: LeadReportInput!) { act: leadReport(input: $input) { project { ${LEAD} channel firstReport { source referrer } introducer { kind name phone publicServant filedInTime rewardEligible filedBy { name } } } completeness { score } ${ERRORS} } }`;
const ASSIGN = `mutation($input: LeadAssignInput!) { act: leadAssign(input: $input) { project { ${LEAD} } ${ERRORS} } }`;
const ANSWER = `mutation($input: LeadAnswerInput!) { act: leadAnswer(input: $input) { project { ${LEAD} } ${ERRORS} } }`;
const JUDGE = `mutation($input: LeadJudgeInput!) { act: leadJudge(input: $input) { project { ${LEAD} } ${ERRORS} } }`;
const EDIT = `mutation($input: ProjectEditInput!) { act: projectEdit(input: $input) { project { ${LEAD} triageDueOn energyNeed taxEstimate timing } ${ERRORS} } }`;
const FILE = `mutation($input: LeadReferrerFileInput!) { act: leadReferrerFile(input: $input) { project { id introducer { name phone filedInTime rewardEligible } } ${ERRORS} } }`;
const act = async (who: Actor, mutation: string, input: object) => (await api.gql(who, mutation, { input })).data.act;
const program = async (who: Actor, mutation: string, input: object) => (await api.gql(who, mutation, { input })).errors?.[0]?.extensions.code;
const errors = (answer: { userErrors: { code: string; path: string[] | null }[] }) => answer.userErrors.map((e) => [e.code, e.path?.join('.') ?? null]);
const report = async (input: object = {}, who = recruiter) => (await act(who, REPORT, { name: '光电产业园项目', ...input })).project;
const read = async (id: string, who = recruiter) => (await api.gql(who, `query($id: ID!) { project(id: $id) { ${LEAD} } }`, { id })).data.project;
const states = (lead: { triage: Record<string, { state: string } | null> }) => ['respond', 'assess', 'answer', 'report'].map((k) => lead.triage[k]?.state ?? null);
const dues = (lead: { triage: Record<string, { dueOn: string } | null> }) => ['respond', 'assess', 'answer', 'report'].map((k) => lead.triage[k]?.dueOn ?? null);
/** Sets a rule of the zone as its security administrator, from a day on. */
async function setPolicy(name: string, value: object, validFrom: string) {
  const { data } = await api.gql(zone.as.SECURITY_ADMIN, '{ policies { policies { name version } } }');
  const version = data.policies.policies.find((p: { name: string }) => p.name === name).version;
  const answer = await api.gql(zone.as.SECURITY_ADMIN, 'mutation($input: PolicySetInput!) { policySet(input: $input) { userErrors { code path message } } }', { input: { name, value, validFrom, expectedVersion: version } });
  expect(answer.data.policySet.userErrors).toEqual([]);
}

describe('the clocks of a lead', () => {
  it('run in working days over the holiday, and are met in time or late', async () => {
    const lead = await report();
    // Tuesday; three days to Thursday; five over the holiday and the week-end to Tuesday; ten to the Tuesday after.
    expect(dues(lead)).toEqual(['2026-06-16', '2026-06-18', '2026-06-23', '2026-06-30']);
    expect(states(lead)).toEqual(['RUNNING', 'RUNNING', 'RUNNING', 'RUNNING']);
    at('2026-06-16T23:59:00+08:00');
    const assigned = await act(leader, ASSIGN, { projectId: lead.id, expectedVersion: 1, assigneeId: `Staff:${recruiter.staffId}` });
    expect(assigned).toMatchObject({ userErrors: [], project: { version: 2, owner: { name: recruiter.name }, triage: { respond: { state: 'MET', by: leader.name, doneAt: '2026-06-16T15:59:00.000Z' } } } });
    at('2026-06-22T09:00:00+08:00');
    expect(states(await read(lead.id))).toEqual(['MET', 'OVERDUE', 'RUNNING', 'RUNNING']);
    const turnedDown = await act(leader, JUDGE, { projectId: lead.id, expectedVersion: 2, accept: false, reason: '不符合产业方向' });
    expect(turnedDown.project.triage).toMatchObject({ assess: { state: 'LATE', by: leader.name }, answer: { state: 'RUNNING' }, report: { state: 'STOPPED' } });
    at('2026-06-24T09:00:00+08:00');
    expect(states(await read(lead.id))).toEqual(['MET', 'LATE', 'OVERDUE', 'STOPPED']);
    const answered = await act(recruiter, ANSWER, { projectId: lead.id, expectedVersion: 3, method: 'PHONE', answeredOn: '2026-06-23', note: '已告知引荐人' });
    // The clock goes by the entry, whatever day is told.
    expect(answered).toMatchObject({ userErrors: [], project: { triage: { answer: { state: 'LATE', by: recruiter.name }, answerMethod: 'PHONE', answeredOn: '2026-06-23', answerNote: '已告知引荐人' } } });
    const { data } = await api.gql(recruiter, 'query($id: ID!) { project(id: $id) { timeline { nodes { kind actorName subject title text } } } }', { id: lead.id });
    expect(data.project.timeline.nodes).toEqual(expect.arrayContaining([
      expect.objectContaining({ kind: 'LEAD_ASSIGNED', actorName: leader.name, title: `线索由${recruiter.name}负责` }),
      expect.objectContaining({ kind: 'LEAD_ANSWERED', actorName: recruiter.name, title: '已答复引荐人（电话）', text: '已告知引荐人' }),
    ]));
  });

  it('give a major lead a week for the judgement, also when its amount comes later, and the list follows', async () => {
    const major = await report({ totalInvestment: { raw: '5亿元' } });
    expect(major.triage.assess.dueOn).toBe('2026-06-23');
    expect((await report({ name: '外资项目', totalInvestment: { raw: '7200万美元' }, confirmNotDuplicate: true })).triage.assess.dueOn).toBe('2026-06-23');
    const small = await report({ name: '生物医药项目' });
    expect(small.triage.assess.dueOn).toBe('2026-06-18');
    const list = async () => (await api.gql(recruiter, '{ leads { nodes { id } } }')).data.leads.nodes.map((n: { id: string }) => n.id);
    expect((await list())[0]).toBe(small.id);
    const edited = await act(recruiter, EDIT, { projectId: small.id, expectedVersion: 1, totalInvestment: { raw: '12亿元' } });
    expect(edited).toMatchObject({ userErrors: [], project: { triageDueOn: '2026-06-23', triage: { assess: { dueOn: '2026-06-23' } } } });
    expect((await list())[0]).toBe(major.id);
    expect((await act(recruiter, EDIT, { projectId: small.id, expectedVersion: 2, totalInvestment: { raw: '1亿元' } })).project.triageDueOn).toBe('2026-06-18');
  });

  it('follow a change of the policy from its day on, and keep the days of leads reported before', async () => {
    const before = await report();
    await setPolicy('triage', { respondWorkingDays: 2, assessWorkingDays: 4, majorFromCny: 100_000_000, majorAssessWorkingDays: 6, answerWorkingDays: 8, reportWorkingDays: 5 }, '2026-06-16');
    expect(dues(await report({ name: '另一条线索' }))).toEqual(['2026-06-16', '2026-06-18', '2026-06-23', '2026-06-30']);
    at('2026-06-16T09:00:00+08:00');
    expect(dues(await report({ name: '储能电池项目', totalInvestment: { raw: '1亿元' } }))).toEqual(['2026-06-18', '2026-06-25', '2026-06-29', '2026-06-24']);
    expect(dues(await read(before.id)).slice(0, 3)).toEqual(['2026-06-16', '2026-06-18', '2026-06-23']);
    // What recurs goes by the rules of today.
    expect((await read(before.id)).triage.report.dueOn).toBe('2026-06-23');
  });

  it('say that there is no day where the calendar is not published, and are wound when it is', async () => {
    at('2026-12-30T10:00:00+08:00');
    const lead = await report();
    expect(dues(lead)).toEqual(['2026-12-31', null, null, null]);
    expect(states(lead)).toEqual(['RUNNING', 'UNSCHEDULED', 'UNSCHEDULED', 'UNSCHEDULED']);
    expect(lead.triage.assess.note).toContain('已公布的放假安排');
    expect((await act(recruiter, ANSWER, { projectId: lead.id, expectedVersion: 1, method: 'WECHAT' })).project.triage.answer).toMatchObject({ state: 'UNSCHEDULED', doneAt: expect.any(String) });
    await t.owner.query(`insert into calendar_year (year, source) values (2027, 'test'); insert into calendar_day values ('2027-01-01', false, '元旦'); select calendar_rebuild()`);
    try {
      await new IdleService(t.db, t.clock).sweep();
      const wound = await read(lead.id);
      expect(dues(wound).slice(0, 3)).toEqual(['2026-12-31', '2027-01-05', '2027-01-07']);
      expect(states(wound).slice(0, 3)).toEqual(['RUNNING', 'RUNNING', 'MET']);
    } finally {
      await t.owner.query(`delete from calendar_day where day >= '2027-01-01'; delete from calendar_year where year = 2027; select calendar_rebuild()`);
    }
  });

  it('are told to who may take on, judge or answer: once each, under causes of their own, until the act is done', async () => {
    const lead = await report();
    const idle = new IdleService(t.db, t.clock);
    const told = async () => (await t.owner.query<{ cause: string; name: string; state: string }>(
      `select replace(cause, $1, '') as cause, (select name from staff where id = recipient_id) as name, state from reminder where kind = 'TRIAGE' order by cause, name`, [`${lead.id.split(':')[1]}:`])).rows;
    at('2026-06-23T09:30:00+08:00');
    expect(await idle.sweep()).toMatchObject({ triage: 5 });
    expect(await idle.sweep()).toMatchObject({ triage: 0 });
    const heads = [leader.name, manager.name];
    expect(await told()).toEqual([
      ...heads.map((name) => ({ cause: 'TRIAGE:2026-06-18', name, state: 'PLANNED' })),
      { cause: 'TRIAGE:ANSWER:2026-06-23', name: recruiter.name, state: 'PLANNED' },
      ...heads.map((name) => ({ cause: 'TRIAGE:RESPOND:2026-06-16', name, state: 'PLANNED' })),
    ]);
    const titles = async (who: Actor) => (await api.gql(who, '{ reminders { nodes { title } } }')).data.reminders.nodes.map((n: { title: string }) => n.title).sort();
    expect(await titles(recruiter)).toEqual(['线索“光电产业园项目”须于 2026-06-23 前答复引荐人或投资方']);
    expect(await titles(leader)).toEqual(['线索“光电产业园项目”的研判时限为 2026-06-18，请尽快研判', '线索“光电产业园项目”须于 2026-06-16 前明确负责人，请尽快分派'].sort());
    await act(leader, ASSIGN, { projectId: lead.id, expectedVersion: 1, assigneeId: `Staff:${recruiter.staffId}` });
    expect((await told()).map((r) => r.state)).toEqual(['PLANNED', 'PLANNED', 'PLANNED', 'DONE', 'DONE']);
    await act(recruiter, ANSWER, { projectId: lead.id, expectedVersion: 2, method: 'PHONE' });
    expect((await told()).map((r) => r.state)).toEqual(['PLANNED', 'PLANNED', 'DONE', 'DONE', 'DONE']);
    await act(leader, JUDGE, { projectId: lead.id, expectedVersion: 3, accept: false, reason: '不符合' });
    expect((await told()).map((r) => r.state)).toEqual(['CANCELLED', 'CANCELLED', 'DONE', 'DONE', 'DONE']);
  });

  it('are written once: not by the application, not by two at once', async () => {
    const lead = await report();
    const input = { projectId: lead.id, expectedVersion: 1, method: 'PHONE' };
    const both = await Promise.all([act(recruiter, ANSWER, input), act(recruiter, ANSWER, { ...input, method: 'LETTER' })]);
    expect(both.map(errors).sort((a, b) => a.length - b.length)).toEqual([[], [['LEAD_ANSWERED', 'projectId']]]);
    expect(errors(await act(recruiter, ANSWER, { ...input, expectedVersion: 2 }))).toEqual([['LEAD_ANSWERED', 'projectId']]);
    await expect(t.db.tx(recruiter, (tx) => tx.run(`update lead_triage set answered_at = now() - interval '9 days'`))).rejects.toThrow('written once');
    const people = await Promise.all([recruiter, zone.colleague].map((who) => act(manager, ASSIGN, { projectId: lead.id, expectedVersion: 2, assigneeId: `Staff:${who.staffId}` })));
    expect(people.map(errors).sort((a, b) => a.length - b.length)).toEqual([[], [['CONFLICT', 'expectedVersion']]]);
    const winner = (await read(lead.id, manager)).owner.id;
    await act(manager, ASSIGN, { projectId: lead.id, expectedVersion: 3, assigneeId: `Staff:${manager.staffId}` });
    expect((await read(lead.id, manager)).owner.id).toBe(`Staff:${manager.staffId}`);
    // The first response stays with whom it named first.
    const { rows } = await t.owner.query<{ id: string }>('select assignee_id as id from lead_triage');
    expect(`Staff:${rows[0]!.id}`).toBe(winner);
  });

  it('are acted on by those who may, within their reach and their zone, with good input', async () => {
    const lead = await report();
    const to = (who: Actor) => ({ projectId: lead.id, expectedVersion: 1, assigneeId: `Staff:${who.staffId}` });
    expect(await program(recruiter, ASSIGN, to(recruiter))).toBe('FORBIDDEN');
    expect(await program(zone.as.LEADER, ANSWER, { projectId: lead.id, expectedVersion: 1, method: 'PHONE' })).toBe('FORBIDDEN');
    const otherLeader = await zone.hire('GROUP_LEADER', 'otherGroup');
    expect(await program(otherLeader, ASSIGN, to(otherLeader))).toBe('NOT_FOUND');
    expect(await program(zone.stranger, ANSWER, { projectId: lead.id, expectedVersion: 1, method: 'PHONE' })).toBe('NOT_FOUND');
    const elsewhere = await makeZone(t.owner);
    expect(await program(elsewhere.as.MANAGER, ASSIGN, to(elsewhere.as.RECRUITER))).toBe('NOT_FOUND');
    // A group leader gives leads to his own people, to those who work on leads, to those of the zone.
    expect(errors(await act(leader, ASSIGN, to(zone.colleague)))).toEqual([['INVALID', 'assigneeId']]);
    expect(errors(await act(manager, ASSIGN, to(zone.as.SERVICE)))).toEqual([['INVALID', 'assigneeId']]);
    expect(errors(await act(manager, ASSIGN, to(elsewhere.as.RECRUITER)))).toEqual([['UNKNOWN_REFERENCE', 'assigneeId']]);
    expect(errors(await act(manager, ASSIGN, { ...to(recruiter), expectedVersion: 9 }))).toEqual([['CONFLICT', 'expectedVersion']]);
    const answer = { projectId: lead.id, expectedVersion: 1, method: 'PHONE' };
    expect(errors(await act(recruiter, ANSWER, { ...answer, answeredOn: '2026-06-16' }))).toEqual([['DATE_IN_FUTURE', 'answeredOn']]);
    expect(errors(await act(recruiter, ANSWER, { ...answer, answeredOn: '2026-06-12' }))).toEqual([['DATE_ORDER', 'answeredOn']]);
    const assigned = { ...to(zone.colleague), idempotencyKey: 'a1' };
    for (let i = 0; i < 2; i++) expect((await act(manager, ASSIGN, assigned)).project).toMatchObject({ version: 2, owner: { id: `Staff:${zone.colleague.staffId}` } });
    await act(leader, JUDGE, { projectId: lead.id, expectedVersion: 2, accept: false, reason: '不符合' });
    expect(errors(await act(manager, ASSIGN, { ...to(recruiter), expectedVersion: 3 }))).toEqual([['STATUS_NOT_ACTIVE', null]]);
  });
});

const COMPLETE = {
  name: '光电产业园项目', content: '建设光电模组生产线', enterprise: { name: '长春某光电有限公司' }, contact: { name: '周总', phones: ['13912346789'] }, totalInvestment: { raw: '3.5亿元' }, fixedInvestment: { raw: '2亿元' },
  industryCode: 'C39', source: 'EVENT', landNeed: '145亩', energyNeed: '年用电800万度', environmentNeed: '无废水排放', outputEstimate: '年产值5亿元', taxEstimate: '年税收3000万元', timing: '2026年9月开工，2027年底投产',
};

describe('the completeness of a lead', () => {
  it('is counted from the record with what is missing in words, dearest first', async () => {
    const answer = await act(recruiter, REPORT, { name: '光电产业园项目', content: '建设', enterprise: { name: '长春某光电有限公司' }, contact: { name: '周总' }, source: '展会' });
    expect(answer.completeness).toEqual({ score: 27 });
    expect(answer.project.completeness).toEqual({
      score: 27, valid: false,
      missing: [['contact', '联系人及电话'], ['totalAmount', '总投资'], ['land', '用地需求'], ['output', '预计产值'], ['tax', '预计税收'], ['fixedAmount', '固定资产投资'], ['energy', '能耗'], ['environment', '环境影响'], ['industry', '行业'], ['timing', '进度安排']]
        .map(([item, label]) => ({ item, label })),
    });
    const edited = await act(recruiter, EDIT, { projectId: answer.project.id, expectedVersion: 1, contact: { name: '周总', phones: ['13912346789'] }, totalInvestment: { raw: '3亿元' }, energyNeed: '年用电800万度', taxEstimate: '3000万元', timing: '明年' });
    expect(edited.project).toMatchObject({ energyNeed: '年用电800万度', taxEstimate: '3000万元', timing: '明年', completeness: { score: 67, valid: true } });
    expect((await report({ ...COMPLETE, name: '完整的线索', confirmNotDuplicate: true })).completeness).toEqual({ score: 100, valid: true, missing: [] });
    await t.owner.query(`update staff set locale = 'en' where id = $1`, [recruiter.staffId]);
    expect((await read(answer.project.id)).completeness.missing[0]).toEqual({ item: 'land', label: 'land needed' });
  });

  it('is cleared again by what is cleared', async () => {
    const lead = await report(COMPLETE);
    expect((await act(recruiter, EDIT, { projectId: lead.id, expectedVersion: 1, energyNeed: null })).project.completeness).toMatchObject({ score: 94, missing: [{ item: 'energy' }] });
  });

  it('follows the policy of the day; weights that do not add up are refused', async () => {
    const lead = await report(COMPLETE);
    const usual = { investor: 12, contact: 12, content: 12, totalAmount: 12, fixedAmount: 6, land: 8, energy: 6, environment: 6, output: 8, tax: 8, industry: 5, source: 3, timing: 2 };
    const wrong = await api.gql(zone.as.SECURITY_ADMIN, 'mutation($input: PolicySetInput!) { policySet(input: $input) { userErrors { code path message } } }',
      { input: { name: 'leadCompleteness', value: { weights: { ...usual, timing: 3 }, validFrom: 60 }, validFrom: '2026-06-16', expectedVersion: 1 } });
    expect(wrong.data.policySet.userErrors).toMatchObject([{ code: 'INVALID', path: ['value', 'weights'], message: expect.stringContaining('100') }]);
    await act(recruiter, EDIT, { projectId: lead.id, expectedVersion: 1, timing: null, energyNeed: null });
    expect((await read(lead.id)).completeness).toMatchObject({ score: 92, missing: [{ item: 'energy' }, { item: 'timing' }] });
    await setPolicy('leadCompleteness', { weights: { ...usual, timing: 8, energy: 0 }, validFrom: 95 }, '2026-06-16');
    expect((await read(lead.id)).completeness).toMatchObject({ score: 92, valid: true });
    at('2026-06-16T09:00:00+08:00');
    expect((await read(lead.id)).completeness).toEqual({ score: 92, valid: false, missing: [{ item: 'timing', label: '进度安排' }] });
  });

  it('costs a list the same number of statements for two leads and for twenty', async () => {
    await t.owner.query(`insert into project (zone_id, code, name, folded_name, core_name, owner_id, department_id) select $1, 'L' || n, 'L' || n, 'L' || n, 'L' || n, $2, $3 from generate_series(1, 20) n`, [zone.id, recruiter.staffId, zone.departments.group]);
    await t.owner.query(`insert into lead_triage (project_id, zone_id, reported_on, respond_days, assess_days, answer_days) select id, zone_id, '2026-06-15', 1, 3, 5 from project`);
    const db = api.running.app.get(Database, { strict: false });
    const statements = async (first: number) => {
      const tx = jest.spyOn(db, 'tx');
      const read = jest.spyOn(db, 'read');
      const { data } = await api.gql(recruiter, `{ leads(first: ${first}) { nodes { id triage { assess { state } } completeness { score } } } }`);
      const n = [tx.mock.calls.length, read.mock.calls.length];
      tx.mockRestore();
      read.mockRestore();
      return [data.leads.nodes.length, ...n];
    };
    // One for the list, and a transaction each for the clocks and the completeness of all of them.
    expect(await statements(2)).toEqual([2, 2, 1]);
    expect(await statements(20)).toEqual([20, 2, 1]);
  });
});

describe('the sources of a lead', () => {
  it('are lists of the zone: codes and labels are known, other words stay, unknown codes name the choices', async () => {
    const { data } = await api.gql(recruiter, '{ leadSources { freeText sources { code label } channels { code label } } }');
    expect(data.leadSources.freeText).toBe(true);
    expect(data.leadSources.channels.map((c: { label: string }) => c.label)).toEqual(['产业链', '资本链', '科创链', '场景', '央地合作', '人才招引', '其它']);
    const of = (input: object) => report({ confirmNotDuplicate: true, ...input });
    expect(await of({ source: 'INVESTOR', channel: 'CHAIN' })).toMatchObject({ channel: '产业链', firstReport: { source: '以商招商' } });
    expect(await of({ name: '乙', source: 'our own visit', channel: '科创链' })).toMatchObject({ channel: '科创链', firstReport: { source: '主动拜访' } });
    expect(await of({ name: '丙', source: '老乡会' })).toMatchObject({ firstReport: { source: '老乡会' } });
    const unknown = await act(recruiter, REPORT, { name: '丁', source: 'ROADSHOW' });
    expect(unknown.userErrors).toEqual([{ code: 'UNKNOWN_CHOICE', path: ['source'], message: expect.stringContaining('VISIT（主动拜访）、INVESTOR（以商招商）') }]);
    const lists = { freeText: false, sources: [{ code: 'FAIR', zh: '展会', en: 'Fair' }], channels: [{ code: 'CHAIN', zh: '产业链', en: 'Chain' }] };
    await setPolicy('leadSources', lists, '2026-06-16');
    at('2026-06-16T09:00:00+08:00');
    expect(errors(await act(recruiter, REPORT, { name: '戊', source: '老乡会' }))).toEqual([['UNKNOWN_CHOICE', 'source']]);
    expect(errors(await act(recruiter, REPORT, { name: '戊', channel: '资本链' }))).toEqual([['UNKNOWN_CHOICE', 'channel']]);
    expect(await of({ name: '己', source: '展会' })).toMatchObject({ firstReport: { source: '展会' } });
  });
});

describe('the introducer of a lead', () => {
  const introducer = { kind: 'PERSON', name: ' 王介绍 ', phone: '139-1234 6789', publicServant: false };

  it('is filed with the report, masked, and rewarded when filed before the signing by no public servant', async () => {
    const lead = await report({ introducer });
    expect(lead).toMatchObject({ firstReport: { referrer: '王介绍' }, introducer: { kind: 'PERSON', name: '王介绍', phone: '139****6789', publicServant: false, filedInTime: true, rewardEligible: true, filedBy: { name: recruiter.name } } });
    const servant = await report({ name: '另一条线索', introducer: { ...introducer, publicServant: true } });
    expect(servant.introducer).toMatchObject({ filedInTime: true, rewardEligible: false });
    const late = await report({ name: '第三条线索' });
    await t.owner.query(`insert into signing (zone_id, project_id, kind, signed_on) values ($1, $2, 'CONTRACT', '2026-06-15')`, [zone.id, late.id.split(':')[1]]);
    const filed = await act(recruiter, FILE, { projectId: late.id, expectedVersion: 1, introducer });
    expect(filed).toMatchObject({ userErrors: [], project: { introducer: { filedInTime: false, rewardEligible: false } } });
    // An agreement that was recorded by mistake takes nobody's reward.
    await t.owner.query(`update signing set voided_at = now(), void_reason = '录错'`);
    expect((await api.gql(recruiter, 'query($id: ID!) { project(id: $id) { introducer { rewardEligible } } }', { id: late.id })).data.project.introducer).toEqual({ rewardEligible: true });
  });

  it('is the first one for good: of two filings at once one stands, and nobody changes it', async () => {
    const lead = await report();
    const both = await Promise.all(['甲', '乙'].map((name) => act(recruiter, FILE, { projectId: lead.id, expectedVersion: 1, introducer: { ...introducer, name } })));
    expect(both.map(errors).sort((a, b) => a.length - b.length)).toEqual([[], [['REFERRER_FILED', 'introducer']]]);
    const first = both.find((b) => b.userErrors.length === 0)!.project.introducer.name;
    const again = await act(recruiter, FILE, { projectId: lead.id, expectedVersion: 2, introducer });
    expect(again.userErrors[0].message).toContain(`“${first}”（2026-06-15）`);
    await expect(t.owner.query(`update lead_referrer set name = 'x'`)).rejects.toThrow('append-only');
    await expect(t.db.tx(recruiter, (tx) => tx.run('delete from lead_referrer'))).rejects.toThrow('permission denied');
  });

  it('is filed by those who may, with good input', async () => {
    const lead = await report();
    const input = { projectId: lead.id, expectedVersion: 1, introducer };
    expect(await program(zone.as.LEADER, FILE, input)).toBe('FORBIDDEN');
    expect(await program(zone.stranger, FILE, input)).toBe('NOT_FOUND');
    expect(errors(await act(recruiter, FILE, { ...input, introducer: { ...introducer, phone: '12345' } }))).toEqual([['INVALID', 'introducer.phone']]);
    expect(errors(await act(recruiter, FILE, { ...input, introducer: { ...introducer, name: ' ' } }))).toEqual([['REQUIRED', 'introducer.name']]);
    expect(errors(await act(recruiter, FILE, { ...input, introducer: { ...introducer, kind: 'ORGANISATION', publicServant: true } }))).toEqual([['INVALID', 'introducer.publicServant']]);
    expect(errors(await act(recruiter, FILE, { ...input, expectedVersion: 3 }))).toEqual([['CONFLICT', 'expectedVersion']]);
  });
});

describe('the rate of valid information', () => {
  const RATE = 'query($filter: ProjectFilter, $from: Date!, $to: Date!) { leadQuality(filter: $filter, from: $from, to: $to) { from to reported valid rate validFrom } }';
  const rate = async (who: Actor, variables: object) => (await api.gql(who, RATE, variables)).data.leadQuality;

  it('is valid of reported in a period, of what the caller may see: 8 of 104 are 7.7 %', async () => {
    await t.owner.query(
      `with made as (
         insert into project (zone_id, code, name, folded_name, core_name, owner_id, department_id, content, total_amount, fixed_cny, industry_code, land_need, output_estimate, tax_estimate, energy_need, environment_need, channel)
         select $1, 'Q' || n, 'Q' || n, 'Q' || n, 'Q' || n, $2::uuid, $3::uuid, '内容', case when n <= 8 then 1e8 end, case when n <= 8 then 1e8 end, case when n <= 8 then 'C39' end, case when n <= 8 then '10亩' end, case when n <= 8 then '1亿' end,
           case when n <= 8 then '100万' end, case when n <= 8 then '用电' end, case when n <= 8 then '无' end, case when n % 2 = 0 then '产业链' end from generate_series(1, 104) n returning id, zone_id)
       insert into milestone (zone_id, project_id, kind, event_on, entered_at) select zone_id, id, 'REPORTED', '2026-03-31', '2026-03-31T08:00:00Z' from made`, [zone.id, recruiter.staffId, zone.departments.group]);
    await report();
    expect(await rate(manager, { from: '2026-01-01', to: '2026-03-31' })).toEqual({ from: '2026-01-01', to: '2026-03-31', reported: 104, valid: 8, rate: '7.7', validFrom: 60 });
    expect(await rate(manager, { from: '2026-04-01', to: '2026-05-31' })).toMatchObject({ reported: 0, valid: 0, rate: null });
    expect(await rate(manager, { from: '2026-01-01', to: '2026-06-15', filter: { ownerIds: [`Staff:${recruiter.staffId}`] } })).toMatchObject({ reported: 105, valid: 8 });
    expect(await rate(zone.colleague, { from: '2026-01-01', to: '2026-06-15' })).toMatchObject({ reported: 0 });
    expect(await rate((await makeZone(t.owner)).as.LEADER, { from: '2026-01-01', to: '2026-06-15' })).toMatchObject({ reported: 0 });
    expect((await api.gql(manager, RATE, { from: '2026-06-02', to: '2026-06-01' })).errors[0].extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'to' });
    expect((await api.gql(zone.as.AUDITOR, RATE, { from: '2026-06-02', to: '2026-06-02' })).errors[0].extensions.code).toBe('FORBIDDEN');
  });
});

describe('a pasted chat', () => {
  const EXTRACT = 'query($text: String!) { leadExtract(text: $text) { fields { kind value excerpt start end confidence amount currency title contact parkId industryCode reading } } }';
  const extract = (who: Actor, text: string) => api.gql(who, EXTRACT, { text });
  const CHAT = '张三 10:23\n浙江某某光电科技有限公司周总 13800001234，总投资约3.5亿元，想看测试产业园，下周三过来😊';

  it('proposes fields with their words, places and how they were read', async () => {
    const { data } = await extract(recruiter, CHAT);
    const fields: { kind: string; excerpt: string; start: number; end: number }[] = data.leadExtract.fields;
    expect(fields.map((f) => CHAT.slice(f.start, f.end))).toEqual(fields.map((f) => f.excerpt));
    expect(fields).toMatchObject([
      { kind: 'ENTERPRISE', value: '浙江某某光电科技有限公司', confidence: 'SURE' }, { kind: 'SOURCE_REGION', value: '浙江', confidence: 'GUESS' }, { kind: 'CONTACT', value: '周总', title: '总' },
      { kind: 'PHONE', value: '13800001234', contact: '周总' }, { kind: 'TOTAL_INVESTMENT', value: '约3.5亿元', amount: '350000000', currency: 'CNY', reading: expect.stringContaining('约数') },
      { kind: 'PARK', value: '测试产业园', parkId: `Park:${zone.parkId}` }, { kind: 'FOLLOW_UP', value: '2026-06-24', confidence: 'SURE' },
    ]);
    // What it proposes is what a report takes.
    const of = (kind: string) => fields.find((f) => f.kind === kind) as unknown as { value: string };
    const lead = await report({ enterprise: { name: of('ENTERPRISE').value }, contact: { name: of('CONTACT').value, phones: [of('PHONE').value] }, totalInvestment: { raw: of('TOTAL_INVESTMENT').value }, nextFollowUpOn: of('FOLLOW_UP').value });
    expect(lead.completeness.score).toBe(36);
  });

  it('goes by the day of the reader\'s clock, knows only the parks of the zone, and speaks the reader\'s language', async () => {
    at('2026-06-30T23:59:00+08:00');
    expect((await extract(recruiter, '后天见')).data.leadExtract.fields).toMatchObject([{ kind: 'FOLLOW_UP', value: '2026-07-02' }]);
    const other = await makeZone(t.owner);
    await t.owner.query(`update park set name = '别区产业园' where id = $1`, [other.parkId]);
    expect((await extract(recruiter, '想看别区产业园')).data.leadExtract.fields).toEqual([]);
    expect((await extract(other.as.RECRUITER, '想看别区产业园')).data.leadExtract.fields).toMatchObject([{ parkId: `Park:${other.parkId}` }]);
    await t.owner.query(`update staff set locale = 'en' where id = $1`, [recruiter.staffId]);
    expect((await extract(recruiter, '总投资约3亿元')).data.leadExtract.fields[0].reading).toContain('approximate');
  });

  it('leaves nothing behind, and is read for those who report leads, up to 5,000 characters', async () => {
    const rows = async () => (await t.owner.query<{ n: string }>(`select sum((xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I', tablename), false, true, '')))[1]::text::bigint) as n from pg_tables where schemaname = 'public'`)).rows[0]!.n;
    await extract(recruiter, CHAT);
    const before = await rows();
    for (const who of [recruiter, zone.as.AGENT]) expect((await extract(who, CHAT)).data.leadExtract.fields).toHaveLength(7);
    expect(BigInt(await rows()) - BigInt(before)).toBe(1n);
    for (const who of [zone.as.LEADER, zone.as.SERVICE, zone.as.AUDITOR]) expect((await extract(who, CHAT)).errors[0].extensions.code).toBe('FORBIDDEN');
    expect((await extract(recruiter, '字'.repeat(5_000))).data.leadExtract.fields).toEqual([]);
    expect((await extract(recruiter, '字'.repeat(5_001))).errors[0].extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'text' });
    expect((await extract(recruiter, '')).data.leadExtract.fields).toEqual([]);
  });
});
