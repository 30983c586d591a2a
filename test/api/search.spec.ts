import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Actor, newId } from '@yinfeng/platform';
import { SearchIndex } from '@yinfeng/recruitment';
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
});

let serial = 0;
/** Under ids of this process: those that the database makes within one millisecond are in no order, and newer goes first. */
const add = async (sql: string, params: unknown[]): Promise<string> =>
  (await t.owner.query<{ id: string }>(sql.replace('(zone_id,', '(id, zone_id,').replace('values ($1,', `values ($${params.length + 1}, $1,`), [...params, newId()])).rows[0]!.id;
const enterprise = (name: string, { uscc = null as string | null, by = null as string | null, of = zone } = {}) =>
  add('insert into enterprise (zone_id, name, folded_name, core_name, uscc, created_by) values ($1, $2, $2, $2, $3, $4) returning id', [of.id, name, uscc, by]);
const project = (name: string, { code = `X-2026-${String(++serial).padStart(4, '0')}`, owner = zone.as.RECRUITER, firm = null, of = zone }: { code?: string; owner?: Actor | null; firm?: string | null; of?: TestZone } = {}) =>
  add(`insert into project (zone_id, code, name, folded_name, core_name, owner_id, department_id, enterprise_id, stage) values ($1, $2, $3, $3, $3, $4, $5, $6, 'RESERVE') returning id`, [of.id, code, name, owner?.staffId, of.departments.group, firm]);
const contact = (name: string, phones: string[], { projectId = null as string | null, firm = null as string | null } = {}) =>
  add('insert into contact (zone_id, name, title, phones, project_id, enterprise_id) values ($1, $2, $3, $4, $5, $6) returning id', [zone.id, name, '总经理', phones, projectId, firm]);
const HIT = 'id type title detail matched approximate opens';
const hits = async (who: Actor, text: string, first?: number): Promise<{ id: string; type: string; title: string; detail: string | null; matched: string; approximate: boolean; opens: string }[]> => {
  const { data, errors } = await api.gql(who, `query($text: String!, $first: Int) { search(text: $text, first: $first) { ${HIT} } }`, { text, first });
  expect(errors).toBeUndefined();
  return data.search;
};
const titles = async (who: Actor, text: string, first?: number) => (await hits(who, text, first)).map((h) => h.title);
const index = (): Promise<number> => api.running.app.get(SearchIndex, { strict: false }).catchUp();

/** Everything holds for names just written and for names that the job has spelled. */
describe.each<[string, () => Promise<void>]>([['just written', async () => undefined], ['spelled by the job', async () => void (await index())]])('names %s', (_, settle) => {
  it.each([
    ['长光卫星技术股份有限公司', 'NAME'], ['光卫', 'NAME'], ['星', 'NAME'], ['長光衛星', 'NAME'], ['长光卫星（技术）', 'NAME'], ['changguangweixing', 'PINYIN'], ['Chang Guang', 'PINYIN'], ['cgwx', 'PINYIN'], ['CGWX', 'PINYIN'],
    ['gw', 'PINYIN'], ['长光wx', 'PINYIN'], ['changgu', 'PINYIN'], ['9122', 'USCC'], ['91220101MA0Y1W5P5X', 'USCC'],
  ])('%s finds 长光卫星 by its %s', async (text, matched) => {
    const id = await enterprise('长光卫星技术股份有限公司', { uscc: '91220101MA0Y1W5P5X' });
    await enterprise('重庆长安汽车');
    await settle();
    expect(await hits(zone.as.LEADER, text)).toEqual([{ id: `Enterprise:${id}`, type: 'Enterprise', title: '长光卫星技术股份有限公司', detail: '91220101MA0Y1W5P5X', matched, approximate: false, opens: `Enterprise:${id}` }]);
  });

  it('are in order: whole, at the beginning, where a word begins, anywhere; shorter first, newer first', async () => {
    for (const name of ['新科光学', '中科光电研究院', '光电', '光电二号', '光电甲', '北方-光电', '光电乙']) await enterprise(name);
    await settle();
    expect(await titles(zone.as.LEADER, '光电')).toEqual(['光电', '光电乙', '光电甲', '光电二号', '北方-光电', '中科光电研究院']);
    expect(await titles(zone.as.LEADER, '光电', 2)).toEqual(['光电', '光电乙']);
  });

  it('are found by sound, else but for one character, only where nothing is right', async () => {
    await enterprise('长光卫星');
    await enterprise('启明卫星');
    await settle();
    const near = async (text: string) => (await hits(zone.as.LEADER, text)).map((h) => [h.title, h.approximate]);
    expect(await near('常广卫行')).toEqual([['长光卫星', true]]);
    expect(await near('长明卫星')).toEqual([['启明卫星', true], ['长光卫星', true]].slice(0, 2));
    expect(await near('长光星')).toEqual([['长光卫星', true]]);
    expect(await near('长卫光星')).toEqual([['长光卫星', true]]);
    expect(await near('卫星')).toEqual([['启明卫星', false], ['长光卫星', false]]);
    expect(await near('完全不同')).toEqual([]);
  });

  it('follow a rename, and go with the record', async () => {
    const id = await project('旧名产业园');
    await settle();
    await t.owner.query(`update project set name = '新名基地' where id = $1`, [id]);
    expect(await titles(zone.as.LEADER, '旧名')).toEqual([]);
    expect(await titles(zone.as.LEADER, 'xmjd')).toEqual(['新名基地']);
    await settle();
    expect(await titles(zone.as.LEADER, '旧名')).toEqual([]);
    expect(await titles(zone.as.LEADER, '新名')).toEqual(['新名基地']);
    await t.owner.query('delete from project where id = $1', [id]);
    expect(await titles(zone.as.LEADER, '新名')).toEqual([]);
    await settle();
    expect((await t.owner.query('select 1 from search_doc')).rows).toEqual([]);
  });

  it('come back with a record that was gone', async () => {
    const id = await enterprise('长光卫星');
    const act = await add(`insert into undo_act (zone_id, kind, entity, subject_id, title, until_on) values ($1, 'DELETION', 'enterprise', $2, '', '2030-01-01') returning id`, [zone.id, id]);
    await settle();
    await t.owner.query(`update enterprise set gone_at = now(), gone_reason = 'DELETED', gone_act = $2 where id = $1`, [id, act]);
    await t.owner.query(`insert into search_stale (zone_id, kind, id) values ($1, 1, $2)`, [zone.id, id]);
    expect(await titles(zone.as.LEADER, '长光')).toEqual([]);
    await settle();
    await t.owner.query('update enterprise set gone_at = null, gone_reason = null, gone_act = null where id = $1', [id]);
    expect(await titles(zone.as.LEADER, 'cgwx')).toEqual(['长光卫星']);
    await settle();
    expect(await titles(zone.as.LEADER, 'cgwx')).toEqual(['长光卫星']);
  });

  it('lead to projects by name, by the whole code, its beginning and its number; and from their firm', async () => {
    const firm = await enterprise('华为技术有限公司');
    const id = await project('光模块基地', { code: 'CC-2026-0042', firm });
    await project('另一个', { code: 'CC-2025-0420' });
    await settle();
    for (const text of ['cc-2026', 'CC-2026-0042', '42', '0042', '2026-0042']) {
      expect(await hits(zone.as.LEADER, text)).toEqual([{ id: `Project:${id}`, type: 'Project', title: '光模块基地', detail: 'CC-2026-0042 · RESERVE', matched: 'CODE', approximate: false, opens: `Project:${id}` }]);
    }
    expect(await titles(zone.as.LEADER, '华为')).toEqual(['华为技术有限公司', '光模块基地']);
  });

  it('of people lead to their project or firm, with the phone masked', async () => {
    const firm = await enterprise('华为技术有限公司');
    const projectId = await project('光模块基地', { firm });
    await contact('周建国', ['139-1234-6789'], { projectId, firm });
    await contact('王芳', ['0431-8765432'], { firm });
    await settle();
    for (const [text, matched] of [['周建', 'CONTACT'], ['zjg', 'CONTACT'], ['6789', 'PHONE'], ['139 1234 6789', 'PHONE'], ['+86 13912346789', 'PHONE']]) {
      expect(await hits(zone.as.LEADER, text!)).toEqual([expect.objectContaining({ type: 'Contact', title: '周建国', detail: '光模块基地 · 总经理 · 139****6789', matched, opens: `Project:${projectId}` })]);
    }
    expect(await hits(zone.as.LEADER, '王芳')).toEqual([expect.objectContaining({ detail: '华为技术有限公司 · 总经理 · 043****5432', opens: `Enterprise:${firm}` })]);
    expect(await hits(zone.as.LEADER, '789')).toEqual([]);
  });

  it('show each role what it may see, and another zone nothing', async () => {
    const other = await makeZone(t.owner);
    await enterprise('长光卫星', { of: other });
    await project('长光卫星基地', { of: other, owner: null });
    const firm = await enterprise('长光一号');
    await enterprise('长光二号', { by: zone.as.RECRUITER.staffId });
    await enterprise('长光三号');
    const mine = await project('长光项目', { firm });
    await t.owner.query('insert into project_enterprise (zone_id, project_id, enterprise_id) values ($1, $2, $3)', [zone.id, mine, firm]);
    await contact('长光华', ['13912346789'], { projectId: mine });
    await project('长光别人的项目', { owner: zone.as.MANAGER });
    await settle();
    expect(await titles(zone.as.RECRUITER, '长光')).toEqual(['长光华', '长光项目', '长光二号', '长光一号']);
    expect(await titles(zone.stranger, '长光')).toEqual([]);
    expect(await titles(zone.stranger, '6789')).toEqual([]);
    expect((await titles(zone.as.LEADER, '长光')).length).toBe(6);
    expect(await titles(zone.as.MANAGER, '长光')).toEqual(['长光华', '长光项目', '长光一号', '长光别人的项目']);
    expect(await titles(other.as.LEADER, '长光')).toEqual(['长光卫星', '长光卫星基地']);
    for (const role of ['SYSTEM_ADMIN', 'AUDITOR', 'AGENT'] as const) expect((await api.gql(zone.as[role], '{ search(text: "长光") { id } }')).errors[0].extensions.code).toBe('FORBIDDEN');
  });
});

it('goes on where more names wait than are spelled on the spot', async () => {
  await t.owner.query(`insert into enterprise (zone_id, name, folded_name, core_name) select $1, n || '号测试', n || '号测试', n::text from generate_series(1, 400) n`, [zone.id]);
  const [oldest] = (await t.owner.query<{ name: string }>('select e.name from search_stale s join enterprise e using (id) order by seq limit 1')).rows;
  expect(await titles(zone.as.LEADER, oldest!.name)).toContain(oldest!.name);
  expect(await titles(zone.as.LEADER, '号测试')).toHaveLength(20);
  expect(await index()).toBe(400);
  expect(await index()).toBe(0);
  expect(await titles(zone.as.LEADER, 'hcs', 50)).toHaveLength(50);
});

it('spells once what two workers meet, and again what was renamed meanwhile', async () => {
  for (let n = 0; n < 30; n++) await enterprise(`甲${n}公司`);
  await t.owner.query(`update enterprise set name = '乙公司' where name = '甲7公司'`);
  const done = await Promise.all([index(), index(), index()]);
  await index();
  expect(done.reduce((a, b) => a + b)).toBeLessThanOrEqual(30);
  expect((await t.owner.query('select count(*)::int as docs, count(distinct id)::int as ids, (select sum(docs)::int from search_band) as counted from search_doc')).rows).toEqual([{ docs: 30, ids: 30, counted: 30 }]);
  expect(await titles(zone.as.LEADER, 'ygs')).toEqual(['乙公司']);
});

it('finds common words by rank among many bands, without reading the zone', async () => {
  await t.owner.query(`insert into enterprise (zone_id, name, folded_name, core_name) select $1, case when n % 2 = 0 then '长春' else '吉林' end || substr('甲乙丙丁戊己庚辛壬癸', 1 + n % 10, 1 + n % 7) || n || '科技有限公司', n::text, n::text from generate_series(1, 3000) n`, [zone.id]);
  await enterprise('科技');
  await enterprise('光卫科技');
  await enterprise('吉林大学科技园');
  while (await index());
  expect(await titles(zone.as.LEADER, '科技', 3)).toEqual(['科技', '光卫科技', '吉林大学科技园']);
  const begun = await titles(zone.as.LEADER, '长春', 50);
  expect(begun.every((name) => name.startsWith('长春'))).toBe(true);
  expect(begun.map((name) => name.length)).toEqual(begun.map((name) => name.length).sort((a, b) => a - b));
  expect(await titles(zone.as.LEADER, '光卫')).toEqual(['光卫科技']);
  expect(await titles(zone.as.LEADER, 'gwkj')).toEqual(['光卫科技']);
});

describe('search', () => {
  it.each([
    ['长'.repeat(101), null, 'text'], ['长光', 0, 'first'], ['长光', 51, 'first'],
  ])('refuses %s, first %p at %s', async (text, first, path) => {
    const { data, errors } = await api.gql(zone.as.LEADER, 'query($text: String!, $first: Int) { search(text: $text, first: $first) { id } }', { text, first });
    expect(data?.search ?? null).toBeNull();
    expect(errors[0].extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(errors[0].message).toContain(path);
  });
  it.each(['', '   ', '（）', '%', '_', '\\', "'; drop table search_doc; --", '\u0000', '𠮷', '🙂', 'a'.repeat(100), '长'.repeat(100), '-', '()'])('bears %j', async (text) => {
    await enterprise('长光卫星');
    await index();
    const { status } = await api.gql(zone.as.LEADER, 'query($text: String!) { search(text: $text) { id } }', { text });
    expect(status).toBe(200);
    expect((await t.owner.query('select count(*)::int as n from search_doc')).rows).toEqual([{ n: 1 }]);
  });
});
