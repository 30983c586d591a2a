import type { PolicyValue } from '@yinfeng/directory';

export const COMMITMENT_SIDES = ['ZONE', 'INVESTOR'] as const;
export type CommitmentSide = (typeof COMMITMENT_SIDES)[number];
/** What the zone promises, what the investor promises, and what either may. */
const ZONE_KINDS = ['LAND', 'PLANT', 'INFRASTRUCTURE', 'SERVICE', 'TALENT', 'FUND', 'TAX_REBATE', 'SUBSIDY', 'LAND_PRICE', 'FEE_RELIEF', 'RENT_RELIEF'] as const;
const INVESTOR_KINDS = ['INVESTMENT', 'START', 'COMPLETION', 'PRODUCTION', 'INTENSITY', 'OUTPUT', 'TAX', 'JOBS', 'REGISTRATION'] as const;
export const COMMITMENT_KINDS = [...ZONE_KINDS, ...INVESTOR_KINDS, 'OTHER'] as const;
export type CommitmentKind = (typeof COMMITMENT_KINDS)[number];
export const COMMITMENT_STATES = ['OPEN', 'KEPT', 'BROKEN', 'WAIVED'] as const;
export type CommitmentState = (typeof COMMITMENT_STATES)[number];
export const REVIEW_STATES = ['NOT_NEEDED', 'PENDING', 'PASSED', 'REFUSED'] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

/** Kinds that a side may promise. */
export function kindsOfSide(side: CommitmentSide): readonly CommitmentKind[] {
  return side === 'ZONE' ? [...ZONE_KINDS, 'OTHER'] : [...INVESTOR_KINDS, 'OTHER'];
}

/** Whether somebody else has to review a commitment before the project is signed (domain.md C9). */
export function needsReview(policy: PolicyValue<'fairCompetition'>, side: CommitmentSide, kind: CommitmentKind): boolean {
  return side === 'ZONE' && (policy.reviewKinds as readonly string[]).includes(kind);
}
