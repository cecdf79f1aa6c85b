/**
 * Holds the headers of pages against the footer, and the runs within pages against their headers, before
 * hyparquet reads them: it believes a damaged one that announces two billion values, or gigabytes inflated
 * from a few bytes. Pages are inflated for it once more.
 */
import type { ColumnMetaData, Compressors, FileMetaData } from 'hyparquet';
import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';
import { checkLevelsV2, checkRuns, checkValues, type PageRuns } from './check-runs.js';
import type { LeafColumn } from './leaf-columns.js';

export interface ColumnRange {
  readonly start: number;
  readonly end: number;
  readonly column: ColumnMetaData;
  readonly leaf: LeafColumn;
}

/** Where the columns of all row groups lie, sorted. `leaves`: those of the schema, which each group has. */
export function columnRanges({ row_groups }: FileMetaData, leaves: readonly LeafColumn[]): ColumnRange[] {
  return row_groups
    .flatMap(({ columns }) =>
      columns.flatMap(({ meta_data: column }, index) => {
        if (column === undefined) return [];
        const start = Number(column.dictionary_page_offset || column.data_page_offset);
        return [{ start, end: start + Number(column.total_compressed_size), column, leaf: leaves[index]! }];
      }),
    )
    .sort((a, b) => a.start - b.start);
}

/**
 * Throws when a page within `bytes`, which lie at `offset` of the file, cannot be. A part of a column
 * begins where a page does; `hyparquet` asks for no others.
 */
export function checkPages(
  bytes: Uint8Array,
  offset: number,
  ranges: readonly ColumnRange[],
  compressors: Compressors,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = offset + bytes.length;
  for (const range of ranges.slice(firstAfter(ranges, offset))) {
    if (range.start >= end) return;
    const reader = { view, offset: Math.max(range.start, offset) - offset };
    const stop = Math.min(range.end, end) - offset;
    while (reader.offset < stop - 1) {
      const header = deserializeTCompactProtocol(reader) as unknown as PageHeader;
      checkHeader(header, range.column, stop - reader.offset);
      checkPage(bytes.subarray(reader.offset, reader.offset + header.field_3), header, range, compressors);
      reader.offset += header.field_3;
    }
  }
}

/** The thrift structure `PageHeader`, by the numbers of its fields. */
interface PageHeader {
  readonly field_2: number;
  readonly field_3: number;
  readonly field_5?: { readonly field_1: number; readonly field_2: number } | undefined;
  readonly field_7?: { readonly field_1: number } | undefined;
  readonly field_8?: PageHeaderV2 | undefined;
}

interface PageHeaderV2 {
  readonly field_1: number;
  readonly field_2: number;
  readonly field_3: number;
  readonly field_4: number;
  readonly field_5: number;
  readonly field_6: number;
  readonly field_7?: boolean | undefined;
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

function checkPage(
  stored: Uint8Array,
  header: PageHeader,
  { column, leaf }: ColumnRange,
  compressors: Compressors,
): void {
  const { field_2: inflated, field_5: v1, field_8: v2 } = header;
  if (v1 === undefined && v2 === undefined) return;
  const runs: PageRuns = {
    values: (v1 ?? v2)!.field_1,
    repetitionWidth: bitWidth(leaf.repetitionLevel),
    definitionWidth: bitWidth(leaf.definitionLevel),
    coding: codingOf(v1?.field_2 ?? v2?.field_4, column),
  };
  const inflate = (bytes: Uint8Array, length: number): Uint8Array => {
    if (column.codec === 'UNCOMPRESSED') return bytes;
    const compressor = compressors[column.codec];
    if (compressor === undefined) throw new Error(`its compression ${column.codec} is not known`);
    return compressor(bytes, length);
  };
  if (v1 !== undefined) checkRuns(inflate(stored, inflated), runs);
  if (v2 === undefined) return;
  const levels = v2.field_5 + v2.field_6;
  checkLevelsV2(stored.subarray(0, levels), v2.field_6, runs);
  if (runs.coding === 'other') return;
  const values = stored.subarray(levels);
  checkValues(v2.field_7 === false ? values : inflate(values, inflated - levels), 0, runs);
}

const bitWidth = (level: number): number => 32 - Math.clz32(level);

/** Of Parquet's numbers of encodings: 2 and 8 are dictionaries, 3 is runs, which only booleans have. */
function codingOf(encoding: number | undefined, { type }: ColumnMetaData): PageRuns['coding'] {
  if (encoding === 2 || encoding === 8 || encoding === 3) return type === 'BOOLEAN' ? 'booleans' : 'indices';
  return 'other';
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
