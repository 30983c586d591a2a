import { type InstallationFigures, isJobName, type JobBoardService, type QueueRuntime } from '@yinfeng/platform';
import { Counter, Gauge, type Registry } from 'prom-client';

/** Prometheus asks every 15 s or so; whoever asks oftener (the page is open) costs the database nothing. */
const FRESH_MS = 10_000;

/**
 * Figures of the whole installation beside those of this process: queue, outbox, reminders, messages, runs of jobs. All
 * API processes tell the same. Labels are lanes, states, channels and names of jobs alone.
 */
export class InstallationGauges {
  private readAt = -Infinity;
  private reading: Promise<void> | undefined;
  private set: ((figures: InstallationFigures | null, queue: Survey | null) => void) | undefined;

  constructor(private readonly board: Pick<JobBoardService, 'figures'>, private readonly queue: Pick<QueueRuntime, 'survey'>, private readonly freshMs = FRESH_MS) {}

  register(registry: Registry): void {
    const registers = [registry];
    const gauge = (name: string, help: string, labelNames: string[] = []) => new Gauge({ name: `yinfeng_${name}`, help, labelNames, registers });
    const counter = (name: string, help: string) => new Counter({ name: `yinfeng_${name}`, help, labelNames: ['job'], registers });
    const databaseUp = gauge('figures_up', 'Whether the database gave the figures of the installation (1) or not (0)');
    const queueUp = gauge('queue_up', 'Whether the job queue answers (1) or not (0)');
    const jobs = gauge('jobs', 'Jobs in the queue by lane and state; failed ones include turns of recurring jobs', ['lane', 'state']);
    const oldestJob = gauge('jobs_oldest_waiting_seconds', 'Since when the oldest waiting job of a lane waits; 0: none', ['lane']);
    const overdueJob = gauge('job_overdue_seconds', 'How long the turn of a recurring job has been due', ['job']);
    const failed = gauge('jobs_failed', 'Jobs that failed for good and wait for a person');
    const outbox = gauge('outbox_waiting', 'Jobs that the relay has not handed over');
    const outboxAge = gauge('outbox_oldest_seconds', 'Since when the oldest of them waits; 0: none');
    const later = gauge('outbox_later', 'Jobs whose time has not come');
    const open = gauge('outbox_open', 'Jobs handed over and not completed');
    const openAge = gauge('outbox_open_oldest_seconds', 'Since when the oldest of them was handed over; 0: none');
    const due = gauge('reminders_due', 'Reminders whose time has come and that are in no inbox');
    const late = gauge('reminders_late_seconds', 'How late the oldest of them is; 0: none');
    const claimed = gauge('reminders_claimed', 'Reminders on their way into an inbox');
    const messages = gauge('deliveries', 'Messages by channel and state: WAITING goes by itself, DOUBT and DEAD wait for a person', ['channel', 'state']);
    const messagesLate = gauge('deliveries_overdue', 'Messages whose time has come');
    const messagesAge = gauge('deliveries_overdue_seconds', 'How late the oldest of them is; 0: none');
    const ended = gauge('deliveries_ended_hour', 'Messages that ended within the last hour by channel and state', ['channel', 'state']);
    const runs = counter('job_runs_total', 'Runs of a job that ended, in all');
    const failures = counter('job_failures_total', 'Runs of a job that failed, in all');
    const seconds = counter('job_seconds_total', 'Seconds that a job has run, in all');
    const lastAge = gauge('job_last_run_age_seconds', 'How long ago the last run of a job ended', ['job']);
    const lastSeconds = gauge('job_last_run_seconds', 'How long the last run of a job took', ['job']);
    const ofQueue = [jobs, oldestJob, overdueJob];
    const ofDatabase = [failed, outbox, outboxAge, later, open, openAge, due, late, claimed, messages, messagesLate, messagesAge, ended, lastAge, lastSeconds];

    this.set = (figures, queue) => {
      const now = Date.now();
      for (const each of [...ofQueue, ...ofDatabase, runs, failures, seconds]) each.reset();
      databaseUp.set(figures ? 1 : 0);
      queueUp.set(queue ? 1 : 0);
      for (const lane of queue?.lanes ?? []) {
        for (const state of ['waiting', 'active', 'delayed', 'failed'] as const) jobs.set({ lane: lane.lane, state }, lane[state]);
        oldestJob.set({ lane: lane.lane }, lane.oldestWaitingAt ? Math.max(0, now - lane.oldestWaitingAt.getTime()) / 1000 : 0);
      }
      for (const turn of queue?.turns ?? []) overdueJob.set({ job: named(turn.job) }, turn.nextAt ? Math.max(0, now - turn.nextAt.getTime()) / 1000 : 0);
      // What is not known is not told: a zero would say that all is well.
      if (!figures) {
        for (const each of ofDatabase) each.remove();
        return;
      }
      failed.set(figures.failed);
      outbox.set(figures.outbox.waiting);
      outboxAge.set(figures.outbox.oldest ?? 0);
      later.set(figures.outbox.later);
      open.set(figures.handedOver.open);
      openAge.set(figures.handedOver.oldest ?? 0);
      due.set(figures.reminders.due);
      late.set(figures.reminders.late ?? 0);
      claimed.set(figures.claimed.open);
      for (const d of figures.deliveries) messages.set({ channel: d.channel, state: d.state }, d.n);
      messagesLate.set(figures.overdue.n);
      messagesAge.set(figures.overdue.oldest ?? 0);
      for (const d of figures.lastHour) ended.set({ channel: d.channel, state: d.state }, d.n);
      for (const run of figures.runs) {
        const job = named(run.job);
        runs.inc({ job }, run.runs);
        failures.inc({ job }, run.failures);
        seconds.inc({ job }, run.seconds);
        lastAge.set({ job }, run.age);
        lastSeconds.set({ job }, run.lastSeconds);
      }
    };
  }

  /** Reads the figures unless they are fresh; several who ask at once share one reading. Never rejects. */
  refresh(): Promise<void> {
    if (performance.now() - this.readAt < this.freshMs) return Promise.resolve();
    return (this.reading ??= this.read().finally(() => (this.reading = undefined)));
  }

  private async read(): Promise<void> {
    const [figures, queue] = await Promise.all([this.board.figures().catch(() => null), this.queue.survey().catch(() => null)]);
    this.set?.(figures, queue);
    this.readAt = performance.now();
  }
}

type Survey = Awaited<ReturnType<QueueRuntime['survey']>>;
/** A newer release may have left a job behind that this one does not know. */
const named = (job: string) => (isJobName(job) ? job : 'other');
