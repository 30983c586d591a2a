import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { Clock, Database, newId, systemActor, type Tx } from '@yinfeng/platform';
import { RemindersService } from '@yinfeng/reminders';
import { CallBook, type CallPolicy } from './call-book.js';
import { levelDue, mayDo } from './call.rules.js';
import { DUE_NOW, OPEN_CALL } from './calls.sql.js';

/** Projects that are gone rest: the wall hides them. $1 today. */
const LATE = `
  select c.id, ${DUE_NOW} as due_on, service_call_age(${DUE_NOW}, $1) as late from service_call c join project p on p.id = c.project_id
  where ${OPEN_CALL} and ${DUE_NOW} < $1::date order by c.project_id, c.id`;
const UNRATED = `select c.id from service_call c join project p on p.id = c.project_id where c.state = 'RESOLVED' and shanghai_day(c.resolved_at) < $1::date order by c.project_id, c.id`;

/** The daily look at calls: what nobody answers goes up the ladder, what nobody rates is closed. */
@Injectable()
export class CallSweepService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly book: CallBook) {}

  /** For those who build it themselves (the worker). */
  static over(db: Database, clock: Clock): CallSweepService {
    return new CallSweepService(db, clock, new CallBook(clock, new PolicyService(db, clock), new RemindersService(db, clock)));
  }

  /** In every zone; safe to run twice, late or at once. Returns how many steps were taken and calls closed. */
  async sweep(): Promise<{ steps: number; closed: number }> {
    const done = { steps: 0, closed: 0 };
    for (const { id: zone } of await this.db.shared<{ id: string }>('select id from zone_ids() as id')) {
      const actor = systemActor(zone, newId());
      const options = { cause: 'calls.escalate', statementTimeoutMs: 300_000 };
      const { policy, late, unrated } = await this.db.tx(actor, async (tx) => ({
        policy: await this.book.policy(tx), late: await tx.rows<{ id: string }>(LATE, [this.clock.today()]), unrated: await tx.rows<{ id: string }>(UNRATED, [this.clock.today()]),
      }), options);
      for (const { id } of late) done.steps += await this.db.tx(actor, (tx) => this.climb(tx, policy, id), options);
      for (const { id } of unrated) done.closed += await this.db.tx(actor, (tx) => this.close(tx, policy, id), options);
    }
    return done;
  }

  /** As many steps as the call is due, each with its entry and its people. Looked at again under the lock. */
  private async climb(tx: Tx, policy: CallPolicy, callId: string): Promise<number> {
    const { call } = await this.book.lock(tx, callId);
    const now = await tx.row<{ due_on: string; late: number }>(`select ${DUE_NOW} as due_on, service_call_age(${DUE_NOW}, $2) as late from service_call c where c.id = $1 and ${OPEN_CALL} and ${DUE_NOW} < $2::date`, [callId, this.clock.today()]);
    if (!now) return 0;
    const due = levelDue(policy.escalation, now.late);
    for (let level = call.escalation_level + 1; level <= due; level++) await this.book.climb(tx, call, level, policy.escalation[level - 1]!.to, now.due_on, null);
    return Math.max(0, due - call.escalation_level);
  }

  private async close(tx: Tx, policy: CallPolicy, callId: string): Promise<number> {
    const { call } = await this.book.lock(tx, callId);
    if (!mayDo('close', call.state) || this.clock.today() <= (await this.book.waitsUntil(tx, call, policy))) return 0;
    await this.book.close(tx, call);
    return 1;
  }
}
