import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { demandContentName, type ObjectStore, type StoredObject } from './object-store.js';

/** Contents in a folder: `<folder>/<aa>/<sha256>`. A half-written one is never at its place. */
export class DiskStore implements ObjectStore {
  constructor(private readonly folder: string) {}

  /** `path` must lie on the same file system: it is moved. */
  async put(name: string, path: string): Promise<void> {
    const to = this.pathOf(name);
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    const now = new Date();
    await utimes(path, now, now);
    await rename(path, to);
    // The rename itself has to reach the disk.
    const folder = await open(dirname(to), 'r');
    await folder.sync().catch(() => undefined);
    await folder.close();
  }

  async get(name: string): Promise<Readable | null> {
    return (await this.has(name)) ? createReadStream(this.pathOf(name)) : null;
  }

  async has(name: string): Promise<boolean> {
    return (await stat(this.pathOf(name)).catch(() => null))?.isFile() ?? false;
  }

  async remove(name: string): Promise<void> {
    await rm(this.pathOf(name), { force: true });
  }

  async *list(): AsyncIterable<StoredObject> {
    for (const folder of await names(this.folder)) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      for (const name of await names(join(this.folder, folder))) {
        const found = /^[0-9a-f]{64}$/.test(name) ? await stat(this.pathOf(name)).catch(() => null) : null;
        if (found?.isFile()) yield { name, at: found.mtime };
      }
    }
  }

  /** Where a content lies. */
  pathOf(name: string): string {
    return join(this.folder, demandContentName(name).slice(0, 2), name);
  }
}

const names = (folder: string) => readdir(folder).catch((error: NodeJS.ErrnoException) => {
  if (error.code === 'ENOENT') return [];
  throw error;
});
