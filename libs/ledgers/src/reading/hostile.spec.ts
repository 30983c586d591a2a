import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readWorkbook, UnreadableFile } from '../files/workbook.js';
import type { LedgerReading, ReadingOptions } from './ledger-reading.js';
import { readLedger } from './read-ledger.js';

/** Broken and dangerous files: read, asked about or refused, never read wrongly. */

const FOLDER = join(process.cwd(), 'test/fixtures/ledgers/hostile');

interface Expected {
  file: string;
  outcome: string;
  dataRows?: number;
  rows?: Record<string, string>[];
  ifParsed?: { dataRows?: number; rows?: Record<string, string>[] };
}
const { files } = JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8')) as { files: Expected[] };

async function read(file: string, options: Partial<ReadingOptions> = {}): Promise<LedgerReading> {
  return readLedger(await readWorkbook(join(FOLDER, file), { name: file }), { fileName: file, ...options });
}

describe('hostile files', () => {
  it.each(files.map((f) => [f.file, f] as const))('%s', async (file, expected) => {
    let reading: LedgerReading;
    try {
      reading = await read(file);
    } catch (error) {
      expect(error).toBeInstanceOf(UnreadableFile);
      expect(expected.outcome).toMatch(/reject/);
      return;
    }
    if (reading.refusal) return expect(expected.outcome).toMatch(/reject/);
    if (reading.needsAnswer.length) return expect(expected.outcome).toMatch(/ask/);
    expect(expected.outcome).toMatch(/parse/);
    const dataRows = expected.dataRows ?? expected.ifParsed?.dataRows;
    if (dataRows !== undefined) expect(reading.rows).toHaveLength(dataRows);
    for (const want of expected.rows ?? expected.ifParsed?.rows ?? []) {
      const row = reading.rows.find((r) => r.fields.name === want['name'])!;
      expect(row.fields.investor).toEqual([want['investor']]);
      expect(row.fields['amount.total']!.v).toBe(want['totalWan']);
      if (want['signed']) expect(row.fields['date.signed']).toBe(want['signed']);
      if (want['status']) expect(row.rawCells['D']).toBe(want['status']);
    }
  });

  it('asks which of two equal headers is which, and takes the answer', async () => {
    const asked = await read('duplicate-headers.xlsx');
    expect(asked.needsAnswer.map((q) => [q.kind, q.header, q.columns])).toEqual([
      ['DUPLICATE_HEADER', '投资金额', ['C', 'D']],
      ['DUPLICATE_HEADER', '联系方式', ['E', 'F']],
    ]);
    expect(asked.rows[0]!.extra).toEqual({ '投资金额(C列)': '4.9', '投资金额(D列)': '49000', '联系方式(E列)': '155****5327', '联系方式(F列)': '长春新区招商局 0431-0000-1000' });
    const columns = { C: { field: 'amount.total', unit: '亿元' }, D: { field: null }, E: { field: 'contact.phone' }, F: { field: null } };
    const answered = await read('duplicate-headers.xlsx', { mapping: { 项目表: { columns } } });
    expect(answered.needsAnswer).toEqual([]);
    expect(answered.rows[0]!.fields).toMatchObject({ 'amount.total': { v: '49000', u: '万元' }, 'contact.phone': ['155****5327'] });
    expect(Object.values(answered.rows[0]!.extra)).toEqual(['49000', '长春新区招商局 0431-0000-1000']);
  });

  it('asks for a missing header, and reads every row once the columns are named', async () => {
    const asked = await read('no-header-row.xlsx');
    expect(asked.needsAnswer[0]).toMatchObject({ kind: 'NO_HEADER_ROW', columns: ['A', 'B', 'C', 'D', 'E', 'F'] });
    expect(asked.rows).toEqual([]);
    const columns = { A: { field: 'name' }, B: { field: 'investor' }, C: { field: 'amount.total', unit: '万元' }, D: { field: 'status' }, E: { field: 'date.signed' }, F: { field: 'contact.phone' } };
    const answered = await read('no-header-row.xlsx', { mapping: { Sheet1: { headerRows: [], columns } } });
    expect(answered.rows.map((r) => r.row)).toEqual([1, 2, 3, 4]);
    expect(answered.rows[1]!.fields).toMatchObject({ name: '莘峤石墨电极生产基地项目', status: 'signed', 'date.signed': '2024-05-14', 'amount.total': { v: '70000', u: '万元' } });
  });

  it('does not read a hidden sheet unless told to', async () => {
    const asked = await read('data-on-hidden-sheet.xlsx');
    expect(asked.needsAnswer).toMatchObject([{ kind: 'DATA_ON_HIDDEN_SHEET', sheet: '项目表' }]);
    expect(asked.rows).toEqual([]);
    const answered = await read('data-on-hidden-sheet.xlsx', { includeHidden: ['项目表'] });
    expect(answered.needsAnswer).toEqual([]);
    expect(answered.rows).toHaveLength(5);
  });

  it('asks about a table merged into one cell', async () => {
    const asked = await read('merged-everything.xlsx');
    expect(asked.needsAnswer).toMatchObject([{ kind: 'ALL_MERGED' }]);
    expect(asked.needsAnswer[0]!.text).toContain('合并');
  });

  it('keeps every unrecognised column', async () => {
    const reading = await read('wide-columns.xlsx');
    expect(reading.sheets[0]!.columns).toHaveLength(300);
    expect(reading.rows[0]!.extra).toMatchObject({ 扩展字段1: '值0-0', 扩展字段8: '值0-7' });
  });

  it('turns away rows named by an error value, and empties other error cells', async () => {
    const reading = await read('error-values.xlsx');
    expect(reading.rows[0]).toMatchObject({ action: 'reject', reject: { reason: 'NAME_ERROR' } });
    expect(reading.rows.slice(1).map((r) => [r.fields['amount.total'], r.warnings[0]!.class, r.warnings[0]!.raw])).toEqual([
      [undefined, 'CELL_ERROR', '#N/A'],
      [undefined, 'CELL_ERROR', '#DIV/0!'],
      [undefined, 'CELL_ERROR', '#VALUE!'],
      [undefined, 'CELL_ERROR', '#NAME?'],
    ]);
  });

  it('cleans odd characters out of names and says so', async () => {
    const names = (await read('odd-characters.xlsx')).rows.map((r) => r.fields.name);
    expect(names).toEqual(['零宽字符项目', '反向文字项目', '表情🏭项目', '生僻字𬭎䶮㛃项目', '全角空格　项目', '控制字符项目', '第一行第二行项目', '分解é与é项目']);
  });

  it('proposes a repair of damaged text where there is one', async () => {
    const rows = (await read('damaged-text.xlsx')).rows;
    expect(rows.map((r) => r.fields.investor![0])).toEqual(['长春新区深圳蓁炜航天科技有限公司', '长春新区宁波荻骞汽车科技有限公司', '?苯鹳愃帢I(yè)有限公司', '哈尔滨朔翊生物科技有限公司']);
    expect(rows.map((r) => r.warnings.map((w) => w.class))).toEqual([['TEXT_ENCODING'], ['TEXT_ENCODING'], ['TEXT_ENCODING'], []]);
  });

  it('takes formulas as text or by their stored result', async () => {
    const rows = (await read('formula-cells.xlsx')).rows;
    expect(rows[1]!.fields.name).toBe('点击查看');
    expect(rows[2]!.fields['amount.total']).toEqual({ v: '5000', u: '万元' });
    expect((await read('formula-injection.csv')).rows.map((r) => r.fields.name)[0]).toBe("=CMD|' /C calc'!A0");
  });

  it('treats codes stored as numbers as ruined', async () => {
    const rows = (await read('numbers-as-codes.xlsx')).rows;
    for (const r of rows) {
      expect(r.fields['investor.uscc']).toBeUndefined();
      expect(r.warnings.map((w) => w.class)).toEqual(['USCC_DAMAGED']);
    }
    expect(rows[0]!.fields['contact.phone']).toEqual(['13800001000']);
  });
});
