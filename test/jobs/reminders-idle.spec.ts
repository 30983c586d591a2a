import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { projectVisibility } from '@yinfeng/recruitment';
import { IdleService, RemindersService } from '@yinfeng/reminders';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { publishCalendar, reminderZone, type ReminderZone } from './reminders-zone.js';

let t: TestDatabase;
let zone: ReminderZone;
let idle: IdleService;

beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t.stop());
beforeEach(async () => {
  await t.clean();
  await publishCalendar(t.owner);
  zone = await reminderZone(t.owner);
  idle = new IdleService(t.db, t.clock);
});

const day = (d: string) => t.clock.pin(new Date(`${d}T08:00:00+08:00`));
const light = async (id: string) => (await t.owner.query<{ light: string }>('select light from project where id = $1', [id])).rows[0]!.light;
const told = async (kind: string) => (await t.owner.query<{ name: string; due_on: string; state: string; level: string | null }>(
  `select (select name from staff where id = r.recipient_id) as name, r.due_on::text, r.state, r.detail ->> 'level' as level from reminder r where kind = $1 and detail ->> 'level' is distinct from 'DIGEST' order by created_at, level desc nulls last, name`, [kind])).rows;

describe('a project that has gone quiet', () => {
  it('turns yellow at its stage\'s limit in working days and red at twice the limit', async () => {
    // Negotiating: 5 working days after 30 September are 8, 9, 10 (made up), 12 and 13 October.
    const id = await zone.project({ lastActivityOn: '2026-09-30' });
    day('2026-10-12');
    expect(await idle.sweep()).toEqual({ yellow: 0, red: 0, idle: 0, triage: 0, followUp: 0 });
    expect(await light(id)).toBe('GREEN');
    day('2026-10-13');
    expect(await idle.sweep()).toEqual({ yellow: 1, red: 0, idle: 2, triage: 0, followUp: 0 });
    expect(await light(id)).toBe('YELLOW');
    day('2026-10-19');
    expect(await idle.sweep()).toMatchObject({ red: 0, idle: 0 });
    day('2026-10-20');
    expect(await idle.sweep()).toEqual({ yellow: 0, red: 1, idle: 3, triage: 0, followUp: 0 });
    expect(await light(id)).toBe('RED');
  });

  it('is told to its owner and the nearest head, then to every head above, each once', async () => {
    await zone.project({ lastActivityOn: '2026-09-30' });
    day('2026-10-13');
    await idle.sweep();
    await idle.sweep();
    expect(await told('IDLE')).toEqual([
      { name: 'GROUP_LEADER@group', due_on: '2026-10-13', state: 'PLANNED', level: 'YELLOW' },
      { name: 'RECRUITER@group', due_on: '2026-10-13', state: 'PLANNED', level: 'YELLOW' },
    ]);
    day('2026-10-20');
    await Promise.all([idle.sweep(), idle.sweep()]);
    expect((await told('IDLE')).filter((r) => r.level === 'RED').map((r) => r.name)).toEqual(['GROUP_LEADER@group', 'MANAGER@bureau', 'RECRUITER@group']);
    expect((await told('IDLE')).filter((r) => r.level === 'YELLOW').map((r) => r.state)).toEqual(['CANCELLED', 'CANCELLED']);
  });

  it('is red at once, without a yellow word, when it comes in late', async () => {
    const id = await zone.project({ lastActivityOn: '2026-09-28', stage: 'SIGNED' });
    day('2026-11-20');
    expect(await idle.sweep()).toMatchObject({ yellow: 0, red: 1 });
    expect(await light(id)).toBe('RED');
    expect((await told('IDLE')).every((r) => r.level === 'RED')).toBe(true);
  });

  it('is warned of anew after new activity that is followed by silence', async () => {
    const id = await zone.project({ lastActivityOn: '2026-09-30' });
    day('2026-10-13');
    await idle.sweep();
    await t.owner.query(`update project set last_activity_on = '2026-10-13', idle_due_on = idle_due(zone_id, stage, '2026-10-13'), light = 'GREEN' where id = $1`, [id]);
    day('2026-10-20');
    expect(await idle.sweep()).toMatchObject({ yellow: 1, idle: 2 });
    // What told of the first silence has gone from the inboxes.
    expect((await told('IDLE')).map((r) => [r.due_on, r.state])).toEqual([['2026-10-13', 'CANCELLED'], ['2026-10-13', 'CANCELLED'], ['2026-10-20', 'PLANNED'], ['2026-10-20', 'PLANNED']]);
  });

  it('is left in peace while suspended, without a limit, or without anybody to tell', async () => {
    const suspended = await zone.project({ lastActivityOn: '2026-09-30', status: 'SUSPENDED' });
    const landed = await zone.project({ lastActivityOn: '2026-09-28', stage: 'LANDED' });
    const orphan = await zone.project({ lastActivityOn: '2026-09-30', ownerId: null, departmentId: null });
    day('2026-10-13');
    expect(await idle.sweep()).toEqual({ yellow: 1, red: 0, idle: 0, triage: 0, followUp: 0 });
    expect([await light(suspended), await light(landed), await light(orphan)]).toEqual(['GREEN', 'GREEN', 'YELLOW']);
  });

  it('does not tell people who left', async () => {
    await zone.project({ lastActivityOn: '2026-09-30' });
    await t.owner.query('update staff set disabled_at = now() where id = any($1)', [[zone.recruiter.staffId, zone.groupLeader.staffId]]);
    day('2026-10-13');
    await idle.sweep();
    expect((await told('IDLE')).map((r) => r.name)).toEqual(['MANAGER@bureau']);
  });

  it('has no limit day in an unpublished year, and gets one when the year is published', async () => {
    const id = await zone.project({ lastActivityOn: '2026-12-30' });
    const due = async () => (await t.owner.query<{ d: string | null }>('select idle_due_on::text as d from project where id = $1', [id])).rows[0]!.d;
    expect(await due()).toBeNull();
    day('2026-12-31');
    expect(await idle.sweep()).toEqual({ yellow: 0, red: 0, idle: 0, triage: 0, followUp: 0 });
    await t.owner.query(`insert into calendar_year (year, source) values (2027, 'test')`);
    await t.owner.query(`insert into calendar_day (day, working, name) values ('2027-01-01', false, '元旦')`);
    await t.owner.query('select calendar_rebuild()');
    try {
      await idle.sweep();
      expect(await due()).toBe('2027-01-07');
    } finally {
      await t.owner.query(`delete from calendar_day where day >= '2027-01-01'`);
      await t.owner.query('delete from calendar_year where year = 2027');
      await t.owner.query('select calendar_rebuild()');
    }
  });

  it('writes who turned the light: the system, in the books', async () => {
    const id = await zone.project({ lastActivityOn: '2026-09-30' });
    day('2026-10-13');
    await idle.sweep();
    const { rows } = await t.owner.query(`select actor_id, cause, after ->> 'light' as light from audit_entry where entity = 'project' and entity_id = $1 and after ? 'light' order by id desc limit 1`, [id]);
    expect(rows).toEqual([{ actor_id: null, cause: 'idle.sweep', light: 'YELLOW' }]);
  });
});

describe('a lead whose triage clock runs out', () => {
  it('is brought before all who may judge it, once, on the day', async () => {
    await zone.project({ stage: 'LEAD', triageDueOn: '2026-10-13' });
    await zone.hire('GROUP_LEADER', 'otherGroup');
    day('2026-10-12');
    expect(await idle.sweep()).toMatchObject({ triage: 0 });
    day('2026-10-13');
    expect(await idle.sweep()).toMatchObject({ triage: 2 });
    expect(await idle.sweep()).toMatchObject({ triage: 0 });
    expect((await told('TRIAGE')).map((r) => r.name)).toEqual(['GROUP_LEADER@group', 'MANAGER@bureau']);
  });

  it('is not when it was judged, rests, or has no clock because it came from a ledger', async () => {
    await zone.project({ stage: 'RESERVE', triageDueOn: '2026-10-12' });
    await zone.project({ stage: 'LEAD', status: 'WITHDRAWN', triageDueOn: '2026-10-12' });
    const imported = await zone.project({ stage: 'LEAD' });
    await t.owner.query('update project set import_id = new_id() where id = $1', [imported]);
    day('2026-10-14');
    expect(await idle.sweep()).toMatchObject({ triage: 0 });
  });

  it('gets its clock back when it was reported into an unpublished year', async () => {
    const id = await zone.project({ stage: 'LEAD', lastActivityOn: '2026-10-08', triageDueOn: null });
    day('2026-10-14');
    await idle.sweep();
    const { rows } = await t.owner.query<{ d: string }>('select triage_due_on::text as d from project where id = $1', [id]);
    expect(rows[0]!.d).toBe('2026-10-12');
    expect((await told('TRIAGE'))).toHaveLength(2);
  });

  it('shows in the inbox of who may judge, in words', async () => {
    const id = await zone.project({ stage: 'LEAD', name: '光电产业园', triageDueOn: '2026-10-13' });
    day('2026-10-13');
    await idle.sweep();
    const { nodes } = await new RemindersService(t.db, t.clock).page(zone.manager, {}, {}, { title: true, project: { id: true, stage: true } }, projectVisibility);
    expect(nodes).toMatchObject([{ title: '线索“光电产业园”的研判时限为 2026-10-13，请尽快研判', project: { id: `Project:${id}`, stage: 'LEAD' } }]);
  });
});

describe('a follow-up day of which nobody was told', () => {
  const followUp = async (on: string, values: Parameters<ReminderZone['project']>[0] = {}) => {
    const id = await zone.project({ stage: 'LANDED', ...values });
    await t.owner.query(`update project set next_follow_up_on = $2, next_step = '送选址方案' where id = $1`, [id, on]);
    return id;
  };

  it('is told to the owner on the day, once, and not weeks later', async () => {
    await followUp('2026-10-13');
    await followUp('2026-10-14');
    await followUp('2026-10-05');
    await followUp('2026-10-13', { status: 'SUSPENDED' });
    await followUp('2026-10-13', { ownerId: null });
    day('2026-10-13');
    expect(await idle.sweep()).toMatchObject({ followUp: 1 });
    expect(await idle.sweep()).toMatchObject({ followUp: 0 });
    expect(await told('FOLLOW_UP')).toEqual([{ name: 'RECRUITER@group', due_on: '2026-10-13', state: 'PLANNED', level: null }]);
  });

  it('is left alone where the reminder is there or done, and comes back after the project rested', async () => {
    const reminders = new RemindersService(t.db, t.clock);
    const ids = [await followUp('2026-10-13'), await followUp('2026-10-13'), await followUp('2026-10-13')];
    for (const id of ids) {
      await t.db.tx(zone.recruiter, (tx) => reminders.plan(tx, { kind: 'FOLLOW_UP', cause: `FOLLOW_UP:${id}:2026-10-13`, projectId: id, recipientId: zone.recruiter.staffId!, dueOn: '2026-10-13' }));
    }
    await t.db.tx(zone.recruiter, (tx) => reminders.completeByAct(tx, { projectId: ids[1]!, kind: 'FOLLOW_UP' }));
    await t.db.tx(zone.recruiter, (tx) => reminders.cancel(tx, { projectId: ids[2]! }));
    day('2026-10-13');
    expect(await idle.sweep()).toMatchObject({ followUp: 1 });
    expect((await told('FOLLOW_UP')).map((r) => r.state).sort()).toEqual(['DONE', 'PLANNED', 'PLANNED']);
  });
});
