import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, FileStore, Refusal, type Tx } from '@yinfeng/platform';
import { UnreadableFile } from '../files/workbook.js';
import { discardDrafts, DraftStore } from './draft-store.js';
import { recallMapping, rememberMapping } from './header-memory.js';
import { findImport, lockBooks, type ImportRecord } from './import-record.js';
import { keepProjects, keepVisits, noteVersions, type FirmConflict } from './keep-rows.js';
import { countRows, keepPlan, planProjects, planVisits } from './plan-rows.js';
import { readFile } from './read-file.js';
import type { FileRead, WarningSummary } from './read-rows.js';
import { restoreChanges } from './undo.sql.js';
import type { DepartmentName, SheetReading } from '../reading/ledger-reading.js';

/** Progress of reading is told every so many rows. */
const TOLD_ROWS = 2_500;

/** Thrown between steps when somebody has asked to stop. Everything is rolled back. */
class Cancelled extends Error {}

/** The long work on imports: one transaction each, on a connection of its own, its progress told on another. */
@Injectable()
export class ImportRuns {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly store: FileStore,
  ) {}

  /**
   * Reads the file of an import in state READING and plans its rows; nothing else on the books changes.
   * @throws Refusal FILE_UNREADABLE; the import is then FAILED with the reason
   */
  async read(actor: Actor, importId: string): Promise<void> {
    try {
      await this.db.dedicated(actor, async (tx, client) => {
        const record = await findImport(tx, importId);
        if (record?.state !== 'READING') return;
        await this.clear(tx, importId);
        const { options } = record;
        const store = new DraftStore(tx, client, importId);
        await store.open();
        let told = 0;
        const departments = await tx.rows<DepartmentName>('select name, aliases from department order by name');
        const read = await this.store.withPath(record.sha256, (path) => readFile({
          path, name: record.file_name, asOf: options.asOf ?? null, sheetKind: options.sheetKind ?? null, mapping: options.mapping ?? null,
          includeHidden: options.includeHidden ?? [], today: this.clock.today(), departments,
        }, {
          recall: (sheets) => recallMapping(tx, sheets),
          keep: async (batch) => {
            await store.write(batch);
            if (batch.rows - told < TOLD_ROWS) return;
            told = batch.rows;
            await this.tell(actor, importId, told);
          },
        }));
        await store.close();
        if (read.reading.refusal) throw new Refusal('FILE_UNREADABLE', ['fileId'], { name: record.file_name, reason: read.reading.refusal.text });
        await preferWholeSets(tx, read.rows);
        await planProjects(tx, importId, read.fingerprints);
        await planVisits(tx, importId);
        await keepPlan(tx, importId);
        await this.tellLinks(tx, importId, read);
        await this.conclude(tx, importId, read);
      }, 'ledgerImport');
    } catch (error) {
      throw await this.failed(actor, importId, error, 'READING', 'FAILED');
    }
  }

  /** Brings an import in state APPLYING into the books. Safe to run twice: whoever comes later finds it APPLIED. */
  async apply(actor: Actor, importId: string): Promise<void> {
    try {
      await this.db.dedicated(actor, async (tx) => {
        await lockBooks(tx);
        const record = await findImport(tx, importId);
        if (record?.state !== 'APPLYING') return;
        await preferWholeSets(tx, record.total);
        const tell = (share: number): Promise<void> => this.tell(actor, importId, Math.round(record.total * share));
        await planProjects(tx, importId, record.fingerprints);
        await tell(0.05);
        const conflicts = await keepProjects(tx, importId, Number(this.clock.today().slice(0, 4)), tell);
        await planVisits(tx, importId);
        await keepVisits(tx, importId);
        await noteVersions(tx, importId);
        await keepPlan(tx, importId);
        await this.close(tx, record, conflicts);
      }, 'importConfirm');
      await this.refreshStatistics(actor);
    } catch (error) {
      throw await this.failed(actor, importId, error, 'APPLYING', 'WAITING');
    }
  }

  /** Takes an import in state UNDOING back: what it changed is as before, what it made is gone. */
  async undo(actor: Actor, importId: string): Promise<void> {
    try {
      await this.db.dedicated(actor, async (tx) => {
        await lockBooks(tx);
        if ((await findImport(tx, importId))?.state !== 'UNDOING') return;
        await restoreChanges(tx, importId);
        await tx.run('select works_import_remove($1)', [importId]);
        await tx.run('select import_remove($1)', [importId]);
        await tx.run('delete from import_change where import_id = $1', [importId]);
        await discardDrafts(tx, importId);
        await tx.run(`update ledger_row set project_id = null, visit_id = null where import_id = $1 and (project_id is not null or visit_id is not null)`, [importId]);
        await tx.run(`update ledger_import set state = 'UNDONE', undone_at = app_now(), progress = total, version = version + 1, failure = null where id = $1`, [importId]);
      }, 'importUndo');
      await this.refreshStatistics(actor);
    } catch (error) {
      throw await this.failed(actor, importId, error, 'UNDOING', 'APPLIED');
    }
  }

  /** The books may hold many times the rows they held: the planner has to know before the next file is compared with them. */
  private async refreshStatistics(actor: Actor): Promise<void> {
    // Only speed hangs on it, and the import is in the books already.
    await this.db.tx(actor, (tx) => tx.run('select fresh_statistics()')).catch(() => undefined);
  }

  /** What an earlier reading has left. */
  private async clear(tx: Tx, importId: string): Promise<void> {
    await discardDrafts(tx, importId);
    await tx.run('delete from ledger_row_text where import_id = $1', [importId]);
    await tx.run('delete from ledger_row where import_id = $1', [importId]);
  }

  /** An enterprise of several projects and none named: shown beside the cell of the enterprise. */
  private async tellLinks(tx: Tx, importId: string, read: FileRead): Promise<void> {
    const rows = await tx.rows<{ ord: number; sheet: string; row: number; names: string[] }>(
      `select r.ord, r.sheet, r.row, array(select p.code || ' ' || p.name from project p where r.candidates ? p.id::text order by p.code) as names from ledger_row r where r.import_id = $1 and r.reason = 'LINK_AMBIGUOUS' order by r.ord`, [importId]);
    const told = rows.map((r) => {
      const sheet = read.reading.sheets.find((s) => s.name === r.sheet);
      const column = sheet?.columns.find((c) => c.field === 'enterprise');
      const cell = `${column?.letter ?? 'A'}${r.row}`;
      const entry: WarningSummary = (read.warnings['LINK_AMBIGUOUS'] ??= { level: 'ask', count: 0, cells: [] });
      entry.count++;
      entry.cells.push(`${r.sheet}!${cell}`);
      return { ord: r.ord, column: column?.letter ?? '', cell, header: column?.header ?? '', field: 'enterprise', raw: null, class: 'LINK_AMBIGUOUS', level: 'ask', note: `该企业有多个项目：${r.names.join('；')}` };
    });
    if (told.length === 0) return;
    await tx.run(
      `update ledger_row_text t set warnings = coalesce(t.warnings::jsonb, '[]') || jsonb_build_array(w.v - 'ord') from (select (v ->> 'ord')::int as ord, v from jsonb_array_elements($2::jsonb) v) w
       where t.import_id = $1 and t.ord = w.ord`, [importId, JSON.stringify(told)]);
  }

  private async conclude(tx: Tx, importId: string, read: FileRead): Promise<void> {
    const { reading } = read;
    await tx.run(
      `update ledger_import set state = 'WAITING', kind = $2, as_of = $3, mapping = $4, fingerprints = $5, questions = $6, counts = $7, warnings = $8, sheets = $9, progress = $10, total = $10, version = version + 1, failure = null
       where id = $1`,
      [importId, reading.kind, read.asOf, JSON.stringify(mappingOf(reading.sheets)), read.fingerprints, JSON.stringify(reading.needsAnswer), JSON.stringify(await countRows(tx, importId)), JSON.stringify(read.warnings),
        JSON.stringify({ sheets: reading.sheets, notices: read.notices, fileWarnings: reading.fileWarnings, lookAlikes: reading.lookAlikes, departmentAliases: reading.departmentAliases, asOf: reading.asOf }), read.rows]);
  }

  private async close(tx: Tx, record: ImportRecord, conflicts: FirmConflict[]): Promise<void> {
    const { id, options } = record;
    const stored = await tx.row<{ sheets: { sheets: SheetReading[] } }>('select sheets from ledger_import where id = $1', [id]);
    if (options.mapping) await rememberMapping(tx, stored!.sheets.sheets.filter((s) => s.imported), options.mapping);
    const counts = await countRows(tx, id);
    // Rows that still wait keep their drafts: they can be decided later.
    if (counts.undecided === 0) await discardDrafts(tx, id);
    else await keepHeldDrafts(tx, id);
    await tx.run(
      `update ledger_import set state = 'APPLIED', counts = $2, sheets = jsonb_set(sheets, '{conflicts}', $3), applied_at = coalesce(applied_at, app_now()), progress = total, version = version + 1, failure = null where id = $1`,
      [id, JSON.stringify(counts), JSON.stringify(conflicts.slice(0, 500))]);
  }

  /** Progress on a connection of its own, committed while the work runs. */
  private async tell(actor: Actor, importId: string, progress: number): Promise<void> {
    const cancelled = await this.db.tx(actor, async (tx) => (await tx.row<{ cancel_asked: boolean }>('update ledger_import set progress = $2, total = greatest(total, $2) where id = $1 returning cancel_asked', [importId, progress]))?.cancel_asked);
    if (cancelled) throw new Cancelled();
  }

  private async failed(actor: Actor, importId: string, error: unknown, from: string, to: string): Promise<unknown> {
    const reason = error instanceof UnreadableFile ? (actor.locale === 'en' ? error.messageEn : error.messageZh) : error instanceof Refusal ? String(error.params['reason'] ?? error.code) : error instanceof Cancelled ? '已停止' : '系统出错，未能完成';
    const name = await this.db.tx(actor, async (tx) => (await tx.row<{ file_name: string }>(
      `update ledger_import set state = case when $3 = 'WAITING' and applied_at is not null then 'APPLIED' else $3 end, failure = $4, cancel_asked = false, progress = 0, version = version + 1 where id = $1 and state = $2 returning file_name`, [importId, from, to, reason]))?.file_name).catch(() => undefined);
    if (error instanceof UnreadableFile) return new Refusal('FILE_UNREADABLE', ['fileId'], { name: name ?? '', reason });
    if (error instanceof Cancelled) return new Refusal('IMPORT_STATE', ['importId'], { state: reason });
    return error;
  }
}

async function keepHeldDrafts(tx: Tx, importId: string): Promise<void> {
  const waiting = `(select ord from ledger_row where import_id = $1 and action = 'HOLD' and decision is null)`;
  for (const table of ['draft_project', 'draft_amount', 'draft_milestone', 'draft_works', 'draft_company', 'draft_contact', 'draft_visit']) await tx.run(`delete from ${table} where import_id = $1 and ord not in ${waiting}`, [importId]);
}

/** Many rows at once: the server has no statistics of drafts yet and would look them up one by one. */
async function preferWholeSets(tx: Tx, rows: number): Promise<void> {
  await tx.run(`set local work_mem = '64MB'`);
  if (rows <= 5_000) return;
  await tx.run('set local enable_nestloop = off');
  // New names are sorted into the search indexes afterwards, by the server's own housekeeping.
  await tx.run(`set local gin_pending_list_limit = '64MB'`);
}

/** Sheet → column → field and unit, as it was read. */
function mappingOf(sheets: readonly SheetReading[]): object {
  return Object.fromEntries(sheets.filter((s) => s.imported).map((s) => [s.name, { headerRows: s.headerRows, columns: Object.fromEntries(s.columns.map((c) => [c.letter, { field: c.field, ...(c.unit ? { unit: c.unit } : {}) }])) }]));
}
