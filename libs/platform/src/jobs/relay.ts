import pg from 'pg';
import { JOB_POLICY } from './catalogue.js';
import { Nap } from './nap.js';
import type { QueuedJob } from './queue-runtime.js';

export interface RelayOptions {
  /** Owner's URL. */
  databaseUrl: string;
  /** Pause between looks when there was nothing to do, ms. */
  pollMs?: number;
  onError?: (error: Error) => void;
}

const BATCH = 500;
/** A job of a newer release stays where it is until a worker of that release comes. */
const KNOWN = Object.keys(JOB_POLICY);
/** Handed over this long ago and not completed: offered again. The queue ignores ids that it still knows. */
const LOST_AFTER_S = 60;
const UPKEEP_EVERY_MS = 60_000;

/**
 * Carries jobs from the outbox to the queue, in bulk and with the outbox id as job id. Any number of relays may run.
 * A relay that dies between adding and marking leaves the rows unmarked; they are added again, which adds nothing.
 */
export class OutboxRelay {
  private readonly pool: pg.Pool;
  private readonly nap = new Nap();
  private stopped = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly queue: { add(jobs: readonly QueuedJob[]): Promise<void> },
    private readonly options: RelayOptions,
  ) {
    // A queue that hangs must not hold a transaction open: pipeline totals and audit wait for the oldest one.
    this.pool = new pg.Pool({ connectionString: options.databaseUrl, max: 1, application_name: 'yinfeng-relay', options: '-c idle_in_transaction_session_timeout=15000' });
    this.pool.on('error', (error) => this.options.onError?.(error));
  }

  start(): void {
    this.running = this.loop();
  }

  /** Ends after the batch in hand. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.nap.wake();
    await this.running;
    await this.pool.end();
  }

  /** Jobs were just written here: look now instead of at the next poll. */
  wake(): void {
    this.nap.wake();
  }

  /** Hands over one batch; returns how many jobs it had. */
  async pass(): Promise<number> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    const onError = (error: Error) => (broken = error);
    client.on('error', onError);
    try {
      await client.query('begin');
      const { rows } = await client.query<QueuedJob>({
        name: 'relay_claim',
        text: `select id, job, data from outbox where dispatched_at is null and job = any($1) and (run_at is null or run_at <= clock_timestamp())
               order by created_at, id limit ${BATCH} for update skip locked`,
        values: [KNOWN],
      });
      if (rows.length > 0) {
        await this.queue.add(rows);
        await client.query({ name: 'relay_mark', text: 'update outbox set dispatched_at = clock_timestamp() where id = any($1)', values: [rows.map((row) => row.id)] });
      }
      await client.query('commit');
      return rows.length;
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw broken ?? error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  /** Offers again what the queue may have lost, page by page; returns how many rows that were. */
  async refill(lostAfterS = LOST_AFTER_S): Promise<number> {
    let after = '00000000-0000-0000-0000-000000000000';
    for (let offered = 0; ;) {
      const { rows } = await this.pool.query<QueuedJob>(
        `select id, job, data from outbox where completed_at is null and dispatched_at < clock_timestamp() - make_interval(secs => $1) and id > $2 order by id limit ${BATCH}`, [lostAfterS, after]);
      if (rows.length > 0) await this.queue.add(rows);
      offered += rows.length;
      if (rows.length < BATCH) return offered;
      after = rows[rows.length - 1]!.id;
    }
  }

  /** Removes jobs completed more than a day ago; failed ones are kept for 30 days to be looked at. */
  async tidy(): Promise<number> {
    const { rowCount } = await this.pool.query(`delete from outbox where id in (select id from outbox
      where completed_at < clock_timestamp() - case when failure is null then interval '1 day' else interval '30 days' end order by completed_at limit 10000)`);
    return rowCount ?? 0;
  }

  private async loop(): Promise<void> {
    let upkeepDue = 0;
    let trouble = 0;
    while (!this.stopped) {
      try {
        if (Date.now() >= upkeepDue) {
          await this.refill();
          await this.tidy();
          upkeepDue = Date.now() + UPKEEP_EVERY_MS;
        }
        const had = await this.pass();
        trouble = 0;
        if (had === BATCH) continue;
      } catch (error) {
        trouble = Math.min(trouble + 1, 6);
        this.options.onError?.(error as Error);
      }
      if (!this.stopped) await this.nap.rest((this.options.pollMs ?? 250) * 2 ** trouble);
    }
  }
}
