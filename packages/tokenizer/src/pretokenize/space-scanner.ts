/**
 * Pieces of a text for BPE over characters: it cuts before spaces where no merge goes from what stands before
 * to the space, so that the words of a text are merged, and remembered, one by one.
 */
import type { MergeList } from '../vocabulary/merge-list.js';
import type { TokenBytes } from '../vocabulary/token-bytes.js';
import type { Scanner } from './scan-runs.js';

export interface SpaceScanner {
  readonly scanner: Scanner;
  /** See `Scanned`. */
  readonly isCut: (before: number, after: number) => boolean;
}

/** `joins` [256]: 1 for bytes after which a space is not cut off. */
export function spaceScanner(joins: Uint8Array): SpaceScanner {
  return {
    scanner: (view, start, end) => {
      let position = start + 1;
      while (position < end && (view.getUint8(position) !== 0x20 || joins[view.getUint8(position - 1)] !== 0))
        position++;
      return position;
    },
    // The last byte of a character from the last UTF-16 unit of it.
    isCut: (before, after) => after === 0x20 && joins[before < 0x80 ? before : 0x80 | (before & 0x3f)] === 0,
  };
}

/** [256] 1 for the last bytes of tokens that merge with one that begins with a space. */
export function joinsOfMerges({ bytes, offsets }: TokenBytes, { pairs }: MergeList): Uint8Array {
  const joins = new Uint8Array(256);
  for (let i = 0; i < pairs.length; i += 2) {
    const left = pairs[i]!;
    const right = pairs[i + 1]!;
    if (bytes[offsets[right]!] === 0x20 && offsets[right + 1]! > offsets[right]!)
      joins[bytes[offsets[left + 1]! - 1]!] = 1;
  }
  return joins;
}

/** [256] 1 for bytes that stand before a space inside a token, which any two parts may make. */
export function joinsOfTokens({ bytes, offsets }: TokenBytes): Uint8Array {
  const joins = new Uint8Array(256);
  for (let id = 0; id + 1 < offsets.length; id++)
    for (let at = offsets[id]! + 1; at < offsets[id + 1]!; at++)
      if (bytes[at] === 0x20) joins[bytes[at - 1]!] = 1;
  return joins;
}

/** No cuts: the whole text is one piece. */
export const joinsOfAll: Uint8Array = new Uint8Array(256).fill(1);
