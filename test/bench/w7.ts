import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, pssOfTree, type Row } from './measure.js';

/** W7: npm start from an empty folder and again on its data, to the first answered query; memory of everything once it idles. */
export async function benchW7(quick: boolean): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'yinfeng-bench-start-'));
  // Started by root, the database runs as somebody else: it has to reach its folder, or keeps its data outside, where nobody removes it.
  chmodSync(folder, 0o755);
  const rows: Row[] = [];
  try {
    for (const start of ['first start, with demo zone', 'on existing data', 'on existing data, again'].slice(0, quick ? 2 : 3)) {
      const port = await freePort();
      const began = performance.now();
      const child = spawn(process.execPath, ['--enable-source-maps', new URL('../../apps/standalone/src/main.js', import.meta.url).pathname], {
        env: { ...process.env, PORT: String(port), YINFENG_DATA: join(folder, 'data'), LOG_LEVEL: 'silent', NODE_ENV: '' }, stdio: 'ignore',
      });
      const answered = await firstAnswer(port, () => child.exitCode);
      await pause(quick ? 5_000 : 15_000);
      rows.push({ W7: start, 'first query s': (answered - began) / 1000, 'idle memory MB (PSS)': Math.round(pssOfTree(child.pid!)) });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function firstAnswer(port: number, ended: () => number | null): Promise<number> {
  for (;;) {
    if (ended() !== null) throw new Error(`the starter ended with ${ended()}`);
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{ __typename }"}' });
      if (answer.ok) return performance.now();
    } catch {
      // not yet listening
    }
    await pause(50);
  }
}
