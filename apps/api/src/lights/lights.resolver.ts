import { Args, Context, ID, Info, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { EscalationsService, type LightFigure as Figure, type LightMeasure, LightsService, measured } from '@yinfeng/construction';
import { type Actor } from '@yinfeng/platform';
import { ProjectsService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf, idsOf, refOf } from '../graphql/ids.js';
import { connection, ForwardPageArgs, PageArgs } from '../graphql/relay.js';
import { selected, selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { Project, ProjectConnection } from '../projects/projects.types.js';
import { Escalation, EscalationAnswerInput, EscalationCloseInput, EscalationConnection, EscalationFilter, EscalationIssueInput, EscalationPayload, LightFigure, LightNext, ProjectLight, ProjectLightConnection } from './lights.types.js';

type Words = { zh: string; en: string };
const said = (words: Words, context: RequestContext) => words[actorOf(context).locale];
const CALLER = 'in the language of the caller.';

@Resolver(() => ProjectLight)
export class LightsResolver {
  constructor(private readonly service: LightsService) {
    NodeResolver.readers.set('ProjectLight', (a, id, s) => service.byId(a, id, s));
  }

  @Can('construction.read')
  @Query(() => [LightFigure], { description: '看板: how many active projects that the caller may see show which light, by rule and by who has to act; the darkest first, at most 200 rows.' })
  lightBoard(@Context() context: RequestContext) {
    const actor = actorOf(context);
    return this.service.board(actor, actor.locale);
  }

  @Can('construction.read')
  @Query(() => ProjectLightConnection, { description: 'Every turn of the lights of a project, newest first.' })
  async lightTurns(@Args('projectId', { type: () => ID, description: 'The project.' }) projectId: string, @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const id = idOf('Project', projectId);
    return connection(await this.service.turns(actor, id, page, selectedNodes(info)), () => this.service.turnCount(actor, id));
  }

  @ResolveField(() => String, { description: `The rule, ${CALLER}` })
  label(@Parent() light: { label: Words }, @Context() context: RequestContext) { return said(light.label, context); }
  @ResolveField(() => String, { description: `What this light means by this rule in the zone, ${CALLER}` })
  meaning(@Parent() light: { meaning: Words }, @Context() context: RequestContext) { return said(light.meaning, context); }
  @ResolveField(() => String, { description: `How much today with its unit, ${CALLER}` })
  measured(@Parent() light: { measured: { measure: LightMeasure; value: string } }, @Context() context: RequestContext) { return measured(light.measured.measure, light.measured.value, actorOf(context).locale); }
}

@Resolver(() => LightNext)
export class LightNextResolver {
  @ResolveField(() => String, { description: `The step: 提醒, 约谈, 督办, …, ${CALLER}` })
  label(@Parent() next: { label: Words }, @Context() context: RequestContext) { return said(next.label, context); }
}

@Resolver(() => LightFigure)
export class LightFigureResolver {
  constructor(private readonly rows: ProjectsService) {}

  @ResolveField(() => ProjectConnection, { description: 'Exactly the projects counted, newest record first.' })
  async projects(@Parent() figure: Figure, @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    return connection(await this.rows.page(actor, {}, 'NEWEST', page, selectedNodes(info), figure.condition), () => this.rows.count(actor, {}, figure.condition));
  }
}

@Resolver(() => Escalation)
export class EscalationsResolver {
  constructor(private readonly service: EscalationsService) {
    NodeResolver.readers.set('Escalation', (a, id, s) => service.byId(a, id, s));
  }

  @Can('construction.read')
  @Query(() => EscalationConnection, { name: 'escalations', description: 'Notices, talks and supervisions of projects that the caller may see, newest first.' })
  async list(
    @Args('filter', { type: () => EscalationFilter, nullable: true, description: 'Which escalations.' }) filter: EscalationFilter | null,
    @Args() page: PageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local = { ...filter, projectId: filter?.projectId ? idsOf('Project', [filter.projectId])![0] : undefined, toStaffIds: idsOf('Staff', filter?.toStaffIds) };
    return connection(await this.service.page(actor, local, page, selectedNodes(info)), () => this.service.count(actor, local));
  }

  @Can('escalation.issue')
  @Mutation(() => EscalationPayload, { description: 'Takes a step of the ladder by hand.' })
  escalationIssue(@Args('input', { description: 'Which step, and who has to act.' }) input: EscalationIssueInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.issue(actor, { ...input, projectId: idOf('Project', input.projectId), toStaffId: idOf('Staff', input.toStaffId) }));
  }

  @Can('construction.read')
  @Mutation(() => EscalationPayload, { description: 'Says what was done; by whom the escalation names, or by somebody who may issue one.' })
  escalationAnswer(@Args('input', { description: 'What was done.' }) input: EscalationAnswerInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.answer(actor, { ...input, escalationId: idOf('Escalation', input.escalationId), fileId: refOf('StoredFile', input.fileId, 'fileId') }));
  }

  @Can('escalation.issue')
  @Mutation(() => EscalationPayload, { description: 'Ends an escalation with a reason, though its light may still show.' })
  escalationClose(@Args('input', { description: 'Which, and why.' }) input: EscalationCloseInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.close(actor, { ...input, escalationId: idOf('Escalation', input.escalationId) }));
  }

  @ResolveField(() => String, { description: `The step, ${CALLER}` })
  label(@Parent() escalation: { label: Words }, @Context() context: RequestContext) { return said(escalation.label, context); }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ escalationId: string }>) {
    const actor = actorOf(context);
    const shape = { version: true as const, ...selected(info, 'escalation') };
    return outcome<{ escalation?: unknown }>(actor.locale,
      async () => ({ escalation: await this.service.byId(actor, (await work(actor)).escalationId, shape) }),
      async (id) => ({ escalation: id ? await this.service.byId(actor, id, shape) : null }));
  }
}

/** What the rules add to a project; read together with it. */
@Resolver(() => Project)
export class ProjectLightsResolver {
  @ResolveField(() => [ProjectLight], { description: 'Lights that the zone\'s rules show of it now, the darkest first; `light` is the worst of these and of its silence.' })
  lights(@Parent() project: { lights?: unknown[] }, @Context() context: RequestContext) {
    return actorOf(context).permissions.has('construction.read') ? (project.lights ?? []) : [];
  }

  @ResolveField(() => [Escalation], { description: 'Notices, talks and supervisions of it, newest first.' })
  escalations(@Parent() project: { escalations?: unknown[] }, @Context() context: RequestContext) {
    return actorOf(context).permissions.has('construction.read') ? (project.escalations ?? []) : [];
  }
}
