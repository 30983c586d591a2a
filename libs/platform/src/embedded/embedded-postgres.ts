import { execFile, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { findBinaries } from './binaries.js';
import { asUser, openCluster, serverEnvironment, type Cluster } from './cluster.js';
import { alive, underLock } from './start-lock.js';

const SUPERUSER = 'yinfeng';
/** How long a start waits for a server that still recovers, or for orphans of a killed one to end. */
const START_PATIENCE_MS = 60_000;
const STOP_PATIENCE_MS = 30_000;

export interface EmbeddedOptions {
  /** Folder of its own (".data/postgres"); made when missing. */
  folder: string;
  /** Database that the URL names; made when missing. */
  database?: string;
  /** false only for tests: no fsync, so a crash of the machine may lose everything. */
  durable?: boolean;
  maxConnections?: number;
  /** A line for the person at the terminal. */
  notice?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** Owner's URL of the database, password included. */
  readonly url: string;
  readonly port: number;
  /** True when the server was running already, started by someone else or left by a killed starter. */
  readonly attached: boolean;
  /** Whether its process lives; costs nothing. */
  running(): boolean;
  /** Starts the server again if it has gone (crash, kill -9); same URL. */
  revive(): Promise<void>;
  /** Leaves the server; the last one to leave stops it (fast shutdown: open transactions are rolled back). */
  stop(): Promise<void>;
}

interface ServerFile {
  port: number;
  password: string;
}

let attachments = 0;

/**
 * Starts the embedded PostgreSQL of a folder, or joins the one that runs there. Safe for several starters at once and after
 * kill -9 of starter or server. The server listens on 127.0.0.1 alone, with a password kept in the folder (0600).
 * @throws Error with a sentence for the operator: what is wrong and what to do.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const base = resolve(options.folder);
  const database = options.database ?? SUPERUSER;
  const notice = options.notice ?? (() => undefined);
  checkWritable(base);
  const mark = join(base, 'users', `${process.pid}-${attachments++}`);
  const lock = join(base, 'start.lock');
  const open = () => underLock(lock, async () => {
    const server = await startOrJoin(base, options, notice);
    writeFileSync(mark, '');
    return server;
  });
  const server = await open();
  await ensureDatabase(server.file, database);
  return {
    url: urlOf(server.file, database),
    port: server.file.port,
    attached: server.attached,
    running: () => postmaster(server.cluster.folder) !== null,
    revive: async () => void (await open()),
    stop: () => underLock(lock, async () => {
      rmSync(mark, { force: true });
      if (othersUse(base)) return;
      await shutDown(server.cluster.folder);
    }),
  };
}

function checkWritable(base: string): void {
  try {
    mkdirSync(join(base, 'users'), { recursive: true });
    for (const path of [base, join(base, 'users')]) accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Error(`The data folder ${base} cannot be written (${(error as NodeJS.ErrnoException).code}). Start as its owner, or choose another folder with YINFENG_DATA.`);
  }
}

async function startOrJoin(base: string, options: EmbeddedOptions, notice: (line: string) => void): Promise<{ cluster: Cluster; file: ServerFile; attached: boolean }> {
  const settings = join(base, 'server.json');
  const known = existsSync(settings) ? (JSON.parse(readFileSync(settings, 'utf8')) as ServerFile) : null;
  if (known === null && existsSync(join(base, 'cluster'))) throw new Error(`${settings} is missing, and with it the password of the database in ${base}. Put it back from a backup.`);
  const file = known ?? { port: await lastingPort(), password: randomBytes(24).toString('base64url') };
  // The password is on disk before the cluster that asks for it.
  if (known === null) store(settings, file);
  let cluster: Cluster;
  try {
    cluster = await openCluster(base, SUPERUSER, file.password, findBinaries(), notice);
  } catch (error) {
    if (known === null) rmSync(settings, { force: true });
    throw error;
  }
  const attached = await joinRunning(cluster, file);
  if (!attached) {
    // After a crash the server's children hold its port a moment longer; others may know the address, so it is worth waiting for.
    const crashed = existsSync(join(cluster.folder, 'postmaster.pid'));
    if (!(await isFree(file.port)) && !(crashed && (await becomesFree(file.port)))) {
      file.port = await lastingPort();
      store(settings, file);
    }
    // Nobody uses a server that does not run: marks of killed starters would keep the new one alive for ever.
    for (const name of readdirSync(join(base, 'users'))) rmSync(join(base, 'users', name), { force: true });
    await launch(base, cluster, file, options);
  }
  return { cluster, file, attached };
}

function store(settings: string, file: ServerFile): void {
  writeFileSync(`${settings}.new`, JSON.stringify(file), { mode: 0o600 });
  renameSync(`${settings}.new`, settings);
}

/** True when the server of this folder answers; false when none runs. Waits for one that is starting, recovering or stopping. */
async function joinRunning(cluster: Cluster, file: ServerFile): Promise<boolean> {
  const until = Date.now() + START_PATIENCE_MS;
  for (;;) {
    const pid = postmaster(cluster.folder);
    if (pid === null) return false;
    if (await answers(file, cluster.folder)) return true;
    if (Date.now() > until) throw new Error(`The PostgreSQL server ${pid} of ${cluster.folder} does not answer on port ${file.port}. Look at server.log, or end process ${pid} and start again.`);
    await pause(50);
  }
}

/** What a log says from a place on; nothing when it has been removed together with its folder. */
function textFrom(log: string, from: number): string {
  try {
    return readFileSync(log).subarray(from).toString();
  } catch {
    return '';
  }
}

async function launch(base: string, cluster: Cluster, file: ServerFile, options: EmbeddedOptions): Promise<void> {
  const log = join(base, 'server.log');
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > 5_000_000) renameSync(log, `${log}.old`);
  const until = Date.now() + START_PATIENCE_MS;
  for (;;) {
    const end = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    const out = openSync(log, 'a');
    // Detached, so that Ctrl-C at the terminal reaches us and not the database, which has to stop last.
    const child = spawn(join(cluster.binaries.folder, 'bin', 'postgres'), ['-D', cluster.folder, ...flags(file.port, options)], {
      cwd: cluster.folder, env: serverEnvironment(), stdio: ['ignore', out, out], detached: true, windowsHide: true, ...asUser(cluster.user),
    });
    closeSync(out);
    const ended = new Promise<string>((done) => {
      child.on('error', (error) => done(error.message));
      child.on('exit', () => done(textFrom(log, end)));
    });
    child.unref();
    let why: string | null = null;
    void ended.then((text) => (why = text));
    while (why === null) {
      if (await answers(file, cluster.folder)) return;
      if (Date.now() > until + START_PATIENCE_MS) throw new Error(`PostgreSQL did not become ready; see ${log}.`);
      await Promise.race([ended, pause(20)]);
    }
    // Orphans of a killed server still finish their work: their memory and lock file go when they do.
    if (Date.now() > until || !/lock file .* already exists|pre-existing shared memory/.test(why)) {
      throw new Error(`PostgreSQL did not start (${log}):\n${String(why).trim().split('\n').slice(-6).join('\n')}`);
    }
    await pause(200);
  }
}

function flags(port: number, options: EmbeddedOptions): string[] {
  const settings: Record<string, string | number> = {
    port, listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: options.maxConnections ?? 80,
    // Modest: one machine shares its memory with API and worker.
    shared_buffers: '128MB', maintenance_work_mem: '64MB', work_mem: '8MB', effective_cache_size: '1GB', max_wal_size: '1GB', io_method: 'sync',
    random_page_cost: 1.1, jit: 'off', timezone: 'UTC', log_timezone: 'UTC', wal_level: 'minimal', max_wal_senders: 0, autovacuum_naptime: '20s',
    log_checkpoints: 'off', log_line_prefix: '%m [%p] %d ',
    ...(options.durable === false ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** The running server's process, or null. A lock file whose number now belongs to some other program is removed. */
function postmaster(folder: string): number | null {
  const file = join(folder, 'postmaster.pid');
  let pid: number;
  try {
    pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  } catch {
    return null;
  }
  if (!Number.isInteger(pid) || pid <= 0 || !alive(pid)) return null;
  if (!isServer(pid)) {
    rmSync(file, { force: true });
    return null;
  }
  return pid;
}

/** Whether a living process is a PostgreSQL server; where that cannot be told, yes. */
function isServer(pid: number): boolean {
  if (process.platform !== 'linux') return alive(pid);
  try {
    // A zombie has an empty command line: it has ended, only its parent has not looked yet.
    return basename(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]!) === 'postgres';
  } catch {
    return false;
  }
}

async function answers(file: ServerFile, folder: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: urlOf(file, 'postgres'), connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    return realpathSync(rows[0]!.data_directory) === folder;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function ensureDatabase(file: ServerFile, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(file, 'postgres') });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
  } catch (error) {
    // Another starter made it meanwhile: duplicate_database, or the unique index under it.
    if (!['42P04', '23505'].includes((error as pg.DatabaseError).code ?? '')) throw error;
  } finally {
    await client.end();
  }
}

function othersUse(base: string): boolean {
  const users = join(base, 'users');
  let used = false;
  for (const name of readdirSync(users)) {
    if (alive(Number(name.split('-')[0]))) used = true;
    else rmSync(join(users, name), { force: true });
  }
  return used;
}

async function shutDown(folder: string): Promise<void> {
  const pid = postmaster(folder);
  if (pid === null) return;
  if (process.platform === 'win32') {
    await promisify(execFile)(join(findBinaries().folder, 'bin', 'pg_ctl.exe'), ['stop', '-D', folder, '-m', 'fast', '-w']);
    return;
  }
  // SIGINT is the fast shutdown; SIGTERM would wait for every client to leave.
  process.kill(pid, 'SIGINT');
  const until = Date.now() + STOP_PATIENCE_MS;
  // Its lock file goes a moment before the process does.
  while (isServer(pid)) {
    if (Date.now() > until) {
      process.kill(pid, 'SIGQUIT');
      throw new Error(`PostgreSQL (process ${pid}) did not stop within ${STOP_PATIENCE_MS / 1000} s and was told to quit at once; the next start recovers.`);
    }
    await pause(20);
  }
}

function urlOf(file: ServerFile, database: string): string {
  return `postgresql://${SUPERUSER}:${file.password}@127.0.0.1:${file.port}/${encodeURIComponent(database)}`;
}

/**
 * A free port to keep: below those that systems lend to outgoing connections (32768 on Linux, 49152 elsewhere), or another
 * program's connection may sit on it when the server comes back after a crash.
 */
async function lastingPort(): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
  return freePort();
}

/** A TCP port on 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done, failed) => server.once('error', failed).listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

async function becomesFree(port: number): Promise<boolean> {
  for (const until = Date.now() + 10_000; Date.now() < until; await pause(50)) if (await isFree(port)) return true;
  return false;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await new Promise<void>((done, failed) => server.once('error', failed).listen(port, '127.0.0.1', done));
    return true;
  } catch {
    return false;
  } finally {
    await new Promise((done) => server.close(done));
  }
}
