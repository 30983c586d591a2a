import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { POLICIES } from '@yinfeng/directory';
import { newId } from '@yinfeng/platform';
import { Routing, DeliveryService } from '@yinfeng/reminders';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { type Mailbox, openMailbox } from '../support/mailbox.js';
import { postOffice } from './channels-zone.js';
import { publishCalendar, reminderZone, type ReminderZone } from './reminders-zone.js';

let t: TestDatabase;
let zone: ReminderZone;
let box: Mailbox;
let projectId: string;
let post: ReturnType<typeof postOffice>;

beforeAll(async () => {
  t = await testDatabase();
  box = await openMailbox({ user: 'yinfeng', pass: 'geheim' });
  post = postOffice(t, () => zone, { mail: { url: box.url, from: '引凤 <yinfeng@ccxq.gov.cn>' }, robotOrigins: [] });
});
afterAll(async () => {
  await box.close();
  await t.stop();
});
beforeEach(async () => {
  await t.clean();
  await publishCalendar(t.owner);
  zone = await reminderZone(t.owner);
  projectId = await zone.project({ name: '光电产业园' });
  box.mails.length = 0;
  box.manner = () => 'TAKE';
  box.refuse = () => null;
  post.at('2026-10-09T09:00:10');
});

const to = { get recruiter() { return zone.recruiter; } };
const mailOn = (values = {}) => post.mailFor(zone.recruiter, 'li@ccxq.gov.cn', values);
const policy = (value: object) => post.rows(`insert into zone_policy (zone_id, name, value) values ($1, 'reminderChannels', $2)`, [zone.id, JSON.stringify(value)]);

describe('a digest', () => {
  it('is one mail a window, with what has come by then, in words that can be read', async () => {
    await mailOn();
    await post.plan(to.recruiter, { projectId, detail: { nextStep: '送选址方案，联系 13812345678' } });
    await post.plan(to.recruiter, { projectId: await zone.project({ name: '<b>&生物' }) });
    await post.bringIn();
    expect(await post.sendDue()).toEqual({});
    post.at('2026-10-09T09:05:00');
    expect(await post.sendDue()).toEqual({ sent: 1 });
    const [mail] = box.mails;
    expect(box.mails).toHaveLength(1);
    expect(mail).toMatchObject({ to: ['li@ccxq.gov.cn'], subject: '【引凤】2 项待办提醒' });
    expect(mail!.text.replace(/\r\n/g, '\n').trimEnd()).toBe('1. 跟进“光电产业园”：送选址方案，联系 138****5678\n2. 跟进“<b>&生物”\n\n-- \n请登录引凤办理。接收渠道、时段和免打扰可在“提醒设置”中修改。');
    expect(mail!.html).toContain('<li>跟进“&#60;b&#62;&#38;生物”</li>');
    expect(mail!.headers).toContain('Auto-Submitted: auto-generated');
    expect(mail!.messageId).toMatch(/^<[0-9a-f-]{36}@ccxq\.gov\.cn>$/);
    expect(await post.log()).toEqual([expect.objectContaining({ channel: 'MAIL', state: 'SENT', attempts: 1, next_at: null, last_answer: '250 queued' })]);
    expect(await post.sendDue()).toEqual({});
  });

  it('that has left is followed by the next; what comes in the afternoon waits for five', async () => {
    await mailOn();
    await post.plan(to.recruiter, { projectId });
    await post.bringIn();
    post.at('2026-10-09T09:05:00');
    await post.sendDue();
    // The same window again: it has left, so these wait for 17:00 together with what is new.
    await post.plan(to.recruiter, { projectId });
    await post.bringIn();
    post.at('2026-10-09T14:00:00');
    await post.plan(to.recruiter, { projectId });
    await post.bringIn();
    expect(await post.sendDue()).toEqual({});
    post.at('2026-10-09T17:05:00');
    expect(await post.sendDue()).toEqual({ sent: 1 });
    expect(box.mails.map((m) => m.subject)).toEqual(['【引凤】跟进“光电产业园”', '【引凤】2 项待办提醒']);
    expect((await post.log()).map((d) => d.slot)).toEqual(['D:2026-10-09T01:00:00.000Z', 'D:2026-10-09T09:00:00.000Z']);
  });

  it('tells in the reader\'s language, at the reader\'s hours, of the kinds that the reader wants', async () => {
    await t.owner.query(`update staff set locale = 'en' where id = $1`, [zone.recruiter.staffId]);
    await mailOn({ kinds: ['FOLLOW_UP'], digestTimes: ['11:30'], quietFrom: '11:00', quietTo: '13:00' });
    await post.plan(to.recruiter, { projectId });
    await post.plan(to.recruiter, { projectId, kind: 'HANDOFF', detail: { act: 'RECEIVE' } });
    await post.bringIn();
    post.at('2026-10-09T12:59:59');
    expect(await post.sendDue()).toEqual({});
    post.at('2026-10-09T13:00:00');
    expect(await post.sendDue()).toEqual({ sent: 1 });
    expect(box.mails.map((m) => m.subject)).toEqual(['[Yinfeng] Follow up 光电产业园']);
  });

  it('leaves out what is done, put off or out of sight by then, and does not leave at all when nothing is left', async () => {
    await mailOn();
    const secret = await zone.project({ name: '不再可见' });
    await post.plan(to.recruiter, { projectId, cause: 'done' });
    await post.plan(to.recruiter, { projectId: secret, cause: 'unseen' });
    await post.plan(to.recruiter, { projectId, cause: 'stands' });
    await post.bringIn();
    await t.owner.query(`update reminder set state = 'DONE' where cause = 'done'`);
    await t.owner.query(`update project set owner_id = $2 where id = $1`, [secret, zone.stranger.staffId]);
    post.at('2026-10-09T09:05:00');
    expect(await post.sendDue()).toEqual({ sent: 1 });
    expect(box.mails.map((m) => m.subject)).toEqual(['【引凤】跟进“光电产业园”']);
    expect(await post.rows('select r.cause from delivery_item i join reminder r on r.id = i.reminder_id where i.dropped order by 1')).toEqual([{ cause: 'done' }, { cause: 'unseen' }]);

    await post.plan(to.recruiter, { projectId, cause: 'also done' });
    await post.bringIn();
    await t.owner.query(`update reminder set state = 'DONE'`);
    post.at('2026-10-09T17:05:00');
    expect(await post.sendDue()).toEqual({ dropped: 1 });
    expect(box.mails).toHaveLength(1);
  });

  it('goes to nobody who has not asked for it, has switched it off meanwhile or has left', async () => {
    await post.plan(to.recruiter, { projectId });
    await post.bringIn();
    expect(await post.log()).toEqual([]);
    await mailOn();
    await post.mailFor(zone.groupLeader, 'zu@ccxq.gov.cn');
    await post.plan(to.recruiter, { projectId });
    await post.plan(zone.groupLeader, { projectId });
    await post.bringIn();
    await t.owner.query('update staff_channel set enabled = false where staff_id = $1', [zone.recruiter.staffId]);
    await t.owner.query('update staff set disabled_at = now() where id = $1', [zone.groupLeader.staffId]);
    post.at('2026-10-09T09:05:00');
    expect(await post.sendDue()).toEqual({ dropped: 2 });
    expect(box.mails).toEqual([]);
  });

  it('gathers under several workers at once: each reminder once, one mail a person', async () => {
    await mailOn();
    await post.mailFor(zone.groupLeader, 'zu@ccxq.gov.cn');
    for (let i = 0; i < 30; i++) for (const who of [zone.recruiter, zone.groupLeader]) await post.plan(who, { projectId, cause: `c${i}` });
    await post.inbox.sweep();
    const jobs = (await post.rows(`delete from outbox where job = 'reminders.deliver' returning data`)).map((r) => r.data as { zoneId: string; deliveryIds: string[] });
    const parts = jobs.flatMap((j) => [0, 7, 20, 41].map((from, i, all) => ({ zoneId: j.zoneId, deliveryIds: j.deliveryIds.slice(from, all[i + 1]) })));
    const other = new DeliveryService(t.db, new Routing(t.db, t.clock, { mail: { url: box.url, from: 'a@b.cn' }, robotOrigins: [] }));
    await Promise.all([...parts.map((j) => post.inbox.deliver(j.zoneId, j.deliveryIds)), ...parts.map((j) => other.deliver(j.zoneId, j.deliveryIds))]);
    expect(await post.rows('select count(*)::int as n, count(distinct delivery_id)::int as mails from delivery_item')).toEqual([{ n: 60, mails: 2 }]);
    post.at('2026-10-09T09:05:00');
    // Three workers sweep and work off the same jobs at the same moment.
    const offices = [post.office(), post.office(), post.office()];
    await Promise.all(offices.map((o) => o.sweep()));
    const due = (await post.rows(`delete from outbox where job = 'channels.send' returning data`)).map((r) => r.data as { zoneId: string; deliveryIds: string[] });
    const reports = await Promise.all(offices.flatMap((o) => due.map((j) => o.send(j.zoneId, j.deliveryIds))));
    expect(reports.reduce((n, r) => n + r.sent, 0)).toBe(2);
    expect(box.mails.map((m) => m.to[0]).sort()).toEqual(['li@ccxq.gov.cn', 'zu@ccxq.gov.cn']);
    expect(box.mails.every((m) => m.subject === '【引凤】30 项待办提醒')).toBe(true);
  });
});

describe('what is urgent', () => {
  it('leaves at once, also in quiet hours, each cause once; what is not waits for the morning', async () => {
    await mailOn();
    await policy({ urgentKinds: ['APPROVAL'] });
    post.at('2026-10-09T21:30:00');
    await post.plan(to.recruiter, { projectId, kind: 'APPROVAL', cause: 'a', detail: { toStage: 'SIGNED' } });
    await post.plan(to.recruiter, { projectId });
    await post.bringIn();
    expect(await post.sendDue()).toEqual({ sent: 1 });
    expect(box.mails.map((m) => m.subject)).toEqual(['【引凤】“光电产业园”申请进入“签约”，等待审批']);
    post.at('2026-10-10T09:05:00');
    expect(await post.sendDue()).toEqual({ sent: 1 });
    expect(box.mails).toHaveLength(2);
  });

  it('is by the zone\'s rule of a reminder too, and what the rule keeps in the house stays there', async () => {
    await mailOn();
    const rule = (code: string, values: object) => ({ ...POLICIES.reminderRules.usual.rules.find((r) => r.code === code)!, ...values });
    await post.rows(`insert into zone_policy (zone_id, name, value) values ($1, 'reminderRules', $2)`, [zone.id, JSON.stringify({ rules: [rule('PERMIT', { urgent: true }), rule('MILESTONE', { mail: false }), rule('FOLLOW_UP', { mail: false }), rule('SERVICE_CALL', {})] })]);
    post.at('2026-10-09T21:30:00');
    for (const code of ['PERMIT', 'MILESTONE']) {
      await post.plan(to.recruiter, { projectId, kind: 'DEADLINE', cause: code, detail: { source: code, dueOn: '2026-10-12', offset: -1 } });
      await post.rows('update reminder set rule = $1 where cause = $1', [code]);
    }
    await post.plan(to.recruiter, { projectId });
    await post.plan(to.recruiter, { projectId, kind: 'SERVICE_CALL', cause: 'c', detail: { act: 'RATE', number: 'C-1' } });
    await post.bringIn();
    expect(await post.sendDue()).toEqual({ sent: 2 });
    expect(box.mails.map((m) => m.subject).sort()).toEqual(['【引凤】“光电产业园”的诉求 C-1 已办结，请评价', '【引凤】“光电产业园”证照手续将于 2026-10-12 到期']);
    expect(await post.rows(`select 1 from reminder where state = 'DELIVERED'`)).toHaveLength(4);
    post.at('2026-10-10T09:05:00');
    expect(await post.sendDue()).toEqual({});
  });

  it('waits too for whoever does not want to be disturbed', async () => {
    await mailOn({ urgentAtOnce: false });
    await policy({ urgentKinds: ['APPROVAL'] });
    await post.plan(to.recruiter, { projectId, kind: 'APPROVAL', cause: 'a', detail: { toStage: 'SIGNED' } });
    await post.bringIn();
    expect(await post.sendDue()).toEqual({});
    post.at('2026-10-09T09:05:00');
    expect(await post.sendDue()).toEqual({ sent: 1 });
  });
});

describe('a mail server that', () => {
  beforeEach(async () => {
    await mailOn();
    await policy({ urgentKinds: ['FOLLOW_UP'], retryMinutes: [1, 5] });
    await post.plan(to.recruiter, { projectId });
    await post.bringIn();
  });

  it('is busy is asked again after a while, until the message is dead and can be repeated', async () => {
    box.manner = () => 451;
    expect(await post.sendDue()).toEqual({ later: 1 });
    expect(await post.log()).toEqual([expect.objectContaining({ state: 'WAITING', attempts: 1, failures: 1, next_at: new Date('2026-10-09T09:01:10+08:00'), last_answer: expect.stringContaining('451') })]);
    expect(await post.sendDue()).toEqual({});
    post.at('2026-10-09T09:01:10');
    expect(await post.sendDue()).toEqual({ later: 1 });
    post.at('2026-10-09T09:06:10');
    expect(await post.sendDue()).toEqual({ dead: 1 });
    expect(await post.log()).toEqual([expect.objectContaining({ state: 'DEAD', attempts: 3, next_at: null })]);
    expect((await post.attempts()).map((a) => a.outcome)).toEqual(['RETRY', 'RETRY', 'RETRY']);
    post.at('2026-10-09T12:00:00');
    expect(await post.sendDue()).toEqual({});
  });

  it('refuses the address ends it, and says so', async () => {
    box.refuse = () => ({ code: 550, message: 'no such user' });
    expect(await post.sendDue()).toEqual({ dead: 1 });
    expect(await post.log()).toEqual([expect.objectContaining({ state: 'DEAD', attempts: 1, last_answer: expect.stringContaining('no such user') })]);
  });

  it('cannot be reached is tried again', async () => {
    const away = postOffice(t, () => zone, { mail: { url: 'smtp://127.0.0.1:9', from: 'a@b.cn' }, robotOrigins: [] });
    expect(await away.sendDue()).toEqual({ later: 1 });
    const locked = postOffice(t, () => zone, { mail: { url: box.url.replace('geheim', 'falsch'), from: 'a@b.cn' }, robotOrigins: [] });
    post.at('2026-10-09T09:01:10');
    expect(await locked.sendDue()).toEqual({ later: 1 });
    expect((await post.attempts()).map((a) => a.outcome)).toEqual(['RETRY', 'RETRY']);
    expect(box.mails).toEqual([]);
  });

  it.each(['HANG_UP', 'SILENT'] as const)('has all of a mail and then does not confirm it (%s) leaves a doubt: the same mail goes again under the same id', async (manner) => {
    box.manner = () => manner;
    expect(await post.sendDue()).toEqual({ doubt: 1 });
    expect(await post.log()).toEqual([expect.objectContaining({ state: 'DOUBT', attempts: 1, next_at: new Date('2026-10-09T09:01:10+08:00') })]);
    // Done meanwhile: the mail is the same all the same, or two different ones would bear one id.
    await t.owner.query(`update reminder set state = 'DONE'`);
    box.manner = () => 'TAKE';
    post.at('2026-10-09T09:01:10');
    expect(await post.sendDue()).toEqual({ sent: 1 });
    expect(box.mails).toHaveLength(2);
    const [first, second] = box.mails;
    expect(second).toEqual(first);
    expect((await post.attempts()).map((a) => a.outcome)).toEqual(['DOUBT', 'SENT']);
  });

  it('leaves doubts is not asked for ever; where the zone says so, a doubtful mail waits for a person', async () => {
    box.manner = () => 'HANG_UP';
    for (const [time, next] of [['09:00:10', true], ['09:01:10', true], ['09:02:10', false]] as const) {
      post.at(`2026-10-09T${time}`);
      expect(await post.sendDue()).toEqual({ doubt: 1 });
      expect((await post.log())[0]!.next_at !== null).toBe(next);
    }
    await t.owner.query('delete from zone_policy');
    await policy({ urgentKinds: ['FOLLOW_UP'], repeatDoubtfulMail: false });
    await post.plan(to.recruiter, { projectId });
    await post.bringIn();
    expect(await post.sendDue()).toEqual({ doubt: 1 });
    post.at('2026-10-09T16:00:00');
    expect(await post.sendDue()).toEqual({});
    expect((await post.log()).map((d) => [d.state, d.next_at])).toEqual([['DOUBT', null], ['DOUBT', null]]);
  });
});

describe('a worker that died', () => {
  beforeEach(async () => {
    await mailOn();
    await policy({ urgentKinds: ['FOLLOW_UP'] });
    await post.plan(to.recruiter, { projectId });
    await post.bringIn();
  });

  it('before it took a message up leaves it to the next after two minutes', async () => {
    await post.sending.sweep();
    await post.rows(`delete from outbox where job = 'channels.send'`);
    post.at('2026-10-09T09:02:00');
    expect(await post.sendDue()).toEqual({});
    post.at('2026-10-09T09:02:10');
    expect(await post.sendDue()).toEqual({ sent: 1 });
    expect(box.mails).toHaveLength(1);
  });

  it('while a message was under way leaves a doubt; when it comes back late, what it says is noted and changes nothing', async () => {
    let go = (): void => undefined;
    box.manner = () => new Promise((resolve) => { go = () => resolve('TAKE'); });
    const stuck = postOffice(t, () => zone, { mail: { url: box.url, from: '引凤 <yinfeng@ccxq.gov.cn>' }, robotOrigins: [] }, 30_000);
    const under = stuck.sendDue();
    while (box.mails.length === 0) await new Promise((turn) => setImmediate(turn));
    post.at('2026-10-09T09:05:11');
    box.manner = () => 'TAKE';
    expect(await post.sending.sweep()).toEqual({ taken: 0, abandoned: 1 });
    expect(await post.log()).toEqual([expect.objectContaining({ state: 'DOUBT', last_answer: 'the worker ended before the answer' })]);
    post.at('2026-10-09T09:06:11');
    expect(await post.sendDue()).toEqual({ sent: 1 });
    go();
    expect(await under).toEqual({ sent: 1 });
    expect((await post.log()).map((d) => [d.state, d.attempts])).toEqual([['SENT', 2]]);
    expect(new Set(box.mails.map((m) => m.messageId)).size).toBe(1);
    expect((await post.attempts()).map((a) => a.outcome)).toEqual(['SENT', 'SENT']);
    expect((await post.attempts())[0]!.answer).toMatch(/^the worker ended before the answer; later: 250/);
  });
});

describe('the connection', () => {
  const people = 4;
  beforeEach(async () => {
    await policy({ urgentKinds: ['FOLLOW_UP'], retryMinutes: [1, 5] });
    for (let i = 0; i < people; i++) {
      const who = await zone.hire('RECRUITER', 'group');
      await post.mailFor(who, `p${i}@ccxq.gov.cn`);
      await post.plan(who, { projectId: await zone.project({ ownerId: who.staffId }) });
    }
    await post.bringIn();
  });
  const connected = async (work: () => Promise<object>) => {
    const before = box.connections;
    const report = await work();
    return [report, box.connections - before];
  };

  it('is one for all mails of a job', async () => {
    expect(await connected(() => post.sendDue())).toEqual([{ sent: people }, 1]);
    expect(new Set(box.mails.map((m) => m.messageId)).size).toBe(people);
    expect(box.mails.map((m) => m.to[0]).sort()).toEqual(['p0@ccxq.gov.cn', 'p1@ccxq.gov.cn', 'p2@ccxq.gov.cn', 'p3@ccxq.gov.cn']);
  });

  it('is another after a mail that was refused or not confirmed; the others of the job go all the same', async () => {
    box.refuse = (to) => (to.startsWith('p1') ? { code: 550, message: 'no such user' } : null);
    box.manner = (mail) => (mail.to[0]!.startsWith('p2') ? 'HANG_UP' : 'TAKE');
    const [report, connections] = await connected(() => post.sendDue());
    expect(report).toEqual({ sent: 2, dead: 1, doubt: 1 });
    expect(connections).toBeGreaterThan(1);
    expect(box.mails).toHaveLength(3);
  });

  it('that the server closed between two mails is opened anew, and no mail is lost or late', async () => {
    box.hangUpAfter = 1;
    expect(await connected(() => post.sendDue())).toEqual([{ sent: people }, people]);
    box.hangUpAfter = null;
    expect(box.mails).toHaveLength(people);
  });
});

it('names where the installation is reached, as text and as a link', async () => {
  const linked = postOffice(t, () => zone, { mail: { url: box.url, from: '引凤 <yinfeng@ccxq.gov.cn>' }, robotOrigins: [], publicUrl: 'https://crm.ccxq.gov.cn/' });
  await mailOn();
  await post.plan(to.recruiter, { projectId });
  await post.bringIn();
  post.at('2026-10-09T09:05:00');
  expect(await linked.sendDue()).toEqual({ sent: 1 });
  expect(box.mails[0]!.text).toContain('https://crm.ccxq.gov.cn/');
  expect(box.mails[0]!.html).toContain('<a href="https://crm.ccxq.gov.cn/">打开引凤</a>');
  expect(box.mails[0]!.headers).toContain('Content-Type: multipart/alternative');
  const [off] = /https:\/\/crm\.ccxq\.gov\.cn\/mail-off\/[\w-]{64}/.exec(box.mails[0]!.text.replace(/\r\n/g, '\n'))!;
  expect(box.mails[0]!.headers).toContain(`List-Unsubscribe: <${off}>`);
  expect(box.mails[0]!.headers).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
  expect(box.mails[0]!.html).toContain(`<a href="${off}">不再接收提醒邮件</a>`);
});

it('keeps zones apart: a job that names the wrong one finds nothing', async () => {
  await mailOn();
  await policy({ urgentKinds: ['FOLLOW_UP'] });
  await post.plan(to.recruiter, { projectId });
  await post.bringIn();
  await post.sending.sweep();
  const [job] = await post.rows(`delete from outbox where job = 'channels.send' returning data`);
  expect(await post.sending.send(newId(), job.data.deliveryIds)).toEqual({ sent: 0, later: 0, dropped: 0, dead: 0, doubt: 0 });
  expect(await post.sending.send(zone.id, job.data.deliveryIds)).toMatchObject({ sent: 1 });
});
