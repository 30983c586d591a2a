import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { migrations } from '../libs/platform/src/database/migrations/index.js';
import { dropDatabase, emptyDatabase } from './support/database.js';
import { makeZone } from './support/fixtures.js';

describe('handoffs that were submitted as a list of words', () => {
  it('become items with their ticks and notes, accepted where the handoff was; what is signed gets its day', async () => {
    const url = await emptyDatabase();
    const owner = new pg.Pool({ connectionString: url, max: 1 });
    const run = async (upTo: (name: string) => boolean) => {
      const source = await new DataSource({ type: 'postgres', url, migrations: migrations.filter((m) => upTo(m.name)), migrationsTableName: 'schema_migration', synchronize: false, poolSize: 2 }).initialize();
      await source.runMigrations({ transaction: 'each' }).finally(() => source.destroy());
    };
    try {
      await run((name) => Number(name.slice(-13)) < 1763900000010);
      const zone = await makeZone(owner);
      const { rows: [project] } = await owner.query(`insert into project (zone_id, code, name, folded_name, core_name, stage, department_id, state_at) values ($1, 'P-1', '甲', '甲', '甲', 'SIGNED', $2, '2026-06-01T00:00:00Z') returning id`, [zone.id, zone.departments.group]);
      await owner.query(`insert into milestone (zone_id, project_id, kind, event_on, counting_rule) values ($1, $2, 'SIGNED', '2026-06-01', 'EVENT')`, [zone.id, project.id]);
      const add = (attempt: number, state: string, list: object[], more: string) => owner.query(
        `insert into handoff (zone_id, project_id, attempt, state, return_reason, checklist, to_department_id, submitted_by, decided_by, decided_at) values ($1, $2, $3, $4, ${more}, $5, $6, $7, $8, '2026-06-05T00:00:00Z')`,
        [zone.id, project.id, attempt, state, JSON.stringify(list), zone.departments.service, zone.as.RECRUITER.staffId, zone.as.SERVICE.staffId]);
      await add(1, 'RETURNED', [{ item: '协议', done: true, note: '正本' }], `'缺资料'`);
      await add(2, 'ACCEPTED', [{ item: '图纸' }, { item: '用地', done: true, note: null }], 'null');
      await run(() => true);
      const { rows } = await owner.query(`select h.attempt, i.position, i.code, i.label_zh as zh, i.source, i.done, i.note, i.required, i.state, i.decided_by = h.decided_by and i.decided_at = h.decided_at as decided from handoff_item i join handoff h on h.id = i.handoff_id order by 1, 2`);
      expect(rows).toEqual([
        { attempt: 1, position: 1, code: 'agreement', zh: '协议', source: 'AGREEMENT', done: true, note: '正本', required: false, state: 'PENDING', decided: null },
        { attempt: 2, position: 1, code: 'own1', zh: '图纸', source: 'FREE', done: false, note: null, required: false, state: 'ACCEPTED', decided: true },
        { attempt: 2, position: 2, code: 'land', zh: '用地', source: 'LAND', done: true, note: null, required: false, state: 'ACCEPTED', decided: true },
      ]);
      expect((await owner.query(`select since_on::text as since, done_on::text as done from deadline where kind = 'HANDOFF_MISSING'`)).rows).toEqual([{ since: '2026-06-01', done: '2026-06-05' }]);
    } finally {
      await owner.end();
      await dropDatabase(url);
    }
  });
});
