import * as XLSX from '@e965/xlsx';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { readWorkbook } from './workbook.js';

/** A workbook of one sheet whose A2 has the built-in format 14, as BIFF8 bytes. */
function biff(): Buffer {
  const sheet = XLSX.utils.aoa_to_sheet([['日期', '数', '额', '文'], [45_000, 1, 2.34, '甲\r\n乙'], [true, null, { t: 'e', v: 0x2a }, '']]);
  (sheet['A2'] as XLSX.CellObject).z = 'm/d/yy';
  (sheet['C2'] as XLSX.CellObject).z = '0.00';
  sheet['!merges'] = [XLSX.utils.decode_range('A2:B3')];
  const book = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(book, sheet, '表');
  return XLSX.write(book, { type: 'buffer', bookType: 'biff8' }) as Buffer;
}

/** Gives the XF records of format 14 another built-in format, as a Chinese Excel would have written. */
function withFormat(file: Buffer, id: number): Buffer {
  const head = Buffer.from([0xe0, 0x00, 0x14, 0x00]);
  for (let at = file.indexOf(head); at >= 0; at = file.indexOf(head, at + 1)) {
    if (file.readUInt16LE(at + 6) === 14) file.writeUInt16LE(id, at + 6);
  }
  return file;
}

describe('97-2003 workbooks', () => {
  it('gives numbers, text, booleans, errors and merges', async () => {
    const workbook = await readWorkbook(biff(), { name: 'a.xls' });
    const sheet = workbook.sheets[0];
    expect(workbook.format).toBe('xls');
    expect(sheet?.merges).toEqual([{ top: 2, left: 1, bottom: 3, right: 2 }]);
    expect(sheet?.rows[1]?.cells).toEqual([
      { text: '45000', number: 45_000, kind: 'number', dateFormat: true },
      { text: '1', number: 1, kind: 'number', dateFormat: false },
      { text: '2.34', number: 2.34, kind: 'number', dateFormat: false },
      { text: '甲\n乙', number: null, kind: 'text', dateFormat: false },
    ]);
    expect(sheet?.rows[2]?.cells.filter(Boolean).map((cell) => [cell?.kind, cell?.text])).toEqual([['boolean', 'TRUE'], ['error', '#N/A']]);
  });

  it.each([27, 31, 36, 50, 57, 58])('knows the Chinese built-in date format %i, which bears no code', async (id) => {
    const workbook = await readWorkbook(withFormat(biff(), id), { name: 'a.xls' });
    expect(workbook.sheets[0]?.rows[1]?.cells.map((cell) => cell?.dateFormat)).toEqual([true, false, false, false]);
  });

  it('takes no currency format for a date', async () => {
    const workbook = await readWorkbook(withFormat(biff(), 44), { name: 'a.xls' });
    expect(workbook.sheets[0]?.rows[1]?.cells[0]).toMatchObject({ number: 45_000, dateFormat: false });
  });

  it('never fails otherwise than with a reason, whatever bytes are changed', async () => {
    // The library prints records that it does not know.
    const printed = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const whole = biff();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 8, max: whole.length - 1 }), fc.nat(255)), { minLength: 1, maxLength: 6 }), async (changes) => {
        const file = Buffer.from(whole);
        for (const [at, byte] of changes) file[at] = byte;
        await readWorkbook(file, { name: 'a.xls' }).catch((error: unknown) => expect(error).toHaveProperty('messageZh'));
      }),
      // A fixed seed: some bytes send the library round for minutes. There the product ends the reading thread after its
      // limit (in-worker.ts, TIMEOUT); here, in the test's own process, nothing could.
      { numRuns: 200, seed: 20_261_121 },
    );
    printed.mockRestore();
  });
});
