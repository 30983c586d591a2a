import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { PolicyService } from '@yinfeng/directory';
import { Database } from '@yinfeng/platform';
import { codes, type DealDesk, dealDesk } from './deal-desk.js';

let desk: DealDesk;
beforeAll(async () => { desk = await dealDesk(); });
afterAll(() => desk.stop());

const SIGNED = { toStage: 'SIGNED', eventOn: '2026-06-12' };
const NEXT = 'nextStages { stage label needsApproval missing { item label kind how } }';
/** Records a contract with its scan. */
const sign = async (id: string, who = desk.recruiter) => desk.act(who, 'signingRecord', { projectId: id, kind: 'CONTRACT', signedOn: '2026-06-12', partyName: '长春某航天信息有限公司', agreementFileIds: [await desk.upload(who, '投资协议')] }, 'signing { id }');
const ask = async (id: string, who = desk.recruiter, input: object = SIGNED) => desk.act(who, 'stageRequest', { projectId: id, expectedVersion: await desk.version(id), ...input }, 'outcome project { stage } request { id }');
const approve = async (id: string, requestId: string, who = desk.groupLeader) => desk.act(who, 'stageApprove', { requestId, expectedVersion: await desk.version(id) }, 'project { stage }');

describe('the move to signed (acceptance check 6)', () => {
  it('names each missing item with its label and what to do, in the interface before it is asked for and in the refusal alike', async () => {
    const id = await desk.project({ fixed: null });
    const [next] = (await desk.see(desk.recruiter, id, NEXT)).nextStages;
    expect(next).toMatchObject({ stage: 'SIGNED', label: '签约', needsApproval: true });
    expect(next.missing.map((m: { item: string; label: string; kind: string }) => [m.item, m.label, m.kind])).toEqual([
      ['signing', '签约记录', 'RECORD'], ['agreement', '签署协议扫描件', 'EVIDENCE'], ['signingParty', '签约主体', 'FIELD'], ['fixedAmount', '固定资产投资', 'FIELD'],
    ]);
    const refused = await ask(id);
    expect(codes(refused)).toEqual(next.missing.map((m: { item: string }) => ['GATE_ITEM_MISSING', m.item]));
    expect(refused.userErrors.map((e: { message: string }) => e.message)).toEqual(next.missing.map((m: { label: string; how: string }) => `进入“签约”还缺：${m.label}。${m.how}`));
    expect(next.missing[1].how).toContain('agreementFileIds');
    const english = (await desk.see({ ...desk.recruiter }, id, 'gate(stage: SIGNED) { item met how }')).gate;
    expect(english.map((i: { item: string; met: boolean }) => [i.item, i.met])).toEqual([['signing', false], ['agreement', false], ['signingParty', false], ['totalAmount', true], ['fixedAmount', false], ['commitmentsReviewed', true]]);
    expect(await desk.see(desk.recruiter, id, 'stage')).toEqual({ stage: 'NEGOTIATING' });
  });

  it('without the scan is refused for the scan alone, and not moved by a scan of the framework', async () => {
    const id = await desk.project();
    await desk.act(desk.recruiter, 'signingRecord', { projectId: id, kind: 'CONTRACT', signedOn: '2026-06-12', partyName: '甲公司' });
    await desk.act(desk.recruiter, 'signingRecord', { projectId: id, kind: 'FRAMEWORK', signedOn: '2026-06-11', partyName: '甲公司', agreementFileIds: [await desk.upload(desk.recruiter, '框架协议')] });
    expect(codes(await ask(id))).toEqual([['GATE_ITEM_MISSING', 'agreement']]);
  });

  it('is approved by another person: not the asker, not who is in charge, not who recorded the agreement; nor past the API', async () => {
    const id = await desk.project({ owner: desk.groupLeader });
    await sign(id, desk.manager);
    const { request } = await ask(id, desk.groupLeader);
    expect(codes(await approve(id, request.id, desk.groupLeader))).toEqual([['SECOND_PERSON', 'requestId']]);
    expect(codes(await approve(id, request.id, desk.manager))).toEqual([['OWN_PROJECT', 'requestId']]);
    const own = await desk.project({ owner: desk.manager });
    await sign(own, desk.groupLeader);
    const asked = await ask(own, desk.groupLeader);
    expect(codes(await approve(own, asked.request.id, desk.manager))).toEqual([['OWN_PROJECT', 'requestId']]);
    for (const [request_, who] of [[request.id, desk.groupLeader], [request.id, desk.manager], [asked.request.id, desk.manager]]) {
      await expect(desk.t.owner.query(`update stage_request set state = 'APPROVED', decided_by = $2, decided_at = '2026-06-15T02:00:00Z' where id = $1`, [request_.split(':')[1], who.staffId])).rejects.toMatchObject({ code: '23514' });
    }
    expect(await approve(own, asked.request.id, desk.leader)).toMatchObject({ project: { stage: 'SIGNED' }, userErrors: [] });
  });

  it('takes the day of the first agreement that counts when nobody names another', async () => {
    const id = await desk.project();
    await sign(id);
    await desk.act(desk.recruiter, 'signingRecord', { projectId: id, kind: 'FRAMEWORK', signedOn: '2026-05-01', partyName: '甲公司' });
    const { request } = await ask(id, desk.recruiter, { toStage: 'SIGNED' });
    await approve(id, request.id);
    const { milestones } = await desk.see(desk.recruiter, id, 'milestones { kind eventOn bypassed }');
    expect(milestones).toEqual([{ kind: 'SIGNED', eventOn: '2026-06-12', bypassed: false }]);
  });
});

describe('a gate as policy of the zone', () => {
  it('asks for one of a group, for what speaks of the project only, and takes approval of the roles it names', async () => {
    const { SECURITY_ADMIN: security } = desk.zone.as;
    const policies = new PolicyService(desk.t.db, desk.t.clock);
    const item = { toStage: 'SIGNED' as const, validFrom: '2026-06-15', kind: 'EVIDENCE' as const, required: true };
    await policies.changeGate(security, { ...item, item: 'minutes', labelZh: '会议纪要', labelEn: 'minutes', anyOf: 'basis', remedyZh: '向办公室索取纪要。' });
    await policies.changeGate(security, { ...item, item: 'reply', labelZh: '批复', labelEn: 'reply', anyOf: 'basis' });
    await policies.changeGate(security, { ...item, item: 'energyReview', labelZh: '节能审查', labelEn: 'energy review', condition: { industries: ['C'], fromWan: 30_000 } });
    await policies.changeGate(security, { ...item, item: 'stateReview', labelZh: '国资审查', labelEn: 'state assets review', condition: { capitalSources: ['FOREIGN'] } });
    await expect(policies.changeGate(security, { ...item, item: 'x', labelZh: 'x', labelEn: 'x', condition: { fromWan: 1.5 } })).rejects.toMatchObject({ code: 'INVALID', path: ['condition', 'fromWan'] });
    // What a change does not mention stays: the remedy here, the group of a default item.
    await policies.changeGate(security, { ...item, item: 'minutes', labelZh: '会议纪要', labelEn: 'minutes of the meeting' });
    await policies.changeGate(security, { ...item, toStage: 'STARTED', item: 'sitePhotos', labelZh: '照片', labelEn: 'photos' });
    const rules = (await desk.api.gql(desk.recruiter, '{ policies { stages { stage approverRoles separation gate { item anyOf condition remedyZh } } } }')).data.policies.stages;
    const rule = (stage: string, name: string) => rules.find((s: any) => s.stage === stage).gate.find((g: any) => g.item === name);
    expect([rule('SIGNED', 'minutes'), rule('STARTED', 'sitePhotos').anyOf, rule('SIGNED', 'contractForeign').condition]).toEqual([
      { item: 'minutes', anyOf: 'basis', condition: {}, remedyZh: '向办公室索取纪要。' }, 'startProof', { capitalSources: ['FOREIGN'] },
    ]);
    const large = await desk.project();
    const small = await desk.project({ total: '299999999.99' });
    const foreign = await desk.project({ industry: 'I65', capitalSource: 'FOREIGN', total: '50000000', currency: 'USD' });
    const further = async (id: string) => (await desk.see(desk.recruiter, id, NEXT)).nextStages[0].missing.map((m: { item: string }) => m.item).filter((i: string) => !['signing', 'agreement', 'signingParty'].includes(i));
    expect([await further(large), await further(small), await further(foreign)]).toEqual([['energyReview', 'basis'], ['basis'], ['contractForeign', 'basis', 'stateReview']]);
    const group = (await desk.see(desk.recruiter, small, NEXT)).nextStages[0].missing.at(-1);
    expect(group).toEqual({ item: 'basis', kind: 'EVIDENCE', label: '会议纪要、批复（任一项）', how: '任选其一即可：minutes, reply。向办公室索取纪要。' });
    await desk.act(desk.recruiter, 'evidenceAdd', { projectId: small, item: 'reply', fileId: await desk.upload(desk.recruiter, '批复') });
    expect(await further(small)).toEqual([]);

    await policies.changeStage(security, { stage: 'SIGNED', validFrom: '2026-06-15', approverRoles: ['LEADER'] });
    await expect(policies.changeStage(security, { stage: 'SIGNED', validFrom: '2026-06-15', approverRoles: ['RECRUITER'] })).rejects.toMatchObject({ code: 'INVALID', path: ['approverRoles'] });
    await sign(small);
    const { request } = await ask(small);
    const { rows } = await desk.t.owner.query(`select recipient_id from reminder where kind = 'APPROVAL' and project_id = $1`, [small.split(':')[1]]);
    expect(rows).toEqual([{ recipient_id: desk.leader.staffId }]);
    expect(codes(await approve(small, request.id, desk.manager))).toEqual([['APPROVER_ROLE', 'requestId']]);
    expect(await approve(small, request.id, desk.leader)).toMatchObject({ project: { stage: 'SIGNED' }, userErrors: [] });
    // Whoever recorded it may approve where the zone separates the asker alone.
    await policies.changeStage(security, { stage: 'SIGNED', validFrom: '2026-06-15', approverRoles: [], separation: 'ASKER' });
    const lax = await desk.project({ total: '90000000', owner: desk.manager });
    await desk.act(desk.manager, 'evidenceAdd', { projectId: lax, item: 'reply', fileId: await desk.upload(desk.manager, '批复') });
    await sign(lax, desk.manager);
    const again = await ask(lax, desk.groupLeader);
    expect(await approve(lax, again.request.id, desk.manager)).toMatchObject({ project: { stage: 'SIGNED' }, userErrors: [] });
  });

  it('is read for twenty projects in the transaction that one takes', async () => {
    const tx = jest.spyOn(desk.api.running.app.get(Database), 'tx');
    const transactions = async (first: number) => {
      tx.mockClear();
      const found = await desk.api.gql(desk.manager, `{ projects(first: ${first}) { nodes { id ${NEXT} } } }`);
      return [found.data.projects.nodes.length, tx.mock.calls.length];
    };
    while ((await transactions(20))[0]! < 20) await desk.project();
    expect(await transactions(2)).toEqual([2, 1]);
    expect(await transactions(20)).toEqual([20, 1]);
    tx.mockRestore();
  });
});

describe('a bypass', () => {
  const bypass = async (id: string, who = desk.manager, input: object = {}) => desk.act(who, 'stageBypass', { projectId: id, expectedVersion: await desk.version(id), toStage: 'NEGOTIATING', reason: '市领导签批先行推进', ...input }, 'project { stage } bypass { id reason missing { item zh } bypassedBy { name } }');

  it('moves the project, with what was missing on record, on the timeline and in the list', async () => {
    const id = await desk.project({ stage: 'RESERVE' });
    const done = await bypass(id);
    expect(done).toMatchObject({ project: { stage: 'NEGOTIATING' }, bypass: { reason: '市领导签批先行推进', missing: [{ item: 'contact', zh: '联系人' }, { item: 'visit' }, { item: 'nextStep' }] }, userErrors: [] });
    const seen = await desk.see(desk.recruiter, id, 'milestones { kind bypassed note } timeline { nodes { kind title text } }');
    expect(seen.milestones).toEqual([{ kind: 'NEGOTIATED', bypassed: true, note: '市领导签批先行推进' }]);
    expect(seen.timeline.nodes).toContainEqual({ kind: 'BYPASSED', title: '绕过关口，直接进入：洽谈', text: '市领导签批先行推进（联系人、至少一次走访或接待记录、下一步）' });
    const list = (await desk.api.gql(desk.manager, `query($f: GateBypassFilter) { gateBypasses(filter: $f) { totalCount nodes { id toStage project { id } } } }`, { f: { projectId: id, stages: ['NEGOTIATING'], from: '2026-06-15', to: '2026-06-15' } })).data.gateBypasses;
    expect(list).toEqual({ totalCount: 1, nodes: [{ id: done.bypass.id, toStage: 'NEGOTIATING', project: { id } }] });
    expect((await desk.api.gql(desk.zone.stranger, '{ gateBypasses { totalCount } }')).data.gateBypasses.totalCount).toBe(0);
    await expect(desk.t.db.tx(desk.manager, (tx) => tx.run(`update gate_bypass set reason = '另一原因'`))).rejects.toMatchObject({ code: '42501' });
  });

  it('needs the permission, a reason and something missing, is never for one\'s own project, and happens once', async () => {
    const id = await desk.project({ stage: 'RESERVE' });
    expect(await desk.refused(desk.recruiter, 'stageBypass', { projectId: id, expectedVersion: 1, toStage: 'NEGOTIATING', reason: 'x' })).toBe('FORBIDDEN');
    expect(await desk.refused(desk.other.as.MANAGER, 'stageBypass', { projectId: id, expectedVersion: 1, toStage: 'NEGOTIATING', reason: 'x' })).toBe('NOT_FOUND');
    expect(codes(await bypass(id, desk.manager, { reason: ' ' }))).toEqual([['REASON_REQUIRED', 'reason']]);
    expect(codes(await bypass(id, desk.manager, { toStage: 'SIGNED' }))).toEqual([['STAGE_JUMP', 'toStage']]);
    expect(codes(await bypass(id, desk.manager, { expectedVersion: 9 }))).toEqual([['CONFLICT', 'expectedVersion']]);
    const own = await desk.project({ stage: 'RESERVE', owner: desk.manager });
    expect(codes(await bypass(own))).toEqual([['OWN_PROJECT', 'projectId']]);
    await expect(desk.t.owner.query(`insert into gate_bypass (zone_id, project_id, from_stage, to_stage, reason, missing, bypassed_by) values ($1, $2, 'RESERVE', 'NEGOTIATING', 'x', '[{}]', $3)`, [desk.zone.id, own.split(':')[1], desk.manager.staffId])).rejects.toMatchObject({ constraint: 'gate_bypass_own_project' });
    const both = await Promise.all([1, 2].map(() => desk.act(desk.manager, 'stageBypass', { projectId: id, expectedVersion: 1, toStage: 'NEGOTIATING', reason: '先行推进' })));
    expect(both.map((a) => a.userErrors[0]?.code ?? 'DONE').sort()).toEqual(['CONFLICT', 'DONE']);
    const ready = await desk.project({ stage: 'LEAD', total: '1' });
    await desk.t.owner.query(`delete from gate_item where zone_id = $1 and to_stage = 'RESERVE' and item = 'investor'`, [desk.zone.id]);
    expect(codes(await bypass(ready, desk.manager, { toStage: 'RESERVE' }))).toEqual([['BYPASS_NOT_NEEDED', 'toStage']]);
  });
});
