import { Args, Context, Info, Mutation, Query, Resolver } from '@nestjs/graphql';
import { CalendarFeedsService } from '@yinfeng/reminders';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf } from '../graphql/ids.js';
import { selected } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { CalendarFeed, CalendarFeedCreateInput, CalendarFeedPayload, CalendarFeedRevokeInput } from './calendar-feeds.types.js';

@Resolver(() => CalendarFeed)
export class CalendarFeedsResolver {
  constructor(private readonly feeds: CalendarFeedsService) {
    NodeResolver.readers.set('CalendarFeed', (actor, id, shape) => feeds.byId(actor, id, shape));
  }

  @Can('reminder.read')
  @Query(() => [CalendarFeed], { description: 'The caller\'s own calendar feeds, at most five.' })
  calendarFeeds(@Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.feeds.list(actorOf(context), selected(info));
  }

  @Can('reminder.act')
  @Mutation(() => CalendarFeedPayload, { description: 'Makes a calendar feed of what is due to the caller; its path is told once.' })
  calendarFeedCreate(@Args('input', { description: 'What to call it.' }) input: CalendarFeedCreateInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    return outcome<{ feed?: unknown; path?: string | null }>(actor.locale, async () => {
      const { feedId, path } = await this.feeds.create(actor, input);
      return { path, feed: await this.feeds.byId(actor, feedId, selected(info, 'feed')) };
    });
  }

  @Can('reminder.act')
  @Mutation(() => CalendarFeedPayload, { description: 'Revokes a calendar feed: from now on its address leads nowhere.' })
  calendarFeedRevoke(@Args('input', { description: 'Which feed.' }) input: CalendarFeedRevokeInput, @Context() context: RequestContext) {
    const actor = actorOf(context);
    return outcome<{ feed?: unknown }>(actor.locale, async () => {
      await this.feeds.revoke(actor, { ...input, feedId: idOf('CalendarFeed', input.feedId) });
      return { feed: null };
    });
  }
}
