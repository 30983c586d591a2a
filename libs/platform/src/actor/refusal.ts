import type { MessageKey } from '../messages/messages.js';

/** Refusals that a program must handle: they become GraphQL errors with extensions.code, not userErrors. */
export const PROGRAM_CODES = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'RATE_LIMITED'] as const;

/**
 * An expected "no": thrown by services, turned into `userErrors` (or, for PROGRAM_CODES, into a GraphQL error) in one
 * place of each edge. Nothing that was written in the transaction stays.
 */
export class Refusal extends Error {
  constructor(
    readonly code: MessageKey,
    /** Path of the input field, outermost first, e.g. ['visitedOn']. */
    readonly path: readonly string[] = [],
    /** Values that the message names: {value}, {expected}, … */
    readonly params: Record<string, string | number> = {},
    /** For CONFLICT on a stale version: the id of the record as it is now. */
    readonly recordId?: string,
  ) {
    super(`${code} ${path.join('.')} ${JSON.stringify(params)}`);
    this.name = 'Refusal';
  }
}

/** Several refusals at once: every missing item of a gate is named, not just the first. */
export class Refusals extends Error {
  constructor(readonly all: readonly Refusal[]) {
    super(all.map((r) => r.message).join('; '));
    this.name = 'Refusals';
  }
}
