import type { UnreadableCode } from './faults.js';
import type { PackedRows } from './packed-rows.js';
import type { OpenWorkbook, ReadOptions } from './cells.js';
import type { FileNotice } from './faults.js';

/** What the worker is started with. */
export interface WorkerTask {
  file: string | Uint8Array;
  options: ReadOptions;
}

/** Asks for rows of a sheet under a number of the caller's choice; `more` allows one further batch. */
export type ToWorker = { type: 'rows'; stream: number; sheet: number } | { type: 'more'; stream: number } | { type: 'stop'; stream: number };

export interface Failure {
  /** Undefined for an error that is not about the file. */
  code?: UnreadableCode;
  messageZh: string;
  messageEn: string;
}

/** `notices` are always all of them so far; they are few. */
export type FromWorker =
  | { type: 'opened'; workbook: Omit<OpenWorkbook, 'batches' | 'close'> }
  | { type: 'batch'; stream: number; packed: PackedRows }
  | { type: 'end'; stream: number; notices: FileNotice[] }
  | { type: 'failed'; stream: number | null; failure: Failure };
