/**
 * Statistics of documents in files, laid out as datatrove's `stats` blocks and its `StatsMerger` do:
 * `GROUP/MEASURE/00003.json` of each rank and `GROUP/MEASURE/metric.json` of all, each an object of keys with
 * total, n, mean, variance, std_dev, min and max.
 */
import {
  type ArtifactStore,
  checkNumber,
  checkNumbers,
  type Document,
  emit,
  LlmError,
  type RunOptions,
  throwIfAborted,
} from '@llm/core';
import { checkOptions } from '../../page/check-options.js';
import {
  checkSettings,
  type MeasureSettings,
  measureDocument,
  type TextBlock,
  textBlocks,
} from '../../statistics/document-measures.js';
import type { StatisticsRecord } from '../../statistics/running-statistics.js';
import {
  mergeTables,
  StatisticsGatherer,
  type StatisticsGroup,
  type StatisticsTable,
  statisticsGroups,
} from '../../statistics/statistics-groups.js';
import { codePointLength } from '../../words/python-text.js';
import { readJson, writeJson } from '../pipeline/json-artifact.js';
import { openStore } from '../storage/open-storage.js';

export interface StatisticsOptions extends RunOptions {
  /** Those of this rank. */
  readonly documents: Iterable<Document> | AsyncIterable<Document>;
  /** Where the files go: a folder, `s3:`. */
  readonly output: string;
  /** What is measured of texts. Default: all of `textBlocks`. */
  readonly blocks?: readonly TextBlock[] | undefined;
  /** Default: all. */
  readonly groups?: readonly StatisticsGroup[] | undefined;
  /** Whose rules cut words and sentences. Default `en`. */
  readonly language?: string | undefined;
  /** Default: Gopher's for English. */
  readonly stopWords?: readonly string[] | undefined;
  /** How sure an identifier is of a language. */
  readonly languageScore?: MeasureSettings['languageScore'] | undefined;
  readonly countTokens?: ((text: string) => number) | undefined;
  /** Lists of words whose share is measured, each called by its first. */
  readonly contamination?: readonly (readonly string[])[] | undefined;
  /** Decimals of a histogram's keys. Default 3. */
  readonly histogramDigits?: number | undefined;
  /** Hosts and suffixes that are kept, those with the most documents. Default 100,000. */
  readonly topKeys?: number | undefined;
  /** Default 0 of 1. */
  readonly rank?: number | undefined;
  readonly world?: number | undefined;
}

export interface CollectedStatistics {
  /** Of this rank. */
  readonly documents: number;
  /** Of all ranks, by measure; undefined while others are at work. */
  readonly summary?: Readonly<Record<string, StatisticsRecord>> | undefined;
}

const stage = 'statistics';
const often = 1000;
const gopherStopWords = ['the', 'be', 'to', 'of', 'and', 'that', 'have', 'with'];

/**
 * Measures the documents of one rank; whichever rank finds the others done merges. A rank that was done
 * before is done again. Throws `data/option-invalid`, `core/option-invalid`, `data/corpus-empty`,
 * `core/write-failed`, `data/storage-…`.
 */
export async function collectStatistics(options: StatisticsOptions): Promise<CollectedStatistics> {
  checkOptions('collectStatistics', options, {
    ...({ documents: 'any!', output: 'text!', blocks: 'list', groups: 'list', language: 'text' } as const),
    ...({ stopWords: 'list', languageScore: 'object', countTokens: 'function' } as const),
    ...({
      contamination: 'list',
      histogramDigits: 'any',
      topKeys: 'any',
      rank: 'any',
      world: 'any',
    } as const),
    ...({ signal: 'object', onEvent: 'function' } as const),
  });
  const { blocks = textBlocks, groups = statisticsGroups, histogramDigits = 3, topKeys = 100_000 } = options;
  const { rank = 0, world = 1, signal, onEvent } = options;
  checkNumber('world', world, { minimum: 1, maximum: 99_999, integer: true });
  checkNumber('rank', rank, { minimum: 0, maximum: world - 1, integer: true });
  checkNumbers(
    { histogramDigits, topKeys },
    {
      histogramDigits: { minimum: 0, maximum: 12, integer: true },
      topKeys: { minimum: 1, integer: true },
    },
  );
  for (const [what, given, all] of [
    ['blocks', blocks, textBlocks],
    ['groups', groups, statisticsGroups],
  ] as const) {
    const strange = given.find((name) => !(all as readonly string[]).includes(name));
    if (strange !== undefined)
      throw invalid(what, `${what}: there is no "${strange}". There are ${all.join(', ')}.`);
  }
  if (groups.length === 0) throw invalid('groups', 'groups is empty: nothing would be written.');
  const settings: MeasureSettings = {
    ...{ blocks, language: options.language ?? 'en', stopWords: options.stopWords ?? gopherStopWords },
    ...{ languageScore: options.languageScore, countTokens: options.countTokens },
    contamination: options.contamination ?? [],
  };
  checkSettings(settings);
  const store = openStore(options.output);
  // What this rank wrote before, perhaps of other measures.
  await store.delete(doneKey(rank));
  for (const group of statisticsGroups)
    for (const key of await store.list(`${group}/`))
      if (key.endsWith(`/${nameOf(rank)}.json`)) await store.delete(key);
  emit(onEvent, { type: 'stage-start', stage });
  const gatherer = new StatisticsGatherer({ groups, histogramDigits, topKeys });
  for await (const document of options.documents) {
    throwIfAborted(signal);
    const { text, metadata } = document;
    const measures = measureDocument(document, settings);
    const url = typeof metadata.url === 'string' ? metadata.url : '';
    const counted = {
      url,
      characters: measures.length ?? codePointLength(text),
      tokens: measures.token_count,
    };
    gatherer.add(measures, counted);
    if (gatherer.documents % often === 0)
      emit(onEvent, { type: 'progress', stage, done: gatherer.documents, unit: 'documents' });
  }
  const { documents } = gatherer;
  for (const [group, measure, table] of gatherer.tables())
    await writeJson(store, `${group}/${measure}/${nameOf(rank)}.json`, table);
  await writeJson(store, doneKey(rank), { documents, world, groups, topKeys });
  const summary = await mergeRanks(store, world, topKeys);
  emit(onEvent, { type: 'stage-end', stage, summary: { documents } });
  if (summary !== undefined && Object.keys(summary).length === 0 && groups.includes('summary'))
    throw new LlmError({
      code: 'data/corpus-empty',
      message: 'The inputs hold no document: there is nothing to measure.',
    });
  return { documents, summary };
}

const nameOf = (rank: number): string => String(rank).padStart(5, '0');
const doneKey = (rank: number): string => `completions/${nameOf(rank)}`;

/** Undefined while a rank is not done. Done twice, by two ranks at once, it writes the same. */
async function mergeRanks(
  store: ArtifactStore,
  world: number,
  topKeys: number,
): Promise<Record<string, StatisticsRecord> | undefined> {
  for (let rank = 0; rank < world; rank++)
    if ((await readJson<{ world: number }>(store, doneKey(rank)))?.world !== world) return undefined;
  const files = new Map<string, string[]>();
  for (const group of statisticsGroups)
    for (const key of await store.list(`${group}/`)) {
      const [, folder, rank] = /^(.+)\/(\d{5})\.json$/.exec(key) ?? [];
      if (folder !== undefined && Number(rank) < world)
        files.set(folder, [...(files.get(folder) ?? []), key]);
    }
  const summary: Record<string, StatisticsRecord> = {};
  for (const [folder, keys] of files) {
    const tables: StatisticsTable[] = [];
    for (const key of keys.sort()) tables.push((await readJson<StatisticsTable>(store, key)) ?? {});
    const [group, measure] = folder.split('/') as [StatisticsGroup, string];
    const merged = mergeTables(tables, group, topKeys);
    await writeJson(store, `${folder}/metric.json`, merged);
    if (group === 'summary' && merged.summary !== undefined) summary[measure] = merged.summary;
  }
  return summary;
}

const invalid = (option: string, message: string): LlmError =>
  new LlmError({ code: 'data/option-invalid', message, details: { option } });
