import { Injectable } from '@nestjs/common';
import { DEADLINE_SOURCES, PolicyService } from '@yinfeng/directory';
import { Clock, Database, newId, systemActor } from '@yinfeng/platform';
import { SET_BASED } from './idle.sql.js';
import { DROP_UNWANTED, MAKE_TIMES, MAKE_WANTED, MOVE_PLANNED, PLAN_WANTED, SETTLE_PASSED } from './rules.sql.js';

export interface RulePlanResult {
  /** Reminders newly planned, or planned for another moment. */
  planned: number;
  /** Planned ones taken back, and open ones settled with what they spoke of. */
  dropped: number;
  /** Reminders of acts and other policies that moved with the calendar. */
  moved: number;
}

/** A zone's thousands of deadlines are one statement each time; give it minutes, not the seconds of a request. */
const PLAN_TIMEOUT_MS = 300_000;
const sources = new Set<string>(DEADLINE_SOURCES);

/**
 * What is due, told by the zone's rules (policy `reminderRules`, domain.md A1 rows 40–42): each rule's people so many
 * working days before, on and after the day. The table of deadlines is read, the records are not known here. Whatever is
 * met, moved, resting or no longer asked for takes its reminders with it; nobody hears twice a day of one deadline.
 */
@Injectable()
export class ReminderRulesService {
  private readonly policies: PolicyService;

  constructor(private readonly db: Database, private readonly clock: Clock) {
    this.policies = new PolicyService(db, clock);
  }

  /** All zones, one transaction each; safe to run twice, late or at once. */
  async plan(): Promise<RulePlanResult> {
    const total: RulePlanResult = { planned: 0, dropped: 0, moved: 0 };
    for (const { id } of await this.db.shared<{ id: string }>('select id from zone_ids() as id')) {
      const zone = await this.planZone(id);
      for (const key of Object.keys(total) as (keyof RulePlanResult)[]) total[key] += zone[key];
    }
    return total;
  }

  async planZone(zoneId: string): Promise<RulePlanResult> {
    const today = this.clock.today();
    return this.db.tx(systemActor(zoneId, newId()), async (tx) => {
      // The second of two at once waits here and then finds nothing to do.
      await tx.run(`select pg_advisory_xact_lock(hashtextextended('reminders.plan' || app_zone(), 0))`);
      await tx.run(SET_BASED);
      const { rules } = await this.policies.value(tx, 'reminderRules', today);
      await tx.run(MAKE_TIMES, [today, JSON.stringify(rules.filter((r) => r.enabled && sources.has(r.source)))]);
      await tx.run('analyze rule_time');
      await tx.run(MAKE_WANTED);
      await tx.run('analyze wanted');
      const settled = await tx.run(SETTLE_PASSED);
      const dropped = await tx.run(DROP_UNWANTED);
      const planned = await tx.run(PLAN_WANTED);
      return { planned, dropped: settled + dropped, moved: await tx.run(MOVE_PLANNED) };
    }, { cause: 'reminders.plan', statementTimeoutMs: PLAN_TIMEOUT_MS });
  }
}
