import { Args, Context, Info, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { type Actor, localId } from '@yinfeng/platform';
import { PoolService, ProjectsService, ProtectionsService, type StatusAct, type StatusActInput, type StatusOutcome, type StatusRequestFilter as Filter, StatusRequestsService, StatusService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { PlainFact } from '../graphql/fact.js';
import { idOf, idsOf } from '../graphql/ids.js';
import { loader } from '../graphql/loaders.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { mergeShapes, selected, selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { Project, ProjectPayload } from '../projects/projects.types.js';
import {
  IdleClock, LightMeaning, PoolReleaseInput, ProjectLoseInput, ProjectReopenInput, ProjectResumeInput, ProjectStatusChangeInput, ProjectSuspendInput, ProjectWithdrawInput, Protection, ProtectionExtendInput,
  StatusActEnum, StatusApproveInput, StatusPayload, StatusReason, StatusRequest, StatusRequestConnection, StatusRequestFilter,
} from './status.types.js';

const INPUT = { description: 'Which project, and why.' };

@Resolver()
export class StatusResolver {
  constructor(private readonly status: StatusService, private readonly requests: StatusRequestsService, private readonly projects: ProjectsService, private readonly pool: PoolService) {
    NodeResolver.readers.set('StatusRequest', (actor, id, shape) => requests.byId(actor, id, shape));
  }

  @Can('project.read')
  @Query(() => StatusRequestConnection, { name: 'statusRequests', description: 'Changes of status of projects that the caller may see, latest asked first.' })
  async list(
    @Args('filter', { type: () => StatusRequestFilter, nullable: true, description: 'Which changes.' }) filter: StatusRequestFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local: Filter = { ...filter, projectId: filter?.projectId ? idsOf('Project', [filter.projectId])![0] : undefined };
    return connection(await this.requests.page(actor, local, page, selectedNodes(info)), () => this.requests.count(actor, local));
  }

  @Can('project.read')
  @Query(() => [StatusReason], { description: 'The reasons that a change of status may be given, by the zone\'s list.' })
  statusReasons(@Args('act', { type: () => StatusActEnum, nullable: true, description: 'For this act alone.' }) act: StatusAct | null, @Context() context: RequestContext) {
    return this.status.reasons(actorOf(context), act ?? null);
  }

  @Can('project.read')
  @Query(() => [LightMeaning], { description: 'What the three lights mean in this zone.' })
  lights(@Context() context: RequestContext) {
    return this.pool.lights(actorOf(context));
  }

  @Can('status.request')
  @Mutation(() => StatusPayload, { description: 'Suspends a project: it stands in no figure until it is resumed.' })
  projectSuspend(@Args('input', INPUT) input: ProjectSuspendInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, 'SUSPEND', input);
  }

  @Can('status.request')
  @Mutation(() => StatusPayload, { description: 'A suspended project goes on at its stage.' })
  projectResume(@Args('input', INPUT) input: ProjectResumeInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, 'RESUME', input);
  }

  @Can('status.request')
  @Mutation(() => StatusPayload, { description: 'Takes a project off the library; waits for a second person from the stage on that the zone has set.' })
  projectWithdraw(@Args('input', INPUT) input: ProjectWithdrawInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, 'WITHDRAW', input);
  }

  @Can('status.request')
  @Mutation(() => StatusPayload, { description: 'Marks a project as lost: to which place, to whom, when.' })
  projectLose(@Args('input', INPUT) input: ProjectLoseInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, 'LOSE', input);
  }

  @Can('status.request')
  @Mutation(() => StatusPayload, { description: 'Brings a withdrawn or lost project back; the first report keeps its credit only inside its protection.' })
  projectReopen(@Args('input', INPUT) input: ProjectReopenInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, 'REOPEN', input);
  }

  @Can('status.request')
  @Mutation(() => StatusPayload, { description: 'Asks for a longer protection of the first report; a second person decides.' })
  protectionExtend(@Args('input', INPUT) input: ProtectionExtendInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, 'EXTEND', input);
  }

  @Can('pool.release')
  @Mutation(() => StatusPayload, { description: 'Releases a project into the pool: at once by a head, after approval (zone policy) by the person in charge.' })
  poolRelease(@Args('input', INPUT) input: PoolReleaseInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, 'RELEASE', input);
  }

  @Can('status.approve')
  @Mutation(() => StatusPayload, { description: 'Decides a change of status that waits; never by the one who asked.' })
  statusApprove(@Args('input', { description: 'The decision.' }) input: StatusApproveInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.told(context, info, (actor) => this.status.decide(actor, { ...input, requestId: idOf('StatusRequest', input.requestId) }));
  }

  @Can('lead.judge')
  @Mutation(() => ProjectPayload, { description: 'Suspends, withdraws, marks as lost, releases or reopens a project, with a reason. Where a second person is needed it waits: see waitingStatusRequest.' })
  projectStatusChange(@Args('input', { description: 'The change.' }) input: ProjectStatusChangeInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const shape = mergeShapes({ version: true }, selected(info, 'project'));
    const now = (id: string | undefined) => (id ? this.projects.byId(actor, id, shape) : null);
    return outcome<{ project?: unknown }>(actor.locale,
      async () => ({ project: await now((await this.status.change(actor, { ...input, status: input.toStatus, projectId: idOf('Project', input.projectId) })).projectId) }), async (id) => ({ project: await now(id) }));
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, act: StatusAct, input: Omit<StatusActInput, 'projectId'> & { projectId: string }) {
    return this.told(context, info, (actor) => this.status.act(actor, act, { ...input, projectId: idOf('Project', input.projectId) }));
  }

  private told(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<StatusOutcome>) {
    const actor = actorOf(context);
    const shape = mergeShapes({ version: true }, selected(info, 'project'));
    return outcome<{ project?: unknown; outcome?: string | null; request?: unknown }>(actor.locale, async () => {
      const done = await work(actor);
      return { project: await this.projects.byId(actor, done.projectId, shape), outcome: done.outcome, request: await this.requests.byId(actor, done.requestId, selected(info, 'request')) };
    }, async (id) => ({ project: id ? await this.projects.byId(actor, id, shape) : null }));
  }
}

/** What status, protection and silence add to a project. */
@Resolver(() => Project)
export class ProjectStatusResolver {
  constructor(private readonly protections: ProtectionsService, private readonly pool: PoolService) {}

  @PlainFact()
  @ResolveField(() => StatusRequest, { nullable: true, description: 'The change of status that waits for a second person.' })
  waitingStatusRequest(parent: { waitingStatusRequest?: unknown }): unknown {
    return parent.waitingStatusRequest ?? null;
  }

  @ResolveField(() => Protection, { nullable: true, description: 'The protection of its first report, or of whoever took it over.' })
  protection(@Parent() parent: { id: string }, @Context() context: RequestContext) {
    return this.many(context, 'project.protection', (actor, ids) => this.protections.ofProjects(actor, ids)).load(localId('Project', parent.id)!);
  }

  @ResolveField(() => IdleClock, { nullable: true, description: 'When its silence will show; absent while it rests.' })
  idleClock(@Parent() parent: { id: string }, @Context() context: RequestContext) {
    return this.many(context, 'project.idleClock', (actor, ids) => this.pool.clocks(actor, ids)).load(localId('Project', parent.id)!);
  }

  private many<T>(context: RequestContext, name: string, read: (actor: Actor, ids: readonly string[]) => Promise<Map<string, T>>) {
    return loader<string, T | null>(context, name, async (ids) => {
      const of = await read(actorOf(context), ids);
      return ids.map((id) => of.get(id) ?? null);
    });
  }
}
