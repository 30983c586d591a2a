import { readAmount } from '@yinfeng/platform';
import { Decimal } from 'decimal.js';
import type { MoneyValue } from './ledger-reading.js';

/** CNY totals above 5,000 亿元 were almost surely typed in another unit (AMOUNT_UNIT_SUSPECT). In 万元. */
const SUSPECT_ABOVE = 50_000_000;

export function isUnitSuspect(total: MoneyValue): boolean {
  return total.u === '万元' && Number(total.v) > SUSPECT_ABOVE;
}

/** Whether a part (固投, 备案) exceeds the total; ranges and lower bounds of the total are given the benefit. */
export function exceeds(part: MoneyValue | undefined, total: MoneyValue | undefined): boolean {
  if (!part || !total || part.u !== total.u || part.placeholder || total.placeholder || total.magnitude || total.bound === '>=') return false;
  const limit = Number(total.hi ?? total.v) * (total.approx ? 1.1 : 1);
  return Number(part.v) > limit;
}

const AMOUNT = String.raw`(?:约|近|超过?|逾|达到?|为|人民币|共)*\s*(\d[\d,]*(?:\.\d+)?)\s*(余)?\s*(亿|千万|百万|万)(元)?(人民币|美元|美金|欧元|港元|港币)?`;
const TOTAL = new RegExp(`(?:项目|计划|预计|拟)?总投资(?:额|规模)?(?:约|为|达)?\\s*${AMOUNT}`);
const TAX = new RegExp(`(?:年|实现|预计|上缴)?(?:纳税|税收|缴税|税金)(?:总?额|贡献)?(?:约|达到?|为|可达)?\\s*${AMOUNT}`);
const PART = new RegExp(`[^\\d、，,；;。（）()]{1,12}?${AMOUNT}`, 'g');

function amountOf(m: RegExpExecArray | RegExpMatchArray, from: number): MoneyValue | null {
  const text = `${m[from]}${m[from + 2] ?? ''}元`.replace(/元$/, m[from + 4] && m[from + 4] !== '人民币' ? m[from + 4]! : '元');
  return readAmount(text, null).value;
}

const loose = (text: string): boolean => /约|近|超|逾|余|以上|左右/.test(text);

/**
 * What the project text says about money against the cells: another total or tax than the cell
 * (AMOUNT_TEXT_CONFLICT), or parts that do not add up to the total it states (AMOUNT_PARTS_MISMATCH).
 */
export function textAgainstCells(content: string, total: MoneyValue | undefined, tax: MoneyValue | undefined): ('AMOUNT_PARTS_MISMATCH' | 'AMOUNT_TEXT_CONFLICT')[] {
  if (!/投资|税/.test(content)) return [];
  const found: ('AMOUNT_PARTS_MISMATCH' | 'AMOUNT_TEXT_CONFLICT')[] = [];
  const stated = TOTAL.exec(content);
  const statedTotal = stated ? amountOf(stated, 1) : null;
  if (stated && statedTotal) {
    if (differs(statedTotal, total, loose(stated[0]))) found.push('AMOUNT_TEXT_CONFLICT');
    const clause = /^[^。；;\n]*?其中[:：]?([^。；;\n]*)/.exec(content.slice(stated.index + stated[0].length));
    if (clause) {
      const parts = [...clause[1]!.matchAll(PART)];
      const amounts = parts.map((p) => amountOf(p, 1));
      if (parts.length >= 2 && !loose(clause[1]!) && !loose(stated[0]) && amounts.every((a) => a?.u === statedTotal.u)) {
        const sum = amounts.reduce((s, a) => s.plus(a!.v), new Decimal(0));
        if (!sum.eq(statedTotal.v)) found.push('AMOUNT_PARTS_MISMATCH');
      }
    }
  }
  const statedTax = TAX.exec(content);
  if (statedTax && !found.includes('AMOUNT_TEXT_CONFLICT')) {
    const value = amountOf(statedTax, 1);
    if (value && differs(value, tax, loose(statedTax[0]))) found.push('AMOUNT_TEXT_CONFLICT');
  }
  return found;
}

function differs(stated: MoneyValue, cell: MoneyValue | undefined, inexact: boolean): boolean {
  if (!cell || cell.u !== stated.u || cell.placeholder || cell.magnitude) return false;
  const [a, b] = [Number(stated.v), Number(cell.v)];
  if (cell.hi) return a < b || a > Number(cell.hi);
  if (cell.bound === '>=') return a < b;
  if (inexact || cell.approx) return Math.abs(a - b) > 0.1 * Math.max(a, b);
  return a !== b;
}
