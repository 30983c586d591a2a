import { type Actor, decimalFact, type Facts, Refusal } from '@yinfeng/platform';
import { bind, projectFacts, projectVisibility, type Stage } from '@yinfeng/recruitment';

/** Which projects' money is told; every given condition must hold. */
export interface MoneyFilter {
  /** Departments, with those below them. */
  departmentIds?: string[] | null;
  parkIds?: string[] | null;
  /** GB/T 4754 sections, divisions or classes: C, C39. */
  industries?: string[] | null;
  stages?: Stage[] | null;
  capitalSources?: string[] | null;
}

/** The filter as conditions on p, the wall of the actor among them. @throws Refusal INVALID for what is no industry code. */
export function moneyScope(actor: Actor, f: MoneyFilter, params: unknown[]): string[] {
  const where = ['p.zone_id = app_zone()', projectVisibility(actor, 'p', params)];
  if (f.departmentIds) where.push(`p.department_id = any(array(select df.id from department df where df.path && ${bind(params, f.departmentIds)}::uuid[]))`);
  if (f.parkIds) where.push(`p.park_id = any(${bind(params, f.parkIds)}::uuid[])`);
  if (f.industries) {
    for (const code of f.industries) if (!/^[A-T]\d{0,4}$/.test(code)) throw new Refusal('INVALID', ['filter', 'industries'], { field: 'industries', value: code.slice(0, 20), expected: 'GB/T 4754，如 C、C39 / such as C or C39' });
    where.push(f.industries.length ? `(${f.industries.map((c) => `starts_with(p.industry_code, ${bind(params, c)})`).join(' or ')})` : 'false');
  }
  if (f.stages) where.push(`p.stage = any(${bind(params, f.stages)}::stage[])`);
  if (f.capitalSources) where.push(`p.capital_source = any(${bind(params, f.capitalSources)}::text[])`);
  return where;
}

/** A row behind a figure; alias r. */
export const figureRowFacts: Facts = {
  amount: decimalFact('r.amount'), unconfirmed: decimalFact('r.unconfirmed'), source: 'r.source', entries: 'r.entries',
  project: { of: projectFacts, sql: (json) => `(select ${json} from project p where p.id = r.id)` },
};
