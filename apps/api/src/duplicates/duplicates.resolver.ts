import { Args, Context, ID, Info, Mutation, Query, Resolver } from '@nestjs/graphql';
import { type DuplicateDecide, DuplicateFindingsService, DuplicatePairsService, DuplicateScanService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf } from '../graphql/ids.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { selected, selectedNodes } from '../graphql/selection.js';
import { DuplicateComparison, DuplicateDecideInput, DuplicateDecisionPayload, DuplicateFindingConnection, DuplicateFindingFilter, DuplicateScan, DuplicateScanInput, DuplicateScanPayload } from './duplicates.types.js';

@Resolver()
export class DuplicatesResolver {
  constructor(private readonly scans: DuplicateScanService, private readonly findings: DuplicateFindingsService, private readonly pairs: DuplicatePairsService) {}

  @Can('project.read')
  @Query(() => DuplicateFindingConnection, { description: 'What scans have found, worst first: pairs of which the caller sees at least one.' })
  async duplicateFindings(
    @Args('filter', { type: () => DuplicateFindingFilter, nullable: true, description: 'Which findings.' }) filter: DuplicateFindingFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    return connection(await this.findings.page(actor, filter ?? {}, page, selectedNodes(info)), () => this.findings.count(actor, filter ?? {}));
  }

  @Can('duplicate.scan')
  @Query(() => DuplicateScan, { nullable: true, description: 'The scan that was started last, with its progress.' })
  lastDuplicateScan(@Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.findings.lastScan(actorOf(context), selected(info));
  }

  @Can('project.read')
  @Query(() => DuplicateComparison, { description: 'Two projects field by field, for whoever sees both.' })
  async duplicateCompare(@Args('a', { type: () => ID, description: 'The one.' }) a: string, @Args('b', { type: () => ID, description: 'The other.' }) b: string, @Context() context: RequestContext) {
    const { verdict, decided, rows } = await this.pairs.compare(actorOf(context), idOf('Project', a), idOf('Project', b));
    return { level: verdict?.level ?? null, confidence: verdict?.confidence ?? null, reasons: verdict?.reasons ?? [], decided, rows };
  }

  @Can('duplicate.scan')
  @Mutation(() => DuplicateScanPayload, { description: 'Goes through all projects and enterprises of the zone in the background; one scan at a time.' })
  duplicateScan(@Args('input', { description: 'The scan.' }) input: DuplicateScanInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    return outcome<{ scan?: unknown }>(actor.locale, async () => {
      await this.scans.start(actor, input);
      return { scan: await this.findings.lastScan(actor, selected(info, 'scan')) };
    });
  }

  @Can('project.edit')
  @Mutation(() => DuplicateDecisionPayload, { description: 'Says whether two records that look alike are one or two; they are then not asked about again.' })
  duplicateDecide(@Args('input', { description: 'The decision.' }) input: DuplicateDecideInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const [kind, type] = input.firstId.startsWith('Enterprise:') ? (['enterprise', 'Enterprise'] as const) : (['project', 'Project'] as const);
    const decide: DuplicateDecide = { ...input, kind, firstId: idOf(type, input.firstId), secondId: idOf(type, input.secondId) };
    const standing = () => this.pairs.decision(actor, decide, selected(info, 'decision'));
    return outcome<{ decision?: unknown }>(actor.locale, async () => {
      await this.pairs.decide(actor, decide);
      return { decision: await standing() };
    }, async () => ({ decision: decide.firstId === decide.secondId ? null : await standing() }));
  }
}
