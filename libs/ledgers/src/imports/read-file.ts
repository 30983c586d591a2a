import type { Tx } from '@yinfeng/platform';
import type pg from 'pg';
import { openWorkbookInWorker } from '../files/in-worker.js';
import type { FileNotice } from '../files/workbook.js';
import type { DepartmentName, LedgerKind, LedgerReading, RowWarning, SavedMapping, SheetReading } from '../reading/ledger-reading.js';
import { LedgerReader, sampleOf } from '../reading/read-ledger.js';
import { DraftLines } from './draft-lines.js';
import type { SheetFacts } from './draft-project.rules.js';
import { DraftStore } from './draft-store.js';
import { fingerprintOf, recallMapping } from './header-memory.js';

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
  mapping: SavedMapping | null;
}

/** Rows gathered before they go to the database: some megabytes, whatever the size of the file. */
const BATCH_ROWS = 1500;
const MOST_CELLS = 300;

/** Classes of warnings over the rows as they come. */
export class WarningTally {
  readonly classes: Record<string, WarningSummary> = {};

  add(sheet: string | null, w: Pick<RowWarning, 'class' | 'level' | 'cell'>): void {
    const entry = (this.classes[w.class] ??= { level: w.level, count: 0, cells: [] });
    entry.count++;
    if (entry.cells.length < MOST_CELLS) entry.cells.push(sheet === null ? w.cell : `${sheet}!${w.cell}`);
  }
}

/**
 * Reads a ledger in a thread of its own, row by row, into the drafts of an import. Memory does not grow with the file
 * beyond what telling repeated rows apart needs.
 * @throws UnreadableFile
 */
export async function readFile(tx: Tx, client: pg.Client, importId: string, file: FileToRead, onProgress: (rows: number) => Promise<void>): Promise<FileRead> {
  const opened = await openWorkbookInWorker(file.path, { name: file.name });
  try {
    const sample = await sampleOf(opened);
    const departments = await tx.rows<DepartmentName>('select name, aliases from department order by name');
    const options = {
      fileName: file.name, departments, includeHidden: file.includeHidden,
      ...(file.asOf ? { asOf: file.asOf } : {}), ...(file.sheetKind ? { sheetKind: file.sheetKind } : {}),
    };
    let mapping = file.mapping;
    let reader = new LedgerReader(sample, { ...options, ...(mapping ? { mapping } : {}) });
    if (!mapping) {
      mapping = await recallMapping(tx, reader.opening.sheets);
      if (mapping) reader = new LedgerReader(sample, { ...options, mapping });
    }
    const asOf = reader.opening.asOf.value ?? file.today;
    const store = new DraftStore(tx, client, importId);
    await store.open();
    const lines = new DraftLines();
    const tally = new WarningTally();
    let written = 0;
    for (const [index, sheet] of reader.opening.sheets.entries()) {
      if (!reader.imports(index)) continue;
      const facts = sheetFacts(sheet, file.name, asOf);
      for await (const batch of opened.batches(index)) {
        for (const cells of batch) {
          const row = reader.row(index, cells);
          if (!row) continue;
          lines.add(row, facts);
          for (const w of row.warnings) tally.add(row.sheet, w);
        }
        if (lines.count - written < BATCH_ROWS) continue;
        written = lines.count;
        await store.write(lines);
        await onProgress(written);
      }
    }
    await store.write(lines);
    await store.close();
    const reading = reader.finish();
    for (const w of reading.fileWarnings) tally.add(w.sheet, { class: w.class, level: w.level, cell: w.cell ?? '' });
    const fingerprints = [...new Set(reading.sheets.filter((s) => s.imported).map(fingerprintOf))];
    return { reading, asOf, fingerprints, warnings: tally.classes, notices: opened.notices, rows: lines.count, mapping };
  } finally {
    await opened.close();
  }
}

function sheetFacts(sheet: SheetReading, fileName: string, asOf: string): SheetFacts {
  const letters = new Map<string, string>();
  for (const c of sheet.columns) if (c.field && !letters.has(c.field)) letters.set(c.field, c.letter);
  return { letters, fileName, asOf };
}
