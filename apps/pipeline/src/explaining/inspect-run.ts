/** Counts and fair samples of a run, in memory that does not grow with it. */
import { basename, dirname } from 'node:path';
import { type RecordedMeasure, readShards } from '@llm/data/node';
import type { DataReport, DataRun, DroppedRow } from './data-run.js';
import { Reservoir, Reservoirs } from './reservoir.js';

export interface InspectionSample {
  readonly id: string;
  readonly url: string | undefined;
  readonly language: string | undefined;
  readonly text: string | undefined;
  readonly measures: readonly RecordedMeasure[];
  readonly duplicate?: string | undefined;
}

interface Fates {
  kept: number;
  dropped: number;
}

export interface RunInspection {
  readonly name: string;
  readonly report: DataReport;
  /** `step/reason` → dropped pages. */
  readonly steps: readonly (readonly [string, Reservoir<InspectionSample>])[];
  readonly kept: Reservoir<InspectionSample>;
  /** The most frequent first. */
  readonly languages: readonly (readonly [string, Fates])[];
  readonly hosts: readonly (readonly [string, Fates])[];
  readonly hasTexts: boolean;
}

/** Hosts that are counted one by one; those that come later are "others". */
const mostHosts = 200_000;
/** UTF-16 units of a text in the page. */
const textLength = 4000;

export async function inspectRun(run: DataRun, samples: number, seed: number): Promise<RunInspection> {
  const steps = new Reservoirs<InspectionSample>(samples, seed);
  const kept = new Reservoir<InspectionSample>(samples, seed, 'kept');
  const languages = new Map<string, Fates>();
  const hosts = new Map<string, Fates>();
  const count = (url: unknown, language: unknown, fate: keyof Fates): void => {
    const host = typeof url === 'string' && URL.canParse(url) ? new URL(url).host : 'no address';
    for (const [counts, name] of [
      [languages, typeof language === 'string' ? language : 'not identified'],
      [hosts, hosts.has(host) || hosts.size < mostHosts ? host : 'others'],
    ] as const) {
      const row = counts.get(name) ?? { kept: 0, dropped: 0 };
      counts.set(name, row);
      row[fate]++;
    }
  };
  let hasTexts = false;
  for await (const row of run.rows<DroppedRow>('dropped')) {
    const { id, step, reason, url, language, text } = row;
    hasTexts ||= text !== undefined;
    count(url, language, 'dropped');
    const found = row.match ?? row.duplicateOf;
    const of = row.matchIn === undefined ? found : `${found} of ${row.matchIn}`;
    const alike = row.similarity === undefined ? '' : `, about ${Math.round(row.similarity * 100)} % alike`;
    steps.add(`${step}/${reason}`, {
      ...{ id, url, language, text: text?.slice(0, textLength) },
      measures: (row.measures ?? []) as readonly RecordedMeasure[],
      duplicate:
        of === undefined
          ? undefined
          : row.matchSpans === undefined
            ? `the same as ${of}${alike}`
            : `its sentences were in ${of}`,
    });
  }
  for await (const { id, text, metadata } of readShards(run.store, run.prefix)) {
    const { url, language } = metadata;
    count(url, language, 'kept');
    kept.add({
      id,
      url: named(url),
      language: named(language),
      text: text.slice(0, textLength),
      measures: [],
    });
  }
  const { directory } = run;
  const name = basename(directory) === 'data' ? basename(dirname(directory)) : basename(directory);
  return {
    ...{ name, report: run.report, steps: steps.all(), kept, hasTexts },
    languages: mostFrequent(languages),
    hosts: mostFrequent(hosts),
  };
}

const named = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function mostFrequent(counts: ReadonlyMap<string, Fates>): [string, Fates][] {
  const total = ({ kept, dropped }: Fates): number => kept + dropped;
  return [...counts].sort(([a, x], [b, y]) => total(y) - total(x) || (a < b ? -1 : 1)).slice(0, 30);
}
