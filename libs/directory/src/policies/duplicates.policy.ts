import { z } from 'zod';
import { definePolicy } from './policy.js';

const share = z.number().min(0.2).max(1);
const action = z.enum(['BLOCK', 'DECIDE', 'WARN', 'HINT']);

/** When two projects count as one, and what each level asks of the person. */
export const duplicates = definePolicy({
  zh: '查重标准', en: 'When two projects count as duplicates', source: 'domain.md C3',
  schema: z.strictObject({
    /** Name similarity (0 to 1) that counts as one name, as a similar one, and as a hint within one industry. */
    strongName: share, similarName: share, weakName: share,
    /** Share of the larger amount by which two amounts may differ. */
    amountTolerance: z.number().min(0).max(0.5),
    /** A phone on record with more firms than this belongs to an agent and is not compared. */
    phoneFirms: z.number().int().min(1).max(100),
    /** What a hit of each level does. */
    L1: action, L2: action, L3: action, L4: action,
  }).refine((p) => p.strongName >= p.similarName && p.similarName >= p.weakName, { message: 'strongName ≥ similarName ≥ weakName', path: ['similarName'] }),
  usual: { strongName: 0.85, similarName: 0.6, weakName: 0.4, amountTolerance: 0.1, phoneFirms: 5, L1: 'BLOCK', L2: 'DECIDE', L3: 'WARN', L4: 'HINT' },
});
