import { z } from 'zod';
import { definePolicy } from './policy.js';

/** How long the receiver of a handoff may look at it, in working days. */
export const handoff = definePolicy({
  zh: '移交接收时限', en: 'Time to receive a handoff', source: 'domain.md C4',
  schema: z.strictObject({ receiveWorkingDays: z.number().int().min(0).max(365) }),
  usual: { receiveWorkingDays: 3 },
});
