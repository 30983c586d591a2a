import { systemActor } from '../actor/actor.js';
import { Database } from '../database/database.js';
import { FileStore } from './file-store.js';
import { LOCK_CONTENT } from './stored-files.service.js';

/** The sweep is for all zones at once; it acts in none. */
const NOWHERE = '00000000-0000-0000-0000-000000000000';
/** A content that no record names is left alone for so long. */
const KEPT_MS = 7 * 24 * 60 * 60_000;
const BATCH = 500;

/** Removes stored contents that no record of any zone names, and uploads that broke off. */
export class FileSweep {
  constructor(private readonly db: Database, private readonly store: FileStore) {}

  /** Returns how many went. Safe to run twice, late, at once, and while files come in. */
  async sweep(now: Date, requestId = 'sweep'): Promise<number> {
    let removed = await this.store.clearIncoming(now);
    let batch: string[] = [];
    const flush = async () => {
      const needed = new Set((await this.db.shared<{ name: string }>('select files_needed($1) as name', [batch])).map((r) => r.name));
      for (const name of batch) if (!needed.has(name)) removed += await this.remove(name, requestId);
      batch = [];
    };
    for await (const { name, at } of this.store.objects.list()) {
      if (now.getTime() - at.getTime() < KEPT_MS) continue;
      if (batch.push(name) >= BATCH) await flush();
    }
    if (batch.length) await flush();
    return removed;
  }

  /** Looks again under the lock of the content: it may have come back meanwhile. */
  private async remove(name: string, requestId: string): Promise<number> {
    return this.db.tx(systemActor(NOWHERE, requestId), async (tx) => {
      await tx.run(LOCK_CONTENT, [name]);
      if (await tx.row('select 1 as needed from files_needed($1)', [[name]])) return 0;
      await this.store.objects.remove(name);
      return 1;
    });
  }
}
