import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, Refusal } from '@yinfeng/platform';
import { Decimal } from 'decimal.js';
import { type Completeness, type CompletenessItem, COMPLETENESS_ITEMS, qualityOf, scoreOf } from './lead-completeness.rules.js';
import { bind, projectVisibility } from './projects.access.js';
import { type ProjectFilter, ProjectsService } from './projects.service.js';

const amount = (kind: string) => `exists (select from project_amount a where a.project_id = p.id and a.kind = '${kind}' and not a.placeholder)`;

/** Whether a project has an item, over alias p. Ledgers bring some under other names: they count as well. */
const HAS: Record<CompletenessItem, string> = {
  investor: 'p.enterprise_id is not null',
  contact: `exists (select from contact c where (c.project_id = p.id or c.enterprise_id = p.enterprise_id) and c.phones <> '{}')`,
  content: `coalesce(p.content, '') <> ''`,
  totalAmount: 'p.total_amount is not null',
  fixedAmount: 'p.fixed_cny is not null',
  land: `coalesce(p.land_need, p.extra ->> 'land.need_mu', p.extra ->> 'land.rent_m2', '') <> ''`,
  energy: `(coalesce(p.energy_need, p.extra ->> 'energy', '') <> '' or p.environment_need ~ '能耗|用能|用电|标煤|蒸汽|天然气')`,
  environment: `coalesce(p.environment_need, '') <> ''`,
  output: `(coalesce(p.output_estimate, '') <> '' or ${amount('OUTPUT_YEAR')})`,
  tax: `(coalesce(p.tax_estimate, '') <> '' or p.output_estimate ~ '税' or ${amount('TAX_YEAR')})`,
  industry: 'p.industry_code is not null',
  source: `(exists (select from first_report r where r.project_id = p.id and coalesce(r.source, r.referrer, '') <> '') or exists (select from lead_referrer lr where lr.project_id = p.id))`,
  timing: `coalesce(p.timing, p.extra ->> 'date.plan_start', p.extra ->> 'date.plan_finish', '') <> ''`,
};
/** What a project has, as bits in the order of COMPLETENESS_ITEMS. */
const MASK = COMPLETENESS_ITEMS.map((item, n) => `case when ${HAS[item]} then ${1 << n} else 0 end`).join(' + ');

export interface LeadQuality {
  from: string;
  to: string;
  reported: number;
  valid: number;
  /** Per cent with one decimal; null when nothing was reported. */
  rate: string | null;
  /** Points from which on a lead is valid, by the rules of today. */
  validFrom: number;
}

/** How much of what a lead should say is said: counted from the record at each question, never typed or stored. */
@Injectable()
export class LeadQualityService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService, private readonly projects: ProjectsService) {}

  /** The completeness of several projects at once, by the rules of today. Those out of sight are left out. */
  async ofProjects(actor: Actor, projectIds: readonly string[]): Promise<Map<string, Completeness>> {
    demand(actor, 'project.read');
    return this.db.tx(actor, async (tx) => {
      const rules = await this.policies.value(tx, 'leadCompleteness', this.clock.today());
      const params: unknown[] = [projectIds];
      const rows = await tx.rows<{ id: string; mask: number }>(`select p.id, ${MASK} as mask from project p where p.id = any($1::uuid[]) and ${projectVisibility(actor, 'p', params)}`, params);
      return new Map(rows.map((r) => [r.id, scoreOf(r.mask, rules)]));
    });
  }

  /**
   * 有效信息率: of the leads first reported on days from … to (both included), how many are complete enough to be valid
   * information (domain.md E1: 8 of 104 are 7.7 %). @throws Refusal DATE_ORDER.
   */
  async quality(actor: Actor, filter: ProjectFilter, from: string, to: string): Promise<LeadQuality> {
    demand(actor, 'project.read');
    if (to < from) throw new Refusal('DATE_ORDER', ['to'], { field: '截止日期', value: to, other: '开始日期', otherValue: from });
    const rules = await this.db.tx(actor, (tx) => this.policies.value(tx, 'leadCompleteness', this.clock.today()));
    const counts = await this.projects.tally(actor, filter, MASK, (params) =>
      `p.id in (select m.project_id from milestone m where m.zone_id = app_zone() and m.kind = 'REPORTED' and m.voided_at is null and m.counting_on between ${bind(params, from)}::date and ${bind(params, to)}::date)`);
    const { reported, valid } = qualityOf(counts.map(({ k, n }) => ({ mask: k, n })), rules);
    return { from, to, reported, valid, rate: reported ? new Decimal(valid).times(100).div(reported).toDecimalPlaces(1, Decimal.ROUND_HALF_UP).toFixed() : null, validFrom: rules.validFrom };
  }
}
