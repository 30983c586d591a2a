import { Args, Context, Info, Int, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { type Dimension, type DimensionFigure as KeyStock, type DimensionFlow as KeyFlow, type Figure, type FlowFigures, FLOWS, type PipelineFilter as Filter, PipelineService, type Stock } from '@yinfeng/pipeline';
import { globalId, PAGE_LIMIT, Refusal } from '@yinfeng/platform';
import type { FieldNode, GraphQLResolveInfo, SelectionSetNode } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { idsOf } from '../graphql/ids.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { selected, selectedNodes } from '../graphql/selection.js';
import { ProjectConnection } from '../projects/projects.types.js';
import { DimensionFigure, DimensionFlow, PipelineDimensionEnum, PipelineFigure, PipelineFilter, PipelineFlow, PipelineStock, StageFigure } from './pipeline.types.js';

/** An answer and what it was asked, for the dimensions that look-ahead did not find. */
type Asked<T> = T & { asked: { filter: Filter } };

@Resolver(() => PipelineStock)
export class PipelineStockResolver {
  constructor(private readonly pipeline: PipelineService) {}

  @Can('pipeline.read')
  @Query(() => PipelineStock, { name: 'pipeline', description: 'Stock at a moment, over the projects that the caller may see. All its numbers are of one snapshot.' })
  async stock(
    @Args('filter', { type: () => PipelineFilter, nullable: true, description: 'Which projects.' }) filter: PipelineFilter | null,
    @Args('asOf', { type: () => Date, nullable: true, description: 'The moment; now when absent.' }) asOf: Date | null,
    @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ): Promise<Asked<Stock>> {
    const local = localFilter(filter);
    return { ...(await this.pipeline.stock(actorOf(context), { filter: local, asOf, by: dimensionsAsked(info) })), asked: { filter: local } };
  }

  @ResolveField(() => [DimensionFigure], { description: 'The same by a dimension, largest first.' })
  async by(
    @Parent() stock: Asked<Stock>, @Args('dimension', { type: () => PipelineDimensionEnum, description: 'By what.' }) dimension: Dimension,
    @Args('first', { type: () => Int, nullable: true, description: 'How many, 1 to 200; 200 when absent.' }) first: number | null, @Context() context: RequestContext,
  ) {
    const found = stock.by[dimension] ?? (await this.pipeline.stock(actorOf(context), { filter: stock.asked.filter, asOf: stock.asOf, by: [dimension] })).by[dimension];
    return keyed<KeyStock>(found, dimension, first);
  }
}

@Resolver(() => PipelineFlow)
export class PipelineFlowResolver {
  constructor(private readonly pipeline: PipelineService) {}

  @Can('pipeline.read')
  @Query(() => PipelineFlow, { name: 'pipelineFlow', description: 'Distinct projects that reached a milestone from one day to another, both included, over the projects that the caller may see.' })
  async flow(
    @Args('filter', { type: () => PipelineFilter, nullable: true, description: 'Which projects.' }) filter: PipelineFilter | null,
    @Args('from', { type: () => DateScalar, description: 'First day.' }) from: string,
    @Args('to', { type: () => DateScalar, description: 'Last day, included.' }) to: string,
    @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ): Promise<Asked<FlowFigures>> {
    const local = localFilter(filter);
    const wanted = { ...selected(info), ...selected(info, 'by') };
    const flows = FLOWS.filter((f) => Object.hasOwn(wanted, f));
    return { ...(await this.pipeline.flow(actorOf(context), { filter: local, from, to, flows, by: dimensionsAsked(info) })), asked: { filter: local } };
  }

  @ResolveField(() => [DimensionFlow], { description: 'The same by a dimension, largest first.' })
  async by(
    @Parent() flow: Asked<FlowFigures>, @Args('dimension', { type: () => PipelineDimensionEnum, description: 'By what.' }) dimension: Dimension,
    @Args('first', { type: () => Int, nullable: true, description: 'How many, 1 to 200; 200 when absent.' }) first: number | null, @Context() context: RequestContext,
  ) {
    const found = flow.by[dimension] ?? (await this.pipeline.flow(actorOf(context), { filter: flow.asked.filter, from: flow.from, to: flow.to, by: [dimension] })).by[dimension];
    return keyed<KeyFlow>(found, dimension, first);
  }
}

/** `projects` of a figure type: exactly the rows that the figure counts. */
abstract class FigureProjects {
  constructor(protected readonly pipeline: PipelineService) {}

  protected async list(figure: Figure, page: ForwardPageArgs, context: RequestContext, info: GraphQLResolveInfo) {
    return connection(await this.pipeline.page(actorOf(context), figure.question, page, selectedNodes(info)), () => this.pipeline.count(actorOf(context), figure.question));
  }
}
const ROWS = { description: 'Exactly the projects counted, newest record first.' };

@Resolver(() => PipelineFigure)
export class PipelineFigureResolver extends FigureProjects {
  constructor(pipeline: PipelineService) { super(pipeline); }

  @ResolveField(() => ProjectConnection, ROWS)
  projects(@Parent() figure: Figure, @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.list(figure, page, context, info);
  }
}
@Resolver(() => StageFigure)
export class StageFigureResolver extends FigureProjects {
  constructor(pipeline: PipelineService) { super(pipeline); }

  @ResolveField(() => ProjectConnection, ROWS)
  projects(@Parent() figure: Figure, @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.list(figure, page, context, info);
  }
}
@Resolver(() => DimensionFigure)
export class DimensionFigureResolver extends FigureProjects {
  constructor(pipeline: PipelineService) { super(pipeline); }

  @ResolveField(() => ProjectConnection, ROWS)
  projects(@Parent() figure: Figure, @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.list(figure, page, context, info);
  }
}

export const PIPELINE_RESOLVERS = [PipelineStockResolver, PipelineFlowResolver, PipelineFigureResolver, StageFigureResolver, DimensionFigureResolver];

/** A filter of the API with its ids made local. */
export function localFilter(f: PipelineFilter | null | undefined): Filter {
  return { ...f, departmentIds: idsOf('Department', f?.departmentIds), ownerIds: idsOf('Staff', f?.ownerIds), parkIds: idsOf('Park', f?.parkIds) };
}

/** Types of the keys that are records. */
const KEY_TYPES: Partial<Record<Dimension, string>> = { DEPARTMENT: 'Department', STAFF: 'Staff', PARK: 'Park' };

function keyed<T extends { key: string | null }>(found: T[] | undefined, dimension: Dimension, first: number | null): T[] {
  const limit = first ?? PAGE_LIMIT;
  if (limit < 1 || limit > PAGE_LIMIT) throw new Refusal('INVALID', ['first'], { field: 'first', value: limit, expected: `1–${PAGE_LIMIT}` });
  const type = KEY_TYPES[dimension];
  return (found ?? []).slice(0, limit).map((d) => (type && d.key !== null ? { ...d, key: globalId(type, d.key) } : d));
}

/** Look-ahead: which dimensions are asked for by(dimension:), so that one statement answers all. */
function dimensionsAsked(info: GraphQLResolveInfo): Dimension[] {
  const asked = new Set<Dimension>();
  const variables = info.variableValues ?? {};
  const walk = (set: SelectionSetNode, depth: number): void => {
    for (const s of depth > 20 ? [] : set.selections) {
      if (s.kind === 'FragmentSpread') walk(info.fragments[s.name.value]!.selectionSet, depth + 1);
      else if (s.kind === 'InlineFragment') walk(s.selectionSet, depth + 1);
      else if (s.name.value === 'by') asked.add(argument(s, 'dimension', variables) as Dimension);
    }
  };
  for (const node of info.fieldNodes) if (node.selectionSet) walk(node.selectionSet, 0);
  return [...asked].filter((d) => Object.hasOwn(PipelineDimensionEnum, d));
}

function argument(node: FieldNode, name: string, variables: Record<string, unknown>): unknown {
  const value = node.arguments?.find((a) => a.name.value === name)?.value;
  return value?.kind === 'Variable' ? variables[value.name.value] : value?.kind === 'EnumValue' ? value.value : '';
}
