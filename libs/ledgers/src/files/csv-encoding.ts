import { isUtf8 } from 'node:buffer';
import { UnreadableFile } from './faults.js';

export type CsvEncoding = 'utf-8' | 'gb18030' | 'utf-16le' | 'utf-16be';

const LF = 0x0a;
const DECODE_STEP = 1 << 20;

/**
 * The encoding of a text file, and whether it is a guess (no mark said so).
 * @throws UnreadableFile MIXED_ENCODING, UNKNOWN_ENCODING
 */
export function detectEncoding(bytes: Buffer): { encoding: CsvEncoding; guessed: boolean } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: 'utf-16le', guessed: false };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: 'utf-16be', guessed: false };
  const wide = unmarkedUtf16(bytes);
  if (wide) return { encoding: wide, guessed: true };
  if (isUtf8(bytes)) return { encoding: 'utf-8', guessed: false };
  const { utf8, legacy, firstLegacy, firstUtf8 } = linesByEncoding(bytes);
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  if (marked || utf8 > 0) throw mixedEncoding(utf8 >= legacy ? firstLegacy : firstUtf8);
  if (!decodes(bytes, 'gb18030')) {
    throw new UnreadableFile(
      'UNKNOWN_ENCODING',
      '无法识别文件的编码（既不是 UTF-8，也不是 GB18030/GBK）。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。',
      'The encoding is neither UTF-8 nor GB18030',
    );
  }
  return { encoding: 'gb18030', guessed: true };
}

function mixedEncoding(line: number): UnreadableFile {
  return new UnreadableFile(
    'MIXED_ENCODING',
    `文件的编码前后不一致：同一文件里混有 UTF-8 和 GB18030，从文件第 ${line} 行起不同。请统一编码后再上传，以免导入乱码。`,
    `Mixed encodings: UTF-8 and GB18030 in one file, differing from line ${line} on`,
  );
}

/** UTF-16 without a mark: many zero bytes, all on the same side. */
function unmarkedUtf16(bytes: Buffer): CsvEncoding | null {
  const head = bytes.subarray(0, 4096);
  const zeros = [0, 0];
  head.forEach((byte, at) => {
    if (byte === 0) zeros[at & 1] = (zeros[at & 1] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  if (even + odd < head.length / 10) return null;
  if (odd > even * 20) return 'utf-16le';
  return even > odd * 20 ? 'utf-16be' : null;
}

/**
 * Whole-file decoding cannot show a mixture: GB18030 decodes nearly any bytes to some rare characters.
 * Line by line it shows, for a line of Chinese that is well-formed UTF-8 by chance is next to
 * impossible from four characters on. LF is never part of a character in either encoding.
 */
function linesByEncoding(bytes: Buffer): { utf8: number; legacy: number; firstUtf8: number; firstLegacy: number } {
  const found = { utf8: 0, legacy: 0, firstUtf8: 0, firstLegacy: 0 };
  let number = 0;
  for (let from = 0; from < bytes.length; ) {
    let to = bytes.indexOf(LF, from);
    if (to < 0) to = bytes.length;
    const line = bytes.subarray(from, to);
    number += 1;
    from = to + 1;
    if (!isUtf8(line)) {
      found.legacy += 1;
      found.firstLegacy ||= number;
    } else if (threeByteCharacters(line) >= 4) {
      found.utf8 += 1;
      found.firstUtf8 ||= number;
    }
  }
  return found;
}

function threeByteCharacters(line: Buffer): number {
  let count = 0;
  for (const byte of line) if (byte >= 0xe3 && byte <= 0xef) count += 1;
  return count;
}

function decodes(bytes: Buffer, encoding: CsvEncoding): boolean {
  try {
    for (const _text of decodeText(bytes, encoding)) continue;
    return true;
  } catch {
    return false;
  }
}

/** The text in pieces of about a million characters, without its mark. @throws TypeError on bytes that do not decode */
export function* decodeText(bytes: Buffer, encoding: CsvEncoding): Generator<string, void, undefined> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  for (let at = 0; at < bytes.length; at += DECODE_STEP) {
    const step = bytes.subarray(at, at + DECODE_STEP);
    const text = decoder.decode(step, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}
