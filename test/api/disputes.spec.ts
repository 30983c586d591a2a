import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { installDefaults } from '@yinfeng/directory';
import { type Actor, systemActor } from '@yinfeng/platform';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let t: TestDatabase;
let api: TestApi;
let zone: TestZone;
let first: Actor;
let second: Actor;
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
  api.clock.pin(t.clock.pinned());
  zone = await makeZone(t.owner);
  await t.db.tx(systemActor(zone.id, 'spec'), (tx) => installDefaults(tx, zone.id));
  first = zone.as.RECRUITER;
  second = zone.stranger;
});

const DISPUTE = '{ id version number state project { id } rivalProject { id } holder { name } holderDepartment { name } claimant { name } evidence { side kind note } proposal { ruling reason } ruling rulingNote leadUnit shares { staff { id } share } evidenceDueOn decideDueOn decidedBy { id } }';
const errors = 'userErrors { code path message }';
const act = (name: string, type: string) => async (who: Actor, input: object) => {
  const answer = await api.gql(who, `mutation($input: ${type}!) { act: ${name}(input: $input) { dispute ${DISPUTE} ${errors} } }`, { input });
  return answer.errors ? { error: answer.errors[0].extensions.code } : answer.data.act;
};
const raise = act('disputeRaise', 'DisputeRaiseInput');
const show = act('disputeEvidenceAdd', 'DisputeEvidenceAddInput');
const withdraw = act('disputeWithdraw', 'DisputeWithdrawInput');
const decide = act('disputeDecide', 'DisputeDecideInput');
const report = async (who: Actor, input: object) => (await api.gql(who, `mutation($input: LeadReportInput!) { leadReport(input: $input) { project { id } duplicates { level reasons reportedBy askPerson project { name } } ${errors} } }`, { input })).data.leadReport;
const USCC = '91220101MA0Y8LR0X1';
const firm = { name: '长春凤栖新材料有限公司', uscc: USCC };
/** The first officer's report of the firm. */
const reported = async () => (await report(first, { name: '碳纤维原丝生产基地', enterprise: firm, totalInvestment: { raw: '12亿元' }, content: '年产2万吨原丝', industryCode: 'C28' })).project.id as string;
// Another name for the project, and for the firm.
const claim = { name: '高性能碳纤维产业化', enterpriseName: '凤栖新材', uscc: USCC, firstContactOn: '2026-05-20', ground: '5月20日已与该企业总经理会面，有投资方来函' };
const credits = async (by: string, who = zone.as.LEADER) => (await api.gql(who, 'query($by: CreditBy!) { reportCredits(milestone: reported, from: "2026-01-01", to: "2026-12-31", by: $by) { projects credit uncredited rows { staff { id } department { id } projects credit } } flow: pipelineFlow(from: "2026-01-01", to: "2026-12-31") { reported { count } } }', { by })).data;

describe('two officers report one firm minutes apart under different names (acceptance check 4)', () => {
  it('the first wins; the second learns only unit and person; the ruling shares credit 50/50, counted once for the zone', async () => {
    const projectId = await reported();
    api.clock.pin(new Date('2026-06-15T09:07:00+08:00'));
    const { data } = await api.gql(second, 'query($input: DuplicateCheckInput!) { duplicates(input: $input) { level reasons reportedBy askPerson project { id name } } }', { input: { name: claim.name, enterpriseName: '凤栖新材', uscc: USCC, industryCode: 'C28' } });
    expect(data.duplicates[0]).toMatchObject({ askPerson: first.name, reportedBy: expect.any(String), project: null });
    expect(JSON.stringify(data)).not.toMatch(/碳纤维原丝|12|亿/);

    const raised = await raise(second, claim);
    expect(raised).toMatchObject({ userErrors: [], dispute: { state: 'OPEN', project: null, holder: { name: first.name }, claimant: { name: second.name }, evidence: [], proposal: { ruling: 'FIRST_STANDS', reason: 'ORDER_OF_REPORTS' }, evidenceDueOn: '2026-06-23' } });
    expect(JSON.stringify(raised)).not.toMatch(/碳纤维原丝|12亿/);
    const disputeId = raised.dispute.id;

    await show(second, { disputeId, kind: 'INVESTOR_LETTER', note: '投资方来函，注明首次接洽为我局' });
    await show(first, { disputeId, kind: 'INVESTOR_LETTER', note: '投资方确认函' });
    // Each side sees its own; who sees the project sees both.
    expect((await api.gql(second, `query($id: ID!) { node(id: $id) { ... on Dispute ${DISPUTE} } }`, { id: disputeId })).data.node.evidence.map((e: { side: string }) => e.side)).toEqual(['CLAIMANT']);
    const judge = zone.as.LEADER;
    const { data: { node: open } } = await api.gql(judge, `query($id: ID!) { node(id: $id) { ... on Dispute ${DISPUTE} } }`, { id: disputeId });
    expect(open).toMatchObject({ project: { id: projectId }, proposal: { ruling: 'SHARED', reason: 'INVESTOR_LETTERS_OF_BOTH' }, evidence: [{ side: 'CLAIMANT' }, { side: 'HOLDER' }] });

    const ruled = await decide(judge, { disputeId, expectedVersion: open.version, ruling: 'SHARED', note: '双方均有投资方书面证明，按共同引荐处理' });
    expect(ruled).toMatchObject({ userErrors: [], dispute: { state: 'DECIDED', ruling: 'SHARED', leadUnit: 'HOLDER', decidedBy: { id: `Staff:${judge.staffId}` } } });
    expect(ruled.dispute.shares.map((s: { share: string }) => s.share)).toEqual(['0.5', '0.5']);

    const byStaff = await credits('STAFF');
    expect(byStaff.reportCredits).toMatchObject({ projects: 1, credit: '1', uncredited: 0 });
    expect(byStaff.flow.reported.count).toBe(1);
    expect(Object.fromEntries(byStaff.reportCredits.rows.map((r: { staff: { id: string }; credit: string; projects: number }) => [r.staff.id, [r.credit, r.projects]])))
      .toEqual({ [`Staff:${first.staffId}`]: ['0.5', 1], [`Staff:${second.staffId}`]: ['0.5', 1] });
    expect((await credits('DEPARTMENT')).reportCredits.rows.map((r: { credit: string }) => r.credit)).toEqual(['0.5', '0.5']);

    // The claimant works on it from now on; the first report and both names stay, and the story tells it.
    const { data: { project } } = await api.gql(second, 'query($id: ID!) { project(id: $id) { name owner { id } firstReport { reporter { id } } timeline { nodes { kind text title } } } }', { id: projectId });
    expect(project).toMatchObject({ name: '碳纤维原丝生产基地', owner: { id: `Staff:${first.staffId}` }, firstReport: { reporter: { id: `Staff:${first.staffId}` } } });
    expect(project.timeline.nodes).toEqual(expect.arrayContaining([expect.objectContaining({ kind: 'DISPUTED', text: claim.name }), expect.objectContaining({ kind: 'ADJUDICATED', title: '首报裁定：共同首报' })]));
  });
});

describe('a claim', () => {
  it('needs something to dispute, is not raised against oneself, and once while open', async () => {
    expect((await raise(second, claim)).userErrors[0]).toMatchObject({ code: 'DISPUTE_NOTHING_MET', path: ['name'] });
    await reported();
    expect((await raise(first, claim)).userErrors[0].code).toBe('DISPUTE_OWN_REPORT');
    expect((await raise(second, { ...claim, firstContactOn: '2026-06-16' })).userErrors[0]).toMatchObject({ code: 'DATE_IN_FUTURE', path: ['firstContactOn'] });
    expect((await raise(second, { ...claim, ground: ' ' })).userErrors[0]).toMatchObject({ code: 'REQUIRED', path: ['ground'] });
    const twice = await Promise.all([raise(second, claim), raise(second, claim)]);
    expect(twice.map((r) => r.userErrors[0]?.code ?? 'ok').sort()).toEqual(['DISPUTE_OPEN', 'ok']);
    expect((await raise(zone.as.SERVICE, claim)).error).toBe('FORBIDDEN');
    expect((await t.owner.query('select 1 from first_report_dispute')).rowCount).toBe(1);
  });

  it('is hidden from those who are neither side nor see the project, and from other zones', async () => {
    const projectId = await reported();
    const { dispute } = await raise(second, claim);
    const seen = async (who: Actor, filter = {}) => (await api.gql(who, 'query($f: DisputeFilter) { disputes(filter: $f) { totalCount nodes { id project { id } } } }', { f: filter })).data?.disputes ?? null;
    expect((await seen(second)).nodes).toEqual([{ id: dispute.id, project: null }]);
    expect((await seen(first)).nodes).toEqual([{ id: dispute.id, project: { id: projectId } }]);
    expect((await seen(zone.as.MANAGER)).totalCount).toBe(1);
    expect((await seen(second, { mine: true })).totalCount).toBe(1);
    // The claimant cannot find out which project it is by asking for it.
    expect((await seen(second, { projectId })).totalCount).toBe(0);
    for (const who of [zone.colleague, zone.as.AGENT, (await makeZone(t.owner)).as.LEADER]) expect((await seen(who)).totalCount).toBe(0);
    expect((await show(zone.colleague, { disputeId: dispute.id, kind: 'OTHER', note: 'x' })).error).toBe('NOT_FOUND');
    expect((await show(zone.as.MANAGER, { disputeId: dispute.id, kind: 'OTHER', note: 'x' })).error).toBe('FORBIDDEN');
  });

  it('tells the holder and those who may rule, once, and the claimant of the end', async () => {
    await reported();
    const { dispute } = await raise(second, claim);
    const told = async (end: boolean) => (await t.owner.query<{ id: string; state: string }>(`select recipient_id as id, state from reminder where kind = 'DISPUTE' and cause like '%:RULED' = $1`, [end])).rows;
    const names = (rows: { id: string }[]) => rows.map((r) => r.id);
    expect(names(await told(false))).toContain(first.staffId);
    expect(names(await told(false))).not.toContain(second.staffId);
    expect(names(await told(false)).some((id) => [zone.as.MANAGER.staffId, zone.as.LEADER.staffId].includes(id))).toBe(true);
    await decide(zone.as.LEADER, { disputeId: dispute.id, expectedVersion: 1, ruling: 'FIRST_STANDS', note: '以首报时间为准' });
    expect((await told(false)).map((r) => r.state)).toEqual((await told(false)).map(() => 'DONE'));
    expect(names(await told(true)).sort()).toEqual([first.staffId, second.staffId].sort());
    // Turned down, the claimant learns the end without the project.
    const { data } = await api.gql(second, '{ reminders { nodes { title project { id } } } }');
    expect(data.reminders.nodes).toEqual([{ title: expect.stringMatching(/^首报争议 .*首报成立$/), project: null }]);
  });

  it('is taken back by the claimant alone, and may then be raised anew', async () => {
    await reported();
    const { dispute } = await raise(second, claim);
    expect((await withdraw(first, { disputeId: dispute.id, expectedVersion: 1 })).error).toBe('FORBIDDEN');
    expect((await withdraw(second, { disputeId: dispute.id, expectedVersion: 7 })).userErrors[0].code).toBe('CONFLICT');
    expect((await withdraw(second, { disputeId: dispute.id, expectedVersion: 1 })).dispute.state).toBe('WITHDRAWN');
    expect((await show(second, { disputeId: dispute.id, kind: 'OTHER', note: 'x' })).userErrors[0].code).toBe('DISPUTE_CLOSED');
    expect((await raise(second, claim)).userErrors).toEqual([]);
  });

  it('takes evidence up to its day, by the rule of the zone', async () => {
    await reported();
    const { dispute } = await raise(second, claim);
    expect(dispute).toMatchObject({ evidenceDueOn: '2026-06-23', decideDueOn: '2026-06-30' });
    api.clock.pin(new Date('2026-06-23T23:00:00+08:00'));
    expect((await show(second, { disputeId: dispute.id, kind: 'OTHER', note: '末日' })).userErrors).toEqual([]);
    api.clock.pin(new Date('2026-06-24T00:30:00+08:00'));
    expect((await show(second, { disputeId: dispute.id, kind: 'OTHER', note: '迟到' })).userErrors[0]).toMatchObject({ code: 'DISPUTE_EVIDENCE_LATE', message: expect.stringContaining('2026-06-23') });
  });
});

describe('a project that went on', () => {
  const project = async (id: string) => (await t.owner.query('select owner_id, department_id, status, version from project where id = $1', [id.split(':')[1]])).rows[0];
  const remove = (who: Actor, projectId: string) => api.gql(who, `mutation($input: ProjectDeleteInput!) { act: projectDelete(input: $input) { act { id } ${errors} } }`, { input: { projectId, expectedVersion: 1, reason: '误报' } });

  it('is not deleted under an open dispute; a deleted one leaves nothing to dispute', async () => {
    const projectId = await reported();
    const { dispute } = await raise(second, claim);
    expect((await remove(zone.as.MANAGER, projectId)).data.act.userErrors).toEqual([{ code: 'DELETE_BLOCKED', path: ['projectId'], message: expect.stringContaining('首报争议') }]);
    await withdraw(second, { disputeId: dispute.id, expectedVersion: 1 });
    expect((await remove(zone.as.MANAGER, projectId)).data.act.userErrors).toEqual([]);
    expect((await raise(second, claim)).userErrors[0]).toMatchObject({ code: 'DISPUTE_NOTHING_MET', path: ['name'] });
  });

  it('of somebody else by now: the first reporter still learns of the claim and answers it, without the project', async () => {
    const projectId = await reported();
    await t.owner.query('update project set owner_id = $2 where id = $1', [projectId.split(':')[1], zone.colleague.staffId]);
    const { dispute } = await raise(second, claim);
    expect((await api.gql(first, '{ reminders(filter: { kind: [DISPUTE] }) { nodes { project { id } } } }')).data.reminders.nodes).toEqual([{ project: null }]);
    expect((await api.gql(first, '{ disputes { nodes { id project { id } } } }')).data.disputes.nodes).toEqual([{ id: dispute.id, project: null }]);
    expect((await show(first, { disputeId: dispute.id, kind: 'VISIT_RECORD', note: '首访记录' })).dispute.evidence).toEqual([{ side: 'HOLDER', kind: 'VISIT_RECORD', note: '首访记录' }]);
    expect((await withdraw(first, { disputeId: dispute.id, expectedVersion: 1 })).error).toBe('FORBIDDEN');
    await decide(zone.as.LEADER, { disputeId: dispute.id, expectedVersion: 1, ruling: 'FIRST_STANDS', note: '以首报时间为准' });
    expect((await api.gql(first, '{ reminders(filter: { kind: [DISPUTE] }) { nodes { title } } }')).data.reminders.nodes).toEqual([{ title: expect.stringContaining('首报成立') }]);
  });

  it('into the pool: the claimant whose claim stands sees it and may take it there; nobody gets it past the pool', async () => {
    const projectId = await reported();
    const { dispute } = await raise(second, claim);
    await api.gql(zone.as.MANAGER, `mutation($input: PoolReleaseInput!) { poolRelease(input: $input) { ${errors} } }`, { input: { projectId, expectedVersion: 1, reasonCode: 'NO_CAPACITY' } });
    expect((await project(projectId)).status).toBe('POOLED');
    expect((await decide(zone.as.LEADER, { disputeId: dispute.id, expectedVersion: 1, ruling: 'CLAIMANT', note: '投资方证明' })).dispute.project).toEqual({ id: projectId });
    expect(await project(projectId)).toMatchObject({ status: 'POOLED', owner_id: null, department_id: null });
    expect((await api.gql(second, 'query($id: ID!) { project(id: $id) { id } }', { id: projectId })).data.project).toEqual({ id: projectId });
  });

  it('into another by a merge: the earliest report is disputed and credited', async () => {
    const projectId = await reported();
    const manager = await zone.hire('MANAGER', 'zone');
    api.clock.pin(new Date('2026-06-15T10:00:00+08:00'));
    const later = (await report(zone.colleague, { name: '风电叶片检测中心', enterprise: firm, confirmNotDuplicate: true })).project.id as string;
    const merged = await api.gql(manager, `mutation($input: ProjectMergeInput!) { projectMerge(input: $input) { project { id } ${errors} } }`, { input: { survivorId: later, otherId: projectId, expectedVersion: 1, otherExpectedVersion: 1, reason: '同一项目' } });
    expect(merged.data.projectMerge).toEqual({ project: { id: later }, userErrors: [] });
    expect((await credits('STAFF')).reportCredits).toMatchObject({ projects: 1, rows: [{ staff: { id: `Staff:${first.staffId}` }, credit: '1' }] });
    expect((await raise(first, claim)).userErrors[0].code).toBe('DISPUTE_OWN_REPORT');
    const { dispute, userErrors } = await raise(second, claim);
    expect([userErrors, dispute.holder.name]).toEqual([[], first.name]);
    await decide(manager, { disputeId: dispute.id, expectedVersion: 1, ruling: 'SHARED', note: '共同' });
    expect(Object.fromEntries((await credits('STAFF')).reportCredits.rows.map((r: { staff: { id: string }; credit: string }) => [r.staff.id, r.credit]))).toEqual({ [`Staff:${first.staffId}`]: '0.5', [`Staff:${second.staffId}`]: '0.5' });
  });
});

describe('a ruling', () => {
  it('is not given by the head of one side alone', async () => {
    await reported();
    const { dispute } = await raise(second, claim);
    const input = { disputeId: dispute.id, expectedVersion: 1, ruling: 'FIRST_STANDS', note: '以首报时间为准' };
    expect((await decide(zone.as.MANAGER, input)).userErrors).toEqual([{ code: 'DISPUTE_JUDGE', path: ['disputeId'], message: expect.stringContaining('双方单位') }]);
    expect((await decide(await zone.hire('MANAGER', 'zone'), input)).userErrors).toEqual([]);
  });

  it('is given by a third person who sees the project, with reasons, once', async () => {
    await reported();
    const { dispute } = await raise(second, claim);
    const input = { disputeId: dispute.id, expectedVersion: 1, ruling: 'FIRST_STANDS', note: '以首报时间为准' };
    expect((await decide(first, input)).error).toBe('FORBIDDEN');
    const elsewhere = await zone.hire('MANAGER', 'agency');
    expect((await decide(elsewhere, input)).error).toBe('NOT_FOUND');
    expect((await decide(zone.as.LEADER, { ...input, note: '  ' })).userErrors[0].code).toBe('REASON_REQUIRED');
    const both = await Promise.all([decide(zone.as.LEADER, input), decide(zone.as.LEADER, { ...input, ruling: 'CLAIMANT' })]);
    expect(both.map((r) => r.userErrors[0]?.code ?? 'ok').sort()).toEqual(['DISPUTE_CLOSED', 'ok']);
  });

  it('is not given by a party, by the database either', async () => {
    await t.owner.query(`update staff set role = 'MANAGER' where id = any($1)`, [[first.staffId, second.staffId]]);
    await reported();
    const { dispute } = await raise(second, claim);
    expect((await decide(first, { disputeId: dispute.id, expectedVersion: 1, ruling: 'FIRST_STANDS', note: '我先' })).userErrors[0].code).toBe('SECOND_PERSON');
    for (const party of [first, second]) {
      await expect(t.owner.query(`update first_report_dispute set state = 'DECIDED', ruling = 'FIRST_STANDS', ruling_note = 'x', lead_unit = 'HOLDER', decided_at = now(), decided_by = $1`, [party.staffId])).rejects.toThrow(/dispute_third_person/);
    }
  });

  it('hands the lead to the claimant where it says so; the old owner keeps working on it', async () => {
    const projectId = await reported();
    const { dispute } = await raise(second, claim);
    const done = await decide(zone.as.LEADER, { disputeId: dispute.id, expectedVersion: 1, ruling: 'CLAIMANT', note: '投资方证明其先行接洽' });
    expect(done.dispute).toMatchObject({ leadUnit: 'CLAIMANT', shares: [{ staff: { id: `Staff:${second.staffId}` }, share: '1' }] });
    for (const who of [first, second]) {
      expect((await api.gql(who, 'query($id: ID!) { project(id: $id) { owner { id } firstReport { reporter { id } } } }', { id: projectId })).data.project)
        .toEqual({ owner: { id: `Staff:${second.staffId}` }, firstReport: { reporter: { id: `Staff:${first.staffId}` } } });
    }
    expect((await credits('STAFF')).reportCredits.rows).toEqual([expect.objectContaining({ staff: { id: `Staff:${second.staffId}` }, credit: '1' })]);
  });

  it('shares among several people only what adds up to one, by the service and by the database', async () => {
    await reported();
    const { dispute } = await raise(second, claim);
    const input = { disputeId: dispute.id, expectedVersion: 1, ruling: 'SHARED', note: '按双方书面约定' };
    const of = (...shares: [Actor, string][]) => ({ ...input, shares: shares.map(([who, share]) => ({ staffId: `Staff:${who.staffId}`, share })) });
    for (const wrong of [of([first, '0.6'], [second, '0.5']), of([first, '1'], [second, '0']), of([first, '0.5'], [first, '0.5'])]) expect((await decide(zone.as.LEADER, wrong)).userErrors[0]).toMatchObject({ code: 'DISPUTE_SHARES', path: ['shares'] });
    expect((await decide(zone.as.LEADER, { ...input, shares: [{ staffId: 'Staff:00000000-0000-7000-8000-000000000000', share: '1' }] })).userErrors[0].code).toBe('UNKNOWN_REFERENCE');
    const done = await decide(zone.as.LEADER, of([first, '0.6'], [second, '0.3'], [zone.colleague, '0.1']));
    expect(done.dispute.shares.map((s: { share: string }) => s.share)).toEqual(['0.6', '0.3', '0.1']);
    expect((await credits('STAFF')).reportCredits).toMatchObject({ projects: 1, credit: '1' });
    await expect(t.owner.query(`insert into first_report_share (zone_id, dispute_id, staff_id, share) select zone_id, id, $1, 0.2 from first_report_dispute`, [zone.as.AGENT.staffId])).rejects.toThrow(/add up to 1\.2/);
  });

  it('is frozen: nothing of it changes, not the evidence, not the shares; a new dispute decides anew', async () => {
    await reported();
    const { dispute } = await raise(second, claim);
    await show(second, { disputeId: dispute.id, kind: 'OTHER', note: '会面照片' });
    await decide(zone.as.LEADER, { disputeId: dispute.id, expectedVersion: 1, ruling: 'SHARED', note: '共同' });
    for (const sql of [`update first_report_dispute set ruling = 'CLAIMANT'`, `update first_report_share set share = 0.9`, `delete from first_report_share`, `update dispute_evidence set note = 'x'`, 'delete from dispute_evidence', 'delete from first_report_dispute']) {
      await expect(t.owner.query(sql)).rejects.toThrow(/closed|append-only/);
    }
    api.clock.pin(new Date('2026-06-16T09:00:00+08:00'));
    const again = await raise(second, { ...claim, ground: '新发现的投资方来函' });
    await decide(zone.as.LEADER, { disputeId: again.dispute.id, expectedVersion: 1, ruling: 'FIRST_STANDS', note: '来函不实' });
    expect((await credits('STAFF')).reportCredits.rows).toEqual([expect.objectContaining({ staff: { id: `Staff:${first.staffId}` }, credit: '1' })]);
  });

  it('with the same key is given once', async () => {
    await reported();
    const { dispute } = await raise(second, { ...claim, idempotencyKey: 'r' });
    expect((await raise(second, { ...claim, idempotencyKey: 'r' })).dispute.id).toBe(dispute.id);
    const input = { idempotencyKey: 'd', disputeId: dispute.id, expectedVersion: 1, ruling: 'SHARED', note: '共同' };
    const twice = await Promise.all([decide(zone.as.LEADER, input), decide(zone.as.LEADER, input)]);
    expect(twice.map((r) => [r.userErrors, r.dispute.ruling])).toEqual([[[], 'SHARED'], [[], 'SHARED']]);
  });
});

it('a first report whose credit fell with a release is credited to nobody, and the project still counts once for the zone', async () => {
  const [kept, fallen] = [(await report(first, { name: '光电产业园' })).project.id as string, await reported()];
  const { dispute } = await raise(second, claim);
  await decide(zone.as.LEADER, { disputeId: dispute.id, expectedVersion: 1, ruling: 'SHARED', note: '共同' });
  expect((await credits('STAFF')).reportCredits).toMatchObject({ projects: 2, credit: '2', uncredited: 0 });
  const release = async (projectId: string) => {
    const { data: { project: { version } } } = await api.gql(zone.as.MANAGER, 'query($id: ID!) { project(id: $id) { version } }', { id: projectId });
    expect((await api.gql(zone.as.MANAGER, 'mutation($input: PoolReleaseInput!) { poolRelease(input: $input) { project { status } userErrors { code } } }', { input: { projectId, expectedVersion: version, reasonCode: 'NO_CAPACITY' } })).data.poolRelease).toEqual({ project: { status: 'POOLED' }, userErrors: [] });
  };
  // Released within its six months: kept by the usual rule. After them: fallen, shares of a ruling and all.
  await release(kept);
  api.clock.pin(new Date('2026-12-16T09:00:00+08:00'));
  await release(fallen);
  for (const by of ['STAFF', 'DEPARTMENT']) {
    const { reportCredits, flow } = await credits(by);
    expect(reportCredits).toMatchObject({ projects: 2, credit: '1', uncredited: 1, rows: [{ projects: 1, credit: '1' }] });
    expect(flow.reported.count).toBe(2);
  }
  const firstReport = async (id: string) => (await api.gql(zone.as.LEADER, 'query($id: ID!) { project(id: $id) { firstReport { credited } } }', { id })).data.project.firstReport.credited;
  expect([await firstReport(kept), await firstReport(fallen)]).toEqual([true, false]);
  // Another zone's figures know nothing of it.
  const foreign = await makeZone(t.owner);
  expect((await credits('STAFF', foreign.as.LEADER)).reportCredits).toEqual({ projects: 0, credit: '0', uncredited: 0, rows: [] });
});

it('a claimant with a record of his own disputes only an earlier report', async () => {
  await reported();
  api.clock.pin(new Date('2026-06-15T10:00:00+08:00'));
  const own = (await report(second, { name: '风电叶片检测中心', enterprise: firm, confirmNotDuplicate: true })).project?.id;
  expect(own).toBeTruthy();
  const raised = await raise(second, { ...claim, rivalProjectId: own });
  expect(raised).toMatchObject({ userErrors: [], dispute: { rivalProject: { id: own }, holder: { name: first.name } } });
  // The first has nothing to dispute: the other's report came later.
  const { data } = await api.gql(first, '{ projects { nodes { id } } }');
  expect((await raise(first, { ...claim, rivalProjectId: data.projects.nodes[0].id })).userErrors[0].code).toBe('DISPUTE_NOTHING_MET');
  expect((await raise(second, { ...claim, rivalProjectId: data.projects.nodes[0].id })).error).toBe('NOT_FOUND');
});
