import { expect, it } from '@jest/globals';
import { checkedNames, pastedNames } from './target-names.rules.js';

it.each([
  ['甲公司\n乙公司\r\n\r\n丙公司', ['甲公司', '乙公司', '丙公司']],
  ['甲公司；乙公司;丙公司、丁公司，戊公司,己公司\t庚公司', ['甲公司', '乙公司', '丙公司', '丁公司', '戊公司', '己公司', '庚公司']],
  ['1. 甲公司\n2、乙公司\n（3）丙公司\n④丁公司\n• 戊公司\n- 己公司', ['甲公司', '乙公司', '丙公司', '丁公司', '戊公司', '己公司']],
  ['Samsung Electronics Co., Ltd.\nFoo, Inc.', ['Samsung Electronics Co., Ltd.', 'Foo, Inc.']],
  ['360集团\n3M中国有限公司\n51信用卡', ['360集团', '3M中国有限公司', '51信用卡']],
  [' \n ;；、', []],
])('a paste %j is %j', (text, names) => {
  expect(pastedNames(text)).toEqual(names);
});

it('the first of those that fold alike stands; what is no name is told', () => {
  expect(checkedNames(['甲公司（长春）', '甲 公司(长春)', '甲', '12345', 'x'.repeat(201), '', '乙公司']).map((n) => [n.position, n.fault])).toEqual([
    [1, null], [2, 'REPEATED'], [3, 'MALFORMED'], [4, 'MALFORMED'], [5, 'MALFORMED'], [6, 'MALFORMED'], [7, null],
  ]);
});
