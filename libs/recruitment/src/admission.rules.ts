import type { PolicyValue } from '@yinfeng/directory';
import { Decimal } from 'decimal.js';

export type AdmissionPolicy = PolicyValue<'admission'>;

/** What the record says of land, investment and tax; amounts in 元, exact decimal text. */
export interface AdmissionFacts {
  fixedCny: string | null;
  /** Expected tax a year. */
  taxCny: string | null;
  /** 占地 100 亩 in words. */
  landNeed: string | null;
}
export interface Suggestion {
  criterion: string;
  /** Proposed points, at most one decimal place. */
  points: string;
  /** 万元 per 亩 (and year), to two places. */
  value: string;
  /** From which value full points are due. */
  threshold: number;
}

/** 亩 in a text: 约145亩, 100.5 亩; null where none is named. */
export function landInMu(text: string | null): string | null {
  const found = text === null ? null : /(\d+(?:\.\d+)?)\s*亩(?!均)/.exec(text.replace(/,/g, ''));
  return found && new Decimal(found[1]!).gt(0) ? found[1]! : null;
}

/** Points that follow from what is on record: intensity (固投 ÷ 亩) and tax (年税收 ÷ 亩), in proportion up to the threshold; at most the criterion's own. */
export function suggestionsOf(policy: AdmissionPolicy, facts: AdmissionFacts): Suggestion[] {
  const mu = landInMu(facts.landNeed);
  if (mu === null) return [];
  return ([['intensity', facts.fixedCny, policy.intensityWanPerMu], ['tax', facts.taxCny, policy.taxWanPerMu]] as const).flatMap(([key, cny, threshold]) => {
    const criterion = policy.criteria.find((c) => c.key === key);
    if (!criterion || cny === null) return [];
    const value = new Decimal(cny).div(10_000).div(mu);
    const points = Decimal.min(criterion.max, value.div(threshold).times(criterion.max)).toDecimalPlaces(1, Decimal.ROUND_DOWN);
    return [{ criterion: key, points: points.toFixed(), value: value.toDecimalPlaces(2).toFixed(), threshold }];
  });
}

export interface ScoredPoints {
  criterion: string;
  /** Decimal text. */
  points: string;
}
/** What is wrong with a sheet: which entry, and how. */
export type SheetFault = { at: number; fault: 'UNKNOWN' | 'TWICE' | 'TOO_MANY' | 'NEGATIVE' | 'TOO_FINE'; max: number } | { at: null; fault: 'MISSING'; criteria: string[] };

/** Every criterion is scored once, between 0 and its maximum, to one decimal place. */
export function sheetFaults(policy: AdmissionPolicy, scored: readonly ScoredPoints[]): SheetFault[] {
  const faults = scored.flatMap((s, at): SheetFault[] => {
    const max = policy.criteria.find((c) => c.key === s.criterion)?.max;
    if (max === undefined) return [{ at, fault: 'UNKNOWN', max: 0 }];
    if (scored.findIndex((o) => o.criterion === s.criterion) !== at) return [{ at, fault: 'TWICE', max }];
    const points = new Decimal(s.points);
    if (points.lt(0)) return [{ at, fault: 'NEGATIVE', max }];
    if (points.gt(max)) return [{ at, fault: 'TOO_MANY', max }];
    return points.decimalPlaces() > 1 ? [{ at, fault: 'TOO_FINE', max }] : [];
  });
  const missing = policy.criteria.filter((c) => !scored.some((s) => s.criterion === c.key));
  return missing.length ? [...faults, { at: null, fault: 'MISSING', criteria: missing.map((c) => c.zh) }] : faults;
}

/** The sum of all points, exact decimal text. */
export function totalOf(scored: readonly ScoredPoints[]): string {
  return scored.reduce((sum, s) => sum.plus(s.points), new Decimal(0)).toFixed();
}
