import { z } from 'zod';
import { definePolicy } from './policy.js';
import { projectCondition } from './project-condition.js';

const key = z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/);
const item = z.strictObject({ key, zh: z.string().min(1).max(60), en: z.string().min(1).max(80) });

/** The admission score sheet (准入评审): what is scored, what vetoes, from how many points a project passes. */
export const admission = definePolicy({
  zh: '准入评审', en: 'Admission score sheet', source: 'domain.md C7 (C53, C54)',
  schema: z.strictObject({
    criteria: z.array(item.extend({ max: z.number().int().min(1).max(100) })).min(1).max(30)
      .refine((all) => all.reduce((sum, c) => sum + c.max, 0) === 100, 'the points of all criteria add up to 100')
      .refine((all) => new Set(all.map((c) => c.key)).size === all.length, 'each criterion has a key of its own'),
    vetoes: z.array(item).max(30).refine((all) => new Set(all.map((v) => v.key)).size === all.length, 'each veto has a key of its own'),
    passAt: z.number().int().min(1).max(100),
    /** Of which projects the gate into SIGNED asks for a passed sheet; null: of none. */
    requiredWhen: projectCondition.nullable(),
    /** What full points for intensity and tax take; 万元 per 亩, and per 亩 and year. */
    intensityWanPerMu: z.number().int().min(1).max(100_000),
    taxWanPerMu: z.number().int().min(1).max(100_000),
  }),
  usual: {
    criteria: [
      { key: 'industryFit', zh: '产业类别', en: 'industry', max: 5 }, { key: 'technology', zh: '科技水平', en: 'technology', max: 5 }, { key: 'investment', zh: '投资规模', en: 'size of investment', max: 17 },
      { key: 'intensity', zh: '投资强度', en: 'investment intensity', max: 17 }, { key: 'investor', zh: '投资主体', en: 'investor', max: 10 }, { key: 'environment', zh: '环境影响', en: 'environment', max: 5 },
      { key: 'safety', zh: '安全生产', en: 'safety', max: 5 }, { key: 'land', zh: '土地利用', en: 'use of land', max: 10 }, { key: 'planning', zh: '规划符合', en: 'fit with the plan', max: 5 },
      { key: 'tax', zh: '税收贡献', en: 'tax', max: 16 }, { key: 'jobs', zh: '就业带动', en: 'jobs', max: 5 },
    ],
    vetoes: [
      { key: 'forbiddenClass', zh: '属于淘汰或禁止类产业', en: 'forbidden or phased-out industry' }, { key: 'energyQuota', zh: '两高项目无能耗、排放指标', en: 'high energy or emissions without quota' },
      { key: 'redLine', zh: '触碰生态、耕地红线', en: 'ecological or farmland red line' }, { key: 'credit', zh: '投资主体失信', en: 'investor in default' }, { key: 'safetyVeto', zh: '重大安全隐患', en: 'major safety hazard' },
    ],
    passAt: 60, requiredWhen: null, intensityWanPerMu: 300, taxWanPerMu: 30,
  },
});
