import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { installDefaults } from '@yinfeng/directory';
import { type Actor, systemActor } from '@yinfeng/platform';
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

interface Receipt { number: string; digest: string; reportedAt: string }
const report = async (who: Actor, name: string): Promise<Receipt> => {
  const { data } = await api.gql(who, 'mutation($input: LeadReportInput!) { leadReport(input: $input) { receipt { number digest reportedAt } userErrors { code } } }', { input: { name, enterprise: { name: `${name}有限公司` }, totalInvestment: { raw: '3亿元' } } });
  expect(data.leadReport.userErrors).toEqual([]);
  return data.leadReport.receipt;
};
const check = async (r: { number: string; digest: string }, who = zone.as.AUDITOR) =>
  (await api.gql(who, 'query($number: String!, $digest: String!) { receiptVerify(number: $number, digest: $digest) { state number reportedAt reporterName departmentName position total } }', r));
const broken = async () => (await t.owner.query<{ number: string | null; reason: string }>('select * from receipts_verify($1)', [zone.id])).rows[0] ?? null;
/** As somebody who owns the database and switches its triggers off. */
const tamper = (sql: string, ...params: unknown[]) => t.owner.query('begin; set local session_replication_role = replica').then(() => t.owner.query(sql, params)).then(() => t.owner.query('commit'));

it('a receipt proves later who reported when, to everybody who holds it, after renames and withdrawals too', async () => {
  const first = await report(zone.as.RECRUITER, '甲醇燃料电池');
  const second = await report(zone.stranger, '乙烯薄膜');
  expect(first.digest).toMatch(/^[0-9a-f]{64}$/);
  await t.owner.query(`update project set name = '改名后', folded_name = '改名后', status = 'WITHDRAWN' where name = '甲醇燃料电池'`);
  for (const who of [zone.as.AUDITOR, zone.as.RECRUITER, zone.stranger, zone.as.AGENT, zone.as.LEADER]) {
    expect((await check(first, who)).data.receiptVerify).toEqual({ state: 'GENUINE', number: first.number, reportedAt: first.reportedAt, reporterName: zone.as.RECRUITER.name, departmentName: expect.any(String), position: 1, total: 2 });
  }
  expect((await check({ number: second.number, digest: second.digest.toUpperCase().replace(/(.{8})/g, '$1 ') })).data.receiptVerify).toMatchObject({ state: 'GENUINE', position: 2 });
});

it('without the right digest nothing is told, not even that the number exists; another zone learns nothing', async () => {
  const [first, second] = [await report(zone.as.RECRUITER, '甲醇燃料电池'), await report(zone.as.RECRUITER, '乙烯薄膜')];
  const nothing = { state: 'UNKNOWN', number: null, reportedAt: null, reporterName: null, departmentName: null, position: null, total: null };
  for (const wrong of [{ number: first.number, digest: second.digest }, { number: 'SB-X-2026-9999', digest: first.digest }, { number: first.number, digest: '0'.repeat(64) }]) expect((await check(wrong)).data.receiptVerify).toEqual(nothing);
  const elsewhere = await makeZone(t.owner);
  expect((await check(first, elsewhere.as.AUDITOR)).data.receiptVerify).toEqual(nothing);
  expect((await check({ number: first.number, digest: 'abc' })).errors[0]).toMatchObject({ message: expect.stringContaining('“abc”'), extensions: { code: 'BAD_USER_INPUT' } });
  expect((await check(first, zone.as.SYSTEM_ADMIN)).errors[0].extensions.code).toBe('FORBIDDEN');
});

it('reports at once take their places one after the other, without gap or twin', async () => {
  const people = await Promise.all(Array.from({ length: 8 }, (_, i) => zone.hire('RECRUITER', 'group', { name: `甲${i}` })));
  const names = ['激光雷达', '玄武岩纤维', '玉米深加工', '人参饮片', '光刻胶', '碳化硅衬底', '新能源客车', '冰雪装备'];
  const all = await Promise.all(people.map((who, i) => report(who, names[i]!)));
  const places = await Promise.all(all.map(async (r) => (await check(r)).data.receiptVerify));
  expect(places.map((p) => p.state)).toEqual(all.map(() => 'GENUINE'));
  expect(places.map((p) => p.position).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(await broken()).toBeNull();
});

it('the books refuse changes to everybody; who forces one is found out, receipt by receipt and for the whole zone', async () => {
  const first = await report(zone.as.RECRUITER, '甲醇燃料电池');
  const second = await report(zone.as.RECRUITER, '乙烯薄膜');
  for (const sql of ['update receipt_link set seq = 9', 'delete from receipt_link', 'truncate receipt_link', `update first_report set reported_at = now()`]) await expect(t.owner.query(sql)).rejects.toThrow(/append-only/);
  await tamper(`update first_report set reported_at = reported_at - interval '1 hour' where number = $1`, second.number);
  expect((await check(second)).data.receiptVerify).toMatchObject({ state: 'ALTERED' });
  expect((await check(first)).data.receiptVerify).toMatchObject({ state: 'GENUINE' });
  expect(await broken()).toEqual({ number: second.number, reason: 'the first report was changed' });
  await tamper('delete from receipt_link where number = $1', second.number);
  expect(await broken()).toEqual({ number: null, reason: 'the end of the receipts is missing' });
});

it('a report slipped in without a receipt is found; reports that came with a ledger have none and are not missed', async () => {
  await report(zone.as.RECRUITER, '甲醇燃料电池');
  const project = async (code: string, importId: string | null) => {
    const { rows: [p] } = await t.owner.query<{ id: string }>(`insert into project (zone_id, code, name, folded_name, core_name, import_id) values ($1, $2, $2, $2, $2, $3) returning id`, [zone.id, code, importId]);
    return p!.id;
  };
  const imported = await project('台账项目', (await t.owner.query<{ id: string }>('select new_id() as id')).rows[0]!.id);
  await t.owner.query(`insert into first_report (project_id, zone_id, number, reported_at, receipt) values ($1, $2, 'L-1', '2020-01-01', '')`, [imported, zone.id]);
  expect(await broken()).toBeNull();
  const { data } = await api.gql(zone.as.LEADER, 'query($id: ID!) { project(id: $id) { firstReport { digest number } } }', { id: `Project:${imported}` });
  expect(data.project.firstReport).toEqual({ digest: null, number: 'L-1' });
  const slipped = await project('后补', null);
  await tamper(`insert into first_report (project_id, zone_id, number, reported_at, receipt) values ($1, $2, 'X-1', '2020-01-01', '')`, slipped, zone.id);
  expect(await broken()).toEqual({ number: 'X-1', reason: 'the first report has no receipt' });
});
