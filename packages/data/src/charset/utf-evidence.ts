/** What bytes say of themselves: UTF-16 without a mark, and UTF-8 that somebody damaged. */

const sampleBytes = 1 << 18;

/**
 * Text in UTF-16 has a zero byte beside every ASCII character, always on the same side; text in any other
 * encoding has none.
 */
export function utf16ByZeros(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes.indexOf(0) < 0) return undefined;
  const length = Math.min(bytes.length, 1 << 14) & ~1;
  const zeros: [even: number, odd: number] = [0, 0];
  for (let at = 0; at < length; at++) if (bytes[at] === 0) zeros[(at & 1) as 0 | 1]++;
  const [even, odd] = zeros;
  const enough = Math.max(2, length / 200);
  if (odd >= enough && even * 4 <= odd) return 'utf-16le';
  return even >= enough && odd * 4 <= even ? 'utf-16be' : undefined;
}

/**
 * Whether bytes that are not valid UTF-8 are UTF-8 for all that: a stray byte of another encoding in a
 * widget, an end cut inside a character. A sequence of three bytes hardly ever is anything else, one of two
 * may be.
 */
export function isNearlyUtf8(bytes: Uint8Array): boolean {
  let [evidence, bad] = [0, 0];
  const end = Math.min(bytes.length, sampleBytes);
  for (let at = 0; at < end; ) {
    const lead = bytes[at]!;
    if (lead < 0x80) {
      at++;
      continue;
    }
    const length = sequenceLength(bytes, at);
    if (length > 0) evidence += (length - 1) ** 2;
    else if (at < end - 3) bad++;
    at += length > 0 ? length : 1;
  }
  return evidence >= 2 && evidence >= bad * 4;
}

/** Bytes of the UTF-8 sequence at `at`, or 0. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  const length =
    lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
  for (let next = 1; next < length; next++) if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1] ?? 0;
  const refused =
    (lead === 0xe0 && second < 0xa0) ||
    (lead === 0xed && second > 0x9f) ||
    (lead === 0xf0 && second < 0x90) ||
    (lead === 0xf4 && second > 0x8f);
  return refused ? 0 : length;
}
