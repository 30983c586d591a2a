import { Args, Context, Info, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { type ArrivalFigure as Figure, ArrivalFiguresService, type ArrivalFilter as LocalFilter, ArrivalsService, type ArrivalTotal as Total, MoneyBasesService, MoneyWarningsService } from '@yinfeng/construction';
import { type Actor, localId } from '@yinfeng/platform';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { CurrencyEnum } from '../graphql/enums.js';
import { outcome } from '../graphql/errors.js';
import { idOf, idsOf, refOf } from '../graphql/ids.js';
import { loader } from '../graphql/loaders.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { DateScalar, DecimalScalar } from '../graphql/scalars.js';
import { selected, selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { Project } from '../projects/projects.types.js';
import {
  ArrivalConfirmInput, ArrivalEvidenceAddInput, ArrivalExcludeInput, ArrivalFigure, ArrivalFigures, ArrivalFilter, ArrivalIncludeInput, ArrivalRecordInput, ArrivalRejectInput, ArrivalVoidInput, ArrivalWarning,
  CapitalArrival, CapitalArrivalConnection, CapitalArrivalPayload, FxRateConnection, FxRatePayload, FxRateRecordInput,
} from './arrivals.types.js';
import { localMoneyFilter } from './investments.resolver.js';
import { MoneyFilter, MoneyRowConnection } from './investments.types.js';

@Resolver(() => Project)
export class ArrivalsResolver {
  constructor(private readonly service: ArrivalsService, private readonly figures: ArrivalFiguresService, private readonly bases: MoneyBasesService) {
    NodeResolver.readers.set('CapitalArrival', (a, id, s) => service.byId(a, id, s));
    NodeResolver.readers.set('FxRate', (a, id, s) => bases.byId(a, 'fx_rate', id, s));
  }

  @Can('construction.read')
  @Query(() => CapitalArrivalConnection, { name: 'arrivals', description: '到位资金 of projects that the caller may see; newest entry first.' })
  async list(
    @Args('filter', { type: () => ArrivalFilter, nullable: true, description: 'Which arrivals.' }) filter: ArrivalFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local: LocalFilter = { ...filter, projectId: filter?.projectId ? idsOf('Project', [filter.projectId])![0]! : undefined };
    return connection(await this.service.page(actor, local, page, selectedNodes(info)), () => this.service.count(actor, local));
  }

  @Can('construction.read')
  @Query(() => ArrivalFigures, { description: '到位资金 of a year: domestic and foreign, what waits, what was left out and why, against a target.' })
  async arrivalFigures(
    @Args('year', { type: () => Int, description: 'Year for which they count.' }) year: number,
    @Args('level', { type: () => String, nullable: true, description: 'Level for which they count: PROVINCE, CITY, …; absent: any.' }) level: string | null,
    @Args('asOf', { type: () => DateScalar, nullable: true, description: 'Arrived by this day; today when absent.' }) asOf: string | null,
    @Args('filter', { type: () => MoneyFilter, nullable: true, description: 'Whose.' }) filter: MoneyFilter | null,
    @Args('domesticTarget', { type: () => DecimalScalar, nullable: true, description: 'Target of the year in 元.' }) domesticTarget: string | null,
    @Args('foreignTarget', { type: () => DecimalScalar, nullable: true, description: 'Target of the year in US dollars.' }) foreignTarget: string | null,
    @Context() context: RequestContext,
  ) {
    const found = await this.figures.figures(actorOf(context), { year, level, asOf, filter: localMoneyFilter(filter), domesticTarget, foreignTarget });
    const total = (t: Total) => ({ ...t, counted: t, excluded: t.excluded.map((e) => ({ code: e.code, label: e.label, figure: e })) });
    return { ...found, domestic: total(found.domestic), foreign: total(found.foreign) };
  }

  @Can('construction.read')
  @Query(() => FxRateConnection, { description: 'Rates on record, latest day first.' })
  async fxRates(
    @Args('currency', { type: () => CurrencyEnum, nullable: true, description: 'Of this currency.' }) currency: string | null,
    @Args('from', { type: () => DateScalar, nullable: true, description: 'On or after this day.' }) from: string | null, @Args('to', { type: () => DateScalar, nullable: true, description: 'On or before this day.' }) to: string | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const found = await this.bases.rates(actorOf(context), { currency, from, to }, page, selectedNodes(info));
    return connection(found.page, found.count);
  }

  @Can('arrival.record')
  @Mutation(() => CapitalArrivalPayload, { description: 'Puts a payment that arrived on record; it counts once a second person has confirmed it.' })
  arrivalRecord(@Args('input', { description: 'The payment.' }) input: ArrivalRecordInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.record(actor, {
      ...input, projectId: idOf('Project', input.projectId), evidence: input.evidence?.map((e, i) => ({ ...e, fileId: refOf('StoredFile', e.fileId, `evidence.${i}.fileId`)! })),
    }));
  }

  @Can('arrival.record')
  @Mutation(() => CapitalArrivalPayload, { description: 'Adds a file that proves an arrival.' })
  arrivalEvidenceAdd(@Args('input', { description: 'The file.' }) input: ArrivalEvidenceAddInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.addEvidence(actor, { ...input, arrivalId: idOf('CapitalArrival', input.arrivalId), fileId: refOf('StoredFile', input.fileId, 'fileId')! }));
  }

  @Can('arrival.confirm')
  @Mutation(() => CapitalArrivalPayload, { description: 'Says that a payment arrived and counts; never by who recorded it, and only with evidence.' })
  arrivalConfirm(@Args('input', { description: 'The confirmation.' }) input: ArrivalConfirmInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.confirm(actor, { ...input, arrivalId: idOf('CapitalArrival', input.arrivalId) }));
  }

  @Can('arrival.confirm')
  @Mutation(() => CapitalArrivalPayload, { description: 'Does not accept a payment, with the reason.' })
  arrivalReject(@Args('input', { description: 'The rejection.' }) input: ArrivalRejectInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.reject(actor, { ...input, arrivalId: idOf('CapitalArrival', input.arrivalId) }));
  }

  @Can('arrival.confirm')
  @Mutation(() => CapitalArrivalPayload, { description: '剔除: leaves an arrival out of all figures, by a reason of the zone\'s list.' })
  arrivalExclude(@Args('input', { description: 'The exclusion.' }) input: ArrivalExcludeInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.exclude(actor, { ...input, arrivalId: idOf('CapitalArrival', input.arrivalId) }));
  }

  @Can('arrival.confirm')
  @Mutation(() => CapitalArrivalPayload, { description: 'Takes an exclusion back.' })
  arrivalInclude(@Args('input', { description: 'Taking back.' }) input: ArrivalIncludeInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.include(actor, { ...input, arrivalId: idOf('CapitalArrival', input.arrivalId) }));
  }

  @Can('arrival.record')
  @Mutation(() => CapitalArrivalPayload, { description: 'Takes an arrival off the figures that was recorded in error; it stays visible. Confirmed ones only by who may confirm.' })
  arrivalVoid(@Args('input', { description: 'The voiding.' }) input: ArrivalVoidInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.service.void(actor, { ...input, arrivalId: idOf('CapitalArrival', input.arrivalId) }));
  }

  @Can('arrival.confirm')
  @Mutation(() => FxRatePayload, { description: 'Puts a published rate of a day on record.' })
  fxRateRecord(@Args('input', { description: 'The rate.' }) input: FxRateRecordInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const shape = { version: true as const, ...selected(info, 'rate') };
    return outcome<{ rate?: unknown }>(actor.locale,
      async () => ({ rate: await this.bases.byId(actor, 'fx_rate', (await this.bases.recordRate(actor, input)).rateId, shape) }),
      async (id) => ({ rate: id ? await this.bases.byId(actor, 'fx_rate', id, shape) : null }));
  }

  @ResolveField('arrivals', () => [CapitalArrival], { description: '到位资金, earliest first, voided and rejected ones too; empty for who may not read it.' })
  async ofProject(@Parent() parent: { id: string }, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    if (!actor.permissions.has('construction.read')) return [];
    const shape = selected(info);
    const found = await loader(context, `project.arrivals.${JSON.stringify(shape)}`, async (ids: readonly string[]) => {
      const of = await this.service.ofProjects(actor, ids, shape);
      return ids.map((id) => of.get(id) ?? []);
    }).load(localId('Project', parent.id)!);
    return found ?? [];
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ arrivalId: string }>) {
    const actor = actorOf(context);
    const shape = { version: true as const, ...selected(info, 'arrival') };
    return outcome<{ arrival?: unknown }>(actor.locale,
      async () => ({ arrival: await this.service.byId(actor, (await work(actor)).arrivalId, shape) }),
      async (id) => ({ arrival: id ? await this.service.byId(actor, id, shape) : null }));
  }
}

@Resolver(() => CapitalArrival)
export class CapitalArrivalResolver {
  constructor(private readonly money: MoneyWarningsService) {}

  @ResolveField(() => [ArrivalWarning], { description: 'What is to be looked at: the same voucher, payment or file elsewhere, missing evidence or rate, reasons why it may not count.' })
  async warnings(@Parent() parent: { id: string }, @Context() context: RequestContext) {
    const found = await loader(context, 'arrival.warnings', async (ids: readonly string[]) => {
      const of = await this.money.ofArrivals(actorOf(context), ids);
      return ids.map((id) => of.get(id) ?? []);
    }).load(localId('CapitalArrival', parent.id)!);
    return found ?? [];
  }
}

@Resolver(() => ArrivalFigure)
export class ArrivalFigureResolver {
  constructor(private readonly figures: ArrivalFiguresService) {}

  @ResolveField(() => MoneyRowConnection, { description: 'Exactly the projects summed up, largest first; their amounts add up to the figure.' })
  async rows(@Parent() figure: Figure, @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return connection(await this.figures.page(actorOf(context), figure.question, page, selectedNodes(info)), figure.count);
  }
}
