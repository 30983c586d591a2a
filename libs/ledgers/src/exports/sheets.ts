import { PassThrough, type Readable } from 'node:stream';
import ExcelJS from 'exceljs';

/** A table to be written: title, headers, rows of texts and numbers. A text is always written as text, never as a formula. */
export interface TableToWrite {
  sheet: string;
  title?: string;
  headers: readonly string[];
  /** Column widths in characters. */
  widths?: readonly number[];
  rows: AsyncIterable<readonly (string | number | null)[]> | Iterable<readonly (string | number | null)[]>;
}

/** What Excel's own readers would take for a formula stays text: the cell is typed as a string and quoted for editing. */
export function cellValue(value: string | number | null): ExcelJS.CellValue {
  return typeof value === 'string' ? value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '').slice(0, 32_767) : value;
}

/** Marks a text that begins like a formula, so that editing the cell does not make one of it. */
export function markText(cell: ExcelJS.Cell): void {
  if (typeof cell.value === 'string' && /^[=+\-@\t\r]/.test(cell.value)) Object.assign(cell, { numFmt: '@', style: { ...cell.style, numFmt: '@', quotePrefix: true } });
}

/** Writes one table as xlsx, row by row: memory does not grow with the rows. */
export function writeTable(table: TableToWrite): Readable {
  const out = new PassThrough();
  void fill(out, table).catch((error: unknown) => out.destroy(error instanceof Error ? error : new Error(String(error))));
  return out;
}

async function fill(out: PassThrough, table: TableToWrite): Promise<void> {
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({ stream: out, useStyles: true, useSharedStrings: false });
  const sheet = book.addWorksheet(table.sheet, { views: [{ state: 'frozen', ySplit: table.title ? 2 : 1 }] });
  sheet.columns = table.headers.map((_, i) => ({ width: table.widths?.[i] ?? 16 }));
  if (table.title) {
    const title = sheet.addRow([table.title]);
    title.font = { bold: true, size: 14 };
    if (table.headers.length > 1) sheet.mergeCells(1, 1, 1, table.headers.length);
    title.commit();
  }
  const header = sheet.addRow([...table.headers]);
  header.font = { bold: true };
  header.commit();
  for await (const values of table.rows) {
    const row = sheet.addRow(values.map(cellValue));
    row.eachCell(markText);
    row.commit();
  }
  sheet.commit();
  await book.commit();
}
