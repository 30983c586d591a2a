import { open, readFile } from 'node:fs/promises';
import { fileTypeFromFile } from 'file-type';
import { Refusal } from '../actor/refusal.js';

/** What is taken in: media type and the endings that a name may have. */
const KINDS = [
  { mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', endings: ['xlsx'], found: ['xlsx'] },
  { mediaType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', endings: ['docx'], found: ['docx'] },
  // The old formats share one container; the ending says which it is.
  { mediaType: 'application/vnd.ms-excel', endings: ['xls'], found: ['cfb'] },
  { mediaType: 'application/msword', endings: ['doc'], found: ['cfb'] },
  { mediaType: 'application/pdf', endings: ['pdf'], found: ['pdf'] },
  // 版式文档 (GB/T 33190): a ZIP whose root is OFD.xml.
  { mediaType: 'application/ofd', endings: ['ofd'], found: ['ofd', 'zip'] },
  { mediaType: 'image/jpeg', endings: ['jpg', 'jpeg'], found: ['jpg'] },
  { mediaType: 'image/png', endings: ['png'], found: ['png'] },
  { mediaType: 'image/webp', endings: ['webp'], found: ['webp'] },
  { mediaType: 'text/csv', endings: ['csv', 'txt'], found: [undefined] },
] as const;

export const ACCEPTED_ENDINGS = KINDS.flatMap((k) => k.endings).join(', ');

/**
 * The media type by content, which has to agree with the ending of the name.
 * @throws Refusal FILE_TYPE for anything that is not on the list, or not what its name says.
 */
export async function mediaTypeOf(path: string, name: string): Promise<string> {
  const ending = name.toLowerCase().split('.').pop() ?? '';
  // A file that its own parser chokes on is of no accepted type.
  const found = await fileTypeFromFile(path).then((t) => t?.ext, () => 'broken');
  const kind = KINDS.find((k) => (k.endings as readonly string[]).includes(ending) && (k.found as readonly (string | undefined)[]).includes(found));
  if (!kind || (kind.mediaType === 'text/csv' && !(await looksLikeText(path))) || (kind.mediaType === 'application/ofd' && !(await readFile(path)).includes('OFD.xml'))) throw new Refusal('FILE_TYPE', ['file'], { name, expected: ACCEPTED_ENDINGS });
  return kind.mediaType;
}

/** Text in UTF-8, GB18030 or UTF-16 with its mark: no control characters but line ends and tabs. */
async function looksLikeText(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, 0);
    const head = buffer.subarray(0, bytesRead);
    if (head.length === 0) return false;
    const utf16 = head.length >= 2 && ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff));
    if (utf16) return true;
    return !head.some((byte) => byte === 0x7f || (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c));
  } finally {
    await file.close();
  }
}
