/**
 * The documents of a shard as they are after some of the deduplication: those that are duplicates, the others
 * with what is left of their texts. Worked out anew by every phase that needs it, from what the phases before
 * found, so that no text is written twice.
 */
import { type Document, throwIfAborted } from '@llm/core';
import { removeWindows } from '../../deduplication/repeated-substrings.js';
import { removeSpans } from '../../deduplication/sentence-spans.js';
import { gatherUnits, unitOf } from '../pipeline/gathered-units.js';
import type { RunContext } from '../pipeline/run-context.js';
import { readSurvivors } from '../pipeline/unit-files.js';
import { type Duplicate, readDuplicates, readShardPlan } from './join-clusters.js';
import { sentenceOptions, substringOptions } from './part-options.js';
import type { SpanMatch } from './span-marks.js';
import { type RoundName, readRoundMarks } from './span-rounds.js';

export interface ShardText {
  /** Number in the corpus. */
  readonly document: number;
  readonly row: Document;
  /** ISO 639-1; English where it is not known. */
  readonly language: string;
  /** Where the document is one. */
  readonly duplicate?: Duplicate | undefined;
  /** Where too little of it is left. */
  readonly dropped?: { readonly step: 'sentences' | 'substrings'; readonly reason: string } | undefined;
  /** What is left of its text. */
  readonly text: string;
  readonly removedSentences: number;
  readonly removedBytes: number;
  /** Spans of its sentences that earlier crawls have. */
  readonly matches: readonly SpanMatch[];
}

/** `before`: the round that the texts are for; what it and those behind it find is not taken out. */
export async function* readShardTexts(
  context: RunContext,
  shard: number,
  before?: RoundName | undefined,
): AsyncGenerator<ShardText> {
  const { store, plan } = context;
  const { bases } = await gatherUnits(context);
  const { starts } = (await readShardPlan(context))!;
  const duplicates = new Map(
    (await readDuplicates(context, shard)).map((duplicate) => [duplicate.document, duplicate]),
  );
  const sentences = sentenceOptions(plan.deduplication);
  const substrings = substringOptions(plan.deduplication);
  const noMatches: readonly SpanMatch[] = [];
  const sentenceMarks =
    sentences !== undefined && before !== 'sentences'
      ? await readRoundMarks(context, 'sentences', shard)
      : undefined;
  const windowMarks =
    substrings !== undefined && before === undefined
      ? await readRoundMarks(context, 'windows', shard)
      : undefined;
  const end = starts[shard + 1]!;
  for (let document = starts[shard]!; document < end; ) {
    const unit = unitOf(bases, document);
    const base = bases[unit]!;
    const stop = Math.min(end, bases[unit + 1]!);
    const source = plan.units[unit]!;
    for await (const { document: row, number } of readSurvivors(
      store,
      source,
      document - base,
      stop - base,
    )) {
      throwIfAborted(context.signal);
      const language = typeof row.metadata.language === 'string' ? row.metadata.language : 'en';
      const place = {
        ...{ document: base + number, row, language, removedSentences: 0, removedBytes: 0 },
        matches: noMatches,
      };
      const duplicate = duplicates.get(place.document);
      if (duplicate !== undefined) {
        yield { ...place, text: row.text, duplicate };
        continue;
      }
      let { text } = row;
      const repeated = sentenceMarks?.of(place.document);
      if (repeated !== undefined && repeated.places.length > 0) {
        const rest = removeSpans(text, repeated.places, sentences, language);
        text = rest.text;
        place.matches = repeated.matches;
        place.removedSentences = rest.removed;
        if (rest.reason !== undefined) {
          yield { ...place, text, dropped: { step: 'sentences', reason: rest.reason } };
          continue;
        }
      }
      const windows = windowMarks?.of(place.document).places ?? [];
      if (windows.length > 0) {
        const rest = removeWindows(Buffer.from(text), windows, substrings, language);
        text = rest.text;
        place.removedBytes = rest.removed;
        if (rest.reason !== undefined) {
          yield { ...place, text, dropped: { step: 'substrings', reason: rest.reason } };
          continue;
        }
      }
      yield { ...place, text };
    }
    document = stop;
  }
}
