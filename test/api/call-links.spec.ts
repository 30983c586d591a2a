import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { type Actor } from '@yinfeng/platform';
import sharp from 'sharp';
import { publishCalendar, reminderZone, type ReminderZone } from '../jobs/reminders-zone.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let t: TestDatabase;
let api: TestApi;
let zone: ReminderZone;
let project: string;
const lines: string[] = [];

const OPEN = { address: { most: 1e9, perSecond: 1e9 }, link: { most: 1e9, perSecond: 1e9 } };
beforeAll(async () => {
  t = await testDatabase();
  api = await testApi(t, { callPageLimits: OPEN, logLevel: 'debug', logTo: { write: (line) => void lines.push(line) } });
});
afterAll(async () => {
  await api.stop();
  await t.stop();
});
beforeEach(async () => {
  await t.clean();
  await publishCalendar(t.owner);
  zone = await reminderZone(t.owner);
  project = await zone.project({ name: '光电产业园', stage: 'SIGNED', departmentId: zone.departments.service });
  await t.owner.query('insert into project_member (zone_id, project_id, staff_id) values ($1, $2, $3), ($1, $2, $4)', [zone.id, project, zone.recruiter.staffId, zone.service.staffId]);
  at('2026-10-09');
});

const at = (day: string) => api.clock.pin(new Date(`${day}T10:00:00+08:00`));
const CREATE = 'mutation($input: ServiceCallLinkCreateInput!) { act: serviceCallLinkCreate(input: $input) { path link { id version kind usable expiresAt usedAt serviceCall { number } } userErrors { code path } } }';
const REVOKE = 'mutation($input: ServiceCallLinkRevokeInput!) { act: serviceCallLinkRevoke(input: $input) { link { usable revokedAt } userErrors { code path } } }';
const create = async (input: object = {}, who: Actor = zone.recruiter) => (await api.gql(who, CREATE, { input: { projectId: `Project:${project}`, ...input } })).data.act;
const path = async (input: object = {}) => (await create(input)).path as string;
const get = async (where: string, headers: Record<string, string> = {}) => {
  const response = await api.request(null, where, { headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
};
const send = async (where: string, fields: Record<string, string>, photos: [string, Uint8Array][] = []) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const [name, content] of photos) form.append('photos', new Blob([new Uint8Array(content)]), name);
  const response = await api.request(null, where, { method: 'POST', body: form, redirect: 'manual' });
  return { status: response.status, to: response.headers.get('location'), text: await response.text() };
};
const hidden = (page: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)![1]!;
const said = { type: 'UTILITIES', title: '停电', content: '生产线停电 <b>两次</b>', urgency: 'URGENT', wishOn: '2026-10-12', callerName: '王工', callerPhone: '13912345678' };
/** Fills the form of a link in and sends it. Returns the path to follow the call. */
const raise = async (where: string, more: Record<string, string> = {}, photos: [string, Uint8Array][] = []) => {
  const { status, to } = await send(where, { form: hidden((await get(where)).text, 'form'), ...said, ...more }, photos);
  expect(status).toBe(303);
  return to!;
};
const call = async () => (await t.owner.query('select * from service_call')).rows[0];
const node = async (fields: string, who: Actor = zone.service) => (await api.gql(who, `{ serviceCalls { nodes { id version ${fields} } } }`)).data.serviceCalls.nodes[0];
const act = async (name: string, input: object, who: Actor = zone.service) => {
  const answer = await api.gql(who, `mutation($input: ServiceCall${name}Input!) { act: serviceCall${name}(input: $input) { serviceCall { id version } userErrors { code } } }`, { input });
  expect(answer.data.act.userErrors).toEqual([]);
};
const solve = async () => {
  const raised = await node('');
  await act('ReportIn', { serviceCallId: raised.id, expectedVersion: raised.version, note: '马上到' });
  await act('Progress', { serviceCallId: raised.id, expectedVersion: raised.version + 1, content: '内部：等批复' });
  await act('Resolve', { serviceCallId: raised.id, expectedVersion: raised.version + 2, whatWasDone: '更换变压器' });
};

describe('a link', () => {
  it('is shown once, kept as a digest alone, and lets an enterprise raise one call', async () => {
    const made = await create({ idempotencyKey: 'k' });
    expect(made).toMatchObject({ link: { kind: 'RAISE', usable: true, expiresAt: '2026-10-16T02:00:00+00:00' }, userErrors: [] });
    const secret = made.path.split('/').pop();
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect(await create({ idempotencyKey: 'k' })).toMatchObject({ path: null, link: { id: made.link.id } });
    expect((await t.owner.query('select secret_hash from service_call_link')).rows).toEqual([{ secret_hash: createHash('sha256').update(secret).digest() }]);

    const shown = await get(made.path);
    expect([shown.status, shown.headers.get('cache-control'), shown.headers.get('referrer-policy'), shown.headers.get('x-robots-tag')]).toEqual([200, 'no-store', 'no-referrer', 'noindex, nofollow']);
    expect(shown.text).toContain('光电产业园');
    const follow = await raise(made.path);
    expect(follow).toMatch(/^\/calls\/[\w-]{43}$/);
    expect(await call()).toMatchObject({ by_link: true, raised_by: null, caller_name: '王工', caller_phone: '13912345678', state: 'RAISED', urgency: 'URGENT', lead_department_id: zone.departments.service });
    expect(await node('byEnterprise raisedBy { name } callerPhone wishOn', zone.recruiter)).toMatchObject({ byEnterprise: true, raisedBy: null, callerPhone: '13912345678', wishOn: '2026-10-12' });
    expect((await t.owner.query(`select recipient_id from reminder where kind = 'SERVICE_CALL'`)).rows.map((r) => r.recipient_id).sort()).toEqual([zone.service.staffId, zone.serviceBelow.staffId].sort());
    const page = await get(follow);
    expect(page.text).toContain('待报到');
    expect(page.text).toContain('生产线停电 &lt;b&gt;两次&lt;/b&gt;');
    const [used] = (await api.gql(zone.recruiter, 'query($id: ID!) { project(id: $id) { serviceCallLinks { kind usable usedAt serviceCall { number } } } }', { id: `Project:${project}` })).data.project.serviceCallLinks.filter((l: { kind: string }) => l.kind === 'RAISE');
    expect(used).toMatchObject({ usable: false, usedAt: expect.any(String), serviceCall: { number: expect.stringMatching(/^CS-/) } });
  });

  it('answers unknown, malformed, expired, revoked and used addresses alike', async () => {
    const used = await path();
    await raise(used);
    const expired = await path({ days: 1 });
    const made = await create();
    expect((await api.gql(zone.recruiter, REVOKE, { input: { linkId: made.link.id, expectedVersion: 1 } })).data.act).toMatchObject({ link: { usable: false }, userErrors: [] });
    expect((await api.gql(zone.recruiter, REVOKE, { input: { linkId: made.link.id, expectedVersion: 2 } })).data.act.userErrors).toMatchObject([{ code: 'CALL_LINK_SPENT' }]);
    at('2026-10-11');
    const unknown = await get(`/calls/${randomBytes(32).toString('base64url')}`);
    expect(unknown.status).toBe(404);
    for (const where of [used, expired, made.path, '/calls/x', `/calls/${'a'.repeat(90)}`, '/calls/%00%27']) {
      const answer = await get(where);
      expect([answer.status, answer.text]).toEqual([404, unknown.text]);
      const sent = await send(where, { form: randomBytes(16).toString('base64url'), ...said });
      expect([sent.status, sent.text]).toEqual([404, unknown.text]);
    }
    expect((await t.owner.query('select 1 from service_call')).rowCount).toBe(1);
  });

  it('gives the same form sent twice the same answer, also at once, and another form none', async () => {
    const where = await path();
    const form = hidden((await get(where)).text, 'form');
    const both = await Promise.all([send(where, { form, ...said }), send(where, { form, ...said })]);
    expect(both.map((b) => b.status)).toEqual([303, 303]);
    expect(both[0].to).toBe(both[1].to);
    expect((await send(where, { form, ...said, title: '别的' })).to).toBe(both[0].to);
    expect((await send(where, { form: randomBytes(16).toString('base64url'), ...said })).status).toBe(404);
    expect((await t.owner.query('select 1 from service_call')).rowCount).toBe(1);
    const two = await path();
    const race = await Promise.all([1, 2].map(() => send(two, { form: randomBytes(16).toString('base64url'), ...said })));
    expect(race.map((r) => r.status).sort()).toEqual([303, 404]);
    expect((await t.owner.query('select 1 from service_call')).rowCount).toBe(2);
  });

  it('is not used up by what is missing, says so in the caller\'s language and keeps what was typed', async () => {
    const where = await path();
    const form = hidden((await get(where)).text, 'form');
    const zh = await send(where, { form, ...said, title: '  ' });
    expect([zh.status, /role="alert">([^<]+)/.exec(zh.text)![1]]).toEqual([422, '请填写诉求标题。']);
    expect(zh.text).toContain('生产线停电 &lt;b&gt;两次&lt;/b&gt;</textarea>');
    expect(hidden(zh.text, 'form')).toBe(form);
    const en = await send(`${where}?lang=en`, { form, ...said, type: 'NONE' });
    expect(en.status).toBe(422);
    expect(en.text).toMatch(/<html lang="en">[^]*is not among the choices/);
    expect((await send(where, { form, ...said, wishOn: '2026-02-31' })).status).toBe(422);
    expect((await send(where, { ...said })).status).toBe(422);
    expect((await send(where, { form, ...said, content: 'x\u0000y\r\nz' })).status).toBe(303);
    expect((await call()).content).toBe('xy\nz');
  });

  it('takes photos as any upload is taken: pictures alone, by content, a few, not too large', async () => {
    const where = await path();
    const jpeg = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#c02020' } }).jpeg().toBuffer();
    const form = hidden((await get(where)).text, 'form');
    expect((await send(where, { form, ...said }, [['x.pdf', Buffer.from('%PDF-1.4')]])).status).toBe(422);
    expect((await send(where, { form, ...said }, [['x.jpg', Buffer.from('<script>alert(1)</script>')]])).status).toBe(422);
    expect((await send(where, { form, ...said }, Array.from({ length: 4 }, (_, i): [string, Uint8Array] => [`${i}.jpg`, jpeg]))).status).toBe(413);
    expect((await send(where, { form, ...said }, [['x.jpg', Buffer.alloc(8 * 1024 * 1024 + 1)]])).status).toBe(413);
    expect((await t.owner.query('select 1 from stored_file')).rowCount).toBe(0);
    await raise(where, {}, [['现场.jpg', jpeg], ['二.jpg', jpeg]]);
    const { entries } = await node('entries { kind files { id name mediaType } }');
    const [first] = entries[0].files;
    expect(entries[0].files.map((f: { name: string }) => f.name).sort()).toEqual(['二.jpg', '现场.jpg']);
    for (const [who, status] of [[zone.service, 200], [zone.stranger, 404]] as const) {
      const file = await api.request(who, `/files/${first.id}`);
      await file.arrayBuffer();
      expect(file.status).toBe(status);
    }
  });

  it('is made for projects that one sees, for contacts and calls of the project, within bounds', async () => {
    expect((await api.gql(zone.stranger, CREATE, { input: { projectId: `Project:${project}` } })).errors[0].extensions.code).toBe('NOT_FOUND');
    expect((await api.gql(zone.as.AGENT, CREATE, { input: { projectId: `Project:${project}` } })).errors[0].extensions.code).toBe('FORBIDDEN');
    expect((await create({ days: 0 })).userErrors).toMatchObject([{ path: ['days'] }]);
    const other = await zone.project({ name: '另一项目' });
    const contact = async (of: string) => `Contact:${(await t.owner.query<{ id: string }>(`insert into contact (zone_id, project_id, name) values ($1, $2, '周总') returning id`, [zone.id, of])).rows[0]!.id}`;
    expect((await create({ contactId: await contact(other) })).userErrors).toMatchObject([{ code: 'UNKNOWN_REFERENCE', path: ['contactId'] }]);
    const where = await path({ contactId: await contact(project) });
    await raise(where);
    expect(await node('contact { name }')).toMatchObject({ contact: { name: '周总' } });
    for (let i = 0; i < 20; i++) expect((await create()).userErrors).toEqual([]);
    expect((await create()).userErrors).toMatchObject([{ code: 'CALL_LINKS_OPEN' }]);
  });
});

describe('the page of a call', () => {
  it('shows what was done and no inside word, and takes one rating', async () => {
    const follow = await raise(await path());
    await solve();
    const page = await get(follow);
    expect(page.text).toContain('更换变压器');
    expect(page.text).toContain('马上到');
    expect(page.text).not.toMatch(/内部：等批复|SERVICE@service|13912345678/);
    expect((await send(follow, { act: 'rate', version: hidden(page.text, 'version'), score: '9', words: '' })).status).toBe(422);
    expect((await send(follow, { act: 'rate', version: '1', score: '5', words: '' })).status).toBe(422);
    const rated = await send(follow, { act: 'rate', version: hidden(page.text, 'version'), score: '5', words: '很满意' });
    expect([rated.status, rated.to]).toEqual([303, follow]);
    expect(await call()).toMatchObject({ state: 'CLOSED', score: 5, rated_by: null });
    const after = await get(follow);
    expect(after.text).toContain('5/5');
    expect(after.text).not.toContain('value="rate"');
    expect((await send(follow, { act: 'rate', version: hidden(after.text, 'version'), score: '1', words: '' })).status).toBe(422);
    expect((await node('ratingWords', zone.recruiter)).ratingWords).toBe('很满意');
  });

  it('lets the enterprise say that it is not solved, with a reason, and withdraw what it no longer needs', async () => {
    const follow = await raise(await path());
    await solve();
    const version = async () => hidden((await get(follow)).text, 'version');
    expect((await send(follow, { act: 'reopen', version: await version(), words: ' ' })).status).toBe(422);
    const jpeg = await sharp({ create: { width: 20, height: 20, channels: 3, background: '#c02020' } }).jpeg().toBuffer();
    expect((await send(follow, { act: 'reopen', version: await version(), words: '仍停电' }, [['a.jpg', jpeg]])).status).toBe(303);
    expect(await call()).toMatchObject({ state: 'REOPENED', round: 2 });
    expect((await node('entries { kind content byEnterprise files { name } }')).entries.at(-1)).toEqual({ kind: 'REOPENED', content: '仍停电', byEnterprise: true, files: [{ name: 'a.jpg' }] });
    expect((await send(follow, { act: 'withdraw', version: await version(), words: '已自行解决' })).status).toBe(303);
    expect((await call()).state).toBe('WITHDRAWN');
    expect((await send(follow, { act: 'nothing', version: await version(), words: 'x' })).status).toBe(422);
  });

  it('can be opened by a link that staff make anew', async () => {
    await raise(await path());
    const made = await create({ serviceCallId: (await node('')).id });
    expect(made.link).toMatchObject({ kind: 'FOLLOW', usable: true });
    expect((await get(made.path)).text).toContain('待报到');
    const other = await zone.project({ name: '另一项目' });
    expect((await create({ projectId: `Project:${other}`, serviceCallId: (await node('')).id })).userErrors).toMatchObject([{ code: 'UNKNOWN_REFERENCE' }]);
  });

  it('is of our own files alone, under a policy that admits no script, in both languages', async () => {
    const where = await path();
    const follow = await raise(await path());
    for (const address of [where, follow, '/calls/x']) {
      for (const [headers, query, lang] of [[{ 'accept-language': 'en-GB,en;q=0.9' }, '', 'en'], [{ 'accept-language': 'fr' }, '', 'zh-CN'], [{}, '?lang=en', 'en']] as [Record<string, string>, string, string][]) {
        const page = await get(address + query, headers);
        expect(page.text).toContain(`<html lang="${lang}">`);
        expect(page.text).not.toMatch(/https?:\/\/|<script|style="|\son\w+="|@import/);
        expect([...page.text.matchAll(/(?:src|href|action)="([^"]+)"/g)].map(([, link]) => link!).filter((link) => !link.startsWith('?lang='))).toEqual(['/calls.css', 'data:,']);
        expect(page.headers.get('content-security-policy')).toBe(`default-src 'none';style-src 'self';img-src data:;form-action 'self';base-uri 'none';frame-ancestors 'none'`);
      }
    }
    expect((await get('/calls.css')).headers.get('content-type')).toBe('text/css; charset=utf-8');
  });
});

it('is not for guessing: an address soon has to wait, and so has a link', async () => {
  const guarded = await testApi(t, { callPageLimits: { address: { most: 100, perSecond: 0.0001 }, link: { most: 3, perSecond: 0.0001 } } });
  try {
    const ask = async (where: string) => {
      const response = await guarded.request(null, where);
      await response.text();
      return response.status;
    };
    const where = await path();
    // The limit of the link, before that of the address.
    expect([await ask(where), await ask(where), await ask(where), await ask(where)]).toEqual([200, 200, 200, 429]);
    const guesses: number[] = [];
    for (let i = 0; i < 8; i++) guesses.push(await ask(`/calls/${randomBytes(32).toString('base64url')}`));
    expect(guesses).toEqual([404, 404, 404, 404, 429, 429, 429, 429]);
    const last = await guarded.request(null, where);
    await last.text();
    expect(last.headers.get('retry-after')).toMatch(/^\d+$/);
  } finally {
    await guarded.stop();
  }
});

it('takes no body but a form, and never writes a secret into the log or the database', async () => {
  const where = await path();
  const wrong = await api.request(null, where, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  await wrong.text();
  expect(wrong.status).toBe(415);
  const broken = await api.request(null, where, { method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: '--x\r\nnonsense' });
  await broken.text();
  expect(broken.status).toBeGreaterThanOrEqual(400);
  const follow = await raise(where);
  // Something that nobody expected, so that there is a line in the log.
  await t.owner.query('alter table service_call rename to service_call_away');
  try {
    expect((await get(follow)).status).toBe(500);
  } finally {
    await t.owner.query('alter table service_call_away rename to service_call');
  }
  expect(lines.some((line) => line.includes('unexpected error'))).toBe(true);
  const secrets = [where, follow].map((p) => p.split('/').pop()!);
  for (const secret of secrets) expect(lines.join('')).not.toContain(secret);
  for (const table of ['audit_entry', 'service_call_link', 'idempotency_key', 'outbox']) {
    const { rows } = await t.owner.query<{ x: string }>(`select to_jsonb(x)::text as x from ${table} x`);
    for (const secret of secrets) expect(rows.map((r) => r.x).join('')).not.toContain(secret);
  }
});
