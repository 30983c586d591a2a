import { type AmountClass, readAmount, shiftDecimal } from '@yinfeng/platform';
import { before, behind, type Confidence, type Found } from './lead-text.rules.js';

export const FIGURE_KINDS = ['TOTAL_INVESTMENT', 'FIXED_INVESTMENT', 'OUTPUT', 'TAX', 'REGISTERED_CAPITAL', 'OTHER_AMOUNT', 'LAND_AREA', 'FLOOR_AREA'] as const;
export type FigureKind = (typeof FIGURE_KINDS)[number];
export interface Figure extends Found {
  kind: FigureKind;
  /** 元 of the currency, exact; of areas null. */
  amount: string | null;
  currency: 'CNY' | 'USD' | 'EUR' | 'HKD' | 'JPY' | null;
  /** How the words were read (readAmount). */
  classes: AmountClass[];
}

const NUMBER = String.raw`(?:\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,6})?|\d{1,14}(?:\.\d{1,6})?|[零〇一二两三四五六七八九十百千]{1,8}(?:点[零〇一二三四五六七八九]{1,4})?)`;
const SCALE = '(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万)';
const MONEY = '(?:元人民币|人民币|元|块钱|美元|美金|欧元|港元|港币|日元|rmb|usd)';
const PREFIX = '(?:约|大约|大概|近|超过?|逾|不低于|不少于|至少|不超过|上|数|几)';
const AMOUNT = new RegExp(`${PREFIX}?[ ]?(?:${NUMBER}[ ]?(?:余|多|几)?个?(?:${SCALE})?[ ]?(?:-|~|至|到)[ ]?)?(?:${NUMBER}[ ]?)?(?:余|多|几)?个?${SCALE}(?:[ ]?${NUMBER}${SCALE}|[一二三四五六七八九](?![一二三四五六七八九十百千万亿个家年月日点]))?[ ]?${MONEY}?(?:左右|以上|上下|以内)?|${PREFIX}?[ ]?${NUMBER}[ ]?${MONEY}(?:左右|以上|上下|以内)?`, 'gi');
/** 8万平方米, 50万套, 3万吨: a number of things, no money. */
const MEASURED = /^[ ]?(?:套|台|吨|平|㎡|m|亩|人|辆|片|件|度|千瓦|kw|mw|gw|公里|里|户|米|只|支|瓶|箱|颗|双|立方|方|公顷|头|羽|级|卡|家|年|千克|公斤|个|次|份|条|张|块(?!钱)|名|余|粉|点|股|标|张|kwh)/i;
const BETWEEN = new RegExp(`(?<![十百千])(一(?=二)|二(?=三)|两(?=三)|三(?=四|五)|四(?=五)|五(?=六)|六(?=七)|七(?=八)|八(?=九))[二三四五六七八九](?=个?${SCALE})`);
/** Below this nobody speaks of the whole investment, in 元. */
const LEAST_TOTAL = 1_000_000;
const CURRENCIES: Record<string, Figure['currency']> = { 万元: 'CNY', 万美元: 'USD', 万欧元: 'EUR', 万港元: 'HKD', 万日元: 'JPY' };

/** What an amount is of, by the nearest words before it. */
const KINDS: readonly [RegExp, FigureKind, Confidence][] = [
  [/固投|固定资产|固定投资|设备(?:投资|投入)/g, 'FIXED_INVESTMENT', 'SURE'],
  [/总投资|总投|投资总额|计划投资|投资规模|项目投资/g, 'TOTAL_INVESTMENT', 'SURE'],
  [/注册资本|注册资金/g, 'REGISTERED_CAPITAL', 'SURE'],
  [/产值|营收|销售额?|收入|产出/g, 'OUTPUT', 'SURE'],
  [/税收|纳税|税/g, 'TAX', 'SURE'],
  [/估值|融资|贷款|负债|补贴|奖励|租金|地价|市值|基金|其中|净利|利润|工资/g, 'OTHER_AMOUNT', 'LIKELY'],
  [/投资|拟投|投个?|盘子|规模|投入/g, 'TOTAL_INVESTMENT', 'LIKELY'],
];

/** Amounts of money in their order, each with what it is of; who reads them has the words (domain.md D3). */
export function amountsIn(text: string): Figure[] {
  const all: Figure[] = [];
  for (const m of text.matchAll(AMOUNT)) {
    const raw = m[0];
    const start = m.index + (raw.length - raw.trimStart().length);
    const end = m.index + raw.trimEnd().length;
    const words = text.slice(start, end);
    // 上万, 一万: too little is said to be money.
    const spelt = new RegExp(MONEY, 'i').test(words);
    const context = before(text, start, 14);
    const called = kindOf(context, behind(text, end, 6));
    if (/\d$/.test(text.slice(0, start)) || (!spelt && (MEASURED.test(text.slice(end)) || (!/亿/.test(words) && called === null)))) continue;
    // 两三个亿: two to three, read by the lower one.
    const lower = words.replace(BETWEEN, '$1');
    const { value, classes } = readAmount(lower, null);
    const currency = value && CURRENCIES[value.u];
    if (!value || !currency || Number(value.v) <= 0) continue;
    const perArea = /亩均|每亩|每平|单价$/.test(context) || /^[ ]?\/[ ]?(?:亩|㎡|平|m)/.test(text.slice(end));
    const [kind, confidence]: [FigureKind, Confidence] = perArea ? ['OTHER_AMOUNT', 'GUESS'] : (called ?? ['OTHER_AMOUNT', 'GUESS']);
    all.push({ kind, start, end, value: words, amount: shiftDecimal(value.v, 4), currency, classes: lower === words ? classes : [...classes, 'AMOUNT_RANGE'], confidence: value.magnitude || lower !== words ? 'GUESS' : confidence });
  }
  return guessTotal(all);
}

function kindOf(context: string, after: string): [FigureKind, Confidence] | null {
  let best: { at: number; kind: FigureKind; confidence: Confidence } | null = null;
  for (const [pattern, kind, confidence] of KINDS) {
    for (const m of context.matchAll(pattern)) {
      const at = m.index + m[0].length;
      // 固定资产投资: the longer word that ends at the same place was looked at before.
      if (best === null || at > best.at + 2) best = { at, kind, confidence };
    }
  }
  if (best) return [best.kind, best.confidence];
  // 5亿元的项目, 投3亿 is read above.
  return /^(?:的)?(?:大)?(?:项目|投资)/.test(after) ? ['TOTAL_INVESTMENT', 'LIKELY'] : null;
}

/** A lone amount of which nothing is said is taken for the total, as a guess. */
function guessTotal(all: Figure[]): Figure[] {
  if (all.some((f) => f.kind === 'TOTAL_INVESTMENT')) return all;
  const unnamed = all.filter((f) => f.kind === 'OTHER_AMOUNT' && f.confidence === 'GUESS');
  return unnamed.length === 1 && all.length === 1 && Number(unnamed[0]!.amount) >= LEAST_TOTAL ? [{ ...unnamed[0]!, kind: 'TOTAL_INVESTMENT' }] : all;
}

const AREA = new RegExp(`(${NUMBER})[ ]?(?:余|多)?(?:(?:-|~|至|到)[ ]?${NUMBER}[ ]?)?(万)?[ ]?(亩|公顷|平方公里|平方米|平米|平方|平|㎡|m2|m²)(?!均|台|板|衡|安|时|行|静|稳|价|凡|面|原)`, 'gi');

/** Land in 亩 or 公顷, floors in ㎡. A range is kept as it is written. */
export function areasIn(text: string): Figure[] {
  return [...text.matchAll(AREA)].flatMap((m): Figure[] => {
    const start = m.index;
    if (/[\d.]$/.test(text.slice(0, start))) return [];
    const land = /亩|公顷|公里/.test(m[3]!);
    const context = before(text, start, 12);
    const floor = /厂房|车间|仓库|办公|建筑|租|楼|研发/.test(context) || /^[ ]?的?(?:标准)?(?:厂房|车间|仓库|办公|楼)/.test(text.slice(start + m[0].length));
    const kind: FigureKind = land || (!floor && /用地|占地|土地|地块/.test(context)) ? 'LAND_AREA' : 'FLOOR_AREA';
    return [{ kind, start, end: start + m[0].length, value: m[0].replace(/ /g, ''), amount: null, currency: null, classes: [], confidence: land ? 'SURE' : floor || kind === 'LAND_AREA' ? 'LIKELY' : 'GUESS' }];
  });
}
