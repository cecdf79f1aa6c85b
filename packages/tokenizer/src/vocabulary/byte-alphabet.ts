/**
 * GPT-2's printable stand-ins for bytes, used by every `tokenizer.json` of a byte-level BPE: printable
 * Latin-1 characters stand for themselves, the other 68 bytes for U+0100…U+0143 in order.
 */
const byteToCharacter: readonly string[] = buildAlphabet();
/** By UTF-16 unit: the byte it stands for, −1 for none. */
const byteOfUnit = new Int16Array(0x144).fill(-1);
for (const [byte, character] of byteToCharacter.entries()) byteOfUnit[character.charCodeAt(0)] = byte;

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

/** Whether each character stands for a byte. */
export function isInAlphabet(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= byteOfUnit.length || byteOfUnit[unit]! < 0) return false;
  }
  return true;
}

/** The bytes of a text of stand-ins, one a character, from `at` on. */
export function writeAlphabet(text: string, bytes: Uint8Array, at: number): void {
  for (let i = 0; i < text.length; i++) bytes[at + i] = byteOfUnit[text.charCodeAt(i)]!;
}
