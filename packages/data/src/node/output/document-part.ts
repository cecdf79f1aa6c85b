/** One file of documents on its way to a location: seen when it is whole, its hash known by then. */

import { createHash } from 'node:crypto';
import type { Document } from '@llm/core';
import type { OptionKinds } from '../../page/check-options.js';
import { checkColumns, type DocumentColumn, defaultColumns } from '../parquet/document-columns.js';
import { type ParquetCompression, ParquetDocuments } from '../parquet/parquet-documents.js';
import type { OutputFile } from '../storage/byte-source.js';
import type { StorageOptions } from '../storage/http-client.js';
import { openOutput } from '../storage/open-storage.js';
import { type LineCompression, LineDocuments } from './line-documents.js';
import type { OutputFormat } from './output-format.js';

export interface PartOptions {
  /** The folder: a path, `file:`, `s3:`. */
  readonly output: string;
  /** Default `parquet`. */
  readonly format?: OutputFormat | undefined;
  /**
   * Of `parquet`: `snappy` (default), `gzip`, `zstd`, `none`; of the others `gzip` (default), `zstd`,
   * `none`.
   */
  readonly compression?: ParquetCompression | undefined;
  /**
   * Of `parquet`: fields of the metadata that have a column of their own. Default: those the pipeline
   * finds.
   */
  readonly columns?: readonly DocumentColumn[] | undefined;
  /** Of `parquet`: documents of a row group. Default 1000. */
  readonly groupDocuments?: number | undefined;
  readonly storage?: StorageOptions | undefined;
}

export interface WrittenFile {
  readonly name: string;
  readonly bytes: number;
  readonly documents: number;
  readonly sha256: string;
}

export const partKinds: OptionKinds<PartOptions> = {
  ...({
    output: 'text!',
    format: 'any',
    compression: 'any',
    columns: 'list',
    groupDocuments: 'any',
  } as const),
  storage: 'object',
};

const compressionOf = ({ format = 'parquet', compression }: PartOptions) =>
  compression ?? (format === 'parquet' ? 'snappy' : 'gzip');

/** `part-00000.parquet`, `part-00000.jsonl.gz`, … */
export function partName(index: number, options: PartOptions): string {
  const { format = 'parquet' } = options;
  const packed = { gzip: '.gz', zstd: '.zst', snappy: '', none: '' }[compressionOf(options)];
  const ending = format === 'parquet' ? 'parquet' : `${format === 'text' ? 'txt' : 'jsonl'}${packed}`;
  return `part-${String(index).padStart(5, '0')}.${ending}`;
}

export class DocumentPart {
  #documents = 0;

  private constructor(
    readonly name: string,
    readonly output: HashedOutput,
    readonly writer: ParquetDocuments | LineDocuments,
  ) {}

  static async open(folder: string, index: number, options: PartOptions): Promise<DocumentPart> {
    const { format = 'parquet', columns = defaultColumns, groupDocuments = 1000 } = options;
    checkColumns(columns);
    const compression = compressionOf(options);
    const name = partName(index, options);
    const output = new HashedOutput(await openOutput(`${folder}/${name}`, options.storage));
    const writer =
      format === 'parquet'
        ? await ParquetDocuments.open(output, { columns, compression, groupDocuments })
        : await LineDocuments.open(output, { format, compression: compression as LineCompression });
    return new DocumentPart(name, output, writer);
  }

  get size(): number {
    return this.writer.size;
  }

  async add(document: Document): Promise<void> {
    this.#documents++;
    await this.writer.add(document);
  }

  async finish(): Promise<WrittenFile> {
    await this.writer.finish();
    await this.output.finish();
    const { bytes, sha256 } = this.output;
    return { name: this.name, bytes, documents: this.#documents, sha256 };
  }

  abandon(): Promise<void> {
    return this.output.abandon();
  }
}

class HashedOutput implements OutputFile {
  bytes = 0;
  readonly url: string;
  readonly #hash = createHash('sha256');

  constructor(readonly inner: OutputFile) {
    this.url = inner.url;
  }

  get sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    this.bytes += bytes.length;
    await this.inner.write(bytes);
  }

  finish(): Promise<void> {
    return this.inner.finish();
  }

  abandon(): Promise<void> {
    return this.inner.abandon();
  }
}
