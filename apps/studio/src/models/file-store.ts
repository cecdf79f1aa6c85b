/** Files of a folder that was dropped on the page, as a store that is only read. */
import { type ArtifactStore, LlmError } from '@llm/core';

export class FileStore implements ArtifactStore {
  readonly specificationVersion = 'v1';
  readonly #files: ReadonlyMap<string, File>;

  /** By path; a folder that all have in common is left out. */
  constructor(files: readonly (readonly [path: string, file: File])[]) {
    const first = files[0]?.[0].split('/')[0];
    const isFolder = files.every(([path]) => path.includes('/') && path.split('/')[0] === first);
    const keyOf = (path: string): string => (isFolder ? path.slice(path.indexOf('/') + 1) : path);
    this.#files = new Map(files.map(([path, file]) => [keyOf(path), file]));
  }

  async read(key: string): Promise<Uint8Array> {
    return new Uint8Array(await this.#find(key).arrayBuffer());
  }

  async readRange(key: string, start: number, end: number): Promise<Uint8Array> {
    return new Uint8Array(await this.#find(key).slice(start, end).arrayBuffer());
  }

  async size(key: string): Promise<number> {
    return this.#find(key).size;
  }

  async has(key: string): Promise<boolean> {
    return this.#files.has(key);
  }

  async list(prefix: string): Promise<string[]> {
    return [...this.#files.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async write(key: string): Promise<never> {
    throw readOnly(key);
  }

  async delete(key: string): Promise<never> {
    throw readOnly(key);
  }

  #find(key: string): File {
    const file = this.#files.get(key);
    if (file !== undefined) return file;
    throw new LlmError({
      code: 'core/artifact-missing',
      message: `There is no ${key.slice(0, 200)} among the files.`,
      details: { key },
    });
  }
}

const readOnly = (key: string): LlmError =>
  new LlmError({
    code: 'core/store-read-only',
    message: `"${key}" cannot be changed: files that were dropped are only read.`,
    details: { key },
  });
