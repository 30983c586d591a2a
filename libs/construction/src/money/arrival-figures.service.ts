import { Injectable } from '@nestjs/common';
import { PolicyService, type PolicyValue } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, factsJson, type Page, type PageInput, pageOf, pageRequest, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { bind } from '@yinfeng/recruitment';
import { Decimal } from 'decimal.js';
import { ARRIVAL_NATURES, type ArrivalNature, elapsedShare, percent } from './money.rules.js';
import { figureRowFacts, type MoneyFilter, moneyScope } from './money-scope.sql.js';

export interface ArrivalFiguresInput {
  year: number;
  /** A code of the zone's levels; absent: whatever counts for any. */
  level?: string | null;
  /** Arrived by this Shanghai day; absent: today. */
  asOf?: string | null;
  filter?: MoneyFilter | null;
  /** What completion is told against: 元 and 美元. */
  domesticTarget?: string | null;
  foreignTarget?: string | null;
}
/** What a figure sums up: enough to list its rows. */
export interface ArrivalQuestion {
  nature: ArrivalNature;
  year: number;
  level: string | null;
  /** Shanghai day. */
  asOf: string;
  filter: MoneyFilter;
  /** Whether the yearly totals of ledgers count for the level that is asked for. */
  ledger: boolean;
  /** COUNTED; WAITING for confirmation; or a reason code of exclusion. */
  what: string;
}
export interface ArrivalFigure {
  /** 元 for domestic, US dollars for foreign capital. */
  amount: string;
  currency: 'CNY' | 'USD';
  fromArrivals: string;
  fromLedger: string;
  count: number;
  /** What counts but cannot be told in that currency, as no rate is on record. */
  unconverted: { currency: string; amount: string; count: number }[];
  question: ArrivalQuestion;
}
export interface ArrivalTotal extends ArrivalFigure {
  target: string | null;
  completion: string | null;
  elapsed: string;
  gap: string | null;
  waiting: ArrivalFigure;
  excluded: (ArrivalFigure & { code: string; label: string })[];
}
export interface ArrivalFigures { year: number; level: string | null; asOf: string; domestic: ArrivalTotal; foreign: ArrivalTotal }
/** Of one source and currency, or of all: source null. */
interface SumRow { what: string; source: 'ARRIVALS' | 'LEDGER' | null; currency: string; amount: string | null; raw: string; projects: number; open: number }

/**
 * Rows of a nature and year: single arrivals, and for projects that have none of that nature and year confirmed, what a
 * ledger says of the year. Never both. p: what is counted of which project.
 */
function rows(actor: Actor, q: Omit<ArrivalQuestion, 'what'>, params: unknown[]): string {
  const [nature, year] = [bind(params, q.nature), bind(params, q.year)];
  const told = q.nature === 'DOMESTIC' ? 'a.cny' : 'a.usd';
  const scope = moneyScope(actor, q.filter, params).join(' and ');
  const single = `
    select p.id, case when a.excluded_code is not null then a.excluded_code when a.state = 'RECORDED' then 'WAITING' else 'COUNTED' end as what, 'ARRIVALS' as source, a.currency::text as currency, a.amount as raw, ${told} as amount
    from capital_arrival a join project p on p.id = a.project_id
    where a.zone_id = app_zone() and a.counts_for_year = ${year} and a.nature = ${nature} and a.voided_at is null and a.state <> 'REJECTED' and a.arrived_on <= ${bind(params, q.asOf)}
      ${q.level === null ? '' : `and ${bind(params, q.level)} = any(a.levels)`} and ${scope}`;
  if (!q.ledger) return single;
  return `${single}
    union all
    select p.id, 'COUNTED', 'LEDGER', m.currency::text, m.amount, case when m.currency = '${q.nature === 'DOMESTIC' ? 'CNY' : 'USD'}' then m.amount end
    from project_amount m join project p on p.id = m.project_id
    where m.zone_id = app_zone() and m.kind = '${q.nature === 'DOMESTIC' ? 'ARRIVED_YEAR' : 'FOREIGN_YEAR'}' and m.year = ${year} and ${scope}
      and m.project_id not in (select a.project_id from capital_arrival a where a.zone_id = app_zone() and a.counts_for_year = ${year} and a.nature = ${nature} and a.state = 'CONFIRMED' and a.voided_at is null)`;
}

/** 到位资金 of a year by nature and level, with what is waiting and what was left out, each figure with its rows (domain.md B3, E1; S2 269.2 亿元, 2615 万美元). */
@Injectable()
export class ArrivalFiguresService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService) {}

  /** @throws Refusal UNKNOWN_CHOICE (level), INVALID (year, target, filter). */
  async figures(actor: Actor, input: ArrivalFiguresInput): Promise<ArrivalFigures> {
    demand(actor, 'construction.read');
    const asOf = input.asOf ?? this.clock.today();
    if (input.year < 1990 || input.year > 2100) throw new Refusal('INVALID', ['year'], { field: '年度', value: input.year, expected: '1990–2100' });
    for (const field of ['domesticTarget', 'foreignTarget'] as const) if (input[field] != null && new Decimal(input[field]).lte(0)) throw new Refusal('INVALID', [field], { field, value: input[field], expected: '大于 0 / above 0' });
    return this.db.tx(actor, async (tx) => {
      const policy = await this.policies.value(tx, 'arrivals', this.clock.today());
      const { percentDecimals } = await this.policies.value(tx, 'investment', this.clock.today());
      const level = input.level ?? null;
      if (level !== null && !policy.levels.some((l) => l.code === level)) throw new Refusal('UNKNOWN_CHOICE', ['level'], { field: '计入层级', value: level, choices: policy.levels.map((l) => l.code).join('、') });
      const total = async (nature: ArrivalNature, target: string | null): Promise<ArrivalTotal> => {
        const question = { nature, year: input.year, level, asOf, filter: input.filter ?? {}, ledger: level === null || policy.ledgerLevels.includes(level) };
        const sums = await this.sums(tx, question);
        const figure = (what: string): ArrivalFigure => figureOf(sums.filter((s) => s.what === what), { ...question, what });
        const counted = figure('COUNTED');
        const elapsed = elapsedShare(input.year, asOf, percentDecimals + 1);
        const completion = target === null ? null : percent(counted.amount, target, percentDecimals + 1);
        const codes = [...new Set(sums.map((s) => s.what))].filter((w) => w !== 'COUNTED' && w !== 'WAITING');
        return {
          ...counted, target, elapsed, completion, gap: completion === null ? null : new Decimal(completion).minus(elapsed).toFixed(), waiting: figure('WAITING'),
          excluded: codes.sort().map((code) => ({ ...figure(code), code, label: exclusionLabel(policy, code, actor) })),
        };
      };
      return { year: input.year, level, asOf, domestic: await total(ARRIVAL_NATURES[0], input.domesticTarget ?? null), foreign: await total(ARRIVAL_NATURES[1], input.foreignTarget ?? null) };
    });
  }

  /** The projects behind a figure with what each adds to it, largest first; their amounts add up to the figure. */
  async page(actor: Actor, q: ArrivalQuestion, input: PageInput, shape: Shape): Promise<Page<object>> {
    demand(actor, 'construction.read');
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const list = `select w.id, coalesce(sum(w.amount), 0) as amount, 0::numeric as unconfirmed, count(*)::int as entries, min(w.source) as source from (${rows(actor, q, params)}) w where w.what = ${bind(params, q.what)} group by w.id`;
    const after = request.keys ? `where (r.amount, r.id) ${request.backward ? '>' : '<'} (${bind(params, request.keys[0])}::numeric, ${bind(params, request.keys[1])}::uuid)` : '';
    const order = request.backward ? 'asc' : 'desc';
    const found = await this.db.read<{ node: object; amount: string; id: string }>(actor, `select ${factsJson(figureRowFacts, shape)} as node, r.amount::text, r.id from (${list}) r ${after} order by r.amount ${order}, r.id ${order} limit ${bind(params, request.limit + 1)}`, params);
    return pageOf(found.map((r) => ({ node: r.node, keys: [r.amount, r.id] })), request);
  }

  private async sums(tx: Tx, q: Omit<ArrivalQuestion, 'what'>): Promise<SumRow[]> {
    const params: unknown[] = [];
    return tx.rows<SumRow>(
      `select w.what, w.source, w.currency, trim_scale(sum(w.amount))::text as amount, trim_scale(sum(w.raw) filter (where w.amount is null))::text as raw, (count(*) filter (where w.amount is null))::int as open, count(distinct w.id)::int as projects
       from (${rows(tx.actor, q, params)}) w group by grouping sets ((w.what, w.source, w.currency), (w.what))`, params);
  }
}

function figureOf(all: readonly SumRow[], question: ArrivalQuestion): ArrivalFigure {
  const sums = all.filter((r) => r.source !== null);
  const add = (of: readonly SumRow[]) => of.reduce((s, r) => s.plus(r.amount ?? 0), new Decimal(0)).toFixed();
  const open = new Map<string, { amount: Decimal; count: number }>();
  for (const s of sums.filter((r) => r.open > 0)) {
    const had = open.get(s.currency) ?? { amount: new Decimal(0), count: 0 };
    open.set(s.currency, { amount: had.amount.plus(s.raw), count: had.count + s.open });
  }
  return {
    amount: add(sums), currency: question.nature === 'DOMESTIC' ? 'CNY' : 'USD', fromArrivals: add(sums.filter((s) => s.source === 'ARRIVALS')), fromLedger: add(sums.filter((s) => s.source === 'LEDGER')),
    count: all.find((r) => r.source === null)?.projects ?? 0, unconverted: [...open].sort().map(([currency, o]) => ({ currency, amount: o.amount.toFixed(), count: o.count })), question,
  };
}

/** The zone's words for a reason, also for one that has left the list since. */
function exclusionLabel(policy: PolicyValue<'arrivals'>, code: string, actor: Actor): string {
  return policy.exclusions.find((e) => e.code === code)?.[actor.locale === 'en' ? 'en' : 'zh'] ?? code;
}
