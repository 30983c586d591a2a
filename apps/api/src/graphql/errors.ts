import { Field, ObjectType, registerEnumType } from '@nestjs/graphql';
import { type Locale, message, type MessageKey, MESSAGES, PROGRAM_CODES, Refusal, Refusals } from '@yinfeng/platform';
import { GraphQLError } from 'graphql';

/** Codes of user errors: one per sentence of the message catalogue. */
export const UserErrorCode = Object.fromEntries(Object.keys(MESSAGES).map((k) => [k, k])) as Record<MessageKey, MessageKey>;
registerEnumType(UserErrorCode, {
  name: 'UserErrorCode',
  description: 'What kind of refusal this is; the message says it in words.',
  valuesMap: Object.fromEntries(Object.entries(MESSAGES).map(([code, sentences]) => [code, { description: sentences.join(' ') }])),
});

@ObjectType({ description: 'Something the person can put right: which input field, why, and what to do.' })
export class UserError {
  @Field(() => UserErrorCode, { description: 'The kind of refusal.' }) code!: MessageKey;
  @Field({ description: 'The sentence to show, in the language of the caller.' }) message!: string;
  @Field(() => [String], { nullable: true, description: 'The input field, outermost first; absent when no single field is meant.' }) path?: string[] | null;
}

/** Which GraphQL error a refusal becomes when a program, not a person, has to handle it. */
const PROGRAM_CODE: Partial<Record<MessageKey, string>> = {
  ...Object.fromEntries(PROGRAM_CODES.map((c) => [c, c])),
  IDEMPOTENCY_KEY_REUSED: 'CONFLICT',
  QUERY_TOO_COMPLEX: 'QUERY_TOO_COMPLEX',
  INTERNAL_SERVER_ERROR: 'INTERNAL_SERVER_ERROR',
  TIMED_OUT: 'INTERNAL_SERVER_ERROR',
  INTROSPECTION_REFUSED: 'FORBIDDEN',
  CSRF_HEADER_REQUIRED: 'FORBIDDEN',
};

/** `status`: the HTTP status of a whole request that is refused (401, 429); absent for an error of one field. */
export function programError(code: MessageKey, locale: Locale, params: Record<string, string | number> = {}, path?: readonly string[], status?: number): GraphQLError {
  return new GraphQLError(message(code, params, locale), {
    extensions: { code: PROGRAM_CODE[code] ?? 'BAD_USER_INPUT', ...(path?.length ? { argument: path.join('.') } : {}), ...(status ? { http: { status, headers: new Map<string, string>() } } : {}) },
  });
}

/** Whether a program, not a person, has to handle this refusal. */
export function isForPrograms(refusal: Refusal): boolean {
  return PROGRAM_CODE[refusal.code] !== undefined;
}

/** A refusal that reaches a query (lists, node): always a GraphQL error. */
export function refusalError(refusal: Refusal, locale: Locale): GraphQLError {
  return programError(refusal.code, locale, refusal.params, refusal.path);
}

/** A refusal as a user error in the reader's language. */
export function userError(refusal: Refusal, locale: Locale): UserError {
  return { code: refusal.code, message: message(refusal.code, refusal.params, locale), path: refusal.path.length ? [...refusal.path] : null };
}

/**
 * The one place where a mutation's refusals become data. `work` returns the payload without userErrors; on a refusal
 * `empty` (with the record as it is now, for a stale version) is returned with the errors. Program refusals
 * (NOT_FOUND, FORBIDDEN, …) stay GraphQL errors.
 */
export async function outcome<P extends object>(
  locale: Locale,
  work: () => Promise<P>,
  refused: (recordId: string | undefined) => Promise<Partial<P>> | Partial<P> = () => ({}),
): Promise<P & { userErrors: UserError[] }> {
  try {
    return { ...(await work()), userErrors: [] };
  } catch (error) {
    const all = error instanceof Refusals ? error.all : error instanceof Refusal ? [error] : null;
    const first = all?.[0];
    if (!all || !first) throw error;
    if (isForPrograms(first)) throw refusalError(first, locale);
    return { ...((await refused(first.recordId)) as P), userErrors: all.map((r) => userError(r, locale)) };
  }
}
