import { Args, Context, Info, Mutation, Query, Resolver } from '@nestjs/graphql';
import { DirectoryReads, SignInService } from '@yinfeng/directory';
import { type Actor, type Shape } from '@yinfeng/platform';
import type { GraphQLResolveInfo } from 'graphql';
import { Staff } from '../directory/directory.types.js';
import { Can, Public } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { selected } from '../graphql/selection.js';
import { RequestContexts } from '../http/request-context.js';
import { SignInInput, SignInPayload, SignOutInput, SignOutPayload } from './session.types.js';

@Resolver(() => Staff)
export class SessionResolver {
  constructor(private readonly signIns: SignInService, private readonly people: DirectoryReads, private readonly contexts: RequestContexts) {}

  @Can('self.read')
  @Query(() => Staff, { nullable: true, description: 'Who calls.' })
  me(@Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.person(actorOf(context), selected(info));
  }

  /** Public: the door itself. Failures are counted and locked out by the directory. */
  @Public()
  @Mutation(() => SignInPayload, { description: 'Opens a session for an account and its password; sets the session cookie too.' })
  signIn(@Args('input', { description: 'Account and password.' }) input: SignInInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return outcome<{ token?: string; staff?: object | null }>(context.locale, async () => {
      const { token, expiresAt } = await this.signIns.signIn(input, { address: context.address, userAgent: context.userAgent, requestId: context.requestId });
      context.cookie?.set(token, expiresAt);
      const actor = await this.contexts.actorOf(token, context.requestId);
      return { token, staff: actor && (await this.person(actor, selected(info, 'staff'))) };
    });
  }

  @Can('self.read')
  @Mutation(() => SignOutPayload, { description: 'Ends the session of this call and clears the cookie.' })
  signOut(@Args('input', { description: 'Nothing has to be said.' }) _input: SignOutInput, @Context() context: RequestContext) {
    return outcome(context.locale, async () => {
      const { sessionToken } = context;
      if (sessionToken) await this.signIns.signOut(actorOf(context), sessionToken);
      context.cookie?.clear();
      return { signedOut: sessionToken !== null };
    });
  }

  private async person(actor: Actor, shape: Shape): Promise<object | null> {
    return actor.staffId ? this.people.staff(actor, actor.staffId, shape) : null;
  }
}
