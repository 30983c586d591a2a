/**
 * npm run chaos [-- kills [postgres|redis]]: kills workers while they send, on both stores of the queue, and counts what
 * arrived. 50 kills when absent. Exit code 1 when anything was lost or came twice without a doubt on record.
 */
import { chmodSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '@yinfeng/platform';
import { openRedis } from '../support/redis.js';
import { prepareTemplate } from '../support/template.js';
import { chaos } from './kills.js';

const kills = Number(process.argv[2] ?? 50);
const only = process.argv[3];
const folder = await mkdtemp(join(tmpdir(), 'yinfeng-chaos-'));
chmodSync(folder, 0o755);
const server = await startEmbedded({ folder: join(folder, 'postgres'), durable: false });
Object.assign(process.env, { YFT_ADMIN_URL: server.url, YFT_TEMPLATE: await prepareTemplate(server.url, process.cwd()), YFT_RUN: String(process.pid) });
let broken = 0;
for (const store of ['postgres', 'redis'].filter((s) => !only || s === only)) {
  const redis = store === 'redis' ? await openRedis({ own: true }) : null;
  if (store === 'redis' && redis === null) {
    console.log('redis: redis-server is not installed, left out');
    continue;
  }
  const report = await chaos({ kills, redis, say: (line) => console.log(`${new Date().toISOString().slice(11, 19)} ${store}: ${line}`) });
  console.log(store, JSON.stringify(report, null, 1));
  broken += report.broken.length;
  await redis?.close();
}
await server.stop();
await rm(folder, { recursive: true, force: true });
process.exit(broken > 0 ? 1 : 0);
