import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Actor } from '@yinfeng/platform';
import { postOffice } from '../jobs/channels-zone.js';
import { publishCalendar, reminderZone, type ReminderZone } from '../jobs/reminders-zone.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { type Mailbox, openMailbox } from '../support/mailbox.js';
import { openRobots, type Robots } from '../support/robots.js';

let t: TestDatabase;
let api: TestApi;
let zone: ReminderZone;
let box: Mailbox;
let robots: Robots;
let post: ReturnType<typeof postOffice>;
let projectId: string;

beforeAll(async () => {
  t = await testDatabase();
  [box, robots] = await Promise.all([openMailbox(), openRobots(() => t.clock.now().getTime())]);
  const channels = { mail: { url: box.url, from: 'yinfeng@ccxq.gov.cn' }, robotOrigins: [robots.origin] };
  api = await testApi(t, { channels });
  post = postOffice(t, () => zone, channels);
});
afterAll(async () => {
  await api.stop();
  await Promise.all([box.close(), robots.close()]);
  await t.stop();
});
beforeEach(async () => {
  await t.clean();
  await publishCalendar(t.owner);
  zone = await reminderZone(t.owner);
  projectId = await zone.project({ name: '光电产业园' });
  box.mails.length = 0;
  box.manner = () => 'TAKE';
  robots.reset();
  at('2026-10-09T08:30:00');
});
const at = (instant: string) => {
  post.at(instant);
  api.clock.pin(t.clock.now());
};

const SETTINGS = '{ mailAvailable mail { version enabled address verified codeSent kinds digestTimes quietFrom quietTo urgentAtOnce } zone { digestTimes quietFrom quietTo urgentKinds } }';
const PAYLOAD = `{ settings ${SETTINGS} userErrors { code path message } }`;
const settings = async (who: Actor = zone.recruiter) => (await api.gql(who, `{ reminderSettings ${SETTINGS} }`)).data.reminderSettings;
const set = async (input: object, who: Actor = zone.recruiter) => (await api.gql(who, `mutation($input: ReminderSettingsSetInput!) { act: reminderSettingsSet(input: $input) ${PAYLOAD} }`, { input })).data.act;
const askCode = async (input: object, who: Actor = zone.recruiter) => (await api.gql(who, `mutation($input: ReminderAddressCodeInput!) { act: reminderAddressCode(input: $input) ${PAYLOAD} }`, { input })).data.act;
const verify = async (code: string, who: Actor = zone.recruiter) => (await api.gql(who, `mutation($input: ReminderAddressVerifyInput!) { act: reminderAddressVerify(input: $input) ${PAYLOAD} }`, { input: { code } })).data.act;
const codes = (result: { userErrors: { code: string; path: string[] | null }[] }) => result.userErrors.map((e) => [e.code, e.path]);
const lastCode = () => /\d{6}/.exec(box.mails.at(-1)!.subject)![0];
const wrong = (code: string) => (code === '000000' ? '000001' : '000000');
const LOG = 'query($filter: DeliveryFilter, $first: Int, $after: String) { deliveries(filter: $filter, first: $first, after: $after) { totalCount nodes { id version channel purpose state urgent windowAt nextAt sentAt itemCount attemptCount lastAnswer repeatable staff { name } endpoint { name hint } attempts { n outcome answer } } pageInfo { endCursor hasNextPage } } }';
const log = async (who: Actor, variables: object = {}) => (await api.gql(who, LOG, variables)).data.deliveries;
const repeat = (who: Actor, input: object) => api.gql(who, 'mutation($input: DeliveryRepeatInput!) { act: deliveryRepeat(input: $input) { delivery { state nextAt } userErrors { code message } } }', { input });

describe('my settings', () => {
  it('begin with the account\'s own address, unproved, and the zone\'s hours', async () => {
    expect(await settings()).toEqual({
      mailAvailable: true, zone: { digestTimes: ['09:00', '17:00'], quietFrom: '20:00', quietTo: '08:00', urgentKinds: ['APPROVAL', 'DISPUTE', 'SERVICE_CALL', 'ESCALATION'] },
      mail: { version: 0, enabled: false, address: expect.stringMatching(/@t\d+-\d+\.test$/), verified: false, codeSent: false, kinds: null, digestTimes: null, quietFrom: null, quietTo: null, urgentAtOnce: true },
    });
  });

  it('take another address only after its code came back, and then mails come', async () => {
    const first = await set({ expectedVersion: 0, address: ' li@ccxq.gov.cn ', kinds: ['FOLLOW_UP'], digestTimes: ['16:00', '10:00', '10:00'], quietFrom: '19:00', quietTo: '07:30', urgentAtOnce: false });
    expect(first.userErrors).toEqual([]);
    expect(first.settings.mail).toEqual({ version: 2, enabled: false, address: 'li@ccxq.gov.cn', verified: false, codeSent: true, kinds: ['FOLLOW_UP'], digestTimes: ['10:00', '16:00'], quietFrom: '19:00', quietTo: '07:30', urgentAtOnce: false });
    expect(codes(await set({ expectedVersion: 2, enabled: true }))).toEqual([['ADDRESS_NOT_VERIFIED', ['enabled']]]);
    expect(await post.sendDue()).toEqual({ sent: 1 });
    expect(box.mails[0]).toMatchObject({ to: ['li@ccxq.gov.cn'], subject: expect.stringMatching(/^【引凤】邮箱验证码 \d{6}$/) });
    expect((await post.rows(`select encode(code_sealed, 'escape') as code from staff_channel`))[0].code).not.toContain(lastCode());
    const done = await verify(` ${lastCode()} `);
    expect(done.userErrors).toEqual([]);
    expect(done.settings.mail).toMatchObject({ enabled: true, verified: true, codeSent: false });
    await post.plan(zone.recruiter, { projectId });
    at('2026-10-09T09:00:10');
    await post.bringIn();
    at('2026-10-09T10:05:00');
    expect(await post.sendDue()).toEqual({ sent: 1 });
    expect(box.mails.at(-1)!.subject).toBe('【引凤】跟进“光电产业园”');
    // The books know that it changed, not to what.
    const books = JSON.stringify(await post.rows(`select before, after from audit_entry where entity = 'staff_channel'`));
    expect(books).toContain('digest_times');
    expect(books).not.toMatch(/li@ccxq|code_sealed/);
  });

  it('give five tries at a code, whoever hurries, and half an hour; saying it again does nothing', async () => {
    await set({ expectedVersion: 0, address: 'li@ccxq.gov.cn' });
    await post.sendDue();
    const code = lastCode();
    const tries = await Promise.all(Array.from({ length: 6 }, () => verify(wrong(code))));
    expect(tries.map((r) => codes(r)[0]![0]).sort()).toEqual(['CODE_EXPIRED', ...Array(5).fill('CODE_WRONG')]);
    expect(codes(await verify(code))).toEqual([['CODE_EXPIRED', ['code']]]);
    expect(codes(await askCode({ expectedVersion: 2 }))).toEqual([]);
    await post.sendDue();
    at('2026-10-09T09:00:01');
    expect(codes(await verify(lastCode()))).toEqual([['CODE_EXPIRED', ['code']]]);
    await askCode({ expectedVersion: 3 });
    await post.sendDue();
    expect(codes(await verify(lastCode()))).toEqual([]);
    expect(codes(await verify('000000'))).toEqual([]);
    expect((await settings()).mail).toMatchObject({ verified: true, enabled: true });
    expect(codes(await verify('000000', zone.groupLeader))).toEqual([['CODE_EXPIRED', ['code']]]);
  });

  it('send at most five codes a day, so that nobody fills another\'s mailbox', async () => {
    for (let i = 0; i < 5; i++) expect(codes(await set({ expectedVersion: (await settings()).mail.version, address: `a${i}@ccxq.gov.cn` }))).toEqual([]);
    const { version } = (await settings()).mail;
    expect(codes(await set({ expectedVersion: version, address: 'a9@ccxq.gov.cn' }))).toEqual([['CODES_MOST', ['address']]]);
    expect((await settings()).mail).toMatchObject({ version, address: 'a4@ccxq.gov.cn' });
    at('2026-10-10T09:00:00');
    expect(codes(await set({ expectedVersion: version, address: 'a9@ccxq.gov.cn' }))).toEqual([]);
  });

  it('refuse what is wrong, name it, and go by the version', async () => {
    expect(codes(await set({ expectedVersion: 0, address: 'li@ccxq' }))).toEqual([['INVALID', ['address']]]);
    expect(codes(await set({ expectedVersion: 0, address: 'li@ccxq.gov.cn\r\nBcc: x@y.cn' }))).toEqual([['INVALID', ['address']]]);
    expect(codes(await set({ expectedVersion: 0, digestTimes: ['9:00'] }))).toEqual([['INVALID', ['digestTimes']]]);
    expect(codes(await set({ expectedVersion: 0, digestTimes: [] }))).toEqual([['INVALID', ['digestTimes']]]);
    expect(codes(await set({ expectedVersion: 0, quietFrom: '24:00', quietTo: '08:00' }))).toEqual([['INVALID', ['quietFrom']]]);
    expect(codes(await set({ expectedVersion: 0, quietFrom: '22:00' }))).toEqual([['REQUIRED', ['quietTo']]]);
    expect(codes(await set({ expectedVersion: 0, kinds: [] }))).toEqual([['REQUIRED', ['kinds']]]);
    const race = await Promise.all([set({ expectedVersion: 0, urgentAtOnce: false }), set({ expectedVersion: 0, quietFrom: '22:00', quietTo: '06:00' })]);
    expect(race.map((r) => codes(r).flat()[0]).sort()).toEqual(['CONFLICT', undefined]);
    const key = { expectedVersion: 1, idempotencyKey: 'k', urgentAtOnce: true };
    expect([codes(await set(key)), codes(await set(key))]).toEqual([[], []]);
    expect((await settings()).mail.version).toBe(2);
  });

  it('are each person\'s own; administrators have no reminders', async () => {
    await set({ expectedVersion: 0, urgentAtOnce: false });
    expect((await settings(zone.groupLeader)).mail).toMatchObject({ version: 0, urgentAtOnce: true });
    expect((await api.gql(zone.as.SYSTEM_ADMIN, `{ reminderSettings ${SETTINGS} }`)).errors[0].extensions.code).toBe('FORBIDDEN');
  });

  it('say so where the installation has no mail server', async () => {
    const bare = await testApi(t);
    try {
      const answer = await bare.gql(zone.recruiter, `mutation($input: ReminderSettingsSetInput!) { act: reminderSettingsSet(input: $input) ${PAYLOAD} }`, { input: { expectedVersion: 0, address: 'li@ccxq.gov.cn' } });
      expect(answer.data.act).toMatchObject({ settings: { mailAvailable: false }, userErrors: [{ code: 'MAIL_OFF' }] });
    } finally {
      await bare.stop();
    }
  });
});

const ENDPOINT = 'id version kind name hint signed keyword kinds enabled stillUntil departments { id name }';
const admin = (name: string, type: string, fields = `endpoint { ${ENDPOINT} }`) => async (input: object, who: Actor = zone.as.SYSTEM_ADMIN) =>
  (await api.gql(who, `mutation($input: ${type}!) { act: ${name}(input: $input) { ${fields} userErrors { code path message } } }`, { input })).data?.act;
const add = admin('channelEndpointAdd', 'ChannelEndpointAddInput');
const edit = admin('channelEndpointEdit', 'ChannelEndpointEditInput');
const remove = admin('channelEndpointRemove', 'ChannelEndpointRemoveInput');
const test = admin('channelEndpointTest', 'ChannelEndpointTestInput', 'delivery { id state purpose }');
const listed = async () => (await api.gql(zone.as.SYSTEM_ADMIN, `{ channelEndpoints { ${ENDPOINT} } }`)).data.channelEndpoints;
const wecom = { kind: 'WECOM', name: '招商一局群', address: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa' };

describe('robots of a zone', () => {
  it('are added, shown by their end alone, changed and removed', async () => {
    const bureau = { id: `Department:${zone.departments.bureau}`, name: '招商一局' };
    const added = await add({ ...wecom, kind: 'DINGTALK', address: 'https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef', secret: 'SEC000', keyword: '招商', kinds: ['HANDOFF'], departmentIds: [bureau.id] });
    expect(added.userErrors).toEqual([]);
    expect(added.endpoint).toMatchObject({ kind: 'DINGTALK', name: '招商一局群', hint: 'oapi.dingtalk.com …cdef', signed: true, keyword: '招商', kinds: ['HANDOFF'], enabled: true, departments: [bureau], version: 1 });
    const changed = await edit({ endpointId: added.endpoint.id, expectedVersion: 1, name: '二群', secret: null, kinds: null, keyword: null, departmentIds: [], enabled: false });
    expect(changed.endpoint).toMatchObject({ name: '二群', signed: false, keyword: null, kinds: null, departments: [], enabled: false, version: 2, hint: 'oapi.dingtalk.com …cdef' });
    expect(await listed()).toEqual([changed.endpoint]);
    // Neither table nor books hold what would let anybody write into the group.
    const [row] = await post.rows('select encode(address_sealed, \'escape\') as address from channel_endpoint');
    expect(row.address).not.toContain('0123456789abcdef');
    const books = JSON.stringify(await post.rows(`select entity, before, after from audit_entry where entity like 'channel%'`));
    expect(books).toContain('二群');
    expect(books).not.toMatch(/SEC000|0123456789abcdef/);
    expect(books.includes((await post.rows('select encode(address_sealed, \'hex\') as h from channel_endpoint'))[0].h)).toBe(false);
    expect((await remove({ endpointId: added.endpoint.id, expectedVersion: 2 })).userErrors).toEqual([]);
    expect(await listed()).toEqual([]);
    expect(codes(await add({ ...wecom, name: '二群' }))).toEqual([]);
  });

  it('are refused at addresses that are no vendor\'s, without saying the address back', async () => {
    for (const address of [wecom.address.replace('https', 'http'), wecom.address.replace('qyapi.weixin.qq.com', '127.0.0.1'), wecom.address.replace('qyapi.weixin.qq.com', '169.254.169.254'), 'https://evil.cn/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa', robots.addressOf('DINGTALK')]) {
      const answer = await add({ ...wecom, address });
      expect(codes(answer)).toEqual([['INVALID', ['address']]]);
      expect(JSON.stringify(answer)).not.toContain('693a91f6');
    }
    expect(codes(await add({ ...wecom, secret: 'SEC' }))).toEqual([['INVALID', ['secret']]]);
    expect(codes(await add({ ...wecom, name: ' ' }))).toEqual([['REQUIRED', ['name']]]);
    expect(codes(await add({ ...wecom, address: robots.addressOf('WECOM') }))).toEqual([]);
    expect(codes(await add({ ...wecom, address: robots.addressOf('WECOM') }))).toEqual([['ROBOT_NAME_TAKEN', ['name']]]);
  });

  it('go by version and key, and two who add one name at once make one', async () => {
    const race = await Promise.all([add(wecom), add(wecom)]);
    expect(race.map((r) => codes(r).flat()[0]).sort()).toEqual(['ROBOT_NAME_TAKEN', undefined]);
    const [{ id }] = await listed();
    const edits = await Promise.all([edit({ endpointId: id, expectedVersion: 1, enabled: false }), edit({ endpointId: id, expectedVersion: 1, name: '改' })]);
    expect(edits.map((r) => codes(r).flat()[0]).sort()).toEqual(['CONFLICT', undefined]);
    const keyed = { ...wecom, name: '三群', idempotencyKey: 'k' };
    expect((await add(keyed)).endpoint.id).toBe((await add(keyed)).endpoint.id);
  });

  it('say that they work, also when switched off; how it went is in the log', async () => {
    const { endpoint } = await add({ ...wecom, address: robots.addressOf('WECOM') });
    await edit({ endpointId: endpoint.id, expectedVersion: 1, enabled: false });
    const { delivery } = await test({ endpointId: endpoint.id, expectedVersion: 2 });
    expect(delivery).toMatchObject({ state: 'WAITING', purpose: 'TEST' });
    expect(await post.sendDue()).toEqual({ sent: 1 });
    expect(robots.shown.map((m) => m.text)).toEqual(['【引凤】机器人“招商一局群”已接入，这是一条测试消息。']);
    expect((await log(zone.as.SYSTEM_ADMIN)).nodes).toEqual([expect.objectContaining({ id: delivery.id, state: 'SENT', lastAnswer: 'errcode 0 ok', endpoint: { name: '招商一局群', hint: expect.stringContaining('…5aaa') }, attempts: [{ n: 1, outcome: 'SENT', answer: 'errcode 0 ok' }] })]);
  });

  it('are for who manages the zone', async () => {
    for (const who of [zone.recruiter, zone.manager, zone.as.LEADER, zone.as.SECURITY_ADMIN, zone.as.AUDITOR]) {
      expect((await api.gql(who, '{ channelEndpoints { id } }')).errors[0].extensions.code).toBe('FORBIDDEN');
      expect(await add(wecom, who)).toBeFalsy();
    }
  });
});

describe('the log', () => {
  beforeEach(async () => {
    await post.mailFor(zone.recruiter, 'li@ccxq.gov.cn');
    await post.mailFor(zone.groupLeader, 'zu@ccxq.gov.cn');
    for (const who of [zone.recruiter, zone.groupLeader]) await post.plan(who, { projectId });
    await post.bringIn();
    at('2026-10-09T09:00:10');
    await post.bringIn();
    at('2026-10-09T09:05:00');
  });

  it('shows each their own, administrators all without a word of a project, newest first and by state', async () => {
    box.manner = (mail) => (mail.to[0]!.startsWith('li') ? 'TAKE' : 554);
    expect(await post.sendDue()).toEqual({ sent: 1, dead: 1 });
    const own = await log(zone.recruiter);
    expect(own).toMatchObject({ totalCount: 1, nodes: [{ channel: 'MAIL', state: 'SENT', itemCount: 1, attemptCount: 1, repeatable: false, staff: { name: zone.recruiter.name }, urgent: false, windowAt: expect.stringMatching(/^2026-10-09T01:00/), sentAt: expect.stringMatching(/^2026-10-09T01:05/) }] });
    const all = await log(zone.as.SYSTEM_ADMIN);
    expect(all.totalCount).toBe(2);
    expect(JSON.stringify(all)).not.toMatch(/光电|@ccxq/);
    expect((await log(zone.as.SYSTEM_ADMIN, { filter: { state: ['DEAD'] } })).nodes).toEqual([expect.objectContaining({ state: 'DEAD', repeatable: true, lastAnswer: expect.stringContaining('554') })]);
    expect((await log(zone.as.SYSTEM_ADMIN, { filter: { own: true } })).totalCount).toBe(0);
    const page = await log(zone.as.SYSTEM_ADMIN, { first: 1 });
    expect(page.pageInfo.hasNextPage).toBe(true);
    expect((await log(zone.as.SYSTEM_ADMIN, { first: 1, after: page.pageInfo.endCursor })).nodes[0].id).not.toBe(page.nodes[0].id);
  });

  it('lets a dead message be repeated by its person or an administrator, by nobody else, once', async () => {
    box.manner = () => 554;
    expect(await post.sendDue()).toEqual({ dead: 2 });
    const [mine] = (await log(zone.recruiter)).nodes;
    expect((await repeat(zone.groupLeader, { deliveryId: mine.id, expectedVersion: mine.version })).errors[0].extensions.code).toBe('NOT_FOUND');
    expect((await repeat(zone.as.AUDITOR, { deliveryId: mine.id, expectedVersion: mine.version })).errors[0].extensions.code).toBe('NOT_FOUND');
    const race = await Promise.all([repeat(zone.recruiter, { deliveryId: mine.id, expectedVersion: mine.version }), repeat(zone.as.SYSTEM_ADMIN, { deliveryId: mine.id, expectedVersion: mine.version })]);
    expect(race.map((r) => r.data.act.userErrors[0]?.code).sort()).toEqual(['CONFLICT', undefined]);
    box.manner = () => 'TAKE';
    box.mails.length = 0;
    expect(await post.sendDue()).toEqual({ sent: 1 });
    expect(box.mails.map((m) => m.to[0])).toEqual(['li@ccxq.gov.cn']);
    const [sent] = (await log(zone.recruiter)).nodes;
    expect(sent).toMatchObject({ state: 'SENT', attemptCount: 2 });
    expect((await repeat(zone.recruiter, { deliveryId: sent.id, expectedVersion: sent.version })).data.act.userErrors[0]).toMatchObject({ code: 'DELIVERY_STATE', message: '该消息当前为“已送达”，不能重发。' });
  });
});

describe('a message in doubt', () => {
  const settle = (who: Actor, input: object) => api.gql(who, 'mutation($input: DeliverySettleInput!) { act: deliverySettle(input: $input) { delivery { version state settleable repeatable settledReason settledBy { name } sentAt } userErrors { code path message } } }', { input });
  const doubtful = async () => {
    const id = (await api.gql(zone.as.SYSTEM_ADMIN, 'mutation($input: ChannelEndpointAddInput!) { channelEndpointAdd(input: $input) { endpoint { id version } } }', { input: { kind: 'WECOM', name: '一局群', address: robots.addressOf('WECOM') } })).data.channelEndpointAdd.endpoint.id;
    robots.manner = () => 'HANG_UP';
    await api.gql(zone.as.SYSTEM_ADMIN, 'mutation($input: ChannelEndpointTestInput!) { channelEndpointTest(input: $input) { userErrors { code } } }', { input: { endpointId: id, expectedVersion: 1 } });
    expect(await post.sendDue()).toEqual({ doubt: 1 });
    robots.manner = () => 'RULES';
    return (await log(zone.as.SYSTEM_ADMIN)).nodes[0] as { id: string; version: number };
  };

  it('is closed by whoever saw it arrive, for a reason, and does not go again', async () => {
    const { id: deliveryId, version } = await doubtful();
    for (const who of [zone.recruiter, zone.as.AUDITOR, zone.as.SECURITY_ADMIN]) expect((await settle(who, { deliveryId, expectedVersion: version, reason: '群里已见' })).errors[0].extensions.code).toBe('NOT_FOUND');
    expect((await settle(zone.as.SYSTEM_ADMIN, { deliveryId, expectedVersion: version, reason: ' ' })).data.act.userErrors).toEqual([expect.objectContaining({ code: 'REASON_REQUIRED', path: ['reason'] })]);
    const done = (await settle(zone.as.SYSTEM_ADMIN, { deliveryId, expectedVersion: version, reason: '群里已见', idempotencyKey: 'k' })).data.act;
    expect(done).toEqual({ delivery: { version: version + 1, state: 'SENT', settleable: false, repeatable: false, settledReason: '群里已见', settledBy: { name: zone.as.SYSTEM_ADMIN.name }, sentAt: expect.any(String) }, userErrors: [] });
    expect((await settle(zone.as.SYSTEM_ADMIN, { deliveryId, expectedVersion: version, reason: '群里已见', idempotencyKey: 'k' })).data.act).toEqual(done);
    expect((await repeat(zone.as.SYSTEM_ADMIN, { deliveryId, expectedVersion: version + 1 })).data.act.userErrors[0].code).toBe('DELIVERY_STATE');
    at('2026-10-09T18:00:00');
    expect(await post.sendDue()).toEqual({});
    expect(robots.requests).toBe(1);
    expect(await post.rows(`select actor_id, after from audit_entry where entity = 'delivery_settle'`)).toEqual([{ actor_id: zone.as.SYSTEM_ADMIN.staffId, after: { reason: '群里已见' } }]);
  });

  it('is in doubt again when that is taken back, and may then be repeated', async () => {
    const { id: deliveryId, version } = await doubtful();
    expect((await settle(zone.as.SYSTEM_ADMIN, { deliveryId, expectedVersion: version, arrived: false, reason: '看错' })).data.act.userErrors[0]).toMatchObject({ code: 'DELIVERY_SETTLE_STATE', message: '该消息当前为“待核实”，不能这样核实。' });
    await settle(zone.as.SYSTEM_ADMIN, { deliveryId, expectedVersion: version, reason: '群里已见' });
    const back = (await settle(zone.as.SYSTEM_ADMIN, { deliveryId, expectedVersion: version + 1, arrived: false, reason: '看错了群' })).data.act;
    expect(back).toMatchObject({ delivery: { state: 'DOUBT', settleable: true, repeatable: true, settledReason: null, settledBy: null, sentAt: null }, userErrors: [] });
    expect(await post.rows(`select entity, after from audit_entry where entity like 'delivery_%settle' order by id`)).toEqual([{ entity: 'delivery_settle', after: { reason: '群里已见' } }, { entity: 'delivery_unsettle', after: { reason: '看错了群' } }]);
    at('2026-10-09T08:31:00');
    expect((await repeat(zone.as.SYSTEM_ADMIN, { deliveryId, expectedVersion: version + 2 })).data.act.userErrors).toEqual([]);
    expect(await post.sendDue()).toEqual({ sent: 1 });
  });

  it('is settled or repeated by one of two who hurry, not by both', async () => {
    const { id: deliveryId, version } = await doubtful();
    const [settled, repeated] = await Promise.all([settle(zone.as.SYSTEM_ADMIN, { deliveryId, expectedVersion: version, reason: '群里已见' }), repeat(zone.as.SYSTEM_ADMIN, { deliveryId, expectedVersion: version })]);
    expect([settled.data.act.userErrors.length, repeated.data.act.userErrors.length].sort()).toEqual([0, 1]);
  });

  it('of a mail that would go again by itself is closed by its reader', async () => {
    await post.mailFor(zone.recruiter, 'li@ccxq.gov.cn');
    await post.plan(zone.recruiter, { projectId });
    at('2026-10-09T09:00:10');
    await post.bringIn();
    at('2026-10-09T09:05:00');
    box.manner = () => 'HANG_UP';
    expect(await post.sendDue()).toEqual({ doubt: 1 });
    box.manner = () => 'TAKE';
    const [mine] = (await log(zone.recruiter)).nodes;
    expect(mine).toMatchObject({ state: 'DOUBT', repeatable: false, nextAt: expect.any(String) });
    expect((await settle(zone.groupLeader, { deliveryId: mine.id, expectedVersion: mine.version, reason: '已收到' })).errors[0].extensions.code).toBe('NOT_FOUND');
    expect((await settle(zone.recruiter, { deliveryId: mine.id, expectedVersion: mine.version, reason: '已收到' })).data.act.delivery).toMatchObject({ state: 'SENT' });
    at('2026-10-09T18:00:00');
    expect(await post.sendDue()).toEqual({});
    expect(box.mails).toHaveLength(1);
  });
});
