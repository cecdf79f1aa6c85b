import { checkArtifactKey } from '../contracts/artifact-key.js';
import type { ArtifactStore } from '../contracts/artifact-store.js';
import { checkByteRange } from '../contracts/byte-range.js';
import { artifactMissing } from './artifact-missing.js';

/** An `ArtifactStore` in memory; keeps copies, so later changes to a written array do not show. */
export class MemoryStore implements ArtifactStore {
  readonly specificationVersion = 'v1';
  readonly #blobs = new Map<string, Uint8Array>();

  #found(key: string): Uint8Array {
    const bytes = this.#blobs.get(checkArtifactKey(key));
    if (bytes === undefined) throw artifactMissing(key, 'memory');
    return bytes;
  }

  async read(key: string): Promise<Uint8Array> {
    return this.#found(key).slice();
  }

  async size(key: string): Promise<number> {
    return this.#found(key).length;
  }

  async readRange(key: string, start: number, end: number): Promise<Uint8Array> {
    checkByteRange(start, end);
    return this.#found(key).slice(start, end);
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    // Not `bytes.slice()`: that of a Buffer shares its memory.
    this.#blobs.set(checkArtifactKey(key), Uint8Array.from(bytes));
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
