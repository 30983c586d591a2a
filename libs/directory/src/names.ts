import type { Tx } from '@yinfeng/platform';
import { foldPersonName, type NamedUnit, unitMeant } from './names.rules.js';

/** The department that a name means (unitMeant), or null where none or several fit. */
export async function resolveDepartment(tx: Tx, name: string): Promise<NamedUnit | null> {
  return unitMeant(name, await tx.rows<NamedUnit>('select id, name, aliases from department order by name, id', [], 'departments_by_name'));
}

/** The park that a name means, or null where none or several fit. */
export async function resolvePark(tx: Tx, name: string): Promise<NamedUnit | null> {
  return unitMeant(name, await tx.rows<NamedUnit>('select id, name, aliases from park order by name, id', [], 'parks_by_name'));
}

/**
 * The person of a name who works here now. Of several with one name, the one of the given department or below it counts;
 * null where that still leaves none or several.
 */
export async function resolveStaff(tx: Tx, name: string, departmentId: string | null = null): Promise<{ id: string; name: string } | null> {
  const wanted = foldPersonName(name);
  if (wanted === '') return null;
  const people = await tx.rows<{ id: string; name: string; here: boolean }>(
    `select s.id, s.name, $1::uuid is not null and exists (select from department d where d.path @> array[$1::uuid]
       and (d.id = s.department_id or d.id in (select m.department_id from staff_department m where m.staff_id = s.id))) as here
     from staff s where s.disabled_at is null order by s.name, s.id`, [departmentId], 'staff_by_name');
  const named = people.filter((p) => foldPersonName(p.name) === wanted);
  const fitting = named.length > 1 ? named.filter((p) => p.here) : named;
  return fitting.length === 1 ? { id: fitting[0]!.id, name: fitting[0]!.name } : null;
}
