import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { installDefaults, PolicyService } from '@yinfeng/directory';
import { systemActor, type Tx } from '@yinfeng/platform';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let test: TestDatabase;
let zone: TestZone;
let policies: PolicyService;
beforeAll(async () => { test = await testDatabase(); });
afterAll(() => test.stop());
beforeEach(async () => {
  await test.clean();
  zone = await makeZone(test.owner);
  policies = new PolicyService(test.db, test.clock);
});
const tx = <T>(work: (tx: Tx) => Promise<T>) => test.db.tx(systemActor(zone.id, 'spec'), work);
const stage = async (name: string, day: string) => (await tx((t) => policies.stages(t, day))).find((s) => s.stage === name)!;

it('a zone without rules of its own has the default ones: labels, buckets, limits, who approves', async () => {
  const stages = await tx((t) => policies.stages(t, '2026-06-15'));
  expect(stages.map((s) => [s.stage, s.labelZh, s.bucket, s.idleWorkingDays, s.needsApproval, s.counting])).toEqual([
    ['LEAD', '线索', null, null, false, 'APPROVAL'], ['RESERVE', '储备', 'reserve', 45, false, 'APPROVAL'], ['NEGOTIATING', '洽谈', 'negotiating', 30, false, 'APPROVAL'],
    ['SIGNED', '签约', 'signed', 20, true, 'APPROVAL'], ['LANDED', '落位', null, null, true, 'APPROVAL'], ['STARTED', '开工', null, null, true, 'APPROVAL'], ['PRODUCING', '投产', null, null, false, 'APPROVAL'],
  ]);
  expect(await tx((t) => policies.value(t, 'triage', '2026-06-15'))).toMatchObject({ respondWorkingDays: 1, assessWorkingDays: 3, answerWorkingDays: 5, majorFromCny: 500_000_000, majorAssessWorkingDays: 5, reportWorkingDays: 10 });
});

it('installed defaults are the same rules, written once', async () => {
  const before = await tx((t) => policies.stages(t, '2026-06-15'));
  await tx((t) => installDefaults(t, zone.id));
  await tx((t) => installDefaults(t, zone.id));
  expect(await tx((t) => policies.stages(t, '2026-06-15'))).toEqual(before);
  expect((await tx((t) => policies.gate(t, 'SIGNED', '2026-06-15'))).map((i) => [i.item, i.kind])).toEqual([
    ['signing', 'RECORD'], ['agreement', 'EVIDENCE'], ['signingParty', 'FIELD'], ['totalAmount', 'FIELD'], ['fixedAmount', 'FIELD'],
    ['contractForeign', 'FIELD'], ['decisions', 'RECORD'], ['commitmentsReviewed', 'RECORD'], ['admission', 'RECORD'],
  ]);
});

it('a change counts from its day on; the days before keep their rules, in SQL alike', async () => {
  await tx((t) => installDefaults(t, zone.id));
  await policies.changeStage(zone.as.SECURITY_ADMIN, { stage: 'LANDED', validFrom: '2026-07-01', bucket: 'signed', labelZh: '落地', idleWorkingDays: 15 });
  expect(await stage('LANDED', '2026-06-30')).toMatchObject({ bucket: null, labelZh: '落位', idleWorkingDays: null });
  expect(await stage('LANDED', '2026-07-01')).toMatchObject({ bucket: 'signed', labelZh: '落地', idleWorkingDays: 15, needsApproval: true });
  const rule = (day: string) => tx((t) => t.row<{ bucket: string | null }>(`select (stage_rule(app_zone(), 'LANDED', $1)).bucket as bucket`, [day]));
  expect([(await rule('2026-06-30'))!.bucket, (await rule('2026-07-01'))!.bucket]).toEqual([null, 'signed']);
  await policies.changeStage(zone.as.SECURITY_ADMIN, { stage: 'LANDED', validFrom: '2026-07-01', bucket: null });
  expect(await stage('LANDED', '2026-07-02')).toMatchObject({ bucket: null, labelZh: '落地' });
});

it('a gate asks for one more item, or for one less, from a day on', async () => {
  await tx((t) => installDefaults(t, zone.id));
  const item = { toStage: 'SIGNED' as const, item: 'agreement', kind: 'EVIDENCE' as const, labelZh: '协议', labelEn: 'agreement' };
  await policies.changeGate(zone.as.SECURITY_ADMIN, { ...item, validFrom: '2026-07-01', required: false });
  await policies.changeGate(zone.as.SECURITY_ADMIN, { ...item, item: 'legalReview', validFrom: '2026-06-15', required: true });
  const later = ['contractForeign', 'decisions', 'commitmentsReviewed', 'admission'];
  const items = async (day: string) => (await tx((t) => policies.gate(t, 'SIGNED', day))).map((i) => i.item);
  expect(await items('2026-06-30')).toEqual(['signing', 'agreement', 'signingParty', 'totalAmount', 'fixedAmount', ...later, 'legalReview']);
  expect(await items('2026-07-01')).toEqual(['signing', 'signingParty', 'totalAmount', 'fixedAmount', ...later, 'legalReview']);
});

it('values are checked, days that have passed are closed, and only the security administrator decides', async () => {
  const security = zone.as.SECURITY_ADMIN;
  await policies.changeValue(security, { name: 'triage', value: { respondWorkingDays: 2, assessWorkingDays: 5, majorFromCny: 500_000_000, majorAssessWorkingDays: 5, answerWorkingDays: 10, reportWorkingDays: 10 }, validFrom: '2026-07-01' });
  expect([(await tx((t) => policies.value(t, 'triage', '2026-06-30'))).assessWorkingDays, (await tx((t) => policies.value(t, 'triage', '2026-07-01'))).assessWorkingDays]).toEqual([3, 5]);
  await expect(policies.changeValue(security, { name: 'handoff', value: { receiveWorkingDays: -1 }, validFrom: '2026-07-01' })).rejects.toMatchObject({ code: 'INVALID', path: ['value', 'receiveWorkingDays'] });
  await expect(policies.changeStage(security, { stage: 'SIGNED', validFrom: '2026-06-14', needsApproval: false })).rejects.toMatchObject({ code: 'DATE_ORDER', path: ['validFrom'] });
  await expect(policies.changeStage(security, { stage: 'SIGNED', validFrom: '2026-07-01', idleWorkingDays: 0 })).rejects.toMatchObject({ code: 'INVALID', path: ['idleWorkingDays'] });
  for (const other of [zone.as.MANAGER, zone.as.SYSTEM_ADMIN, zone.as.AUDITOR]) await expect(policies.changeStage(other, { stage: 'SIGNED', validFrom: '2026-07-01' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
});
