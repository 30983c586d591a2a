import { Args, Context, Info, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { type Locale, localId } from '@yinfeng/platform';
import { BypassesService, type Gate, GatesService, ProjectsService, remedyOf, STAGE_LABELS, type Stage, toldMissing } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { StageEnum } from '../graphql/enums.js';
import { outcome } from '../graphql/errors.js';
import { idOf, idsOf } from '../graphql/ids.js';
import { loader } from '../graphql/loaders.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { mergeShapes, selected, selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { Project } from '../projects/projects.types.js';
import { GateBypassConnection, GateBypassFilter, GateItem, NextStage, StageBypassInput, StageBypassPayload } from './gates.types.js';

@Resolver(() => Project)
export class GatesResolver {
  constructor(private readonly gates: GatesService, private readonly bypasses: BypassesService, private readonly projects: ProjectsService) {
    NodeResolver.readers.set('GateBypass', (a, id, s) => bypasses.byId(a, id, s));
  }

  @Can('project.read')
  @Query(() => GateBypassConnection, { description: 'Gates that were bypassed, of projects that the caller may see; latest first.' })
  async gateBypasses(
    @Args('filter', { type: () => GateBypassFilter, nullable: true, description: 'Which bypasses.' }) filter: GateBypassFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local = { ...filter, projectId: filter?.projectId ? idsOf('Project', [filter.projectId])![0]! : undefined };
    return connection(await this.bypasses.page(actor, local, page, selectedNodes(info)), () => this.bypasses.count(actor, local));
  }

  @Can('stage.bypass')
  @Mutation(() => StageBypassPayload, { description: 'Enters the next stage although its gate misses something; on record with what was missing.' })
  stageBypass(@Args('input', { description: 'The bypass.' }) input: StageBypassInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const shape = mergeShapes({ version: true }, selected(info, 'project'));
    return outcome<{ project?: unknown; bypass?: unknown }>(actor.locale, async () => {
      const done = await this.bypasses.bypass(actor, { ...input, projectId: idOf('Project', input.projectId) });
      return { project: await this.projects.byId(actor, done.projectId, shape), bypass: await this.bypasses.byId(actor, done.bypassId, selected(info, 'bypass')) };
    }, async (id) => ({ project: id ? await this.projects.byId(actor, id, shape) : null }));
  }

  @ResolveField(() => [NextStage], { description: 'Where it may go next by stageRequest, and what is still missing; empty for a lead, which is judged.' })
  async nextStages(@Parent() parent: { id: string }, @Context() context: RequestContext): Promise<NextStage[]> {
    const { locale } = actorOf(context);
    const gate = await this.gateOf(context, parent, null);
    return gate ? [{ stage: gate.toStage, label: STAGE_LABELS[gate.toStage][locale === 'en' ? 1 : 0], needsApproval: gate.needsApproval, missing: gate.missing.map((m) => toldMissing(m, locale)) }] : [];
  }

  @ResolveField(() => [GateItem], { description: 'What the gate of a stage asks of this project, and whether it has it.' })
  async gate(@Parent() parent: { id: string }, @Args('stage', { type: () => StageEnum, description: 'The stage to enter.' }) stage: Stage, @Context() context: RequestContext): Promise<GateItem[]> {
    const { locale } = actorOf(context);
    return ((await this.gateOf(context, parent, stage))?.items ?? []).map((i) => told(i, locale));
  }

  private gateOf(context: RequestContext, parent: { id: string }, stage: Stage | null): Promise<Gate | null> {
    return loader<string, Gate>(context, `gate:${stage}`, async (ids) => {
      const of = await this.gates.ofProjects(actorOf(context), ids, stage);
      return ids.map((id) => of.get(id) ?? null);
    }).load(localId('Project', parent.id)!);
  }
}

function told(i: Gate['items'][number], locale: Locale): GateItem {
  const { howZh, howEn } = remedyOf(i);
  return { item: i.item, kind: i.kind, met: i.met, anyOf: i.anyOf, label: locale === 'en' ? i.en : i.zh, how: locale === 'en' ? howEn : howZh };
}
