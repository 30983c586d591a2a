import { Args, Context, Info, Mutation, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Actor } from '@yinfeng/platform';
import { CommitmentsService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { PlainFact } from '../graphql/fact.js';
import { idOf, idsOf, refOf } from '../graphql/ids.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { selected, selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { Project } from '../projects/projects.types.js';
import { Commitment, CommitmentAddInput, CommitmentConnection, CommitmentEditInput, CommitmentFilter, CommitmentPayload, CommitmentReviewInput, CommitmentSettleInput } from './commitments.types.js';

@Resolver(() => Project)
export class CommitmentsResolver {
  constructor(private readonly service: CommitmentsService) {
    NodeResolver.readers.set('Commitment', (a, id, s) => service.byId(a, id, s));
  }

  @Can('project.read')
  @Query(() => CommitmentConnection, { name: 'commitments', description: 'What was promised, of projects that the caller may see; newest first.' })
  async list(
    @Args('filter', { type: () => CommitmentFilter, nullable: true, description: 'Which commitments.' }) filter: CommitmentFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local = { ...filter, projectId: filter?.projectId ? idsOf('Project', [filter.projectId])![0]! : undefined };
    return connection(await this.service.page(actor, local, page, selectedNodes(info)), () => this.service.count(actor, local));
  }

  @Can('commitment.edit')
  @Mutation(() => CommitmentPayload, { description: 'Puts a promise of either side on record.' })
  commitmentAdd(@Args('input', { description: 'The promise.' }) input: CommitmentAddInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.add(actor, { ...input, projectId: idOf('Project', input.projectId), signingId: refOf('Signing', input.signingId, 'signingId') }));
  }

  @Can('commitment.edit')
  @Mutation(() => CommitmentPayload, { description: 'Changes an open commitment; what changes in substance is reviewed anew.' })
  commitmentEdit(@Args('input', { description: 'The changes.' }) input: CommitmentEditInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.edit(actor, { ...input, commitmentId: idOf('Commitment', input.commitmentId), signingId: refOf('Signing', input.signingId, 'signingId') }));
  }

  @Can('commitment.review')
  @Mutation(() => CommitmentPayload, { description: '公平竞争审查 of a commitment; never by who wrote it.' })
  commitmentReview(@Args('input', { description: 'The review.' }) input: CommitmentReviewInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.review(actor, { ...input, commitmentId: idOf('Commitment', input.commitmentId) }));
  }

  @Can('commitment.edit')
  @Mutation(() => CommitmentPayload, { description: 'Says that a commitment was kept, broken or waived, or opens it again.' })
  commitmentSettle(@Args('input', { description: 'The settlement.' }) input: CommitmentSettleInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.settle(actor, { ...input, commitmentId: idOf('Commitment', input.commitmentId), fileId: refOf('StoredFile', input.fileId, 'fileId') }));
  }

  @PlainFact()
  @ResolveField('commitments', () => [Commitment], { description: 'What both sides promised, nearest day first.' })
  ofProject(parent: { commitments?: unknown[] }) {
    return parent.commitments ?? [];
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ commitmentId: string }>) {
    const actor = actorOf(context);
    const shape = { version: true as const, ...selected(info, 'commitment') };
    return outcome<{ commitment?: unknown }>(actor.locale,
      async () => ({ commitment: await this.service.byId(actor, (await work(actor)).commitmentId, shape) }),
      async (id) => ({ commitment: id ? await this.service.byId(actor, id, shape) : null }));
  }
}
