import { openWorkbookInWorker } from '../files/in-worker.js';
import { openWorkbook, type FileNotice } from '../files/workbook.js';
import type { DepartmentName, LedgerKind, LedgerReading, RowWarning, SavedMapping, SheetReading } from '../reading/ledger-reading.js';
import type { WorkbookSample } from '../reading/plan-sheets.js';
import { LedgerReader, sampleOf } from '../reading/read-ledger.js';
import { cellText, columnLetter } from '../recognition/cells.js';
import { DRAFT_TABLES, DraftLines, type DraftTable } from './draft-lines.js';
import type { SheetFacts } from './draft-project.rules.js';
import { fingerprintOf } from './header-memory.js';

/** What reading a file needs to be told. Days are Shanghai days. */
export interface FileToRead {
  path: string;
  name: string;
  asOf: string | null;
  sheetKind: LedgerKind | null;
  mapping: SavedMapping | null;
  includeHidden: string[];
  /** Stands in where neither the person nor the file says for which day it speaks. */
  today: string;
  departments: DepartmentName[];
}
/** A class of warnings with its cells (the first of them), as `sheet!cell`. */
export interface WarningSummary {
  level: string;
  count: number;
  cells: string[];
}
export interface FileRead {
  reading: Omit<LedgerReading, 'rows'>;
  asOf: string;
  fingerprints: string[];
  warnings: Record<string, WarningSummary>;
  notices: FileNotice[];
  rows: number;
}
/** Lines of some rows in UTF-8, by table, and how many rows have been read by then. */
export interface RowBatch {
  lines: [DraftTable, Uint8Array<ArrayBuffer>][];
  rows: number;
}
/** What the reader asks of whoever keeps the rows. */
export interface RowKeeper {
  /** The mapping that was remembered for these headers, if any. */
  recall(sheets: SheetReading[]): Promise<SavedMapping | null>;
  keep(batch: RowBatch): Promise<void>;
}

/** Rows of one batch: about a megabyte, whatever the size of the file. */
const BATCH_ROWS = 500;
const MOST_CELLS = 300;

/**
 * Reads a ledger row by row and hands on the lines of its drafts. Memory does not grow with the file beyond what telling
 * repeated rows apart needs.
 * @param apart whether the cells are read in a further thread
 * @throws UnreadableFile
 */
export async function readRows(file: FileToRead, keeper: RowKeeper, apart: boolean): Promise<FileRead> {
  const opened = await (apart ? openWorkbookInWorker : openWorkbook)(file.path, { name: file.name });
  try {
    const sample = await sampleOf(opened);
    const options = {
      fileName: file.name, departments: file.departments, includeHidden: file.includeHidden,
      ...(file.asOf ? { asOf: file.asOf } : {}), ...(file.sheetKind ? { sheetKind: file.sheetKind } : {}),
    };
    let reader = new LedgerReader(sample, { ...options, ...(file.mapping ? { mapping: file.mapping } : {}) });
    if (!file.mapping) {
      const mapping = await keeper.recall([...reader.opening.sheets, ...unknownHeaders(reader.opening.sheets, sample)]);
      if (mapping) reader = new LedgerReader(sample, { ...options, mapping });
    }
    const asOf = reader.opening.asOf.value ?? file.today;
    const lines = new DraftLines();
    const warnings: Record<string, WarningSummary> = {};
    let handed = 0;
    for (const [index, sheet] of reader.opening.sheets.entries()) {
      if (!reader.imports(index)) continue;
      const facts = sheetFacts(sheet, file.name, asOf);
      for await (const batch of opened.batches(index)) {
        for (const cells of batch) {
          const row = reader.row(index, cells);
          if (!row) continue;
          lines.add(row, facts);
          for (const w of row.warnings) tally(warnings, row.sheet, w);
        }
        if (lines.count - handed < BATCH_ROWS) continue;
        handed = lines.count;
        await keeper.keep(batchOf(lines));
      }
    }
    await keeper.keep(batchOf(lines));
    const reading = reader.finish();
    for (const w of reading.fileWarnings) tally(warnings, w.sheet, { class: w.class, level: w.level, cell: w.cell ?? '' });
    const fingerprints = [...new Set(reading.sheets.filter((s) => s.imported).map(fingerprintOf))];
    return { reading: { ...reading, lookAlikes: reading.lookAlikes.slice(0, 500) }, asOf, fingerprints, warnings, notices: opened.notices, rows: lines.count };
  } finally {
    await opened.close();
  }
}

/** Rows that may be a header which only a person has recognised before. */
function unknownHeaders(sheets: readonly SheetReading[], sample: WorkbookSample): SheetReading[] {
  return sheets.flatMap((sheet, i) => sheet.columns.length > 0 ? [] : sample.sheets[i]!.rows.slice(0, 20).map((row) => ({
    ...sheet, headerRows: [row.row],
    columns: row.cells.flatMap((cell, index) => {
      const header = cellText(cell).trim();
      return header ? [{ letter: columnLetter(index), index, header, path: [header], field: null, hidden: false, confidence: 0 }] : [];
    }),
  })));
}

function batchOf(lines: DraftLines): RowBatch {
  const encoder = new TextEncoder();
  return { lines: DRAFT_TABLES.map((table): [DraftTable, Uint8Array<ArrayBuffer>] => [table, encoder.encode(lines.take(table).join(''))]).filter(([, bytes]) => bytes.length > 0), rows: lines.count };
}

function tally(warnings: Record<string, WarningSummary>, sheet: string | null, w: Pick<RowWarning, 'class' | 'level' | 'cell'>): void {
  const entry = (warnings[w.class] ??= { level: w.level, count: 0, cells: [] });
  entry.count++;
  if (entry.cells.length < MOST_CELLS) entry.cells.push(sheet === null ? w.cell : `${sheet}!${w.cell}`);
}

function sheetFacts(sheet: SheetReading, fileName: string, asOf: string): SheetFacts {
  const letters = new Map<string, string>();
  const headers = new Map<string, string>();
  for (const c of sheet.columns) {
    if (!c.field || letters.has(c.field)) continue;
    letters.set(c.field, c.letter);
    headers.set(c.field, c.header);
  }
  return { letters, headers, fileName, asOf };
}
