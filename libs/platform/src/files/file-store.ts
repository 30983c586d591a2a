import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Refusal } from '../actor/refusal.js';

/** Largest file that is taken in. */
export const FILE_LIMIT = 20 * 1024 * 1024;

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
 * Files by their content: `<folder>/<aa>/<sha256>`. The same content is stored once, a half-written file is never at
 * its place, and the name that a person gave is kept elsewhere (table stored_file).
 */
@Injectable()
export class FileStore {
  constructor(private readonly folder: string) {}

  /** Takes a stream in under a temporary name. @throws Refusal FILE_TOO_LARGE, with nothing left behind. */
  async receive(stream: Readable, limit = FILE_LIMIT): Promise<ReceivedFile> {
    const inbox = join(this.folder, 'incoming');
    await mkdir(inbox, { recursive: true, mode: 0o700 });
    const path = join(inbox, randomUUID());
    const hash = createHash('sha256');
    const file = await open(path, 'wx', 0o600);
    try {
      const size = await this.write(file, stream, hash, limit);
      await file.sync();
      await file.close();
      const saved = { sha256: hash.digest('hex'), size };
      return { ...saved, path, keep: () => this.keep(path, saved), discard: () => rm(path, { force: true }) };
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(path, { force: true });
      throw error;
    }
  }

  /** Takes a stream in and keeps it. */
  async save(stream: Readable, limit = FILE_LIMIT): Promise<SavedFile> {
    return (await this.receive(stream, limit)).keep();
  }

  /** The content, or null when the store does not hold it. */
  async open(sha256: string): Promise<ReadStream | null> {
    const path = this.pathOf(sha256);
    const there = await stat(path).catch(() => null);
    return there?.isFile() ? createReadStream(path) : null;
  }

  /** Where a content lies, for readers that need a path (workers). @throws Error when it is no SHA-256. */
  pathOf(sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('a content is named by its SHA-256 in hex');
    return join(this.folder, sha256.slice(0, 2), sha256);
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

  private async keep(from: string, saved: SavedFile): Promise<SavedFile> {
    const to = this.pathOf(saved.sha256);
    await mkdir(join(to, '..'), { recursive: true, mode: 0o700 });
    await rename(from, to);
    // The rename itself has to reach the disk.
    const folder = await open(join(to, '..'), 'r');
    await folder.sync().catch(() => undefined);
    await folder.close();
    return saved;
  }
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
