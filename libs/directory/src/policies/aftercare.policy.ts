import { z } from 'zod';
import { definePolicy } from './policy.js';

/** 存量服务: how often a firm that has landed is to be visited, from which stage on, and which entries of the visit log count as such a visit. */
export const aftercare = definePolicy({
  zh: '存量企业走访', en: 'Visits to landed firms', source: 'domain.md A1 row 55 (UNCTAD aftercare I9, SPI5 I1)',
  schema: z.strictObject({
    /** Months from one visit (or from the landing) to the next. */
    everyMonths: z.number().int().min(1).max(60),
    stages: z.array(z.enum(['SIGNED', 'LANDED', 'STARTED', 'PRODUCING'])).min(1).max(4),
    visits: z.array(z.enum(['OUTBOUND', 'INBOUND', 'EVENT', 'CALL', 'SITE', 'DISPATCH'])).min(1).max(6),
  }),
  usual: { everyMonths: 6, stages: ['LANDED', 'STARTED', 'PRODUCING'], visits: ['SITE', 'OUTBOUND'] },
});
