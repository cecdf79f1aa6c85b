/** The files that a run reads, wherever they lie: plain, gzip or Zstandard. The one place that opens them. */
import { openSource } from '../storage/open-storage.js';
import { inflateSource } from './inflate-source.js';
import type { InflatedPart, MemberStart } from './inflated-part.js';
import { inflateZstd, isZstd } from './zstd-frames.js';

/** Inflates a file. `opens` is that of `inflateSource`; `onBytes` hears how many bytes are dealt with. */
export async function* openInput(
  location: string,
  opens: MemberStart,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<InflatedPart> {
  const source = await openSource(location);
  yield* isZstd(await source.read(0, 4))
    ? inflateZstd(source.stream(), onBytes)
    : inflateSource(source.stream(), opens, onBytes);
}

/** Size of an input file in bytes. Throws `data/input-missing` or `data/storage-…` where it cannot be read. */
export async function inputBytes(location: string): Promise<number> {
  return (await openSource(location)).size;
}
