import { Args, Context, Info, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { EnterpriseEditsService, type EnterpriseDone, EnterprisesService, type EnterpriseGroup as Group } from '@yinfeng/enterprises';
import { type Actor, localId } from '@yinfeng/platform';
import { enterpriseVisibility, partyWall } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf } from '../graphql/ids.js';
import { loader } from '../graphql/loaders.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { mergeShapes, selected, selectedNodes } from '../graphql/selection.js';
import { EnterpriseCreateInput, EnterpriseEditInput, EnterpriseFactRecordInput, EnterpriseFilter, EnterpriseSetParentInput, InvestorProfileSetInput } from './enterprises.inputs.js';
import { Enterprise, EnterpriseConnection, EnterpriseGroup, EnterprisePayload } from './enterprises.types.js';

@Resolver(() => Enterprise)
export class EnterprisesResolver {
  constructor(private readonly service: EnterprisesService, private readonly edits: EnterpriseEditsService) {}

  @Can('enterprise.read')
  @Query(() => EnterpriseConnection, { name: 'enterprises', description: 'Enterprises of the projects that the caller may see, newest first.' })
  async list(
    @Args('filter', { type: () => EnterpriseFilter, nullable: true, description: 'Which enterprises.' }) filter: EnterpriseFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const visible = (params: unknown[]) => enterpriseVisibility(actor, 'e', params);
    return connection(await this.service.page(actor, filter ?? {}, page, selectedNodes(info), visible), () => this.service.count(actor, filter ?? {}, visible));
  }

  @Can('enterprise.edit')
  @Mutation(() => EnterprisePayload, { description: 'Puts an enterprise on record; a credit code that is on record already is refused.' })
  enterpriseCreate(@Args('input', { description: 'The enterprise.' }) input: EnterpriseCreateInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.edits.create(actor, input, partyWall(actor)));
  }

  @Can('enterprise.edit')
  @Mutation(() => EnterprisePayload, { description: 'Corrects or completes an enterprise; a former name stays findable by search and import.' })
  enterpriseEdit(@Args('input', { description: 'The changes.' }) input: EnterpriseEditInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.edits.edit(actor, { ...input, enterpriseId: idOf('Enterprise', input.enterpriseId) }, partyWall(actor)));
  }

  @Can('enterprise.edit')
  @Mutation(() => EnterprisePayload, { description: 'Puts an enterprise below another, or takes it out of its group. Circles and more than ten levels are refused.' })
  enterpriseSetParent(@Args('input', { description: 'The place.' }) input: EnterpriseSetParentInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const parentId = input.parentId == null ? null : (idOf('Enterprise', input.parentId) ?? undefined);
    return this.act(context, info, (actor) => this.edits.setParent(actor, { ...input, enterpriseId: idOf('Enterprise', input.enterpriseId), parentId }, partyWall(actor)));
  }

  @Can('enterprise.edit')
  @Mutation(() => EnterprisePayload, { description: 'Notes what an outside source says of an enterprise, with its source and day.' })
  enterpriseFactRecord(@Args('input', { description: 'The fact.' }) input: EnterpriseFactRecordInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.edits.recordFact(actor, { ...input, enterpriseId: idOf('Enterprise', input.enterpriseId) }, partyWall(actor)));
  }

  @Can('enterprise.edit')
  @Mutation(() => EnterprisePayload, { description: 'Sets what an investor looks for.' })
  investorProfileSet(@Args('input', { description: 'The profile.' }) input: InvestorProfileSetInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.edits.setInvestorProfile(actor, { ...input, enterpriseId: idOf('Enterprise', input.enterpriseId) }, partyWall(actor)));
  }

  @ResolveField(() => Enterprise, { nullable: true, description: 'The enterprise directly above, if the caller may see it.' })
  async parent(@Parent() parent: { id: string }, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const shape = selected(info);
    return loader(context, `enterprise.parent:${JSON.stringify(shape)}`, async (ids: readonly string[]) => {
      const of = await this.service.parents(actor, ids, shape, partyWall(actor));
      return ids.map((id) => of.get(id) ?? null);
    }).load(localId('Enterprise', parent.id)!);
  }

  @ResolveField(() => [Enterprise], { description: 'The enterprises directly below that the caller may see, by name; at most 200.' })
  async children(@Parent() parent: { id: string }, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const shape = selected(info);
    return (await loader(context, `enterprise.children:${JSON.stringify(shape)}`, async (ids: readonly string[]) => {
      const of = await this.service.children(actor, ids, shape, partyWall(actor));
      return ids.map((id) => of.get(id) ?? []);
    }).load(localId('Enterprise', parent.id)!)) ?? [];
  }

  @ResolveField(() => EnterpriseGroup, { description: 'The whole group, and its projects counted together.' })
  async group(@Parent() parent: { id: string }, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const shapes = { root: selected(info, 'root'), members: selected(info, 'members') };
    return loader<string, Group>(context, `enterprise.group:${JSON.stringify(shapes)}`, async (ids) => {
      const of = await this.service.groups(actor, ids, shapes, partyWall(actor));
      return ids.map((id) => of.get(id) ?? null);
    }).load(localId('Enterprise', parent.id)!);
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<EnterpriseDone>) {
    const actor = actorOf(context);
    const shape = mergeShapes({ version: true }, selected(info, 'enterprise'));
    const read = (id: string) => this.service.byId(actor, id, shape, (params) => enterpriseVisibility(actor, 'e', params));
    return outcome<{ enterprise?: unknown; warnings: unknown[] }>(actor.locale, async () => {
      const done = await work(actor);
      return { enterprise: await read(done.enterpriseId), warnings: done.warnings };
    }, async (id) => ({ enterprise: id ? await read(id) : null, warnings: [] }));
  }
}
