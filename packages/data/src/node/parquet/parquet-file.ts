/**
 * Parquet files over a `ByteSource`: only the footer and the wanted columns of one row group are read at a
 * time. The format is hyparquet's; inflating is Node's where Node can, and of hyparquet-compressors
 * elsewhere.
 */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { LlmError } from '@llm/core';
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  type ParquetQueryFilter,
  parquetMetadataAsync,
  parquetReadObjects,
} from 'hyparquet';
import { compressors as otherCompressors } from 'hyparquet-compressors';
import type { ByteSource } from '../storage/byte-source.js';
import { type ColumnRange, checkPages, columnRanges } from './check-pages.js';
import { leafColumns } from './leaf-columns.js';

export type ParquetRow = Readonly<Record<string, unknown>>;

export interface ParquetFile {
  readonly source: ByteSource;
  readonly metadata: FileMetaData;
  readonly rows: number;
  /** Names of the columns at the top. */
  readonly columns: readonly string[];
}

/** A page says how long it is inflated, so that a bomb is no larger than it says. */
const compressors: Compressors = {
  ...otherCompressors,
  GZIP: (input, outputLength) => gunzipSync(input, { maxOutputLength: Math.max(1, outputLength) }),
  BROTLI: (input, outputLength) =>
    brotliDecompressSync(input, { maxOutputLength: Math.max(1, outputLength) }),
};

/** Throws `data/parquet-damaged` for what is no whole Parquet file. */
export async function openParquet(source: ByteSource): Promise<ParquetFile> {
  const metadata = await guarded(source, 'its footer', async () => {
    const footer = await parquetMetadataAsync(bufferOf(source));
    checkColumns(footer);
    return footer;
  });
  const columns = [...new Set(leafColumns(metadata).map(({ path }) => path[0]!))];
  const rows = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  return { source, metadata, rows, columns };
}

/** Where hyparquet finds a chunk that is no column, it leaves the others that it began to read to nobody. */
function checkColumns(metadata: FileMetaData): void {
  const expected = leafColumns(metadata).map(({ path }) => path.join('.'));
  if (new Set(expected).size !== expected.length) throw new Error('two of its columns have the same name');
  for (const [index, group] of metadata.row_groups.entries()) {
    const rows = Number(group.num_rows);
    if (!(rows >= 0 && rows <= mostGroupRows))
      throw new Error(`row group ${index} has ${rows} rows, and at most ${mostGroupRows} are read at once`);
    const found = group.columns.map(({ meta_data }) => meta_data?.path_in_schema.join('.'));
    if (found.length !== expected.length || found.some((path, at) => path !== expected[at]))
      throw new Error(`row group ${index} has other columns than its schema`);
  }
}

const mostGroupRows = 2 ** 24;

export interface ReadRowsOptions {
  /** Default: all. */
  readonly columns?: readonly string[] | undefined;
  /** Inflated bytes that may be in memory at once. Default 1 GiB. */
  readonly maximumBytes?: number | undefined;
  /**
   * Rows that are wanted. Row groups and pages that cannot hold one, by their statistics, are not fetched.
   */
  readonly filter?: ParquetQueryFilter | undefined;
}

export interface RowBatch {
  /** Place in the file of the first of the rows; without a filter the others follow. */
  readonly first: number;
  readonly rows: readonly ParquetRow[];
  /** Bytes of the file up to its end, counted by row groups. */
  readonly bytes: number;
}

/** Inflated bytes that are read together, where a file has an index of its pages. */
const sliceBytes = 32 * 1024 * 1024;

/** The rows in order. Throws `data/parquet-damaged`, `data/parquet-too-large`. */
export async function* readRows(file: ParquetFile, options: ReadRowsOptions = {}): AsyncGenerator<RowBatch> {
  const { source, metadata } = file;
  const { columns, filter, maximumBytes = 2 ** 30 } = options;
  const pages = columnRanges(metadata, leafColumns(metadata));
  let first = 0;
  let bytes = 0;
  for (const [index, group] of metadata.row_groups.entries()) {
    const rows = Number(group.num_rows);
    const wanted = group.columns.filter(
      ({ meta_data }) => columns === undefined || columns.includes(meta_data?.path_in_schema[0] ?? ''),
    );
    const inflated = wanted.reduce(
      (sum, { meta_data }) => sum + Number(meta_data?.total_uncompressed_size ?? 0),
      0,
    );
    const groupBytes = group.columns.reduce(
      (sum, { meta_data }) => sum + Number(meta_data?.total_compressed_size ?? 0),
      0,
    );
    if (rows > 0) {
      const hasIndex = wanted.every(({ offset_index_length }) => (offset_index_length ?? 0) > 0);
      if (!hasIndex && inflated > maximumBytes) throw tooLarge(source, index, inflated, maximumBytes);
      const step =
        hasIndex && inflated > sliceBytes ? Math.max(1, Math.floor((rows * sliceBytes) / inflated)) : rows;
      for (let at = 0; at < rows; at += step) {
        const end = Math.min(rows, at + step);
        const batch = await guarded(source, `row group ${index}`, () =>
          parquetReadObjects({
            file: bufferOf(source, pages),
            metadata,
            compressors,
            rowStart: first + at,
            rowEnd: first + end,
            useOffsetIndex: true,
            ...(filter === undefined ? {} : { filter, usePageIndex: true }),
            utf8: false,
            ...(columns === undefined ? {} : { columns: [...columns] }),
          }),
        );
        yield { first: first + at, rows: batch, bytes: bytes + Math.floor((groupBytes * end) / rows) };
      }
    }
    first += rows;
    bytes += groupBytes;
  }
}

function bufferOf(source: ByteSource, pages: readonly ColumnRange[] = []): AsyncBuffer {
  return {
    byteLength: source.size,
    slice: (start, end = source.size) => {
      const bytes = readSlice(source, start, end, pages);
      // What is fetched ahead may be asked for by nobody, once another part is damaged.
      bytes.catch(() => undefined);
      return bytes;
    },
  };
}

async function readSlice(
  source: ByteSource,
  start: number,
  end: number,
  pages: readonly ColumnRange[],
): Promise<ArrayBuffer> {
  const bytes = await source.read(start, end - start);
  if (bytes.length < end - start) throw new Error(`it ends at byte ${start + bytes.length}`);
  checkPages(bytes, start, pages, compressors);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
}

async function guarded<T>(source: ByteSource, place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (LlmError.isInstance(cause)) throw cause;
    throw new LlmError({
      code: 'data/parquet-damaged',
      message: `${source.url} is no Parquet file that can be read: ${place}: ${(cause as Error).message}. Fetch it again, or write it anew.`,
      details: { url: source.url, place },
      cause,
    });
  }
}

function tooLarge(source: ByteSource, group: number, bytes: number, maximum: number): LlmError {
  return new LlmError({
    code: 'data/parquet-too-large',
    message: `Row group ${group} of ${source.url} holds ${bytes} bytes and has no index of its pages, so that it would have to be in memory at once (at most ${maximum}). Write it with smaller groups: duckdb -c "COPY (FROM 'IN') TO 'OUT' (FORMAT parquet, ROW_GROUP_SIZE 10000)".`,
    details: { url: source.url, group, bytes },
  });
}
