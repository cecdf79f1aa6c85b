/**
 * The phase `clusters`, one task: pairs of all buckets → clusters (union-find), of which the first document
 * is kept, and from them which documents go into which shard. In memory are 8 bytes a document: its cluster
 * and its item. What each duplicate matched goes through the disk.
 */
import type { ArtifactStore } from '@llm/core';
import { UnionFind } from '../../deduplication/union-find.js';
import { type GatheredUnits, gatherUnits, unitOf } from '../pipeline/gathered-units.js';
import { readJson, writeJson } from '../pipeline/json-artifact.js';
import type { RunContext } from '../pipeline/run-context.js';
import { partKey, placeWords, runDocuments } from '../pipeline/unit-files.js';
import { pairFiles } from './bucket-tasks.js';
import { mergePairs } from './merge-pairs.js';
import { readWords, WordList, wordBytes } from './record-file.js';

/** First documents of the shards, and behind them one more than the last document. */
export interface ShardPlan {
  readonly starts: readonly number[];
  /** Documents that are dropped. */
  readonly duplicates: number;
}

/** A document that is dropped. 0xffffffff: not known. */
export interface Duplicate {
  readonly document: number;
  /** Unit and item of the document that the cluster keeps. */
  readonly keeper: readonly [number, number] | undefined;
  /** Unit and item of an earlier document that it shares `bucket` with; its number in an earlier crawl. */
  readonly match: readonly [number, number] | number | undefined;
  /** 0: this corpus; else the earlier crawl, from 1. */
  readonly origin: number;
  /** First bucket that it shares with `match`. */
  readonly bucket: number;
  /** Buckets that it is known to share with `match`. */
  readonly shared: number;
}

const unknown = 0xffffffff;
const matchWords = 5;
const matchesPerPart = 1 << 16;
const duplicateWords = 8;
/** The number that stands for all documents of earlier crawls: the root of what they have. */
const earlierCrawl = 0;

export async function joinClusters(context: RunContext): Promise<void> {
  const { store, plan, keyMaker } = context;
  const kinds = keyMaker?.kinds ?? [];
  const gathered = await gatherUnits(context);
  const end = gathered.bases[gathered.bases.length - 1]!;
  const sets = new UnionFind(end);
  const matches = new MatchFile(store, `${plan.work}/matches`);
  for await (const { later, pairs } of mergePairs(store, await pairFiles(context))) {
    const match = pairs[0]!;
    let shared = 0;
    for (const { earlier, origin, bucket } of pairs) {
      sets.join(origin > 0 ? earlierCrawl : earlier, later);
      const isSame = origin === match.origin && earlier === match.earlier;
      if (isSame && kinds[bucket] === kinds[match.bucket]) shared++;
    }
    await matches.push(later, match.earlier, match.origin, match.bucket, shared);
  }
  await matches.end();
  await writeJson(store, `${plan.work}/shards.json`, await planShards(context, gathered, sets, matches));
}

async function planShards(
  { store, plan }: RunContext,
  gathered: GatheredUnits,
  sets: UnionFind,
  matches: MatchFile,
): Promise<ShardPlan> {
  const { bases } = gathered;
  const end = bases[bases.length - 1]!;
  const items = new ItemList(end);
  for await (const { document, item } of places(store, plan.units, gathered)) items.set(document, item);
  const keepNone = plan.deduplication !== false && plan.deduplication.keep === 'none';
  const place = (document: number): [number, number] => [unitOf(bases, document), items.get(document)];
  const starts = [1];
  let rows = new WordList();
  let [characters, duplicates] = [0, 0];
  let match = await matches.next();
  const flush = async (): Promise<void> => {
    await store.write(duplicatesKey(plan.work, starts.length - 1), wordBytes(rows.words));
    rows = new WordList();
  };
  for await (const { document, length } of places(store, plan.units, gathered)) {
    if (characters >= plan.shardCharacters) {
      await flush();
      starts.push(document);
      characters = 0;
    }
    while (match !== undefined && match[0]! < document) match = await matches.next();
    const root = sets.find(document);
    if (root === document && !(keepNone && !sets.isAlone(document))) {
      characters += length;
      continue;
    }
    duplicates++;
    const hasKeeper = !keepNone && root !== earlierCrawl;
    const own = match !== undefined && match[0] === document ? match : undefined;
    const [, earlier, origin, bucket, shared] = own ?? [document, unknown, 0, 0, 0];
    rows.push(document, ...(hasKeeper ? place(root) : [unknown, unknown]));
    rows.push(...(origin! > 0 || own === undefined ? [earlier!, unknown] : place(earlier!)));
    rows.push(origin!, bucket!, shared!);
  }
  await flush();
  return { starts: [...starts, end], duplicates };
}

/** Places of all documents in their order. */
async function* places(
  store: ArtifactStore,
  units: readonly { readonly place: string }[],
  { bases }: GatheredUnits,
): AsyncGenerator<{ readonly document: number; readonly item: number; readonly length: number }> {
  for (const [unit, { place }] of units.entries()) {
    let document = bases[unit]!;
    const end = bases[unit + 1]!;
    for (let run = 0; document < end; run++) {
      const words = await readWords(store, partKey(place, 'places', run));
      for (let at = 0; at < words.length; at += placeWords)
        yield { document: document++, item: words[at]!, length: words[at + 1]! };
    }
  }
}

export function readShardPlan({ store, plan }: RunContext): Promise<ShardPlan | undefined> {
  return readJson<ShardPlan>(store, `${plan.work}/shards.json`);
}

function duplicatesKey(work: string, shard: number): string {
  return `${work}/duplicates/${String(shard).padStart(6, '0')}`;
}

/** Documents among those of a shard that are dropped, ascending. */
export async function readDuplicates({ store, plan }: RunContext, shard: number): Promise<Duplicate[]> {
  const words = await readWords(store, duplicatesKey(plan.work, shard));
  return Array.from({ length: words.length / duplicateWords }, (_, row) => {
    const [document, keeperUnit, keeperItem, match, matchItem, origin, bucket, shared] = words.subarray(
      row * duplicateWords,
    );
    return {
      document: document!,
      keeper: keeperUnit === unknown ? undefined : [keeperUnit!, keeperItem!],
      match: match === unknown ? undefined : origin! > 0 ? match! : [match!, matchItem!],
      origin: origin!,
      bucket: bucket!,
      shared: shared!,
    };
  });
}

/** Items of documents, 4 bytes each, in blocks. */
class ItemList {
  readonly #blocks: Uint32Array[] = [];

  constructor(size: number) {
    for (let at = 0; at < size; at += runDocuments) this.#blocks.push(new Uint32Array(runDocuments));
  }

  set(document: number, item: number): void {
    this.#blocks[Math.floor(document / runDocuments)]![document % runDocuments] = item;
  }

  get(document: number): number {
    return this.#blocks[Math.floor(document / runDocuments)]![document % runDocuments]!;
  }
}

/** What each document matched, written once and then read once. */
class MatchFile {
  readonly #rows = new WordList();
  #parts = 0;
  #words: Uint32Array = new Uint32Array();
  #at = 0;
  #read = 0;

  constructor(
    readonly store: ArtifactStore,
    readonly place: string,
  ) {}

  async push(...row: readonly number[]): Promise<void> {
    this.#rows.push(...row);
    if (this.#rows.length >= matchesPerPart * matchWords) await this.end();
  }

  async end(): Promise<void> {
    await this.store.write(partKey(this.place, 'part', this.#parts++), wordBytes(this.#rows.words));
    this.#rows.clear();
  }

  async next(): Promise<Uint32Array | undefined> {
    while (this.#at === this.#words.length) {
      if (this.#read === this.#parts) return undefined;
      this.#words = await readWords(this.store, partKey(this.place, 'part', this.#read++));
      this.#at = 0;
    }
    this.#at += matchWords;
    return this.#words.subarray(this.#at - matchWords, this.#at);
  }
}
