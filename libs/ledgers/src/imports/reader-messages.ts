import type { UnreadableCode } from '../files/workbook.js';
import type { SavedMapping, SheetReading } from '../reading/ledger-reading.js';
import type { FileRead, RowBatch } from './read-rows.js';

/** What the reading thread says. `opening` and `batch` wait for an answer. */
export type FromReader =
  | { type: 'opening'; sheets: SheetReading[] }
  | { type: 'batch'; batch: RowBatch }
  | { type: 'done'; read: FileRead }
  | { type: 'failed'; failure: { code: UnreadableCode | null; messageZh: string; messageEn: string } };

/** The answer: the remembered mapping, or simply that the batch has been taken over. */
export interface ToReader {
  mapping: SavedMapping | null;
}
