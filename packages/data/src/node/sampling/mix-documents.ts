/**
 * Sources → one shuffled corpus in which they have given shares. The sources are read twice: once to measure
 * them, once to draw from them (`planMixture`). What is drawn, how often and in which order follows from the
 * seed, the group and the id of each document alone. Ranks share nothing: each reads all sources and keeps
 * what falls into its own buckets.
 */

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkChoice,
  checkNumber,
  checkNumbers,
  type Document,
  emit,
  LlmError,
  type RunOptions,
  throwIfAborted,
} from '@llm/core';
import { checkOptions } from '../../page/check-options.js';
import { copiesOf, divisionOf } from '../../sampling/copies.js';
import { documentHash } from '../../sampling/document-hash.js';
import { type GroupPlan, GroupSize, type MixtureOptions, planMixture } from '../../sampling/plan-mixture.js';
import { DocumentSpool } from './document-spool.js';

export interface MixtureSource {
  readonly name: string;
  /** The documents from the start, the same ones at every call; ids are unique within the source. */
  documents(): Iterable<Document> | AsyncIterable<Document>;
}

export interface MixDocumentsOptions extends MixtureOptions, RunOptions {
  readonly sources: readonly MixtureSource[];
  /** What shares are of: `source` (default), or `language` by `metadata.language`. */
  readonly by?: 'source' | 'language' | undefined;
  /** What sizes and budget are in. Default `documents`; `tokens` needs `countTokens`. */
  readonly unit?: 'documents' | 'characters' | 'tokens' | undefined;
  readonly countTokens?: ((text: string) => number) | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  /** UTF-16 units of JSON of a bucket, which is shuffled in memory and written as one file. Default 32 Mi. */
  readonly bucketCharacters?: number | undefined;
  /** Which buckets are made here: `rank`, `rank + world`, …. Default 0 of 1. */
  readonly rank?: number | undefined;
  readonly world?: number | undefined;
  /** Where buckets lie meanwhile. Default: the system's folder for temporary files. */
  readonly workDirectory?: string | undefined;
}

export interface Mixture {
  /** By group, sorted: how much there is, and how often it is read. */
  readonly groups: ReadonlyMap<string, GroupPlan>;
  readonly documentsRead: number;
  readonly buckets: number;
  readonly rank: number;
  readonly world: number;
  /** The buckets of this rank, in order; to be read to the end, or closed. */
  parts(): AsyncGenerator<{ readonly index: number; readonly documents: readonly Document[] }>;
}

const stage = 'mixture';
/** Documents between two signs of life. */
const often = 10_000;

/** Throws `core/option-invalid`, `data/mixture-group`, `data/mixture-too-small`. */
export async function mixDocuments(options: MixDocumentsOptions): Promise<Mixture> {
  checkOptions('mixDocuments', options, {
    ...({ sources: 'list!', by: 'any', unit: 'any', countTokens: 'function', seed: 'any' } as const),
    ...({ bucketCharacters: 'any', rank: 'any', world: 'any', workDirectory: 'text' } as const),
    ...({ weights: 'object', temperature: 'any', budget: 'any', maximumEpochs: 'any' } as const),
    ...({ signal: 'object', onEvent: 'function' } as const),
  });
  const { by, unit = 'documents', countTokens, seed = 0, bucketCharacters = 2 ** 25 } = options;
  const { rank = 0, world = 1 } = options;
  checkChoice('by', by, ['source', 'language']);
  checkChoice('unit', unit, ['documents', 'characters', 'tokens']);
  checkNumber('seed', seed, { integer: true });
  checkNumbers(
    { bucketCharacters, world },
    { bucketCharacters: { minimum: 1 }, world: { minimum: 1, integer: true } },
  );
  checkNumber('rank', rank, { minimum: 0, below: world, integer: true });
  if ((unit === 'tokens') !== (countTokens !== undefined))
    throw new LlmError({
      code: 'core/option-invalid',
      message: `countTokens is for unit: 'tokens', and the unit is ${unit}. Give both or none.`,
      details: { option: 'countTokens' },
    });
  const sizeOf = ({ text }: Document): number =>
    unit === 'documents' ? 1 : unit === 'characters' ? text.length : countTokens!(text);
  const sizes = new Map<string, GroupSize>();
  const characters = new Map<string, number>();
  let documentsRead = 0;
  for await (const { document, group } of read(options, 'measured')) {
    const size = sizes.get(group) ?? new GroupSize();
    sizes.set(group, size);
    size.add(divisionOf(seed, group, document.id), sizeOf(document));
    characters.set(group, (characters.get(group) ?? 0) + document.text.length + 200);
    documentsRead++;
  }
  const groups = planMixture(sizes, options);
  let total = 0;
  for (const [group, { epochs }] of groups) total += epochs * characters.get(group)!;
  const buckets = Math.max(1, Math.ceil(total / bucketCharacters));
  return {
    groups,
    documentsRead,
    buckets,
    rank,
    world,
    parts: () => draw({ ...options, seed, rank, world }, groups, buckets),
  };
}

type Drawing = MixDocumentsOptions & { readonly seed: number; readonly rank: number; readonly world: number };

async function* draw(
  options: Drawing,
  groups: ReadonlyMap<string, GroupPlan>,
  buckets: number,
): ReturnType<Mixture['parts']> {
  const { seed, rank, world, workDirectory = tmpdir() } = options;
  await mkdir(workDirectory, { recursive: true });
  const directory = await mkdtemp(join(workDirectory, 'mixture-'));
  const spool = new DocumentSpool(directory, buckets);
  try {
    for await (const { document, group, source, ordinal } of read(options, 'drawn')) {
      const plan = groups.get(group);
      if (plan === undefined) throw changed(group);
      const copies = copiesOf(plan, divisionOf(seed, group, document.id));
      for (let copy = 0; copy < copies; copy++) {
        const key = documentHash(seed, 'order', group, document.id, copy);
        if (spool.bucketOf(key) % world !== rank) continue;
        await spool.add({ key, tie: [source, ordinal, copy], document });
      }
    }
    for (let index = rank; index < buckets; index += world) {
      throwIfAborted(options.signal);
      yield { index, documents: await spool.read(index) };
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function* read(
  { sources, by = 'source', signal, onEvent }: MixDocumentsOptions,
  unit: string,
): AsyncGenerator<{
  readonly document: Document;
  readonly group: string;
  readonly source: number;
  readonly ordinal: number;
}> {
  let done = 0;
  for (const [source, { name, documents }] of sources.entries()) {
    let ordinal = 0;
    for await (const document of documents()) {
      throwIfAborted(signal);
      const { language } = document.metadata;
      const group = by === 'source' ? name : typeof language === 'string' ? language : 'unknown';
      yield { document, group, source, ordinal: ordinal++ };
      if (++done % often === 0) emit(onEvent, { type: 'progress', stage, done, unit: `documents ${unit}` });
    }
  }
}

const changed = (group: string): LlmError =>
  new LlmError({
    code: 'data/mixture-group',
    message: `"${group}" had no documents when the sources were measured, and has some now. Leave them as they are while they are mixed.`,
    details: { group },
  });
