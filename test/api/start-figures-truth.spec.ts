import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { START_FIGURES, type StartFigure, StartFiguresService } from '@yinfeng/construction';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, newId } from '@yinfeng/platform';
import { ProjectsService } from '@yinfeng/recruitment';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

/** Acts of the random history. */
const OPERATIONS = Number(process.env.YINFENG_PROPERTY_OPERATIONS ?? 400);
const SEED = Number(process.env.YINFENG_PROPERTY_SEED ?? 20260615);

function generator(seed: number) {
  let s = seed >>> 0;
  const next = () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let x = s;
    x = Math.imul(x ^ (x >>> 15), x | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
  const int = (n: number) => Math.floor(next() * n);
  return { next, int, pick: <T>(of: readonly T[]): T => of[int(of.length)]! };
}

interface Shadow {
  id: string; departmentId: string; parkId: string | null; ownerId: string; total: number | null; currency: 'CNY' | 'USD'; class: string | null; industry: string | null; uncounted: boolean;
  signed: string | null; started: string | null; pauses: { id: string; from: string | null; to: string | null; voided: boolean }[]; plans: { id: string; year: number; removed: boolean }[];
}

let t: TestDatabase;
let zone: TestZone;
let figures: StartFiguresService;
beforeAll(async () => {
  t = await testDatabase();
  zone = await makeZone(t.owner);
  figures = new StartFiguresService(t.db, t.clock, new PolicyService(t.db, t.clock), new ProjectsService(t.db));
});
afterAll(() => t.stop());

describe(`figures of starts under random acts (${OPERATIONS}, seed ${SEED})`, () => {
  it('equal a naive recount for every reader, list by list', async () => {
    const r = generator(SEED);
    const all: Shadow[] = [];
    const day = () => new Date(Date.UTC(2024, 0, 1 + r.int(900))).toISOString().slice(0, 10);
    const write = (sql: string, ...params: unknown[]) => t.owner.query(sql, params);
    const below: Record<string, string[]> = { [zone.departments.bureau]: [zone.departments.bureau, zone.departments.group, zone.departments.otherGroup], [zone.departments.zone]: Object.values(zone.departments) };

    const open = async () => {
      const p: Shadow = {
        id: newId(), departmentId: r.pick([zone.departments.group, zone.departments.otherGroup, zone.departments.otherBureau]), parkId: r.pick([zone.parkId, null]), ownerId: r.pick([zone.as.RECRUITER, zone.colleague, zone.stranger]).staffId!,
        total: r.pick([null, 49_999_999.99, 50_000_000, 7_142_857.15, 7_142_857, 300_000_000]), currency: r.pick(['CNY', 'CNY', 'USD']), class: r.pick([null, '产业项目', '基础设施项目', 'A']), industry: r.pick([null, 'C374', 'I65', 'E48']), uncounted: r.next() < 0.05,
        signed: null, started: null, pauses: [], plans: [],
      };
      await write(`insert into project (id, zone_id, code, name, folded_name, core_name, stage, owner_id, department_id, park_id, total_amount, total_currency, class, industry_code, uncounted_at) values ($1, $2, $3, $3, $3, $3, 'LANDED', $4, $5, $6, $7, $8, $9, $10, $11)`,
        p.id, zone.id, `P-${all.length}`, p.ownerId, p.departmentId, p.parkId, p.total, p.currency, p.class, p.industry, p.uncounted ? '2024-01-01T00:00:00Z' : null);
      all.push(p);
    };
    const reach = async (p: Shadow, kind: 'SIGNED' | 'STARTED') => {
      const key = kind === 'SIGNED' ? 'signed' : 'started';
      if (p[key]) {
        await write(`update milestone set voided_at = now(), void_reason = 'x' where project_id = $1 and kind = $2 and voided_at is null`, p.id, kind);
        p[key] = null;
        return;
      }
      p[key] = day();
      await write(`insert into milestone (zone_id, project_id, kind, event_on, counting_rule) values ($1, $2, $3, $4, 'EVENT')`, zone.id, p.id, kind, p[key]);
    };
    const pause = async (p: Shadow) => {
      const standing = p.pauses.filter((k) => !k.voided);
      if (standing.length && r.next() < 0.2) {
        const k = r.pick(standing);
        k.voided = true;
        await write(`update works_pause set voided_at = now(), void_reason = 'x' where id = $1`, k.id);
        return;
      }
      const [a, b] = [day(), day()].sort() as [string, string];
      const from = r.next() < 0.6 ? a : null;
      const to = from === null ? a : r.next() < 0.7 ? b : null;
      const k = { id: newId(), from, to, voided: false };
      const clash = standing.some((o) => (o.from ?? o.to!) <= (to ?? '9999') && (from ?? to!) <= (o.to ?? '9999'));
      const done = await write(`insert into works_pause (id, zone_id, project_id, suspended_on, reason, resumed_on) values ($1, $2, $3, $4, 'x', $5)`, k.id, zone.id, p.id, from, to).then(() => true, (error: { constraint?: string }) => {
        expect(error.constraint).toBe('works_pause_overlap');
        return false;
      });
      expect(done).toBe(!clash);
      if (done) p.pauses.push(k);
    };
    const plan = async (p: Shadow) => {
      const year = 2024 + r.int(3);
      const standing = p.plans.find((s) => s.year === year && !s.removed);
      if (standing) {
        standing.removed = true;
        await write(`update start_plan set removed_at = now(), remove_reason = 'x' where id = $1`, standing.id);
        return;
      }
      const s = { id: newId(), year, removed: false };
      p.plans.push(s);
      await write('insert into start_plan (id, zone_id, project_id, year) values ($1, $2, $3, $4)', s.id, zone.id, p.id, year);
    };

    const sees = (who: Actor, p: Shadow): boolean => who.reach === 'ZONE' || who.staffId === p.ownerId
      || (who.reach === 'UNIT' || who.reach === 'GROUP') && (who.reach === 'UNIT' ? who.departmentIds : who.ledDepartmentIds).some((u) => (below[u] ?? [u]).includes(p.departmentId));
    const big = (p: Shadow, min: number | null) => min === null || (p.total !== null && Math.round(p.total * 100) * (p.currency === 'USD' ? 7 : 1) >= min * 100);

    const check = async () => {
      const who = r.pick([zone.as.LEADER, zone.as.MANAGER, zone.as.GROUP_LEADER, zone.as.RECRUITER, zone.as.SERVICE]);
      const [from, to] = [day(), day()].sort() as [string, string];
      const minTotal = r.pick([null, null, '50000000', '0']);
      const anySize = minTotal === null && r.next() < 0.3;
      const departmentIds = r.next() < 0.3 ? [r.pick([zone.departments.bureau, zone.departments.otherBureau])] : null;
      const parkIds = r.next() < 0.2 ? [zone.parkId] : null;
      const told = await figures.figures(who, { from, to, minTotal, anySize, departmentIds, parkIds });
      const min = anySize ? null : Number(minTotal ?? 50_000_000);
      const minOfPlan = minTotal === null ? null : Number(minTotal);
      const seen = all.filter((p) => sees(who, p) && !p.uncounted && (!departmentIds || departmentIds.some((d) => (below[d] ?? [d]).includes(p.departmentId))) && (!parkIds || p.parkId === zone.parkId));
      const within = (on: string | null) => on !== null && from <= on && on <= to;
      const planned = (p: Shadow) => p.plans.some((s) => !s.removed && Number(from.slice(0, 4)) <= s.year && s.year <= Number(to.slice(0, 4)));
      const resumed = (p: Shadow) => p.pauses.some((k) => !k.voided && within(k.to));
      const under = (p: Shadow) => within(p.started) || resumed(p);
      const industry = (p: Shadow) => p.class === '产业项目' || (p.class !== '基础设施项目' && p.industry !== null && ['C', 'I', 'M'].some((c) => p.industry!.startsWith(c)));
      const expected = {
        planned: seen.filter((p) => planned(p) && big(p, minOfPlan)), started: seen.filter((p) => within(p.started) && big(p, min)), resumed: seen.filter((p) => resumed(p) && big(p, min)), startedOrResumed: seen.filter((p) => under(p) && big(p, min)),
        plannedUnderWay: seen.filter((p) => planned(p) && under(p) && big(p, minOfPlan)), industry: seen.filter((p) => under(p) && industry(p) && big(p, min)), signed: seen.filter((p) => within(p.signed) && big(p, min)),
        signedStarted: seen.filter((p) => within(p.signed) && p.started !== null && p.started <= to && big(p, min)),
      };
      for (const name of START_FIGURES) {
        const what = { name, who: who.role, from, to, minTotal, anySize };
        const cents = expected[name].filter((p) => p.currency === 'CNY').reduce((n, p) => n + Math.round((p.total ?? 0) * 100), 0);
        expect({ ...what, count: told[name].count, cents: Math.round(Number(told[name].totalInvestment) * 100), unknown: told[name].amountUnknown }).toEqual({ ...what, count: expected[name].length, cents, unknown: expected[name].filter((p) => p.total === null).length });
        expect({ ...what, ids: await ids(who, told[name]) }).toEqual({ ...what, ids: expected[name].map((p) => p.id).sort() });
        expect(await figures.count(who, told[name])).toBe(expected[name].length);
      }
      expect(told.resumeRate.percent).toBe(expected.planned.length ? String(Math.floor((expected.plannedUnderWay.length * 100) / expected.planned.length)) : null);
      expect([told.startRate.part, told.startRate.whole]).toEqual([String(expected.signedStarted.length), String(expected.signed.length)]);
    };
    async function ids(who: Actor, figure: StartFigure): Promise<string[]> {
      const found: string[] = [];
      for (let after: string | undefined; ; ) {
        const page = await figures.page(who, figure, { first: 50, after }, {});
        found.push(...page.nodes.map((n) => n.id.slice('Project:'.length)));
        if (!page.hasNextPage) return found.sort();
        after = page.cursors.at(-1);
      }
    }

    for (let i = 0; i < OPERATIONS; i++) {
      const what = r.next();
      if (!all.length || what < 0.2) await open();
      else if (what < 0.35) await reach(r.pick(all), 'SIGNED');
      else if (what < 0.6) await reach(r.pick(all), 'STARTED');
      else if (what < 0.85) await pause(r.pick(all));
      else await plan(r.pick(all));
      if (r.next() < 0.1) await check();
    }
    for (let i = 0; i < 15; i++) await check();
    // What the stages say, the milestones of building say too.
    const wrong = (await t.owner.query(`select p.id from project p left join milestone m on m.project_id = p.id and m.kind = 'STARTED' and m.voided_at is null left join works_milestone w on w.project_id = p.id and w.code = 'GROUND_BREAKING' and w.voided_at is null
      where p.zone_id = $1 and w.reached_on is distinct from m.event_on`, [zone.id])).rows;
    expect(wrong).toEqual([]);
  }, 300_000);
});
