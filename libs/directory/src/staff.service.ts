import { Injectable } from '@nestjs/common';
import { type Actor, Database, demand, newId, Refusal, type Role, ROLES, type Tx } from '@yinfeng/platform';
import { demandGoodPassword, hashPassword } from './passwords.js';

export interface StaffCreate { name: string; email?: string | null; password?: string | null; role: Role; departmentId?: string | null; leads?: boolean; title?: string | null; locale?: 'zh' | 'en' }
export interface StaffChange { staffId: string; expectedVersion: number }

/** Roles that the system administrator may give to a new person; the others are granted by the security administrator (三员分立). */
const PLAIN_ROLES: readonly Role[] = ['RECRUITER', 'SERVICE', 'AGENT'];

/** Who works in a zone: with an account or only known by name. Every change is in the audit by trigger. */
@Injectable()
export class StaffService {
  constructor(private readonly db: Database) {}

  /** A new person, by the system administrator. @throws Refusal FORBIDDEN, INVALID, REQUIRED, UNKNOWN_REFERENCE. */
  async hire(actor: Actor, input: StaffCreate): Promise<{ staffId: string }> {
    demand(actor, 'staff.manage');
    if (!PLAIN_ROLES.includes(input.role)) throw new Refusal('INVALID', ['role'], { field: 'role', value: input.role, expected: PLAIN_ROLES.join(', ') });
    return this.db.tx(actor, async (tx) => ({ staffId: await this.add(tx, input) }), { cause: 'staffHire' });
  }

  /** A person, in the caller's transaction; with an address and a password one who can sign in. @throws Refusal INVALID, REQUIRED, UNKNOWN_REFERENCE. */
  async add(tx: Tx, input: StaffCreate): Promise<string> {
    const name = input.name.trim();
    const email = input.email?.trim() || null;
    if (!name) throw new Refusal('REQUIRED', ['name'], { field: 'name' });
    if (!ROLES.includes(input.role)) throw new Refusal('INVALID', ['role'], { field: 'role', value: input.role, expected: ROLES.join(', ') });
    if (email !== null && !/^[^\s@]{1,64}@[^\s@]{1,190}$/.test(email)) throw new Refusal('INVALID', ['email'], { field: 'email', value: email.slice(0, 40), expected: 'name@place' });
    if (input.password != null && email === null) throw new Refusal('REQUIRED', ['email'], { field: 'email' });
    if (input.password != null) demandGoodPassword(input.password, email!);
    if (input.departmentId && !(await tx.row('select 1 as ok from department where id = $1', [input.departmentId]))) throw new Refusal('UNKNOWN_REFERENCE', ['departmentId'], { field: 'departmentId', value: input.departmentId });
    const id = newId();
    // The address is unique over all zones, and its owner may stand behind another zone's wall: only the index can tell.
    const made = await tx.run(
      `insert into staff (id, zone_id, name, email, role, department_id, title, locale) values ($1, app_zone(), $2, $3, $4, $5, $6, $7) on conflict (lower(email)) where email is not null do nothing`,
      [id, name, email, input.role, input.departmentId ?? null, input.title ?? null, input.locale ?? 'zh']);
    if (made === 0) throw new Refusal('INVALID', ['email'], { field: 'email', value: email!, expected: '尚未使用的账号 / an address not yet in use' });
    if (input.departmentId && input.leads) await tx.run('insert into staff_department (zone_id, staff_id, department_id, leads) values (app_zone(), $1, $2, true)', [id, input.departmentId]);
    if (input.password != null) await tx.run('insert into credential (staff_id, zone_id, password_hash) values ($1, app_zone(), $2)', [id, await hashPassword(input.password)]);
    return id;
  }

  /** Ends the account: sessions and tokens stop with the next request. Records keep the name. @throws Refusal SECOND_PERSON for oneself. */
  async disable(actor: Actor, input: StaffChange): Promise<void> {
    demand(actor, 'staff.manage');
    await this.change(actor, input, 'staffDisable', async (tx) => {
      await tx.run('update staff set disabled_at = coalesce(disabled_at, app_now()), version = version + 1 where id = $1', [input.staffId]);
      await tx.run('delete from session where staff_id = $1', [input.staffId]);
    });
  }

  async enable(actor: Actor, input: StaffChange): Promise<void> {
    demand(actor, 'staff.manage');
    await this.change(actor, input, 'staffEnable', async (tx) => void (await tx.run('update staff set disabled_at = null, version = version + 1 where id = $1', [input.staffId])));
  }

  /** Grants a role, by the security administrator; counts with the person's next request. @throws Refusal SECOND_PERSON for oneself. */
  async changeRole(actor: Actor, input: StaffChange & { role: Role }): Promise<void> {
    demand(actor, 'policy.manage');
    if (!ROLES.includes(input.role)) throw new Refusal('INVALID', ['role'], { field: 'role', value: input.role, expected: ROLES.join(', ') });
    await this.change(actor, input, 'staffRole', async (tx) => void (await tx.run('update staff set role = $2, version = version + 1 where id = $1', [input.staffId, input.role])));
  }

  /** Moves a person to another department; what they led before they lead no longer. */
  async move(actor: Actor, input: StaffChange & { departmentId: string | null; leads?: boolean }): Promise<void> {
    demand(actor, 'staff.manage');
    await this.change(actor, input, 'staffMove', async (tx) => {
      if (input.departmentId && !(await tx.row('select 1 as ok from department where id = $1', [input.departmentId]))) throw new Refusal('UNKNOWN_REFERENCE', ['departmentId'], { field: 'departmentId', value: input.departmentId });
      await tx.run('delete from staff_department where staff_id = $1', [input.staffId]);
      await tx.run('update staff set department_id = $2, version = version + 1 where id = $1', [input.staffId, input.departmentId]);
      if (input.departmentId && input.leads) await tx.run('insert into staff_department (zone_id, staff_id, department_id, leads) values (app_zone(), $1, $2, true)', [input.staffId, input.departmentId]);
    });
  }

  /** A new password set by the system administrator; all sessions of the person end. */
  async setPassword(actor: Actor, input: StaffChange & { password: string }): Promise<void> {
    demand(actor, 'staff.manage');
    const hash = hashPassword(input.password.slice(0, 1_000));
    await this.change(actor, input, 'staffPassword', async (tx) => {
      const { email } = (await tx.row<{ email: string | null }>('select email from staff where id = $1', [input.staffId]))!;
      if (email === null) throw new Refusal('REQUIRED', ['email'], { field: 'email' });
      demandGoodPassword(input.password, email);
      await tx.run(`insert into credential (staff_id, zone_id, password_hash) values ($1, app_zone(), $2)
        on conflict (staff_id) do update set password_hash = excluded.password_hash, changed_at = now()`, [input.staffId, await hash]);
      await tx.run('delete from session where staff_id = $1', [input.staffId]);
      await tx.run('update staff set version = version + 1 where id = $1', [input.staffId]);
      await tx.run(`select audit_event(app_zone(), app_staff(), 'password_set', $1::text, null)`, [input.staffId]);
    });
  }

  /** Locks the person and checks the version. Nobody changes their own standing. @throws Refusal NOT_FOUND, CONFLICT, SECOND_PERSON. */
  private async change(actor: Actor, input: StaffChange, cause: string, work: (tx: Tx) => Promise<void>): Promise<void> {
    if (actor.staffId === input.staffId) throw new Refusal('SECOND_PERSON', ['staffId']);
    await this.db.tx(actor, async (tx) => {
      const staff = await tx.row<{ version: number }>('select version from staff where id = $1 for update', [input.staffId]);
      if (!staff) throw new Refusal('NOT_FOUND', ['staffId']);
      if (staff.version !== input.expectedVersion) throw new Refusal('CONFLICT', ['expectedVersion'], { version: staff.version }, input.staffId);
      await work(tx);
    }, { cause });
  }
}
