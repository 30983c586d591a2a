import { describe, expect, it } from '@jest/globals';
import { percent, rateRule, startRule } from './start-figures.rules.js';

const floor = { mode: 'FLOOR', digits: 0 } as const;
const round = { mode: 'HALF_UP', digits: 1 } as const;

describe('a share in percent', () => {
  it.each([[18, 21, floor, '85'], [18, 21, round, '85.7'], [183, 240, round, '76.3'], [112, 147, round, '76.2'], ['87170840000', '114209302000', round, '76.3'], [0, 5, round, '0.0'], [1, 3, { mode: 'FLOOR', digits: 4 }, '33.3333'], [23, 21, round, '109.5'], [1, 200, { mode: 'HALF_UP', digits: 0 }, '1'], ['0.05', '10', { mode: 'HALF_UP', digits: 1 }, '0.5']] as const)('%s of %s is %o: %s', (part, whole, rounding, told) =>
    expect(percent(part, whole, rounding)).toBe(told));

  it('of nothing is none, and is exact beyond what floating point holds', () => {
    expect(percent(3, 0, round)).toBeNull();
    expect(percent('999999999999999999.99', '999999999999999999999.99', { mode: 'FLOOR', digits: 4 })).toBe('0.0999');
  });
});

describe('the rule in words', () => {
  const question = { from: '2023-01-01', to: '2023-06-30', minTotal: '50000000', minTotalOfPlan: null, policy: { counts: ['NEW_START', 'RESUME'], industryShare: { classes: [], otherClasses: [], industries: [], basis: 'COUNT', rounding: round } } } as Parameters<typeof startRule>[1];
  it('says the period, the size and what counts', () => {
    expect(startRule('startedOrResumed', question, 'zh')).toContain('2023-01-01 至 2023-06-30 开工或复工的项目，每个只计一次，总投资5000万元以上');
    expect(startRule('resumed', { ...question, minTotal: null }, 'zh')).toContain('不限金额');
    expect(startRule('planned', { ...question, to: '2024-06-30' }, 'en')).toBe('Projects on the plan of starts of 2023–2024. Phases counted with another project are left out.');
    expect(startRule('startedOrResumed', { ...question, policy: { ...question.policy, counts: ['RESUME'] } }, 'en')).toContain('Projects resumed from 2023-01-01 to 2023-06-30, each once, total investment from CNY 50000000');
    expect(rateRule('产业项目', '开复工', floor, 'zh')).toBe('产业项目 ÷ 开复工，截取到 0 位小数');
  });
});
