import { z } from 'zod';
import { definePolicy } from './policy.js';

/** Which promises of the zone need a fair-competition review before a project is signed, and when what is due is called to mind. */
export const fairCompetition = definePolicy({
  zh: '承诺事项公平竞争审查', en: 'Fair-competition review of commitments', source: 'domain.md C9 (公平竞争审查条例 2024-08-01, 实施办法 2025-04-20)',
  schema: z.strictObject({
    /** Kinds of commitments of the zone that somebody else has to review: rebates, subsidies for a named firm, prices below the rule. */
    reviewKinds: z.array(z.enum(['LAND', 'PLANT', 'INFRASTRUCTURE', 'SERVICE', 'TALENT', 'FUND', 'TAX_REBATE', 'SUBSIDY', 'LAND_PRICE', 'FEE_RELIEF', 'RENT_RELIEF', 'OTHER'])).max(20),
    /** How many days before its day a commitment is called to mind. */
    remindDaysAhead: z.number().int().min(0).max(90),
  }),
  usual: { reviewKinds: ['TAX_REBATE', 'SUBSIDY', 'LAND_PRICE', 'FEE_RELIEF', 'RENT_RELIEF'], remindDaysAhead: 7 },
});
