/**
 * Rounds of looking for what texts share, each two phases: a task a shard writes the keys of its spans in
 * sorted runs (`find-spans.ts`), a task a range of keys merges the runs and marks those that occur more than
 * once (`mark-repeats.ts`). `sentences` finds spans of sentences; `seeds`, then `windows`, stretches of
 * bytes.
 */
import { LlmError } from '@llm/core';
import type { DeduplicationOptions } from '../../deduplication/document-keys.js';
import { readJson, writeJson } from '../pipeline/json-artifact.js';
import type { RunContext, RunPlan } from '../pipeline/run-context.js';
import { partKey } from '../pipeline/unit-files.js';
import { earlierShards } from './earlier-texts.js';
import { readShardPlan } from './join-clusters.js';
import { sentenceOptions, substringOptions } from './part-options.js';
import { divisions } from './sorted-run.js';
import { readShardMarks, type ShardMarks } from './span-marks.js';

export const roundNames = ['sentences', 'seeds', 'windows'] as const;
export type RoundName = (typeof roundNames)[number];

/** Spans of a range of keys, about. */
const rangeSpans = 1 << 22;

export function hasRound(deduplication: DeduplicationOptions | false, round: RoundName): boolean {
  const options = round === 'sentences' ? sentenceOptions(deduplication) : substringOptions(deduplication);
  return options !== undefined;
}

/** Where the spans of a shard are. */
export function shardPlace({ work }: RunPlan, round: RoundName, shard: number): string {
  return partKey(`${work}/${round}`, 'shard', shard);
}

/** Where the marks of a range of keys are. */
export function rangePlace({ work }: RunPlan, round: RoundName, range: number): string {
  return partKey(`${work}/${round}`, 'range', range);
}

/** What a task says of the spans of a shard, or of those of a range that go into an index. */
export interface ShardSpans {
  readonly runs: number;
  readonly spans: number;
}

export interface GatheredRound {
  readonly spans: number;
  /** Runs of each shard. */
  readonly runs: readonly number[];
  /** Ranges of keys: how many tasks look for repeats. */
  readonly ranges: number;
}

/** One a shard, those of earlier crawls included. */
export async function spanTasks(context: RunContext, round: RoundName): Promise<number> {
  return hasRound(context.plan.deduplication, round) ? (await roundStarts(context, round)).length - 1 : 0;
}

/**
 * First documents of the shards of a round, and one more than the last: stretches of bytes are looked for in
 * the shards of earlier crawls, too, which stand behind those of the corpus.
 */
export async function roundStarts(context: RunContext, round: RoundName): Promise<readonly number[]> {
  const starts = await shardStarts(context);
  if (round === 'sentences') return starts;
  return [...starts, ...(await earlierShards(context, starts.at(-1)!)).map(({ end }) => end)];
}

/** One a range of keys. */
export async function repeatTasks(context: RunContext, round: RoundName): Promise<number> {
  return hasRound(context.plan.deduplication, round) ? (await gatherRound(context, round)).ranges : 0;
}

/** First documents of the shards, and one more than the last document. */
export async function shardStarts(context: RunContext): Promise<readonly number[]> {
  const plan = await readShardPlan(context);
  if (plan === undefined) throw tooEarly('clusters');
  return plan.starts;
}

/** Throws `data/phase-too-early` when the spans of a shard are not there. */
export async function gatherRound(context: RunContext, round: RoundName): Promise<GatheredRound> {
  const { store, plan } = context;
  const key = `${plan.work}/${round}/gathered.json`;
  const known = await readJson<GatheredRound>(store, key);
  if (known !== undefined) return known;
  const runs: number[] = [];
  let spans = 0;
  const shards = await spanTasks(context, round);
  for (let shard = 0; shard < shards; shard++) {
    const row = await readJson<ShardSpans>(store, `${shardPlace(plan, round, shard)}/spans.json`);
    if (row === undefined) throw tooEarly(round);
    runs.push(row.runs);
    spans += row.spans;
  }
  let ranges = 1;
  while (ranges < divisions && spans / ranges > rangeSpans) ranges *= 2;
  const gathered = { spans, runs, ranges };
  await writeJson(store, key, gathered);
  return gathered;
}

/** What the index of this run has of each range. */
export function readIndexedSpans(context: RunContext): Promise<readonly ShardSpans[]> {
  const { store, plan } = context;
  return gatherRound(context, 'sentences').then(({ ranges }) =>
    Promise.all(
      Array.from({ length: ranges }, async (_, range) =>
        readJson<ShardSpans>(store, `${rangePlace(plan, 'sentences', range)}/indexed.json`).then(
          (row) => row!,
        ),
      ),
    ),
  );
}

/** What a round found in a shard. Throws `data/phase-too-early`. */
export async function readRoundMarks(
  context: RunContext,
  round: RoundName,
  shard: number,
): Promise<ShardMarks> {
  const { store, plan } = context;
  const { ranges } = await gatherRound(context, round);
  const places = Array.from({ length: ranges }, (_, range) => rangePlace(plan, round, range));
  const marks = await readShardMarks(store, places, (await roundStarts(context, round)).length - 1, shard);
  if (marks === undefined) throw tooEarly(`${round}-repeats`);
  return marks;
}

function tooEarly(phase: string): LlmError {
  return new LlmError({
    code: 'data/phase-too-early',
    message: `The phase "${phase}" is not finished. Run it for every rank first.`,
    details: { phase },
  });
}
