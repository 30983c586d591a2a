import 'reflect-metadata';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadReferenceData } from '@yinfeng/directory';
import { migrate } from '@yinfeng/platform';
import { startEmbedded } from '../../libs/platform/src/embedded/embedded-postgres.js';
import { buildZone } from './data.js';
import { postmasterOf, startScript, table } from './measure.js';
import { benchW1 } from './w1.js';
import { benchW1L } from './w1l.js';
import { buildDeadlines } from './w1l-data.js';
import { benchW2 } from './w2.js';
import { benchW3 } from './w3.js';
import { benchW4 } from './w4.js';
import { benchW5 } from './w5.js';
import { benchW6 } from './w6.js';
import { benchW7 } from './w7.js';

/**
 * npm run bench [-- --quick] [-- --only W1,W3]: builds its data in a throw-away server, runs the product and its
 * baselines in turn and prints a table per workload. Figures of one run compare with each other only.
 */
const quick = process.argv.includes('--quick');
const only = process.argv[process.argv.indexOf('--only') + 1]?.split(',') ?? [];
const wanted = (name: string) => !process.argv.includes('--only') || only.includes(name);
const say = (line: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
const here = (script: string) => new URL(script, import.meta.url).pathname;

const folder = mkdtempSync(join(tmpdir(), 'yinfeng-bench-'));
// Started by root, the database runs as somebody else: it has to reach its folder, or keeps its data outside, where nobody removes it.
chmodSync(folder, 0o755);
const server = await startEmbedded({ folder: join(folder, 'postgres') });
const tables: string[] = [];
const postmaster = await postmasterOf(server.url);
try {
  const url = server.url;
  await migrate(url);
  await loadReferenceData(url);
  if (wanted('W1') || wanted('W3') || wanted('W1L')) {
    const projects = quick ? 20_000 : 1_000_000;
    say(`building ${projects} projects …`);
    await buildZone(url, projects);
    const env = { DATABASE_URL: url, PROJECTS: String(projects), PORT: '0', YINFENG_DATA: folder, LOG_LEVEL: 'silent', YINFENG_BENCH: '1', NODE_ENV: 'production' };
    const api = await startScript('Yinfeng', here('./api.js'), env);
    if (wanted('W1')) {
      say('W1 list …');
      const bare = await startScript('bare node:http + pg', here('./bare-list.js'), env);
      tables.push(table('W1: 50 projects of a department and stage', await benchW1(bare, api, postmaster, quick)));
      await bare.stop();
    }
    if (wanted('W3')) {
      say('W3 visits …');
      const bare = await startScript('bare node:http + function', here('./bare-visit.js'), env);
      tables.push(table('W3: log a visit, durable, 16 clients', await benchW3(bare, api, postmaster, projects, quick)));
      await bare.stop();
    }
    if (wanted('W1L')) {
      say('W1L overdue …');
      await buildDeadlines(url);
      const bare = await startScript('bare node:http + pg', here('./bare-overdue.js'), env);
      tables.push(table('W1L: 50 overdue deadlines of the zone and of a department, and an agent\'s day without duties', await benchW1L(bare, api, postmaster, quick)));
      await bare.stop();
    }
    await api.stop();
  }
  if (wanted('W2')) {
    say('W2 roll-up …');
    tables.push(table('W2: stock by stage × department × industry, and what keeping the books costs', await benchW2({ quick, url })));
  }
  if (wanted('W4')) {
    say('W4 reminders …');
    tables.push(table('W4: reminders due at once, and alone (CPU ms each)', await benchW4({ quick, url, postmaster, dataDir: folder, say })));
  }
  if (wanted('W5')) {
    say('W5 import …');
    tables.push(table('W5: a ledger of 25 columns from the file to books kept', await benchW5({ quick, url })));
  }
  if (wanted('W6')) {
    say('W6 search …');
    tables.push(table('W6: one box over names, at two sizes of the zone (p50/p95 ms)', await benchW6({ quick, url, say })));
  }
  if (wanted('W7')) {
    say('W7 start …');
    tables.push(table('W7: start and memory', await benchW7(quick)));
  }
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`\n${tables.join('\n')}`);
