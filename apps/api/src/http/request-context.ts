import type { IncomingHttpHeaders } from 'node:http';
import { Injectable, Inject } from '@nestjs/common';
import { tokenHash } from '@yinfeng/directory';
import type { Actor, Locale } from '@yinfeng/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestContext } from '../graphql/context.js';
import { programError } from '../graphql/errors.js';
import { ACTOR_SOURCE, type ActorSource } from '../session/actor-source.js';
import { clearedCookie, readCookie, sessionCookie } from './cookies.js';

/** A header that no form or image of a foreign page can send, so that a cookie alone does nothing. */
export const CSRF_HEADER = 'x-yinfeng-csrf';
/** Longest token that is looked up; ours have 43 to 64 characters. */
const LONGEST_TOKEN = 512;

export interface Caller {
  actor: Actor | null;
  token: string | null;
}

/** A session whose owner an earlier request has read; whoever goes by it looks again in the statement that writes. */
export interface KnownSession {
  actor: Actor;
  /** How the session is kept in the database. */
  tokenHash: Buffer;
}
/** Sessions remembered; the oldest goes. */
const MOST_KNOWN = 10_000;

/** Builds what a request may know of its caller, over HTTP and WebSocket alike. */
@Injectable()
export class RequestContexts {
  private readonly known = new Map<string, Actor>();

  constructor(@Inject(ACTOR_SOURCE) private readonly actors: ActorSource) {}

  /** Who called last with the session of this request, without asking the database; null for strangers and API tokens. */
  knownSession(request: FastifyRequest): KnownSession | null {
    const bearer = bearerOf(request.headers.authorization);
    const token = bearer ?? (request.headers[CSRF_HEADER] === undefined ? null : readCookie(request.headers.cookie));
    if (!token || token.length > LONGEST_TOKEN) return null;
    const hash = tokenHash(token);
    const actor = this.known.get(hash.toString('base64'));
    return actor ? { actor: { ...actor, requestId: request.id }, tokenHash: hash } : null;
  }

  async ofHttp(request: FastifyRequest, reply: FastifyReply): Promise<RequestContext> {
    const { actor, token } = await this.caller(request);
    return {
      actor,
      locale: localeOf(request.headers['accept-language'], actor),
      requestId: request.id,
      address: request.ip,
      userAgent: (request.headers['user-agent'] ?? '').slice(0, 300),
      loaders: new Map(),
      sessionToken: actor?.via === 'session' ? token : null,
      cookie: {
        set: (value, expiresAt) => void reply.header('set-cookie', sessionCookie(value, expiresAt, request.protocol === 'https')),
        clear: () => void reply.header('set-cookie', clearedCookie(request.protocol === 'https')),
      },
    };
  }

  /**
   * Bearer token first, then the session cookie with the CSRF header.
   * @throws GraphQLError UNAUTHENTICATED (401) for a bearer token that is not good: a program must not go on as a stranger.
   */
  async caller(request: FastifyRequest): Promise<Caller> {
    const bearer = bearerOf(request.headers.authorization);
    if (bearer !== undefined) {
      const actor = await this.actorOf(bearer, request.id);
      if (!actor) throw programError('UNAUTHENTICATED', localeOf(request.headers['accept-language'], null), {}, undefined, 401);
      return { actor, token: bearer };
    }
    const cookie = readCookie(request.headers.cookie);
    if (cookie === null || request.headers[CSRF_HEADER] === undefined) return { actor: null, token: null };
    return { actor: await this.actorOf(cookie, request.id), token: cookie };
  }

  /** The caller behind a token, or null. Tokens that cannot be ours are not looked up. */
  async actorOf(token: string, requestId: string): Promise<Actor | null> {
    if (token.length === 0 || token.length > LONGEST_TOKEN || !/^[\w-]+$/.test(token)) return null;
    const actor = await this.actors.actorOf(token, requestId);
    const key = tokenHash(token).toString('base64');
    this.known.delete(key);
    if (actor?.via === 'session') {
      this.known.set(key, actor);
      if (this.known.size > MOST_KNOWN) this.known.delete(this.known.keys().next().value!);
    }
    return actor;
  }
}

/** The token of an Authorization header; undefined when there is none, '' when it is of another scheme. */
export function bearerOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  return /^Bearer +(\S+) *$/i.exec(header)?.[1] ?? '';
}

/** The language asked for (zh or en, whichever stands first), else the person's own, else Chinese. */
export function localeOf(header: IncomingHttpHeaders['accept-language'], actor: Actor | null): Locale {
  const asked = /(?:^|,)\s*(zh|en)\b/i.exec((header ?? '').slice(0, 200))?.[1]?.toLowerCase();
  return asked === 'zh' || asked === 'en' ? asked : (actor?.locale ?? 'zh');
}
