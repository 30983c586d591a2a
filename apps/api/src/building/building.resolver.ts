import { Args, Context, ID, Info, Mutation, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { PausesService, StartPlansService, WorksService } from '@yinfeng/construction';
import type { Actor } from '@yinfeng/platform';
import { ProjectsService, type StageProposal as Proposal, toldMissing } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { demandFound, idOf, idsOf } from '../graphql/ids.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { mergeShapes, selected, selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { Project } from '../projects/projects.types.js';
import * as T from './building.types.js';

const project = (id: string | null | undefined) => (id ? idsOf('Project', [id])![0] : undefined);

@Resolver(() => T.WorksMilestone)
export class WorksResolver {
  constructor(private readonly works: WorksService, private readonly projects: ProjectsService) {
    NodeResolver.readers.set('WorksMilestone', (actor, id, shape) => works.byId(actor, id, shape));
  }

  @Can('construction.read')
  @Query(() => T.WorksMilestoneConnection, { name: 'worksMilestones', description: 'Milestones of building, of projects that the caller may see, by the day they are due.' })
  async list(
    @Args('filter', { type: () => T.WorksMilestoneFilter, nullable: true, description: 'Which milestones.' }) filter: T.WorksMilestoneFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local = { ...filter, projectId: project(filter?.projectId), departmentIds: idsOf('Department', filter?.departmentIds) };
    return connection(await this.works.page(actor, local, page, selectedNodes(info)), () => this.works.count(actor, local));
  }

  @Can('construction.read')
  @Query(() => [T.ExpectedMilestone], { description: 'The milestones that the zone expects of a project, in order.' })
  async worksExpected(@Args('projectId', { type: () => ID, description: 'The project.' }) projectId: string, @Context() context: RequestContext) {
    const actor = actorOf(context);
    const expected = demandFound(await this.works.expected(actor, idOf('Project', projectId)));
    return expected.map((t) => ({ ...t, label: actor.locale === 'en' ? t.en : t.zh, stage: t.reachedWith === 'COMPLETED' ? null : t.reachedWith }));
  }

  @Can('milestone.edit')
  @Mutation(() => T.WorksPlanPayload, { description: 'Plans milestones of a project; a planned day changes by worksRevise.' })
  worksPlan(@Args('input', { description: 'The plan.' }) input: T.WorksPlanInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const shape = mergeShapes({ version: true }, selected(info, 'project'));
    return outcome<{ project?: unknown }>(actor.locale, async () => ({ project: await this.projects.byId(actor, (await this.works.plan(actor, { ...input, projectId: idOf('Project', input.projectId) })).projectId, shape) }));
  }

  @Can('milestone.edit')
  @Mutation(() => T.WorksMilestonePayload, { description: 'Puts a planned day off, or brings it forward, with a reason.' })
  worksRevise(@Args('input', { description: 'The new day.' }) input: T.WorksReviseInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.works.revise(actor, { ...input, milestoneId: idOf('WorksMilestone', input.milestoneId) }));
  }

  @Can('milestone.edit')
  @Mutation(() => T.WorksMilestonePayload, { description: 'Says that a milestone was reached; one that speaks for a stage asks for it through the gate.' })
  worksReach(@Args('input', { description: 'What was reached.' }) input: T.WorksReachInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.works.reach(actor, { ...input, projectId: idOf('Project', input.projectId), fileIds: input.fileIds?.map((id) => idOf('StoredFile', id)) }));
  }

  @Can('milestone.edit')
  @Mutation(() => T.WorksMilestonePayload, { description: 'Voids what was planned or reached in error; of one that was reached the plan goes on.' })
  worksVoid(@Args('input', { description: 'Which, and why.' }) input: T.WorksVoidInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.works.void(actor, { ...input, milestoneId: idOf('WorksMilestone', input.milestoneId) }));
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ milestoneId: string; proposal?: Proposal | null }>) {
    const actor = actorOf(context);
    const shape = selected(info, 'milestone');
    const now = (id: string | undefined) => this.works.byId(actor, id ?? null, shape);
    return outcome<{ milestone?: unknown; proposal?: unknown }>(actor.locale, async () => {
      const { milestoneId, proposal } = await work(actor);
      return { milestone: await now(milestoneId), proposal: proposal ? { ...proposal, missing: proposal.missing.map((m) => toldMissing(m, actor.locale)) } : null };
    }, async (id) => ({ milestone: await now(id) }));
  }
}

@Resolver(() => T.WorksPause)
export class PausesResolver {
  constructor(private readonly pauses: PausesService) {
    NodeResolver.readers.set('WorksPause', (actor, id, shape) => pauses.byId(actor, id, shape));
  }

  @Can('construction.read')
  @Query(() => T.WorksPauseConnection, { name: 'worksPauses', description: 'Stops and resumptions of works, of projects that the caller may see, earliest first.' })
  async list(
    @Args('filter', { type: () => T.WorksPauseFilter, nullable: true, description: 'Which ones.' }) filter: T.WorksPauseFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local = { ...filter, projectId: project(filter?.projectId), departmentIds: idsOf('Department', filter?.departmentIds) };
    return connection(await this.pauses.page(actor, local, page, selectedNodes(info)), () => this.pauses.count(actor, local));
  }

  @Can('milestone.edit')
  @Mutation(() => T.WorksPausePayload, { description: '停工: works stop, with a reason.' })
  worksSuspend(@Args('input', { description: 'The stop.' }) input: T.WorksSuspendInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.pauses.suspend(actor, { ...input, projectId: idOf('Project', input.projectId) }));
  }

  @Can('milestone.edit')
  @Mutation(() => T.WorksPausePayload, { description: '复工: works go on after a stop on record.' })
  worksResume(@Args('input', { description: 'The resumption.' }) input: T.WorksResumeInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.pauses.resume(actor, { ...input, pauseId: idOf('WorksPause', input.pauseId) }));
  }

  @Can('milestone.edit')
  @Mutation(() => T.WorksPausePayload, { description: '复工 after a rest that nobody recorded.' })
  worksResumptionRecord(@Args('input', { description: 'The resumption.' }) input: T.WorksResumptionRecordInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.pauses.record(actor, { ...input, projectId: idOf('Project', input.projectId) }));
  }

  @Can('milestone.edit')
  @Mutation(() => T.WorksPausePayload, { description: 'Voids a stop or resumption recorded in error.' })
  worksPauseVoid(@Args('input', { description: 'Which, and why.' }) input: T.WorksPauseVoidInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.pauses.void(actor, { ...input, pauseId: idOf('WorksPause', input.pauseId) }));
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ pauseId: string }>) {
    const actor = actorOf(context);
    const shape = selected(info, 'pause');
    const now = (id: string | undefined) => this.pauses.byId(actor, id ?? null, shape);
    return outcome<{ pause?: unknown }>(actor.locale, async () => ({ pause: await now((await work(actor)).pauseId) }), async (id) => ({ pause: await now(id) }));
  }
}

@Resolver(() => T.StartPlan)
export class StartPlansResolver {
  constructor(private readonly plans: StartPlansService) {
    NodeResolver.readers.set('StartPlan', (actor, id, shape) => plans.byId(actor, id, shape));
  }

  @Can('construction.read')
  @Query(() => T.StartPlanConnection, { name: 'startPlans', description: 'Places on plans of starts (开复工计划), of projects that the caller may see, in the order in which they were listed.' })
  async list(
    @Args('filter', { type: () => T.StartPlanFilter, nullable: true, description: 'Which ones.' }) filter: T.StartPlanFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local = { ...filter, projectId: project(filter?.projectId), departmentIds: idsOf('Department', filter?.departmentIds) };
    return connection(await this.plans.page(actor, local, page, selectedNodes(info)), () => this.plans.count(actor, local));
  }

  @Can('milestone.edit')
  @Mutation(() => T.StartPlanPayload, { description: 'Puts projects on the plan of starts of a year.' })
  startPlanAdd(@Args('input', { description: 'Which projects, which year.' }) input: T.StartPlanAddInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, async (actor) => (await this.plans.add(actor, { ...input, projectIds: input.projectIds.map((id) => idOf('Project', id)) })).startPlanIds);
  }

  @Can('milestone.edit')
  @Mutation(() => T.StartPlanPayload, { description: 'Takes a project off the plan of starts, with a reason.' })
  startPlanRemove(@Args('input', { description: 'Which, and why.' }) input: T.StartPlanRemoveInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, async (actor) => [(await this.plans.remove(actor, { ...input, startPlanId: idOf('StartPlan', input.startPlanId) })).startPlanId]);
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<string[]>) {
    const actor = actorOf(context);
    const shape = selected(info, 'startPlans');
    const now = async (ids: string[]) => ({ startPlans: await this.plans.byIds(actor, ids, shape) });
    return outcome<{ startPlans: unknown }>(actor.locale, async () => now(await work(actor)), (id) => now(id ? [id] : []));
  }
}

/** What building adds to a project; it is read together with the project. */
@Resolver(() => Project)
export class ProjectWorksResolver {
  @ResolveField(() => T.Works, { nullable: true, description: 'Building: milestones, stops and resumptions, plans of starts. null for whom construction is not open.' })
  works(parent: { works?: unknown }, _args: unknown, context: RequestContext): unknown {
    return actorOf(context).permissions.has('construction.read') ? (parent.works ?? null) : null;
  }
}
