import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommitmentsService } from '@yinfeng/recruitment';
import { codes, type DealDesk, dealDesk } from './deal-desk.js';

let desk: DealDesk;
beforeAll(async () => { desk = await dealDesk(); });
afterAll(() => desk.stop());

const FIELDS = 'commitment { id version side kind content amount { amount wan } dueOn overdue reviewState reviewedBy { name } state settledOn settleNote }';
const add = (projectId: string, input: object = {}, who = desk.recruiter) => desk.act(who, 'commitmentAdd', { projectId, side: 'ZONE', kind: 'SUBSIDY', content: '设备投资奖补', amount: { raw: '2000万元' }, ...input }, FIELDS);
const act = (name: string, commitmentId: string, expectedVersion: number, input: object, who = desk.recruiter) => desk.act(who, name, { commitmentId, expectedVersion, ...input }, FIELDS);
const missing = async (id: string) => (await desk.see(desk.recruiter, id, 'nextStages { missing { item how } }')).nextStages[0].missing.map((m: { item: string }) => m.item);

describe('fair-competition review', () => {
  it('is asked of subsidies for a named firm, by another person, on a legal basis, before the project is signed', async () => {
    const id = await desk.project();
    expect((await add(id, { kind: 'LAND', content: '供应工业用地 100 亩' })).commitment.reviewState).toBe('NOT_NEEDED');
    expect(await missing(id)).not.toContain('commitmentsReviewed');
    const { commitment } = await add(id, {}, desk.groupLeader);
    expect(commitment).toMatchObject({ reviewState: 'PENDING', state: 'OPEN', amount: { amount: '20000000', wan: '2000' } });
    expect(await missing(id)).toContain('commitmentsReviewed');
    const review = (version: number, input: object, who = desk.manager) => act('commitmentReview', commitment.id, version, input, who);
    expect(codes(await review(1, { pass: true }, desk.groupLeader))).toEqual([['SECOND_PERSON', 'commitmentId']]);
    expect(codes(await review(1, { pass: true }))).toEqual([['LEGAL_BASIS_REQUIRED', 'pass']]);
    expect(codes(await review(1, { pass: false }))).toEqual([['REASON_REQUIRED', 'note']]);
    expect((await review(1, { pass: false, note: '违反公平竞争审查条例第十条' })).commitment.reviewState).toBe('REFUSED');
    expect(await missing(id)).toContain('commitmentsReviewed');
    // New wording by the manager is for somebody else again; the author of the first wording stays barred.
    expect((await act('commitmentEdit', commitment.id, 2, { legalBasis: '省技改奖补办法第五条' }, desk.manager)).commitment.reviewState).toBe('PENDING');
    expect(codes(await review(3, { pass: true }))).toEqual([['SECOND_PERSON', 'commitmentId']]);
    await expect(desk.t.owner.query(`update commitment set review_state = 'PASSED', reviewed_at = now(), reviewed_by = created_by where id = $1`, [commitment.id.split(':')[1]])).rejects.toMatchObject({ constraint: 'commitment_second_person' });
    const third = await desk.zone.hire('MANAGER', 'bureau');
    const fourth = await desk.zone.hire('MANAGER', 'bureau');
    const both = await Promise.all([third, fourth].map((who) => review(3, { pass: true }, who)));
    expect(both.map((a) => a.userErrors[0]?.code ?? 'DONE').sort()).toEqual(['CONFLICT', 'DONE']);
    expect(await missing(id)).not.toContain('commitmentsReviewed');
    expect(await desk.refused(desk.recruiter, 'commitmentReview', { commitmentId: commitment.id, expectedVersion: 4, pass: true })).toBe('FORBIDDEN');
  });

  it('is by the zone\'s list, and not of what was waived', async () => {
    const id = await desk.project();
    const { commitment } = await add(id, { kind: 'TAX_REBATE', content: '税收返还' });
    await act('commitmentSettle', commitment.id, 1, { outcome: 'WAIVED', note: '不合规，取消' });
    expect(await missing(id)).not.toContain('commitmentsReviewed');
    await desk.policy('fairCompetition', { reviewKinds: ['LAND'] });
    await add(id, { kind: 'SUBSIDY' });
    expect(await missing(id)).not.toContain('commitmentsReviewed');
    await add(id, { kind: 'LAND', content: '供地' });
    expect(await missing(id)).toContain('commitmentsReviewed');
  });
});

describe('commitments of both sides', () => {
  it('are kept, broken with a reason, opened again; overdue ones are listed; each project shows its own', async () => {
    const id = await desk.project();
    const start = (await add(id, { side: 'INVESTOR', kind: 'START', content: '签约后三个月内开工', amount: null, dueOn: '2026-06-14' })).commitment;
    const jobs = (await add(id, { side: 'INVESTOR', kind: 'JOBS', content: '带动就业', quantity: '300 人', amount: null, dueOn: '2026-06-15' })).commitment;
    expect([start.overdue, jobs.overdue]).toEqual([true, false]);
    const list = async (filter: object, who = desk.recruiter) => (await desk.api.gql(who, 'query($f: CommitmentFilter) { commitments(filter: $f) { totalCount nodes { id } } }', { f: { projectId: id, ...filter } })).data.commitments;
    expect(await list({ overdue: true })).toEqual({ totalCount: 1, nodes: [{ id: start.id }] });
    expect((await list({ sides: ['INVESTOR'], states: ['OPEN'], dueBefore: '2026-06-15' })).nodes.map((n: { id: string }) => n.id)).toEqual([jobs.id, start.id]);
    expect((await list({}, desk.zone.stranger)).totalCount).toBe(0);
    expect(codes(await act('commitmentSettle', start.id, 1, { outcome: 'BROKEN' }))).toEqual([['REASON_REQUIRED', 'note']]);
    expect(codes(await act('commitmentSettle', start.id, 1, { outcome: 'KEPT', settledOn: '2026-06-16' }))).toEqual([['DATE_IN_FUTURE', 'settledOn']]);
    const file = await desk.upload(desk.recruiter, '开工照片');
    expect((await act('commitmentSettle', start.id, 1, { outcome: 'KEPT', settledOn: '2026-06-13', fileId: file })).commitment).toMatchObject({ state: 'KEPT', settledOn: '2026-06-13', overdue: false });
    expect(codes(await act('commitmentSettle', start.id, 2, { outcome: 'BROKEN', note: 'x' }))).toEqual([['COMMITMENT_SETTLED', 'outcome']]);
    expect(codes(await act('commitmentEdit', start.id, 2, { content: '另一内容' }))).toEqual([['COMMITMENT_SETTLED', 'commitmentId']]);
    expect((await act('commitmentSettle', start.id, 2, { outcome: 'OPEN', note: '登记有误' })).commitment).toMatchObject({ state: 'OPEN', overdue: true });
    expect((await desk.see(desk.recruiter, id, 'commitments { kind }')).commitments).toEqual([{ kind: 'START' }, { kind: 'JOBS' }]);
  });

  it('are refused where they do not fit, and to who may not', async () => {
    const id = await desk.project();
    expect(codes(await add(id, { content: ' ' }))).toEqual([['REQUIRED', 'content']]);
    expect(codes(await add(id, { side: 'INVESTOR', kind: 'SUBSIDY' }))).toEqual([['INVALID', 'kind']]);
    expect(codes(await add(id, { amount: { raw: '两千' } }))).toEqual([['AMOUNT_UNREADABLE', 'amount']]);
    const signing = (await desk.act(desk.recruiter, 'signingRecord', { projectId: await desk.project(), kind: 'CONTRACT', signedOn: '2026-06-12', partyName: '甲公司' }, 'signing { id }')).signing;
    expect(codes(await add(id, { signingId: signing.id }))).toEqual([['UNKNOWN_REFERENCE', 'signingId']]);
    const input = { projectId: id, side: 'ZONE', kind: 'LAND', content: '供地' };
    expect(await desk.refused(desk.leader, 'commitmentAdd', input)).toBe('FORBIDDEN');
    expect(await desk.refused(desk.other.as.RECRUITER, 'commitmentAdd', input)).toBe('NOT_FOUND');
  });

  it('are called to mind a week ahead, once for each day, until they are settled', async () => {
    const service = desk.api.running.app.get(CommitmentsService);
    const id = await desk.project();
    const { commitment } = await add(id, { side: 'INVESTOR', kind: 'START', content: '开工建设', amount: null, dueOn: '2026-06-22' });
    await add(id, { side: 'INVESTOR', kind: 'TAX', content: '年纳税', amount: null, dueOn: '2028-12-31' });
    const mine = async () => (await desk.api.gql(desk.recruiter, `{ reminders(filter: { projectId: "${id}", kind: [COMMITMENT] }) { nodes { title dueOn state } } }`)).data.reminders.nodes;
    desk.api.clock.pin(new Date('2026-06-14T10:00:00+08:00'));
    await service.remind();
    expect(await mine()).toEqual([]);
    desk.api.clock.pin(new Date('2026-06-15T10:00:00+08:00'));
    await Promise.all([service.remind(), service.remind()]);
    const name = (await desk.see(desk.recruiter, id, 'name')).name;
    expect(await mine()).toEqual([{ title: `“${name}”企业承诺应于 2026-06-22 兑现：开工建设`, dueOn: '2026-06-15', state: 'PLANNED' }]);
    await act('commitmentEdit', commitment.id, 1, { dueOn: '2026-06-18' });
    expect(await mine()).toEqual([]);
    await service.remind();
    expect(await mine()).toHaveLength(1);
    await act('commitmentSettle', commitment.id, 2, { outcome: 'KEPT' });
    await service.remind();
    expect(await mine()).toEqual([]);
  });
});
