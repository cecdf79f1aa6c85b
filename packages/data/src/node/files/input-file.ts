/** The files that a run reads, wherever they lie, however compressed. The one place that opens them. */
import { openSource } from '../storage/open-storage.js';
import { inflateSource } from './inflate-source.js';
import type { InflatedPart, MemberStart } from './inflated-part.js';

/**
 * Inflates a file. `opens` tells the start of a record or line from noise; `onBytes` hears how many bytes of
 * the file have been dealt with.
 */
export async function* openInput(
  location: string,
  opens: MemberStart,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<InflatedPart> {
  const source = await openSource(location);
  yield* inflateSource(source.stream(), opens, onBytes);
}

/** Size of an input file in bytes. Throws `data/input-missing`, `data/storage-…` where it cannot be read. */
export async function inputBytes(location: string): Promise<number> {
  return (await openSource(location)).size;
}
