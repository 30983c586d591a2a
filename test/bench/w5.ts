import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import { migrate, newId } from '@yinfeng/platform';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { loadReferenceData } from '@yinfeng/directory';
import type { Row } from './measure.js';
import { copyW5, W5_HEADERS, type W5Value, writeW5 } from './w5-data.js';

/** A table of its own for the baselines: what the file holds, a key and one more index, no rules and no books. */
const BARE = `create table w5_bare (code text primary key, ${W5_HEADERS.slice(1).map((_, i) => `c${i} text`).join(', ')}, unique (c0, code))`;

/**
 * W5: a ledger of 100,000 rows × 25 columns, from the file to the books. The limit is COPY of the same rows into a bare
 * table; the usual way is exceljs row by row with multi-row INSERT. Ours reads, checks for repeats, validates, books
 * every project with first report, milestones, firms, people and amounts, and audits. `url` names a server on which
 * databases may be made; this one is dropped at the end.
 */
export async function benchW5({ quick, url }: { quick: boolean; url: string }): Promise<Row[]> {
  const count = quick ? 10_000 : 100_000;
  const folder = await mkdtemp(join(tmpdir(), 'yinfeng-w5-'));
  const name = 'yinfeng_bench_w5';
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`drop database if exists ${name} with (force)`);
  await admin.query(`create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  try {
    await migrate(own.href);
    await loadReferenceData(own.href);
    const file = process.env.W5_LEDGER ?? join(folder, 'ledger.xlsx');
    if (!process.env.W5_LEDGER) await writeW5(file, count);
    const rows: Row[] = [await limit(own.href, count), await usual(own.href, file, count)];
    const ours = await imported(own.href, file, folder);
    rows.push({ what: 'Yinfeng: file to books', 'rows/s': Math.round(ours.created / (ours.readSeconds + ours.keepSeconds)), seconds: ours.readSeconds + ours.keepSeconds, 'peak MB': ours.peakMb, share: '' });
    rows.push({ what: '  reading, checking, planning', 'rows/s': Math.round(ours.created / ours.readSeconds), seconds: ours.readSeconds, 'peak MB': '', share: '' });
    rows.push({ what: '  keeping the books, audit', 'rows/s': Math.round(ours.created / ours.keepSeconds), seconds: ours.keepSeconds, 'peak MB': '', share: '' });
    const most = Number(rows[0]!['rows/s']);
    return rows.map((r) => ({ ...r, share: `${((100 * Number(r['rows/s'])) / most).toFixed(1)} %` }));
  } finally {
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.end();
    await rm(folder, { recursive: true, force: true });
  }
}

async function limit(url: string, count: number): Promise<Row> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(BARE);
  const started = performance.now();
  await copyW5(client.query(copyFrom('copy w5_bare from stdin')), count);
  const seconds = (performance.now() - started) / 1000;
  await client.query('drop table w5_bare');
  await client.end();
  return { what: 'limit: COPY into a bare table', 'rows/s': Math.round(count / seconds), seconds, 'peak MB': '' };
}

/** exceljs' streaming reader and INSERT of 1,000 rows at a time, without any check. */
async function usual(url: string, file: string, count: number): Promise<Row> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(BARE);
  const started = performance.now();
  let batch: W5Value[][] = [];
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    const width = W5_HEADERS.length;
    await client.query(`insert into w5_bare values ${batch.map((_, r) => `(${W5_HEADERS.map((__, c) => `$${r * width + c + 1}`).join(',')})`).join(',')}`, batch.flat());
    batch = [];
  };
  for await (const sheet of new ExcelJS.stream.xlsx.WorkbookReader(file, { sharedStrings: 'cache', worksheets: 'emit', hyperlinks: 'ignore', styles: 'ignore', entries: 'emit' })) {
    for await (const row of sheet) {
      if (row.number === 1) continue;
      batch.push(W5_HEADERS.map((_, i) => (row.getCell(i + 1).value ?? null) as W5Value));
      if (batch.length === 1000) await flush();
    }
  }
  await flush();
  const seconds = (performance.now() - started) / 1000;
  await client.query('drop table w5_bare');
  await client.end();
  return { what: 'usual: exceljs and multi-row INSERT', 'rows/s': Math.round(count / seconds), seconds, 'peak MB': '' };
}

interface Measured {
  created: number;
  readSeconds: number;
  keepSeconds: number;
  peakMb: number;
}

async function imported(url: string, file: string, folder: string): Promise<Measured> {
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  const zone = newId();
  await owner.query(`insert into zone (id, code, name) values ($1, 'W5', 'W5')`, [zone]);
  await owner.end();
  const script = new URL('./w5-import.js', import.meta.url).pathname;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script], { env: { ...process.env, W5_URL: url, W5_FILE: file, W5_ZONE: zone, W5_DATA: join(folder, 'files') }, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(JSON.parse(text) as Measured) : reject(new Error(`the import ended with ${code}`))));
  });
}
