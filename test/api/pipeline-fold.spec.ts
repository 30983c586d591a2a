import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@yinfeng/platform';
import { FoldingService, PipelineService } from '@yinfeng/pipeline';
import { ProjectsService, STAGES } from '@yinfeng/recruitment';
import { TEST_NOW, testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

describe('the fold', () => {
  let t: TestDatabase;
  let zone: TestZone;
  let pipeline: PipelineService;
  let folding: FoldingService;

  beforeAll(async () => {
    t = await testDatabase({ poolSize: 12 });
    pipeline = new PipelineService(t.db, new ProjectsService(t.db));
    folding = new FoldingService(t.db);
  });
  beforeEach(async () => {
    await t.clean();
    zone = await makeZone(t.owner);
  });
  afterAll(() => t.stop());

  const open = async (n: number): Promise<string[]> => {
    const ids = Array.from({ length: n }, () => newId());
    await t.db.tx(zone.as.LEADER, (tx) => tx.run(
      `insert into project (id, zone_id, code, name, folded_name, core_name, stage, state_at, department_id, total_amount)
       select id, app_zone(), id::text, 'x', 'x', 'x', 'RESERVE', app_now() - interval '30 days', $2, 100 from unnest($1::uuid[]) id`, [ids, zone.departments.group]));
    return ids;
  };
  const move = (id: string, stage: string) => t.db.tx(zone.as.LEADER, (tx) => tx.run('update project set stage = $2, state_at = app_now() where id = $1', [id, stage]));
  /** Folded totals and the tail against all movements, in one snapshot: what a reader adds up is what was written. */
  const difference = async () => (await t.owner.query<{ n: number }>(`
    select count(*)::int as n from (
      select stage, department_id, key, sum(count) as count, sum(cny) as cny from (
        select stage, department_id, key, count, cny from pipeline_cube where dimension = 'CAPITAL_SOURCE' and node = 0
        union all select stage, coalesce(department_id, '00000000-0000-0000-0000-000000000000'), capital_source, delta, cny from pipeline_movement where txid >= (select txid from pipeline_fold_state)
        union all select stage, coalesce(department_id, '00000000-0000-0000-0000-000000000000'), capital_source, -delta, -cny from pipeline_movement) x
      group by 1, 2, 3 having sum(count) <> 0 or sum(cny) <> 0) d`)).rows[0]!.n;

  const waiting = async () => (await t.owner.query<{ n: number }>('select count(*)::int as n from pipeline_movement where txid >= (select txid from pipeline_fold_state)')).rows[0]!.n;
  /** Folds until nothing waits: transactions of other databases of the server may hold the horizon back for a moment. */
  const drain = async (): Promise<number> => {
    let folded = 0;
    do folded += await folding.fold(); while ((await waiting()) > 0);
    return folded;
  };

  it('loses and doubles nothing with two folds at once among writers, and every reader meanwhile sees all projects', async () => {
    const ids = await open(60);
    let writing = true;
    const writers = Array.from({ length: 4 }, async (_, w) => {
      for (let i = 0; i < 40; i++) await move(ids[(i * 4 + w) % ids.length]!, STAGES[(i + w) % STAGES.length]!);
    });
    const folds = Array.from({ length: 2 }, async () => {
      while (writing) await folding.fold();
    });
    const seen: number[] = [];
    const reader = (async () => {
      while (writing) {
        const stock = await pipeline.stock(zone.as.LEADER, { by: ['DEPARTMENT'] });
        seen.push(stock.stages.reduce((n, s) => n + s.count, 0), stock.by.DEPARTMENT![0]!.count);
        expect(await difference()).toBe(0);
      }
    })();
    await Promise.all(writers);
    writing = false;
    await Promise.all([...folds, reader]);
    expect(new Set(seen)).toEqual(new Set([60]));
    await drain();
    expect(await difference()).toBe(0);
  });

  it('waits for a transaction that stays open, and readers count what came after it all the same', async () => {
    const [first, second] = (await open(2)) as [string, string];
    await drain();
    const held = await t.owner.connect();
    try {
      await held.query('begin');
      await held.query(`update project set stage = 'NEGOTIATING', state_at = $2 where id = $1`, [first, TEST_NOW]);
      await move(second, 'SIGNED');
      // The younger one has ended, but the older one may still write below it: neither is folded.
      expect(await folding.fold()).toBe(0);
      const during = await pipeline.stock(zone.as.LEADER, {});
      expect([during.reserve.count, during.negotiating.count, during.signed.count]).toEqual([1, 0, 1]);
      await held.query('commit');
    } finally {
      held.release();
    }
    expect(await drain()).toBe(4);
    expect(await folding.fold()).toBe(0);
    const after = await pipeline.stock(zone.as.LEADER, {});
    expect([after.reserve.count, after.negotiating.count, after.signed.count, after.signed.totalInvestment]).toEqual([0, 1, 1, '100']);
    expect(await difference()).toBe(0);
  });

  it('forgets what a transaction took back, and gives the same after folding anew', async () => {
    const ids = await open(3);
    await expect(t.db.tx(zone.as.LEADER, async (tx) => {
      await tx.run(`update project set stage = 'SIGNED', state_at = app_now()`);
      throw new Error('taken back');
    })).rejects.toThrow('taken back');
    await move(ids[0]!, 'LANDED');
    await drain();
    await t.owner.query('delete from project where id = $1', [ids[1]]);
    const before = await pipeline.stock(zone.as.LEADER, { asOf: TEST_NOW, by: ['STAFF'] });
    await t.owner.query('select pipeline_refold()');
    const again = await pipeline.stock(zone.as.LEADER, { asOf: TEST_NOW, by: ['STAFF'] });
    expect(again).toEqual(before);
    expect(before.stages.filter((s) => s.count > 0).map((s) => [s.stage, s.count])).toEqual([['RESERVE', 1], ['LANDED', 1]]);
  });

  it('is not the application\'s to do otherwise: movements and totals cannot be written by it', async () => {
    await open(1);
    for (const sql of ['delete from pipeline_movement', 'update pipeline_cube set count = 9', 'update pipeline_fold_state set txid = \'0\'', 'select pipeline_refold()']) {
      await expect(t.db.tx(zone.as.LEADER, (tx) => tx.run(sql))).rejects.toThrow(/permission denied/);
    }
    await expect(t.owner.query('delete from pipeline_movement')).rejects.toThrow(/append-only/);
  });
});
