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
}

/** The actor of a root field that passed the guard. */
export function actorOf(context: RequestContext): Actor {
  if (!context.actor) throw programError('UNAUTHENTICATED', context.locale);
  return context.actor;
}
