import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codes, type DealDesk, dealDesk } from './deal-desk.js';

let desk: DealDesk;
beforeAll(async () => { desk = await dealDesk(); });
afterAll(() => desk.stop());

const WARNINGS = 'warnings { code field value currency otherField otherValue message }';
const set = async (projectId: string, input: object, who = desk.recruiter) => desk.act(who, 'projectAmountSet', { projectId, expectedVersion: await desk.version(projectId), ...input }, `project { version totalInvestment { amount wan yi raw } fixedInvestment amounts { kind year amount currency raw asOf source placeholder } amountParts { whole part amount } ${WARNINGS} }`);

describe('the amounts of a project', () => {
  it('are kept by kind with day, source and text; the total moves the figures', async () => {
    const id = await desk.project({ total: null, fixed: null });
    expect((await set(id, { kind: 'TOTAL', money: { raw: '5亿元' }, source: '投资协议' })).project.totalInvestment).toEqual({ amount: '500000000', wan: '50000', yi: '5', raw: '5亿元' });
    expect((await set(id, { kind: 'FIXED', money: { amount: '310000000.01' } })).project.fixedInvestment).toBe('310000000.01');
    const { project } = await set(id, { kind: 'CONTRACT_FOREIGN', money: { raw: '约1200万美元' }, asOf: '2026-06-01', source: '备案回执' });
    expect(project.amounts).toEqual([
      { kind: 'CONTRACT_FOREIGN', year: null, amount: '12000000', currency: 'USD', raw: '约1200万美元', asOf: '2026-06-01', source: '备案回执', placeholder: false },
      { kind: 'FIXED', year: null, amount: '310000000.01', currency: 'CNY', raw: null, asOf: '2026-06-15', source: null, placeholder: false },
      { kind: 'TOTAL', year: null, amount: '500000000', currency: 'CNY', raw: '5亿元', asOf: '2026-06-15', source: '投资协议', placeholder: false },
    ]);
    expect((await desk.api.gql(desk.manager, '{ pipeline { negotiating { count totalInvestment } } }')).data.pipeline.negotiating).toEqual({ count: 1, totalInvestment: '500000000' });
    await set(id, { kind: 'ARRIVED_YEAR', year: 2025, money: { raw: '1000万元' } });
    expect((await set(id, { kind: 'ARRIVED_YEAR', year: 2026, money: { raw: '2000万元' } })).project.amounts.filter((a: { kind: string }) => a.kind === 'ARRIVED_YEAR').map((a: { year: number }) => a.year)).toEqual([2025, 2026]);
    expect((await set(id, { kind: 'ARRIVED_YEAR', year: 2025, money: null })).project.amounts.filter((a: { kind: string }) => a.kind === 'ARRIVED_YEAR')).toHaveLength(1);
    // A total that was edited elsewhere no longer has this source.
    await desk.act(desk.recruiter, 'projectEdit', { projectId: id, expectedVersion: await desk.version(id), totalInvestment: { raw: '6亿元' } });
    expect((await desk.see(desk.recruiter, id, 'amounts { kind }')).amounts.map((a: { kind: string }) => a.kind)).toEqual(['ARRIVED_YEAR', 'CONTRACT_FOREIGN', 'FIXED']);
  });

  it('that contradict are warned of with both values and what to do, and kept all the same', async () => {
    const id = await desk.project({ total: '500000000', fixed: '300000000' });
    const parts = (...amounts: string[]) => ['EQUIPMENT', 'CIVIL_WORKS', 'LAND'].map((part, i) => ({ part, money: { raw: amounts[i] } }));
    expect((await set(id, { kind: 'TOTAL', parts: parts('3亿元', '1亿元', '1亿元') })).project.warnings).toEqual([]);
    const { project } = await set(id, { kind: 'TOTAL', parts: parts('3亿元', '1亿元', '2亿元') });
    expect(project.warnings).toEqual([{
      code: 'PARTS_DO_NOT_ADD_UP', field: 'CIVIL_WORKS+EQUIPMENT+LAND', value: '600000000', currency: 'CNY', otherField: 'TOTAL', otherValue: '500000000',
      message: '土建、设备、土地合计 6亿元，与总投资 5亿元不符。请核对各分项，或更正总投资。',
    }]);
    await set(id, { kind: 'TOTAL', parts: [] });
    expect((await set(id, { kind: 'FILED', money: { raw: '12亿元' } })).project.warnings).toEqual([expect.objectContaining({ code: 'FILED_ABOVE_TOTAL', value: '1200000000', otherValue: '500000000', message: '备案证金额 12亿元大于总投资 5亿元。请按备案证核对，或更正总投资。' })]);
    await set(id, { kind: 'FILED', money: null });
    expect((await set(id, { kind: 'FIXED', money: { raw: '5.5亿元' } })).project.warnings.map((w: { code: string }) => w.code)).toEqual(['FIXED_ABOVE_TOTAL']);
    await set(id, { kind: 'FIXED', money: { raw: '3亿元' } });
    await desk.act(desk.recruiter, 'signingRecord', { projectId: id, kind: 'CONTRACT', signedOn: '2026-06-12', partyName: '甲公司', totalInvestment: { raw: '4亿元' } });
    expect((await desk.see(desk.recruiter, id, WARNINGS)).warnings.map((w: { message: string }) => w.message)).toEqual(['协议金额 4亿元与总投资 5亿元不一致。请以协议为准更新项目，或更正签约记录。']);
    expect((await set(id, { kind: 'REGISTERED', money: { raw: '1万元' } })).project.warnings.map((w: { code: string; field: string }) => [w.code, w.field])).toContainEqual(['PLACEHOLDER', 'REGISTERED']);
    await desk.policy('amountChecks', { tolerancePermille: 300 });
    expect((await desk.see(desk.recruiter, id, WARNINGS)).warnings.map((w: { code: string }) => w.code)).toEqual(['PLACEHOLDER']);
  });

  it('are refused where they say nothing: unit, year, part, day; by who may not; on a stale version', async () => {
    const id = await desk.project();
    expect(codes(await set(id, { kind: 'FILED', money: { raw: '3.5' } }))).toEqual([['AMOUNT_UNREADABLE', 'money']]);
    expect(codes(await set(id, { kind: 'ARRIVED_YEAR', money: { raw: '1亿元' } }))).toEqual([['REQUIRED', 'year']]);
    expect(codes(await set(id, { kind: 'FILED', year: 2026, money: { raw: '1亿元' } }))).toEqual([['INVALID', 'year']]);
    expect(codes(await set(id, { kind: 'FIXED', money: { raw: '100万美元' } }))).toEqual([['INVALID', 'money.currency']]);
    expect(codes(await set(id, { kind: 'FILED', parts: [] }))).toEqual([['INVALID', 'parts']]);
    expect(codes(await set(id, { kind: 'TOTAL', parts: [{ part: 'LAND', money: { raw: '1亿元' } }, { part: 'LAND', money: { raw: '1亿元' } }] }))).toEqual([['INVALID', 'parts.1.part']]);
    expect(codes(await set(id, { kind: 'FILED', money: { raw: '1亿元' }, asOf: '2026-06-16' }))).toEqual([['DATE_IN_FUTURE', 'asOf']]);
    expect(codes(await set(id, { kind: 'FILED', money: { raw: '1亿元' }, expectedVersion: 99 }))).toEqual([['CONFLICT', 'expectedVersion']]);
    expect(await desk.refused(desk.leader, 'projectAmountSet', { projectId: id, expectedVersion: 1, kind: 'FILED' })).toBe('FORBIDDEN');
    expect(await desk.refused(desk.other.as.RECRUITER, 'projectAmountSet', { projectId: id, expectedVersion: 1, kind: 'FILED' })).toBe('NOT_FOUND');
    const both = await Promise.all(['1亿元', '2亿元'].map((raw) => desk.act(desk.recruiter, 'projectAmountSet', { projectId: id, expectedVersion: 1, kind: 'FILED', money: { raw } })));
    expect(both.map((a) => a.userErrors[0]?.code ?? 'DONE').sort()).toEqual(['CONFLICT', 'DONE']);
  });
});

it('tags follow from what is on record; priority and likelihood are judged by people', async () => {
  const id = await desk.project({ total: '200000000', currency: 'USD', capitalSource: 'FOREIGN' });
  await desk.t.owner.query(`update project set extra = '{"flag.hq":"是","flag.rnd":"否"}' where id = $1`, [id.split(':')[1]]);
  const tags = async (who = desk.recruiter) => (await desk.see(who, id, 'tags { code label }')).tags;
  expect(await tags()).toEqual([
    { code: 'SIZE_5000', label: '5000万元以上' }, { code: 'SIZE_10000', label: '亿元以上' }, { code: 'SIZE_50000', label: '5亿元以上' }, { code: 'SIZE_100000', label: '10亿元以上' },
    { code: 'FOREIGN', label: '外资' }, { code: 'HEADQUARTERS', label: '总部' },
  ]);
  await desk.policy('projectTags', { sizes: [{ fromWan: 140_000, zh: '14亿元以上', en: 'From 1.4 billion' }] });
  expect((await tags())[0]).toEqual({ code: 'SIZE_140000', label: '14亿元以上' });
  const edited = await desk.act(desk.recruiter, 'projectEdit', { projectId: id, expectedVersion: 1, likelihood: 'A', priority: 'B' }, 'project { likelihood priority class }');
  expect(edited).toEqual({ project: { likelihood: 'A', priority: 'B', class: 'B' }, userErrors: [] });
});
