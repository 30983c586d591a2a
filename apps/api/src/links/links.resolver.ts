import { Args, Context, Info, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { type Actor, localId, type Shape } from '@yinfeng/platform';
import { type Links, ProjectLinksService, ProjectsService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf } from '../graphql/ids.js';
import { loader } from '../graphql/loaders.js';
import { mergeShapes, selected } from '../graphql/selection.js';
import { Project, ProjectPayload } from '../projects/projects.types.js';
import { LinkedProject, ProjectLinkInput, ProjectUnlinkInput } from './links.types.js';

@Resolver(() => Project)
export class LinksResolver {
  constructor(private readonly links: ProjectLinksService, private readonly projects: ProjectsService) {}

  @Can('project.edit')
  @Mutation(() => ProjectPayload, { description: 'Links a phase or an expansion to its original project, so that nothing is counted twice.' })
  projectLink(@Args('input', { description: 'The link.' }) input: ProjectLinkInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.links.link(actor, { ...input, projectId: idOf('Project', input.projectId), parentId: idOf('Project', input.parentId) }));
  }

  @Can('project.edit')
  @Mutation(() => ProjectPayload, { description: 'Ends a link, with a reason.' })
  projectUnlink(@Args('input', { description: 'Which, and why.' }) input: ProjectUnlinkInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.links.unlink(actor, { ...input, projectId: idOf('Project', input.projectId) }));
  }

  @ResolveField(() => LinkedProject, { nullable: true, description: 'The original project that this one is a phase or an expansion of, if the caller may see it.' })
  async parentProject(@Parent() parent: { id: string }, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return (await this.linksOf(context, parent, selected(info, 'project')))?.parent ?? null;
  }

  @ResolveField(() => [LinkedProject], { description: 'Its phases and expansions that the caller may see, in the order of their links.' })
  async phases(@Parent() parent: { id: string }, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return (await this.linksOf(context, parent, selected(info, 'project')))?.phases ?? [];
  }

  private linksOf(context: RequestContext, parent: { id: string }, shape: Shape): Promise<Links | null> {
    return loader<string, Links>(context, `project.links:${JSON.stringify(shape)}`, async (ids) => {
      const of = await this.links.ofProjects(actorOf(context), ids, shape);
      return ids.map((id) => of.get(id) ?? null);
    }).load(localId('Project', parent.id)!);
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ projectId: string }>) {
    const actor = actorOf(context);
    const shape = mergeShapes({ version: true }, selected(info, 'project'));
    return outcome<{ project?: unknown }>(actor.locale,
      async () => ({ project: await this.projects.byId(actor, (await work(actor)).projectId, shape) }),
      async (id) => ({ project: id ? await this.projects.byId(actor, id, shape) : null }));
  }
}
