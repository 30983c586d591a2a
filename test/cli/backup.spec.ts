import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadReferenceData } from '@yinfeng/directory';
import { PipelineService } from '@yinfeng/pipeline';
import { backUp, checkBackup, Database, FileStore, migrate, newId, Refusal, restore } from '@yinfeng/platform';
import { ProjectsService } from '@yinfeng/recruitment';
import pg from 'pg';
import { belowHorizon } from '../support/books.js';
import { dropDatabase, emptyDatabase, testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let t: TestDatabase;
let zone: TestZone;
let folder: string;
let backup: string;
let photo: string;

beforeAll(async () => {
  t = await testDatabase();
  await t.clean();
  await loadReferenceData(t.url);
  folder = await mkdtemp(join(tmpdir(), 'yinfeng-backup-'));
  backup = join(folder, 'first.backup');
  zone = await makeZone(t.owner, { code: 'BACKUP' });
  await fill();
  await backUp({ url: t.url, filesFolder: join(folder, 'files'), file: backup });
}, 120_000);
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await t.stop();
});

const project = (db: Database, name: string, amount: string | null, stateAt: string) => db.tx(zone.as.RECRUITER, async (tx) => {
  const id = newId();
  await tx.run(
    `insert into project (id, zone_id, code, name, folded_name, core_name, stage, state_at, department_id, owner_id, total_amount, industry_code, source_region, content, extra)
     values ($1, app_zone(), $1::uuid::text, $2, $2, $2, 'RESERVE', $3, $4, $5, $6, 'C', '吉林-长春', E'一行\\n二行\\t制表\\\\反斜杠 \\\\N 🀄', '{"备注": "引号\\" 与换行\\n"}')`,
    [id, name, stateAt, zone.departments.group, zone.as.RECRUITER.staffId, amount]);
  return id;
});

/** Sealed and unsealed audit, folded and unfolded movements, a stored file, texts that COPY has to escape. */
async function fill(): Promise<void> {
  const files = new FileStore(join(folder, 'files'));
  const kept = await files.save(Readable.from([Buffer.from([0, 255, 10, 13, 92, 46]), Buffer.alloc(700_000, 7)]));
  photo = kept.sha256;
  await t.owner.query(`insert into stored_file (zone_id, sha256, name, media_type, size) values ($1, decode($2, 'hex'), '现场照片.jpg', 'image/jpeg', $3)`, [zone.id, photo, kept.size]);
  const first = await project(t.db, '光电产业园', '350000000.00', '2026-03-02T09:00:00+08:00');
  await project(t.db, '新能源电池', '1200000000.50', '2026-04-10T09:00:00+08:00');
  await belowHorizon(t.owner);
  await t.owner.query('select audit_seal(), pipeline_fold()');
  await t.db.tx(zone.as.RECRUITER, (tx) => tx.run(`update project set stage = 'NEGOTIATING', state_at = '2026-05-06T10:00:00+08:00', version = version + 1 where id = $1`, [first]));
  await project(t.db, '医药研发中心', null, '2026-06-01T09:00:00+08:00');
}

/** Every row of every table as text; transaction ids mean nothing elsewhere. */
async function everything(pool: pg.Pool | pg.Client): Promise<Record<string, string[]>> {
  const { rows } = await pool.query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'schema_migration' order by 1`);
  const found: Record<string, string[]> = {};
  for (const { name } of rows) {
    found[name] = (await pool.query<{ row: string }>(`select (to_jsonb(t) - 'txid')::text as row from public."${name}" t order by 1`)).rows.map((r) => r.row).filter((r) => !/"entity": "(restore|backup)"/.test(r));
  }
  return found;
}
const stock = async (db: Database, asOf?: string) => {
  const figures = await new PipelineService(db, new ProjectsService(db)).stock(zone.as.LEADER, { asOf: asOf ? new Date(asOf) : null, by: ['DEPARTMENT', 'SIZE'] });
  const bare = (f: { count: number; totalInvestment: string }) => [f.count, f.totalInvestment];
  return { reserve: bare(figures.reserve), negotiating: bare(figures.negotiating), by: figures.by.SIZE!.map((d) => [d.key, ...bare(d)]) };
};
const refused = (work: Promise<unknown>) => work.then(() => 'done', (error: unknown) => (error instanceof Refusal ? error.code : error));

/** A migrated database of its own with a restored backup, torn down at the end. */
async function inAnother(work: (url: string, owner: pg.Client) => Promise<void>, file: string | null = backup): Promise<void> {
  const url = await emptyDatabase();
  const owner = new pg.Client({ connectionString: url });
  try {
    await migrate(url);
    await owner.connect();
    if (file !== null) await restore({ url, filesFolder: join(folder, 'restored'), file });
    await work(url, owner);
  } finally {
    await owner.end();
    await dropDatabase(url);
  }
}

describe('a backup', () => {
  it('brings back every row of every table and every stored file', async () => {
    const before = await everything(t.owner);
    expect(Object.keys(before).length).toBeGreaterThan(40);
    await inAnother(async (_url, owner) => {
      expect(await everything(owner)).toEqual(before);
      expect(await readFile(new FileStore(join(folder, 'restored')).pathOf(photo))).toEqual(await readFile(new FileStore(join(folder, 'files')).pathOf(photo)));
    });
  });

  it('brings back books that go on: figures, audit chain and numbering, also with smaller transaction ids', async () => {
    const then = '2026-05-01T00:00:00+08:00';
    const [now, past] = [await stock(t.db), await stock(t.db, then)];
    expect(now).toMatchObject({ reserve: [2, '1200000000.5'], negotiating: [1, '350000000'] });
    await inAnother(async (url, owner) => {
      const db = await new Database({ url, poolSize: 2, statementTimeoutMs: 10_000 }, t.clock).connect();
      try {
        expect([await stock(db), await stock(db, then)]).toEqual([now, past]);
        expect((await owner.query('select * from audit_verify()')).rows).toEqual([]);
        const sealed = Number((await owner.query<{ n: string }>('select count(*) as n from audit_chain')).rows[0]!.n);
        expect(sealed).toBeGreaterThan(0);

        await project(db, '恢复之后的项目', '80000000', '2026-06-10T09:00:00+08:00');
        expect((await stock(db)).reserve).toEqual([3, '1280000000.5']);
        await belowHorizon(owner);
        await owner.query('select pipeline_fold(), audit_seal()');
        const { rows: [after] } = await owner.query<{ entries: string; chain: string }>('select (select count(*) from audit_entry) as entries, (select count(*) from audit_chain) as chain');
        expect(Number(after!.chain)).toBeGreaterThan(sealed);
        expect(after!.chain).toBe(after!.entries);
        expect((await owner.query('select * from audit_verify()')).rows).toEqual([]);
        expect((await stock(db)).reserve).toEqual([3, '1280000000.5']);
        const folded = await stock(db, then);
        await owner.query('select pipeline_refold()');
        expect([await stock(db, then), (await stock(db)).reserve]).toEqual([folded, [3, '1280000000.5']]);
      } finally {
        await db.onApplicationShutdown();
      }
    });
  });

  it('is one instant, whatever is written meanwhile', async () => {
    const file = join(folder, 'busy.backup');
    let stop = false;
    const writer = (async () => {
      while (!stop) await project(t.db, '写入中', '1', '2026-06-02T09:00:00+08:00');
    })();
    await backUp({ url: t.url, filesFolder: join(folder, 'files'), file });
    stop = true;
    await writer;
    await inAnother(async (_url, owner) => {
      const { rows: [n] } = await owner.query<{ projects: string; entered: string; audited: string }>(
        `select (select count(*) from project) as projects, (select sum(delta) from pipeline_movement) as entered, (select count(*) from audit_entry where entity = 'project' and operation = 'INSERT') as audited`);
      expect(n).toEqual({ projects: n!.projects, entered: n!.projects, audited: n!.projects });
      expect((await owner.query('select * from audit_verify()')).rows).toEqual([]);
    }, file);
  });

  it('needs no superuser to be restored', async () => {
    const url = new URL(await emptyDatabase());
    const name = url.pathname.slice(1);
    const admin = new pg.Client({ connectionString: url.href });
    await admin.connect();
    const role = `yft_owner_${process.pid}`;
    try {
      await migrate(url.href);
      // PostgreSQL's own checks stay on for such an owner: what the backup says has to fit together.
      await admin.query(`create role ${role} login password 'only-for-this-test'; alter database ${name} owner to ${role}; grant yinfeng_app to ${role}`);
      await admin.query(`do $$ declare r record; begin
        for r in select format('alter table public.%I owner to ${role}', tablename) as sql from pg_tables where schemaname = 'public' loop execute r.sql; end loop;
        for r in select format('alter function %s owner to ${role}', p.oid::regprocedure) as sql from pg_proc p where p.pronamespace = 'public'::regnamespace and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e') loop execute r.sql; end loop; end $$`);
      const owner = new URL(url);
      owner.username = role;
      owner.password = 'only-for-this-test';
      expect((await restore({ url: owner.href, filesFolder: join(folder, 'restored'), file: backup })).rows).toBeGreaterThan(1000);
      expect((await admin.query('select * from audit_verify()')).rows).toEqual([]);
    } finally {
      await admin.end();
      await dropDatabase(url.href);
      await t.owner.query(`drop role if exists ${role}`);
    }
  });

  it('leaves a trace in the books, of its making and of its return', async () => {
    const told = async (client: pg.Pool | pg.Client, event: string) => (await client.query<{ after: { rows: number } }>(`select after from audit_entry where entity = $1 and operation = 'EVENT'`, [event])).rows;
    expect((await told(t.owner, 'backup'))[0]!.after.rows).toBeGreaterThan(1000);
    await inAnother(async (_url, owner) => expect(await told(owner, 'restore')).toHaveLength(1));
  });

  it('tells of stored files that the data folder has lost, and goes on', async () => {
    const lines: string[] = [];
    const report = await backUp({ url: t.url, filesFolder: join(folder, 'nowhere'), file: join(folder, 'lost.backup'), notice: (line) => lines.push(line) });
    expect(report).toMatchObject({ files: 0, missingFiles: 1 });
    expect(lines).toEqual([expect.stringContaining(photo)]);
  });
});

describe('a restore', () => {
  const nothingDone = async (owner: pg.Client) => expect((await owner.query('select (select count(*) from zone)::int + (select count(*) from audit_entry)::int + (select count(*) from region)::int as n')).rows).toEqual([{ n: 0 }]);

  it('refuses a database that holds data, and leaves it as it is', async () => {
    await inAnother(async (url, owner) => {
      await owner.query(`insert into zone (code, name) values ('HERE', '已有')`);
      expect(await refused(restore({ url, filesFolder: join(folder, 'restored'), file: backup }))).toBe('RESTORE_NOT_EMPTY');
      expect((await owner.query('select code from zone')).rows).toEqual([{ code: 'HERE' }]);
      // Its triggers keep the books as before.
      expect((await owner.query(`select 1 from pg_trigger where tgenabled <> 'O' and not tgisinternal`)).rowCount).toBe(0);
    }, null);
  });

  it('refuses what is cut off, changed, longer, foreign or not there, with nothing done', async () => {
    const whole = await readFile(backup);
    const plain = gunzipSync(whole);
    const at = plain.indexOf('光电产业园');
    const changed = Buffer.from(plain);
    changed.write('光伏', at);
    const flipped = Buffer.from(whole);
    flipped[Math.floor(whole.length / 2)]! ^= 0xff;
    const files: [name: string, content: Buffer][] = [
      ['cut', whole.subarray(0, whole.length - 20)], ['half', whole.subarray(0, whole.length >> 1)], ['short', gzipSync(plain.subarray(0, -1))], ['flipped', flipped], ['changed', gzipSync(changed)],
      ['longer', gzipSync(Buffer.concat([plain, plain]))], ['empty', Buffer.alloc(0)], ['text', Buffer.from('not a backup at all')], ['other', gzipSync('not a backup at all')],
    ];
    await inAnother(async (url, owner) => {
      for (const [name, content] of files) {
        const file = join(folder, `${name}.backup`);
        await writeFile(file, content);
        expect([name, await refused(restore({ url, filesFolder: join(folder, 'untouched'), file }))]).toEqual([name, 'BACKUP_DAMAGED']);
      }
      expect(await refused(restore({ url, filesFolder: join(folder, 'untouched'), file: join(folder, 'missing') }))).toBe('BACKUP_MISSING');
      await nothingDone(owner);
    }, null);
  });

  it('refuses a newer format and another schema', async () => {
    const plain = gunzipSync(await readFile(backup));
    const length = plain.readUInt32BE(1);
    const header = JSON.parse(plain.subarray(5, 5 + length).toString()) as { format: number; migrations: string[]; tables: { name: string; columns: string[] }[] };
    const rewritten = async (name: string, change: (h: typeof header) => void) => {
      const other = structuredClone(header);
      change(other);
      const body = Buffer.from(JSON.stringify(other));
      const head = Buffer.from(plain.subarray(0, 5));
      head.writeUInt32BE(body.length, 1);
      const file = join(folder, `${name}.backup`);
      // The manifest holds the digest of the header: it has to be a good one to get as far as the schema.
      const { createHash } = await import('node:crypto');
      const digest = (b: Buffer) => createHash('sha256').update(b).digest('hex');
      const rest = Buffer.from(plain.subarray(5 + length));
      rest.write(digest(body), rest.lastIndexOf(digest(plain.subarray(5, 5 + length))));
      await writeFile(file, gzipSync(Buffer.concat([head, body, rest])));
      return file;
    };
    await inAnother(async (url, owner) => {
      const outcome = async (name: string, change: (h: typeof header) => void) => refused(restore({ url, filesFolder: join(folder, 'untouched'), file: await rewritten(name, change) }));
      expect(await outcome('newer-format', (h) => { h.format = 2; })).toBe('BACKUP_NEWER');
      expect(await outcome('newer-schema', (h) => { h.migrations.push('Later1999999999999'); })).toBe('BACKUP_NEWER');
      expect(await outcome('older-schema', (h) => { h.migrations.pop(); })).toBe('BACKUP_SCHEMA');
      expect(await outcome('other-columns', (h) => { h.tables.find((table) => table.name === 'project')!.columns[0] = 'ident'; })).toBe('BACKUP_SCHEMA');
      await nothingDone(owner);
    }, null);
  });

  it('of a file that is only checked touches nothing and tells what is in it', async () => {
    const { report } = await checkBackup(backup);
    expect(report).toMatchObject({ file: backup, files: 1, rows: expect.any(Number) });
  });

  it('never writes over a file', async () => {
    expect(await refused(backUp({ url: t.url, filesFolder: folder, file: backup }))).toBe('BACKUP_EXISTS');
    const empty = await emptyDatabase();
    expect(await refused(backUp({ url: empty, filesFolder: folder, file: join(folder, 'none.backup') }))).toBe('BACKUP_NOTHING');
    await dropDatabase(empty);
  });
});
