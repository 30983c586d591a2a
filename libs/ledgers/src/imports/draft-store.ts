import type { Tx } from '@yinfeng/platform';
import type pg from 'pg';
import { copyInto } from './copy-lines.js';
import { COLUMNS, DRAFT_TABLES, type DraftTable } from './draft-lines.js';
import type { RowBatch } from './read-rows.js';

const landing = (table: DraftTable): string => `landing_${table}`;

/**
 * Lands the rows of a file in temporary tables while it is read, then moves them behind the wall in one statement per
 * table.
 */
export class DraftStore {
  constructor(
    private readonly tx: Tx,
    private readonly client: pg.Client,
    private readonly importId: string,
  ) {}

  async open(): Promise<void> {
    for (const table of DRAFT_TABLES) await this.tx.run(`create temp table ${landing(table)} on commit drop as select ${COLUMNS[table].join(', ')} from ${table} with no data`);
  }

  /** Copies the lines of a batch. */
  async write(batch: RowBatch): Promise<void> {
    for (const [table, lines] of batch.lines) await copyInto(this.client, landing(table), COLUMNS[table], lines);
  }

  /** Everything landed is moved to where the import keeps it. */
  async close(): Promise<void> {
    for (const table of DRAFT_TABLES) {
      const columns = COLUMNS[table].join(', ');
      await this.tx.run(`insert into ${table} (import_id, zone_id, ${columns}) select $1, app_zone(), ${columns} from ${landing(table)}`, [this.importId]);
      await this.tx.run(`drop table ${landing(table)}`);
    }
  }
}

/** The drafts of an import are no longer needed. */
export async function discardDrafts(tx: Tx, importId: string): Promise<void> {
  for (const table of DRAFT_TABLES) if (table.startsWith('draft_')) await tx.run(`delete from ${table} where import_id = $1`, [importId]);
}
