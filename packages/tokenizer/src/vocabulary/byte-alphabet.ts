/**
 * GPT-2's printable stand-ins for bytes, used by every `tokenizer.json` of a byte-level BPE: printable
 * Latin-1 characters stand for themselves, the other 68 bytes for U+0100…U+0143 in order.
 */
const byteToCharacter: readonly string[] = buildAlphabet();
const characterToByte: ReadonlyMap<string, number> = new Map(
  byteToCharacter.map((character, byte) => [character, byte]),
);

/** [256] bytes in the order of their stand-ins: the first 256 ids of GPT-2 and of Hugging Face's trainer. */
export const bytesInAlphabetOrder: Uint8Array = Uint8Array.from(
  Array.from({ length: 256 }, (_, byte) => byte).sort(
    (a, b) => byteToCharacter[a]!.charCodeAt(0) - byteToCharacter[b]!.charCodeAt(0),
  ),
);

function buildAlphabet(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCharCode(printable ? byte : next++);
  });
}

/** Bytes as stand-ins, `Ġthe` for ` the`. */
export function bytesToAlphabet(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byteToCharacter[byte];
  return text;
}

/** The reverse; undefined when a character stands for no byte. */
export function alphabetToBytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const byte = characterToByte.get(text[i]!);
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}
