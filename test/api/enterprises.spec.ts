import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EnterprisesService, usccCheckCharacter } from '@yinfeng/enterprises';
import { type Actor, systemActor } from '@yinfeng/platform';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let t: TestDatabase;
let api: TestApi;
let zone: TestZone;
let recruiter: Actor;

beforeAll(async () => {
  t = await testDatabase({ poolSize: 8 });
  api = await testApi(t, { poolSize: 8 });
});
afterAll(async () => {
  await api.stop();
  await t.stop();
});
beforeEach(async () => {
  await t.clean();
  zone = await makeZone(t.owner);
  recruiter = zone.as.RECRUITER;
});

const GOOD = '91220101MA0Y3G7K1' + usccCheckCharacter('91220101MA0Y3G7K1');
const BAD = GOOD.slice(0, 17) + (GOOD[17] === '1' ? '2' : '1');
const ERRORS = 'userErrors { code message path }';
const act = async (name: string, input: object, who: Actor = recruiter, fields = 'enterprise { id version name uscc usccCheck } warnings { code message path }') =>
  (await api.gql(who, `mutation($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { act: ${name}(input: $input) { ${fields} ${ERRORS} } }`, { input }));
const done = async (name: string, input: object, who: Actor = recruiter, fields?: string) => (await act(name, input, who, fields)).data.act;
const create = async (name: string, more: object = {}, who: Actor = recruiter) => (await done('enterpriseCreate', { name, ...more }, who)).enterprise;
const read = async (id: string, fields: string, who: Actor = recruiter) => (await api.gql(who, `query($id: ID!) { node(id: $id) { ... on Enterprise { ${fields} } } }`, { id })).data.node;
const codes = (payload: { userErrors: { code: string; path: string[] | null }[] }) => payload.userErrors.map((e) => [e.code, e.path?.join('.')]);
const parent = (e: { id: string; version: number }, parentId: string | null, who = recruiter) => done('enterpriseSetParent', { enterpriseId: e.id, expectedVersion: e.version, parentId }, who);
async function project(stage = 'LEAD', ownerId = recruiter.staffId): Promise<string> {
  const { rows } = await t.owner.query<{ id: string }>(`insert into project (zone_id, code, name, folded_name, core_name, stage, owner_id, department_id, total_amount) values ($1, 'P-' || gen_random_uuid(), '新材料项目', 'x', 'x', $2, $3, $4, 300000000) returning id`,
    [zone.id, stage, ownerId, zone.departments.group]);
  return `Project:${rows[0]!.id}`;
}
const parties = 'project { id version enterprise { name } enterprises { role position sharePercent enterprise { name } } }';

describe('an enterprise', () => {
  it('is put on record with all that is known of it, and corrected by whoever has seen its version', async () => {
    const made = await create('吉林新材料股份有限公司', { uscc: GOOD.toLowerCase(), classes: ['上市企业', '专精特新', '上市企业'], website: 'https://example.cn', registeredCapital: '50000000.50', address: '长春市', sourceRegion: '吉林-长春' });
    expect(made).toMatchObject({ version: 1, uscc: GOOD, usccCheck: 'VALID' });
    expect(await read(made.id, 'classes website address registeredCapital registeredCurrency formerNames { name } facts { key } investorProfile { version }')).toEqual(
      { classes: ['上市企业', '专精特新'], website: 'https://example.cn', address: '长春市', registeredCapital: '50000000.5', registeredCurrency: 'CNY', formerNames: [], facts: [], investorProfile: null });
    const edited = await done('enterpriseEdit', { enterpriseId: made.id, expectedVersion: 1, nature: '民营', website: null });
    expect(edited).toMatchObject({ enterprise: { version: 2 }, userErrors: [] });
    const stale = await done('enterpriseEdit', { enterpriseId: made.id, expectedVersion: 1, nature: '国有' });
    expect([codes(stale), stale.enterprise.version]).toEqual([[['CONFLICT', 'expectedVersion']], 2]);
    expect(await read(made.id, 'nature website')).toEqual({ nature: '民营', website: null });
  });

  it('warns of a failing check digit and keeps the code; refuses what is no code', async () => {
    const payload = await done('enterpriseCreate', { name: '甲公司', uscc: BAD });
    expect(payload).toMatchObject({ enterprise: { uscc: BAD, usccCheck: 'CHECK_DIGIT' }, warnings: [{ code: 'USCC_CHECK_DIGIT', path: ['uscc'], message: expect.stringContaining(`“${GOOD[17]}”`) }], userErrors: [] });
    expect(codes(await done('enterpriseCreate', { name: '乙公司', uscc: '9122' }))).toEqual([['INVALID', 'uscc']]);
    expect(codes(await done('enterpriseCreate', { name: '丙公司', website: 'javascript:alert(1)' }))).toEqual([['INVALID', 'website']]);
    expect(codes(await done('enterpriseCreate', { name: '丙公司', registeredCapital: '-1' }))).toEqual([['AMOUNT_NEGATIVE', 'registeredCapital']]);
    expect(codes(await done('enterpriseCreate', { name: ' ' }))).toEqual([['REQUIRED', 'name']]);
    expect((await create('丁公司')).usccCheck).toBe('ABSENT');
  });

  it('has its code checked in the database as in the rules', async () => {
    for (let i = 0; i < 200; i++) {
      const first = Array.from({ length: 17 }, (_, k) => '0123456789ABCDEFGHJKLMNPQRTUWXY'[(i * 7919 + k * 104729 + i * k * 31) % 31]).join('');
      const check = usccCheckCharacter(first);
      const { rows: [row] } = await t.owner.query('select uscc_check($1) as good, uscc_check($2) as bad', [first + check, first + (check === '7' ? '8' : '7')]);
      expect(row).toEqual({ good: 'VALID', bad: 'CHECK_DIGIT' });
    }
    expect((await t.owner.query(`select uscc_check('91220101MA0Y3G7KIO') as c`)).rows[0].c).toBe('FORMAT');
  });

  it('is one record per code: the holder is named to whoever may see it, to others not', async () => {
    const mine = await create('甲公司', { uscc: GOOD });
    const again = await done('enterpriseCreate', { name: '另一名称', uscc: GOOD });
    expect([codes(again), again.enterprise.id]).toEqual([[['USCC_TAKEN', 'uscc']], mine.id]);
    expect(again.userErrors[0].message).toContain(mine.id);
    const stranger = await done('enterpriseCreate', { name: '另一名称', uscc: GOOD }, zone.stranger);
    expect([codes(stranger), stranger.enterprise]).toEqual([[['USCC_TAKEN', 'uscc']], null]);
    expect(JSON.stringify(stranger)).not.toMatch(new RegExp(`甲公司|${mine.id}`));
    const other = await create('乙公司');
    expect(codes(await done('enterpriseEdit', { enterpriseId: other.id, expectedVersion: 1, uscc: GOOD }))).toEqual([['USCC_TAKEN', 'uscc']]);
    const elsewhere = await makeZone(t.owner);
    expect((await create('甲公司', { uscc: GOOD }, elsewhere.as.RECRUITER)).uscc).toBe(GOOD);
  });

  it('is made once by two at a time: by code, by name, and under one key', async () => {
    const byCode = await Promise.all(['一', '二', '三'].map((n) => done('enterpriseCreate', { name: `${n}号公司`, uscc: GOOD })));
    expect(byCode.map((p) => codes(p)[0]?.[0] ?? 'made').sort()).toEqual(['USCC_TAKEN', 'USCC_TAKEN', 'made']);
    const byName = await Promise.all([1, 2, 3].map(() => done('enterpriseCreate', { name: '同名（长春）公司' })));
    expect(byName.map((p) => codes(p)[0]?.[0] ?? 'made').sort()).toEqual(['ENTERPRISE_KNOWN', 'ENTERPRISE_KNOWN', 'made']);
    expect((await done('enterpriseCreate', { name: '同名(长春)公司', confirmSeparate: true })).userErrors).toEqual([]);
    const keyed = await Promise.all([1, 2].map(() => done('enterpriseCreate', { name: '幂等公司', idempotencyKey: 'k' })));
    expect(keyed[0].enterprise.id).toBe(keyed[1].enterprise.id);
  });

  it('keeps former names findable, and shows the new one on its projects', async () => {
    const made = await create('旧名科技有限公司');
    const projectId = await project();
    await done('projectEnterpriseAdd', { projectId, expectedVersion: 1, enterpriseId: made.id, role: 'INVESTOR' }, recruiter, parties);
    const renamed = await done('enterpriseEdit', { enterpriseId: made.id, expectedVersion: 1, name: '新名科技有限公司' });
    expect(renamed.userErrors).toEqual([]);
    expect(await read(made.id, 'name formerNames { name }')).toEqual({ name: '新名科技有限公司', formerNames: [{ name: '旧名科技有限公司' }] });
    expect((await api.gql(recruiter, 'query($id: ID!) { project(id: $id) { enterpriseName } }', { id: projectId })).data.project.enterpriseName).toBe('新名科技有限公司');
    const service = new EnterprisesService(t.db);
    const resolved = await t.db.tx(systemActor(zone.id, 'spec'), (tx) => service.resolve(tx, { name: '旧名科技 有限公司' }));
    expect(`Enterprise:${resolved.id}`).toBe(made.id);
    expect(codes(await done('enterpriseCreate', { name: '旧名科技有限公司' }))).toEqual([['ENTERPRISE_KNOWN', 'name']]);
  });

  it('is the one that a ledger means by its former name', async () => {
    const manager = zone.as.MANAGER;
    const import_ = async (rows: string) => {
      const form = new FormData();
      form.append('file', new Blob([`项目名称,投资方,总投资（万元）,项目状态\n${rows}`]), 'x.csv');
      const { id: fileId } = (await (await api.request(manager, '/files', { method: 'POST', body: form })).json()) as { id: string };
      const read = (await api.gql(manager, `mutation($input: LedgerImportInput!) { act: ledgerImport(input: $input) { import { id version counts { created updated unchanged } } ${ERRORS} } }`, { input: { fileId, asOf: '2026-06-01', sheetKind: 'PROJECTS' } })).data.act.import;
      const { data } = await api.gql(manager, `mutation($input: ImportConfirmInput!) { act: importConfirm(input: $input) { import { counts { created updated unchanged } } ${ERRORS} } }`, { input: { importId: read.id, expectedVersion: read.version } });
      return data.act.import.counts;
    };
    const rows = '光谷乙项目,旧名公司,500,在谈\n';
    expect(await import_(rows)).toMatchObject({ created: 1 });
    const { rows: [made] } = await t.owner.query(`select id from enterprise where name = '旧名公司'`);
    await t.owner.query(`update enterprise set created_by = $2 where id = $1`, [made.id, recruiter.staffId]);
    expect((await done('enterpriseEdit', { enterpriseId: `Enterprise:${made.id}`, expectedVersion: 1, name: '新名公司' })).userErrors).toEqual([]);
    expect(await import_(rows)).toMatchObject({ created: 0, updated: 0, unchanged: 1 });
    expect(await import_('光谷丁项目,旧名公司,800,在谈\n')).toMatchObject({ created: 1 });
    expect((await t.owner.query('select name from enterprise')).rows).toEqual([{ name: '新名公司' }]);
  });

  it('is edited by whoever works with it alone', async () => {
    const made = await create('甲公司');
    for (const who of [zone.as.AGENT, zone.as.LEADER, zone.as.SERVICE, zone.as.SECURITY_ADMIN]) expect((await act('enterpriseEdit', { enterpriseId: made.id, expectedVersion: 1 }, who)).errors[0].extensions.code).toBe('FORBIDDEN');
    expect((await act('enterpriseEdit', { enterpriseId: made.id, expectedVersion: 1 }, zone.stranger)).errors[0].extensions.code).toBe('NOT_FOUND');
    const races = await Promise.all([1, 2, 3].map((n) => done('enterpriseEdit', { enterpriseId: made.id, expectedVersion: 1, nature: `性质${n}` })));
    expect(races.map((p) => codes(p)[0]?.[0] ?? 'done').sort()).toEqual(['CONFLICT', 'CONFLICT', 'done']);
  });
});

describe('outside data', () => {
  it('is kept with source and day, the latest of each shown', async () => {
    const { id } = await create('甲公司');
    const record = (value: string, asOf: string, source = '工商登记') => done('enterpriseFactRecord', { enterpriseId: id, key: '实缴资本', value, source, asOf });
    await record('3000 万元', '2025-01-01');
    await record('5000 万元', '2026-01-01');
    await record('4800 万元', '2026-02-01', '企查查');
    expect((await read(id, 'facts { key value source asOf }')).facts).toEqual([{ key: '实缴资本', value: '4800 万元', source: '企查查', asOf: '2026-02-01' }, { key: '实缴资本', value: '5000 万元', source: '工商登记', asOf: '2026-01-01' }]);
    expect(codes(await record('1', '2026-01-01'))).toEqual([['ALREADY_RECORDED', 'asOf']]);
    expect(codes(await record('1', '2026-06-16'))).toEqual([['DATE_IN_FUTURE', 'asOf']]);
  });

  it('has an investor profile that is set as a whole', async () => {
    const { id } = await create('某资本');
    const set = (expectedVersion: number, more: object) => done('investorProfileSet', { enterpriseId: id, expectedVersion, ...more });
    expect((await set(0, { ticketMin: '10000000', ticketMax: '500000000', sectors: ['新材料', '光电'], restrictions: '不投房地产', horizonMonthsMin: 36, horizonMonthsMax: 84 })).userErrors).toEqual([]);
    expect(await read(id, 'investorProfile { version ticketMin ticketMax ticketCurrency sectors restrictions horizonMonthsMax }')).toEqual({ investorProfile: { version: 1, ticketMin: '10000000', ticketMax: '500000000', ticketCurrency: 'CNY', sectors: ['新材料', '光电'], restrictions: '不投房地产', horizonMonthsMax: 84 } });
    expect(codes(await set(0, {}))).toEqual([['CONFLICT', 'expectedVersion']]);
    expect(codes(await set(1, { ticketMin: '2', ticketMax: '1' }))).toEqual([['RANGE_ORDER', 'ticketMax']]);
    expect(codes(await set(1, { ticketMin: '-2' }))).toEqual([['AMOUNT_NEGATIVE', 'ticketMin']]);
    expect(codes(await set(1, { horizonMonthsMin: 2, horizonMonthsMax: 1 }))).toEqual([['RANGE_ORDER', 'horizonMonthsMax']]);
    const races = await Promise.all([1, 2].map((n) => set(1, { note: `${n}` })));
    expect(races.map((p) => codes(p)[0]?.[0] ?? 'done').sort()).toEqual(['CONFLICT', 'done']);
  });
});

describe('a group', () => {
  it('is a tree whose projects count once, as far as the caller sees it, in one statement', async () => {
    const [root, child, grandchild] = [await create('集团'), await create('子公司'), await create('孙公司')];
    await parent(child, root.id);
    await parent(grandchild, child.id);
    const projectId = await project();
    await done('projectEnterpriseAdd', { projectId, expectedVersion: 1, enterpriseId: child.id, role: 'INVESTOR' }, recruiter, parties);
    await done('projectEnterpriseAdd', { projectId, expectedVersion: 2, enterpriseId: grandchild.id, role: 'REGISTERED_COMPANY' }, recruiter, parties);
    expect(await read(grandchild.id, 'parent { name parent { name parent { name } } } group { root { name } members { name } projectsCount totalInvestment foreignInvestment }')).toEqual({
      parent: { name: '子公司', parent: { name: '集团', parent: null } },
      group: { root: { name: '集团' }, members: [{ name: '集团' }, { name: '子公司' }, { name: '孙公司' }], projectsCount: 1, totalInvestment: '300000000', foreignInvestment: '0' },
    });
    expect((await read(root.id, 'children { name children { name } }')).children).toEqual([{ name: '子公司', children: [{ name: '孙公司' }] }]);
    // A service officer who sees the project only by another's handoff: nothing of it is shown or counted to a stranger.
    const shared = await project('LEAD', zone.stranger.staffId);
    await t.owner.query(`insert into project_enterprise (zone_id, project_id, enterprise_id) values ($1, $2, $3)`, [zone.id, shared.split(':')[1], grandchild.id.split(':')[1]]);
    expect(await read(grandchild.id, 'parent { name } children { name } group { root { name } members { name } projectsCount }', zone.stranger)).toEqual({ parent: null, children: [], group: { root: null, members: [{ name: '孙公司' }], projectsCount: 1 } });
    await parent({ ...child, version: 2 }, null);
    expect((await read(root.id, 'group { members { name } projectsCount }')).group).toEqual({ members: [{ name: '集团' }], projectsCount: 0 });
  });

  it('never closes to a circle, also not between two at a time, and has ten levels at most', async () => {
    const [a, b] = [await create('甲'), await create('乙')];
    expect(codes(await parent(a, a.id))).toEqual([['GROUP_CIRCLE', 'parentId']]);
    const races = await Promise.all([parent(a, b.id), parent(b, a.id)]);
    expect(races.map((p) => codes(p)[0]?.[0] ?? 'done').sort()).toEqual(['GROUP_CIRCLE', 'done']);
    const chain = [];
    for (let i = 0; i < 11; i++) chain.push(await create(`第${i}级公司`));
    for (let i = 1; i < 10; i++) expect((await parent(chain[i], chain[i - 1].id)).userErrors).toEqual([]);
    expect(codes(await parent(chain[10], chain[9].id))).toEqual([['GROUP_TOO_DEEP', 'parentId']]);
    expect(codes(await parent(chain[0], chain[10].id))).toEqual([['GROUP_TOO_DEEP', 'parentId']]);
    expect(codes(await parent({ ...chain[0], version: 1 }, chain[9].id))).toEqual([['GROUP_CIRCLE', 'parentId']]);
    const foreign = await makeZone(t.owner);
    const theirs = await create('外区公司', {}, foreign.as.RECRUITER);
    await expect(t.owner.query('update enterprise set parent_id = $2 where id = $1', [chain[10].id.split(':')[1], theirs.id.split(':')[1]])).rejects.toThrow('not of its zone');
    expect(codes(await parent(chain[10], theirs.id))).toEqual([['UNKNOWN_REFERENCE', 'parentId']]);
  });
});

describe('enterprises of a project', () => {
  const add = (projectId: string, expectedVersion: number, more: object, who = recruiter) => done('projectEnterpriseAdd', { projectId, expectedVersion, ...more }, who, parties);
  const remove = (projectId: string, expectedVersion: number, enterpriseId: string, role = 'INVESTOR') => done('projectEnterpriseRemove', { projectId, expectedVersion, enterpriseId, role }, recruiter, parties);
  const list = (payload: { project: { enterprises: { role: string; position: number; sharePercent: string | null; enterprise: { name: string } }[] } }) => payload.project.enterprises.map((e) => [e.role, e.position, e.enterprise.name, e.sharePercent]);

  it('have roles, places and shares; the first investor leads', async () => {
    const id = await project();
    const [a, b, c] = [await create('甲'), await create('乙'), await create('丙')];
    await add(id, 1, { enterpriseId: a.id, role: 'INVESTOR', sharePercent: '60' });
    await add(id, 2, { enterpriseId: b.id, role: 'INVESTOR', sharePercent: '39.99' });
    await add(id, 3, { enterprise: { name: '中介行' }, role: 'INTERMEDIARY' });
    const led = await add(id, 4, { enterpriseId: c.id, role: 'INVESTOR', position: 0 });
    expect(led.project.enterprise.name).toBe('丙');
    expect(list(led).filter((l) => l[0] === 'INVESTOR')).toEqual([['INVESTOR', 0, '丙', null], ['INVESTOR', 1, '甲', '60'], ['INVESTOR', 2, '乙', '39.99']]);
    expect(codes(await add(id, 5, { enterpriseId: c.id, role: 'INVESTOR', sharePercent: '0.02' }))).toEqual([['SHARES_EXCEED', 'sharePercent']]);
    expect((await add(id, 5, { enterpriseId: c.id, role: 'INVESTOR', sharePercent: '0.01' })).userErrors).toEqual([]);
    for (const bad of ['0', '100.01', '-1', '1.234']) expect(codes(await add(id, 6, { enterpriseId: c.id, role: 'INVESTOR', sharePercent: bad }))).toEqual([['INVALID', 'sharePercent']]);
    expect(codes(await add(id, 6, { role: 'INVESTOR' }))).toEqual([['REQUIRED', 'enterpriseId']]);
    const left = await remove(id, 6, c.id);
    expect(left.project.enterprise.name).toBe('甲');
    expect(codes(await remove(id, 7, c.id))).toEqual([['UNKNOWN_REFERENCE', 'enterpriseId']]);
  });

  it('keep an investor once the project is past reserve', async () => {
    const id = await project('NEGOTIATING');
    const a = await create('甲');
    await add(id, 1, { enterpriseId: a.id, role: 'INVESTOR' });
    const refused = await remove(id, 2, a.id);
    expect([codes(refused), refused.userErrors[0].message]).toEqual([[['LAST_INVESTOR', 'enterpriseId']], expect.stringContaining('洽谈')]);
    const reserve = await project('RESERVE');
    await add(reserve, 1, { enterpriseId: a.id, role: 'INVESTOR' });
    expect((await remove(reserve, 2, a.id)).project).toMatchObject({ enterprise: null, enterprises: [] });
  });

  it('are changed by one of two at a time, and only by whoever may edit the project', async () => {
    const id = await project();
    const races = await Promise.all(['甲', '乙'].map((name) => add(id, 1, { enterprise: { name }, role: 'INVESTOR', sharePercent: '60' })));
    expect(races.map((p) => codes(p)[0]?.[0] ?? 'done').sort()).toEqual(['CONFLICT', 'done']);
    const asked = await act('projectEnterpriseAdd', { projectId: id, expectedVersion: 2, enterprise: { name: '丙' }, role: 'INVESTOR' }, zone.stranger, parties);
    expect(asked.errors[0].extensions.code).toBe('NOT_FOUND');
    expect((await act('projectEnterpriseAdd', { projectId: id, expectedVersion: 2, enterprise: { name: '丙' }, role: 'INVESTOR' }, zone.as.LEADER, parties)).errors[0].extensions.code).toBe('FORBIDDEN');
  });
});
