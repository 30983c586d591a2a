import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readWorkbook } from './workbook.js';
import type { Cell, Workbook } from './workbook.js';

/** The realistic ledgers, cell by cell against their truth files. */

const FOLDER = join(process.cwd(), 'test/fixtures/ledgers');

interface Truth {
  file: string;
  sheets: { name: string; lastDataRow: number | null; columns: { col: string; hidden?: boolean }[] }[];
  warnings: { items: { sheet: string; row: number; cell?: string; raw?: string | number | null }[] };
  cellKinds: { sheet: string; cell: string; kind: string; expected: unknown }[];
}

function cellAt(workbook: Workbook, sheetName: string, address: string): Cell | undefined {
  const [, letters = '', row = ''] = /^([A-Z]+)(\d+)$/.exec(address) ?? [];
  const column = [...letters].reduce((n, letter) => n * 26 + letter.charCodeAt(0) - 64, 0) - 1;
  const sheet = workbook.sheets.find(({ name }) => name === sheetName);
  return sheet?.rows.find((candidate) => candidate.row === Number(row))?.cells[column];
}

const day = (serial: number): string => new Date((serial - 25_569) * 86_400_000).toISOString().slice(0, 10);

describe('realistic ledgers', () => {
  const truths = readdirSync(join(FOLDER, 'truth')).filter((name) => name.endsWith('.truth.json'));

  it.each(truths)('%s', async (name) => {
    const truth = JSON.parse(readFileSync(join(FOLDER, 'truth', name), 'utf8')) as Truth;
    const workbook = await readWorkbook(join(FOLDER, truth.file), { name: truth.file });
    expect(workbook.sheets.map((sheet) => sheet.name)).toEqual(truth.sheets.map((sheet) => sheet.name));
    const wrong: unknown[] = [];
    for (const { sheet, cell: address, raw } of truth.warnings.items) {
      if (address === undefined || raw === undefined) continue;
      const cell = cellAt(workbook, sheet, address);
      const shown = cell?.dateFormat && cell.number !== null && /^\d{4}-\d\d-\d\d$/.test(String(raw)) ? day(cell.number) : cell?.text;
      if ((shown ?? null) !== (raw === null ? null : String(raw))) wrong.push({ address, raw, cell });
    }
    expect(wrong).toEqual([]);
    for (const { name: sheet, columns } of truth.sheets) {
      const hidden = columns.flatMap(({ col, hidden: is }) => (is ? [[...col].reduce((n, l) => n * 26 + l.charCodeAt(0) - 64, 0)] : []));
      expect(workbook.sheets.find((candidate) => candidate.name === sheet)?.hiddenColumns).toEqual(hidden);
    }
    for (const { sheet, cell: address, kind, expected } of truth.cellKinds) {
      const cell = cellAt(workbook, sheet, address);
      if (kind === 'rich text') expect(cell).toMatchObject({ richText: true, text: expected });
      else if (kind === 'cell note') expect(cell).toMatchObject({ note: expected });
      else if (kind === 'hyperlink') expect(cell?.link).toMatch(/^https:/);
      else if (kind === 'formula with stored result') expect(cell).toMatchObject({ kind: 'number', formula: expect.any(String) });
    }
  });

  it('reads the same records from GB18030, UTF-8 and BIFF8', async () => {
    const [gb, utf8, biff] = await Promise.all(
      ['signed-changchun-xinqu.csv', 'signed-changchun-xinqu-utf8.csv', 'signed-changchun-xinqu.xls'].map((name) => readWorkbook(join(FOLDER, name), { name })),
    );
    expect([gb?.encoding, utf8?.encoding, biff?.format]).toEqual(['gb18030', 'utf-8', 'xls']);
    expect(gb?.sheets).toEqual(utf8?.sheets);
    const names = (workbook: Workbook | undefined): unknown[] => (workbook?.sheets[0]?.rows ?? []).slice(2, 112).map((row) => [row.row, row.cells[2]?.text, row.cells[3]?.text]);
    expect(names(biff)).toEqual(names(gb));
    expect(biff?.sheets[0]?.rows[3]?.cells[9]).toMatchObject({ kind: 'number', dateFormat: true });
    expect(biff?.sheets[0]?.rows[3]?.cells[6]).toMatchObject({ kind: 'number', dateFormat: false });
  });
});
