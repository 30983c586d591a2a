import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Database } from '@yinfeng/platform';

/** Seals secrets for the database (AES-256-GCM); each is bound to the record that it belongs to. */
export class Seal {
  constructor(private readonly key: Buffer) {}

  close(secret: string, owner: string): Buffer {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
  }

  /** Sixteen bytes that nobody without the key can say of these words; the same each time. */
  mark(words: string): Buffer {
    return createHmac('sha256', this.key).update(`mark\n${words}`).digest().subarray(0, 16);
  }

  /** null: sealed under the key of another installation, or for another record. */
  open(sealed: Buffer, owner: string): string | null {
    const cipher = createDecipheriv('aes-256-gcm', this.key, sealed.subarray(0, 12), { authTagLength: 16 }).setAAD(Buffer.from(owner)).setAuthTag(sealed.subarray(12, 28));
    try {
      return Buffer.concat([cipher.update(sealed.subarray(28)), cipher.final()]).toString('utf8');
    } catch {
      return null;
    }
  }
}

/** The seal of this installation. Asked for before a transaction begins, never inside: the key comes over a connection of its own. */
export function sealOf(db: Database): () => Promise<Seal> {
  let seal: Promise<Seal> | null = null;
  return () => (seal ??= db.shared<{ key: Buffer }>('select channel_key() as key').then(([row]) => new Seal(row!.key), (error: unknown) => {
    seal = null;
    throw error;
  }));
}
