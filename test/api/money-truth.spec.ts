import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

/** S1 and the published figures of money, told by queries from a ledger and from the monthly sheets of its projects. */
const S1 = JSON.parse(readFileSync(join(process.cwd(), 'test/fixtures/money/investment-2023-h1.json'), 'utf8')) as { base: { amount: string; source: string }; projects: { code: string; months: Record<string, number> }[] };

let t: TestDatabase;
let api: TestApi;
let zone: TestZone;

beforeAll(async () => {
  t = await testDatabase();
  api = await testApi(t);
  await t.clean();
  zone = await makeZone(t.owner);
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(readFileSync(join(process.cwd(), 'test/fixtures/ledgers/ledger-changchun-xinqu-2024.xlsx')))]), 'ledger.xlsx');
  const { id: fileId } = (await (await api.request(zone.as.MANAGER, '/files', { method: 'POST', body: form })).json()) as { id: string };
  const act = async (mutation: string, input: object) => (await api.gql(zone.as.MANAGER, mutation, { input })).data.act;
  const read = (await act('mutation($input: LedgerImportInput!) { act: ledgerImport(input: $input) { import { id version } userErrors { code } } }', { fileId })).import;
  const done = await act('mutation($input: ImportConfirmInput!) { act: importConfirm(input: $input) { import { state } userErrors { code message } } }', { importId: read.id, expectedVersion: read.version, decideAll: 'SAME' });
  expect(done).toMatchObject({ import: { state: 'APPLIED' }, userErrors: [] });
}, 120_000);
afterAll(async () => {
  await api.stop();
  await t.stop();
});

interface Row { amount: string; source: string; project: { id: string; code: string; class: string | null } }
const ROWS = 'totalCount pageInfo { hasNextPage endCursor } nodes { amount source project { id code class } }';
/** Every page of the rows of a figure; `path` leads to the figure. */
async function all(query: (rows: string) => string, path: string[]): Promise<Row[]> {
  const found: Row[] = [];
  for (let after: string | null = null; ; ) {
    const { data, errors } = await api.gql(zone.as.LEADER, query(`rows(first: 100, after: ${JSON.stringify(after)}) { ${ROWS} }`));
    if (errors) throw new Error(JSON.stringify(errors));
    const { rows } = path.reduce((at, key) => at[key], data);
    found.push(...rows.nodes);
    if (!rows.pageInfo.hasNextPage) {
      expect(rows.totalCount).toBe(found.length);
      return found;
    }
    after = rows.pageInfo.endCursor;
  }
}
/** Exact to the cent, as integers: what the rows add up to. */
const total = (rows: Row[]) => rows.reduce((sum, r) => sum + BigInt(Math.round(Number(r.amount) * 100)), 0n);
const cents = (amount: string) => BigInt(Math.round(Number(amount) * 100));

describe('S1: 61.4 亿 fixed investment, +49 %, industry share 76.1 %', () => {
  it('comes out of six monthly sheets and a base on record, each figure equal to its rows', async () => {
    // The service centre reports for the projects that it was called to.
    const service = zone.as.SERVICE;
    await t.owner.query('insert into project_department (zone_id, project_id, department_id) select zone_id, id, $2 from project where zone_id = $1 and code = any($3::text[])', [zone.id, zone.departments.service, S1.projects.map((p) => p.code)]);
    for (const month of ['01', '02', '03', '04', '05', '06'].map((m) => `2023-${m}`)) {
      const items = S1.projects.flatMap((p) => (p.months[month] === undefined ? [] : [{ code: p.code, money: { raw: `${p.months[month]}万元` } }]));
      const { data } = await api.gql(service, 'mutation($input: InvestmentReportBatchInput!) { act: investmentReportBatch(input: $input) { items { outcome error { message } } userErrors { code } } }', { input: { month: `${month}-01`, items } });
      expect(data.act.userErrors).toEqual([]);
      expect(data.act.items.filter((i: { outcome: string }) => i.outcome !== 'CREATED')).toEqual([]);
    }
    const base = { from: '2022-01-01', to: '2022-06-01', money: { raw: S1.base.amount }, source: S1.base.source };
    expect((await api.gql(zone.as.LEADER, 'mutation($input: InvestmentBaseSetInput!) { act: investmentBaseSet(input: $input) { base { amount { yi } } userErrors { code } } }', { input: base })).data.act).toEqual({ base: { amount: { yi: '41.21' } }, userErrors: [] });

    const { data } = await api.gql(zone.as.LEADER, '{ investmentFigures(from: "2023-01-01", to: "2023-06-30") { from to done { yi count unconfirmed } industry { yi count } industryShare growth { percent basis amount source from to } } }');
    expect(data.investmentFigures).toEqual({
      from: '2023-01-01', to: '2023-06-01', done: { yi: '61.4', count: 146, unconfirmed: '6140000000' }, industry: { yi: '46.7254', count: 133 }, industryShare: '76.1',
      growth: { percent: '49', basis: 'BASE', amount: '4121000000', source: S1.base.source, from: '2022-01-01', to: '2022-06-01' },
    });
    const figure = (name: string) => all((rows) => `{ investmentFigures(from: "2023-01-01", to: "2023-06-01") { ${name} { ${rows} } } }`, ['investmentFigures', name]);
    const [done, industry] = [await figure('done'), await figure('industry')];
    expect([total(done), total(industry)]).toEqual([614_000_000_000n, 467_254_000_000n]);
    expect(new Map(done.map((r) => [r.project.code, r.amount]))).toEqual(new Map(S1.projects.map((p) => [p.code, String(Object.values(p.months).reduce((a, b) => a + b, 0) * 10_000)])));
    expect(industry.map((r) => r.project.id).sort()).toEqual(done.filter((r) => r.project.class === '产业项目').map((r) => r.project.id).sort());
  });
});

describe('arrived and used', () => {
  it.each([[2023, '26920000000', '26150000'], [2024, '28586000000', '31405000']])('%i: 内资 %s 元, 外资 %s 美元 of the ledger, each equal to its rows', async (year, cny, usd) => {
    const { data } = await api.gql(zone.as.LEADER, `{ arrivalFigures(year: ${year}) { domestic { counted { amount currency fromArrivals fromLedger unconverted { currency } } excluded { code } waiting { count } } foreign { counted { amount currency fromLedger unconverted { currency } } } } }`);
    expect(data.arrivalFigures).toEqual({
      domestic: { counted: { amount: cny, currency: 'CNY', fromArrivals: '0', fromLedger: cny, unconverted: [] }, excluded: [], waiting: { count: 0 } },
      foreign: { counted: { amount: usd, currency: 'USD', fromLedger: usd, unconverted: [] } },
    });
    for (const [nature, amount] of [['domestic', cny], ['foreign', usd]] as const) {
      const rows = await all((r) => `{ arrivalFigures(year: ${year}) { ${nature} { counted { ${r} } } } }`, ['arrivalFigures', nature, 'counted']);
      expect(total(rows)).toBe(cents(amount));
      expect(new Set(rows.map((r) => r.source))).toEqual(new Set(['LEDGER']));
    }
  });
});
