/**
 * One piece of a remote file. What had come of it when the transfer broke off is kept beside the whole
 * pieces, and only the rest is asked for the next time.
 */
import type { ArtifactStore } from '@llm/core';
import { ask, type HubOptions, type RemoteFile, unreachable } from './hub-repository.js';
import { pieceKey, pieceSize, pieceStart } from './pieces.js';

const partKey = (file: RemoteFile, piece: number): string => `${pieceKey(file, piece)}.part`;

/** How much of a piece that is not whole is there already. */
export async function bytesKept(file: RemoteFile, piece: number, cache: ArtifactStore): Promise<number> {
  return (await keptPart(file, piece, cache)).length;
}

async function keptPart(file: RemoteFile, piece: number, cache: ArtifactStore): Promise<Uint8Array> {
  const key = partKey(file, piece);
  const part = (await cache.has(key)) ? await cache.read(key) : new Uint8Array();
  return part.length < pieceSize(file, piece) ? part : new Uint8Array();
}

export async function forgetPart(file: RemoteFile, piece: number, cache: ArtifactStore): Promise<void> {
  if (await cache.has(partKey(file, piece))) await cache.delete(partKey(file, piece));
}

/** The whole piece, not yet stored. Throws `assistant/source-unreachable`. */
export async function fetchPiece(
  file: RemoteFile,
  piece: number,
  cache: ArtifactStore,
  { onBytes, ...options }: HubOptions & { readonly onBytes: (count: number) => void },
): Promise<Uint8Array> {
  const expected = pieceSize(file, piece);
  const kept = await keptPart(file, piece, cache);
  const bytes = new Uint8Array(expected);
  bytes.set(kept);
  let at = kept.length;
  const isWhole = at === 0 && expected === file.size;
  const start = pieceStart(piece);
  const range = `bytes=${start + at}-${start + expected - 1}`;
  const response = await ask(file.url, options, 'GET', isWhole ? {} : { range });
  if (!isWhole && response.status !== 206) {
    await response.body?.cancel();
    throw unreachable(file.url, 'does not give parts of a file, and it is too large to fetch at once');
  }
  const reader = response.body?.getReader();
  try {
    for (let read = await reader?.read(); read !== undefined && !read.done; read = await reader?.read()) {
      const { value } = read;
      if (at + value.length > expected) {
        await reader!.cancel();
        throw unreachable(file.url, `sent more than the ${expected} bytes that were asked for`);
      }
      bytes.set(value, at);
      at += value.length;
      onBytes(value.length);
    }
    if (at < expected) throw unreachable(file.url, `broke off after ${at} of ${expected} bytes of a piece`);
  } catch (cause) {
    // Full storage says so with the whole piece, next time.
    if (at > kept.length && at < expected)
      await cache.write(partKey(file, piece), bytes.subarray(0, at)).catch(() => {});
    if (options.signal?.aborted || !(cause instanceof TypeError)) throw cause;
    throw unreachable(file.url, 'broke off', cause);
  }
  return bytes;
}
