import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginSchemaReportingDisabled, ApolloServerPluginUsageReportingDisabled } from '@apollo/server/plugin/disabled';
import { newId } from '@yinfeng/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { ApiOptions } from '../api-options.js';
import type { RootField } from './access.js';
import type { RequestContext } from './context.js';
import { YinfengDriver, type YinfengDriverConfig } from './driver.js';
import { ExecutionPlugin, type OperationRecord } from './execution.plugin.js';
import { LIMITS, type OperationLimits } from './limits.js';
import { type ErrorLog, presentError } from './masking.js';
import { OperationLimiter } from './operation-limits.js';
import { NO_PASSTHROUGH, type Passthrough } from './passthrough.js';
import { stringifyAnswer } from './raw-json.js';
import { finishSchema } from './schema-finish.js';
import { Spending } from './spending.js';

/** What HTTP and WebSocket share: one schema, one set of limits, one bucket per caller, one mask. */
export class GraphqlEdge {
  readonly limits: OperationLimits;
  readonly spending: Spending;
  readonly limiter: OperationLimiter;
  schema: GraphQLSchema | null = null;
  private fields: ReadonlyMap<string, RootField['access']> | null = null;
  passthrough: Passthrough = NO_PASSTHROUGH;
  /** Answers a request without Apollo, or gives null; set once the services are there. */
  shortcut: (request: FastifyRequest) => Promise<string | null> = () => Promise.resolve(null);
  /** Told of each finished operation; set by the edge that counts and logs. */
  finished: (record: OperationRecord) => void = () => undefined;

  constructor(
    options: Pick<ApiOptions, 'limits' | 'production'>,
    readonly log: ErrorLog,
    /** Read once the schema is built: decorators tell it then. */
    private readonly access: () => readonly RootField[],
  ) {
    this.limits = { ...LIMITS, ...options.limits };
    this.spending = new Spending(this.limits.bucket, this.limits.refillPerSecond);
    this.limiter = new OperationLimiter(() => this.schema!, this.limits, this.spending, !options.production, (kind, name) => this.accessOf(kind, name) === 'PUBLIC');
  }

  /** Settings of the Apollo server (security.md C3), with the context of each request. */
  driverConfig(context: (request: FastifyRequest, reply: FastifyReply) => Promise<RequestContext>, transportError: YinfengDriverConfig['transportError']): YinfengDriverConfig {
    const { limits, log } = this;
    return {
      driver: YinfengDriver,
      path: '/graphql',
      bodyLimit: limits.bodyBytes,
      transportError,
      shortcut: (request) => this.shortcut(request),
      context: (request: FastifyRequest, reply: FastifyReply) => this.contextOf(request, () => context(request, reply)),
      autoSchemaFile: true,
      // A quarter of the start; `npm run schema` checks the same schema.
      buildSchemaOptions: { skipCheck: true },
      transformSchema: (schema) => (this.schema = finishSchema(schema)),
      graphiql: false,
      // Errors and their statuses are presented in one place of ours.
      autoTransformHttpErrors: false,
      preserveHttpStatusForExecutionErrors: false,
      // Who may look is decided per caller (OperationLimiter).
      introspection: true,
      csrfPrevention: true,
      allowBatchedHttpRequests: false,
      persistedQueries: false,
      hideSchemaDetailsFromClientErrors: true,
      includeStacktraceInErrorResponses: false,
      parseOptions: { maxTokens: limits.tokens },
      validationOptions: { maxErrors: limits.errors },
      maxRecursiveSelections: limits.recursiveSelections,
      stringifyResult: stringifyAnswer,
      formatError: (_formatted, error) => presentError(error, { locale: 'zh', requestId: newId() }, log),
      // Cache control hooks into every field, reporting would phone out.
      plugins: [
        ApolloServerPluginCacheControlDisabled(),
        ApolloServerPluginSchemaReportingDisabled(),
        ApolloServerPluginUsageReportingDisabled(),
        new ExecutionPlugin({ limits, limiter: this.limiter, log, passthrough: { tryAnswer: (request) => this.passthrough.tryAnswer(request) }, finished: (record) => this.finished(record) }),
      ],
      logger: { debug: () => undefined, info: () => undefined, warn: (m: unknown) => log.error({ cause: String(m) }, 'apollo'), error: (m: unknown) => log.error({ cause: String(m) }, 'apollo') },
      stopOnTerminationSignals: false,
    };
  }

  /** What the caller of a root field must be permitted to do. */
  accessOf(kind: RootField['kind'], name: string): RootField['access'] {
    this.fields ??= new Map(this.access().map((f) => [`${f.kind}.${f.name}`, f.access]));
    return this.fields.get(`${kind}.${name}`);
  }

  /** A context that cannot be made (the database is away) fails under the request's own id. */
  private async contextOf(request: FastifyRequest, make: () => Promise<RequestContext>): Promise<RequestContext> {
    try {
      return await make();
    } catch (error) {
      if (error instanceof GraphQLError) throw error;
      const { message, extensions } = presentError(error, { locale: 'zh', requestId: request.id }, this.log);
      throw new GraphQLError(message, { extensions: { ...extensions, http: { status: 500, headers: new Map<string, string>() } } });
    }
  }
}
