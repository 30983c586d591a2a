import { readAmount, Refusal, shiftDecimal } from '@yinfeng/platform';

/** Money as a person writes it (`raw`: "约3.5亿元", "1200万美元") or as a program sends it (amount in units of the currency). */
export interface MoneyInput {
  raw?: string | null;
  amount?: string | null;
  currency?: 'CNY' | 'USD' | 'EUR' | 'HKD' | 'JPY' | null;
}
/** Money as it is kept: `amount` in units of its currency (元), exact decimal text. */
export interface MoneyKept {
  amount: string;
  currency: 'CNY' | 'USD' | 'EUR' | 'HKD' | 'JPY';
  raw: string | null;
  approximate: boolean;
}

const CURRENCY: Record<string, MoneyKept['currency']> = { 万元: 'CNY', 万美元: 'USD', 万欧元: 'EUR', 万港元: 'HKD', 万日元: 'JPY' };
/** CNY above 5,000 亿元 is almost surely typed in another unit (ledgers, AMOUNT_UNIT_SUSPECT). */
const SUSPECT_CNY = 500_000_000_000;

/** @throws Refusal AMOUNT_UNREADABLE, AMOUNT_NEGATIVE, AMOUNT_UNIT_SUSPECT naming the field and the value. */
export function keepMoney(input: MoneyInput | null | undefined, field: string, label: string): MoneyKept | null {
  if (!input || (input.amount == null && !input.raw?.trim())) return null;
  let kept: MoneyKept;
  if (input.amount != null) {
    kept = { amount: input.amount, currency: input.currency ?? 'CNY', raw: input.raw ?? null, approximate: false };
  } else {
    const raw = input.raw!.trim();
    const { value } = readAmount(raw, null);
    const currency = value && CURRENCY[value.u];
    // A bare number without a unit says nothing: 3.5 may be 亿 or 万.
    if (!value || !currency || !/[元万亿千百]|[美欧港日]/.test(raw)) throw new Refusal('AMOUNT_UNREADABLE', [field], { field: label, value: raw });
    kept = { amount: shiftDecimal(value.v, 4), currency, raw, approximate: Boolean(value.approx ?? value.bound ?? value.hi) };
  }
  if (kept.amount.startsWith('-')) throw new Refusal('AMOUNT_NEGATIVE', [field], { field: label, value: input.raw ?? kept.amount });
  if (kept.currency === 'CNY' && Number(kept.amount) > SUSPECT_CNY) throw new Refusal('AMOUNT_UNIT_SUSPECT', [field], { field: label, value: input.raw ?? kept.amount });
  return kept;
}
