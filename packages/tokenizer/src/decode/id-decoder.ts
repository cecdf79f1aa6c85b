/** One stream of ids to text, an id at a time. */
import type { TokenBytes } from '../vocabulary/token-bytes.js';

export interface IdDecoder {
  /** Text that is certain after this id. */
  push(id: number): string;
  /** What was held back. */
  flush(): string;
}

/** Holds back the bytes of an incomplete character. */
export function byteDecoder({ bytes, offsets }: TokenBytes): IdDecoder {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    push: (id) => decoder.decode(bytes.subarray(offsets[id]!, offsets[id + 1]!), { stream: true }),
    flush: () => decoder.decode(),
  };
}
