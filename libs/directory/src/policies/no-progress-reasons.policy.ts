import { z } from 'zod';
import { definePolicy } from './policy.js';

/**
 * A project without progress in a calendar month asks for a reason: at which stages, which reasons there are, and on which of
 * the month's last working days whoever is in charge is reminded (1 is the very last).
 */
export const noProgressReasons = definePolicy({
  zh: '当月无进展的说明', en: 'Reasons for a month without progress', source: 'domain.md C4, A1 row 39 (P3 若项目一月内无进度更新，请说明并备注原因); stages, list of reasons and day of the reminder [gk]',
  schema: z.strictObject({
    stages: z.array(z.enum(['LEAD', 'RESERVE', 'NEGOTIATING', 'SIGNED', 'LANDED', 'STARTED', 'PRODUCING'])).min(1).max(7),
    remindOnLastWorkingDay: z.number().int().min(1).max(15),
    reasons: z.array(z.strictObject({ code: z.string().regex(/^[A-Z][A-Z0-9_]{1,39}$/), zh: z.string().trim().min(1).max(40), en: z.string().trim().min(1).max(80) }))
      .min(1).max(30).refine((l) => new Set(l.map((r) => r.code)).size === l.length, 'each code once'),
  }),
  usual: {
    stages: ['RESERVE', 'NEGOTIATING', 'SIGNED', 'LANDED', 'STARTED'], remindOnLastWorkingDay: 3,
    reasons: [
      { code: 'INVESTOR_DECIDING', zh: '投资方内部决策中', en: 'The investor is deciding' }, { code: 'INVESTOR_FUNDS', zh: '投资方资金未落实', en: 'The investor lacks funds' },
      { code: 'MARKET', zh: '市场或行业变化', en: 'The market has changed' }, { code: 'LAND', zh: '用地、厂房未落实', en: 'No land or plant yet' }, { code: 'APPROVAL', zh: '等待审批手续', en: 'Waiting for permits' },
      { code: 'TERMS', zh: '政策条件未谈妥', en: 'Terms are not agreed' }, { code: 'OTHER', zh: '其他', en: 'Other' },
    ],
  },
});
