import { z } from 'zod';
import { definePolicy } from './policy.js';
import { projectCondition } from './project-condition.js';

const light = z.enum(['GREEN', 'YELLOW', 'RED']);
const label = { zh: z.string().min(1).max(40), en: z.string().min(1).max(80) };
const code = z.string().regex(/^[A-Z][A-Z0-9_]{1,39}$/);
/** What can be measured; the unit of each is in MEASURE_UNITS. */
export const LIGHT_MEASURES = [
  'START_OVERDUE', 'SCHEDULE_BEHIND', 'SCHEDULE_AHEAD', 'STATISTICS_MISSING', 'MILESTONE_LATE', 'PERMIT_OVERDUE', 'CALL_OVERDUE', 'HANDOFF_OVERDUE', 'COMMITMENT_OVERDUE', 'PLAN_NOT_REPORTED', 'DUTY_MISSED', 'AFTERCARE_OVERDUE', 'REMINDER_ESCALATED',
] as const;

/** A rule shows the light of the last of its steps that what is measured has reached. */
const rule = z.strictObject({
  code, ...label,
  /** A colour that rewards: it darkens no project and is never escalated. */
  award: z.boolean(),
  measure: z.enum(LIGHT_MEASURES),
  /** Of which stages it speaks; none named: of all. */
  stages: z.array(z.enum(['LEAD', 'RESERVE', 'NEGOTIATING', 'SIGNED', 'LANDED', 'STARTED', 'PRODUCING'])).max(7),
  condition: projectCondition,
  steps: z.array(z.strictObject({ from: z.number().min(0).max(10_000), light, meaning: z.strictObject(label) })).min(1).max(3)
    .refine((s) => s.every((x, i) => i === 0 || x.from > s[i - 1]!.from), 'each step from a higher number'),
  /** Which levels of the ladder it may climb; none named: all. */
  levels: z.array(code).max(10),
});
/**
 * A step of the ladder is due while the light is at least this dark: at once, or when it has come on so many times within
 * twelve months, or has shown for so many working days (whichever is given and comes sooner).
 */
const rung = z.strictObject({
  level: code, ...label, light,
  times: z.number().int().min(1).max(50).optional(),
  afterWorkingDays: z.number().int().min(0).max(250).optional(),
  /** OWNER: in charge of the project; OWNER_HEAD: nearest head of who has to act; DEPARTMENT_HEAD: nearest head of a whole department; ZONE_LEADER: a leader of the zone; or one person. Whoever is not there leaves it to the next. */
  who: z.enum(['OWNER', 'OWNER_HEAD', 'DEPARTMENT_HEAD', 'ZONE_LEADER', 'STAFF']),
  staffId: z.uuid().optional(),
  answerWorkingDays: z.number().int().min(1).max(60),
}).refine((r) => (r.who === 'STAFF') === (r.staffId !== undefined), 'staffId with STAFF, and with nothing else');

/**
 * Lights of what is under way: which rule shows which colour, what that means, and who is told next. Colours are keys and
 * nothing else; two rules may use one colour for opposite things.
 */
export const lights = definePolicy({
  zh: '红黄绿灯与督办', en: 'Lights and escalation', source: 'domain.md C5 (银川 start, progress, statistics; 三亚 ladder; 衡阳: red may reward); working days of overdue lights and answers [gk]',
  schema: z.strictObject({
    rules: z.array(rule).max(40).refine((l) => new Set(l.map((r) => r.code)).size === l.length, 'each code once'),
    ladder: z.array(rung).max(10).refine((l) => new Set(l.map((r) => r.level)).size === l.length, 'each level once'),
  }),
  usual: {
    rules: [
      { code: 'START', zh: '开复工', en: 'Start', award: false, measure: 'START_OVERDUE', stages: ['SIGNED', 'LANDED', 'STARTED'], condition: {}, levels: [],
        steps: [{ from: 1, light: 'YELLOW', meaning: { zh: '未按月开复工', en: 'not started in its month' } }, { from: 3, light: 'RED', meaning: { zh: '连续三个月未开复工', en: 'not started for three months' } }] },
      { code: 'PROGRESS', zh: '投资进度', en: 'Progress', award: false, measure: 'SCHEDULE_BEHIND', stages: ['STARTED', 'PRODUCING'], condition: {}, levels: [],
        steps: [{ from: 10, light: 'YELLOW', meaning: { zh: '落后序时进度10个百分点', en: '10 points behind schedule' } }, { from: 30.01, light: 'RED', meaning: { zh: '落后序时进度超过30个百分点', en: 'more than 30 points behind schedule' } }] },
      { code: 'STATISTICS', zh: '入规入统', en: 'Statistics', award: false, measure: 'STATISTICS_MISSING', stages: ['STARTED', 'PRODUCING'], condition: {}, levels: [],
        steps: [{ from: 1, light: 'YELLOW', meaning: { zh: '开工满一个月未入统', en: 'not in statistics a month after its start' } }, { from: 2, light: 'RED', meaning: { zh: '开工满两个月未入统', en: 'not in statistics two months after its start' } }] },
      ...([
        ['MILESTONE', '建设节点', 'Milestones', 'MILESTONE_LATE', 1, 20], ['PERMIT', '证照手续', 'Permits', 'PERMIT_OVERDUE', 1, 10], ['CALL', '服务诉求', 'Service calls', 'CALL_OVERDUE', 1, 5],
        ['HANDOFF', '移交', 'Handoff', 'HANDOFF_OVERDUE', 1, 5], ['COMMITMENT', '承诺兑现', 'Commitments', 'COMMITMENT_OVERDUE', 1, 20], ['REPORT', '投资月报', 'Monthly reports', 'PLAN_NOT_REPORTED', 1, 10],
      ] as const).map(([code, zh, en, measure, yellow, red]) => ({
        code, zh, en, award: false, measure, stages: [], condition: {}, levels: [],
        steps: [{ from: yellow, light: 'YELLOW' as const, meaning: { zh: '逾期', en: 'overdue' } }, { from: red, light: 'RED' as const, meaning: { zh: `逾期${red}个工作日以上`, en: `overdue for ${red} working days` } }],
      })),
      { code: 'ESCALATED', zh: '催办升级', en: 'Escalated reminders', award: false, measure: 'REMINDER_ESCALATED', stages: [], condition: {}, levels: [],
        steps: [{ from: 1, light: 'YELLOW', meaning: { zh: '提醒无人办理，已升级', en: 'a reminder was not acted on and went up' } }, { from: 2, light: 'RED', meaning: { zh: '提醒再次升级', en: 'it went up once more' } }] },
    ],
    ladder: [
      { level: 'NOTICE', zh: '提醒', en: 'notice', light: 'YELLOW', who: 'OWNER_HEAD', answerWorkingDays: 5 },
      { level: 'TALK', zh: '约谈', en: 'talk', light: 'YELLOW', times: 2, afterWorkingDays: 22, who: 'DEPARTMENT_HEAD', answerWorkingDays: 5 },
      { level: 'SUPERVISION', zh: '督办', en: 'supervision', light: 'RED', who: 'ZONE_LEADER', answerWorkingDays: 3 },
    ],
  },
});
