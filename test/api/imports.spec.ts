import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import ExcelJS from 'exceljs';
import { ImportsService } from '@yinfeng/ledgers';
import type { Actor } from '@yinfeng/platform';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let t: TestDatabase;
let api: TestApi;
let zone: TestZone;
let manager: Actor;

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
  manager = zone.as.MANAGER;
});

const file = (name: string) => readFileSync(join(process.cwd(), 'test/fixtures/ledgers', name));
async function upload(name: string, who: Actor = manager, content: Buffer = file(name)): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(content)]), name.replace(/^.*\//, ''));
  const response = await api.request(who, '/files', { method: 'POST', body: form });
  expect(response.status).toBe(201);
  return ((await response.json()) as { id: string }).id;
}

const IMPORT = 'id version state fileName kind asOf progress total failure counts { rows created updated unchanged merged held undecided rejected } questions { kind sheet text } warnings { class level count cells } createdBy { name }';
const READ = `mutation($input: LedgerImportInput!) { act: ledgerImport(input: $input) { import { ${IMPORT} } userErrors { code path message } } }`;
const CONFIRM = `mutation($input: ImportConfirmInput!) { act: importConfirm(input: $input) { import { ${IMPORT} } userErrors { code path message } } }`;
const UNDO = `mutation($input: ImportUndoInput!) { act: importUndo(input: $input) { import { ${IMPORT} } userErrors { code path message } } }`;
const act = async (mutation: string, input: object, who: Actor = manager) => (await api.gql(who, mutation, { input })).data.act;
const read = async (name: string, more: object = {}) => (await act(READ, { fileId: await upload(name), ...more })).import;
const confirm = (imported: { id: string; version: number }, more: object = {}) => act(CONFIRM, { importId: imported.id, expectedVersion: imported.version, ...more });
const codes = (payload: { userErrors: { code: string }[] }) => payload.userErrors.map((e) => e.code);
const projects = async () => Number((await t.owner.query('select count(*)::int as n from project')).rows[0].n);

const WEEK = 'weekly-changchun-xinqu.xlsx';

describe('ledgerImport', () => {
  it('shows what would become of every row and changes nothing', async () => {
    const imported = await read(WEEK);
    expect(imported).toMatchObject({ state: 'WAITING', kind: 'PROJECTS', asOf: '2024-05-17', counts: { rows: 127, created: 124, held: 3, undecided: 3 }, createdBy: { name: manager.name }, questions: [] });
    expect(imported.warnings.find((w: { class: string }) => w.class === 'AMOUNT_RANGE')).toEqual({ class: 'AMOUNT_RANGE', level: 'WARN', count: 2, cells: ['长三角片区!D6', '京津冀片区!D23'] });
    expect(await projects()).toBe(0);
    const { data } = await api.gql(manager, `query($id: ID!) { ledgerImport(id: $id) {
      sheets { name imported why headerRows dataRows columns { letter header field unit confidence hidden ask } skippedRows { row kind } }
      rows(filter: { actions: [HOLD] }, first: 2) { totalCount pageInfo { hasNextPage endCursor } nodes { sheet row action reason decision repeats { sheet row } raw { column text } fields { name value } warnings { class cell raw } project { id } candidates { id } } } } }`, { id: imported.id });
    expect(data.ledgerImport.sheets.find((s: { name: string }) => s.name === '长三角片区')).toMatchObject({ imported: true, headerRows: [4], columns: expect.arrayContaining([expect.objectContaining({ letter: 'D', header: '固定资产投资', field: 'amount.fixed', unit: '万元', confidence: 1 })]) });
    const { rows } = data.ledgerImport;
    expect(rows).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    expect(rows.nodes[0]).toMatchObject({ sheet: '光电信息专班', row: 13, action: 'HOLD', reason: 'SAME_NAME_SAME_INVESTOR', repeats: { sheet: '长三角片区', row: 11 }, raw: expect.arrayContaining([{ column: 'B', text: '玥琅乳制品产业化项目' }]), fields: expect.arrayContaining([{ name: 'name', value: '玥琅乳制品产业化项目' }]) });
    const next = await api.gql(manager, `query($id: ID!, $after: String) { ledgerImport(id: $id) { rows(filter: { undecided: true }, first: 2, after: $after) { nodes { row } pageInfo { hasNextPage } } } }`, { id: imported.id, after: rows.pageInfo.endCursor });
    expect(next.data.ledgerImport.rows).toMatchObject({ nodes: [{ row: 10 }], pageInfo: { hasNextPage: false } });
    expect((await api.gql(manager, '{ ledgerImports(first: 5) { totalCount nodes { id state } } }')).data.ledgerImports).toEqual({ totalCount: 1, nodes: [{ id: imported.id, state: 'WAITING' }] });
    expect((await api.gql(manager, 'query($id: ID!) { node(id: $id) { id ... on LedgerImport { fileName } } }', { id: imported.id })).data.node).toEqual({ id: imported.id, fileName: WEEK });
  });

  it('finds namesakes among the projects on the books by an index, not each row by going through all of them', async () => {
    const list = (from: number) => Buffer.from(`项目名称,投资方,总投资（万元）,联系电话\n${Array.from({ length: 300 }, (_, i) => `青禾${from + i}号精密轴承项目,青禾${from + i}轴承有限公司,${1000 + i},1380000${String(from + i).padStart(4, '0')}`).join('\n')}\n`);
    const rowsRead = async () => {
      await t.owner.query('select pg_stat_force_next_flush(), pg_stat_clear_snapshot()');
      return Number((await t.owner.query(`select seq_tup_read + idx_tup_fetch as n from pg_stat_user_tables where relname = 'project'`)).rows[0].n);
    };
    const bring = async (from: number) => {
      const imported = (await act(READ, { fileId: await upload(`${from}.csv`, manager, list(from)) })).import;
      expect(imported.counts).toMatchObject({ rows: 300, created: 300 });
      expect(codes(await confirm(imported))).toEqual([]);
    };
    await bring(1000);
    const before = await rowsRead();
    await bring(2000);
    expect((await rowsRead()) - before).toBeLessThan(300 * 100);
    expect(await projects()).toBe(600);
  });

  it('refuses what cannot be read with the reason, and asks what it cannot tell', async () => {
    const refused = await act(READ, { fileId: await upload('hostile/header-only.xlsx') });
    expect(refused.userErrors[0]).toMatchObject({ code: 'FILE_UNREADABLE', path: ['fileId'], message: expect.stringContaining('没有数据') });
    const asked = await read('hostile/no-header-row.xlsx');
    expect(asked.questions).toEqual([expect.objectContaining({ kind: 'NO_HEADER_ROW' })]);
    expect(codes(await confirm(asked))).toEqual(['IMPORT_NEEDS_ANSWER']);
    expect(await projects()).toBe(0);
  });

  it('reads columns as a person says, and remembers it for the next file with these headers', async () => {
    const csv = (rows: string) => Buffer.from(`甲项,乙项,丙项\n${rows}`);
    const mapping = [{ sheet: '(csv)', headerRows: [1], columns: [{ letter: 'A', field: 'name' }, { letter: 'B', field: 'investor' }, { letter: 'C', field: 'amount.total', unit: '万元' }] }];
    const given = (await act(READ, { fileId: await upload('x.csv', manager, csv('光谷甲项目,甲有限公司,1200\n光谷乙项目,乙有限公司,3000\n')), asOf: '2026-06-01', sheetKind: 'PROJECTS', mapping })).import;
    expect(given.counts).toMatchObject({ created: 2 });
    expect(codes(await confirm(given))).toEqual([]);
    const recalled = (await act(READ, { fileId: await upload('y.csv', manager, csv('光谷丙项目,丙有限公司,500\n光谷甲项目,甲有限公司,1200\n')), asOf: '2026-06-01', sheetKind: 'PROJECTS' })).import;
    expect(recalled.counts).toMatchObject({ created: 1, unchanged: 1 });
    expect((await t.owner.query(`select total_amount::text from project where name = '光谷甲项目'`)).rows).toEqual([{ total_amount: '12000000.00' }]);
  });

  it('is done once for one idempotency key', async () => {
    const fileId = await upload(WEEK);
    const [a, b] = await Promise.all([act(READ, { fileId, idempotencyKey: 'k1' }), act(READ, { fileId, idempotencyKey: 'k1' })]);
    expect(a.import.id).toBe(b.import.id);
    expect((await api.gql(manager, READ, { input: { fileId, asOf: '2024-01-01', idempotencyKey: 'k1' } })).errors[0].extensions.code).toBe('CONFLICT');
  });
});

describe('importConfirm', () => {
  it('brings the rows in as decided: one repeat as its own project, one left waiting, decided later', async () => {
    const imported = await read(WEEK);
    const first = await confirm(imported, { decisions: [{ sheet: '光电信息专班', row: 13, decision: 'SAME' }, { sheet: '光电信息专班', row: 14, decision: 'DIFFERENT' }] });
    expect([codes(first), first.import.state, first.import.counts]).toEqual([[], 'APPLIED', expect.objectContaining({ created: 125, held: 2, undecided: 1 })]);
    expect(await projects()).toBe(125);
    const later = await confirm(first.import, { decideAll: 'DIFFERENT' });
    expect([codes(later), later.import.counts]).toEqual([[], expect.objectContaining({ created: 126, held: 1, undecided: 0 })]);
    expect(await projects()).toBe(126);
    // What was answered stays answered.
    const again = await read(WEEK);
    expect(again.counts).toMatchObject({ created: 0, updated: 0, held: 1, undecided: 0 });
  });

  it('lets one of two at once through, and answers a stale version with the import as it is', async () => {
    const imported = await read('tonghua-2020.xlsx');
    const both = await Promise.all([confirm(imported), confirm(imported)]);
    expect(both.map(codes).sort()).toEqual([[], ['CONFLICT']]);
    expect(await projects()).toBe(59);
    const stale = await confirm(imported);
    expect([codes(stale), stale.import.state]).toEqual([['CONFLICT'], 'APPLIED']);
    expect(codes(await confirm(stale.import, { decisions: [{ sheet: '正式签约', row: 4, decision: 'SAME' }] }))).toEqual(['UNKNOWN_REFERENCE']);
  });

  it('links a visit as a person says where an enterprise has several projects', async () => {
    const csv = (text: string) => Buffer.from(text);
    await confirm((await act(READ, { fileId: await upload('p.csv', manager, csv('项目名称,投资方,项目状态\n甲智能工厂项目,武汉甲科技有限公司,在谈\n甲研发中心项目,武汉甲科技有限公司,在谈\n')), asOf: '2026-06-01' })).import);
    const log = (await act(READ, { fileId: await upload('v.csv', manager, csv('日期,拜访企业,会见人员及职务,带队领导,洽谈内容,下一步打算\n2026-06-02,武汉甲科技,李明（董事长）,王强,商谈合作,签约\n2026-06-03,乙公司,赵六（经理）,王强,初次见面,跟进\n')), asOf: '2026-06-10', sheetKind: 'VISITS' })).import;
    expect(log).toMatchObject({ kind: 'VISITS', counts: { created: 2 } });
    expect(log.warnings).toContainEqual(expect.objectContaining({ class: 'LINK_AMBIGUOUS', level: 'ASK', count: 1 }));
    const { data } = await api.gql({ ...zone.as.LEADER }, 'query($id: ID!) { ledgerImport(id: $id) { rows(filter: { undecided: true }) { nodes { sheet row reason candidates { id name } } } } }', { id: log.id });
    const [row] = data.ledgerImport.rows.nodes;
    expect(row.candidates.map((c: { name: string }) => c.name).sort()).toEqual(['甲智能工厂项目', '甲研发中心项目'].sort());
    const chosen = row.candidates.find((c: { name: string }) => c.name === '甲研发中心项目').id;
    expect(codes(await confirm(log, { decisions: [{ sheet: row.sheet, row: row.row, decision: 'SAME', projectId: chosen }] }))).toEqual([]);
    expect((await t.owner.query('select p.name, p.visit_count, p.last_visit_on::text from project p where visit_count > 0')).rows).toEqual([{ name: '甲研发中心项目', visit_count: 1, last_visit_on: '2026-06-02' }]);
  });

  it('is finished by the job when the caller is gone, and the job may run twice', async () => {
    const imported = await read('tonghua-2020.xlsx');
    const id = imported.id.split(':')[1];
    await t.owner.query(`update ledger_import set state = 'APPLYING' where id = $1`, [id]);
    const imports = api.running.app.get(ImportsService);
    await Promise.all([imports.resume(zone.id, id, 'job-1'), imports.resume(zone.id, id, 'job-2')]);
    await imports.resume(zone.id, id, 'job-3');
    expect(await projects()).toBe(59);
    expect((await t.owner.query(`select state, progress, total from ledger_import where id = $1`, [id])).rows).toEqual([{ state: 'APPLIED', progress: 60, total: 60 }]);
    expect((await t.owner.query(`select distinct created_by from project`)).rows).toEqual([{ created_by: manager.staffId }]);
  });
});

describe('importRowsExport', () => {
  it('gives the rows that are not on the books, as written, with the reason beside each', async () => {
    const { id } = await read('ledger-changchun-xinqu-2024.xlsx');
    const { file: sheet } = await act('mutation($input: ImportRowsExportInput!) { act: importRowsExport(input: $input) { file { id name size } userErrors { code } } }', { importId: id });
    expect(sheet).toMatchObject({ name: 'ledger-changchun-xinqu-2024-未导入行.xlsx' });
    const response = await api.request(manager, `/files/${sheet.id}`);
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(await response.arrayBuffer());
    const rows = book.worksheets[0]!.getSheetValues().slice(2) as unknown as (string | number)[][];
    expect(rows.length).toBe(8 + 16);
    expect(rows.find((r) => r[2] === 559)!.slice(1, 5)).toEqual(['项目台账2024', 559, '退回', 'STAGE_UNKNOWN']);
  });
});

describe('importUndo', () => {
  it('is refused with the row once somebody has built on the import', async () => {
    const applied = (await confirm(await read('tonghua-2020.xlsx'))).import;
    const [project] = (await t.owner.query(`select id, version from project where name = '修正医药产业园'`)).rows;
    await t.owner.query(`insert into visit (zone_id, project_id, direction, visited_on, content, created_at) values ($1, $2, 'OUTBOUND', '2026-06-15', '现场调度', now() + interval '1 day')`, [zone.id, project.id]);
    const blocked = await act(UNDO, { importId: applied.id, expectedVersion: applied.version });
    expect(blocked.userErrors[0]).toMatchObject({ code: 'IMPORT_UNDO_BLOCKED', message: expect.stringMatching(/第 3 行.*修正医药产业园.*走访/) });
    expect(await projects()).toBe(59);
    await t.owner.query('delete from visit where project_id = $1', [project.id]);
    // Money that was reported or arrived since is work too.
    for (const [table, columns, values, what] of [['investment_actual', 'month, amount, reported_on, reported_by', `'2026-05-01', 1, '2026-06-15', $3`, '投资计划或月报'], ['capital_arrival', 'nature, form, origin, arrived_on, amount, currency, counts_for_year, recorded_by', `'DOMESTIC', 'LAND', 'LOCAL', '2026-06-01', 1, 'CNY', 2026, $3`, '到位资金']] as const) {
      await t.owner.query(`insert into ${table} (zone_id, project_id, ${columns}) values ($1, $2, ${values})`, [zone.id, project.id, manager.staffId]);
      expect((await act(UNDO, { importId: applied.id, expectedVersion: applied.version })).userErrors[0]).toMatchObject({ code: 'IMPORT_UNDO_BLOCKED', message: expect.stringContaining(what) });
      await t.owner.query(`delete from ${table} where project_id = $1`, [project.id]);
    }
    const done = await act(UNDO, { importId: applied.id, expectedVersion: applied.version });
    expect([codes(done), done.import.state, await projects()]).toEqual([[], 'UNDONE', 0]);
    expect(codes(await act(UNDO, { importId: applied.id, expectedVersion: done.import.version }))).toEqual(['IMPORT_STATE']);
    // Undo of an undo is the import again.
    expect((await confirm(await read('tonghua-2020.xlsx'))).import.counts).toMatchObject({ created: 59, merged: 1 });
  });
});

describe('who may import', () => {
  it('is told by permission: a leader looks, a group leader imports, a manager takes back, a recruiter does nothing of it', async () => {
    const imported = await read(WEEK);
    const status = async (who: Actor, query: string, variables: object) => (await api.gql(who, query, variables)).errors?.[0].extensions.code ?? 'OK';
    const look = 'query($id: ID!) { ledgerImport(id: $id) { id } }';
    expect(await Promise.all([zone.as.LEADER, zone.as.GROUP_LEADER, zone.as.RECRUITER, zone.as.AUDITOR].map((who) => status(who, look, { id: imported.id })))).toEqual(['OK', 'OK', 'FORBIDDEN', 'FORBIDDEN']);
    const input = { importId: imported.id, expectedVersion: imported.version };
    expect(await Promise.all([zone.as.LEADER, zone.as.RECRUITER].map((who) => status(who, CONFIRM, { input })))).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    expect(await status(zone.as.GROUP_LEADER, CONFIRM, { input: { ...input, decideAll: 'SAME' } })).toBe('OK');
    expect(await status(zone.as.GROUP_LEADER, UNDO, { input })).toBe('FORBIDDEN');
  });

  it('ends at the wall of the zone', async () => {
    const imported = await read(WEEK);
    const other = await makeZone(t.owner);
    const refused = async (query: string, variables: object) => (await api.gql(other.as.MANAGER, query, variables)).errors[0].extensions.code;
    expect(await refused('query($id: ID!) { ledgerImport(id: $id) { id } }', { id: imported.id })).toBe('NOT_FOUND');
    expect(await refused(CONFIRM, { input: { importId: imported.id, expectedVersion: imported.version } })).toBe('NOT_FOUND');
    expect(await refused(READ, { input: { fileId: await upload(WEEK) } })).toBe('NOT_FOUND');
  });
});
