import { describe, expect, it } from '@jest/globals';
import { POLICIES } from '@yinfeng/directory';
import { chainComplete, chainOf, type DecisionResult, stepsOf } from './decision-chain.rules.js';

const usual = POLICIES.decisionChains.usual;
const major = usual.chains.find((c) => c.key === 'major')!;
const subject = { capitalSource: 'DOMESTIC', totalCny: '500000000', industryCode: null, class: '供地类', landNeed: true };
const decided = (...all: [step: string, result: DecisionResult, on: string, chain?: string][]) => all.map(([step, result, meetingOn, chain = 'major'], i) => ({ id: String(i), chain, step, meetingOn, result }));

describe('the chain of a project', () => {
  it('is the first enabled one that speaks of it', () => {
    expect(chainOf(usual, subject)?.key).toBe('major');
    expect(chainOf(usual, { ...subject, totalCny: '499999999.99' })).toBeNull();
    expect(chainOf({ chains: usual.chains.map((c) => ({ ...c, enabled: true })) }, subject)?.key).toBe('land');
  });

  it('stands by its latest decisions, step after step', () => {
    const states = (...all: Parameters<typeof decided>) => stepsOf(major, decided(...all)).map((s) => [s.state, s.on]);
    expect(states()).toEqual([['OPEN', null], ['BLOCKED', null]]);
    expect(states(['investmentCommittee', 'REJECTED', '2026-01-01'])).toEqual([['REJECTED', '2026-01-01'], ['BLOCKED', null]]);
    expect(states(['investmentCommittee', 'DEFERRED', '2026-01-01'], ['investmentCommittee', 'PASSED', '2026-02-01'])).toEqual([['PASSED', '2026-02-01'], ['OPEN', null]]);
    expect(states(['investmentCommittee', 'PASSED', '2026-01-01', 'land'])).toEqual([['OPEN', null], ['BLOCKED', null]]);
    expect(stepsOf(major, []).map((s) => s.position)).toEqual([1, 2]);
  });

  it('is complete when every step has passed, or when there is none', () => {
    const both = decided(['investmentCommittee', 'PASSED', '2026-01-01'], ['executiveMeeting', 'PASSED', '2026-01-02']);
    expect([chainComplete(null, []), chainComplete(major, []), chainComplete(major, both.slice(0, 1)), chainComplete(major, both)]).toEqual([true, false, false, true]);
  });
});
