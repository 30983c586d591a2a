import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, factsJson, once, Refusal, type Shape } from '@yinfeng/platform';
import { bind, keepMoney, lockProject, type MoneyInput, projectVisibility } from '@yinfeng/recruitment';
import { type ActualMonth, monthOf, PART_COLUMNS, INVESTMENT_PARTS, type PlanMonth, yearProgress, type YearProgress } from './money.rules.js';
import { countedAmount, planFacts } from './money.sql.js';

export interface InvestmentPlanSet {
  idempotencyKey?: string | null;
  projectId: string | null;
  year: number;
  /** The plan of the whole year; absent: unchanged. */
  yearly?: { money: MoneyInput; expectedVersion?: number | null } | null;
  /** Months of that year, any day of the month. */
  months?: { month: string; money: MoneyInput; expectedVersion?: number | null }[] | null;
  /** Asked for when a figure on record changes. */
  reason?: string | null;
}
interface PlanRow { id: string; version: number; month: string; whole_year: boolean; amount: string }

/** Monthly investment plans of a project, and how a year goes against them (domain.md A1 row 50, C5). */
@Injectable()
export class InvestmentPlansService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService) {}

  /**
   * Plans months of a year, and the year itself. What is on record changes with its version and a reason; the old figure stays in the history.
   * @throws Refusal NOT_FOUND, REQUIRED, INVALID (month), AMOUNT_*, CONFLICT (a month that is on record with another version), REASON_REQUIRED.
   */
  async set(actor: Actor, input: InvestmentPlanSet): Promise<{ projectId: string }> {
    demand(actor, 'investment.edit');
    const wanted = [
      ...(input.yearly ? [{ month: `${input.year}-01-01`, wholeYear: true, ...input.yearly, path: ['yearly'] }] : []),
      ...(input.months ?? []).map((m, i) => ({ ...m, month: monthOf(m.month), wholeYear: false, path: ['months', String(i)] })),
    ];
    if (input.year < 1990 || input.year > 2100) throw new Refusal('INVALID', ['year'], { field: '年度', value: input.year, expected: '1990–2100' });
    if (wanted.length === 0) throw new Refusal('REQUIRED', ['months'], { field: '月度计划或年度计划' });
    const rows = wanted.map((w, i) => {
      if (!w.month.startsWith(`${input.year}-`)) throw new Refusal('INVALID', [...w.path, 'month'], { field: '月份', value: w.month.slice(0, 7), expected: `${input.year}-01 – ${input.year}-12` });
      if (wanted.findIndex((o) => o.month === w.month && o.wholeYear === w.wholeYear) !== i) throw new Refusal('INVALID', [...w.path, 'month'], { field: '月份', value: w.month.slice(0, 7), expected: '每个月只填一次 / each month once' });
      const kept = keepMoney(w.money, [...w.path, 'money'].join('.'), '计划投资');
      if (!kept) throw new Refusal('REQUIRED', [...w.path, 'money'], { field: '计划投资' });
      if (kept.currency !== 'CNY') throw new Refusal('INVALID', [...w.path, 'money', 'currency'], { field: '计划投资', value: kept.currency, expected: '人民币 CNY' });
      return { ...w, amount: kept.amount, raw: kept.raw };
    });
    return this.db.tx(actor, (tx) => once(tx, 'investmentPlanSet', input, async () => {
      const project = await lockProject(tx, input.projectId);
      const there = await tx.rows<PlanRow>('select id, version, month, whole_year, trim_scale(amount)::text as amount from investment_plan where project_id = $1 and month between $2 and $3', [project.id, `${input.year}-01-01`, `${input.year}-12-01`]);
      const { reportByDay } = await this.policies.value(tx, 'investment', this.clock.today());
      const reason = input.reason?.trim() || null;
      for (const row of rows) {
        const old = there.find((t) => t.month === row.month && t.whole_year === row.wholeYear);
        if (old && row.expectedVersion !== old.version) throw new Refusal('CONFLICT', [...row.path, 'expectedVersion'], { version: old.version }, project.id);
        if (!old && row.expectedVersion != null) throw new Refusal('CONFLICT', [...row.path, 'expectedVersion'], { version: 0 }, project.id);
        if (old && !reason) throw new Refusal('REASON_REQUIRED', ['reason'], {}, project.id);
      }
      const written = JSON.stringify(rows.map(({ month, wholeYear, amount, raw }) => ({ month, whole_year: wholeYear, amount, raw })));
      // The project is locked: nobody else writes its plans meanwhile.
      await tx.run(
        `insert into investment_plan as i (zone_id, project_id, month, whole_year, amount, raw, due_on, set_by, set_at)
         select app_zone(), $1, w.month, w.whole_year, w.amount, w.raw, case when not w.whole_year then (working_due(((w.month + interval '1 month')::date + $3::int - 1), 0)).due end, app_staff(), app_now()
         from jsonb_to_recordset($2::jsonb) w (month date, whole_year boolean, amount numeric, raw text)
         on conflict (project_id, month, whole_year) do update set amount = excluded.amount, raw = excluded.raw, due_on = excluded.due_on, set_by = excluded.set_by, set_at = excluded.set_at, reason = $4, version = i.version + 1`,
        [project.id, written, reportByDay, reason]);
      return { projectId: project.id };
    }), { cause: 'investmentPlanSet' });
  }

  /** A year of several projects that the actor may see: months, running sums, 序时进度. */
  async progress(actor: Actor, projectIds: readonly string[], year: number): Promise<Map<string, YearProgress>> {
    demand(actor, 'construction.read');
    const today = this.clock.today();
    return this.db.tx(actor, async (tx) => {
      const policy = await this.policies.value(tx, 'investment', today);
      const leftOut = INVESTMENT_PARTS.filter((p) => !policy.countedParts.includes(p)).map((p) => PART_COLUMNS[p]);
      const params: unknown[] = [projectIds, `${year}-01-01`, `${year}-12-01`];
      const rows = await tx.rows<{ id: string; plans: (PlanMonth & { wholeYear: boolean })[]; actuals: ActualMonth[] }>(
        `select p.id,
           coalesce((select json_agg(json_build_object('month', i.month, 'amount', trim_scale(i.amount)::text, 'wholeYear', i.whole_year)) from investment_plan i where i.project_id = p.id and i.month between $2 and $3), '[]') as plans,
           coalesce((select json_agg(json_build_object('month', n.month, 'amount', trim_scale(${countedAmount('n', leftOut)})::text, 'state', n.state)) from investment_actual n where n.project_id = p.id and n.month between $2 and $3), '[]') as actuals
         from project p where p.id = any($1::uuid[]) and ${projectVisibility(actor, 'p', params)}`, params);
      return new Map(rows.map((r) => [r.id, yearProgress(year, r.plans.filter((p) => !p.wholeYear), r.plans.find((p) => p.wholeYear)?.amount ?? null, r.actuals, today, policy)]));
    });
  }

  /** The plans of a year of several projects, in the wanted shape, with what each said before. */
  async plans(actor: Actor, projectIds: readonly string[], year: number, shape: Shape): Promise<Map<string, { id: string }[]>> {
    demand(actor, 'construction.read');
    const params: unknown[] = [projectIds, `${year}-01-01`, `${year}-12-01`];
    const rows = await this.db.read<{ id: string; nodes: { id: string }[] }>(actor,
      `select p.id, json_agg(${factsJson(planFacts, { id: true, ...shape })} order by i.whole_year desc, i.month) as nodes from investment_plan i join project p on p.id = i.project_id
       where p.id = any($1::uuid[]) and i.month between $2 and $3 and ${projectVisibility(actor, 'p', params)} group by p.id`, params);
    return new Map(rows.map((r) => [r.id, r.nodes]));
  }

  /** One plan in the wanted shape, or null when there is none that the actor may see. */
  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('construction.read')) return null;
    const params: unknown[] = [];
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(planFacts, { id: true, ...shape })} as node from investment_plan i join project p on p.id = i.project_id where i.id = ${bind(params, id)} and ${projectVisibility(actor, 'p', params)}`, params);
    return row?.node ?? null;
  }
}
