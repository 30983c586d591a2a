import { PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, newId, type Role, staffActor, systemActor, type Tx } from '@yinfeng/platform';
import { RemindersService, reminderTitle, type ReminderDetail, type ReminderKind, SET_BASED, unitHeads } from '@yinfeng/reminders';
import { Injectable } from '@nestjs/common';
import { CARRY_OVER, CLOSE_ENDED, DUE_WORDS, GO_ON, MAKE_DUE, MAKE_LADDER, MAKE_OPEN, MAKE_POSTS, OPEN_DUE, STATISTICS, TELL_NAMED } from './climb.sql.js';
import { ladders, weekOf } from './escalation.rules.js';
import { WeeklyEscalationsService } from './weekly-escalations.service.js';

export interface ReminderEscalationSweepResult {
  /** Steps taken, chains that ended and that went on again, people told of the last week. */
  opened: number;
  closed: number;
  wentOn: number;
  told: number;
}

const SWEEP_TIMEOUT_MS = 300_000;
/** Heads of units and leaders of the zone, with what decides what they see. */
const HEADS = `
  select s.id, s.name, s.role, array(select m.department_id from staff_department m where m.staff_id = s.id union select s.department_id where s.department_id is not null) as department_ids,
    array(select m.department_id from staff_department m where m.staff_id = s.id and m.leads) as led_ids
  from staff s where s.role = any($1::text[]) and s.disabled_at is null and not exists (select from reminder r where r.zone_id = app_zone() and r.cause = $2 and r.recipient_id = s.id) order by s.id`;

/**
 * The hourly look at reminders that nobody acts on (domain.md A1 row 43, C5): after the working days of their rule's ladder
 * (policy \`reminderRules\`) the next person by the tree of the organisation is named, one step at a time, once for each
 * matter and step. Done, taken back or at rest, the chain ends by itself.
 */
@Injectable()
export class ReminderEscalationSweepService {
  private readonly policies: PolicyService;
  private readonly reminders: RemindersService;
  private readonly weekly: WeeklyEscalationsService;

  constructor(private readonly db: Database, private readonly clock: Clock) {
    this.policies = new PolicyService(db, clock);
    this.reminders = new RemindersService(db, clock);
    this.weekly = new WeeklyEscalationsService(db, clock);
  }

  /** All zones, one transaction each; safe to run twice, late or at once. */
  async sweep(): Promise<ReminderEscalationSweepResult> {
    const total: ReminderEscalationSweepResult = { opened: 0, closed: 0, wentOn: 0, told: 0 };
    for (const { id } of await this.db.shared<{ id: string }>('select id from zone_ids() as id')) {
      const zone = await this.sweepZone(id);
      for (const key of Object.keys(total) as (keyof ReminderEscalationSweepResult)[]) total[key] += zone[key];
    }
    return total;
  }

  async sweepZone(zoneId: string): Promise<ReminderEscalationSweepResult> {
    const today = this.clock.today();
    const system = systemActor(zoneId, newId());
    return this.db.tx(system, async (tx) => {
      // Two sweeps of a zone at once: the second waits here and then finds nothing to do.
      await tx.run(`select pg_advisory_xact_lock(hashtextextended('reminders.escalate' || app_zone(), 0))`);
      await tx.run(SET_BASED);
      const policy = await this.policies.value(tx, 'reminderEscalation', today);
      const own = JSON.stringify(policy);
      await tx.run(MAKE_LADDER, [JSON.stringify(ladders(await this.policies.value(tx, 'reminderRules', today)))]);
      await tx.run(STATISTICS.ladder);
      await tx.run(MAKE_POSTS, [unitHeads]);
      await tx.run(STATISTICS.posts);
      const closed = await tx.run(CLOSE_ENDED);
      const wentOn = await tx.run(GO_ON);
      await tx.run(MAKE_OPEN, [own]);
      await tx.run(STATISTICS.open);
      await tx.run(CARRY_OVER);
      await tx.run(MAKE_DUE, [today, own]);
      await tx.run(STATISTICS.due);
      const words = await tx.rows<{ id: string; kind: ReminderKind; detail: ReminderDetail; due_on: string; project: string | null }>(DUE_WORDS);
      const opened = words.length === 0 ? 0 : await tx.run(OPEN_DUE, [today, words.map((w) => w.id), words.map((w) => reminderTitle({ kind: w.kind, detail: w.detail, project: w.project, dueOn: w.due_on }, 'zh'))]);
      await tx.run(TELL_NAMED, [today, own]);
      return { opened, closed, wentOn, told: policy.weeklyDigest ? await this.tellWeek(tx, today) : 0 };
    }, { cause: 'reminders.escalate', statementTimeoutMs: SWEEP_TIMEOUT_MS });
  }

  /** Heads and leaders are told once a week, at nine of its first working day, how much of what they see went up in the last one. */
  private async tellWeek(tx: Tx, today: string): Promise<number> {
    const { from: monday } = weekOf(today);
    const last = weekOf(new Date(Date.parse(monday) - 86_400_000).toISOString().slice(0, 10));
    const cause = `ESCALATION_WEEK:${monday}`;
    let told = 0;
    for (const head of await tx.rows<{ id: string; name: string; role: Role; department_ids: string[]; led_ids: string[] }>(HEADS, [[...unitHeads, 'LEADER'], cause])) {
      const actor: Actor = staffActor({ via: 'token', zoneId: tx.actor.zoneId, staffId: head.id, name: head.name, role: head.role, departmentIds: head.department_ids, ledDepartmentIds: head.led_ids, locale: 'zh', requestId: tx.actor.requestId });
      const { count, open } = await this.weekly.total(tx, actor, last.from);
      if (count === 0) continue;
      // The newest sum takes the place of those before it.
      await tx.run(`update reminder r set state = 'CANCELLED', version = r.version + 1 where r.recipient_id = $1 and r.kind = 'ESCALATION' and starts_with(r.cause, 'ESCALATION_WEEK:') and r.state in ('PLANNED', 'DELIVERED')`, [head.id]);
      told += await this.reminders.planForAll(tx, { kind: 'ESCALATION', cause, projectId: null, dueOn: monday, detail: { act: 'WEEK', count, open, from: last.from, to: last.to } }, [head.id]);
    }
    return told;
  }
}
