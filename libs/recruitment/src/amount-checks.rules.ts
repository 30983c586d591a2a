import type { PolicyValue } from '@yinfeng/directory';
import { type Locale, shiftDecimal } from '@yinfeng/platform';
import { Decimal } from 'decimal.js';

export const AMOUNT_KINDS = ['TOTAL', 'FIXED', 'FILED', 'CONTRACT_FOREIGN', 'REGISTERED', 'ARRIVED_TOTAL', 'ARRIVED_YEAR', 'FOREIGN_YEAR', 'STATISTICAL', 'OUTPUT_YEAR', 'TAX_YEAR'] as const;
export type AmountKind = (typeof AMOUNT_KINDS)[number];
export const AMOUNT_PARTS = ['FIXED', 'CIVIL_WORKS', 'EQUIPMENT', 'INSTALLATION', 'LAND', 'WORKING_CAPITAL', 'RESEARCH', 'OTHER'] as const;
export type AmountPart = (typeof AMOUNT_PARTS)[number];
export const WARNING_CODES = ['PARTS_DO_NOT_ADD_UP', 'FIXED_ABOVE_TOTAL', 'FILED_ABOVE_TOTAL', 'FOREIGN_ABOVE_TOTAL', 'SIGNED_DIFFERS_FROM_PROJECT', 'PLACEHOLDER', 'EXPANSION_INCLUDES_PARENT'] as const;
export type WarningCode = (typeof WARNING_CODES)[number];

/** An amount in units of its currency (元), exact decimal text. */
export interface CheckedAmount {
  amount: string;
  currency: string;
  /** 约, 超, 以上: the number is not exact. */
  approximate: boolean;
}
/** All amounts of a project that are compared. */
export interface AmountSheet {
  total: CheckedAmount | null;
  fixed: CheckedAmount | null;
  amounts: (CheckedAmount & { kind: AmountKind; year: number | null; placeholder: boolean; lower: boolean })[];
  parts: (CheckedAmount & { whole: 'TOTAL' | 'FIXED'; part: AmountPart })[];
  /** By the latest agreement that counts. */
  signed: CheckedAmount | null;
  /** Of the project that this one expands. */
  parentTotal: CheckedAmount | null;
}
/** Two amounts that contradict each other; `otherField` is absent for an amount that says nothing by itself. */
export interface AmountWarning {
  code: WarningCode;
  field: string;
  value: string;
  currency: string;
  otherField: string | null;
  otherValue: string | null;
}

type Tolerance = PolicyValue<'amountChecks'>;

/** Whether a is above b by more than rounding; never between currencies. */
function above(a: CheckedAmount, b: CheckedAmount, t: Tolerance): boolean {
  return a.currency === b.currency && new Decimal(a.amount).gt(b.amount) && differs(a, b, t);
}
function differs(a: CheckedAmount, b: CheckedAmount, t: Tolerance): boolean {
  if (a.currency !== b.currency) return false;
  const larger = Decimal.max(a.amount, b.amount);
  const permille = a.approximate || b.approximate ? Math.max(t.approximatePermille, t.tolerancePermille) : t.tolerancePermille;
  return new Decimal(a.amount).minus(b.amount).abs().times(1000).gt(larger.times(permille));
}
const isPlaceholder = (a: CheckedAmount, t: Tolerance) => new Decimal(a.amount).gt(0) && new Decimal(a.amount).lte(t.placeholderYuan);

/** What contradicts in the amounts of a project; told, never refused (domain.md finding 4, D3). */
export function amountWarnings(sheet: AmountSheet, t: Tolerance): AmountWarning[] {
  const found: AmountWarning[] = [];
  const warn = (code: WarningCode, field: string, a: CheckedAmount, otherField: string | null, b: CheckedAmount | null) =>
    found.push({ code, field, value: plain(a.amount), currency: a.currency, otherField, otherValue: b && plain(b.amount) });
  const stated: [string, CheckedAmount | null][] = [['TOTAL', sheet.total], ['FIXED', sheet.fixed], ...sheet.amounts.map((a): [string, CheckedAmount] => [a.kind, a])];
  const placeholders = new Set<CheckedAmount>();
  for (const [field, a] of stated) {
    if (!a || !(isPlaceholder(a, t) || ('placeholder' in a && a.placeholder === true))) continue;
    placeholders.add(a);
    warn('PLACEHOLDER', field, a, null, null);
  }
  const known = (a: CheckedAmount | null | undefined): a is CheckedAmount => a != null && !placeholders.has(a);
  const { total, fixed } = sheet;
  for (const [whole, of] of [['TOTAL', total], ['FIXED', fixed]] as const) {
    const parts = sheet.parts.filter((p) => p.whole === whole);
    if (!known(of) || parts.length === 0 || parts.some((p) => p.currency !== of.currency)) continue;
    const sum: CheckedAmount = { amount: parts.reduce((s, p) => s.plus(p.amount), new Decimal(0)).toFixed(), currency: of.currency, approximate: parts.some((p) => p.approximate) };
    if (differs(sum, of, t)) warn('PARTS_DO_NOT_ADD_UP', parts.map((p) => p.part).join('+'), sum, whole, of);
  }
  if (known(total)) {
    if (known(fixed) && above(fixed, total, t)) warn('FIXED_ABOVE_TOTAL', 'FIXED', fixed, 'TOTAL', total);
    for (const a of sheet.amounts) {
      if (!known(a) || !above(a, total, t)) continue;
      if (a.kind === 'FILED') warn('FILED_ABOVE_TOTAL', 'FILED', a, 'TOTAL', total);
      if (a.kind === 'CONTRACT_FOREIGN') warn('FOREIGN_ABOVE_TOTAL', 'CONTRACT_FOREIGN', a, 'TOTAL', total);
    }
    if (known(sheet.signed) && differs(sheet.signed, total, t)) warn('SIGNED_DIFFERS_FROM_PROJECT', 'SIGNED', sheet.signed, 'TOTAL', total);
    // An increment as large as the whole project before it was almost surely typed as the sum of both.
    if (known(sheet.parentTotal) && total.currency === sheet.parentTotal.currency && new Decimal(total.amount).gte(sheet.parentTotal.amount)) warn('EXPANSION_INCLUDES_PARENT', 'TOTAL', total, 'PARENT_TOTAL', sheet.parentTotal);
  }
  return found;
}

const plain = (amount: string) => new Decimal(amount).toFixed();

const CURRENCY_WORDS: Record<string, string> = { CNY: '元', USD: '美元', EUR: '欧元', HKD: '港元', JPY: '日元' };

/** An amount as offices say it, exact: 12.5亿元, 8910万元, 350.5元; in English the plain number with its currency. */
export function amountText(amount: string, currency: string, locale: Locale): string {
  const value = new Decimal(amount);
  if (locale === 'en') return `${value.toFixed()} ${currency}`;
  const places = value.abs().gte(100_000_000) ? 8 : value.abs().gte(10_000) ? 4 : 0;
  return `${shiftDecimal(value.toFixed(), -places)}${places === 8 ? '亿' : places === 4 ? '万' : ''}${CURRENCY_WORDS[currency] ?? currency}`;
}

const FIELD_WORDS: Record<string, readonly [zh: string, en: string]> = {
  TOTAL: ['总投资', 'total investment'], FIXED: ['固定资产投资', 'fixed-asset investment'], FILED: ['备案证金额', 'filed amount'], CONTRACT_FOREIGN: ['协议利用外资', 'contracted foreign investment'],
  REGISTERED: ['注册资本', 'registered capital'], ARRIVED_TOTAL: ['累计到位资金', 'arrived in total'], ARRIVED_YEAR: ['当年到位资金', 'arrived in the year'], FOREIGN_YEAR: ['当年实际利用外资', 'foreign capital used in the year'],
  STATISTICAL: ['纳统总投资', 'amount in statistics'], OUTPUT_YEAR: ['年产值', 'yearly output'], TAX_YEAR: ['年税收', 'yearly tax'], SIGNED: ['协议金额', 'amount of the agreement'], PARENT_TOTAL: ['原项目总投资', 'total of the project it expands'],
  CIVIL_WORKS: ['土建', 'civil works'], EQUIPMENT: ['设备', 'equipment'], INSTALLATION: ['安装', 'installation'], LAND: ['土地', 'land'], WORKING_CAPITAL: ['流动资金', 'working capital'], RESEARCH: ['研发', 'research'], OTHER: ['其他', 'other'],
};
/** The name of an amount, or of several parts (EQUIPMENT+LAND). */
export function amountLabel(field: string, locale: Locale): string {
  const en = locale === 'en';
  return field.split('+').map((f) => FIELD_WORDS[f]?.[en ? 1 : 0] ?? f).join(en ? ' + ' : '、');
}

const SENTENCES: Record<WarningCode, readonly [zh: string, en: string]> = {
  PARTS_DO_NOT_ADD_UP: ['{field}合计 {value}，与{other} {otherValue}不符。请核对各分项，或更正{other}。', '{field} add up to {value}, not to {other} {otherValue}. Check the parts or correct {other}.'],
  FIXED_ABOVE_TOTAL: ['{field} {value}大于{other} {otherValue}。请核对单位与口径后更正其一。', '{field} {value} is above {other} {otherValue}. Check units and correct one of them.'],
  FILED_ABOVE_TOTAL: ['{field} {value}大于{other} {otherValue}。请按备案证核对，或更正{other}。', '{field} {value} is above {other} {otherValue}. Check it against the filing or correct {other}.'],
  FOREIGN_ABOVE_TOTAL: ['{field} {value}大于{other} {otherValue}。请核对后更正其一。', '{field} {value} is above {other} {otherValue}. Correct one of them.'],
  SIGNED_DIFFERS_FROM_PROJECT: ['{field} {value}与{other} {otherValue}不一致。请以协议为准更新项目，或更正签约记录。', '{field} {value} differs from {other} {otherValue}. Take the agreement over into the project, or correct the signing.'],
  PLACEHOLDER: ['{field} {value}疑为占位数。请填写真实金额，或清空。', '{field} {value} looks like a placeholder. Fill in the true amount, or clear it.'],
  EXPANSION_INCLUDES_PARENT: ['增资扩产项目的{field} {value}不小于{other} {otherValue}，疑含原投资。扩产只计增量，请填写增加部分。', '{field} {value} of an expansion is no less than {other} {otherValue}: only the increment counts. Enter what is added.'],
};
/** The sentence of a warning: field, both values, remedy. */
export function toldWarning(w: AmountWarning, locale: Locale): string {
  return SENTENCES[w.code][locale === 'en' ? 1 : 0]
    .replaceAll('{field}', amountLabel(w.field, locale)).replaceAll('{value}', amountText(w.value, w.currency, locale))
    .replaceAll('{otherValue}', w.otherValue === null ? '' : amountText(w.otherValue, w.currency, locale)).replaceAll('{other}', w.otherField === null ? '' : amountLabel(w.otherField, locale));
}
