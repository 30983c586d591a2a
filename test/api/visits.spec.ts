import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { installDefaults } from '@yinfeng/directory';
import { type Actor, Database, newId, type Permission, Refusal, ROLES, systemActor } from '@yinfeng/platform';
import { CallerChanged, lockProject, VisitsService } from '@yinfeng/recruitment';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let t: TestDatabase;
let api: TestApi;
let zone: TestZone;
let foreign: TestZone;
let recruiter: Actor;
/** How each visit went: with the caller known from an earlier request (the short way), or not. */
const ways: ('short' | 'ordinary' | 'changed')[] = [];

beforeAll(async () => {
  t = await testDatabase();
  api = await testApi(t);
  zone = await makeZone(t.owner);
  foreign = await makeZone(t.owner);
  await t.db.tx(systemActor(zone.id, 'test'), (tx) => installDefaults(tx, zone.id));
  recruiter = zone.as.RECRUITER;
  const visits = api.running.app.get(VisitsService, { strict: false });
  const real = visits.log.bind(visits);
  visits.log = async (actor, input, known) => {
    try {
      const logged = await real(actor, input, known);
      ways.push(known ? 'short' : 'ordinary');
      return logged;
    } catch (error) {
      if (error instanceof CallerChanged) ways.push('changed');
      throw error;
    }
  };
});
afterAll(async () => {
  await api.stop();
  await t.stop();
});

let projects = 0;
/** An active project of the owner's department, in negotiation. */
async function project(owner: Actor | null, values: { status?: string; departmentId?: string; zoneId?: string } = {}): Promise<string> {
  const id = newId();
  await t.owner.query(
    `insert into project (id, zone_id, code, name, folded_name, core_name, stage, status, owner_id, department_id, created_at) values ($1, $2, $3, $3, $3, $3, 'NEGOTIATING', $4, $5, $6, '2026-06-01')`,
    [id, values.zoneId ?? zone.id, `V-${++projects}`, values.status ?? 'ACTIVE', owner?.staffId ?? null, values.departmentId ?? owner?.departmentIds[0] ?? zone.departments.otherBureau]);
  return id;
}
const VISIT = 'mutation Log($input: VisitLogInput!) { visitLog(input: $input) { visit { id } userErrors { code path message } } }';
/** The same with a directive that changes nothing: takes the ordinary way. */
const ORDINARY = 'mutation Log($input: VisitLogInput!) { visitLog(input: $input) @include(if: true) { visit { id } userErrors { code path message } } }';
const visit = (projectId: string, more: object = {}) => ({ projectId: `Project:${projectId}`, direction: 'OUTBOUND', visitedOn: '2026-06-12', content: '现场洽谈', ...more });
const log = (who: Actor, input: object, query = VISIT) => api.gql(who, query, { input });
/** One request, so that the API knows the session. */
const known = async (who: Actor) => { await api.gql(who, '{ me { id } }'); };
const one = async <Row extends object>(sql: string, params: unknown[] = []) => (await t.owner.query<Row>(sql, params)).rows[0]!;
const visitsOf = async (id: string) => (await one<{ n: number }>('select count(*)::int as n from visit where project_id = $1', [id])).n;

describe('a visit', () => {
  it('moves the project, does the open follow-up, plans the next for its owner, and is audited with old and new', async () => {
    const id = await project(recruiter);
    const companion = zone.colleague;
    await known(recruiter);
    expect((await log(recruiter, visit(id, { nextStep: '看地块', nextFollowUpOn: '2026-06-20' }))).data.visitLog.userErrors).toEqual([]);
    const answer = await log(recruiter, visit(id, {
      visitedOn: '2026-06-14', nextStep: '谈条款', nextFollowUpOn: '2026-07-01', result: '初步同意', companionIds: [`Staff:${companion.staffId}`, `Staff:${companion.staffId}`],
      leaderName: '张主任', leaderLevel: '处级', headcount: 4, city: '深圳', place: '总部', met: [{ name: '周总', title: '董事长' }],
    }));
    expect(answer.data.visitLog.userErrors).toEqual([]);
    expect(ways.slice(-2)).toEqual(['short', 'short']);
    const visitId = answer.data.visitLog.visit.id.slice('Visit:'.length);
    expect(await one(`select project_id, staff_id, department_id, direction, visited_on::text, content, result, next_step, next_follow_up_on::text, companions, companion_ids, leader_name, leader_level, headcount, city, place, met, created_by, version from visit where id = $1`, [visitId])).toEqual({
      project_id: id, staff_id: recruiter.staffId, department_id: recruiter.departmentIds[0], direction: 'OUTBOUND', visited_on: '2026-06-14', content: '现场洽谈', result: '初步同意', next_step: '谈条款', next_follow_up_on: '2026-07-01',
      companions: [companion.name], companion_ids: [companion.staffId], leader_name: '张主任', leader_level: '处级', headcount: 4, city: '深圳', place: '总部', met: [{ name: '周总', title: '董事长' }], created_by: recruiter.staffId, version: 1,
    });
    expect(await one('select visit_count, last_visit_id, last_visit_on::text, next_follow_up_on::text, next_step, last_activity_on::text, idle_due_on = idle_due(zone_id, stage, last_activity_on) as wound, light from project where id = $1', [id])).toEqual({
      visit_count: 2, last_visit_id: visitId, last_visit_on: '2026-06-14', next_follow_up_on: '2026-07-01', next_step: '谈条款', last_activity_on: '2026-06-15', wound: true, light: 'GREEN',
    });
    expect(await one('select array_agg(staff_id) as members from project_member where project_id = $1', [id])).toEqual({ members: [companion.staffId] });
    // The 20th is a Saturday and the 19th to 21st Dragon Boat Festival: the reminder was for Monday morning.
    expect((await t.owner.query('select kind, cause, state, recipient_id, due_on::text, due_at, detail, done_by from reminder where project_id = $1 order by due_on', [id])).rows).toEqual([
      { kind: 'FOLLOW_UP', cause: `FOLLOW_UP:${id}:2026-06-20`, state: 'DONE', recipient_id: recruiter.staffId, due_on: '2026-06-20', due_at: new Date('2026-06-22T09:00:00+08:00'), detail: { nextStep: '看地块' }, done_by: recruiter.staffId },
      { kind: 'FOLLOW_UP', cause: `FOLLOW_UP:${id}:2026-07-01`, state: 'PLANNED', recipient_id: recruiter.staffId, due_on: '2026-07-01', due_at: new Date('2026-07-01T09:00:00+08:00'), detail: { nextStep: '谈条款' }, done_by: null },
    ]);
    const audit = (await t.owner.query(`select entity, operation, actor_id, cause, request_id is not null as asked, before, after from audit_entry where entity in ('project', 'visit') and entity_id in ($1, $2) and zone_id = $3 order by id desc limit 2`, [id, visitId, zone.id])).rows;
    expect(audit).toEqual([
      { entity: 'visit', operation: 'INSERT', actor_id: recruiter.staffId, cause: 'visitLog', asked: true, before: null, after: expect.objectContaining({ id: visitId, content: '现场洽谈', visited_on: '2026-06-14' }) },
      { entity: 'project', operation: 'UPDATE', actor_id: recruiter.staffId, cause: 'visitLog', asked: true, before: expect.objectContaining({ visit_count: '1', next_step: '看地块', next_follow_up_on: '2026-06-20' }), after: expect.objectContaining({ visit_count: '2', last_visit_id: visitId, next_step: '谈条款' }) },
    ]);
    // Nothing that stayed as it was is in the entry.
    expect(Object.keys(audit[1].after).sort()).toEqual(Object.keys(audit[1].before).sort());
    expect(audit[1].after).not.toHaveProperty('light');
  });

  it('of an earlier day leaves the latest one in place', async () => {
    const id = await project(recruiter);
    await log(recruiter, visit(id, { nextFollowUpOn: '2026-07-01', nextStep: '谈条款' }));
    const last = await one('select last_visit_id, last_visit_on::text, next_follow_up_on::text, next_step from project where id = $1', [id]);
    await log(recruiter, visit(id, { visitedOn: '2026-05-04', nextStep: '旧的' }));
    expect(await one('select last_visit_id, last_visit_on::text, next_follow_up_on::text, next_step from project where id = $1', [id])).toEqual(last);
    expect((await one<{ visit_count: number }>('select visit_count from project where id = $1', [id])).visit_count).toBe(2);
  });

  it('plans what RemindersService would plan', async () => {
    // Delivered reminders are never told twice; those taken back before anybody was told stand again.
    const id = await project(recruiter);
    for (const [delivered, state] of [[null, 'PLANNED'], ['2026-06-15T01:00:00Z', 'DONE']] as const) {
      await t.owner.query(`delete from reminder where project_id = $1`, [id]);
      await log(recruiter, visit(id, { nextFollowUpOn: '2026-07-01' }));
      await t.owner.query(`update reminder set state = 'DELIVERED', delivered_at = $2 where project_id = $1`, [id, delivered]);
      await log(recruiter, visit(id, { nextFollowUpOn: '2026-07-01' }));
      expect((await t.owner.query('select state from reminder where project_id = $1', [id])).rows).toEqual([{ state }]);
    }
  });
});

describe('the short way', () => {
  it('is taken by known sessions alone and answers byte for byte like the ordinary way', async () => {
    const id = await project(recruiter);
    await known(recruiter);
    const token = await api.token(recruiter);
    const ask = async (query: string, input: object) => {
      const answer = await api.request(token, '/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables: { input } }) });
      const headers = Object.fromEntries([...answer.headers].filter(([name]) => !['x-request-id', 'date', 'content-length'].includes(name)));
      return { status: answer.status, headers, text: (await answer.text()).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…').replaceAll(/"currentlyAvailable":\d+/g, '"currentlyAvailable":…') };
    };
    const text = (directive: string) => `mutation { visitLog(input: { projectId: "Project:${id}", direction: CALL, visitedOn: "2026-06-12", content: "电话" }) ${directive} { visit { __typename id a: id } t: __typename userErrors { code } } }`;
    for (const [query, input] of [
      [VISIT, visit(id)], [VISIT, visit(newId())], [VISIT, visit(id, { content: ' ' })], [VISIT, visit(id, { visitedOn: '2026-06-16' })], [VISIT, visit(id, { headcount: -1 })], [VISIT, { projectId: 'x' }],
      [VISIT.replace('visitLog', 'l: visitLog'), visit(id, { nextFollowUpOn: '2027-03-01' })], [text(''), {}],
    ] as const) {
      const short = await ask(query, input);
      expect(await ask(query === text('') ? text('@include(if: true)') : query.replace('(input: $input) {', '(input: $input) @include(if: true) {'), input)).toEqual(short);
    }
    const before = ways.length;
    await log(recruiter, visit(id));
    await log(recruiter, visit(id), ORDINARY);
    await log(recruiter, visit(id), 'mutation Log($input: VisitLogInput!) { visitLog(input: $input) { visit { id content } userErrors { code } } }');
    await api.gql(await api.token(recruiter), VISIT, { input: visit(id) }, { accept: 'application/graphql-response+json' });
    expect(ways.slice(before)).toEqual(['short', 'ordinary', 'ordinary', 'ordinary']);
  });

  it('takes points from the bucket once, refused or not', async () => {
    const small = await testApi(t, { limits: { bucket: 1_000, refillPerSecond: 0.001 } });
    const id = await project(recruiter);
    const left = async (input: object, query = VISIT) => (await small.gql(recruiter, query, { input })).extensions.cost.throttleStatus.currentlyAvailable as number;
    await small.gql(recruiter, '{ me { id } }');
    const start = await left(visit(id), ORDINARY);
    const cost = start - (await left(visit(id), ORDINARY));
    expect(cost).toBeGreaterThan(0);
    const afterShort = await left(visit(id));
    expect(start - 2 * cost).toBe(afterShort);
    expect(await left(visit(newId()))).toBe(afterShort - cost);
    const answers = await Promise.all(Array.from({ length: 100 }, () => small.gql(recruiter, VISIT, { input: visit(id) })));
    expect(answers.filter((a) => a.errors?.[0].extensions.code === 'RATE_LIMITED').length).toBeGreaterThan(0);
    await small.stop();
  });

  it('ends with the next request after the session, the account or the role is changed', async () => {
    const id = await project(null, { departmentId: zone.departments.bureau });
    const manager = await zone.hire('MANAGER', 'bureau');
    const tries = async () => (await log(manager, visit(id)));
    await known(manager);
    expect((await tries()).data.visitLog.visit).not.toBeNull();
    // Moved to another bureau: no longer sees the project.
    await t.owner.query('update staff set department_id = $2 where id = $1', [manager.staffId, zone.departments.otherBureau]);
    await t.owner.query('delete from staff_department where staff_id = $1', [manager.staffId]);
    expect((await tries()).errors[0].extensions.code).toBe('NOT_FOUND');
    await t.owner.query('update staff set department_id = $2 where id = $1', [manager.staffId, zone.departments.bureau]);
    expect((await tries()).data.visitLog.visit).not.toBeNull();
    await t.owner.query(`update staff set role = 'AUDITOR' where id = $1`, [manager.staffId]);
    expect((await tries()).errors[0].extensions.code).toBe('FORBIDDEN');
    await t.owner.query(`update staff set role = 'MANAGER' where id = $1`, [manager.staffId]);
    expect((await tries()).data.visitLog.visit).not.toBeNull();
    await t.owner.query('update staff set disabled_at = now() where id = $1', [manager.staffId]);
    expect((await tries()).errors[0].extensions.code).toBe('UNAUTHENTICATED');
    await t.owner.query('update staff set disabled_at = null where id = $1', [manager.staffId]);
    await known(manager);
    await t.owner.query(`update session set expires_at = now() - interval '1 second' where staff_id = $1`, [manager.staffId]);
    expect((await tries()).errors[0].extensions.code).toBe('UNAUTHENTICATED');
    expect(await visitsOf(id)).toBe(3);
  });

  it('lets being seen be written once a minute', async () => {
    const id = await project(recruiter);
    await known(recruiter);
    await t.owner.query(`update session set last_seen_at = now() - interval '61 seconds' where staff_id = $1`, [recruiter.staffId]);
    const before = ways.length;
    await log(recruiter, visit(id));
    await log(recruiter, visit(id));
    expect(ways.slice(before)).toEqual(['changed', 'ordinary', 'short']);
    expect((await one<{ fresh: boolean }>(`select last_seen_at > now() - interval '30 seconds' as fresh from session where staff_id = $1`, [recruiter.staffId])).fresh).toBe(true);
  });

  it('masks what nobody expected, and does not try it again', async () => {
    const id = await project(recruiter);
    await known(recruiter);
    const db = api.running.app.get(Database);
    const real = db.act.bind(db);
    let tries = 0;
    db.act = () => {
      tries++;
      return Promise.reject(new Error('connection to 10.0.0.1 lost'));
    };
    const short = await log(recruiter, visit(id));
    const ordinary = await log(recruiter, visit(id), ORDINARY);
    db.act = real;
    expect(tries).toBe(2);
    for (const answer of [short, ordinary]) {
      expect(answer).toMatchObject({ status: 200, data: null, errors: [{ path: ['visitLog'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }] });
      expect(JSON.stringify(answer)).not.toContain('10.0.0.1');
    }
    expect(Object.keys(short.errors[0])).toEqual(Object.keys(ordinary.errors[0]));
  });
});

describe('sent twice', () => {
  it.each([['short', VISIT], ['ordinary', ORDINARY]])('the same key gives the first result (%s)', async (_way, query) => {
    const id = await project(recruiter);
    await known(recruiter);
    const input = visit(id, { idempotencyKey: `k-${id}` });
    const answers = await Promise.all(Array.from({ length: 6 }, () => log(recruiter, input, query)));
    expect(new Set(answers.map((a) => a.data.visitLog.visit.id)).size).toBe(1);
    expect(await visitsOf(id)).toBe(1);
    const other = await log(recruiter, { ...input, content: '别的内容' }, query);
    expect(other.errors[0].extensions.code).toBe('CONFLICT');
    // Seven days later the key is free again.
    await t.owner.query(`update idempotency_key set created_at = now() - interval '8 days' where key = $1`, [`k-${id}`]);
    expect((await log(recruiter, { ...input, content: '别的内容' }, query)).data.visitLog.userErrors).toEqual([]);
    expect(await visitsOf(id)).toBe(2);
  });

  it('a refused try leaves the key free', async () => {
    const id = await project(recruiter, { status: 'SUSPENDED' });
    await known(recruiter);
    const input = visit(id, { idempotencyKey: `k-${id}` });
    expect((await log(recruiter, input)).data.visitLog.userErrors).toMatchObject([{ code: 'STATUS_NOT_ACTIVE' }]);
    await t.owner.query(`update project set status = 'ACTIVE' where id = $1`, [id]);
    expect((await log(recruiter, input)).data.visitLog.userErrors).toEqual([]);
  });

  it.each([['short', VISIT], ['ordinary', ORDINARY]])('the same id from one phone is one visit, somebody else\'s is refused (%s)', async (_way, query) => {
    const id = await project(recruiter);
    await known(recruiter);
    const sent = newId();
    const input = visit(id, { id: sent.toUpperCase() });
    const answers = await Promise.all(Array.from({ length: 6 }, () => log(recruiter, input, query)));
    expect(new Set(answers.map((a) => a.data.visitLog.visit.id))).toEqual(new Set([`Visit:${sent}`]));
    expect(await one('select visit_count, (select count(*)::int from visit where project_id = p.id) as rows from project p where id = $1', [id])).toEqual({ visit_count: 1, rows: 1 });
    await known(zone.as.MANAGER);
    const other = await log(zone.as.MANAGER, input, query);
    expect(other.data.visitLog.userErrors).toMatchObject([{ code: 'INVALID', path: ['id'] }]);
    // With a key the answer is kept under it.
    const keyed = { ...input, idempotencyKey: `again-${id}` };
    for (let i = 0; i < 2; i++) expect((await log(recruiter, keyed, query)).data.visitLog.visit.id).toBe(`Visit:${sent}`);
  });
});

describe('walls', () => {
  it('let a visit through exactly where the gateway lets the actor through', async () => {
    const service = zone.as.SERVICE;
    const handed = await project(zone.stranger);
    await t.owner.query(`insert into handoff (zone_id, project_id, to_department_id, submitted_by) values ($1, $2, $3, $4)`, [zone.id, handed, zone.departments.service, zone.stranger.staffId]);
    const joined = await project(zone.stranger);
    for (const who of Object.values(zone.as)) await t.owner.query('insert into project_member (zone_id, project_id, staff_id) values ($1, $2, $3)', [zone.id, joined, who.staffId]);
    const all = [await project(recruiter), await project(zone.colleague), await project(zone.stranger), await project(null), await project(null, { departmentId: zone.departments.bureau }), handed, joined,
      await project(null, { zoneId: foreign.id, departmentId: foreign.departments.group }), newId(), await project(service)];
    const visits = api.running.app.get(VisitsService, { strict: false });
    const through = (work: Promise<unknown>) => work.then(() => true, (error: unknown) => {
      if (error instanceof Refusal && error.code === 'NOT_FOUND') return false;
      throw error;
    });
    let seen = 0;
    for (const role of ROLES) {
      const who: Actor = { ...zone.as[role], permissions: new Set<Permission>(['visit.log']) };
      for (const id of all) {
        const gateway = await through(t.db.tx(who, (tx) => lockProject(tx, id)));
        expect([role, all.indexOf(id), await through(visits.log(who, { projectId: id, direction: 'CALL', visitedOn: '2026-06-12', content: '电话' }))]).toEqual([role, all.indexOf(id), gateway]);
        if (gateway) seen++;
      }
    }
    expect(seen).toBeGreaterThan(ROLES.length);
    // Roles without the permission are refused on either way.
    for (const query of [VISIT, ORDINARY]) expect((await log(zone.as.LEADER, visit(all[0]!), query)).errors[0].extensions.code).toBe('FORBIDDEN');
  });

  it('nobody calls for another zone: what the function is told about the caller is looked up', async () => {
    const id = await project(recruiter);
    await known(foreign.as.MANAGER);
    expect((await log(foreign.as.MANAGER, visit(id))).errors[0].extensions.code).toBe('NOT_FOUND');
    expect(await visitsOf(id)).toBe(0);
  });

  it('nobody and no unit that a visit or a reminder names can be removed', async () => {
    const who = await zone.hire('MANAGER', 'otherGroup');
    const id = await project(who);
    await known(who);
    expect((await log(who, visit(id, { nextFollowUpOn: '2026-07-01' }))).data.visitLog.userErrors).toEqual([]);
    await t.owner.query('delete from session where staff_id = $1', [who.staffId]);
    await t.owner.query('delete from staff_department where staff_id = $1', [who.staffId]);
    await t.owner.query('update project set owner_id = null where id = $1', [id]);
    await expect(t.owner.query('delete from staff where id = $1', [who.staffId])).rejects.toThrow(/in use/);
    await t.owner.query('update visit set staff_id = null, created_by = null where project_id = $1', [id]);
    await expect(t.owner.query('delete from staff where id = $1', [who.staffId])).rejects.toThrow(/in use/);
    await t.owner.query('delete from reminder where project_id = $1', [id]);
    await t.owner.query('delete from idempotency_key where staff_id = $1', [who.staffId]);
    await t.owner.query('delete from staff where id = $1', [who.staffId]);
    await expect(t.owner.query('delete from department where id = $1', [zone.departments.otherGroup])).rejects.toThrow(/in use|violates foreign key/);
  });

  it('names companions that are not there', async () => {
    const id = await project(recruiter);
    await known(recruiter);
    for (const query of [VISIT, ORDINARY]) {
      expect((await log(recruiter, visit(id, { companionIds: [`Staff:${foreign.as.RECRUITER.staffId}`] }), query)).data.visitLog.userErrors).toMatchObject([{ code: 'UNKNOWN_REFERENCE', path: ['companionIds'] }]);
    }
    expect(await visitsOf(id)).toBe(0);
  });

  it('a visit without a project names its enterprise', async () => {
    await known(recruiter);
    const { projectId: _, ...input } = visit('x');
    expect((await log(recruiter, input)).data.visitLog.userErrors).toMatchObject([{ code: 'REQUIRED', path: ['projectId'] }]);
    const answer = await log(recruiter, { ...input, enterpriseName: '长春某某科技有限公司', idempotencyKey: 'firm' });
    const again = await log(recruiter, { ...input, enterpriseName: '长春某某科技有限公司', idempotencyKey: 'firm' });
    expect(again.data.visitLog.visit.id).toBe(answer.data.visitLog.visit.id);
    expect(await one('select e.name, v.project_id from visit v join enterprise e on e.id = v.enterprise_id where v.id = $1', [answer.data.visitLog.visit.id.slice(6)])).toEqual({ name: '长春某某科技有限公司', project_id: null });
  });
});

describe('the audit of a project', () => {
  it('is the same whether an activity or anything else changed', async () => {
    const id = await project(recruiter);
    const last = async () => (await t.owner.query(`select operation, before, after from audit_entry where entity_id = $1 order by id desc limit 1`, [id])).rows[0];
    await t.owner.query(`update project set light = 'RED', visit_count = 9 where id = $1`, [id]);
    expect(await last()).toEqual({ operation: 'UPDATE', before: { light: 'GREEN', visit_count: '0' }, after: { light: 'RED', visit_count: '9' } });
    await t.owner.query(`update project set light = 'YELLOW', site = '北区' where id = $1`, [id]);
    expect(await last()).toEqual({ operation: 'UPDATE', before: { light: 'RED', site: null }, after: { light: 'YELLOW', site: '北区' } });
    await t.owner.query(`update project set total_amount = 1.50 where id = $1`, [id]);
    expect(await last()).toEqual({ operation: 'UPDATE', before: { total_amount: null, size_class: 'UNKNOWN' }, after: { total_amount: '1.50', size_class: 'UNDER_50M' } });
    const { n } = await one<{ n: number }>('select count(*)::int as n from audit_entry where entity_id = $1', [id]);
    await t.owner.query(`update project set light = light, site = site where id = $1`, [id]);
    expect((await one<{ n: number }>('select count(*)::int as n from audit_entry where entity_id = $1', [id])).n).toBe(n);
  });

  it('moves the books whenever a column that they look at is set, whoever sets it', async () => {
    // The trigger names its columns; each that project_moved() compares has to be among them, or the source it is made from.
    const { definition, compared } = await one<{ definition: string; compared: string }>(`select pg_get_triggerdef((select oid from pg_trigger where tgname = 'project_moved')) as definition, prosrc as compared from pg_proc where proname = 'project_moved'`);
    const named = /UPDATE OF (.*?) ON/.exec(definition)![1]!.split(', ');
    const made: Record<string, string> = { industry_division: 'industry_code', source_province: 'source_region', size_class: 'total_amount' };
    const columns = new Set([...compared.matchAll(/\b(?:new|old)\.(\w+)/g)].map((m) => made[m[1]!] ?? m[1]!).filter((c) => c !== 'id' && c !== 'zone_id'));
    expect([...columns].filter((c) => !named.includes(c))).toEqual([]);
    expect(columns.size).toBeGreaterThan(10);
  });
});
