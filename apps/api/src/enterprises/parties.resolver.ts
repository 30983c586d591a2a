import { Args, Context, Info, Mutation, Resolver } from '@nestjs/graphql';
import type { Actor } from '@yinfeng/platform';
import { ProjectPartiesService, ProjectsService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf } from '../graphql/ids.js';
import { mergeShapes, selected } from '../graphql/selection.js';
import { ProjectPayload } from '../projects/projects.types.js';
import { ProjectEnterpriseAddInput, ProjectEnterpriseRemoveInput } from './enterprises.inputs.js';

/** The enterprises of a project in their roles. */
@Resolver()
export class PartiesResolver {
  constructor(private readonly parties: ProjectPartiesService, private readonly projects: ProjectsService) {}

  @Can('project.edit')
  @Mutation(() => ProjectPayload, { description: 'Adds an enterprise to a project in a role, or changes its share and place. The first investor is the one that the project shows.' })
  projectEnterpriseAdd(@Args('input', { description: 'The enterprise and its role.' }) input: ProjectEnterpriseAddInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.parties.add(actor, { ...input, projectId: idOf('Project', input.projectId), enterpriseId: input.enterpriseId == null ? undefined : idOf('Enterprise', input.enterpriseId) }));
  }

  @Can('project.edit')
  @Mutation(() => ProjectPayload, { description: 'Takes an enterprise out of a role; the last investor of a project past reserve stays.' })
  projectEnterpriseRemove(@Args('input', { description: 'The enterprise and its role.' }) input: ProjectEnterpriseRemoveInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.parties.remove(actor, { ...input, projectId: idOf('Project', input.projectId), enterpriseId: idOf('Enterprise', input.enterpriseId) }));
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ projectId: string }>) {
    const actor = actorOf(context);
    const shape = mergeShapes({ version: true }, selected(info, 'project'));
    return outcome<{ project?: unknown }>(actor.locale,
      async () => ({ project: await this.projects.byId(actor, (await work(actor)).projectId, shape) }),
      async (id) => ({ project: id ? await this.projects.byId(actor, id, shape) : null }));
  }
}
