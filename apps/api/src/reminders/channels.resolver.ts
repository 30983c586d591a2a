import { Args, Context, Info, Mutation, Query, Resolver } from '@nestjs/graphql';
import { type Actor } from '@yinfeng/platform';
import { ChannelEndpointsService, DeliveriesService, type DeliveryFilter as Filter, ReminderSettingsService } from '@yinfeng/reminders';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf, idsOf } from '../graphql/ids.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { selected, selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import {
  ChannelEndpoint, ChannelEndpointAddInput, ChannelEndpointEditInput, ChannelEndpointPayload, ChannelEndpointRemoveInput, ChannelEndpointTestInput, DeliveryConnection, DeliveryFilter, DeliveryPayload, DeliveryRepeatInput, DeliverySettleInput,
  ReminderAddressCodeInput, ReminderAddressVerifyInput, ReminderSettings, ReminderSettingsPayload, ReminderSettingsSetInput,
} from './channels.types.js';

/** Each person's own settings. */
@Resolver(() => ReminderSettings)
export class ReminderSettingsResolver {
  constructor(private readonly settings: ReminderSettingsService) {}

  @Can('reminder.read')
  @Query(() => ReminderSettings, { description: 'How the caller is told of reminders beyond the inbox.' })
  reminderSettings(@Context() context: RequestContext) {
    return this.settings.read(actorOf(context));
  }

  @Can('reminder.act')
  @Mutation(() => ReminderSettingsPayload, { description: 'Changes the caller\'s own settings.' })
  reminderSettingsSet(@Args('input', { description: 'What changes.' }) input: ReminderSettingsSetInput, @Context() context: RequestContext) {
    return this.act(context, (actor) => this.settings.set(actor, input));
  }

  @Can('reminder.act')
  @Mutation(() => ReminderSettingsPayload, { description: 'Sends a code to the address on record, at most five a day.' })
  reminderAddressCode(@Args('input', { description: 'For which settings.' }) input: ReminderAddressCodeInput, @Context() context: RequestContext) {
    return this.act(context, (actor) => this.settings.askCode(actor, input));
  }

  @Can('reminder.act')
  @Mutation(() => ReminderSettingsPayload, { description: 'Shows by its code that an address is the caller\'s; mails are on from then on.' })
  reminderAddressVerify(@Args('input', { description: 'The code.' }) input: ReminderAddressVerifyInput, @Context() context: RequestContext) {
    return this.act(context, (actor) => this.settings.verify(actor, input));
  }

  private act(context: RequestContext, work: (actor: Actor) => Promise<void>) {
    const actor = actorOf(context);
    const now = async () => ({ settings: await this.settings.read(actor) });
    return outcome<{ settings?: unknown }>(actor.locale, async () => {
      await work(actor);
      return now();
    }, now);
  }
}

/** The robots of a zone, and the log of all messages. */
@Resolver(() => ChannelEndpoint)
export class ChannelsResolver {
  constructor(private readonly endpoints: ChannelEndpointsService, private readonly deliveries: DeliveriesService) {
    NodeResolver.readers.set('ChannelEndpoint', (actor, id, shape) => endpoints.byId(actor, id, shape));
    NodeResolver.readers.set('Delivery', (actor, id, shape) => deliveries.byId(actor, id, shape));
  }

  @Can('zone.manage')
  @Query(() => [ChannelEndpoint], { description: 'The group robots of the zone, at most fifty.' })
  channelEndpoints(@Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.endpoints.list(actorOf(context), selected(info));
  }

  @Can('zone.manage')
  @Mutation(() => ChannelEndpointPayload, { description: 'Adds a group robot.' })
  channelEndpointAdd(@Args('input', { description: 'Which robot.' }) input: ChannelEndpointAddInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.endpoints.add(actor, { ...input, departmentIds: input.departmentIds?.map((id) => idOf('Department', id)) }));
  }

  @Can('zone.manage')
  @Mutation(() => ChannelEndpointPayload, { description: 'Changes a robot, or switches it on or off.' })
  channelEndpointEdit(@Args('input', { description: 'What changes.' }) input: ChannelEndpointEditInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.endpoints.edit(actor, { ...input, endpointId: idOf('ChannelEndpoint', input.endpointId), departmentIds: input.departmentIds?.map((id) => idOf('Department', id)) }));
  }

  @Can('zone.manage')
  @Mutation(() => ChannelEndpointPayload, { description: 'Removes a robot; what waits for it is not sent.' })
  channelEndpointRemove(@Args('input', { description: 'Which robot.' }) input: ChannelEndpointRemoveInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.endpoints.remove(actor, { ...input, endpointId: idOf('ChannelEndpoint', input.endpointId) }));
  }

  @Can('zone.manage')
  @Mutation(() => DeliveryPayload, { description: 'Lets a robot say that it works; how it went is in the message.' })
  channelEndpointTest(@Args('input', { description: 'Which robot.' }) input: ChannelEndpointTestInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.onDelivery(context, info, (actor) => this.endpoints.test(actor, { ...input, endpointId: idOf('ChannelEndpoint', input.endpointId) }));
  }

  @Can('self.read')
  @Query(() => DeliveryConnection, { name: 'deliveries', description: 'The log of messages, newest first: the caller\'s own; the zone\'s for who manages it.' })
  async list(
    @Args('filter', { type: () => DeliveryFilter, nullable: true, description: 'Which messages.' }) filter: DeliveryFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local: Filter = { states: filter?.state, channels: filter?.channel, own: filter?.own, endpointId: filter?.endpointId ? idsOf('ChannelEndpoint', [filter.endpointId])![0] : undefined };
    return connection(await this.deliveries.page(actor, local, page, selectedNodes(info)), () => this.deliveries.count(actor, local));
  }

  @Can('self.read')
  @Mutation(() => DeliveryPayload, { description: 'Sends a dead or doubtful message again: one\'s own, or any of the zone by who manages it.' })
  deliveryRepeat(@Args('input', { description: 'Which message.' }) input: DeliveryRepeatInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.onDelivery(context, info, (actor) => this.deliveries.repeat(actor, { ...input, deliveryId: idOf('Delivery', input.deliveryId) }));
  }

  @Can('self.read')
  @Mutation(() => DeliveryPayload, { description: 'Closes a message in doubt that was seen to have arrived, or takes that back: one\'s own, or any of the zone by who manages it.' })
  deliverySettle(@Args('input', { description: 'Which message, and how one knows.' }) input: DeliverySettleInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.onDelivery(context, info, (actor) => this.deliveries.settle(actor, { ...input, deliveryId: idOf('Delivery', input.deliveryId) }));
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ endpointId: string }>) {
    const actor = actorOf(context);
    const shape = selected(info, 'endpoint');
    const now = (id: string | undefined) => this.endpoints.byId(actor, id ?? null, shape);
    return outcome<{ endpoint?: unknown }>(actor.locale, async () => ({ endpoint: await now((await work(actor)).endpointId) }), async (id) => ({ endpoint: await now(id) }));
  }

  private onDelivery(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ deliveryId: string }>) {
    const actor = actorOf(context);
    const shape = selected(info, 'delivery');
    const now = (id: string | undefined) => this.deliveries.byId(actor, id ?? null, shape);
    return outcome<{ delivery?: unknown }>(actor.locale, async () => ({ delivery: await now((await work(actor)).deliveryId) }), async (id) => ({ delivery: await now(id) }));
  }
}

