import { z } from 'zod';
import { definePolicy } from './policy.js';

/**
 * Who sees phones, WeChat and e-mail of a contact whole without asking: the owner of its project, its companions, the heads
 * of its unit, the zone's leaders. Everyone else sees them masked and may reveal so many a day, each with a reason.
 * The database reads `seeWhole` by itself (parties_open); without a row of the zone it takes the usual one.
 */
export const contactMasking = definePolicy({
  zh: '联系方式脱敏与查看次数', en: 'Masking of contacts and reveals a day', source: 'domain.md A1 row 80, security.md D2',
  schema: z.strictObject({ seeWhole: z.array(z.enum(['OWNER', 'COMPANION', 'HEAD', 'LEADER'])).max(4), revealsPerDay: z.number().int().min(0).max(1000) }),
  usual: { seeWhole: ['OWNER', 'COMPANION', 'HEAD'], revealsPerDay: 30 },
});
