import type { Tokenizer } from '../contracts/tokenizer.js';

/** The smallest honest tokenizer: one id per UTF-8 byte, then the special tokens given (from id 256). */
export class ByteTokenizer implements Tokenizer {
  readonly specificationVersion = 'v1';
  readonly vocabularySize: number;
  readonly specialTokens: ReadonlyMap<string, number>;
  readonly #texts: readonly string[];

  constructor(specialTokens: readonly string[] = ['<|bos|>']) {
    this.#texts = specialTokens;
    this.specialTokens = new Map(specialTokens.map((text, index) => [text, 256 + index]));
    this.vocabularySize = 256 + specialTokens.length;
  }

  encode(text: string): Int32Array {
    return Int32Array.from(new TextEncoder().encode(text));
  }

  decode(ids: ArrayLike<number>): string {
    let text = '';
    let bytes: number[] = [];
    const flush = (): void => {
      text += new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
      bytes = [];
    };
    for (const id of Array.from(ids)) {
      if (id < 256) bytes.push(id);
      else {
        flush();
        text += this.#texts[id - 256] ?? '';
      }
    }
    flush();
    return text;
  }

  decodeBytes(ids: ArrayLike<number>): Uint8Array {
    return Uint8Array.from(Array.from(ids).filter((id) => id < 256));
  }

  byteLength(id: number): number {
    return id < 256 ? 1 : 0;
  }
}
