import { describe, expect, it } from '@jest/globals';
import { POLICIES } from '@yinfeng/directory';
import { landInMu, sheetFaults, suggestionsOf, totalOf } from './admission.rules.js';

const policy = POLICIES.admission.usual;

it.each([['约145亩', '145'], ['占地面积 100.5 亩，建筑面积8.8万平方米', '100.5'], ['1,200亩', '1200'], ['亩均税收30万', null], ['30亩均价', null], ['0亩', null], ['14000㎡', null], [null, null]])('%s is %s 亩', (text, mu) => expect(landInMu(text)).toBe(mu));

describe('points that follow from the record', () => {
  const facts = { fixedCny: '300000000', taxCny: '30000000', landNeed: '100亩' };
  it('grow up to the threshold of the zone, then no more', () => {
    expect(suggestionsOf(policy, facts)).toEqual([{ criterion: 'intensity', points: '17', value: '300', threshold: 300 }, { criterion: 'tax', points: '16', value: '30', threshold: 30 }]);
    expect(suggestionsOf(policy, { ...facts, fixedCny: '150000000', taxCny: '90000000' }).map((s) => s.points)).toEqual(['8.5', '16']);
  });
  it('are none without land or amounts', () => {
    expect(suggestionsOf(policy, { ...facts, landNeed: null })).toEqual([]);
    expect(suggestionsOf(policy, { ...facts, taxCny: null }).map((s) => s.criterion)).toEqual(['intensity']);
    expect(suggestionsOf({ ...policy, criteria: [] }, facts)).toEqual([]);
  });
});

it('a sheet has every criterion once, within its maximum, to one decimal', () => {
  const full = policy.criteria.map((c) => ({ criterion: c.key, points: String(c.max) }));
  expect(sheetFaults(policy, full)).toEqual([]);
  expect(totalOf(full)).toBe('100');
  expect(totalOf([{ criterion: 'a', points: '0.1' }, { criterion: 'b', points: '0.2' }])).toBe('0.3');
  const jobs = full.length - 1;
  for (const [points, fault] of [['5.1', 'TOO_MANY'], ['-0.1', 'NEGATIVE'], ['1.25', 'TOO_FINE']] as const) {
    expect(sheetFaults(policy, full.with(jobs, { criterion: 'jobs', points }))).toEqual([{ at: jobs, fault, max: 5 }]);
  }
  expect(sheetFaults(policy, full.slice(1))).toEqual([{ at: null, fault: 'MISSING', criteria: ['产业类别'] }]);
  expect(sheetFaults(policy, [...full, full[0]!, { criterion: 'luck', points: '1' }])).toEqual([{ at: full.length, fault: 'TWICE', max: 5 }, { at: full.length + 1, fault: 'UNKNOWN', max: 0 }]);
});
