import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CallLinksService, DeadlinesService, TaskforceDayService } from '@yinfeng/construction';
import { SignInService } from '@yinfeng/directory';
import { ConfigError, Database, JobBoardService, QueueRuntime, readConfig, StoredFiles } from '@yinfeng/platform';
import { ProjectsService, VisitsService } from '@yinfeng/recruitment';
import { CalendarFeedsService, DeliveriesService, MailOffService } from '@yinfeng/reminders';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { ApiOptions } from './api-options.js';
import { ApiModule } from './app.module.js';
import { deadlinesPassthrough } from './deadlines/deadlines.resolver.js';
import { rootFields } from './graphql/access.js';
import { GraphqlEdge } from './graphql/edge.js';
import type { OperationRecord } from './graphql/execution.plugin.js';
import { MutationShortcut } from './graphql/mutation-shortcut.js';
import { ListPassthrough } from './graphql/passthrough.js';
import { callRoutes } from './http/calls.routes.js';
import { calendarRoutes } from './http/calendar.routes.js';
import { fileRoutes } from './http/files.routes.js';
import { healthRoutes } from './http/health.routes.js';
import { InstallationGauges } from './http/installation-gauges.js';
import { jobRoutes } from './http/jobs.routes.js';
import { mailOffRoutes } from './http/mail-off.routes.js';
import { ApiMetrics } from './http/metrics.js';
import { pageRoutes } from './http/pages.routes.js';
import { RequestContexts } from './http/request-context.js';
import { httpServer, prepareServer } from './http/server.js';
import { SubscriptionSocket } from './http/socket.js';
import { projectsPassthrough } from './projects/projects.passthrough.js';
import { resolvers } from './resolvers.js';
import { taskforceDayPassthrough } from './taskforces/taskforces.resolver.js';
import { visitLogShortcut } from './visits/visits.shortcut.js';

export type { ApiOptions } from './api-options.js';

export interface RunningApi {
  /** e.g. http://127.0.0.1:3000 */
  url: string;
  /** For tests and for what starts more beside the API. */
  app: NestFastifyApplication;
  close(): Promise<void>;
}

/** Starts the API: GraphQL over HTTP and WebSocket, files, pages, health and metrics. Port 0 takes a free one. */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const adapter = httpServer(options);
  const fastify = adapter.getInstance<FastifyInstance>();
  const edge = new GraphqlEdge(options, fastify.log, () => rootFields(resolvers));
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.for(options, edge), adapter, { bodyParser: false, logger: nestLog(fastify.log), abortOnError: false });
  await prepareServer(fastify);

  const db = app.get(Database);
  const contexts = app.get(RequestContexts, { strict: false });
  const board = app.get(JobBoardService, { strict: false });
  const metrics = new ApiMetrics(db, new InstallationGauges(board, app.get(QueueRuntime, { strict: false }), options.figuresFreshMs));
  edge.passthrough = new ListPassthrough({ projects: projectsPassthrough(app.get(ProjectsService, { strict: false })), deadlines: deadlinesPassthrough(app.get(DeadlinesService, { strict: false })), taskforceDay: taskforceDayPassthrough(app.get(TaskforceDayService, { strict: false })) }, (field) => edge.accessOf('Query', field));
  const shortcut = new MutationShortcut(
    { schema: () => edge.schema!, limits: edge.limits, limiter: edge.limiter, log: fastify.log, contexts, accessOf: (field) => edge.accessOf('Mutation', field), finished: (record) => edge.finished(record) },
    { visitLog: visitLogShortcut(app.get(VisitsService, { strict: false })) },
  );
  edge.shortcut = (request) => shortcut.tryAnswer(request);
  edge.finished = (record) => {
    metrics.count(record);
    logOperation(fastify.log, record);
  };
  await fastify.register(fileRoutes({ contexts, files: app.get(StoredFiles), spending: edge.spending }));
  await fastify.register(callRoutes({ links: app.get(CallLinksService, { strict: false }), files: app.get(StoredFiles), limits: options.callPageLimits }));
  await fastify.register(calendarRoutes({ feeds: app.get(CalendarFeedsService, { strict: false }), spending: edge.spending }));
  await fastify.register(jobRoutes({ board, deliveries: app.get(DeliveriesService, { strict: false }), signIns: app.get(SignInService, { strict: false }), contexts, spending: edge.spending, allowedOrigins: options.allowedOrigins ?? [] }));
  await fastify.register(mailOffRoutes({ mails: app.get(MailOffService, { strict: false }), spending: edge.spending }));
  await fastify.register(healthRoutes({ db, metrics, readiness: options.readiness ?? [] }));
  await fastify.register(pageRoutes({ graphiql: options.graphiql ?? !options.production }));

  await app.listen(options.port, options.host);
  const socket = new SubscriptionSocket(app.getHttpServer(), {
    schema: edge.schema!, contexts, limiter: edge.limiter, limits: edge.limits, log: fastify.log, allowedOrigins: options.allowedOrigins ?? [], trustProxy: options.trustProxy ?? false,
    counted: (by) => metrics.sockets.inc(by),
  });
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    app,
    close: async () => {
      await socket.close();
      await app.close();
    },
  };
}

/** One line an operation: who, what root fields, how long, how it ended. Never its text or variables: they hold people's data. */
function logOperation(log: FastifyBaseLogger, { context, kind, rootFields, ms, codes }: OperationRecord): void {
  log.info({ requestId: context.requestId, staff: context.actor?.staffId, kind, fields: rootFields.slice(0, 20), ms: Math.round(ms * 10) / 10, ...(codes.length ? { codes } : {}) }, 'operation');
}

/** Nest's own words in our log: only what is worth knowing. What resolvers throw is logged where it is presented, and refusals hold people's words. */
function nestLog(log: FastifyBaseLogger): LoggerService {
  const text = (message: unknown) => (message instanceof Error ? (message.stack ?? message.message) : String(message));
  return {
    log: () => undefined,
    warn: (message: unknown) => log.warn(text(message)),
    error: (message: unknown, ...more: unknown[]) => {
      if (more.some((part) => part === 'ExceptionsHandler')) return;
      log.error({ cause: more.filter((part) => part !== undefined).map(text).join(' ') }, text(message));
    },
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const config = readConfig();
    if (config.databaseUrl === null) throw new ConfigError('DATABASE_URL', '', '单独启动接口时须给出数据库地址；npm start 自带数据库 / needed when the API starts alone; npm start brings its own');
    // The API adds no jobs itself (the outbox does), but it is not ready while nobody could.
    const queue = new QueueRuntime({ databaseUrl: config.databaseUrl, redisUrl: config.redisUrl });
    const api = await startApi({ ...config, databaseUrl: config.databaseUrl, queue, readiness: [{ name: 'queue', check: () => queue.ping() }] });
    console.log(api.url);
    const stop = () => void api.close().then(() => process.exit(0));
    process.once('SIGINT', stop).once('SIGTERM', stop);
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : error);
    process.exitCode = 1;
  }
}
