import { Args, Context, Info, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { type Actor, localId } from '@yinfeng/platform';
import { ProjectsService, SigningsService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { PlainFact } from '../graphql/fact.js';
import { idOf, idsOf, refOf } from '../graphql/ids.js';
import { loader } from '../graphql/loaders.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { selected, selectedNodes } from '../graphql/selection.js';
import { Project } from '../projects/projects.types.js';
import { Signing, SigningConnection, SigningConversion, SigningEditInput, SigningFilter, SigningPayload, SigningRecordInput, SigningVoidInput } from './signings.types.js';

@Resolver(() => Project)
export class SigningsResolver {
  constructor(private readonly signings: SigningsService, private readonly projects: ProjectsService) {}

  @Can('signing.read')
  @Query(() => SigningConnection, { name: 'signings', description: 'Signings of projects that the caller may see, latest first.' })
  async list(
    @Args('filter', { type: () => SigningFilter, nullable: true, description: 'Which signings.' }) filter: SigningFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local = { ...filter, projectId: filter?.projectId ? idsOf('Project', [filter.projectId])![0]! : undefined };
    return connection(await this.signings.page(actor, local, page, selectedNodes(info)), () => this.signings.count(actor, local));
  }

  @Can('signing.read')
  @Query(() => SigningConversion, { description: 'Frameworks and letters of intent signed in a period, and how many have become contracts (协议项目→合同项目).' })
  signingConversion(
    @Args('from', { type: () => DateScalar, description: 'First Shanghai day.' }) from: string,
    @Args('to', { type: () => DateScalar, description: 'Last Shanghai day, included.' }) to: string, @Context() context: RequestContext,
  ) {
    return this.signings.conversion(actorOf(context), from, to);
  }

  @Can('signing.record')
  @Mutation(() => SigningPayload, { description: 'Records an agreement with its evidence.' })
  signingRecord(@Args('input', { description: 'The signing.' }) input: SigningRecordInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.signings.record(actor, { ...input, projectId: idOf('Project', input.projectId), ...this.references(input) }));
  }

  @Can('signing.record')
  @Mutation(() => SigningPayload, { description: 'Corrects an agreement; what it said before stays in the audit.' })
  signingEdit(@Args('input', { description: 'The corrections.' }) input: SigningEditInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.signings.edit(actor, { ...input, signingId: idOf('Signing', input.signingId), ...this.references(input) }));
  }

  @Can('signing.record')
  @Mutation(() => SigningPayload, { description: 'Takes an agreement out of account, with a reason; its row and files stay.' })
  signingVoid(@Args('input', { description: 'Which, and why.' }) input: SigningVoidInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.signings.void(actor, { ...input, signingId: idOf('Signing', input.signingId) }));
  }

  private references(input: { fulfilsId?: string | null; mainId?: string | null; agreementFileIds?: string[] | null }) {
    return {
      fulfilsId: refOf('Signing', input.fulfilsId, 'fulfilsId'), mainId: refOf('Signing', input.mainId, 'mainId'),
      agreementFileIds: input.agreementFileIds?.map((id) => idOf('StoredFile', id)),
    };
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ signingId: string; projectId: string }>) {
    const actor = actorOf(context);
    const shape = selected(info, 'signing');
    return outcome<{ signing?: unknown; project?: unknown }>(actor.locale, async () => {
      const done = await work(actor);
      return { signing: await this.signings.byId(actor, done.signingId, shape), project: await this.projects.byId(actor, done.projectId, selected(info, 'project')) };
    }, async (id) => ({ signing: id ? await this.signings.byId(actor, id, shape) : null }));
  }

  @PlainFact()
  @ResolveField('signings', () => [Signing], { description: 'Agreements, oldest first.' })
  ofProject(parent: { signings?: unknown[] }) {
    return parent.signings ?? [];
  }
}

@Resolver(() => Signing)
export class SigningCountsResolver {
  constructor(private readonly signings: SigningsService) {}

  @ResolveField(() => Boolean, { description: 'The project is counted by this agreement: the first that stands, of a kind that counts in this zone.' })
  async counts(@Parent() parent: { id: string }, @Context() context: RequestContext): Promise<boolean> {
    return (await loader<string, boolean>(context, 'signing.counts', async (ids) => {
      const counting = await this.signings.counting(actorOf(context), ids);
      return ids.map((id) => counting.has(id));
    }).load(localId('Signing', parent.id)!)) ?? false;
  }
}
