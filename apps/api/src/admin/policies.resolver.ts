import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { PolicyService } from '@yinfeng/directory';
import type { Actor } from '@yinfeng/platform';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { DateScalar } from '../graphql/scalars.js';
import { GateItemSetInput, PolicyBook, PolicyPayload, PolicySetInput, StagePolicySetInput } from './policies.types.js';

@Resolver()
export class PoliciesResolver {
  constructor(private readonly policies: PolicyService) {}

  @Can('policy.read')
  @Query(() => PolicyBook, { name: 'policies', description: 'Every rule of the zone as it counts on a day: stages, gates, limits, lists.' })
  book(@Args('day', { type: () => DateScalar, nullable: true, description: 'Shanghai day; today when absent.' }) day: string | null, @Context() context: RequestContext) {
    return this.policies.book(actorOf(context), day);
  }

  @Can('policy.manage')
  @Mutation(() => PolicyPayload, { description: 'Sets a rule from a day on. Days gone by keep theirs.' })
  policySet(@Args('input', { description: 'The rule.' }) input: PolicySetInput, @Context() context: RequestContext) {
    return this.changed(actorOf(context), input.validFrom, (actor) => this.policies.changeValue(actor, input));
  }

  @Can('policy.manage')
  @Mutation(() => PolicyPayload, { description: 'Sets how a stage is handled from a day on: labels, bucket, counting day, idle limit, approval.' })
  stagePolicySet(@Args('input', { description: 'The stage.' }) input: StagePolicySetInput, @Context() context: RequestContext) {
    return this.changed(actorOf(context), input.validFrom, (actor) => this.policies.changeStage(actor, input));
  }

  @Can('policy.manage')
  @Mutation(() => PolicyPayload, { description: 'Sets an item of a gate from a day on, or switches it off.' })
  gateItemSet(@Args('input', { description: 'The item.' }) input: GateItemSetInput, @Context() context: RequestContext) {
    return this.changed(actorOf(context), input.validFrom, (actor) => this.policies.changeGate(actor, input));
  }

  /** Whoever was too late is shown the rules as they are. */
  private changed(actor: Actor, day: string, work: (actor: Actor) => Promise<void>) {
    return outcome<{ policies?: unknown }>(actor.locale, async () => {
      await work(actor);
      return { policies: await this.policies.book(actor, day) };
    }, async () => ({ policies: await this.policies.book(actor, null) }));
  }
}
