import { Args, Context, Info, Mutation, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { PermitActsService, type PermitFilter as Filter, PermitReadsService, PermitsService } from '@yinfeng/construction';
import type { Actor } from '@yinfeng/platform';
import { ProjectsService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf, idsOf, refOf } from '../graphql/ids.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { selected, selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { Project } from '../projects/projects.types.js';
import {
  PermitAddInput, PermitApplyInput, PermitEditInput, type PermitFileInput, PermitGrantInput, PermitPromiseKeepInput, PermitRefuseInput, PermitReopenInput, PermitResumeInput, PermitSkipInput, PermitsOpenInput, PermitSupplementInput,
} from './permits.inputs.js';
import { Permit, PermitConnection, PermitDimensionEnum, PermitFigures, PermitFilter, PermitPayload, PermitPlan, PermitsOpenPayload } from './permits.types.js';

@Resolver(() => Permit)
export class PermitsResolver {
  constructor(private readonly permits: PermitsService, private readonly acts: PermitActsService, private readonly reads: PermitReadsService, private readonly projects: ProjectsService) {
    NodeResolver.readers.set('Permit', (actor, id, shape) => reads.byId(actor, id, shape));
  }

  @Can('construction.read')
  @Query(() => PermitConnection, { name: 'permits', description: 'Permits of projects that the caller may see, newest first.' })
  async list(
    @Args('filter', { type: () => PermitFilter, nullable: true, description: 'Which permits.' }) filter: PermitFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local = filterOf(filter);
    return connection(await this.reads.page(actor, local, page, selectedNodes(info)), () => this.reads.count(actor, local));
  }

  @Can('construction.read')
  @Query(() => PermitFigures, { description: '办理时限: permits granted in a period, time used against time allowed, express share, minutes of registration; of projects that the caller may see.' })
  permitFigures(
    @Args('from', { type: () => DateScalar, description: 'First day, by the day of the grant.' }) from: string,
    @Args('to', { type: () => DateScalar, description: 'Last day.' }) to: string,
    @Args('by', { type: () => PermitDimensionEnum, nullable: true, description: 'Rows by this; none when absent.' }) by: keyof typeof PermitDimensionEnum | null,
    @Args('filter', { type: () => PermitFilter, nullable: true, description: 'Which permits.' }) filter: PermitFilter | null,
    @Context() context: RequestContext,
  ) {
    return this.reads.figures(actorOf(context), filterOf(filter), from, to, by ?? null);
  }

  @Can('permit.edit')
  @Mutation(() => PermitsOpenPayload, { description: 'Opens the permits that the zone\'s list asks of a project and that it does not have yet; by those who have the project since its handoff.' })
  permitsOpen(@Args('input', { description: 'The project.' }) input: PermitsOpenInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const shape = selected(info, 'project');
    return outcome<{ project?: unknown; opened?: number }>(actor.locale, async () => {
      const { projectId, opened } = await this.permits.openAll(actor, { ...input, projectId: idOf('Project', input.projectId) });
      return { project: await this.projects.byId(actor, projectId, shape), opened };
    }, async (id) => ({ project: id ? await this.projects.byId(actor, id, shape) : null }));
  }

  @Can('permit.edit')
  @Mutation(() => PermitPayload, { description: 'Adds a permit to a project; by those who have it since its handoff.' })
  permitAdd(@Args('input', { description: 'The permit.' }) input: PermitAddInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.permits.add(actor, { ...input, projectId: idOf('Project', input.projectId), departmentId: refOf('Department', input.departmentId, 'departmentId'), staffId: refOf('Staff', input.staffId, 'staffId') }));
  }

  @Can('permit.edit')
  @Mutation(() => PermitPayload, { description: 'Changes a permit.' })
  permitEdit(@Args('input', { description: 'The changes.' }) input: PermitEditInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.permits.edit(actor, { ...paper(input), departmentId: refOf('Department', input.departmentId, 'departmentId'), staffId: refOf('Staff', input.staffId, 'staffId') }));
  }

  @Can('permit.edit')
  @Mutation(() => PermitPayload, { description: '无需办理: the project does not need a permit.' })
  permitSkip(@Args('input', { description: 'Which permit, and why.' }) input: PermitSkipInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.permits.skip(actor, local(input)));
  }

  @Can('permit.edit')
  @Mutation(() => PermitPayload, { description: '申报: the application was taken, the clock starts; after a refusal, anew.' })
  permitApply(@Args('input', { description: 'The application.' }) input: PermitApplyInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.acts.apply(actor, paper(input)));
  }

  @Can('permit.edit')
  @Mutation(() => PermitPayload, { description: '补正: more is asked for, the clock stands.' })
  permitSupplement(@Args('input', { description: 'What is asked for.' }) input: PermitSupplementInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.acts.stop(actor, paper(input)));
  }

  @Can('permit.edit')
  @Mutation(() => PermitPayload, { description: '补正完成: the clock goes on.' })
  permitResume(@Args('input', { description: 'Since when.' }) input: PermitResumeInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.acts.resume(actor, paper(input)));
  }

  @Can('permit.edit')
  @Mutation(() => PermitPayload, { description: '办结: granted, with number, term and papers; what was not applied for yet both at once.' })
  permitGrant(@Args('input', { description: 'The grant.' }) input: PermitGrantInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.acts.grant(actor, paper(input)));
  }

  @Can('permit.edit')
  @Mutation(() => PermitPayload, { description: '不予许可: refused, with a reason; it may be applied for again.' })
  permitRefuse(@Args('input', { description: 'The refusal.' }) input: PermitRefuseInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.acts.refuse(actor, paper(input)));
  }

  @Can('permit.edit')
  @Mutation(() => PermitPayload, { description: '承诺兑现: what was promised has followed.' })
  permitPromiseKeep(@Args('input', { description: 'Which permit.' }) input: PermitPromiseKeepInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.acts.keepPromise(actor, paper(input)));
  }

  @Can('permit.edit')
  @Mutation(() => PermitPayload, { description: '撤回: takes the last step of a permit back (a promise kept, a grant or refusal, a stop, an application, 无需办理), with a reason; its story keeps both.' })
  permitReopen(@Args('input', { description: 'Which permit, and why.' }) input: PermitReopenInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.acts.reopen(actor, local(input)));
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ permitId: string }>) {
    const actor = actorOf(context);
    const shape = { version: true as const, ...selected(info, 'permit') };
    return outcome<{ permit?: unknown }>(actor.locale,
      async () => ({ permit: await this.reads.byId(actor, (await work(actor)).permitId, shape) }),
      async (id) => ({ permit: id ? await this.reads.byId(actor, id, shape) : null }));
  }
}

/** What permits add to a project; read together with it. */
@Resolver(() => Project)
export class ProjectPermitsResolver {
  @ResolveField(() => [Permit], { description: '证照手续: what the project needs, in the order of the zone\'s list; empty for who may not read construction.' })
  permits(parent: { permits?: unknown[] }, _args: unknown, context: RequestContext): unknown[] {
    return actorOf(context).permissions.has('construction.read') ? (parent.permits ?? []) : [];
  }

  @ResolveField(() => PermitPlan, { nullable: true, description: 'When its permits can all be granted at the earliest, and what decides it; absent when it has none.' })
  permitPlan(parent: { permitPlan?: unknown }, _args: unknown, context: RequestContext): unknown {
    return actorOf(context).permissions.has('construction.read') ? (parent.permitPlan ?? null) : null;
  }
}

const local = <I extends { permitId: string }>(input: I) => ({ ...input, permitId: idOf('Permit', input.permitId) });
/** A file that is none reads as one that does not exist. */
const paper = <I extends { permitId: string; files?: PermitFileInput[] | null }>(input: I) => ({ ...local(input), files: input.files?.map((f) => ({ ...f, fileId: idOf('StoredFile', f.fileId) })) });

function filterOf(filter: PermitFilter | null): Filter {
  return { ...filter, projectId: filter?.projectId ? idsOf('Project', [filter.projectId])![0] : undefined, departmentIds: idsOf('Department', filter?.departmentIds), staffIds: idsOf('Staff', filter?.staffIds) };
}
