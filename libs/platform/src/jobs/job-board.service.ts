import { Injectable } from '@nestjs/common';
import { type Actor, demand } from '../actor/actor.js';
import { Refusal } from '../actor/refusal.js';
import { Clock } from '../database/clock.js';
import { Database, type Tx } from '../database/database.js';
import { once } from '../database/idempotency.js';
import { isJobName } from './catalogue.js';
import { enqueue } from './outbox.js';
import { type LaneState, QueueRuntime } from './queue-runtime.js';
import { redacted } from './redact.rules.js';

const MOST_SHOWN = 50;
const REASON_LONGEST = 200;
/** A recurring job whose turn is this long past is late: no worker takes it. */
const LATE_MS = 60_000;

/** Figures of the whole installation, none about a person; ages in seconds, null where there is nothing. */
export interface InstallationFigures {
  outbox: { waiting: number; later: number; oldest: number | null };
  handedOver: { open: number; oldest: number | null };
  failed: number;
  runs: { job: string; runs: number; failures: number; seconds: number; lastAt: string; lastSeconds: number; lastOkAt: string | null; lastError: string | null; lastErrorAt: string | null; age: number }[];
  reminders: { due: number; late: number | null };
  claimed: { open: number; oldest: number | null };
  /** Messages that wait, are under way, in doubt or dead. */
  deliveries: { channel: string; state: string; n: number }[];
  /** Messages whose time has come. */
  overdue: { n: number; oldest: number | null };
  /** Messages that ended within the last hour. */
  lastHour: { channel: string; state: string; n: number }[];
}
export interface RecurringState {
  job: string;
  everySeconds: number | null;
  /** In Shanghai time. */
  cron: string | null;
  nextRunAt: Date | null;
  lastRunAt: Date | null;
  lastSeconds: number | null;
  lastOkAt: Date | null;
  lastError: string | null;
  lastErrorAt: Date | null;
  /** The last run failed. */
  failing: boolean;
  late: boolean;
}
export interface FailedJob {
  /** UUID of the outbox row. */
  id: string;
  job: string;
  /** Of the caller's zone or of the whole installation: the caller may take it up or lay it aside. */
  mine: boolean;
  error: string | null;
  createdAt: Date;
  failedAt: Date;
  discardedAt: Date | null;
}
export interface JobBoard {
  checkedAt: Date;
  store: 'POSTGRES' | 'REDIS';
  /** The queue answers; when it does not, lanes and recurring jobs are empty. */
  reachable: boolean;
  lanes: LaneState[];
  recurring: RecurringState[];
  failedCount: number;
  failed: FailedJob[];
  discarded: FailedJob[];
  outbox: { waiting: number; later: number; open: number; oldestSeconds: number | null };
}
export interface JobAct { idempotencyKey?: string | null; jobId: string | null }
export interface JobDiscard extends JobAct { reason: string }
export interface JobRunNow { idempotencyKey?: string | null; job: string }

/**
 * What runs in the background, for administrators: of the whole installation as counts, names and redacted errors. Acts
 * reach jobs of the caller's zone and those of no zone; of another zone's job one sees no more than that it failed.
 */
@Injectable()
export class JobBoardService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly queue: QueueRuntime) {}

  /** @throws Refusal FORBIDDEN. A queue that does not answer is told, not thrown. */
  async board(actor: Actor): Promise<JobBoard> {
    demand(actor, 'zone.manage');
    const [queue, figures, failed, discarded] = await Promise.all([this.queue.survey().catch(() => null), this.figures(), this.failures(actor, false), this.failures(actor, true)]);
    const now = Date.now();
    const runs = new Map(figures.runs.map((r) => [r.job, r]));
    const day = (text: string | null | undefined) => (text == null ? null : new Date(text));
    return {
      checkedAt: new Date(now), store: this.queue.store === 'redis' ? 'REDIS' : 'POSTGRES', reachable: queue !== null, lanes: queue?.lanes ?? [],
      recurring: (queue?.turns ?? []).map((turn) => {
        const run = runs.get(turn.job);
        return {
          job: turn.job, everySeconds: turn.everyMs === null ? null : turn.everyMs / 1000, cron: turn.cron, nextRunAt: turn.nextAt, lastRunAt: day(run?.lastAt), lastSeconds: run?.lastSeconds ?? null, lastOkAt: day(run?.lastOkAt),
          lastError: run?.lastError == null ? null : redacted(run.lastError), lastErrorAt: day(run?.lastErrorAt), failing: run?.lastErrorAt != null && run.lastErrorAt === run.lastAt,
          late: turn.nextAt !== null && turn.nextAt.getTime() < now - LATE_MS,
        };
      }).sort((a, b) => Number(b.late || b.failing) - Number(a.late || a.failing) || (a.job < b.job ? -1 : 1)),
      failedCount: figures.failed, failed, discarded,
      outbox: { waiting: figures.outbox.waiting, later: figures.outbox.later, open: figures.handedOver.open, oldestSeconds: figures.outbox.oldest },
    };
  }

  /** For /metrics and the board. Reads indexes and small tables alone. */
  async figures(): Promise<InstallationFigures> {
    const [row] = await this.db.shared<{ figures: InstallationFigures }>('select installation_figures($1) as figures', [this.clock.now()], 'installation_figures');
    return row!.figures;
  }

  /**
   * A failed job, or one laid aside, runs again from its first attempt. The queue forgets it in the same transaction in
   * which the outbox opens it: a crash between leaves it failed.
   * @throws Refusal FORBIDDEN, NOT_FOUND (also for another zone's), JOB_STATE, QUEUE_UNREACHABLE, IDEMPOTENCY_KEY_REUSED.
   */
  async retry(actor: Actor, input: JobAct): Promise<{ job: string }> {
    demand(actor, 'zone.manage');
    return this.db.tx(actor, (tx) => once(tx, 'jobRetry', input, () => this.settle(tx, input.jobId, 'RETRY', null)), { cause: 'jobRetry' });
  }

  /** Lays a failed job aside; it may still be retried for thirty days. @throws those of retry, and REQUIRED, TOO_LONG (reason). */
  async discard(actor: Actor, input: JobDiscard): Promise<{ job: string }> {
    demand(actor, 'zone.manage');
    const reason = input.reason.trim();
    if (!reason) throw new Refusal('REQUIRED', ['reason'], { field: '原因' });
    if (reason.length > REASON_LONGEST) throw new Refusal('TOO_LONG', ['reason'], { field: '原因', max: REASON_LONGEST });
    return this.db.tx(actor, (tx) => once(tx, 'jobDiscard', input, () => this.settle(tx, input.jobId, 'DISCARD', reason)), { cause: 'jobDiscard' });
  }

  /** A recurring job runs once more, now; its turns go on as before. @throws Refusal FORBIDDEN, UNKNOWN_CHOICE, QUEUE_UNREACHABLE, IDEMPOTENCY_KEY_REUSED. */
  async runNow(actor: Actor, input: JobRunNow): Promise<{ job: string }> {
    demand(actor, 'zone.manage');
    const { turns } = await this.queue.survey().catch(() => { throw new Refusal('QUEUE_UNREACHABLE', []); });
    const names = turns.map((t) => t.job).sort();
    const { job } = input;
    if (!names.includes(job) || !isJobName(job)) throw new Refusal('UNKNOWN_CHOICE', ['job'], { field: '定时任务', value: job.slice(0, 60), choices: names.join('、') });
    return this.db.tx(actor, (tx) => once(tx, 'jobRun', input, async () => {
      const id = await enqueue(tx, job, {});
      await tx.run(`select audit_event(app_zone(), app_staff(), 'job_run', $1::text, jsonb_build_object('job', $2::text))`, [id, job]);
      return { job };
    }), { cause: 'jobRun' });
  }

  private async settle(tx: Tx, id: string | null, act: 'RETRY' | 'DISCARD', reason: string | null): Promise<{ job: string }> {
    const found = id ? await tx.row<{ job: string; done: boolean }>('select job, done from job_settle($1, $2)', [id, act]) : undefined;
    if (!found) throw new Refusal('NOT_FOUND');
    if (!found.done) throw new Refusal('JOB_STATE', [], { job: found.job });
    await tx.run(`select audit_event(app_zone(), app_staff(), $1::text, $2::text, jsonb_strip_nulls(jsonb_build_object('job', $3::text, 'reason', $4::text)))`, [act === 'RETRY' ? 'job_retry' : 'job_discard', id, found.job, reason]);
    // Laid aside, it may stay in the queue's own list of failures until that answers again; taken up, it must not.
    await this.queue.forget(id!).catch(() => { if (act === 'RETRY') throw new Refusal('QUEUE_UNREACHABLE', []); });
    return { job: found.job };
  }

  private async failures(actor: Actor, aside: boolean): Promise<FailedJob[]> {
    const rows = await this.db.read<{ id: string; job: string; mine: boolean; failure: string | null; created_at: Date; failed_at: Date; discarded_at: Date | null }>(actor, 'select * from job_failures($1, $2)', [aside, MOST_SHOWN], 'job_failures');
    return rows.map((r) => ({ id: r.id, job: r.job, mine: r.mine, error: r.failure === null ? null : redacted(r.failure), createdAt: r.created_at, failedAt: r.failed_at, discardedAt: r.discarded_at }));
  }
}
