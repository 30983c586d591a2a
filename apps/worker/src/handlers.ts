import { type Clock, type FileSweep, Refusal, type Handlers, type Upkeep } from '@yinfeng/platform';
import type { ImportsService } from '@yinfeng/ledgers';
import type { CallSweepService, DutiesService, HandoffsMissingService, LightsSweepService, ReminderEscalationSweepService, ReportsSweepService } from '@yinfeng/construction';
import type { FoldingService } from '@yinfeng/pipeline';
import type { CommitmentsService, DataFaultsService, DuplicateScanService, NameFoldingService, PersonService, PoolSweepService, SearchIndex } from '@yinfeng/recruitment';
import type { DeliveryService, DueWatch, IdleService, ReminderRulesService, SendingService } from '@yinfeng/reminders';

/** What the jobs call on. */
export interface WorkerServices {
  delivery: DeliveryService;
  sending: SendingService;
  watch: Pick<DueWatch, 'hurry'>;
  idle: IdleService;
  reminderRules: ReminderRulesService;
  folding: FoldingService;
  imports: ImportsService;
  people: PersonService;
  pool: PoolSweepService;
  duplicateScans: DuplicateScanService;
  names: NameFoldingService;
  search: SearchIndex;
  commitments: CommitmentsService;
  faults: DataFaultsService;
  duties: DutiesService;
  handoffsMissing: HandoffsMissingService;
  calls: CallSweepService;
  lights: LightsSweepService;
  reports: ReportsSweepService;
  escalation: ReminderEscalationSweepService;
  upkeep: Upkeep;
  sweep: FileSweep;
  clock: Clock;
}

/** One service method for each job, safe to run twice, late or at once. A job without a handler does not compile. */
export function jobHandlers({ delivery, sending, watch, idle, reminderRules, folding, imports, pool, search, commitments, faults, handoffsMissing, duties, calls, lights, escalation, reports, upkeep, duplicateScans, names, sweep, people, clock }: WorkerServices): Handlers {
  return {
    'reminders.sweep': async () => void (await delivery.sweep()),
    'reminders.deliver': async ({ zoneId, deliveryIds }) => {
      // What is urgent has become a message, whose time has come.
      if ((await delivery.deliver(zoneId, deliveryIds)).sent > 0) watch.hurry();
    },
    'channels.sweep': async () => void (await sending.sweep()),
    'channels.send': async ({ zoneId, deliveryIds }) => void (await sending.send(zoneId, deliveryIds)),
    'pipeline.fold': async (_, { id }) => void (await folding.fold(id)),
    'audit.seal': async () => void (await upkeep.sealAudit()),
    // A refusal is kept with the import and shown there: the job itself has done its work.
    'imports.apply': ({ zoneId, importId }, { id }) => imports.resume(zoneId, importId, id).catch(unlessRefused),
    'idle.sweep': async () => void (await idle.sweep()),
    'pool.sweep': async () => void (await pool.sweep()),
    'search.index': async (_, { id }) => void (await search.catchUp(id)),
    'duplicates.scan': ({ zoneId, scanId }, { id, attempt }) => duplicateScans.resume(zoneId, scanId, id, attempt),
    'names.refold': async () => void (await names.refold()),
    'calls.escalate': async () => void (await calls.sweep()),
    'reminders.escalate': async () => void (await escalation.sweep()),
    'lights.sweep': async () => void (await lights.sweep()),
    'reports.open': async () => void (await reports.sweep()),
    'reminders.plan': async () => void (await reminderRules.plan()),
    'commitments.remind': async () => void (await commitments.remind()),
    'taskforces.sweep': async () => void (await duties.sweep()),
    'faults.remind': async () => void (await faults.remind()),
    'handoffs.missing': async () => void (await handoffsMissing.remind()),
    'housekeeping.daily': async (_, { id }) => {
      await upkeep.clear();
      await sweep.sweep(clock.now(), id);
      await people.propose(id);
    },
  };
}

function unlessRefused(error: unknown): void {
  if (!(error instanceof Refusal)) throw error;
}
