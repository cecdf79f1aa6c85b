import { checkArtifactKey } from '../artifact-key.js';
import type { ArtifactStore } from '../artifact-store.js';
import { LlmError } from '../errors.js';

/** An `ArtifactStore` in memory; keeps copies, so later changes to a written array do not show. */
export class MemoryArtifactStore implements ArtifactStore {
  readonly specificationVersion = 'v1';
  readonly #blobs = new Map<string, Uint8Array>();

  async read(key: string): Promise<Uint8Array> {
    const bytes = this.#blobs.get(checkArtifactKey(key));
    if (bytes === undefined) {
      throw new LlmError({
        code: 'core/artifact-missing',
        message: `There is no artifact "${key}".`,
        details: { key },
      });
    }
    return bytes.slice();
  }

  async size(key: string): Promise<number> {
    return (await this.read(key)).length;
  }

  async readRange(key: string, start: number, end: number): Promise<Uint8Array> {
    return (await this.read(key)).slice(start, end);
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    this.#blobs.set(checkArtifactKey(key), bytes.slice());
  }

  async has(key: string): Promise<boolean> {
    return this.#blobs.has(checkArtifactKey(key));
  }

  async list(prefix: string): Promise<string[]> {
    return [...this.#blobs.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async delete(key: string): Promise<void> {
    this.#blobs.delete(checkArtifactKey(key));
  }
}
