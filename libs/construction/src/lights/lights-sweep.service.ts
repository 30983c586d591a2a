import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { Clock, Database, newId, systemActor, type Tx } from '@yinfeng/platform';
import { SET_BASED, unitHeads } from '@yinfeng/reminders';
import { CLOSE_OUT, NAME_NEXT, OPEN_DUE, TELL, UNTELL } from './ladder.sql.js';
import { FIND_SCHEDULE } from './measures.sql.js';
import { FIND_STARTS } from './starts.sql.js';
import { BEGIN_TURNS, END_TURNS, FILL_HEADS, FILL_LADDER, FILL_RULES, FILL_SHOWN, FIND_ESCALATED, FIND_OVERDUE, type Scope, SET_PROJECTS, STATISTICS, TABLES, TELL_TURNS, wholeZone } from './sweep.sql.js';

export interface LightsSweepResult {
  /** Turns that began and ended, projects whose light changed, escalations opened and closed. */
  began: number;
  ended: number;
  projects: number;
  opened: number;
  closed: number;
}

const SWEEP_TIMEOUT_MS = 300_000;
/** Held by a sweep of the zone; a look at one project goes by while it is. */
const LOCK = `hashtextextended('lights.sweep' || app_zone(), 0)`;

/**
 * Works out which light each rule of the zone (policy `lights`) shows of each active project, keeps their turns, sets the
 * project's worst one, and climbs the ladder: notice, talk, supervision, each once for a streak. What is green again
 * closes what was asked because of it (domain.md A1 rows 41, 43, 66, C5).
 */
@Injectable()
export class LightsSweepService {
  private readonly policies: PolicyService;

  constructor(private readonly db: Database, private readonly clock: Clock) {
    this.policies = new PolicyService(db, clock);
  }

  /** All zones, one transaction each; safe to run twice, late or at once. */
  async sweep(): Promise<LightsSweepResult> {
    const total: LightsSweepResult = { began: 0, ended: 0, projects: 0, opened: 0, closed: 0 };
    for (const { id } of await this.db.shared<{ id: string }>('select id from zone_ids() as id')) {
      const zone = await this.sweepZone(id);
      for (const key of Object.keys(total) as (keyof LightsSweepResult)[]) total[key] += zone[key];
    }
    return total;
  }

  async sweepZone(zoneId: string): Promise<LightsSweepResult> {
    return this.db.tx(systemActor(zoneId, newId()), async (tx) => {
      await tx.run(`select pg_advisory_xact_lock(${LOCK})`);
      await tx.run(SET_BASED);
      return this.look(tx, null);
    }, { cause: 'lights.sweep', statementTimeoutMs: SWEEP_TIMEOUT_MS });
  }

  /**
   * The same for one project at once, after an act on it, in the act's transaction (the project is locked). While a sweep
   * of the zone is under way nothing is done: what it does not see yet it sees the next time.
   */
  async refresh(tx: Tx, projectId: string): Promise<void> {
    const { free } = (await tx.row<{ free: boolean }>(`select pg_try_advisory_xact_lock_shared(${LOCK}) as free`))!;
    if (free) await this.look(tx, projectId);
  }

  private async look(tx: Tx, projectId: string | null): Promise<LightsSweepResult> {
    const today = this.clock.today();
    const one: Scope = (column) => `${column} = $2`;
    const scope = projectId ? one : wholeZone;
    const only = projectId ? [projectId] : [];
    const policy = JSON.stringify(await this.policies.value(tx, 'lights', today));
    for (const statement of TABLES.split(';')) await tx.run(statement);
    await tx.run(FILL_RULES, [policy]);
    await tx.run(FILL_LADDER, [policy]);
    await tx.run(FILL_HEADS, [unitHeads]);
    await tx.run(FIND_OVERDUE(scope), [today, ...only]);
    await tx.run(FIND_STARTS(scope), [today, ...only]);
    await tx.run(FIND_ESCALATED(projectId ? (column) => `${column} = $1` : wholeZone), only);
    const { reportByDay } = await this.policies.value(tx, 'investment', today);
    await tx.run(FIND_SCHEDULE(projectId ? (column) => `${column} = $3` : wholeZone), [today, reportByDay, ...only]);
    if (!projectId) await tx.run(STATISTICS);
    await tx.run(FILL_SHOWN);
    if (!projectId) await tx.run(STATISTICS);
    await tx.run(END_TURNS(scope), [today, ...only]);
    const { ended } = (await tx.row<{ ended: number }>('select count(*)::int as ended from lit_ended'))!;
    const began = await tx.run(BEGIN_TURNS, [today]);
    await tx.run(TELL_TURNS);
    const here: Scope = projectId ? (column) => `${column} = $1` : wholeZone;
    const projects = await tx.run(SET_PROJECTS(here), only);
    const closed = await tx.rows<{ id: string }>(CLOSE_OUT(here), only);
    if (closed.length) await tx.run(UNTELL, [closed.map((e) => e.id)]);
    const opened = await tx.run(OPEN_DUE(scope), [today, ...only]);
    await tx.run(NAME_NEXT(here), only);
    await tx.run(TELL(here), only);
    return { began, ended, projects, opened, closed: closed.length };
  }
}
