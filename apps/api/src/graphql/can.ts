import { CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { GqlExecutionContext, type GqlContextType } from '@nestjs/graphql';
import { type Permission } from '@yinfeng/platform';
import type { RequestContext } from './context.js';
import { programError } from './errors.js';

export const CAN = 'yinfeng:can';
/** What the caller must be permitted to do to reach this root field. A root field without @Can or @Public is refused. */
export const Can = (permission: Permission) => SetMetadata(CAN, permission);
/** Reachable without signing in: the few doors, each with its reason beside it. */
export const Public = () => SetMetadata(CAN, 'PUBLIC');

/** Fail-closed guard of root fields. Field resolvers have no guards: they would break batching, and their data was had by an allowed root. */
@Injectable()
export class CanGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType<GqlContextType>() !== 'graphql') return true;
    const permission = this.reflector.get<Permission | 'PUBLIC' | undefined>(CAN, context.getHandler());
    if (permission === 'PUBLIC') return true;
    const { actor, locale } = GqlExecutionContext.create(context).getContext<RequestContext>();
    if (permission === undefined) throw programError('FORBIDDEN', locale);
    if (!actor) throw programError('UNAUTHENTICATED', locale);
    if (!actor.permissions.has(permission)) throw programError('FORBIDDEN', locale);
    return true;
  }
}
