import { setImmediate as turn } from 'node:timers/promises';
import type pg from 'pg';

/**
 * Returns once everything committed so far lies below the snapshot horizon, where sealing and folding take it. The horizon
 * belongs to the whole server: a transaction of another test, begun earlier and not yet ended, holds it back.
 */
export async function belowHorizon(client: pg.Pool | pg.Client): Promise<void> {
  const { rows: [now] } = await client.query<{ id: string }>('select pg_current_xact_id()::text as id');
  for (;;) {
    const { rows: [found] } = await client.query<{ passed: boolean }>('select pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8 as passed', [now!.id]);
    if (found!.passed) return;
    await turn();
  }
}
