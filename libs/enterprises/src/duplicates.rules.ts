import { diceSimilarity, distinguishingMarks, coreName, foldName } from './company-name.rules.js';

/** Levels of domain.md C3; what each of them asks for is the zone's policy `duplicates` (usually block, decide, warn, hint). */
export type DuplicateLevel = 'L1' | 'L2' | 'L3' | 'L4';

/** Where likeness begins; a zone's own numbers come from its policy `duplicates`. */
export interface DuplicateLimits {
  /** Name similarity from which two names count as one (0 to 1). */
  strongName: number;
  /** From which names are similar. */
  similarName: number;
  /** From which names of one industry are worth a hint. */
  weakName: number;
  /** Share of the larger amount by which two amounts may differ. */
  amountTolerance: number;
  /** One investor is worth a hint without anything else in common: where amount and industry may not be compared. */
  firmAlone?: boolean;
}
export const USUAL_LIMITS: DuplicateLimits = { strongName: 0.85, similarName: 0.6, weakName: 0.4, amountTolerance: 0.1 };

/** What two projects are compared by. Amounts are in 万 of one currency, as exact decimal text. */
export interface ProjectSketch {
  name: string;
  /** Investors and signing parties. */
  investors: string[];
  usccs?: string[];
  code?: string | null;
  amount?: { v: string; u: string } | null;
  industry?: string | null;
  unit?: string | null;
  /** Companies founded for the project. */
  registered?: string[];
  /** Ids of the project's enterprises and of their parents: two that meet belong to one group. */
  group?: string[];
  /** Numbers of its contacts, digits alone; without those that many firms share. */
  phones?: string[];
  /** Folded number of the parcel. */
  parcel?: string | null;
}

export const DUPLICATE_REASONS = [
  'SAME_CODE', 'SAME_NAME', 'SIMILAR_NAME', 'SAME_INVESTOR', 'SAME_USCC', 'SAME_REGISTERED_COMPANY', 'SAME_PARENT', 'SAME_PHONE', 'SAME_PARCEL',
  'NO_INVESTOR', 'ONE_INVESTOR_MISSING', 'OTHER_INVESTOR', 'SAME_AMOUNT', 'SAME_INDUSTRY', 'SAME_UNIT', 'OTHER_PHASE',
] as const;
export type DuplicateReason = (typeof DUPLICATE_REASONS)[number];

export interface DuplicateVerdict {
  level: DuplicateLevel;
  confidence: number;
  reasons: DuplicateReason[];
  /** Name similarity, 0 to 1. */
  score: number;
}

/** A sketch with its folded parts, so that one project can be compared with many at little cost. */
export interface FoldedSketch {
  sketch: ProjectSketch;
  name: string;
  core: string;
  marks: string;
  investors: ReadonlySet<string>;
  usccs: ReadonlySet<string>;
  registered: ReadonlySet<string>;
  group: ReadonlySet<string>;
  phones: ReadonlySet<string>;
}

export function foldSketch(sketch: ProjectSketch): FoldedSketch {
  return {
    sketch,
    name: foldName(sketch.name),
    core: coreName(sketch.name),
    marks: distinguishingMarks(sketch.name),
    investors: new Set(sketch.investors.map(foldName).filter(Boolean)),
    usccs: new Set(sketch.usccs ?? []),
    registered: new Set((sketch.registered ?? []).map(foldName).filter(Boolean)),
    group: new Set(sketch.group ?? []),
    phones: new Set(sketch.phones ?? []),
  };
}

const meets = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => {
  if (a.size === 0 || b.size === 0) return false;
  for (const x of a) if (b.has(x)) return true;
  return false;
};

/** Within the tolerance of the larger, same currency; a blank or zero amount never matches (domain.md C3, traps). */
function amountsAgree(a: ProjectSketch['amount'], b: ProjectSketch['amount'], tolerance: number): boolean {
  if (!a || !b || a.u !== b.u) return false;
  const [x, y] = [Number(a.v), Number(b.v)];
  return x > 0 && y > 0 && Math.abs(x - y) <= tolerance * Math.max(x, y);
}

const same = (a: string | null | undefined, b: string | null | undefined): boolean => Boolean(a) && a === b;

/**
 * Compares two projects by the rules of domain.md C3 with its traps mended: blank amounts never
 * match; similarity is never more than that of the names without region, legal form and generic
 * words; a like name with another investor is still shown; another phase or quantity in the name
 * means another project. Beside the investor, ties of one group, one contact or one parcel count.
 */
export function compareProjects(a: ProjectSketch, b: ProjectSketch, limits?: DuplicateLimits): DuplicateVerdict | null {
  return compareFolded(foldSketch(a), foldSketch(b), limits);
}

export function compareFolded(a: FoldedSketch, b: FoldedSketch, limits: DuplicateLimits = USUAL_LIMITS): DuplicateVerdict | null {
  const [x, y] = [a.sketch, b.sketch];
  const extras: DuplicateReason[] = [];
  if (same(x.industry, y.industry)) extras.push('SAME_INDUSTRY');
  if (same(x.unit, y.unit)) extras.push('SAME_UNIT');
  const bonus = (extras.includes('SAME_INDUSTRY') ? 0.03 : 0) + (extras.includes('SAME_UNIT') ? 0.02 : 0);
  const verdict = (level: DuplicateLevel, confidence: number, score: number, ...reasons: DuplicateReason[]): DuplicateVerdict => ({
    level,
    confidence: Math.min(0.99, Math.round((confidence + bonus) * 100) / 100),
    score,
    reasons: [...reasons, ...extras],
  });
  if (same(x.code, y.code)) return verdict('L1', 0.98, 1, 'SAME_CODE');

  const byUscc = meets(a.usccs, b.usccs);
  const byName = byUscc || meets(a.investors, b.investors);
  // The company founded for a project may stand as its investor on the other side.
  const sameInvestor = byName || meets(a.registered, b.registered) || meets(a.registered, b.investors) || meets(a.investors, b.registered);
  const investorReason: DuplicateReason = byUscc ? 'SAME_USCC' : byName ? 'SAME_INVESTOR' : 'SAME_REGISTERED_COMPANY';
  const parcel = same(x.parcel, y.parcel);
  /** Weaker than one investor, and enough to mend a mistyped or missing one. */
  const ties: DuplicateReason[] = sameInvestor ? [] : [...(meets(a.group, b.group) ? (['SAME_PARENT'] as const) : []), ...(meets(a.phones, b.phones) ? (['SAME_PHONE'] as const) : [])];
  const tied = ties.length > 0;
  const noInvestor = a.investors.size === 0 && b.investors.size === 0;
  const oneMissing = !noInvestor && (a.investors.size === 0 || b.investors.size === 0);
  const equal = a.name === b.name && a.name !== '';
  const score = equal ? 1 : Math.min(diceSimilarity(a.name, b.name), diceSimilarity(a.core, b.core));
  const strong = score >= limits.strongName;
  const similar = score >= limits.similarName;
  const amount = amountsAgree(x.amount, y.amount, limits.amountTolerance);
  const otherPhase = a.marks !== b.marks;
  const likeName: DuplicateReason = equal ? 'SAME_NAME' : 'SIMILAR_NAME';
  const party: DuplicateReason[] = sameInvestor ? [investorReason] : ties;
  const plot: DuplicateReason[] = parcel ? ['SAME_PARCEL'] : [];

  if (otherPhase) return (sameInvestor || tied || parcel) && similar ? verdict('L4', 0.45, score, 'SIMILAR_NAME', ...party, ...plot, 'OTHER_PHASE') : null;
  if (equal && sameInvestor) return verdict('L1', 0.95, 1, 'SAME_NAME', investorReason, ...plot);
  if (strong && sameInvestor) return verdict('L2', 0.85, score, 'SIMILAR_NAME', investorReason, ...plot);
  if (parcel && sameInvestor) return verdict('L2', 0.85, score, investorReason, 'SAME_PARCEL');
  if (strong && (tied || parcel)) return verdict('L2', 0.8, score, likeName, ...ties, ...plot);
  if (equal && noInvestor) return verdict('L2', 0.72, 1, 'SAME_NAME', 'NO_INVESTOR');
  if (equal && oneMissing) return verdict('L2', 0.72, 1, 'SAME_NAME', 'ONE_INVESTOR_MISSING');
  if (strong) return verdict('L3', 0.62, score, likeName, noInvestor ? 'NO_INVESTOR' : oneMissing ? 'ONE_INVESTOR_MISSING' : 'OTHER_INVESTOR');
  if (parcel) return verdict('L3', 0.62, score, ...(similar ? (['SIMILAR_NAME'] as const) : []), ...ties, 'SAME_PARCEL');
  if (sameInvestor && amount) return verdict('L3', 0.62, score, investorReason, 'SAME_AMOUNT');
  if (similar) return verdict('L3', 0.62, score, 'SIMILAR_NAME', ...party);
  if (tied && amount) return verdict('L3', 0.62, score, ...ties, 'SAME_AMOUNT');
  if (ties.includes('SAME_PHONE') && score >= limits.weakName) return verdict('L3', 0.62, score, 'SIMILAR_NAME', ...ties);
  if (noInvestor && amount && extras.includes('SAME_INDUSTRY') && score >= limits.weakName) return verdict('L3', 0.62, score, 'NO_INVESTOR', 'SAME_AMOUNT');
  if (ties.includes('SAME_PHONE')) return verdict('L4', 0.45, score, ...ties);
  if (((sameInvestor || tied) && extras.length) || (sameInvestor && limits.firmAlone)) return verdict('L4', 0.45, score, ...party);
  if (score >= limits.weakName && extras.includes('SAME_INDUSTRY')) return verdict('L4', 0.45, score, 'SIMILAR_NAME');
  return null;
}

/** Two firms on record that may be one: what they are compared by. */
export interface EnterpriseSketch {
  name: string;
  uscc?: string | null;
  parentId?: string | null;
  phones?: string[];
}

/**
 * Compares two enterprises. One record per credit code: two codes are two firms, whatever their names. L2 the same folded
 * name, L3 a like core with a phone or parent in common.
 */
export function compareEnterprises(a: EnterpriseSketch, b: EnterpriseSketch, limits: DuplicateLimits = USUAL_LIMITS): DuplicateVerdict | null {
  if (a.uscc && b.uscc && a.uscc !== b.uscc) return null;
  const phone = (a.phones ?? []).some((p) => (b.phones ?? []).includes(p));
  const parent = same(a.parentId, b.parentId);
  const ties: DuplicateReason[] = [...(parent ? (['SAME_PARENT'] as const) : []), ...(phone ? (['SAME_PHONE'] as const) : [])];
  const [x, y] = [foldName(a.name), foldName(b.name)];
  if (x === y) return { level: 'L2', confidence: ties.length ? 0.95 : 0.85, score: 1, reasons: ['SAME_NAME', ...ties] };
  const score = diceSimilarity(coreName(a.name), coreName(b.name));
  return score >= limits.similarName && ties.length ? { level: 'L3', confidence: 0.62, score, reasons: ['SIMILAR_NAME', ...ties] } : null;
}
