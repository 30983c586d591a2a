import type { Cell, SheetRow } from './cells.js';

/**
 * A batch of rows as flat arrays. Cloning 12,500 cell objects between threads costs the receiving
 * thread several times what cloning these arrays and building the objects again does.
 */
export interface PackedRows {
  rows: Uint32Array;
  /** Length of `cells` and number of filled cells, per row. */
  widths: Uint32Array;
  counts: Uint32Array;
  columns: Uint16Array;
  /** Kind in the low bits, date format in bit 3. */
  kinds: Uint8Array;
  numbers: Float64Array;
  /** Index into `strings`, or NO_TEXT. */
  texts: Uint32Array;
  strings: string[];
  /** What few cells have besides: by index of the cell. */
  extras: [index: number, extra: Pick<Cell, 'formula' | 'note' | 'richText' | 'link'>][];
}

const KINDS = ['empty', 'text', 'number', 'boolean', 'error', 'date'] as const;
const KIND_CODES = Object.fromEntries(KINDS.map((kind, code) => [kind, code])) as Record<Cell['kind'], number>;
const NUMBER = 2;
const DATE_FORMAT = 8;
const NO_TEXT = 0xffffffff;

/** Flattens rows for another thread. */
export function packRows(rows: readonly SheetRow[]): PackedRows {
  const counts = rows.map(({ cells }) => cells.reduce((count, cell) => (cell ? count + 1 : count), 0));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const packed: PackedRows = {
    rows: Uint32Array.from(rows, ({ row }) => row),
    widths: Uint32Array.from(rows, ({ cells }) => cells.length),
    counts: Uint32Array.from(counts),
    columns: new Uint16Array(total),
    kinds: new Uint8Array(total),
    numbers: new Float64Array(total),
    texts: new Uint32Array(total).fill(NO_TEXT),
    strings: [],
    extras: [],
  };
  const known = new Map<string, number>();
  let at = 0;
  for (const { cells } of rows) {
    // forEach skips holes, so a lone cell in column XFD costs one step, not 16,384.
    cells.forEach((cell, column) => {
      if (!cell) return;
      packed.columns[at] = column;
      packed.kinds[at] = KIND_CODES[cell.kind] | (cell.dateFormat ? DATE_FORMAT : 0);
      packed.numbers[at] = cell.number ?? NaN;
      // The text of a number follows from the number.
      if (cell.text !== null && cell.kind !== 'number') {
        let index = known.get(cell.text);
        if (index === undefined) {
          index = packed.strings.push(cell.text) - 1;
          known.set(cell.text, index);
        }
        packed.texts[at] = index;
      }
      const { formula, note, richText, link } = cell;
      if (formula !== undefined || note !== undefined || richText !== undefined || link !== undefined) {
        packed.extras.push([at, { formula, note, richText, link }]);
      }
      at += 1;
    });
  }
  return packed;
}

/** The rows again. */
export function unpackRows(packed: PackedRows): SheetRow[] {
  const shared: (Cell | undefined)[] = [];
  const extras = new Map(packed.extras);
  const rows: SheetRow[] = [];
  let at = 0;
  for (let index = 0; index < packed.rows.length; index++) {
    const cells: (Cell | undefined)[] = [];
    const end = at + (packed.counts[index] as number);
    for (; at < end; at++) {
      let cell = unpackCell(packed, at, shared);
      const extra = extras.size > 0 ? extras.get(at) : undefined;
      if (extra) cell = { ...cell, ...defined(extra) };
      cells[packed.columns[at] as number] = cell;
    }
    cells.length = packed.widths[index] as number;
    rows.push({ row: packed.rows[index] as number, cells });
  }
  return rows;
}

function unpackCell(packed: PackedRows, at: number, shared: (Cell | undefined)[]): Cell {
  const code = packed.kinds[at] as number;
  const kind = KINDS[code & 7] as Cell['kind'];
  const number = packed.numbers[at] as number;
  const dateFormat = (code & DATE_FORMAT) !== 0;
  if ((code & 7) === NUMBER) return { text: String(number), number, kind, dateFormat };
  const index = packed.texts[at] as number;
  const plain = code === 1;
  if (plain && shared[index]) return shared[index];
  const cell: Cell = {
    text: index === NO_TEXT ? null : (packed.strings[index] as string),
    number: Number.isNaN(number) ? null : number,
    kind,
    dateFormat,
  };
  if (plain) shared[index] = cell;
  return cell;
}

function defined<T extends object>(extra: T): Partial<T> {
  return Object.fromEntries(Object.entries(extra).filter(([, value]) => value !== undefined)) as Partial<T>;
}
