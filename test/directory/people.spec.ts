import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DirectoryReads, POLICIES, resolveDepartment, resolvePark, resolveStaff, StaffService, ZonesService } from '@yinfeng/directory';
import { type Actor, staffActor, systemActor } from '@yinfeng/platform';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let test: TestDatabase;
let zone: TestZone;
let people: StaffService;
let zones: ZonesService;
let admin: Actor;
beforeAll(async () => { test = await testDatabase(); });
afterAll(() => test.stop());
beforeEach(async () => {
  await test.clean();
  zone = await makeZone(test.owner);
  people = new StaffService(test.db);
  zones = new ZonesService(test.db);
  admin = zone.as.SYSTEM_ADMIN;
});
const system = <T>(work: Parameters<typeof test.db.tx<T>>[1]) => test.db.tx(systemActor(zone.id, 'spec'), work);

describe('a zone', () => {
  it('opens once, with stages, gates and clocks', async () => {
    const { zoneId } = await zones.create({ code: 'NEW-1', name: '新区', regionCode: '22' }, 'r');
    const count = async (table: string) => (await test.owner.query<{ n: number }>(`select count(*)::int as n from ${table} where zone_id = $1`, [zoneId])).rows[0]!.n;
    expect([await count('stage_policy'), await count('zone_policy')]).toEqual([7, Object.keys(POLICIES).length]);
    expect(await count('gate_item')).toBeGreaterThan(15);
    expect(await zones.find('NEW-1')).toEqual({ id: zoneId, code: 'NEW-1', name: '新区' });
    await expect(zones.create({ code: 'NEW-1', name: '又一个' }, 'r')).rejects.toMatchObject({ code: 'INVALID', path: ['code'] });
  });

  it('is refused with what is wrong, and leaves nothing', async () => {
    await expect(zones.create({ code: 'new 1', name: '新区' }, 'r')).rejects.toMatchObject({ code: 'INVALID', path: ['code'] });
    await expect(zones.create({ code: 'NEW-2', name: ' ' }, 'r')).rejects.toMatchObject({ code: 'REQUIRED', path: ['name'] });
    await expect(zones.create({ code: 'NEW-2', name: '新区', regionCode: '00' }, 'r')).rejects.toMatchObject({ code: 'UNKNOWN_REFERENCE', path: ['regionCode'] });
    await expect(zones.find('NEW-2')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('units', () => {
  it('move with everything below them, never below themselves', async () => {
    const { bureau, group, otherBureau, zone: top } = zone.departments;
    const small = await system((tx) => zones.addDepartment(tx, { name: '一组小分队', kind: 'GROUP', parentId: group }));
    await system((tx) => zones.moveDepartment(tx, bureau, otherBureau));
    const { rows } = await test.owner.query<{ path: string[] }>('select path from department where id = $1', [small]);
    expect(rows[0]!.path).toEqual([top, otherBureau, bureau, group, small]);
    await expect(system((tx) => zones.moveDepartment(tx, bureau, small))).rejects.toMatchObject({ code: 'INVALID', path: ['parentId'] });
    await expect(system((tx) => zones.moveDepartment(tx, bureau, bureau))).rejects.toMatchObject({ code: 'INVALID' });
    await system((tx) => zones.moveDepartment(tx, group, null));
    expect((await test.owner.query<{ path: string[] }>('select path from department where id = $1', [small])).rows[0]!.path).toEqual([group, small]);
  });

  it('have one name each, and are found by it, an alias or a short form', async () => {
    await expect(system((tx) => zones.addDepartment(tx, { name: '招商一局' }))).rejects.toMatchObject({ code: 'INVALID', path: ['name'] });
    const added = await system((tx) => zones.addDepartment(tx, { name: '投资促进局', aliases: [] }));
    await system((tx) => zones.addAlias(tx, added, '经合局'));
    await system((tx) => zones.addAlias(tx, added, '经合局'));
    const found = await system(async (tx) => [await resolveDepartment(tx, '投促局'), await resolveDepartment(tx, '经合局'), await resolveDepartment(tx, '招商局'), await resolvePark(tx, '测试 产业园')]);
    expect(found.map((f) => f?.name)).toEqual(['投资促进局', '投资促进局', undefined, '测试产业园']);
    expect(found[0]!.aliases).toEqual(['经合局']);
  });

  it('that an actor answers for follow the reach', async () => {
    const reads = new DirectoryReads(test.db);
    const { bureau, group, otherGroup } = zone.departments;
    expect((await reads.reachOf(zone.as.MANAGER)).sort()).toEqual([bureau, group, otherGroup].sort());
    expect(await reads.reachOf(zone.as.GROUP_LEADER)).toEqual([group]);
    expect(await reads.reachOf(zone.as.RECRUITER)).toEqual([]);
    expect(await reads.reachOf(zone.as.AUDITOR)).toEqual([]);
    expect(await reads.reachOf(zone.as.LEADER)).toHaveLength(8);
  });
});

describe('people', () => {
  const someone = { name: '刘新人', email: 'liu@spec', role: 'RECRUITER' as const, password: 'a-long-password' };

  it('are hired by the system administrator, with an account or only by name', async () => {
    const { staffId } = await people.hire(admin, { ...someone, departmentId: zone.departments.group });
    expect((await test.owner.query('select count(*)::int as n from credential where staff_id = $1', [staffId])).rows).toEqual([{ n: 1 }]);
    await people.hire(admin, { name: '只有名字', role: 'RECRUITER' });
    await expect(people.hire(zone.as.MANAGER, someone)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it.each([
    [{ email: 'LIU@spec' }, 'INVALID', 'email'],
    [{ email: 'b@spec', password: 'short' }, 'INVALID', 'password'],
    [{ email: 'long-enough@spec', password: 'Long-Enough@spec' }, 'INVALID', 'password'],
    [{ email: null }, 'REQUIRED', 'email'],
    [{ email: 'no address' }, 'INVALID', 'email'],
    [{ email: 'c@spec', departmentId: '018f0000-0000-7000-8000-000000000000' }, 'UNKNOWN_REFERENCE', 'departmentId'],
    [{ email: 'd@spec', role: 'MANAGER' as const }, 'INVALID', 'role'],
  ])('are refused: %j', async (wrong, code, field) => {
    await people.hire(admin, someone);
    await expect(people.hire(admin, { ...someone, ...wrong })).rejects.toMatchObject({ code, path: [field] });
    expect((await test.owner.query('select count(*)::int as n from staff where name = $1', [someone.name])).rows).toEqual([{ n: 1 }]);
  });

  it('cannot take an address of another zone', async () => {
    await people.hire(admin, someone);
    const foreign = await makeZone(test.owner);
    await expect(people.hire(foreign.as.SYSTEM_ADMIN, someone)).rejects.toMatchObject({ code: 'INVALID', path: ['email'] });
  });

  it('get their role from the security administrator, who cannot raise oneself; the version guards', async () => {
    const staffId = zone.as.RECRUITER.staffId!;
    await expect(people.changeRole(admin, { staffId, expectedVersion: 1, role: 'LEADER' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const security = zone.as.SECURITY_ADMIN;
    await expect(people.changeRole(security, { staffId: security.staffId!, expectedVersion: 1, role: 'LEADER' })).rejects.toMatchObject({ code: 'SECOND_PERSON' });
    const race = await Promise.allSettled([people.changeRole(security, { staffId, expectedVersion: 1, role: 'MANAGER' }), people.changeRole(security, { staffId, expectedVersion: 1, role: 'LEADER' })]);
    expect(race.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(people.changeRole(security, { staffId, expectedVersion: 1, role: 'LEADER' })).rejects.toMatchObject({ code: 'CONFLICT', params: { version: 2 } });
    const foreign = await makeZone(test.owner);
    await expect(people.changeRole(foreign.as.SECURITY_ADMIN, { staffId, expectedVersion: 2, role: 'LEADER' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('lose their sessions with the account or the password, and what they led with the department', async () => {
    const leader = zone.as.GROUP_LEADER;
    const sessions = async () => (await test.owner.query<{ n: number }>('select count(*)::int as n from session where staff_id = $1', [leader.staffId])).rows[0]!.n;
    const enter = () => test.owner.query(`insert into session (token_hash, zone_id, staff_id, expires_at) values (sha256(gen_random_uuid()::text::bytea), $1, $2, '2100-01-01')`, [zone.id, leader.staffId]);
    await enter();
    await people.setPassword(admin, { staffId: leader.staffId!, expectedVersion: 1, password: 'another-long-one' });
    expect(await sessions()).toBe(0);
    await enter();
    await people.move(admin, { staffId: leader.staffId!, expectedVersion: 2, departmentId: zone.departments.otherGroup });
    const { rows } = await test.owner.query('select department_id, (select count(*)::int from staff_department m where m.staff_id = s.id) as leads from staff s where id = $1', [leader.staffId]);
    expect(rows).toEqual([{ department_id: zone.departments.otherGroup, leads: 0 }]);
    await people.disable(admin, { staffId: leader.staffId!, expectedVersion: 3 });
    expect(await sessions()).toBe(0);
    await people.enable(admin, { staffId: leader.staffId!, expectedVersion: 4 });
    expect((await test.owner.query('select disabled_at from staff where id = $1', [leader.staffId])).rows).toEqual([{ disabled_at: null }]);
  });

  it('are found by name; of two with one name the one of the unit', async () => {
    await zone.hire('RECRUITER', 'group', { name: '张伟' });
    const second = await zone.hire('RECRUITER', 'otherBureau', { name: '张 伟' });
    const gone = await zone.hire('RECRUITER', 'group', { name: '李四' });
    await test.owner.query('update staff set disabled_at = now() where id = $1', [gone.staffId]);
    const found = await test.db.tx(staffActor({ ...second, via: 'session', staffId: second.staffId!, departmentIds: [], ledDepartmentIds: [] }), async (tx) => [
      await resolveStaff(tx, '张伟'), await resolveStaff(tx, '张伟（组长）', zone.departments.otherBureau), await resolveStaff(tx, '张伟', zone.departments.zone), await resolveStaff(tx, '李四'),
    ]);
    expect(found.map((f) => f?.id)).toEqual([undefined, second.staffId, undefined, undefined]);
  });
});
