import type { SheetRow } from '../files/workbook.js';
import type { FieldValue, RowFields, RowWarning } from './ledger-reading.js';
import type { PlannedColumn } from './sheet-plan.js';
import { levelOf } from './warning-classes.js';

/** A row while it is read: fields, warnings and the reason for which it may be turned away. */
export class RowDraft {
  readonly fields: RowFields = {};
  readonly extra: Record<string, string> = {};
  readonly rawCells: Record<string, string> = {};
  notes: Record<string, string> | undefined;
  readonly warnings: RowWarning[] = [];
  /** Money columns that were read, by letter: for sums and for one field in two units. */
  readonly money: { column: PlannedColumn; zero: boolean }[] = [];
  /** Set where the row cannot be taken; the first reason stands. */
  reject: { reason: string; column: PlannedColumn | null; raw: string | null; note?: string } | undefined;

  constructor(readonly row: SheetRow) {}

  warn(column: PlannedColumn, raw: string | null, warningClass: string, note?: string): void {
    this.warnings.push({
      column: column.letter,
      cell: column.letter + this.row.row,
      header: column.column.header,
      field: column.field,
      raw,
      class: warningClass,
      level: levelOf(warningClass),
      ...(note ? { note } : {}),
    });
  }

  refuse(reason: string, column: PlannedColumn | null, raw: string | null, note?: string): void {
    this.reject ??= { reason, column, raw, ...(note ? { note } : {}) };
  }

  set(field: string, value: FieldValue | null | undefined): void {
    if (value !== null && value !== undefined) this.fields[field] = value;
  }
}
