import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ArrivalFiguresService, type ArrivalQuestion, ArrivalsService, InvestmentFiguresService, type InvestmentQuestion, InvestmentPlansService, InvestmentReportsService, MoneyBasesService } from '@yinfeng/construction';
import { type Actor, Refusal } from '@yinfeng/platform';
import { Decimal } from 'decimal.js';
import { type DealDesk, dealDesk } from './deal-desk.js';

/** Figures of money under random work: equal to a naive recount and to their own rows, for every reader. Set MONEY_SEED to look again at a run. */
const SEED = Number(process.env.MONEY_SEED ?? 20240613);
const ACTS = 400;

function generator(seed: number) {
  let state = seed >>> 0;
  const next = () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32);
  const int = (n: number) => Math.floor(next() * n);
  return { next, int, pick: <T>(of: readonly T[]): T => of[int(of.length)]! };
}
interface Site { id: string; bureau: 'bureau' | 'otherBureau'; owner: Actor; industry: string; class: string | null; handed: boolean }
interface Month { site: Site; month: string; amount: string; land: string | null; confirmed: boolean; id: string; version: number }
interface Payment { site: Site; nature: 'DOMESTIC' | 'FOREIGN'; year: number; amount: string; currency: string; rate: string | null; usdRate: string | null; levels: string[]; day: string; state: string; excluded: string | null; voided: boolean; id: string; version: number }

describe(`figures of money under random work (${ACTS} acts, seed ${SEED})`, () => {
  let desk: DealDesk;
  const r = generator(SEED);
  const sites: Site[] = [];
  const months = new Map<string, Month>();
  const plans = new Map<string, { site: Site; month: string; amount: string; version: number }>();
  const payments: Payment[] = [];
  const ledger: { site: Site; nature: 'DOMESTIC' | 'FOREIGN'; year: number; amount: string }[] = [];
  let s: { reports: InvestmentReportsService; plans: InvestmentPlansService; figures: InvestmentFiguresService; arrivals: ArrivalsService; totals: ArrivalFiguresService };
  let file: Map<Actor, string>;

  beforeAll(async () => {
    desk = await dealDesk();
    const { app } = desk.api.running;
    s = { reports: app.get(InvestmentReportsService), plans: app.get(InvestmentPlansService), figures: app.get(InvestmentFiguresService), arrivals: app.get(ArrivalsService), totals: app.get(ArrivalFiguresService) };
    const { zone } = desk;
    for (let i = 0; i < 12; i++) {
      const bureau = r.pick(['bureau', 'otherBureau'] as const);
      const site: Site = { id: '', bureau, owner: bureau === 'bureau' ? desk.recruiter : zone.stranger, industry: r.pick(['C374', 'E47', 'D44', 'K70']), class: r.pick(['产业项目', '基础设施项目', null, 'A']), handed: r.next() < 0.7 };
      site.id = (await desk.project({ stage: 'STARTED', owner: site.owner, departmentId: zone.departments[bureau === 'bureau' ? 'group' : 'otherBureau'], industry: site.industry, class: site.class })).split(':')[1]!;
      if (site.handed) await desk.t.owner.query('insert into project_department (zone_id, project_id, department_id) values ($1, $2, $3)', [zone.id, site.id, zone.departments.service]);
      sites.push(site);
    }
    for (const [day, rate] of [['2025-03-03', '7.1731'], ['2026-03-02', '7.02']] as const) await app.get(MoneyBasesService).recordRate(desk.manager, { currency: 'USD', day, rate, source: '中间价' });
    file = new Map();
    for (const who of [desk.recruiter, zone.stranger]) file.set(who, (await desk.upload(who, '回单')).split(':')[1]!);
    await desk.policy('investment', { countedParts: ['CIVIL_WORKS', 'EQUIPMENT', 'INSTALLATION', 'OTHER'] });
  });
  afterAll(() => desk.stop());

  const MONTHS = ['2025-01-01', '2025-02-01', '2025-12-01', '2026-01-01', '2026-02-01', '2026-04-01'];
  const sum = () => `${r.int(5_000_000)}.${String(r.int(100)).padStart(2, '0')}`;
  const money = (amount: string, currency = 'CNY') => ({ amount, currency: currency as 'CNY' });
  const parts = (land: string | null) => (land === null ? null : [{ part: 'LAND' as const, money: money(land) }]);

  async function report(): Promise<void> {
    const site = r.pick(sites.filter((x) => x.handed));
    const [month, amount, land] = [r.pick(MONTHS), sum(), r.next() < 0.3 ? String(r.int(1000)) : null];
    const key = site.id + month;
    const old = months.get(key);
    if (!old) {
      const { actualId } = await s.reports.report(desk.zone.as.SERVICE, { projectId: site.id, month, money: money(amount), parts: parts(land) });
      months.set(key, { site, month, amount, land, confirmed: false, id: actualId, version: 1 });
    } else if (r.next() < 0.5) {
      await s.reports.correct(desk.zone.as.SERVICE, { actualId: old.id, expectedVersion: old.version, money: money(amount), parts: parts(land), reason: '更正' });
      Object.assign(old, { amount, land, confirmed: false, version: old.version + 1 });
    } else if (!old.confirmed) {
      await s.reports.confirm(desk.leader, { actualId: old.id, expectedVersion: old.version });
      Object.assign(old, { confirmed: true, version: old.version + 1 });
    }
  }
  async function plan(): Promise<void> {
    const site = r.pick(sites.filter((x) => x.handed));
    const [month, amount] = [r.pick(MONTHS), sum()];
    const old = plans.get(site.id + month);
    await s.plans.set(desk.zone.as.SERVICE, { projectId: site.id, year: Number(month.slice(0, 4)), months: [{ month, money: money(amount), expectedVersion: old?.version }], reason: '调整' });
    plans.set(site.id + month, { site, month, amount, version: (old?.version ?? 0) + 1 });
  }
  async function pay(): Promise<void> {
    const site = r.pick(sites);
    const [day, currency] = [r.pick(['2025-03-04', '2025-03-20', '2026-03-03', '2026-05-09']), r.pick(['CNY', 'CNY', 'USD', 'EUR'])];
    const p = { nature: r.pick(['DOMESTIC', 'FOREIGN'] as const), amount: `${1 + r.int(9_000_000)}.${r.int(10)}0`, levels: r.pick([['PROVINCE', 'CITY'], ['CITY'], []]), year: r.next() < 0.8 ? Number(day.slice(0, 4)) : 2026 };
    const { arrivalId } = await s.arrivals.record(site.owner, { projectId: site.id, nature: p.nature, form: 'EQUIPMENT', origin: 'OUTSIDE_PROVINCE', arrivedOn: day, money: money(p.amount, currency), countsForYear: p.year, levels: p.levels, evidence: [{ fileId: file.get(site.owner)!, kind: 'BANK_SLIP' }] });
    const dollar = day === '2025-03-04' ? '7.1731' : day === '2026-03-03' ? '7.02' : null;
    payments.push({ site, ...p, currency, day, rate: currency === 'USD' ? dollar : null, usdRate: currency === 'CNY' ? dollar : null, state: 'RECORDED', excluded: null, voided: false, id: arrivalId, version: 1 });
  }
  async function judge(): Promise<void> {
    const p = payments.length ? r.pick(payments) : undefined;
    if (!p || p.voided) return;
    const at = { arrivalId: p.id, expectedVersion: p.version };
    const what = r.next();
    if (p.state === 'RECORDED' && what < 0.75) {
      await (what < 0.65 ? s.arrivals.confirm(desk.leader, at) : s.arrivals.reject(desk.leader, { ...at, note: '无法核实' }));
      p.state = what < 0.65 ? 'CONFIRMED' : 'REJECTED';
    } else if (what < 0.85 && !p.excluded) {
      p.excluded = r.pick(['RUSHED', 'LOCAL_MOVE']);
      await s.arrivals.exclude(desk.leader, { ...at, code: p.excluded });
    } else if (what < 0.95 && p.excluded) {
      await s.arrivals.include(desk.leader, { ...at, note: '复核' });
      p.excluded = null;
    } else if (what > 0.97) {
      await s.arrivals.void(desk.leader, { ...at, reason: '误录' });
      p.voided = true;
    } else return;
    p.version++;
  }
  async function tell(): Promise<void> {
    const row = { site: r.pick(sites), nature: r.pick(['DOMESTIC', 'FOREIGN'] as const), year: r.pick([2025, 2026]), amount: String(r.int(10_000_000)) };
    if (ledger.some((l) => l.site === row.site && l.nature === row.nature && l.year === row.year)) return;
    await desk.t.owner.query(`insert into project_amount (zone_id, project_id, kind, year, amount, currency) values ($1, $2, $3, $4, $5, $6)`, [desk.zone.id, row.site.id, row.nature === 'DOMESTIC' ? 'ARRIVED_YEAR' : 'FOREIGN_YEAR', row.year, row.amount, row.nature === 'DOMESTIC' ? 'CNY' : 'USD']);
    ledger.push(row);
  }

  const sees = (who: Actor, x: Site) => who.reach === 'ZONE' || (who.reach === 'UNIT' ? x.bureau === 'bureau' : who.reach === 'HANDED' ? x.handed : x.owner.staffId === who.staffId);
  const readers = () => [desk.leader, desk.manager, desk.recruiter, desk.zone.stranger, desk.zone.as.SERVICE];
  const add = (values: Decimal.Value[]) => values.reduce<Decimal>((a, b) => a.plus(b), new Decimal(0)).toFixed();
  const industry = (x: Site) => x.class === '产业项目' || (x.class !== '基础设施项目' && /^[BCD]/.test(x.industry));
  async function rowsOf(page: (after: string | undefined) => Promise<{ nodes: object[]; hasNextPage: boolean; cursors: string[] }>): Promise<[string, string][]> {
    const found: [string, string][] = [];
    for (let after: string | undefined; ; ) {
      const at = await page(after);
      found.push(...(at.nodes as { amount: string; project: { id: string } }[]).map((n): [string, string] => [n.project.id.split(':')[1]!, n.amount]));
      if (!at.hasNextPage) return found;
      after = at.cursors.at(-1);
    }
  }
  const SHAPE = { amount: true, project: { id: true } } as const;
  const bySite = (rows: { site: Site; value: Decimal.Value }[]) => [...new Set(rows.map((x) => x.site))].map((x): [string, string] => [x.id, add(rows.filter((y) => y.site === x).map((y) => y.value))]).sort();

  async function checkInvestment(): Promise<void> {
    const who = r.pick(readers());
    const [from, to] = [r.pick(MONTHS), r.pick(MONTHS)].sort() as [string, string];
    const filter = r.next() < 0.3 ? { industries: [r.pick(['C', 'E47', 'D'])] } : r.next() < 0.3 ? { departmentIds: [desk.zone.departments.bureau] } : {};
    const seen = (x: Site) => sees(who, x) && (!('industries' in filter) || x.industry.startsWith(filter.industries![0]!)) && (!('departmentIds' in filter) || x.bureau === 'bureau');
    const of = (a: string, b: string) => [...months.values()].filter((m) => seen(m.site) && m.month >= a && m.month <= b).map((m) => ({ ...m, value: new Decimal(m.amount).minus(m.land ?? 0) }));
    const [now, planned] = [of(from, to), [...plans.values()].filter((p) => seen(p.site) && p.month >= from && p.month <= to)];
    const told = await s.figures.figures(who, { from, to, filter });
    const works = now.filter((m) => industry(m.site));
    expect([told.done.amount, told.done.unconfirmed, told.done.count, told.planned.amount, told.industry.amount, told.industry.count]).toEqual([
      add(now.map((m) => m.value)), add(now.filter((m) => !m.confirmed).map((m) => m.value)), new Set(now.map((m) => m.site)).size, add(planned.map((p) => p.amount)), add(works.map((m) => m.value)), new Set(works.map((m) => m.site)).size]);
    const year = (m: string) => `${Number(m.slice(0, 4)) - 1}${m.slice(4)}`;
    const before = of(year(from), year(to));
    expect([told.growth.basis, told.growth.before.amount]).toEqual([before.length ? 'ACTUALS' : 'NONE', add(before.map((m) => m.value))]);
    const pages = (q: InvestmentQuestion) => rowsOf((after) => s.figures.page(who, q, { first: 3, after }, SHAPE));
    expect((await pages(told.done.question)).sort()).toEqual(bySite(now));
    expect((await pages(told.industry.question)).sort()).toEqual(bySite(works));
    expect((await pages(told.planned.question)).sort()).toEqual(bySite(planned.map((p) => ({ site: p.site, value: p.amount }))));
  }

  async function checkArrivals(): Promise<void> {
    const who = r.pick(readers());
    const [year, level, asOf] = [r.pick([2025, 2026]), r.pick([null, null, 'CITY', 'PROVINCE', 'DISTRICT']), r.pick(['2026-06-15', '2026-03-31', '2025-03-10'])];
    const told = await s.totals.figures(who, { year, level, asOf });
    for (const nature of ['DOMESTIC', 'FOREIGN'] as const) {
      const value = (p: Payment) => {
        if (nature === 'DOMESTIC') return p.currency === 'CNY' ? new Decimal(p.amount) : p.rate && new Decimal(p.amount).times(p.rate).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
        return p.currency === 'USD' ? new Decimal(p.amount) : p.currency === 'CNY' && p.usdRate ? new Decimal(p.amount).div(p.usdRate).toDecimalPlaces(2, Decimal.ROUND_HALF_UP) : null;
      };
      const all = payments.filter((p) => sees(who, p.site) && p.nature === nature && p.year === year && !p.voided && p.state !== 'REJECTED' && p.day <= asOf && (level === null || p.levels.includes(level)));
      const counted = all.filter((p) => p.state === 'CONFIRMED' && !p.excluded);
      const totals = ledger.filter((l) => sees(who, l.site) && l.nature === nature && l.year === year && !payments.some((p) => p.site === l.site && p.nature === nature && p.year === year && p.state === 'CONFIRMED' && !p.voided));
      const figure = nature === 'DOMESTIC' ? told.domestic : told.foreign;
      expect([figure.fromArrivals, figure.fromLedger, figure.count]).toEqual([add(counted.map((p) => value(p) ?? 0)), add(totals.map((l) => l.amount)), new Set([...counted, ...totals].map((p) => p.site)).size]);
      expect(figure.amount).toBe(add([figure.fromArrivals, figure.fromLedger]));
      const open = counted.filter((p) => value(p) === null);
      expect(figure.unconverted).toEqual([...new Set(open.map((p) => p.currency))].sort().map((currency) => ({ currency, amount: add(open.filter((p) => p.currency === currency).map((p) => p.amount)), count: open.filter((p) => p.currency === currency).length })));
      expect(figure.waiting.fromArrivals).toBe(add(all.filter((p) => p.state === 'RECORDED' && !p.excluded).map((p) => value(p) ?? 0)));
      expect(figure.excluded.map((e) => [e.code, e.amount])).toEqual([...new Set(all.filter((p) => p.excluded).map((p) => p.excluded!))].sort().map((code) => [code, add(all.filter((p) => p.excluded === code).map((p) => value(p) ?? 0))]));
      const page = (q: ArrivalQuestion) => rowsOf((after) => s.totals.page(who, q, { first: 3, after }, SHAPE));
      expect((await page(figure.question)).sort()).toEqual(bySite([...counted.map((p) => ({ site: p.site, value: value(p) ?? 0 })), ...totals.map((l) => ({ site: l.site, value: l.amount }))]));
    }
  }

  it('equal the naive recount and their rows, for every reader', async () => {
    for (let i = 0; i < ACTS; i++) {
      const what = r.next();
      await (what < 0.3 ? report() : what < 0.4 ? plan() : what < 0.65 ? pay() : what < 0.95 ? judge() : tell());
      if (i % 10 === 9) await checkInvestment();
      if (i % 10 === 4) await checkArrivals();
    }
    for (let i = 0; i < 25; i++) {
      await checkInvestment();
      await checkArrivals();
    }
    expect([months.size > 20, payments.filter((p) => p.state === 'CONFIRMED').length > 20, payments.some((p) => p.voided), ledger.length > 5]).toEqual([true, true, true, true]);
    // A stale version changes nothing, whoever comes.
    const last = payments.find((p) => !p.voided)!;
    await expect(s.arrivals.void(desk.leader, { arrivalId: last.id, expectedVersion: last.version + 1, reason: 'x' })).rejects.toBeInstanceOf(Refusal);
  }, 600_000);
});
