import { describe, expect, it } from '@jest/globals';
import { POLICIES } from '@yinfeng/directory';
import { arrivalWarnings, type CheckedArrival } from './arrival-checks.rules.js';
import { moneyWarnings, type MoneySheet, toldMoneyWarning } from './money-checks.rules.js';
import { elapsedShare, growth, growthBasis, isFrozen, monthOf, monthsBetween, percent, shiftMonth, suggestedExclusions, yearProgress } from './money.rules.js';

const usual = POLICIES.investment.usual;
const arrivals = POLICIES.arrivals.usual;

describe('months', () => {
  it('begin on their first day and go over the year', () => {
    expect([monthOf('2024-02-29'), shiftMonth('2024-01-01', -1), shiftMonth('2023-12-01', 1), shiftMonth('2024-05-01', -12), shiftMonth('2024-05-01', 20)]).toEqual(['2024-02-01', '2023-12-01', '2024-01-01', '2023-05-01', '2026-01-01']);
    expect(monthsBetween('2023-11-15', '2024-02-01')).toEqual(['2023-11-01', '2023-12-01', '2024-01-01', '2024-02-01']);
    expect(monthsBetween('2024-02-01', '2024-01-31')).toEqual([]);
  });

  it('are closed from the day after the zone\'s day of the next month', () => {
    expect([isFrozen('2026-05-01', '2026-06-10', usual), isFrozen('2026-05-01', '2026-06-11', usual), isFrozen('2026-12-01', '2027-01-10', usual), isFrozen('2026-12-01', '2027-01-11', usual)]).toEqual([false, true, false, true]);
  });
});

describe('shares', () => {
  it('are rounded half up, and none of nothing', () => {
    expect([percent(183, 240, 1), percent('467254', '614000', 1), percent(1, 0, 1), percent(0, 5, 1)]).toEqual(['76.3', '76.1', null, '0']);
    expect([growth('6140000000', '4121000000', 1), growth(1, 2, 1), growth(1, 0, 1)]).toEqual(['49', '-50', null]);
  });

  it('of a year that has passed are those of whole months: 125.64 % in October is 42.31 points ahead', () => {
    expect([elapsedShare(2024, '2024-10-31', 2), elapsedShare(2024, '2025-01-01', 2), elapsedShare(2024, '2023-12-31', 2)]).toEqual(['83.33', '100', '0']);
    expect((125.64 - Number(elapsedShare(2024, '2024-10-15', 2))).toFixed(2)).toBe('42.31');
  });

  it('are told against what the zone looks at first', () => {
    const of = (growthBase: 'BASE_FIRST' | 'ACTUALS_FIRST') => [[true, true], [true, false], [false, true], [false, false]].map(([base, actuals]) => growthBasis({ growthBase }, base!, actuals!));
    expect(of('BASE_FIRST')).toEqual(['BASE', 'BASE', 'ACTUALS', 'NONE']);
    expect(of('ACTUALS_FIRST')).toEqual(['ACTUALS', 'BASE', 'ACTUALS', 'NONE']);
  });
});

describe('a year', () => {
  const plans = monthsBetween('2026-01-01', '2026-12-01').map((month) => ({ month, amount: '100' }));
  const done = (...amounts: string[]) => amounts.map((amount, i) => ({ month: `2026-${String(i + 1).padStart(2, '0')}-01`, amount, state: 'REPORTED' as const }));
  const light = (actuals: ReturnType<typeof done>, today = '2026-07-02') => yearProgress(2026, plans, null, actuals, today, usual);

  it('is green on its way, yellow from 10 points behind, red beyond 30', () => {
    expect(light(done('100', '100', '100', '100', '100', '100'))).toMatchObject({ yearPlan: '1200', actual: '600', completion: '50', elapsed: '50', gap: '0', light: 'GREEN' });
    expect(light(done('480'))).toMatchObject({ gap: '-10', light: 'YELLOW' });
    expect(light(done('492'))).toMatchObject({ gap: '-9', light: 'GREEN' });
    expect(light(done('240'))).toMatchObject({ gap: '-30', light: 'YELLOW' });
    expect(light(done('228'))).toMatchObject({ gap: '-31', light: 'RED' });
  });

  it('says nothing without a plan, before it begins, or of what is not reported', () => {
    expect(yearProgress(2026, [], null, done('5'), '2026-07-02', usual)).toMatchObject({ yearPlan: null, completion: null, gap: null, light: null, actual: '5' });
    expect(light([], '2025-12-31')).toMatchObject({ elapsed: '0', light: null, actual: null });
    expect(light(done('100'), '2026-07-02').months[3]).toMatchObject({ actual: null, cumulativeActual: '100', cumulativePlanned: '400' });
    expect(yearProgress(2026, plans, '2000', [], '2026-07-02', usual)).toMatchObject({ planned: '1200', yearPlan: '2000' });
  });
});

describe('sum checks', () => {
  const nothing: MoneySheet = { totalCny: null, fixedCny: null, plans: [], actuals: [], arrivals: [], ledger: [] };
  const found = (sheet: Partial<MoneySheet>) => moneyWarnings({ ...nothing, ...sheet }, 5).map((w) => [w.code, w.period, w.value, w.otherValue]);
  const month = (month: string, amount: string, more: object = {}) => ({ month, amount, cumulative: null, parts: {}, ...more });

  it('say nothing of what adds up, also within rounding', () => {
    expect(found({ totalCny: '1000', fixedCny: '1000', actuals: [month('2026-01-01', '996', { cumulative: '1000', parts: { LAND: '1000' } })], arrivals: [{ nature: 'DOMESTIC', year: 2026, cny: '1000', usd: null }], ledger: [{ nature: 'DOMESTIC', year: 2026, amount: '1002', currency: 'CNY' }] })).toEqual([]);
  });

  it('count the running sum from January of the same year', () => {
    expect(found({ actuals: [month('2025-12-01', '500'), month('2026-02-01', '70', { cumulative: '100' }), month('2026-01-01', '30', { cumulative: '530' })] })).toEqual([['CUMULATIVE_DIFFERS', '2026-01', '530', '30']]);
  });

  it('compare a ledger\'s year with payments of the same nature and currency only, and with none that is not converted', () => {
    const ledger = [{ nature: 'FOREIGN' as const, year: 2024, amount: '100', currency: 'USD' }];
    const foreign = (usd: string | null, year = 2024) => ({ nature: 'FOREIGN' as const, year, cny: '700', usd });
    expect(found({ ledger, arrivals: [foreign('120')] })).toEqual([['FOREIGN_DIFFERS_FROM_LEDGER', '2024', '120', '100']]);
    expect(found({ ledger, arrivals: [foreign('120', 2025)] })).toEqual([]);
    expect(found({ ledger, arrivals: [foreign('20'), foreign(null)] })).toEqual([]);
    expect(found({ ledger })).toEqual([]);
    expect(found({ ledger: [{ ...ledger[0]!, currency: 'EUR' }], arrivals: [foreign('120')] })).toEqual([]);
  });

  it('are told in both languages with both values', () => {
    const [warning] = moneyWarnings({ ...nothing, fixedCny: '10000000', actuals: [month('2026-01-01', '25000000')] }, 5);
    expect(toldMoneyWarning(warning!, 'zh')).toBe('累计完成投资 2500万元大于固定资产投资 1000万元。请核对月报，或更正项目固定资产投资。');
    expect(toldMoneyWarning(warning!, 'en')).toBe('25000000 CNY is done, above the fixed-asset investment of 10000000 CNY. Check the months or correct the project.');
  });
});

describe('what may not count', () => {
  const subject = { origin: 'OUTSIDE_PROVINCE' as const, form: 'EQUIPMENT', cny: '5000000', industry: 'C391', uncounted: false, projectTotalCny: '200000000' };

  it('follows from origin, phase, thresholds and industry, in the order of the zone\'s list', () => {
    const of = (more: object) => suggestedExclusions({ ...subject, ...more }, arrivals);
    expect(of({})).toEqual([]);
    expect([of({ origin: 'LOCAL' }), of({ uncounted: true }), of({ form: 'EQUITY', cny: '999999.99' }), of({ form: 'EQUITY', cny: '1000000' }), of({ projectTotalCny: '49999999' }), of({ industry: 'K7010' }), of({ industry: 'B06' }), of({ industry: null, projectTotalCny: null, cny: null })])
      .toEqual([['LOCAL_INVESTOR'], ['PHASE_TWO'], ['BELOW_THRESHOLD'], [], ['BELOW_THRESHOLD'], ['REAL_ESTATE'], ['RESOURCE'], []]);
  });

  it('is not suggested any more once it was excluded', () => {
    const checked: CheckedArrival = { ...subject, origin: 'LOCAL', voucherNo: null, voucherTwice: false, paymentTwice: false, fileTwice: false, proven: true, converted: true, excluded: true };
    expect(arrivalWarnings(checked, arrivals, 'zh')).toEqual([]);
    expect(arrivalWarnings({ ...checked, excluded: false, converted: false }, arrivals, 'en').map((w) => [w.code, w.reasons])).toEqual([['RATE_MISSING', []], ['EXCLUSION_SUGGESTED', ['LOCAL_INVESTOR']]]);
  });
});
