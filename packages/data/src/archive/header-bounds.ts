/** Where the header of a record begins and ends in bytes. */
import { isArcStart, isWarcStart } from './archive-header.js';
import { withoutReturns } from './http-message.js';

/** A header with more bytes has no end. */
export const headerLimit = 128 * 1024;
export const newline = 10;
export const carriageReturn = 13;
const text = new TextDecoder('utf-8');

/** The index after the blank line that ends the header, if `bytes` hold it. */
export function endOfHeader(bytes: Uint8Array, start: number): number {
  const limit = Math.min(start + headerLimit, bytes.length);
  for (let at = start; at < limit; at++) {
    if (bytes[at] !== newline) continue;
    let next = at + 1;
    while (bytes[next] === carriageReturn) next++;
    if (bytes[next] === newline) return next + 1;
  }
  return -1;
}

export function startsLikeRecord(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, 65_536);
  const end = start.indexOf(newline);
  const line = withoutReturns(text.decode(end < 0 ? start.subarray(0, 2048) : start.subarray(0, end)));
  return isWarcStart(line) || isArcStart(line);
}
