import { Injectable } from '@nestjs/common';
import { departmentFacts, staffFacts } from '@yinfeng/directory';
import { type Actor, Database, demand, factsJson, Refusal, type Shape } from '@yinfeng/platform';
import { bind, projectVisibility } from '@yinfeng/recruitment';
import { type Flow, milestoneOf } from './pipeline.rules.js';
import { conditions, type PipelineFilter } from './scope.sql.js';

export interface CreditQuestion {
  flow: Flow;
  /** Shanghai days, both included. */
  from: string;
  to: string;
  by: 'STAFF' | 'DEPARTMENT';
  filter: PipelineFilter;
  /** The largest credits, 1 to 200. */
  first: number;
}
export interface CreditSheet {
  /** Distinct projects, as the flow figure counts them. */
  projects: number;
  /** Sum of all credits, as a decimal: each project that is not among the uncredited is shared out once. */
  credit: string;
  /** Projects whose first report lost its credit by a ruling of the pool; credit and these together are the projects. */
  uncredited: number;
  rows: { staff: object | null; department: object | null; projects: number; credit: string }[];
}

/**
 * Credit for what was reached in a period (domain.md C2): each project counts once for the zone, and for each person or
 * unit with the share that a ruling gave, else whole for who reported it first. A first report whose credit fell with a
 * release or a late reopening stays fallen, whatever a dispute shares out: nobody is credited with it.
 */
@Injectable()
export class CreditsService {
  constructor(private readonly db: Database) {}

  /** @throws Refusal DATE_ORDER, INVALID. */
  async sheet(actor: Actor, q: CreditQuestion, shape: { staff: Shape; department: Shape }): Promise<CreditSheet> {
    demand(actor, 'pipeline.read');
    if (q.to < q.from) throw new Refusal('DATE_ORDER', ['to'], { field: 'to', value: q.to, other: 'from', otherValue: q.from });
    if (!Number.isInteger(q.first) || q.first < 1 || q.first > 200) throw new Refusal('INVALID', ['first'], { field: 'first', value: q.first, expected: '1–200' });
    const params: unknown[] = [];
    const key = q.by === 'STAFF' ? 'staff_id' : 'department_id';
    const reached = `select distinct ms.project_id from milestone ms join project p on p.id = ms.project_id
      where ms.zone_id = app_zone() and ms.voided_at is null and ms.kind = ${bind(params, milestoneOf(q.flow))} and ms.counting_on between ${bind(params, q.from)}::date and ${bind(params, q.to)}::date
        and ${[projectVisibility(actor, 'p', params), ...conditions(q.filter, 'project', params)].join(' and ')}`;
    const sql = `
      with reached as materialized (
        select x.project_id, not exists (select from credit_ruling cr where cr.project_id = x.project_id and not cr.kept) and exists (select from first_report f where f.project_id = x.project_id) as credited from (${reached}) x),
      credit as (select c.${key} as key, count(distinct c.project_id)::int as projects, sum(c.share) as credit from reached join first_report_credit c using (project_id) where reached.credited group by 1)
      select (select count(*)::int from reached) as projects, (select count(*)::int from reached where not credited) as uncredited, (select coalesce(trim_scale(sum(credit)), 0)::text from credit) as credit, coalesce((select json_agg(t.row) from (
        select json_build_object('staff', ${q.by === 'STAFF' ? `(select ${factsJson(staffFacts, shape.staff)} from staff s where s.id = k.key)` : 'null'},
          'department', ${q.by === 'DEPARTMENT' ? `(select ${factsJson(departmentFacts, shape.department)} from department d where d.id = k.key)` : 'null'},
          'projects', k.projects, 'credit', trim_scale(k.credit)::text) as row
        from credit k order by k.credit desc, k.projects desc, k.key limit ${bind(params, q.first)}) t), '[]') as rows`;
    const [row] = await this.db.read<CreditSheet>(actor, sql, params);
    return row!;
  }
}
