import { TypeMetadataStorage } from '@nestjs/graphql';
import { type Locale, Refusal, Refusals } from '@yinfeng/platform';
import { defaultFieldResolver, type GraphQLFieldResolver, type GraphQLOutputType, type GraphQLSchema, getNamedType, isListType, isNonNullType, isObjectType } from 'graphql';
import type { RequestContext } from './context.js';
import { isForPrograms, refusalError, userError } from './errors.js';

type Resolver = GraphQLFieldResolver<unknown, RequestContext>;

/** What decorators cannot say, added to the finished schema. */
export function finishSchema(schema: GraphQLSchema): GraphQLSchema {
  const renamed = renamedProperties();
  const mutation = schema.getMutationType();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      // Nest gives every field a function that reads its property. Without it graphql-jit reads the property inline.
      if ((field.resolve?.name === NESTS_READER && !renamed.has(field.name)) || field.extensions.plainFact === true) field.resolve = undefined;
      // A total is counted when asked for. graphql-jit, unlike graphql-js, does not call functions that are plain properties.
      if (field.name === 'totalCount' && type.name.endsWith('Connection')) field.resolve = lazy as typeof field.resolve;
      if (type === mutation) field.resolve = withUserErrors((field.resolve ?? defaultFieldResolver) as Resolver) as typeof field.resolve;
      else if (field.resolve) field.resolve = withProgramErrors(field.resolve as Resolver) as typeof field.resolve;
    }
  }
  return schema;
}

const NESTS_READER = 'rootFieldResolver';

/** Names of fields that are called otherwise in their class: those need Nest's reader. */
function renamedProperties(): Set<string> {
  const all = [...TypeMetadataStorage.getObjectTypesMetadata(), ...TypeMetadataStorage.getInterfacesMetadata()];
  return new Set(all.flatMap((type) => type.properties ?? []).filter((p) => p.name !== p.schemaName).map((p) => p.schemaName));
}

function lazy(parent: { totalCount: unknown }): unknown {
  return typeof parent.totalCount === 'function' ? (parent.totalCount as () => unknown)() : parent.totalCount;
}

/** A refusal outside mutations is an error of its field. It has a path of its own, which graphql-js would take for a place in the answer. */
function withProgramErrors(inner: Resolver): Resolver {
  const refuse = (error: unknown, locale: Locale): never => {
    const refusal = error instanceof Refusals ? error.all[0] : error;
    throw refusal instanceof Refusal ? refusalError(refusal, locale) : error;
  };
  return (parent, args, context, info) => {
    try {
      const result: unknown = inner(parent, args, context, info);
      return result instanceof Promise ? result.catch((error: unknown) => refuse(error, context.locale)) : result;
    } catch (error) {
      return refuse(error, context.locale);
    }
  };
}

/** An input that its own checks refuse (InputPipe, before the resolver runs) is told as user errors, like any other refusal. */
function withUserErrors(inner: Resolver): Resolver {
  return async (parent, args, context, info) => {
    try {
      return await (inner(parent, args, context, info));
    } catch (error) {
      const all = error instanceof Refusals ? error.all : error instanceof Refusal ? [error] : [];
      if (!all[0]) throw error;
      const forPrograms = all.find(isForPrograms);
      if (forPrograms) throw refusalError(forPrograms, context.locale);
      return { ...emptyLists(info.returnType), userErrors: all.map((r) => userError(r, context.locale)) };
    }
  };
}

/** The lists of a payload that are never null: a refused mutation has nothing in them. */
function emptyLists(payload: GraphQLOutputType): Record<string, []> {
  const type = getNamedType(payload);
  if (!isObjectType(type)) return {};
  return Object.fromEntries(Object.values(type.getFields()).filter((f) => isNonNullType(f.type) && isListType(f.type.ofType)).map((f) => [f.name, []]));
}
