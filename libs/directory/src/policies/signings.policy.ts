import { z } from 'zod';
import { definePolicy } from './policy.js';

/** Which agreements make a project signed. A framework alone does not: it has to become a contract (印台: 协议项目→合同项目). */
export const signings = definePolicy({
  zh: '计入签约的协议', en: 'Agreements that count as a signing', source: 'domain.md A1 row 35, C2 (C3, C37)',
  schema: z.strictObject({ countingKinds: z.array(z.enum(['FRAMEWORK', 'INTENT', 'CONTRACT', 'SUPPLEMENT', 'OTHER'])).min(1).max(5) }),
  usual: { countingKinds: ['CONTRACT'] },
});
