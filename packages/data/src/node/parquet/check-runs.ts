/**
 * Walks the runs of a page's levels and of its dictionary's indices (Parquet's hybrid of run lengths and
 * packed bits) as hyparquet does, before it does: it writes a run of two billion values behind the end of its
 * array, and the process dies of it.
 */

/** What hyparquet reads of a page by runs. Widths are in bits, of the highest level; 0: there are none. */
export interface PageRuns {
  /** Values of the page, missing ones too. */
  readonly values: number;
  readonly repetitionWidth: number;
  readonly definitionWidth: number;
  /** Of the values: indices behind a byte of their width, booleans behind four of their length, others. */
  readonly coding: 'indices' | 'booleans' | 'other';
}

/** A page of version 1: levels, each behind its length, and values in one. */
export function checkRuns(page: Uint8Array, runs: PageRuns): void {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  let at = 0;
  for (const width of [runs.repetitionWidth, runs.definitionWidth]) {
    if (width === 0) continue;
    walk(view, at + 4, width, runs.values);
    at += 4 + view.getUint32(at, true);
  }
  checkValues(page, at, runs);
}

/** Levels of version 2, which follow each other by the lengths that the header gives. */
export function checkLevelsV2(levels: Uint8Array, repetitionBytes: number, runs: PageRuns): void {
  const view = new DataView(levels.buffer, levels.byteOffset, levels.byteLength);
  if (runs.repetitionWidth > 0) walk(view, 0, runs.repetitionWidth, runs.values);
  if (runs.definitionWidth > 0) walk(view, repetitionBytes, runs.definitionWidth, runs.values);
}

/** The values, which begin at byte `at`. */
export function checkValues(page: Uint8Array, at: number, { coding, values }: PageRuns): void {
  if (coding === 'other' || at >= page.length) return;
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  if (coding === 'booleans') walk(view, at + 4, 1, values);
  else walk(view, at + 1, view.getUint8(at), values);
}

/** Writers fill up a run of packed bits to 63 groups of eight at the most. */
const mostPadding = 63 * 8;

function walk(view: DataView, begin: number, width: number, values: number): void {
  let at = begin;
  for (let seen = 0; seen < values && at < view.byteLength; ) {
    let header = 0;
    for (let shift = 0, byte = 0x80; byte & 0x80 && at < view.byteLength; shift += 7) {
      byte = view.getUint8(at++);
      header |= (byte & 0x7f) << shift;
    }
    const isPacked = (header & 1) === 1;
    const count = (header >>> 1) * (isPacked ? 8 : 1);
    if (count > values + (isPacked ? mostPadding : 0))
      throw new Error(`a run of ${count} values in a page of ${values}`);
    // Of packed bits the first byte is read even where there is nothing in it.
    at += isPacked ? Math.max(1, (count * width) / 8) : (width + 7) >> 3;
    seen += count;
  }
}
