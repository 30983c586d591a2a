import type { z } from 'zod';
import { handoff } from './handoff.policy.js';
import type { Policy } from './policy.js';
import { triage } from './triage.policy.js';

/** Every rule of a zone beside its stages, by name; one file each. */
export const POLICIES = {
  handoff,
  triage,
} satisfies Record<string, Policy>;

export type PolicyName = keyof typeof POLICIES;
export type PolicyValue<Name extends PolicyName> = z.infer<(typeof POLICIES)[Name]['schema']>;

export const isPolicyName = (name: string): name is PolicyName => Object.hasOwn(POLICIES, name);
