import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, type FileHandle, mkdir, open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { Refusal } from '../actor/refusal.js';
import { DiskStore } from './disk-store.js';
import type { ObjectStore } from './object-store.js';
import { type S3Options, S3Store } from './s3-store.js';

/** Largest file that is taken in. */
export const FILE_LIMIT = 20 * 1024 * 1024;
/** An upload that has not moved for so long is over. */
const UNFINISHED_MS = 24 * 60 * 60_000;

export interface SavedFile {
  /** SHA-256 of the content, hex. */
  sha256: string;
  size: number;
}

/** A file that was received whole but is not kept yet: look at it, then keep or discard it. */
export interface ReceivedFile extends SavedFile {
  /** Where it lies meanwhile. */
  path: string;
  /** Moves it to its place; once this returns it survives a crash. */
  keep(): Promise<SavedFile>;
  discard(): Promise<void>;
}

/**
 * Files by their content, on disk or in a bucket. The same content is stored once, and the name that a person gave is
 * kept elsewhere (table stored_file). What arrives lies in `<folder>/incoming` until it is whole.
 */
@Injectable()
export class FileStore {
  private readonly disk: DiskStore;

  constructor(private readonly folder: string, readonly objects: ObjectStore = new DiskStore(folder)) {
    this.disk = new DiskStore(folder);
  }

  /** The store of an installation: in its data folder, or in a bucket. */
  static of({ dataDir, filesS3 }: { dataDir: string; filesS3?: S3Options | null }): FileStore {
    const folder = join(dataDir, 'files');
    return filesS3 ? new FileStore(folder, new S3Store(filesS3)) : new FileStore(folder);
  }

  /** Takes a stream in under a temporary name. @throws Refusal FILE_TOO_LARGE, with nothing left behind. */
  async receive(stream: Readable, limit = FILE_LIMIT): Promise<ReceivedFile> {
    const path = await this.incoming();
    const hash = createHash('sha256');
    const file = await open(path, 'wx', 0o600);
    try {
      const size = await this.write(file, stream, hash, limit);
      await file.sync();
      await file.close();
      return this.received(path, { sha256: hash.digest('hex'), size });
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(path, { force: true });
      throw error;
    }
  }

  /** The same for bytes that were made here. */
  async receiveBytes(bytes: Buffer): Promise<ReceivedFile> {
    const path = await this.incoming();
    await writeFile(path, bytes, { flag: 'wx', mode: 0o600, flush: true });
    return this.received(path, { sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length });
  }

  /** Takes a stream in and keeps it. */
  async save(stream: Readable, limit = FILE_LIMIT): Promise<SavedFile> {
    return (await this.receive(stream, limit)).keep();
  }

  /** The content, or null when the store does not hold it. */
  async open(sha256: string): Promise<Readable | null> {
    return this.objects.get(sha256);
  }

  /** Work on a local copy of a content, for readers that need a path (workers). @throws Error when the store does not hold it. */
  async withPath<T>(sha256: string, work: (path: string) => Promise<T>): Promise<T> {
    const here = this.disk.pathOf(sha256);
    if (this.objects instanceof DiskStore && (await access(here).then(() => true, () => false))) return work(here);
    const content = await this.objects.get(sha256);
    if (!content) throw new Error(`the store does not hold ${sha256}`);
    const path = await this.incoming();
    try {
      await pipeline(content, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
      return await work(path);
    } finally {
      await rm(path, { force: true });
    }
  }

  /** Where a content lies in the data folder. @throws Error when it is no SHA-256. */
  pathOf(sha256: string): string {
    return this.disk.pathOf(sha256);
  }

  /** Removes uploads that broke off long ago; returns how many. */
  async clearIncoming(now: Date): Promise<number> {
    const inbox = join(this.folder, 'incoming');
    let removed = 0;
    for (const name of await readdir(inbox).catch(() => [])) {
      const found = await stat(join(inbox, name)).catch(() => null);
      if (!found || now.getTime() - found.mtimeMs < UNFINISHED_MS) continue;
      await rm(join(inbox, name), { force: true });
      removed++;
    }
    return removed;
  }

  private received(path: string, saved: SavedFile): ReceivedFile {
    return { ...saved, path, keep: async () => { await this.objects.put(saved.sha256, path); return saved; }, discard: () => rm(path, { force: true }) };
  }

  private async incoming(): Promise<string> {
    const inbox = join(this.folder, 'incoming');
    await mkdir(inbox, { recursive: true, mode: 0o700 });
    return join(inbox, randomUUID());
  }

  private async write(file: FileHandle, stream: Readable, hash: ReturnType<typeof createHash>, limit: number): Promise<number> {
    let size = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw new Refusal('FILE_TOO_LARGE', ['file'], { size: `> ${megabytes(limit)}`, max: megabytes(limit) });
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    return size;
  }
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
