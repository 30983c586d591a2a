import type { RecurringJob } from '@yinfeng/platform';

/** Every recurring job. Cron patterns are in Shanghai time. */
export const SCHEDULE: readonly RecurringJob[] = [
  { job: 'reminders.sweep', everyMs: 60_000 },
  { job: 'channels.sweep', everyMs: 10_000 },
  { job: 'pipeline.fold', everyMs: 30_000 },
  { job: 'search.index', everyMs: 5_000 },
  { job: 'audit.seal', everyMs: 60_000 },
  // Idleness counts in days: hourly is for imports and for a worker that was away at midnight.
  { job: 'idle.sweep', cron: '5 * * * *' },
  // After the idle sweep has set the lights of the hour.
  { job: 'pool.sweep', cron: '20 * * * *' },
  // Before the lights, which show what went up.
  { job: 'reminders.escalate', cron: '30 * * * *' },
  // Deadlines pass at midnight; hourly for what was done since and for imports.
  { job: 'lights.sweep', cron: '35 * * * *' },
  // After what falls due by the mere passing of time was stated; hourly for what was done since, and for the morning's reminders.
  { job: 'reminders.plan', cron: '50 * * * *' },
  // One look at a small table, unless a release has changed how names are folded.
  { job: 'names.refold', everyMs: 600_000 },
  // Before nine, when reminders come.
  { job: 'commitments.remind', cron: '35 6 * * *' },
  // What a taskforce owes is asked of the log at once; the list of what is due follows within the hour.
  { job: 'taskforces.sweep', cron: '40 * * * *' },
  { job: 'handoffs.missing', cron: '40 6 * * *' },
  // Mondays before nine; a week that begins with a holiday is told of on its first working day.
  { job: 'faults.remind', cron: '50 6 * * 1' },
  { job: 'calls.escalate', cron: '45 6 * * *' },
  // Reports fall due at whole hours; those who wait for one learn of it soon after.
  { job: 'reports.open', cron: '5 * * * *' },
  { job: 'housekeeping.daily', cron: '30 3 * * *' },
];
