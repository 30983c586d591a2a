import { Args, Context, Info, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { CreditsService, type Flow } from '@yinfeng/pipeline';
import { type DisputeEvidenceKind, type DisputeSide, DisputesService, proposedRuling, ReceiptsService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf, idsOf, refOf } from '../graphql/ids.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { selected, selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { localFilter } from '../pipeline/pipeline.resolver.js';
import { PipelineFilter } from '../pipeline/pipeline.types.js';
import { CreditByEnum, CreditSheet, Dispute, DisputeConnection, DisputeDecideInput, DisputeEvidenceAddInput, DisputeFilter, DisputePayload, DisputeRaiseInput, DisputeWithdrawInput, FlowEnum, ReceiptCheck, RulingProposal } from './disputes.types.js';

@Resolver(() => Dispute)
export class DisputesResolver {
  constructor(private readonly disputes: DisputesService, private readonly receipts: ReceiptsService, private readonly credits: CreditsService) {
    NodeResolver.readers.set('Dispute', (actor, id, shape) => disputes.byId(actor, id, withEvidence(shape)));
  }

  @Can('receipt.verify')
  @Query(() => ReceiptCheck, { description: 'Whether a receipt of a first report is genuine: number and digest as they are on it.' })
  receiptVerify(
    @Args('number', { description: 'Number of the receipt.' }) number: string,
    @Args('digest', { description: 'The 64 hexadecimal digits; spaces do not matter.' }) digest: string,
    @Context() context: RequestContext,
  ) {
    return this.receipts.verify(actorOf(context), number, digest);
  }

  @Can('dispute.read')
  @Query(() => DisputeConnection, { name: 'disputes', description: 'Disputes that the caller raised, and those about projects that the caller may see; newest first.' })
  async list(
    @Args('filter', { type: () => DisputeFilter, nullable: true, description: 'Which disputes.' }) filter: DisputeFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local = { ...filter, projectId: filter?.projectId ? idsOf('Project', [filter.projectId])![0]! : undefined };
    return connection(await this.disputes.page(actor, local, page, withEvidence(selectedNodes(info))), () => this.disputes.count(actor, local));
  }

  @Can('pipeline.read')
  @Query(() => CreditSheet, { description: 'Credit for projects that reached a milestone in a period: once for the zone, shared among persons or units as rulings say.' })
  reportCredits(
    @Args('milestone', { type: () => FlowEnum, description: 'What was reached.' }) milestone: Flow,
    @Args('from', { type: () => DateScalar, description: 'First day.' }) from: string,
    @Args('to', { type: () => DateScalar, description: 'Last day, included.' }) to: string,
    @Args('by', { type: () => CreditByEnum, description: 'Persons or units.' }) by: 'STAFF' | 'DEPARTMENT',
    @Args('filter', { type: () => PipelineFilter, nullable: true, description: 'Which projects.' }) filter: PipelineFilter | null,
    @Args('first', { type: () => Int, nullable: true, description: 'How many rows, 1 to 200; 50 when absent.' }) first: number | null,
    @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    return this.credits.sheet(actorOf(context), { flow: milestone, from, to, by, filter: localFilter(filter), first: first ?? 50 }, { staff: selected(info, 'rows', 'staff'), department: selected(info, 'rows', 'department') });
  }

  @Can('dispute.raise')
  @Mutation(() => DisputePayload, { description: 'Claims a first report. The project need not be in sight; nothing of it is told but the unit and person to ask.' })
  disputeRaise(@Args('input', { description: 'The claim.' }) input: DisputeRaiseInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.acted(context, info, (actor) => this.disputes.raise(actor, { ...input, rivalProjectId: input.rivalProjectId == null ? undefined : idOf('Project', input.rivalProjectId) }));
  }

  @Can('dispute.raise')
  @Mutation(() => DisputePayload, { description: 'Shows something for one\'s own side, until the day set for it.' })
  disputeEvidenceAdd(@Args('input', { description: 'The evidence.' }) input: DisputeEvidenceAddInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.acted(context, info, (actor) => this.disputes.addEvidence(actor, { ...input, disputeId: idOf('Dispute', input.disputeId), fileId: input.fileId == null ? null : refOf('StoredFile', input.fileId, 'fileId') }));
  }

  @Can('dispute.raise')
  @Mutation(() => DisputePayload, { description: 'Takes one\'s own claim back.' })
  disputeWithdraw(@Args('input', { description: 'The claim.' }) input: DisputeWithdrawInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.acted(context, info, (actor) => this.disputes.withdraw(actor, { ...input, disputeId: idOf('Dispute', input.disputeId) }));
  }

  @Can('dispute.decide')
  @Mutation(() => DisputePayload, { description: 'Rules on a claim, as a third person, with reasons. Frozen from then on.' })
  disputeDecide(@Args('input', { description: 'The ruling.' }) input: DisputeDecideInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.acted(context, info, (actor) => this.disputes.decide(actor, { ...input, disputeId: idOf('Dispute', input.disputeId), shares: input.shares?.map((s) => ({ staffId: idOf('Staff', s.staffId), share: s.share })) }));
  }

  @ResolveField(() => RulingProposal, { description: 'What the usual rules say to the evidence that the caller sees.' })
  proposal(@Parent() dispute: { evidence: { side: DisputeSide; kind: DisputeEvidenceKind }[] }) {
    return proposedRuling(dispute.evidence);
  }

  private acted(context: RequestContext, info: GraphQLResolveInfo, work: (actor: ReturnType<typeof actorOf>) => Promise<{ disputeId: string }>) {
    const actor = actorOf(context);
    const shape = withEvidence(selected(info, 'dispute'));
    return outcome<{ dispute?: unknown }>(actor.locale, async () => ({ dispute: await this.disputes.byId(actor, (await work(actor)).disputeId, shape) }),
      async (id) => ({ dispute: await this.disputes.byId(actor, id ?? null, shape) }));
  }
}

/** The proposal is made from the evidence. */
function withEvidence(shape: ReturnType<typeof selected>): ReturnType<typeof selected> {
  if (!Object.hasOwn(shape, 'proposal')) return shape;
  const asked = shape.evidence;
  return { ...shape, evidence: { ...(typeof asked === 'object' ? asked : {}), side: true, kind: true } };
}
