/** What a run found: `prefix/report.json`, the same bytes for the same inputs and options. */
import { Counts } from '../../pipeline/counts.js';
import type { Funnel, FunnelStep } from '../../pipeline/funnel.js';
import type { Unit } from './unit-files.js';
import type { CorpusResult } from './write-corpus.js';

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
  readonly shards: number;
  readonly inputs: readonly {
    readonly label: string;
    readonly kind: string;
    readonly bytes: number;
    readonly pages: number;
    readonly survivors: number;
  }[];
}

export interface ReportSource {
  readonly fingerprint: string;
  readonly units: readonly Unit[];
  /** Knows the steps in their order, and has counted nothing yet. */
  readonly funnel: Funnel;
  readonly deduplicated: boolean;
  readonly corpus: CorpusResult;
}

export function buildReport({ fingerprint, units, funnel, deduplicated, corpus }: ReportSource): DataReport {
  const records = new Counts();
  const languages = new Counts();
  const dropped = new Counts();
  for (const { summary } of units) {
    funnel.add(summary.funnel);
    records.addAll(summary.records);
    languages.addAll(summary.languages);
  }
  if (deduplicated) {
    funnel.count('minhash', undefined, corpus.kept);
    if (corpus.duplicates > 0) funnel.count('minhash', 'duplicate', corpus.duplicates);
  }
  for (const step of funnel.steps()) dropped.addAll(step.dropped);
  const sum = (pick: (unit: Unit) => number): number => units.reduce((total, unit) => total + pick(unit), 0);
  return {
    kind: 'data-report',
    version: 1,
    fingerprint,
    pages: sum(({ summary }) => summary.pages),
    kept: corpus.kept,
    dropped: dropped.sorted(),
    funnel: funnel.steps(),
    records: records.sorted(),
    languages: languages.sorted(),
    bytes: { input: sum(({ source }) => source.bytes), shards: corpus.bytes },
    characters: { read: sum(({ summary }) => summary.characters), kept: corpus.characters },
    pii: { emails: corpus.emails, ipAddresses: corpus.ipAddresses },
    shards: corpus.shards,
    inputs: units.map(({ source, summary }) => ({
      label: source.label,
      kind: source.input.kind,
      bytes: source.bytes,
      pages: summary.pages,
      survivors: summary.documents,
    })),
  };
}
