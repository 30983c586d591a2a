import { Refusal } from '../actor/refusal.js';
import { ACCEPTED_ENDINGS } from './file-kind.js';

/** Pixels of the largest picture that is decoded: 50 megapixels take some 150 MB. */
const MOST_PIXELS = 50_000_000;
/** Longest edges of what is kept and of the small picture, px. */
const LONGEST_EDGE = 4096;
const SMALL_EDGE = 320;
const SECONDS = 20;
/** Pictures drawn at once in this process; the others wait. */
const AT_ONCE = 2;

/** A picture drawn anew: upright, within bounds, nothing in it but pixels. */
export interface Picture {
  bytes: Buffer;
  mediaType: 'image/jpeg' | 'image/webp';
  ending: 'jpg' | 'webp';
  width: number;
  height: number;
  /** WebP. */
  thumbnail: Buffer;
}

let drawing = 0;
const waiting: (() => void)[] = [];

/**
 * Draws a JPEG, PNG or WebP anew. Whatever else the file held (place and device in EXIF, comments, an archive behind the
 * picture) is gone. Decoding runs in libvips' threads, two pictures at a time.
 * @throws Refusal PICTURE_TOO_LARGE before a pixel is decoded, FILE_TYPE for what is broken or moves.
 */
export async function drawAnew(path: string, name: string, mediaType: string): Promise<Picture> {
  if (drawing >= AT_ONCE) await new Promise<void>((turn) => waiting.push(turn));
  drawing++;
  try {
    return await draw(path, name, mediaType);
  } finally {
    drawing--;
    waiting.shift()?.();
  }
}

async function draw(path: string, name: string, mediaType: string): Promise<Picture> {
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  sharp.concurrency(1);
  const broken = () => new Refusal('FILE_TYPE', ['file'], { name, expected: ACCEPTED_ENDINGS });
  // The size stands in the header: a bomb is refused before it unfolds.
  const { width, height, pages } = await sharp(path, { limitInputPixels: false }).metadata().catch(() => { throw broken(); });
  if (width * height > MOST_PIXELS) throw new Refusal('PICTURE_TOO_LARGE', ['file'], { name, width, height, max: MOST_PIXELS / 1_000_000 });
  if ((pages ?? 1) > 1) throw broken();
  try {
    const upright = sharp(path, { limitInputPixels: MOST_PIXELS, failOn: 'error', sequentialRead: true }).rotate().resize({ width: LONGEST_EDGE, height: LONGEST_EDGE, fit: 'inside', withoutEnlargement: true }).timeout({ seconds: SECONDS });
    const jpeg = mediaType === 'image/jpeg';
    const { data, info } = await (jpeg ? upright.jpeg({ quality: 85, mozjpeg: false }) : upright.webp({ quality: 85 })).toBuffer({ resolveWithObject: true });
    const thumbnail = await sharp(data, { failOn: 'error' }).resize({ width: SMALL_EDGE, height: SMALL_EDGE, fit: 'inside', withoutEnlargement: true }).webp({ quality: 80 }).timeout({ seconds: SECONDS }).toBuffer();
    return { bytes: data, mediaType: jpeg ? 'image/jpeg' : 'image/webp', ending: jpeg ? 'jpg' : 'webp', width: info.width, height: info.height, thumbnail };
  } catch {
    throw broken();
  }
}
