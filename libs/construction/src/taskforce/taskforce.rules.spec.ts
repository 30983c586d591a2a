import { describe, expect, it } from '@jest/globals';
import { asked, done, mondayOf } from './taskforce.rules.js';

describe('what a duty asks for', () => {
  it('is less in a week cut by holidays, never nothing while one day is worked, and no more with a made-up Saturday', () => {
    expect([5, 4, 3, 2, 1, 0, 6].map((days) => asked(2, 'WEEK', days, 22))).toEqual([2, 2, 2, 1, 1, 0, 2]);
    expect([5, 1, 0].map((days) => asked(1, 'WEEK', days, 22))).toEqual([1, 1, 0]);
    expect([5, 3, 0, 6].map((days) => asked(1, 'DAY', days, 22))).toEqual([5, 3, 0, 6]);
    expect([22, 11, 1, 0].map((days) => asked(4, 'MONTH', days, 22))).toEqual([4, 2, 1, 0]);
  });

  it('is done by the day where it is asked by the day', () => {
    const visits = new Map([['2026-06-08', 5], ['2026-06-13', 3]]);
    const working = new Set(['2026-06-08', '2026-06-09']);
    expect(done(1, 'DAY', visits, working)).toBe(1);
    expect(done(2, 'DAY', visits, working)).toBe(2);
    expect(done(2, 'WEEK', visits, working)).toBe(8);
  });
});

describe('a week', () => {
  it('begins on Monday, also across months and years', () => {
    expect(['2026-06-08', '2026-06-14', '2026-06-15', '2027-01-01', '2026-03-01'].map(mondayOf)).toEqual(['2026-06-08', '2026-06-08', '2026-06-15', '2026-12-28', '2026-02-23']);
  });
});
