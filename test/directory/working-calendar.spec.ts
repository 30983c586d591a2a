import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkingCalendar } from '@yinfeng/platform';
import fc from 'fast-check';
import { testDatabase, type TestDatabase } from '../support/database.js';

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

  it('go on by weekdays beyond the published years, and say that this is provisional', async () => {
    const ask = async (day: string, n: number) => (await test.db.shared<{ due: string; provisional: boolean; strict: string | null }>('select w.*, add_working_days($1::date, $2) as strict from working_due($1::date, $2) w', [day, n]))[0]!;
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 1900 }), fc.integer({ min: 0, max: 300 }), async (offset, n) => {
      const day = new Date(Date.UTC(2022, 10, 1) + offset * 86_400_000).toISOString().slice(0, 10);
      const { due, provisional, strict } = await ask(day, n);
      expect(provisional).toBe(strict === null);
      if (strict !== null) expect(due).toBe(strict);
      else if (n > 0) expect((await ask(due, 0)).due).toBe(due);
    }), { numRuns: 80 });
    // 2026-12-31 is a Thursday; Friday the first of an unpublished January counts as a working day.
    expect(await ask('2026-12-30', 3)).toEqual({ due: '2027-01-04', provisional: true, strict: null });
    expect(await ask('2027-01-02', 0)).toEqual({ due: '2027-01-04', provisional: true, strict: null });
    expect(await ask('2026-12-30', 1)).toEqual({ due: '2026-12-31', provisional: false, strict: '2026-12-31' });
  });
});
