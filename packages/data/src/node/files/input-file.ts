/** The files that a run reads, wherever they lie: plain, gzip or Zstandard. The one place that opens them. */
import { openSource } from '../storage/open-storage.js';
import { type InflatedPart, inflateMembers } from './gzip-members.js';
import { inflateZstd, isZstd } from './zstd-frames.js';

/** Inflates a file. `onBytes` hears how many bytes of the file have been dealt with. */
export async function* openInput(
  location: string,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<InflatedPart> {
  const source = await openSource(location);
  yield* isZstd(await source.read(0, 4))
    ? inflateZstd(source.stream(), onBytes)
    : inflateMembers(source.stream(), onBytes);
}

/** Size of an input file in bytes. Throws `data/input-missing` or `data/storage-…` where it cannot be read. */
export async function inputBytes(location: string): Promise<number> {
  return (await openSource(location)).size;
}
