import { simplified } from '@yinfeng/enterprises';
import { halfWidth } from '@yinfeng/platform';

/** How sure a reading is: written out; follows from the words around it; a guess that a person has to look at. */
export const CONFIDENCES = ['SURE', 'LIKELY', 'GUESS'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** Something found in a text, with its place in UTF-16 units: text.slice(start, end) is what was read. */
export interface Found {
  start: number;
  end: number;
  value: string;
  confidence: Confidence;
}

/**
 * The text as it is read: simplified, half width, dashes and blanks of one kind, character for character in place, with
 * what tells nothing of a lead (the sender and the minute above a forwarded message, addresses of pages) blanked out.
 */
export function readable(text: string): string {
  // Each step keeps the length: what is found stands at the same place in the text itself.
  const plain = simplified(halfWidth(text)).replace(/[^\S\r\n]/g, ' ').replace(/[‐‑‒–—―−﹣]/g, '-').replace(/[：﹕]/g, ':');
  return blanked(plain, [/https?:\/\/[^\s\u4e00-\u9fff]{1,500}/g, FORWARDED]);
}

/** "张三 10:23", "李四 2026-06-12 10:23:45", "王五 昨天 下午3:05:", "[10:23] 赵六:": a line of its own above the message. */
const FORWARDED = /^[ \t>]{0,4}(?:\[?\d{1,2}:\d{2}(?::\d{2})?\]?[ ]{0,3})?[^\s:,，。]{1,16}(?:[ ]{1,4}[^\s:,，。]{1,16})?[ ]{1,4}(?:\d{2,4}[-/年.]\d{1,2}[-/月.]\d{1,2}日?|\d{1,2}月\d{1,2}日|昨天|今天|前天|星期.|周.)?[ ]{0,3}(?:上午|下午|晚上|凌晨|中午)?[ ]{0,2}\d{1,2}:\d{2}(?::\d{2})?:?[ ]{0,4}$/gm;

/** The text with all matches replaced by blanks of the same length. */
export function blanked(text: string, patterns: readonly RegExp[]): string {
  return patterns.reduce((t, p) => t.replace(p, (m) => m.replace(/[^\n]/g, ' ')), text);
}

/** The text with what was found there replaced by full stops, so that nothing is read twice nor across it. */
export function without(text: string, found: readonly Pick<Found, 'start' | 'end'>[]): string {
  let out = '';
  let at = 0;
  for (const f of [...found].sort((a, b) => a.start - b.start)) {
    if (f.start < at) continue;
    out += text.slice(at, f.start) + '。'.repeat(f.end - f.start);
    at = f.end;
  }
  return out + text.slice(at);
}

/** What stands before a place, within its clause and at most so many characters. */
export function before(text: string, at: number, most: number): string {
  const piece = text.slice(Math.max(0, at - most), at);
  return piece.slice(Math.max(...['\n', '。', ';', '；', '!', '?', '！', '？'].map((c) => piece.lastIndexOf(c))) + 1);
}

/** What stands behind a place, within its clause and at most so many characters. */
export function behind(text: string, at: number, most: number): string {
  return /^[^\n。;；!?！？]*/.exec(text.slice(at, at + most))![0];
}

/** Finds phrases of a list in one walk over the text: at each place the longest one. */
export class PhraseFinder<Meaning> {
  private readonly byStart = new Map<string, [string, Meaning][]>();

  constructor(phrases: Iterable<[phrase: string, meaning: Meaning]>) {
    for (const [phrase, meaning] of phrases) {
      if (phrase.length < 2) continue;
      const start = phrase.slice(0, 2);
      const list = this.byStart.get(start);
      if (list) list.push([phrase, meaning]);
      else this.byStart.set(start, [[phrase, meaning]]);
    }
    for (const list of this.byStart.values()) list.sort((a, b) => b[0].length - a[0].length);
  }

  find(text: string): { start: number; end: number; phrase: string; meaning: Meaning }[] {
    const all: { start: number; end: number; phrase: string; meaning: Meaning }[] = [];
    for (let i = 0; i + 1 < text.length; i++) {
      const hit = this.byStart.get(text.slice(i, i + 2))?.find(([phrase]) => text.startsWith(phrase, i));
      if (!hit) continue;
      all.push({ start: i, end: i + hit[0].length, phrase: hit[0], meaning: hit[1] });
      i += hit[0].length - 1;
    }
    return all;
  }
}
