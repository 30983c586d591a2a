import { Args, Context, Info, Int, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { deadlineFacts, type DeadlineFigure as Figure, type DeadlineFilter as Filter, type DeadlineOrder, DeadlinesService } from '@yinfeng/construction';
import { PAGE_LIMIT, Refusal } from '@yinfeng/platform';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { idsOf } from '../graphql/ids.js';
import { checkedInput } from '../graphql/input.pipe.js';
import type { PassthroughList } from '../graphql/passthrough.js';
import { connection, ForwardPageArgs, PageArgs } from '../graphql/relay.js';
import { selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { Deadline, DeadlineConnection, DeadlineFigure, DeadlineFilter, DeadlineOrderEnum } from './deadlines.types.js';

@Resolver(() => Deadline)
export class DeadlinesResolver {
  constructor(private readonly deadlines: DeadlinesService) {
    NodeResolver.readers.set('Deadline', (a, id, s) => deadlines.byId(a, id, s));
  }

  @Can('construction.read')
  @Query(() => DeadlineConnection, { name: 'deadlines', description: 'What is due by a day, of active projects that the caller may see: handoffs, promises, permits, milestones, calls, plans. `overdue: true` is a leader\'s list of what is late.' })
  async list(
    @Args('filter', { type: () => DeadlineFilter, nullable: true, description: 'Which deadlines.' }) filter: DeadlineFilter | null,
    @Args('orderBy', { type: () => DeadlineOrderEnum, nullable: true, description: 'In which order; EARLIEST when absent.' }) orderBy: DeadlineOrder | null,
    @Args() page: PageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local = localFilter(filter);
    return connection(await this.deadlines.page(actor, local, orderBy ?? 'EARLIEST', page, selectedNodes(info)), () => this.deadlines.count(actor, local));
  }

  @Can('construction.read')
  @Query(() => [DeadlineFigure], { description: 'How much is due and overdue, by kind and department, most overdue first.' })
  deadlineFigures(
    @Args('filter', { type: () => DeadlineFilter, nullable: true, description: 'Which deadlines.' }) filter: DeadlineFilter | null,
    @Args('first', { type: () => Int, nullable: true, description: 'How many, 1 to 200; 200 when absent.' }) first: number | null, @Context() context: RequestContext,
  ) {
    const most = first ?? PAGE_LIMIT;
    if (most < 1 || most > PAGE_LIMIT) throw new Refusal('INVALID', ['first'], { field: 'first', value: most, expected: `1–${PAGE_LIMIT}` });
    return this.deadlines.figures(actorOf(context), localFilter(filter), most);
  }
}

@Resolver(() => DeadlineFigure)
export class DeadlineFigureResolver {
  constructor(private readonly service: DeadlinesService) {}

  @ResolveField(() => DeadlineConnection, { description: 'Exactly the deadlines counted as `open`, earliest day first; with `overdue: true` those counted as overdue.' })
  async deadlines(
    @Parent() figure: Figure, @Args('overdue', { type: () => Boolean, nullable: true, description: 'Only those past their day.' }) overdue: boolean | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const question = overdue ? { ...figure.question, overdue } : figure.question;
    return connection(await this.service.page(actor, question, 'EARLIEST', page, selectedNodes(info)), () => this.service.count(actor, question));
  }
}

interface ListArgs extends PageArgs {
  filter?: object | null;
  orderBy?: DeadlineOrder | null;
}
/** `deadlines`, as DeadlinesResolver.list answers it, with records as text. */
export function deadlinesPassthrough(deadlines: DeadlinesService): PassthroughList {
  const filterOf = (args: ListArgs) => localFilter(args.filter ? checkedInput(DeadlineFilter, args.filter) : null);
  return {
    facts: deadlineFacts,
    page: (actor, args: ListArgs, json) => deadlines.pageOfText(actor, filterOf(args), args.orderBy ?? 'EARLIEST', args, json),
    count: (actor, args: ListArgs) => deadlines.count(actor, filterOf(args)),
  };
}

function localFilter(f: DeadlineFilter | null | undefined): Filter {
  return { ...f, departmentIds: idsOf('Department', f?.departmentIds), staffIds: idsOf('Staff', f?.staffIds), projectId: f?.projectId ? idsOf('Project', [f.projectId])![0] : undefined };
}
