import { z } from 'zod';
import { definePolicy } from './policy.js';

const label = z.string().trim().min(2).max(30);

/**
 * The superior's weekly sheet: when it is handed in (weekday 1 is Monday; the hour is Shanghai's; a day off is moved to the
 * next working day), its title ({year} and {zone} are put in), which stages it lists, how many months without news ask for a
 * reason, and what the sentence above the table counts. A category counts rows of these types (产业类型), of at least so much
 * fixed-asset investment in 万元, from a place whose name begins so; what is left out asks nothing.
 */
export const weeklySheet = definePolicy({
  zh: '周报采集表', en: 'Weekly sheet for the superior', source: 'domain.md D1 V1, C4, C6',
  schema: z.strictObject({
    weekday: z.number().int().min(1).max(7),
    hour: z.number().int().min(0).max(23),
    titleWords: z.string().trim().min(2).max(100),
    stages: z.array(z.enum(['RESERVE', 'NEGOTIATING'])).min(1).max(2),
    silentMonths: z.number().int().min(1).max(24),
    categories: z.array(z.strictObject({ label, types: z.array(z.string().trim().min(1).max(30)).max(20).optional(), fixedFromWan: z.number().int().min(1).max(1_000_000_000).optional(), sourceRegion: label.optional() })).max(12),
  }),
  usual: {
    weekday: 5, hour: 10, titleWords: '{year}年度{zone}驻点招商项目信息采集表', stages: ['NEGOTIATING'], silentMonths: 1,
    categories: [
      { label: '产业项目', types: ['产业项目'] }, { label: '人才项目', types: ['人才项目'] },
      { label: '固定资产投资1亿元以上项目', fixedFromWan: 10_000 }, { label: '固定资产投资5亿元以上项目', fixedFromWan: 50_000 },
    ],
  },
});
