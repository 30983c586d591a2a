/** A worker that takes up any job, says so, and never ends it: queue.spec.ts kills it. Arguments: database URL, Redis URL or "", prefix. */
import { QueueRuntime, type Handlers } from '@yinfeng/platform';

const [databaseUrl, redisUrl, prefix] = process.argv.slice(2) as [string, string, string];
const never = () => new Promise<void>(() => process.send?.('working'));
const handlers: Handlers = {
  'reminders.sweep': never, 'reminders.deliver': never, 'channels.sweep': never, 'channels.send': never, 'pipeline.fold': never, 'audit.seal': never,
  'imports.apply': never, 'idle.sweep': never, 'pool.sweep': never, 'search.index': never, 'duplicates.scan': never, 'names.refold': never, 'commitments.remind': never, 'reminders.plan': never, 'lights.sweep': never, 'reports.open': never, 'faults.remind': never, 'handoffs.missing': never, 'taskforces.sweep': never, 'calls.escalate': never, 'housekeeping.daily': never,
  'reminders.escalate': never,
};
new QueueRuntime({ databaseUrl, redisUrl: redisUrl === '' ? null : redisUrl, prefix, lockMs: 300 }).work(handlers);
