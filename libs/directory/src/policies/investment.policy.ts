import { z } from 'zod';
import { definePolicy } from './policy.js';

const day = z.number().int().min(1).max(28);

/**
 * Monthly investment. reportByDay and frozenAfterDay are days of the month after: by when a month is to be reported, and
 * from when a figure on record changes only by a correction with a reason. countedParts: which parts of a month count to
 * fixed-asset investment. growthBase: whether growth is told against a base on record or against the months of the year
 * before first. A project is industry by its class, and without one of the listed classes by its section of GB/T 4754;
 * otherClasses are no industry whatever their section. Behind the share of the year by so many points is yellow, red.
 */
export const investment = definePolicy({
  zh: '固定资产投资月报', en: 'Monthly fixed-asset investment', source: 'domain.md A1 row 50, C5 (银川), C6, E1, finding 4; reporting days [gk]',
  schema: z.strictObject({
    reportByDay: day,
    frozenAfterDay: day,
    countedParts: z.array(z.enum(['CIVIL_WORKS', 'EQUIPMENT', 'INSTALLATION', 'LAND', 'OTHER'])).min(1).max(5).refine((l) => new Set(l).size === l.length, 'each part once'),
    tolerancePermille: z.number().int().min(0).max(500),
    percentDecimals: z.number().int().min(0).max(4),
    growthBase: z.enum(['BASE_FIRST', 'ACTUALS_FIRST']),
    industryShareOf: z.enum(['AMOUNT', 'COUNT']),
    industryClasses: z.array(z.string().trim().min(1).max(30)).max(20),
    otherClasses: z.array(z.string().trim().min(1).max(30)).max(20),
    industrySections: z.array(z.string().regex(/^[A-T]\d{0,2}$/)).max(50),
    yellowBehindPoints: z.number().int().min(0).max(100),
    redBehindPoints: z.number().int().min(0).max(100),
  }).refine((p) => p.reportByDay <= p.frozenAfterDay, 'reported before it is frozen').refine((p) => p.yellowBehindPoints <= p.redBehindPoints, 'yellow before red'),
  usual: {
    reportByDay: 5, frozenAfterDay: 10, countedParts: ['CIVIL_WORKS', 'EQUIPMENT', 'INSTALLATION', 'LAND', 'OTHER'], tolerancePermille: 5, percentDecimals: 1, growthBase: 'BASE_FIRST',
    industryShareOf: 'AMOUNT', industryClasses: ['产业项目'], otherClasses: ['基础设施项目', '社会事业项目'], industrySections: ['B', 'C', 'D'], yellowBehindPoints: 10, redBehindPoints: 30,
  },
});
