import { z } from 'zod';
import { definePolicy } from './policy.js';

const choice = z.strictObject({
  code: z.string().regex(/^[A-Z][A-Z0-9_]{0,39}$/, '大写字母、数字、下划线 / A–Z 0–9 _, at most 40'),
  zh: z.string().trim().min(1).max(40),
  en: z.string().trim().min(1).max(60),
});
const distinct = (key: 'code' | 'zh') => (all: { code: string; zh: string }[]): boolean => new Set(all.map((c) => c[key])).size === all.length;
const choices = z.array(choice).min(1).max(100)
  .refine(distinct('code'), { message: '代码不能重复 / codes have to differ' })
  .refine(distinct('zh'), { message: '名称不能重复 / names have to differ' });

/** What a lead may come from, and the kinds of recruitment (招商类型) that it may be put under. */
export const leadSources = definePolicy({
  zh: '线索来源与招商类型', en: 'Sources and channels of leads', source: 'domain.md A1 row 1, D1 V4',
  schema: z.strictObject({
    sources: choices,
    channels: choices,
    /** Whether words that are on neither list are taken as they are. */
    freeText: z.boolean(),
  }),
  usual: {
    sources: [
      { code: 'VISIT', zh: '主动拜访', en: 'Our own visit' }, { code: 'INVESTOR', zh: '以商招商', en: 'Referred by an investor' }, { code: 'CHAMBER', zh: '商协会', en: 'Chamber or association' },
      { code: 'INTERMEDIARY', zh: '中介/委托机构', en: 'Intermediary or agent' }, { code: 'EVENT', zh: '展会活动', en: 'Fair or event' }, { code: 'ENQUIRY', zh: '网络咨询', en: 'Enquiry on line' },
      { code: 'SUPERIOR', zh: '上级交办', en: 'Handed down by a superior' }, { code: 'LOCAL', zh: '本地企业', en: 'Local enterprise' }, { code: 'ALUMNI', zh: '校友/乡贤', en: 'Alumni or natives' },
      { code: 'BUREAU', zh: '部门推送', en: 'Passed on by another bureau' }, { code: 'OTHER', zh: '其他', en: 'Other' },
    ],
    channels: [
      { code: 'CHAIN', zh: '产业链', en: 'Industry chain' }, { code: 'CAPITAL', zh: '资本链', en: 'Equity and funds' }, { code: 'SCIENCE', zh: '科创链', en: 'Science and innovation' },
      { code: 'SCENE', zh: '场景', en: 'Application scenes' }, { code: 'CENTRAL', zh: '央地合作', en: 'Central and local enterprises' }, { code: 'TALENT', zh: '人才招引', en: 'Talent' },
      { code: 'OTHER', zh: '其它', en: 'Other' },
    ],
    freeText: true,
  },
});
