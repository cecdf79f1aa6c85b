/** Runs of characters in code page 037 and the byte of the first. */
const rows: readonly (readonly [characters: string, start: number])[] = [
  ['abcdefghi', 0x81],
  ['jklmnopqr', 0x91],
  ['stuvwxyz', 0xa2],
  ['ABCDEFGHI', 0xc1],
  ['JKLMNOPQR', 0xd1],
  ['STUVWXYZ', 0xe2],
  ['0123456789', 0xf0],
  [' ', 0x40],
  ['.<(+', 0x4b],
  ['&', 0x50],
  ['!', 0x5a],
  [');', 0x5d],
  ['-/', 0x60],
  [',%_>?', 0x6b],
  [':#@\'="', 0x7a],
  ['\n', 0x25],
];
const table = new Map(
  rows.flatMap(([characters, start]) =>
    [...characters].map((character, offset) => [character, start + offset] as const),
  ),
);

/**
 * EBCDIC for letters, digits and the signs of HTML ("?" for
 * the rest): bytes that no charset label on the web explains.
 */
export function encodeEbcdic(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => table.get(character) ?? 0x6f);
}
