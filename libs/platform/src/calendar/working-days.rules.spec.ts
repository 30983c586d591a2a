import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Refusal } from '../actor/refusal.js';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { WorkingCalendar } from './working-calendar.js';
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

describe('working days of the database', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await testDatabase();
    // A year is missing between, and the first day of all is a holiday: the places where counting goes wrong.
    await test.owner.query(`begin; delete from working_day; delete from calendar_day; delete from calendar_year;
      insert into calendar_year (year, source) values (2023, 'test'), (2024, 'test'), (2026, 'test');
      insert into calendar_day (day, working, name) select make_date(y, 1, 1), false, '元旦' from unnest('{2023,2024,2026}'::int[]) y
        union all select d::date, false, '国庆节' from unnest('{2023,2024,2026}'::int[]) y, generate_series(make_date(y, 10, 1), make_date(y, 10, 7), interval '1 day') d
        union all select d, true, '调休' from unnest('{2023-10-07,2024-09-29,2024-10-12,2026-09-20,2026-10-10}'::date[]) d on conflict (day) do nothing;
      select calendar_rebuild(); commit`);
  });
  afterAll(() => test.stop());

  it('are the same in SQL and in the program', async () => {
    const calendar = new WorkingCalendar(test.db);
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 1900 }), fc.integer({ min: 0, max: 600 }), async (offset, n) => {
      const day = new Date(Date.UTC(2022, 10, 1) + offset * 86_400_000).toISOString().slice(0, 10);
      const [row] = await test.db.shared<{ due: string | null; now: string | null; works: boolean }>(
        'select add_working_days($1::date, $2) as due, add_working_days($1::date, 0) as now, exists (select from working_day where day = $1::date) as works', [day, n], 'count');
      expect(await calendar.addWorkingDays(day, n)).toBe(row!.due);
      expect(await calendar.addWorkingDays(day, 0)).toBe(row!.now);
      expect((await calendar.isWorkingDay(day)) ?? false).toBe(row!.works);
      if (row!.due !== null && n > 0) expect(await calendar.workingDaysBetween(day, row!.due)).toBe(n);
    }), { numRuns: 150 });
  });

  it('refuse a day of an unpublished year, naming field, value and year, until it is published', async () => {
    const calendar = new WorkingCalendar(test.db);
    await calendar.demandCovered('2026-12-31', ['nextFollowUpOn'], '下次跟进日期');
    await expect(calendar.demandCovered('2027-01-04', ['nextFollowUpOn'], '下次跟进日期')).rejects.toEqual(
      new Refusal('CALENDAR_YEAR_UNCOVERED', ['nextFollowUpOn'], { field: '下次跟进日期', value: '2027-01-04', year: 2027 }));
    await test.owner.query(`insert into calendar_year (year, source) values (2027, 'test')`);
    calendar.forget();
    await calendar.demandCovered('2027-01-04', ['nextFollowUpOn'], '下次跟进日期');
  });
});
