import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CALL_ACTS, CALL_STATES, type CallAct, callStateWord, clocksOf, levelDue, mayDo, OPEN_STATES, satisfaction, withoutNames } from './call.rules.js';

const policy = { reportInWorkingDays: 1, urgentReportInWorkingDays: 0, urgentResolveShare: 0.5 } as Parameters<typeof clocksOf>[0];

describe('acts on a call', () => {
  it('are each possible somewhere, and every state but the end leads on', () => {
    for (const act of Object.keys(CALL_ACTS) as CallAct[]) expect(CALL_STATES.filter((s) => mayDo(act, s)).length).toBeGreaterThan(0);
    for (const state of CALL_STATES) expect((Object.keys(CALL_ACTS) as CallAct[]).filter((act) => mayDo(act, state)).length).toBeGreaterThan(0);
    // Nothing is solved that nobody reported in to.
    expect(CALL_STATES.filter((s) => mayDo('resolve', s))).toEqual(['REPORTED_IN', 'HANDLING']);
    expect(OPEN_STATES.some((s) => mayDo('rate', s) || mayDo('reopen', s))).toBe(false);
  });

  it('have a word for every state in both languages', () => {
    for (const state of CALL_STATES) expect([callStateWord(state, 'zh'), callStateWord(state, 'en')]).not.toContain('');
  });
});

it('gives urgent calls shorter clocks, never less than a working day to solve', () => {
  expect(clocksOf(policy, { resolveWorkingDays: 5 }, 'NORMAL')).toEqual({ reportIn: 1, resolve: 5 });
  expect(clocksOf(policy, { resolveWorkingDays: 5 }, 'URGENT')).toEqual({ reportIn: 0, resolve: 3 });
  expect(clocksOf({ ...policy, urgentResolveShare: 0.1 }, { resolveWorkingDays: 1 }, 'URGENT').resolve).toBe(1);
});

it('climbs the ladder by what is passed, never down with time', () => {
  const ladder = [{ afterWorkingDays: 1, to: 'DEPARTMENT_HEAD' as const }, { afterWorkingDays: 3, to: 'ZONE_LEADER' as const }, { afterWorkingDays: 5, to: 'PUBLIC' as const }];
  expect([0, 1, 2, 3, 4, 5, 99].map((late) => levelDue(ladder, late))).toEqual([0, 1, 1, 2, 2, 3, 3]);
  expect(levelDue([], 99)).toBe(0);
});

it('says satisfied of rated in per cent with one digit, and nothing of nobody', () => {
  expect([satisfaction(0, 0), satisfaction(0, 3), satisfaction(1, 3), satisfaction(2, 3), satisfaction(97, 100), satisfaction(3, 3)]).toEqual([null, '0', '33.3', '66.7', '97', '100']);
});

describe('words without names', () => {
  it('name no firm, the longest first, and leave the rest', () => {
    expect(withoutNames('华芯光电有限公司（华芯）停电', ['华芯', '华芯光电有限公司', ' ', '甲'])).toBe('华**（华**）停电');
    expect(withoutNames('停电', [])).toBe('停电');
  });

  it('hold none of the names, whatever they are', () => {
    fc.assert(fc.property(fc.string(), fc.array(fc.string({ minLength: 3, maxLength: 6 }).filter((n) => n.trim().length >= 3 && !n.includes('*')), { maxLength: 4 }), fc.string(), (a, names, b) => {
      const shown = withoutNames(a + names.join('|') + b, names);
      for (const name of names) expect(shown).not.toContain(name.trim());
    }), { seed: 7 });
  });
});
