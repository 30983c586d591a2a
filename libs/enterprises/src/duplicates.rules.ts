import { diceSimilarity, distinguishingMarks, coreName, foldName } from './company-name.rules.js';

/** Levels of domain.md C3: L1 block, L2 must decide, L3 warn, L4 hint. */
export type DuplicateLevel = 'L1' | 'L2' | 'L3' | 'L4';

/** What two projects are compared by. Amounts are in 万 of one currency, as exact decimal text. */
export interface ProjectSketch {
  name: string;
  investors: string[];
  usccs?: string[];
  code?: string | null;
  amount?: { v: string; u: string } | null;
  industry?: string | null;
  unit?: string | null;
  /** Further keys a zone may hold. */
  phones?: string[];
}

export type DuplicateReason =
  | 'SAME_CODE'
  | 'SAME_NAME'
  | 'SIMILAR_NAME'
  | 'SAME_INVESTOR'
  | 'SAME_USCC'
  | 'NO_INVESTOR'
  | 'ONE_INVESTOR_MISSING'
  | 'OTHER_INVESTOR'
  | 'SAME_AMOUNT'
  | 'SAME_INDUSTRY'
  | 'SAME_UNIT'
  | 'OTHER_PHASE';

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
}

export function foldSketch(sketch: ProjectSketch): FoldedSketch {
  return {
    sketch,
    name: foldName(sketch.name),
    core: coreName(sketch.name),
    marks: distinguishingMarks(sketch.name),
    investors: new Set(sketch.investors.map(foldName).filter(Boolean)),
    usccs: new Set(sketch.usccs ?? []),
  };
}

const meets = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => {
  for (const x of a) if (b.has(x)) return true;
  return false;
};

/** Within 10% of the larger, same currency; a blank or zero amount never matches (domain.md C3, traps). */
function amountsAgree(a: ProjectSketch['amount'], b: ProjectSketch['amount']): boolean {
  if (!a || !b || a.u !== b.u) return false;
  const [x, y] = [Number(a.v), Number(b.v)];
  return x > 0 && y > 0 && Math.abs(x - y) <= 0.1 * Math.max(x, y);
}

const same = (a: string | null | undefined, b: string | null | undefined): boolean => Boolean(a) && a === b;

/**
 * Compares two projects by the rules of domain.md C3 with its traps mended: blank amounts never
 * match; similarity is never more than that of the names without region, legal form and generic
 * words; a like name with another investor is still shown; another phase or quantity in the name
 * means another project.
 */
export function compareProjects(a: ProjectSketch, b: ProjectSketch): DuplicateVerdict | null {
  return compareFolded(foldSketch(a), foldSketch(b));
}

export function compareFolded(a: FoldedSketch, b: FoldedSketch): DuplicateVerdict | null {
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
  const sameInvestor = byUscc || meets(a.investors, b.investors);
  const investorReason: DuplicateReason = byUscc ? 'SAME_USCC' : 'SAME_INVESTOR';
  const noInvestor = a.investors.size === 0 && b.investors.size === 0;
  const oneMissing = !noInvestor && (a.investors.size === 0 || b.investors.size === 0);
  const equal = a.name === b.name && a.name !== '';
  const score = equal ? 1 : Math.min(diceSimilarity(a.name, b.name), diceSimilarity(a.core, b.core));
  const amount = amountsAgree(x.amount, y.amount);
  const otherPhase = a.marks !== b.marks;

  if (otherPhase) return sameInvestor && score >= 0.6 ? verdict('L4', 0.45, score, 'SIMILAR_NAME', investorReason, 'OTHER_PHASE') : null;
  if (equal && sameInvestor) return verdict('L1', 0.95, 1, 'SAME_NAME', investorReason);
  if (score >= 0.85 && sameInvestor) return verdict('L2', 0.85, score, 'SIMILAR_NAME', investorReason);
  if (equal && noInvestor) return verdict('L2', 0.72, 1, 'SAME_NAME', 'NO_INVESTOR');
  if (equal && oneMissing) return verdict('L2', 0.72, 1, 'SAME_NAME', 'ONE_INVESTOR_MISSING');
  if (score >= 0.85) return verdict('L3', 0.62, score, equal ? 'SAME_NAME' : 'SIMILAR_NAME', noInvestor ? 'NO_INVESTOR' : oneMissing ? 'ONE_INVESTOR_MISSING' : 'OTHER_INVESTOR');
  if (sameInvestor && amount) return verdict('L3', 0.62, score, investorReason, 'SAME_AMOUNT');
  if (score >= 0.6) return verdict('L3', 0.62, score, 'SIMILAR_NAME', ...(sameInvestor ? [investorReason] : []));
  if (noInvestor && amount && extras.includes('SAME_INDUSTRY') && score >= 0.4) return verdict('L3', 0.62, score, 'NO_INVESTOR', 'SAME_AMOUNT');
  if (sameInvestor && extras.length) return verdict('L4', 0.45, score, investorReason);
  if (score >= 0.4 && extras.includes('SAME_INDUSTRY')) return verdict('L4', 0.45, score, 'SIMILAR_NAME');
  return null;
}
