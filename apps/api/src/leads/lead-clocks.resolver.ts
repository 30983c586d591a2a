import { Args, Context, Info, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { type Actor, globalId, localId } from '@yinfeng/platform';
import { type Completeness, ITEM_LABELS, LeadExtractionService, LeadQualityService, LeadReferrersService, LeadsService, ProjectsService, readingInWords, TriageService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf, refOf } from '../graphql/ids.js';
import { loader } from '../graphql/loaders.js';
import { DateScalar } from '../graphql/scalars.js';
import { mergeShapes, selected } from '../graphql/selection.js';
import { ProjectFilter } from '../projects/projects.inputs.js';
import { localFilter } from '../projects/projects.resolver.js';
import { Project, ProjectPayload } from '../projects/projects.types.js';
import { LeadAnswerInput, LeadAssignInput, LeadCompleteness, LeadExtraction, LeadQuality, LeadReferrerFileInput, LeadSources, LeadTriage } from './leads.types.js';

/** A completeness in the reader's language. */
export function shownCompleteness(found: Completeness, actor: Actor): LeadCompleteness {
  return { ...found, missing: found.missing.map((item) => ({ item, label: ITEM_LABELS[item][actor.locale === 'en' ? 1 : 0] })) };
}

@Resolver(() => Project)
export class LeadClocksResolver {
  constructor(
    private readonly projects: ProjectsService, private readonly leads: LeadsService, private readonly triages: TriageService, private readonly qualities: LeadQualityService, private readonly referrers: LeadReferrersService, private readonly extraction: LeadExtractionService,
  ) {}

  @Can('directory.read')
  @Query(() => LeadSources, { description: 'What a lead may come from: the lists of the zone.' })
  leadSources(@Context() context: RequestContext) {
    return this.leads.sources(actorOf(context));
  }

  @Can('project.read')
  @Query(() => LeadQuality, { description: '有效信息率 of the leads first reported in a period, among the projects that the caller may see.' })
  leadQuality(
    @Args('filter', { type: () => ProjectFilter, nullable: true, description: 'Which projects.' }) filter: ProjectFilter | null,
    @Args('from', { type: () => DateScalar, description: 'First day.' }) from: string, @Args('to', { type: () => DateScalar, description: 'Last day, included.' }) to: string,
    @Context() context: RequestContext,
  ) {
    return this.qualities.quality(actorOf(context), localFilter(filter), from, to);
  }

  @Can('lead.extract')
  @Query(() => LeadExtraction, { description: 'Reads a pasted chat or short message as far as it tells of a lead; deterministic. Nothing is stored, nothing is logged.' })
  async leadExtract(@Args('text', { description: 'The text; at most 5,000 characters.' }) text: string, @Context() context: RequestContext) {
    const actor = actorOf(context);
    const found = await this.extraction.extract(actor, text);
    return {
      fields: found.map((f) => ({
        ...f, contact: f.of, reading: readingInWords(f, actor.locale === 'en'), parkId: f.kind === 'PARK' && f.ref ? globalId('Park', f.ref) : null, industryCode: f.kind === 'INDUSTRY' ? f.ref : null,
      })),
    };
  }

  @Can('lead.judge')
  @Mutation(() => ProjectPayload, { description: 'First response to a lead: somebody takes it on. Group leaders choose among their own people.' })
  leadAssign(@Args('input', { description: 'Who takes which lead on.' }) input: LeadAssignInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.triages.assign(actor, { ...input, projectId: idOf('Project', input.projectId), assigneeId: refOf('Staff', input.assigneeId, 'assigneeId') ?? null }));
  }

  @Can('project.edit')
  @Mutation(() => ProjectPayload, { description: 'Whoever brought a lead was answered: once, also for a lead that was turned down.' })
  leadAnswer(@Args('input', { description: 'The answer.' }) input: LeadAnswerInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.triages.answer(actor, { ...input, projectId: idOf('Project', input.projectId) }));
  }

  @Can('project.edit')
  @Mutation(() => ProjectPayload, { description: 'Files who introduced a project first: once, never changed.' })
  leadReferrerFile(@Args('input', { description: 'The filing.' }) input: LeadReferrerFileInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.referrers.file(actor, { ...input, projectId: idOf('Project', input.projectId) }));
  }

  @ResolveField(() => LeadTriage, { nullable: true, description: 'The clocks of a lead that was reported here; a record from a ledger has none.' })
  async triage(@Parent() parent: { id: string }, _args: unknown, @Context() context: RequestContext) {
    return loader(context, 'project.triage', async (ids: readonly string[]) => {
      const of = await this.triages.ofProjects(actorOf(context), ids);
      return ids.map((id) => of.get(id) ?? null);
    }).load(localId('Project', parent.id)!);
  }

  @ResolveField(() => LeadCompleteness, { nullable: true, description: 'How much of what a lead should say is said, and what is missing.' })
  async completeness(@Parent() parent: { id: string }, _args: unknown, @Context() context: RequestContext) {
    const actor = actorOf(context);
    const found = await loader(context, 'project.completeness', async (ids: readonly string[]) => {
      const of = await this.qualities.ofProjects(actor, ids);
      return ids.map((id) => of.get(id) ?? null);
    }).load(localId('Project', parent.id)!);
    return found && shownCompleteness(found, actor);
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ projectId: string }>) {
    const actor = actorOf(context);
    const shape = mergeShapes({ version: true }, selected(info, 'project'));
    return outcome<{ project?: unknown }>(actor.locale,
      async () => ({ project: await this.projects.byId(actor, (await work(actor)).projectId, shape) }),
      async (id) => ({ project: id ? await this.projects.byId(actor, id, shape) : null }));
  }
}
