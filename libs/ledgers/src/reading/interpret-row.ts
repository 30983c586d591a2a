import { foldName } from '@yinfeng/enterprises';
import { amountUnitOf } from '@yinfeng/platform';
import type { MoneyValue } from '@yinfeng/platform';
import type { SheetRow } from '../files/workbook.js';
import { cellText, columnLetter, isFilled, shownText } from '../recognition/cells.js';
import { areaUnitOf } from './area.rules.js';
import { readCell, startOf } from './cell-readers.js';
import type { RowContext } from './cell-readers.js';
import { exceeds, isUnitSuspect, textAgainstCells } from './cross-checks.rules.js';
import type { FieldValue, RowFields, RowWarning } from './ledger-reading.js';
import { RowDraft } from './row-draft.js';
import type { SheetPlan } from './sheet-plan.js';
import { levelOf } from './warning-classes.js';

/** One row as read: typed fields, what was odd, and why it cannot be taken, if so. */
export interface InterpretedRow {
  fields: RowFields;
  extra: Record<string, string>;
  rawCells: Record<string, string>;
  notes?: Record<string, string>;
  warnings: RowWarning[];
  reject?: { reason: string };
  key: string | null;
}

/** Values of vertically merged cells that reach down to the row: field → value. */
export type CarriedValues = ReadonlyMap<string, FieldValue>;

/**
 * Reads one data row of a planned sheet. Pure but for the department cache: rows may come one by one
 * from a stream. A refused row keeps its raw cells and its reason, and no fields.
 */
export function interpretRow(plan: SheetPlan, row: SheetRow, carried: CarriedValues | null = null): InterpretedRow {
  const draft = new RowDraft(row);
  const context = contextOf(plan, row);
  const cells = row.cells;
  for (const p of plan.columns) {
    const cell = cells[p.index];
    if (!cell) continue;
    if (cell.note) (draft.notes ??= {})[p.letter] = cell.note;
    const raw = shownText(cell, plan.date1904);
    if (raw !== '') draft.rawCells[p.letter] = raw;
    if (!isFilled(cell)) continue;
    if (p.field === null) draft.extra[p.extraName] = raw.trim();
    else readCell(plan, p, cell, raw, draft, context);
  }
  if (cells.length > plan.columns.length) keepOverhang(plan, row, draft);
  if (carried) for (const [field, value] of carried) if (draft.fields[field] === undefined) draft.fields[field] = value;
  if (plan.kind === 'VISITS') finishVisit(plan, draft);
  else finishProject(plan, draft);
  return close(plan, draft);
}

function contextOf(plan: SheetPlan, row: SheetRow): RowContext {
  const unitColumn = plan.byField.get('amount.unit_label');
  const label = unitColumn ? cellText(row.cells[unitColumn.index]).trim() : '';
  const situation = plan.byField.get('land.situation');
  return {
    unit: label ? amountUnitOf(label) : null,
    areaUnit: situation ? areaUnitOf(cellText(row.cells[situation.index])) : null,
  };
}

function keepOverhang(plan: SheetPlan, row: SheetRow, draft: RowDraft): void {
  for (let i = plan.columns.length; i < row.cells.length; i++) {
    const cell = row.cells[i];
    if (!cell || !isFilled(cell)) continue;
    const letter = columnLetter(i);
    const raw = cellText(cell);
    draft.rawCells[letter] = raw;
    draft.extra[`(${letter}列)`] = raw.trim();
    draft.warnings.push({ column: letter, cell: letter + row.row, header: '', field: null, raw, class: 'CELL_WITHOUT_HEADER', level: levelOf('CELL_WITHOUT_HEADER'), note: '表头以外的列，内容已保留' });
  }
}

function finishProject(plan: SheetPlan, draft: RowDraft): void {
  const { fields } = draft;
  const nameColumn = plan.byField.get('name') ?? null;
  if (fields.name === undefined && draft.reject?.reason !== 'NAME_ERROR') {
    draft.reject = undefined;
    draft.refuse('NAME_MISSING', nameColumn, nameColumn ? (draft.rawCells[nameColumn.letter] ?? null) : null, shiftedNote(plan, draft));
  }
  if (draft.reject) return;
  const status = plan.byField.get('status');
  if (fields.status === undefined) {
    if (plan.byField.has('status.started')) {
      if (fields['status.started'] !== undefined) fields.status = fields['status.started'] ? 'started' : 'landed';
      else if (plan.stage) fields.status = plan.stage;
    } else if (plan.stage) fields.status = plan.stage;
    else if (status) draft.warn(status, draft.rawCells[status.letter] ?? null, 'STAGE_MISSING');
  }
  checkTotal(plan, draft);
  if (draft.reject) return;
  if (plan.department && !plan.byField.has('owner.unit')) fields['owner.unit'] = plan.department;
  checkAmounts(plan, draft);
  checkPeople(plan, draft);
  checkDates(plan, draft);
}

function shiftedNote(plan: SheetPlan, draft: RowDraft): string | undefined {
  const name = plan.byField.get('name');
  if (!name) return undefined;
  const next = draft.rawCells[columnLetter(name.index + 1)];
  return next && /项目|基地|中心|园$/.test(next) && next.length >= 6 ? '项目名称为空，右侧一列像是项目名称：本行疑似整体右移一格' : undefined;
}

function checkTotal(plan: SheetPlan, draft: RowDraft): void {
  const total = draft.fields['amount.total'];
  const column = plan.byField.get('amount.total');
  if (!total || !column) return;
  const raw = draft.rawCells[column.letter] ?? null;
  if (total.v.startsWith('-')) draft.refuse('AMOUNT_NEGATIVE', column, raw);
  else if (isUnitSuspect(total)) draft.refuse('AMOUNT_UNIT_SUSPECT', column, raw, '超过 5000 亿元，疑似单位填错');
}

function checkAmounts(plan: SheetPlan, draft: RowDraft): void {
  const { fields } = draft;
  const total = fields['amount.total'];
  const against = (field: 'amount.fixed' | 'amount.filing', warningClass: string): void => {
    const column = plan.byField.get(field);
    if (column && exceeds(fields[field], total)) draft.warn(column, draft.rawCells[column.letter] ?? null, warningClass);
  };
  against('amount.fixed', 'AMOUNT_FIXED_GT_TOTAL');
  against('amount.filing', 'AMOUNT_FILING_GT_TOTAL');
  for (const m of draft.money) {
    const value = fields[m.column.field!] as MoneyValue | undefined;
    if (value?.v.startsWith('-') && m.column.field !== 'amount.total')
      draft.warnings.push({ column: m.column.letter, cell: m.column.letter + draft.row.row, header: m.column.column.header, field: m.column.field, raw: draft.rawCells[m.column.letter] ?? null, class: 'AMOUNT_NEGATIVE', level: 'warn' });
  }
  const content = plan.byField.get('content');
  if (content && typeof fields.content === 'string')
    for (const c of textAgainstCells(fields.content, total, fields['tax.year'])) draft.warn(content, draft.rawCells[content.letter] ?? null, c);
}

function checkPeople(plan: SheetPlan, draft: RowDraft): void {
  const { fields } = draft;
  const investors = fields.investor;
  const contact = plan.byField.get('contact.name');
  const people = fields['contact.name'];
  if (contact && people && draft.rawCells[contact.letter] !== undefined && investors) {
    const written = foldName(draft.rawCells[contact.letter]!);
    if ([...investors, ...(fields['investor.signing_party'] ?? [])].some((i) => foldName(i) === written)) {
      delete fields['contact.name'];
      for (let i = draft.warnings.length - 1; i >= 0; i--) if (draft.warnings[i]!.column === contact.letter) draft.warnings.splice(i, 1);
      draft.warn(contact, draft.rawCells[contact.letter]!, 'CONTACT_EQUALS_COMPANY');
    }
  }
  const party = plan.byField.get('investor.signing_party');
  const parties = fields['investor.signing_party'];
  if (party && parties && investors && parties.some((s) => !investors.includes(s) && investors.some((i) => foldName(i) === foldName(s))))
    draft.warn(party, draft.rawCells[party.letter] ?? null, 'COMPANY_SPELLING');
}

function checkDates(plan: SheetPlan, draft: RowDraft): void {
  const signed = draft.fields['date.signed'];
  const approved = draft.fields['date.sign_approved'];
  const column = plan.byField.get('date.signed');
  if (!column || !signed || !approved) return;
  // Dates of a coarser precision are compared by what they surely mean.
  const [a, b] = signed.length >= 10 && approved.length >= 10 ? [signed.slice(0, 10), approved.slice(0, 10)] : [startOf(signed).slice(0, 7), startOf(approved).slice(0, 7)];
  if (a > b && /^\d{4}-\d{2}/.test(signed) && /^\d{4}-\d{2}/.test(approved)) draft.warn(column, draft.rawCells[column.letter] ?? null, 'DATE_ORDER');
}

function finishVisit(plan: SheetPlan, draft: RowDraft): void {
  const { fields } = draft;
  const enterprise = plan.byField.get('enterprise') ?? null;
  if (fields.enterprise === undefined && fields.project === undefined) {
    draft.refuse('ENTERPRISE_MISSING', enterprise, enterprise ? (draft.rawCells[enterprise.letter] ?? null) : null);
    return;
  }
  if (fields.direction === undefined && plan.direction) fields.direction = plan.direction;
  if (plan.department && !plan.byField.has('owner.unit')) fields['owner.unit'] = plan.department;
  const next = plan.byField.get('next_step');
  if (next && fields.next_step === undefined) draft.warn(next, draft.rawCells[next.letter] ?? null, 'NEXT_STEP_MISSING');
  const when = plan.byField.get('date.next');
  const visit = fields['date.visit'];
  const follow = fields['date.next'];
  if (when && visit && follow && startOf(follow) < startOf(visit) && follow.length >= 10 && visit.length >= 10)
    draft.warn(when, draft.rawCells[when.letter] ?? null, 'NEXT_DATE_BEFORE_VISIT');
}

function close(plan: SheetPlan, draft: RowDraft): InterpretedRow {
  const { extra, rawCells, notes, reject } = draft;
  const code = plan.byField.get('code.district');
  const common = { extra, rawCells, ...(notes ? { notes } : {}) };
  if (reject) {
    const c = reject.column;
    const warning: RowWarning = {
      column: c?.letter ?? '',
      cell: c ? c.letter + draft.row.row : '',
      header: c?.column.header ?? '',
      field: c?.field ?? null,
      raw: reject.raw,
      class: reject.reason,
      level: 'reject',
      value: null,
      ...(reject.note ? { note: reject.note } : {}),
    };
    return { ...common, fields: {}, warnings: [warning], reject: { reason: reject.reason }, key: (code ? rawCells[code.letter]?.trim() : '') || null };
  }
  for (const w of draft.warnings) if (w.value === undefined && w.field) w.value = draft.fields[w.field] ?? null;
  const key = plan.kind === 'VISITS' ? null : (draft.fields['code.district'] ?? draft.fields.name ?? null);
  return { ...common, fields: draft.fields, warnings: draft.warnings, key };
}
