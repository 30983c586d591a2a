import { Type } from '@nestjs/common';
import { ArgsType, Field, ID, Int, InterfaceType, ObjectType } from '@nestjs/graphql';
import { type Page } from '@yinfeng/platform';

@InterfaceType({ description: 'A record with a globally unique id; fetch any of them through node(id:).', resolveType: (value: { id: string }) => value.id.split(':')[0] })
export abstract class Node {
  @Field(() => ID, { description: 'Globally unique id.' }) id!: string;
}

@ObjectType({ description: 'Where a page lies in its list.' })
export class PageInfo {
  @Field({ description: 'More records follow.' }) hasNextPage!: boolean;
  @Field({ description: 'Records precede.' }) hasPreviousPage!: boolean;
  @Field(() => String, { nullable: true, description: 'Cursor of the first record of the page.' }) startCursor!: string | null;
  @Field(() => String, { nullable: true, description: 'Cursor of the last record of the page.' }) endCursor!: string | null;
}

@ArgsType()
export class ForwardPageArgs {
  @Field(() => Int, { nullable: true, description: 'How many from the start, 1 to 200; 20 when absent.' }) first?: number | null;
  @Field(() => String, { nullable: true, description: 'Only what follows this cursor.' }) after?: string | null;
}
@ArgsType()
export class PageArgs extends ForwardPageArgs {
  @Field(() => Int, { nullable: true, description: 'How many from the end, 1 to 200.' }) last?: number | null;
  @Field(() => String, { nullable: true, description: 'Only what precedes this cursor.' }) before?: string | null;
}

/** A page with its total, as the connection types show it. totalCount is a promise factory: counted only when asked for. */
export interface Connection<N> {
  edges: { cursor: string; node: N }[];
  nodes: N[];
  pageInfo: PageInfo;
  totalCount: number | (() => Promise<number>);
}

export function connection<N>(page: Page<N>, totalCount: number | (() => Promise<number>)): Connection<N> {
  return {
    nodes: page.nodes,
    edges: page.nodes.map((node, i) => ({ node, cursor: page.cursors[i]! })),
    pageInfo: { hasNextPage: page.hasNextPage, hasPreviousPage: page.hasPreviousPage, startCursor: page.cursors[0] ?? null, endCursor: page.cursors.at(-1) ?? null },
    totalCount,
  };
}

/** Connection and edge types of a record type: `class ProjectConnection extends connectionOf(Project, 'Project') {}`. */
export function connectionOf<N>(node: Type<N>, name: string) {
  @ObjectType(`${name}Edge`, { description: `A ${name} in its list.` })
  class Edge {
    @Field({ description: 'Where the record stands in this list.' }) cursor!: string;
    @Field(() => node, { description: 'The record.' }) node!: N;
  }
  @ObjectType({ isAbstract: true })
  abstract class ConnectionType {
    @Field(() => [Edge], { description: 'Records with their cursors.' }) edges!: Edge[];
    @Field(() => [node], { description: 'The records alone.' }) nodes!: N[];
    @Field(() => PageInfo, { description: 'Where this page lies.' }) pageInfo!: PageInfo;
    @Field(() => Int, { description: 'How many records the whole list has for this caller.' }) totalCount!: number;
  }
  return ConnectionType;
}
