import { foldName, looksLikeCompany, readUsccCell } from '@yinfeng/enterprises';
import { isEmptyToken, plainNumber, readAmount, readDateNumber, readDateText, shiftDecimal } from '@yinfeng/platform';
import type { AmountReading, AmountUnit, MoneyValue } from '@yinfeng/platform';
import type { Cell } from '../files/workbook.js';
import { stageOf } from '../vocabulary/stage-words.js';
import { readArea, readLandNeed } from './area.rules.js';
import { readCount, readLeader, readPeople, readPhones } from './people.rules.js';
import type { RowDraft } from './row-draft.js';
import type { PlannedColumn, SheetPlan } from './sheet-plan.js';
import { cleanText, repairText, splitList, textOfJson } from './text.rules.js';

/** Longest text that is taken; Excel itself stops at 32,767 characters. */
const MAX_TEXT = 32_767;
/** Amounts up to 1 万 of the currency that are typed only to satisfy a form. */
const PLACEHOLDER_FIELDS = /^(?:amount\.(?:total|fixed|filing)|capital\.registered)$/;

/** What the row gives to its cells: the unit column and 用地情况, which other cells depend on. */
export interface RowContext {
  unit: AmountUnit | null;
  areaUnit: '亩' | '㎡' | null;
}

/** Reads one filled cell of a known column into the draft; `raw` is what a person sees in it. */
export function readCell(plan: SheetPlan, p: PlannedColumn, cell: Cell, raw: string, draft: RowDraft, context: RowContext): void {
  const field = p.field!;
  if (cell.kind === 'error') {
    if (p.type === 'name') draft.refuse('NAME_ERROR', p, raw, '项目名称为错误值');
    else draft.warn(p, raw, 'CELL_ERROR');
    return;
  }
  const number = cell.kind === 'number' ? cell.number : null;
  switch (p.type) {
    case 'seq':
      return;
    case 'money':
      return readMoney(plan, p, raw, number, draft, context);
    case 'date':
      return readDate(plan, p, cell, raw, number, draft);
    case 'uscc':
      return readCodes(p, raw, number, draft);
    case 'count': {
      const count = readCount(number ?? raw);
      if (count === null) draft.warn(p, raw, 'COUNT_UNREADABLE');
      else draft.set(field, count);
      return;
    }
    case 'area': {
      const read = readArea(number ?? raw, p.areaUnit ?? (field === 'land.area_ambiguous' ? context.areaUnit : null));
      for (const c of read.classes) draft.warn(p, raw, c);
      draft.set(field, read.value);
      return;
    }
    case 'phones':
      return readPhoneCell(p, raw, number, draft);
    default:
      return readTextCell(plan, p, raw, draft);
  }
}

function readMoney(plan: SheetPlan, p: PlannedColumn, raw: string, number: number | null, draft: RowDraft, context: RowContext): void {
  const unit = (p.byUnitColumn ? context.unit : null) ?? p.unit;
  const read: AmountReading = readAmount(number ?? raw, unit, { csv: plan.csv });
  for (const c of read.classes) draft.warn(p, raw, c, c === 'AMOUNT_NOTE' ? read.note : undefined);
  if (read.classes.includes('AMOUNT_UNIT_MISSING')) draft.extra[p.extraName] = raw;
  if (!read.value) return;
  placeMoney(p, raw, read.value, draft);
}

/** Sets an amount; where two columns hold one field in two units, the non-zero one stands, else that of the larger unit. */
function placeMoney(p: PlannedColumn, raw: string, value: MoneyValue, draft: RowDraft): void {
  const field = p.field!;
  const amount = Number(value.v);
  if (amount > 0 && amount <= 1 && value.u === '万元' && PLACEHOLDER_FIELDS.test(field) && !value.bound && !value.hi) {
    value.placeholder = true;
    draft.warn(p, raw, 'AMOUNT_PLACEHOLDER');
  }
  const before = draft.money.find((m) => m.column.field === field);
  draft.money.push({ column: p, zero: amount === 0 });
  if (!before) return draft.set(field, value);
  const old = draft.fields[field] as MoneyValue;
  if (old.u === value.u && shiftDecimal(old.v, 0) === shiftDecimal(value.v, 0)) return;
  const larger = (p.unit?.places ?? 0) > (before.column.unit?.places ?? 0) ? p : before.column;
  const takeNew = before.zero ? !(amount === 0) : amount === 0 ? false : larger === p;
  if (takeNew) draft.set(field, value);
  const largerRaw = larger === p ? raw : (draft.rawCells[before.column.letter] ?? null);
  draft.warn(larger, largerRaw, 'AMOUNT_UNIT_CONFLICT');
}

function readDate(plan: SheetPlan, p: PlannedColumn, cell: Cell, raw: string, number: number | null, draft: RowDraft): void {
  const read = number !== null ? readDateNumber(number, plan.date1904, cell.dateFormat) : readDateText(cleanText(raw).text, plan.asOf, { date1904: plan.date1904 });
  if (read.class) draft.warn(p, raw, read.class);
  draft.set(p.field!, read.value);
  if (read.value && p.eventDate && plan.asOf && startOf(read.value) > plan.asOf) draft.warn(p, raw, 'DATE_FUTURE');
}

/** First day of a date of any precision. */
export function startOf(date: string): string {
  if (date.length >= 10) return date.slice(0, 10);
  const quarter = /^(\d{4})-Q(\d)$/.exec(date);
  if (quarter) return `${quarter[1]}-${String((Number(quarter[2]) - 1) * 3 + 1).padStart(2, '0')}-01`;
  return date.length === 7 ? `${date}-01` : `${date}-01-01`;
}

function readCodes(p: PlannedColumn, raw: string, number: number | null, draft: RowDraft): void {
  if (number === null) {
    const clean = cleanText(raw).text;
    if (!clean) return;
    if (isEmptyToken(clean)) return draft.warn(p, raw, 'EMPTY_TOKEN');
    const read = readUsccCell(clean);
    if (read.states.includes('damaged')) draft.warn(p, raw, 'USCC_DAMAGED');
    if (read.states.includes('format')) draft.warn(p, raw, 'USCC_FORMAT');
    if (read.states.includes('check')) draft.warn(p, raw, 'USCC_CHECK');
    if (read.states.length > 1) draft.warn(p, raw, 'USCC_MULTI');
    if (read.normalised && !read.states.includes('format')) draft.warn(p, raw, 'USCC_NORMALISED');
    if (read.codes.length) draft.set(p.field!, read.codes);
    return;
  }
  draft.warn(p, raw, number >= 1e15 ? 'USCC_DAMAGED' : 'USCC_FORMAT');
  if (number < 1e15) draft.set(p.field!, [raw]);
}

function readPhoneCell(p: PlannedColumn, raw: string, number: number | null, draft: RowDraft): void {
  const text = number === null ? cleanText(raw).text : plainNumber(number);
  if (!text) return;
  if (isEmptyToken(text)) return draft.warn(p, raw, 'EMPTY_TOKEN');
  const read = readPhones(text);
  for (const c of read.classes) draft.warn(p, raw, c);
  if (read.phones.length) draft.set(p.field!, read.phones);
}

/** Text fields whose white space is remarked on: names that are matched. */
const SPACES_MATTER = new Set(['name', 'companies', 'company']);

function readTextCell(plan: SheetPlan, p: PlannedColumn, raw: string, draft: RowDraft): void {
  const field = p.field!;
  const type = p.type!;
  const clean = cleanText(raw, type !== 'text' && type !== 'remark' && type !== 'companies' && type !== 'list' && type !== 'contacts' && type !== 'met' && type !== 'people');
  let { text } = clean;
  if (clean.control) draft.warn(p, raw, 'TEXT_CONTROL');
  if (!text) return;
  if (text.length > MAX_TEXT) {
    text = text.slice(0, MAX_TEXT);
    draft.warn(p, raw.slice(0, 200), 'TEXT_TOO_LONG', `单元格文字过长，已截取前 ${MAX_TEXT} 字`);
  }
  if (type !== 'name' && isEmptyToken(text)) return draft.warn(p, raw, 'EMPTY_TOKEN');
  const broken = repairText(text);
  if (broken) {
    draft.warn(p, raw, 'TEXT_ENCODING', broken.repaired ?? '原字已损坏，无法恢复');
    text = broken.repaired ?? text;
  }
  if (clean.spaces && SPACES_MATTER.has(type)) draft.warn(p, raw, 'TEXT_SPACES');
  switch (type) {
    case 'name':
      if (isEmptyToken(text)) draft.warn(p, raw, 'NAME_DOUBTFUL');
      return draft.set(field, text);
    case 'stage': {
      const stage = stageOf(text);
      if (stage) draft.set(field, stage);
      else draft.refuse('STAGE_UNKNOWN', p, raw, `“${text}”不在阶段词表中`);
      return;
    }
    case 'started':
      return draft.set(field, !/未|否|没有|尚|停|暂缓/.test(text) && /开工|复工|是|已|在建|投产|竣工|√/.test(text));
    case 'companies':
      return readCompanies(p, raw, text, draft);
    case 'company':
      return draft.set(field, text.replace(/\s*\n\s*/g, ''));
    case 'list':
      return draft.set(field, splitList(text));
    case 'people':
      return draft.set(field, splitList(text, /[；;、,，\n/|\s]/));
    case 'contacts':
    case 'met':
      return readContactCell(p, raw, text, draft);
    case 'leader': {
      const read = readLeader(text);
      if (read.composite) draft.warn(p, raw, 'LEADER_COMPOSITE');
      return draft.set(field, read.leader);
    }
    case 'land': {
      const read = readLandNeed(text, p.areaUnit);
      if (p.areaOnly && read.value) {
        const { kind, ...area } = read.value;
        return draft.set(field, area.v === undefined ? { kind: kind ?? text } : area);
      }
      return draft.set(field, read.value ?? { kind: text });
    }
    case 'flag':
      return draft.set(field, /^(?:是|有|√|✓|✔|对|1|y|yes|true|已列入|列入)$/i.test(text));
    case 'department': {
      const found = plan.departments.find(text);
      if (found !== null && found !== text) draft.warn(p, raw, 'UNIT_ALIAS');
      else if (found === null && p.choices) draft.warn(p, raw, 'ENUM_UNKNOWN');
      return draft.set(field, found ?? text);
    }
    case 'enum':
      if (p.choices && !p.choices.has(foldChoice(text))) draft.warn(p, raw, 'ENUM_UNKNOWN');
      return draft.set(field, text);
    case 'remark': {
      const inner = textOfJson(text);
      if (inner !== null) draft.warn(p, raw, 'REMARK_JSON');
      if (inner !== '') draft.set(field, inner ?? text);
      return;
    }
    case 'direction':
      return draft.set(field, directionOf(text) ?? undefined);
    default:
      return draft.set(field, text);
  }
}

/** Folded choice of a list, so that width and spaces do not make a value unknown. */
export function foldChoice(text: string): string {
  return text.normalize('NFKC').replace(/\s/g, '').toLowerCase();
}

/** 外出 or 来访 from a cell, sheet name or title. */
export function directionOf(text: string): 'out' | 'in' | null {
  const incoming = /来访|接待|到访|来宾|来区|请进来/.test(text);
  const outgoing = /外出|出访|赴外|走出去|拜访|走访|赴/.test(text);
  if (incoming === outgoing) return null;
  return incoming ? 'in' : 'out';
}

function readCompanies(p: PlannedColumn, raw: string, text: string, draft: RowDraft): void {
  let whole = text;
  if (whole.includes('\n')) {
    const lines = splitList(whole, /\n/);
    if (!lines.every(looksLikeCompany)) {
      whole = whole.replace(/\s*\n\s*/g, '');
      if (!draft.warnings.some((w) => w.column === p.letter && w.class === 'TEXT_SPACES')) draft.warn(p, raw, 'TEXT_SPACES');
    }
  }
  const english = /[,，]\s*(?:ltd|inc|llc|limited|co)\b/i.test(whole);
  const parts = splitList(whole, english ? /[；;、\n]/ : /[；;、,，\n]/);
  if (parts.length > 1) draft.warn(p, raw, 'INVESTOR_MULTI');
  if (parts.length) draft.set(p.field!, parts);
}

function readContactCell(p: PlannedColumn, raw: string, text: string, draft: RowDraft): void {
  const read = readPeople(text);
  for (const c of read.classes) {
    // 会见人员及职务 is a column of names with titles: only a missing name is remarked on.
    if (p.type === 'met' && c !== 'CONTACT_NO_FULL_NAME') continue;
    draft.warn(p, raw, c);
  }
  if (read.people.length) draft.set(p.field!, read.people);
}

/** The folded names of a list field, for comparison. */
export function foldedNames(names: readonly string[] | undefined): string[] {
  return (names ?? []).map(foldName);
}
