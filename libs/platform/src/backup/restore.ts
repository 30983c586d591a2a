import { createHash, type Hash } from 'node:crypto';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { Refusal } from '../actor/refusal.js';
import { FileStore } from '../files/file-store.js';
import { BACKUP_FORMAT, type BackupHeader, type BackupManifest, SAME_WORDS, sha256 } from './back-up.js';
import { appliedMigrations, backupTables, BROUGHT_BY_INSTALLATION, CONTINUE_NUMBERS, copyIn, quoted } from './backup-tables.sql.js';
import { DamagedBackup, type Frame, FRAME, readFrames } from './frames.js';

export interface RestoreOrder {
  /** Owner's URL of a migrated database without a zone in it. */
  url: string;
  filesFolder: string;
  /** The store itself, when it is not that folder. */
  files?: FileStore;
  file: string;
}
export interface RestoreReport {
  file: string;
  createdAt: string;
  tables: number;
  rows: number;
  files: number;
}

/**
 * Reads a backup through without a database: format, every digest, every count.
 * @throws Refusal BACKUP_DAMAGED, BACKUP_NEWER, NOT_FOUND (no such file).
 */
export async function checkBackup(file: string): Promise<{ header: BackupHeader; report: RestoreReport }> {
  try {
    return await readThrough(file);
  } catch (error) {
    if (error instanceof DamagedBackup || error instanceof SyntaxError) throw new Refusal('BACKUP_DAMAGED', ['file'], { file, reason: error.message });
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Refusal('BACKUP_MISSING', ['file'], { file });
    throw error;
  }
}

/**
 * Puts a backup back: all of it in one transaction, or nothing. Checks the file from end to end first. Triggers of ours
 * rest meanwhile, because the books come with the rows; references between tables are checked by the database. Needs no superuser.
 * @throws Refusal BACKUP_DAMAGED, BACKUP_NEWER, BACKUP_SCHEMA (made by another version), RESTORE_NOT_EMPTY.
 */
export async function restore(order: RestoreOrder): Promise<RestoreReport> {
  const { header, report } = await checkBackup(order.file);
  const client = new pg.Client({ connectionString: order.url, application_name: 'yinfeng-restore', options: SAME_WORDS });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin');
    await demandSameSchema(client, header);
    // Writers wait until it is done, and find everything there.
    for (const { name } of header.tables) await client.query(`alter table public.${quoted(name)} disable trigger user`);
    await demandEmpty(client, header);
    for (const { name } of [...header.tables].reverse()) if (BROUGHT_BY_INSTALLATION.has(name)) await client.query(`delete from public.${quoted(name)}`);
    await fill(client, header, order.files ?? new FileStore(order.filesFolder), order.file);
    for (const { sql } of (await client.query<{ sql: string }>(CONTINUE_NUMBERS)).rows) await client.query(sql);
    for (const { name } of header.tables) await client.query(`alter table public.${quoted(name)} enable trigger user`);
    await client.query(`select audit_event(null, null, 'restore', $1::text, jsonb_build_object('backupOf', $2::text, 'rows', $3::int))`, [basename(order.file), report.createdAt, report.rows]);
    await client.query('commit');
    await client.query('analyze');
    return report;
  } finally {
    // An open transaction ends with its connection: nothing half done.
    await client.end().catch(() => undefined);
  }
}

async function demandSameSchema(client: pg.Client, header: BackupHeader): Promise<void> {
  const [ours, theirs] = [await appliedMigrations(client), header.migrations];
  if (theirs.some((name) => !ours.includes(name))) throw new Refusal('BACKUP_NEWER', ['file'], { found: theirs.at(-1) ?? '', known: ours.at(-1) ?? '' });
  const shape = (tables: BackupHeader['tables']) => JSON.stringify(tables.map((t) => [t.name, ...t.columns.toSorted()]).sort());
  if (theirs.length !== ours.length || shape(await backupTables(client)) !== shape(header.tables)) throw new Refusal('BACKUP_SCHEMA', ['file'], { found: theirs.at(-1) ?? '', known: ours.at(-1) ?? '' });
}

async function demandEmpty(client: pg.Client, header: BackupHeader): Promise<void> {
  for (const { name } of header.tables) {
    if (BROUGHT_BY_INSTALLATION.has(name)) continue;
    const { rowCount } = await client.query(`select 1 from public.${quoted(name)} limit 1`);
    if (rowCount) throw new Refusal('RESTORE_NOT_EMPTY', ['file'], { table: name });
  }
}

/** The second reading: rows into their tables, files into the store. The file may have been exchanged since the first one: then all is taken back. */
async function fill(client: pg.Client, header: BackupHeader, files: FileStore, file: string): Promise<void> {
  for await (const { frame, data } of sections(readFrames(file))) {
    const named = frame.kind === FRAME.table ? (JSON.parse(frame.payload.toString()) as { name: string }).name : null;
    if (named !== null) {
      await pipeline(Readable.from(data, { objectMode: false }), client.query(copyFrom(copyIn(header.tables.find((t) => t.name === named)!))));
    } else if (frame.kind === FRAME.file) {
      const saved = await files.save(Readable.from(data, { objectMode: false }), Number.POSITIVE_INFINITY);
      if (saved.sha256 !== (JSON.parse(frame.payload.toString()) as { sha256: string }).sha256) throw new Refusal('BACKUP_DAMAGED', ['file'], { file, reason: 'changed while it was read' });
    }
  }
}

async function readThrough(file: string): Promise<{ header: BackupHeader; report: RestoreReport }> {
  let header: BackupHeader | null = null;
  let manifest: BackupManifest | null = null;
  let headerSha256 = '';
  const seen: { name: string; sha256: string; rows: number }[] = [];
  const files = { count: 0, bytes: 0 };
  for await (const { frame, data } of sections(readFrames(file))) {
    if (manifest !== null) throw new DamagedBackup('something follows the manifest');
    if (header === null) {
      header = headerOf(frame);
      headerSha256 = sha256(frame.payload);
      continue;
    }
    const hash = createHash('sha256');
    const { bytes, lines } = await measure(data, hash);
    const digest = hash.digest('hex');
    if (frame.kind === FRAME.table) seen.push({ name: (JSON.parse(frame.payload.toString()) as { name: string }).name, sha256: digest, rows: lines });
    else if (frame.kind === FRAME.file) {
      files.count++;
      files.bytes += bytes;
      if ((JSON.parse(frame.payload.toString()) as { sha256: string }).sha256 !== digest) throw new DamagedBackup('a stored file is not what its name says');
    } else if (frame.kind === FRAME.manifest) manifest = JSON.parse(frame.payload.toString()) as BackupManifest;
    else throw new DamagedBackup('a second header');
  }
  if (header === null || manifest === null) throw new DamagedBackup('the file is cut off');
  const wrong = manifest.headerSha256 !== headerSha256 ? 'header'
    : JSON.stringify(manifest.files) !== JSON.stringify(files) ? 'stored files'
    : manifest.tables.length !== header.tables.length || seen.length !== header.tables.length ? 'number of tables'
    : header.tables.find((table, i) => {
      const [told, found] = [manifest.tables[i]!, seen[i]!];
      return told.name !== table.name || found.name !== table.name || told.sha256 !== found.sha256 || told.rows !== found.rows;
    })?.name;
  if (wrong !== undefined) throw new DamagedBackup(`${wrong}: not what the manifest says`);
  return { header, report: { file, createdAt: header.createdAt, tables: seen.length, rows: seen.reduce((n, t) => n + t.rows, 0), files: files.count } };
}

function headerOf(frame: Frame): BackupHeader {
  if (frame.kind !== FRAME.header) throw new DamagedBackup('no header of a backup');
  const header = JSON.parse(frame.payload.toString()) as BackupHeader;
  if (header.product !== 'yinfeng' || typeof header.format !== 'number') throw new DamagedBackup('no header of a backup');
  if (header.format > BACKUP_FORMAT) throw new Refusal('BACKUP_NEWER', ['file'], { found: header.format, known: BACKUP_FORMAT });
  return header;
}

/** Bytes, and rows of COPY's text format, where a line break inside a value is written as \n. */
async function measure(data: AsyncIterable<Buffer>, hash: Hash): Promise<{ bytes: number; lines: number }> {
  let bytes = 0;
  let lines = 0;
  for await (const piece of data) {
    hash.update(piece);
    bytes += piece.length;
    for (let at = piece.indexOf(10); at !== -1; at = piece.indexOf(10, at + 1)) lines++;
  }
  return { bytes, lines };
}

/** Frames with the data that belongs to each; data that the reader leaves is skipped. */
async function* sections(frames: AsyncGenerator<Frame>): AsyncGenerator<{ frame: Frame; data: AsyncIterable<Buffer> }> {
  try {
    let next = await frames.next();
    if (!next.done && next.value.kind === FRAME.data) throw new DamagedBackup('data without a name');
    while (!next.done) {
      const frame = next.value;
      const pieces = (async function* () {
        for (next = await frames.next(); !next.done && next.value.kind === FRAME.data; next = await frames.next()) yield next.value.payload;
      })();
      yield { frame, data: pieces };
      // What the reader did not want.
      while (!(await pieces.next()).done);
    }
  } finally {
    await frames.return(undefined);
  }
}
