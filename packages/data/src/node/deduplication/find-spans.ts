/**
 * The first phase of a round: a task writes the keys of the spans of one shard, which may be of an earlier
 * crawl, in sorted runs.
 */
import { SubstringKeys } from '../../deduplication/repeated-substrings.js';
import { spanKeys } from '../../deduplication/sentence-spans.js';
import { writeJson } from '../pipeline/json-artifact.js';
import type { RunContext } from '../pipeline/run-context.js';
import { earlierShards, readEarlierTexts } from './earlier-texts.js';
import { sentenceOptions, substringOptions } from './part-options.js';
import { readShardTexts } from './shard-texts.js';
import { type RoundName, readRoundMarks, type ShardSpans, shardPlace, shardStarts } from './span-rounds.js';
import { SpanRunWriter } from './span-run.js';

/** Spans of a text: where they begin, ascending, and their keys by that place. */
interface Spans {
  readonly high: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly places: Iterable<number>;
}

export async function findSpans(context: RunContext, round: RoundName, shard: number): Promise<void> {
  const { store, plan, runner } = context;
  const place = shardPlace(plan, round, shard);
  const writer = new SpanRunWriter(store, place);
  const keysOf = await keyFinder(context, round, shard);
  for await (const { document, text, language } of textsOf(context, round, shard)) {
    const started = performance.now();
    const { high, low, places } = keysOf(document, text, language);
    for (const at of places) {
      if (writer.isFull) await writer.flush();
      writer.push(high[at]!, low[at]!, document, at);
    }
    runner.time(round, started);
  }
  await writer.flush();
  const { runs, spans } = writer;
  await writeJson(store, `${place}/spans.json`, { runs, spans } satisfies ShardSpans);
}

interface SpanText {
  readonly document: number;
  readonly text: string;
  readonly language: string;
}

async function* textsOf(context: RunContext, round: RoundName, shard: number): AsyncGenerator<SpanText> {
  const starts = await shardStarts(context);
  const own = starts.length - 1;
  if (shard >= own) {
    const earlier = (await earlierShards(context, starts[own]!))[shard - own]!;
    // Stretches of bytes are of no language.
    for await (const found of readEarlierTexts(earlier)) yield { ...found, language: 'en' };
    return;
  }
  for await (const found of readShardTexts(context, shard, round))
    if (found.duplicate === undefined && found.dropped === undefined) yield found;
}

async function keyFinder(
  context: RunContext,
  round: RoundName,
  shard: number,
): Promise<(document: number, text: string, language: string) => Spans> {
  const { deduplication } = context.plan;
  if (round === 'sentences')
    return (_, text, language) => spanKeys(text, sentenceOptions(deduplication), language);
  const substrings = new SubstringKeys(substringOptions(deduplication));
  const seeds = round === 'windows' ? await readRoundMarks(context, 'seeds', shard) : undefined;
  return (document, text) =>
    seeds === undefined
      ? substrings.seeds(Buffer.from(text))
      : substrings.windows(Buffer.from(text), seeds.of(document).places);
}
