import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, once, Refusal } from '@yinfeng/platform';
import { Decimal } from 'decimal.js';
import { type AmountKind, type AmountPart, type AmountSheet, type AmountWarning, amountLabel, amountWarnings } from './amount-checks.rules.js';
import { keepMoney, type MoneyInput } from './money-input.rules.js';
import { ACTIVITY } from './project.sql.js';
import { demandVersion, lockProject, projectVisibility } from './projects.access.js';

export interface AmountSet {
  idempotencyKey?: string | null;
  projectId: string | null;
  expectedVersion: number;
  kind: AmountKind;
  /** Of a yearly amount; ARRIVED_YEAR and FOREIGN_YEAR need one. */
  year?: number | null;
  /** Absent: unchanged; null: cleared. */
  money?: MoneyInput | null;
  /** Shanghai day as of which the amount holds. */
  asOf?: string | null;
  source?: string | null;
  /** What TOTAL or FIXED is made of, all parts; absent: unchanged, empty: none. */
  parts?: { part: AmountPart; money: MoneyInput }[] | null;
}

const YEARLY: readonly AmountKind[] = ['ARRIVED_YEAR', 'FOREIGN_YEAR'];
const PER_YEAR: readonly AmountKind[] = [...YEARLY, 'OUTPUT_YEAR', 'TAX_YEAR'];

/** Everything that amountWarnings compares, of several projects: $1 ids, $2 kinds of agreement that count. `visible` of p, `original` of q, the project it expands. */
const SHEETS = (visible: string, original: string) => `
  select p.id,
    case when p.total_amount is not null then json_build_object('amount', p.total_amount::text, 'currency', p.total_currency, 'approximate', p.total_approximate) end as total,
    case when p.fixed_cny is not null then json_build_object('amount', p.fixed_cny::text, 'currency', 'CNY', 'approximate', false) end as fixed,
    coalesce((select json_agg(json_build_object('kind', a.kind, 'year', a.year, 'amount', a.amount::text, 'currency', a.currency, 'approximate', a.approximate, 'placeholder', a.placeholder, 'lower', coalesce(a.bound = 'LOWER', false)) order by a.kind, a.year)
      from project_amount a where a.project_id = p.id and a.kind not in ('TOTAL', 'FIXED')), '[]') as amounts,
    coalesce((select json_agg(json_build_object('whole', x.whole, 'part', x.part, 'amount', x.amount::text, 'currency', x.currency, 'approximate', false) order by x.part) from project_amount_part x where x.project_id = p.id), '[]') as parts,
    (select json_build_object('amount', g.total_amount::text, 'currency', g.currency, 'approximate', false) from signing g
      where g.project_id = p.id and g.voided_at is null and g.kind = any($2::text[]) and g.total_amount is not null order by g.signed_on desc, g.id desc limit 1) as signed,
    (select json_build_object('amount', q.total_amount::text, 'currency', q.total_currency, 'approximate', q.total_approximate) from project_link k join project q on q.id = k.parent_id
      where k.project_id = p.id and k.ended_at is null and k.kind = 'EXPANSION_OF' and q.total_amount is not null and ${original}) as "parentTotal"
  from project p where p.id = any($1::uuid[]) and ${visible}`;

/** Amounts of every kind, each with its day, source and text; what contradicts is told (domain.md finding 4). */
@Injectable()
export class AmountsService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService) {}

  /**
   * Sets or clears one amount of a project, and what it is made of. TOTAL and FIXED are the project's own and move its figures.
   * @throws Refusal CONFLICT, INVALID (year, currency, parts of another kind), AMOUNT_UNREADABLE, AMOUNT_NEGATIVE, AMOUNT_UNIT_SUSPECT, DATE_IN_FUTURE.
   */
  async set(actor: Actor, input: AmountSet): Promise<{ projectId: string }> {
    demand(actor, 'project.edit');
    const label = amountLabel(input.kind, 'zh');
    const today = this.clock.today();
    const money = input.money === undefined ? undefined : keepMoney(input.money, 'money', label);
    const year = input.year ?? null;
    if (year === null && YEARLY.includes(input.kind)) throw new Refusal('REQUIRED', ['year'], { field: `${label}的年度` });
    if (year !== null && (!PER_YEAR.includes(input.kind) || year < 1990 || year > 2100)) throw new Refusal('INVALID', ['year'], { field: `${label}的年度`, value: year, expected: PER_YEAR.includes(input.kind) ? '1990–2100' : '此类金额不分年度 / not kept by year' });
    if (money && input.kind === 'FIXED' && money.currency !== 'CNY') throw new Refusal('INVALID', ['money', 'currency'], { field: label, value: money.currency, expected: '人民币 CNY' });
    if (input.asOf && input.asOf > today) throw new Refusal('DATE_IN_FUTURE', ['asOf'], { field: '截至日期', value: input.asOf, today });
    if (input.parts && input.kind !== 'TOTAL' && input.kind !== 'FIXED') throw new Refusal('INVALID', ['parts'], { field: '分项', value: label, expected: '总投资或固定资产投资 / TOTAL or FIXED' });
    const parts = (input.parts ?? []).map((p, i) => {
      if (p.part === input.kind) throw new Refusal('INVALID', ['parts', String(i), 'part'], { field: '分项', value: p.part, expected: '另一分项 / another part' });
      if (input.parts!.findIndex((other) => other.part === p.part) !== i) throw new Refusal('INVALID', ['parts', String(i), 'part'], { field: '分项', value: p.part, expected: '每个分项只填一次 / each part once' });
      const kept = keepMoney(p.money, `parts.${i}.money`, amountLabel(p.part, 'zh'));
      if (!kept) throw new Refusal('REQUIRED', ['parts', String(i), 'money'], { field: amountLabel(p.part, 'zh') });
      return { part: p.part, ...kept };
    });
    return this.db.tx(actor, (tx) => once(tx, 'projectAmountSet', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandVersion(project, input.expectedVersion);
      const { placeholderYuan } = await this.policies.value(tx, 'amountChecks', today);
      const set: string[] = [];
      const params: unknown[] = [project.id, today];
      const assign = (column: string, value: unknown) => set.push(`${column} = $${params.push(value)}`);
      if (money === null) await tx.run('delete from project_amount where project_id = $1 and kind = $2 and year is not distinct from $3', [project.id, input.kind, year]);
      if (money) {
        const placeholder = new Decimal(money.amount).gt(0) && new Decimal(money.amount).lte(placeholderYuan);
        await tx.run(
          `insert into project_amount as a (zone_id, project_id, kind, year, amount, currency, raw, approximate, placeholder, as_of, source) values (app_zone(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
           on conflict (project_id, kind, year) do update set amount = excluded.amount, upper_bound = null, currency = excluded.currency, raw = excluded.raw, approximate = excluded.approximate, bound = null,
             placeholder = excluded.placeholder, as_of = excluded.as_of, source = excluded.source`,
          [project.id, input.kind, year, money.amount, money.currency, money.raw, money.approximate, placeholder, input.asOf ?? today, input.source ?? null]);
      }
      if (money !== undefined && input.kind === 'TOTAL') { assign('total_amount', money?.amount ?? null); assign('total_currency', money?.currency ?? 'CNY'); assign('total_raw', money?.raw ?? null); assign('total_approximate', money?.approximate ?? false); }
      if (money !== undefined && input.kind === 'FIXED') assign('fixed_cny', money?.amount ?? null);
      if (input.parts) {
        await tx.run('delete from project_amount_part where project_id = $1 and whole = $2', [project.id, input.kind]);
        for (const p of parts) await tx.run('insert into project_amount_part (zone_id, project_id, whole, part, amount, currency, raw) values (app_zone(), $1, $2, $3, $4, $5, $6)', [project.id, input.kind, p.part, p.amount, p.currency, p.raw]);
      }
      await tx.run(`update project set ${[...set, 'version = version + 1', ACTIVITY('$2::date')].join(', ')} where id = $1`, params);
      return { projectId: project.id };
    }), { cause: 'projectAmountSet' });
  }

  /** What contradicts in the amounts of several projects that the actor may see; one statement beside the rules. */
  async warnings(actor: Actor, projectIds: readonly string[]): Promise<Map<string, AmountWarning[]>> {
    return this.db.tx(actor, async (tx) => {
      const today = this.clock.today();
      const [checks, signings] = await Promise.all([this.policies.value(tx, 'amountChecks', today), this.policies.value(tx, 'signings', today)]);
      const params: unknown[] = [projectIds, signings.countingKinds];
      const sheets = await tx.rows<AmountSheet & { id: string }>(SHEETS(projectVisibility(actor, 'p', params), projectVisibility(actor, 'q', params)), params);
      return new Map(sheets.map((s) => [s.id, amountWarnings(s, checks)]));
    });
  }
}
