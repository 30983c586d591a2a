import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Actor, Database } from '@yinfeng/platform';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let t: TestDatabase;
let api: TestApi;
let zone: TestZone;
let recruiter: Actor;
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
  recruiter = zone.as.RECRUITER;
  manager = zone.as.MANAGER;
});

const ERRORS = 'userErrors { code path message }';
const LIST = 'id version name purpose chain note archivedAt department { name } createdBy { name } counts { state count }';
const TARGET = 'id version name uscc segment reason priority state dropReason assignee { id } list { name } project { id name }';
const CREATE = `mutation($input: TargetListCreateInput!) { act: targetListCreate(input: $input) { list { ${LIST} } ${ERRORS} } }`;
const EDIT = `mutation($input: TargetListEditInput!) { act: targetListEdit(input: $input) { list { ${LIST} } ${ERRORS} } }`;
const ARCHIVE = `mutation($input: TargetListArchiveInput!) { act: targetListArchive(input: $input) { list { ${LIST} } ${ERRORS} } }`;
const ADD = `mutation($input: TargetAddInput!) { act: targetAdd(input: $input) { list { ${LIST} } added items { position name outcome targetId } ${ERRORS} } }`;
const ASSIGN = `mutation($input: TargetAssignInput!) { act: targetAssign(input: $input) { targets { ${TARGET} } ${ERRORS} } }`;
const UPDATE = `mutation($input: TargetUpdateInput!) { act: targetUpdate(input: $input) { target { ${TARGET} } ${ERRORS} } }`;
const REPORT = `mutation($input: LeadReportInput!) { act: leadReport(input: $input) { project { id enterpriseName targets { name state list { name } } } ${ERRORS} } }`;
const READ = `query($id: ID!, $filter: TargetFilter, $first: Int, $after: String) { targetList(id: $id) { ${LIST} targets(filter: $filter, first: $first, after: $after) { totalCount nodes { ${TARGET} } pageInfo { hasNextPage endCursor } } } }`;
const act = async (who: Actor, mutation: string, input: object) => (await api.gql(who, mutation, { input })).data.act;
const program = async (who: Actor, query: string, variables: object) => (await api.gql(who, query, variables)).errors?.[0]?.extensions.code;
const errors = (answer: { userErrors: { code: string; path: string[] | null }[] }) => answer.userErrors.map((e) => [e.code, e.path?.join('.') ?? null]);
const read = async (id: string, variables: object = {}, who = recruiter) => (await api.gql(who, READ, { id, ...variables })).data.targetList;
const create = async (input: object = {}, who = recruiter) => (await act(who, CREATE, { name: '光电补链清单', purpose: 'CHAIN_SUPPLEMENT', chain: '光电信息', ...input })).list;
const lists = async (who: Actor, filter: object = {}) => (await api.gql(who, 'query($filter: TargetListFilter) { targetLists(filter: $filter) { totalCount nodes { name } } }', { filter })).data.targetLists.nodes.map((n: { name: string }) => n.name);
const counts = (list: { counts: { count: number }[] }) => list.counts.map((c) => c.count);
const staff = (who: Actor) => `Staff:${who.staffId}`;

describe('a list of target enterprises', () => {
  it('is made, changed, put aside and taken back; two in use never have one name', async () => {
    const list = await create({ idempotencyKey: 'k' });
    expect(list).toMatchObject({ version: 1, purpose: 'CHAIN_SUPPLEMENT', chain: '光电信息', department: { name: '招商一局一组' }, createdBy: { name: recruiter.name }, archivedAt: null });
    expect((await create({ idempotencyKey: 'k' })).id).toBe(list.id);
    expect(errors(await act(recruiter, CREATE, { name: ' 光电补链清单 ' }))).toEqual([['INVALID', 'name']]);
    expect(errors(await act(recruiter, CREATE, { name: ' ' }))).toEqual([['REQUIRED', 'name']]);
    const edited = await act(recruiter, EDIT, { listId: list.id, expectedVersion: 1, name: '光电补链清单（二季度）', chain: null, departmentId: `Department:${zone.departments.bureau}` });
    expect(edited.list).toMatchObject({ version: 2, name: '光电补链清单（二季度）', chain: null, purpose: 'CHAIN_SUPPLEMENT', department: { name: '招商一局' } });
    expect(errors(await act(recruiter, EDIT, { listId: list.id, expectedVersion: 1, note: '晚了' }))).toEqual([['CONFLICT', 'expectedVersion']]);
    const archived = await act(manager, ARCHIVE, { listId: list.id, expectedVersion: 2 });
    expect(archived.list.archivedAt).not.toBeNull();
    expect([await lists(recruiter), await lists(recruiter, { archived: true })]).toEqual([[], ['光电补链清单（二季度）']]);
    expect(errors(await act(recruiter, ADD, { listId: list.id, names: '甲公司' }))).toEqual([['TARGET_LIST_ARCHIVED', 'listId']]);
    expect(errors(await act(recruiter, EDIT, { listId: list.id, expectedVersion: 3, note: '说明' }))).toEqual([['TARGET_LIST_ARCHIVED', 'listId']]);
    await create({ name: '光电补链清单（二季度）' });
    expect(errors(await act(recruiter, ARCHIVE, { listId: list.id, expectedVersion: 3, archive: false }))).toEqual([['INVALID', 'name']]);
  });

  it('is seen by its unit, those above and below it, whoever has a target on it, and by leaders; by no agent and no other zone', async () => {
    await create({ name: '一组的' });
    await create({ name: '一局的', departmentId: `Department:${zone.departments.bureau}` }, manager);
    await create({ name: '全区的', departmentId: null }, manager);
    const other = await create({ name: '二局的' }, zone.stranger);
    expect((await lists(recruiter)).sort()).toEqual(['一局的', '一组的', '全区的']);
    expect((await lists(zone.colleague)).sort()).toEqual(['一局的', '全区的']);
    expect((await lists(zone.as.GROUP_LEADER)).sort()).toEqual(['一局的', '一组的', '全区的']);
    expect((await lists(manager)).sort()).toEqual(['一局的', '一组的', '全区的']);
    expect((await lists(zone.stranger)).sort()).toEqual(['二局的', '全区的']);
    expect(await lists(zone.as.LEADER)).toHaveLength(4);
    expect(await lists((await makeZone(t.owner)).as.LEADER)).toEqual([]);
    expect(await program(zone.as.AGENT, '{ targetLists { nodes { id } } }', {})).toBe('FORBIDDEN');
    expect(await program(zone.as.LEADER, CREATE, { input: { name: '领导的' } })).toBe('FORBIDDEN');
    expect(await program(recruiter, READ, { id: other.id })).toBe('NOT_FOUND');
    const { items } = await act(zone.stranger, ADD, { listId: other.id, names: '乙公司' });
    await t.owner.query('update target_enterprise set assignee_id = $1', [recruiter.staffId]);
    expect((await read(other.id)).targets.nodes).toMatchObject([{ id: items[0].targetId, list: { name: '二局的' } }]);
    expect(await lists(recruiter, { text: '二局' })).toEqual(['二局的']);
  });
});

describe('targets', () => {
  it('are pasted by the hundred: each tells what became of it, none stands twice', async () => {
    const list = await create();
    const pasted = await act(recruiter, ADD, { listId: list.id, names: '1. 长春某光电有限公司\n2. 吉林某激光技术有限公司；长春某光电 有限公司\n12345\n', items: [{ name: '上海某芯片有限公司', uscc: '91310000MA1K00000X', priority: 'A', segment: '芯片' }], segment: '模组', reason: '强链' });
    expect(pasted).toMatchObject({ added: 3, userErrors: [] });
    expect(pasted.items.map((i: { name: string; outcome: string }) => [i.name, i.outcome])).toEqual([
      ['长春某光电有限公司', 'ADDED'], ['吉林某激光技术有限公司', 'ADDED'], ['长春某光电 有限公司', 'REPEATED'], ['12345', 'REFUSED'], ['上海某芯片有限公司', 'ADDED'],
    ]);
    expect(pasted.items[2].targetId).toBe(pasted.items[0].targetId);
    expect(counts(pasted.list)).toEqual([3, 0, 0, 0]);
    const again = await act(recruiter, ADD, { listId: list.id, names: '吉林某激光技术有限公司,北京某传感器有限公司' });
    expect([again.added, again.items.map((i: { outcome: string }) => i.outcome)]).toEqual([1, ['ALREADY', 'ADDED']]);
    const { targets } = await read(list.id);
    expect(targets.totalCount).toBe(4);
    expect(targets.nodes.map((n: { name: string; priority: string; segment: string }) => [n.name, n.priority, n.segment])).toEqual([
      ['上海某芯片有限公司', 'A', '芯片'], ['长春某光电有限公司', 'B', '模组'], ['吉林某激光技术有限公司', 'B', '模组'], ['北京某传感器有限公司', 'B', null],
    ]);
    expect(errors(await act(recruiter, ADD, { listId: list.id, names: ' ；\n' }))).toEqual([['REQUIRED', 'names']]);
    expect(errors(await act(recruiter, ADD, { listId: list.id, names: Array.from({ length: 501 }, (_, i) => `企业${i}公司`).join('\n') }))).toEqual([['INVALID', 'names']]);
    expect((await act(recruiter, ADD, { listId: list.id, names: Array.from({ length: 500 }, (_, i) => `企业${i}公司`).join('\n') })).added).toBe(500);
  });

  it('pasted by two at once stand once', async () => {
    const list = await create();
    const names = ['甲公司', '乙公司', '丙公司'].join('\n');
    const both = await Promise.all([act(recruiter, ADD, { listId: list.id, names }), act(manager, ADD, { listId: list.id, names })]);
    expect(both.map((b) => b.added).sort()).toEqual([0, 3]);
    expect(counts(await read(list.id))).toEqual([3, 0, 0, 0]);
  });

  it('come from the record as well, if the caller may see it', async () => {
    const list = await create();
    const enterprise = async (by: Actor) => (await t.owner.query<{ id: string }>(`insert into enterprise (zone_id, name, folded_name, core_name, uscc, created_by) values ($1, $2, $2, $2, $3, $4) returning id`, [zone.id, `企业${by.name}`, by === recruiter ? '912201017999999999' : null, by.staffId])).rows[0]!.id;
    const added = await act(recruiter, ADD, { listId: list.id, items: [{ enterpriseId: `Enterprise:${await enterprise(recruiter)}` }, { enterpriseId: `Enterprise:${await enterprise(zone.stranger)}` }, { enterpriseId: 'Enterprise:x' }] });
    expect(added.items.map((i: { outcome: string; name: string }) => [i.outcome, i.name])).toEqual([['ADDED', `企业${recruiter.name}`], ['REFUSED', ''], ['REFUSED', '']]);
    expect((await read(list.id)).targets.nodes).toMatchObject([{ uscc: '912201017999999999' }]);
  });

  it('are given to people: by who judges leads to anybody, by others to themselves and only what is free', async () => {
    const list = await create({ departmentId: `Department:${zone.departments.bureau}` }, manager);
    const { items } = await act(manager, ADD, { listId: list.id, names: '甲公司\n乙公司' });
    const [a, b] = items.map((i: { targetId: string }) => i.targetId);
    const pick = (version: number, ...ids: string[]) => ids.map((targetId) => ({ targetId, expectedVersion: version }));
    const both = await Promise.all([recruiter, zone.colleague].map((who) => act(who, ASSIGN, { targets: pick(1, a), assigneeId: staff(who) })));
    expect(both.map(errors).sort((x, y) => x.length - y.length)).toEqual([[], [['CONFLICT', 'targets.0.expectedVersion']]]);
    const [winner, loser] = both[0].userErrors.length ? [zone.colleague, recruiter] : [recruiter, zone.colleague];
    // All or none.
    expect(errors(await act(loser, ASSIGN, { targets: [...pick(1, b), ...pick(2, a)], assigneeId: staff(loser) }))).toEqual([['TARGET_TAKEN', 'targets.1.targetId']]);
    expect((await read(list.id)).targets.nodes.map((n: { assignee: { id: string } | null }) => n.assignee?.id ?? null)).toEqual([staff(winner), null]);
    expect(errors(await act(loser, ASSIGN, { targets: pick(1, b), assigneeId: staff(winner) }))).toEqual([['INVALID', 'assigneeId']]);
    expect(errors(await act(manager, ASSIGN, { targets: pick(1, b), assigneeId: staff(zone.as.SERVICE) }))).toEqual([['INVALID', 'assigneeId']]);
    expect(errors(await act(manager, ASSIGN, { targets: [], assigneeId: staff(loser) }))).toEqual([['REQUIRED', 'targets']]);
    expect((await act(manager, ASSIGN, { targets: [...pick(2, a), ...pick(1, b)], assigneeId: staff(loser) })).targets).toMatchObject([{ assignee: { id: staff(loser) } }, { assignee: { id: staff(loser) } }]);
    expect((await act(loser, ASSIGN, { targets: pick(3, a) })).targets).toMatchObject([{ assignee: null, version: 4 }]);
    expect((await read(list.id, { filter: { assigneeIds: [staff(loser)] } })).targets).toMatchObject({ totalCount: 1, nodes: [{ name: '乙公司' }] });
    expect((await read(list.id, { filter: { unassigned: true } })).targets.nodes).toMatchObject([{ name: '甲公司' }]);
  });

  it('move on by what is done: contacted, dropped with a reason, taken up again', async () => {
    const list = await create();
    const { items } = await act(recruiter, ADD, { listId: list.id, names: '甲公司\n乙公司' });
    const target = { targetId: items[0].targetId };
    expect((await act(recruiter, UPDATE, { ...target, expectedVersion: 1, state: 'CONTACTED', priority: 'A', segment: ' 封装 ', idempotencyKey: 'u' })).target).toMatchObject({ version: 2, state: 'CONTACTED', priority: 'A', segment: '封装' });
    expect(errors(await act(recruiter, UPDATE, { ...target, expectedVersion: 2, state: 'DROPPED' }))).toEqual([['REASON_REQUIRED', 'dropReason']]);
    expect((await act(recruiter, UPDATE, { ...target, expectedVersion: 2, state: 'DROPPED', dropReason: '无扩产计划' })).target).toMatchObject({ state: 'DROPPED', dropReason: '无扩产计划', segment: '封装' });
    expect((await act(recruiter, UPDATE, { ...target, expectedVersion: 3, reason: '再看' })).target).toMatchObject({ state: 'DROPPED', dropReason: '无扩产计划', reason: '再看' });
    expect(counts(await read(list.id))).toEqual([1, 0, 0, 1]);
    expect((await act(recruiter, UPDATE, { ...target, expectedVersion: 4, state: 'NEW' })).target).toMatchObject({ state: 'NEW', dropReason: null });
    expect(errors(await act(recruiter, UPDATE, { ...target, expectedVersion: 4, state: 'NEW' }))).toEqual([['CONFLICT', 'expectedVersion']]);
    expect(await program(zone.stranger, UPDATE, { input: { ...target, expectedVersion: 5, state: 'NEW' } })).toBe('NOT_FOUND');
    expect(await program((await makeZone(t.owner)).as.MANAGER, UPDATE, { input: { ...target, expectedVersion: 5, state: 'NEW' } })).toBe('NOT_FOUND');
  });

  it('come page by page, in one statement for all lists and one for their projects', async () => {
    const list = await create();
    await act(recruiter, ADD, { listId: list.id, names: ['甲', '乙', '丙', '丁', '戊'].map((n) => `${n}公司`).join('\n') });
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { targets }: { targets: { nodes: { name: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } } = await read(list.id, { first: 2, after });
      seen.push(...targets.nodes.map((n) => n.name));
      after = targets.pageInfo.endCursor;
      more = targets.pageInfo.hasNextPage;
    }
    expect(seen).toEqual(['甲公司', '乙公司', '丙公司', '丁公司', '戊公司']);
    const reads = jest.spyOn(api.running.app.get(Database, { strict: false }), 'read');
    const statements = async () => {
      reads.mockClear();
      const { data } = await api.gql(recruiter, `{ targetLists { nodes { name counts { count } targets { totalCount nodes { name project { name } list { name } } } } } }`);
      return [data.targetLists.nodes.length, reads.mock.calls.length];
    };
    await act(recruiter, REPORT, { name: '光电产业园', enterprise: { name: '甲公司' } });
    expect(await statements()).toEqual([1, 3]);
    for (const name of ['二', '三', '四']) {
      const more = await create({ name });
      await act(recruiter, ADD, { listId: more.id, names: `企业${name}公司` });
      await act(recruiter, REPORT, { name: `项目${name}号`, enterprise: { name: `企业${name}公司` }, confirmNotDuplicate: true });
    }
    expect(await statements()).toEqual([4, 3]);
    reads.mockRestore();
  });
});

describe('a lead that comes of a target', () => {
  it('takes its enterprise, and both know each other; the project is shown to those who may see it', async () => {
    const list = await create({ departmentId: null }, manager);
    const { items } = await act(manager, ADD, { listId: list.id, names: '长春某光电有限公司\n乙公司' });
    const lead = await act(recruiter, REPORT, { name: '光电产业园项目', targetId: items[0].targetId });
    expect(lead).toMatchObject({ userErrors: [], project: { enterpriseName: '长春某光电有限公司', targets: [{ name: '长春某光电有限公司', state: 'REPORTED', list: { name: '光电补链清单' } }] } });
    expect((await read(list.id)).targets.nodes[0]).toMatchObject({ state: 'REPORTED', project: { id: lead.project.id, name: '光电产业园项目' } });
    expect((await read(list.id, {}, zone.stranger)).targets.nodes[0]).toMatchObject({ state: 'REPORTED', project: null });
    expect(counts(await read(list.id))).toEqual([1, 0, 1, 0]);
    expect(errors(await act(recruiter, UPDATE, { targetId: items[0].targetId, expectedVersion: 2, state: 'NEW' }))).toEqual([['TARGET_REPORTED', 'state']]);
    expect(errors(await act(recruiter, REPORT, { name: '完全不同的名称', enterprise: { name: '丙公司' }, targetId: items[0].targetId }))).toEqual([['TARGET_REPORTED', 'targetId']]);
    await expect(t.db.tx(recruiter, (tx) => tx.run(`update target_enterprise set state = 'NEW'`))).rejects.toThrow('target_enterprise_project');
  });

  it('reaches every target of its enterprise, by name or code, on lists in use', async () => {
    const add = async (name: string, input: object) => { const list = await create({ name, departmentId: null }, manager); await act(manager, ADD, { listId: list.id, ...input }); return list; };
    const one = await add('一', { names: '长春某光电有限公司' });
    const two = await add('二', { items: [{ name: '某光电（长春）公司', uscc: '91220101799999999X' }] });
    const aside = await add('三', { names: '长春某光电有限公司' });
    await act(manager, ARCHIVE, { listId: aside.id, expectedVersion: 1 });
    const lead = await act(recruiter, REPORT, { name: '光电产业园项目', enterprise: { name: '长春某光电 有限公司', uscc: '91220101799999999X' } });
    expect(lead.project.targets).toHaveLength(2);
    expect(await Promise.all([one, two, aside].map(async (l) => counts(await read(l.id))))).toEqual([[0, 0, 1, 0], [0, 0, 1, 0], [1, 0, 0, 0]]);
  });

  it('reported by two at once is one lead', async () => {
    const list = await create({ departmentId: null }, manager);
    const { items } = await act(manager, ADD, { listId: list.id, names: '长春某光电有限公司' });
    const both = await Promise.all([recruiter, zone.colleague].map((who, i) => act(who, REPORT, { name: i ? '储能电池基地' : '光电产业园', targetId: items[0].targetId, confirmNotDuplicate: true })));
    expect(both.map(errors).sort((a, b) => a.length - b.length)).toEqual([[], [['TARGET_REPORTED', 'targetId']]]);
    expect((await t.owner.query('select count(*)::int as n from project')).rows[0].n).toBe(1);
  });
});
