import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';

/** A value of a COPY line; arrays become text arrays, objects JSON. */
export type CopyValue = string | number | boolean | null | readonly string[] | CopyJson;
/** JSON already written out, for json and jsonb columns. */
export class CopyJson {
  constructor(readonly text: string) {}
}

const SPECIAL = /[\\\n\r\t\0]/;
const escaped = (text: string): string =>
  SPECIAL.test(text) ? text.replace(/\0/g, '').replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t') : text;

function arrayLiteral(items: readonly string[]): string {
  if (items.length === 0) return '{}';
  return `{${items.map((i) => `"${i.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`).join(',')}}`;
}

/** One line of PostgreSQL's text format. */
export function copyLine(values: readonly CopyValue[]): string {
  let line = '';
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (i > 0) line += '\t';
    if (v === null) line += '\\N';
    else if (typeof v === 'string') line += escaped(v);
    else if (typeof v === 'number') line += v;
    else if (typeof v === 'boolean') line += v ? 't' : 'f';
    else if (v instanceof CopyJson) line += escaped(v.text);
    else line += escaped(arrayLiteral(v));
  }
  return `${line}\n`;
}

// What JSON may hold and PostgreSQL's types may not: NUL and half of a surrogate pair.
const UNSTORABLE = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i;
const HALF_PAIR = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** JSON that PostgreSQL can store. */
export function copyJson(value: unknown): CopyJson {
  const text = JSON.stringify(value);
  return new CopyJson(text.includes('\\u') && UNSTORABLE.test(text) ? JSON.stringify(value, (_key, v: unknown) => (typeof v === 'string' ? v.replace(/\0/g, '').replace(HALF_PAIR, '\ufffd') : v)) : text);
}

/** Copies lines into a temporary table (COPY does not go through row-level security, so never into a walled one). */
export async function copyInto(client: pg.Client, table: string, columns: readonly string[], lines: Uint8Array): Promise<void> {
  const stream = client.query(copyFrom(`copy ${table} (${columns.join(', ')}) from stdin`));
  await pipeline(Readable.from([Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength)]), stream);
}
