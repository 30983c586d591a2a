import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { columnName, corrupt, MAX_COLUMNS, Notices, tooLarge, UnreadableFile } from './faults.js';
import type { FileLimits } from './faults.js';
import { decodeText, detectEncoding } from './csv-encoding.js';
import type { CsvEncoding } from './csv-encoding.js';
import { cutText } from './shared-strings.js';
import type { Cell, OpenWorkbook, SheetRow } from './cells.js';

const BATCH = 500;
const BATCH_CELLS = 50_000;
const SAMPLE = 64 * 1024;
const DELIMITERS = [',', ';', '\t', '|'];
/** Characters of one record; more means a quote that never closes, or no table at all. */
const RECORD_CHARACTERS = 4_000_000;

const LINE_DELIMITERS = 100_000;

interface Dialect {
  encoding: CsvEncoding;
  delimiter: string;
  /** Characters of a leading `sep=;` line, which is no record. */
  skip: number;
  /** The usual number of fields, for telling ragged records. */
  width: number;
}

/**
 * Opens a CSV or tab-separated text as one sheet named `(csv)` whose rows are numbered by record.
 * Every cell is text. @throws UnreadableFile MIXED_ENCODING, UNKNOWN_ENCODING, TOO_LARGE; while
 * iterating also UNBALANCED_QUOTE
 */
export async function openCsv(bytes: Buffer, limits: FileLimits): Promise<OpenWorkbook> {
  const notices = new Notices();
  const { encoding, guessed } = detectEncoding(bytes);
  if (guessed) {
    notices.add({
      code: 'ENCODING_GUESSED',
      messageZh: `文件没有注明编码，按 ${encoding.toUpperCase()} 读取；如有乱码请另存为 UTF-8 或 .xlsx`,
      messageEn: `The file bears no encoding mark; read as ${encoding}`,
    });
  }
  const dialect = guessDialect(sampleOf(bytes, encoding), encoding);
  return {
    format: 'csv',
    encoding,
    delimiter: dialect.delimiter,
    date1904: false,
    notices: notices.list,
    sheets: [{ name: '(csv)', hidden: false, hiddenColumns: [], merges: [] }],
    batches(sheet) {
      if (sheet !== 0) throw new RangeError('No such sheet');
      return readRecords(bytes, dialect, limits, notices);
    },
    close: async () => undefined,
  };
}

async function* readRecords(bytes: Buffer, dialect: Dialect, limits: FileLimits, notices: Notices): AsyncGenerator<SheetRow[], void, undefined> {
  const { delimiter, width } = dialect;
  const cleaner = new CellCleaner(dialect, limits, notices);
  let record = 0;
  let batch: SheetRow[] = [];
  let held = 0;
  // A lone LF ends a record as CRLF does; relaxed quotes let `="0012"` stand in an unquoted field.
  const parser = parse({
    delimiter,
    quote: '"',
    escape: '"',
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: RECORD_CHARACTERS,
  });
  const source = Readable.from(textOf(bytes, dialect, notices), { objectMode: true, highWaterMark: 1 });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  try {
    for await (const fields of parser as AsyncIterable<string[]>) {
      record += 1;
      if (fields.length > MAX_COLUMNS) throw tooLarge(`第${record}行有 ${fields.length} 列`, `record ${record} has ${fields.length} fields`);
      const cells = cleaner.row(fields, record);
      if (cells === null) continue;
      noteRagged(fields, record, width, notices);
      batch.push({ row: record, cells });
      held += cells.length;
      if (batch.length >= BATCH || held >= BATCH_CELLS) {
        yield batch;
        batch = [];
        held = 0;
      }
    }
  } catch (error) {
    throw translate(error, parser.info.records + 1);
  } finally {
    source.destroy();
    parser.destroy();
  }
  if (batch.length > 0) yield batch;
}

function translate(error: unknown, record: number): Error {
  if (error instanceof UnreadableFile) return error;
  if (error instanceof CsvError) {
    if (error.code === 'CSV_QUOTE_NOT_CLOSED') return unbalanced(record);
    if (error.code === 'CSV_MAX_RECORD_SIZE') return tooLarge(`第${record}行过长，可能是引号不闭合`, `record ${record} is too long; a quote may be left open`);
    return corrupt(`第${record}行无法读取`, `record ${record}: ${error.message}`);
  }
  return error instanceof Error ? corrupt(`第${record}行之后无法读取`, error.message) : new Error(String(error));
}

function unbalanced(record: number): UnreadableFile {
  return new UnreadableFile(
    'UNBALANCED_QUOTE',
    `第${record}行的引号不闭合，其后的各行会被并入一个单元格。请补上或删去这个引号后再上传。`,
    `A quote in record ${record} is not closed and would swallow the records after it`,
  );
}

/** The decoded text after any `sep=` line, without NUL characters, which no database text can hold. */
function* textOf(bytes: Buffer, { encoding, skip, delimiter }: Dialect, notices: Notices): Generator<string, void, undefined> {
  const lines = new LineGuard(delimiter);
  let left = skip;
  let told = false;
  for (let text of decodeText(bytes, encoding)) {
    if (left > 0) {
      const cut = Math.min(left, text.length);
      text = text.slice(cut);
      left -= cut;
    }
    if (text.includes('\0')) {
      text = text.replaceAll('\0', '');
      if (!told) notices.add({ code: 'NUL_REMOVED', messageZh: '文件含有 NUL 字符，已去掉，请核对内容', messageEn: 'NUL characters were removed' });
      told = true;
    }
    lines.look(text);
    if (text !== '') yield text;
  }
}

/**
 * Refuses a line with delimiters beyond all reason before the parser sees it: the parser would build
 * every field of it, and several such records at once, before anybody could count them.
 */
class LineGuard {
  private delimiters = 0;

  constructor(private readonly delimiter: string) {}

  look(text: string): void {
    let at = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
      // A line shorter than the limit cannot pass it; only long ones are counted.
      if (this.delimiters + end - at > LINE_DELIMITERS) this.count(text, at, end);
      this.delimiters = 0;
      at = end + 1;
    }
    this.count(text, at, text.length);
  }

  private count(text: string, from: number, to: number): void {
    for (let i = text.indexOf(this.delimiter, from); i >= 0 && i < to; i = text.indexOf(this.delimiter, i + 1)) this.delimiters += 1;
    if (this.delimiters > LINE_DELIMITERS) throw tooLarge(`一行里有超过 ${LINE_DELIMITERS} 个分隔符`, `a line has more than ${LINE_DELIMITERS} delimiters`);
  }
}

/** Turns fields into cells, and refuses a field that has swallowed whole records. */
class CellCleaner {
  constructor(
    private readonly dialect: Dialect,
    private readonly limits: FileLimits,
    private readonly notices: Notices,
  ) {}

  /** Null for a record without any content. */
  row(fields: string[], record: number): (Cell | undefined)[] | null {
    const cells: (Cell | undefined)[] = new Array<Cell | undefined>(fields.length);
    let last = 0;
    for (let column = 0; column < fields.length; column++) {
      const text = this.clean(fields[column] as string, record, column);
      if (text === '') continue;
      cells[column] = { text, number: null, kind: 'text', dateFormat: false };
      last = column + 1;
    }
    if (last === 0) return null;
    cells.length = last;
    return cells;
  }

  private clean(field: string, record: number, column: number): string {
    if (field === '') return field;
    let text = field;
    if (text.includes('\n') || text.includes('\r')) {
      text = text.replace(/\r\n?/g, '\n');
      if (swallowed(text, this.dialect)) throw unbalanced(record);
    }
    // Exporters put a TAB before or after codes to keep Excel from rounding them.
    if (this.dialect.delimiter !== '\t') {
      if (text.charCodeAt(0) === 9 || text.charCodeAt(text.length - 1) === 9) text = text.replace(/^\t+|\t+$/g, '');
      if (text.startsWith('"') && text.endsWith('"') && text.length > 1 && field !== text) text = text.slice(1, -1).replaceAll('""', '"');
    }
    // ="…" is the other such trick.
    if (text.startsWith('="') && text.endsWith('"')) {
      const inside = /^="([^"]*)"$/.exec(text)?.[1];
      if (inside !== undefined) text = inside;
    }
    if (text.length <= this.limits.cellCharacters) return text;
    const cell = `${columnName(column + 1)}${record}`;
    this.notices.add({
      code: 'TEXT_CUT',
      row: record,
      cell,
      messageZh: `${cell} 的文字过长（${text.length} 字），已截断到 ${this.limits.cellCharacters} 字`,
      messageEn: `The text of ${cell} (${text.length} characters) was cut to ${this.limits.cellCharacters}`,
    });
    return cutText(text, this.limits.cellCharacters);
  }
}

/**
 * Lines inside a field that have as many delimiters as a record: a quote was left open above them and
 * happened to meet another quote further down. Narrow tables need two such lines, for a remark of two
 * commas is no proof.
 */
function swallowed(field: string, { delimiter, width }: Dialect): boolean {
  if (width < 3) return false;
  const records = field.split('\n').slice(1).filter((line) => line.split(delimiter).length >= width).length;
  return records >= (width >= 6 ? 1 : 2);
}

function noteRagged(fields: string[], record: number, width: number, notices: Notices): void {
  if (fields.length === width) return;
  const more = fields.length > width;
  // Titles and footers are short by nature; what a reader must see is content outside the columns.
  if (more && fields.slice(width).every((field) => field === '')) return;
  notices.add({
    code: 'RAGGED_ROW',
    row: record,
    messageZh: more ? `第${record}行多出 ${fields.length - width} 列，多出的内容请核对` : `第${record}行列数不足（${fields.length}/${width}）`,
    messageEn: `Record ${record} has ${fields.length} fields where ${width} are usual`,
  });
}

function sampleOf(bytes: Buffer, encoding: CsvEncoding): string {
  // Not fatal: the cut may fall inside a character.
  return new TextDecoder(encoding).decode(bytes.subarray(0, SAMPLE));
}

function guessDialect(sample: string, encoding: CsvEncoding): Dialect {
  const declared = /^"?sep=(.)"?(?:\r\n|\n|\r)/i.exec(sample);
  const skip = declared ? declared[0].length : 0;
  const lines = linesOutsideQuotes(sample.slice(skip));
  let best = { delimiter: ',', score: 0, width: 1 };
  for (const delimiter of declared ? [declared[1] as string] : DELIMITERS) {
    const counts = new Map<number, number>();
    for (const line of lines) {
      const count = line.split(delimiter).length - 1;
      if (count > 0) counts.set(count, (counts.get(count) ?? 0) + 1);
    }
    for (const [count, times] of counts) {
      const score = times * (1 + Math.log2(count));
      if (score > best.score) best = { delimiter, score, width: count + 1 };
    }
  }
  return { encoding, delimiter: declared?.[1] ?? best.delimiter, skip, width: best.width };
}

/** Records of the sample with what stands in quotes blanked, the last (cut) one left out. */
function linesOutsideQuotes(sample: string): string[] {
  const lines = sample.replace(/"(?:[^"]|"")*"/g, '""').split(/\r\n|\n|\r/);
  if (lines.length > 1) lines.pop();
  return lines.filter((line) => line.trim() !== '').slice(0, 200);
}
