import { describe, expect, it } from '@jest/globals';
import { WorkingDays } from './working-days.rules.js';

describe('working days without a database', () => {
  const days = new WorkingDays({ years: [2025, 2026], special: [
    { day: '2026-10-01', working: false }, { day: '2026-10-02', working: false }, { day: '2026-10-05', working: false }, { day: '2026-10-06', working: false }, { day: '2026-10-07', working: false },
    { day: '2026-10-10', working: true },
  ] });

  it('know weekends, holidays and make-up days', () => {
    expect(days.isWorkingDay('2026-09-30')).toBe(true);
    expect(days.isWorkingDay('2026-10-01')).toBe(false);
    expect(days.isWorkingDay('2026-10-10')).toBe(true);
    expect(days.isWorkingDay('2026-10-11')).toBe(false);
    expect(days.isWorkingDay('2027-01-04')).toBeNull();
  });

  it('count from the day after; a rest day moves on to the next working day', () => {
    expect(days.add('2026-09-30', 1)).toBe('2026-10-08');
    expect(days.add('2026-09-30', 0)).toBe('2026-09-30');
    expect(days.add('2026-10-03', 0)).toBe('2026-10-08');
    expect(days.add('2026-10-03', 3)).toBe('2026-10-10');
    expect(days.between('2026-09-30', '2026-10-10')).toBe(3);
    expect(days.between('2026-10-10', '2026-09-30')).toBe(-3);
    expect(days.between('2026-10-10', '2026-10-10')).toBe(0);
  });

  it('end with the published years and do not jump over a missing one', () => {
    expect(days.add('2026-12-31', 1)).toBeNull();
    expect(days.between('2026-12-31', '2027-01-05')).toBeNull();
    const gap = new WorkingDays({ years: [2026, 2028], special: [] });
    expect(gap.add('2026-12-31', 1)).toBeNull();
    expect(gap.between('2026-12-01', '2028-02-01')).toBeNull();
    expect(gap.add('2028-01-01', 1)).toBe('2028-01-03');
  });

  it('are never counted backwards or in parts', () => {
    expect(() => days.add('2026-06-01', -1)).toThrow(RangeError);
    expect(() => days.add('2026-06-01', 1.5)).toThrow(RangeError);
  });
});
