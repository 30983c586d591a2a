import { Database } from '@yinfeng/platform';
import type { FastifyInstance } from 'fastify';
import type { ApiOptions } from '../api-options.js';
import type { ApiMetrics } from './metrics.js';

const PROBE_MS = 2_000;

/** /healthz: the process answers. /readyz: what it needs answers too. /metrics: figures for Prometheus, none about a person. */
export function healthRoutes({ db, metrics, readiness }: { db: Database; metrics: ApiMetrics; readiness: NonNullable<ApiOptions['readiness']> }) {
  const probes = [{ name: 'database', check: async () => void (await db.shared('select 1')) }, ...readiness];
  return async (app: FastifyInstance): Promise<void> => {
    app.get('/healthz', async () => ({ status: 'ok' }));
    app.get('/readyz', async (request, reply) => {
      const parts = await Promise.all(probes.map(async (probe) => [probe.name, await works(probe.check, request.log)] as const));
      const ready = parts.every(([, ok]) => ok);
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'waiting', ...Object.fromEntries(parts.map(([name, ok]) => [name, ok ? 'ok' : 'unreachable'])) });
    });
    app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
  };
}

/** Why a probe fails goes to the log alone. */
async function works(check: () => Promise<void>, log: { warn(fields: object, text: string): void }): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await Promise.race([check(), new Promise((_, reject) => (timer = setTimeout(() => reject(new Error('no answer in time')), PROBE_MS)))]);
    return true;
  } catch (error) {
    log.warn({ cause: error instanceof Error ? error.message : String(error) }, 'not ready');
    return false;
  } finally {
    clearTimeout(timer);
  }
}
