/**
 * Compares what the data stage did to each page of the miniweb with what the miniweb says should happen to
 * it.
 */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { ArtifactStore } from '@llm/core';
import { compareWithTruth, type PageDecision, type PageTruth, type TruthMiss } from '@llm/data';
import { readShards } from '@llm/data/node';
import type { GroundTruthMiss } from './summaries.js';

export interface GroundTruthResult {
  readonly pages: number;
  readonly met: number;
  readonly misses: readonly GroundTruthMiss[];
  /** Near-duplicates that MinHash finds or not by chance, and that fell out the less likely way. */
  readonly byChance: readonly GroundTruthMiss[];
}

/** Pages are matched by address: every page of the miniweb has its own. */
export async function compareWithGroundTruth(
  runDirectory: string,
  store: ArtifactStore,
): Promise<GroundTruthResult> {
  const truth = new Map<string, PageTruth>();
  for await (const row of rows(join(runDirectory, 'crawl', 'truth.jsonl.gz')))
    truth.set(row.url, decision(row));
  const decisions = new Map<string, PageDecision>();
  for await (const { metadata } of readShards(store, 'data'))
    decisions.set(String(metadata.url), { keep: true });
  for await (const row of rows(join(runDirectory, 'data', 'dropped.jsonl.gz')))
    decisions.set(row.url, decision({ ...row, keep: false }));
  const { pages, agreed, misses, byChance } = compareWithTruth(decisions, truth);
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

function decision({ keep, step, reason, duplicateProbability }: Row): PageTruth {
  return { keep: keep ?? false, step, reason, duplicateProbability };
}

function describe(page: PageDecision | undefined): string {
  if (page === undefined) return 'nothing';
  return page.keep ? 'kept' : [page.step, page.reason].filter((part) => part !== undefined).join('/');
}

/** Both files are our own, written whole. */
async function* rows(path: string): AsyncGenerator<Row> {
  const input = createReadStream(path).pipe(createGunzip());
  for await (const line of createInterface({ input })) if (line !== '') yield JSON.parse(line) as Row;
}
