import { Args, Context, ID, Info, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import { type Actor } from '@yinfeng/platform';
import { projectVisibility } from '@yinfeng/recruitment';
import { ReminderFeed, type ReminderFilter as Filter, ReminderRulesService, RemindersService } from '@yinfeng/reminders';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome, programError } from '../graphql/errors.js';
import { idOf, idsOf } from '../graphql/ids.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { selected, selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { Reminder, ReminderCompleteInput, ReminderConnection, ReminderFilter, ReminderForecast, ReminderPayload, ReminderSnoozeInput } from './reminders.types.js';

@Resolver(() => Reminder)
export class RemindersResolver {
  constructor(private readonly reminders: RemindersService, private readonly feed: ReminderFeed, private readonly rules: ReminderRulesService) {
    NodeResolver.readers.set('Reminder', (actor, id, shape) => reminders.byId(actor, id, shape, projectVisibility));
  }

  @Can('reminder.read')
  @Query(() => ReminderConnection, { name: 'reminders', description: 'The caller\'s own reminders, earliest due first; the open ones when no state is asked for.' })
  async list(
    @Args('filter', { type: () => ReminderFilter, nullable: true, description: 'Which reminders.' }) filter: ReminderFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local: Filter = { states: filter?.state, kinds: filter?.kind, dueBefore: filter?.dueBefore, projectId: filter?.projectId ? idsOf('Project', [filter.projectId])![0] : undefined, muted: filter?.muted ?? undefined };
    return connection(await this.reminders.page(actor, local, page, selectedNodes(info), projectVisibility), () => this.reminders.count(actor, local, projectVisibility));
  }

  @Can('reminder.read')
  @Query(() => [ReminderForecast], { nullable: true, description: 'What of a project will remind whom, and when: what is due by now under the rules that count today (policy reminderRules), a year ahead, the earliest first, 200 at most. null for a project that the caller does not see.' })
  reminderForecast(@Args('projectId', { type: () => ID, description: 'The project.' }) projectId: string, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.rules.forecast(actorOf(context), idOf('Project', projectId), selected(info), projectVisibility);
  }

  @Can('reminder.act')
  @Mutation(() => ReminderPayload, { description: 'Marks a reminder as done.' })
  reminderComplete(@Args('input', { description: 'Which reminder.' }) input: ReminderCompleteInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.reminders.complete(actor, local(input)));
  }

  @Can('reminder.act')
  @Mutation(() => ReminderPayload, { description: 'Puts a reminder off to 09:00 of a later working day.' })
  reminderSnooze(@Args('input', { description: 'Which reminder, and until when.' }) input: ReminderSnoozeInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.reminders.snooze(actor, { ...local(input), until: input.until, preset: input.preset }));
  }

  /** Read anew for each event, by its recipient: what is done or out of sight meanwhile comes as null. */
  @Can('reminder.read')
  @Subscription(() => Reminder, {
    nullable: true,
    description: 'The caller\'s reminders as they come into the inbox, within about two seconds; a hint beside `reminders`, which is the record.',
    resolve(this: RemindersResolver, reminderId: string, _args: unknown, context: RequestContext, info: GraphQLResolveInfo) {
      return this.reminders.byId(actorOf(context), reminderId, selected(info), projectVisibility);
    },
  })
  reminderDelivered(@Context() context: RequestContext) {
    const { staffId, locale } = actorOf(context);
    if (!staffId) throw programError('FORBIDDEN', locale);
    return this.feed.of(staffId);
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ reminderId: string }>) {
    const actor = actorOf(context);
    const shape = selected(info, 'reminder');
    const now = (id: string | undefined) => this.reminders.byId(actor, id ?? null, shape, projectVisibility);
    return outcome<{ reminder?: unknown }>(actor.locale, async () => ({ reminder: await now((await work(actor)).reminderId) }), async (id) => ({ reminder: await now(id) }));
  }
}

const local = (input: ReminderCompleteInput) => ({ idempotencyKey: input.idempotencyKey, reminderId: idOf('Reminder', input.reminderId), expectedVersion: input.expectedVersion });
