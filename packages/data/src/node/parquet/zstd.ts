/** Zstandard for Parquet pages: the reference library as WebAssembly, since Node has none before 22.15. */
import { compress, init } from '@bokuweb/zstd-wasm';

let ready: Promise<void> | undefined;

/** Must have ended before `compressZstd` is called. */
export function loadZstd(): Promise<void> {
  ready ??= init();
  return ready;
}

export function compressZstd(bytes: Uint8Array): Uint8Array {
  return compress(bytes, 3);
}
