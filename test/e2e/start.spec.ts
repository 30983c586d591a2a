import { afterAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

const home = mkdtempSync(join(tmpdir(), 'yinfeng start '));
chmodSync(home, 0o755);
const data = join(home, 'my data');
const started: ChildProcess[] = [];
afterAll(async () => {
  for (const child of started) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  rmSync(home, { recursive: true, force: true });
});

/** npm start without npm and the build, as a child whose words are kept. */
function start(env: Record<string, string>): { child: ChildProcess; said: () => string; ended: Promise<number | null> } {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(DATABASE_URL|REDIS_URL|NODE_ENV|NODE_OPTIONS|PORT|HOST|YINFENG_.*|npm_.*)$/.test(name)));
  const child = spawn(process.execPath, ['--enable-source-maps', 'dist/apps/standalone/src/main.js'], { env: { ...own, YINFENG_DATA: data, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (text += piece.toString()));
  return { child, said: () => text, ended: once(child, 'close').then(([code]) => code as number | null) };
}

async function until(what: string, holds: () => boolean | Promise<boolean>, seconds = 40): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(50)) if (await holds()) return;
  throw new Error(`never happened: ${what}`);
}
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
async function askDatabase(sql: string): Promise<Record<string, unknown>[]> {
  const { port, password } = JSON.parse(readFileSync(join(data, 'postgres', 'server.json'), 'utf8')) as { port: number; password: string };
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'yinfeng', password, database: 'yinfeng' });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
const serverPid = () => Number(readFileSync(join(data, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);
/** A process that has ended may wait for its parent to look: then its command line is empty. */
const lives = (pid: number) => { try { return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== ''; } catch { return false; } };

describe('npm start', () => {
  it('runs everything, survives kill -9 of itself, keeps the data, and stops in order', async () => {
    const port = await freePort();
    const address = `http://127.0.0.1:${port}`;
    const first = start({ PORT: String(port) });
    await until('the greeting of the first start', () => first.said().includes('Ctrl-C') || first.child.exitCode !== null);
    expect(first.said()).toContain(address);
    for (const account of ['recruiter@demo', 'recruiter2@demo', 'manager@demo', 'leader@demo', 'service@demo', 'agent@demo', 'admin@demo', 'security@demo', 'auditor@demo', 'yinfeng-demo']) expect(first.said()).toContain(account);
    expect((await fetch(`${address}/readyz`)).status).toBe(200);
    // The worker works: a recurring job has been done.
    await until('a job completed', async () => (await askDatabase("select 1 from bullmq.job where state = 'completed'")).length > 0);

    // The port is taken: said before anything is started, with another port to use.
    const second = start({ PORT: String(port) });
    expect(await second.ended).toBe(1);
    expect(second.said()).toMatch(new RegExp(`端口 ${port} .*PORT=\\d+ npm start\\nPort ${port} is in use.*PORT=\\d+ npm start\\n$`));

    await askDatabase("insert into zone (code, name) values ('KEPT', '保留')");
    first.child.kill('SIGKILL');
    await first.ended;
    process.kill(serverPid(), 'SIGKILL');
    await until('the API has left with its starter', async () => !(await fetch(`${address}/healthz`).then(() => true, () => false)));

    const third = start({ PORT: String(port) });
    await until('the greeting of the second start', () => third.said().includes('Ctrl-C') || third.child.exitCode !== null);
    expect(third.said()).toContain(address);
    expect(await askDatabase("select code from zone order by code")).toEqual([{ code: 'DEMO' }, { code: 'KEPT' }]);

    const database = serverPid();
    third.child.kill('SIGINT');
    expect(await third.ended).toBe(0);
    expect(third.said()).toMatch(/Stopping….*\n.*Stopped\.\n$/);
    expect(lives(database)).toBe(false);
    // Nobody was cut off: the database stopped after the others had left.
    const log = readFileSync(join(data, 'postgres', 'server.log'), 'utf8').split('received fast shutdown request').pop()!;
    expect(log).toContain('database system is shut down');
    expect(log).not.toMatch(/FATAL|terminating connection/);
  }, 120_000);

  it.each([
    ['PORT', 'http', /^PORT="http": .* from 1 to 65535\n$/],
    ['DATABASE_URL', 'mysql://u:s3cret@127.0.0.1/x', /^DATABASE_URL="mysql:\/\/u:\*\*\*@127\.0\.0\.1\/x": .*postgresql:\/\/.*\n$/],
    ['HOST', '192.0.2.1', /^HOST="192\.0\.2\.1": .*no such address.*\n$/],
  ])('%s=%s stops the start with one line', async (name, value, line) => {
    const run = start({ [name]: value });
    expect(await run.ended).toBe(1);
    expect(run.said()).toMatch(line);
    expect(run.said().trim().split('\n')).toHaveLength(1);
  });

  it('names a database that does not answer, without its password', async () => {
    const port = await freePort();
    const run = start({ PORT: String(await freePort()), DATABASE_URL: `postgresql://u:s3cret@127.0.0.1:${port}/x` });
    expect(await run.ended).toBe(1);
    expect(run.said()).toContain(`DATABASE_URL=postgresql://u:***@127.0.0.1:${port}/x`);
    expect(run.said()).toContain('ECONNREFUSED');
    expect(run.said()).not.toContain('s3cret');
  });
});
