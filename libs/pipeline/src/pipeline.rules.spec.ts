import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDecimals, addSums, flowRule, instantPlan, keyLabel, NOTHING, prefixNodes, stockRule } from './pipeline.rules.js';

const lowbit = (n: number) => n & -n;
const DAY = 86_400_000;
const FIRST = Date.parse('2000-01-01T00:00:00+08:00');

describe('the tree of four-day units', () => {
  it('covers units 1 to n exactly once with few nodes', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 8192 }), (n) => {
      const covered = prefixNodes(n).flatMap((node) => Array.from({ length: lowbit(node) }, (_, i) => node - i));
      expect(covered.sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i + 1));
      expect(prefixNodes(n).length).toBeLessThanOrEqual(13);
    }), { numRuns: 100 });
  });

  it('gives for every instant a border at most two days off, and adds or takes off what lies between', () => {
    fc.assert(fc.property(fc.date({ min: new Date('2000-01-06'), max: new Date('2088-01-01'), noInvalidDate: true }), (at) => {
      const { nodes, border, sign } = instantPlan(at);
      expect(Math.abs(at.getTime() - border.getTime())).toBeLessThanOrEqual(2 * DAY);
      expect(sign).toBe(border <= at ? 1 : -1);
      // The nodes end where the border begins.
      expect(FIRST + nodes.reduce((n, node) => n + lowbit(node), 0) * 4 * DAY).toBe(border.getTime());
    }));
  });

  it('borders are midnights in Shanghai, and belong to the unit that begins', () => {
    expect(instantPlan(new Date('2026-05-03T16:00:00Z'))).toEqual({ nodes: [2405, 2404, 2400, 2368, 2304, 2048], border: new Date('2026-05-03T16:00:00Z'), sign: 1 });
    expect(instantPlan(new Date('2026-05-03T15:59:59.999Z'))).toEqual({ nodes: [2405, 2404, 2400, 2368, 2304, 2048], border: new Date('2026-05-03T16:00:00Z'), sign: -1 });
  });

  it('reaches back before 2000 and forward beyond 2089', () => {
    expect(instantPlan(new Date('1995-06-01T00:00:00Z'))).toMatchObject({ nodes: [], sign: 1 });
    expect(instantPlan(new Date('2000-01-01T00:00:00+08:00'))).toMatchObject({ nodes: [1], sign: -1 });
    expect(instantPlan(new Date('2150-01-01T00:00:00Z'))).toMatchObject({ border: new Date(FIRST + 8191 * 4 * DAY), sign: 1 });
  });
});

describe('sums', () => {
  it('are exact', () => {
    expect(addDecimals(['0.1', '0.2'])).toBe('0.3');
    expect(addDecimals(['350000000', '0.5'])).toBe('350000000.5');
    expect(addDecimals(['100', '20'])).toBe('120');
    expect(addDecimals(['99999999999999999999.99', '0.01'])).toBe('100000000000000000000');
    expect(addDecimals(['-0.05', '0.05', '0'])).toBe('0');
    expect(addDecimals(['-1.25', '1'])).toBe('-0.25');
    expect(addDecimals([])).toBe('0');
    expect(addSums([])).toEqual(NOTHING);
  });

  it('equal the sum of hundredths', () => {
    fc.assert(fc.property(fc.array(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })), (all) => {
      const text = (v: bigint) => `${v < 0n ? '-' : ''}${(v < 0n ? -v : v) / 100n}.${String((v < 0n ? -v : v) % 100n).padStart(2, '0')}`;
      const total = text(all.reduce((a, v) => a + v, 0n)).replace(/\.?0+$/, '').replace(/^-0$/, '0');
      expect(addDecimals(all.map(text))).toBe(total === '' || total === '-' ? '0' : total);
    }));
  });
});

describe('words', () => {
  it('name every key, blanks included', () => {
    expect(keyLabel('SIZE', 'FROM_1B', null, 'zh')).toBe('10—50亿元');
    expect(keyLabel('SIZE', 'FROM_1B', null, 'en')).toBe('CNY 1–5 billion');
    expect(keyLabel('CAPITAL_SOURCE', 'FOREIGN', null, 'zh')).toBe('外资');
    expect(keyLabel('DEPARTMENT', 'x', '招商一局', 'zh')).toBe('招商一局');
    expect(keyLabel('SOURCE_REGION', '吉林', null, 'zh')).toBe('吉林');
    expect(keyLabel('PARK', null, null, 'zh')).toBe('未填写');
    expect(keyLabel('PARK', null, null, 'en')).toBe('Not given');
  });

  it('tell the rule of a figure with its moment in Shanghai', () => {
    expect(stockRule(['SIGNED', 'LANDED'], new Date('2024-12-31T15:59:59Z'), 'zh')).toMatch(/^2024-12-31 23:59:59时点处于签约、落位阶段的在库项目/);
    expect(stockRule(['RESERVE'], new Date('2024-12-31T16:00:00Z'), 'en')).toMatch(/stood at Reserve and were active at 2025-01-01 00:00:00/);
    expect(flowRule('landed', '2024-01-01', '2024-12-31', 'zh')).toMatch(/^“落位”节点的计入日期在2024-01-01至2024-12-31（含首尾两日）/);
    expect(flowRule('landed', '2024-01-01', '2024-12-31', 'en')).toMatch(/landing counts for a day from 2024-01-01 to 2024-12-31/);
  });
});
