import type { TokenBytes } from '../vocabulary/token-bytes.js';

/**
 * The bytes of `ids` end to end, without those of `left`.
 * `refuse` gets an id outside the vocabulary and its index.
 */
export function joinTokens(
  { bytes, offsets }: TokenBytes,
  ids: ArrayLike<number>,
  left: ReadonlySet<number> | undefined,
  refuse: (id: number, index: number) => void,
): Uint8Array {
  const size = offsets.length - 1;
  let length = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (!(id >= 0 && id < size && Math.floor(id) === id)) refuse(id, i);
    length += offsets[id + 1]! - offsets[id]!;
  }
  // Tokens are copied a word at a time, over the end of the
  // shorter ones; the next one overwrites what was too much.
  const joined = new Uint8Array(length + 8);
  const from = new DataView(bytes.buffer, bytes.byteOffset);
  const to = new DataView(joined.buffer);
  let position = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (left?.has(id)) continue;
    const start = offsets[id]!;
    const size = offsets[id + 1]! - start;
    to.setInt32(position, from.getInt32(start, true), true);
    if (size > 4) to.setInt32(position + 4, from.getInt32(start + 4, true), true);
    for (let k = 8; k < size; k++) joined[position + k] = bytes[start + k]!;
    position += size;
  }
  return joined.subarray(0, position);
}
