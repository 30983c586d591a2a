import { Clock, Database, newId, systemActor } from '@yinfeng/platform';
import { StaffService } from './staff.service.js';
import { type DepartmentKind, ZonesService } from './zones.service.js';

export const DEMO_PASSWORD = 'yinfeng-demo';
/** Accounts of the demo zone: address, name, role, department, whether the person leads it. */
export const DEMO_ACCOUNTS = [
  ['recruiter@demo', '王招商', 'RECRUITER', '招商一局', false],
  ['recruiter2@demo', '李拓展', 'RECRUITER', '招商二局', false],
  ['manager@demo', '赵局长', 'MANAGER', '投资促进局', true],
  ['leader@demo', '陈主任', 'LEADER', '管委会', true],
  ['service@demo', '孙服务', 'SERVICE', '项目服务中心', false],
  ['agent@demo', '周委托', 'AGENT', '委托招商机构', false],
  ['admin@demo', '系统管理员', 'SYSTEM_ADMIN', '办公室', false],
  ['security@demo', '安全管理员', 'SECURITY_ADMIN', '办公室', false],
  ['auditor@demo', '审计员', 'AUDITOR', '办公室', false],
] as const;

/** The manager heads the bureau above both recruiters' units and so sees the work of both. */
const DEPARTMENTS: readonly [name: string, kind: DepartmentKind, parent: string | null, aliases: string[]][] = [
  ['管委会', 'ZONE', null, []],
  ['投资促进局', 'BUREAU', '管委会', ['投促局']],
  ['招商一局', 'BUREAU', '投资促进局', []], ['招商一局一组', 'GROUP', '招商一局', []], ['招商一局二组', 'GROUP', '招商一局', []],
  ['招商二局', 'BUREAU', '投资促进局', []], ['招商二局一组', 'GROUP', '招商二局', []], ['招商二局二组', 'GROUP', '招商二局', []],
  ['驻沪联络处', 'OFFICE', '投资促进局', ['驻沪办']],
  ['委托招商机构', 'AGENCY', '投资促进局', []],
  ['项目服务中心', 'SERVICE', '管委会', []],
  ['办公室', 'OFFICE', '管委会', []],
];
const PARKS = ['高新区', '北湖区', '空港区'];

/**
 * The demo zone with its people, whole or not at all; does nothing when it is there already, also when several start at
 * once. Returns whether it made anything.
 * @throws Error in production: its password is known to everybody (security.md S25).
 */
export async function seedDemo(url: string): Promise<boolean> {
  if (process.env.NODE_ENV === 'production') throw new Error('The demo zone is never made with NODE_ENV=production: its password is public.');
  const db = await new Database({ url, poolSize: 2, statementTimeoutMs: 30_000 }, new Clock()).connect();
  try {
    const zones = new ZonesService(db);
    const people = new StaffService(db);
    const known = await db.shared<{ code: string }>('select code from zone_find($1)', ['DEMO']);
    if (known.length) return false;
    return await db.tx(systemActor(newId(), 'demo'), async (tx) => {
      if (!(await zones.open(tx, { code: 'DEMO', name: '引凤示范区' }))) return false;
      const ids = new Map<string, string>();
      for (const [name, kind, parent, aliases] of DEPARTMENTS) ids.set(name, await zones.addDepartment(tx, { name, kind, parentId: parent === null ? null : ids.get(parent)!, aliases }));
      for (const name of PARKS) await zones.addPark(tx, name);
      for (const [email, name, role, department, leads] of DEMO_ACCOUNTS) await people.add(tx, { email, name, role, departmentId: ids.get(department)!, leads, password: DEMO_PASSWORD });
      return true;
    }, { cause: 'demo' });
  } finally {
    await db.onApplicationShutdown();
  }
}
