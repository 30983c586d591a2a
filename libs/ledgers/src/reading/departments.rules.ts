import type { DepartmentName } from './ledger-reading.js';

/** Short forms of offices and what they stand for; tried one at a time and together. */
const SHORT_FORMS: readonly [RegExp, readonly string[]][] = [
  [/投促/, ['投资促进']],
  [/招商办|投促办/, ['招商办公室', '投资促进办公室', '招商引资办公室']],
  [/办$/, ['联络处', '办事处', '办公室', '联络办']],
  [/管委$/, ['管委会', '管理委员会']],
  [/发改/, ['发展改革', '发展和改革']],
  [/工信/, ['工业和信息化']],
  [/商务$/, ['商务局']],
  [/局$/, ['局', '中心']],
];

const fold = (text: string): string => text.normalize('NFKC').replace(/[\s()（）"“”‘’'·]/g, '');

function isSubsequence(short: string, long: string): boolean {
  let at = 0;
  for (const c of short) {
    at = long.indexOf(c, at);
    if (at < 0) return false;
    at++;
  }
  return true;
}

function expansions(text: string): string[] {
  const out = [text];
  for (const [pattern, words] of SHORT_FORMS) {
    const now = [...out];
    for (const t of now) if (pattern.test(t)) for (const w of words) out.push(t.replace(pattern, w));
  }
  return out;
}

/**
 * Finds the department that a cell means (UNIT_ALIAS): given aliases first, then general rules —
 * 投促局 for 投资促进局, 驻京办 for 驻京联络处, a dropped prefix (招商一局 for 新区招商一局), a dropped
 * 区 (高新投促局). Only where exactly one department fits; numbers in the name must agree.
 */
export class DepartmentBook {
  private readonly exact = new Map<string, string>();
  private readonly cache = new Map<string, string | null>();
  readonly aliases: Record<string, string> = {};

  constructor(readonly departments: readonly DepartmentName[]) {
    for (const d of departments) {
      this.exact.set(fold(d.name), d.name);
      for (const a of d.aliases ?? []) this.exact.set(fold(a), d.name);
    }
  }

  get empty(): boolean {
    return this.departments.length === 0;
  }

  /** The department's name, or null where none or several fit. */
  find(text: string): string | null {
    const known = this.cache.get(text);
    if (known !== undefined) return known;
    const found = this.search(text);
    this.cache.set(text, found);
    if (found !== null && found !== text) this.aliases[text] = found;
    return found;
  }

  private search(text: string): string | null {
    const folded = fold(text);
    const exact = this.exact.get(folded);
    if (exact) return exact;
    if (folded.length < 2) return null;
    for (const fits of [
      // Only the short form for the long one: 新区招商一局 is not the 招商一局 of another zone.
      (short: string, long: string) => short.length >= 3 && long.endsWith(short),
      (short: string, long: string) => short.length >= 3 && short[0] === long[0] && short.at(-1) === long.at(-1) && isSubsequence(short, long),
      (short: string, long: string) => short.length >= 4 && short.at(-1) === long.at(-1) && isSubsequence(short, long),
    ]) {
      const hits = new Set<string>();
      for (const short of expansions(folded)) for (const d of this.departments) if (fits(short, fold(d.name))) hits.add(d.name);
      if (hits.size === 1) return [...hits][0]!;
      if (hits.size > 1) return null;
    }
    return null;
  }
}
