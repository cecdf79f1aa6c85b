/** The first phase of a round: a task writes the keys of the spans of one shard in sorted runs. */
import { SubstringKeys } from '../../deduplication/repeated-substrings.js';
import { spanKeys } from '../../deduplication/sentence-spans.js';
import { writeJson } from '../pipeline/json-artifact.js';
import type { RunContext } from '../pipeline/run-context.js';
import { sentenceOptions, substringOptions } from './part-options.js';
import { readShardTexts } from './shard-texts.js';
import { type RoundName, readRoundMarks, type ShardSpans, shardPlace } from './span-rounds.js';
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
  for await (const { document, text, language, duplicate, dropped } of readShardTexts(
    context,
    shard,
    round,
  )) {
    if (duplicate !== undefined || dropped !== undefined) continue;
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
