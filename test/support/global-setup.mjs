/**
 * Before all tests: compile, start the tests' own PostgreSQL (or take the server of DATABASE_URL) and have a template
 * database of the present schema. Server files stay in the temp folder between runs, so that the next one starts in no time.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export default async function setUp() {
  const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs'), '--quiet'], { stdio: 'inherit', env: { ...process.env, NODE_OPTIONS: '' } });
  // Specs compile their own imports: one that does not need the broken file may still run. "npm run build" fails for good.
  if (built.status !== 0) console.warn('Some sources do not compile; see above.');
  const { startEmbedded } = await import('../../dist/libs/platform/src/embedded/embedded-postgres.js');
  const { prepareTemplate } = await import('../../dist/test/support/template.js');

  let admin = process.env.DATABASE_URL;
  if (!admin) {
    const place = createHash('sha256').update(root).digest('hex').slice(0, 8);
    const folder = join(tmpdir(), `yinfeng-test-${process.getuid?.() ?? 'user'}-${place}`);
    globalThis.yinfengTestServer = await startEmbedded({ folder, durable: false, maxConnections: 300, notice: console.log });
    admin = globalThis.yinfengTestServer.url;
  }
  // Workers inherit these; a program under test gets its own database by argument, never by these names.
  process.env.YFT_ADMIN_URL = admin;
  process.env.YFT_TEMPLATE = await prepareTemplate(admin, root);
  process.env.YFT_RUN = String(process.pid);
}
