import { Decimal } from 'decimal.js';

/** Units in which money is kept; the currencies are never converted into each other. */
export type MoneyUnit = '万元' | '万美元' | '万欧元' | '万港元' | '万日元' | '万英镑';

/** Money in ten thousands of its currency, `v` an exact decimal as text (`23400`, `0.1`). */
export interface MoneyValue {
  v: string;
  u: MoneyUnit;
  /** 约, 近, 左右: the number is not exact. */
  approx?: true;
  /** `>=` for 超/余/以上, `<=` for 不超过/以内: `v` is that bound. */
  bound?: '>=' | '<=';
  /** Upper end of a range; `v` is the lower end, with which the row counts. */
  hi?: string;
  /** 0 < amount ≤ 1 万元, typed to satisfy a form: keep, do not rely on it. */
  placeholder?: true;
  /** Only an order of magnitude (百亿产值). */
  magnitude?: true;
}

/** A unit as written in a header, a unit column or a cell: power of ten against 万, and the currency if named. */
export interface AmountUnit {
  /** 亿 4, 千万 3, 百万 2, 万 0, 千 -1, 元 -4. */
  places: number;
  money: MoneyUnit | null;
}

/** Classes of ledgers README §6 that one amount cell can raise by itself. */
export type AmountClass =
  | 'EMPTY_TOKEN'
  | 'AMOUNT_TEXT_NUMBER'
  | 'AMOUNT_CELL_UNIT'
  | 'AMOUNT_CHINESE_NUMERAL'
  | 'AMOUNT_NOTE'
  | 'AMOUNT_APPROX'
  | 'AMOUNT_LOWER_BOUND'
  | 'AMOUNT_UPPER_BOUND'
  | 'AMOUNT_RANGE'
  | 'AMOUNT_UNDECIDED'
  | 'AMOUNT_MAGNITUDE'
  | 'AMOUNT_UNREADABLE'
  | 'AMOUNT_UNIT_MISSING';

export interface AmountReading {
  value: MoneyValue | null;
  classes: AmountClass[];
  /** Bracketed or trailing remark, kept beside the amount. */
  note?: string;
}

/** Full-width ASCII and the ideographic space to half width; everything else untouched. */
export function halfWidth(text: string): string {
  return /[\u3000\uff01-\uff5e]/.test(text)
    ? text.replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, ' ')
    : text;
}

/** Words that mean an empty cell (ledgers README, EMPTY_TOKEN). */
export function isEmptyToken(text: string): boolean {
  return /^(?:[-－—–―_]+|[/／\\]|无|暂无|空|n\/?a|null|nil|\.|…+)$/i.test(text.trim());
}

/** The shortest decimal of a stored double, without exponent: 2.34, not 2.3399999999999999. */
export function plainNumber(value: number): string {
  const text = String(value);
  return text.includes('e') ? new Decimal(text).toFixed() : text;
}

/** Multiplies a plain decimal text by 10^places, exactly and without rounding. */
export function shiftDecimal(text: string, places: number): string {
  const negative = text.startsWith('-');
  const [whole = '0', fraction = ''] = (negative ? text.slice(1) : text).split('.');
  let digits = whole + fraction;
  let point = whole.length + places;
  if (point <= 0) {
    digits = '0'.repeat(1 - point) + digits;
    point = 1;
  } else if (point > digits.length) digits += '0'.repeat(point - digits.length);
  const left = digits.slice(0, point).replace(/^0+(?=\d)/, '');
  const right = digits.slice(point).replace(/0+$/, '');
  const out = right ? `${left}.${right}` : left;
  return negative && out !== '0' ? `-${out}` : out;
}

const CURRENCIES: [RegExp, MoneyUnit][] = [
  [/美元|美金|美刀|us\$|usd|\$/, '万美元'],
  [/欧元|eur|€/, '万欧元'],
  [/港元|港币|hkd/, '万港元'],
  [/日元|日币|jpy/, '万日元'],
  [/英镑|gbp|£/, '万英镑'],
  [/人民币|rmb|cny|¥|￥|元/, '万元'],
];
const SCALES: Record<string, number> = { 万亿: 8, 千亿: 7, 百亿: 6, 十亿: 5, 亿: 4, 千万: 3, 百万: 2, 十万: 1, 万: 0, 千: -1 };

function currencyOf(text: string): MoneyUnit | null {
  for (const [pattern, unit] of CURRENCIES) if (pattern.test(text)) return unit;
  return null;
}

/** Reads a unit label (亿元, 万美元, 元, 万) or null where the text is no unit. */
export function amountUnitOf(text: string): AmountUnit | null {
  const t = halfWidth(text).replace(/\s/g, '').toLowerCase();
  const m = /^(?:人民币|rmb)?(万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千)?(元人民币|人民币元?|元|美元|美金|usd|欧元|eur|港元|港币|hkd|日元|jpy|英镑|gbp|rmb|cny)?$/.exec(t);
  if (!m || (!m[1] && !m[2])) return null;
  return { places: m[1] ? (SCALES[m[1]] ?? 0) : -4, money: m[2] || /人民币|rmb/.test(t) ? currencyOf(t) : null };
}

const CHINESE_DIGITS: Record<string, number> = {
  零: 0, 〇: 0, 一: 1, 二: 2, 两: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9,
  壹: 1, 贰: 2, 叁: 3, 肆: 4, 伍: 5, 陆: 6, 柒: 7, 捌: 8, 玖: 9,
};
const CHINESE_TENS: Record<string, number> = { 十: 10, 拾: 10, 百: 100, 佰: 100, 千: 1000, 仟: 1000 };

/** 四十五 → 45, 贰仟 → 2000, 百 → 100, 三点五 → 3.5; null where the text is no numeral below 万. */
export function chineseNumber(text: string): string | null {
  const [whole = '', fraction] = text.split('点');
  let total = 0;
  let digit: number | null = null;
  for (const c of whole) {
    if (c in CHINESE_DIGITS) digit = digit !== null && digit > 0 && total === 0 ? digit * 10 + CHINESE_DIGITS[c]! : CHINESE_DIGITS[c]!;
    else if (c in CHINESE_TENS) {
      total += (digit || 1) * CHINESE_TENS[c]!;
      digit = 0;
    } else return null;
  }
  const head = String(total + (digit ?? 0));
  if (!whole) return null;
  if (fraction === undefined) return head;
  const tail = [...fraction].map((c) => CHINESE_DIGITS[c]);
  return tail.length && tail.every((d) => d !== undefined) ? `${head}.${tail.join('')}` : null;
}

const NUMBER = String.raw`(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟]+(?:点[零〇一二三四五六七八九]+)?)`;
const SCALE = '(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千)';
const MONEY_WORD = '(?:元人民币|人民币元?|元|块|美元|美金|美刀|usd|欧元|eur|港元|港币|hkd|日元|日币|jpy|英镑|gbp|人民币|rmb|cny)';
const ONE = new RegExp(`^(${NUMBER})(余|多|几)?个?(${SCALE})?`);
const FIRST_MONEY = new RegExp(`${NUMBER}(?:余|多)?个?(?:${SCALE}${MONEY_WORD}?|${MONEY_WORD})`);
const PREFIX =
  /^(?:(约为?|大约|大概|大致|近|将近|接近|左右)|(超过?|逾|突破|不低于|不少于|不小于|至少|最低|高于|大于|多于|>=|≥|>)|(不超过|不高于|不多于|不大于|至多|最多|低于|小于|<=|≤|<)|(项目|计划|预计|预估|拟|总投资额?|投资总额|投资额?|总额?|固投|金额|为|共计?|合计|达到?|年|[:：,，]|人民币|rmb|cny|¥|￥|us\$|\$|usd|美元|美金))/;
const SUFFIX =
  /^(?:(左右|上下|许)|(及?以上|余|多|起|\+)|(及?以内|及?以下|之内)|(产值|级|规模|量级)|(整|投资|每年|\/年|人民币|rmb|cny|[,，。;；.]))/;

interface Amount {
  /** In 万 where `scaled`, else in the unit of the context. */
  text: string;
  scaled: boolean;
  chinese: boolean;
  more: boolean;
  rest: string;
}

function takeAmount(text: string): Amount | null {
  let rest = text;
  let sum: string | null = null;
  let scaled = false;
  let chinese = false;
  let more = false;
  let lastPlaces = Infinity;
  for (;;) {
    const m: RegExpExecArray | null = ONE.exec(rest);
    if (!m) break;
    const written = m[1]!;
    const arabic = /^\d/.test(written);
    const number: string | null = arabic ? written.replace(/,/g, '') : chineseNumber(written);
    if (number === null) break;
    const unit = m[3];
    let places = unit ? SCALES[unit]! : /^(?:元|块|美元|美金|欧元|港元|港币|日元|英镑)/.test(rest.slice(m[0].length)) ? -4 : null;
    if (sum !== null && places === null) {
      // 三亿五: the digit after a unit without a unit of its own is a tenth of it.
      if (arabic || written.length > 1 || lastPlaces === Infinity) break;
      places = lastPlaces - 1;
    }
    if (sum !== null && places !== null && places >= lastPlaces) break;
    if (places === null) sum = number;
    else {
      const inWan = shiftDecimal(number, places);
      sum = sum === null ? inWan : new Decimal(sum).plus(inWan).toFixed();
      scaled = true;
      lastPlaces = places;
    }
    chinese ||= !arabic;
    more ||= Boolean(m[2]);
    rest = rest.slice(m[0].length);
    if (!scaled) break;
  }
  return sum === null ? null : { text: sum, scaled, chinese, more, rest };
}

function takeCurrency(text: string): { money: MoneyUnit | null; rest: string } {
  const m = new RegExp(`^${MONEY_WORD}`).exec(text);
  return m ? { money: currencyOf(m[0]), rest: text.slice(m[0].length) } : { money: null, rest: text };
}

const UNDECIDED = /待定|面议|未定|待商|待议|商议|待核|待明|待确|待测|待估|待报|洽谈中|商谈|协商|未明确|不明确|未确定|暂未|暂定|保密|不详|另议|另行|视情况|未披露|不便/;

/**
 * Reads an amount cell: unit in the cell > unit column > header > label above the table (ledgers
 * README §4); the caller passes the unit that stands outside the cell. Ranges and lower bounds
 * count with their lower end, 约 with its number. Rules: domain.md D3, messy_values.csv.
 *
 * @param raw text, or the stored number of the cell
 * @param unit unit outside the cell, null where none is known
 * @param options.csv text files hold plain numbers as text: no remark for those
 */
export function readAmount(raw: string | number, unit: AmountUnit | null, options: { csv?: boolean } = {}): AmountReading {
  if (typeof raw === 'number') return finish(plainNumber(raw), unit, []);
  const trimmed = raw.trim();
  if (/^-?\d+(?:\.\d+)?$/.test(trimmed)) {
    const same = options.csv && trimmed === raw;
    return finish(trimmed, unit, same ? [] : ['AMOUNT_TEXT_NUMBER']);
  }
  if (!trimmed) return { value: null, classes: [] };
  if (isEmptyToken(trimmed)) return { value: null, classes: ['EMPTY_TOKEN'] };
  return readAmountText(trimmed, unit);
}

function readAmountText(raw: string, outside: AmountUnit | null): AmountReading {
  let text = halfWidth(raw).replace(/[\s\u200b]/g, '').toLowerCase();
  const flags = { approx: false, lower: false, upper: false, magnitude: false, negative: false };
  const notes: string[] = [];
  let unit = outside;
  let cellUnit = false;
  let money: MoneyUnit | null = null;
  // Brackets hold a unit, a 约, or a remark.
  text = text.replace(/[([【]([^()[\]【】]*)[)\]】]/g, (_, inside: string) => {
    const named = amountUnitOf(inside);
    if (named) {
      unit = { places: named.places, money: named.money ?? unit?.money ?? null };
      cellUnit = true;
    } else if (/^(?:约|大约|估算|暂估|预估)$/.test(inside)) flags.approx = true;
    else if (inside) notes.push(inside);
    return '';
  });
  if (/^[-−]\d/.test(text)) {
    flags.negative = true;
    text = text.slice(1);
  }
  for (let m = PREFIX.exec(text); m; m = PREFIX.exec(text)) {
    if (m[1]) flags.approx = true;
    if (m[2]) flags.lower = true;
    if (m[3]) flags.upper = true;
    if (m[4]) money = /美|usd|\$/.test(m[4]) ? '万美元' : /人民币|rmb|cny|¥|￥/.test(m[4]) ? '万元' : money;
    text = text.slice(m[0].length);
  }
  // 上亿元, 数亿元, 几千万: no number, only a size.
  const vague = new RegExp(`^(上|数|几)(${SCALE})`).exec(text);
  if (vague) {
    text = `1${text.slice(1)}`;
    flags.magnitude = true;
    flags.lower = true;
  }
  let first = takeAmount(text);
  if (!first || (!first.scaled && /^[期年月个条万]/.test(first.rest))) {
    // Words before the amount: 一期2亿元, 力争5亿元.
    const at = FIRST_MONEY.exec(text);
    if (!at) return { value: null, classes: [UNDECIDED.test(raw) || !/\d/.test(text) ? 'AMOUNT_UNDECIDED' : 'AMOUNT_UNREADABLE'], ...noteOf(raw, !UNDECIDED.test(raw)) };
    if (at.index) notes.push(text.slice(0, at.index));
    first = takeAmount(text.slice(at.index))!;
  }
  const classes: AmountClass[] = [];
  let { rest } = first;
  let hi: Amount | null = null;
  let named = takeCurrency(rest);
  const dash = /^[-~—–−至到]+/.exec(named.rest);
  if (dash && !flags.negative) {
    const second = takeAmount(named.rest.slice(dash[0].length));
    if (second) {
      hi = second;
      money = named.money ?? money;
      named = takeCurrency(second.rest);
    }
  }
  money = named.money ?? money;
  rest = named.rest;
  for (let m = SUFFIX.exec(rest); m; m = SUFFIX.exec(rest)) {
    if (m[1]) flags.approx = true;
    if (m[2]) flags.lower = true;
    if (m[3]) flags.upper = true;
    if (m[4]) flags.magnitude = true;
    rest = rest.slice(m[0].length);
  }
  if (rest) notes.push(rest);
  const own = first.scaled || Boolean(hi?.scaled);
  const scaledBy = (a: Amount): string => {
    if (a.scaled) return a.text;
    // 6000-8000万: the lower end takes the unit of the upper one.
    const other = a === first && hi?.scaled ? /(万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千)/.exec(text.slice(text.indexOf(dash?.[0] ?? '') + 1)) : null;
    return shiftDecimal(a.text, other ? SCALES[other[1]!]! : (unit?.places ?? 0));
  };
  if (!own && !unit) return { value: null, classes: ['AMOUNT_UNIT_MISSING'], ...noteOf(raw, true) };
  if (flags.approx) classes.push('AMOUNT_APPROX');
  if (flags.lower || first.more || hi?.more) classes.push('AMOUNT_LOWER_BOUND');
  if (flags.upper) classes.push('AMOUNT_UPPER_BOUND');
  if (hi) classes.push('AMOUNT_RANGE');
  if (first.chinese || hi?.chinese) classes.push('AMOUNT_CHINESE_NUMERAL');
  if (flags.magnitude) classes.push('AMOUNT_MAGNITUDE');
  if (own || cellUnit || money) classes.push('AMOUNT_CELL_UNIT');
  if (notes.length) classes.push('AMOUNT_NOTE');
  if (!classes.length) classes.push('AMOUNT_TEXT_NUMBER');
  const low = scaledBy(first);
  const value: MoneyValue = { v: flags.negative ? `-${low}` : low, u: money ?? unit?.money ?? '万元' };
  if (flags.approx) value.approx = true;
  if (classes.includes('AMOUNT_LOWER_BOUND') && !flags.magnitude) value.bound = '>=';
  if (flags.upper) value.bound = '<=';
  if (hi) value.hi = scaledBy(hi);
  if (flags.magnitude) value.magnitude = true;
  return { value, classes, ...(notes.length ? { note: notes.join('；') } : {}) };
}

function noteOf(raw: string, keep: boolean): { note?: string } {
  return keep ? { note: raw } : {};
}

function finish(number: string, unit: AmountUnit | null, classes: AmountClass[]): AmountReading {
  if (!unit) return { value: null, classes: ['AMOUNT_UNIT_MISSING'], note: number };
  return { value: { v: shiftDecimal(number, unit.places), u: unit.money ?? '万元' }, classes };
}
