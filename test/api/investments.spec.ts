import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Actor, newId } from '@yinfeng/platform';
import { publishCalendar } from '../jobs/reminders-zone.js';
import { codes, type DealDesk, dealDesk, type ProjectValues } from './deal-desk.js';

let desk: DealDesk;
let service: Actor;
beforeAll(async () => {
  desk = await dealDesk();
  await publishCalendar(desk.t.owner);
  service = desk.zone.as.SERVICE;
});
afterAll(() => desk.stop());
beforeEach(() => desk.api.clock.pin(new Date('2026-06-15T10:00:00+08:00')));

/** A project under construction that the service centre was called to. */
async function site(values: Partial<ProjectValues> = {}): Promise<string> {
  const id = await desk.project({ stage: 'STARTED', ...values });
  await desk.t.owner.query('insert into project_department (zone_id, project_id, department_id) values ($1, $2, $3)', [desk.zone.id, id.split(':')[1], desk.zone.departments.service]);
  return id;
}
const ACTUAL = 'actual { id version month state reason amount { wan raw } reportedBy { name } confirmedBy { name } history { version amount reason state } }';
const report = (projectId: string, input: object = {}, who = service) => desk.act(who, 'investmentReport', { projectId, month: '2026-05-01', money: { raw: '1200万元' }, ...input }, ACTUAL);
const correct = (actualId: string, expectedVersion: number, input: object = {}, who = service) => desk.act(who, 'investmentCorrect', { actualId, expectedVersion, money: { raw: '1300万元' }, reason: '补报设备发票', ...input }, ACTUAL);
const confirm = (actualId: string, expectedVersion: number, who = desk.manager) => desk.act(who, 'investmentConfirm', { actualId, expectedVersion }, ACTUAL);
const plan = (projectId: string, input: object = {}, who = service) => desk.act(who, 'investmentPlanSet', { projectId, year: 2026, months: [{ month: '2026-05-01', money: { raw: '1000万元' } }], ...input }, 'project { id }');
const batch = (items: object[], input: object = {}, who = service) => desk.act(who, 'investmentReportBatch', { month: '2026-05-15', items, ...input }, 'items { projectId outcome error { code path message } }');
const year = async (id: string, who = desk.recruiter) => (await desk.see(who, id, 'investment(year: 2026) { planned yearPlan actual completion elapsed gap light months { month planned actual state cumulativePlanned cumulativeActual } plans { version month wholeYear amount { wan } reason history { version amount } } }')).investment;
const due = async (id: string) => (await desk.t.owner.query(`select title, due_on::text, done_on::text from deadline where project_id = $1 and kind = 'PLAN' order by due_on`, [id.split(':')[1]])).rows;

describe('plans', () => {
  it('keep what they said before, with a reason for each change, and say when a month is to be reported', async () => {
    const id = await site();
    const months = ['04', '05', '06'].map((m) => ({ month: `2026-${m}-01`, money: { raw: '1000万元' } }));
    expect(codes(await plan(id, { yearly: { money: { raw: '1.2亿元' } }, months }))).toEqual([]);
    const change = { months: [{ month: '2026-06-30', money: { raw: '1500万元' }, expectedVersion: 1 }] };
    expect(codes(await plan(id, { months: [{ month: '2026-06-30', money: { raw: '1500万元' } }], reason: 'x' }))).toEqual([['CONFLICT', 'months.0.expectedVersion']]);
    expect(codes(await plan(id, change))).toEqual([['REASON_REQUIRED', 'reason']]);
    const both = await Promise.all([plan(id, { ...change, reason: '设备提前到货' }), plan(id, { ...change, reason: '工期提前' })]);
    expect(both.map((b) => b.userErrors[0]?.code ?? 'DONE').sort()).toEqual(['CONFLICT', 'DONE']);
    await expect(desk.t.owner.query(`update investment_plan set amount = 1 where project_id = $1 and reason is null`, [id.split(':')[1]])).rejects.toMatchObject({ constraint: 'investment_plan_reason' });
    const told = await year(id);
    expect(told).toMatchObject({ planned: '35000000', yearPlan: '120000000' });
    expect(told.plans).toEqual([
      { version: 1, month: '2026-01-01', wholeYear: true, amount: { wan: '12000' }, reason: null, history: [] },
      { version: 1, month: '2026-04-01', wholeYear: false, amount: { wan: '1000' }, reason: null, history: [] },
      { version: 1, month: '2026-05-01', wholeYear: false, amount: { wan: '1000' }, reason: null, history: [] },
      { version: 2, month: '2026-06-01', wholeYear: false, amount: { wan: '1500' }, reason: expect.any(String), history: [{ version: 1, amount: '10000000' }] },
    ]);
    // The fifth of the next month, or the next working day: 5 July 2026 is a Sunday.
    expect(await due(id)).toEqual([{ title: '2026-04', due_on: '2026-05-06', done_on: null }, { title: '2026-05', due_on: '2026-06-05', done_on: null }, { title: '2026-06', due_on: '2026-07-06', done_on: null }]);
    // The record that is due can be read.
    const [{ subject_id: subject }] = (await desk.t.owner.query(`select subject_id from deadline where project_id = $1 and title = '2026-06'`, [id.split(':')[1]])).rows;
    const node = async (who: Actor) => (await desk.api.gql(who, 'query($id: ID!) { node(id: $id) { ... on InvestmentPlan { month project { id } } } }', { id: `InvestmentPlan:${subject}` })).data?.node ?? null;
    expect([await node(desk.recruiter), await node(desk.zone.stranger), await node(desk.zone.as.AGENT)]).toEqual([{ month: '2026-06-01', project: { id } }, null, null]);
    await report(id);
    expect((await due(id)).map((d) => d.done_on)).toEqual([null, '2026-06-15', null]);
    expect(codes(await plan(id, { months: [{ month: '2026-05-01', money: { raw: '0元' }, expectedVersion: 1 }], reason: '本月停工' }))).toEqual([]);
    expect((await due(id)).map((d) => d.title)).toEqual(['2026-04', '2026-06']);
  });

  it('are refused where they make no sense, and to who may not', async () => {
    const id = await site();
    expect(codes(await plan(id, { months: [] }))).toEqual([['REQUIRED', 'months']]);
    expect(codes(await plan(id, { months: [{ month: '2025-12-01', money: { raw: '1万元' } }] }))).toEqual([['INVALID', 'months.0.month']]);
    expect(codes(await plan(id, { months: [{ month: '2026-05-01', money: { raw: '1万元' } }, { month: '2026-05-20', money: { raw: '1万元' } }] }))).toEqual([['INVALID', 'months.1.month']]);
    expect(codes(await plan(id, { months: [{ month: '2026-05-01', money: { raw: '100万美元' } }] }))).toEqual([['INVALID', 'months.0.money.currency']]);
    const input = { projectId: id, year: 2026, months: [] };
    expect(await desk.refused(desk.recruiter, 'investmentPlanSet', input)).toBe('FORBIDDEN');
    expect(await desk.refused(desk.other.as.SERVICE, 'investmentPlanSet', { ...input, months: [{ month: '2026-05-01', money: { raw: '1万元' } }] })).toBe('NOT_FOUND');
  });
});

describe('a month', () => {
  it('is reported once, confirmed by a second person, corrected with a reason and confirmed anew', async () => {
    const id = await site();
    const both = await Promise.all([report(id), report(id, { money: { raw: '1100万元' } })]);
    expect(both.map((b) => b.userErrors[0]?.code ?? 'DONE').sort()).toEqual(['DONE', 'INVESTMENT_REPORTED']);
    const { actual } = both.find((b) => b.userErrors.length === 0)!;
    expect(actual).toMatchObject({ version: 1, month: '2026-05-01', state: 'REPORTED', history: [] });
    expect(codes(await confirm(actual.id, 1, service))).toEqual([['SECOND_PERSON', 'actualId']]);
    await expect(desk.t.owner.query(`update investment_actual set state = 'CONFIRMED', confirmed_by = reported_by, confirmed_at = now() where id = $1`, [actual.id.split(':')[1]])).rejects.toMatchObject({ constraint: 'investment_actual_second_person' });
    expect((await confirm(actual.id, 1)).actual).toMatchObject({ version: 2, state: 'CONFIRMED', confirmedBy: { name: desk.manager.name } });
    expect(codes(await confirm(actual.id, 2, desk.leader))).toEqual([['INVESTMENT_CONFIRMED', 'actualId']]);
    await expect(desk.t.owner.query('update investment_actual set amount = 1 where id = $1', [actual.id.split(':')[1]])).rejects.toMatchObject({ constraint: 'investment_actual_corrected' });
    expect(codes(await correct(actual.id, 2, { reason: ' ' }))).toEqual([['REASON_REQUIRED', 'reason']]);
    expect(codes(await correct(actual.id, 1))).toEqual([['CONFLICT', 'expectedVersion']]);
    const fixed = (await correct(actual.id, 2)).actual;
    expect(fixed).toMatchObject({ version: 3, state: 'REPORTED', confirmedBy: null, amount: { wan: '1300', raw: '1300万元' }, reason: '补报设备发票', history: [{ version: 2, amount: expect.any(String), reason: null, state: 'CONFIRMED' }] });
    const race = await Promise.all([desk.manager, desk.leader].map((who) => confirm(actual.id, 3, who)));
    expect(race.map((r) => r.userErrors[0]?.code ?? 'DONE').sort()).toEqual(['CONFLICT', 'DONE']);
  });

  it('is refused where it makes no sense, and to who may not', async () => {
    const id = await site();
    expect(codes(await report(id, { month: '2026-07-01' }))).toEqual([['DATE_IN_FUTURE', 'month']]);
    expect(codes(await report(id, { money: { raw: '很多' } }))).toEqual([['AMOUNT_UNREADABLE', 'money']]);
    expect(codes(await report(id, { money: {} }))).toEqual([['REQUIRED', 'money']]);
    expect(codes(await report(id, { parts: [{ part: 'LAND', money: { raw: '1万元' } }, { part: 'LAND', money: { raw: '2万元' } }] }))).toEqual([['INVALID', 'parts.1.part']]);
    const input = { projectId: id, month: '2026-05-01', money: { raw: '1万元' } };
    expect(await desk.refused(desk.manager, 'investmentReport', input)).toBe('FORBIDDEN');
    expect(await desk.refused(desk.other.as.SERVICE, 'investmentReport', input)).toBe('NOT_FOUND');
    expect(await desk.refused(service, 'investmentReport', { ...input, projectId: await desk.project() })).toBe('NOT_FOUND');
    const { actual } = await report(id);
    expect(await desk.refused(desk.recruiter, 'investmentConfirm', { actualId: actual.id, expectedVersion: 1 })).toBe('FORBIDDEN');
    const seen = async (who: Actor) => (await desk.api.gql(who, 'query($f: InvestmentActualFilter) { investmentActuals(filter: $f) { totalCount nodes { id project { id } } } }', { f: { projectId: id, states: ['REPORTED'], from: '2026-05-09', to: '2026-05-01' } })).data?.investmentActuals ?? 'FORBIDDEN';
    expect(await seen(desk.recruiter)).toEqual({ totalCount: 1, nodes: [{ id: actual.id, project: { id } }] });
    expect([await seen(desk.zone.stranger), await seen(desk.zone.as.AGENT)]).toEqual([{ totalCount: 0, nodes: [] }, 'FORBIDDEN']);
    expect((await desk.api.gql(desk.zone.as.AGENT, 'query($id: ID!) { project(id: $id) { investment(year: 2026) { year } arrivals { id } moneyWarnings { code } } }', { id })).data.project).toBeNull();
  });
});

describe('a monthly sheet', () => {
  it('takes what is new, leaves what is the same, changes what is open, and says of each other line why not', async () => {
    const [a, b, c, d] = [await site(), await site(), await site(), await site()];
    const code = (await desk.see(service, a, 'code')).code;
    const money = { raw: '100万元' };
    const input = { idempotencyKey: newId() };
    const items = [{ code, money }, { projectId: b, money, cumulative: { raw: '500万元' } }, { projectId: c, money }, { projectId: await desk.project(), money }, { projectId: a, money }, { code: 'NO-SUCH', money }, { projectId: d, money: { raw: '多' } }];
    const first = await batch(items, input);
    expect(first.items.map((i: { outcome: string; error: { code: string; path: string[] } | null }) => [i.outcome, i.error?.code, i.error?.path.join('.')])).toEqual([
      ['CREATED', undefined, undefined], ['CREATED', undefined, undefined], ['CREATED', undefined, undefined], ['REFUSED', 'NOT_FOUND', 'items.3.projectId'], ['REFUSED', 'INVALID', 'items.4.projectId'], ['REFUSED', 'NOT_FOUND', 'items.5.code'], ['REFUSED', 'AMOUNT_UNREADABLE', 'items.6.money'],
    ]);
    expect(await batch(items, input)).toEqual(first);
    expect((await desk.t.owner.query('select 1 from investment_actual where project_id = any($1::uuid[])', [[a, b, c, d].map((id) => id.split(':')[1])])).rowCount).toBe(3);
    const actualOf = async (id: string) => (await desk.api.gql(desk.manager, 'query($f: InvestmentActualFilter) { investmentActuals(filter: $f) { nodes { id version amount { wan } } } }', { f: { projectId: id } })).data.investmentActuals.nodes[0];
    expect(codes(await confirm((await actualOf(c)).id, 1))).toEqual([]);
    // Until the tenth of the next month, what nobody has confirmed is simply changed; then only by a correction.
    const next = [a, b, c].map((projectId) => ({ projectId, money: { raw: '120万元' } }));
    desk.api.clock.pin(new Date('2026-06-10T10:00:00+08:00'));
    expect((await batch([{ projectId: a, money }, next[1]!, next[2]!])).items.map((i: { outcome: string; error: { code: string } | null }) => [i.outcome, i.error?.code])).toEqual([['UNCHANGED', undefined], ['CHANGED', undefined], ['REFUSED', 'INVESTMENT_FROZEN']]);
    desk.api.clock.pin(new Date('2026-06-11T10:00:00+08:00'));
    const closed = await batch([next[0]!, { projectId: d, money }]);
    expect(closed.items.map((i: { outcome: string }) => i.outcome)).toEqual(['REFUSED', 'CREATED']);
    expect(closed.items[0].error.message).toContain('2026-05');
    expect((await actualOf(a)).amount.wan).toBe('100');
    expect(codes(await correct((await actualOf(a)).id, 1))).toEqual([]);
    expect(await desk.refused(desk.manager, 'investmentReportBatch', { month: '2026-05-01', items: next })).toBe('FORBIDDEN');
    expect(codes(await batch([]))).toEqual([['REQUIRED', 'items']]);
  });

  it('lets two at once through one after the other, each project once', async () => {
    desk.api.clock.pin(new Date('2026-06-08T10:00:00+08:00'));
    const ids: string[] = [];
    while (ids.length < 6) ids.push(await site());
    const sheet = (n: number, order: string[]) => batch(order.map((projectId) => ({ projectId, money: { raw: `${n}万元` } })));
    const both = await Promise.all([sheet(10, ids), sheet(20, [...ids].reverse())]);
    expect(both.map((x) => [...new Set(x.items.map((i: { outcome: string }) => i.outcome))]).sort()).toEqual([['CHANGED'], ['CREATED']]);
    expect((await desk.t.owner.query('select 1 from investment_actual where project_id = any($1::uuid[])', [ids.map((id) => id.split(':')[1])])).rowCount).toBe(6);
  });
});

describe('a year of a project', () => {
  it('shows plan, actual, running sums and 序时进度; sums that contradict are told', async () => {
    const id = await site({ fixed: '20000000' });
    await plan(id, { yearly: { money: { raw: '6000万元' } }, months: ['01', '02', '03', '04', '05', '06'].map((m) => ({ month: `2026-${m}-01`, money: { raw: '500万元' } })) });
    await report(id, { month: '2026-04-01', money: { raw: '900万元' }, cumulative: { raw: '900万元' }, parts: [{ part: 'CIVIL_WORKS', money: { raw: '500万元' } }, { part: 'EQUIPMENT', money: { raw: '400万元' } }] });
    await report(id, { month: '2026-05-01', money: { raw: '1200万元' }, cumulative: { raw: '2500万元' }, parts: [{ part: 'CIVIL_WORKS', money: { raw: '200万元' } }] });
    const told = await year(id);
    // 2,100 of 6,000 is 35.0 %; five months of twelve are over.
    expect(told).toMatchObject({ planned: '30000000', yearPlan: '60000000', actual: '21000000', completion: '35', elapsed: '41.7', gap: '-6.7', light: 'GREEN' });
    expect(told.months[4]).toEqual({ month: '2026-05-01', planned: '5000000', actual: '12000000', state: 'REPORTED', cumulativePlanned: '25000000', cumulativeActual: '21000000' });
    const warnings = (await desk.see(desk.recruiter, id, 'moneyWarnings { code period value otherValue currency message }')).moneyWarnings;
    expect(warnings.map((w: { code: string; period: string | null; value: string; otherValue: string }) => [w.code, w.period, w.value, w.otherValue])).toEqual([
      ['PARTS_DIFFER', '2026-05', '2000000', '12000000'], ['CUMULATIVE_DIFFERS', '2026-05', '25000000', '21000000'], ['PLAN_DIFFERS_FROM_YEAR', '2026', '30000000', '60000000'], ['ACTUALS_ABOVE_FIXED', null, '21000000', '20000000'],
    ]);
    expect(warnings[1].message).toBe('2026-05 上报的本年累计 2500万元，与各月合计 2100万元不符。请核对漏报或重报的月份。');
    // Land does not count in this zone: other lines, other figures.
    await desk.policy('investment', { countedParts: ['CIVIL_WORKS', 'EQUIPMENT', 'INSTALLATION', 'OTHER'], yellowBehindPoints: 5, redBehindPoints: 6 });
    await report(id, { month: '2026-06-01', money: { raw: '800万元' }, parts: [{ part: 'LAND', money: { raw: '800万元' } }] });
    expect(await year(id)).toMatchObject({ actual: '21000000', elapsed: '50', gap: '-15', light: 'RED' });
  });
});

describe('a merge', () => {
  it('takes plans, months and arrivals along with what they are due by; a month that both have counts once, and all comes back', async () => {
    const [stays, goes] = [await site({ stage: 'NEGOTIATING' }), await site({ stage: 'NEGOTIATING' })];
    for (const [id, month, raw] of [[stays, '2026-04-01', '100万元'], [goes, '2026-04-01', '70万元'], [goes, '2026-05-01', '30万元']] as const) await report(id, { month, money: { raw } });
    await plan(goes, { months: [{ month: '2026-05-01', money: { raw: '50万元' } }, { month: '2026-06-01', money: { raw: '60万元' } }] });
    const paid = (await desk.act(desk.recruiter, 'arrivalRecord', { projectId: goes, nature: 'DOMESTIC', form: 'LAND', origin: 'OUTSIDE_PROVINCE', arrivedOn: '2026-06-01', money: { raw: '5万元' } }, 'arrival { id }')).arrival;
    const open = async (id: string) => (await desk.t.owner.query(`select kind, title, done_on is not null as done from deadline where project_id = $1 and kind in ('PLAN', 'ARRIVAL') order by kind, title`, [id.split(':')[1]])).rows.map((d) => `${d.kind} ${d.title} ${d.done}`);
    const before = [await open(stays), await open(goes)];
    expect(before).toEqual([[], ['ARRIVAL CNY 50000 false', 'PLAN 2026-05 true', 'PLAN 2026-06 false']]);
    const versions = { expectedVersion: await desk.version(stays), otherExpectedVersion: await desk.version(goes) };
    const merged = await desk.act(desk.manager, 'projectMerge', { survivorId: stays, otherId: goes, ...versions, reason: '同一项目' }, 'act { id }');
    expect(codes(merged)).toEqual([]);
    expect(await year(stays)).toMatchObject({ actual: '1300000', planned: '1100000' });
    expect((await desk.see(desk.recruiter, stays, 'arrivals { id }')).arrivals).toEqual([{ id: paid.id }]);
    expect([await open(stays), await open(goes)]).toEqual([before[1], []]);
    const back = await desk.api.gql(desk.manager, 'mutation($input: UndoInput!) { act: mergeUndo(input: $input) { act { leftBehind { entity } } userErrors { code path } } }', { input: { actId: merged.act.id } });
    expect(back.data.act).toEqual({ act: { leftBehind: [] }, userErrors: [] });
    expect([await open(stays), await open(goes)]).toEqual(before);
    expect([(await year(stays)).actual, (await year(goes)).actual]).toEqual(['1000000', '1000000']);
  });
});

describe('figures', () => {
  it('are of what the reader sees, by department, park and industry; growth says what it is told against', async () => {
    await desk.t.owner.query('delete from investment_actual where zone_id = $1', [desk.zone.id]);
    const [mine, theirs] = [await site({ industry: 'C374' }), await site({ industry: 'E47', owner: desk.zone.stranger, departmentId: desk.zone.departments.otherBureau })];
    for (const [id, month, raw] of [[mine, '2025-05-01', '400万元'], [mine, '2026-05-01', '600万元'], [theirs, '2026-05-01', '200万元']] as const) await report(id, { month, money: { raw } });
    const figures = async (who: Actor, filter: object = {}) => (await desk.api.gql(who, `query($f: MoneyFilter) { investmentFigures(from: "2026-05-01", to: "2026-05-31", filter: $f) { done { amount count rows { nodes { amount project { id } } } } industryShare completion growth { percent basis before { amount } } } }`, { f: filter })).data.investmentFigures;
    expect(await figures(desk.leader)).toEqual({
      done: { amount: '8000000', count: 2, rows: { nodes: [{ amount: '6000000', project: { id: mine } }, { amount: '2000000', project: { id: theirs } }] } }, industryShare: '75', completion: expect.anything(), growth: { percent: '100', basis: 'ACTUALS', before: { amount: '4000000' } },
    });
    expect((await figures(desk.manager)).done).toMatchObject({ amount: '6000000', count: 1 });
    expect((await figures(desk.leader, { departmentIds: [`Department:${desk.zone.departments.otherBureau}`] })).done.amount).toBe('2000000');
    expect((await figures(desk.leader, { industries: ['E'] })).done.amount).toBe('2000000');
    const base = (input: object = {}, who = desk.manager) => desk.act(who, 'investmentBaseSet', { from: '2025-05-01', to: '2025-05-01', money: { raw: '1000万元' }, source: '统计快报', ...input }, 'base { id version amount { wan } }');
    expect((await base()).base).toMatchObject({ version: 1 });
    expect((await figures(desk.leader)).growth).toMatchObject({ percent: '-20', basis: 'BASE' });
    // A base of the whole zone is none for who sees a part of it, nor for a part.
    expect((await figures(desk.manager)).growth.basis).toBe('ACTUALS');
    expect((await figures(desk.leader, { industries: ['E'] })).growth).toMatchObject({ percent: null, basis: 'NONE' });
    expect(codes(await base())).toEqual([['CONFLICT', 'expectedVersion']]);
    expect((await base({ expectedVersion: 1, money: { raw: '400万元' } })).base).toMatchObject({ version: 2 });
    const race = await Promise.all([1, 2].map((n) => base({ departmentId: `Department:${desk.zone.departments.bureau}`, money: { raw: `${n}00万元` } })));
    expect(race.map((r) => r.userErrors[0]?.code ?? 'DONE').sort()).toEqual(['CONFLICT', 'DONE']);
    expect((await figures(desk.manager, { departmentIds: [`Department:${desk.zone.departments.bureau}`] })).growth.basis).toBe('BASE');
    expect(codes(await base({ source: ' ' }))).toEqual([['REQUIRED', 'source']]);
    expect(codes(await base({ from: '2025-06-01' }))).toEqual([['DATE_ORDER', 'to']]);
    expect(await desk.refused(desk.recruiter, 'investmentBaseSet', { from: '2025-05-01', to: '2025-05-01', money: { raw: '1万元' }, source: 'x' })).toBe('FORBIDDEN');
    expect((await desk.api.gql(desk.leader, '{ investmentBases { source amount { wan } } }')).data.investmentBases).toHaveLength(2);
  });
});
