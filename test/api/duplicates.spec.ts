import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { installDefaults } from '@yinfeng/directory';
import { coreName, foldName } from '@yinfeng/enterprises';
import { type Actor, newId, staffActor } from '@yinfeng/platform';
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
  await t.owner.query(`insert into calendar_year (year, source) values (2026, 'test') on conflict do nothing`);
  await t.owner.query('select calendar_rebuild()');
  zone = await makeZone(t.owner);
  await t.db.tx(staffActor({ ...zone.as.SECURITY_ADMIN, via: 'session', staffId: zone.as.SECURITY_ADMIN.staffId!, departmentIds: [], ledDepartmentIds: [] }), (tx) => installDefaults(tx, zone.id));
});

const HIT = 'level action confidence reasons decided reportedBy askPerson reportedAt project { id name code }';
const REPORT = `mutation($input: LeadReportInput!) { act: leadReport(input: $input) { project { id version parcel } duplicates { ${HIT} } userErrors { code message path } } }`;
const EDIT = 'mutation($input: ProjectEditInput!) { act: projectEdit(input: $input) { project { id version name parcel } userErrors { code message path } } }';
const CHECK = `query($input: DuplicateCheckInput!) { duplicates(input: $input) { ${HIT} } }`;
const act = async (who: Actor, mutation: string, input: object) => {
  const answer = await api.gql(who, mutation, { input });
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data.act;
};
const report = (input: object, who: Actor = zone.as.RECRUITER) => act(who, REPORT, input);
const check = async (input: object, who: Actor = zone.as.RECRUITER) => (await api.gql(who, CHECK, { input })).data.duplicates;
const codes = (answer: { userErrors: { code: string; path: string[] | null }[] }) => answer.userErrors.map((e) => [e.code, e.path?.join('.') ?? null]);
const set = (name: string, value: object) => t.owner.query('update zone_policy set value = value || $3 where zone_id = $1 and name = $2', [zone.id, name, JSON.stringify(value)]);

const FIRST = { name: '曜衡激光雷达产业化项目', enterprise: { name: '长春曜衡光电科技有限公司', uscc: '91350200MA2YJ1XR9G' }, totalInvestment: { raw: '3.5亿元' }, contact: { name: '周总', phones: ['+86 139-1234-6789'] }, parcel: '长新-2026-018', industryCode: 'C39' };

describe('duplicates, while a name is typed', () => {
  beforeEach(async () => expect((await report(FIRST)).userErrors).toEqual([]));

  it.each([
    ['the same name in traditional letters and other brackets', { name: '曜衡「激光雷達」產業化項目', enterpriseName: '長春曜衡光電科技有限公司' }, 'L1', ['SAME_NAME', 'SAME_INVESTOR']],
    ['a name without its 项目', { name: '曜衡激光雷达产业化', enterpriseName: '长春曜衡光电科技有限公司' }, 'L2', ['SIMILAR_NAME', 'SAME_INVESTOR']],
    ['the credit code under another name', { name: '曜衡激光雷达产业化项目', enterpriseName: '曜衡集团', uscc: '91350200ma2yj1xr9g' }, 'L1', ['SAME_NAME', 'SAME_USCC']],
    ['no firm yet', { name: '曜衡激光雷达产业化项目' }, 'L2', ['SAME_NAME', 'ONE_INVESTOR_MISSING']],
    ['another firm: still shown', { name: '曜衡激光雷达产业化项目', enterpriseName: '某某公司' }, 'L3', ['SAME_NAME', 'OTHER_INVESTOR']],
    ['another firm with the same phone', { name: '曜衡激光雷达产业化', enterpriseName: '曜恒光电公司', phones: ['13912346789'] }, 'L2', ['SIMILAR_NAME', 'SAME_PHONE']],
    ['nothing but the phone', { name: '完全另外的名字', enterpriseName: '某某公司', phones: ['139 1234 6789'] }, 'L4', ['SAME_PHONE']],
    ['nothing but the parcel, written otherwise', { name: '完全另外的名字', enterpriseName: '某某公司', parcel: '长新 2026—０１８' }, 'L3', ['SAME_PARCEL']],
    ['the firm and the parcel', { name: '完全另外的名字', enterpriseName: '长春曜衡光电科技有限公司', parcel: '长新2026018' }, 'L2', ['SAME_INVESTOR', 'SAME_PARCEL']],
    ['the firm and the amount', { name: '完全另外的名字', enterpriseName: '长春曜衡光电科技有限公司', totalInvestment: { raw: '3.3亿元' } }, 'L3', ['SAME_INVESTOR', 'SAME_AMOUNT']],
    ['another phase', { name: '曜衡激光雷达产业化二期项目', enterpriseName: '长春曜衡光电科技有限公司' }, 'L4', ['SIMILAR_NAME', 'SAME_INVESTOR', 'OTHER_PHASE']],
    ['the code', { name: '完全另外的名字', code: 'CODE' }, 'L1', ['SAME_CODE']],
  ])('%s', async (_what, input: object, level, reasons) => {
    if ('code' in input) input.code = (await t.owner.query('select code from project')).rows[0].code;
    const hits = await check(input);
    expect(hits).toEqual([expect.objectContaining({ level, reasons, decided: null, project: expect.objectContaining({ name: FIRST.name }) })]);
    expect(hits[0].action).toBe({ L1: 'BLOCK', L2: 'DECIDE', L3: 'WARN', L4: 'HINT' }[level]);
  });

  it.each([
    ['the region, the form and common words alone', { name: '长春光电产业化项目', enterpriseName: '长春光电科技有限公司' }],
    ['one letter', { name: '曜' }],
    ['blank and zero amounts', { name: '完全另外的名字', enterpriseName: '长春曜衡光电科技有限公司', totalInvestment: { amount: '0' } }],
    ['the firm alone, in another industry and unit', { name: '完全另外的名字', enterpriseName: '长春曜衡光电科技有限公司' }],
    ['a hidden or short number', { name: '完全另外的名字', phones: ['139****6789', '6789'] }],
    ['wildcards of the search itself', { name: '%__%', enterpriseName: '%' }],
  ])('says nothing for %s', async (_what, input) => {
    expect(await check(input)).toEqual([]);
  });

  it('knows a group: parent, child and sibling', async () => {
    const { rows: [{ id }] } = await t.owner.query('select id from enterprise');
    const group = (await t.owner.query(`insert into enterprise (zone_id, name, folded_name, core_name) values ($1, '曜衡控股', '曜衡控股', '曜衡') returning id`, [zone.id])).rows[0].id;
    await t.owner.query(`insert into enterprise (zone_id, name, folded_name, core_name, parent_id) values ($1, '曜衡传感', '曜衡传感', '曜衡传感', $2)`, [zone.id, group]);
    await t.owner.query('update enterprise set parent_id = $2 where id = $1', [id, group]);
    for (const enterpriseName of ['曜衡控股', '曜衡传感']) expect((await check({ name: '曜衡激光雷达产业化', enterpriseName }))[0]).toMatchObject({ level: 'L2', reasons: ['SIMILAR_NAME', 'SAME_PARENT'] });
  });

  it('knows the company founded for a project', async () => {
    await t.owner.query(`with e as (insert into enterprise (zone_id, name, folded_name, core_name) values ($1, '曜衡长春公司', '曜衡长春公司', '曜衡') returning id)
      insert into project_enterprise (zone_id, project_id, enterprise_id, role) select $1, p.id, e.id, 'REGISTERED_COMPANY' from e, project p`, [zone.id]);
    expect((await check({ name: '曜衡激光雷达产业化', registeredCompany: '曜衡长春公司' }))[0]).toMatchObject({ level: 'L2', reasons: ['SIMILAR_NAME', 'SAME_REGISTERED_COMPANY'] });
    expect((await check({ name: '曜衡激光雷达产业化', enterpriseName: '曜衡长春公司' }))[0]).toMatchObject({ level: 'L2', reasons: ['SIMILAR_NAME', 'SAME_REGISTERED_COMPANY'] });
  });

  it('takes a phone of many firms for an agent\'s', async () => {
    for (const n of [1, 2, 3, 4]) {
      await report({ name: `各不相干的名称${'甲乙丙丁'[n - 1]}${'风火水土'[n - 1]}`, enterprise: { name: `${'甲乙丙丁'[n - 1]}某公司` }, contact: { name: '中介', phones: ['13912346789'] }, confirmNotDuplicate: true });
    }
    const typed = { name: '完全另外的名字', enterpriseName: '某某公司', phones: ['13912346789'] };
    expect(await check(typed)).toHaveLength(5);
    await set('duplicates', { phoneFirms: 4 });
    expect(await check(typed)).toEqual([]);
  });

  it('judges by the zone\'s own numbers', async () => {
    const typed = { name: '曜衡激光雷达产业化', enterpriseName: '长春曜衡光电科技有限公司' };
    await set('duplicates', { L2: 'WARN' });
    expect((await check(typed))[0]).toMatchObject({ level: 'L2', action: 'WARN' });
    expect((await report({ name: typed.name, enterprise: { name: typed.enterpriseName } })).userErrors).toEqual([]);
    await set('duplicates', { L1: 'DECIDE' });
    expect(codes(await report(FIRST))).toEqual([['DUPLICATE_UNDECIDED', 'name']]);
  });

  it('compares with what is suspended or pooled, not with what was withdrawn or lost, nor with another zone', async () => {
    for (const [status, n] of [['SUSPENDED', 1], ['POOLED', 1], ['WITHDRAWN', 0], ['LOST', 0]] as const) {
      await t.owner.query('update project set status = $1', [status]);
      expect(await check({ name: FIRST.name })).toHaveLength(n);
    }
    await t.owner.query(`update project set status = 'ACTIVE'`);
    const other = await makeZone(t.owner);
    expect(await check({ name: FIRST.name, enterpriseName: FIRST.enterprise.name, uscc: FIRST.enterprise.uscc, phones: FIRST.contact.phones, parcel: FIRST.parcel }, other.as.RECRUITER)).toEqual([]);
  });

  it('tells a stranger the unit and whom to ask, and not a word of the deal', async () => {
    const { rows: [kept] } = await t.owner.query('select id, code, enterprise_id from project');
    const secret = ['3.5', '35000', '350000000', 'C39', kept.id, kept.code, kept.enterprise_id, '2026-06-15', '018', '周总', '6789', '91350200MA2YJ1XR9G', '长春曜衡光电科技有限公司'];
    const silent = (answer: unknown, typed: readonly string[] = []) => {
      const text = JSON.stringify(answer);
      expect([...secret, FIRST.name].filter((s) => !typed.includes(s) && text.includes(s))).toEqual([]);
    };
    const typed = { name: '曜衡激光雷达产业化', enterpriseName: '长春曜衡光电科技有限公司', totalInvestment: { raw: '3.4亿元' }, industryCode: 'C39', phones: ['13912346789'], parcel: FIRST.parcel };
    const hits = await check(typed, zone.stranger);
    expect(hits).toEqual([{ level: 'L2', action: 'DECIDE', confidence: 0.85, reasons: ['SIMILAR_NAME', 'SAME_INVESTOR', 'SAME_PARCEL'], decided: null, reportedBy: '招商一局一组', askPerson: 'RECRUITER@group', reportedAt: null, project: null }]);
    silent(hits);
    // Whoever types one amount or industry after the other learns nothing from the level, the reasons or the confidence.
    for (const more of [{}, { totalInvestment: { raw: '3.5亿元' } }, { totalInvestment: { raw: '1亿元' } }, { industryCode: 'C39' }, { industryCode: 'I65' }]) {
      expect(await check({ name: '完全另外的名字', enterpriseName: typed.enterpriseName, ...more }, zone.stranger)).toEqual([{ ...hits[0], level: 'L4', action: 'HINT', confidence: 0.45, reasons: ['SAME_INVESTOR'] }]);
      expect(await check({ name: typed.name, enterpriseName: typed.enterpriseName, ...more }, zone.stranger)).toEqual(await check({ name: typed.name, enterpriseName: typed.enterpriseName }, zone.stranger));
    }
    const refused = await report({ name: FIRST.name, enterprise: FIRST.enterprise }, zone.stranger);
    expect(codes(refused)).toEqual([['DUPLICATE_BLOCKED', 'name']]);
    silent(refused);
    expect(refused.userErrors[0].message).toBe('与已有项目重复（L1）：招商一局一组 · RECRUITER@group。');
    // Naming the hidden project as the one edited does not take it out: that would tell which it is.
    expect(await check({ ...typed, exceptProjectId: `Project:${kept.id}` }, zone.stranger)).toEqual(hits);
    expect(await check({ ...typed, exceptProjectId: `Project:${kept.id}` }, zone.as.RECRUITER)).toEqual([]);
    // Confirmed, it is on record; the result kept for a repeated key tells no more.
    const input = { idempotencyKey: 'k', name: typed.name, enterprise: { name: typed.enterpriseName }, confirmNotDuplicate: true };
    const done = await report(input, zone.stranger);
    expect(done.userErrors).toEqual([]);
    silent(done.duplicates);
    silent((await t.owner.query(`select result from idempotency_key where key = 'k'`)).rows[0].result.duplicates);
    expect((await report(input, zone.stranger)).project.id).toBe(done.project.id);
    for (const who of [zone.as.SYSTEM_ADMIN, zone.as.AUDITOR, zone.as.SERVICE]) expect((await api.gql(who, CHECK, { input: typed })).errors[0].extensions.code).toBe('FORBIDDEN');
  });
});

describe('duplicates among very many', () => {
  it('a check reads a bounded number of rows and scans no table, whatever the words', async () => {
    await t.owner.query(
      `insert into project (zone_id, code, name, folded_name, core_name) select $1, 'N-' || n, x || '项目', x || '项目', x
       from generate_series(1, 5000) n cross join lateral (select translate((n / 2)::text, '0123456789', '云海山川林风雷火金木') || '激光雷达' as x) y`, [zone.id]);
    await t.owner.query('analyze project');
    const client = await t.owner.connect();
    /** Candidates, and what was read of the table for them. */
    const look = async (name: string, zoneId: string) => {
      // Counts of a session that are not yet handed in are those of several transactions: what is added counts.
      const counted = async () => (await client.query<{ scans: number; rows: number }>(`select seq_scan::int as scans, idx_tup_fetch::int as rows from pg_stat_xact_user_tables where relname = 'project'`)).rows[0]!;
      await client.query('begin');
      await client.query(`select set_config('app.zone_id', $1, true)`, [zoneId]);
      const before = await counted();
      const { rowCount: found } = await client.query(`select 1 from duplicate_candidates($1, $2, null, '{}', array['13912346789'], 'P', null, 100, 5, 0)`, [foldName(name), coreName(name)]);
      const after = await counted();
      await client.query('rollback');
      return { found: found!, scans: after.scans - before.scans, rows: after.rows - before.rows };
    };
    try {
      for (const name of ['激光雷达', '长春激光雷达产业化项目', '云海激光雷达项目', '激光', '雷达', '项目']) {
        const { found, scans, rows } = await look(name, zone.id);
        expect([name, scans]).toEqual([name, 0]);
        expect(rows).toBeLessThan(1500);
        expect(found).toBeLessThanOrEqual(300);
        if (name.startsWith('云海')) expect(found).toBeGreaterThanOrEqual(100);
        // Without a zone there is nothing, and what another zone holds is not even read.
        for (const nowhere of ['', newId()]) expect(await look(name, nowhere)).toEqual({ found: 0, scans: 0, rows: 0 });
      }
    } finally {
      client.release();
    }
  });

  it('finds the one that shares the rare part, whatever thousands share the rest', async () => {
    await t.owner.query(`insert into project (zone_id, code, name, folded_name, core_name, owner_id) select $1, 'N-' || n, x, x, x, $2 from generate_series(1, 3000) n cross join lateral (select translate(n::text, '0123456789', '云海山川林风雷火金木') || '激光雷达' as x) y`, [zone.id, zone.as.RECRUITER.staffId]);
    await report({ name: '翀荻激光雷达', enterprise: { name: '翀荻公司' } });
    expect((await check({ name: '翀荻激光雷达装置' }))[0]).toMatchObject({ level: 'L3', project: { name: '翀荻激光雷达' } });
  });

  it('answers the example of the guide', async () => {
    await report(FIRST);
    const example = /```graphql\n([^]*?)```/.exec(await readFile(new URL('../../docs/guide/duplicates.md', import.meta.url), 'utf8'))![1]!;
    const { data, errors } = await api.gql(zone.as.RECRUITER, example);
    expect(errors).toBeUndefined();
    expect(data.duplicates).toMatchObject([{ level: 'L2', action: 'DECIDE', reasons: ['SIMILAR_NAME', 'SAME_INVESTOR'] }]);
  });
});

describe('duplicates, before a change', () => {
  let first: { id: string; version: number };
  let second: { id: string; version: number };
  beforeEach(async () => {
    first = (await report(FIRST)).project;
    second = (await report({ name: '琰禾冷链物流园', enterprise: { name: '琰禾物流有限公司' } })).project;
  });
  const edit = async (input: object, who?: Actor) => {
    const done = await act(who ?? zone.as.RECRUITER, EDIT, { projectId: second.id, expectedVersion: second.version, ...input });
    if (done.userErrors.length === 0) second = done.project;
    return done;
  };

  it('refuses an edit that makes it the same project, asks about a like one, and remembers the answer', async () => {
    expect(codes(await edit({ name: FIRST.name, enterprise: FIRST.enterprise }))).toEqual([['DUPLICATE_BLOCKED', 'enterprise']]);
    expect(codes(await edit({ name: FIRST.name, confirmNotDuplicate: true }))).toEqual([]);
    second = (await act(zone.as.RECRUITER, EDIT, { projectId: second.id, expectedVersion: second.version, name: '琰禾冷链物流园' })).project;
    expect(codes(await edit({ name: '曜衡激光雷达产业化', enterprise: FIRST.enterprise }))).toEqual([['DUPLICATE_UNDECIDED', 'enterprise']]);
    expect(codes(await edit({ name: '曜衡激光雷达产业化', enterprise: FIRST.enterprise, confirmNotDuplicate: true }))).toEqual([]);
    expect(await check({ name: '曜衡激光雷达产业化', enterpriseName: FIRST.enterprise.name, exceptProjectId: second.id })).toMatchObject([{ level: 'L2', decided: 'DIFFERENT', project: { id: first.id } }]);
    // Decided: even the very same name is not asked about again.
    expect(codes(await edit({ name: FIRST.name }))).toEqual([]);
    expect((await t.owner.query('select verdict, decided_by from duplicate_decision')).rows).toEqual([{ verdict: 'DIFFERENT', decided_by: zone.as.RECRUITER.staffId }]);
  });

  it('asks when the parcel comes, and leaves a likeness that was there before alone', async () => {
    await t.owner.query(`update project set enterprise_name = $2, enterprise_id = (select id from enterprise where uscc is not null) where id = $1`, [second.id.split(':')[1], FIRST.enterprise.name]);
    expect(codes(await edit({ parcel: '长新-2026-018号' }))).toEqual([]);
    expect(codes(await edit({ parcel: FIRST.parcel }))).toEqual([['DUPLICATE_UNDECIDED', 'parcel']]);
    await t.owner.query('update project set parcel = $2 where id = $1', [second.id.split(':')[1], FIRST.parcel]);
    expect(codes(await edit({ totalInvestment: { raw: '3.5亿元' } }))).toEqual([]);
    expect(await edit({ parcel: null })).toMatchObject({ project: { parcel: null } });
    expect(codes(await edit({ parcel: FIRST.parcel, confirmNotDuplicate: true }))).toEqual([]);
  });

  it('lets one of two edits to the same name through', async () => {
    const third = (await report({ name: '完全另外的名字', enterprise: { name: '别的公司' } })).project;
    const name = '同时改成的名称';
    const enterprise = { name: '同时改成的公司' };
    const both = await Promise.all([second, third].map((p) => act(zone.as.RECRUITER, EDIT, { projectId: p.id, expectedVersion: p.version, name, enterprise })));
    expect(both.map((d) => d.userErrors.map((e: { code: string }) => e.code).join()).sort()).toEqual(['', 'DUPLICATE_BLOCKED']);
  });
});
