import { Injectable } from '@nestjs/common';
import { type Actor, Database, demand, type Page, type PageInput, preparedName, Refusal, type Shape } from '@yinfeng/platform';
import { type ProjectCondition, ProjectsService, STAGE_LABELS, STAGES, type Stage } from '@yinfeng/recruitment';
import { addSums, type Bucket, BUCKETS, DEFAULT_BUCKETS, type Dimension, type Flow, flowRule, FLOWS, keyLabel, NOTHING, stockRule, type Sums } from './pipeline.rules.js';
import { type FigureRow, flowRows, flowSql, type Part, stockRows, stockSql } from './pipeline.sql.js';
import { cubeFor, type PipelineFilter, type Slot } from './scope.sql.js';

/** What a figure counts: enough to list its rows and to tell its rule. */
export type Question =
  | { kind: 'STOCK'; filter: PipelineFilter; stages: readonly Stage[]; asOf: Date | null; at: Date; slot?: Slot }
  | { kind: 'FLOW'; filter: PipelineFilter; flow: Flow; from: string; to: string; slot?: Slot };

/** A figure: how many projects, their amounts, and the question behind them. */
export interface Figure extends Sums {
  question: Question;
  /** The rule in words, in the reader's language. */
  rule: string;
}
export interface StageFigure extends Figure {
  stage: Stage;
  /** The zone's name for the stage on that day. */
  label: string;
}
export interface StockFigures extends Record<Bucket, Figure> {
  /** Every stage in order, zero included. */
  stages: StageFigure[];
}
export interface DimensionFigure extends Figure, StockFigures {
  /** null where the projects have none. */
  key: string | null;
  label: string;
}
export interface Stock extends StockFigures {
  /** The instant of the figures. */
  asOf: Date;
  /** What was asked for by dimension, largest first. */
  by: Partial<Record<Dimension, DimensionFigure[]>>;
}
export interface DimensionFlow extends Record<Flow, Figure> {
  key: string | null;
  label: string;
}
export interface FlowFigures extends Record<Flow, Figure> {
  from: string;
  to: string;
  by: Partial<Record<Dimension, DimensionFlow[]>>;
}
/** A cell of the grid stage × department × dimension. */
export interface Cell extends Sums {
  stage: Stage;
  departmentId: string | null;
  key: string | null;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Stock and flow of projects, equal to the lists behind them for every reader at every moment. */
@Injectable()
export class PipelineService {
  constructor(private readonly db: Database, private readonly projects: ProjectsService) {}

  /**
   * How many projects stand at each stage at an instant, present when absent, with what is asked for by dimension: one
   * statement, one snapshot. @throws Refusal FORBIDDEN, INVALID (filter).
   */
  async stock(actor: Actor, input: { filter?: PipelineFilter | null; asOf?: Date | null; by?: readonly Dimension[] }): Promise<Stock> {
    demand(actor, 'pipeline.read');
    const filter = input.filter ?? {};
    const asOf = input.asOf ?? null;
    const by = input.by ?? [];
    const { sql, params } = stockSql(actor, filter, asOf, [{ by: null }, ...by.map((d): Part => ({ by: d }))]);
    const rows = await this.read(actor, sql, params);
    const at = new Date(rows.find((r) => r.part === 'AT')!.key!);
    const policies = new Map(rows.filter((r) => r.part === 'POLICY').map((r) => [r.place, { bucket: r.key, label: r.label! }]));
    const build = (own: FigureRow[], slot?: Slot): StockFigures & Figure => {
      const figure = (stages: readonly Stage[]): Figure => {
        const sums = own.filter((r) => stages.includes(r.place as Stage)).map(sumsOf);
        return { ...(sums.length === 1 ? sums[0]! : sums.length ? addSums(sums) : NOTHING), question: { kind: 'STOCK', filter, stages, asOf, at, slot }, rule: stockRule(stages, at, actor.locale) };
      };
      const bucket = (b: Bucket) => figure(STAGES.filter((s) => (policies.has(s) ? policies.get(s)!.bucket : DEFAULT_BUCKETS[s]) === b));
      return {
        ...figure(STAGES),
        ...(Object.fromEntries(BUCKETS.map((b) => [b, bucket(b)])) as Record<Bucket, Figure>),
        stages: STAGES.map((stage) => ({ ...figure([stage]), stage, label: policies.get(stage)?.label ?? STAGE_LABELS[stage][actor.locale === 'en' ? 1 : 0] })),
      };
    };
    return {
      ...build(rows.filter((r) => r.part === '0')),
      asOf: at,
      by: Object.fromEntries(by.map((dimension, i) => [dimension, byKey(rows, String(i + 1))
        .map(({ key, label, own }) => ({ ...build(own, { dimension, key }), key, label: keyLabel(dimension, key, label, actor.locale) }))
        .sort((a, b) => b.count - a.count || order(a, b))])),
    };
  }

  /**
   * Distinct projects that reached each milestone in a period of Shanghai days, both included, by counting day.
   * @throws Refusal FORBIDDEN, INVALID (filter, days), DATE_ORDER.
   */
  async flow(actor: Actor, input: { filter?: PipelineFilter | null; from: string; to: string; flows?: readonly Flow[]; by?: readonly Dimension[] }): Promise<FlowFigures> {
    demand(actor, 'pipeline.read');
    const { from, to } = input;
    for (const [field, value] of [['from', from], ['to', to]] as const) {
      if (!DAY.test(value) || Number.isNaN(Date.parse(value))) throw new Refusal('INVALID', [field], { field, value, expected: 'YYYY-MM-DD' });
    }
    if (from > to) throw new Refusal('DATE_ORDER', ['to'], { field: 'to', value: to, other: 'from', otherValue: from });
    const filter = input.filter ?? {};
    const by = input.by ?? [];
    const flows = input.flows ?? FLOWS;
    const { sql, params } = flowSql(actor, filter, from, to, flows, [{ by: null }, ...by.map((d): Part => ({ by: d }))]);
    const rows = await this.read(actor, sql, params);
    const build = (own: FigureRow[], slot?: Slot) => Object.fromEntries(FLOWS.map((flow) => {
      const row = own.find((r) => r.place === flow.toUpperCase());
      return [flow, { ...(row ? sumsOf(row) : NOTHING), question: { kind: 'FLOW', filter, flow, from, to, slot }, rule: flowRule(flow, from, to, actor.locale) }];
    })) as unknown as Record<Flow, Figure>;
    return {
      ...build(rows.filter((r) => r.part === '0')), from, to,
      by: Object.fromEntries(by.map((dimension, i) => [dimension, byKey(rows, String(i + 1))
        .map(({ key, label, own }) => ({ ...build(own, { dimension, key }), key, label: keyLabel(dimension, key, label, actor.locale), weight: own.reduce((n, r) => n + r.count, 0) }))
        .sort((a, b) => b.weight - a.weight || order(a, b))])),
    };
  }

  /** The grid stage × department × dimension at an instant, cells of nothing left out. */
  async cells(actor: Actor, input: { filter?: PipelineFilter | null; asOf?: Date | null; dimension: Dimension }): Promise<Cell[]> {
    demand(actor, 'pipeline.read');
    const { sql, params } = stockSql(actor, input.filter ?? {}, input.asOf ?? null, [{ by: input.dimension, grid: true }]);
    const cells: Cell[] = [];
    for (const [part, place, departmentId, key, , count, totalInvestment, foreignInvestment, fixedInvestment] of await this.tuples(actor, sql, params)) {
      if (part === '0') cells.push({ stage: place as Stage, departmentId, key, count, totalInvestment, foreignInvestment, fixedInvestment });
    }
    return cells;
  }

  /** The projects behind a figure, as a condition for lists of projects. */
  rows(question: Question): ProjectCondition {
    return (params) => question.kind === 'STOCK'
      ? stockRows(question.filter, question.stages, question.asOf, question.slot, params)
      : flowRows(question.filter, question.flow, question.from, question.to, question.slot, params);
  }

  /** A page of the projects behind a figure, newest first, each in the wanted shape. */
  page(actor: Actor, question: Question, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    return this.projects.page(actor, {}, 'NEWEST', input, shape, this.rows(question));
  }

  /** How many projects the list behind a figure has: the figure's count, counted from the rows. */
  count(actor: Actor, question: Question): Promise<number> {
    return this.projects.count(actor, {}, this.rows(question));
  }

  /** The rows as one JSON value: two thousand rows of nine columns cost more to take apart one by one than to sum up. */
  private async tuples(actor: Actor, sql: string, params: unknown[]): Promise<Tuple[]> {
    const whole = `select coalesce(json_agg(json_build_array(part, place, department, key, label, count, cny, usd, fixed)), '[]') as cells from (${sql}) a`;
    const [row] = await this.db.read<{ cells: Tuple[] }>(actor, whole, params, preparedName(whole));
    return row!.cells;
  }

  private async read(actor: Actor, sql: string, params: unknown[]): Promise<FigureRow[]> {
    return (await this.tuples(actor, sql, params)).map(([part, place, department, key, label, count, cny, usd, fixed]) => ({ part, place, department, key, label, count, cny, usd, fixed }));
  }
}

type Tuple = [part: string, place: string, department: string | null, key: string | null, label: string | null, count: number, cny: string, usd: string, fixed: string];

/** Whether folded totals answer this question for who sees the whole zone; else it is counted from the records. */
export const answeredByCube = (filter: PipelineFilter, by: Dimension | null): boolean => cubeFor(filter, by) !== null;

/** The last instant of a Shanghai day: what "as of a day" means. */
export function endOfDay(day: string): Date {
  return new Date(Date.parse(`${day}T00:00:00+08:00`) + 86_400_000 - 1);
}

const sumsOf = (r: FigureRow): Sums => ({ count: r.count, totalInvestment: r.cny, foreignInvestment: r.usd, fixedInvestment: r.fixed });

function byKey(rows: FigureRow[], part: string): { key: string | null; label: string | null; own: FigureRow[] }[] {
  const found = new Map<string | null, { key: string | null; label: string | null; own: FigureRow[] }>();
  for (const row of rows) {
    if (row.part !== part) continue;
    const entry = found.get(row.key) ?? { key: row.key, label: row.label, own: [] };
    entry.own.push(row);
    found.set(row.key, entry);
  }
  return [...found.values()];
}

const order = (a: { label: string }, b: { label: string }) => (a.label < b.label ? -1 : 1);
