import type { FileLimits, FileNotice } from './faults.js';

/** One cell as stored. Cells are shared between rows where their content is the same: do not change them. */
export interface Cell {
  /**
   * Text as stored, LF line ends. For a number the shortest decimal of the stored double (`2.34`,
   * not `2.3399999999999999`); for a boolean `TRUE` or `FALSE`; for an error its name (`#N/A`).
   */
  readonly text: string | null;
  /** The stored double; dates are serial days of the workbook's date system (`date1904`). */
  readonly number: number | null;
  /** `number` covers date serials too (see `dateFormat`); `date` is only the rare ISO date cell (t="d"). */
  readonly kind: 'empty' | 'text' | 'number' | 'boolean' | 'error' | 'date';
  /** The number format of the cell marks a date or time. */
  readonly dateFormat: boolean;
  /** Formula without `=`; never computed. Cells that share a formula all carry the text of its first cell. */
  readonly formula?: string;
  readonly note?: string;
  readonly richText?: boolean;
  /** Target of a hyperlink, never followed; `#…` is a place in the same workbook. */
  readonly link?: string;
}

export interface SheetRow {
  /** 1-based; for CSV the record number. */
  row: number;
  /** Index 0 = column A. Empty cells are undefined, even where they have a style. */
  cells: (Cell | undefined)[];
}

/** 1-based, inclusive. */
export interface Merge {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

/** What is known of a sheet before its rows. */
export interface SheetHead {
  name: string;
  hidden: boolean;
  /** 1-based column numbers. */
  hiddenColumns: number[];
  /** Disjoint, inside the used rows; a merge that overlapped an earlier one is left out with a notice. */
  merges: Merge[];
}

export interface Sheet extends SheetHead {
  /** Only rows that have a non-empty cell, in order. */
  rows: SheetRow[];
}

interface WorkbookFacts {
  format: 'xlsx' | 'xls' | 'csv';
  /** CSV only: `utf-8`, `gb18030`, `utf-16le`, `utf-16be`. */
  encoding?: string;
  /** CSV only. */
  delimiter?: string;
  date1904: boolean;
  notices: FileNotice[];
}

export interface Workbook extends WorkbookFacts {
  sheets: Sheet[];
}

/** A workbook whose rows are read as they are asked for. `notices` grows while rows are read. */
export interface OpenWorkbook extends WorkbookFacts {
  sheets: SheetHead[];
  /**
   * Rows of one sheet in order, in batches of about 500 rows (fewer where rows are very wide), only rows with a non-empty cell. Can be read
   * again from the start. Stopping early is allowed.
   * @param sheet index in `sheets`
   * @throws UnreadableFile while iterating, where the damage lies in the rows
   */
  batches(sheet: number): AsyncIterable<SheetRow[]>;
  /** Frees what the reader holds; needed after `openWorkbookInWorker`, harmless otherwise. */
  close(): Promise<void>;
}

export interface ReadOptions {
  /** Name under which the file was uploaded; used in notices only, content decides the format. */
  name: string;
  limits?: Partial<FileLimits>;
}
