import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { postgresBackend, redisBackend, type Backend, type JobQueue, type JobWorker, type Work } from './backends.js';
import { isJobName, JOB_POLICY, LANES, type Handler, type Handlers, type JobData, type JobName, type Lane } from './catalogue.js';
import type { RecurringJob } from './recurring.js';

export interface QueueOptions {
  /** Owner's URL: the outbox lies there, and without Redis the jobs too. */
  databaseUrl: string;
  redisUrl: string | null;
  /** Jobs of the quick lane that run at a time; the long lane runs one. */
  concurrency?: number;
  /** Keys in Redis start with it. */
  prefix?: string;
  /** A job's holder is taken for dead after this time without a sign of life, ms. */
  lockMs?: number;
  /** What went wrong in the background, for the log. */
  onError?: (error: Error, job?: string) => void;
}

/** A job on its way to the queue; the id makes adding it twice harmless. */
export interface QueuedJob {
  id: string;
  job: string;
  data: unknown;
}

/** A lane as its queue knows it. `failed` counts failed turns of recurring jobs too. */
export interface LaneState { lane: Lane; waiting: number; active: number; delayed: number; failed: number; oldestWaitingAt: Date | null }
/** A recurring job as the queue holds it. */
export interface ScheduledTurn { job: string; everyMs: number | null; cron: string | null; nextAt: Date | null }

/** Completed jobs stay known for a while: an id that comes again (a relay that died before its mark) is then ignored. */
const KEEP_DONE = { age: 6 * 3600, count: 100_000 };
const KEEP_FAILED = { age: 30 * 86_400, count: 100_000 };
const SCHEDULE_LOCK = 7190003;
/** Whoever looks at the queue, or takes one job out of it, is told soon that it does not answer. */
const LOOK_MS = 4_000;

/** The one place that knows BullMQ: both stores, both lanes, work and schedules. */
export class QueueRuntime {
  private readonly backend: Backend;
  private readonly queues = new Map<Lane, JobQueue>();
  private readonly workers: JobWorker[] = [];
  private readonly owner: pg.Pool;
  private scheduling: Promise<void> = Promise.resolve();
  private closing: Promise<void> | undefined;

  constructor(private readonly options: QueueOptions) {
    this.backend = options.redisUrl === null ? postgresBackend(options.databaseUrl) : redisBackend(options.redisUrl, options.prefix ?? 'yinfeng');
    this.owner = new pg.Pool({ connectionString: options.databaseUrl, max: 3, application_name: 'yinfeng-jobs' });
    this.owner.on('error', (error) => this.report(error));
  }

  /** Adds jobs in bulk; one whose id the queue knows already is left alone. */
  async add(jobs: readonly QueuedJob[]): Promise<void> {
    for (const lane of LANES) {
      const ours = jobs.filter((job) => isJobName(job.job) && JOB_POLICY[job.job].lane === lane);
      if (ours.length > 0) await (await this.ready(lane)).addBulk(ours.map(({ id, job, data }) => ({ name: job, data, opts: { ...jobOptions(job as JobName), jobId: id } })));
    }
  }

  /** Starts working. An outbox job that has been completed is not run again; one that fails for good is noted there. */
  work(handlers: Handlers): void {
    for (const lane of LANES) {
      const lock = this.options.lockMs ?? 30_000;
      const worker = this.backend.worker(queueName(lane), this.runner(handlers), {
        concurrency: lane === 'quick' ? (this.options.concurrency ?? 4) : 1,
        lockDuration: lock, stalledInterval: lock, maxStalledCount: 5,
      });
      worker.on('error', (error) => this.report(error));
      worker.on('failed', (job, error) => {
        this.report(error, job?.name);
        const attempts = job?.opts.attempts ?? 1;
        if (job?.id !== undefined && job.attemptsMade >= attempts) void this.conclude(job.id, error.message || error.name).catch((e: Error) => this.report(e));
      });
      this.workers.push(worker);
    }
  }

  /**
   * Makes the queue's recurring jobs those of the list, no more and no less. Any number of processes may do so at once:
   * BullMQ's own registration is not safe for that on PostgreSQL, so it happens under an advisory lock and only for
   * what differs. Also brings back what a wiped queue has lost.
   */
  schedule(jobs: readonly RecurringJob[]): Promise<void> {
    const turn = this.scheduling.catch(() => undefined).then(() => this.scheduleNow(jobs));
    this.scheduling = turn;
    return turn;
  }

  private async scheduleNow(jobs: readonly RecurringJob[]): Promise<void> {
    const client = await this.owner.connect();
    try {
      await client.query('select pg_advisory_lock($1)', [SCHEDULE_LOCK]);
      for (const lane of LANES) {
        const queue = await this.ready(lane);
        const known = new Map((await queue.getJobSchedulers(0, -1, true)).map((s) => [s.key, s]));
        const wanted = jobs.filter((entry) => JOB_POLICY[entry.job].lane === lane);
        for (const entry of wanted) {
          const had = known.get(entry.job);
          known.delete(entry.job);
          const same = had !== undefined && ('everyMs' in entry ? Number(had.every) === entry.everyMs : had.pattern === entry.cron && had.tz === 'Asia/Shanghai');
          if (same) continue;
          // A changed interval would first wait for the next turn of the old one (BullMQ 6.7 on PostgreSQL): it begins anew.
          if (had !== undefined) await queue.removeJobScheduler(entry.job);
          const repeat = 'everyMs' in entry ? { every: entry.everyMs } : { pattern: entry.cron, tz: 'Asia/Shanghai' };
          await queue.upsertJobScheduler(entry.job, repeat, { name: entry.job, data: {}, opts: { ...jobOptions(entry.job), removeOnComplete: { count: 20 }, removeOnFail: { count: 200 } } });
        }
        for (const key of known.keys()) await queue.removeJobScheduler(key);
      }
    } finally {
      await client.query('select pg_advisory_unlock($1)', [SCHEDULE_LOCK]).catch(() => undefined);
      client.release();
    }
  }

  /** Jobs by state, for metrics and tests. */
  async counts(lane: Lane): Promise<Record<string, number>> {
    return (await this.ready(lane)).getJobCounts('waiting', 'active', 'delayed', 'completed', 'failed', 'prioritized');
  }

  /** Names of the recurring jobs that the queue holds. */
  async scheduled(): Promise<string[]> {
    const all = await Promise.all(LANES.map(async (lane) => (await this.ready(lane)).getJobSchedulers(0, -1, true)));
    return all.flat().map((s) => s.key).sort();
  }

  /** What the job board shows of the queue. Rejects within seconds when its store does not answer. */
  survey(): Promise<{ lanes: LaneState[]; turns: ScheduledTurn[] }> {
    return soon(Promise.all(LANES.map(async (lane) => {
      const queue = await this.ready(lane);
      const [counts, [oldest], turns] = await Promise.all([queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed'), queue.getJobs(['waiting'], 0, 0, true), queue.getJobSchedulers(0, -1, true)]);
      const n = (state: string) => counts[state] ?? 0;
      return {
        state: { lane, waiting: n('waiting') + n('prioritized'), active: n('active'), delayed: n('delayed'), failed: n('failed'), oldestWaitingAt: oldest ? waitingSince(oldest) : null },
        turns: turns.map((t): ScheduledTurn => ({ job: t.key, everyMs: t.every == null ? null : Number(t.every), cron: t.pattern ?? null, nextAt: t.next == null ? null : new Date(Number(t.next)) })),
      };
    }))).then((all) => ({ lanes: all.map((l) => l.state), turns: all.flatMap((l) => l.turns) }));
  }

  /** Takes a failed job out of the queue, so that its id may be handed over anew; one that it does not know, or that has not failed, is left alone. */
  forget(id: string): Promise<void> {
    return soon((async () => {
      for (const lane of LANES) {
        const job = await (await this.ready(lane)).getJob(id);
        if (job !== undefined && (await job.isFailed())) await job.remove();
      }
    })());
  }

  /** Where jobs live. */
  get store(): 'postgres' | 'redis' {
    return this.backend.kind;
  }

  /** Rejects when the queue's store does not answer. */
  ping(): Promise<void> {
    return this.backend.ping();
  }

  /** Removes every job and schedule of this installation's queue. For tests and for operators who know why. */
  async wipe(): Promise<void> {
    for (const lane of LANES) await (await this.ready(lane)).obliterate({ force: true });
  }

  /** Lets running jobs end, up to the patience; what is cut off is taken up again by another worker. */
  close(patienceMs = 20_000): Promise<void> {
    return (this.closing ??= this.closeNow(patienceMs));
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  private async closeNow(patienceMs: number): Promise<void> {
    await Promise.all(this.workers.map(async (worker) => {
      const closed = worker.close();
      const late = Symbol('late');
      if ((await Promise.race([closed, pause(patienceMs, late, { ref: false })])) === late) await worker.close(true);
    }));
    await this.scheduling.catch(() => undefined);
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
    await this.backend.close();
    await this.owner.end();
  }

  /** The lane's queue, made once its store answers: BullMQ speaks to it at once. */
  private async ready(lane: Lane): Promise<JobQueue> {
    await this.backend.ready();
    let queue = this.queues.get(lane);
    if (queue === undefined) {
      queue = this.backend.queue(queueName(lane));
      queue.on('error', (error) => this.report(error));
      this.queues.set(lane, queue);
    }
    return queue;
  }

  private runner(handlers: Handlers): Work {
    return async (job) => {
      if (!isJobName(job.name)) throw new Error(`No job is called ${job.name}: a newer release wrote it. Update this worker.`);
      const id = job.id ?? '';
      if (await this.isClosed(id)) return;
      const handler = handlers[job.name] as Handler<JobName>;
      const began = performance.now();
      try {
        await handler(job.data as JobData[JobName], { id, attempt: job.attemptsMade + 1 });
      } catch (error) {
        await this.noteRun(job.name, began, error instanceof Error ? error.message || error.name : String(error));
        throw error;
      }
      await this.noteRun(job.name, began, null);
      await this.conclude(id, null);
    };
  }

  /** For the job board and the figures; a job does not fail for want of it. */
  private async noteRun(job: string, began: number, failure: string | null): Promise<void> {
    await this.owner.query({ name: 'job_run', text: NOTE_RUN, values: [job, (performance.now() - began) / 1000, failure?.slice(0, 500) ?? null] }).catch((error: Error) => this.report(error));
  }

  private async isClosed(id: string): Promise<boolean> {
    if (!fromOutbox(id)) return false;
    const { rows } = await this.owner.query<{ closed: boolean }>({ name: 'job_closed', text: 'select completed_at is not null as closed from outbox where id = $1', values: [id] });
    return rows[0]?.closed ?? false;
  }

  private async conclude(id: string, failure: string | null): Promise<void> {
    if (!fromOutbox(id)) return;
    await this.owner.query({ name: 'job_close', text: 'update outbox set completed_at = clock_timestamp(), failure = $2 where id = $1', values: [id, failure] });
  }

  private report(error: Error, job?: string): void {
    this.options.onError?.(error, job);
  }
}

const NOTE_RUN = `
  insert into job_run as r (job, runs, failures, seconds, last_at, last_seconds, last_ok_at, last_error, last_error_at)
  values ($1, 1, case when $3::text is null then 0 else 1 end, $2, statement_timestamp(), $2, case when $3::text is null then statement_timestamp() end, $3, case when $3::text is not null then statement_timestamp() end)
  on conflict (job) do update set runs = r.runs + 1, failures = r.failures + excluded.failures, seconds = r.seconds + excluded.seconds, last_at = excluded.last_at, last_seconds = excluded.last_seconds,
    last_ok_at = coalesce(excluded.last_ok_at, r.last_ok_at), last_error = coalesce(excluded.last_error, r.last_error), last_error_at = coalesce(excluded.last_error_at, r.last_error_at)`;

/** A job that was put off waits since its time came, not since it was written. */
function waitingSince(job: { timestamp: number; processedOn?: number; opts: { delay?: number } }): Date {
  return new Date(Math.max(job.timestamp + (job.opts.delay ?? 0), job.processedOn ?? 0));
}

/** @throws Error when the work has no end within LOOK_MS; it goes on unheard. */
async function soon<T>(work: Promise<T>): Promise<T> {
  const end = new AbortController();
  try {
    return await Promise.race([work, pause(LOOK_MS, undefined, { signal: end.signal, ref: false }).then(() => Promise.reject(new Error('the queue does not answer')))]);
  } finally {
    work.catch(() => undefined);
    end.abort();
  }
}

function jobOptions(job: JobName) {
  const { attempts, backoffMs } = JOB_POLICY[job];
  return { attempts, ...(attempts > 1 ? { backoff: { type: 'exponential', delay: backoffMs } } : {}), removeOnComplete: KEEP_DONE, removeOnFail: KEEP_FAILED };
}

const queueName = (lane: Lane) => `yinfeng-${lane}`;
/** Recurring jobs bear ids of the queue's making. */
const fromOutbox = (id: string) => /^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(id);
