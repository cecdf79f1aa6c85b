/**
 * Holds the headers of pages against the footer before hyparquet reads them: it believes a damaged header
 * that announces two billion values, or gigabytes inflated from a few bytes.
 */
import type { ColumnMetaData, FileMetaData } from 'hyparquet';
import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';

export interface ColumnRange {
  readonly start: number;
  readonly end: number;
  readonly column: ColumnMetaData;
}

/** Where the columns of all row groups lie, sorted. */
export function columnRanges({ row_groups }: FileMetaData): ColumnRange[] {
  const columns = row_groups.flatMap((group) => group.columns.flatMap(({ meta_data }) => meta_data ?? []));
  return columns
    .map((column) => {
      const start = Number(column.dictionary_page_offset || column.data_page_offset);
      return { start, end: start + Number(column.total_compressed_size), column };
    })
    .sort((a, b) => a.start - b.start);
}

/**
 * Throws when a header within `bytes`, which lie at `offset` of the file, cannot be. A part of a column
 * begins where a page does; `hyparquet` asks for no others.
 */
export function checkPages(bytes: Uint8Array, offset: number, ranges: readonly ColumnRange[]): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = offset + bytes.length;
  for (const range of ranges.slice(firstAfter(ranges, offset))) {
    if (range.start >= end) return;
    const reader = { view, offset: Math.max(range.start, offset) - offset };
    const stop = Math.min(range.end, end) - offset;
    while (reader.offset < stop - 1) {
      const header = deserializeTCompactProtocol(reader) as unknown as PageHeader;
      checkHeader(header, range.column, stop - reader.offset);
      reader.offset += header.field_3;
    }
  }
}

/** The thrift structure `PageHeader`, by the numbers of its fields. */
interface PageHeader {
  readonly field_2: number;
  readonly field_3: number;
  readonly field_5?: { readonly field_1: number } | undefined;
  readonly field_7?: { readonly field_1: number } | undefined;
  readonly field_8?: PageHeaderV2 | undefined;
}

interface PageHeaderV2 {
  readonly field_1: number;
  readonly field_2: number;
  readonly field_3: number;
  readonly field_5: number;
  readonly field_6: number;
}

function checkHeader(header: PageHeader, column: ColumnMetaData, left: number): void {
  const { field_2: inflated, field_3: stored, field_5: v1, field_7: dictionary, field_8: v2 } = header;
  const values = v1?.field_1 ?? v2?.field_1 ?? dictionary?.field_1;
  const levels = v2 === undefined ? 0 : Math.max(v2.field_5, v2.field_6, v2.field_5 + v2.field_6);
  const isRight =
    isCount(stored, left) &&
    // Some writers do not count headers, or round.
    isCount(inflated, Number(column.total_uncompressed_size) + 1024) &&
    isCount(values, Math.max(Number(column.num_values), inflated)) &&
    isCount(levels, stored) &&
    (v2 === undefined || (isCount(v2.field_2, v2.field_1) && isCount(v2.field_3, v2.field_1)));
  if (!isRight)
    throw new Error(`a page of ${column.path_in_schema.join('.')} cannot be what its header says`);
}

const isCount = (value: unknown, most: number): boolean =>
  typeof value === 'number' && value >= 0 && value <= most;

/** Index of the first range that ends after `offset`. */
function firstAfter(ranges: readonly ColumnRange[], offset: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranges[middle]!.end > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
