import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { installDefaults } from '@yinfeng/directory';
import { type Actor, newId, systemActor } from '@yinfeng/platform';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let t: TestDatabase;
let api: TestApi;
let zone: TestZone;
let me: Actor;
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
  api.clock.pin(t.clock.pinned());
  zone = await makeZone(t.owner);
  await t.db.tx(systemActor(zone.id, 'spec'), (tx) => installDefaults(tx, zone.id));
  me = zone.as.RECRUITER;
});

const errors = 'userErrors { code path message }';
const VISIT = '{ id version project { id } batches headcount newBatches newPersons resultKind leaderLevel nextFollowUpOn files { id name } suggestedProjects { id } }';
const DELEGATION = '{ id version name state members { id } visits { totalCount nodes { id } } counts { visits batches persons leaderLed } leads { id } signings { id } }';
const act = (name: string, type: string, record: string, shape: string) => async (who: Actor, input: object) => {
  const answer = await api.gql(who, `mutation($input: ${type}!) { act: ${name}(input: $input) { ${record} ${shape} ${errors} } }`, { input });
  return answer.errors ? { error: answer.errors[0].extensions.code } : answer.data.act;
};
const log = act('visitLog', 'VisitLogInput', 'visit', VISIT);
const bindTo = act('visitBind', 'VisitBindInput', 'visit', VISIT);
const unbind = act('visitUnbind', 'VisitUnbindInput', 'visit', VISIT);
const edit = act('visitEdit', 'VisitEditInput', 'visit', VISIT);
const open = act('delegationCreate', 'DelegationCreateInput', 'delegation', DELEGATION);
const change = act('delegationEdit', 'DelegationEditInput', 'delegation', DELEGATION);
const yields = act('eventYieldAdd', 'EventYieldInput', 'delegation', DELEGATION);
const unyield = act('eventYieldRemove', 'EventYieldInput', 'delegation', DELEGATION);
let count = 0;
async function project(owner: Actor, firm?: string): Promise<string> {
  const id = newId();
  await t.owner.query(`insert into project (id, zone_id, code, name, folded_name, core_name, stage, owner_id, department_id, created_at, last_activity_on) values ($1, $2, $3, $3, $3, $3, 'NEGOTIATING', $4, $5, '2026-06-01', '2026-06-01')`, [id, zone.id, `VD-${++count}`, owner.staffId, owner.departmentIds[0]]);
  if (firm) {
    const { rows: [e] } = await t.owner.query<{ id: string }>(`insert into enterprise (zone_id, name, folded_name, core_name) values ($1, $2, $2, $2) returning id`, [zone.id, firm]);
    await t.owner.query(`insert into project_enterprise (zone_id, project_id, enterprise_id) values ($1, $2, $3)`, [zone.id, id, e!.id]);
  }
  return `Project:${id}`;
}
const read = async (id: string) => (await api.gql(zone.as.LEADER, 'query($id: ID!) { project(id: $id) { visitCount nextFollowUpAt nextStep lastActivityOn lastVisit { id } version } }', { id })).data.project;
const visit = (more: object = {}) => ({ direction: 'OUTBOUND', visitedOn: '2026-06-12', content: '洽谈合作', ...more });
async function photo(who: Actor, name = '现场'): Promise<string> {
  const form = new FormData();
  form.set('file', new Blob([`%PDF-1.4\n${name}${randomUUID()}\n%%EOF\n`], { type: 'application/pdf' }), `${name}.pdf`);
  return ((await (await api.request(who, '/files', { method: 'POST', body: form })).json()) as { id: string }).id;
}

describe('a visit', () => {
  it('tells batches, people, kind of result and files; files go to whoever sees the visit', async () => {
    const projectId = await project(me);
    const fileIds = [await photo(me), await photo(me)];
    const done = await log(me, visit({ projectId, batches: 2, headcount: 9, newBatches: 1, newPersons: 4, resultKind: 'SIGNING', leaderLevel: '一把手', fileIds: [...fileIds, fileIds[0]] }));
    expect(done).toMatchObject({ userErrors: [], visit: { batches: 2, headcount: 9, newBatches: 1, newPersons: 4, resultKind: 'SIGNING' } });
    expect(done.visit.files.map((f: { id: string }) => f.id).sort()).toEqual([...fileIds].sort());
    const get = async (who: Actor) => (await api.request(who, `/files/${fileIds[0]}`)).status;
    expect([await get(me), await get(zone.as.MANAGER), await get(zone.stranger), await get((await makeZone(t.owner)).as.LEADER)]).toEqual([200, 200, 404, 404]);
  });

  it('refuses what cannot be, and then keeps nothing', async () => {
    const projectId = await project(me);
    const wrong = async (more: object) => (await log(me, visit({ projectId, ...more }))).userErrors[0];
    expect(await wrong({ batches: 1, newBatches: 2 })).toMatchObject({ code: 'INVALID', path: ['newBatches'] });
    expect(await wrong({ resultKind: 'NONSENSE' })).toMatchObject({ code: 'INVALID', path: ['resultKind'], message: expect.stringContaining('推进签约') });
    expect(await wrong({ fileIds: [await photo(zone.stranger)] })).toMatchObject({ code: 'UNKNOWN_REFERENCE', path: ['fileIds'] });
    expect(await wrong({ delegationId: `Delegation:${newId()}` })).toMatchObject({ code: 'UNKNOWN_REFERENCE', path: ['delegationId'] });
    expect(await wrong({ batches: 0 })).toMatchObject({ path: ['batches'] });
    expect((await t.owner.query('select 1 from visit')).rowCount).toBe(0);
    expect((await read(projectId)).visitCount).toBe(0);
  });

  it('twenty with photos, sent twice by a phone that lost the answers, arrive once each', async () => {
    const projectId = await project(me);
    const inputs = await Promise.all(Array.from({ length: 20 }, async (_, i) => visit({ projectId, id: randomUUID(), idempotencyKey: `phone-${i}`, content: `第${i}次`, fileIds: [await photo(me, `照片${i}`)] })));
    await Promise.all([...inputs, ...inputs].map((input) => log(me, input)));
    await Promise.all(inputs.map((input) => log(me, { ...input, idempotencyKey: undefined })));
    expect((await t.owner.query<{ v: number; f: number }>('select (select count(*)::int from visit) as v, (select count(*)::int from visit_file) as f')).rows[0]).toEqual({ v: 20, f: 20 });
    expect((await read(projectId)).visitCount).toBe(20);
  });
});

describe('a visit without a project', () => {
  it('finds its projects by the firm, is bound later, and the project follows as if it had been logged there', async () => {
    const projectId = await project(me, '长春北斗导航');
    const hidden = await project(zone.stranger);
    await t.owner.query(`insert into project_enterprise (zone_id, project_id, enterprise_id) select zone_id, $1, enterprise_id from project_enterprise limit 1`, [hidden.slice(8)]);
    const { visit: logged } = await log(me, visit({ enterpriseName: '长春北斗导航', nextFollowUpOn: '2026-06-18', nextStep: '寄样品' }));
    expect(logged).toMatchObject({ project: null, suggestedProjects: [{ id: projectId }] });
    expect((await bindTo(me, { visitId: logged.id, projectId: hidden, expectedVersion: 1 })).error).toBe('NOT_FOUND');
    expect((await bindTo(me, { visitId: logged.id, projectId, expectedVersion: 7 })).userErrors[0].code).toBe('CONFLICT');
    const bound = await bindTo(me, { visitId: logged.id, projectId, expectedVersion: 1 });
    expect(bound).toMatchObject({ userErrors: [], visit: { project: { id: projectId }, version: 2 } });
    expect(await read(projectId)).toMatchObject({ visitCount: 1, nextFollowUpAt: '2026-06-18', nextStep: '寄样品', lastActivityOn: '2026-06-12', lastVisit: { id: logged.id } });
    expect((await t.owner.query(`select 1 from reminder where kind = 'FOLLOW_UP' and state = 'PLANNED' and due_on = '2026-06-18'`)).rowCount).toBe(1);
    expect((await bindTo(me, { visitId: logged.id, projectId, expectedVersion: 2 })).userErrors[0].code).toBe('VISIT_BOUND');
    const back = await unbind(me, { visitId: logged.id, expectedVersion: 2 });
    expect(back).toMatchObject({ userErrors: [], visit: { project: null } });
    expect(await read(projectId)).toMatchObject({ visitCount: 0, lastVisit: null });
  });

  it('of two who bind it at once to two projects, one wins', async () => {
    const [a, b] = [await project(me), await project(me)];
    const { visit: logged } = await log(me, visit({ enterpriseName: '甲公司' }));
    const both = await Promise.all([a, b].map((projectId) => bindTo(me, { visitId: logged.id, projectId, expectedVersion: 1 })));
    expect(both.map((r) => r.userErrors[0]?.code ?? 'ok').sort()).toEqual(['VISIT_BOUND', 'ok']);
    expect([(await read(a)).visitCount, (await read(b)).visitCount].sort()).toEqual([0, 1]);
  });

  it('is nobody else\'s to bind', async () => {
    const { visit: logged } = await log(me, visit({ enterpriseName: '甲公司' }));
    expect((await bindTo(zone.stranger, { visitId: logged.id, projectId: await project(zone.stranger), expectedVersion: 1 })).error).toBe('NOT_FOUND');
  });
});

describe('an edit', () => {
  it('puts one\'s own visit right while it is fresh; the project follows and the audit keeps both', async () => {
    const projectId = await project(me);
    const { visit: logged } = await log(me, visit({ projectId, nextFollowUpOn: '2026-06-18', nextStep: '看地块' }));
    const done = await edit(me, { visitId: logged.id, expectedVersion: 1, nextFollowUpOn: '2026-06-22', nextStep: '签框架', headcount: 5, met: [{ name: '周总' }] });
    expect(done).toMatchObject({ userErrors: [], visit: { version: 2, headcount: 5, nextFollowUpOn: '2026-06-22' } });
    expect(await read(projectId)).toMatchObject({ visitCount: 1, nextFollowUpAt: '2026-06-22', nextStep: '签框架' });
    expect((await t.owner.query<{ d: string }>(`select due_on::text as d from reminder where kind = 'FOLLOW_UP' and state = 'PLANNED'`)).rows).toEqual([{ d: '2026-06-22' }]);
    expect((await t.owner.query(`select 1 from audit_entry where entity = 'visit' and operation = 'UPDATE' and entity_id = $1`, [logged.id.slice(6)])).rowCount).toBe(1);
    expect((await edit(me, { visitId: logged.id, expectedVersion: 1, content: '晚了' })).userErrors[0].code).toBe('CONFLICT');
    expect((await edit(me, { visitId: logged.id, expectedVersion: 2, nextFollowUpOn: '2026-06-01' })).userErrors[0]).toMatchObject({ code: 'DATE_ORDER', path: ['nextFollowUpOn'] });
    expect((await edit(zone.as.MANAGER, { visitId: logged.id, expectedVersion: 2, content: '我改' })).error).toBe('FORBIDDEN');
    expect((await edit(zone.stranger, { visitId: logged.id, expectedVersion: 2, content: '我改' })).error).toBe('NOT_FOUND');
    api.clock.pin(new Date('2026-06-23T09:00:00+08:00'));
    expect((await edit(me, { visitId: logged.id, expectedVersion: 2, content: '太迟' })).userErrors[0]).toMatchObject({ code: 'VISIT_EDIT_LATE', message: expect.stringContaining('2026-06-22') });
  });
});

describe('figures', () => {
  it('count batches, people, new ones and who led, apart by direction; each equals its list, for every role', async () => {
    const mine = await project(me);
    const theirs = await project(zone.stranger);
    await log(me, visit({ projectId: mine, batches: 3, headcount: 10, newBatches: 1, newPersons: 2, leaderLevel: '一把手', resultKind: 'LEAD' }));
    await log(me, visit({ projectId: mine, direction: 'INBOUND', met: [{ name: '甲' }, { name: '乙' }], leaderLevel: 'STAFF' }));
    await log(zone.stranger, visit({ projectId: theirs, direction: 'INBOUND', headcount: 4, leaderLevel: '副市长' }));
    const figures = async (who: Actor, by: string, filter = {}) => (await api.gql(who, 'query($f: VisitFilter, $by: VisitDimension) { visitFigures(filter: $f, by: $by) { total { visits batches persons newBatches newPersons leaderLed projects } rows { key label visits batches persons leaderLed } } visits(filter: $f) { totalCount } }', { f: filter, by })).data;
    const all = await figures(zone.as.LEADER, 'DIRECTION');
    expect(all.visitFigures.total).toEqual({ visits: 3, batches: 5, persons: 16, newBatches: 1, newPersons: 2, leaderLed: 2, projects: 2 });
    expect(all.visitFigures.rows).toEqual([{ key: 'INBOUND', label: '来访接待', visits: 2, batches: 2, persons: 6, leaderLed: 1 }, { key: 'OUTBOUND', label: '外出招商', visits: 1, batches: 3, persons: 10, leaderLed: 1 }]);
    expect((await figures(zone.as.LEADER, 'LEADER_LEVEL')).visitFigures.rows.map((r: { key: string }) => r.key).sort()).toEqual(['DEPUTY', 'HEAD', 'STAFF']);
    for (const who of [me, zone.stranger, zone.as.MANAGER, zone.as.LEADER]) {
      for (const filter of [{}, { leaderLed: true }, { leaderLed: false }, { leaderLevels: ['HEAD'] }, { resultKinds: ['LEAD'] }, { directions: ['INBOUND'] }, { from: '2026-06-12', to: '2026-06-12' }]) {
        const answer = await figures(who, 'STAFF', filter);
        expect([who.role, filter, answer.visitFigures.total.visits]).toEqual([who.role, filter, answer.visits.totalCount]);
        expect(answer.visitFigures.rows.reduce((n: number, r: { visits: number }) => n + r.visits, 0)).toBe(answer.visits.totalCount);
      }
    }
    expect((await figures(me, 'STAFF')).visitFigures.total.visits).toBe(2);
    expect((await api.gql(zone.as.SYSTEM_ADMIN, '{ visitFigures { total { visits } } }')).errors[0].extensions.code).toBe('FORBIDDEN');
  });
});

describe('a delegation', () => {
  const trip = { kind: 'TRIP', name: '赴长三角招商', fromOn: '2026-06-10', toOn: '2026-06-14', places: ['上海', '苏州'], leaderLevel: '一把手' };

  it('gathers its visits and what they come to; closed, it takes no more; open again, it does', async () => {
    const opened = await open(me, { ...trip, memberIds: [`Staff:${zone.stranger.staffId}`], idempotencyKey: 'trip' });
    expect(opened).toMatchObject({ userErrors: [], delegation: { state: 'OPEN', visits: { totalCount: 0 } } });
    expect((await open(me, { ...trip, memberIds: [`Staff:${zone.stranger.staffId}`], idempotencyKey: 'trip' })).delegation.id).toBe(opened.delegation.id);
    const delegationId = opened.delegation.id;
    const projectId = await project(me);
    await log(me, visit({ projectId, delegationId, headcount: 3, leaderLevel: '一把手' }));
    await log(zone.stranger, visit({ enterpriseName: '苏州某公司', delegationId, headcount: 2 }));
    const closed = await change(me, { delegationId, expectedVersion: 1, closed: true, result: '签约意向 2 个' });
    expect(closed).toMatchObject({ userErrors: [], delegation: { state: 'CLOSED' } });
    expect((await log(me, visit({ projectId, delegationId }))).userErrors[0]).toMatchObject({ code: 'UNKNOWN_REFERENCE', path: ['delegationId'] });
    expect((await change(me, { delegationId, expectedVersion: 2, closed: false })).delegation.state).toBe('OPEN');
    const { data } = await api.gql(zone.as.LEADER, `query($id: ID!) { node(id: $id) { ... on Delegation ${DELEGATION} } }`, { id: delegationId });
    expect(data.node).toMatchObject({ visits: { totalCount: 2 }, counts: { visits: 2, batches: 2, persons: 5, leaderLed: 1 }, members: expect.arrayContaining([{ id: `Staff:${zone.stranger.staffId}` }]) });
  });

  it('is seen by whoever goes along, by heads of its unit and by leaders; changed by those alone', async () => {
    const { delegation } = await open(me, { ...trip, memberIds: [`Staff:${zone.stranger.staffId}`] });
    const sees = async (who: Actor) => (await api.gql(who, '{ delegations { totalCount } }')).data?.delegations.totalCount;
    expect([await sees(me), await sees(zone.stranger), await sees(zone.as.MANAGER), await sees(zone.as.LEADER), await sees(zone.colleague), await sees(zone.as.AGENT)]).toEqual([1, 1, 1, 1, 0, 0]);
    expect((await change(zone.colleague, { delegationId: delegation.id, expectedVersion: 1, name: '改名' })).error).toBe('NOT_FOUND');
    expect((await change(zone.stranger, { delegationId: delegation.id, expectedVersion: 1, name: '改名' })).delegation.name).toBe('改名');
    expect((await open(zone.as.SERVICE, trip)).error).toBe('FORBIDDEN');
    expect((await open(me, { ...trip, toOn: '2026-06-09' })).userErrors[0]).toMatchObject({ code: 'DATE_ORDER', path: ['toOn'] });
    expect((await open(me, { ...trip, memberIds: [`Staff:${(await makeZone(t.owner)).as.LEADER.staffId}`] })).userErrors[0]).toMatchObject({ code: 'UNKNOWN_REFERENCE', path: ['memberIds'] });
  });

  it('that is an event counts leads and signings that no other event counts', async () => {
    const event = { kind: 'EVENT', name: '东北亚博览会', fromOn: '2026-06-10', toOn: '2026-06-14' };
    const [a, b] = [(await open(me, event)).delegation.id, (await open(me, { ...event, name: '推介会' })).delegation.id];
    const projectId = await project(me);
    const both = await Promise.all([a, b].map((delegationId) => yields(me, { delegationId, projectId })));
    expect(both.map((r) => r.userErrors[0]?.code ?? 'ok').sort()).toEqual(['YIELD_TAKEN', 'ok']);
    const winner = both[0].userErrors.length ? b : a;
    expect((await unyield(me, { delegationId: winner, projectId })).delegation.leads).toEqual([]);
    expect((await yields(me, { delegationId: winner === a ? b : a, projectId })).delegation.leads).toEqual([{ id: projectId }]);
    const { rows: [signing] } = await t.owner.query<{ id: string }>(`insert into signing (zone_id, project_id, kind, signed_on, party_name, recorded_by) values ($1, $2, 'FRAMEWORK', '2026-06-12', '甲方', $3) returning id`, [zone.id, projectId.slice(8), me.staffId]);
    expect((await yields(me, { delegationId: a, signingId: `Signing:${signing!.id}` })).delegation.signings).toEqual([{ id: `Signing:${signing!.id}` }]);
    expect((await yields(me, { delegationId: a })).userErrors[0]).toMatchObject({ code: 'INVALID', path: ['projectId'] });
    expect((await yields(me, { delegationId: a, projectId: await project(zone.stranger) })).error).toBe('NOT_FOUND');
    const tripId = (await open(me, trip)).delegation.id;
    expect((await yields(me, { delegationId: tripId, projectId })).userErrors[0]).toMatchObject({ code: 'INVALID', path: ['delegationId'] });
  });
});
