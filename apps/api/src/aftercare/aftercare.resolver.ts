import { Args, Context, ID, Info, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { type AftercarePeriod, AftercareService } from '@yinfeng/construction';
import { localId, type Shape } from '@yinfeng/platform';
import { type Links, ProjectLinksService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { idsOf } from '../graphql/ids.js';
import { loader } from '../graphql/loaders.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { selected, selectedNodes } from '../graphql/selection.js';
import { Project, ProjectConnection } from '../projects/projects.types.js';
import { VisitConnection } from '../visits/visits.types.js';
import { AftercareDueConnection, AftercareFigures, AftercareFilter } from './aftercare.types.js';

const FROM = { type: () => DateScalar, description: 'First day, included.' };
const TO = { type: () => DateScalar, description: 'Last day, included.' };
const DEPARTMENTS = { type: () => [ID], nullable: true, description: 'Of projects of these departments, with those below them.' };
const period = (from: string, to: string, departmentIds: string[] | null | undefined): AftercarePeriod => ({ from, to, departmentIds: idsOf('Department', departmentIds) });

@Resolver(() => Project)
export class AftercareResolver {
  constructor(private readonly aftercare: AftercareService, private readonly links: ProjectLinksService) {}

  @Can('construction.read')
  @Query(() => AftercareDueConnection, { description: '存量走访: landed projects that the caller may see with the day by which each is to be visited, nearest first.' })
  async aftercarePlan(
    @Args('filter', { type: () => AftercareFilter, nullable: true, description: 'Which of them.' }) filter: AftercareFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local = { ...filter, departmentIds: idsOf('Department', filter?.departmentIds) };
    return connection(await this.aftercare.plan(actor, local, page, selectedNodes(info)), () => this.aftercare.countPlan(actor, local));
  }

  @Can('construction.read')
  @Query(() => AftercareFigures, { description: 'Aftercare in figures; each has its rows.' })
  aftercareFigures(@Args('from', FROM) from: string, @Args('to', TO) to: string, @Args('departmentIds', DEPARTMENTS) departmentIds: string[] | null, @Context() context: RequestContext) {
    return this.aftercare.figures(actorOf(context), period(from, to, departmentIds));
  }

  @Can('construction.read')
  @Query(() => VisitConnection, { description: 'Visits of a period to projects that had landed by then, latest first.' })
  async aftercareVisits(
    @Args('from', FROM) from: string, @Args('to', TO) to: string, @Args('departmentIds', DEPARTMENTS) departmentIds: string[] | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const of = period(from, to, departmentIds);
    return connection(await this.aftercare.visits(actor, of, page, selectedNodes(info)), async () => (await this.aftercare.countVisits(actor, of)).visits);
  }

  @Can('construction.read')
  @Query(() => ProjectConnection, { description: '增资扩产线索: leads first reported in a period that grew from a project that had landed by then, newest first.' })
  async expansionLeads(
    @Args('from', FROM) from: string, @Args('to', TO) to: string, @Args('departmentIds', DEPARTMENTS) departmentIds: string[] | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const of = period(from, to, departmentIds);
    return connection(await this.aftercare.expansions(actor, of, page, selectedNodes(info)), () => this.aftercare.countExpansions(actor, of));
  }

  @ResolveField(() => Project, { nullable: true, description: 'The project that this one is an expansion of (增资扩产), if the caller may see it.' })
  async grownFrom(@Parent() parent: { id: string }, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const origin = (await this.linksOf(context, parent, selected(info)))?.parent;
    return origin?.kind === 'EXPANSION_OF' ? origin.project : null;
  }

  @ResolveField(() => [Project], { description: 'Expansions that grew from it and that the caller may see, in the order of their links.' })
  async expansions(@Parent() parent: { id: string }, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return ((await this.linksOf(context, parent, selected(info)))?.phases ?? []).filter((l) => l.kind === 'EXPANSION_OF').map((l) => l.project);
  }

  private linksOf(context: RequestContext, parent: { id: string }, shape: Shape): Promise<Links | null> {
    return loader<string, Links>(context, `project.links:${JSON.stringify(shape)}`, async (ids) => {
      const of = await this.links.ofProjects(actorOf(context), ids, shape);
      return ids.map((id) => of.get(id) ?? null);
    }).load(localId('Project', parent.id)!);
  }
}
