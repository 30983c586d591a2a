import type { Tx } from '@yinfeng/platform';
import { blank } from './merge-fields.rules.js';
import type { WholeRow } from './merge.sql.js';

/** Changes a row on the way of an act so that it can be put back: by groups of columns, or whole. */
export async function change(tx: Tx, actId: string, table: string, id: string, patch: Record<string, unknown>, groups: readonly (readonly string[])[] | null = null): Promise<void> {
  await tx.run('select undo_change($1, $2, $3, $4, $5)', [actId, table, JSON.stringify({ id }), JSON.stringify(patch), groups && JSON.stringify(groups)]);
}

/** The earliest of two milestones of a kind stays, the other is voided with the reason; both remain on record. */
export async function settleMilestones(tx: Tx, actId: string, survivorId: string, otherId: string, reason: string): Promise<void> {
  const later = await tx.rows<{ id: string }>(
    `select case when o.counting_on < s.counting_on then s.id else o.id end as id from milestone s join milestone o on o.kind = s.kind and o.project_id = $2 and o.voided_at is null
     where s.project_id = $1 and s.voided_at is null order by s.kind`, [survivorId, otherId]);
  const at = (await tx.row<{ at: string }>(`select app_now()::text as at`))!.at;
  for (const { id } of later) await change(tx, actId, 'milestone', id, { voided_at: at, void_reason: reason });
}

/** Clocks of the project that goes stop; a follow-up that the same person is told of anyway is told once. */
export async function settleReminders(tx: Tx, actId: string, survivorId: string, otherId: string): Promise<void> {
  const idle = await tx.rows<{ id: string }>(
    `select o.id from reminder o where o.project_id = $2 and o.state in ('PLANNED', 'DELIVERED') and (o.kind in ('IDLE', 'TRIAGE')
       or exists (select from reminder s where s.project_id = $1 and s.state in ('PLANNED', 'DELIVERED') and s.kind = o.kind and s.recipient_id = o.recipient_id and s.due_on = o.due_on)) order by o.id`, [survivorId, otherId]);
  for (const { id } of idle) await change(tx, actId, 'reminder', id, { state: 'CANCELLED' });
}

/** Attempts of both projects become one row of attempts in order of time. First out of the way, then (after the move) into place. */
export async function renumberHandoffs(tx: Tx, actId: string, survivorId: string, otherId: string, phase: 'ASIDE' | 'INTO_PLACE'): Promise<void> {
  const rows = await tx.rows<{ id: string; attempt: number; place: number }>(
    `select id, attempt, (row_number() over (order by submitted_at, id))::int as place from handoff where project_id in ($1, $2)`, [survivorId, otherId]);
  for (const h of rows.filter((r) => r.attempt !== r.place)) await change(tx, actId, 'handoff', h.id, { attempt: phase === 'ASIDE' ? h.attempt + 10_000 + h.place : h.place });
}

/** What is put together from both by a rule: further fields, the idle clock, the credited first report. */
export async function joined(tx: Tx, survivor: WholeRow, other: WholeRow, stage: unknown, status: unknown, today: string): Promise<Record<string, unknown>> {
  const patch: Record<string, unknown> = {};
  const mine = survivor['extra'] as Record<string, unknown>;
  const extra = { ...(other['extra'] as Record<string, unknown>), ...Object.fromEntries(Object.entries(mine).filter(([, v]) => !blank(v))) };
  if (JSON.stringify(extra) !== JSON.stringify(mine)) patch['extra'] = extra;
  const last = [survivor['last_activity_on'], other['last_activity_on']].sort().at(-1) as string;
  const clock = (await tx.row<{ due: string | null }>('select idle_due(app_zone(), $1::stage, $2::date) as due', [stage, last]))!;
  const due = status === 'ACTIVE' ? clock.due : null;
  if (last !== survivor['last_activity_on'] || due !== survivor['idle_due_on']) {
    patch['last_activity_on'] = last;
    patch['idle_due_on'] = due;
    if (due && due > today) patch['light'] = 'GREEN';
  }
  const credited = await tx.row<{ id: string }>(
    `select r.project_id as id from first_report r where r.project_id in ($1, $2) order by r.reported_at, r.number limit 1`, [survivor['first_report_of'] ?? survivor.id, other['first_report_of'] ?? other.id]);
  if (credited && credited.id !== (survivor['first_report_of'] ?? survivor.id)) patch['first_report_of'] = credited.id;
  return patch;
}
