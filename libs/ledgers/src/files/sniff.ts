import { fileTypeFromBuffer } from 'file-type';
import { notASheet } from './faults.js';

/**
 * What a file is by its content; its name only tells nothing or lies.
 * @throws UnreadableFile NOT_A_SHEET naming what it is
 */
export async function sniff(bytes: Buffer, name: string): Promise<'xlsx' | 'xls' | 'csv'> {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] as number) <= 8) return 'xlsx';
  if (bytes.subarray(0, 8).equals(OLE)) return 'xls';
  // A byte order mark settles it; without this, FF FE passes for an MP1 sound file.
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return 'csv';
  const head = bytes.subarray(0, 2048);
  const markup = head.toString('latin1').replace(/\0/g, '').replace(/^[\u00ef\u00bb\u00bf\u00ff\u00fe\s]+/, '').toLowerCase();
  if (/^<(!doctype html|html|table|head|meta|body|div|style)\b/.test(markup)) throw notASheet('网页（HTML）', 'a web page (HTML)');
  if (markup.startsWith('<?xml') || markup.startsWith('<!doctype')) {
    if (markup.includes('office:spreadsheet')) throw notASheet('“XML 表格 2003”', 'XML Spreadsheet 2003');
    throw notASheet(' XML 文件', 'an XML file');
  }
  if (markup.startsWith('{\\rtf')) throw notASheet(' RTF 文档', 'an RTF document');
  if (markup.startsWith('mime-version:')) throw notASheet('单文件网页（MHT）', 'a web archive (MHT)');
  const type = await fileTypeFromBuffer(bytes);
  if (type && !type.mime.startsWith('text/')) throw notASheet(...nameOf(type.ext, type.mime));
  if (isBinary(head)) throw notASheet('无法识别的二进制数据', `unknown binary data (${name})`);
  return 'csv';
}

const OLE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);

function nameOf(extension: string, mime: string): [string, string] {
  if (extension === 'pdf') return [' PDF 文档', 'a PDF document'];
  if (mime.startsWith('image/')) return [`图片（${extension}）`, `an image (${extension})`];
  if (mime.startsWith('video/') || mime.startsWith('audio/')) return [`音视频（${extension}）`, `audio or video (${extension})`];
  if (/zip|rar|7z|tar|compress|xz/.test(mime)) return [`压缩包（${extension}）`, `an archive (${extension})`];
  return [` ${extension} 文件`, `a ${extension} file`];
}

/** Control characters that no text of any encoding has; NUL is left out, it may be UTF-16 or a slip. */
function isBinary(head: Buffer): boolean {
  let odd = 0;
  for (const byte of head) if (byte > 0 && byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12 && byte !== 27) odd += 1;
  return odd > 8 && odd > head.length / 50;
}
