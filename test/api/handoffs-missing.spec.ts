import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HandoffsMissingService } from '@yinfeng/construction';
import { POLICIES } from '@yinfeng/directory';
import type { Actor } from '@yinfeng/platform';
import { publishCalendar, reminderZone, type ReminderZone } from '../jobs/reminders-zone.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let t: TestDatabase;
let api: TestApi;
let zone: ReminderZone;
let centre: string;
let sweep: HandoffsMissingService;

beforeAll(async () => {
  t = await testDatabase();
  api = await testApi(t);
  sweep = api.running.app.get(HandoffsMissingService);
});
afterAll(async () => {
  await api.stop();
  await t.stop();
});
beforeEach(async () => {
  await t.clean();
  await publishCalendar(t.owner);
  zone = await reminderZone(t.owner);
  centre = `Department:${zone.departments.service}`;
  on('2026-09-14');
});
const on = (day: string) => api.clock.pin(new Date(`${day}T10:00:00+08:00`));
const LIST = 'query($filter: HandoffMissingFilter, $after: String) { handoffsMissing(filter: $filter, first: 1, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { name signedOn dueOn why daysWaited workingDaysLate project { id } handoff { attempt } receivers { id } nextDepartment { id } nextStaff { name } heads { name } } } }';
const missing = async (who: Actor, filter: object = {}, after?: string) => (await api.gql(who, LIST, { filter, after })).data.handoffsMissing;
const count = async (who: Actor, filter?: object) => (await missing(who, filter)).totalCount as number;
const act = async (who: Actor, name: string, input: object) => (await api.gql(who, `mutation($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { act: ${name}(input: $input) { handoff { id version } userErrors { code } } }`, { input })).data.act;
const told = async (who: Actor) => (await api.gql(who, '{ reminders(filter: { kind: [HANDOFF] }) { nodes { title project { id } } } }')).data.reminders.nodes;
const BETWEEN = '应于 2026-09-28 前完成移交';

/** Signed on Monday 14 September 2026 by its milestone; ten working days end on Monday 28 September: 20 September is worked, 25 to 27 are not. */
async function signed(name: string, day = '2026-09-14', of: ReminderZone = zone): Promise<string> {
  const id = await of.project({ name, stage: 'SIGNED', lastActivityOn: day });
  await t.owner.query(`insert into milestone (zone_id, project_id, kind, event_on, counting_rule, entered_at) values ($1, $2, 'SIGNED', $3, 'EVENT', shanghai_midnight($3))`, [of.id, id, day]);
  return id;
}

describe('a project that is signed and not handed over in time', () => {
  it('is on the list of both sides from the day after, with whose turn it is, until it is accepted', async () => {
    const head = await zone.hire('SERVICE', 'service', { name: '服务中心主任', leads: true });
    const id = await signed('光电产业园');
    on('2026-09-28');
    expect(await count(zone.manager)).toBe(0);
    on('2026-09-29');
    const seen = { name: '光电产业园', signedOn: '2026-09-14', dueOn: '2026-09-28', why: 'NOT_SUBMITTED', daysWaited: 15, workingDaysLate: 1, handoff: null, nextDepartment: { id: `Department:${zone.departments.group}` }, nextStaff: { name: 'RECRUITER@group' } };
    for (const who of [zone.recruiter, zone.groupLeader, zone.manager, zone.as.LEADER]) expect((await missing(who)).nodes).toEqual([expect.objectContaining({ ...seen, project: { id: `Project:${id}` } })]);
    // The other chair: its head knows what is to come, and sees no more of it; nobody else there.
    const others = await zone.hire('SERVICE', 'service', { name: '服务专员二' });
    const there = (await missing(head)).nodes[0];
    expect(there).toMatchObject({ ...seen, project: null, heads: [{ name: 'GROUP_LEADER@group' }, { name: '二中心专员' }, { name: '服务中心主任' }] });
    expect(there.receivers.map((r: { id: string }) => r.id).sort()).toEqual([centre, `Department:${zone.otherServiceId}`].sort());
    expect([await count(others), await count(zone.otherService), await count(zone.stranger), await count(zone.colleague)]).toEqual([0, 1, 0, 0]);
    expect((await api.gql(zone.as.AGENT, LIST)).errors[0].extensions.code).toBe('FORBIDDEN');

    const { handoff } = await act(zone.recruiter, 'handoffSubmit', { projectId: `Project:${id}`, toDepartmentId: centre });
    expect((await missing(zone.manager)).nodes[0]).toMatchObject({ why: 'WAITING', handoff: { attempt: 1 }, receivers: [{ id: centre }], nextDepartment: { id: centre }, nextStaff: null });
    expect([await count(head), await count(others), await count(zone.otherService)]).toEqual([1, 1, 0]);
    await act(zone.service, 'handoffReturn', { handoffId: handoff.id, expectedVersion: 1, reason: '缺资料' });
    expect((await missing(head)).nodes[0]).toMatchObject({ why: 'RETURNED', nextStaff: { name: 'RECRUITER@group' }, nextDepartment: { id: `Department:${zone.departments.group}` } });
    const again = (await act(zone.recruiter, 'handoffSubmit', { projectId: `Project:${id}`, toDepartmentId: centre })).handoff;
    await act(zone.service, 'handoffAccept', { handoffId: again.id, expectedVersion: 1 });
    expect([await count(zone.manager), await count(head)]).toEqual([0, 0]);
    expect((await t.owner.query(`select done_on::text from deadline where kind = 'HANDOFF_MISSING'`)).rows).toEqual([{ done_on: '2026-09-29' }]);
  });

  it('is told to the heads of both sides, once for each step', async () => {
    const head = await zone.hire('SERVICE', 'service', { name: '服务中心主任', leads: true });
    const id = await signed('光电产业园');
    on('2026-09-28');
    expect(await sweep.remind()).toBe(0);
    on('2026-09-29');
    // Group leader; head of the one centre; the only person of the other, which nobody leads.
    expect((await Promise.all([sweep.remind(), sweep.remind()])).sort()).toEqual([0, 3]);
    expect(await told(zone.groupLeader)).toEqual([{ title: `“光电产业园”2026-09-14 签约，${BETWEEN}：尚未提交`, project: { id: `Project:${id}` } }]);
    expect(await told(head)).toEqual([{ title: `“光电产业园”2026-09-14 签约，${BETWEEN}：尚未提交`, project: null }]);
    expect([await told(zone.service), await told(zone.manager)]).toEqual([[], []]);
    on('2026-09-30');
    expect(await sweep.remind()).toBe(0);

    // Submitted: what was told is done. The receiver lets it lie: a step of its own.
    await act(zone.recruiter, 'handoffSubmit', { projectId: `Project:${id}`, toDepartmentId: centre });
    expect([await told(zone.groupLeader), (await told(head)).length]).toEqual([[], 2]);
    expect(await sweep.remind()).toBe(2);
    expect((await told(head)).map((r: { title: string }) => r.title)).toContain(`“光电产业园”2026-09-14 签约，${BETWEEN}：接收方尚未办理`);
    await t.owner.query(`update project set status = 'SUSPENDED', state_at = now() where id = $1`, [id]);
    expect([await count(zone.manager), await sweep.remind()]).toEqual([0, 0]);
    expect(await told(zone.groupLeader)).toEqual([]);
    await t.owner.query(`update project set status = 'ACTIVE' where id = $1`, [id]);
    expect(await count(zone.manager)).toBe(1);
  });

  it('is found by what it waits for, side and project, page by page', async () => {
    const first = await signed('甲', '2026-09-01');
    await signed('乙', '2026-09-02');
    const foreign = await reminderZone(t.owner);
    await signed('丙', '2026-09-01', foreign);
    on('2026-10-09');
    await act(zone.recruiter, 'handoffSubmit', { projectId: `Project:${first}`, toDepartmentId: centre });
    const page = await missing(zone.manager);
    expect([page.totalCount, page.nodes.map((n: { name: string }) => n.name), page.pageInfo.hasNextPage]).toEqual([2, ['甲'], true]);
    expect((await missing(zone.manager, {}, page.pageInfo.endCursor)).nodes.map((n: { name: string }) => n.name)).toEqual(['乙']);
    const names = async (filter: object) => (await missing(zone.manager, filter)).nodes.map((n: { name: string }) => n.name);
    expect(await names({ why: ['NOT_SUBMITTED', 'RETURNED'] })).toEqual(['乙']);
    expect(await names({ receiverIds: [`Department:${zone.otherServiceId}`] })).toEqual(['乙']);
    expect(await names({ departmentIds: [`Department:${zone.departments.bureau}`], projectId: `Project:${first}` })).toEqual(['甲']);
    expect(await names({ departmentIds: [`Department:${zone.departments.otherBureau}`] })).toEqual([]);
  });

  it('follows the rule of the zone: days, first stage, receiver; what came with a ledger waits from the day on which it came', async () => {
    const rule = (value: object) => t.owner.query(`insert into zone_policy (zone_id, name, value) values ($1, 'handoff', $2) on conflict (zone_id, name, valid_from) do update set value = excluded.value`, [zone.id, { receiveWorkingDays: 3, ...value }]);
    await signed('光电产业园');
    const old = await zone.project({ name: '台账项目', stage: 'STARTED', lastActivityOn: '2024-03-01' });
    const { rows: [ledger] } = await t.owner.query(`insert into ledger_import (zone_id, file_name, sha256, state, created_by) values ($1, 'x.xlsx', sha256('w'), 'APPLIED', $2) returning id`, [zone.id, zone.manager.staffId]);
    await t.owner.query(`insert into milestone (zone_id, project_id, kind, event_on, counting_rule, entered_at, import_id) values ($1, $2, 'SIGNED', '2024-03-01', 'EVENT', '2026-09-14T02:00:00Z', $3)`, [zone.id, old, ledger.id]);
    const due = async () => (await t.owner.query(`select p.name, d.due_on::text as due from deadline d join project p on p.id = d.project_id where d.kind = 'HANDOFF_MISSING' order by d.due_on, p.name collate "C"`)).rows.map((r) => `${r.name} ${r.due}`);
    expect(await due()).toEqual(['光电产业园 2026-09-28', '台账项目 2026-09-28']);
    await rule({ handOverWithinWorkingDays: 3, missingStages: ['SIGNED', 'LANDED'], receiver: zone.otherServiceId });
    await sweep.remind();
    expect(await due()).toEqual(['光电产业园 2026-09-17']);
    on('2026-09-18');
    expect((await missing(zone.manager)).nodes[0]).toMatchObject({ receivers: [{ id: `Department:${zone.otherServiceId}` }] });
    expect([await count(zone.service), await count(zone.otherService)]).toEqual([0, 1]);
    await rule({ startsAt: 'LANDED', missingStages: ['LANDED'] });
    await sweep.remind();
    expect(await due()).toEqual([]);
  });

  it('has the same usual numbers in the database and in the rules; the signing taken back, nothing is due', async () => {
    const id = await signed('光电产业园');
    const { rows: [held] } = await t.owner.query(`select due_on::text as due, (select due::text from working_due('2026-09-14', $1)) as usual from deadline where kind = 'HANDOFF_MISSING'`, [POLICIES.handoff.usual.handOverWithinWorkingDays]);
    expect(held.due).toBe(held.usual);
    expect([POLICIES.handoff.usual.startsAt, POLICIES.handoff.usual.missingStages]).toEqual(['SIGNED', ['SIGNED', 'LANDED', 'STARTED']]);
    await t.owner.query(`update project set stage = 'NEGOTIATING', state_at = now() where id = $1`, [id]);
    await t.owner.query(`update milestone set voided_at = now(), void_reason = '撤回' where project_id = $1 and kind = 'SIGNED'`, [id]);
    expect((await t.owner.query(`select 1 from deadline where kind = 'HANDOFF_MISSING'`)).rowCount).toBe(0);
  });
});
