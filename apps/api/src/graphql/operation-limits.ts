import type { Locale } from '@yinfeng/platform';
import { type DocumentNode, getOperationAST, type GraphQLError, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import type { RootField } from './access.js';
import type { RequestContext } from './context.js';
import { programError } from './errors.js';
import type { OperationLimits } from './limits.js';
import { type OperationPlan, planOperation } from './operation-plan.rules.js';
import type { Spending } from './spending.js';

/** The limits of limits.ts applied to one operation, the same way over HTTP and WebSocket. */
export class OperationLimiter {
  private readonly plans = new WeakMap<OperationDefinitionNode, OperationPlan>();

  constructor(
    private readonly schema: () => GraphQLSchema,
    private readonly limits: OperationLimits,
    private readonly spending: Spending,
    /** Whether strangers may look at the schema; only outside production. */
    private readonly openSchema: boolean,
    /** Whether a root field is reachable without signing in. */
    private readonly isPublic: (kind: RootField['kind'], name: string) => boolean,
  ) {}

  /** The plan of a parsed operation, walked once per document. */
  planOf(document: DocumentNode, operation: OperationDefinitionNode): OperationPlan {
    let plan = this.plans.get(operation);
    if (!plan) this.plans.set(operation, (plan = planOperation(this.schema(), document, operation)));
    return plan;
  }

  /**
   * Refuses what is too deep, too wide or too dear, and takes its points from the caller's bucket. A stranger who asks for
   * anything but the open doors is sent away at once; what a signed-in person may reach is the guard's matter.
   * @throws GraphQLError QUERY_TOO_COMPLEX, RATE_LIMITED (with `seconds`), UNAUTHENTICATED, FORBIDDEN for a stranger's introspection.
   */
  admit(document: DocumentNode, operationName: string | null | undefined, variables: Record<string, unknown>, context: RequestContext): OperationPlan | null {
    const operation = getOperationAST(document, operationName);
    if (!operation) return null;
    const plan = this.planOf(document, operation);
    const { locale } = context;
    if (plan.introspects && !context.actor && !this.openSchema) throw programError('INTROSPECTION_REFUSED', locale, {}, undefined, 400);
    if (plan.depth > this.limits.depth) throw tooComplex(locale, ['层数', 'depth'], plan.depth, this.limits.depth);
    if (plan.aliases > this.limits.aliases) throw tooComplex(locale, ['别名数', 'aliases'], plan.aliases, this.limits.aliases);
    if (plan.directives > this.limits.directives) throw tooComplex(locale, ['指令数', 'directives'], plan.directives, this.limits.directives);
    if (!context.actor && !this.open(operation, plan)) throw programError('UNAUTHENTICATED', locale, {}, undefined, 401);
    const { cost, nodes } = plan.measure(variables);
    if (nodes > this.limits.nodes) throw tooComplex(locale, ['记录数', 'records'], nodes, this.limits.nodes);
    if (cost > this.limits.cost) throw tooComplex(locale, ['开销', 'cost'], cost, this.limits.cost);
    const { waitSeconds, available } = this.spending.spend(callerOf(context), cost);
    if (waitSeconds > 0) throw rateLimited(locale, waitSeconds);
    context.cost = { requested: cost, throttleStatus: { maximumAvailable: this.spending.capacity, currentlyAvailable: available, restoreRate: this.spending.perSecond } };
    return plan;
  }

  /** What admit() took comes back: the operation did nothing and goes another way, where it is admitted anew. */
  giveBack(context: RequestContext): void {
    if (context.cost) this.spending.giveBack(callerOf(context), context.cost.requested);
  }

  private open(operation: OperationDefinitionNode, plan: OperationPlan): boolean {
    const kind = ({ query: 'Query', mutation: 'Mutation', subscription: 'Subscription' } as const)[operation.operation];
    return plan.rootFields.every((field) => field.startsWith('__') || this.isPublic(kind, field));
  }
}

function callerOf(context: RequestContext): string {
  return context.actor?.staffId ?? `address:${context.address}`;
}

function tooComplex(locale: Locale, [zh, en]: readonly [string, string], value: number, limit: number): GraphQLError {
  return programError('QUERY_TOO_COMPLEX', locale, { what: locale === 'en' ? en : zh, value, limit }, undefined, 400);
}

function rateLimited(locale: Locale, seconds: number): GraphQLError {
  const error = programError('RATE_LIMITED', locale, { seconds }, undefined, 429);
  Object.assign(error.extensions, { seconds, http: { status: 429, headers: new Map([['retry-after', String(seconds)]]) } });
  return error;
}
