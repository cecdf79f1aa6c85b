/**
 * The data stage: crawl files (and texts) → clean documents in shards. Follows FineWeb's script: reader, URL filter,
 * extraction, language, Gopher, C4 and FineWeb filters page by page, then MinHash deduplication over the corpus, then
 * removal of e-mail and IP addresses. Each input file is a unit with a completion marker: a run that was killed goes
 * on with the next file and ends with the same bytes. Single-threaded; units are independent of each other.
 */
import { type ArtifactStore, emit, LlmError, type RunOptions, throwIfAborted } from '@llm/core';
import type { MinhashConfig } from '../../deduplication/minhash.js';
import type { PiiOptions } from '../../filters/pii.js';
import type { LanguageIdentifier } from '../../language/language-filter.js';
import { createPageSteps, type PageStepOptions } from '../../pipeline/fineweb-steps.js';
import { FunnelCounter } from '../../pipeline/funnel.js';
import { checkInput } from '../archive/read-archive.js';
import type { DataInput, InputLimits } from '../inputs/read-input.js';
import { loadLanguageIdentifier } from '../language/load-language-identifier.js';
import type { DataReport } from './data-report.js';
import { fileFingerprint, fingerprint, inputLabels } from './fingerprint.js';
import { processInput, type UnitSummary, unitKeys } from './input-unit.js';
import { type CorpusResult, writeCorpus } from './write-corpus.js';

export interface DataPipelineOptions extends PageStepOptions, InputLimits, RunOptions {
  readonly inputs: readonly DataInput[];
  readonly store: ArtifactStore;
  /** Where everything is written: `prefix/shard-00000.jsonl.gz`, `prefix/dropped.jsonl.gz`, `prefix/report.json`. */
  readonly prefix: string;
  readonly minhash?: MinhashConfig | false | undefined;
  readonly pii?: Omit<PiiOptions, 'key'> | false | undefined;
  /** UTF-16 units of JSON in a shard before it is closed. Default 32 Mi. */
  readonly shardCharacters?: number | undefined;
  /** Default: fastText's lid.176, loaded when the language step is on. */
  readonly languageIdentifier?: LanguageIdentifier | undefined;
}

const stage = 'data';
/** Raised when a change of the code changes the output. */
const pipelineVersion = 1;

/**
 * Runs the stage, or returns the report of an earlier run over the same inputs with the same options. Throws
 * `data/input-missing` before any work, `data/corpus-empty` (with the report written) when no document is left.
 */
export async function runDataPipeline(options: DataPipelineOptions): Promise<DataReport> {
  const { inputs, store, prefix, signal, onEvent } = options;
  if (inputs.length === 0) {
    throw new LlmError({
      code: 'data/input-missing',
      message: 'No input was given: name at least one file.',
    });
  }
  const sizes: number[] = [];
  for (const input of inputs) sizes.push(await checkInput(input.path));
  const labels = inputLabels(inputs.map((input) => input.path));
  const print = await runFingerprint(options, sizes);
  const inputBytes = sizes.reduce((sum, size) => sum + size, 0);
  emit(onEvent, { type: 'stage-start', stage, total: inputBytes });

  const earlier = await readReport(store, prefix);
  if (earlier?.fingerprint === print) {
    await deleteAll(store, `${prefix}/work/`);
    return finish(earlier, onEvent);
  }
  await prepareWork(store, prefix, print);

  const identifier =
    options.language === false ? undefined : (options.languageIdentifier ?? (await lazyIdentifier(inputs)));
  const steps = createPageSteps(options, identifier);
  const units: { place: string; summary: UnitSummary }[] = [];
  let bytesBefore = 0;
  let pagesBefore = 0;
  let lastEvent = 0;
  for (const [index, input] of inputs.entries()) {
    throwIfAborted(signal);
    const place = `${prefix}/work/${String(index).padStart(5, '0')}`;
    const progress = (bytes: number, pages: number, force = false): void => {
      const now = Date.now();
      if (!force && now - lastEvent < 200) return;
      lastEvent = now;
      emit(onEvent, { type: 'progress', stage, done: bytesBefore + bytes, total: inputBytes, unit: 'bytes' });
      const values = { pages: pagesBefore + pages, bytes: bytesBefore + bytes };
      emit(onEvent, { type: 'metric', stage, step: pagesBefore + pages, values });
    };
    const summary =
      (await readDone(store, place)) ??
      (await processInput(input, {
        store,
        place,
        label: labels[index]!,
        steps,
        minhash: options.minhash ?? {},
        limits: options,
        signal,
        onProgress: progress,
        onWarning: (message) =>
          emit(onEvent, { type: 'warning', stage, code: 'data/archive-damaged', message }),
      }));
    units.push({ place, summary });
    progress(sizes[index]!, summary.pages, true);
    bytesBefore += sizes[index]!;
    pagesBefore += summary.pages;
  }

  let shardBytes = 0;
  const corpus = await writeCorpus({
    store,
    prefix,
    units,
    buckets: options.minhash === false ? undefined : (options.minhash?.buckets ?? 14),
    pii: options.pii ?? {},
    shardCharacters: options.shardCharacters ?? 32 * 1024 * 1024,
    signal,
    onShard: (key) => emit(onEvent, { type: 'artifact', stage, key, kind: 'documents' }),
  });
  for (let shard = 0; shard < corpus.shards; shard++) {
    shardBytes += (await store.read(`${prefix}/shard-${String(shard).padStart(5, '0')}.jsonl.gz`)).length;
  }
  await writeDropped(store, prefix, units, corpus);
  const report = buildReport(options, print, labels, sizes, units, corpus, shardBytes);
  await store.write(
    `${prefix}/report.json`,
    new TextEncoder().encode(`${JSON.stringify(report, undefined, 2)}\n`),
  );
  await deleteAll(store, `${prefix}/work/`);
  return finish(report, onEvent);
}

function finish(report: DataReport, onEvent: RunOptions['onEvent']): DataReport {
  const { pages, kept, dropped, shards } = report;
  emit(onEvent, { type: 'stage-end', stage, summary: { pages, kept, shards, dropped } });
  if (kept > 0) return report;
  const reasons = Object.entries(dropped)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ');
  throw new LlmError({
    code: 'data/corpus-empty',
    message:
      pages === 0
        ? 'The inputs hold no page and no document. Check that they are WARC, text or JSONL files with content.'
        : `None of the ${pages} pages was kept (${reasons}). Check the languages and filters that were asked for.`,
    details: { pages, dropped },
  });
}

async function lazyIdentifier(inputs: readonly DataInput[]): Promise<LanguageIdentifier | undefined> {
  const needed = inputs.some(
    (input) => (input.quality ?? (input.kind === 'warc' ? 'filter' : 'keep')) === 'filter',
  );
  return needed ? loadLanguageIdentifier() : undefined;
}

async function runFingerprint(options: DataPipelineOptions, sizes: readonly number[]): Promise<string> {
  const { store: _store, prefix: _prefix, signal: _signal, onEvent: _onEvent, inputs, ...rest } = options;
  const { languageIdentifier, ...plain } = rest;
  const files = await Promise.all(
    inputs.map(async (input, index) => ({
      ...input,
      path: inputLabels([input.path])[0],
      content: await fileFingerprint(input.path, sizes[index]!),
    })),
  );
  return fingerprint({ pipelineVersion, ownIdentifier: languageIdentifier !== undefined, plain, files });
}

async function readReport(store: ArtifactStore, prefix: string): Promise<DataReport | undefined> {
  const key = `${prefix}/report.json`;
  if (!(await store.has(key))) return undefined;
  return JSON.parse(new TextDecoder().decode(await store.read(key))) as DataReport;
}

async function readDone(store: ArtifactStore, place: string): Promise<UnitSummary | undefined> {
  const key = unitKeys.done(place);
  if (!(await store.has(key))) return undefined;
  return JSON.parse(new TextDecoder().decode(await store.read(key))) as UnitSummary;
}

/** Keeps unfinished work of the same run; anything else under the prefix that is ours goes, the report first. */
async function prepareWork(store: ArtifactStore, prefix: string, print: string): Promise<void> {
  const key = `${prefix}/work/run.json`;
  if (await store.has(key)) {
    const run = JSON.parse(new TextDecoder().decode(await store.read(key))) as {
      fingerprint?: string | undefined;
    };
    if (run.fingerprint === print) return;
  }
  await store.delete(`${prefix}/report.json`);
  await store.delete(`${prefix}/dropped.jsonl.gz`);
  await deleteAll(store, `${prefix}/shard-`);
  await deleteAll(store, `${prefix}/work/`);
  await store.write(key, new TextEncoder().encode(JSON.stringify({ fingerprint: print })));
}

async function deleteAll(store: ArtifactStore, prefix: string): Promise<void> {
  for (const key of await store.list(prefix)) await store.delete(key);
}

async function writeDropped(
  store: ArtifactStore,
  prefix: string,
  units: readonly { place: string; summary: UnitSummary }[],
  corpus: CorpusResult,
): Promise<void> {
  const members: Uint8Array[] = [];
  for (const { place, summary } of units) {
    for (let part = 0; part < summary.droppedParts; part++)
      members.push(await store.read(unitKeys.dropped(place, part)));
  }
  await store.write(`${prefix}/dropped.jsonl.gz`, Buffer.concat([...members, ...corpus.droppedMembers]));
}

function buildReport(
  options: DataPipelineOptions,
  print: string,
  labels: readonly string[],
  sizes: readonly number[],
  units: readonly { summary: UnitSummary }[],
  corpus: CorpusResult,
  shardBytes: number,
): DataReport {
  const funnel = new FunnelCounter();
  for (const { summary } of units) funnel.add(summary.funnel);
  if (options.minhash !== false) {
    funnel.count('minhash', undefined, corpus.kept);
    if (corpus.duplicates > 0) funnel.count('minhash', 'duplicate', corpus.duplicates);
  }
  const steps = funnel.steps();
  const dropped = new Map<string, number>();
  for (const step of steps) {
    for (const [reason, count] of Object.entries(step.dropped)) {
      dropped.set(reason, (dropped.get(reason) ?? 0) + count);
    }
  }
  const sum = (pick: (summary: UnitSummary) => number): number =>
    units.reduce((total, { summary }) => total + pick(summary), 0);
  return {
    kind: 'data-report',
    version: 1,
    fingerprint: print,
    pages: sum((summary) => summary.pages),
    kept: corpus.kept,
    dropped: Object.fromEntries([...dropped].sort(([a], [b]) => (a < b ? -1 : 1))),
    funnel: steps,
    records: mergeCounts(units.map(({ summary }) => summary.records)),
    languages: mergeCounts(units.map(({ summary }) => summary.languages)),
    bytes: { input: sizes.reduce((total, size) => total + size, 0), shards: shardBytes },
    characters: { read: sum((summary) => summary.characters), kept: corpus.characters },
    pii: { emails: corpus.emails, ipAddresses: corpus.ipAddresses },
    shards: corpus.shards,
    inputs: units.map(({ summary }, index) => ({
      label: labels[index]!,
      kind: options.inputs[index]?.kind ?? 'warc',
      bytes: sizes[index]!,
      pages: summary.pages,
      survivors: summary.documents,
    })),
  };
}

function mergeCounts(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total = new Map<string, number>();
  for (const count of counts) {
    for (const [name, value] of Object.entries(count)) total.set(name, (total.get(name) ?? 0) + value);
  }
  return Object.fromEntries([...total].sort(([a], [b]) => (a < b ? -1 : 1)));
}
