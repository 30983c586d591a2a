import { corrupt, tooLarge, unsafeXml } from './faults.js';

/**
 * Why not `sax` for worksheets: XML is where an import spends its time. For 100,000 rows of 25 columns
 * (91 MB) sax 1.6 needs 3.5 s for its tags alone, because it walks strings character by character and
 * makes an object per tag; this scanner and the cells made from it need 0.8 s. Worksheets and shared
 * strings are a closed, machine-written subset of XML, so it looks at bytes, calls a hook per tag and
 * decodes only the text that a hook asks for. The small parts (workbook, styles, relationships,
 * comments, what surrounds the rows) are still read by `sax`.
 *
 * It understands tags with or without prefix, attributes in either quote, comments, CDATA, processing
 * instructions and the predefined and numeric entities; it refuses any `<!DOCTYPE` or `<!ENTITY` and
 * any other entity. It does not check that tags match.
 */
export abstract class XmlScanner {
  private carry: Buffer | null = null;

  protected constructor(protected readonly part: string) {}

  /** Whether text is wanted at this place; where it is not, text is skipped undecoded. */
  protected wantsText = false;

  /** A start tag; the local name is `b[name..nameEnd)`, its attributes lie in `b[nameEnd..end)`. */
  protected abstract open(b: Buffer, name: number, nameEnd: number, end: number, empty: boolean): void;
  protected abstract close(b: Buffer, name: number, nameEnd: number): void;
  /** A run of raw text `b[from..to)`; comments and CDATA can split one text in several. `literal`: from CDATA. */
  protected abstract text(b: Buffer, from: number, to: number, literal: boolean): void;

  /** Scans the next piece of the part. @throws UnreadableFile UNSAFE_XML, CORRUPT, TOO_LARGE */
  push(chunk: Buffer): void {
    const b = this.carry ? Buffer.concat([this.carry, chunk]) : chunk;
    const done = this.scan(b);
    this.carry = done < b.length ? b.subarray(done) : null;
    // One token (a cell's text) may not grow without end, else each piece would copy all before it.
    if (this.carry && this.carry.length > 16_000_000) throw tooLarge('单个单元格文字过长', `one token of ${this.part} is longer than 16 MB`);
  }

  /** The part has ended. @throws UnreadableFile CORRUPT where it ends inside a tag */
  finish(): void {
    if (this.carry && this.carry.includes(0x3c)) throw corrupt(`${this.part} 不完整`, `${this.part} ends inside a tag`);
    this.carry = null;
  }

  /** Scans whole tokens and returns how many bytes are done. */
  private scan(b: Buffer): number {
    const n = b.length;
    let p = 0;
    for (;;) {
      const start = p;
      while (p < n && b[p] !== 0x3c) p++;
      if (p + 3 > n) return p === n && !this.wantsText ? n : start;
      if (p > start && this.wantsText) this.text(b, start, p, false);
      const next = b[p + 1];
      if (next === 0x2f) {
        let q = p + 2;
        let name = q;
        while (q < n && b[q] !== 0x3e) {
          if (b[q] === 0x3a) name = q + 1;
          q++;
        }
        if (q >= n) return p;
        let nameEnd = q;
        while (nameEnd > name && isSpace(b[nameEnd - 1] as number)) nameEnd--;
        this.close(b, name, nameEnd);
        p = q + 1;
      } else if (next === 0x21 || next === 0x3f) {
        const end = this.declaration(b, p);
        if (end < 0) return p;
        p = end;
      } else {
        let q = p + 1;
        let name = q;
        while (q < n && !isNameEnd(b[q] as number)) {
          if (b[q] === 0x3a) name = q + 1;
          q++;
        }
        const nameEnd = q;
        while (q < n && b[q] !== 0x3e) {
          const quote = b[q];
          if (quote === 0x22 || quote === 0x27) {
            q++;
            while (q < n && b[q] !== quote) q++;
          }
          q++;
        }
        if (q >= n) return p;
        const empty = b[q - 1] === 0x2f;
        this.open(b, name, nameEnd, empty ? q - 1 : q, empty);
        p = q + 1;
      }
    }
  }

  /** A comment, CDATA section or processing instruction at `p`; returns its end or -1 where it is cut. */
  private declaration(b: Buffer, p: number): number {
    if (b[p + 1] === 0x3f) {
      const end = b.indexOf('?>', p + 2, 'latin1');
      return end < 0 ? -1 : end + 2;
    }
    if (b.length < p + 9) return -1;
    const head = b.toString('latin1', p, p + 9);
    if (head.startsWith('<!--')) {
      const end = b.indexOf('-->', p + 4, 'latin1');
      return end < 0 ? -1 : end + 3;
    }
    if (head === '<![CDATA[') {
      const end = b.indexOf(']]>', p + 9, 'latin1');
      if (end < 0) return -1;
      if (this.wantsText) this.text(b, p + 9, end, true);
      return end + 3;
    }
    throw unsafeXml(this.part);
  }

  /** Text of `b[from..to)` with entities resolved, `_xHHHH_` escapes undone and line ends as LF. */
  protected decode(b: Buffer, from: number, to: number, literal: boolean): string {
    let special = false;
    for (let i = from; i < to; i++) {
      const c = b[i];
      if (c === 0x26 || c === 0x0d || (c === 0x5f && b[i + 1] === 0x78)) {
        special = true;
        break;
      }
    }
    const raw = b.toString('utf8', from, to);
    return special ? unescape(raw, literal, this.part) : raw;
  }
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescape(raw: string, literal: boolean, part: string): string {
  const text = literal
    ? raw
    : raw.replace(/&([^;&]{0,12});?/g, (_all, name: string) => {
        const known = ENTITIES[name];
        if (known !== undefined) return known;
        const code = /^#x[0-9a-f]+$/i.test(name) ? parseInt(name.slice(2), 16) : /^#\d+$/.test(name) ? parseInt(name.slice(1), 10) : -1;
        if (code < 0) throw unsafeXml(part);
        return code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? '\ufffd' : String.fromCodePoint(code);
      });
  return text
    .replace(/_x([0-9a-fA-F]{4})_/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    .replace(/\r\n?/g, '\n');
}

function isSpace(c: number): boolean {
  return c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;
}

function isNameEnd(c: number): boolean {
  return c === 0x20 || c === 0x3e || c === 0x2f || c === 0x0a || c === 0x0d || c === 0x09;
}
