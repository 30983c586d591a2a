import { simplify } from '../vocabulary/traditional.js';

export interface CleanText {
  text: string;
  /** White space at the ends, or (where line breaks are no content) inside, was taken away. */
  spaces: boolean;
  /** Control, zero-width or direction characters were taken away. */
  control: boolean;
}

 
const INVISIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const UNUSUAL = /[^\u4e00-\u9fff\u3001\u3002\uff08\uff09\uff0c\uff1b\uff1a\u201c\u201d!-~]/;

/**
 * Cleans a text cell: white space off its ends, invisible characters out, one composed form (NFC),
 * `="…"` of CSV exports opened. `oneLine` also takes line breaks and tabs out of names.
 */
export function cleanText(raw: string, oneLine = false): CleanText {
  if (!UNUSUAL.test(raw) && !raw.startsWith('="')) return { text: raw, spaces: false, control: false };
  let text = raw;
  let control = false;
  if (text.startsWith('="') && text.endsWith('"') && text.length >= 3) text = text.slice(2, -1).replace(/""/g, '"');
  const visible = text.replace(INVISIBLE, '');
  if (visible !== text) {
    control = true;
    text = visible;
  }
  const trimmed = text.trim();
  let spaces = trimmed !== text;
  text = trimmed;
  if (oneLine && /[\n\r\t\u2028\u2029]/.test(text)) {
    text = text.replace(/\s*[\n\r\t\u2028\u2029]+\s*/g, '');
    spaces = true;
  }
  if (/[\u0300-\u036f]/.test(text)) text = text.normalize('NFC');
  return { text, spaces, control };
}

const PINYIN_AFTER_CHARACTER = /([\u3400-\u9fff])[(（]([a-zêüāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹ]{1,7})[)）]/g;
const TONE = /[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜê]/;
/** Characters that a wrong code page leaves behind: a question mark before rare characters, a lone Latin letter before pinyin. */
const BEYOND_REPAIR = /\ufffd|锟斤拷|[a-zA-Z][(（][a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6}[)）]|^\?[\u3400-\u9fff]|[\u3400-\u9fff]\?[\u3400-\u9fff]{2,}.*[\u0080-\u024f]/;

/**
 * Text after a broken conversion (TEXT_ENCODING): pinyin in brackets after a character, with
 * traditional characters around (長春新區(qū) → 长春新区). `repaired` is null where nothing can be restored.
 */
export function repairText(text: string): { repaired: string | null } | null {
  if (!/[(（?\ufffd锟]/.test(text)) return null;
  if (BEYOND_REPAIR.test(text) && (/[a-zA-Z][(（][a-z]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]/.test(text) || !PINYIN_AFTER_CHARACTER.test(text))) {
    PINYIN_AFTER_CHARACTER.lastIndex = 0;
    return { repaired: null };
  }
  PINYIN_AFTER_CHARACTER.lastIndex = 0;
  let hit = false;
  const without = text.replace(PINYIN_AFTER_CHARACTER, (all, c: string, pinyin: string) => {
    if (!TONE.test(pinyin)) return all;
    hit = true;
    return c;
  });
  return hit ? { repaired: simplify(without) } : null;
}

/** Splits on separators between names, not on those inside brackets. */
export function splitList(text: string, separators = /[；;、,，\n/|]/): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const c of text) {
    if ('(（【[《“'.includes(c)) depth++;
    else if (')）】]》”'.includes(c)) depth = Math.max(0, depth - 1);
    if (depth === 0 && separators.test(c)) {
      parts.push(part);
      part = '';
    } else part += c;
  }
  parts.push(part);
  return parts.map((p) => p.trim()).filter(Boolean);
}

/** 备注 that holds the JSON of another system: its text, or null where it is no such JSON. */
export function textOfJson(text: string): string | null {
  if (!/^[{[]/.test(text)) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (value && typeof value === 'object') {
      const found = (value as Record<string, unknown>)['text'] ?? (value as Record<string, unknown>)['content'] ?? (value as Record<string, unknown>)['value'];
      return typeof found === 'string' ? found.trim() : null;
    }
  } catch {
    return null;
  }
  return null;
}
