import { type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import type { RequestContext } from './context.js';
import type { OperationPlan } from './operation-plan.rules.js';
import type { RawJson } from './raw-json.js';

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

export const NO_PASSTHROUGH: Passthrough = { tryAnswer: async () => null };
