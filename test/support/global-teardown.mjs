/** After all tests: drop what this run cloned and leave the server; the last run to leave stops it. */
import pg from 'pg';

export default async function tearDown() {
  const admin = new pg.Client({ connectionString: process.env.YFT_ADMIN_URL });
  await admin.connect();
  try {
    const { rows } = await admin.query('select datname as name from pg_database where starts_with(datname, $1)', [`yft_run_${process.env.YFT_RUN}_`]);
    for (const { name } of rows) await admin.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
  } finally {
    await admin.end();
  }
  await globalThis.yinfengTestServer?.stop();
}
