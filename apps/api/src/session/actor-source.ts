import type { Actor } from '@yinfeng/platform';

/** Who stands behind a session or API token; null when it is unknown, expired, or its owner disabled. Asked once per request. */
export interface ActorSource {
  actorOf(token: string, requestId: string): Promise<Actor | null>;
}
export const ACTOR_SOURCE = Symbol('ActorSource');
