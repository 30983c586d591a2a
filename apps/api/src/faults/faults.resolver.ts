import { Args, Context, Info, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { DataFaultsService, type FaultFilter } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { idsOf } from '../graphql/ids.js';
import { connection } from '../graphql/relay.js';
import { selectedNodes } from '../graphql/selection.js';
import { DataFault, DataFaultConnection, DataFaultCount, DataFaultFilter, DataFaultPageArgs } from './faults.types.js';

type Words = { zh: string; en: string };

@Resolver(() => DataFault)
export class DataFaultsResolver {
  constructor(private readonly faults: DataFaultsService) {}

  @Can('project.read')
  @Query(() => DataFaultConnection, { name: 'dataFaults', description: 'What is missing or contradictory in the data of active projects that the caller may see, by the rule of the zone (policy dataFaults): newest project first, at most 100 at a time.' })
  async list(
    // Named by every caller: a fault has no id of its own, by which a list without arguments could be walked and its rows be fetched again.
    @Args('filter', { type: () => DataFaultFilter, description: 'Which faults; {} for all.' }) filter: DataFaultFilter,
    @Args() page: DataFaultPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local = localFilter(filter);
    return connection(await this.faults.page(actor, local, page, selectedNodes(info)), () => this.faults.count(actor, local));
  }

  @Can('project.read')
  @Query(() => [DataFaultCount], { description: 'How many data faults of each kind there are, in the order of their weight; a kind without any is left out.' })
  dataFaultCounts(@Args('filter', { type: () => DataFaultFilter, nullable: true, description: 'Which faults.' }) filter: DataFaultFilter | null, @Context() context: RequestContext) {
    return this.faults.counts(actorOf(context), localFilter(filter));
  }

  @ResolveField(() => String, { description: 'What is wrong, in the language of the caller.' })
  label(@Parent() fault: { label: Words }, @Context() context: RequestContext) { return fault.label[actorOf(context).locale]; }

  @ResolveField(() => String, { description: 'What mends it, in the language of the caller.' })
  remedy(@Parent() fault: { remedy: Words }, @Context() context: RequestContext) { return fault.remedy[actorOf(context).locale]; }
}

@Resolver(() => DataFaultCount)
export class DataFaultCountResolver {
  @ResolveField(() => String, { description: 'What is wrong, in the language of the caller.' })
  label(@Parent() count: { label: Words }, @Context() context: RequestContext) { return count.label[actorOf(context).locale]; }
}

function localFilter(f: DataFaultFilter | null): FaultFilter {
  const one = (type: 'Department' | 'Project', id: string | null | undefined) => (id == null ? undefined : idsOf(type, [id])![0]);
  return { kinds: f?.kinds, mine: f?.mine, departmentId: one('Department', f?.departmentId), projectId: one('Project', f?.projectId) };
}
