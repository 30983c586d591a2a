import type { JobName } from './catalogue.js';

/** A job that comes again: every so many ms, or by a cron pattern in Shanghai time. It is told nothing. */
export type RecurringJob = { job: JobName; everyMs: number } | { job: JobName; cron: string };
