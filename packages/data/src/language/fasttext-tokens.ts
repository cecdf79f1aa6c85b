/** How fastText cuts a line into tokens, and hashes them. */
import { ownString } from '../words/own-string.js';
import { nextPieceHash, pieceHashStart } from '../words/piece-table.js';

/**
 * Cut at fastText's own white space: ASCII and the zero byte; line feeds are blanks here. The end of the line
 * is a token, which `take` does not see: what follows one that says so by returning false is another line.
 */
export function eachToken(
  line: string,
  take: (start: number, end: number, hash: number) => boolean | undefined,
): void {
  let hash = pieceHashStart;
  for (let at = 0, start = 0; at <= line.length; at++) {
    const code = at < line.length ? line.charCodeAt(at) : 0;
    if (code > 32 || (code !== 32 && code !== 0 && (code < 9 || code > 13))) {
      hash = nextPieceHash(hash, code);
      continue;
    }
    if (at > start && take(start, at, hash) === false) return;
    start = at + 1;
    hash = pieceHashStart;
  }
}

/** The tokens, the end of the line too. */
export function tokensOf(line: string, endOfSentence: string): string[] {
  const tokens: string[] = [];
  eachToken(line, (start, end) => {
    const token = ownString(line.slice(start, end));
    if (token === endOfSentence) return false;
    tokens.push(token);
    return true;
  });
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
