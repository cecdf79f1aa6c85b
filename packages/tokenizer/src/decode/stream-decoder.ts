/** Turns ids into text as they come, for one stream. */
import type { IdDecoder } from './id-decoder.js';

/**
 * Holds back the bytes of an incomplete character until the rest arrives; what `push` and `flush` return
 * joined is exactly what `decode` returns for all ids.
 */
export class StreamDecoder {
  #decoder: IdDecoder;

  /** @internal */
  constructor(
    private readonly create: () => IdDecoder,
    private readonly check: (id: number, index: number) => void,
  ) {
    this.#decoder = create();
  }

  /** Text that is certain after these ids. Throws `tokenizer/id-unknown`. */
  push(...ids: readonly number[]): string {
    return this.#push(ids);
  }

  /** All ids of a stream at once. @internal */
  decode(ids: ArrayLike<number>): string {
    return this.#push(ids) + this.flush();
  }

  /** The end of the stream: U+FFFD where a character stayed incomplete. The decoder is then as new. */
  flush(): string {
    const text = this.#decoder.flush();
    this.#decoder = this.create();
    return text;
  }

  #push(ids: ArrayLike<number>): string {
    let text = '';
    for (let index = 0; index < ids.length; index++) {
      this.check(ids[index]!, index);
      text += this.#decoder.push(ids[index]!);
    }
    return text;
  }
}
