import { z } from 'zod';
import { definePolicy } from './policy.js';

const months = z.number().int().min(1).max(60);

/** 公海: what goes there and when, what becomes of the credit, what the pool shows, and how much of it one person may take. */
export const pool = definePolicy({
  zh: '公海（退回与认领）', en: 'The pool: release and claim', source: 'domain.md A1 row 14, C2 (广州), C5 (邯郸经开区)',
  schema: z.strictObject({
    stages: z.array(z.enum(['LEAD', 'RESERVE', 'NEGOTIATING'])).max(3),
    /** APPROVAL: a head agrees to each release; AUTO: the clock releases what was announced. */
    release: z.enum(['APPROVAL', 'AUTO']),
    /** Months of silence by project.class; null: never. */
    releaseMonths: z.strictObject({ other: months.nullable(), classes: z.record(z.string().min(1).max(40), months).refine((c) => Object.keys(c).length <= 20, '≤ 20') }),
    /** A referred project without a visit, signing or stage move for so many months may be offered to others; null: as any other. */
    referredMonths: months.nullable(),
    warnWorkingDays: z.number().int().min(0).max(60),
    /** A release that a head turned down is asked for again after so many months of further silence. */
    askAgainMonths: months,
    keepCredit: z.enum(['ALWAYS', 'WITHIN_PROTECTION', 'NEVER']),
    /** What the pool shows of a project to those who have not taken it. Contacts and deals are never shown. */
    shows: z.array(z.enum(['NAME', 'INDUSTRY', 'REGION', 'SIZE', 'CLASS', 'FORMER_UNIT'])).max(6),
    dailyClaims: z.number().int().min(0).max(1000),
    coolDownDays: z.number().int().min(0).max(3650),
    capacity: z.number().int().min(0).max(100_000),
    /** Which roles may claim a class; a class that is not named is open to all. */
    claimRoles: z.record(z.string().min(1).max(40), z.array(z.enum(['RECRUITER', 'GROUP_LEADER', 'MANAGER'])).max(3)),
  }),
  usual: {
    stages: ['LEAD', 'RESERVE', 'NEGOTIATING'], release: 'APPROVAL', releaseMonths: { other: 6, classes: { A: 6, B: 6, C: 6 } }, referredMonths: null, warnWorkingDays: 7, askAgainMonths: 1,
    keepCredit: 'WITHIN_PROTECTION', shows: ['NAME', 'INDUSTRY', 'REGION', 'SIZE', 'CLASS'], dailyClaims: 5, coolDownDays: 30, capacity: 50, claimRoles: {},
  },
});
