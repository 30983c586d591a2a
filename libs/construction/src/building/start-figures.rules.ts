import type { Locale } from '@yinfeng/platform';
import type { WorksPolicy } from './works.rules.js';

/** What is counted of a period. */
export const START_FIGURES = ['planned', 'started', 'resumed', 'startedOrResumed', 'plannedUnderWay', 'industry', 'signed', 'signedStarted'] as const;
export type StartFigureName = (typeof START_FIGURES)[number];

/** How a share is cut to its digits. */
export interface Rounding {
  mode: 'FLOOR' | 'HALF_UP';
  digits: number;
}

/** An exact decimal of at most two places, in hundredths. */
function hundredths(value: string): bigint {
  const [, whole, part = ''] = /^(\d+)(?:\.(\d+))?$/.exec(value)!;
  return BigInt(`${whole}${part.slice(0, 2).padEnd(2, '0')}`);
}

/** A share in percent, exact up to its last digit: 18 of 21 is 85 cut off (S3), 85.7 rounded. null: of nothing. */
export function percent(part: string | number, whole: string | number, { mode, digits }: Rounding): string | null {
  const [a, b] = [hundredths(String(part)), hundredths(String(whole))];
  if (b === 0n) return null;
  const scaled = a * 100n * 10n ** BigInt(digits);
  const quotient = mode === 'FLOOR' ? scaled / b : (scaled * 2n + b) / (b * 2n);
  const text = quotient.toString().padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** What a figure of starts was asked: enough to count it and to list its rows. */
export interface StartQuestion {
  from: string;
  to: string;
  departmentIds?: string[];
  parkIds?: string[];
  /** 元; null: every size, unknown amounts too. The plan is a list by name: it keeps its small projects unless the caller asks for a size. */
  minTotal: string | null;
  minTotalOfPlan: string | null;
  policy: Pick<WorksPolicy, 'counts' | 'industryShare'>;
}

const wanText = (yuan: string, locale: Locale): string => (locale === 'en' ? `CNY ${yuan}` : `${yuan.replace(/0000$/, '')}${/0000$/.test(yuan) ? '万元' : '元'}`);

/** The rule of a figure in words. */
export function startRule(name: StartFigureName, q: StartQuestion, locale: Locale): string {
  const en = locale === 'en';
  const period = en ? `from ${q.from} to ${q.to}` : `${q.from} 至 ${q.to}`;
  const years = q.from.slice(0, 4) === q.to.slice(0, 4) ? q.from.slice(0, 4) : `${q.from.slice(0, 4)}–${q.to.slice(0, 4)}`;
  const ofPlan = name === 'planned' || name === 'plannedUnderWay';
  const min = ofPlan ? q.minTotalOfPlan : q.minTotal;
  const size = min === null ? (ofPlan ? '' : en ? ', of any size' : '，不限金额')
    : en ? `, total investment from ${wanText(min, locale)} (itself included; other currencies at the fixed reference rate; unknown amounts do not count)` : `，总投资${wanText(min, locale)}以上（含本数，外币按固定参考汇率，金额不明的不计）`;
  const underWay = q.policy.counts.length === 2 ? (en ? 'started or resumed' : '开工或复工') : q.policy.counts[0] === 'RESUME' ? (en ? 'resumed' : '复工') : en ? 'started' : '开工';
  const words: Record<StartFigureName, readonly [zh: string, en: string]> = {
    planned: [`列入 ${years} 年开复工计划、未移出的项目`, `Projects on the plan of starts of ${years}`],
    started: [`${period} 开工（按计数日）的项目`, `Projects that started ${period}, by counting day`],
    resumed: [`${period} 复工的项目`, `Projects whose works resumed ${period}`],
    startedOrResumed: [`${period} ${underWay}的项目，每个只计一次`, `Projects ${underWay} ${period}, each once`],
    plannedUnderWay: [`列入 ${years} 年开复工计划、${period} ${underWay}的项目`, `Projects on the plan of starts of ${years} that ${underWay} ${period}`],
    industry: [`${period} ${underWay}的项目中的产业项目`, `Industry projects among those ${underWay} ${period}`],
    signed: [`${period} 签约（按计数日）的项目`, `Projects signed ${period}, by counting day`],
    signedStarted: [`${period} 签约、截至 ${q.to} 已开工的项目`, `Projects signed ${period} and started by ${q.to}`],
  };
  return words[name][en ? 1 : 0] + size + (en ? '. Phases counted with another project are left out.' : '；计入其他项目的分期不计。');
}

/** The rule of a share in words. */
export function rateRule(top: string, bottom: string, { mode, digits }: Rounding, locale: Locale): string {
  return locale === 'en' ? `${top} ÷ ${bottom}, ${mode === 'FLOOR' ? 'cut off' : 'rounded half up'} at ${digits} decimals` : `${top} ÷ ${bottom}，${mode === 'FLOOR' ? '截取' : '四舍五入'}到 ${digits} 位小数`;
}
