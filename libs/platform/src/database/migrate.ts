import { DataSource } from 'typeorm';
import { migrations } from './migrations/index.js';
import { SnakeNaming } from './naming.js';

/**
 * Rewritten tables and new indexes have no statistics: the first import after an upgrade would be planned blindly. An empty
 * table is left alone: once analysed it is planned as empty, and read from end to end at each look while it fills.
 */
const ANALYZE_WHAT_HOLDS_ROWS = `do $$ declare t regclass; begin
  for t in select c.oid from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and pg_relation_size(c.oid) > 0 loop execute format('analyze %s', t); end loop;
end $$`;

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
    if (done.length > 0) await lock.query(ANALYZE_WHAT_HOLDS_ROWS);
    return done.map((m) => m.name);
  } finally {
    await lock.query('select pg_advisory_unlock(7190001)').catch(() => undefined);
    await lock.release();
    await source.destroy();
  }
}
