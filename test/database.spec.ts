import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Database, migrate, newId, systemActor } from '@yinfeng/platform';
import pg from 'pg';
import { belowHorizon } from './support/books.js';
import { dropDatabase, emptyDatabase, testDatabase, type TestDatabase } from './support/database.js';
import { makeZone, type TestZone } from './support/fixtures.js';

let test: TestDatabase;
let zone: TestZone;
let foreign: TestZone;
beforeAll(async () => { test = await testDatabase(); });
afterAll(() => test.stop());
beforeEach(async () => {
  await test.clean();
  zone = await makeZone(test.owner);
  foreign = await makeZone(test.owner);
});

async function moveSomething(): Promise<string> {
  const id = newId();
  await test.db.tx(zone.as.RECRUITER, (tx) => tx.run(
    `insert into project (id, zone_id, code, name, folded_name, core_name, stage, state_at, department_id, owner_id) values ($1, $2, $3, '测试项目', '测试项目', '测试', 'RESERVE', app_now(), $4, $5)`,
    [id, zone.id, `P-${id}`, zone.departments.group, zone.as.RECRUITER.staffId]));
  return id;
}

describe('migrations', () => {
  it('lead from an empty database to the present schema, once, also with several starters', async () => {
    const url = await emptyDatabase();
    try {
      const runs = await Promise.all([migrate(url), migrate(url), migrate(url)]);
      expect(runs.filter((ran) => ran.length > 0)).toHaveLength(1);
      expect(await migrate(url)).toEqual([]);
    } finally {
      await dropDatabase(url);
    }
  });

  it('leave no table with a zone outside the wall', async () => {
    const { rows } = await test.owner.query(`select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'zone_id'
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity`);
    expect(rows).toEqual([]);
  });

  it('give the application role no way around the wall', async () => {
    const { rows } = await test.owner.query("select rolsuper, rolbypassrls, rolcanlogin, rolcreaterole from pg_roles where rolname = 'yinfeng_app'");
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, rolcanlogin: false, rolcreaterole: false }]);
    const owned = await test.owner.query("select relname from pg_class where relowner = (select oid from pg_roles where rolname = 'yinfeng_app')");
    expect(owned.rows).toEqual([]);
  });
});

describe('the wall between zones', () => {
  it('shows nothing to a statement without a zone', async () => {
    expect(await test.db.shared('select id from staff')).toEqual([]);
    expect(await test.db.shared('select id from zone')).toEqual([]);
    expect((await test.owner.query('select 1 from staff')).rowCount).toBeGreaterThan(0);
  });

  it('hides the rows of a foreign zone', async () => {
    const rows = await test.db.read<{ zone_id: string }>(zone.as.LEADER, 'select distinct zone_id from staff');
    expect(rows).toEqual([{ zone_id: zone.id }]);
    expect(await test.db.read(zone.as.LEADER, 'select id from department where id = $1', [foreign.departments.bureau])).toEqual([]);
  });

  it('lets nobody write into a foreign zone', async () => {
    const actor = zone.as.SYSTEM_ADMIN;
    const changed = await test.db.tx(actor, (tx) => tx.run("update department set name = '改名' where id = $1", [foreign.departments.bureau]));
    expect(changed).toBe(0);
    await expect(test.db.tx(actor, (tx) => tx.run("insert into park (zone_id, name) values ($1, '外园')", [foreign.id]))).rejects.toThrow(/row-level security/);
    await expect(test.db.tx(actor, (tx) => tx.run('update park set zone_id = $1 where zone_id = $2', [foreign.id, zone.id]))).rejects.toThrow(/row-level security/);
  });

  it('falls with the end of the transaction: a pooled connection remembers no zone', async () => {
    await test.db.tx(systemActor(zone.id, 'r'), (tx) => tx.rows('select 1 from staff'));
    for (let i = 0; i < 8; i++) expect(await test.db.shared('select id from staff')).toEqual([]);
  });
});

describe('the books', () => {
  it.each(['audit_entry', 'pipeline_movement'])('%s refuses change and removal, also by the owner', async (table) => {
    await moveSomething();
    for (const statement of [`update ${table} set actor_id = null`, `delete from ${table}`, `truncate ${table} cascade`]) {
      await expect(test.owner.query(statement)).rejects.toThrow(/append-only/);
      await expect(test.db.tx(zone.as.RECRUITER, (tx) => tx.run(statement))).rejects.toThrow(/permission denied|append-only/);
    }
    expect((await test.owner.query(`select 1 from ${table}`)).rowCount).toBeGreaterThan(0);
  });

  it('are written by nobody directly', async () => {
    await expect(test.db.tx(zone.as.RECRUITER, (tx) => tx.run("insert into audit_entry (entity, operation) values ('x', 'EVENT')"))).rejects.toThrow(/permission denied/);
    await expect(test.db.tx(zone.as.RECRUITER, (tx) => tx.run("insert into pipeline_movement (zone_id, project_id, stage, delta, at) values ($1, $1, 'SIGNED', 1, now())", [zone.id]))).rejects.toThrow(/permission denied/);
  });

  it('hold as a chain, and the first tampered row is named', async () => {
    await moveSomething();
    await belowHorizon(test.owner);
    await test.owner.query('select audit_seal()');
    expect((await test.owner.query('select * from audit_verify()')).rows).toEqual([]);
    const { rows } = await test.owner.query<{ id: string }>('select audit_id as id from audit_chain order by seq offset 3 limit 2');
    // Only someone who switches the triggers off can do this; the chain tells on them.
    await asForger(`update audit_entry set after = after || '{"name":"forged"}' where id in (${rows[0]!.id}, ${rows[1]!.id})`);
    expect((await test.owner.query('select * from audit_verify()')).rows).toEqual([{ audit_id: rows[0]!.id, reason: 'the entry was changed' }]);
  });

  it('notice a removed row, and a row forged together with the digest in the chain', async () => {
    await moveSomething();
    await belowHorizon(test.owner);
    await test.owner.query('select audit_seal()');
    const { rows } = await test.owner.query<{ id: string }>('select audit_id as id from audit_chain order by seq offset 2 limit 2');
    await asForger(`update audit_entry set after = '{}' where id = ${rows[1]!.id}`);
    await asForger(`update audit_chain c set digest = audit_digest(e) from audit_entry e where e.id = c.audit_id and e.id = ${rows[1]!.id}`);
    expect((await test.owner.query('select * from audit_verify()')).rows).toEqual([{ audit_id: rows[1]!.id, reason: 'the chain does not follow from the row before' }]);
    await asForger(`delete from audit_entry where id = ${rows[0]!.id}`);
    expect((await test.owner.query('select * from audit_verify()')).rows).toEqual([{ audit_id: rows[0]!.id, reason: 'the entry was removed' }]);
  });
});

async function asForger(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: test.url });
  await client.connect();
  try {
    await client.query('set session_replication_role = replica');
    await client.query(statement);
  } finally {
    await client.end();
  }
}

describe('the test kit', () => {
  it('empties what tests write and keeps the reference data', async () => {
    await moveSomething();
    const regions = (await test.owner.query('select 1 from region')).rowCount;
    await test.clean();
    for (const table of ['project', 'staff', 'zone', 'audit_entry', 'pipeline_movement']) expect((await test.owner.query(`select 1 from ${table}`)).rowCount).toBe(0);
    expect((await test.owner.query('select 1 from region')).rowCount).toBe(regions);
    expect((await test.owner.query("select 1 from schema_migration")).rowCount).toBeGreaterThan(0);
  });

  it('pins time for the database too', async () => {
    const rows = await test.db.read<{ day: string }>(zone.as.LEADER, 'select shanghai_day(app_now()) as day');
    expect(rows).toEqual([{ day: '2026-06-15' }]);
    expect(test.clock.today()).toBe('2026-06-15');
  });
});

describe('a database URL that brings its own start-up options', () => {
  it('is refused: connections would run as the owner, past the walls', async () => {
    const own = await testDatabase();
    try {
      const url = new URL(own.url);
      url.searchParams.set('options', '-c statement_timeout=1000');
      await expect(new Database({ url: url.href, poolSize: 1, statementTimeoutMs: 1000 }, own.clock).connect()).rejects.toThrow(/yinfeng_app/);
    } finally {
      await own.stop();
    }
  });
});
