import { columnName, corrupt, MAX_COLUMNS, MAX_ROWS } from './faults.js';
import type { FileLimits, Notices } from './faults.js';
import { cutText } from './shared-strings.js';
import type { SharedStrings } from './shared-strings.js';
import type { Cell, SheetRow } from './cells.js';
import { XmlScanner } from './xml-scanner.js';

/** What the rows of a sheet refer to outside of it. */
export interface SheetContext {
  sheet: string;
  strings: SharedStrings;
  /** Text cells per shared string, filled as they are met: 2.5 million cells share 400,000 objects. */
  stringCells: (Cell | undefined)[];
  /** Per style index, whether its number format is a date. */
  dateStyles: boolean[];
  /** Notes and links: row → column (0-based) → what to add. */
  extras: Map<number, Map<number, CellExtra>>;
  date1904: boolean;
  limits: FileLimits;
  notices: Notices;
}

export interface CellExtra {
  note?: string;
  link?: string;
}

// Plain constants, not a const enum: the builder compiles file by file and would turn that into lookups.
const TYPE_NUMBER = 0;
const TYPE_SHARED = 1;
const TYPE_STRING = 2;
const TYPE_INLINE = 3;
const TYPE_BOOLEAN = 4;
const TYPE_ERROR = 5;
const TYPE_DATE = 6;

const CAPTURE_NONE = 0;
const CAPTURE_VALUE = 1;
const CAPTURE_FORMULA = 2;
const CAPTURE_INLINE = 3;

const SLASH = 0x2f;
const ERROR_NAME = /^#(?:REF!|N\/A|DIV\/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!|GETTING_DATA)$/;
const EMPTY: Cell = { text: null, number: null, kind: 'empty', dateFormat: false };

/** Turns the bytes of a worksheet part into rows; give it pieces with `push`, fetch rows with `take`. */
export class SheetScanner extends XmlScanner {
  private rows: SheetRow[] = [];
  private held = 0;
  private inData = false;
  private ended = false;
  private row = 0;
  private cells: (Cell | undefined)[] | null = null;
  private filled = false;
  private column = -1;
  private type: number = TYPE_NUMBER;
  private style = 0;
  private capture: number = CAPTURE_NONE;
  private value = '';
  /** Set where the value was a plain decimal or index and was read without making a string. */
  private parsed = NaN;
  private formula: string | null = null;
  private formulaIndex = '';
  private readonly formulas = new Map<string, string>();
  private inline = '';
  private inlineRich = false;
  private phonetic = false;

  constructor(
    part: string,
    private readonly context: SheetContext,
  ) {
    super(part);
  }

  /** Rows completed since the last call. */
  take(): SheetRow[] {
    const rows = this.rows;
    this.rows = [];
    this.held = 0;
    return rows;
  }

  /** Rows not taken yet. */
  get pending(): number {
    return this.rows.length;
  }

  /** Cells in the rows not taken yet: a few rows of 16,384 cells weigh as much as thousands of usual ones. */
  get pendingCells(): number {
    return this.held;
  }

  override finish(): void {
    super.finish();
    if (this.inData && !this.ended) throw corrupt(`工作表“${this.context.sheet}”不完整`, `sheet ${this.context.sheet} ends inside its rows`);
  }

  protected open(b: Buffer, name: number, nameEnd: number, end: number, empty: boolean): void {
    const length = nameEnd - name;
    const first = b[name];
    if (length === 1) {
      if (!this.cells) return;
      if (first === 0x63) {
        this.openCell(b, nameEnd, end);
        if (empty) this.closeCell();
      } else if (first === 0x76) {
        this.begin(CAPTURE_VALUE, empty);
      } else if (first === 0x66) {
        this.openFormula(b.toString('latin1', nameEnd, end));
        this.begin(CAPTURE_FORMULA, empty);
      } else if (first === 0x74) {
        if (this.type === TYPE_INLINE && !this.phonetic) this.begin(CAPTURE_INLINE, empty);
      } else if (first === 0x72) {
        this.inlineRich = true;
      }
    } else if (length === 3) {
      if (first === 0x72 && b[name + 1] === 0x6f && this.inData) {
        this.openRow(b.toString('latin1', nameEnd, end));
        if (empty) this.closeRow();
      } else if (first === 0x72 && b[name + 1] === 0x50) {
        this.phonetic = !empty;
      }
    } else if (length === 9 && b.toString('latin1', name, nameEnd) === 'sheetData' && !this.ended) {
      this.inData = !empty;
      this.ended = empty;
    }
  }

  protected close(b: Buffer, name: number, nameEnd: number): void {
    const length = nameEnd - name;
    const first = b[name];
    if (length === 1) {
      if (first === 0x63) this.closeCell();
      else if (first !== 0x72) {
        this.capture = CAPTURE_NONE;
        this.wantsText = false;
      }
    } else if (length === 3) {
      if (first === 0x72 && b[name + 1] === 0x6f) this.closeRow();
      else if (first === 0x72 && b[name + 1] === 0x50) this.phonetic = false;
    } else if (length === 9 && this.inData && b.toString('latin1', name, nameEnd) === 'sheetData') {
      this.inData = false;
      this.ended = true;
    }
  }

  protected text(b: Buffer, from: number, to: number, literal: boolean): void {
    if (this.capture === CAPTURE_VALUE) {
      // The usual case, a whole number or index between <v> and </v>, needs no string at all.
      if (this.value === '' && b[to + 1] === SLASH && this.type <= TYPE_SHARED && this.parseInteger(b, from, to)) return;
      this.value += this.decode(b, from, to, literal);
    } else if (this.capture === CAPTURE_FORMULA) {
      this.formula = (this.formula ?? '') + this.decode(b, from, to, literal);
    } else if (this.capture === CAPTURE_INLINE) {
      const text = this.decode(b, from, to, literal);
      this.inline = this.inline === '' ? text : this.inline + text;
    }
  }

  private begin(capture: number, empty: boolean): void {
    this.capture = empty ? CAPTURE_NONE : capture;
    this.wantsText = !empty;
  }

  private parseInteger(b: Buffer, from: number, to: number): boolean {
    if (to - from > 9) return false;
    let n = 0;
    for (let i = from; i < to; i++) {
      const digit = (b[i] as number) - 0x30;
      if (digit < 0 || digit > 9) return false;
      n = n * 10 + digit;
    }
    this.parsed = n;
    return true;
  }

  private openRow(attributes: string): void {
    const given = /(?:^|\s)r\s*=\s*["'](\d+)["']/.exec(attributes)?.[1];
    const row = given === undefined ? this.row + 1 : Number(given);
    // A repeated or backward number would make two different rows one; Excel refuses such a sheet too.
    if (row <= this.row || row > MAX_ROWS) {
      throw corrupt(`工作表“${this.context.sheet}”第 ${row} 行的行号不对`, `row number ${row} out of order or range in ${this.context.sheet}`);
    }
    this.row = row;
    this.cells = [];
    this.filled = false;
    this.column = -1;
  }

  private closeRow(): void {
    const cells = this.cells;
    if (!cells) return;
    this.cells = null;
    if (!this.filled) return;
    const extras = this.context.extras.get(this.row);
    if (extras) for (const [column, extra] of extras) cells[column] = { ...(cells[column] ?? EMPTY), ...extra };
    this.rows.push({ row: this.row, cells });
  }

  private openCell(b: Buffer, from: number, to: number): void {
    let column = -1;
    this.type = TYPE_NUMBER;
    this.style = 0;
    let p = from;
    while (p < to) {
      const c = b[p] as number;
      if (c <= 0x20) {
        p++;
        continue;
      }
      let q = p;
      while (q < to && b[q] !== 0x3d) q++;
      let nameEnd = q;
      while (nameEnd > p && (b[nameEnd - 1] as number) <= 0x20) nameEnd--;
      q++;
      while (q < to && (b[q] as number) <= 0x20) q++;
      const quote = b[q];
      const start = q + 1;
      let stop = start;
      while (stop < to && b[stop] !== quote) stop++;
      if (nameEnd - p === 1) {
        if (c === 0x72) column = columnOf(b, start, stop);
        else if (c === 0x73) this.style = integerOf(b, start, stop);
        else if (c === 0x74) this.type = typeOf(b, start, stop);
      }
      p = stop + 1;
    }
    this.column = column >= 0 ? column : this.column + 1;
    if (this.column >= MAX_COLUMNS) throw corrupt(`第 ${this.row} 行有超出最右列的单元格`, `a cell beyond column XFD in row ${this.row}`);
    this.value = '';
    this.parsed = NaN;
    this.formula = null;
    this.formulaIndex = '';
    this.inline = '';
    this.inlineRich = false;
    this.phonetic = false;
  }

  private openFormula(attributes: string): void {
    this.formula = '';
    if (attributes.includes('shared')) this.formulaIndex = /\bsi\s*=\s*["'](\d+)["']/.exec(attributes)?.[1] ?? '';
  }

  private closeCell(): void {
    const cells = this.cells;
    if (!cells) return;
    this.capture = CAPTURE_NONE;
    this.wantsText = false;
    let cell = this.makeCell();
    if (this.formula !== null) cell = { ...(cell ?? EMPTY), formula: this.sharedFormula(this.formula) };
    if (cell === undefined) return;
    cells[this.column] = cell;
    this.held++;
    if (cell.kind !== 'empty') this.filled = true;
  }

  private sharedFormula(formula: string): string {
    if (this.formulaIndex === '') return formula;
    if (formula !== '') this.formulas.set(this.formulaIndex, formula);
    return this.formulas.get(this.formulaIndex) ?? formula;
  }

  private makeCell(): Cell | undefined {
    const dateFormat = this.context.dateStyles[this.style] ?? false;
    const { parsed, value } = this;
    switch (this.type) {
      case TYPE_NUMBER: {
        if (parsed === parsed) return { text: String(parsed), number: parsed, kind: 'number', dateFormat };
        if (value === '') return undefined;
        const number = Number(value);
        if (Number.isFinite(number) && value.trim() !== '') return { text: String(number), number, kind: 'number', dateFormat };
        this.note('BAD_NUMBER', `${this.address()} 的数字无法识别，按文字保留`, `${this.address()} holds a broken number, kept as text`);
        return this.textCell(value, dateFormat);
      }
      case TYPE_SHARED:
        return parsed === parsed ? this.sharedCell(parsed, dateFormat) : value === '' ? undefined : this.sharedCell(Number(value), dateFormat);
      case TYPE_STRING:
        // Some writers store the error of a formula as its text.
        if (this.formula !== null && ERROR_NAME.test(value)) return { text: value, number: null, kind: 'error', dateFormat };
        return this.textCell(value, dateFormat);
      case TYPE_INLINE: {
        const cell = this.textCell(this.inline === '' ? value : this.inline, dateFormat);
        return cell && this.inlineRich ? { ...cell, richText: true } : cell;
      }
      case TYPE_BOOLEAN:
        return value === '' ? undefined : { text: value === '1' || value === 'true' ? 'TRUE' : 'FALSE', number: null, kind: 'boolean', dateFormat };
      case TYPE_ERROR:
        return { text: value === '' ? '#VALUE!' : value, number: null, kind: 'error', dateFormat };
      default:
        return value === '' ? undefined : { text: value, number: serialOf(value, this.context.date1904), kind: 'date', dateFormat: true };
    }
  }

  private sharedCell(index: number, dateFormat: boolean): Cell | undefined {
    const { strings, stringCells } = this.context;
    const length = strings.cut.get(index);
    if (length !== undefined) this.noteCut(length);
    if (!dateFormat) {
      const known = stringCells[index];
      if (known) return known;
    }
    const text = strings.texts[index];
    if (text === undefined) {
      this.note('BAD_STRING', `文件有损坏：${this.address()} 引用了不存在的文字`, `${this.address()} refers to a missing shared string`);
      return { text: '#损坏!', number: null, kind: 'error', dateFormat };
    }
    if (text === '') return undefined;
    const cell: Cell = strings.rich.has(index)
      ? { text, number: null, kind: 'text', dateFormat, richText: true }
      : { text, number: null, kind: 'text', dateFormat };
    if (!dateFormat) stringCells[index] = cell;
    return cell;
  }

  private textCell(text: string, dateFormat: boolean): Cell | undefined {
    if (text === '') return undefined;
    const { cellCharacters } = this.context.limits;
    if (text.length <= cellCharacters) return { text, number: null, kind: 'text', dateFormat };
    this.noteCut(text.length);
    return { text: cutText(text, cellCharacters), number: null, kind: 'text', dateFormat };
  }

  private noteCut(length: number): void {
    const { cellCharacters } = this.context.limits;
    this.note(
      'TEXT_CUT',
      `${this.address()} 的文字过长（${length} 字），已截断到 ${cellCharacters} 字`,
      `The text of ${this.address()} (${length} characters) was cut to ${cellCharacters}`,
    );
  }

  private note(code: 'BAD_STRING' | 'BAD_NUMBER' | 'TEXT_CUT', messageZh: string, messageEn: string): void {
    this.context.notices.add({ code, messageZh, messageEn, sheet: this.context.sheet, cell: this.address(), row: this.row });
  }

  private address(): string {
    return `${columnName(this.column + 1)}${this.row}`;
  }
}

/** Column of `AB12`, 0-based; -1 where there are no letters. */
function columnOf(b: Buffer, from: number, to: number): number {
  let n = 0;
  for (let i = from; i < to; i++) {
    const letter = (b[i] as number) & 0xdf;
    if (letter < 0x41 || letter > 0x5a) break;
    n = n * 26 + letter - 0x40;
    if (n > MAX_COLUMNS) return MAX_COLUMNS;
  }
  return n - 1;
}

function integerOf(b: Buffer, from: number, to: number): number {
  let n = 0;
  for (let i = from; i < to; i++) n = n * 10 + (b[i] as number) - 0x30;
  return n;
}

function typeOf(b: Buffer, from: number, to: number): number {
  const first = b[from];
  if (to - from === 1) {
    if (first === 0x73) return TYPE_SHARED;
    if (first === 0x62) return TYPE_BOOLEAN;
    if (first === 0x65) return TYPE_ERROR;
    if (first === 0x64) return TYPE_DATE;
    return TYPE_NUMBER;
  }
  return first === 0x73 ? TYPE_STRING : first === 0x69 ? TYPE_INLINE : TYPE_NUMBER;
}

/** ISO date → serial day, or null. */
function serialOf(iso: string, date1904: boolean): number | null {
  const at = Date.parse(/T/.test(iso) ? (/(Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`) : `${iso}T00:00:00Z`);
  if (Number.isNaN(at)) return null;
  return at / 86_400_000 + (date1904 ? 24_107 : 25_569);
}
