/**
 * Text as UTF-8 in windows of bounded size, so that encoding a long text needs memory for a window and not
 * for a copy of the text. A window ends between a letter and a character that is no letter, mark, apostrophe:
 * a place where every pattern with a scanner ends a piece whatever follows.
 */

import { isLetter } from '../pretokenize/scan-runs.js';
import { MARK, unicodeClasses } from '../pretokenize/unicode-classes.js';
import { keyPadding } from '../vocabulary/byte-map.js';

/** UTF-16 units a window aims at. */
const windowUnits = 16_384;
const textEncoder = new TextEncoder();

/** A reusable buffer of UTF-8. Lone surrogates become U+FFFD. */
export class Utf8Buffer {
  bytes = new Uint8Array(windowUnits * 3 + keyPadding);
  view = new DataView(this.bytes.buffer);

  /** Writes `text` to the start of the buffer and returns its length in bytes. */
  write(text: string): number {
    if (text.length * 3 + keyPadding > this.bytes.length) {
      this.bytes = new Uint8Array(text.length * 3 + keyPadding);
      this.view = new DataView(this.bytes.buffer);
    }
    return textEncoder.encodeInto(text, this.bytes).written;
  }

  /** Gives back the memory of an unusually long window. */
  shrink(): void {
    if (this.bytes.length > windowUnits * 3 * 64) {
      this.bytes = new Uint8Array(windowUnits * 3 + keyPadding);
      this.view = new DataView(this.bytes.buffer);
    }
  }
}

/** Where the window that starts at `start` ends, in UTF-16 units. `isCut`: see `Scanned`. */
export function windowEnd(text: string, start: number, isCut = isSafeCut): number {
  for (let size = windowUnits; start + size < text.length; size *= 2) {
    const least = size === windowUnits ? start : start + size / 2;
    for (let cut = start + size; cut > least; cut--) {
      if (isCut(text.charCodeAt(cut - 1), text.charCodeAt(cut))) return cut;
    }
  }
  return text.length;
}

function isSafeCut(before: number, after: number): boolean {
  if (!isLetter(before) || after === 0x27 || (after >= 0xd800 && after <= 0xdfff)) return false;
  const unicodeClass = unicodeClasses[after]!;
  return unicodeClass === 0 || unicodeClass > MARK;
}
