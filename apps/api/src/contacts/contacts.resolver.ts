import { Args, Context, Info, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { type Actor, localId } from '@yinfeng/platform';
import { ContactsService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Enterprise } from '../enterprises/enterprises.types.js';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf, idsOf } from '../graphql/ids.js';
import { loader } from '../graphql/loaders.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { mergeShapes, selected, selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { Project } from '../projects/projects.types.js';
import { Contact, ContactArchiveInput, ContactConnection, ContactCreateInput, ContactEditInput, ContactFilter, ContactPayload, ContactRevealInput, ContactRevealPayload } from './contacts.types.js';

/** The contacts of many records at once: one statement for all of them. */
function ofRecords(service: ContactsService, type: 'Project' | 'Enterprise', parent: { id: string }, context: RequestContext, info: GraphQLResolveInfo): Promise<object[] | null> {
  const shape = selected(info);
  return loader<string, object[]>(context, `${type}.contacts:${JSON.stringify(shape)}`, async (ids) => {
    const of = await service.of(actorOf(context), type === 'Project' ? 'project_id' : 'enterprise_id', ids, shape);
    return ids.map((id) => of.get(id) ?? []);
  }).load(localId(type, parent.id)!);
}

@Resolver(() => Contact)
export class ContactsResolver {
  constructor(private readonly service: ContactsService) {
    NodeResolver.readers.set('Contact', (actor, id, shape) => service.byId(actor, id, shape));
  }

  @Can('contact.read')
  @Query(() => ContactConnection, { name: 'contacts', description: 'Contacts of the projects and enterprises that the caller may see, newest first.' })
  async list(
    @Args('filter', { type: () => ContactFilter, nullable: true, description: 'Which contacts.' }) filter: ContactFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local = { ...filter, projectId: filter?.projectId ? idsOf('Project', [filter.projectId])![0]! : undefined, enterpriseId: filter?.enterpriseId ? idsOf('Enterprise', [filter.enterpriseId])![0]! : undefined };
    return connection(await this.service.page(actor, local, page, selectedNodes(info)), () => this.service.count(actor, local));
  }

  @Can('contact.edit')
  @Mutation(() => ContactPayload, { description: 'Puts a person on record; somebody here by the same phone is proposed to be completed instead.' })
  contactCreate(@Args('input', { description: 'The contact.' }) input: ContactCreateInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.create(actor, { ...input, projectId: input.projectId == null ? undefined : idOf('Project', input.projectId), enterpriseId: input.enterpriseId == null ? undefined : idOf('Enterprise', input.enterpriseId) }));
  }

  @Can('contact.edit')
  @Mutation(() => ContactPayload, { description: 'Corrects or completes a contact.' })
  contactEdit(@Args('input', { description: 'The changes.' }) input: ContactEditInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.edit(actor, { ...input, contactId: idOf('Contact', input.contactId) }));
  }

  @Can('contact.edit')
  @Mutation(() => ContactPayload, { description: 'Takes a contact out of the lists, or back into them.' })
  contactArchive(@Args('input', { description: 'The contact.' }) input: ContactArchiveInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.archive(actor, { ...input, contactId: idOf('Contact', input.contactId) }));
  }

  @Can('contact.reveal')
  @Mutation(() => ContactRevealPayload, { description: 'Shows the whole phones and accounts of a contact: an act on record with its reason, so many a day (policy contactMasking).' })
  contactReveal(@Args('input', { description: 'The contact and why.' }) input: ContactRevealInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    return outcome<{ contact?: unknown; phones: string[]; emails: string[] }>(actor.locale, async () => {
      const { contactId, ...values } = await this.service.reveal(actor, { ...input, contactId: idOf('Contact', input.contactId) });
      return { ...values, contact: await this.service.byId(actor, contactId, selected(info, 'contact')) };
    }, () => ({ phones: [], emails: [] }));
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ contactId: string }>) {
    const actor = actorOf(context);
    const shape = mergeShapes({ version: true }, selected(info, 'contact'));
    return outcome<{ contact?: unknown }>(actor.locale,
      async () => ({ contact: await this.service.byId(actor, (await work(actor)).contactId, shape) }),
      async (id) => ({ contact: id ? await this.service.byId(actor, id, shape) : null }));
  }
}

@Resolver(() => Project)
export class ProjectContactsResolver {
  constructor(private readonly service: ContactsService) {}

  @ResolveField(() => [Contact], { description: 'Its contacts, oldest first; at most 100, all of them by contacts(filter).' })
  contacts(@Parent() parent: { id: string }, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return ofRecords(this.service, 'Project', parent, context, info);
  }
}

@Resolver(() => Enterprise)
export class EnterpriseContactsResolver {
  constructor(private readonly service: ContactsService) {}

  @ResolveField(() => [Contact], { description: 'Its contacts that the caller may see, oldest first; at most 100, all of them by contacts(filter).' })
  contacts(@Parent() parent: { id: string }, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return ofRecords(this.service, 'Enterprise', parent, context, info);
  }
}
