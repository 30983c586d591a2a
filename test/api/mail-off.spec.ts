import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { postOffice } from '../jobs/channels-zone.js';
import { publishCalendar, reminderZone, type ReminderZone } from '../jobs/reminders-zone.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { type Mailbox, openMailbox } from '../support/mailbox.js';

let t: TestDatabase;
let api: TestApi;
let zone: ReminderZone;
let box: Mailbox;
let post: ReturnType<typeof postOffice>;
const lines: string[] = [];

beforeAll(async () => {
  t = await testDatabase();
  box = await openMailbox();
  const channels = { mail: { url: box.url, from: 'yinfeng@ccxq.gov.cn' }, robotOrigins: [], publicUrl: 'http://crm.ccxq.gov.cn/yinfeng/' };
  api = await testApi(t, { channels, logLevel: 'debug', logTo: { write: (line) => void lines.push(line) } });
  post = postOffice(t, () => zone, channels);
});
afterAll(async () => {
  await api.stop();
  await box.close();
  await t.stop();
});
beforeEach(async () => {
  await t.clean();
  await publishCalendar(t.owner);
  zone = await reminderZone(t.owner);
  box.mails.length = 0;
});

/** The link of a mail that a person has just got. */
async function mailed(times = 1): Promise<string> {
  if (times === 1) await post.mailFor(zone.recruiter, 'li@ccxq.gov.cn');
  post.at(`2026-10-${String(8 + times).padStart(2, '0')}T09:00:10`);
  await post.plan(zone.recruiter, { projectId: await zone.project() });
  await post.bringIn();
  post.at(`2026-10-${String(8 + times).padStart(2, '0')}T09:05:00`);
  expect(await post.sendDue()).toEqual({ sent: 1 });
  const mail = box.mails.at(-1)!;
  const [, link] = /^List-Unsubscribe: <http:\/\/crm\.ccxq\.gov\.cn\/yinfeng(\/mail-off\/[\w-]{64})>\r?$/m.exec(mail.headers)!;
  expect(mail.text).toContain(link);
  // By one click over TLS alone.
  expect(mail.headers).not.toContain('List-Unsubscribe-Post');
  return link!;
}
const state = async () => (await t.owner.query('select enabled, version from staff_channel where staff_id = $1', [zone.recruiter.staffId])).rows[0];
const look = async (path: string) => {
  const response = await api.request(null, path);
  return { status: response.status, text: await response.text(), headers: response.headers };
};
const press = async (path: string, init: RequestInit = { body: 'List-Unsubscribe=One-Click', headers: { 'content-type': 'application/x-www-form-urlencoded' } }) => (await api.request(null, path, { method: 'POST', ...init })).status;

describe('the link in a mail', () => {
  it('ends mails at the button and not by being looked at, once and on record; the inbox goes on', async () => {
    const path = await mailed();
    const { status, text, headers } = await look(path);
    expect([status, await state()]).toEqual([200, { enabled: true, version: 1 }]);
    expect(text).toContain('不再向 l…@ccxq.gov.cn 发送提醒邮件？');
    expect(text).not.toMatch(/<script|li@/);
    expect(headers.get('content-security-policy')).toContain(`default-src 'none'`);
    expect(await Promise.all([press(path), press(path)])).toEqual([200, 200]);
    expect(await state()).toEqual({ enabled: false, version: 2 });
    expect((await t.owner.query(`select actor_id, entity_id from audit_entry where entity = 'mail_off'`)).rows).toEqual([{ actor_id: zone.recruiter.staffId, entity_id: zone.recruiter.staffId }]);
    expect((await look(`${path}?lang=en`)).text).toContain('Reminders are no longer sent to l…@ccxq.gov.cn.');
    await post.plan(zone.recruiter, { projectId: await zone.project() });
    await post.bringIn();
    post.at('2026-10-09T18:00:00');
    expect(await post.sendDue()).toEqual({});
    expect((await t.owner.query(`select count(*)::int as n from reminder where state = 'DELIVERED'`)).rows).toEqual([{ n: 2 }]);
  });

  it('is taken however a mail program posts it, and is the same in each mail to an address', async () => {
    const path = await mailed();
    expect(await mailed(2)).toBe(path);
    const form = new FormData();
    form.append('List-Unsubscribe', 'One-Click');
    expect(await press(path, { body: form })).toBe(200);
    expect(await state()).toMatchObject({ enabled: false });
  });

  it('is good for its person, address and installation alone: anything else looks like a link that never was', async () => {
    const path = await mailed();
    const never = await look(`/mail-off/${'A'.repeat(64)}`);
    expect(never.status).toBe(404);
    const other = path.slice(0, -1) + (path.endsWith('A') ? 'B' : 'A');
    for (const wrong of [other, `/mail-off/${'x'.repeat(64)}`, '/mail-off/x', `${path}x`]) {
      const answer = await look(wrong);
      expect([answer.status, answer.text]).toEqual([404, never.text]);
      expect(await press(wrong)).toBe(404);
    }
    await t.owner.query(`update staff_channel set address = 'neu@ccxq.gov.cn' where staff_id = $1`, [zone.recruiter.staffId]);
    expect((await look(path)).status).toBe(404);
    await t.owner.query(`update staff_channel set address = 'li@ccxq.gov.cn' where staff_id = $1`, [zone.recruiter.staffId]);
    await t.owner.query('update staff set disabled_at = now() where id = $1', [zone.recruiter.staffId]);
    expect(await press(path)).toBe(404);
    expect(await state()).toEqual({ enabled: true, version: 1 });
  });

  it('stands in no log', async () => {
    const path = await mailed();
    await look(path);
    await press(path);
    expect(lines.join('')).not.toContain(path.slice(10));
  });
});
