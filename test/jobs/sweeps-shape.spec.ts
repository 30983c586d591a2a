import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { POLICIES } from '@yinfeng/directory';
import type { Tx } from '@yinfeng/platform';
import { LightsSweepService, ReminderEscalationSweepService } from '@yinfeng/construction';
import { PoolSweepService } from '@yinfeng/recruitment';
import { IdleService, ReminderRulesService } from '@yinfeng/reminders';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { publishCalendar, reminderZone, type ReminderZone } from './reminders-zone.js';

/**
 * The daily looks join a zone's tables whole: what they touch grows with the projects, not with projects times reminders.
 * The tables are filled by the thousand and have no statistics, as after a ledger came in. Wall clocks are not asked.
 */
let t: TestDatabase;
let zone: ReminderZone;

beforeAll(async () => {
  t = await testDatabase();
  // Statistics come when the server finds the time; here they never come.
  for (const table of ['project', 'reminder', 'first_report', 'pool_warning', 'staff', 'department', 'deadline', 'project_light', 'escalation', 'reminder_escalation', 'reminder_delivery', 'staff_department']) await t.owner.query(`alter table ${table} set (autovacuum_enabled = off)`);
});
afterAll(() => t.stop());
beforeEach(async () => {
  await t.clean();
  await publishCalendar(t.owner);
  zone = await reminderZone(t.owner);
});

const PROJECTS = 2000;
const day = (d: string) => t.clock.pin(new Date(`${d}T08:00:00+08:00`));
/** Projects that are silent since the first three days of July, of thirty people of the group. */
async function fill(): Promise<void> {
  const people = await Promise.all(Array.from({ length: 30 }, (_, n) => zone.hire('RECRUITER', 'group', { name: `P${n}` })));
  await t.owner.query(
    `insert into project (zone_id, code, name, folded_name, core_name, stage, owner_id, department_id, last_activity_on, idle_due_on)
     select $1, 'S' || n, 'S' || n, 'S' || n, 'S' || n, 'NEGOTIATING', ($2::uuid[])[1 + n % 30], $3, d, idle_due($1, 'NEGOTIATING', d) from (select n, '2026-07-01'::date + n % 3 as d from generate_series(1, $4::int) n) x`,
    [zone.id, people.map((p) => p.staffId), zone.departments.group, PROJECTS]);
  await t.owner.query(`insert into first_report (project_id, zone_id, number, reported_at, reporter_id, receipt) select id, zone_id, code, created_at, owner_id, '' from project where zone_id = $1`, [zone.id]);
}

interface PlanNode { 'Parent Relationship'?: string; 'Actual Rows': number; 'Actual Loops': number; 'Rows Removed by Filter'?: number; 'Rows Removed by Join Filter'?: number; 'Rows Removed by Index Recheck'?: number; Plans?: PlanNode[] }
const touchedBy = (node: PlanNode): number =>
  (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Join Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)) * node['Actual Loops'] + (node.Plans ?? []).reduce((n, child) => n + touchedBy(child), 0);

/** What a sweep costs: rows that pass through the nodes of all its plans, for each project, and its statements. */
async function cost(sweep: () => Promise<unknown>): Promise<{ perProject: number; statements: number }> {
  let touched = 0;
  let statements = 0;
  const real = t.db.tx.bind(t.db);
  const spy = jest.spyOn(t.db, 'tx').mockImplementation((actor, work, options) => real(actor, (tx) => {
    const looked = async <Row extends object>(sql: string, params?: unknown[]): Promise<{ rows: Row[]; written: number }> => {
      statements++;
      // A table that EXPLAIN makes is not there afterwards: its query is looked at, then it is made. What EXPLAIN writes stays.
      const query = sql.replace(/^\s*create temp table \w+ on commit drop as/, '');
      if (/^\s*(analyze|create temp table if not exists|truncate|select (set_config|pg_advisory_xact_lock|value from zone_policy))|as written from put/.test(query)) return { rows: await tx.rows<Row>(sql, params), written: 0 };
      const [found] = await tx.rows<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`explain (analyze, timing off, format json) ${query}`, params);
      const plan = found!['QUERY PLAN'][0].Plan;
      touched += touchedBy(plan);
      if (query === sql && /\b(insert into|update) /.test(sql)) return { rows: [], written: plan.Plans!.find((p) => p['Parent Relationship'] === 'Outer')!['Actual Rows'] };
      return { rows: await tx.rows<Row>(sql, params), written: 0 };
    };
    const watched: Pick<Tx, 'rows' | 'row' | 'run'> = {
      rows: async <Row extends object>(sql: string, params?: unknown[]) => (await looked<Row>(sql, params)).rows,
      row: async <Row extends object>(sql: string, params?: unknown[]) => (await looked<Row>(sql, params)).rows[0],
      run: async (sql, params) => (await looked(sql, params)).written,
    };
    return work({ ...watched, actor: tx.actor } as Tx);
  }, options));
  await sweep();
  spy.mockRestore();
  return { perProject: touched / PROJECTS, statements };
}
const told = async (level: string) => (await t.owner.query<{ n: number }>(`select count(*)::int as n from reminder where state = 'PLANNED' and detail ->> 'level' = $1`, [level])).rows[0]!.n;

describe('the looks at what is quiet, without statistics', () => {
  it('idle: a bounded number of rows for each project, at the first step, at the second, after activity, and when nothing changed', async () => {
    await fill();
    const idle = new IdleService(t.db, t.clock);
    const look = async (on: string) => {
      day(on);
      const { perProject, statements } = await cost(() => idle.sweepZone(zone.id));
      // The sums for heads go over what is quiet once more; PostgreSQL 15 and 18 differ by a fifth.
      expect(perProject).toBeLessThan(100);
      expect(statements).toBeLessThan(20);
      return [await told('YELLOW'), await told('RED')];
    };
    // The first step tells owner and group leader, the second the manager as well.
    expect(await look('2026-07-10')).toEqual([2 * PROJECTS, 0]);
    expect(await look('2026-07-10')).toEqual([2 * PROJECTS, 0]);
    expect(await look('2026-07-20')).toEqual([0, 3 * PROJECTS]);
    expect(await look('2026-07-20')).toEqual([0, 3 * PROJECTS]);
    await t.owner.query(`update project set last_activity_on = '2026-07-20', idle_due_on = idle_due(zone_id, stage, '2026-07-20'), light = 'GREEN' where substr(code, 2)::int % 2 = 0`);
    expect(await look('2026-07-21')).toEqual([0, 1.5 * PROJECTS]);
  });

  it('pool: the same when releases are announced, and when nothing changed; a release costs the same few statements beside others', async () => {
    await fill();
    const pool = PoolSweepService.over(t.db, t.clock);
    const look = async (on: string, most = 80) => {
      day(on);
      const { perProject, statements } = await cost(() => pool.sweepZone(zone.id));
      expect(perProject).toBeLessThan(most);
      return statements;
    };
    // Six months after the first days of July are beyond the calendar of these tests: the zone gives three.
    await t.owner.query(`insert into zone_policy (zone_id, name, value) values ($1, 'pool', $2)`, [zone.id, JSON.stringify({ ...POLICIES.pool.usual, releaseMonths: { other: 3, classes: {} } })]);
    const statements = await look('2026-09-29');
    expect(await told('RELEASE')).toBe(2 * PROJECTS);
    expect(await look('2026-09-29')).toBeLessThan(statements);
    await t.owner.query(`delete from pool_warning where project_id not in (select id from project order by code limit 400)`);
    // Seven working days later, over the National Day and the worked Saturday. Two batches of 200, each: lock, look again, and three statements for a project that is asked for, which read the staff.
    expect(await look('2026-10-14', 200) - statements).toBeLessThan(400 * 3 + 20);
    expect((await t.owner.query(`select count(*)::int as n from status_request where state = 'WAITING'`)).rows).toEqual([{ n: 400 }]);
  });

  it('rules: the same for twenty thousand things that are due, when they are first seen, when nothing changed, when all moved and when all is done', async () => {
    await fill();
    await t.owner.query(`insert into deadline (zone_id, project_id, kind, subject_id, title, due_on) select zone_id, id, (array['PERMIT', 'MILESTONE'])[1 + n % 2], new_id(), 'D' || n, '2026-07-10'::date + substr(code, 2)::int % 5 from project cross join generate_series(1, 10) n where zone_id = $1`, [zone.id]);
    const rules = new ReminderRulesService(t.db, t.clock);
    const look = async (on: string) => {
      day(on);
      const { perProject, statements } = await cost(() => rules.planZone(zone.id));
      // Ten things each: some two hundred rows for one that is due.
      expect(perProject).toBeLessThan(2500);
      expect(statements).toBeLessThan(15);
      return (await t.owner.query<{ n: number }>(`select count(*)::int as n from reminder where state = 'PLANNED'`)).rows[0]!.n;
    };
    const first = await look('2026-07-10');
    expect(first).toBeGreaterThanOrEqual(10 * PROJECTS);
    expect(await look('2026-07-10')).toBe(first);
    await t.owner.query(`update deadline set due_on = due_on + 90`);
    expect(await look('2026-07-10')).toBe(0);
    await t.owner.query(`update deadline set due_on = due_on - 90, done_on = '2026-07-10'`);
    expect(await look('2026-07-10')).toBe(0);
  });

  it('lights: the same when every project turns, climbs, and goes out again, and when nothing changed', async () => {
    await fill();
    await t.owner.query(`insert into deadline (zone_id, project_id, kind, subject_id, due_on) select zone_id, id, 'PERMIT', id, '2026-07-02'::date + substr(code, 2)::int % 3 from project`);
    const lights = new LightsSweepService(t.db, t.clock);
    const look = async (on: string) => {
      day(on);
      const { perProject, statements } = await cost(() => lights.sweepZone(zone.id));
      expect(perProject).toBeLessThan(300);
      expect(statements).toBeLessThan(40);
      const { rows } = await t.owner.query<{ lit: number; open: number }>(`select (select count(*)::int from project where works_light <> 'GREEN') as lit, (select count(*)::int from escalation where state = 'OPEN') as open`);
      return [rows[0]!.lit, rows[0]!.open];
    };
    expect(await look('2026-07-10')).toEqual([PROJECTS, PROJECTS]);
    expect(await look('2026-07-10')).toEqual([PROJECTS, PROJECTS]);
    expect(await look('2026-07-20')).toEqual([PROJECTS, 2 * PROJECTS]);
    await t.owner.query(`update deadline set done_on = '2026-07-20' where kind = 'PERMIT'`);
    expect(await look('2026-07-20')).toEqual([0, 0]);
  });

  it('escalation: the same among 20,000 reminders that stand open, when they are taken up, when all is done, and when nothing changed', async () => {
    await fill();
    await t.owner.query(`insert into zone_policy (zone_id, name, value) values ($1, 'reminderEscalation', $2)`, [zone.id, JSON.stringify(POLICIES.reminderEscalation.usual)]);
    await t.owner.query(
      `insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, state, delivered_at, detail)
       select zone_id, 'FOLLOW_UP', 'FOLLOW_UP:' || id || ':' || n, id, owner_id, d, d + interval '9 hours', 'DELIVERED', d + interval '9 hours', '{}' from project cross join generate_series(1, 10) n cross join lateral (select case when n <= 2 then date '2026-07-08' else date '2026-07-13' end as d) x`);
    const escalation = new ReminderEscalationSweepService(t.db, t.clock);
    const look = async (on: string) => {
      day(on);
      const { perProject, statements } = await cost(() => escalation.sweepZone(zone.id));
      // Ten reminders for each project.
      expect(perProject / 10).toBeLessThan(200);
      expect(statements).toBeLessThan(40);
      const { rows } = await t.owner.query<{ open: number; told: number }>(`select (select count(*)::int from reminder_escalation where state = 'OPEN') as open, (select count(*)::int from reminder where kind = 'ESCALATION' and project_id is not null and state = 'PLANNED') as told`);
      return [rows[0]!.open, rows[0]!.told];
    };
    // A fifth of them lies since the eighth.
    const ALL = 2 * PROJECTS;
    expect(await look('2026-07-13')).toEqual([ALL, ALL]);
    expect(await look('2026-07-13')).toEqual([ALL, ALL]);
    expect(await look('2026-07-15')).toEqual([ALL, ALL]);
    await t.owner.query(`update reminder set state = 'DONE', done_at = now() where kind = 'FOLLOW_UP'`);
    expect(await look('2026-07-15')).toEqual([0, 0]);
  });
});
