import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
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

const ERRORS = 'userErrors { code message path }';
const merge = (kind: string, record: string) => `mutation($input: ${kind}MergeInput!) { act: ${kind.toLowerCase()}Merge(input: $input) { act { id title } ${record} ${ERRORS} } }`;
const ENTERPRISE = merge('Enterprise', 'enterprise { id name uscc profile }');
const CONTACT = merge('Contact', 'contactId');
const PROJECT = merge('Project', 'project { id }');
const UNDO = `mutation($input: UndoInput!) { act: mergeUndo(input: $input) { act { leftBehind { entity columns } } ${ERRORS} } }`;
const act = async (who: Actor, mutation: string, input: object) => {
  const answer = await api.gql(who, mutation, { input });
  return answer.data?.act ?? { errors: answer.errors.map((e: { extensions: { code: string } }) => e.extensions.code) };
};
const codes = (answer: { userErrors: { code: string; path: string[] | null }[] }) => answer.userErrors.map((e) => [e.code, e.path?.join('.') ?? null]);
const add = async (sql: string, ...params: unknown[]) => (await t.owner.query<{ id: string }>(`insert into ${sql} returning id`, params)).rows[0]!.id;
const rows = async (sql: string, ...params: unknown[]) => (await t.owner.query(sql, params)).rows;
const versions = async (table: string, a: string, b: string) => ({ expectedVersion: (await rows(`select version from ${table} where id = $1`, a))[0].version, otherExpectedVersion: (await rows(`select version from ${table} where id = $1`, b))[0].version });

const CODE_A = '91220101MA0Y1WXX1A';
const CODE_B = '91220101MA0Y1WXX2B';
let serial = 0;
const firm = (name: string, uscc: string | null = null, parent: string | null = null) => add('enterprise (zone_id, name, folded_name, core_name, uscc, parent_id, created_by) values ($1, $2, $2, $2, $3, $4, $5)', zone.id, name, uscc, parent, manager.staffId);
async function project(enterprise: string | null): Promise<string> {
  const id = await add(`project (zone_id, code, name, folded_name, core_name, department_id, owner_id, enterprise_id, enterprise_name) values ($1, $2, $2, $2, $2, $3, $4, $5, (select name from enterprise where id = $5))`,
    zone.id, `P-${++serial}`, zone.departments.group, zone.as.RECRUITER.staffId, enterprise);
  if (enterprise) await t.owner.query('insert into project_enterprise (zone_id, project_id, enterprise_id) values ($1, $2, $3)', [zone.id, id, enterprise]);
  return id;
}

describe('enterprises', () => {
  it('merge with their projects, visits, contacts and children, and come apart again', async () => {
    const stays = await firm('甲公司');
    const goes = await firm('甲有限公司', CODE_A);
    const child = await firm('甲子公司', null, goes);
    const [own, shared] = [await project(goes), await project(goes)];
    await t.owner.query('insert into project_enterprise (zone_id, project_id, enterprise_id) values ($1, $2, $3)', [zone.id, shared, stays]);
    await add(`visit (zone_id, enterprise_id, visited_on, direction, content) values ($1, $2, '2026-06-01', 'CALL', 'x')`, zone.id, goes);
    await add(`contact (zone_id, enterprise_id, name) values ($1, $2, '周总')`, zone.id, goes);
    const state = () => rows(`select 'p' as t, id, enterprise_id::text, enterprise_name from project union all select 'pe', project_id, enterprise_id::text, role from project_enterprise
      union all select 'v', id, enterprise_id::text, null from visit union all select 'c', id, enterprise_id::text, name from contact union all select 'e', id, parent_id::text, concat(name, folded_name, uscc) from enterprise order by 1, 2, 3`);
    const before = await state();
    const done = await act(manager, ENTERPRISE, { survivorId: `Enterprise:${stays}`, otherId: `Enterprise:${goes}`, ...(await versions('enterprise', stays, goes)), reason: '同一企业', choices: [{ field: 'name', choice: 'TAKE_OTHER' }] });
    expect(done).toMatchObject({ userErrors: [], enterprise: { id: `Enterprise:${stays}`, name: '甲有限公司', uscc: CODE_A } });
    expect(await rows('select enterprise_id, enterprise_name from project where id = $1', own)).toEqual([{ enterprise_id: stays, enterprise_name: '甲有限公司' }]);
    expect((await rows('select parent_id from enterprise where id = $1', child))[0].parent_id).toBe(stays);
    expect((await api.gql(manager, `{ project(id: "Project:${shared}") { enterprises { enterprise { id } } } node(id: "Enterprise:${goes}") { id } enterprises { totalCount } }`)).data)
      .toEqual({ project: { enterprises: [{ enterprise: { id: `Enterprise:${stays}` } }] }, node: { id: `Enterprise:${stays}` }, enterprises: { totalCount: 2 } });
    // Whoever names the firm as it was before means the one that stays, and no second record appears.
    for (const name of ['甲公司', '甲有限公司']) {
      const answer = await api.gql(zone.as.RECRUITER, `mutation($input: LeadReportInput!) { leadReport(input: $input) { project { enterprise { id } } } }`, { input: { name: `${name}的新项目${++serial}号`, enterprise: { name }, confirmNotDuplicate: true } });
      expect(answer.data.leadReport.project.enterprise.id).toBe(`Enterprise:${stays}`);
    }
    await t.owner.query(`delete from project_enterprise where project_id in (select id from project where name like '%新项目%')`);
    await t.owner.query(`set session_replication_role = replica; delete from project where name like '%新项目%'; set session_replication_role = origin`);
    expect((await act(manager, UNDO, { actId: done.act.id })).act.leftBehind).toEqual([]);
    expect(await state()).toEqual(before);
  });

  it('take an amount over with its currency, and show every field by its name in the reader\'s language', async () => {
    const [stays, goes] = [await firm('丁公司'), await firm('丁有限公司')];
    for (const id of [stays, goes]) await project(id);
    await t.owner.query(`update enterprise set registered_amount = 5000000, registered_currency = 'USD' where id = $1`, [goes]);
    const preview = async (kind: string, a: string, b: string) => (await api.gql(manager, 'query($kind: MergeKind!, $a: ID!, $b: ID!) { mergePreview(kind: $kind, survivorId: $a, otherId: $b) { fields { field label survivor other } } }', { kind, a, b })).data.mergePreview.fields as { field: string; label: string; other: string }[];
    const shown = await preview('ENTERPRISE', `Enterprise:${stays}`, `Enterprise:${goes}`);
    expect(shown.find((f) => f.field === 'registeredCapital')).toMatchObject({ label: '注册资本', survivor: null, other: '5000000 USD' });
    const [a, b] = [await project(stays), await project(goes)];
    const [x, y] = [await add(`contact (zone_id, enterprise_id, name) values ($1, $2, '周总')`, zone.id, stays), await add(`contact (zone_id, enterprise_id, name, note, emails) values ($1, $2, '周总', '手机13912346789', '{zhou@firm.cn}')`, zone.id, goes)];
    const projects = await preview('PROJECT', `Project:${a}`, `Project:${b}`);
    expect(projects.find((f) => f.field === 'stage')).toMatchObject({ label: '阶段和状态', other: '线索 · 在办' });
    const contacts = await preview('CONTACT', `Contact:${x}`, `Contact:${y}`);
    expect([...shown, ...projects, ...contacts].filter((f) => !/[\u4e00-\u9fff]/.test(f.label))).toEqual([]);
    expect(JSON.stringify(contacts)).not.toMatch(/13912346789|zhou@/);
    await act(manager, ENTERPRISE, { survivorId: `Enterprise:${stays}`, otherId: `Enterprise:${goes}`, ...(await versions('enterprise', stays, goes)), reason: '同一企业' });
    expect(await rows('select registered_amount::int as amount, registered_currency as currency from enterprise where id = $1', stays)).toEqual([{ amount: 5000000, currency: 'USD' }]);
  });

  it('with different credit codes merge only when that is confirmed, and both codes lead to the one that stays', async () => {
    const [stays, goes] = [await firm('乙公司', CODE_A), await firm('乙股份公司', CODE_B)];
    for (const id of [stays, goes]) await project(id);
    const input = { survivorId: `Enterprise:${stays}`, otherId: `Enterprise:${goes}`, ...(await versions('enterprise', stays, goes)), reason: '同一企业', choices: [{ field: 'uscc', choice: 'TAKE_OTHER' }] };
    expect(codes(await act(manager, ENTERPRISE, input))).toEqual([['MERGE_UNCONFIRMED', 'confirmDifferentUscc']]);
    const done = await act(manager, ENTERPRISE, { ...input, confirmDifferentUscc: true });
    expect(done).toMatchObject({ userErrors: [], enterprise: { uscc: CODE_B } });
    const named = await rows(`select set_config('app.zone_id', $1, false), merged_enterprise('别名', $2) as id`, zone.id, CODE_A);
    expect(named[0].id).toBe(stays);
    expect((await act(manager, UNDO, { actId: done.act.id })).userErrors).toEqual([]);
    expect(await rows('select id, uscc from enterprise order by id')).toEqual([{ id: stays, uscc: CODE_A }, { id: goes, uscc: CODE_B }]);
  });

  it('never become their own ancestors', async () => {
    const top = await firm('母公司');
    const middle = await firm('中间公司', null, top);
    const low = await firm('孙公司', null, middle);
    for (const id of [top, middle, low]) await project(id);
    const pair = async (a: string, b: string) => ({ survivorId: `Enterprise:${a}`, otherId: `Enterprise:${b}`, ...(await versions('enterprise', a, b)), reason: '同一企业' });
    expect(codes(await act(manager, ENTERPRISE, await pair(low, top)))).toEqual([['MERGE_BLOCKED', null]]);
    expect((await act(manager, ENTERPRISE, await pair(middle, top))).userErrors).toEqual([]);
    expect((await rows('select parent_id from enterprise where id = $1', middle))[0].parent_id).toBeNull();
  });

  it('of others stay untouched', async () => {
    const other = await makeZone(t.owner);
    const [mine, foreign] = [await firm('甲公司'), await add(`enterprise (zone_id, name, folded_name, core_name) values ($1, '甲', '甲', '甲')`, other.id)];
    await project(mine);
    const input = { survivorId: `Enterprise:${mine}`, otherId: `Enterprise:${foreign}`, expectedVersion: 1, otherExpectedVersion: 1, reason: 'x' };
    expect(await act(manager, ENTERPRISE, input)).toEqual({ errors: ['NOT_FOUND'] });
    expect(await act(zone.as.RECRUITER, ENTERPRISE, input)).toEqual({ errors: ['FORBIDDEN'] });
  });
});

it('contacts merge with all their phones, and come apart again', async () => {
  const p = await project(null);
  const stays = await add(`contact (zone_id, project_id, name, phones, full_name) values ($1, $2, '周总', '{13900001234}', false)`, zone.id, p);
  const goes = await add(`contact (zone_id, project_id, name, title, phones) values ($1, $2, '周建国', '董事长', '{13900001234,13800005678}')`, zone.id, p);
  const before = await rows(`select to_jsonb(c) - 'version' as c from contact c order by id`);
  const done = await act(manager, CONTACT, { survivorId: `Contact:${stays}`, otherId: `Contact:${goes}`, ...(await versions('contact', stays, goes)), reason: '同一人', choices: [{ field: 'name', choice: 'TAKE_OTHER' }] });
  expect(done).toMatchObject({ userErrors: [], contactId: `Contact:${stays}` });
  expect(await rows('select name, title, phones, full_name from contact where gone_at is null')).toEqual([{ name: '周建国', title: '董事长', phones: ['13900001234', '13800005678'], full_name: true }]);
  expect((await act(manager, UNDO, { actId: done.act.id })).act.leftBehind).toEqual([]);
  expect(await rows(`select to_jsonb(c) - 'version' as c from contact c order by id`)).toEqual(before);
});

it('a ledger that still has both rows finds the one that stays, and is not undone from under a merge', async () => {
  const read = async () => {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(readFileSync('test/fixtures/ledgers/weekly-changchun-xinqu.xlsx'))]), 'weekly.xlsx');
    const { id } = (await (await api.request(manager, '/files', { method: 'POST', body: form })).json()) as { id: string };
    return (await act(manager, `mutation($input: LedgerImportInput!) { act: ledgerImport(input: $input) { import { id version counts { created updated unchanged } } ${ERRORS} } }`, { fileId: id })).import;
  };
  const first = await read();
  await act(manager, `mutation($input: ImportConfirmInput!) { act: importConfirm(input: $input) { import { id } ${ERRORS} } }`, { importId: first.id, expectedVersion: first.version, decideAll: 'SAME' });
  await t.owner.query('update project set department_id = $1', [zone.departments.group]);
  const before = await read();
  expect(before.counts.created).toBe(0);
  const [a, b] = await rows('select p.id from project p where not exists (select from project x where x.folded_name = p.folded_name and x.id <> p.id) order by p.id limit 2');
  const done = await act(manager, PROJECT, { survivorId: `Project:${a.id}`, otherId: `Project:${b.id}`, ...(await versions('project', a.id, b.id)), reason: '同一项目' });
  expect(done.userErrors).toEqual([]);
  expect((await read()).counts.created).toBe(0);
  const { version } = (await rows('select version from ledger_import where id = $1', first.id.split(':')[1]))[0];
  const undone = await act(manager, `mutation($input: ImportUndoInput!) { act: importUndo(input: $input) { import { id } ${ERRORS} } }`, { importId: first.id, expectedVersion: version });
  expect(codes(undone)).toEqual([['IMPORT_UNDO_BLOCKED', 'importId']]);
}, 60_000);

it('the preview of two contacts shows no account of them whole', async () => {
  const p = await project(null);
  const [a, b] = await Promise.all(['甲', '乙'].map((name) => add(`contact (zone_id, project_id, name, phones, wechat) values ($1, $2, $3, '{13900001234}', 'wechat-account-${name}')`, zone.id, p, name)));
  const { data, errors } = await api.gql(manager, `{ mergePreview(kind: CONTACT, survivorId: "Contact:${a}", otherId: "Contact:${b}") { fields { field survivor other } warnings } }`);
  expect(errors).toBeUndefined();
  expect(data.mergePreview.fields.map((f: { field: string }) => f.field)).toEqual(expect.arrayContaining(['name', 'wechat']));
  expect(JSON.stringify(data)).not.toMatch(/13900001234|wechat-account/);
});
