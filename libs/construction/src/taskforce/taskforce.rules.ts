export const TASKFORCE_ROLES = ['LEADER', 'AGENT', 'SECRETARY', 'CONTACT', 'MEMBER'] as const;
export type TaskforceRole = (typeof TASKFORCE_ROLES)[number];
export const DUTY_ACTS = ['DISPATCH', 'SITE_VISIT', 'CONTACT'] as const;
export type DutyAct = (typeof DUTY_ACTS)[number];
export const DUTY_SPANS = ['DAY', 'WEEK', 'MONTH'] as const;
export type DutySpan = (typeof DUTY_SPANS)[number];

const DAY_MS = 86_400_000;
const shift = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** The Monday of a day's week. */
export function mondayOf(day: string): string {
  return shift(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
}

/**
 * How often a duty is asked for in a span: `workingDays` of it on which somebody had it to do. By the day: on each of them.
 * By the week: in proportion to five, by the month to the month's own working days, rounded up: a week cut by holidays asks
 * less, but never nothing as long as one day of it is worked; one with a made-up Saturday asks no more.
 */
export function asked(times: number, per: DutySpan, workingDays: number, daysOfMonth: number): number {
  if (workingDays <= 0) return 0;
  if (per === 'DAY') return times * workingDays;
  return Math.min(times, Math.ceil((times * workingDays) / (per === 'WEEK' ? 5 : daysOfMonth)));
}

/** How often it was done: visits by day. By the day, each working day counts as far as it was asked for: Monday's five calls are not the week's. */
export function done(times: number, per: DutySpan, visitsByDay: ReadonlyMap<string, number>, workingDays: ReadonlySet<string>): number {
  let sum = 0;
  for (const [day, n] of visitsByDay) sum += per !== 'DAY' ? n : workingDays.has(day) ? Math.min(n, times) : 0;
  return sum;
}

/** Shanghai day n days later. */
export const daysLater = shift;
