import type { ChannelOptions, QueueRuntime, S3Options } from '@yinfeng/platform';
import type { CallPageLimits } from './http/calls.routes.js';
import type { OperationLimits } from './graphql/limits.js';

/** What startApi needs; apps/api/src/main.ts reads it from the environment when started directly. */
export interface ApiOptions {
  databaseUrl: string;
  port: number;
  host: string;
  /** Folder of stored files. */
  dataDir: string;
  /** The bucket of stored files; absent or null: they lie in the data folder. */
  filesS3?: S3Options | null;
  production: boolean;
  /** Mail server and private robot hosts; absent: no mail, the vendors' robots alone. */
  channels?: ChannelOptions;
  /** Serve GraphiQL; by default outside production only. */
  graphiql?: boolean;
  /** Connections to the database. */
  poolSize?: number;
  /** Longest statement, ms. */
  statementTimeoutMs?: number;
  /** Where log lines go; standard output when absent. */
  logTo?: { write(line: string): void };
  logLevel?: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
  /** Behind a proxy that sets X-Forwarded-For and X-Forwarded-Proto. */
  trustProxy?: boolean;
  /** Origins besides our own that may open a WebSocket. */
  allowedOrigins?: readonly string[];
  limits?: Partial<OperationLimits>;
  /** What strangers may spend on the pages of one-time links. */
  callPageLimits?: CallPageLimits;
  /** The queue that the job board looks at, closed with the API; absent: the one in PostgreSQL. */
  queue?: QueueRuntime;
  /** How long figures of database and queue stand before /metrics reads them anew, ms. */
  figuresFreshMs?: number;
  /** More things to be reachable before /readyz says so, e.g. the queue. */
  readiness?: readonly { name: string; check: () => Promise<void> }[];
}
export const API_OPTIONS = Symbol('ApiOptions');
