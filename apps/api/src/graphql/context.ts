import type { Actor, Locale } from '@yinfeng/platform';
import { programError } from './errors.js';

/** What every resolver may know of the request; built once per request (HTTP) or per operation (WebSocket). */
export interface RequestContext {
  /** null: not signed in. */
  actor: Actor | null;
  locale: Locale;
  requestId: string;
  address: string;
  userAgent: string;
  /** One loader of each kind per request, see loaders.ts. */
  loaders: Map<unknown, unknown>;
  /** The session token that the caller came with (header or cookie), for signing out; null for API tokens and strangers. */
  sessionToken: string | null;
  /** How signIn and signOut set and clear the session cookie; absent on the WebSocket. */
  cookie?: SessionCookie;
  /** What this operation costs and what the caller has left, told in extensions.cost. */
  cost?: OperationCost;
}

export interface SessionCookie {
  set(token: string, expiresAt: Date): void;
  clear(): void;
}

export interface OperationCost {
  requested: number;
  throttleStatus: { maximumAvailable: number; currentlyAvailable: number; restoreRate: number };
}

/** The actor of a root field that passed the guard. */
export function actorOf(context: RequestContext): Actor {
  if (!context.actor) throw programError('UNAUTHENTICATED', context.locale);
  return context.actor;
}
