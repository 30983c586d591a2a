import { amountUnitOf } from '@yinfeng/platform';
import { cellText, columnLetter, isFilled } from '../recognition/cells.js';
import { guessAsOf } from '../recognition/as-of.rules.js';
import type { AsOf } from '../recognition/as-of.rules.js';
import { recogniseHeader } from '../recognition/headers.rules.js';
import { findLayout } from '../recognition/layout.rules.js';
import type { Layout, SheetSample } from '../recognition/layout.rules.js';
import { fieldType, isEventDate, spreadsOverMerge } from '../vocabulary/fields.js';
import { isOwnVisitSheet } from '../vocabulary/own-sheets.js';
import { stageInTitle, stageOf } from '../vocabulary/stage-words.js';
import { directionOf, foldChoice } from './cell-readers.js';
import { DepartmentBook } from './departments.rules.js';
import type { ColumnReading, LedgerKind, Question, ReadingOptions, SheetReading, StageName } from './ledger-reading.js';
import type { PlannedColumn, SheetPlan } from './sheet-plan.js';

/** What is known of a workbook before its rows are read one by one. */
export interface WorkbookSample {
  format: 'xlsx' | 'xls' | 'csv';
  date1904: boolean;
  sheets: SheetSample[];
}

export interface PlannedSheet {
  reading: SheetReading;
  /** Null where the sheet is not imported. */
  plan: SheetPlan | null;
}

export interface PlannedWorkbook {
  asOf: AsOf;
  sheets: PlannedSheet[];
  questions: Question[];
  departments: DepartmentBook;
}

/** field → folded choice → choice as written, from the sheet of choices of the workbook. */
type Dictionary = Map<string, Map<string, string>>;

const VISIT_FIELDS = ['date.visit', 'enterprise', 'met', 'companions', 'headcount', 'next_step', 'date.next', 'city', 'place', 'result', 'leader', 'leader.level', 'direction', 'project'];
/** Fields that mean something only in a visit log; 日期 or 人数 in a list of projects is another thing. */
const VISIT_ONLY = new Set(['date.visit', 'enterprise', 'met', 'companions', 'headcount', 'city', 'place', 'direction', 'project']);

/** Decides for each sheet whether it is read, where its header stands and what its columns are. */
export function planWorkbook(sample: WorkbookSample, options: ReadingOptions): PlannedWorkbook {
  const dictionary: Dictionary = new Map();
  const drafts = sample.sheets.map((sheet) => draftSheet(sheet, sample, options, dictionary));
  const questions: Question[] = [];
  const tables = drafts.filter((d) => d.layout && d.kind !== 'UNKNOWN');
  const asOf = options.asOf ? ({ value: options.asOf, guessedFrom: 'given' } satisfies AsOf) : bestAsOf(tables, options.fileName);
  const fileYear = asOf.value ? Number(asOf.value.slice(0, 4)) : null;
  // The file's own list of departments tells what its short forms mean; else those of the zone.
  const listed = [...(dictionary.get('owner.unit')?.values() ?? [])].map((name) => ({ name }));
  const departments = new DepartmentBook(listed.length > 0 ? listed : (options.departments ?? []));
  const visible = tables.filter((d) => !d.sheet.hidden || options.includeHidden?.includes(d.sheet.name));
  if (visible.length === 0)
    for (const d of tables)
      if (d.sheet.hidden) questions.push({ kind: 'DATA_ON_HIDDEN_SHEET', sheet: d.sheet.name, text: `可见的工作表中没有数据，隐藏的工作表“${d.sheet.name}”中有。是否读取这张隐藏表？` });
  const sheets = drafts.map((d, index) => {
    if (d.question) questions.push(d.question);
    const planned = planSheet(d, index, { asOf: asOf.value, fileYear, sample, options, dictionary, departments, tables: visible });
    if (planned.plan) questions.push(...planned.plan.layout.questions, ...missingUnits(planned.plan, d.sheet));
    return planned;
  });
  return { asOf, sheets, questions, departments };
}

interface SheetDraft {
  sheet: SheetSample;
  layout: Layout | null;
  kind: LedgerKind;
  why?: string;
  question?: Question;
}

function draftSheet(sheet: SheetSample, sample: WorkbookSample, options: ReadingOptions, dictionary: Dictionary): SheetDraft {
  const none = (why: string, question?: Question): SheetDraft => ({ sheet, layout: null, kind: 'UNKNOWN', why, ...(question ? { question } : {}) });
  if (!sheet.rows.some((r) => r.cells.some(isFilled))) return none('空表');
  const mapping = options.mapping?.[sheet.name] ?? (sample.format === 'csv' ? Object.values(options.mapping ?? {})[0] : undefined);
  if (!mapping && readDictionary(sheet, dictionary)) return none('下拉字典');
  const layout = findLayout(sheet, { fileYear: null, ...(mapping ? { mapping } : {}) });
  if (!layout) return describeTextSheet(sheet, none);
  if (isOwnVisitSheet(layout.title)) return none('由走访日志生成，已在册');
  const whole = sheet.merges.find((m) => m.top <= (layout.headerRows[0] ?? 1) && m.bottom >= (layout.headerRows.at(-1) ?? 1) + 2 && m.right - m.left + 1 >= Math.max(2, layout.columns.length * 0.6));
  if (whole && !mapping)
    return none('整张表被合并成一个单元格', { kind: 'ALL_MERGED', sheet: sheet.name, text: `工作表“${sheet.name}”的数据被合并成一个单元格，只有左上角显示内容。请取消合并后重新上传，或确认读取合并区内的内容。` });
  const kind = kindOf(layout, options);
  adaptFields(layout, kind, sheet);
  if (kind !== 'UNKNOWN') return { sheet, layout, kind };
  const fields = new Set(layout.columns.map((c) => c.field));
  const words = sheet.name + (layout.title ?? '');
  if (fields.has('enterprise') || fields.has('investor')) return none(/培育/.test(words) ? '企业培育名单，不是项目' : '企业名单，不是项目');
  if (layout.columns.some((c) => c.ask)) return { sheet, layout, kind: 'PROJECTS' };
  const known = layout.columns.filter((c) => c.field && c.field !== 'seq').length;
  return known >= 4
    ? none('没有项目名称列', { kind: 'NAME_COLUMN_MISSING', sheet: sheet.name, text: `工作表“${sheet.name}”没有找到项目名称列，请指定。`, columns: layout.columns.map((c) => c.letter) })
    : none('不是项目或拜访的清单');
}

/** Sheets without a header: 填报说明, covers, or a table whose header is missing. */
function describeTextSheet(sheet: SheetSample, none: (why: string, question?: Question) => SheetDraft): SheetDraft {
  if (/说明|须知|封面|目录|使用指南|readme/i.test(sheet.name)) return none(/封面/.test(sheet.name) ? '封面' : '填报说明');
  const widths = sheet.rows.map((r) => r.cells.filter(isFilled).length);
  const wide = widths.filter((w) => w >= 3).length;
  if (wide >= 2 && !sheet.hidden)
    return none('找不到表头', { kind: 'NO_HEADER_ROW', sheet: sheet.name, text: `工作表“${sheet.name}”找不到表头，请指定各列的含义。`, columns: Array.from({ length: Math.max(...sheet.rows.map((r) => r.cells.length)) }, (_, i) => columnLetter(i)) });
  return none(widths.every((w) => w <= 1) && sheet.rows.length > 1 ? '填报说明' : '没有表格');
}

/** A sheet of choices (字典): its columns are lists of short distinct words below their headers. */
function readDictionary(sheet: SheetSample, dictionary: Dictionary): boolean {
  const named = /字典|下拉|选项|数据源|枚举|代码表|参数|dict|list/i.test(sheet.name);
  const [head, ...rest] = sheet.rows;
  if (!head) return false;
  const columns = head.cells.map((cell, i) => ({ header: cellText(cell).trim(), values: rest.map((r) => cellText(r.cells[i]).trim()).filter(Boolean) })).filter((c) => c.header);
  const lists = columns.filter((c) => c.values.length > 0 && c.header.length <= 15 && c.values.every((v) => v.length <= 20) && new Set(c.values).size === c.values.length);
  if (columns.length === 0 || lists.length < columns.length || rest.length > 200) return false;
  if (!named && !(sheet.hidden && columns.length >= 2 && ragged(columns))) return false;
  for (const c of columns) {
    const { field } = recogniseHeader([c.header]);
    if (field) dictionary.set(field, new Map(c.values.map((v) => [foldChoice(v), v])));
  }
  return true;
}

const ragged = (columns: { values: string[] }[]): boolean => new Set(columns.map((c) => c.values.length)).size > 1;

function kindOf(layout: Layout, options: ReadingOptions): LedgerKind {
  if (options.sheetKind) return options.sheetKind;
  const fields = new Set(layout.columns.map((c) => c.field));
  const visit = VISIT_FIELDS.filter((f) => fields.has(f)).length;
  const ledgerMarks = ['status', 'amount.total', 'amount.fixed', 'judgement', 'date.signed', 'progress', 'land.need'].filter((f) => fields.has(f)).length;
  if (fields.has('date.visit') && visit >= 4 && visit > ledgerMarks && (fields.has('enterprise') || visit >= 6)) return 'VISITS';
  if (!fields.has('name')) return 'UNKNOWN';
  return !fields.has('status') && fields.has('date.signed') && /签约/.test(`${layout.title ?? ''}${layout.above.map((a) => a.text).join('')}`) ? 'SIGNED' : 'PROJECTS';
}

/** The same word means another field in a visit log than in a list of projects. */
function adaptFields(layout: Layout, kind: LedgerKind, sheet: SheetSample): void {
  const has = (field: string): boolean => layout.columns.some((c) => c.field === field);
  for (const c of layout.columns) {
    if (!c.field) continue;
    if (kind === 'VISITS') {
      if (c.field === 'name' && !has('project')) c.field = 'project';
      else if (c.field === 'investor' && !has('enterprise')) c.field = 'enterprise';
      continue;
    }
    if (c.field === 'enterprise' && has('name') && !has('investor')) c.field = 'investor';
    else if (VISIT_ONLY.has(c.field) && has('name')) Object.assign(c, { field: null, confidence: 0 });
    else if (c.field === 'status' && mostlyUnknown(c, layout, sheet)) c.field = has('progress') ? null : 'progress';
    else if (c.field === 'project.class' && !has('capital.nature') && sampleOf(c, layout, sheet).some(Boolean) && sampleOf(c, layout, sheet).every((v) => /^[内外]资/.test(v))) c.field = 'capital.nature';
  }
}

function sampleOf(column: ColumnReading, layout: Layout, sheet: SheetSample): string[] {
  const bottom = layout.headerRows.at(-1) ?? 0;
  return sheet.rows.filter((r) => r.row > bottom && isFilled(r.cells[column.index])).slice(0, 50).map((r) => cellText(r.cells[column.index]).trim());
}

/** A column headed 状态 whose words are no stages is a column of remarks. */
function mostlyUnknown(column: ColumnReading, layout: Layout, sheet: SheetSample): boolean {
  const values = sampleOf(column, layout, sheet);
  return values.length >= 3 && values.filter((v) => stageOf(v) === null).length > values.length * 0.6 && values.some((v) => v.length > 8);
}

function bestAsOf(tables: readonly SheetDraft[], fileName: string): AsOf {
  const guesses = tables.map((d) => guessAsOf({ ...(d.layout!.title ? { title: d.layout!.title } : {}), others: d.layout!.above.map((a) => a.text), sheetName: d.sheet.name, fileName }));
  return guesses.find((g) => g.value && g.guessedFrom !== 'file name' && g.guessedFrom !== 'sheet name') ?? guesses.find((g) => g.value) ?? guessAsOf({ others: [], fileName });
}

interface PlanContext {
  asOf: string | null;
  fileYear: number | null;
  sample: WorkbookSample;
  options: ReadingOptions;
  dictionary: Dictionary;
  departments: DepartmentBook;
  tables: readonly SheetDraft[];
}

function planSheet(draft: SheetDraft, index: number, context: PlanContext): PlannedSheet {
  const { sheet, layout, kind } = draft;
  const reading: SheetReading = {
    name: sheet.name,
    kind,
    imported: false,
    hidden: sheet.hidden,
    headerRows: layout?.headerRows ?? [],
    columns: layout?.columns ?? [],
    skippedRows: [],
    firstDataRow: null,
    lastDataRow: null,
    dataRows: 0,
  };
  if (draft.why) reading.why = draft.why;
  if (!layout || kind === 'UNKNOWN') return { reading, plan: null };
  if (sheet.hidden && !context.options.includeHidden?.includes(sheet.name)) {
    reading.why = '隐藏表';
    return { reading, plan: null };
  }
  reading.imported = true;
  reading.skippedRows.push(...layout.topRows);
  if (context.fileYear !== null)
    for (const c of layout.columns) if (c.field) c.field = c.field.replace(/\.this$/, `.${context.fileYear}`).replace(/\.prev$/, `.${context.fileYear - 1}`);
  const columns = layout.columns.map((c) => planColumn(c, layout, context));
  const byField = new Map<string, PlannedColumn>();
  for (const p of columns) if (p.field && !byField.has(p.field)) byField.set(p.field, p);
  const headerBottom = layout.headerRows.at(-1) ?? 0;
  const plan: SheetPlan = {
    name: sheet.name,
    index,
    kind,
    layout,
    columns,
    byField,
    asOf: context.asOf,
    date1904: context.sample.date1904,
    csv: context.sample.format === 'csv',
    departments: context.departments,
    stage: kind === 'VISITS' ? null : stageOfSheet(draft, byField),
    department: byField.has('owner.unit') ? null : departmentOfSheet(draft, context),
    direction: kind === 'VISITS' ? directionOfSheet(draft) : null,
    spreads: sheet.merges.filter((m) => m.left === m.right && m.bottom > m.top && m.top > headerBottom && columns[m.left - 1]?.field && spreadsOverMerge(columns[m.left - 1]!.field!)),
    merges: sheet.merges,
  };
  if (plan.stage) reading.stage = plan.stage;
  if (plan.department) reading.department = plan.department;
  if (plan.direction) reading.direction = plan.direction;
  if (layout.unit) reading.unit = layout.unit;
  return { reading, plan };
}

function planColumn(c: ColumnReading, layout: Layout, context: PlanContext): PlannedColumn {
  const type = c.field ? fieldType(c.field) : null;
  const hasUnitColumn = layout.columns.some((x) => x.field === 'amount.unit_label');
  const byUnitColumn = type === 'money' && hasUnitColumn && (c.field === 'amount.total' || !c.unit);
  if (type === 'money' && !c.unit && layout.unit && !byUnitColumn) c.unit = layout.unit;
  const choices = c.field && context.dictionary.get(c.field);
  return {
    column: c,
    index: c.index,
    letter: c.letter,
    field: c.field,
    type,
    unit: type === 'money' ? amountUnitOf(c.unit ?? layout.unit ?? '') : null,
    byUnitColumn,
    areaUnit: (type === 'area' || type === 'land') && c.unit && !/元/.test(c.unit) ? c.unit : null,
    areaOnly: type === 'land' && /面积/.test(c.header),
    choices: choices ? new Set(choices.keys()) : null,
    extraName: c.ask || !c.header ? `${c.header}(${c.letter}列)` : c.header,
    eventDate: c.field !== null && isEventDate(c.field),
  };
}

function stageOfSheet(draft: SheetDraft, byField: ReadonlyMap<string, PlannedColumn>): StageName | null {
  if (byField.has('status') || byField.has('status.started')) return null;
  for (const text of [draft.sheet.name, draft.layout!.title ?? '', ...draft.layout!.above.filter((a) => a.kind === 'summary').map((a) => a.text)]) {
    const stage = stageInTitle(text);
    if (stage) return stage;
  }
  return null;
}

function directionOfSheet(draft: SheetDraft): 'out' | 'in' | null {
  const headers = draft.layout!.columns.map((c) => c.header).join(' ');
  for (const text of [draft.sheet.name, draft.layout!.title ?? '', headers]) {
    const direction = directionOf(text);
    if (direction) return direction;
  }
  return null;
}

/** 所属片组 of the reporter row; else, where several sheets share one form, the name of the sheet (one sheet per group). */
function departmentOfSheet(draft: SheetDraft, context: PlanContext): string | null {
  for (const { text } of draft.layout!.above) {
    const m = /(?:所属|报送|填报|上报)(?:片组|组别|片区|部门|单位|专班)\s*[:：]\s*([^\s:：]{2,20})/.exec(text);
    if (m) return context.departments.find(m[1]!) ?? m[1]!;
  }
  const form = (d: SheetDraft): string => d.layout!.columns.map((c) => c.field ?? c.header).sort().join('|');
  const alike = context.tables.filter((d) => form(d) === form(draft));
  const generic = /^sheet\d*$|项目|台账|汇总|清单|\(csv\)|统计|情况|20\d\d/i.test(draft.sheet.name) || stageInTitle(draft.sheet.name) !== null;
  return alike.length >= 2 && !generic ? (context.departments.find(draft.sheet.name) ?? draft.sheet.name) : null;
}

/** Money columns with plain numbers and no unit anywhere: a person must say which. */
function missingUnits(plan: SheetPlan, sheet: SheetSample): Question[] {
  return plan.columns
    .filter((p) => p.type === 'money' && !p.unit && !p.byUnitColumn && sampleOf(p.column, plan.layout, sheet).some((v) => /^[\d,.]+$/.test(v)))
    .map((p) => ({ kind: 'AMOUNT_UNIT_MISSING', sheet: sheet.name, text: `“${p.column.header}”（${p.letter} 列）没有写明单位，请指定（万元、亿元或其他）。`, columns: [p.letter], header: p.column.header }));
}
