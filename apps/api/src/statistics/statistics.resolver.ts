import { Args, Context, Info, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { type StatisticsFigure as Figure, StatisticsService } from '@yinfeng/construction';
import { type Actor } from '@yinfeng/platform';
import { ProjectsService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf, idsOf, refOf } from '../graphql/ids.js';
import { connection, ForwardPageArgs, PageArgs } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { selected, selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { Project, ProjectConnection } from '../projects/projects.types.js';
import { StatisticsEntry, StatisticsEntryConfirmInput, StatisticsEntryConnection, StatisticsEntryFilter, StatisticsEntryPayload, StatisticsEntryRecordInput, StatisticsEntryVoidInput, StatisticsFigure, StatisticsFigures } from './statistics.types.js';

@Resolver(() => Project)
export class StatisticsResolver {
  constructor(private readonly service: StatisticsService) {
    NodeResolver.readers.set('StatisticsEntry', (a, id, s) => service.byId(a, id, s));
  }

  @Can('construction.read')
  @Query(() => StatisticsEntryConnection, { name: 'statisticsEntries', description: 'Entries into statistics of projects that the caller may see, the latest day first; those taken back stand with their project alone.' })
  async list(
    @Args('filter', { type: () => StatisticsEntryFilter, nullable: true, description: 'Which entries.' }) filter: StatisticsEntryFilter | null,
    @Args() page: PageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local = { ...filter, projectId: filter?.projectId ? idsOf('Project', [filter.projectId])![0] : undefined };
    return connection(await this.service.page(actor, local, page, selectedNodes(info)), () => this.service.count(actor, local));
  }

  @Can('construction.read')
  @Query(() => StatisticsFigures, { description: 'How many projects entered statistics in a period, both days included, and how many are past their day without it.' })
  statisticsFigures(
    @Args('from', { type: () => DateScalar, description: 'First day.' }) from: string, @Args('to', { type: () => DateScalar, description: 'Last day, included.' }) to: string, @Context() context: RequestContext,
  ) {
    return this.service.figures(actorOf(context), from, to);
  }

  @Can('statistics.record')
  @Mutation(() => StatisticsEntryPayload, { description: 'Records an entry into statistics; another person confirms it.' })
  statisticsEntryRecord(@Args('input', { description: 'The entry.' }) input: StatisticsEntryRecordInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.record(actor, { ...input, projectId: idOf('Project', input.projectId), fileId: refOf('StoredFile', input.fileId, 'fileId') }));
  }

  @Can('statistics.record')
  @Mutation(() => StatisticsEntryPayload, { description: 'Confirms an entry, from now on it counts; never by who recorded it.' })
  statisticsEntryConfirm(@Args('input', { description: 'Which entry.' }) input: StatisticsEntryConfirmInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.confirm(actor, { ...input, entryId: idOf('StatisticsEntry', input.entryId) }));
  }

  @Can('statistics.record')
  @Mutation(() => StatisticsEntryPayload, { description: 'Takes an entry back with a reason; it stays on record.' })
  statisticsEntryVoid(@Args('input', { description: 'Which entry, and why.' }) input: StatisticsEntryVoidInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.void(actor, { ...input, entryId: idOf('StatisticsEntry', input.entryId) }));
  }

  @ResolveField('statisticsEntries', () => [StatisticsEntry], { description: 'Its entries into statistics, earliest first, with those taken back.' })
  ofProject(@Parent() project: { statisticsEntries?: unknown[] }, @Context() context: RequestContext) {
    return actorOf(context).permissions.has('construction.read') ? (project.statisticsEntries ?? []) : [];
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ entryId: string }>) {
    const actor = actorOf(context);
    const shape = { version: true as const, ...selected(info, 'entry') };
    return outcome<{ entry?: unknown }>(actor.locale,
      async () => ({ entry: await this.service.byId(actor, (await work(actor)).entryId, shape) }),
      async (id) => ({ entry: id ? await this.service.byId(actor, id, shape) : null }));
  }
}

@Resolver(() => StatisticsFigure)
export class StatisticsFigureResolver {
  constructor(private readonly rows: ProjectsService) {}

  @ResolveField(() => ProjectConnection, { description: 'Exactly the projects counted, newest record first.' })
  async projects(@Parent() figure: Figure, @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    return connection(await this.rows.page(actor, {}, 'NEWEST', page, selectedNodes(info), figure.condition), () => this.rows.count(actor, {}, figure.condition));
  }
}
