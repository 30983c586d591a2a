import type { Actor, Locale } from '@yinfeng/platform';
import { bind, projectVisibility, type Stage } from '@yinfeng/recruitment';
import { type Dimension, type Flow, instantPlan, milestoneOf } from './pipeline.rules.js';
import { ALIAS, conditions, cubeFor, keyOf, NO_DEPARTMENT, type PipelineFilter, type Slot, type Source } from './scope.sql.js';

/** A part of an answer: the figures of every stage (or milestone) alone, or also by a dimension, or by department and dimension. */
export interface Part {
  by: Dimension | null;
  /** Also apart by department: the grid stage × department × dimension. */
  grid?: boolean;
}

/** A row of an answer. `part` is the place of the part asked for; 'POLICY' rows tell label and bucket of a stage, the 'AT' row the instant. */
export interface FigureRow {
  part: string;
  /** Stage of stock, milestone kind of flow. */
  place: string;
  department: string | null;
  key: string | null;
  label: string | null;
  count: number;
  cny: string;
  usd: string;
  fixed: string;
}

/** A phase is counted with its original project: it stands nowhere by itself, and its milestones are no further ones. */
const COUNTED = 'p.uncounted_at is null';
const STANDS = `p.status = 'ACTIVE' and ${COUNTED}`;

/** What a row of each source adds to a figure. A cube's cells and single movements are few and are summed up once, at the end. */
const AMOUNTS: Record<Source, string> = {
  project: `count(*) as count, sum(case when p.total_currency = 'CNY' then p.total_amount else 0 end) as cny, sum(case when p.total_currency = 'USD' then p.total_amount else 0 end) as usd, sum(p.fixed_cny) as fixed`,
  movement: 'sum(m.delta) as count, sum(m.cny) as cny, sum(m.usd) as usd, sum(m.fixed_cny) as fixed',
  cube: 'c.count, c.cny, c.usd, c.fixed_cny as fixed',
};
const SINGLE = (sign: 1 | -1) => ['delta', 'cny', 'usd', 'fixed_cny'].map((c) => `${sign === 1 ? '' : '-'}m.${c}`).join(', ');

/**
 * Stock at an instant (null: now), all parts in one statement and so in one snapshot. Who sees the whole zone is answered
 * from folded totals plus the movements not yet folded, exact whether or not the fold has run; whoever sees less, and
 * filters that no cube knows, from the projects themselves (now) or from all movements up to the instant.
 */
export function stockSql(actor: Actor, filter: PipelineFilter, asOf: Date | null, parts: readonly Part[]): { sql: string; params: unknown[] } {
  const params: unknown[] = [];
  const at = asOf ? `${bind(params, asOf)}::timestamptz` : null;
  const visible = projectVisibility(actor, 'p', params);
  const selects = parts.map((part, i) => {
    const cube = visible === 'true' ? cubeFor(filter, part.by) : null;
    const inner = cube ? folded(cube, filter, asOf, at, part, params) : at ? moved(filter, at, part, visible, params) : standing(filter, part, visible, params);
    return labelled(String(i), part, `select x.place, x.department, x.key, sum(x.count) as count, sum(x.cny) as cny, sum(x.usd) as usd, sum(x.fixed) as fixed from (${inner}) x group by 1, 2, 3 having sum(x.count) <> 0`, actor.locale);
  });
  const instant = at ?? `coalesce(nullif(current_setting('app.now', true), '')::timestamptz, date_trunc('milliseconds', clock_timestamp()) + interval '1 millisecond')`;
  selects.push(`select 'AT', null, null, to_char(${instant} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), null, 0, '0', '0', '0'`);
  selects.push(`(select distinct on (sp.stage) 'POLICY', sp.stage::text, null, sp.bucket, ${actor.locale === 'en' ? 'sp.label_en' : 'sp.label_zh'}, 0::bigint, '0', '0', '0' from stage_policy sp
    where sp.zone_id = app_zone() and sp.valid_from <= shanghai_day(${instant}) order by sp.stage, sp.valid_from desc)`);
  return { sql: selects.join(' union all '), params };
}

/** Distinct projects whose milestone counts for a day of the period, with their present amounts. */
export function flowSql(actor: Actor, filter: PipelineFilter, from: string, to: string, flows: readonly Flow[], parts: readonly Part[]): { sql: string; params: unknown[] } {
  const params: unknown[] = [];
  const visible = projectVisibility(actor, 'p', params);
  const kinds = bind(params, flows.map(milestoneOf));
  const days = `ms.counting_on between ${bind(params, from)}::date and ${bind(params, to)}::date`;
  const where = conditions(filter, 'project', params);
  const selects = parts.map((part, i) => labelled(String(i), part, `select ms.kind as place, ${columns(part, 'project')}, ${AMOUNTS.project}
    from milestone ms join project p on p.id = ms.project_id
    where ms.zone_id = app_zone() and ms.voided_at is null and ms.kind = any(${kinds}::text[]) and ${[days, COUNTED, visible, ...where].join(' and ')} group by 1, 2, 3`, actor.locale));
  return { sql: selects.join(' union all '), params };
}

/** The rows behind a stock figure, as a condition on alias p: exactly the projects that it counted. Visibility is the list's own. */
export function stockRows(filter: PipelineFilter, stages: readonly Stage[], asOf: Date | null, slot: Slot | undefined, params: unknown[]): string {
  const within: PipelineFilter = { ...filter, stages: filter.stages ? stages.filter((s) => filter.stages!.includes(s)) : [...stages] };
  if (!asOf) return [STANDS, ...conditions(within, 'project', params, slot)].join(' and ');
  return `(select coalesce(sum(m.delta), 0) from pipeline_movement m where m.project_id = p.id and m.at <= ${bind(params, asOf)}::timestamptz and ${conditions(within, 'movement', params, slot).join(' and ')}) > 0`;
}

/** The rows behind a flow figure, as a condition on alias p. */
export function flowRows(filter: PipelineFilter, flow: Flow, from: string, to: string, slot: Slot | undefined, params: unknown[]): string {
  const days = `ms.counting_on between ${bind(params, from)}::date and ${bind(params, to)}::date`;
  return [`p.id in (select ms.project_id from milestone ms where ms.zone_id = app_zone() and ms.voided_at is null and ms.kind = ${bind(params, milestoneOf(flow))} and ${days})`, COUNTED, ...conditions(filter, 'project', params, slot)].join(' and ');
}

/** Projects that stand somewhere now. */
function standing(filter: PipelineFilter, part: Part, visible: string, params: unknown[]): string {
  return grouped('project', part, `project p`, [STANDS, visible, ...conditions(filter, 'project', params)]);
}

/** Every movement up to the instant of the projects that the actor sees. */
function moved(filter: PipelineFilter, at: string, part: Part, visible: string, params: unknown[]): string {
  const seen = visible === 'true' ? [] : [`m.project_id in (select p.id from project p where ${visible})`];
  return grouped('movement', part, 'pipeline_movement m', ['m.zone_id = app_zone()', `m.at <= ${at}`, ...seen, ...conditions(filter, 'movement', params)]);
}

/** What is not yet folded. The upper bound is true of every row; a range makes the planner expect few rows, and so take the index. */
const TAIL = `m.txid >= (select fs.txid from pipeline_fold_state fs) and m.txid <= '18446744073709551615'::xid8`;

/** Folded totals, the tail not yet folded, and the single movements between a unit's end and the instant. */
function folded(cube: Dimension, filter: PipelineFilter, asOf: Date | null, at: string | null, part: Part, params: unknown[]): string {
  const plan = asOf ? instantPlan(asOf) : null;
  const filtered = conditions(filter, 'movement', params);
  const nodes = `c.node = any(${bind(params, plan?.nodes ?? [0])}::int[])`;
  const border = plan ? `${bind(params, plan.border)}::timestamptz` : null;
  const totals = `select c.stage as place, ${columns(part, 'cube')}, ${AMOUNTS.cube} from pipeline_cube c where ${['c.zone_id = app_zone()', `c.dimension = ${bind(params, cube)}`, nodes, ...conditions(filter, 'cube', params)].join(' and ')}`;
  const movements = (sign: 1 | -1, where: string[]) => `select m.stage, ${columns(part, 'movement')}, ${SINGLE(sign)} from pipeline_movement m where ${['m.zone_id = app_zone()', ...where, ...filtered].join(' and ')}`;
  const tail = movements(1, [TAIL, ...(border ? [`m.at < ${border}`] : [])]);
  if (!plan) return `${totals} union all ${tail}`;
  return `${totals} union all ${tail} union all ${movements(plan.sign, plan.sign === 1 ? [`m.at >= ${border}`, `m.at <= ${at}`] : [`m.at > ${at}`, `m.at < ${border}`])}`;
}

function columns(part: Part, source: Source): string {
  return `${part.grid ? keyOf('DEPARTMENT', source) : 'null::text'} as department, ${part.by ? keyOf(part.by, source) : 'null::text'} as key`;
}

function grouped(source: 'project' | 'movement', part: Part, from: string, where: string[]): string {
  return `select ${ALIAS[source]}.stage as place, ${columns(part, source)}, ${AMOUNTS[source]} from ${from} where ${where.join(' and ')} group by 1, 2, 3`;
}

/** The name of a key, where the directory has one. */
const LABELS: Partial<Record<Dimension, (locale: Locale) => string>> = {
  DEPARTMENT: () => `(select l.name from department l where l.id = nullif(g.key, '')::uuid)`,
  STAFF: () => `(select l.name from staff l where l.id = nullif(g.key, '')::uuid)`,
  PARK: () => `(select l.name from park l where l.id = nullif(g.key, '')::uuid)`,
  INDUSTRY: (locale) => `(select ${locale === 'en' ? 'coalesce(l.name_en, l.name)' : 'l.name'} from industry l where l.code = g.key)`,
};

/** A blank key becomes NULL again. */
const known = (key: string) => `nullif(nullif(${key}, ''), '${NO_DEPARTMENT}')`;

function labelled(name: string, part: Part, inner: string, locale: Locale): string {
  const label = part.by && !part.grid ? LABELS[part.by]?.(locale) : undefined;
  return `select '${name}' as part, g.place::text, ${known('g.department')} as department, ${known('g.key')} as key, ${label ?? 'null'} as label, g.count::bigint, trim_scale(coalesce(g.cny, 0))::text as cny, trim_scale(coalesce(g.usd, 0))::text as usd, trim_scale(coalesce(g.fixed, 0))::text as fixed from (${inner}) g`;
}
