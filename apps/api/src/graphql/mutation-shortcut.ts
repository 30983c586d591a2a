import type { Type } from '@nestjs/common';
import { type Actor, type Permission, Refusal, Refusals } from '@yinfeng/platform';
import type { FastifyRequest } from 'fastify';
import { type DocumentNode, type FieldNode, getArgumentValues, getNamedType, getVariableValues, type GraphQLField, type GraphQLSchema, isObjectType, Kind, locatedError, type OperationDefinitionNode, parse, validate } from 'graphql';
import { localeOf, type RequestContexts } from '../http/request-context.js';
import type { RequestContext } from './context.js';
import type { OperationRecord } from './execution.plugin.js';
import { checkedInput } from './input.pipe.js';
import type { OperationLimits } from './limits.js';
import { type ErrorLog, presentError } from './masking.js';
import type { OperationLimiter } from './operation-limits.js';
import { timedOut, within } from './time-limit.js';

/** A mutation that can be done in one statement, which looks itself whether the caller still is who it was. */
export interface ShortMutation<Input extends object = object> {
  /** Class of its one argument `input`, checked as by InputPipe. */
  input: Type<Input>;
  /** The payload's field that holds the record. */
  record: string;
  /** Does it and gives the record's global id. Whatever it throws has left nothing behind. */
  act(actor: Actor, input: Input, tokenHash: Buffer): Promise<string>;
  /** Whether this error says that the caller has to be read anew. */
  isChanged(error: unknown): boolean;
}

export interface ShortcutParts {
  /** Built when the server begins to listen. */
  schema: () => GraphQLSchema;
  limits: OperationLimits;
  limiter: OperationLimiter;
  log: ErrorLog;
  contexts: RequestContexts;
  /** What a caller must be permitted to do to reach a root mutation field. */
  accessOf: (field: string) => Permission | 'PUBLIC' | undefined;
  finished: (record: OperationRecord) => void;
}

/** Longer texts, and texts beyond so many, take the ordinary way. */
const LONGEST_TEXT = 2_000;
const MOST_TEXTS = 200;
const BODY_FIELDS = new Set(['query', 'variables', 'operationName']);
const PLAIN_JSON = new Set([undefined, '*/*', 'application/json']);

/** One operation text as it is answered. */
interface Short {
  document: DocumentNode;
  operation: OperationDefinitionNode;
  mutation: ShortMutation;
  access: Permission;
  name: string;
  field: GraphQLField<unknown, unknown>;
  node: FieldNode;
  key: string;
  write(id: string): string;
}

/**
 * The short way of the hottest mutation: a request of a known session that is one such mutation and asks for no more than
 * the record's id is answered without Apollo, Nest and graphql-js' execution. Limits, permission, checks of the input, the
 * mask and the log are the same code as on the ordinary way; and everything that is not simply done takes the ordinary way,
 * so that there is one place that words refusals. Nothing has been written then.
 */
export class MutationShortcut {
  private readonly texts = new Map<string, Short | null>();

  constructor(private readonly parts: ShortcutParts, private readonly mutations: Readonly<Record<string, ShortMutation>>) {}

  /** The whole answer, or null: the ordinary way runs. */
  async tryAnswer(request: FastifyRequest): Promise<string | null> {
    const body = request.body as { query?: unknown; variables?: unknown; operationName?: unknown } | null | undefined;
    if (request.method !== 'POST' || typeof body?.query !== 'string' || body.query.length > LONGEST_TEXT || !PLAIN_JSON.has(request.headers.accept)) return null;
    if (this.texts.get(body.query) === null || (request.raw.url?.indexOf('?') ?? -1) >= 0) return null;
    const variables = body.variables;
    if (typeof variables !== 'object' || variables === null || Array.isArray(variables)) return null;
    for (const name in body) if (!BODY_FIELDS.has(name)) return null;
    const session = this.parts.contexts.knownSession(request);
    const short = session && this.shortOf(body.query);
    if (!short || !session.actor.permissions.has(short.access) || (body.operationName != null && body.operationName !== short.operation.name?.value)) return null;
    const context: RequestContext = {
      actor: session.actor, locale: localeOf(request.headers['accept-language'], session.actor), requestId: request.id, address: request.ip, userAgent: '', loaders: new Map(), sessionToken: null,
    };
    return this.answer(short, variables as Record<string, unknown>, context, session.actor, session.tokenHash);
  }

  private async answer(short: Short, variables: Record<string, unknown>, context: RequestContext, actor: Actor, tokenHash: Buffer): Promise<string | null> {
    const { limiter, limits, finished } = this.parts;
    const startedAt = performance.now();
    const input = this.inputOf(short, variables);
    if (!input) return null;
    try {
      limiter.admit(short.document, undefined, variables, context);
    } catch {
      return null; // Refused; nothing was taken from the bucket.
    }
    const told = (codes: string[]) => finished({ context, kind: 'mutation', rootFields: [short.name], ms: performance.now() - startedAt, codes });
    try {
      const id = await within<string | null>(short.mutation.act(actor, input, tokenHash), limits.operationMs, () => null);
      if (id === null) throw timedOut(context, limits.operationMs);
      told([]);
      return `{"data":${short.write(id)},"extensions":${JSON.stringify({ cost: context.cost })}}`;
    } catch (error) {
      if (error instanceof Refusal || error instanceof Refusals || short.mutation.isChanged(error)) {
        limiter.giveBack(context);
        return null;
      }
      // What nobody expected may have happened after the commit: it is told, never tried again.
      const presented = presentError(locatedError(error, [short.node], [short.key]), context, this.parts.log);
      told([String(presented.extensions?.code)]);
      return JSON.stringify({ errors: [presented], data: null, extensions: { cost: context.cost } });
    }
  }

  /** The checked input, or null when something of it does not fit. */
  private inputOf(short: Short, variables: Record<string, unknown>): object | null {
    const { coerced } = getVariableValues(this.parts.schema(), short.operation.variableDefinitions ?? [], variables);
    if (!coerced) return null;
    try {
      const { input } = getArgumentValues(short.field, short.node, coerced);
      return checkedInput(short.mutation.input, input as object);
    } catch {
      return null;
    }
  }

  private shortOf(text: string): Short | null {
    let short = this.texts.get(text);
    if (short === undefined) {
      if (this.texts.size >= MOST_TEXTS) this.texts.clear();
      this.texts.set(text, (short = this.prepare(text)));
    }
    return short;
  }

  private prepare(text: string): Short | null {
    let document: DocumentNode;
    try {
      document = parse(text, { maxTokens: this.parts.limits.tokens });
    } catch {
      return null;
    }
    const [operation, ...more] = document.definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION || operation.operation !== 'mutation' || operation.directives?.length || more.length > 0) return null;
    const [node, ...others] = operation.selectionSet.selections;
    if (node?.kind !== Kind.FIELD || others.length > 0 || node.directives?.length || !Object.hasOwn(this.mutations, node.name.value) || validate(this.parts.schema(), document).length > 0) return null;
    const name = node.name.value;
    const field = this.parts.schema().getMutationType()!.getFields()[name]!;
    const access = this.parts.accessOf(name);
    const mutation = this.mutations[name]!;
    const write = this.writer(field, node, mutation.record);
    if (!access || access === 'PUBLIC' || !write) return null;
    const key = node.alias?.value ?? name;
    return { document, operation, mutation, access, name, field, node, key, write: (id) => `{${JSON.stringify(key)}:${write(id)}}` };
  }

  /** Writes a payload of a record's id and no user errors; null for any other selection. */
  private writer(field: GraphQLField<unknown, unknown>, node: FieldNode, record: string): ((id: string) => string) | null {
    const payload = getNamedType(field.type);
    const fields = plain(node);
    if (!fields || !isObjectType(payload)) return null;
    const parts: ((id: string) => string)[] = [];
    for (const f of fields) {
      const key = JSON.stringify(f.alias?.value ?? f.name.value);
      if (f.name.value === 'userErrors') parts.push(() => `${key}:[]`);
      else if (f.name.value === '__typename') parts.push(() => `${key}:${JSON.stringify(payload.name)}`);
      else if (f.name.value === record) {
        const type = getNamedType(payload.getFields()[record]!.type);
        const inner = plain(f);
        if (!inner?.every((i) => i.name.value === 'id' || i.name.value === '__typename')) return null;
        parts.push((id) => `${key}:{${inner.map((i) => `${JSON.stringify(i.alias?.value ?? i.name.value)}:${JSON.stringify(i.name.value === 'id' ? id : type.name)}`).join(',')}}`);
      } else return null;
    }
    return (id) => `{${parts.map((part) => part(id)).join(',')}}`;
  }
}

/** The selected fields, when they are fields alone, without directives and without two of one name that would be merged. */
function plain(node: FieldNode): FieldNode[] | null {
  const fields: FieldNode[] = [];
  for (const selection of node.selectionSet?.selections ?? []) {
    if (selection.kind !== Kind.FIELD || selection.directives?.length) return null;
    fields.push(selection);
  }
  const keys = new Set(fields.map((f) => f.alias?.value ?? f.name.value));
  return keys.size === fields.length ? fields : null;
}
