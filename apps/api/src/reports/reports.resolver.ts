import { Args, Context, ID, Info, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { NoProgressService, type ReportCheck, ReportsService } from '@yinfeng/construction';
import type { Actor } from '@yinfeng/platform';
import { ProjectsService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { PlainFact } from '../graphql/fact.js';
import { idOf, idsOf, refOf } from '../graphql/ids.js';
import { connection, ForwardPageArgs, PageArgs } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { selected, selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { Project, ProjectConnection } from '../projects/projects.types.js';
import {
  NoProgressCorrectInput, NoProgressExplainInput, NoProgressFilter, NoProgressNote, NoProgressNotePayload, NoProgressReason, NoProgressWithdrawInput, ReportCheckEnum, ReportExcuseInput, ReportFileInput, ReportFiling, ReportFilingConnection, ReportFilingPayload,
  ReportFilter, ReportPunctuality, ReportWithdrawInput,
} from './reports.types.js';

type Words = { zh: string; en: string };
const CALLER = 'in the language of the caller.';

@Resolver(() => ReportFiling)
export class ReportsResolver {
  constructor(private readonly service: ReportsService, private readonly projects: ProjectsService) {
    NodeResolver.readers.set('ReportFiling', (a, id, s) => service.byId(a, id, s));
  }

  @Can('pipeline.read')
  @Query(() => ReportFilingConnection, { name: 'reportsDue', description: 'What units have to hand in and have handed in: of the caller\'s own unit, for heads of all below theirs, for leaders of the zone; the latest moment first.' })
  async list(
    @Args('filter', { type: () => ReportFilter, nullable: true, description: 'Which reports.' }) filter: ReportFilter | null,
    @Args() page: PageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local = { ...filter, departmentIds: idsOf('Department', filter?.departmentIds) };
    return connection(await this.service.page(actor, local, page, selectedNodes(info)), () => this.service.count(actor, local));
  }

  @Can('pipeline.read')
  @Query(() => ProjectConnection, { description: 'Exactly the projects that a check of a report counts (`missing`), of those that the caller may see; oldest record first.' })
  async reportGaps(
    @Args('filingId', { type: () => ID, description: 'The report.' }) filingId: string, @Args('check', { type: () => ReportCheckEnum, description: 'The check.' }) check: ReportCheck,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const found = await this.service.gap(actor, idOf('ReportFiling', filingId), check);
    return connection(await this.projects.page(actor, {}, 'OLDEST', page, selectedNodes(info), found.rows), () => this.projects.count(actor, {}, found.number));
  }

  @Can('pipeline.read')
  @Query(() => [ReportPunctuality], { description: 'Who hands in on time: a row for each unit that the caller may see, the least punctual first.' })
  reportPunctuality(
    @Args('from', { type: () => DateScalar, description: 'Due on or after this day: the first of a quarter.' }) from: string, @Args('to', { type: () => DateScalar, description: 'Due on or before this day.' }) to: string,
    @Args('codes', { type: () => [String], nullable: true, description: 'Of these reports; all when absent.' }) codes: string[] | null, @Context() context: RequestContext,
  ) {
    return this.service.punctuality(actorOf(context), from, to, codes ?? null);
  }

  @Can('project.edit')
  @Mutation(() => ReportFilingPayload, { description: 'Hands a report in. What is missing in it is kept as it stands, or refused where the zone says so; after its moment it is late.' })
  reportFile(@Args('input', { description: 'The report.' }) input: ReportFileInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.file(actor, { ...input, filingId: idOf('ReportFiling', input.filingId), fileId: refOf('StoredFile', input.fileId, 'fileId') }));
  }

  @Can('stage.approve')
  @Mutation(() => ReportFilingPayload, { description: 'Says that a unit need not hand it in; by a head of the level above it, never of its own.' })
  reportExcuse(@Args('input', { description: 'Which, and why.' }) input: ReportExcuseInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.excuse(actor, { ...input, filingId: idOf('ReportFiling', input.filingId) }));
  }

  @Can('pipeline.read')
  @Mutation(() => ReportFilingPayload, { description: 'Takes a hand-in back (whoever hands in) or an excuse (whoever may give one), until the next one of the unit has fallen due; what was done stays readable.' })
  reportWithdraw(@Args('input', { description: 'Which, and why.' }) input: ReportWithdrawInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.withdraw(actor, { ...input, filingId: idOf('ReportFiling', input.filingId) }));
  }

  @ResolveField(() => String, { description: `The report, ${CALLER}` })
  label(@Parent() filing: { label: Words }, @Context() context: RequestContext) { return filing.label[actorOf(context).locale]; }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ filingId: string }>) {
    const actor = actorOf(context);
    const shape = { version: true as const, ...selected(info, 'reportFiling') };
    return outcome<{ reportFiling?: unknown }>(actor.locale,
      async () => ({ reportFiling: await this.service.byId(actor, (await work(actor)).filingId, shape) }),
      async (id) => ({ reportFiling: id ? await this.service.byId(actor, id, shape) : null }));
  }
}

@Resolver(() => NoProgressNote)
export class NoProgressResolver {
  constructor(private readonly service: NoProgressService, private readonly projects: ProjectsService) {
    NodeResolver.readers.set('NoProgressNote', (a, id, s) => service.byId(a, id, s));
  }

  @Can('project.read')
  @Query(() => ProjectConnection, { description: '当月无进展: projects that are under way now, were on record by the end of the month and did not move in it (no visit, stage, agreement, milestone or new next step); oldest record first.' })
  async noProgress(
    @Args('month', { type: () => DateScalar, description: 'Any day of the month, this one or an earlier one.' }) month: string,
    @Args('filter', { type: () => NoProgressFilter, nullable: true, description: 'Which of them.' }) filter: NoProgressFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const silent = await this.service.silent(actor, month, filter?.explained ?? null);
    const local = { stages: filter?.stages, departmentIds: idsOf('Department', filter?.departmentIds), ownerIds: idsOf('Staff', filter?.ownerIds) };
    return connection(await this.projects.page(actor, local, 'OLDEST', page, selectedNodes(info), silent.rows), () => this.projects.count(actor, local, silent.number));
  }

  @Can('project.read')
  @Query(() => [NoProgressReason], { description: 'The reasons that the zone knows for a month without progress.' })
  noProgressReasons(@Context() context: RequestContext) {
    return this.service.reasons(actorOf(context));
  }

  @Can('project.edit')
  @Mutation(() => NoProgressNotePayload, { description: 'Says why a project did not move in a month.' })
  noProgressExplain(@Args('input', { description: 'The reason.' }) input: NoProgressExplainInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.explain(actor, { ...input, projectId: idOf('Project', input.projectId) }));
  }

  @Can('project.edit')
  @Mutation(() => NoProgressNotePayload, { description: 'Puts a reason right by a new one; the former stays on record.' })
  noProgressCorrect(@Args('input', { description: 'The correction.' }) input: NoProgressCorrectInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.correct(actor, { ...input, noteId: idOf('NoProgressNote', input.noteId) }));
  }

  @Can('project.edit')
  @Mutation(() => NoProgressNotePayload, { description: 'Takes a reason back; the month asks again.' })
  noProgressWithdraw(@Args('input', { description: 'Which, and why.' }) input: NoProgressWithdrawInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.withdraw(actor, { ...input, noteId: idOf('NoProgressNote', input.noteId) }));
  }

  @ResolveField(() => String, { description: `The reason as it was called then, ${CALLER}` })
  label(@Parent() note: { label: Words }, @Context() context: RequestContext) { return note.label[actorOf(context).locale]; }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ noteId: string }>) {
    const actor = actorOf(context);
    const shape = { version: true as const, ...selected(info, 'noProgressNote') };
    return outcome<{ noProgressNote?: unknown }>(actor.locale,
      async () => ({ noProgressNote: await this.service.byId(actor, (await work(actor)).noteId, shape) }),
      async (id) => ({ noProgressNote: id ? await this.service.byId(actor, id, shape) : null }));
  }
}

@Resolver(() => NoProgressReason)
export class NoProgressReasonResolver {
  @ResolveField(() => String, { description: `The reason, ${CALLER}` })
  label(@Parent() reason: Words, @Context() context: RequestContext) { return reason[actorOf(context).locale]; }
}

@Resolver(() => Project)
export class ProjectProgressResolver {
  @PlainFact()
  @ResolveField(() => DateScalar, { nullable: true, description: 'The last day on which it moved: a visit, a stage, an agreement, a milestone, a new next step, or its record.' })
  lastProgressOn(@Parent() project: { lastProgressOn?: string | null }) { return project.lastProgressOn ?? null; }

  @PlainFact()
  @ResolveField(() => [NoProgressNote], { description: 'Reasons for months without progress, with those corrected or taken back; newest month first.' })
  noProgressNotes(@Parent() project: { noProgressNotes?: unknown[] }) { return project.noProgressNotes ?? []; }
}
