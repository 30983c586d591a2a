import { type Locale, message, type MessageKey, Refusal, Refusals } from '@yinfeng/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';

const STATUS: Partial<Record<MessageKey, number>> = { UNAUTHENTICATED: 401, FORBIDDEN: 403, CSRF_HEADER_REQUIRED: 403, NOT_FOUND: 404, FILE_TOO_LARGE: 413, FILE_TYPE: 415, PICTURE_TOO_LARGE: 413, RATE_LIMITED: 429, INTERNAL_SERVER_ERROR: 500 };

/** An error of the plain HTTP routes: `{ error: { code, message } }`, in the reader's language. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, locale: Locale): FastifyReply {
  const refusal = error instanceof Refusals ? error.all[0] : error instanceof Refusal ? error : undefined;
  if (refusal) return send(reply, STATUS[refusal.code] ?? 400, refusal.code, message(refusal.code, refusal.params, locale));
  if (error instanceof GraphQLError && error.extensions.code === 'UNAUTHENTICATED') return send(reply, 401, 'UNAUTHENTICATED', error.message);
  const status = (error as { statusCode?: number }).statusCode;
  if (status !== undefined && status >= 400 && status < 500) return send(reply, status, 'BAD_REQUEST', message('BAD_REQUEST', { what: (error as Error).message }, locale));
  request.log.error({ requestId: request.id, cause: error instanceof Error ? error.stack : String(error) }, 'unexpected error');
  return send(reply, 500, 'INTERNAL_SERVER_ERROR', message('INTERNAL_SERVER_ERROR', { requestId: request.id }, locale));
}

function send(reply: FastifyReply, status: number, code: string, text: string): FastifyReply {
  return reply.code(status).type('application/json; charset=utf-8').send({ error: { code, message: text } });
}
