/** A stream of bytes → inflated parts, whatever they are compressed with: the first bytes tell. */
import { inflateMembers } from './gzip-members.js';
import type { InflatedPart, MemberStart } from './inflated-part.js';
import { SourceWindow } from './source-window.js';

/**
 * Yields the parts of `source`, which starts at byte `offset` of its file. `opens` tells the start of a record or line from noise: after damage reading
 * goes on at a member that it accepts. `onBytes` hears up to which byte of the file it is dealt with.
 */
export async function* inflateSource(
  source: AsyncIterable<Uint8Array>,
  opens: MemberStart,
  onBytes?: (bytes: number) => void,
  offset = 0,
): AsyncGenerator<InflatedPart> {
  const window = new SourceWindow(source, offset);
  await window.fill(4);
  if (isCompressed(window.bytes)) {
    yield* inflateMembers(window, opens, onBytes);
    return;
  }
  while (await window.fill(1)) {
    yield { kind: 'bytes', bytes: window.bytes };
    window.drop(window.bytes.length);
    onBytes?.(window.offset);
  }
}

/** Whether a file that begins so is read through a decompressor. */
export function isCompressed(start: Uint8Array): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}
