import { Args, Context, ID, Info, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { type Actor, globalId, localId } from '@yinfeng/platform';
import { ProjectsService, type TargetFilter as Filter, type TargetNode, TargetListsService, TargetsService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { demandFound, idOf, idsOf, refOf } from '../graphql/ids.js';
import { loader } from '../graphql/loaders.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { selected, selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { Project } from '../projects/projects.types.js';
import {
  TargetAddInput, TargetAddPayload, TargetAssignInput, TargetAssignPayload, TargetEnterprise, TargetEnterpriseConnection, TargetFilter, TargetList, TargetListArchiveInput, TargetListConnection, TargetListCreateInput,
  TargetListEditInput, TargetListFilter, TargetListPayload, TargetPayload, TargetUpdateInput,
} from './targets.types.js';

@Resolver(() => TargetList)
class TargetListsResolver {
  constructor(private readonly lists: TargetListsService, private readonly work: TargetsService) {
    NodeResolver.readers.set('TargetList', (actor, id, shape) => lists.byId(actor, id, shape));
    NodeResolver.readers.set('TargetEnterprise', async (actor, id, shape) => (await lists.targets(actor, 'id', [id], shape))[0] ?? null);
  }

  @Can('enterprise.read')
  @Query(() => TargetListConnection, { description: 'Lists of target enterprises that the caller may see, newest first.' })
  async targetLists(
    @Args('filter', { type: () => TargetListFilter, nullable: true, description: 'Which lists; those in use when absent.' }) filter: TargetListFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    return connection(await this.lists.page(actor, { ...filter }, page, selectedNodes(info)), () => this.lists.count(actor, { ...filter }));
  }

  @Can('enterprise.read')
  @Query(() => TargetList, { nullable: true, description: 'One list; NOT_FOUND when there is none that the caller may see.' })
  async targetList(@Args('id', { type: () => ID, description: 'Global id.' }) id: string, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return demandFound(await this.lists.byId(actorOf(context), idOf('TargetList', id), selected(info)));
  }

  @Can('target.edit')
  @Mutation(() => TargetListPayload, { description: 'Makes a list of target enterprises.' })
  targetListCreate(@Args('input', { description: 'The list.' }) input: TargetListCreateInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.lists.create(actor, { ...input, departmentId: refOf('Department', input.departmentId, 'departmentId') }));
  }

  @Can('target.edit')
  @Mutation(() => TargetListPayload, { description: 'Changes a list of target enterprises.' })
  targetListEdit(@Args('input', { description: 'The changes.' }) input: TargetListEditInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.lists.edit(actor, { ...input, listId: idOf('TargetList', input.listId), departmentId: refOf('Department', input.departmentId, 'departmentId') }));
  }

  @Can('target.edit')
  @Mutation(() => TargetListPayload, { description: 'Puts a list aside, or takes it back; its targets stay as they are.' })
  targetListArchive(@Args('input', { description: 'Which list.' }) input: TargetListArchiveInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.lists.archive(actor, { ...input, listId: idOf('TargetList', input.listId) }));
  }

  @Can('target.edit')
  @Mutation(() => TargetAddPayload, { description: 'Puts enterprises on a list, also pasted by the hundred; none twice.' })
  targetAdd(@Args('input', { description: 'Which enterprises.' }) input: TargetAddInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const shape = selected(info, 'list');
    const now = (id: string | undefined) => this.lists.byId(actor, id ?? null, shape);
    return outcome<{ list?: unknown; added?: number; items: unknown[] }>(actor.locale, async () => {
      const done = await this.work.add(actor, {
        ...input, listId: idOf('TargetList', input.listId),
        // An id that is none names nothing: it is refused like an enterprise out of sight.
        items: input.items?.map((i) => ({ ...i, enterpriseId: i.enterpriseId == null ? null : (idOf('Enterprise', i.enterpriseId) ?? '00000000-0000-0000-0000-000000000000') })),
      });
      return { list: await now(done.listId), added: done.added, items: done.items.map((i) => ({ ...i, targetId: i.targetId && globalId('TargetEnterprise', i.targetId) })) };
    }, async (id) => ({ list: await now(id), items: [] }));
  }

  @ResolveField('targets', () => TargetEnterpriseConnection, { description: 'Enterprises on the list, by priority.' })
  async ofList(
    @Parent() parent: { id: string }, @Args('filter', { type: () => TargetFilter, nullable: true, description: 'Which targets.' }) filter: TargetFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const shape = selectedNodes(info);
    const local: Filter = { ...filter, assigneeIds: idsOf('Staff', filter?.assigneeIds) };
    const found = await loader(context, `targets:${JSON.stringify([page.first, page.after, local, shape])}`, async (ids: readonly string[]) => {
      const of = await this.lists.targetsOf(actorOf(context), ids, local, page, shape);
      return ids.map((id) => of.get(id) ?? null);
    }).load(localId('TargetList', parent.id)!);
    const { total, ...rest } = found ?? { total: 0, nodes: [], cursors: [], hasNextPage: false, hasPreviousPage: false };
    return connection(rest, total);
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ listId: string }>) {
    const actor = actorOf(context);
    const shape = selected(info, 'list');
    const now = (id: string | undefined) => this.lists.byId(actor, id ?? null, shape);
    return outcome<{ list?: unknown }>(actor.locale, async () => ({ list: await now((await work(actor)).listId) }), async (id) => ({ list: await now(id) }));
  }
}

@Resolver(() => TargetEnterprise)
class TargetEnterprisesResolver {
  constructor(private readonly lists: TargetListsService, private readonly targets: TargetsService, private readonly projects: ProjectsService) {}

  @Can('target.edit')
  @Mutation(() => TargetAssignPayload, { description: 'Gives targets to a person. Who judges leads gives them to anybody; others take what is free or give their own back.' })
  targetAssign(@Args('input', { description: 'Which, and to whom.' }) input: TargetAssignInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    return outcome<{ targets: unknown[] }>(actor.locale, async () => {
      const { targetIds } = await this.targets.assign(actor, {
        idempotencyKey: input.idempotencyKey, assigneeId: refOf('Staff', input.assigneeId, 'assigneeId') ?? null,
        targets: input.targets.map((t) => ({ targetId: idOf('TargetEnterprise', t.targetId), expectedVersion: t.expectedVersion })),
      });
      return { targets: await this.lists.targets(actor, 'id', targetIds, selected(info, 'targets')) };
    }, () => ({ targets: [] }));
  }

  @Can('target.edit')
  @Mutation(() => TargetPayload, { description: 'Changes a target: how far it is, how much it matters, why.' })
  targetUpdate(@Args('input', { description: 'The changes.' }) input: TargetUpdateInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const shape = selected(info, 'target');
    const now = async (id: string | undefined) => (id ? ((await this.lists.targets(actor, 'id', [id], shape))[0] ?? null) : null);
    return outcome<{ target?: unknown }>(actor.locale,
      async () => ({ target: await now((await this.targets.update(actor, { ...input, targetId: idOf('TargetEnterprise', input.targetId) })).targetId) }),
      async (id) => ({ target: await now(id) }));
  }

  @ResolveField(() => Project, { nullable: true, description: 'The lead that came of it, if the caller may see it.' })
  async project(@Parent() parent: TargetNode, _args: unknown, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    if (!parent.projectKey) return null;
    const shape = selected(info);
    return loader(context, `target.project:${JSON.stringify(shape)}`, async (ids: readonly string[]) => {
      const of = await this.projects.byIds(actorOf(context), ids, shape);
      return ids.map((id) => of.get(id) ?? null);
    }).load(parent.projectKey);
  }
}

@Resolver(() => Project)
class ProjectTargetsResolver {
  constructor(private readonly lists: TargetListsService) {}

  @ResolveField(() => [TargetEnterprise], { description: 'The targets that became this project, on lists that the caller may see.' })
  async targets(@Parent() parent: { id: string }, _args: unknown, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const shape = selected(info);
    return loader(context, `project.targets:${JSON.stringify(shape)}`, async (ids: readonly string[]) => {
      const all = await this.lists.targets(actorOf(context), 'project_id', ids, shape);
      return ids.map((id) => all.filter((t) => t.projectKey === id));
    }).load(localId('Project', parent.id)!);
  }
}

export const TARGET_RESOLVERS = [TargetListsResolver, TargetEnterprisesResolver, ProjectTargetsResolver];
