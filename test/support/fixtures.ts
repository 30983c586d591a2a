import { newId, ROLES, staffActor, type Actor, type Role } from '@yinfeng/platform';
import type pg from 'pg';

/** Departments of a test zone: two bureaus with groups, a construction service and an agency below the zone itself. */
export const DEPARTMENTS = {
  zone: ['管委会', 'ZONE', null],
  bureau: ['招商一局', 'BUREAU', 'zone'],
  group: ['招商一局一组', 'GROUP', 'bureau'],
  otherGroup: ['招商一局二组', 'GROUP', 'bureau'],
  otherBureau: ['招商二局', 'BUREAU', 'zone'],
  service: ['项目服务中心', 'SERVICE', 'zone'],
  agency: ['委托招商机构', 'AGENCY', 'zone'],
  office: ['办公室', 'OFFICE', 'zone'],
} as const satisfies Record<string, readonly [name: string, kind: string, parent: string | null]>;
export type DepartmentKey = keyof typeof DEPARTMENTS;

const SEAT: Record<Role, DepartmentKey> = {
  RECRUITER: 'group', GROUP_LEADER: 'group', MANAGER: 'bureau', LEADER: 'zone', SERVICE: 'service', AGENT: 'agency',
  SYSTEM_ADMIN: 'office', SECURITY_ADMIN: 'office', AUDITOR: 'office',
};

export interface TestZone {
  id: string;
  code: string;
  departments: Record<DepartmentKey, string>;
  parkId: string;
  /** One person for each role; group leader and manager lead the department they sit in. */
  as: Record<Role, Actor>;
  /** A recruiter in another group of the same bureau, and one in another bureau. */
  colleague: Actor;
  stranger: Actor;
  /** One more person. */
  hire(role: Role, department: DepartmentKey, options?: { name?: string; leads?: boolean }): Promise<Actor>;
}

let zones = 0;

/** A zone with its people, written straight into the directory tables. Stage policies and gates come with installDefaults of @yinfeng/directory. */
export async function makeZone(owner: pg.Pool, options: { code?: string; name?: string } = {}): Promise<TestZone> {
  const id = newId();
  const code = options.code ?? `T${process.pid}-${++zones}`;
  await owner.query('insert into zone (id, code, name) values ($1, $2, $3)', [id, code, options.name ?? `测试开发区${code}`]);
  const departments = {} as Record<DepartmentKey, string>;
  for (const [key, [name, kind, parent]] of Object.entries(DEPARTMENTS) as [DepartmentKey, (typeof DEPARTMENTS)[DepartmentKey]][]) {
    departments[key] = newId();
    await owner.query('insert into department (id, zone_id, parent_id, name, kind) values ($1, $2, $3, $4, $5)',
      [departments[key], id, parent === null ? null : departments[parent], name, kind]);
  }
  const parkId = newId();
  await owner.query('insert into park (id, zone_id, name) values ($1, $2, $3)', [parkId, id, '测试产业园']);

  const hire: TestZone['hire'] = async (role, department, { name = `${role}@${department}`, leads = role === 'GROUP_LEADER' || role === 'MANAGER' } = {}) => {
    const staffId = newId();
    const departmentId = departments[department];
    await owner.query('insert into staff (id, zone_id, name, email, role, department_id) values ($1, $2, $3, $4, $5, $6)',
      [staffId, id, name, `${staffId}@${code.toLowerCase()}.test`, role, departmentId]);
    if (leads) await owner.query('insert into staff_department (zone_id, staff_id, department_id, leads) values ($1, $2, $3, true)', [id, staffId, departmentId]);
    return staffActor({
      via: 'session', zoneId: id, staffId, name, role, departmentIds: [departmentId], ledDepartmentIds: leads ? [departmentId] : [], locale: 'zh', requestId: `test-${staffId.slice(-6)}`,
    });
  };
  const as = {} as Record<Role, Actor>;
  for (const role of ROLES) as[role] = await hire(role, SEAT[role]);
  return { id, code, departments, parkId, as, colleague: await hire('RECRUITER', 'otherGroup'), stranger: await hire('RECRUITER', 'otherBureau'), hire };
}
