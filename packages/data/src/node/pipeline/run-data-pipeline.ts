/**
 * The data stage: crawl files (and texts) → clean documents in shards. Follows FineWeb's script: reader and
 * steps page by page, then deduplication over the corpus, then removal of e-mail and IP addresses. The work
 * is cut into phases of tasks (`phases.ts`); this process does its share of them, rank r of a world of n: the
 * tasks r, r + n, …. Whoever does them, in whatever order and after however many crashes, the output is the
 * same bytes.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { emit, LlmError, throwIfAborted } from '@llm/core';
import { createKeyMaker } from '../../deduplication/document-keys.js';
import type { PageStep } from '../../page/page-step.js';
import { Funnel } from '../../pipeline/funnel.js';
import { StepRunner } from '../../pipeline/step-runner.js';
import { decontaminationStep } from '../decontamination/load-evaluations.js';
import { earlierIndexes } from '../deduplication/bucket-tasks.js';
import { checkEarlierTexts } from '../deduplication/earlier-texts.js';
import { runSteps, type StepsModule } from '../workers/steps-module.js';
import { WorkerPool } from '../workers/worker-pool.js';
import { checkRun, checkSteps } from './check-run.js';
import type { DataPipelineOptions } from './data-pipeline-options.js';
import type { DataReport } from './data-report.js';
import { deleteWork, prepareWork } from './earlier-work.js';
import { readJson } from './json-artifact.js';
import { isDone, type PhaseName, phaseNames, phaseTasks, runTask } from './phases.js';
import { planRun } from './plan-run.js';
import { rowNames } from './row-names.js';
import type { RunContext } from './run-context.js';
import { RunRate } from './run-rate.js';
import { shardKey } from './shards.js';

const stage = 'data';
/** Bytes of input that one worker is enough for. */
const smallCorpus = 2 * 1024 * 1024;

/**
 * Runs the stage, or returns the report of an earlier run over the same inputs with the same options;
 * undefined when only a share was done. The last metric event holds the seconds of each step
 * (`seconds/extraction`): times are no part of the report. Throws before any work what `checkRun` does,
 * `data/input-missing`, `data/step-name-taken`, `data/output-foreign`, `core/write-failed`; with the report
 * written `data/corpus-empty` when no document is left, `data/step-saw-nothing` when none came to a step.
 */
export async function runDataPipeline(
  options: DataPipelineOptions & { readonly phase?: undefined; readonly world?: undefined },
): Promise<DataReport>;
export async function runDataPipeline(options: DataPipelineOptions): Promise<DataReport | undefined>;
export async function runDataPipeline(options: DataPipelineOptions): Promise<DataReport | undefined> {
  const { store, prefix, signal, onEvent } = options;
  const { rank, world, workers } = checkRun(options);
  const { module, steps } = await stepsOf(options);
  checkSteps(options, steps);
  const runner = new StepRunner(steps);
  new Funnel(rowNames(steps));
  const keyMaker = options.deduplication === false ? undefined : createKeyMaker(options.deduplication);
  const earlier = await earlierIndexes({
    ...{ store, keyMaker, plan: { deduplication: options.deduplication ?? {} } },
  });
  const plan = await planRun(
    options,
    steps,
    earlier.map(({ description }) => description),
  );
  const mine = (count: number): number[] =>
    Array.from({ length: Math.max(0, Math.ceil((count - rank) / world)) }, (_, at) => rank + at * world);
  const bytesOf = (unit: number): number => plan.units[unit]!.range.end - plan.units[unit]!.range.start;
  const total = mine(plan.units.length).reduce((sum, unit) => sum + bytesOf(unit), 0);
  const rate = new RunRate(total);
  emit(onEvent, { type: 'stage-start', stage, total });

  let lastEvent = 0;
  const progress = (force = false): void => {
    const now = Date.now();
    if (!force && now - lastEvent < 200) return;
    lastEvent = now;
    emit(onEvent, { type: 'progress', stage, done: rate.bytes, total, unit: 'bytes' });
    emit(onEvent, { type: 'metric', stage, step: rate.pages, values: rate.values() });
  };
  const context: RunContext = {
    store,
    plan,
    runner,
    keyMaker,
    signal,
    onProgress: (unit, bytes, pages) => {
      rate.at(unit, bytes, pages);
      progress();
    },
    onWarning: (code, message) => emit(onEvent, { type: 'warning', stage, code, message }),
  };
  if (await isDone('finish', 0, context)) {
    if (rank === 0) await deleteWork(store, prefix);
    return finish(context, options);
  }
  await checkEarlierTexts(context);
  await prepareWork(store, prefix, plan.work);

  // A thread takes longer to start than a small corpus takes to go through; it is there for pages that are
  // stuck in a step, and for nothing where there is no step.
  const bytes = plan.units.reduce((sum, _, unit) => sum + bytesOf(unit), 0);
  const isSmall = options.workers === undefined && bytes < smallCorpus;
  const useful = isSmall ? Math.min(workers, 1, steps.length) : workers;
  const pool =
    useful === 0
      ? undefined
      : new WorkerPool({
          ...{ store, plan, steps: module, workers: useful, signal },
          pageSeconds: options.pageSeconds ?? 30,
          memoryMegabytes: options.workerMegabytes ?? 1024,
          onProgress: context.onProgress,
          onWarning: context.onWarning,
        });
  let seconds: Readonly<Record<string, number>> = {};
  try {
    for (const phase of options.phase === undefined ? phaseNames : [options.phase]) {
      const open: number[] = [];
      const count = await tasksOf(phase, context);
      if (count === undefined) break;
      for (const task of mine(count)) {
        throwIfAborted(signal);
        if (!(await isDone(phase, task, context))) open.push(task);
        else if (phase === 'pages') rate.skip(bytesOf(task));
      }
      const onDone = (task: number, result: typeof seconds): void => {
        if (phase === 'finish') seconds = result;
        if (phase === 'pages') progress(true);
        if (phase === 'corpus')
          emit(onEvent, { type: 'artifact', stage, key: shardKey(prefix, task), kind: 'documents' });
      };
      if (pool !== undefined && phase !== 'finish' && phase !== 'clusters')
        await pool.run(phase, open, onDone);
      else
        for (const task of open) {
          throwIfAborted(signal);
          onDone(task, await runTask(phase, task, context));
        }
      if (options.phase === undefined && world > 1) await waitFor(phase, count, context);
    }
  } finally {
    await pool?.end();
  }
  if (!(await isDone('finish', 0, context))) return undefined;
  const values = Object.fromEntries(
    Object.entries(seconds).map(([step, value]) => [`seconds/${step}`, value]),
  );
  emit(onEvent, { type: 'metric', stage, step: rate.pages, values });
  return finish(context, options);
}

async function stepsOf({
  steps,
  decontamination,
}: DataPipelineOptions): Promise<{ module: StepsModule | undefined; steps: readonly PageStep[] }> {
  if (steps === undefined || 'module' in steps)
    return { module: steps, steps: await runSteps(steps, decontamination) };
  const more = decontamination === undefined ? [] : [await decontaminationStep(decontamination)];
  return { module: undefined, steps: [...steps, ...more] };
}

/** Undefined when another rank has finished the run, and its work is gone. */
async function tasksOf(phase: PhaseName, context: RunContext): Promise<number | undefined> {
  try {
    return await phaseTasks(phase, context);
  } catch (error) {
    if (await isDone('finish', 0, context)) return undefined;
    throw error;
  }
}

/** Until every rank has done its tasks of a phase. */
async function waitFor(phase: PhaseName, tasks: number, context: RunContext): Promise<void> {
  for (let task = 0, wait = 50; task < tasks; ) {
    throwIfAborted(context.signal);
    if ((await isDone(phase, task, context)) || (await isDone('finish', 0, context))) task++;
    else {
      await pause(wait, undefined, { signal: context.signal });
      wait = Math.min(2000, wait * 1.5);
    }
  }
}

async function finish(
  { store, plan, runner }: RunContext,
  { onEvent, idleSteps = 'error' }: DataPipelineOptions,
): Promise<DataReport> {
  const report = (await readJson<DataReport>(store, `${plan.prefix}/report.json`))!;
  const { pages, kept, dropped, shards } = report;
  const seen = new Set(report.funnel.map(({ step }) => step));
  const filters = runner.steps.filter(({ everyDocument }) => everyDocument !== true);
  const unseen = filters.filter(({ name }) => !seen.has(name));
  // Documents that are kept as they are pass all filters by: then it is no mistake of one of them.
  const isIdle = pages > 0 && unseen.length > 0 && unseen.length < filters.length;
  const idle = isIdle ? unseen.map(({ name }) => name) : [];
  const message = `${idle.join(', ')}: of ${pages} pages none came to ${idle.length === 1 ? 'this step' : 'these steps'}. It does nothing for these inputs, or a step before it drops or takes all of its pages.`;
  if (isIdle) emit(onEvent, { ...{ type: 'warning', stage, code: 'data/step-saw-nothing' }, message });
  emit(onEvent, { type: 'stage-end', stage, summary: { pages, kept, shards, dropped } });
  if (kept > 0 && idleSteps === 'error' && unseen.some(({ mayIdle }) => mayIdle !== true) && isIdle)
    throw new LlmError({
      code: 'data/step-saw-nothing',
      message: `${message} The output is whole. Leave out what has nothing to do, or say that it may (idleSteps: 'warn').`,
      details: { steps: idle },
    });
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
