import { REGIONS } from './regions.js';
import { simplified } from './simplified.rules.js';

/**
 * How names are folded and stripped; raised with every change of foldName or coreName, whose results stand in the
 * database: the job names.refold then folds what is there anew.
 */
export const FOLD_VERSION = 2;

/** Names of Chinese characters and digits alone are their own fold. */
const PLAIN_NAME = /^[\u4e00-\u9fff\d]+$/;

/**
 * Folds a name for comparison: traditional letters, width, case, spaces, brackets, quotes and dashes do not matter
 * (ledgers README §4). 元启科技(武汉)有限公司, 元启科技（武汉）有限公司 and 元啟科技（武漢）有限公司 fold alike. Folding what is folded changes nothing.
 */
export function foldName(name: string): string {
  if (PLAIN_NAME.test(name)) return simplified(name);
  let folded = name;
  // Once is enough but for letters that only come together when what stood between them is gone.
  for (let before = ''; folded !== before; ) {
    before = folded;
    folded = simplified(folded.normalize('NFKC').toLowerCase().replace(NOT_COMPARED, ''));
  }
  return folded;
}
const NOT_COMPARED = /[\s\u00a0\u200b-\u200f\u202a-\u202e\u2060\ufeff()[\]【】《》〈〉<>「」『』“”‘’„"'`·•‧\-‐-―−—_~]/g;

const LEGAL_FORMS = /(?:股份有限公司|有限责任公司|集团有限公司|有限合伙企业|有限合伙|普通合伙|股份公司|集团公司|有限公司|总公司|分公司|公司|合伙企业|事务所|研究院|集团)/g;
const GENERIC_WORDS =
  /(?:建设项目|产业化|产业园|产业基地|生产基地|研发制造中心|示例|建设|项目|工程|投资|科技|技术|实业|发展|控股|国际|新建|扩建|改建|二期|三期|四期|一期|第[一二三四五六七八九十\d]+期|基地|园区|中心)/g;
const DISTRICT_WORDS = /(?:光谷|高新区|开发区|新区|经开区|示范区|自贸区)/g;
const REGION_PATTERN = new RegExp(`(?:${REGIONS.join('|')})(?:省|市)?`, 'g');

function stripped(folded: string, ...patterns: RegExp[]): string {
  let out = folded;
  for (const p of patterns) out = out.replace(p, '');
  return out;
}

/**
 * What makes a name its own: the folded name without region, legal form and generic words, which
 * inflate similarity scores (domain.md C3, traps). Never empty: a name of nothing but such words stays.
 */
export function coreName(name: string): string {
  const folded = foldName(name);
  for (const patterns of [
    [LEGAL_FORMS, REGION_PATTERN, DISTRICT_WORDS, GENERIC_WORDS],
    [LEGAL_FORMS, REGION_PATTERN],
    [LEGAL_FORMS],
  ]) {
    const core = stripped(folded, ...patterns);
    if (core.length >= 2) return core;
  }
  return folded;
}

/** The folded company name without its legal form, for 某某食品 beside 某某食品有限公司. */
export function companyStem(name: string): string {
  const stem = stripped(foldName(name), LEGAL_FORMS);
  return stem.length >= 2 ? stem : foldName(name);
}

/** Dice on character pairs, 0 to 1, of two texts that are already folded. */
export function diceSimilarity(a: string, b: string): number {
  if (a === b) return a.length > 0 ? 1 : 0;
  if (a.length < 2 || b.length < 2) return 0;
  const pairs = new Map<string, number>();
  for (let i = 0; i < a.length - 1; i++) {
    const g = a.slice(i, i + 2);
    pairs.set(g, (pairs.get(g) ?? 0) + 1);
  }
  let common = 0;
  for (let i = 0; i < b.length - 1; i++) {
    const g = b.slice(i, i + 2);
    const left = pairs.get(g) ?? 0;
    if (left > 0) {
      common++;
      pairs.set(g, left - 1);
    }
  }
  return (2 * common) / (a.length - 1 + b.length - 1);
}

/**
 * Similarity of two names: Dice of the folded names, but never more than that of their cores, so
 * that 武汉光谷甲项目 and 武汉光谷乙项目 are not alike for their wrapping alone.
 */
export function nameSimilarity(a: string, b: string): number {
  const whole = diceSimilarity(foldName(a), foldName(b));
  if (whole === 0 || whole === 1) return whole;
  return Math.min(whole, diceSimilarity(coreName(a), coreName(b)));
}

/** Phase, lot and quantities in a name: where they differ, two names mean two projects (二期, 第000012号, 年产10万套). */
export function distinguishingMarks(name: string): string {
  const folded = foldName(name);
  const phase = [...folded.matchAll(/第?([一二三四五六七八九十\d]+)(期|标段|批|号楼|号地块)|([ⅰⅱⅲⅳ]|i{1,3})期/g)].map((m) => m[0].replace(/^第/, ''));
  const numbers = [...folded.matchAll(/\d+(?:\.\d+)?/g)].map((m) => m[0]);
  return [...phase.filter((p) => !/^(一|1)期$/.test(p)), ...numbers].join('|');
}

/** Whether a text reads as the name of a company or institution. */
export function looksLikeCompany(text: string): boolean {
  return /(?:公司|集团|企业|合伙|事务所|研究院|研究所|大学|学院|医院|银行|基金|中心|厂|co\.?,?\s*ltd|inc\.?|gmbh|limited|llc)(?:[（(][^（()）]*[）)])?$/i.test(text.trim());
}
