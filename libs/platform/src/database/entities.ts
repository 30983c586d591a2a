import type { EntityTarget, ObjectLiteral } from 'typeorm';

const entities: EntityTarget<ObjectLiteral>[] = [];

/** Entities register themselves when their lib is loaded, so that platform knows none of them by name. */
export function registerEntities(...classes: EntityTarget<ObjectLiteral>[]): void {
  entities.push(...classes);
}

export function registeredEntities(): never[] {
  return entities as never[];
}
