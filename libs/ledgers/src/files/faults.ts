/** Why a file as a whole could not be read. */
export type UnreadableCode =
  | 'EMPTY'
  | 'TOO_LARGE'
  | 'PASSWORD'
  | 'NOT_A_SHEET'
  | 'TRUNCATED'
  | 'CORRUPT'
  | 'UNSAFE_XML'
  | 'NO_DATA'
  | 'UNBALANCED_QUOTE'
  | 'MIXED_ENCODING'
  | 'UNKNOWN_ENCODING'
  | 'OUT_OF_MEMORY'
  | 'TIMEOUT';

/**
 * The file is refused as a whole, with a reason that the person who uploaded it can act on.
 * `messageZh` is what the user sees; `message` is the English text for logs.
 */
export class UnreadableFile extends Error {
  constructor(
    readonly code: UnreadableCode,
    readonly messageZh: string,
    readonly messageEn: string,
  ) {
    super(messageEn);
    this.name = 'UnreadableFile';
  }
}

export type NoticeCode =
  | 'ENCODING_GUESSED'
  | 'NUL_REMOVED'
  | 'RAGGED_ROW'
  | 'EXTENSION_MISMATCH'
  | 'MACRO_IGNORED'
  | 'EXTERNAL_LINK_IGNORED'
  | 'UNSAFE_PATH_IGNORED'
  | 'TEXT_CUT'
  | 'BAD_STRING'
  | 'BAD_NUMBER'
  | 'MERGE_CLAMPED'
  | 'MERGED_WHOLE'
  | 'SHEET_SKIPPED';

/** Something the reader did or left out that a person should be able to see. */
export interface FileNotice {
  code: NoticeCode;
  messageZh: string;
  messageEn: string;
  sheet?: string;
  /** Address such as `C7`, where the notice is about one cell. */
  cell?: string;
  /** 1-based row, or the record number of a CSV. */
  row?: number;
}

/**
 * Notices of one file. Each code is kept at most `MOST` times, so that a broken file of a million
 * rows cannot turn into a million messages.
 */
export class Notices {
  private static readonly MOST = 200;
  readonly list: FileNotice[] = [];
  private readonly counts = new Map<NoticeCode, number>();
  private readonly seen = new Set<string>();

  /** Adds a notice once: a sheet that is read a second time says nothing new. */
  add(notice: FileNotice): void {
    const key = `${notice.code} ${notice.sheet ?? ''} ${notice.row ?? ''} ${notice.cell ?? ''}`;
    if (this.seen.has(key)) return;
    if (this.seen.size < 10_000) this.seen.add(key);
    const count = (this.counts.get(notice.code) ?? 0) + 1;
    this.counts.set(notice.code, count);
    if (count <= Notices.MOST) this.list.push(notice);
  }
}

/** Sizes above which a file is refused. Bytes are those really read or inflated, never those declared. */
export interface FileLimits {
  /** Bytes of an xlsx or xls as uploaded. */
  fileBytes: number;
  /** Bytes of a CSV, which is not compressed: 100,000 rows × 25 columns are about 35 MB. */
  textBytes: number;
  /** Entries in an xlsx package. */
  entries: number;
  /** Bytes that one entry may inflate to; the sheet of 100,000 rows × 25 columns is 91 MB. */
  entryBytes: number;
  /** Bytes that all entries read may inflate to together. */
  inflatedBytes: number;
  /** Inflated ÷ compressed bytes of one entry, looked at once it has passed 8 MB; sheets reach 7 to 40. */
  ratio: number;
  /** Characters of one cell; Excel itself holds 32,767. Longer text is cut and noted. */
  cellCharacters: number;
  /** Distinct shared strings. */
  sharedStrings: number;
  /** Cells that `readWorkbook` holds at once; the streaming reader has no such limit. */
  cells: number;
  /** Milliseconds that the worker may take for one step (opening, or the next batch of rows). */
  stepMillis: number;
  /** Memory of the worker's heap in MB. */
  heapMegabytes: number;
}

export const DEFAULT_LIMITS: FileLimits = {
  fileBytes: 20 * 1024 * 1024,
  textBytes: 48 * 1024 * 1024,
  entries: 2_000,
  entryBytes: 140_000_000,
  inflatedBytes: 220_000_000,
  ratio: 200,
  cellCharacters: 32_767,
  sharedStrings: 2_000_000,
  cells: 3_000_000,
  stepMillis: 30_000,
  heapMegabytes: 320,
};

export const MAX_ROWS = 1_048_576;
export const MAX_COLUMNS = 16_384;

export function corrupt(detailZh: string, detailEn: string): UnreadableFile {
  return new UnreadableFile(
    'CORRUPT',
    `文件内容已损坏：${detailZh}。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。`,
    `The file is damaged: ${detailEn}`,
  );
}

export function tooLarge(detailZh: string, detailEn: string): UnreadableFile {
  return new UnreadableFile('TOO_LARGE', `文件过大：${detailZh}。请拆分后再上传。`, `The file is too large: ${detailEn}`);
}

export function unsafeXml(part: string): UnreadableFile {
  return new UnreadableFile(
    'UNSAFE_XML',
    `文件不安全：${part} 中含有 DTD 或自定义实体声明，正常的表格不会有。请用 Excel 或 WPS 另存为 .xlsx 再上传。`,
    `Unsafe XML: ${part} declares a DTD or an entity`,
  );
}

export function notASheet(whatZh: string, whatEn: string): UnreadableFile {
  return new UnreadableFile(
    'NOT_A_SHEET',
    `文件格式不对：内容是${whatZh}，不是表格。请用 Excel 或 WPS 另存为 .xlsx 或 .csv 再上传。`,
    `Not a spreadsheet: the content is ${whatEn}`,
  );
}

export function passwordProtected(): UnreadableFile {
  return new UnreadableFile(
    'PASSWORD',
    '文件已加密，需要密码才能打开。请在 Excel 或 WPS 中取消密码后再上传。',
    'The file is encrypted and needs a password',
  );
}

export function noData(): UnreadableFile {
  return new UnreadableFile(
    'NO_DATA',
    '文件里没有数据：没有任何一张表有两行以上的内容。',
    'The file has no data: no sheet has two or more rows',
  );
}

/** `27` → `AA` (1-based). */
export function columnName(column: number): string {
  let name = '';
  for (let n = column; n > 0; n = Math.floor((n - 1) / 26)) name = String.fromCharCode(65 + ((n - 1) % 26)) + name;
  return name;
}
