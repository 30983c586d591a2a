import type { Actor, Facts, Page, Permission } from '@yinfeng/platform';
import {
  type DocumentNode, type FieldNode, type FragmentDefinitionNode, getArgumentValues, getNamedType, getVariableValues, type GraphQLField, type GraphQLObjectType, type GraphQLSchema,
  isLeafType, isObjectType, Kind, type OperationDefinitionNode, type SelectionSetNode,
} from 'graphql';
import type { RequestContext } from './context.js';
import type { OperationPlan } from './operation-plan.rules.js';
import { RawJson } from './raw-json.js';

export interface PassthroughRequest {
  plan: OperationPlan;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  schema: GraphQLSchema;
  variables: Record<string, unknown>;
  context: RequestContext;
}

/** The short way of the hottest lists: their SQL's JSON is the answer. */
export interface Passthrough {
  /** The answer's `data` as JSON text, or null: the ordinary way runs. */
  tryAnswer(request: PassthroughRequest): Promise<RawJson | null>;
}

/** A list whose records can be written into the answer as SQL made them. */
export interface PassthroughList {
  /** What of a record is had from SQL alone. */
  facts: Facts;
  /** A page of records as JSON text, each made by `json`; the arguments are those of the field, checked. */
  page(actor: Actor, args: Record<string, unknown>, json: string): Promise<Page<string>>;
  count(actor: Actor, args: Record<string, unknown>): Promise<number>;
}

export const NO_PASSTHROUGH: Passthrough = { tryAnswer: async () => null };

/** More pairs than json_build_object takes: left to the ordinary way. */
const MOST_PAIRS = 50;
/** Spreads of fragments within one list; hostile documents take the ordinary way. */
const MOST_FIELDS = 500;

/** One list as this operation wants it written. */
interface Answer {
  list: PassthroughList;
  field: GraphQLField<unknown, unknown>;
  node: FieldNode;
  access: Permission;
  /** SQL of one record. */
  json: string;
  wantsCount: boolean;
  write(page: Page<string>, count: number): string;
}

/**
 * Answers an operation that is one root field, a list of `lists`, and asks for nothing but facts, without parsing,
 * executing and printing the records again. Everything else, and everything that is refused, takes the ordinary way, so
 * that there is one place that words refusals.
 */
export class ListPassthrough implements Passthrough {
  private readonly answers = new WeakMap<OperationDefinitionNode, Answer | null>();

  constructor(
    private readonly lists: Readonly<Record<string, PassthroughList>>,
    /** What a caller must be permitted to do to reach a root query field. */
    private readonly accessOf: (field: string) => Permission | 'PUBLIC' | undefined,
  ) {}

  async tryAnswer({ plan, document, operation, schema, variables, context }: PassthroughRequest): Promise<RawJson | null> {
    if (operation.operation !== 'query' || plan.rootFields.length !== 1 || !Object.hasOwn(this.lists, plan.rootFields[0]!)) return null;
    let answer = this.answers.get(operation);
    if (answer === undefined) this.answers.set(operation, (answer = this.prepare(schema, document, operation)));
    const { actor } = context;
    if (!answer || !actor?.permissions.has(answer.access)) return null;
    const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
    if (!coerced) return null;
    try {
      const args = getArgumentValues(answer.field, answer.node, coerced);
      const page = await answer.list.page(actor, args, answer.json);
      const count = answer.wantsCount ? await answer.list.count(actor, args) : 0;
      return new RawJson(answer.write(page, count));
    } catch {
      // Refused or failed: the ordinary way runs into the same and words it, with its place in the answer.
      return null;
    }
  }

  private prepare(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Answer | null {
    const [node, ...more] = operation.selectionSet.selections;
    if (node?.kind !== Kind.FIELD || more.length > 0 || node.directives?.length || operation.directives?.length || !node.selectionSet) return null;
    const list = this.lists[node.name.value];
    const access = this.accessOf(node.name.value);
    const field = schema.getQueryType()?.getFields()[node.name.value];
    const type = field && getNamedType(field.type);
    if (!list || !access || access === 'PUBLIC' || !field || !isObjectType(type)) return null;
    const writer = new Writer(new Map(document.definitions.flatMap((d) => (d.kind === Kind.FRAGMENT_DEFINITION ? [[d.name.value, d] as const] : []))));
    const connection = writer.connection(list.facts, node.selectionSet, type);
    if (!connection) return null;
    const key = JSON.stringify(node.alias?.value ?? node.name.value);
    return { list, field, node, access, json: connection.json, wantsCount: connection.wantsCount, write: (page, count) => `{${key}:${connection.write(page, count)}}` };
  }
}

type Write = (page: Page<string>, count: number) => string;

/** Turns selections into SQL and into the frame around its rows; null wherever the ordinary way has to be taken. */
class Writer {
  private fields = 0;

  constructor(private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>) {}

  connection(facts: Facts, set: SelectionSetNode, type: GraphQLObjectType): { json: string; wantsCount: boolean; write: Write } | null {
    const fields = this.flat(set, type.name);
    if (!fields) return null;
    const parts: { key: string; write: Write }[] = [];
    let json: string | null = null;
    let wantsCount = false;
    for (const field of fields) {
      const key = JSON.stringify(field.alias?.value ?? field.name.value);
      const below = type.getFields()[field.name.value];
      const inner = below && getNamedType(below.type);
      const name = field.name.value;
      if (name === '__typename') parts.push({ key, write: () => JSON.stringify(type.name) });
      else if (name === 'totalCount') {
        wantsCount = true;
        parts.push({ key, write: (_page, count) => String(count) });
      } else if (name === 'pageInfo') {
        const info = field.selectionSet && isObjectType(inner) ? this.pageInfo(field.selectionSet, inner) : null;
        if (!info) return null;
        parts.push({ key, write: info });
      } else if ((name === 'nodes' || name === 'edges') && field.selectionSet && isObjectType(inner) && json === null) {
        const rows = name === 'nodes' ? this.nodes(facts, field.selectionSet, inner) : this.edges(facts, field.selectionSet, inner);
        if (!rows) return null;
        json = rows.json;
        parts.push({ key, write: rows.write });
      } else return null;
    }
    if (json === null) return null;
    return { json, wantsCount, write: (page, count) => `{${parts.map((p) => `${p.key}:${p.write(page, count)}`).join(',')}}` };
  }

  private nodes(facts: Facts, set: SelectionSetNode, type: GraphQLObjectType): { json: string; write: Write } | null {
    const json = this.record(facts, set, type);
    return json === null ? null : { json, write: (page) => `[${page.nodes.join(',')}]` };
  }

  private edges(facts: Facts, set: SelectionSetNode, type: GraphQLObjectType): { json: string; write: Write } | null {
    const fields = this.flat(set, type.name);
    const node = fields?.find((f) => f.name.value === 'node');
    const record = type.getFields().node;
    const inner = record && getNamedType(record.type);
    if (!fields || !node?.selectionSet || !isObjectType(inner) || fields.filter((f) => f.name.value === 'node').length > 1) return null;
    const json = this.record(facts, node.selectionSet, inner);
    const parts = fields.map((f) => ({ key: JSON.stringify(f.alias?.value ?? f.name.value), name: f.name.value }));
    if (json === null || parts.some((p) => !['node', 'cursor', '__typename'].includes(p.name))) return null;
    const value = (name: string, page: Page<string>, i: number) => (name === 'node' ? page.nodes[i]! : JSON.stringify(name === 'cursor' ? page.cursors[i] : type.name));
    return { json, write: (page) => `[${page.nodes.map((_, i) => `{${parts.map((p) => `${p.key}:${value(p.name, page, i)}`).join(',')}}`).join(',')}]` };
  }

  private pageInfo(set: SelectionSetNode, type: GraphQLObjectType): Write | null {
    const fields = this.flat(set, type.name);
    if (!fields) return null;
    const of: Record<string, (page: Page<string>) => unknown> = {
      hasNextPage: (p) => p.hasNextPage, hasPreviousPage: (p) => p.hasPreviousPage, startCursor: (p) => p.cursors[0] ?? null, endCursor: (p) => p.cursors.at(-1) ?? null, __typename: () => type.name,
    };
    if (!fields.every((f) => Object.hasOwn(of, f.name.value))) return null;
    return (page) => JSON.stringify(Object.fromEntries(fields.map((f) => [f.alias?.value ?? f.name.value, of[f.name.value]!(page)])));
  }

  /** SQL of one record in the order and under the names of the selection. */
  private record(facts: Facts, set: SelectionSetNode, type: GraphQLObjectType): string | null {
    const fields = this.flat(set, type.name);
    if (!fields || fields.length > MOST_PAIRS) return null;
    const pairs: string[] = [];
    for (const field of fields) {
      const key = `'${field.alias?.value ?? field.name.value}'`;
      if (field.name.value === '__typename') {
        pairs.push(`${key},'${type.name}'`);
        continue;
      }
      const fact = Object.hasOwn(facts, field.name.value) ? facts[field.name.value] : undefined;
      const declared = type.getFields()[field.name.value];
      const inner = declared && getNamedType(declared.type);
      // A field with a resolver or arguments of its own is more than its fact.
      if (fact === undefined || !declared || declared.resolve || field.arguments?.length || !inner) return null;
      if (typeof fact === 'string') {
        if (!isLeafType(inner)) return null;
        pairs.push(`${key},${fact}`);
      } else {
        if (!field.selectionSet || !isObjectType(inner)) return null;
        // What the outer row carries itself needs no look-up.
        const near = fact.near && this.flat(field.selectionSet, inner.name)?.every((f) => f.name.value === '__typename' || Object.hasOwn(fact.near!, f.name.value));
        const nested = this.record(near ? fact.near! : fact.of, field.selectionSet, inner);
        if (nested === null) return null;
        pairs.push(`${key},${near ? `case when ${fact.present!} then ${nested} end` : fact.sql(nested)}`);
      }
    }
    return `json_build_object(${pairs.join(',')})`;
  }

  /** The fields of a selection with its fragments spread out; null for directives, other types, and names that would have to be merged. */
  private flat(set: SelectionSetNode, typeName: string): FieldNode[] | null {
    const out: FieldNode[] = [];
    const keys = new Set<string>();
    for (const selection of set.selections) {
      if (selection.directives?.length || ++this.fields > MOST_FIELDS) return null;
      if (selection.kind === Kind.FIELD) out.push(selection);
      else {
        const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
        if (!fragment || fragment.directives?.length || (fragment.typeCondition && fragment.typeCondition.name.value !== typeName)) return null;
        const inner = this.flat(fragment.selectionSet, typeName);
        if (!inner) return null;
        out.push(...inner);
      }
    }
    for (const field of out) {
      const key = field.alias?.value ?? field.name.value;
      if (keys.has(key)) return null;
      keys.add(key);
    }
    return out;
  }
}
