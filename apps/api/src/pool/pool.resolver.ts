import { Args, Context, Info, Mutation, Query, Resolver } from '@nestjs/graphql';
import { type Actor } from '@yinfeng/platform';
import { PoolService, ProjectsService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf, refOf } from '../graphql/ids.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { mergeShapes, selected, selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { ProjectPayload } from '../projects/projects.types.js';
import { PoolAssignInput, PoolClaimInput, PoolEntry, PoolEntryConnection, PoolFilter } from './pool.types.js';

@Resolver(() => PoolEntry)
export class PoolResolver {
  constructor(private readonly pool: PoolService, private readonly projects: ProjectsService) {
    NodeResolver.readers.set('PoolEntry', (actor, id, shape) => pool.byId(actor, id, shape));
  }

  @Can('pool.read')
  @Query(() => PoolEntryConnection, { name: 'pool', description: '公海: projects that may be claimed, latest released first.' })
  async list(
    @Args('filter', { type: () => PoolFilter, nullable: true, description: 'Which projects.' }) filter: PoolFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    return connection(await this.pool.page(actor, filter ?? {}, page, selectedNodes(info)), () => this.pool.count(actor, filter ?? {}));
  }

  @Can('pool.claim')
  @Mutation(() => ProjectPayload, { description: 'Takes a project out of the pool: exactly one of those who try gets it.' })
  poolClaim(@Args('input', { description: 'Which stay in the pool.' }) input: PoolClaimInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.pool.claim(actor, { ...input, entryId: idOf('PoolEntry', input.entryId) }));
  }

  @Can('project.assign')
  @Mutation(() => ProjectPayload, { description: 'Gives a pooled project to somebody of the own unit.' })
  poolAssign(@Args('input', { description: 'Which stay in the pool, and to whom.' }) input: PoolAssignInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.pool.assign(actor, { ...input, entryId: idOf('PoolEntry', input.entryId), staffId: refOf('Staff', input.staffId, 'staffId') ?? null }));
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ projectId: string }>) {
    const actor = actorOf(context);
    const shape = mergeShapes({ version: true }, selected(info, 'project'));
    return outcome<{ project?: unknown }>(actor.locale, async () => ({ project: await this.projects.byId(actor, (await work(actor)).projectId, shape) }), () => ({ project: null }));
  }
}
