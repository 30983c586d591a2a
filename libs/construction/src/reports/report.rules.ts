import type { PolicyValue } from '@yinfeng/directory';

export type ReportRule = PolicyValue<'reportsDue'>['reports'][number];
export type ReportCheck = ReportRule['checks'][number];
export type ReportLateTell = ReportRule['late'][number]['who'];

export const REPORT_STATES = ['DUE', 'FILED', 'LATE', 'EXCUSED'] as const;
export type ReportState = (typeof REPORT_STATES)[number];
export const REPORT_ACTS = ['FILE', 'EXCUSE', 'WITHDRAW'] as const;
export type ReportActKind = (typeof REPORT_ACTS)[number];

/** The parts of a rule that count for one period, as kept with the filing. */
export type FilingRule = Pick<ReportRule, 'filers' | 'checks' | 'unmet' | 'late' | 'remindWorkingDaysBefore'> & { stages: string[] };

/** What a check finds, in a word for sentences. */
export const CHECK_WORDS: Record<ReportCheck, readonly [zh: string, en: string]> = {
  NO_PROGRESS_REASONS: ['上月无进展且未说明原因的项目', 'projects without progress and without a reason'],
  NEXT_STEPS: ['没有下一步安排的项目', 'projects without a next step'],
  VISITS_LOGGED: ['约定跟进日已过、未登记走访的项目', 'projects whose follow-up day has passed without a visit'],
  CHANGED_PROJECTS: ['新增或有变化的项目', 'projects that are new or changed'],
};
/** What a report is about is no fault of it. */
export const isFault = (check: ReportCheck): boolean => check !== 'CHANGED_PROJECTS';

const DAY_MS = 86_400_000;
export const dayAfter = (day: string, n = 1): string => new Date(Date.parse(`${day}T00:00:00Z`) + n * DAY_MS).toISOString().slice(0, 10);
const weekday = (day: string): number => ((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
const lastOfMonth = (day: string): number => new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)), 0)).getUTCDate();

/** First day of the month of a Shanghai day, and last day of it. */
export const monthOf = (day: string): string => `${day.slice(0, 7)}-01`;
export const monthEnd = (day: string): string => `${day.slice(0, 7)}-${lastOfMonth(day)}`;
/** The month before that of a day, by its first day: the last one that is over. */
export const lastWholeMonth = (day: string): string => monthOf(dayAfter(monthOf(day), -1));

/** Whether a report falls due on this day, before holidays move it. */
export function fallsOn(when: ReportRule['when'], day: string): boolean {
  if ('daily' in when) return true;
  if ('weekly' in when) return weekday(day) === when.weekly;
  // A day that the month lacks is its last.
  const days = 'monthDays' in when ? when.monthDays : [when.monthlyBy];
  const last = lastOfMonth(day);
  return days.some((d) => Math.min(d, last) === Number(day.slice(8, 10)));
}

/** Where a day goes when it is a day off. */
export type Rolled = ReadonlyMap<string, { due: string; provisional: boolean }>;
/** One period of one report of the zone. */
export interface ReportPeriod {
  code: string;
  rule: ReportRule;
  /** The day of the rule, before a holiday moved it. */
  periodOn: string;
  fromOn: string;
  dueOn: string;
  /** RFC 3339, Shanghai. */
  dueAt: string;
  provisional: boolean;
  month: string;
}

/**
 * The periods of all reports whose day lies among these days (in order). The rule of each day is that which counts on it.
 * Days that holidays move to one and the same day are one period, named by the last of them.
 */
export function periodsOf(days: readonly string[], rulesOn: (day: string) => readonly ReportRule[], rolled: Rolled): ReportPeriod[] {
  const byCode = new Map<string, ReportPeriod[]>();
  for (const day of days) {
    for (const rule of rulesOn(day)) {
      if (!fallsOn(rule.when, day)) continue;
      const moved = rolled.get(day);
      const { due, provisional } = rule.rollsToWorkingDay && moved ? moved : { due: day, provisional: false };
      const list = byCode.get(rule.code) ?? [];
      const before = list.at(-1);
      // A later day never falls due before an earlier one: where only the rule changed between them, the later stands.
      if (before && before.dueOn >= due) list.pop();
      // Of a report that the zone has just begun to ask for: the week before.
      const fromOn = list.at(-1)?.dueOn ?? dayAfter(due, -7);
      list.push({ code: rule.code, rule, periodOn: day, fromOn, dueOn: due, dueAt: `${due}T${rule.when.time}:00+08:00`, provisional, month: lastWholeMonth(due) });
      byCode.set(rule.code, list);
    }
  }
  return [...byCode.values()].flat();
}

export interface Unit {
  id: string;
  kind: string;
  path: readonly string[];
}
/** Which departments hand a report in. */
export function unitsOf(rule: Pick<ReportRule, 'units' | 'departmentIds'>, departments: readonly Unit[]): string[] {
  const has = (d: Unit, kind: string) => departments.some((x) => x.kind === kind && x.id !== d.id && x.path.includes(d.id));
  const asked = (d: Unit): boolean => {
    switch (rule.units) {
      case 'GROUPS': return d.kind === 'GROUP' || (d.kind === 'BUREAU' && !has(d, 'GROUP'));
      case 'BUREAUS': return d.kind === 'BUREAU';
      case 'SERVICE': return d.kind === 'SERVICE';
      case 'LISTED': return rule.departmentIds.includes(d.id);
    }
  };
  return departments.filter(asked).map((d) => d.id);
}

/** Under which causes people are told of a filing. */
export const causesOf = (filingId: string, rule: FilingRule): string[] => [
  ...rule.remindWorkingDaysBefore.map((n) => `REPORT:${filingId}:AHEAD:${n}`),
  ...rule.late.map((l) => `REPORT:${filingId}:LATE:${l.who}`),
];
