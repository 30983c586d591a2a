import { Args, Context, Info, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { ReminderEscalationsService, WeeklyEscalationsService, type WeeklyFigure } from '@yinfeng/construction';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf, idsOf } from '../graphql/ids.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { selected, selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { Project } from '../projects/projects.types.js';
import { ReminderEscalation, ReminderEscalationAnswerInput, ReminderEscalationConnection, ReminderEscalationFilter, ReminderEscalationPayload, WeeklyEscalation, WeeklyEscalationConnection, WeeklyEscalationFigure, WeeklyEscalationFilter } from './escalation.types.js';

type Label = { zh: string; en: string } | { code: string };
const LEVELS: Record<string, { zh: string; en: string }> = { GROUP_LEADER: { zh: '组长', en: 'group leader' }, UNIT_HEAD: { zh: '部门负责人', en: 'head of the unit' }, ZONE_LEADER: { zh: '区领导', en: 'leader of the zone' } };
const said = (label: Label, context: RequestContext) => ('code' in label ? (LEVELS[label.code] ?? { zh: label.code, en: label.code }) : label)[actorOf(context).locale];
const WEEK = 'Any Shanghai day of the week, Monday to Sunday.';
const local = (filter: WeeklyEscalationFilter | null) => ({ ...filter, departmentId: filter?.departmentId ? idsOf('Department', [filter.departmentId])![0] : undefined, projectId: filter?.projectId ? idsOf('Project', [filter.projectId])![0] : undefined });

@Resolver(() => ReminderEscalation)
export class ReminderEscalationsResolver {
  constructor(private readonly service: ReminderEscalationsService) {
    NodeResolver.readers.set('ReminderEscalation', (a, id, s) => service.byId(a, id, s));
  }

  @Can('reminder.read')
  @Query(() => ReminderEscalationConnection, { name: 'reminderEscalations', description: 'Reminders that went up because nobody acted on them, as far as the caller sees them, newest first.' })
  async list(
    @Args('filter', { type: () => ReminderEscalationFilter, nullable: true, description: 'Which steps.' }) filter: ReminderEscalationFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const asked = { ...filter, projectId: filter?.projectId ? idsOf('Project', [filter.projectId])![0] : undefined };
    return connection(await this.service.page(actor, asked, page, selectedNodes(info)), () => this.service.count(actor, asked));
  }

  @Can('reminder.act')
  @Mutation(() => ReminderEscalationPayload, { description: 'Says what comes of a reminder that went up: noted, a new day, or taken over; by whom it names, or by who may issue escalations.' })
  reminderEscalationAnswer(@Args('input', { description: 'What comes of it.' }) input: ReminderEscalationAnswerInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const shape = { version: true as const, ...selected(info, 'reminderEscalation') };
    return outcome<{ reminderEscalation?: unknown }>(actor.locale,
      async () => ({ reminderEscalation: await this.service.byId(actor, (await this.service.answer(actor, { ...input, reminderEscalationId: idOf('ReminderEscalation', input.reminderEscalationId) })).reminderEscalationId, shape) }),
      async (id) => ({ reminderEscalation: id ? await this.service.byId(actor, id, shape) : null }));
  }
}

@Resolver(() => WeeklyEscalation)
export class WeeklyEscalationsResolver {
  constructor(private readonly service: WeeklyEscalationsService) {}

  @Can('construction.read')
  @Query(() => WeeklyEscalationConnection, { name: 'weeklyEscalations', description: 'What was escalated in a week, by lights, by persons and by reminders that nobody acted on, as far as the caller sees it; the newest first.' })
  async list(
    @Args('week', { type: () => DateScalar, description: WEEK }) week: string,
    @Args('filter', { type: () => WeeklyEscalationFilter, nullable: true, description: 'Which of them.' }) filter: WeeklyEscalationFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const question = this.service.question(week, local(filter));
    return connection(await this.service.page(actor, question, page, selectedNodes(info)), () => this.service.count(actor, question));
  }

  @Can('construction.read')
  @Query(() => [WeeklyEscalationFigure], { description: 'The same by source, step and unit, most first, at most 200 rows; each number is exactly its rows.' })
  weeklyEscalationCounts(
    @Args('week', { type: () => DateScalar, description: WEEK }) week: string,
    @Args('filter', { type: () => WeeklyEscalationFilter, nullable: true, description: 'Which of them.' }) filter: WeeklyEscalationFilter | null,
    @Context() context: RequestContext,
  ) {
    return this.service.figures(actorOf(context), week, local(filter));
  }

  @ResolveField(() => String, { description: 'The step, in the language of the caller.' })
  label(@Parent() row: { label: Label }, @Context() context: RequestContext) { return said(row.label, context); }
}

@Resolver(() => WeeklyEscalationFigure)
export class WeeklyEscalationFigureResolver {
  constructor(private readonly service: WeeklyEscalationsService) {}

  @ResolveField(() => String, { description: 'The step, in the language of the caller.' })
  label(@Parent() figure: WeeklyFigure, @Context() context: RequestContext) { return said(figure.label, context); }

  @ResolveField(() => WeeklyEscalationConnection, { description: 'Exactly those counted, the newest first.' })
  async escalations(@Parent() figure: WeeklyFigure, @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    return connection(await this.service.page(actor, figure.question, page, selectedNodes(info)), () => this.service.count(actor, figure.question));
  }
}

/** What went up of a project's reminders; read together with it. */
@Resolver(() => Project)
export class ProjectEscalationsResolver {
  @ResolveField(() => [ReminderEscalation], { description: 'Reminders about it that went up and are not settled, newest first.' })
  reminderEscalations(@Parent() project: { reminderEscalations?: unknown[] }, @Context() context: RequestContext) {
    return actorOf(context).permissions.has('reminder.read') ? (project.reminderEscalations ?? []) : [];
  }
}
