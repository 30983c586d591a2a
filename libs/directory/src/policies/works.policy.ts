import { z } from 'zod';
import { definePolicy } from './policy.js';
import { projectCondition } from './project-condition.js';

const label = z.string().trim().min(1).max(40);
const rounding = z.strictObject({ mode: z.enum(['FLOOR', 'HALF_UP']), digits: z.number().int().min(0).max(4) });

/**
 * What building a project goes through, and how starts are counted. `reachedWith`: the milestone of the books that is the
 * same fact, so that one approved there is reached here, and one reached here asks for the stage. `evidence`: the gate item
 * under which photos are kept.
 */
export const works = definePolicy({
  zh: '建设节点与开复工口径', en: 'Construction milestones and figures of starts', source: 'domain.md B2 (4→5, 5→6), E1 (开工率 C52, 开复工率 S3), A1 row 33 (S0, S1)',
  schema: z.strictObject({
    milestones: z.array(z.strictObject({
      code: z.string().regex(/^[A-Z][A-Z0-9_]{1,39}$/), zh: label, en: label,
      /** Of which projects it is expected; absent: of all. */
      when: projectCondition.optional(),
      reachedWith: z.enum(['STARTED', 'COMPLETED', 'PRODUCING']).nullable(),
      evidence: z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,39}$/),
      /** Whether it can only be reached with a photo or paper. */
      evidenceRequired: z.boolean(),
    })).min(1).max(30)
      .refine((all) => new Set(all.map((m) => m.code)).size === all.length, 'each milestone has a code of its own')
      .refine((all) => new Set(all.flatMap((m) => m.reachedWith ?? [])).size === all.filter((m) => m.reachedWith).length, 'a milestone of the books belongs to one of these'),
    /** Total investment in 万元 from which a project counts as started or resumed, itself included, other currencies at the fixed reference rate; unknown amounts then never count. null: every project counts. */
    fromWan: z.number().int().min(0).max(1_000_000_000).nullable(),
    /** What 开复工 is made of. */
    counts: z.array(z.enum(['NEW_START', 'RESUME'])).min(1).max(2),
    /** 开工率: of the projects signed in the period those that have started since (COHORT), or started in the period ÷ signed in it (PERIOD). */
    startRate: z.strictObject({ basis: z.enum(['COHORT', 'PERIOD']), rounding }),
    /** 开复工率: of the plan those under way (ON_PLAN), or all under way ÷ the plan (ALL). */
    resumeRate: z.strictObject({ basis: z.enum(['ON_PLAN', 'ALL']), rounding }),
    /** 产业项目占比: what a project is by its class, or, with another class or none, by its division of GB/T 4754; and by which share it is told. */
    industryShare: z.strictObject({ classes: z.array(z.string().trim().min(1).max(20)).max(20), otherClasses: z.array(z.string().trim().min(1).max(20)).max(20), industries: z.array(z.string().regex(/^[A-T]\d{0,4}$/)).max(50), basis: z.enum(['COUNT', 'INVESTMENT']), rounding }),
  }),
  usual: {
    milestones: [
      { code: 'GROUND_BREAKING', zh: '开工', en: 'Ground-breaking', reachedWith: 'STARTED', evidence: 'sitePhotos', evidenceRequired: false },
      { code: 'MAIN_STRUCTURE', zh: '主体完工', en: 'Main structure', reachedWith: null, evidence: 'worksPhotos', evidenceRequired: false },
      { code: 'COMPLETION', zh: '竣工', en: 'Completion', reachedWith: 'COMPLETED', evidence: 'completionAcceptance', evidenceRequired: false },
      { code: 'EQUIPMENT', zh: '设备安装', en: 'Equipment installed', reachedWith: null, evidence: 'worksPhotos', evidenceRequired: false },
      { code: 'ACCEPTANCE', zh: '验收（GMP）', en: 'Acceptance (GMP)', when: { industries: ['C27'] }, reachedWith: null, evidence: 'worksPhotos', evidenceRequired: false },
      { code: 'PRODUCTION', zh: '投产', en: 'Production', reachedWith: 'PRODUCING', evidence: 'worksPhotos', evidenceRequired: false },
      { code: 'FULL_CAPACITY', zh: '达产', en: 'Full capacity', reachedWith: null, evidence: 'worksPhotos', evidenceRequired: false },
    ],
    fromWan: 5_000,
    counts: ['NEW_START', 'RESUME'],
    startRate: { basis: 'COHORT', rounding: { mode: 'HALF_UP', digits: 1 } },
    resumeRate: { basis: 'ON_PLAN', rounding: { mode: 'FLOOR', digits: 0 } },
    industryShare: { classes: ['产业项目'], otherClasses: ['基础设施项目', '社会事业项目'], industries: ['C', 'I', 'M'], basis: 'INVESTMENT', rounding: { mode: 'HALF_UP', digits: 1 } },
  },
});
