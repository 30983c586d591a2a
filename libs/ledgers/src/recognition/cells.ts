import { plainNumber, readDateNumber } from '@yinfeng/platform';
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

/** The text a person sees in the cell: a serial number under a date format as its day. */
export function shownText(cell: Cell | undefined, date1904 = false): string {
  if (cell?.dateFormat && cell.kind === 'number' && cell.number !== null) return readDateNumber(cell.number, date1904, true).value ?? cellText(cell);
  return cellText(cell);
}

export function isFilled(cell: Cell | undefined): boolean {
  if (!cell || cell.kind === 'empty') return false;
  if (cell.number !== null) return true;
  return cell.text !== null && cell.text.trim() !== '';
}
