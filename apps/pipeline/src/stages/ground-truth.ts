/**
 * Compares what the data stage did to each page of the miniweb with what the miniweb says should happen to
 * it.
 */
import { join } from 'node:path';
import type { ArtifactStore } from '@llm/core';
import { compareWithTruth, type PageDecision, type PageTruth, type TruthMiss } from '@llm/data';
import { readShards } from '@llm/data/node';
import { rowsIn, rowsOf } from '../run/row-files.js';
import type { GroundTruthMiss } from './summaries.js';

export interface GroundTruthResult {
  readonly pages: number;
  readonly met: number;
  readonly misses: readonly GroundTruthMiss[];
  /** Near-duplicates that MinHash finds or not by chance, and that fell out the less likely way. */
  readonly byChance: readonly GroundTruthMiss[];
}

/**
 * Pages are matched by address: every page of the miniweb has its own. In memory are the addresses alone, and
 * of a million pages the few hundred decisions that there are.
 */
export async function compareWithGroundTruth(
  runDirectory: string,
  store: ArtifactStore,
): Promise<GroundTruthResult> {
  const kept: PageDecision = { keep: true };
  const drops = new Map<string, PageDecision>();
  const decisions = new Map<string, PageDecision>();
  for await (const { metadata } of readShards(store, 'data')) decisions.set(String(metadata.url), kept);
  for await (const row of rowsOf<Row>(join(runDirectory, 'data'), 'dropped')) {
    const { step, reason } = row;
    const name = `${step}/${reason}`;
    const drop = drops.get(name) ?? { keep: false, step, reason };
    drops.set(name, drop);
    decisions.set(row.url, drop);
  }
  const truth = truthOf(join(runDirectory, 'crawl', 'truth.jsonl.gz'));
  const { pages, agreed, misses, byChance } = await compareWithTruth(decisions, truth);
  return {
    pages,
    met: agreed,
    misses: misses.map(named),
    byChance: byChance.map(named),
  };
}

function named({ key, expected, actual }: TruthMiss): GroundTruthMiss {
  return { id: key, expected: describe(expected), actual: describe(actual) };
}

interface Row {
  readonly url: string;
  readonly keep?: boolean | undefined;
  readonly step?: string | undefined;
  readonly reason?: string | undefined;
  readonly duplicateProbability?: number | undefined;
}

async function* truthOf(path: string): AsyncGenerator<[string, PageTruth]> {
  for await (const row of rowsIn<Row>(path)) yield [row.url, decision(row)];
}

function decision({ keep, step, reason, duplicateProbability }: Row): PageTruth {
  return { keep: keep ?? false, step, reason, duplicateProbability };
}

function describe(page: PageDecision | undefined): string {
  if (page === undefined) return 'nothing';
  return page.keep ? 'kept' : [page.step, page.reason].filter((part) => part !== undefined).join('/');
}
