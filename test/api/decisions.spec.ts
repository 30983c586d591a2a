import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { POLICIES } from '@yinfeng/directory';
import { codes, type DealDesk, dealDesk } from './deal-desk.js';

let desk: DealDesk;
beforeAll(async () => { desk = await dealDesk(); });
afterAll(() => desk.stop());

describe('the chain of decisions', () => {
  const record = (projectId: string, input: object = {}, who = desk.recruiter) => desk.act(who, 'decisionRecord', { projectId, step: 'investmentCommittee', meetingOn: '2026-06-10', result: 'PASSED', ...input }, 'decision { id version fileId } project { decisions { step label state on } }');
  const revoke = (decisionId: string, input: object = {}) => desk.act(desk.recruiter, 'decisionRevoke', { decisionId, expectedVersion: 1, reason: '程序有误', ...input }, 'project { decisions { state } decisionRecords { result revokedAt revokeReason } }');
  const missing = async (id: string) => (await desk.see(desk.recruiter, id, 'nextStages { missing { item } }')).nextStages[0].missing.map((m: { item: string }) => m.item);

  it('is asked of projects from 500 million on, in order; complete, it opens the gate', async () => {
    const small = await desk.project({ total: '499999999.99' });
    const id = await desk.project({ total: '500000000' });
    expect([(await desk.see(desk.recruiter, small, 'decisions { step }')).decisions, await missing(small)]).toEqual([[], ['signing', 'agreement', 'signingParty']]);
    expect((await desk.see(desk.recruiter, id, 'decisions { step label position state }')).decisions).toEqual([
      { step: 'investmentCommittee', label: '投委会', position: 1, state: 'OPEN' }, { step: 'executiveMeeting', label: '常务会', position: 2, state: 'BLOCKED' },
    ]);
    expect(await missing(id)).toContain('decisions');
    expect(codes(await record(small))).toEqual([['DECISION_NOT_ASKED', 'projectId']]);
    expect(codes(await record(id, { step: 'executiveMeeting' }))).toEqual([['DECISION_ORDER', 'step']]);
    expect(codes(await record(id, { step: 'landMeeting' }))).toEqual([['INVALID', 'step']]);
    expect(codes(await record(id, { meetingOn: '2026-06-16' }))).toEqual([['DATE_IN_FUTURE', 'meetingOn']]);
    expect((await record(id, { result: 'DEFERRED', meetingOn: '2026-06-01' })).project.decisions.map((d: { state: string }) => d.state)).toEqual(['DEFERRED', 'BLOCKED']);
    const file = await desk.upload(desk.recruiter, '会议纪要');
    expect(await record(id, { fileId: file })).toMatchObject({ decision: { fileId: file }, project: { decisions: [{ state: 'PASSED', on: '2026-06-10' }, { state: 'OPEN' }] }, userErrors: [] });
    expect((await desk.api.request(desk.manager, `/files/${file}`)).status).toBe(200);
    expect(codes(await record(id))).toEqual([['DECISION_STANDS', 'step']]);
    expect(codes(await record(id, { step: 'executiveMeeting', meetingOn: '2026-06-09' }))).toEqual([['DATE_ORDER', 'meetingOn']]);
    const both = await Promise.all([1, 2].map(() => record(id, { step: 'executiveMeeting', meetingOn: '2026-06-12' })));
    expect(both.map((a) => a.userErrors[0]?.code ?? 'DONE').sort()).toEqual(['DECISION_STANDS', 'DONE']);
    expect(await missing(id)).not.toContain('decisions');
  });

  it('is taken back from its end, with a reason, and its rows stay', async () => {
    const id = await desk.project({ total: '600000000' });
    const first = (await record(id)).decision;
    const second = (await record(id, { step: 'executiveMeeting', meetingOn: '2026-06-12' })).decision;
    expect(codes(await revoke(first.id))).toEqual([['DECISION_LATER_STANDS', 'decisionId']]);
    expect(codes(await revoke(second.id, { reason: ' ' }))).toEqual([['REASON_REQUIRED', 'reason']]);
    expect(codes(await revoke(second.id, { expectedVersion: 2 }))).toEqual([['CONFLICT', 'expectedVersion']]);
    await revoke(second.id);
    const done = await revoke(first.id);
    expect(done.project.decisions.map((d: { state: string }) => d.state)).toEqual(['OPEN', 'BLOCKED']);
    expect(done.project.decisionRecords).toEqual([1, 2].map(() => ({ result: 'PASSED', revokedAt: expect.any(String), revokeReason: '程序有误' })));
    expect(codes(await revoke(first.id, { expectedVersion: 2 }))).toEqual([['DECISION_REVOKED', 'decisionId']]);
    expect(await missing(id)).toContain('decisions');
    expect(await desk.refused(desk.leader, 'decisionRecord', { projectId: id, step: 'x', meetingOn: '2026-06-01', result: 'PASSED' })).toBe('FORBIDDEN');
    expect(await desk.refused(desk.other.as.RECRUITER, 'decisionRevoke', { decisionId: first.id, expectedVersion: 1, reason: 'x' })).toBe('NOT_FOUND');
    await expect(desk.t.owner.query(`insert into project_decision (zone_id, project_id, chain, step, position, meeting_on, result, recorded_by) values ($1, $2, 'major', 'executiveMeeting', 2, '2026-06-12', 'PASSED', $3)`, [desk.zone.id, id.split(':')[1], desk.recruiter.staffId])).rejects.toMatchObject({ constraint: 'project_decision_order' });
  });

  it('follows the zone: another chain by class and size, none at all', async () => {
    const usual = POLICIES.decisionChains.usual.chains;
    await desk.policy('decisionChains', { chains: usual.map((c) => (c.key === 'stateOwned' ? { ...c, enabled: true } : c)) });
    const id = await desk.project({ total: '50000000', class: '投资类' });
    expect((await desk.see(desk.recruiter, id, 'decisions { label }')).decisions.map((d: { label: string }) => d.label)).toEqual(['国企投决会', '投委会', '常务会']);
    await desk.policy('decisionChains', { chains: [] });
    expect((await desk.see(desk.recruiter, id, 'decisions { label }')).decisions).toEqual([]);
    await desk.policy('decisionChains', { chains: usual });
  });
});

describe('the admission score sheet', () => {
  const full = (over: Record<string, string> = {}) => POLICIES.admission.usual.criteria.map((c) => ({ criterion: c.key, points: over[c.key] ?? String(c.max) }));
  const score = (projectId: string, input: object = {}, who = desk.recruiter) => desk.act(who, 'admissionScore', { projectId, points: full(), ...input }, 'sheet { id version round state total passed }');
  const decide = (sheetId: string, who = desk.groupLeader, input: object = {}) => desk.act(who, 'admissionDecide', { sheetId, expectedVersion: 1, confirm: true, ...input }, 'sheet { state passed version }');
  const missing = async (id: string) => (await desk.see(desk.recruiter, id, 'nextStages { missing { item } }')).nextStages[0].missing.map((m: { item: string }) => m.item);

  it('proposes points from amounts and land, within the maximum', async () => {
    const id = await desk.project({ fixed: '300000000', landNeed: '约 145 亩' });
    await desk.act(desk.recruiter, 'projectAmountSet', { projectId: id, expectedVersion: 1, kind: 'TAX_YEAR', money: { raw: '5000万元' } });
    const form = (await desk.see(desk.recruiter, id, 'admissionForm { passAt required criteria { key max suggested basis } vetoes { key } }')).admissionForm;
    expect(form.criteria.reduce((sum: number, c: { max: number }) => sum + c.max, 0)).toBe(100);
    expect(form.criteria.filter((c: { suggested: string | null }) => c.suggested)).toEqual([
      { key: 'intensity', max: 17, suggested: '11.7', basis: '206.9 万元/亩，满分标准 300' }, { key: 'tax', max: 16, suggested: '16', basis: '34.48 万元/亩·年，满分标准 30' },
    ]);
    expect([form.passAt, form.required, form.vetoes.length]).toEqual([60, false, 5]);
  });

  it('is scored by one and confirmed by another; a veto or too few points fail it; the gate asks for it when the zone does', async () => {
    const id = await desk.project();
    expect(await missing(id)).not.toContain('admission');
    await desk.policy('admission', { requiredWhen: { fromWan: 10_000 } });
    expect(await missing(id)).toContain('admission');
    const { sheet } = await score(id, { vetoes: ['credit'] });
    expect(sheet).toMatchObject({ round: 1, state: 'WAITING', total: '100', passed: false });
    expect(codes(await score(id))).toEqual([['ADMISSION_WAITING', 'projectId']]);
    expect(await decide(sheet.id)).toMatchObject({ sheet: { state: 'CONFIRMED', passed: false }, userErrors: [] });
    const few = (await score(id, { points: full({ investment: '0', intensity: '0', tax: '9.5' }) }, desk.groupLeader)).sheet;
    expect([few.round, few.total]).toEqual([2, '59.5']);
    expect(codes(await decide(few.id, desk.groupLeader))).toEqual([['SECOND_PERSON', 'sheetId']]);
    await expect(desk.t.owner.query(`update admission_sheet set state = 'CONFIRMED', decided_by = scored_by, decided_at = now() where id = $1`, [few.id.split(':')[1]])).rejects.toMatchObject({ constraint: 'admission_sheet_second_person' });
    expect(codes(await decide(few.id, desk.manager, { confirm: false }))).toEqual([['REASON_REQUIRED', 'note']]);
    const both = await Promise.all([desk.manager, desk.leader].map((who) => decide(few.id, who)));
    expect(both.map((a) => a.userErrors[0]?.code ?? 'DONE').sort()).toEqual(['ALREADY_DECIDED', 'DONE']);
    expect(await missing(id)).toContain('admission');
    const enough = (await score(id, { points: full({ investment: '0', intensity: '0', tax: '10' }) })).sheet;
    expect(await decide(enough.id)).toMatchObject({ sheet: { passed: true } });
    expect(await missing(id)).not.toContain('admission');
    expect((await desk.see(desk.recruiter, id, 'admissions { round passed }')).admissions).toEqual([{ round: 3, passed: true }, { round: 2, passed: false }, { round: 1, passed: false }]);
  });

  it('names each entry that does not fit', async () => {
    const id = await desk.project();
    const bad = full({ jobs: '5.5', tax: '-1', land: '9.55' }).filter((p) => p.criterion !== 'safety');
    expect(codes(await score(id, { points: [...bad, { criterion: 'luck', points: '1' }, bad[0]], vetoes: ['x'] }))).toEqual([
      ['INVALID', 'points.6.points'], ['INVALID', 'points.8.points'], ['INVALID', 'points.9.points'], ['INVALID', 'points.10.criterion'], ['INVALID', 'points.11.criterion'], ['REQUIRED', 'points'], ['INVALID', 'vetoes'],
    ]);
    expect(await desk.refused(desk.leader, 'admissionScore', { projectId: id, points: [] })).toBe('FORBIDDEN');
    expect(await desk.refused(desk.other.as.RECRUITER, 'admissionScore', { projectId: id, points: [] })).toBe('NOT_FOUND');
    const security = desk.zone.as.SECURITY_ADMIN;
    const set = `mutation($input: PolicySetInput!) { act: policySet(input: $input) { userErrors { code path message } } }`;
    const { criteria, ...rest } = POLICIES.admission.usual;
    const { data } = await desk.api.gql(security, set, { input: { name: 'admission', value: { ...rest, criteria: criteria.slice(1) }, validFrom: '2026-06-15', expectedVersion: 0 } });
    expect(data.act.userErrors[0]).toMatchObject({ code: 'INVALID', path: ['value', 'criteria'] });
  });
});
