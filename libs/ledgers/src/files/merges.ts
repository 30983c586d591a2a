import { MAX_COLUMNS, MAX_ROWS } from './faults.js';
import type { Merge } from './cells.js';

/** `A1:C7` or `A1` → rectangle, or null where it is no address. */
export function parseRange(ref: string): Merge | null {
  const match = /^\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?$/i.exec(ref.trim());
  if (!match) return null;
  const left = columnNumber(match[1] as string);
  const top = Number(match[2]);
  const right = match[3] === undefined ? left : columnNumber(match[3]);
  const bottom = match[4] === undefined ? top : Number(match[4]);
  if (left < 1 || top < 1) return null;
  return { top: Math.min(top, bottom), left: Math.min(left, right), bottom: Math.max(top, bottom), right: Math.max(left, right) };
}

function columnNumber(letters: string): number {
  let n = 0;
  for (const letter of letters.toUpperCase()) n = n * 26 + letter.charCodeAt(0) - 64;
  return n;
}

/**
 * Makes merges harmless: cut to the used rows and columns, single cells dropped, and of two that
 * overlap only the upper left one kept. Merges stay rectangles; nothing is ever expanded cell by cell.
 */
export function clampMerges(
  merges: readonly Merge[],
  lastRow: number,
  lastColumn: number,
): { merges: Merge[]; clamped: number; overlapping: number } {
  const maxRow = Math.min(lastRow, MAX_ROWS);
  const maxColumn = Math.min(lastColumn, MAX_COLUMNS);
  const sorted: Merge[] = [];
  let clamped = 0;
  for (const merge of merges) {
    const bottom = Math.min(merge.bottom, maxRow);
    const right = Math.min(merge.right, maxColumn);
    if (bottom !== merge.bottom || right !== merge.right) clamped += 1;
    if (merge.top > bottom || merge.left > right || (merge.top === bottom && merge.left === right)) continue;
    sorted.push({ top: merge.top, left: merge.left, bottom, right });
  }
  sorted.sort((a, b) => a.top - b.top || a.left - b.left);
  const kept: Merge[] = [];
  let active: Merge[] = [];
  let activeTop = 0;
  let overlapping = 0;
  for (const merge of sorted) {
    if (merge.top !== activeTop) {
      active = active.filter((other) => other.bottom >= merge.top);
      activeTop = merge.top;
    }
    if (active.some((other) => other.left <= merge.right && merge.left <= other.right)) {
      overlapping += 1;
      continue;
    }
    active.push(merge);
    kept.push(merge);
  }
  return { merges: kept, clamped, overlapping };
}
