import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import ExcelJS from 'exceljs';
import { type Actor, Database } from '@yinfeng/platform';
import { commandLine } from '../cli/command-line.js';
import { publishCalendar } from '../jobs/reminders-zone.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let t: TestDatabase;
let api: TestApi;
let zone: TestZone;
let manager: Actor;
let recruiter: Actor;
let serial = 0;

beforeAll(async () => {
  t = await testDatabase();
  api = await testApi(t);
});
afterAll(async () => {
  await api.stop();
  await t.stop();
});
/** Thursday 11 June 2026, 16:00 in Shanghai: the sheet is due on Friday 12 June at 10:00. */
const NOW = '2026-06-11T08:00:00Z';
const at = (instant: string) => {
  t.clock.pin(new Date(instant));
  api.clock.pin(new Date(instant));
};
beforeEach(async () => {
  await t.clean();
  await publishCalendar(t.owner);
  zone = await makeZone(t.owner, { name: '引凤新区' });
  manager = zone.as.MANAGER;
  recruiter = zone.as.RECRUITER;
  at(NOW);
});

interface Values { name: string; fixed: string | null; type: string | null; owner: Actor | null; department: string | null; createdAt: string; stage: string; extra: object; investors: string[]; phones: string[]; content: string }
const one = async (sql: string, params: unknown[]) => (await t.owner.query<{ id: string }>(`${sql} returning id`, params)).rows[0]!.id;
/** A project that has stood since before the week, as the books would have it. */
async function project(values: Partial<Values> = {}): Promise<string> {
  const n = ++serial;
  const v: Values = { name: `岱泓第${n}产业园项目`, fixed: '120000000', type: '产业项目', owner: recruiter, department: zone.departments.group, createdAt: '2026-06-01T02:00:00Z', stage: 'NEGOTIATING', extra: {}, investors: [`岱泓第${n}科技有限公司`], phones: ['13800001234'], content: '建设制造基地，分两期实施。', ...values };
  const id = await one(`insert into project (zone_id, code, name, folded_name, core_name, stage, department_id, owner_id, park_id, fixed_cny, content, land_need, extra, state_at, created_at, updated_at, last_activity_on)
    values ($1, $2, $3, $3, $3, $4, $5, $6, $7, $8, $9, '62亩', $10, $11, $11, $11, shanghai_day($11)) `, [zone.id, `W-${n}`, v.name, v.stage, v.department, v.owner?.staffId ?? null, zone.parkId, v.fixed, v.content, { ...v.extra, ...(v.type ? { 'industry.type': v.type } : {}) }, v.createdAt]);
  for (const [position, name] of v.investors.entries()) {
    const firm = await one(`insert into enterprise (zone_id, name, folded_name, core_name, profile) values ($1, $2, $2, $2, '主营智能装备。')`, [zone.id, name]);
    await t.owner.query(`insert into project_enterprise (zone_id, project_id, enterprise_id, position) values ($1, $2, $3, $4)`, [zone.id, id, firm, position]);
    if (position === 0) await t.owner.query('update project set enterprise_id = $2, enterprise_name = $3 where id = $1', [id, firm, name]);
  }
  if (v.phones.length) await t.owner.query(`insert into contact (zone_id, project_id, name, phones) values ($1, $2, '江建强', $3)`, [zone.id, id, v.phones]);
  return id;
}
const log = async (projectId: string | null, more: object = {}, who: Actor = recruiter) => {
  const { data, errors } = await api.gql(who, 'mutation($input: VisitLogInput!) { visitLog(input: $input) { visit { id } userErrors { code } } }',
    { input: { ...(projectId ? { projectId: `Project:${projectId}` } : {}), direction: 'OUTBOUND', visitedOn: '2026-06-10', content: '就用地和厂房交换意见。', ...more } });
  expect([errors, data.visitLog.userErrors]).toEqual([undefined, []]);
};
const SHEET = `query($week: Date, $departmentId: ID, $all: Boolean) { sheet: weeklySheet(week: $week, departmentId: $departmentId, all: $all) {
  week handInOn from to rows groups { departmentId name title sentence rows added categories { label count } } visits { sentence outbound { batches persons } inbound { batches persons } led } } }`;
const figures = async (who: Actor = manager, variables: object = {}) => (await api.gql(who, SHEET, variables)).data.sheet;
const EXPORT = 'mutation($input: WeeklySheetExportInput!) { act: weeklySheetExport(input: $input) { file { id name size } userErrors { code path message } } }';
async function book(who: Actor = manager, input: object = {}): Promise<{ sheets: ExcelJS.Worksheet[]; bytes: Buffer; name: string }> {
  const { data, errors } = await api.gql(who, EXPORT, { input });
  expect([errors, data.act.userErrors]).toEqual([undefined, []]);
  const bytes = Buffer.from(await (await api.request(who, `/files/${data.act.file.id}`)).arrayBuffer());
  const file = new ExcelJS.Workbook();
  await file.xlsx.load(bytes as unknown as ArrayBuffer);
  return { sheets: file.worksheets, bytes, name: data.act.file.name };
}
/** The cells of a row; of a merged one its text alone. */
const cells = (sheet: ExcelJS.Worksheet, row: number) => Array.from({ length: sheet.columnCount }, (_, i) => sheet.getCell(row, i + 1)).map((c) => (c.isMerged && c.master !== c ? null : (c.value as string | number | null)));
const merges = (sheet: ExcelJS.Worksheet): string[] => (sheet.model as unknown as { merges: string[] }).merges;
const all = (sheet: ExcelJS.Worksheet) => Array.from({ length: sheet.rowCount }, (_, i) => cells(sheet, i + 1));
const column = (sheet: ExcelJS.Worksheet, n: number) => all(sheet).slice(4, -4).map((r) => r[n - 1]);

describe('the form of the superior', () => {
  it('is written cell by cell: merged title, sentence and reporter, thirteen headers, rows, four footers', async () => {
    const old = await project({ name: '岱泓内窥镜产业园项目', fixed: '1260000001.5', investors: ['岱泓医疗有限公司', '岱泓投资有限公司'], extra: { judgement: '待研判' } });
    await log(old, { leaderName: '毛伟鑫', leaderLevel: '一把手', batches: 2, headcount: 5, met: [{ name: '姜文超', title: '总经理' }], result: '推进签约', nextStep: '出具报价', city: '上海', place: '企业总部' });
    const { sheets, name } = await book();
    expect(name).toBe('2026年度引凤新区驻点招商项目信息采集表（2026-06-12）.xlsx');
    expect(sheets.map((s) => s.name)).toEqual(['招商一局一组', '走访汇总']);
    const [sheet, visits] = sheets as [ExcelJS.Worksheet, ExcelJS.Worksheet];
    const alone = (text: string, width = 13) => [text, ...Array.from({ length: width - 1 }, () => null)];
    expect(all(sheet)).toEqual([
      alone('2026年度引凤新区驻点招商项目信息采集表'),
      alone('共上报在谈项目1个（新增0个），（其中产业项目1个，人才项目0个，固定资产投资1亿元以上项目1个，固定资产投资5亿元以上项目1个）'),
      alone(`所属片组：招商一局一组        填报人：${manager.name}        联系电话：        填报时间：2026年6月11日        金额单位：万元`),
      ['序号', '项目名称', '投资方', '固定资产投资', '投资方简介', '项目内容', '需用土地', '企业联系人', '联系方式', '片区', '进度、备注', '产业类型', '研判结果'],
      [1, '岱泓内窥镜产业园项目', '岱泓医疗有限公司；岱泓投资有限公司', 126000.00015, '主营智能装备。', '建设制造基地，分两期实施。', '62亩', '江建强', '13800001234', '测试产业园', '据日志：6月10日外出拜访，就用地和厂房交换意见；成果：推进签约；下一步：出具报价。', '产业项目', '待研判'],
      alone('1.此表由片组组长审核后上报。'), alone('2.有新增或更新的项目才需填写。'), alone('3.若项目一月内无进度更新，请说明并备注原因。'), alone('4.每周五上午10点前报送，节假日顺延。'),
    ]);
    expect([...merges(sheet)].sort()).toEqual(['A1:M1', 'A2:M2', 'A3:M3', 'A6:M6', 'A7:M7', 'A8:M8', 'A9:M9']);
    expect(all(visits)).toEqual([
      alone('引凤新区走访汇总（2026年6月5日10:00至2026年6月12日10:00，据走访日志生成）', 9),
      alone('本周外出2批5人次，来访接待0批0人次，其中领导带队1批', 9),
      alone('外出拜访', 9),
      ['日期', '拜访人员', '客商', '会见人员及职务', '地点', '洽谈内容', '取得成果', '下一步打算', '涉及项目'],
      ['2026-06-10', `毛伟鑫（一把手）、${recruiter.name}（2批5人）`, '岱泓医疗有限公司', '姜文超（总经理）', '上海 企业总部', '就用地和厂房交换意见。', '推进签约', '出具报价', '岱泓内窥镜产业园项目'],
      alone('来访接待', 9),
      ['日期', '拜访人员', '客商', '会见人员及职务', '地点', '洽谈内容', '取得成果', '下一步打算', '涉及项目'],
    ]);
    expect([...merges(visits)].sort()).toEqual(['A1:I1', 'A2:I2', 'A3:I3', 'A6:I6']);
  });

  it('writes texts that look like formulas as texts, in names of sheets and cells', async () => {
    await t.owner.query(`update department set name = '=组[1]:*?/a' where id = $1`, [zone.departments.group]);
    const id = await project({ name: '=HYPERLINK("http://x","y")', content: '@SUM(A1)', phones: ['+8613800001234'], createdAt: '2026-06-10T00:00:00Z' });
    await log(id, { content: '=cmd|calc', result: '-1+1', nextStep: '\t=1' });
    const { sheets } = await book();
    expect(sheets[0]!.name).toBe('=组 1     a');
    for (const sheet of sheets) sheet.eachRow((row) => row.eachCell((cell) => expect([ExcelJS.ValueType.String, ExcelJS.ValueType.Number, ExcelJS.ValueType.Merge]).toContain(cell.type)));
    expect(cells(sheets[0]!, 5).slice(1, 2)).toEqual(['=HYPERLINK("http://x","y")']);
    expect(sheets[0]!.getCell('B5').style).toMatchObject({ numFmt: '@' });
    expect(sheets[1]!.getCell('F5').style).toMatchObject({ numFmt: '@' });
  });
});

describe('what belongs to the week', () => {
  it('counts by when it was entered: the boundary to the earlier week, old and coming ones to theirs', async () => {
    const [before, onIt, after, edited] = [await project({ name: '甲项目' }), await project({ name: '乙项目' }), await project({ name: '丙项目' }), await project({ name: '丁项目' })];
    at('2026-06-05T02:00:00Z');
    await log(before, { visitedOn: '2026-06-04' });
    at('2026-06-05T02:00:01Z');
    await log(onIt, { visitedOn: '2026-05-01' });
    at('2026-06-12T02:00:01Z');
    await log(after, { visitedOn: '2026-06-10' });
    await t.owner.query(`update project set updated_at = '2026-06-09' where id = $1`, [edited]);
    const names = async (week: string) => column((await book(manager, { week })).sheets[0]!, 2);
    expect(await names('2026-06-03')).toEqual(['甲项目', '乙项目', '丙项目', '丁项目']);
    expect(await names('2026-06-12')).toEqual(['乙项目', '丁项目']);
    expect(await names('2026-06-15')).toEqual(['丙项目']);
    // Friday 19 June is the Dragon Boat Festival.
    expect(await figures()).toMatchObject({ week: '2026-06-15', handInOn: '2026-06-22', from: '2026-06-12T02:00:00.000Z', to: '2026-06-22T02:00:00.000Z', rows: 1 });
    expect(column((await book(manager, { week: '2026-06-12', all: true })).sheets[0]!, 2)).toEqual(['甲项目', '乙项目', '丙项目', '丁项目']);
  });

  it('marks what is new, tells agreements and stage moves, and asks for a reason after a month of silence', async () => {
    const moved = await project({ name: '甲项目' });
    await t.owner.query(`insert into milestone (zone_id, project_id, kind, event_on, entered_at) values ($1, $2, 'NEGOTIATED', '2026-06-08', '2026-06-09')`, [zone.id, moved]);
    await t.owner.query(`insert into signing (zone_id, project_id, kind, signed_on, title, recorded_at) values ($1, $2, 'FRAMEWORK', '2026-06-09', '合作框架', '2026-06-10')`, [zone.id, moved]);
    await t.owner.query(`update project set updated_at = '2026-06-10' where id = $1`, [moved]);
    await project({ name: '乙项目', createdAt: '2026-04-01T00:00:00Z' });
    await project({ name: '丙项目', createdAt: '2026-04-01T00:00:00Z', extra: { progress: '一月内无进度更新：企业资金未到位' } });
    await project({ name: '丁项目', extra: { progress: '企业内部立项中' } });
    await project({ name: '储备项目', stage: 'RESERVE' });
    const progress = Object.fromEntries(all((await book(manager, { all: true })).sheets[0]!).slice(4, -4).map((r) => [r[1], r[10]]));
    expect(progress).toEqual({
      甲项目: '【新增】据日志：6月9日签订框架协议《合作框架》。6月8日转入洽谈。', 乙项目: '一月内无进度更新：须说明原因', 丙项目: '一月内无进度更新：企业资金未到位', 丁项目: '企业内部立项中',
    });
    expect((await figures()).groups[0]).toMatchObject({ rows: 1, added: 1 });
    // The reason that somebody gave for the month stands in the sheet; one that was taken back does not.
    const said = (name: string, content: string, withdrawn: boolean) => t.owner.query(
      `insert into no_progress_note (zone_id, project_id, month, reason, reason_zh, reason_en, content, said_by, withdrawn_at, withdrawn_by, withdraw_reason)
       select zone_id, id, '2026-05-01', 'LAND', '用地未落实', 'Land', $2, $3, case when $4 then now() end, case when $4 then $3::uuid end, case when $4 then '误录' end from project where name = $1`, [name, content, manager.staffId, withdrawn]);
    await said('乙项目', '等待调规', false);
    await said('丙项目', '不算', true);
    const anew = Object.fromEntries(all((await book(manager, { all: true })).sheets[0]!).slice(4, -4).map((r) => [r[1], r[10]]));
    expect([anew['乙项目'], anew['丙项目']]).toEqual(['一月内无进度更新：用地未落实：等待调规', '一月内无进度更新：企业资金未到位']);
  });

  it('says in its sentences what its rows add up to, a sheet for each group, bureaus for what has none', async () => {
    const first = await project({ name: '甲项目', fixed: '600000000', createdAt: '2026-06-10T00:00:00Z' });
    await project({ name: '乙项目', fixed: '99999999.99', type: '人才项目', createdAt: '2026-06-10T00:00:00Z' });
    await project({ name: '丙项目', fixed: '100000000', type: null, owner: manager, department: zone.departments.bureau, createdAt: '2026-06-10T00:00:00Z' });
    await project({ name: '丁项目', fixed: null, owner: zone.colleague, department: zone.departments.otherGroup, createdAt: '2026-06-10T00:00:00Z' });
    await log(first, { direction: 'INBOUND', met: [{ name: '甲' }, { name: '乙' }] });
    await log(first, { companionIds: [`Staff:${zone.colleague.staffId}`], headcount: 2, leaderName: '某甲', leaderLevel: '一般人员' });
    await log(first, { direction: 'CALL' });
    const sheet = await figures();
    const { sheets } = await book();
    expect(sheet.groups.map((g: { name: string; rows: number }) => [g.name, g.rows])).toEqual([['招商一局', 1], ['招商一局一组', 2], ['招商一局二组', 1]]);
    expect(sheets.map((s) => s.name)).toEqual(['招商一局', '招商一局一组', '招商一局二组', '走访汇总']);
    for (const [i, g] of sheet.groups.entries()) {
      const rows = all(sheets[i]!).slice(4, -4);
      const fixed = (least: number) => rows.filter((r) => Number(r[3] ?? 0) >= least).length;
      expect([g.rows, g.added]).toEqual([rows.length, rows.filter((r) => String(r[10]).startsWith('【新增】')).length]);
      expect(g.categories.map((c: { count: number }) => c.count)).toEqual([rows.filter((r) => r[11] === '产业项目').length, rows.filter((r) => r[11] === '人才项目').length, fixed(10_000), fixed(50_000)]);
      expect(sheets[i]!.getCell('A2').value).toBe(g.sentence);
    }
    expect(sheet.groups[1].sentence).toBe('共上报在谈项目2个（新增2个），（其中产业项目1个，人才项目1个，固定资产投资1亿元以上项目1个，固定资产投资5亿元以上项目1个）');
    expect(sheet.visits).toEqual({ sentence: '本周外出1批2人次，来访接待1批2人次，其中领导带队0批', outbound: { batches: 1, persons: 2 }, inbound: { batches: 1, persons: 2 }, led: 0 });
    const visits = all(sheets.at(-1)!).filter((r) => /^2026-/.test(String(r[0])));
    expect(visits.reduce((n, r) => n + Number(/（(\d+)人）/.exec(`${r[1]}${r[3]}`)![1]), 0)).toBe(4);
    expect((await figures(manager, { departmentId: `Department:${zone.departments.otherGroup}` })).groups.map((g: { name: string }) => g.name)).toEqual(['招商一局二组']);
  });

  it('is empty where nothing happened, and follows the rule of the zone', async () => {
    await project({ name: '储备项目', stage: 'RESERVE', createdAt: '2026-06-10T00:00:00Z' });
    expect(await figures()).toMatchObject({ rows: 0, groups: [{ name: '引凤新区', rows: 0, sentence: expect.stringMatching(/^共上报在谈项目0个（新增0个）/) }], visits: { sentence: '本周外出0批0人次，来访接待0批0人次，其中领导带队0批' } });
    await t.owner.query(`insert into zone_policy (zone_id, name, valid_from, value) values ($1, 'weeklySheet', '2026-01-01', '{"stages":["RESERVE","NEGOTIATING"],"weekday":1,"hour":9,"titleWords":"{zone}周报","categories":[]}')`, [zone.id]);
    // Friday 19 June is the Dragon Boat Festival.
    expect(await figures()).toMatchObject({ week: '2026-06-15', handInOn: '2026-06-15', to: '2026-06-15T01:00:00.000Z', rows: 1, groups: [{ title: '引凤新区周报', sentence: '共上报储备及在谈项目1个（新增1个）' }] });
  });
});

describe('who gets what', () => {
  it('holds nothing that the caller may not see', async () => {
    const mine = await project({ name: '甲项目' });
    const hidden = await project({ name: '别人的项目', owner: zone.colleague, department: zone.departments.otherGroup });
    await log(mine);
    await log(hidden, { content: '别人的走访' }, zone.colleague);
    const texts = (await book(recruiter)).sheets.flatMap((s) => all(s).flat()).join('\n');
    expect(texts).toContain('甲项目');
    expect(texts).not.toMatch(/别人/);
    expect((await figures(recruiter)).groups.map((g: { name: string; rows: number }) => [g.name, g.rows])).toEqual([['招商一局一组', 1]]);
    expect((await figures(zone.as.GROUP_LEADER)).rows).toBe(1);
    expect((await figures()).rows).toBe(2);
    const elsewhere = await makeZone(t.owner);
    expect(await figures(elsewhere.as.MANAGER)).toMatchObject({ rows: 0, visits: { outbound: { batches: 0 } } });
    const refused = await api.gql(manager, SHEET, { departmentId: `Department:${elsewhere.departments.group}` });
    expect(refused.errors[0].extensions.code).toBe('NOT_FOUND');
    for (const who of [zone.as.AUDITOR, zone.as.SYSTEM_ADMIN]) {
      expect((await api.gql(who, SHEET)).errors[0].extensions.code).toBe('FORBIDDEN');
      expect((await api.gql(who, EXPORT, { input: {} })).errors[0].extensions.code).toBe('FORBIDDEN');
    }
  });

  it('masks phones for whoever sees them masked elsewhere, in cells and in words', async () => {
    const id = await project({ createdAt: '2026-06-10T00:00:00Z' });
    await log(id, { content: '请联系13912345678' });
    const of = async (who: Actor) => { const row = cells((await book(who)).sheets[0]!, 5); return [row[8], row[10]]; };
    expect(await of(manager)).toEqual(['13800001234', expect.stringContaining('13912345678')]);
    expect(await of(zone.as.LEADER)).toEqual(['138****1234', expect.stringContaining('139****5678')]);
  });

  it('is on record, made once for a key, and refused beyond the published calendar', async () => {
    await project({ createdAt: '2026-06-10T00:00:00Z' });
    const twice = await Promise.all([1, 2].map(() => api.gql(manager, EXPORT, { input: { idempotencyKey: 'k', week: '2026-06-12' } })));
    expect(twice[0]!.data.act.file.id).toBe(twice[1]!.data.act.file.id);
    const { rows } = await t.owner.query(`select actor_id, after from audit_entry where entity = 'weekly_sheet_export' and zone_id = $1`, [zone.id]);
    expect(rows).toEqual([{ actor_id: manager.staffId, after: { handInOn: '2026-06-12', all: false, rows: 1 } }]);
    expect((await api.gql(manager, EXPORT, { input: { week: '2026-12-31' } })).data.act).toMatchObject({ file: null, userErrors: [{ code: 'CALENDAR_YEAR_UNCOVERED', path: ['week'], message: expect.stringContaining('2027') }] });
    expect((await api.gql(manager, SHEET, { week: '2026-12-31' })).errors[0].extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'week' });
  });

  it('reads what was asked for in as many statements for twenty projects as for two', async () => {
    const db = api.running.app.get(Database, { strict: false });
    const asked = async () => {
      const read = jest.spyOn(db, 'read');
      const tx = jest.spyOn(db, 'tx');
      const { rows } = await figures();
      const n = [rows, tx.mock.calls.length, read.mock.calls.length];
      read.mockRestore();
      tx.mockRestore();
      return n;
    };
    await project({ createdAt: '2026-06-10T00:00:00Z' });
    await project({ createdAt: '2026-06-10T00:00:00Z' });
    // One transaction for the rule and the unit, a statement for the projects and one for the visits.
    expect(await asked()).toEqual([2, 1, 2]);
    for (let i = 0; i < 18; i++) await project({ createdAt: '2026-06-10T00:00:00Z' });
    expect(await asked()).toEqual([20, 1, 2]);
  });
});

describe('read back by our own importer', () => {
  it.each(['MANAGER', 'LEADER'] as const)('changes nothing and refuses nothing (as the %s has it)', async (role) => {
    const first = await project({ name: '甲内窥镜产业园项目', createdAt: '2026-06-10T00:00:00Z' });
    const second = await project({ name: '乙跨境电商园项目', investors: ['乙一有限公司', '乙二有限公司'], owner: zone.colleague, department: zone.departments.otherGroup });
    await t.owner.query(`insert into contact (zone_id, project_id, name, phones) values ($1, $2, '童兴辉', '{13900005678}')`, [zone.id, second]);
    await project({ name: '丙光学镜头项目', type: null, createdAt: '2026-04-01T00:00:00Z' });
    await t.owner.query(`update project set class = '人才项目' where name = '丙光学镜头项目'`);
    await project({ name: '丁预制菜项目', fixed: null, extra: { progress: '一月内无进度更新：企业资金未到位' }, createdAt: '2026-04-01T00:00:00Z', phones: [] });
    await log(first, { result: '推进签约', met: [{ name: '甲' }] });
    await log(second, { direction: 'INBOUND' }, zone.colleague);
    const { bytes, name } = await book(zone.as[role], { all: true });
    const everything = async () => (await t.owner.query(`select to_jsonb(p) as p, (select jsonb_agg(to_jsonb(k) order by k.id) from contact k where k.project_id = p.id) as k, (select count(*)::int from visit v where v.project_id = p.id) as v from project p where zone_id = $1 order by id`, [zone.id])).rows;
    const before = await everything();
    expect(before).toHaveLength(4);
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(bytes)]), name);
    const { id } = (await (await api.request(manager, '/files', { method: 'POST', body: form })).json()) as { id: string };
    const { import: read } = (await api.gql(manager, `mutation($input: LedgerImportInput!) { act: ledgerImport(input: $input) { import { id version kind asOf counts { rows created updated unchanged merged held rejected } questions { text } fileWarnings { class note } sheets { name kind imported why }
      rows(first: 20) { nodes { key changes { field from to } } } } userErrors { code } } }`, { input: { fileId: id } })).data.act;
    expect(read.rows.nodes.flatMap((r: { key: string; changes: object[] }) => r.changes)).toEqual([]);
    expect(read).toMatchObject({ kind: 'PROJECTS', asOf: '2026-06-11', counts: { rows: 4, created: 0, updated: 0, unchanged: 4, merged: 0, held: 0, rejected: 0 }, questions: [], fileWarnings: [] });
    expect(read.sheets).toEqual([
      { name: '招商一局一组', kind: 'PROJECTS', imported: true, why: null }, { name: '招商一局二组', kind: 'PROJECTS', imported: true, why: null }, { name: '走访汇总', kind: 'UNKNOWN', imported: false, why: '由走访日志生成，已在册' },
    ]);
    const confirmed = await api.gql(manager, 'mutation($input: ImportConfirmInput!) { importConfirm(input: $input) { import { state } userErrors { code } } }', { input: { importId: read.id, expectedVersion: read.version } });
    expect(confirmed.data.importConfirm).toEqual({ import: { state: 'APPLIED' }, userErrors: [] });
    expect(await everything()).toEqual(before);
  });
});

describe('ledger:weekly', () => {
  it('writes the book of a department and tells its numbers; wrong use and refusals say why', async () => {
    await project({ createdAt: '2026-06-10T00:00:00Z' });
    const folder = await mkdtemp(join(tmpdir(), 'yinfeng weekly '));
    const yinfeng = commandLine(t.url, folder);
    const to = join(folder, 'week.xlsx');
    const done = await yinfeng(['ledger:weekly', to, '--week', '2026-06-10', '--department', '招商一局', '--zone', zone.code, '--json']);
    expect([done.stderr, done.code]).toEqual(['', 0]);
    expect(done.json()).toMatchObject({ file: to, handInOn: '2026-06-12', from: '2026-06-05T02:00:00.000Z', rows: 1, groups: [{ name: '招商一局一组', rows: 1, added: 1 }] });
    const file = new ExcelJS.Workbook();
    await file.xlsx.readFile(to);
    expect(file.worksheets.map((s) => s.name)).toEqual(['招商一局一组', '走访汇总']);
    expect((await yinfeng(['ledger:weekly', to, '--week', '2026-06-10', '--department', '没有这个局', '--zone', zone.code])).code).toBe(1);
    expect((await yinfeng(['ledger:weekly', to, '--week', '2026-13-10', '--zone', zone.code])).code).toBe(2);
    expect((await yinfeng(['ledger:weekly', to, '--week', '2026-12-31', '--zone', zone.code])).stderr).toContain('2027');
    await rm(folder, { recursive: true, force: true });
  });
});
