import type { Type } from '@nestjs/common';
import { TypeMetadataStorage } from '@nestjs/graphql';
import type { Permission } from '@yinfeng/platform';
import { CAN } from './can.js';

export interface RootField {
  /** Query, Mutation or Subscription. */
  kind: 'Query' | 'Mutation' | 'Subscription';
  name: string;
  /** undefined: nobody may reach it, which the access snapshot reports. */
  access: Permission | 'PUBLIC' | undefined;
}

/** Every root field of the API with what its caller must be permitted to do, read from its decorators. */
export function rootFields(resolvers: readonly Type<unknown>[]): RootField[] {
  const listed = new Set<unknown>(resolvers);
  const of = (kind: RootField['kind'], all: ReturnType<typeof TypeMetadataStorage.getQueriesMetadata>): RootField[] =>
    all.filter((m) => listed.has(m.target)).map((m) => ({ kind, name: m.schemaName, access: accessOf(m.target as Type<object>, m.methodName) }));
  return [...of('Query', TypeMetadataStorage.getQueriesMetadata()), ...of('Mutation', TypeMetadataStorage.getMutationsMetadata()), ...of('Subscription', TypeMetadataStorage.getSubscriptionsMetadata())];
}

function accessOf(resolver: Type<object>, method: string): Permission | 'PUBLIC' | undefined {
  const handler = (resolver.prototype as Record<string, object>)[method];
  return handler && (Reflect.getMetadata(CAN, handler) as Permission | 'PUBLIC' | undefined);
}
