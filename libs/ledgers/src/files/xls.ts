import * as XLSX from '@e965/xlsx';
import { corrupt, Notices, notASheet, passwordProtected, UnreadableFile } from './faults.js';
import type { FileLimits } from './faults.js';
import { isDateFormat } from './date-formats.js';
import { clampMerges } from './merges.js';
import { cutText } from './shared-strings.js';
import type { Cell, OpenWorkbook, SheetHead, SheetRow } from './cells.js';

/** Records of the workbook stream; BOF has its version in the high byte. */
const FILEPASS = 0x2f;
const BOF = 0x09;
const EOF = 0x0a;
const XF = 0xe0;
const FORMAT = 0x41e;
const BATCH = 500;

/**
 * Opens an OLE container: an Excel 97–2003 workbook, or names what else it is. The whole file is read
 * at once; its format holds at most 65,536 rows a sheet.
 * @throws UnreadableFile
 */
export function openXls(bytes: Buffer, limits: FileLimits): OpenWorkbook {
  const nameless = namelessDates(workbookStream(bytes));
  let book: XLSX.WorkBook;
  try {
    book = XLSX.read(bytes, { type: 'buffer', dense: true, cellNF: true, cellFormula: true, cellHTML: false, cellText: false, bookVBA: false });
  } catch (error) {
    if (/password|encrypt/i.test((error as Error).message)) throw passwordProtected();
    throw corrupt('97-2003 工作簿无法读取', (error as Error).message);
  }
  const notices = new Notices();
  const sheets: { head: SheetHead; rows: SheetRow[] }[] = [];
  for (const [index, name] of book.SheetNames.entries()) {
    const sheet = book.Sheets[name];
    if (!sheet || (sheet['!type'] ?? 'sheet') !== 'sheet') continue;
    sheets.push(convert(name, sheet, (book.Workbook?.Sheets?.[index]?.Hidden ?? 0) > 0, { limits, notices, nameless }));
  }
  return {
    format: 'xls',
    date1904: book.Workbook?.WBProps?.date1904 ?? false,
    notices: notices.list,
    sheets: sheets.map((sheet) => sheet.head),
    async *batches(index) {
      const rows = sheets[index]?.rows;
      if (!rows) throw new RangeError('No such sheet');
      for (let at = 0; at < rows.length; at += BATCH) yield rows.slice(at, at + BATCH);
    },
    close: async () => undefined,
  };
}

/** The part of the OLE reader inside `@e965/xlsx` that is used here; its own types say only `any`. */
interface OleReader {
  read(bytes: Buffer, options: { type: 'buffer' }): object;
  find(container: object, name: string): { content: Uint8Array } | null;
}
const OLE = XLSX.CFB as OleReader;

/** The stream of the workbook inside the container. @throws UnreadableFile where it is something else */
function workbookStream(bytes: Buffer): Buffer {
  let container: object;
  try {
    container = OLE.read(bytes, { type: 'buffer' });
  } catch (error) {
    throw new UnreadableFile('TRUNCATED', '文件不完整或已损坏，请重新取得文件后再上传。', `Broken OLE container: ${(error as Error).message}`);
  }
  const has = (name: string): boolean => OLE.find(container, name) !== null;
  if (has('EncryptedPackage') || has('EncryptionInfo')) throw passwordProtected();
  const stream = OLE.find(container, 'Workbook') ?? OLE.find(container, 'Book');
  if (!stream) {
    if (has('WordDocument')) throw notASheet(' Word 文档', 'a Word document');
    if (has('PowerPoint Document')) throw notASheet(' PowerPoint 演示文稿', 'a PowerPoint presentation');
    throw notASheet(' Office 以外的复合文档', 'an OLE container without a workbook');
  }
  return Buffer.from(stream.content);
}

/**
 * Whether the workbook uses Chinese built-in date formats (27–36, 50–58) that bear no format code. For
 * cells of such a format the library gives no format at all, so this decides what their silence means.
 * @throws UnreadableFile PASSWORD, CORRUPT
 */
function namelessDates(stream: Buffer): boolean {
  const used = new Set<number>();
  const named = new Set<number>();
  for (let at = 0, first = true; at + 4 <= stream.length; first = false) {
    const type = stream.readUInt16LE(at);
    const body = at + 4;
    at = body + stream.readUInt16LE(at + 2);
    if (first && (type & 0xff) !== BOF) throw corrupt('97-2003 工作簿的开头不对', 'the workbook stream has no BOF');
    // FILEPASS stands right after the first BOF, before any record that would be encrypted.
    if (type === FILEPASS) throw passwordProtected();
    if (type === EOF) break;
    if (type === XF && body + 4 <= stream.length) used.add(stream.readUInt16LE(body + 2));
    if (type === FORMAT && body + 2 <= stream.length) named.add(stream.readUInt16LE(body));
  }
  return [...used].some((id) => !named.has(id) && id > 22 && isDateFormat(id, null));
}

interface Conversion {
  limits: FileLimits;
  notices: Notices;
  nameless: boolean;
}

function convert(name: string, sheet: XLSX.WorkSheet, hidden: boolean, conversion: Conversion): { head: SheetHead; rows: SheetRow[] } {
  const rows: SheetRow[] = [];
  const data = (sheet['!data'] ?? []) as (XLSX.CellObject | undefined)[][];
  let lastColumn = 0;
  data.forEach((line, index) => {
    if (!line) return;
    const cells: (Cell | undefined)[] = [];
    let filled = false;
    line.forEach((raw, column) => {
      const cell = raw && toCell(raw, conversion, () => {
        conversion.notices.add({ code: 'TEXT_CUT', sheet: name, row: index + 1, cell: XLSX.utils.encode_cell({ r: index, c: column }), messageZh: '文字过长，已截断', messageEn: 'Text was cut' });
      });
      if (!cell) return;
      cells[column] = cell;
      if (cell.kind !== 'empty') filled = true;
    });
    if (!filled) return;
    rows.push({ row: index + 1, cells });
    lastColumn = Math.max(lastColumn, cells.length);
  });
  const merges = (sheet['!merges'] ?? []).map(({ s, e }) => ({ top: s.r + 1, left: s.c + 1, bottom: e.r + 1, right: e.c + 1 }));
  const hiddenColumns: number[] = [];
  (sheet['!cols'] ?? []).forEach((column, index) => {
    if (column?.hidden) hiddenColumns.push(index + 1);
  });
  return { head: { name, hidden, hiddenColumns, merges: clampMerges(merges, rows.at(-1)?.row ?? 0, lastColumn).merges }, rows };
}

function toCell(raw: XLSX.CellObject, conversion: Conversion, onCut: () => void): Cell | undefined {
  const cell = toValue(raw, conversion, onCut);
  const note = raw.c?.map((comment) => comment.t ?? '').join('\n');
  const link = raw.l?.Target;
  if (raw.f === undefined && !note && link === undefined) return cell;
  return {
    ...(cell ?? { text: null, number: null, kind: 'empty', dateFormat: false }),
    ...(raw.f === undefined ? {} : { formula: raw.f }),
    ...(note ? { note: note.replace(/\r\n?/g, '\n') } : {}),
    ...(link === undefined ? {} : { link }),
  };
}

function toValue(raw: XLSX.CellObject, { limits, nameless }: Conversion, onCut: () => void): Cell | undefined {
  const dateFormat = typeof raw.z === 'string' ? isDateFormat(-1, raw.z) : nameless && raw.t === 'n';
  switch (raw.t) {
    case 'n':
      return typeof raw.v === 'number' ? { text: String(raw.v), number: raw.v, kind: 'number', dateFormat } : undefined;
    case 'b':
      return { text: raw.v ? 'TRUE' : 'FALSE', number: null, kind: 'boolean', dateFormat };
    case 'e':
      return { text: ERRORS[Number(raw.v)] ?? '#VALUE!', number: null, kind: 'error', dateFormat };
    case 's': {
      const text = String(raw.v ?? '').replace(/\r\n?/g, '\n');
      if (text === '') return undefined;
      if (text.length <= limits.cellCharacters) return { text, number: null, kind: 'text', dateFormat };
      onCut();
      return { text: cutText(text, limits.cellCharacters), number: null, kind: 'text', dateFormat };
    }
    default:
      return undefined;
  }
}

const ERRORS: Record<number, string> = {
  0x00: '#NULL!',
  0x07: '#DIV/0!',
  0x0f: '#VALUE!',
  0x17: '#REF!',
  0x1d: '#NAME?',
  0x24: '#NUM!',
  0x2a: '#N/A',
  0x2b: '#GETTING_DATA',
};
