/**
 * The phase `corpus`: a task writes one shard. Duplicates are left out and listed with what they are
 * duplicates of and how alike; of the rest, what came before is cut out, and e-mail and IP addresses are
 * replaced. Of a document of which sentences of earlier crawls left too little, the row says which document
 * has most of them.
 */
import { removePii } from '../../filters/pii.js';
import { earlierIndexes } from '../deduplication/bucket-tasks.js';
import type { EarlierIndex } from '../deduplication/earlier-index.js';
import type { Duplicate } from '../deduplication/join-clusters.js';
import { readShardTexts } from '../deduplication/shard-texts.js';
import type { SpanMatch } from '../deduplication/span-marks.js';
import { DocumentIds } from './document-ids.js';
import { readJson, writeJson } from './json-artifact.js';
import type { RunContext, RunPlan } from './run-context.js';
import { LineBlob, shardKey } from './shards.js';

export type TextStep = 'sentences' | 'substrings';

export interface ShardResult {
  readonly bytes: number;
  readonly kept: number;
  /** Reason → documents. */
  readonly duplicates: Readonly<Record<string, number>>;
  /** Documents of which too little was left, by step and reason. */
  readonly dropped: Readonly<Record<TextStep, Readonly<Record<string, number>>>>;
  /** Sentences and bytes of UTF-8 that were cut out of texts, of those too that were dropped then. */
  readonly removed: { readonly sentences: number; readonly bytes: number };
  /** Earlier crawl → spans of sentences that it has. */
  readonly earlierSpans: Readonly<Record<string, number>>;
  /** UTF-16 units of the text that was kept. */
  readonly characters: number;
  readonly emails: number;
  readonly ipAddresses: number;
  readonly seconds: Readonly<Record<string, number>>;
}

function resultKey({ work }: RunPlan, shard: number): string {
  return `${work}/shards/${String(shard).padStart(6, '0')}.json`;
}

export function readShardResult(
  { store, plan }: RunContext,
  shard: number,
): Promise<ShardResult | undefined> {
  return readJson<ShardResult>(store, resultKey(plan, shard));
}

/** Rows of what a shard leaves out, for those who put the dropped pages together. */
export function duplicateRowsKey({ work }: RunPlan, shard: number): string {
  return `${work}/shards/${String(shard).padStart(6, '0')}-dropped.jsonl.gz`;
}

export async function writeShard(context: RunContext, shard: number): Promise<void> {
  const { store, plan, runner } = context;
  const indexes = await earlierIndexes(context);
  const ids = new DocumentIds(store);
  const lines = new LineBlob(Number.POSITIVE_INFINITY);
  const rows = new LineBlob(Number.POSITIVE_INFINITY);
  const reasons: Record<string, number> = {};
  const dropped = { sentences: {}, substrings: {} } as Record<TextStep, Record<string, number>>;
  const earlierSpans = Object.fromEntries(indexes.map(({ place }) => [place, 0]));
  let [kept, characters, emails, ipAddresses, sentences, bytes] = [0, 0, 0, 0, 0, 0];
  runner.seconds.clear();
  const { droppedText = 0 } = plan.record;
  const left = (text: string): string | undefined =>
    droppedText > 0 ? text.slice(0, droppedText) : undefined;
  for await (const found of readShardTexts(context, shard)) {
    const { row, text, duplicate } = found;
    const { id, metadata } = row;
    const { url, recordId } = metadata;
    if (duplicate !== undefined) {
      const described = await describe(duplicate, context, ids, indexes);
      reasons[described.reason] = (reasons[described.reason] ?? 0) + 1;
      rows.add({ id, step: 'minhash', url, recordId, ...described, text: left(text) });
      continue;
    }
    sentences += found.removedSentences;
    bytes += found.removedBytes;
    for (const { origin } of found.matches) earlierSpans[indexes[origin - 1]!.place]!++;
    if (found.dropped !== undefined) {
      const { step, reason } = found.dropped;
      dropped[step][reason] = (dropped[step][reason] ?? 0) + 1;
      const { removedSentences = 0, removedBytes = 0 } = found;
      const cut = { removedSentences, removedBytes, ...(await describeSpans(found.matches, indexes)) };
      rows.add({ id, step, url, recordId, reason, ...cut, text: left(row.text) });
      continue;
    }
    const started = performance.now();
    const clean = plan.pii === false ? undefined : removePii(text, { ...plan.pii, key: id });
    if (clean !== undefined) runner.time('pii', started);
    emails += clean?.emails ?? 0;
    ipAddresses += clean?.ipAddresses ?? 0;
    kept++;
    const keptText = clean?.text ?? text;
    characters += keptText.length;
    lines.add({ id, text: keptText, metadata });
  }
  const blob = lines.isEmpty ? new Uint8Array() : lines.take();
  if (blob.length > 0) await store.write(shardKey(plan.prefix, shard), blob);
  if (!rows.isEmpty) await store.write(duplicateRowsKey(plan, shard), rows.take());
  const seconds = Object.fromEntries(runner.seconds);
  const result: ShardResult = {
    ...{ bytes: blob.length, kept, duplicates: reasons, dropped, removed: { sentences, bytes } },
    ...{ earlierSpans, characters, emails, ipAddresses, seconds },
  };
  await writeJson(store, resultKey(plan, shard), result);
}

interface DescribedSpans {
  /** The document of an earlier crawl that has the most of them; of several the first. */
  readonly match?: string | undefined;
  readonly matchIn?: string | undefined;
  /** How many that document has, and all earlier crawls. */
  readonly matchSpans?: number | undefined;
  readonly earlierSpans?: number | undefined;
}

/** Which document of which crawl has the spans that were cut out; nothing where none has. */
async function describeSpans(
  matches: readonly SpanMatch[],
  indexes: readonly EarlierIndex[],
): Promise<DescribedSpans> {
  const counts = new Map<string, { readonly match: SpanMatch; spans: number }>();
  for (const match of matches) {
    const key = `${match.origin} ${match.document}`;
    const row = counts.get(key);
    if (row === undefined) counts.set(key, { match, spans: 1 });
    else row.spans++;
  }
  let most: { readonly match: SpanMatch; readonly spans: number } | undefined;
  for (const row of counts.values()) if (most === undefined || row.spans > most.spans) most = row;
  if (most === undefined) return {};
  const index = indexes[most.match.origin - 1]!;
  return {
    match: await index.id(most.match.document),
    matchIn: index.place,
    matchSpans: most.spans,
    earlierSpans: matches.length,
  };
}

interface DescribedDuplicate {
  readonly reason: string;
  readonly duplicateOf: string | undefined;
  readonly match: string | undefined;
  /** The earlier run, where the match is none of this corpus. */
  readonly matchIn: string | undefined;
  /** Estimate of the Jaccard similarity with the match, 0…1. */
  readonly similarity: number | undefined;
}

/**
 * A share k of n buckets of h hashes is most likely at a similarity of (k/n)^(1/h). `shared` counts only what
 * the pairs showed, so it is a lower bound.
 */
async function describe(
  { keeper, match, origin, bucket, shared }: Duplicate,
  { plan, keyMaker }: RunContext,
  ids: DocumentIds,
  indexes: readonly EarlierIndex[],
): Promise<DescribedDuplicate> {
  const kind = keyMaker!.kinds[bucket]!;
  const index = origin > 0 ? indexes[origin - 1]! : undefined;
  const idOf = ([unit, item]: readonly [number, number]): Promise<string> => ids.id(plan.units[unit]!, item);
  const duplicateOf = keeper && (await idOf(keeper));
  const matched =
    match === undefined ? undefined : typeof match === 'number' ? await index!.id(match) : await idOf(match);
  const { hashesPerBucket = 8 } = plan.deduplication || {};
  const buckets = keyMaker!.kinds.filter((other) => other === 'minhash').length;
  const minhash = (shared / buckets) ** (1 / hashesPerBucket);
  const similarity = matched === undefined || kind === 'url' ? undefined : kind === 'exact' ? 1 : minhash;
  return {
    reason: { minhash: 'duplicate', exact: 'same-text', url: 'same-url' }[
      matched === undefined ? 'minhash' : kind
    ],
    duplicateOf,
    match: matched,
    matchIn: index?.place,
    similarity: similarity && Math.round(similarity * 1000) / 1000,
  };
}
