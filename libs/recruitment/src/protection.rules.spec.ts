import { describe, expect, it } from '@jest/globals';
import { addMonths, creditKept, protectionOf, type ProtectionFacts } from './protection.rules.js';

const RULE = { months: 6, extensions: 1 };
const facts = (values: Partial<ProtectionFacts> = {}): ProtectionFacts => ({ stage: 'LEAD', status: 'ACTIVE', startedOn: '2026-01-15', progress: [], extensions: [], ...values });

describe('calendar months', () => {
  it.each([['2026-01-15', 6, '2026-07-15'], ['2026-08-31', 6, '2027-02-28'], ['2027-08-31', 6, '2028-02-29'], ['2026-12-31', 2, '2027-02-28'], ['2026-11-30', 3, '2027-02-28'], ['2026-03-31', 1, '2026-04-30'], ['2026-01-31', 12, '2027-01-31']])('%s + %i is %s', (day, n, expected) => {
    expect(addMonths(day, n)).toBe(expected);
  });
});

describe('a protection', () => {
  it('lasts its months, the last day included', () => {
    expect(protectionOf(facts(), RULE, '2026-07-15')).toEqual({ state: 'PROTECTED', startedOn: '2026-01-15', until: '2026-07-15', extended: 0, extensionsLeft: 1 });
    expect(protectionOf(facts(), RULE, '2026-07-16').state).toBe('LAPSED');
  });

  it('is kept alive by progress inside the window, link by link', () => {
    expect(protectionOf(facts({ progress: ['2026-07-15', '2026-12-01'] }), RULE, '2026-12-02').until).toBe('2027-06-01');
    expect(protectionOf(facts({ progress: ['2026-07-16'] }), RULE, '2026-12-02')).toMatchObject({ until: '2026-07-15', state: 'LAPSED' });
    // The order in which they are told does not matter; what lies before the start or after today does not count.
    expect(protectionOf(facts({ progress: ['2026-12-01', '2026-07-15'] }), RULE, '2026-12-02').until).toBe('2027-06-01');
    expect(protectionOf(facts({ progress: ['2025-12-31'] }), RULE, '2026-02-01').until).toBe('2026-07-15');
    expect(protectionOf(facts({ progress: ['2026-03-01'] }), RULE, '2026-02-01').until).toBe('2026-07-15');
  });

  it('is never shortened', () => {
    expect(protectionOf(facts({ progress: ['2026-02-01'], extensions: [{ on: '2026-03-01', until: '2026-07-20' }] }), RULE, '2026-04-01').until).toBe('2026-08-01');
  });

  it('is extended by decisions inside the window, which are counted', () => {
    expect(protectionOf(facts({ extensions: [{ on: '2026-07-10', until: '2026-10-15' }] }), RULE, '2026-10-15')).toEqual({ state: 'PROTECTED', startedOn: '2026-01-15', until: '2026-10-15', extended: 1, extensionsLeft: 0 });
    // One that a former holder had does not count for the new one.
    expect(protectionOf(facts({ startedOn: '2026-08-01', extensions: [{ on: '2026-07-10', until: '2026-10-15' }] }), RULE, '2026-10-15')).toMatchObject({ extended: 0, extensionsLeft: 1, until: '2027-02-01' });
    expect(protectionOf(facts({ progress: ['2026-10-01'], extensions: [{ on: '2026-07-10', until: '2026-10-15' }] }), RULE, '2026-10-15').until).toBe('2027-04-01');
  });

  it('has no end once the project is signed, and is gone in the pool', () => {
    for (const stage of ['SIGNED', 'LANDED', 'STARTED', 'PRODUCING'] as const) expect(protectionOf(facts({ stage }), RULE, '2030-01-01')).toMatchObject({ state: 'SECURED', until: null });
    expect(protectionOf(facts({ stage: 'NEGOTIATING' }), RULE, '2030-01-01').state).toBe('LAPSED');
    expect(protectionOf(facts({ status: 'POOLED' }), RULE, '2026-02-01').state).toBe('RELEASED');
  });
});

it.each([
  ['ALWAYS', '2026-07-15', '2026-07-16', true], ['NEVER', '2026-07-15', '2026-07-01', false], ['NEVER', null, '2026-07-01', false],
  ['WITHIN_PROTECTION', '2026-07-15', '2026-07-15', true], ['WITHIN_PROTECTION', '2026-07-15', '2026-07-16', false], ['WITHIN_PROTECTION', null, '2030-01-01', true],
] as const)('credit by rule %s, protected until %s, on %s: %s', (rule, until, day, kept) => {
  expect(creditKept(rule, until, day)).toBe(kept);
});
