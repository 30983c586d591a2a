import { z } from 'zod';
import { definePolicy } from './policy.js';

/** How long a first report (or whoever took a project from the pool) is protected, in calendar months, and what keeps it alive. */
export const protection = definePolicy({
  zh: '首报保护期', en: 'Protection of first reports', source: 'domain.md C2',
  schema: z.strictObject({
    months: z.number().int().min(1).max(60),
    /** Progress inside the window lets it run anew from that day. */
    progress: z.array(z.enum(['VISIT', 'STAGE', 'SIGNING'])).max(3),
    extendMonths: z.number().int().min(1).max(24),
    extensions: z.number().int().min(0).max(10),
    /** Working days before its end on which the owner is told. */
    warnDaysBefore: z.number().int().min(0).max(60),
  }),
  usual: { months: 6, progress: ['VISIT', 'STAGE', 'SIGNING'], extendMonths: 3, extensions: 1, warnDaysBefore: 7 },
});
