/** Compares what the data stage did to each page of the miniweb with what the miniweb says should happen to it. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { ArtifactStore } from '@llm/core';
import { compareWithTruth, type PageDecision } from '@llm/data';
import { readShards } from '@llm/data/node';
import type { GroundTruthMiss } from './summaries.js';

const notResponse = 'not-response';

export interface GroundTruthResult {
  readonly pages: number;
  readonly met: number;
  readonly misses: readonly GroundTruthMiss[];
}

/** Pages are matched by address: every page of the miniweb has its own. */
export async function compareWithGroundTruth(
  runDirectory: string,
  store: ArtifactStore,
): Promise<GroundTruthResult> {
  const truth = new Map<string, PageDecision>();
  for await (const row of rows(join(runDirectory, 'crawl', 'truth.jsonl.gz')))
    truth.set(row.url, decision(row));
  const decisions = new Map<string, PageDecision>();
  for await (const { metadata } of readShards(store, 'data'))
    decisions.set(String(metadata.url), { keep: true });
  for await (const row of rows(join(runDirectory, 'data', 'dropped.jsonl.gz')))
    decisions.set(row.url, decision({ ...row, keep: false }));
  // Records that are no pages (revisits) are counted by the reader and not listed one by one.
  for (const [url, expected] of truth)
    if (expected.reason === notResponse && !decisions.has(url)) decisions.set(url, expected);
  const { pages, agreed, misses } = compareWithTruth(decisions, truth);
  return {
    pages,
    met: agreed,
    misses: misses.map(({ key, expected, actual }) => ({
      id: key,
      expected: describe(expected),
      actual: describe(actual),
    })),
  };
}

interface Row {
  readonly url: string;
  readonly keep?: boolean;
  readonly step?: string;
  readonly reason?: string;
}

function decision({ keep, step, reason }: Row): PageDecision {
  return {
    keep: keep ?? false,
    ...(step === undefined ? {} : { step }),
    ...(reason === undefined ? {} : { reason }),
  };
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
