import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Actor, Database, newId } from '@yinfeng/platform';
import { PoolSweepService } from '@yinfeng/recruitment';
import { IdleService } from '@yinfeng/reminders';
import { publishCalendar, reminderZone, type ReminderZone } from '../jobs/reminders-zone.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let t: TestDatabase;
let api: TestApi;
let zone: ReminderZone;
let sweeps: PoolSweepService;
let idle: IdleService;

beforeAll(async () => {
  t = await testDatabase({ poolSize: 8 });
  api = await testApi(t, { poolSize: 12 });
});
afterAll(async () => {
  await api.stop();
  await t.stop();
});
beforeEach(async () => {
  await t.clean();
  await publishCalendar(t.owner);
  zone = await reminderZone(t.owner);
  sweeps = PoolSweepService.over(t.db, t.clock);
  idle = new IdleService(t.db, t.clock);
  on('2026-10-09');
});

function on(day: string): void {
  const at = new Date(`${day}T10:00:00+08:00`);
  api.clock.pin(at);
  t.clock.pin(at);
}
const policy = (name: string, value: object) =>
  t.owner.query('insert into zone_policy (zone_id, name, value) values ($1, $2, $3) on conflict (zone_id, name, valid_from) do update set value = zone_policy.value || excluded.value', [zone.id, name, JSON.stringify(value)]);
const POOL = '{ pool(first: 50) { totalCount nodes { id projectId code name stage class sizeClass sourceProvince formerUnit industry { code name } how reasonCode timesPooled coolingUntil } pageInfo { hasNextPage } } }';
const pool = async (who: Actor) => (await api.gql(who, POOL)).data.pool;
const PROJECT = 'id version status stage light owner { name } department { name } firstReport { credited creditReason reporterName laterClaimant { name } laterClaimedAt } protection { state startedOn until holderName }';
const claim = (who: Actor, entryId: string, more: object = {}) => api.gql(who, `mutation($input: PoolClaimInput!) { act: poolClaim(input: $input) { project { ${PROJECT} } userErrors { code path message } } }`, { input: { entryId, ...more } });
const assign = (who: Actor, input: object) => api.gql(who, `mutation($input: PoolAssignInput!) { act: poolAssign(input: $input) { project { ${PROJECT} } userErrors { code path message } } }`, { input });
const release = (who: Actor, projectId: string, input: object = {}) =>
  api.gql(who, `mutation($input: PoolReleaseInput!) { act: poolRelease(input: $input) { project { ${PROJECT} } outcome request { id state silentSince } userErrors { code path message } } }`, { input: { projectId: `Project:${projectId}`, expectedVersion: 1, reasonCode: 'NO_CAPACITY', ...input } });
const approve = (who: Actor, requestId: string, input: object = {}) =>
  api.gql(who, `mutation($input: StatusApproveInput!) { act: statusApprove(input: $input) { project { status } request { state } userErrors { code path } } }`, { input: { requestId, expectedVersion: 1, ...input } });
const see = async (who: Actor, id: string) => (await api.gql(who, `query($id: ID!) { project(id: $id) { ${PROJECT} } }`, { id: `Project:${id}` })).data?.project ?? null;
const codes = (answer: { data: { act: { userErrors: { code: string }[] } } }) => answer.data.act.userErrors.map((e) => e.code);
const row = async (id: string) => (await t.owner.query('select status, light, owner_id, department_id, version, last_activity_on::text as last, idle_due_on::text as idle, triage_due_on::text as triage from project where id = $1', [id])).rows[0];
const told = async (level: string) => (await t.owner.query(`select (select name from staff where id = r.recipient_id) as name, r.state, r.detail ->> 'releaseOn' as on from reminder r where r.detail ->> 'level' = $1 order by 1`, [level])).rows;
/** A project of the recruiter that went into the pool by a head's act; returns the stay. */
async function pooled(values: Parameters<ReminderZone['project']>[0] = {}): Promise<{ id: string; entry: string }> {
  const id = await zone.project({ reportedOn: '2026-09-01', ...values });
  expect(codes(await release(zone.manager, id))).toEqual([]);
  const { rows } = await t.owner.query<{ id: string }>('select id from pool_entry where project_id = $1 and left_at is null', [id]);
  return { id, entry: `PoolEntry:${rows[0]!.id}` };
}
const stands = async (id: string) => Number((await t.owner.query('select coalesce(sum(delta), 0) as n from pipeline_movement where project_id = $1', [id])).rows[0]!.n);

describe('acceptance check 5', () => {
  it('洽谈 30 working days without progress: yellow, manager told; 60: red', async () => {
    await t.owner.query(`update stage_policy set idle_working_days = 30 where zone_id = $1 and stage = 'NEGOTIATING'`, [zone.id]);
    await t.owner.query('update staff set disabled_at = now() where id = $1', [zone.groupLeader.staffId]);
    // Thirty working days after 12 August, Sunday 20 September worked: 22 September.
    const id = await zone.project({ lastActivityOn: '2026-08-12' });
    on('2026-09-21');
    await idle.sweep();
    expect((await row(id)).light).toBe('GREEN');
    on('2026-09-22');
    expect(await idle.sweep()).toMatchObject({ yellow: 1 });
    expect((await row(id)).light).toBe('YELLOW');
    const inbox = await t.owner.query(`select (select name from staff where id = r.recipient_id) as name, due_on::text from reminder r where kind = 'IDLE' order by 1`);
    // The manager, who stands next to it here, and the sum of the day.
    expect(inbox.rows).toEqual([{ name: 'MANAGER@bureau', due_on: '2026-09-22' }, { name: 'MANAGER@bureau', due_on: '2026-09-22' }, { name: 'RECRUITER@group', due_on: '2026-09-22' }]);
    on('2026-11-09');
    expect(await idle.sweep()).toMatchObject({ red: 0 });
    on('2026-11-10');
    expect(await idle.sweep()).toMatchObject({ red: 1 });
  });

  it('2 months yellow, 3 months red by class, whichever is sooner, over the holiday; 6 months out of the library', async () => {
    await t.owner.query(`update stage_policy set idle_working_days = null where zone_id = $1`, [zone.id]);
    const [a, none, b] = [await zone.project({ lastActivityOn: '2026-03-31', stage: 'LEAD' }), await zone.project({ lastActivityOn: '2026-03-31', stage: 'LEAD' }), await zone.project({ lastActivityOn: '2026-08-01', stage: 'RESERVE' })];
    await t.owner.query(`update project set class = case id when $1 then 'A' else 'B' end where id in ($1, $2)`, [a, b]);
    const clock = async (id: string) => (await api.gql(zone.recruiter, 'query($id: ID!) { project(id: $id) { idleClock { yellowOn redOn releaseOn waitsForYear } } }', { id: `Project:${id}` })).data.project.idleClock;
    // 31 May is a Sunday; 30 June; six months are 30 September.
    expect(await clock(a)).toEqual({ yellowOn: '2026-06-01', redOn: '2026-06-30', releaseOn: '2026-09-30', waitsForYear: null });
    expect(await clock(none)).toEqual({ yellowOn: null, redOn: null, releaseOn: '2026-09-30', waitsForYear: null });
    // Two months after 1 August is the National Day: the first working day after the holiday is 8 October.
    expect(await clock(b)).toMatchObject({ yellowOn: '2026-10-08', redOn: '2026-11-02', releaseOn: null, waitsForYear: 2027 });
    const lights = async (day: string) => {
      on(day);
      await idle.sweep();
      return [(await row(a)).light, (await row(none)).light, (await row(b)).light];
    };
    expect(await lights('2026-05-31')).toEqual(['GREEN', 'GREEN', 'GREEN']);
    expect(await lights('2026-06-01')).toEqual(['YELLOW', 'GREEN', 'GREEN']);
    expect(await lights('2026-06-30')).toEqual(['RED', 'GREEN', 'GREEN']);
    expect(await lights('2026-10-07')).toEqual(['RED', 'GREEN', 'GREEN']);
    expect(await lights('2026-10-08')).toEqual(['RED', 'GREEN', 'YELLOW']);
    const title = async (id: string) => (await api.gql(zone.recruiter, '{ reminders(filter: { state: [PLANNED, CANCELLED] }) { nodes { title project { id } } } }')).data.reminders.nodes.filter((n: { project: { id: string } }) => n.project.id === `Project:${id}`).map((n: { title: string }) => n.title);
    expect((await title(b))[0]).toContain('已超过 2 个月无进展，上次动态 2026-08-01（黄灯）');
  });

  it('the stage\'s own limit stands when it is sooner; colours are the zone\'s', async () => {
    const id = await zone.project({ lastActivityOn: '2026-09-30' });
    await t.owner.query(`update project set class = 'A' where id = $1`, [id]);
    await policy('idle', { secondStepFactor: 3, classStages: ['NEGOTIATING'], classes: { A: { yellowMonths: 1, redMonths: 1 } }, firstStep: 'RED', secondStep: 'YELLOW', lights: { GREEN: { zh: '正常', en: 'fine' }, YELLOW: { zh: '黄榜', en: 'yellow list' }, RED: { zh: '红榜', en: 'red list' } } });
    on('2026-10-13');
    expect(await idle.sweep()).toMatchObject({ yellow: 1, red: 0 });
    expect((await row(id)).light).toBe('RED');
    // The class's month ends on 30 October, before three times the stage's five working days would have mattered: they end on 27 October.
    on('2026-10-27');
    expect(await idle.sweep()).toMatchObject({ red: 1 });
    expect((await row(id)).light).toBe('YELLOW');
    expect((await api.gql(zone.recruiter, '{ lights { light label } }')).data.lights).toEqual([{ light: 'GREEN', label: '正常' }, { light: 'YELLOW', label: '黄榜' }, { light: 'RED', label: '红榜' }]);
    const titles = (await t.owner.query(`select detail ->> 'lightZh' as word from reminder where kind = 'IDLE' and state <> 'CANCELLED' and project_id is not null group by 1`)).rows;
    expect(titles).toEqual([{ word: '黄榜' }]);
  });

  it.each([
    ['ALWAYS', { credited: true, creditReason: 'RULE_ALWAYS' }, { credited: true, creditReason: 'RULE_ALWAYS' }],
    ['WITHIN_PROTECTION', { credited: true, creditReason: 'WITHIN_PROTECTION' }, { credited: false, creditReason: 'PROTECTION_LAPSED' }],
    ['NEVER', { credited: false, creditReason: 'RULE_NEVER' }, { credited: false, creditReason: 'RULE_NEVER' }],
  ])('release keeps the first report\'s credit by rule %s', async (keepCredit, inside, outside) => {
    await policy('pool', { keepCredit });
    for (const [day, expected] of [['2026-04-09', inside], ['2026-04-08', outside]] as const) {
      const id = await zone.project({ lastActivityOn: day, reportedOn: day, reporterName: '首报人' });
      expect(codes(await release(zone.manager, id))).toEqual([]);
      expect((await see(zone.as.LEADER, id)).firstReport).toMatchObject({ ...expected, reporterName: '首报人', laterClaimant: null });
      const entry = (await pool(zone.stranger)).nodes.find((n: { projectId: string }) => n.projectId === `Project:${id}`);
      expect(codes(await claim(zone.stranger, entry.id))).toEqual([]);
      // The later claimant is shown beside, and is protected in turn.
      expect(await see(zone.stranger, id)).toMatchObject({ firstReport: { ...expected, laterClaimant: { name: 'RECRUITER@otherBureau' } }, protection: { state: 'PROTECTED', startedOn: '2026-10-09', holderName: 'RECRUITER@otherBureau' } });
    }
  });
});

describe('the clock', () => {
  it('announces the release its working days before, once, to owner and nearest head; then brings it before a head', async () => {
    const id = await zone.project({ lastActivityOn: '2026-04-13' });
    // Six months end on 13 October; seven working days before, over the National Day and the worked Saturday: 28 September.
    on('2026-09-27');
    expect(await sweeps.sweep()).toMatchObject({ warned: 0 });
    on('2026-09-28');
    const twice = await Promise.all([sweeps.sweep(), sweeps.sweep()]);
    expect(twice.map((s) => s.warned).sort()).toEqual([0, 1]);
    expect(await told('RELEASE')).toEqual([{ name: 'GROUP_LEADER@group', state: 'PLANNED', on: '2026-10-13' }, { name: 'RECRUITER@group', state: 'PLANNED', on: '2026-10-13' }]);
    on('2026-10-12');
    expect(await sweeps.sweep()).toMatchObject({ warned: 0, asked: 0, released: 0 });
    on('2026-10-13');
    const both = await Promise.all([sweeps.sweep(), sweeps.sweep()]);
    expect(both.map((s) => s.asked).sort()).toEqual([0, 1]);
    expect(await row(id)).toMatchObject({ status: 'ACTIVE', version: 1 });
    const { data } = await api.gql(zone.groupLeader, '{ statusRequests { nodes { id act state silentSince requestedBy { name } } } }');
    expect(data.statusRequests.nodes).toEqual([{ id: expect.any(String), act: 'RELEASE', state: 'WAITING', silentSince: '2026-04-13', requestedBy: null }]);
    expect((await approve(zone.groupLeader, data.statusRequests.nodes[0].id)).data.act).toMatchObject({ request: { state: 'APPROVED' }, userErrors: [] });
    expect(await row(id)).toMatchObject({ status: 'POOLED', owner_id: null, department_id: null });
    expect(await stands(id)).toBe(0);
    expect((await t.owner.query('select how, from_owner_id, from_department_id, silent_since::text from pool_entry')).rows).toEqual([{ how: 'APPROVED', from_owner_id: zone.recruiter.staffId, from_department_id: zone.departments.group, silent_since: '2026-04-13' }]);
  });

  it('is answered by progress: the request lapses, nobody is asked any more', async () => {
    const id = await zone.project({ lastActivityOn: '2026-04-13' });
    on('2026-09-29');
    await sweeps.sweep();
    on('2026-10-14');
    await sweeps.sweep();
    const request = (await t.owner.query<{ id: string }>('select id from status_request')).rows[0]!.id;
    await api.gql(zone.recruiter, 'mutation($input: VisitLogInput!) { visitLog(input: $input) { userErrors { code } } }', { input: { projectId: `Project:${id}`, visitedOn: '2026-10-14', direction: 'OUTBOUND', content: '拜访' } });
    const { version } = await row(id);
    expect((await approve(zone.groupLeader, `StatusRequest:${request}`, { expectedVersion: version })).data.act.userErrors).toEqual([{ code: 'STATUS_OVERTAKEN', path: ['requestId'] }]);
    expect(await sweeps.sweep()).toMatchObject({ asked: 0, released: 0 });
    expect((await t.owner.query('select state from status_request')).rows).toEqual([{ state: 'OVERTAKEN' }]);
    expect((await t.owner.query(`select state from reminder where kind = 'APPROVAL' group by 1`)).rows).toEqual([{ state: 'CANCELLED' }]);
    expect((await row(id)).status).toBe('ACTIVE');
  });

  it('turned down: not asked again before a month of further silence', async () => {
    await zone.project({ lastActivityOn: '2026-04-13' });
    on('2026-09-29');
    await sweeps.sweep();
    on('2026-10-14');
    await sweeps.sweep();
    const request = (await t.owner.query<{ id: string }>('select id from status_request')).rows[0]!.id;
    expect((await approve(zone.groupLeader, `StatusRequest:${request}`, { approve: false, note: '下月再看' })).data.act.userErrors).toEqual([]);
    on('2026-11-13');
    expect(await sweeps.sweep()).toMatchObject({ asked: 0 });
    on('2026-11-16');
    expect(await sweeps.sweep()).toMatchObject({ asked: 1 });
  });

  it('AUTO: releases by itself what was announced, by class, and tells the former owner', async () => {
    await policy('pool', { release: 'AUTO', releaseMonths: { other: null, classes: { C: 1 } }, warnWorkingDays: 1 });
    const [c, other, signed, resting] = [await zone.project({ lastActivityOn: '2026-08-20' }), await zone.project({ lastActivityOn: '2026-01-05' }), await zone.project({ lastActivityOn: '2026-01-05', stage: 'SIGNED' }), await zone.project({ lastActivityOn: '2026-01-05', status: 'SUSPENDED' })];
    await t.owner.query(`update project set class = 'C' where id = any($1)`, [[c, signed, resting]]);
    // Overdue when first seen (a ledger, a worker that was away): announced, and released only a working day later.
    expect(await sweeps.sweep()).toMatchObject({ warned: 1, released: 0 });
    on('2026-10-10');
    const both = await Promise.all([sweeps.sweep(), sweeps.sweep()]);
    expect(both.map((s) => s.released).sort()).toEqual([0, 1]);
    expect([(await row(c)).status, (await row(other)).status, (await row(signed)).status, (await row(resting)).status]).toEqual(['POOLED', 'ACTIVE', 'ACTIVE', 'SUSPENDED']);
    expect((await t.owner.query('select how, released_by from pool_entry')).rows).toEqual([{ how: 'AUTO', released_by: null }]);
    const inbox = await api.gql(zone.recruiter, '{ reminders(filter: { state: [PLANNED] }) { nodes { title project { id } } } }');
    expect(inbox.data.reminders.nodes).toEqual([{ title: expect.stringMatching(/^“项目\d+”（P-\d+）已退回公海$/), project: null }]);
    expect((await t.owner.query(`select cause, actor_id from audit_entry where entity = 'pool_entry'`)).rows).toEqual([{ cause: 'pool.sweep', actor_id: null }]);
  });

  it('a referred project without real progress may be offered to others after a month, where the zone says so', async () => {
    const id = await zone.project({ lastActivityOn: '2026-10-08', reportedOn: '2026-08-03', referrer: '省贸促会' });
    await t.owner.query(`update project set state_at = '2026-08-05T09:00:00+08:00' where id = $1`, [id]);
    expect(await sweeps.sweep()).toMatchObject({ warned: 0 });
    await policy('pool', { referredMonths: 1, release: 'AUTO', warnWorkingDays: 0 });
    expect(await sweeps.sweep()).toMatchObject({ warned: 1, released: 1 });
    expect(await row(id)).toMatchObject({ status: 'POOLED' });
    expect((await t.owner.query('select silent_since::text as since from pool_entry')).rows).toEqual([{ since: '2026-08-05' }]);
  });

  it('waits for an unpublished year and says so, then goes on when it is published', async () => {
    const id = await zone.project({ lastActivityOn: '2026-06-30' });
    on('2026-12-28');
    expect(await sweeps.sweep()).toMatchObject({ warned: 0, waiting: 1 });
    on('2027-01-11');
    expect(await sweeps.sweep()).toMatchObject({ warned: 0, asked: 0, waiting: 1 });
    const clock = await api.gql(zone.recruiter, 'query($id: ID!) { project(id: $id) { idleClock { releaseOn waitsForYear } } }', { id: `Project:${await zone.project({ lastActivityOn: '2026-08-30' })}` });
    expect(clock.data.project.idleClock).toEqual({ releaseOn: null, waitsForYear: 2027 });
    await t.owner.query(`insert into calendar_year (year, source) values (2027, 'test')`);
    await t.owner.query('select calendar_rebuild()');
    try {
      // Six months ended on 30 December, in the published year; the announcement needs working days of 2027.
      expect(await sweeps.sweep()).toMatchObject({ warned: 1, waiting: 0 });
      expect((await row(id)).status).toBe('ACTIVE');
    } finally {
      await t.owner.query('delete from calendar_year where year = 2027');
      await t.owner.query('select calendar_rebuild()');
    }
  });

  it('tells the owner once before a protection ends', async () => {
    await policy('protection', { months: 1, warnDaysBefore: 3 });
    await zone.project({ lastActivityOn: '2026-09-10', reportedOn: '2026-09-10' });
    // It ends on Saturday 10 October, a working day; three working days before: 30 September, 8, 9 October.
    on('2026-09-29');
    expect(await sweeps.sweep()).toMatchObject({ protections: 0 });
    on('2026-09-30');
    expect(await sweeps.sweep()).toMatchObject({ protections: 1 });
    expect(await sweeps.sweep()).toMatchObject({ protections: 0 });
    const inbox = await api.gql(zone.recruiter, '{ reminders(filter: { state: [PLANNED] }) { nodes { title } } }');
    expect(inbox.data.reminders.nodes.map((n: { title: string }) => n.title)).toContainEqual(expect.stringContaining('的首报保护期将于 2026-10-10 届满'));
  });
});

describe('poolRelease', () => {
  it('by a head at once, by the owner after approval, at the zone\'s stages alone', async () => {
    const id = await zone.project();
    const asked = (await release(zone.recruiter, id)).data.act;
    expect(asked).toMatchObject({ outcome: 'WAITING', project: { status: 'ACTIVE' } });
    expect((await approve(zone.manager, asked.request.id)).data.act).toMatchObject({ project: { status: 'POOLED' }, userErrors: [] });
    const second = await zone.project();
    expect((await release(zone.groupLeader, second)).data.act).toMatchObject({ outcome: 'DONE', project: { status: 'POOLED', owner: null, department: null }, userErrors: [] });
    await policy('pool', { release: 'AUTO' });
    const third = await zone.project();
    // The owner no longer sees what is in the pool; the act is done nevertheless.
    expect((await release(zone.recruiter, third)).data.act).toMatchObject({ outcome: 'DONE', project: null, userErrors: [] });
    expect(codes(await release(zone.manager, await zone.project({ stage: 'SIGNED' })))).toEqual(['STAGE_OUTSIDE']);
    expect((await release(zone.as.LEADER, await zone.project())).errors[0].extensions.code).toBe('FORBIDDEN');
    expect((await release(zone.colleague, await zone.project())).errors[0].extensions.code).toBe('NOT_FOUND');
  });

  it('leaves it in sight of the former heads and the zone\'s leaders, and of nobody else', async () => {
    const { id } = await pooled();
    for (const who of [zone.groupLeader, zone.manager, zone.as.LEADER]) expect((await see(who, id))?.status).toBe('POOLED');
    for (const who of [zone.recruiter, zone.colleague, zone.stranger, zone.service]) expect(await see(who, id)).toBeNull();
    const edit = await api.gql(zone.manager, 'mutation($input: ProjectEditInput!) { act: projectEdit(input: $input) { userErrors { code } } }', { input: { projectId: `Project:${id}`, expectedVersion: 2, assigneeId: `Staff:${zone.recruiter.staffId}` } });
    expect(codes(edit)).toEqual(['STATUS_NOT_ACTIVE']);
  });
});

describe('the pool', () => {
  it('shows what the zone lets everybody know, and no more; what is hidden cannot be asked by', async () => {
    const { id, entry } = await pooled({ name: '光电产业园', stage: 'LEAD' });
    await t.owner.query(`update project set class = 'A', content = '机密内容', industry_code = 'C397', source_region = '江苏-苏州', total_amount = 300000000 where id = $1`, [id]);
    expect((await pool(zone.stranger)).nodes).toEqual([{
      id: entry, projectId: `Project:${id}`, code: expect.any(String), name: '光电产业园', stage: 'LEAD', class: 'A', sizeClass: 'FROM_100M', sourceProvince: '江苏', formerUnit: null, industry: { code: 'C397', name: expect.any(String) },
      how: 'MANUAL', reasonCode: 'NO_CAPACITY', timesPooled: 1, coolingUntil: null,
    }]);
    expect((await pool(zone.recruiter)).nodes[0].coolingUntil).toBe('2026-11-08');
    const count = async (filter: object) => (await api.gql(zone.stranger, 'query($f: PoolFilter) { pool(filter: $f) { totalCount nodes { id } } }', { f: filter }));
    for (const [filter, n] of [[{ stages: ['LEAD'] }, 1], [{ stages: ['RESERVE'] }, 0], [{ industries: ['C39'] }, 1], [{ sourceRegions: ['浙江'] }, 0], [{ sizeClasses: ['FROM_100M'], classes: ['A'], text: '光电' }, 1]] as const) expect((await count(filter)).data.pool.totalCount).toBe(n);
    await policy('pool', { shows: ['FORMER_UNIT'] });
    expect((await pool(zone.stranger)).nodes[0]).toMatchObject({ name: null, industry: null, sourceProvince: null, sizeClass: null, class: null, formerUnit: '招商一局一组' });
    for (const filter of [{ industries: ['C39'] }, { sourceRegions: ['江苏'] }, { sizeClasses: ['FROM_100M'] }, { classes: ['A'] }, { text: '光电' }]) expect((await count(filter)).errors[0].extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: `filter.${Object.keys(filter)[0]}` });
  });

  it('is the zone\'s own, for those who may read it, paged with a count', async () => {
    const first = await pooled();
    await pooled();
    const third = await pooled();
    const foreign = await reminderZone(t.owner);
    expect((await pool(foreign.recruiter)).totalCount).toBe(0);
    expect((await api.gql(foreign.recruiter, 'query($id: ID!) { node(id: $id) { id } }', { id: first.entry })).errors[0].extensions.code).toBe('NOT_FOUND');
    expect((await api.gql(zone.stranger, 'query($id: ID!) { node(id: $id) { ... on PoolEntry { id name } } }', { id: first.entry })).data.node.id).toBe(first.entry);
    expect((await api.gql(zone.as.AGENT, POOL)).errors[0].extensions.code).toBe('FORBIDDEN');
    const page = (await api.gql(zone.stranger, '{ pool(first: 2) { totalCount nodes { id } pageInfo { endCursor hasNextPage } } }')).data.pool;
    expect(page).toMatchObject({ totalCount: 3, nodes: [{ id: third.entry }, {}], pageInfo: { hasNextPage: true } });
    expect((await api.gql(zone.stranger, 'query($a: String) { pool(first: 2, after: $a) { nodes { id } } }', { a: page.pageInfo.endCursor })).data.pool.nodes).toEqual([{ id: first.entry }]);
  });
});

describe('what lists cost', () => {
  it('is the same number of transactions for two rows and for twenty: the pool, and protections and clocks of projects', async () => {
    await t.owner.query(`insert into project (zone_id, code, name, folded_name, core_name, status, owner_id, department_id) select $1, 'L' || n, 'L' || n, 'L' || n, 'L' || n, case when n <= 20 then 'POOLED' else 'ACTIVE' end::project_status,
      case when n > 20 then $2::uuid end, $3 from generate_series(1, 40) n`, [zone.id, zone.recruiter.staffId, zone.departments.group]);
    await t.owner.query(`insert into pool_entry (zone_id, project_id, stage, how, reason_code) select zone_id, id, stage, 'MANUAL', 'NO_PROGRESS' from project where status = 'POOLED'`);
    const db = api.running.app.get(Database, { strict: false });
    const cost = async (query: string, list: string) => {
      const [tx, read] = [jest.spyOn(db, 'tx'), jest.spyOn(db, 'read')];
      const { data } = await api.gql(zone.recruiter, query);
      const n = tx.mock.calls.length + read.mock.calls.length;
      tx.mockRestore();
      read.mockRestore();
      return [data[list].nodes.length, n];
    };
    for (const first of [2, 20]) {
      expect(await cost(`{ pool(first: ${first}) { nodes { id name industry { name } timesPooled coolingUntil } } }`, 'pool')).toEqual([first, 1]);
      // One for the list, one for the protections, one for the clocks of all of them.
      expect(await cost(`{ projects(first: ${first}, filter: { statuses: [ACTIVE] }) { nodes { id waitingStatusRequest { act } protection { until } idleClock { releaseOn } } } }`, 'projects')).toEqual([first, 3]);
    }
  });
});

describe('poolClaim', () => {
  it('makes it the claimant\'s: active, in the own unit, its clocks anew, in the figures, on the timeline, never lost from sight', async () => {
    const { id, entry } = await pooled({ stage: 'LEAD', name: '光电产业园', lastActivityOn: '2026-06-01' });
    on('2026-10-10');
    const done = (await claim(zone.stranger, entry)).data.act;
    expect(done).toMatchObject({ project: { status: 'ACTIVE', stage: 'LEAD', owner: { name: 'RECRUITER@otherBureau' }, department: { name: '招商二局' }, light: 'GREEN', firstReport: { credited: true, laterClaimant: { name: 'RECRUITER@otherBureau' } } }, userErrors: [] });
    expect(await row(id)).toMatchObject({ last: '2026-10-10', triage: '2026-10-14' });
    expect(await stands(id)).toBe(1);
    expect((await pool(zone.stranger)).totalCount).toBe(0);
    expect((await api.gql(zone.stranger, '{ leads { nodes { id } } }')).data.leads.nodes).toEqual([{ id: `Project:${id}` }]);
    expect(await see(zone.manager, id)).toBeNull();
    const story = await api.gql(zone.stranger, 'query($id: ID!) { project(id: $id) { timeline { nodes { kind title text actorName } } } }', { id: `Project:${id}` });
    expect(story.data.project.timeline.nodes.slice(0, 3)).toEqual([
      { kind: 'CLAIMED', title: '由RECRUITER@otherBureau从公海承接', text: null, actorName: 'RECRUITER@otherBureau' },
      expect.objectContaining({ kind: expect.stringMatching('POOLED|STATUS') }), expect.objectContaining({ kind: expect.stringMatching('POOLED|STATUS') }),
    ]);
    expect((await t.owner.query(`select actor_id from audit_entry where entity = 'pool_entry' and operation = 'UPDATE' and entity_id = $1`, [entry.split(':')[1]])).rows).toEqual([{ actor_id: zone.stranger.staffId }]);
  });

  it('50 at once: one gets it, 49 are told clearly', async () => {
    const { id, entry } = await pooled();
    const people = await Promise.all(Array.from({ length: 50 }, (_, i) => zone.hire('RECRUITER', i % 2 ? 'group' : 'otherBureau', { name: `招商${i}` })));
    await Promise.all(people.map((p) => api.token(p)));
    const answers = await Promise.all(people.map((p) => claim(p, entry)));
    const winners = people.filter((_, i) => codes(answers[i]!).length === 0);
    expect(winners).toHaveLength(1);
    expect(answers.map((a) => codes(a).join()).sort().slice(1)).toEqual(Array(49).fill('POOL_TAKEN'));
    expect((await row(id)).owner_id).toBe(winners[0]!.staffId);
    expect(await stands(id)).toBe(1);
  });

  it('50 at once by one person with one left for the day: one succeeds', async () => {
    const stays: string[] = [];
    for (let i = 0; i < 51; i++) stays.push((await pooled()).entry);
    await policy('pool', { dailyClaims: 2 });
    expect(codes(await claim(zone.stranger, stays.pop()!))).toEqual([]);
    const answers = await Promise.all(stays.map((entry) => claim(zone.stranger, entry)));
    expect(answers.map((a) => codes(a).join()).sort()).toEqual(['', ...Array(49).fill('POOL_QUOTA')]);
    expect((await t.owner.query('select 1 from project where owner_id = $1', [zone.stranger.staffId])).rowCount).toBe(2);
    // The next day begins anew.
    on('2026-10-10');
    expect(codes(await claim(zone.stranger, (await pool(zone.stranger)).nodes[0].id))).toEqual([]);
  });

  it('keeps who had it away for a while, holders of many, and the wrong roles for a class', async () => {
    const { id, entry } = await pooled();
    const cooling = (await claim(zone.recruiter, entry)).data.act;
    expect(cooling.userErrors).toEqual([expect.objectContaining({ code: 'POOL_COOLING', path: ['entryId'], message: '该项目由您退回公海，2026-11-08 起方可再次认领。' })]);
    await policy('pool', { capacity: 1, claimRoles: { A: ['GROUP_LEADER', 'MANAGER'] } });
    await zone.project({ ownerId: zone.stranger.staffId });
    expect(codes(await claim(zone.stranger, entry))).toEqual(['POOL_CAPACITY']);
    await t.owner.query(`update project set class = 'A' where id = $1`, [id]);
    expect(codes(await claim(zone.colleague, entry))).toEqual(['POOL_CLASS']);
    expect(codes(await claim(zone.groupLeader, entry))).toEqual([]);
    const again = await pooled();
    on('2026-11-08');
    expect(codes(await claim(zone.recruiter, again.entry))).toEqual([]);
  });

  it('works as the guide shows it', async () => {
    const { entry } = await pooled({ stage: 'LEAD' });
    const [list, mutation] = [...readFileSync('docs/guide/pool.md', 'utf8').matchAll(/```graphql\n(.*?)```/gs)].map((m) => m[1]!);
    expect((await api.gql(zone.stranger, list!)).data).toMatchObject({ pool: { totalCount: 1, nodes: [{ id: entry }] }, statusReasons: [{ code: 'NO_PROGRESS' }, {}, {}], lights: [{ light: 'GREEN' }, {}, {}] });
    expect((await api.gql(zone.stranger, mutation!, { entryId: entry })).data.poolClaim).toMatchObject({ project: { status: 'ACTIVE', protection: { state: 'PROTECTED' }, idleClock: { releaseOn: null } }, userErrors: [] });
  });

  it('is not for those who may not claim; answers a key alike; a foreign or missing stay is not found', async () => {
    const { entry } = await pooled();
    expect((await claim(zone.as.LEADER, entry)).errors[0].extensions.code).toBe('FORBIDDEN');
    const foreign = await reminderZone(t.owner);
    for (const id of [entry, `PoolEntry:${newId()}`, 'x']) expect((await claim(foreign.recruiter, id)).errors[0].extensions.code).toBe('NOT_FOUND');
    const first = await claim(zone.stranger, entry, { idempotencyKey: 'c1' });
    expect((await claim(zone.stranger, entry, { idempotencyKey: 'c1' })).data).toEqual(first.data);
    expect(codes(await claim(zone.colleague, entry))).toEqual(['POOL_TAKEN']);
  });

  it('a stay whose project an import took out of the pool is closed by the next sweep', async () => {
    const { id, entry } = await pooled();
    await t.owner.query(`update project set status = 'ACTIVE', state_at = '2026-10-09T10:00:00+08:00' where id = $1`, [id]);
    expect((await pool(zone.stranger)).totalCount).toBe(0);
    expect(codes(await claim(zone.stranger, entry))).toEqual(['POOL_TAKEN']);
    await sweeps.sweep();
    expect((await t.owner.query('select left_how from pool_entry')).rows).toEqual([{ left_how: 'OVERTAKEN' }]);
  });
});

describe('poolAssign', () => {
  it('gives it to somebody of the manager\'s own unit, within capacity', async () => {
    const { id, entry } = await pooled();
    const staff = (who: Actor) => `Staff:${who.staffId}`;
    expect((await assign(zone.recruiter, { entryId: entry, staffId: staff(zone.colleague) })).errors[0].extensions.code).toBe('FORBIDDEN');
    for (const who of [zone.stranger, zone.service]) expect((await assign(zone.manager, { entryId: entry, staffId: staff(who) })).data.act.userErrors).toMatchObject([{ code: 'POOL_ASSIGNEE', path: ['staffId'] }]);
    expect((await assign(zone.manager, { entryId: entry, staffId: `Staff:${newId()}` })).data.act.userErrors).toMatchObject([{ code: 'UNKNOWN_REFERENCE', path: ['staffId'] }]);
    await policy('pool', { capacity: 0 });
    expect(codes(await assign(zone.manager, { entryId: entry, staffId: staff(zone.colleague) }))).toEqual(['POOL_CAPACITY']);
    await policy('pool', { capacity: 5 });
    expect((await assign(zone.manager, { entryId: entry, staffId: staff(zone.colleague) })).data.act).toMatchObject({ project: { status: 'ACTIVE', owner: { name: 'RECRUITER@otherGroup' }, department: { name: '招商一局二组' } }, userErrors: [] });
    expect((await t.owner.query('select left_how, left_by, taken_by from pool_entry where project_id = $1', [id])).rows).toEqual([{ left_how: 'ASSIGNED', left_by: zone.manager.staffId, taken_by: zone.colleague.staffId }]);
  });

  it('and a claim at once: one wins', async () => {
    const { entry } = await pooled();
    const both = await Promise.all([claim(zone.stranger, entry), assign(zone.manager, { entryId: entry, staffId: `Staff:${zone.colleague.staffId}` })]);
    expect(both.map((b) => codes(b).join()).sort()).toEqual(['', 'POOL_TAKEN']);
  });
});
