import type { Readable } from 'node:stream';

/** A stored content as the sweep looks at it. */
export interface StoredObject {
  /** SHA-256 of the content, hex. */
  name: string;
  /** When it was put last. */
  at: Date;
}

/** Where contents lie, each under its SHA-256. The same spec runs against every one. */
export interface ObjectStore {
  /** Takes the content of a local file, which may be gone afterwards; once this returns it survives a crash. Putting it again renews its age. */
  put(name: string, path: string): Promise<void>;
  /** The content, or null when there is none. */
  get(name: string): Promise<Readable | null>;
  has(name: string): Promise<boolean>;
  /** Takes it away; nothing happens when there is none. */
  remove(name: string): Promise<void>;
  list(): AsyncIterable<StoredObject>;
}

/** @throws Error when it is no SHA-256: a name that comes from outside never becomes a path. */
export function demandContentName(name: string): string {
  if (!/^[0-9a-f]{64}$/.test(name)) throw new Error('a content is named by its SHA-256 in hex');
  return name;
}
