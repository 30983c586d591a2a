import { z } from 'zod';
import { definePolicy } from './policy.js';

const workingDays = z.number().int().min(1).max(365);

/** How disputes about first reports are handled. Days are working days after the dispute was raised. */
export const dispute = definePolicy({
  zh: '首报争议处理', en: 'Disputes about first reports', source: 'domain.md C2',
  schema: z.strictObject({ evidenceWorkingDays: workingDays, decideWorkingDays: workingDays, claimantShare: z.number().min(0.1).max(0.9) }),
  usual: { evidenceWorkingDays: 5, decideWorkingDays: 10, claimantShare: 0.5 },
});
