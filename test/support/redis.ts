import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';

export interface RedisServer {
  readonly url: string;
  /** What an operator does by mistake. */
  wipe(): Promise<void>;
  close(): Promise<void>;
}

/** The Redis of REDIS_URL, or one of our own on a free port (append-only, as one would run it); null where none is installed. `own`: what is wiped here must be nobody else's. */
export async function openRedis({ own = false } = {}): Promise<RedisServer | null> {
  if (process.env.REDIS_URL && !own) return connected(process.env.REDIS_URL, async () => undefined);
  const folder = mkdtempSync(join(tmpdir(), 'yinfeng-redis-'));
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec', '--loglevel', 'warning'], { stdio: 'ignore' });
  const missing = await Promise.race([once(server, 'error'), once(server, 'spawn').then(() => null)]);
  const gone = async () => {
    if (server.exitCode === null && server.signalCode === null && server.kill('SIGTERM')) await once(server, 'exit');
    rmSync(folder, { recursive: true, force: true });
  };
  if (missing !== null) {
    rmSync(folder, { recursive: true, force: true });
    return null;
  }
  return connected(`redis://127.0.0.1:${port}`, gone);
}

async function connected(url: string, end: () => Promise<void>): Promise<RedisServer> {
  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  await client.ping();
  return {
    url,
    wipe: async () => void (await client.flushall()),
    close: async () => {
      client.disconnect();
      await pause(0);
      await end();
    },
  };
}
