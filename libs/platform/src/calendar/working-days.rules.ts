/** The published working calendar as the database keeps it: the years, and only the days that differ from Monday–Friday. */
export interface PublishedDays {
  years: readonly number[];
  special: readonly { day: string; working: boolean }[];
}

/** Days since 1970-01-01 of a calendar day (YYYY-MM-DD); no time zone is involved. */
const numberOf = (day: string): number => Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) / 86_400_000;
const dayOf = (number: number): string => new Date(number * 86_400_000).toISOString().slice(0, 10);
const yearOf = (day: string): number => Number(day.slice(0, 4));
/** 1970-01-01 was a Thursday. */
const isWeekday = (number: number): boolean => (((number + 3) % 7) + 7) % 7 < 5;

/**
 * Counting in Chinese working days (statutory holidays and 调休, as the State Council publishes them year by year). All
 * answers are null where the count leaves the published years: nothing is guessed. Agrees with the SQL functions
 * add_working_days and calendar_rebuild.
 */
export class WorkingDays {
  private readonly years: ReadonlySet<number>;
  /** Every working day of the published years, in order. */
  private readonly days: number[] = [];

  constructor(published: PublishedDays) {
    this.years = new Set(published.years);
    const special = new Map(published.special.map((s) => [numberOf(s.day), s.working]));
    for (const year of [...this.years].sort((a, b) => a - b)) {
      const end = numberOf(`${year}-12-31`);
      for (let n = numberOf(`${year}-01-01`); n <= end; n++) if (special.get(n) ?? isWeekday(n)) this.days.push(n);
    }
  }

  isCovered(year: number): boolean {
    return this.years.has(year);
  }

  /** Whether people work on this Shanghai day. */
  isWorkingDay(day: string): boolean | null {
    if (!this.isCovered(yearOf(day))) return null;
    const n = numberOf(day);
    return this.days[this.countUpTo(n) - 1] === n;
  }

  /** The n-th working day after a day; n = 0 is the day itself or, on a rest day, the next working day. */
  add(day: string, n: number): string | null {
    if (!Number.isInteger(n) || n < 0) throw new RangeError(`working days are counted forward in whole days, not by ${n}`);
    const start = numberOf(day);
    const index = n === 0 ? this.countUpTo(start - 1) : this.countUpTo(start) - 1 + n;
    const found = this.days[index];
    return found !== undefined && this.isCoveredBetween(yearOf(day), yearOf(dayOf(found))) ? dayOf(found) : null;
  }

  /** How many working days lie after the one day up to and including the other; negative when the other is earlier. */
  between(from: string, to: string): number | null {
    const [low, high] = from <= to ? [from, to] : [to, from];
    if (!this.isCoveredBetween(yearOf(low), yearOf(high))) return null;
    const count = this.countUpTo(numberOf(high)) - this.countUpTo(numberOf(low));
    return from <= to ? count : -count;
  }

  private isCoveredBetween(first: number, last: number): boolean {
    for (let year = first; year <= last; year++) if (!this.years.has(year)) return false;
    return true;
  }

  /** How many of the published working days are not after a day. */
  private countUpTo(n: number): number {
    let low = 0;
    let high = this.days.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.days[middle]! <= n) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
