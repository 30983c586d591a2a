import { type Locale } from '@yinfeng/platform';
import { amountText } from '@yinfeng/recruitment';
import { Decimal } from 'decimal.js';
import { INVESTMENT_PARTS, type InvestmentPart } from './money.rules.js';

export const MONEY_WARNINGS = ['PARTS_DIFFER', 'CUMULATIVE_DIFFERS', 'PLAN_DIFFERS_FROM_YEAR', 'ACTUALS_ABOVE_FIXED', 'ARRIVALS_ABOVE_TOTAL', 'DOMESTIC_DIFFERS_FROM_LEDGER', 'FOREIGN_DIFFERS_FROM_LEDGER'] as const;
export type MoneyWarningCode = (typeof MONEY_WARNINGS)[number];

/** All the money of one project, amounts as exact decimal text. */
export interface MoneySheet {
  totalCny: string | null;
  fixedCny: string | null;
  plans: { month: string; amount: string; wholeYear: boolean }[];
  actuals: { month: string; amount: string; cumulative: string | null; parts: Partial<Record<InvestmentPart, string | null>> }[];
  /** Confirmed and not taken back, whether it counts or not. */
  arrivals: { nature: 'DOMESTIC' | 'FOREIGN'; year: number; cny: string | null; usd: string | null }[];
  ledger: { nature: 'DOMESTIC' | 'FOREIGN'; year: number; amount: string; currency: string }[];
}
/** Two figures that contradict each other; told, never refused. */
export interface MoneyWarning {
  code: MoneyWarningCode;
  /** 2024 or 2024-06; null where all years are meant. */
  period: string | null;
  value: string;
  otherValue: string;
  currency: string;
}

const sum = (values: readonly (string | null | undefined)[]) => values.reduce<Decimal>((s, v) => s.plus(v ?? 0), new Decimal(0));

/** What contradicts in the plans, actuals and arrivals of a project (domain.md finding 4). */
export function moneyWarnings(sheet: MoneySheet, tolerancePermille: number): MoneyWarning[] {
  const found: MoneyWarning[] = [];
  const apart = (a: Decimal, b: Decimal) => a.minus(b).abs().times(1000).gt(Decimal.max(a, b).times(tolerancePermille));
  const warn = (code: MoneyWarningCode, period: string | null, a: Decimal, b: Decimal, currency = 'CNY') => found.push({ code, period, value: a.toFixed(), otherValue: b.toFixed(), currency });
  const actuals = [...sheet.actuals].sort((a, b) => a.month.localeCompare(b.month));
  for (const a of actuals) {
    const parts = INVESTMENT_PARTS.map((p) => a.parts[p]).filter((p) => p != null);
    if (parts.length && apart(sum(parts), new Decimal(a.amount))) warn('PARTS_DIFFER', a.month.slice(0, 7), sum(parts), new Decimal(a.amount));
    if (a.cumulative !== null) {
      const since = sum(actuals.filter((b) => b.month.slice(0, 4) === a.month.slice(0, 4) && b.month <= a.month).map((b) => b.amount));
      if (apart(new Decimal(a.cumulative), since)) warn('CUMULATIVE_DIFFERS', a.month.slice(0, 7), new Decimal(a.cumulative), since);
    }
  }
  for (const year of sheet.plans.filter((p) => p.wholeYear)) {
    const months = sheet.plans.filter((p) => !p.wholeYear && p.month.slice(0, 4) === year.month.slice(0, 4));
    if (months.length && apart(sum(months.map((m) => m.amount)), new Decimal(year.amount))) warn('PLAN_DIFFERS_FROM_YEAR', year.month.slice(0, 4), sum(months.map((m) => m.amount)), new Decimal(year.amount));
  }
  const done = sum(actuals.map((a) => a.amount));
  const above = (a: Decimal, b: string | null): b is string => b !== null && a.gt(b) && apart(a, new Decimal(b));
  if (above(done, sheet.fixedCny)) warn('ACTUALS_ABOVE_FIXED', null, done, new Decimal(sheet.fixedCny));
  // What arrived without a rate is not known in 元: the sum is a lower bound, and enough to be above.
  const arrived = sum(sheet.arrivals.map((a) => a.cny));
  if (above(arrived, sheet.totalCny)) warn('ARRIVALS_ABOVE_TOTAL', null, arrived, new Decimal(sheet.totalCny));
  for (const l of sheet.ledger) {
    const single = sheet.arrivals.filter((a) => a.nature === l.nature && a.year === l.year).map((a) => (l.currency === 'CNY' ? a.cny : l.currency === 'USD' ? a.usd : null));
    if (single.length === 0 || single.some((v) => v === null)) continue;
    if (apart(sum(single), new Decimal(l.amount))) warn(l.nature === 'DOMESTIC' ? 'DOMESTIC_DIFFERS_FROM_LEDGER' : 'FOREIGN_DIFFERS_FROM_LEDGER', String(l.year), sum(single), new Decimal(l.amount), l.currency);
  }
  return found;
}

const SENTENCES: Record<MoneyWarningCode, readonly [zh: string, en: string]> = {
  PARTS_DIFFER: ['{period} 投资分项合计 {value}，与当月投资 {other}不符。请核对分项，或更正当月投资。', '{period}: parts add up to {value}, the month says {other}. Check the parts or correct the month.'],
  CUMULATIVE_DIFFERS: ['{period} 上报的本年累计 {value}，与各月合计 {other}不符。请核对漏报或重报的月份。', '{period}: reported as {value} since January, the months add up to {other}. Look for months that are missing or doubled.'],
  PLAN_DIFFERS_FROM_YEAR: ['{period} 年各月计划合计 {value}，与年度计划 {other}不符。请调整月度计划或年度计划。', '{period}: months planned add up to {value}, the year is planned at {other}. Adjust one of them.'],
  ACTUALS_ABOVE_FIXED: ['累计完成投资 {value}大于固定资产投资 {other}。请核对月报，或更正项目固定资产投资。', '{value} is done, above the fixed-asset investment of {other}. Check the months or correct the project.'],
  ARRIVALS_ABOVE_TOTAL: ['累计到位资金 {value}大于总投资 {other}。请核对到位记录，或更正总投资。', '{value} has arrived, above the total investment of {other}. Check the arrivals or correct the project.'],
  DOMESTIC_DIFFERS_FROM_LEDGER: ['{period} 年到位内资逐笔合计 {value}，与台账当年到位资金 {other}不符。请补录到位记录，或更正台账。', '{period}: domestic arrivals add up to {value}, the ledger says {other}. Record what is missing or correct the ledger.'],
  FOREIGN_DIFFERS_FROM_LEDGER: ['{period} 年实际利用外资逐笔合计 {value}，与台账当年实际利用外资 {other}不符。请补录到位记录，或更正台账。', '{period}: foreign arrivals add up to {value}, the ledger says {other}. Record what is missing or correct the ledger.'],
};
/** The sentence of a warning: period, both values, what to do. */
export function toldMoneyWarning(w: MoneyWarning, locale: Locale): string {
  return SENTENCES[w.code][locale === 'en' ? 1 : 0].replace('{period}', w.period ?? '').replace('{value}', amountText(w.value, w.currency, locale)).replace('{other}', amountText(w.otherValue, w.currency, locale));
}
