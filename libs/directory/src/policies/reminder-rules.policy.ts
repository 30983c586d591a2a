import { z } from 'zod';
import { definePolicy } from './policy.js';

const code = z.string().regex(/^[A-Z][A-Z0-9_]{1,39}$/);

/** Kinds of `deadline`: a rule says who is told how many working days before or after the day. */
export const DEADLINE_SOURCES = ['HANDOFF', 'HANDOFF_MISSING', 'COMMITMENT', 'CONTRACT_TERM', 'CALL', 'PERMIT', 'MILESTONE', 'PLAN', 'ARRIVAL', 'STATISTICS_ENTRY', 'DUTY', 'AFTERCARE'] as const;
/**
 * Reminders whose who and when are said elsewhere: by the act that plans them (a decision asked for, a call raised, a
 * person's own) or by a policy of their own (idle, triage, reports due). A rule says how they travel and what follows when
 * nobody acts; its code is the kind of the reminder.
 */
export const FIXED_SOURCES = ['FOLLOW_UP', 'IDLE', 'TRIAGE', 'APPROVAL', 'DISPUTE', 'TASKFORCE', 'SERVICE_CALL', 'ESCALATION', 'DATA_FAULT', 'REPORT', 'NO_PROGRESS', 'PERSONAL'] as const;
export const REMINDER_SOURCES = [...DEADLINE_SOURCES, ...FIXED_SOURCES] as const;
export type ReminderSource = (typeof REMINDER_SOURCES)[number];

/**
 * Who is told. ASSIGNEE: who has to act by the record (a person named there, else the heads of the department named there,
 * else who is in charge). PERSON_IN_CHARGE: who accepted the project for construction, else its owner, else the nearest
 * heads of its department. DEPARTMENT_HEADS: nearest heads of the department named in the record, else of the project's.
 */
export const REMINDER_WHO = ['ASSIGNEE', 'OWNER', 'PERSON_IN_CHARGE', 'TASKFORCE_LEADER', 'TASKFORCE_AGENT', 'DEPARTMENT_HEADS', 'ZONE_LEADER'] as const;
export type ReminderWho = (typeof REMINDER_WHO)[number];
export const ESCALATION_TO = ['GROUP_LEADER', 'UNIT_HEAD', 'ZONE_LEADER'] as const;

const fixed = new Set<string>(FIXED_SOURCES);
const step = z.strictObject({
  /** How many working days a reminder may stand open before the next person up is told. */
  afterWorkingDays: z.number().int().min(1).max(120),
  to: z.enum(ESCALATION_TO),
});
const rule = z.strictObject({
  code, zh: z.string().min(1).max(40), en: z.string().min(1).max(80),
  source: z.enum(REMINDER_SOURCES),
  /** Which clocks of a record that has several (`deadline.part`); none named: all. */
  parts: z.array(z.string().regex(/^[A-Z_]{1,40}$/)).max(10).default([]),
  who: z.array(z.enum(REMINDER_WHO)).max(REMINDER_WHO.length).default([]),
  /** Working days from the day that it is due: −7 seven before, 0 on it, 3 three after. */
  offsets: z.array(z.number().int().min(-120).max(120)).max(10).refine((o) => o.every((x, i) => i === 0 || x > o[i - 1]!), 'each later than the one before').default([]),
  /** So many working days after the day nobody is told any more: what a ledger brings from years ago stands on the overdue list and rings for nobody. */
  untilWorkingDays: z.number().int().min(0).max(250).default(0),
  /** The inbox has everything; these say whether it may leave by mail and robots, to whoever asked for them. */
  mail: z.boolean(),
  robots: z.boolean(),
  /** Leaves at once, quiet hours or not, as the kinds of `reminderChannels.urgentKinds` do. */
  urgent: z.boolean(),
  escalation: z.array(step).max(3).refine((s) => s.every((x, i) => i === 0 || (x.afterWorkingDays > s[i - 1]!.afterWorkingDays && ESCALATION_TO.indexOf(x.to) > ESCALATION_TO.indexOf(s[i - 1]!.to))), 'each step later and higher than the one before'),
  enabled: z.boolean(),
}).superRefine((r, ctx) => {
  const refuse = (path: string, message: string) => ctx.addIssue({ code: 'custom', path: [path], message });
  if (fixed.has(r.source)) {
    if (r.code !== r.source) refuse('code', `code = source (${r.source})`);
    if (r.who.length) refuse('who', `[]: whoever the act or the policy of ${r.source} names`);
    if (r.offsets.length) refuse('offsets', `[]: the day that the act or the policy of ${r.source} sets`);
    if (!r.enabled && r.source === 'PERSONAL') refuse('enabled', 'true: a personal reminder is its person\'s own');
    return;
  }
  if (fixed.has(r.code)) refuse('code', `another code: ${r.code} is a source of its own`);
  if (r.offsets.length && !r.who.length) refuse('who', REMINDER_WHO.join(' | '));
  if (r.offsets.some((o) => o > r.untilWorkingDays)) refuse('untilWorkingDays', `≥ ${Math.max(...r.offsets)} (offsets)`);
});
export type ReminderRule = z.infer<typeof rule>;

/** Nobody acts for three working days: the leader of the group; six: the head of the unit; ten: a leader of the zone. */
const LADDER: ReminderRule['escalation'] = [{ afterWorkingDays: 3, to: 'GROUP_LEADER' }, { afterWorkingDays: 6, to: 'UNIT_HEAD' }, { afterWorkingDays: 10, to: 'ZONE_LEADER' }];
const QUIETLY = { parts: [], mail: true, robots: true, urgent: false, enabled: true };
const due = (source: (typeof DEADLINE_SOURCES)[number], zh: string, en: string, who: ReminderWho[], offsets: number[], more: Partial<ReminderRule> = {}): ReminderRule => ({ code: source, zh, en, source, who, offsets, untilWorkingDays: 20, ...QUIETLY, escalation: LADDER, ...more });
const kind = (source: (typeof FIXED_SOURCES)[number], zh: string, en: string, more: Partial<ReminderRule> = {}): ReminderRule => ({ code: source, zh, en, source, who: [], offsets: [], untilWorkingDays: 0, ...QUIETLY, escalation: LADDER, ...more });

/** What reminds: of what, whom, how many working days before and after, by which way, until when, and who is told next. */
export const reminderRules = definePolicy({
  zh: '提醒规则（对象、提前与逾期工作日、渠道、升级）', en: 'What reminds: whom, when, by which way, and who is told next', source: 'domain.md A1 rows 39–44, C4 (remind 7 days ahead: P4), C5 and A1 row 43 (three levels up); numbers of working days by source and of the ladder [gk]',
  schema: z.strictObject({
    rules: z.array(rule).max(60).refine((l) => new Set(l.map((r) => r.code)).size === l.length, 'each code once'),
  }),
  usual: {
    rules: [
      // The act itself tells at once and on the day (handoffs, calls, commitments seven days ahead); rules go on from there.
      due('HANDOFF', '移交接收与补正', 'Handoffs to be decided or submitted again', ['ASSIGNEE'], [1, 3]),
      due('HANDOFF_MISSING', '签约后移交', 'Handing over after signing', ['PERSON_IN_CHARGE'], [-5, -1]),
      due('COMMITMENT', '承诺兑现', 'Commitments', ['ASSIGNEE'], [0, 3]),
      due('CONTRACT_TERM', '协议期限', 'Terms of agreements', ['PERSON_IN_CHARGE'], [-20, -7, -1, 0]),
      // Calls climb a ladder of their own (policy serviceCalls).
      due('CALL', '服务诉求', 'Service calls', ['ASSIGNEE'], [-1], { urgent: true, escalation: [] }),
      due('PERMIT', '证照手续', 'Permits', ['ASSIGNEE', 'PERSON_IN_CHARGE'], [-7, -1, 0, 3]),
      due('MILESTONE', '建设节点', 'Milestones of building', ['PERSON_IN_CHARGE'], [-7, -1, 0, 3]),
      due('PLAN', '投资月报', 'Monthly reports of investment', ['ASSIGNEE', 'PERSON_IN_CHARGE'], [-7, -1, 0, 1]),
      due('ARRIVAL', '到位资金确认', 'Arrivals to be confirmed', ['ASSIGNEE'], [-1, 0, 3]),
      due('STATISTICS_ENTRY', '入规入统', 'Entry into statistics', ['PERSON_IN_CHARGE'], [-7, 0, 5]),
      due('DUTY', '专班履职', 'Duties of taskforces', ['ASSIGNEE'], [-1, 1], { untilWorkingDays: 5 }),
      due('AFTERCARE', '服务回访', 'Aftercare visits', ['ASSIGNEE'], [-7, 0, 5]),
      kind('FOLLOW_UP', '跟进', 'Follow-ups'),
      kind('IDLE', '无进展', 'Silence'),
      kind('TRIAGE', '线索研判', 'Triage of leads'),
      // Nobody decides in place of whom the chain or the gate names: delegation is the way (policy decisionChains).
      kind('APPROVAL', '审批', 'Decisions asked for', { escalation: [] }),
      // A dispute has terms and judges of its own (policy dispute).
      kind('DISPUTE', '首报争议', 'First-report disputes', { escalation: [] }),
      // Asks for nothing: it tells of an appointment.
      kind('TASKFORCE', '专班任职', 'Service in a taskforce', { escalation: [] }),
      kind('SERVICE_CALL', '服务诉求办理', 'Acts of service calls', { urgent: true, escalation: [] }),
      // Is the step up itself.
      kind('ESCALATION', '督办', 'Escalation', { urgent: true, escalation: [] }),
      // A weekly sum of what the list shows to everybody above anyway.
      kind('DATA_FAULT', '数据质量', 'Data faults', { escalation: [] }),
      // Who is told of a late report, and after how many days: policy reportsDue.
      kind('REPORT', '报表报送', 'Reports due', { escalation: [] }),
      kind('NO_PROGRESS', '本月无进展说明', 'No progress this month'),
      // A person's own business.
      kind('PERSONAL', '个人提醒', 'Personal reminders', { escalation: [] }),
    ],
  },
});
