/**
 * Documents → a Parquet file, streaming (hyparquet-writer): a row group of about a thousand documents is in
 * memory, and goes to the output before the next. With offset indexes, so that readers can take a group in
 * parts. Content-defined chunking is left out.
 */
import { gzipSync } from 'node:zlib';
import type { Document } from '@llm/core';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { OutputFile } from '../storage/byte-source.js';
import { columnsOf, type DocumentColumn, schemaOf } from './document-columns.js';
import { compressZstd, loadZstd } from './zstd.js';

export type ParquetCompression = 'snappy' | 'gzip' | 'zstd' | 'none';

export interface ParquetDocumentsOptions {
  readonly columns: readonly DocumentColumn[];
  readonly compression: ParquetCompression;
  readonly groupDocuments: number;
}

/** UTF-16 units of text in a row group before it ends, however few its documents are. */
const groupCharacters = 32 * 1024 * 1024;

const codecs = { snappy: 'SNAPPY', gzip: 'GZIP', zstd: 'ZSTD', none: 'UNCOMPRESSED' } as const;

/** Bytes written so far are in `size`: of whole row groups. */
export class ParquetDocuments {
  #group: Document[] = [];
  #characters = 0;
  readonly #sink: OutputSink;
  readonly #writer: ParquetWriter;

  private constructor(
    output: OutputFile,
    readonly options: ParquetDocumentsOptions,
  ) {
    this.#sink = new OutputSink(output);
    this.#writer = new ParquetWriter({
      writer: this.#sink,
      schema: schemaOf(options.columns),
      codec: codecs[options.compression],
      compressors: { GZIP: (bytes) => gzipSync(bytes), ZSTD: compressZstd },
      createdBy: '@llm/data',
    });
  }

  static async open(output: OutputFile, options: ParquetDocumentsOptions): Promise<ParquetDocuments> {
    if (options.compression === 'zstd') await loadZstd();
    return new ParquetDocuments(output, options);
  }

  get size(): number {
    return this.#sink.offset;
  }

  async add(document: Document): Promise<void> {
    this.#group.push(document);
    this.#characters += document.text.length;
    if (this.#group.length >= this.options.groupDocuments || this.#characters >= groupCharacters)
      await this.#writeGroup();
  }

  async finish(): Promise<void> {
    if (this.#group.length > 0) await this.#writeGroup();
    await this.#writer.finish();
  }

  async #writeGroup(): Promise<void> {
    const columnData = columnsOf(this.#group, this.options.columns);
    await this.#writer.write({ columnData, rowGroupSize: this.#group.length });
    this.#group = [];
    this.#characters = 0;
  }
}

/** What the writer made goes on to the output at the end of every row group. */
class OutputSink extends ByteWriter {
  constructor(readonly output: OutputFile) {
    super(1 << 20);
  }

  async flush(): Promise<void> {
    const bytes = this.getBytes().slice();
    this.index = 0;
    await this.output.write(bytes);
  }

  override finish(): Promise<void> {
    return this.flush();
  }
}
