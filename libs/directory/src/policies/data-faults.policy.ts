import { z } from 'zod';
import { definePolicy } from './policy.js';

/** What may be wrong with the data of a project, the most important first. */
export const FAULT_KINDS = ['NO_OWNER', 'NO_NEXT_STEP', 'NEXT_STEP_OVERDUE', 'SIGNED_WITHOUT_SIGNING', 'MISSING_USCC', 'AMOUNT_CONTRADICTION', 'FUTURE_DATE', 'NO_AMOUNT', 'NO_INDUSTRY'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Which gaps and contradictions in the data of an active project are shown as faults, and from which stage on. What is not listed is no fault. */
export const dataFaults = definePolicy({
  zh: '数据质量问题（种类与起始阶段）', en: 'Data faults: which, and from which stage on', source: 'domain.md A1 row 39 (每个在谈项目都有下一步), D3 and finding 4 (amounts that contradict); stages of the other kinds [gk]',
  schema: z.strictObject({
    kinds: z.array(z.strictObject({ kind: z.enum(FAULT_KINDS), from: z.enum(['LEAD', 'RESERVE', 'NEGOTIATING', 'SIGNED', 'LANDED', 'STARTED', 'PRODUCING']) }))
      .max(FAULT_KINDS.length).refine((l) => new Set(l.map((k) => k.kind)).size === l.length, 'each kind once'),
  }),
  usual: {
    kinds: [
      { kind: 'NO_OWNER', from: 'RESERVE' }, { kind: 'NO_NEXT_STEP', from: 'RESERVE' }, { kind: 'NEXT_STEP_OVERDUE', from: 'RESERVE' }, { kind: 'SIGNED_WITHOUT_SIGNING', from: 'SIGNED' }, { kind: 'MISSING_USCC', from: 'SIGNED' },
      { kind: 'AMOUNT_CONTRADICTION', from: 'LEAD' }, { kind: 'FUTURE_DATE', from: 'LEAD' }, { kind: 'NO_AMOUNT', from: 'NEGOTIATING' }, { kind: 'NO_INDUSTRY', from: 'RESERVE' },
    ],
  },
});
