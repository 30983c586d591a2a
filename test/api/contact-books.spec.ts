import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { systemActor } from '@yinfeng/platform';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let t: TestDatabase;
let zone: TestZone;
beforeAll(async () => { t = await testDatabase(); });
afterAll(() => t.stop());
beforeEach(async () => {
  await t.clean();
  zone = await makeZone(t.owner);
});
const audits = async () => (await t.owner.query<{ operation: string; before: object | null; after: Record<string, string> }>(`select operation, before, after from audit_entry where entity in ('contact', 'visit') order by id`)).rows;

it('the books of contacts tell what changed, never a phone, an account or a full name', async () => {
  await t.db.tx(systemActor(zone.id, 'spec'), async (tx) => {
    const [row] = await tx.rows<{ id: string }>(`insert into contact (zone_id, name, phones, wechat, emails) values (app_zone(), '周建国', '{13912346789}', 'zhoujg1975', '{zhou@example.cn}') returning id`);
    await tx.run(`update contact set phones = '{13812346789}', title = '副总' where id = $1`, [row!.id]);
  });
  const rows = await audits();
  expect(rows.map((r) => r.operation)).toEqual(['INSERT', 'UPDATE']);
  expect(rows[0]!.after).toMatchObject({ name: expect.stringMatching(/^周\*\*#[0-9a-f]{20}$/), phones: expect.stringMatching(/^#[0-9a-f]{20}$/) });
  expect(rows[1]!.after).toMatchObject({ title: '副总' });
  expect(JSON.stringify(rows)).not.toMatch(/6789|zhou|建国/);
});

it('nor does a bulk of them, and the chain takes it', async () => {
  await t.db.tx(systemActor(zone.id, 'spec'), (tx) => tx.run(`insert into contact (zone_id, name, phones) select app_zone(), '周建国', array['1391234' || lpad(n::text, 4, '0')] from generate_series(1, 600) n`));
  const rows = await audits();
  expect(rows.length).toBeGreaterThan(1);
  expect((rows[0]!.after as unknown as { columns: string[] }).columns).toContain('phones');
  expect(JSON.stringify(rows)).not.toMatch(/1391234|建国/);
});

it('visits: people met by their surname, numbers in what was said by their ends', async () => {
  await t.db.tx(systemActor(zone.id, 'spec'), (tx) => tx.run(`insert into visit (zone_id, direction, visited_on, content, met) values (app_zone(), 'CALL', '2026-06-12', '致电 139 1234 6789，投资13900000000元', '[{"name":"周建国","title":"副总"}]')`));
  const [row] = await audits();
  expect(row!.after).toMatchObject({ content: '致电 139****6789，投资13900000000元', met: expect.stringMatching(/^周\*\*#/) });
});
