import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import autocannon from 'autocannon';
import pg from 'pg';

/** Clock ticks a second of /proc/<pid>/stat; 100 on every Linux that Node runs on. */
const TICKS = 100;

/** CPU seconds (user and system) that a process has used. */
export function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** CPU seconds of a PostgreSQL server: the postmaster, its present backends, and those that have ended. */
export function cpuOfServer(postmaster: number): number {
  let total = 0;
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      if (Number(pid) === postmaster) total += (Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14])) / TICKS;
      else if (Number(fields[1]) === postmaster) total += (Number(fields[11]) + Number(fields[12])) / TICKS;
    } catch {
      // ended meanwhile: its time is in the postmaster's account of children
    }
  }
  return total;
}

/** The postmaster's pid: the parent of any backend of the server. */
export async function postmasterOf(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const parent = Number(readFileSync(`/proc/${rows[0]!.pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[1]);
  await client.end();
  return parent;
}

export function rssOf(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) / 1024;
}

/** Memory of a process tree without counting shared pages twice (PSS), in MB. */
export function pssOfTree(root: number): number {
  const parents = new Map<number, number>();
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      parents.set(Number(pid), Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[1]));
    } catch {
      // ended
    }
  }
  const inTree = (pid: number): boolean => pid === root || (parents.has(pid) && parents.get(pid)! > 1 && inTree(parents.get(pid)!));
  let kb = 0;
  for (const pid of parents.keys()) {
    if (!inTree(pid)) continue;
    try {
      kb += Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      // ended or not ours
    }
  }
  return kb / 1024;
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** A server under test in a process of its own. */
export interface Contestant {
  name: string;
  pid: number;
  url: string;
  stop(): Promise<void>;
}

/** Starts a compiled script and waits for the line that tells its URL: `listening <url>`. */
export async function startScript(name: string, script: string, env: Record<string, string>): Promise<Contestant> {
  const child: ChildProcess = spawn(process.execPath, ['--enable-source-maps', script], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /listening (http:\S+)/.exec(text);
      if (found) resolve(found[1]!);
    });
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code} before it listened:\n${text}`)));
  });
  return { name, pid: child.pid!, url, stop: () => new Promise((resolve) => { child.once('exit', () => resolve()); child.kill('SIGTERM'); }) };
}

export interface Round {
  requestsPerSecond: number;
  p50: number;
  p99: number;
  /** CPU ms a request, server process and database. */
  serverMs: number;
  databaseMs: number;
  errors: number;
}

/** One round of load: the CPU that both sides spent over the answered requests. */
export async function load(contestant: Contestant, postmaster: number, options: { connections: number; amount: number; request: autocannon.Request; bodyOf?: () => string; headersOf?: () => Record<string, string>; verify?: (body: string) => boolean }): Promise<Round> {
  const before = [cpuOf(contestant.pid), cpuOfServer(postmaster)] as const;
  const request: autocannon.Request = options.bodyOf ? { ...options.request, setupRequest: (r) => ({ ...r, body: options.bodyOf!(), ...(options.headersOf ? { headers: options.headersOf() } : {}) }) } : options.request;
  let wrong = 0;
  const result = await autocannon({
    url: contestant.url, connections: options.connections, amount: options.amount, requests: [request], timeout: 60,
    ...(options.verify ? { verifyBody: (body: unknown) => { const right = options.verify!(String(body)); if (!right) wrong++; return right; } } : {}),
  });
  const done = result['2xx'];
  const per = (from: number, to: number) => ((to - from) * 1000) / Math.max(1, done);
  return {
    // A closed loop: each connection asks again as soon as it is answered. (The generator itself stops on whole seconds.)
    requestsPerSecond: (options.connections * 1000) / result.latency.average, p50: result.latency.p50, p99: result.latency.p99,
    serverMs: per(before[0], cpuOf(contestant.pid)), databaseMs: per(before[1], cpuOfServer(postmaster)), errors: result.non2xx + result.errors + wrong,
  };
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

export type Row = Record<string, string | number>;

/** A table for people: columns as wide as their widest cell. */
export function table(title: string, rows: Row[]): string {
  if (!rows.length) return `${title}\n  (nothing measured)\n`;
  const columns = Object.keys(rows[0]!);
  const cell = (v: string | number | undefined) => (typeof v === 'number' ? (Number.isInteger(v) ? String(v) : v.toFixed(v < 10 ? 2 : 1)) : (v ?? ''));
  const width = columns.map((c) => Math.max(c.length, ...rows.map((r) => cell(r[c]).length)));
  const line = (cells: string[]) => `  ${cells.map((c, i) => (i === 0 ? c.padEnd(width[i]!) : c.padStart(width[i]!))).join('  ')}`;
  return [title, line(columns), line(width.map((w) => '-'.repeat(w))), ...rows.map((r) => line(columns.map((c) => cell(r[c]))))].join('\n') + '\n';
}
