import { FastifyAdapter } from '@nestjs/platform-fastify';
import helmet from '@fastify/helmet';
import { newId } from '@yinfeng/platform';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { ApiOptions } from '../api-options.js';

/** Node checks for slow requests this often; its default of 30 s would let a half-sent one live for a minute. */
const CHECK_CONNECTIONS_MS = 2_000;

/** The HTTP server: time limits against half-sent requests, our own request ids, a log without bodies, headers or query strings. */
export function httpServer(options: ApiOptions): FastifyAdapter {
  return new FastifyAdapter({
    logger: { level: options.logLevel ?? 'info', base: null, ...(options.logTo ? { stream: options.logTo } : {}), serializers: { req: requestLine, err: errorLine } },
    logController: new LogController({ disableRequestLogging: true }),
    // Never the caller's: an id in our log is ours.
    genReqId: () => newId(),
    requestIdHeader: false,
    trustProxy: options.trustProxy ?? false,
    bodyLimit: 1024 * 1024,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    http: { headersTimeout: 15_000, connectionsCheckingInterval: CHECK_CONNECTIONS_MS, maxHeaderSize: 16 * 1024 },
    // Nothing here uses Express middleware.
    skipMiddie: true,
  });
}

/** What holds for every answer and every request body. Before the routes. */
export async function prepareServer(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    // Over TLS only, see below: a browser that once saw it on plain HTTP could not come back.
    strictTransportSecurity: false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"], scriptSrc: ["'self'"], styleSrc: ["'self'"], imgSrc: ["'self'", 'data:'], connectSrc: ["'self'"], objectSrc: ["'none'"],
        baseUri: ["'none'"], formAction: ["'self'"], frameAncestors: ["'none'"],
      },
    },
  });
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    // Until a route says otherwise, nothing of ours is kept by caches.
    reply.header('cache-control', 'no-store');
    if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000');
    const encoding = request.headers['content-encoding'];
    // Bodies are taken as they are: nothing is inflated, so no bomb can be.
    if (encoding !== undefined && encoding !== 'identity') {
      void reply.code(415).send(transportAnswer(request, 'BAD_REQUEST', `content-encoding ${encoding.slice(0, 20)} is not accepted`));
      return;
    }
    done();
  });
  app.removeContentTypeParser(['text/plain', 'application/json']);
  app.addContentTypeParser('application/json', { parseAs: 'string' }, app.getDefaultJsonParser('remove', 'remove'));
}

/** Errors of the transport on /graphql: no JSON, too large, of another type, or a fault of ours. */
export function graphqlTransportError(error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply): void {
  const status = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500 ? error.statusCode : 500;
  if (status === 500) request.log.error({ requestId: request.id, cause: error.stack }, 'unexpected error');
  const what = { 400: 'the body is not valid JSON', 413: 'the body is too large', 415: 'POST application/json' }[status] ?? 'bad request';
  void reply.code(status).type('application/json; charset=utf-8').send(transportAnswer(request, status === 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST', status === 500 ? `reference ${request.id}` : what));
}

function transportAnswer(request: FastifyRequest, code: string, text: string): object {
  return { errors: [{ message: text, extensions: { code, ...(code === 'INTERNAL_SERVER_ERROR' ? { requestId: request.id } : {}) } }] };
}

/** Only what cannot hold a secret or a person: no query string, no headers, no secret of a link. */
function requestLine(request: FastifyRequest): Record<string, unknown> {
  return { id: request.id, method: request.method, path: request.url?.split('?')[0]?.replace(/^(\/(?:calls|calendar|mail-off)\/).*/, '$1…'), address: request.ip };
}

function errorLine(error: Error): { type: string; message: string; stack: string } {
  return { type: error.name, message: error.message, stack: error.stack ?? '' };
}
