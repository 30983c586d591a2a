import { Injectable } from '@nestjs/common';
import { PolicyService, type PolicyValue } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, factsJson, type Page, type PageInput, pageOf, pageRequest, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { bind } from '@yinfeng/recruitment';
import { growth, type GrowthBasis, growthBasis, INVESTMENT_PARTS, monthOf, PART_COLUMNS, percent, shiftMonth } from './money.rules.js';
import { figureRowFacts, type MoneyFilter, moneyScope } from './money-scope.sql.js';
import { countedAmount } from './money.sql.js';

type Policy = PolicyValue<'investment'>;
/** What a figure sums up: enough to list its rows. */
export interface InvestmentQuestion {
  what: 'ACTUAL' | 'PLAN' | 'INDUSTRY';
  from: string;
  to: string;
  filter: MoneyFilter;
}
export interface InvestmentFigure {
  amount: string;
  /** Reported and not confirmed by a second person yet; part of the amount. */
  unconfirmed: string;
  /** Projects with a row. */
  count: number;
  question: InvestmentQuestion;
}
export interface InvestmentFigures {
  from: string;
  to: string;
  done: InvestmentFigure;
  planned: InvestmentFigure;
  industry: InvestmentFigure;
  completion: string | null;
  industryShare: string | null;
  growth: { percent: string | null; basis: GrowthBasis; from: string; to: string; amount: string | null; source: string | null; before: InvestmentFigure };
}
interface Sums { done: string; unconfirmed: string; count: number; planned: string; plannedCount: number; industry: string; industryUnconfirmed: string; industryCount: number }

/** One row for each project with money in the months: $from and $to are bound here. r: id, done, unconfirmed, planned, industry, months. */
function rows(actor: Actor, q: Pick<InvestmentQuestion, 'from' | 'to' | 'filter'>, policy: Policy, params: unknown[]): string {
  const counted = countedAmount('n', INVESTMENT_PARTS.filter((p) => !policy.countedParts.includes(p)).map((p) => PART_COLUMNS[p]));
  const [from, to] = [bind(params, q.from), bind(params, q.to)];
  const sections = bind(params, policy.industrySections);
  // One aggregate over both kinds of rows, then each project by its key: nothing here is joined by guesses, also before there are statistics.
  return `
    select p.id, u.done, u.unconfirmed, u.months, u.planned, u.planned_months,
      (p.class = any(${bind(params, policy.industryClasses)}::text[]) or (p.class is null or p.class <> all(${bind(params, policy.otherClasses)}::text[])) and exists (select from unnest(${sections}::text[]) x where starts_with(p.industry_code, x))) is true as industry
    from (
      select m.project_id, sum(m.done) as done, coalesce(sum(m.done) filter (where m.open), 0) as unconfirmed, count(m.done)::int as months, sum(m.planned) as planned, count(m.planned)::int as planned_months
      from (
        select n.project_id, ${counted} as done, n.state = 'REPORTED' as open, null::numeric as planned from investment_actual n where n.zone_id = app_zone() and n.month between ${from} and ${to}
        union all
        select i.project_id, null, false, i.amount from investment_plan i where i.zone_id = app_zone() and not i.whole_year and i.month between ${from} and ${to}) m
      group by 1) u
    join project p on p.id = u.project_id
    where ${moneyScope(actor, q.filter, params).join(' and ')}`;
}

const ROW: Record<InvestmentQuestion['what'], { amount: string; unconfirmed: string; entries: string; where: string }> = {
  ACTUAL: { amount: 'w.done', unconfirmed: 'w.unconfirmed', entries: 'w.months', where: 'w.done is not null' },
  PLAN: { amount: 'w.planned', unconfirmed: '0::numeric', entries: 'w.planned_months', where: 'w.planned is not null' },
  INDUSTRY: { amount: 'w.done', unconfirmed: 'w.unconfirmed', entries: 'w.months', where: 'w.done is not null and w.industry' },
};

/** Fixed-asset investment of a period over the projects that the actor may see, each figure with its rows (domain.md E1; S1 61.4 亿, +49 %, 76.1 %). */
@Injectable()
export class InvestmentFiguresService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService) {}

  /** Months from one to another, both included. @throws Refusal DATE_ORDER, INVALID (more than ten years, filter). */
  async figures(actor: Actor, input: { from: string; to: string; filter?: MoneyFilter | null }): Promise<InvestmentFigures> {
    demand(actor, 'construction.read');
    const [from, to] = [monthOf(input.from), monthOf(input.to)];
    if (to < from) throw new Refusal('DATE_ORDER', ['to'], { field: 'to', value: to.slice(0, 7), other: 'from', otherValue: from.slice(0, 7) });
    if (shiftMonth(from, 120) <= to) throw new Refusal('INVALID', ['to'], { field: 'to', value: to.slice(0, 7), expected: '十年以内 / within ten years' });
    const filter = input.filter ?? {};
    const before = { from: shiftMonth(from, -12), to: shiftMonth(to, -12), filter };
    return this.db.tx(actor, async (tx) => {
      const policy = await this.policies.value(tx, 'investment', this.clock.today());
      const now = await this.sums(tx, { from, to, filter }, policy);
      const then = await this.sums(tx, before, policy);
      const base = await this.base(tx, actor, before);
      const basis = growthBasis(policy, base !== undefined, then.count > 0);
      const amount = basis === 'BASE' ? base!.amount : basis === 'ACTUALS' ? then.done : null;
      const q = (what: InvestmentQuestion['what']): InvestmentQuestion => ({ what, from, to, filter });
      return {
        from, to,
        done: { amount: now.done, unconfirmed: now.unconfirmed, count: now.count, question: q('ACTUAL') },
        planned: { amount: now.planned, unconfirmed: '0', count: now.plannedCount, question: q('PLAN') },
        industry: { amount: now.industry, unconfirmed: now.industryUnconfirmed, count: now.industryCount, question: q('INDUSTRY') },
        completion: percent(now.done, now.planned, policy.percentDecimals),
        industryShare: policy.industryShareOf === 'COUNT' ? percent(now.industryCount, now.count, policy.percentDecimals) : percent(now.industry, now.done, policy.percentDecimals),
        growth: {
          percent: amount === null ? null : growth(now.done, amount, policy.percentDecimals), basis, from: before.from, to: before.to, amount, source: basis === 'BASE' ? base!.source : null,
          before: { amount: then.done, unconfirmed: then.unconfirmed, count: then.count, question: { what: 'ACTUAL', ...before } },
        },
      };
    });
  }

  /** The projects behind a figure with what each adds to it, largest first; their amounts add up to the figure. */
  async page(actor: Actor, q: InvestmentQuestion, input: PageInput, shape: Shape): Promise<Page<object>> {
    const request = pageRequest(input, 2);
    return this.db.tx(actor, async (tx) => {
      const params: unknown[] = [];
      const row = ROW[q.what];
      const list = `select w.id, ${row.amount} as amount, ${row.unconfirmed} as unconfirmed, ${row.entries} as entries, 'MONTHS' as source from (${rows(actor, q, await this.policies.value(tx, 'investment', this.clock.today()), params)}) w where ${row.where}`;
      const after = request.keys ? `where (r.amount, r.id) ${request.backward ? '>' : '<'} (${bind(params, request.keys[0])}::numeric, ${bind(params, request.keys[1])}::uuid)` : '';
      const order = request.backward ? 'asc' : 'desc';
      const found = await tx.rows<{ node: object; amount: string; id: string }>(`select ${factsJson(figureRowFacts, shape)} as node, r.amount::text, r.id from (${list}) r ${after} order by r.amount ${order}, r.id ${order} limit ${bind(params, request.limit + 1)}`, params);
      return pageOf(found.map((r) => ({ node: r.node, keys: [r.amount, r.id] })), request);
    });
  }

  private async sums(tx: Tx, q: Pick<InvestmentQuestion, 'from' | 'to' | 'filter'>, policy: Policy): Promise<Sums> {
    const params: unknown[] = [];
    const sum = (what: string, where = 'true') => `trim_scale(coalesce(sum(${what}) filter (where ${where}), 0))::text`;
    return (await tx.row<Sums>(
      `select ${sum('w.done')} as done, ${sum('w.unconfirmed')} as unconfirmed, count(w.done)::int as count, ${sum('w.planned')} as planned, count(w.planned)::int as "plannedCount",
         ${sum('w.done', 'w.industry')} as industry, ${sum('w.unconfirmed', 'w.industry')} as "industryUnconfirmed", (count(w.done) filter (where w.industry))::int as "industryCount"
       from (${rows(tx.actor, q, policy, params)}) w`, params))!;
  }

  /** A base on record is of the zone as a whole, or of one department: it is no base of what is narrower, nor for who sees less. */
  private async base(tx: Tx, actor: Actor, q: { from: string; to: string; filter: MoneyFilter }): Promise<{ amount: string; source: string } | undefined> {
    const asked = Object.entries(q.filter).filter(([, v]) => v != null);
    const department = asked.length === 1 && q.filter.departmentIds?.length === 1 ? q.filter.departmentIds[0]! : null;
    if (asked.length > 0 && department === null) return undefined;
    if (actor.reach !== 'ZONE' && !(department !== null && actor.reach === 'UNIT' && actor.departmentIds.includes(department))) return undefined;
    return tx.row<{ amount: string; source: string }>('select trim_scale(amount)::text as amount, source from investment_base where zone_id = app_zone() and from_month = $1 and to_month = $2 and department_id is not distinct from $3', [q.from, q.to, department]);
  }
}
