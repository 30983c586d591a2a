import { type Actor } from '@yinfeng/platform';
import type pg from 'pg';
import { makeZone, type TestZone } from '../support/fixtures.js';

/** A test zone with what reminders and handoffs need: idle limits by stage, a group below the service centre, a second centre, projects on chosen days. */
export interface ReminderZone extends TestZone {
  recruiter: Actor;
  groupLeader: Actor;
  manager: Actor;
  service: Actor;
  /** Sits in a group below the service centre. */
  serviceBelow: Actor;
  /** Sits in another service centre. */
  otherService: Actor;
  otherServiceId: string;
  project(values?: Partial<ProjectValues>): Promise<string>;
}
export interface ProjectValues {
  name: string;
  stage: string;
  status: string;
  ownerId: string | null;
  departmentId: string | null;
  lastActivityOn: string;
  /** Absent: by the stage's limit, as recruitment keeps it. */
  idleDueOn: string | null;
  triageDueOn: string | null;
  /** Day, name and referrer of its first report; absent: now, by the recruiter. */
  reportedOn: string | null;
  reporterName: string | null;
  referrer: string | null;
}

/** The working calendar of autumn 2026 as published: 25–27 September and 1–7 October off, 20 September and 10 October worked. 2027 is not published. */
export async function publishCalendar(owner: pg.Pool): Promise<void> {
  const { rowCount } = await owner.query(`insert into calendar_year (year, source) values (2026, 'test') on conflict do nothing`);
  if (!rowCount) return;
  await owner.query(`insert into calendar_day (day, working, name) select d::date, false, '国庆节' from generate_series('2026-10-01'::date, '2026-10-07', interval '1 day') d
    union all select unnest('{2026-09-25,2026-09-26,2026-09-27}'::date[]), false, '中秋节' union all select unnest('{2026-09-20,2026-10-10}'::date[]), true, '调休'`);
  await owner.query('select calendar_rebuild()');
}

/** Working days after which a project of a stage is idle, in these tests. */
const LIMITS = { LEAD: null, RESERVE: 10, NEGOTIATING: 5, SIGNED: 3, LANDED: null } as const;

let serial = 0;

export async function reminderZone(owner: pg.Pool): Promise<ReminderZone> {
  const zone = await makeZone(owner);
  const add = async (sql: string, params: unknown[]): Promise<string> => (await owner.query<{ id: string }>(sql, params)).rows[0]!.id;
  const serviceCentre = (name: string, parent: string) => add(`insert into department (zone_id, name, kind, parent_id) values ($1, $2, 'SERVICE', $3) returning id`, [zone.id, name, parent]);
  const below = await serviceCentre('服务一组', zone.departments.service);
  const otherServiceId = await serviceCentre('第二服务中心', zone.departments.zone);
  for (const [stage, limit] of Object.entries(LIMITS)) {
    await owner.query('insert into stage_policy (zone_id, stage, label_zh, label_en, idle_working_days) values ($1, $2::stage, $2::text, $2::text, $3)', [zone.id, stage, limit]);
  }
  const seat = async (name: string, departmentId: string): Promise<Actor> => {
    const actor = await zone.hire('SERVICE', 'service', { name });
    await owner.query('update staff set department_id = $2 where id = $1', [actor.staffId, departmentId]);
    return { ...actor, departmentIds: [departmentId] };
  };
  return {
    ...zone, otherServiceId, recruiter: zone.as.RECRUITER, groupLeader: zone.as.GROUP_LEADER, manager: zone.as.MANAGER, service: zone.as.SERVICE,
    serviceBelow: await seat('服务组员', below),
    otherService: await seat('二中心专员', otherServiceId),
    async project(values = {}) {
      const v: ProjectValues = {
        name: `项目${++serial}`, stage: 'NEGOTIATING', status: 'ACTIVE', ownerId: zone.as.RECRUITER.staffId, departmentId: zone.departments.group, lastActivityOn: '2026-10-09', idleDueOn: null, triageDueOn: null, reportedOn: null, reporterName: null, referrer: null, ...values,
      };
      const id = await add(
        `insert into project (zone_id, code, name, folded_name, core_name, stage, status, owner_id, department_id, last_activity_on, idle_due_on, triage_due_on, state_at, created_at)
         values ($1, $2, $3, $3, $3, $4, $5, $6, $7, $8, $9, $10, shanghai_midnight($8), shanghai_midnight($8)) returning id`,
        [zone.id, `P-${++serial}`, v.name, v.stage, v.status, v.ownerId, v.departmentId, v.lastActivityOn, v.idleDueOn, v.triageDueOn]);
      if (values.idleDueOn === undefined) await owner.query('update project set idle_due_on = idle_due(zone_id, stage, last_activity_on) where id = $1', [id]);
      await owner.query(`insert into first_report (project_id, zone_id, number, reported_at, reporter_id, reporter_name, referrer, receipt) values ($1, $2, $3, coalesce(shanghai_midnight($5::date), now()), $4, $6, $7, '')`,
        [id, zone.id, `N-${serial}`, v.reporterName ? null : zone.as.RECRUITER.staffId, v.reportedOn, v.reporterName, v.referrer]);
      return id;
    },
  };
}
