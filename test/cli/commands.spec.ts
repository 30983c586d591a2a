import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tokenHash } from '@yinfeng/directory';
import { belowHorizon } from '../support/books.js';
import { dropDatabase, emptyDatabase, testDatabase, type TestDatabase } from '../support/database.js';
import { commandLine, type CommandLine, spawnedCommandLine } from './command-line.js';

let t: TestDatabase;
let folder: string;
let yinfeng: CommandLine;

beforeAll(async () => {
  t = await testDatabase();
  await t.clean();
  folder = await mkdtemp(join(tmpdir(), 'yinfeng cli '));
  yinfeng = commandLine(t.url, folder);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await t.stop();
});

const one = async <Row>(sql: string, params: unknown[] = []) => (await t.owner.query(sql, params)).rows[0] as Row;

describe('the program', () => {
  it('keeps its promises as a process: streams apart, one JSON object, exit codes, input from a pipe', async () => {
    const program = spawnedCommandLine(t.url, folder);
    const help = await program(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('zone:create') });
    const made = await program(['zone:create', '--code', 'PIPE', '--name', '管道区', '--json']);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.json()).toMatchObject({ code: 'PIPE', name: '管道区' });
    expect(await program(['zone:create'])).toMatchObject({ code: 2, stdout: '' });
    expect(await program(['department:create', '--zone', 'PIPE', '--name', '办公室'])).toMatchObject({ code: 0, stderr: '' });
    const hired = await program(['staff:create', '--zone', 'PIPE', '--name', '甲', '--email', 'jia@pipe', '--role', 'AUDITOR', '--department', '办公室', '--password-stdin', '--json'], 'from a pipe 12\n');
    expect([hired.code, hired.json()]).toEqual([0, { staffId: expect.any(String), email: 'jia@pipe', role: 'AUDITOR' }]);
    expect(await program(['department:create', '--zone', 'PIPE', '--name', '办公室', '--json'])).toMatchObject({ code: 1, stdout: expect.stringMatching(/^\{.*\}\n$/) });
  });
});

describe('the command line', () => {
  it('tells what it can do, without a database', async () => {
    const offline = commandLine('postgresql://nobody@127.0.0.1:1/none', folder);
    const help = await offline(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const command of ['zone:create', 'staff:create', 'token:create', 'migrate', 'audit:verify', 'receipts:verify', 'backup', 'restore', 'calendar:import', 'pipeline:stock', 'pipeline:flow']) expect(help.stdout).toContain(command);
    const one = await offline(['zone:create', '--help']);
    expect(one).toMatchObject({ code: 0, stderr: '' });
    expect(one.stdout).toContain('--code <code>');
  });

  it.each([
    ['no command', []], ['an unknown command', ['zone:destroy']], ['a missing option', ['zone:create', '--code', 'A']], ['an unknown option', ['migrate', '--fast']], ['a missing argument', ['backup']],
    ['too many arguments', ['migrate', 'now']], ['a bad value', ['zone:create', '--code', 'a b', '--name', '区']], ['a bad choice', ['staff:create', '--name', '甲', '--email', 'a@b', '--role', 'BOSS', '--department', '乙']],
    ['a bad day', ['token:create', '--email', 'a@b', '--name', 'x', '--expires', '2026-02-30']], ['a bad year', ['calendar:import', 'x.csv', '--year', '26']],
  ])('ends with 2 for %s and tells why on standard error', async (_what, args) => {
    const told = await yinfeng(args);
    expect([told.code, told.stdout]).toEqual([2, '']);
    expect(told.stderr).not.toBe('');
  });

  it('ends with 2 for a wrong setting, in one line that never shows a password', async () => {
    const told = await commandLine('mysql://me:secret@host/db', folder)(['audit:verify']);
    expect(told).toMatchObject({ code: 2, stdout: '' });
    expect(told.stderr).toMatch(/^DATABASE_URL="mysql:\/\/me:\*\*\*@host\/db": .+\n$/);
  });

  it('ends with 1 and says what to do when the database is not there, or has no schema', async () => {
    const away = await commandLine('postgresql://me:secret@127.0.0.1:1/db', folder)(['audit:verify', '--json']);
    expect(away.code).toBe(1);
    expect(away.json()).toEqual({ error: [{ code: 'DATABASE_UNREACHABLE', message: expect.stringContaining('ECONNREFUSED') }] });
    expect(away.stderr + away.stdout).not.toContain('secret');
    const url = await emptyDatabase();
    try {
      const bare = commandLine(url, folder);
      expect((await bare(['zone:create', '--code', 'A', '--name', '区', '--json'])).json()).toMatchObject({ error: [{ code: 'SCHEMA_MISSING' }] });
      expect((await bare(['migrate', '--json'])).json()).toMatchObject({ migrations: expect.arrayContaining([expect.stringContaining('Foundation'), expect.stringContaining('Ledger')]), referenceData: true });
      expect((await bare(['migrate', '--json'])).json()).toEqual({ migrations: [], referenceData: false });
    } finally {
      await dropDatabase(url);
    }
  });

  it('with --json prints one object and nothing else, refusals and wrong use included', async () => {
    const made = await yinfeng(['zone:create', '--code', 'JSON', '--name', '测试区', '--json']);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout.trim().split('\n')).toHaveLength(1);
    expect(made.json()).toEqual({ zoneId: expect.stringMatching(/^[0-9a-f-]{36}$/), code: 'JSON', name: '测试区' });
    const again = await yinfeng(['zone:create', '--code', 'JSON', '--name', '测试区', '--json']);
    expect(again.code).toBe(1);
    expect(again.json()).toEqual({ error: [expect.objectContaining({ code: 'INVALID', path: ['code'], message: expect.stringContaining('JSON') })] });
    const wrong = await yinfeng(['zone:create', '--json']);
    expect(wrong.code).toBe(2);
    expect(wrong.json()).toEqual({ error: [{ code: 'WRONG_USE', message: expect.stringContaining('--code') }] });
  });

  it('speaks the language of the system', async () => {
    const args = ['department:create', '--zone', 'NONE', '--name', '一局'];
    expect((await yinfeng(args)).stderr).toContain('没有找到');
    expect((await commandLine(t.url, folder, { LANG: 'en_US.UTF-8' })(args)).stderr).toContain('No such record');
  });
});

describe('an installation', () => {
  beforeAll(async () => {
    await yinfeng(['zone:create', '--code', 'CCXQ', '--name', '长春新区']);
  });

  it('gets its departments, people and tokens, each on record', async () => {
    const zone = ['--zone', 'CCXQ'];
    expect(await yinfeng(['department:create', ...zone, '--name', '投资促进局'])).toMatchObject({ code: 0 });
    expect(await yinfeng(['department:create', ...zone, '--name', '招商一局', '--parent', '投资促进局', '--kind', 'GROUP'])).toMatchObject({ code: 0 });
    expect(await yinfeng(['department:create', ...zone, '--name', '招商一局'])).toMatchObject({ code: 1, stderr: expect.stringContaining('招商一局') });

    const person = ['staff:create', ...zone, '--name', '王局长', '--email', 'wang@ccxq', '--role', 'MANAGER', '--department'];
    expect(await yinfeng([...person, '没有的局'])).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('没有的局') });
    expect(await yinfeng([...person, '招商一局', '--password-stdin'], 'short\n')).toMatchObject({ code: 1, stderr: expect.not.stringContaining('short\n') });
    const hired = (await yinfeng([...person, '招商一局', '--leads', '--password-stdin', '--json'], 'long enough 密码\n')).json();
    expect(hired).toEqual({ staffId: expect.any(String), email: 'wang@ccxq', role: 'MANAGER' });
    expect(await one('select s.role, m.leads, c.password_hash like \'$argon2id$%\' as hashed from staff s join credential c on c.staff_id = s.id join staff_department m on m.staff_id = s.id where s.id = $1', [hired.staffId]))
      .toEqual({ role: 'MANAGER', leads: true, hashed: true });
    expect(await yinfeng([...person, '招商一局'])).toMatchObject({ code: 1 });

    const token = await yinfeng(['token:create', ...zone, '--email', 'WANG@ccxq', '--name', '大屏', '--scopes', 'pipeline.read, project.read', '--expires', '2099-12-31', '--json']);
    const given = token.json() as { token: string; expiresAt: string };
    expect(given.expiresAt).toBe('2099-12-31T16:00:00.000Z');
    expect(await one('select staff_id, scopes, name from api_token where token_hash = $1', [tokenHash(given.token)])).toEqual({ staff_id: hired.staffId, scopes: ['pipeline.read', 'project.read'], name: '大屏' });
    expect(await yinfeng(['token:create', ...zone, '--email', 'wang@ccxq', '--name', 'x', '--scopes', 'audit.read'])).toMatchObject({ code: 1, stdout: '' });
    expect(await yinfeng(['token:create', ...zone, '--email', 'nobody@ccxq', '--name', 'x'])).toMatchObject({ code: 1, stdout: '' });
    expect(await yinfeng(['token:create', ...zone, '--email', 'wang@ccxq', '--name', 'x', '--expires', '2020-01-01'])).toMatchObject({ code: 1, stdout: '' });
    const bare = await yinfeng(['token:create', ...zone, '--email', 'wang@ccxq', '--name', '脚本']);
    expect(bare.stdout).toMatch(/^yf_\S+\n$/);

    const { n } = await one<{ n: number }>(`select count(*)::int as n from audit_entry where entity = 'staff' and entity_id = $1 and cause = 'staff:create' and request_id like 'cli-%'`, [hired.staffId]);
    expect(n).toBe(1);
    expect(await one(`select count(*)::int as n from audit_entry where before::text || after::text like '%long enough%' or after::text like '%argon2%'`)).toEqual({ n: 0 });
  });

  it('verifies the receipts of first reports, zone by zone', async () => {
    expect((await yinfeng(['receipts:verify', '--json'])).json()).toMatchObject({ ok: true, zones: expect.arrayContaining([expect.objectContaining({ broken: null })]) });
    const zone = await one<{ id: string; code: string }>('select id, code from zone order by code limit 1');
    await t.owner.query(`begin; set local session_replication_role = replica; insert into receipt_head (zone_id, seq, hash) values ('${zone.id}', 3, ''); commit`);
    const broken = await yinfeng(['receipts:verify', '--json']);
    expect(broken.code).toBe(1);
    expect(broken.json()).toMatchObject({ ok: false, zones: expect.arrayContaining([{ zone: zone.code, receipts: 0, broken: { number: null, reason: 'the end of the receipts is missing' } }]) });
    await t.owner.query('delete from receipt_head');
  });

  it('verifies its audit chain, and names the row that was tampered with', async () => {
    await belowHorizon(t.owner);
    await t.owner.query('select audit_seal()');
    const sound = await yinfeng(['audit:verify', '--json']);
    expect(sound.code).toBe(0);
    expect(sound.json()).toEqual({ ok: true, sealed: expect.any(Number), unsealed: 0, broken: null });
    const { id, name } = await one<{ id: string; name: string }>(`select id::text, after ->> 'name' as name from audit_entry where entity = 'department' order by id limit 1`);
    const tamper = (sql: string) => t.owner.query(`begin; set local session_replication_role = replica; ${sql}; commit`);
    await tamper(`update audit_entry set after = after || '{"name": "别的局"}' where id = ${id}`);
    const broken = await yinfeng(['audit:verify', '--json']);
    expect(broken.code).toBe(1);
    expect(broken.json()).toMatchObject({ ok: false, broken: { auditId: id, reason: 'the entry was changed' } });
    await tamper(`update audit_entry set after = after || '{"name": "${name}"}' where id = ${id}`);
    expect((await yinfeng(['audit:verify'])).code).toBe(0);
    // Slipped in under an old transaction, beside the chain.
    await tamper(`insert into audit_entry (entity, operation, txid) values ('project', 'EVENT', '5')`);
    expect((await yinfeng(['audit:verify', '--json'])).json()).toMatchObject({ ok: false, broken: { reason: 'the entry is outside the chain' } });
    await tamper(`delete from audit_entry where txid = '5'`);
  });

  it('is backed up and restored into an empty database, and checks a backup without one', async () => {
    const file = join(folder, '备份 1.yfb');
    const made = await yinfeng(['backup', file, '--json']);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.json()).toMatchObject({ file, missingFiles: 0, bytes: (await readFile(file)).length });
    expect(await yinfeng(['backup', file])).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('不会覆盖') });
    expect(await commandLine('postgresql://nobody@127.0.0.1:1/none', folder)(['restore', file, '--check'])).toMatchObject({ code: 0 });
    const url = await emptyDatabase();
    try {
      const other = commandLine(url, join(folder, 'other'));
      expect((await other(['restore', file, '--json'])).json()).toMatchObject({ rows: made.json().rows, tables: made.json().tables });
      expect(await other(['audit:verify'])).toMatchObject({ code: 0 });
      expect((await other(['restore', file, '--json'])).json()).toMatchObject({ error: [{ code: 'RESTORE_NOT_EMPTY' }] });
      await writeFile(file, (await readFile(file)).subarray(0, 5000));
      expect(await other(['restore', file])).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('已损坏') });
    } finally {
      await dropDatabase(url);
    }
  });

  it('tells its pipeline in the shape of the API', async () => {
    expect((await yinfeng(['pipeline:stock', '--zone', 'CCXQ', '--json'])).json()).toMatchObject({ reserve: { count: 0 }, negotiating: { count: 0 }, signed: { count: 0 }, stages: expect.arrayContaining([expect.objectContaining({ stage: 'LEAD', count: 0 })]) });
  });
});

describe('calendar:import', () => {
  const day = async (start: string, n: number) => (await one<{ day: string | null }>('select add_working_days($1, $2)::text as day', [start, n])).day;

  it('publishes a year from CSV, Chinese or English, and from JSON; the days count from then on', async () => {
    expect(await day('2031-01-02', 1)).toBeNull();
    const csv = join(folder, '2031.csv');
    await writeFile(csv, '\uFEFF日期,类型,名称\n2031-01-01,休,元旦\n2031-01-03,休,元旦\n2031-01-04,班,元旦调休\n');
    expect((await yinfeng(['calendar:import', csv, '--year', '2031', '--json'])).json()).toEqual({ year: 2031, days: 3 });
    expect([await day('2031-01-02', 1), await day('2031-01-02', 2)]).toEqual(['2031-01-04', '2031-01-06']);
    const json = join(folder, '2031.json');
    await writeFile(json, JSON.stringify({ source: '国办发明电〔2030〕9号', days: [['2031-01-01', false, '元旦'], { day: '2031-01-02', working: false, name: '元旦' }] }));
    expect(await yinfeng(['calendar:import', json, '--year', '2031'])).toMatchObject({ code: 0 });
    expect([await day('2031-01-01', 0), await day('2031-01-03', 1)]).toEqual(['2031-01-03', '2031-01-06']);
    expect(await one('select source from calendar_year where year = 2031')).toEqual({ source: '国办发明电〔2030〕9号' });
    expect(await one(`select count(*)::int as n from audit_entry where entity = 'calendar_import' and entity_id = '2031'`)).toEqual({ n: 2 });
  });

  it('names every day that is wrong, and publishes nothing then', async () => {
    const csv = join(folder, '2032.csv');
    await writeFile(csv, 'day,working,name\n2032-02-30,false,x\n2033-01-01,false,元旦\n2032-01-01,maybe,元旦\n2032-01-02,true,\n2032-01-02,true,调休\n');
    const told = await yinfeng(['calendar:import', csv, '--year', '2032', '--json']);
    expect(told.code).toBe(1);
    expect((told.json().error as { path: string[] }[]).map((e) => e.path.join('.'))).toEqual(['days.0.day', 'days.1.day', 'days.2.working', 'days.3.name', 'days.4.day']);
    await writeFile(csv, '{"days": [');
    expect(await yinfeng(['calendar:import', csv, '--year', '2032'])).toMatchObject({ code: 1, stdout: '' });
    expect(await yinfeng(['calendar:import', join(folder, 'missing'), '--year', '2032'])).toMatchObject({ code: 1, stdout: '' });
    expect(await day('2032-01-05', 1)).toBeNull();
  });
});
