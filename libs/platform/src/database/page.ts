import { Refusal } from '../actor/refusal.js';

/** What a caller asks of a list: at most 200 records, after or before a cursor. */
export interface PageInput {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
}

/** A page as lists return it: rows in order, and where to go on. */
export interface Page<Node> {
  nodes: Node[];
  cursors: string[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
}

export const PAGE_LIMIT = 200;
export const PAGE_DEFAULT = 20;

/**
 * A limit in a parameter is taken for a tenth of all rows, and a rich statement is planned anew at each call because of it
 * (1 ms). As a number in its text it is planned once; few numbers, so that few statements are prepared. For lists whose
 * conditions find their index whatever their values are: a plan that is kept does not look at them.
 */
const FETCHED = [2, 6, 11, 21, 31, 51, 101, PAGE_LIMIT + 1];

/** A page request made plain: how many, in which direction, from which keys. @throws Refusal INVALID naming first, last, after or before. */
export interface PageRequest {
  limit: number;
  /** How many rows to read, as a number to write into the statement; `limit + 1` as a parameter elsewhere. */
  fetch: number;
  backward: boolean;
  /** Sort keys of the cursor row, as text. */
  keys: string[] | null;
}

export function pageRequest(input: PageInput, keyCount: number): PageRequest {
  const backward = input.last != null;
  if (backward && input.first != null) throw new Refusal('INVALID', ['last'], { field: 'last', value: input.last!, expected: 'first or last, not both' });
  const field = backward ? 'last' : 'first';
  const limit = (backward ? input.last : input.first) ?? PAGE_DEFAULT;
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_LIMIT) throw new Refusal('INVALID', [field], { field, value: limit, expected: `1–${PAGE_LIMIT}` });
  const cursorField = backward ? 'before' : 'after';
  const cursor = backward ? input.before : input.after;
  return { limit, fetch: FETCHED.find((n) => n > limit)!, backward, keys: cursor == null ? null : decodeCursor(cursor, keyCount, cursorField) };
}

export function encodeCursor(keys: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(keys.map((k) => (k == null ? null : `${k as string | number}`)))).toString('base64url');
}

function decodeCursor(cursor: string, keyCount: number, field: string): string[] {
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(keys) && keys.length === keyCount && keys.every((k) => k === null || (typeof k === 'string' && k.length <= 200))) return keys as string[];
  } catch {
    // falls through to the refusal
  }
  throw new Refusal('INVALID', [field], { field, value: cursor.slice(0, 40), expected: 'a cursor from this list' });
}

/**
 * Turns the rows that were read into a page: those beyond its limit only tell that there is more. Rows fetched backwards
 * are put into list order.
 */
export function pageOf<Node>(rows: { node: Node; keys: unknown[] }[], request: PageRequest): Page<Node> {
  const more = rows.length > request.limit;
  const kept = more ? rows.slice(0, request.limit) : rows;
  if (request.backward) kept.reverse();
  return {
    nodes: kept.map((r) => r.node),
    cursors: kept.map((r) => encodeCursor(r.keys)),
    hasNextPage: request.backward ? request.keys !== null : more,
    hasPreviousPage: request.backward ? more : request.keys !== null,
  };
}
