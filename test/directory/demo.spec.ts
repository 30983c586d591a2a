import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DEMO_ACCOUNTS, DEMO_PASSWORD, loadReferenceData, Passwords, seedDemo, SignInService } from '@yinfeng/directory';
import { WorkingCalendar } from '@yinfeng/platform';
import { testDatabase, type TestDatabase } from '../support/database.js';

let test: TestDatabase;
beforeAll(async () => { test = await testDatabase(); });
afterAll(() => test.stop());
const count = async (sql: string) => (await test.owner.query<{ n: number }>(`select count(*)::int as n from ${sql}`)).rows[0]!.n;

it('the demo zone is made once, whole, also by two starters at the same time', async () => {
  expect((await Promise.all([seedDemo(test.url), seedDemo(test.url)])).sort()).toEqual([false, true]);
  expect(await seedDemo(test.url)).toBe(false);
  expect([await count('zone'), await count('staff'), await count('credential'), await count(`department where kind = 'GROUP'`), await count('park')]).toEqual([1, 9, 9, 4, 3]);
});

it('all nine accounts come in, and the manager is above both recruiters', async () => {
  const door = new SignInService(test.db, new Passwords());
  for (const [email, , role] of DEMO_ACCOUNTS) {
    const { token } = await door.signIn({ email, password: DEMO_PASSWORD }, { address: '127.0.0.1', userAgent: '', requestId: 'r' });
    expect((await door.actorOf(token, 'r'))!.role).toBe(role);
  }
  expect(await count(`staff r, department d, staff m where r.email in ('recruiter@demo', 'recruiter2@demo') and d.id = r.department_id and m.email = 'manager@demo' and d.path @> array[m.department_id]`)).toBe(2);
});

it('is never made in production', async () => {
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    await expect(seedDemo(test.url)).rejects.toThrow(/production/);
  } finally {
    process.env.NODE_ENV = before;
  }
});

it('reference data is there, loaded twice it is the same, and what an administrator published stays', async () => {
  const tables = ['region', 'industry', 'calendar_year', 'calendar_day', 'working_day'];
  const state = async () => (await test.owner.query<{ sums: string[] }>(`select array[${tables.map((t) => `(select md5(string_agg(x::text, ';' order by x::text)) from ${t} x)`).join(',')}] as sums`)).rows[0]!.sums;
  expect(await loadReferenceData(test.url)).toBe(false);
  const before = await state();
  // As after an update of the product: the digest differs, everything is read again.
  await test.owner.query(`update reference_data set digest = 'older'`);
  await test.owner.query(`update calendar_day set working = not working where day = '2026-10-10'`);
  expect(await loadReferenceData(test.url)).toBe(true);
  expect(await state()).toEqual(before);
  await test.owner.query(`update calendar_year set source = '国办发明电〔2026〕1号' where year = 2026; update reference_data set digest = 'older'; update calendar_day set name = '更正' where day = '2026-10-10'`);
  await loadReferenceData(test.url);
  expect(await count(`calendar_day where name = '更正'`)).toBe(1);
  expect([await count(`region where level = 'PROVINCE'`), await count(`region where level = 'CITY'`), await count(`region where level = 'DEVELOPMENT_ZONE'`), await count('industry')]).toEqual([31, 342, 114, 1424]);
});

it('2026 is the year as published: 39 special days, six of them worked; 2027 is not there', async () => {
  const { rows } = await test.owner.query<{ day: string }>(`select day::text from calendar_day where working and day between '2026-01-01' and '2026-12-31' order by day`);
  expect(rows.map((r) => r.day)).toEqual(['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10']);
  expect(await count(`calendar_day where day between '2026-01-01' and '2026-12-31'`)).toBe(39);
  const calendar = new WorkingCalendar(test.db);
  expect(await calendar.addWorkingDays('2026-09-30', 1)).toBe('2026-10-08');
  expect(await calendar.addWorkingDays('2026-12-31', 1)).toBeNull();
  expect([await calendar.isCovered(2018), await calendar.isCovered(2027)]).toEqual([true, false]);
});
