import { Args, Context, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import { CalendarAdmin } from '@yinfeng/platform';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { WorkingCalendarImportInput, WorkingCalendarImportPayload, WorkingCalendarYear } from './working-calendar.types.js';

@Resolver()
export class WorkingCalendarResolver {
  constructor(private readonly calendar: CalendarAdmin) {}

  @Can('self.read')
  @Query(() => WorkingCalendarYear, { nullable: true, description: 'The working calendar of a year; null when it is not published here, and dates that need it are refused.' })
  workingCalendar(@Args('year', { type: () => Int, description: 'The year.' }) year: number, @Context() context: RequestContext) {
    return this.calendar.year(actorOf(context), year);
  }

  @Can('calendar.import')
  @Mutation(() => WorkingCalendarImportPayload, { description: 'Publishes the holiday arrangement of a year for the whole installation.' })
  workingCalendarImport(@Args('input', { description: 'The arrangement.' }) input: WorkingCalendarImportInput, @Context() context: RequestContext) {
    const actor = actorOf(context);
    return outcome<{ calendar?: unknown }>(actor.locale, async () => ({ calendar: await this.calendar.year(actor, (await this.calendar.publish(actor, input)).year) }));
  }
}
