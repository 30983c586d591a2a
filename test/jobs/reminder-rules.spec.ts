import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEADLINE_SOURCES, POLICIES } from '@yinfeng/directory';
import { projectVisibility } from '@yinfeng/recruitment';
import { DeliveryService, ReminderRulesService, RemindersService } from '@yinfeng/reminders';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { publishCalendar, reminderZone, type ReminderZone } from './reminders-zone.js';

let t: TestDatabase;
let zone: ReminderZone;
let rules: ReminderRulesService;
let delivery: DeliveryService;
let reminders: RemindersService;
let projectId: string;

beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t.stop());
beforeEach(async () => {
  await t.clean();
  await t.owner.query('delete from working_day; delete from calendar_day; delete from calendar_year');
  await publishCalendar(t.owner);
  zone = await reminderZone(t.owner);
  rules = new ReminderRulesService(t.db, t.clock);
  delivery = new DeliveryService(t.db);
  reminders = new RemindersService(t.db, t.clock);
  projectId = await zone.project({ name: '锂电池' });
  at('2026-06-01T08:00:00+08:00');
});

const at = (instant: string) => t.clock.pin(new Date(instant));
const rows = async <Row = Record<string, unknown>>(sql: string, params: unknown[] = []) => (await t.owner.query(sql, params)).rows as Row[];
/** Something due, as the trigger of its record would tell of it. */
const due = async (kind: string, on: string, more: { part?: string; departmentId?: string; staffId?: string; projectId?: string; title?: string } = {}): Promise<string> => {
  const subject = (await rows<{ id: string }>('select new_id() as id'))[0]!.id;
  await move(kind, subject, on, more);
  return subject;
};
const move = (kind: string, subject: string, on: string | null, more: { part?: string; departmentId?: string; staffId?: string; projectId?: string; title?: string; done?: string } = {}) =>
  rows('select deadline_keep($1, $2, $3, $4, $5, $6, null, $7, $8, $9, $10)', [zone.id, more.projectId ?? projectId, kind, subject, more.part ?? '', more.title ?? null, on, more.departmentId ?? null, more.staffId ?? null, more.done ?? null]);
/** The morning of a day: the hourly look, then nine o'clock. Gives who was told what. */
const morning = async (day: string) => {
  at(`${day}T00:50:00+08:00`);
  await rules.plan();
  at(`${day}T09:01:00+08:00`);
  return arrivals();
};
const arrivals = async () => {
  await delivery.sweep();
  const jobs = await rows<{ data: { zoneId: string; deliveryIds: string[] } }>(`delete from outbox where job = 'reminders.deliver' returning data`);
  const ids = jobs.flatMap((j) => j.data.deliveryIds);
  for (const { data } of jobs) await delivery.deliver(data.zoneId, data.deliveryIds);
  return (await rows<{ told: string }>(`select s.name || ' ' || coalesce(r.rule, r.kind) || coalesce(' ' || (r.detail ->> 'offset'), '') as told from reminder_delivery d join reminder r on r.id = d.reminder_id join staff s on s.id = r.recipient_id where d.id = any($1) and d.state = 'SENT' order by 1`, [ids])).map((r) => r.told);
};
const states = async () => (await rows<{ state: string }>('select state from reminder order by due_on, id')).map((r) => r.state);
const usual = POLICIES.reminderRules.usual.rules;
const row = (code: string) => usual.find((r) => r.code === code)!;
const setRules = (list: object[], from = '2026-01-01') => rows(`insert into zone_policy (zone_id, name, valid_from, value) values ($1, 'reminderRules', $2, $3)`, [zone.id, from, JSON.stringify({ rules: list })]);
const OWNER = 'RECRUITER@group';

describe('what is due by the rules of a zone', () => {
  it('is told so many working days before, on and after its day, each once under two looks at once', async () => {
    await due('PERMIT', '2026-06-15', { title: '施工许可证' });
    const told: [string, string][] = [];
    for (let d = 1; d <= 25; d++) {
      const day = `2026-06-${String(d).padStart(2, '0')}`;
      at(`${day}T00:50:00+08:00`);
      await Promise.all([rules.plan(), rules.plan()]);
      at(`${day}T09:01:00+08:00`);
      for (const x of await arrivals()) told.push([day, x]);
    }
    // Seven working days before 15 June (a Monday), one before, the day itself, three after.
    expect(told).toEqual([['2026-06-04', `${OWNER} PERMIT -7`], ['2026-06-12', `${OWNER} PERMIT -1`], ['2026-06-15', `${OWNER} PERMIT 0`], ['2026-06-18', `${OWNER} PERMIT 3`]]);
    const { nodes } = await reminders.page(zone.recruiter, {}, {}, { title: true, kind: true }, projectVisibility);
    // What announced the day gave way to what came nearer.
    expect(nodes.map((n) => n.title)).toEqual(['“锂电池”证照手续（施工许可证）将于 2026-06-15 到期', '“锂电池”证照手续（施工许可证）已于 2026-06-15 到期，尚未完成']);
    expect(nodes[0]!.kind).toBe('DEADLINE');
  });

  it('has a row for each source, and each speaks on its own days', async () => {
    for (const source of DEADLINE_SOURCES) await due(source, '2026-06-15');
    const told = new Map<string, number[]>(DEADLINE_SOURCES.map((s) => [s, []]));
    for (let d = 14; d <= 54; d++) {
      for (const x of await morning(new Date(Date.UTC(2026, 4, d)).toISOString().slice(0, 10))) {
        const [, code, offset] = x.split(' ');
        told.get(code!)!.push(Number(offset));
      }
    }
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(DEADLINE_SOURCES.map((s) => [s, row(s).offsets])));
  });

  it('rolls over holidays: the day itself, and what is counted from it', async () => {
    await due('MILESTONE', '2026-10-02');
    const told = [];
    for (const day of ['2026-09-29', '2026-09-30', '2026-10-01', '2026-10-02', '2026-10-05', '2026-10-07', '2026-10-08', '2026-10-09', '2026-10-10', '2026-10-12']) for (const x of await morning(day)) told.push([day, x]);
    // −7 had passed; −1 is the last working day before the holiday, 0 the first after it, and 10 October is worked.
    expect(told).toEqual([['2026-09-29', `${OWNER} MILESTONE -7`], ['2026-09-30', `${OWNER} MILESTONE -1`], ['2026-10-08', `${OWNER} MILESTONE 0`], ['2026-10-12', `${OWNER} MILESTONE 3`]]);
  });

  it('that is first seen late is told once, not once for each offset; what is long past is told to nobody', async () => {
    await due('PERMIT', '2026-06-03');
    await due('PERMIT', '2026-05-28');
    await due('PERMIT', '2026-04-01');
    await due('PERMIT', '2019-04-01');
    at('2026-06-02T10:00:00+08:00');
    expect((await rules.plan()).planned).toBe(4);
    expect(await arrivals()).toEqual([`${OWNER} PERMIT -1`, `${OWNER} PERMIT 3`]);
    // The next ones each on its day.
    expect((await rows<{ d: string }>(`select distinct due_on::text as d from reminder where state = 'PLANNED' order by 1`)).map((r) => r.d)).toEqual(['2026-06-03', '2026-06-08']);
  });

  it('on a rest day waits for the next working day, and then only the latest offset speaks', async () => {
    await due('MILESTONE', '2026-06-15');
    // Saturday, and −1 was Friday: nobody was there to look.
    at('2026-06-13T12:00:00+08:00');
    await rules.plan();
    expect(await arrivals()).toEqual([]);
    expect(await morning('2026-06-15')).toEqual([`${OWNER} MILESTONE 0`]);
    expect(await rows(`select 1 from reminder where state = 'PLANNED' and due_on < '2026-06-18'`)).toHaveLength(0);
  });
});

describe('who is told', () => {
  it('is who has to act: a person, the heads of a department, who took it over, else who is in charge', async () => {
    const only = async (more: Parameters<typeof due>[2]) => {
      await rows('delete from reminder');
      await rows('delete from deadline');
      await due('ARRIVAL', '2026-06-02', more);
      return (await morning('2026-06-01')).map((x) => x.split(' ')[0]);
    };
    expect(await only({})).toEqual([OWNER]);
    expect(await only({ staffId: zone.service.staffId! })).toEqual([zone.service.name]);
    expect(await only({ departmentId: zone.departments.bureau })).toEqual([zone.manager.name]);
    await rows(`insert into handoff (zone_id, project_id, from_department_id, to_department_id, submitted_by, state, decided_by, decided_at) values ($1, $2, $3, $4, $5, 'ACCEPTED', $6, app_now())`, [zone.id, projectId, zone.departments.group, zone.departments.service, zone.recruiter.staffId, zone.service.staffId]);
    expect(await only({ departmentId: zone.departments.service })).toEqual([zone.service.name]);
    expect(await only({})).toEqual([zone.service.name]);
  });

  it('is whoever the rule names, once a day each, whatever else names them', async () => {
    const leader = await zone.hire('RECRUITER', 'group', { name: '包保领导' });
    const agent = await zone.hire('RECRUITER', 'group', { name: '具办人' });
    const [force] = await rows<{ id: string }>(`insert into taskforce (zone_id, project_id, formed_on) values ($1, $2, '2026-05-01') returning id`, [zone.id, projectId]);
    for (const [who, role] of [[leader, 'LEADER'], [agent, 'AGENT'], [zone.recruiter, 'AGENT']] as const) await rows(`insert into taskforce_member (zone_id, taskforce_id, staff_id, role, since_on) values ($1, $2, $3, $4, '2026-05-01')`, [zone.id, force!.id, who.staffId, role]);
    await setRules([{ ...row('MILESTONE'), who: ['OWNER', 'PERSON_IN_CHARGE', 'TASKFORCE_LEADER', 'TASKFORCE_AGENT', 'DEPARTMENT_HEADS', 'ZONE_LEADER'], offsets: [0] }, { ...row('MILESTONE'), code: 'MILESTONE_TOO', who: ['OWNER'], offsets: [0, 1] }]);
    await due('MILESTONE', '2026-06-02');
    expect(await morning('2026-06-02')).toEqual([OWNER, zone.groupLeader.name, zone.as.LEADER.name, '具办人', '包保领导'].map((n) => `${n} MILESTONE 0`).sort());
    expect(await morning('2026-06-03')).toEqual([`${OWNER} MILESTONE_TOO 1`]);
  });

  it('is nobody twice of one thing on one day, also when an act or another policy told them', async () => {
    const subject = await due('COMMITMENT', '2026-06-02');
    await t.db.tx(zone.manager, (tx) => reminders.plan(tx, { kind: 'COMMITMENT', cause: `COMMITMENT:${subject}:2026-06-02`, projectId, recipientId: zone.recruiter.staffId!, dueOn: '2026-06-02' }));
    expect(await morning('2026-06-02')).toEqual([`${OWNER} COMMITMENT`]);
    expect(await morning('2026-06-03')).toEqual([]);
    expect(await morning('2026-06-05')).toEqual([`${OWNER} COMMITMENT 3`]);
  });

  it('is a new owner, when the project goes to somebody else', async () => {
    await due('MILESTONE', '2026-06-04');
    at('2026-06-01T00:50:00+08:00');
    await rules.plan();
    await rows('update project set owner_id = $2 where id = $1', [projectId, zone.groupLeader.staffId]);
    expect(await morning('2026-06-03')).toEqual([`${zone.groupLeader.name} MILESTONE -1`]);
    await t.db.tx(zone.manager, (tx) => reminders.handOver(tx, { projectId, fromId: zone.groupLeader.staffId!, toId: zone.recruiter.staffId! }));
    expect(await rows(`select r.rule, d.kind from reminder r join deadline d on d.id = r.deadline_id where r.recipient_id = $1 and r.state = 'PLANNED'`, [zone.recruiter.staffId])).not.toHaveLength(0);
  });
});

describe('what is not due any more', () => {
  it('is done by the act itself, and open again when the act is taken back', async () => {
    const subject = await due('PERMIT', '2026-06-02');
    await morning('2026-06-02');
    expect(await states()).toEqual(['DELIVERED', 'PLANNED']);
    await move('PERMIT', subject, '2026-06-02', { done: '2026-06-02' });
    expect(await states()).toEqual(['DONE', 'DONE']);
    await move('PERMIT', subject, '2026-06-02');
    expect(await states()).toEqual(['DELIVERED', 'PLANNED']);
    await move('PERMIT', subject, null);
    expect(await states()).toEqual(['CANCELLED', 'CANCELLED']);
  });

  it('stays done where the person said so, whatever becomes of the act', async () => {
    const subject = await due('PERMIT', '2026-06-02');
    await morning('2026-06-02');
    const [{ id, version }] = await rows<{ id: string; version: number }>(`select id, version from reminder where state = 'DELIVERED'`) as [{ id: string; version: number }];
    await reminders.complete(zone.recruiter, { reminderId: id, expectedVersion: version });
    await move('PERMIT', subject, '2026-06-02', { done: '2026-06-02' });
    await move('PERMIT', subject, '2026-06-02');
    expect(await rows('select state from reminder where id = $1', [id])).toEqual([{ state: 'DONE' }]);
  });

  it('and moved is told of its new day alone', async () => {
    const subject = await due('PERMIT', '2026-06-04');
    at('2026-06-01T08:00:00+08:00');
    await rules.plan();
    await move('PERMIT', subject, '2026-06-15');
    expect(await morning('2026-06-03')).toEqual([]);
    expect(await morning('2026-06-04')).toEqual([`${OWNER} PERMIT -7`]);
  });

  it('is looked at again at nine: met between the look and the morning, nobody is told', async () => {
    const subject = await due('PERMIT', '2026-06-02');
    at('2026-06-02T00:50:00+08:00');
    await rules.plan();
    // As if the act had come while the look was under way: its trigger found nothing yet.
    await rows('alter table deadline disable trigger deadline_told');
    await move('PERMIT', subject, '2026-06-02', { done: '2026-06-02' });
    await rows('alter table deadline enable trigger deadline_told');
    at('2026-06-02T09:01:00+08:00');
    expect(await arrivals()).toEqual([]);
    expect((await rules.plan()).dropped).toBe(1);
    expect([...new Set(await states())].sort()).toEqual(['CANCELLED', 'DONE']);
  });

  it('rests with its project, and comes back with it', async () => {
    await due('PERMIT', '2026-06-04');
    await rules.plan();
    await rows(`update project set status = 'SUSPENDED' where id = $1`, [projectId]);
    expect(await morning('2026-06-03')).toEqual([]);
    expect(new Set(await states())).toEqual(new Set(['CANCELLED']));
    await rows(`update project set status = 'ACTIVE' where id = $1`, [projectId]);
    expect(await morning('2026-06-04')).toEqual([`${OWNER} PERMIT 0`]);
  });

  it('by a rule that was switched off, or that says otherwise from a day on, is taken back; what was put off stays', async () => {
    await due('PERMIT', '2026-06-10');
    const other = await due('MILESTONE', '2026-06-10');
    at('2026-06-08T08:00:00+08:00');
    await rules.plan();
    await rows(`update reminder set snoozed_from = due_at, due_at = '2026-06-10T01:00Z', due_on = '2026-06-10' where deadline_id = (select id from deadline where subject_id = $1)`, [other]);
    await setRules([{ ...row('PERMIT'), offsets: [1] }, { ...row('MILESTONE'), enabled: false }], '2026-06-09');
    expect(await morning('2026-06-09')).toEqual([]);
    // What the milestone's person put off is theirs; but its rule is off by now.
    expect(await morning('2026-06-10')).toEqual([]);
    expect(await morning('2026-06-11')).toEqual([`${OWNER} PERMIT 1`]);
  });

  it('switches off what acts plan as well', async () => {
    await setRules([{ ...row('FOLLOW_UP'), enabled: false }]);
    await t.db.tx(zone.recruiter, (tx) => reminders.plan(tx, { kind: 'FOLLOW_UP', cause: 'x', projectId, recipientId: zone.recruiter.staffId!, dueOn: '2026-06-02' }));
    expect(await morning('2026-06-02')).toEqual([]);
  });
});

describe('beyond the published calendar', () => {
  it('days are counted by weekdays and say so; once the year is published they move', async () => {
    await due('MILESTONE', '2027-01-08');
    at('2026-12-31T08:00:00+08:00');
    await rules.plan();
    const planned = () => rows(`select due_on::text, provisional from reminder where state = 'PLANNED' order by due_on`);
    // Friday the 8th less one: the 7th. Of −7 nobody was told: Monday to Friday of that week and the last working days of December.
    expect(await planned()).toEqual([{ due_on: '2026-12-31', provisional: true }, { due_on: '2027-01-07', provisional: true }]);
    const { nodes } = await reminders.page(zone.recruiter, {}, {}, { title: true, provisional: true }, projectVisibility);
    expect(nodes.every((n) => n.provisional === true && /暂定：202[67] 年放假安排尚未公布/.test(n.title as string))).toBe(true);
    await rows(`select calendar_import(2027, 'test', '[{"day":"2027-01-07","working":false,"name":"x"},{"day":"2027-01-09","working":true,"name":"y"}]')`);
    await rules.plan();
    expect((await planned()).at(-1)).toEqual({ due_on: '2027-01-06', provisional: false });
  });

  it('follow-ups and whatever else was planned move too', async () => {
    await t.db.tx(zone.recruiter, (tx) => reminders.plan(tx, { kind: 'FOLLOW_UP', cause: 'x', projectId, recipientId: zone.recruiter.staffId!, dueOn: '2027-01-04' }));
    await rows(`select calendar_import(2027, 'test', '[{"day":"2027-01-04","working":false,"name":"x"}]')`);
    expect(await rules.plan()).toMatchObject({ moved: 1 });
    expect(await rows('select due_on::text, due_at from reminder')).toEqual([{ due_on: '2027-01-04', due_at: new Date('2027-01-05T09:00:00+08:00') }]);
    expect(await rules.plan()).toMatchObject({ moved: 0 });
  });
});
