import {
  type DocumentNode, type FieldNode, type FragmentDefinitionNode, getNamedType, type GraphQLField, type GraphQLSchema, isCompositeType, isInterfaceType, isListType,
  isNonNullType, isObjectType, Kind, type OperationDefinitionNode, type SelectionSetNode, type ValueNode,
} from 'graphql';

/**
 * What an operation would cost, known before it runs. A document is walked once and becomes a plan; the plan is measured
 * with the variables of each request. Fragments are planned once each and referred to, so that 2^22 spreads cost 22
 * steps to measure.
 *
 * Points: a record 1 (times the size of the list it stands in), a scalar 0, the list itself 1, a mutation 10 on top.
 * A list with `first` or `last` counts that many (20 when absent, never above 200), any other list 5.
 */
export interface OperationPlan {
  depth: number;
  aliases: number;
  directives: number;
  introspects: boolean;
  /** Names of the root fields, for metrics and the pass-through. */
  rootFields: readonly string[];
  measure(variables: Record<string, unknown>): Measure;
}

export interface Measure {
  cost: number;
  nodes: number;
}

const PAGE = 20;
const MOST = 200;
const PLAIN_LIST = 5;
const MUTATION = 10;

type Size = number | { variable: string; otherwise: number };
interface Part {
  /** Points of the field itself, before the list size. */
  own: Measure;
  size: Size;
  below: Part[];
}
interface Bounds { depth: number; aliases: number; directives: number }
interface Planned extends Bounds { parts: Part[] }

/** Adds at most this much up: sums of hostile documents stay finite. */
const CEILING = 1e12;

export function planOperation(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): OperationPlan {
  const fragments = new Map(document.definitions.flatMap((d) => (d.kind === Kind.FRAGMENT_DEFINITION ? [[d.name.value, d] as const] : [])));
  const walk = new Walk(schema, fragments, operation);
  const root = schema.getRootType(operation.operation);
  const planned = walk.set(operation.selectionSet, root?.name ?? '', null);
  const variables = variablesOf(planned.parts);
  const base = operation.operation === 'mutation' ? MUTATION : 0;
  const measure = (values: Record<string, unknown>): Measure => {
    const m = sum(planned.parts, values, new Map());
    return { cost: Math.max(1, m.cost + base), nodes: m.nodes };
  };
  // Most operations page by literal numbers or not at all: then the measure is one constant.
  const constant = variables.size === 0 ? measure({}) : null;
  return {
    depth: planned.depth,
    aliases: planned.aliases,
    directives: planned.directives + (operation.directives?.length ?? 0),
    introspects: walk.introspects,
    rootFields: walk.rootFields(operation.selectionSet),
    measure: (values) => constant ?? measure(values),
  };
}

class Walk {
  introspects = false;
  private readonly planned = new Map<string, Planned>();
  private readonly open = new Set<string>();
  private readonly defaults: Map<string, ValueNode | undefined>;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    operation: OperationDefinitionNode,
  ) {
    this.defaults = new Map((operation.variableDefinitions ?? []).map((v) => [v.variable.name.value, v.defaultValue]));
  }

  /** `list`: how many times the record of this set stands below a connection (`edges`, `nodes` take the connection's size). */
  set(set: SelectionSetNode, typeName: string, list: Size | null): Planned {
    const parts: Part[] = [];
    const bounds: Bounds = { depth: 0, aliases: 0, directives: 0 };
    const take = (p: Bounds) => {
      bounds.depth = Math.max(bounds.depth, p.depth);
      bounds.aliases = Math.min(CEILING, bounds.aliases + p.aliases);
      bounds.directives = Math.min(CEILING, bounds.directives + p.directives);
    };
    for (const selection of set.selections) {
      bounds.directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FIELD) {
        const field = this.field(selection, typeName, list);
        take(field);
        if (field.part) parts.push(field.part);
      } else {
        const inner = selection.kind === Kind.INLINE_FRAGMENT ? this.set(selection.selectionSet, selection.typeCondition?.name.value ?? typeName, list) : this.spread(selection.name.value, list);
        take(inner);
        // The parts of a fragment are shared, never copied: the document's spreads may be exponential.
        if (inner.parts.length) parts.push({ own: { cost: 0, nodes: 0 }, size: 1, below: inner.parts });
      }
    }
    return { parts, ...bounds };
  }

  rootFields(set: SelectionSetNode, seen = new Set<string>()): string[] {
    const names = set.selections.flatMap((s) => {
      if (s.kind === Kind.FIELD) return [s.name.value];
      if (s.kind === Kind.INLINE_FRAGMENT) return this.rootFields(s.selectionSet, seen);
      const fragment = this.fragments.get(s.name.value);
      if (!fragment || seen.has(s.name.value)) return [];
      seen.add(s.name.value);
      return this.rootFields(fragment.selectionSet, seen);
    });
    return [...new Set(names)];
  }

  private spread(name: string, list: Size | null): Planned {
    const key = `${name}\n${JSON.stringify(list)}`;
    const known = this.planned.get(key);
    if (known) return known;
    const fragment = this.fragments.get(name);
    // A circle never validates; here it only must not hang.
    if (!fragment || this.open.has(key)) return { parts: [], depth: 0, aliases: 0, directives: 0 };
    this.open.add(key);
    const planned = this.set(fragment.selectionSet, fragment.typeCondition.name.value, list);
    this.open.delete(key);
    this.planned.set(key, planned);
    return planned;
  }

  private field(node: FieldNode, typeName: string, list: Size | null): Bounds & { part: Part | null } {
    const aliases = node.alias ? 1 : 0;
    const name = node.name.value;
    if (name === '__schema' || name === '__type') {
      this.introspects = true;
      return { depth: 1, aliases, directives: 0, part: null };
    }
    const parent = this.schema.getType(typeName);
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
    const type = field ? getNamedType(field.type) : undefined;
    if (!field || !isCompositeType(type) || !node.selectionSet) return { depth: 1, aliases, directives: 0, part: null };
    const isConnection = type.name.endsWith('Connection');
    const below = this.set(node.selectionSet, type.name, isConnection ? this.pageSize(node, field) : null);
    return { depth: 1 + below.depth, aliases: aliases + below.aliases, directives: below.directives, part: { ...this.price(node, field, type.name, list), below: below.parts } };
  }

  private price(node: FieldNode, field: GraphQLField<unknown, unknown>, typeName: string, list: Size | null): { own: Measure; size: Size } {
    // A page's frame costs nothing by itself; its records stand below `nodes` or below `edges { node }`.
    if (typeName.endsWith('Connection')) return { own: { cost: 1, nodes: 0 }, size: 1 };
    if (typeName === 'PageInfo') return { own: { cost: 0, nodes: 0 }, size: 1 };
    if (typeName.endsWith('Edge')) return { own: { cost: 0, nodes: 0 }, size: list ?? PLAIN_LIST };
    const bare = isNonNullType(field.type) ? field.type.ofType : field.type;
    if (!isListType(bare)) return { own: { cost: 1, nodes: 1 }, size: 1 };
    if (list !== null && field.name === 'nodes') return { own: { cost: 1, nodes: 1 }, size: list };
    return { own: { cost: 1, nodes: 1 }, size: field.args.some((a) => a.name === 'first') ? this.pageSize(node, field) : PLAIN_LIST };
  }

  private pageSize(node: FieldNode, field: GraphQLField<unknown, unknown>): Size {
    const given = node.arguments?.find((a) => a.name.value === 'first' || a.name.value === 'last')?.value;
    const declared = field.args.find((a) => a.name === 'first')?.defaultValue;
    const absent = typeof declared === 'number' ? declared : PAGE;
    if (!given || given.kind === Kind.NULL) return absent;
    if (given.kind === Kind.INT) return clamp(Number(given.value));
    if (given.kind !== Kind.VARIABLE) return MOST;
    const fallback = this.defaults.get(given.name.value);
    return { variable: given.name.value, otherwise: fallback?.kind === Kind.INT ? clamp(Number(fallback.value)) : absent };
  }
}

/** Sizes that execution will refuse anyway (−1, 1.5, 100000) count as something within the page limit. */
function clamp(n: number): number {
  return Number.isFinite(n) ? Math.min(MOST, Math.max(0, Math.ceil(n))) : MOST;
}

function sizeOf(size: Size, variables: Record<string, unknown>): number {
  if (typeof size === 'number') return size;
  const value = Object.hasOwn(variables, size.variable) ? variables[size.variable] : undefined;
  return value == null ? size.otherwise : clamp(Number(value));
}

function sum(parts: Part[], variables: Record<string, unknown>, known: Map<Part[], Measure>): Measure {
  const seen = known.get(parts);
  if (seen) return seen;
  const total = { cost: 0, nodes: 0 };
  for (const part of parts) {
    const n = sizeOf(part.size, variables);
    const below = sum(part.below, variables, known);
    total.cost = Math.min(CEILING, total.cost + n * (part.own.cost + below.cost));
    total.nodes = Math.min(CEILING, total.nodes + n * (part.own.nodes + below.nodes));
  }
  known.set(parts, total);
  return total;
}

function variablesOf(parts: Part[], seen = new Set<Part[]>(), names = new Set<string>()): Set<string> {
  if (seen.has(parts)) return names;
  seen.add(parts);
  for (const part of parts) {
    if (typeof part.size === 'object') names.add(part.size.variable);
    variablesOf(part.below, seen, names);
  }
  return names;
}
