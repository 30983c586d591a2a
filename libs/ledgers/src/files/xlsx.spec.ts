import { deflateRawSync, crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Notices } from './faults.js';
import { clampMerges } from './merges.js';
import { isDateFormat } from './date-formats.js';
import { packRows, unpackRows } from './packed-rows.js';
import { SharedStrings } from './shared-strings.js';
import { SheetScanner } from './sheet-scanner.js';
import { DEFAULT_LIMITS, openWorkbook, readWorkbook, streamSheetRows } from './workbook.js';
import type { Cell, SheetRow, Workbook } from './workbook.js';

/** Packages written by hand, for what the ledgers at hand do not contain. */

const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"';
const REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

function zip(parts: Record<string, string | Buffer>): Buffer {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(parts)) {
    const data = Buffer.from(content as string);
    const packed = deflateRawSync(data);
    const title = Buffer.from(name);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(0x800, 2);
    head.writeUInt16LE(8, 4);
    head.writeUInt32LE(crc32(data), 10);
    head.writeUInt32LE(packed.length, 14);
    head.writeUInt32LE(data.length, 18);
    head.writeUInt16LE(title.length, 22);
    local.push(Buffer.from('PK\x03\x04', 'latin1'), head, title, packed);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), head, entry, title);
    offset += 30 + title.length + packed.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(Object.keys(parts).length, 8);
  end.writeUInt16LE(Object.keys(parts).length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, listing, end]);
}

interface Book {
  sheet: string;
  strings?: string;
  styles?: string;
  workbook?: string;
  more?: Record<string, string>;
  sheetXml?: string;
}

function book({ sheet, strings, styles, workbook, more, sheetXml }: Book): Buffer {
  return zip({
    '_rels/.rels': `<Relationships><Relationship Id="a" Type="${REL}/officeDocument" Target="/xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': workbook ?? `<workbook ${MAIN}><sheets><sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="r1" Type="${REL}/worksheet" Target="worksheets/sheet1.xml"/>${
      strings === undefined ? '' : `<Relationship Id="r2" Type="${REL}/sharedStrings" Target="sharedStrings.xml"/>`
    }${styles === undefined ? '' : `<Relationship Id="r3" Type="${REL}/styles" Target="styles.xml"/>`}</Relationships>`,
    ...(strings === undefined ? {} : { 'xl/sharedStrings.xml': `<sst ${MAIN}>${strings}</sst>` }),
    ...(styles === undefined ? {} : { 'xl/styles.xml': `<styleSheet ${MAIN}>${styles}</styleSheet>` }),
    'xl/worksheets/sheet1.xml': sheetXml ?? `<?xml version="1.0" encoding="UTF-8"?>\n<worksheet ${MAIN}>${sheet}</worksheet>`,
    ...more,
  });
}

const read = (input: Book): Promise<Workbook> => readWorkbook(book(input), { name: 'a.xlsx' });
const rowsOf = async (input: Book): Promise<SheetRow[]> => (await read(input)).sheets[0]?.rows ?? [];
const texts = (row: SheetRow | undefined): (string | null | undefined)[] => Array.from(row?.cells ?? [], (cell) => cell?.text);
const filler = '<row r="99"><c r="A99"><v>1</v></c></row>';

describe('SpreadsheetML', () => {
  it('numbers rows and cells that bear no address', async () => {
    const rows = await rowsOf({ sheet: '<sheetData><row><c><v>1</v></c><c><v>2</v></c></row><row r="5"><c r="C5"><v>3</v></c><c><v>4</v></c></row><row><c><v>5</v></c></row></sheetData>' });
    expect(rows.map((row) => [row.row, texts(row)])).toEqual([[1, ['1', '2']], [5, [undefined, undefined, '3', '4']], [6, ['5']]]);
  });

  it('reads prefixed elements, either quote, comments, CDATA and processing instructions', async () => {
    const [row] = await rowsOf({
      sheet: '',
      sheetXml: `<x:worksheet xmlns:x="urn:x"><x:sheetData><!-- <row r="7"> --><x:row r='1'><x:c r='A1' t='str'><x:v><![CDATA[a<b>&amp;]]>c</x:v></x:c><x:c r="B1"><?pi <v>9</v>?><x:v>1<!-- x -->2</x:v></x:c></x:row><x:row r="2"><x:c><x:v>1</x:v></x:c></x:row></x:sheetData><x:mergeCells><x:mergeCell ref="A1:B1"/></x:mergeCells></x:worksheet>`,
    });
    expect(texts(row)).toEqual(['a<b>&amp;c', '12']);
  });

  it('joins rich text, skips phonetic runs, resolves entities and escapes', async () => {
    const strings = [
      '<si><r><rPr><b/></rPr><t>长春</t></r><r><t xml:space="preserve"> 新区</t></r><rPh sb="0" eb="1"><t>チョウシュン</t></rPh></si>',
      '<si><t>甲&amp;乙&lt;&#x4E01;&#25103;&gt;_x000D__x0007__x005F_x0041_</t></si>',
      '<si><t/></si><si/>',
      '<si><t>一\r\n二\r三</t></si>',
    ].join('');
    const workbook = await read({
      strings,
      sheet: `<sheetData><row r="1">${[0, 1, 2, 3, 4].map((i) => `<c t="s"><v>${i}</v></c>`).join('')}<c t="inlineStr"><is><r><t>内</t></r><r><t>联</t></r><rPh><t>x</t></rPh></is></c></row>${filler}</sheetData>`,
    });
    const row = workbook.sheets[0]?.rows[0];
    expect(texts(row)).toEqual(['长春 新区', '甲&乙<丁戏>\n\u0007_x0041_', undefined, undefined, '一\n二\n三', '内联']);
    expect([row?.cells[0]?.richText, row?.cells[1]?.richText, row?.cells[5]?.richText]).toEqual([true, undefined, true]);
  });

  it('knows dates by built-in and own formats', async () => {
    const ids = [0, 14, 31, 57, 164, 165, 166, 2];
    const rows = await rowsOf({
      styles: `<numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/><numFmt numFmtId="165" formatCode="[红色]0.00&quot;亩&quot;"/><numFmt numFmtId="166" formatCode="[h]:mm"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${ids.map((id) => `<xf numFmtId="${id}"/>`).join('')}</cellXfs>`,
      sheet: `<sheetData><row r="1">${ids.map((_, i) => `<c s="${i}"><v>45000</v></c>`).join('')}<c t="d"><v>2024-05-08T12:00:00</v></c></row>${filler}</sheetData>`,
    });
    expect(rows[0]?.cells.slice(0, 8).map((cell) => cell?.dateFormat)).toEqual([false, true, true, true, true, false, true, false]);
    expect(rows[0]?.cells[8]).toEqual({ text: '2024-05-08T12:00:00', number: 45420.5, kind: 'date', dateFormat: true });
  });

  it.each<[number, string | null, boolean]>([
    [27, null, true], [36, null, true], [50, null, true], [58, null, true], [37, null, false], [49, null, false], [22, null, true], [46, null, true],
    [170, 'G/通用格式', false], [170, 'General', false], [170, '0.00E+00', false], [170, '"d"0', false], [170, '\\d0', false], [170, '[$-804]aaaa', true],
    [170, '[DBNum1][$-804]yyyy"年"m"月"d"日";@', true], [170, '_ * #,##0.00_ ;_ * -#,##0.00_ ', false], [170, '上午/下午h"时"', true], [170, '#,##0"万元"', false], [170, '[Red][>100]0', false], [170, '[mm]:ss', true],
  ])('format %i %s', (id, code, expected) => {
    expect(isDateFormat(id, code)).toBe(expected);
  });

  it('gives numbers as the shortest decimal of the stored double', async () => {
    const literals = ['24.940000000000001', '2.3399999999999999', '1E-3', '9.1220104992231501E+17', '-0.5', '1.50', '007', '12345678901'];
    const [row] = await rowsOf({ sheet: `<sheetData><row r="1">${literals.map((v) => `<c><v>${v}</v></c>`).join('')}</row>${filler}</sheetData>` });
    expect(texts(row)).toEqual(['24.94', '2.34', '0.001', '912201049922315000', '-0.5', '1.5', '7', '12345678901']);
    expect(row?.cells.every((cell) => cell?.kind === 'number')).toBe(true);
  });

  it('keeps a broken number as text, with a notice', async () => {
    const workbook = await read({ sheet: `<sheetData><row r="1"><c r="A1"><v>12万</v></c><c r="B1" t="b"><v>1</v></c><c r="C1" t="e"><v>#N/A</v></c></row>${filler}</sheetData>` });
    expect(workbook.sheets[0]?.rows[0]?.cells.map((cell) => [cell?.kind, cell?.text])).toEqual([['text', '12万'], ['boolean', 'TRUE'], ['error', '#N/A']]);
    expect(workbook.notices).toMatchObject([{ code: 'BAD_NUMBER', cell: 'A1' }]);
  });

  it('reads shared formulas, notes, links, hidden columns and merges', async () => {
    const workbook = await read({
      sheet: `<cols><col min="2" max="3" hidden="1"/></cols><sheetData><row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1*2</f><v>4</v></c></row><row r="2"><c r="A2"><f t="shared" si="0"/><v>6</v></c><c r="B2"><v>3</v></c><c r="C2" t="str"><f>""</f><v></v></c></row></sheetData><mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:XFD1048576"/><mergeCell ref="A2:B3"/></mergeCells><hyperlinks><hyperlink ref="B2" r:id="h"/><hyperlink ref="A2" location="表!A1"/></hyperlinks>`,
      more: {
        'xl/worksheets/_rels/sheet1.xml.rels': `<Relationships><Relationship Id="h" Type="${REL}/hyperlink" Target="https://example.com/" TargetMode="External"/><Relationship Id="c" Type="${REL}/comments" Target="../comments1.xml"/></Relationships>`,
        'xl/comments1.xml': `<comments ${MAIN}><commentList><comment ref="B2"><text><r><t>见</t></r><r><t>附件</t></r></text></comment><comment ref="D7"><text><t>x</t></text></comment></commentList></comments>`,
      },
    });
    const sheet = workbook.sheets[0];
    expect(sheet?.hiddenColumns).toEqual([2, 3]);
    expect(sheet?.merges).toEqual([{ top: 1, left: 1, bottom: 2, right: 1 }, { top: 1, left: 2, bottom: 2, right: 3 }]);
    expect(sheet?.rows).toHaveLength(2);
    expect(sheet?.rows[1]?.cells).toEqual([
      { text: '6', number: 6, kind: 'number', dateFormat: false, formula: 'B1*2', link: '#表!A1' },
      { text: '3', number: 3, kind: 'number', dateFormat: false, note: '见附件', link: 'https://example.com/' },
      { text: null, number: null, kind: 'empty', dateFormat: false, formula: '""' },
    ]);
    expect(workbook.notices.map((notice) => notice.code)).toContain('MERGE_CLAMPED');
  });

  it('pays nothing for declared but empty space', async () => {
    const empty = '<row r="3" spans="1:16384"/>' + Array.from({ length: 50_000 }, (_, i) => `<row r="${i + 4}"><c r="A${i + 4}" s="1"/></row>`).join('');
    const rows = await rowsOf({ sheet: `<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="XFD1"><v>1</v></c></row>${empty}<row r="1048576"><c r="A1048576"><v>2</v></c></row></sheetData>` });
    expect(rows.map((row) => [row.row, row.cells.length])).toEqual([[1, 16_384], [1_048_576, 1]]);
  });

  it.each<[string, Book, string]>([
    ['a DTD in the workbook part', { sheet: '', workbook: '<!DOCTYPE workbook [<!ENTITY x "y">]><workbook/>' }, 'UNSAFE_XML'],
    ['a DTD in the strings', { sheet: '<sheetData/>', strings: '', more: { 'xl/sharedStrings.xml': '<!DOCTYPE sst []><sst/>' } }, 'UNSAFE_XML'],
    ['an unknown entity in a cell', { sheet: `<sheetData><row><c t="str"><v>&x;</v></c></row>${filler}</sheetData>` }, 'UNSAFE_XML'],
    ['a sheet cut inside its rows', { sheet: '', sheetXml: `<worksheet ${MAIN}><sheetData><row r="1"><c><v>1</v></c></row><row r="2">` }, 'CORRUPT'],
    ['row numbers that go back', { sheet: '<sheetData><row r="5"><c><v>1</v></c></row><row r="5"><c><v>2</v></c></row></sheetData>' }, 'CORRUPT'],
    ['a row beyond the grid', { sheet: '<sheetData><row r="1"><c><v>1</v></c></row><row r="1048577"><c><v>2</v></c></row></sheetData>' }, 'CORRUPT'],
    ['a column beyond the grid', { sheet: '<sheetData><row r="1"><c r="XFE1"><v>1</v></c></row></sheetData>' }, 'CORRUPT'],
    ['a missing sheet part', { sheet: '', workbook: `<workbook ${MAIN}><sheets><sheet name="x" r:id="r1"/></sheets></workbook>`, more: { 'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="r1" Type="${REL}/worksheet" Target="../../gone.xml"/></Relationships>` } }, 'CORRUPT'],
    ['no rows at all', { sheet: '<sheetData/>' }, 'NO_DATA'],
  ])('refuses %s', async (_what, input, code) => {
    await expect(read(input)).rejects.toMatchObject({ code });
  });

  it('refuses by every limit', async () => {
    const file = book({ strings: '<si><t>甲</t></si><si><t>乙</t></si>', sheet: `<sheetData><row r="1"><c><v>1</v></c><c><v>2</v></c></row>${filler}</sheetData>` });
    const limited = (limits: object): Promise<Workbook> => readWorkbook(file, { name: 'a.xlsx', limits });
    for (const limits of [{ fileBytes: 100, textBytes: 100 }, { entries: 3 }, { entryBytes: 200 }, { inflatedBytes: 600 }, { sharedStrings: 1 }, { cells: 2 }]) {
      await expect(limited(limits)).rejects.toMatchObject({ code: 'TOO_LARGE', messageZh: expect.stringContaining('过大') });
    }
    await expect(limited({})).resolves.toMatchObject({ format: 'xlsx' });
  });

  it('refuses a part whose checksum does not match', async () => {
    const file = book({ sheet: `<sheetData><row r="1"><c><v>1</v></c></row>${filler}</sheetData>` });
    const at = file.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'));
    file.writeUInt32LE(1, at + 16);
    await expect(readWorkbook(file, { name: 'a.xlsx' })).rejects.toMatchObject({ code: 'CORRUPT' });
  });

  it('never fails otherwise than with a reason, whatever bytes are changed', async () => {
    const whole = book({ strings: '<si><t>甲</t></si>', sheet: `<sheetData><row r="1"><c t="s"><v>0</v></c></row>${filler}</sheetData>` });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), fc.nat(whole.length), async (changes, cut) => {
        const file = Buffer.from(cut % 4 === 0 ? whole.subarray(0, Math.max(4, cut)) : whole);
        for (const [at, byte] of changes) if (at > 3 && at < file.length) file[at] = byte;
        await readWorkbook(file, { name: 'a.xlsx' }).catch((error: unknown) => expect(error).toHaveProperty('messageZh'));
      }),
      { numRuns: 300 },
    );
  });
});

describe('scanning in pieces', () => {
  const xml = Buffer.from(
    `<?xml version="1.0"?><worksheet><cols><col min="1"/></cols><sheetData><!--注--><row r="2" ht="1"><c r="A2" s="1" t="s"><v>1</v></c><c r='AB2'><v>-12.50</v></c><c t="inlineStr"><is><t>甲&amp;乙</t></is></c></row><row/><row r="9"><c r="B9" t="str"><f>A1&amp;"x"</f><v><![CDATA[]]]></v></c></row></sheetData><mergeCells/></worksheet>`,
  );
  const scan = (pieces: Buffer[]): SheetRow[] => {
    const strings = new SharedStrings();
    strings.texts.push('零', '一');
    const scanner = new SheetScanner('sheet1.xml', { sheet: '表', strings, stringCells: [], dateStyles: [false, true], extras: new Map(), date1904: false, limits: DEFAULT_LIMITS, notices: new Notices() });
    for (const piece of pieces) scanner.push(piece);
    scanner.finish();
    return scanner.take();
  };
  const whole = scan([xml]);

  it('reads the sample', () => {
    expect(whole.map((row) => [row.row, row.cells.filter(Boolean).map((cell) => (cell as Cell).text)])).toEqual([[2, ['一', '-12.5', '甲&乙']], [9, [']']]]);
  });

  it('gives the same rows wherever the part is cut', () => {
    for (const size of [1, 2, 3, 7, 64]) {
      const pieces: Buffer[] = [];
      for (let at = 0; at < xml.length; at += size) pieces.push(xml.subarray(at, at + size));
      expect(scan(pieces)).toEqual(whole);
    }
    fc.assert(
      fc.property(fc.nat(xml.length), fc.nat(xml.length), (a, b) => {
        const [from, to] = a < b ? [a, b] : [b, a];
        expect(scan([xml.subarray(0, from), xml.subarray(from, to), xml.subarray(to)])).toEqual(whole);
      }),
    );
  });
});

describe('streaming', () => {
  const count = 20_000;
  const sheet = Array.from({ length: count }, (_, i) => `<row r="${i + 1}"><c r="A${i + 1}" t="s"><v>${i % 3}</v></c><c r="C${i + 1}"><v>${i}.5</v></c></row>`).join('');
  const file = book({ strings: '<si><t>甲</t></si><si><t>乙</t></si><si><r><t>丙</t></r></si>', sheet: `<sheetData>${sheet}</sheetData><mergeCells><mergeCell ref="A1:A3"/></mergeCells>` });

  it('gives merges before the rows, batches of bounded size, and reads again from the start', async () => {
    const opened = await openWorkbook(file, { name: 'a.xlsx' });
    expect(opened.sheets[0]?.merges).toEqual([{ top: 1, left: 1, bottom: 3, right: 1 }]);
    for (let time = 0; time < 2; time++) {
      let rows = 0;
      for await (const batch of opened.batches(0)) {
        expect(batch.length).toBeLessThanOrEqual(1_000);
        for (const row of batch) if (row.row !== ++rows || row.cells[2]?.number !== rows - 0.5) throw new Error(`row ${rows}`);
      }
      expect(rows).toBe(count);
    }
    for await (const row of streamSheetRows(opened, 0)) {
      expect(row.row).toBe(1);
      break;
    }
  });

  it('packs rows for another thread without loss', async () => {
    const workbook = await readWorkbook(file, { name: 'a.xlsx' });
    const rows: SheetRow[] = [
      ...(workbook.sheets[0]?.rows.slice(0, 10) ?? []),
      { row: 30, cells: [undefined, { text: null, number: null, kind: 'empty', dateFormat: false, note: '注' }, { text: 'TRUE', number: null, kind: 'boolean', dateFormat: true }] },
      { row: 31, cells: [{ text: '2024-01-01', number: 45292, kind: 'date', dateFormat: true, link: '#a' }, { text: '#N/A', number: null, kind: 'error', dateFormat: false, formula: 'A1' }] },
    ];
    expect(unpackRows(structuredClone(packRows(rows)))).toEqual(rows);
  });
});

describe('merges', () => {
  it('are disjoint, inside the data and never single cells', () => {
    const edge = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(fc.array(fc.tuple(edge, edge, edge, edge), { maxLength: 12 }), (list) => {
        const merges = list.map(([a, b, c, d]) => ({ top: Math.min(a, c), left: Math.min(b, d), bottom: Math.max(a, c), right: Math.max(b, d) }));
        const kept = clampMerges(merges, 10, 8).merges;
        const taken = new Set<string>();
        for (const { top, left, bottom, right } of kept) {
          expect(bottom <= 10 && right <= 8 && (top < bottom || left < right)).toBe(true);
          for (let row = top; row <= bottom; row++) for (let column = left; column <= right; column++) {
            expect(taken.has(`${row},${column}`)).toBe(false);
            taken.add(`${row},${column}`);
          }
        }
      }),
    );
  });
});
