import { describe, expect, it } from '@jest/globals';
import { proposedRuling, sharesFault } from './dispute.rules.js';

describe('the ruling that the usual rules propose', () => {
  it.each([
    [[], 'FIRST_STANDS', 'ORDER_OF_REPORTS'],
    [[['CLAIMANT', 'VISIT_RECORD'], ['CLAIMANT', 'CORRESPONDENCE']], 'FIRST_STANDS', 'ORDER_OF_REPORTS'],
    [[['HOLDER', 'INVESTOR_LETTER'], ['CLAIMANT', 'AGREEMENT']], 'FIRST_STANDS', 'INVESTOR_LETTER_OF_HOLDER'],
    [[['CLAIMANT', 'INVESTOR_LETTER'], ['HOLDER', 'VISIT_RECORD']], 'CLAIMANT', 'INVESTOR_LETTER_OF_CLAIMANT'],
    [[['CLAIMANT', 'INVESTOR_LETTER'], ['HOLDER', 'INVESTOR_LETTER']], 'SHARED', 'INVESTOR_LETTERS_OF_BOTH'],
  ] as const)('%j: %s by %s', (evidence, ruling, reason) => {
    expect(proposedRuling(evidence.map(([side, kind]) => ({ side, kind })))).toEqual({ ruling, reason });
  });
});

describe('shares', () => {
  it.each([
    [[], 'EMPTY'], [['1'], null], [['0.5', '0.5'], null], [['0.6', '0.4'], null], [['0.333333', '0.333333', '0.333334'], null], [['0.5', '0.4'], 'SUM'], [['0.5', '0.50001'], 'SUM'],
    [['1.5', '-0.5'], 'RANGE'], [['1', '0'], 'RANGE'], [['0.3333333', '0.6666667'], 'RANGE'],
  ] as const)('%j: %s', (shares, fault) => {
    expect(sharesFault(shares.map((share, i) => ({ staffId: String(i), share })))).toBe(fault);
  });
  it('names a person once', () => expect(sharesFault([{ staffId: 'a', share: '0.5' }, { staffId: 'a', share: '0.5' }])).toBe('TWICE'));
});
