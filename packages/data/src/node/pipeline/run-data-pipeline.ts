/**
 * The data stage: crawl files (and texts) → clean documents in shards. Follows FineWeb's script: reader and
 * steps page by page, then MinHash deduplication over the corpus, then removal of e-mail and IP addresses.
 * Each input file is a unit with a completion marker: a run that was killed goes on with the next file and
 * ends with the same bytes. Single-threaded; units are independent of each other.
 */
import { basename } from 'node:path';
import { type ArtifactStore, emit, LlmError, type RunOptions, throwIfAborted } from '@llm/core';
import { createMinhasher, type MinhashConfig } from '../../deduplication/minhash.js';
import type { PiiOptions } from '../../filters/pii.js';
import type { PageStep } from '../../page/page-step.js';
import { fineWebSteps } from '../../pipeline/fineweb-steps.js';
import { Funnel } from '../../pipeline/funnel.js';
import { StepRunner } from '../../pipeline/step-runner.js';
import { inputBytes } from '../files/input-file.js';
import type { DataInput, InputLimits } from '../inputs/data-input.js';
import { inputLabels } from '../inputs/input-labels.js';
import { loadLanguageIdentifier } from '../language/load-language-identifier.js';
import { buildReport, type DataReport } from './data-report.js';
import { deleteWork, prepareWork } from './earlier-work.js';
import { fileFingerprint, fingerprint } from './fingerprint.js';
import { readJson, writeJson } from './json-artifact.js';
import { processInput } from './process-input.js';
import { Unit, type UnitSource } from './unit-files.js';
import { writeCorpus } from './write-corpus.js';

export interface DataPipelineOptions extends InputLimits, RunOptions {
  readonly inputs: readonly DataInput[];
  readonly store: ArtifactStore;
  /** Where it writes: `prefix/shard-00000.jsonl.gz`, `prefix/dropped.jsonl.gz`, `prefix/report.json`. */
  readonly prefix: string;
  /** What happens to each page. Default: `fineWebSteps` for English with fastText's lid.176. */
  readonly steps?: readonly PageStep[] | undefined;
  readonly deduplication?: MinhashConfig | false | undefined;
  readonly pii?: Omit<PiiOptions, 'key'> | false | undefined;
  /** UTF-16 units of JSON in a shard before it is closed. Default 32 Mi. */
  readonly shardCharacters?: number | undefined;
}

const stage = 'data';
/** Raised when a change of the code changes the output. */
const pipelineVersion = 1;

/**
 * Runs the stage, or returns the report of an earlier run over the same inputs with the same options. The
 * last metric event holds the seconds of each step (`seconds/extraction`): times are no part of the report.
 * Throws `data/input-missing` and `data/step-name-taken` before any work, `data/corpus-empty` (with the
 * report written) when no document is left.
 */
export async function runDataPipeline(options: DataPipelineOptions): Promise<DataReport> {
  const { store, prefix, signal, onEvent, deduplication, pii } = options;
  if (options.inputs.length === 0) {
    throw new LlmError({
      code: 'data/input-missing',
      message: 'No input was given: name at least one file.',
    });
  }
  const labels = inputLabels(options.inputs.map((input) => input.path));
  const sources: UnitSource[] = [];
  for (const [index, input] of options.inputs.entries()) {
    const place = `${prefix}/work/${String(index).padStart(5, '0')}`;
    sources.push({ input, label: labels[index]!, bytes: await inputBytes(input.path), place });
  }
  const steps = options.steps ?? fineWebSteps({ language: { identifier: await loadLanguageIdentifier() } });
  const runner = new StepRunner(steps);
  const funnel = new Funnel(['reader', ...steps.map((step) => step.name), 'minhash']);
  const print = await runFingerprint(options, steps, sources);
  const total = sources.reduce((sum, { bytes }) => sum + bytes, 0);
  emit(onEvent, { type: 'stage-start', stage, total });

  const earlier = await readJson<DataReport>(store, `${prefix}/report.json`);
  if (earlier?.fingerprint === print) {
    await deleteWork(store, prefix);
    return finish(earlier, onEvent);
  }
  await prepareWork(store, prefix, print);

  const minhasher = deduplication === false ? undefined : createMinhasher(deduplication);
  const units: Unit[] = [];
  const before = { bytes: 0, pages: 0 };
  let lastEvent = 0;
  const progress = (unitBytes: number, unitPages: number, force = false): void => {
    const now = Date.now();
    if (!force && now - lastEvent < 200) return;
    lastEvent = now;
    const bytes = before.bytes + unitBytes;
    const pages = before.pages + unitPages;
    emit(onEvent, { type: 'progress', stage, done: bytes, total, unit: 'bytes' });
    emit(onEvent, { type: 'metric', stage, step: pages, values: { pages, bytes } });
  };
  for (const source of sources) {
    throwIfAborted(signal);
    const unit =
      (await Unit.read(store, source)) ??
      (await processInput(source, {
        store,
        runner,
        minhasher,
        limits: options,
        signal,
        onProgress: progress,
        onWarning: (message) =>
          emit(onEvent, { type: 'warning', stage, code: 'data/archive-damaged', message }),
      }));
    units.push(unit);
    progress(source.bytes, unit.summary.pages, true);
    before.bytes += source.bytes;
    before.pages += unit.summary.pages;
  }

  const corpus = await writeCorpus({
    store,
    prefix,
    units,
    buckets: minhasher?.buckets,
    pii: pii ?? {},
    shardCharacters: options.shardCharacters ?? 32 * 1024 * 1024,
    signal,
    onShard: (key) => emit(onEvent, { type: 'artifact', stage, key, kind: 'documents' }),
    onTime: (step, started) => runner.time(step, started),
  });
  const report = buildReport({
    fingerprint: print,
    units,
    funnel,
    deduplicated: minhasher !== undefined,
    corpus,
  });
  await writeJson(store, `${prefix}/report.json`, report, 2);
  await deleteWork(store, prefix);
  const seconds = [...runner.seconds].map(([step, value]) => [`seconds/${step}`, value] as const);
  emit(onEvent, { type: 'metric', stage, step: before.pages, values: Object.fromEntries(seconds) });
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

async function runFingerprint(
  options: DataPipelineOptions,
  steps: readonly PageStep[],
  sources: readonly UnitSource[],
): Promise<string> {
  const { deduplication, pii, shardCharacters, maxPageBytes, documentCharacters } = options;
  const files = await Promise.all(
    sources.map(async ({ input }) => ({
      ...input,
      path: basename(input.path),
      content: await fileFingerprint(input.path),
    })),
  );
  return fingerprint({
    pipelineVersion,
    steps: steps.map(({ name, version, options }) => ({ name, version, options })),
    deduplication,
    pii,
    shardCharacters,
    maxPageBytes,
    documentCharacters,
    files,
  });
}
