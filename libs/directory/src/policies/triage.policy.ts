import { z } from 'zod';
import { definePolicy } from './policy.js';

const workingDays = z.number().int().min(0).max(365);

/** Clocks of a new lead, in working days. */
export const triage = definePolicy({
  zh: '线索研判时限', en: 'Clocks of a new lead', source: 'domain.md C1',
  schema: z.strictObject({
    respondWorkingDays: workingDays,
    assessWorkingDays: workingDays,
    /** Leads of this total investment and above, in 元 (foreign ones at the reference rate), are judged with experts. */
    majorFromCny: z.number().int().min(1).max(10_000_000_000_000),
    majorAssessWorkingDays: workingDays,
    answerWorkingDays: workingDays,
    /** How long a followed lead may be without progress on record. */
    reportWorkingDays: z.number().int().min(1).max(365),
  }),
  usual: { respondWorkingDays: 1, assessWorkingDays: 3, majorFromCny: 500_000_000, majorAssessWorkingDays: 5, answerWorkingDays: 5, reportWorkingDays: 10 },
});
