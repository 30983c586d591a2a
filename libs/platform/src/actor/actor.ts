import { PERMISSIONS_OF_ROLE, REACH_OF_ROLE, type Permission, type Reach, type Role } from './permissions.js';
import type { Locale } from '../messages/messages.js';
import { Refusal } from './refusal.js';

/** Who acts, for which zone, on whose request: built once by an edge (session, token, job, command line). */
export interface Actor {
  readonly via: 'session' | 'token' | 'system';
  readonly zoneId: string;
  /** null only for the system itself (jobs, repair). */
  readonly staffId: string | null;
  readonly name: string;
  readonly role: Role;
  readonly reach: Reach;
  readonly permissions: ReadonlySet<Permission>;
  /** Departments the person belongs to; reach GROUP and UNIT look at these. */
  readonly departmentIds: readonly string[];
  /** Departments or groups the person leads. */
  readonly ledDepartmentIds: readonly string[];
  readonly locale: Locale;
  readonly requestId: string;
}

export function staffActor(a: {
  via: 'session' | 'token'; zoneId: string; staffId: string; name: string; role: Role; departmentIds: string[]; ledDepartmentIds: string[]; locale: Locale; requestId: string;
  /** A token may hold fewer permissions than its owner, never more. */
  scopes?: string[] | null;
}): Actor {
  const granted = PERMISSIONS_OF_ROLE[a.role];
  const permissions = new Set(a.scopes?.length ? granted.filter((p) => p === 'self.read' || a.scopes!.includes(p)) : granted);
  return { ...a, reach: REACH_OF_ROLE[a.role], permissions };
}

/** The system at work for one zone: jobs, imports at their end, the command line. Sees the zone, holds every permission that a manager holds. */
export function systemActor(zoneId: string, requestId: string): Actor {
  return {
    via: 'system', zoneId, staffId: null, name: 'system', role: 'MANAGER', reach: 'ZONE', permissions: new Set(PERMISSIONS_OF_ROLE.MANAGER),
    departmentIds: [], ledDepartmentIds: [], locale: 'zh', requestId,
  };
}

/** @throws Refusal FORBIDDEN when the actor lacks the permission. */
export function demand(actor: Actor, permission: Permission): void {
  if (!actor.permissions.has(permission)) throw new Refusal('FORBIDDEN', [], { permission });
}
