/** Where each token lies in its text. */
export interface TokenOffsets {
  readonly ids: Int32Array;
  /**
   * The text that the offsets count in: the input as the tokenizer's normalizer leaves it (most have none).
   */
  readonly text: string;
  /**
   * [ids.length] UTF-8 bytes: token i is bytes [byteStarts[i], byteEnds[i]). Without gaps, but for text that
   * the tokenizer leaves out; a space that it puts before the text takes no bytes.
   */
  readonly byteStarts: Int32Array;
  readonly byteEnds: Int32Array;
  /**
   * [ids.length] UTF-16 units. A token that begins or ends inside a character covers
   * the whole character, so neighbours may overlap: start is where the character of
   * its first byte begins, end where the character of its last byte ends.
   */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Bytes of the tokens of one text as they are found. */
export class TokenLocator {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #text = '';
  #bytes = 0;

  /** A token that is found in the text as it stands. */
  add(text: string): void {
    this.#starts.push(this.#bytes);
    this.#pass(text);
    this.#ends.push(this.#bytes);
  }

  /**
   * Tokens of a stretch of text. `pieces`: see `PieceEncoder`; `inserted`: bytes put before the text, which
   * the first character answers for; `lengthAt`: bytes of the id at an index, when it lies at a byte of the
   * stretch as it was encoded.
   */
  addPieces(
    text: string,
    inserted: number,
    pieces: readonly number[],
    lengthAt: (index: number, byte: number) => number,
  ): void {
    for (let i = 0; i < pieces.length; i += 3) {
      let byte = pieces[i]!;
      for (let index = this.#starts.length; index < pieces[i + 2]!; index++) {
        const end = byte + lengthAt(index, byte);
        this.#starts.push(this.#bytes + Math.max(0, byte - inserted));
        this.#ends.push(this.#bytes + Math.max(0, end - inserted));
        byte = end;
      }
    }
    this.#pass(text);
  }

  locate(ids: Int32Array): TokenOffsets {
    return locateTokens(ids, this.#text, Int32Array.from(this.#starts), Int32Array.from(this.#ends));
  }

  #pass(text: string): void {
    this.#text += text;
    this.#bytes += utf8LengthOf(text);
  }
}

/** `byteStarts` and `byteEnds` [ids.length] ascending. */
function locateTokens(
  ids: Int32Array,
  text: string,
  byteStarts: Int32Array,
  byteEnds: Int32Array,
): TokenOffsets {
  const starts = new Int32Array(ids.length);
  const ends = new Int32Array(ids.length);
  // The character that holds the current byte: units [unit, nextUnit), bytes until nextByte.
  let unit = 0;
  let nextUnit = 0;
  let nextByte = 0;
  const advance = (): void => {
    unit = nextUnit;
    const codePoint = text.codePointAt(unit)!;
    nextUnit += codePoint > 0xffff ? 2 : 1;
    nextByte += utf8Length(codePoint);
  };
  for (let i = 0; i < ids.length; i++) {
    while (nextByte <= byteStarts[i]! && nextUnit < text.length) advance();
    starts[i] = byteStarts[i]! < nextByte ? unit : nextUnit;
    while (nextByte < byteEnds[i]! && nextUnit < text.length) advance();
    ends[i] = nextUnit;
  }
  return { ids, text, byteStarts, byteEnds, starts, ends };
}

/** Bytes of a text in UTF-8. */
export function utf8LengthOf(text: string): number {
  let bytes = 0;
  for (const character of text) bytes += utf8Length(character.codePointAt(0)!);
  return bytes;
}

/** Bytes of a code point in UTF-8; a lone surrogate counts as the U+FFFD that replaces it. */
function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
