import { PolicyService } from '@yinfeng/directory';
import { type ChannelOptions, Clock, Database, newId, type Tx } from '@yinfeng/platform';
import { Inject, Injectable } from '@nestjs/common';
import type { Channel } from './channel.js';
import { type Hours, leavesAt, windowOf } from './times.rules.js';

export const CHANNEL_OPTIONS = Symbol('ChannelOptions');

/** One reminder for one person's mail or one robot, with the hours that hold there. */
interface Way {
  reminder_id: string;
  cause: string;
  kind: string;
  rule: string | null;
  /** As text: an instant of JavaScript would lose its microseconds, and with them the tie to the reminder. */
  due_at: string;
  since: Date;
  channel: Channel;
  target_id: string;
  digest_times: string[] | null;
  quiet_from: string | null;
  quiet_to: string | null;
  urgent_at_once: boolean;
}
interface Message {
  channel: Channel;
  target: string;
  slot: string;
  urgent: boolean;
  window: Date | null;
  nextAt: Date;
  ways: Way[];
}

const COLUMNS = 'r.id as reminder_id, r.cause, r.kind, r.rule, r.due_at::text as due_at, greatest(r.due_at, r.created_at) as since';
/** $1 reminders that have just come into the inbox, $2 whether mail can be sent. Robots tell of whoever sits in the departments that they serve. */
const WAYS = `
  select ${COLUMNS}, c.channel, c.staff_id as target_id, c.digest_times, c.quiet_from, c.quiet_to, c.urgent_at_once
  from reminder r join staff_channel c on c.staff_id = r.recipient_id and c.enabled and (c.kinds is null or r.kind = any(c.kinds)) where r.id = any($1::uuid[]) and $2::boolean
  union all
  select ${COLUMNS}, e.kind, e.id, null, null, null, true
  from reminder r join staff s on s.id = r.recipient_id join channel_endpoint e on e.enabled and e.removed_at is null and (e.kinds is null or r.kind = any(e.kinds))
  where r.id = any($1::uuid[]) and (not exists (select from channel_endpoint_department d where d.endpoint_id = e.id)
    or exists (select from channel_endpoint_department d join department p on d.department_id = any(p.path) where d.endpoint_id = e.id and p.id = s.department_id))`;
/** One message for each place and slot, whoever comes first. In one order, so that two who do this at once wait instead of blocking each other. */
const OPEN_MESSAGES = `
  insert into delivery (id, zone_id, channel, staff_id, endpoint_id, slot, urgent, window_at, next_at)
  select x.id, app_zone(), x.channel, case when x.channel = 'MAIL' then x.target end, case when x.channel <> 'MAIL' then x.target end, x.slot, x.urgent, x.window_at, x.next_at
  from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::boolean[], $6::timestamptz[], $7::timestamptz[]) x (id, channel, target, slot, urgent, window_at, next_at)
  order by x.slot, x.target on conflict do nothing`;
const LOCK_MESSAGES = `
  select d.id, d.state, coalesce(d.endpoint_id, d.staff_id) || d.channel || d.slot as key from delivery d
  join unnest($1::text[], $2::uuid[], $3::text[]) x (channel, target, slot) on coalesce(d.endpoint_id, d.staff_id) = x.target and d.channel = x.channel and d.slot = x.slot
  order by d.slot, d.id for update of d`;
const ADD_ITEMS = `
  insert into delivery_item (delivery_id, zone_id, reminder_id, target_id, due_at)
  select x.delivery, app_zone(), x.reminder, x.target, x.due from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[]) x (delivery, reminder, target, due) on conflict do nothing`;
/** A digest that has left is followed by the next; more turns than this would be a fault of ours. */
const MOST_TURNS = 5;

/**
 * Where a reminder goes beyond the inbox, decided in the transaction that brings it there: into the digest of the window
 * for each person's mail and each robot, or at once where it is urgent. The zone's rule of the reminder may keep it in the
 * house, or make it urgent. What has left is never opened again.
 */
@Injectable()
export class Routing {
  private readonly policies: PolicyService;

  constructor(db: Database, private readonly clock: Clock, @Inject(CHANNEL_OPTIONS) private readonly options: ChannelOptions) {
    this.policies = new PolicyService(db, clock);
  }

  /** Returns how many messages these reminders went into. */
  async route(tx: Tx, reminderIds: readonly string[]): Promise<number> {
    if (reminderIds.length === 0) return 0;
    const wished = await tx.rows<Way>(WAYS, [reminderIds, this.options.mail !== null], 'delivery_ways');
    if (wished.length === 0) return 0;
    const rules = new Map((await this.policies.value(tx, 'reminderRules', this.clock.today())).rules.map((r) => [r.code, r]));
    const ruleOf = (w: Way) => rules.get(w.rule ?? w.kind);
    const ways = wished.filter((w) => ruleOf(w)?.[w.channel === 'MAIL' ? 'mail' : 'robots'] ?? true);
    const now = this.clock.now();
    const policy = await this.policies.value(tx, 'reminderChannels', this.clock.today());
    const hoursOf = (w: Way): Hours => ({ digestTimes: w.digest_times ?? policy.digestTimes, collectMinutes: policy.collectMinutes, quietFrom: w.quiet_from ?? policy.quietFrom, quietTo: w.quiet_to ?? policy.quietTo });
    let waiting = ways.map((way) => ({ way, left: undefined as Date | undefined }));
    let count = 0;
    for (let turn = 0; waiting.length > 0; turn++) {
      if (turn === MOST_TURNS) throw new Error('no digest is open');
      const messages = new Map<string, Message>();
      for (const { way, left } of waiting) {
        const urgent = way.urgent_at_once && (policy.urgentKinds.includes(way.kind) || (ruleOf(way)?.urgent ?? false));
        const window = urgent ? null : windowOf(hoursOf(way), way.since, now, left);
        const slot = urgent ? `U:${way.cause}:${way.due_at}` : `D:${window!.toISOString()}`;
        const key = way.target_id + way.channel + slot;
        const known = messages.get(key);
        if (known) known.ways.push(way);
        else messages.set(key, { channel: way.channel, target: way.target_id, slot, urgent, window, nextAt: urgent ? now : leavesAt(hoursOf(way), window!, now), ways: [way] });
      }
      const all = [...messages.values()];
      await tx.run(OPEN_MESSAGES, [all.map(() => newId()), all.map((m) => m.channel), all.map((m) => m.target), all.map((m) => m.slot), all.map((m) => m.urgent), all.map((m) => m.window), all.map((m) => m.nextAt)], 'delivery_open');
      const locked = await tx.rows<{ id: string; state: string; key: string }>(LOCK_MESSAGES, [all.map((m) => m.channel), all.map((m) => m.target), all.map((m) => m.slot)], 'delivery_lock');
      const open = locked.filter((d) => d.state === 'WAITING');
      const items = open.flatMap((d) => messages.get(d.key)!.ways.map((way) => ({ delivery: d.id, way })));
      await tx.run(ADD_ITEMS, [items.map((i) => i.delivery), items.map((i) => i.way.reminder_id), items.map((i) => i.way.target_id), items.map((i) => i.way.due_at)], 'delivery_add');
      count += open.length;
      // An urgent cause that has been told is told: the group knows. A digest that has left is followed by the next.
      waiting = locked.filter((d) => d.state !== 'WAITING').flatMap((d) => {
        const message = messages.get(d.key)!;
        return message.window ? message.ways.map((way) => ({ way, left: message.window! })) : [];
      });
    }
    return count;
  }
}
