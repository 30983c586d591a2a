import type { PolicyValue } from '@yinfeng/directory';
import type { Locale } from '@yinfeng/platform';
import { type ArrivalSubject, suggestedExclusions } from './money.rules.js';

export const ARRIVAL_WARNINGS = ['VOUCHER_TWICE', 'PAYMENT_TWICE', 'FILE_TWICE', 'EVIDENCE_MISSING', 'RATE_MISSING', 'EXCLUSION_SUGGESTED'] as const;
export type ArrivalWarningCode = (typeof ARRIVAL_WARNINGS)[number];

/** What an arrival is looked at for. */
export interface CheckedArrival extends ArrivalSubject {
  voucherNo: string | null;
  /** Another arrival of the zone bears the same voucher, is the same payment of the same project, or has the same file. */
  voucherTwice: boolean;
  paymentTwice: boolean;
  fileTwice: boolean;
  /** Has evidence of a kind that the zone accepts. */
  proven: boolean;
  /** Can be told in 元 (domestic) or in dollars (foreign). */
  converted: boolean;
  excluded: boolean;
}
export interface ArrivalWarning {
  code: ArrivalWarningCode;
  message: string;
  /** Reason codes, for EXCLUSION_SUGGESTED. */
  reasons: string[];
}

const SENTENCES: Record<ArrivalWarningCode, readonly [zh: string, en: string]> = {
  VOUCHER_TWICE: ['凭证号“{value}”已用于另一笔到位资金。请核对是否重复登记，重复的请作废。', 'Voucher "{value}" stands on another arrival too. If it was recorded twice, void one.'],
  PAYMENT_TWICE: ['该项目同日已有一笔相同金额的到位资金。请核对是否重复登记，重复的请作废。', 'The project has another arrival of the same day and amount. If it was recorded twice, void one.'],
  FILE_TWICE: ['所附材料与另一笔到位资金的材料相同。请核对是否重复登记。', 'The same file proves another arrival too. Check whether it was recorded twice.'],
  EVIDENCE_MISSING: ['缺少本区认可的证明材料，不能确认。请补传。', 'No evidence of a kind that the zone accepts: it cannot be confirmed. Add some.'],
  RATE_MISSING: ['到账日没有汇率记录，不能折算，不计入合计。请登记到账日汇率。', 'No rate is on record for the day: it is converted to nothing and added to no sum. Record the rate of the day.'],
  EXCLUSION_SUGGESTED: ['按本区规则可能不计入：{value}。请核实后剔除或确认。', 'By the rules of the zone it may not count: {value}. Check, then exclude or confirm it.'],
};

/** What a person should look at before an arrival counts; told, never refused (domain.md B3). */
export function arrivalWarnings(a: CheckedArrival, policy: PolicyValue<'arrivals'>, locale: Locale): ArrivalWarning[] {
  const found: ArrivalWarning[] = [];
  const warn = (code: ArrivalWarningCode, value = '', reasons: string[] = []) => found.push({ code, message: SENTENCES[code][locale === 'en' ? 1 : 0].replace('{value}', value), reasons });
  if (a.voucherTwice) warn('VOUCHER_TWICE', a.voucherNo ?? '');
  if (a.paymentTwice) warn('PAYMENT_TWICE');
  if (a.fileTwice) warn('FILE_TWICE');
  if (!a.proven) warn('EVIDENCE_MISSING');
  if (!a.converted) warn('RATE_MISSING');
  const reasons = a.excluded ? [] : suggestedExclusions(a, policy);
  if (reasons.length) warn('EXCLUSION_SUGGESTED', reasons.map((r) => policy.exclusions.find((e) => e.code === r)![locale === 'en' ? 'en' : 'zh']).join(locale === 'en' ? '; ' : '、'), reasons);
  return found;
}
