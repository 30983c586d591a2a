import type { Locale } from '@yinfeng/platform';
import { STAGE_LABELS, STAGES, type Stage } from '@yinfeng/recruitment';

/** What a figure can be broken down by. */
export const DIMENSIONS = ['DEPARTMENT', 'STAFF', 'PARK', 'INDUSTRY', 'SOURCE_REGION', 'CAPITAL_SOURCE', 'SIZE'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** The published buckets of stock. */
export const BUCKETS = ['reserve', 'negotiating', 'signed'] as const;
export type Bucket = (typeof BUCKETS)[number];
/** Which stages count to which bucket unless the zone's policy says otherwise: one each. */
export const DEFAULT_BUCKETS: Partial<Record<Stage, Bucket>> = { RESERVE: 'reserve', NEGOTIATING: 'negotiating', SIGNED: 'signed' };

/** The milestones of flow, by the field that shows them. */
export const FLOWS = ['reported', 'reserved', 'negotiated', 'signed', 'landed', 'started', 'producing'] as const;
export type Flow = (typeof FLOWS)[number];
/** The milestone kind of a flow. */
export const milestoneOf = (flow: Flow) => flow.toUpperCase();

/** Size classes from small to large, limits included (domain.md A1 row 33). */
export const SIZE_LABELS: Record<string, readonly [zh: string, en: string]> = {
  UNKNOWN: ['金额不明', 'Amount unknown'], UNDER_50M: ['5000万元以下', 'Below CNY 50 million'], FROM_50M: ['5000万元—1亿元', 'CNY 50–100 million'],
  FROM_100M: ['1—5亿元', 'CNY 100–500 million'], FROM_500M: ['5—10亿元', 'CNY 500 million–1 billion'], FROM_1B: ['10—50亿元', 'CNY 1–5 billion'], FROM_5B: ['50亿元以上', 'CNY 5 billion and above'],
};
export const CAPITAL_LABELS: Record<string, readonly [zh: string, en: string]> = { DOMESTIC: ['内资', 'Domestic'], FOREIGN: ['外资', 'Foreign'], UNKNOWN: ['未注明', 'Not stated'] };
const BLANK: readonly [string, string] = ['未填写', 'Not given'];

/** The name of a dimension's key: as found in the directory, or of the closed lists, or that it is blank. */
export function keyLabel(dimension: Dimension, key: string | null, found: string | null, locale: Locale): string {
  const i = locale === 'en' ? 1 : 0;
  if (key === null) return BLANK[i];
  const closed = dimension === 'SIZE' ? SIZE_LABELS[key] : dimension === 'CAPITAL_SOURCE' ? CAPITAL_LABELS[key] : undefined;
  return closed?.[i] ?? found ?? key;
}

/** An exact decimal of at most two places, in hundredths. */
const hundredths = (value: string): bigint => {
  const [, sign, whole, part = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value)!;
  return BigInt(`${sign}${whole}${part.slice(0, 2).padEnd(2, '0')}`);
};
/** Sum of exact decimals without trailing zeros: "350000000", "0.5". One currency only. */
export function addDecimals(values: readonly string[]): string {
  const sum = values.reduce((a, v) => a + hundredths(v), 0n);
  const text = (sum < 0n ? -sum : sum).toString().padStart(3, '0');
  return `${sum < 0n ? '-' : ''}${text.slice(0, -2)}.${text.slice(-2)}`.replace(/\.?0+$/, '');
}

/** A number of projects with their amounts: total in 元, foreign total in 美元, fixed assets in 元. Currencies are never converted or added. */
export interface Sums {
  count: number;
  totalInvestment: string;
  foreignInvestment: string;
  fixedInvestment: string;
}
export const NOTHING: Sums = { count: 0, totalInvestment: '0', foreignInvestment: '0', fixedInvestment: '0' };

/** Figures of disjoint sets of projects put together. */
export function addSums(all: readonly Sums[]): Sums {
  return {
    count: all.reduce((n, s) => n + s.count, 0),
    totalInvestment: addDecimals(all.map((s) => s.totalInvestment)),
    foreignInvestment: addDecimals(all.map((s) => s.foreignInvestment)),
    fixedInvestment: addDecimals(all.map((s) => s.fixedInvestment)),
  };
}

const DAY = 86_400_000;
/** 2000-01-01 00:00 in Shanghai, where the first unit begins. */
const ORIGIN = Date.parse('2000-01-01T00:00:00+08:00');
const UNIT_DAYS = 4;
const LAST_UNIT = 8192;

/** How a past instant is put together from folded totals and single movements. */
export interface InstantPlan {
  /** Nodes of the tree whose sum is the stock just before `border`. */
  nodes: number[];
  /** Movements before this instant are in the nodes or in the unfolded tail. */
  border: Date;
  /** 1: movements from border up to the instant are added; -1: movements after the instant and before border are taken off again. */
  sign: 1 | -1;
}

/**
 * The nearer end of the instant's four-day unit, and the nodes of the Fenwick tree (see pipeline_cube) that give the
 * stock there. Units count from 1; the first reaches back without end, the last forward.
 */
export function instantPlan(at: Date): InstantPlan {
  const unit = Math.max(1, Math.min(LAST_UNIT, Math.floor((at.getTime() - ORIGIN) / (UNIT_DAYS * DAY)) + 1));
  const start = ORIGIN + (unit - 1) * UNIT_DAYS * DAY;
  const end = start + UNIT_DAYS * DAY;
  const fromStart = unit === 1 ? false : unit === LAST_UNIT || at.getTime() - start < end - at.getTime();
  // Before 2000 there is little: all of it is added up from the beginning of time.
  if (unit === 1 && at.getTime() < start) return { nodes: [], border: new Date('0001-01-01T00:00:00Z'), sign: 1 };
  return fromStart ? { nodes: prefixNodes(unit - 1), border: new Date(start), sign: 1 } : { nodes: prefixNodes(unit), border: new Date(end), sign: -1 };
}

/** The nodes whose sum is units 1 to n. */
export function prefixNodes(n: number): number[] {
  const nodes: number[] = [];
  for (let i = n; i > 0; i &= i - 1) nodes.push(i);
  return nodes;
}

/** The rule of a stock figure in words: which projects, when. */
export function stockRule(stages: readonly Stage[], asOf: Date, locale: Locale): string {
  const ordered = STAGES.filter((s) => stages.includes(s));
  if (locale === 'en') return `Projects that stood at ${ordered.map((s) => STAGE_LABELS[s][1]).join(' or ')} and were active at ${shanghaiText(asOf)} (Shanghai); suspended, pooled, withdrawn and lost ones, and phases of another project, not counted; amounts of CNY and USD apart, not converted.`;
  return `${shanghaiText(asOf)}时点处于${ordered.map((s) => STAGE_LABELS[s][0]).join('、')}阶段的在库项目（不含暂停、公海、退库、流失，以及计入原项目的分期）；人民币与美元分别合计，不折算。`;
}

/** The rule of a flow figure in words. */
export function flowRule(flow: Flow, from: string, to: string, locale: Locale): string {
  const [zh, en] = FLOW_LABELS[flow];
  if (locale === 'en') return `Distinct projects whose ${en} counts for a day from ${from} to ${to}, both included, by the counting rule of the zone; later withdrawals still count, voided milestones and phases of another project do not; amounts as they are now.`;
  return `“${zh}”节点的计入日期在${from}至${to}（含首尾两日）的项目，按本区口径取日期、按项目去重；此后退库的仍计入，已作废的节点和计入原项目的分期不计；金额为现有金额。`;
}

export const FLOW_LABELS: Record<Flow, readonly [zh: string, en: string]> = {
  reported: ['首报', 'first report'], reserved: ['进入储备', 'entry into reserve'], negotiated: ['进入洽谈', 'entry into negotiation'], signed: ['签约', 'signing'],
  landed: ['落位', 'landing'], started: ['开工', 'start of construction'], producing: ['投产', 'start of production'],
};

const shanghaiText = (at: Date) => new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
