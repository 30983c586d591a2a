import { Injectable } from '@nestjs/common';
import { Refusal } from '../actor/refusal.js';
import { Database } from '../database/database.js';

/** How long a year found uncovered is believed to be so; a published one stays published. */
const RECHECK_MS = 5_000;

/** Chinese working days (statutory holidays and 调休) of the published years; the counting itself is SQL's add_working_days. */
@Injectable()
export class WorkingCalendar {
  private covered = new Set<number>();
  private readAt = 0;

  constructor(private readonly db: Database) {}

  /** @throws Refusal CALENDAR_YEAR_UNCOVERED naming field, value and year when the day's year is not published. */
  async demandCovered(day: string, path: readonly string[], field: string): Promise<void> {
    const year = Number(day.slice(0, 4));
    if (!(await this.isCovered(year))) throw new Refusal('CALENDAR_YEAR_UNCOVERED', path, { field, value: day, year });
  }

  async isCovered(year: number): Promise<boolean> {
    if (!this.covered.has(year) && Date.now() - this.readAt > RECHECK_MS) {
      const rows = await this.db.shared<{ year: number }>('select year from calendar_year where published');
      this.covered = new Set(rows.map((r) => r.year));
      this.readAt = Date.now();
    }
    return this.covered.has(year);
  }
}
