import { z } from 'zod';
import { definePolicy } from './policy.js';

/**
 * Entry into statistics: within how many months of its start a project has to enter, and how old a start may be when it is
 * put on record (a ledger of past years brings thousands) for that to be asked at all. Read by SQL (statistics_due_keep).
 */
export const statistics = definePolicy({
  zh: '入规入统', en: 'Entry into statistics', source: 'domain.md C5 (银川: 1 month after start), A1 row 54; age of a start [gk]',
  schema: z.strictObject({ dueMonths: z.number().int().min(1).max(24), startedWithinMonths: z.number().int().min(0).max(240) }),
  usual: { dueMonths: 1, startedWithinMonths: 12 },
});
