/**
 * The files of a checkpoint against what checkpoint.json says of them: sizes before anything is read, digests
 * of what is read while it is read, so that a large file passes through memory once and in pieces.
 */
import type { ArtifactStore, JsonValue } from '@llm/core';
import { invalid } from './checkpoint-files.js';
import { createSha256, type Hash } from './sha256.js';

interface Expected {
  readonly bytes: number;
  /** Version 1 of checkpoint.json has none. */
  readonly sha256: string | undefined;
}

export class VerifiedFiles {
  readonly #expected = new Map<string, Expected>();
  readonly #hashes = new Map<string, Hash>();

  /** `files` of the manifest, of the files in `folder`. Throws `model/checkpoint-invalid`. */
  constructor(
    private readonly store: ArtifactStore,
    private readonly folder: string,
    files: JsonValue | undefined,
  ) {
    const wrong = (): Error =>
      invalid(`${folder}/checkpoint.json`, 'its list of files is no list of sizes and digests', 0);
    if (typeof files !== 'object' || files === null || Array.isArray(files)) throw wrong();
    for (const [name, value] of Object.entries(files)) {
      const entry = typeof value === 'number' ? { bytes: value } : value;
      const { bytes, sha256 } = (entry ?? {}) as { readonly bytes?: unknown; readonly sha256?: unknown };
      if (
        !Number.isSafeInteger(bytes) ||
        !(sha256 === undefined || typeof sha256 === 'string') ||
        !isPlain(name)
      )
        throw wrong();
      this.#expected.set(`${folder}/${name}`, { bytes: bytes as number, sha256 });
    }
  }

  /** Whether a file whose name begins so was written. */
  some(beginning: string): boolean {
    return [...this.#expected.keys()].some((key) => key.startsWith(`${this.folder}/${beginning}`));
  }

  async checkSizes(): Promise<void> {
    for (const [key, { bytes: expected }] of this.#expected) {
      const size = this.store.size ? await this.store.size(key) : (await this.store.read(key)).length;
      if (size < expected) throw invalid(key, `it was cut: it ends at byte ${size} of ${expected}`, size);
      if (size !== expected) throw invalid(key, `it has ${size} bytes instead of ${expected}`, size);
    }
  }

  /** A file that is read whole. */
  async read(name: string): Promise<Uint8Array> {
    const key = `${this.folder}/${name}`;
    const bytes = await this.store.read(key);
    this.hear(key, bytes);
    this.check(key);
    return bytes;
  }

  /** A part of a file that is read in order. */
  readonly hear = (key: string, bytes: Uint8Array): void => {
    if (this.#expected.get(key)?.sha256 === undefined) return;
    const hash = this.#hashes.get(key) ?? createSha256();
    this.#hashes.set(key, hash);
    hash.update(bytes);
  };

  /** After the whole file was heard. */
  check(key: string): void {
    const expected = this.#expected.get(key)?.sha256;
    const found = this.#hashes.get(key)?.digest();
    this.#hashes.delete(key);
    if (expected !== undefined && found !== expected)
      throw invalid(
        key,
        `its content was changed or damaged: its SHA-256 is ${found}, it was ${expected}`,
        0,
      );
  }

  /** Of all that were heard: weights end together. */
  checkHeard(): void {
    for (const key of [...this.#hashes.keys()]) this.check(key);
  }

  /** The files that nobody has asked for: they are part of the checkpoint all the same. */
  async readOthers(isKnown: (name: string) => boolean): Promise<void> {
    for (const key of this.#expected.keys()) {
      const name = key.slice(this.folder.length + 1);
      if (!isKnown(name)) await this.read(name);
    }
  }
}

const isPlain = (name: string): boolean => name !== '' && !name.split('/').includes('..');
