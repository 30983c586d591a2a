import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openWorkbook, readWorkbook } from './workbook.js';
import type { Workbook } from './workbook.js';

const read = (content: string | Buffer, name = 'a.csv'): Promise<Workbook> => readWorkbook(Buffer.from(content as string), { name });
const grid = (workbook: Workbook): unknown[] => workbook.sheets[0]?.rows.map((row) => [row.row, ...Array.from(row.cells, (cell) => cell?.text ?? '')]) ?? [];

/** GB18030 bytes of characters that the tests use; Node decodes the encoding but does not write it. */
const GB: Record<string, string> = { 项: 'cfee', 目: 'c4bf', 名: 'c3fb', 称: 'b3c6', 长: 'b3a4', 春: 'b4ba', 㛃: '8230b731', 𬭎: '9933a932' };
const gb = (text: string): Buffer => Buffer.concat([...text].map((letter) => (GB[letter] ? Buffer.from(GB[letter], 'hex') : Buffer.from(letter, 'latin1'))));

describe('CSV', () => {
  it('reads quotes, doubled quotes, LF inside quotes, CRLF, lone LF and lone CR', async () => {
    expect(grid(await read('a,"b ""c"""\r\n"一\n二",d\ne,f\rg,h'))).toEqual([[1, 'a', 'b "c"'], [2, '一\n二', 'd'], [3, 'e', 'f'], [4, 'g', 'h']]);
  });

  it('numbers records: blank ones count and are left out, lines inside quotes do not count', async () => {
    expect(grid(await read('标题,\n\n,,\n"x\ny",1\n'))).toEqual([[1, '标题'], [4, 'x\ny', '1']]);
  });

  it('makes every cell text', async () => {
    const workbook = await read('数,额\n007,1.50\n');
    expect(workbook.sheets[0]?.name).toBe('(csv)');
    expect(workbook.sheets[0]?.rows[1]?.cells).toEqual([
      { text: '007', number: null, kind: 'text', dateFormat: false },
      { text: '1.50', number: null, kind: 'text', dateFormat: false },
    ]);
  });

  it.each([
    ['="0012"', '0012'],
    ['"=""91440106MAX7KQKF3Q"""', '91440106MAX7KQKF3Q'],
    ['91330206MAX2Y16A7J\t', '91330206MAX2Y16A7J'],
    ['\t123', '123'],
    ['"12345"\t', '12345'],
    ['=""', ''],
    ['=A1&"x"', '=A1&"x"'],
    ['5" 管', '5" 管'],
    ['"甲 ""乙"""', '甲 "乙"'],
  ])('reads the cell %j as %j', async (written, expected) => {
    const workbook = await read(`编号,代码,名\n1,${written},x\n`);
    expect(workbook.sheets[0]?.rows[1]?.cells[1]?.text ?? '').toBe(expected);
  });

  it.each([[','], [';'], ['\t'], ['|']])('guesses the delimiter %j', async (delimiter) => {
    const lines = [['项目', '说明', '额'], ['甲', '建设厂房,仓库;道路', '1'], ['乙', '', '2'], ['丙', '无', '3']];
    const content = lines.map((line) => line.map((field) => `"${field}"`).join(delimiter)).join('\n');
    const workbook = await read(content);
    expect(workbook.delimiter).toBe(delimiter);
    expect(workbook.sheets[0]?.rows.map((row) => row.cells.length)).toEqual([3, 3, 3, 3]);
  });

  it('obeys a sep= line, quoted or not, and does not count it', async () => {
    expect(grid(await read('\ufeffsep=;\r\na;b,c\r\nd;e'))).toEqual([[1, 'a', 'b,c'], [2, 'd', 'e']]);
    expect(grid(await read('"sep=|"\na|b\nc|d'))).toEqual([[1, 'a', 'b'], [2, 'c', 'd']]);
  });

  it('keeps a file of one column', async () => {
    expect(grid(await read('名称\n甲\n乙\n'))).toEqual([[1, '名称'], [2, '甲'], [3, '乙']]);
  });

  it('reads GB18030 with two- and four-byte characters, and says that it guessed', async () => {
    const workbook = await read(gb('项目名称,x\n长春㛃𬭎,1\n'));
    expect(workbook.encoding).toBe('gb18030');
    expect(grid(workbook)).toEqual([[1, '项目名称', 'x'], [2, '长春㛃𬭎', '1']]);
    expect(workbook.notices.map((notice) => notice.code)).toEqual(['ENCODING_GUESSED']);
  });

  it.each([
    ['utf-8', Buffer.from('项目,额\n甲,1\n')],
    ['utf-8', Buffer.from('\ufeff项目,额\n甲,1\n')],
    ['utf-16le', Buffer.from('\ufeff项目,额\n甲,1\n', 'utf16le')],
    ['utf-16be', Buffer.from('\ufeff项目,额\n甲,1\n', 'utf16le').swap16()],
    ['utf-16le', Buffer.from('项目,额\n甲,1\n', 'utf16le')],
  ])('reads %s', async (encoding, content) => {
    const workbook = await read(content);
    expect(workbook.encoding).toBe(encoding);
    expect(grid(workbook)).toEqual([[1, '项目', '额'], [2, '甲', '1']]);
  });

  it.each<[string, string | Buffer, string]>([
    ['UTF-8 followed by GB18030', Buffer.concat([Buffer.from('项目名称\n长春新区项目\n'), gb('长春项目\n')]), 'MIXED_ENCODING'],
    ['GB18030 followed by UTF-8', Buffer.concat([gb('项目名称\n'), Buffer.from('长春新区项目\n')]), 'MIXED_ENCODING'],
    ['a UTF-8 mark over GB18030', Buffer.concat([Buffer.from('\ufeff'), gb('项目名称\n长春\n')]), 'MIXED_ENCODING'],
    ['bytes of no encoding', Buffer.from([0x61, 0x2c, 0xff, 0xff, 0x0a, 0x62, 0xff, 0x0a]), 'UNKNOWN_ENCODING'],
    ['an open quote', 'a,b,c\n1,"2,3\n4,5,6\n', 'UNBALANCED_QUOTE'],
    ['an open quote that meets another', 'a,b,c,d,e,f\n1,"2,3,4,5,6\n1,2,3,4,5,6\n1,"2",3,4,5,6\n', 'UNBALANCED_QUOTE'],
    ['binary data', Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7) % 32)), 'NOT_A_SHEET'],
    ['a web page', '<!DOCTYPE html><html><body><table></table></body></html>', 'NOT_A_SHEET'],
    ['an XML spreadsheet', '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', 'NOT_A_SHEET'],
    ['blank lines only', '\n\n,,\n', 'NO_DATA'],
    ['a line of a million delimiters', `a,b\n${','.repeat(1_000_000)}\n1,2\n`, 'TOO_LARGE'],
    ['more columns than a sheet has', `a,b\n${','.repeat(20_000)}\n1,2\n`, 'TOO_LARGE'],
    ['one endless record', `a,b\n"${'x'.repeat(5_000_000)}",1\n`, 'TOO_LARGE'],
  ])('refuses %s', async (_what, content, code) => {
    await expect(read(content)).rejects.toMatchObject({ code, messageZh: expect.any(String) });
  });

  it('names the record of an open quote far down, after rows were handed out', async () => {
    const content = `a,b\n${'1,2\n'.repeat(3_000)}3,"4\n5,6\n`;
    const opened = await openWorkbook(Buffer.from(content), { name: 'a.csv' });
    await expect((async () => {
      for await (const _batch of opened.batches(0)) continue;
    })()).rejects.toMatchObject({ code: 'UNBALANCED_QUOTE', messageZh: expect.stringContaining('第3002行') });
  });

  it('keeps a long remark of several lines', async () => {
    const remark = '一期:厂房,仓库\n二期:道路\n三期:绿化,照明';
    expect(grid(await read(`名,注,额\n甲,"${remark}",1\n`))).toEqual([[1, '名', '注', '额'], [2, '甲', remark, '1']]);
  });

  it('cuts a cell beyond the limit, with a notice', async () => {
    const workbook = await read(`名,注\n甲,${'长'.repeat(40_000)}\n`);
    expect(workbook.sheets[0]?.rows[1]?.cells[1]?.text).toHaveLength(32_767);
    expect(workbook.notices).toMatchObject([{ code: 'TEXT_CUT', cell: 'B2' }]);
  });

  it('gives back what was written, for any grid of text', async () => {
    const field = fc.string({ unit: fc.constantFrom('甲', 'a', ',', '"', '\n', ' ', ';', '1'), maxLength: 6 }).map((text) => `字${text}字`);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(field, field), { minLength: 2, maxLength: 8 }), async (rows) => {
        const content = rows.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')).join('\r\n');
        const workbook = await read(content);
        expect(grid(workbook)).toEqual(rows.map((row, index) => [index + 1, ...row]));
      }),
    );
  });
});
