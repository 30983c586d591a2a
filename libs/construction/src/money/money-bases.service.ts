import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, factsJson, newId, once, type Page, type PageInput, pageOf, pageRequest, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { bind, keepMoney, type MoneyInput, type MoneyKept } from '@yinfeng/recruitment';
import { Decimal } from 'decimal.js';
import { monthOf } from './money.rules.js';
import { baseFacts, rateFacts } from './money.sql.js';

export interface FxRateRecord {
  idempotencyKey?: string | null;
  currency: MoneyKept['currency'];
  day: string;
  /** 元 for `per` units of the currency. */
  rate: string;
  per?: number | null;
  source: string;
  /** Needed where a rate of that day is on record. */
  expectedVersion?: number | null;
}
export interface InvestmentBaseSet {
  idempotencyKey?: string | null;
  /** Absent: of the zone as a whole. */
  departmentId?: string | null;
  from: string;
  to: string;
  money: MoneyInput;
  source: string;
  expectedVersion?: number | null;
}
/** A rate of the day that was on record. */
export interface FoundRate { rate: string; day: string; source: string }

/** What figures are told against: published rates of the day, and the investment of earlier periods (domain.md B3, E1). Nothing is looked up elsewhere. */
@Injectable()
export class MoneyBasesService {
  constructor(private readonly db: Database, private readonly clock: Clock) {}

  /** Puts a published rate on record; what has been converted keeps its own. @throws Refusal INVALID, REQUIRED, DATE_IN_FUTURE, CONFLICT. */
  async recordRate(actor: Actor, input: FxRateRecord): Promise<{ rateId: string }> {
    demand(actor, 'arrival.confirm');
    const today = this.clock.today();
    const per = input.per ?? 1;
    if (input.currency === 'CNY') throw new Refusal('INVALID', ['currency'], { field: '币种', value: 'CNY', expected: '外币 / a foreign currency' });
    if (![1, 100].includes(per)) throw new Refusal('INVALID', ['per'], { field: '报价单位', value: per, expected: '1 或 100 / 1 or 100' });
    const rate = new Decimal(input.rate);
    if (rate.lte(0)) throw new Refusal('INVALID', ['rate'], { field: '汇率', value: input.rate, expected: '大于 0 / above 0' });
    if (input.day > today) throw new Refusal('DATE_IN_FUTURE', ['day'], { field: '汇率日期', value: input.day, today });
    const source = demandSource(input.source);
    return this.db.tx(actor, (tx) => once(tx, 'fxRateRecord', input, async () => {
      const rateId = newId();
      const old = await this.locked(tx, 'fx_rate', 'currency = $1 and day = $2', [input.currency, input.day], input.expectedVersion);
      const value = rate.div(per).toDecimalPlaces(8, Decimal.ROUND_HALF_UP).toFixed();
      if (old) await tx.run('update fx_rate set rate = $2, source = $3, recorded_by = app_staff(), recorded_at = app_now(), version = version + 1 where id = $1', [old, value, source]);
      else await tx.run('insert into fx_rate (id, zone_id, currency, day, rate, source, recorded_by, recorded_at) values ($1, app_zone(), $2, $3, $4, $5, app_staff(), app_now())', [rateId, input.currency, input.day, value, source]);
      return { rateId: old ?? rateId };
    }), { cause: 'fxRateRecord' });
  }

  /** The investment of an earlier period that growth is told against. @throws Refusal INVALID, REQUIRED, AMOUNT_*, DATE_ORDER, DATE_IN_FUTURE, UNKNOWN_REFERENCE, CONFLICT. */
  async setBase(actor: Actor, input: InvestmentBaseSet): Promise<{ baseId: string }> {
    demand(actor, 'arrival.confirm');
    const [from, to, today] = [monthOf(input.from), monthOf(input.to), this.clock.today()];
    if (to < from) throw new Refusal('DATE_ORDER', ['to'], { field: '止月', value: to.slice(0, 7), other: '起月', otherValue: from.slice(0, 7) });
    if (to > today) throw new Refusal('DATE_IN_FUTURE', ['to'], { field: '止月', value: to.slice(0, 7), today });
    const kept = keepMoney(input.money, 'money', '基期投资');
    if (!kept) throw new Refusal('REQUIRED', ['money'], { field: '基期投资' });
    if (kept.currency !== 'CNY') throw new Refusal('INVALID', ['money', 'currency'], { field: '基期投资', value: kept.currency, expected: '人民币 CNY' });
    const source = demandSource(input.source);
    return this.db.tx(actor, (tx) => once(tx, 'investmentBaseSet', input, async () => {
      if (input.departmentId && !(await tx.row('select 1 as ok from department where id = $1', [input.departmentId]))) throw new Refusal('UNKNOWN_REFERENCE', ['departmentId'], { field: '部门', value: input.departmentId });
      const department = input.departmentId ?? null;
      const baseId = newId();
      const old = await this.locked(tx, 'investment_base', 'from_month = $1 and to_month = $2 and department_id is not distinct from $3', [from, to, department], input.expectedVersion);
      if (old) await tx.run('update investment_base set amount = $2, raw = $3, source = $4, set_by = app_staff(), set_at = app_now(), version = version + 1 where id = $1', [old, kept.amount, kept.raw, source]);
      else await tx.run('insert into investment_base (id, zone_id, department_id, from_month, to_month, amount, raw, source, set_by, set_at) values ($1, app_zone(), $2, $3, $4, $5, $6, $7, app_staff(), app_now())', [baseId, department, from, to, kept.amount, kept.raw, source]);
      return { baseId: old ?? baseId };
    }), { cause: 'investmentBaseSet' });
  }

  /** The rate of a day, or that of the last day before it within `back` days; nothing when none is on record. */
  async rateOf(tx: Tx, currency: string, day: string, back: number): Promise<FoundRate | undefined> {
    return tx.row<FoundRate>(`select trim_scale(rate)::text as rate, day, source from fx_rate where zone_id = app_zone() and currency = $1 and day between $2::date - $3::int and $2 order by day desc limit 1`, [currency, day, back]);
  }

  /** Rates on record, latest day first. */
  async rates(actor: Actor, filter: { currency?: string | null; from?: string | null; to?: string | null }, input: PageInput, shape: Shape): Promise<{ page: Page<{ id: string }>; count: () => Promise<number> }> {
    demand(actor, 'construction.read');
    const request = pageRequest(input, 2);
    const where = (params: unknown[]) => ['f.zone_id = app_zone()', ...(filter.currency ? [`f.currency = ${bind(params, filter.currency)}`] : []), ...(filter.from ? [`f.day >= ${bind(params, filter.from)}`] : []), ...(filter.to ? [`f.day <= ${bind(params, filter.to)}`] : [])];
    const params: unknown[] = [];
    const all = where(params);
    if (request.keys) all.push(`(f.day, f.id) ${request.backward ? '>' : '<'} (${bind(params, request.keys[0])}::date, ${bind(params, request.keys[1])}::uuid)`);
    const order = request.backward ? 'asc' : 'desc';
    const rows = await this.db.read<{ node: { id: string }; day: string; id: string }>(actor, `select ${factsJson(rateFacts, { id: true, ...shape })} as node, f.day, f.id from fx_rate f where ${all.join(' and ')} order by f.day ${order}, f.id ${order} limit ${bind(params, request.limit + 1)}`, params);
    return {
      page: pageOf(rows.map((r) => ({ node: r.node, keys: [r.day, r.id] })), request),
      count: async () => {
        const own: unknown[] = [];
        return (await this.db.read<{ n: number }>(actor, `select count(*)::int as n from fx_rate f where ${where(own).join(' and ')}`, own))[0]!.n;
      },
    };
  }

  /** Bases on record, latest period first; a few a year. */
  async bases(actor: Actor, shape: Shape): Promise<{ id: string }[]> {
    demand(actor, 'construction.read');
    return (await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(baseFacts, { id: true, ...shape })} as node from investment_base b where b.zone_id = app_zone() order by b.to_month desc, b.from_month desc, b.id limit 200`)).map((r) => r.node);
  }

  async byId(actor: Actor, kind: 'fx_rate' | 'investment_base', id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('construction.read')) return null;
    const [facts, alias] = kind === 'fx_rate' ? [rateFacts, 'f'] : [baseFacts, 'b'];
    return (await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(facts, { id: true, ...shape })} as node from ${kind} ${alias} where ${alias}.id = $1`, [id]))[0]?.node ?? null;
  }

  /** The record of that key, locked, and seen as it is. A second writer of a new key waits here. @throws Refusal CONFLICT. */
  private async locked(tx: Tx, table: string, where: string, params: unknown[], expected: number | null | undefined): Promise<string | null> {
    await tx.row(`select pg_advisory_xact_lock(hashtextextended(app_zone()::text || $1, 0))`, [`${table}:${JSON.stringify(params)}`]);
    const old = await tx.row<{ id: string; version: number }>(`select id, version from ${table} where zone_id = app_zone() and ${where} for update`, params);
    if ((old?.version ?? null) !== (expected ?? null)) throw new Refusal('CONFLICT', ['expectedVersion'], { version: old?.version ?? 0 }, old?.id);
    return old?.id ?? null;
  }
}

function demandSource(source: string): string {
  if (!source.trim()) throw new Refusal('REQUIRED', ['source'], { field: '来源' });
  return source.trim();
}
