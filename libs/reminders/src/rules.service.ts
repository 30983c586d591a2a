import { Injectable } from '@nestjs/common';
import { DEADLINE_SOURCES, PolicyService, type ReminderRule, staffFacts } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, type Facts, factsJson, idFact, newId, type Shape, systemActor } from '@yinfeng/platform';
import { SET_BASED } from './idle.sql.js';
import type { ProjectWall } from './reminders.service.js';
import { DROP_UNWANTED, MAKE_TIMES, MAKE_WANTED, MOVE_PLANNED, PEOPLE_OF_PROJECT, PLAN_WANTED, SETTLE_PASSED, TIMES_OF_PROJECT } from './rules.sql.js';

export interface RulePlanResult {
  /** Reminders newly planned, or planned for another moment. */
  planned: number;
  /** Planned ones taken back, and open ones settled with what they spoke of. */
  dropped: number;
  /** Reminders of acts and other policies that moved with the calendar. */
  moved: number;
}

/** What will be told of a project; alias w of a row for each deadline, rule and day. */
const forecastFacts: Facts = {
  on: 'w.tell_on', provisional: 'w.provisional', rule: 'w.code', offset: 'w.n', source: 'w.kind', part: `nullif(w.part, '')`, title: 'mask_text(w.title)', dueOn: 'w.due_on', deadlineId: idFact('Deadline', 'w.id'),
  people: { of: staffFacts, sql: (json) => `(select json_agg(${json} order by s.name, s.id) from staff s where s.id = any(w.people))` },
};
/** A project's reminders for a year ahead are some dozens. */
const MOST_FORECAST = 200;

/** A zone's thousands of deadlines are one statement each time; give it minutes, not the seconds of a request. */
const PLAN_TIMEOUT_MS = 300_000;
const sources = new Set<string>(DEADLINE_SOURCES);
const speaking = (rules: readonly ReminderRule[]) => rules.filter((r) => r.enabled && sources.has(r.source));

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

  /** What of a project will remind whom, and when, by the rules that count today and what is due by now: a year ahead, the earliest first, 200 at most. null: not seen. */
  async forecast(actor: Actor, projectId: string | null, shape: Shape, wall: ProjectWall): Promise<object[] | null> {
    demand(actor, 'reminder.read');
    if (!projectId) return null;
    return this.db.tx(actor, async (tx) => {
      const params: unknown[] = [projectId];
      if (!(await tx.row(`select 1 as ok from project pw where pw.id = $1 and pw.gone_at is null and ${wall(actor, 'pw', params)}`, params))) return null;
      const today = this.clock.today();
      await tx.run(TIMES_OF_PROJECT, [today, JSON.stringify(speaking((await this.policies.value(tx, 'reminderRules', today)).rules)), projectId]);
      await tx.run(PEOPLE_OF_PROJECT, [projectId]);
      const rows = await tx.rows<{ node: object }>(
        `select ${factsJson(forecastFacts, shape)} as node from (select id, code, n, tell_on, due_on, provisional, kind, part, title, array_agg(staff_id) as people from wanted group by 1, 2, 3, 4, 5, 6, 7, 8, 9) w order by w.tell_on, w.due_on, w.id, w.code limit ${MOST_FORECAST}`);
      return rows.map((r) => r.node);
    }, { cause: 'reminderForecast' });
  }

  async planZone(zoneId: string): Promise<RulePlanResult> {
    const today = this.clock.today();
    return this.db.tx(systemActor(zoneId, newId()), async (tx) => {
      // The second of two at once waits here and then finds nothing to do.
      await tx.run(`select pg_advisory_xact_lock(hashtextextended('reminders.plan' || app_zone(), 0))`);
      await tx.run(SET_BASED);
      const { rules } = await this.policies.value(tx, 'reminderRules', today);
      await tx.run(MAKE_TIMES, [today, JSON.stringify(speaking(rules))]);
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
