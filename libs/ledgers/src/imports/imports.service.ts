import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Injectable } from '@nestjs/common';
import { type Actor, Database, demand, enqueue, FileStore, newId, once, Refusal, systemActor, type Tx, UUID } from '@yinfeng/platform';
import { DEFAULT_LIMITS } from '../files/workbook.js';
import type { LedgerKind, SavedMapping } from '../reading/ledger-reading.js';
import { ImportRuns } from './import-runs.js';
import { lockImport, type ImportOptions, type ImportRecord } from './import-record.js';
import { obstacles } from './undo.sql.js';

/** A file to be imported: one that was uploaded (`fileId`). Days are Shanghai days. */
export interface LedgerImportRequest {
  idempotencyKey?: string | null;
  fileId: string | null;
  /** For which day the file speaks; else what its title says. */
  asOf?: string | null;
  /** What its rows are, where the headers leave that open. */
  sheetKind?: LedgerKind | null;
  /** Sheet → column letter → field and unit, where they were read wrongly. */
  mapping?: SavedMapping | null;
  /** Hidden sheets to be read all the same. */
  includeHidden?: string[] | null;
}

export const DECISIONS = ['SAME', 'DIFFERENT', 'TAKE'] as const;
/** SAME: what is on record stands. TAKE: the same record, with the values of the row. DIFFERENT: a record of its own. */
export type Decision = (typeof DECISIONS)[number];

/** What a person says about a row that waits. */
export interface RowDecision {
  sheet: string;
  row: number;
  decision: Decision;
  /** Of several projects, the one that is meant. UUID. */
  projectId?: string | null;
}
export interface ImportConfirmation {
  idempotencyKey?: string | null;
  importId: string | null;
  expectedVersion: number;
  decisions?: RowDecision[] | null;
  /** For every row that waits and is not named in `decisions`. */
  decideAll?: Decision | null;
}
export interface ImportUndoing {
  idempotencyKey?: string | null;
  importId: string | null;
  expectedVersion: number;
}

/** Up to this size a file is read while the caller waits; larger ones are read by a worker. */
const READ_AT_ONCE_BYTES = 3 * 1024 * 1024;
/** Up to so many rows an import enters the books while the caller waits. */
const APPLY_AT_ONCE_ROWS = 5_000;
/** A worker looks after what a caller's process may not have finished. */
const SAFETY_NET_MS = 5 * 60_000;

/** How the caller waits: an edge that answers a person leaves long work to a worker, the command line waits for it. */
export type Waiting = 'AT_MOST_SECONDS' | 'TO_THE_END';

@Injectable()
export class ImportsService {
  constructor(
    private readonly db: Database,
    private readonly store: FileStore,
    private readonly runs: ImportRuns,
  ) {}

  /**
   * Reads a ledger and shows what would become of each row; nothing on the books changes.
   * @throws Refusal NOT_FOUND (file), FILE_UNREADABLE with the reason
   */
  async read(actor: Actor, input: LedgerImportRequest, waiting: Waiting = 'AT_MOST_SECONDS'): Promise<{ importId: string }> {
    demand(actor, 'import.run');
    let size = 0;
    let fresh = false;
    const { importId } = await this.db.tx(actor, (tx) => once(tx, 'ledgerImport', input, async () => {
      // Only what this person uploaded: an id seen elsewhere opens nobody else's file.
      const file = input.fileId && UUID.test(input.fileId)
        ? await tx.row<{ id: string; name: string; sha256: Buffer; size: string }>('select id, name, sha256, size from stored_file where id = $1 and created_by is not distinct from app_staff()', [input.fileId]) : undefined;
      if (!file) throw new Refusal('NOT_FOUND');
      size = Number(file.size);
      fresh = true;
      const id = newId();
      const options: ImportOptions = { asOf: input.asOf ?? null, sheetKind: input.sheetKind ?? null, includeHidden: input.includeHidden ?? [], mapping: input.mapping ?? null, staffId: actor.staffId };
      await tx.run('insert into ledger_import (id, zone_id, file_id, file_name, sha256, options, created_by, created_at) values ($1, app_zone(), $2, $3, $4, $5, app_staff(), app_now())',
        [id, file.id, file.name, file.sha256, JSON.stringify(options)]);
      await this.leaveToWorker(tx, id, waiting === 'TO_THE_END' || size <= READ_AT_ONCE_BYTES);
      return { importId: id };
    }), { cause: 'ledgerImport' });
    if (fresh && (waiting === 'TO_THE_END' || size <= READ_AT_ONCE_BYTES)) await this.runs.read(actor, importId);
    return { importId };
  }

  /**
   * Takes a file from a path into the store, for the command line. @returns UUID of the stored file
   * @throws Refusal FILE_TOO_LARGE
   */
  async take(actor: Actor, path: string): Promise<string> {
    demand(actor, 'file.upload');
    const { sha256, size } = await this.store.save(createReadStream(path), DEFAULT_LIMITS.textBytes);
    const id = newId();
    await this.db.tx(actor, (tx) => tx.run(`insert into stored_file (id, zone_id, sha256, name, media_type, size, created_by) values ($1, app_zone(), decode($2, 'hex'), $3, 'application/octet-stream', $4, app_staff())`,
      [id, sha256, basename(path), size]));
    return id;
  }

  /**
   * Confirms an import: its rows enter the books in one transaction, held ones as decided. Rows left undecided keep
   * waiting; a later confirmation may decide them.
   * @throws Refusal NOT_FOUND, CONFLICT, IMPORT_STATE, IMPORT_NEEDS_ANSWER, UNKNOWN_REFERENCE
   */
  async confirm(actor: Actor, input: ImportConfirmation, waiting: Waiting = 'AT_MOST_SECONDS'): Promise<{ importId: string }> {
    demand(actor, 'import.run');
    let atOnce = false;
    const done = await this.db.tx(actor, (tx) => once(tx, 'importConfirm', input, async () => {
      const record = await this.demandImport(tx, input.importId, input.expectedVersion, ['WAITING', 'APPLIED']);
      const question = record.questions[0];
      if (question) throw new Refusal('IMPORT_NEEDS_ANSWER', ['importId'], { question: question.text }, record.id);
      await this.decide(tx, record.id, input);
      atOnce = waiting === 'TO_THE_END' || record.total <= APPLY_AT_ONCE_ROWS;
      await tx.run(`update ledger_import set state = 'APPLYING', progress = 0, cancel_asked = false, version = version + 1, options = options || jsonb_build_object('staffId', app_staff()) where id = $1`, [record.id]);
      await this.leaveToWorker(tx, record.id, atOnce);
      return { importId: record.id };
    }), { cause: 'importConfirm' });
    if (atOnce) await this.runs.apply(actor, done.importId);
    return done;
  }

  /**
   * Takes the whole import back. Refused while anything has been built on it since.
   * @throws Refusal NOT_FOUND, CONFLICT, IMPORT_STATE, IMPORT_UNDO_BLOCKED naming the row
   */
  async undo(actor: Actor, input: ImportUndoing, waiting: Waiting = 'AT_MOST_SECONDS'): Promise<{ importId: string }> {
    demand(actor, 'import.undo');
    let atOnce = false;
    const done = await this.db.tx(actor, (tx) => once(tx, 'importUndo', input, async () => {
      const record = await this.demandImport(tx, input.importId, input.expectedVersion, ['APPLIED']);
      const [obstacle] = await obstacles(tx, record.id);
      if (obstacle) throw new Refusal('IMPORT_UNDO_BLOCKED', ['importId'], { row: obstacle.row, name: obstacle.name, what: obstacle.what }, record.id);
      atOnce = waiting === 'TO_THE_END' || record.total <= APPLY_AT_ONCE_ROWS;
      await tx.run(`update ledger_import set state = 'UNDOING', progress = 0, cancel_asked = false, version = version + 1, options = options || jsonb_build_object('staffId', app_staff()) where id = $1`, [record.id]);
      await this.leaveToWorker(tx, record.id, atOnce);
      return { importId: record.id };
    }), { cause: 'importUndo', statementTimeoutMs: 60_000 });
    if (atOnce) await this.runs.undo(actor, done.importId);
    return done;
  }

  /** Asks long work on an import to stop; it stops at its next step and leaves nothing behind. */
  async cancel(actor: Actor, importId: string | null): Promise<{ importId: string }> {
    demand(actor, 'import.run');
    return this.db.tx(actor, async (tx) => {
      const record = await this.demandImport(tx, importId, null, ['READING', 'APPLYING']);
      await tx.run('update ledger_import set cancel_asked = true where id = $1', [record.id]);
      return { importId: record.id };
    }, { cause: 'importCancel' });
  }

  /** The job of an import, whatever it waits for: reading, applying or undoing. Safe to run twice, late or at once. */
  async resume(zoneId: string, importId: string, requestId: string): Promise<void> {
    const system = systemActor(zoneId, requestId);
    const row = await this.db.tx(system, (tx) => tx.row<{ state: string; staff: string | null }>(`select state, options ->> 'staffId' as staff from ledger_import where id = $1`, [importId]));
    // What is done in a person's name is on record in that name.
    const actor: Actor = { ...system, staffId: row?.staff ?? null };
    if (row?.state === 'READING') await this.runs.read(actor, importId);
    if (row?.state === 'APPLYING') await this.runs.apply(actor, importId);
    if (row?.state === 'UNDOING') await this.runs.undo(actor, importId);
  }

  private async leaveToWorker(tx: Tx, importId: string, asSafetyNet: boolean): Promise<void> {
    await enqueue(tx, 'imports.apply', { zoneId: tx.actor.zoneId, importId }, asSafetyNet ? { runAt: new Date(Date.now() + SAFETY_NET_MS) } : {});
  }

  private async demandImport(tx: Tx, importId: string | null, version: number | null, states: readonly string[]): Promise<ImportRecord> {
    const record = importId && UUID.test(importId) ? await lockImport(tx, importId) : undefined;
    if (!record) throw new Refusal('NOT_FOUND');
    if (version !== null && record.version !== version) throw new Refusal('CONFLICT', ['expectedVersion'], { version: record.version }, record.id);
    if (!states.includes(record.state)) throw new Refusal('IMPORT_STATE', ['importId'], { state: record.state }, record.id);
    return record;
  }

  private async decide(tx: Tx, importId: string, input: ImportConfirmation): Promise<void> {
    for (const [i, d] of (input.decisions ?? []).entries()) {
      const found = await tx.run(
        `update ledger_row set decision = $4, project_id = coalesce($5, project_id) where import_id = $1 and sheet = $2 and row = $3
           and ((action = 'HOLD' and ($5::uuid is null or candidates ? $5::text)) or (reason = 'LINK_AMBIGUOUS' and $5 is not null and candidates ? $5::text))`,
        [importId, d.sheet, d.row, d.decision, d.projectId ?? null]);
      if (found === 0) throw new Refusal('UNKNOWN_REFERENCE', ['decisions', String(i)], { field: '待定行', value: `${d.sheet} ${d.row}` });
    }
    if (input.decideAll) await tx.run(`update ledger_row set decision = $2 where import_id = $1 and action = 'HOLD' and decision is null`, [importId, input.decideAll]);
  }
}
