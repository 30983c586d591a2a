import { z } from 'zod';
import { definePolicy } from './policy.js';

/** When amounts of one project are said to contradict each other. Warned of, never refused. */
export const amountChecks = definePolicy({
  zh: '金额勾稽', en: 'Checks between amounts', source: 'domain.md finding 4, D3',
  schema: z.strictObject({
    /** Differences up to this share of the larger amount are rounding, in per mille. */
    tolerancePermille: z.number().int().min(0).max(500),
    /** The same where a text says 约, 超 or 以上. */
    approximatePermille: z.number().int().min(0).max(1000),
    /** An amount of at most so many 元 was typed to satisfy a form (0.0001 亿元). */
    placeholderYuan: z.number().int().min(0).max(1_000_000),
  }),
  usual: { tolerancePermille: 5, approximatePermille: 100, placeholderYuan: 10_000 },
});
