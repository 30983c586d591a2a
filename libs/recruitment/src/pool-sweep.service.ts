import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { Clock, Database, newId, systemActor, type Tx } from '@yinfeng/platform';
import { groupHeads, heads, RemindersService, SET_BASED, unitHeads } from '@yinfeng/reminders';
import { ANNOUNCE, CLOSE_STRAY_ENTRIES, DUE, MAKE_SILENCE, OVERTAKE_ANSWERED, PROTECTIONS_NEAR, STILL_DUE, tellAnnounced, WAITING_FOR_CALENDAR, WARN_PROTECTIONS } from './pool.sql.js';
import { PoolService } from './pool.service.js';
import { lockProjects } from './projects.access.js';
import { ProtectionsService } from './protections.service.js';
import { StatusService } from './status.service.js';

export interface PoolSweepResult {
  /** Silences announced to owner and heads. */
  warned: number;
  /** Releases that now wait for a head. */
  asked: number;
  /** Projects put into the pool by the clock itself. */
  released: number;
  /** Ends of protections announced. */
  protections: number;
  /** Silent projects whose day lies in a year without a published calendar: they wait. */
  waiting: number;
}

/** Projects released or asked for in one transaction. */
const BATCH = 200;
/** A zone's thousands of projects are one statement each time; give it minutes, not the seconds of a request. */
const SWEEP_TIMEOUT_MS = 300_000;
const TELL = tellAnnounced(heads('$3', '$4'));

/**
 * The daily look at what has been silent for months (domain.md A1 rows 14 and 41, C2, C5): announced its working days
 * before, then released into the pool, or brought before a head where the zone wants approval. Nothing that was not
 * announced is released, so that a worker that was away, or a ledger of old projects, surprises nobody.
 */
@Injectable()
export class PoolSweepService {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly pool: PoolService,
    private readonly status: StatusService,
    private readonly protections: ProtectionsService,
  ) {}

  /** With what it needs, where there is no container (the worker). */
  static over(db: Database, clock: Clock): PoolSweepService {
    const policies = new PolicyService(db, clock);
    const reminders = new RemindersService(db, clock);
    const protections = new ProtectionsService(db, clock, policies);
    const pool = new PoolService(db, clock, policies, protections, reminders);
    return new PoolSweepService(db, clock, pool, new StatusService(db, clock, policies, protections, pool, reminders), protections);
  }

  /** All zones; safe to run twice, late or at once. */
  async sweep(): Promise<PoolSweepResult> {
    const total: PoolSweepResult = { warned: 0, asked: 0, released: 0, protections: 0, waiting: 0 };
    for (const { id } of await this.db.shared<{ id: string }>('select id from zone_ids() as id')) {
      const zone = await this.sweepZone(id);
      for (const key of Object.keys(total) as (keyof PoolSweepResult)[]) total[key] += zone[key];
    }
    return total;
  }

  async sweepZone(zoneId: string): Promise<PoolSweepResult> {
    const today = this.clock.today();
    const { due, ...result } = await this.inZone(zoneId, async (tx) => {
      const params = [today, JSON.stringify(await this.pool.rule(tx))];
      await tx.run(SET_BASED);
      await tx.run(MAKE_SILENCE, params);
      await tx.run('analyze silence');
      await tx.run(CLOSE_STRAY_ENTRIES);
      await tx.run(OVERTAKE_ANSWERED);
      const warned = await tx.run(ANNOUNCE, params);
      if (warned) await tx.run(TELL, [...params, unitHeads, groupHeads]);
      const { n: waiting } = (await tx.row<{ n: number }>(WAITING_FOR_CALENDAR, params))!;
      return { warned, waiting, asked: 0, released: 0, protections: await this.warnProtections(tx, today), due: await tx.rows<{ id: string }>(DUE, params) };
    });
    for (let from = 0; from < due.length; from += BATCH) {
      const done = await this.inZone(zoneId, (tx) => this.releaseDue(tx, due.slice(from, from + BATCH).map((d) => d.id)));
      result.asked += done.asked;
      result.released += done.released;
    }
    return result;
  }

  private async releaseDue(tx: Tx, ids: readonly string[]): Promise<{ asked: number; released: number }> {
    const rule = await this.pool.rule(tx);
    // In the order of their ids, as a bulk change locks them: neither waits for the other in a circle.
    const locked = await lockProjects(tx, ids);
    // Somebody may have been faster, or done something about it, while the locks were waited for.
    const still = await tx.rows<{ id: string; since: string }>(STILL_DUE, [this.clock.today(), JSON.stringify(rule), [...locked.keys()]], 'pool_still_due');
    // Side by side: what one project needs travels with what the others need instead of waiting for its answer. All have
    // ended, well or badly, before the transaction does.
    const ends = await Promise.allSettled(still.map(async ({ id, since }) => {
      const project = locked.get(id)!;
      if (rule.release === 'APPROVAL') await this.status.askRelease(tx, project, since);
      else await this.pool.release(tx, project, { how: 'AUTO', reasonCode: 'NO_PROGRESS', reason: null, words: '长期无进展', silentSince: since });
    }));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
    return rule.release === 'APPROVAL' ? { asked: still.length, released: 0 } : { asked: 0, released: still.length };
  }

  /** Owners whose protection is about to end. Beyond the published calendar nobody can count the working days: it waits. */
  private async warnProtections(tx: Tx, today: string): Promise<number> {
    const rule = await this.protections.rule(tx);
    const near = await tx.rows<{ id: string }>(PROTECTIONS_NEAR, [today, rule.months, rule.warnDaysBefore * 2 + 15]);
    if (near.length === 0) return 0;
    const ending = [...(await this.protections.standing(tx, near.map((p) => p.id)))].flatMap(([id, p]) => (p.state === 'PROTECTED' && p.until ? [{ id, until: p.until }] : []));
    return tx.run(WARN_PROTECTIONS, [today, JSON.stringify(ending), rule.warnDaysBefore]);
  }

  private inZone<T>(zoneId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.db.tx(systemActor(zoneId, newId()), async (tx) => {
      // Two sweeps of a zone at once: the second waits here and then finds nothing to do.
      await tx.run(`select pg_advisory_xact_lock(hashtextextended('pool.sweep' || app_zone(), 0))`);
      return work(tx);
    }, { cause: 'pool.sweep', statementTimeoutMs: SWEEP_TIMEOUT_MS });
  }
}
