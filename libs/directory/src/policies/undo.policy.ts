import { z } from 'zod';
import { definePolicy } from './policy.js';

const days = z.number().int().min(0).max(365);

/** How many calendar days after its own an act can be taken back. */
export const undo = definePolicy({
  zh: '撤销期限', en: 'Time to take an act back', source: 'domain.md A1 rows 12, 83',
  schema: z.strictObject({ mergeDays: days, deletionDays: days, bulkDays: days, stageDays: days, ownRecordDays: days }),
  /** ownRecordDays: how long whoever logged a visit or recorded a signing may delete it. */
  usual: { mergeDays: 30, deletionDays: 30, bulkDays: 30, stageDays: 7, ownRecordDays: 7 },
});
