import 'reflect-metadata';
import { pathToFileURL } from 'node:url';
import { CallSweepService, DutiesService, HandoffsMissingService, LightsSweepService, ReminderEscalationSweepService, ReportsSweepService } from '@yinfeng/construction';
import { PolicyService } from '@yinfeng/directory';
import { ImportRuns, ImportsService } from '@yinfeng/ledgers';
import { FoldingService } from '@yinfeng/pipeline';
import { Clock, ConfigError, Database, FileStore, FileSweep, OutboxRelay, QueueRuntime, readConfig, Upkeep, type Config } from '@yinfeng/platform';
import { CommitmentsService, DataFaultsService, DuplicateScanService, DuplicatesService, NameFoldingService, PersonService, PoolSweepService, projectVisibility, SearchIndex } from '@yinfeng/recruitment';
import { DeliveryService, DueWatch, IdleService, ReminderRulesService, RemindersService, Routing, SendingService } from '@yinfeng/reminders';
import { pino } from 'pino';
import { jobHandlers } from './handlers.js';
import { SCHEDULE } from './schedule.js';

/** What startWorker needs; main reads it from the environment when started directly. */
export type WorkerOptions = Pick<Config, 'redisUrl' | 'dataDir' | 'filesS3' | 'logLevel' | 'jobConcurrency' | 'poolSize'> & Partial<Pick<Config, 'channels'>> & { databaseUrl: string; /** A clock of the caller's, who moves it. */ clock?: Clock; lockMs?: number };
export interface RunningWorker {
  /** Lets running jobs end, then leaves. */
  close(): Promise<void>;
}

/** A wiped or replaced queue gets its schedule back within this time. */
const RESCHEDULE_MS = 60_000;

/** Starts the relay, the recurring jobs and the handlers. Any number of workers may run. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const log = pino({ level: options.logLevel, base: { app: 'worker' } });
  const clock = options.clock ?? new Clock();
  const db = await new Database({ url: options.databaseUrl, poolSize: options.poolSize ?? 4, statementTimeoutMs: 120_000 }, clock).connect();
  const files = FileStore.of(options);
  const channels = options.channels ?? { mail: null, robotOrigins: [] };
  const upkeep = new Upkeep(options.databaseUrl);
  const queue = new QueueRuntime({
    databaseUrl: options.databaseUrl, redisUrl: options.redisUrl, concurrency: options.jobConcurrency, lockMs: options.lockMs,
    onError: (error, job) => log.error({ job, cause: error.stack ?? error.message }, job === undefined ? 'queue trouble' : 'job failed'),
  });
  const relay = new OutboxRelay(queue, { databaseUrl: options.databaseUrl, onError: (error) => log.error({ cause: error.message }, 'relay trouble') });

  const delivery = new DeliveryService(db, new Routing(db, clock, channels));
  const sending = new SendingService(db, clock, channels, projectVisibility);
  const watch = new DueWatch(db, { reminders: () => delivery.sweep(), messages: () => sending.sweep() }, { onJobs: () => relay.wake(), onError: (error) => log.error({ cause: error.message }, 'watch trouble') });

  queue.work(jobHandlers({
    delivery, sending, watch, idle: new IdleService(db, clock), folding: new FoldingService(db), pool: PoolSweepService.over(db, clock), search: new SearchIndex(db), upkeep, sweep: new FileSweep(db, files), clock,
    commitments: new CommitmentsService(db, clock, new PolicyService(db, clock), new RemindersService(db, clock)),
    reminderRules: new ReminderRulesService(db, clock),
    faults: new DataFaultsService(db, clock),
    duties: new DutiesService(db, clock),
    handoffsMissing: new HandoffsMissingService(db, clock),
    calls: CallSweepService.over(db, clock),
    lights: new LightsSweepService(db, clock),
    reports: new ReportsSweepService(db, clock),
    escalation: new ReminderEscalationSweepService(db, clock),
    imports: new ImportsService(db, files, new ImportRuns(db, clock, files)),
    duplicateScans: new DuplicateScanService(db, new DuplicatesService(db, new PolicyService(db, clock), clock)), names: new NameFoldingService(db), people: new PersonService(db, clock, new PolicyService(db, clock)),
  }));
  const schedule = () => queue.schedule(SCHEDULE).catch((error: Error) => log.error({ cause: error.message }, 'schedule trouble'));
  await schedule();
  const again = setInterval(() => void schedule(), RESCHEDULE_MS);
  relay.start();
  watch.start();
  log.info({ queue: options.redisUrl === null ? 'postgres' : 'redis' }, 'worker ready');

  return {
    close: async () => {
      clearInterval(again);
      await watch.stop();
      await relay.stop();
      await queue.close();
      await upkeep.close();
      await db.onApplicationShutdown();
      log.info('worker stopped');
    },
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const config = readConfig();
    if (config.databaseUrl === null) throw new ConfigError('DATABASE_URL', '', '单独启动后台任务时须给出数据库地址；npm start 自带数据库 / needed when the worker starts alone; npm start brings its own');
    const worker = await startWorker({ ...config, databaseUrl: config.databaseUrl });
    process.send?.('ready');
    let stopping: Promise<void> | undefined;
    const stop = () => void (stopping ??= worker.close().then(() => process.exit(0), () => process.exit(1)));
    process.on('SIGINT', stop).on('SIGTERM', stop);
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : error);
    process.exit(1);
  }
}
