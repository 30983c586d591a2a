import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId, type Actor } from '@yinfeng/platform';
import { DIMENSIONS, FLOWS, FoldingService, PipelineService, type Dimension, type PipelineFilter } from '@yinfeng/pipeline';
import { ProjectsService, STAGES, type Stage } from '@yinfeng/recruitment';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';
import { type Dims, ShadowProject, type State, sumUp } from './pipeline-shadow.js';

/** Operations of the random history; the nightly run asks for 10,000. */
const OPERATIONS = Number(process.env.YINFENG_PROPERTY_OPERATIONS ?? 2000);
const SEED = Number(process.env.YINFENG_PROPERTY_SEED ?? 20260615);

function generator(seed: number) {
  let s = seed >>> 0;
  const next = () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let t = s;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (n: number) => Math.floor(next() * n);
  return { next, int, pick: <T>(of: readonly T[]): T => of[int(of.length)]! };
}

const DAY = 86_400_000;
const START = Date.parse('2024-01-01T00:00:00+08:00');

describe(`figures under random work (${OPERATIONS} operations, seed ${SEED})`, () => {
  let t: TestDatabase;
  let zone: TestZone;
  let pipeline: PipelineService;
  let folding: FoldingService;
  const r = generator(SEED);
  const shadow = new Map<string, ShadowProject>();
  let now = START + 500 * DAY;
  let values: { departments: (string | null)[]; owners: (string | null)[]; below: Map<string, string[]> };

  beforeAll(async () => {
    t = await testDatabase({ poolSize: 6 });
    await t.clean();
    zone = await makeZone(t.owner);
    pipeline = new PipelineService(t.db, new ProjectsService(t.db));
    folding = new FoldingService(t.db);
    await t.owner.query(`insert into industry (code, name) values ('C', '制造业'), ('C39', '电子'), ('C36', '汽车'), ('I65', '软件') on conflict do nothing`);
    const d = zone.departments;
    values = {
      departments: [d.group, d.group, d.otherGroup, d.otherBureau, d.bureau, null],
      owners: [zone.as.RECRUITER.staffId, zone.as.RECRUITER.staffId, zone.colleague.staffId, zone.stranger.staffId, zone.as.AGENT.staffId, null],
      below: new Map([[d.bureau, [d.bureau, d.group, d.otherGroup]], [d.group, [d.group]], [d.otherBureau, [d.otherBureau]]]),
    };
  });
  afterAll(() => t.stop());

  const dims = (): Dims => ({
    departmentId: r.pick(values.departments), ownerId: r.pick(values.owners), parkId: r.pick([zone.parkId, null]), industry: r.pick(['C39', 'C36', 'I65', null]),
    province: r.pick(['吉林', '北京', null]), capital: r.pick(['DOMESTIC', 'FOREIGN', 'UNKNOWN']), total: r.pick([null, 0, 49_999_999, 50_000_000, 700_000_000, 1_000_000_000]), currency: r.pick(['CNY', 'CNY', 'USD', 'EUR']), fixed: r.pick([null, 1_000_000]),
  });
  const someStatus = () => r.pick(['ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'SUSPENDED', 'POOLED', 'WITHDRAWN', 'LOST'] as const);
  const row = (d: Dims) => [d.departmentId, d.ownerId, d.parkId, d.industry, d.province, d.capital, d.total, d.currency, d.fixed];
  const COLUMNS = 'department_id, owner_id, park_id, industry_code, source_region, capital_source, total_amount, total_currency, fixed_cny';
  const write = (sql: string, params: unknown[]) => t.db.tx(zone.as.LEADER, (tx) => tx.run(sql, params));

  const states = (prior: State[]) => JSON.stringify(prior.map((s) => ({ ...s, at: new Date(s.at).toISOString() })));
  /** The states before a stage, as a ledger tells them, and when the stage itself began. */
  function history(stage: number): { prior: State[]; at: number } {
    let at = START + r.int(490) * DAY + r.int(DAY);
    const prior: State[] = [];
    for (let i = r.int(stage + 1); i < stage; i++) {
      prior.push({ stage: STAGES[i]!, status: someStatus(), at });
      // Now and then a ledger tells dates in the wrong order.
      at += r.next() < 0.1 ? -r.int(3 * DAY) : r.int(40 * DAY);
    }
    return { prior, at };
  }

  async function open(): Promise<void> {
    const id = newId();
    const stage = r.int(7);
    const { prior, at } = history(stage);
    const p = new ShadowProject(id, prior, { stage: STAGES[stage]!, status: someStatus(), at }, dims());
    await write(
      `insert into project (id, zone_id, code, name, folded_name, core_name, stage, status, state_at, prior_states, ${COLUMNS})
       values ($1::uuid, app_zone(), $1::uuid::text, 'x', 'x', 'x', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [id, p.state.stage, p.state.status, new Date(at), states(prior), ...row(p.dims)],
    );
    shadow.set(id, p);
  }

  async function change(p: ShadowProject): Promise<void> {
    const next = r.next() < 0.5 ? { ...p.dims, total: r.pick([null, 1, 50_000_000, 999_999_999]), currency: r.pick(['CNY', 'USD', 'EUR'] as const) } : dims();
    await write(`update project set (${COLUMNS}) = row($2::uuid, $3::uuid, $4::uuid, $5::text, $6::text, $7::text, $8::numeric, $9::currency, $10::numeric) where id = $1`, [p.id, ...row(next)]);
    p.change(next, now);
  }

  async function move(p: ShadowProject): Promise<void> {
    const how = r.next();
    const state: State =
      how < 0.5 ? { stage: r.pick(STAGES), status: someStatus(), at: now } // as work goes on
      : how < 0.75 ? { stage: r.pick(STAGES), status: someStatus(), at: now - r.int(200 * DAY) } // told late
      : { ...p.state, at: p.state.at + (r.int(60) - 30) * DAY }; // the day is corrected
    const next = r.next() < 0.3 ? dims() : p.dims;
    await write(`update project set stage = $2, status = $3, state_at = $4, (${COLUMNS}) = row($5::uuid, $6::uuid, $7::uuid, $8::text, $9::text, $10::text, $11::numeric, $12::currency, $13::numeric) where id = $1`,
      [p.id, state.stage, state.status, new Date(state.at), ...row(next)]);
    if (state.stage === p.state.stage && state.status === p.state.status && state.at === p.state.at) p.change(next, now);
    else p.move(state, next);
  }

  /** An import tells a history anew, or its undo takes the last state back. */
  async function retell(p: ShadowProject): Promise<void> {
    const back = p.prior.length > 0 && r.next() < 0.5;
    const stage = r.int(7);
    const told = history(stage);
    const state: State = back ? p.prior.at(-1)! : { stage: STAGES[stage]!, status: someStatus(), at: told.at };
    const prior = back ? p.prior.slice(0, -1) : told.prior;
    const next = r.next() < 0.3 ? dims() : p.dims;
    await write(`update project set stage = $2, status = $3, state_at = $4, prior_states = $14, (${COLUMNS}) = row($5::uuid, $6::uuid, $7::uuid, $8::text, $9::text, $10::text, $11::numeric, $12::currency, $13::numeric) where id = $1`,
      [p.id, state.stage, state.status, new Date(state.at), ...row(next), states(prior)]);
    // A shorter list of the same states only takes the last ones back.
    const shorter = prior.length < p.prior.length && states(prior) === states(p.prior.slice(0, prior.length));
    const same = states(prior) === states(p.prior);
    if (same && state.stage === p.state.stage && state.status === p.state.status && state.at === p.state.at) p.change(next, now);
    else if (same || shorter) {
      p.move(state, next);
      p.prior = prior;
    } else p.retell(prior, state, next);
  }

  async function reach(p: ShadowProject): Promise<void> {
    const kind = r.pick(FLOWS).toUpperCase();
    const standing = p.milestones.find((m) => m.kind === kind && !m.voided);
    if (standing) {
      await write(`update milestone set voided_at = app_now(), void_reason = 'x' where project_id = $1 and kind = $2 and voided_at is null`, [p.id, kind]);
      standing.voided = true;
      return;
    }
    const on = new Date(START + r.int(500) * DAY + 8 * 3_600_000).toISOString().slice(0, 10);
    await write(`insert into milestone (zone_id, project_id, kind, event_on, counting_rule) values (app_zone(), $1, $2, $3, 'EVENT')`, [p.id, kind, on]);
    p.milestones.push({ kind, on, voided: false });
  }

  async function remove(p: ShadowProject): Promise<void> {
    await t.owner.query('delete from project where id = $1', [p.id]);
    p.deleted = true;
  }

  const alive = () => [...shadow.values()].filter((p) => !p.deleted);
  const sees = (actor: Actor, p: ShadowProject): boolean => {
    if (actor.reach === 'ZONE') return true;
    if (actor.staffId === p.dims.ownerId) return true;
    const units = actor.reach === 'GROUP' ? actor.ledDepartmentIds : actor.reach === 'UNIT' ? actor.departmentIds : [];
    return p.dims.departmentId !== null && units.some((u) => (values.below.get(u) ?? [u]).includes(p.dims.departmentId!));
  };
  const RATE = { CNY: 1, USD: 7, EUR: 7.8 };
  const sizeOf = (d: Dims) => {
    if (d.total === null) return 'UNKNOWN';
    const limits = [[5e9, 'FROM_5B'], [1e9, 'FROM_1B'], [5e8, 'FROM_500M'], [1e8, 'FROM_100M'], [5e7, 'FROM_50M']] as const;
    return limits.find(([limit]) => d.total! * RATE[d.currency] >= limit)?.[1] ?? 'UNDER_50M';
  };
  const keyOf: Record<Dimension, (d: Dims) => string | null> = {
    DEPARTMENT: (d) => d.departmentId, STAFF: (d) => d.ownerId, PARK: (d) => d.parkId, INDUSTRY: (d) => d.industry, SOURCE_REGION: (d) => d.province, CAPITAL_SOURCE: (d) => d.capital, SIZE: sizeOf,
  };
  const fits = (f: PipelineFilter, stage: Stage | null, d: Dims) =>
    (!f.departmentIds || f.departmentIds.some((id) => (values.below.get(id) ?? [id]).includes(d.departmentId ?? ''))) && (!f.industries || f.industries.some((c) => d.industry?.startsWith(c))) &&
    (!f.sizeClasses || f.sizeClasses.includes(sizeOf(d))) && (!f.capitalSources || f.capitalSources.includes(d.capital)) && (!f.ownerIds || f.ownerIds.includes(d.ownerId ?? '')) &&
    (!f.stages || stage === null || f.stages.includes(stage)) && (f.minTotal == null || (d.total !== null && d.total * RATE[d.currency] >= Number(f.minTotal)));
  const someFilter = (): PipelineFilter => {
    const f: PipelineFilter = {};
    if (r.next() < 0.3) f.departmentIds = [r.pick([zone.departments.bureau, zone.departments.group, zone.departments.otherBureau])];
    if (r.next() < 0.2) f.industries = [r.pick(['C', 'C39', 'I65'])];
    if (r.next() < 0.2) f.sizeClasses = [r.pick(['UNKNOWN', 'FROM_50M', 'FROM_1B'])];
    if (r.next() < 0.1) f.capitalSources = ['FOREIGN', 'UNKNOWN'];
    if (r.next() < 0.1) f.ownerIds = [zone.as.RECRUITER.staffId!];
    if (r.next() < 0.15) f.stages = [r.pick(STAGES), r.pick(STAGES)];
    if (r.next() < 0.15) f.minTotal = r.pick(['0', '50000000', '1000000000']);
    return f;
  };
  const readers = () => [zone.as.LEADER, zone.as.LEADER, zone.as.MANAGER, zone.as.GROUP_LEADER, zone.as.RECRUITER, zone.as.SERVICE, zone.as.AGENT];
  const bare = <T extends { count: number; totalInvestment: string; foreignInvestment: string; fixedInvestment: string }>(f: T) =>
    ({ count: f.count, totalInvestment: f.totalInvestment, foreignInvestment: f.foreignInvestment, fixedInvestment: f.fixedInvestment });

  async function ids(actor: Actor, question: Parameters<PipelineService['page']>[1]): Promise<string[]> {
    const found: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await pipeline.page(actor, question, { first: 200, after }, {});
      found.push(...page.nodes.map((n) => n.id.slice('Project:'.length)));
      if (!page.hasNextPage) return found.sort();
      after = page.cursors.at(-1);
    }
  }

  async function checkStock(): Promise<void> {
    const actor = r.pick(readers());
    const filter = someFilter();
    const asOf = r.next() < 0.35 ? null : new Date(START - 5 * DAY + r.int(Math.ceil((now - START) / DAY) + 6) * DAY + (r.next() < 0.3 ? DAY - 1 : r.int(DAY)));
    const by = r.pick(DIMENSIONS);
    const expected = alive().filter((p) => sees(actor, p)).map((p) => ({ id: p.id, ...(asOf ? p.at(asOf.getTime()) : p.now()) })).filter((p): p is { id: string; stage: Stage; dims: Dims } => p.stage !== undefined && fits(filter, p.stage, p.dims!));
    const stock = await pipeline.stock(actor, { filter, asOf, by: [by] });
    const told = `${actor.role} at ${asOf?.toISOString() ?? 'now'} ${JSON.stringify(filter)}`;
    expect({ told, stages: stock.stages.map((s) => ({ stage: s.stage, ...bare(s) })) }).toEqual({ told, stages: sumUp(expected) });
    const keys = [...new Set(expected.map((p) => keyOf[by](p.dims)))];
    expect(new Map(stock.by[by]!.map((d) => [d.key, d.stages.map((s) => ({ stage: s.stage, ...bare(s) }))]))).toEqual(new Map(keys.map((k) => [k, sumUp(expected.filter((p) => keyOf[by](p.dims) === k))])));
    // Every figure lists exactly what it counted.
    const one = r.pick(stock.stages);
    expect(await pipeline.count(actor, one.question)).toBe(one.count);
    expect(await ids(actor, one.question)).toEqual(expected.filter((p) => p.stage === one.stage).map((p) => p.id).sort());
    const slot = stock.by[by]!.length ? r.pick(stock.by[by]!) : undefined;
    if (slot) expect(await ids(actor, slot.question)).toEqual(expected.filter((p) => keyOf[by](p.dims) === slot.key).map((p) => p.id).sort());
  }

  async function checkFlow(): Promise<void> {
    const actor = r.pick(readers());
    const filter = someFilter();
    const [from, to] = [r.int(500), r.int(500)].sort((a, b) => a - b).map((n) => new Date(START + n * DAY + 8 * 3_600_000).toISOString().slice(0, 10)) as [string, string];
    const by = r.pick(DIMENSIONS);
    const flow = await pipeline.flow(actor, { filter, from, to, by: [by] });
    const seen = alive().filter((p) => sees(actor, p) && fits(filter, null, p.dims) && (!filter.stages || filter.stages.includes(p.state.stage)));
    for (const name of FLOWS) {
      const expected = seen.filter((p) => p.milestones.some((m) => m.kind === name.toUpperCase() && !m.voided && m.on >= from && m.on <= to));
      const sums = sumUp(expected.map((p) => ({ stage: 'LEAD', dims: p.dims })))[0]!;
      expect(bare(flow[name])).toEqual(bare(sums));
      const keys = new Set(expected.map((p) => keyOf[by](p.dims)));
      expect(flow.by[by]!.filter((d) => d[name].count > 0).map((d) => [d.key, d[name].count]).sort()).toEqual([...keys].map((k) => [k, expected.filter((p) => keyOf[by](p.dims) === k).length]).sort());
      if (name === 'signed') expect(await ids(actor, flow.signed.question)).toEqual(expected.map((p) => p.id).sort());
    }
  }

  it('equal the naive recount for every reader, now and at any past instant, list by list', async () => {
    for (let i = 0; i < OPERATIONS; i++) {
      now += r.int(DAY / 4);
      t.clock.pin(new Date(now));
      const living = alive();
      const batch = new Set<ShadowProject>();
      // Up to four writers at once, each at a project of its own.
      const writers = Array.from({ length: 1 + r.int(4) }, () => {
        const what = r.next();
        const p = living.length ? r.pick(living) : undefined;
        if (!p || what < 0.2) return open();
        if (batch.has(p)) return Promise.resolve();
        batch.add(p);
        return what < 0.45 ? move(p) : what < 0.55 ? retell(p) : what < 0.75 ? change(p) : what < 0.97 ? reach(p) : remove(p);
      });
      i += writers.length - 1;
      if (r.next() < 0.1) writers.push(folding.fold().then(() => undefined));
      await Promise.all(writers);
      if (r.next() < 0.15) await checkStock();
      if (r.next() < 0.05) await checkFlow();
    }
    for (let i = 0; i < 40; i++) await checkStock();
    await folding.fold();
    for (let i = 0; i < 40; i++) await checkStock();
    await t.owner.query('select pipeline_refold()');
    for (let i = 0; i < 20; i++) await checkStock();
  }, 600_000);
});
