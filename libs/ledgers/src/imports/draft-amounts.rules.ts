import type { MoneyUnit, MoneyValue, RowFields } from '../reading/ledger-reading.js';

export type Currency = 'CNY' | 'USD' | 'EUR' | 'HKD' | 'JPY';
export type AmountKind = 'TOTAL' | 'FIXED' | 'FILED' | 'CONTRACT_FOREIGN' | 'REGISTERED' | 'ARRIVED_TOTAL' | 'ARRIVED_YEAR' | 'FOREIGN_YEAR' | 'STATISTICAL' | 'OUTPUT_YEAR' | 'TAX_YEAR';

/** An amount of a row in units of its currency (元, not 万元), exact decimal text. */
export interface AmountDraft {
  kind: AmountKind;
  /** Of yearly amounts. */
  year: number | null;
  amount: string;
  upperBound: string | null;
  currency: Currency;
  raw: string | null;
  approximate: boolean;
  bound: 'LOWER' | 'UPPER' | 'RANGE' | null;
  placeholder: boolean;
  /** File, sheet and cell. */
  source: string;
}

const CURRENCY: Record<MoneyUnit, Currency | null> = { 万元: 'CNY', 万美元: 'USD', 万欧元: 'EUR', 万港元: 'HKD', 万日元: 'JPY', 万英镑: null };
const KINDS: Record<string, AmountKind> = {
  'amount.total': 'TOTAL', 'amount.fixed': 'FIXED', 'amount.filing': 'FILED', 'amount.contract_fdi': 'CONTRACT_FOREIGN', 'capital.registered': 'REGISTERED',
  'amount.arrived_total': 'ARRIVED_TOTAL', 'amount.statistical': 'STATISTICAL', 'output.year': 'OUTPUT_YEAR', 'tax.year': 'TAX_YEAR',
};

const KNOWN = new Map<string, { kind: AmountKind; year: number | null } | null>(Object.entries(KINDS).map(([field, kind]) => [field, { kind, year: null }]));

function kindOf(field: string): { kind: AmountKind; year: number | null } | null {
  let known = KNOWN.get(field);
  if (known === undefined) KNOWN.set(field, (known = yearlyKind(field)));
  return known;
}

function yearlyKind(field: string): { kind: AmountKind; year: number } | null {
  const yearly = /^amount\.(arrived|fdi)_year\.(\d{4})$/.exec(field);
  return yearly ? { kind: yearly[1] === 'fdi' ? 'FOREIGN_YEAR' : 'ARRIVED_YEAR', year: Number(yearly[2]) } : null;
}

/** 万 to one: exact, by moving the point; amounts come as plain decimal text. */
export function tenThousandfold(decimal: string): string {
  const point = decimal.indexOf('.');
  if (point < 0) return decimal === '0' ? '0' : `${decimal}0000`;
  const fraction = decimal.slice(point + 1);
  const moved = decimal.slice(0, point) + fraction.slice(0, 4).padEnd(4, '0');
  return fraction.length > 4 ? `${moved}.${fraction.slice(4)}` : moved;
}

/** More digits than an amount of money has; such a value is kept as text only. */
const MOST_DIGITS = 19;

/**
 * The amount of a field in 元 of its currency, or null where the books have no place for it (another kind, a currency
 * they do not keep, absurdly many digits).
 */
export function amountDraft(field: string, value: MoneyValue, raw: string | null, source: string): AmountDraft | null {
  const at = kindOf(field);
  const currency = CURRENCY[value.u];
  if (!at || !currency || value.v.length > MOST_DIGITS + 6 || value.v.replace(/\..*$/, '').length > MOST_DIGITS || (value.hi?.length ?? 0) > MOST_DIGITS) return null;
  return {
    kind: at.kind,
    year: at.year,
    amount: tenThousandfold(value.v),
    upperBound: value.hi ? tenThousandfold(value.hi) : null,
    currency,
    raw,
    approximate: value.approx ?? value.magnitude ?? false,
    bound: value.hi ? 'RANGE' : value.bound === '>=' ? 'LOWER' : value.bound === '<=' ? 'UPPER' : null,
    placeholder: value.placeholder ?? false,
    source,
  };
}

export function isMoney(value: unknown): value is MoneyValue {
  return typeof value === 'object' && value !== null && 'v' in value && 'u' in value && typeof value.u === 'string' && value.u in CURRENCY;
}

/** Every amount of a row that the books have a place for, with the names of its fields. */
export function amountsOf(fields: RowFields, rawOf: (field: string) => { raw: string | null; cell: string }, sourceOf: (cell: string) => string): Map<string, AmountDraft> {
  const out = new Map<string, AmountDraft>();
  for (const field in fields) {
    const value = fields[field];
    if (!isMoney(value)) continue;
    const { raw, cell } = rawOf(field);
    const draft = amountDraft(field, value, raw, sourceOf(cell));
    if (draft) out.set(field, draft);
  }
  return out;
}

/** Whether the total or fixed amount needs a record of its own beside the project's column: it says more than a number. */
export function isQualified(a: AmountDraft): boolean {
  return a.bound !== null || a.placeholder || a.upperBound !== null;
}
