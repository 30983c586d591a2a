export const SIGNING_KINDS = ['FRAMEWORK', 'INTENT', 'CONTRACT', 'SUPPLEMENT', 'OTHER'] as const;
export type SigningKind = (typeof SIGNING_KINDS)[number];

/** The kind that an office's own words mean: 正式投资协议, 战略合作框架协议, 意向书, 补充协议 (domain.md D1 V4, 协议类型). */
export function signingKindOf(words: string): SigningKind {
  if (/框架|战略合作|备忘录/.test(words)) return 'FRAMEWORK';
  if (/意向/.test(words)) return 'INTENT';
  if (/补充|变更/.test(words)) return 'SUPPLEMENT';
  return /投资|正式|合同|入园|入区|落户/.test(words) ? 'CONTRACT' : 'OTHER';
}
