import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Refusal, Refusals } from '../actor/refusal.js';
import { checkedCalendar, type SpecialDay } from './calendar-days.rules.js';

const refused = (year: number, days: unknown[]): string[] => {
  try {
    checkedCalendar(year, days as SpecialDay[]);
    return [];
  } catch (error) {
    if (error instanceof Refusals) return error.all.map((r) => `${r.code} ${r.path.join('.')}`);
    if (error instanceof Refusal) return [`${error.code} ${error.path.join('.')}`];
    throw error;
  }
};
const off = (day: string, name = '元旦') => ({ day, working: false, name });

describe('the special days of a year', () => {
  it('come out in order of time, with their names trimmed', () => {
    expect(checkedCalendar(2027, [{ day: '2027-02-06', working: true, name: ' 春节调休 ' }, off('2027-01-01')])).toEqual([off('2027-01-01'), { day: '2027-02-06', working: true, name: '春节调休' }]);
  });

  it('may be the first and the last day of the year, a leap day, or the same kind as the weekday', () => {
    expect(refused(2028, [off('2028-01-01'), off('2028-12-31'), off('2028-02-29'), { day: '2028-01-03', working: true, name: '上班' }])).toEqual([]);
  });

  it.each([
    ['a day that does not exist', [off('2027-02-29')], ['CALENDAR_DAY days.0.day']],
    ['no date', [off('2027-1-1'), off(''), { ...off('x'), day: 20270101 }], ['CALENDAR_DAY days.0.day', 'CALENDAR_DAY days.1.day', 'CALENDAR_DAY days.2.day']],
    ['another year', [off('2026-12-31'), off('2028-01-01')], ['CALENDAR_DAY days.0.day', 'CALENDAR_DAY days.1.day']],
    ['a day twice', [off('2027-01-01'), off('2027-01-02'), { ...off('2027-01-01'), working: true }], ['CALENDAR_DAY days.2.day']],
    ['no name, or one that is too long', [off('2027-01-01', ' '), off('2027-01-02', '节'.repeat(51)), { day: '2027-01-03', working: false }], ['CALENDAR_DAY days.0.name', 'CALENDAR_DAY days.1.name', 'CALENDAR_DAY days.2.name']],
    ['neither worked nor off', [{ ...off('2027-01-01'), working: 'yes' }], ['CALENDAR_DAY days.0.working']],
    ['everything at once', [{}], ['CALENDAR_DAY days.0.day', 'CALENDAR_DAY days.0.working', 'CALENDAR_DAY days.0.name']],
    ['nothing', [], ['REQUIRED days']],
  ])('are refused for %s', (_what, days, told) => {
    expect(refused(2027, days)).toEqual(told);
  });

  it.each([1999, 2101, 2027.5, Number.NaN])('are refused for the year %s', (year) => {
    expect(refused(year, [off('2027-01-01')])).toEqual(['INVALID year']);
  });

  it('name the entry and the day that is wrong', () => {
    try {
      checkedCalendar(2027, [off('2027-01-01'), off('2027-13-01')]);
    } catch (error) {
      expect((error as Refusals).all[0]!.params).toEqual({ year: 2027, position: 2, day: '2027-13-01', expected: expect.stringContaining('YYYY-MM-DD') });
    }
    expect.assertions(1);
  });

  it('keep every day that was given, whatever the order', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 364 }), { minLength: 1, maxLength: 60 }), (numbers) => {
      const days = numbers.map((n) => ({ day: new Date(Date.UTC(2027, 0, 1 + n)).toISOString().slice(0, 10), working: n % 2 === 0, name: `第${n}天` }));
      const checked = checkedCalendar(2027, days);
      expect(checked.map((d) => d.day)).toEqual(days.map((d) => d.day).sort());
      expect(new Set(checked.map((d) => JSON.stringify(d)))).toEqual(new Set(days.map((d) => JSON.stringify(d))));
    }));
  });
});
