import { describe, expect, it } from '@jest/globals';
import { execute, type ExecutionResult, GraphQLEnumType, GraphQLInt, GraphQLInterfaceType, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLScalarType, GraphQLSchema, GraphQLString, type OperationDefinitionNode, parse } from 'graphql';
import { CompiledOperations } from './jit.js';

/** Gives null for "blank", as our scalars would for a value that they do not know. */
const Odd = new GraphQLScalarType({ name: 'Odd', serialize: (v) => (v === 'blank' ? null : v === 'undefined' ? undefined : String(v)) });
const Colour = new GraphQLEnumType({ name: 'Colour', values: { RED: {}, GREEN: {} } });
const Node = new GraphQLInterfaceType({ name: 'Node', fields: { id: { type: GraphQLString } }, resolveType: (v: { kind: string }) => v.kind });
const Thing: GraphQLObjectType = new GraphQLObjectType({
  name: 'Thing', interfaces: [Node],
  fields: () => ({
    id: { type: GraphQLString }, must: { type: new GraphQLNonNull(Odd) }, may: { type: Odd }, colour: { type: Colour }, name: { type: new GraphQLNonNull(GraphQLString) },
    inner: { type: Thing }, mustInner: { type: new GraphQLNonNull(Thing) }, list: { type: new GraphQLList(new GraphQLNonNull(Thing)) },
    later: { type: GraphQLString, args: { n: { type: GraphQLInt, defaultValue: 1 } }, resolve: async (_p, { n }: { n: number }) => `later ${n}` },
    fails: { type: GraphQLString, resolve: () => { throw new Error('no'); } },
    failsLater: { type: new GraphQLNonNull(GraphQLString), resolve: async () => { throw new Error('no'); } },
  }),
});
const Other = new GraphQLObjectType({ name: 'Other', interfaces: [Node], fields: { id: { type: GraphQLString }, size: { type: GraphQLInt } } });
const good = { kind: 'Thing', id: '1', must: 'x', may: 'y', colour: 'RED', name: 'n' };
const schema = new GraphQLSchema({
  types: [Thing, Other],
  query: new GraphQLObjectType({
    name: 'Query',
    fields: {
      thing: { type: Thing, args: { as: { type: GraphQLString } }, resolve: (_p, { as }: { as?: string }) => VALUES[as ?? 'good'] },
      things: { type: new GraphQLList(Thing), resolve: async () => [good, null, { ...good, must: 'blank' }] },
      nodes: { type: new GraphQLList(Node), resolve: () => [good, { kind: 'Other', id: '2', size: 3 }] },
    },
  }),
});
const VALUES: Record<string, object> = {
  good: { ...good, inner: good, mustInner: good, list: [good, good] },
  blank: { ...good, must: 'blank' }, nothing: { ...good, must: null }, undef: { ...good, must: 'undefined' }, noName: { ...good, name: null },
  mayBlank: { ...good, may: 'blank' }, badEnum: { ...good, colour: 'BLUE' }, innerBlank: { ...good, inner: { ...good, must: 'blank' }, mustInner: null, list: [good, { ...good, must: 'blank' }] },
};

const shown = (result: ExecutionResult) => ({ data: result.data === undefined ? undefined : (JSON.parse(JSON.stringify(result.data)) as unknown), errors: (result.errors ?? []).map((e) => e.path?.join('.')).sort() });

async function both(text: string, variables: Record<string, unknown> = {}) {
  const document = parse(text);
  const operation = document.definitions[0] as OperationDefinitionNode;
  const operations = new CompiledOperations(schema);
  expect([operations.find(document, operation), operations.find(document, operation)]).toEqual([null, null]);
  const compiled = operations.find(document, operation)!;
  return [shown((await compiled.query(undefined, {}, variables))), shown(await execute({ schema, document, contextValue: {}, variableValues: variables }))] as const;
}

describe('compiled execution answers as graphql-js does', () => {
  it.each([
    '{ thing { id must may colour name later inner { id } mustInner { id } list { id } } }',
    '{ thing(as: "blank") { id must } }',
    '{ thing(as: "nothing") { id must } }',
    '{ thing(as: "undef") { id must } }',
    '{ thing(as: "noName") { id name } }',
    '{ thing(as: "badEnum") { id colour } }',
    '{ thing(as: "innerBlank") { id inner { must } } }',
    '{ thing(as: "innerBlank") { id mustInner { must } } }',
    '{ thing(as: "innerBlank") { id list { must } } }',
    '{ things { id must } }',
    '{ nodes { __typename id ... on Other { size } ... on Thing { name } } }',
    '{ a: thing { b: id fails } thing { failsLater } }',
    'query($s: Boolean!) { thing { id @skip(if: $s) name @include(if: $s) ...F @include(if: $s) } } fragment F on Thing { colour }',
    'query($n: Int = 7) { thing { later(n: $n) } }',
    '{ __schema { queryType { name } } __type(name: "Thing") { name fields { name } } }',
  ])('%s', async (text) => {
    const [compiled, plain] = await both(text, { s: true });
    expect(compiled).toEqual(plain);
  });

  it('with a null that a scalar made in a nullable field refused alike', async () => {
    const [compiled, plain] = await both('{ thing(as: "mayBlank") { id may } }');
    expect(compiled).toEqual(plain);
  });
});

describe('what is compiled', () => {
  it('is what comes back; subscriptions never are', () => {
    const operations = new CompiledOperations(schema);
    const document = parse('subscription { thing { id } }');
    for (let i = 0; i < 5; i++) expect(operations.find(document, document.definitions[0] as OperationDefinitionNode)).toBeNull();
  });

  it('has fieldNodes and fragments for look-ahead, as in graphql-js', async () => {
    let info: { fieldNodes: unknown; fragments: unknown; returnType: unknown } | undefined;
    const Query = new GraphQLObjectType({ name: 'Query', fields: { thing: { type: Thing, resolve: (_p, _a, _c, i) => { info = i; return good; } } } });
    const own = new GraphQLSchema({ query: Query });
    const document = parse('{ thing { ...F } } fragment F on Thing { id }');
    const operations = new CompiledOperations(own);
    const find = () => operations.find(document, document.definitions[0] as OperationDefinitionNode);
    find(); find();
    await find()!.query(undefined, {}, {});
    const { fieldNodes, fragments } = info!;
    await execute({ schema: own, document });
    expect(fieldNodes).toEqual(info!.fieldNodes);
    expect(Object.keys(fragments as object)).toEqual(['F']);
  });
});
