import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Actor } from '@yinfeng/platform';
import { publishCalendar } from '../jobs/reminders-zone.js';
import { codes, type DealDesk, dealDesk } from './deal-desk.js';

let desk: DealDesk;
beforeAll(async () => {
  desk = await dealDesk();
  await publishCalendar(desk.t.owner);
});
afterAll(() => desk.stop());
beforeEach(() => desk.api.clock.pin(new Date('2026-06-15T10:00:00+08:00')));

const ARRIVAL = 'arrival { id version state counted nature form levels countsForYear amount { amount currency raw } rate rateOn rateSource cny usd confirmDueOn excludedCode voidReason decidedBy { name } evidence { kind fileId fileName } warnings { code message reasons } }';
interface Arrival { id: string; version: number }
const record = (projectId: string, input: object = {}, who = desk.recruiter) =>
  desk.act(who, 'arrivalRecord', { projectId, nature: 'DOMESTIC', form: 'EQUIPMENT', origin: 'OUTSIDE_PROVINCE', arrivedOn: '2026-06-10', money: { raw: '800万元' }, ...input }, ARRIVAL);
const act = (name: string, a: Arrival, input: object, who = desk.manager) => desk.act(who, name, { arrivalId: a.id, expectedVersion: a.version, ...input }, ARRIVAL);
const slip = async (who = desk.recruiter, kind = 'BANK_SLIP') => [{ fileId: await desk.upload(who, '银行回单'), kind }];
/** Recorded with a bank slip and confirmed by the manager. */
async function arrived(projectId: string, input: object = {}): Promise<Arrival> {
  const { arrival } = await record(projectId, { evidence: await slip(), ...input });
  return (await act('arrivalConfirm', arrival, {})).arrival;
}
const rate = (day: string, value: string, input: object = {}, who = desk.manager) => desk.act(who, 'fxRateRecord', { currency: 'USD', day, rate: value, source: '中国外汇交易中心中间价', ...input }, 'rate { id version rate day source }');
const figures = async (fields: string, args = 'year: 2026', who = desk.leader) => (await desk.api.gql(who, `{ arrivalFigures(${args}) { ${fields} } }`)).data.arrivalFigures;

describe('an arrival', () => {
  it('counts once a second person of a role of the zone has confirmed it, with evidence', async () => {
    const id = await desk.project({ stage: 'STARTED' });
    const { arrival } = await record(id);
    expect(arrival).toMatchObject({ version: 1, state: 'RECORDED', counted: false, levels: ['PROVINCE', 'CITY', 'DISTRICT'], countsForYear: 2026, cny: '8000000', usd: null, rate: null, confirmDueOn: '2026-06-23', warnings: [{ code: 'EVIDENCE_MISSING' }] });
    const deadline = async () => (await desk.t.owner.query(`select due_on::text, done_on::text from deadline where kind = 'ARRIVAL' and subject_id = $1`, [arrival.id.split(':')[1]])).rows;
    expect(await deadline()).toEqual([{ due_on: '2026-06-23', done_on: null }]);
    const refused = await act('arrivalConfirm', arrival, {});
    expect([codes(refused), refused.userErrors[0].message]).toEqual([[['ARRIVAL_EVIDENCE', 'arrivalId']], expect.stringContaining('银行回单、发票')]);
    const proven = (await act('arrivalEvidenceAdd', arrival, (await slip())[0]!, desk.recruiter)).arrival;
    expect(proven).toMatchObject({ version: 2, evidence: [{ kind: 'BANK_SLIP', fileName: expect.stringContaining('银行回单') }], warnings: [] });
    // Whoever sees the project may open it.
    expect((await desk.api.request(desk.manager, `/files/${proven.evidence[0].fileId}`)).status).toBe(200);
    expect((await desk.api.request(desk.zone.stranger, `/files/${proven.evidence[0].fileId}`)).status).toBe(404);
    await expect(desk.t.owner.query(`update capital_arrival set state = 'CONFIRMED', decided_by = recorded_by, decided_at = now() where id = $1`, [arrival.id.split(':')[1]])).rejects.toMatchObject({ constraint: 'capital_arrival_second_person' });
    const both = await Promise.all([desk.manager, desk.leader].map((who) => act('arrivalConfirm', proven, {}, who)));
    expect(both.map((b) => b.userErrors[0]?.code ?? 'DONE').sort()).toEqual(['CONFLICT', 'DONE']);
    expect(both.find((b) => b.userErrors.length === 0)!.arrival).toMatchObject({ version: 3, state: 'CONFIRMED', counted: true });
    expect(codes(await act('arrivalReject', { ...arrival, version: 3 }, { note: '重复' }))).toEqual([['ARRIVAL_DECIDED', 'arrivalId']]);
    expect(await deadline()).toEqual([{ due_on: '2026-06-23', done_on: '2026-06-15' }]);
    // What was recorded is not rewritten, whatever the program does.
    await expect(desk.t.db.tx(desk.manager, (tx) => tx.run('update capital_arrival set amount = 1'))).rejects.toThrow(/permission denied/);
    await desk.policy('arrivals', { confirmRoles: ['LEADER'] });
    const other = (await record(id, { evidence: await slip(), money: { raw: '1万元' } })).arrival;
    const told = await act('arrivalConfirm', other, {});
    expect([codes(told), told.userErrors[0].message]).toEqual([[['ARRIVAL_ROLE', 'arrivalId']], expect.stringContaining('领导')]);
    expect(codes(await act('arrivalConfirm', other, {}, desk.leader))).toEqual([]);
  });

  it('is not confirmed by who recorded it, rejected and voided with a reason, and kept', async () => {
    await desk.policy('arrivals', { confirmRoles: ['SERVICE', 'MANAGER', 'LEADER'] });
    const id = await desk.project({ stage: 'STARTED' });
    const mine = (await record(id, { evidence: await slip(desk.manager) }, desk.manager)).arrival;
    expect(codes(await act('arrivalConfirm', mine, {}))).toEqual([['SECOND_PERSON', 'arrivalId']]);
    expect(codes(await act('arrivalReject', mine, { note: ' ' }, desk.leader))).toEqual([['REASON_REQUIRED', 'note']]);
    expect((await act('arrivalReject', mine, { note: '无法核实' }, desk.leader)).arrival).toMatchObject({ state: 'REJECTED', counted: false });
    const confirmed = await arrived(id);
    expect(await desk.refused(desk.recruiter, 'arrivalVoid', { arrivalId: confirmed.id, expectedVersion: confirmed.version, reason: '误录' })).toBe('FORBIDDEN');
    const voided = (await act('arrivalVoid', confirmed, { reason: '误录' })).arrival;
    expect(voided).toMatchObject({ counted: false, voidReason: '误录' });
    expect(codes(await act('arrivalExclude', voided, { code: 'RUSHED' }))).toEqual([['ARRIVAL_VOIDED', 'arrivalId']]);
    const own = (await record(id)).arrival;
    expect(codes(await act('arrivalVoid', own, { reason: '重复登记' }, desk.recruiter))).toEqual([]);
    expect((await desk.see(desk.recruiter, id, 'arrivals { state voidReason }')).arrivals).toHaveLength(3);
  });

  it('is refused where it makes no sense, and to who may not', async () => {
    const id = await desk.project({ stage: 'STARTED' });
    expect(codes(await record(id, { arrivedOn: '2026-06-16' }))).toEqual([['DATE_IN_FUTURE', 'arrivedOn']]);
    expect(codes(await record(id, { form: 'GOLD' }))).toEqual([['UNKNOWN_CHOICE', 'form']]);
    expect(codes(await record(id, { levels: ['MOON'] }))).toEqual([['UNKNOWN_CHOICE', 'levels']]);
    expect(codes(await record(id, { money: { raw: '0元' } }))).toEqual([['INVALID', 'money']]);
    expect(codes(await record(id, { rate: { rate: '7', day: '2026-06-10', source: '央行' } }))).toEqual([['INVALID', 'rate']]);
    expect(codes(await record(id, { evidence: await slip(desk.manager) }))).toEqual([['UNKNOWN_REFERENCE', 'evidence.0.fileId']]);
    const input = { projectId: id, nature: 'DOMESTIC', form: 'LAND', origin: 'LOCAL', arrivedOn: '2026-06-10', money: { raw: '1万元' } };
    expect(await desk.refused(desk.zone.as.AGENT, 'arrivalRecord', input)).toBe('FORBIDDEN');
    expect(await desk.refused(desk.zone.stranger, 'arrivalRecord', input)).toBe('NOT_FOUND');
    const { arrival } = await record(id);
    expect(await desk.refused(desk.recruiter, 'arrivalConfirm', { arrivalId: arrival.id, expectedVersion: 1 })).toBe('FORBIDDEN');
    expect(await desk.refused(desk.other.as.MANAGER, 'arrivalConfirm', { arrivalId: arrival.id, expectedVersion: 1 })).toBe('NOT_FOUND');
    const key = { idempotencyKey: 'a-1' };
    expect((await record(id, key)).arrival.id).toBe((await record(id, key)).arrival.id);
    const list = async (who: Actor, filter: object) => (await desk.api.gql(who, 'query($f: ArrivalFilter) { arrivals(filter: $f) { totalCount nodes { id } } }', { f: { projectId: id, ...filter } })).data?.arrivals.totalCount ?? 'FORBIDDEN';
    expect([await list(desk.recruiter, { natures: ['DOMESTIC'], states: ['RECORDED'], year: 2026, level: 'CITY', from: '2026-06-10', to: '2026-06-10', excluded: false, voided: false, origins: ['OUTSIDE_PROVINCE'] }), await list(desk.recruiter, { level: 'NATION' }), await list(desk.zone.stranger, {}), await list(desk.zone.as.AGENT, {})]).toEqual([2, 0, 0, 'FORBIDDEN']);
  });

  it('is looked at: the same voucher, payment or file elsewhere, and reasons why it may not count', async () => {
    const id = await desk.project({ stage: 'STARTED', total: '30000000', industry: 'K70' });
    const elsewhere = await desk.project({ stage: 'STARTED', owner: desk.zone.stranger, departmentId: desk.zone.departments.otherBureau });
    const file = await desk.upload(desk.recruiter, '共用回单');
    await record(elsewhere, { voucherNo: 'HD-0001', money: { raw: '1万元' } }, desk.zone.stranger);
    await record(id, { money: { raw: '500万元' }, evidence: [{ fileId: file, kind: 'INVOICE' }] });
    const { arrival } = await record(id, { money: { raw: '500万元' }, voucherNo: 'HD-0001', origin: 'LOCAL', form: 'EQUITY', evidence: [{ fileId: file, kind: 'OTHER' }] });
    expect(arrival.levels).toEqual([]);
    expect(arrival.warnings.map((w: { code: string }) => w.code)).toEqual(['VOUCHER_TWICE', 'PAYMENT_TWICE', 'FILE_TWICE', 'EVIDENCE_MISSING', 'EXCLUSION_SUGGESTED']);
    expect(arrival.warnings.at(-1)).toMatchObject({ reasons: ['LOCAL_INVESTOR', 'REAL_ESTATE', 'BELOW_THRESHOLD'], message: expect.stringContaining('本地企业或本地自然人投资、房地产、低于认定门槛') });
    expect(codes(await act('arrivalExclude', arrival, { code: 'OTHER' }))).toEqual([['REASON_REQUIRED', 'note']]);
    expect(codes(await act('arrivalExclude', arrival, { code: 'NONSENSE' }))).toEqual([['UNKNOWN_CHOICE', 'code']]);
    const out = (await act('arrivalExclude', arrival, { code: 'REAL_ESTATE' })).arrival;
    expect(out).toMatchObject({ excludedCode: 'REAL_ESTATE', counted: false });
    expect(codes(await act('arrivalExclude', out, { code: 'RUSHED' }))).toEqual([['ARRIVAL_EXCLUDED', 'arrivalId']]);
    expect(codes(await act('arrivalInclude', out, { note: ' ' }))).toEqual([['REASON_REQUIRED', 'note']]);
    expect((await act('arrivalInclude', out, { note: '经复核为产业配套' })).arrival).toMatchObject({ excludedCode: null });
  });
});

describe('rates of the day', () => {
  it('are those on record, of the day or the last one before it, or stated with their source; none is invented', async () => {
    const id = await desk.project({ stage: 'STARTED', capitalSource: 'FOREIGN' });
    const foreign = { nature: 'FOREIGN', form: 'REGISTERED_CAPITAL', origin: 'ABROAD', money: { raw: '100万美元' } };
    const bare = (await record(id, { ...foreign, money: { raw: '500万港元' }, evidence: await slip() })).arrival;
    expect(bare).toMatchObject({ rate: null, cny: null, usd: null, levels: ['NATION', 'PROVINCE', 'CITY', 'DISTRICT'], warnings: [expect.objectContaining({ code: 'RATE_MISSING' })] });
    expect((await rate('2026-06-05', '711.5', { per: 100 })).rate).toMatchObject({ version: 1, rate: '7.115' });
    expect(codes(await rate('2026-06-05', '7.12'))).toEqual([['CONFLICT', 'expectedVersion']]);
    const both = await Promise.all(['0.91', '0.92'].map((v) => rate('2026-06-09', v, { currency: 'HKD' })));
    expect(both.map((b) => b.userErrors[0]?.code ?? 'DONE').sort()).toEqual(['CONFLICT', 'DONE']);
    expect(codes(await rate('2026-06-09', '0.9', { currency: 'HKD', expectedVersion: 1 }))).toEqual([]);
    const usd = (await record(id, foreign)).arrival;
    expect(usd).toMatchObject({ amount: { amount: '1000000', currency: 'USD', raw: '100万美元' }, rate: '7.115', rateOn: '2026-06-05', rateSource: '中国外汇交易中心中间价', cny: '7115000', usd: '1000000' });
    expect((await record(id, { ...foreign, rate: { rate: '7.1', day: '2026-06-10', source: '国家外汇管理局' } })).arrival).toMatchObject({ rate: '7.1', rateSource: '国家外汇管理局', cny: '7100000' });
    // A rate that came on record since is filled in by the confirmation; an arrival that has one keeps it.
    expect((await act('arrivalConfirm', bare, {})).arrival).toMatchObject({ rate: '0.9', rateOn: '2026-06-09', cny: '4500000', usd: '632466.62' });
    expect((await rate('2026-06-05', '7.5', { expectedVersion: 1 })).rate).toMatchObject({ version: 2 });
    expect((await desk.see(desk.recruiter, id, 'arrivals { cny }')).arrivals.map((a: { cny: string }) => a.cny).sort()).toEqual(['4500000', '7100000', '7115000']);
    // Too far back is no rate of the day.
    expect((await record(id, { ...foreign, arrivedOn: '2026-05-01' })).arrival.cny).toBeNull();
    expect(codes(await rate('2026-06-05', '0'))).toEqual([['INVALID', 'rate']]);
    expect(codes(await rate('2026-06-05', '7', { currency: 'CNY' }))).toEqual([['INVALID', 'currency']]);
    expect(codes(await rate('2026-06-16', '7'))).toEqual([['DATE_IN_FUTURE', 'day']]);
    expect(await desk.refused(desk.recruiter, 'fxRateRecord', { currency: 'USD', day: '2026-06-05', rate: '7', source: 'x' })).toBe('FORBIDDEN');
    expect((await desk.api.gql(desk.recruiter, '{ fxRates(currency: HKD, from: "2026-06-01", first: 5) { totalCount nodes { rate version } } }')).data.fxRates).toEqual({ totalCount: 1, nodes: [{ rate: '0.9', version: 2 }] });
  });
});

describe('figures of a year', () => {
  it('count what is confirmed and not left out, by level, against a target; a ledger\'s total counts where no payment is', async () => {
    await desk.t.owner.query('delete from capital_arrival where zone_id = $1', [desk.zone.id]);
    const [single, ledger, mixed] = [await desk.project({ stage: 'STARTED' }), await desk.project({ stage: 'STARTED' }), await desk.project({ stage: 'STARTED', total: '20000000' })];
    for (const id of [ledger, mixed]) await desk.t.owner.query(`insert into project_amount (zone_id, project_id, kind, year, amount, currency) values ($1, $2, 'ARRIVED_YEAR', 2026, 50000000, 'CNY'), ($1, $2, 'FOREIGN_YEAR', 2026, 1000000, 'USD')`, [desk.zone.id, id.split(':')[1]]);
    await arrived(single, { money: { raw: '3000万元' } });
    await arrived(single, { money: { raw: '200万元' }, origin: 'WITHIN_CITY' });
    await arrived(mixed, { money: { raw: '4200万元' }, countsForYear: 2026, arrivedOn: '2026-01-05' });
    await record(single, { money: { raw: '70万元' } });
    const gone = await arrived(single, { money: { raw: '900万元' } });
    await act('arrivalExclude', gone, { code: 'RUSHED' });
    const DOMESTIC = 'domestic { counted { amount fromArrivals fromLedger count rows { nodes { amount source entries project { id } } } } waiting { amount count } excluded { code label figure { amount rows { nodes { amount } } } } target completion elapsed gap }';
    const told = (await figures(`${DOMESTIC} foreign { counted { amount count } }`, 'year: 2026, domesticTarget: "200000000"')).domestic;
    expect(told).toEqual({
      counted: {
        amount: '124000000', fromArrivals: '74000000', fromLedger: '50000000', count: 3,
        rows: { nodes: [{ amount: '50000000', source: 'LEDGER', entries: 1, project: { id: ledger } }, { amount: '42000000', source: 'ARRIVALS', entries: 1, project: { id: mixed } }, { amount: '32000000', source: 'ARRIVALS', entries: 2, project: { id: single } }] },
      },
      waiting: { amount: '700000', count: 1 }, excluded: [{ code: 'RUSHED', label: '突击上报', figure: { amount: '9000000', rows: { nodes: [{ amount: '9000000' }] } } }],
      target: '200000000', completion: '62', elapsed: '50', gap: '12',
    });
    expect((await figures('domestic { counted { fromArrivals } }', 'year: 2026, level: "PROVINCE"')).domestic.counted.fromArrivals).toBe('72000000');
    expect((await figures('domestic { counted { fromArrivals } }', 'year: 2026, asOf: "2026-05-31"')).domestic.counted.fromArrivals).toBe('42000000');
    expect((await figures('domestic { counted { amount } }', 'year: 2026', desk.zone.stranger)).domestic.counted.amount).toBe('0');
    expect((await desk.api.gql(desk.leader, '{ arrivalFigures(year: 2026, level: "MOON") { year } }')).errors[0].extensions.code).toBe('BAD_USER_INPUT');
    // Both on record, and they differ: told with the project, in lists too.
    const { data } = await desk.api.gql(desk.leader, 'query($ids: String) { projects(filter: { text: $ids }) { nodes { id moneyWarnings { code period value otherValue } } } }', { ids: null });
    expect(data.projects.nodes.find((p: { id: string }) => p.id === mixed).moneyWarnings).toEqual([
      { code: 'ARRIVALS_ABOVE_TOTAL', period: null, value: '42000000', otherValue: '20000000' }, { code: 'DOMESTIC_DIFFERS_FROM_LEDGER', period: '2026', value: '42000000', otherValue: '50000000' },
    ]);
    expect(data.projects.nodes.find((p: { id: string }) => p.id === ledger).moneyWarnings).toEqual([]);
  });

  it('never add currencies: what no rate is on record for is told beside the sum', async () => {
    const id = await desk.project({ stage: 'STARTED' });
    const before = (await figures('foreign { counted { amount } }', 'year: 2025')).foreign.counted;
    expect(before).toEqual({ amount: '0' });
    const foreign = { nature: 'FOREIGN', form: 'REGISTERED_CAPITAL', origin: 'ABROAD', arrivedOn: '2025-11-03' };
    await arrived(id, { ...foreign, money: { raw: '120.5万美元' } });
    await arrived(id, { ...foreign, money: { raw: '300万欧元' } });
    expect((await figures('foreign { counted { amount currency unconverted { currency amount count } rows { nodes { amount } } } }', 'year: 2025')).foreign.counted).toEqual({ amount: '1205000', currency: 'USD', unconverted: [{ currency: 'EUR', amount: '3000000', count: 1 }], rows: { nodes: [{ amount: '1205000' }] } });
  });
});
