import { Args, Context, Info, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { localId } from '@yinfeng/platform';
import { AmountsService, ProjectsService, ProjectTagsService, toldWarning } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { PlainFact } from '../graphql/fact.js';
import { idOf } from '../graphql/ids.js';
import { loader } from '../graphql/loaders.js';
import { mergeShapes, selected } from '../graphql/selection.js';
import { Project, ProjectPayload } from '../projects/projects.types.js';
import { ProjectAmountPart, ProjectAmountSetInput, ProjectTag, ProjectWarning } from './amounts.types.js';

@Resolver(() => Project)
export class AmountsResolver {
  constructor(private readonly amounts: AmountsService, private readonly tagging: ProjectTagsService, private readonly projects: ProjectsService) {}

  @Can('project.edit')
  @Mutation(() => ProjectPayload, { description: 'Sets or clears one amount of a project. What contradicts is told in Project.warnings, not refused.' })
  projectAmountSet(@Args('input', { description: 'The amount.' }) input: ProjectAmountSetInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const shape = mergeShapes({ version: true }, selected(info, 'project'));
    return outcome<{ project?: unknown }>(actor.locale,
      async () => ({ project: await this.projects.byId(actor, (await this.amounts.set(actor, { ...input, projectId: idOf('Project', input.projectId) })).projectId, shape) }),
      async (id) => ({ project: id ? await this.projects.byId(actor, id, shape) : null }));
  }

  @PlainFact()
  @ResolveField('amountParts', () => [ProjectAmountPart], { description: 'What the total and the fixed-asset investment are made of.' })
  parts(parent: { amountParts?: unknown[] }) {
    return parent.amountParts ?? [];
  }

  @ResolveField(() => [ProjectWarning], { description: 'Amounts that contradict each other.' })
  async warnings(@Parent() parent: { id: string }, @Context() context: RequestContext): Promise<ProjectWarning[]> {
    const actor = actorOf(context);
    const found = await loader(context, 'project.warnings', async (ids: readonly string[]) => {
      const of = await this.amounts.warnings(actor, ids);
      return ids.map((id) => of.get(id) ?? []);
    }).load(localId('Project', parent.id)!);
    return (found ?? []).map((w) => ({ ...w, message: toldWarning(w, actor.locale) }));
  }

  @ResolveField(() => [ProjectTag], { description: 'Published thresholds it meets and what else it is; computed, by the zone\'s lists.' })
  async tags(@Parent() parent: { id: string }, @Context() context: RequestContext): Promise<ProjectTag[]> {
    const found = await loader(context, 'project.tags', async (ids: readonly string[]) => {
      const of = await this.tagging.ofProjects(actorOf(context), ids);
      return ids.map((id) => of.get(id) ?? []);
    }).load(localId('Project', parent.id)!);
    return found ?? [];
  }
}
