import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@yinfeng/platform';
import { codesOf, type PermitsDesk, permitsDesk } from './permits-desk.js';

let desk: PermitsDesk;
beforeAll(async () => { desk = await permitsDesk(); });
afterAll(() => desk.stop());
beforeEach(() => desk.day('2026-10-09'));

const states = async (project: string) => Object.fromEntries((await desk.permits(project)).map((p) => [p['code'], p['state']]));
/** Everything up to a step granted on one day. */
const grantUpTo = async (project: string, ...list: string[]) => { for (const code of list) expect((await desk.on(project, code, 'permitGrant')).userErrors).toEqual([]); };

describe('the list of a project', () => {
  it('is opened by the zone\'s list when the handoff is accepted: what this project needs, waiting for each other, handled by the receiver', async () => {
    const large = await desk.permits(await desk.handed({ total: '200000000', industry: 'C374', land: '100亩' }));
    expect(large.map((p) => p['code'])).toEqual(['REGISTRATION', 'FILING', 'ENVIRONMENT', 'ENERGY', 'LAND', 'LAND_PLANNING', 'WORKS_PLANNING', 'DRAWINGS', 'BUILDING_PERMIT', 'FIRE_ACCEPTANCE', 'ACCEPTANCE']);
    expect(large[0]).toMatchObject({ label: '公司注册', state: 'READY', department: { name: '项目服务中心' }, dependsOn: [], evidence: ['营业执照'], missingEvidence: ['营业执照'] });
    expect(large[8]).toMatchObject({ state: 'NOT_STARTED', allowedDays: 7, dependsOn: [{ code: 'ENVIRONMENT', done: false }, { code: 'ENERGY', done: false }, { code: 'DRAWINGS', done: false }] });
    // A rented plant: no land, no energy review; what would have waited for them waits for what they wait for.
    const small = await desk.permits(await desk.handed());
    expect(small.map((p) => p['code'])).toEqual(['REGISTRATION', 'FILING', 'ENVIRONMENT', 'BUILDING_PERMIT', 'FIRE_ACCEPTANCE', 'ACCEPTANCE']);
    expect(small[3]!['waitsFor'].map((w: { code: string }) => w.code)).toEqual(['FILING', 'ENVIRONMENT']);
  });

  it('is the zone\'s: steps, time, departments by name, and whether the handover opens it', async () => {
    const { rows: [{ value }] } = await desk.t.owner.query(`select $1::jsonb as value`, [JSON.stringify({ steps: [
      { code: 'FILING', zh: '项目备案', en: 'Filing', after: [], workingDays: 2, expressWorkingDays: 1, measured: 'DAYS', minutes: null, department: '第二服务中心', promise: true, evidence: [], gateItem: null, when: {} },
      { code: 'SAFETY', zh: '安全预评价', en: 'Safety', after: ['FILING'], workingDays: 4, expressWorkingDays: null, measured: 'DAYS', minutes: null, department: '没有的局', promise: false, evidence: [], gateItem: null, when: {} }] })]);
    await desk.policy({ ...value, openOnHandoff: false });
    const project = await desk.handed();
    expect(await desk.permits(project)).toEqual([]);
    const both = await Promise.all([1, 2].map(() => desk.act(desk.zone.service, 'permitsOpen', { projectId: project })));
    expect(both.map((b) => b.opened ?? codesOf(b)[0]![0]).sort()).toEqual([2, 'PERMITS_OPEN']);
    expect((await desk.permits(project)).map((p) => [p['label'], p['allowedDays'], p['department'].name])).toEqual([['项目备案', 2, '第二服务中心'], ['安全预评价', 4, '项目服务中心']]);
    await desk.policy({});
    // A longer list adds what is missing and leaves the rest as it was opened.
    expect((await desk.act(desk.zone.service, 'permitsOpen', { projectId: project })).opened).toBe(5);
    expect((await desk.permit(project, 'FILING'))['allowedDays']).toBe(2);
  });

  it('refuses a policy with a circle, and names it', async () => {
    const set = (steps: object[]) => desk.api.gql(desk.zone.as.SECURITY_ADMIN, 'mutation($input: PolicySetInput!) { act: policySet(input: $input) { userErrors { code path message } } }', { input: { name: 'permits', expectedVersion: 0, validFrom: '2026-10-09', value: { steps, tolerance: [], promiseWorkingDays: 30, openOnHandoff: true } } });
    const step = (code: string, after: string[]) => ({ code, zh: code, en: code, after, workingDays: 1, expressWorkingDays: null, measured: 'DAYS', minutes: null, department: null, promise: false, evidence: [], gateItem: null, when: {} });
    const circle = await set([step('AA', ['CC']), step('BB', ['AA']), step('CC', ['BB'])]);
    expect(circle.data.act.userErrors[0]).toMatchObject({ code: 'INVALID', message: expect.stringContaining('AA ← CC ← BB ← AA') });
    expect((await set([step('AA', ['ZZ'])])).data.act.userErrors[0].message).toContain('ZZ is no step');
  });

  it('takes further permits, named or of the list, and changes of what waits for what; a circle is named, and refused by the database too', async () => {
    const project = await desk.handed();
    const added = await desk.act(desk.zone.service, 'permitAdd', { projectId: project, label: '水土保持方案', after: ['FILING'], workingDays: 5 });
    expect(added.permit).toMatchObject({ code: 'OTHER_1', state: 'NOT_STARTED', allowedDays: 5, department: { name: '项目服务中心' }, waitsFor: [{ code: 'FILING' }] });
    expect((await desk.act(desk.zone.service, 'permitAdd', { projectId: project, code: 'ENERGY' })).permit).toMatchObject({ label: '节能审查', allowedDays: 15, dependsOn: [{ code: 'FILING' }] });
    expect((await desk.permit(project, 'BUILDING_PERMIT'))['dependsOn'].map((d: { code: string }) => d.code)).toEqual(['FILING', 'ENVIRONMENT', 'ENERGY']);
    expect(codesOf(await desk.act(desk.zone.service, 'permitAdd', { projectId: project, code: 'ENERGY' }))).toEqual([['PERMIT_KNOWN', 'code']]);
    expect(codesOf(await desk.act(desk.zone.service, 'permitAdd', { projectId: project }))).toEqual([['REQUIRED', 'label']]);
    expect(codesOf(await desk.act(desk.zone.service, 'permitAdd', { projectId: project, label: 'x', after: ['NONE'] }))).toEqual([['UNKNOWN_REFERENCE', 'after']]);
    const circle = await desk.on(project, 'FILING', 'permitEdit', { after: ['OTHER_1'] });
    expect(circle.userErrors[0]).toMatchObject({ code: 'PERMIT_CIRCLE', path: ['after'], message: expect.stringMatching(/立项备案.*水土保持方案|水土保持方案.*立项备案/) });
    await expect(desk.t.owner.query(`update permit set after = '{OTHER_1}' where id = $1`, [(await desk.permit(project, 'FILING'))['id'].split(':')[1]])).rejects.toMatchObject({ constraint: 'permit_circle' });
    expect((await desk.on(project, 'OTHER_1', 'permitEdit', { after: [], workingDays: 6, note: '由水务局' })).permit).toMatchObject({ state: 'READY', allowedDays: 6, note: '由水务局' });
  });

  it('passes over what is not needed, with a reason, and takes that back', async () => {
    const project = await desk.handed();
    await grantUpTo(project, 'REGISTRATION', 'FILING');
    expect(codesOf(await desk.on(project, 'ENVIRONMENT', 'permitSkip'))).toEqual([['REASON_REQUIRED', 'reason']]);
    expect((await desk.on(project, 'ENVIRONMENT', 'permitSkip', { reason: '豁免名录' })).permit).toMatchObject({ state: 'NOT_NEEDED', reason: '豁免名录' });
    expect(await states(project)).toMatchObject({ BUILDING_PERMIT: 'READY' });
    expect((await desk.on(project, 'ENVIRONMENT', 'permitReopen', { reason: '产品变更' })).permit.state).toBe('READY');
    expect(await states(project)).toMatchObject({ BUILDING_PERMIT: 'NOT_STARTED' });
    expect(codesOf(await desk.on(project, 'FILING', 'permitSkip', { reason: 'x' }))).toEqual([['PERMIT_STATE', 'permitId']]);
  });
});

describe('one permit', () => {
  it('is applied for when what it waits for is done, refused through GraphQL and by the database before', async () => {
    const project = await desk.handed();
    const early = await desk.on(project, 'FILING', 'permitApply');
    expect(early.userErrors).toEqual([{ code: 'PERMIT_WAITS', path: ['appliedOn'], message: expect.stringContaining('公司注册') }]);
    const id = (await desk.permit(project, 'FILING'))['id'].split(':')[1];
    const raw = (set: string) => desk.t.owner.query(`update permit set ${set} where id = $1`, [id]);
    await expect(raw(`state = 'APPLIED', applied_on = '2026-10-09'`)).rejects.toMatchObject({ constraint: 'permit_order' });
    await expect(raw(`state = 'APPLIED', applied_on = '2026-10-09', tolerated = '{REGISTRATION}'`)).rejects.toMatchObject({ constraint: 'permit_tolerance' });
    await expect(raw(`state = 'GRANTED', applied_on = '2026-10-09', granted_on = '2026-10-09'`)).rejects.toMatchObject({ constraint: 'permit_edges' });
    await grantUpTo(project, 'REGISTRATION');
    // Done today is not done last week.
    expect(codesOf(await desk.on(project, 'FILING', 'permitApply', { appliedOn: '2026-10-08' }))).toEqual([['PERMIT_WAITS', 'appliedOn']]);
    expect(codesOf(await desk.on(project, 'FILING', 'permitApply', { appliedOn: '2026-10-12' }))).toEqual([['DATE_IN_FUTURE', 'appliedOn']]);
    expect((await desk.on(project, 'FILING', 'permitApply')).permit).toMatchObject({ state: 'APPLIED', round: 1, appliedOn: '2026-10-09', dueOn: '2026-10-13', usedDays: 0, overdue: false });
    await expect(raw(`state = 'NOT_NEEDED'`)).rejects.toMatchObject({ constraint: 'permit_edges' });
  });

  it('has a clock that stands while more is asked for, over a worked Saturday; every act is in its story', async () => {
    const project = await desk.handed();
    await grantUpTo(project, 'REGISTRATION');
    await desk.on(project, 'FILING', 'permitApply');
    expect(await desk.due(project)).toContainEqual({ title: '立项备案', part: '', due: '2026-10-13', done: null, department: '项目服务中心' });
    desk.day('2026-10-12');
    expect(codesOf(await desk.on(project, 'FILING', 'permitSupplement'))).toEqual([['REASON_REQUIRED', 'reason']]);
    // Saturday and Monday are used; the third day is left.
    const stopped = await desk.on(project, 'FILING', 'permitSupplement', { reason: '缺股权证明' });
    expect(stopped.permit).toMatchObject({ state: 'SUPPLEMENT', stoppedOn: '2026-10-12', dueOn: null, usedDays: 2, stoppedDays: 0, overdue: false });
    expect((await desk.due(project)).filter((d) => d.title === '立项备案')).toEqual([]);
    expect(codesOf(await desk.on(project, 'FILING', 'permitGrant'))).toEqual([['PERMIT_STATE', 'permitId']]);
    desk.day('2026-10-20');
    expect(await desk.permit(project, 'FILING')).toMatchObject({ usedDays: 2, stoppedDays: 6, overdue: false });
    expect(codesOf(await desk.on(project, 'FILING', 'permitResume', { onDay: '2026-10-11' }))).toEqual([['DATE_ORDER', 'onDay']]);
    expect((await desk.on(project, 'FILING', 'permitResume', { onDay: '2026-10-19' })).permit).toMatchObject({ state: 'APPLIED', dueOn: '2026-10-20', usedDays: 3, stoppedDays: 5, overdue: false });
    desk.day('2026-10-21');
    expect(await desk.permit(project, 'FILING')).toMatchObject({ usedDays: 4, overdue: true });
    expect(codesOf(await desk.on(project, 'FILING', 'permitGrant', { grantedOn: '2026-10-16' }))).toEqual([['DATE_ORDER', 'grantedOn']]);
    const file = await desk.upload(desk.zone.service, '备案证');
    const granted = await desk.on(project, 'FILING', 'permitGrant', { grantedOn: '2026-10-20', number: '2610-220199-04-01-000001', validUntil: '2028-10-20', files: [{ fileId: file, label: '备案证' }] });
    expect(granted.permit).toMatchObject({ state: 'GRANTED', usedDays: 3, stoppedDays: 5, onTime: true, overdue: false, number: '2610-220199-04-01-000001', missingEvidence: [], files: [{ fileId: file, label: '备案证', name: '备案证.pdf' }] });
    expect((await desk.due(project)).find((d) => d.title === '立项备案')).toMatchObject({ due: '2026-10-20', done: '2026-10-20' });
    expect((await desk.api.request(desk.zone.manager, `/files/${encodeURIComponent(file)}`)).status).toBe(200);
    const { node } = (await desk.api.gql(desk.zone.manager, 'query($id: ID!) { node(id: $id) { ... on Permit { events { act fromState toState onDay reason by { name } } } } }', { id: granted.permit.id })).data;
    expect(node.events.map((e: { act: string; onDay: string }) => [e.act, e.onDay])).toEqual([['GRANTED', '2026-10-20'], ['RESUMED', '2026-10-19'], ['STOPPED', '2026-10-12'], ['APPLIED', '2026-10-09'], ['OPENED', '2026-10-09']]);
    expect(node.events[2]).toMatchObject({ fromState: 'APPLIED', toState: 'SUPPLEMENT', reason: '缺股权证明', by: { name: 'SERVICE@service' } });
    const story = await desk.api.gql(desk.zone.manager, 'query($id: ID!) { project(id: $id) { timeline(first: 20) { nodes { kind title } } } }', { id: project });
    expect(story.data.project.timeline.nodes).toEqual(expect.arrayContaining([{ kind: 'PERMIT_GRANTED', title: '手续办结：立项备案' }, { kind: 'PERMIT_APPLIED', title: '申报手续：立项备案' }]));
    const app = await desk.t.owner.connect();
    try {
      await app.query('set role yinfeng_app');
      await expect(app.query(`update permit_event set reason = 'x'`)).rejects.toMatchObject({ code: '42501' });
    } finally {
      app.release(true);
    }
  });

  it('stays late when it is stopped late, and is late at the counter by its minutes', async () => {
    const project = await desk.handed();
    await grantUpTo(project, 'REGISTRATION');
    await desk.on(project, 'FILING', 'permitApply');
    desk.day('2026-10-15');
    expect((await desk.on(project, 'FILING', 'permitSupplement', { reason: '迟' })).permit).toMatchObject({ dueOn: '2026-10-13', overdue: true });
    const other = await desk.handed();
    expect(codesOf(await desk.on(other, 'FILING', 'permitGrant', { minutes: 5 }))).toEqual([['INVALID', 'minutes']]);
    expect((await desk.on(other, 'REGISTRATION', 'permitGrant', { minutes: 41 })).permit).toMatchObject({ onTime: false, usedDays: 0, minutes: 41 });
    expect((await desk.on(other, 'REGISTRATION', 'permitReopen', { reason: '填错' })).permit).toMatchObject({ state: 'APPLIED', minutes: null, onTime: null });
    expect((await desk.on(other, 'REGISTRATION', 'permitGrant', { minutes: 40 })).permit.onTime).toBe(true);
  });

  it('is refused with a reason and applied for again; steps are taken back from the end, nothing from under what stands on it', async () => {
    const project = await desk.handed();
    await grantUpTo(project, 'REGISTRATION');
    await desk.on(project, 'FILING', 'permitApply');
    expect(codesOf(await desk.on(project, 'FILING', 'permitRefuse'))).toEqual([['REASON_REQUIRED', 'reason']]);
    expect((await desk.on(project, 'FILING', 'permitRefuse', { reason: '不属备案范围' })).permit).toMatchObject({ state: 'REFUSED', refusedOn: '2026-10-09' });
    desk.day('2026-10-13');
    expect((await desk.on(project, 'FILING', 'permitApply')).permit).toMatchObject({ state: 'APPLIED', round: 2, appliedOn: '2026-10-13', dueOn: '2026-10-16', refusedOn: null });
    expect(codesOf(await desk.on(project, 'REGISTRATION', 'permitReopen', { reason: '填错' }))).toEqual([['PERMIT_STANDS', 'permitId']]);
    await expect(desk.t.owner.query(`update permit set state = 'APPLIED', granted_on = null where id = $1`, [(await desk.permit(project, 'REGISTRATION'))['id'].split(':')[1]])).rejects.toMatchObject({ constraint: 'permit_stands' });
    await grantUpTo(project, 'FILING');
    for (const state of ['APPLIED', 'READY']) expect((await desk.on(project, 'FILING', 'permitReopen', { reason: '登记有误' })).permit.state).toBe(state);
    expect(codesOf(await desk.on(project, 'FILING', 'permitReopen', { reason: '再撤' }))).toEqual([['PERMIT_STATE', 'permitId']]);
    expect((await desk.permit(project, 'FILING'))).toMatchObject({ appliedOn: null, dueOn: null });
    expect((await desk.on(project, 'REGISTRATION', 'permitReopen', { reason: '填错' })).permit.state).toBe('APPLIED');
    expect(codesOf(await desk.on(project, 'REGISTRATION', 'permitReopen'))).toEqual([['REASON_REQUIRED', 'reason']]);
  });

  it('counts for the gate while its grant stands', async () => {
    const project = await desk.handed();
    await desk.t.owner.query(`insert into gate_item (zone_id, to_stage, item, kind, label_zh, label_en) values ($1, 'STARTED', 'constructionPermit', 'EVIDENCE', '施工许可证', 'construction permit') on conflict do nothing`, [desk.zone.id]);
    await grantUpTo(project, 'REGISTRATION', 'FILING', 'ENVIRONMENT');
    const met = async () => (await desk.api.gql(desk.zone.service, 'query($id: ID!) { project(id: $id) { gate(stage: STARTED) { item met } } }', { id: project })).data.project.gate.find((g: { item: string }) => g.item === 'constructionPermit').met;
    await desk.on(project, 'BUILDING_PERMIT', 'permitApply', { files: [{ fileId: await desk.upload(desk.zone.service, '申请表') }] });
    expect(await met()).toBe(false);
    expect(codesOf(await desk.on(project, 'BUILDING_PERMIT', 'permitGrant', { files: [{ fileId: await desk.upload(desk.zone.recruiter, '别人的') }] }))).toEqual([['UNKNOWN_REFERENCE', 'files.0.fileId']]);
    await desk.on(project, 'BUILDING_PERMIT', 'permitGrant', { files: [{ fileId: await desk.upload(desk.zone.service, '施工许可证'), label: '施工许可证' }] });
    expect(await met()).toBe(true);
    await desk.on(project, 'BUILDING_PERMIT', 'permitReopen', { reason: '证号有误' });
    expect(await met()).toBe(false);
  });
});

describe('express lane and promises', () => {
  it('绿色通道 shortens the clock, there and back', async () => {
    const project = await desk.handed();
    await grantUpTo(project, 'REGISTRATION', 'FILING');
    expect((await desk.on(project, 'ENVIRONMENT', 'permitApply', { express: true, joint: true })).permit).toMatchObject({ express: true, joint: true, allowedDays: 10, dueOn: '2026-10-22' });
    expect((await desk.on(project, 'ENVIRONMENT', 'permitEdit', { express: false })).permit).toMatchObject({ allowedDays: 20, dueOn: '2026-11-05' });
  });

  it('容缺受理 takes an application early on the express lane or a promise, on record; the grant waits all the same, unless promised', async () => {
    const project = await desk.handed();
    await grantUpTo(project, 'REGISTRATION');
    const tolerant = { tolerate: true };
    expect(codesOf(await desk.on(project, 'ENVIRONMENT', 'permitApply', tolerant))).toEqual([['PERMIT_WAITS', 'appliedOn']]);
    expect((await desk.on(project, 'ENVIRONMENT', 'permitApply', { express: true })).userErrors[0].message).toContain('容缺受理');
    expect((await desk.on(project, 'ENVIRONMENT', 'permitApply', { ...tolerant, express: true })).permit).toMatchObject({ state: 'APPLIED', tolerated: [{ code: 'FILING' }], waitsFor: [{ code: 'FILING' }] });
    expect(codesOf(await desk.on(project, 'ENVIRONMENT', 'permitGrant'))).toEqual([['PERMIT_WAITS', 'grantedOn']]);
    expect(codesOf(await desk.on(project, 'ENVIRONMENT', 'permitEdit', { express: false }))).toEqual([['INVALID', 'express']]);
    await grantUpTo(project, 'FILING');
    await grantUpTo(project, 'ENVIRONMENT');
    const promised = await desk.handed();
    await grantUpTo(promised, 'REGISTRATION');
    await desk.on(promised, 'ENVIRONMENT', 'permitApply', { ...tolerant, promise: { content: '备案后补交' } });
    expect((await desk.on(promised, 'ENVIRONMENT', 'permitGrant')).permit.state).toBe('GRANTED');
    await desk.policy({ tolerance: [] });
    const strict = await desk.handed();
    await grantUpTo(strict, 'REGISTRATION');
    expect(codesOf(await desk.on(strict, 'ENVIRONMENT', 'permitApply', { ...tolerant, express: true }))).toEqual([['PERMIT_WAITS', 'appliedOn']]);
    await desk.policy({});
  });

  it('告知承诺 is granted at once and followed up by its day, overdue after it', async () => {
    const project = await desk.handed();
    await grantUpTo(project, 'REGISTRATION');
    const promise = { content: '一个月内补交环评登记表' };
    expect(codesOf(await desk.on(project, 'FIRE_ACCEPTANCE', 'permitApply', { promise }))).toEqual([['PERMIT_PROMISE_NOT', 'promise']]);
    expect(codesOf(await desk.on(project, 'FILING', 'permitApply', { promise: { content: ' ' } }))).toEqual([['REQUIRED', 'promise.content']]);
    expect((await desk.on(project, 'FILING', 'permitApply', { promise })).permit).toMatchObject({ promise: promise.content, promiseDueOn: '2026-11-19' });
    await desk.on(project, 'FILING', 'permitGrant');
    expect((await desk.due(project)).find((d) => d.part === 'PROMISE')).toMatchObject({ title: '立项备案：一个月内补交环评登记表', due: '2026-11-19', done: null });
    const overdue = async () => (await desk.api.gql(desk.zone.manager, 'query($f: PermitFilter) { permits(filter: $f) { totalCount nodes { code promiseOverdue overdue } } }', { f: { projectId: project, overdue: true } })).data.permits;
    desk.day('2026-11-19');
    expect((await overdue()).totalCount).toBe(0);
    desk.day('2026-11-20');
    expect(await overdue()).toEqual({ totalCount: 1, nodes: [{ code: 'FILING', promiseOverdue: true, overdue: false }] });
    const due = await desk.api.gql(desk.zone.manager, 'query($id: ID!) { deadlines(filter: { projectId: $id, overdue: true }) { nodes { kind part title } } }', { id: project });
    expect(due.data.deadlines.nodes).toContainEqual({ kind: 'PERMIT', part: 'PROMISE', title: '立项备案：一个月内补交环评登记表' });
    expect((await desk.on(project, 'FILING', 'permitPromiseKeep', { keptOn: '2026-11-18' })).permit).toMatchObject({ promiseKeptOn: '2026-11-18', promiseOverdue: false });
    expect(codesOf(await desk.on(project, 'FILING', 'permitPromiseKeep'))).toEqual([['PERMIT_PROMISE_NOT', 'permitId']]);
    expect((await desk.on(project, 'FILING', 'permitReopen', { reason: '材料不全' })).permit).toMatchObject({ state: 'GRANTED', promiseKeptOn: null, promiseOverdue: true });
  });
});

describe('who acts on a permit', () => {
  it('is the team of the project on all, the department that handles it on its own; whose people see that project and no other', async () => {
    const { zone } = desk;
    const project = await desk.handed();
    const elsewhere = await desk.handed();
    const sees = async (id: string) => (await desk.api.gql(zone.otherService, 'query($id: ID!) { project(id: $id) { id } }', { id })).data?.project != null;
    expect(await sees(project)).toBe(false);
    const id = (await desk.permit(project, 'FILING'))['id'];
    expect(await desk.refused(zone.otherService, 'permitApply', { permitId: id, expectedVersion: 1 })).toBe('NOT_FOUND');
    const named = await desk.on(project, 'FILING', 'permitEdit', { departmentId: `Department:${zone.otherServiceId}`, staffId: `Staff:${zone.otherService.staffId}` });
    expect(named.permit).toMatchObject({ department: { name: '第二服务中心' }, assignee: { name: '二中心专员' } });
    expect([await sees(project), await sees(elsewhere)]).toEqual([true, false]);
    expect((await desk.permits(project, zone.otherService)).length).toBe(6);
    expect((await desk.on(project, 'REGISTRATION', 'permitApply', {}, zone.otherService)).userErrors).toEqual([{ code: 'PERMIT_OTHERS', path: ['permitId'], message: expect.stringContaining('项目服务中心') }]);
    await grantUpTo(project, 'REGISTRATION');
    expect(codesOf(await desk.on(project, 'FILING', 'permitEdit', { workingDays: 30 }, zone.otherService))).toEqual([['PERMIT_TEAM', null]]);
    expect(codesOf(await desk.on(project, 'FILING', 'permitSkip', { reason: 'x' }, zone.otherService))).toEqual([['PERMIT_TEAM', null]]);
    expect(codesOf(await desk.act(zone.otherService, 'permitAdd', { projectId: project, label: 'x' }))).toEqual([['PERMIT_TEAM', null]]);
    expect(codesOf(await desk.act(zone.otherService, 'permitsOpen', { projectId: project }))).toEqual([['PERMIT_TEAM', null]]);
    expect((await desk.on(project, 'FILING', 'permitApply', {}, zone.otherService)).permit.state).toBe('APPLIED');
    expect((await desk.on(project, 'FILING', 'permitGrant', {}, zone.serviceBelow)).permit.state).toBe('GRANTED');
    expect(codesOf(await desk.on(project, 'ENVIRONMENT', 'permitEdit', { staffId: `Staff:${zone.otherService.staffId}` }))).toEqual([['INVALID', 'staffId']]);
    expect(codesOf(await desk.on(project, 'ENVIRONMENT', 'permitEdit', { departmentId: `Department:${newId()}` }))).toEqual([['UNKNOWN_REFERENCE', 'departmentId']]);
    for (const who of [zone.recruiter, zone.manager, zone.as.LEADER]) expect(await desk.refused(who, 'permitApply', { permitId: id, expectedVersion: 3 })).toBe('FORBIDDEN');
    expect((await desk.permits(project, zone.recruiter)).length).toBe(6);
    expect(await desk.refused(zone.as.AGENT, 'permitsOpen', { projectId: project })).toBe('FORBIDDEN');
    expect((await desk.api.gql(zone.as.AGENT, '{ permits { totalCount } }')).errors[0].extensions.code).toBe('FORBIDDEN');
    expect((await desk.api.gql(zone.stranger, '{ permits { totalCount } }')).data.permits.totalCount).toBe(0);
  });

  it('wins once: of two grants at once one, the same key gives the first result, a project that rests waits', async () => {
    const { zone } = desk;
    const project = await desk.handed();
    const { id, version } = await desk.permit(project, 'REGISTRATION');
    const input = { permitId: id, expectedVersion: version, number: '1' };
    const both = await Promise.all([desk.act(zone.service, 'permitGrant', input), desk.act(zone.serviceBelow, 'permitGrant', { ...input, number: '2' })]);
    expect(both.map((b) => codesOf(b)[0]?.[0] ?? 'DONE').sort()).toEqual(['CONFLICT', 'DONE']);
    expect(both[0].permit.number).toBe(both[1].permit.number);
    const keyed = { permitId: (await desk.permit(project, 'FILING'))['id'], expectedVersion: 1, idempotencyKey: 'k' };
    expect(await desk.act(zone.service, 'permitApply', keyed)).toEqual(await desk.act(zone.service, 'permitApply', keyed));
    await desk.t.owner.query(`update project set status = 'SUSPENDED', state_at = now() where id = $1`, [project.split(':')[1]]);
    expect(codesOf(await desk.on(project, 'FILING', 'permitGrant'))).toEqual([['STATUS_NOT_ACTIVE', null]]);
  });
});
