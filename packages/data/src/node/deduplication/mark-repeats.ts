/**
 * The second phase of a round: a task merges the runs of all shards in one range of keys and marks the spans
 * whose key came before: in this corpus or in an earlier crawl. Where an index is kept, the
 * first span of each key goes into it. Memory is that of the buffers, whatever is repeated how often.
 */

import { throwIfAborted } from '@llm/core';
import { SubstringKeys } from '../../deduplication/repeated-substrings.js';
import { writeJson } from '../pipeline/json-artifact.js';
import type { RunContext } from '../pipeline/run-context.js';
import { partKey } from '../pipeline/unit-files.js';
import { earlierIndexes } from './bucket-tasks.js';
import { sentenceOptions, substringOptions } from './part-options.js';
import { indexedSpans } from './run-groups.js';
import { divisions } from './sorted-run.js';
import { SpanMarkWriter } from './span-marks.js';
import {
  gatherRound,
  type RoundName,
  rangePlace,
  roundStarts,
  type ShardSpans,
  shardPlace,
  shardStarts,
} from './span-rounds.js';
import { mergeSpans, SpanRunWriter, SpanStream } from './span-run.js';

/** Spans that the buffers of all runs hold together. */
const bufferedSpans = 1 << 21;

export async function markRepeats(context: RunContext, round: RoundName, range: number): Promise<void> {
  const { store, plan, signal } = context;
  const { runs, ranges } = await gatherRound(context, round);
  const width = divisions / ranges;
  const starts = await shardStarts(context);
  const indexes = round === 'sentences' ? await earlierIndexes(context) : [];
  const isEarlier = (shard: number): boolean => shard >= starts.length - 1;
  const spans = runs.flatMap((count, shard) =>
    Array.from({ length: count }, (_, run) => ({
      ...{ store, key: partKey(shardPlace(plan, round, shard), 'run', run) },
      origin: round === 'windows' && isEarlier(shard) ? 1 : 0,
    })),
  );
  // Earlier crawls first: of equal keys the merge gives theirs before those of this corpus. Seeds are all of
  // one kind, and those of this corpus say whether any is needed.
  const sources = [
    ...indexes.flatMap((index, at) =>
      index.spans().map((key) => ({ store: index.store, key, origin: at + 1 })),
    ),
    ...spans.filter(({ origin }) => origin > 0),
    ...spans.filter(({ origin }) => origin === 0),
  ];
  const buffer = Math.max(64, Math.min(8192, Math.floor(bufferedSpans / Math.max(1, sources.length))));
  const streams: SpanStream[] = [];
  for (const source of sources) {
    const stream = new SpanStream(source.store, source.key, buffer, source.origin);
    if (await stream.open(range * width, (range + 1) * width)) streams.push(stream);
  }
  const place = rangePlace(plan, round, range);
  const marks = new SpanMarkWriter(store, place, await roundStarts(context, round), indexes.length > 0);
  const index =
    round === 'sentences' && plan.deduplication !== false && plan.deduplication.index === true
      ? new SpanRunWriter(store, indexedSpans(`${plan.prefix}/index`, range))
      : undefined;
  const substrings = substringOptions(plan.deduplication) ?? {};
  // Seeds say where to look, so that all of them count; of others the first stays.
  const marksFirst = round === 'seeds' || (round === 'windows' && substrings.keep === 'none');
  // The first window of a run of equal bytes would lose itself to the next.
  const apart = round === 'windows' && !marksFirst ? new SubstringKeys(substrings).minimumBytes : 0;
  const onlyEarlier = round === 'sentences' && sentenceOptions(plan.deduplication)?.onlyEarlier === true;
  /** The first span of this corpus: into the index. */
  const keep = (span: SpanStream): Promise<void> | undefined => {
    if (index?.isFull === true) return index.flush().then(() => keep(span));
    index?.push(span.high, span.low, span.document, span.place);
    return undefined;
  };
  let [high, low, document, first, found, origin] = [0, 0, 0, 0, 0, 0];
  await mergeSpans(streams, (span) => {
    if (span.high !== high || span.low !== low || (found === 0 && origin === 0)) {
      ({ high, low, document, place: first, origin } = span);
      found = 0;
    }
    // Windows of earlier crawls are looked at only around what this one has, too.
    if (span.origin > 0 || (round === 'seeds' && document >= starts.at(-1)!)) return undefined;
    if (++found === 1) {
      const kept = keep(span);
      if (origin === 0) return kept;
      const marked = marks.push(span.document, span.place, document, origin);
      return kept === undefined ? marked : Promise.all([kept, marked]).then(() => undefined);
    }
    throwIfAborted(signal);
    if (origin > 0) return marks.push(span.document, span.place, document, origin);
    if (onlyEarlier || (span.document === document && span.place < first + apart)) return undefined;
    const before = found === 2 && marksFirst ? marks.push(document, first) : undefined;
    const own = marks.push(span.document, span.place);
    return before === undefined ? own : Promise.all([before, own]).then(() => undefined);
  });
  await marks.end();
  if (index === undefined) return;
  await index.flush();
  const written: ShardSpans = { runs: index.runs, spans: index.spans };
  await writeJson(store, `${place}/indexed.json`, written);
}
