import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { demandContentName, type ObjectStore, type StoredObject } from './object-store.js';

/** A bucket of an S3-compatible store (MinIO, Ceph, the clouds' own). */
export interface S3Options {
  /** e.g. https://s3.example.gov.cn */
  endpoint: string;
  bucket: string;
  region: string;
  accessKey: string;
  secretKey: string;
  /** The bucket in the path, not in the host name. */
  pathStyle: boolean;
}

/** Contents in a bucket, under `<aa>/<sha256>`. The library is loaded with the first use: without S3 it costs nothing. */
export class S3Store implements ObjectStore {
  private loading?: Promise<{ client: S3Client; sdk: typeof import('@aws-sdk/client-s3') }>;

  constructor(private readonly options: S3Options) {}

  async put(name: string, path: string): Promise<void> {
    const { client, sdk } = await this.open();
    const { size } = await stat(path);
    await client.send(new sdk.PutObjectCommand({ ...this.place(name), Body: createReadStream(path), ContentLength: size, ContentType: 'application/octet-stream' }));
    await rm(path, { force: true });
  }

  async get(name: string): Promise<Readable | null> {
    const { client, sdk } = await this.open();
    return client.send(new sdk.GetObjectCommand(this.place(name))).then((answer) => answer.Body as Readable, unlessMissing(null));
  }

  async has(name: string): Promise<boolean> {
    const { client, sdk } = await this.open();
    return client.send(new sdk.HeadObjectCommand(this.place(name))).then(() => true, unlessMissing(false));
  }

  async remove(name: string): Promise<void> {
    const { client, sdk } = await this.open();
    await client.send(new sdk.DeleteObjectCommand(this.place(name)));
  }

  async *list(): AsyncIterable<StoredObject> {
    const { client, sdk } = await this.open();
    let from: string | undefined;
    do {
      const page = await client.send(new sdk.ListObjectsV2Command({ Bucket: this.options.bucket, ContinuationToken: from }));
      for (const { Key, LastModified } of page.Contents ?? []) {
        const name = /^[0-9a-f]{2}\/([0-9a-f]{64})$/.exec(Key ?? '')?.[1];
        if (name && LastModified) yield { name, at: LastModified };
      }
      from = page.NextContinuationToken;
    } while (from);
  }

  private place(name: string): { Bucket: string; Key: string } {
    return { Bucket: this.options.bucket, Key: `${demandContentName(name).slice(0, 2)}/${name}` };
  }

  private open(): NonNullable<typeof this.loading> {
    const { endpoint, region, accessKey, secretKey, pathStyle } = this.options;
    return (this.loading ??= import('@aws-sdk/client-s3').then((sdk) => ({
      sdk,
      client: new sdk.S3Client({
        endpoint, region, forcePathStyle: pathStyle, credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
        // Newer checksums are unknown to many stores; the name is the digest anyway.
        requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED',
      }),
    })));
  }
}

const unlessMissing = <T>(instead: T) => (error: Error & { $metadata?: { httpStatusCode?: number } }): T => {
  if (error.name === 'NoSuchKey' || error.name === 'NotFound' || error.$metadata?.httpStatusCode === 404) return instead;
  throw error;
};
