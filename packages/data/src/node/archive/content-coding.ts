/**
 * Undoes HTTP content codings with node:zlib: gzip, deflate (zlib or raw, as servers send both), br. What
 * follows the last whole gzip member is no part of the body: servers append padding and stray bytes.
 */
import { brotliDecompressSync, constants, inflateRawSync, inflateSync } from 'node:zlib';
import { concatBytes } from '../../archive/concat-bytes.js';
import { gzipHeaderLength } from '../files/gzip-header.js';

/** A cut stream gives what could be decoded. Undefined: unknown coding or damaged bytes. */
export function decompressContent(
  bytes: Uint8Array,
  coding: string,
  maxBytes = 16 * 1024 * 1024,
): Uint8Array | 'too-large' | undefined {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: maxBytes };
  try {
    if (coding === 'gzip' || coding === 'x-gzip') return gunzip(bytes, maxBytes);
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

/** Checksums are not compared: a browser would have shown the page. */
function gunzip(bytes: Uint8Array, maxBytes: number): Uint8Array | undefined {
  const members: Uint8Array[] = [];
  let left = maxBytes;
  for (let at = 0; at < bytes.length && members.length < 1000; ) {
    const headerLength = gzipHeaderLength(bytes.subarray(at));
    if (headerLength === undefined) break;
    try {
      const member = inflateRawSync(bytes.subarray(at + headerLength), {
        info: true,
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: Math.max(1, left),
      }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
      members.push(member.buffer);
      left -= member.buffer.length;
      at += headerLength + member.engine.bytesWritten + 8;
    } catch (error) {
      const isDamaged = (error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE';
      if (members.length > 0 && isDamaged) break;
      throw error;
    }
  }
  if (members.length === 0) return undefined;
  return members.length === 1 ? members[0] : concatBytes(members);
}
