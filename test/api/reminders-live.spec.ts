import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Actor } from '@yinfeng/platform';
import { DeliveryService, ReminderFeed, RemindersService } from '@yinfeng/reminders';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { publishCalendar, reminderZone, type ReminderZone } from '../jobs/reminders-zone.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let t: TestDatabase;
let api: TestApi;
let zone: ReminderZone;

beforeAll(async () => {
  t = await testDatabase();
  await publishCalendar(t.owner);
  zone = await reminderZone(t.owner);
  t.clock.pin(new Date('2026-10-09T10:00:00+08:00'));
  api = await testApi(t);
});
afterAll(async () => {
  await api.stop();
  await t.stop();
});

/** What a person's live subscription says first. */
async function firstOf(who: Actor, query: string): Promise<{ answer: Promise<any>; close: () => Promise<void> }> {
  const client = createClient({ url: `${api.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0, lazy: false, connectionParams: { authorization: `Bearer ${await api.token(who)}` }, onNonLazyError: () => undefined });
  const events = client.iterate({ query });
  const answer = events.next().then((e) => e.value);
  return { answer, close: async () => { await events.return?.(); await client.dispose(); } };
}

describe('reminderDelivered', () => {
  it('tells the recipient, live, in words, what has just come into the inbox', async () => {
    const projectId = await zone.project({ name: '光电产业园' });
    const mine = await firstOf(zone.recruiter, 'subscription { reminderDelivered { kind title state project { id } } }');
    const feed = api.running.app.get(ReminderFeed);
    // The subscription stands once the feed knows its reader.
    while (!feed.hears(zone.recruiter.staffId!)) await new Promise((resolve) => setImmediate(resolve));
    const reminders = new RemindersService(t.db, t.clock);
    const delivery = new DeliveryService(t.db);
    for (const recipientId of [zone.manager.staffId!, zone.recruiter.staffId!]) {
      await t.db.tx(zone.recruiter, (tx) => reminders.plan(tx, { kind: 'FOLLOW_UP', cause: `FOLLOW_UP:${projectId}`, projectId, recipientId, dueOn: '2026-10-09', detail: { nextStep: recipientId === zone.manager.staffId ? '不该看到' : '送选址方案' } }));
    }
    await delivery.sweep();
    const { rows } = await t.owner.query<{ data: { zoneId: string; deliveryIds: string[] } }>(`select data from outbox where job = 'reminders.deliver'`);
    for (const { data } of rows) await delivery.deliver(data.zoneId, data.deliveryIds);
    expect(await mine.answer).toEqual({ data: { reminderDelivered: { kind: 'FOLLOW_UP', state: 'DELIVERED', title: '跟进“光电产业园”：送选址方案', project: { id: `Project:${projectId}` } } } });
    await mine.close();
  });

  it('is refused to who may not read reminders', async () => {
    const auditor = await firstOf(zone.as.AUDITOR, 'subscription { reminderDelivered { id } }');
    const refused = await auditor.answer.then((a: any) => a.errors, (thrown: any) => thrown);
    expect(refused[0].extensions.code).toBe('FORBIDDEN');
    await auditor.close();
  });
});
