import { Refusal, Refusals } from '@yinfeng/platform';
import { defaultFieldResolver, type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import type { RequestContext } from './context.js';
import { isForPrograms, userError } from './errors.js';

type Resolver = GraphQLFieldResolver<unknown, RequestContext>;

/** What decorators cannot say, added to the finished schema. */
export function finishSchema(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || !type.name.endsWith('Connection')) continue;
    const field = type.getFields().totalCount;
    // A total is counted when asked for. graphql-jit, unlike graphql-js, does not call functions that are plain properties.
    if (field) field.resolve ??= lazy;
  }
  const mutation = schema.getMutationType();
  for (const field of Object.values(mutation?.getFields() ?? {})) {
    const inner = (field.resolve ?? defaultFieldResolver) as Resolver;
    field.resolve = withUserErrors(inner) as typeof field.resolve;
  }
  return schema;
}

function lazy(parent: { totalCount: unknown }): unknown {
  return typeof parent.totalCount === 'function' ? (parent.totalCount as () => unknown)() : parent.totalCount;
}

/** An input that its own checks refuse (InputPipe, before the resolver runs) is told as user errors, like any other refusal. */
function withUserErrors(inner: Resolver): Resolver {
  return async (parent, args, context, info) => {
    try {
      return await (inner(parent, args, context, info) as Promise<unknown>);
    } catch (error) {
      const all = error instanceof Refusals ? error.all : error instanceof Refusal ? [error] : [];
      if (all.length === 0 || all.some(isForPrograms)) throw error;
      return { userErrors: all.map((r) => userError(r, context.locale)) };
    }
  };
}
