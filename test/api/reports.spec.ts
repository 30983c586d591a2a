import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ReportsSweepService } from '@yinfeng/construction';
import { POLICIES } from '@yinfeng/directory';
import type { Actor } from '@yinfeng/platform';
import { DeliveryService } from '@yinfeng/reminders';
import { publishCalendar } from '../jobs/reminders-zone.js';
import { codes, type DealDesk, dealDesk } from './deal-desk.js';

let desk: DealDesk;
let sweep: ReportsSweepService;
beforeAll(async () => {
  desk = await dealDesk();
  await publishCalendar(desk.t.owner);
  sweep = desk.api.running.app.get(ReportsSweepService);
});
afterAll(() => desk.stop());
beforeEach(async () => {
  await desk.t.owner.query(`begin; set local session_replication_role = replica; delete from report_gap; delete from report_act; delete from report_filing; delete from reminder_delivery; delete from reminder; delete from outbox; commit`);
  await desk.t.owner.query(`update project set status = 'WITHDRAWN'`);
  await desk.t.owner.query(`delete from zone_policy where name in ('reportsDue', 'noProgressReasons')`);
});

/** Shanghai day and time. */
const at = (moment: string) => {
  const instant = new Date(`${moment.length === 10 ? `${moment}T09:30:00` : moment}+08:00`);
  desk.api.clock.pin(instant);
  desk.t.clock.pin(instant);
};
const open = async (moment: string) => { at(moment); return sweep.sweepZone(desk.zone.id); };
const local = (id: string) => id.split(':')[1]!;
type Filing = { id: string; version: number; code: string; state: string; overdue: boolean; department: { name: string }; dueAt: string; [key: string]: any };
const FIELDS = 'id version code label state overdue periodOn fromOn dueOn dueAt month provisional department { name }';
const due = async (who: Actor, filter = '', fields = FIELDS): Promise<Filing[]> => {
  const answer = await desk.api.gql(who, `{ reportsDue(first: 200${filter && `, filter: { ${filter} }`}) { totalCount nodes { ${fields} } } }`);
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  expect(answer.data.reportsDue.totalCount).toBe(answer.data.reportsDue.nodes.length);
  return answer.data.reportsDue.nodes;
};
const one = async (code: string, unit: string, fields = FIELDS, who: Actor = desk.leader, more = ''): Promise<Filing> => (await due(who, `codes: ["${code}"]${more}`, `department { name } ${fields}`)).find((f) => f.department.name === unit)!;
const act = (who: Actor, name: string, f: { id: string; version: number }, input: object = {}, fields = 'state version filedAt reason') => desk.act(who, name, { filingId: f.id, expectedVersion: f.version, ...input }, `reportFiling { ${fields} }`);
const gaps = async (who: Actor, id: string, check: string) => {
  const answer = await desk.api.gql(who, `{ reportGaps(filingId: "${id}", check: ${check}, first: 200) { totalCount nodes { name } } }`);
  return answer.errors ? answer.errors[0].extensions.code : { total: answer.data.reportGaps.totalCount, names: answer.data.reportGaps.nodes.map((p: { name: string }) => p.name).sort() };
};
const reminders = async (): Promise<{ to: string; title: string; due: string; state: string }[]> => (await desk.t.owner.query(
  `select s.name as to, r.detail ->> 'act' as title, r.due_on::text as due, r.state from reminder r join staff s on s.id = r.recipient_id where r.kind = 'REPORT' order by r.due_on, s.name, r.cause`)).rows as never;
/** What the worker does: claims what is due and delivers it. */
const deliver = async () => {
  const delivery = new DeliveryService(desk.t.db);
  await delivery.sweep();
  for (const { data } of (await desk.t.owner.query<{ data: { zoneId: string; deliveryIds: string[] } }>(`delete from outbox where job = 'reminders.deliver' returning data`)).rows) await delivery.deliver(data.zoneId, data.deliveryIds);
};
const GROUP = '招商一局一组', OTHER_GROUP = '招商一局二组', OTHER_BUREAU = '招商二局', BUREAU = '招商一局';
const only = (...codes_: string[]) => desk.policy('reportsDue', { reports: POLICIES.reportsDue.usual.reports.filter((r) => codes_.includes(r.code)) });

describe('what is due', () => {
  it('moves the Friday, the 1st and the 3rd of the National Day to the next working day, each at its hour, for each unit of the rule', async () => {
    expect(await open('2026-09-30')).toMatchObject({ opened: 10, changed: 0, dropped: 0 });
    expect(await open('2026-09-30')).toMatchObject({ opened: 0, changed: 0, dropped: 0, reports: 0 });
    expect((await due(desk.leader)).map((f) => [f.code, f.department.name, f.periodOn, f.fromOn, new Date(f.dueAt).toISOString()]).sort()).toEqual([
      ['FRIDAY_SHEET', GROUP, '2026-10-02', '2026-09-28', '2026-10-08T02:00:00.000Z'], ['FRIDAY_SHEET', OTHER_GROUP, '2026-10-02', '2026-09-28', '2026-10-08T02:00:00.000Z'], ['FRIDAY_SHEET', OTHER_BUREAU, '2026-10-02', '2026-09-28', '2026-10-08T02:00:00.000Z'],
      ['HALF_MONTHLY_DISPATCH', BUREAU, '2026-10-01', '2026-09-15', '2026-10-08T02:00:00.000Z'], ['HALF_MONTHLY_DISPATCH', OTHER_BUREAU, '2026-10-01', '2026-09-15', '2026-10-08T02:00:00.000Z'],
      ['MONTHLY_COMPARISON', GROUP, '2026-10-03', '2026-09-03', '2026-10-08T10:00:00.000Z'], ['MONTHLY_COMPARISON', OTHER_GROUP, '2026-10-03', '2026-09-03', '2026-10-08T10:00:00.000Z'], ['MONTHLY_COMPARISON', OTHER_BUREAU, '2026-10-03', '2026-09-03', '2026-10-08T10:00:00.000Z'],
      ['WEEKLY_MONITORING', BUREAU, '2026-10-02', '2026-09-28', '2026-10-08T09:00:00.000Z'], ['WEEKLY_MONITORING', OTHER_BUREAU, '2026-10-02', '2026-09-28', '2026-10-08T09:00:00.000Z'],
    ].sort());
    expect(await one('MONTHLY_COMPARISON', GROUP, 'label month provisional state overdue')).toMatchObject({ label: '月度对比', month: '2026-09-01', provisional: false, state: 'DUE', overdue: false });
  });

  it('takes a made-up Saturday for a working day, and marks a day of a year that is not published', async () => {
    const rule = { ...POLICIES.reportsDue.usual.reports.find((r) => r.code === 'FRIDAY_SHEET')!, units: 'LISTED', departmentIds: [desk.zone.departments.service], filers: ['SERVICE'] };
    at('2026-10-09');
    await desk.policy('reportsDue', { reports: [{ ...rule, when: { weekly: 6, time: '09:00' } }] });
    await open('2026-10-09');
    expect((await due(desk.leader)).map((f) => [f.dueOn, f.provisional, f.department.name])).toEqual([['2026-10-10', false, '项目服务中心']]);
    at('2026-12-30');
    await desk.policy('reportsDue', { reports: [{ ...rule, when: { monthlyBy: 2, time: '09:00' } }] });
    await open('2026-12-30');
    // 2 January 2027 is a Saturday: Monday, as far as anybody can say.
    expect((await due(desk.leader, 'overdue: false')).map((f) => [f.periodOn, f.dueOn, f.provisional])).toEqual([['2027-01-02', '2027-01-04', true]]);
  });

  it('opens each once, whatever runs at the same time, and plans each reminder once', async () => {
    at('2026-09-30');
    const done = await Promise.all([sweep.sweepZone(desk.zone.id), sweep.sweepZone(desk.zone.id)]);
    expect(done.map((d) => d.opened).sort()).toEqual([0, 10]);
    expect((await desk.t.owner.query('select count(*)::int as n, count(distinct (department_id, code, period_on))::int as d from report_filing')).rows).toEqual([{ n: 10, d: 10 }]);
    expect(done.filter((d) => d.reports > 0)).toHaveLength(1);
  });

  it('follows a rule that is changed from a day on; what nobody has touched and nobody asks for any more goes', async () => {
    at('2026-10-12');
    await only('FRIDAY_SHEET');
    await open('2026-10-12');
    const friday = POLICIES.reportsDue.usual.reports.find((r) => r.code === 'FRIDAY_SHEET')!;
    const change = async (expectedVersion: number, of: object) => (await desk.api.gql(desk.zone.as.SECURITY_ADMIN, 'mutation($input: PolicySetInput!) { policySet(input: $input) { userErrors { code message } } }',
      { input: { name: 'reportsDue', validFrom: '2026-10-15', expectedVersion, value: { reports: [{ ...friday, ...of }] } } })).data.policySet.userErrors;
    expect(await change(1, { when: { weekly: 5, time: '15:30' } })).toEqual([]);
    expect(await open('2026-10-12')).toMatchObject({ opened: 0, changed: 3, dropped: 0 });
    expect((await one('FRIDAY_SHEET', GROUP)).dueAt).toBe('2026-10-16T07:30:00+00:00');
    expect(await change(2, { units: 'LISTED', departmentIds: [desk.zone.departments.group], when: { weekly: 5, time: '15:30' } })).toEqual([]);
    expect(await open('2026-10-12')).toMatchObject({ opened: 0, changed: 0, dropped: 2 });
    expect((await due(desk.leader)).map((f) => f.department.name)).toEqual([GROUP]);
    expect(await change(3, { when: { weekly: 8, time: '25:00' } })).toEqual([expect.objectContaining({ code: 'INVALID' })]);
  });

  it('makes good what a worker that was away did not open, and asks nothing of the time before a unit was asked', async () => {
    at('2026-09-10');
    await only('FRIDAY_SHEET');
    await open('2026-09-10');
    expect(await open('2026-09-23')).toMatchObject({ opened: 6 });
    expect((await due(desk.leader, `codes: ["FRIDAY_SHEET"], departmentIds: ["Department:${desk.zone.departments.group}"]`)).map((f) => [f.dueOn, f.overdue])).toEqual([['2026-09-28', false], ['2026-09-18', true], ['2026-09-11', true]]);
  });
});

describe('who sees what', () => {
  it('shows a unit its own, a bureau all below it, a leader all, and nobody of another zone anything', async () => {
    await open('2026-09-30');
    const seen = async (who: Actor) => [...new Set((await due(who)).map((f) => f.department.name))].sort();
    expect(await seen(desk.recruiter)).toEqual([GROUP]);
    expect(await seen(desk.groupLeader)).toEqual([GROUP]);
    expect(await seen(desk.manager)).toEqual([BUREAU, GROUP, OTHER_GROUP].sort());
    expect(await seen(desk.leader)).toEqual([BUREAU, GROUP, OTHER_GROUP, OTHER_BUREAU].sort());
    expect(await seen(desk.other.as.LEADER)).toEqual([]);
    const f = await one('FRIDAY_SHEET', OTHER_BUREAU);
    expect(await gaps(desk.recruiter, f.id, 'NEXT_STEPS')).toBe('NOT_FOUND');
    for (const who of [desk.groupLeader, desk.other.as.GROUP_LEADER]) expect(await desk.refused(who, 'reportFile', { filingId: f.id, expectedVersion: 1 })).toBe('NOT_FOUND');
    expect((await desk.api.gql(desk.recruiter, `{ node(id: "${f.id}") { id } }`)).data.node).toBeNull();
    expect((await desk.api.gql(desk.leader, `{ node(id: "${f.id}") { id } }`)).data.node).toEqual({ id: f.id });
  });
});

describe('handing in', () => {
  beforeEach(async () => { await open('2026-09-30'); });

  it('is in time at the very second and late a second after it; the database holds it too', async () => {
    at('2026-10-08T10:00:00');
    expect(await act(desk.manager, 'reportFile', await one('FRIDAY_SHEET', OTHER_GROUP), { note: '已报' })).toEqual({ reportFiling: { state: 'FILED', version: 2, filedAt: '2026-10-08T02:00:00+00:00', reason: null }, userErrors: [] });
    at('2026-10-08T10:00:01');
    const f = await one('FRIDAY_SHEET', GROUP);
    expect(f.overdue).toBe(true);
    expect((await act(desk.groupLeader, 'reportFile', f)).reportFiling).toMatchObject({ state: 'LATE', filedAt: '2026-10-08T02:00:01+00:00' });
    await expect(desk.t.owner.query(`update report_filing set state = 'FILED' where id = $1`, [local(f.id)])).rejects.toThrow(/report_filing_in_time/);
    await expect(desk.t.owner.query(`delete from report_act`)).rejects.toThrow(/append-only/);
  });

  it('is for whom the rule names, of their unit', async () => {
    const f = await one('FRIDAY_SHEET', GROUP);
    expect(codes(await act(desk.recruiter, 'reportFile', f))).toEqual([['REPORT_ROLE', 'filingId']]);
    expect(await desk.refused(desk.leader, 'reportFile', { filingId: f.id, expectedVersion: 1 })).toBe('FORBIDDEN');
    expect((await act(desk.groupLeader, 'reportFile', f)).reportFiling.state).toBe('FILED');
    expect(codes(await act(desk.groupLeader, 'reportFile', { ...f, version: 2 }))).toEqual([['REPORT_DONE', 'filingId']]);
    const stale = await act(desk.groupLeader, 'reportFile', f);
    expect([codes(stale), stale.reportFiling.version]).toEqual([[['CONFLICT', 'expectedVersion']], 2]);
  });

  it('happens once: for a key that comes twice, and for two at the same moment', async () => {
    const f = await one('FRIDAY_SHEET', GROUP);
    const again = [await act(desk.groupLeader, 'reportFile', f, { idempotencyKey: 'k1' }), await act(desk.groupLeader, 'reportFile', f, { idempotencyKey: 'k1' })];
    expect(again[0]).toEqual(again[1]);
    const other = await one('FRIDAY_SHEET', OTHER_GROUP);
    const both = await Promise.all([act(desk.manager, 'reportFile', other), act(desk.manager, 'reportFile', other)]);
    expect(both.map((b) => b.userErrors.length).sort()).toEqual([0, 1]);
    expect((await desk.t.owner.query('select count(*)::int as n from report_act')).rows).toEqual([{ n: 2 }]);
    await expect(desk.t.owner.query('update report_filing f set last_act_id = a.id from report_act a where a.filing_id <> f.id and f.last_act_id is not null')).rejects.toMatchObject({ constraint: 'report_last_act' });
  });

  it('takes a file of one\'s own, which whoever sees the unit may read', async () => {
    const fileId = await desk.upload(desk.groupLeader, '周报');
    const f = await one('FRIDAY_SHEET', GROUP);
    expect(codes(await act(desk.groupLeader, 'reportFile', f, { fileId: await desk.upload(desk.manager, '别人的') }))).toEqual([['UNKNOWN_REFERENCE', 'fileId']]);
    expect((await act(desk.groupLeader, 'reportFile', f, { fileId }, 'file { id name }')).reportFiling).toEqual({ file: { id: fileId, name: '周报.pdf' } });
    const read = async (who: Actor) => (await desk.api.request(who, `/files/${fileId}`)).status;
    expect([await read(desk.leader), await read(desk.manager), await read(desk.recruiter), await read(desk.zone.stranger)]).toEqual([200, 200, 200, 404]);
  });

  it('can be taken back with a reason until the next one has fallen due, and nothing of it is lost', async () => {
    let f = await one('FRIDAY_SHEET', GROUP);
    expect(codes(await act(desk.groupLeader, 'reportWithdraw', f, { reason: '误报' }))).toEqual([['REPORT_NOT_DONE', 'filingId']]);
    await act(desk.groupLeader, 'reportFile', f, { note: '初稿' });
    expect(codes(await act(desk.groupLeader, 'reportWithdraw', { ...f, version: 2 }, { reason: ' ' }))).toEqual([['REASON_REQUIRED', 'reason']]);
    expect(codes(await act(desk.recruiter, 'reportWithdraw', { ...f, version: 2 }, { reason: '误报' }))).toEqual([['REPORT_ROLE', 'filingId']]);
    expect((await act(desk.groupLeader, 'reportWithdraw', { ...f, version: 2 }, { reason: '漏报两个项目' })).reportFiling).toMatchObject({ state: 'DUE', filedAt: null });
    await open('2026-10-08T10:05:00');
    f = await one('FRIDAY_SHEET', GROUP, 'id version acts { act words late by { name } }', desk.leader, ', to: "2026-10-08"');
    expect(f['acts']).toEqual([{ act: 'WITHDRAW', words: '漏报两个项目', late: false, by: { name: desk.groupLeader.name } }, { act: 'FILE', words: '初稿', late: false, by: { name: desk.groupLeader.name } }]);
    await act(desk.groupLeader, 'reportFile', f);
    at('2026-10-09T10:00:00');
    await act(desk.groupLeader, 'reportWithdraw', { ...f, version: f.version + 1 }, { reason: '再改' });
    await act(desk.groupLeader, 'reportFile', { ...f, version: f.version + 2 });
    at('2026-10-09T10:00:01');
    expect(codes(await act(desk.groupLeader, 'reportWithdraw', { ...f, version: f.version + 3 }, { reason: '再改' }))).toEqual([['REPORT_CLOSED', 'filingId']]);
  });

  it('is excused by a head of the level above, never by the unit itself', async () => {
    const f = await one('FRIDAY_SHEET', GROUP);
    expect(await desk.refused(desk.recruiter, 'reportExcuse', { filingId: f.id, expectedVersion: 1, reason: '出访' })).toBe('FORBIDDEN');
    expect(codes(await act(desk.groupLeader, 'reportExcuse', f, { reason: '出访' }))).toEqual([['REPORT_EXCUSER', 'filingId']]);
    expect(codes(await act(desk.manager, 'reportExcuse', await one('WEEKLY_MONITORING', BUREAU), { reason: '出访' }))).toEqual([['REPORT_EXCUSER', 'filingId']]);
    expect((await act(desk.manager, 'reportExcuse', f, { reason: '全组出访' })).reportFiling).toMatchObject({ state: 'EXCUSED', reason: '全组出访' });
    expect((await act(desk.leader, 'reportExcuse', await one('WEEKLY_MONITORING', BUREAU), { reason: '放假' })).reportFiling.state).toBe('EXCUSED');
    expect(codes(await act(desk.groupLeader, 'reportWithdraw', { ...f, version: 2 }, { reason: '要报' }))).toEqual([['REPORT_EXCUSER', 'filingId']]);
    expect((await act(desk.manager, 'reportWithdraw', { ...f, version: 2 }, { reason: '已回' })).reportFiling).toMatchObject({ state: 'DUE', reason: null });
  });
});

describe('what is missing', () => {
  it('counts exactly the rows it lists, for whoever asks, now and as it was handed in', async () => {
    at('2026-09-28');
    await only('MONTHLY_COMPARISON');
    const silent = await desk.project({ name: '沉默' });
    const set = async (id: string, nextStep: string, nextFollowUpOn: string) => expect((await desk.act(desk.recruiter, 'projectEdit', { projectId: id, expectedVersion: await desk.version(id), nextStep, nextFollowUpOn })).userErrors).toEqual([]);
    const planned = await desk.project({ name: '有安排' });
    await desk.project({ name: '同组他人的', owner: desk.groupLeader });
    await desk.project({ name: '别组的', departmentId: desk.zone.departments.otherGroup });
    await set(planned, '看地', '2026-10-06');
    await open('2026-10-08');
    const f = await one('MONTHLY_COMPARISON', GROUP);
    const told = async (who: Actor) => {
      const { missing } = await one('MONTHLY_COMPARISON', GROUP, 'missing { check fault count }', who);
      const counts: Record<string, number> = Object.fromEntries(missing.map((m: { check: string; count: number }) => [m.check, m.count]));
      for (const check of ['NO_PROGRESS_REASONS', 'NEXT_STEPS', 'VISITS_LOGGED']) expect([check, (await gaps(who, f.id, check)).total]).toEqual([check, counts[check]]);
      return counts;
    };
    // The new next step was set in September: progress; its day, 6 October, went by without a visit.
    expect(await told(desk.leader)).toEqual({ NO_PROGRESS_REASONS: 2, NEXT_STEPS: 2, VISITS_LOGGED: 1 });
    expect(await told(desk.recruiter)).toEqual({ NO_PROGRESS_REASONS: 1, NEXT_STEPS: 1, VISITS_LOGGED: 1 });
    expect(await gaps(desk.leader, f.id, 'NO_PROGRESS_REASONS')).toEqual({ total: 2, names: ['同组他人的', '沉默'].sort() });
    // The bureau stands for its groups; several reports of several units in one page count each its own.
    await desk.policy('reportsDue', { reports: POLICIES.reportsDue.usual.reports.map((r) => ({ ...r, checks: ['NO_PROGRESS_REASONS', 'NEXT_STEPS', 'VISITS_LOGGED', 'CHANGED_PROJECTS'] })) });
    await open('2026-10-08');
    const all = await due(desk.leader, 'states: [DUE]', 'id code department { name } missing { check count }');
    expect(all.length).toBeGreaterThan(8);
    for (const each of all) for (const { check, count } of each['missing']) expect([each.code, each.department.name, check, (await gaps(desk.leader, each.id, check)).total]).toEqual([each.code, each.department.name, check, count]);
    expect(all.find((x) => x.code === 'WEEKLY_MONITORING' && x.department.name === BUREAU)!['missing'].slice(0, 2)).toEqual([{ check: 'NO_PROGRESS_REASONS', count: 3 }, { check: 'NEXT_STEPS', count: 3 }]);
    await only('MONTHLY_COMPARISON');
    await open('2026-10-08');
    await desk.act(desk.recruiter, 'noProgressExplain', { projectId: silent, month: '2026-09-01', reason: 'LAND', words: '地块未定' });
    await desk.act(desk.recruiter, 'visitLog', { projectId: planned, direction: 'OUTBOUND', visitedOn: '2026-10-08', content: '看地', nextStep: '签意向', nextFollowUpOn: '2026-10-16' });
    expect(await told(desk.leader)).toEqual({ NO_PROGRESS_REASONS: 1, NEXT_STEPS: 2, VISITS_LOGGED: 0 });
    await act(desk.groupLeader, 'reportFile', await one('MONTHLY_COMPARISON', GROUP));
    // Frozen: what is put right afterwards changes nothing of what was handed in.
    await set(silent, '约谈', '2026-10-20');
    expect(await told(desk.leader)).toEqual({ NO_PROGRESS_REASONS: 1, NEXT_STEPS: 2, VISITS_LOGGED: 0 });
    expect(await gaps(desk.leader, f.id, 'NEXT_STEPS')).toEqual({ total: 2, names: ['同组他人的', '沉默'].sort() });
  });

  it('lists what is new or changed since the last hand-in, and refuses what is not complete where the zone says so', async () => {
    at('2026-10-12');
    const friday = POLICIES.reportsDue.usual.reports.find((r) => r.code === 'FRIDAY_SHEET')!;
    await desk.policy('reportsDue', { reports: [{ ...friday, checks: ['NEXT_STEPS', 'CHANGED_PROJECTS'], unmet: 'REFUSE' }] });
    const moved = await desk.project({ name: '有走访' });
    await desk.project({ name: '没动' });
    await open('2026-10-12');
    await desk.act(desk.recruiter, 'visitLog', { projectId: moved, direction: 'OUTBOUND', visitedOn: '2026-10-12', content: '看地', nextStep: '签意向', nextFollowUpOn: '2026-10-20' });
    const f = await one('FRIDAY_SHEET', GROUP, 'id version missing { check fault count }');
    expect(f['missing']).toEqual([{ check: 'NEXT_STEPS', fault: true, count: 1 }, { check: 'CHANGED_PROJECTS', fault: false, count: 1 }]);
    expect(await gaps(desk.groupLeader, f.id, 'CHANGED_PROJECTS')).toEqual({ total: 1, names: ['有走访'] });
    const refused = await act(desk.groupLeader, 'reportFile', f);
    expect([codes(refused), refused.userErrors[0].message]).toEqual([[['REPORT_UNMET', 'filingId']], '尚有 1 个没有下一步安排的项目，按本区规则须补齐后报送。']);
    expect((await desk.t.owner.query('select (select count(*) from report_act)::int as a, (select count(*) from report_gap)::int as g')).rows).toEqual([{ a: 0, g: 0 }]);
    await desk.t.owner.query(`update project set next_step = '约谈', next_follow_up_on = '2026-10-20' where name = '没动'`);
    expect((await act(desk.groupLeader, 'reportFile', f)).reportFiling.state).toBe('FILED');
  });
});

describe('who is told', () => {
  it('reminds who hands in before and on the day, and tells the heads step by step when it is late; the list says who and when', async () => {
    at('2026-10-12');
    await only('FRIDAY_SHEET');
    await open('2026-10-12');
    // One group has a leader; the other's nearest head is the bureau's; the other bureau has nobody above it either.
    expect(await reminders()).toEqual([
      { to: 'GROUP_LEADER@group', title: 'AHEAD', due: '2026-10-15', state: 'PLANNED' }, { to: 'MANAGER@bureau', title: 'AHEAD', due: '2026-10-15', state: 'PLANNED' },
      { to: 'GROUP_LEADER@group', title: 'DAY', due: '2026-10-16', state: 'PLANNED' }, { to: 'MANAGER@bureau', title: 'DAY', due: '2026-10-16', state: 'PLANNED' },
    ]);
    at('2026-10-16T09:01:00');
    await deliver();
    await act(desk.manager, 'reportFile', await one('FRIDAY_SHEET', OTHER_GROUP));
    await open('2026-10-16T10:05:00');
    await deliver();
    const told = async () => (await one('FRIDAY_SHEET', GROUP, 'told { staff { name } late at }', desk.leader, ', to: "2026-10-16"'))['told'].map((t: { staff: { name: string }; late: boolean }) => [t.staff.name, t.late]);
    expect(await told()).toEqual([['GROUP_LEADER@group', false], ['GROUP_LEADER@group', false], ['GROUP_LEADER@group', true]]);
    await open('2026-10-19T09:05:00');
    await deliver();
    expect((await told()).at(-1)).toEqual(['MANAGER@bureau', true]);
    await open('2026-10-21T09:05:00');
    await deliver();
    await open('2026-10-21T09:10:00');
    expect((await told()).at(-1)).toEqual(['LEADER@zone', true]);
    expect(await told()).toHaveLength(5);
    const inbox = (await desk.api.gql(desk.leader, '{ reminders(filter: { kind: [REPORT] }) { nodes { title } } }')).data.reminders.nodes;
    expect(inbox).toContainEqual({ title: `${GROUP}《周报采集表》逾期未报送（应于 2026-10-16 10:00 前）` });
    await act(desk.groupLeader, 'reportFile', await one('FRIDAY_SHEET', GROUP, FIELDS, desk.leader, ', to: "2026-10-16"'));
    expect((await reminders()).filter((r) => r.title === 'LATE' && r.to !== 'LEADER@zone').map((r) => r.state)).toEqual(['DONE', 'DONE']);
  });

  it('follows the rule with what is planned, and tells nobody of what is handed in at the same moment', async () => {
    at('2026-10-12');
    await only('FRIDAY_SHEET');
    await open('2026-10-12');
    const friday = POLICIES.reportsDue.usual.reports.find((r) => r.code === 'FRIDAY_SHEET')!;
    await desk.policy('reportsDue', { reports: [{ ...friday, remindWorkingDaysBefore: [2] }] });
    await open('2026-10-12');
    expect((await reminders()).filter((r) => r.to === desk.groupLeader.name).map((r) => [r.due, r.state])).toEqual([['2026-10-14', 'PLANNED'], ['2026-10-15', 'CANCELLED'], ['2026-10-16', 'CANCELLED']]);
    await desk.policy('reportsDue', { reports: [{ ...friday, remindWorkingDaysBefore: [0] }] });
    const f = await one('FRIDAY_SHEET', GROUP);
    at('2026-10-12T12:00:00');
    const [filed] = await Promise.all([act(desk.groupLeader, 'reportFile', f), sweep.sweepZone(desk.zone.id)]);
    // The rule was changed too: whichever came first, the other saw it.
    if (filed.userErrors.length) expect((await act(desk.groupLeader, 'reportFile', await one('FRIDAY_SHEET', GROUP))).reportFiling.state).toBe('FILED');
    expect((await reminders()).filter((r) => r.to === desk.groupLeader.name && r.state !== 'CANCELLED')).toEqual([]);
  });

  it('asks again after a hand-in was taken back, and not after it was handed in', async () => {
    at('2026-10-12');
    await only('FRIDAY_SHEET');
    await open('2026-10-12');
    const f = await one('FRIDAY_SHEET', GROUP);
    await act(desk.groupLeader, 'reportFile', f);
    const mine = async () => (await reminders()).filter((r) => r.to === desk.groupLeader.name).map((r) => r.state);
    expect(await mine()).toEqual(['CANCELLED', 'CANCELLED']);
    await open('2026-10-13');
    expect(await mine()).toEqual(['CANCELLED', 'CANCELLED']);
    await act(desk.groupLeader, 'reportWithdraw', { ...f, version: 2 }, { reason: '误报' });
    await open('2026-10-13T11:00:00');
    expect(await mine()).toEqual(['PLANNED', 'PLANNED']);
  });
});

describe('who keeps the day', () => {
  it('is a share by unit over a quarter, of exactly the reports that the list has', async () => {
    at('2026-10-12');
    await only('FRIDAY_SHEET');
    for (const day of ['2026-10-12', '2026-10-19', '2026-10-26']) {
      await open(day);
      const now = (await due(desk.leader, 'states: [DUE], overdue: false')).filter((f) => f.department.name !== OTHER_BUREAU);
      for (const f of now) {
        if (day === '2026-10-19' && f.department.name === GROUP) continue;
        if (day === '2026-10-26' && f.department.name === OTHER_GROUP) await act(desk.manager, 'reportExcuse', f, { reason: '出访' });
        else await act(f.department.name === GROUP ? desk.groupLeader : desk.manager, 'reportFile', f);
      }
    }
    at('2026-10-27');
    const missed = (await due(desk.leader, `states: [DUE], overdue: true, departmentIds: ["Department:${desk.zone.departments.group}"]`))[0]!;
    await act(desk.groupLeader, 'reportFile', missed);
    at('2026-11-01');
    const rows = (await desk.api.gql(desk.leader, '{ reportPunctuality(from: "2026-10-01", to: "2026-12-31") { department { id name } due inTime late missing excused share } }')).data.reportPunctuality;
    expect(rows.map(({ department, ...n }: { department: { name: string } }) => [department.name, n])).toEqual([
      [OTHER_BUREAU, { due: 3, inTime: 0, late: 0, missing: 3, excused: 0, share: '0' }],
      [GROUP, { due: 3, inTime: 2, late: 1, missing: 0, excused: 0, share: '66.7' }],
      [OTHER_GROUP, { due: 3, inTime: 2, late: 0, missing: 0, excused: 1, share: '100' }],
    ]);
    for (const r of rows) {
      for (const [state, n] of [['FILED', r.inTime], ['LATE', r.late], ['DUE', r.missing], ['EXCUSED', r.excused]]) {
        expect([r.department.name, state, (await due(desk.leader, `departmentIds: ["${r.department.id}"], states: [${state}], from: "2026-10-01", to: "2026-10-31"`)).length]).toEqual([r.department.name, state, n]);
      }
    }
    expect((await desk.api.gql(desk.recruiter, '{ reportPunctuality(from: "2026-10-01", to: "2026-12-31") { department { name } } }')).data.reportPunctuality).toEqual([{ department: { name: GROUP } }]);
    expect((await desk.api.gql(desk.leader, '{ reportPunctuality(from: "2026-10-02", to: "2026-10-01") { due } }')).errors[0].message).toContain('2026-10-02');
  });
});
