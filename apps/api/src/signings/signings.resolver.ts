import { Args, Context, Info, Mutation, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { ProjectsService, SigningsService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { PlainFact } from '../graphql/fact.js';
import { idOf, idsOf } from '../graphql/ids.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { selected, selectedNodes } from '../graphql/selection.js';
import { Project } from '../projects/projects.types.js';
import { Signing, SigningConnection, SigningFilter, SigningPayload, SigningRecordInput } from './signings.types.js';

@Resolver(() => Project)
export class SigningsResolver {
  constructor(private readonly signings: SigningsService, private readonly projects: ProjectsService) {}

  @Can('signing.read')
  @Query(() => SigningConnection, { name: 'signings', description: 'Signings of projects that the caller may see, latest first.' })
  async list(
    @Args('filter', { type: () => SigningFilter, nullable: true, description: 'Which signings.' }) filter: SigningFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local = { ...filter, projectId: filter?.projectId ? idsOf('Project', [filter.projectId])![0]! : undefined };
    return connection(await this.signings.page(actor, local, page, selectedNodes(info)), () => this.signings.count(actor, local));
  }

  @Can('signing.record')
  @Mutation(() => SigningPayload, { description: 'Records an agreement with its evidence.' })
  signingRecord(@Args('input', { description: 'The signing.' }) input: SigningRecordInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    return outcome<{ signing?: unknown; project?: unknown }>(actor.locale, async () => {
      const done = await this.signings.record(actor, { ...input, projectId: idOf('Project', input.projectId), agreementFileIds: input.agreementFileIds?.map((id) => idOf('StoredFile', id)) });
      return {
        signing: await this.signings.byId(actor, done.signingId, selected(info, 'signing')),
        project: await this.projects.byId(actor, done.projectId, selected(info, 'project')),
      };
    });
  }

  @PlainFact()
  @ResolveField('signings', () => [Signing], { description: 'Agreements, oldest first.' })
  ofProject(parent: { signings?: unknown[] }) {
    return parent.signings ?? [];
  }
}
