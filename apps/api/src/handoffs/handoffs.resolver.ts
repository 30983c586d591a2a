import { Args, Context, ID, Info, Mutation, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { HandoffDecisionsService, type HandoffFilter as Filter, HandoffPackagesService, HandoffsMissingService, HandoffsService, type MissingFilter } from '@yinfeng/construction';
import { type Actor } from '@yinfeng/platform';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf, idsOf } from '../graphql/ids.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { selected, selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { Project } from '../projects/projects.types.js';
import { HandoffAcceptInput, HandoffItemDecideInput, HandoffReassignInput, HandoffReturnInput, HandoffSubmitInput, HandoffWithdrawInput } from './handoffs.inputs.js';
import { Handoff, HandoffConnection, HandoffDraft, HandoffFilter, HandoffMissingConnection, HandoffMissingFilter, HandoffPayload } from './handoffs.types.js';

@Resolver(() => Handoff)
export class HandoffsResolver {
  constructor(private readonly handoffs: HandoffsService, private readonly decisions: HandoffDecisionsService, private readonly packages: HandoffPackagesService, private readonly missing: HandoffsMissingService) {
    NodeResolver.readers.set('Handoff', (actor, id, shape) => handoffs.byId(actor, id, shape));
  }

  @Can('handoff.read')
  @Query(() => HandoffConnection, { name: 'handoffs', description: 'Handoffs of projects that the caller may see, newest first.' })
  async list(
    @Args('filter', { type: () => HandoffFilter, nullable: true, description: 'Which handoffs.' }) filter: HandoffFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local: Filter = { states: filter?.state, dueBefore: filter?.dueBefore, toDepartmentIds: idsOf('Department', filter?.toDepartmentIds), projectId: filter?.projectId ? idsOf('Project', [filter.projectId])![0] : undefined };
    return connection(await this.handoffs.page(actor, local, page, selectedNodes(info)), () => this.handoffs.count(actor, local));
  }

  @Can('handoff.read')
  @Query(() => HandoffMissingConnection, { description: 'Projects that are signed and were not handed over in time, longest first: those that the caller may see, and those that a department headed by the caller is to receive.' })
  async handoffsMissing(
    @Args('filter', { type: () => HandoffMissingFilter, nullable: true, description: 'Which projects.' }) filter: HandoffMissingFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local: MissingFilter = { why: filter?.why, departmentIds: idsOf('Department', filter?.departmentIds), receiverIds: idsOf('Department', filter?.receiverIds), projectId: filter?.projectId ? idsOf('Project', [filter.projectId])![0] : undefined };
    return connection(await this.missing.page(actor, local, page, selectedNodes(info)), () => this.missing.count(actor, local));
  }

  @Can('handoff.read')
  @Query(() => HandoffDraft, { description: 'What a handoff of a project submitted now would hold.' })
  async handoffDraft(@Args('projectId', { type: () => ID, description: 'The project.' }) projectId: string, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const draft = await this.packages.draft(actorOf(context), idOf('Project', projectId), selected(info, 'items'));
    return { ...draft, toDepartmentId: draft.toDepartmentId ? `Department:${draft.toDepartmentId}` : null };
  }

  @Can('handoff.submit')
  @Mutation(() => HandoffPayload, { description: 'Hands a signed project to a service department.' })
  handoffSubmit(@Args('input', { description: 'What is handed over.' }) input: HandoffSubmitInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const checklist = input.checklist?.map((i) => ({ ...i, fileIds: i.fileIds?.map((id) => idOf('StoredFile', id)) }));
    return this.act(context, info, (actor) => this.handoffs.submit(actor, { ...input, checklist, projectId: idOf('Project', input.projectId), toDepartmentId: idOf('Department', input.toDepartmentId) }));
  }

  @Can('handoff.submit')
  @Mutation(() => HandoffPayload, { description: 'Takes a handoff back before it was decided: whoever submitted it, is in charge of the project or heads the unit that hands over.' })
  handoffWithdraw(@Args('input', { description: 'Which handoff, and why.' }) input: HandoffWithdrawInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.handoffs.withdraw(actor, { ...local(input), reason: input.reason }));
  }

  @Can('handoff.decide')
  @Mutation(() => HandoffPayload, { description: 'Accepts or returns one thing of a handoff, by someone of the receiving department; never by the submitter.' })
  handoffItemDecide(@Args('input', { description: 'Which thing, and what of it.' }) input: HandoffItemDecideInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.decisions.decideItem(actor, { ...input, itemId: idOf('HandoffItem', input.itemId) }));
  }

  @Can('handoff.decide')
  @Mutation(() => HandoffPayload, { description: 'Accepts a handoff, by someone of the receiving department; never by the submitter.' })
  handoffAccept(@Args('input', { description: 'Which handoff.' }) input: HandoffAcceptInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.decisions.accept(actor, { ...local(input), acceptPending: input.acceptPending }));
  }

  @Can('handoff.decide')
  @Mutation(() => HandoffPayload, { description: 'Returns a handoff to its submitter, with a reason.' })
  handoffReturn(@Args('input', { description: 'Which handoff, and why.' }) input: HandoffReturnInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const items = input.items?.map((i) => ({ itemId: idOf('HandoffItem', i.itemId), reason: i.reason }));
    return this.act(context, info, (actor) => this.decisions.return(actor, { ...local(input), reason: input.reason, items }));
  }

  @Can('handoff.decide')
  @Mutation(() => HandoffPayload, { description: 'Passes a handoff on to another service department, by a head of the receiving one. The payload is the new attempt there.' })
  handoffReassign(@Args('input', { description: 'Which handoff, where to, and why.' }) input: HandoffReassignInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.handoffs.reassign(actor, { ...local(input), toDepartmentId: idOf('Department', input.toDepartmentId), reason: input.reason }));
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ handoffId: string }>) {
    const actor = actorOf(context);
    const shape = selected(info, 'handoff');
    const now = (id: string | undefined) => this.handoffs.byId(actor, id ?? null, shape);
    return outcome<{ handoff?: unknown }>(actor.locale, async () => ({ handoff: await now((await work(actor)).handoffId) }), async (id) => ({ handoff: await now(id) }));
  }
}

/** What the handoff adds to a project; it is read together with the project. */
@Resolver(() => Project)
export class ProjectHandoffResolver {
  @ResolveField(() => Handoff, { nullable: true, description: 'The latest handoff; earlier attempts are in its `attempts`.' })
  handoff(parent: { handoff?: unknown }, _args: unknown, context: RequestContext): unknown {
    return actorOf(context).permissions.has('handoff.read') ? (parent.handoff ?? null) : null;
  }
}

const local = (input: { idempotencyKey?: string | null; handoffId: string; expectedVersion: number }) => ({ idempotencyKey: input.idempotencyKey, handoffId: idOf('Handoff', input.handoffId), expectedVersion: input.expectedVersion });
