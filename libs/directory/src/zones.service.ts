import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Actor, Database, demand, newId, type Permission, PERMISSIONS, PERMISSIONS_OF_ROLE, Refusal, type Role, systemActor, type Tx } from '@yinfeng/platform';
import { installDefaults } from './policy-defaults.js';
import { hashPassword, tokenHash } from './sign-in.service.js';

export interface ZoneCreate { code: string; name: string; regionCode?: string | null }
export interface DepartmentCreate { name: string; kind?: string; parentId?: string | null; aliases?: string[] }
export interface StaffCreate { name: string; email?: string | null; password?: string | null; role: Role; departmentId?: string | null; leads?: boolean; title?: string | null }

/** Zones and who works in them. */
@Injectable()
export class ZonesService {
  constructor(private readonly db: Database) {}

  /** A new tenant with default policies. For the operator: there is no zone yet in which anybody could be permitted. */
  async create(input: ZoneCreate, requestId: string): Promise<{ zoneId: string }> {
    if (!/^[A-Z0-9][A-Z0-9-]{0,31}$/.test(input.code)) throw new Refusal('INVALID', ['code'], { field: 'code', value: input.code.slice(0, 40), expected: 'A–Z 0–9 -, 1–32' });
    if (!input.name.trim()) throw new Refusal('REQUIRED', ['name'], { field: 'name' });
    const zoneId = newId();
    return this.db.tx(systemActor(zoneId, requestId), async (tx) => {
      const [made] = await tx.rows<{ id: string | null }>('select zone_open($1, $2, $3, $4) as id', [zoneId, input.code, input.name.trim(), input.regionCode ?? null]);
      if (!made?.id) throw new Refusal('INVALID', ['code'], { field: 'code', value: input.code, expected: '尚未使用的代码 / a code not yet in use' });
      await installDefaults(tx, zoneId);
      return { zoneId };
    }, { cause: 'zone:create' });
  }

  /** The zone of a code, or the only one. @throws Refusal NOT_FOUND. */
  async find(code: string | null): Promise<{ id: string; code: string; name: string }> {
    const rows = await this.db.shared<{ id: string; code: string; name: string }>('select * from zone_find($1)', [code]);
    const zone = rows.length === 1 ? rows[0] : rows.find((z) => z.code === 'DEMO');
    if (!zone) throw new Refusal('NOT_FOUND', ['zone']);
    return zone;
  }

  async addDepartment(tx: Tx, input: DepartmentCreate): Promise<string> {
    const id = newId();
    await tx.run('insert into department (id, zone_id, parent_id, name, kind, aliases) values ($1, app_zone(), $2, $3, $4, $5)', [id, input.parentId ?? null, input.name, input.kind ?? 'BUREAU', input.aliases ?? []]);
    return id;
  }

  /** A person; with an address and a password one who can sign in. @throws Refusal INVALID when the address is taken. */
  async addStaff(tx: Tx, input: StaffCreate): Promise<string> {
    const id = newId();
    if (input.password != null && input.password.length < 10) throw new Refusal('INVALID', ['password'], { field: 'password', value: '…', expected: '至少 10 个字符 / at least 10 characters' });
    const taken = input.email ? (await tx.row<{ taken: boolean }>('select exists (select from auth_credential($1)) as taken', [input.email]))!.taken : false;
    if (taken) throw new Refusal('INVALID', ['email'], { field: 'email', value: input.email!, expected: '尚未使用的账号 / an address not yet in use' });
    await tx.run('insert into staff (id, zone_id, name, email, role, department_id, title) values ($1, app_zone(), $2, $3, $4, $5, $6)', [id, input.name, input.email ?? null, input.role, input.departmentId ?? null, input.title ?? null]);
    if (input.departmentId && input.leads) await tx.run('insert into staff_department (zone_id, staff_id, department_id, leads) values (app_zone(), $1, $2, true)', [id, input.departmentId]);
    if (input.password != null) await tx.run('insert into credential (staff_id, zone_id, password_hash) values ($1, app_zone(), $2)', [id, await hashPassword(input.password)]);
    return id;
  }

  /** An API token of a person, shown once. Scopes narrow what the person may do, never widen it. */
  async addToken(actor: Actor, input: { staffId: string; name: string; scopes?: string[]; expiresAt?: Date | null }): Promise<{ token: string; tokenId: string }> {
    if (actor.via !== 'system') demand(actor, 'token.manage');
    return this.db.tx(actor, async (tx) => {
      const staff = await tx.row<{ role: Role }>('select role from staff where id = $1', [input.staffId]);
      if (!staff) throw new Refusal('NOT_FOUND', ['staffId']);
      const unknown = (input.scopes ?? []).find((s) => !PERMISSIONS.includes(s as Permission) || !PERMISSIONS_OF_ROLE[staff.role].includes(s as Permission));
      if (unknown) throw new Refusal('INVALID', ['scopes'], { field: 'scopes', value: unknown, expected: PERMISSIONS_OF_ROLE[staff.role].join(', ') });
      const token = `yf_${randomBytes(32).toString('base64url')}`;
      const tokenId = newId();
      await tx.run('insert into api_token (id, zone_id, staff_id, name, prefix, token_hash, scopes, expires_at) values ($1, app_zone(), $2, $3, $4, $5, $6, $7)', [tokenId, input.staffId, input.name, token.slice(0, 7), tokenHash(token), input.scopes ?? [], input.expiresAt ?? null]);
      return { token, tokenId };
    }, { cause: 'token:create' });
  }
}
