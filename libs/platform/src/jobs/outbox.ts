import type { Tx } from '../database/database.js';
import { newId } from '../database/id.js';
import type { JobData, JobName } from './catalogue.js';

/**
 * Writes a job beside its cause, in the caller's transaction: it runs after the commit, and never when there is none.
 * With `runAt` (an instant) not before that. Returns the job's id.
 */
export async function enqueue<Name extends JobName>(tx: Tx, job: Name, data: JobData[Name], options: { runAt?: Date } = {}): Promise<string> {
  const id = newId();
  await tx.run('insert into outbox (id, job, data, run_at) values ($1, $2, $3, $4)', [id, job, JSON.stringify(data), options.runAt ?? null], 'outbox_enqueue');
  return id;
}
