import type { AmountUnit } from '@yinfeng/platform';
import type { Merge } from '../files/workbook.js';
import type { Layout } from '../recognition/layout.rules.js';
import type { FieldType } from '../vocabulary/fields.js';
import type { DepartmentBook } from './departments.rules.js';
import type { ColumnReading, LedgerKind, StageName } from './ledger-reading.js';

/** A column made ready for reading many rows. */
export interface PlannedColumn {
  column: ColumnReading;
  index: number;
  letter: string;
  field: string | null;
  type: FieldType | null;
  /** Money: unit outside the cell, header before label; null where neither names one. */
  unit: AmountUnit | null;
  /** The unit column (计价单位) governs this amount. */
  byUnitColumn: boolean;
  /** Area: unit of the header. */
  areaUnit: string | null;
  /** Area columns by name (占地面积): no kind of supply in the value. */
  areaOnly: boolean;
  /** Choices of the sheet 字典 for this field, folded; null where the workbook has none. */
  choices: ReadonlySet<string> | null;
  /** Name under which an unrecognised column is kept. */
  extraName: string;
  eventDate: boolean;
}

/** All that reading one row of a sheet needs. */
export interface SheetPlan {
  name: string;
  index: number;
  kind: LedgerKind;
  layout: Layout;
  columns: PlannedColumn[];
  byField: Map<string, PlannedColumn>;
  asOf: string | null;
  date1904: boolean;
  csv: boolean;
  departments: DepartmentBook;
  stage: StageName | null;
  department: string | null;
  direction: 'out' | 'in' | null;
  /** Vertical merges below the header in columns whose value spreads over the rows. */
  spreads: Merge[];
  merges: readonly Merge[];
}
