import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand } from '@yinfeng/platform';
import { projectVisibility } from '@yinfeng/recruitment';
import { type ArrivalWarning, arrivalWarnings, type CheckedArrival } from './arrival-checks.rules.js';
import { type MoneySheet, type MoneyWarning, moneyWarnings } from './money-checks.rules.js';

/** Everything that moneyWarnings compares, of several projects: $1 ids. */
const SHEETS = (visible: string) => `
  select p.id, case when p.total_currency = 'CNY' then p.total_amount::text end as "totalCny", p.fixed_cny::text as "fixedCny",
    coalesce((select json_agg(json_build_object('month', i.month, 'amount', i.amount::text, 'wholeYear', i.whole_year)) from investment_plan i where i.project_id = p.id), '[]') as plans,
    coalesce((select json_agg(json_build_object('month', n.month, 'amount', n.amount::text, 'cumulative', n.cumulative::text, 'parts', json_build_object('CIVIL_WORKS', n.civil_works::text, 'EQUIPMENT', n.equipment::text,
      'INSTALLATION', n.installation::text, 'LAND', n.land::text, 'OTHER', n.other::text))) from investment_actual n where n.project_id = p.id), '[]') as actuals,
    coalesce((select json_agg(json_build_object('nature', a.nature, 'year', a.counts_for_year, 'cny', a.cny::text, 'usd', a.usd::text)) from capital_arrival a where a.project_id = p.id and a.state = 'CONFIRMED' and a.voided_at is null), '[]') as arrivals,
    coalesce((select json_agg(json_build_object('nature', case m.kind when 'ARRIVED_YEAR' then 'DOMESTIC' else 'FOREIGN' end, 'year', m.year, 'amount', m.amount::text, 'currency', m.currency) order by m.year, m.kind)
      from project_amount m where m.project_id = p.id and m.kind in ('ARRIVED_YEAR', 'FOREIGN_YEAR') and m.year is not null), '[]') as ledger
  from project p where p.id = any($1::uuid[]) and ${visible}`;

/** What the checks of arrivals look at: $1 ids, $2 accepted evidence by nature as JSON. Other arrivals of the zone are only said to be there. */
const ARRIVALS = (visible: string) => `
  select a.id, a.origin, a.form, a.cny::text, p.industry_code as industry, p.uncounted_at is not null as uncounted, case when p.total_currency = 'CNY' then p.total_amount::text end as "projectTotalCny",
    a.voucher_no as "voucherNo", a.excluded_code is not null as excluded,
    exists (select from capital_arrival o where o.voucher_no = a.voucher_no and o.id <> a.id and o.voided_at is null and o.state <> 'REJECTED') as "voucherTwice",
    exists (select from capital_arrival o where o.project_id = a.project_id and o.id <> a.id and o.arrived_on = a.arrived_on and o.amount = a.amount and o.currency = a.currency and o.voided_at is null and o.state <> 'REJECTED') as "paymentTwice",
    exists (select from arrival_evidence e join stored_file f on f.id = e.file_id join stored_file g on g.sha256 = f.sha256 join arrival_evidence h on h.file_id = g.id and h.arrival_id <> a.id
      join capital_arrival o on o.id = h.arrival_id and o.voided_at is null and o.state <> 'REJECTED' where e.arrival_id = a.id) as "fileTwice",
    (jsonb_array_length($2::jsonb -> a.nature) = 0 or exists (select from arrival_evidence e where e.arrival_id = a.id and $2::jsonb -> a.nature ? e.kind)) as proven,
    case a.nature when 'DOMESTIC' then a.cny is not null else a.usd is not null end as converted
  from capital_arrival a join project p on p.id = a.project_id
  where a.id = any($1::uuid[]) and a.voided_at is null and a.state <> 'REJECTED' and ${visible}`;

/** Sum checks over the money of projects, and what is to be looked at in arrivals; told, never refused (domain.md finding 4, B3). */
@Injectable()
export class MoneyWarningsService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService) {}

  async ofProjects(actor: Actor, projectIds: readonly string[]): Promise<Map<string, MoneyWarning[]>> {
    demand(actor, 'construction.read');
    return this.db.tx(actor, async (tx) => {
      const { tolerancePermille } = await this.policies.value(tx, 'investment', this.clock.today());
      const params: unknown[] = [projectIds];
      const sheets = await tx.rows<MoneySheet & { id: string }>(SHEETS(projectVisibility(actor, 'p', params)), params);
      return new Map(sheets.map((s) => [s.id, moneyWarnings(s, tolerancePermille)]));
    });
  }

  async ofArrivals(actor: Actor, arrivalIds: readonly string[]): Promise<Map<string, ArrivalWarning[]>> {
    demand(actor, 'construction.read');
    return this.db.tx(actor, async (tx) => {
      const policy = await this.policies.value(tx, 'arrivals', this.clock.today());
      const params: unknown[] = [arrivalIds, JSON.stringify(policy.evidence)];
      const rows = await tx.rows<CheckedArrival & { id: string }>(ARRIVALS(projectVisibility(actor, 'p', params)), params);
      return new Map(rows.map((a) => [a.id, arrivalWarnings(a, policy, actor.locale)]));
    });
  }
}
