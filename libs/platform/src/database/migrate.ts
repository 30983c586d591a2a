import { DataSource } from 'typeorm';
import { migrations } from './migrations/index.js';
import { SnakeNaming } from './naming.js';

/**
 * Brings a database to the present schema, as the owner named in the URL. Safe when several processes start at once:
 * an advisory lock lets one migrate and the others wait. Returns the names of what it ran.
 */
export async function migrate(url: string): Promise<string[]> {
  const source = new DataSource({ type: 'postgres', url, migrations, migrationsTableName: 'schema_migration', namingStrategy: new SnakeNaming(), synchronize: false, poolSize: 2, applicationName: 'yinfeng-migrate' });
  await source.initialize();
  const lock = source.createQueryRunner();
  try {
    await lock.query('select pg_advisory_lock(7190001)');
    const done = await source.runMigrations({ transaction: 'each' });
    // Rewritten tables and new indexes have no statistics: the first import after an upgrade would be planned blindly.
    if (done.length > 0) await lock.query('analyze');
    return done.map((m) => m.name);
  } finally {
    await lock.query('select pg_advisory_unlock(7190001)').catch(() => undefined);
    await lock.release();
    await source.destroy();
  }
}
