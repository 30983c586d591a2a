import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync, chmodSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { startEmbedded, type EmbeddedPostgres } from './embedded-postgres.js';

/** A path with a space and Chinese in it, passable for the user that root lends. */
const home = mkdtempSync(join(tmpdir(), 'yinfeng-embedded-'));
chmodSync(home, 0o755);
const folder = join(home, '数据 one', 'postgres');
const start = () => startEmbedded({ folder, durable: false });
const serverPid = (at = folder) => Number(readFileSync(join(at, 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);

async function ask<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Command line of a process; empty when it has ended. */
function readProcess(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

describe('the embedded PostgreSQL', () => {
  let first: EmbeddedPostgres[];
  beforeAll(async () => { first = await Promise.all([start(), start(), start()]); });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('is one server for several starters at once', () => {
    expect(new Set(first.map((server) => server.url)).size).toBe(1);
    expect(first.filter((server) => !server.attached)).toHaveLength(1);
  });

  it('knows Chinese trigrams, sorts the same everywhere, speaks UTC', async () => {
    expect(await ask(first[0]!.url, `select getdatabaseencoding() as encoding, datlocprovider as provider, datlocale as locale, current_setting('timezone') as zone
      from pg_database where datname = current_database()`)).toEqual([{ encoding: 'UTF8', provider: 'b', locale: 'C.UTF-8', zone: 'UTC' }]);
    await ask(first[0]!.url, 'create extension if not exists pg_trgm');
    expect(await ask(first[0]!.url, "select cardinality(show_trgm('数据库')) as n")).toEqual([{ n: 4 }]);
  });

  it('listens on the loopback alone and lets nobody in without the password', async () => {
    expect(await ask(first[0]!.url, "select current_setting('listen_addresses') as a, current_setting('unix_socket_directories') as s")).toEqual([{ a: '127.0.0.1', s: '' }]);
    const stranger = new URL(first[0]!.url);
    stranger.password = 'guess';
    await expect(ask(stranger.href, 'select 1')).rejects.toThrow(/password authentication failed/);
    expect(statSync(join(folder, 'server.json')).mode & 0o777).toBe(0o600);
    expect(statSync(realpathSync(join(folder, 'cluster'))).mode & 0o077).toBe(0);
  });

  it('does not run as root', () => {
    if (process.platform !== 'linux') return;
    expect(statSync(`/proc/${serverPid()}`).uid).not.toBe(0);
  });

  it('stays for the others when one leaves, and stops with the last', async () => {
    const pid = serverPid();
    await first[0]!.stop();
    await first[1]!.stop();
    expect(await ask(first[2]!.url, 'select 1 as n')).toEqual([{ n: 1 }]);
    await first[2]!.stop();
    expect(readProcess(pid)).toBe('');
    expect(existsSync(join(folder, 'cluster', 'postmaster.pid'))).toBe(false);
  });

  it('keeps its data and its address, and recovers from kill -9 with a stale lock file', async () => {
    const server = await startEmbedded({ folder });
    await ask(server.url, 'create table kept (n int); insert into kept values (7)');
    process.kill(serverPid(), 'SIGKILL');
    const again = await startEmbedded({ folder });
    expect(again.url).toBe(server.url);
    expect(await ask(again.url, 'select n from kept')).toEqual([{ n: 7 }]);
    await again.stop();
    await server.stop();
    expect(again.running()).toBe(false);
  });

  it('is not taken in by a lock file whose number now belongs to another program', async () => {
    writeFileSync(join(folder, 'cluster', 'postmaster.pid'), `${process.pid}\n${join(folder, 'cluster')}\n1\n1\n\n127.0.0.1\n\nready\n`);
    const server = await start();
    expect(server.attached).toBe(false);
    await server.stop();
  });

  it('revives after a crash, and commits are on disk before they are answered', async () => {
    const server = await startEmbedded({ folder });
    expect(await ask(server.url, "select current_setting('fsync') as f, current_setting('synchronous_commit') as s, current_setting('full_page_writes') as p")).toEqual([{ f: 'on', s: 'on', p: 'on' }]);
    process.kill(serverPid(), 'SIGKILL');
    await server.revive();
    expect(await ask(server.url, 'select 1 as n')).toEqual([{ n: 1 }]);
    await server.stop();
  });

  it('refuses in words: lost password, unwritable folder', async () => {
    const settings = join(folder, 'server.json');
    const kept = readFileSync(settings);
    rmSync(settings);
    await expect(start()).rejects.toThrow(/server\.json is missing.*backup/);
    writeFileSync(settings, kept, { mode: 0o600 });
    const file = join(home, 'a file');
    writeFileSync(file, '');
    await expect(startEmbedded({ folder: join(file, 'x') })).rejects.toThrow(/cannot be written.*YINFENG_DATA/);
  });

  it('finds a place when root keeps its own folder shut', async () => {
    if (process.getuid?.() !== 0) return;
    const shut = join(home, 'shut');
    mkdirSync(shut, { mode: 0o700 });
    const notices: string[] = [];
    const server = await startEmbedded({ folder: join(shut, 'postgres'), durable: false, notice: (line) => notices.push(line) });
    expect(await ask(server.url, 'select 1 as n')).toEqual([{ n: 1 }]);
    await server.stop();
    const place = dirname(realpathSync(join(shut, 'postgres', 'cluster')));
    expect(notices.join()).toContain(place);
    expect(notices.join()).toContain(shut);
    rmSync(place, { recursive: true });
  });
});
