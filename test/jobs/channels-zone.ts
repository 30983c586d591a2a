import { type Actor, type ChannelOptions } from '@yinfeng/platform';
import { projectVisibility } from '@yinfeng/recruitment';
import { DeliveryService, type ReminderPlan, RemindersService, Routing, SendingService } from '@yinfeng/reminders';
import type { TestDatabase } from '../support/database.js';
import type { ReminderZone } from './reminders-zone.js';

/** The worker's part in telling people, run by hand: time stands where the test pins it. */
export function postOffice(t: TestDatabase, zone: () => ReminderZone, options: ChannelOptions, patienceMs = 2_000) {
  const routing = new Routing(t.db, t.clock, options);
  const inbox = new DeliveryService(t.db, routing);
  const reminders = new RemindersService(t.db, t.clock);
  const office = () => new SendingService(t.db, t.clock, options, projectVisibility, patienceMs);
  const sending = office();
  const rows = async <Row = any>(sql: string, params: unknown[] = []): Promise<Row[]> => (await t.owner.query(sql, params)).rows as Row[];
  let serial = 0;
  return {
    inbox, sending, office, reminders, rows,
    at: (instant: string) => t.clock.pin(new Date(`${instant}+08:00`)),
    plan: (to: Actor, values: Partial<ReminderPlan> & { projectId: string }) =>
      t.db.tx(zone().recruiter, (tx) => reminders.plan(tx, { kind: 'FOLLOW_UP', cause: `FOLLOW_UP:${++serial}`, recipientId: to.staffId!, dueOn: '2026-10-09', ...values })),
    /** Mail on for a person, at their own address. */
    mailFor: async (who: Actor, address: string, values: { kinds?: string[]; digestTimes?: string[]; quietFrom?: string; quietTo?: string; urgentAtOnce?: boolean } = {}) =>
      void (await rows(`insert into staff_channel (staff_id, zone_id, channel, enabled, address, verified_at, kinds, digest_times, quiet_from, quiet_to, urgent_at_once) values ($1, $2, 'MAIL', true, $3, now(), $4, $5, $6, $7, $8)`,
        [who.staffId, who.zoneId, address, values.kinds ?? null, values.digestTimes ?? null, values.quietFrom ?? null, values.quietTo ?? null, values.urgentAtOnce ?? true])),
    /** What has become due comes into the inboxes, and from there on its way. */
    bringIn: async (service = inbox) => {
      await service.sweep();
      for (const job of await rows<{ data: { zoneId: string; deliveryIds: string[] } }>(`delete from outbox where job = 'reminders.deliver' returning data`)) await service.deliver(job.data.zoneId, job.data.deliveryIds);
    },
    /** One look of the sweep, and the jobs that it wrote. */
    sendDue: async (service = sending) => {
      await service.sweep();
      const total = { sent: 0, later: 0, dropped: 0, dead: 0, doubt: 0 };
      for (const job of await rows<{ data: { zoneId: string; deliveryIds: string[] } }>(`delete from outbox where job = 'channels.send' returning data`)) {
        const report = await service.send(job.data.zoneId, job.data.deliveryIds);
        for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += report[key];
      }
      return Object.fromEntries(Object.entries(total).filter(([, n]) => n > 0));
    },
    log: () => rows<{ channel: string; state: string; slot: string; attempts: number; failures: number; next_at: Date | null; last_answer: string | null }>('select channel, state, slot, attempts, failures, next_at, last_answer from delivery order by created_at, slot, id'),
    attempts: () => rows<{ n: number; outcome: string | null; answer: string | null }>('select n, outcome, answer from delivery_attempt order by delivery_id, n'),
  };
}
