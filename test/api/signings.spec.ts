import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codes, type DealDesk, dealDesk } from './deal-desk.js';

let desk: DealDesk;
beforeAll(async () => { desk = await dealDesk(); });
afterAll(() => desk.stop());

const FIELDS = 'signing { id version kind counts agreementType fulfils { id } fulfilledBy { id } supplements { id } supplementedBy { id } voidedAt voidReason voidedBy { name } totalInvestment { amount wan yi } }';
const base = { signedOn: '2026-06-12', partyName: '长春某航天信息有限公司' };
const record = async (projectId: string, input: object, who = desk.recruiter) => desk.act(who, 'signingRecord', { projectId, ...base, ...input }, FIELDS);

describe('frameworks and contracts', () => {
  it('a contract names the framework it fulfils, a supplement its main contract; the conversion is counted', async () => {
    const id = await desk.project();
    const framework = (await record(id, { agreementType: '战略合作框架协议', signedOn: '2026-05-08' })).signing;
    const lonely = (await record(await desk.project(), { kind: 'FRAMEWORK', signedOn: '2026-05-31' })).signing;
    const contract = (await record(id, { agreementType: '正式投资协议', fulfilsId: framework.id, totalInvestment: { raw: '3.5亿元' } })).signing;
    expect([framework.kind, framework.counts, contract.kind, contract.counts, contract.fulfils.id]).toEqual(['FRAMEWORK', false, 'CONTRACT', true, framework.id]);
    expect(contract.totalInvestment).toEqual({ amount: '350000000', wan: '35000', yi: '3.5' });
    const supplement = (await record(id, { agreementType: '补充协议', mainId: contract.id, signedOn: '2026-06-14' })).signing;
    const second = (await record(id, { kind: 'CONTRACT', signedOn: '2026-06-13' })).signing;
    expect([supplement.supplements.id, second.counts]).toEqual([contract.id, false]);
    const { signings } = await desk.see(desk.recruiter, id, 'signings { id fulfilledBy { id } supplementedBy { id } }');
    expect(signings.find((s: { id: string }) => s.id === framework.id).fulfilledBy).toEqual([{ id: contract.id }]);
    expect(signings.find((s: { id: string }) => s.id === contract.id).supplementedBy).toEqual([{ id: supplement.id }]);
    const conversion = async (who = desk.manager, from = '2026-05-01') => (await desk.api.gql(who, `{ signingConversion(from: "${from}", to: "2026-05-31") { frameworks converted rate } }`)).data.signingConversion;
    expect(await conversion()).toEqual({ frameworks: 2, converted: 1, rate: '0.5' });
    expect(await conversion(desk.manager, '2026-05-31')).toEqual({ frameworks: 1, converted: 0, rate: '0' });
    expect(await conversion(desk.zone.stranger)).toEqual({ frameworks: 0, converted: 0, rate: null });
    expect((await desk.api.gql(desk.manager, '{ signingConversion(from: "2026-06-01", to: "2026-05-31") { rate } }')).errors[0].extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'to' });
    // A voided framework is none, a voided contract fulfils nothing.
    await desk.act(desk.recruiter, 'signingVoid', { signingId: lonely.id, expectedVersion: 1, reason: '重复登记' });
    await desk.act(desk.recruiter, 'signingVoid', { signingId: contract.id, expectedVersion: 1, reason: '未生效' });
    expect(await conversion()).toEqual({ frameworks: 1, converted: 0, rate: '0' });
  });

  it('refuses what does not fit: another kind, another project, itself; also past the API', async () => {
    const id = await desk.project();
    const other = (await record(await desk.project(), { kind: 'FRAMEWORK' })).signing;
    const contract = (await record(id, { kind: 'CONTRACT' })).signing;
    expect(codes(await record(id, {}))).toEqual([['REQUIRED', 'kind']]);
    expect(codes(await record(id, { kind: 'FRAMEWORK', fulfilsId: other.id }))).toEqual([['INVALID', 'fulfilsId']]);
    expect(codes(await record(id, { kind: 'CONTRACT', mainId: contract.id }))).toEqual([['INVALID', 'mainId']]);
    expect(codes(await record(id, { kind: 'CONTRACT', fulfilsId: other.id }))).toEqual([['UNKNOWN_REFERENCE', 'fulfilsId']]);
    expect(codes(await record(id, { kind: 'CONTRACT', fulfilsId: contract.id }))).toEqual([['UNKNOWN_REFERENCE', 'fulfilsId']]);
    expect(codes(await record(id, { kind: 'SUPPLEMENT', mainId: other.id }))).toEqual([['UNKNOWN_REFERENCE', 'mainId']]);
    await expect(desk.t.owner.query(`update signing set fulfils_id = $2 where id = $1`, [contract.id.split(':')[1], other.id.split(':')[1]])).rejects.toMatchObject({ constraint: 'signing_fulfils_framework' });
  });
});

describe('corrections', () => {
  it('edit on the version that was seen; two at once, one wins; another zone finds nothing', async () => {
    const id = await desk.project();
    const { id: signingId } = (await record(id, { kind: 'CONTRACT', totalInvestment: { raw: '3亿元' } })).signing;
    const edit = (input: object, who = desk.recruiter) => desk.act(who, 'signingEdit', { signingId, expectedVersion: 1, ...input }, FIELDS);
    const both = await Promise.all([edit({ totalInvestment: { raw: '3.2亿元' } }), edit({ title: '投资协议' })]);
    expect(both.map((a) => a.userErrors[0]?.code ?? 'DONE').sort()).toEqual(['CONFLICT', 'DONE']);
    expect(both.find((a) => a.userErrors.length)!.signing).toMatchObject({ id: signingId, version: 2 });
    expect(codes(await edit({ expectedVersion: 2, signedOn: '2026-06-16' }))).toEqual([['DATE_IN_FUTURE', 'signedOn']]);
    expect(codes(await edit({ expectedVersion: 2, partyName: ' ' }))).toEqual([['REQUIRED', 'partyName']]);
    expect(await desk.refused(desk.zone.stranger, 'signingEdit', { signingId, expectedVersion: 2 })).toBe('NOT_FOUND');
    expect(await desk.refused(desk.other.as.RECRUITER, 'signingEdit', { signingId, expectedVersion: 2 })).toBe('NOT_FOUND');
    expect(await desk.refused(desk.zone.as.SERVICE, 'signingVoid', { signingId, expectedVersion: 2, reason: 'x' })).toBe('FORBIDDEN');
  });

  it('void keeps the row with its reason and on the timeline; a signed project keeps an agreement that counts', async () => {
    const id = await desk.project();
    const first = (await record(id, { kind: 'CONTRACT', agreementFileIds: [await desk.upload(desk.recruiter, '协议')] })).signing;
    const request = (await desk.act(desk.recruiter, 'stageRequest', { projectId: id, expectedVersion: await desk.version(id), toStage: 'SIGNED' }, 'request { id }')).request;
    await desk.act(desk.groupLeader, 'stageApprove', { requestId: request.id, expectedVersion: await desk.version(id) });
    const away = (signingId: string, input: object = {}) => desk.act(desk.recruiter, 'signingVoid', { signingId, expectedVersion: 1, reason: '主体写错', ...input }, FIELDS);
    expect(codes(await away(first.id))).toEqual([['SIGNING_NEEDED', 'signingId']]);
    expect(codes(await desk.act(desk.recruiter, 'signingEdit', { signingId: first.id, expectedVersion: 1, kind: 'FRAMEWORK' }))).toEqual([['SIGNING_NEEDED', 'signingId']]);
    const right = (await record(id, { kind: 'CONTRACT', signedOn: '2026-06-13' })).signing;
    expect(codes(await away(first.id, { reason: ' ' }))).toEqual([['REASON_REQUIRED', 'reason']]);
    expect((await away(first.id)).signing).toMatchObject({ voidReason: '主体写错', voidedBy: { name: desk.recruiter.name }, counts: false });
    expect(codes(await away(first.id, { expectedVersion: 2 }))).toEqual([['SIGNING_VOIDED', 'signingId']]);
    const list = async (withVoided: boolean) => (await desk.api.gql(desk.recruiter, `{ signings(filter: { projectId: "${id}", withVoided: ${withVoided} }) { totalCount nodes { id counts } } }`)).data.signings;
    expect([await list(false), (await list(true)).totalCount]).toEqual([{ totalCount: 1, nodes: [{ id: right.id, counts: true }] }, 2]);
    const { timeline } = await desk.see(desk.recruiter, id, 'timeline { nodes { kind title text } }');
    expect(timeline.nodes).toContainEqual({ kind: 'SIGNING_VOIDED', title: '作废协议（投资协议）', text: '主体写错' });
    // The scan of a voided agreement proves nothing.
    const gate = (await desk.see(desk.recruiter, id, 'gate(stage: SIGNED) { item met }')).gate;
    expect(gate.find((i: { item: string }) => i.item === 'agreement').met).toBe(false);
  });
});
