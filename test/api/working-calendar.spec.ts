import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ROLES } from '@yinfeng/platform';
import { IdleService, ReminderRulesService } from '@yinfeng/reminders';
import { publishCalendar, reminderZone, type ReminderZone } from '../jobs/reminders-zone.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let t: TestDatabase;
let api: TestApi;
let zone: ReminderZone;

beforeAll(async () => {
  t = await testDatabase();
  api = await testApi(t);
});
afterAll(async () => {
  await api.stop();
  await t.stop();
});
beforeEach(async () => {
  await t.clean();
  await t.owner.query('delete from calendar_day where day >= \'2027-01-01\'; delete from calendar_year where year >= 2027; select calendar_rebuild()');
  await publishCalendar(t.owner);
  zone = await reminderZone(t.owner);
});

const READ = 'query($year: Int!) { workingCalendar(year: $year) { year source days { day working name } } }';
const IMPORT = 'mutation($input: WorkingCalendarImportInput!) { workingCalendarImport(input: $input) { calendar { year source days { day working name } } userErrors { code path message } } }';
const ARRANGEMENT = { year: 2027, source: '国办发明电〔2026〕7号', days: [{ day: '2027-01-02', working: true, name: '元旦调休' }, { day: '2027-01-01', working: false, name: '元旦' }, { day: '2027-01-04', working: false, name: '元旦' }] };
const publish = async (who = zone.as.SYSTEM_ADMIN, input: object = ARRANGEMENT) => api.gql(who, IMPORT, { input });
const events = async () => (await t.owner.query<{ actor_id: string; zone_id: string; entity_id: string }>(`select actor_id, zone_id, entity_id from audit_entry where entity = 'calendar_import' and operation = 'EVENT'`)).rows;

describe('the working calendar', () => {
  it('is published by the system administrator, read by everybody, and on record', async () => {
    expect((await api.gql(zone.as.RECRUITER, READ, { year: 2027 })).data).toEqual({ workingCalendar: null });
    const calendar = { year: 2027, source: ARRANGEMENT.source, days: [...ARRANGEMENT.days].sort((a, b) => a.day.localeCompare(b.day)) };
    expect((await publish()).data).toEqual({ workingCalendarImport: { calendar, userErrors: [] } });
    for (const role of ROLES) expect((await api.gql(zone.as[role], READ, { year: 2027 })).data).toEqual({ workingCalendar: calendar });
    expect(await events()).toEqual([{ actor_id: zone.as.SYSTEM_ADMIN.staffId, zone_id: zone.id, entity_id: '2027' }]);
  });

  it('is refused to every other role, and to strangers', async () => {
    for (const role of ROLES.filter((r) => r !== 'SYSTEM_ADMIN')) expect([role, (await publish(zone.as[role])).errors?.[0]?.extensions.code]).toEqual([role, 'FORBIDDEN']);
    expect((await api.gql(null, READ, { year: 2026 })).errors[0].extensions.code).toBe('UNAUTHENTICATED');
    expect((await api.gql(zone.as.RECRUITER, READ, { year: 2027 })).data).toEqual({ workingCalendar: null });
    expect(await events()).toEqual([]);
  });

  it('moves what was planned by weekdays meanwhile', async () => {
    const project = await zone.project({ lastActivityOn: '2026-12-30' });
    const { rows: [reminder] } = await t.owner.query<{ id: string }>(
      `insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, state, delivered_at) values ($1, 'FOLLOW_UP', 'x', $2, $3, '2026-06-15', now(), 'DELIVERED', now()) returning id`, [zone.id, project, zone.recruiter.staffId]);
    const snooze = async () => (await api.gql(zone.recruiter, 'mutation($input: ReminderSnoozeInput!) { reminderSnooze(input: $input) { reminder { id version dueAt provisional } userErrors { code path } } }',
      { input: { reminderId: `Reminder:${reminder!.id}`, expectedVersion: 1, until: '2027-01-01' } })).data.reminderSnooze;
    expect(await snooze()).toMatchObject({ reminder: { dueAt: expect.stringMatching(/^2027-01-01T01:00:00/), provisional: true }, userErrors: [] });
    await publish();
    expect((await t.owner.query(`select job from outbox where job = 'reminders.plan'`)).rowCount).toBe(1);
    expect(await new ReminderRulesService(t.db, t.clock).plan()).toEqual({ planned: 0, dropped: 0, moved: 1 });
    // 1 January is a holiday, the Saturday after it is worked.
    const now = (await api.gql(zone.recruiter, '{ reminders { nodes { dueAt provisional } } }')).data.reminders.nodes;
    expect(now).toEqual([{ dueAt: expect.stringMatching(/^2027-01-02T01:00:00/), provisional: false }]);
    expect(await new ReminderRulesService(t.db, t.clock).plan()).toEqual({ planned: 0, dropped: 0, moved: 0 });
  });

  it('winds the clocks that waited for it with the next sweep', async () => {
    const project = await zone.project({ lastActivityOn: '2026-12-30' });
    const due = async () => (await t.owner.query<{ d: string | null }>('select idle_due_on::text as d from project where id = $1', [project])).rows[0]!.d;
    expect(await due()).toBeNull();
    await publish();
    t.clock.pin(new Date('2026-12-31T08:00:00+08:00'));
    await new IdleService(t.db, t.clock).sweep();
    // Five working days after 30 December: 31 December, 2 (made up), 5, 6 and 7 January.
    expect(await due()).toBe('2027-01-07');
  });

  it('takes a correction as a whole', async () => {
    await publish();
    const corrected = await publish(zone.as.SYSTEM_ADMIN, { ...ARRANGEMENT, source: '更正', days: [{ day: '2027-01-01', working: false, name: '元旦' }] });
    expect(corrected.data.workingCalendarImport.calendar).toEqual({ year: 2027, source: '更正', days: [{ day: '2027-01-01', working: false, name: '元旦' }] });
    expect((await t.owner.query(`select add_working_days('2027-01-01', 1)::text as day`)).rows).toEqual([{ day: '2027-01-04' }]);
    // The other years are as they were.
    expect((await t.owner.query(`select add_working_days('2026-09-30', 1)::text as day`)).rows).toEqual([{ day: '2026-10-08' }]);
  });

  it('names each day that is wrong, and changes nothing', async () => {
    const { calendar, userErrors } = (await publish(zone.as.SYSTEM_ADMIN, { ...ARRANGEMENT, days: [...ARRANGEMENT.days, { day: '2028-01-01', working: false, name: '元旦' }, { day: '2027-01-01', working: false, name: ' ' }] })).data.workingCalendarImport;
    expect(calendar).toBeNull();
    expect(userErrors.map((e: { code: string; path: string[] }) => [e.code, e.path.join('.')])).toEqual([['CALENDAR_DAY', 'days.3.day'], ['CALENDAR_DAY', 'days.4.day'], ['CALENDAR_DAY', 'days.4.name']]);
    expect(userErrors[0].message).toContain('2028-01-01');
    for (const input of [{ ...ARRANGEMENT, days: [] }, { ...ARRANGEMENT, source: '  ' }, { ...ARRANGEMENT, year: 1900 }]) expect((await publish(zone.as.SYSTEM_ADMIN, input)).data.workingCalendarImport.userErrors).toHaveLength(1);
    expect((await api.gql(zone.as.RECRUITER, READ, { year: 2027 })).data).toEqual({ workingCalendar: null });
    expect(await events()).toEqual([]);
  });

  it('is imported once per idempotency key, and another input under the same key is a conflict', async () => {
    const input = { ...ARRANGEMENT, idempotencyKey: 'calendar-2027' };
    const both = await Promise.all([publish(zone.as.SYSTEM_ADMIN, input), publish(zone.as.SYSTEM_ADMIN, input)]);
    expect(both.map((b) => b.data.workingCalendarImport.userErrors)).toEqual([[], []]);
    expect(await events()).toHaveLength(1);
    expect((await publish(zone.as.SYSTEM_ADMIN, { ...input, source: '别处' })).errors[0].extensions.code).toBe('CONFLICT');
  });

  it('lets two administrators publish at the same time, one after the other', async () => {
    const years = await Promise.all([2027, 2028, 2029].map((year) => publish(zone.as.SYSTEM_ADMIN, { year, source: '同时', days: [{ day: `${year}-01-01`, working: false, name: '元旦' }] })));
    expect(years.every((y) => y.data.workingCalendarImport.userErrors.length === 0)).toBe(true);
    const { rows: [counted] } = await t.owner.query<{ n: number; numbers: number }>(`select count(*)::int as n, max(seq) as numbers from working_day`);
    expect(counted!.n).toBe(counted!.numbers);
    expect((await t.owner.query(`select add_working_days('2028-12-29', 1)::text as day`)).rows).toEqual([{ day: '2029-01-02' }]);
  });
});
