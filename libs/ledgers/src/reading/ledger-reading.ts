import type { DuplicateLevel } from '@yinfeng/enterprises';
import type { MoneyUnit, MoneyValue } from '@yinfeng/platform';

/**
 * What reading a ledger gives back: every row with typed fields, every guess with its cell, every
 * question that only a person can answer. Nothing here touches the database; the import decides
 * what becomes of a row. The shapes are those of the truth files (ledgers README §3).
 */

/** What the rows of a file are: projects at any stage, a list of signings, or a visit log. */
export type LedgerKind = 'PROJECTS' | 'SIGNED' | 'VISITS' | 'UNKNOWN';

export type { MoneyUnit, MoneyValue };

export interface AreaValue {
  v: string;
  u: '亩' | '㎡' | '';
  approx?: true;
  bound?: '>=' | '<=';
  hi?: string;
}

/** 需用土地: 62亩, 租赁13200平方米, 存量. `kind` is null where the cell names only an area. */
export interface LandNeedValue extends Partial<AreaValue> {
  kind?: string | null;
}

export interface PersonValue {
  name: string;
  title?: string;
  phone?: string;
  /** 周总: no full name. */
  partial?: true;
}

export interface LeaderValue {
  name: string;
  unit?: string;
  phone?: string;
}

/**
 * Canonical fields of a row. Dates are ISO with the precision the cell has: `2024-05-08`, `2024-05`,
 * `2024`, `2024-Q2`, `2024-01-01T00:12:00` (Beijing time). Empty fields are absent.
 */
export interface KnownFields {
  'code.district'?: string;
  'code.city'?: string;
  'code.sign'?: string;
  name?: string;
  /** Canonical stage: lead, reserve, negotiating, signed, landed, started, finished, in_production, dormant, withdrawn, transferred. */
  status?: StageName;
  'status.started'?: boolean;
  'project.class'?: string;
  'capital.nature'?: string;
  'industry.sector3'?: string;
  'industry.gb4754.code'?: string;
  'industry.local_chain'?: string;
  'industry.type'?: string;
  content?: string;
  investor?: string[];
  'investor.uscc'?: string[];
  'investor.signing_party'?: string[];
  'investor.signing_party_uscc'?: string[];
  'investor.registered_company'?: string[];
  'investor.class'?: string[];
  'investor.profile'?: string;
  source_region?: string;
  'contact.name'?: PersonValue[];
  'contact.phone'?: string[];
  'amount.total'?: MoneyValue;
  'amount.unit_label'?: string;
  'amount.fixed'?: MoneyValue;
  'amount.filing'?: MoneyValue;
  'capital.registered'?: MoneyValue;
  'tax.year'?: MoneyValue;
  'output.year'?: MoneyValue;
  'land.need'?: LandNeedValue;
  'land.situation'?: string;
  'land.area_ambiguous'?: AreaValue;
  'build.floor_area'?: AreaValue;
  site?: string;
  'site.zone'?: string;
  'owner.unit'?: string;
  owner?: string;
  first_reporter?: string;
  leader?: LeaderValue;
  'leader.level'?: string;
  channel?: string;
  'sign.agreement_type'?: string;
  'date.reported'?: string;
  'date.first_contact'?: string;
  'date.signed'?: string;
  'date.sign_approved'?: string;
  'date.landed'?: string;
  'date.land_approved'?: string;
  'date.start'?: string;
  'date.finish'?: string;
  'date.plan_start'?: string;
  'date.plan_finish'?: string;
  'date.stat_entry'?: string;
  'date.off'?: string;
  'flag.talent'?: boolean;
  'flag.planned_prev'?: boolean;
  progress?: string;
  judgement?: string;
  remark?: string;
  'date.visit'?: string;
  'date.next'?: string;
  companions?: string[];
  headcount?: number;
  enterprise?: string;
  met?: PersonValue[];
  city?: string;
  place?: string;
  result?: string;
  next_step?: string;
  project?: string;
  direction?: 'out' | 'in';
}

export type FieldValue =
  | string
  | number
  | boolean
  | string[]
  | PersonValue[]
  | MoneyValue
  | AreaValue
  | LandNeedValue
  | LeaderValue;

/** Year columns (`amount.arrived_year.2024`, `amount.fdi_year.2024`, `date.resumed.2024`) and rarer fields go by name. */
export type RowFields = KnownFields & Record<string, FieldValue | undefined>;
export type FieldName = string;

export type StageName =
  | 'lead'
  | 'reserve'
  | 'negotiating'
  | 'signed'
  | 'landed'
  | 'started'
  | 'finished'
  | 'in_production'
  | 'dormant'
  | 'withdrawn'
  | 'transferred';

/** info: normalised without doubt; warn: a guess or contradiction to show; ask: needs a person; reject: row not taken. */
export type WarningLevel = 'info' | 'warn' | 'ask' | 'reject';

export interface RowWarning {
  /** Column letter of the cell, `''` for a remark on the whole row. */
  column: string;
  /** Address such as `Q15`. */
  cell: string;
  header: string;
  field: FieldName | null;
  raw: string | null;
  /** Class of ledgers README §6, e.g. `AMOUNT_APPROX`. */
  class: string;
  level: WarningLevel;
  /** What was taken instead, where that is not plain from the field. */
  value?: FieldValue | null;
  /** A sentence for the person, where the class alone does not say enough. */
  note?: string;
}

/** create: new; merge: the same project in another list of this file; hold: waits for a person; reject: not taken. */
export type RowAction = 'create' | 'merge' | 'hold' | 'reject';

export interface DuplicateOf {
  sheet: string;
  row: number;
  /** SAME_CODE_IDENTICAL, SAME_CODE_CHANGED, SAME_NAME_SAME_INVESTOR, SIMILAR_NAME_SAME_INVESTOR, SAME_NAME_NO_INVESTOR, SAME_PROJECT_OTHER_NAME, SAME_VISIT, SAME_PROJECT_OTHER_LIST. */
  class: string;
  level: 'skip' | 'ask' | 'merge' | DuplicateLevel;
  /** Fields whose values differ from those of the kept row. */
  differences: FieldName[];
}

export interface LedgerRow {
  sheet: string;
  row: number;
  kind: LedgerKind;
  action: RowAction;
  /** Key for matching: project code, else the name; null for visits. */
  key: string | null;
  fields: RowFields;
  /** Columns that were not recognised, by header: kept and shown, never dropped. */
  extra: Record<string, string>;
  /** Every filled cell as written, by column letter. */
  rawCells: Record<string, string>;
  /** Notes (批注) of cells, by column letter. */
  notes?: Record<string, string>;
  warnings: RowWarning[];
  reject?: { reason: string };
  duplicateOf?: DuplicateOf;
  /** Weekly lists: marked 【新增】 or standing in a section of new projects. */
  isNew?: boolean;
}

export interface ColumnReading {
  letter: string;
  /** 0-based position. */
  index: number;
  /** The leaf header, folded to one line. */
  header: string;
  /** Header from group to leaf. */
  path: string[];
  field: FieldName | null;
  /** Unit of the header or of the table: 万元, 亿元, 万美元, 亩 … */
  unit?: string;
  hidden: boolean;
  /** 1: known spelling; lower: near-match; 0: not recognised. */
  confidence: number;
  /** Set where a person must choose: other columns claim the same header. */
  ask?: string;
}

export type SkippedKind =
  | 'title'
  | 'summary'
  | 'reporter'
  | 'header repeated'
  | 'section'
  | 'subtotal'
  | 'total'
  | 'serial number only'
  | 'blank'
  | 'footer';

export interface SkippedRow {
  row: number;
  kind: SkippedKind;
  text?: string;
}

/** Counts in the sentence above a table against the rows below it. */
export interface SummaryCheck {
  row: number;
  sentence: string;
  stated: Record<string, number>;
  found: Record<string, number>;
  equal: boolean;
}

export interface SheetReading {
  name: string;
  kind: LedgerKind;
  imported: boolean;
  /** Why the sheet is left out (填报说明, 字典, 空表, 隐藏表 …). */
  why?: string;
  hidden: boolean;
  headerRows: number[];
  columns: ColumnReading[];
  skippedRows: SkippedRow[];
  firstDataRow: number | null;
  lastDataRow: number | null;
  dataRows: number;
  /** Where the sheet itself gives the stage. */
  stage?: StageName;
  /** Where the sheet or its reporter row gives the department (所属片组). */
  department?: string;
  /** Label above the table: 金额单位：万元. */
  unit?: string;
  direction?: 'out' | 'in';
  summary?: SummaryCheck;
  /** Sums of 合计 rows beside the sum of the rows read: for showing, never imported. */
  totals?: TotalCheck[];
}

export interface TotalCheck {
  row: number;
  column: string;
  field: FieldName;
  shown: string;
  /** In the unit of the column; rows of another currency apart. */
  found: Record<string, string>;
  equal: boolean;
}

/** Something to show once for the file or a sheet. */
export interface FileWarning {
  sheet: string | null;
  row?: number;
  cell?: string;
  class: string;
  level: WarningLevel;
  raw?: string | null;
  note: string;
  value?: Record<string, number | string>;
}

/** A question that must be answered before the file can be imported. */
export interface Question {
  kind: 'DUPLICATE_HEADER' | 'NO_HEADER_ROW' | 'DATA_ON_HIDDEN_SHEET' | 'NAME_COLUMN_MISSING' | 'AMOUNT_UNIT_MISSING' | 'ALL_MERGED' | 'BROKEN_FILE';
  sheet: string;
  text: string;
  /** Columns concerned. */
  columns?: string[];
  header?: string;
}

/** The whole file is turned away; the text says why in words of the office. */
export interface Refusal {
  reason: 'NO_DATA' | 'NO_TABLE';
  text: string;
}

/** A mapping saved from an earlier import: sheet → column letter → field and unit; field null leaves a column out. */
export type SavedMapping = Record<
  string,
  { headerRows?: number[]; columns: Record<string, { field: FieldName | null; unit?: string }> }
>;

export interface DepartmentName {
  name: string;
  aliases?: string[];
}

export interface ReadingOptions {
  fileName: string;
  /** Day for which the file speaks, YYYY-MM-DD; else guessed from the title, reporter row or file name. */
  asOf?: string;
  sheetKind?: LedgerKind;
  mapping?: SavedMapping;
  /** Departments of the zone: their names are the canonical ones for UNIT_ALIAS. */
  departments?: DepartmentName[];
  /** Read these hidden sheets after the person said so. */
  includeHidden?: string[];
}

export interface LedgerReading {
  kind: LedgerKind;
  asOf: { value: string | null; guessedFrom: 'given' | 'title' | 'reporter' | 'file name' | 'sheet name' | 'rows' | null };
  sheets: SheetReading[];
  rows: LedgerRow[];
  fileWarnings: FileWarning[];
  needsAnswer: Question[];
  refusal?: Refusal;
  /** Another name of a department → the name taken. */
  departmentAliases: Record<string, string>;
  /** Pairs that look alike but stay apart, for showing. */
  lookAlikes: { rows: { sheet: string; row: number }[]; class: string }[];
}
