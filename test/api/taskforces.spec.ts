import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { asked, daysLater, done, DutiesService, type DutySpan, TaskforceDayService } from '@yinfeng/construction';
import { POLICIES } from '@yinfeng/directory';
import { type Actor, newId } from '@yinfeng/platform';
import fc from 'fast-check';
import { publishCalendar, reminderZone, type ReminderZone } from '../jobs/reminders-zone.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { codes } from './deal-desk.js';

let t: TestDatabase;
let api: TestApi;
let zone: ReminderZone;
let project: string;
let leader: Actor;
let agent: Actor;
let secretary: Actor;

beforeAll(async () => {
  t = await testDatabase();
  api = await testApi(t);
  await publishCalendar(t.owner);
});
afterAll(async () => {
  await api.stop();
  await t.stop();
});
beforeEach(async () => {
  api.clock.pin(new Date('2026-06-12T10:00:00+08:00'));
  zone = await reminderZone(t.owner);
  leader = await zone.hire('LEADER', 'zone', { name: '周区长' });
  agent = await zone.hire('RECRUITER', 'otherBureau', { name: '钱具办' });
  secretary = await zone.hire('SERVICE', 'office', { name: '孙秘书' });
  project = await zone.project({ name: '光电产业园', stage: 'LANDED' });
});

const id = (who: Actor) => `Staff:${who.staffId}`;
const DUTIES = 'code label role asked done missing fromOn toOn dueOn members { name } visits { visitedOn direction }';
const FIELDS = `taskforce { id version formedOn dissolvedOn dissolveReason members { id role sinceOn untilOn staff { name } } history { role sinceOn untilOn endReason staff { name } } departments { name } missingRoles } warnings { code message count most staffId }`;
const act = async (who: Actor, name: string, input: object, fields = FIELDS) => {
  const answer = await api.gql(who, `mutation($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { act: ${name}(input: $input) { ${fields} userErrors { code path message } } }`, { input });
  if (answer.errors) throw new Error(answer.errors[0].extensions.code);
  return answer.data.act;
};
const form = (input: object = {}, who: Actor = zone.manager) => act(who, 'taskforceForm', { projectId: `Project:${project}`, members: [{ staffId: id(leader), role: 'LEADER' }, { staffId: id(agent), role: 'AGENT' }], ...input });
const sees = async (who: Actor) => (await api.gql(who, 'query($id: ID!) { project(id: $id) { id } }', { id: `Project:${project}` })).data?.project != null;
const visit = async (who: Actor, on: string, direction: string, more: object = {}) => {
  const answer = await api.gql(who, 'mutation($input: VisitLogInput!) { visitLog(input: $input) { visit { id } userErrors { code } } }', { input: { projectId: `Project:${project}`, visitedOn: on, direction, content: '走访', ...more } });
  expect(answer.data.visitLog.userErrors).toEqual([]);
};
const ask = async (who: Actor, query: string, variables: object = {}) => {
  const answer = await api.gql(who, query, variables);
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data;
};
const duties = async (taskforceId: string, week: string, who: Actor = zone.manager) =>
  (await ask(who, `query($id: ID!, $week: Date) { node(id: $id) { ... on Taskforce { duties(week: $week) { ${DUTIES} } } } }`, { id: taskforceId, week })).node.duties as { code: string; asked: number; done: number; missing: number; dueOn: string; members: { name: string }[]; visits: object[] }[];
const counted = async (taskforceId: string, week: string) => Object.fromEntries((await duties(taskforceId, week)).filter((d) => d.asked > 0).map((d) => [d.code, `${d.done}/${d.asked}`]));
const rule = (value: object) => t.owner.query(`insert into zone_policy (zone_id, name, value) values ($1, 'taskforce', $2)`, [zone.id, JSON.stringify({ ...POLICIES.taskforce.usual, ...value })]);

describe('a taskforce', () => {
  it('is formed with its people and departments, who see the project from then on and are told', async () => {
    await t.owner.query('update project set fixed_cny = 20000000 where id = $1', [project]);
    expect([await sees(agent), await sees(secretary), await sees(zone.otherService)]).toEqual([false, false, false]);
    const made = await form({ departmentIds: [`Department:${zone.otherServiceId}`], note: '区委办〔2026〕8号', idempotencyKey: 'f1' });
    expect(made.userErrors).toEqual([]);
    expect(made.taskforce).toMatchObject({
      version: 1, formedOn: '2026-06-12', dissolvedOn: null, departments: [{ name: '第二服务中心' }],
      members: [{ role: 'LEADER', sinceOn: '2026-06-12', untilOn: null, staff: { name: '周区长' } }, { role: 'AGENT', staff: { name: '钱具办' } }],
    });
    // 2,000万 of fixed investment: a secretary is wanted.
    expect(made.taskforce.missingRoles).toEqual(['SECRETARY']);
    expect([await sees(agent), await sees(zone.otherService), await sees(secretary)]).toEqual([true, true, false]);
    expect((await form({ departmentIds: [`Department:${zone.otherServiceId}`], note: '区委办〔2026〕8号', idempotencyKey: 'f1' })).taskforce.id).toBe(made.taskforce.id);
    const inbox = await ask(agent, '{ reminders { nodes { kind title } } }');
    expect(inbox.reminders.nodes).toEqual([{ kind: 'TASKFORCE', title: '您已列入“光电产业园”专班，任具办人' }]);
    const { project: shown } = await ask(zone.recruiter, 'query($id: ID!) { project(id: $id) { taskforce { id members { role } } timeline(first: 5) { nodes { kind title text } } } }', { id: `Project:${project}` });
    expect(shown.taskforce).toEqual({ id: made.taskforce.id, members: [{ role: 'LEADER' }, { role: 'AGENT' }] });
    expect(shown.timeline.nodes).toEqual(expect.arrayContaining([{ kind: 'TASKFORCE_FORMED', title: '组建专班', text: '区委办〔2026〕8号' }, { kind: 'TASKFORCE_JOINED', title: '加入专班（具办人）', text: '钱具办' }]));
    const list = async (filter: object, who = zone.manager) => (await ask(who, 'query($f: TaskforceFilter) { taskforces(filter: $f) { totalCount } }', { f: filter })).taskforces.totalCount;
    expect([await list({}), await list({ without: 'SECRETARY' }), await list({ without: 'LEADER' }), await list({ staffIds: [id(agent)] }), await list({ staffIds: [id(secretary)] }), await list({ projectId: `Project:${project}` }), await list({ dissolved: true })]).toEqual([1, 1, 0, 1, 0, 1, 0]);
    expect(await list({}, zone.stranger)).toBe(0);
  });

  it('refuses what does not fit, in words of the caller', async () => {
    expect(codes(await form({ members: [{ staffId: id(leader), role: 'LEADER' }, { staffId: id(agent), role: 'LEADER' }] }))).toEqual([['TASKFORCE_LEADER_TAKEN', 'members.1.role']]);
    expect(codes(await form({ members: [{ staffId: id(agent), role: 'AGENT' }, { staffId: id(agent), role: 'AGENT' }] }))).toEqual([['TASKFORCE_MEMBER_TWICE', 'members.1.staffId']]);
    expect(codes(await form({ members: [{ staffId: id(zone.as.AUDITOR), role: 'MEMBER' }] }))).toEqual([['INVALID', 'members.0.staffId']]);
    expect(codes(await form({ members: [{ staffId: `Staff:${newId()}`, role: 'MEMBER' }] }))).toEqual([['UNKNOWN_REFERENCE', 'members.0.staffId']]);
    expect(codes(await form({ departmentIds: [`Department:${newId()}`] }))).toEqual([['UNKNOWN_REFERENCE', 'departmentIds.0']]);
    expect(codes(await form({ formedOn: '2026-06-13' }))).toEqual([['DATE_IN_FUTURE', 'formedOn']]);
    expect(codes(await form({ members: [{ staffId: id(agent), role: 'AGENT', sinceOn: '2026-06-01' }] }))).toEqual([['DATE_ORDER', 'members.0.sinceOn']]);
    expect(codes(await form({ projectId: `Project:${await zone.project({ stage: 'NEGOTIATING' })}` }))).toEqual([['TASKFORCE_TOO_EARLY', 'projectId']]);
    expect(codes(await form({ projectId: `Project:${await zone.project({ stage: 'SIGNED', status: 'SUSPENDED' })}` }))).toEqual([['STATUS_NOT_ACTIVE', null]]);
    expect((await t.owner.query('select 1 from taskforce where zone_id = $1', [zone.id])).rowCount).toBe(0);
    await form();
    expect(codes(await form())).toEqual([['TASKFORCE_OPEN', 'projectId']]);
    await expect(form({}, zone.recruiter)).rejects.toThrow('FORBIDDEN');
    await expect(form({}, zone.otherService)).rejects.toThrow('NOT_FOUND');
    await expect(form({}, (await reminderZone(t.owner)).manager)).rejects.toThrow('NOT_FOUND');
  });

  it('has one leader, also when two are named at once; another takes the place only when that is said', async () => {
    const bare = (await form({ members: [] })).taskforce;
    expect(bare.missingRoles).toEqual(['LEADER', 'AGENT']);
    const name = (who: Actor, more: object = {}) => act(zone.manager, 'taskforceMemberAdd', { taskforceId: bare.id, expectedVersion: 1, staffId: id(who), role: 'LEADER', ...more });
    const both = await Promise.all([name(leader), name(zone.groupLeader)]);
    expect(both.map((b) => b.userErrors[0]?.code ?? 'DONE').sort()).toEqual(['CONFLICT', 'DONE']);
    const held = (await t.owner.query(`select staff_id from taskforce_member where taskforce_id = $1 and role = 'LEADER'`, [bare.id.split(':')[1]])).rows;
    expect(held).toHaveLength(1);
    await expect(t.owner.query(`insert into taskforce_member (zone_id, taskforce_id, staff_id, role, since_on) values ($1, $2, $3, 'LEADER', '2026-06-12')`, [zone.id, bare.id.split(':')[1], agent.staffId])).rejects.toMatchObject({ constraint: 'taskforce_member_leader' });
    const first = held[0].staff_id === leader.staffId ? leader : zone.groupLeader;
    const second = first === leader ? zone.groupLeader : leader;
    expect(codes(await name(second, { expectedVersion: 2 }))).toEqual([['TASKFORCE_LEADER_TAKEN', 'role']]);
    const changed = await name(second, { expectedVersion: 2, replace: true });
    expect(changed.taskforce.members.map((m: { staff: { name: string } }) => m.staff.name)).toEqual([second.name]);
    expect(changed.taskforce.history).toEqual(expect.arrayContaining([{ role: 'LEADER', sinceOn: '2026-06-12', untilOn: '2026-06-12', endReason: '更换包保领导', staff: { name: first.name } }]));
  });

  it('is one of two that are formed at once', async () => {
    const both = await Promise.all([form(), form()]);
    expect(both.map((b) => b.userErrors[0]?.code ?? 'DONE').sort()).toEqual(['DONE', 'TASKFORCE_OPEN']);
  });

  it('keeps who served when; whoever leaves no longer sees the project unless something else lets them', async () => {
    const made = (await form({ members: [{ staffId: id(agent), role: 'AGENT' }, { staffId: id(agent), role: 'CONTACT' }, { staffId: id(zone.stranger), role: 'MEMBER' }] })).taskforce;
    await visit(zone.recruiter, '2026-06-12', 'OUTBOUND', { companionIds: [id(zone.stranger)] });
    const entry = (role: string) => made.members.find((m: { role: string }) => m.role === role).id;
    const leave = (memberId: string, expectedVersion: number, input: object = {}, who = zone.manager) => act(who, 'taskforceMemberEnd', { memberId, expectedVersion, reason: '工作调动', ...input });
    expect(codes(await leave(entry('AGENT'), 1, { reason: ' ' }))).toEqual([['REASON_REQUIRED', 'reason']]);
    expect(codes(await leave(entry('AGENT'), 1, { untilOn: '2026-06-11' }))).toEqual([['DATE_ORDER', 'untilOn']]);
    expect(codes(await leave(entry('AGENT'), 1, { untilOn: '2026-06-13' }))).toEqual([['DATE_IN_FUTURE', 'untilOn']]);
    await expect(leave(entry('AGENT'), 1, {}, zone.recruiter)).rejects.toThrow('FORBIDDEN');
    await expect(leave(entry('AGENT'), 1, {}, zone.otherService)).rejects.toThrow('NOT_FOUND');
    await expect(leave(`TaskforceMember:${newId()}`, 1)).rejects.toThrow('NOT_FOUND');
    expect((await leave(entry('AGENT'), 1)).taskforce).toMatchObject({ version: 2, history: expect.arrayContaining([{ role: 'AGENT', sinceOn: '2026-06-12', untilOn: '2026-06-12', endReason: '工作调动', staff: { name: '钱具办' } }]) });
    expect(await sees(agent)).toBe(true);
    expect(codes(await leave(entry('CONTACT'), 1))).toEqual([['CONFLICT', 'expectedVersion']]);
    expect(codes(await leave(entry('AGENT'), 2))).toEqual([['TASKFORCE_MEMBER_ENDED', 'memberId']]);
    await leave(entry('CONTACT'), 2);
    await leave(entry('MEMBER'), 3);
    // The stranger went along on a visit.
    expect([await sees(agent), await sees(zone.stranger)]).toEqual([false, true]);
    await expect(t.owner.query(`update taskforce_member set role = 'LEADER' where id = $1`, [entry('AGENT').split(':')[1]])).rejects.toThrow('stays on record');
    await expect(t.owner.query(`update taskforce_member set until_on = '2026-06-20' where id = $1`, [entry('AGENT').split(':')[1]])).rejects.toThrow('stays on record');
  });

  it('changes its departments; those with something of the project due keep their sight', async () => {
    const made = (await form({ departmentIds: [`Department:${zone.otherServiceId}`] })).taskforce;
    const set = (departmentIds: string[], expectedVersion: number) => act(zone.manager, 'taskforceDepartmentsSet', { taskforceId: made.id, expectedVersion, departmentIds });
    expect((await set([], 1)).taskforce).toMatchObject({ version: 2, departments: [] });
    expect(await sees(zone.otherService)).toBe(false);
    await set([`Department:${zone.otherServiceId}`], 2);
    await t.owner.query(`insert into deadline (zone_id, project_id, kind, subject_id, due_on, department_id) values ($1, $2, 'CALL', $3, '2026-06-20', $4)`, [zone.id, project, newId(), zone.otherServiceId]);
    await set([], 3);
    expect(await sees(zone.otherService)).toBe(true);
  });

  it('is dissolved with a reason, stays on record, and another one may be formed', async () => {
    const made = (await form({ departmentIds: [`Department:${zone.otherServiceId}`] })).taskforce;
    const dissolve = (input: object = {}) => act(zone.manager, 'taskforceDissolve', { taskforceId: made.id, expectedVersion: 1, reason: '项目投产', ...input });
    expect(codes(await dissolve({ reason: '' }))).toEqual([['REASON_REQUIRED', 'reason']]);
    expect((await dissolve()).taskforce).toMatchObject({ dissolvedOn: '2026-06-12', dissolveReason: '项目投产', missingRoles: [], members: [{ role: 'LEADER' }, { role: 'AGENT' }] });
    expect([await sees(agent), await sees(zone.otherService)]).toEqual([false, false]);
    expect(codes(await dissolve({ expectedVersion: 2 }))).toEqual([['TASKFORCE_DISSOLVED', 'taskforceId']]);
    expect((await form()).userErrors).toEqual([]);
    expect((await ask(zone.manager, '{ taskforces(filter: { dissolved: true }) { nodes { id } } }')).taskforces.nodes).toEqual([{ id: made.id }]);
  });

  it('is formed by itself when a handoff is accepted, the receiver as its agent; one that stands goes on', async () => {
    const receive = async (projectId: string) => {
      const handoff = (await act(zone.recruiter, 'handoffSubmit', { projectId: `Project:${projectId}`, toDepartmentId: `Department:${zone.departments.service}` }, 'handoff { id version }')).handoff;
      return act(zone.service, 'handoffAccept', { handoffId: handoff.id, expectedVersion: handoff.version }, 'handoff { state project { taskforce { version formedOn departments { name } members { role staff { name } } } } }');
    };
    const signed = await zone.project({ stage: 'SIGNED' });
    expect((await receive(signed)).handoff.project.taskforce).toEqual({ version: 1, formedOn: '2026-06-12', departments: [{ name: '项目服务中心' }], members: [{ role: 'AGENT', staff: { name: 'SERVICE@service' } }] });
    await form();
    expect((await receive(project)).handoff.project.taskforce).toMatchObject({ version: 2, departments: [{ name: '项目服务中心' }], members: [{ role: 'LEADER' }, { role: 'AGENT', staff: { name: '钱具办' } }] });
    await rule({ formOnHandoff: false });
    expect((await receive(await zone.project({ stage: 'SIGNED' }))).handoff.project.taskforce).toBeNull();
  });

  it('goes along when its project is merged into another, and comes back with it', async () => {
    const made = (await form()).taskforce;
    const survivor = await zone.project({ name: '光电产业园（重复登记）', stage: 'LANDED' });
    const of = async (projectId: string) => (await ask(zone.manager, 'query($id: ID!) { project(id: $id) { taskforce { id members { role } } } }', { id: `Project:${projectId}` })).project.taskforce;
    expect((await ask(zone.manager, 'query($s: ID!, $o: ID!) { mergePreview(kind: PROJECT, survivorId: $s, otherId: $o) { moves { what count } } }', { s: `Project:${survivor}`, o: `Project:${project}` })).mergePreview.moves).toEqual(expect.arrayContaining([{ what: '专班', count: 1 }]));
    const version = async (projectId: string) => (await t.owner.query('select version from project where id = $1', [projectId])).rows[0].version;
    const merged = await act(zone.manager, 'projectMerge', { survivorId: `Project:${survivor}`, otherId: `Project:${project}`, expectedVersion: await version(survivor), otherExpectedVersion: await version(project), reason: '同一项目' }, 'act { id }');
    expect(merged.userErrors).toEqual([]);
    expect(await of(survivor)).toEqual({ id: made.id, members: [{ role: 'LEADER' }, { role: 'AGENT' }] });
    await api.gql(zone.manager, 'mutation($input: UndoInput!) { mergeUndo(input: $input) { userErrors { code } } }', { input: { actId: merged.act.id } });
    expect([await of(survivor), (await of(project)).id]).toEqual([null, made.id]);
  });

  it('warns, and no more, of a secretary who serves more projects than the zone advises', async () => {
    let last: { warnings: object[]; taskforce: { id: string } } | undefined;
    for (let i = 0; i < 4; i++) {
      project = await zone.project({ stage: 'LANDED' });
      last = await form({ members: [{ staffId: id(secretary), role: 'SECRETARY' }] });
      if (i < 3) expect(last!.warnings).toEqual([]);
    }
    expect(last!.warnings).toEqual([{ code: 'SECRETARY_LOAD', message: '孙秘书现服务 4 个项目，超过本区建议的每名服务秘书 3 个。', count: 4, most: 3, staffId: id(secretary) }]);
    const load = async () => (await ask(zone.manager, '{ secretaryLoad { totalCount nodes { staff { name } projects most over } } }')).secretaryLoad;
    expect(await load()).toEqual({ totalCount: 1, nodes: [{ staff: { name: '孙秘书' }, projects: 4, most: 3, over: true }] });
    await t.owner.query(`update project set status = 'SUSPENDED', state_at = now() where id = $1`, [project]);
    expect((await load()).nodes).toEqual([{ staff: { name: '孙秘书' }, projects: 3, most: 3, over: false }]);
    await rule({ secretaryMostProjects: 2 });
    expect((await load()).nodes[0].over).toBe(true);
  });
});

describe('duties', () => {
  it('are looked up in the log: by whoever logged it, came along or led, of the kinds that count, by the day where asked by the day', async () => {
    const made = (await form({ formedOn: '2026-06-01', members: [{ staffId: id(leader), role: 'LEADER' }, { staffId: id(agent), role: 'AGENT' }, { staffId: id(secretary), role: 'SECRETARY' }] })).taskforce;
    expect(await counted(made.id, '2026-06-10')).toEqual({ LEADER_DISPATCH: '0/1', LEADER_SITE_VISIT: '0/1', AGENT_SITE_VISIT: '0/2', AGENT_CONTACT: '0/5' });
    await visit(agent, '2026-06-08', 'CALL');
    await visit(agent, '2026-06-08', 'CALL');
    await visit(agent, '2026-06-09', 'SITE', { leaderName: '周区长', leaderLevel: '副区长' });
    await visit(agent, '2026-06-10', 'DISPATCH', { companionIds: [id(leader)] });
    // Not theirs, not that week, not of that kind.
    await visit(zone.recruiter, '2026-06-11', 'SITE');
    await visit(agent, '2026-06-07', 'SITE');
    await visit(agent, '2026-06-11', 'EVENT');
    expect(await counted(made.id, '2026-06-14')).toEqual({ LEADER_DISPATCH: '1/1', LEADER_SITE_VISIT: '1/1', AGENT_SITE_VISIT: '1/2', AGENT_CONTACT: '4/5' });
    const site = (await duties(made.id, '2026-06-12')).find((d) => d.code === 'LEADER_SITE_VISIT')!;
    expect(site).toMatchObject({ label: '领导现场走访', dueOn: '2026-06-12', missing: 0, members: [{ name: '周区长' }], visits: [{ visitedOn: '2026-06-09', direction: 'SITE' }] });
    // The week before: only a Sunday's site visit.
    expect(await counted(made.id, '2026-06-05')).toEqual({ LEADER_DISPATCH: '0/1', LEADER_SITE_VISIT: '0/1', AGENT_SITE_VISIT: '1/2', AGENT_CONTACT: '0/5' });
    // Taskforce visits count as neither out nor in.
    const figures = await ask(zone.manager, `{ visitFigures(filter: { projectId: "Project:${project}", directions: [OUTBOUND, INBOUND] }) { total { visits } } }`);
    expect(figures.visitFigures.total.visits).toBe(0);
  });

  it('ask less where holidays cut a week, from the day on which somebody has the role, and nothing without a working day', async () => {
    api.clock.pin(new Date('2026-10-16T10:00:00+08:00'));
    const made = (await form({ formedOn: '2026-09-01' })).taskforce;
    // 28 September to 4 October: three working days. 5 to 11 October: Thursday, Friday and a made-up Saturday.
    expect(await counted(made.id, '2026-09-28')).toEqual({ LEADER_DISPATCH: '0/1', LEADER_SITE_VISIT: '0/1', AGENT_SITE_VISIT: '0/2', AGENT_CONTACT: '0/3' });
    expect(await counted(made.id, '2026-10-05')).toMatchObject({ AGENT_CONTACT: '0/3' });
    expect((await duties(made.id, '2026-10-05'))[0]!.dueOn).toBe('2026-10-10');
    await t.owner.query(`insert into calendar_day (day, working, name) values ('2026-10-08', false, '延长'), ('2026-10-09', false, '延长'), ('2026-10-10', false, '延长') on conflict (day) do update set working = false`);
    await t.owner.query('select calendar_rebuild()');
    expect(await counted(made.id, '2026-10-05')).toEqual({});
    await t.owner.query(`delete from calendar_day where name = '延长'; update calendar_day set working = true where day = '2026-10-10'; select calendar_rebuild()`);
    // Somebody who has the role from Thursday on owes two days of five.
    await act(zone.manager, 'taskforceMemberAdd', { taskforceId: made.id, expectedVersion: 1, staffId: id(secretary), role: 'CONTACT', sinceOn: '2026-10-15' });
    expect(await counted(made.id, '2026-10-16')).toEqual({ LEADER_DISPATCH: '0/1', LEADER_SITE_VISIT: '0/1', AGENT_SITE_VISIT: '0/2', AGENT_CONTACT: '0/5', CONTACT_CONTACT: '0/1' });
    // 2027 is not published: Monday to Friday.
    expect(await counted(made.id, '2027-02-10')).toMatchObject({ AGENT_CONTACT: '0/5' });
  });

  it('come out as a simple model of the same rules counts them', async () => {
    const made = (await form({ formedOn: '2026-05-01', members: [{ staffId: id(agent), role: 'AGENT', sinceOn: '2026-05-01' }] })).taskforce;
    const working = new Set(['2026-06-01', '2026-06-02', '2026-06-03', '2026-06-04', '2026-06-05']);
    const June = (await t.owner.query<{ n: number }>(`select count(*)::int as n from working_days_in('2026-06-01', '2026-06-30')`)).rows[0]!.n;
    const entry = fc.record({ day: fc.integer({ min: -2, max: 8 }), direction: fc.constantFrom('OUTBOUND', 'INBOUND', 'EVENT', 'CALL', 'SITE', 'DISPATCH'), who: fc.constantFrom('AGENT', 'COMPANION', 'OTHER') });
    const duty = fc.record({ what: fc.constantFrom('DISPATCH', 'SITE_VISIT', 'CONTACT'), times: fc.integer({ min: 1, max: 4 }), per: fc.constantFrom<DutySpan>('DAY', 'WEEK', 'MONTH') });
    await fc.assert(fc.asyncProperty(fc.array(entry, { maxLength: 12 }), fc.array(duty, { minLength: 1, maxLength: 4 }), async (visits, asks) => {
      await t.owner.query('delete from visit where project_id = $1', [project]);
      await t.owner.query(`delete from zone_policy where zone_id = $1 and name = 'taskforce'`, [zone.id]);
      const rules = asks.map((d, i) => ({ ...d, code: `DUTY_${'ABCD'[i]}`, zh: '职责', en: 'Duty', role: 'AGENT' }));
      await rule({ duties: rules });
      for (const v of visits) {
        await t.owner.query(`insert into visit (zone_id, project_id, visited_on, direction, content, staff_id, companion_ids) values ($1, $2, $3, $4, '走访', $5, $6)`,
          [zone.id, project, daysLater('2026-06-01', v.day), v.direction, v.who === 'AGENT' ? agent.staffId : zone.recruiter.staffId, v.who === 'COMPANION' ? [agent.staffId] : []]);
      }
      for (const d of await duties(made.id, '2026-06-03')) {
        const { times, per, what } = rules.find((r) => r.code === d.code)!;
        const byDay = new Map<string, number>();
        for (const v of visits) {
          const day = daysLater('2026-06-01', v.day);
          if (v.who !== 'OTHER' && (POLICIES.taskforce.usual.counts[what as 'CONTACT'] as string[]).includes(v.direction) && day >= '2026-06-01' && (per === 'MONTH' || day <= '2026-06-07')) byDay.set(day, (byDay.get(day) ?? 0) + 1);
        }
        const wanted = asked(times, per, per === 'MONTH' ? June : 5, June);
        const shown = done(times, per, byDay, working);
        expect(d).toMatchObject({ asked: wanted, done: shown, missing: Math.max(wanted - shown, 0) });
      }
    }), { numRuns: 25 });
  });

  it('that were not done are listed week by week, as the taskforces themselves show them', async () => {
    const made = (await form({ formedOn: '2026-06-01' })).taskforce;
    await visit(agent, '2026-06-12', 'DISPATCH', { leaderName: '周区长' });
    const gaps = async (filter: object = {}, who = zone.manager, week = '2026-06-12') => (await ask(who, 'query($week: Date, $f: DutyGapFilter) { dutyGaps(week: $week, filter: $f) { totalCount nodes { code missing project { name } taskforce { id } members { name } } } }', { week, f: filter })).dutyGaps;
    const all = await gaps();
    expect(all.totalCount).toBe(3);
    expect(all.nodes.map((n: { code: string; missing: number }) => [n.code, n.missing])).toEqual([['LEADER_SITE_VISIT', 1], ['AGENT_SITE_VISIT', 2], ['AGENT_CONTACT', 4]]);
    expect(all.nodes[0]).toMatchObject({ project: { name: '光电产业园' }, taskforce: { id: made.id }, members: [{ name: '周区长' }] });
    expect((await gaps({ roles: ['LEADER'] })).totalCount).toBe(1);
    expect((await gaps({ staffIds: [id(agent)] })).totalCount).toBe(2);
    expect((await gaps({ duties: ['AGENT_CONTACT'] })).totalCount).toBe(1);
    expect((await gaps({ departmentIds: [`Department:${zone.departments.otherBureau}`] })).totalCount).toBe(0);
    expect((await gaps({}, zone.stranger)).totalCount).toBe(0);
    expect((await gaps({}, zone.manager, '2026-05-31')).totalCount).toBe(0);
    const paged = await ask(zone.manager, '{ dutyGaps(first: 2) { nodes { code } pageInfo { endCursor hasNextPage } } }');
    const rest = await ask(zone.manager, 'query($after: String) { dutyGaps(first: 2, after: $after) { nodes { code } pageInfo { hasNextPage } } }', { after: paged.dutyGaps.pageInfo.endCursor });
    expect([...paged.dutyGaps.nodes, ...rest.dutyGaps.nodes].map((n: { code: string }) => n.code)).toEqual(all.nodes.map((n: { code: string }) => n.code));
    expect((await api.gql(zone.as.AGENT, '{ dutyGaps { totalCount } }')).errors[0].extensions.code).toBe('FORBIDDEN');
  });
});

describe('the list of what is due', () => {
  const due = async () => (await t.owner.query(`select part, title, since_on::text as since, due_on::text as due, done_on::text as done, staff_id = $2 as mine from deadline where project_id = $1 and kind = 'DUTY' order by part`, [project, agent.staffId])).rows;
  const sweep = () => api.running.app.get(DutiesService).sweep();

  it('holds this week\'s duties, met or not; what nobody did stays since the first week of it', async () => {
    await form({ formedOn: '2026-06-11', members: [{ staffId: id(agent), role: 'AGENT' }] });
    expect(await Promise.all([sweep(), sweep()]).then((n) => n.sort())).toEqual([0, expect.any(Number)]);
    expect(await due()).toEqual([
      { part: 'AGENT_CONTACT', title: '具办人每日联系', since: '2026-06-08', due: '2026-06-12', done: null, mine: true },
      { part: 'AGENT_SITE_VISIT', title: '具办人现场走访', since: '2026-06-08', due: '2026-06-12', done: null, mine: true },
    ]);
    await visit(agent, '2026-06-11', 'CALL');
    await visit(agent, '2026-06-12', 'SITE');
    await sweep();
    expect((await due()).map((d) => [d.part, d.done])).toEqual([['AGENT_CONTACT', '2026-06-12'], ['AGENT_SITE_VISIT', '2026-06-12']]);
    // Next week, one day shorter by a holiday, nobody does anything; the week after, the site visits alone.
    api.clock.pin(new Date('2026-06-15T10:00:00+08:00'));
    await sweep();
    expect((await due()).map((d) => [d.since, d.due, d.done])).toEqual([['2026-06-15', '2026-06-18', null], ['2026-06-15', '2026-06-18', null]]);
    api.clock.pin(new Date('2026-06-24T10:00:00+08:00'));
    await visit(agent, '2026-06-23', 'SITE');
    await visit(agent, '2026-06-24', 'SITE');
    await sweep();
    expect((await due()).map((d) => [d.part, d.since, d.due, d.done])).toEqual([['AGENT_CONTACT', '2026-06-15', '2026-06-18', null], ['AGENT_SITE_VISIT', '2026-06-22', '2026-06-26', '2026-06-24']]);
    // What is logged late is made good.
    for (const day of ['15', '16', '17', '18']) await visit(agent, `2026-06-${day}`, 'CALL');
    await sweep();
    expect((await due())[0]).toMatchObject({ part: 'AGENT_CONTACT', since: '2026-06-22', due: '2026-06-26' });
    expect(await sweep()).toBe(0);
  });

  it('lets a project that rests, and a dissolved taskforce, alone', async () => {
    const made = (await form({ members: [{ staffId: id(agent), role: 'AGENT' }] })).taskforce;
    await sweep();
    expect(await due()).toHaveLength(2);
    await t.owner.query(`update project set status = 'SUSPENDED', state_at = now() where id = $1`, [project]);
    await sweep();
    expect(await due()).toEqual([]);
    await t.owner.query(`update project set status = 'ACTIVE', state_at = now() where id = $1`, [project]);
    await sweep();
    expect(await due()).toHaveLength(2);
    await act(zone.manager, 'taskforceDissolve', { taskforceId: made.id, expectedVersion: 1, reason: '投产' });
    expect(await due()).toEqual([]);
  });
});

describe('taskforceDay', () => {
  const DAY = `query($day: Date, $first: Int, $after: String) { taskforceDay(day: $day, first: $first, after: $after) { totalCount pageInfo { endCursor hasNextPage } nodes {
    project { name stage light lastVisit { visitedOn } } taskforce { members { role } } roles overdue openCalls due { kind title dueOn overdue department { name } } nextMilestones { kind dueOn } duties { code missing mine } } } }`;
  const day = async (who: Actor, variables: object = {}) => (await ask(who, DAY, variables)).taskforceDay;
  const put = (projectId: string, kind: string, dueOn: string, more: { title?: string; part?: string; done?: string; subject?: string; department?: string } = {}) =>
    t.owner.query(`insert into deadline (zone_id, project_id, kind, subject_id, part, title, due_on, done_on, department_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, [zone.id, projectId, kind, more.subject ?? newId(), more.part ?? '', more.title ?? null, dueOn, more.done ?? null, more.department ?? null]);

  it('shows what lies before whoever serves: due and overdue, duties that lack, calls, milestones, the last visit; the most urgent first', async () => {
    await form({ formedOn: '2026-06-01' });
    const other = await zone.project({ name: '新材料', stage: 'STARTED' });
    await form({ projectId: `Project:${other}`, members: [{ staffId: id(agent), role: 'MEMBER' }] });
    const rests = await zone.project({ stage: 'STARTED' });
    await form({ projectId: `Project:${rests}`, members: [{ staffId: id(agent), role: 'AGENT' }] });
    await t.owner.query(`update project set status = 'SUSPENDED', state_at = now() where id = $1`, [rests]);
    await visit(agent, '2026-06-12', 'SITE');
    const call = newId();
    await put(project, 'COMMITMENT', '2026-06-12', { title: '供地' });
    await put(project, 'CALL', '2026-06-11', { part: 'REPORT_IN', subject: call, department: zone.departments.service });
    await put(project, 'CALL', '2026-06-16', { part: 'RESOLVE', subject: call });
    await put(project, 'MILESTONE', '2026-06-30', { title: '封顶' });
    await put(project, 'PERMIT', '2026-06-10', { done: '2026-06-09' });
    const mine = await day(agent);
    expect(mine.totalCount).toBe(2);
    expect(mine.nodes[0]).toEqual({
      project: { name: '光电产业园', stage: 'LANDED', light: 'GREEN', lastVisit: { visitedOn: '2026-06-12' } }, taskforce: { members: [{ role: 'LEADER' }, { role: 'AGENT' }] }, roles: ['AGENT'], overdue: 1, openCalls: 1,
      due: [{ kind: 'CALL', title: null, dueOn: '2026-06-11', overdue: true, department: { name: '项目服务中心' } }, { kind: 'COMMITMENT', title: '供地', dueOn: '2026-06-12', overdue: false, department: { name: '招商一局一组' } }],
      nextMilestones: [{ kind: 'MILESTONE', dueOn: '2026-06-30' }], duties: [{ code: 'LEADER_DISPATCH', missing: 1, mine: false }, { code: 'LEADER_SITE_VISIT', missing: 1, mine: false }, { code: 'AGENT_SITE_VISIT', missing: 1, mine: true }, { code: 'AGENT_CONTACT', missing: 4, mine: true }],
    });
    expect(mine.nodes[1]).toMatchObject({ project: { name: '新材料' }, roles: ['MEMBER'], overdue: 0, due: [], duties: [] });
    expect((await day(leader)).nodes[0].duties.map((d: { mine: boolean }) => d.mine)).toEqual([true, true, false, false]);
    expect((await day(agent, { day: '2026-06-17' })).nodes[0]).toMatchObject({ overdue: 3 });
    const first = await day(agent, { first: 1 });
    expect([first.nodes[0].project.name, first.pageInfo.hasNextPage]).toEqual(['光电产业园', true]);
    expect((await day(agent, { first: 1, after: first.pageInfo.endCursor })).nodes.map((n: { project: { name: string } }) => n.project.name)).toEqual(['新材料']);
    expect(await day(zone.manager)).toMatchObject({ totalCount: 0, nodes: [] });
    expect((await api.gql(zone.as.AGENT, '{ taskforceDay { totalCount } }')).errors[0].extensions.code).toBe('FORBIDDEN');
  });

  it('is answered byte for byte the same on the short way, in the language of the caller', async () => {
    await form({ formedOn: '2026-06-01' });
    await put(project, 'MILESTONE', '2026-06-11', { title: '打桩 "一期"' });
    await visit(agent, '2026-06-12', 'SITE');
    const days = api.running.app.get(TaskforceDayService, { strict: false });
    const real = days.pageOfText.bind(days);
    let taken = 0;
    days.pageOfText = async (...args) => { taken++; return real(...args); };
    const fields = 'project { id name stage light lastVisit { visitedOn } } taskforce { id formedOn members { role sinceOn staff { name } } } roles overdue openCalls due { id kind part title dueOn overdue workingDaysOverdue department { name } staff { name } } duties { code label asked done missing mine members { name } } nextMilestones { title dueOn }';
    for (const who of [agent, leader, { ...secretary }]) {
      const short = await api.gql(who, `{ taskforceDay(first: 5) { totalCount nodes { ${fields} } pageInfo { endCursor hasNextPage } } }`);
      const plain = await api.gql(who, `{ taskforceDay(first: 5) { totalCount ...A @include(if: true) } } fragment A on TaskforceDayConnection { nodes { ${fields} } pageInfo { endCursor hasNextPage } }`);
      expect(short.errors).toBeUndefined();
      expect(JSON.stringify(short.data)).toBe(JSON.stringify(plain.data));
    }
    expect(taken).toBe(3);
    await t.owner.query(`update staff set locale = 'en' where id = $1`, [agent.staffId]);
    expect((await day(agent)).nodes[0].duties).toHaveLength(4);
    expect((await ask(agent, '{ taskforceDay { nodes { duties { label } } } }')).taskforceDay.nodes[0].duties[0]).toEqual({ label: 'Dispatch by the leader' });
    days.pageOfText = real;
  });
});
