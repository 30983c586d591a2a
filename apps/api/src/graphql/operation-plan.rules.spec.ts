import { describe, expect, it } from '@jest/globals';
import { buildSchema, type OperationDefinitionNode, parse } from 'graphql';
import { planOperation } from './operation-plan.rules.js';

const schema = buildSchema(`
  type Query { me: Person tasks(first: Int, after: String, last: Int): TaskConnection! search(text: String!, first: Int = 10): [Task!]! node: Node }
  type Mutation { add(input: Int): Task }
  interface Node { id: ID! }
  type Person implements Node { id: ID! name: String boss: Person tasks(first: Int): TaskConnection! }
  type Task implements Node { id: ID! title: String owner: Person labels: [Label!]! }
  type Label { name: String }
  type TaskConnection { edges: [TaskEdge!]! nodes: [Task!]! pageInfo: PageInfo! totalCount: Int! }
  type TaskEdge { cursor: String! node: Task! }
  type PageInfo { hasNextPage: Boolean! }
`);
const plan = (text: string) => {
  const document = parse(text);
  return planOperation(schema, document, document.definitions.find((d): d is OperationDefinitionNode => d.kind === 'OperationDefinition')!);
};
const cost = (text: string, variables: Record<string, unknown> = {}) => plan(text).measure(variables).cost;

describe('the cost of an operation', () => {
  it('is one at least, one a record, nothing a scalar, ten more for a mutation', () => {
    expect(cost('{ __typename }')).toBe(1);
    expect(cost('{ me { id name boss { id } } }')).toBe(2);
    expect(cost('mutation { add { id } }')).toBe(11);
  });

  it('multiplies what stands in a page by its size: 20 when absent, 200 at most, whatever is asked', () => {
    expect(cost('{ tasks(first: 50) { nodes { id } } }')).toBe(51);
    expect(cost('{ tasks { nodes { id } } }')).toBe(21);
    expect(cost('{ tasks(last: 3) { edges { cursor node { id owner { id } } } pageInfo { hasNextPage } totalCount } }')).toBe(7);
    expect(cost('{ tasks(first: 100000) { nodes { id } } }')).toBe(201);
    expect(cost('{ tasks(first: -1) { nodes { id } } }')).toBe(1);
    expect(cost('{ tasks(first: null) { nodes { id } } }')).toBe(21);
    expect(cost('{ search(text: "x") { id } }')).toBe(10);
    expect(cost('{ tasks(first: 10) { nodes { labels { name } } } }')).toBe(1 + 10 * (1 + 5));
    expect(cost('{ tasks(first: 10) { nodes { owner { tasks(first: 10) { nodes { id } } } } } }')).toBe(1 + 10 * (1 + 1 + 1 + 10));
  });

  it('takes sizes from variables, their defaults, and the worst of what is no number', () => {
    const text = 'query($n: Int = 30) { tasks(first: $n) { nodes { id } } }';
    expect([cost(text), cost(text, { n: 5 }), cost(text, { n: null }), cost(text, { n: 'x' }), cost(text, { n: 1e9 })]).toEqual([31, 6, 31, 201, 201]);
    expect(cost('query($n: Int) { tasks(first: $n) { nodes { id } } }')).toBe(21);
  });

  it('counts fragments wherever they are spread, inside pages too', () => {
    expect(cost('{ tasks(first: 10) { ...C } } fragment C on TaskConnection { edges { ...E } } fragment E on TaskEdge { node { owner { id } } }')).toBe(21);
    expect(cost('{ node { ... on Person { boss { id } } ... on Task { owner { id } } } }')).toBe(3);
  });

  it('is measured in no time however often fragments double, and circles do not hang', () => {
    const doubling = `{ me { ...F0 } } ${Array.from({ length: 60 }, (_, i) => `fragment F${i} on Person { a: boss { ...F${i + 1} } b: boss { ...F${i + 1} } }`).join(' ')} fragment F60 on Person { id }`;
    const started = performance.now();
    expect(cost(doubling)).toBeGreaterThan(1e9);
    expect(plan(doubling).aliases).toBeGreaterThan(1e9);
    expect(performance.now() - started).toBeLessThan(200);
    expect(cost('{ me { ...A } } fragment A on Person { boss { ...B } } fragment B on Person { boss { ...A } }')).toBeLessThan(10);
  });
});

describe('the shape of an operation', () => {
  it('has a depth, aliases and directives, counted through fragments', () => {
    expect(plan('{ me { boss { boss { id } } } }')).toMatchObject({ depth: 4, aliases: 0, directives: 0 });
    expect(plan('query @a { x: me { ...A @c ... @d { z: id } } } fragment A on Person { y: id @b }')).toMatchObject({ depth: 2, aliases: 3, directives: 4 });
  });

  it('names its root fields and tells whether it looks at the schema', () => {
    expect(plan('{ a: me { id } ...R } fragment R on Query { tasks { totalCount } me { id } }').rootFields).toEqual(['me', 'tasks']);
    expect(plan('{ ...R } fragment R on Query { __type(name: "Task") { fields { type { fields { name } } } } }')).toMatchObject({ introspects: true, depth: 1 });
    expect(plan('{ __typename }').introspects).toBe(false);
  });
});
