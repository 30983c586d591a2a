import { Args, Context, Info, Mutation, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { type HandoffFilter as Filter, HandoffsService } from '@yinfeng/construction';
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
import { Handoff, HandoffAcceptInput, HandoffConnection, HandoffFilter, HandoffPayload, HandoffReturnInput, HandoffSubmitInput } from './handoffs.types.js';

@Resolver(() => Handoff)
export class HandoffsResolver {
  constructor(private readonly handoffs: HandoffsService) {
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

  @Can('handoff.submit')
  @Mutation(() => HandoffPayload, { description: 'Hands a signed project to a service department.' })
  handoffSubmit(@Args('input', { description: 'What is handed over.' }) input: HandoffSubmitInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.handoffs.submit(actor, { ...input, projectId: idOf('Project', input.projectId), toDepartmentId: idOf('Department', input.toDepartmentId) }));
  }

  @Can('handoff.decide')
  @Mutation(() => HandoffPayload, { description: 'Accepts a handoff, by someone of the receiving department; never by the submitter.' })
  handoffAccept(@Args('input', { description: 'Which handoff.' }) input: HandoffAcceptInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.handoffs.accept(actor, local(input)));
  }

  @Can('handoff.decide')
  @Mutation(() => HandoffPayload, { description: 'Returns a handoff to its submitter, with a reason.' })
  handoffReturn(@Args('input', { description: 'Which handoff, and why.' }) input: HandoffReturnInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.handoffs.return(actor, { ...local(input), reason: input.reason }));
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
  @ResolveField(() => Handoff, { nullable: true, description: 'The latest handoff; earlier attempts are in `handoffs`.' })
  handoff(parent: { handoff?: unknown }, _args: unknown, context: RequestContext): unknown {
    return actorOf(context).permissions.has('handoff.read') ? (parent.handoff ?? null) : null;
  }
}

const local = (input: HandoffAcceptInput) => ({ idempotencyKey: input.idempotencyKey, handoffId: idOf('Handoff', input.handoffId), expectedVersion: input.expectedVersion });
