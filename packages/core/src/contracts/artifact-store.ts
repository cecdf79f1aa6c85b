/**
 * Named byte blobs: shards, tokenizer files, checkpoints. Keys are relative paths with `/`, without `..`.
 * A write is atomic: a reader sees the old blob or the new one, also after a crash.
 */
export interface ArtifactStore {
  readonly specificationVersion: 'v1';
  /** Throws `core/artifact-missing`. */
  read(key: string): Promise<Uint8Array>;
  /** Length of a blob in bytes, where the store knows it without reading. Throws `core/artifact-missing`. */
  size?(key: string): Promise<number>;
  /**
   * Bytes from `start` up to `end`, fewer where the blob ends before, for stores that read a part without the
   * rest: a checkpoint may be larger than one array. Throws `core/artifact-missing`, and
   * `core/option-invalid` for a `start` or `end` that is no place in a blob.
   */
  readRange?(key: string, start: number, end: number): Promise<Uint8Array>;
  write(key: string, bytes: Uint8Array): Promise<void>;
  has(key: string): Promise<boolean>;
  /** Every key that starts with `prefix`, sorted by code unit. */
  list(prefix: string): Promise<string[]>;
  /** No error when the key does not exist. */
  delete(key: string): Promise<void>;
}
