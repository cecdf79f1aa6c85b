/** A stream of bytes → inflated parts, whatever they are compressed with: the first bytes tell. */
import { inflateMembers } from './gzip-members.js';
import type { InflatedPart, MemberStart } from './inflated-part.js';
import { inflateLz4, isLz4 } from './lz4-frames.js';
import { SourceWindow } from './source-window.js';
import { inflateZstd, isZstd } from './zstd-frames.js';

/**
 * Yields the parts of `source`: gzip, Zstandard, LZ4, or as it is. `opens` tells the start of a record or
 * line from noise: after damage reading goes on at a gzip member that it accepts. `onBytes` hears how many
 * bytes of the source are dealt with.
 */
export async function* inflateSource(
  source: AsyncIterable<Uint8Array>,
  opens: MemberStart,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<InflatedPart> {
  const window = new SourceWindow(source);
  await window.fill(4);
  if (isGzip(window.bytes)) yield* inflateMembers(window, opens, onBytes);
  else if (isZstd(window.bytes)) yield* inflateZstd(window, onBytes);
  else if (isLz4(window.bytes)) yield* inflateLz4(window, onBytes);
  else {
    while (await window.fill(1)) {
      yield { kind: 'bytes', bytes: window.bytes };
      window.drop(window.bytes.length);
      onBytes?.(window.offset);
    }
  }
}

/** Whether a file that begins so is read through a decompressor. */
export function isCompressed(start: Uint8Array): boolean {
  return isGzip(start) || isZstd(start) || isLz4(start);
}

function isGzip(start: Uint8Array): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}
