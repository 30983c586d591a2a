import { Args, Context, Info, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { localId } from '@yinfeng/platform';
import { DelegationsService, VisitEditsService, type VisitDimension, VisitFiguresService, type VisitFilter as LocalFilter, VisitsService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf, refOf } from '../graphql/ids.js';
import { loader } from '../graphql/loaders.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { selected, selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { Project } from '../projects/projects.types.js';
import { Delegation, DelegationConnection, DelegationCreateInput, DelegationEditInput, DelegationFilter, DelegationPayload, EventYieldInput, VisitBindInput, VisitCounts, VisitDimensionEnum, VisitEditInput, VisitFigures, VisitUnbindInput } from './delegations.types.js';
import { localVisitFilter } from './visits.resolver.js';
import { Visit, VisitConnection, VisitFilter, VisitPayload } from './visits.types.js';

type Ids = { hostDepartmentId?: string | null; memberIds?: string[] | null; reportFileId?: string | null };
const local = <T extends Ids>(input: T) => ({
  ...input, hostDepartmentId: refOf('Department', input.hostDepartmentId, 'hostDepartmentId'), reportFileId: refOf('StoredFile', input.reportFileId, 'reportFileId'), memberIds: input.memberIds?.map((id) => refOf('Staff', id, 'memberIds') ?? null),
});
/** null says as little as nothing where a value is always there. */
const present = <T extends object>(input: T, ...keys: (keyof T)[]): T => Object.fromEntries(Object.entries(input).filter(([k, v]) => v !== null || !keys.includes(k as keyof T))) as T;

@Resolver(() => Delegation)
export class DelegationsResolver {
  constructor(private readonly delegations: DelegationsService, private readonly visits: VisitsService, private readonly edits: VisitEditsService, private readonly figures: VisitFiguresService) {
    NodeResolver.readers.set('Delegation', (actor, id, shape) => delegations.byId(actor, id, shape));
  }

  @Can('visit.read')
  @Query(() => DelegationConnection, { name: 'delegations', description: 'Trips, receptions and events: those one made or goes along on, those of one\'s unit for heads, all for leaders.' })
  async list(
    @Args('filter', { type: () => DelegationFilter, nullable: true, description: 'Which delegations.' }) filter: DelegationFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    return connection(await this.delegations.page(actor, filter ?? {}, page, selectedNodes(info)), () => this.delegations.count(actor, filter ?? {}));
  }

  @Can('visit.read')
  @Query(() => VisitFigures, { description: '批次, 人次, 新增, 领导带队 over the visits that the caller may see.' })
  visitFigures(
    @Args('filter', { type: () => VisitFilter, nullable: true, description: 'Which visits.' }) filter: VisitFilter | null,
    @Args('by', { type: () => VisitDimensionEnum, nullable: true, description: 'Also apart by this.' }) by: VisitDimension | null,
    @Context() context: RequestContext,
  ) {
    return this.figures.count(actorOf(context), localVisitFilter(filter), by);
  }

  @Can('delegation.edit')
  @Mutation(() => DelegationPayload, { description: 'Opens a delegation; visits are logged to it by visitLog(delegationId).' })
  delegationCreate(@Args('input', { description: 'The delegation.' }) input: DelegationCreateInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.acted(context, info, (actor) => this.delegations.create(actor, local(input)));
  }

  @Can('delegation.edit')
  @Mutation(() => DelegationPayload, { description: 'Changes a delegation, closes it or opens it again.' })
  delegationEdit(@Args('input', { description: 'The changes.' }) input: DelegationEditInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.acted(context, info, (actor) => this.delegations.edit(actor, { ...local(present(input, 'name', 'fromOn', 'toOn', 'memberIds')), delegationId: idOf('Delegation', input.delegationId) }));
  }

  @Can('delegation.edit')
  @Mutation(() => DelegationPayload, { description: 'Counts a lead or a signing to an event: to one event only.' })
  eventYieldAdd(@Args('input', { description: 'What it brought.' }) input: EventYieldInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.acted(context, info, (actor) => this.delegations.addYield(actor, yielded(input)));
  }

  @Can('delegation.edit')
  @Mutation(() => DelegationPayload, { description: 'Takes a lead or a signing out of the count of an event.' })
  eventYieldRemove(@Args('input', { description: 'What it did not bring.' }) input: EventYieldInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.acted(context, info, (actor) => this.delegations.removeYield(actor, yielded(input)));
  }

  @Can('visit.log')
  @Mutation(() => VisitPayload, { description: 'Binds a visit that was logged without a project to one; the project follows as if it had been logged there.' })
  visitBind(@Args('input', { description: 'Visit and project.' }) input: VisitBindInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.changed(context, info, (actor) => this.edits.bind(actor, { ...input, visitId: idOf('Visit', input.visitId), projectId: idOf('Project', input.projectId) }));
  }

  @Can('visit.log')
  @Mutation(() => VisitPayload, { description: 'Takes a binding back while it is fresh.' })
  visitUnbind(@Args('input', { description: 'The visit.' }) input: VisitUnbindInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.changed(context, info, (actor) => this.edits.unbind(actor, { ...input, visitId: idOf('Visit', input.visitId) }));
  }

  @Can('visit.log')
  @Mutation(() => VisitPayload, { description: 'Puts one\'s own visit right while it is fresh; old and new stay in the audit.' })
  visitEdit(@Args('input', { description: 'The changes.' }) input: VisitEditInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.changed(context, info, (actor) => this.edits.edit(actor, { ...present(input, 'direction', 'visitedOn', 'content'), visitId: idOf('Visit', input.visitId) }));
  }

  @ResolveField(() => VisitConnection, { name: 'visits', description: 'Its visits that the caller may see, latest first.' })
  async ofDelegation(@Parent() parent: { id: string }, @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const filter: LocalFilter = { delegationId: localId('Delegation', parent.id) };
    return connection(await this.visits.page(actor, filter, page, selectedNodes(info)), () => this.visits.count(actor, filter));
  }

  @ResolveField(() => VisitCounts, { description: 'What its visits come to, over those that the caller may see.' })
  async counts(@Parent() parent: { id: string }, @Context() context: RequestContext) {
    return (await this.figures.count(actorOf(context), { delegationId: localId('Delegation', parent.id) }, null)).total;
  }

  private acted(context: RequestContext, info: GraphQLResolveInfo, work: (actor: ReturnType<typeof actorOf>) => Promise<{ delegationId: string }>) {
    const actor = actorOf(context);
    const shape = selected(info, 'delegation');
    return outcome<{ delegation?: unknown }>(actor.locale, async () => ({ delegation: await this.delegations.byId(actor, (await work(actor)).delegationId, shape) }), async (id) => ({ delegation: await this.delegations.byId(actor, id ?? null, shape) }));
  }

  private changed(context: RequestContext, info: GraphQLResolveInfo, work: (actor: ReturnType<typeof actorOf>) => Promise<{ visitId: string }>) {
    const actor = actorOf(context);
    const shape = selected(info, 'visit');
    return outcome<{ visit?: unknown }>(actor.locale, async () => ({ visit: await this.visits.byId(actor, (await work(actor)).visitId, shape) }), async (id) => ({ visit: await this.visits.byId(actor, id ?? null, shape) }));
  }
}

const yielded = (input: EventYieldInput) => ({
  ...input, delegationId: idOf('Delegation', input.delegationId), projectId: input.projectId == null ? undefined : idOf('Project', input.projectId), signingId: input.signingId == null ? undefined : idOf('Signing', input.signingId),
});

@Resolver(() => Visit)
export class VisitSuggestionsResolver {
  constructor(private readonly edits: VisitEditsService) {}

  @ResolveField(() => [Project], { description: 'For a visit without a project: up to five projects of the same enterprise that the caller may see; visitBind binds it.' })
  async suggestedProjects(@Parent() visit: { id: string }, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const shape = selected(info);
    return loader(context, `suggested:${JSON.stringify(shape)}`, async (ids: readonly string[]) => {
      const of = await this.edits.suggestions(actorOf(context), ids, shape);
      return ids.map((id) => of.get(id) ?? []);
    }).load(localId('Visit', visit.id)!);
  }
}
