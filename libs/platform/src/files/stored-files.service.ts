import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { demand, type Actor } from '../actor/actor.js';
import { Refusal } from '../actor/refusal.js';
import { Database, type Tx } from '../database/database.js';
import { newId } from '../database/id.js';
import { mediaTypeOf } from './file-kind.js';
import { fileName, withEnding } from './file-name.rules.js';
import { FileStore, type ReceivedFile } from './file-store.js';
import { drawAnew } from './pictures.js';

export interface StoredFile {
  id: string;
  name: string;
  size: number;
  mediaType: string;
  /** Hex; of the content as it is stored. */
  sha256: string;
  /** Of a picture, px; null for everything else. A picture has a small one beside it. */
  width: number | null;
  height: number | null;
}

/** SQL condition on `f` (stored_file) that lets more people read a file than its uploader; adds its own parameters. */
export type FileVisibility = (params: unknown[]) => string;

/** Held while a content is put and named, or looked at and removed: the sweep never takes one that is just coming. */
export const LOCK_CONTENT = `select pg_advisory_xact_lock(hashtextextended('content ' || $1, 0))`;

/** Files with their names and owners. Content lies in the FileStore, rows in stored_file. */
@Injectable()
export class StoredFiles {
  constructor(
    private readonly db: Database,
    private readonly store: FileStore,
  ) {}

  /**
   * Takes a file in for its uploader. A picture is drawn anew: upright, at most 4096 px, without what the camera wrote
   * into it; what was sent is not kept.
   * @throws Refusal FORBIDDEN, FILE_TOO_LARGE, FILE_TYPE, PICTURE_TOO_LARGE; nothing is kept then.
   */
  async add(actor: Actor, input: { name: string | undefined; content: Readable }): Promise<StoredFile> {
    demand(actor, 'file.upload');
    const name = fileName(input.name);
    const parts: ReceivedFile[] = [await this.store.receive(input.content)];
    try {
      const mediaType = await mediaTypeOf(parts[0]!.path, name);
      if (!mediaType.startsWith('image/')) return await this.keep(actor, { name, mediaType, width: null, height: null }, parts[0]!);
      const picture = await drawAnew(parts[0]!.path, name, mediaType);
      parts.push(await this.store.receiveBytes(picture.bytes), await this.store.receiveBytes(picture.thumbnail));
      return await this.keep(actor, { name: withEnding(name, picture.ending), mediaType: picture.mediaType, width: picture.width, height: picture.height }, parts[1]!, parts[2]);
    } finally {
      await Promise.all(parts.map((part) => part.discard()));
    }
  }

  /**
   * A file and its content for someone who may read it: its uploader, and whom `visibility` lets in. Reading is on record;
   * the small picture is not, it shows itself in lists.
   * @throws Refusal NOT_FOUND for an unknown id, a foreign zone's, a hidden one and one without a small picture alike.
   */
  async read(actor: Actor, id: string | null, visibility: FileVisibility, { small = false } = {}): Promise<StoredFile & { content: Readable }> {
    demand(actor, 'file.read');
    if (id) {
      const params: unknown[] = [id, actor.staffId];
      const sql = `select f.id, f.name, f.size::int as size, f.media_type as "mediaType", encode(f.sha256, 'hex') as sha256, f.width, f.height, encode(f.thumbnail, 'hex') as thumbnail from stored_file f
        where f.id = $1 and (f.created_by = $2 or ${visibility(params)})`;
      const file = await this.db.tx(actor, async (tx) => {
        const row = await tx.row<StoredFile & { thumbnail: string | null }>(sql, params);
        if (row && !small) await tx.run(`select audit_event($1, $2, 'file_read', $3, null)`, [actor.zoneId, actor.staffId, row.id]);
        return row;
      });
      const wanted = small ? file?.thumbnail : file?.sha256;
      const content = wanted ? await this.store.open(wanted) : null;
      if (file && content) return { ...file, ...(small ? { name: withEnding(file.name, 'webp'), mediaType: 'image/webp' } : {}), content };
    }
    throw new Refusal('NOT_FOUND');
  }

  private async keep(actor: Actor, about: Pick<StoredFile, 'name' | 'mediaType' | 'width' | 'height'>, content: ReceivedFile, small?: ReceivedFile): Promise<StoredFile> {
    const file: StoredFile = { id: newId(), ...about, size: content.size, sha256: content.sha256 };
    await this.db.tx(actor, async (tx: Tx) => {
      // In order of their names, so that two uploads of the same never wait for each other.
      for (const part of [content, ...(small ? [small] : [])].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1))) {
        await tx.run(LOCK_CONTENT, [part.sha256]);
        await part.keep();
      }
      await tx.run(`insert into stored_file (id, zone_id, sha256, name, media_type, size, created_by, thumbnail, width, height) values ($1, $2, decode($3, 'hex'), $4, $5, $6, $7, decode($8, 'hex'), $9, $10)`, [
        file.id, actor.zoneId, file.sha256, file.name, file.mediaType, file.size, actor.staffId, small?.sha256 ?? null, file.width, file.height,
      ]);
    });
    return file;
  }
}
