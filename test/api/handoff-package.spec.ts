import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Actor } from '@yinfeng/platform';
import { codes, type DealDesk, dealDesk } from './deal-desk.js';

let desk: DealDesk;
let centre: string;
let service: Actor;
beforeAll(async () => {
  desk = await dealDesk();
  centre = `Department:${desk.zone.departments.service}`;
  service = desk.zone.as.SERVICE;
});
afterAll(() => desk.stop());
beforeEach(() => desk.api.clock.pin(new Date('2026-06-15T10:00:00+08:00')));

const ITEMS = 'checklist { id code item required source done note content entries { id text open } files { name } onRecord state returnReason previousReason carried decidedBy { name } }';
const HANDOFF = `handoff { id version attempt state dueOn resubmitDueOn returnReason attempts { attempt state } ${ITEMS} }`;
type Item = { id: string; code: string; state: string; carried: boolean; entries: { id: string; text: string }[] } & Record<string, unknown>;
const at = (day: string) => desk.api.clock.pin(new Date(`${day}T10:00:00+08:00`));
const uuid = (id: string) => id.split(':')[1]!;
const submit = (projectId: string, input: object = {}, who = desk.recruiter) => desk.act(who, 'handoffSubmit', { projectId, toDepartmentId: centre, ...input }, HANDOFF);
const act = (name: string, handoff: { id: string; version: number }, input: object = {}, who = service) => desk.act(who, name, { handoffId: handoff.id, expectedVersion: handoff.version, ...input }, HANDOFF);
const decide = (itemId: string, expectedVersion: number, state: string, reason?: string, who = service) => desk.act(who, 'handoffItemDecide', { itemId, expectedVersion, state, reason }, HANDOFF);
const of = (handoff: { checklist: Item[] }, code: string) => handoff.checklist.find((i) => i.code === code)!;
const states = (handoff: { checklist: Item[] }) => Object.fromEntries(handoff.checklist.map((i) => [i.code, i.carried ? 'CARRIED' : i.state]));
const deadlines = async (projectId: string) => (await desk.t.owner.query(`select kind, part, due_on::text as due, department_id as unit, staff_id as who, done_on::text as done from deadline where project_id = $1 and kind like 'HANDOFF%' order by kind, due_on, part`, [uuid(projectId)])).rows;
const reminders = async (projectId: string, kind: string) => (await desk.t.owner.query('select recipient_id as who, state from reminder where project_id = $1 and kind = $2 order by state, recipient_id', [uuid(projectId), kind])).rows;

/** Signed over the API, with an agreement, a promise of each side, a contact and needs on record. */
async function signed(values: { name?: string } = {}): Promise<string> {
  const id = await desk.project({ total: '90000000', fixed: '50000000', landNeed: '工业用地 60 亩', ...values });
  await desk.t.owner.query(`update project set energy_need = '年用电 800 万千瓦时' where id = $1`, [uuid(id)]);
  await desk.act(desk.recruiter, 'contactCreate', { projectId: id, name: '周明', title: '总经理', phones: ['13800001234'] });
  await desk.act(desk.recruiter, 'commitmentAdd', { projectId: id, side: 'ZONE', kind: 'LAND', content: '供应工业用地 60 亩', dueOn: '2026-07-30' });
  await desk.act(desk.recruiter, 'commitmentAdd', { projectId: id, side: 'INVESTOR', kind: 'START', content: '九月底前开工', dueOn: '2026-06-18' });
  await desk.act(desk.recruiter, 'signingRecord', { projectId: id, kind: 'CONTRACT', signedOn: '2026-06-12', title: '投资协议', partyName: '甲公司', agreementFileIds: [await desk.upload(desk.recruiter, '投资协议')] });
  const { request } = await desk.act(desk.recruiter, 'stageRequest', { projectId: id, expectedVersion: await desk.version(id), toStage: 'SIGNED', eventOn: '2026-06-12' }, 'request { id }');
  expect((await desk.act(desk.manager, 'stageApprove', { requestId: request.id, expectedVersion: await desk.version(id) }, 'project { stage }')).project.stage).toBe('SIGNED');
  return id;
}

describe('from negotiation to construction', () => {
  it('is returned thing by thing with reasons, comes back with its clock, is accepted, and what is open moves over', async () => {
    const id = await signed({ name: '精密铸造项目' });
    await desk.act(desk.recruiter, 'projectEdit', { projectId: id, expectedVersion: await desk.version(id), nextFollowUpOn: '2026-06-22' });
    expect(await deadlines(id)).toEqual([{ kind: 'HANDOFF_MISSING', part: '', due: '2026-06-30', unit: null, who: null, done: null }]);

    const call = (await desk.act(desk.recruiter, 'serviceCallRaise', { projectId: id, type: 'LAND', title: '两户未拆迁', content: '影响九月开工' }, 'serviceCall { id number leadDepartment { id } }')).serviceCall;
    expect(call.leadDepartment.id).not.toBe(centre);

    // The records say what is handed over; the submitter adds what only people know.
    const first = (await submit(id, { checklist: [{ code: 'problems', note: '土地尚有两户未拆迁' }], note: '九月开工' })).handoff;
    expect(first).toMatchObject({ attempt: 1, state: 'SUBMITTED', dueOn: '2026-06-18' });
    expect(first.checklist.map((i: Item) => [i.code, i.required, i.onRecord])).toEqual([['problems', true, true], ['agreement', true, true], ['commitments', true, true], ['contacts', true, true]]);
    expect(of(first, 'agreement').entries).toEqual([{ id: expect.stringMatching(/^Signing:/), text: '投资协议 2026-06-12', open: true }]);
    expect(of(first, 'commitments').entries.map((e) => e.text)).toEqual(['九月底前开工', '供应工业用地 60 亩']);
    expect(of(first, 'problems').entries).toEqual([{ id: call.id, text: `${call.number} 两户未拆迁`, open: true }]);
    expect(of(first, 'contacts').entries).toEqual([{ id: expect.stringMatching(/^Contact:/), text: '周明 总经理', open: true }]);

    // The receiver: one thing accepted, one returned with a reason; then the whole goes back.
    let seen = (await decide(of(first, 'agreement').id, 1, 'ACCEPTED')).handoff;
    expect(codes(await decide(of(first, 'problems').id, 2, 'RETURNED', ' '))).toEqual([['REASON_REQUIRED', 'reason']]);
    seen = (await decide(of(first, 'problems').id, 2, 'RETURNED', '请附拆迁计划')).handoff;
    expect(states(seen)).toEqual({ problems: 'RETURNED', agreement: 'ACCEPTED', commitments: 'PENDING', contacts: 'PENDING' });
    expect(codes(await act('handoffAccept', seen))).toEqual([['HANDOFF_ITEMS_OPEN', 'handoffId']]);
    at('2026-06-16');
    seen = (await act('handoffReturn', seen, { reason: '资料不全', items: [{ itemId: of(first, 'contacts').id, reason: '缺现场负责人' }] })).handoff;
    expect(seen).toMatchObject({ state: 'RETURNED', returnReason: '资料不全', resubmitDueOn: '2026-06-22' });
    const back = { kind: 'HANDOFF', part: 'RESUBMIT', due: '2026-06-22', unit: desk.zone.departments.group, who: desk.recruiter.staffId };
    const decided = { kind: 'HANDOFF', part: '', due: '2026-06-18', unit: desk.zone.departments.service, who: null, done: '2026-06-16' };
    expect(await deadlines(id)).toEqual([decided, { ...back, done: null }, { kind: 'HANDOFF_MISSING', part: '', due: '2026-06-30', unit: null, who: null, done: null }]);

    // Only what was not accepted is asked again, and the receiver's clock starts anew.
    at('2026-06-17');
    const draft = (await desk.api.gql(desk.recruiter, 'query($id: ID!) { handoffDraft(projectId: $id) { toDepartmentId dueOn items { id code state carried previousReason note content } } }', { id })).data.handoffDraft;
    expect(draft).toMatchObject({ toDepartmentId: centre, dueOn: '2026-06-23' });
    expect(draft.items.at(-1).content).toMatch(/^公司注册、立项备案、环评、用地、/);
    expect(draft.items.map((i: Item) => [i.id, i.code, i.carried, i['previousReason']])).toEqual([[null, 'problems', false, '请附拆迁计划'], [null, 'agreement', true, null], [null, 'commitments', false, null], [null, 'contacts', false, '缺现场负责人'], [null, 'land', false, null], [null, 'energy', false, null], [null, 'environment', false, null], [null, 'permits', false, null]]);
    const plan = await desk.upload(desk.recruiter, '拆迁计划');
    const second = (await submit(id, { checklist: [{ code: 'problems', fileIds: [plan], done: true }, { code: 'contacts', note: '现场负责人李工' }] })).handoff;
    expect(second).toMatchObject({ attempt: 2, dueOn: '2026-06-23', attempts: [{ attempt: 1, state: 'RETURNED' }, { attempt: 2, state: 'SUBMITTED' }] });
    expect(states(second)).toEqual({ problems: 'PENDING', contacts: 'PENDING', agreement: 'CARRIED', commitments: 'PENDING' });
    expect(of(second, 'problems')).toMatchObject({ note: '土地尚有两户未拆迁', previousReason: '请附拆迁计划', files: [{ name: '拆迁计划.pdf' }] });
    expect((await deadlines(id)).slice(0, 3)).toEqual([decided, { ...back, done: '2026-06-17' }, { kind: 'HANDOFF', part: '', due: '2026-06-23', unit: desk.zone.departments.service, who: null, done: null }]);

    // Accepted: the project is with the centre, and with it what is open. The unit in charge and its first report stay.
    const commitment = (await desk.see(desk.recruiter, id, 'commitments { id content department { id } }')).commitments[0];
    expect(commitment).toMatchObject({ content: '九月底前开工', department: null });
    await desk.t.owner.query(`insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at) values ($1, 'COMMITMENT', $2, $3, $4, '2026-06-18', '2026-06-18T01:00:00Z')`, [desk.zone.id, `COMMITMENT:${uuid(commitment.id)}:2026-06-18`, uuid(id), desk.recruiter.staffId]);
    at('2026-06-18');
    expect((await act('handoffAccept', second)).handoff).toMatchObject({ state: 'ACCEPTED', attempts: [{ state: 'RETURNED' }, { state: 'ACCEPTED' }] });
    const now = await desk.see(service, id, 'department { id } owner { id } serviceDepartment { id } commitments { department { id } state } timeline(first: 20) { nodes { kind } }');
    expect(now).toMatchObject({ department: { id: `Department:${desk.zone.departments.group}` }, owner: { id: `Staff:${desk.recruiter.staffId}` }, serviceDepartment: { id: centre } });
    expect(now.commitments).toEqual([{ department: { id: centre }, state: 'OPEN' }, { department: { id: centre }, state: 'OPEN' }]);
    // 遗留问题: the call that is open is the centre's now, with its story.
    const led = (await desk.api.gql(service, `{ serviceCalls(filter: { projectId: "${id}" }) { nodes { id state leadDepartment { id } } } }`)).data.serviceCalls.nodes;
    expect(led).toEqual([{ id: call.id, state: 'RAISED', leadDepartment: { id: centre } }]);
    // 专班: whoever accepted is its agent. 证照: the zone's list is open, with the centre in charge.
    const begun = await desk.see(service, id, 'taskforce { members { role staff { id } } departments { id } }');
    const { permits } = (await desk.api.gql(service, `{ permits(filter: { projectId: "${id}" }, first: 20) { nodes { code state department { id } } } }`)).data;
    expect(begun.taskforce).toMatchObject({ members: [{ role: 'AGENT', staff: { id: `Staff:${service.staffId}` } }], departments: [{ id: centre }] });
    expect(permits.nodes).toEqual(expect.arrayContaining(['REGISTRATION', 'FILING', 'ENVIRONMENT'].map((code) => expect.objectContaining({ code, department: { id: centre } }))));
    expect(now.timeline.nodes.map((n: { kind: string }) => n.kind).filter((k: string) => k.startsWith('HAND'))).toEqual(['HANDOFF_ACCEPTED', 'HANDED_OFF', 'HANDOFF_RETURNED', 'HANDED_OFF']);
    expect(await reminders(id, 'COMMITMENT')).toEqual([{ who: desk.recruiter.staffId, state: 'CANCELLED' }, { who: service.staffId, state: 'PLANNED' }]);
    expect(await reminders(id, 'FOLLOW_UP')).toEqual([{ who: desk.recruiter.staffId, state: 'PLANNED' }]);
    expect((await deadlines(id)).filter((d) => d.kind === 'HANDOFF_MISSING')).toEqual([{ kind: 'HANDOFF_MISSING', part: '', due: '2026-06-30', unit: null, who: null, done: '2026-06-18' }]);
    expect((await desk.t.owner.query(`select department_id from deadline where project_id = $1 and kind = 'COMMITMENT'`, [uuid(id)])).rows).toEqual([{ department_id: desk.zone.departments.service }, { department_id: desk.zone.departments.service }]);
    const LIST = 'query($d: [ID!]) { projects(filter: { serviceDepartmentIds: $d }) { nodes { id } } }';
    expect((await desk.api.gql(desk.manager, LIST, { d: [centre] })).data.projects.nodes).toEqual([{ id }]);
    expect((await desk.api.gql(desk.manager, LIST, { d: [`Department:${desk.zone.departments.bureau}`] })).data.projects.nodes).toEqual([]);
  });
});

describe('the things of a package', () => {
  it('are those of the zone that speak of the project, with what its fields say', async () => {
    const item = (code: string, zh: string, more: object = {}) => ({ code, zh, en: code, required: true, condition: {}, from: 'FREE', ...more });
    await desk.policy('handoff', { items: [item('land', '用地', { from: 'LAND', condition: { land: true } }), item('foreign', '外资批文', { condition: { capitalSources: ['FOREIGN'] } }), item('energy', '能耗', { from: 'ENERGY', required: false })], receiveWorkingDays: 1, resubmitWorkingDays: 2 });
    const id = await signed();
    const { handoff } = await submit(id);
    expect(handoff.dueOn).toBe('2026-06-16');
    expect(handoff.checklist.map((i: Item) => [i.code, i['content'], i['onRecord']])).toEqual([['land', '工业用地 60 亩', true], ['energy', '年用电 800 万千瓦时', true]]);
    expect((await act('handoffReturn', handoff, { reason: '缺地勘' })).handoff.resubmitDueOn).toBe('2026-06-17');
    await desk.t.owner.query(`delete from zone_policy where zone_id = $1 and name = 'handoff'`, [desk.zone.id]);
  });

  it('are decided by another person of the receiving department, on the version seen; a decision can be taken back', async () => {
    const { handoff } = await submit(await signed());
    const land = of(handoff, 'land').id;
    expect(await desk.refused(desk.recruiter, 'handoffItemDecide', { itemId: land, expectedVersion: 1, state: 'ACCEPTED' })).toBe('FORBIDDEN');
    expect(await desk.refused(desk.other.as.SERVICE, 'handoffItemDecide', { itemId: land, expectedVersion: 1, state: 'ACCEPTED' })).toBe('NOT_FOUND');
    const second = await desk.zone.hire('SERVICE', 'service');
    const both = await Promise.all([decide(land, 1, 'ACCEPTED'), decide(land, 1, 'RETURNED', '缺红线图', second)]);
    expect(both.map((b) => b.userErrors[0]?.code ?? 'DONE').sort()).toEqual(['CONFLICT', 'DONE']);
    expect((await decide(land, 2, 'RETURNED', '缺红线图')).handoff.checklist.find((i: Item) => i.code === 'land')).toMatchObject({ state: 'RETURNED', returnReason: '缺红线图', decidedBy: { name: 'SERVICE@service' } });
    expect(of((await decide(land, 3, 'PENDING')).handoff, 'land')).toMatchObject({ state: 'PENDING', returnReason: null, decidedBy: null });
    const key = { itemId: land, expectedVersion: 4, state: 'ACCEPTED', idempotencyKey: 'i1' };
    expect(await desk.act(service, 'handoffItemDecide', key, 'handoff { version }')).toEqual(await desk.act(service, 'handoffItemDecide', key, 'handoff { version }'));
    // What is not required may stay open; what is required may not.
    expect(codes(await act('handoffAccept', { id: handoff.id, version: 5 }, { acceptPending: false }))).toEqual([['HANDOFF_ITEMS_OPEN', 'handoffId']]);
    const energy = await decide(of(handoff, 'energy').id, 5, 'RETURNED', '另行核定');
    expect(states((await act('handoffAccept', energy.handoff)).handoff)).toMatchObject({ land: 'ACCEPTED', energy: 'RETURNED', agreement: 'ACCEPTED' });
    expect(codes(await decide(land, 7, 'RETURNED', 'x'))).toEqual([['ALREADY_DECIDED', 'handoffId']]);
  });

  it('are held by the database: not by the submitter, not after the end, not without what is required', async () => {
    const { handoff } = await submit(await signed());
    const [item] = handoff.checklist as Item[];
    const set = (sql: string, params: unknown[]) => desk.t.owner.query(sql, params);
    await expect(set(`update handoff_item set state = 'ACCEPTED', decided_by = $2, decided_at = now() where id = $1`, [uuid(item!.id), desk.recruiter.staffId])).rejects.toMatchObject({ constraint: 'handoff_item_second_person' });
    await expect(set(`update handoff set state = 'ACCEPTED', decided_by = $2, decided_at = now() where id = $1`, [uuid(handoff.id), service.staffId])).rejects.toMatchObject({ constraint: 'handoff_items_accepted' });
    await act('handoffReturn', handoff, { reason: '资料不全' });
    await expect(set(`update handoff_item set state = 'ACCEPTED', decided_by = $2, decided_at = now() where id = $1`, [uuid(item!.id), service.staffId])).rejects.toMatchObject({ constraint: 'handoff_item_closed' });
  });

  it('show numbers in the submitter\'s words masked until the receiver has the project', async () => {
    const id = await signed();
    const { handoff } = await submit(id, { checklist: [{ code: 'contacts', note: '现场李工 13900005678' }], note: '急事打 13900005678' });
    expect([of(handoff, 'contacts')['note'], (await desk.see(desk.recruiter, id, 'handoff { note }')).handoff.note]).toEqual(['现场李工 13900005678', '急事打 13900005678']);
    const shown = async () => { const h = (await desk.see(service, id, 'handoff { note checklist { code note } }')).handoff; return [h.note, of(h, 'contacts')['note']]; };
    expect(await shown()).toEqual([expect.not.stringContaining('13900005678'), expect.not.stringContaining('13900005678')]);
    await act('handoffAccept', handoff);
    expect(await shown()).toEqual(['急事打 13900005678', '现场李工 13900005678']);
  });

  it('take the submitter\'s own files alone, and things of this handoff alone', async () => {
    const id = await signed();
    const foreign = await desk.upload(desk.manager, '他人文件');
    expect(codes(await submit(id, { checklist: [{ item: '图纸' }, { item: '批文', fileIds: [foreign] }] }))).toEqual([['UNKNOWN_REFERENCE', 'checklist.1.fileIds']]);
    const { handoff } = await submit(id);
    const other = (await submit(await signed())).handoff;
    expect(codes(await act('handoffReturn', handoff, { reason: '资料不全', items: [{ itemId: other.checklist[0].id }] }))).toEqual([['UNKNOWN_REFERENCE', 'items.0.itemId']]);
  });
});

describe('handoffWithdraw', () => {
  it('takes it back before it is decided: by the submitter, the person in charge or their heads; the next attempt begins where this one stood', async () => {
    const id = await signed();
    const { handoff } = await submit(id);
    expect(await desk.refused(service, 'handoffWithdraw', { handoffId: handoff.id, expectedVersion: 1 })).toBe('FORBIDDEN');
    const colleague = await desk.zone.hire('RECRUITER', 'group');
    await desk.t.owner.query('insert into project_member (zone_id, project_id, staff_id) values ($1, $2, $3)', [desk.zone.id, uuid(id), colleague.staffId]);
    expect(await desk.refused(colleague, 'handoffWithdraw', { handoffId: handoff.id, expectedVersion: 1 })).toBe('FORBIDDEN');
    const held = await decide(of(handoff, 'agreement').id, 1, 'ACCEPTED');
    // One of the two wins. A receiver who comes second no longer sees what was withdrawn.
    const both = await Promise.allSettled([act('handoffWithdraw', held.handoff, { reason: '部门选错' }, desk.groupLeader), act('handoffAccept', held.handoff)]);
    const won = both.map((b) => b.status === 'fulfilled' && b.value.userErrors.length === 0);
    expect(won.filter(Boolean)).toHaveLength(1);
    expect((await desk.see(desk.recruiter, id, 'handoff { state }')).handoff.state).toBe(won[0] ? 'WITHDRAWN' : 'ACCEPTED');
    const next = await signed();
    const taken = (await submit(next)).handoff;
    expect((await act('handoffWithdraw', taken, { reason: '部门选错' }, desk.recruiter)).handoff).toMatchObject({ state: 'WITHDRAWN', returnReason: '部门选错' });
    expect((await desk.api.gql(service, 'query($id: ID!) { project(id: $id) { id } }', { id: next })).data?.project ?? null).toBeNull();
    expect((await reminders(next, 'HANDOFF')).map((r) => r.state)).toEqual(Array.from({ length: (await reminders(next, 'HANDOFF')).length }, () => 'CANCELLED'));
    expect((await deadlines(next)).map((d) => d.kind)).toEqual(['HANDOFF_MISSING']);
    expect((await submit(next)).handoff).toMatchObject({ attempt: 2, state: 'SUBMITTED' });
  });
});

describe('handoffReassign', () => {
  it('passes it on to another service department by a head of the receiving one, with a reason; nothing is decided there, and the clock is new', async () => {
    const { rows: [other] } = await desk.t.owner.query(`insert into department (zone_id, name, kind, parent_id) values ($1, '第二服务中心', 'SERVICE', $2) returning id`, [desk.zone.id, desk.zone.departments.zone]);
    const elsewhere = await desk.zone.hire('SERVICE', 'service', { name: '二中心专员' });
    await desk.t.owner.query('update staff set department_id = $2 where id = $1', [elsewhere.staffId, other.id]);
    const there = { ...elsewhere, departmentIds: [other.id] };
    const id = await signed();
    const { handoff } = await submit(id, { note: '注意工期' });
    const held = (await decide(of(handoff, 'agreement').id, 1, 'ACCEPTED')).handoff;
    at('2026-06-16');
    const pass = { toDepartmentId: `Department:${other.id}`, reason: '属南区服务范围' };
    expect(codes(await act('handoffReassign', held, { ...pass, reason: '' }))).toEqual([['REASON_REQUIRED', 'reason']]);
    expect(codes(await act('handoffReassign', held, { ...pass, toDepartmentId: centre }))).toEqual([['INVALID', 'toDepartmentId']]);
    expect(codes(await act('handoffReassign', held, { ...pass, toDepartmentId: `Department:${desk.zone.departments.bureau}` }))).toEqual([['HANDOFF_RECEIVER', 'toDepartmentId']]);
    // Once somebody leads the centre, only the head passes on.
    const head = await desk.zone.hire('SERVICE', 'service', { name: '中心主任', leads: true });
    expect(await desk.refused(service, 'handoffReassign', { handoffId: held.id, expectedVersion: 2, ...pass })).toBe('FORBIDDEN');
    expect((await act('handoffReassign', held, pass, head)).handoff).toBeNull();
    const now = (await desk.see(there, id, `${HANDOFF}`)).handoff;
    expect(now).toMatchObject({ attempt: 2, state: 'SUBMITTED', dueOn: '2026-06-22', attempts: [{ state: 'REASSIGNED' }, { state: 'SUBMITTED' }] });
    expect(new Set(now.checklist.map((i: Item) => i.state))).toEqual(new Set(['PENDING']));
    expect((await desk.api.gql(service, 'query($id: ID!) { project(id: $id) { id } }', { id })).data?.project ?? null).toBeNull();
    const inbox = await desk.api.gql(desk.recruiter, `{ reminders(filter: { projectId: "${id}", kind: [HANDOFF] }) { nodes { title } } }`);
    expect(inbox.data.reminders.nodes).toEqual([{ title: expect.stringContaining('的移交已转派第二服务中心：属南区服务范围') }]);
    expect((await act('handoffAccept', now, {}, there)).handoff.state).toBe('ACCEPTED');
  });
});
