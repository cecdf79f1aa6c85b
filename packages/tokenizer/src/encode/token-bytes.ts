/** The bytes of every token end to end: token `id` is `bytes[offsets[id], offsets[id + 1])`, empty where an id is not used. */
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
