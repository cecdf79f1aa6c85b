import { emit, type RunOptions } from '@llm/core';
import { checkOptions } from '../../page/check-options.js';
import {
  DocumentPart,
  type PartOptions,
  partKinds,
  partName,
  type WrittenFile,
} from '../output/document-part.js';
import { checkOutputOptions } from '../output/output-format.js';
import { deleteParts, type WrittenDocuments } from '../output/write-documents.js';
import { WrittenCounts } from '../output/written-counts.js';
import type { Mixture } from './mix-documents.js';

const stage = 'output';

/**
 * One file for each bucket of a mixture: the files of all ranks together are those of one, byte for byte.
 * Resolves to what was written here. Parts of a longer set that were there before go.
 */
export async function writeMixture(
  mixture: Mixture,
  options: PartOptions & RunOptions,
): Promise<WrittenDocuments> {
  checkOptions('writeMixture', options, { ...partKinds, signal: 'object', onEvent: 'function' });
  checkOutputOptions(options);
  const { onEvent, storage } = options;
  const { rank, world, buckets } = mixture;
  const output = options.output.replace(/\/+$/, '');
  const written = new WrittenCounts();
  const files: WrittenFile[] = [];
  emit(onEvent, { type: 'stage-start', stage });
  for await (const { index, documents } of mixture.parts()) {
    if (documents.length === 0) continue;
    const part = await DocumentPart.open(output, index, options);
    try {
      for (const document of documents) {
        await part.add(document);
        written.add(document);
      }
      files.push(await part.finish());
    } catch (error) {
      await part.abandon();
      throw error;
    }
    emit(onEvent, { type: 'artifact', stage, key: part.name, kind: 'documents' });
    emit(onEvent, { type: 'progress', stage, done: written.documents, unit: 'documents' });
  }
  const names = new Set(files.map(({ name }) => name));
  const stays = (name: string): boolean => {
    const index = Number.parseInt(name.slice('part-'.length), 10);
    const isOwn = index % world === rank;
    return isOwn ? names.has(name) : index < buckets && name === partName(index, options);
  };
  await deleteParts(output, stays, storage);
  emit(onEvent, { type: 'stage-end', stage, summary: { documents: written.documents, files: files.length } });
  return { files, ...written.summary() };
}
