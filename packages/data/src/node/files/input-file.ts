/** The files that a run reads, wherever they lie, however compressed. The one place that opens them. */
import { openSource } from '../storage/open-storage.js';
import { inflateSource } from './inflate-source.js';
import type { InflatedPart, MemberStart } from './inflated-part.js';

/** Bytes of a file from `start` up to `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Inflates a file, or a range of it. `opens` is that of `inflateSource`; `onBytes` hears up to which byte of
 * the file it is dealt with.
 */
export async function* openInput(
  location: string,
  opens: MemberStart,
  onBytes?: (bytes: number) => void,
  range?: ByteRange,
): AsyncGenerator<InflatedPart> {
  const source = await openSource(location);
  if (range !== undefined && (range.start > 0 || range.end < source.size)) {
    const piece = firstBytes(source.stream(range.start), range.end - range.start);
    yield* inflateSource(piece, opens, onBytes, range.start);
    return;
  }
  yield* inflateSource(source.stream(), opens, onBytes);
}

async function* firstBytes(source: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const bytes of source) {
    yield bytes.subarray(0, left);
    left -= bytes.length;
    if (left <= 0) return;
  }
}

/**
 * Size of an input file in bytes. Throws `data/input-missing` or `data/storage-…` where it cannot be read.
 */
export async function inputBytes(location: string): Promise<number> {
  return (await openSource(location)).size;
}
