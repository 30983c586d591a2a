import { Decimal } from 'decimal.js';

export const DISPUTE_SIDES = ['CLAIMANT', 'HOLDER'] as const;
export type DisputeSide = (typeof DISPUTE_SIDES)[number];
export const DISPUTE_EVIDENCE_KINDS = ['INVESTOR_LETTER', 'VISIT_RECORD', 'CORRESPONDENCE', 'AGREEMENT', 'OTHER'] as const;
export type DisputeEvidenceKind = (typeof DISPUTE_EVIDENCE_KINDS)[number];
export const RULINGS = ['FIRST_STANDS', 'CLAIMANT', 'SHARED'] as const;
export type Ruling = (typeof RULINGS)[number];

/** Why a ruling is proposed. */
export type RulingReason = 'INVESTOR_LETTER_OF_CLAIMANT' | 'INVESTOR_LETTER_OF_HOLDER' | 'INVESTOR_LETTERS_OF_BOTH' | 'ORDER_OF_REPORTS';

/**
 * What the usual rules say (domain.md C2): the investor's written proof decides; proofs on both sides make joint
 * introducers; without any, the order of registration stands.
 */
export function proposedRuling(evidence: readonly { side: DisputeSide; kind: DisputeEvidenceKind }[]): { ruling: Ruling; reason: RulingReason } {
  const letter = (side: DisputeSide) => evidence.some((e) => e.side === side && e.kind === 'INVESTOR_LETTER');
  if (letter('CLAIMANT') && letter('HOLDER')) return { ruling: 'SHARED', reason: 'INVESTOR_LETTERS_OF_BOTH' };
  if (letter('CLAIMANT')) return { ruling: 'CLAIMANT', reason: 'INVESTOR_LETTER_OF_CLAIMANT' };
  return { ruling: 'FIRST_STANDS', reason: letter('HOLDER') ? 'INVESTOR_LETTER_OF_HOLDER' : 'ORDER_OF_REPORTS' };
}

/** Shares must be above 0 and add up to one whole project, exactly, each person once. Gives what is wrong, or null. */
export function sharesFault(shares: readonly { staffId: string; share: string }[]): 'EMPTY' | 'TWICE' | 'RANGE' | 'SUM' | null {
  if (shares.length === 0) return 'EMPTY';
  if (new Set(shares.map((s) => s.staffId)).size < shares.length) return 'TWICE';
  const parts = shares.map((s) => new Decimal(s.share));
  if (parts.some((p) => p.lte(0) || p.gt(1) || p.decimalPlaces() > 6)) return 'RANGE';
  return parts.reduce((sum, p) => sum.plus(p), new Decimal(0)).eq(1) ? null : 'SUM';
}
