/** What a complete lead says (domain.md A1 row 3: 宣城's list; I1 incomplete_fields), in the order in which it is asked for. */
export const COMPLETENESS_ITEMS = [
  'investor', 'contact', 'content', 'totalAmount', 'fixedAmount', 'land', 'energy', 'environment', 'output', 'tax', 'industry', 'source', 'timing',
] as const;
export type CompletenessItem = (typeof COMPLETENESS_ITEMS)[number];

export const ITEM_LABELS: Record<CompletenessItem, readonly [zh: string, en: string]> = {
  investor: ['投资方', 'investor'], contact: ['联系人及电话', 'contact with a phone'], content: ['项目内容', 'what the project is'], totalAmount: ['总投资', 'total investment'],
  fixedAmount: ['固定资产投资', 'fixed-asset investment'], land: ['用地需求', 'land needed'], energy: ['能耗', 'energy needed'], environment: ['环境影响', 'environment'],
  output: ['预计产值', 'expected output'], tax: ['预计税收', 'expected tax'], industry: ['行业', 'industry'], source: ['线索来源或引荐人', 'source or referrer'], timing: ['进度安排', 'timing'],
};

/** Points for each item, adding up to 100, and the points from which on a lead counts as valid information (有效信息). */
export interface CompletenessRules {
  weights: Record<CompletenessItem, number>;
  validFrom: number;
}
export interface Completeness {
  /** 0 to 100. */
  score: number;
  valid: boolean;
  /** What is missing and worth something, dearest first; ties in the order in which it is asked for. */
  missing: CompletenessItem[];
}

/** Scores a lead by what it has: bit n of the mask is item n of COMPLETENESS_ITEMS. An item without weight is not missed. */
export function scoreOf(mask: number, rules: CompletenessRules): Completeness {
  let score = 0;
  const missing: CompletenessItem[] = [];
  COMPLETENESS_ITEMS.forEach((item, n) => {
    const weight = rules.weights[item];
    if (mask & (1 << n)) score += weight;
    else if (weight > 0) missing.push(item);
  });
  missing.sort((a, b) => rules.weights[b] - rules.weights[a]);
  return { score, valid: score >= rules.validFrom, missing };
}

/** Of how many reported leads how many are valid: counts by mask, as the books have them. */
export function qualityOf(counts: readonly { mask: number; n: number }[], rules: CompletenessRules): { reported: number; valid: number } {
  let reported = 0;
  let valid = 0;
  for (const { mask, n } of counts) {
    reported += n;
    if (scoreOf(mask, rules).valid) valid += n;
  }
  return { reported, valid };
}
