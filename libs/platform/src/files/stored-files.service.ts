import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { demand, type Actor } from '../actor/actor.js';
import { Refusal } from '../actor/refusal.js';
import { Database } from '../database/database.js';
import { newId } from '../database/id.js';
import { mediaTypeOf } from './file-kind.js';
import { fileName } from './file-name.rules.js';
import { FileStore } from './file-store.js';

export interface StoredFile {
  id: string;
  name: string;
  size: number;
  mediaType: string;
  /** Hex. */
  sha256: string;
}

/** SQL condition on `f` (stored_file) that lets more people read a file than its uploader; adds its own parameters. */
export type FileVisibility = (params: unknown[]) => string;

/** Files with their names and owners. Content lies in the FileStore, rows in stored_file. */
@Injectable()
export class StoredFiles {
  constructor(
    private readonly db: Database,
    private readonly store: FileStore,
  ) {}

  /**
   * Takes a file in for its uploader.
   * @throws Refusal FORBIDDEN, FILE_TOO_LARGE, FILE_TYPE; nothing is kept then.
   */
  async add(actor: Actor, input: { name: string | undefined; content: Readable }): Promise<StoredFile> {
    demand(actor, 'file.upload');
    const name = fileName(input.name);
    const received = await this.store.receive(input.content);
    try {
      const mediaType = await mediaTypeOf(received.path, name);
      const { sha256, size } = await received.keep();
      const file: StoredFile = { id: newId(), name, size, mediaType, sha256 };
      await this.db.tx(actor, (tx) =>
        tx.run(`insert into stored_file (id, zone_id, sha256, name, media_type, size, created_by) values ($1, $2, decode($3, 'hex'), $4, $5, $6, $7)`, [
          file.id, actor.zoneId, sha256, name, mediaType, size, actor.staffId,
        ]),
      );
      return file;
    } finally {
      await received.discard();
    }
  }

  /**
   * A file and its content for someone who may read it: its uploader, and whom `visibility` lets in. Reading is on record.
   * @throws Refusal NOT_FOUND for an unknown id, a foreign zone's and a hidden one alike.
   */
  async read(actor: Actor, id: string | null, visibility: FileVisibility): Promise<StoredFile & { content: Readable }> {
    demand(actor, 'file.read');
    if (id) {
      const params: unknown[] = [id, actor.staffId];
      const sql = `select f.id, f.name, f.size::int as size, f.media_type as "mediaType", encode(f.sha256, 'hex') as sha256 from stored_file f
        where f.id = $1 and (f.created_by = $2 or ${visibility(params)})`;
      const file = await this.db.tx(actor, async (tx) => {
        const row = await tx.row<StoredFile>(sql, params);
        if (row) await tx.run(`select audit_event($1, $2, 'file_read', $3, null)`, [actor.zoneId, actor.staffId, row.id]);
        return row;
      });
      const content = file && (await this.store.open(file.sha256));
      if (file && content) return { ...file, content };
    }
    throw new Refusal('NOT_FOUND');
  }
}
