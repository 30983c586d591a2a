/** Where one of the clocks of a lead stands. */
export const CLOCK_STATES = ['RUNNING', 'OVERDUE', 'MET', 'LATE', 'STOPPED', 'UNSCHEDULED'] as const;
export type ClockState = (typeof CLOCK_STATES)[number];

/** How the referrer or investor was answered. */
export const ANSWER_METHODS = ['PHONE', 'WECHAT', 'MEETING', 'LETTER', 'EMAIL', 'OTHER'] as const;
export type AnswerMethod = (typeof ANSWER_METHODS)[number];

/**
 * All days are Shanghai days. The due day itself is still in time. Without a due day (the count left the published
 * calendar) nothing is said about lateness; a clock that nobody runs any more has stopped.
 */
export function clockState(c: { dueOn: string | null; doneOn: string | null; today: string; stopped: boolean }): ClockState {
  if (c.doneOn === null && c.stopped) return 'STOPPED';
  if (c.dueOn === null) return 'UNSCHEDULED';
  if (c.doneOn !== null) return c.doneOn <= c.dueOn ? 'MET' : 'LATE';
  return c.today <= c.dueOn ? 'RUNNING' : 'OVERDUE';
}
