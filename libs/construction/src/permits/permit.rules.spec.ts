import { describe, expect, it } from '@jest/globals';
import { circleOf, POLICIES, type PermitStep } from '@yinfeng/directory';
import { actWord, beforeOf, circleWith, stateWord, stepsOf } from './permit.rules.js';

const step = (code: string, after: string[], when: PermitStep['when'] = {}): PermitStep => ({ code, zh: code, en: code, after, workingDays: 1, expressWorkingDays: null, measured: 'DAYS', minutes: null, department: null, promise: false, evidence: [], gateItem: null, when });
const subject = { capitalSource: 'DOMESTIC', totalCny: null, industryCode: null, class: null, landNeed: false };

describe('circles among steps', () => {
  it('are found wherever they are, and a step that waits for itself is one', () => {
    expect(circleOf([step('A', []), step('B', ['A']), step('C', ['A', 'B'])])).toBeNull();
    expect(circleOf([step('A', ['A'])])).toEqual(['A', 'A']);
    expect(circleOf([step('A', []), step('B', ['A', 'D']), step('C', ['B']), step('D', ['C'])])).toEqual(['B', 'D', 'C', 'B']);
    expect(circleOf([step('A', ['GONE'])])).toBeNull();
  });

  it('are told by their labels, when one permit changes', () => {
    const permits = [{ code: 'A', label: '甲', after: [] }, { code: 'B', label: '乙', after: ['A'] }];
    expect(circleWith(permits, { code: 'A', label: '甲', after: ['B'] })).toEqual(['乙', '甲', '乙']);
    expect(circleWith(permits, { code: 'B', label: '乙', after: [] })).toBeNull();
  });
});

describe('the steps that a project needs', () => {
  it('wait for what those that it does not need would have waited for', () => {
    const list = [step('A', []), step('B', ['A'], { land: true }), step('C', ['B'], { land: true }), step('D', ['C', 'A']), step('E', ['C', 'D'])];
    expect(stepsOf(list, subject).map((s) => [s.code, s.after])).toEqual([['A', []], ['D', ['A']], ['E', ['A', 'D']]]);
    expect(stepsOf(list, { ...subject, landNeed: true }).map((s) => s.after)).toEqual(list.map((s) => s.after));
    expect(beforeOf(list, new Set(['B']), 'D')).toEqual(['B']);
    // A circle that somebody wrote past the policy's check ends all the same.
    expect(beforeOf([step('A', ['B']), step('B', ['A'])], new Set(), 'A')).toEqual([]);
  });

  it('are those of the usual list, which is in order and has no circle', () => {
    const { usual, schema } = POLICIES.permits;
    expect(schema.parse(usual)).toEqual(usual);
    for (const [i, s] of usual.steps.entries()) for (const a of s.after) expect(usual.steps.findIndex((b) => b.code === a)).toBeLessThan(i);
    expect(stepsOf(usual.steps, { ...subject, landNeed: true, industryCode: 'C374', totalCny: '99999999' }).map((s) => s.code)).not.toContain('ENERGY');
    expect(stepsOf(usual.steps, { ...subject, landNeed: true, industryCode: 'C374', totalCny: '100000000' })).toHaveLength(usual.steps.length);
  });
});

it('says states and acts in the reader\'s language', () => {
  expect([stateWord('SUPPLEMENT', 'zh'), stateWord('READY', 'en'), actWord('GRANT', 'zh'), actWord('REOPEN', 'en')]).toEqual(['待补正', 'ready', '办结', 'taken back']);
});
