import type { GraphQLError } from 'graphql';
import type { RequestContext } from './context.js';
import { programError } from './errors.js';

/** The result of the work, or `late()` when that takes longer; the work itself goes on. */
export async function within<T>(work: Promise<T>, ms: number, late: () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([work, new Promise<T>((resolve) => (timer = setTimeout(() => resolve(late()), ms)))]);
  } finally {
    clearTimeout(timer);
  }
}

export function timedOut({ locale, requestId }: RequestContext, ms: number): GraphQLError {
  const error = programError('TIMED_OUT', locale, { seconds: ms / 1000, requestId });
  Object.assign(error.extensions, { requestId });
  return error;
}
