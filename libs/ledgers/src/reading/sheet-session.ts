import { amountUnitOf, plainNumber, shiftDecimal } from '@yinfeng/platform';
import type { MoneyValue } from '@yinfeng/platform';
import { Decimal } from 'decimal.js';
import type { Merge, SheetRow } from '../files/workbook.js';
import { cellText, isFilled } from '../recognition/cells.js';
import { foldHeader } from '../recognition/headers.rules.js';
import type { InFileDuplicates } from './in-file-duplicates.js';
import { interpretRow } from './interpret-row.js';
import type { FieldValue, FileWarning, LedgerRow, SheetReading, SkippedKind, TotalCheck } from './ledger-reading.js';
import type { SheetPlan } from './sheet-plan.js';
import { SummaryWatch } from './summary.rules.js';

const SUBTOTAL = /^(?:本页|本组|本周|本月|分组)?(?:小计|分计|页计|分项合计)/;
const TOTAL = /^(?:本表|全区|全市|全部|总)?(?:合计|总计|共计|累计|汇总)/;
const ONLY_TOTAL = /^[^\d]{0,4}(?:小计|分计|页计|合计|总计|共计|累计|汇总)[\s:：]*(?:[(（]?\d*个?(?:项目|项|批|户)?\d*个?[)）]?)?$/;
const NOTE = /^(?:注|备注|说明|填表说明|填报说明|审核|审核人|制表人?|填表人?|填报人|负责人|联系人|联系电话|单位负责人)\s*[:：]|^注\d|^\(?[\d一二三四五六七八九十]+[.、)）]/;
const NEW_MARK = /^[【[(（<《★☆]*\s*(?:本周|本月|本期)?新增(?:项目)?\s*[】\])）>》★☆:：]/;
/** Blank rows listed one by one in a gap; more are one remark. */
const MOST_BLANKS = 1000;

interface Carried {
  field: string;
  value: FieldValue | undefined;
  bottom: number;
}

/**
 * Reads the rows of one sheet in order, as they come: tells data rows from repeated headers, section
 * rows, subtotals, totals, blanks and footers, carries vertically merged values down, and keeps the
 * counts that the sentence above the table and the 合计 row are checked against.
 */
export class SheetSession {
  private readonly headerBottom: number;
  private readonly nameIndex: number;
  private readonly watches: SummaryWatch[];
  /** Rows whose kind shows only later: a lone text is a section if data follow, a footer if none do. */
  private pending: { row: number; kind: SkippedKind; text: string }[] = [];
  private lastRow: number;
  private section = '';
  private readonly mergesByTop = new Map<number, Merge[]>();
  private carried: Carried[] = [];
  private readonly sums = new Map<string, Map<string, ExactSum>>();
  private readonly totalRows: { row: number; cells: { index: number; shown: string }[] }[] = [];

  constructor(
    readonly plan: SheetPlan,
    readonly reading: SheetReading,
    private readonly duplicates: InFileDuplicates,
  ) {
    this.headerBottom = plan.layout.headerRows.at(-1) ?? 0;
    this.lastRow = this.headerBottom;
    this.nameIndex = (plan.byField.get('name') ?? plan.byField.get('enterprise'))?.index ?? -1;
    this.watches = plan.layout.above.map((a) => new SummaryWatch(a.row, a.text)).filter((w) => !w.empty);
    for (const m of plan.spreads) this.mergesByTop.set(m.top, [...(this.mergesByTop.get(m.top) ?? []), m]);
  }

  /** The next row of the sheet; null where it is no data row. */
  row(row: SheetRow): LedgerRow | null {
    if (row.row <= this.headerBottom) return null;
    this.blanksUpTo(row.row);
    this.lastRow = row.row;
    const filled: number[] = [];
    row.cells.forEach((cell, i) => {
      if (isFilled(cell)) filled.push(i);
    });
    if (filled.length === 0) {
      this.pending.push({ row: row.row, kind: 'blank', text: '' });
      return null;
    }
    const kind = this.kindOf(row, filled);
    if (kind === null) return this.data(row);
    const text = cellText(row.cells[filled[0]!]).trim();
    if (kind === 'section') this.pending.push({ row: row.row, kind, text });
    else {
      this.flush(false);
      this.reading.skippedRows.push({ row: row.row, kind, ...(text ? { text } : {}) });
      if (kind === 'total') this.totalRows.push({ row: row.row, cells: filled.slice(1).map((index) => ({ index, shown: shownNumber(row, index) })).filter((c) => c.shown !== '') });
    }
    return null;
  }

  private blanksUpTo(row: number): void {
    const gap = row - this.lastRow - 1;
    for (let i = 1; i <= Math.min(gap, MOST_BLANKS); i++) this.pending.push({ row: this.lastRow + i, kind: 'blank', text: '' });
  }

  private kindOf(row: SheetRow, filled: number[]): SkippedKind | null {
    const { plan } = this;
    if (this.repeatsHeader(row, filled)) return 'header repeated';
    const first = cellText(row.cells[filled[0]!]).trim();
    const named = this.nameIndex >= 0 && isFilled(row.cells[this.nameIndex]);
    const head = first.replace(/\s/g, '');
    if ((filled[0]! <= 2 || !named) && ONLY_TOTAL.test(head) && (!named || this.nameIndex === filled[0])) {
      if (SUBTOTAL.test(head)) return 'subtotal';
      if (TOTAL.test(head)) return 'total';
    }
    if (filled.length === 1) {
      const index = filled[0]!;
      const seq = plan.byField.get('seq')?.index ?? (this.nameIndex === 0 ? -1 : 0);
      if (index === seq && /^\d+(?:\.\d+)?$/.test(first)) return 'serial number only';
      const merged = plan.merges.some((m) => m.top <= row.row && row.row <= m.bottom && m.left === index + 1 && m.right > m.left);
      if (index !== this.nameIndex) return merged || row.cells[index]?.kind === 'text' ? 'section' : null;
      return merged || NOTE.test(first) ? 'section' : null;
    }
    // A note whose text a comma has spread over several cells of a CSV.
    return !named && NOTE.test(first) && !/^\d/.test(first) ? 'section' : null;
  }

  private repeatsHeader(row: SheetRow, filled: number[]): boolean {
    for (const texts of this.plan.layout.headerTexts) {
      if (texts.size < 2) continue;
      let equal = 0;
      for (const i of filled) {
        const cell = row.cells[i]!;
        if (cell.kind === 'text' && cell.text!.length <= 40 && texts.get(i) === foldHeader(cell.text!)) equal++;
        else if (equal === 0) break;
      }
      if (equal >= 2 && equal >= filled.length * 0.6) return true;
    }
    return false;
  }

  private flush(atEnd: boolean): void {
    const { reading } = this;
    if (atEnd) while (this.pending.at(-1)?.kind === 'blank') this.pending.pop();
    for (const p of this.pending) reading.skippedRows.push({ row: p.row, kind: atEnd && p.kind === 'section' ? 'footer' : p.kind, ...(p.text ? { text: p.text } : {}) });
    this.pending = [];
  }

  private data(row: SheetRow): LedgerRow {
    const { plan, reading } = this;
    const section = this.pending.findLast((p) => p.kind === 'section');
    if (section) this.section = section.text;
    this.flush(false);
    this.carried = this.carried.filter((c) => c.bottom >= row.row);
    const down = this.carried.length ? new Map(this.carried.filter((c) => c.value !== undefined).map((c) => [c.field, c.value!])) : null;
    const read = interpretRow(plan, row, down);
    for (const m of this.mergesByTop.get(row.row) ?? []) {
      const field = plan.columns[m.left - 1]!.field!;
      this.carried.push({ field, value: read.fields[field], bottom: m.bottom });
    }
    reading.dataRows++;
    reading.firstDataRow ??= row.row;
    reading.lastDataRow = row.row;
    const out: LedgerRow = { sheet: plan.name, row: row.row, kind: plan.kind, action: 'create', key: read.key, fields: read.fields, extra: read.extra, rawCells: read.rawCells, warnings: read.warnings };
    if (read.notes) out.notes = read.notes;
    if (plan.kind !== 'VISITS' && !read.reject) out.isNew = NEW_MARK.test(read.fields.progress ?? '') || /新增/.test(this.section);
    if (read.reject) {
      out.action = 'reject';
      out.reject = read.reject;
      return out;
    }
    const repeat = plan.kind === 'VISITS' ? this.duplicates.visit(plan.name, row.row, read.fields) : this.duplicates.project(plan.name, row.row, read.fields, plan.stage);
    if (repeat) {
      out.duplicateOf = repeat;
      out.action = repeat.level === 'merge' ? 'merge' : 'hold';
    }
    for (const w of this.watches) w.count(read.fields, out.isNew ?? false, out.action === 'hold');
    if (out.action === 'create') this.add(out);
    return out;
  }

  private add(row: LedgerRow): void {
    for (const p of this.plan.columns) {
      if (p.type !== 'money' || !p.field) continue;
      const value = row.fields[p.field] as MoneyValue | undefined;
      if (!value) continue;
      let sums = this.sums.get(p.letter);
      if (!sums) this.sums.set(p.letter, (sums = new Map<string, ExactSum>()));
      let sum = sums.get(value.u);
      if (!sum) sums.set(value.u, (sum = new ExactSum()));
      sum.add(value.v);
    }
  }

  /** After the last row: what was pending becomes footers, sentence and totals are checked. */
  finish(): FileWarning[] {
    this.flush(true);
    this.reading.skippedRows.sort((a, b) => a.row - b.row);
    const warnings: FileWarning[] = [];
    for (const watch of this.watches) {
      const result = watch.result();
      this.reading.summary ??= result;
      if (result.equal) continue;
      const label = Object.keys(result.stated).find((k) => result.stated[k] !== result.found[k])!;
      this.reading.summary = result;
      warnings.push({
        sheet: this.plan.name,
        row: watch.row,
        cell: `A${watch.row}`,
        class: 'SUMMARY_MISMATCH',
        level: 'warn',
        raw: watch.sentence,
        note: `表头上方写“${label} ${result.stated[label]}”，表中为 ${result.found[label]}`,
        value: { stated: result.stated[label]!, found: result.found[label]! },
      });
    }
    const totals = this.totalRows.flatMap((t) => t.cells.map((c) => this.checkTotal(t.row, c.index, c.shown))).filter((t) => t !== null);
    if (totals.length) this.reading.totals = totals;
    return warnings;
  }

  private checkTotal(row: number, index: number, shown: string): TotalCheck | null {
    const p = this.plan.columns[index];
    if (!p?.field || p.type !== 'money') return null;
    const found: Record<string, string> = {};
    for (const [unit, sum] of this.sums.get(p.letter) ?? []) found[unit] = sum.text;
    const unit = p.unit ?? amountUnitOf(p.column.unit ?? '');
    const inWan = unit ? shiftDecimal(shown, unit.places) : shown;
    const values = Object.entries(found);
    const equal = values.length === 1 && values[0]![1] === shiftDecimal(inWan, 0) && values[0]![0] === (unit?.money ?? values[0]![0]);
    return { row, column: p.letter, field: p.field, shown, found, equal };
  }
}

function shownNumber(row: SheetRow, index: number): string {
  const cell = row.cells[index]!;
  if (cell.number !== null) return plainNumber(cell.number);
  const text = cellText(cell).replace(/,/g, '').trim();
  return /^-?\d+(?:\.\d+)?$/.test(text) ? text : '';
}

/** An exact sum of decimal texts; whole numbers of 元 (four decimals of 万) take the fast way. */
class ExactSum {
  private whole = 0;
  private rest = new Decimal(0);

  add(text: string): void {
    const point = text.indexOf('.');
    const scaled = point < 0 ? Number(text) * 10_000 : text.length - point <= 5 ? Math.round(Number(text) * 10_000) : NaN;
    if (Math.abs(scaled + this.whole) < Number.MAX_SAFE_INTEGER && Math.abs(scaled) < 1e14) this.whole += scaled;
    else this.rest = this.rest.plus(text);
  }

  get text(): string {
    return new Decimal(this.whole).div(10_000).plus(this.rest).toFixed();
  }
}
