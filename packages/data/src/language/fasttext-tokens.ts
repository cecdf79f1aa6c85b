/** How fastText cuts a line into tokens, and hashes them. */

/**
 * Cut at fastText's own white space: ASCII and the zero byte; line feeds are blanks here. The end of the line
 * is a token.
 */
export function tokensOf(line: string, endOfSentence: string): string[] {
  const tokens: string[] = [];
  for (let at = 0, start = 0; at <= line.length; at++) {
    const code = at < line.length ? line.charCodeAt(at) : 0;
    if (code > 32 || (code !== 32 && code !== 0 && (code < 9 || code > 13))) continue;
    if (at > start) {
      const token = line.slice(start, at);
      tokens.push(token);
      // Whatever follows it is another line.
      if (token === endOfSentence) return tokens;
    }
    start = at + 1;
  }
  tokens.push(endOfSentence);
  return tokens;
}

const encoder = new TextEncoder();
let utf8 = new Uint8Array(256);

/** FNV-1a over signed bytes, as a signed 32-bit number. */
export function wordHash(word: string): number {
  if (utf8.length < 3 * word.length) utf8 = new Uint8Array(6 * word.length);
  const end = encoder.encodeInto(word, utf8).written;
  let hash = 0x811c9dc5;
  for (let at = 0; at < end; at++) hash = Math.imul(hash ^ ((utf8[at]! << 24) >> 24), 0x01000193);
  return hash | 0;
}
