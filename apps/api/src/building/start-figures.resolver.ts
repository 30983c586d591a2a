import { Args, Context, Info, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { type StartFigure as Figure, StartFiguresService } from '@yinfeng/construction';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { idsOf } from '../graphql/ids.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { selectedNodes } from '../graphql/selection.js';
import { ProjectConnection } from '../projects/projects.types.js';
import { StartFigure, StartFigures, StartFilter } from './building.types.js';

@Resolver(() => StartFigure)
export class StartFiguresResolver {
  constructor(private readonly figures: StartFiguresService) {}

  @Can('construction.read')
  @Query(() => StartFigures, { description: '开复工 from one day to another, both included, or of a year up to a day (asOf), over the projects that the caller may see. All its numbers are of one snapshot.' })
  startFigures(
    @Args('from', { type: () => DateScalar, nullable: true, description: 'First day.' }) from: string | null,
    @Args('to', { type: () => DateScalar, nullable: true, description: 'Last day, included.' }) to: string | null,
    @Args('asOf', { type: () => DateScalar, nullable: true, description: 'Instead of both: from the beginning of its year up to this day.' }) asOf: string | null,
    @Args('filter', { type: () => StartFilter, nullable: true, description: 'Which projects.' }) filter: StartFilter | null,
    @Context() context: RequestContext,
  ) {
    return this.figures.figures(actorOf(context), { from, to, asOf, minTotal: filter?.minTotal, anySize: filter?.anySize, departmentIds: idsOf('Department', filter?.departmentIds), parkIds: idsOf('Park', filter?.parkIds) });
  }

  @ResolveField(() => ProjectConnection, { description: 'Exactly the projects counted, newest record first.' })
  async projects(@Parent() figure: Figure, @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    return connection(await this.figures.page(actor, figure, page, selectedNodes(info)), () => this.figures.count(actor, figure));
  }
}
