import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/**
 * A backup is a gzip stream of frames: one letter, four bytes of length, the payload.
 * H header, then for each table T and its data D…, for each stored file F and its data D…, at the end M the manifest.
 */
export const FRAME = { header: 'H', table: 'T', file: 'F', data: 'D', manifest: 'M' } as const;
export type FrameKind = (typeof FRAME)[keyof typeof FRAME];
export interface Frame { kind: FrameKind; payload: Buffer }

const HEAD = 5;
/** No frame is longer: a length beyond it is damage, not data to wait for. */
const MOST = 64 * 1024 * 1024;
/** Rows arrive in small pieces; frames of this size keep both sides quick. */
const CHUNK = 256 * 1024;

/** A file that is no whole backup. The message says where it stops making sense. */
export class DamagedBackup extends Error {}

export function frame(kind: FrameKind, payload: Buffer | object): Buffer {
  const body = Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload));
  if (body.length > MOST) throw new Error(`a frame of ${body.length} bytes is too long for a backup`);
  const head = Buffer.alloc(HEAD);
  head.write(kind, 0, 'latin1');
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

/** Gathers small pieces into data frames. */
export async function* dataFrames(pieces: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    size += piece.length;
    if (size < CHUNK) continue;
    yield frame(FRAME.data, Buffer.concat(waiting));
    waiting = [];
    size = 0;
  }
  if (size > 0) yield frame(FRAME.data, Buffer.concat(waiting));
}

/** The frames of a file, in order. @throws DamagedBackup when it is cut off, changed or no backup at all. */
export async function* readFrames(path: string): AsyncGenerator<Frame> {
  // What goes wrong in either stream reaches the loop below through the second one.
  const bytes = pipeline(createReadStream(path, { highWaterMark: CHUNK }), createGunzip({ chunkSize: CHUNK }), () => undefined);
  let held: Buffer = Buffer.alloc(0);
  try {
    for await (const piece of bytes as AsyncIterable<Buffer>) {
      held = held.length === 0 ? piece : Buffer.concat([held, piece]);
      let at = 0;
      while (held.length - at >= HEAD) {
        const kind = held.toString('latin1', at, at + 1) as FrameKind;
        const length = held.readUInt32BE(at + 1);
        if (!Object.values(FRAME).includes(kind) || length > MOST) throw new DamagedBackup('not a frame of a backup');
        if (held.length - at - HEAD < length) break;
        yield { kind, payload: held.subarray(at + HEAD, at + HEAD + length) };
        at += HEAD + length;
      }
      held = held.subarray(at);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined || !/^Z_|^ERR_STREAM_PREMATURE_CLOSE/.test(code)) throw error;
    throw new DamagedBackup(code === 'Z_BUF_ERROR' ? 'the file is cut off' : `the compressed stream is broken (${code})`);
  }
  if (held.length > 0) throw new DamagedBackup('the file is cut off');
}
