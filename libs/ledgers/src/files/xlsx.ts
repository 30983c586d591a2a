import { corrupt, MAX_COLUMNS, MAX_ROWS, Notices, notASheet } from './faults.js';
import type { FileLimits } from './faults.js';
import { isDateFormat } from './date-formats.js';
import { clampMerges, parseRange } from './merges.js';
import { SheetScanner } from './sheet-scanner.js';
import type { CellExtra, SheetContext } from './sheet-scanner.js';
import { readOutline } from './sheet-outline.js';
import type { SheetOutline } from './sheet-outline.js';
import { cutText, SharedStrings, SharedStringsScanner } from './shared-strings.js';
import { readRelationships, walkXml } from './small-xml.js';
import type { Relationship } from './small-xml.js';
import type { OpenWorkbook, SheetHead, SheetRow } from './cells.js';
import { ZipPackage } from './zip-package.js';

const BATCH = 500;
/** A batch is given early when it holds this many cells. */
const BATCH_CELLS = 50_000;
/** Links over a block of cells are given to at most this many of them. */
const LINKED_CELLS = 1_000;

interface WorkbookPart {
  date1904: boolean;
  sheets: { name: string; hidden: boolean; id: string }[];
}

interface OpenedSheet {
  part: string;
  head: SheetHead;
  context: SheetContext;
}

/**
 * Opens an xlsx package: everything but the rows is read here, rows are scanned on demand.
 * @throws UnreadableFile
 */
export async function openXlsx(bytes: Buffer, limits: FileLimits): Promise<OpenWorkbook> {
  const notices = new Notices();
  const zip = await ZipPackage.open(bytes, limits);
  const main = await findMain(zip);
  const folder = main.split('/').slice(0, -1).join('/');
  const relationships = await relationshipsOf(zip, main);
  const workbook = readWorkbookPart(main, await zip.read(main));
  noteOddities(zip, relationships, notices);

  const byType = (type: string): string | undefined => relationships.find((r) => r.type === type && !r.external && zip.has(r.target))?.target;
  const fallback = (name: string): string | undefined => (zip.has(`${folder}/${name}`) ? `${folder}/${name}` : undefined);
  const stringsPart = byType('sharedStrings') ?? fallback('sharedStrings.xml');
  const stylesPart = byType('styles') ?? fallback('styles.xml');
  const dateStyles = stylesPart === undefined ? [] : readDateStyles(stylesPart, await zip.read(stylesPart));

  const parts: { part: string; name: string; hidden: boolean }[] = [];
  for (const sheet of workbook.sheets) {
    const relationship = relationships.find((r) => r.id === sheet.id);
    if (relationship?.type !== 'worksheet') {
      notices.add({ code: 'SHEET_SKIPPED', sheet: sheet.name, messageZh: `“${sheet.name}”不是普通工作表，已忽略`, messageEn: `${sheet.name} is no worksheet, ignored` });
      continue;
    }
    if (!zip.has(relationship.target)) throw corrupt(`缺少工作表“${sheet.name}”的内容`, `the part of sheet ${sheet.name} is missing`);
    parts.push({ part: relationship.target, name: sheet.name, hidden: sheet.hidden });
  }

  // Inflating runs off this thread, so the strings are scanned while the sheets are being inflated.
  const [strings, outlines] = await Promise.all([
    stringsPart === undefined ? new SharedStrings() : readStrings(zip, stringsPart, limits),
    inTurn(parts, ({ part }) => readOutline(part, zip.chunks(part))),
  ]);

  const stringCells: SheetContext['stringCells'] = [];
  const sheets: OpenedSheet[] = [];
  for (const [index, { part, name, hidden }] of parts.entries()) {
    const outline = outlines[index] as SheetOutline;
    const extras = await readExtras(zip, part, outline, limits);
    const merges = soundMerges(name, outline, notices);
    sheets.push({
      part,
      head: { name, hidden, hiddenColumns: outline.hiddenColumns, merges },
      context: { sheet: name, strings, stringCells, dateStyles, extras, date1904: workbook.date1904, limits, notices },
    });
  }

  return {
    format: 'xlsx',
    date1904: workbook.date1904,
    notices: notices.list,
    sheets: sheets.map((sheet) => sheet.head),
    batches: (index) => readRows(zip, sheets[index]),
    close: async () => undefined,
  };
}

async function* readRows(zip: ZipPackage, sheet: OpenedSheet | undefined): AsyncGenerator<SheetRow[], void, undefined> {
  if (!sheet) throw new RangeError('No such sheet');
  const scanner = new SheetScanner(sheet.part, sheet.context);
  for await (const chunk of zip.chunks(sheet.part)) {
    scanner.push(chunk);
    if (scanner.pending >= BATCH || scanner.pendingCells >= BATCH_CELLS) yield* split(scanner.take());
  }
  scanner.finish();
  yield* split(scanner.take());
}

function* split(rows: SheetRow[]): Generator<SheetRow[], void, undefined> {
  if (rows.length <= 2 * BATCH) {
    if (rows.length > 0) yield rows;
  } else {
    for (let at = 0; at < rows.length; at += BATCH) yield rows.slice(at, at + BATCH);
  }
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

/** The workbook part, found by relationship; names the real kind of other office files. */
async function findMain(zip: ZipPackage): Promise<string> {
  let main: string | undefined;
  if (zip.has('_rels/.rels')) {
    const relationships = readRelationships('_rels/.rels', await zip.read('_rels/.rels'), '');
    main = relationships.find((r) => r.type === 'officeDocument' && !r.external)?.target;
  }
  const names = zip.names();
  if (names.some((name) => name.startsWith('word/'))) throw notASheet(' Word 文档', 'a Word document');
  if (names.some((name) => name.startsWith('ppt/'))) throw notASheet(' PowerPoint 演示文稿', 'a PowerPoint presentation');
  if (names.some((name) => name.endsWith('workbook.bin'))) throw notASheet(' xlsb 二进制工作簿', 'an xlsb binary workbook');
  if (names.includes('content.xml') && names.includes('mimetype')) throw notASheet(' OpenDocument 文件', 'an OpenDocument file');
  if (main !== undefined && zip.has(main)) return main;
  if (zip.has('xl/workbook.xml')) return 'xl/workbook.xml';
  if (names.some((name) => name.startsWith('xl/') || name.startsWith('[content_types]'))) {
    throw corrupt('工作簿的主要部分缺失', 'the workbook part is missing');
  }
  throw notASheet('压缩包（zip）', 'a zip archive');
}

async function relationshipsOf(zip: ZipPackage, part: string): Promise<Relationship[]> {
  const segments = part.split('/');
  const file = segments.pop() ?? '';
  const folder = segments.join('/');
  const name = `${folder === '' ? '' : `${folder}/`}_rels/${file}.rels`;
  return zip.has(name) ? readRelationships(name, await zip.read(name), folder) : [];
}

function readWorkbookPart(part: string, bytes: Buffer): WorkbookPart {
  const workbook: WorkbookPart = { date1904: false, sheets: [] };
  walkXml(part, bytes, {
    open(name, attributes) {
      if (name === 'workbookPr') workbook.date1904 = attributes['date1904'] === '1' || attributes['date1904'] === 'true';
      else if (name === 'sheet') {
        const state = attributes['state'];
        workbook.sheets.push({
          name: attributes['name'] ?? '',
          hidden: state === 'hidden' || state === 'veryHidden',
          id: attributes['id'] ?? '',
        });
      }
    },
  });
  return workbook;
}

function noteOddities(zip: ZipPackage, relationships: Relationship[], notices: Notices): void {
  if (zip.names().some((name) => name.endsWith('vbaproject.bin'))) {
    notices.add({ code: 'MACRO_IGNORED', messageZh: '文件带有宏，宏已忽略，不会运行也不会保存', messageEn: 'The workbook has macros; they are ignored, never run' });
  }
  if (relationships.some((r) => r.type === 'externalLink')) {
    notices.add({ code: 'EXTERNAL_LINK_IGNORED', messageZh: '文件引用了其他工作簿，外部链接不会打开，只取存储的结果', messageEn: 'Links to other workbooks are not opened; stored results are used' });
  }
  if (zip.unsafePaths > 0) {
    notices.add({ code: 'UNSAFE_PATH_IGNORED', messageZh: `压缩包里有 ${zip.unsafePaths} 个路径可疑的条目，已忽略`, messageEn: `${zip.unsafePaths} entries with unsafe paths were ignored` });
  }
}

function readDateStyles(part: string, bytes: Buffer): boolean[] {
  const codes = new Map<number, string>();
  const dateStyles: boolean[] = [];
  let inCellXfs = false;
  walkXml(part, bytes, {
    open(name, attributes) {
      if (name === 'numFmt') codes.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '');
      else if (name === 'cellXfs') inCellXfs = true;
      else if (name === 'xf' && inCellXfs) {
        const id = Number(attributes['numFmtId'] ?? 0);
        dateStyles.push(isDateFormat(id, codes.get(id) ?? null));
      }
    },
    close(name) {
      if (name === 'cellXfs') inCellXfs = false;
    },
  });
  return dateStyles;
}

async function readStrings(zip: ZipPackage, part: string, limits: FileLimits): Promise<SharedStrings> {
  const scanner = new SharedStringsScanner(part, limits.sharedStrings, limits.cellCharacters);
  for await (const chunk of zip.chunks(part)) scanner.push(chunk);
  scanner.finish();
  return scanner.strings;
}

/** Cell notes and hyperlinks of one sheet. */
async function readExtras(zip: ZipPackage, part: string, outline: SheetOutline, limits: FileLimits): Promise<SheetContext['extras']> {
  const extras: SheetContext['extras'] = new Map();
  const at = (row: number, column: number): CellExtra => {
    let inRow = extras.get(row);
    if (!inRow) extras.set(row, (inRow = new Map<number, CellExtra>()));
    let extra = inRow.get(column - 1);
    if (!extra) inRow.set(column - 1, (extra = {}));
    return extra;
  };
  const relationships = await relationshipsOf(zip, part);
  let linked = 0;
  for (const { range, id, location } of outline.links) {
    const target = id === undefined ? undefined : relationships.find((r) => r.id === id)?.target;
    const link = target === undefined ? (location === undefined ? undefined : `#${location}`) : location === undefined ? target : `${target}#${location}`;
    if (link === undefined) continue;
    const cells = (Math.min(range.bottom, MAX_ROWS) - range.top + 1) * (Math.min(range.right, MAX_COLUMNS) - range.left + 1);
    const bottom = linked + cells > LINKED_CELLS && cells > 1 ? range.top : range.bottom;
    const right = bottom === range.bottom ? range.right : range.left;
    if (cells > 1 && bottom === range.bottom) linked += cells;
    for (let row = range.top; row <= bottom; row++) for (let column = range.left; column <= right; column++) at(row, column).link = link;
  }
  for (const relationship of relationships) {
    if (relationship.type !== 'comments' || relationship.external || !zip.has(relationship.target)) continue;
    for (const { row, column, text } of readNotes(relationship.target, await zip.read(relationship.target))) {
      at(row, column).note = text.length > limits.cellCharacters ? cutText(text, limits.cellCharacters) : text;
    }
  }
  return extras;
}

function readNotes(part: string, bytes: Buffer): { row: number; column: number; text: string }[] {
  const notes: { row: number; column: number; text: string }[] = [];
  let ref = '';
  let text: string[] = [];
  let wanted = false;
  let phonetic = false;
  walkXml(part, bytes, {
    open(name, attributes) {
      if (name === 'comment') {
        ref = attributes['ref'] ?? '';
        text = [];
      } else if (name === 'rPh') phonetic = true;
      else if (name === 't') wanted = !phonetic;
    },
    text(piece) {
      if (wanted) text.push(piece);
    },
    close(name) {
      if (name === 't') wanted = false;
      else if (name === 'rPh') phonetic = false;
      else if (name === 'comment') {
        const range = parseRange(ref);
        if (range) notes.push({ row: range.top, column: range.left, text: text.join('').replace(/\r\n?/g, '\n') });
      }
    },
  });
  return notes;
}

function soundMerges(sheet: string, outline: SheetOutline, notices: Notices): SheetHead['merges'] {
  const { merges, clamped, overlapping } = clampMerges(outline.merges, outline.lastRow, MAX_COLUMNS);
  if (clamped + overlapping > 0) {
    notices.add({
      code: 'MERGE_CLAMPED',
      sheet,
      messageZh: `“${sheet}”的合并单元格有误（${overlapping} 处互相重叠、${clamped} 处超出数据范围），已按数据范围处理`,
      messageEn: `${sheet}: ${overlapping} merges overlap and ${clamped} reach beyond the data; cut to the data`,
    });
  }
  const whole = merges.find((m) => m.top === 1 && m.left === 1 && m.right > 1 && m.bottom > 1 && m.bottom >= outline.lastRow);
  if (whole) {
    notices.add({
      code: 'MERGED_WHOLE',
      sheet,
      messageZh: `“${sheet}”整张表被合并成一个单元格，只有 A1 有显示值；请先取消合并，或确认按各单元格的存储值读取`,
      messageEn: `All of ${sheet} is merged into one cell; only A1 is shown, the other cells still hold values`,
    });
  }
  return merges;
}
