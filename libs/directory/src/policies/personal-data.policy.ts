import { z } from 'zod';
import { definePolicy } from './policy.js';

/** On what grounds personal data is held (个人信息保护法 art. 13) and for how many months after the last activity of its project (art. 19, 47). */
export const personalData = definePolicy({
  zh: '个人信息的处理依据与保存期限', en: 'Grounds and retention of personal data', source: 'security.md D2',
  schema: z.strictObject({
    retentionMonths: z.number().int().min(1).max(600),
    bases: z.array(z.strictObject({ code: z.string().regex(/^[A-Z][A-Z_]{0,39}$/), zh: z.string().min(1).max(60), en: z.string().min(1).max(120) })).min(1).max(30)
      .refine((all) => new Set(all.map((b) => b.code)).size === all.length, 'codes differ'),
  }),
  usual: {
    retentionMonths: 36,
    bases: [
      { code: 'CONSENT', zh: '本人同意', en: 'Consent' },
      { code: 'CONTRACT', zh: '订立、履行合同所必需', en: 'Needed to make or keep a contract' },
      { code: 'LEGAL_DUTY', zh: '履行法定职责或法定义务所必需', en: 'Statutory duty' },
      { code: 'PUBLIC_SOURCE', zh: '本人自行公开或已合法公开', en: 'Lawfully made public' },
      { code: 'OTHER_LAW', zh: '法律、行政法规规定的其他情形', en: 'Other case named by law' },
    ],
  },
});
