import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readWorkbook, UnreadableFile } from './workbook.js';
import type { Cell, Sheet, SheetRow, Workbook } from './workbook.js';

/** Every file of the hostile set: refused with a message that says why, or read right. */

interface ExpectedRow {
  name?: string;
  investor?: string;
  totalWan?: string;
  status?: string;
  signed?: string;
  C?: string;
  D?: string;
}
interface Expected {
  file: string;
  outcome: string;
  messageShouldMention?: string[];
  dataRows?: number;
  columns?: number;
  known?: Record<string, string>;
  rows?: ExpectedRow[];
  cells?: { row: number; col?: string; storedText?: string; raw?: string; characters?: number }[];
  ifParsed?: { dataRows?: number; rows?: ExpectedRow[] };
}

const FOLDER = join(process.cwd(), 'test/fixtures/ledgers/hostile');
const { files } = JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8')) as { files: Expected[] };

/** Files that could be refused or read, and what this reader does with them. */
const REFUSED_BY_CHOICE = new Set(['entity-expansion.xlsx', 'xml-external-entity.xlsx', 'xml-external-entity-sheet.xlsx', 'html-table.xls', 'unbalanced-quote.csv', 'mixed-encoding.csv']);
/** Files without a header row. */
const HEADLESS = new Set(['no-header-row.xlsx']);

function columnIndex(letters: string): number {
  return [...letters].reduce((n, letter) => n * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

function read(name: string): Promise<Workbook> {
  return readWorkbook(join(FOLDER, name), { name });
}

function visible(workbook: Workbook): Sheet {
  return workbook.sheets.find((sheet) => !sheet.hidden) as Sheet;
}

function cellAt(sheet: Sheet, column: string, row: number): Cell | undefined {
  return sheet.rows.find((candidate) => candidate.row === row)?.cells[columnIndex(column)];
}

function dayOf(cell: Cell | undefined, date1904: boolean): string | undefined {
  if (!cell) return undefined;
  if (cell.kind === 'text') return cell.text ?? undefined;
  expect(cell.dateFormat).toBe(true);
  return new Date(((cell.number as number) - (date1904 ? 24_107 : 25_569)) * 86_400_000).toISOString().slice(0, 10);
}

function checkRows(expected: Expected, workbook: Workbook, rows: ExpectedRow[]): void {
  const sheet = visible(workbook);
  const data: SheetRow[] = HEADLESS.has(expected.file) ? sheet.rows : sheet.rows.slice(1);
  rows.forEach((row, index) => {
    const cells = data[index]?.cells ?? [];
    const at = (field: string, fallback: string): Cell | undefined => cells[columnIndex(expected.known?.[field] ?? fallback)];
    expect(at('name', 'A')?.text).toBe(row.name);
    if (row.investor !== undefined) expect(at('investor', 'B')?.text).toBe(row.investor);
    if (row.totalWan !== undefined) {
      const total = at('amount.total', 'C');
      expect(total?.text).toBe(row.totalWan);
      expect(total?.number).toBe(workbook.format === 'csv' ? null : Number(row.totalWan));
    }
    if (row.status !== undefined) expect(cells[3]?.text).toBe(row.status);
    if (row.signed !== undefined) expect(dayOf(cells[4], workbook.date1904)).toBe(row.signed);
    if (row.C !== undefined) expect([cells[2]?.text, cells[3]?.text]).toEqual([row.C, row.D]);
  });
}

describe('hostile files', () => {
  it.each(files.map((file) => [file.file, file] as const))('%s', async (name, expected) => {
    const started = Date.now();
    let workbook: Workbook;
    try {
      workbook = await read(name);
    } catch (error) {
      expect(error).toBeInstanceOf(UnreadableFile);
      const { messageZh, messageEn } = error as UnreadableFile;
      expect(expected.outcome).toContain('reject');
      if (!expected.outcome.startsWith('reject') || expected.outcome !== 'reject') expect(REFUSED_BY_CHOICE).toContain(name);
      expect((expected.messageShouldMention ?? ['']).some((word) => messageZh.includes(word))).toBe(true);
      expect(messageEn).not.toBe('');
      expect(Date.now() - started).toBeLessThan(10_000);
      return;
    }
    expect(Date.now() - started).toBeLessThan(10_000);
    expect(expected.outcome).not.toBe('reject');
    expect(REFUSED_BY_CHOICE).not.toContain(name);
    const dataRows = expected.dataRows ?? expected.ifParsed?.dataRows;
    const header = HEADLESS.has(name) ? 0 : 1;
    if (dataRows !== undefined) expect(visible(workbook).rows).toHaveLength(dataRows + header);
    checkRows(expected, workbook, expected.rows ?? expected.ifParsed?.rows ?? []);
    if (expected.columns !== undefined) expect(visible(workbook).rows[0]?.cells).toHaveLength(expected.columns);
    for (const { row, col, storedText, raw } of expected.cells ?? []) {
      if (col !== undefined && (raw ?? storedText) !== undefined) expect(cellAt(visible(workbook), col, row)?.text).toBe(raw ?? storedText);
    }
  });

  const codes: [string, string][] = [
    ['zip-bomb-sheet.xlsx', 'TOO_LARGE'],
    ['zip-bomb-lying-size.xlsx', 'CORRUPT'],
    ['entity-expansion.xlsx', 'UNSAFE_XML'],
    ['empty-file.xlsx', 'EMPTY'],
    ['blank-workbook.xlsx', 'NO_DATA'],
    ['truncated.xlsx', 'TRUNCATED'],
    ['corrupted.xlsx', 'CORRUPT'],
    ['password-protected.xlsx', 'PASSWORD'],
    ['password-protected-renamed.xls', 'PASSWORD'],
    ['password-protected.xls', 'PASSWORD'],
    ['docx-named.xlsx', 'NOT_A_SHEET'],
    ['unbalanced-quote.csv', 'UNBALANCED_QUOTE'],
    ['mixed-encoding.csv', 'MIXED_ENCODING'],
    ['one-long-line.csv', 'NO_DATA'],
  ];
  it.each(codes)('%s is refused as %s', async (name, code) => {
    await expect(read(name)).rejects.toMatchObject({ code });
  });

  it('names the line of an open quote, the kind of a foreign file, and the change of encoding', async () => {
    await expect(read('unbalanced-quote.csv')).rejects.toMatchObject({ messageZh: expect.stringContaining('第4行') });
    await expect(read('docx-named.xlsx')).rejects.toMatchObject({ messageZh: expect.stringContaining('Word') });
    await expect(read('pdf-named.xlsx')).rejects.toMatchObject({ messageZh: expect.stringContaining('PDF') });
    await expect(read('image-named.xls')).rejects.toMatchObject({ messageZh: expect.stringContaining('图片') });
    await expect(read('mixed-encoding.csv')).rejects.toMatchObject({ messageZh: expect.stringContaining('第 4 行') });
  });

  it('says what it left out', async () => {
    const noticed = async (name: string): Promise<string[]> => (await read(name)).notices.map((notice) => notice.code);
    expect(await noticed('macro.xlsm')).toEqual(['MACRO_IGNORED']);
    expect(await noticed('external-link.xlsx')).toEqual(['EXTERNAL_LINK_IGNORED']);
    expect(await noticed('path-traversal.xlsx')).toEqual(['UNSAFE_PATH_IGNORED']);
    expect(await noticed('csv-named.xlsx')).toEqual(['EXTENSION_MISMATCH']);
    expect(await noticed('xlsx-named.csv')).toEqual(['EXTENSION_MISMATCH']);
    expect(await noticed('null-bytes.csv')).toEqual(['NUL_REMOVED']);
    expect(await noticed('merged-everything.xlsx')).toEqual(['MERGED_WHOLE']);
    expect(await noticed('overlapping-merges.xlsx')).toEqual(['MERGE_CLAMPED']);
    expect(await noticed('formula-injection.xlsx')).toEqual([]);
  });

  it('cuts the 2 MB cell and keeps its row', async () => {
    const workbook = await read('cell-2mb-text.xlsx');
    expect(cellAt(visible(workbook), 'G', 3)?.text).toHaveLength(32_767);
    expect(workbook.notices).toMatchObject([{ code: 'TEXT_CUT', cell: 'G3', messageZh: expect.stringContaining('699055') }]);
  });

  it('makes a missing shared string an error cell that names its address', async () => {
    const workbook = await read('bad-string-index.xlsx');
    expect(cellAt(visible(workbook), 'A', 3)).toMatchObject({ kind: 'error' });
    expect(workbook.notices).toMatchObject([{ code: 'BAD_STRING', cell: 'A3', messageZh: expect.stringContaining('损坏') }]);
  });

  it('keeps error values as errors and formulas with their stored result, computing nothing', async () => {
    const errors = visible(await read('error-values.xlsx'));
    expect(cellAt(errors, 'A', 2)).toMatchObject({ kind: 'error', text: '#REF!', number: null });
    expect([3, 4, 5, 6].map((row) => cellAt(errors, 'C', row)?.text)).toEqual(['#N/A', '#DIV/0!', '#VALUE!', '#NAME?']);
    const formulas = visible(await read('formula-cells.xlsx'));
    expect(cellAt(formulas, 'A', 2)).toMatchObject({ kind: 'error', text: '#REF!' });
    expect(cellAt(formulas, 'A', 3)).toMatchObject({ kind: 'text', text: '点击查看', formula: expect.stringContaining('HYPERLINK') });
    expect(cellAt(formulas, 'C', 4)).toMatchObject({ kind: 'number', number: 5000, formula: expect.stringContaining('WEBSERVICE') });
    expect(cellAt(formulas, 'C', 5)).toMatchObject({ kind: 'number', number: 12345, formula: 'SUM(C2:C4)' });
    expect(cellAt(formulas, 'C', 6)).toMatchObject({ kind: 'error', text: '#DIV/0!' });
    expect(cellAt(formulas, 'C', 7)?.formula).toBeUndefined();
  });

  it('clamps merges to the data and drops what overlaps', async () => {
    const sheet = visible(await read('overlapping-merges.xlsx'));
    const last = sheet.rows.at(-1)?.row as number;
    for (const merge of sheet.merges) {
      expect(merge.bottom).toBeLessThanOrEqual(last);
      expect(merge.right).toBeLessThanOrEqual(6);
    }
  });

  it('keeps a hidden sheet hidden', async () => {
    const workbook = await read('data-on-hidden-sheet.xlsx');
    expect(workbook.sheets.map(({ name, hidden }) => [name, hidden])).toEqual([['项目表', true], ['封面', false]]);
  });

  it('notes ragged records', async () => {
    const workbook = await read('ragged-rows.csv');
    expect(workbook.notices.map(({ code, row }) => [code, row])).toEqual([['RAGGED_ROW', 3], ['RAGGED_ROW', 5]]);
    expect(workbook.sheets[0]?.rows[4]?.cells.slice(6).map((cell) => cell?.text)).toEqual(['多出一列', '再多一列']);
  });

  it('leaves no NUL in any cell', async () => {
    const workbook = await read('null-bytes.csv');
    for (const row of workbook.sheets[0]?.rows ?? []) for (const cell of row.cells) expect(cell?.text ?? '').not.toContain('\0');
  });
});
