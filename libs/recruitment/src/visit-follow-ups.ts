import { type Tx } from '@yinfeng/platform';
import { RemindersService } from '@yinfeng/reminders';

/** What a visit did to the follow-up of its project, before it goes or is unbound. */
export interface VisitTrace {
  id: string;
  /** Instants at which it came to the project: what was done then was done by it. */
  acted: string[];
  next_follow_up_on: string | null;
  next_step: string | null;
}
export const TRACE = `select id, array_remove(array[created_at::text, bound_at::text], null) as acted, next_follow_up_on::text, next_step from visit where id = $1`;

interface Next { day: string | null; step: string | null }
const OF_PROJECT = `select p.owner_id, p.last_visit_id, p.next_follow_up_on::text from project p where p.id = $1`;
/** $1 project, $2 instants. The day that the reminder was about first, whatever it was put off to. */
const REOPEN = `
  update reminder r set state = case when delivered_at >= due_at then 'DELIVERED' else 'PLANNED' end, done_at = null, done_by = null, version = version + 1
  where project_id = $1 and kind = 'FOLLOW_UP' and state = 'DONE' and done_at = any($2::text[]::timestamptz[])
  returning case when starts_with(cause, 'FOLLOW_UP:' || project_id) then right(cause, 10) else due_on::text end as day, detail ->> 'nextStep' as step`;

/**
 * The visit that decided the follow-up is taken back: what it had done is open again, what it had planned is not asked
 * any more, and the project says so. Whatever was agreed since stays. Before the visit goes: `trace` and `before`.
 */
export async function visitTakenBack(tx: Tx, reminders: RemindersService, projectId: string, trace: VisitTrace, before: { last_visit_id: string | null; next_follow_up_on: string | null }): Promise<void> {
  if (before.last_visit_id !== trace.id || before.next_follow_up_on !== trace.next_follow_up_on) return;
  const reopened = await tx.rows<Next>(REOPEN, [projectId, trace.acted]);
  const latest = await tx.row<Next>('select next_follow_up_on::text as day, next_step as step from visit where project_id = $1 order by visited_on desc, id desc limit 1', [projectId]);
  const next = reopened[0] ?? latest ?? { day: null, step: null };
  if (trace.next_follow_up_on && trace.next_follow_up_on !== next.day) await reminders.cancel(tx, { projectId, kind: 'FOLLOW_UP', cause: `FOLLOW_UP:${projectId}:${trace.next_follow_up_on}` });
  await tx.run('update project set next_follow_up_on = $2, next_step = $3 where id = $1', [projectId, next.day, next.step]);
}

/** A visit that was taken back is there again: if it is the latest, it has done again what it had done, and asks again what it had planned. `actId`: the deletion. */
export async function visitReturned(tx: Tx, reminders: RemindersService, projectId: string, visitId: string, actId: string, today: string): Promise<void> {
  const project = (await tx.row<{ owner_id: string | null; last_visit_id: string | null; next_follow_up_on: string | null }>(OF_PROJECT, [projectId]))!;
  const visit = await tx.row<VisitTrace>(TRACE, [visitId]);
  if (!visit || project.last_visit_id !== visit.id) return;
  // What was agreed since stays.
  if (await tx.row(`select 1 as ok from reminder r join undo_act u on u.id = $2 and r.created_at > u.done_at where r.project_id = $1 and r.kind = 'FOLLOW_UP' and r.state in ('PLANNED', 'DELIVERED') limit 1`, [projectId, actId])) return;
  const next = visit.next_follow_up_on;
  const cause = next && `FOLLOW_UP:${projectId}:${next}`;
  await tx.run(`update reminder set state = 'DONE', done_at = $2::timestamptz, done_by = (select staff_id from visit where id = $3), version = version + 1 where project_id = $1 and kind = 'FOLLOW_UP' and state in ('PLANNED', 'DELIVERED') and cause is distinct from $4`,
    [projectId, visit.acted.at(-1), visit.id, cause]);
  await tx.run('update project set next_follow_up_on = $2, next_step = $3 where id = $1', [projectId, next, visit.next_step]);
  if (!cause) return;
  const stands = await tx.run(`update reminder set state = case when delivered_at >= due_at then 'DELIVERED' else 'PLANNED' end, version = version + 1 where project_id = $1 and cause = $2 and state = 'CANCELLED'`, [projectId, cause]);
  if (stands === 0 && next >= today && project.owner_id) await reminders.plan(tx, { kind: 'FOLLOW_UP', cause, projectId, recipientId: project.owner_id, dueOn: next, detail: { nextStep: visit.next_step } });
}
