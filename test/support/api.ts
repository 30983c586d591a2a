import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Actor, Clock } from '@yinfeng/platform';
import { type ApiOptions, type RunningApi, startApi } from '../../apps/api/src/main.js';
import type { TestDatabase } from './database.js';

/** A person (a session is opened for them), a token, or null for a stranger. */
export type Who = Actor | string | null;
/** What a GraphQL answer holds; tests assert on it, types do not. */
export type Answer = { data: any; errors: any; extensions: any; status: number };

export interface TestApi {
  readonly url: string;
  readonly running: RunningApi;
  /** The API's clock, pinned with that of the test database; `api.clock.pin(…)` moves it. */
  readonly clock: Clock;
  gql(who: Who, query: string, variables?: object, headers?: Record<string, string>): Promise<Answer>;
  /** A plain request with the person's token. */
  request(who: Who, path: string, init?: RequestInit): Promise<Response>;
  /** The token of a person's session; opened when there is none. */
  token(who: Actor): Promise<string>;
  stop(): Promise<void>;
}

/** The API in this process, on a free port, on the test database. Limits of spending are off unless a test sets them. */
export async function testApi(t: TestDatabase, options: Partial<ApiOptions> = {}): Promise<TestApi> {
  const dataDir = await mkdtemp(join(tmpdir(), 'yinfeng-test-data-'));
  const running = await startApi({
    databaseUrl: t.url, port: 0, host: '127.0.0.1', dataDir, production: false, logLevel: 'silent', poolSize: 4, ...options,
    limits: { bucket: 1e9, refillPerSecond: 1e9, ...options.limits },
  });
  const clock = running.app.get(Clock);
  clock.pin(t.clock.pinned());

  const token = async (who: Actor): Promise<string> => {
    const secret = `test-session-${who.staffId}`;
    await t.owner.query(`insert into session (token_hash, zone_id, staff_id, expires_at) values ($1, $2, $3, '2100-01-01') on conflict do nothing`, [createHash('sha256').update(secret).digest(), who.zoneId, who.staffId]);
    return secret;
  };
  const request: TestApi['request'] = async (who, path, init = {}) => {
    const headers = new Headers(init.headers);
    if (who !== null) headers.set('authorization', `Bearer ${typeof who === 'string' ? who : await token(who)}`);
    return fetch(running.url + path, { ...init, headers });
  };
  return {
    url: running.url, running, clock, token, request,
    gql: async (who, query, variables, headers) => {
      const response = await request(who, '/graphql', { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query, variables }) });
      return { ...((await response.json()) as Omit<Answer, 'status'>), status: response.status };
    },
    stop: async () => {
      await running.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
