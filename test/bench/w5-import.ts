/** One import from file to books in a process of its own, so that its memory can be told; prints one JSON line. Started by w5.ts. */
import 'reflect-metadata';
import { ImportReads, ImportRuns, ImportsService } from '@yinfeng/ledgers';
import { Clock, Database, FileStore, systemActor } from '@yinfeng/platform';

const { W5_URL, W5_FILE, W5_ZONE, W5_DATA } = process.env;
if (!W5_URL || !W5_FILE || !W5_ZONE || !W5_DATA) throw new Error('started by w5.ts alone');
const clock = new Clock();
const db = await new Database({ url: W5_URL, poolSize: 3, statementTimeoutMs: 600_000 }, clock).connect();
const store = new FileStore(W5_DATA);
const imports = new ImportsService(db, store, new ImportRuns(db, clock, store));
const reads = new ImportReads(db);
const actor = systemActor(W5_ZONE, 'w5');

const started = performance.now();
const fileId = await imports.take(actor, W5_FILE);
const { importId } = await imports.read(actor, { fileId, asOf: '2024-12-31' }, 'TO_THE_END');
const read = performance.now();
await imports.confirm(actor, { importId, expectedVersion: await reads.version(actor, importId) }, 'TO_THE_END');
const kept = performance.now();
const report = await reads.report(actor, importId);
console.log(JSON.stringify({ created: report.created, readSeconds: (read - started) / 1000, keepSeconds: (kept - read) / 1000, peakMb: process.resourceUsage().maxRSS / 1024 }));
await db.onApplicationShutdown();
