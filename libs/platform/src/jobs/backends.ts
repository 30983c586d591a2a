import { once } from 'node:events';
import { createPostgresBackend, createRedisBackend, runMigrations, withBackend, type IQueueBackend, type Queue, type Worker } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';

/** BullMQ's schema in PostgreSQL. */
const SCHEMA = 'bullmq';
/** How long a producer waits for Redis to come back before it leaves its jobs in the outbox. */
const PATIENCE_MS = 3_000;

export type JobQueue = Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend, unknown>;
export type JobWorker = Worker<unknown, unknown, string, IQueueBackend>;
export type WorkerSettings = { concurrency: number; lockDuration: number; stalledInterval: number; maxStalledCount: number };
export type Work = (job: { id?: string; name: string; data: unknown; attemptsMade: number; opts: { attempts?: number } }) => Promise<void>;

/** BullMQ on one of its two stores. */
export interface Backend {
  readonly kind: 'postgres' | 'redis';
  queue(name: string): JobQueue;
  worker(name: string, work: Work, settings: WorkerSettings): JobWorker;
  /** Resolves when a producer may speak to the store; rejects soon when it is away. */
  ready(): Promise<void>;
  /** Rejects when the store does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Brings BullMQ's schema to the version of the library. Safe with several starters. */
export async function migrateJobs(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'yinfeng-migrate' });
  await client.connect();
  try {
    await runMigrations(client, SCHEMA);
  } finally {
    await client.end();
  }
}

/** Jobs in the product's own PostgreSQL, as its owner. */
export function postgresBackend(databaseUrl: string): Backend {
  const bound = withBackend(createPostgresBackend);
  const connection = (max: number) => ({ connectionString: databaseUrl, schema: SCHEMA, max, application_name: 'yinfeng-jobs', idleTimeoutMillis: 30_000 });
  return {
    kind: 'postgres',
    queue: (name) => new bound.Queue(name, { connection: connection(2) }) as unknown as JobQueue,
    worker: (name, work, settings) => new bound.Worker(name, work, { ...settings, connection: connection(Math.max(2, Math.ceil(settings.concurrency / 2))) }) as unknown as JobWorker,
    ready: async () => undefined,
    ping: async () => {
      const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 2_000, query_timeout: 2_000 });
      try {
        await client.connect();
        await client.query(`select max(version) from ${SCHEMA}.migration`);
      } finally {
        await client.end().catch(() => undefined);
      }
    },
    close: async () => undefined,
  };
}

/** Jobs in Redis. `prefix` keeps several installations on one server apart. */
export function redisBackend(redisUrl: string, prefix: string): Backend {
  const bound = withBackend(createRedisBackend);
  // A producer fails at once while Redis is away: the outbox keeps the jobs, and no transaction may hang on Redis.
  const producer = new Redis(redisUrl, { lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 10_000, disconnectTimeout: 500 });
  producer.on('error', () => undefined);
  const consumer = { url: redisUrl, maxRetriesPerRequest: null };
  const ready = async () => {
    if (producer.status === 'ready') return;
    if (producer.status === 'wait' || producer.status === 'end') return producer.connect();
    // It is connecting, or waiting to try again.
    await once(producer, 'ready', { signal: AbortSignal.timeout(PATIENCE_MS) });
  };
  return {
    kind: 'redis',
    queue: (name) => new bound.Queue(name, { connection: producer, prefix, skipWaitingForReady: true }) as unknown as JobQueue,
    worker: (name, work, settings) => new bound.Worker(name, work, { ...settings, connection: consumer, prefix }) as unknown as JobWorker,
    ready,
    ping: async () => {
      await ready();
      await producer.ping();
    },
    close: async () => producer.disconnect(),
  };
}
