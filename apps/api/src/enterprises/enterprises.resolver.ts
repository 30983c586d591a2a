import { Args, Context, Info, Query, Resolver } from '@nestjs/graphql';
import { EnterprisesService } from '@yinfeng/enterprises';
import { enterpriseVisibility } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { selectedNodes } from '../graphql/selection.js';
import { Enterprise, EnterpriseConnection, EnterpriseFilter } from './enterprises.types.js';

@Resolver(() => Enterprise)
export class EnterprisesResolver {
  constructor(private readonly service: EnterprisesService) {}

  @Can('enterprise.read')
  @Query(() => EnterpriseConnection, { name: 'enterprises', description: 'Enterprises of the projects that the caller may see, newest first.' })
  async list(
    @Args('filter', { type: () => EnterpriseFilter, nullable: true, description: 'Which enterprises.' }) filter: EnterpriseFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const visible = (params: unknown[]) => enterpriseVisibility(actor, 'e', params);
    return connection(await this.service.page(actor, filter ?? {}, page, selectedNodes(info), visible), () => this.service.count(actor, filter ?? {}, visible));
  }
}
