/** Where each token lies in its text. */
export interface TokenOffsets {
  readonly ids: Int32Array;
  /** The text that the offsets count in: the input as the tokenizer's normalizer leaves it (most have none). */
  readonly text: string;
  /** [ids.length] UTF-8 bytes: token i is bytes [byteStarts[i], byteEnds[i]), without gaps. */
  readonly byteStarts: Int32Array;
  readonly byteEnds: Int32Array;
  /**
   * [ids.length] UTF-16 units. A token that begins or ends inside a character covers the whole character, so neighbours may
   * overlap: start is where the character of its first byte begins, end where the character of its last byte ends.
   */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** `byteEnds` [ids.length] ascending. */
export function locateTokens(ids: Int32Array, text: string, byteEnds: Int32Array): TokenOffsets {
  const byteStarts = new Int32Array(ids.length);
  if (ids.length > 1) byteStarts.set(byteEnds.subarray(0, ids.length - 1), 1);
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
    ends[i] = byteEnds[i]! > byteStarts[i]! ? nextUnit : starts[i]!;
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
