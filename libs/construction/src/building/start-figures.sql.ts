import { type Actor } from '@yinfeng/platform';
import { projectVisibility } from '@yinfeng/recruitment';
import type { StartFigureName, StartQuestion } from './start-figures.rules.js';

type Bind = (value: unknown) => string;
const binder = (params: unknown[]): Bind => (value) => `$${params.push(value)}`;

/** The rows of the records behind each figure: projects with what happened to them in the period. A figure and its list are made of the same pieces. */
const SOURCES = {
  planned: (q: StartQuestion, b: Bind) => `select s.project_id from start_plan s where s.removed_at is null and s.year between ${b(Number(q.from.slice(0, 4)))} and ${b(Number(q.to.slice(0, 4)))}`,
  started: (q: StartQuestion, b: Bind) => `select m.project_id from milestone m where m.kind = 'STARTED' and m.voided_at is null and m.counting_on between ${b(q.from)}::date and ${b(q.to)}::date`,
  resumed: (q: StartQuestion, b: Bind) => `select k.project_id from works_pause k where k.voided_at is null and k.resumed_on between ${b(q.from)}::date and ${b(q.to)}::date`,
  signed: (q: StartQuestion, b: Bind) => `select m.project_id from milestone m where m.kind = 'SIGNED' and m.voided_at is null and m.counting_on between ${b(q.from)}::date and ${b(q.to)}::date`,
};

const sizeOf = (min: string | null, b: Bind): string => (min === null ? 'true' : `coalesce(reference_cny(p.total_amount, p.total_currency) >= ${b(min)}::numeric, false)`);
/** What counts as industry: its class says so, or, where its class is none of the named ones, its division does. */
const industryOf = (q: StartQuestion, b: Bind): string => {
  const { classes, otherClasses, industries } = q.policy.industryShare;
  return `(p.class = any(${b(classes)}::text[]) or (p.class is null or p.class <> all(${b(otherClasses)}::text[])) and exists (select from unnest(${b(industries)}::text[]) i (code) where starts_with(p.industry_code, i.code)))`;
};
const SIGNED_STARTED = (q: StartQuestion, b: Bind) => `exists (select from milestone ms where ms.project_id = p.id and ms.kind = 'STARTED' and ms.voided_at is null and ms.counting_on <= ${b(q.to)}::date)`;

/** Conditions on the project itself, whatever is counted. */
function scope(q: StartQuestion, b: Bind): string {
  const where = ['p.uncounted_at is null'];
  if (q.departmentIds) where.push(`p.department_id = any(array(select dv.id from department dv where dv.path && ${b(q.departmentIds)}::uuid[]))`);
  if (q.parkIds) where.push(`p.park_id = any(${b(q.parkIds)}::uuid[])`);
  return where.join(' and ');
}

/** A figure as a condition, given what says of a project that it is in a source. */
function figure(name: StartFigureName, q: StartQuestion, b: Bind, is: (source: keyof typeof SOURCES) => string): string {
  const underWay = () => `(${q.policy.counts.map((c) => is(c === 'NEW_START' ? 'started' : 'resumed')).join(' or ')})`;
  const size = sizeOf(name === 'planned' || name === 'plannedUnderWay' ? q.minTotalOfPlan : q.minTotal, b);
  const told: Record<StartFigureName, () => string> = {
    planned: () => is('planned'), started: () => is('started'), resumed: () => is('resumed'), signed: () => is('signed'),
    startedOrResumed: underWay, plannedUnderWay: () => `${is('planned')} and ${underWay()}`, industry: () => `${underWay()} and ${industryOf(q, b)}`,
    signedStarted: () => `${is('signed')} and ${SIGNED_STARTED(q, b)}`,
  };
  return `${told[name]()} and ${size}`;
}

/** Counts every figure in one statement over the projects that the actor may see: rows of name, count, cny, usd. */
export function figuresSql(actor: Actor, q: StartQuestion, names: readonly StartFigureName[]): { sql: string; params: unknown[] } {
  const params: unknown[] = [];
  const b = binder(params);
  const sources = (Object.keys(SOURCES) as (keyof typeof SOURCES)[]).map((s) => `select x.project_id, '${s}' as what from (${SOURCES[s](q, b)}) x`);
  const flags = (Object.keys(SOURCES) as (keyof typeof SOURCES)[]).map((s) => `bool_or(u.what = '${s}') as ${s}`);
  const figures = names.map((name) => `(${figure(name, q, b, (s) => `h.${s}`)}) as f_${name.toLowerCase()}`);
  const sql = `with hit as materialized (select u.project_id, ${flags.join(', ')} from (${sources.join(' union all ')}) u group by u.project_id),
    seen as materialized (select p.total_amount, p.total_currency, ${figures.join(', ')} from hit h join project p on p.id = h.project_id where ${projectVisibility(actor, 'p', params)} and ${scope(q, b)})
    ${names.map((name) => `select '${name}' as name, count(*)::int as count, coalesce(trim_scale(sum(total_amount) filter (where total_currency = 'CNY')), 0)::text as cny, coalesce(trim_scale(sum(total_amount) filter (where total_currency = 'USD')), 0)::text as usd,
      (count(*) filter (where total_amount is null))::int as unknown from seen where f_${name.toLowerCase()}`).join(' union all ')}`;
  return { sql, params };
}

/** The rows of a figure, as a condition for lists of projects. */
export function figureRows(name: StartFigureName, q: StartQuestion, params: unknown[]): string {
  const b = binder(params);
  return `${scope(q, b)} and ${figure(name, q, b, (s) => `p.id in (${SOURCES[s](q, b)})`)}`;
}
