/**
 * The bytes of every token end to end: token `id` is `bytes[offsets[id], offsets[id + 1])`, empty where an id
 * is not used.
 */
export interface TokenBytes {
  readonly bytes: Uint8Array;
  /** [size + 1] */
  readonly offsets: Int32Array;
}

/** From one entry an id; `undefined` leaves a hole. */
export function tokenBytesOf(tokens: readonly (Uint8Array | undefined)[]): TokenBytes {
  const offsets = new Int32Array(tokens.length + 1);
  for (let id = 0; id < tokens.length; id++) offsets[id + 1] = offsets[id]! + (tokens[id]?.length ?? 0);
  const bytes = new Uint8Array(offsets[tokens.length]!);
  for (let id = 0; id < tokens.length; id++) {
    const token = tokens[id];
    if (token !== undefined) bytes.set(token, offsets[id]!);
  }
  return { bytes, offsets };
}

export function tokenOf({ bytes, offsets }: TokenBytes, id: number): Uint8Array {
  return bytes.subarray(offsets[id]!, offsets[id + 1]!);
}

/**
 * [256] the id of each single byte, -1 where no token is that byte alone; of several the smallest. Those of
 * `raw` do not count.
 */
export function byteIdsOf({ bytes, offsets }: TokenBytes, raw?: ReadonlySet<number>): Int32Array {
  const ids = new Int32Array(256).fill(-1);
  let missing = 256;
  for (let id = 0; id + 1 < offsets.length && missing > 0; id++) {
    if (offsets[id + 1]! - offsets[id]! !== 1) continue;
    const byte = bytes[offsets[id]!]!;
    if (ids[byte]! >= 0 || raw?.has(id)) continue;
    ids[byte] = id;
    missing--;
  }
  return ids;
}

/** Length in bytes of the longest token. */
export function longestTokenOf({ offsets }: TokenBytes): number {
  let longest = 0;
  for (let id = 0; id + 1 < offsets.length; id++)
    longest = Math.max(longest, offsets[id + 1]! - offsets[id]!);
  return longest;
}

/** A view of a copy with room after its end, for readers that take whole words. */
export function paddedView(bytes: Uint8Array): DataView {
  const padded = new Uint8Array(bytes.length + 8);
  padded.set(bytes);
  return new DataView(padded.buffer);
}

/** Ordinary tokens with others (special ones) put in at their ids; ids between stay empty. */
export function withTokens(tokens: TokenBytes, added: ReadonlyMap<number, Uint8Array>): TokenBytes {
  const ordinary = tokens.offsets.length - 1;
  const size = [...added.keys()].reduce((greatest, id) => Math.max(greatest, id + 1), ordinary);
  const extra = [...added.values()].reduce((sum, { length }) => sum + length, 0);
  // Readers take whole words, also at the end.
  const bytes = new Uint8Array(tokens.bytes.length + extra + 8);
  const offsets = new Int32Array(size + 1);
  // Runs of ordinary ids between two added ones are copied whole.
  const addedIds = [...added.keys(), size].sort((a, b) => a - b);
  let id = 0;
  for (const next of addedIds) {
    const from = Math.min(id, ordinary);
    const until = Math.min(next, ordinary);
    const shift = offsets[id]! - tokens.offsets[from]!;
    if (until > from) {
      bytes.set(tokens.bytes.subarray(tokens.offsets[from]!, tokens.offsets[until]!), offsets[id]!);
      for (let k = from; k < until; k++) offsets[k + 1] = tokens.offsets[k + 1]! + shift;
    }
    for (let k = Math.max(id, until); k < next; k++) offsets[k + 1] = offsets[k]!;
    if (next === size && !added.has(next)) break;
    const token = added.get(next)!;
    bytes.set(token, offsets[next]!);
    offsets[next + 1] = offsets[next]! + token.length;
    id = next + 1;
  }
  return { bytes: bytes.subarray(0, offsets[size]!), offsets };
}
