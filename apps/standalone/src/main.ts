import { mkdirSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
// Not through the lib's index: this process stays for as long as the others and must not hold their libraries.
import { ConfigError, readConfig, withoutPassword, type Config } from '../../../libs/platform/src/config/config.js';
import { startEmbedded, type EmbeddedPostgres } from '../../../libs/platform/src/embedded/embedded-postgres.js';
import { Part } from './part.js';
import type { Prepared } from './prepare.js';

const READY_PATIENCE_MS = 60_000;
const WATCH_MS = 1_000;
/** A part that ends this often within a minute will not stay up. */
const MOST_RESTARTS = 5;

/**
 * npm start: database, schema, API and worker in one go, as processes of their own. The database starts first and stops
 * last. This process holds little, for it only starts, watches and stops the others.
 */
async function run(): Promise<void> {
  const config = readConfig();
  await demandFreePort(config);
  makeFolder(config.dataDir);
  const logs = join(config.dataDir, 'logs');

  let database: EmbeddedPostgres | null = null;
  const parts: Part[] = [];
  let stopping: Promise<void> | undefined;
  const stop = (code: number): Promise<void> => (stopping ??= (async () => {
    say('正在停止……', 'Stopping…');
    await Promise.all(parts.map((part) => part.stop()));
    await database?.stop();
    say('已停止。', 'Stopped.');
    process.exit(code);
  })().catch((error: unknown) => {
    console.error(String(error instanceof Error ? error.message : error));
    process.exit(1);
  }));
  const asked = (): void => {
    // Asked twice: whoever presses Ctrl-C again does not want to wait.
    if (stopping !== undefined) parts.forEach((part) => part.kill());
    void stop(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, asked);
  leaveWithNpm(asked);

  try {
    if (config.databaseUrl === null) {
      database = await startEmbedded({ folder: join(config.dataDir, 'postgres'), notice: (line) => console.log(line) });
    }
    const url = config.databaseUrl ?? database!.url;
    const env: NodeJS.ProcessEnv = {
      ...process.env, DATABASE_URL: url, YINFENG_DATA: config.dataDir, YINFENG_DEMO: config.demo ? '1' : '0', PORT: String(config.port), HOST: config.host,
      // At this terminal only trouble matters; whoever wants every request says so.
      LOG_LEVEL: process.env['LOG_LEVEL'] || 'warn',
    };
    const prepared = await new Part('prepare', 'standalone/src/prepare.js', env, logs).start<Prepared>().catch((error: unknown) => {
      if (config.databaseUrl !== null) throw new Error(`DATABASE_URL=${withoutPassword(config.databaseUrl)}\n${(error as Error).message}`);
      throw error;
    });
    if (stopping !== undefined) return;
    const api = new Part('api', 'api/src/main.js', env, logs);
    const worker = new Part('worker', 'worker/src/main.js', env, logs);
    parts.push(api, worker);
    const ready = () => answers(config);
    await Promise.all([api.startUntil(ready, READY_PATIENCE_MS), worker.start()]);
    keepUp(api, () => api.startUntil(ready, READY_PATIENCE_MS), () => stop(1));
    keepUp(worker, () => worker.start(), () => stop(1));
    if (database !== null) watch(database, () => stopping === undefined);
    greet(config, prepared, logs);
  } catch (error) {
    if (stopping !== undefined) return;
    console.error(error instanceof Error ? error.message : error);
    await stop(1);
  }
}

/** @throws Error that names the port and how to choose another, before anything has been started. */
async function demandFreePort({ host, port }: Config): Promise<void> {
  const probe = createServer();
  try {
    await new Promise<void>((done, failed) => probe.once('error', failed).listen(port, host, done));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const other = port === 3000 ? 3100 : 3000;
    if (code === 'EADDRINUSE') {
      throw new Error(`端口 ${port} 已被占用。请先停止占用它的程序，或换一个端口：PORT=${other} npm start\nPort ${port} is in use. Stop the program that holds it, or choose another port: PORT=${other} npm start`);
    }
    if (code === 'EACCES') throw new ConfigError('PORT', String(port), `没有权限监听该端口，请用 1024 以上的端口 / not permitted to listen there, choose a port above 1024, such as PORT=${other}`);
    throw new ConfigError('HOST', host, `本机没有这个地址，如 127.0.0.1 或 0.0.0.0 / this machine has no such address (${code}), expected for example 127.0.0.1 or 0.0.0.0`);
  } finally {
    if (probe.listening) await new Promise((done) => probe.close(done));
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new ConfigError('YINFENG_DATA', folder, `无法建立该文件夹（${(error as NodeJS.ErrnoException).code}）/ the folder cannot be made, expected one that this user may write`);
  }
}

function answers(config: Config): Promise<boolean> {
  return new Promise((done) => {
    const request = get(`${addressOf(config)}/readyz`, { timeout: 2_000, agent: false }, (response) => {
      response.resume();
      done(response.statusCode === 200);
    });
    request.on('error', () => done(false)).on('timeout', () => request.destroy());
  });
}

/** A part that ends by itself is started again; one that will not stay up ends everything. */
function keepUp(part: Part, restart: () => Promise<unknown>, giveUp: () => Promise<void>): void {
  const ends: number[] = [];
  part.onEnd = () => {
    ends.push(Date.now());
    const often = ends.filter((at) => at > Date.now() - 60_000).length > MOST_RESTARTS;
    console.error(`${part.name} 意外退出 / ended unexpectedly (${part.log}):\n${part.tail(5)}`);
    if (often) void giveUp();
    else void restart().then(() => console.error(`${part.name} 已重新启动 / started again.`), (error: Error) => console.error(error.message));
  };
}

/** A database that was killed comes back; API and worker reconnect by themselves. */
function watch(database: EmbeddedPostgres, wanted: () => boolean): void {
  let busy = false;
  setInterval(() => {
    if (busy || !wanted() || database.running()) return;
    busy = true;
    console.error('数据库意外退出，正在重新启动…… / The database ended unexpectedly; starting it again…');
    database.revive().then(() => console.error('数据库已恢复。/ The database is back.'), (error: Error) => console.error(error.message)).finally(() => (busy = false));
  }, WATCH_MS).unref();
}

/** npm runs us inside a shell, which does not pass a signal on: when it has gone, we leave too. */
function leaveWithNpm(leave: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    leave();
  }, 300).unref();
}

function addressOf({ host, port }: Config): string {
  const local = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${local.includes(':') ? `[${local}]` : local}:${port}`;
}

function greet(config: Config, prepared: Prepared, logs: string): void {
  const address = addressOf(config);
  const lines = ['', `引凤 Yinfeng   ${address}`, `GraphQL        ${address}/graphql`, ''];
  if (prepared.demo !== null) {
    lines.push(`演示账号 Demo accounts（密码 password: ${prepared.demo.password}）`, ...rowsOf(prepared.demo.accounts, 3), '');
  } else if (prepared.zones === 0) {
    lines.push('尚无新区。请先建立：npm run yinfeng -- zone:create --code 代码 --name 名称', 'There is no zone yet. Make one: npm run yinfeng -- zone:create --code CODE --name NAME', '');
  }
  lines.push(`数据 Data: ${config.dataDir}   日志 Logs: ${logs}`, '按 Ctrl-C 停止；再次 npm start 会保留数据。Press Ctrl-C to stop; the next npm start keeps the data.', '');
  console.log(lines.join('\n'));
}

function rowsOf(items: readonly string[], columns: number): string[] {
  const width = Math.max(...items.map((item) => item.length)) + 3;
  const rows: string[] = [];
  for (let i = 0; i < items.length; i += columns) rows.push(`  ${items.slice(i, i + columns).map((item) => item.padEnd(width)).join('').trimEnd()}`);
  return rows;
}

function say(zh: string, en: string): void {
  console.log(`${zh} ${en}`);
}

await run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
