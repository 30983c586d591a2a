import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
// Straight from their files: a test run needs nothing else to compile before the specs themselves.
import { loadReferenceData } from '../../libs/directory/src/reference/reference-data.js';
import { migrate } from '../../libs/platform/src/database/migrate.js';
import { migrateJobs } from '../../libs/platform/src/jobs/backends.js';

/** What decides how the template looks. When one of these files changes, a new template is built. */
const INGREDIENTS = ['libs/platform/src/database/migrations', 'libs/platform/src/jobs/backends.ts', 'libs/directory/src/reference', 'test/support/template.ts', 'node_modules/bullmq/package.json'];

/**
 * Makes sure that the server has a template of the present schema with its reference data, and returns its name.
 * Templates of earlier schemas are dropped. The caller sees to it that one process does this at a time, or waits: an
 * advisory lock holds on the server.
 */
export async function prepareTemplate(adminUrl: string, root: string): Promise<string> {
  const name = `yft_template_${fingerprint(root)}`;
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query('select pg_advisory_lock(7190009)');
    await dropLeftovers(admin, name);
    const { rowCount } = await admin.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) {
      const draft = `${name}_draft`;
      await admin.query(`drop database if exists ${draft}`);
      await admin.query(`create database ${draft} template template0`);
      const url = withDatabase(adminUrl, draft);
      await migrate(url);
      await migrateJobs(url);
      await loadReferenceData(url);
      await admin.query(`alter database ${draft} rename to ${name}`);
    }
    return name;
  } finally {
    await admin.end();
  }
}

/** Clones of test runs whose process has ended, and templates of schemas that are no more. */
async function dropLeftovers(admin: pg.Client, current: string): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(`select datname as name from pg_database where datname like 'yft\\_%' and datname <> $1
    and not exists (select 1 from pg_stat_activity a where a.datname = pg_database.datname)`, [current]);
  for (const { name } of rows) {
    const run = /^yft_run_(\d+)_/.exec(name)?.[1];
    if (run !== undefined && isAlive(Number(run))) continue;
    await admin.query(`drop database if exists ${pg.escapeIdentifier(name)}`).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

function fingerprint(root: string): string {
  const hash = createHash('sha256');
  const add = (path: string) => {
    const entries = /\.[a-z]+$/.test(path) ? null : safeList(join(root, path));
    if (entries === null) hash.update(path).update(readFileSync(join(root, path)));
    else for (const entry of entries) if (!entry.endsWith('.spec.ts')) add(`${path}/${entry}`);
  };
  for (const path of INGREDIENTS) add(path);
  return hash.digest('hex').slice(0, 12);
}

function safeList(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
