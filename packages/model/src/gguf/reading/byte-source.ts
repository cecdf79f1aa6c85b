/** Where the bytes of a file come from, in ranges: a model may be larger than one array. */
import type { ArtifactStore } from '@llm/core';

export interface ByteSource {
  /** Of the whole file, in bytes. */
  readonly size: number;
  /** Names the file in errors. Default `the file`. */
  readonly name?: string | undefined;
  /** Bytes from `start` up to `end`, fewer where the file ends before. */
  read(start: number, end: number): Promise<Uint8Array>;
  /**
   * The same without waiting, where the file is on this machine: matrices of integers need not be held then,
   * and are read again when they are needed. The bytes are good until the next call.
   */
  readNow?(start: number, end: number): Uint8Array;
  /** The file of that name in the same folder: the other parts of a split model. */
  beside?(name: string): Promise<ByteSource>;
}

/** A file that is in memory already. */
export function bytesSource(bytes: Uint8Array, name?: string): ByteSource {
  return { size: bytes.length, name, read: async (start, end) => bytes.subarray(start, end) };
}

/**
 * A file of a store: `DirectoryStore` in Node, `FetchStore` for http(s), `OpfsStore` in a page. A store
 * without ranges is read whole. Throws `core/artifact-missing`.
 */
export async function artifactSource(store: ArtifactStore, key: string): Promise<ByteSource> {
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  const beside = (name: string): Promise<ByteSource> => artifactSource(store, folder + name);
  if (store.size === undefined || store.readRange === undefined)
    return { ...bytesSource(await store.read(key), key), beside };
  const size = await store.size(key);
  return { size, name: key, beside, read: (start, end) => store.readRange!(key, start, end) };
}
