import zlib from 'node:zlib';
import yauzl from 'yauzl';
import { corrupt, passwordProtected, tooLarge, UnreadableFile } from './faults.js';
import type { FileLimits } from './faults.js';

/** Ratio is judged only beyond this: a small part of spaces may compress 1000 : 1 and harms nobody. */
const RATIO_FROM_BYTES = 8_000_000;
const INFLATE_CHUNK = 256 * 1024;

/**
 * A zip package in memory whose parts are inflated on demand. Every limit counts bytes that really
 * came out of the inflater; sizes and names in the directory are never believed. Nothing is ever
 * written to disk. CRCs are checked, so a part that was read to its end is intact.
 */
export class ZipPackage {
  private readonly inflated = new Map<string, number>();
  private total = 0;

  private constructor(
    private readonly bytes: Buffer,
    private readonly zip: yauzl.ZipFile,
    private readonly entries: Map<string, yauzl.Entry>,
    private readonly limits: FileLimits,
    /** Entries whose path climbs out of the package; they are not read. */
    readonly unsafePaths: number,
  ) {}

  /**
   * Reads the directory of the package.
   * @throws UnreadableFile TRUNCATED where the directory is missing, CORRUPT, TOO_LARGE, PASSWORD
   */
  static async open(bytes: Buffer, limits: FileLimits): Promise<ZipPackage> {
    let zip: yauzl.ZipFile;
    try {
      zip = await yauzl.fromBufferPromise(bytes, { lazyEntries: true, decodeStrings: false, validateEntrySizes: false });
    } catch (error) {
      throw new UnreadableFile(
        'TRUNCATED',
        '文件不完整或已损坏：压缩包的目录缺失，可能没有上传完或没有下载完。请重新取得文件后再上传。',
        `The file is truncated: ${(error as Error).message}`,
      );
    }
    if (zip.entryCount > limits.entries) {
      throw tooLarge(`压缩包里有 ${zip.entryCount} 个条目`, `${zip.entryCount} entries in the package`);
    }
    const entries = new Map<string, yauzl.Entry>();
    let unsafePaths = 0;
    try {
      for await (const entry of zip.eachEntry()) {
        if (entries.size + unsafePaths > limits.entries) throw tooLarge('压缩包条目太多', 'too many entries in the package');
        // decodeStrings is off (it would refuse the whole file for one bad path), so the raw name is decoded here.
        const name = entry.fileNameRaw.toString('utf8').replaceAll('\\', '/');
        if (name.startsWith('/') || /^[A-Za-z]:/.test(name) || name.split('/').includes('..')) {
          unsafePaths += 1;
          continue;
        }
        const key = name.toLowerCase();
        if (entries.has(key)) throw corrupt(`压缩包里有两个 ${name}`, `two entries named ${name}`);
        entries.set(key, entry);
      }
    } catch (error) {
      if (error instanceof UnreadableFile) throw error;
      throw corrupt('压缩包目录无法读取', (error as Error).message);
    }
    return new ZipPackage(bytes, zip, entries, limits, unsafePaths);
  }

  /** Part names are compared without case, as the packaging convention says. */
  has(name: string): boolean {
    return this.entries.has(name.toLowerCase());
  }

  names(): string[] {
    return [...this.entries.keys()];
  }

  /**
   * The bytes of a part in chunks of up to 256 KB, inflated off the main thread.
   * @throws UnreadableFile TOO_LARGE as soon as a limit is passed, CORRUPT, PASSWORD
   */
  async *chunks(name: string): AsyncGenerator<Buffer, void, undefined> {
    const entry = this.entries.get(name.toLowerCase());
    if (!entry) throw corrupt(`缺少 ${name}`, `${name} is missing`);
    if (entry.isEncrypted()) throw passwordProtected();
    const raw = await this.raw(entry, name);
    let size = 0;
    let crc = 0;
    for await (const chunk of inflate(raw, entry.compressionMethod, name)) {
      size += chunk.length;
      this.count(name, entry, size);
      crc = zlib.crc32(chunk, crc);
      yield chunk;
    }
    if (size !== entry.uncompressedSize || crc !== entry.crc32) {
      throw corrupt(`${name} 的校验和不符`, `checksum or size of ${name} does not match`);
    }
  }

  /** A whole small part. @throws UnreadableFile as `chunks`, and TOO_LARGE beyond `most` bytes */
  async read(name: string, most = 32_000_000): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of this.chunks(name)) {
      size += chunk.length;
      if (size > most) throw tooLarge(`${name} 解压后超过上限`, `${name} inflates beyond ${most} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  private async raw(entry: yauzl.Entry, name: string): Promise<Buffer> {
    try {
      const { fileDataStart } = await this.zip.readLocalFileHeaderPromise(entry, { minimal: true });
      const end = fileDataStart + entry.compressedSize;
      if (end > this.bytes.length) throw new Error('data runs past the end of the file');
      return this.bytes.subarray(fileDataStart, end);
    } catch (error) {
      throw corrupt(`${name} 无法读取`, `${name}: ${(error as Error).message}`);
    }
  }

  private count(name: string, entry: yauzl.Entry, size: number): void {
    // A liar about its size is stopped at the first byte too many, long before any other limit.
    if (size > entry.uncompressedSize) {
      throw corrupt(`${name} 解压后比目录所写的大`, `${name} inflates beyond its declared ${entry.uncompressedSize} bytes`);
    }
    const before = this.inflated.get(name) ?? 0;
    if (size > before) {
      this.inflated.set(name, size);
      this.total += size - before;
    }
    const { entryBytes, inflatedBytes, ratio } = this.limits;
    if (size > entryBytes || this.total > inflatedBytes) {
      throw tooLarge('解压后超过上限', `${name} inflates beyond the limit`);
    }
    if (size > RATIO_FROM_BYTES && size > entry.compressedSize * ratio) {
      throw tooLarge('解压后大小是压缩前的数百倍，疑似恶意文件', `${name} inflates more than ${ratio} times`);
    }
  }
}

async function* inflate(raw: Buffer, method: number, name: string): AsyncGenerator<Buffer, void, undefined> {
  if (method === 0) {
    for (let at = 0; at < raw.length; at += INFLATE_CHUNK) yield raw.subarray(at, at + INFLATE_CHUNK);
    return;
  }
  if (method !== 8) throw corrupt(`${name} 的压缩方式不受支持`, `${name} uses compression method ${method}`);
  // yauzl's own stream inflates in 16 KB steps; larger steps halve the time of a 90 MB sheet.
  const stream = zlib.createInflateRaw({ chunkSize: INFLATE_CHUNK });
  stream.end(raw);
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    throw corrupt(`${name} 无法解压`, `${name}: ${(error as Error).message}`);
  } finally {
    stream.destroy();
  }
}
