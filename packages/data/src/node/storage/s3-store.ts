/** An `ArtifactStore` in a bucket. S3 shows an object when it is whole, so that every write is atomic. */
import { type ArtifactStore, checkArtifactKey, checkByteRange, LlmError } from '@llm/core';
import type { S3Client, S3Place } from './s3-client.js';
import { S3Output } from './s3-output.js';

/** Larger blobs go up in parts. */
const singlePutBytes = 64 * 1024 * 1024;

export class S3Store implements ArtifactStore {
  readonly specificationVersion = 'v1';
  readonly #prefix: string;

  /** `place.key` is the folder that keys are below. */
  constructor(
    readonly client: S3Client,
    readonly place: S3Place,
  ) {
    const folder = place.key.replace(/\/+$/, '');
    this.#prefix = folder === '' ? '' : `${folder}/`;
  }

  read(key: string): Promise<Uint8Array> {
    return this.#found(key, (place) => this.client.readWhole(place));
  }

  size(key: string): Promise<number> {
    return this.#found(key, async (place) => {
      const size = await this.client.size(place);
      if (size !== undefined) return size;
      throw this.#missing(key);
    });
  }

  async readRange(key: string, start: number, end: number): Promise<Uint8Array> {
    checkByteRange(start, end);
    return this.#found(key, async (place) => (await this.client.open(place)).read(start, end - start));
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    const place = this.#place(key);
    if (bytes.length <= singlePutBytes) return this.client.put(place, bytes);
    const output = new S3Output(this.client, place);
    try {
      for (let at = 0; at < bytes.length; at += singlePutBytes)
        await output.write(bytes.subarray(at, at + singlePutBytes));
      await output.finish();
    } catch (error) {
      await output.abandon();
      throw error;
    }
  }

  async has(key: string): Promise<boolean> {
    return (await this.client.size(this.#place(key))) !== undefined;
  }

  async list(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    const place = { bucket: this.place.bucket, key: this.#prefix + prefix };
    for await (const { key } of this.client.list(place)) keys.push(key.slice(this.#prefix.length));
    // S3 sorts by the bytes of UTF-8.
    return keys.filter((key) => !key.endsWith('/')).sort();
  }

  delete(key: string): Promise<void> {
    return this.client.delete(this.#place(key));
  }

  #place(key: string): S3Place {
    return { bucket: this.place.bucket, key: this.#prefix + checkArtifactKey(key) };
  }

  async #found<T>(key: string, use: (place: S3Place) => Promise<T>): Promise<T> {
    try {
      return await use(this.#place(key));
    } catch (error) {
      if (LlmError.isInstance(error) && error.code === 'data/storage-missing')
        throw this.#missing(key, error);
      throw error;
    }
  }

  #missing(key: string, cause?: unknown): LlmError {
    const place = `s3://${this.place.bucket}/${this.#prefix}`;
    return new LlmError({
      code: 'core/artifact-missing',
      message: `There is no artifact "${key}" in ${place}. Run the stage that writes it first.`,
      details: { key, place },
      cause,
    });
  }
}
