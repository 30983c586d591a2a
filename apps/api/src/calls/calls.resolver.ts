import { Args, Context, Info, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { type CallDimension, type CallFigure, type CallFilter, CallLinksService, CallReads, CallsService, ProblemListService } from '@yinfeng/construction';
import { type Actor, localId, Refusal } from '@yinfeng/platform';
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
  type ServiceCallAct, ServiceCallCloseInput, ServiceCallEscalateInput, ServiceCallFilter, ServiceCallLinkCreateInput, ServiceCallLinkRevokeInput, ServiceCallProgressInput, ServiceCallPublishInput, ServiceCallRaiseInput, ServiceCallRateInput,
  ServiceCallReopenInput, ServiceCallReportInInput, ServiceCallResolveInput, ServiceCallTransferInput, ServiceCallUnpublishInput, ServiceCallWithdrawInput,
} from './calls.inputs.js';
import { PublicProblem, PublicProblemConnection, ServiceCall, ServiceCallConnection, ServiceCallDimensionEnum, ServiceCallFigure, ServiceCallFigures, ServiceCallLink, ServiceCallLinkPayload, ServiceCallPayload, ServiceCallType } from './calls.types.js';

const INPUT = { description: 'Which call, and what.' };

@Resolver(() => ServiceCall)
export class CallsResolver {
  constructor(private readonly calls: CallsService, private readonly reads: CallReads) {
    NodeResolver.readers.set('ServiceCall', (a, id, s) => reads.byId(a, id, s));
  }

  @Can('construction.read')
  @Query(() => ServiceCallConnection, { name: 'serviceCalls', description: '吹哨诉求 of projects that the caller may see, newest first.' })
  async list(
    @Args('filter', { type: () => ServiceCallFilter, nullable: true, description: 'Which calls.' }) filter: ServiceCallFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const { state: states, ...rest } = filter ?? {};
    const local: CallFilter = { ...rest, states, leadDepartmentIds: idsOf('Department', filter?.leadDepartmentIds), projectId: filter?.projectId ? idsOf('Project', [filter.projectId])![0] : undefined };
    return connection(await this.reads.page(actor, local, page, selectedNodes(info)), () => this.reads.count(actor, local));
  }

  @Can('construction.read')
  @Query(() => [ServiceCallType], { description: 'What can be called for.' })
  serviceCallTypes(@Context() context: RequestContext) {
    return this.reads.types(actorOf(context));
  }

  @Can('construction.read')
  @Query(() => ServiceCallFigures, { description: 'Raised, solved, on time, rated, 满意率, from one day to another, both included; each number lists its rows.' })
  serviceCallFigures(
    @Args('from', { type: () => DateScalar, description: 'First day.' }) from: string, @Args('to', { type: () => DateScalar, description: 'Last day.' }) to: string,
    @Args('by', { type: () => ServiceCallDimensionEnum, nullable: true, description: 'Told apart by what; not when absent.' }) by: CallDimension | null, @Context() context: RequestContext,
  ) {
    return this.reads.figures(actorOf(context), from, to, by ?? null);
  }

  @Can('call.raise')
  @Mutation(() => ServiceCallPayload, { description: '吹哨: calls the departments of its type to a project.' })
  serviceCallRaise(@Args('input', { description: 'The problem.' }) input: ServiceCallRaiseInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.calls.raise(actor, {
      ...input, projectId: idOf('Project', input.projectId), contactId: refOf('Contact', input.contactId, 'contactId'), leadDepartmentId: refOf('Department', input.leadDepartmentId, 'leadDepartmentId'),
      helperIds: refsOf('Department', input.helperIds, 'helperIds'), fileIds: refsOf('StoredFile', input.fileIds, 'fileIds'),
    }));
  }

  @Can('call.handle')
  @Mutation(() => ServiceCallPayload, { description: '报到: somebody of the department takes the call in charge.' })
  serviceCallReportIn(@Args('input', INPUT) input: ServiceCallReportInInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.calls.reportIn(actor, { ...local(input), inChargeId: refOf('Staff', input.inChargeId, 'inChargeId') }));
  }

  @Can('call.handle')
  @Mutation(() => ServiceCallPayload, { description: 'Says what is being done.' })
  serviceCallProgress(@Args('input', INPUT) input: ServiceCallProgressInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.calls.progress(actor, { ...local(input), fileIds: refsOf('StoredFile', input.fileIds, 'fileIds') }));
  }

  @Can('call.handle')
  @Mutation(() => ServiceCallPayload, { description: '转办: to another department, with a reason; it has to report in anew.' })
  serviceCallTransfer(@Args('input', INPUT) input: ServiceCallTransferInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.calls.transfer(actor, { ...local(input), leadDepartmentId: idOf('Department', input.leadDepartmentId), helperIds: refsOf('Department', input.helperIds, 'helperIds') }));
  }

  @Can('call.handle')
  @Mutation(() => ServiceCallPayload, { description: '办结: with what was done.' })
  serviceCallResolve(@Args('input', INPUT) input: ServiceCallResolveInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.calls.resolve(actor, { ...local(input), fileIds: refsOf('StoredFile', input.fileIds, 'fileIds') }));
  }

  @Can('call.raise')
  @Mutation(() => ServiceCallPayload, { description: 'Opens a solved, closed or withdrawn call again: a new round with new clocks.' })
  serviceCallReopen(@Args('input', INPUT) input: ServiceCallReopenInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.calls.reopen(actor, local(input)));
  }

  @Can('call.raise')
  @Mutation(() => ServiceCallPayload, { description: 'Takes an open call one step up the ladder, before its day.' })
  serviceCallEscalate(@Args('input', INPUT) input: ServiceCallEscalateInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.calls.escalate(actor, local(input)));
  }

  @Can('call.raise')
  @Mutation(() => ServiceCallPayload, { description: 'Rates a solved call and closes it; by whoever raised it, never by whoever solved it.' })
  serviceCallRate(@Args('input', INPUT) input: ServiceCallRateInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.calls.rate(actor, local(input)));
  }

  @Can('call.handle')
  @Mutation(() => ServiceCallPayload, { description: 'Closes a solved call that nobody rated in the time for it.' })
  serviceCallClose(@Args('input', INPUT) input: ServiceCallCloseInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.calls.close(actor, local(input)));
  }

  @Can('call.raise')
  @Mutation(() => ServiceCallPayload, { description: 'Takes an open call back, with a reason; by whoever raised it.' })
  serviceCallWithdraw(@Args('input', INPUT) input: ServiceCallWithdrawInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.calls.withdraw(actor, local(input)));
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ callId: string }>) {
    return callAct(this.reads, context, info, work);
  }
}

@Resolver(() => PublicProblem)
export class ProblemListResolver {
  constructor(private readonly problems: ProblemListService, private readonly reads: CallReads) {
    NodeResolver.readers.set('PublicProblem', (a, id, s) => problems.byId(a, id, s));
  }

  @Can('construction.read')
  @Query(() => PublicProblemConnection, { description: '挂牌问题清单: calls that leaders listed; everybody of the zone reads them, without seeing the projects.' })
  async problemList(
    @Args('solved', { type: () => Boolean, nullable: true, description: 'Solved ones too; only open ones when absent.' }) solved: boolean | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    return connection(await this.problems.page(actor, !solved, page, selectedNodes(info)), () => this.problems.count(actor, !solved));
  }

  @Can('escalation.issue')
  @Mutation(() => ServiceCallPayload, { description: '挂牌: lists an open call for all of the zone, with a reason.' })
  serviceCallPublish(@Args('input', INPUT) input: ServiceCallPublishInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return callAct(this.reads, context, info, (actor) => this.problems.publish(actor, local(input)));
  }

  @Can('escalation.issue')
  @Mutation(() => ServiceCallPayload, { description: '摘牌: takes it off the list, with a reason.' })
  serviceCallUnpublish(@Args('input', INPUT) input: ServiceCallUnpublishInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return callAct(this.reads, context, info, (actor) => this.problems.unpublish(actor, local(input)));
  }
}

@Resolver(() => ServiceCallLink)
export class CallLinksResolver {
  constructor(private readonly links: CallLinksService) {
    NodeResolver.readers.set('ServiceCallLink', (a, id, s) => links.byId(a, id, s));
  }

  @Can('call.raise')
  @Mutation(() => ServiceCallLinkPayload, { description: 'Makes an address by which an enterprise raises one call without an account, or follows one.' })
  serviceCallLinkCreate(@Args('input', { description: 'For which project, for how long.' }) input: ServiceCallLinkCreateInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    return outcome<{ link?: unknown; path?: string | null }>(actor.locale, async () => {
      const { linkId, path } = await this.links.create(actor, { ...input, projectId: idOf('Project', input.projectId), contactId: refOf('Contact', input.contactId, 'contactId'), serviceCallId: refOf('ServiceCall', input.serviceCallId, 'serviceCallId') });
      return { link: await this.links.byId(actor, linkId, selected(info, 'link')), path };
    });
  }

  @Can('call.raise')
  @Mutation(() => ServiceCallLinkPayload, { description: 'Ends a link that was not used.' })
  serviceCallLinkRevoke(@Args('input', { description: 'Which link.' }) input: ServiceCallLinkRevokeInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const now = async (id: string | undefined) => ({ link: id ? await this.links.byId(actor, id, selected(info, 'link')) : null });
    return outcome<{ link?: unknown }>(actor.locale, async () => now((await this.links.revoke(actor, { ...input, linkId: idOf('ServiceCallLink', input.linkId) })).linkId), now);
  }
}

/** What calls add to a project; read together with it. */
@Resolver(() => Project)
export class ProjectCallsResolver {
  @ResolveField(() => [ServiceCall], { description: '吹哨诉求, the 50 newest; all of them by `serviceCalls(filter: { projectId })`.' })
  serviceCalls(parent: { serviceCalls?: unknown[] }, _args: unknown, context: RequestContext): unknown[] {
    return actorOf(context).permissions.has('construction.read') ? (parent.serviceCalls ?? []) : [];
  }

  @ResolveField(() => [ServiceCallLink], { description: 'Links that were given to enterprises, the 50 newest.' })
  serviceCallLinks(parent: { serviceCallLinks?: unknown[] }, _args: unknown, context: RequestContext): unknown[] {
    return actorOf(context).permissions.has('construction.read') ? (parent.serviceCallLinks ?? []) : [];
  }
}

@Resolver(() => ServiceCallFigure)
export class CallFiguresResolver {
  constructor(private readonly reads: CallReads) {}

  @ResolveField(() => ServiceCallConnection, { description: 'Exactly the calls that it counts, newest first.' })
  async calls(@Parent() figure: CallFigure, @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return connection(await this.reads.page(actorOf(context), figure.filter, page, selectedNodes(info)), figure.count);
  }
}

export const CALL_RESOLVERS = [CallsResolver, ProblemListResolver, CallLinksResolver, ProjectCallsResolver, CallFiguresResolver];

function callAct(reads: CallReads, context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ callId: string }>) {
  const actor = actorOf(context);
  const shape = selected(info, 'serviceCall');
  const now = (id: string | undefined) => reads.byId(actor, id ?? null, shape);
  return outcome<{ serviceCall?: unknown }>(actor.locale, async () => ({ serviceCall: await now((await work(actor)).callId) }), async (id) => ({ serviceCall: await now(id) }));
}

const local = <I extends ServiceCallAct>(input: I) => ({ ...input, serviceCallId: idOf('ServiceCall', input.serviceCallId) });

/** @throws Refusal UNKNOWN_REFERENCE naming the field. */
function refsOf(type: string, ids: string[] | null | undefined, field: string): string[] | undefined {
  return ids?.map((id) => {
    const uuid = localId(type, id);
    if (!uuid) throw new Refusal('UNKNOWN_REFERENCE', [field], { field, value: id.slice(0, 60) });
    return uuid;
  });
}
