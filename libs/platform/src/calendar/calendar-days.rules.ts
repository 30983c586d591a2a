import { Refusal, Refusals } from '../actor/refusal.js';
import { isCalendarDay } from './date-text.rules.js';

/** A day of the working calendar that differs from Monday-to-Friday: a statutory holiday or a make-up working day (调休). */
export interface SpecialDay {
  /** Shanghai day, YYYY-MM-DD. */
  day: string;
  working: boolean;
  /** What for, e.g. 春节. */
  name: string;
}

export const FIRST_YEAR = 2000;
export const LAST_YEAR = 2100;

/**
 * The special days of a year as they may be published, in order of time: each exists, lies in the year, is named and
 * comes once; a year without any is no arrangement of the State Council.
 * @throws Refusals INVALID (year), REQUIRED (days), CALENDAR_DAY naming entry, day and what is expected.
 */
export function checkedCalendar(year: number, days: readonly SpecialDay[]): SpecialDay[] {
  if (!Number.isInteger(year) || year < FIRST_YEAR || year > LAST_YEAR) throw new Refusal('INVALID', ['year'], { field: 'year', value: year, expected: `${FIRST_YEAR}–${LAST_YEAR}` });
  if (days.length === 0) throw new Refusal('REQUIRED', ['days'], { field: 'days' });
  const wrong: Refusal[] = [];
  const seen = new Set<string>();
  const checked = days.map(({ day, working, name }, i) => {
    const refuse = (field: string, expected: string) => wrong.push(new Refusal('CALENDAR_DAY', ['days', String(i), field], { year, position: i + 1, day: String(day).slice(0, 40), expected }));
    if (!isDay(day)) refuse('day', '应为存在的日期 YYYY-MM-DD / an existing day as YYYY-MM-DD');
    else if (!day.startsWith(`${year}-`)) refuse('day', `应在 ${year} 年内 / a day of ${year}`);
    else if (seen.has(day)) refuse('day', '同一天只能出现一次 / each day once');
    seen.add(day);
    if (typeof working !== 'boolean') refuse('working', 'true（上班）或 false（放假）/ true (worked) or false (off)');
    const words = typeof name === 'string' ? name.trim() : '';
    if (words === '' || words.length > 50) refuse('name', '须有名称，最多 50 字 / a name of at most 50 characters');
    return { day, working, name: words };
  });
  if (wrong.length > 0) throw new Refusals(wrong);
  return checked.sort((a, b) => (a.day < b.day ? -1 : 1));
}

function isDay(day: unknown): day is string {
  const parts = typeof day === 'string' ? /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) : null;
  return parts !== null && isCalendarDay(Number(parts[1]), Number(parts[2]), Number(parts[3]));
}
