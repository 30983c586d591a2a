import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { hashPassword } from '@yinfeng/directory';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let t: TestDatabase;
let zone: TestZone;
let open: TestApi;
let closed: TestApi;
const lines: string[] = [];

beforeAll(async () => {
  t = await testDatabase();
  zone = await makeZone(t.owner);
  await t.owner.query('insert into credential (staff_id, zone_id, password_hash) values ($1, $2, $3)', [zone.as.RECRUITER.staffId, zone.id, await hashPassword('right-password')]);
  open = await testApi(t, { logLevel: 'info', logTo: { write: (line) => void lines.push(line) } });
  closed = await testApi(t, { production: true });
});
afterAll(async () => {
  await open.stop();
  await closed.stop();
  await t.stop();
});

const code = async (api: TestApi, who: Parameters<TestApi['gql']>[0], query: string, variables?: object) => (await api.gql(who, query, variables)).errors?.[0]?.extensions?.code ?? 'ok';
const email = async () => (await t.owner.query<{ email: string }>('select email from staff where id = $1', [zone.as.RECRUITER.staffId])).rows[0]!.email;
const SIGN_IN = 'mutation($input: SignInInput!) { signIn(input: $input) { token staff { id name } userErrors { code path } } }';

describe('errors', () => {
  it('that nobody expected are masked, in either execution, under an id that the log knows', async () => {
    await t.owner.query('revoke select on visit from yinfeng_app');
    try {
      // The third time on, the operation is compiled.
      for (let i = 0; i < 4; i++) {
        const { errors, data } = await open.gql(zone.as.RECRUITER, '{ visits(first: 1) { nodes { id } } }');
        expect(data).toBeNull();
        expect(errors).toEqual([{ message: expect.stringContaining('编号'), locations: [{ line: 1, column: 3 }], path: ['visits'], extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: expect.any(String) } }]);
        expect(lines.some((line) => line.includes(errors[0].extensions.requestId) && line.includes('permission denied for table visit'))).toBe(true);
        expect(JSON.stringify(errors)).not.toMatch(/visit"|permission denied|node_modules|select/i);
      }
    } finally {
      await t.owner.query('grant select on visit to yinfeng_app');
    }
  });

  it('give the request id in the header too, and never what the caller sent as one', async () => {
    const response = await open.request(null, '/graphql', { method: 'POST', headers: { 'content-type': 'application/json', 'x-request-id': 'evil\tline' }, body: '{"query":"{__typename}"}' });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('are told in the language asked for', async () => {
    const ask = async (language?: string) => (await open.gql(zone.as.RECRUITER, '{ node(id: "x") { id } }', undefined, language ? { 'accept-language': language } : {})).errors[0].message;
    expect([await ask(), await ask('en-US,zh;q=0.5'), await ask('zh-CN')]).toEqual(['没有找到该记录，或您无权查看。', 'No such record, or you may not see it.', '没有找到该记录，或您无权查看。']);
  });
});

describe('the log', () => {
  it('holds no password, token or variable, and no line that a caller made', async () => {
    lines.length = 0;
    await open.gql(null, SIGN_IN, { input: { email: 'a@b.c\r\n{"level":60,"msg":"forged"}', password: 'p4ssw0rd-secret' } });
    const token = await open.token(zone.as.RECRUITER);
    await open.gql(zone.as.RECRUITER, 'mutation($input: LeadReportInput!) { leadReport(input: $input) { userErrors { code } } }', { input: { name: '电话\r\nx', contact: { name: '周总', phones: ['13912345678'] } } });
    await open.request(zone.as.RECRUITER, '/graphql?query=%7B__typename%7D&variables=%7B%22p%22%3A%2213912345678%22%7D', { headers: { 'apollo-require-preflight': '1', cookie: 'yinfeng=cookie-secret' } });
    const log = lines.join('');
    expect(log).toContain('leadReport');
    expect(log).not.toContain('Refusal');
    for (const secret of ['p4ssw0rd-secret', token, '13912345678', '周总', 'forged', 'cookie-secret']) expect(log).not.toContain(secret);
    for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });
});

describe('the schema', () => {
  const LOOK = '{ __schema { queryType { name } } }';
  it('is shown to strangers outside production only, to signed-in people always', async () => {
    expect(await code(open, null, LOOK)).toBe('ok');
    expect(await code(closed, null, LOOK)).toBe('FORBIDDEN');
    expect(await code(closed, null, 'query { ...A } fragment A on Query { __type(name: "Project") { name } }')).toBe('FORBIDDEN');
    expect(await code(closed, zone.as.RECRUITER, LOOK)).toBe('ok');
  });
  it('is not told by suggestions', async () => {
    for (const query of ['{ project }', '{ projets { totalCount } }', '{ projects(firs: 1) { totalCount } }']) {
      expect(JSON.stringify((await closed.gql(zone.as.RECRUITER, query)).errors)).not.toMatch(/did you mean/i);
    }
  });
});

describe('limits', () => {
  const nested = (levels: number): string => (levels === 0 ? 'id' : `visits(first: 200) { nodes { id project { id ${levels > 1 ? '' : ''} } } }`);

  it('let the honest queries of the contract pass', async () => {
    const four = 'id code name stage status totalInvestment { amount currency } owner { id name } department { id name } lastVisit { id visitedOn } visitCount';
    for (const query of [
      `{ projects(first: 50) { totalCount edges { cursor node { ${four} } } pageInfo { hasNextPage endCursor } } }`,
      `{ projects(first: 200) { nodes { ${four} } } }`,
      `query($n: Int) { projects(first: $n) { nodes { ${four} enterprises { role enterprise { id name } } } } }`,
    ]) expect(await code(open, zone.as.MANAGER, query, { n: 200 })).toBe('ok');
  });

  it('refuse what multiplies, nests, aliases or repeats too much, before it runs', async () => {
    const deep = '{ project(id: "x") { ' + 'lastVisit { project { '.repeat(6) + 'id' + ' } }'.repeat(6) + ' } }';
    const wide = `{ projects(first: 200) { nodes { id visits(first: 200) { nodes { id } } } } }`;
    const variable = `query($n: Int = 200) { projects(first: $n) { nodes { id visits(first: $n) { nodes { id } } } } }`;
    const aliases = `{ ${Array.from({ length: 16 }, (_, i) => `a${i}: __typename`).join(' ')} }`;
    const doubling = 'query { project(id: "x") { ...F0 } } ' + Array.from({ length: 7 }, (_, i) => `fragment F${i} on Project { p: name ...F${i + 1} q: name ...F${i + 1} }`).join(' ') + ' fragment F7 on Project { id }';
    for (const query of [deep, wide, variable, aliases, doubling]) expect([query.slice(0, 60), await code(open, zone.as.MANAGER, query)]).toEqual([query.slice(0, 60), 'QUERY_TOO_COMPLEX']);
    expect(await code(open, zone.as.MANAGER, variable, { n: 10 })).toBe('ok');
    expect(nested(1)).toContain('visits');
  });

  it('refuse a document of too many words, a body too large, and one that is packed', async () => {
    expect(await code(open, zone.as.MANAGER, `{ ${'__typename '.repeat(2100)} }`)).toBe('GRAPHQL_PARSE_FAILED');
    const post = (body: string, headers: Record<string, string> = {}) => open.request(zone.as.MANAGER, '/graphql', { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
    expect((await post(JSON.stringify({ query: '{__typename}', pad: 'x'.repeat(300_000) }))).status).toBe(413);
    expect((await post('{"query":"{__typename}"}', { 'content-encoding': 'gzip' })).status).toBe(415);
    expect((await post('{"query":"{__typename}"}', { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('take the points of each operation from its caller alone, and say when to come back', async () => {
    const small = await testApi(t, { limits: { bucket: 500, refillPerSecond: 1 } });
    try {
      const list = '{ projects(first: 200) { nodes { id } } }';
      const first = await small.gql(zone.as.MANAGER, list);
      expect(first.extensions.cost).toEqual({ requested: 201, throttleStatus: { maximumAvailable: 500, currentlyAvailable: 299, restoreRate: 1 } });
      expect(await code(small, zone.as.MANAGER, list)).toBe('ok');
      const refused = await small.request(zone.as.MANAGER, '/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: list }) });
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(90);
      expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED', seconds: expect.any(Number) } }] });
      expect(await code(small, zone.as.RECRUITER, list)).toBe('ok');
    } finally {
      await small.stop();
    }
  });

  it('give up on what takes too long, with an answer', async () => {
    const hasty = await testApi(t, { limits: { operationMs: 30 } });
    const blocker = await t.owner.connect();
    try {
      await blocker.query('begin; lock table signing in access exclusive mode');
      const { errors } = await hasty.gql(zone.as.MANAGER, '{ signings(first: 1) { nodes { id } } }');
      expect(errors[0].extensions).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
      expect(errors[0].message).toContain('0.03');
      expect(errors[0].extensions.requestId).toBeDefined();
    } finally {
      await blocker.query('rollback');
      blocker.release();
      await hasty.stop();
    }
  });
});

describe('the session cookie', () => {
  const send = (cookie: string, headers: Record<string, string>, query = '{ me { name } }', variables?: object) =>
    open.request(null, '/graphql', { method: 'POST', headers: { 'content-type': 'application/json', cookie, ...headers }, body: JSON.stringify({ query, variables }) });

  it('is set by signIn, hidden from scripts, works with the CSRF header alone and dies with signOut', async () => {
    const signedIn = await send('', {}, SIGN_IN, { input: { email: await email(), password: 'right-password' } });
    const set = signedIn.headers.get('set-cookie')!;
    expect(set).toMatch(/^yinfeng=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Expires=/);
    const answer = (await signedIn.json()) as { data: { signIn: { token: string; staff: { name: string }; userErrors: unknown[] } } };
    expect(answer.data.signIn).toMatchObject({ staff: { name: 'RECRUITER@group' }, userErrors: [] });
    const cookie = set.split(';')[0]!;
    const name = async (headers: Record<string, string>) => ((await (await send(cookie, headers)).json()) as { data?: { me: unknown } }).data?.me;
    expect(await name({})).toBeUndefined();
    expect(await name({ 'x-yinfeng-csrf': '1' })).toEqual({ name: 'RECRUITER@group' });
    const out = await send(cookie, { 'x-yinfeng-csrf': '1' }, 'mutation { signOut(input: {}) { signedOut } }');
    expect(out.headers.get('set-cookie')).toMatch(/^yinfeng=; .*1970/);
    expect(await name({ 'x-yinfeng-csrf': '1' })).toBeUndefined();
    expect(await code(open, answer.data.signIn.token, '{ me { name } }')).toBe('UNAUTHENTICATED');
  });

  it('comes with no reason why nobody came in', async () => {
    const wrong = await open.gql(null, SIGN_IN, { input: { email: await email(), password: 'wrong' } });
    const unknown = await open.gql(null, SIGN_IN, { input: { email: 'nobody@nowhere', password: 'wrong' } });
    expect(wrong.data).toEqual({ signIn: { token: null, staff: null, userErrors: [{ code: 'SIGN_IN_FAILED', path: ['password'] }] } });
    expect(unknown.data).toEqual(wrong.data);
  });

  it('asks for no simple request of a foreign page', async () => {
    expect((await open.request(null, '/graphql?query=%7B__typename%7D')).status).toBe(400);
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x']) {
      expect((await open.request(null, '/graphql', { method: 'POST', headers: { 'content-type': type }, body: 'query=%7B__typename%7D' })).status).toBe(415);
    }
    const preflight = await open.request(null, '/graphql', { method: 'OPTIONS', headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' } });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('the WebSocket', () => {
  interface Talk { closed?: number; refused?: number; got: { type: string; payload?: any }[] }
  /** Speaks graphql-transport-ws until the server answers the subscription or closes. */
  const talk = (init: object, query: string, headers: Record<string, string> = {}) =>
    new Promise<Talk>((resolve) => {
      const got: Talk['got'] = [];
      const socket = new WebSocket(`${open.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
      socket.on('error', () => undefined);
      socket.on('unexpected-response', (_request, response) => resolve({ refused: response.statusCode, got }));
      socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: init })));
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as { type: string; payload?: any };
        got.push(message);
        if (message.type === 'connection_ack') socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query } }));
        else socket.close(1000);
      });
      socket.on('close', (closedWith) => resolve({ closed: closedWith, got }));
    });
  const refusalOf = async (query: string) => (await talk({ authorization: `Bearer ${await open.token(zone.as.RECRUITER)}` }, query)).got.at(-1)!.payload[0].extensions.code;

  it('opens for signed-in people of our own pages', async () => {
    expect((await talk({}, 'subscription { reminderDelivered { id } }')).closed).toBe(4403);
    expect((await talk({ authorization: 'Bearer nothing' }, '')).closed).toBe(4403);
    expect((await talk({}, '', { origin: 'https://evil.example' })).refused).toBe(403);
    expect((await talk({}, '', { origin: open.url })).closed).toBe(4403);
  });

  it('takes subscriptions only, under the same limits and the same guard', async () => {
    expect(await refusalOf('{ __typename }')).toBe('BAD_USER_INPUT');
    expect(await refusalOf('mutation { signOut(input: {}) { signedOut } }')).toBe('BAD_USER_INPUT');
    expect(await refusalOf(`subscription { ${Array.from({ length: 16 }, (_, i) => `a${i}: reminderDelivered { id }`).join(' ')} }`)).toBe('QUERY_TOO_COMPLEX');
    expect(await refusalOf(`subscription { reminderDelivered { ${'id '.repeat(2100)} } }`)).toBe('GRAPHQL_PARSE_FAILED');
    expect(await refusalOf('subscription { reminderDeliverd { id } }')).toBe('GRAPHQL_VALIDATION_FAILED');
    const auditor = await talk({ authorization: `Bearer ${await open.token(zone.as.AUDITOR)}` }, 'subscription { reminderDelivered { id } }');
    expect(auditor.got.find((m) => m.type === 'next')!.payload.errors[0].extensions.code).toBe('FORBIDDEN');
  });
});

describe('files', () => {
  const upload = (name: string, content: string | Uint8Array<ArrayBuffer>, field = 'file') => {
    const form = new FormData();
    form.append(field, new Blob([content]), name);
    return open.request(zone.as.RECRUITER, '/files', { method: 'POST', body: form });
  };
  const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

  it('are kept by content and come back as they were, never shown inline', async () => {
    const saved = (await (await upload('现场 台账.csv', '甲,乙\n')).json()) as { id: string; name: string; size: number; mediaType: string; sha256: string };
    expect(saved).toEqual({ id: expect.stringMatching(/^StoredFile:/), name: '现场 台账.csv', size: 8, mediaType: 'text/csv', sha256: expect.stringMatching(/^[0-9a-f]{64}$/), width: null, height: null });
    const back = await open.request(zone.as.RECRUITER, `/files/${saved.id}`);
    expect(await back.text()).toBe('甲,乙\n');
    expect(back.headers.get('content-disposition')).toBe(`attachment; filename="__ __.csv"; filename*=UTF-8''%E7%8E%B0%E5%9C%BA%20%E5%8F%B0%E8%B4%A6.csv`);
    expect([back.headers.get('x-content-type-options'), back.headers.get('cache-control'), back.headers.get('content-security-policy')]).toEqual(['nosniff', 'private, no-store', "default-src 'none'; sandbox"]);
    for (const who of [zone.colleague, zone.as.AUDITOR]) expect((await open.request(who, `/files/${saved.id}`)).status).toBe(who === zone.colleague ? 404 : 403);
    expect((await open.request(null, `/files/${saved.id}`)).status).toBe(401);
  });

  it('are read by who sees a project that has them as evidence', async () => {
    const saved = (await (await upload('协议.csv', '甲,乙\n1,2\n')).json()) as { id: string };
    const lead = await open.gql(zone.as.RECRUITER, 'mutation($input: LeadReportInput!) { leadReport(input: $input) { project { id } userErrors { code } } }', { input: { name: '证据项目' } });
    const project = lead.data.leadReport.project.id;
    expect((await open.request(zone.as.MANAGER, `/files/${saved.id}`)).status).toBe(404);
    await open.gql(zone.as.RECRUITER, 'mutation($input: EvidenceAddInput!) { evidenceAdd(input: $input) { userErrors { code } } }', { input: { projectId: project, item: 'agreement', fileId: saved.id } });
    expect((await open.request(zone.as.MANAGER, `/files/${saved.id}`)).status).toBe(200);
    expect((await open.request(zone.stranger, `/files/${saved.id}`)).status).toBe(404);
  });

  it('that are too large, of another type than they say, or sent otherwise are refused with the reason', async () => {
    const refused = async (response: Response) => [response.status, ((await response.json()) as { error: { code: string } }).error.code];
    expect(await refused(await upload('x.png', 'no picture'))).toEqual([415, 'FILE_TYPE']);
    expect(await refused(await upload('x.html', '<script>alert(1)</script>'))).toEqual([415, 'FILE_TYPE']);
    expect(await refused(await upload('x.csv', PNG))).toEqual([415, 'FILE_TYPE']);
    expect(await refused(await upload('x.csv', 'a,b\n', 'other'))).toEqual([400, 'FILE_EXPECTED']);
    expect(await refused(await open.request(zone.as.RECRUITER, '/files', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }))).toEqual([400, 'FILE_EXPECTED']);
    expect(await refused(await open.request(zone.as.AUDITOR, '/files', { method: 'POST', body: new FormData() }))).toEqual([400, 'FILE_EXPECTED']);
    const large = await upload('x.csv', new Uint8Array(20 * 1024 * 1024 + 10).fill(97)).catch(() => null);
    if (large) expect(await refused(large)).toEqual([413, 'FILE_TOO_LARGE']);
    const rows = await t.owner.query(`select count(*)::int as n from stored_file where name in ('x.png', 'x.html', 'x.csv')`);
    expect(rows.rows[0]).toEqual({ n: 0 });
  });
});

describe('health and figures', () => {
  it('answer without signing in and tell nothing of anybody', async () => {
    expect(await (await open.request(null, '/healthz')).json()).toEqual({ status: 'ok' });
    expect(await (await open.request(null, '/readyz')).json()).toEqual({ status: 'ready', database: 'ok' });
    expect(await (await open.request(null, '/metrics')).text()).toMatch(/yinfeng_operations_total\{kind="query",operation="visits",outcome="INTERNAL_SERVER_ERROR"\} 4/);
  });
});
