import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { POLICIES } from '@yinfeng/directory';
import { LedgerExports } from '@yinfeng/ledgers';
import { type Actor } from '@yinfeng/platform';
import ExcelJS from 'exceljs';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let t: TestDatabase;
let api: TestApi;
let zone: TestZone;
let owner: Actor;
let projectId: string;

beforeAll(async () => {
  t = await testDatabase({ poolSize: 8 });
  api = await testApi(t, { poolSize: 16 });
});
afterAll(async () => {
  await api.stop();
  await t.stop();
});
beforeEach(async () => {
  await t.clean();
  zone = await makeZone(t.owner);
  owner = zone.as.RECRUITER;
  projectId = await project(owner);
});

const ERRORS = 'userErrors { code message path }';
const FIELDS = 'contact { id version name fullName phones wechat emails masked reveals basis collectedOn retainUntil doNotContact suggestedName }';
const ask = (name: string, input: object, who: Actor, fields = FIELDS) => api.gql(who, `mutation($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { act: ${name}(input: $input) { ${fields} ${ERRORS} } }`, { input });
const done = async (name: string, input: object, who: Actor = owner, fields?: string) => (await ask(name, input, who, fields)).data.act;
const codes = (payload: { userErrors: { code: string; path: string[] | null }[] }) => payload.userErrors.map((e) => [e.code, e.path?.join('.')]);
const create = async (more: object = {}, who: Actor = owner) => (await done('contactCreate', { projectId, name: '周建国', phones: ['139 1234 6789'], wechat: 'zhoujg1975', emails: ['zhou@example.cn'], ...more }, who)).contact;
const reveal = (contactId: string, who: Actor, more: object = {}) => done('contactReveal', { contactId, reason: '约见客商', ...more }, who, 'contact { id reveals } phones wechat emails left');
const seen = async (who: Actor) => (await api.gql(who, 'query($id: ID!) { project(id: $id) { contacts { name phones wechat emails masked } } }', { id: projectId })).data.project.contacts;
async function project(who: Actor): Promise<string> {
  const { rows } = await t.owner.query<{ id: string }>(`insert into project (zone_id, code, name, folded_name, core_name, owner_id, department_id, last_activity_on) values ($1, 'P-' || gen_random_uuid(), '新材料项目', 'x', 'x', $2, $3, '2026-06-01') returning id`, [zone.id, who.staffId, who.departmentIds[0]]);
  return `Project:${rows[0]!.id}`;
}
const uuid = (id: string) => id.split(':')[1]!;
const WHOLE = { name: '周建国', phones: ['13912346789'], wechat: 'zhoujg1975', emails: ['zhou@example.cn'], masked: false };
const MASKED = { name: '周建国', phones: ['139****6789'], wechat: 'zh******75', emails: ['z***@example.cn'], masked: true };

describe('masking', () => {
  it('shows whole values to the owner, companions and heads; everybody else sees their ends', async () => {
    await create();
    const companion = await zone.hire('RECRUITER', 'otherBureau');
    await t.owner.query('insert into project_member (zone_id, project_id, staff_id) values ($1, $2, $3)', [zone.id, uuid(projectId), companion.staffId]);
    for (const who of [owner, companion, zone.as.GROUP_LEADER, zone.as.MANAGER]) expect([who.role, await seen(who)]).toEqual([who.role, [WHOLE]]);
    expect(await seen(zone.as.LEADER)).toEqual([MASKED]);
    const agent = zone.as.AGENT;
    await t.owner.query('insert into project_member (zone_id, project_id, staff_id) values ($1, $2, $3)', [zone.id, uuid(projectId), agent.staffId]);
    expect(await seen(agent)).toEqual([MASKED]);
    await t.owner.query('update project set owner_id = $2 where id = $1', [uuid(projectId), agent.staffId]);
    expect(await seen(agent)).toEqual([WHOLE]);
  });

  it('follows the rule of the zone from its day on; the database knows the usual one', async () => {
    await create();
    await t.owner.query(`insert into zone_policy (zone_id, name, valid_from, value) values ($1, 'contactMasking', '2026-06-15', '{"seeWhole": ["LEADER"], "revealsPerDay": 1}')`, [zone.id]);
    expect(await seen(zone.as.LEADER)).toEqual([WHOLE]);
    expect(await seen(owner)).toEqual([MASKED]);
    const { rows: [{ body }] } = await t.owner.query(`select prosrc as body from pg_proc where proname = 'parties_open'`);
    expect(body).toContain(JSON.stringify(POLICIES.contactMasking.usual.seeWhole));
  });

  it('leaves no digits of a phone in any answer to a masked person: lists, search, visits, timeline, export, import rows', async () => {
    const made = await create();
    await t.owner.query(`insert into visit (zone_id, project_id, direction, visited_on, content, result, staff_id) values ($1, $2, 'CALL', '2026-06-12', '周建国电话13912346789，投资13912346789元', '改号 139-1234-6789', $3)`, [zone.id, uuid(projectId), owner.staffId]);
    const leader = zone.as.LEADER;
    const { rows: [imported] } = await t.owner.query(`insert into ledger_import (zone_id, file_name, sha256, state, created_by) values ($1, 'x.xlsx', sha256('x'), 'APPLIED', $2) returning id`, [zone.id, zone.as.MANAGER.staffId]);
    await t.owner.query(`insert into ledger_row (import_id, zone_id, ord, sheet, row, identity, action, changes) values ($1, $2, 0, '项目', 2, 'x', 'UPDATE', '{"contact.周建国": [null, ["13912346789"]]}')`, [imported.id, zone.id]);
    await t.owner.query(`insert into ledger_row_text (import_id, zone_id, ord, fields, raw, warnings) values ($1, $2, 0, '{"contact.phone": ["13912346789"]}', '{"J": "13912346789"}', '[{"class": "PHONE_FORMAT", "level": "warn", "cell": "J2", "raw": "13912346789"}]')`, [imported.id, zone.id]);
    const answers = async (who: Actor) => {
      const body = (await api.gql(who, `query($id: ID!, $contact: ID!, $import: ID!) {
        project(id: $id) { contacts { phones note } visits(first: 5) { nodes { content result } } timeline(first: 20) { nodes { title text } } }
        contacts { nodes { phones project { contacts { phones } } } } node(id: $contact) { ... on Contact { phones } } search(text: "新材料") { title detail }
        visits(first: 5) { nodes { content result } } ledgerImport(id: $import) { rows { nodes { raw { text } fields { value } changes { to } warnings { raw } } } } }`, { id: projectId, contact: made.id, import: `LedgerImport:${imported.id}` }));
      expect(body.errors).toBeUndefined();
      const book = new ExcelJS.Workbook();
      await book.xlsx.read(await api.running.app.get(LedgerExports).projects(who));
      return JSON.stringify(body.data) + JSON.stringify(book.worksheets[0]!.getSheetValues());
    };
    const shown = (await answers(leader)).replaceAll('13912346789元', '');
    expect(shown).toContain('139****6789');
    expect(shown.replace(/[\s-]/g, '')).not.toMatch(/12346789/);
    expect(await answers(zone.as.MANAGER)).toContain('电话13912346789');
  });
});

describe('contactReveal', () => {
  it('shows the whole values once, with its reason on record and counted', async () => {
    const { id } = await create();
    const leader = zone.as.LEADER;
    expect(await reveal(id, leader)).toMatchObject({ contact: { reveals: 1 }, phones: ['13912346789'], wechat: 'zhoujg1975', emails: ['zhou@example.cn'], left: 29, userErrors: [] });
    const { rows } = await t.owner.query(`select actor_id, entity_id, after ->> 'reason' as reason from audit_entry where entity = 'contact_reveal' and operation = 'EVENT'`);
    expect(rows).toEqual([{ actor_id: leader.staffId, entity_id: uuid(id), reason: '约见客商' }]);
    expect(JSON.stringify((await t.owner.query('select * from idempotency_key')).rows)).not.toContain('6789');
    expect(codes(await reveal(id, leader, { reason: ' ' }))).toEqual([['REASON_REQUIRED', 'reason']]);
    for (const who of [zone.as.AGENT, zone.as.AUDITOR, zone.as.SECURITY_ADMIN]) expect((await ask('contactReveal', { contactId: id, reason: '查看' }, who, 'phones')).errors[0].extensions.code).toBe('FORBIDDEN');
    expect((await ask('contactReveal', { contactId: id, reason: '查看' }, zone.stranger, 'phones')).errors[0].extensions.code).toBe('NOT_FOUND');
  });

  it('costs one for one key, and nothing of it is kept but the act', async () => {
    const { id } = await create();
    const twice = await Promise.all([1, 2].map(() => reveal(id, zone.as.LEADER, { idempotencyKey: 'k' })));
    expect(twice.map((r) => r.left)).toEqual([29, 29]);
    expect(JSON.stringify((await t.owner.query('select * from idempotency_key')).rows)).not.toContain('6789');
  });

  it('lets exactly one of fifty at the last of the quota through', async () => {
    const { id } = await create();
    const leader = zone.as.LEADER;
    await t.owner.query('insert into contact_reveal_day (zone_id, staff_id, day, used) values ($1, $2, $3, 29)', [zone.id, leader.staffId, '2026-06-15']);
    const all = await Promise.all(Array.from({ length: 50 }, () => reveal(id, leader)));
    expect(all.filter((r) => r.userErrors.length === 0)).toHaveLength(1);
    expect(all.filter((r) => r.userErrors[0]?.code === 'REVEAL_QUOTA' && r.phones.length === 0)).toHaveLength(49);
    expect((await t.owner.query('select count(*)::int as n from contact_reveal')).rows[0].n).toBe(1);
    api.clock.pin(new Date('2026-06-16T09:00:00+08:00'));
    expect((await reveal(id, leader)).left).toBe(29);
    api.clock.pin(t.clock.pinned());
  });
});

describe('a contact', () => {
  it('carries ground, source and term, and is edited by its version', async () => {
    const made = await create({ basis: 'CONSENT', source: '名片交换', collectedOn: '2026-06-10' });
    expect(made).toMatchObject({ version: 1, fullName: true, basis: 'CONSENT', collectedOn: '2026-06-10', retainUntil: '2029-06-15' });
    const edited = await done('contactEdit', { contactId: made.id, expectedVersion: 1, title: '副总裁', doNotContact: true, doNotContactReason: '本人要求', retainUntil: '2027-01-01' });
    expect(edited.contact).toMatchObject({ version: 2, doNotContact: true, retainUntil: '2027-01-01' });
    const races = await Promise.all([1, 2].map((n) => done('contactEdit', { contactId: made.id, expectedVersion: 2, note: `${n}` })));
    expect(races.map((r) => codes(r)[0]?.[0] ?? 'done').sort()).toEqual(['CONFLICT', 'done']);
    expect((await done('contactArchive', { contactId: made.id, expectedVersion: 3 })).userErrors).toEqual([]);
    const list = async (filter: object) => (await api.gql(owner, 'query($filter: ContactFilter) { contacts(filter: $filter) { totalCount nodes { id } } }', { filter })).data.contacts.totalCount;
    expect([await list({}), await list({ archived: true }), await list({ archived: true, doNotContact: true, hasBasis: true, text: '建国' })]).toEqual([0, 1, 1]);
  });

  it('refuses what does not fit, with the field', async () => {
    const refused = async (more: object) => codes(await done('contactCreate', { projectId, name: '李明', ...more }))[0];
    expect(await refused({ basis: 'LEGITIMATE' })).toEqual(['INVALID', 'basis']);
    expect(await refused({ phones: ['139****6789'] })).toEqual(['INVALID', 'phones.0']);
    expect(await refused({ emails: ['nobody'] })).toEqual(['INVALID', 'emails']);
    expect(await refused({ collectedOn: '2026-06-16' })).toEqual(['DATE_IN_FUTURE', 'collectedOn']);
    expect(codes(await done('contactCreate', { projectId }))[0]).toEqual(['REQUIRED', 'name']);
    expect(codes(await done('contactCreate', { name: '李明' }))[0]).toEqual(['REQUIRED', 'projectId']);
  });

  it('周总 is completed by 周建国 of the same phone, not doubled', async () => {
    const half = await create({ name: '周总' });
    expect(half).toMatchObject({ name: '周总', fullName: false });
    const again = await done('contactCreate', { projectId, name: '周建国', phones: ['+86 13912346789'] });
    expect([codes(again), again.contact]).toEqual([[['CONTACT_KNOWN', 'phones']], expect.objectContaining({ id: half.id, name: '周总' })]);
    await done('contactCreate', { projectId, name: '周建国', phones: ['13912346789'], confirmSeparate: true });
    expect((await api.gql(owner, 'query($id: ID!) { node(id: $id) { ... on Contact { suggestedName } } }', { id: half.id })).data.node.suggestedName).toBe('周建国');
    expect((await done('contactEdit', { contactId: half.id, expectedVersion: 1, name: '周建国' })).contact).toMatchObject({ name: '周建国', fullName: true, suggestedName: null });
    expect(codes(await done('contactCreate', { projectId, name: '前台李女士', phones: ['13912346789'] }))).toEqual([]);
  });

  it('is not overwritten by whoever sees it masked', async () => {
    const made = await create();
    const service = zone.as.SERVICE;
    await t.owner.query(`insert into handoff (zone_id, project_id, to_department_id, submitted_by) values ($1, $2, $3, $4)`, [zone.id, uuid(projectId), zone.departments.service, owner.staffId]);
    expect(codes(await done('contactEdit', { contactId: made.id, expectedVersion: 1, phones: ['13800000000'] }, service))).toEqual([['CONTACT_MASKED', 'phones']]);
    expect((await done('contactEdit', { contactId: made.id, expectedVersion: 1, title: '总监' }, service)).userErrors).toEqual([]);
    expect((await ask('contactEdit', { contactId: made.id, expectedVersion: 2, title: '总监' }, zone.as.LEADER)).errors[0].extensions.code).toBe('FORBIDDEN');
    expect((await ask('contactEdit', { contactId: made.id, expectedVersion: 2, title: '总监' }, zone.stranger)).errors[0].extensions.code).toBe('NOT_FOUND');
    const elsewhere = await makeZone(t.owner);
    expect((await ask('contactEdit', { contactId: made.id, expectedVersion: 2, title: '总监' }, elsewhere.as.MANAGER)).errors[0].extensions.code).toBe('NOT_FOUND');
  });

  it('comes in pages, newest first', async () => {
    for (let i = 0; i < 5; i++) await create({ name: `周${'甲乙丙丁戊'[i]}国`, phones: [`1391234678${i}`] });
    const list = await api.gql(zone.as.LEADER, '{ contacts(first: 3) { totalCount pageInfo { hasNextPage endCursor } nodes { phones } } }');
    expect(list.data.contacts).toMatchObject({ totalCount: 5, pageInfo: { hasNextPage: true }, nodes: [{ phones: ['139****6784'] }, {}, {}] });
    const next = await api.gql(zone.as.LEADER, 'query($after: String) { contacts(first: 3, after: $after) { nodes { phones } pageInfo { hasNextPage } } }', { after: list.data.contacts.pageInfo.endCursor });
    expect(next.data.contacts).toMatchObject({ nodes: [{ phones: ['139****6781'] }, { phones: ['139****6780'] }], pageInfo: { hasNextPage: false } });
  });
});
