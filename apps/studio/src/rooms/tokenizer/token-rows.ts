/** Tokens in lines to draw: a line ends with the text's own, or where it is long enough. */
export interface TokenTable {
  readonly bytes: Uint8Array;
  /** [vocabularySize + 1] */
  readonly offsets: Int32Array;
}

const longestBytes = 96;
const mostTokens = 48;
const lineFeed = 10;

/** Where the lines begin, and the number of tokens last: line i is tokens [rows[i], rows[i + 1]). */
export function tokenRows(ids: Int32Array, { bytes, offsets }: TokenTable): Int32Array {
  const endsLine = new Uint8Array(offsets.length - 1);
  for (let id = 0; id < endsLine.length; id++)
    if (bytes.subarray(offsets[id]!, offsets[id + 1]!).includes(lineFeed)) endsLine[id] = 1;
  const rows: number[] = [0];
  let size = 0;
  let start = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    size += offsets[id + 1]! - offsets[id]!;
    if (endsLine[id] === 0 && size < longestBytes && i + 1 - start < mostTokens) continue;
    start = i + 1;
    size = 0;
    rows.push(start);
  }
  if (start < ids.length) rows.push(ids.length);
  return Int32Array.from(rows);
}
