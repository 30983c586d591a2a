import { z } from 'zod';
import { definePolicy } from './policy.js';

const workingDays = z.number().int().min(0).max(365);

/** Clocks of a new lead, in working days. */
export const triage = definePolicy({
  zh: '线索研判时限', en: 'Clocks of a new lead', source: 'domain.md C1',
  schema: z.strictObject({ respondWorkingDays: workingDays, assessWorkingDays: workingDays, answerWorkingDays: workingDays }),
  usual: { respondWorkingDays: 1, assessWorkingDays: 3, answerWorkingDays: 5 },
});
