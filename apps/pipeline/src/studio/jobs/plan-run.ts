/**
 * What a run needs before it is begun: memory by the plan of its training, time by a run that this
 * machine has done.
 */
import { availableParallelism, totalmem } from 'node:os';
import { parameterCount } from '@llm/model';
import type { RunPlan, RunRequest } from '@llm/studio/wire';
import { resolveOptions } from '../../flags.js';
import { trainingOptimizer } from '../../models/training-optimizer.js';
import type { PipelineOptions } from '../../options.js';
import type { RunReport } from '../../report/run-report.js';
import { modelConfig } from '../../stages/pretrain.js';
import { planMemory } from '../../tuning/memory-plan.js';
import type { RunCatalog } from '../runs/run-catalog.js';
import { commandOf, flagsOf } from './run-request.js';

/** The program, its libraries and the corpus of the presets, before anything is trained: measured on both. */
const programBytes = 420e6;

/** Throws what `resolveOptions` does, for inputs that are not there. */
export async function planRun(request: RunRequest, catalog: RunCatalog): Promise<RunPlan> {
  const options = await resolveOptions(flagsOf(request), undefined);
  const config = modelConfig(options, options.tokenizer.vocabularySize);
  const memory = [options.pretrain, options.sft].map(({ rows, columns }) =>
    planMemory(
      { config, rows, columns, optimizer: trainingOptimizer() },
      { programBytes, readBytes: 0, answersMeanwhile: false },
    ),
  );
  const done = finishedRun(catalog);
  return {
    command: commandOf(request),
    parameters: parameterCount(config),
    memoryBytes: Math.max(...memory.map(({ peakBytes }) => peakBytes)),
    machineBytes: totalmem(),
    seconds: done === undefined ? null : Math.round(scaledSeconds(options, done.report)),
    asRun: done?.id ?? null,
  };
}

function finishedRun(catalog: RunCatalog): { id: string; report: RunReport } | undefined {
  for (const { id, state } of catalog.list()) {
    if (state !== 'complete') continue;
    const report = catalog.details(id).report as RunReport | null;
    if (report?.complete === true && report.options !== null) return { id, report };
  }
  return undefined;
}

/** Each stage as it took there, times how much more there is to do. */
function scaledSeconds(wanted: PipelineOptions, { options, stages }: RunReport): number {
  const done = options!;
  const more = (work: (options: PipelineOptions) => number): number => work(wanted) / Math.max(1, work(done));
  const pages = more(({ input }) => (input.kind === 'miniweb' ? input.pages : 1));
  const pretraining = more(
    ({ pretrain: { steps, rows, columns }, ...of }) => steps * rows * columns * size(of),
  );
  const tuning = more(({ sft: { steps, rows, columns }, ...of }) => steps * rows * columns * size(of));
  const practice = more(
    ({ rl: { steps, promptsPerStep, samplesPerPrompt }, ...of }) =>
      steps * promptsPerStep * samplesPerPrompt * size(of),
  );
  const scaled: [number, number][] = [
    [stages.crawl?.wallSeconds ?? 0, pages],
    [stages.data?.wallSeconds ?? 0, pages],
    [stages.tokenizer?.wallSeconds ?? 0, pages],
    [stages.pretrain?.wallSeconds ?? 0, pretraining],
    [stages.sft?.wallSeconds ?? 0, tuning],
    [stages.rl?.wallSeconds ?? 0, practice],
    [stages.control?.wallSeconds ?? 0, practice],
  ];
  return scaled.reduce((sum, [seconds, factor]) => sum + seconds * factor, 0);
}

/** Work of a token: its parameters, over the threads that share it. */
function size(options: Omit<PipelineOptions, 'pretrain' | 'sft' | 'rl'>): number {
  const config = modelConfig(options as PipelineOptions, options.tokenizer.vocabularySize);
  return parameterCount(config) / Math.min(options.threads, availableParallelism());
}
