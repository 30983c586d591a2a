import { readFile, stat } from 'node:fs/promises';
import type { OpenWorkbook, ReadOptions, Sheet, SheetRow, Workbook } from './cells.js';
import { openCsv } from './csv.js';
import { DEFAULT_LIMITS, MAX_COLUMNS, MAX_ROWS, noData, tooLarge, UnreadableFile } from './faults.js';
import type { FileLimits } from './faults.js';
import { clampMerges } from './merges.js';
import { sniff } from './sniff.js';
import { openXls } from './xls.js';
import { openXlsx } from './xlsx.js';

export { DEFAULT_LIMITS, UnreadableFile, columnName } from './faults.js';
export type { FileLimits, FileNotice, NoticeCode, UnreadableCode } from './faults.js';
export type { Cell, Merge, OpenWorkbook, ReadOptions, Sheet, SheetHead, SheetRow, Workbook } from './cells.js';

/**
 * Opens a ledger for streaming: sheets, merges and hidden columns are known at once, rows follow on
 * demand, so that memory does not grow with the number of rows.
 * @param file path or bytes
 * @throws UnreadableFile with a code and a message for the user
 */
export async function openWorkbook(file: string | Buffer, options: ReadOptions): Promise<OpenWorkbook> {
  const limits: FileLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const bytes = await load(file, limits);
  const kind = await sniff(bytes, options.name);
  if (kind !== 'csv' && bytes.length > limits.fileBytes) throw fileTooLarge(bytes.length, limits.fileBytes);
  const opened = kind === 'xlsx' ? await openXlsx(bytes, limits) : kind === 'xls' ? openXls(bytes, limits) : await openCsv(bytes, limits);
  const extension = /\.([a-z0-9]+)$/i.exec(options.name)?.[1]?.toLowerCase();
  if (extension !== undefined && !EXTENSIONS[opened.format].includes(extension)) {
    opened.notices.unshift({
      code: 'EXTENSION_MISMATCH',
      messageZh: `扩展名是 .${extension}，内容的格式是 ${opened.format}，已按内容读取`,
      messageEn: `The extension is .${extension}, the content is ${opened.format}; read by content`,
    });
  }
  if (!(await hasData(opened))) throw noData();
  return opened;
}

const EXTENSIONS: Record<OpenWorkbook['format'], string[]> = {
  xlsx: ['xlsx', 'xlsm', 'xltx', 'xltm'],
  xls: ['xls', 'xlt', 'et'],
  csv: ['csv', 'txt', 'tsv'],
};

/**
 * Reads a whole ledger into memory. For files of more than some ten thousand rows use `openWorkbook`.
 * @param file path or bytes
 * @throws UnreadableFile with a code and a message for the user; TOO_LARGE beyond `limits.cells`
 */
export async function readWorkbook(file: string | Buffer, options: ReadOptions): Promise<Workbook> {
  const opened = await openWorkbook(file, options);
  try {
    return await collect(opened, { ...DEFAULT_LIMITS, ...options.limits });
  } finally {
    await opened.close();
  }
}

/** Reads every sheet of an opened workbook. */
export async function collect(opened: OpenWorkbook, limits: FileLimits): Promise<Workbook> {
  const sheets: Sheet[] = [];
  let cells = 0;
  for (const [index, head] of opened.sheets.entries()) {
    const rows: SheetRow[] = [];
    let lastColumn = 0;
    for await (const batch of opened.batches(index)) {
      for (const row of batch) {
        rows.push(row);
        // Sparse rows are charged for what they hold, not for how far right it stands.
        cells += row.cells.length <= 256 ? row.cells.length : Object.keys(row.cells).length;
        if (row.cells.length > lastColumn) lastColumn = row.cells.length;
      }
      if (cells > limits.cells) throw tooLarge(`单元格超过 ${limits.cells} 个`, `more than ${limits.cells} cells`);
    }
    const merges = clampMerges(head.merges, rows.at(-1)?.row ?? 0, lastColumn).merges;
    sheets.push({ ...head, merges, rows });
  }
  const { format, encoding, delimiter, date1904, notices } = opened;
  return { format, encoding, delimiter, date1904, notices, sheets };
}

/** Rows one by one, for callers that need no batches. @throws UnreadableFile as `OpenWorkbook.batches` */
export async function* streamSheetRows(opened: OpenWorkbook, sheet: number): AsyncGenerator<SheetRow, void, undefined> {
  for await (const batch of opened.batches(sheet)) yield* batch;
}

/** Two rows with content on any one sheet, hidden ones included: one row alone is a title or a header. */
async function hasData(opened: OpenWorkbook): Promise<boolean> {
  for (let sheet = 0; sheet < opened.sheets.length; sheet++) {
    let rows = 0;
    for await (const batch of opened.batches(sheet)) {
      rows += batch.length;
      if (rows >= 2) return true;
    }
  }
  return false;
}

async function load(file: string | Buffer, limits: FileLimits): Promise<Buffer> {
  const most = Math.max(limits.fileBytes, limits.textBytes);
  const size = typeof file === 'string' ? (await stat(file)).size : file.length;
  if (size === 0) throw new UnreadableFile('EMPTY', '这是空文件（0 字节），请检查后重新上传。', 'The file is empty (0 bytes)');
  if (size > most) throw fileTooLarge(size, most);
  return typeof file === 'string' ? readFile(file) : file;
}

function fileTooLarge(size: number, most: number): UnreadableFile {
  const mega = (bytes: number): string => (bytes / 1048576).toFixed(1);
  return tooLarge(`${mega(size)} MB，上限 ${mega(most)} MB`, `${mega(size)} MB, at most ${mega(most)} MB`);
}

/** The grid of a worksheet. */
export const GRID = { rows: MAX_ROWS, columns: MAX_COLUMNS } as const;
