/** An `ArtifactStore` in a data set on the hub; every write and delete is a commit. */
import { createHash } from 'node:crypto';
import { type ArtifactStore, checkArtifactKey, LlmError } from '@llm/core';
import type { ByteSource } from './byte-source.js';
import type { StorageOptions } from './http-client.js';
import { HubCommits } from './hub-commits.js';
import { HubDatasets, type HubPlace } from './hub-datasets.js';

export class HubStore implements ArtifactStore {
  readonly specificationVersion = 'v1';
  readonly #datasets: HubDatasets;
  readonly #commits: HubCommits;
  readonly #prefix: string;

  /** Throws `data/storage-credentials`. */
  constructor(
    readonly place: HubPlace,
    options: StorageOptions = {},
  ) {
    this.#datasets = new HubDatasets(options);
    this.#commits = new HubCommits(options);
    const folder = place.path.replace(/\/+$/, '');
    this.#prefix = folder === '' ? '' : `${folder}/`;
  }

  async read(key: string): Promise<Uint8Array> {
    const source = await this.#open(key);
    return source.read(0, source.size);
  }

  async size(key: string): Promise<number> {
    return (await this.#open(key)).size;
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    await this.#commits.add(this.#placeOf(key), {
      size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      read: async (start, end) => bytes.subarray(start, end),
    });
  }

  async has(key: string): Promise<boolean> {
    return (await this.list(key)).includes(key);
  }

  async list(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    // A folder that is not there yet has no files.
    const files = this.#datasets.list({ ...this.place, path: this.#prefix });
    try {
      for await (const { path } of files) {
        const key = path.slice(this.#prefix.length);
        if (path.startsWith(this.#prefix) && key.startsWith(prefix)) keys.push(key);
      }
    } catch (error) {
      if (!LlmError.isInstance(error) || error.code !== 'data/storage-missing' || this.#prefix === '')
        throw error;
    }
    return keys.sort();
  }

  async delete(key: string): Promise<void> {
    if (await this.has(key)) await this.#commits.delete(this.#placeOf(key));
  }

  #placeOf(key: string): HubPlace {
    checkArtifactKey(key);
    return { ...this.place, path: this.#prefix + key };
  }

  async #open(key: string): Promise<ByteSource> {
    try {
      return await this.#datasets.open(this.#placeOf(key));
    } catch (cause) {
      if (!LlmError.isInstance(cause) || cause.code !== 'data/storage-missing') throw cause;
      const { repository } = this.place;
      throw new LlmError({
        code: 'core/artifact-missing',
        message: `The data set ${repository} has no "${this.#prefix}${key}".`,
        details: { key },
        cause,
      });
    }
  }
}
