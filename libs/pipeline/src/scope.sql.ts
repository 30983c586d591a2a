import { Refusal } from '@yinfeng/platform';
import { bind, type Stage } from '@yinfeng/recruitment';
import type { Dimension } from './pipeline.rules.js';

/** Which projects are counted; every given condition must hold. */
export interface PipelineFilter {
  /** Departments, with those below them. */
  departmentIds?: string[] | null;
  ownerIds?: string[] | null;
  parkIds?: string[] | null;
  /** GB/T 4754 sections or divisions (C, C39): figures are kept by division. */
  industries?: string[] | null;
  /** Provinces or countries. */
  sourceRegions?: string[] | null;
  capitalSources?: string[] | null;
  sizeClasses?: string[] | null;
  stages?: Stage[] | null;
  /** Total investment from this many 元 on, itself included; other currencies at the fixed reference rate of size classes. */
  minTotal?: string | null;
}

/** One key of a dimension: null where the project has none. */
export interface Slot {
  dimension: Dimension;
  key: string | null;
}

/** Where conditions are put: the project as it is, its movements, or the folded totals. */
export type Source = 'project' | 'movement' | 'cube';
export const ALIAS: Record<Source, string> = { project: 'p', movement: 'm', cube: 'c' };

export const NO_DEPARTMENT = '00000000-0000-0000-0000-000000000000';

/** Column and type of a dimension. */
const COLUMNS: Record<Dimension, { project: string; movement: string; type: 'uuid' | 'text' }> = {
  DEPARTMENT: { project: 'department_id', movement: 'department_id', type: 'uuid' },
  STAFF: { project: 'owner_id', movement: 'owner_id', type: 'uuid' },
  PARK: { project: 'park_id', movement: 'park_id', type: 'uuid' },
  INDUSTRY: { project: 'industry_division', movement: 'industry', type: 'text' },
  SOURCE_REGION: { project: 'source_province', movement: 'source_province', type: 'text' },
  CAPITAL_SOURCE: { project: 'capital_source', movement: 'capital_source', type: 'text' },
  SIZE: { project: 'size_class', movement: 'size_class', type: 'text' },
};

/** The key of a dimension as text; blank keys as the cube keeps them ('' or NO_DEPARTMENT). */
export function keyOf(dimension: Dimension, source: Source): string {
  if (source === 'cube') return dimension === 'DEPARTMENT' ? 'c.department_id::text' : 'c.key';
  const column = `${ALIAS[source]}.${COLUMNS[dimension][source]}`;
  return dimension === 'DEPARTMENT' ? `coalesce(${column}, '${NO_DEPARTMENT}')::text` : `coalesce(${column}::text, '')`;
}

/** The values that a filter asks of each dimension. */
function wanted(f: PipelineFilter): [Dimension, string[]][] {
  const all: [Dimension, string[] | null | undefined][] = [
    ['DEPARTMENT', f.departmentIds], ['STAFF', f.ownerIds], ['PARK', f.parkIds], ['INDUSTRY', f.industries],
    ['SOURCE_REGION', f.sourceRegions], ['CAPITAL_SOURCE', f.capitalSources], ['SIZE', f.sizeClasses],
  ];
  return all.filter((w): w is [Dimension, string[]] => w[1] != null);
}

/**
 * The dimension whose cube answers this question, or null when none does: a cube knows stage, department and one more.
 */
export function cubeFor(filter: PipelineFilter, by: Dimension | null): Dimension | null {
  if (filter.minTotal != null) return null;
  const needed = new Set([...wanted(filter).map(([d]) => d), ...(by ? [by] : [])]);
  needed.delete('DEPARTMENT');
  if (needed.size > 1) return null;
  // Capital source has the fewest keys: the smallest cube serves whatever needs no dimension of its own.
  return [...needed][0] ?? 'CAPITAL_SOURCE';
}

/**
 * The filter (and a slot of it) as conditions on a source. Adds its parameters.
 * @throws Refusal INVALID for an industry below a division, or a minTotal that is no number.
 */
export function conditions(filter: PipelineFilter, source: Source, params: unknown[], slot?: Slot): string[] {
  const a = ALIAS[source];
  const column = (d: Dimension) => (source === 'cube' ? `c.${d === 'DEPARTMENT' ? 'department_id' : 'key'}` : `${a}.${COLUMNS[d][source]}`);
  const where: string[] = [];
  for (const [dimension, values] of wanted(filter)) {
    if (dimension === 'INDUSTRY') where.push(values.length ? `(${values.map((c) => `starts_with(${column(dimension)}, ${bind(params, division(c))})`).join(' or ')})` : 'false');
    else if (dimension === 'DEPARTMENT') where.push(`${column(dimension)} = any(array(select df.id from department df where df.path && ${bind(params, values)}::uuid[]))`);
    else where.push(`${column(dimension)} = any(${bind(params, values)}::${source === 'cube' ? 'text' : COLUMNS[dimension].type}[])`);
  }
  if (filter.stages) where.push(`${a}.stage = any(${bind(params, filter.stages)}::stage[])`);
  if (filter.minTotal != null) {
    const limit = `${bind(params, amount(filter.minTotal))}::numeric`;
    where.push(source === 'project' ? `reference_cny(p.total_amount, p.total_currency) >= ${limit}` : `abs(m.cny) + reference_cny(abs(m.usd), 'USD') + abs(coalesce(m.other_cny, 0)) >= ${limit}`);
    // An amount that is not known is not "from zero on" either.
    if (source === 'movement') where.push(`m.size_class <> 'UNKNOWN'`);
  }
  if (slot) {
    const blank = slot.dimension === 'DEPARTMENT' ? `'${NO_DEPARTMENT}'` : `''`;
    if (source === 'cube') where.push(slot.key === null ? `${column(slot.dimension)} = ${blank}` : `${column(slot.dimension)}::text = ${bind(params, slot.key)}`);
    else where.push(slot.key === null ? `${column(slot.dimension)} is null` : `${column(slot.dimension)} = ${bind(params, slot.key)}::${COLUMNS[slot.dimension].type}`);
  }
  return where;
}

function division(code: string): string {
  if (!/^[A-Z]\d{0,2}$/.test(code)) throw new Refusal('INVALID', ['filter', 'industries'], { field: 'industries', value: code.slice(0, 20), expected: 'GB/T 4754 门类或大类，如 C、C39 / a section or division such as C or C39' });
  return code;
}

function amount(value: string): string {
  if (!/^\d{1,20}(\.\d{1,6})?$/.test(value)) throw new Refusal('INVALID', ['filter', 'minTotal'], { field: 'minTotal', value: value.slice(0, 30), expected: '不小于 0 的元数 / an amount in yuan, not below 0' });
  return value;
}
