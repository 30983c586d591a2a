import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { Clock, Database, newId, PERMISSIONS_OF_ROLE, REACH_OF_ROLE, ROLES, systemActor } from '@yinfeng/platform';
import { DROP_PASSED, MAKE_BEAT, MAKE_QUIET, PLAN_DIGESTS, PLAN_FOLLOW_UPS, PLAN_IDLE, PLAN_TRIAGE, SET_BASED, SET_LIGHTS, WIND_IDLE_CLOCKS, WIND_LEAD_CLOCKS, WIND_TRIAGE_CLOCKS } from './idle.sql.js';

export interface IdleSweepResult {
  /** Projects that came to the first and the second step of silence today. */
  yellow: number;
  red: number;
  /** Reminders newly planned. */
  idle: number;
  triage: number;
  followUp: number;
}

/** A zone's thousands of projects are one statement each time; give it minutes, not the seconds of a request. */
const SWEEP_TIMEOUT_MS = 300_000;
const judges = ROLES.filter((role) => PERMISSIONS_OF_ROLE[role].includes('lead.judge'));
/** Roles that head a unit, or a group that they lead: $2 and $3 of HEADS. */
export const unitHeads = judges.filter((role) => REACH_OF_ROLE[role] === 'UNIT');
export const groupHeads = judges.filter((role) => REACH_OF_ROLE[role] === 'GROUP');

/**
 * The daily look at what has gone quiet (domain.md C1, C4, C5): projects beyond their stage's limit in working days, or
 * their class's in months, show the light of the first step (usually yellow), later that of the second (usually red);
 * policy `idle` has the numbers and colours. Owner and heads are told once for each silence and step, heads of units besides by one sum a day. Leads whose clocks
 * run out are brought before those who may take them on, judge or answer; follow-up days of which nobody was told are made good. Days beyond the published calendar wait, they are never guessed.
 */
@Injectable()
export class IdleService {
  private readonly policies: PolicyService;

  constructor(private readonly db: Database, private readonly clock: Clock) {
    this.policies = new PolicyService(db, clock);
  }

  /** All zones, one transaction each; safe to run twice, late or at once. */
  async sweep(): Promise<IdleSweepResult> {
    const total: IdleSweepResult = { yellow: 0, red: 0, idle: 0, triage: 0, followUp: 0 };
    for (const { id } of await this.db.shared<{ id: string }>('select id from zone_ids() as id')) {
      const zone = await this.sweepZone(id);
      for (const key of Object.keys(total) as (keyof IdleSweepResult)[]) total[key] += zone[key];
    }
    return total;
  }

  async sweepZone(zoneId: string): Promise<IdleSweepResult> {
    const today = this.clock.today();
    return this.db.tx(systemActor(zoneId, newId()), async (tx) => {
      // Two sweeps of a zone at once would wait for each other row by row; the second waits here and then finds nothing to do.
      await tx.run(`select pg_advisory_xact_lock(hashtextextended('idle.sweep' || app_zone(), 0))`);
      await tx.run(SET_BASED);
      await tx.run(WIND_IDLE_CLOCKS);
      await tx.run(WIND_LEAD_CLOCKS);
      await tx.run(WIND_TRIAGE_CLOCKS);
      const rules = JSON.stringify(await this.policies.value(tx, 'idle', today));
      await tx.run(MAKE_BEAT, [today, rules]);
      await tx.run('analyze beat');
      await tx.run(MAKE_QUIET, [today]);
      await tx.run('analyze quiet');
      const lights = (await tx.row<{ yellow: number; red: number }>(SET_LIGHTS, [rules]))!;
      await tx.run(DROP_PASSED);
      const idle = await tx.run(PLAN_IDLE, [unitHeads, groupHeads, rules]);
      await tx.run(PLAN_DIGESTS, [today, unitHeads, [], rules]);
      const triage = await tx.run(PLAN_TRIAGE, [today, unitHeads, groupHeads]);
      const followUp = await tx.run(PLAN_FOLLOW_UPS, [today]);
      return { ...lights, idle, triage, followUp };
    }, { cause: 'idle.sweep', statementTimeoutMs: SWEEP_TIMEOUT_MS });
  }
}
