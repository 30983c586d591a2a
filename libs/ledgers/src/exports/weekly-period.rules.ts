import { Refusal, shanghaiDay } from '@yinfeng/platform';

/** When a zone hands its sheet in: weekday 1 (Monday) to 7, hour of Shanghai. */
export interface HandInRule {
  weekday: number;
  hour: number;
}
/** What was entered after `from` and up to and including `to` belongs to the sheet. */
export interface WeeklyPeriod {
  /** Monday of the week. */
  week: string;
  /** Shanghai day of the hand-in: the weekday of the rule, or the next working day. */
  handInOn: string;
  from: Date;
  to: Date;
}
/** The day itself or the next working day; null beyond the published years. */
export type NextWorkingDay = (day: string) => string | null;

const DAY_MS = 86_400_000;
/** No holiday swallows more hand-ins than these; it also bounds how far one looks ahead. */
export const WEEKS_BACK = 4;
export const WEEKS_AHEAD = 4;

const addDays = (day: string, n: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + n * DAY_MS).toISOString().slice(0, 10);
/** Monday of the week of a Shanghai day. */
export const mondayOf = (day: string): string => addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));

/** The usual hand-in days around a day: what has to be known of the calendar to find its period. */
export function usualDays(day: string, rule: HandInRule): string[] {
  return Array.from({ length: WEEKS_BACK * 2 + WEEKS_AHEAD + 1 }, (_, i) => addDays(mondayOf(day), (i - WEEKS_BACK * 2) * 7 + rule.weekday - 1));
}

function handIn(week: string, rule: HandInRule, next: NextWorkingDay): { on: string; at: Date } {
  const usual = addDays(week, rule.weekday - 1);
  const on = next(usual);
  if (on === null) throw new Refusal('CALENDAR_YEAR_UNCOVERED', ['week'], { field: '报送日', value: usual, year: Number(usual.slice(0, 4)) });
  return { on, at: new Date(Date.parse(`${on}T00:00:00+08:00`) + rule.hour * 3_600_000) };
}

/**
 * The period of the week that a Shanghai day lies in (Monday to Sunday): from its last hand-in to its own. Weeks whose
 * hand-ins a holiday has moved to one and the same day share one period.
 * @throws Refusal CALENDAR_YEAR_UNCOVERED where the year of a hand-in is not published.
 */
export function periodOfWeek(day: string, rule: HandInRule, next: NextWorkingDay): WeeklyPeriod {
  const week = mondayOf(day);
  const own = handIn(week, rule, next);
  for (let back = 1; back <= WEEKS_BACK; back++) {
    const before = handIn(addDays(week, -7 * back), rule, next);
    if (before.at < own.at) return { week, handInOn: own.on, from: before.at, to: own.at };
  }
  throw new RangeError(`no hand-in before ${own.on} within ${WEEKS_BACK} weeks`);
}

/** The period that an instant belongs to: the first hand-in at or after it. An instant on the boundary belongs to the earlier week. */
export function periodAt(now: Date, rule: HandInRule, next: NextWorkingDay): WeeklyPeriod {
  let week = mondayOf(shanghaiDay(now));
  // The hand-in of an earlier week may have been moved to a day still to come.
  for (let i = 0; i < WEEKS_AHEAD && handIn(week, rule, next).at < now; i++) week = addDays(week, 7);
  for (let i = 0; i < WEEKS_BACK && handIn(addDays(week, -7), rule, next).at >= now; i++) week = addDays(week, -7);
  return periodOfWeek(week, rule, next);
}
