import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { Clock, Database } from '@yinfeng/platform';
import { withDatabase } from './template.js';

/** A Monday morning in Shanghai, a working day. Tests start here unless they say otherwise. */
export const TEST_NOW = new Date('2026-06-15T10:00:00+08:00');

export interface TestDatabase {
  /** Owner's URL: for programs under test (API, worker, command line). */
  readonly url: string;
  /** As the application sees it: role yinfeng_app, behind row-level security. */
  readonly db: Database;
  /** As the owner: looks at and prepares what the application may not. Not walled. */
  readonly owner: pg.Pool;
  /** Pinned to TEST_NOW; `clock.pin(…)` moves it, `clock.pin(null)` lets it run. */
  readonly clock: Clock;
  /** Empties every table but the reference data that the template brought; about 1 ms. Pins the clock to TEST_NOW again. */
  clean(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A database of its own for this spec file, cloned from the template (about 30 ms).
 * Call it in beforeAll, `clean()` in beforeEach, `stop()` in afterAll.
 */
export async function testDatabase(options: { poolSize?: number } = {}): Promise<TestDatabase> {
  const url = await clone(required('YFT_TEMPLATE'));
  const owner = new pg.Pool({ connectionString: url, max: 4, application_name: 'yinfeng-test' });
  owner.on('error', () => undefined);
  const clock = new Clock();
  clock.pin(TEST_NOW);
  const db = await new Database({ url, poolSize: options.poolSize ?? 4, statementTimeoutMs: 30_000 }, clock).connect();
  const wipe = await wipeStatement(owner);
  return {
    url, db, owner, clock,
    clean: async () => {
      clock.pin(TEST_NOW);
      await owner.query(wipe);
    },
    stop: async () => {
      await db.onApplicationShutdown();
      await owner.end();
      await dropDatabase(url);
    },
  };
}

/** An empty database without schema, for tests of migration and restore. Returns its owner's URL; drop it with dropDatabase. */
export async function emptyDatabase(): Promise<string> {
  return clone('template0');
}

export async function dropDatabase(url: string): Promise<void> {
  await asAdmin((admin) => admin.query(`drop database if exists ${pg.escapeIdentifier(new URL(url).pathname.slice(1))} with (force)`));
}

async function clone(template: string): Promise<string> {
  const name = `yft_run_${required('YFT_RUN')}_${process.env.JEST_WORKER_ID ?? '0'}_${randomBytes(4).toString('hex')}`;
  await asAdmin(async (admin) => {
    const { rows } = await admin.query<{ version: number }>("select current_setting('server_version_num')::int as version");
    // Copying the files beats copying through the log (the default since 15) for small databases without fsync.
    await admin.query(`create database ${name} template ${template} ${rows[0]!.version >= 150000 ? 'strategy file_copy' : ''}`);
  });
  return withDatabase(required('YFT_ADMIN_URL'), name);
}

/** One batch that empties all tables without rows in the template and resets the two watermarks. */
async function wipeStatement(owner: pg.Pool): Promise<string> {
  const { rows } = await owner.query<{ name: string }>(`
    select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'bullmq')
      and (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from (select 1 from %I.%I limit 1) t', schemaname, tablename), false, true, '')))[1]::text = '0'`);
  return [
    // Triggers keep the books and refuse to forget; a test starts with new ones.
    'begin; set local session_replication_role = replica',
    ...rows.map(({ name }) => `delete from ${name}`),
    "update audit_seal_state set txid = '0', seq = 0, hash = sha256('yinfeng') where seq <> 0 or txid <> '0'",
    "update pipeline_fold_state set txid = '0' where txid <> '0'",
    'commit',
  ].join('; ');
}

async function asAdmin<T>(work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: required('YFT_ADMIN_URL') });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run the tests with "npm test", which starts their database.`);
  return value;
}
