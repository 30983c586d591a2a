import { describe, expect, it } from '@jest/globals';
import { amountUnitOf, chineseNumber, halfWidth, plainNumber, readAmount, shiftDecimal } from './amount.rules.js';

const YI = amountUnitOf('亿元');
const WAN = amountUnitOf('万元');

describe('amount texts as offices write them', () => {
  it.each([
    ['约23.4亿元', { v: '234000', u: '万元', approx: true }],
    ['超百亿元', { v: '1000000', u: '万元', bound: '>=' }],
    ['1080亿', { v: '10800000', u: '万元' }],
    ['61.4亿', { v: '614000', u: '万元' }],
    ['269.2亿元', { v: '2692000', u: '万元' }],
    ['2615万美元', { v: '2615', u: '万美元' }],
    ['100.7亿元', { v: '1007000', u: '万元' }],
    ['300亿元人民币', { v: '3000000', u: '万元' }],
    ['1005136万元', { v: '1005136', u: '万元' }],
    ['13.6亿元', { v: '136000', u: '万元' }],
    ['8910万元', { v: '8910', u: '万元' }],
    ['拟投资1.5亿美元', { v: '15000', u: '万美元' }],
    ['0.0001 (亿元)', { v: '1', u: '万元' }],
    ['0.00001 (亿元)', { v: '0.1', u: '万元' }],
    ['6000-8000万', { v: '6000', u: '万元', hi: '8000' }],
    ['约3亿', { v: '30000', u: '万元', approx: true }],
    ['３.５亿', { v: '35000', u: '万元' }],
    ['1,200万元', { v: '1200', u: '万元' }],
    ['三亿元', { v: '30000', u: '万元' }],
    ['十亿元以上', { v: '100000', u: '万元', bound: '>=' }],
    ['5000万以上', { v: '5000', u: '万元', bound: '>=' }],
    ['百亿产值', { v: '1000000', u: '万元', magnitude: true }],
    ['1.2 亿 （含一期0.5亿）', { v: '12000', u: '万元' }],
    ['壹亿贰仟万元', { v: '12000', u: '万元' }],
    ['1亿2000万元', { v: '12000', u: '万元' }],
    ['三亿五', { v: '35000', u: '万元' }],
    ['5千万元', { v: '5000', u: '万元' }],
    ['10余亿元', { v: '100000', u: '万元', bound: '>=' }],
    ['不超过3亿元', { v: '30000', u: '万元', bound: '<=' }],
    ['近3.6亿元', { v: '36000', u: '万元', approx: true }],
    ['3亿-5亿元', { v: '30000', u: '万元', hi: '50000' }],
    ['2~3亿美元', { v: '20000', u: '万美元', hi: '30000' }],
    ['US$300万', { v: '300', u: '万美元' }],
    ['500000元', { v: '50', u: '万元' }],
    ['一期2亿元', { v: '20000', u: '万元' }],
  ])('%s', (text, value) => {
    expect(readAmount(text, YI).value).toEqual(value);
  });

  it.each([
    ['-', 'EMPTY_TOKEN'],
    ['/', 'EMPTY_TOKEN'],
    ['无', 'EMPTY_TOKEN'],
    ['待定', 'AMOUNT_UNDECIDED'],
    ['面议', 'AMOUNT_UNDECIDED'],
    ['暂未确定', 'AMOUNT_UNDECIDED'],
  ])('%s is empty, %s', (text, c) => {
    expect(readAmount(text, YI)).toMatchObject({ value: null, classes: [c] });
  });

  it('counts a number in the unit outside the cell, exactly', () => {
    expect(readAmount(2.34, YI).value).toEqual({ v: '23400', u: '万元' });
    expect(readAmount(0.1 + 0.2, YI).value).toEqual({ v: '3000.0000000000004', u: '万元' });
    expect(readAmount(1e-5, YI).value).toEqual({ v: '0.1', u: '万元' });
    expect(readAmount(-0.97, YI).value).toEqual({ v: '-9700', u: '万元' });
    expect(readAmount(12.5, amountUnitOf('万美元')).value).toEqual({ v: '12.5', u: '万美元' });
  });

  it('takes a range without unit in the unit outside, and remarks on numbers kept as text', () => {
    expect(readAmount('19800-25700', WAN)).toEqual({ value: { v: '19800', u: '万元', hi: '25700' }, classes: ['AMOUNT_RANGE'] });
    expect(readAmount('３０００', WAN)).toEqual({ value: { v: '3000', u: '万元' }, classes: ['AMOUNT_TEXT_NUMBER'] });
    expect(readAmount('28,000', WAN, { csv: true }).classes).toEqual(['AMOUNT_TEXT_NUMBER']);
    expect(readAmount('28000', WAN, { csv: true }).classes).toEqual([]);
  });

  it('asks for a unit rather than guess one', () => {
    expect(readAmount(5, null)).toMatchObject({ value: null, classes: ['AMOUNT_UNIT_MISSING'] });
    expect(readAmount('5亿元', null).value).toEqual({ v: '50000', u: '万元' });
  });

  it('knows units, numerals and exact shifts', () => {
    expect(amountUnitOf('亿美元')).toEqual({ places: 4, money: '万美元' });
    expect(amountUnitOf('元')).toEqual({ places: -4, money: '万元' });
    expect(amountUnitOf('项目')).toBeNull();
    expect(chineseNumber('四十五')).toBe('45');
    expect(chineseNumber('三点五')).toBe('3.5');
    expect(shiftDecimal('0.00001', 4)).toBe('0.1');
    expect(shiftDecimal('-12.34', -4)).toBe('-0.001234');
    expect(shiftDecimal('100', -4)).toBe('0.01');
    expect(plainNumber(1e21)).toBe('1000000000000000000000');
    expect(halfWidth('（１２Ａ）　')).toBe('(12A) ');
  });
});
