import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { Refusal } from '../actor/refusal.js';
import { FileStore } from '../files/file-store.js';
import { appliedMigrations, type BackupTable, backupTables, copyOut } from './backup-tables.sql.js';
import { dataFrames, frame, FRAME } from './frames.js';

export const BACKUP_FORMAT = 1;
/** Rows travel as text: both sides have to read and write them alike. */
export const SAME_WORDS = '-c timezone=UTC -c datestyle=ISO,YMD -c intervalstyle=postgres -c extra_float_digits=3 -c bytea_output=hex -c client_encoding=UTF8 -c statement_timeout=0 -c search_path=public';

/** First frame of a backup. */
export interface BackupHeader {
  product: 'yinfeng';
  format: number;
  createdAt: string;
  migrations: string[];
  tables: BackupTable[];
}
/** Last frame: what has to have been seen by then. */
export interface BackupManifest {
  headerSha256: string;
  tables: { name: string; rows: number; sha256: string }[];
  files: { count: number; bytes: number };
}
export interface BackupReport {
  file: string;
  /** Size of the file. */
  bytes: number;
  createdAt: string;
  tables: number;
  rows: number;
  /** Stored files that went in, and those that the data folder does not hold or holds damaged. */
  files: number;
  missingFiles: number;
}

export interface BackupOrder {
  /** Owner's URL of the database. */
  url: string;
  /** Folder of the stored files. */
  filesFolder: string;
  /** The store itself, when it is not that folder. */
  files?: FileStore;
  /** File to write; must not exist. */
  file: string;
  /** A line for the person who waits. */
  notice?: (line: string) => void;
}

export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/**
 * Writes every row of the product, as of one instant, and the stored files that it names into one compressed file, while
 * others go on working. The file appears whole or not at all; it holds personal data and is readable by its owner only.
 * @throws Refusal BACKUP_EXISTS, BACKUP_NOTHING (no schema).
 */
export async function backUp(order: BackupOrder): Promise<BackupReport> {
  const { file, notice = () => undefined } = order;
  if (await access(file).then(() => true, () => false)) throw new Refusal('BACKUP_EXISTS', ['file'], { file });
  const client = new pg.Client({ connectionString: order.url, application_name: 'yinfeng-backup', options: SAME_WORDS });
  client.on('error', () => undefined);
  await client.connect();
  const draft = `${file}.${process.pid}.partial`;
  const report: BackupReport = { file, bytes: 0, createdAt: new Date().toISOString(), tables: 0, rows: 0, files: 0, missingFiles: 0 };
  try {
    await client.query('begin isolation level repeatable read, read only');
    const header: BackupHeader = { product: 'yinfeng', format: BACKUP_FORMAT, createdAt: report.createdAt, migrations: await appliedMigrations(client), tables: await backupTables(client) };
    if (header.migrations.length === 0) throw new Refusal('BACKUP_NOTHING');
    await pipeline(content(client, header, order.files ?? new FileStore(order.filesFolder), report, notice), createGzip({ level: 6 }), createWriteStream(draft, { flags: 'wx', mode: 0o600 }));
    await client.query('commit');
    await settle(draft, file);
    report.bytes = (await stat(file)).size;
    // After the snapshot: the backup does not tell of itself, the books that go on do.
    await client.query(`select audit_event(null, null, 'backup', $1::text, jsonb_build_object('rows', $2::int, 'files', $3::int))`, [basename(file), report.rows, report.files]);
    return report;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function* content(client: pg.Client, header: BackupHeader, files: FileStore, report: BackupReport, notice: (line: string) => void): AsyncGenerator<Buffer> {
  const first = Buffer.from(JSON.stringify(header));
  yield frame(FRAME.header, first);
  const manifest: BackupManifest = { headerSha256: sha256(first), tables: [], files: { count: 0, bytes: 0 } };
  for (const table of header.tables) {
    yield frame(FRAME.table, { name: table.name });
    const rows = client.query(copyTo(copyOut(table)));
    const hash = createHash('sha256');
    yield* dataFrames(watched(rows as AsyncIterable<Buffer>, (piece) => hash.update(piece)));
    manifest.tables.push({ name: table.name, rows: rows.rowCount, sha256: hash.digest('hex') });
    report.tables++;
    report.rows += rows.rowCount;
  }
  // By the snapshot of the rows: a file that they name was stored before them.
  const { rows } = await client.query<{ sha256: string }>(`select encode(sha256, 'hex') as sha256 from stored_file union select encode(thumbnail, 'hex') from stored_file where thumbnail is not null order by 1`);
  for (const { sha256: name } of rows) {
    const stored = await files.open(name);
    const bytes = stored && (await buffer(stored));
    if (bytes === null || sha256(bytes) !== name) {
      report.missingFiles++;
      notice(bytes === null ? `缺少文件 / stored file is missing: ${name}` : `文件已损坏 / stored file is damaged: ${name}`);
      continue;
    }
    yield frame(FRAME.file, { sha256: name });
    yield* dataFrames([bytes]);
    manifest.files.count++;
    manifest.files.bytes += bytes.length;
    report.files++;
  }
  yield frame(FRAME.manifest, manifest);
}

async function* watched(pieces: AsyncIterable<Buffer>, look: (piece: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    look(piece);
    yield piece;
  }
}

/** Content and name reach the disk before anybody is told. */
async function settle(draft: string, file: string): Promise<void> {
  const written = await open(draft, 'r+');
  await written.sync();
  await written.close();
  await rename(draft, file);
  const folder = await open(dirname(file), 'r').catch(() => null);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
