import { Injectable } from '@nestjs/common';
import { Database, newId, Refusal, systemActor, type Tx } from '@yinfeng/platform';
import { installDefaults } from './policy-defaults.js';

export interface ZoneCreate { code: string; name: string; regionCode?: string | null }
export interface DepartmentCreate { name: string; kind?: DepartmentKind; parentId?: string | null; aliases?: string[] }
export const DEPARTMENT_KINDS = ['ZONE', 'BUREAU', 'GROUP', 'OFFICE', 'SERVICE', 'AGENCY'] as const;
export type DepartmentKind = (typeof DEPARTMENT_KINDS)[number];

/** Zones and their units. */
@Injectable()
export class ZonesService {
  constructor(private readonly db: Database) {}

  /**
   * A new tenant with default policies. For the operator: there is no zone yet in which anybody could be permitted.
   * @throws Refusal INVALID (code malformed or taken), REQUIRED, UNKNOWN_REFERENCE (region).
   */
  async create(input: ZoneCreate, requestId: string): Promise<{ zoneId: string }> {
    const zoneId = newId();
    return this.db.tx(systemActor(zoneId, requestId), async (tx) => {
      if (!(await this.open(tx, input))) throw new Refusal('INVALID', ['code'], { field: 'code', value: input.code, expected: '尚未使用的代码 / a code not yet in use' });
      return { zoneId };
    }, { cause: 'zone:create' });
  }

  /** Opens the zone that the transaction's actor names, with default policies. False when the code is taken. */
  async open(tx: Tx, input: ZoneCreate): Promise<boolean> {
    if (!/^[A-Z0-9][A-Z0-9-]{0,31}$/.test(input.code)) throw new Refusal('INVALID', ['code'], { field: 'code', value: input.code.slice(0, 40), expected: 'A–Z 0–9 -, 1–32' });
    const name = input.name.trim();
    if (!name) throw new Refusal('REQUIRED', ['name'], { field: 'name' });
    if (input.regionCode && !(await tx.row('select 1 as ok from region where code = $1', [input.regionCode]))) throw new Refusal('UNKNOWN_REFERENCE', ['regionCode'], { field: 'regionCode', value: input.regionCode });
    const made = await tx.row<{ id: string | null }>('select zone_open($1, $2, $3, $4) as id', [tx.actor.zoneId, input.code, name, input.regionCode ?? null]);
    if (!made?.id) return false;
    await installDefaults(tx, tx.actor.zoneId);
    return true;
  }

  /** The zone of a code, or without a code the only one (else the demo zone). @throws Refusal NOT_FOUND. */
  async find(code: string | null): Promise<{ id: string; code: string; name: string }> {
    const rows = await this.db.shared<{ id: string; code: string; name: string }>('select * from zone_find($1)', [code]);
    const zone = rows.length === 1 ? rows[0] : rows.find((z) => z.code === 'DEMO');
    if (!zone) throw new Refusal('NOT_FOUND', ['zone']);
    return zone;
  }

  /** @throws Refusal REQUIRED, INVALID (name taken), UNKNOWN_REFERENCE (parent). */
  async addDepartment(tx: Tx, input: DepartmentCreate): Promise<string> {
    const name = input.name.trim();
    if (!name) throw new Refusal('REQUIRED', ['name'], { field: 'name' });
    if (input.parentId && !(await tx.row('select 1 as ok from department where id = $1', [input.parentId]))) throw new Refusal('UNKNOWN_REFERENCE', ['parentId'], { field: 'parentId', value: input.parentId });
    const id = newId();
    const made = await tx.run('insert into department (id, zone_id, parent_id, name, kind, aliases) values ($1, app_zone(), $2, $3, $4, $5) on conflict (zone_id, name) do nothing', [id, input.parentId ?? null, name, input.kind ?? 'BUREAU', input.aliases ?? []]);
    if (made === 0) throw new Refusal('INVALID', ['name'], { field: 'name', value: name, expected: '尚未使用的名称 / a name not yet in use' });
    return id;
  }

  /** One more name by which ledgers call a unit; known ones are no error. @throws Refusal NOT_FOUND. */
  async addAlias(tx: Tx, departmentId: string, alias: string): Promise<void> {
    const changed = await tx.run('update department set aliases = case when $2 = any (aliases) or $2 = name then aliases else aliases || $2::text end, version = version + 1 where id = $1', [departmentId, alias.trim()]);
    if (changed === 0) throw new Refusal('NOT_FOUND', ['departmentId']);
  }

  /**
   * Puts a unit below another (null: at the top), with everything below it.
   * @throws Refusal NOT_FOUND; INVALID when the new place lies below the unit itself.
   */
  async moveDepartment(tx: Tx, departmentId: string, parentId: string | null): Promise<void> {
    const unit = await tx.row<{ path: string[]; inside: boolean }>('select path, exists (select from department p where p.id = $2 and p.path @> array[d.id]) as inside from department d where id = $1 for update', [departmentId, parentId]);
    if (!unit || (parentId && !(await tx.row('select 1 as ok from department where id = $1', [parentId])))) throw new Refusal('NOT_FOUND', [unit ? 'parentId' : 'departmentId']);
    if (unit.inside) throw new Refusal('INVALID', ['parentId'], { field: 'parentId', value: parentId ?? '', expected: '不在本部门之下的部门 / a unit that is not below this one' });
    await tx.run('update department set parent_id = $2, version = version + 1 where id = $1', [departmentId, parentId]);
    // The trigger sets the path of the moved unit; those below it carry the same beginning.
    await tx.run(
      `update department d set path = moved.path || d.path[cardinality($2::uuid[]) + 1:] from department moved
       where moved.id = $1 and d.id <> $1 and d.path @> array[$1::uuid]`, [departmentId, unit.path]);
  }

  async addPark(tx: Tx, name: string, aliases: string[] = []): Promise<string> {
    if (!name.trim()) throw new Refusal('REQUIRED', ['name'], { field: 'name' });
    const id = newId();
    const made = await tx.run('insert into park (id, zone_id, name, aliases) values ($1, app_zone(), $2, $3) on conflict (zone_id, name) do nothing', [id, name.trim(), aliases]);
    if (made === 0) throw new Refusal('INVALID', ['name'], { field: 'name', value: name, expected: '尚未使用的名称 / a name not yet in use' });
    return id;
  }
}
