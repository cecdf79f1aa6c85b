/**
 * Documents → files at a location: `part-00000.parquet`, … Each file is seen when it is whole, and holds the
 * same bytes whenever it is written from the same documents with the same options.
 */
import { createHash } from 'node:crypto';
import { checkNumber, type Document, emit, type RunOptions, throwIfAborted } from '@llm/core';
import { checkColumns, type DocumentColumn, defaultColumns } from '../parquet/document-columns.js';
import { type ParquetCompression, ParquetDocuments } from '../parquet/parquet-documents.js';
import type { OutputFile } from '../storage/byte-source.js';
import type { StorageOptions } from '../storage/http-client.js';
import { openOutput, openStore } from '../storage/open-storage.js';
import { type LineCompression, LineDocuments } from './line-documents.js';
import { checkOutputOptions, type OutputFormat } from './output-format.js';

export interface WriteDocumentsOptions extends RunOptions {
  readonly documents: Iterable<Document> | AsyncIterable<Document>;
  /** The folder: a path, `file:` or `s3:`. */
  readonly output: string;
  /** Default `parquet`. */
  readonly format?: OutputFormat | undefined;
  /** Of `parquet`: `snappy` (default), `gzip`, `zstd`, `none`; of the others `gzip` (default), `none`. */
  readonly compression?: ParquetCompression | undefined;
  /**
   * Of `parquet`: fields of the metadata that have a column of their own. Default: those the pipeline
   * finds.
   */
  readonly columns?: readonly DocumentColumn[] | undefined;
  /** Of `parquet`: documents of a row group. Default 1000. */
  readonly groupDocuments?: number | undefined;
  /** A file ends once it has so many bytes. Default 1 GiB. */
  readonly fileBytes?: number | undefined;
  readonly storage?: StorageOptions | undefined;
}

export interface WrittenFile {
  readonly name: string;
  readonly bytes: number;
  readonly documents: number;
  readonly sha256: string;
}

export interface WrittenDocuments {
  readonly files: readonly WrittenFile[];
  readonly documents: number;
  /** UTF-16 units of text. */
  readonly characters: number;
  readonly languages: Readonly<Record<string, number>>;
  readonly licences: Readonly<Record<string, number>>;
}

const stage = 'output';

/**
 * Parts of a longer set that were there before go when all new ones are whole. Throws `core/option-invalid`
 * for an option that has no effect, `data/storage-…`, `core/write-failed`.
 */
export async function writeDocuments(options: WriteDocumentsOptions): Promise<WrittenDocuments> {
  const { documents, signal, onEvent, storage } = options;
  checkOutputOptions(options);
  const output = options.output.replace(/\/+$/, '');
  const fileBytes = options.fileBytes ?? 2 ** 30;
  checkNumber('fileBytes', fileBytes, { minimum: 1, integer: true });
  const written = new Counts();
  const files: WrittenFile[] = [];
  let part: Part | undefined;
  emit(onEvent, { type: 'stage-start', stage });
  const finish = async (ended: Part): Promise<void> => {
    files.push(await ended.finish());
    emit(onEvent, { type: 'artifact', stage, key: ended.name, kind: 'documents' });
    emit(onEvent, { type: 'progress', stage, done: written.documents, unit: 'documents' });
  };
  try {
    for await (const document of documents) {
      throwIfAborted(signal);
      part ??= await Part.open(output, files.length, options);
      await part.add(document);
      written.add(document);
      if (part.size < fileBytes) continue;
      await finish(part);
      part = undefined;
    }
    if (part !== undefined) await finish(part);
  } catch (error) {
    await part?.abandon();
    throw error;
  }
  await deleteOthers(output, files, storage);
  const { documents: count, characters, languages, licences } = written;
  emit(onEvent, { type: 'stage-end', stage, summary: { documents: count, files: files.length } });
  return { files, documents: count, characters, languages: sorted(languages), licences: sorted(licences) };
}

async function deleteOthers(
  output: string,
  files: readonly WrittenFile[],
  storage: StorageOptions | undefined,
): Promise<void> {
  const store = openStore(output, storage);
  const kept = new Set(files.map(({ name }) => name));
  for (const key of await store.list('part-'))
    if (/^part-\d{5,}\.(parquet|(jsonl|txt)(\.gz)?)$/.test(key) && !kept.has(key)) await store.delete(key);
}

class Counts {
  documents = 0;
  characters = 0;
  readonly languages = new Map<string, number>();
  readonly licences = new Map<string, number>();

  add({ text, metadata }: Document): void {
    this.documents++;
    this.characters += text.length;
    count(this.languages, metadata.language);
    count(this.licences, metadata.licence ?? metadata.license);
  }
}

function count(counts: Map<string, number>, value: unknown): void {
  const name = typeof value === 'string' && value !== '' ? value : 'unknown';
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

const sorted = (counts: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));

/** One file on its way. */
class Part {
  #documents = 0;

  private constructor(
    readonly name: string,
    readonly output: HashedOutput,
    readonly writer: ParquetDocuments | LineDocuments,
  ) {}

  static async open(folder: string, index: number, options: WriteDocumentsOptions): Promise<Part> {
    const { format = 'parquet', columns = defaultColumns, groupDocuments = 1000 } = options;
    checkColumns(columns);
    const compression = options.compression ?? (format === 'parquet' ? 'snappy' : 'gzip');
    const ending =
      format === 'parquet'
        ? 'parquet'
        : `${format === 'text' ? 'txt' : 'jsonl'}${compression === 'gzip' ? '.gz' : ''}`;
    const name = `part-${String(index).padStart(5, '0')}.${ending}`;
    const output = new HashedOutput(await openOutput(`${folder}/${name}`, options.storage));
    const writer =
      format === 'parquet'
        ? await ParquetDocuments.open(output, { columns, compression, groupDocuments })
        : new LineDocuments(output, { format, compression: compression as LineCompression });
    return new Part(name, output, writer);
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
