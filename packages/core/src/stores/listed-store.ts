/** Things that are known by name and only read (files of a folder, parts of a download), as a store. */
import type { ArtifactStore } from '../contracts/artifact-store.js';
import { artifactMissing } from './artifact-missing.js';
import { storeReadOnly } from './store-read-only.js';

export abstract class ListedStore<Thing> implements ArtifactStore {
  readonly specificationVersion = 'v1';

  /** `place`: what the things are part of, as the user knows it. */
  constructor(
    private readonly things: ReadonlyMap<string, Thing>,
    private readonly place: string,
  ) {}

  abstract size(key: string): Promise<number>;

  /** Bytes from `start` up to `end`, which may lie past the last one. */
  abstract readRange(key: string, start: number, end: number): Promise<Uint8Array>;

  async read(key: string): Promise<Uint8Array> {
    return this.readRange(key, 0, await this.size(key));
  }

  async has(key: string): Promise<boolean> {
    return this.things.has(key);
  }

  async list(prefix: string): Promise<string[]> {
    return [...this.things.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async write(key: string): Promise<never> {
    throw storeReadOnly(key, this.place);
  }

  async delete(key: string): Promise<never> {
    throw storeReadOnly(key, this.place);
  }

  /** Throws `core/artifact-missing`. */
  protected find(key: string): Thing {
    const thing = this.things.get(key);
    if (thing === undefined) throw artifactMissing(key, this.place);
    return thing;
  }
}
