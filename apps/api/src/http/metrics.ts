import { Database } from '@yinfeng/platform';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { OperationRecord } from '../graphql/execution.plugin.js';
import type { InstallationGauges } from './installation-gauges.js';

/** Figures of this process and of the installation for Prometheus. Operations are named by the root field of our schema, never by the caller's words. */
export class ApiMetrics {
  private readonly registry = new Registry();
  private readonly operations: Counter;
  private readonly seconds: Histogram;
  readonly sockets: Gauge;

  constructor(db: Database, private readonly installation: InstallationGauges) {
    collectDefaultMetrics({ register: this.registry });
    const registers = [this.registry];
    this.operations = new Counter({ name: 'yinfeng_operations_total', help: 'GraphQL operations by root field and outcome (ok or the first error code)', labelNames: ['kind', 'operation', 'outcome'], registers });
    this.seconds = new Histogram({ name: 'yinfeng_operation_seconds', help: 'Time of GraphQL operations by root field', labelNames: ['kind', 'operation'], buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10], registers });
    this.sockets = new Gauge({ name: 'yinfeng_sockets', help: 'Open WebSocket connections', registers });
    for (const state of ['total', 'idle', 'waiting'] as const) {
      new Gauge({ name: `yinfeng_pool_${state}`, help: `Database connections of this process: ${state}`, registers, collect() { this.set(db.pool()[state]); } });
    }
    installation.register(this.registry);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  async text(): Promise<string> {
    await this.installation.refresh();
    return this.registry.metrics();
  }

  count(record: OperationRecord): void {
    const kind = record.kind ?? 'none';
    const operation = record.rootFields.length === 1 ? record.rootFields[0]! : record.rootFields.length === 0 ? 'none' : 'several';
    this.operations.inc({ kind, operation, outcome: record.codes[0] ?? 'ok' });
    this.seconds.observe({ kind, operation }, record.ms / 1000);
  }
}
