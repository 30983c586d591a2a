import type { FileNotice, OpenWorkbook, SheetRow, Workbook } from '../files/workbook.js';
import { InFileDuplicates } from './in-file-duplicates.js';
import type { FileWarning, LedgerKind, LedgerReading, LedgerRow, ReadingOptions, Refusal } from './ledger-reading.js';
import { planWorkbook } from './plan-sheets.js';
import type { PlannedWorkbook, WorkbookSample } from './plan-sheets.js';
import { SheetSession } from './sheet-session.js';

/** Rows of each sheet that are looked at before reading: enough for any header and for a sheet of choices. */
export const SAMPLE_ROWS = 200;

/**
 * Reads a ledger row by row. Made from the beginning of each sheet (`sampleOf`), then fed every row
 * of the sheets that `imports` names, in order; `finish` closes the books of the file.
 */
export class LedgerReader {
  private readonly planned: PlannedWorkbook;
  private readonly sessions = new Map<number, SheetSession>();
  private readonly duplicates = new InFileDuplicates();

  constructor(sample: WorkbookSample & { notices?: readonly FileNotice[] }, options: ReadingOptions) {
    this.planned = planWorkbook(sample, options);
    this.planned.sheets.forEach((s, i) => {
      if (s.plan) this.sessions.set(i, new SheetSession(s.plan, s.reading, this.duplicates));
    });
  }

  /** What is known before the rows are read: columns, questions, the day of the file. */
  get opening(): Pick<LedgerReading, 'asOf' | 'sheets' | 'needsAnswer' | 'kind'> {
    return { asOf: this.planned.asOf, sheets: this.planned.sheets.map((s) => s.reading), needsAnswer: this.planned.questions, kind: this.kind() };
  }

  /** Whether rows of this sheet are wanted. */
  imports(sheet: number): boolean {
    return this.sessions.has(sheet);
  }

  /** Reads the next row of a sheet; null where it is no data row. */
  row(sheet: number, row: SheetRow): LedgerRow | null {
    return this.sessions.get(sheet)?.row(row) ?? null;
  }

  /** Closes the file: footers, summary sentences, totals, refusal where there was nothing to read. */
  finish(): Omit<LedgerReading, 'rows'> {
    const fileWarnings: FileWarning[] = [];
    let dataRows = 0;
    for (const session of this.sessions.values()) {
      fileWarnings.push(...session.finish());
      dataRows += session.reading.dataRows;
    }
    const { asOf, sheets, questions, departments } = this.planned;
    const refusal = dataRows === 0 && questions.length === 0 ? refusalOf(this.planned) : undefined;
    return {
      kind: this.kind(),
      asOf,
      sheets: sheets.map((s) => s.reading),
      fileWarnings,
      needsAnswer: questions,
      ...(refusal ? { refusal } : {}),
      departmentAliases: departments.aliases,
      lookAlikes: this.duplicates.lookAlikes,
    };
  }

  private kind(): LedgerKind {
    const kinds = [...this.sessions.values()].map((s) => s.plan.kind);
    return kinds.find((k) => k === 'PROJECTS') ?? kinds[0] ?? 'UNKNOWN';
  }
}

function refusalOf(planned: PlannedWorkbook): Refusal {
  const header = planned.sheets.find((s) => s.plan);
  if (header) return { reason: 'NO_DATA', text: `文件中没有数据：工作表“${header.reading.name}”只有表头，没有数据行。` };
  const why = planned.sheets.map((s) => `“${s.reading.name}”：${s.reading.why ?? '没有表格'}`).join('；');
  return planned.sheets.every((s) => s.reading.why === '空表' || s.reading.why === '没有表格')
    ? { reason: 'NO_DATA', text: '文件中没有数据。' }
    : { reason: 'NO_TABLE', text: `没有数据可以导入，没有找到项目或拜访的清单（${why}）。` };
}

/** The beginning of each sheet of an opened workbook. */
export async function sampleOf(opened: OpenWorkbook): Promise<WorkbookSample> {
  const sheets = [];
  for (const [index, head] of opened.sheets.entries()) {
    const rows: SheetRow[] = [];
    for await (const batch of opened.batches(index)) {
      rows.push(...batch.slice(0, SAMPLE_ROWS - rows.length));
      if (rows.length >= SAMPLE_ROWS) break;
    }
    sheets.push({ ...head, rows });
  }
  return { format: opened.format, date1904: opened.date1904, sheets };
}

/** Reads a whole workbook that is in memory. For large files feed a `LedgerReader` from a stream. */
export function readLedger(workbook: Workbook, options: ReadingOptions): LedgerReading {
  const reader = new LedgerReader({ ...workbook, sheets: workbook.sheets.map((s) => ({ ...s, rows: s.rows.slice(0, SAMPLE_ROWS) })) }, options);
  const rows: LedgerRow[] = [];
  workbook.sheets.forEach((sheet, i) => {
    if (!reader.imports(i)) return;
    for (const row of sheet.rows) {
      const read = reader.row(i, row);
      if (read) rows.push(read);
    }
  });
  return { ...reader.finish(), rows };
}
