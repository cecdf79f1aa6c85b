/**
 * Named byte blobs: shards, tokenizer files, checkpoints. Keys are relative paths with `/`, without `..`.
 * A write is atomic: a reader sees the old blob or the new one, also after a crash.
 */
export interface ArtifactStore {
  readonly specificationVersion: 'v1';
  /** Throws `core/artifact-missing`. */
  read(key: string): Promise<Uint8Array>;
  write(key: string, bytes: Uint8Array): Promise<void>;
  has(key: string): Promise<boolean>;
  /** Every key that starts with `prefix`, sorted by code unit. */
  list(prefix: string): Promise<string[]>;
  /** No error when the key does not exist. */
  delete(key: string): Promise<void>;
}
