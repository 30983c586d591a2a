import { Injectable } from '@nestjs/common';
import { type Actor, demand } from '../actor/actor.js';
import { Refusal } from '../actor/refusal.js';
import { Database } from '../database/database.js';
import { once } from '../database/idempotency.js';
import { enqueue } from '../jobs/outbox.js';
import { checkedCalendar, type SpecialDay } from './calendar-days.rules.js';
import { WorkingCalendar } from './working-calendar.js';

export interface CalendarImport {
  year: number;
  days: readonly SpecialDay[];
  /** Where the arrangement was published, e.g. 国办发明电〔2026〕7号. */
  source: string;
  idempotencyKey?: string | null;
}
/** A published year. */
export interface CalendarYear {
  year: number;
  source: string;
  importedAt: Date;
  days: SpecialDay[];
}

/** The calendar is the country's, shared by all zones of an installation; its administration is one act. */
@Injectable()
export class CalendarAdmin {
  constructor(private readonly db: Database, private readonly calendar: WorkingCalendar) {}

  /**
   * Publishes a year, or its corrected arrangement: the days given take the place of what was there, and working days are
   * counted anew. What was refused for want of the year is accepted from now on (by other processes within seconds);
   * clocks that waited for it are wound by the idle sweep, reminders that were planned by weekdays move at once.
   * @throws Refusal FORBIDDEN, REQUIRED, TOO_LONG, INVALID, CALENDAR_DAY, IDEMPOTENCY_KEY_REUSED.
   */
  async publish(actor: Actor, input: CalendarImport): Promise<{ year: number; days: number }> {
    if (actor.via !== 'system') demand(actor, 'calendar.import');
    const days = checkedCalendar(input.year, input.days);
    const source = input.source.trim();
    if (source === '') throw new Refusal('REQUIRED', ['source'], { field: 'source' });
    if (source.length > 300) throw new Refusal('TOO_LONG', ['source'], { field: 'source', max: 300 });
    const done = await this.db.tx(actor, (tx) => once(tx, 'workingCalendarImport', input, async () => {
      await tx.run('select calendar_import($1, $2, $3)', [input.year, source, JSON.stringify(days)]);
      await tx.run(`select audit_event(app_zone(), app_staff(), 'calendar_import', $1::text, jsonb_build_object('source', $2::text, 'days', $3::jsonb))`, [String(input.year), source, JSON.stringify(days)]);
      await enqueue(tx, 'reminders.plan', {});
      return { year: input.year, days: days.length };
    }), { cause: 'workingCalendarImport' });
    this.calendar.forget();
    return done;
  }

  /** A published year with its special days in order of time; null when it is not published. Everybody who is signed in may look. */
  async year(actor: Actor, year: number): Promise<CalendarYear | null> {
    demand(actor, 'self.read');
    const [row] = await this.db.read<{ year: number; source: string; imported_at: Date; days: SpecialDay[] }>(actor,
      `select y.year, y.source, y.imported_at, (select coalesce(json_agg(json_build_object('day', d.day, 'working', d.working, 'name', d.name) order by d.day), '[]')
         from calendar_day d where d.day between make_date(y.year, 1, 1) and make_date(y.year, 12, 31)) as days
       from calendar_year y where y.year = $1 and y.published`, [year], 'calendar_of_year');
    return row ? { year: row.year, source: row.source, importedAt: row.imported_at, days: row.days } : null;
  }
}
