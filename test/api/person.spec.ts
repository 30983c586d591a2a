import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, systemActor } from '@yinfeng/platform';
import { PersonService } from '@yinfeng/recruitment';
import { commandLine, type CommandLine } from '../cli/command-line.js';
import { testApi, type TestApi } from '../support/api.js';
import { belowHorizon } from '../support/books.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let t: TestDatabase;
let api: TestApi;
let zone: TestZone;
let yinfeng: CommandLine;
let folder: string;

beforeAll(async () => {
  t = await testDatabase({ poolSize: 8 });
  api = await testApi(t, { poolSize: 8 });
  folder = await mkdtemp(join(tmpdir(), 'yinfeng person '));
  yinfeng = commandLine(t.url, folder);
});
afterAll(async () => {
  await api.stop();
  await rm(folder, { recursive: true, force: true });
  await t.stop();
});
beforeEach(async () => {
  await t.clean();
  zone = await makeZone(t.owner, { code: 'ALPHA' });
});

const PHONE = '13912346789';
const one = async <Row extends object>(sql: string, params: unknown[] = []) => (await t.owner.query(sql, params)).rows[0] as Row;
const run = async (sql: string, params: unknown[] = []) => void (await t.owner.query(sql, params));
const command = async (args: string[], in_ = 'ALPHA') => (await yinfeng([...args, '--zone', in_, '--json'])).json() as any;
const erase = (...args: string[]) => command(['person:erase', '--reason', '本人要求删除', ...args]);
/** A project of the owner with an enterprise. */
async function project(z: TestZone, name: string): Promise<{ id: string; enterprise: string }> {
  const { id: enterprise } = await one<{ id: string }>(`insert into enterprise (zone_id, name, folded_name, core_name) values ($1, $2, $2, $2) returning id`, [z.id, `${name}公司`]);
  const { id } = await one<{ id: string }>(`insert into project (zone_id, code, name, folded_name, core_name, owner_id, department_id, last_activity_on, enterprise_id, enterprise_name) values ($1, 'P-' || gen_random_uuid(), $2, $2, $2, $3, $4, '2026-06-01', $5, $6) returning id`,
    [z.id, `${name}项目`, z.as.RECRUITER.staffId, z.departments.group, enterprise, `${name}公司`]);
  await run(`insert into project_enterprise (zone_id, project_id, enterprise_id) values ($1, $2, $3)`, [z.id, id, enterprise]);
  return { id, enterprise };
}
const ask = async (who: Actor, name: string, input: object, fields: string) => (await api.gql(who, `mutation($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { act: ${name}(input: $input) { ${fields} userErrors { code message path } } }`, { input }));

/** Puts 周建国 into every table that can hold him; the words differ from place to place. */
async function plant(z: TestZone, p: { id: string; enterprise: string }): Promise<string> {
  const who = z.as.RECRUITER;
  const made = await ask(who, 'contactCreate', { projectId: `Project:${p.id}`, name: '周建国', title: '副总', phones: ['139 1234 6789'], wechat: 'zhoujg1975', emails: ['zhou@example.cn'], note: '周建国的名片' }, 'contact { id }');
  const contact = made.data.act.contact.id.split(':')[1] as string;
  expect((await ask(who, 'visitLog', { projectId: `Project:${p.id}`, direction: 'CALL', visitedOn: '2026-06-12', content: '与周建国通话，139-1234-6789，投资 5 亿元', result: '微信ZHOUJG1975', nextStep: '周建国回电', met: [{ name: '周建国', title: '副总' }, { name: '李四' }], nextFollowUpOn: '2026-06-18' }, 'visit { id }')).data.act.userErrors).toEqual([]);
  await run(`update project set content = '找周建国', next_step = '致电１３９１２３４６７８９', extra = '{"备注": "周建国 139 1234 6789", "电话": 13912346789}' where id = $1`, [p.id]);
  await run(`insert into first_report (project_id, zone_id, number, reported_at, receipt, referrer, said_name) values ($1, $2, 'FR-1', '2026-06-01', sha256('x'), '周建国 +86 139 1234 6789', 'x')`, [p.id, z.id]);
  await run(`insert into lead_referrer (project_id, zone_id, kind, name, phone, public_servant, note, filed_at) values ($1, $2, 'PERSON', '周建国', '13912346789', false, '周建国来电', '2026-06-01')`, [p.id, z.id]);
  await run(`insert into signing (zone_id, project_id, kind, signed_on, title, commitments) values ($1, $2, 'INTENT', '2026-06-02', '与周建国签约', '电话 (139)12346789')`, [z.id, p.id]);
  await run(`insert into commitment (zone_id, project_id, side, kind, content, created_by) values ($1, $2, 'ZONE', 'OTHER', '周建国承诺', $3)`, [z.id, p.id, who.staffId]);
  await run(`insert into status_request (zone_id, project_id, act, from_status, to_status, state, reason_code, reason, requested_by) values ($1, $2, 'SUSPEND', 'ACTIVE', 'SUSPENDED', 'WAITING', 'X', '周建国说缓一缓', $3)`, [z.id, p.id, who.staffId]);
  await run(`insert into lead_triage (project_id, zone_id, reported_on, respond_days, assess_days, answer_days, answered_at, answered_on, answer_method, answer_note) values ($1, $2, '2026-06-01', 1, 3, 5, '2026-06-02', '2026-06-02', 'PHONE', '答复周建国')`, [p.id, z.id]);
  const { id: list } = await one<{ id: string }>(`insert into target_list (zone_id, name, created_at) values ($1, '名单', now()) returning id`, [z.id]);
  await run(`insert into target_enterprise (zone_id, list_id, name, folded_name, reason, created_at) values ($1, $2, '光电', '光电', '联系人13912346789周建国', now())`, [z.id, list]);
  const { id: dispute } = await one<{ id: string }>(`insert into first_report_dispute (zone_id, number, project_id, claimant_id, claimed_name, ground) values ($1, 'D-1', $2, $3, '甲项目', '周建国先联系我') returning id`, [z.id, p.id, z.stranger.staffId]);
  await run(`insert into dispute_evidence (zone_id, dispute_id, side, kind, note, added_by) values ($1, $2, 'CLAIMANT', 'OTHER', '周建国的信', $3)`, [z.id, dispute, z.stranger.staffId]);
  await run(`insert into contact_reveal (zone_id, contact_id, staff_id, reason, revealed_on) values ($1, $2, $3, '约周建国', '2026-06-12')`, [z.id, contact, who.staffId]);
  const { id: file } = await one<{ id: string }>(`insert into stored_file (zone_id, sha256, name, media_type, size) values ($1, sha256('x'), '周建国 13912346789.jpg', 'image/jpeg', 1) returning id`, [z.id]);
  const { id: imported } = await one<{ id: string }>(`insert into ledger_import (zone_id, file_id, file_name, sha256, state, questions) values ($1, $2, 'x.xlsx', sha256('x'), 'APPLIED', '[{"raw": "13912346789"}]') returning id`, [z.id, file]);
  await run(`insert into ledger_row (import_id, zone_id, ord, sheet, row, identity, action, project_id, candidates, changes) values ($1, $2, 0, '项目', 2, 'x', 'UPDATE', $3, '[{"phone": "13912346789"}]', '{"contact": [null, ["周建国", "13912346789"]]}')`, [imported, z.id, p.id]);
  await run(`insert into ledger_row_text (import_id, zone_id, ord, fields, raw, warnings) values ($1, $2, 0, '{"contact.phone": ["13912346789"], "contact.name": "周建国"}', '{"J": 13912346789, "K": "周建国 副总"}', '[{"raw": "13912346789"}]')`, [imported, z.id]);
  await run(`insert into import_change (import_id, zone_id, entity, entity_id, before, after) values ($1, $2, 'contact', $3, null, '{"name": "周建国", "phones": ["13912346789"]}')`, [imported, z.id, contact]);
  await run(`insert into draft_contact (import_id, ord, zone_id, position, name, title, phones, full_name) values ($1, 0, $2, 0, '周建国', '副总', '{13912346789}', true)`, [imported, z.id]);
  await run(`insert into idempotency_key (zone_id, staff_id, key, operation, input_hash, result) values ($1, $2, 'k', 'x', 'x', '{"phone": "13912346789"}')`, [z.id, who.staffId]);
  const { id: act } = await one<{ id: string }>(`insert into undo_act (zone_id, kind, entity, subject_id, other_id, title, until_on) values ($1, 'MERGE', 'contact', $2, gen_random_uuid(), '周建国 ← 周总', '2026-12-31') returning id`, [z.id, contact]);
  await run(`insert into undo_item (act_id, zone_id, entity, entity_key, before, after, digest) select $1, $2, 'contact', jsonb_build_object('id', c.id), '{"name": "周建国", "phones": ["13912346789"]}', '{"name": "周建国"}', undo_digest(to_jsonb(c)) from contact c where id = $3`, [act, z.id, contact]);
  return contact;
}

/** Every text, list and JSON column of the schema that holds something of the person, of this zone (or of none); what is declared left out apart. */
async function traces(pattern: string, zoneId = zone.id): Promise<string[]> {
  const { rows } = await t.owner.query<{ tbl: string; col: string; walled: boolean }>(`
    select c.table_name as tbl, c.column_name as col, exists (select from information_schema.columns z where z.table_schema = 'public' and z.table_name = c.table_name and z.column_name = 'zone_id') as walled
    from information_schema.columns c join information_schema.tables b on b.table_schema = c.table_schema and b.table_name = c.table_name and b.table_type = 'BASE TABLE'
    where c.table_schema = 'public' and (c.data_type in ('text', 'character varying', 'json', 'jsonb') or c.data_type = 'ARRAY') and c.table_name <> 'audit_entry' order by 1, 2`);
  const found: string[] = [];
  for (const { tbl, col, walled } of rows) {
    const { n } = await one<{ n: number }>(`select count(*)::int as n from "${tbl}" x where x."${col}"::text ~* $1 ${walled ? 'and x.zone_id = $2' : 'and $2::uuid is not null'}`, [pattern, zoneId]);
    if (n > 0) found.push(`${tbl}.${col}`);
  }
  return found;
}
const ANY = '13912346789|139[- ]?1234[- ]?6789|１３９|\\(139\\)|周建国|zhoujg1975|zhou@example';

describe('one person', () => {
  it('is found, given out and erased wherever named; records, counts, figures and books stay', async () => {
    const p = await project(zone, '甲');
    const contact = await plant(zone, p);
    const before = await traces(ANY);
    expect(before.length).toBeGreaterThan(35);
    const rowsBefore = await one('select (select count(*)::int from visit) as v, (select count(*)::int from contact) as c, (select count(*)::int from pipeline_movement) as m, version, last_activity_on, idle_due_on, light, updated_at from project where id = $1', [p.id]);

    const exported = await command(['person:export', '--phone', '+86 139 1234 6789', '--reason', '周建国（13912346789）来函']);
    expect(exported.contacts).toEqual([expect.objectContaining({ name: '周建国', phones: [PHONE], wechat: 'zhoujg1975', emails: ['zhou@example.cn'] })]);
    const held = new Set<string>(exported.found.flatMap((f: any) => f.columns.map((c: string) => `${f.entity}.${c}`)));
    const derived = (await t.owner.query(`select entity from person_left_out() where col is null`)).rows.map((r) => r.entity as string);
    expect(before.filter((b) => !held.has(b) && !derived.includes(b.split('.')[0]!))).toEqual([]);
    expect(JSON.stringify(exported.records)).not.toMatch(/5 亿|李四回/);

    const preview = await command(['person:erase', '--phone', PHONE, '--dry-run']);
    expect(preview).toMatchObject({ actId: null, number: null, found: exported.found });
    expect(await traces(ANY)).toEqual(before);

    const done = await erase('--phone', PHONE);
    expect(done).toMatchObject({ number: expect.stringMatching(/^GR\d{4}-0002$/), earlier: false, found: exported.found });
    expect(done.kept.map((k: any) => [k.entity, k.reason])).toEqual(expect.arrayContaining([['stored_file', 'FILE'], ['audit_entry', 'BOOKS']]));
    expect(done.kept.filter((k: any) => k.reason === 'RULE')).toEqual([]);
    expect(await traces(ANY)).toEqual([]);
    expect(await one('select (select count(*)::int from visit) as v, (select count(*)::int from contact) as c, (select count(*)::int from pipeline_movement) as m, version, last_activity_on, idle_due_on, light, updated_at from project where id = $1', [p.id])).toEqual(rowsBefore);
    expect(await one('select name, phones, wechat, emails, erased_at is not null as erased from contact where id = $1', [contact])).toEqual({ name: '已删除', phones: [], wechat: null, emails: [], erased: true });
    expect(await one('select met from visit')).toEqual({ met: [{ name: '已删除' }, { name: '李四' }] });
    expect(await one(`select content from visit`)).toEqual({ content: '与已删除通话，已删除，投资 5 亿元' });
    expect(await one('select name, phone from lead_referrer')).toEqual({ name: '已删除', phone: null });
    expect(await one(`select before, after from undo_item`)).toEqual({ before: { name: '已删除', phones: [] }, after: { name: '已删除' } });
    expect(await one('select i.digest = undo_digest(to_jsonb(c)) as same from undo_item i, contact c where c.id = $1', [contact])).toEqual({ same: true });
    expect((await yinfeng(['receipts:verify', '--json'])).json()).toMatchObject({ ok: true });

    // The books name the records and never the values; they are sealed and verify.
    const { rows } = await t.owner.query(`select entity, before::text || after::text as words from audit_entry where cause = 'personErase' and operation = 'UPDATE'`);
    expect(new Set(rows.map((r) => r.entity))).toEqual(new Set(['contact', 'visit', 'project', 'first_report', 'lead_referrer', 'signing', 'commitment', 'status_request', 'lead_triage', 'target_enterprise', 'first_report_dispute', 'dispute_evidence', 'contact_reveal', 'stored_file', 'undo_act'].filter((e) => rows.some((r) => r.entity === e))));
    expect(rows.filter((r) => new RegExp(ANY, 'i').test(r.words as string))).toEqual([]);
    expect(await one(`select count(*)::int as n from audit_entry where cause in ('personErase', 'personExport') and operation <> 'UPDATE' and (before::text || after::text) ~* $1`, [ANY])).toEqual({ n: 0 });
    await belowHorizon(t.owner);
    await t.owner.query('select audit_seal()');
    expect((await yinfeng(['audit:verify'])).code).toBe(0);

    const again = await erase('--phone', PHONE);
    expect(again).toMatchObject({ number: expect.stringMatching(/^GR\d{4}-0002$/), earlier: true, found: [] });
    expect(await one('select count(*)::int as n from person_act')).toEqual({ n: 2 });
  });

  it('leaves namesakes, longer names, colleagues and other zones alone', async () => {
    const p = await project(zone, '甲');
    await plant(zone, p);
    const q = await project(zone, '乙');
    await run(`insert into contact (zone_id, project_id, name, phones) values ($1, $2, '周建国', '{13800000000}'), ($1, $3, '周建国栋', '{13700000000}')`, [zone.id, q.id, p.id]);
    await run(`insert into visit (zone_id, project_id, direction, visited_on, content) values ($1, $2, 'CALL', '2026-06-12', '周建国来电 13800000000'), ($1, $3, 'CALL', '2026-06-12', '周建国栋来电，周建国没来')`, [zone.id, q.id, p.id]);
    const beta = await makeZone(t.owner, { code: 'BETA' });
    const r = await project(beta, '丙');
    await plant(beta, r);
    const there = await traces(ANY, beta.id);
    await erase('--phone', PHONE);
    expect(await traces(ANY, beta.id)).toEqual(there);
    expect((await t.owner.query(`select name, phones from contact where zone_id = $1 order by name collate "C"`, [zone.id])).rows).toEqual([
      { name: '周建国', phones: ['13800000000'] }, { name: '周建国栋', phones: ['13700000000'] }, { name: '已删除', phones: [] }]);
    expect((await t.owner.query(`select content from visit where zone_id = $1 and created_by is null order by content collate "C"`, [zone.id])).rows.map((v) => v.content)).toEqual(['周建国来电 13800000000', '周建国栋来电，已删除没来']);
  });

  it('is not guessed: several people by one phone or name have to be told apart, a shared number stays with the other', async () => {
    const p = await project(zone, '甲');
    const q = await project(zone, '乙');
    await run(`insert into contact (zone_id, project_id, name, phones) values ($1, $2, '周建国', '{043188886666,13912346789}'), ($1, $2, '吴明', '{043188886666}'), ($1, $3, '周建国', '{13800000000}')`, [zone.id, p.id, q.id]);
    expect((await command(['person:erase', '--phone', '0431-88886666', '--reason', '要求'])).error).toMatchObject([{ code: 'PERSON_SEVERAL', path: ['phone'] }]);
    expect((await command(['person:erase', '--name', '周建国', '--reason', '要求'])).error).toMatchObject([{ code: 'PERSON_SEVERAL', path: ['name'] }]);
    expect((await command(['person:erase', '--phone', '139****6789', '--reason', '要求'])).error).toMatchObject([{ code: 'INVALID', path: ['phone'] }]);
    expect((await command(['person:erase', '--phone', PHONE])).error).toMatchObject([{ code: 'REASON_REQUIRED', path: ['reason'] }]);
    expect((await command(['person:erase', '--reason', '要求'])).error).toMatchObject([{ code: 'REQUIRED', path: ['phone'] }]);
    expect((await command(['person:erase', '--contact', 'Contact:0198aaaa-0000-7000-8000-000000000000', '--reason', '要求'])).error).toMatchObject([{ code: 'NOT_FOUND' }]);
    await run(`insert into visit (zone_id, project_id, direction, visited_on, content) values ($1, $2, 'CALL', '2026-06-12', '总机0431-88886666，周建国')`, [zone.id, p.id]);
    expect(await erase('--name', '周建国', '--enterprise', '甲公司')).toMatchObject({ number: expect.stringMatching(/^GR\d{4}-0001$/) });
    expect(await one('select content from visit')).toEqual({ content: '总机0431-88886666，已删除' });
    expect((await t.owner.query('select name, phones from contact order by phones')).rows).toEqual([{ name: '已删除', phones: [] }, { name: '吴明', phones: ['043188886666'] }, { name: '周建国', phones: ['13800000000'] }]);
  });

  it('is put right wherever named, name and phone', async () => {
    const p = await project(zone, '甲');
    const contact = await plant(zone, p);
    const right = ['person:correct', '--phone', PHONE, '--new-name', '周建国栋', '--new-phone', '138-1234-6789', '--reason', '姓名、电话有误'];
    const preview = await command([...right, '--dry-run']);
    const done = await command(right);
    expect(done).toMatchObject({ number: expect.stringMatching(/^GR\d{4}-0001$/), found: preview.found });
    expect(done.kept.filter((k: any) => k.reason === 'RULE')).toEqual([]);
    expect(await traces('13912346789|139-1234|１３９')).toEqual([]);
    expect(await traces('周建国(?!栋)')).toEqual([]);
    expect(await one('select name, phones, wechat from contact where id = $1', [contact])).toEqual({ name: '周建国栋', phones: ['13812346789'], wechat: 'zhoujg1975' });
    expect(await one('select content, met from visit')).toEqual({ content: '与周建国栋通话，13812346789，投资 5 亿元', met: [{ name: '周建国栋', title: '副总' }, { name: '李四' }] });
    expect(await one(`select count(*)::int as n from audit_entry where cause = 'personCorrect' and (before::text || after::text) ~* '13[89]12346789|周建国'`)).toEqual({ n: 0 });
    expect(await command(['person:correct', '--phone', PHONE, '--new-phone', '12', '--reason', '要求'])).toMatchObject({ error: [{ code: 'INVALID', path: ['newPhone'] }] });
    expect(await command(['person:correct', '--name', '周建国', '--new-phone', '13812346780', '--reason', '要求'])).toMatchObject({ error: [{ code: 'REQUIRED', path: ['phone'] }] });
  });

  it('two erasures at once: one does it, the other gives its receipt', async () => {
    await plant(zone, await project(zone, '甲'));
    const people = new PersonService(t.db, t.clock, new PolicyService(t.db, t.clock));
    const both = await Promise.all([1, 2].map(() => people.erase(zone.as.SECURITY_ADMIN, { phone: PHONE, reason: '本人要求' })));
    expect(both.map((b) => b.earlier).sort()).toEqual([false, true]);
    expect(new Set(both.map((b) => b.number)).size).toBe(1);
  });

  it('the books give way to nobody else', async () => {
    const p = await project(zone, '甲');
    await plant(zone, p);
    await run(`update first_report_dispute set state = 'WITHDRAWN', withdrawn_at = now()`);
    await expect(t.db.tx(systemActor(zone.id, 'spec'), (tx) => tx.run(`update first_report_dispute set ground = 'y'`), { cause: 'personErase' })).rejects.toMatchObject({ code: '23001' });
    await expect(t.db.tx(systemActor(zone.id, 'spec'), (tx) => tx.rows(`select * from person_walk('ERASE', 'x', 'x', 'x', '{}', '{}', '{}', 'x', 'x', false)`), { cause: 'other' })).rejects.toMatchObject({ code: '23001' });
    await erase('--phone', PHONE);
    for (const books of ['audit_entry set cause = cause', 'receipt_link set number = number', 'person_act set reason = reason']) {
      await expect(t.owner.query(`select set_config('app.cause', 'personErase', false); update ${books}; select set_config('app.cause', '', false)`)).rejects.toMatchObject({ code: '23001' });
    }
  });

  it('past the term is proposed, never erased', async () => {
    const p = await project(zone, '甲');
    await run(`insert into contact (zone_id, project_id, name, phones, retain_until) values ($1, $2, '周建国', '{13912346789}', '2026-06-14'), ($1, $2, '吴明', '{}', '2026-06-15')`, [zone.id, p.id]);
    const people = new PersonService(t.db, t.clock, new PolicyService(t.db, t.clock));
    expect(await people.propose('spec')).toBe(1);
    const page = await people.due(zone.as.SECURITY_ADMIN, '2100-01-01', {}, { contactId: true, name: true, phones: true, dueOn: true });
    expect(page.nodes).toEqual([{ contactId: expect.stringMatching(/^Contact:/), name: '周**', phones: ['139****6789'], dueOn: '2026-06-14' }]);
    await run(`update contact set retain_until = '2026-12-31'`);
    expect(await people.propose('spec')).toBe(0);
    expect(await one('select count(*)::int as n from contact where name is not null')).toEqual({ n: 2 });
  });
});

describe('by the API', () => {
  const RECEIPT = 'receipt { number earlier } found { entity rows columns } kept { entity rows reason }';
  const security = () => zone.as.SECURITY_ADMIN;

  it('is the security administrator\'s alone, who sees masked values and counts', async () => {
    const contact = await plant(zone, await project(zone, '甲'));
    for (const [name, input] of [['personExport', {}], ['personCorrect', { newName: '周建国栋' }], ['personErase', {}]] as const) {
      for (const who of Object.values(zone.as).filter((a) => a.role !== 'SECURITY_ADMIN')) expect((await ask(who, name, { phone: PHONE, reason: '要求', ...input }, 'receipt { number }')).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    }
    expect((await api.gql(zone.as.MANAGER, '{ personalDataDue(by: "2100-01-01") { totalCount } }')).errors[0].extensions.code).toBe('FORBIDDEN');
    const exported = (await ask(security(), 'personExport', { contactId: `Contact:${contact}`, reason: '周建国来函' }, `${RECEIPT} contacts { id name title phones wechat emails collectedOn }`)).data.act;
    expect(exported.contacts).toEqual([{ id: `Contact:${contact}`, name: '周**', title: '副总', phones: ['139****6789'], wechat: 'zh******75', emails: ['z***@example.cn'], collectedOn: '2026-06-15' }]);
    expect(exported.found.map((f: any) => f.entity)).toEqual(expect.arrayContaining(['contact', 'visit', 'lead_referrer', 'ledger_row_text', 'undo_item']));
    expect(await one('select reason, subjects::text from person_act')).toEqual({ reason: '***来函', subjects: expect.not.stringContaining('6789') });
    const whole = await new PersonService(t.db, t.clock, new PolicyService(t.db, t.clock)).export(security(), { phone: PHONE, reason: '要求' });
    expect(JSON.stringify(whole.records)).not.toMatch(new RegExp(ANY, 'i'));
  });

  it('erases once for a key, answers a foreign contact like a missing one, and says what is missing', async () => {
    await plant(zone, await project(zone, '甲'));
    const beta = await makeZone(t.owner, { code: 'BETA' });
    const foreign = await plant(beta, await project(beta, '丙'));
    const erased = (input: object) => ask(security(), 'personErase', input, RECEIPT);
    expect((await erased({ contactId: `Contact:${foreign}`, reason: '要求' })).errors[0].extensions.code).toBe('NOT_FOUND');
    expect((await erased({ phone: PHONE })).data.act).toMatchObject({ receipt: null, found: [], userErrors: [{ code: 'REASON_REQUIRED', path: ['reason'] }] });
    const input = { phone: PHONE, reason: '本人要求', idempotencyKey: 'e-1' };
    const first = (await erased(input)).data.act;
    expect(first).toMatchObject({ receipt: { number: 'GR2026-0001', earlier: false }, userErrors: [] });
    expect((await erased(input)).data.act).toEqual(first);
    expect((await erased({ ...input, reason: '别的' })).errors[0].extensions.code).toBe('CONFLICT');
    expect((await erased({ phone: '13700000000', reason: '要求' })).data.act).toEqual({ receipt: null, found: [], kept: [], userErrors: [] });
    expect(await traces(PHONE, beta.id)).toContain('contact.phones');
  });

  it('lists who is past the term, page by page', async () => {
    const p = await project(zone, '甲');
    await run(`insert into contact (zone_id, project_id, name, phones, retain_until) select $1, $2, '周' || n, array['1391234000' || n], '2026-06-01'::date + n from generate_series(1, 3) n`, [zone.id, p.id]);
    await new PersonService(t.db, t.clock, new PolicyService(t.db, t.clock)).propose('spec');
    const list = async (after: string | null) => (await api.gql(security(), 'query($after: String) { personalDataDue(by: "2100-01-01", first: 2, after: $after) { totalCount nodes { contactId name phones dueOn basis collectedOn proposedAt } pageInfo { hasNextPage endCursor } } }', { after })).data.personalDataDue;
    const first = await list(null);
    expect(first).toMatchObject({ totalCount: 3, nodes: [{ name: '周**', phones: ['139****0001'], dueOn: '2026-06-02' }, { dueOn: '2026-06-03' }], pageInfo: { hasNextPage: true } });
    expect((await list(first.pageInfo.endCursor)).nodes).toMatchObject([{ dueOn: '2026-06-04' }]);
    const by = async (day: string) => (await api.gql(security(), 'query($by: Date!) { personalDataDue(by: $by) { totalCount } }', { by: day })).data.personalDataDue.totalCount;
    expect([await by('2026-06-01'), await by('2026-06-02'), await by('2026-06-04')]).toEqual([0, 1, 3]);
  });

  it('answers the guide\'s examples', async () => {
    const guide = (await readFile('docs/guide/parties.md', 'utf8')).split('## One person')[1]!;
    const p = await project(zone, '通华科技');
    const contact = await plant(zone, p);
    await run('update contact set enterprise_id = $2 where id = $1', [contact, p.enterprise]);
    await run(`update enterprise set folded_name = '通华科技' where id = $1`, [p.enterprise]);
    const example = /```graphql\n([\s\S]*?)```/.exec(guide)![1]!;
    expect((await api.gql(security(), example)).data.personErase).toMatchObject({ receipt: null, found: expect.arrayContaining([{ entity: 'contact', rows: 1, columns: expect.arrayContaining(['phones']) }]), userErrors: [] });
    const lines = guide.split('\n').filter((l) => l.startsWith('npm run yinfeng -- ')).map((l) => l.slice('npm run yinfeng -- '.length).replace('CCXQ', 'ALPHA').split(/\s+/));
    expect(lines.map((l) => l[0])).toEqual(['person:export', 'person:correct', 'person:erase']);
    for (const args of lines) expect(await yinfeng(args)).toMatchObject({ code: 0, stderr: '' });
  });
});
