import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { installDefaults, POLICIES, PolicyService } from '@yinfeng/directory';
import { ImportsService } from '@yinfeng/ledgers';
import { type Actor, systemActor } from '@yinfeng/platform';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let t: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  t = await testDatabase();
  api = await testApi(t);
});
afterAll(async () => {
  await api.stop();
  await t.stop();
});

async function open(): Promise<TestZone> {
  const zone = await makeZone(t.owner);
  await t.db.tx(systemActor(zone.id, 'test'), (tx) => installDefaults(tx, zone.id));
  return zone;
}
/** Brings a public ledger into the books and waits for it, as the command line does: no limit of an answer over HTTP ends it on a busy machine. */
async function take(who: Actor, name: string): Promise<{ id: string; counts: { created: number; updated: number } }> {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(readFileSync(join(process.cwd(), 'test/fixtures/ledgers', name)))]), name);
  const fileId = ((await (await api.request(who, '/files', { method: 'POST', body: form })).json()) as { id: string }).id.split(':')[1]!;
  const imports = api.running.app.get(ImportsService);
  const { importId } = await imports.read(who, { fileId }, 'TO_THE_END');
  await imports.confirm(who, { importId, expectedVersion: await version(importId), decideAll: 'SAME' }, 'TO_THE_END');
  const { state, counts } = (await t.owner.query('select state, counts from ledger_import where id = $1', [importId])).rows[0];
  expect(state).toBe('APPLIED');
  return { id: importId, counts: { created: counts.created, updated: counts.updated } };
}
const version = async (importId: string): Promise<number> => (await t.owner.query('select version from ledger_import where id = $1', [importId])).rows[0].version;
const FIGURE = '{ count totalInvestment foreignInvestment amountUnknown rule projects(first: 200) { totalCount nodes { id } } }';
const RATE = '{ percent part whole rule }';
const NAMES = ['planned', 'started', 'resumed', 'startedOrResumed', 'plannedUnderWay', 'industry', 'signed', 'signedStarted'] as const;
const ALL = `from to minTotal ${NAMES.map((n) => `${n} ${FIGURE}`).join(' ')} startRate ${RATE} resumeRate ${RATE} industryShare ${RATE} industryShareByCount ${RATE} industryShareByInvestment ${RATE}`;
const ask = async (who: Actor, args: string) => {
  const answer = await api.gql(who, `{ startFigures(${args}) { ${ALL} } }`);
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  const figures = answer.data.startFigures;
  // Each figure lists exactly what it counts.
  for (const name of NAMES) expect([name, figures[name].projects.totalCount, figures[name].projects.nodes.length]).toEqual([name, figures[name].count, Math.min(figures[name].count, 200)]);
  return figures;
};

describe('the paragraph of 长春新区 (S1, S2) from its ledger', () => {
  let zone: TestZone;
  let taken: Awaited<ReturnType<typeof take>>;
  const wan = (yuan: string) => String(Number(BigInt(yuan)) / 10_000);

  it('125 planned for 1080 亿, 141 under way by the middle of 2023, 147 in the year with 76.3 % of the investment', async () => {
    zone = await open();
    taken = await take(zone.as.MANAGER, 'ledger-changchun-xinqu-2024.xlsx');
    const half = await ask(zone.as.LEADER, 'asOf: "2023-06-30"');
    expect([half.from, half.to, half.minTotal]).toEqual(['2023-01-01', '2023-06-30', '50000000']);
    expect([half.planned.count, half.planned.totalInvestment, half.startedOrResumed.count]).toEqual([125, '108000000000', 141]);
    expect(half.planned.rule).toBe('列入 2023 年开复工计划、未移出的项目；计入其他项目的分期不计。');
    expect(half.startedOrResumed.rule).toBe('2023-01-01 至 2023-06-30 开工或复工的项目，每个只计一次，总投资5000万元以上（含本数，外币按固定参考汇率，金额不明的不计）；计入其他项目的分期不计。');
    const year = await ask(zone.as.LEADER, 'from: "2023-01-01", to: "2023-12-31"');
    expect([year.startedOrResumed.count, wan(year.startedOrResumed.totalInvestment), year.startedOrResumed.foreignInvestment, year.industry.count]).toEqual([147, '11420930.2', '0', 134]);
    expect([year.industryShare.percent, year.industryShareByInvestment.percent, year.industryShareByCount.percent]).toEqual(['76.3', '76.3', '91.2']);
    expect([year.resumeRate.part, year.resumeRate.whole]).toEqual([String(year.plannedUnderWay.count), '125']);
    // A ledger tells of every size: without the threshold the year has what its truth says.
    const every = await ask(zone.as.LEADER, 'from: "2023-01-01", to: "2023-12-31", filter: { anySize: true }');
    expect([every.startedOrResumed.count, every.startedOrResumed.amountUnknown, every.started.count]).toEqual([158, 3, 102]);
  });

  it('240 under way in 2024, foreign amounts beside and never added, 76.3 % by number', async () => {
    const year = await ask(zone.as.LEADER, 'from: "2024-01-01", to: "2024-12-31"');
    expect([year.startedOrResumed.count, wan(year.startedOrResumed.totalInvestment), wan(year.startedOrResumed.foreignInvestment)]).toEqual([240, '17759224.5', '53138']);
    expect([year.industry.count, year.industryShareByCount]).toEqual([183, { percent: '76.3', part: '183', whole: '240', rule: '产业项目 ÷ 开复工，四舍五入到 1 位小数' }]);
    // What resumed in both years counts in each: a later resumption does not take the earlier one away.
    const both = (await t.owner.query<{ n: number }>(`select count(*)::int as n from (select project_id from works_pause where zone_id = $1 group by 1 having count(distinct extract(year from resumed_on)) = 2) x`, [zone.id])).rows[0]!.n;
    expect(both).toBeGreaterThan(10);
    expect(year.started.count).toBe((await api.gql(zone.as.LEADER, '{ pipelineFlow(from: "2024-01-01", to: "2024-12-31", filter: { minTotal: "50000000" }) { started { count } } }')).data.pipelineFlow.started.count);
  });

  it('shows on the project what the ledger told: planned completion by its last day, every resumption, the plan, what is due', async () => {
    const rows = (await t.owner.query<{ id: string; plan: string; days: string[] }>(
      `select p.id, p.extra ->> 'date.plan_finish' as plan, array(select resumed_on::text from works_pause k where k.project_id = p.id order by 1) as days from project p
       where p.zone_id = $1 and p.extra ->> 'date.plan_finish' ~ '^\\d{4}-\\d\\d$' and p.extra ->> 'flag.planned_prev' = 'true' and p.extra ? 'date.resumed.2023' and not exists (select from milestone m where m.project_id = p.id and m.kind in ('PRODUCING', 'COMPLETED')) limit 1`, [zone.id])).rows;
    const { id, plan, days } = rows[0]!;
    const { project } = (await api.gql(zone.as.LEADER, 'query($id: ID!) { project(id: $id) { works { suspended milestones { code plannedOn precision dueOn reachedOn byStage fromLedger } pauses { suspendedOn resumedOn fromLedger } startPlans { year kind fromLedger } } } }', { id: `Project:${id}` })).data;
    const last = new Date(Date.UTC(Number(plan.slice(0, 4)), Number(plan.slice(5)), 0)).toISOString().slice(0, 10);
    expect(project.works).toMatchObject({ suspended: false, startPlans: [{ year: 2023, kind: 'RESUME', fromLedger: true }], pauses: days.map((d) => ({ suspendedOn: null, resumedOn: d, fromLedger: true })) });
    expect(project.works.milestones).toContainEqual({ code: 'COMPLETION', plannedOn: last, precision: 'MONTH', dueOn: last, reachedOn: null, byStage: false, fromLedger: true });
    const due = (await t.owner.query(`select due_on::text, done_on from deadline where project_id = $1 and kind = 'MILESTONE' and title = '竣工'`, [id])).rows;
    expect(due).toEqual([{ due_on: last, done_on: null }]);
  });

  it('is the same after a second import, and nothing is left of it once it is taken back', async () => {
    const kept = async () => (await t.owner.query(`select 'w' as k, count(*)::int as n, sum(version)::int as v from works_milestone where zone_id = $1 union all select 'k', count(*)::int, sum(version)::int from works_pause where zone_id = $1
      union all select 's', count(*)::int, sum(version)::int from start_plan where zone_id = $1 union all select 'd', count(*)::int, null from deadline where zone_id = $1 order by 1`, [zone.id])).rows;
    const was = await kept();
    const again = await take(zone.as.MANAGER, 'ledger-changchun-xinqu-2024.xlsx');
    expect([again.counts.created, again.counts.updated, await kept()]).toEqual([0, 0, was]);
    for (const { id } of [again, taken]) await api.running.app.get(ImportsService).undo(zone.as.MANAGER, { importId: id, expectedVersion: await version(id) }, 'TO_THE_END');
    expect((await kept()).map((r: { n: number }) => r.n)).toEqual([0, 0, 0, 0]);
  });
});

describe('the paragraph of 通化医药高新区 (S3) from its list', () => {
  it('21 planned, 18 started or resumed, 85 % cut off; the rule is the zone\'s', async () => {
    const zone = await open();
    const first = await take(zone.as.MANAGER, 'tonghua-2020.xlsx');
    const s3 = await ask(zone.as.LEADER, 'asOf: "2020-06-04"');
    expect([s3.planned.count, s3.plannedUnderWay.count]).toEqual([21, 18]);
    expect(s3.resumeRate).toEqual({ percent: '85', part: '18', whole: '21', rule: '计划内已开复工 ÷ 计划开复工，截取到 0 位小数' });
    // The five of the list of starts were on no plan.
    expect(s3.started.projects.nodes.some((n: { id: string }) => s3.planned.projects.nodes.some((p: { id: string }) => p.id === n.id))).toBe(false);
    expect((await ask(zone.as.LEADER, 'asOf: "2020-06-04", filter: { anySize: true }')).startedOrResumed.count).toBe(18 + 5);
    expect((await take(zone.as.MANAGER, 'tonghua-2020.xlsx')).counts).toEqual({ created: 0, updated: 0 });
    expect((await ask(zone.as.LEADER, 'asOf: "2020-06-04"')).resumeRate.part).toBe('18');
    expect(first.counts.created).toBe(59);
    const works = { ...POLICIES.works.usual, resumeRate: { basis: 'ALL', rounding: { mode: 'HALF_UP', digits: 1 } }, fromWan: null };
    await new PolicyService(t.db, t.clock).changeValue(zone.as.SECURITY_ADMIN, { name: 'works', value: works, validFrom: t.clock.today() });
    // A rule counts from its day on: what was told of 2020 stands.
    expect((await ask(zone.as.LEADER, 'asOf: "2020-06-04"')).resumeRate.percent).toBe('85');
    await t.owner.query(`update zone_policy set valid_from = '2020-02-01' where zone_id = $1 and name = 'works' and valid_from > '2021-01-01'`, [zone.id]);
    expect((await ask(zone.as.LEADER, 'asOf: "2020-06-04"')).resumeRate).toEqual({ percent: '109.5', part: '23', whole: '21', rule: '开复工 ÷ 计划开复工，四舍五入到 1 位小数' });
  });

  it('names what is wrong with a period, and is not for agents', async () => {
    const zone = await open();
    const refused = async (args: string, who = zone.as.LEADER) => (await api.gql(who, `{ startFigures(${args}) { from } }`)).errors[0].extensions.code;
    expect(await refused('from: "2026-01-01"')).toBe('BAD_USER_INPUT');
    expect(await refused('from: "2026-02-01", to: "2026-01-01"')).toBe('BAD_USER_INPUT');
    expect(await refused('asOf: "2026-02-01", to: "2026-01-01"')).toBe('BAD_USER_INPUT');
    expect(await refused('asOf: "2026-02-01"', zone.as.AGENT)).toBe('FORBIDDEN');
  });
});
