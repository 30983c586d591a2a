import { Injectable } from '@nestjs/common';
import { departmentFacts, staffFacts } from '@yinfeng/directory';
import { type Actor, Database, demand, enqueue, type Facts, factsJson, idFact, newId, once, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import type { Channel } from './channel.js';

export const DELIVERY_STATES = ['WAITING', 'SENDING', 'SENT', 'DROPPED', 'DEAD', 'DOUBT'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];
export type DeliveryPurpose = 'REMINDERS' | 'CODE' | 'TEST';

export interface DeliveryFilter {
  states?: readonly DeliveryState[] | null;
  channels?: readonly Channel[] | null;
  endpointId?: string | null;
  /** The actor's own alone, also for who may see the zone's. */
  own?: boolean | null;
}
export interface DeliveryRepeat {
  idempotencyKey?: string | null;
  deliveryId: string | null;
  expectedVersion: number;
}
export interface DeliverySettle extends DeliveryRepeat {
  /** It was seen to have arrived; false takes that back. */
  arrived: boolean;
  reason: string;
}
const REASON_LONGEST = 200;

/** What can be read of a robot; alias e. Never its address or secret. */
export const endpointFacts: Facts = {
  id: idFact('ChannelEndpoint', 'e.id'), version: 'e.version', kind: 'e.kind', name: 'e.name', hint: 'e.hint', signed: '(e.secret_sealed is not null)', keyword: 'e.keyword', kinds: 'to_json(e.kinds)', enabled: 'e.enabled', createdAt: 'e.created_at',
  stillUntil: '(select p.free_at from channel_pace p where p.endpoint_id = e.id and p.free_at > app_now() + interval \'10 seconds\')',
  departments: { of: departmentFacts, sql: (json) => `coalesce((select json_agg(${json} order by d.name, d.id) from channel_endpoint_department ed join department d on d.id = ed.department_id where ed.endpoint_id = e.id), '[]')` },
};
/** What can be read of a message; alias d. What it tells is not here: the reminders are in the inbox, and administrators see no leads. */
export const deliveryFacts: Facts = {
  id: idFact('Delivery', 'd.id'), version: 'd.version', channel: 'd.channel', purpose: 'd.purpose', urgent: 'd.urgent', state: 'd.state', windowAt: 'd.window_at', nextAt: 'd.next_at', attemptCount: 'd.attempts', lastAnswer: 'd.last_answer', createdAt: 'd.created_at',
  sentAt: `case when d.state = 'SENT' then d.ended_at end`, itemCount: '(select count(*)::int from delivery_item i where i.delivery_id = d.id and not i.dropped)',
  repeatable: REPEATABLE(), settleable: `(d.state = 'DOUBT')`, settledAt: 'd.settled_at', settledReason: 'd.settled_reason', settledBy: { of: staffFacts, sql: (json) => `(select ${json} from staff s where s.id = d.settled_by)` },
  staff: { of: staffFacts, sql: (json) => `(select ${json} from staff s where s.id = d.staff_id)` },
  endpoint: { of: endpointFacts, sql: (json) => `(select ${json} from channel_endpoint e where e.id = d.endpoint_id)` },
  attempts: {
    of: { n: 'a.n', at: 'a.at', endedAt: 'a.ended_at', outcome: 'a.outcome', answer: 'a.answer' },
    sql: (json) => `coalesce((select json_agg(${json} order by a.n) from (select * from delivery_attempt a where a.delivery_id = d.id order by a.n desc limit 50) a), '[]')`,
  },
};
function REPEATABLE(): string {
  return `(d.state = 'DEAD' or d.state = 'DOUBT' and d.next_at is null)`;
}

/** The log of messages: a person's own; the zone's for whoever manages it. */
@Injectable()
export class DeliveriesService {
  constructor(private readonly db: Database) {}

  /** Newest first. */
  async page(actor: Actor, filter: DeliveryFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const where = conditions(actor, filter, params);
    if (request.keys) where.push(`(d.created_at, d.id) ${request.backward ? '>' : '<'} ($${params.push(request.keys[0])}::timestamptz, $${params.push(request.keys[1])}::uuid)`);
    const way = request.backward ? 'asc' : 'desc';
    const sql = `select ${factsJson(deliveryFacts, { id: true, ...shape })} as node, d.created_at::text as k, d.id from delivery d where ${where.join(' and ')} order by d.created_at ${way}, d.id ${way} limit $${params.push(request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async count(actor: Actor, filter: DeliveryFilter): Promise<number> {
    const params: unknown[] = [];
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from delivery d where ${conditions(actor, filter, params).join(' and ')}`, params);
    return row!.n;
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id) return null;
    const params: unknown[] = [];
    const where = conditions(actor, {}, params);
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(deliveryFacts, { id: true, ...shape })} as node from delivery d where ${where.join(' and ')} and d.id = $${params.push(id)}`, params);
    return row?.node ?? null;
  }

  /**
   * Sends again what is dead, or what may have arrived and waits for a person to decide; what was done meanwhile is left
   * out of a dead one, while a doubtful one goes as it was.
   * @throws Refusal NOT_FOUND (also for what the actor may not see), CONFLICT, DELIVERY_STATE.
   */
  async repeat(actor: Actor, input: DeliveryRepeat): Promise<{ deliveryId: string }> {
    demand(actor, 'self.read');
    return this.db.tx(actor, (tx) => once(tx, 'deliveryRepeat', input, async () => {
      const params: unknown[] = [];
      const where = conditions(actor, {}, params);
      const found = input.deliveryId ? await tx.row<{ id: string; version: number; state: DeliveryState; repeatable: boolean; doubted: boolean }>(
        `select d.id, d.version, d.state, ${REPEATABLE()} as repeatable, exists (select from delivery_attempt a where a.delivery_id = d.id and a.outcome = 'DOUBT') as doubted from delivery d where ${where.join(' and ')} and d.id = $${params.push(input.deliveryId)} for update of d`, params) : undefined;
      if (!found) throw new Refusal('NOT_FOUND');
      if (found.version !== input.expectedVersion) throw new Refusal('CONFLICT', ['expectedVersion'], { version: found.version }, found.id);
      if (!found.repeatable) throw new Refusal('DELIVERY_STATE', [], { state: found.state }, found.id);
      await tx.run(`update delivery set state = $2, failures = 0, ended_at = null, claimed_at = app_now(), next_at = app_now() + interval '2 minutes', version = version + 1 where id = $1`, [found.id, found.doubted ? 'DOUBT' : 'WAITING']);
      await tx.run(`select audit_event(app_zone(), app_staff(), 'delivery_repeat', $1::text, null)`, [found.id]);
      await enqueue(tx, 'channels.send', { zoneId: actor.zoneId, deliveryIds: [found.id] });
      return { deliveryId: found.id };
    }), { cause: 'deliveryRepeat' });
  }

  /**
   * Closes a message in doubt that somebody saw arrive: it does not go again. `arrived: false` takes that back: it is in
   * doubt again and waits for a person.
   * @throws Refusal NOT_FOUND (also for what the actor may not see), CONFLICT, DELIVERY_SETTLE_STATE, REASON_REQUIRED, TOO_LONG.
   */
  async settle(actor: Actor, input: DeliverySettle): Promise<{ deliveryId: string }> {
    demand(actor, 'self.read');
    const reason = input.reason.trim();
    if (!reason) throw new Refusal('REASON_REQUIRED', ['reason']);
    if (reason.length > REASON_LONGEST) throw new Refusal('TOO_LONG', ['reason'], { field: '原因', max: REASON_LONGEST });
    return this.db.tx(actor, (tx) => once(tx, 'deliverySettle', input, async () => {
      const params: unknown[] = [];
      const where = conditions(actor, {}, params);
      const found = input.deliveryId ? await tx.row<{ id: string; version: number; state: DeliveryState; settled: boolean }>(
        `select d.id, d.version, d.state, d.settled_at is not null as settled from delivery d where ${where.join(' and ')} and d.id = $${params.push(input.deliveryId)} for update of d`, params) : undefined;
      if (!found) throw new Refusal('NOT_FOUND');
      if (found.version !== input.expectedVersion) throw new Refusal('CONFLICT', ['expectedVersion'], { version: found.version }, found.id);
      if (input.arrived ? found.state !== 'DOUBT' : !found.settled) throw new Refusal('DELIVERY_SETTLE_STATE', [], { state: found.state }, found.id);
      await tx.run(input.arrived
        ? `update delivery set state = 'SENT', next_at = null, claimed_at = null, ended_at = app_now(), settled_at = app_now(), settled_by = app_staff(), settled_reason = $2, version = version + 1 where id = $1`
        // The reason of taking it back stands in the books.
        : `update delivery set state = 'DOUBT', ended_at = null, settled_at = null, settled_by = null, settled_reason = null, version = version + 1 where id = $1 and $2::text is not null`, [found.id, reason]);
      await tx.run(`select audit_event(app_zone(), app_staff(), $3::text, $1::text, jsonb_build_object('reason', $2::text))`, [found.id, reason, input.arrived ? 'delivery_settle' : 'delivery_unsettle']);
      return { deliveryId: found.id };
    }), { cause: 'deliverySettle' });
  }
}

/** A message of ours beside the reminders (a code, a test): on its way at once, whatever the hour. Returns its id. */
export async function sendNow(tx: Tx, message: { channel: Channel; purpose: 'CODE' | 'TEST'; staffId?: string | null; endpointId?: string | null }): Promise<string> {
  const id = newId();
  await tx.run(`insert into delivery (id, zone_id, channel, purpose, staff_id, endpoint_id, slot, urgent, claimed_at, next_at) values ($1, app_zone(), $2, $3, $4, $5, $6, true, app_now(), app_now() + interval '2 minutes')`,
    [id, message.channel, message.purpose, message.staffId ?? null, message.endpointId ?? null, `${message.purpose}:${id}`]);
  await enqueue(tx, 'channels.send', { zoneId: tx.actor.zoneId, deliveryIds: [id] });
  return id;
}

/** One's own; all of the zone's for whoever manages it. */
function conditions(actor: Actor, f: DeliveryFilter, params: unknown[]): string[] {
  const where = [actor.permissions.has('zone.manage') && !f.own ? 'true' : `d.staff_id = $${params.push(actor.staffId)}`];
  if (f.states) where.push(`d.state = any($${params.push(f.states)}::text[])`);
  if (f.channels) where.push(`d.channel = any($${params.push(f.channels)}::text[])`);
  if (f.endpointId) where.push(`d.endpoint_id = $${params.push(f.endpointId)}`);
  return where;
}
