import 'reflect-metadata';
import { DEMO_ACCOUNTS, DEMO_PASSWORD, loadReferenceData, seedDemo } from '@yinfeng/directory';
import { migrate, migrateJobs, readConfig } from '@yinfeng/platform';
import pg from 'pg';

/** What the starter tells the person at the terminal. */
export interface Prepared {
  migrations: number;
  zones: number;
  demo: { password: string; accounts: string[] } | null;
}

/** A process of its own that ends: schema, reference data, demo zone. Its libraries need not stay in memory. */
const config = readConfig();
const url = config.databaseUrl!;
const migrations = await migrate(url);
await migrateJobs(url);
await loadReferenceData(url);
const client = new pg.Client({ connectionString: url });
await client.connect();
// A database that has zones already (restored, say) is not given a demo zone beside them.
const { rows: known } = await client.query<{ any: boolean }>('select exists (select from zone) as any');
if (config.demo && !known[0]!.any) await seedDemo(url);
const { rows } = await client.query<{ zones: number; demo: number }>(`select count(*)::int as zones, count(*) filter (where code = 'DEMO')::int as demo from zone`);
await client.end();
const prepared: Prepared = {
  migrations: migrations.length,
  zones: rows[0]!.zones,
  demo: config.demo && rows[0]!.demo ? { password: DEMO_PASSWORD, accounts: DEMO_ACCOUNTS.map(([email]) => email) } : null,
};
process.send?.(prepared, () => process.exit(0));
