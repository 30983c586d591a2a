import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DiskStore } from './disk-store.js';
import { FileStore } from './file-store.js';
import type { ObjectStore } from './object-store.js';
import { S3Store } from './s3-store.js';

/** The part of s3rver that is used here; it comes without declarations. */
interface S3Server { run(): Promise<{ port: number }>; close(): Promise<void> }
type S3ServerClass = new (options: object) => S3Server;

let folder: string;
let server: S3Server;
let stores: Record<'disk' | 's3', ObjectStore>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yinfeng-stores-'));
  const library: string = 's3rver';
  const { default: S3rver } = (await import(library)) as { default: S3ServerClass };
  server = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory: join(folder, 's3'), configureBuckets: [{ name: 'yinfeng' }] });
  const { port } = await server.run();
  stores = {
    disk: new DiskStore(join(folder, 'disk')),
    s3: new S3Store({ endpoint: `http://127.0.0.1:${port}`, bucket: 'yinfeng', region: 'us-east-1', accessKey: 'S3RVER', secretKey: 'S3RVER', pathStyle: true }),
  };
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

let serial = 0;
const prepared = async (content: string): Promise<{ name: string; path: string }> => {
  const path = join(folder, `prepared-${++serial}`);
  await writeFile(path, content);
  return { name: createHash('sha256').update(content).digest('hex'), path };
};
const names = async (store: ObjectStore) => {
  const found = [];
  for await (const object of store.list()) found.push(object);
  return found;
};

describe.each(['disk', 's3'] as const)('a store on %s', (kind) => {
  it('keeps a content under its name, once, and gives it back', async () => {
    const store = stores[kind];
    const { name, path } = await prepared('投资协议');
    expect([await store.has(name), await store.get(name)]).toEqual([false, null]);
    const before = Date.now() - 2_000;
    await store.put(name, path);
    await store.put(name, (await prepared('投资协议')).path);
    expect(await store.has(name)).toBe(true);
    expect((await buffer((await store.get(name))!)).toString()).toBe('投资协议');
    const listed = await names(store);
    expect(listed.map((o) => o.name)).toEqual([name]);
    expect(listed[0]!.at.getTime()).toBeGreaterThanOrEqual(before);
  });

  it('takes a content away, and does not mind when there is none', async () => {
    const store = stores[kind];
    const { name, path } = await prepared('另一份');
    await store.put(name, path);
    await store.remove(name);
    await store.remove(name);
    expect([await store.has(name), await store.get(name)]).toEqual([false, null]);
    expect((await names(store)).map((o) => o.name)).not.toContain(name);
  });

  it.each(['', '../../etc/passwd', 'A'.repeat(64), 'a'.repeat(63), `${'a'.repeat(64)}/x`])('takes nothing for a name but a SHA-256: %j', async (name) => {
    const store = stores[kind];
    const { path } = await prepared('x');
    for (const act of [() => store.put(name, path), () => store.get(name), () => store.has(name), () => store.remove(name)]) await expect(act().then((v) => (v === false ? Promise.reject(new Error('SHA-256')) : v))).rejects.toThrow('SHA-256');
  });

  it('serves the FileStore: streams in, streams out, a path for readers that need one', async () => {
    const files = new FileStore(join(folder, kind), stores[kind]);
    const { sha256, size } = await files.save(Readable.from([Buffer.from('甲'), Buffer.from('乙')]));
    expect(size).toBe(6);
    expect((await buffer((await files.open(sha256))!)).toString()).toBe('甲乙');
    const { readFile } = await import('node:fs/promises');
    expect(await files.withPath(sha256, async (path) => (await readFile(path)).toString())).toBe('甲乙');
    await expect(files.withPath('0'.repeat(64), async () => 1)).rejects.toThrow('does not hold');
    const refused = files.save(Readable.from([Buffer.alloc(11)]), 10);
    await expect(refused).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' });
  });
});
