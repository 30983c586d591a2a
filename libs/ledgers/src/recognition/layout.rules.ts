import type { Merge, SheetHead, SheetRow } from '../files/workbook.js';
import type { ColumnReading, Question, SkippedKind, SkippedRow } from '../reading/ledger-reading.js';
import { cellText, columnLetter, isFilled } from './cells.js';
import { foldHeader, recogniseHeader, unitNamed } from './headers.rules.js';

/** A sheet with the rows of its beginning; merges and hidden columns are those of the whole sheet. */
export interface SheetSample extends SheetHead {
  rows: SheetRow[];
}

/** Where the header of a table stands and what its columns are; everything a row needs to be read. */
export interface Layout {
  headerRows: number[];
  columns: ColumnReading[];
  /** Folded texts of each header row by 0-based column, to know a repeated header. */
  headerTexts: Map<number, string>[];
  topRows: SkippedRow[];
  title?: string;
  /** Texts above the table after the title. */
  above: { row: number; kind: SkippedKind; text: string }[];
  /** Unit of a label above the table (金额单位：万元). */
  unit?: string;
  questions: Question[];
}

const HEADER_SEARCH_ROWS = 40;
const TOO_LONG_FOR_HEADER = 40;

const rowAt = (rows: readonly SheetRow[], row: number): SheetRow | undefined => rows.find((r) => r.row === row);

/** How many cells of a row are known headers, without near-matches. */
function headerScore(row: SheetRow): { score: number; known: number } {
  let known = 0;
  let against = 0;
  const seen = new Set<string>();
  for (const cell of row.cells) {
    if (!cell || !isFilled(cell)) continue;
    if (cell.kind !== 'text') {
      against++;
      continue;
    }
    const text = cell.text!.trim();
    if (text.length > TOO_LONG_FOR_HEADER) {
      against++;
      continue;
    }
    const folded = foldHeader(text);
    if (seen.has(folded)) continue;
    seen.add(folded);
    if (recogniseHeader([text], null, false).field) known++;
  }
  return { score: known - 0.5 * against, known };
}

function mergeAt(merges: readonly Merge[], row: number, column: number): Merge | undefined {
  return merges.find((m) => m.top <= row && row <= m.bottom && m.left <= column + 1 && column + 1 <= m.right);
}

function filledTexts(row: SheetRow): { column: number; text: string }[] {
  const out: { column: number; text: string }[] = [];
  row.cells.forEach((cell, column) => {
    if (isFilled(cell)) out.push({ column, text: cellText(cell).trim() });
  });
  return out;
}

/** The rows of the header around its most telling row: groups above, and rows that merged leaves reach down to. */
function headerBlock(sheet: SheetSample, best: SheetRow): number[] {
  const merges = sheet.merges;
  let top = best.row;
  let bottom = best.row;
  const width = best.cells.length;
  for (let r = best.row - 1; r >= Math.max(1, best.row - 3); r--) {
    const row = rowAt(sheet.rows, r);
    if (!row) break;
    const texts = filledTexts(row);
    if (texts.length < 2 || texts.some((t) => t.text.length > TOO_LONG_FOR_HEADER || row.cells[t.column]?.kind !== 'text')) break;
    if (texts.some((t) => /[:：]/.test(t.text) && /(?:单位|时间|日期|填报|电话)/.test(t.text))) break;
    const below = rowAt(sheet.rows, r + 1)!;
    const joined = merges.some((m) => m.top <= r && m.bottom >= r && (m.bottom > r || m.right > m.left) && m.left <= width);
    const complements = texts.some((t) => !isFilled(below.cells[t.column]));
    if (!joined && !complements && texts.length < filledTexts(below).length / 3) break;
    if (!joined && !complements) break;
    top = r;
  }
  for (let grown = true; grown && bottom - top < 4; ) {
    grown = false;
    const reach = merges.filter((m) => m.top >= top && m.top <= bottom && m.bottom > bottom && m.bottom - m.top < 4 && m.left <= width).reduce((b, m) => Math.max(b, m.bottom), bottom);
    if (reach > bottom) {
      bottom = reach;
      grown = true;
    }
  }
  const rows: number[] = [];
  for (let r = top; r <= bottom; r++) rows.push(r);
  return rows;
}

/** Header from group to leaf of each column, merges resolved; without merges a group reaches to the right until the next one. */
function headerPaths(sheet: SheetSample, headerRows: readonly number[]): string[][] {
  const rows = headerRows.map((r) => rowAt(sheet.rows, r));
  const width = Math.max(0, ...rows.map((r) => r?.cells.length ?? 0));
  const headMerges = sheet.merges.filter((m) => m.top <= headerRows.at(-1)! && m.bottom >= headerRows[0]!);
  const paths: string[][] = [];
  for (let c = 0; c < width; c++) {
    const path: string[] = [];
    headerRows.forEach((r, i) => {
      const merge = mergeAt(headMerges, r, c);
      let text: string;
      if (merge) text = cellText(rowAt(sheet.rows, merge.top)?.cells[merge.left - 1]).trim() || cellText(rows[i]?.cells[c]).trim();
      else {
        text = cellText(rows[i]?.cells[c]).trim();
        const leafFilled = isFilled(rows.at(-1)?.cells[c]);
        if (!text && headMerges.length === 0 && i < headerRows.length - 1 && leafFilled)
          for (let left = c - 1; left >= 0 && !text; left--) text = cellText(rows[i]?.cells[left]).trim();
      }
      const shown = text.replace(/\s*\n\s*/g, '');
      if (shown && path.at(-1) !== shown) path.push(shown);
    });
    paths.push(path);
  }
  while (paths.length && paths.at(-1)!.length === 0) paths.pop();
  return paths;
}

const REPORTER = /(?:填报|填表|报送|上报|所属|报表)(?:人|单位|时间|日期|片组|组别|部门)\s*[:：]|联系电话\s*[:：]/;

function describeTop(sheet: SheetSample, firstHeaderRow: number): Pick<Layout, 'topRows' | 'title' | 'above' | 'unit'> {
  const topRows: SkippedRow[] = [];
  const above: Layout['above'] = [];
  let title: string | undefined;
  let unit: string | undefined;
  let expected = 1;
  for (const row of sheet.rows) {
    if (row.row >= firstHeaderRow) break;
    for (; expected < row.row; expected++) topRows.push({ row: expected, kind: 'blank' });
    expected = row.row + 1;
    const text = filledTexts(row).map((t) => t.text).join(' ');
    const label = /(?<!制表|填报|报送|编制|责任|牵头)单位\s*[:：]\s*([^\s,，;；)）]{1,5})/.exec(text);
    if (label) unit ??= unitNamed(label[1]!) ?? undefined;
    if (title === undefined) {
      title = text;
      topRows.push({ row: row.row, kind: 'title', text });
      continue;
    }
    const kind: SkippedKind = REPORTER.test(text) && !/^(?:截至|截止|共)/.test(text) ? 'reporter' : 'summary';
    above.push({ row: row.row, kind, text });
    topRows.push({ row: row.row, kind, text });
  }
  for (; expected < firstHeaderRow; expected++) topRows.push({ row: expected, kind: 'blank' });
  return { topRows, above, ...(title === undefined ? {} : { title }), ...(unit ? { unit } : {}) };
}

export interface LayoutOptions {
  fileYear: number | null;
  /** Saved answer of a person: header rows and columns of this sheet. */
  mapping?: { headerRows?: number[]; columns: Record<string, { field: string | null; unit?: string }> };
}

/**
 * Finds the header of a sheet by known header words (title, summary and reporter rows may stand
 * above, one to three header rows, groups merged) and names its columns. Null where no row is a header.
 */
export function findLayout(sheet: SheetSample, options: LayoutOptions): Layout | null {
  let headerRows: number[];
  if (options.mapping?.headerRows) headerRows = options.mapping.headerRows;
  else {
    let best: SheetRow | null = null;
    let bestScore = 0;
    for (const row of sheet.rows.slice(0, HEADER_SEARCH_ROWS)) {
      const { score, known } = headerScore(row);
      const filled = filledTexts(row).length;
      if (known < 2 || (known < 3 && known / filled < 0.3)) continue;
      if (score > bestScore) {
        bestScore = score;
        best = row;
      }
    }
    if (!best) return null;
    headerRows = headerBlock(sheet, best);
  }
  const paths = headerRows.length ? headerPaths(sheet, headerRows) : [];
  const columns = nameColumns(paths, sheet, options);
  const headerTexts = headerRows.map((r) => {
    const texts = new Map<number, string>();
    for (const t of filledTexts(rowAt(sheet.rows, r) ?? { row: r, cells: [] })) texts.set(t.column, foldHeader(t.text));
    return texts;
  });
  const top = describeTop(sheet, headerRows[0] ?? 1);
  return { headerRows, columns, headerTexts, questions: duplicateHeaders(columns, sheet.name), ...top };
}

function nameColumns(paths: string[][], sheet: SheetSample, options: LayoutOptions): ColumnReading[] {
  const hidden = new Set(sheet.hiddenColumns);
  const given = options.mapping?.columns ?? {};
  const width = Math.max(paths.length, options.mapping && !paths.length ? Math.max(0, ...sheet.rows.map((r) => r.cells.length)) : 0);
  const columns: ColumnReading[] = [];
  for (let index = 0; index < width; index++) {
    const path = paths[index] ?? [];
    const letter = columnLetter(index);
    const match = path.length ? recogniseHeader(path, options.fileYear) : { field: null, confidence: 0 };
    const unit = (match as { unit?: string }).unit;
    const column: ColumnReading = { letter, index, header: path.at(-1) ?? '', path, field: match.field, hidden: hidden.has(index + 1), confidence: match.confidence };
    if (unit) column.unit = unit;
    const answer = given[letter];
    if (answer) {
      column.field = answer.field;
      column.confidence = 1;
      if (answer.unit) column.unit = answer.unit;
    }
    columns.push(column);
  }
  const answered = new Set(Object.keys(given));
  markDuplicates(columns, answered);
  settleRivals(columns, answered);
  return columns;
}

/** Two columns with the same header: a person must say which is which, none overwrites the other. */
function markDuplicates(columns: ColumnReading[], answered: ReadonlySet<string>): void {
  const byText = new Map<string, ColumnReading[]>();
  for (const c of columns) {
    if (!c.header) continue;
    const key = c.path.map(foldHeader).join('>');
    byText.set(key, [...(byText.get(key) ?? []), c]);
  }
  for (const same of byText.values()) {
    if (same.length < 2 || same.every((c) => answered.has(c.letter))) continue;
    const letters = same.map((c) => c.letter).join('、');
    for (const c of same) {
      if (answered.has(c.letter)) continue;
      c.ask = `${letters} 列的表头都是“${c.header}”，请分别指定`;
      c.field = null;
      c.confidence = 0;
    }
  }
}

const SECOND_CHOICE: Readonly<Record<string, string>> = {
  'date.sign_approved': 'date.sign_stat',
  'code.district': 'code.other',
  content: 'content.more',
  progress: 'progress.more',
  remark: 'remark.more',
};

/** Two spellings of one field: the surer one has it; money may stand twice in two units (注册资本 in 亿元 and 万元). */
function settleRivals(columns: ColumnReading[], answered: ReadonlySet<string>): void {
  const byField = new Map<string, ColumnReading[]>();
  for (const c of columns) if (c.field) byField.set(c.field, [...(byField.get(c.field) ?? []), c]);
  for (const [field, rivals] of byField) {
    if (rivals.length < 2) continue;
    const units = new Set(rivals.map((c) => c.unit ?? ''));
    if (units.size === rivals.length && rivals.every((c) => /元/.test(c.unit ?? ''))) continue;
    const ranked = [...rivals].sort((a, b) => Number(answered.has(b.letter)) - Number(answered.has(a.letter)) || b.confidence - a.confidence || a.index - b.index);
    for (const loser of ranked.slice(1)) {
      const second = SECOND_CHOICE[field];
      loser.field = second && !byField.has(second) && loser === ranked[1] ? second : null;
      loser.confidence = loser.field ? 0.5 : 0;
    }
  }
}

function duplicateHeaders(columns: readonly ColumnReading[], sheet: string): Question[] {
  const asked = new Map<string, Question>();
  for (const c of columns) {
    if (!c.ask) continue;
    const known = asked.get(c.ask);
    if (known) known.columns!.push(c.letter);
    else asked.set(c.ask, { kind: 'DUPLICATE_HEADER', sheet, text: c.ask, columns: [c.letter], header: c.header });
  }
  return [...asked.values()];
}
