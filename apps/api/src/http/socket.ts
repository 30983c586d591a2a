import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { newId } from '@yinfeng/platform';
import { type DocumentNode, type ExecutionArgs, GraphQLError, type GraphQLSchema, parse, specifiedRules, validate } from 'graphql';
import { type ServerOptions } from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { readCookie } from './cookies.js';
import { bearerOf, localeOf, type RequestContexts } from './request-context.js';
import type { RequestContext } from '../graphql/context.js';
import { programError } from '../graphql/errors.js';
import type { OperationLimits } from '../graphql/limits.js';
import { type ErrorLog, presentError } from '../graphql/masking.js';
import type { OperationLimiter } from '../graphql/operation-limits.js';

const PATH = '/graphql';
const PROTOCOL = 'graphql-transport-ws';
const MOST_SOCKETS = 5_000;
const MOST_SOCKETS_PER_ADDRESS = 100;
const MOST_SUBSCRIPTIONS_PER_SOCKET = 20;
/** How long a socket may stay silent before connection_init. */
const INIT_MS = 3_000;
/** How often a long subscription asks again who stands behind its token (a disabled person hears nothing more). */
const RECHECK_MS = 60_000;

export interface SocketParts {
  schema: GraphQLSchema;
  contexts: RequestContexts;
  limiter: OperationLimiter;
  limits: OperationLimits;
  log: ErrorLog;
  allowedOrigins: readonly string[];
  trustProxy: boolean;
  /** Told of each opened (+1) and closed (−1) socket. */
  counted(by: 1 | -1): void;
}

/** Who came through connection_init; kept with the connection. */
interface Guest {
  token: string;
  address: string;
  userAgent: string;
  language: string | undefined;
  recheck?: NodeJS.Timeout;
}
type Guests = Record<PropertyKey, unknown> & { guest: Guest };

/**
 * Subscriptions over graphql-transport-ws on /graphql, no weaker than HTTP: own or allowed origins, signed-in people,
 * the same document limits and points, the same mask; queries and mutations belong to HTTP.
 */
export class SubscriptionSocket {
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: 0, handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false) });
  private readonly perAddress = new Map<string, number>();
  private readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => this.onUpgrade(request, socket, head);
  private readonly served: { dispose: () => void | Promise<void> };

  constructor(
    private readonly http: Server,
    private readonly parts: SocketParts,
  ) {
    this.server.options.maxPayload = parts.limits.bodyBytes;
    this.served = useServer<Record<string, unknown>, Guests>(this.protocol(), this.server);
    http.on('upgrade', this.upgrade);
  }

  /** Says goodbye to every socket. */
  async close(): Promise<void> {
    this.http.off('upgrade', this.upgrade);
    await this.served.dispose();
    for (const client of this.server.clients) client.terminate();
    this.server.close();
  }

  private onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const address = this.addressOf(request);
    const open = this.perAddress.get(address) ?? 0;
    if (request.url?.split('?')[0] !== PATH) return refuse(socket, '404 Not Found');
    if (!this.ownOrigin(request)) return refuse(socket, '403 Forbidden');
    // Refused here rather than by the library: its own answer would be an opened socket that closes with 4406.
    if (!request.headers['sec-websocket-protocol']?.split(',').some((p) => p.trim() === PROTOCOL)) return refuse(socket, '400 Bad Request');
    if (this.server.clients.size >= MOST_SOCKETS || open >= MOST_SOCKETS_PER_ADDRESS) return refuse(socket, '503 Service Unavailable');
    this.server.handleUpgrade(request, socket, head, (ws) => {
      this.perAddress.set(address, (this.perAddress.get(address) ?? 0) + 1);
      this.parts.counted(1);
      ws.on('close', () => {
        this.parts.counted(-1);
        const left = (this.perAddress.get(address) ?? 1) - 1;
        if (left > 0) this.perAddress.set(address, left);
        else this.perAddress.delete(address);
      });
      this.server.emit('connection', ws, request);
    });
  }

  /** A browser always says where a page came from; a program says nothing. Only pages of our own host may come in. */
  private ownOrigin(request: IncomingMessage): boolean {
    const { origin, host } = request.headers;
    if (origin === undefined) return true;
    if (this.parts.allowedOrigins.includes(origin)) return true;
    return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
  }

  private addressOf(request: IncomingMessage): string {
    const forwarded = this.parts.trustProxy ? String(request.headers['x-forwarded-for'] ?? '').split(',')[0]?.trim() : '';
    return forwarded || request.socket.remoteAddress || '';
  }

  private protocol(): ServerOptions<Record<string, unknown>, Extra & Partial<Guests>> {
    const { schema, log } = this.parts;
    return {
      schema,
      connectionInitWaitTimeout: INIT_MS,
      onConnect: async (ctx) => {
        const { request, socket } = ctx.extra;
        const given = ctx.connectionParams?.authorization;
        const cookie = request.headers.origin === undefined ? null : readCookie(request.headers.cookie);
        const token = (typeof given === 'string' ? bearerOf(given) : undefined) ?? cookie;
        const actor = token ? await this.parts.contexts.actorOf(token, newId()) : null;
        // false: closed with 4403.
        if (!token || !actor) return false;
        const guest: Guest = { token, address: this.addressOf(request), userAgent: (request.headers['user-agent'] ?? '').slice(0, 300), language: request.headers['accept-language'] };
        guest.recheck = setInterval(() => void this.stillWelcome(guest, () => socket.close(4403, 'Forbidden')), RECHECK_MS);
        guest.recheck.unref();
        ctx.extra.guest = guest;
        return true;
      },
      onClose: (ctx) => clearInterval(ctx.extra.guest?.recheck),
      onSubscribe: async (ctx, _id, payload) => {
        const reader = { locale: localeOf(ctx.extra.guest?.language, null), requestId: newId() };
        try {
          if (Object.keys(ctx.subscriptions).length > MOST_SUBSCRIPTIONS_PER_SOCKET) throw programError('RATE_LIMITED', reader.locale, { seconds: 60 });
          return await this.operation(ctx.extra.guest!, payload);
        } catch (error) {
          return [asError(presentError(coded(error), reader, log))];
        }
      },
      onNext: (_ctx, _id, _payload, args, result) => {
        const context = args.contextValue as RequestContext;
        return { data: result.data, ...(result.errors ? { errors: result.errors.map((e) => presentError(e, context, log)) } : {}) };
      },
      // Errors of subscribing itself (a refused root field) have not been presented yet; those of onSubscribe have.
      onError: (ctx, _id, _payload, errors) => errors.map((e) => (presented.has(e) ? e.toJSON() : presentError(e, { locale: localeOf(ctx.extra.guest?.language, null), requestId: newId() }, log))),
    };

    /** Documents that do not parse or validate are the caller's. */
    function coded(error: unknown): unknown {
      return error instanceof GraphQLError && error.extensions.code === undefined && !error.originalError
        ? new GraphQLError(error.message, { nodes: error.nodes, source: error.source, positions: error.positions, extensions: { code: error.message.startsWith('Syntax Error') ? 'GRAPHQL_PARSE_FAILED' : 'GRAPHQL_VALIDATION_FAILED' } })
        : error;
    }

    function asError(formatted: ReturnType<typeof presentError>): GraphQLError {
      const error = new GraphQLError(formatted.message, { extensions: formatted.extensions });
      presented.add(error);
      return error;
    }
  }

  /** Parses, checks and admits one subscription, as the same person as now: a role that was taken away is gone. */
  private async operation(guest: Guest, payload: { query: string; operationName?: string | null; variables?: Record<string, unknown> | null }): Promise<ExecutionArgs> {
    const { schema, limits, limiter, contexts } = this.parts;
    const requestId = newId();
    const actor = await contexts.actorOf(guest.token, requestId);
    const context: RequestContext = {
      actor, requestId, locale: localeOf(guest.language, actor), address: guest.address, userAgent: guest.userAgent, loaders: new Map(), sessionToken: actor?.via === 'session' ? guest.token : null,
    };
    if (!actor) throw programError('UNAUTHENTICATED', context.locale);
    const document: DocumentNode = parse(payload.query, { maxTokens: limits.tokens });
    for (const definition of document.definitions) {
      if (definition.kind === 'OperationDefinition' && definition.operation !== 'subscription') throw programError('BAD_REQUEST', context.locale, { what: 'only subscriptions on the WebSocket' });
    }
    const variables = payload.variables ?? {};
    // Measured first: validation of a hostile document costs more than measuring it.
    limiter.admit(document, payload.operationName, variables, context);
    const errors = validate(schema, document, specifiedRules, { maxErrors: limits.errors });
    if (errors[0]) throw errors[0];
    return { schema, document, operationName: payload.operationName, variableValues: variables, contextValue: context };
  }

  private async stillWelcome(guest: Guest, leave: () => void): Promise<void> {
    // A database that does not answer is no reason to send people away.
    const actor = await this.parts.contexts.actorOf(guest.token, newId()).catch(() => undefined);
    if (actor === null) leave();
  }
}

const presented = new WeakSet<GraphQLError>();

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
