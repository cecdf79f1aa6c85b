/** Undoes HTTP content codings with node:zlib: gzip, deflate (zlib or raw, as servers send both), br. */
import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/** A cut stream gives what could be decoded. Undefined: unknown coding or damaged bytes. */
export function decompressContent(
  bytes: Uint8Array,
  coding: string,
  maxBytes = 16 * 1024 * 1024,
): Uint8Array | 'too-large' | undefined {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: maxBytes };
  try {
    if (coding === 'gzip' || coding === 'x-gzip') return gunzipSync(bytes, options);
    if (coding === 'deflate') {
      const zlibHeader =
        ((bytes[0] ?? 0) & 0x0f) === 8 && (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) % 31 === 0;
      return zlibHeader ? inflateSync(bytes, options) : inflateRawSync(bytes, options);
    }
    if (coding === 'br') {
      return brotliDecompressSync(bytes, {
        finishFlush: constants.BROTLI_OPERATION_FLUSH,
        maxOutputLength: maxBytes,
      });
    }
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : undefined;
  }
}
