import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, newId } from '@yinfeng/platform';
import { DuplicateScanService, DuplicatesService, NameFoldingService } from '@yinfeng/recruitment';
import { jobHandlers, type WorkerServices } from '../../apps/worker/src/handlers.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let t: TestDatabase;
let api: TestApi;
let zone: TestZone;
let scans: DuplicateScanService;
beforeAll(async () => {
  t = await testDatabase();
  api = await testApi(t);
  scans = new DuplicateScanService(t.db, new DuplicatesService(t.db, new PolicyService(t.db, t.clock), t.clock));
});
afterAll(async () => {
  await api.stop();
  await t.stop();
});
beforeEach(async () => {
  await t.clean();
  zone = await makeZone(t.owner);
});

const project = async (name: string, more: { owner?: Actor; department?: string; amount?: number; enterprise?: string; zone?: string } = {}) => {
  const id = newId();
  await t.owner.query(
    `insert into project (id, zone_id, code, name, folded_name, core_name, owner_id, department_id, total_amount, enterprise_id, enterprise_name, industry_code, stage)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, (select name from enterprise where id = $10), 'C39', 'RESERVE')`,
    [id, more.zone ?? zone.id, `P-${id}`, name, name, name.replace('产业化项目', '').replace('项目', ''), (more.owner ?? zone.as.RECRUITER).staffId, more.department ?? zone.departments.group, more.amount ?? null, more.enterprise ?? null]);
  if (more.enterprise) await t.owner.query('insert into project_enterprise (zone_id, project_id, enterprise_id) values ($1, $2, $3)', [zone.id, id, more.enterprise]);
  return id;
};
const enterprise = async (name: string, more: { parent?: string; phone?: string; folded?: string } = {}) => {
  const id = newId();
  await t.owner.query('insert into enterprise (id, zone_id, name, folded_name, core_name, parent_id, created_by) values ($1, $2, $3, $4, $5, $6, $7)', [id, zone.id, name, more.folded ?? name, name.replace(/公司|有限/g, ''), more.parent ?? null, zone.as.RECRUITER.staffId]);
  if (more.phone) await t.owner.query('insert into contact (zone_id, enterprise_id, name, phones) values ($1, $2, $3, $4)', [zone.id, id, '周建国', [more.phone]]);
  return id;
};
const DECIDE = 'mutation($input: DuplicateDecideInput!) { act: duplicateDecide(input: $input) { decision { verdict note version decidedBy { name } } userErrors { code message path } } }';
const SCAN = 'mutation($input: DuplicateScanInput!) { act: duplicateScan(input: $input) { scan { state done total found closed failure requestedBy { name } } userErrors { code } } }';
const FINDINGS = `query($filter: DuplicateFindingFilter, $first: Int, $after: String) { duplicateFindings(filter: $filter, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes {
  kind level confidence reasons state closedAt decision { verdict } first { project { id name } enterprise { id name } reportedBy askPerson } second { project { id name } enterprise { id name } reportedBy askPerson } } } }`;
const COMPARE = 'query($a: ID!, $b: ID!) { duplicateCompare(a: $a, b: $b) { level confidence reasons decided rows { field label a b same conflict } } }';
const act = async (who: Actor, mutation: string, input: object = {}) => {
  const answer = await api.gql(who, mutation, { input });
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data.act;
};
const refused = async (who: Actor, query: string, variables: object) => (await api.gql(who, query, variables)).errors[0].extensions.code;
const findings = async (who: Actor, filter: object = {}, page: object = {}) => (await api.gql(who, FINDINGS, { filter, ...page })).data.duplicateFindings;
const names = (list: { nodes: { first: { project: { name: string } | null; enterprise: { name: string } | null }; second: { project: { name: string } | null; enterprise: { name: string } | null } }[] }) =>
  list.nodes.map((n) => [n.first, n.second].map((s) => s.project?.name ?? s.enterprise?.name ?? '?').join(' = '));
const lastScan = async () => (await api.gql(zone.as.LEADER, '{ lastDuplicateScan { state done total found closed } }')).data.lastDuplicateScan;
/** What the worker would do with the scans in the outbox, until none is left. */
const work = async () => {
  const handlers = jobHandlers({ duplicateScans: scans } as WorkerServices);
  for (;;) {
    const { rows: [job] } = await t.owner.query<{ id: string; data: { zoneId: string; scanId: string } }>(`delete from outbox where id = (select id from outbox where job = 'duplicates.scan' order by id limit 1) returning id, data`);
    if (!job) return;
    await handlers['duplicates.scan'](job.data, { id: job.id, attempt: 1 });
  }
};
const codes = (answer: { userErrors: { code: string; path: string[] | null }[] }) => answer.userErrors.map((e) => [e.code, e.path?.join('.') ?? null]);

describe('a scan of what is on record', () => {
  it('writes each pair once, worst first; a second run adds nothing, closes what no longer holds and opens it again', async () => {
    const firm = await enterprise('曜衡光电有限公司');
    const first = await project('曜衡激光雷达产业化项目', { enterprise: firm });
    const twin = await project('曜衡激光雷达产业化项目', { enterprise: firm });
    await project('曜衡激光雷达产业化', { enterprise: firm });
    await project('琰禾冷链物流园');
    const gone = await project('曜衡激光雷达产业化项目', { enterprise: firm });
    await t.owner.query(`update project set status = 'WITHDRAWN' where id = $1`, [gone]);
    await project('曜衡激光雷达产业化项目', { zone: (await makeZone(t.owner)).id });
    expect(await act(zone.as.LEADER, SCAN)).toMatchObject({ scan: { state: 'WAITING', done: 0, total: 5, requestedBy: { name: zone.as.LEADER.name } }, userErrors: [] });
    await work();
    expect(await lastScan()).toEqual({ state: 'DONE', done: 5, total: 5, found: 3, closed: 0 });
    const found = await findings(zone.as.LEADER);
    expect(found.nodes.map((n: { level: string; state: string }) => [n.level, n.state])).toEqual([['L1', 'OPEN'], ['L2', 'OPEN'], ['L2', 'OPEN']]);
    expect(names(found)[0]).toBe('曜衡激光雷达产业化项目 = 曜衡激光雷达产业化项目');

    await t.owner.query(`update project set name = '完全另外的名字', folded_name = '完全另外的名字', core_name = '完全另外', department_id = null, industry_code = null where id = $1`, [twin]);
    await act(zone.as.LEADER, SCAN);
    await work();
    expect(await lastScan()).toMatchObject({ state: 'DONE', found: 1, closed: 2 });
    expect((await findings(zone.as.LEADER, { states: ['OPEN'] })).totalCount).toBe(1);
    expect((await findings(zone.as.LEADER, { states: ['CLOSED'] })).nodes[0].closedAt).not.toBeNull();
    await t.owner.query(`update project set name = p.name, folded_name = p.folded_name, core_name = p.core_name from project p where p.id = $2 and project.id = $1`, [twin, first]);
    await act(zone.as.LEADER, SCAN);
    await work();
    expect((await findings(zone.as.LEADER)).totalCount).toBe(3);
    expect((await t.owner.query('select count(*)::int as n from duplicate_finding')).rows[0].n).toBe(3);
  });

  it('goes through enterprises: one name twice, like names with a phone or parent in common', async () => {
    const group = await enterprise('某某控股');
    await enterprise('曜衡光电公司', { parent: group });
    await enterprise('曜衡光电有限公司', { parent: group });
    await enterprise('琰禾物流公司', { phone: '13912346789' });
    await enterprise('琰禾物流有限公司', { phone: '+86 139 1234 6789' });
    await enterprise('同名公司');
    await enterprise('同名 公司', { folded: '同名公司' });
    await enterprise('毫不相干公司', { phone: '139****6789' });
    await act(zone.as.MANAGER, SCAN);
    await work();
    expect(names(await findings(zone.as.RECRUITER, { kinds: ['ENTERPRISE'], levels: ['L2'] }))).toEqual(['同名公司 = 同名 公司']);
    expect(names(await findings(zone.as.RECRUITER, { levels: ['L3'] })).sort()).toEqual(['曜衡光电公司 = 曜衡光电有限公司', '琰禾物流公司 = 琰禾物流有限公司']);
    expect((await findings(zone.as.RECRUITER, { kinds: ['PROJECT'] })).totalCount).toBe(0);
    // An agent reads no enterprises.
    expect((await findings(zone.as.AGENT)).totalCount).toBe(0);
  });

  it('goes on where it stopped, for thousands, in several parts and by two workers at once', async () => {
    await t.owner.query(
      `insert into project (zone_id, code, name, folded_name, core_name, owner_id) select $1, 'N-' || n, x, x, x, $2 from generate_series(1, 420) n cross join lateral (select translate((n / 2)::text, '0123456789', '云海山川林风雷火金木') || '号各异项目' as x) y`, [zone.id, zone.as.RECRUITER.staffId]);
    await Promise.all([act(zone.as.LEADER, SCAN, { idempotencyKey: 'a' }), act(zone.as.MANAGER, SCAN)]);
    expect((await t.owner.query('select 1 from duplicate_scan')).rowCount).toBe(1);
    await Promise.all([work(), work()]);
    expect(await lastScan()).toMatchObject({ state: 'DONE', done: 420, total: 420 });
    const pairs = (await t.owner.query(`select count(*)::int as n from duplicate_finding where level <> 'L3'`)).rows[0].n;
    expect(pairs).toBe(209);
    // Paged: every finding once, in the order of one long page.
    const all = (await findings(zone.as.LEADER, { levels: ['L2'] }, { first: 200 })).nodes;
    const paged = [];
    for (let after: string | null = null; paged.length < 200;) {
      const page: { nodes: object[]; pageInfo: { endCursor: string } } = await findings(zone.as.LEADER, { levels: ['L2'] }, { first: 50, after });
      paged.push(...page.nodes);
      after = page.pageInfo.endCursor;
    }
    expect(paged).toEqual(all);
  });

  it('is given up with a reference after the last try, and another may start', async () => {
    await act(zone.as.LEADER, SCAN);
    const { rows: [scan] } = await t.owner.query('select id from duplicate_scan');
    const broken = new DuplicateScanService(t.db, { rules: () => Promise.reject(new Error('broken')) } as unknown as DuplicatesService);
    await project('曜衡激光雷达产业化项目');
    for (const attempt of [1, 2, 3]) await expect(broken.resume(zone.id, scan.id, `run-${attempt}`, attempt)).rejects.toThrow('broken');
    expect((await api.gql(zone.as.LEADER, '{ lastDuplicateScan { state failure } }')).data.lastDuplicateScan).toEqual({ state: 'FAILED', failure: 'run-3' });
    expect(await act(zone.as.LEADER, SCAN)).toMatchObject({ scan: { state: 'WAITING' } });
  });

  it('may be started by heads and leaders of the zone, and is a zone\'s own', async () => {
    for (const who of [zone.as.RECRUITER, zone.as.AGENT, zone.as.SERVICE, zone.as.SYSTEM_ADMIN, zone.as.AUDITOR]) expect(await refused(who, SCAN, { input: {} })).toBe('FORBIDDEN');
    await act(zone.as.GROUP_LEADER, SCAN);
    const other = await makeZone(t.owner);
    expect((await api.gql(other.as.LEADER, '{ lastDuplicateScan { state } }')).data.lastDuplicateScan).toBeNull();
  });

  it('shows a pair to whoever sees one side, and of the other side unit and person alone', async () => {
    const firm = await enterprise('曜衡光电有限公司');
    const mine = await project('曜衡激光雷达产业化项目', { enterprise: firm, amount: 100_000_000 });
    const theirs = await project('曜衡激光雷达产业化', { enterprise: firm, amount: 100_000_001, owner: zone.stranger, department: zone.departments.otherBureau });
    const byAmount = await project('完全另外的名字', { enterprise: firm, amount: 99_000_000, owner: zone.stranger, department: zone.departments.otherBureau });
    await act(zone.as.LEADER, SCAN);
    await work();
    expect((await findings(zone.as.LEADER)).totalCount).toBe(3);
    // The words of whoever decided tell of both records: they are for who sees both.
    await act(await zone.hire('MANAGER', 'zone'), DECIDE, { firstId: `Project:${mine}`, secondId: `Project:${theirs}`, verdict: 'DIFFERENT', note: '对方是二期，投资一亿' });
    const notes = async (who: Actor) => (await api.gql(who, '{ duplicateFindings(first: 9) { nodes { decision { verdict note } } } }')).data.duplicateFindings.nodes.flatMap((n: { decision: object | null }) => n.decision ?? []);
    expect(await notes(zone.as.LEADER)).toEqual([{ verdict: 'DIFFERENT', note: '对方是二期，投资一亿' }]);
    expect(await notes(zone.as.RECRUITER)).toEqual([{ verdict: 'DIFFERENT', note: null }]);
    const [seen, ...rest] = (await findings(zone.as.RECRUITER)).nodes;
    expect(seen).toMatchObject({ level: 'L2', confidence: 0.85, reasons: ['SIMILAR_NAME', 'SAME_INVESTOR'] });
    expect([seen.first, seen.second]).toEqual([
      { project: { id: `Project:${mine}`, name: '曜衡激光雷达产业化项目' }, enterprise: null, reportedBy: '招商一局一组', askPerson: zone.as.RECRUITER.name },
      { project: null, enterprise: null, reportedBy: '招商二局', askPerson: zone.stranger.name },
    ]);
    // The pair that amounts made is told as one firm's, a hint: not that the amounts agree.
    expect(rest.map((n: { level: string; reasons: string[] }) => [n.level, n.reasons])).toEqual([['L4', ['SAME_INVESTOR']]]);
    expect(JSON.stringify([seen, rest])).not.toMatch(new RegExp(`${theirs}|${byAmount}|AMOUNT|INDUSTRY|完全另外`));
    expect((await findings(zone.as.RECRUITER, { levels: ['L3'] })).totalCount).toBe(0);
    expect((await findings(zone.colleague)).totalCount).toBe(0);
    const other = await makeZone(t.owner);
    expect((await findings(other.as.LEADER)).totalCount).toBe(0);
    expect(await refused(zone.as.AUDITOR, FINDINGS, {})).toBe('FORBIDDEN');
  });
});

describe('a decision about a pair', () => {
  let a: string;
  let b: string;
  beforeEach(async () => {
    a = await project('曜衡激光雷达产业化项目');
    b = await project('曜衡激光雷达产业化项目');
  });
  const input = (more: object = {}) => ({ firstId: `Project:${b}`, secondId: `Project:${a}`, verdict: 'DIFFERENT', note: '两期', ...more });

  it('is kept once, whoever comes second is told; changed only on the version that was seen', async () => {
    const two = await Promise.all([act(zone.as.RECRUITER, DECIDE, input()), act(zone.as.MANAGER, DECIDE, input({ verdict: 'SAME', firstId: `Project:${a}`, secondId: `Project:${b}` }))]);
    expect(two.flatMap(codes)).toEqual([['ALREADY_DECIDED', 'verdict']]);
    expect(two[0].decision).toEqual(two[1].decision);
    expect(codes(await act(zone.as.MANAGER, DECIDE, input({ verdict: 'SAME', expectedVersion: 7 })))).toEqual([['CONFLICT', 'expectedVersion']]);
    expect(await act(zone.as.MANAGER, DECIDE, input({ verdict: 'SAME', note: null, expectedVersion: 1 }))).toMatchObject({ decision: { verdict: 'SAME', note: null, version: 2, decidedBy: { name: zone.as.MANAGER.name } }, userErrors: [] });
    expect((await t.owner.query(`select operation from audit_entry where entity = 'duplicate_decision' order by id`)).rows.map((r) => r.operation)).toEqual(['INSERT', 'UPDATE']);
  });

  it('is done once for a key, needs both in sight, and two records', async () => {
    const once = await act(zone.as.RECRUITER, DECIDE, input({ idempotencyKey: 'k' }));
    expect(await act(zone.as.RECRUITER, DECIDE, input({ idempotencyKey: 'k' }))).toEqual(once);
    expect(codes(await act(zone.as.RECRUITER, DECIDE, input({ secondId: `Project:${b}` })))).toEqual([['INVALID', 'secondId']]);
    const hidden = await project('看不见的项目', { owner: zone.stranger, department: zone.departments.otherBureau });
    const away = await project('外区项目', { zone: (await makeZone(t.owner)).id });
    for (const secondId of [hidden, away, newId()].map((id) => `Project:${id}`).concat(`Enterprise:${newId()}`, 'x')) expect(await refused(zone.as.RECRUITER, DECIDE, { input: input({ secondId }) })).toBe('NOT_FOUND');
    expect(await refused(zone.as.LEADER, DECIDE, { input: input() })).toBe('FORBIDDEN');
  });

  it('takes enterprises too, and a finding about them counts as decided', async () => {
    const [x, y] = [await enterprise('同名公司'), await enterprise('同名公司')];
    await act(zone.as.LEADER, SCAN);
    await work();
    expect(await act(zone.as.RECRUITER, DECIDE, { firstId: `Enterprise:${x}`, secondId: `Enterprise:${y}`, verdict: 'SAME' })).toMatchObject({ decision: { verdict: 'SAME' }, userErrors: [] });
    expect((await findings(zone.as.RECRUITER, { kinds: ['ENTERPRISE'] })).nodes).toMatchObject([{ state: 'DECIDED', decision: { verdict: 'SAME' } }]);
    expect((await findings(zone.as.RECRUITER, { states: ['OPEN'], kinds: ['ENTERPRISE'] })).totalCount).toBe(0);
  });
});

describe('a stage that is counted', () => {
  const REQUEST = 'mutation($input: StageRequestInput!) { act: stageRequest(input: $input) { outcome project { stage version } userErrors { code message path } } }';

  it('is not entered while a duplicate is undecided', async () => {
    const id = await project('曜衡激光雷达产业化项目');
    await project('曜衡激光雷达产业化项目', { owner: zone.stranger, department: zone.departments.otherBureau });
    const input = { projectId: `Project:${id}`, expectedVersion: 1, toStage: 'NEGOTIATING' };
    const asked = await act(zone.as.RECRUITER, REQUEST, input);
    expect(codes(asked)).toEqual([['DUPLICATE_UNDECIDED', 'confirmNotDuplicate']]);
    expect(asked.userErrors[0].message).toContain('招商二局');
    expect(asked.project).toMatchObject({ stage: 'RESERVE', version: 1 });
    expect(await act(zone.as.RECRUITER, REQUEST, { ...input, confirmNotDuplicate: true })).toMatchObject({ outcome: 'MOVED', project: { stage: 'NEGOTIATING' }, userErrors: [] });
    expect((await t.owner.query('select verdict, decided_by from duplicate_decision')).rows).toEqual([{ verdict: 'DIFFERENT', decided_by: zone.as.RECRUITER.staffId }]);
    // The other side is asked no more either.
    const { rows: [other] } = await t.owner.query('select id from project where id <> $1', [id]);
    expect(await act(zone.stranger, REQUEST, { ...input, projectId: `Project:${other.id}` })).toMatchObject({ outcome: 'MOVED', userErrors: [] });
  });
});

describe('two projects beside each other', () => {
  it('field by field, phones masked, for whoever sees both', async () => {
    const firm = await enterprise('曜衡光电有限公司', { phone: '13912346789' });
    const a = await project('曜衡激光雷达产业化项目', { enterprise: firm, amount: 350_000_000 });
    const b = await project('曜衡激光雷达二厂', { amount: 10, department: zone.departments.otherGroup });
    await t.owner.query('insert into contact (zone_id, project_id, name, phones) values ($1, $2, $3, $4)', [zone.id, b, '老周', ['139 1234 6789']]);
    const { data } = await api.gql(zone.as.RECRUITER, COMPARE, { a: `Project:${a}`, b: `Project:${b}` });
    const rows = Object.fromEntries(data.duplicateCompare.rows.map((r: { field: string }) => [r.field, r]));
    expect(rows.name).toEqual({ field: 'name', label: '项目名称', a: '曜衡激光雷达产业化项目', b: '曜衡激光雷达二厂', same: false, conflict: true });
    expect(rows.investors).toMatchObject({ a: '曜衡光电有限公司', b: null, same: false, conflict: false });
    expect(rows.totalInvestment).toMatchObject({ a: '350000000 CNY', b: '10 CNY', conflict: true });
    expect(rows.department).toMatchObject({ a: '招商一局一组', b: '招商一局二组', conflict: true });
    expect(rows.contacts).toMatchObject({ a: '周建国 139****6789', same: true, conflict: false });
    expect(rows.stage).toMatchObject({ a: '储备', b: '储备', same: true });
    expect(Object.keys(rows)).toEqual(expect.arrayContaining(['uscc', 'fixedInvestment', 'industry', 'sourceRegion', 'owner', 'visits', 'firstReport', 'parcel']));
    expect(JSON.stringify(data)).not.toMatch(/139 ?1234|12346789/);
    const turned = (await api.gql(zone.as.MANAGER, COMPARE, { a: `Project:${b}`, b: `Project:${a}` })).data.duplicateCompare;
    expect(turned.rows.map((r: { a: string; b: string }) => ({ ...r, a: r.b, b: r.a }))).toEqual(data.duplicateCompare.rows);
    const hidden = await project('看不见的项目', { owner: zone.stranger, department: zone.departments.otherBureau });
    for (const other of [hidden, newId()]) expect(await refused(zone.as.RECRUITER, COMPARE, { a: `Project:${a}`, b: `Project:${other}` })).toBe('NOT_FOUND');
    expect(await refused(zone.as.AUDITOR, COMPARE, { a: `Project:${a}`, b: `Project:${b}` })).toBe('FORBIDDEN');
  });
});

describe('names folded by earlier rules', () => {
  it('are folded anew once, without a new version', async () => {
    const id = await project('長春曜衡激光雷達項目');
    const firm = await enterprise('長春曜衡光電有限公司');
    const names_ = new NameFoldingService(t.db);
    expect(await names_.refold()).toBe(2);
    expect((await t.owner.query('select folded_name, core_name, version from project where id = $1', [id])).rows).toEqual([{ folded_name: '长春曜衡激光雷达项目', core_name: '曜衡激光雷达', version: 1 }]);
    expect((await t.owner.query('select folded_name from enterprise where id = $1', [firm])).rows[0].folded_name).toBe('长春曜衡光电有限公司');
    await t.owner.query(`update project set folded_name = 'x'`);
    expect(await names_.refold()).toBe(0);
    expect(await new NameFoldingService(t.db).refold()).toBe(0);
  });
});
