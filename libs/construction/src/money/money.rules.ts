import type { PolicyValue } from '@yinfeng/directory';
import { Decimal } from 'decimal.js';

export const INVESTMENT_PARTS = ['CIVIL_WORKS', 'EQUIPMENT', 'INSTALLATION', 'LAND', 'OTHER'] as const;
export type InvestmentPart = (typeof INVESTMENT_PARTS)[number];
export const PART_COLUMNS: Record<InvestmentPart, string> = { CIVIL_WORKS: 'civil_works', EQUIPMENT: 'equipment', INSTALLATION: 'installation', LAND: 'land', OTHER: 'other' };
export const INVESTMENT_STATES = ['REPORTED', 'CONFIRMED'] as const;
export type InvestmentState = (typeof INVESTMENT_STATES)[number];
export const ARRIVAL_NATURES = ['DOMESTIC', 'FOREIGN'] as const;
export type ArrivalNature = (typeof ARRIVAL_NATURES)[number];
export const ARRIVAL_ORIGINS = ['ABROAD', 'OUTSIDE_PROVINCE', 'OUTSIDE_CITY', 'WITHIN_CITY', 'LOCAL'] as const;
export type ArrivalOrigin = (typeof ARRIVAL_ORIGINS)[number];
export const ARRIVAL_STATES = ['RECORDED', 'CONFIRMED', 'REJECTED'] as const;
export type ArrivalState = (typeof ARRIVAL_STATES)[number];
export const EVIDENCE_KINDS = ['BANK_SLIP', 'CAPITAL_REPORT', 'INVOICE', 'FDI_REGISTRATION', 'AUDIT_REPORT', 'LAND_RECEIPT', 'SETTLEMENT', 'OTHER'] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];
export const GROWTH_BASES = ['BASE', 'ACTUALS', 'NONE'] as const;
export type GrowthBasis = (typeof GROWTH_BASES)[number];

type InvestmentPolicy = PolicyValue<'investment'>;

/** The first day of the month that a day lies in. */
export const monthOf = (day: string): string => `${day.slice(0, 7)}-01`;
/** The first day of the month so many months later, or earlier. */
export function shiftMonth(month: string, by: number): string {
  const n = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + by;
  return `${String(Math.floor(n / 12)).padStart(4, '0')}-${String((n % 12) + 1).padStart(2, '0')}-01`;
}
/** All months from one to another, both included. */
export function monthsBetween(from: string, to: string): string[] {
  const months: string[] = [];
  for (let m = monthOf(from); m <= to; m = shiftMonth(m, 1)) months.push(m);
  return months;
}
/** Whether a month is closed on a day: what is on record then changes only by a correction with a reason. */
export function isFrozen(month: string, today: string, policy: Pick<InvestmentPolicy, 'frozenAfterDay'>): boolean {
  return today > `${shiftMonth(month, 1).slice(0, 8)}${String(policy.frozenAfterDay).padStart(2, '0')}`;
}

/** a in per cent of b, half up; null where b is nothing. */
export function percent(a: Decimal.Value, b: Decimal.Value, decimals: number): string | null {
  const whole = new Decimal(b);
  return whole.isZero() ? null : new Decimal(a).times(100).div(whole).toDecimalPlaces(decimals, Decimal.ROUND_HALF_UP).toFixed();
}
/** How much more a is than b in per cent of b, half up; null where b is nothing. */
export const growth = (a: Decimal.Value, b: Decimal.Value, decimals: number): string | null => percent(new Decimal(a).minus(b), b, decimals);

export interface PlanMonth { month: string; amount: string }
export interface ActualMonth { month: string; amount: string; state: InvestmentState }
export interface YearMonth {
  /** First day of the month. */
  month: string;
  planned: string | null;
  actual: string | null;
  state: InvestmentState | null;
  /** Since January; null where nothing is on record by then. */
  cumulativePlanned: string | null;
  cumulativeActual: string | null;
}
export interface YearProgress {
  months: YearMonth[];
  planned: string | null;
  /** The plan of the whole year: as stated, else the sum of its months. */
  yearPlan: string | null;
  actual: string | null;
  /** Done in per cent of the plan of the year. */
  completion: string | null;
  /** Share of the year that has passed by the last month counted, in per cent: 序时进度. */
  elapsed: string;
  /** completion − elapsed, in points: 超/欠进度. */
  gap: string | null;
  light: 'GREEN' | 'YELLOW' | 'RED' | null;
}

/**
 * One year of one project, as its months add up. `through`: the last month that is judged (the last one that is over, or
 * that has a figure). Against the plan of the year (domain.md C5, E1).
 */
export function yearProgress(year: number, plans: readonly PlanMonth[], stated: string | null, actuals: readonly ActualMonth[], today: string, policy: Pick<InvestmentPolicy, 'percentDecimals' | 'yellowBehindPoints' | 'redBehindPoints'>): YearProgress {
  const first = `${year}-01-01`;
  const planOf = new Map(plans.map((p) => [p.month, p.amount]));
  const actualOf = new Map(actuals.map((a) => [a.month, a]));
  let planned: Decimal | null = null;
  let done: Decimal | null = null;
  const months = monthsBetween(first, `${year}-12-01`).map((month): YearMonth => {
    const plan = planOf.get(month) ?? null;
    const actual = actualOf.get(month) ?? null;
    if (plan !== null) planned = (planned ?? new Decimal(0)).plus(plan);
    if (actual) done = (done ?? new Decimal(0)).plus(actual.amount);
    return { month, planned: plan, actual: actual?.amount ?? null, state: actual?.state ?? null, cumulativePlanned: text(planned), cumulativeActual: text(done) };
  });
  const over = monthOf(today) > `${year}-12-01` ? 12 : monthOf(today) < first ? 0 : Number(today.slice(5, 7)) - 1;
  const reported = Math.max(0, ...actuals.map((a) => Number(a.month.slice(5, 7))));
  const through = Math.max(over, reported);
  const yearPlan = stated ?? text(planned);
  const completion = yearPlan === null ? null : percent(text(done) ?? '0', yearPlan, policy.percentDecimals);
  const share = percent(through, 12, policy.percentDecimals)!;
  const gap = completion === null ? null : new Decimal(completion).minus(share);
  const behind = gap === null ? 0 : -gap.toNumber();
  return {
    months, planned: text(planned), yearPlan, actual: text(done), completion, elapsed: share, gap: gap?.toFixed() ?? null,
    light: gap === null || through === 0 ? null : behind > policy.redBehindPoints ? 'RED' : behind > 0 && behind >= policy.yellowBehindPoints ? 'YELLOW' : 'GREEN',
  };
}
const text = (d: Decimal | null): string | null => d?.toFixed() ?? null;

/** Which of two bases growth is told against. */
export function growthBasis(policy: Pick<InvestmentPolicy, 'growthBase'>, onRecord: boolean, actuals: boolean): GrowthBasis {
  const order: [GrowthBasis, boolean][] = [['BASE', onRecord], ['ACTUALS', actuals]];
  if (policy.growthBase === 'ACTUALS_FIRST') order.reverse();
  return order.find(([, there]) => there)?.[0] ?? 'NONE';
}

/** What is known of an arrival when its exclusion is thought of. */
export interface ArrivalSubject {
  origin: ArrivalOrigin;
  form: string;
  cny: string | null;
  industry: string | null;
  /** A phase inside the contract of another project. */
  uncounted: boolean;
  projectTotalCny: string | null;
}
/** Reasons of the zone's list that its own rules suggest (domain.md B3); people decide. */
export function suggestedExclusions(subject: ArrivalSubject, policy: PolicyValue<'arrivals'>): string[] {
  const found = new Set<string>();
  if (subject.origin === 'LOCAL') found.add('LOCAL_INVESTOR');
  if (subject.uncounted) found.add('PHASE_TWO');
  const least = policy.forms.find((f) => f.code === subject.form)?.leastYuan ?? null;
  if (least !== null && subject.cny !== null && new Decimal(subject.cny).lt(least)) found.add('BELOW_THRESHOLD');
  if (policy.leastProjectTotalYuan !== null && subject.projectTotalCny !== null && new Decimal(subject.projectTotalCny).lt(policy.leastProjectTotalYuan)) found.add('BELOW_THRESHOLD');
  for (const reason of policy.exclusions) if (subject.industry !== null && reason.industries.some((i) => subject.industry!.startsWith(i))) found.add(reason.code);
  return policy.exclusions.filter((e) => found.has(e.code)).map((e) => e.code);
}

/** Share of a year that has passed at the end of the month of a day, in per cent (C51: 125.64 % in October is +42.31 points). */
export function elapsedShare(year: number, asOf: string, decimals: number): string {
  const of = Number(asOf.slice(0, 4));
  return percent(of > year ? 12 : of < year ? 0 : Number(asOf.slice(5, 7)), 12, decimals)!;
}
