import { z } from 'zod';
import { definePolicy } from './policy.js';

const points = z.number().int().min(0).max(100);

/** What a complete lead says and what each part is worth; from how many points on it counts as valid information (有效信息). */
export const leadCompleteness = definePolicy({
  zh: '线索完整度', en: 'Completeness of a lead', source: 'domain.md A1 row 3, C1',
  schema: z.strictObject({
    weights: z.strictObject({
      investor: points, contact: points, content: points, totalAmount: points, fixedAmount: points, land: points, energy: points, environment: points, output: points, tax: points,
      industry: points, source: points, timing: points,
    }).refine((w) => Object.values(w).reduce((a, b) => a + b, 0) === 100, { message: '各项分值之和应为 100 / the weights have to add up to 100' }),
    validFrom: z.number().int().min(1).max(100),
  }),
  usual: {
    weights: { investor: 12, contact: 12, content: 12, totalAmount: 12, fixedAmount: 6, land: 8, energy: 6, environment: 6, output: 8, tax: 8, industry: 5, source: 3, timing: 2 },
    validFrom: 60,
  },
});
