import { Injectable } from '@nestjs/common';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { ApolloServer, type BaseContext, HeaderMap } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export interface YinfengDriverConfig extends ApolloDriverConfig {
  /** Bytes of a request body. */
  bodyLimit: number;
  /** Errors of the transport (a body that is no JSON, too large, of another type) in the shape of GraphQL. */
  transportError: (error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply) => void;
  /** The whole answer of a request that needs no Apollo, or null (mutation-shortcut.ts). */
  shortcut: (request: FastifyRequest) => Promise<string | null>;
}

/**
 * Nest's Apollo driver with a route of our own: body limit and transport errors belong to it, and a hostile Host header
 * or a repeated one cannot make it fail.
 */
@Injectable()
export class YinfengDriver extends ApolloDriver {
  protected override async registerFastify(options: ApolloDriverConfig): Promise<void> {
    const config = options as YinfengDriverConfig;
    const app = this.httpAdapterHost.httpAdapter.getInstance<FastifyInstance>();
    // What Nest's module options have beyond Apollo's is ignored by Apollo.
    const server = new ApolloServer<BaseContext>({ ...config, schema: config.schema! } as ConstructorParameters<typeof ApolloServer<BaseContext>>[0]);
    await server.start();
    const context = config.context as (request: FastifyRequest, reply: FastifyReply) => Promise<BaseContext>;
    app.route({
      url: config.path!,
      method: ['GET', 'POST', 'OPTIONS'],
      bodyLimit: config.bodyLimit,
      errorHandler: config.transportError,
      handler: async (request, reply) => {
        const short = await config.shortcut(request);
        if (short !== null) {
          void reply.type('application/json; charset=utf-8');
          return short;
        }
        const query = request.raw.url?.indexOf('?') ?? -1;
        const response = await server.executeHTTPGraphQLRequest({
          httpGraphQLRequest: { body: request.body, method: request.method.toUpperCase(), headers: headersOf(request), search: query < 0 ? '' : request.raw.url!.slice(query) },
          context: () => context(request, reply),
        });
        for (const [name, value] of response.headers) reply.header(name, value);
        reply.code(response.status ?? 200);
        if (response.body.kind === 'complete') return response.body.string;
        throw new Error('incremental delivery is not offered');
      },
    });
    this.apolloServer = server;
  }
}

/** The headers that Apollo looks at: content negotiation and its CSRF prevention. */
const NEEDED = ['accept', 'content-type', 'apollo-require-preflight', 'x-apollo-operation-name'] as const;
function headersOf(request: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  for (const name of NEEDED) {
    const value = request.headers[name];
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}
