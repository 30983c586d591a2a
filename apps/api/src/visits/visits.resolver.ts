import { Args, Context, Info, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { globalId, localId } from '@yinfeng/platform';
import { type VisitFilter as LocalFilter, type VisitLog, VisitsService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { describedEnum } from '../graphql/enums.js';
import { outcome } from '../graphql/errors.js';
import { PlainFact } from '../graphql/fact.js';
import { idOf, idsOf, refOf } from '../graphql/ids.js';
import { loader } from '../graphql/loaders.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { selected, selectedNodes } from '../graphql/selection.js';
import { Project } from '../projects/projects.types.js';
import { Visit, VisitConnection, VisitFilter, VisitLogInput, VisitPayload } from './visits.types.js';

const VisitOrderEnum = describedEnum('VisitOrder', 'Order of a visit list.', { NEWEST: 'Latest day first.' });

/** The input with the ids of the business. @throws Refusal UNKNOWN_REFERENCE. */
export function localVisit(input: VisitLogInput): VisitLog {
  return { ...input, projectId: input.projectId == null ? input.projectId : (idOf('Project', input.projectId) ?? 'unknown'), companionIds: input.companionIds?.map((id) => refOf('Staff', id, 'companionIds')!),
    delegationId: refOf('Delegation', input.delegationId, 'delegationId'), fileIds: input.fileIds?.map((id) => refOf('StoredFile', id, 'fileIds')!) };
}

/** The filter with the ids of the business; an id that is none matches nothing. */
export function localVisitFilter(filter: VisitFilter | null | undefined): LocalFilter {
  const one = (type: string, id: string | null | undefined) => (id ? idsOf(type, [id])![0]! : undefined);
  return { ...filter, projectId: one('Project', filter?.projectId), delegationId: one('Delegation', filter?.delegationId), staffIds: idsOf('Staff', filter?.staffIds), departmentIds: idsOf('Department', filter?.departmentIds) };
}

@Resolver(() => Project)
export class VisitsResolver {
  constructor(private readonly visits: VisitsService) {}

  @Can('visit.read')
  @Query(() => VisitConnection, { name: 'visits', description: 'Visits of projects that the caller may see, and the caller\'s own.' })
  async list(
    @Args('filter', { type: () => VisitFilter, nullable: true, description: 'Which visits.' }) filter: VisitFilter | null,
    @Args('orderBy', { type: () => VisitOrderEnum, nullable: true, description: 'Order; latest first when absent.' }) _order: string | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local = localVisitFilter(filter);
    return connection(await this.visits.page(actor, local, page, selectedNodes(info)), () => this.visits.count(actor, local));
  }

  @Can('visit.log')
  @Mutation(() => VisitPayload, { description: 'Logs a visit; the project\'s last visit and next follow-up follow.' })
  visitLog(@Args('input', { description: 'The visit.' }) input: VisitLogInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    return outcome<{ visit?: unknown }>(actor.locale, async () => {
      const { visitId } = await this.visits.log(actor, localVisit(input));
      const shape = selected(info, 'visit');
      // A phone that only wants to know that it arrived costs no further statement.
      return { visit: Object.keys(shape).every((k) => k === 'id') ? { id: globalId('Visit', visitId) } : await this.visits.byId(actor, visitId, shape) };
    });
  }

  @PlainFact()
  @ResolveField(() => Visit, { nullable: true, description: 'The latest visit.' })
  lastVisit(parent: { lastVisit?: unknown }) {
    return parent.lastVisit ?? null;
  }

  @ResolveField('visits', () => VisitConnection, { description: 'Visits, latest first.' })
  async ofProject(@Parent() parent: { id: string }, @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const shape = selectedNodes(info);
    const found = await loader(context, `visits:${page.first}:${page.after}:${JSON.stringify(shape)}`, async (ids: readonly string[]) => {
      const of = await this.visits.ofProjects(actorOf(context), ids, page, shape);
      return ids.map((id) => of.get(id) ?? null);
    }).load(localId('Project', parent.id)!);
    const { total, ...rest } = found ?? { total: 0, nodes: [], cursors: [], hasNextPage: false, hasPreviousPage: false };
    return connection(rest, total);
  }
}
