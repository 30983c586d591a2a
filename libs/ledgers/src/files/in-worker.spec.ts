import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transform } from '@swc/core';
import { readWorkbookInWorker } from './in-worker.js';
import { readWorkbook } from './workbook.js';

/**
 * Jest runs the TypeScript sources, where no thread can be started. So the sources are compiled once
 * into the cache folder (inside the repository, where the packages resolve) and a plain Node process
 * runs what an import job would run.
 */
const SOURCES = dirname(fileURLToPath(import.meta.url));
const FIXTURES = join(process.cwd(), 'test/fixtures/ledgers');
const BUILD = join(process.cwd(), '.cache', `files-in-worker-${process.pid}`);
const run = promisify(execFile);

async function script(body: string): Promise<unknown> {
  const program = `
    import { openWorkbookInWorker, readWorkbookInWorker } from './in-worker.js';
    import { readWorkbook, UnreadableFile } from './workbook.js';
    const fixtures = ${JSON.stringify(FIXTURES)} + '/';
    const attempt = (work) => work.then(() => 'read', (error) => error instanceof UnreadableFile ? error.code : String(error));
    const answer = await (async () => { ${body} })();
    process.stdout.write(JSON.stringify(answer));`;
  const file = join(BUILD, `run-${Math.random().toString(36).slice(2)}.js`);
  await writeFile(file, program);
  const { stdout } = await run(process.execPath, [file], { env: { PATH: process.env['PATH'] }, timeout: 50_000, maxBuffer: 1 << 26 });
  return JSON.parse(stdout);
}

describe('reading in a thread', () => {
  beforeAll(async () => {
    await mkdir(BUILD, { recursive: true });
    await writeFile(join(BUILD, 'package.json'), '{"type":"module"}');
    for (const name of await readdir(SOURCES)) {
      if (!name.endsWith('.ts') || name.endsWith('.spec.ts')) continue;
      const { code } = await transform(await readFile(join(SOURCES, name), 'utf8'), { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } });
      await writeFile(join(BUILD, name.replace(/\.ts$/, '.js')), code);
    }
  });
  afterAll(async () => {
    const { rm } = await import('node:fs/promises');
    await rm(BUILD, { recursive: true, force: true });
  });

  it('falls back to this process under Jest', async () => {
    const file = join(FIXTURES, 'messy-cases.xlsx');
    expect(await readWorkbookInWorker(file, { name: 'messy-cases.xlsx' })).toEqual(await readWorkbook(file, { name: 'messy-cases.xlsx' }));
  });

  it.each(['ledger-changchun-xinqu-2024.xlsx', 'signed-changchun-xinqu.csv', 'signed-changchun-xinqu.xls'])('gives the rows of %s as the reader itself', async (name) => {
    const inThread = await script(`return readWorkbookInWorker(fixtures + '${name}', { name: '${name}' });`);
    const here = await readWorkbook(join(FIXTURES, name), { name });
    expect(inThread).toEqual(JSON.parse(JSON.stringify(here)));
  });

  it('reads bytes, reads again, stops early, and ends the process without being closed', async () => {
    const answer = await script(`
      const { readFileSync } = await import('node:fs');
      const opened = await openWorkbookInWorker(readFileSync(fixtures + 'ledger-changchun-xinqu-2024.xlsx'), { name: 'a.xlsx' });
      const counts = [];
      for await (const rows of opened.batches(1)) { counts.push(rows.length > 0); break; }
      for (let time = 0; time < 2; time++) { let n = 0; for await (const rows of opened.batches(1)) n += rows.length; counts.push(n); }
      return counts;`);
    expect(answer).toEqual([true, 1363, 1363]);
  });

  it('turns refusals, exhausted memory and lost time into UnreadableFile, and the process lives on', async () => {
    const answer = await script(`
      const bomb = await attempt(readWorkbookInWorker(fixtures + 'hostile/zip-bomb-sheet.xlsx', { name: 'a.xlsx' }));
      const memory = await attempt(readWorkbookInWorker(fixtures + 'hostile/zip-bomb-sheet.xlsx', { name: 'a.xlsx', limits: { ratio: 1e9, entryBytes: 1e9, inflatedBytes: 1e9, heapMegabytes: 6 } }));
      const time = await attempt(readWorkbookInWorker(fixtures + 'ledger-changchun-xinqu-2024.xlsx', { name: 'a.xlsx', limits: { stepMillis: 1 } }));
      const gone = await attempt(readWorkbookInWorker(fixtures + 'none.xlsx', { name: 'a.xlsx' }));
      const after = await attempt(readWorkbookInWorker(fixtures + 'messy-cases.xlsx', { name: 'a.xlsx' }));
      return { bomb, memory, time, gone, after };`);
    expect(answer).toEqual({ bomb: 'TOO_LARGE', memory: 'OUT_OF_MEMORY', time: 'TIMEOUT', gone: expect.stringContaining('ENOENT'), after: 'read' });
  });
});
