import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { type Actor, Clock, FileStore, FileSweep } from '@yinfeng/platform';
import sharp from 'sharp';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let t: TestDatabase;
let api: TestApi;
let zone: TestZone;
let store: FileStore;

beforeAll(async () => {
  t = await testDatabase();
  api = await testApi(t);
  store = api.running.app.get(FileStore);
});
afterAll(async () => {
  await api.stop();
  await t.stop();
});
beforeEach(async () => {
  await t.clean();
  zone = await makeZone(t.owner);
});

const DAY = 86_400_000;
type Saved = { id: string; name: string; size: number; mediaType: string; sha256: string; width: number | null; height: number | null };
const upload = (who: Actor | null, name: string, content: Uint8Array | string) => {
  const form = new FormData();
  form.append('file', new Blob([typeof content === 'string' ? content : new Uint8Array(content)]), name);
  return api.request(who, '/files', { method: 'POST', body: form });
};
const saved = async (name: string, content: Uint8Array | string, who: Actor = zone.as.RECRUITER): Promise<Saved> => {
  const response = await upload(who, name, content);
  expect(response.status).toBe(201);
  return (await response.json()) as Saved;
};
const refused = async (name: string, content: Uint8Array | string) => {
  const response = await upload(zone.as.RECRUITER, name, content);
  return [response.status, ((await response.json()) as { error: { code: string } }).error.code];
};
const fetched = async (id: string, query = '', who: Actor | null = zone.as.RECRUITER) => {
  const response = await api.request(who, `/files/${id}${query}`);
  return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
};
const kept = async () => {
  const names: string[] = [];
  for await (const { name } of store.objects.list()) names.push(name);
  return names;
};
const picture = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: '#c02020' } });
/** A PNG of these dimensions that holds hardly anything: what it unfolds to is not there. */
const bomb = (width: number, height: number): Buffer => {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.alloc(1 << 16))), chunk('IEND', Buffer.alloc(0))]);
};
function crc(bytes: Buffer): number {
  let c = ~0;
  for (const byte of bytes) {
    c ^= byte;
    for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (0xedb88320 & -(c & 1));
  }
  return ~c >>> 0;
}

describe('a picture', () => {
  it('is drawn anew: upright, without place, device or what hangs behind it; the original is not kept', async () => {
    const taken = await picture(80, 40).jpeg().withExif({ IFD0: { Make: 'SpyCam' }, IFD3: { GPSLatitude: '43/1 53/1 0/1', GPSLatitudeRef: 'N' } }).withMetadata({ orientation: 6 }).toBuffer();
    const withGps = await sharp(taken).keepExif().jpeg().toBuffer();
    expect(withGps.includes('SpyCam')).toBe(true);
    const sent = Buffer.concat([withGps, Buffer.from('PK\u0003\u0004<script>alert(1)</script>')]);
    const file = await saved('现场.JPG', sent);
    expect(file).toMatchObject({ name: '现场.JPG', mediaType: 'image/jpeg', width: 40, height: 80 });
    const { body, headers } = await fetched(file.id);
    const meta = await sharp(body).metadata();
    expect([meta.format, meta.width, meta.height, meta.exif, meta.orientation]).toEqual(['jpeg', 40, 80, undefined, undefined]);
    for (const trace of ['SpyCam', 'GPS', 'PK\u0003\u0004', 'script']) expect(body.includes(trace)).toBe(false);
    expect(createHash('sha256').update(body).digest('hex')).toBe(file.sha256);
    expect(Number(headers.get('content-length'))).toBe(body.length);
    expect(await store.objects.has(createHash('sha256').update(sent).digest('hex'))).toBe(false);
  });

  it('is at most 4096 px long, with a small one of 320 px beside it; a PNG becomes WebP', async () => {
    const file = await saved('规划图.png', await picture(5000, 1000).png().toBuffer());
    expect(file).toMatchObject({ name: '规划图.webp', mediaType: 'image/webp', width: 4096, height: 819 });
    const small = await fetched(file.id, '?size=thumb');
    expect([small.status, small.headers.get('content-type')]).toEqual([200, 'image/webp']);
    expect(await sharp(small.body).metadata()).toMatchObject({ format: 'webp', width: 320, height: 64 });
    expect((await fetched(file.id, '?size=huge')).status).toBe(400);
    expect((await fetched((await saved('a.csv', 'a,b\n')).id, '?size=thumb')).status).toBe(404);
  });

  it('that is hostile ends in a plain refusal, and the server goes on', async () => {
    const jpeg = await picture(600, 600).jpeg().toBuffer();
    expect(await refused('bomb.png', bomb(60_000, 60_000))).toEqual([413, 'PICTURE_TOO_LARGE']);
    expect(await refused('hollow.png', bomb(3_000, 3_000))).toEqual([415, 'FILE_TYPE']);
    expect(await refused('cut.jpg', jpeg.subarray(0, jpeg.length >> 1))).toEqual([415, 'FILE_TYPE']);
    expect(await refused('head.jpg', jpeg.subarray(0, 12))).toEqual([415, 'FILE_TYPE']);
    expect(await refused('x.jpg', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')).toEqual([415, 'FILE_TYPE']);
    expect(await refused('x.jpg', '<!doctype html><script>alert(1)</script>')).toEqual([415, 'FILE_TYPE']);
    expect(await refused('x.jpg', await picture(8, 8).png().toBuffer())).toEqual([415, 'FILE_TYPE']);
    expect(await refused('x.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>')).toEqual([415, 'FILE_TYPE']);
    expect(await refused('x.gif', await picture(8, 8).gif().toBuffer())).toEqual([415, 'FILE_TYPE']);
    const moving = await sharp([await picture(8, 8).png().toBuffer(), await sharp({ create: { width: 8, height: 8, channels: 3, background: '#20c020' } }).png().toBuffer()], { join: { animated: true } }).webp().toBuffer();
    expect(await refused('x.webp', moving)).toEqual([415, 'FILE_TYPE']);
    expect(await readdir(join(store.pathOf('0'.repeat(64)), '..', '..', 'incoming'))).toEqual([]);
    expect((await t.owner.query('select 1 from stored_file')).rows).toEqual([]);
    expect(await saved('ok.jpg', jpeg)).toMatchObject({ width: 600, height: 600 });
  });
});

describe('what is taken in', () => {
  it('is what the list says, by content and name: PDF and OFD yes, a ZIP no', async () => {
    expect(await saved('协议.pdf', '%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF')).toMatchObject({ mediaType: 'application/pdf', width: null, height: null });
    const zip = (entry: string) => Buffer.concat([Buffer.from('504b030414000000000000000000000000000000000000000000', 'hex'), Buffer.from([entry.length, 0, 0, 0]), Buffer.from(entry)]);
    expect(await saved('发票.ofd', zip('OFD.xml'))).toMatchObject({ mediaType: 'application/ofd' });
    expect(await refused('发票.ofd', zip('evil.exe'))).toEqual([415, 'FILE_TYPE']);
    expect(await refused('all.zip', zip('OFD.xml'))).toEqual([415, 'FILE_TYPE']);
    expect(await refused('x.pdf', zip('OFD.xml'))).toEqual([415, 'FILE_TYPE']);
  });

  it('is stored once, whoever sends it and at once; names and owners stay apart', async () => {
    const before = (await kept()).length;
    const jpeg = await picture(30, 30).jpeg().toBuffer();
    const files = await Promise.all([saved('a.jpg', jpeg), saved('b.jpg', jpeg), saved('c.jpg', jpeg, zone.as.MANAGER)]);
    expect(new Set(files.map((f) => f.id)).size).toBe(3);
    expect(new Set(files.map((f) => f.sha256)).size).toBe(1);
    // The picture and its small one.
    expect((await kept()).length).toBe(before + 2);
    expect((await fetched(files[0].id, '', zone.as.MANAGER)).status).toBe(404);
  });

  it('is sent back opaque, and only to whom it may', async () => {
    const other = await makeZone(t.owner);
    const file = await saved('关于"甲"的\r\n说明.csv', 'a,b\n');
    const { headers, status } = await fetched(file.id);
    expect(status).toBe(200);
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''[A-Za-z0-9%._~!*-]+$/);
    expect([headers.get('x-content-type-options'), headers.get('cache-control'), headers.get('content-security-policy')]).toEqual(['nosniff', 'private, no-store', "default-src 'none'; sandbox"]);
    const missing = await fetched('StoredFile:01900000-0000-7000-8000-000000000000');
    for (const [who, query] of [[zone.stranger, ''], [zone.stranger, '?size=thumb'], [other.as.LEADER, '']] as const) {
      const hidden = await fetched(file.id, query, who);
      expect([hidden.status, hidden.body.toString()]).toEqual([404, missing.body.toString()]);
    }
    expect((await fetched(file.id, '', null)).status).toBe(401);
    expect((await upload(zone.as.AUDITOR, 'a.csv', 'a,b\n')).status).toBe(403);
  });
});

describe('the sweep', () => {
  const sweep = () => new FileSweep(t.db, store).sweep(new Clock().now());
  const aged = async (sha256: string, days: number) => {
    const at = new Date(Date.now() - days * DAY);
    await utimes(store.pathOf(sha256), at, at);
  };
  const stray = async (content: string) => (await store.save((await import('node:stream')).Readable.from([Buffer.from(content)]))).sha256;

  it('removes what no record names after seven days, twice or at once, and nothing else', async () => {
    await sweep();
    const jpeg = await saved('a.jpg', await picture(50, 50).jpeg().toBuffer());
    const { rows: [row] } = await t.owner.query<{ thumbnail: string }>(`select encode(thumbnail, 'hex') as thumbnail from stored_file`);
    const [old, young] = [await stray('旧的'), await stray('新的')];
    for (const [sha256, days] of [[jpeg.sha256, 100], [row!.thumbnail, 100], [old, 8], [young, 6]] as const) await aged(sha256, days);
    expect((await Promise.all([sweep(), sweep()])).some((n) => n > 0)).toBe(true);
    expect(await sweep()).toBe(0);
    expect([await store.objects.has(old), await store.objects.has(young), await store.objects.has(jpeg.sha256), await store.objects.has(row!.thumbnail)]).toEqual([false, true, true, true]);
    await t.owner.query('delete from stored_file');
    await aged(young, 6);
    await sweep();
    expect([await store.objects.has(jpeg.sha256), await store.objects.has(row!.thumbnail), await store.objects.has(young)]).toEqual([false, false, true]);
  });

  it('leaves alone what comes back while it looks', async () => {
    for (let n = 0; n < 10; n++) {
      const content = `再次上传 ${n}\n`;
      const sha256 = await stray(content);
      await aged(sha256, 30);
      const [file] = await Promise.all([saved('再次.csv', content), sweep()]);
      expect(file.sha256).toBe(sha256);
      expect((await fetched(file.id)).body.toString()).toBe(content);
    }
  });

  it('takes uploads away that broke off more than a day ago', async () => {
    const inbox = join(store.pathOf('0'.repeat(64)), '..', '..', 'incoming');
    await mkdir(inbox, { recursive: true });
    for (const [name, hours] of [['old', 25], ['young', 1]] as const) {
      await writeFile(join(inbox, name), 'x');
      const at = new Date(Date.now() - hours * 3_600_000);
      await utimes(join(inbox, name), at, at);
    }
    await sweep();
    expect(await readdir(inbox)).toEqual(['young']);
  });
});
