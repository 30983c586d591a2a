import { z } from 'zod';
import { definePolicy } from './policy.js';

const code = z.string().regex(/^[A-Z][A-Z_]{1,29}$/);
const words = z.string().min(1).max(30);

/**
 * Words of the visit log. leaderLevels: who leads a visit, with the other words that ledgers use for it; `leads` counts to
 * 领导带队. editDays: how long a visit can be put right, in calendar days.
 */
export const visits = definePolicy({
  zh: '走访登记', en: 'Visit log', source: 'domain.md A1 rows 16–18',
  schema: z.strictObject({
    leaderLevels: z.array(z.strictObject({ code, zh: words, en: words, aliases: z.array(words).max(30), leads: z.boolean() })).min(1).max(20).refine((l) => new Set(l.map((x) => x.code)).size === l.length, 'each code once'),
    resultKinds: z.array(z.strictObject({ code, zh: words, en: words })).min(1).max(30).refine((l) => new Set(l.map((x) => x.code)).size === l.length, 'each code once'),
    editDays: z.number().int().min(0).max(365),
  }),
  usual: {
    leaderLevels: [
      { code: 'HEAD', zh: '主要领导', en: 'Head', aliases: ['一把手', '书记', '市长', '区长', '主任', '党政主要领导', '区主要领导'], leads: true },
      { code: 'DEPUTY', zh: '分管领导', en: 'Deputy in charge', aliases: ['分管委领导', '副市长', '副区长', '副主任', '区分管领导'], leads: true },
      { code: 'MEMBER', zh: '班子成员', en: 'Member of the leading group', aliases: ['委领导', '区领导'], leads: true },
      { code: 'UNIT_HEAD', zh: '部门负责人', en: 'Head of a unit', aliases: ['局长', '部门领导', '处级'], leads: false },
      { code: 'STAFF', zh: '一般人员', en: 'Staff', aliases: ['工作人员', '招商专员'], leads: false },
    ],
    resultKinds: [
      { code: 'LEAD', zh: '获取线索', en: 'A lead' }, { code: 'SIGNING', zh: '推进签约', en: 'Nearer to signing' }, { code: 'DIFFICULTY', zh: '解决困难', en: 'A difficulty solved' },
      { code: 'ACQUAINTANCE', zh: '增进了解', en: 'Better acquaintance' }, { code: 'OTHER', zh: '其他', en: 'Other' },
    ],
    editDays: 7,
  },
});
