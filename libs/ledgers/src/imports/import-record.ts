import type { Tx } from '@yinfeng/platform';
import type { LedgerKind, Question, SavedMapping } from '../reading/ledger-reading.js';

export type ImportState = 'READING' | 'WAITING' | 'APPLYING' | 'APPLIED' | 'UNDOING' | 'UNDONE' | 'FAILED';

/** How a file is to be read; kept with the import so that it can be read again. */
export interface ImportOptions {
  asOf?: string | null;
  sheetKind?: LedgerKind | null;
  includeHidden?: string[];
  /** Given by a person, to be remembered once the import is confirmed. */
  mapping?: SavedMapping | null;
  /** Who asked for what is under way. */
  staffId?: string | null;
}

/** The import as it is on record. */
export interface ImportRecord {
  id: string;
  version: number;
  state: ImportState;
  file_name: string;
  /** Hex. */
  sha256: string;
  kind: string | null;
  as_of: string | null;
  options: ImportOptions;
  fingerprints: string[];
  questions: Question[];
  total: number;
  failure: string | null;
}

const COLUMNS = `id, version, state, file_name, encode(sha256, 'hex') as sha256, kind, as_of, options, fingerprints, questions, total, failure`;

/** The import, locked for this transaction; undefined for an unknown id and a foreign zone's alike. */
export async function lockImport(tx: Tx, importId: string): Promise<ImportRecord | undefined> {
  return tx.row<ImportRecord>(`select ${COLUMNS} from ledger_import where id = $1 for no key update`, [importId]);
}
/** The import as it stands, without a lock: long work must not keep its progress from being told. */
export async function findImport(tx: Tx, importId: string): Promise<ImportRecord | undefined> {
  return tx.row<ImportRecord>(`select ${COLUMNS} from ledger_import where id = $1`, [importId]);
}

/** Imports of a zone enter the books one after the other, and one import never twice at once. */
export async function lockBooks(tx: Tx): Promise<void> {
  await tx.run(`select pg_advisory_xact_lock(hashtextextended('imports' || app_zone(), 3))`);
}
