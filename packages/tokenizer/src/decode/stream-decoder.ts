/** Turns ids into text as they come, for one stream. */
import type { TokenBytes } from '../vocabulary/token-bytes.js';

/**
 * Holds back the bytes of an incomplete character until the rest arrives; what `push` and `flush` return
 * joined is exactly what `decode` returns for all ids.
 */
export class StreamDecoder {
  #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  /** @internal */
  constructor(
    private readonly tokens: TokenBytes,
    private readonly check: (id: number, index: number) => void,
  ) {}

  /** Text that is certain after these ids. Throws `tokenizer/id-unknown`. */
  push(...ids: readonly number[]): string {
    const { bytes, offsets } = this.tokens;
    let text = '';
    for (const [index, id] of ids.entries()) {
      this.check(id, index);
      text += this.#decoder.decode(bytes.subarray(offsets[id]!, offsets[id + 1]!), { stream: true });
    }
    return text;
  }

  /** The end of the stream: U+FFFD where a character stayed incomplete. The decoder is then as new. */
  flush(): string {
    const text = this.#decoder.decode();
    this.#decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    return text;
  }
}
