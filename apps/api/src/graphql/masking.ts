import { HttpException } from '@nestjs/common';
import { type Locale, message, Refusal, Refusals } from '@yinfeng/platform';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { refusalError } from './errors.js';

/** Who hears of what the caller must not see. */
export interface ErrorLog {
  error(fields: Record<string, unknown>, text: string): void;
}
export interface ErrorReader {
  locale: Locale;
  requestId: string;
}

/** What an error may carry outside; anything else (stack, originalError) stays here. */
const EXTENSIONS = ['code', 'argument', 'seconds', 'requestId'] as const;
const CODE_OF_STATUS: Record<number, string> = { 400: 'BAD_USER_INPUT', 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 404: 'NOT_FOUND', 409: 'CONFLICT', 422: 'BAD_USER_INPUT', 429: 'RATE_LIMITED' };
/** graphql-js's words for values that a caller gave wrongly; it raises them without a code. */
const CALLERS_FAULT = /^(Variable|Argument) "/;
/** Suggestions tell of fields that a caller was not told of. */
const SUGGESTION = / Did you mean .*$/s;

/**
 * The one place where errors of GraphQL leave the house, over HTTP and WebSocket alike. What is expected keeps its code
 * and words; anything else becomes INTERNAL_SERVER_ERROR with the request id, and its insides go to the log under the
 * same id.
 */
export function presentError(error: unknown, reader: ErrorReader, log: ErrorLog): GraphQLFormattedError {
  const located = error instanceof GraphQLError ? error : null;
  const known = expected(error, reader.locale);
  if (known) {
    const extensions: Record<string, unknown> = {};
    for (const name of EXTENSIONS) if (known.extensions[name] !== undefined) extensions[name] = known.extensions[name];
    return { message: known.message.replace(SUGGESTION, ''), ...place(located), extensions };
  }
  const cause = root(error);
  log.error({ requestId: reader.requestId, path: located?.path?.join('.'), cause: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) }, 'unexpected error');
  return { message: message('INTERNAL_SERVER_ERROR', { requestId: reader.requestId }, reader.locale), ...place(located), extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: reader.requestId } };
}

function place(error: GraphQLError | null): Pick<GraphQLFormattedError, 'locations' | 'path'> {
  return { ...(error?.locations ? { locations: error.locations } : {}), ...(error?.path ? { path: error.path } : {}) };
}

/** The error as it may be told, or null when it must be masked. */
function expected(error: unknown, locale: Locale): GraphQLError | null {
  const cause = root(error);
  if (cause instanceof Refusal) return refusalError(cause, locale);
  if (cause instanceof Refusals && cause.all[0]) return refusalError(cause.all[0], locale);
  if (cause instanceof HttpException) {
    const code = CODE_OF_STATUS[cause.getStatus()];
    return code ? new GraphQLError(cause.message, { extensions: { code } }) : null;
  }
  if (cause instanceof GraphQLError) {
    const code = codeOf(cause);
    // A code is given on purpose, except Apollo's own label for what it did not expect.
    if (typeof code === 'string' && !(code === 'INTERNAL_SERVER_ERROR' && cause.extensions?.requestId === undefined)) return cause;
    if (CALLERS_FAULT.test(cause.message)) return new GraphQLError(cause.message, { extensions: { code: 'BAD_USER_INPUT' } });
  }
  return null;
}

/** graphql-jit's errors may have no extensions at all. */
function codeOf(error: GraphQLError): unknown {
  return (error.extensions as Record<string, unknown> | undefined)?.code;
}

/** What was thrown at first: graphql-js and graphql-jit wrap it to say where. */
function root(error: unknown): unknown {
  let inner = error;
  for (let i = 0; i < 5 && inner instanceof GraphQLError && inner.originalError; i++) {
    // Apollo wraps a coded error of its own around graphql-js's: the outer one has the code.
    if (typeof codeOf(inner) === 'string' && inner.originalError instanceof GraphQLError && codeOf(inner.originalError) === undefined) return inner;
    inner = inner.originalError;
  }
  return inner;
}
