import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { installDefaults, POLICIES, type PolicyName } from '@yinfeng/directory';
import { PERMISSIONS_OF_ROLE, ROLES, systemActor } from '@yinfeng/platform';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let t: TestDatabase;
let api: TestApi;
let zone: TestZone;
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
  await t.db.tx(systemActor(zone.id, 'spec'), (tx) => installDefaults(tx, zone.id));
});

const READ = 'query($day: Date) { policies(day: $day) { day stages { stage version idleWorkingDays bucket labelZh counting needsApproval gate { item required } } policies { name zh en source value usual schema validFrom version versions { validFrom value } } } }';
const book = async (day?: string, who = zone.as.SECURITY_ADMIN) => (await api.gql(who, READ, { day })).data.policies;
const policy = async (name: string, day?: string) => (await book(day)).policies.find((p: { name: string }) => p.name === name);
const stage = async (name: string, day?: string) => (await book(day)).stages.find((s: { stage: string }) => s.stage === name);
const change = (mutation: string, type: string) => async (input: object, who = zone.as.SECURITY_ADMIN) =>
  (await api.gql(who, `mutation($input: ${type}!) { ${mutation}(input: $input) { policies { day stages { stage idleWorkingDays version } } userErrors { code path message } } }`, { input }));
const policySet = change('policySet', 'PolicySetInput');
const stagePolicySet = change('stagePolicySet', 'StagePolicySetInput');
const gateItemSet = change('gateItemSet', 'GateItemSetInput');

it('every rule of the product is listed with its value, the usual one, its source and a schema that the usual one fits', async () => {
  const { policies } = await book();
  expect(policies.map((p: { name: string }) => p.name)).toEqual(Object.keys(POLICIES).sort());
  for (const p of policies) {
    expect(p.value).toEqual(POLICIES[p.name as PolicyName].usual);
    expect(p.schema).toMatchObject({ type: 'object', properties: expect.any(Object) });
    expect(p.zh && p.en && p.source).toMatch(/\w+\.md/);
  }
});

it('is read by everybody who may read rules and changed by the security administrator alone', async () => {
  for (const role of ROLES) {
    expect([role, (await api.gql(zone.as[role], READ)).errors?.[0]?.extensions.code ?? 'ok']).toEqual([role, PERMISSIONS_OF_ROLE[role].includes('policy.read') ? 'ok' : 'FORBIDDEN']);
    if (role === 'SECURITY_ADMIN') continue;
    const refused = await policySet({ name: 'handoff', value: { receiveWorkingDays: 9 }, validFrom: '2026-07-01', expectedVersion: 1 }, zone.as[role]);
    expect([role, refused.errors?.[0]?.extensions.code]).toEqual([role, 'FORBIDDEN']);
  }
});

it('a value counts from its day on, is on record with who set it, and the same key does it once', async () => {
  const input = { idempotencyKey: 'k1', name: 'handoff', value: { receiveWorkingDays: 5 }, validFrom: '2026-07-01', expectedVersion: 1 };
  for (let i = 0; i < 2; i++) expect((await policySet(input)).data.policySet.userErrors).toEqual([]);
  expect([(await policy('handoff', '2026-06-30')).value, (await policy('handoff', '2026-07-01')).value]).toMatchObject([{ receiveWorkingDays: 3 }, { receiveWorkingDays: 5 }]);
  expect(await policy('handoff', '2026-07-01')).toMatchObject({ validFrom: '2026-07-01', version: 2, versions: [{ validFrom: '2000-01-01' }, { validFrom: '2026-07-01', value: { receiveWorkingDays: 5 } }] });
  const { rows } = await t.owner.query(`select actor_id, operation, after ->> 'valid_from' as from from audit_entry where entity = 'zone_policy' and actor_id is not null`);
  expect(rows).toEqual([{ actor_id: zone.as.SECURITY_ADMIN.staffId, operation: 'INSERT', from: '2026-07-01' }]);
});

it('says which part of a value is wrong, and refuses names it does not know and days gone by', async () => {
  const errors = async (input: object) => (await policySet({ expectedVersion: 1, validFrom: '2026-07-01', ...input })).data.policySet.userErrors;
  expect(await errors({ name: 'triage', value: { respondWorkingDays: 1, assessWorkingDays: 'x', answerWorkingDays: 5 } })).toEqual([{ code: 'INVALID', path: ['value', 'assessWorkingDays'], message: expect.stringContaining('triage.assessWorkingDays“"x"”') }]);
  expect((await errors({ name: 'handoff', value: { receiveWorkingDays: 3, more: 1 } }))[0]).toMatchObject({ code: 'INVALID', path: ['value'] });
  expect((await errors({ name: 'handoff', value: 'text' }))[0]).toMatchObject({ code: 'INVALID', path: ['value'] });
  expect((await errors({ name: 'toString', value: {} }))[0]).toMatchObject({ code: 'UNKNOWN_REFERENCE', path: ['name'] });
  expect((await errors({ name: 'handoff', value: { receiveWorkingDays: 9 }, validFrom: '2026-06-14' }))[0]).toMatchObject({ code: 'DATE_ORDER', path: ['validFrom'] });
  expect(await policy('handoff')).toMatchObject({ version: 1, value: { receiveWorkingDays: 3 } });
});

it('of two administrators who change one rule at once, one wins and the other is shown what it is now', async () => {
  const both = await Promise.all([4, 6].map((n) => policySet({ name: 'handoff', value: { receiveWorkingDays: n }, validFrom: '2026-07-01', expectedVersion: 1 })));
  const codes = both.map((r) => r.data.policySet.userErrors[0]?.code ?? 'ok').sort();
  expect(codes).toEqual(['CONFLICT', 'ok']);
  expect((await policy('handoff')).version).toBe(2);
  const { version } = await stage('SIGNED');
  const stages = await Promise.all([1, 2].map((n) => (n === 1
    ? stagePolicySet({ stage: 'SIGNED', validFrom: '2026-07-01', idleWorkingDays: 10, expectedVersion: version })
    : gateItemSet({ toStage: 'SIGNED', item: 'legalReview', kind: 'EVIDENCE', labelZh: '法制审查意见', labelEn: 'legal review', required: true, validFrom: '2026-07-01', expectedVersion: version }))));
  expect(stages.map((r) => (r.data.stagePolicySet ?? r.data.gateItemSet).userErrors[0]?.code ?? 'ok').sort()).toEqual(['CONFLICT', 'ok']);
});

it('a stage and its gate change from a day on: null takes the limit away, what is left out stays', async () => {
  const done = (await stagePolicySet({ stage: 'NEGOTIATING', validFrom: '2026-07-01', idleWorkingDays: null, labelZh: '在谈', counting: null, expectedVersion: (await stage('NEGOTIATING')).version })).data.stagePolicySet;
  expect(done).toMatchObject({ userErrors: [], policies: { day: '2026-07-01' } });
  expect(await stage('NEGOTIATING', '2026-06-30')).toMatchObject({ idleWorkingDays: 30, labelZh: '洽谈' });
  expect(await stage('NEGOTIATING', '2026-07-01')).toMatchObject({ idleWorkingDays: null, labelZh: '在谈', bucket: 'negotiating', counting: 'APPROVAL' });
  const item = { toStage: 'SIGNED', item: 'agreement', kind: 'EVIDENCE', labelZh: '协议', labelEn: 'agreement', required: false, validFrom: '2026-07-01' };
  expect((await gateItemSet({ ...item, expectedVersion: (await stage('SIGNED')).version })).data.gateItemSet.userErrors).toEqual([]);
  const required = async (day: string) => (await stage('SIGNED', day)).gate.find((g: { item: string }) => g.item === 'agreement').required;
  expect([await required('2026-06-30'), await required('2026-07-01')]).toEqual([true, false]);
  expect((await gateItemSet({ ...item, item: 'Drop table', expectedVersion: 0 })).data.gateItemSet.userErrors[0]).toMatchObject({ code: 'INVALID', path: ['item'] });
  expect((await stagePolicySet({ stage: 'SIGNED', validFrom: '2026-07-01', idleWorkingDays: 0, expectedVersion: 0 })).data.stagePolicySet.userErrors[0]).toMatchObject({ code: 'INVALID', path: ['idleWorkingDays'] });
});

it('the database itself keeps the rules of days gone by', async () => {
  await t.owner.query(`update zone_policy set valid_from = '2026-01-01' where name = 'handoff' and zone_id = $1`, [zone.id]);
  for (const sql of [`update zone_policy set value = '{}' where name = 'handoff'`, `insert into zone_policy (zone_id, name, valid_from, value) values (app_zone(), 'handoff', '2026-06-14', '{}')`]) {
    await expect(t.db.tx(systemActor(zone.id, 'spec'), (tx) => tx.run(sql))).rejects.toThrow(/days gone by/);
  }
});
