/**
 * Documents → files at a location: `part-00000.parquet`, … Each file is seen when it is whole, and holds the
 * same bytes whenever it is written from the same documents with the same options.
 */

import { checkNumber, type Document, emit, type RunOptions, throwIfAborted } from '@llm/core';
import { checkOptions } from '../../page/check-options.js';
import type { StorageOptions } from '../storage/http-client.js';
import { openStore } from '../storage/open-storage.js';
import { DocumentPart, type PartOptions, partKinds, type WrittenFile } from './document-part.js';
import { checkOutputOptions } from './output-format.js';
import { WrittenCounts } from './written-counts.js';

export interface WriteDocumentsOptions extends PartOptions, RunOptions {
  readonly documents: Iterable<Document> | AsyncIterable<Document>;
  /** A file ends once it has so many bytes. Default 1 GiB. */
  readonly fileBytes?: number | undefined;
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
  checkOptions('writeDocuments', options, {
    ...partKinds,
    ...({ documents: 'any!', fileBytes: 'any', signal: 'object', onEvent: 'function' } as const),
  });
  const { documents, signal, onEvent, storage } = options;
  checkOutputOptions(options);
  const output = options.output.replace(/\/+$/, '');
  const fileBytes = options.fileBytes ?? 2 ** 30;
  checkNumber('fileBytes', fileBytes, { minimum: 1, integer: true });
  const written = new WrittenCounts();
  const files: WrittenFile[] = [];
  let part: DocumentPart | undefined;
  emit(onEvent, { type: 'stage-start', stage });
  const finish = async (ended: DocumentPart): Promise<void> => {
    files.push(await ended.finish());
    emit(onEvent, { type: 'artifact', stage, key: ended.name, kind: 'documents' });
    emit(onEvent, { type: 'progress', stage, done: written.documents, unit: 'documents' });
  };
  try {
    for await (const document of documents) {
      throwIfAborted(signal);
      part ??= await DocumentPart.open(output, files.length, options);
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
  const names = new Set(files.map(({ name }) => name));
  await deleteParts(output, (name) => names.has(name), storage);
  emit(onEvent, { type: 'stage-end', stage, summary: { documents: written.documents, files: files.length } });
  return { files, ...written.summary() };
}

/** Deletes the parts below a location that are not to stay. */
export async function deleteParts(
  output: string,
  stays: (name: string) => boolean,
  storage?: StorageOptions | undefined,
): Promise<void> {
  const store = openStore(output, storage);
  for (const key of await store.list('part-'))
    if (/^part-\d{5,}\.(parquet|(jsonl|txt)(\.gz|\.zst)?)$/.test(key) && !stays(key)) await store.delete(key);
}
