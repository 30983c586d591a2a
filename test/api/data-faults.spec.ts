import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { POLICIES } from '@yinfeng/directory';
import type { Actor } from '@yinfeng/platform';
import { DataFaultsService } from '@yinfeng/recruitment';
import { DeliveryService } from '@yinfeng/reminders';
import { publishCalendar } from '../jobs/reminders-zone.js';
import { type DealDesk, dealDesk } from './deal-desk.js';

let desk: DealDesk;
let service: DataFaultsService;
beforeAll(async () => {
  desk = await dealDesk();
  await publishCalendar(desk.t.owner);
  service = desk.api.running.app.get(DataFaultsService);
});
afterAll(() => desk.stop());
beforeEach(async () => {
  at('2026-06-15');
  await desk.t.owner.query(`begin; set local session_replication_role = replica; delete from reminder_delivery; delete from reminder; delete from outbox; commit`);
  await desk.t.owner.query(`update project set status = 'WITHDRAWN'`);
  await desk.t.owner.query(`delete from zone_policy where name in ('dataFaults', 'reminderRules')`);
});

/** Shanghai day, ten in the morning. */
const at = (day: string) => {
  const instant = new Date(`${day}T10:00:00+08:00`);
  desk.api.clock.pin(instant);
  desk.t.clock.pin(instant);
};
const local = (id: string) => id.split(':')[1]!;
const list = async (who: Actor, filter: object = {}, more = '', fields = 'kind project { id }') => {
  const answer = await desk.api.gql(who, `query($f: DataFaultFilter!) { dataFaults(filter: $f${more}) { totalCount nodes { ${fields} } pageInfo { hasNextPage endCursor } } dataFaultCounts(filter: $f) { kind label count } }`, { f: filter });
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  const { dataFaults, dataFaultCounts } = answer.data;
  // What is counted is what is listed, for whoever asks.
  expect(dataFaultCounts.reduce((n: number, c: { count: number }) => n + c.count, 0)).toBe(dataFaults.totalCount);
  return { ...dataFaults, counts: dataFaultCounts };
};
const kinds = async (id: string, who = desk.leader): Promise<string[]> => (await list(who, { projectId: id })).nodes.map((n: { kind: string }) => n.kind);
const set = (id: string, columns: string) => desk.t.owner.query(`update project set ${columns} where id = $1`, [local(id)]);
/** A project without faults. */
const sound = async (values: Parameters<DealDesk['project']>[0] = {}) => {
  const id = await desk.project(values);
  await set(id, `next_step = '送方案', next_follow_up_on = '2026-06-30'`);
  return id;
};
const edit = async (id: string, input: object) => expect((await desk.act(desk.recruiter, 'projectEdit', { projectId: id, expectedVersion: await desk.version(id), ...input })).userErrors).toEqual([]);
const only = (...names: string[]) => desk.policy('dataFaults', { kinds: POLICIES.dataFaults.usual.kinds.filter((k) => names.includes(k.kind)) });

describe('a fault', () => {
  it('of the next step shows with what mends it, and is gone at once when mended', async () => {
    const id = await desk.project({ name: '光电产业园' });
    expect((await list(desk.leader, { projectId: id }, '', 'kind label remedy sinceOn project { name owner { name } }')).nodes).toEqual([
      { kind: 'NO_NEXT_STEP', label: '无下一步', remedy: '请填写下一步内容和跟进日期', sinceOn: null, project: { name: '光电产业园', owner: { name: 'RECRUITER@group' } } }]);
    await edit(id, { nextStep: '送方案', nextFollowUpOn: '2026-06-20' });
    expect(await kinds(id)).toEqual([]);
    at('2026-06-20');
    expect(await kinds(id)).toEqual([]);
    at('2026-06-21');
    const reader = await desk.zone.hire('LEADER', 'zone');
    await desk.t.owner.query(`update staff set locale = 'en' where id = $1`, [reader.staffId]);
    expect((await list(reader, { projectId: id }, '', 'kind label sinceOn')).nodes).toEqual([{ kind: 'NEXT_STEP_OVERDUE', label: 'next step overdue', sinceOn: '2026-06-20' }]);
    await edit(id, { nextFollowUpOn: '2026-06-22' });
    expect(await kinds(id)).toEqual([]);
    await set(id, `next_step = '  '`);
    expect(await kinds(id)).toEqual(['NO_NEXT_STEP']);
  });

  it('of owner, industry and amount is asked from the stages of the rule on', async () => {
    const id = await sound({ stage: 'RESERVE', total: null, fixed: null, industry: null });
    expect(await kinds(id)).toEqual(['NO_INDUSTRY']);
    await set(id, `stage = 'NEGOTIATING'`);
    expect(await kinds(id)).toEqual(['NO_AMOUNT', 'NO_INDUSTRY']);
    await edit(id, { industryCode: 'C374', totalInvestment: { raw: '3亿元' } });
    expect(await kinds(id)).toEqual([]);
    await set(id, 'owner_id = null');
    expect(await kinds(id)).toEqual(['NO_OWNER']);
    const leaver = await desk.zone.hire('RECRUITER', 'group');
    await desk.t.owner.query('update project set owner_id = $2 where id = $1', [local(id), leaver.staffId]);
    expect(await kinds(id)).toEqual([]);
    await desk.t.owner.query('update staff set disabled_at = now() where id = $1', [leaver.staffId]);
    expect(await kinds(id)).toEqual(['NO_OWNER']);
    await set(id, `stage = 'LEAD'`);
    expect(await kinds(id)).toEqual([]);
  });

  it('of a signed project: no agreement, no credit code', async () => {
    const id = await sound({ stage: 'SIGNED' });
    await desk.t.owner.query(`insert into milestone (zone_id, project_id, kind, event_on, entered_at, counting_rule) values ($1, $2, 'SIGNED', '2026-06-03', '2026-06-03T02:00:00Z', 'EVENT')`, [desk.zone.id, local(id)]);
    expect((await list(desk.leader, { projectId: id }, '', 'kind sinceOn')).nodes).toEqual([{ kind: 'SIGNED_WITHOUT_SIGNING', sinceOn: '2026-06-03' }]);
    await desk.act(desk.recruiter, 'signingRecord', { projectId: id, kind: 'CONTRACT', signedOn: '2026-06-03', partyName: '曜衡科技有限公司' });
    // The party of the agreement is now on record, without a code.
    const enterprise = (await desk.t.owner.query<{ id: string }>('select enterprise_id as id from project where id = $1', [local(id)])).rows[0]!.id;
    expect(await kinds(id)).toEqual(['MISSING_USCC']);
    await set(id, `capital_source = 'FOREIGN'`);
    expect(await kinds(id)).toEqual([]);
    await set(id, `capital_source = 'DOMESTIC'`);
    await desk.t.owner.query(`update enterprise set uscc = '91310000MA1FL5E12Y' where id = $1`, [enterprise]);
    expect(await kinds(id)).toEqual([]);
    await desk.t.owner.query(`update signing set voided_at = now(), void_reason = '录错', voided_by = $2 where project_id = $1`, [local(id), desk.leader.staffId]);
    expect(await kinds(id)).toEqual(['SIGNED_WITHOUT_SIGNING']);
  });

  it('of amounts is what the warning of the project says; of dates, what lies after today', async () => {
    const warned = async (id: string) => (await desk.see(desk.leader, id, 'warnings { code }')).warnings.some((w: { code: string }) => w.code === 'FIXED_ABOVE_TOTAL');
    for (const [total, fixed, currency, contradicts] of [['300000000', '310000000', 'CNY', true], ['300000000', '300500000', 'CNY', false], ['300000000', '310000000', 'USD', false], ['9000', '310000000', 'CNY', false], ['310000000', '300000000', 'CNY', false]] as const) {
      const id = await sound({ total, fixed, currency });
      expect([total, fixed, currency, await warned(id), (await kinds(id)).includes('AMOUNT_CONTRADICTION')]).toEqual([total, fixed, currency, contradicts, contradicts]);
    }
    const about = await sound({ total: '300000000', fixed: '310000000' });
    await set(about, 'total_approximate = true');
    expect([await warned(about), await kinds(about)]).toEqual([false, []]);
    const id = await sound();
    await desk.t.owner.query(`insert into milestone (zone_id, project_id, kind, event_on, entered_at, counting_rule) values ($1, $2, 'NEGOTIATED', '2026-06-16', '2026-06-03T02:00:00Z', 'EVENT')`, [desk.zone.id, local(id)]);
    expect(await kinds(id)).toEqual(['FUTURE_DATE']);
    at('2026-06-16');
    expect(await kinds(id)).toEqual([]);
  });

  it('is none of a project that rests, nor of a kind that the zone has switched off from a day on', async () => {
    const id = await desk.project({ industry: null });
    expect(await kinds(id)).toEqual(['NO_NEXT_STEP', 'NO_INDUSTRY']);
    await set(id, `status = 'SUSPENDED'`);
    expect(await kinds(id)).toEqual([]);
    await set(id, `status = 'ACTIVE'`);
    const change = (validFrom: string, expectedVersion: number, value: object) => desk.api.gql(desk.zone.as.SECURITY_ADMIN, 'mutation($input: PolicySetInput!) { policySet(input: $input) { userErrors { code } } }', { input: { name: 'dataFaults', validFrom, expectedVersion, value } });
    expect((await change('2026-06-18', 0, { kinds: [{ kind: 'NO_INDUSTRY', from: 'LEAD' }] })).data.policySet.userErrors).toEqual([]);
    at('2026-06-17');
    expect(await kinds(id)).toEqual(['NO_NEXT_STEP', 'NO_INDUSTRY']);
    at('2026-06-18');
    expect(await kinds(id)).toEqual(['NO_INDUSTRY']);
    expect((await change('2026-06-25', 1, { kinds: [] })).data.policySet.userErrors).toEqual([]);
    at('2026-06-25');
    expect(await kinds(id)).toEqual([]);
    expect(await list(desk.leader, { kinds: ['NO_INDUSTRY'] })).toMatchObject({ totalCount: 0, nodes: [], counts: [] });
    expect((await change('2026-06-26', 2, { kinds: [{ kind: 'NO_INDUSTRY', from: 'LEAD' }, { kind: 'NO_INDUSTRY', from: 'SIGNED' }] })).data.policySet.userErrors[0].code).toBe('INVALID');
  });
});

describe('who sees what', () => {
  it('each their own wall, counted as listed, page by page', async () => {
    const mine = await desk.project({ industry: null });
    const colleagues = await desk.project({ owner: desk.zone.colleague, departmentId: desk.zone.departments.otherGroup });
    const strangers = await desk.project({ owner: desk.zone.stranger, departmentId: desk.zone.departments.otherBureau });
    await desk.project({ owner: desk.other.as.RECRUITER, departmentId: desk.other.departments.group });
    const seen = async (who: Actor, filter: object = {}) => (await list(who, filter, ', first: 100')).nodes.map((n: { kind: string; project: { id: string } }) => `${n.project.id}/${n.kind}`);
    const own = [`${mine}/NO_NEXT_STEP`, `${mine}/NO_INDUSTRY`];
    expect(await seen(desk.recruiter)).toEqual(own);
    expect(await seen(desk.manager)).toEqual([`${colleagues}/NO_NEXT_STEP`, ...own]);
    expect(await seen(desk.leader)).toEqual([`${strangers}/NO_NEXT_STEP`, `${colleagues}/NO_NEXT_STEP`, ...own]);
    expect(await seen(desk.leader, { departmentId: `Department:${desk.zone.departments.bureau}` })).toEqual([`${colleagues}/NO_NEXT_STEP`, ...own]);
    expect(await seen(desk.leader, { kinds: ['NO_INDUSTRY'] })).toEqual([own[1]]);
    expect(await seen(desk.leader, { mine: true })).toEqual([]);
    expect(await seen(desk.recruiter, { mine: true })).toEqual(own);
    expect(await seen(desk.recruiter, { projectId: strangers })).toEqual([]);
    expect((await list(desk.leader)).counts).toEqual([{ kind: 'NO_NEXT_STEP', label: '无下一步', count: 3 }, { kind: 'NO_INDUSTRY', label: '缺行业', count: 1 }]);
    const paged: string[] = [];
    for (let cursor: string | null = null, more = true; more;) {
      const page = await list(desk.leader, {}, `, first: 1${cursor === null ? '' : `, after: "${cursor}"`}`);
      paged.push(...page.nodes.map((n: { kind: string; project: { id: string } }) => `${n.project.id}/${n.kind}`));
      [cursor, more] = [page.pageInfo.endCursor, page.pageInfo.hasNextPage];
    }
    expect(paged).toEqual(await seen(desk.leader));
    const refused = await desk.api.gql(desk.leader, '{ dataFaults(filter: {}, first: 101) { totalCount nodes { kind } } }');
    expect([refused.errors[0].extensions.code, (await desk.api.gql(desk.zone.as.SYSTEM_ADMIN, '{ dataFaultCounts { count } }')).errors[0].extensions.code]).toEqual(['BAD_USER_INPUT', 'FORBIDDEN']);
  });
});

describe('the weekly reminder', () => {
  const reminders = async () => (await desk.t.owner.query<{ to: string; cause: string; due: string; state: string; detail: object }>(
    `select s.name as to, r.cause, to_char(r.due_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') as due, r.state, r.detail from reminder r join staff s on s.id = r.recipient_id where r.kind = 'DATA_FAULT' order by r.cause, s.name`)).rows;
  const deliver = async () => {
    const delivery = new DeliveryService(desk.t.db);
    await delivery.sweep();
    for (const { data } of (await desk.t.owner.query<{ data: { zoneId: string; deliveryIds: string[] } }>(`delete from outbox where job = 'reminders.deliver' returning data`)).rows) await delivery.deliver(data.zoneId, data.deliveryIds);
  };

  it('tells whoever is in charge once, also where two run at once, and nobody without faults', async () => {
    await desk.project({ industry: null });
    await desk.project();
    await sound({ owner: desk.zone.colleague, departmentId: desk.zone.departments.otherGroup });
    expect((await Promise.all([service.remindZone(desk.zone.id), service.remindZone(desk.zone.id)])).sort()).toEqual([0, 1]);
    expect(await reminders()).toEqual([{ to: 'RECRUITER@group', cause: 'DATA_FAULT:2026-06-15', due: '2026-06-15 09:00', state: 'PLANNED', detail: { NO_INDUSTRY: 1, NO_NEXT_STEP: 2, total: 3, projects: 2 } }]);
    await deliver();
    const inbox = (await desk.api.gql(desk.recruiter, '{ reminders(first: 20) { nodes { kind title } } }')).data.reminders.nodes;
    expect(inbox).toEqual([{ kind: 'DATA_FAULT', title: '您负责的 2 个项目有 3 处数据待补正：无下一步 2、缺行业 1' }]);
    expect((await list(desk.recruiter, { mine: true })).totalCount).toBe(3);
    at('2026-06-17');
    expect(await service.remind()).toBe(0);
  });

  it('takes the place of last week\'s, and is done by itself when everything is mended', async () => {
    const id = await desk.project();
    await service.remindZone(desk.zone.id);
    await deliver();
    at('2026-06-22');
    expect(await service.remindZone(desk.zone.id)).toBe(1);
    expect((await reminders()).map((r) => [r.cause, r.state])).toEqual([['DATA_FAULT:2026-06-15', 'CANCELLED'], ['DATA_FAULT:2026-06-22', 'PLANNED']]);
    await deliver();
    await edit(id, { nextStep: '送方案', nextFollowUpOn: '2026-07-20' });
    at('2026-06-29');
    expect(await service.remindZone(desk.zone.id)).toBe(0);
    expect((await reminders()).map((r) => [r.cause, r.state])).toEqual([['DATA_FAULT:2026-06-15', 'CANCELLED'], ['DATA_FAULT:2026-06-22', 'DONE']]);
  });

  it('waits for the first working day of a week that begins with a holiday, and is silent where the zone has it so', async () => {
    await desk.project();
    at('2026-10-05');
    await service.remindZone(desk.zone.id);
    expect((await reminders()).map((r) => [r.cause, r.due])).toEqual([['DATA_FAULT:2026-10-05', '2026-10-08 09:00']]);
    at('2026-10-12');
    await desk.policy('reminderRules', { rules: POLICIES.reminderRules.usual.rules.map((r) => (r.code === 'DATA_FAULT' ? { ...r, enabled: false } : r)) });
    expect(await service.remindZone(desk.zone.id)).toBe(0);
    expect((await reminders()).map((r) => r.state)).toEqual(['CANCELLED']);
    at('2026-10-19');
    await desk.policy('reminderRules', { rules: POLICIES.reminderRules.usual.rules });
    await only('NO_INDUSTRY');
    expect(await service.remindZone(desk.zone.id)).toBe(0);
  });
});
