import { describe, expect, it } from '@jest/globals';
import { type AmountSheet, amountText, amountWarnings, type CheckedAmount, toldWarning } from './amount-checks.rules.js';

const cny = (amount: string, more: Partial<CheckedAmount> = {}): CheckedAmount => ({ amount, currency: 'CNY', approximate: false, ...more });
const rules = { tolerancePermille: 5, approximatePermille: 100, placeholderYuan: 10_000 };
const sheet = (more: Partial<AmountSheet>): AmountSheet => ({ total: cny('500000000'), fixed: null, amounts: [], parts: [], signed: null, parentTotal: null, ...more });
const found = (more: Partial<AmountSheet>, t = rules) => amountWarnings(sheet(more), t).map((w) => [w.code, w.field, w.value, w.otherValue]);
const other = (kind: 'FILED' | 'CONTRACT_FOREIGN' | 'REGISTERED', amount: CheckedAmount, placeholder = false) => ({ ...amount, kind, year: null, placeholder, lower: false });
const part = (name: 'LAND' | 'EQUIPMENT', amount: CheckedAmount, whole: 'TOTAL' | 'FIXED' = 'TOTAL') => ({ ...amount, part: name, whole });

describe('amounts that contradict', () => {
  it.each<[string, Partial<AmountSheet>, unknown[]]>([
    ['parts above', { parts: [part('LAND', cny('300000000')), part('EQUIPMENT', cny('300000000'))] }, [['PARTS_DO_NOT_ADD_UP', 'LAND+EQUIPMENT', '600000000', '500000000']]],
    ['parts below', { parts: [part('LAND', cny('100000000'))] }, [['PARTS_DO_NOT_ADD_UP', 'LAND', '100000000', '500000000']]],
    ['parts of fixed', { fixed: cny('2'.padEnd(9, '0')), parts: [part('LAND', cny('100000000'), 'FIXED')] }, [['PARTS_DO_NOT_ADD_UP', 'LAND', '100000000', '200000000']]],
    ['parts that add up', { parts: [part('LAND', cny('200000000')), part('EQUIPMENT', cny('300000000.00'))] }, []],
    ['parts within rounding', { parts: [part('LAND', cny('502500000'))] }, []],
    ['parts beyond rounding', { parts: [part('LAND', cny('502512563'))] }, [['PARTS_DO_NOT_ADD_UP', 'LAND', '502512563', '500000000']]],
    ['parts in another currency', { parts: [part('LAND', cny('1', { currency: 'USD' }))] }, []],
    ['parts of nothing', { total: null, parts: [part('LAND', cny('1'))] }, []],
    ['fixed above', { fixed: cny('600000000') }, [['FIXED_ABOVE_TOTAL', 'FIXED', '600000000', '500000000']]],
    ['fixed equal', { fixed: cny('500000000') }, []],
    ['filed above', { amounts: [other('FILED', cny('1200000000'))] }, [['FILED_ABOVE_TOTAL', 'FILED', '1200000000', '500000000']]],
    ['filed below', { amounts: [other('FILED', cny('100000000'))] }, []],
    ['registered above says nothing', { amounts: [other('REGISTERED', cny('900000000'))] }, []],
    ['about is given a tenth', { total: cny('500000000', { approximate: true }), amounts: [other('FILED', cny('550000000'))] }, []],
    ['foreign above', { total: cny('1000000', { currency: 'USD' }), amounts: [other('CONTRACT_FOREIGN', cny('2000000', { currency: 'USD' }))] }, [['FOREIGN_ABOVE_TOTAL', 'CONTRACT_FOREIGN', '2000000', '1000000']]],
    ['agreement differs', { signed: cny('400000000') }, [['SIGNED_DIFFERS_FROM_PROJECT', 'SIGNED', '400000000', '500000000']]],
    ['agreement in another currency', { signed: cny('400000000', { currency: 'USD' }) }, []],
    ['a placeholder is compared with nothing', { total: cny('10000'), fixed: cny('200000000') }, [['PLACEHOLDER', 'TOTAL', '10000', null]]],
    ['one marked as such', { amounts: [other('FILED', cny('900000000'), true)] }, [['PLACEHOLDER', 'FILED', '900000000', null]]],
    ['zero is an amount', { fixed: cny('0') }, []],
    ['expansion with all', { parentTotal: cny('500000000') }, [['EXPANSION_INCLUDES_PARENT', 'TOTAL', '500000000', '500000000']]],
    ['expansion by an increment', { parentTotal: cny('500000000.01') }, []],
  ])('%s', (_, more, expected) => expect(found(more)).toEqual(expected));

  it('follow the tolerance of the zone', () => {
    expect(found({ signed: cny('500000001') }, { ...rules, tolerancePermille: 0 })).toHaveLength(1);
    expect(found({ signed: cny('400000000') }, { ...rules, tolerancePermille: 200 })).toEqual([]);
    expect(found({ fixed: cny('5000') }, { ...rules, placeholderYuan: 0 })).toEqual([]);
  });
});

it('are told with field, both values and what to do', () => {
  const [w] = amountWarnings(sheet({ amounts: [other('FILED', cny('1200000000'))] }), rules);
  expect(toldWarning(w!, 'zh')).toBe('备案证金额 12亿元大于总投资 5亿元。请按备案证核对，或更正总投资。');
  expect(toldWarning(w!, 'en')).toBe('filed amount 1200000000 CNY is above total investment 500000000 CNY. Check it against the filing or correct total investment.');
});

it.each([['500000000.00', 'CNY', '5亿元'], ['1234567890.12', 'CNY', '12.3456789012亿元'], ['89100000', 'CNY', '8910万元'], ['9999.9', 'CNY', '9999.9元'], ['26150000', 'USD', '2615万美元'], ['0', 'CNY', '0元']])('%s %s is %s', (amount, currency, text) => expect(amountText(amount, currency, 'zh')).toBe(text));
