import { plainNumber } from '@yinfeng/platform';
import type { Cell } from '../files/workbook.js';

/** A1-style letter of a 0-based column. */
export function columnLetter(index: number): string {
  let s = '';
  for (let i = index + 1; i > 0; i = Math.floor((i - 1) / 26)) s = String.fromCharCode(65 + ((i - 1) % 26)) + s;
  return s;
}

/** The text a cell shows, untrimmed; '' where it is empty. */
export function cellText(cell: Cell | undefined): string {
  if (!cell) return '';
  if (cell.text !== null) return cell.text;
  return cell.number === null ? '' : plainNumber(cell.number);
}

export function isFilled(cell: Cell | undefined): boolean {
  if (!cell || cell.kind === 'empty') return false;
  if (cell.number !== null) return true;
  return cell.text !== null && cell.text.trim() !== '';
}
