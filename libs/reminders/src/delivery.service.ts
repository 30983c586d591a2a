import { Injectable } from '@nestjs/common';
import { Database, enqueue, newId, systemActor, type Tx } from '@yinfeng/platform';
import type { Routing } from './channels/routing.js';
import { MUTED } from './reminders.sql.js';

/** Deliveries claimed in one transaction and carried by one job (performance.md W4: ids in batches, not one by one). */
export const DELIVERY_BATCH = 500;
/** Zone of a statement that looks over all zones: matches none, so that row-level security shows nothing by mistake. */
const NO_ZONE = '00000000-0000-0000-0000-000000000000';
const START = { at: '-infinity', id: NO_ZONE };

/** What announced a day gives way to what comes nearer to it or after: one line in the inbox until the day. Those from the day on stay, for they are counted. */
const SUPERSEDE = `
  update reminder o set state = 'CANCELLED', version = o.version + 1
  from reminder r where r.id = any($1::uuid[]) and o.deadline_id = r.deadline_id and o.recipient_id = r.recipient_id and o.state = 'DELIVERED' and o.id <> r.id
    and o.detail ->> 'dueOn' = r.detail ->> 'dueOn' and (o.detail ->> 'offset')::int < least(0, (r.detail ->> 'offset')::int)`;

export interface SweepResult {
  /** Deliveries written for what has become due. */
  claimed: number;
  /** Deliveries claimed before and never sent, claimed again. */
  reclaimed: number;
}
export interface DeliveryResult {
  sent: number;
  /** Claimed, but done, cancelled, snoozed or resting meanwhile. */
  dropped: number;
}

export interface Arrival {
  reminderId: string;
  recipientId: string;
  at: Date;
}

/**
 * How a due reminder reaches its person, once. The tables are the record: the sweep claims what is due by writing a
 * delivery (unique per reminder, channel and due instant) together with the job that carries its id; delivery looks
 * again whether it still stands and marks it sent. Jobs may come twice, late, at once or never: the next sweep sees to it.
 */
@Injectable()
export class DeliveryService {
  /** Without a routing nothing goes beyond the inbox. */
  constructor(private readonly db: Database, private readonly routing: Routing | null = null) {}

  /** Claims everything due, and claims again what was claimed over a minute ago and not sent. Safe to run at once with others. */
  async sweep(): Promise<SweepResult> {
    return { reclaimed: await this.reclaim(), claimed: await this.claim() };
  }

  /** Marks deliveries of one zone as sent and their reminders as delivered, in one transaction; whatever stands no longer is dropped. */
  async deliver(zoneId: string, deliveryIds: readonly string[]): Promise<DeliveryResult> {
    return this.db.tx(systemActor(zoneId, newId()), async (tx) => {
      // Reminders are locked in one order, so that two workers with overlapping ids wait for each other instead of blocking.
      const claimed = await tx.rows<{ id: string; reminder_id: string; stands: boolean; rests: boolean; due: boolean; muted: boolean }>(
        `with off as materialized (select x ->> 'code' as code from (select value from zone_policy where zone_id = app_zone() and name = 'reminderRules' and valid_from <= shanghai_day(app_now()) order by valid_from desc limit 1) z, jsonb_array_elements(z.value -> 'rules') x where x ->> 'enabled' = 'false')
         select d.id, d.reminder_id, r.state = 'PLANNED' and r.due_at = d.due_at as stands, r.deadline_id is not null as due, ${MUTED} as muted,
           coalesce((select p.status <> 'ACTIVE' and r.detail ->> 'atRest' is null or r.kind = 'IDLE' and p.last_activity_on::text <> r.detail ->> 'lastActivityOn' from project p where p.id = r.project_id), false)
             or r.deadline_id is not null and not exists (select from deadline k where k.id = r.deadline_id and k.done_on is null and k.due_on::text = r.detail ->> 'dueOn') or coalesce(r.rule, r.kind) in (select code from off) as rests
         from reminder_delivery d join reminder r on r.id = d.reminder_id
         where d.id = any($1::uuid[]) and d.state = 'CLAIMED' order by r.id for update of r, d`, [deliveryIds], 'delivery_claimed');
      const sent = claimed.filter((c) => c.stands && !c.rests);
      const resting = claimed.filter((c) => c.stands && c.rests);
      const dropped = claimed.filter((c) => !c.stands || c.rests);
      if (sent.length) {
        await tx.run(`update reminder set state = 'DELIVERED', delivered_at = app_now() where id = any($1::uuid[])`, [sent.map((c) => c.reminder_id)], 'delivery_delivered');
        await tx.run(`update reminder_delivery set state = 'SENT', sent_at = app_now() where id = any($1::uuid[])`, [sent.map((c) => c.id)], 'delivery_sent');
        if (sent.some((c) => c.due)) await tx.run(SUPERSEDE, [sent.filter((c) => c.due).map((c) => c.reminder_id)], 'delivery_supersede');
        // What its person has silenced comes into the list and nowhere else.
        await this.routing?.route(tx, sent.filter((c) => !c.muted).map((c) => c.reminder_id));
      }
      // A project that rests asks nothing of anybody (but whether it may go on: `atRest`), nor does a silence that is over, what is met or moved, or a rule that is switched off; planning the cause anew brings the reminder back.
      if (resting.length) await tx.run(`update reminder set state = 'CANCELLED', version = version + 1 where id = any($1::uuid[])`, [resting.map((c) => c.reminder_id)]);
      if (dropped.length) await tx.run(`update reminder_delivery set state = 'DROPPED' where id = any($1::uuid[])`, [dropped.map((c) => c.id)], 'delivery_dropped');
      return { sent: sent.length, dropped: dropped.length };
    }, { cause: 'reminders.deliver' });
  }

  /**
   * What has come into the inboxes of these people since an instant, for live subscriptions: ids alone, to be read by
   * their recipients behind the wall. A hint, not a record: at most 1000, and a commit may come late, so ask with an overlap.
   */
  async deliveredSince(since: Date, recipientIds: readonly string[]): Promise<Arrival[]> {
    const rows = await this.db.shared<{ reminder_id: string; recipient_id: string; delivered_at: Date }>('select * from reminders_delivered($1, $2)', [since, recipientIds], 'reminders_delivered');
    return rows.map((r) => ({ reminderId: r.reminder_id, recipientId: r.recipient_id, at: r.delivered_at }));
  }

  private async claim(): Promise<number> {
    let total = 0;
    for (let last = START; ; ) {
      const rows = await this.overAllZones(async (tx) => {
        const claimed = await tx.rows<{ zone_id: string; delivery_id: string; at: string; reminder_id: string }>(
          'select zone_id, delivery_id, due_at::text as at, reminder_id from reminders_claim($1, $2, $3)', [DELIVERY_BATCH, last.at, last.id], 'reminders_claim');
        await enqueueByZone(tx, claimed);
        return claimed;
      });
      total += rows.length;
      if (rows.length < DELIVERY_BATCH) return total;
      // RETURNING keeps the order of the claim: the last row is where the next batch begins.
      const end = rows.at(-1)!;
      last = { at: end.at, id: end.reminder_id };
    }
  }

  private async reclaim(): Promise<number> {
    let total = 0;
    for (;;) {
      const n = await this.overAllZones(async (tx) => {
        const claimed = await tx.rows<{ zone_id: string; delivery_id: string }>('select zone_id, delivery_id from reminders_reclaim($1)', [DELIVERY_BATCH], 'reminders_reclaim');
        await enqueueByZone(tx, claimed);
        return claimed.length;
      });
      total += n;
      if (n < DELIVERY_BATCH) return total;
    }
  }

  private overAllZones<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.db.tx(systemActor(NO_ZONE, newId()), work, { cause: 'reminders.sweep' });
  }
}

async function enqueueByZone(tx: Tx, rows: readonly { zone_id: string; delivery_id: string }[]): Promise<void> {
  const byZone = new Map<string, string[]>();
  for (const r of rows) {
    const ids = byZone.get(r.zone_id);
    if (ids) ids.push(r.delivery_id);
    else byZone.set(r.zone_id, [r.delivery_id]);
  }
  for (const [zoneId, deliveryIds] of byZone) await enqueue(tx, 'reminders.deliver', { zoneId, deliveryIds });
}
