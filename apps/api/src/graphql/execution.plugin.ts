import { type ApolloServerPlugin, type GraphQLRequestContext, type GraphQLRequestListener, HeaderMap } from '@apollo/server';
import { execute, type ExecutionResult, GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import type { RequestContext } from './context.js';
import { CompiledOperations } from './jit.js';
import type { OperationLimits } from './limits.js';
import { type ErrorLog, presentError } from './masking.js';
import type { OperationLimiter } from './operation-limits.js';
import type { OperationPlan } from './operation-plan.rules.js';
import type { Passthrough } from './passthrough.js';
import { timedOut, within } from './time-limit.js';

/** What is told of a finished operation, to the log and the metrics. */
export interface OperationRecord {
  context: RequestContext;
  /** query or mutation; null when the document was refused before it had one. */
  kind: string | null;
  rootFields: readonly string[];
  ms: number;
  codes: readonly string[];
}

export interface ExecutionParts {
  limits: OperationLimits;
  limiter: OperationLimiter;
  log: ErrorLog;
  passthrough: Passthrough;
  finished: (record: OperationRecord) => void;
}

/** A request whose operation is known. */
type Running = GraphQLRequestContext<RequestContext> & Required<Pick<GraphQLRequestContext<RequestContext>, 'document' | 'operation'>>;

/** Requests refused before execution: by the draft of GraphQL over HTTP a plain application/json answer has status 200. */
const REQUEST_ERRORS = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT', 'QUERY_TOO_COMPLEX']);

/**
 * Admits, runs and presents one operation over HTTP: limits first, then the pass-through, compiled execution or
 * graphql-js, within a time limit, and errors through the one mask.
 */
export class ExecutionPlugin implements ApolloServerPlugin<RequestContext> {
  private compiled: { schema: GraphQLSchema; operations: CompiledOperations } | null = null;

  constructor(private readonly parts: ExecutionParts) {}

  async requestDidStart(): Promise<GraphQLRequestListener<RequestContext>> {
    const { limiter, finished } = this.parts;
    const startedAt = performance.now();
    let plan: OperationPlan | null = null;
    return {
      didResolveOperation: async (request) => {
        plan = limiter.admit(request.document, request.request.operationName, request.request.variables ?? {}, request.contextValue);
      },
      responseForOperation: async (request) => {
        // The name of an operation that is not in the document: Apollo words that error.
        if (!request.operation) return null;
        const result = await this.run(request, plan);
        const refusedBeforeRun = result.errors !== undefined && result.data === undefined;
        return { http: { status: refusedBeforeRun ? 400 : undefined, headers: new HeaderMap() }, body: { kind: 'single', singleResult: result } };
      },
      willSendResponse: async (request) => {
        const { response, contextValue } = request;
        if (response.body.kind !== 'single') return;
        const { singleResult } = response.body;
        const codes = (singleResult.errors ?? []).map((e) => String(e.extensions?.code));
        const acceptsNew = request.request.http?.headers.get('accept')?.includes('application/graphql-response+json') ?? false;
        if (!acceptsNew && response.http.status === 400 && REQUEST_ERRORS.has(codes[0] ?? '')) response.http.status = 200;
        if (contextValue.cost) singleResult.extensions = { ...singleResult.extensions, cost: contextValue.cost };
        finished({ context: contextValue, kind: request.operation?.operation ?? null, rootFields: plan?.rootFields ?? [], ms: performance.now() - startedAt, codes });
      },
    };
  }

  private async run(request: Running, plan: OperationPlan | null): Promise<{ data?: Record<string, unknown> | null; errors?: GraphQLFormattedError[] }> {
    const { contextValue: context } = request;
    const variables = request.request.variables ?? {};
    const limit = this.parts.limits.operationMs;
    const work = this.answer(request, variables, plan);
    const result = await within(work, limit, () => ({
      data: null,
      errors: [timedOut(context, limit)],
    }));
    return result.errors ? { ...result, errors: result.errors.map((e) => presentError(callersFault(e, result), context, this.parts.log)) } : (result as { data: Record<string, unknown> });
  }

  private async answer(request: Running, variables: Record<string, unknown>, plan: OperationPlan | null): Promise<ExecutionResult> {
    const { contextValue: context, document, operation, schema } = request;
    const passed = plan && (await this.parts.passthrough.tryAnswer({ plan, document, operation, schema, variables, context }));
    return passed ? { data: passed as unknown as Record<string, unknown> } : this.execution(request, variables);
  }

  private async execution(request: Running, variables: Record<string, unknown>): Promise<ExecutionResult> {
    const { contextValue, document, operation, schema } = request;
    if (this.compiled?.schema !== schema) this.compiled = { schema, operations: new CompiledOperations(schema) };
    const compiled = this.compiled.operations.find(document, operation);
    if (compiled) {
      const result = await compiled.query(undefined, contextValue, variables);
      // Variables that do not fit: nothing has run yet, and graphql-js says so in the usual words.
      if (result.data !== undefined || !result.errors) return result;
    }
    return execute({ schema, document, contextValue, variableValues: variables, operationName: request.request.operationName ?? null });
  }
}

/** Without data nothing ran: the variables did not fit the operation. */
function callersFault(error: GraphQLError, result: ExecutionResult): GraphQLError {
  if (result.data !== undefined || error.extensions?.code !== undefined) return error;
  return new GraphQLError(error.message, { nodes: error.nodes, extensions: { code: 'BAD_USER_INPUT' } });
}
