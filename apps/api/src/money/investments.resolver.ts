import { Args, Context, Info, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { type ActualFilter, type InvestmentFigure as Figure, InvestmentFiguresService, InvestmentPlansService, InvestmentReportsService, MoneyBasesService, type MoneyFilter as LocalFilter, MoneyWarningsService, toldMoneyWarning } from '@yinfeng/construction';
import { type Actor, globalId, localId, Refusal, shiftDecimal } from '@yinfeng/platform';
import { ProjectsService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome, userError } from '../graphql/errors.js';
import { idOf, idsOf, refOf } from '../graphql/ids.js';
import { loader } from '../graphql/loaders.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { DateScalar, DecimalScalar } from '../graphql/scalars.js';
import { mergeShapes, selected, selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { Project } from '../projects/projects.types.js';
import {
  InvestmentActualConnection, InvestmentActualFilter, InvestmentActualPayload, InvestmentBase, InvestmentBasePayload, InvestmentBaseSetInput, InvestmentBatchPayload, InvestmentConfirmInput, InvestmentCorrectInput,
  InvestmentFigure, InvestmentFigures, InvestmentPlanPayload, InvestmentPlanSetInput, InvestmentReportBatchInput, InvestmentReportInput, MoneyFilter, MoneyRowConnection, MoneyWarning, ProjectInvestment,
} from './investments.types.js';

export const localMoneyFilter = (f: MoneyFilter | null | undefined): LocalFilter => ({ ...f, departmentIds: idsOf('Department', f?.departmentIds), parkIds: idsOf('Park', f?.parkIds) });

@Resolver(() => Project)
export class InvestmentsResolver {
  constructor(
    private readonly plans: InvestmentPlansService, private readonly reports: InvestmentReportsService, private readonly figures: InvestmentFiguresService, private readonly bases: MoneyBasesService,
    private readonly projects: ProjectsService,
  ) {
    NodeResolver.readers.set('InvestmentPlan', (a, id, s) => plans.byId(a, id, s));
    NodeResolver.readers.set('InvestmentActual', (a, id, s) => reports.byId(a, id, s));
    NodeResolver.readers.set('InvestmentBase', (a, id, s) => bases.byId(a, 'investment_base', id, s));
  }

  @Can('construction.read')
  @Query(() => InvestmentActualConnection, { description: 'Months of projects that the caller may see; newest entry first.' })
  async investmentActuals(
    @Args('filter', { type: () => InvestmentActualFilter, nullable: true, description: 'Which months.' }) filter: InvestmentActualFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local: ActualFilter = { ...filter, projectId: filter?.projectId ? idsOf('Project', [filter.projectId])![0]! : undefined };
    return connection(await this.reports.page(actor, local, page, selectedNodes(info)), () => this.reports.count(actor, local));
  }

  @Can('construction.read')
  @Query(() => InvestmentFigures, { name: 'investmentFigures', description: 'Fixed-asset investment of some months: done, planned, growth, share of industry.' })
  async investment(
    @Args('from', { type: () => DateScalar, description: 'First month; any day of it.' }) from: string, @Args('to', { type: () => DateScalar, description: 'Last month, included; any day of it.' }) to: string,
    @Args('filter', { type: () => MoneyFilter, nullable: true, description: 'Whose.' }) filter: MoneyFilter | null, @Context() context: RequestContext,
  ) {
    return this.figures.figures(actorOf(context), { from, to, filter: localMoneyFilter(filter) });
  }

  @Can('construction.read')
  @Query(() => [InvestmentBase], { description: 'Bases of growth on record, latest period first; the latest 200.' })
  async investmentBases(@Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.bases.bases(actorOf(context), selected(info));
  }

  @Can('investment.edit')
  @Mutation(() => InvestmentPlanPayload, { description: 'Plans months of a year of a project, and the year itself; what is on record changes with a reason and is kept.' })
  investmentPlanSet(@Args('input', { description: 'The plans.' }) input: InvestmentPlanSetInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const shape = mergeShapes({ version: true }, selected(info, 'project'));
    return outcome<{ project?: unknown }>(actor.locale,
      async () => ({ project: await this.projects.byId(actor, (await this.plans.set(actor, { ...input, projectId: idOf('Project', input.projectId) })).projectId, shape) }),
      async (id) => ({ project: id ? await this.projects.byId(actor, id, shape) : null }));
  }

  @Can('investment.edit')
  @Mutation(() => InvestmentActualPayload, { description: 'Reports the investment of a month of a project, once.' })
  investmentReport(@Args('input', { description: 'The month.' }) input: InvestmentReportInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.reports.report(actor, { ...input, projectId: idOf('Project', input.projectId) }));
  }

  @Can('investment.edit')
  @Mutation(() => InvestmentActualPayload, { description: 'Corrects a month with a reason; what it said before is kept.' })
  investmentCorrect(@Args('input', { description: 'The correction.' }) input: InvestmentCorrectInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.reports.correct(actor, { ...input, actualId: idOf('InvestmentActual', input.actualId) }));
  }

  @Can('arrival.confirm')
  @Mutation(() => InvestmentActualPayload, { description: 'Says that a month is right; never by who gave its figure.' })
  investmentConfirm(@Args('input', { description: 'The confirmation.' }) input: InvestmentConfirmInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.reports.confirm(actor, { ...input, actualId: idOf('InvestmentActual', input.actualId) }));
  }

  @Can('investment.edit')
  @Mutation(() => InvestmentBatchPayload, { description: 'Takes a monthly sheet: what is new is reported, what is unconfirmed and open is changed, each line that cannot be taken says why.' })
  investmentReportBatch(@Args('input', { description: 'The sheet.' }) input: InvestmentReportBatchInput, @Context() context: RequestContext) {
    const actor = actorOf(context);
    return outcome<{ items?: unknown }>(actor.locale, async () => {
      const { items } = await this.reports.batch(actor, { ...input, items: input.items.map((i) => ({ ...i, projectId: i.projectId ? (idOf('Project', i.projectId) ?? '00000000-0000-0000-0000-000000000000') : null })) });
      return { items: items.map((i) => ({ outcome: i.outcome, projectId: i.projectId && globalId('Project', i.projectId), error: i.refusal && userError(new Refusal(i.refusal.code, i.refusal.path, i.refusal.params), actor.locale) })) };
    });
  }

  @Can('arrival.confirm')
  @Mutation(() => InvestmentBasePayload, { description: 'Puts the investment of an earlier period on record, that growth is told against.' })
  investmentBaseSet(@Args('input', { description: 'The base.' }) input: InvestmentBaseSetInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const shape = { version: true as const, ...selected(info, 'base') };
    return outcome<{ base?: unknown }>(actor.locale,
      async () => ({ base: await this.bases.byId(actor, 'investment_base', (await this.bases.setBase(actor, { ...input, departmentId: refOf('Department', input.departmentId, 'departmentId') })).baseId, shape) }),
      async (id) => ({ base: id ? await this.bases.byId(actor, 'investment_base', id, shape) : null }));
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ actualId: string }>) {
    const actor = actorOf(context);
    const shape = { version: true as const, ...selected(info, 'actual') };
    return outcome<{ actual?: unknown }>(actor.locale,
      async () => ({ actual: await this.reports.byId(actor, (await work(actor)).actualId, shape) }),
      async (id) => ({ actual: id ? await this.reports.byId(actor, id, shape) : null }));
  }
}

/** Money of a project, as its fields show it. */
@Resolver(() => Project)
export class ProjectMoneyResolver {
  constructor(private readonly plans: InvestmentPlansService, private readonly money: MoneyWarningsService) {}

  @ResolveField('investment', () => ProjectInvestment, { nullable: true, description: 'A year of monthly investment, planned and done; absent for who may not read it.' })
  async investment(@Parent() parent: { id: string }, @Args('year', { type: () => Int, description: 'The year.' }) year: number, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    if (!actor.permissions.has('construction.read')) return null;
    if (year < 1990 || year > 2100) throw new Refusal('INVALID', ['year'], { field: 'year', value: year, expected: '1990–2100' });
    const shape = selected(info, 'plans');
    const wanted = Object.keys(shape).length > 0;
    return loader(context, `project.investment.${year}.${JSON.stringify(shape)}`, async (ids: readonly string[]) => {
      const [years, plans] = await Promise.all([this.plans.progress(actor, ids, year), wanted ? this.plans.plans(actor, ids, year, shape) : new Map<string, object[]>()]);
      return ids.map((id) => { const found = years.get(id); return found ? { year, ...found, plans: plans.get(id) ?? [] } : null; });
    }).load(localId('Project', parent.id)!);
  }

  @ResolveField('moneyWarnings', () => [MoneyWarning], { description: 'Sum checks: plans, months and arrivals that contradict each other or the amounts of the project.' })
  async warnings(@Parent() parent: { id: string }, @Context() context: RequestContext) {
    const actor = actorOf(context);
    if (!actor.permissions.has('construction.read')) return [];
    const found = await loader(context, 'project.moneyWarnings', async (ids: readonly string[]) => {
      const of = await this.money.ofProjects(actor, ids);
      return ids.map((id) => of.get(id) ?? []);
    }).load(localId('Project', parent.id)!);
    return (found ?? []).map((w) => ({ ...w, message: toldMoneyWarning(w, actor.locale) }));
  }
}

@Resolver(() => InvestmentFigure)
export class InvestmentFigureResolver {
  constructor(private readonly figures: InvestmentFiguresService) {}

  @ResolveField(() => DecimalScalar, { description: 'The same in 亿元, exact.' })
  yi(@Parent() figure: Figure): string {
    return shiftDecimal(figure.amount, -8);
  }

  @ResolveField(() => MoneyRowConnection, { description: 'Exactly the projects summed up, largest first; their amounts add up to the figure.' })
  async rows(@Parent() figure: Figure, @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return connection(await this.figures.page(actorOf(context), figure.question, page, selectedNodes(info)), figure.count);
  }
}
