/** What a run found: `prefix/report.json`, the same bytes for the same inputs and options. */
import type { DeduplicationOptions } from '../../deduplication/document-keys.js';
import { Counts } from '../../pipeline/counts.js';
import type { Funnel, FunnelStep } from '../../pipeline/funnel.js';
import { sentenceOptions, substringOptions } from '../deduplication/part-options.js';
import type { UnitSource, UnitSummary } from './unit-files.js';
import type { ShardResult } from './write-shard.js';

export interface DataReport {
  readonly kind: 'data-report';
  readonly version: 1;
  readonly fingerprint: string;
  /** Pages, documents and damaged stretches; `kept` plus all of `dropped`. */
  readonly pages: number;
  readonly kept: number;
  /** Reason → pages. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly funnel: readonly FunnelStep[];
  /** All that was read, by type: archive records (requests too), lines, documents, damaged stretches. */
  readonly records: Readonly<Record<string, number>>;
  /** Pages by identified language, those included that were dropped for it. */
  readonly languages: Readonly<Record<string, number>>;
  readonly bytes: { readonly input: number; readonly shards: number };
  /** UTF-16 units of page content read and of text kept. */
  readonly characters: { readonly read: number; readonly kept: number };
  readonly pii: { readonly emails: number; readonly ipAddresses: number };
  /** What was cut out where sentences or substrings were deduplicated, of dropped documents too. */
  readonly removed?: RemovedParts | undefined;
  readonly shards: number;
  readonly inputs: readonly {
    readonly label: string;
    readonly kind: string;
    readonly bytes: number;
    readonly pages: number;
    readonly survivors: number;
  }[];
}

export interface RemovedParts {
  readonly sentences: number;
  readonly bytes: number;
  /** Where there are earlier crawls: each with the spans of sentences that it has, and that went for it. */
  readonly earlierSpans?: Readonly<Record<string, number>> | undefined;
}

export interface ReportSource {
  readonly fingerprint: string;
  readonly units: readonly { readonly source: UnitSource; readonly summary: UnitSummary }[];
  /** Knows the steps in their order, and has counted nothing yet. */
  readonly funnel: Funnel;
  readonly deduplication: DeduplicationOptions | false;
  readonly shards: readonly ShardResult[];
}

export function buildReport({ fingerprint, units, funnel, deduplication, shards }: ReportSource): DataReport {
  const records = new Counts();
  const languages = new Counts();
  const dropped = new Counts();
  const inputs = new Map<string, { kind: string; bytes: number; pages: number; survivors: number }>();
  for (const { source, summary } of units) {
    funnel.add(summary.funnel);
    records.addAll(summary.records);
    languages.addAll(summary.languages);
    const { start, end } = source.range;
    const row = inputs.get(source.file) ?? { kind: source.input.kind, bytes: 0, pages: 0, survivors: 0 };
    row.bytes += end - start;
    row.pages += summary.pages;
    row.survivors += summary.documents;
    inputs.set(source.file, row);
  }
  const sum = <Row>(rows: readonly Row[], pick: (row: Row) => number): number =>
    rows.reduce((total, row) => total + pick(row), 0);
  const kept = sum(shards, (shard) => shard.kept);
  // What leaves the last row is kept; what leaves one before enters the next.
  let left = kept;
  const count = (step: string, pick: (shard: ShardResult) => Readonly<Record<string, number>>): void => {
    const reasons = new Counts();
    for (const shard of shards) reasons.addAll(pick(shard));
    funnel.count(step, undefined, left);
    for (const [reason, pages] of Object.entries(reasons.sorted())) funnel.count(step, reason, pages);
    left += reasons.total();
  };
  const hasSentences = sentenceOptions(deduplication) !== undefined;
  const hasSubstrings = substringOptions(deduplication) !== undefined;
  if (hasSubstrings) count('substrings', ({ dropped }) => dropped.substrings);
  if (hasSentences) count('sentences', ({ dropped }) => dropped.sentences);
  if (deduplication !== false) count('minhash', ({ duplicates }) => duplicates);
  for (const step of funnel.steps()) dropped.addAll(step.dropped);
  return {
    kind: 'data-report',
    version: 1,
    fingerprint,
    pages: sum(units, ({ summary }) => summary.pages),
    kept,
    dropped: dropped.sorted(),
    funnel: funnel.steps(),
    records: records.sorted(),
    languages: languages.sorted(),
    bytes: {
      input: sum(units, ({ source }) => source.range.end - source.range.start),
      shards: sum(shards, (shard) => shard.bytes),
    },
    characters: {
      read: sum(units, ({ summary }) => summary.characters),
      kept: sum(shards, (shard) => shard.characters),
    },
    pii: {
      emails: sum(shards, (shard) => shard.emails),
      ipAddresses: sum(shards, (shard) => shard.ipAddresses),
    },
    removed:
      hasSentences || hasSubstrings
        ? {
            sentences: sum(shards, (shard) => shard.removed.sentences),
            bytes: sum(shards, (shard) => shard.removed.bytes),
            earlierSpans: earlierSpans(deduplication, shards),
          }
        : undefined,
    shards: shards.filter((shard) => shard.bytes > 0).length,
    inputs: [...inputs].map(([label, row]) => ({ label, ...row })),
  };
}

function earlierSpans(
  deduplication: DeduplicationOptions | false,
  shards: readonly ShardResult[],
): RemovedParts['earlierSpans'] {
  const { earlier = [] } = deduplication || {};
  if (sentenceOptions(deduplication) === undefined || earlier.length === 0) return undefined;
  return Object.fromEntries(
    earlier.map((place) => [place, shards.reduce((sum, shard) => sum + shard.earlierSpans[place]!, 0)]),
  );
}
