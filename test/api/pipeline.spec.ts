import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Actor, newId } from '@yinfeng/platform';
import { type Stage, STAGES } from '@yinfeng/recruitment';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let t: TestDatabase;
let api: TestApi;
let zone: TestZone;

beforeAll(async () => {
  t = await testDatabase();
  api = await testApi(t);
});
afterAll(async () => {
  await api.stop();
  await t.stop();
});
beforeEach(async () => {
  await t.clean();
  zone = await makeZone(t.owner);
  await t.owner.query(`insert into industry (code, name, name_en) values ('C39', '计算机、通信和其他电子设备制造业', 'Electronics'), ('C36', '汽车制造业', 'Motor vehicles'), ('C3971', '电子真空器件制造', null) on conflict do nothing`);
});

interface Given {
  stage?: Stage; status?: string; at?: string; prior?: { stage: Stage; status?: string; at: string }[]; department?: string | null; owner?: string | null; park?: string | null;
  industry?: string | null; amount?: string | null; currency?: string; fixed?: string; name?: string; zone?: TestZone; milestones?: Record<string, string>;
}
async function project(given: Given = {}): Promise<string> {
  const id = newId();
  const z = given.zone ?? zone;
  await t.owner.query(
    `insert into project (id, zone_id, code, name, folded_name, core_name, stage, status, state_at, prior_states, department_id, owner_id, park_id, industry_code, total_amount, total_currency, fixed_cny)
     values ($1::uuid, $2, $1::uuid::text, $3, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [id, z.id, given.name ?? '项目', given.stage ?? 'RESERVE', given.status ?? 'ACTIVE', given.at ?? '2026-05-01T09:00:00+08:00', JSON.stringify((given.prior ?? []).map((s) => ({ status: 'ACTIVE', ...s }))),
      given.department === undefined ? z.departments.group : given.department, given.owner === undefined ? z.as.RECRUITER.staffId : given.owner, given.park ?? null, given.industry ?? null, given.amount ?? null, given.currency ?? 'CNY', given.fixed ?? null]);
  await t.owner.query(`insert into first_report (project_id, zone_id, number, reported_at, receipt) values ($1::uuid, $2, $1::uuid::text, $3, 'x')`, [id, z.id, given.at ?? '2026-05-01T09:00:00+08:00']);
  for (const [kind, on] of Object.entries(given.milestones ?? {})) await t.owner.query(`insert into milestone (zone_id, project_id, kind, event_on, counting_rule) values ($1, $2, $3, $4, 'EVENT')`, [z.id, id, kind, on]);
  return id;
}
const FIGURE = 'count totalInvestment foreignInvestment fixedInvestment';
const STOCK = `asOf reserve { ${FIGURE} } negotiating { ${FIGURE} } signed { ${FIGURE} } stages { stage label count }`;
const stock = async (who: Actor, args = '', fields = STOCK) => {
  const answer = await api.gql(who, `{ pipeline${args} { ${fields} } }`);
  expect(answer.errors).toBeUndefined();
  return answer.data.pipeline;
};
const flow = async (who: Actor, args: string, fields: string) => {
  const answer = await api.gql(who, `{ pipelineFlow(${args}) { ${fields} } }`);
  expect(answer.errors).toBeUndefined();
  return answer.data.pipelineFlow;
};
const counts = (p: { stages: { stage: string; count: number }[] }) => Object.fromEntries(p.stages.filter((s) => s.count > 0).map((s) => [s.stage, s.count]));

describe('pipeline', () => {
  it('shows every stage in order, buckets, and exact amounts of each currency apart', async () => {
    await project({ amount: '350000000.5', fixed: '100000000' });
    await project({ amount: '0.25' });
    await project({ amount: '12000000', currency: 'USD' });
    await project({ amount: '5', currency: 'EUR' });
    await project({ stage: 'SIGNED' });
    await project({ stage: 'SIGNED', status: 'SUSPENDED' });
    const p = await stock(zone.as.LEADER);
    expect(p.reserve).toEqual({ count: 4, totalInvestment: '350000000.75', foreignInvestment: '12000000', fixedInvestment: '100000000' });
    expect(p.signed).toEqual({ count: 1, totalInvestment: '0', foreignInvestment: '0', fixedInvestment: '0' });
    expect(p.stages.map((s: { stage: string }) => s.stage)).toEqual(STAGES);
    expect(p.stages.map((s: { count: number }) => s.count)).toEqual([0, 4, 0, 1, 0, 0, 0]);
    expect(p.asOf).toBe('2026-06-15T02:00:00.000Z');
  });

  it('knows any past instant, the states before the record came here, and what was told late', async () => {
    const id = await project({ stage: 'NEGOTIATING', at: '2026-03-01T10:00:00+08:00', prior: [{ stage: 'LEAD', at: '2025-11-01T00:00:00+08:00' }, { stage: 'RESERVE', at: '2026-01-10T12:00:00.123+08:00' }] });
    const at = async (instant: string) => counts(await stock(zone.as.LEADER, `(asOf: "${instant}")`));
    expect(await at('2025-10-31T23:59:59+08:00')).toEqual({});
    expect(await at('2026-01-10T12:00:00.122+08:00')).toEqual({ LEAD: 1 });
    expect(await at('2026-01-10T12:00:00.123+08:00')).toEqual({ RESERVE: 1 });
    expect(await at('2026-06-15T10:00:00+08:00')).toEqual({ NEGOTIATING: 1 });
    await t.db.tx(zone.as.LEADER, (tx) => tx.run(`update project set stage = 'SIGNED', state_at = '2026-02-01T00:00:00+08:00' where id = $1`, [id]));
    expect(await at('2026-01-31T23:59:59+08:00')).toEqual({ RESERVE: 1 });
    expect(await at('2026-03-02T00:00:00+08:00')).toEqual({ SIGNED: 1 });
    await t.owner.query('select pipeline_fold()');
    expect(await at('2026-02-01T00:00:00+08:00')).toEqual({ SIGNED: 1 });
    await t.owner.query('delete from project where id = $1', [id]);
    expect(await at('2026-02-01T00:00:00+08:00')).toEqual({});
  });

  it('gives the same number as the list and projects(filter), for every role', async () => {
    for (const stage of STAGES) {
      await project({ stage });
      await project({ stage, owner: zone.colleague.staffId, department: zone.departments.otherGroup });
      await project({ stage, owner: zone.stranger.staffId, department: zone.departments.otherBureau, status: stage === 'LEAD' ? 'POOLED' : 'ACTIVE' });
      await project({ stage, owner: null, department: null });
    }
    const handed = await project({ stage: 'SIGNED', owner: zone.stranger.staffId, department: zone.departments.otherBureau });
    await t.owner.query(`insert into handoff (zone_id, project_id, to_department_id, submitted_by) values ($1, $2, $3, $4)`, [zone.id, handed, zone.departments.service, zone.stranger.staffId]);
    const expected = { RECRUITER: 1, GROUP_LEADER: 1, MANAGER: 2, LEADER: 5, SERVICE: 1, AGENT: 0 };
    for (const [role, signed] of Object.entries(expected)) {
      const who = zone.as[role as keyof typeof expected];
      const answer = await api.gql(who, `{ pipeline { signed { count projects(first: 50) { totalCount nodes { id stage } } } stages { stage count projects { totalCount } } by(dimension: DEPARTMENT) { count projects { totalCount } } } }`);
      expect(answer.errors).toBeUndefined();
      const p = answer.data.pipeline;
      expect([role, p.signed.count]).toEqual([role, signed]);
      expect(p.signed.projects.totalCount).toBe(signed);
      expect(p.signed.projects.nodes.map((n: { stage: string }) => n.stage)).toEqual(Array(signed).fill('SIGNED'));
      let total = 0;
      for (const s of p.stages) {
        const list = await api.gql(who, `{ projects(filter: { stages: [${s.stage}], statuses: [ACTIVE] }) { totalCount } }`);
        expect([role, s.stage, list.data.projects.totalCount, s.projects.totalCount]).toEqual([role, s.stage, s.count, s.count]);
        total += s.count;
      }
      expect(p.by.reduce((n: number, d: { count: number }) => n + d.count, 0)).toBe(total);
      for (const d of p.by) expect(d.projects.totalCount).toBe(d.count);
    }
  });

  it('breaks down by every dimension with names, blanks included, largest first', async () => {
    await project({ park: zone.parkId, industry: 'C3971', amount: '50000000' });
    await project({ park: zone.parkId, industry: 'C39', amount: '49999999.99' });
    await project({ industry: 'C36', owner: null, department: null });
    const fields = ['DEPARTMENT', 'STAFF', 'PARK', 'INDUSTRY', 'SOURCE_REGION', 'CAPITAL_SOURCE', 'SIZE'].map((d) => `${d}: by(dimension: ${d}) { key label count reserve { count } }`).join(' ');
    const p = await stock(zone.as.LEADER, '', fields);
    const plain = (d: string) => p[d].map((k: { key: string; label: string; count: number; reserve: { count: number } }) => [k.key, k.label, k.count, k.reserve.count]);
    expect(plain('DEPARTMENT')).toEqual([[`Department:${zone.departments.group}`, '招商一局一组', 2, 2], [null, '未填写', 1, 1]]);
    expect(plain('STAFF')).toEqual([[`Staff:${zone.as.RECRUITER.staffId}`, 'RECRUITER@group', 2, 2], [null, '未填写', 1, 1]]);
    expect(plain('PARK')).toEqual([[`Park:${zone.parkId}`, '测试产业园', 2, 2], [null, '未填写', 1, 1]]);
    expect(plain('INDUSTRY')).toEqual([['C39', '计算机、通信和其他电子设备制造业', 2, 2], ['C36', '汽车制造业', 1, 1]]);
    expect(plain('SOURCE_REGION')).toEqual([[null, '未填写', 3, 3]]);
    expect(plain('CAPITAL_SOURCE')).toEqual([['UNKNOWN', '未注明', 3, 3]]);
    expect(plain('SIZE').sort()).toEqual([['FROM_50M', '5000万元—1亿元', 1, 1], ['UNDER_50M', '5000万元以下', 1, 1], ['UNKNOWN', '金额不明', 1, 1]]);
    // The key of a break-down is what the filter takes.
    expect(counts(await stock(zone.as.LEADER, `(filter: { departmentIds: ["${p.DEPARTMENT[0].key}"], industries: ["C"] })`))).toEqual({ RESERVE: 2 });
    expect(counts(await stock(zone.as.LEADER, '(filter: { minTotal: "50000000" })'))).toEqual({ RESERVE: 1 });
    expect((await stock(zone.as.LEADER, '', 'by(dimension: INDUSTRY, first: 1) { key }')).by).toEqual([{ key: 'C39' }]);
  });

  it('takes buckets and names of stages from the policy of the day', async () => {
    await project({ stage: 'SIGNED', at: '2025-06-01T00:00:00+08:00' });
    await project({ stage: 'LANDED', at: '2025-06-01T00:00:00+08:00' });
    await t.owner.query(`insert into stage_policy (zone_id, stage, valid_from, label_zh, label_en, bucket) values ($1, 'LANDED', '2026-01-01', '落地', 'Landed here', 'signed'), ($1, 'SIGNED', '2025-01-01', '签约审核', 'Signed', 'signed')`, [zone.id]);
    const before = await stock(zone.as.LEADER, '(asOf: "2025-12-31T23:59:59.999+08:00")');
    const after = await stock(zone.as.LEADER, '(asOf: "2026-01-01T00:00:00+08:00")');
    expect([before.signed.count, after.signed.count]).toEqual([1, 2]);
    expect([before, after].map((p) => p.stages.find((s: { stage: string }) => s.stage === 'LANDED').label)).toEqual(['落位', '落地']);
  });

  it('explains each figure in words', async () => {
    const p = await stock(zone.as.LEADER, '(asOf: "2024-12-31T23:59:59+08:00")', 'reserve { rule }');
    expect(p.reserve.rule).toBe('2024-12-31 23:59:59时点处于储备阶段的在库项目（不含暂停、公海、退库、流失，以及计入原项目的分期）；人民币与美元分别合计，不折算。');
    const en = await stock({ ...zone.as.LEADER, locale: 'en' }, '', 'reserve { rule }');
    expect(en.reserve.rule).toEqual(expect.any(String));
  });

  it('pages through the rows of a figure with cursors', async () => {
    const ids = new Set<string>();
    for (let i = 0; i < 5; i++) ids.add(`Project:${await project({ prior: [{ stage: 'LEAD', at: '2026-01-01T00:00:00+08:00' }] })}`);
    for (const args of ['', '(asOf: "2026-05-02T00:00:00+08:00")']) {
      const found: string[] = [];
      let after: string | null = null;
      do {
        const page: any = (await stock(zone.as.LEADER, args, `reserve { count projects(first: 2, after: ${JSON.stringify(after)}) { totalCount pageInfo { hasNextPage endCursor } edges { node { id firstReport { number } } } } }`)).reserve;
        expect([page.count, page.projects.totalCount]).toEqual([5, 5]);
        found.push(...page.projects.edges.map((e: { node: { id: string } }) => e.node.id));
        after = page.projects.pageInfo.hasNextPage ? page.projects.pageInfo.endCursor : null;
      } while (after);
      expect(found).toHaveLength(5);
      expect(new Set(found)).toEqual(ids);
    }
  });

  it('refuses strangers, administrators and what makes no sense; another zone\'s records are not there', async () => {
    const other = await makeZone(t.owner);
    await project({ zone: other });
    const code = async (who: Actor | null, query: string) => (await api.gql(who, query)).errors[0].extensions.code;
    expect(await code(null, '{ pipeline { asOf } }')).toBe('UNAUTHENTICATED');
    for (const role of ['SYSTEM_ADMIN', 'SECURITY_ADMIN', 'AUDITOR'] as const) expect(await code(zone.as[role], '{ pipeline { asOf } }')).toBe('FORBIDDEN');
    expect(await code(zone.as.LEADER, '{ pipeline(filter: { industries: ["C3976"] }) { asOf } }')).toBe('BAD_USER_INPUT');
    expect(await code(zone.as.LEADER, '{ pipeline(filter: { minTotal: "-1" }) { asOf } }')).toBe('BAD_USER_INPUT');
    expect(await code(zone.as.LEADER, '{ pipeline { by(dimension: PARK, first: 201) { key } } }')).toBe('BAD_USER_INPUT');
    expect(await code(zone.as.LEADER, '{ pipelineFlow(from: "2026-02-01", to: "2026-01-01") { from } }')).toBe('BAD_USER_INPUT');
    expect(counts(await stock(zone.as.LEADER))).toEqual({});
    expect(counts(await stock(zone.as.LEADER, `(filter: { departmentIds: ["Department:${other.departments.group}"] })`))).toEqual({});
    expect(counts(await stock(other.as.LEADER))).toEqual({ RESERVE: 1 });
  });
});

describe('pipelineFlow', () => {
  it('counts each project once per milestone, in several lists when it reached several (14 signed, 20 pushed, 5 started, one firm in two)', async () => {
    for (let i = 0; i < 13; i++) await project({ stage: 'SIGNED', milestones: { SIGNED: '2020-05-20' } });
    const shared = `Project:${await project({ name: '吉林志成', stage: 'STARTED', milestones: { SIGNED: '2020-05-08', STARTED: '2020-06-01' }, amount: '100000000' })}`;
    for (let i = 0; i < 20; i++) await project({ stage: 'NEGOTIATING', milestones: { NEGOTIATED: '2020-06-10' } });
    for (let i = 0; i < 4; i++) await project({ stage: 'STARTED', milestones: { STARTED: '2020-06-15' }, status: i === 0 ? 'WITHDRAWN' : 'ACTIVE' });
    const rows = 'count totalInvestment projects(first: 50) { totalCount nodes { id } }';
    const f = await flow(zone.as.LEADER, 'from: "2020-05-01", to: "2020-06-30"', `signed { ${rows} } negotiated { ${rows} } started { ${rows} } landed { count } by(dimension: DEPARTMENT) { label signed { count } started { count } }`);
    expect([f.signed.count, f.negotiated.count, f.started.count, f.landed.count]).toEqual([14, 20, 5, 0]);
    expect([f.signed, f.negotiated, f.started].map((x) => x.projects.totalCount)).toEqual([14, 20, 5]);
    expect([f.signed, f.started].map((x) => x.projects.nodes.filter((n: { id: string }) => n.id === shared).length)).toEqual([1, 1]);
    expect(f.signed.totalInvestment).toBe('100000000');
    expect(f.by).toEqual([{ label: '招商一局一组', signed: { count: 14 }, started: { count: 5 } }]);
    const p = await stock(zone.as.LEADER);
    // Stock excludes the double: the firm stands at one stage only, and the withdrawn one nowhere.
    expect(counts(p)).toEqual({ NEGOTIATING: 20, SIGNED: 13, STARTED: 4 });
  });

  it('takes the counting day, both ends included, leaves voided ones out, and sees what its reader may see', async () => {
    const id = await project({ milestones: { LANDED: '2026-01-01' } });
    await project({ milestones: { LANDED: '2026-01-31' }, owner: zone.stranger.staffId, department: zone.departments.otherBureau });
    await project({ milestones: { LANDED: '2026-02-01' } });
    // By approval: the event in January, approved in February.
    const late = await project();
    await t.owner.query(`insert into milestone (zone_id, project_id, kind, event_on, approved_at) values ($1, $2, 'LANDED', '2026-01-15', '2026-02-01T00:00:00+08:00')`, [zone.id, late]);
    const january = async (who: Actor) => (await flow(who, 'from: "2026-01-01", to: "2026-01-31"', 'landed { count projects { totalCount } }')).landed;
    expect(await january(zone.as.LEADER)).toEqual({ count: 2, projects: { totalCount: 2 } });
    expect(await january(zone.as.RECRUITER)).toEqual({ count: 1, projects: { totalCount: 1 } });
    expect(await january(zone.as.SERVICE)).toEqual({ count: 0, projects: { totalCount: 0 } });
    await t.owner.query(`update milestone set voided_at = now(), void_reason = 'x' where project_id = $1`, [id]);
    expect((await january(zone.as.LEADER)).count).toBe(1);
  });
});
