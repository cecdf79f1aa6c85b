/**
 * The texts that earlier crawls kept, as more shards of a round that looks for stretches of bytes: they are
 * read, and never written. Their documents have the numbers behind those of the corpus. Which windows of them
 * matter is known only from the seeds of both, so that no index can stand for them.
 */
import { type Document, LlmError } from '@llm/core';
import type { RunContext } from '../pipeline/run-context.js';
import { readLineBlob } from '../pipeline/shards.js';
import { earlierIndexes } from './bucket-tasks.js';
import type { EarlierIndex } from './earlier-index.js';
import { substringOptions } from './part-options.js';

export interface EarlierShard {
  readonly index: EarlierIndex;
  readonly key: string;
  /** Number of its first document, and of the one behind its last. */
  readonly first: number;
  readonly end: number;
}

const mostDocuments = 0xffff_fffe;

/**
 * `end`: the number behind the last document of the corpus. None where no stretches are looked for. Throws
 * `data/corpus-too-large`.
 */
export async function earlierShards(context: RunContext, end: number): Promise<EarlierShard[]> {
  if (substringOptions(context.plan.deduplication) === undefined) return [];
  const shards: EarlierShard[] = [];
  for (const index of await earlierIndexes(context))
    for (const { key, documents } of index.shards()) {
      const first = shards.at(-1)?.end ?? end;
      shards.push({ index, key, first, end: first + documents });
    }
  if ((shards.at(-1)?.end ?? 0) > mostDocuments)
    throw new LlmError({
      code: 'data/corpus-too-large',
      message: `This crawl and those in \`earlier\` have more than ${mostDocuments} documents. Leave some out.`,
    });
  return shards;
}

/** Throws `data/index-other` where an earlier crawl's shards are not there any more. */
export async function checkEarlierTexts(context: RunContext): Promise<void> {
  const known = new Map<EarlierIndex, ReadonlySet<string>>();
  for (const { index, key } of await earlierShards(context, 1)) {
    const keys = known.get(index) ?? new Set(await index.store.list(index.key('shard-')));
    known.set(index, keys);
    if (!keys.has(key))
      throw new LlmError({
        code: 'data/index-other',
        message: `${key} of ${index.place} is gone, and substrings of an earlier crawl are looked for in its texts. Give it back, or leave substrings or that crawl out.`,
        details: { prefix: index.place, key },
      });
  }
}

export async function* readEarlierTexts({
  index,
  key,
  first,
}: EarlierShard): AsyncGenerator<{ readonly document: number; readonly text: string }> {
  let document = first;
  for await (const { text } of readLineBlob<Document>(index.store, key)) yield { document: document++, text };
}
