import { z } from 'zod';
import { definePolicy } from './policy.js';
import { projectCondition } from './project-condition.js';
import { circleOf } from './step-circle.js';

const code = z.string().regex(/^[A-Z][A-Z0-9_]{1,39}$/);
const days = z.number().int().min(1).max(365);
const step = z.strictObject({
  code, zh: z.string().min(1).max(60), en: z.string().min(1).max(80),
  /** Codes of steps that are granted before this one is applied for. */
  after: z.array(code).max(20),
  /** Working days from application to grant; express: on the express lane, null as usual. */
  workingDays: days.nullable(), expressWorkingDays: days.nullable(),
  /** MINUTES: done at one sitting, told in minutes beside the days. */
  measured: z.enum(['DAYS', 'MINUTES']), minutes: z.number().int().min(1).max(10_000).nullable(),
  /** Name of the department that handles it; null or unknown in the zone: the department that took the project over. */
  department: z.string().min(1).max(100).nullable(),
  /** 告知承诺: may be granted on a promise, with what is missing to follow. */
  promise: z.boolean(),
  /** What proves it: labels for uploaded files. */
  evidence: z.array(z.string().min(1).max(60)).max(20),
  /** Item of a stage gate that the files of the grant count for. */
  gateItem: z.string().regex(/^[a-z][A-Za-z0-9.]{0,59}$/).nullable(),
  when: projectCondition,
});
export type PermitStep = z.infer<typeof step>;

const usual = (s: Pick<PermitStep, 'code' | 'zh' | 'en' | 'after' | 'workingDays' | 'expressWorkingDays'> & Partial<PermitStep>): PermitStep => ({ measured: 'DAYS', minutes: null, department: null, promise: false, evidence: [s.zh], gateItem: null, when: {}, ...s });

/**
 * The permits of a project with their order, time allowed and who handles them. The steps are those of the ledgers
 * (domain.md A1 row 49: 思南 [C16], S3), minutes for the registration S3's; the working days are a proposal within the
 * limits that the trades' own rules set, meant to be replaced by the zone's published ones.
 */
export const permits = definePolicy({
  zh: '证照手续', en: 'Permits and steps', source: 'domain.md A1 row 49 (S3 绿色审批快速服务通道、告知承诺制、联合预审；注册登记平均不足40分钟), B2; working days: proposal',
  schema: z.strictObject({
    steps: z.array(step).max(60).superRefine((steps, context) => {
      const codes = steps.map((s) => s.code);
      for (const [i, s] of steps.entries()) {
        if (codes.indexOf(s.code) !== i) context.addIssue({ code: 'custom', path: [i, 'code'], message: `no code twice: ${s.code}` });
        const unknown = s.after.find((a) => !codes.includes(a));
        if (unknown) context.addIssue({ code: 'custom', path: [i, 'after'], message: `${unknown} is no step of this list` });
      }
      const circle = circleOf(steps);
      if (circle) context.addIssue({ code: 'custom', path: [codes.indexOf(circle[0]!), 'after'], message: `steps wait for each other in a circle: ${circle.join(' ← ')}` });
    }),
    /** Which marks let an application be taken although steps before it are not done (容缺受理); it is on record which. */
    tolerance: z.array(z.enum(['EXPRESS', 'PROMISE'])).max(2),
    /** Working days from the application in which what was promised has to follow, unless another day is agreed. */
    promiseWorkingDays: days,
    /** Whether a project's permits are opened when its handoff is accepted. */
    openOnHandoff: z.boolean(),
  }),
  usual: {
    steps: [
      usual({ code: 'REGISTRATION', zh: '公司注册', en: 'Company registration', after: [], workingDays: 1, expressWorkingDays: 1, measured: 'MINUTES', minutes: 40, evidence: ['营业执照'], gateItem: 'businessLicence' }),
      usual({ code: 'FILING', zh: '立项备案', en: 'Project filing', after: ['REGISTRATION'], workingDays: 3, expressWorkingDays: 1, promise: true, evidence: ['备案证'] }),
      usual({ code: 'ENVIRONMENT', zh: '环评', en: 'Environmental review', after: ['FILING'], workingDays: 20, expressWorkingDays: 10, promise: true, evidence: ['环评批复'] }),
      usual({ code: 'ENERGY', zh: '节能审查', en: 'Energy review', after: ['FILING'], workingDays: 15, expressWorkingDays: 7, promise: true, evidence: ['节能审查意见'], when: { industries: ['B', 'C', 'D'], fromWan: 10_000 } }),
      usual({ code: 'LAND', zh: '用地', en: 'Land', after: ['FILING'], workingDays: 20, expressWorkingDays: 10, evidence: ['土地出让合同', '不动产权证'], when: { land: true } }),
      usual({ code: 'LAND_PLANNING', zh: '用地规划许可', en: 'Planning permit of the land', after: ['LAND'], workingDays: 10, expressWorkingDays: 5, evidence: ['建设用地规划许可证'], when: { land: true } }),
      usual({ code: 'WORKS_PLANNING', zh: '工程规划许可', en: 'Planning permit of the works', after: ['LAND_PLANNING'], workingDays: 15, expressWorkingDays: 7, promise: true, evidence: ['建设工程规划许可证'], when: { land: true } }),
      usual({ code: 'DRAWINGS', zh: '施工图审查', en: 'Review of drawings', after: ['WORKS_PLANNING'], workingDays: 10, expressWorkingDays: 5, promise: true, evidence: ['施工图审查合格书'], when: { land: true } }),
      usual({ code: 'BUILDING_PERMIT', zh: '施工许可', en: 'Construction permit', after: ['DRAWINGS', 'ENVIRONMENT', 'ENERGY'], workingDays: 7, expressWorkingDays: 3, promise: true, evidence: ['施工许可证'], gateItem: 'constructionPermit' }),
      usual({ code: 'FIRE_ACCEPTANCE', zh: '消防验收', en: 'Fire safety acceptance', after: ['BUILDING_PERMIT'], workingDays: 15, expressWorkingDays: 7, evidence: ['消防验收意见书'] }),
      usual({ code: 'ACCEPTANCE', zh: '竣工验收', en: 'Acceptance of the works', after: ['FIRE_ACCEPTANCE'], workingDays: 15, expressWorkingDays: 7, evidence: ['竣工验收备案表'], gateItem: 'completionProof' }),
    ],
    tolerance: ['EXPRESS', 'PROMISE'],
    promiseWorkingDays: 30,
    openOnHandoff: true,
  },
});
