import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS, PERMISSIONS_OF_ROLE, ROLES } from '@yinfeng/platform';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootFields } from '../../apps/api/src/graphql/access.js';
import { printedSchema } from '../../apps/api/src/print-schema.js';
import { resolvers } from '../../apps/api/src/resolvers.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

const FILE = join(process.cwd(), 'test/contract/access.snapshot.md');

describe('who may reach what', () => {
  beforeAll(async () => void (await printedSchema()));

  it('is declared on every root field', () => {
    expect(rootFields(resolvers).filter((f) => f.access === undefined).map((f) => `${f.kind}.${f.name}`)).toEqual([]);
    expect(rootFields(resolvers).filter((f) => f.access !== 'PUBLIC' && !(PERMISSIONS as readonly string[]).includes(f.access!))).toEqual([]);
  });

  it('is as reviewed: test/contract/access.snapshot.md (UPDATE=1 writes it anew)', () => {
    const rows = rootFields(resolvers)
      .sort((a, b) => `${a.kind}.${a.name}`.localeCompare(`${b.kind}.${b.name}`))
      .map((f) => `| ${f.kind}.${f.name} | ${f.access} | ${ROLES.map((role) => (f.access === 'PUBLIC' || PERMISSIONS_OF_ROLE[role].includes(f.access!) ? '●' : '')).join(' | ')} |`);
    const table = [`| root field | permission | ${ROLES.join(' | ')} |`, `|---|---|${ROLES.map(() => ':-:').join('|')}|`, ...rows, ''].join('\n');
    if (process.env.UPDATE === '1') writeFileSync(FILE, table);
    expect(table).toBe(readFileSync(FILE, 'utf8'));
  });
});

describe('the guard', () => {
  let t: TestDatabase;
  let api: TestApi;
  let zone: TestZone;
  beforeAll(async () => {
    t = await testDatabase();
    api = await testApi(t);
    zone = await makeZone(t.owner);
  });
  afterAll(async () => {
    await api.stop();
    await t.stop();
  });

  it('holds for compiled operations too (from the third time on)', async () => {
    const codes = [];
    for (let i = 0; i < 5; i++) codes.push((await api.gql(zone.as.SYSTEM_ADMIN, '{ projects(first: 1) { nodes { id } } }')).errors?.[0]?.extensions?.code);
    expect(codes).toEqual(Array(5).fill('FORBIDDEN'));
    expect((await api.gql(zone.as.RECRUITER, '{ projects(first: 1) { nodes { id } } }')).data).toEqual({ projects: { nodes: [] } });
  });

  it('keeps strangers out of everything but the open doors, and signs nobody in by a token that is not good', async () => {
    expect((await api.gql(null, '{ me { id } }')).errors[0].extensions.code).toBe('UNAUTHENTICATED');
    const bad = await api.gql('no-such-token', '{ __typename }');
    expect([bad.status, bad.errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    expect((await api.gql(null, '{ __typename }')).data).toEqual({ __typename: 'Query' });
  });

  it('forgets a role that was taken away, and a person who was disabled, on the next request', async () => {
    const person = await zone.hire('RECRUITER', 'group');
    const ask = async () => (await api.gql(person, '{ projects(first: 1) { totalCount } }')).errors?.[0]?.extensions?.code ?? 'ok';
    expect(await ask()).toBe('ok');
    await t.owner.query(`update staff set role = 'AUDITOR' where id = $1`, [person.staffId]);
    expect(await ask()).toBe('FORBIDDEN');
    await t.owner.query(`update staff set disabled_at = now() where id = $1`, [person.staffId]);
    expect(await ask()).toBe('UNAUTHENTICATED');
  });
});
