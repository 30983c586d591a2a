import { z } from 'zod';
import { definePolicy } from './policy.js';
import { projectCondition } from './project-condition.js';

const key = z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/);
const label = z.string().min(1).max(60);

/**
 * The meetings that decide on a project before it is signed, in order. The first enabled chain that speaks of a project is
 * its chain; none: no meeting is asked for.
 */
export const decisionChains = definePolicy({
  zh: '决策程序', en: 'Chains of decision meetings', source: 'domain.md A1 row 29, B2 (P4)',
  schema: z.strictObject({
    chains: z.array(z.strictObject({
      key, zh: label, en: label, enabled: z.boolean(), when: projectCondition,
      steps: z.array(z.strictObject({ key, zh: label, en: label })).min(1).max(10)
        .refine((steps) => new Set(steps.map((s) => s.key)).size === steps.length, 'each step of a chain has a key of its own'),
    })).max(20).refine((chains) => new Set(chains.map((c) => c.key)).size === chains.length, 'each chain has a key of its own'),
  }),
  usual: {
    chains: [
      { key: 'land', zh: '供地类重大项目', en: 'Large projects with land', enabled: false, when: { fromWan: 50_000, classes: ['供地类'] },
        steps: [{ key: 'investmentCommittee', zh: '投委会', en: 'investment committee' }, { key: 'executiveMeeting', zh: '常务会', en: 'executive meeting' }, { key: 'landMeeting', zh: '供地会', en: 'land supply meeting' }] },
      { key: 'stateOwned', zh: '国企出资项目', en: 'Projects with state-owned capital', enabled: false, when: { fromWan: 5_000, classes: ['投资类'] },
        steps: [{ key: 'soeCommittee', zh: '国企投决会', en: 'investment committee of the state-owned company' }, { key: 'investmentCommittee', zh: '投委会', en: 'investment committee' }, { key: 'executiveMeeting', zh: '常务会', en: 'executive meeting' }] },
      { key: 'major', zh: '5亿元以上项目', en: 'Projects from 500 million yuan', enabled: true, when: { fromWan: 50_000 },
        steps: [{ key: 'investmentCommittee', zh: '投委会', en: 'investment committee' }, { key: 'executiveMeeting', zh: '常务会', en: 'executive meeting' }] },
    ],
  },
});
