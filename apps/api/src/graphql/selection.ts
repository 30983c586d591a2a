import type { Shape } from '@yinfeng/platform';
import type { FieldNode, FragmentDefinitionNode, GraphQLResolveInfo, SelectionSetNode } from 'graphql';

type Info = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>;

/**
 * Look-ahead: the fields selected below this one, as a Shape that a lib can read in one statement. `path` walks down
 * first, e.g. ['nodes'] or ['edges', 'node'] of a connection. Fields with @skip or @include count as selected: a fact
 * too many costs little, a missing one would be wrong. Aliases fold onto the field.
 */
export function selected(info: Info, ...path: string[]): Shape {
  let sets = info.fieldNodes.flatMap((n) => (n.selectionSet ? [n.selectionSet] : []));
  for (const name of path) sets = sets.flatMap((s) => fieldsOf(s, info.fragments).filter((f) => f.name.value === name).flatMap((f) => (f.selectionSet ? [f.selectionSet] : [])));
  const shape: Shape = {};
  for (const set of sets) merge(shape, set, info.fragments, 0);
  return shape;
}

/** The shape of the records of a connection, however they are asked for (nodes, edges). */
export function selectedNodes(info: Info): Shape {
  return mergeShapes(selected(info, 'nodes'), selected(info, 'edges', 'node'));
}

/** Whether a field is selected below this one. */
export function selects(info: Info, ...path: string[]): boolean {
  const last = path.pop()!;
  return Object.hasOwn(selected(info, ...path), last);
}

export function mergeShapes(a: Shape, b: Shape): Shape {
  const out: Shape = { ...a };
  for (const [k, v] of Object.entries(b)) {
    const seen = Object.hasOwn(out, k) ? out[k] : undefined;
    out[k] = seen === undefined || seen === true ? v : v === true ? seen : mergeShapes(seen, v);
  }
  return out;
}

function fieldsOf(set: SelectionSetNode, fragments: Record<string, FragmentDefinitionNode>, depth = 0): FieldNode[] {
  if (depth > 20) return [];
  return set.selections.flatMap((s) => {
    if (s.kind === 'Field') return [s];
    if (s.kind === 'InlineFragment') return fieldsOf(s.selectionSet, fragments, depth + 1);
    const fragment = fragments[s.name.value];
    return fragment ? fieldsOf(fragment.selectionSet, fragments, depth + 1) : [];
  });
}

function merge(into: Shape, set: SelectionSetNode, fragments: Record<string, FragmentDefinitionNode>, depth: number): void {
  if (depth > 20) return;
  for (const field of fieldsOf(set, fragments)) {
    const name = field.name.value;
    if (name.startsWith('__')) continue;
    if (!field.selectionSet) {
      into[name] ??= true;
      continue;
    }
    const below: Shape = Object.hasOwn(into, name) && typeof into[name] === 'object' ? into[name] : {};
    merge(below, field.selectionSet, fragments, depth + 1);
    into[name] = below;
  }
}
