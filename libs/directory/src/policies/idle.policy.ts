import { z } from 'zod';
import { definePolicy } from './policy.js';

const months = z.number().int().min(1).max(60);
const limits = z.strictObject({ yellowMonths: months, redMonths: months }).refine((l) => l.redMonths >= l.yellowMonths, 'redMonths ≥ yellowMonths');
const label = z.strictObject({ zh: z.string().min(1).max(40), en: z.string().min(1).max(80) });
const light = z.enum(['GREEN', 'YELLOW', 'RED']);

/**
 * Silence beside the stages' own limits: months for each class of project (whichever comes sooner), how many times a
 * stage's limit is the second step, and which light each step shows. What a colour means is the zone's to say.
 */
export const idle = definePolicy({
  zh: '无进展预警（分类时限与灯色）', en: 'Silence: limits by class, and what the lights mean', source: 'domain.md C4, C5 (邯郸经开区)',
  schema: z.strictObject({
    secondStepFactor: z.number().min(1).max(10),
    classStages: z.array(z.enum(['LEAD', 'RESERVE', 'NEGOTIATING', 'SIGNED', 'LANDED', 'STARTED', 'PRODUCING'])).max(7),
    /** By project.class, as it is written there. */
    classes: z.record(z.string().min(1).max(40), limits).refine((c) => Object.keys(c).length <= 20, '≤ 20'),
    firstStep: light,
    secondStep: light,
    lights: z.strictObject({ GREEN: label, YELLOW: label, RED: label }),
  }),
  usual: {
    secondStepFactor: 2,
    classStages: ['LEAD', 'RESERVE', 'NEGOTIATING'],
    classes: { A: { yellowMonths: 2, redMonths: 3 }, B: { yellowMonths: 2, redMonths: 3 }, C: { yellowMonths: 2, redMonths: 3 } },
    firstStep: 'YELLOW', secondStep: 'RED',
    lights: { GREEN: { zh: '绿灯', en: 'green' }, YELLOW: { zh: '黄灯', en: 'yellow' }, RED: { zh: '红灯', en: 'red' } },
  },
});
