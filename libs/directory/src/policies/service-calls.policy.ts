import { z } from 'zod';
import { definePolicy } from './policy.js';

const days = (least: number) => z.number().int().min(least).max(365);
const ascending = (all: readonly number[]) => all.every((n, i) => i === 0 || n > all[i - 1]!);

/**
 * 吹哨报到: what can be called for, who has to come by when, to whom an unanswered call goes, when it is closed. Days are
 * working days. The database reads `ageBands` by itself; a zone without a row of its own has the usual ones.
 */
export const serviceCalls = definePolicy({
  zh: '吹哨报到', en: 'Service calls', source: 'domain.md A1 row 47 (大连 problem list → 挂牌督办, 97 % satisfied), C5 (三亚 ladder), D1 V5 (期望解决时间)',
  schema: z.strictObject({
    types: z.array(z.strictObject({
      code: z.string().regex(/^[A-Z][A-Z_]{0,39}$/), zh: z.string().min(1).max(40), en: z.string().min(1).max(60), resolveWorkingDays: days(1),
      /** Name of the department that leads; null: the service department that has the project, else the project's own. */
      department: z.string().min(1).max(100).nullable(),
      /** Names of departments that come along. */
      helping: z.array(z.string().min(1).max(100)).max(10),
    })).min(1).max(40).refine((all) => new Set(all.map((t) => t.code)).size === all.length, 'codes differ'),
    reportInWorkingDays: days(0),
    urgentReportInWorkingDays: days(0),
    /** Part of the usual time that an urgent call leaves; never less than a working day. */
    urgentResolveShare: z.number().min(0.1).max(1),
    /** How many days before its day a call is called to mind. */
    remindDaysAhead: z.number().int().min(0).max(30),
    transferRestartsReportIn: z.boolean(),
    transferRestartsResolve: z.boolean(),
    /** To whom an open call goes so many working days after the day it had to be answered or solved by. PUBLIC: leaders are asked to list it (挂牌督办). */
    escalation: z.array(z.strictObject({ afterWorkingDays: days(1), to: z.enum(['DEPARTMENT_HEAD', 'ZONE_LEADER', 'PUBLIC']) })).max(10)
      .refine((all) => ascending(all.map((s) => s.afterWorkingDays)), 'afterWorkingDays ascend'),
    /** A solved call that nobody rates is closed after so many working days. */
    closeAfterWorkingDays: days(1),
    /** A solved or closed call can be opened again for so many working days after it was solved. */
    reopenWithinWorkingDays: days(1),
    /** Ratings go from 1 to this. */
    scale: z.number().int().min(2).max(10),
    /** A rating from here on counts as satisfied. */
    satisfiedFrom: z.number().int().min(1).max(10),
    /** Upper ends of the bands of age, in working days. */
    ageBands: z.array(days(0)).min(1).max(10).refine(ascending, 'ascending'),
    /** How many days a one-time link is good for, and the link to follow a call. */
    linkDays: days(1),
    followDays: days(1),
    /** What the public problem list hides in words that a leader does not put anew. */
    problemList: z.strictObject({ maskEnterprise: z.boolean(), maskNumbers: z.boolean() }),
  }).refine((p) => p.satisfiedFrom <= p.scale, { path: ['satisfiedFrom'], message: '≤ scale' }),
  usual: {
    types: [
      { code: 'FUNDS', zh: '资金', en: 'Funds', resolveWorkingDays: 10, department: null, helping: [] },
      { code: 'LAND', zh: '土地', en: 'Land', resolveWorkingDays: 20, department: null, helping: [] },
      { code: 'POLICY', zh: '政策', en: 'Policy', resolveWorkingDays: 5, department: null, helping: [] },
      { code: 'APPROVAL', zh: '审批', en: 'Approvals', resolveWorkingDays: 5, department: null, helping: [] },
      { code: 'LABOUR', zh: '用工', en: 'Labour', resolveWorkingDays: 10, department: null, helping: [] },
      { code: 'UTILITIES', zh: '水电气', en: 'Water, power, gas', resolveWorkingDays: 5, department: null, helping: [] },
      { code: 'OTHER', zh: '其他', en: 'Other', resolveWorkingDays: 5, department: null, helping: [] },
    ],
    reportInWorkingDays: 1, urgentReportInWorkingDays: 0, urgentResolveShare: 0.5, remindDaysAhead: 1, transferRestartsReportIn: true, transferRestartsResolve: false,
    escalation: [{ afterWorkingDays: 1, to: 'DEPARTMENT_HEAD' }, { afterWorkingDays: 3, to: 'ZONE_LEADER' }, { afterWorkingDays: 5, to: 'PUBLIC' }],
    closeAfterWorkingDays: 5, reopenWithinWorkingDays: 20, scale: 5, satisfiedFrom: 4, ageBands: [1, 3, 5, 10], linkDays: 7, followDays: 180,
    problemList: { maskEnterprise: true, maskNumbers: true },
  },
});
