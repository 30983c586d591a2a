import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { WorkingDays } from './working-days.rules.js';

/** How long what was read is believed: a year that an administrator publishes counts everywhere after this. */
const BELIEVED_MS = 5_000;

/**
 * Chinese working days of the published years, read from the database and kept for a few seconds. Where a due day is
 * written, SQL's working_due counts in the same transaction; this is for rules in the program.
 */
@Injectable()
export class WorkingCalendar {
  private known: Promise<WorkingDays> | null = null;
  private readAt = 0;

  constructor(private readonly db: Database) {}

  async isCovered(year: number): Promise<boolean> {
    return (await this.days()).isCovered(year);
  }

  /** Whether people work on this Shanghai day; null in an unpublished year. */
  async isWorkingDay(day: string): Promise<boolean | null> {
    return (await this.days()).isWorkingDay(day);
  }

  /** The n-th working day (n ≥ 0) after a day, see WorkingDays.add; null beyond the published years. */
  async addWorkingDays(day: string, n: number): Promise<string | null> {
    return (await this.days()).add(day, n);
  }

  /** Working days after the one day up to and including the other; null when an unpublished year lies between. */
  async workingDaysBetween(from: string, to: string): Promise<number | null> {
    return (await this.days()).between(from, to);
  }

  /** Reads anew at the next question: after an import in this process. */
  forget(): void {
    this.known = null;
  }

  private async days(): Promise<WorkingDays> {
    if (this.known === null || Date.now() - this.readAt > BELIEVED_MS) {
      this.readAt = Date.now();
      const reading = this.read();
      this.known = reading;
      // A failed reading is not remembered.
      reading.catch(() => { if (this.known === reading) this.known = null; });
    }
    return this.known;
  }

  private async read(): Promise<WorkingDays> {
    const [row] = await this.db.shared<{ years: number[]; special: { day: string; working: boolean }[] }>(
      `select (select coalesce(json_agg(year), '[]') from calendar_year where published) as years, (select coalesce(json_agg(json_build_object('day', day, 'working', working)), '[]') from calendar_day) as special`, [], 'working_calendar');
    return new WorkingDays(row!);
  }
}
