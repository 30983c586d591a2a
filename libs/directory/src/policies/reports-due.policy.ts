import { z } from 'zod';
import { definePolicy } from './policy.js';

const label = { zh: z.string().trim().min(1).max(40), en: z.string().trim().min(1).max(80) };
/** What a report is looked through for: rows that lack something, but CHANGED_PROJECTS, which are those that it is about. */
export const REPORT_CHECKS = ['NO_PROGRESS_REASONS', 'NEXT_STEPS', 'VISITS_LOGGED', 'CHANGED_PROJECTS'] as const;
/** HEAD: nearest head of the unit; HEAD_ABOVE: nearest head of what lies above it; ZONE_LEADER: leaders of the zone. */
export const REPORT_LATE_TELLS = ['HEAD', 'HEAD_ABOVE', 'ZONE_LEADER'] as const;

/** Time of Shanghai, as 10:00. */
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:MM');
/** Weekday 1 is Monday. A day that a month lacks is its last. Each is the day by which it is handed in; `monthlyBy` says the same of one day a month. */
const when = z.union([
  z.strictObject({ daily: z.literal(true), time }),
  z.strictObject({ weekly: z.number().int().min(1).max(7), time }),
  z.strictObject({ monthDays: z.array(z.number().int().min(1).max(31)).min(1).max(10), time }),
  z.strictObject({ monthlyBy: z.number().int().min(1).max(31), time }),
]);

const report = z.strictObject({
  code: z.string().regex(/^[A-Z][A-Z0-9_]{1,39}$/), ...label,
  /** GROUPS: each group, and a bureau that has none; BUREAUS; SERVICE: each service centre; LISTED: those of departmentIds alone. A unit stands for all below it. */
  units: z.enum(['GROUPS', 'BUREAUS', 'SERVICE', 'LISTED']),
  departmentIds: z.array(z.uuid()).max(200),
  when,
  /** A day off is moved to the next working day. */
  rollsToWorkingDay: z.boolean(),
  /** 0: on the day itself. What would lie before the report was opened is left out. */
  remindWorkingDaysBefore: z.array(z.number().int().min(0).max(20)).max(5).refine((l) => new Set(l).size === l.length, 'each once'),
  /** Who of the unit hands it in. */
  filers: z.array(z.enum(['RECRUITER', 'GROUP_LEADER', 'MANAGER', 'SERVICE'])).min(1).max(4),
  checks: z.array(z.enum(REPORT_CHECKS)).max(REPORT_CHECKS.length).refine((l) => new Set(l).size === l.length, 'each once'),
  /** What is missing at hand-in: kept on record beside the report, or refused. */
  unmet: z.enum(['WARN', 'REFUSE']),
  late: z.array(z.strictObject({ afterWorkingDays: z.number().int().min(0).max(60), who: z.enum(REPORT_LATE_TELLS) })).max(3).refine((l) => new Set(l.map((x) => x.who)).size === l.length, 'each once'),
});

type Report = z.infer<typeof report>;
const row = (code: string, zh: string, en: string, of: Pick<Report, 'units' | 'when' | 'remindWorkingDaysBefore' | 'checks'>): Report => ({
  code, zh, en, departmentIds: [], rollsToWorkingDay: true, filers: ['GROUP_LEADER', 'MANAGER'], unmet: 'WARN',
  late: [{ afterWorkingDays: 0, who: 'HEAD' }, { afterWorkingDays: 1, who: 'HEAD_ABOVE' }, { afterWorkingDays: 3, who: 'ZONE_LEADER' }], ...of,
});

/** Which reports each unit hands in, by when, what they are looked through for, and who is told when one is missing. */
export const reportsDue = definePolicy({
  zh: '报告报送', en: 'Reports due', source: 'domain.md C6 (S1 weekly monitoring and half-month dispatch; C20 1st and 15th; P3 Friday 10:00 audited by the group leader, holiday → next working day; monthly comparison by the 3rd); C4, P3 checks; days of reminders, hours of the others and who is told [gk]',
  schema: z.strictObject({ reports: z.array(report).max(20).refine((l) => new Set(l.map((r) => r.code)).size === l.length, 'each code once') }),
  usual: {
    reports: [
      row('WEEKLY_MONITORING', '周监测', 'Weekly monitoring', { units: 'BUREAUS', when: { weekly: 5, time: '17:00' }, remindWorkingDaysBefore: [0], checks: ['NEXT_STEPS', 'VISITS_LOGGED'] }),
      row('HALF_MONTHLY_DISPATCH', '半月调度', 'Half-monthly dispatch', { units: 'BUREAUS', when: { monthDays: [1, 15], time: '10:00' }, remindWorkingDaysBefore: [2, 0], checks: ['NO_PROGRESS_REASONS', 'NEXT_STEPS', 'VISITS_LOGGED'] }),
      row('FRIDAY_SHEET', '周报采集表', 'Friday sheet', { units: 'GROUPS', when: { weekly: 5, time: '10:00' }, remindWorkingDaysBefore: [1, 0], checks: ['NO_PROGRESS_REASONS', 'VISITS_LOGGED', 'CHANGED_PROJECTS'] }),
      row('MONTHLY_COMPARISON', '月度对比', 'Monthly comparison', { units: 'GROUPS', when: { monthlyBy: 3, time: '18:00' }, remindWorkingDaysBefore: [5, 0], checks: ['NO_PROGRESS_REASONS', 'NEXT_STEPS', 'VISITS_LOGGED'] }),
    ],
  },
});
