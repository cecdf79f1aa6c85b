import type { InflatedPart } from './inflated-part.js';
import type { SourceWindow } from './source-window.js';

/** Goes to the next place where `magic` stands, past the first byte of the window, or to the end. */
export async function skipToMagic(window: SourceWindow, magic: Uint8Array): Promise<void> {
  window.drop(Math.min(1, window.bytes.length));
  while (await window.fill(1 << 16)) {
    const found = window.bytes.indexOf(magic);
    if (found >= 0) return window.drop(found);
    // The magic number may be cut by the end of the window.
    window.drop(window.ended ? window.bytes.length : window.bytes.length - magic.length + 1);
    if (window.ended) return;
  }
}

/** A stretch of a file from `start` to where the window begins. */
export function damagedFrame(
  start: number,
  window: SourceWindow,
  reason: 'corrupt' | 'truncated',
  message: string,
): InflatedPart {
  return { kind: 'damage', damage: { reason, offset: start, bytes: window.offset - start, message } };
}
