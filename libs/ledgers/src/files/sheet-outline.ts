import { corrupt, MAX_ROWS, tooLarge } from './faults.js';
import { parseRange } from './merges.js';
import { walkXml } from './small-xml.js';
import type { Merge } from './cells.js';

/** What stands around the rows of a worksheet. */
export interface SheetOutline {
  merges: Merge[];
  hiddenColumns: number[];
  links: { range: Merge; id?: string; location?: string }[];
  /** Highest row number seen in a row tag, or the last row of the grid where rows bear no number. */
  lastRow: number;
}

const MARK = Buffer.from('sheetData');
const ROW = Buffer.from('<row ');
const KEEP = 512;
const MOST_BYTES = 24_000_000;
const MOST_MERGES = 65_536;

/**
 * A first pass over a worksheet that only looks for where its rows begin and end. Merges and links
 * stand after the rows, yet the reader of the rows needs them before; inflating twice costs 0.3 s for
 * 90 MB, and it also proves size, checksum and shape of the part before the first row is handed out.
 * @throws UnreadableFile
 */
export async function readOutline(part: string, chunks: AsyncIterable<Buffer>): Promise<SheetOutline> {
  let before: Buffer[] = [];
  let kept: Buffer = Buffer.alloc(0);
  let size = 0;
  let tag = '';
  let state: 'before' | 'rows' | 'after' = 'before';
  let lastRow = 0;
  const after: Buffer[] = [];
  const grow = (list: Buffer[], piece: Buffer): void => {
    list.push(piece);
    size += piece.length;
    if (size > MOST_BYTES) throw tooLarge(`${part} 中表格以外的内容过多`, `too much besides rows in ${part}`);
  };
  for await (const chunk of chunks) {
    let b = kept.length > 0 ? Buffer.concat([kept, chunk]) : chunk;
    kept = Buffer.alloc(0);
    if (state === 'before') {
      const found = findTag(b, false);
      if (!found) {
        const cut = Math.max(0, b.length - KEEP);
        grow(before, b.subarray(0, cut));
        kept = b.subarray(cut);
        continue;
      }
      grow(before, b.subarray(0, found.start));
      tag = found.name;
      state = found.empty ? 'after' : 'rows';
      b = b.subarray(found.end);
    }
    if (state === 'rows') {
      const found = findTag(b, true);
      lastRow = Math.max(lastRow, lastRowIn(found ? b.subarray(0, found.start) : b));
      if (found) {
        state = 'after';
        b = b.subarray(found.end);
      } else {
        kept = b.subarray(Math.max(0, b.length - KEEP));
        continue;
      }
    }
    grow(after, b);
  }
  if (state === 'rows') throw corrupt(`${part} 不完整`, `${part} ends inside its rows`);
  if (state === 'before') before = [...before, kept];
  const frame = Buffer.concat([...before, Buffer.from(tag === '' ? '' : `<${tag}/>`), ...after]);
  return { ...interpret(part, frame), lastRow: lastRow === 0 ? MAX_ROWS : lastRow };
}

/** The first `<sheetData…>` or, with `end`, the first `</sheetData>`, under any prefix. */
function findTag(b: Buffer, end: boolean): { start: number; end: number; name: string; empty: boolean } | null {
  for (let at = b.indexOf(MARK); at >= 0; at = b.indexOf(MARK, at + 1)) {
    const stop = b.indexOf(0x3e, at);
    if (stop < 0) return null;
    const start = b.lastIndexOf(0x3c, at);
    if (start < 0 || at - start > 64) continue;
    const opening = b.toString('latin1', start, at);
    if (!(end ? /^<\/(\w+:)?$/ : /^<(\w+:)?$/).test(opening)) continue;
    return { start, end: stop + 1, name: `${opening.replace(/[</]/g, '')}sheetData`, empty: b[stop - 1] === 0x2f };
  }
  return null;
}

function lastRowIn(b: Buffer): number {
  const at = b.lastIndexOf(ROW);
  if (at < 0) return 0;
  const number = /^<row [^>]*?\br\s*=\s*["'](\d{1,7})["']/.exec(b.toString('latin1', at, at + KEEP))?.[1];
  // Without a number here (no r, or the tag is cut) an earlier or later piece may still tell.
  return number === undefined ? 0 : Number(number);
}

function interpret(part: string, frame: Buffer): Omit<SheetOutline, 'lastRow'> {
  const outline: Omit<SheetOutline, 'lastRow'> = { merges: [], hiddenColumns: [], links: [] };
  walkXml(part, frame, {
    open(name, attributes) {
      if (name === 'mergeCell') {
        const range = parseRange(attributes['ref'] ?? '');
        if (range) outline.merges.push(range);
        if (outline.merges.length > MOST_MERGES) throw tooLarge('合并单元格过多', `more than ${MOST_MERGES} merged cells`);
      } else if (name === 'col' && (attributes['hidden'] === '1' || attributes['hidden'] === 'true')) {
        const max = Math.min(Number(attributes['max']), 16_384);
        for (let column = Math.max(1, Number(attributes['min'])); column <= max; column++) outline.hiddenColumns.push(column);
      } else if (name === 'hyperlink') {
        const range = parseRange(attributes['ref'] ?? '');
        if (range) outline.links.push({ range, id: attributes['id'], location: attributes['location'] });
      }
    },
  });
  return outline;
}
