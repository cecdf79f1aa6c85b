/**
 * The second phase of a round: a task merges the runs of all shards in one range of keys and marks the spans
 * whose key came before. Memory is that of the buffers, whatever is repeated how often.
 */

import { throwIfAborted } from '@llm/core';
import { SubstringKeys } from '../../deduplication/repeated-substrings.js';
import type { RunContext } from '../pipeline/run-context.js';
import { partKey } from '../pipeline/unit-files.js';
import { divisions } from './sorted-run.js';
import { SpanMarkWriter } from './span-marks.js';
import {
  gatherRound,
  type RoundName,
  rangePlace,
  shardPlace,
  shardStarts,
  substringOptions,
} from './span-rounds.js';
import { mergeSpans, SpanStream } from './span-run.js';

/** Spans that the buffers of all runs hold together. */
const bufferedSpans = 1 << 21;

export async function markRepeats(context: RunContext, round: RoundName, range: number): Promise<void> {
  const { store, plan, signal } = context;
  const { runs, ranges } = await gatherRound(context, round);
  const width = divisions / ranges;
  const keys = runs.flatMap((count, shard) =>
    Array.from({ length: count }, (_, run) => partKey(shardPlace(plan, round, shard), 'run', run)),
  );
  const buffer = Math.max(64, Math.min(8192, Math.floor(bufferedSpans / Math.max(1, keys.length))));
  const streams: SpanStream[] = [];
  for (const key of keys) {
    const stream = new SpanStream(store, key, buffer);
    if (await stream.open(range * width, (range + 1) * width)) streams.push(stream);
  }
  const marks = new SpanMarkWriter(store, rangePlace(plan, round, range), await shardStarts(context));
  const substrings = substringOptions(plan.deduplication) ?? {};
  // Seeds say where to look, so that all of them count; of others the first stays.
  const marksFirst = round === 'seeds' || (round === 'windows' && substrings.keep === 'none');
  // The first window of a run of equal bytes would lose itself to the next.
  const apart = round === 'windows' && !marksFirst ? new SubstringKeys(substrings).minimumBytes : 0;
  let [high, low, document, place, found] = [0, 0, 0, 0, 0];
  await mergeSpans(streams, (span) => {
    if (found === 0 || span.high !== high || span.low !== low) {
      ({ high, low, document, place } = span);
      found = 1;
      return undefined;
    }
    if (span.document === document && span.place < place + apart) return undefined;
    throwIfAborted(signal);
    const first = found++ === 1 && marksFirst ? marks.push(document, place) : undefined;
    const own = marks.push(span.document, span.place);
    return first === undefined ? own : Promise.all([first, own]).then(() => undefined);
  });
  await marks.end();
}
