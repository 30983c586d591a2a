import { localId, Refusal } from '@yinfeng/platform';

/** The UUID of a global id in an input, or null: services answer null with NOT_FOUND like any unknown id. */
export function idOf(type: string, id: string): string | null {
  return localId(type, id);
}

/** UUIDs of a list filter; an id that is none of this type matches nothing. */
export function idsOf(type: string, ids: string[] | null | undefined): string[] | undefined {
  return ids?.map((id) => localId(type, id) ?? '00000000-0000-0000-0000-000000000000');
}

/** A reference that a person chose from a list. @throws Refusal UNKNOWN_REFERENCE naming the field. */
export function refOf(type: string, id: string | null | undefined, field: string): string | null | undefined {
  if (id == null) return id;
  const uuid = localId(type, id);
  if (!uuid) throw new Refusal('UNKNOWN_REFERENCE', [field], { field, value: id.slice(0, 60) });
  return uuid;
}

/** @throws Refusal NOT_FOUND when there is no such record for this caller. */
export function demandFound<T>(record: T | null): T {
  if (record === null) throw new Refusal('NOT_FOUND');
  return record;
}
